#!/usr/bin/env python3
"""
noisy_models.py table ROWS: a CSV of a cost that is a line of others, and of who is ill.
noisy_models.py changes: tables that differ in one row, and what smpc-train --epsilon says that a row changes.
noisy_models.py near KIND L2 TABLE FILE MOST: whether the coefficients that smpc-reveal --table has put into FILE predict
what those without noise do, but for MOST of its deviation; that they are not the same.

All of it is computed here from its definitions, in integers where it is about what a row changes.
"""

import csv
import math
import random
import re
import subprocess
import sys

RANGES = {'age': (0, 120), 'weight': (30, 180), 'smoker': (0, 1)}
COST = (0, 1000)
UNIT = 1 << 14


def table(rows):
    """table(rows): print it."""
    random.seed(7)
    print('age,weight,smoker,cost,ill')
    for _ in range(rows):
        age = random.uniform(20, 90)
        weight = min(180, max(30, random.gauss(75, 15) + (age - 50) / 10))
        smoker = int(random.random() < 0.3)
        cost = 200 + 5 * age - 2 * weight + 100 * smoker + random.gauss(0, 40)
        eta = -1 + (age - 50) / 20 + 0.9 * smoker - (weight - 75) / 50
        ill = int(random.random() < 1 / (1 + math.exp(-eta)))
        print(f'{age:.2f},{weight:.2f},{smoker},{min(1000, max(0, cost)):.2f},{ill}')


# ---- what a row changes ----

def row(width):
    """row(width): 1 and numbers from -1 to 1, often the ends, in units."""
    ends = random.random() < 0.7
    return [UNIT] + [random.choice((-UNIT, UNIT)) if ends else random.randint(-UNIT, UNIT) for _ in range(width - 1)]


def moments(z):
    """moments(z): each pair once."""
    return [a * b for i, a in enumerate(z) for b in z[i:]]


def gradient(z, w, label):
    """gradient(z, w, label): of a row's cross-entropy, in units of 2^-28; the mean has 24 bits."""
    eta = sum(a * b for a, b in zip(z, w)) / UNIT
    mean = 0.0 if eta < -700 else 1 / (1 + math.exp(-eta))
    residual = round((mean - label) * 2 ** 24)
    return [a * residual // 2 ** 10 for a in z]


def norm(a, b):
    """norm(a, b): how far two vectors in units of 2^-28 are apart."""
    return math.sqrt(sum((x - y) ** 2 for x, y in zip(a, b))) / 2 ** 28


def largest(change, pairs=6000):
    """largest(change): of many pairs of rows."""
    return max(change() for _ in range(pairs))


def gradients_differ(width):
    """gradients_differ(width): at one w, two rows, with any labels."""
    w = [random.gauss(0, 30) for _ in range(width)]
    return norm(*(gradient(row(width), w, random.randint(0, 1)) for _ in range(2)))


def said(*options):
    """said(options): what the plan of a training says that a person changes."""
    done = subprocess.run(('smpc-train', '--plan', '--epsilon', '64', '--delta', '1e-6', *options), capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'{options}: {done.stderr}')
    return [float(x) for x in re.findall(r'changes it by (\S+) at most', done.stderr)]


def changes():
    """changes(): what is said is a bound, and one that is nearly met."""
    random.seed(20261201)
    for what, bounds, due in (
            ('line', said('-m', 'linear', '-l', 'cost', 'line'), [lambda: norm(moments(row(5)), moments(row(5)))]),
            ('ill', said('-l', 'ill', 'ill'), [lambda: norm(moments(row(4)), moments(row(4))),
                                              lambda: gradients_differ(4)])):
        if len(bounds) != len(due):
            sys.exit(f'{what}: {bounds}')
        for bound, change in zip(bounds, due):
            most = largest(change)
            # texts have six digits
            if not 0.85 * bound <= most <= bound * (1 + 1e-5):
                sys.exit(f'{what}: changes by {most}, and {bound} is said')


# ---- models ----

def solve(a, b):
    """solve(a, b): the solution of a x = b, by elimination."""
    n = len(b)
    m = [list(a[i]) + [b[i]] for i in range(n)]
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(m[i][k]))
        m[k], m[p] = m[p], m[k]
        for i in range(n):
            if i != k:
                by = m[i][k] / m[k][k]
                m[i] = [x - by * y for x, y in zip(m[i], m[k])]
    return [m[i][n] / m[i][i] for i in range(n)]


def unit(x, bounds):
    """unit(x, bounds): -1 to 1."""
    return (2 * x - bounds[0] - bounds[1]) / (bounds[1] - bounds[0])


def fit(z, y, l2, logistic):
    """fit(z, y, l2, logistic): what smpc-train(1), NOISE says is found, by Newton's steps."""
    n, width = len(z), len(z[0])
    w = [0.0] * width
    for _ in range(25 if logistic else 1):
        eta = [sum(a * b for a, b in zip(r, w)) for r in z]
        mean = [1 / (1 + math.exp(-e)) for e in eta] if logistic else eta
        curve = [p * (1 - p) for p in mean] if logistic else [1.0] * n
        pull = l2 if logistic else l2 / 2
        a = [[sum(c * r[i] * r[j] for c, r in zip(curve, z)) / n + (pull if i == j else 0) for j in range(width)]
             for i in range(width)]
        g = [sum(r[i] * (p - v) for r, p, v in zip(z, mean, y)) / n + pull * w[i] for i in range(width)]
        w = [x - s for x, s in zip(w, solve(a, g))]
    return w


def near(kind, l2, path, coefficients, most):
    """near(kind, l2, path, coefficients, most): see above."""
    with open(path, encoding='ascii') as f:
        rows = [[float(x) for x in r] for r in list(csv.reader(f))[1:]]
    with open(coefficients, encoding='ascii') as f:
        got = {r[0]: float(r[1]) for r in list(csv.reader(f))[1:]}
    logistic = kind == 'logistic'
    z = [[1.0] + [unit(x, b) for x, b in zip(r, RANGES.values())] for r in rows]
    y = [r[4] if logistic else unit(r[3], COST) for r in rows]
    w = fit(z, y, l2, logistic)
    due = [sum(a * b for a, b in zip(r, w)) for r in z]
    if not logistic:
        due = [(COST[0] + COST[1] + (COST[1] - COST[0]) * v) / 2 for v in due]
    have = [got['(Intercept)'] + sum(got[c] * x for c, x in zip(RANGES, r)) for r in rows]
    middle = sum(due) / len(due)
    deviation = math.sqrt(sum((v - middle) ** 2 for v in due) / len(due))
    off = math.sqrt(sum((a - b) ** 2 for a, b in zip(due, have)) / len(due)) / deviation
    if not 1e-6 < off < most:
        sys.exit(f'{kind}: off by {off} of the deviation')


if sys.argv[1] == 'table':
    table(int(sys.argv[2]))
elif sys.argv[1] == 'changes':
    changes()
else:
    near(sys.argv[2], float(sys.argv[3]), sys.argv[4], sys.argv[5], float(sys.argv[6]))
