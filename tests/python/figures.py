"""Statistics by exact fractions, against which smpc-stat, smpc-max and smpc-map are checked.

make ROWS SEED                        print measurements of very different sizes, like those of a clinic, as CSV
STATISTIC GOT FILE ERROR [POPULATION] mean, variance, covariance or correlation of the columns of FILE: no number of GOT
                                      is off by more than ERROR, and of variances and covariances by more than a
                                      millionth of the product of the two standard deviations
histogram GOT FILE EDGES MINIMUM
order STATISTIC GOT FILE [SHARES [present]]
                                      median, quantile (at SHARES), iqr, mode: exactly, with halves rounded up; empty cells are
                                      missing, and a column of presence may follow each; rank-correlation: of the rows that
                                      both columns have, off by 4e-5 at most
table ROWS COLUMNS KIND SEED          print random numbers as CSV: "ties", "numbers", or "missing", some of them empty
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


def table(rows, columns, kind, seed):
    """Multiples of 2^-16 below 2^15, and of these a few alone, so that there are ties."""
    rng = random.Random(int(seed))
    print(",".join("c%d" % j for j in range(int(columns))))
    for _ in range(int(rows)):
        row = [rng.randint(-3, 3) if kind != "numbers" else rng.randint(-2**31 + 1, 2**31 - 1) / 2**16
               for _ in range(int(columns))]
        print(",".join("" if kind == "missing" and rng.random() < 0.3 else repr(x) for x in row))


def quantile(values, share):
    """Type 7 of R, in units of 2^-16: x[k] + (h - k) (x[k + 1] - x[k]) for h = (n - 1) share, k = floor(h)."""
    if not values:
        return Fraction(0)
    x, h = sorted(values), (len(values) - 1) * Fraction(share)
    k = math.floor(h)
    return x[k] + (h - k) * (x[k + 1] - x[k]) if h > k else Fraction(x[k])


def half_up(x):
    return Fraction(math.floor(x + Fraction(1, 2)), UNIT)


def mode(values):
    return min(values, key=lambda v: (-values.count(v), v)) if values else 0


def ranks(values):
    return [sum(w < v for w in values) + (sum(w == v for w in values) + 1) / 2 for v in values]


def rank_correlation(a, b):
    """Of the rows that both have."""
    pairs = [(x, y) for x, y in zip(a, b) if x is not None and y is not None]
    a, b = ([r - (len(pairs) + 1) / 2 for r in ranks([p[i] for p in pairs])] for i in (0, 1))
    norm = math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))
    return sum(map(operator.mul, a, b)) / norm if norm else 0


def columns_there(path, presence):
    """The values of each column, None where they are missing, and its presence."""
    with open(path, encoding="utf-8") as f:
        rows = list(csv.reader(f))[1:]
    for cells in zip(*rows):
        yield [nearest(c, 16) if c else None for c in cells]
        if presence:
            yield [UNIT * (c != "") for c in cells]


def order(name, got, path, shares="", presence=""):
    columns = list(columns_there(path, presence))
    if name == "rank-correlation":
        compare(numbers(words(got)), [[rank_correlation(a, b) for b in columns] for a in columns], 4e-5, 0)
        return
    columns = [[x for x in c if x is not None] for c in columns]
    if name == "mode":
        want = [[Fraction(mode(c), UNIT) for c in columns]]
    elif name == "iqr":
        want = [[half_up(quantile(c, "0.75") - quantile(c, "0.25")) for c in columns]]
    else:
        want = [[half_up(quantile(c, p)) for c in columns] for p in (shares or "0.5").split(",")]
    compare(numbers(words(got)), want, 0, 0)


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
    elif op == "table":
        table(*args)
    elif op == "order":
        order(*args)
    elif op.endswith(("max", "min")):
        extreme(op, *args)
    else:
        statistic(op, *args)
