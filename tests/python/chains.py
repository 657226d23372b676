#!/usr/bin/env python3
"""
What owners declared is right after any steps, or refused with the name of a column: columns of random ranges, whose numbers
are from a thousandth of the range on, go through sums, products and variances, in whatever order, and what came of them
through functions and quotients.  Words have many more bits then than those of an owner, and no result may be 0, or flat,
for that.

    chains.py [--seeds FIRST-LAST]

Works in the directory at hand, in the clear: sessions plan from the same headers.
"""

import argparse
import json
import math
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import tools                    # noqa: E402

ROWS = 12
BOUND = 4e-3                    # of a function, a quotient and some products, one after the other
FUNCTIONS = {'reciprocal': lambda x: 1 / x, 'sqrt': math.sqrt, 'rsqrt': lambda x: 1 / math.sqrt(x), 'log': math.log}


class Refused(Exception):
    """A step ended with status 5, and named a column, or a constant that is too large."""


def step(argv, out):
    """step(argv, out): run it, with its result in ${out}; raise Refused, or Fault for another end."""
    status, data, error = tools.run(argv)
    if status == 5 and ("column 'x'" in error or 'column x' in error or 'the constant' in error):
        raise Refused(error)
    if status != 0:
        raise tools.Fault('%s: status %d: %s' % (tools.shown(argv), status, error.strip()))
    with open(out, 'wb') as f:
        f.write(data)
    return out


class Numbers:
    """A stream, the columns of numbers that it should hold, and how it came about."""

    def __init__(self, path, rows, how):
        self.path, self.rows, self.how = path, rows, how


class Chain:
    def __init__(self, seed):
        self.rng, self.files = random.Random('chains %d' % seed), 0

    def fresh(self):
        self.files += 1
        return 's%d' % self.files

    def run(self, how, argv, rows):
        return Numbers(step(argv, self.fresh()), rows, how)

    def owned(self, high=None):
        """owned(high): what an owner declares, and shares as a public stream."""
        rng = self.rng
        high = high or float('%de%d' % (rng.choice((1, 2, 5)), rng.randint(-9, 11)))
        least = rng.choice((1e-3, 0.01, 0.3))
        rows = [float('%.6g' % (high * math.exp(rng.uniform(math.log(least), 0)))) for _ in range(ROWS)]
        with open('in', 'w', encoding='ascii') as f:
            f.write('x\n' + ''.join('%r\n' % v for v in rows))
        tools.output(['smpc-share', '-f', '--public', '--range', 'x=0..%r' % high, '-o', 'data', 'in'])
        os.replace('data', path := self.fresh())
        return Numbers(path, rows, '0..%g' % high)

    def stepped(self, a):
        """stepped(a): one more step."""
        rng, x = self.rng, a.rows
        which = rng.randrange(6)
        if which == 0:
            return self.run(a.how + ' | sum', ['smpc-sum', a.path], [sum(x)])
        if which == 1:
            c = float('%.3g' % (max(x) * 10 ** rng.uniform(-1, 0)))
            return self.run('%s | add %g' % (a.how, c), ['smpc-add', '-c', repr(c), a.path], [v + c for v in x])
        if which == 2:
            c = rng.choice((100, 1e6, 0.25, 3.25))
            return self.run('%s | mul %g' % (a.how, c), ['smpc-mul', '-c', repr(c), a.path], [v * c for v in x])
        if which == 3 and 'squared' not in a.how:   # twice, what is small has too few units left
            return self.run('(%s) squared' % a.how, ['smpc-mul', '--clear', a.path, a.path], [v * v for v in x])
        if which == 4 and len(x) > 1:
            mean = sum(x) / len(x)
            return self.run(a.how + ' | variance', ['smpc-stat', '--clear', 'variance', a.path],
                            [sum((v - mean) ** 2 for v in x) / (len(x) - 1)])
        if 'variance' in a.how or '|' in a.how:     # which is another tensor, or of another scale
            return a
        b = self.owned(float('%.1g' % (max(x) * 10 ** rng.uniform(0, 3))))
        return self.run('%s, %s' % (a.how, b.how), ['smpc-cat', a.path, b.path], x + b.rows)

    def ended(self, a):
        """ended(a): a function of it, or a quotient with it."""
        rng, x = self.rng, a.rows
        if rng.random() < 0.5:
            name = rng.choice(sorted(FUNCTIONS))
            return self.run('%s | %s' % (a.how, name), ['smpc-map', '--clear', name, a.path], list(map(FUNCTIONS[name], x)))
        if rng.random() < 0.3:
            return self.run('(%s) / itself' % a.how, ['smpc-map', '--clear', 'divide', a.path, a.path], [1.0] * len(x))
        b = self.owned()
        many = max(len(x), ROWS)
        if len(x) not in (1, ROWS):
            return a
        pairs = zip(x * (many // len(x)), b.rows)
        if rng.random() < 0.5:
            return self.run('%s / (%s)' % (b.how, a.how), ['smpc-map', '--clear', 'divide', b.path, a.path],
                            [q / p for p, q in pairs])
        return self.run('(%s) / %s' % (a.how, b.how), ['smpc-map', '--clear', 'divide', a.path, b.path],
                        [p / q for p, q in pairs])


def revealed(path):
    return [r[0] for r in json.loads(tools.output(['smpc-reveal', '--json', path]))['rows']]


def judge(a):
    got = revealed(a.path)
    if len(got) != len(a.rows):
        raise tools.Fault('%s: %d rows' % (a.how, len(got)))
    for v, want in zip(got, a.rows):
        bound = BOUND * (1 if a.how.endswith('log') else abs(want))
        if not abs(v - want) <= bound:
            raise tools.Fault('%s: %.9g should be %.9g' % (a.how, v, want))


def check(seed):
    """check(seed): whether it came to an end."""
    chain = Chain(seed)
    try:
        a = chain.owned()
        for _ in range(chain.rng.choice((0, 1, 1, 2, 2))):
            a = chain.stepped(a)
        judge(chain.ended(a))
        return True
    except Refused:
        return False
    except tools.Fault as e:
        raise tools.Fault('seed %d: %s' % (seed, e)) from None


def main():
    p = argparse.ArgumentParser(add_help=False)
    p.add_argument('--seeds', default='1-60')
    first, last = map(int, p.parse_args().seeds.split('-'))
    faults, ended = [], 0
    for seed in range(first, last + 1):
        try:
            ended += check(seed)
        except tools.Fault as e:
            faults.append(e)
    if ended < (last + 1 - first) * 0.8:
        faults.append('only %d chains were not refused' % ended)
    return tools.report('chains', faults, last + 1 - first)


if __name__ == '__main__':
    sys.exit(main())
