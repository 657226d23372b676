"""
Share streams, read and written from smpc-share(5) alone: a second implementation to test the toolkit against.

It shares no code with the toolkit.  It favours plain statements over speed, works on whole files in memory and is not
constant-time: use it on test data only.

    parse(data, unseal=None)        bytes -> list of Record, everything checked
    parts(records)                  -> list of Part, expanded to words
    reveal(list of lists of Part)   -> list of Table of exact Fractions
    encode_binary, encode_text      one record -> bytes
    share_masked, share_additive, share_public     table of integers -> records of every party
    reblock(records, rng)           the same parts in other records
    derive_id, public_digest        ids of results of local operations
    seal, Unsealer                  sealed streams
"""

import base64
import hashlib
import json
import os
import re
import struct
import sys
from array import array
from fractions import Fraction

import noise

MAGIC = bytes.fromhex('b5534d50430d0a1a')
SEAL_MAGIC = bytes.fromhex('b55345414c0d0a1a')
TWO64 = 1 << 64
MAX_HEADER = 1 << 20
MAX_KEYS = 64
MAX_WORDS = 1 << 20
MAX_ROWS = 1 << 40
MAX_COLUMNS = 1 << 19
MAX_LINE = 64 << 20
MAX_EXPANDED = 1 << 24          # words of one part that this implementation is willing to hold
CHUNK = 65535 - 16 - 1          # bytes of the sealed stream in a full chunk

MALFORMED = 1                   # structure: cut, not JSON, a field missing or out of range
REFUSED = 4                     # integrity, authentication, consistency


class ShareError(Exception):
    """A stream is refused: .status is MALFORMED or REFUSED."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def malformed(message):
    return ShareError(MALFORMED, message)


def refused(message):
    return ShareError(REFUSED, message)


def blake2b(*pieces, **options):
    """blake2b(pieces, options): 32 bytes of BLAKE2b."""
    return hashlib.blake2b(b''.join(pieces), digest_size=32, **options).digest()


# JSON

def _unique(pairs):
    value = {}
    for name, item in pairs:
        if name in value:
            raise malformed("'%s' is given twice" % name[:64])
        value[name] = item
    return value


def _not_whole(text):
    raise malformed('number %s is not a whole number without fraction or exponent' % text)


def parse_object(raw):
    """parse_object(raw): the JSON object in the bytes ${raw}; every name once, every number whole."""
    try:
        value = json.loads(raw.decode('utf-8'), object_pairs_hook=_unique, parse_float=_not_whole,
                           parse_constant=_not_whole)
    except UnicodeDecodeError as e:
        raise malformed('header is not UTF-8 at its byte %d' % e.start) from None
    except RecursionError:
        raise malformed('header is not valid JSON: nested too deeply') from None
    except ValueError as e:
        raise malformed('header is not valid JSON: %s' % e) from None
    if not isinstance(value, dict):
        raise malformed('header is not a JSON object')
    return value


def canonical(value):
    """canonical(value): the bytes of RFC 8785; all field names are ASCII and all numbers small and whole."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(',', ':')).encode('utf-8')


# Header

NAME = re.compile(r'[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z')
HEX64 = re.compile(r'[0-9a-f]{64}\Z')
OPERATION = re.compile(r'[a-z0-9-]{1,64}\Z')
DECIMAL = re.compile(r'[0-9]+\Z')
FORBIDDEN = re.compile(r'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]')

REQUIRED = ('kind', 'scheme', 'modulus', 'fraction_bits', 'shape', 'first_row', 'last', 'name', 'id', 'op', 'inputs')
OPTIONAL = ('divisor', 'columns', 'key_rows', 'next', 'model')
SHARED_ONLY = ('parties', 'party')
KNOWLEDGE = ('about', 'schema', 'dropped', 'intact', 'origins', 'row_exponents')   # of version 2
VARIABLE = ('shape', 'first_row', 'last', 'key_rows', 'next')
PART_FIELDS = tuple(f for f in REQUIRED + OPTIONAL + SHARED_ONLY + KNOWLEDGE if f not in VARIABLE)
TENSOR_FIELDS = ('scheme', 'parties', 'party', 'modulus', 'fraction_bits', 'divisor', 'about', 'schema')
KINDS = {                                        # of columns: their fields, and how many values
    'number': (('exponent', 'unit', 'missing', 'of', 'values'), 0, 65536),
    'indicator': (('of', 'values'), 1, 1),
    'class': (('of', 'values'), 1, 65536),
    'date': (('missing',), 0, 0),
    'key': (('of', 'match', 'distinct'), 0, 0),
    'presence': (('of',), 0, 0),
}
MATCHES = ('text', 'nocase', 'digits', 'alnum')
BOUND = re.compile(r'(0|-?[1-9][0-9]{0,18})\Z')


def _text(field, value):
    """_text(field, value): ${value} is a string that UTF-8 can hold and without control characters."""
    if not isinstance(value, str):
        raise malformed("'%s' is not a string" % field)
    try:
        value.encode('utf-8')
    except UnicodeEncodeError:
        raise malformed("'%s' is not valid UTF-8 text" % field) from None
    if FORBIDDEN.search(value):
        raise malformed("'%s' holds a control character" % field)
    return value


def _match(field, value, pattern, what):
    if not pattern.match(_text(field, value)):
        raise malformed("'%s' is not %s" % (field, what))


def _integer(field, value, low, high):
    if type(value) is not int:
        raise malformed("'%s' is not a whole number" % field)
    if not low <= value <= high:
        raise malformed("'%s' is %s, outside %d to %d" % (field, str(value)[:24], low, high))


def _array(field, value, low, high):
    if not isinstance(value, list):
        raise malformed("'%s' is not an array" % field)
    if not low <= len(value) <= high:
        raise malformed("'%s' has %d elements, outside %d to %d" % (field, len(value), low, high))


def _bytes_long(field, value, high):
    if not 1 <= len(_text(field, value).encode('utf-8')) <= high:
        raise malformed("'%s' is not 1 to %d bytes long" % (field, high))


def _different(field, values):
    if len(set(values)) != len(values):
        raise malformed("'%s' holds a name twice" % field)


def version_of(h):
    """version_of(h): the version of a record with header ${h}."""
    return 2 if any(field in h for field in KNOWLEDGE) else 1


def _check_fields(h, version):
    public = h.get('scheme') == 'public'
    for field in REQUIRED + (() if public else SHARED_ONLY):
        if field not in h:
            raise malformed("'%s' is missing" % field)
    if version_of(h) < version:
        raise malformed('nothing in the header is of version %d' % version)
    for field in h:
        if field not in REQUIRED + OPTIONAL + (KNOWLEDGE if version == 2 else ()) + (() if public else SHARED_ONLY):
            raise malformed("'%s' is an unknown field" % field[:64].encode('unicode_escape').decode())


def _check_scheme(h):
    if h['kind'] != 'tensor':
        raise malformed("'kind' is not \"tensor\"")
    if h['scheme'] not in ('masked', 'additive', 'public'):
        raise malformed("'scheme' is not masked, additive or public")
    if h['scheme'] == 'public':
        return
    _array('parties', h['parties'], 3 if h['scheme'] == 'masked' else 2, 64)
    for name in h['parties']:
        _match('parties', name, NAME, 'an array of party names')
    _different('parties', h['parties'])
    if _text('party', h['party']) not in h['parties']:
        raise malformed("'party' is not one of 'parties'")


def _check_scale(h):
    _match('modulus', h['modulus'], DECIMAL, 'a string of decimal digits')
    if h['modulus'][0] == '0' or len(h['modulus']) > 20 or not 2 <= int(h['modulus']) <= TWO64:
        raise malformed("'modulus' is not 2 to 18446744073709551616 without leading zeros")
    other = int(h['modulus']) != TWO64
    if other and h['scheme'] == 'masked':
        raise malformed("'modulus' of a masked sharing is not 18446744073709551616")
    _integer('fraction_bits', h['fraction_bits'], 0, 62)
    if other and h['fraction_bits'] != 0:
        raise malformed("'fraction_bits' is not 0 although 'modulus' is not 18446744073709551616")
    if 'divisor' in h:
        _integer('divisor', h['divisor'], 2, 1 << 32)


def _check_place(h):
    _array('shape', h['shape'], 2, 2)
    _integer('shape', h['shape'][0], 0, MAX_ROWS)
    _integer('shape', h['shape'][1], 1, MAX_COLUMNS)
    _integer('first_row', h['first_row'], 0, MAX_ROWS)
    if not isinstance(h['last'], bool):
        raise malformed("'last' is not true or false")
    if 'next' in h:
        if not isinstance(h['next'], str) or not re.match(r'[0-9a-f]{64}\Z', h['next']):
            raise malformed("'next' is not 64 lower-case hexadecimal digits")
        if not h['last']:
            raise malformed("'next' in a record that is not the last of its part")
    if h['shape'][0] == 0 and (h['first_row'] != 0 or not h['last']):
        raise malformed("'shape' has 0 rows in a record that is not the part's single one")


def _check_names(h):
    _bytes_long('name', h['name'], 255)
    if 'columns' in h:
        _array('columns', h['columns'], 1, MAX_COLUMNS)
        if len(h['columns']) != h['shape'][1]:
            raise malformed("'columns' has %d names, 'shape' %d columns" % (len(h['columns']), h['shape'][1]))
        for name in h['columns']:
            _bytes_long('columns', name, 1024)
        _different('columns', h['columns'])


def _check_origin(h):
    _match('id', h['id'], HEX64, '64 lower-case hexadecimal digits')
    _match('op', h['op'], OPERATION, '1 to 64 of the characters a-z 0-9 -')
    _array('inputs', h['inputs'], 0, 10000)
    for part in h['inputs']:
        _match('inputs', part, HEX64, 'an array of 64 lower-case hexadecimal digits each')


def _check_model(h):
    if 'model' not in h:
        return
    if not isinstance(h['model'], dict):
        raise malformed("'model' is not an object")
    for key, value in h['model'].items():
        _match('model', key, OPERATION, 'an object whose names have 1 to 64 of the characters a-z 0-9 -')
        if key in ('feature-columns', 'label-columns'):
            _array('model', value, 0, MAX_COLUMNS)
            for column in value:
                _check_column(column)
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                _bytes_long('model', item, 65536)
            else:
                low, high = (-960, 960) if key == 'feature-units' else (0, 1 << 53)
                _integer('model', item, low, high)


def _check_range(value):
    _array('range', value, 2, 2)
    for bound in value:
        _match('range', bound, BOUND, 'an array of two whole numbers as strings')
    low, high = map(int, value)
    if not -2 ** 63 <= low <= high < 2 ** 63 or (low, high) == (-2 ** 63, 2 ** 63 - 1):
        raise malformed("'range' is not [least word, largest word]")


def _check_column(c):
    if c is None:
        return
    if isinstance(c, dict) and 'supposed' in c:
        if c.get('kind') == 'key':
            raise malformed("'supposed' of a key")
        _integer('supposed', c['supposed'], 32, 63)
        if 'range' in c:
            raise malformed("'supposed' belongs to a column without a range")
        c = {k: v for k, v in c.items() if k != 'supposed'}
        if not c:
            return
    if not isinstance(c, dict) or not isinstance(c.get('kind'), str) or c['kind'] not in KINDS:
        raise malformed("'about' holds something that is no column")
    fields, least, most = KINDS[c['kind']]
    for field in c:
        if field not in ('kind',) + (() if c['kind'] == 'key' else ('range',)) + fields:
            raise malformed("'about': unknown field '%s'" % field[:64].encode('unicode_escape').decode())
    if 'range' in c:
        _check_range(c['range'])
    if 'exponent' in c:
        _integer('exponent', c['exponent'], -960, 960)
        if c['exponent'] == 0:
            raise malformed("'exponent' is 0")
    if c.get('missing', True) is not True and c['missing'] != 'median':
        raise malformed("'missing' is neither true nor \"median\"")
    if 'unit' in c:
        _bytes_long('unit', c['unit'], 64)
    if c['kind'] == 'key' and c.get('match') not in MATCHES:
        raise malformed("'match' is missing, or none of " + ', '.join(MATCHES))
    if c.get('distinct', True) is not True:
        raise malformed("'distinct' is not true")
    if 'of' in fields and 'of' not in c and (c['kind'] not in ('number', 'class') or c['kind'] == 'number' and 'values' in c):
        raise malformed("'of' is missing; without it a number has no 'values'")
    if 'of' in c:
        _bytes_long('of', c['of'], 1024)
    values = c.get('values', [])
    _array('values', values, max(least, 1 if 'values' in c else 0), most)
    for value in values:
        if len(_text('values', value).encode('utf-8')) > 1024:
            raise malformed("'values' holds one that is longer than 1024 bytes")
    _different('values', values)


def _check_row_exponents(h):
    """One for each row of the part, which with that of any column is an exponent."""
    exponents, end = h['row_exponents'], h['first_row'] + h['shape'][0]
    if int(h['modulus']) != TWO64:
        raise malformed("'row_exponents' where 'modulus' is not 18446744073709551616")
    _array('row_exponents', exponents, end, end if h['last'] else 1 << 19)
    columns = [(c or {}).get('exponent', 0) for c in h.get('about', [None])]
    for e in exponents:
        _integer('row_exponents', e, -960, 960)
        if not all(-960 <= e + c <= 960 for c in (min(columns), max(columns), 0)):
            raise malformed("'row_exponents' has one that is too much for a column")
    if not any(exponents):
        raise malformed("'row_exponents' holds zeroes alone")


def key_columns(h):
    """key_columns(h): the positions of the columns that are words of keys."""
    return [j for j, c in enumerate(h.get('about', ())) if c and c.get('kind') == 'key']


def _check_keys(h):
    """The two words of a key stand side by side, and a masked sharing alone has keys."""
    about, at = h['about'], key_columns(h)
    if at and h['scheme'] != 'masked':
        raise malformed("'about': a key outside a masked sharing")
    while at:
        j, at = at[0], at[1:]
        if at[:1] != [j + 1] or about[j] != about[j + 1]:
            raise malformed("'about': a key whose words do not stand side by side")
        at = at[1:]


def _check_knowledge(h):
    if 'row_exponents' in h:
        _check_row_exponents(h)
    if 'about' in h:
        _array('about', h['about'], h['shape'][1], h['shape'][1])
        if int(h['modulus']) != TWO64:
            raise malformed("'about' where 'modulus' is not 18446744073709551616")
        for column in h['about']:
            _check_column(column)
        if all(column is None for column in h['about']):
            raise malformed("'about' says nothing")
        _check_keys(h)
    if 'schema' in h:
        _match('schema', h['schema'], HEX64, '64 lower-case hexadecimal digits')
    if h.get('dropped', True) is not True:
        raise malformed("'dropped' is not true")
    if 'intact' in h:
        if h['intact'] not in ('whole', 'rows'):
            raise malformed("'intact' is not whole or rows")
        if h['op'] == 'share':
            raise malformed("'intact' of a sharing")
    if ('origins' in h) != ('dropped' in h and h['op'] != 'share'):
        raise malformed("'origins' is missing, or belongs to a result with rows left out alone")
    if 'origins' in h:
        _array('origins', h['origins'], 1, 1000)
        for sharing in h['origins']:
            _match('origins', sharing, HEX64, 'an array of 64 lower-case hexadecimal digits each')
        if sorted(set(h['origins'])) != h['origins']:
            raise malformed("'origins' is not in order, or holds an id twice")


def check_header(h, version):
    """check_header(h, version): every field of a header by itself and against the others."""
    _check_fields(h, version)
    _check_scheme(h)
    _check_scale(h)
    _check_place(h)
    _check_names(h)
    _check_origin(h)
    _check_model(h)
    _check_knowledge(h)


def role(h):
    """role(h): "dealer", "computing", "additive" or "public": the row of the table of payloads."""
    if h['scheme'] != 'masked':
        return h['scheme']
    return 'dealer' if h['party'] == h['parties'][0] else 'computing'


def _layouts(h):
    """_layouts(h): number of keys -> (words of payload, whether the keys are part keys)."""
    n = h['shape'][0] * h['shape'][1]
    return {
        'dealer': {0: (n, False), len(h.get('parties', ())) - 1: (0, True)},
        'computing': {0: (2 * n, False), 1: (n, False)},
        'additive': {0: (n, False), 1: (0, True)},
        'public': {0: (n, False)},
    }[role(h)]


def check_layout(h, key_count, word_count):
    """check_layout(h, key_count, word_count): keys and payload are those of the table of payloads."""
    layouts = _layouts(h)
    if key_count not in layouts:
        raise malformed('%d keys in a record of kind %s' % (key_count, role(h)))
    words, part_keys = layouts[key_count]
    if part_keys != ('key_rows' in h):
        raise malformed("'key_rows' is present without part keys, or missing with them")
    if part_keys:
        _integer('key_rows', h['key_rows'], 1, 1 << 32)
        if h['first_row'] != 0 or not h['last']:
            raise malformed("'key_rows': a part with part keys has a single record")
    if word_count != words:
        raise malformed("'shape' and keys ask for %d words of payload, there are %d words" % (words, word_count))


# Records

def words_to_bytes(words):
    """words_to_bytes(words): little-endian 64-bit words."""
    packed = array('Q', words)
    if sys.byteorder == 'big':
        packed.byteswap()
    return packed.tobytes()


def bytes_to_words(raw):
    """bytes_to_words(raw): the words in ${raw}, as an array."""
    words = array('Q')
    words.frombytes(raw)
    if sys.byteorder == 'big':
        words.byteswap()
    return words


class Record:
    """One record: .header (dict), .keys (list of 32 bytes), .words (array), .form, .where (for messages)."""

    def __init__(self, header, keys, words, form='binary', where=''):
        self.header, self.keys, self.words, self.form, self.where = header, list(keys), words, form, where

    def __getattr__(self, name):
        if name in REQUIRED + OPTIONAL + SHARED_ONLY + KNOWLEDGE:
            return self.header.get(name)
        raise AttributeError(name)

    @property
    def rows(self):
        return self.header['shape'][0]

    @property
    def cols(self):
        return self.header['shape'][1]


def front(header, keys, word_count, header_bytes=None):
    """front(header, keys, word_count, header_bytes): all bytes of a binary record before the payload."""
    header_bytes = canonical(header) if header_bytes is None else header_bytes
    prelude = MAGIC + struct.pack('<IIIIQ', version_of(header), len(header_bytes), len(keys), 0, word_count)
    return prelude + header_bytes + bytes(-(32 + len(header_bytes)) % 64) + b''.join(keys)


def digest(front_bytes, payload):
    """digest(front_bytes, payload): the digest of a record."""
    return blake2b(front_bytes, blake2b(payload))


def encode_binary(record):
    """encode_binary(record): the bytes of the binary record, header in the form of RFC 8785."""
    before = front(record.header, record.keys, len(record.words))
    payload = words_to_bytes(record.words)
    return before + payload + digest(before, payload)


def encode_text(record, with_digest=True):
    """encode_text(record, with_digest): the record as a line of JSON."""
    line = dict(record.header, smpc=version_of(record.header), words=[str(w) for w in record.words])
    if record.keys:
        line['keys'] = [k.hex() for k in record.keys]
    if with_digest:
        before = front(record.header, record.keys, len(record.words))
        line['digest'] = digest(before, words_to_bytes(record.words)).hex()
    return canonical(line) + b'\n'


def _take(data, pos, length, what):
    if len(data) - pos < length:
        raise malformed('ends early, in the %s' % what)
    return data[pos:pos + length], pos + length


def parse_binary(data, pos):
    """parse_binary(data, pos): the binary record at ${pos} and the position behind it."""
    start = pos
    prelude, pos = _take(data, pos, 32, 'record prelude')
    version, header_bytes, key_count, zero, word_count = struct.unpack('<8xIIIIQ', prelude)
    if version not in (1, 2):
        raise malformed('unknown version %d' % version)
    if not 2 <= header_bytes <= MAX_HEADER:
        raise malformed('header length %d is outside 2 to %d' % (header_bytes, MAX_HEADER))
    if key_count > MAX_KEYS:
        raise malformed('%d keys, more than %d' % (key_count, MAX_KEYS))
    if zero != 0:
        raise malformed('reserved bytes are not zero')
    if word_count > MAX_WORDS:
        raise malformed('%d words of payload, more than %d' % (word_count, MAX_WORDS))
    raw, pos = _take(data, pos, header_bytes, 'header')
    pad, pos = _take(data, pos, -(32 + header_bytes) % 64, 'padding')
    keys, pos = _take(data, pos, 32 * key_count, 'keys')
    before = data[start:pos]
    payload, pos = _take(data, pos, 8 * word_count, 'payload')
    found, pos = _take(data, pos, 32, 'digest')
    if found != digest(before, payload):
        raise refused('digest is wrong: the record was damaged')
    if any(pad):
        raise malformed('padding bytes after the header are not zero')
    header = parse_object(raw)
    check_header(header, version)
    check_layout(header, key_count, word_count)
    keys = [keys[i:i + 32] for i in range(0, len(keys), 32)]
    return Record(header, keys, bytes_to_words(payload), 'binary'), pos


def _text_words(value):
    _array('words', value, 0, MAX_WORDS)
    words = array('Q')
    for word in value:
        _match('words', word, DECIMAL, 'an array of strings of decimal digits')
        if len(word.lstrip('0')) > 20 or int(word) >= TWO64:
            raise malformed("'words' holds %s, which is not below 2^64" % word[:24])
        words.append(int(word))
    return words


def _text_keys(value):
    _array('keys', value, 1, MAX_KEYS)
    for key in value:
        _match('keys', key, HEX64, 'an array of 64 lower-case hexadecimal digits each')
    return [bytes.fromhex(key) for key in value]


def parse_text(data, pos):
    """parse_text(data, pos): the text record on the line at ${pos} and the position of the next line."""
    end = data.find(b'\n', pos)
    whole = end >= 0
    if not whole:
        end = len(data)
    if end - pos > MAX_LINE:
        raise malformed('line of text is longer than %d bytes' % MAX_LINE)
    try:
        line = parse_object(data[pos:end])
    except ShareError as e:
        if whole:
            raise
        raise malformed('ends early, in a line of text, or it is damaged: %s' % e) from None
    if 'smpc' not in line:
        raise malformed("'smpc' is missing")
    version = line.pop('smpc')
    if type(version) is not int or version not in (1, 2):
        raise malformed("'smpc': unknown version %s" % str(version)[:24])
    if 'words' not in line:
        raise malformed("'words' is missing")
    words = _text_words(line.pop('words'))
    keys = _text_keys(line.pop('keys')) if 'keys' in line else []
    with_digest, found = 'digest' in line, line.pop('digest', None)
    check_header(line, version)
    check_layout(line, len(keys), len(words))
    if with_digest:
        _match('digest', found, HEX64, '64 lower-case hexadecimal digits')
        if found != digest(front(line, keys, len(words)), words_to_bytes(words)).hex():
            raise refused('digest is wrong: the record was damaged')
    return Record(line, keys, words, 'text'), end + 1 if whole else end


# Streams

class Sequence:
    """What has to hold from record to record.  add() every record, then end()."""

    def __init__(self):
        self.part = None        # first record of the part that is not finished
        self.rows = 0           # its rows so far
        self.before = None      # the last record
        self.count = 0

    def _continue(self, r):
        if r.id != self.part.id:
            raise refused('id changes from %.8s to %.8s before the last record of the part' % (self.part.id, r.id))
        if r.first_row != self.rows:
            raise refused('rows out of order: row %d expected, row %d found' % (self.rows, r.first_row))
        for field in PART_FIELDS:
            if r.header.get(field) != self.part.header.get(field):
                raise refused("'%s' changes within a part" % field)
        if r.cols != self.part.cols:
            raise refused("'shape': the number of columns changes within a part")

    def _begin(self, r):
        if self.before is not None and self.before.header.get('next', r.id) != r.id:
            raise refused("id %.8s follows, but 'next' announced %.8s" % (r.id, self.before.header['next']))
        if r.first_row != 0:
            raise refused('rows are missing: a part begins at row %d' % r.first_row)
        if self.before is not None and same_tensor(self.before, r):
            for field in TENSOR_FIELDS:
                if r.header.get(field) != self.before.header.get(field):
                    raise refused("'%s' changes within tensor '%s'" % (field, r.name))
        self.part, self.rows = r, 0

    def add(self, r):
        if self.part is None:
            self._begin(r)
        else:
            self._continue(r)
        modulus = int(r.modulus)
        if modulus != TWO64 and len(r.words) and max(r.words) >= modulus:
            raise refused('word %d is not below the modulus %d' % (max(r.words), modulus))
        self.rows += r.rows
        if self.rows > MAX_ROWS:
            raise malformed('more than %d rows in a part' % MAX_ROWS)
        if r.last:
            self.part = None
        self.before = r
        self.count += 1

    def end(self):
        if self.count == 0:
            raise malformed('ends early: not one record')
        if self.before.header.get('next') is not None:
            raise malformed("ends early: the part that 'next' announces is missing")
        if self.part is not None:
            raise malformed("ends early: the record marked 'last' is missing")


def same_tensor(a, b):
    """same_tensor(a, b): same name, same column names, same number of columns."""
    return a.name == b.name and a.cols == b.cols and a.columns == b.columns


BLANKS = re.compile(rb'[ \t\r\n]*')


class Reader:
    """
    Reader(unseal): run(data) appends the records of ${data} to .records and their bytes, unsealed, to .plain;
    run(plain, False) does so inside a sealed stream.
    """

    def __init__(self, unseal):
        self.unseal, self.sequence, self.records, self.plain = unseal, Sequence(), [], []
        self.sealed = None

    def run(self, data, outer=True):
        pos = BLANKS.match(data).end()
        while pos < len(data):
            pos = BLANKS.match(data, self._one(data, pos, outer)).end()

    def _mix(self, sealed):
        if self.sealed is not None and self.sealed != sealed:
            raise refused('sealed and not sealed records in one input')
        self.sealed = sealed

    def _one(self, data, pos, outer):
        """_one(data, pos, outer): take the record or sealed stream at ${pos}; return the position behind it."""
        head = data[pos:pos + 8]
        text = head[:1] in (b'{', b'[')
        if text:
            record, end = parse_text(data, pos)
        elif head == MAGIC:
            record, end = parse_binary(data, pos)
        elif head == SEAL_MAGIC:
            return self._sealed(data, pos, outer)
        elif MAGIC.startswith(head) or SEAL_MAGIC.startswith(head):
            raise malformed('ends early, in the magic of a record')
        else:
            raise malformed('not a share record: unknown magic')
        self._mix(not outer)
        record.where = '%sbyte %d' % ('' if outer else 'sealed stream, ', pos)
        self.sequence.add(record)
        self.records.append(record)
        self.plain.append(data[pos:end])
        if text and not self.plain[-1].endswith(b'\n'):
            self.plain.append(b'\n')
        return end

    def _sealed(self, data, pos, outer):
        if self.sequence.part is not None or (self.sequence.count and self.sequence.before.header.get('next')):
            raise malformed("ends early: a sealed stream begins before the record marked 'last' or announced by 'next'")
        if not outer:
            raise malformed('sealed stream inside a sealed stream')
        if self.unseal is None:
            raise refused('sealed: an identity and the parties file are needed')
        plain, pos = self.unseal.open(data, pos)
        before = self.sequence.count
        self.run(plain, False)
        if (self.sequence.count == before or self.sequence.part is not None
                or self.sequence.before.header.get('next')):
            raise malformed("ends early: the record marked 'last' is missing in a sealed stream")
        return pos


def read_stream(data, unseal=None):
    """read_stream(data, unseal): the Reader that has read and checked the whole stream ${data}."""
    reader = Reader(unseal)
    try:
        reader.run(bytes(data))
    except ShareError as e:
        raise ShareError(e.status, 'record %d: %s' % (reader.sequence.count + 1, e)) from None
    reader.sequence.end()
    return reader


def parse(data, unseal=None):
    """parse(data, unseal): all records of a stream; ${unseal} is an Unsealer, or None if sealed streams are refused."""
    return read_stream(data, unseal).records


def unsealed(data, unseal):
    """unsealed(data, unseal): the same stream with its sealed streams opened."""
    return b''.join(read_stream(data, unseal).plain)


# Keys

def record_stream(key, count, modulus=TWO64):
    """record_stream(key, count, modulus): the first ${count} values that a record key stands for."""
    if modulus == TWO64:
        return bytes_to_words(noise.chacha20_original(key, 8 * count))
    w = bytes_to_words(noise.chacha20_original(key, 16 * count))
    return array('Q', [((w[2 * v + 1] << 64 | w[2 * v]) * modulus) >> 128 for v in range(count)])


def block_key(part_key, block):
    """block_key(part_key, block): the record key k_b of rows b key_rows ... of a part."""
    return blake2b(key=part_key, salt=struct.pack('<Q', block) + bytes(8), person=b'smpcrec1' + bytes(8))


def part_stream(part_key, rows, cols, key_rows, modulus=TWO64):
    """part_stream(part_key, rows, cols, key_rows, modulus): all values that a part key stands for."""
    out = array('Q')
    for block, first in enumerate(range(0, rows, key_rows)):
        out += record_stream(block_key(part_key, block), min(key_rows, rows - first) * cols, modulus)
    return out


def add_words(a, b, modulus=TWO64):
    return array('Q', [(x + y) % modulus for x, y in zip(a, b)])


def join_words(h, a, b):
    """join_words(h, a, b): words, or masks, and masks of whole rows put together: by XOR in columns of keys."""
    out, cols = add_words(a, b, int(h['modulus'])), h['shape'][1]
    for j in key_columns(h):
        for v in range(j, len(out), cols):
            out[v] = a[v] ^ b[v]
    return out


def subtract_words(a, b, modulus=TWO64):
    return array('Q', [(x - y) % modulus for x, y in zip(a, b)])


def planes(record):
    """planes(record): the words of a record, keys expanded: {"lam"}, {"m", "lam"} or {"x"} -> array of RC words."""
    n, modulus = record.rows * record.cols, int(record.modulus)
    if n > MAX_EXPANDED:
        raise malformed('%d values: more than this tool expands' % n)
    kind = role(record.header)
    if kind == 'computing':
        lam = record_stream(record.keys[0], n) if record.keys else record.words[n:]
        return {'m': record.words[:n], 'lam': lam}
    plane = 'lam' if kind == 'dealer' else 'x'
    if not record.keys:
        return {plane: record.words[:]}
    total = array('Q', bytes(8 * n))
    for key in record.keys:
        total = join_words(record.header, total,
                           part_stream(key, record.rows, record.cols, record.key_rows, modulus))
    return {plane: total}


class Part:
    """One part: .header of its first record, .rows, .cols, .planes."""

    def __init__(self, record):
        self.header = {k: v for k, v in record.header.items() if k not in VARIABLE}
        self.rows, self.cols, self.planes = 0, record.cols, {}

    def append(self, record):
        for name, words in planes(record).items():
            self.planes.setdefault(name, array('Q')).extend(words)
        self.rows += record.rows
        if self.rows * self.cols > MAX_EXPANDED:
            raise malformed('%d values: more than this tool expands' % (self.rows * self.cols))


def parts(records):
    """parts(records): the parts of a stream that parse() has accepted."""
    out, current = [], None
    for r in records:
        if current is None:
            current = Part(r)
            out.append(current)
        current.append(r)
        if r.last:
            current = None
    return out


def words_csv(part_list):
    """words_csv(part_list): lines "part,row,plane,words...": parts and rows are counted from 1 and 0."""
    lines = []
    for number, part in enumerate(part_list, 1):
        for row in range(part.rows):
            for name, words in part.planes.items():
                here = words[row * part.cols:(row + 1) * part.cols]
                lines.append('%d,%d,%s,%s\n' % (number, row, name, ','.join(map(str, here))))
    return ''.join(lines)


# Keys of tables

BLANK = b' \t'


def normal_key(match, raw):
    """normal_key(match, raw): the form in which the bytes of a cell are compared, or None if they are no key."""
    raw = raw.strip(BLANK)
    if re.search(rb'[\x00-\x1f\x7f]', raw) or len(raw) > 1024:
        return None
    try:
        raw.decode('utf-8')
    except UnicodeDecodeError:
        return None
    if match == 'alnum' and not raw.isascii():
        return None
    if match != 'text':
        raw = bytes(c + 32 if 65 <= c <= 90 else c for c in raw)
    if match == 'digits':
        raw = bytes(c for c in raw if chr(c) in '0123456789')
    if match == 'alnum':
        raw = bytes(c for c in raw if chr(c) in '0123456789abcdefghijklmnopqrstuvwxyz')
    return raw or None


def key_words(match, normal):
    """key_words(match, normal): the two words of a key in its normal form."""
    pieces = b''.join(_n(len(s)) + s for s in (b'smpc-key-1', match.encode(), normal))
    return list(struct.unpack('<2Q', hashlib.blake2b(pieces, digest_size=16).digest()))


# Revealing

class Table:
    """A revealed tensor: .name, .columns (or None), .cols, .values (rows of Fractions)."""

    def __init__(self, name, columns, cols, values):
        self.name, self.columns, self.cols, self.values = name, columns, cols, values


def _same_parts(shares):
    first = shares[0]
    for other in shares[1:]:
        if other.header['id'] != first.header['id']:
            raise refused('ids differ: %.8s and %.8s' % (first.header['id'], other.header['id']))
        for field in PART_FIELDS:
            if field != 'party' and other.header.get(field) != first.header.get(field):
                raise refused("'%s' differs between the shares" % field)
        if (other.rows, other.cols) != (first.rows, first.cols):
            raise refused("'shape' differs between the shares")


def combine(shares):
    """combine(shares): the words x of one part from shares of it; refused if they do not suffice or contradict."""
    _same_parts(shares)
    h = shares[0].header
    if h['scheme'] == 'public':
        if len(shares) > 1:
            raise refused('public numbers need one file')
        return shares[0].planes['x']
    modulus = int(h['modulus'])
    by_name = {s.header['party']: s for s in shares}
    if len(by_name) != len(shares):
        raise refused('two shares of the same party')
    if h['scheme'] == 'additive':
        if len(shares) != len(h['parties']):
            raise refused('shares of all %d parties are needed' % len(h['parties']))
        total = array('Q', bytes(8 * shares[0].rows * shares[0].cols))
        for s in shares:
            total = add_words(total, s.planes['x'], modulus)
        return total
    return _combine_masked(by_name, h['parties'])


def _combine_masked(by_name, names):
    computing = [by_name[n] for n in names[1:] if n in by_name]
    if not computing or (names[0] not in by_name and len(computing) < len(names) - 1):
        raise refused('shares of all computing parties, or of the dealer and one of them, are needed')
    m = computing[0].planes['m']
    if any(c.planes['m'] != m for c in computing):
        raise refused('computing parties hold different m')
    sums = []
    if names[0] in by_name:
        sums.append(by_name[names[0]].planes['lam'])
    if len(computing) == len(names) - 1:
        total = computing[0].planes['lam']
        for c in computing[1:]:
            total = join_words(dict(c.header, shape=[c.rows, c.cols]), total, c.planes['lam'])
        sums.append(total)
    if any(s != sums[0] for s in sums):
        raise refused("the dealer's lam is not the sum of the computing parties'")
    c = computing[0]
    out = subtract_words(m, sums[0])
    for j in key_columns(c.header):
        for v in range(j, len(out), c.cols):
            out[v] = m[v] ^ sums[0][v]
    return out


def values(words, h, cols=1):
    """values(words, h, cols): the exact values that the words x of ${cols} columns stand for, row by row."""
    scale = (1 << h['fraction_bits']) * h.get('divisor', 1)
    if int(h['modulus']) == TWO64:
        units = [Fraction(2) ** (c or {}).get('exponent', 0) / scale for c in h.get('about', [None])]
        rows = [Fraction(2) ** e for e in h.get('row_exponents', [0])]
        return [(x - TWO64 if x >> 63 else x) * units[i % len(units)] * rows[i // cols % len(rows)]
                for i, x in enumerate(words)]
    return [Fraction(x, scale) for x in words]


def without_missing(rows, h):
    """without_missing(rows, h): the rows with '' for a value that the column of its presence says is missing."""
    about = [c or {} for c in h.get('about', [])]
    there = {c['of']: j for j, c in enumerate(about) if c.get('kind') == 'presence'}
    for j, c in enumerate(about):
        if c.get('missing'):
            for row in rows:
                row[j] = row[j] if row[there[h['columns'][j]]] else ''
    return rows


def reveal(streams):
    """reveal(streams): the tensors of a list of lists of parts, one list for each share stream."""
    if len({len(s) for s in streams}) != 1:
        raise refused('the streams have different numbers of parts')
    tables, before = [], None
    for shares in zip(*streams):
        first = shares[0]
        if key_columns(first.header):
            raise ShareError(2, 'keys are not put together')
        flat = values(combine(shares), first.header, first.cols)
        rows = [flat[i * first.cols:(i + 1) * first.cols] for i in range(first.rows)]
        key = (first.header['name'], first.header.get('columns'), first.cols)
        if key != before:
            tables.append(Table(*key, []))
        tables[-1].values += without_missing(rows, first.header)
        before = key
    return tables


# Ids

def _n(number):
    return struct.pack('<Q', number)


def _s(string):
    raw = string.encode('utf-8')
    return _n(len(raw)) + raw


def derive_id(op, params, inputs):
    """derive_id(op, params, inputs): the id of a local result; inputs is a list of (id, row)."""
    tail = [bytes.fromhex(part) + _n(row) for part, row in inputs]
    return blake2b(_s('smpc-id-1'), _s(op), _s(params), _n(len(inputs)), *tail).hex()


REPEATED = (1 << 64) - 1    # the row of an operand that is repeated


def public_digest(modulus, fraction_bits, divisor, rows, cols, words):
    """public_digest(modulus, fraction_bits, divisor, rows, cols, words): the id by which a public operand enters."""
    return blake2b(_s('smpc-public-1'), _s(str(modulus)), _n(fraction_bits), _n(divisor), _n(rows), _n(cols),
                   words_to_bytes(words)).hex()


# Making shares

class SeededBytes:
    """SeededBytes(seed): a source of bytes, the same for the same seed; called like os.urandom."""

    def __init__(self, seed):
        self.key, self.calls = blake2b(str(seed).encode()), 0

    def __call__(self, count):
        self.calls += 1
        return noise.chacha20_original(blake2b(_n(self.calls), key=self.key), count)


def header_of(scheme, name, cols, ident, fraction_bits=0, modulus=TWO64, divisor=1, columns=None, parties=None,
              op='share',
              inputs=(), about=None):
    """header_of(...): a header without party, shape, first_row, last and key_rows."""
    h = {'kind': 'tensor', 'scheme': scheme, 'modulus': str(modulus), 'fraction_bits': fraction_bits, 'name': name,
         'id': ident,
         'op': op, 'inputs': list(inputs)}
    if columns is not None:
        h['columns'] = list(columns)
    if about is not None:
        h['about'] = list(about)
    if divisor != 1:
        h['divisor'] = divisor
    if parties is not None:
        h['parties'] = list(parties)
    return h


def _place(h, party, rows, cols, first, last):
    h = dict(h, shape=[rows, cols], first_row=first, last=last)
    if party is not None:
        h['party'] = party
    return h


def _blocks(rows, block_rows):
    """_blocks(rows, block_rows): (first row, number of rows, last) of every record."""
    if rows == 0:
        return [(0, 0, True)]
    return [(f, min(block_rows, rows - f), f + block_rows >= rows) for f in range(0, rows, block_rows)]


def _cut(h, party, rows, cols, block_rows, word_planes):
    """_cut(h, party, rows, cols, block_rows, word_planes): records holding words: the planes one after the other."""
    out = []
    for first, count, last in _blocks(rows, block_rows):
        words = array('Q')
        for plane in word_planes:
            words += plane[first * cols:(first + count) * cols]
        out.append(Record(_place(h, party, count, cols, first, last), [], words))
    return out


def _flat(table):
    return [x for row in table for x in row]


def share_masked(table, cols, parties, block_rows=4, keyed=True, random=os.urandom, **options):
    """
    share_masked(table, cols, parties, block_rows, keyed, random, options):
    Records of every party, {name: [Record]}, of the integers in ${table}; parties[0] is the dealer.  With keys, a
    computing party's records are the blocks of ${block_rows} rows of its part key.
    """
    h = header_of('masked', cols=cols, ident=random(32).hex(), parties=parties, **options)
    rows, n = len(table), len(table) * cols
    keys = [random(32) for _ in parties[1:]]
    lams = [part_stream(k, rows, cols, block_rows) for k in keys]
    m, total = array('Q', [x % TWO64 for x in _flat(table)]), array('Q', bytes(8 * n))
    h['shape'] = [rows, cols]
    for lam in lams:
        m, total = join_words(h, m, lam), join_words(h, total, lam)
    out = {}
    if keyed:
        out[parties[0]] = [Record(dict(_place(h, parties[0], rows, cols, 0, True), key_rows=block_rows), keys,
                                  array('Q'))]
    else:
        out[parties[0]] = _cut(h, parties[0], rows, cols, block_rows, [total])
    for name, key, lam in zip(parties[1:], keys, lams):
        if keyed:
            records = _cut(h, name, rows, cols, block_rows, [m])
            for b, record in enumerate(records):
                record.keys = [block_key(key, b)]
            out[name] = records
        else:
            out[name] = _cut(h, name, rows, cols, block_rows, [m, lam])
    assert len(m) == n
    return out


def share_additive(table, cols, parties, modulus=TWO64, block_rows=4, keyed=True, random=os.urandom, **options):
    """share_additive(...): records of every party; with keys all parties but the last hold a part key."""
    h = header_of('additive', cols=cols, ident=random(32).hex(), modulus=modulus, parties=parties, **options)
    rows = len(table)
    rest = array('Q', [x % modulus for x in _flat(table)])
    out = {}
    for name in parties[:-1]:
        key = random(32)
        share = part_stream(key, rows, cols, block_rows, modulus)
        rest = subtract_words(rest, share, modulus)
        if keyed:
            out[name] = [Record(dict(_place(h, name, rows, cols, 0, True), key_rows=block_rows), [key], array('Q'))]
        else:
            out[name] = _cut(h, name, rows, cols, block_rows, [share])
    out[parties[-1]] = _cut(h, parties[-1], rows, cols, block_rows, [rest])
    return out


def share_public(table, cols, modulus=TWO64, block_rows=4, random=os.urandom, **options):
    """share_public(...): records of public numbers."""
    h = header_of('public', cols=cols, ident=random(32).hex(), modulus=modulus, **options)
    return _cut(h, None, len(table), cols, block_rows, [array('Q', [x % modulus for x in _flat(table)])])


def reblock(records, rng):
    """reblock(records, rng): the same parts as words, cut where ${rng} (a random.Random) says."""
    out = []
    for part in parts(records):
        h = part.header
        most = max(1, MAX_WORDS // (part.cols * len(part.planes)))
        first = 0
        while True:
            count = min(rng.randint(1, max(1, part.rows)), most, part.rows - first)
            last = first + count == part.rows
            words = array('Q')
            for plane in part.planes.values():
                words += plane[first * part.cols:(first + count) * part.cols]
            out.append(Record(_place(h, h.get('party'), count, part.cols, first, last), [], words))
            first += count
            if last:
                break
    return out


# Identities and the parties file

def key_text(prefix, raw):
    """key_text(prefix, raw): "smpc-public-..." or "smpc-secret-..." of 32 bytes."""
    check = blake2b(prefix.encode(), raw)[:4]
    return prefix + base64.urlsafe_b64encode(raw + check).decode()


def key_bytes(prefix, text):
    """key_bytes(prefix, text): the 32 bytes of such a text."""
    if not re.match(re.escape(prefix) + r'[A-Za-z0-9_-]{48}\Z', text):
        raise malformed('not a key of the form %s...' % prefix)
    raw = base64.urlsafe_b64decode(text[len(prefix):])
    if blake2b(prefix.encode(), raw[:32])[:4] != raw[32:]:
        raise malformed('checksum of a key is wrong: mistyped?')
    return raw[:32]


def read_identity(text):
    """read_identity(text): the secret key in an identity file; lines that begin with # are comments."""
    lines = [line for line in text.splitlines() if line and not line.startswith('#')]
    if len(lines) != 1:
        raise malformed('an identity file has one secret line')
    return key_bytes('smpc-secret-', lines[0])


def read_parties(raw):
    """read_parties(raw): {name: public key} of a parties file."""
    top = parse_object(raw)
    if set(top) != {'version', 'parties'} or top['version'] != 1 or not isinstance(top['parties'], list):
        raise malformed('not a parties file of version 1')
    out = {}
    for entry in top['parties']:
        if not isinstance(entry, dict) or not {'name', 'role', 'key'} <= set(entry) <= {'name', 'role', 'key',
                                                                                        'address'}:
            raise malformed('an entry of the parties file lacks a field or has an unknown one')
        _match('name', entry['name'], NAME, 'a party name')
        if entry['name'] in out:
            raise malformed("party '%s' is listed twice" % entry['name'])
        out[entry['name']] = key_bytes('smpc-public-', _text('key', entry['key']))
    return out


# Sealed streams

def seal_head(header_bytes):
    return SEAL_MAGIC + struct.pack('<II', 1, len(header_bytes)) + header_bytes


def seal(plain, sender, recipient, secret, recipient_key, random=os.urandom, chunk=CHUNK):
    """seal(plain, sender, recipient, secret, recipient_key, random, chunk): the sealed stream of the bytes ${plain}."""
    head = seal_head(canonical({'from': sender, 'to': recipient, 'kind': 'sealed'}))
    shake = noise.Handshake('K', True, b'smpc-seal-1' + head, secret, recipient_key, random(32))
    out = [head, shake.write()]
    cipher = shake.split()[0]
    pieces = [plain[i:i + chunk] for i in range(0, len(plain), chunk)] or [b'']
    for i, piece in enumerate(pieces):
        message = cipher.encrypt(bytes([i == len(pieces) - 1]) + piece)
        out += [struct.pack('<H', len(message)), message]
    return b''.join(out)


def _sealed_header(data, pos):
    """_sealed_header(data, pos): (header object, position of the handshake message)."""
    head, pos = _take(data, pos, 16, 'head of a sealed stream')
    version, length = struct.unpack('<8xII', head)
    if version != 1:
        raise malformed('unknown version %d of a sealed stream' % version)
    if not 2 <= length <= 4096:
        raise malformed('header length %d of a sealed stream is outside 2 to 4096' % length)
    raw, pos = _take(data, pos, length, 'header of a sealed stream')
    h = parse_object(raw)
    for field in ('from', 'to', 'kind'):
        if field not in h:
            raise malformed("'%s' is missing in the header of a sealed stream" % field)
    for field in h:
        if field not in ('from', 'to', 'kind'):
            raise malformed("'%s' is an unknown field in the header of a sealed stream" % field[:64])
    if h['kind'] != 'sealed':
        raise malformed("'kind' is not \"sealed\"")
    _match('from', h['from'], NAME, 'a party name')
    _match('to', h['to'], NAME, 'a party name')
    return h, pos


class Unsealer:
    """Unsealer(secret, public_keys): opens streams sealed to the owner of ${secret}; ${public_keys} is {name: key}."""

    def __init__(self, secret, public_keys):
        self.secret, self.public_keys = secret, public_keys

    def open(self, data, start):
        """open(data, start): (plaintext, position behind) of the sealed stream at ${start}."""
        h, pos = _sealed_header(data, start)
        if self.public_keys.get(h['to']) != noise.public_key(self.secret):
            raise refused("sealed to '%s', who is not the owner of this identity" % h['to'])
        if h['from'] not in self.public_keys:
            raise refused("sealed by '%s', who is not in the parties file" % h['from'])
        prologue = b'smpc-seal-1' + data[start:pos]
        message, pos = _take(data, pos, 48, 'handshake of a sealed stream')
        shake = noise.Handshake('K', False, prologue, self.secret, self.public_keys[h['from']])
        try:
            shake.read(message)
        except noise.NoiseError as e:
            raise refused("not sealed by '%s' to this identity, or damaged: %s" % (h['from'], e)) from None
        return self._chunks(data, pos, shake.split()[0])

    def _chunks(self, data, pos, cipher):
        out, number, final = [], 0, False
        while not final:
            number += 1
            length, pos = _take(data, pos, 2, 'sealed stream, before its final chunk')
            length, = struct.unpack('<H', length)
            if length < 17:
                raise malformed('chunk %d of a sealed stream is %d bytes long, less than 17' % (number, length))
            message, pos = _take(data, pos, length, 'chunk %d of a sealed stream' % number)
            try:
                plain = cipher.decrypt(message)
            except noise.NoiseError as e:
                raise refused('chunk %d of a sealed stream was damaged or moved: %s' % (number, e)) from None
            if plain[0] > 1:
                raise refused('chunk %d of a sealed stream begins with byte %d, not 0 or 1' % (number, plain[0]))
            final = plain[0] == 1
            out.append(plain[1:])
        return b''.join(out), pos
