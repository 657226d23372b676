#!/usr/bin/env python3
"""
The local tools against exact arithmetic: random tables are shared, every tool is run at every party, the results are
put together by sharestream.py and by smpc-reveal, and compared with model.py: words, scale, shape, names, ids.

    oracle.py [--seeds FIRST-LAST] [--rows N] [--only repeated|rounding|empty|exactly] SCHEME...

Inputs come as they were shared, re-blocked at random, as text, in several parts and tensors, from files and from pipes.
Works in the directory at hand.
"""

import argparse
import os
import random
import sys
import traceback
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import exact                    # noqa: E402
import model                    # noqa: E402
import sharestream as share     # noqa: E402
import tools                    # noqa: E402

TWO64 = share.TWO64
SCHEMES = {                     # options of smpc-share, parties, modulus
    'masked-2': (['-n', 2], ['0', '1', '2'], TWO64),
    'masked-3': (['-n', 3], ['0', '1', '2', '3'], TWO64),
    'additive-2': (['-a', '-n', 2], ['1', '2'], TWO64),
    'additive-3': (['-a', '-n', 3], ['1', '2', '3'], TWO64),
    'prime': (['-q', 501337, '-n', 2], ['1', '2'], 501337),
    'q64-59': (['-q', 2 ** 64 - 59, '-n', 3], ['1', '2', '3'], 2 ** 64 - 59),
    'bits': (['-q', 2, '-n', 2], ['1', '2'], 2),
    'public': (['-n', 2], [None], TWO64),
}
EDGES = [0, 1, -1, 2 ** 63 - 1, -2 ** 63, 2 ** 62, -2 ** 62 - 1, 2 ** 32, 2 ** 16 - 1]


class Stream:
    """Share files of one stream: {party: path}, and the tensors that they should hold."""

    def __init__(self, tensors, files):
        self.tensors, self.files = tensors, files


class Lab:
    """One scheme, one seed."""

    def __init__(self, scheme, seed, rows):
        self.scheme, self.rng, self.rows = scheme, random.Random('%s %d' % (scheme, seed)), rows
        self.options, self.parties, self.modulus = SCHEMES[scheme]
        self.names, self.files, self.faults, self.checks, self.supposed = 0, 0, [], 0, 0

    def fresh(self):
        self.files += 1
        return '%d' % self.files

    def save(self, data):
        path = self.fresh()
        with open(path, 'wb') as f:
            f.write(data)
        return path

    # Inputs

    def word(self, small):
        if self.modulus != TWO64:
            return self.rng.choice([0, 1, self.modulus - 1, self.rng.randrange(self.modulus)])
        kind = self.rng.random()
        if small or kind < 0.4:
            return self.rng.randint(-10 ** 6, 10 ** 6)
        return self.rng.choice(EDGES) if kind < 0.6 else self.rng.randint(-2 ** 63, 2 ** 63 - 1)

    def bits(self):
        return 0 if self.modulus != TWO64 else self.rng.choice([0, 1, 7, 16, 20])

    def columns(self, cols):
        self.names += 1
        return ['c%d,%d' % (self.names, j) for j in range(cols)] if self.rng.random() < 0.8 else None

    def share(self, rows, cols, bits=None, columns=(), name='data', small=False, more=()):
        """share(...): a Stream of random numbers, from smpc-share."""
        bits = self.bits() if bits is None else bits
        columns = self.columns(cols) if columns == () else columns
        words = [[self.word(small) for _ in range(cols)] for _ in range(rows)]
        lines = [','.join('"%s"' % c for c in columns)] if columns else []
        lines += [','.join(exact.decimal(w, bits) for w in row) for row in words]
        path, prefix = self.save(('\n'.join(lines) + '\n').encode()), self.fresh()
        head = [] if columns else ['--no-header']
        scale = ['--fraction-bits', bits] if self.modulus == TWO64 else []
        tools.output(['smpc-share'] + self.options + head + scale + list(more) + ['--name', name, '-o', prefix, path])
        values = [[Fraction(w, 1 << bits) for w in row] for row in words]
        one = share.parse(read(prefix + '.1'))[0]
        tensor = model.Tensor(name, columns, cols, (bits, 1), values, [model.Part(rows, one.id)])
        if self.scheme == 'public':
            return Stream(model.revealed([tensor]), {None: self.public(prefix)})
        return Stream([tensor], {p: prefix + '.' + p for p in self.parties})

    def nothing(self, bits, columns):
        """nothing(bits, columns): a Stream of no rows, which smpc-share does not make."""
        options = dict(name='data', fraction_bits=bits, columns=columns)
        if self.scheme == 'public':
            shares = {None: share.share_public([], len(columns), **options)}
        elif self.scheme.startswith('masked'):
            shares = share.share_masked([], len(columns), self.parties, **options)
        else:
            shares = share.share_additive([], len(columns), self.parties, self.modulus, **options)
        ident = shares[self.parties[0]][0].id
        tensor = model.Tensor('data', columns, len(columns), (bits, 1), [], [model.Part(0, ident)])
        return Stream([tensor], {p: self.save(b''.join(map(share.encode_binary, r))) for p, r in shares.items()})

    def public(self, prefix):
        path = self.fresh()
        tools.output(['smpc-reveal', '--public', '-o', path, prefix + '.1', prefix + '.2'])
        return path

    def joined(self, streams):
        """joined(streams): what cat(1) makes of them."""
        tensors = []
        for s in streams:
            for t in s.tensors:
                last = tensors[-1] if tensors else None
                if last and (last.name, last.columns, last.cols) == (t.name, t.columns, t.cols):
                    tensors[-1] = last.like(rows=last.rows + t.rows, parts=last.parts + t.parts)
                else:
                    tensors.append(t)
        return Stream(tensors, {p: self.save(b''.join(read(s.files[p]) for s in streams)) for p in self.parties})

    def revealed(self, stream):
        """revealed(stream): a public stream of a stream."""
        if self.scheme == 'public':
            return stream
        path = self.fresh()
        tools.output(['smpc-reveal', '--public', '-o', path] + self.shares(stream.files))
        return Stream(model.revealed(stream.tensors), {p: path for p in self.parties})

    def shares(self, files):
        """shares(files): the files that reveal: all of them, or the dealer's and one more."""
        if self.scheme.startswith('masked'):
            if self.rng.random() < 0.3:
                return [files['0'], files[self.rng.choice(self.parties[1:])]]
            return [files[p] for p in self.parties[1:]]
        return [files[p] for p in self.parties]

    def disguised(self, path):
        """disguised(path): the same stream, perhaps in another form."""
        kind = self.rng.random()
        if kind < 0.4:
            return path
        records = share.parse(read(path))
        if kind < 0.9:
            records = share.reblock(records, self.rng)
        form = share.encode_text if self.rng.random() < 0.3 else share.encode_binary
        return self.save(b''.join(map(form, records)))

    def constant(self, rows, cols, places=4):
        """constant(rows, cols, places): a public operand as (argument, Constant); whole numbers if places is 0."""
        if self.modulus == TWO64:
            number = self.decimal if places else lambda _: str(self.rng.randint(-10 ** 5, 10 ** 5))
            texts = [[number(places) for _ in range(cols)] for _ in range(rows)]
        else:
            texts = [[str(self.rng.randint(0, min(self.modulus - 1, 10 ** 15))) for _ in range(cols)]
                     for _ in range(rows)]
        values = [[Fraction(t) for t in row] for row in texts]
        columns = self.columns(cols)
        if rows == cols == 1 and self.rng.random() < 0.7:
            return texts[0][0], model.Constant(values, 0)
        lines = [','.join('"%s"' % c for c in columns)] if columns else []
        path = self.save(('\n'.join(lines + [','.join(row) for row in texts]) + '\n').encode())
        return './' + path, model.Constant(values, 0, columns)

    def decimal(self, places):
        text = '%s%d.%0*d' % (self.rng.choice(['', '-']), self.rng.choice([0, 1, 7, 1234]), places,
                              self.rng.randrange(10 ** places))
        return self.rng.choice([text, text + 'e-1', '0.5', '3', '-1', '.25', '0', '1e2'])

    # Judging

    def fault(self, what, why):
        self.faults.append('%s, %s: %s' % (self.scheme, what, str(why).strip()))

    def header(self, tensor, part, party):
        h = {'kind': 'tensor', 'scheme': self.scheme.partition('-')[0], 'modulus': str(self.modulus),
             'fraction_bits': tensor.scale[0], 'name': tensor.name, 'id': part.ident, 'op': part.op,
             'inputs': part.inputs}
        if self.scheme in ('prime', 'q64-59', 'bits'):
            h['scheme'] = 'additive'
        if part.op != 'share' and model.INTACT[part.intact]:
            h['intact'] = model.INTACT[part.intact]
        if tensor.scale[1] != 1:
            h['divisor'] = tensor.scale[1]
        if tensor.columns:
            h['columns'] = tensor.columns
        if party is not None:
            h.update(parties=self.parties, party=party)
        return h

    def judge_words(self, what, tensors, parts):
        """judge_words(what, tensors, parts): all words together are those of the tensors, whatever the parts."""
        if len({len(p) for p in parts.values()}) != 1:
            return self.fault(what, 'the parties have different numbers of parts')
        try:
            found = sum((list(share.combine(list(shares))) for shares in zip(*parts.values())), [])
        except share.ShareError as e:
            return self.fault(what, e)
        if found != sum((t.words(self.modulus) for t in tensors), []):
            return self.fault(what, 'the words differ')
        return None

    def judge(self, what, tensors, files, keyless=True, loosely=False):
        """
        judge(what, tensors, files, keyless, loosely): the share files hold these tensors; loosely: these words,
        whatever the parts.
        """
        self.checks += 1
        try:
            records = {p: share.parse(read(path)) for p, path in files.items()}
        except share.ShareError as e:
            return self.fault(what, 'refused in python: %s' % e)
        if keyless and any(r.keys for list_ in records.values() for r in list_):
            self.fault(what, 'the result holds keys')
        parts = {p: share.parts(r) for p, r in records.items()}
        if loosely:
            return self.judge_words(what, tensors, parts) or self.reveal(what, tensors, files)
        expected = [(t, part, rows) for t in tensors for part, rows in t.pieces()]
        for party, found in parts.items():
            if len(found) != len(expected):
                return self.fault(what, 'party %s: %d parts instead of %d' % (party, len(found), len(expected)))
            for n, ((t, part, rows), f) in enumerate(zip(expected, found)):
                if (f.rows, f.cols) != (part.rows, t.cols):
                    return self.fault(what, 'party %s, part %d: %d x %d instead of %d x %d' % (party, n, f.rows, f.cols,
                                                                                              part.rows, t.cols))
                head = self.header(t, part, party)
                # what is supposed of undeclared columns is for supposed.bats
                if not any((c or {}).get('kind') for c in f.header.get('about', [])):
                    f.header.pop('about', None)
                    f.header['version'] = head.get('version', f.header.get('version'))
                for field in sorted(set(head) | set(f.header)):
                    if head.get(field) != f.header.get(field):
                        return self.fault(what, "party %s, part %d: '%s' is %s instead of %s"
                                          % (party, n, field, f.header.get(field), head.get(field)))
        for n, (t, part, rows) in enumerate(expected):
            found = list(share.combine([parts[p][n] for p in parts]))
            if found != t.like(rows=rows, parts=[part]).words(self.modulus):
                return self.fault(what, 'part %d: the words differ' % n)
        return self.reveal(what, tensors, files)

    def reveal(self, what, tensors, files):
        """reveal(what, tensors, files): smpc-reveal prints these tensors."""
        printed = tools.printed_tables(tools.output(['smpc-reveal'] + self.shares(files)).decode())
        if len(printed) != len(tensors):
            return self.fault(what, 'smpc-reveal prints %d tables instead of %d' % (len(printed), len(tensors)))
        for rows, t in zip(printed, tensors):
            if t.columns and rows[:1] != [t.columns]:
                return self.fault(what, 'smpc-reveal prints the head %s instead of %s' % (rows[:1], t.columns))
            rows = rows[1:] if t.columns else rows
            if len(rows) != len(t.rows):
                return self.fault(what, 'smpc-reveal prints %d rows instead of %d' % (len(rows), len(t.rows)))
            for row, values in zip(rows, t.rows):
                for text, value in zip(row, values):
                    why = exact.fault_of_value(text, value, t.scale[0], t.scale[1], self.modulus)
                    if why:
                        return self.fault(what, 'smpc-reveal: ' + why)
        return None

    def try_to(self, argv, operands, tensors, keyless=True, disguise=True, loosely=False):
        """
        try_to(argv, operands, tensors, ...): run a tool at every party; numbers in ${argv} are operands.
        Judge what comes out and return it as a Stream.
        """
        files = {}
        what = tools.shown(argv)
        try:
            for party in self.parties:
                given = [self.disguised(s.files[party]) if disguise else s.files[party] for s in operands]
                files[party] = self.save(tools.output([given[a] if isinstance(a, int) else a for a in argv]))
        except tools.Fault as e:
            self.checks += 1
            if is_supposed(e):
                self.supposed += 1
            else:
                self.fault(what, e)
            return None
        self.judge(what, tensors, files, keyless, loosely)
        return Stream(tensors, files)


def is_supposed(fault):
    """
    is_supposed(fault): undeclared words would have no room if they were as large as they are supposed to be, or factors that
    leave them room would be rounded too far.
    """
    return 'with undeclared ones up to 32768' in str(fault) or 'fraction bits, factors of ' in str(fault)


def read(path):
    with open(path, 'rb') as f:
        return f.read()


# What is tried

class Inputs:
    """Operands of many shapes that fit each other."""

    def __init__(self, lab):
        rng, rows = lab.rng, lab.rng.randint(3, lab.rows)
        self.m, self.k = rows, rng.randint(2, 5)
        self.a, self.b = lab.share(rows, self.k), lab.share(rows, self.k)
        self.column, self.row, self.one = lab.share(rows, 1), lab.share(1, self.k), lab.share(1, 1)
        bits, columns = lab.bits(), lab.columns(self.k)
        cuts = sorted(rng.randint(0, rows) for _ in range(2))
        sizes = [cuts[0], cuts[1] - cuts[0], rows - cuts[1]]
        self.many = lab.joined([lab.share(n, self.k, bits, columns) for n in sizes if n > 0])
        wide, flat = lab.columns(self.k), lab.columns(self.k)
        self.two = [lab.joined([lab.share(rows, self.k, 16 if lab.modulus == TWO64 else 0, wide, 'weights'),
                                lab.share(2, self.k, None, flat, 'bias')]) for _ in range(2)]
        mean = ['smpc-sum', '--rows', '--mean', 0]
        self.divided = lab.try_to(mean, [self.a], model.sums(self.a.tensors, 'rows', True))
        self.public = lab.revealed(self.b)


def with_constant(lab, op, streams, rows, cols):
    """with_constant(...): whole numbers where there are few fraction bits: what would round to 0 is refused."""
    bits = 16 if op == 'mul' else min(max(s.tensors[i].scale[0] for s in streams)
                                      for i in range(len(streams[0].tensors)))
    text, c = lab.constant(rows, cols, 4 if bits > 13 else 0)
    while op == 'mul' and lab.modulus == TWO64 and model.is_coarse(c, streams[0].tensors):
        text, c = lab.constant(rows, cols)
    argv = ['smpc-' + op] + (['-c', text] if not text.startswith('-') else ['--constant=' + text])
    return argv + list(range(len(streams))), streams, model.elementwise(op, [s.tensors for s in streams], c,
                                                                        lab.modulus)


def elementwise(lab, x):
    q = lab.modulus
    for streams in ([x.a, x.b], [x.a, x.many, x.divided, x.column, x.row, x.one], [x.one, x.a], [x.row, x.column],
                    [x.many, x.b, x.many], x.two, [x.a], [x.a, x.public], [x.public, x.many], [x.row, x.one]):
        for op in ('add', 'sub'):
            yield (['smpc-' + op] + list(range(len(streams))), streams,
                   model.elementwise(op, [s.tensors for s in streams], None, q))
    for op in ('add', 'sub', 'mul'):
        yield with_constant(lab, op, [x.many], x.m, x.k)
        yield with_constant(lab, op, [x.a], x.m, 1)
        yield with_constant(lab, op, [x.column], x.m, x.k)
        yield with_constant(lab, op, [x.divided], 1, x.k)
        yield with_constant(lab, op, [x.two[0]], 1, 1)
    yield with_constant(lab, 'add', [x.a, x.many, x.divided], 1, 1)
    yield with_constant(lab, 'sub', [x.a, x.column], 1, x.k)
    for pair in ([x.a, x.public], [x.public, x.many], [x.column, x.public], [x.public, x.divided]):
        yield ['smpc-mul', 0, 1], pair, model.elementwise('mul', [s.tensors for s in pair], None, q)


def products(lab, x):
    for stream in (x.a, x.many, x.two[0]):
        text, c = lab.constant(x.k, lab.rng.randint(1, 4))
        yield ['smpc-matmul', '-c', text, 0], [stream], model.matmul(stream.tensors, c, lab.modulus)
    text, c = lab.constant(x.k, 2, 9)
    bits = lab.rng.choice([3, 24])
    yield (['smpc-matmul', '-c', text, '--fraction-bits', str(bits), 0], [x.a],
           model.matmul(x.a.tensors, c, lab.modulus, bits)) if lab.modulus == TWO64 else \
        (['smpc-matmul', '-c', text, 0], [x.a], model.matmul(x.a.tensors, c, lab.modulus))
    for stream in (x.a, x.many, x.column):
        text, c = lab.constant(lab.rng.randint(1, 4), x.m)
        yield (['smpc-matmul', '--left', '-c', text, 0], [stream],
               model.matmul_left(stream.tensors, c, lab.modulus))


def sums(lab, x):
    options = {'columns': [], 'rows': ['--rows'], 'all': ['--all']}
    for stream in (x.a, x.many, x.two[0], x.divided):
        for over, option in options.items():
            for mean in (False, True):
                yield (['smpc-sum'] + option + (['--mean'] if mean else []) + [0], [stream],
                       model.sums(stream.tensors, over, mean))


def shapes(lab, x):
    for stream in (x.a, x.many, x.two[0], x.row):
        yield ['smpc-transpose', 0], [stream], model.transpose(stream.tensors)
    for stream in (x.a, x.many, x.two[0]):
        some = lab.rng.sample(range(x.k), lab.rng.randint(1, x.k))
        yield (['smpc-cut', '-c', ','.join(str(p + 1) for p in some), 0], [stream], model.cut(stream.tensors, some))
        yield ['smpc-cut', '-c', '2-', 0], [stream], model.cut(stream.tensors, range(1, x.k))
        yield (['smpc-cut', '-x', str(some[0] + 1), 0], [stream],
               model.cut(stream.tensors, [p for p in range(x.k) if p != some[0]]))
    names = x.many.tensors[0].columns
    if names:
        yield ['smpc-cut', '-c', names[-1], 0], [x.many], model.cut(x.many.tensors, [x.k - 1])
        yield (['smpc-cut', '--rename', names[-1] + '=größe, "x"=y', '-c', '%d,1' % x.k, 0], [x.many],
               model.cut(x.many.tensors, [x.k - 1, 0], ['größe, "x"=y', names[0]]))
    for tensor in x.two[0].tensors:
        yield ['smpc-cut', '--tensor=' + tensor.name, 0], [x.two[0]], [tensor]
    for streams in ([x.a, x.b], [x.many, x.column, x.divided], [x.row, x.many, x.one], [x.a], [x.row, x.one],
                    [x.a, x.public]):
        yield ['smpc-paste'] + list(range(len(streams))), streams, model.paste([s.tensors for s in streams])


def selections(lab, x):
    for stream in (x.a, x.many, x.two[0]):
        for count in {1, x.m, lab.rng.randint(1, x.m), 10 ** 6}:
            yield ['smpc-head', '-n', str(count), 0], [stream], model.head(stream.tensors, count)
        most = min(len(t.rows) for t in stream.tensors)
        first, count = lab.rng.randrange(most), lab.rng.randint(1, x.m)
        yield (['smpc-head', '-n', '%d..%d' % (first + 1, first + count), 0], [stream],
               model.head(stream.tensors, count, first))
        yield ['smpc-head', '-n', '%d..' % (first + 1), 0], [stream], model.head(stream.tensors, None, first)
        seed = lab.rng.choice(['7', 'täglich', 'a b=c'])
        yield ['smpc-shuf', '--seed', seed, 0], [stream], model.shuffle(stream.tensors, seed)
        for count in (1, x.m, 10 ** 6):
            yield (['smpc-shuf', '--seed', seed, '-n', str(count), 0], [stream],
                   model.sample(stream.tensors, seed, count))
        for ratio in ('0.8', '0.5', '1', '0', '0.333', '.05'):
            if lab.rng.random() < 0.5:
                part = round(Fraction(ratio) * (1 << 32))
                yield (['smpc-split', '--seed', seed, '--ratio', ratio, '-o', '/dev/stdout', 0], [stream],
                       model.split(stream.tensors, seed, part, 'train'))
                yield (['smpc-split', '--seed', seed, '--ratio', ratio, '-o', '/dev/null', '--rest', '/dev/stdout', 0],
                       [stream], model.split(stream.tensors, seed, part, 'rest'))
        if most >= 2:
            folds = lab.rng.randint(2, min(most, 12))
            number = lab.rng.randint(1, folds)
            seed = lab.rng.choice((seed, seed, None))
            argv = ['smpc-split', *(['--in-turn'] if seed is None else ['--seed', seed]), '--folds', str(folds), '--fold',
                    str(number)]
            yield argv + ['-o', '/dev/stdout', 0], [stream], model.fold(stream.tensors, seed, folds, number, 'train')
            yield (argv + ['-o', '/dev/null', '--rest', '/dev/stdout', 0], [stream],
                   model.fold(stream.tensors, seed, folds, number, 'rest'))


def concatenations(lab, x):
    """concatenations(lab, x): smpc-cat keeps ids, keys, everything."""
    other = lab.share(2, x.k, x.a.tensors[0].scale[0], x.a.tensors[0].columns)
    both = lab.joined([x.a, other])
    for argv, streams, tensors in ((['smpc-cat', 0, 1], [x.a, other], both.tensors),
                                   (['smpc-cat', '--json', 0, 1], [x.a, other], both.tensors),
                                   (['smpc-cat', 0], [x.two[0]], x.two[0].tensors)):
        lab.try_to(argv, streams, tensors, keyless=False)
        result = lab.try_to(argv, streams, tensors, keyless=False, disguise=False)
        for party in lab.parties if result else ():
            before = [r.keys for s in streams for r in share.parse(read(s.files[party]))]
            if [r.keys for r in share.parse(read(result.files[party]))] != before:
                lab.fault(tools.shown(argv), 'the keys are not those of the inputs')


def pipes(lab, x):
    """pipes(lab, x): ten tools in a row, connected by pipes."""
    q = lab.modulus
    stream, steps = x.many.tensors, []

    def add(argv, result):
        nonlocal stream
        steps.append(argv)
        stream = result
    text, c = lab.constant(1, 1)
    add(['smpc-add', '-', x.a], model.elementwise('add', [stream, x.a.tensors], None, q))
    add(['smpc-mul', '--constant=' + text], model.elementwise('mul', [stream], c, q))
    add(['smpc-cat'], stream)
    add(['smpc-sub', '-', x.divided], model.elementwise('sub', [stream, x.divided.tensors], None, q))
    add(['smpc-cut', '-x', '1'], model.cut(stream, range(1, x.k)))
    add(['smpc-paste', '-', x.column], model.paste([stream, x.column.tensors]))
    text, c = lab.constant(x.k, 3, 1)
    add(['smpc-matmul', '-c', text], model.matmul(stream, c, q))
    add(['smpc-shuf', '-s', 'pipe'], model.shuffle(stream, 'pipe'))
    add(['smpc-split', '-s', 'pipe', '--ratio', '0.9'], model.split(stream, 'pipe', round(Fraction('0.9') * (1 << 32)),
                                                              'train'))
    add(['smpc-transpose'], model.transpose(stream))
    files = {}
    for party in lab.parties:
        argvs = [[a.files[party] if isinstance(a, Stream) else a for a in step] for step in steps]
        try:
            files[party] = lab.save(tools.pipeline(argvs, lab.disguised(x.many.files[party])))
        except tools.Fault as e:
            if not is_supposed(e):
                raise
            return
    lab.judge('ten tools in a pipe', stream, files)


def scales(lab):
    """scales(lab): all fraction bits, and words that wrap around."""
    if lab.modulus != TWO64:
        return
    bits = lab.rng.sample(range(63), 3)
    streams = [lab.share(7, 3, f) for f in bits]
    for op in ('add', 'sub'):
        lab.try_to(['smpc-' + op, 0, 1, 2], streams, model.elementwise(op, [s.tensors for s in streams], None, TWO64))
    lab.try_to(['smpc-paste', 0, 1, 2], streams, model.paste([s.tensors for s in streams]))


def repeated(lab, x):
    """repeated(lab, x): shares of a single row are repeated to the rows of a public matrix."""
    for op in ('add', 'sub', 'mul'):
        yield with_constant(lab, op, [x.one], x.m, x.k)
        yield with_constant(lab, op, [x.row], x.m, 1)
        yield with_constant(lab, op, [x.row, x.one][:1 if op == 'mul' else 2], x.m, x.k)


def rounding(lab, x):
    """rounding(lab, x): public numbers for whole ones are alike, on the command line and in a file."""
    if lab.modulus != TWO64:
        return
    x = lab.share(2, 1, 0, None)
    for text in ('1.5', '2.5', '-2.25'):
        path = './' + lab.save(b'%s\n' % text.encode())
        c = model.Constant([[Fraction(text)]], 0)
        for op in ('add', 'sub', 'mul'):
            for argument in (text, path):
                argv = ['smpc-' + op, '--constant=' + argument, 0] + (['--fraction-bits', '0'] if op == 'mul' else [])
                yield argv, [x], model.elementwise(op, [x.tensors], c, TWO64, 0 if op == 'mul' else None)


def empty(lab, x):
    """empty(lab, x): tables and parts without rows."""
    q, bits, columns = lab.modulus, lab.bits(), ['u', 'v']
    none = lab.nothing(bits, columns)

    def pieces(*sizes):
        return lab.joined([lab.share(n, 2, bits, columns) if n else lab.nothing(bits, columns) for n in sizes])
    holes, plain, column = pieces(0, 3, 0, 0, 2, 0), lab.share(5, 2), lab.share(5, 1)
    third = pieces(0, 2, 0, 1, 2)
    for streams in ([none], [none, none], [holes], [holes, plain], [plain, holes], [holes, holes], [holes, column],
                    [holes, third], [third, holes, plain]):
        tensors = [s.tensors for s in streams]
        yield ['smpc-add'] + list(range(len(streams))), streams, model.elementwise('add', tensors, None, q)
        names = sum((t[0].columns or [] for t in tensors), [])
        if len(set(names)) == len(names):
            yield ['smpc-paste'] + list(range(len(streams))), streams, model.paste(tensors)
    for s in (none, holes):
        yield with_constant(lab, 'mul', [s], 1, 2)
        yield ['smpc-cut', '-c', 'v', 0], [s], model.cut(s.tensors, [1])
        yield ['smpc-shuf', '-s', 'x', 0], [s], model.shuffle(s.tensors, 'x')
        yield (['smpc-split', '-s', 'x', 0], [s],
               model.split(s.tensors, 'x', round(Fraction('0.8') * (1 << 32)), 'train'))
        yield ['smpc-cat', 0], [s], s.tensors
        for count in (1, 3, 4, 10):
            yield ['smpc-head', '-n', str(count), 0], [s], model.head(s.tensors, count)
        for over, option in (('columns', []), ('rows', ['--rows']), ('all', ['--all'])):
            yield ['smpc-sum'] + option + [0], [s], model.sums(s.tensors, over, False)


def vanishing(lab):
    """vanishing(lab): a factor that would become 0 is refused with status 5."""
    if lab.modulus != TWO64:
        return
    x = lab.share(2, 1, 0, None)
    argv = ['smpc-mul', '-c', '0.25', '--fraction-bits', '1', x.files[lab.parties[-1]]]
    status, out, _ = tools.run(argv)
    lab.checks += 1
    if status != 5 or out:
        lab.fault(tools.shown(argv), 'status %d instead of 5' % status)


def splits(lab):
    """splits(lab): what holds of any split: both sides are all rows; the ratio; a prefix is split as the whole is."""
    rows = lab.rng.randint(41, 95)
    x = lab.share(rows, 1, 0, None)
    party = lab.parties[-1]
    for ratio in ('0.8', '0.25', '0.07'):
        taken = {}
        for count in (rows, lab.rng.randint(1, rows - 1)):
            part = lab.save(tools.output(['smpc-head', '-n', count, x.files[party]]))
            train, rest = lab.fresh(), lab.fresh()
            tools.output(['smpc-split', '-s', 'x', '--ratio', ratio, '-o', train, '--rest', rest, part])
            planes = [[tuple(p.planes[k][i] for k in sorted(p.planes)) for p in share.parts(share.parse(read(path)))
                       for i in range(p.rows)] for path in (part, train, rest)]
            lab.checks += 1
            if sorted(planes[1] + planes[2]) != sorted(planes[0]):
                lab.fault('smpc-split --ratio ' + ratio, 'both sides together are not all rows')
            if len(set(planes[0])) < count:     # rows are not told apart by their words
                continue
            taken[count] = [row in set(planes[1]) for row in planes[0]]
            for first in range(0, count - 19):
                share_of = sum(taken[count][first:first + 20])
                if first % 20 == 0 and abs(share_of - Fraction(ratio) * 20) > 1:
                    lab.fault('smpc-split --ratio ' + ratio, '%d of 20 rows from row %d' % (share_of, first))
        if len(taken) == 2 and taken[min(taken)] != taken[rows][:min(taken)]:
            lab.fault('smpc-split --ratio ' + ratio, 'a prefix is split in another way than the whole')


def exactly(lab, x):
    """exactly(lab, x): tables and results that fill their records exactly, or all but, or just not."""
    for cols in (1, 3, 2048, 5000):
        full = max(1, 4096 // cols)         # rows of a writer's usual record of text
        for rows in sorted({full - 1, full, full + 1, 2 * full} - {0}):
            x = lab.share(rows, cols, 0, None, more=['--json'])
            lab.judge('smpc-share of %d x %d' % (rows, cols), x.tensors, x.files, keyless=False)
            yield ['smpc-cat', 0], [x], x.tensors
            yield ['smpc-add', '--json', 0], [x], model.elementwise('add', [x.tensors], None, lab.modulus)


def exactly_binary(lab):
    """exactly_binary(lab): the same for binary records, through files of .npy."""
    for rows, cols in ((1, 1 << 18), (2, 1 << 17), (3, 1 << 17), (4, 1 << 17)):
        head = "{'descr': '<i8', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, cols)
        data = b'\x93NUMPY\x01\x00\x76\x00' + head.ljust(117).encode() + b'\n' + lab.rng.randbytes(8 * rows * cols)
        path, prefix, out = lab.save(data), lab.fresh(), lab.fresh()
        tools.output(['smpc-share', '-n', '2', '--fraction-bits', 0, '-o', prefix, path])
        lab.checks += 1
        status, _, error = tools.run(['smpc-reveal', '--npy', '-o', out, prefix + '.1', prefix + '.2'])
        if status != 0:
            lab.fault('smpc-share of %d x %d' % (rows, cols), error)
        elif read(out)[-8 * rows * cols:] != data[-8 * rows * cols:]:
            lab.fault('smpc-share of %d x %d' % (rows, cols), 'other numbers come out')


ORDINARY = (elementwise, products, sums, shapes, selections)
SPECIAL = {'repeated': repeated, 'rounding': rounding, 'empty': empty, 'exactly': exactly}


def rehearse(scheme, seed, rows, only):
    """rehearse(scheme, seed, rows, only): everything ordinary once, or one special; (faults, number of checks)."""
    lab = Lab(scheme, seed, rows)
    try:
        x = Inputs(lab)
        for group in ORDINARY if only is None else (SPECIAL[only],):
            for argv, streams, tensors in group(lab, x):
                lab.try_to(argv, streams, tensors, keyless=argv[0] != 'smpc-cat' and not any('--tensor' in str(a) for a in argv),
                           loosely=only == 'empty')
        if only == 'exactly' and scheme == 'masked-2':
            exactly_binary(lab)
        if only is None:
            concatenations(lab, x)
            pipes(lab, x)
            scales(lab)
            vanishing(lab)
            splits(lab)
    except (tools.Fault, share.ShareError, AssertionError):
        lab.fault('seed %d' % seed, traceback.format_exc())
    if lab.supposed > 2 + lab.checks / 30:
        lab.fault('oracle', '%d of %d refused for their supposed sizes' % (lab.supposed, lab.checks))
    return lab.faults, lab.checks


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--seeds', default='1-1')
    parser.add_argument('--rows', type=int, default=45)
    parser.add_argument('--only', choices=SPECIAL)
    parser.add_argument('schemes', nargs='+', choices=SCHEMES)
    args = parser.parse_args()
    first, last = map(int, args.seeds.split('-'))
    faults, checks = [], 0
    for scheme in args.schemes:
        for seed in range(first, last + 1):
            here = 'oracle.%s.%d' % (scheme, seed)
            os.mkdir(here)
            os.chdir(here)
            more, count = rehearse(scheme, seed, args.rows, args.only)
            os.chdir('..')
            faults += ['seed %d: %s' % (seed, f) for f in more]
            checks += count
    return tools.report('oracle', faults, checks)


if __name__ == '__main__':
    sys.exit(main())
