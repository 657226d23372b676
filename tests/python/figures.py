"""Statistics by exact fractions, against which smpc-stat, smpc-max and smpc-map are checked.

make ROWS SEED                        print measurements of very different sizes, like those of a clinic, as CSV
STATISTIC GOT FILE ERROR [POPULATION] mean, variance, covariance or correlation of the columns of FILE: no number of GOT
                                      is off by more than ERROR, and of variances and covariances by more than a
                                      millionth of the product of the two standard deviations
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

from products import nearest

UNIT = 2**16


def words(path):
    """In whole numbers of UNIT: fractions would take long."""
    with open(path, encoding="utf-8") as f:
        return [[nearest(c, 16) for c in r] for r in list(csv.reader(f))[1:]]


def numbers(table):
    return [[Fraction(x, UNIT) for x in r] for r in table]


def make(rows, seed):
    rng = random.Random(int(seed))
    print("area,radius,texture,smoothness,symmetry,ill")
    for _ in range(int(rows)):
        size = rng.gauss(0, 1)
        print(f"{880 + 560 * (0.8 * size + 0.6 * rng.gauss(0, 1)):.1f},{14 + 3.5 * size:.2f},{rng.gauss(19, 4.3):.2f},"
              f"{0.0963 + 0.014 * rng.gauss(0, 1):.5f},{0.0205 + 0.008 * (rng.gauss(0, 1) - size):.6f},{int(size > 0.3)}")


def central(n, divisor, a, b):
    return Fraction(n * sum(map(operator.mul, a, b)) - sum(a) * sum(b), n * divisor * UNIT**2)


def compare(got, want, error, relative):
    if [len(r) for r in got] != [len(r) for r in want]:
        print(f"shape: {len(got)} rows instead of {len(want)}, or other columns")
        return
    for i, (g, w) in enumerate(zip(got, want)):
        for j, (x, y) in enumerate(zip(g, w)):
            size = relative[i][j] if isinstance(relative, list) else relative * abs(y)
            if abs(x - y) > max(error, size) * (1 + 1e-9):
                print(f"row {i + 1} column {j + 1}: {float(x)} instead of {float(y)}")


def statistic(name, got, path, error, population=False):
    table = words(path)
    n, columns = len(table), list(zip(*table))
    divisor = n if population else n - 1
    sizes = 0
    if name == "mean":
        want = [[Fraction(sum(c), n * UNIT) for c in columns]]
    elif name == "variance":
        want = [[central(n, divisor, c, c) for c in columns]]
        sizes = [[1e-6 * float(v) for v in want[0]]]
    else:
        want = [[central(n, divisor, a, b) for b in columns] for a in columns]
        spread = [math.sqrt(want[i][i]) for i in range(len(want))]
        sizes = [[1e-6 * a * b for b in spread] for a in spread] if name == "covariance" else 0
        if name == "correlation":
            want = [[float(x) / spread[i] / spread[j] if spread[i] * spread[j] else 0 for j, x in enumerate(r)]
                    for i, r in enumerate(want)]
    compare(numbers(words(got)), want, float(error), sizes)


def histogram(got, path, edges, minimum):
    edges = [Fraction(e) * UNIT for e in edges.split(",")]
    columns = list(zip(*words(path)))
    cells = [[sum(low <= x < high for x in c) for c in columns] for low, high in zip(edges, edges[1:])]
    compare(numbers(words(got)), [[n if n >= int(minimum) else 0 for n in r] for r in cells], 0, 0)


def extreme(name, got, path, which):
    table = words(path)
    lines = table if which == "rows" else list(zip(*table))
    best = max if name.endswith("max") else min
    found = [r.index(best(r)) if name.startswith("arg") else best(r) for r in lines]
    want = [[x] for x in found] if which == "rows" else [found]
    if name.startswith("arg"):
        want = [[x * UNIT for x in r] for r in want]
    if words(got) != want:
        compare(numbers(words(got)), numbers(want), 0, 0)


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
    table = [[x / UNIT for x in r] for r in words(path)]
    if function in ("softmax", "log-softmax"):
        want = []
        for r in table:
            total = sum(math.exp(x - max(r)) for x in r)
            want.append([x - max(r) - math.log(total) for x in r])
            if function == "softmax":
                want[-1] = [math.exp(x) for x in want[-1]]
    else:
        want = [[FUNCTIONS[function](x) for x in r] for r in table]
    compare(numbers(words(got)), want, float(error), float(relative))


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
