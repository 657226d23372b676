#!/usr/bin/env python3
"""joins.py COUNT SEED: random tables through smpc-share, smpc-cat and smpc-join, against loops over their texts.

What is compared are the rows of the result in any order, or that a key that comes twice is refused.  All joins of a run are
one script, at two and at three computing parties.  Prints nothing if all are right; else a line for each that is not, and
leaves its files.
"""
import itertools
import os
import random
import subprocess
import sys
from collections import Counter
from fractions import Fraction


def text_of(rng, key):
    """One of the texts that stand for a key where case and blanks do not matter."""
    text = f'k{key}'
    return rng.choice([text, text.upper(), ' ' + text, text + ' '])


class Case:
    def __init__(self, rng, number):
        self.rng, self.number = rng, number
        self.how = rng.choice(['inner', 'inner', 'left', 'outer'])
        self.duplicates = rng.choice(['refuse', 'refuse', 'first', 'all'])
        self.keys = rng.choice([['id'], ['id'], ['id', 'visit']])
        self.indicator = self.how != 'inner' and rng.random() < .5
        self.tables = []
        universe = rng.choice([1, 3, 8, 30])
        for t in range(rng.choice([2, 2, 2, 3])):
            self.tables.append(self.table(t, universe))
        if rng.random() < .15:          # no key in common
            for row in self.tables[0]:
                row[0] = [None if k is None else k + 1000 for k in row[0]]
        self.owners = [rng.choice([1, 1, 2]) if len(rows) > 1 else 1 for rows in self.tables]

    def table(self, t, universe):
        rng = self.rng
        self.columns = getattr(self, 'columns', []) + [rng.choice([1, 2, 3])]
        rows = []
        distinct = self.duplicates == 'refuse' and rng.random() < .8
        for _ in range(rng.choice([1, 2, 5, 12])):
            key = [None if rng.random() < .08 else rng.randrange(universe) for _ in self.keys]
            if distinct and None not in key and key in [r[0] for r in rows]:
                continue
            rows.append([key, [Fraction(rng.randrange(-2000, 2000), 2) for _ in range(self.columns[t])]])
        return rows

    def names(self, t):
        return [f'{"abc"[t]}{i}' for i in range(self.columns[t])]

    # ---- sharing ----

    def share(self, n):
        for t, rows in enumerate(self.tables):
            cut = self.rng.randrange(1, len(rows)) if self.owners[t] > 1 else len(rows)
            bits = self.rng.choice([2, 16, 16])
            ranged = self.rng.random() < .5
            parts = []
            for o, some in enumerate([rows[:cut], rows[cut:]][:self.owners[t]]):
                name = f'{self.number}.{t}.{o}'
                with open(name + '.csv', 'w') as f:
                    print(*self.keys, *self.names(t), sep=',', file=f)
                    for key, values in some:
                        print(*['' if k is None else text_of(self.rng, k) for k in key],
                              *[float(v) for v in values], sep=',', file=f)
                options = ['-f', '-n', str(n), '--fraction-bits', str(bits)] if not ranged else ['-f', '-n', str(n)]
                for k in self.keys:
                    options += ['--key', k + '=nocase', '--na', k + '=unique']
                if self.repeats(some):
                    options += ['--duplicates', ','.join(self.keys)]
                elif len(self.keys) > 1:
                    options += ['--duplicates', ','.join(self.keys)]
                if ranged:
                    for c in self.names(t):
                        options += ['--range', c + '=-1000..1000']
                subprocess.run(['smpc-share', *options, '-o', name, name + '.csv'], check=True,
                               stderr=subprocess.DEVNULL)
                parts.append(name)
            for p in range(n + 1):
                subprocess.run(['smpc-cat', '-o', f'{self.number}.{t}.{p}', *[f'{x}.{p}' for x in parts]], check=True)

    def command(self):
        words = ['smpc-join', '--how', self.how, '--duplicates', self.duplicates, '-o', f'{self.number}.r.$SMPC_PARTY']
        if self.indicator:
            words += ['--indicator', 'in']
        if self.rng.random() < .5:
            words += ['--on', ','.join(self.keys)]
        words += [f'{self.number}.{t}.$SMPC_PARTY' for t in range(len(self.tables))]
        return (f'{" ".join(words)} 2>{self.number}.e.$SMPC_PARTY; echo $? >{self.number}.s.$SMPC_PARTY')

    # ---- what is due ----

    @staticmethod
    def repeats(rows):
        seen = [tuple(key) for key, _ in rows if None not in key]
        return len(seen) != len(set(seen))

    def columns_of(self, t, values):
        """The columns of a table in a row of the result: its own, of presence, and the indicator."""
        may_miss = self.how == 'outer' or (self.how == 'left' and t > 0)
        out = list(values) if values is not None else [None] * self.columns[t]
        if may_miss:
            out += [Fraction(values is not None)] * (self.columns[t] + self.indicator)
        return out

    def due(self):
        tables = []
        for rows in self.tables:
            kept, seen = [], set()
            for i, (key, values) in enumerate(rows):
                key = tuple(key) if None not in key else ('nobody', len(tables), i)
                if self.duplicates == 'first' and key in seen:
                    continue
                seen.add(key)
                kept.append((key, values))
            tables.append(kept)
        keys = {key for rows in tables for key, _ in rows}
        due = []
        for key in keys:
            with_key = [[v for k, v in rows if k == key] for rows in tables]
            for t, rows in enumerate(with_key):
                if not rows and (self.how == 'outer' or (self.how == 'left' and t > 0)):
                    with_key[t] = [None]
            for row in itertools.product(*with_key):
                due.append(tuple(x for t, v in enumerate(row) for x in self.columns_of(t, v)))
        return Counter(due)

    def wrong(self, n):
        with open(f'{self.number}.s.1') as f:
            status = int(f.read())
        if self.duplicates == 'refuse' and any(map(self.repeats, self.tables)):
            with open(f'{self.number}.e.1') as f:
                said = f.read()
            return None if status == 4 and 'a key comes twice' in said else f'status {status}, a key comes twice: {said}'
        if status != 0:
            with open(f'{self.number}.e.1') as f:
                return f'status {status}: {f.read()}'
        shares = [f'{self.number}.r.{p}' for p in range(1, n + 1)]
        got = subprocess.run(['smpc-reveal', *shares], check=True, capture_output=True, text=True).stdout.splitlines()
        rows = Counter(tuple(None if x == '' else Fraction(x) for x in line.split(',')) for line in got[1:])
        if rows != self.due():
            return f'has {rows - self.due()}, and not {self.due() - rows}'
        return None


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    bad = False
    for n in (2, 3):
        rng = random.Random(seed * 10 + n)
        cases = [Case(rng, i) for i in range(count // 2)]
        for case in cases:
            case.share(n)
        with open('job.sh', 'w') as f:
            f.write('\n'.join(c.command() for c in cases) + '\n')
        subprocess.run(['smpc-local', '-n', str(n), '--', 'sh', 'job.sh'], check=True)
        for case in cases:
            wrong = case.wrong(n)
            if wrong is not None:
                print(f'{n} parties, seed {seed}, case {case.number}: {case.how} {case.duplicates}: {wrong}')
                bad = True
            else:
                for name in os.listdir('.'):
                    if name.startswith(f'{case.number}.'):
                        os.remove(name)
        if bad:
            break
    sys.exit(bad)


if __name__ == '__main__':
    main()
