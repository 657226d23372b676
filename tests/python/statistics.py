#!/usr/bin/env python3
"""
What shares must look like to whoever holds too few of them.  Works in the directory at hand.

    statistics.py self                      the statistics notice what they should, and nothing else
    statistics.py [--rows N] uniform SCHEME   shares of a constant table are uniform, by themselves and between parties,
                                            records and sharings
    statistics.py apart                     sharings of one table have nothing in common; of two tables, size and header
    statistics.py keyless                   selections and results hold no keys; smpc-cat keeps them

A false alarm of a whole run has a probability below 10^-6: no run takes more than 5,000 statistics, each of which fails
below LIMIT.
"""

import argparse
import math
import os
import sys
from array import array
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import sharestream as share     # noqa: E402
import tools                    # noqa: E402

TWO64 = share.TWO64
LIMIT = 1e-10
SCHEMES = {                     # options of smpc-share, parties, modulus
    'masked-2': (['-n', 2], ['0', '1', '2'], TWO64),
    'masked-3': (['-n', 3], ['0', '1', '2', '3'], TWO64),
    'additive-2': (['-a', '-n', 2], ['1', '2'], TWO64),
    'additive-3': (['-a', '-n', 3], ['1', '2', '3'], TWO64),
    'prime': (['-q', 501337, '-n', 2], ['1', '2'], 501337),
    'q64-59': (['-q', 2 ** 64 - 59, '-n', 3], ['1', '2', '3'], 2 ** 64 - 59),
    'bits': (['-q', 2, '-n', 3], ['1', '2', '3'], 2),
}


# Chi-square

def upper_gamma(a, x):
    """upper_gamma(a, x): the regularized incomplete gamma function Q(a, x), by series or continued fraction."""
    if x <= 0:
        return 1.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        n = a
        while term > total * 1e-17:
            n += 1
            term *= x / n
            total += term
        return 1 - front * total
    b = x + 1 - a
    c, d = 1e300, 1 / b
    h = d
    for i in range(1, 10000):
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * h


def chi_square(counts, weights):
    """
    chi_square(counts, weights): the probability of so uneven counts, whose expectations are as the weights; or, of many
    counts, of so even ones, which few counts can be by chance.
    """
    total, all_weights = sum(counts), sum(weights)
    x = sum((n - total * w / all_weights) ** 2 / (total * w / all_weights) for n, w in zip(counts, weights))
    upper = upper_gamma((len(counts) - 1) / 2, x / 2)
    return min(upper, 1 - upper) if len(counts) > 100 else upper


def buckets(words, count, bucket):
    found = Counter(map(bucket, words))
    return [found[i] for i in range(count)]


def statistics(words, modulus):
    """statistics(words, modulus): yield (name, probability) of many statistics of supposedly uniform words."""
    if modulus == TWO64:
        raw = share.words_to_bytes(words)
        for lane in range(8):
            found = Counter(raw[lane::8])
            yield 'byte %d' % lane, chi_square([found[i] for i in range(256)], [1] * 256)
    if modulus > 256:
        size = [(-(-(i + 1) * modulus // 256)) - (-(-i * modulus // 256)) for i in range(256)]
        yield 'range', chi_square(buckets(words, 256, lambda w: w * 256 // modulus), size)
    for k in (2, 3, 5, 7, 256):
        if k == modulus or modulus > 256:
            size = [(modulus - r + k - 1) // k for r in range(k)]
            yield 'mod %d' % k, chi_square(buckets(words, k, lambda w: w % k), size)


def suspicions(name, words, modulus):
    """suspicions(name, words, modulus): (what is not uniform in ${words}, number of statistics)."""
    out, count = [], 0
    for what, p in statistics(words, modulus):
        count += 1
        if p < LIMIT:
            out.append('%s is not uniform: %s, probability %.1e' % (name, what, p))
    return out, count


# What is looked at

def read(path):
    with open(path, 'rb') as f:
        return f.read()


def planes_of(files):
    """planes_of(files): {(party, plane): words} of the single part in each share file."""
    out = {}
    for party, path in files.items():
        part, = share.parts(share.parse(read(path)))
        for name, words in part.planes.items():
            out[party, name] = words
    return out


def views(planes, lag, modulus, other=None):
    """
    views(planes, lag, modulus, other): yield (name, words) that must be uniform: each plane; each against itself one
    record later; independent planes against each other; each against that of another sharing of the same table.
    """
    keys = sorted(planes)
    for key in keys:
        yield '%s of %s' % key[::-1], planes[key]
        later = share.subtract_words(planes[key][lag:], planes[key][:-lag], modulus)
        yield '%s of %s against its next record' % key[::-1], later
        if other is not None:
            yield '%s of %s against another sharing' % key[::-1], share.subtract_words(planes[key], other[key], modulus)
    lams = [k for k in keys if k[1] == 'lam' and k[0] != '0']
    # All but one of the additive shares are independent of each other.
    alike = lams if lams else keys[:-1]
    for i, a in enumerate(alike):
        for b in alike[:i]:
            yield '%s of %s against %s' % (a[1], a[0], b[0]), share.subtract_words(planes[a], planes[b], modulus)
    for key in (k for k in keys if k[1] == 'm'):
        for lam in lams:
            yield 'm of %s against lam of %s' % (key[0], lam[0]), share.subtract_words(planes[key], planes[lam])


def examine(planes, lag, modulus, other=None):
    faults, count = [], 0
    for name, words in views(planes, lag, modulus, other):
        more, n = suspicions(name, words, modulus)
        faults += more
        count += n
    return faults, count


def shared(options, parties, lines, prefix, more=()):
    """shared(options, parties, lines, prefix, more): {party: path} of the shares of a table of these lines."""
    with open(prefix, 'w', encoding='ascii') as f:
        f.write('\n'.join(lines) + '\n')
    tools.output(['smpc-share'] + options + list(more) + ['-o', prefix, prefix])
    return {p: '%s.%s' % (prefix, p) for p in parties}


def uniform(args):
    faults, count = [], 0
    for scheme in args.operands:
        options, parties, modulus = SCHEMES[scheme]
        for value in ('0', '1'):
            lines = ['u,v'] + [value + ',' + value] * args.rows
            both = [planes_of(shared(options, parties, lines, '%s.%s.%s' % (scheme, value, turn), ['--json']))
                    for turn in 'ab']
            more, n = examine(both[0], 4096, modulus, both[1])
            faults += ['%s, all %s: %s' % (scheme, value, f) for f in more]
            count += n
    return faults, count


# Does it notice?

def random_words(count, modulus=TWO64):
    raw = share.bytes_to_words(os.urandom(16 * count))
    return array('Q', [(raw[2 * i] << 64 | raw[2 * i + 1]) * modulus >> 128 for i in range(count)])


class Repeated:
    """Repeated(): a source of bytes that gives the same key again and again."""

    def __init__(self):
        self.bytes = os.urandom(32)

    def __call__(self, count):
        return self.bytes[:count]


def masked(random, rows=8192):
    """masked(random, rows): planes of a constant table, shared in python with keys from ${random}."""
    shares = share.share_masked([[5, 5]] * rows, 2, ['0', '1', '2'], rows // 2, True, random, name='data')
    return shares, {(p, k): w for p, r in shares.items() for k, w in share.parts(r)[0].planes.items()}


def self_test(_):
    faults, count = [], 0

    def expect(what, alarm, found):
        nonlocal count
        count += 1
        if bool(found) != alarm:
            faults.append('%s: %s' % (what, 'not noticed' if alarm else found))
    count_of = 40000
    for modulus in (TWO64, 2 ** 64 - 59, 501337, 2):
        expect('uniform mod %d' % modulus, False, suspicions('x', random_words(count_of, modulus), modulus)[0])
        expect('constant mod %d' % modulus, True, suspicions('x', array('Q', [1] * count_of), modulus)[0])
    good = random_words(count_of)
    expect('a bit that is never set', True, suspicions('x', array('Q', [w & ~(1 << 37) for w in good]), TWO64)[0])
    expect('a bit set 60 times of 100', True,
           suspicions('x', array('Q', [w | (1 << 12 if w % 5 == 0 else 0) for w in good]), TWO64)[0])
    expect('a counter', True, suspicions('x', array('Q', range(count_of)), TWO64)[0])
    expect('words not much larger than the modulus, reduced', True,
           suspicions('x', array('Q', [w % 2 ** 19 % 501337 for w in good]), 501337)[0])
    expect('53 bits', True, suspicions('x', array('Q', [w >> 11 << 11 for w in good]), TWO64)[0])
    lag = 8192
    _, planes = masked(os.urandom)
    _, again = masked(os.urandom)
    expect('a sharing', False, examine(planes, lag, TWO64, again)[0])
    source = Repeated()
    _, one = masked(source)
    _, two = masked(source)
    expect('one key for two parties', True, examine(one, lag, TWO64)[0])
    expect('one key for two sharings', True,
           examine({k: w for k, w in one.items() if k[0] == '1'}, lag, TWO64, two)[0])
    shares, _ = masked(os.urandom)
    for records in (shares['1'], shares['2']):
        records[1].keys = records[0].keys
    planes = {(p, k): w for p in '12' for k, w in share.parts(shares[p])[0].planes.items()}
    expect('one key for two records', True, examine(planes, lag, TWO64)[0])
    # Known values of Q(a, x): the chi-square distribution with 2 degrees is exponential, with 1 the normal one squared.
    for x in (0.5, 3.0, 40.0):
        expect('Q(1, %g)' % x, False, abs(upper_gamma(1, x) / math.exp(-x) - 1) > 1e-9)
        expect('Q(1/2, %g)' % x, False, abs(upper_gamma(0.5, x) / math.erfc(math.sqrt(x)) - 1) > 1e-9)
    return faults, count


# Files

def headers(path):
    """headers(path): the headers of all records, but for the id."""
    return [{k: v for k, v in r.header.items() if k != 'id'} for r in share.parse(read(path))]


def apart(_):
    faults, count = [], 0
    wide = [','.join(str(1000 * i + j) for j in range(3)) for i in range(3000)]
    zeros = [','.join('0' for j in range(3)) for i in range(3000)]
    for scheme, (options, parties, modulus) in SCHEMES.items():
        tables = [['a,b,c'] + t for t in (wide if modulus > 2 ** 23 else [','.join('101')] * 3000, zeros)]
        for form in ([], ['--json']):
            first, second, other = (shared(options, parties, tables[t], '%s%s%s' % (scheme, ''.join(form), n), form)
                                    for n, t in enumerate((0, 0, 1)))
            ids = [{r.id for r in share.parse(read(path))} for files in (first, second) for path in files.values()]
            keys = [k for files in (first, second) for p, path in files.items() if p != '0'
                    for r in share.parse(read(path)) for k in r.keys]
            if scheme.startswith('masked'):
                keys += share.parse(read(first['0']))[0].keys + share.parse(read(second['0']))[0].keys
            one, two = planes_of(first), planes_of(second)
            checks = [('one id for all parties, another for another sharing', len(set.union(*ids)) == 2),
                      ('a key comes twice', len(set(keys)) == len(keys)),
                      ('words in common', modulus < 2 ** 63 or not any(set(one[k]) & set(two[k]) for k in one))]
            for p in parties:
                checks.append(("headers of %s's shares tell the tables apart" % p,
                               headers(first[p]) == headers(other[p]) == headers(second[p])))
                if not form:
                    checks.append(("sizes of %s's shares tell the tables apart" % p,
                                   os.path.getsize(first[p]) == os.path.getsize(other[p])))
            count += len(checks)
            faults += ['%s%s: %s' % (scheme, ''.join(form), what) for what, good in checks if not good]
    return faults, count


def keyless(_):
    faults, count = [], 0
    for scheme, (options, parties, _) in SCHEMES.items():
        files = shared(options, parties, ['a,b,c'] + ['1,0,1'] * 300, scheme)
        for party, path in files.items():
            before = [r.keys for r in share.parse(read(path))]
            whole = [['smpc-cut', '-c', '1-3'], ['smpc-head', '-n', '300'], ['smpc-split', '-s', '1', '--ratio', '1'],
                     ['smpc-paste'], ['smpc-add']]
            some = [['smpc-cut', '-c', 'b'], ['smpc-head', '-n', '5'], ['smpc-split', '-s', '1'],
                    ['smpc-split', '-s', '1', '-o', '/dev/null', '--rest', '/dev/stdout'], ['smpc-shuf', '-s', '1'],
                    ['smpc-transpose'], ['smpc-sum'], ['smpc-sum', '-r'], ['smpc-mul', '-c', '1']]
            for argv in whole + some:
                count += 1
                if any(r.keys for r in share.parse(tools.output(argv + [path]))):
                    faults.append('%s %s: holds keys' % (scheme, tools.shown(argv)))
            raw = read(path)
            for argv in (['smpc-cat', path], ['smpc-cat', '--json', path]):
                count += 1
                out = tools.output(argv)
                if [r.keys for r in share.parse(out)] != before or any(k not in out and k.hex().encode() not in out
                                                                       for keys in before for k in keys):
                    faults.append('%s %s: the keys are others' % (scheme, tools.shown(argv)))
            count += 1
            if tools.output(['smpc-cat', path]) != raw:
                faults.append('%s: smpc-cat changes bytes' % scheme)
        if not any(r.keys for path in files.values() for r in share.parse(read(path))):
            faults.append('%s: no share holds a key, so nothing was tested' % scheme)
    return faults, count


COMMANDS = {'self': self_test, 'uniform': uniform, 'apart': apart, 'keyless': keyless}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--rows', type=int, default=10000)
    parser.add_argument('command', choices=COMMANDS)
    parser.add_argument('operands', nargs='*', choices=list(SCHEMES) + [[]])
    args = parser.parse_args()
    return tools.report('statistics', *COMMANDS[args.command](args))


if __name__ == '__main__':
    sys.exit(main())
