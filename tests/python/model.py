"""
What the local tools compute, on exact Fractions: a model of tensors, their scale and their ids, from smpc-share(5) and
the tools' descriptions.  Shares no code with the toolkit.
"""

import struct
from fractions import Fraction
from math import gcd

import noise
import sharestream as share

TWO64 = share.TWO64


INTACT = (None, 'rows', 'whole')


class Part:
    """A part: how many rows, where it comes from, and how intact it is (an index of INTACT; a sharing: 2)."""

    def __init__(self, rows, ident, op='share', inputs=(), intact=None):
        self.rows, self.ident, self.op, self.inputs = rows, ident, op, list(inputs)
        self.intact = intact if intact is not None else 2 if op == 'share' else 0


class Tensor:
    """A tensor: name, column names (or None), number of columns, scale, rows of Fractions, parts."""

    def __init__(self, name, columns, cols, scale, rows, parts):
        self.name, self.columns, self.cols, self.scale, self.rows, self.parts = name, columns, cols, scale, rows, parts
        assert sum(p.rows for p in parts) == len(rows) and all(len(r) == cols for r in rows)

    def like(self, **changes):
        fields = dict(vars(self), **changes)
        return Tensor(**fields)

    def pieces(self):
        """pieces(): (part, its rows) for each part."""
        first = 0
        for part in self.parts:
            yield part, self.rows[first:first + part.rows]
            first += part.rows

    def words(self, modulus):
        """words(modulus): the words that stand for the values, part after part."""
        unit = self.scale[1] << self.scale[0]
        out = []
        for row in self.rows:
            for value in row:
                word, rest = divmod(value.numerator * unit, value.denominator)
                assert rest == 0
                out.append(word % modulus)
        return out


def derived(op, params, inputs, rows, intact=0):
    """derived(op, params, inputs, rows, intact): the part that results of inputs [(id, row)]."""
    return Part(rows, share.derive_id(op, params, inputs), op, [ident for ident, _ in inputs], intact)


def whole(t):
    """whole(t): all parts of a tensor as inputs."""
    return [(p.ident, 0) for p in t.parts]


# Public operands

class Constant:
    """A public operand: rows of Fractions at ${bits} fraction bits."""

    def __init__(self, rows, bits, columns=None):
        self.rows, self.bits, self.columns = rows, bits, columns
        self.cols = len(rows[0])
        self.divisor = 1

    def rounded(self, bits):
        """rounded(bits): the nearest multiples of 2^-bits, of two the even one."""
        unit = 1 << bits
        return Constant([[Fraction(round(v * unit), unit) for v in row] for row in self.rows], bits, self.columns)

    def reduced(self):
        """reduced(): without the fraction bits that no value needs."""
        bits = 0
        for row in self.rows:
            for v in row:
                bits = max(bits, v.denominator.bit_length() - 1)
        return Constant(self.rows, min(bits, self.bits), self.columns)

    def digest(self, modulus):
        words = [(v * (1 << self.bits)).numerator % modulus for row in self.rows for v in row]
        return share.public_digest(modulus, self.bits, 1, len(self.rows), self.cols, words)


# Scales

def lcm(a, b):
    return a * b // gcd(a, b)


def united(scales):
    bits, divisor = 0, 1
    for f, d in scales:
        bits, divisor = max(bits, f), lcm(divisor, d)
    return bits, divisor


def multiplied(scales):
    bits, divisor = 0, 1
    for f, d in scales:
        bits, divisor = bits + f, divisor * d
    return bits, divisor


# Elementwise operations and paste

def segments(tensors, height):
    """
    segments(tensors, height): runs of rows that cross no end of a part: [(rows, [(id, row)])].  Tensors of one row are
    repeated if the result has more, ${height}.
    """
    if len(tensors) > 1 and any(p.rows == 0 for t in tensors for p in t.parts):
        return [(height, [])]       # smpc-share(5) does not say
    repeat = [len(t.rows) == 1 != height for t in tensors]
    if all(repeat):
        return [(height, [(t.parts[0].ident, share.REPEATED) for t in tensors])]
    at = [[0, 0] for _ in tensors]          # part, row in it
    out = []
    while any(a[0] < len(t.parts) for a, t, r in zip(at, tensors, repeat) if not r):
        inputs = [(t.parts[0].ident, share.REPEATED) if r else (t.parts[a[0]].ident, a[1])
                  for a, t, r in zip(at, tensors, repeat)]
        count = min(t.parts[a[0]].rows - a[1] for a, t, r in zip(at, tensors, repeat) if not r)
        for a, t in zip(at, tensors):
            a[1] += count
            if a[0] < len(t.parts) and a[1] >= t.parts[a[0]].rows:
                a[0], a[1] = a[0] + 1, 0
        out.append((count, inputs))
    return out


def at(x, i, j):
    """at(x, i, j): element i, j of a tensor or constant, rows and columns of one repeated."""
    row = x.rows[0 if len(x.rows) == 1 else i]
    return row[0 if x.cols == 1 else j]


FOLD = {'add': lambda a, b: a + b, 'sub': lambda a, b: a - b, 'mul': lambda a, b: a * b}


def factor_bits(constant, of):
    """factor_bits(constant, of): of a public factor for shares of ${of} fraction bits: 16; if all is below 1, so many that the
    largest has 16 bits, and a product has room for them."""
    largest = max(abs(v) for row in constant.rows for v in row)
    if largest >= 1 or round(largest * 2 ** 16) >= 2 ** 16 and not (len(constant.rows) == constant.cols == 1):
        return max(0, 16 - max(0, round(largest * 2 ** 16).bit_length() - max(16, 48 - of)))
    width = round(largest * 2 ** 62).bit_length()
    return min(78 - width if width > 16 else 62, max(16, 62 - of))


def is_coarse(constant, tensors):
    """is_coarse(constant, tensors): whether rounding leaves a column's largest factor fewer than 8 bits."""
    largest = [max(abs(v) for v in column) for column in zip(*constant.rows)]
    bits = min(factor_bits(constant, t.scale[0]) for t in tensors)
    return any(0 < round(v * 2 ** bits) < 128 for v in largest)


def elementwise(op, streams, constant, modulus, bits=None):
    """elementwise(...): tensor by tensor of the streams (lists of Tensors)."""
    out = []
    for tensors in zip(*streams):
        terms = list(tensors)
        extra = []
        if constant is not None:
            if op == 'mul':
                bits = factor_bits(constant, tensors[0].scale[0]) if bits is None else bits
                c = constant.rounded(bits if modulus == TWO64 else 0).reduced()
            else:
                most = max(t.scale[0] for t in tensors)
                c = constant.rounded(most if most or modulus != TWO64 else 16)
                c = c.reduced() if most == 0 and c.reduced().bits == 0 else c
            terms.append(c)
            extra = [(c.digest(modulus), 0)]
        scales = [t.scale if isinstance(t, Tensor) else (t.bits, 1) for t in terms]
        height = max(len(t.rows) for t in terms) if min(len(t.rows) for t in terms) else 0
        width = max(t.cols for t in terms)
        rows = []
        for i in range(height):
            row = []
            for j in range(width):
                value = at(terms[0], i, j)
                for t in terms[1:]:
                    value = FOLD[op](value, at(t, i, j))
                row.append(value)
            rows.append(row)
        named = [t.columns for t in tensors if t.cols == width and t.columns]
        parts = [derived(op, '', inputs + extra, count) for count, inputs in segments(tensors, height)]
        out.append(Tensor(tensors[0].name, named[0] if named else None, width,
                          (multiplied if op == 'mul' else united)(scales), rows, parts))
    return out


def paste(streams):
    out = []
    for tensors in zip(*streams):
        height = max(len(t.rows) for t in tensors)
        rows = [sum(([at(t, i, j) for j in range(t.cols)] for t in tensors), []) for i in range(height)]
        columns = sum((t.columns for t in tensors), []) if all(t.columns for t in tensors) else None
        scale = united(t.scale for t in tensors)
        intact = {p.ident: p.intact if t.scale == scale else 0 for t in tensors for p in t.parts}
        parts = [derived('paste', '', inputs, count,
                         min([0 if row == share.REPEATED else intact[i] for i, row in inputs] +
                             [2 if len(tensors) == 1 else 1]) if inputs else 0)
                 for count, inputs in segments(tensors, height)]
        width = sum(t.cols for t in tensors)
        out.append(Tensor(tensors[0].name, columns, width, scale, rows, parts))
    return out


# Row by row

def mapped(t, op, params, function, extra=()):
    """mapped(t, op, params, function, extra): (rows, parts) of a row-wise operation."""
    return ([function(row) for row in t.rows],
            [derived(op, params, [(p.ident, 0)] + list(extra), p.rows) for p in t.parts])


def product(row, matrix):
    return [sum((x * m[j] for x, m in zip(row, matrix)), Fraction(0)) for j in range(len(matrix[0]))]


def matmul(stream, constant, modulus, bits=None):
    bits = factor_bits(constant, stream[0].scale[0]) if bits is None else bits
    c = constant.rounded(bits if modulus == TWO64 else 0).reduced()
    out = []
    for t in stream:
        rows, parts = mapped(t, 'matmul', '', lambda row: product(row, c.rows), [(c.digest(modulus), 0)])
        out.append(Tensor(t.name, c.columns, c.cols, multiplied([t.scale, (c.bits, 1)]), rows, parts))
    return out


def matmul_left(stream, constant, modulus, bits=None):
    bits = factor_bits(constant, stream[0].scale[0]) if bits is None else bits
    c = constant.rounded(bits if modulus == TWO64 else 0).reduced()
    out = []
    for t in stream:
        rows = [product(left, t.rows) for left in c.rows]
        part = derived('matmul', 'left', whole(t) + [(c.digest(modulus), 0)], len(rows))
        out.append(t.like(scale=multiplied([t.scale, (c.bits, 1)]), rows=rows, parts=[part]))
    return out


def cut(stream, positions, names=None):
    """cut(stream, positions, names): columns by position from 0, perhaps with other names."""
    out = []
    for t in stream:
        params = ','.join(str(p + 1) for p in positions)
        params += ' ' + share.canonical(names).decode() if names else ''
        rows, parts = mapped(t, 'cut', params, lambda row: [row[p] for p in positions])
        for part, source in zip(parts, t.parts):
            part.intact = source.intact
        out.append(t.like(columns=names or t.columns and [t.columns[p] for p in positions], cols=len(positions), rows=rows,
                          parts=parts))
    return out


# Sums and other operations on whole tensors

def sums(stream, over, mean):
    out = []
    for t in stream:
        count = {'columns': len(t.rows), 'rows': t.cols, 'all': len(t.rows) * t.cols}[over]
        by = count if mean else 1
        params = over + (' mean' if mean else '')
        scale = (t.scale[0], t.scale[1] * by)
        if over == 'rows':
            rows, parts = mapped(t, 'sum', params, lambda row: [sum(row, Fraction(0)) / by])
            out.append(Tensor(t.name, None, 1, scale, rows, parts))
            continue
        total = [sum((row[j] for row in t.rows), Fraction(0)) / by for j in range(t.cols)]
        part = derived('sum', params, whole(t), 1)
        if over == 'all':
            out.append(Tensor(t.name, None, 1, scale, [[sum(total, Fraction(0))]], [part]))
        else:
            out.append(Tensor(t.name, t.columns, t.cols, scale, [total], [part]))
    return out


def transpose(stream):
    return [Tensor(t.name, None, len(t.rows), t.scale, [list(r) for r in zip(*t.rows)],
                   [derived('transpose', '', whole(t), t.cols)]) for t in stream]


# Selections and orders

def order(n, seed, index):
    """order(n, seed, index): the public permutation of 0 to n - 1 of smpc-share(5), Orders."""
    def string(raw):
        return struct.pack('<Q', len(raw)) + raw
    key = share.blake2b(string(b'smpc-order-1'), string(seed.encode()), struct.pack('<Q', index))
    stream = share.bytes_to_words(noise.chacha20_original(key, 8 * max(n - 1, 1)))
    out = list(range(n))
    for j in range(n - 1, 0, -1):
        k = stream[n - 1 - j] * (j + 1) >> 64
        out[j], out[k] = out[k], out[j]
    return out


def some_rows(parts):
    """some_rows(parts): how intact some rows of these parts are."""
    return min([1] + [p.intact for p in parts])


def shuffled_rows(parts):
    """shuffled_rows(parts): the same of one part that is made of these: of several small ones it says nothing."""
    return some_rows(parts) if len(parts) == 1 or max(p.rows for p in parts) >= 10 else 0


def shuffle(stream, seed):
    return [t.like(rows=[t.rows[i] for i in order(len(t.rows), seed, 0)],
                   parts=[derived('shuf', 'seed=' + seed, whole(t), len(t.rows), shuffled_rows(t.parts))]) for t in stream]


def sample(stream, seed, count):
    """sample(stream, seed, count): the first rows of the same; nobody says how many are of which part."""
    return [t.like(rows=[t.rows[i] for i in order(len(t.rows), seed, 0)[:count]],
                   parts=[derived('shuf', 'rows=%d seed=%s' % (count, seed), whole(t), min(count, len(t.rows)),
                                  some_rows(t.parts) if len(t.parts) == 1 else 0)]) for t in stream]


def head(stream, count, first=0):
    """head(stream, count, first): so many rows, or all where that is None, from row ${first} on, counted from 0."""
    out = []
    for t in stream:
        end = len(t.rows) if count is None else first + count
        at, parts = 0, []
        for p in t.parts:
            skip = max(0, first - at)
            if at + skip < end and (skip < p.rows or skip == 0 and at >= first):
                left = 'all' if count is None else str(end - at - skip)
                parts.append(derived('head', left, [(p.ident, skip)], min(end - at, p.rows) - skip, some_rows([p])))
            at += p.rows
        out.append(t.like(rows=t.rows[first:end], parts=parts))
    return out


def training(rows, seed, ratio):
    """training(rows, seed, ratio): for each row of a tensor whether it goes to the training side."""
    def nearest(n):
        return round(Fraction(ratio * n, 1 << 32)) if ratio * n % (1 << 32) != 1 << 31 else (ratio * n >> 32) + 1
    out = []
    for group in range((rows + 4) // 5):
        count = nearest(5 * group + 5) - nearest(5 * group)
        chosen = set(order(5, seed, group)[:count])
        out += [i in chosen for i in range(5)]
    return out[:rows]


def sides(stream, taken_of, params_of):
    """sides(...): the rows of a stream that one side of a split has; taken_of(rows) says of each whether it does."""
    out = []
    for t in stream:
        taken = taken_of(len(t.rows))
        first, parts = 0, []
        for p in t.parts:
            parts.append(derived('split', params_of(first), [(p.ident, 0)], sum(taken[first:first + p.rows]),
                                 some_rows([p])))
            first += p.rows
        out.append(t.like(rows=[r for r, take in zip(t.rows, taken) if take], parts=parts))
    return out


def split(stream, seed, ratio, side):
    return sides(stream, lambda rows: [chosen == (side == 'train') for chosen in training(rows, seed, ratio)],
                 lambda first: 'seed=%s ratio=%d side=%s row=%d' % (seed, ratio, side, first))


def fold_of(row, seed, folds):
    """fold_of(row, seed, folds): which fold a row of a tensor is in, from 1; of no seed, in turn."""
    if seed is None:
        return row % folds + 1
    return order(folds, seed, row // folds).index(row % folds) + 1


def fold(stream, seed, folds, number, side):
    return sides(stream, lambda rows: [(fold_of(r, seed, folds) == number) == (side == 'rest') for r in range(rows)],
                 lambda first: '%s folds=%d fold=%d side=%s row=%d' % ('in-turn' if seed is None else 'seed=' + seed, folds,
                                                                       number, side, first))


def revealed(stream):
    """revealed(stream): the public stream of it."""
    return [t.like(parts=[derived('reveal', '', [(p.ident, 0)], p.rows) for p in t.parts]) for t in stream]
