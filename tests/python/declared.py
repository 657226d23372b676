#!/usr/bin/env python3
"""
Columns whose range the owner declares, against exact Fractions: every word is its number times 2^bits, rounded to nearest,
with the bits that its range gives it; the header names range and exponent; and the first number beyond is refused with
status 5, its line, column and text.

    declared.py [--seeds FIRST-LAST]

Works in the directory at hand.
"""

import argparse
import os
import random
import sys
from fractions import Fraction
from math import ceil, floor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import exact                    # noqa: E402
import sharestream as share     # noqa: E402
import tools                    # noqa: E402

SCHEMES = ((['-n', '2'], ('1', '2')), (['-n', '2'], ('0', '2')), (['-n', '2', '--additive'], ('1', '2')),
           (['--public'], None))


def decimal(rng, number, places):
    """decimal(rng, number, places): number / 10^places as text, in one of the notations."""
    sign, digits = '-' if number < 0 else rng.choice(['', '', '+']), str(abs(number))
    if places < 0 or rng.random() < 0.3:
        return '%s%se%d' % (sign, digits, -places)
    digits = digits.rjust(places + 1, '0')
    return sign + digits[:len(digits) - places] + ('.' + digits[len(digits) - places:] if places else '')


def bounds(rng):
    """bounds(rng): two decimals, not both 0, the larger one last, of any size."""
    while True:
        places = rng.randint(-12, 11)
        a, b = rng.choice([(0, rng.randint(1, 9)), (-rng.randint(1, 99), rng.randint(1, 99)), (-rng.randint(1, 99), 0),
                           (rng.randint(1, 999), rng.randint(1, 999)), (-1, 1)])
        a, b = min(a, b), max(a, b)
        return decimal(rng, a, places), decimal(rng, b, places)


class Column:
    def __init__(self, rng, name):
        self.rng, self.name = rng, name
        self.texts = bounds(rng)
        self.low, self.high = map(Fraction, self.texts)
        most, k = max(abs(self.low), abs(self.high)), -60
        while Fraction(2) ** k < most:
            k += 1
        self.bits = 30 - k

    def number(self):
        """number(): text of a number within the range: a bound, a tie or anything."""
        kind = self.rng.random()
        if kind < 0.2:
            return self.rng.choice(self.texts)
        if kind < 0.5 and 0 <= self.bits < 60:
            word = self.rng.randint(ceil(self.low * 2 ** self.bits), floor(self.high * 2 ** self.bits))
            text = exact.decimal(2 * word + 1, self.bits + 1)
        else:
            places = self.rng.randint(-3, 22)
            scale = Fraction(10) ** places
            text = decimal(self.rng, self.rng.randint(ceil(self.low * scale), max(ceil(self.low * scale),
                                                                                 floor(self.high * scale))), places)
        return text if self.low <= Fraction(text) <= self.high else self.texts[0]

    def beyond(self):
        """beyond(): text of a number that is just outside."""
        low, high = self.texts
        if self.rng.random() < 0.5:
            return exact_text(self.high + max(abs(self.high), abs(self.low)) / 10 ** self.rng.randint(1, 25))
        return exact_text(self.low - max(abs(self.high), abs(self.low)) / 10 ** self.rng.randint(1, 25))

    def fault_of_word(self, text, value):
        word = value * Fraction(2) ** self.bits
        want = Fraction(text) * Fraction(2) ** self.bits
        if word.denominator != 1:
            return '%s: not a whole number of words' % text
        if 0 <= self.bits <= 62 and word != exact.nearest_even(want):
            return '%s: word %s and not %s' % (text, word, exact.nearest_even(want))
        return '%s: word %s is off from %s' % (text, word, want) if abs(word - want) > Fraction(1, 2) + Fraction(1, 2 ** 20) else None

    def fault_of_header(self, c, f):
        want = {'kind': 'number', 'range': [str(floor(self.low * Fraction(2) ** self.bits)),
                                            str(ceil(self.high * Fraction(2) ** self.bits))]}
        if f != self.bits:
            want['exponent'] = f - self.bits
        return None if c == want else 'the header has %s and not %s' % (c, want)


def exact_text(x):
    """exact_text(x): a Fraction of which some power of ten is a multiple of the denominator."""
    places = 0
    while (x * 10 ** places).denominator != 1:
        places += 1
    return '%de-%d' % (x * 10 ** places, places)


def write(path, columns, rows):
    with open(path, 'w', encoding='ascii') as f:
        f.write(','.join(c.name for c in columns) + '\n' + '\n'.join(map(','.join, rows)) + '\n')


def shared(path, options, scheme, parties):
    """shared(path, options, scheme, parties): (values, header) of the file."""
    tools.output(['smpc-share', '-f', '-o', 's'] + scheme + options + [path])
    names = ['s'] if parties is None else ['s.' + p for p in parties]
    streams = []
    for name in names:
        with open(name, 'rb') as f:
            streams.append(share.parts(share.parse(f.read())))
    (table,) = share.reveal(streams)
    return table.values, streams[0][0].header


def judge(rng, seed):
    """judge(rng, seed): faults of a table."""
    columns = [Column(rng, 'c%d' % j) for j in range(rng.randint(1, 5))]
    rows = [[c.number() for c in columns] for _ in range(rng.randint(2, 30))]
    rows.append([c.texts[abs(c.low) < abs(c.high)] for c in columns])
    f, (scheme, parties) = rng.choice([4, 16, 16, 24, 40]), rng.choice(SCHEMES)
    options = ['--fraction-bits', str(f)]
    for c in columns:
        options += ['--range', '%s=%s..%s' % (c.name, *c.texts)]
    write('t.csv', columns, rows)
    values, header = shared('t.csv', options, scheme, parties)
    faults = [c.fault_of_header(a, f) for c, a in zip(columns, header['about'])]
    for texts, row in zip(rows, values):
        faults += [c.fault_of_word(t, v) for c, t, v in zip(columns, texts, row)]
    i, j = rng.randrange(len(rows)), rng.randrange(len(columns))
    rows[i][j] = columns[j].beyond()
    write('t.csv', columns, rows)
    status, _, error = tools.run(['smpc-share', '--check'] + options + ['t.csv'])
    place = "t.csv:%d: column '%s': %s" % (i + 2, columns[j].name, rows[i][j][:40])
    if status != 5 or place not in error or 'beyond the range' not in error:
        faults.append('%s, beyond %s: status %d: %s' % (rows[i][j], columns[j].texts, status, error))
    return ['seed %d: %s' % (seed, fault) for fault in faults if fault is not None]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--seeds', default='1-20')
    first, last = map(int, parser.parse_args().seeds.split('-'))
    faults = []
    for seed in range(first, last + 1):
        faults += judge(random.Random('declared %d' % seed), seed)
    return tools.report('declared', faults, last - first + 1)


if __name__ == '__main__':
    sys.exit(main())
