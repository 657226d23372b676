#!/usr/bin/env python3
"""Self-tests of noise.py, sharestream.py and smpc-py, and of the vectors in tests/vectors; prints TAP."""

import hashlib
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import traceback
from array import array
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, '..', 'vectors')
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import fixtures                 # noqa: E402
import noise                    # noqa: E402
import sharestream as share     # noqa: E402

TWO64 = share.TWO64
THREE = ['dealer', 'alice', 'bob']
SUNSCREEN = (b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen "
             b"would be it.")
unhex = bytes.fromhex
tests = []


def test(what):
    def add(function):
        tests.append((what, function))
        return function
    return add


def load(*path):
    with open(os.path.join(VECTORS, *path), 'rb') as f:
        return f.read()


def rows_of(*path):
    """rows_of(path): the rows of a tab-separated file without its head."""
    return [line.split('\t') for line in load(*path).decode().splitlines() if not line.startswith('#')]


def refusal(data, unseal=None):
    """refusal(data, unseal): the ShareError with which a stream is refused, or None."""
    try:
        share.parse(data, unseal)
    except share.ShareError as e:
        return e
    return None


# Primitives

@test('ChaCha20: vectors of RFC 7539 and the zero key of the original')
def chacha20():
    text = SUNSCREEN
    stream = noise.chacha20_ietf(bytes(range(32)), unhex('000000000000004a00000000'), len(text), 1)
    assert bytes(a ^ b for a, b in zip(text, stream)) == unhex(
        '6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b357'
        '1639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736'
        '5af90bbf74a35be6b40b8eedf2785e42874d')
    assert noise.chacha20_original(bytes(32), 64) == unhex(
        '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a37'
        '6a43b8f41518a11cc387b669b2ee6586')


@test('ChaCha20: many blocks at once are the blocks one by one, at every length')
def chacha20_blocks():
    key = bytes(range(1, 33))
    long = noise.chacha20_original(key, 64 * noise.LANES * 2 + 100)
    for block in (0, 1, noise.LANES - 1, noise.LANES, 2 * noise.LANES):
        assert long[64 * block:64 * block + 64] == noise.chacha20_ietf(key, bytes(12), 64, block)
    for length in list(range(130)) + [64 * noise.LANES + 1]:
        assert noise.chacha20_original(key, length) == long[:length]


@test('Poly1305 and ChaCha20-Poly1305: vectors of RFC 7539')
def poly1305():
    key = unhex('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b')
    assert noise.poly1305(key, b'Cryptographic Forum Research Group') == unhex('a8061dc1305136c6c22b8baf0c0127a9')
    text = SUNSCREEN
    key, nonce = bytes(range(0x80, 0xa0)), unhex('070000004041424344454647')
    sealed = noise.aead_seal(key, nonce, unhex('50515253c0c1c2c3c4c5c6c7'), text)
    assert sealed == unhex(
        'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b'
        '1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc'
        '3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691')
    assert noise.aead_open(key, nonce, unhex('50515253c0c1c2c3c4c5c6c7'), sealed) == text
    for damaged in (sealed[:-1], sealed[:15], b'\0' + sealed[1:]):
        try:
            noise.aead_open(key, nonce, unhex('50515253c0c1c2c3c4c5c6c7'), damaged)
        except noise.NoiseError:
            continue
        raise AssertionError('damaged message opened')


@test('X25519: vectors of RFC 7748, iterated 1000 times')
def x25519():
    assert noise.x25519(unhex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
                        unhex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c')) == unhex(
        'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552')
    assert noise.x25519(unhex('4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d'),
                        unhex('e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493')) == unhex(
        '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957')
    k = u = b'\x09' + bytes(31)
    for i in range(1000):
        k, u = noise.x25519(k, u), k
        if i == 0:
            assert k == unhex('422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079')
    assert k == unhex('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51')


def run_vector(v):
    pattern = v['protocol_name'].split('_')[1]
    sides = [noise.Handshake(pattern, side == 'init', unhex(v[side + '_prologue']), unhex(v[side + '_static']),
                             unhex(v[side + '_remote_static']), unhex(v.get(side + '_ephemeral', '')))
             for side in ('init', 'resp')]
    one_way = pattern == 'K'
    before = sides[0].state.h
    handshake = len(noise.PATTERNS[pattern])
    for i, m in enumerate(v['messages'][:handshake]):
        out = sides[i % 2].write(unhex(m['payload']))
        assert out.hex() == m['ciphertext'], 'handshake message %d' % i
        assert sides[1 - i % 2].read(out).hex() == m['payload']
    assert sides[0].state.h == sides[1].state.h
    assert (before if one_way else sides[0].state.h).hex() == v['handshake_hash']
    ciphers = [s.split() for s in sides]
    for i, m in enumerate(v['messages'][handshake:]):
        which = 0 if one_way else i % 2
        out = ciphers[0][which].encrypt(unhex(m['payload']))
        assert out.hex() == m['ciphertext'], 'transport message %d' % i
        assert ciphers[1][which].decrypt(out).hex() == m['payload']


@test('Noise: published vectors of the pattern K, and of KK where they are there')
def noise_vectors():
    ran = []
    for name in ('noise-k.json', 'noise-kk.json'):
        if os.path.exists(os.path.join(VECTORS, name)):
            for v in json.loads(load(name))['vectors']:
                if v['protocol_name'].split('_')[1] in noise.PATTERNS:
                    run_vector(v)
                    ran.append(v['protocol_name'])
    assert 'Noise_K_25519_ChaChaPoly_BLAKE2b' in ran


# Keys

@test('keys: S(k) mod 2^64 and mod Q by the formula; part keys begin anew every key_rows rows')
def key_streams():
    key = bytes(range(32))
    stream = noise.chacha20_original(key, 64 * 64)
    words = struct.unpack('<512Q', stream)
    assert list(share.record_stream(key, 300)) == list(words[:300])
    for q in (2, 3, 501337, TWO64 - 59, TWO64 - 1, 2 ** 63):
        found = share.record_stream(key, 200, q)
        assert list(found) == [(words[2 * v + 1] * TWO64 + words[2 * v]) * q // TWO64 ** 2 for v in range(200)]
        assert max(found) < q
    k1 = hashlib.blake2b(digest_size=32, key=key, salt=b'\1' + bytes(15), person=b'smpcrec1' + bytes(8)).digest()
    assert share.block_key(key, 1) == k1
    rows = share.part_stream(key, 10, 3, 4)
    assert list(rows[12:24]) == list(share.record_stream(k1, 12)) and len(rows) == 30
    assert list(rows[24:]) == list(share.record_stream(share.block_key(key, 2), 6))


# Sharing and revealing

def random_table(rng, rows, cols):
    return [[rng.choice((0, 1, -1, 2 ** 63 - 1, -2 ** 63, rng.randint(-2 ** 63, 2 ** 63 - 1))) for _ in range(cols)]
            for _ in range(rows)]


def round_trip(records, rng):
    """round_trip(records, rng): write, mix both forms, read, sometimes cut anew, read again; return the parts."""
    data = b''.join(rng.choice((share.encode_binary, share.encode_text))(r) for r in records)
    found = share.parse(data)
    assert [r.header for r in found] == [r.header for r in records]
    if rng.random() < .5:
        found = share.parse(b''.join(share.encode_binary(r) for r in share.reblock(found, rng)))
    return share.parts(found)


@test('masked: every set that may reveal gives the exact values, no other set gives anything')
def masked():
    rng = random.Random(1)
    for n in (2, 3, 4):
        names = ['d'] + ['p%d' % i for i in range(n)]
        for rows, cols, block in ((0, 2, 3), (1, 1, 1), (7, 3, 2), (5, 2, 100)):
            f, d = rng.choice((0, 16, 62)), rng.choice((1, 2, 86400))
            table = random_table(rng, rows, cols)
            s = share.share_masked(table, cols, names, block, rng.random() < .5, share.SeededBytes(rng.random()),
                                   name='t',
                                   fraction_bits=f, divisor=d)
            p = {k: round_trip(v, rng) for k, v in s.items()}
            want = [[Fraction(x, 2 ** f * d) for x in row] for row in table]
            for who in (names, names[1:], ['d', names[-1]], [names[1], 'd'], ['d'] + names[2:]):
                assert share.reveal([p[k] for k in who])[0].values == want
            for who in (['d'], names[1:-1], [names[1]]):
                try:
                    share.reveal([p[k] for k in who])
                except share.ShareError:
                    continue
                raise AssertionError('revealed by %s' % who)


@test('additive: all parties reveal, for many moduli')
def additive():
    rng = random.Random(2)
    for q in (2, 3, 255, 501337, 2 ** 32, 2 ** 63, TWO64 - 59, TWO64 - 1, TWO64):
        for n in (2, 3, 5):
            names = ['p%d' % i for i in range(n)]
            table = random_table(rng, 5, 2)
            s = share.share_additive(table, 2, names, q, 2, rng.random() < .5, share.SeededBytes(rng.random()),
                                     name='t')
            p = [round_trip(s[k], rng) for k in names]
            want = [[Fraction(x if q == TWO64 else x % q) for x in row] for row in table]
            assert share.reveal(p)[0].values == want
            try:
                share.reveal(p[1:])
            except share.ShareError:
                continue
            raise AssertionError('revealed without one party')


@test('revealing refuses other ids, other m, other lam, the same party twice')
def contradictions():
    def shares(seed):
        return share.share_masked([[1, 2]], 2, THREE, 4, False, share.SeededBytes(seed), name='t')

    def denied(*records):
        try:
            share.reveal([share.parts([r]) for r in records])
        except share.ShareError as e:
            return e.status == share.REFUSED
        return False
    a, b = shares(1), shares(2)
    one, two, dealer = a['alice'][0], a['bob'][0], a['dealer'][0]
    assert not denied(one, two) and not denied(one, two, dealer)
    assert denied(one, b['bob'][0]) and denied(one, one) and denied(one)
    for position in (0, 2):
        bad = share.Record(two.header, [], array('Q', two.words))
        bad.words[position] ^= 1
        assert denied(one, bad, dealer)


@test('a block key expands to the rows that the part key expands to')
def block_keys():
    s = share.share_masked([[i] for i in range(9)], 1, THREE, 4, True, share.SeededBytes(3), name='t')
    for i, name in enumerate(THREE[1:]):
        key = s['dealer'][0].keys[i]
        rows = array('Q')
        for r in s[name]:
            rows += share.planes(r)['lam']
        assert rows == share.part_stream(key, 9, 1, 4)


# Ids

@test('ids: the bytes that are hashed, and no two operations alike')
def ids():
    one, two = 'ab' * 32, 'cd' * 32

    def n(x):
        return struct.pack('<Q', x)
    raw = (n(9) + b'smpc-id-1' + n(3) + b'cut' + n(3) + b'1,3' + n(2) + unhex(one) + n(0) + unhex(two) + n(7))
    assert share.derive_id('cut', '1,3', [(one, 0), (two, 7)]) == hashlib.blake2b(raw, digest_size=32).hexdigest()
    raw = n(13) + b'smpc-public-1' + n(6) + b'501337' + n(0) + n(3) + n(1) + n(2) + n(5) + n(6)
    assert share.public_digest(501337, 0, 3, 1, 2, [5, 6]) == hashlib.blake2b(raw, digest_size=32).hexdigest()
    seen = {share.derive_id(op, params, inputs) for op in ('add', 'sub', 'add1') for params in ('', '1', 'l')
            for inputs in ([], [(one, 0)], [(one, 1)], [(two, 0)], [(one, 0), (two, 0)], [(two, 0), (one, 0)])}
    assert len(seen) == 3 * 3 * 6


# Damage

def small_record():
    return share.share_masked([[1, 2]], 2, THREE, 4, True, share.SeededBytes(4), name='t', columns=['u', 'v'])['alice']


@test('every cut and every flipped bit of a binary record is refused')
def every_bit():
    data = share.encode_binary(small_record()[0])
    assert refusal(data) is None
    for i in range(len(data)):
        cut = refusal(data[:i])
        assert cut.status == 1 and 'ends early' in str(cut), i
        for bit in range(8):
            assert refusal(data[:i] + bytes([data[i] ^ 1 << bit]) + data[i + 1:]) is not None, (i, bit)


@test('every cut and every flipped bit of a text record with a digest is refused or changes nothing')
def every_text_bit():
    data = share.encode_text(small_record()[0])
    before = share.parse(data)[0]
    for i in range(len(data) - 1):
        assert refusal(data[:i]).status == 1, i
        for bit in range(8):
            other = data[:i] + bytes([data[i] ^ 1 << bit]) + data[i + 1:]
            if refusal(other) is None:
                after = share.parse(other)[0]
                assert (after.header, after.keys, after.words) == (before.header, before.keys, before.words), (i, bit)


@test('every cut and one flipped bit of every byte of a sealed stream are refused')
def every_sealed_byte():
    plain = share.encode_binary(small_record()[0])
    data = share.seal(plain, 'clinic', 'bob', fixtures.SECRETS['clinic'], fixtures.PUBLIC['bob'], share.SeededBytes(5),
                      200)
    assert share.unsealed(data, fixtures.unsealer()) == plain
    for i in range(len(data)):
        if i % 3 == 0:
            assert refusal(data[:i], fixtures.unsealer()).status == 1, i
        assert refusal(data[:i] + bytes([data[i] ^ 1 << i % 8]) + data[i + 1:], fixtures.unsealer()) is not None, i


@test('noise and random JSON never cause anything but a refusal')
def nonsense():
    rng = random.Random(6)
    lines = [share.encode_text(r) for r in small_record()] + [share.encode_binary(r) for r in small_record()]
    for i in range(3000):
        data = bytearray(rng.choice(lines))
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(data))
            data[at:at + rng.randint(0, 4)] = rng.choice((b'', b'"', b'[', b'{', b'\\u00', b'9' * 30, b'null', b'\xff',
                                                          bytes(9)))
        refusal(bytes(data))


# Identities

@test('identities and the parties file: read back; a wrong checksum and a wrong prefix are refused')
def identities():
    secret = fixtures.SECRETS['bob']
    assert share.read_identity(fixtures.identity_file('bob').decode()) == secret
    assert share.read_parties(fixtures.parties_json())['bob'] == noise.public_key(secret)
    text = share.key_text('smpc-secret-', secret)
    assert len(text) == 12 + 48
    for bad in (text[:-1], text[:-1] + ('A' if text[-1] != 'A' else 'B'), text.replace('secret', 'public'), text + 'A'):
        try:
            share.key_bytes('smpc-secret-', bad)
        except share.ShareError:
            continue
        raise AssertionError('%s is taken' % bad)


# The vectors

@test('the generators of vectors write what is there')
def generators():
    for name in ('make-good.py', 'make-damaged.py'):
        done = subprocess.run([sys.executable, os.path.join(VECTORS, name), '--check'], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@test('good vectors: words as listed; binary to text to binary changes nothing')
def good():
    for name, how, records, parts, words, sha, _ in rows_of('good', 'index.tsv'):
        data = load('good', name)
        found = share.parse(data, fixtures.unsealer() if how != 'plain' else None)
        part_list = share.parts(found)
        assert (len(found), len(part_list)) == (int(records), int(parts)), name
        csv = share.words_csv(part_list).encode()
        assert csv == load('good', words) and hashlib.sha256(csv).hexdigest() == sha, name
        there = b''.join(map(share.encode_binary, found))
        back = share.parse(b''.join(map(share.encode_text, found)))
        assert b''.join(map(share.encode_binary, back)) == there, name
        if all(r.form == 'binary' for r in found) and how == 'plain' and name not in ('any-json', 'blanks.alice'):
            assert there == data, name


@test('damaged vectors: refused with the status and message of the index; at least 60 of them')
def damaged():
    table = rows_of('damaged', 'index.tsv')
    assert len(table) >= 60
    assert {row[0] for row in table} | {'index.tsv', 'parties.json',
                                        'bob.key'} == set(os.listdir(os.path.join(VECTORS, 'damaged')))
    for name, status, pattern, how, _ in table:
        e = refusal(load('damaged', name), fixtures.unsealer() if how != 'plain' else None)
        assert e is not None and e.status == int(status) and re.search(pattern, str(e), re.IGNORECASE), (name, e)


# The command line

def smpc_py(*args):
    return subprocess.run([sys.executable, os.path.join(HERE, 'smpc-py'), *args], capture_output=True)


@test('smpc-py reveals what was shared')
def cli_reveal():
    folder = os.path.join(VECTORS, 'good')
    keys = ['-i', os.path.join(folder, 'bob.key'), '-p', os.path.join(folder, 'parties.json')]
    for names, values in rows_of('good', 'reveal.tsv'):
        done = smpc_py('reveal', *keys, *[os.path.join(folder, n) for n in names.split()])
        assert done.returncode == 0 and not done.stderr, done.stderr
        assert done.stdout == load('good', values), names


@test('smpc-py converts, cuts anew, seals and unseals; statuses are 0, 1, 2 and 4')
def cli_convert():
    folder = os.path.join(VECTORS, 'good')
    source = os.path.join(folder, 'masked-keys.bob')
    words = load('good', 'masked-keys.bob.words')
    parties = os.path.join(folder, 'parties.json')
    with tempfile.TemporaryDirectory() as scratch:
        def out(name):
            return os.path.join(scratch, name)

        def ok(*args):
            done = smpc_py(*args)
            assert done.returncode == 0 and not done.stderr, (args, done.stderr)
            return done.stdout
        with open(out('clinic.key'), 'wb') as f:
            f.write(fixtures.identity_file('clinic'))
        ok('text', source, out('text'))
        ok('binary', out('text'), out('binary'))
        with open(out('binary'), 'rb') as f:
            assert f.read() == load('good', 'masked-keys.bob')
        ok('reblock', '--seed', '5', source, out('cut'))
        ok('seal', '-i', out('clinic.key'), '-p', parties, 'bob', out('cut'), out('sealed'))
        ok('unseal', '-i', os.path.join(folder, 'bob.key'), '-p', parties, out('sealed'), out('open'))
        for name in ('text', 'binary', 'cut', 'open'):
            ok('verify', out(name))
            assert ok('words', out(name)) == words, name
        assert len(ok('show', out('cut')).splitlines()) == len(share.parse(open(out('cut'), 'rb').read()))
        for status, args in ((4, ['verify', out('sealed')]),
                             (1, ['verify', os.path.join(VECTORS, 'damaged', 'cut-empty')]),
                             (4, ['show', os.path.join(VECTORS, 'damaged', 'flip-key')]),
                             (1, ['verify', out('no such file')]),
                             (2, ['seal', 'bob', source, out('x')]), (2, ['verify', source, source]),
                             (2, ['nothing', source])):
            done = smpc_py(*args)
            assert done.returncode == status and done.stderr, (args, done.returncode, done.stderr)


def main():
    print('1..%d' % len(tests))
    failed = 0
    for number, (what, function) in enumerate(tests, 1):
        try:
            function()
            print('ok %d - %s' % (number, what), flush=True)
        except Exception:
            failed += 1
            print('not ok %d - %s' % (number, what))
            print(''.join('# ' + line + '\n' for line in traceback.format_exc().splitlines()), end='', flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
