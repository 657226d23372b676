"""
ChaCha20, Poly1305, X25519 and the Noise patterns K and KK over 25519, ChaChaPoly and BLAKE2b, in plain python.

A reference for tests: written from RFC 7539 (8439), RFC 7748 and the Noise Protocol Framework, revision 34.  It shares
no code with the toolkit, and it is not constant-time: use it on test keys only.
"""

import hashlib
import hmac
import struct
import sys
from array import array
from functools import lru_cache

LANES = 1024            # ChaCha20 blocks computed at once


class NoiseError(Exception):
    """A message did not decrypt, or a public key is of small order."""


# ChaCha20.  One python integer holds one word of the state of many blocks, each in a lane of 64 bits of which the upper
# 32 are zero between operations: an addition or a rotation of all blocks is then one operation on long integers.

def _lanes(words):
    """_lanes(words): the integer with words[i] in lane i."""
    packed = array('Q', words)
    if sys.byteorder == 'big':
        packed.byteswap()
    return int.from_bytes(packed.tobytes(), 'little')


def _quarter_round(s, a, b, c, d, mask):
    """_quarter_round(s, a, b, c, d, mask): the quarter round of RFC 7539, section 2.1, in every lane."""
    for x, y, z, r in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = (s[x] + s[y]) & mask
        t = (s[z] ^ s[x]) << r
        s[z] = (t & mask) | ((t >> 32) & mask)


def _chacha20_lanes(key, tails):
    """_chacha20_lanes(key, tails): the key stream of the blocks whose state words 12..15 are the tuples ${tails}."""
    n = len(tails)
    ones = _lanes([1] * n)
    mask = ones * 0xffffffff
    start = [ones * w for w in struct.unpack('<4I', b'expand 32-byte k') + struct.unpack('<8I', key)]
    start += [_lanes(column) for column in zip(*tails)]
    s = list(start)
    for _ in range(10):
        for i in range(4):
            _quarter_round(s, i, 4 + i, 8 + i, 12 + i, mask)
        for i in range(4):
            _quarter_round(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, mask)
    out = array('I', bytes(64 * n))
    for i in range(16):
        lane = array('I')
        lane.frombytes(((s[i] + start[i]) & mask).to_bytes(8 * n, 'little'))
        out[i::16] = lane[::2]
    return out.tobytes()


def _chacha20(key, length, tail):
    """_chacha20(key, length, tail): ${length} bytes; tail(i) gives state words 12..15 of block i."""
    blocks = (length + 63) // 64
    out = bytearray()
    for first in range(0, blocks, LANES):
        out += _chacha20_lanes(key, [tail(i) for i in range(first, min(first + LANES, blocks))])
    return bytes(out[:length])


def chacha20_original(key, length):
    """chacha20_original(key, length): the original ChaCha20: 64-bit counter from 0, 64-bit nonce of zeros."""
    return _chacha20(key, length, lambda i: (i & 0xffffffff, i >> 32, 0, 0))


def chacha20_ietf(key, nonce, length, counter=0):
    """chacha20_ietf(key, nonce, length, counter): key stream of RFC 7539: 32-bit counter, 96-bit nonce."""
    n = struct.unpack('<3I', nonce)
    return _chacha20(key, length, lambda i: (counter + i,) + n)


def poly1305(key, message):
    """poly1305(key, message): the 16-byte tag of RFC 7539, section 2.5."""
    p = (1 << 130) - 5
    r = int.from_bytes(key[:16], 'little') & 0x0ffffffc0ffffffc0ffffffc0fffffff
    a = 0
    for i in range(0, len(message), 16):
        a = (a + int.from_bytes(message[i:i + 16] + b'\x01', 'little')) * r % p
    return ((a + int.from_bytes(key[16:], 'little')) & ((1 << 128) - 1)).to_bytes(16, 'little')


def _xor(a, b):
    return (int.from_bytes(a, 'little') ^ int.from_bytes(b, 'little')).to_bytes(len(a), 'little')


def _aead_tag(key, nonce, ad, ciphertext):
    def pad(s):
        return s + bytes(-len(s) % 16)
    one_time = chacha20_ietf(key, nonce, 32)
    return poly1305(one_time, pad(ad) + pad(ciphertext) + struct.pack('<QQ', len(ad), len(ciphertext)))


def aead_seal(key, nonce, ad, plaintext):
    """aead_seal(key, nonce, ad, plaintext): ciphertext and tag, RFC 7539, section 2.8."""
    ciphertext = _xor(plaintext, chacha20_ietf(key, nonce, len(plaintext), 1))
    return ciphertext + _aead_tag(key, nonce, ad, ciphertext)


def aead_open(key, nonce, ad, sealed):
    """aead_open(key, nonce, ad, sealed): the plaintext; NoiseError if the tag is wrong."""
    if len(sealed) < 16:
        raise NoiseError('message shorter than its tag')
    ciphertext = sealed[:-16]
    if not hmac.compare_digest(_aead_tag(key, nonce, ad, ciphertext), sealed[-16:]):
        raise NoiseError('message does not authenticate')
    return _xor(ciphertext, chacha20_ietf(key, nonce, len(ciphertext), 1))


@lru_cache(maxsize=256)      # a test damages a record a thousand times, and not its keys
def x25519(scalar, point):
    """x25519(scalar, point): scalar multiplication by the Montgomery ladder of RFC 7748, section 5."""
    p = (1 << 255) - 19
    k = int.from_bytes(scalar, 'little') & ~7 & ((1 << 255) - 1) | 1 << 254
    x1 = (int.from_bytes(point, 'little') & ((1 << 255) - 1)) % p
    x2, z2, x3, z3 = 1, 0, x1, 1
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % p, b * b % p, d * a % p, c * b % p
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % p, x1 * (da - cb) ** 2 % p
        x2, z2 = aa * bb % p, e * (aa + 121665 * e) % p
        if bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, p - 2, p) % p).to_bytes(32, 'little')


def public_key(secret):
    """public_key(secret): the X25519 public key of ${secret}."""
    return x25519(secret, b'\x09' + bytes(31))


def _dh(secret, public):
    shared = x25519(secret, public)
    if not any(shared):
        raise NoiseError('public key of small order')
    return shared


# Noise.  Names follow the specification, section 5.

def _hash(*parts):
    return hashlib.blake2b(b''.join(parts)).digest()


def _hkdf(chaining_key, material):
    """_hkdf(chaining_key, material): two outputs of 64 bytes, section 4.3."""
    temp = hmac.new(chaining_key, material, hashlib.blake2b).digest()
    one = hmac.new(temp, b'\x01', hashlib.blake2b).digest()
    return one, hmac.new(temp, one + b'\x02', hashlib.blake2b).digest()


class CipherState:
    """A key and the number of the next message."""

    def __init__(self, key):
        self.k, self.n = key, 0

    def _nonce(self):
        nonce = bytes(4) + struct.pack('<Q', self.n)
        self.n += 1
        return nonce

    def encrypt(self, plaintext, ad=b''):
        return aead_seal(self.k, self._nonce(), ad, plaintext)

    def decrypt(self, sealed, ad=b''):
        return aead_open(self.k, self._nonce(), ad, sealed)


class SymmetricState:
    """Chaining key, handshake hash and, after the first DH, a cipher."""

    def __init__(self, protocol_name):
        self.h = self.ck = protocol_name.ljust(64, b'\0')
        self.cipher = None

    def mix_hash(self, data):
        self.h = _hash(self.h, data)

    def mix_key(self, material):
        self.ck, key = _hkdf(self.ck, material)
        self.cipher = CipherState(key[:32])

    def encrypt_and_hash(self, plaintext):
        out = self.cipher.encrypt(plaintext, self.h) if self.cipher else plaintext
        self.mix_hash(out)
        return out

    def decrypt_and_hash(self, data):
        out = self.cipher.decrypt(data, self.h) if self.cipher else data
        self.mix_hash(data)
        return out

    def split(self):
        one, two = _hkdf(self.ck, b'')
        return CipherState(one[:32]), CipherState(two[:32])


PATTERNS = {
    'K': [('e', 'es', 'ss')],
    'KK': [('e', 'es', 'ss'), ('e', 'ee', 'se')],
}


class Handshake:
    """
    Handshake(pattern, initiator, prologue, static, remote_static, ephemeral):
    One side of Noise_K or Noise_KK; both static keys are known before.  ${ephemeral} is the secret to be used when this
    side writes its message.  After the last message, split() gives the two transport ciphers, initiator's first.
    """

    def __init__(self, pattern, initiator, prologue, static, remote_static, ephemeral=None):
        self.messages = list(PATTERNS[pattern])
        self.initiator = initiator
        self.keys = {'s': static, 'e': ephemeral}
        self.remote = {'s': remote_static, 'e': None}
        self.state = SymmetricState(b'Noise_%s_25519_ChaChaPoly_BLAKE2b' % pattern.encode())
        self.state.mix_hash(prologue)
        pair = [public_key(static), remote_static]
        for key in pair if initiator else reversed(pair):
            self.state.mix_hash(key)

    def _mix_dh(self, token):
        """_mix_dh(token): the first letter of the token names the initiator's key, the second the responder's."""
        mine, theirs = token if self.initiator else reversed(token)
        self.state.mix_key(_dh(self.keys[mine], self.remote[theirs]))

    def write(self, payload=b''):
        out = b''
        for token in self.messages.pop(0):
            if token == 'e':
                out += public_key(self.keys['e'])
                self.state.mix_hash(out)
            else:
                self._mix_dh(token)
        return out + self.state.encrypt_and_hash(payload)

    def read(self, message):
        if len(message) < 48:
            raise NoiseError('handshake message too short')
        for token in self.messages.pop(0):
            if token == 'e':
                self.remote['e'], message = message[:32], message[32:]
                self.state.mix_hash(self.remote['e'])
            else:
                self._mix_dh(token)
        return self.state.decrypt_and_hash(message)

    def split(self):
        return self.state.split()
