#!/usr/bin/env python3
"""
The Fourier series of common/func/function.c and response.c, and the polynomials of function_exact.c: where their
coefficients come from, and how far off they are.

    series.py                           print the tables
    series.py compare FILE [NAME ...]   read the tables in function.c, all or those named; say, as TAP, whether they are
                                        those printed here, and how far they are off at most
    series.py glance FILE               say whether the tables are those that were compared last, by their digests here,
                                        and how far they are off at every 20th point: in a second, as nothing is fitted
    series.py polynomials FILE          the same as compare, of all those in function_exact.c
    series.py responses FILE            the same as compare, of all those in response.c
    series.py glance-responses FILE     the same as glance, of these
    series.py factorials FILE           how far off what glm_factorials.c makes of ln z! is, at whole numbers

A series is a weighted least squares fit on Chebyshev points, whose weights are multiplied by the error after each
iteration (Lawson), so that it comes near the best one in the largest error; of all iterations the best is taken.  A
small ridge keeps coefficients small where a series has more freedom than it needs; else their rounding would cost more
than the fit gains.  All is computed in decimals of DIGITS digits, and so comes out the same everywhere.
"""

import hashlib
import re
import sys
from decimal import Decimal as D, getcontext
from math import floor

DIGITS = 40
POINTS = 200
ITERATIONS = 6
FLOOR = D('0.001')              # of a point's weight, as a part of the mean error
GRID = 4000                     # points between which the largest error is looked for

getcontext().prec = DIGITS


# Elementary functions

def _pi():
    """_pi(): Machin's formula."""
    def arctan_inverse(n):
        term, total, k = D(1) / n, D(0), 0
        while abs(term) > D(10) ** -(DIGITS + 2):
            total += term / (2 * k + 1) * (-1) ** k
            term /= n * n
            k += 1
        return total
    return 4 * (4 * arctan_inverse(5) - arctan_inverse(239))


PI = _pi()


def sincos(x):
    """sincos(x): sine and cosine, by Taylor's series of a 64th of the angle and six doublings."""
    x = (x % (2 * PI)) / 64
    s, c, term, k = D(0), D(0), D(1), 0
    while abs(term) > D(10) ** -(DIGITS + 5):
        if k % 2 == 0:
            c += term * (-1) ** (k // 2)
        else:
            s += term * (-1) ** (k // 2)
        k += 1
        term *= x / k
    for _ in range(6):
        s, c = 2 * s * c, c * c - s * s
    return s, c


# What is approximated

def sigmoid_half(x):
    """sigmoid_half(x): 1 / (1 + e^-x) - 1/2."""
    return 1 / (1 + (-x).exp()) - D(1) / 2


def one(_x):
    """one(x): the weight of an absolute error."""
    return D(1)


class Target:
    """A function, the interval on which its series is to be good, and the parameters of the fit."""

    def __init__(self, name, function, weight, low, high, period, harmonics, odd, ridge, bits, bound, apart, even=False):
        self.name, self.function, self.weight = name, function, weight
        self.low, self.high, self.period = D(low), D(high), period
        self.harmonics, self.odd = harmonics, odd   # odd: sines alone
        self.even = even                            # a constant and cosines
        self.ridge = D(ridge)
        self.bits = bits                            # fraction bits of the coefficients
        self.bound = D(bound)                       # what the largest weighted error must stay below
        self.apart = D(apart)                       # how far the series in function.c may be from ours


def core(name, function, weight, count, ridge, bits, bound, apart):
    """core(...): of a number that was scaled to [1/8, 1), and a little more."""
    return Target(name, function, weight, '0.108', '1.01', 2, range(1, count + 1), False, ridge, bits, bound, apart)


# The tables in function.c were first made with doubles.  The fits are nearly singular, all the more so the smaller the
# ridge: coefficients move along directions in which the series hardly does.
TARGETS = [
    Target('sigmoid', sigmoid_half, one, '-8.2', '8.2', 32, range(1, 12, 2), True, '0', 18, '3.1e-4', '0'),
    Target('wide', sigmoid_half, one, '-56', '56', 128, range(1, 48, 2), True, '0', 16, '3.4e-4', '0'),
    core('reciprocal', lambda x: 1 / x, lambda x: x, 8, '1e-11', 16, '1.7e-4', '5e-5'),
    core('log', lambda x: x.ln(), one, 6, '1e-9', 18, '1.3e-4', '1e-7'),
    core('sqrt', lambda x: x.sqrt(), lambda x: 1 / x.sqrt(), 5, '1e-9', 14, '2.9e-4', '1e-7'),
    core('rsqrt', lambda x: 1 / x.sqrt(), lambda x: x.sqrt(), 7, '1e-9', 16, '1.0e-4', '2e-6'),
    core('rsqrt_short', lambda x: 1 / x.sqrt(), lambda x: x.sqrt(), 7, '1e-9', 14, '1.8e-4', '2e-6'),
]


def log_cosh(x):
    """log_cosh(x): ln(1 + e^x) - x / 2."""
    return ((x / 2).exp() + (-x / 2).exp()).ln()


# Those of response.c, which were fitted by least squares alone.
RESPONSES = [
    Target('logistic', sigmoid_half, one, '-15.2', '15.2', 64, range(1, 52, 2), True, '0', 28, '6.5e-8', '4e-8'),
    Target('softplus', log_cosh, one, '-15.2', '15.2', 64, range(1, 52, 2), False, '0', 28, '1.4e-8', '2e-8', True),
    Target('power', lambda x: x.exp(), lambda x: (-x).exp(), '-0.72', '0.72', 4, range(1, 8), False, '1e-14', 28, '1.0e-7',
           '1e-7'),
]


# Fitting

def basis(t, x):
    """basis(t, x): what the series is made of, at x: 1 unless it is odd, then a sine, and a cosine, per harmonic."""
    row = [] if t.odd else [D(1)]
    for h in t.harmonics:
        s, c = sincos(2 * PI * h * x / t.period)
        if not t.even:
            row.append(s)
        if not t.odd:
            row.append(c)
    return row


def solve(a, b):
    """solve(a, b): x with a x = b, by elimination; ${a} and ${b} are spoiled."""
    n = len(b)
    for i in range(n):
        p = max(range(i, n), key=lambda r: abs(a[r][i]))
        a[i], a[p], b[i], b[p] = a[p], a[i], b[p], b[i]
        for r in range(i + 1, n):
            f = a[r][i] / a[i][i]
            for c in range(i, n):
                a[r][c] -= f * a[i][c]
            b[r] -= f * b[i]
    x = [D(0)] * n
    for i in reversed(range(n)):
        x[i] = (b[i] - sum(a[i][c] * x[c] for c in range(i + 1, n))) / a[i][i]
    return x


def dot(u, v):
    """dot(u, v): the inner product."""
    return sum(p * q for p, q in zip(u, v))


def least_squares(rows, values, weights, ridge):
    """least_squares(rows, values, weights, ridge): coefficients with the least weighted sum of squared errors."""
    n = len(rows[0])
    a = [[D(0)] * n for _ in range(n)]
    b = [D(0)] * n
    for row, value, weight in zip(rows, values, weights):
        for i in range(n):
            t = weight * row[i]
            b[i] += t * value
            for j in range(i, n):
                a[i][j] += t * row[j]
    for i in range(n):
        a[i][i] += ridge
        for j in range(i):
            a[i][j] = a[j][i]
    return solve(a, b)


def fit(t):
    """fit(t): the coefficients of the series, in the order of basis()."""
    cosines = [sincos(PI * (2 * i + 1) / (2 * POINTS))[1] for i in range(POINTS)]
    points = [(t.low + t.high) / 2 - (t.high - t.low) / 2 * c for c in cosines]
    rows = [basis(t, x) for x in points]
    values = [t.function(x) for x in points]
    scales = [t.weight(x) for x in points]
    lawson = [D(1)] * POINTS
    best = None
    for _ in range(ITERATIONS):
        c = least_squares(rows, values, [w * w * l for w, l in zip(scales, lawson)], t.ridge)
        errors = [w * abs(dot(c, row) - v) for w, row, v in zip(scales, rows, values)]
        if best is None or max(errors) < best[0]:
            best = (max(errors), c)
        mean = sum(errors) / POINTS
        lawson = [l * (e / mean + FLOOR) for l, e in zip(lawson, errors)]
        mean = sum(lawson) / POINTS
        lawson = [l / mean for l in lawson]
    return best[1]


# Tables

def table(t):
    """table(t): the series as function.c has it: constant, sines, cosines; the last two as whole numbers."""
    c = fit(t)
    whole = [floor(v * 2 ** t.bits + D(1) / 2) for v in c]
    if t.odd:
        return 0.0, whole, []
    if t.even:
        return float(c[0]), [], whole[1:]
    return float(c[0]), whole[1::2], whole[2::2]


def coefficients(t, constant, sine, cosine):
    """coefficients(t, constant, sine, cosine): a table as numbers, in the order of basis()."""
    unit = D(2) ** t.bits
    c = [] if t.odd else [D(constant)]
    for i in range(len(t.harmonics)):
        if not t.even:
            c.append(D(sine[i]) / unit)
        if not t.odd:
            c.append(D(cosine[i]) / unit)
    return c


class Grid:
    """A target's interval, finely divided, with what has to be known there, computed once."""

    def __init__(self, t, step=1):
        self.points = [t.low + (t.high - t.low) * i / GRID for i in range(0, GRID + 1, step)]
        self.weights = [t.weight(x) for x in self.points]
        self.values = [t.function(x) for x in self.points]
        self.rows = [basis(t, x) for x in self.points]

    def largest(self, values):
        """largest(values): the largest weighted one of values on the grid, and where it is."""
        return max((w * abs(v), x) for w, v, x in zip(self.weights, values, self.points))

    def error(self, c):
        """error(c): the largest weighted error of the series with coefficients ${c}, and where it is."""
        return self.largest([dot(c, row) - v for row, v in zip(self.rows, self.values)])

    def apart(self, c, d):
        """apart(c, d): how far two series are apart, and where."""
        return self.largest([dot([p - q for p, q in zip(c, d)], row) for row in self.rows])


def read_tables(path):
    """read_tables(path): the tables in a C source, by name: bits, constant, sines, cosines."""
    with open(path, encoding='utf-8') as f:
        text = ' '.join(f.read().split())

    def numbers(s):
        return [int(v) for v in re.findall(r'-?\d+', s)]

    found = {}
    # A series of sines takes its table, and as many bits as its name says.
    for name in ('sigmoid', 'wide'):
        odd = re.search(name + r'_sine\[\w*\] = \{([^}]*)\}', text)
        bits = re.search(r'#define ' + name.upper() + r'_COEFFICIENT_BITS (\d+)\b', text)
        used = re.search(r'\.sine = ' + name + r'_sine,[^}]*\.coefficient_bits = ' + name.upper() + '_COEFFICIENT_BITS,', text)
        if odd and bits and used:
            found[name] = (int(bits.group(1)), 0.0, numbers(odd.group(1)), [])
    for m in re.finditer(r'struct core core_(\w+) = \{ \.exact = EXACT_\w+, \.count = (\d+), '
                         r'\.sine = \(const int64_t\[\]\)\{([^}]*)\}, \.cosine = \(const int64_t\[\]\)\{([^}]*)\}, '
                         r'\.constant = (-?[0-9.]+), \.coefficient_bits = (\d+),', text):
        if int(m.group(2)) == len(numbers(m.group(3))) == len(numbers(m.group(4))):
            found[m.group(1)] = (int(m.group(6)), float(m.group(5)), numbers(m.group(3)), numbers(m.group(4)))
    return found


def read_responses(path):
    """read_responses(path): the tables of response.c, in the same form."""
    with open(path, encoding='utf-8') as f:
        text = ' '.join(f.read().split())
    bits = re.search(r'#define COEFFICIENT_BITS (\d+)\b', text)
    lists = {m.group(1): [int(v) for v in re.findall(r'-?\d+', m.group(2))]
             for m in re.finditer(r' (\w+_(?:sine|cosine))\[\w+\] = \{([^}]*)\}', text)}
    constants = {m.group(1).lower(): float(m.group(2)) for m in re.finditer(r'#define (\w+)_CONSTANT ([0-9.]+)', text)}
    return {t.name: (int(bits.group(1)) if bits else 0, constants.get(t.name, 0.0), lists.get(t.name + '_sine', []),
                     lists.get(t.name + '_cosine', [])) for t in RESPONSES}


def show(t):
    """show(t): print a table."""
    constant, sine, cosine = table(t)
    print('%s: %d fraction bits, constant %r' % (t.name, t.bits, constant))
    print('    sine    ', ', '.join(map(str, sine)))
    if cosine:
        print('    cosine  ', ', '.join(map(str, cosine)))
    print('    off by %.2e at most, at %.4f' % Grid(t).error(coefficients(t, constant, sine, cosine)))


def compare(found, targets, judge):
    """compare(found, targets, judge): print as TAP what is thought of the tables of a source; return the faults."""
    faults = number = 0
    print('1..%d' % (2 * len(targets)))
    for t in targets:
        bits, *theirs = found.get(t.name, (0, 0.0, [], []))
        if bits != t.bits or len(theirs[2 if t.even else 1]) != len(t.harmonics):
            judgement = (False, 'no such table, or another one'), (False, 'has an error')
        else:
            judgement = judge(t, theirs)
        for good, text in judgement:
            number += 1
            faults += not good
            print('%sok %d - %s: %s' % ('' if good else 'not ', number, t.name, text))
    return faults


def off(t, error):
    """off(t, error): the judgement of a largest error."""
    return error[0] < t.bound, 'off by %.2e at most, at %.4f' % error


def fitted(t, theirs):
    """fitted(t, theirs): that it is ours, and good."""
    grid = Grid(t)
    ours, theirs = coefficients(t, *table(t)), coefficients(t, *theirs)
    apart = grid.apart(ours, theirs)[0]
    return (apart <= t.apart, '%.1e at most from the one that comes out here' % apart), off(t, grid.error(theirs))


# Of the tables that "compare" found good.
DIGESTS = {
    'sigmoid': '8c5ea1cdf0d77703',
    'wide': 'a90c8dd4ccda9130',
    'reciprocal': '7f6edc4102a4b9bc',
    'log': '18f4169878d7ee7b',
    'sqrt': 'c5a0a99a7505d036',
    'rsqrt': '25ecbbf101afe01c',
    'rsqrt_short': '1bc151db86db8fe8',
    'logistic': '09d35d31622fa520',
    'softplus': '5235f3cac71fd4f4',
    'power': '4e9ce6d47bb199b5',
}


def glanced(t, theirs):
    """glanced(t, theirs): that it has not changed, and is good."""
    digest = hashlib.sha256(repr(theirs).encode()).hexdigest()[:16]
    return ((digest == DIGESTS[t.name], 'has the digest %s: if it is new, "compare" it' % digest),
            off(t, Grid(t, 100 if t in RESPONSES else 20).error(coefficients(t, *theirs))))


# The remainder of ln z!

def factorials(path):
    """factorials(path): print as TAP how far off p(1 / z) is of ln z! - z ln z + z - ln(2 pi z) / 2; return the faults."""
    with open(path, encoding='utf-8') as f:
        text = ' '.join(f.read().split())
    found = re.search(r'stirling\[\] = \{([^}]*)\}', text)
    constant = re.search(r'#define STIRLING_CONSTANT ([0-9.]+)', text)
    bits = re.search(r'#define STIRLING_BITS (\d+)', text)
    unit = D(2) ** int(bits.group(1))
    p = [floor(D(v) * unit + D(1) / 2) / unit for v in found.group(1).replace(' ', '').split(',')]
    worst, total = D(0), D(0)
    for z in range(1, 301):
        total += D(z).ln()
        due = total - z * D(z).ln() + z - D(z).ln() / 2
        worst = max(worst, abs(due - D(constant.group(1)) - sum(c / D(z) ** (i + 1) for i, c in enumerate(p))))
    good = worst < D('2.06e-7')
    print('1..1\n%sok 1 - ln z!: off by %.2e at most' % ('' if good else 'not ', worst))
    return 0 if good else 1


# Polynomials of s from -1 to 1

EXACT_BITS = 24
NODES = 100
MIDDLE, HALF = D('0.555'), D('0.45')    # of c, for s = (c - MIDDLE) / HALF
REACH = D('8.1')                        # of x, for s = 2 (x / REACH)^2 - 1


def slope(s):
    """slope(s): (sigmoid(x) - 1/2) / x."""
    x = REACH * max((s + 1) / 2, D(10) ** -12).sqrt()
    return sigmoid_half(x) / x


# Name, function of s, weight of its error, degree, what its largest error must stay below.
POLYNOMIALS = [
    ('reciprocal', lambda s: 1 / (MIDDLE + HALF * s), lambda s: MIDDLE + HALF * s, 13, '3.5e-4'),
    ('log', lambda s: (MIDDLE + HALF * s).ln(), one, 10, '2.3e-4'),
    ('sqrt', lambda s: (MIDDLE + HALF * s).sqrt(), lambda s: 1 / (MIDDLE + HALF * s).sqrt(), 8, '1.8e-4'),
    ('rsqrt', lambda s: 1 / (MIDDLE + HALF * s).sqrt(), lambda s: (MIDDLE + HALF * s).sqrt(), 11, '1.3e-4'),
    ('slope', slope, lambda s: REACH * ((s + 1) / 2).sqrt(), 11, '9.2e-5'),
    ('power', lambda s: D(2) ** ((s + 1) / 2), one, 5, '2.1e-7'),
]


def chebyshev(function, degree):
    """chebyshev(function, degree): its Chebyshev series, as coefficients of powers, rounded to EXACT_BITS."""
    cosines = [[sincos(PI * k * (2 * i + 1) / (2 * NODES))[1] for i in range(NODES)] for k in range(degree + 1)]
    values = [function(s) for s in cosines[1]]
    series = [2 * dot(values, c) / NODES for c in cosines]
    series[0] /= 2
    before, now, total = [D(0)], [D(1)], [D(0)] * (degree + 1)
    for k, c in enumerate(series):
        for i, v in enumerate(now):
            total[i] += c * v
        after = [D(0)] + [v * (1 if k == 0 else 2) for v in now]
        for i, v in enumerate(before):
            after[i] -= v if k > 0 else 0
        before, now = now, after
    return [floor(v * 2 ** EXACT_BITS + D(1) / 2) for v in total]


def polynomial_error(coefficients_, function, weight):
    """polynomial_error(...): the largest weighted error between -1 and 1."""
    worst = D(0)
    for i in range(1001):
        s = D(i) / 500 - 1
        value = D(0)
        for c in reversed(coefficients_):
            value = value * s + D(c) / 2 ** EXACT_BITS
        worst = max(worst, weight(s) * abs(value - function(s)))
    return worst


def polynomials(path):
    """polynomials(path): print as TAP whether the polynomials of a source are ours, and good; return the faults."""
    with open(path, encoding='utf-8') as f:
        lists = [[int(v) for v in re.findall(r'-?\d+', m)] for m in re.findall(r'\(const int64_t\[\]\)\{([^}]*)\}', f.read())]
    faults = 0
    print('1..%d' % (2 * len(POLYNOMIALS)))
    for number, (name, function, weight, degree, bound) in enumerate(POLYNOMIALS):
        theirs = lists[number] if number < len(lists) else []
        error = polynomial_error(theirs, function, weight)
        for j, good in enumerate((theirs == chebyshev(function, degree), error < D(bound))):
            faults += not good
            print('%sok %d - %s: %s' % ('' if good else 'not ', 2 * number + j + 1, name,
                                        'off by %.2e at most' % error if j else 'as it comes out here'))
    return faults


def main(arguments):
    """main(arguments): see above."""
    if not arguments:
        for t in TARGETS:
            show(t)
        return 0
    if len(arguments) == 2 and arguments[0] == 'polynomials':
        return 1 if polynomials(arguments[1]) else 0
    if len(arguments) == 2 and arguments[0] == 'factorials':
        return factorials(arguments[1])
    if len(arguments) == 2 and arguments[0] in ('responses', 'glance-responses'):
        return 1 if compare(read_responses(arguments[1]), RESPONSES, fitted if arguments[0] == 'responses' else glanced) else 0
    if len(arguments) == 2 and arguments[0] == 'glance':
        return 1 if compare(read_tables(arguments[1]), TARGETS, glanced) else 0
    named = [t for t in TARGETS if len(arguments) == 2 or t.name in arguments[2:]]
    if len(arguments) < 2 or arguments[0] != 'compare' or len(named) not in (len(arguments) - 2, len(TARGETS)):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    return 1 if compare(read_tables(arguments[1]), named, fitted) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
