#!/usr/bin/env python3
"""
Headers are input, too: columns that announce any range and any exponent, and hold what they announce, the ends above all.
Tools that plan from headers what they do to words have to end with 0, or with 5 before anything has gone wrong: never by
a number that the plan had no room for, which in a session nobody would see.  What is written is what its header says.

    extremes.py [--seeds FIRST-LAST]

Works in the directory at hand.
"""

import argparse
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import sharestream as share     # noqa: E402
import tools                    # noqa: E402

WORD = 2 ** 63
ENDS = (0, 1, 2 ** 31, 2 ** 61, 2 ** 62 - 1, 2 ** 62, WORD - 1, WORD)
EXPONENTS = (0, 0, 0, -14, -13, 62, -62, 63, -63, 64, -64, 959, -959, 960, -960)
MISSED = 'in a session this would'      # what --clear says of a number that does not fit


def bound(rng):
    """bound(rng): the end of a range, of any size."""
    v = rng.choice(ENDS) if rng.random() < 0.2 else rng.getrandbits(rng.randint(1, 63))
    return max(-WORD, min(WORD - 1, v if rng.random() < 0.5 else -v))


def column(rng):
    """column(rng): what a header says of a column."""
    low, high = sorted((bound(rng), bound(rng)))
    c = {'kind': 'number', 'range': [str(low), str(high)]}
    exponent = rng.choice(EXPONENTS) if rng.random() < 0.6 else rng.randint(-960, 960)
    if exponent != 0:
        c['exponent'] = exponent
    return c if (low, high) != (-WORD, WORD - 1) else column(rng)


def word(rng, c):
    low, high = map(int, c['range'])
    return rng.choice((low, high)) if rng.random() < 0.6 else rng.randint(low, high)


def category(rng, bits):
    """category(rng, bits): a column of codes."""
    values = rng.choice((1, 2, 3))
    return {'kind': 'class', 'values': [str(v) for v in range(values)], 'range': ['0', str((values - 1) << bits)]}


def table(rng, name, rows, cols, grouped=False):
    """table(rng, name, rows, cols, grouped): write a public stream, with a category in its first column or not."""
    about, bits = [column(rng) for _ in range(cols)], rng.choice((16, 16, 8, 20))
    if rng.random() < 0.3:
        about = about[:1] * cols
    if grouped:
        about[0] = category(rng, bits)
    header = {'kind': 'tensor', 'scheme': 'public', 'modulus': str(2 ** 64), 'fraction_bits': bits,
              'shape': [rows, cols], 'first_row': 0, 'last': True, 'name': 'data', 'id': '%064x' % rng.getrandbits(256),
              'op': rng.choice(('share', 'add', 'reveal')), 'inputs': [], 'about': about}
    words = [(word(rng, c) if c['kind'] == 'number' else rng.randrange(len(c['values'])) << bits) % 2 ** 64
             for _ in range(rows) for c in about]
    with open(name, 'wb') as f:
        f.write(share.encode_binary(share.Record(header, [], words)))


def command(rng):
    """command(rng): a tool, with its operands written, and whether it writes a stream."""
    rows, cols = rng.choice((1, 2, 12)), rng.choice((1, 2, 3))
    if rng.random() < 0.2:
        table(rng, 'a', rows, 3, True)
        found = rng.choice(('--sum', '--mean', '--variance', '--min', '--max'))
        return ['smpc-group', '--clear', '--min-count', '2', '--by', '1', '--count', found, '2,3', 'a'], True
    which = rng.randrange(7)
    table(rng, 'a', rows, 1 if which == 6 else cols)
    if which == 0:
        table(rng, 'b', rows, rng.choice((1, cols)))
        table(rng, 'c', rows, cols)
        return ['smpc-mul', '--clear', 'a', 'b'] + rng.choice(([], ['c'])), True
    if which == 1:
        table(rng, 'b', cols, rng.choice((1, 2)))
        return ['smpc-matmul', '--clear', 'a', 'b'], True
    if which == 2:
        table(rng, 'b', rows, rng.choice((1, 2)))
        return ['smpc-matmul', '-t', '--clear', 'a', 'b'], True
    if which == 3:
        table(rng, 'b', rows, cols)
        return ['smpc-compare', '--clear', rng.choice(('lt', 'eq')), 'a', 'b'], True
    if which == 4:
        return ['smpc-max', '--clear', 'a'] + rng.choice(([], ['-c'], ['--argmin'])), True
    if which == 5:
        return ['smpc-map', '--clear', rng.choice(('abs', 'exp', 'log', 'reciprocal', 'sqrt', 'rsqrt')), 'a'], True
    table(rng, 'b', rows, 1)
    return ['smpc-score', '-m', rng.choice(('mse', 'mse,r2')), '--clear', 'a', 'b'], False


def check_words(out):
    """check_words(out): the words of a stream are within the ranges of its header, which is a valid one."""
    for r in share.parse(out):
        for i, w in enumerate(r.words):
            c = (r.about or [None] * r.cols)[i % r.cols] or {}
            low, high = map(int, c.get('range', (-WORD, WORD - 1)))
            w -= 2 ** 64 if w >= WORD else 0
            if not low <= w <= high:
                raise tools.Fault('word %d is %d, and the header says from %d to %d' % (i, w, low, high))


def check(seed):
    """check(seed): run one command; raise Fault where it does what it should not."""
    argv, writes = command(random.Random('extremes %d' % seed))
    status, out, error = tools.run(argv)
    try:
        if status not in (0, 5) or 'runtime error' in error or MISSED in error:
            raise tools.Fault('status %d: %s' % (status, error.strip()))
        if status == 0 and writes:
            check_words(out)
    except (tools.Fault, share.ShareError) as e:
        raise tools.Fault('seed %d: %s: %s' % (seed, tools.shown(argv), e)) from None


def main():
    p = argparse.ArgumentParser(add_help=False)
    p.add_argument('--seeds', default='1-40')
    first, last = map(int, p.parse_args().seeds.split('-'))
    faults = []
    for seed in range(first, last + 1):
        try:
            check(seed)
        except tools.Fault as e:
            faults.append(e)
    return tools.report('extremes', faults, last + 1 - first)


if __name__ == '__main__':
    sys.exit(main())
