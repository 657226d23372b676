"""Training in float64, against which smpc-train is checked: the same batches, the same initial weights, nothing shared.

weights MODEL TABLE LABEL [OPTION=VALUE ...]     what differs by more than within=0.02 from the model that comes out here
accuracy MODEL TABLE LABEL [OPTION=VALUE ...]    how many rows of TABLE the model is right about
guess TABLE LABEL WORDS ...                      whether WORDS, what smpc-info --words prints, are better than a guess
same MODEL MODEL                                 what differs
lines LINES COLUMNS SEED                         print a table y = 2 a - b + ... with known coefficients

MODEL is what smpc-reveal prints of it; TABLE a CSV with a header; LABEL the name of a column.
Options: net='dense 1, sigmoid' epochs=10 batch=32 rate=0.1 decay=0 optimizer=sgd momentum=0.9 l2=0 seed=0 standardize=1
classes=0 clip=0 weights=1,3 (of the classes) within=0.02
"""

import csv
import math
import random
import struct
import sys

from noise import chacha20_original
from sharestream import blake2b

USUAL = dict(net="dense 1, sigmoid", epochs=10, batch=32, rate=0.1, decay=0.0, optimizer="sgd", momentum=0.9, l2=0.0,
             seed=0, standardize=0, classes=0, clip=0.0, weights="", within=0.02)


def words(label, *numbers, count):
    """Words of the public stream that a label and numbers stand for."""
    key = blake2b(label.encode().ljust(16, b"\0") + struct.pack(f"<{len(numbers)}Q", *numbers))
    return struct.unpack(f"<{count}Q", chacha20_original(key, 8 * count))


def order(rows, seed, epoch):
    """The order of the rows in an epoch: Fisher and Yates from the end."""
    u = words("smpc nn order", seed, epoch, count=rows + 1)
    rank = list(range(rows))
    for i in range(rows, 1, -1):
        j = (u[i] * i) >> 64
        rank[i - 1], rank[j] = rank[j], rank[i - 1]
    return rank


def initial(net, width, seed):
    """Weights and biases of every dense layer, by its position."""
    dense = [i for i, l in enumerate(net) if l[0] == "dense"]
    found = {}
    for i in dense:
        out = int(net[i][1])
        weights = [[0.0] * out for _ in range(width)]
        if len(dense) > 1:
            relu = i + 1 < len(net) and net[i + 1][0] == "relu"
            scale = round(math.sqrt((6 if relu else 3) / width) * 2**24)
            u = words("smpc nn weights", seed, i + 1, count=width * out)
            for k, w in enumerate(u):
                weights[k // out][k % out] = (((w >> 33) * 2 * scale >> 31) - scale >> 8) / 65536
        found[i] = [weights, [0.0] * out]
        width = out
    return found


def activate(name, x):
    if name == "relu":
        return [max(v, 0.0) for v in x]
    if name == "sigmoid":
        return [1 / (1 + math.exp(-v)) for v in x]
    if name == "tanh":
        return [math.tanh(v) for v in x]
    top = max(x)
    e = [math.exp(v - top) for v in x]
    return [v / sum(e) for v in e]


def forward(net, layers, x):
    """What every layer gives, the row itself first."""
    given = [x]
    for i, l in enumerate(net):
        if l[0] == "dense":
            weights, bias = layers[i]
            x = [b + sum(v * w[j] for v, w in zip(x, weights)) for j, b in enumerate(bias)]
        else:
            x = activate(l[0], x)
        given.append(x)
    return given


def backward(net, layers, given, y, gradients, classes=()):
    last = net[-1][0]
    d = [(p - t) * (1 if last in ("sigmoid", "softmax") else 2) for p, t in zip(given[-1], y)]
    if classes:
        d = [v * (classes[y.index(1)] if last == "softmax" else classes[int(t)]) for v, t in zip(d, y)]
    for i in reversed(range(len(net))):
        x, name = given[i], net[i][0]
        if name == "dense":
            weights, bias = gradients[i]
            for j, v in enumerate(d):
                bias[j] += v
                for k, a in enumerate(x):
                    weights[k][j] += a * v
            d = [sum(w * v for w, v in zip(row, d)) for row in layers[i][0]]
        elif name == "relu":
            d = [v if a > 0 else 0.0 for v, a in zip(d, x)]
        elif i + 1 < len(net) or name == "tanh":
            d = [v * (a * (1 - a) if name == "sigmoid" else 1 - a * a) for v, a in zip(d, given[i + 1])]


def numbers(layers):
    """All numbers as [list, position, is a weight]."""
    return [[row, j, weight] for i in sorted(layers) for weight, matrix in ((1, layers[i][0]), (0, [layers[i][1]]))
            for row in matrix for j in range(len(row))]


def zero(layers):
    return {i: [[[0.0] * len(b) for _ in w], [0.0] * len(b)] for i, (w, b) in layers.items()}


def train(x, y, o):
    net = [l.split() for l in o["net"].split(",")]
    layers = initial(net, len(x[0]), o["seed"])
    batch = min(o["batch"], len(x))
    classes = [float(w) for w in o["weights"].split(",") if w]
    here, m, v, count = numbers(layers), {}, {}, 0
    for epoch in range(o["epochs"]):
        rank = order(len(x), o["seed"], epoch)
        rate = o["rate"] / (1 + o["decay"] * epoch)
        for step in range(len(x) // batch):
            gradients = zero(layers)
            count += 1
            for r in rank[step * batch:(step + 1) * batch]:
                backward(net, layers, forward(net, layers, x[r]), y[r], gradients, classes)
            for k, ((row, j, weight), (g, gj, _)) in enumerate(zip(here, numbers(gradients))):
                slope = g[gj] / batch
                if o["clip"]:
                    slope = max(-o["clip"], min(o["clip"], slope))
                slope += o["l2"] * row[j] if weight else 0
                if o["optimizer"] == "momentum":
                    m[k] = o["momentum"] * m.get(k, 0.0) + rate * slope
                    row[j] -= m[k]
                elif o["optimizer"] == "adam":
                    m[k] = 0.9 * m.get(k, 0.0) + 0.1 * slope
                    v[k] = 0.999 * v.get(k, 0.0) + 0.001 * slope * slope
                    row[j] -= rate * m[k] / (1 - 0.9**count) / (math.sqrt(v[k] / (1 - 0.999**count)) + 1e-8)
                else:
                    row[j] -= rate * slope
    return net, layers


# Files

def table(path, label, o):
    """Features and labels of a CSV."""
    with open(path) as f:
        rows = list(csv.reader(f))
    names = label.split(",")
    at = [rows[0].index(n) for n in names]
    x = [[float(c) for j, c in enumerate(r) if j not in at] for r in rows[1:]]
    y = [[float(r[j]) for j in at] for r in rows[1:]]
    if o["classes"]:
        y = [[float(k == int(r[0])) for k in range(o["classes"])] for r in y]
    return x, y


def standard(x):
    mean = [sum(c) / len(x) for c in zip(*x)]
    scale = [1 / math.sqrt(sum((v - m)**2 for v in c) / len(x)) for c, m in zip(zip(*x), mean)]
    return mean, scale


def apply(x, mean, scale):
    return [[(v - m) * s for v, m, s in zip(r, mean, scale)] for r in x]


def tensors(path):
    """The tables that smpc-reveal prints, without their headers."""
    found = [[]]
    for line in open(path):
        cells = line.strip().split(",")
        if cells == [""]:
            found.append([])
            continue
        try:
            found[-1].append([float(c) for c in cells])
        except ValueError:
            if found[-1]:
                raise
    return found


def options(arguments):
    o = dict(USUAL)
    for a in arguments:
        name, value = a.split("=", 1)
        o[name] = type(USUAL[name])(value)
    return o


def weights(model, path, label, *arguments):
    o = options(arguments)
    x, y = table(path, label, o)
    got = tensors(model)
    if o["standardize"]:
        mean, scale = standard(x)
        for want, tensor, slack in ((mean, got.pop(0), (4e-5, 1e-7)), (scale, got.pop(0), (1e-6, 2e-3))):
            for w, g in zip(want, tensor[0]):
                if abs(w - g) > max(slack[0], slack[1] * abs(w)):
                    print(f"standardize: {g} instead of {w}")
        x = apply(x, mean, scale)
    net, layers = train(x, y, o)
    want = [t for i in sorted(layers) for t in (layers[i][0], [layers[i][1]])]
    if [(len(t), len(t[0])) for t in want] != [(len(t), len(t[0])) for t in got]:
        print("other shapes")
        return
    worst = max(abs(a - b) for t, u in zip(got, want) for r, s in zip(t, u) for a, b in zip(r, s))
    if worst > o["within"] or max(abs(b) for u in want for s in u for b in s) < 0.01:
        print(f"off by {worst}")
    print(f"weights off by {worst:.5f}", file=sys.stderr)


def accuracy(model, path, label, *arguments):
    o = options(arguments)
    x, y = table(path, label, o)
    got = tensors(model)
    if o["standardize"]:
        x = apply(x, got.pop(0)[0], got.pop(0)[0])
    net = [l.split() for l in o["net"].split(",")]
    dense = [i for i, l in enumerate(net) if l[0] == "dense"]
    layers = {i: [got[2 * k], got[2 * k + 1][0]] for k, i in enumerate(dense)}
    right = 0
    for r, due in zip(x, y):
        p = forward(net, layers, r)[-1]
        right += (p.index(max(p)) == due.index(max(due))) if len(p) > 1 else ((p[0] >= 0.5) == (due[0] >= 0.5))
    print(f"{right / len(x):.4f}")


def same(a, b):
    if tensors(a) != tensors(b):
        print("they differ")


def guess(path, label, *shares):
    """How right one is who takes what a party holds of the weights for the weights: the mean over many trainings."""
    x, y = table(path, label, USUAL)
    x = apply(x, *standard(x))
    total = {}
    for share in shares:
        planes = {}
        for line in open(share):
            row, plane, *words_ = line.strip().split(",")
            planes.setdefault(plane, []).append([int(w) - (int(w) >> 63 << 64) for w in words_])
        if len(planes) == 2:
            planes["m - lam"] = [[a - b for a, b in zip(r, s)] for r, s in zip(planes["m"], planes["lam"])]
        for plane, tensors_ in planes.items():
            # mean and scale of 30 columns, then a weight a line, then the bias
            w, b = [r[0] for r in tensors_[-1 - len(x[0]):-1]], tensors_[-1][0]
            right = sum((sum(a * c for a, c in zip(r, w)) + b >= 0) == (d[0] >= 0.5) for r, d in zip(x, y)) / len(x)
            total.setdefault(plane, []).append(right)
    for plane, found in total.items():
        if len(found) < 20 or abs(sum(found) / len(found) - 0.5) > 0.25:
            print(f"{plane}: right about {sum(found) / len(found):.3f} of the rows, in {len(found)} trainings")


def lines(count, columns, seed):
    rng = random.Random(int(seed))
    truth = [(-1)**k * (2 - k / 2) for k in range(int(columns))]
    print(",".join([f"x{k + 1}" for k in range(int(columns))] + ["y"]))
    for _ in range(int(count)):
        x = [round(rng.uniform(-1.5, 1.5), 4) for _ in truth]
        print(",".join(map(repr, x + [round(sum(a * b for a, b in zip(x, truth)) + 0.75, 4)])))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
