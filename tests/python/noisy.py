#!/usr/bin/env python3
"""
noisy.py neighbours: tables that differ in one row, and what smpc-sum and smpc-group say that a row changes.
noisy.py deviation FILE EPSILON DELTA SENSITIVITY: a CSV of one column, of zeroes with noise: its variance is what zCDP
needs, twice, as the dealer's noise and that of the computing parties are each enough.

The figures are computed here from their definitions, with fractions and math alone.
"""

import csv
import json
import math
import random
import re
import subprocess
import sys
from fractions import Fraction

RANGES = {'age': (0, 120), 'cost': (-50, 1000), 'score': (-7, -2)}


def run(*command):
    """run(*command): its output and what it says."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'{command}: {done.stderr}')
    return done.stdout, done.stderr


def table(rows):
    """table(rows): a random table."""
    return [[random.choice('abc')] + [round(random.uniform(*RANGES[c]), 2) for c in RANGES] for _ in range(rows)]


def neighbour(rows):
    """neighbour(rows): the table with another row in place of one, often an extreme one."""
    other = [list(r) for r in rows]
    i = random.randrange(len(rows))
    extreme = random.random() < 0.7
    for t in ([rows, other] if extreme else [other]):
        t[i] = [random.choice('abc')] + [random.choice(RANGES[c]) for c in RANGES]
    return rows, other


def sums(rows, by):
    """sums(rows, by): exact columns of figures: sums, and with groups the counts, too, each a vector."""
    groups = 'abc' if by else ['']
    figures = []
    for k in ([0] if by else []) + list(range(1, 1 + len(RANGES))):
        figures.append([sum((Fraction(1) if k == 0 else Fraction(str(r[k]))) for r in rows if not by or r[0] == g)
                        for g in groups])
    return figures


def neighbours():
    """neighbours(): what is said is a bound, and one that is met."""
    random.seed(20261201)
    with open('t.csv', 'w', encoding='ascii') as f:
        writer = csv.writer(f)
        writer.writerow(['g'] + list(RANGES))
        writer.writerows(table(20))
    ranges = [x for c, (low, high) in RANGES.items() for x in ('--range', f'{c}={low}..{high}')]
    run('smpc-share', '-n', '2', '-f', '--codes', 'g=a,b,c', *ranges, '--budget', 't=1,1e-6', '-o', 't', 't.csv')
    with open('s', 'wb') as f:
        subprocess.run(['smpc-sum', 't.1'], stdout=f, check=True)
    info = json.loads(run('smpc-info', '--json', 's')[0])
    said = {False: [w * 2.0 ** (a.get('exponent', 0) - info['fraction_bits'])
                    for w, a in zip(info['parts'][0]['change'], info['about'])][1:]}
    _, text = run('smpc-group', '--plan', '--by', 'g', '--count', '--sum', ','.join(RANGES), '--epsilon', '1',
                  '--delta', '1e-6', 't.1')
    said[True] = [float(x) for x in re.findall(r'changes it by (\S+) at most', text)]
    with open('x', 'wb') as f:
        subprocess.run(['smpc-cut', '-x', 'g', 't.1'], stdout=f, check=True)
    _, text = run('smpc-stat', '--plan', '--bins', '-60,0,60,1100', '--epsilon', '1', '--delta', '1e-6',
                  'mean,histogram,count', 'x')
    stat = [float(x) for x in re.findall(r'changes it by (\S+) at most', text)]
    # means of 20 rows, and two cells of each histogram; all know how many rows there are
    if [round(20 * x, 2) for x in stat[:3]] != [round(x, 2) for x in said[False]] or \
            stat[3:] != [1.41421] * 3:
        sys.exit(f'smpc-stat says {stat}')
    for by, bounds in said.items():
        most = [0.0] * len(bounds)
        for _ in range(400):
            a, b = neighbour(table(20))
            for j, (x, y) in enumerate(zip(sums(a, by), sums(b, by))):
                most[j] = max(most[j], math.sqrt(sum(float(u - v) ** 2 for u, v in zip(x, y))))
        for j, bound in enumerate(bounds):
            # texts have six digits
            if not 0.999 * bound <= most[j] <= bound * (1 + 1e-5) + 1e-4:
                sys.exit(f'groups {by}, column {j}: changes by {most[j]}, and {bound} is said')


def delta_of(rho, epsilon):
    """delta_of(rho, epsilon): proposition 12 of Canonne, Kamath and Steinke, on a grid of alpha."""
    best = 1.0
    for i in range(1, 5000):
        alpha = 1 + i / 25
        exponent = (alpha - 1) * (alpha * rho - epsilon) + alpha * math.log1p(-1 / alpha)
        best = min(best, math.exp(min(exponent, 700)) / (alpha - 1))
    return best


def deviation(path, epsilon, delta, sensitivity):
    """deviation(path, epsilon, delta, sensitivity): see above."""
    low, high = 0.0, 50.0
    for _ in range(45):
        middle = (low + high) / 2
        low, high = (middle, high) if delta_of(middle, epsilon) <= delta else (low, middle)
    want = 2 * sensitivity ** 2 / (2 * low)
    with open(path, encoding='ascii') as f:
        x = [float(line) for line in f.read().split()[1:]]
    n = len(x)
    variance = sum(v * v for v in x) / n
    if n < 1000 or abs(sum(x) / n) > 5 * math.sqrt(want / n) or abs(variance / want - 1) > 5 * math.sqrt(2 / n):
        sys.exit(f'{n} numbers of mean {sum(x) / n}, variance {variance}, and {want} is due')


if sys.argv[1] == 'neighbours':
    neighbours()
else:
    deviation(sys.argv[2], *(float(x) for x in sys.argv[3:6]))
