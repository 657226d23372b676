"""Exact integer arithmetic, against which the tools that compute in a session are checked.

numbers ROWS COLUMNS BITS SEED        print random words, as decimals of 16 fraction bits
mul GOT F SHIFT FILE...               products from left to right, each cut off by SHIFT bits: 0 or 1 ulp more than the floor
matmul GOT F SHIFT A B                a product of matrices, cut off
matmul-t GOT F SHIFT A B              of A transposed and B
truncate GOT F SHIFT FILE             cut off
floor-...                             the same, cut off to the floor exactly
compare GOT RELATION A B              1 or 0; B may be a number
select GOT CONDITION A B

Files are CSV without header, or with one that holds no number.  Words of the operands have 16 fraction bits, those of GOT F
fraction bits.  Prints what is wrong, and nothing else.
"""

import operator
import random
import sys
from fractions import Fraction


def nearest(cell, bits):
    """nearest(cell, bits): the word next to a number; halves go to the even one, as by round(Fraction(cell) * 2**bits)."""
    whole, _, part = cell.partition(".")
    try:
        number, unit = int(whole + part) << bits, 10 ** len(part)
    except ValueError:  # with an exponent, or none
        return round(Fraction(cell) * 2**bits)
    word, rest = divmod(number, unit)
    return word + (2 * rest > unit or (2 * rest == unit and word & 1))


def rows(path, bits=16):
    table = []
    for line in open(path):
        try:
            table.append([nearest(cell, bits) for cell in line.strip().split(",")])
        except ValueError:
            if table:
                raise
    return table


def decimal(word):
    sign, word = ("-", -word) if word < 0 else ("", word)
    return f"{sign}{word >> 16}.{(word & 65535) * 5**16:016d}"


def numbers(count, columns, bits, seed):
    rng = random.Random(int(seed))
    top = 2 ** int(bits) - 1
    for _ in range(int(count)):
        print(",".join(decimal(rng.choice((rng.randint(-top, top), rng.randint(-999, 999), top, -top)))
                       for _ in range(int(columns))))


def spread(table, height, width):
    """Repeat a single row and a single column."""
    table = table * height if len(table) == 1 else table
    return [row * width if len(row) == 1 else row for row in table]


def compare_tables(got, want, slack):
    """Every word of got exceeds that of want by 0 .. slack."""
    if [len(r) for r in got] != [len(r) for r in want]:
        print(f"shape: {len(got)} rows instead of {len(want)}, or other columns")
        return
    above = total = 0
    for i, (g, w) in enumerate(zip(got, want)):
        for j, (x, y) in enumerate(zip(g, w)):
            above += x - y
            total += 1
            if not 0 <= x - y <= slack:
                print(f"row {i + 1} column {j + 1}: {x} instead of {y}")
                return
    if slack == 0 and above != 0:
        print("not exact")


def times(a, b):
    columns = list(zip(*b))
    return [[sum(map(operator.mul, row, column)) for column in columns] for row in a]


def cut(table, shift):
    return [[word >> shift for word in row] for row in table]


def check(op, got_path, *args):
    slack = 1
    if op.startswith("floor-"):
        op, slack = op[6:], 0
    if op == "compare":
        relation, a, b = args
        a = rows(a)
        try:
            b = [[round(Fraction(b) * 2**16)]]
        except ValueError:
            b = rows(b)
        height, width = max(len(a), len(b)), max(len(a[0]), len(b[0]))
        want = [[int(getattr(operator, relation)(x, y)) for x, y in zip(r, s)]
                for r, s in zip(spread(a, height, width), spread(b, height, width))]
        compare_tables(rows(got_path, 0), want, 0)
        return
    if op == "select":
        condition, a, b = rows(args[0], 0), rows(args[1]), rows(args[2])
        want = [[x if c else y for c, x, y in zip(*r)] for r in zip(spread(condition, len(a), len(a[0])), a, b)]
        compare_tables(rows(got_path), want, 0)
        return
    f, shift, tables = int(args[0]), int(args[1]), [rows(path) for path in args[2:]]
    got = rows(got_path, f)
    if op == "matmul":
        want = cut(times(*tables), shift)
    elif op == "matmul-t":
        want = cut(times([list(c) for c in zip(*tables[0])], tables[1]), shift)
    elif op == "truncate":
        want = cut(tables[0], shift)
    elif op == "mul":
        height = max(map(len, tables))
        width = max(len(t[0]) for t in tables)
        want = spread(tables[0], height, width)
        for t in tables[1:]:
            want = cut([[x * y for x, y in zip(r, s)] for r, s in zip(want, spread(t, height, width))], shift)
    compare_tables(got, want, 0 if shift == 0 else slack)


if __name__ == "__main__":
    if sys.argv[1] == "numbers":
        numbers(*sys.argv[2:])
    else:
        check(*sys.argv[1:])
