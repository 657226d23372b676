#!/usr/bin/env python3
"""
smpc-group against exact arithmetic: random tables of categories and numbers, whose headers say what an owner would, are
grouped in a session of all parties and in the clear.  Counts, sums, least and largest numbers have to be exact, means and
variances within what smpc-group(1) says, and groups with few rows 0.

    groups.py [--seeds FIRST-LAST] [--clear]

Works in the directory at hand; --clear starts no session.
"""

import argparse
import itertools
import os
import random
import sys
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import sharestream as share     # noqa: E402
import tools                    # noqa: E402

KINDS = ('sum', 'mean', 'variance', 'min', 'max')


class Column:
    """Words of one column, None where one is missing, with what the header says."""

    def __init__(self, name, words, about):
        self.name, self.words, self.about = name, words, about


class Category:
    """Which value each row has, None where none is listed, and the columns that say it."""

    def __init__(self, name, values, of_row, columns):
        self.name, self.values, self.of_row, self.columns = name, values, of_row, columns


class Case:
    """A table, and what is asked for of it."""

    def __init__(self, seed):
        rng = self.rng = random.Random('groups %d' % seed)
        self.bits = rng.choice((16, 16, 16, 0, 8, 20))
        self.rows = rng.choice((1, 2, 63, 64, 65, 128, 130, rng.randint(3, 150), rng.randint(20, 90)))
        self.parties = [str(i) for i in range(rng.choice((3, 3, 4)))]
        self.by = [self.category(name) for name in rng.choice((['ward'], ['ward'], ['ward', 'a,b']))]
        self.numbers = [self.number('x%d' % j) for j in range(rng.randint(1, 3))]
        self.asked = {kind: [c for c in self.numbers if rng.random() < 0.6] for kind in KINDS}
        self.count = rng.random() < 0.7 or not any(self.asked.values())
        self.population = bool(self.asked['variance']) and rng.random() < 0.4
        self.least = rng.choice((1, 2, 3, 5, 10, 12))
        if self.asked['variance'] and not self.population:
            self.least = max(self.least, 2)
        self.faithful = rng.random() < 0.2

    def category(self, name):
        rng = self.rng
        k = rng.choice((1, 2, 2, 3, 4, 5, 9, 70)) if name == 'ward' else rng.choice((2, 3))
        values = ['%s %d' % (name, i) for i in range(k)]
        weights = [rng.random() ** 3 + 0.001 for _ in values]
        of_row = rng.choices(range(k), weights, k=self.rows)
        one = 1 << self.bits
        if rng.random() < 0.5:
            about = {'kind': 'class', 'values': values, 'range': ['0', str((k - 1) * one)]}
            return Category(name, values, of_row, [Column(name, [v * one for v in of_row], about)])
        kept = values[1:] if k > 2 and rng.random() < 0.3 else values
        columns = [Column('%s=%s' % (name, v), [one * (values[i] == v) for i in of_row],
                          {'kind': 'indicator', 'of': name, 'values': [v], 'range': ['0', str(one)]}) for v in kept]
        return Category(name, kept, [kept.index(values[i]) if values[i] in kept else None for i in of_row], columns)

    def number(self, name):
        """number(name): a column: of any width, far from 0 or not, spread or all but the same, with missing values."""
        rng = self.rng
        width = rng.choice((0, 1, rng.getrandbits(rng.randint(1, 31)), rng.getrandbits(rng.randint(1, 48))))
        low = rng.choice((0, -width // 2, rng.randint(-2 ** 31, 2 ** 31)))
        high, missing = low + width, rng.random() < 0.3
        if missing:
            low, high = min(low, 0), max(high, 0)
        about = {'kind': 'number', 'range': [str(low), str(high)]}
        exponent = rng.choice((0, 0, -14, 20, rng.randint(-90, 90)))
        if exponent != 0:
            about['exponent'] = exponent
        if rng.random() < 0.3:
            about['unit'] = 'mg'
        narrow = rng.random() < 0.3
        middle = rng.randint(low, high)
        words = [min(high, max(low, middle + rng.randint(-3, 3))) if narrow else
                 rng.choice((low, high)) if rng.random() < 0.1 else rng.randint(low, high) for _ in range(self.rows)]
        if missing:
            about['missing'] = True
            share_of = rng.choice((0.1, 0.5, 0.95))
            words = [None if rng.random() < share_of else w for w in words]
        return Column(name, words, about)

    def columns(self):
        """columns(): all of the table, in some order, but for those of one category."""
        one, found = 1 << self.bits, [c for by in self.by for c in by.columns]
        for c in self.numbers:
            found.append(c)
            if c.about.get('missing'):
                found.append(Column(c.name + '.present', [one * (w is not None) for w in c.words],
                                    {'kind': 'presence', 'of': c.name, 'range': ['0', str(one)]}))
        order = list(range(len(found)))
        random.Random(self.rows).shuffle(order)
        for by in self.by:
            places = [order.index(found.index(c)) for c in by.columns]
            for place, c in zip(sorted(places), by.columns):
                order[place] = found.index(c)
        return [found[i] for i in order]

    def write(self):
        """write(): the shares x.PARTY, and the public stream x.pub."""
        columns = self.columns()
        table = [[c.words[i] or 0 for c in columns] for i in range(self.rows)]
        options = dict(name='data', fraction_bits=self.bits, columns=[c.name for c in columns])
        streams = share.share_masked(table, len(columns), self.parties, **options)
        streams['pub'] = share.share_public(table, len(columns), **options)
        for name, records in streams.items():
            for r in records:
                r.header['about'] = [c.about for c in columns]
            with open('x.' + name, 'wb') as f:
                f.write(b''.join(map(share.encode_binary, records)))

    def command(self):
        argv = ['smpc-group', '--min-count', str(self.least)]
        for by in self.by:
            argv += ['--by', by.name]
        argv += ['--count'] * self.count + ['--population'] * self.population + ['--faithful'] * self.faithful
        for kind in KINDS:
            if self.asked[kind]:
                argv += ['--' + kind, ','.join(c.name for c in self.asked[kind])]
        return argv


# ---- what is right


def shown_groups(case, groups):
    """shown_groups(case, groups): which have rows enough, less the smallest if few rows are in none of them."""
    enough = [len(rows) >= case.least for rows in groups]
    rest = case.rows - sum(len(rows) for rows, yes in zip(groups, enough) if yes)
    if 0 < rest < case.least and any(enough):
        smallest = min(len(rows) for rows, yes in zip(groups, enough) if yes)
        enough = [yes and len(rows) > smallest for rows, yes in zip(groups, enough)]
    return enough


def steps(case, c):
    """steps(case, c): into how large steps, in words, a column is cut for a variance."""
    low, high = map(int, c.about['range'])
    half = (high - low + 1) // 2
    most = max(0, (case.rows - 1).bit_length())
    return Fraction(2) ** (max(0, (half - 1).bit_length()) - min(28, (60 - most) // 2))


def figure(case, kind, c, rows):
    """figure(case, kind, c, rows): (value, error allowed beside units of the result) of the words that are there."""
    words = [c.words[i] for i in rows if c.words[i] is not None]
    unit = Fraction(2) ** c.about.get('exponent', 0) / (1 << case.bits)
    n = len(words)
    if kind == 'variance':
        mean = Fraction(sum(words), n)
        v = sum((w - mean) ** 2 for w in words) / (n if case.population else n - 1)
        step = steps(case, c)
        rounding = 2 * Fraction(float(2 * v) ** 0.5) * step + 2 * step ** 2 if step > 1 else 0
        return v * unit ** 2, (4 * step ** 2 + rounding) * unit ** 2
    value = {'sum': sum(words), 'mean': Fraction(sum(words), n), 'min': min(words), 'max': max(words)}[kind]
    return value * unit, 0


def wanted(case):
    """wanted(case): (names, rows of (value, error, units)) of the result."""
    places = list(itertools.product(*(range(len(by.values)) for by in case.by)))
    groups = [[i for i in range(case.rows) if all(by.of_row[i] == k for by, k in zip(case.by, place))] for place in places]
    asked = [(kind, c) for kind in KINDS for c in case.asked[kind]]
    sparse = []
    for _, c in asked:
        if c.about.get('missing') and c not in sparse:
            sparse.append(c)
    names = [by.name for by in case.by] + ['count'] * case.count + ['count_' + c.name for c in sparse]
    names += ['%s_%s' % (kind, c.name) for kind, c in asked] + ['shown']
    lines = []
    for place, rows, shown in zip(places, groups, shown_groups(case, groups)):
        line = [(k, 0, 0) for k in place] + [(len(rows) * shown, 0, 0)] * case.count
        there = {c.name: sum(c.words[i] is not None for i in rows) for c in case.numbers}
        line += [(there[c.name] if shown and there[c.name] >= case.least else 0, 0, 0) for c in sparse]
        for kind, c in asked:
            if not shown or there[c.name] < case.least:
                line.append((0, 0, 0))
            else:
                line.append(figure(case, kind, c, rows) + ({'mean': 3, 'variance': 2}.get(kind, 0),))
        lines.append(line + [(int(shown), 0, 0)])
    return names, lines


# ---- what comes out


def compare(case, how, streams):
    """compare(case, how, streams): check a result; raise Fault where it is wrong."""
    parts = [share.parts(share.parse(s)) for s in streams]
    names, lines = wanted(case)
    h, cols = parts[0][0].header, parts[0][0].cols
    if h['columns'] != names:
        raise tools.Fault('%s: columns are %s, and not %s' % (how, h['columns'], names))
    words = [w for some in zip(*parts) for w in share.combine(some)]
    values = share.values(words, h, cols)
    if len(values) != len(lines) * cols:
        raise tools.Fault('%s: %d numbers' % (how, len(values)))
    for i, (value, w) in enumerate(zip(values, words)):
        right, error, units = lines[i // cols][i % cols]
        c = h['about'][i % cols]
        if abs(value - right) > error + units * Fraction(2) ** c.get('exponent', 0) / (1 << case.bits):
            raise tools.Fault('%s: row %d, %s: %s is off by %s from %s' % (how, i // cols, names[i % cols], float(value),
                                                                        float(value - right), float(right)))
        low, high = map(int, c['range'])
        if not low <= (w - share.TWO64 if w >> 63 else w) <= high:
            raise tools.Fault('%s: %s is beyond the range of its header' % (how, names[i % cols]))


def check(seed, clear):
    case = Case(seed)
    case.write()
    try:
        compare(case, '--clear', [tools.output(case.command() + ['--clear', 'x.pub'])])
        if not clear:
            tools.output(['smpc-local', '-n', str(len(case.parties) - 1), '-o', 'y', '--', *case.command(), 'x.{}'])
            holders = case.rng.choice((case.parties[1:], case.parties[:2], case.parties))
            compare(case, 'session', [open('y.' + p, 'rb').read() for p in holders])
    except (tools.Fault, share.ShareError) as e:
        raise tools.Fault('seed %d: %s: %s' % (seed, tools.shown(case.command()), e)) from None


def main():
    p = argparse.ArgumentParser(add_help=False)
    p.add_argument('--seeds', default='1-40')
    p.add_argument('--clear', action='store_true')
    args = p.parse_args()
    first, last = map(int, args.seeds.split('-'))
    faults = []
    for seed in range(first, last + 1):
        try:
            check(seed, args.clear)
        except tools.Fault as e:
            faults.append(e)
    return tools.report('groups', faults, last + 1 - first)


if __name__ == '__main__':
    sys.exit(main())
