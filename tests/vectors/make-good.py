#!/usr/bin/env python3
"""
make-good.py [--check]: write tests/vectors/good, or check that it is what this script writes.

Each stream is valid.  index.tsv gives for each: how to read it, the number of records and parts, the file with its
words (lines "part,row,plane,words..."; parts are counted from 1, rows of a part from 0; planes m, lam or x; all keys
expanded) and the SHA-256 of that file.  reveal.tsv gives sets of streams that reveal and the file with the values, made
from the numbers that were shared.
"""

import csv
import hashlib
import io
import json
import os
import random
import sys
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, '..', 'python'))
import fixtures                 # noqa: E402
import sharestream as share     # noqa: E402

TWO64 = share.TWO64
THREE = ['dealer', 'alice', 'bob']
FOUR = ['dealer', 'alice', 'bob', 'carol']
EDGES = [0, 1, -1, 2 ** 63 - 1, -2 ** 63, 65536, -65536, 12345]

streams = {}        # name -> (bytes, how, what)
reveals = []        # (names, csv)
random_bytes = share.SeededBytes('good vectors')
rng = random.Random(20261120)


def binary(records):
    return b''.join(map(share.encode_binary, records))


def text(records, with_digest=True):
    return b''.join(share.encode_text(r, with_digest) for r in records)


def numbers(rows, cols, low=-2 ** 40, high=2 ** 40):
    flat = (EDGES + [rng.randint(low, high) for _ in range(rows * cols)])[:rows * cols]
    return [flat[i * cols:(i + 1) * cols] for i in range(rows)]


def expected_csv(table, columns, fraction_bits=0, divisor=1, modulus=TWO64):
    """expected_csv(...): what revealing has to give, from the integers that were shared."""
    out = io.StringIO()
    w = csv.writer(out, lineterminator='\n')
    w.writerow(columns)
    for row in table:
        w.writerow([str(Fraction(x if modulus == TWO64 else x % modulus, 2 ** fraction_bits * divisor)) for x in row])
    return out.getvalue()


def sharing(prefix, shares, what, sets=None, expected=None, encode=binary):
    for party, records in shares.items():
        streams['%s.%s' % (prefix, party)] = (encode(records), 'plain', '%s: %s' % (what, party))
    for names in sets or []:
        reveals.append((['%s.%s' % (prefix, n) for n in names], '%s.values' % prefix, expected))


def masked():
    cols = ['age', 'dose, mg', 'größe "cm"']
    t = numbers(7, 3)
    for keyed, prefix in ((True, 'masked-keys'), (False, 'masked-words')):
        s = share.share_masked(t, 3, THREE, 3, keyed, random_bytes, name='patients', columns=cols, fraction_bits=16)
        sharing(prefix, s, 'masked, n = 2, %s, three records' % ('keys' if keyed else 'words'),
                [['alice', 'bob'], ['dealer', 'bob'], ['alice', 'dealer', 'bob']], expected_csv(t, cols, 16))
    s = share.share_masked(t, 3, THREE, 3, True, random_bytes, name='patients', columns=cols, fraction_bits=16)
    streams['text.bob'] = (text(s['bob']), 'plain', 'text form with digests, keys')
    streams['text.dealer'] = (text(s['dealer'], False), 'plain', 'text form without digest, part keys')
    mixed = b'\n \t\r\n' + text(s['alice'][:1]) + b'\n' + binary(s['alice'][1:2]) + text(s['alice'][2:]).rstrip(b'\n')
    streams['mixed.alice'] = (mixed, 'plain', 'text, binary, text without a last newline; blank lines')
    streams['blanks.alice'] = (b'\n' + b' \t\r\n\n'.join(map(share.encode_binary, s['alice'])) + b'\n ', 'plain',
                               'binary records with blanks between them')
    reveals.append((['text.bob', 'mixed.alice'], 'mixed.values', expected_csv(t, cols, 16)))
    streams['sealed.bob'] = (sealed(binary(s['bob'])), 'unseal bob.key', 'sealed, one chunk')
    streams['sealed-chunks.bob'] = (sealed(text(s['bob']), 1000), 'unseal bob.key',
                                    'sealed text form in chunks of 1000')
    more, last = (share.share_masked(t[:rows], 3, THREE, 1, False, random_bytes, name='patients', columns=cols,
                                     fraction_bits=16)
                  for rows in (2, 1))
    streams['sealed-twice.bob'] = (sealed(binary(s['bob'])) + sealed(binary(more['bob'])) + sealed(binary(last['bob'])),
                                   'unseal bob.key', 'three sealed streams concatenated')
    streams['seven.alice'] = (binary(share.reblock(s['alice'], random.Random(7))), 'plain',
                              'the same part in other records')
    reveals.append((['seven.alice', 'text.bob'], 'seven.values', expected_csv(t, cols, 16)))


def sealed(plain, chunk=share.CHUNK):
    return share.seal(plain, 'clinic', 'bob', fixtures.SECRETS['clinic'], fixtures.PUBLIC['bob'], random_bytes, chunk)


def many_parts():
    a, b = numbers(5, 2), numbers(9, 2)
    sa = share.share_masked(a, 2, FOUR, 4, True, random_bytes, name='x', fraction_bits=62)
    sb = share.share_masked(b, 2, FOUR, 5, False, random_bytes, name='x', fraction_bits=62)
    s = {p: sa[p] + sb[p] for p in FOUR}
    sharing('parts', s, 'masked, n = 3, two parts of one tensor, keys and words, no column names',
            [['alice', 'bob', 'carol'], ['dealer', 'carol']], expected_csv(a + b, ['c1', 'c2'], 62))
    empty = share.share_masked([], 2, THREE, 4, True, random_bytes, name='empty', columns=['a', 'b'])
    sharing('empty', empty, 'zero rows', [['alice', 'bob'], ['dealer', 'alice']], 'a,b\n')
    day = numbers(4, 1)
    d = share.share_masked(day, 1, THREE, 4, True, random_bytes, name='seconds', columns=['s'], fraction_bits=4,
                           divisor=86400)
    sharing('divisor', d, 'divisor 86400', [['alice', 'bob'], ['dealer', 'bob']], expected_csv(day, ['s'], 4, 86400))
    long = share.share_masked(numbers(40, 5), 5, THREE, 7, True, random_bytes, name='long', fraction_bits=20)
    sharing('long', {p: long[p] for p in ('dealer', 'alice')}, 'key_rows 7 over 40 rows, many blocks of key stream')


def tensors():
    """A model: tensors of other names and shapes, one of them the result of an operation."""
    w, b = numbers(3, 2), numbers(1, 2)
    sw = share.share_masked(w, 2, THREE, 2, True, random_bytes, name='weights', fraction_bits=16)
    sb = share.share_masked(b, 2, THREE, 2, True, random_bytes, name='bias', fraction_bits=30)
    out = {}
    for p in THREE:
        doubled = []
        for part in share.parts(sw[p]):
            ident = share.derive_id('add', '', [(part.header['id'], 0), (part.header['id'], 0)])
            for r in share.reblock(sw[p], random.Random(1)):
                r.header = dict(r.header, id=ident, op='add', inputs=[part.header['id']] * 2, name='weights+weights')
                r.words = share.add_words(r.words, r.words)
                doubled.append(r)
        out[p] = sw[p] + sb[p] + doubled
    value = (expected_csv(w, ['c1', 'c2'], 16), expected_csv(b, ['c1', 'c2'], 30),
             expected_csv([[(2 * x + 2 ** 63) % TWO64 - 2 ** 63 for x in r] for r in w],
                          ['c1', 'c2'], 16))
    names = ('weights', 'bias', 'weights+weights')
    sharing('tensors', out, 'three tensors, the third a sum', [['alice', 'bob'], ['dealer', 'bob']],
            '\n'.join('# %s\n%s' % pair for pair in zip(names, value)))


def additive():
    for prefix, q, parties, keyed in (('additive-words', TWO64, ['alice', 'bob'], False),
                                      ('additive-keys', TWO64, ['a', 'b'], True),
                                      ('prime-keys', 501337, ['a', 'b', 'c'], True),
                                      ('prime-words', 501337, ['a', 'b'], False),
                                      ('q64-59', TWO64 - 59, ['a', 'b'], True), ('q2', 2, ['a', 'b'], True)):
        t = numbers(5, 2)
        s = share.share_additive(t, 2, parties, q, 2, keyed, random_bytes, name='x', columns=['u', 'v'])
        sharing(prefix, s, 'additive mod %d, %s' % (q, 'part keys' if keyed else 'words'), [parties],
                expected_csv(t, ['u', 'v'], modulus=q))
    names = ['p%02d' % i for i in range(64)]
    s = share.share_additive(numbers(1, 1), 1, names, TWO64, 1, False, random_bytes, name='x')
    streams['parties64.p63'] = (binary(s['p63']), 'plain', 'additive, 64 parties')


def public():
    t = numbers(4, 2)
    p = share.share_public(t, 2, TWO64, 3, random_bytes, name='x', columns=['u', 'v'], fraction_bits=8, divisor=3)
    q = share.share_public(t, 2, 10007, 4, random_bytes, name='y')
    streams['public'] = (binary(p + q), 'plain', 'public, two tensors of other moduli')
    reveals.append((['public'], 'public.values', '# x\n%s\n# y\n%s' % (expected_csv(t, ['u', 'v'], 8, 3),
                                                                       expected_csv(t, ['c1', 'c2'], modulus=10007))))
    r = share.share_public([[5]], 1, TWO64, 1, random_bytes, name='\u00e9\U0001f600"\\\t\n' * 20,
                           columns=['\r' * 1024])[0]
    streams['escapes'] = (share.encode_binary(r), 'plain', 'name and column of escapes and of characters beyond ASCII')
    streams['escapes-text'] = (share.encode_text(r), 'plain', 'the same in text form')
    raw = json.dumps(dict(reversed(r.header.items())), indent=2).encode() + b' \n'
    before = share.front(r.header, [], 1, raw)
    payload = share.words_to_bytes(r.words)
    streams['any-json'] = (before + payload + share.digest(before, payload), 'plain',
                           'header with blanks, \\u escapes, other order')


def model():
    """A model with a field that says what it is for, in binary and in text form."""
    w = numbers(2, 1)
    s = share.share_masked(w, 1, THREE, 2, False, random_bytes, name='dense1.weight', columns=['ill'], fraction_bits=16)
    about = {'network': 'dense 1, sigmoid', 'input': [2, 1, 1], 'features': ['\u00fc', 'a "b"'], 'labels': ['ill'],
             'seed': str(2 ** 64 - 1), 'step': 2 ** 53, 'zero': 0, 'none': [], 'schema': 'cd' * 32,
             'feature-columns': [{'kind': 'number', 'unit': '\u00b5V'}, None],
             'label-columns': [{'kind': 'class', 'values': ['no', '', 'a,b']}]}
    for records in s.values():
        for r in records:
            r.header['model'] = about
    sharing('model', s, 'masked, n = 2, with the field model', [['alice', 'bob'], ['dealer', 'bob']],
            expected_csv(w, ['ill'], 16))
    streams['model-text.bob'] = (text(s['bob']), 'plain', 'the same in text form')


def predicted():
    """Predictions, which say what they are of."""
    names = ['predicted_y', 'predicted_ill', 'predicted_d_0', 'class']
    known = [{'kind': 'number', 'of': 'y', 'unit': 'EUR', 'exponent': 3}, {'kind': 'number', 'of': 'ill', 'values': ['no', '']},
             {'kind': 'number', 'of': 'd', 'values': ['a,b']}, {'kind': 'class', 'of': '1', 'values': ['u', 'v'], 'range': ['0', '1']}]
    s = share.share_masked([[7, 0, 1, 1], [-9, 1, 0, 0]], 4, THREE, 2, False, random_bytes, name='p', columns=names)
    for records in s.values():
        for r in records:
            r.header.update(about=known)
    sharing('predicted', s, 'masked, n = 2, version 2, predictions', [['alice', 'bob'], ['dealer', 'bob']],
            ','.join(names) + '\n56,0,1,1\n-72,1,0,0\n')


def about():
    """Records of version 2: all kinds of columns, a schema, rows that were dropped."""
    names = ['id', 'born', 'sex=F', 'outcome', 'has volt', 'volt', 'income', 'free', 'tiny', 'huge']
    t = [[rng.randrange(2), 7, 1, 2, 1, -2 ** 30, 2 ** 30, -5, 3, -3], [0, -9, 0, 0, 0, 2 ** 30, 1, 2 ** 40, -1, 2]]
    known = [None, {'kind': 'date', 'range': ['-9', '100000']},
             {'kind': 'indicator', 'of': 'sex', 'values': ['F'], 'range': ['0', '1']},
             {'kind': 'class', 'values': ['no', '', 'a,b'], 'range': ['0', '2']},
             {'kind': 'presence', 'of': 'volt'},
             {'kind': 'number', 'exponent': -40, 'range': ['-1073741824', '1073741824'], 'unit': '\u00b5V', 'missing': True},
             {'kind': 'number', 'exponent': 9, 'range': ['0', '1073741824'], 'unit': 'EUR'}, None,
             {'kind': 'number', 'exponent': -960}, {'kind': 'number', 'exponent': 960, 'range': [str(-2 ** 63), '2']}]
    s = share.share_masked(t, 10, THREE, 2, False, random_bytes, name='x', columns=names)
    for records in s.values():
        for r in records:
            r.header.update(about=known, schema='ab' * 32, dropped=True)
    units = [2 ** Fraction((c or {}).get('exponent', 0)) for c in known]
    out = io.StringIO()
    w = csv.writer(out, lineterminator='\n')
    w.writerow(names)
    for row in t:
        values = [str(x * unit) for x, unit in zip(row, units)]
        w.writerow(values if row[4] else [*values[:5], '', *values[6:]])    # no volt
    sharing('about', s, 'masked, n = 2, of version 2', [['alice', 'bob'], ['dealer', 'bob']], out.getvalue())
    streams['about-text.bob'] = (text(s['bob']), 'plain', 'the same in text form')
    for records in s.values():
        for r in records:
            del r.header['about'], r.header['schema']
    sharing('dropped', s, 'masked, n = 2, of version 2, which only says that rows were dropped')


def intact():
    """Results whose words are those that owners shared: columns that were cut out, and some rows of them."""
    t = numbers(4, 2)
    s = share.share_masked(t, 2, THREE, 4, False, random_bytes, name='x', columns=['a', 'b'], fraction_bits=16)
    whole = {p: [share.Record(with_result(r.header, 'cut', '1,2', 'whole'), [], r.words) for r in records]
             for p, records in s.items()}
    rows = {p: [share.Record(dict(with_result(r.header, 'head', '2', 'rows'), shape=[2, 2]), [],
                             sum((r.words[k:k + 4] for k in range(0, len(r.words), 8)), r.words[:0]))
                for r in records] for p, records in whole.items()}
    sets = [['alice', 'bob'], ['dealer', 'alice']]
    sharing('whole', whole, 'a result that is intact', sets, expected_csv(t, ['a', 'b'], 16))
    sharing('rows', rows, 'some rows of it', sets, expected_csv(t[:2], ['a', 'b'], 16))
    streams['rows-text.bob'] = (text(rows['bob']), 'plain', 'the same in text form')


def origins():
    """A result with rows of two sharings, and of one of which rows were left out."""
    t = numbers(2, 1)
    s = share.share_masked(t, 1, THREE, 2, False, random_bytes, name='x', fraction_bits=8)
    for records in s.values():
        for r in records:
            r.header = dict(with_result(r.header, 'shuf', 'seed=1', 'rows'), dropped=True,
                            origins=['%064x' % i for i in range(3)])
    sharing('origins', s, 'a result of three sharings with rows left out', [['alice', 'bob'], ['dealer', 'bob']],
            expected_csv(t, ['c1'], 8))


def row_exponents():
    """A matrix with a row for each of its columns, in units that are products of theirs."""
    t, exponents = numbers(3, 3), [-30, 0, 12]
    names = ['volt', 'age', 'income']
    s = share.share_masked(t, 3, THREE, 2, False, random_bytes, name='covariance', columns=names, fraction_bits=16)
    known = [{'kind': 'number', 'exponent': e} if e else None for e in exponents]
    for records in s.values():
        for r in records:
            r.header.update(about=known, row_exponents=exponents)
    out = io.StringIO()
    w = csv.writer(out, lineterminator='\n')
    w.writerow(names)
    for row, i in zip(t, exponents):
        w.writerow([str(x * 2 ** Fraction(i + j - 16)) for x, j in zip(row, exponents)])
    sharing('row-exponents', s, 'rows and columns with exponents', [['alice', 'bob'], ['dealer', 'bob']], out.getvalue())
    streams['row-exponents-text.bob'] = (text(s['bob']), 'plain', 'the same in text form')


def keys():
    """Columns of kind key, which are shared by XOR, beside numbers."""
    texts = [b' N-17', b'n-18 ', b'2026/19', b'N-20', b'x']
    t = [[i, *share.key_words('nocase', share.normal_key('nocase', text)), -i,
          *share.key_words('digits', share.normal_key('digits', b'%d.%d' % (i, i)))] for i, text in enumerate(texts)]
    names = ['n', 'id#1', 'id#2', 'm', 'visit#1', 'visit#2']
    known = [None, *2 * [{'kind': 'key', 'of': 'id', 'match': 'nocase', 'distinct': True}], {'kind': 'number'},
             *2 * [{'kind': 'key', 'of': 'visit', 'match': 'digits'}]]
    for keyed, prefix in ((True, 'keys'), (False, 'keys-words')):
        s = share.share_masked(t, 6, THREE, 2, keyed, random_bytes, name='x', columns=names, fraction_bits=3, about=known)
        sharing(prefix, s, 'masked, n = 2, two columns of keys, %s' % ('keys' if keyed else 'words'))
    streams['keys-text.bob'] = (text(s['bob']), 'plain', 'the same in text form')


def with_result(h, op, params, intact):
    """with_result(h, op, params, intact): the header of the result of an operation on the part of header ${h}."""
    return dict(h, op=op, inputs=[h['id']], id=share.derive_id(op, params, [(h['id'], 0)]), intact=intact)


def main():
    for make in (masked, many_parts, tensors, additive, public, model, about, intact, origins, row_exponents, predicted, keys):
        make()
    files = {'parties.json': fixtures.parties_json(), 'bob.key': fixtures.identity_file('bob')}
    index = []
    for name, (data, how, what) in sorted(streams.items()):
        records = share.parse(data, fixtures.unsealer())
        part_list = share.parts(records)
        words = share.words_csv(part_list).encode()
        files[name], files[name + '.words'] = data, words
        index.append([name, how, len(records), len(part_list), name + '.words', hashlib.sha256(words).hexdigest(),
                      what])
    files['index.tsv'] = fixtures.table(['file', 'how', 'records', 'parts', 'words', 'sha256 of words', 'what'], index)
    rows = []
    for names, path, value in reveals:
        rows.append([' '.join(names), path])
        files[path] = value.encode()
    files['reveal.tsv'] = fixtures.table(['files', 'values'], rows)
    return fixtures.put(os.path.join(HERE, 'good'), files)


if __name__ == '__main__':
    sys.exit(main())
