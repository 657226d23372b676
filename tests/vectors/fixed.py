#!/usr/bin/env python3
"""Print fixed.tsv: what decimal text means in fixed point, and back, by exact fractions.

    python3 tests/vectors/fixed.py > tests/vectors/fixed.tsv

Columns: kind, parameter, input, result.
    parse    f          text    integer, "syntax" or "range"
    integer  -          text    integer, "syntax" or "range"
    residue  Q          text    integer, "syntax" or "range"
    double   f          text    the text's nearest double, rounded to f fraction bits
    format   f/divisor  value   text
    unsigned divisor    value   text
"""

import random
import re
from fractions import Fraction

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?", re.ASCII)
HUGE = 100000  # exponents beyond are not made into fractions


def value(text):
    """Return the fraction that the text stands for, None if it is no number, or "huge"."""
    match = NUMBER.fullmatch(text)
    if not match:
        return None
    mantissa = re.split("[eE]", text)[0]
    exponent = int(match.group(1) or 0)
    if abs(exponent) > HUGE:
        if Fraction(mantissa) == 0:
            return Fraction(0)
        return Fraction(1 if mantissa[0] != "-" else -1, 10**HUGE) if exponent < 0 else "huge"
    return Fraction(mantissa) * Fraction(10) ** exponent


def nearest(x):
    """Round to the nearest integer, ties to even."""
    return round(x)


def word(x):
    return x if -(2**63) <= x < 2**63 else "range"


def parse(text, f):
    x = value(text)
    if x is None:
        return "syntax"
    return "range" if x == "huge" else word(nearest(x * 2**f))


def integer(text):
    x = value(text)
    if x == "huge":
        return "range"
    if x is None or x.denominator != 1:
        return "syntax"
    return word(x.numerator)


def residue(text, q):
    x = value(text)
    if x == "huge":
        return "range"
    if x is None or x.denominator != 1:
        return "syntax"
    return x.numerator if 0 <= x < q else "range"


def plain(n, places):
    """Write n / 10^places."""
    sign = "-" if n < 0 else ""
    digits = str(abs(n)).rjust(places + 1, "0")
    return sign + (digits if places == 0 else digits[:-places] + "." + digits[-places:])


def shortest(x, close):
    """The text with the fewest places that close() accepts; of these the nearest to x."""
    places = 0
    while True:
        n = nearest(x * 10**places)
        if close(Fraction(n, 10**places)):
            return plain(n, places)
        places += 1


def text(v, f, divisor):
    if divisor == 1:
        return shortest(Fraction(v, 2**f), lambda y: nearest(y * 2**f) == v)
    unit = Fraction(1, 2**f * divisor)
    return shortest(v * unit, lambda y: abs(y - v * unit) < unit / 2**20)


def decimal(x):
    """A fraction whose denominator is a power of two, in full."""
    places = x.denominator.bit_length() - 1
    return plain(int(x * 10**places), places)


def emit(*columns):
    print("\t".join(str(c) for c in columns))


def random_text(rng):
    def digits(n):
        return "".join(rng.choice("0123456789") for _ in range(n))

    s = rng.choice(["", "", "-", "-", "+"]) + digits(rng.choice([0, 1, 1, 2, 3, 5, 8, 12, 19, 20]))
    if rng.random() < 0.8:
        s += "." + digits(rng.choice([0, 1, 2, 4, 6, 7, 8, 9, 15, 17, 18, 19, 20, 25, 40]))
    if rng.random() < 0.3:
        s += rng.choice("eE") + rng.choice(["", "+", "-"]) + str(rng.choice([0, 1, 2, 5, 9, 18, 19, 25, 40, 300]))
    return s


SYNTAX = ["", "+", "-", ".", "+.", "-.", "e5", ".e5", "1e", "1e+", "1e-", "1.2.3", "1..2", "--1", "+-1", "1-", "1 ", " 1",
          "inf", "-inf", "nan", "NaN", "0x10", "1p3", "1,5", "1_000", "1e5.0", "1e5e5", "1f", "½", "１", "abc", "1e 5", "''"]
PLAIN = ["0", "-0", "+0", "0.0", "-0.0", ".0", "0.", "-.0", "00", "007", "1", "-1", "+1", "1.", "5.", ".5", "-.5", "+.5",
         "2.5", "-2.5", "1.5", "3.5", "0.5", "0.25", "0.75", "0.125", "3.0", "3e2", "3E2", "3e+2", "30e-1", "3.0e0", "1e3",
         "123456789", "0.1", "0.2", "0.3", "3.14159265358979", "-163.291906", "99999999.99999999", "100000000", "1e-5",
         "0e999999999999999999999", "1e-999999999999999999999", "1e999999999999999999999", "-1e99999", "1e5000",
         "1e-5000", "0" * 300 + "1", "0." + "0" * 300 + "1", "1" + "0" * 300, "1" + "0" * 300 + "e-300",
         "0." + "0" * 300 + "1e301", "1" + "0" * 30 + "." + "0" * 30 + "e-30", "9" * 300, "0." + "9" * 300, "1." + "9" * 300,
         "9" * 19, "9" * 18, "1" + "0" * 18, "1" + "0" * 19, "1" * 19 + "." + "1" * 19, "18446744073709551615",
         "18446744073709551616", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
         "-9223372036854775809", "9223372036854775807.4999", "9223372036854775807.5", "-9223372036854775808.5",
         "-9223372036854775808.50000000000000000000000000001", "9223372036854775806.5", "1000000000000000000000e-3",
         "12300000000000000000000000e-20", "12345678901234567890123e-3", "184467440737095516150e-1", "2.50e1", "2.5e0",
         "-5", "-1e2", "1e18", "1e19", "4e18", "0.00000762939453125", "0.000003814697265625"]


def ties(rng):
    """Text at a tie between two values, and a hair beside it."""
    for f in (0, 1, 2, 3, 8, 16, 24, 32, 40, 47, 52, 60, 61, 62):
        top = 2**63 - 1
        for v in (0, 1, 2, 3, rng.getrandbits(16), rng.getrandbits(40), rng.getrandbits(62), top - 1, top):
            s = decimal(Fraction(2 * v + 1, 2 ** (f + 1)))
            for t in (s, "-" + s, s + "0", s + "0" * 40 + "1", decimal(Fraction(v, 2**f))):
                yield f, t
            if "." in s:
                yield f, s[:-1] + "4" + "9" * 30
                yield f, s.replace(".", "") + "e-" + str(len(s.split(".")[1]))


def main():
    rng = random.Random(20240607)
    for s in SYNTAX + PLAIN:
        for f in (0, 1, 16, 32, 62):
            emit("parse", f, s, parse(s, f))
        emit("integer", "-", s, integer(s))
        for q in (2, 10, 65537, 2**61 - 1, 2**63 + 1, 2**64):
            emit("residue", q, s, residue(s, q))
    for f, s in ties(rng):
        emit("parse", f, s, parse(s, f))
    for _ in range(1500):
        s, f = random_text(rng), rng.randrange(63)
        emit("parse", f, s, parse(s, f))
        x = value(s)
        if x is not None and x != "huge" and abs(x) < 2**40:
            emit("double", 20, s, nearest(Fraction(float(x)) * 2**20))
    edges = [0, 1, 2, 3, 5, 7, 9, 10, 99, 100, 65535, 65536, 65537, 2**62, 2**63 - 2, 2**63 - 1]
    for f in range(63):
        values = edges + [rng.getrandbits(rng.randrange(1, 64)) for _ in range(4)]
        for v in rng.sample(values, 8):
            v = rng.choice([v, -v])
            emit("format", f"{f}/1", v, text(v, f, 1))
        for d in (2, 3, 7, 569, 2**32):
            v = rng.choice(values) * rng.choice([1, -1])
            emit("format", f"{f}/{d}", v, text(v, f, d))
        emit("format", f"{f}/1", -(2**63), text(-(2**63), f, 1))
    for d, v in ((1, 2**64 - 1), (2, 5), (2, 4), (3, 1), (2**32, 2**64 - 1), (10, 12345), (7, 2**63), (569, 0)):
        emit("unsigned", d, v, text(v, 0, d))


main()
