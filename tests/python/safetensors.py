#!/usr/bin/env python3
"""
safetensors files, read and written from the public description of the format: 8 bytes, little-endian, with the length of
the header; the header, a JSON object in UTF-8 that begins with "{" and may end with blanks; the numbers, one tensor behind
the other without holes.  Shares no code with the toolkit.

    safetensors.py check FILE CSV      FILE holds, number by number, what smpc-reveal has printed into CSV; print tensors
    safetensors.py write FILE          write {"tensors": {NAME: [TYPE, SHAPE, NUMBERS]}, "metadata": {...}} of standard input
"""

import json
import struct
import sys
from fractions import Fraction

SIZES = {'F64': 8, 'F32': 4, 'F16': 2, 'BF16': 2, 'I64': 8, 'I32': 4, 'I16': 2, 'I8': 1,
         'U64': 8, 'U32': 4, 'U16': 2, 'U8': 1, 'BOOL': 1}
CODES = {'F64': 'd', 'F32': 'f', 'F16': 'e', 'I64': 'q', 'I32': 'i', 'I16': 'h', 'I8': 'b',
         'U64': 'Q', 'U32': 'I', 'U16': 'H', 'U8': 'B', 'BOOL': 'B'}


class Tensor:
    """Type, shape and numbers, in row-major order."""

    def __init__(self, kind, shape, values):
        self.kind, self.shape, self.values = kind, list(shape), list(values)

    def rows(self):
        """rows(): the numbers of a table."""
        n, width = self.shape
        return [self.values[i * width:(i + 1) * width] for i in range(n)]


def count(shape):
    """count(shape): how many numbers there are."""
    n = 1
    for side in shape:
        n *= side
    return n


def unique(pairs):
    """unique(pairs): an object, unless a name comes twice."""
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names), 'a name comes twice'
    return dict(pairs)


def decode(kind, data):
    """decode(kind, data): the numbers of these bytes."""
    n = len(data) // SIZES[kind]
    if kind == 'BF16':
        return [struct.unpack('<f', b'\0\0' + data[2 * i:2 * i + 2])[0] for i in range(n)]
    return list(struct.unpack('<%d%s' % (n, CODES[kind]), data))


def encode(kind, values):
    """encode(kind, values): the reverse; bfloat16 by cutting off."""
    if kind == 'BF16':
        return b''.join(struct.pack('<f', v)[2:] for v in values)
    return struct.pack('<%d%s' % (len(values), CODES[kind]), *values)


def parse(data):
    """parse(data): the metadata and the tensors, in the order of their bytes; AssertionError for what is no such file."""
    assert len(data) >= 8
    size = struct.unpack('<Q', data[:8])[0]
    assert size <= 100000000 and 8 + size <= len(data), 'the header does not fit'
    text, body = data[8:8 + size], data[8 + size:]
    assert text[:1] == b'{'
    header = json.loads(text.decode('utf-8'), object_pairs_hook=unique)
    metadata = header.pop('__metadata__', {})
    assert all(isinstance(v, str) for v in metadata.values())
    tensors, at = {}, 0
    for name, t in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
        assert set(t) == {'dtype', 'shape', 'data_offsets'}, t
        begin, end = t['data_offsets']
        assert begin == at and end - begin == count(t['shape']) * SIZES[t['dtype']] and end <= len(body), (name, t)
        tensors[name] = Tensor(t['dtype'], t['shape'], decode(t['dtype'], body[begin:end]))
        at = end
    assert at == len(body), 'bytes behind the last tensor'
    return metadata, tensors


def build(tensors, metadata=None):
    """build(tensors, metadata): the bytes of a file."""
    header, body = ({'__metadata__': metadata} if metadata else {}), b''
    for name, t in tensors.items():
        data = encode(t.kind, t.values)
        header[name] = {'dtype': t.kind, 'shape': t.shape, 'data_offsets': [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    return struct.pack('<Q', len(text)) + text + body


def check(path, csv_path):
    """check(path, csv_path): each float64 is, exactly, the word that the decimal in the CSV is rounded to."""
    with open(path, 'rb') as f:
        data = f.read()
    metadata, tensors = parse(data)
    assert struct.unpack('<Q', data[:8])[0] % 8 == 0, 'numbers are not aligned'
    bits, columns = json.loads(metadata['smpc.fraction_bits']), json.loads(metadata.get('smpc.columns', '{}'))
    with open(csv_path) as f:
        tables = [block.splitlines() for block in f.read().rstrip('\n').split('\n\n')]
    assert len(tables) == len(tensors) and set(bits) == set(tensors) and set(columns) <= set(tensors)
    for (name, t), lines in zip(tensors.items(), tables):
        if name in columns:
            assert lines.pop(0) == ','.join(columns[name]), name
        unit = 1 << bits[name]
        assert t.kind == ('I64' if unit == 1 else 'F64'), (name, t.kind)
        due = [[Fraction(round(Fraction(cell) * unit), unit) for cell in line.split(',')] for line in lines]
        assert [[Fraction(v) for v in row] for row in t.rows()] == due, name
        print(name, t.kind, *t.shape)


def main():
    if sys.argv[1] == 'check':
        check(*sys.argv[2:])
        return
    spec = json.load(sys.stdin)
    with open(sys.argv[2], 'wb') as f:
        f.write(build({name: Tensor(*t) for name, t in spec['tensors'].items()}, spec.get('metadata')))


if __name__ == '__main__':
    main()
