#!/usr/bin/env python3
"""
Models as other software makes them, data for them, and what they give in float64.

    elsewhere.py NETWORK ORDER PREFIX      write PREFIX.safetensors, PREFIX.csv and PREFIX.due

NETWORK is dense (3-3-2, its first weight square), image (filters, and a dense layer behind them) or deep (twelve layers).
ORDER is out-in (names and order of PyTorch) or in-out (names and order of Flax).
"""

import random
import sys

from safetensors import Tensor, build


def dense(x, weight, bias):
    """dense(x, weight, bias): weight has a row for each output."""
    return [sum(a * b for a, b in zip(x, row)) + c for row, c in zip(weight, bias)]


def convolve(x, side, weight, bias):
    """convolve(x, side, weight, bias): filters [output][input][row][column] over the planes of x, each side x side."""
    k, out = len(weight[0][0]), side - len(weight[0][0]) + 1
    return [sum(w[c][i][j] * x[c * side * side + (r + i) * side + s + j]
                for c in range(len(w)) for i in range(k) for j in range(k)) + b
            for w, b in zip(weight, bias) for r in range(out) for s in range(out)]


def relu(x):
    return [max(0.0, v) for v in x]


def numbers(*shape):
    """numbers(shape): of 8 bits, which every type of float holds."""
    if not shape:
        return random.randint(-100, 100) / 128
    return [numbers(*shape[1:]) for _ in range(shape[0])]


def flat(x):
    return [v for part in x for v in flat(part)] if isinstance(x, list) else [x]


def tensors(layers, order, kind):
    """tensors(layers, order, kind): those of [(name, weight, bias)], with a bias of None left out."""
    out = {}
    for name, weight, bias in layers:
        shape, w = [], weight
        while isinstance(w, list):
            shape.append(len(w))
            w = w[0]
        if order == 'in-out':
            weight, shape = [list(row) for row in zip(*weight)], shape[::-1]
        out[name + ('.kernel' if order == 'in-out' else '.weight')] = Tensor(kind, shape, flat(weight))
        if bias is not None:
            out[name + '.bias'] = Tensor(kind, [len(bias)], bias)
    # As the library does: by name, so that 10 comes before 2.
    return dict(sorted(out.items()))


def main():
    network, order, prefix = sys.argv[1:]
    random.seed(7)
    if network == 'image':
        filters, b, w, c = numbers(2, 1, 2, 2), numbers(2), numbers(3, 8), numbers(3)
        layers, width = [('conv1', filters, b), ('fc1', w, c)], 9
        given = lambda x: dense(relu(convolve(x, 3, filters, b)), w, c)
    elif network == 'deep':
        layers, width = [('layers.%d' % (2 * i), numbers(2, 2), numbers(2)) for i in range(6)], 2
        given = lambda x: chain(layers, x)
    else:
        layers, width = [('params.Dense_%d' % i if order == 'in-out' else '%d' % (2 * i), numbers(n, 3),
                          numbers(n) if i else None) for i, n in enumerate([3, 2])], 3
        given = lambda x: chain(layers, x)
    x = numbers(20, width)
    with open(prefix + '.safetensors', 'wb') as f:
        f.write(build(tensors(layers, order, 'BF16' if network == 'deep' else 'F32'), {'format': 'pt'}))
    for name, table in ('.csv', x), ('.due', [given(row) for row in x]):
        with open(prefix + name, 'w') as f:
            f.writelines(','.join('%.9f' % v for v in row) + '\n' for row in table)


def chain(layers, x):
    """chain(layers, x): dense layers with a relu between any two."""
    for i, (_, weight, bias) in enumerate(layers):
        x = dense(relu(x) if i else x, weight, bias or [0] * len(weight))
    return x


main()
