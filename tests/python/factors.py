#!/usr/bin/env python3
"""
Products of shares against exact Fractions: what smpc-mul and smpc-matmul give is right within the bound below, in the owners'
units, and within the range that its header names; or it is refused with status 5 and a column, and never where every column is
declared in units near each other, or undeclared and of ordinary size.

    factors.py [--seeds FIRST-LAST] [--sessions]

Without --sessions, in the clear; with it, among three parties, who have to refuse exactly what is refused in the clear.  Works in
the directory at hand.

Bound: a column of a factor may lose all but 24 bits of its range, or, if that is more, all but as many fraction bits as the scale
has; each product is cut off to a unit of its result.
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
BITS = 16
UNDECLARED = 2 ** (BITS + 15)   # words, whose sums of magnitudes in a second matrix are 2^8 times smaller


class Column:
    """A column of a factor: its words, what its header says, and the largest magnitude it may have, as a number."""

    def __init__(self, words, about):
        self.words, self.about = words, about
        self.unit = Fraction(2) ** (about or {}).get('exponent', 0) / 2 ** BITS
        self.values = [w * self.unit for w in words]
        most = max(abs(int(b)) for b in about['range']) if about else UNDECLARED
        self.most = most * self.unit
        # what cutting may change of a number; nothing is known how precise an undeclared one has to be
        self.loss = max(Fraction(2) / 2 ** BITS, self.most / 2 ** 22) if about else 0
        # what its unit may become when it is cut to 24 bits
        self.cut_unit = self.unit * 2 ** max(0, most.bit_length() - 24 if about else 0)


def rows_of(record):
    """rows_of(record): the numbers of a public record."""
    h, rows = record.header, []
    units = [Fraction(2) ** (c or {}).get('exponent', 0) / 2 ** h['fraction_bits'] for c in h.get('about', [None] * record.cols)]
    for i in range(record.rows):
        words = record.words[i * record.cols:(i + 1) * record.cols]
        unit = Fraction(2) ** (h['row_exponents'][i] if 'row_exponents' in h else 0)
        rows.append([(w - 2 ** 64 if w >> 63 else w) * u * unit for w, u in zip(words, units)])
    return rows


class Lab:
    def __init__(self, seed, sessions):
        self.rng, self.sessions, self.files = random.Random('factors %d' % seed), sessions, 0
        self.random_bytes = share.SeededBytes('factors %d' % seed)
        self.faults, self.checks, self.refused = [], 0, 0

    def declared(self, rows, exponents):
        """declared(rows, exponents): as smpc-share --range makes it."""
        rng = self.rng
        most = rng.randint(2 ** 29, 2 ** 30)
        low, high = rng.choice([(-most, most), (0, most), (-most, -rng.randint(0, most)), (rng.randint(0, most), most)])
        about = {'kind': 'number', 'range': [str(low), str(high)]}
        exponent = rng.randint(*exponents)
        if exponent:
            about['exponent'] = exponent
        ends = rng.random() < 0.3
        pick = [low, high] if ends else [low, high, rng.randint(low, high), rng.randint(low, high)]
        return Column([rng.choice(pick) for _ in range(rows)], about)

    def undeclared(self, rows, most):
        pick = [most, -most, self.rng.randint(-most, most), 1]
        return Column([self.rng.choice(pick) for _ in range(rows)], None)

    def share(self, columns):
        """share(columns): the name of their shares, and of the same in the clear."""
        self.files += 1
        name = 'f%d' % self.files
        rows = [list(row) for row in zip(*(c.words for c in columns))]
        s = share.share_masked(rows, len(columns), PARTIES, 2, False, self.random_bytes, name='x', fraction_bits=BITS,
                               columns=['%s.%d' % (name, j) for j in range(len(columns))])
        for party, records in s.items():
            for r in records:
                if any(c.about for c in columns):
                    r.header['about'] = [c.about for c in columns]
            with open('%s.%s' % (name, party), 'wb') as f:
                f.write(b''.join(map(share.encode_binary, records)))
        tools.output(['smpc-reveal', '--public', '-o', name, name + '.1', name + '.2'])
        return name

    def fault(self, what, why):
        self.faults.append('%s: %s' % (what, why))

    def run(self, argv, names):
        """run(argv, names): (status, error, header, values)"""
        if not self.sessions:
            status, out, error = tools.run(argv + ['--clear'] + names)
        else:
            clear, _, _ = tools.run(argv + ['--clear'] + names)
            status, _, error = tools.run(['smpc-local', '-n', '2', '-o', 'y', '--'] + argv + [n + '.{}' for n in names])
            if status != clear:
                self.fault(tools.shown(argv + names), 'status %d, and %d in the clear: %s' % (status, clear, error))
            out = tools.output(['smpc-reveal', '--public', 'y.1', 'y.2']) if status == 0 else b''
        if status != 0:
            return status, error, None, None
        h = share.parse(out)[0].header
        return status, error, h, [row for r in share.parse(out) for row in rows_of(r)]

    def judge(self, argv, columns, expected, bounds, may_refuse):
        """judge(argv, columns, expected, bounds, may_refuse): one bound for each column of the result, and a unit of it."""
        self.checks += 1
        names = [self.share(c) for c in columns]
        what = tools.shown(argv + names)
        status, error, h, values = self.run(argv, names)
        if may_refuse in (True, False) and (status != 0) != may_refuse:
            return self.fault(what, 'status %d: %s' % (status, error))
        if status != 0:
            self.refused += 1
            if status != 5 or 'column' not in error:
                self.fault(what, 'status %d: %s' % (status, error))
            return None
        about = h.get('about', [None] * len(bounds))
        rows = h.get('row_exponents', [0] * len(expected))
        for i, (got, want) in enumerate(zip(values, expected)):
            for j, (x, y) in enumerate(zip(got, want)):
                unit = Fraction(2) ** ((about[j] or {}).get('exponent', 0) + rows[i]) / 2 ** h['fraction_bits']
                error = abs(x - y)
                if error > bounds[i][j] + (2 if '--no-truncate' not in argv else 0) * unit:
                    return self.fault(what, 'row %d column %d: %s and not %s, off by %.3g, unit %.3g, bound %.3g' % (
                        i, j, float(x), float(y), float(error), float(unit), float(bounds[i][j])))
                if about[j] is None or not int(about[j]['range'][0]) <= x / unit <= int(about[j]['range'][1]):
                    return self.fault(what, '%s is outside %s' % (float(x / unit), about[j]))
        return None


def factor_columns(lab, kind, rows, count, most=UNDECLARED - 1):
    """factor_columns(lab, kind, rows, count, most): columns that are tame, wild, undeclared, or all of that."""
    exponents = {'tame': (-8, -5), 'high': (1, 4), 'wild': (-60, 50), 'mixed': (-20, 6)}.get(kind)
    return [lab.undeclared(rows, most) if kind == 'undeclared' or kind == 'mixed' and lab.rng.random() < 0.5 else
            lab.declared(rows, exponents) for _ in range(count)]


def test_mul(lab):
    rng = lab.rng
    kind = rng.choice(['tame', 'high', 'wild', 'mixed', 'undeclared'])
    rows, cols, count = rng.randint(1, 5), rng.randint(1, 3), rng.randint(2, 4)
    # of undeclared numbers, those of a product of three are below 2^10, and of four below 2^7
    limit = {2: 31, 3: 26, 4: 23}[count]
    over = kind == 'undeclared' and rng.random() < 0.5
    operands = [factor_columns(lab, kind, rows, cols, 2 ** limit - 1) for _ in range(count)]
    if over:
        operands[-1][-1] = Column([0] * (rows - 1) + [rng.choice([2 ** limit, -2 ** limit, 2 ** 63 - 1, -2 ** 63])], None)
    expected, bounds = [], []
    for j in range(cols):
        product, bound, so_far = [Fraction(1)] * rows, Fraction(0), Fraction(1)
        for i, operand in enumerate(operands):
            c = operand[j]
            product = [x * y for x, y in zip(product, c.values)]
            loss = 0 if i == 0 else max(Fraction(3) / 2 ** BITS, so_far / 2 ** 22)
            bound = (bound + loss) * (c.most + c.loss) + so_far * c.loss
            so_far *= c.most
        expected.append(product)
        bounds.append(bound)
    lab.judge(['smpc-mul'], operands, [list(r) for r in zip(*expected)], [bounds] * rows,
              None if kind == 'mixed' else over)


def magnitudes(columns, row):
    return [abs(c.values[row]) for c in columns]


def test_rows(lab):
    rng = lab.rng
    a_kind, b_kind = (rng.choice(['tame', 'high', 'wild', 'mixed', 'undeclared']) for _ in range(2))
    m, k, n = rng.randint(1, 4), rng.choice([1, 2, 3, 20]), rng.randint(1, 3)
    a = factor_columns(lab, a_kind, m, k)
    # sums of magnitudes below 2^23 if a is tested, too
    most = (2 ** 23 - 1 if a_kind in ('undeclared', 'mixed') else 2 ** 28) // k
    b = factor_columns(lab, b_kind, k, n, most)
    over = a_kind == b_kind == 'undeclared' and rng.random() < 0.5
    if over:
        b[-1] = Column([rng.choice([-1, 1]) * (2 ** 23 // k + 1) for _ in range(k)], None)
    expected, bounds = [], []
    for i in range(m):
        expected.append([sum(x.values[i] * y for x, y in zip(a, c.values)) for c in b])
        bounds.append([sum(x.loss * (abs(y) + c.loss) + abs(x.values[i]) * c.loss for x, y in zip(a, c.values)) for c in b])
    sure = {a_kind, b_kind} <= {'tame', 'undeclared'} or (a_kind, b_kind) in (('high', 'high'), ('high', 'wild'), ('tame', 'wild'))
    lab.judge(['smpc-matmul'], [a, b], expected, bounds, over if sure else None)


def test_transposed(lab):
    rng = lab.rng
    a_kind, b_kind = (rng.choice(['tame', 'high', 'wild', 'mixed', 'undeclared']) for _ in range(2))
    rows, m, n = rng.choice([1, 2, 3, 20]), rng.randint(1, 3), rng.randint(1, 3)
    most = {1: 2 ** 31 - 1, 2: 2 ** 30, 3: 2 ** 30, 20: 2 ** 28}[rows]
    a, b = (factor_columns(lab, kind, rows, count, most) for kind, count in ((a_kind, m), (b_kind, n)))
    over = 'undeclared' in (a_kind, b_kind) and rng.random() < 0.5
    if over:
        few = rows < 4 or rng.random() < 0.5
        words = [2 ** 31] + [0] * (rows - 1) if few else [rng.choice([-1, 1]) * 2 ** 29] * rows
        (a if a_kind == 'undeclared' else b)[0] = Column(words, None)
    expected = [[sum(x * y for x, y in zip(p.values, q.values)) for q in b] for p in a]
    # a row is cut off to a unit of its own, and may be in a finer one then, as all rows are
    bounds = [[sum(p.loss * (abs(y) + q.loss) + abs(x) * q.loss for x, y in zip(p.values, q.values)) +
               2 * p.cut_unit * q.cut_unit * 2 ** BITS for q in b] for p in a]
    lab.judge(['smpc-matmul', '-t'], [a, b], expected, bounds, over)


def test_exact(lab):
    """test_exact(lab): nothing is cut off; what has no room for that is refused."""
    rng = lab.rng
    kind = rng.choice(['tame', 'undeclared'])
    operands = [factor_columns(lab, kind, 3, 2, 2 ** rng.choice([19, 28]) - 1) for _ in range(2)]
    (p, q), (r, s) = operands
    product = [[x * z, y * w] for x, y, z, w in zip(p.values, q.values, r.values, s.values)]
    lab.judge(['smpc-mul', '--no-truncate'], operands, product, [[0, 0]] * 3, False)
    sums = [[sum(x * y for x, y in zip(c.values, d.values)) for d in operands[1]] for c in operands[0]]
    lab.judge(['smpc-matmul', '-t', '--no-truncate'], operands, sums, [[0, 0]] * 2, None)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--seeds', default='1-10')
    parser.add_argument('--sessions', action='store_true')
    args = parser.parse_args()
    first, last = map(int, args.seeds.split('-'))
    faults, checks, refused = [], 0, 0
    for seed in range(first, last + 1):
        lab = Lab(seed, args.sessions)
        for test in (test_mul, test_rows, test_transposed, test_exact):
            test(lab)
        faults += ['seed %d: %s' % (seed, f) for f in lab.faults]
        checks += lab.checks
        refused += lab.refused
    if not 0 < refused < checks / 2:
        faults.append('%d of %d refused' % (refused, checks))
    return tools.report('factors', faults, checks)


if __name__ == '__main__':
    sys.exit(main())
