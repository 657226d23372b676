"""Statistics by exact fractions, against which smpc-stat, smpc-max and smpc-map are checked.

make ROWS SEED                        print measurements of very different sizes, like those of a clinic, as CSV
STATISTIC GOT FILE ERROR [POPULATION] mean, variance, covariance or correlation of the columns of FILE: no number of GOT
                                      is off by more than ERROR, and a millionth of the number
histogram GOT FILE EDGES MINIMUM
max|min|argmax|argmin GOT FILE rows|columns
map GOT FILE FUNCTION ERROR RELATIVE  by the C library's functions

Files are CSV with a header; numbers of FILE are rounded to 16 fraction bits first.  Prints what is wrong, and nothing else.
"""

import csv
import math
import operator
import random
import sys
from fractions import Fraction


def read(path, bits=None):
    with open(path, encoding="utf-8") as f:
        lines = list(csv.reader(f))
    return [[Fraction(c) if bits is None else Fraction(round(Fraction(c) * 2**bits), 2**bits) for c in r] for r in lines[1:]]


def make(rows, seed):
    rng = random.Random(int(seed))
    print("area,radius,texture,smoothness,symmetry,ill")
    for _ in range(int(rows)):
        size = rng.gauss(0, 1)
        print(f"{880 + 560 * (0.8 * size + 0.6 * rng.gauss(0, 1)):.1f},{14 + 3.5 * size:.2f},{rng.gauss(19, 4.3):.2f},"
              f"{0.0963 + 0.014 * rng.gauss(0, 1):.5f},{0.0205 + 0.008 * (rng.gauss(0, 1) - size):.6f},{int(size > 0.3)}")


def central(table, divisor):
    """In whole numbers: fractions would take long."""
    columns, n = [[int(x * 2**16) for x in c] for c in zip(*table)], len(table)
    return [[Fraction(n * sum(map(operator.mul, a, b)) - sum(a) * sum(b), n * divisor * 2**32) for b in columns]
            for a in columns]


def compare(got, want, error, relative):
    if [len(r) for r in got] != [len(r) for r in want]:
        print(f"shape: {len(got)} rows instead of {len(want)}, or other columns")
        return
    for i, (g, w) in enumerate(zip(got, want)):
        for j, (x, y) in enumerate(zip(g, w)):
            if abs(x - y) > max(error, relative * abs(y)) * (1 + 1e-9):
                print(f"row {i + 1} column {j + 1}: {float(x)} instead of {float(y)}")


def statistic(name, got, path, error, population=False):
    table = read(path, 16)
    n = len(table)
    if name == "mean":
        want = [[Fraction(sum(int(x * 2**16) for x in c), n * 2**16) for c in zip(*table)]]
    else:
        want = central(table, n if population else n - 1)
        if name == "variance":
            want = [[want[i][i] for i in range(len(want))]]
        elif name == "correlation":
            root = [math.sqrt(want[i][i]) for i in range(len(want))]
            want = [[float(x) / root[i] / root[j] if root[i] * root[j] else 0 for j, x in enumerate(r)]
                    for i, r in enumerate(want)]
    compare(read(got, 16), want, float(error), 1e-6 if name in ("variance", "covariance") else 0)


def histogram(got, path, edges, minimum):
    edges = [Fraction(e) for e in edges.split(",")]
    columns = list(zip(*read(path, 16)))
    cells = [[sum(low <= x < high for x in c) for c in columns] for low, high in zip(edges, edges[1:])]
    compare(read(got, 16), [[n if n >= int(minimum) else 0 for n in r] for r in cells], 0, 0)


def extreme(name, got, path, which):
    table = read(path, 16)
    lines = table if which == "rows" else list(zip(*table))
    best = max if name.endswith("max") else min
    found = [r.index(best(r)) if name.startswith("arg") else best(r) for r in lines]
    compare(read(got, 16), [[x] for x in found] if which == "rows" else [found], 0, 0)


FUNCTIONS = {
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)) if x > -700 else 0,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "reciprocal": lambda x: 1 / x,
    "tanh": math.tanh,
    "relu": lambda x: max(x, 0),
    "abs": abs,
}


def apply(got, path, function, error, relative):
    table = [[float(x) for x in r] for r in read(path, 16)]
    if function in ("softmax", "log-softmax"):
        want = []
        for r in table:
            total = sum(math.exp(x - max(r)) for x in r)
            want.append([x - max(r) - math.log(total) for x in r])
            if function == "softmax":
                want[-1] = [math.exp(x) for x in want[-1]]
    else:
        want = [[FUNCTIONS[function](x) for x in r] for r in table]
    compare(read(got, 16), want, float(error), float(relative))


if __name__ == "__main__":
    op, args = sys.argv[1], sys.argv[2:]
    if op == "make":
        make(*args)
    elif op == "histogram":
        histogram(*args)
    elif op == "map":
        apply(*args)
    elif op.endswith(("max", "min")):
        extreme(op, *args)
    else:
        statistic(op, *args)
