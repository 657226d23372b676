#!/usr/bin/env python3
"""
Tools that compute in a session, on columns with ranges and exponents, against exact Fractions and the C library: what comes
out is right, in the owner's units, and every word is within the range that its header names; or the tool refuses with
status 5, in the session and with --clear alike.

    sessions.py [--seeds FIRST-LAST] [--wild] [--sessions PART]

Without --wild nothing may be refused.  PART of the runs, by default 0.1, are sessions of all parties, too; the others are
runs with --clear alone.  Works in the directory at hand.
"""

import argparse
import math
import os
import random
import sys
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import columns                  # noqa: E402
import exact                    # noqa: E402
import sharestream as share     # noqa: E402
import tools                    # noqa: E402

PARTIES = columns.PARTIES
ANY = (-2 ** 63, 2 ** 63 - 1)


class Column:
    """A column: its words, and what is known of it."""

    def __init__(self, rng, rows, bits, exponent, declared=True, size=30):
        size = size if declared else min(size, 30)
        low, high = sorted(rng.choice([0, 1, -1]) * rng.randint(0, 2 ** rng.randint(1, size)) for _ in range(2))
        self.low, self.high = (low, high) if declared else ANY
        # Of other columns nothing is known, or an exponent alone.
        self.bits, self.exponent = bits, exponent if declared or rng.random() < 0.3 else 0
        self.about = number(self.low, self.high, self.exponent)
        self.words = [rng.choice([low, high, rng.randint(low, high), max(low, min(high, rng.randint(-9, 9)))])
                      for _ in range(rows)]

    def unit(self):
        return Fraction(2) ** (self.exponent - self.bits)

    def values(self):
        return [w * self.unit() for w in self.words]


class Lab(columns.Lab):
    def __init__(self, seed, wild, sessions):
        super().__init__(seed, wild)
        self.sessions = sessions

    def exponents(self, count):
        """exponents(count): of columns that are to be brought to one unit, or, if wild, not."""
        base = self.rng.randint(-45, 12)
        return [self.rng.randint(-60, 60) if self.wild else base + self.rng.randint(0, 12) for _ in range(count)]

    def table(self, rows, count, bits=None, exponents=None, size=30):
        bits = self.rng.choice([8, 12, 16, 16, 20]) if bits is None else bits
        exponents = self.exponents(count) if exponents is None else exponents
        return [Column(self.rng, rows, bits, e, not self.wild or self.rng.random() > 0.15, size) for e in exponents]

    def stream(self, cols, divisor=1):
        """stream(cols, divisor): the stream, shared and public."""
        path, rows, names = self.fresh(), list(zip(*(c.words for c in cols))), ['c%d' % j for j in range(len(cols))]
        options = dict(random=self.random_bytes, name='x', fraction_bits=cols[0].bits, columns=names, divisor=divisor)
        streams = share.share_masked(rows, len(cols), PARTIES, 2, False, **options)
        streams['public'] = share.share_public(rows, len(cols), **options)
        for party, records in streams.items():
            for r in records:
                if any(c.about for c in cols):
                    r.header['about'] = [c.about for c in cols]
            with open('%s.%s' % (path, party), 'wb') as f:
                f.write(b''.join(map(share.encode_binary, records)))
        return path

    def outcome(self, argv, paths, session):
        """outcome(argv, paths, session): (status, standard error, what came out)."""
        given = ['%s.%s' % (paths[a], '{}' if session else 'public') if isinstance(a, int) else a for a in argv]
        if not session:
            status, out, error = tools.run(given + ['--clear'])
            return status, error, [out]
        out = self.fresh()
        status, _, error = tools.run(['smpc-local', '-n', '2', '-o', out, '--'] + given)
        return status, error, [open('%s.%s' % (out, p), 'rb').read() for p in PARTIES] if status == 0 else []

    def run(self, argv, paths, judge):
        """run(argv, paths, judge): numbers in ${argv} are places in ${paths}."""
        if argv[0] == 'smpc-map' and self.rng.random() < 0.2:
            argv = argv[:2] + ['--faithful'] + argv[2:]
        what, statuses = tools.shown(argv), set()
        for session in (False, True) if self.rng.random() < self.sessions else (False,):
            self.checks += 1
            status, error, out = self.outcome(argv, paths, session)
            statuses.add(status)
            if status != 0:
                self.refused += 1
                if not self.wild or status != 5 or 'column' not in error:
                    self.fault(what, 'status %d: %s' % (status, error))
                continue
            try:
                parts = [share.parts(share.parse(o)) for o in out]
                (table,) = share.reveal(parts)
            except share.ShareError as e:
                self.fault(what, e)
                continue
            h = parts[0][0].header
            self.judge_ranges(what, h, table.values)
            why = judge(table.values, h)
            if why is not None:
                self.fault('%s%s' % (what, ', in a session' if session else ''), why)
        if len(statuses) > 1:
            self.fault(what, 'statuses of the session and of --clear differ: %s' % statuses)


def exactly(want):
    def judge(values, _):
        return None if values == want else 'values differ: %s and not %s' % (values[:2], want[:2])
    return judge


def knows(want, abouts):
    """knows(want, abouts): exactly ${want}, and the header says so much of every column, or less."""
    def judge(values, h):
        said = h.get('about', [None] * len(abouts))
        return exactly(want)(values, h) or (None if said == abouts else 'says %s and not %s' % (said, abouts))
    return judge


def near(due):
    """near(due): due(i, j, unit) gives a number and what it may be off, or None where any will do."""
    def judge(values, h):
        for i, row in enumerate(values):
            for j, got in enumerate(row):
                about = h.get('about', [None] * len(row))[j] or {}
                want = due(i, j, Fraction(2) ** (about.get('exponent', 0) - h['fraction_bits']))
                if want is not None and abs(float(got) - want[0]) > want[1]:
                    return 'row %d, column %d: %s and not %s, off by more than %s' % (i, j, float(got), *want)
        return None
    return judge


def number(low, high, exponent=0):
    c = {'kind': 'number'}
    if (low, high) != ANY:
        c['range'] = [str(low), str(high)]
    if exponent:
        c['exponent'] = exponent
    return c if len(c) > 1 else None


# ---- comparing and choosing

def relation(name, a, b, margin=0):
    d = 0 if abs(a - b) <= margin else a - b
    return int({'lt': d < 0, 'le': d <= 0, 'gt': d > 0, 'ge': d >= 0, 'eq': d == 0, 'ne': d != 0}[name])


def margin(x, y):
    """margin(x, y): half of the coarser unit, which numbers may be off by."""
    return 0 if x.unit() == y.unit() else max(x.unit(), y.unit()) / 2


def compare(lab):
    rows, count = lab.rng.randint(1, 5), lab.rng.randint(1, 3)
    a, b = lab.table(rows, count), lab.table(rows, count)
    for x, y in zip(a, b):
        # Some words are the same number in both units.
        if lab.rng.random() < 0.5 and y.exponent >= x.exponent:
            factor = y.unit() / x.unit()
            x.words[0] = y.words[0] * int(factor) if x.low <= y.words[0] * factor <= x.high and factor.denominator == 1 else \
                x.words[0]
    for name in lab.rng.sample(['lt', 'le', 'gt', 'ge', 'eq', 'ne'], 2):
        margins = [margin(x, y) for x, y in zip(a, b)]
        want = [[relation(name, p, q, m) for p, q, m in zip(r, s, margins)] for r, s in zip(
            zip(*(c.values() for c in a)), zip(*(c.values() for c in b)))]
        lab.run(['smpc-compare', name, 0, 1], [lab.stream(a), lab.stream(b)], knows(want, [number(0, 1)] * count))


def nearest_word(c, text):
    """nearest_word(c, text): the word of a number in a column, or None where the tool may use a double."""
    bits = c.bits - c.exponent
    return exact.nearest_even(Fraction(text) * Fraction(2) ** bits) if 0 <= bits <= 62 else None


def constant(lab):
    rows, count = lab.rng.randint(1, 5), lab.rng.randint(1, 3)
    a = lab.table(rows, count, exponents=[lab.rng.randint(-40, 8) for _ in range(count)])
    c = lab.rng.choice(a)
    word = lab.rng.choice(c.words) * 2 + lab.rng.choice([0, 0, 1, -1])
    text = exact.decimal(word, c.bits - c.exponent + 1) if c.bits >= c.exponent else str(word)
    words = [nearest_word(c, text) for c in a]
    if None in words or (0 in words and Fraction(text) != 0):
        return
    for name in lab.rng.sample(['lt', 'le', 'gt', 'ge', 'eq', 'ne'], 2):
        want = [[relation(name, w, t) for w, t in zip(r, words)] for r in zip(*(c.words for c in a))]
        lab.run(['smpc-compare', name, '-c', text, 0], [lab.stream(a)], knows(want, [number(0, 1)] * count))


def select(lab):
    rows, count = lab.rng.randint(1, 5), lab.rng.randint(1, 3)
    exponents = lab.exponents(2 * count)
    a, b = lab.table(rows, count, 16, exponents[:count]), lab.table(rows, count, 16, exponents[count:])
    c = lab.table(rows, count, 0, [0] * count)
    for x in c:
        x.words, x.low, x.high, x.about = [lab.rng.randint(0, 1) for _ in range(rows)], 0, 1, number(0, 1)
    want = [[p if bit else q for bit, p, q in zip(*r)]
            for r in zip(zip(*(x.words for x in c)), zip(*(x.values() for x in a)), zip(*(x.values() for x in b)))]
    abouts = [united([x, y]) for x, y in zip(a, b)]
    lab.run(['smpc-select', 0, 1, 2], [lab.stream(c), lab.stream(a), lab.stream(b)],
            exactly(want) if None in abouts else knows(want, abouts))


def united(cols):
    """united(cols): what is known of words that are of one of them, in the finest unit; None: perhaps nothing."""
    if any(c.low == ANY[0] for c in cols):
        return None
    e = min(c.exponent for c in cols)
    return number(min(c.low * 2 ** (c.exponent - e) for c in cols), max(c.high * 2 ** (c.exponent - e) for c in cols), e)


def extreme(lab):
    rows, count = lab.rng.randint(1, 6), lab.rng.randint(1, 5)
    a = lab.table(rows, count)
    table, option = [list(r) for r in zip(*(c.values() for c in a))], lab.rng.choice(['', '--min', '--argmax', '--argmin'])
    best, where = (min if 'min' in option else max), option.startswith('--arg')

    def found(line):
        return line.index(best(line)) if where else best(line)
    argv, path = ['smpc-max'] + [o for o in [option] if o], lab.stream(a)
    about = number(0, count - 1) if where else united(a)
    lab.run(argv + [0], [path], knows([[found(r)] for r in table], [about]) if about else
            exactly([[found(r)] for r in table]))
    abouts = [number(0, rows - 1) if where else c.about for c in a]
    lab.run(argv + ['-c', 0], [path], knows([[found(list(c)) for c in zip(*table)]], abouts))


def truncate(lab):
    rows, count, cut = lab.rng.randint(1, 6), lab.rng.randint(1, 3), lab.rng.randint(1, 20)
    a = lab.table(rows, count, 20)
    known = [c for c in a if c.low != ANY[0]]

    def kept(c):
        """kept(c): how many bits of those that are cut off stay, so that the widest known column of this unit has 24."""
        widest = max([max(abs(k.low), abs(k.high)).bit_length() for k in known if k.exponent == c.exponent] or [0])
        return min(cut, max(0, 24 - max(0, widest - cut))) if c in known else 0
    cuts = [cut - kept(c) for c in a]

    def judge(values, h):
        for row, words in zip(values, zip(*(c.words for c in a))):
            for got, whole, c, k in zip(row, words, a, cuts):
                word = got / Fraction(2) ** (c.exponent - 20 + k)
                if word - (whole >> k) not in ((0, 1) if k > 0 else (0,)):
                    return '%s and not %s or one more' % (word, whole >> k)
        abouts = [c.about if c not in known else number(c.low >> k, (c.high >> k) + (k > 0), c.exponent - cut + k)
                  for c, k in zip(a, cuts)]
        return None if h.get('about', [None] * count) == abouts else 'says %s and not %s' % (h.get('about'), abouts)
    lab.run(['smpc-truncate', '-f', str(20 - cut), 0], [lab.stream(a)], judge)


# ---- functions

def some_columns(lab):
    """some_columns(lab): now and then with words as large as what is computed from columns may have."""
    rows, count, size = lab.rng.randint(1, 6), lab.rng.randint(1, 3), lab.rng.choice([30, 30, 30, 46, 60])
    exponents = [lab.rng.randint(-60, 40) if lab.wild else lab.rng.choice([0, lab.rng.randint(-45, 61 - size)])
                 for _ in range(count)]
    return lab.table(rows, count, exponents=exponents, size=size)


def exact_functions(lab):
    a = some_columns(lab)
    one = 2 ** a[0].bits
    functions = {'relu': lambda x: max(x, 0), 'abs': abs, 'sign': lambda x: (x > 0) - (x < 0), 'step': lambda x: int(x >= 0)}
    for name in lab.rng.sample(sorted(functions), 2):
        f = functions[name]
        want = [[f(x) for x in r] for r in zip(*(c.values() for c in a))]
        abouts = []
        for c in a:
            ends = [f(c.low), f(c.high)] + ([0] if name == 'abs' and c.low < 0 < c.high else [])
            if name in ('sign', 'step'):
                ends = [e * one for e in ends]
            abouts.append(number(min(ends), max(ends), c.exponent if name in ('relu', 'abs') else 0)
                          if c.low != ANY[0] or name in ('sign', 'step') else number(*ANY, c.exponent))
        lab.run(['smpc-map', name, 0], [lab.stream(a)], knows(want, abouts))


def clip(lab):
    """clip(lab): of any word, too, where nothing is known."""
    a = some_columns(lab)
    for c in a:
        if c.low == ANY[0]:
            c.words = [lab.rng.choice([lab.rng.randint(*ANY), ANY[0], ANY[1], w]) for w in c.words]
    c = lab.rng.choice(a)
    bounds = sorted(lab.rng.sample(range(-2 ** 30, 2 ** 30), 2))
    if lab.rng.random() < 0.3:
        bounds = sorted([0, bounds[0]])
    places = max(c.bits - c.exponent, 0)
    texts = [exact.decimal(b, places) for b in bounds]
    words = [[nearest_word(c, t) for t in texts] for c in a]
    if any(None in w or w[0] >= w[1] or max(map(abs, w)) >= 2 ** 62 for w in words):
        return
    want = [[max(low, min(high, w)) * c.unit() for w, c, (low, high) in zip(r, a, words)] for r in zip(*(c.words for c in a))]
    abouts = [number(max(low, min(high, c.low)), max(low, min(high, c.high)), c.exponent)
              for c, (low, high) in zip(a, words)]
    # what gets bounds of more than 40 bits loses some
    wide = any(max(abs(int(b)) for b in c['range']).bit_length() > 40 for c in abouts)

    def due(i, j, unit):
        return float(want[i][j]), 1.3 * float(unit)
    lab.run(['smpc-map', 'clip', '--low=' + texts[0], '--high=' + texts[1], 0], [lab.stream(a)],
            near(due) if wide else knows(want, abouts))


def smooth(lab):
    """smooth(lab): functions of numbers, whatever the unit, within their domain."""
    a = some_columns(lab)
    table = [list(map(float, r)) for r in zip(*(c.values() for c in a))]
    for name in lab.rng.sample(['exp', 'sigmoid', 'sigmoid-exact', 'tanh', 'sigmoid-piecewise'], 2):
        def due(i, j, unit, name=name):
            x, unit = table[i][j], float(unit)
            if name == 'exp':
                most = 10.3 if a[j].high == ANY[1] else 99
                return (math.exp(x), (1e-3 + unit) * math.exp(x) + 3 * unit) if -11.6 < x < most else None
            if name == 'sigmoid-piecewise':
                return max(0, min(1, x + 0.5)), 1.01 * unit
            if name == 'tanh':
                return math.tanh(x), 2e-3 + 3 * unit
            return 1 / (1 + math.exp(-x)) if x > -700 else 0, 1e-3 + 3 * unit
        if name == 'exp' and not lab.wild and any(c.high != ANY[1] and c.high * c.unit() > 10.375 + c.bits * math.log(2) for c in a):
            continue  # which is refused
        lab.run(['smpc-map', name, 0], [lab.stream(a)], near(due))


def in_any_unit(lab):
    """in_any_unit(lab): functions that take words as they are; what is due, and from and to which word."""
    a = some_columns(lab)
    f = a[0].bits
    steps = (f + 24) // 3
    if any(2 ** (3 * steps) < c.high for c in a):
        steps = max(steps, min(16, (64 - f) // 3))
    top = 3 * steps
    kinds = {
        'log': (math.log, 1, 2 ** top),
        'sqrt': (math.sqrt, 0, 2 ** top),
        'rsqrt': (lambda x: 1 / math.sqrt(x), 1, 2 ** top),
        'reciprocal': (lambda x: 1 / x, 2 ** (f - f // 2), 2 ** (f - f // 2 + 24)),
    }
    for name in lab.rng.sample(sorted(kinds), 2):
        function, least, most = kinds[name]

        def due(i, j, unit, name=name, function=function, least=least, most=most):
            w, x = a[j].words[i], float(a[j].values()[i])
            if not least <= (abs(w) if name == 'reciprocal' else w) <= most:
                return None
            # As in smpc-numeric(7): of the result, or some units; a root's has rounded factors where f is large.
            units = 24 if name == 'rsqrt' and f > 16 else 3
            error = 1e-3 * (1 if name == 'log' else abs(function(x)))
            if name == 'reciprocal':
                # the lowest bits are cut off where there are more than 45
                cut = 2 ** max(0, max(-a[j].low, a[j].high).bit_length() - 45)
                if abs(w) < 2 * cut:
                    return None
                error += abs(function(x)) * cut / (abs(w) - cut)
            return function(x), max(error, units * float(unit))
        lab.run(['smpc-map', name, 0], [lab.stream(a)], near(due))


def by_rows(lab):
    a = some_columns(lab)
    table = [list(map(float, r)) for r in zip(*(c.values() for c in a))]
    for name in ('softmax', 'log-softmax'):
        def due(i, j, unit, name=name):
            top = max(table[i])
            y = table[i][j] - top - math.log(sum(math.exp(x - top) for x in table[i]))
            return (math.exp(y) if name == 'softmax' else y), 1e-3 + 4 * float(unit)
        lab.run(['smpc-map', name, 0], [lab.stream(a)], near(due))


def divide(lab):
    rows, count = lab.rng.randint(1, 5), lab.rng.randint(1, 3)
    bits = lab.rng.choice([12, 16])
    a, b = (lab.table(rows, count, bits, [lab.rng.choice([0, lab.rng.randint(-40, 40)]) for _ in range(count)])
            for _ in range(2))
    tested = 2 ** (bits + 15)   # what undeclared words are below
    most = [[tested if c.low == ANY[0] else max(-c.low, c.high) for c in columns] for columns in (a, b)]
    wide = max(most[1]) > 2 ** 24   # then the least of a dividend's range count for little

    def due(i, j, unit):
        x, y, w = a[j].values()[i], b[j].values()[i], abs(b[j].words[i])
        if not 2 ** (bits - bits // 2) <= w <= 2 ** (bits - bits // 2 + 24) or (
                ANY[0] in (a[j].low, b[j].low) and abs(x / y / unit) >= 2 ** 44):
            return None
        q = float(abs(x / y))
        few = 5e-9 * most[0][j] * float(a[j].unit() / abs(y)) if wide else 0
        return float(x / y), 1e-3 * q + float(unit) * (3 * float(abs(a[j].words[i])) / 2 ** bits + 2) + few
    lab.run(['smpc-map', 'divide', 0, 1], [lab.stream(a), lab.stream(b)], near(due))


def of_means(lab):
    """of_means(lab): a divisor is divided by first."""
    d, a = lab.rng.choice([2, 3, 7, 100, 569]), some_columns(lab)
    table = [[x / d for x in r] for r in zip(*(c.values() for c in a))]

    def due(i, j, unit):
        return float(max(table[i][j], 0)), 1.3 * float(unit)
    lab.run(['smpc-map', 'relu', 0], [lab.stream(a, d)], near(due))
    for c in a:
        if c.low == ANY[0]:
            c.words = [lab.rng.choice([lab.rng.randint(*ANY), w]) for w in c.words]
    high = max(Fraction(2) ** max(c.exponent - c.bits for c in a) * 5, 5)
    if any(high / c.unit() * d > 2 ** 60 for c in a):
        return
    table = [[x / d for x in r] for r in zip(*(c.values() for c in a))]

    def due_clip(i, j, unit):
        return float(max(-high, min(high, table[i][j]))), 1.3 * float(unit)
    lab.run(['smpc-map', 'clip', '--low=-%d' % high, '--high=%d' % high, 0], [lab.stream(a, d)], near(due_clip))


TESTS = [compare, constant, select, extreme, truncate, exact_functions, clip, smooth, in_any_unit, by_rows, divide, of_means]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--seeds', default='1-10')
    parser.add_argument('--wild', action='store_true')
    parser.add_argument('--sessions', type=float, default=0.1)
    args = parser.parse_args()
    first, last = map(int, args.seeds.split('-'))
    faults, checks, refused = [], 0, 0
    for seed in range(first, last + 1):
        lab = Lab(seed, args.wild, args.sessions)
        for test in TESTS:
            test(lab)
        faults += ['seed %d: %s' % (seed, f) for f in lab.faults]
        checks += lab.checks
        refused += lab.refused
    if args.wild and not 0 < refused < checks:
        faults.append('%d of %d refused' % (refused, checks))
    return tools.report('sessions', faults, checks)


if __name__ == '__main__':
    sys.exit(main())
