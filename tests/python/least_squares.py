#!/usr/bin/env python3
#
# Least squares in float64, as what smpc-train fits is compared with.
#
#   least_squares.py salaries ROWS FEATURES SEED	a table with a column "salary", of features of all sizes that say
#							partly the same
#   least_squares.py compare TABLE LABEL R2		whether an R2 is that of least squares, within 0.005
#   least_squares.py table TABLE LABEL GOT TOLERANCE	whether coefficients in original units are those of least squares,
#							each times the deviation of its column within TOLERANCE of the label's
#
# Prints what is wrong.

import csv
import math
import random
import sys


def salaries(rows, features, seed):
    draw = random.Random(seed)
    mix = [[draw.gauss(0, 0.5) + 1.5 * (i == j) for j in range(features)] for i in range(features)]
    size = [10 ** draw.uniform(-1, 3.5) for _ in range(features)]
    middle = [draw.uniform(-2, 2) * s for s in size]
    weight = [draw.gauss(0, 1) for _ in range(features)]
    print(",".join([f"x{j}" for j in range(features)] + ["salary"]))
    for _ in range(rows):
        z = [draw.gauss(0, 1) for _ in range(features)]
        x = [sum(a * b for a, b in zip(z, row)) for row in mix]
        y = 15000 + 2500 * (sum(a * b for a, b in zip(x, weight)) / features + draw.gauss(0, 0.6))
        print(",".join([f"{v * s + m:.4f}" for v, s, m in zip(x, size, middle)] + [f"{y:.0f}"]))


def read(path, label):
    with open(path) as f:
        rows = list(csv.reader(f))
    at = rows[0].index(label)
    names = [n for j, n in enumerate(rows[0]) if j != at]
    x = [[float(v) for j, v in enumerate(r) if j != at] for r in rows[1:]]
    return names, x, [float(r[at]) for r in rows[1:]]


def moments(column):
    mean = sum(column) / len(column)
    return mean, math.sqrt(sum((v - mean) ** 2 for v in column) / len(column))


def solve(a, b):
    """By elimination with pivots."""
    n = len(b)
    m = [row[:] + [v] for row, v in zip(a, b)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(m[k][i]))
        m[i], m[pivot] = m[pivot], m[i]
        for k in range(i + 1, n):
            f = m[k][i] / m[i][i]
            m[k] = [u - f * v for u, v in zip(m[k], m[i])]
    for i in reversed(range(n)):
        m[i][n] = (m[i][n] - sum(m[i][k] * m[k][n] for k in range(i + 1, n))) / m[i][i]
    return [row[n] for row in m]


def fit(x, y):
    """Coefficients of standardized columns, their means and deviations, and R2."""
    columns = list(zip(*x))
    stats = [moments(c) for c in columns]
    z = [[(v - m) / d for v in c] for c, (m, d) in zip(columns, stats)]
    mean, deviation = moments(y)
    t = [(v - mean) / deviation for v in y]
    w = solve([[sum(a * b for a, b in zip(u, v)) for v in z] for u in z], [sum(a * b for a, b in zip(u, t)) for u in z])
    residual = sum((v - sum(wi * zi[i] for wi, zi in zip(w, z))) ** 2 for i, v in enumerate(t))
    return w, stats, (mean, deviation), 1 - residual / len(y)


def compare(path, label, got):
    _, x, y = read(path, label)
    best = fit(x, y)[3]
    if not abs(best - float(got)) < 0.005:
        print(f"r2 {got}, of least squares {best}")


def table(path, label, got, tolerance):
    names, x, y = read(path, label)
    w, stats, (mean, deviation), _ = fit(x, y)
    with open(got) as f:
        rows = list(csv.reader(f))
    want = [wi * deviation / d for wi, (_, d) in zip(w, stats)]
    want.insert(0, mean - sum(v * m for v, (m, _) in zip(want, stats)))
    if [r[0] for r in rows] != ["name", "(Intercept)", *names] or rows[0][1:] != [label]:
        print(f"other names: {[r[0] for r in rows]}, {rows[0]}")
        return
    # What an error of each comes to in the units of the label.
    scales = [1 / (1 + sum(abs(m) / d for m, d in stats))] + [d for _, d in stats]
    for r, v, s in zip(rows[1:], want, scales):
        if not abs(float(r[1]) - v) * s <= float(tolerance) * deviation:
            print(f"{r[0]}: {r[1]} instead of {v}")


if __name__ == "__main__":
    if sys.argv[1] == "salaries":
        salaries(*map(int, sys.argv[2:5]))
    else:
        {"compare": compare, "table": table}[sys.argv[1]](*sys.argv[2:])
