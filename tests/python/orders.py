#!/usr/bin/env python3
"""What smpc-sort and smpc-shuf are to give, by Python's own sort of exact numbers.

orders.py table ROWS SEED            a CSV of columns a to e with many equal numbers, of which some of c and d are missing
orders.py sorted GOT SPEC TOP FILE.. GOT holds the first TOP rows (0: all) of the rows of all FILEs, sorted by SPEC
orders.py shuffled GOT ROWS FILE..   GOT holds ROWS of these rows (0: all), each at most as often as they do

SPEC is a list such as a,c:desc; "-" stands for all columns.  A message on standard output says what is wrong.
"""
import csv
import random
import sys
from collections import Counter
from fractions import Fraction


def table(rows, seed):
    r = random.Random(seed)
    columns = [lambda: r.randint(-2, 2), lambda: Fraction(r.randint(-9, 9), 2), lambda: r.choice([None, -1, 0, 7]),
               lambda: r.choice([None, Fraction(r.randint(-100, 100), 4)]), lambda: Fraction(r.randint(-2**16, 2**16), 4)]
    out = csv.writer(sys.stdout, lineterminator='\n')
    out.writerow('abcde')
    for _ in range(rows):
        out.writerow(['' if x is None else '%.2f' % x for x in (make() for make in columns)])


def read(name):
    """Names and rows, without the columns that tell of others what is there: empty fields tell the same."""
    with open(name, newline='') as f:
        lines = list(csv.reader(f))
    keep = [j for j, column in enumerate(lines[0]) if not column.endswith('.present')]
    rows = [tuple(Fraction(line[j]) if line[j] else None for j in keep) for line in lines[1:]]
    for line in lines[1:]:
        for j, column in enumerate(lines[0]):
            if column.endswith('.present') and bool(line[lines[0].index(column[:-8])]) != (line[j] == '1'):
                print('%s says something else than the field' % column)
    return [lines[0][j] for j in keep], rows


def read_all(files):
    names, rows = read(files[0])
    for name in files[1:]:
        rows += read(name)[1]
    return names, rows


def in_order(names, rows, spec):
    """Sorted by the last key first, as Python's sort is stable; what is missing stands last either way."""
    for key in reversed(names if spec == '-' else spec.split(',')):
        column, _, direction = key.partition(':')
        j = names.index(column)
        there = sorted((row for row in rows if row[j] is not None), key=lambda row: row[j], reverse=direction == 'desc')
        rows = there + [row for row in rows if row[j] is None]
    return rows


def check_sorted(got, spec, top, files):
    names, rows = read_all(files)
    due = in_order(names, rows, spec)
    due = due[:top] if top else due
    if read(got) != (names, due):
        print('%s is not what is due by %s: %s' % (got, spec, [(a, b) for a, b in zip(read(got)[1], due) if a != b][:3]))


def check_shuffled(got, rows, files):
    names, all_rows = read_all(files)
    got_names, got_rows = read(got)
    if got_names != names or len(got_rows) != (min(rows, len(all_rows)) if rows else len(all_rows)):
        print('%s has %d rows' % (got, len(got_rows)))
    if Counter(got_rows) - Counter(all_rows):
        print('%s has rows that are not there' % got)


def main():
    what, *rest = sys.argv[1:]
    if what == 'table':
        table(int(rest[0]), int(rest[1]))
    elif what == 'sorted':
        check_sorted(rest[0], rest[1], int(rest[2]), rest[3:])
    else:
        check_shuffled(rest[0], int(rest[1]), rest[2:])


main()
