"""
Exact numbers for the tests: decimals of words, and whether a printed decimal is the right one.  Integers and Fractions
only; shares no code with the toolkit.
"""

import re
from fractions import Fraction

TWO64 = 1 << 64
PLAIN = re.compile(r'-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?\Z')


def signed(word):
    """signed(word): a word of Z_2^64 read as two's complement."""
    return word - TWO64 if word >> 63 else word


def decimal(numerator, fraction_bits):
    """decimal(numerator, fraction_bits): the exact decimal of numerator / 2^fraction_bits."""
    digits = str(abs(numerator) * 5 ** fraction_bits).rjust(fraction_bits + 1, '0')
    sign = '-' if numerator < 0 else ''
    if fraction_bits == 0:
        return sign + digits
    return sign + digits[:-fraction_bits] + '.' + digits[-fraction_bits:]


def nearest_even(x):
    """nearest_even(x): the whole number nearest to the Fraction ${x}, of two the even one."""
    return round(x)


def fault_of_print(text, numerator, fraction_bits=0, divisor=1):
    """
    fault_of_print(text, numerator, fraction_bits, divisor): what is wrong with ${text} as the plain decimal of
    numerator / (2^fraction_bits divisor), or None.  It has to encode to the same numerator (with a divisor, to be
    nearer than 2^-20 of a unit), no shorter one may, and it is the nearest of its length.
    """
    if not PLAIN.match(text) or text == '-0':
        return '%s is not in plain notation' % text
    digits, _, fraction = text.partition('.')
    places = len(fraction)
    number, unit = int(digits + fraction), 10 ** places
    scale = divisor << fraction_bits

    def encodes(n, u):
        off = abs(n * scale - numerator * u)            # in units of 1 / (u scale)
        if divisor != 1:
            return off << 20 < u
        return 2 * off < u or (2 * off == u and numerator % 2 == 0)
    if not encodes(number, unit):
        return '%s does not encode to %d / (2^%d %d)' % (text, numerator, fraction_bits, divisor)
    if 2 * abs(number * scale - numerator * unit) > scale:
        return '%s is not the nearest of its length to %d / (2^%d %d)' % (text, numerator, fraction_bits, divisor)
    if places:
        below = numerator * (unit // 10) // scale
        if encodes(below, unit // 10) or encodes(below + 1, unit // 10):
            return '%s is longer than needed for %d / (2^%d %d)' % (text, numerator, fraction_bits, divisor)
    return None


def fault_of_value(text, value, fraction_bits, divisor, modulus=TWO64):
    """fault_of_value(...): the same for a Fraction ${value} of a tensor of that scale."""
    numerator, rest = divmod(value.numerator * (divisor << fraction_bits), value.denominator)
    if rest != 0:
        return '%s is no multiple of 1 / (2^%d %d)' % (value, fraction_bits, divisor)
    numerator %= modulus
    return fault_of_print(text, signed(numerator) if modulus == TWO64 else numerator, fraction_bits, divisor)


def fault_of_scaled(text, value, bits):
    """fault_of_scaled(text, value, bits): what is wrong with ${text} as the Fraction ${value}, or None: off by half of 2^-bits."""
    if len(re.sub(r'e.*|[^0-9]', '', text).strip('0')) > 17:
        return '%s has more than 17 digits' % text
    if 2 * abs(Fraction(text) - value) >= Fraction(2) ** -bits:
        return '%s is off by more than 2^-%d from %s' % (text, bits + 1, value)
    return None
