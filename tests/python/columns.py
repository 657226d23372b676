#!/usr/bin/env python3
"""
Local tools on columns with ranges and exponents, against exact Fractions: what comes out is right, in the owner's units,
and every word is within the range that its header names; or the tool refuses with status 5.

    columns.py [--seeds FIRST-LAST] [--wild]

Without --wild, exponents are near each other and nothing may be refused; with it, they are not.  Works in the directory at
hand.
"""

import argparse
import os
import random
import sys
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import sharestream as share     # noqa: E402
import tools                    # noqa: E402

PARTIES = ['0', '1', '2']


class Lab:
    def __init__(self, seed, wild):
        self.rng, self.wild, self.files = random.Random('columns %d %d' % (seed, wild)), wild, 0
        self.random_bytes = share.SeededBytes('columns %d' % seed)
        self.faults, self.checks, self.refused = [], 0, 0

    def fresh(self):
        self.files += 1
        return 'f%d' % self.files

    def column(self):
        """column(): what is known of a column; now and then nothing."""
        kind = self.rng.random()
        if self.wild and kind < 0.1:
            return None
        low, high = sorted(self.rng.randint(-2 ** 20, 2 ** 20) for _ in range(2))
        if self.wild and kind > 0.9:
            low = high = 0
        c = {'kind': 'number', 'range': [str(low), str(high)]}
        exponent = self.rng.randint(-60, 60) if self.wild else self.rng.randint(-4, 4)
        if exponent != 0:
            c['exponent'] = exponent
        if self.wild and kind < 0.2 and exponent != 0:
            del c['range']
        return c

    def word(self, c):
        low, high = map(int, c['range']) if c and 'range' in c else (-2 ** 20, 2 ** 20)
        return self.rng.choice([low, high, self.rng.randint(low, high)])

    def share(self, rows, cols, bits=None, about=None, names=None):
        """share(rows, cols): (files, exact values, what is known of the columns)"""
        bits = self.rng.choice([0, 8, 16]) if bits is None else bits
        about = [self.column() for _ in range(cols)] if about is None else about
        words = [[self.word(c) for c in about] for _ in range(rows)]
        s = share.share_masked(words, cols, PARTIES, 2, False, self.random_bytes, name='x', fraction_bits=bits,
                               columns=names or ['c%d%d' % (self.files, j) for j in range(cols)])
        files, path = {}, self.fresh()
        for party, records in s.items():
            for r in records:
                if any(about):
                    r.header['about'] = about
            files[party] = '%s.%s' % (path, party)
            with open(files[party], 'wb') as f:
                f.write(b''.join(map(share.encode_binary, records)))
        units = [Fraction(2) ** (c or {}).get('exponent', 0) / 2 ** bits for c in about]
        return files, [[w * u for w, u in zip(row, units)] for row in words], about

    def fault(self, what, why):
        self.faults.append('%s: %s' % (what, why))

    def run(self, argv, operands, expected, about=None):
        """run(argv, operands, expected, about): at every party; numbers in ${argv} are operands."""
        self.checks += 1
        what, results, statuses = tools.shown(argv), {}, set()
        for party in PARTIES:
            given = [operands[a][0][party] if isinstance(a, int) else a for a in argv]
            status, out, error = tools.run(given)
            statuses.add((status, error if status else ''))
            results[party] = out
        if len({s for s, _ in statuses}) != 1:
            return self.fault(what, 'statuses differ: %s' % statuses)
        if status != 0:
            self.refused += 1
            if not self.wild or status != 5 or 'column' not in error and 'constant' not in error:
                self.fault(what, 'status %d: %s' % (status, error))
            return None
        try:
            parts = {p: share.parts(share.parse(out)) for p, out in results.items()}
            (table,) = share.reveal([parts[p] for p in PARTIES])
        except share.ShareError as e:
            return self.fault(what, e)
        if table.values != expected:
            return self.fault(what, 'the values differ: %s and not %s' % (table.values[:2], expected[:2]))
        for part in parts['1'] if about else ():
            said = [{k: v for k, v in (c or {}).items() if k != 'supposed'} or None
                    for c in part.header.get('about', [None] * len(about))]
            if said != about:
                return self.fault(what, 'says %s and not %s' % (said, about))
        return self.judge_ranges(what, parts['1'][0].header, table.values)

    def judge_ranges(self, what, h, values):
        scale = 2 ** h['fraction_bits'] * h.get('divisor', 1)
        for row in values:
            for value, c in zip(row, h.get('about', [None] * len(row))):
                word = value * scale / Fraction(2) ** (c or {}).get('exponent', 0)
                assert word.denominator == 1
                if c and 'range' in c and not int(c['range'][0]) <= word <= int(c['range'][1]):
                    return self.fault(what, '%s is outside %s' % (word, c['range']))
        return None

    def constant(self, rows, cols):
        """constant(rows, cols): (argument, values), whole numbers."""
        values = [[self.rng.choice([0, 1, -1, 3, self.rng.randint(-1000, 1000)]) for _ in range(cols)]
                  for _ in range(rows)]
        path = './' + self.fresh()
        with open(path, 'w') as f:
            f.write('\n'.join(','.join(map(str, row)) for row in values) + '\n')
        return path, [[Fraction(v) for v in row] for row in values]


def sums(rows):
    return [sum(column) for column in zip(*rows)]


def joined(abouts):
    """joined(abouts): what is known of columns whose rows follow each other; None if their words do not fit."""
    out = []
    for same in zip(*abouts):
        least = min((c or {}).get('exponent', 0) for c in same)
        bounds = []
        for c in same:
            unit = 2 ** ((c or {}).get('exponent', 0) - least)
            if c and 'range' in c:
                bounds += [int(b) * unit for b in c['range']]
            elif unit > 1:
                return None
            else:
                bounds += [-2 ** 63, 2 ** 63 - 1]
        low, high = min(bounds), max(bounds)
        if low < -2 ** 63 or high >= 2 ** 63:
            return None
        c = {'kind': 'number'}
        if all(same) and (low, high) != (-2 ** 63, 2 ** 63 - 1):
            c['range'] = [str(low), str(high)]
        if least:
            c['exponent'] = least
        out.append(c if least or all(same) else None)
    return out


def concatenate(lab):
    """concatenate(lab): rows of two or three owners, who declared what they wanted to."""
    cols, bits = lab.rng.randint(1, 3), lab.rng.choice([0, 16])
    names = ['c%d' % j for j in range(cols)]
    streams = [lab.share(lab.rng.randint(1, 9), cols, bits, None, names) for _ in range(lab.rng.randint(2, 3))]
    if lab.rng.random() < 0.3:
        streams.append(lab.share(2, cols, bits, streams[0][2], names))
    about, before = joined([s[2] for s in streams]), lab.refused
    lab.run(['smpc-cat'] + list(range(len(streams))), streams, sum((s[1] for s in streams), []), about)
    if (about is None) != (lab.refused > before):
        lab.fault('smpc-cat', 'refused or not, against what is known: %s' % [s[2] for s in streams])


def rehearse(lab):
    for _ in range(3):
        concatenate(lab)
    rows, cols = lab.rng.randint(1, 9), lab.rng.randint(1, 4)
    a, b = lab.share(rows, cols), lab.share(rows, cols)
    row, column = lab.share(1, cols), lab.share(rows, 1)
    x, y = a[1], b[1]
    for op, sign in (('add', 1), ('sub', -1)):
        lab.run(['smpc-' + op, 0, 1], [a, b], [[p + sign * q for p, q in zip(r, s)] for r, s in zip(x, y)])
        lab.run(['smpc-' + op, 0, 1, 2], [a, row, column],
                [[p + sign * (row[1][0][j] + column[1][i][0]) for j, p in enumerate(r)] for i, r in enumerate(x)])
        path, c = lab.constant(rows, cols)
        lab.run(['smpc-' + op, '-c', path, 0], [a], [[p + sign * q for p, q in zip(r, s)] for r, s in zip(x, c)])
        lab.run(['smpc-' + op, '-c', '3', 0], [a], [[p + sign * 3 for p in r] for r in x])
    path, c = lab.constant(rows, cols)
    lab.run(['smpc-mul', '-c', path, 0], [a], [[p * q for p, q in zip(r, s)] for r, s in zip(x, c)])
    path, c = lab.constant(cols, 3)
    lab.run(['smpc-matmul', '-c', path, 0], [a],
            [[sum(p * c[j][k] for j, p in enumerate(r)) for k in range(3)] for r in x])
    path, c = lab.constant(2, rows)
    lab.run(['smpc-matmul', '--left', '-c', path, 0], [a],
            [[sum(c[k][i] * x[i][j] for i in range(rows)) for j in range(cols)] for k in range(2)])
    for mean in (False, True):
        option = ['--mean'] if mean else []
        lab.run(['smpc-sum'] + option + [0], [a], [[s / (rows if mean else 1) for s in sums(x)]])
        lab.run(['smpc-sum', '--rows'] + option + [0], [a], [[sum(r) / (cols if mean else 1)] for r in x])
        lab.run(['smpc-sum', '--all'] + option + [0], [a], [[sum(sums(x)) / (rows * cols if mean else 1)]])
    lab.run(['smpc-transpose', 0], [a], [list(r) for r in zip(*x)])
    lab.run(['smpc-paste', 0, 1, 2], [a, column, b], [r + s + t for r, s, t in zip(x, column[1], y)])
    lab.run(['smpc-cut', '-c', '%d' % cols, 0], [a], [r[-1:] for r in x])
    lab.run(['smpc-head', '-n', '2', 0], [a], x[:2])


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--seeds', default='1-10')
    parser.add_argument('--wild', action='store_true')
    args = parser.parse_args()
    first, last = map(int, args.seeds.split('-'))
    faults, checks, refused = [], 0, 0
    for seed in range(first, last + 1):
        lab = Lab(seed, args.wild)
        rehearse(lab)
        faults += ['seed %d: %s' % (seed, f) for f in lab.faults]
        checks += lab.checks
        refused += lab.refused
    if args.wild and not 0 < refused < checks:
        faults.append('%d of %d refused' % (refused, checks))
    return tools.report('columns', faults, checks)


if __name__ == '__main__':
    sys.exit(main())
