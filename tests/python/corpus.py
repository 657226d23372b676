#!/usr/bin/env python3
"""
The toolkit against the vectors in tests/vectors and against sharestream.py, in the directory at hand:

    corpus.py damaged    every damaged stream is refused with its status and message
    corpus.py words      every good stream has the words of its index
    corpus.py reveal     every set of shares of reveal.tsv reveals its values
    corpus.py again      re-blocked, as text and back, and sealed: words and ids stay
"""

import csv
import os
import random
import re
import shutil
import sys
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import exact                    # noqa: E402
import fixtures                 # noqa: E402
import sharestream as share     # noqa: E402
import tools                    # noqa: E402

VECTORS = os.path.join(HERE, '..', 'vectors')
SEALED = ['-i', 'bob.key', '-p', 'parties.json']
OPEN = SEALED + ['--unsealed']  # what is sealed and what is not, and what comes out is not


def table(folder, name):
    """table(folder, name): the rows of a tab-separated file without its head."""
    with open(os.path.join(VECTORS, folder, name), encoding='utf-8') as f:
        return [line.rstrip('\n').split('\t') for line in f if not line.startswith('#')]


def take_keys(folder):
    """take_keys(folder): copy identity and parties file here, with the mode that an identity needs."""
    for name in ('bob.key', 'parties.json'):
        shutil.copyfile(os.path.join(VECTORS, folder, name), name)
    os.chmod('bob.key', 0o600)


def take(folder, name):
    """take(folder, name): copy a stream here under a name that says nothing, as messages contain it."""
    shutil.copyfile(os.path.join(VECTORS, folder, name), 'x')
    return 'x'


def keys(how, tool='smpc-info'):
    if not how.startswith('unseal'):
        return []
    return SEALED if tool == 'smpc-info' else OPEN


def read(path):
    with open(path, 'rb') as f:
        return f.read()


# Three ways to read a stream: record by record, copying records, as rows.
READERS = (['smpc-info'], ['smpc-cat', '-o', 'y'], ['smpc-head', '-n', '1', '-o', 'y'])


def damaged():
    take_keys('damaged')
    faults, count = [], 0
    for name, status, pattern, how, defect in table('damaged', 'index.tsv'):
        for argv in READERS:
            count += 1
            got, _, error = tools.run(argv + keys(how, argv[0]) + [take('damaged', name)])
            message = error[error.find(': ') + 2:]
            if got != int(status) or not re.search(pattern, message, re.IGNORECASE) or error.count('\n') != 1:
                faults.append('%s (%s): %s: status %s /%s/ expected, got %d: %s' % (name, defect, argv[0], status,
                                                                                    pattern, got, error.strip()))
            if os.path.exists('y'):
                faults.append('%s (%s): %s left an output' % (name, defect, argv[0]))
                os.unlink('y')
    return faults, count


def words_of(argv):
    """words_of(argv): lines "row,plane,words..." as smpc-info prints them."""
    return tools.output(['smpc-info', '--words'] + argv).decode().splitlines()


def words():
    take_keys('good')
    faults, count = [], 0
    for name, how, records, parts, file, _, what in table('good', 'index.tsv'):
        count += 1
        path = take('good', name)
        expected = [line.partition(',')[2] for line in
                    read(os.path.join(VECTORS, 'good', file)).decode().splitlines()]
        got = words_of(keys(how) + [path])
        if got != expected:
            faults.append('%s (%s): smpc-info --words differs from %s' % (name, what, file))
        told = [share.parse_object(line) for line in
                tools.output(['smpc-info', '--json'] + keys(how) + [path]).splitlines()]
        if sum(t['records'] for t in told) != int(records) or sum(len(t['parts']) for t in told) != int(parts):
            faults.append('%s (%s): smpc-info --json counts other records or parts' % (name, what))
    return faults, count


def values_of(path):
    """values_of(path): the tables in a file that smpc-py reveal wrote, with a head each."""
    tables = [[]]
    with open(path, encoding='utf-8', newline='') as f:
        for row in csv.reader(f):
            if not row:
                tables.append([])
            elif not row[0].startswith('# '):
                tables[-1].append(row)
    return tables


def tensors_of(parts):
    """tensors_of(parts): the header of the first part of each tensor."""
    out = []
    for part in parts:
        h = part.header
        if not out or (out[-1]['name'], out[-1].get('columns'), out[-1]['cols']) != (h['name'], h.get('columns'),
                                                                                   part.cols):
            out.append(dict(h, cols=part.cols))
    return out


def compare(printed, expected, headers):
    """compare(printed, expected, headers): the first difference between printed and exact values, or None."""
    if len(printed) != len(expected) or len(headers) != len(expected):
        return '%d tables instead of %d' % (len(printed), len(expected))
    for rows, (head, *exact_rows), h in zip(printed, expected, headers):
        if 'columns' in h:
            if rows[:1] != [head]:
                return 'the first line is %s' % rows[:1]
            rows = rows[1:]
        if [len(r) for r in rows] != [len(r) for r in exact_rows]:
            return 'the shape differs'
        for i, (row, exact_row) in enumerate(zip(rows, exact_rows)):
            unit = h['row_exponents'][i] if 'row_exponents' in h else 0
            for text, value, column in zip(row, exact_row, h.get('about', [None] * h['cols'])):
                if value == '' or text == '':
                    if text != value:
                        return '%r, and not %r' % (text, value)
                    continue
                bits = h['fraction_bits'] - (column or {}).get('exponent', 0) - unit
                fault = exact.fault_of_value(text, Fraction(value), bits, h.get('divisor', 1), int(h['modulus'])) \
                    if 0 <= bits <= 62 else exact.fault_of_scaled(text, Fraction(value), bits)
                if fault:
                    return fault
    return None


def reveal():
    faults, count = [], 0
    for files, file in table('good', 'reveal.tsv'):
        count += 1
        paths = [os.path.join(VECTORS, 'good', name) for name in files.split()]
        text = tools.output(['smpc-reveal'] + paths).decode()
        headers = tensors_of(share.parts(share.parse(read(paths[0]))))
        fault = compare(tools.printed_tables(text), values_of(os.path.join(VECTORS, 'good', file)), headers)
        if fault:
            faults.append('%s: %s' % (files, fault))
    return faults, count


def same(before, data):
    """same(before, data): the parts in the bytes ${data} are those of ${before}: fields, shape and words."""
    after = share.parts(share.parse(data))
    return [(p.header, p.rows, p.cols, p.planes) for p in before] == [(p.header, p.rows, p.cols, p.planes)
                                                                     for p in after]


def transformed(number, name, how, parts):
    """transformed(number, name, how, parts): yield (what was done to a good stream, the result; b'' for a fault)."""
    path = take('good', name)
    opened = tools.output(['smpc-cat'] + keys(how, 'smpc-cat') + [path])
    yield 'smpc-cat', opened
    line = tools.output(['smpc-cat', '--json'] + keys(how, 'smpc-cat') + [path])
    if any(r.form != 'text' for r in share.parse(line)):
        yield 'smpc-cat --json wrote a binary record', b''
    yield 'smpc-cat --json', line
    back = tools.output(['smpc-cat'], line)
    yield 'smpc-cat --json | smpc-cat', back
    if back != opened or (parts == 1 and how == 'plain' and 'text' not in name and
                          name not in ('any-json', 'blanks.alice', 'mixed.alice') and back != read(path)):
        yield 'smpc-cat --json | smpc-cat changes bytes', b''
    cut = share.reblock(share.parse(opened), random.Random(number))
    for form in (share.encode_binary, share.encode_text):
        yield 'smpc-py reblock | smpc-cat', tools.output(['smpc-cat'], b''.join(map(form, cut)))
    if words_of([write('z', b''.join(map(share.encode_binary, cut)))]) != words_of([write('w', opened)]):
        yield 'smpc-info --words of the re-blocked stream differs', b''
    # smpc-seal refuses to give bob the fresh share of another party of the same sharing.
    if not any(r.header['op'] == 'share' and 'bob' in r.header.get('parties', []) and r.header['party'] != 'bob'
               for r in share.parse(opened)):
        sealed = tools.output(['smpc-seal'] + SEALED + ['bob'], opened)
        yield 'smpc-seal', share.unsealed(sealed, fixtures.unsealer())
        yield 'smpc-seal | smpc-cat -i', tools.output(['smpc-cat'] + OPEN, sealed)
    python = share.seal(opened, 'bob', 'bob', fixtures.SECRETS['bob'], fixtures.PUBLIC['bob'], chunk=997)
    yield 'seal in python | smpc-cat -i', tools.output(['smpc-cat'] + OPEN, python)


def write(path, data):
    with open(path, 'wb') as f:
        f.write(data)
    return path


def again():
    take_keys('good')
    faults, count = [], 0
    for number, (name, how, _, parts, _, _, what) in enumerate(table('good', 'index.tsv')):
        unseal = fixtures.unsealer() if how != 'plain' else None
        before = share.parts(share.parse(read(os.path.join(VECTORS, 'good', name)), unseal))
        count += 1
        try:
            for done, data in transformed(number, name, how, int(parts)):
                count += 1
                if not same(before, data):
                    faults.append('%s (%s): %s: fields or words differ' % (name, what, done))
        except (share.ShareError, tools.Fault) as e:
            faults.append('%s (%s): %s' % (name, what, e))
    return faults, count


COMMANDS = {'damaged': damaged, 'words': words, 'reveal': reveal, 'again': again}


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    return tools.report(sys.argv[1], *COMMANDS[sys.argv[1]]())


if __name__ == '__main__':
    sys.exit(main())
