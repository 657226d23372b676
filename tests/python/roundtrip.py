#!/usr/bin/env python3
"""
roundtrip.py [--seed N] VALUES: share decimals of VALUES words, reveal them, and check each printed decimal: it encodes
to the same word, no shorter one does, and it is the nearest of its length.  All edges, several fraction bits, decimals
that have to be rounded, and residues.  Works in the directory at hand.
"""

import argparse
import os
import random
import sys
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import exact                    # noqa: E402
import tools                    # noqa: E402

LOW, HIGH = -2 ** 63, 2 ** 63 - 1
BITS = (0, 1, 2, 8, 13, 16, 24, 31, 32, 33, 40, 48, 61, 62)


def edges():
    """edges(): words at which something may go wrong."""
    out = {0, LOW, HIGH}
    for k in range(63):
        out |= {s * (2 ** k + d) for s in (1, -1) for d in (-1, 0, 1)}
    for k in range(19):
        out |= {s * (10 ** k + d) for s in (1, -1) for d in (-1, 0, 1)}
    out |= {LOW + d for d in range(4)} | {HIGH - d for d in range(4)}
    return sorted(w for w in out if LOW <= w <= HIGH)


def random_word(rng):
    """random_word(rng): a word of random size."""
    return max(LOW, min(HIGH, rng.choice((1, -1)) * rng.getrandbits(rng.randint(1, 63))))


def rounded(rng, bits):
    """rounded(rng, bits): (decimal, word) of a decimal that is no multiple of 2^-bits, or only just."""
    places = rng.randint(0, bits + 3)
    number = rng.randint(-10 ** (places + rng.randint(0, 3)), 10 ** (places + rng.randint(0, 3)))
    text = '%s%d.%0*d' % ('-' if number < 0 else '', abs(number) // 10 ** places, places,
                          abs(number) % 10 ** places) if places else str(number)
    return text, exact.nearest_even(Fraction(number * 2 ** bits, 10 ** places))


def ties(rng, bits):
    """ties(rng, bits): a decimal half-way between two words, and the even one."""
    word = rng.randint(-2 ** 40, 2 ** 40)
    return exact.decimal(2 * word + 1, bits + 1), word + word % 2


def cases(rng, bits, count):
    out = [(exact.decimal(w, bits), w) for w in edges()]
    while len(out) < count:
        kind = rng.random()
        if kind < 0.8 or bits == 0:
            w = random_word(rng)
            out.append((exact.decimal(w, bits), w))
        elif kind < 0.95:
            text, w = rounded(rng, bits)
            if LOW <= w <= HIGH:
                out.append((text, w))
        else:
            out.append(ties(rng, bits))
    return out[:max(count, len(edges()))]


def through(options, texts, name):
    """through(options, texts, name): what is revealed of these decimals, in a column."""
    with open(name, 'w', encoding='ascii') as f:
        f.write('v\n' + '\n'.join(texts) + '\n')
    tools.output(['smpc-share', '-n', 2] + options + ['-o', name, name])
    printed = tools.output(['smpc-reveal', name + '.1', name + '.2']).decode().split('\n')
    for file in os.listdir('.'):
        if file == name or file.startswith(name + '.'):
            os.unlink(file)
    if printed[0] != 'v' or printed[-1] != '':
        raise tools.Fault('a head or the end is missing')
    return printed[1:-1]


def real(rng, bits, count, faults):
    given = cases(rng, bits, count)
    printed = through(['--fraction-bits', bits], [text for text, _ in given], 'b%d' % bits)
    if len(printed) != len(given):
        faults.append('%d fraction bits: %d rows instead of %d' % (bits, len(printed), len(given)))
    for (text, word), got in zip(given, printed):
        why = exact.fault_of_print(got, word, bits)
        if why:
            faults.append('%d fraction bits: %s went in: %s' % (bits, text, why))
    return len(given)


def residues(rng, modulus, count, faults):
    given = [rng.randrange(modulus) for _ in range(count)] + [0, modulus - 1, modulus // 2]
    printed = through(['-q', modulus], map(str, given), 'q')
    if printed != [str(v) for v in given]:
        faults.append('modulus %d: other numbers come out' % modulus)
    return len(given)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('values', type=int)
    args = parser.parse_args()
    rng, faults, count = random.Random(args.seed), [], 0
    each = args.values // (len(BITS) + 2)
    try:
        for bits in BITS:
            count += real(rng, bits, 3 * each if bits == 16 else each, faults)
        for modulus in (2, 501337, 2 ** 64 - 59):
            count += residues(rng, modulus, max(10, each // 10), faults)
    except tools.Fault as e:
        faults.append(e)
    return tools.report('roundtrip', faults, count)


if __name__ == '__main__':
    sys.exit(main())
