#!/usr/bin/env python3
"""
privacy.py: write tests/unit/privacy_figures.h.

Of the discrete Gaussian, exactly: how often its draws are in which places and tails, from its own definition, sums of
exp(-y^2 / (2 sigma^2)) over whole numbers, in decimals of DIGITS digits.  That its moments are the normal
distribution's, as far as float64 can tell, is checked on the way.

Of the conversion between rho and (epsilon, delta): the best alpha is looked for in the bound of corollary 13 (Canonne,
Kamath and Steinke 2020), solved for rho, or for epsilon; common/base/privacy.c solves it for delta.
"""

import math
from decimal import Decimal as D, getcontext

DIGITS = 40
SIGMAS = 4, 5, 1000
LARGE = 2 ** 30
PLACES = 17
TAILS = 5
EPSILONS = '0.001', '0.01', '0.1', '0.5', '1', '2', '5', '10', '30'
DELTAS = '1e-2', '1e-6', '1e-10', '1e-20'
RHOS = '1e-8', '1e-5', '0.001', '0.02', '0.1', '0.5', '1', '2.56', '20'

getcontext().prec = DIGITS


# The distribution

def weights(sigma):
    """weights(sigma): exp(-y^2 / (2 sigma^2)) for y = 0, 1, .., as long as they are above 10^-38."""
    ratio, step = (D(-1) / (2 * sigma * sigma)).exp(), (D(-1) / (sigma * sigma)).exp()
    found = [D(1)]
    while found[-1] > D(10) ** -38:
        found.append(found[-1] * ratio)
        ratio *= step
    return found


def width(sigma):
    return max(1, sigma // 4)


def exact(sigma):
    """exact(sigma): places (of numbers from 0 on, and below 0), and tails."""
    w = weights(sigma)
    total = 2 * sum(w) - 1
    for power, normal in (2, 1), (4, 3), (8, 105):
        moment = 2 * sum(v * y ** power for y, v in enumerate(w)) / total / D(sigma) ** power
        assert abs(moment - normal) < D(10) ** -25, (sigma, power, moment)
    places = [[D(0)] * PLACES for _ in range(2)]
    tails = [D(0)] * TAILS
    for y, v in enumerate(w):
        place = min(y // width(sigma), PLACES - 1)
        places[0][place] += v / total
        places[1][place] += v / total if y > 0 else 0
        for k in range(TAILS):
            tails[k] += 2 * v / total if y > (k + 1) * sigma else 0
    return places, tails


def beyond(z):
    return math.erfc(z / math.sqrt(2)) / 2


def smooth(sigma):
    """smooth(sigma): the same where sigma is so large that sums are integrals; halves belong to their numbers."""
    w = width(sigma)
    places = [[], []]
    for side in 0, 1:
        for j in range(PLACES):
            low = (j * w - 0.5 if side == 0 or j > 0 else 0.5) / sigma
            high = beyond(((j + 1) * w - 0.5) / sigma) if j + 1 < PLACES else 0
            places[side].append(beyond(low) - high)
    return places, [2 * beyond(k + 0.5 / sigma) for k in range(1, TAILS + 1)]


# The conversion

def best(f):
    """best(f): the largest value of f(a), which rises and then falls, for a > 0."""
    low, high = D(-60), D(60)
    for _ in range(80):
        third = (high - low) / 3
        if f((low + third).exp()) < f((high - third).exp()):
            low += third
        else:
            high -= third
    return f(low.exp())


def log_factor(a):
    """log_factor(a): log of (1 - 1 / alpha)^alpha / (alpha - 1), alpha = a + 1."""
    return (a + 1) * (a / (a + 1)).ln() - a.ln()


def rho_of(epsilon, delta):
    return best(lambda a: (epsilon + (delta.ln() - log_factor(a)) / a) / (a + 1))


def epsilon_of(rho, delta):
    return max(D(0), -best(lambda a: -(a + 1) * rho + (delta.ln() - log_factor(a)) / a))


# The header

def number(v):
    return f'{float(v):.15g}'


def rows(values, indent):
    lines, line = [], indent
    for v in values:
        if len(line.expandtabs()) + len(v) + 2 > 96:
            lines.append(line.rstrip())
            line = indent
        line += v + ', '
    return '\n'.join(lines + [line.rstrip()[:-1]])


def places_of(sigma, found):
    places, tails = found
    print(f'\t{{ {sigma}, {width(sigma)},')
    print('\t\t{ {')
    print(rows(map(number, places[0]), '\t\t\t'))
    print('\t\t}, {')
    print(rows(map(number, places[1]), '\t\t\t'))
    print('\t\t} }, {')
    print(rows(map(number, tails), '\t\t\t'))
    print('\t\t} },')


def main():
    print('#ifndef SMPC_TESTS_UNIT_PRIVACY_FIGURES_H\n#define SMPC_TESTS_UNIT_PRIVACY_FIGURES_H\n')
    print('/* Written by tests/python/privacy.py. */\n\n#include <stdint.h>\n')
    print(f'#define PLACES {PLACES}\n#define TAILS {TAILS}\n')
    print('/*\n * Of the discrete Gaussian: |y| / width of numbers from 0 on, and of those below; |y| > k sigma.\n */')
    print('static const struct {\n\tint64_t sigma, width;\n\tdouble places[2][PLACES], tails[TAILS];\n'
          '} gaussians[] = {')
    for sigma in SIGMAS:
        places_of(sigma, exact(sigma))
    places_of(LARGE, smooth(LARGE))
    print('};\n\n/* What is best: the largest rho, and the least epsilon. */')
    print('static const struct {\n\tdouble epsilon, delta, rho;\n} rhos[] = {')
    for epsilon in EPSILONS:
        for delta in DELTAS:
            print(f'\t{{ {epsilon}, {delta}, {float(rho_of(D(epsilon), D(delta))):.17g} }},')
    print('}, epsilons[] = {')
    for rho in RHOS:
        for delta in DELTAS:
            print(f'\t{{ {float(epsilon_of(D(rho), D(delta))):.17g}, {delta}, {rho} }},')
    print('};\n\n#endif /* !SMPC_TESTS_UNIT_PRIVACY_FIGURES_H */')


if __name__ == '__main__':
    main()
