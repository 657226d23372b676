#!/usr/bin/env python3
"""
make-damaged.py [--check]: write tests/vectors/damaged, or check that it is what this script writes.

Each stream has one defect; its digests are right unless they are the defect.  index.tsv gives for each: the exit status
with which a reader refuses it (1 if the structure is wrong or it is cut, 4 if integrity, authentication or consistency
fails), an extended regular expression for the message (ignoring case), how to read it, and the defect.  The script
checks that the stream it starts from is valid, and that sharestream.py refuses the damaged one with this status and
message.
"""

import json
import os
import re
import struct
import sys
from array import array

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, '..', 'python'))
import fixtures                 # noqa: E402
import noise                    # noqa: E402
import sharestream as share     # noqa: E402

TWO64 = share.TWO64
THREE = ['dealer', 'alice', 'bob']
random_bytes = share.SeededBytes('damaged vectors')
cases = []          # (file, status, pattern, how, defect)
files = {}

ID = "(^|[ '])ids?[ ':]"     # the word id in a message
PLAIN, UNSEAL = 'plain', 'unseal %s.key' % fixtures.READER


# The streams to start from.

def masked(rows, keyed, **options):
    """masked(rows, keyed, options): a sharing of rows x 2 in records of two rows."""
    table = [[3 * i, -i] for i in range(rows)]
    o = dict(name='tab', columns=['u', 'v'], fraction_bits=16)
    o.update(options)
    return share.share_masked(table, 2, THREE, 2, keyed, random_bytes, **o)


def additive(rows, keyed, modulus=501337, **options):
    table = [[3 * i, i] for i in range(rows)]
    return share.share_additive(table, 2, ['alice', 'bob'], modulus, 2, keyed, random_bytes, name='tab', **options)


KEYED = masked(2, True)             # one record: key, payload
KEY = KEYED['alice'][0]
DEALER = KEYED['dealer'][0]         # one record: part keys, no payload
WORDS = masked(5, False)['alice']   # three records: words
ADDITIVE = additive(2, False)['alice'][0]
ADDITIVE_KEY = additive(2, True)['alice'][0]
PUBLIC = share.share_public([[1, 2], [3, 4]], 2, 501337, 2, random_bytes, name='tab')[0]
PLAIN_COLUMNS = masked(5, False, columns=None)['alice']


def binary(*records):
    return b''.join(map(share.encode_binary, records))


def text(*records):
    return b''.join(map(share.encode_text, records))


# Building what a writer would not write.

def raw(header, keys=(), payload=b'', version=1, header_bytes=None, key_count=None, zero=0, word_count=None, pad=None):
    """raw(...): a binary record of the header bytes ${header}, any field of the prelude replaced, the digest right."""
    if pad is None:
        pad = bytes(-(32 + len(header)) % 64)
    before = share.MAGIC + struct.pack('<IIIIQ', version, len(header) if header_bytes is None else header_bytes,
                                       len(keys) if key_count is None else key_count, zero,
                                       len(payload) // 8 if word_count is None else word_count)
    before += header + pad + b''.join(keys)
    return before + payload + share.digest(before, payload)


def again(record, header=None, **damage):
    """again(record, header, damage): ${record} with the header bytes ${header} and other damage."""
    header = share.canonical(record.header) if header is None else header
    options = dict(keys=record.keys, payload=share.words_to_bytes(record.words))
    options.update(damage)
    return raw(header, **options)


def changed(record, **fields):
    """changed(record, fields): a copy with other fields; None removes one."""
    header = {k: v for k, v in dict(record.header, **fields).items() if v is not None}
    return share.Record(header, record.keys, record.words[:])


def flip(data, at, bit=0):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]


def case(name, status, pattern, defect, data, base, how=PLAIN):
    """case(...): record a damaged stream; ${base} is the valid stream without the defect."""
    assert name not in files, name
    assert data != base, name
    share.parse(base, fixtures.unsealer())
    try:
        share.parse(data, fixtures.unsealer())
    except share.ShareError as e:
        assert e.status == status, '%s: status %d: %s' % (name, e.status, e)
        assert re.search(pattern, str(e), re.IGNORECASE), '%s: %s' % (name, e)
    else:
        raise AssertionError('%s is accepted' % name)
    files[name] = data
    cases.append([name, status, pattern, how, defect])


# Cut streams.

def cut():
    base = binary(KEY)
    header = len(share.canonical(KEY.header))
    start = {'magic': 0, 'prelude': 8, 'header': 32, 'padding': 32 + header, 'key': -(-(32 + header) // 64) * 64}
    start['payload'] = start['key'] + 32
    start['digest'] = start['payload'] + 8 * len(KEY.words)
    assert start['padding'] + 3 < start['key'] and start['digest'] + 32 == len(base)
    case('cut-empty', 1, 'ends early', 'an empty file', b'', base)
    for area, at in start.items():
        case('cut-in-' + area, 1, 'ends early', 'the file ends inside the ' + area, base[:at + 3], base)
    for area in ('prelude', 'header', 'key', 'payload', 'digest'):
        case('cut-before-' + area, 1, 'ends early', 'the file ends before the ' + area, base[:start[area]], base)
    case('cut-last-byte', 1, 'ends early', 'the last byte is missing', base[:-1], base)
    three = binary(*WORDS)
    case('cut-between-records', 1, 'ends early', 'the last of three records is missing', binary(*WORDS[:2]), three)
    case('cut-in-second-record', 1, 'ends early', 'the file ends inside the second record',
         three[:len(binary(WORDS[0])) + 100], three)
    case('cut-one-record', 1, 'ends early', 'the only record is not marked last', binary(changed(KEY, last=False)),
         base)
    lines = text(*WORDS)
    case('cut-text-line', 1, 'ends early|json', 'the file ends inside a line of text', lines[:-300], lines)
    case('cut-text-record', 1, 'ends early', 'the last of three text records is missing', text(*WORDS[:2]), lines)
    case('cut-blank', 1, 'ends early', 'blanks and no record', b'\n \t\r\n', lines)
    case('cut-text-last', 1, 'ends early', 'the last text record is not marked last',
         text(*WORDS[:2], changed(WORDS[2], last=False)), lines)


# Flipped bits, with the digest as it was.

def flips():
    base = binary(KEY)
    at = base.index(b'"tab"') + 1
    pay = len(base) - 32 - 8 * len(KEY.words)
    for name, where, what in (('header', at, 'the name'), ('key', pay - 1, 'a key'), ('payload', pay, 'the payload'),
                              ('payload-end', len(base) - 33, 'the last byte of the payload'),
                              ('digest', -32, 'the digest')):
        case('flip-' + name, 4, 'digest', 'a bit of %s is flipped' % what, flip(base, where % len(base)), base)
    case('flip-magic', 1, 'magic|not a|record|stream', 'a bit of the magic is flipped', flip(base, 5, 3), base)
    case('flip-padding', 4, 'digest', 'a bit of the padding is flipped', flip(base, pay - 33), base)
    three = binary(*WORDS)
    case('flip-second', 4, 'digest', 'a bit of the payload of the second of three records is flipped',
         flip(three, len(binary(*WORDS[:2])) - 40), three)
    dealer = binary(DEALER)
    case('flip-part-key', 4, 'digest', 'a bit of a part key is flipped', flip(dealer, len(dealer) - 33), dealer)
    line = text(KEY)
    word = str(KEY.words[1])
    other = word[:-1] + str((int(word[-1]) + 1) % 10)
    case('flip-text-word', 4, 'digest', 'a digit of a word in text form is changed',
         line.replace(word.encode(), other.encode()), line)
    key = KEY.keys[0].hex().encode()
    case('flip-text-key', 4, 'digest', 'a digit of a key in text form is changed',
         line.replace(key, key[:-1] + (b'0' if key[-1:] != b'0' else b'1')), line)


# The prelude.

def prelude():
    base = binary(KEY)
    n = len(share.canonical(KEY.header))

    def one(name, pattern, defect, /, status=1, **damage):
        case(name, status, pattern, defect, again(KEY, **damage), base)
    one('version-0', 'version', 'version 0', version=0)
    one('version-2', 'version', 'version 2', version=2)
    one('reserved', 'reserved|zero', 'the reserved bytes are 1', zero=1)
    one('padding', 'padding', 'the last byte of the padding is 1', pad=bytes(-(32 + n) % 64 - 1) + b'\1')
    for length in (0, 1, 1048577, 2 ** 32 - 1):
        one('header-length-%d' % length, 'header', 'the header length is %d' % length, header_bytes=length)
    one('header-length-more', 'header|json', 'the header length takes in a byte of padding', header_bytes=n + 1)
    one('header-length-less', 'header|json|padding', 'the header length leaves out the last byte', header_bytes=n - 1)
    one('keys-0', 'digest', 'key count 0 for one key', status=4, key_count=0)
    one('keys-2', 'key', 'two keys for a computing party', keys=KEY.keys * 2)
    for count in (65, 2 ** 32 - 1):
        one('keys-%d' % count, 'key', 'the key count is %d' % count, key_count=count)
    for words in (1048577, 2 ** 61, 2 ** 61 + len(KEY.words), 2 ** 63, 2 ** 64 - 1):
        one('words-%d' % words, 'payload|words', 'the payload length is %d words' % words, word_count=words)
    one('words-less', 'digest', 'the payload length is one word too small', status=4, word_count=len(KEY.words) - 1)
    big = again(changed(KEY, shape=[2 ** 19, 2]), word_count=2 ** 20)
    case('words-1048576', 1, 'ends early', 'payload length and shape agree, but the file is short', big, base)
    dealer = binary(DEALER)
    case('dealer-one-key', 1, 'key', 'a dealer with one part key for two parties', again(DEALER, keys=DEALER.keys[:1]),
         dealer)
    case('dealer-keys-and-words', 1, 'shape|payload|words', 'a dealer with part keys and words',
         again(DEALER, payload=bytes(32)), dealer)
    case('additive-key-and-words', 1, 'shape|payload|words', 'an additive share with a part key and words',
         again(ADDITIVE_KEY, payload=bytes(32)), binary(ADDITIVE_KEY))
    case('public-key', 1, 'key', 'public numbers with a key', again(PUBLIC, keys=KEY.keys), binary(PUBLIC))


# The shape.

def shapes():
    def one(name, pattern, defect, shape, record=KEY):
        case(name, 1, pattern, defect, binary(changed(record, shape=shape)), binary(record))
    free = changed(KEY, columns=None)
    one('shape-more-rows', 'shape|payload|words', 'one row more than the payload', [3, 2])
    one('shape-less-rows', 'shape|payload|words', 'one row less than the payload', [1, 2])
    one('shape-more-columns', 'shape|payload|words', 'one column more than the payload', [2, 3], free)
    one('shape-half', 'shape|payload|words', 'words for m, none for lam', WORDS[0].header['shape'],
        share.Record(dict(WORDS[0].header, shape=[1, 2], last=True), [], WORDS[0].words[:4]))
    one('shape-zero-columns', 'shape|column', 'no columns', [2, 0], free)
    one('shape-wide', 'shape|column', 'more columns than allowed', [2, 524289], free)
    one('shape-huge', 'shape|rows', '2^40 + 1 rows', [2 ** 40 + 1, 2])
    one('shape-beyond', 'shape|rows|integer', '2^64 rows', [2 ** 64, 2])
    one('shape-negative', 'shape|rows', '-2 rows', [-2, 2])
    for count, shape in ((1, [2]), (3, [2, 2, 1]), (0, [])):
        one('shape-%d' % count, 'shape', 'a shape of %d numbers' % count, shape)
    one('shape-string', 'shape', 'a shape of strings', ['2', '2'])
    one('shape-object', 'shape', 'a shape that is an object', {'rows': 2, 'columns': 2})
    overflow = share.Record(dict(free.header, shape=[2 ** 40, 2 ** 19]), [], array('Q'))
    case('shape-no-payload', 1, 'shape|payload|words', '2^40 rows of 2^19 columns and no payload',
         binary(overflow), binary(free))
    empty = share.share_masked([], 2, THREE, 2, True, random_bytes, name='tab')['alice'][0]
    case('zero-rows-before', 1, 'rows|shape', 'a record of 0 rows that is not the last of its part',
         binary(share.Record(dict(WORDS[0].header, shape=[0, 2]), [], array('Q')), *WORDS), binary(*WORDS))
    after = share.Record(dict(WORDS[2].header, shape=[0, 2], first_row=5), [], array('Q'))
    case('zero-rows-after', 1, 'rows|shape', 'a record of 0 rows after others of its part',
         binary(*WORDS[:2], changed(WORDS[2], last=False), after), binary(*WORDS))
    case('zero-rows-words', 1, 'shape|payload|words', '0 rows, but words',
         again(empty, payload=bytes(32)), binary(empty))


# The header's fields.

def fields():
    base = binary(KEY)
    for field in share.REQUIRED + share.SHARED_ONLY:
        case('missing-' + field, 1, "'%s'|\"%s\"" % (field, field), "no '%s'" % field,
             binary(changed(KEY, **{field: None})), base)

    def one(label, pattern, defect, record=KEY, /, **more):
        case(label, 1, pattern, defect, binary(changed(record, **more)), binary(record))
    one('unknown-field', 'comment|unknown|field', 'an unknown field', comment='x')
    one('unknown-empty', 'unknown|field|name', 'a field with an empty name', **{'': 1})
    one('public-party', 'party', 'public numbers of a party', PUBLIC, party='alice')
    one('public-parties', 'parties', 'public numbers with parties', PUBLIC, parties=['alice', 'bob'])
    one('kind', 'kind', 'another kind', kind='model')
    one('scheme', 'scheme', 'another scheme', scheme='replicated')
    one('type-scheme', 'scheme', 'a scheme that is an array', scheme=['masked'])
    one('type-modulus', 'modulus|integer', 'a modulus that is a number', modulus=TWO64)
    one('type-fraction_bits', 'fraction_bits', 'fraction bits that are a string', fraction_bits='16')
    one('type-last', 'last', 'a last that is 1', last=1)
    one('type-first_row', 'first_row', 'a first row that is false', first_row=False)
    one('type-name', 'name', 'a name that is a number', name=7)
    one('type-columns', 'columns', 'columns that are a string', columns='uv')
    one('type-column', 'columns', 'a column name that is a number', columns=['u', 2])
    one('type-inputs', 'inputs', 'inputs that are a string', inputs='')
    one('type-parties', 'parties', 'parties that are an object', parties={'dealer': 0, 'alice': 1, 'bob': 2})
    one('type-party', 'party', 'a party that is an index', party=1)
    for value in ('0', '1', '18446744073709551617', '99999999999999999999999', '0501337', '', '-7', '501337 '):
        label = {'': 'empty', '-7': 'negative', '501337 ': 'blank'}.get(value, value)
        one('modulus-' + label, 'modulus', 'modulus "%s"' % value, ADDITIVE, modulus=value)
    one('modulus-masked', 'modulus', 'a masked sharing with modulus 7', modulus='7')
    one('modulus-fraction', 'fraction_bits', 'fraction bits with modulus 501337', ADDITIVE, fraction_bits=1)
    one('fraction_bits-63', 'fraction_bits', '63 fraction bits', fraction_bits=63)
    one('fraction_bits-negative', 'fraction_bits', '-1 fraction bits', fraction_bits=-1)
    one('fraction_bits-huge', 'fraction_bits|number|integer', '2^64 + 16 fraction bits', fraction_bits=TWO64 + 16)
    for value in (0, 1, -2, 2 ** 32 + 1):
        one('divisor-%s' % ('negative' if value < 0 else value), 'divisor', 'divisor %d' % value, divisor=value)
    one('first_row-negative', 'first_row', 'first row -1', first_row=-1)
    one('first_row-huge', 'first_row', 'first row 2^40 + 1', first_row=2 ** 40 + 1)


def models():
    model = {'network': 'dense 1', 'input': [2, 1, 1]}
    base = binary(changed(KEY, model=model))

    def one(label, defect, value):
        case('model-' + label, 1, 'model', defect, binary(changed(KEY, model=value)), base)
    one('string', 'a model that is a string', 'dense 1')
    one('array', 'a model that is an array', [1])
    one('true', 'a model that holds true', {'network': True})
    one('object', 'a model that holds an object', {'network': {'dense': 1}})
    one('null', 'a model that holds null', {'network': None})
    one('negative', 'a model that holds a negative number', {'step': -1})
    one('huge', 'a model that holds a number beyond 2^53', {'step': 2 ** 53 + 1})
    one('nested', 'a model that holds an array in an array', {'input': [[1]]})
    one('name', 'a model with a name in capitals', {'Network': 'dense 1'})
    one('no-name', 'a model with an empty name', {'': 'dense 1'})
    one('empty', 'a model with an empty string', {'network': ''})
    one('long', 'a model with a string of 65537 bytes', {'network': 'd' * 65537})
    one('control', 'a model with an escape character', {'network': 'dense\x1b'})
    one('columns', 'columns of a model that are no array', {'feature-columns': {'kind': 'key'}})
    case('model-column', 1, 'kind|about', 'a column of a model that is of no kind', binary(changed(KEY, model={
        'label-columns': [None, {'kind': 'label'}]})), base)


def knowledge():
    """What records of version 2 say, and those of version 1 do not."""
    number = {'kind': 'number', 'range': ['-1', '1'], 'exponent': 3, 'unit': 'm'}
    cols = KEY.cols
    base = binary(changed(KEY, about=[number] * cols, schema='0' * 64, dropped=True))
    header = share.canonical(KEY.header)
    case('version-2-without', 1, 'version 2', 'a record of version 2 in which nothing is', again(KEY, version=2), base)
    case('version-1-about', 1, 'about|unknown', "'about' in a record of version 1",
         again(changed(KEY, about=[number] * cols), version=1), base)
    case('version-3', 1, 'version', 'a record of version 3', raw(header, KEY.keys, share.words_to_bytes(KEY.words), version=3),
         base)

    def field(label, pattern, defect, **fields):
        case('about-' + label, 1, pattern, defect, binary(changed(KEY, **fields)), base)

    def column(label, pattern, defect, value):
        field(label, pattern, defect, about=[value] + [number] * (cols - 1))
    field('nothing', 'version 2|says nothing', 'nothing is known of any column', about=[None] * cols)
    field('short', 'about', 'a column too few', about=[number] * (cols - 1))
    field('object', 'about', 'an object in place of an array', about=number)
    field('schema', 'schema', 'a schema in capitals', schema='A' * 64)
    field('schema-number', 'schema', 'a schema that is a number', schema=1)
    field('dropped-false', 'dropped', "'dropped' is false", dropped=False)
    field('reserved', 'least_rows', 'a reserved field', dropped=True, least_rows=10)
    two = ['0' * 64, '1' * 64]
    for label, value in (('missing', None), ('none', []), ('order', two[::-1]), ('twice', two[:1] * 2), ('text', two[0]),
                         ('capitals', ['A' * 64]), ('short', ['0' * 63]), ('number', [1]),
                         ('many', ['%064x' % i for i in range(1001)])):
        field('origins-' + label, 'origins', 'wrong origins: ' + label, op='head', dropped=True, origins=value)
    field('origins-share', 'origins', 'a sharing with origins', dropped=True, origins=two)
    field('origins-undropped', 'origins', 'origins though no rows were left out', op='head', intact='rows', origins=two)
    for label, value in (('changed', 'changed'), ('true', True), ('array', ['rows']), ('empty', '')):
        field('intact-' + label, 'intact', 'intact in another way: ' + label, op='head', intact=value)
    rows = KEY.header['shape'][0]
    for label, value in (('few', [1] * (rows - 1)), ('many', [1] * (rows + 1)), ('none', []), ('zeroes', [0] * rows),
                         ('text', ['1'] * rows), ('number', 1), ('huge', [961] * rows),
                         ('tiny', [-961] * rows)):
        field('row_exponents-' + label, 'row_exponents', 'wrong exponents of rows: ' + label, row_exponents=value)
    field('row_exponents-sum', 'row_exponents', 'an exponent of a row that is too much with that of a column',
          about=[number] * cols, row_exponents=[958] * rows)
    case('row_exponents-version-1', 1, 'row_exponents|unknown', "'row_exponents' in a record of version 1",
         again(changed(KEY, row_exponents=[1] * rows), version=1), base)
    field('intact-share', 'intact', "a sharing that says it is 'whole'", intact='whole')
    case('intact-version-1', 1, 'intact|unknown', "'intact' in a record of version 1",
         again(changed(KEY, op='head', intact='rows'), version=1), base)
    column('text', 'about', 'a column that is a string', 'number')
    column('empty', 'kind|about', 'a column without kind', {})
    column('kind', 'kind|about', 'an unknown kind', {'kind': 'undeclared'})
    column('unknown', 'comment', 'an unknown field', dict(number, comment='x'))
    for label, value in (('one', ['1']), ('order', ['2', '1']), ('numbers', [1, 2]), ('plus', ['+1', '2']), ('zero', ['-0', '1']),
                         ('leading', ['01', '2']), ('blank', [' 1', '2']), ('fraction', ['0.5', '2']), ('empty', ['', '2']),
                         ('minus', ['-', '2']), ('huge', ['0', str(2 ** 63)]), ('tiny', [str(-2 ** 63 - 1), '0']),
                         ('all', [str(-2 ** 63), str(2 ** 63 - 1)]), ('string', '0..1')):
        column('range-' + label, 'range', 'a wrong range: ' + label, dict(number, range=value))
    for label, value in (('zero', 0), ('large', 961), ('small', -961), ('text', '3'), ('true', True)):
        column('exponent-' + label, 'exponent', 'a wrong exponent: ' + label, dict(number, exponent=value))
    column('unit-empty', 'unit', 'an empty unit', dict(number, unit=''))
    column('unit-long', 'unit', 'a unit of 65 bytes', dict(number, unit='m' * 65))
    column('unit-control', 'unit', 'a unit that drives the terminal', dict(number, unit='\x1b'))
    column('date-of', "of", "a date with 'of'", {'kind': 'date', 'of': 'x'})
    column('number-values', 'values', "a number with values and no 'of'", dict(number, values=['x']))
    column('number-none', 'values', 'a number of no values', dict(number, of='x', values=[]))
    column('number-twice', 'values', 'a number with the same value twice', dict(number, of='x', values=['a', 'b', 'a']))
    column('indicator-of', "of", "an indicator without 'of'", {'kind': 'indicator', 'values': ['x']})
    column('indicator-values', 'values', 'an indicator of two values', {'kind': 'indicator', 'of': 'x', 'values': ['a', 'b']})
    column('presence-of', "of", "a presence without 'of'", {'kind': 'presence'})
    column('class-none', 'values', 'a class without values', {'kind': 'class'})
    column('class-empty', 'values', 'a class of no values', {'kind': 'class', 'values': []})
    column('class-twice', 'values', 'a class with the same value twice', {'kind': 'class', 'values': ['a', 'a']})
    column('class-long', 'values', 'a value of 1025 bytes', {'kind': 'class', 'values': ['a' * 1025]})
    column('class-control', 'values', 'a value with a control character', {'kind': 'class', 'values': ['\x7f']})
    column('class-exponent', 'exponent', 'a class with an exponent', {'kind': 'class', 'values': ['a'], 'exponent': 1})
    column('missing-false', 'missing', "'missing' is false", dict(number, missing=False))
    column('class-missing', 'missing', 'a class with missing words', {'kind': 'class', 'values': ['a'], 'missing': True})
    column('date-unit', 'unit', 'a date with a unit', {'kind': 'date', 'unit': 'd'})
    case('about-modulus', 1, 'about', 'columns that are described though the modulus is not 2^64',
         binary(changed(ADDITIVE, about=[number] * ADDITIVE.cols)), binary(ADDITIVE))
    words = [changed(r, about=[number] * r.cols, dropped=True) for r in WORDS]
    case('about-changes', 4, 'about|range', 'the range changes within a part',
         binary(*words[:2], changed(words[2], about=[dict(number, range=['0', '1'])] * words[2].cols)), binary(*words))
    words = [changed(r, op='head', dropped=True, origins=['0' * 64]) for r in WORDS]
    case('origins-change', 4, 'origins', "'origins' changes within a part",
         binary(*words[:2], changed(words[2], origins=['1' * 64])), binary(*words))
    words = [changed(r, op='head', intact='rows') for r in WORDS]
    case('intact-changes', 4, 'intact', "'intact' changes within a part",
         binary(*words[:2], changed(words[2], intact='whole')), binary(*words))
    words = [changed(r, about=[number] * r.cols, dropped=True) for r in WORDS]
    case('dropped-changes', 4, 'dropped', "'dropped' changes within a part",
         binary(*words[:2], changed(words[2], dropped=None)), binary(*words))


def keys():
    """Columns of kind key, of which two words stand side by side."""
    key = {'kind': 'key', 'of': 'id', 'match': 'text', 'distinct': True}
    base = binary(changed(KEY, about=[key, key]))

    def one(label, pattern, defect, first, second=None):
        case('key-' + label, 1, pattern, defect, binary(changed(KEY, about=[first, second or first])), base)

    def other(label, pattern, defect, **fields):
        one(label, pattern, defect, {k: v for k, v in dict(key, **fields).items() if v is not None})
    other('match-missing', 'match', "a key without 'match'", match=None)
    other('match-other', 'match', 'a key that is matched in an unknown way', match='Text')
    other('match-number', 'match', "a key whose 'match' is a number", match=1)
    other('of-missing', 'of', "a key without 'of'", of=None)
    other('of-empty', 'of', 'a key of a column without name', of='')
    other('distinct-false', 'distinct', "'distinct' is false", distinct=False)
    other('distinct-number', 'distinct', "'distinct' is 1", distinct=1)
    other('range', 'range', 'a key with a range', range=['0', '1'])
    other('supposed', 'supposed', 'a key whose words are supposed to be small', supposed=40)
    other('exponent', 'exponent', 'a key with an exponent', exponent=1)
    other('values', 'values', 'a key with values', values=['a'])
    other('missing', 'missing', 'a key of which words are missing', missing=True)
    for label, second in (('alone', {'kind': 'number'}), ('two', dict(key, of='name')), ('matches', dict(key, match='digits')),
                          ('distinct', {k: v for k, v in key.items() if k != 'distinct'})):
        one('words-' + label, 'side by side', 'a key of one word: ' + label, key, second)
    one('words-second', 'side by side', 'a key of one word, the last column', {'kind': 'number'}, key)
    one('number-match', 'match', "a number with 'match'", {'kind': 'number', 'match': 'text'})
    one('number-distinct', 'distinct', "a number with 'distinct'", {'kind': 'number', 'distinct': True})
    shared, public = additive(2, True, share.TWO64)['alice'][0], share.share_public([[1, 2]], 2, share.TWO64, 2, random_bytes,
                                                                                    name='tab')[0]
    case('key-additive', 1, 'masked', 'a key in an additive sharing', binary(changed(shared, about=[key, key])), binary(shared))
    case('key-public', 1, 'masked', 'a key in a public stream', binary(changed(public, about=[key, key])), binary(public))
    words = [changed(r, about=[key, key]) for r in WORDS]
    case('key-changes', 4, 'distinct|about', "'distinct' changes within a part",
         binary(*words[:2], changed(words[2], about=[{k: v for k, v in key.items() if k != 'distinct'}] * 2)), binary(*words))


def names():
    def one(label, pattern, defect, record=KEY, /, **more):
        case(label, 1, pattern, defect, binary(changed(record, **more)), binary(record))
    one('party-other', 'party', 'a party that is not in parties', party='carol')
    one('parties-twice', 'parties', 'a party that is in parties twice', parties=['dealer', 'alice', 'bob', 'bob'])
    one('parties-masked-2', 'parties', 'a masked sharing with one computing party', parties=['dealer', 'alice'])
    one('parties-additive-1', 'parties', 'an additive sharing of one party', ADDITIVE, parties=['alice'])
    one('parties-65', 'parties', '65 parties', ADDITIVE, parties=['alice'] + ['p%d' % i for i in range(64)])
    for name, value in (('dot', '../bob'), ('hyphen', '-bob'), ('empty', ''), ('long', 'b' * 65),
                        ('newline', 'bob\n')):
        one('party-name-' + name, 'parties|party|name', 'the party name %s' % json.dumps(value),
            parties=['dealer', 'alice', value])
    one('name-empty', 'name', 'an empty name', name='')
    one('name-long', 'name', 'a name of 256 bytes', name='\u00fc' * 128)
    for code in (0, 8, 31, 127):
        one('name-control-%d' % code, 'name|control|character|u0000', 'a name with the character %d' % code,
            name='ta\\b%s' % chr(code))
    one('columns-3', 'columns', 'three names for two columns', columns=['u', 'v', 'w'])
    one('columns-1', 'columns', 'one name for two columns', columns=['u'])
    one('columns-twice', 'columns', 'two columns of one name', columns=['u', 'u'])
    one('columns-empty', 'columns', 'an empty column name', columns=['u', ''])
    one('columns-long', 'columns', 'a column name of 1025 bytes', columns=['u', 'v' * 1025])
    one('columns-control', 'columns|control|character', 'a column name with an escape character',
        columns=['u', 'v\x1b[2J'])
    ident = KEY.header['id']
    for name, value in (('upper', ident.upper()), ('short', ident[:-1]), ('long', ident + '0'), ('empty', ''),
                        ('not-hex', 'g' + ident[1:])):
        one('id-' + name, 'id', 'a bad id: ' + name, id=value)
    for name, value in (('upper', 'Share'), ('empty', ''), ('long', 'a' * 65), ('underscore', 'mat_mul')):
        one('op-' + name, 'op', 'the operation "%s"' % value, op=value)
    one('inputs-upper', 'inputs|id', 'an input in upper case', inputs=[ident.upper()])
    one('inputs-short', 'inputs|id', 'an input of 63 digits', inputs=[ident[:-1]])
    one('inputs-number', 'inputs|id', 'an input that is a number', inputs=[0])


def key_rows():
    def one(label, pattern, defect, record, /, **more):
        case(label, 1, pattern, defect, binary(changed(record, **more)), binary(record))
    one('key_rows-missing', 'key_rows', 'part keys without key_rows', DEALER, key_rows=None)
    one('key_rows-additive', 'key_rows', 'an additive part key without key_rows', ADDITIVE_KEY, key_rows=None)
    one('key_rows-record-key', 'key_rows', 'key_rows with a record key', KEY, key_rows=2)
    one('key_rows-words', 'key_rows|part key', 'key_rows with words', ADDITIVE, key_rows=2)
    one('key_rows-0', 'key_rows', 'key_rows 0', DEALER, key_rows=0)
    one('key_rows-huge', 'key_rows', 'key_rows 2^32 + 1', DEALER, key_rows=2 ** 32 + 1)
    one('key_rows-string', 'key_rows', 'key_rows "2"', DEALER, key_rows='2')
    one('key_rows-not-last', 'key_rows|key|single|ends early', 'a part key in a record that is not the last', DEALER,
        last=False)
    twice = [changed(DEALER, last=False), changed(DEALER, first_row=DEALER.rows)]
    case('key_rows-two-records', 1, 'key_rows|part key|single', 'a part with part keys in two records', binary(*twice),
         binary(DEALER))


# The header as JSON.

def header_json():
    good = share.canonical(KEY.header)
    base = binary(KEY)

    def one(name, pattern, defect, header):
        assert header != good, name
        case(name, 1, pattern, defect, again(KEY, header), base)
    json_error = 'json|header'
    one('json-empty', json_error + '|missing', 'an empty object', b'{}')
    one('json-array', json_error, 'an array', b'[' + good + b']')
    one('json-null', json_error, 'null', b'null')
    one('json-open', json_error, 'the closing brace is missing', good[:-1])
    one('json-comma', json_error, 'a comma after the last field', good[:-1] + b',}')
    one('json-trailing', json_error, 'bytes after the object', good + b' x')
    one('json-two', json_error, 'two objects', good + good)
    one('json-quotes', json_error, 'single quotes', good.replace(b'"tab"', b"'tab'"))
    one('json-comment', json_error, 'a comment', good[:-1] + b'/**/}')
    one('json-bom', json_error, 'a byte order mark', b'\xef\xbb\xbf' + good)
    one('json-nul', json_error + '|nul', 'a NUL between two fields', good.replace(b',"name"', b',\0"name"'))
    one('json-raw-newline', json_error + '|control|character|name', 'a newline in a string that is not escaped',
        good.replace(b'"tab"', b'"ta\nb"'))
    one('json-escape', json_error, 'an unknown escape', good.replace(b'"tab"', b'"t\\ab"'))
    one('json-deep', json_error + '|deep|nest', '2000 open brackets', good[:-1] + b',"x":' + b'[' * 2000 + b'}')
    one('json-deep-closed', json_error + '|deep|nest|unknown|field', '2000 arrays in each other',
        good[:-1] + b',"x":' + b'[' * 2000 + b']' * 2000 + b'}')
    for name, value in (('latin1', b'\xe9'), ('overlong', b'\xc0\x80'), ('surrogate', b'\xed\xa0\x80'),
                        ('cut', b'\xe2\x82'),
                        ('above', b'\xf4\x90\x80\x80')):
        one('utf8-' + name, 'utf-8|utf8|json', 'a name with bytes that are not UTF-8: ' + name,
            good.replace(b'"tab"', b'"t' + value + b'"'))
    one('utf8-escape', 'name|utf-8|json|surrogate|unicode', 'a name with half a surrogate pair',
        good.replace(b'"tab"', b'"t\\ud800"'))
    number = 'number|fraction_bits|json|whole'
    for name, value in (('exponent', b'16e0'), ('fraction', b'16.0'), ('zero', b'016'), 
                        ('nan', b'NaN'), ('true', b'true'), ('null', b'null')):
        one('number-' + name, number, 'fraction bits ' + value.decode(),
            good.replace(b'"fraction_bits":16', b'"fraction_bits":' + value))
    one('null-divisor', 'divisor', 'a divisor that is null', b'{"divisor":null,' + good[1:])
    one('null-columns', 'columns', 'columns that are null', good.replace(b'["u","v"]', b'null'))
    one('number-exponent-rows', 'number|shape|json|whole', 'a shape of 2e0 rows',
        good.replace(b'"shape":[2,', b'"shape":[2e0,'))
    for field in ('id', 'last', 'name'):
        entry = b'"%s":%s' % (field.encode(), share.canonical(KEY.header[field]))
        one('twice-' + field, 'twice|duplicate|\'%s\'|"%s"' % (field, field), "'%s' is given twice" % field,
            good[:-1] + b',' + entry + b'}')
    one('twice-escaped', 'twice|duplicate|name', "'name' is given twice, once with an escape",
        good[:-1] + b',"n\\u0061me":"tab"}')


# Around the records.

def around():
    base = binary(KEY)
    stray = 'magic|not a|trailing|garbage|record|stream|ends early'
    case('trailing-byte', 1, stray, 'a letter after the last record', base + b'x', base)
    case('trailing-zeros', 1, stray, '64 zero bytes after the last record', base + bytes(64), base)
    case('trailing-magic', 1, 'ends early', 'a second magic and no more', base + share.MAGIC, base)
    case('trailing-record', 1, 'ends early', 'half a second part', base + binary(WORDS[0]), base)
    case('trailing-text', 1, stray + '|json', 'a line after the last text record', text(KEY) + b'done\n', text(KEY))
    case('not-text', 1, stray, 'a text', b'hello, world\n', base)
    case('not-csv', 1, stray, 'a table', b'u,v\n1,2\n', base)
    case('not-gzip', 1, stray, 'the begin of a compressed file', bytes.fromhex('1f8b0800000000000003') + base, base)
    case('not-swapped', 1, stray, 'the newlines of the magic were converted', base.replace(b'\r\n', b'\n', 1), base)


# From record to record.

def sequence():
    base = binary(*WORDS)
    one, two, three = WORDS
    other = masked(5, False)['alice']
    case('sequence-missing-first', 4, 'row', 'the first of three records is missing', binary(two, three), base)
    case('sequence-missing-second', 4, 'row', 'the second of three records is missing', binary(one, three), base)
    case('sequence-swapped', 4, 'row', 'two records are swapped', binary(one, three, two), base)
    case('sequence-repeated', 4, 'row', 'a record is there twice', binary(one, two, two, three), base)
    chained = changed(three, next=other[0].id)
    case('next-cut', 1, 'ends early', 'the part that the last record announces is missing', binary(one, two, chained), base)
    case('next-other', 4, 'id', 'another part follows than the one announced',
         binary(one, two, changed(three, next=one.id), *other), base)
    case('next-early', 1, "'next'", 'a part is announced before the last record', binary(changed(one, next=one.id), two, three), base)
    case('next-short', 1, "'next'", 'the announced id is too short', binary(one, two, changed(three, next=one.id[:63]), *other),
         base)
    case('next-type', 1, "'next'", 'the announced id is a number', binary(one, two, changed(three, next=7), *other), base)
    case('sequence-replaced', 4, ID, 'the second record is of another sharing', binary(one, other[1], three), base)
    case('sequence-id', 4, ID, 'the id changes in the last record', binary(one, two, changed(three, id=other[0].id)),
         base)
    case('sequence-new-part', 4, ID + '|last', 'a part begins before the last record of the one before',
         binary(*WORDS[:2], *other), binary(*WORDS, *other))
    ident = WORDS[0].header['id']
    for field, value in (('name', 'tub'), ('columns', ['u', 'w']), ('columns', None), ('party', 'bob'),
                         ('parties', ['dealer', 'alice', 'carol']), ('fraction_bits', 17), ('divisor', 10),
                         ('op', 'add'),
                         ('inputs', [ident])):
        suffix = '-absent' if value is None else ''
        case('part-%s%s' % (field, suffix), 4, field, "'%s' changes within a part" % field,
             binary(one, changed(two, **{field: value}), three), base)
    wide = share.Record(dict(PLAIN_COLUMNS[1].header, shape=[1, 4]), [], PLAIN_COLUMNS[1].words)
    case('part-width', 4, 'shape|column|row', 'the number of columns changes within a part',
         binary(PLAIN_COLUMNS[0], wide,
         changed(PLAIN_COLUMNS[2], first_row=3)), binary(*PLAIN_COLUMNS))
    sums = additive(4, False, modulus=TWO64)['alice']
    case('part-modulus', 4, 'modulus', "'modulus' changes within a part",
         binary(sums[0], changed(share.Record(sums[1].header, [], array('Q', [1] * 4)), modulus='501337')),
         binary(*sums))
    case('part-scheme', 4, 'scheme', "'scheme' changes within a part",
         binary(sums[0], changed(sums[1], scheme='public', party=None, parties=None)), binary(*sums))


def tensors():
    first, second = masked(2, True)['alice'][0], masked(2, True)['alice'][0]
    base = binary(first, second)
    for field, value in (('party', 'bob'), ('parties', ['dealer', 'alice', 'carol']), ('fraction_bits', 8),
                         ('divisor', 7)):
        case('tensor-' + field, 4, field, "'%s' changes within a tensor" % field,
             binary(first, changed(second, **{field: value})), base)
    a, b = (additive(2, False)['alice'][0] for _ in range(2))
    case('tensor-modulus', 4, 'modulus', "'modulus' changes within a tensor", binary(a, changed(b, modulus='501341')),
         binary(a, b))
    case('tensor-scheme', 4, 'scheme', "'scheme' changes within a tensor",
         binary(a, changed(b, scheme='public', party=None, parties=None)), binary(a, b))


def moduli():
    over = array('Q', ADDITIVE.words)
    over[2] = 501337
    large = share.Record(ADDITIVE.header, [], over)
    case('word-modulus', 4, 'word|modulus', 'an additive word that is the modulus', binary(large), binary(ADDITIVE))
    case('word-modulus-text', 4, 'word|modulus', 'the same in text form', text(large), text(ADDITIVE))
    largest = share.Record(ADDITIVE.header, [], array('Q', [0, 1, 2, TWO64 - 1]))
    case('word-largest', 4, 'word|modulus', 'an additive word 2^64 - 1', binary(largest), binary(ADDITIVE))
    public = share.Record(PUBLIC.header, [], array('Q', [1, 2, 3, 501337]))
    case('word-public', 4, 'word|modulus', 'a public word that is the modulus', binary(public), binary(PUBLIC))


# Text form.

def lines():
    base = text(KEY)
    fields = json.loads(base)
    words = fields['words']

    def line(**more):
        """line(more): the text record with other fields, and without digest."""
        return share.canonical({k: v for k, v in dict(fields, digest=None, **more).items() if v is not None}) + b'\n'

    def one(label, pattern, defect, /, **more):
        case('text-' + label, 1, pattern, defect, line(**more), base)
    for name, word in (('beyond', '18446744073709551616'), ('huge', '9' * 400), ('negative', '-1'), ('empty', ''),
                       ('hex', '0x10'),
                       ('fraction', '1.5'), ('blank', ' 1')):
        one('word-' + name, 'word', 'the word "%s"' % word[:24], words=[word] + words[1:])
    one('word-number', 'word', 'a word that is a number', words=[1] + words[1:])
    one('word-null', 'word', 'a word that is null', words=[None] + words[1:])
    one('words-missing', 'word', 'no words', words=None)
    one('words-object', 'word', 'words that are an object', words={'0': '1'})
    one('words-string', 'word', 'words that are a string', words=' '.join(words))
    one('words-less', 'word|shape|payload', 'one word less', words=words[1:])
    one('words-more', 'word|shape|payload', 'one word more', words=words + ['0'])
    one('smpc-missing', 'smpc|version|record', 'no smpc', smpc=None)
    one('smpc-2', 'version|smpc', 'version 2', smpc=2)
    one('smpc-string', 'version|smpc', 'version "1"', smpc='1')
    one('smpc-true', 'version|smpc', 'version true', smpc=True)
    key = fields['keys'][0]
    one('key-upper', 'key', 'a key in upper case', keys=[key.upper()])
    one('key-short', 'key', 'a key of 62 digits', keys=[key[2:]])
    one('key-string', 'key', 'keys that are a string', keys=key)
    one('keys-missing', 'key|word|shape|payload', 'no keys', keys=None)
    one('keys-65', 'key', '65 keys', keys=[key] * 65)
    one('unknown', 'comment|unknown|field', 'an unknown field', comment='')
    one('name', 'name', 'no name', name=None)
    one('key_rows', 'key_rows', 'key_rows with a record key', key_rows=2)

    def raw_line(name, status, pattern, defect, data):
        case('text-' + name, status, pattern, defect, data, base)
    error = 'json|header|line|ends early|not a|magic'
    wrong = flip(bytes.fromhex(fields['digest']), 31).hex().encode()
    good = fields['digest'].encode()
    raw_line('digest', 4, 'digest', 'a wrong digest', base.replace(good, wrong))
    raw_line('digest-upper', 1, 'digest', 'a digest in upper case', base.replace(good, good.upper()))
    raw_line('digest-short', 1, 'digest', 'a digest of 62 digits', base.replace(good, good[2:]))
    raw_line('digest-null', 1, 'digest', 'a digest that is null', base.replace(b'"%s"' % good, b'null'))
    raw_line('not-json', 1, error, 'a brace and no JSON', b'{hello}\n')
    raw_line('array', 1, error, 'an array of records', b'[' + base.rstrip(b'\n') + b']\n')
    raw_line('empty-object', 1, error + '|missing|smpc', 'an empty object', b'{}\n')
    raw_line('trailing', 1, error, 'bytes after the object on its line', base.rstrip(b'\n') + b' x\n')
    raw_line('two', 1, error, 'two records on a line', base.rstrip(b'\n') * 2 + b'\n')
    raw_line('open', 1, error, 'the closing brace is missing', base.rstrip(b'}\n') + b'\n')
    raw_line('pretty', 1, error, 'a record over many lines', json.dumps(fields, indent=1).encode() + b'\n')
    raw_line('nul', 1, error + '|nul', 'a NUL in the line', base.replace(b',"name"', b',\0"name"'))
    raw_line('utf8', 1, 'utf-8|utf8|json', 'a name that is not UTF-8', line().replace(b'"tab"', b'"t\xff"'))
    raw_line('twice', 1, 'twice|duplicate|words', 'words twice', line()[:-2] + b',"words":[]}\n')
    raw_line('deep', 1, error + '|deep|nest', '2000 open brackets', b'{"smpc":1,"x":' + b'[' * 2000 + b'\n')
    raw_line('exponent', 1, 'number|fraction_bits|json|whole', 'fraction bits 1.6e1',
             line().replace(b'"fraction_bits":16', b'"fraction_bits":1.6e1'))
    both = text(WORDS[0]) + binary(WORDS[1]) + text(WORDS[2])
    case('mixed-missing', 4, 'row', 'text and binary: the binary record is missing', text(WORDS[0], WORDS[2]), both)
    case('mixed-cut', 1, 'ends early', 'text and binary: cut inside the binary record',
         (text(WORDS[0]) + binary(WORDS[1]))[:-9], both)


# Sealed streams.

def sealed(plain, sender='clinic', recipient='bob', maker=None, key=None, header=None, chunk=400):
    """sealed(...): a sealed stream as a list: head, handshake message, chunks; any part of it may be false."""
    head = share.seal_head(header if header is not None else share.canonical({'from': sender, 'kind': 'sealed',
                                                                              'to': recipient}))
    shake = noise.Handshake('K', True, b'smpc-seal-1' + head, fixtures.SECRETS[maker or sender],
                            fixtures.PUBLIC[key or recipient], random_bytes(32))
    out = [head, shake.write()]
    cipher = shake.split()[0]
    pieces = plain if isinstance(plain, list) else None
    if pieces is None:
        cut_up = [plain[i:i + chunk] for i in range(0, len(plain), chunk)] or [b'']
        pieces = [bytes([i == len(cut_up) - 1]) + p for i, p in enumerate(cut_up)]
    for piece in pieces:
        message = cipher.encrypt(piece)
        out.append(struct.pack('<H', len(message)) + message)
    return out


def seals():
    plain = binary(*WORDS)
    whole = sealed(plain)
    base = b''.join(whole)
    head, shake, chunks = whole[0], whole[1], whole[2:]
    assert len(chunks) >= 4

    def one(name, status, pattern, defect, data, start=base):
        case('sealed-' + name, status, pattern, defect, data if isinstance(data, bytes) else b''.join(data), start,
             UNSEAL)

    for name, at in (('magic', 5), ('prelude', 12), ('header', 30), ('handshake', len(head) + 20),
                     ('before-chunks', len(head) + 48), ('chunk-length', len(head) + 49), ('chunk', len(head) + 80)):
        one('cut-' + name, 1, 'ends early', 'the file ends in or at: ' + name, base[:at])
    one('cut-final', 1, 'ends early', 'the final chunk is missing', whole[:-1])
    one('cut-tag', 1, 'ends early', 'the last byte is missing', base[:-1])

    one('swapped', 4, 'chunk|authentic|damaged|decrypt', 'two chunks are swapped',
        [head, shake, chunks[1], chunks[0]] + chunks[2:])
    one('dropped-first', 4, 'chunk|authentic|damaged|decrypt', 'the first chunk is missing', [head, shake] + chunks[1:])
    one('dropped', 4, 'chunk|authentic|damaged|decrypt', 'a chunk is missing', [head, shake, chunks[0]] + chunks[2:])
    one('repeated', 4, 'chunk|authentic|damaged|decrypt', 'a chunk is there twice',
        [head, shake, chunks[0], chunks[0]] + chunks[1:])
    foreign = sealed(plain)
    one('foreign-chunk', 4, 'chunk|authentic|damaged|decrypt', 'a chunk of another sealed stream',
        [head, shake, chunks[0], foreign[3]] + chunks[2:])
    one('foreign-handshake', 4, 'seal|handshake|authentic|damaged|decrypt', 'the head of another sealed stream',
        foreign[:2] + chunks)
    for name, at in (('chunk', len(head) + 48 + 2), ('tag', len(head) + 48 + len(chunks[0]) - 1),
                     ('final', len(base) - 20)):
        one('flip-' + name, 4, 'chunk|authentic|damaged|decrypt', 'a bit is flipped in: ' + name, flip(base, at))
    one('flip-length', 4, 'chunk|authentic|damaged|decrypt', 'a chunk length is one less', flip(base, len(head) + 48, 0)
        if chunks[0][0] & 1 else flip(base, len(head) + 49, 0))
    for name, at in (('ephemeral', len(head) + 3), ('handshake', len(head) + 40)):
        one('flip-' + name, 4, 'seal|handshake|authentic|damaged|decrypt', 'a bit is flipped in: ' + name,
            flip(base, at))
    one('flip-magic', 1, 'magic|not a|record|stream', 'a bit of the magic is flipped', flip(base, 2))
    one('small-order', 4, 'seal|handshake|authentic|damaged|decrypt|key', 'the ephemeral key is zero',
        [head, bytes(32) + shake[32:]] + chunks)
    one('length-16', 1, 'chunk|length|short', 'a chunk of 16 bytes',
        [head, shake, struct.pack('<H', 16), chunks[0][2:18]] + chunks[1:])
    one('length-0', 1, 'chunk|length|short', 'a chunk of 0 bytes', [head, shake, bytes(2)] + chunks)

    one('version', 1, 'version', 'version 2', head[:8] + b'\2' + base[9:])
    for length in (0, 1, 4097, 2 ** 32 - 1):
        one('header-%d' % length, 1, 'header', 'header length %d' % length,
            head[:12] + struct.pack('<I', length) + base[16:])
    header = {'from': 'clinic', 'kind': 'sealed', 'to': 'bob'}
    for field in header:
        rest = share.canonical({k: v for k, v in header.items() if k != field})
        one('missing-' + field, 1, field, "no '%s'" % field, sealed(plain, header=rest))
    for name, pattern, value in (('kind', 'kind', dict(header, kind='tensor')),
                                 ('unknown', 'unknown|field|comment', dict(header, comment=1)),
                                 ('type', 'from', dict(header, **{'from': 1})),
                                 ('array', 'json|header|object', [header])):
        one('header-' + name, 1, pattern, 'a wrong header: ' + name, sealed(plain, header=share.canonical(value)))
    one('header-json', 1, 'json|header', 'a header that is not JSON',
        sealed(plain, header=share.canonical(header)[:-1]))
    one('header-twice', 1, 'twice|duplicate|from', 'two senders',
        sealed(plain, header=b'{"from":"clinic","from":"clinic","kind":"sealed","to":"bob"}'))

    one('to-another', 4, 'alice|sealed to|recipient|identity|not for', 'sealed to alice',
        sealed(plain, recipient='alice'))
    one('to-unknown', 4, 'zoe|sealed to|recipient|identity|not for|unknown',
        'sealed to a name that is not in the parties file',
        sealed(plain, recipient='zoe', key='bob'))
    one('to-other-key', 4, 'seal|handshake|authentic|damaged|decrypt|key', "to bob by the header, but with alice's key",
        sealed(plain, key='alice'))
    one('from-another', 4, 'seal|handshake|authentic|damaged|decrypt|clinic',
        "from clinic by the header, but with mallory's key",
        sealed(plain, maker='mallory'))
    one('from-unknown', 4, 'eve|parties|unknown|sender', 'the sender is not in the parties file',
        sealed(plain, sender='eve'))
    forged = sealed(plain, sender='mallory')
    renamed = head + b''.join(forged[1:])
    one('from-renamed', 4, 'seal|handshake|authentic|damaged|decrypt|clinic',
        'made by mallory, the header replaced by one of clinic', renamed)

    one('flag', 4, 'chunk', 'a chunk whose first byte is 2',
        sealed([b'\0' + plain[:400], b'\2' + plain[400:500], b'\1' + plain[500:]]))
    one('no-last', 1, 'ends early', 'the sealed stream lacks its last record', sealed(binary(*WORDS[:2])))
    one('nothing', 1, 'ends early', 'the sealed stream has no record', sealed(b''))
    one('half-record', 1, 'ends early', 'the sealed stream ends inside a record', sealed(plain[:-50]))
    one('bad-digest', 4, 'digest', 'a record in it has a wrong digest', sealed(flip(plain, len(plain) - 40)))
    one('bad-version', 1, 'version', 'a record in it has version 3', sealed(plain[:8] + b'\3' + plain[9:]))
    other = binary(*masked(6, False)['bob'])
    one('mixed-behind', 4, 'sealed', 'an open record behind a sealed stream', base + other)
    one('mixed-before', 4, 'sealed', 'an open record before a sealed stream', other + base)
    one('nested', 1, 'seal|magic|not a', 'a sealed stream in a sealed stream', sealed(base))
    one('trailing', 1, 'magic|not a|trailing|garbage|record|stream|ends early', 'a byte after the final chunk',
        base + b'x')
    one('after-final', 1, 'magic|not a|trailing|garbage|record|stream|ends early', 'a chunk after the final one',
        base + chunks[0])
    one('in-part', 1, 'ends early|seal|last', 'a sealed stream begins inside an open part',
        binary(WORDS[0]) + b''.join(sealed(binary(*WORDS[1:]))))


def main():
    for make in (cut, flips, prelude, shapes, fields, models, knowledge, names, key_rows, header_json, around, sequence, tensors, moduli,
                 lines, seals, keys):
        make()
    files['parties.json'] = fixtures.parties_json()
    files[fixtures.READER + '.key'] = fixtures.identity_file(fixtures.READER)
    files['index.tsv'] = fixtures.table(['file', 'status', 'message', 'how', 'defect'], cases)
    print('%d damaged streams' % len(cases))
    return fixtures.put(os.path.join(HERE, 'damaged'), files)


if __name__ == '__main__':
    sys.exit(main())
