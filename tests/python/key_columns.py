#!/usr/bin/env python3
"""
Columns of keys, against a second implementation: random texts are shared, and every set of shares that suffices has to hold
the hash of each in its normal form, put together by XOR; what is no key, missing or there twice is refused.  Then local
tools, and sessions that sort, shuffle and join by another key, select, order and put together such rows, and keys have to
stay with them.

    key_columns.py [--seeds FIRST-LAST]

Works in the directory at hand.
"""

import argparse
import csv
import io
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import model                    # noqa: E402
import sharestream as share     # noqa: E402
import tools                    # noqa: E402

MISSING = (b'', b'NA', b'N/A', b'NaN', b'nan', b'null', b'NULL', b'?')
PIECES = [b'7', b'0', b'12', b'A', b'a', b'Bc', b'-', b'.', b' ', b'/', b',', b'"', b'=', b'#']
STRANGE = ['\u00e4'.encode(), '\u00c4'.encode(), '\u0661'.encode(), b'\xff', b'\t', b'\x7f', b'x' * 1025]


class Column:
    """One column of a table: its texts, what the owner says of it, and what becomes of it."""

    def __init__(self, rng, name, rows, kind):
        self.name, self.kind = name, 'number' if kind == 'row' else kind
        if kind == 'row':
            self.texts = [b'%d' % i for i in rng.sample(range(1, 1000), rows)]
            return
        if kind == 'number':
            self.texts = [b'%d' % rng.randint(-1000, 1000) for _ in range(rows)]
            return
        self.match, self.na = rng.choice(share.MATCHES), rng.choice(['error', 'drop', 'unique', 'unique', 'drop'])
        self.keeps = rng.random() < 0.6
        alphabet = PIECES + (STRANGE if rng.random() < 0.2 else [])
        pool = [b''.join(rng.choice(alphabet) for _ in range(rng.randint(1, 8))) for _ in range(2 * rows)]
        pool = pool[:rng.randint(1, len(pool))] if self.keeps else pool
        differ = not self.keeps and rng.random() < 0.8
        self.texts = [rng.choice(MISSING) if rng.random() < 0.1 else rng.choice(pool) + (b'%04d' % i if differ else b'')
                      for i in range(rows)]

    def option(self, rng):
        names = self.name + ('=' + self.match if self.match != 'text' or rng.random() < 0.5 else '')
        return ['--key', names, '--na', '%s=%s' % (self.name, self.na)] + (['--duplicates', self.name] if self.keeps else [])

    def words(self, text):
        """words(text): the words of a cell; 'no key', or 'missing'."""
        if self.kind == 'number':
            return [int(text) * 2 ** 16 % share.TWO64]
        bare = text.strip(b' \t')
        if bare in MISSING:
            return 'missing'
        if share.normal_key('text', bare) is None or self.match == 'alnum' and not bare.isascii():
            return 'no key'
        normal = share.normal_key(self.match, bare)
        return 'missing' if normal is None else share.key_words(self.match, normal)


def expected(columns):
    """expected(columns): the rows of words, with None for those of a key that matches nothing; or None if it is refused."""
    rows, seen = [], {c.name: set() for c in columns}
    for texts in zip(*(c.texts for c in columns)):
        row, drop = [], False
        for c, text in zip(columns, texts):
            words = c.words(text)
            if words == 'no key' or words == 'missing' and c.na == 'error':
                return None
            if words == 'missing':
                drop = drop or c.na == 'drop'
                words = [None, None]
            row.append(words)
        if drop:
            continue
        for c, words in zip(columns, row):
            if c.kind == 'key' and None not in words and not c.keeps:
                if tuple(words) in seen[c.name]:
                    return None
                seen[c.name].add(tuple(words))
        rows.append([w for words in row for w in words])
    return rows or None


class Lab:
    def __init__(self, seed):
        self.rng = random.Random('keys %d' % seed)
        self.seed, self.faults, self.checks, self.refused, self.files = seed, [], 0, 0, 0

    def fault(self, what, why):
        self.faults.append('%s: %s' % (what, why))

    def fresh(self):
        self.files += 1
        return 'f%d-%d' % (self.seed, self.files)

    # ---- sharing

    def table(self, rows, kinds):
        """table(rows, kinds): columns in random order, and a file of them."""
        columns = [Column(self.rng, '%s%d' % (kind[0], j), rows, kind) for j, kind in enumerate(kinds)]
        self.rng.shuffle(columns)
        path = self.fresh()
        text = io.StringIO(newline='')
        w = csv.writer(text, lineterminator='\n', quoting=csv.QUOTE_ALL if self.rng.random() < 0.5 else csv.QUOTE_MINIMAL)
        w.writerow([c.name for c in columns])
        w.writerows([t.decode('latin-1') for t in row] for row in zip(*(c.texts for c in columns)))
        with open(path, 'wb') as f:
            f.write(text.getvalue().encode('latin-1'))
        return columns, path

    def share(self, columns, path):
        """share(columns, path): the shares of a table by party, or None where it has to be refused."""
        self.checks += 1
        n = self.rng.choice([2, 3])
        argv = ['smpc-share', '-n', n, '-f', '--fraction-bits', 16, '-o', path + '.s']
        for c in columns:
            argv += c.option(self.rng) if c.kind == 'key' else []
        rows = expected(columns)
        status, _, error = tools.run(argv + [path])
        if rows is None:
            self.refused += 1
            if status != 1 or 'key' not in error and 'there are no rows' not in error:
                self.fault(tools.shown(argv), 'status %d where the table should be refused: %s' % (status, error))
            return None
        if status != 0:
            self.fault(tools.shown(argv), 'status %d: %s' % (status, error))
            return None
        return {str(i): '%s.s.%d' % (path, i) for i in range(n + 1)}

    def judge(self, what, files, rows, distinct, order=None):
        """judge(what, files, rows, distinct, order): what the shares hold, in any order if one is given to compare them by,
        and say of each key by its name."""
        parties = sorted(files)
        parts = {}
        for p in parties:
            with open(files[p], 'rb') as f:
                parts[p] = share.parts(share.parse(f.read()))
        for chosen in [parties[1:]] + [[parties[0], p] for p in parties[1:]]:
            got = []
            for shares in zip(*(parts[p] for p in chosen)):
                words = share.combine(list(shares))
                got += [list(words[i:i + shares[0].cols]) for i in range(0, len(words), shares[0].cols)]
            if order is not None:
                got, rows = sorted(got, key=order), sorted(rows, key=order)
            if len(got) != len(rows) or not all(len(g) == len(r) and all(y in (None, x) for x, y in zip(g, r))
                                                for g, r in zip(got, rows)):
                return self.fault(what, 'other words than expected at %s' % chosen)
        for part in parts['1']:
            said = {c['of']: c.get('distinct', False) for c in part.header.get('about', []) if c and c['kind'] == 'key'}
            if said != distinct:
                return self.fault(what, 'says %s and not %s' % (said, distinct))
        return got

    def check_keys_of_parts(self, files):
        """check_keys_of_parts(files): the dealer's part keys stand for the keys of all records."""
        with open(files['0'], 'rb') as f:
            (dealer,) = share.parse(f.read())
        for i, key in enumerate(dealer.keys, 1):
            with open(files[str(i)], 'rb') as f:
                for b, record in enumerate(share.parse(f.read())):
                    if record.keys != [share.block_key(key, b)]:
                        self.fault(files[str(i)], 'a record key is not that of the part key')

    def shared(self, rows, kinds):
        """shared(rows, kinds): (files, words, names and keys in order), of a table that is not refused."""
        while True:
            columns, path = self.table(rows, kinds)
            for c in columns:
                c.na = 'unique'     # columns can be put beside others
            files = self.share(columns, path)
            if files is not None:
                break
        distinct = {c.name: not c.keeps for c in columns if c.kind == 'key'}
        words = self.judge(path, files, expected(columns), distinct)
        self.check_keys_of_parts(files)
        return (files, words, columns, distinct) if words is not None else None

    # ---- local tools

    def run(self, argv, operands, rows, distinct, parties):
        """run(argv, operands, rows, distinct, parties): a local tool at every party; numbers in ${argv} are operands."""
        self.checks += 1
        out = {p: '%s.%s' % (self.fresh(), p) for p in parties}
        for p in parties:
            given = [operands[a][p] if isinstance(a, int) else a for a in argv]
            tools.output(given + ['-o', out[p]])
        return out if self.judge(tools.shown(argv), out, rows, distinct) is not None else None

    def local(self):
        made = self.shared(self.rng.randint(5, 30), ['key', 'number', 'key'])
        if made is None:
            return
        files, x, columns, distinct = made
        parties = sorted(files)
        at, width = {}, 0
        for c in columns:
            at[c.name] = list(range(width, width + (2 if c.kind == 'key' else 1)))
            width += len(at[c.name])
        n, (k, other), number = self.rng.randint(1, len(x)), list(distinct), next(c for c in at if c not in distinct)
        self.run(['smpc-head', '-n', str(n), 0], [files], x[:n], distinct, parties)
        self.run(['smpc-shuf', '-s', 'a', 0], [files], [x[i] for i in model.order(len(x), 'a', 0)], distinct, parties)
        self.run(['smpc-split', '-s', 'a', '--folds', '3', '--fold', '2', 0], [files],
                 [r for i, r in enumerate(x) if model.fold_of(i, 'a', 3) != 2], distinct, parties)
        self.run(['smpc-split', '--in-turn', '--folds', '2', '--fold', '1', 0], [files], x[1::2], distinct, parties)
        self.run(['smpc-cut', '-x', other, 0], [files], [[r[j] for j in range(width) if j not in at[other]] for r in x],
                 {k: distinct[k]}, parties)
        only = self.run(['smpc-cut', '-c', '%s,%s' % (number, k), '--rename', '%s=k' % k, '--rename', number + '=n', 0],
                        [files], [[r[j] for j in at[number] + at[k]] for r in x], {'k': distinct[k]}, parties)
        twice = self.run(['smpc-cat', '--repeat', 0, 0], [files], x + x, dict.fromkeys(distinct, False), parties)
        if twice is not None:
            self.run(['smpc-shuf', '-s', 'b', 0], [twice], [(x + x)[i] for i in model.order(2 * len(x), 'b', 0)],
                     dict.fromkeys(distinct, False), parties)
        self.both_parts(files, x, distinct, parties)
        if only is not None:
            self.beside(files, only, x, at[number] + at[k], dict(distinct, k=distinct[k]), parties)
        self.one_row(files, x, parties, distinct)

    # ---- sessions

    def session(self, argv, rows, distinct, parties, order=None):
        """session(argv, rows, distinct, parties, order): what all parties make together; return the rows."""
        self.checks += 1
        out = self.fresh()
        argv = ['smpc-local', '-n', len(parties) - 1, '-o', out, '--'] + argv
        status, _, error = tools.run(argv)
        if status != 0:
            return self.fault(tools.shown(argv), 'status %d: %s' % (status, error))
        return self.judge(tools.shown(argv), {p: '%s.%s' % (out, p) for p in parties}, rows, distinct, order)

    def secret(self):
        """Keys stay with their rows where nobody knows which these are."""
        made = self.shared(self.rng.randint(4, 30), ['key', 'row', 'key', 'number'])
        if made is None:
            return
        files, x, columns, distinct = made
        parties = sorted(files)
        path = files['0'][:-1] + '{}'
        at = [j for c in columns for j in ([None, None] if c.kind == 'key' else [c.name])]
        row, number = (next(j for j, name in enumerate(at) if name and name[0] == first) for first in 'rn')
        by = lambda r: ((r[number] + share.TWO64 // 2) % share.TWO64, r[row])   # noqa: E731
        columns_by = '%s,%s' % (at[number], at[row])
        top = self.rng.randint(1, len(x))
        self.session(['smpc-sort', '-k', columns_by, path], sorted(x, key=by), distinct, parties)
        self.session(['smpc-sort', '-n', top, '-k', columns_by, path], sorted(x, key=by)[:top], distinct, parties)
        self.session(['smpc-shuf', path], x, distinct, parties, lambda r: r[row])
        self.session(['smpc-shuf', '--stratify', at[row], '-k', 3, path], x, distinct, parties, lambda r: r[row])
        # parts one behind the other: nobody has said that no key of one is in another
        self.session(['sh', '-c', 'smpc-head -n 3 %s | cat %s - | smpc-shuf' % (path, path)], x + x[:3],
                     dict.fromkeys(distinct, False), parties, lambda r: r[row])
        self.joined(files, x, columns, distinct, parties)

    def joined(self, files, x, columns, distinct, parties):
        """A join by one key carries the others; where a row has none, it is one that is nobody's."""
        by = self.rng.choice([c for c in columns if c.kind == 'key'])
        other = [Column(self.rng, name, 12, kind) for name, kind in (('j', 'key'), ('q', 'row'))]
        texts = self.rng.sample(by.texts, min(len(by.texts), 8))
        right = Column(self.rng, by.name, 12, 'key')
        right.match, right.na, right.keeps, other[0].na = by.match, 'unique', True, 'unique'
        right.texts = (texts + [b'z%d' % i for i in range(12)])[:12]
        path = self.fresh()
        with open(path, 'wb') as f:
            w = [right] + other
            f.write(b','.join(c.name.encode() for c in w) + b'\n')
            f.writelines(b','.join(b'"%s"' % t.replace(b'"', b'""') for t in row) + b'\n' for row in zip(*(c.texts for c in w)))
        argv = ['smpc-share', '-n', len(parties) - 1, '--fraction-bits', 16, '-o', path + '.s']
        for c in (right, other[0]):
            argv += c.option(self.rng)
        status, _, _ = tools.run(argv + [path])
        y = expected([right] + other)
        if status != 0 or y is None:
            return                      # a text that can be no key, or comes twice: seen above
        said = dict(distinct, j=not other[0].keeps)
        for how in 'inner', 'left', 'outer':
            self.join_of(how, [], files['0'][:-1] + '{}', path, x, y, columns, by, said, parties)
        # rows that come again have keys that came before; but nobody has said so of other keys
        said.update(dict.fromkeys(distinct, False))
        self.join_of('left', ['sh', '-c', 'smpc-head -n 3 %s{} | cat %s{} - | "$@"' % (2 * (files['0'][:-1],)), 'sh'], '-',
                     path, x, y, columns, by, said, parties)

    def join_of(self, how, before, operand, path, x, y, columns, by, distinct, parties):
        at, first, carried, numbers = {}, 0, [], []
        for c in columns:
            at[c.name] = range(first, first + (2 if c.kind == 'key' else 1))
            (carried if c.kind == 'key' and c is not by else numbers if c.kind == 'number' else []).extend(at[c.name])
            first = at[c.name].stop
        seen, left, right = [set(), set()], [], []
        for rows, keys, kept, which in ((x, at[by.name], left, 0), (y, range(2), right, 1)):
            for r in rows:
                key = tuple(r[j] for j in keys)
                if key not in seen[which] or None in key:
                    kept.append((key, r))
                    seen[which].add(key)
        one = 2 ** 16

        def row(a, b):
            out = [a[j] if a else None for j in carried] + (b[2:4] if b else [None, None])
            out += [a[j] if a else 0 for j in numbers] + ([one if a else 0] * len(numbers) if how == 'outer' else [])
            return out + [b[4] if b else 0] + ([one if b else 0] if how != 'inner' else [])

        def matches(a, b):
            return None not in a and a == b

        rows = [row(a, b) for ka, a in left for kb, b in right if matches(ka, kb)]
        if how != 'inner':
            rows += [row(a, None) for ka, a in left if not any(matches(ka, kb) for kb, _ in right)]
        if how == 'outer':
            rows += [row(None, b) for kb, b in right if not any(matches(ka, kb) for ka, _ in left)]
        said = {k: v for k, v in distinct.items() if k != by.name}
        words = len(carried) + 2
        got = self.session(before + ['smpc-join', '--duplicates', 'first', '--how', how, '--on', by.name, operand,
                                     path + '.s.{}'], rows, said, parties, lambda r: r[words:])
        if got:
            nobodys = [tuple(g[j:j + 2]) for g, r in zip(got, sorted(rows, key=lambda r: r[words:]))
                       for j in range(0, words, 2) if r[j] is None]
            theirs = {tuple(r[j:j + 2]) for r in rows for j in range(0, words, 2)}
            if len(set(nobodys)) < len(nobodys) or theirs & set(nobodys) or (0, 0) in nobodys:
                self.fault('join %s of seed %d' % (how, self.seed), 'keys that are missing are those of others')

    def both_parts(self, files, x, distinct, parties):
        """Two streams one after the other are two parts, each without a key twice, and one that is made of both says nothing."""
        shuffled, first = {}, {}
        for p in parties:
            first[p], shuffled[p] = '%s.%s' % (self.fresh(), p), '%s.%s' % (self.fresh(), p)
            tools.output(['smpc-head', '-n', '3', '-o', first[p], files[p]])
            with open(shuffled[p], 'wb') as f:
                f.write(tools.output(['smpc-shuf', '-s', 'c'], open(files[p], 'rb').read() + open(first[p], 'rb').read()))
        y = x + x[:3]
        self.judge('cat | smpc-shuf', shuffled, [y[i] for i in model.order(len(y), 'c', 0)], dict.fromkeys(distinct, False))

    def beside(self, files, only, x, columns, distinct, parties):
        """Columns side by side, numbers brought to more fraction bits: the words of keys have none."""
        path = self.fresh()
        with open(path, 'w') as f:
            f.write('fine\n' + '0.5\n' * len(x))
        tools.output(['smpc-share', '-n', len(parties) - 1, '--fraction-bits', 20, '-o', path, path])
        number, *key = columns
        rows = [[v * 16 % share.TWO64 if j == number else v for j, v in enumerate(r)] + [r[number] * 16 % share.TWO64] +
                [r[j] for j in key] + [2 ** 19] for r in x]
        fine = {p: '%s.%s' % (path, p) for p in parties}
        self.run(['smpc-paste', 0, 1, 2], [files, only, fine], rows, distinct, parties)

    def one_row(self, files, x, parties, distinct):
        """A row that is repeated has the same key again and again."""
        one = {p: '%s.%s' % (self.fresh(), p) for p in parties}
        for p in parties:
            tools.output(['smpc-head', '-n', '1', '-o', one[p], files[p]])
        path = self.fresh()
        with open(path, 'w') as f:
            f.write('row\n1\n2\n3\n')
        tools.output(['smpc-share', '-n', len(parties) - 1, '--fraction-bits', 16, '-o', path, path])
        rows = [[(i + 1) << 16] + x[0] for i in range(3)]
        self.run(['smpc-paste', 0, 1], [{p: '%s.%s' % (path, p) for p in parties}, one], rows,
                 dict.fromkeys(distinct, False), parties)


def rehearse(lab):
    for _ in range(6):
        kinds = ['key'] * lab.rng.randint(1, 2) + ['number'] * lab.rng.randint(1, 2)
        columns, path = lab.table(lab.rng.randint(1, 40), kinds)
        files = lab.share(columns, path)
        if files is not None:
            lab.judge(path, files, expected(columns), {c.name: not c.keeps for c in columns if c.kind == 'key'})
            lab.check_keys_of_parts(files)
    lab.local()
    lab.secret()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--seeds', default='1-4')
    first, last = map(int, parser.parse_args().seeds.split('-'))
    faults, checks, refused = [], 0, 0
    for seed in range(first, last + 1):
        lab = Lab(seed)
        rehearse(lab)
        faults += ['seed %d: %s' % (seed, f) for f in lab.faults]
        checks += lab.checks
        refused += lab.refused
    if not 0 < refused < checks:
        faults.append('%d of %d refused' % (refused, checks))
    return tools.report('key columns', faults, checks)


if __name__ == '__main__':
    sys.exit(main())
