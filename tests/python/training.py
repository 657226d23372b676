"""Training in float64, against which smpc-train is checked: the same batches, the same initial weights, nothing shared.

weights MODEL TABLE LABEL [OPTION=VALUE ...]     what differs by more than within=0.02 from the model that comes out here
accuracy MODEL TABLE LABEL [OPTION=VALUE ...]    how many rows of TABLE the model is right about
guess TABLE LABEL WORDS ...                      whether WORDS, what smpc-info --words prints, are better than a guess
same MODEL MODEL                                 what differs
differ MODEL MODEL SLACK                         the same, if it is more than SLACK, of numbers above 1 times these
lines LINES COLUMNS SEED                         print a table y = 2 a - b + ... with known coefficients

MODEL is what smpc-reveal prints of it; TABLE a CSV with a header; LABEL the name of a column.
Options: net='dense 1, sigmoid' epochs=10 batch=32 rate=0.1 decay=0 optimizer=sgd momentum=0.9 l2=0 seed=0 standardize=1
classes=0 clip=0 weights=1,3 (of the classes) input=CxHxW within=0.02; bits=16: the table is rounded first, and the model
is rounded and otherwise exact; log=FILE: what differs in the losses and accuracies of that log, too
"""

import csv
import math
import random
import struct
import sys
import types

from noise import chacha20_original
from sharestream import blake2b

USUAL = dict(net="dense 1, sigmoid", epochs=10, batch=32, rate=0.1, decay=0.0, optimizer="sgd", momentum=0.9, l2=0.0,
             seed=0, standardize=0, classes=0, clip=0.0, weights="", input="",
             within=0.02, bits=0, log="")


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


# Networks

def network(o, width):
    """Layers with their shapes, for rows of so many numbers; those of a reservoir with their weights."""
    shape = tuple(int(v) for v in o["input"].split("x")) if o["input"] else (width, 1, 1)
    net = []
    for item in o["net"].split(","):
        name, *numbers_ = item.split()
        v = [int(n.split("x")[0]) for n in numbers_] + [None] * 4
        l = types.SimpleNamespace(name=name, into=shape, shape=None, fixed=None)
        if name in ("dense", "reservoir"):
            l.shape = (math.prod(shape), v[0])
            shape = (v[0], 1, 1)
        elif name == "conv2d" or "pool" in name:
            if name == "conv2d":
                filters, l.kernel, l.stride, l.padding = v[0], v[1], v[2] or 1, v[3] or 0
                l.shape = (filters, shape[0] * l.kernel**2)
            else:
                filters, l.kernel, l.stride, l.padding = shape[0], v[0], v[1] or v[0], 0
            shape = (filters, *((side + 2 * l.padding - l.kernel) // l.stride + 1 for side in shape[1:]))
        elif name == "flatten":
            shape = (math.prod(shape), 1, 1)
        l.out = shape
        if name == "conv2d" or "pool" in name:
            cut_windows(l)
        net.append(l)
    for i, l in enumerate(net):
        if l.name == "reservoir":
            l.fixed = uniform(net, i, o["seed"])
    return net


def cut_windows(l):
    """Where the numbers of each window are in a row, None in the padding: of each channel; and channel by channel."""
    _, height, width = l.into
    l.windows = []
    for c in range(l.into[0]):
        for i in range(l.out[1]):
            for j in range(l.out[2]):
                at = [(i * l.stride + a - l.padding, j * l.stride + b - l.padding)
                      for a in range(l.kernel) for b in range(l.kernel)]
                l.windows.append([(c * height + y) * width + x if 0 <= y < height and 0 <= x < width else None
                                  for y, x in at])
    places = l.out[1] * l.out[2]
    l.columns = [sum((l.windows[c * places + p] for c in range(l.into[0])), []) for p in range(places)]


def uniform(net, i, seed):
    """Public random weights."""
    rows, cols = net[i].shape
    relu = i + 1 < len(net) and net[i + 1].name == "relu"
    scale = round(math.sqrt((6 if relu else 3) / (cols if net[i].name == "conv2d" else rows)) * 2**24)
    u = words("smpc nn weights", seed, i + 1, count=rows * cols)
    u = [(((w >> 33) * 2 * scale >> 31) - scale >> 8) / 65536 for w in u]
    return [u[r * cols:r * cols + cols] for r in range(rows)]


def initial(net, seed):
    """Weights and biases of every layer that is trained, by its position."""
    trained = [i for i, l in enumerate(net) if l.name in ("dense", "conv2d")]
    return {i: [uniform(net, i, seed) if len(trained) > 1 else [[0.0] * net[i].shape[1] for _ in range(net[i].shape[0])],
                [0.0] * net[i].out[0]] for i in trained}


def activate(name, x):
    if name == "flatten":
        return x
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
        if l.name == "dense":
            weights, bias = layers[i]
            x = [b + sum(v * w[j] for v, w in zip(x, weights)) for j, b in enumerate(bias)]
        elif l.name == "reservoir":
            x = [max(sum(v * w for v, w in zip(x, column)), 0.0) for column in zip(*l.fixed)]
        elif l.name == "conv2d":
            x = [b + sum(w * x[at] for w, at in zip(weights, window) if at is not None)
                 for weights, b in zip(*layers[i]) for window in l.columns]
        elif l.name == "maxpool":
            x = [max(x[at] for at in window) for window in l.windows]
        elif l.name == "avgpool":
            x = [sum(x[at] for at in window) / len(window) for window in l.windows]
        else:
            x = activate(l.name, x)
        given.append(x)
    return given


def backward(net, layers, given, y, gradients, classes=()):
    last = net[-1].name
    d = [(p - t) * (1 if last in ("sigmoid", "softmax") else 2) for p, t in zip(given[-1], y)]
    if classes:
        d = [v * (classes[y.index(1)] if last == "softmax" else classes[int(t)]) for v, t in zip(d, y)]
    for i in reversed(range(min(layers), len(net))):
        x, name = given[i], net[i].name
        if name == "dense":
            weights, bias = gradients[i]
            for j, v in enumerate(d):
                bias[j] += v
                for k, a in enumerate(x):
                    weights[k][j] += a * v
            d = [sum(w * v for w, v in zip(row, d)) for row in layers[i][0]]
        elif name == "conv2d":
            d = back_conv(net[i], layers[i][0], x, d, gradients[i])
        elif "pool" in name:
            d = back_pool(net[i], x, d)
        elif name == "relu":
            d = [v if a >= 0 else 0.0 for v, a in zip(d, x)]
        elif name != "flatten" and (i + 1 < len(net) or name == "tanh"):
            d = [v * (a * (1 - a) if name == "sigmoid" else 1 - a * a) for v, a in zip(d, given[i + 1])]


def back_conv(l, filters, x, d, gradient):
    dx = [0.0] * len(x)
    for k, v in enumerate(d):
        f, window = k // len(l.columns), l.columns[k % len(l.columns)]
        gradient[1][f] += v
        for j, at in enumerate(window):
            if at is not None:
                gradient[0][f][j] += v * x[at]
                dx[at] += v * filters[f][j]
    return dx


def back_pool(l, x, d):
    dx = [0.0] * len(x)
    for v, window in zip(d, l.windows):
        if l.name == "maxpool":
            dx[max(window, key=x.__getitem__)] += v
            continue
        for at in window:
            dx[at] += v / len(window)
    return dx


def numbers(layers):
    """All numbers as [list, position, is a weight]."""
    return [[row, j, weight] for i in sorted(layers) for weight, matrix in ((1, layers[i][0]), (0, [layers[i][1]]))
            for row in matrix for j in range(len(row))]


def zero(layers):
    return {i: [[[0.0] * len(r) for r in w], [0.0] * len(b)] for i, (w, b) in layers.items()}


def measure(net, p, y):
    """The loss of a row, and how much of it is right, of one."""
    if net[-1].name == "softmax":
        return -math.log(max(sum(a * b for a, b in zip(p, y)), 2**-16)), float(p.index(max(p)) == y.index(max(y)))
    if net[-1].name == "sigmoid":
        return (sum(-math.log(max(a if b else 1 - a, 2**-16)) for a, b in zip(p, y)),
                sum((a >= 0.5) == (b == 1) for a, b in zip(p, y)) / len(y))
    return sum((a - b)**2 for a, b in zip(p, y)), 0.0


def train(x, y, o):
    """The network, its parameters, and loss and accuracy of every epoch."""
    net = network(o, len(x[0]))
    layers = initial(net, o["seed"])
    batch = min(o["batch"], len(x))
    classes = [float(w) for w in o["weights"].split(",") if w]
    limit = min(o["clip"] or 4.0, 4.0) if o["optimizer"] == "adam" else o["clip"]
    here, m, v, count, history = numbers(layers), {}, {}, 0, []
    for epoch in range(o["epochs"]):
        rank = order(len(x), o["seed"], epoch)
        rate = o["rate"] / (1 + o["decay"] * epoch)
        measures = []
        for step in range(len(x) // batch):
            gradients = zero(layers)
            count += 1
            for r in rank[step * batch:(step + 1) * batch]:
                given = forward(net, layers, x[r])
                measures.append(measure(net, given[-1], y[r]))
                backward(net, layers, given, y[r], gradients, classes)
            for k, ((row, j, weight), (g, gj, _)) in enumerate(zip(here, numbers(gradients))):
                slope = g[gj] / batch
                if limit:
                    slope = max(-limit, min(limit, slope))
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
        # the rows that no step has
        for r in rank[len(x) // batch * batch:]:
            measures.append(measure(net, forward(net, layers, x[r])[-1], y[r]))
        history.append([sum(c) / len(measures) for c in zip(*measures)])
    return net, layers, history


# Files

def table(path, label, o):
    """Features and labels of a CSV."""
    with open(path) as f:
        rows = list(csv.reader(f))
    names = label.split(",")
    at = [rows[0].index(n) for n in names]
    x = [[float(c) for j, c in enumerate(r) if j not in at] for r in rows[1:]]
    y = [[float(r[j]) for j in at] for r in rows[1:]]
    if o["bits"]:
        x, y = ([[round(v * 2**o["bits"]) / 2**o["bits"] for v in r] for r in t] for t in (x, y))
    if o["classes"]:
        y = [[float(k == int(r[0])) for k in range(o["classes"])] for r in y]
    return x, y


def standard(x):
    mean = [sum(c) / len(x) for c in zip(*x)]
    variance = [sum((v - m)**2 for v in c) / len(x) for c, m in zip(zip(*x), mean)]
    return mean, [1 / math.sqrt(v) if v >= 2**-24 else 0.0 for v in variance]


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


def compare_log(path, want):
    """It has six decimals."""
    got = [line.split("\t")[3:5] for line in open(path)][1:]
    if len(got) != len(want):
        print(f"{len(got)} epochs")
    for w, g in zip(want, got):
        if any(found != "-" and not abs(due - float(found)) < 1e-6 for due, found in zip(w, g)):
            print(f"{g} instead of {w}")


def gives_numbers(o):
    return o["net"].split(",")[-1].split()[0] not in ("sigmoid", "softmax")


def standardized(x, got, o, labels):
    """Columns standardized, after the first two tensors were seen to say that: for labels, their deviation."""
    mean, scale = standard(x)
    slacks = ((2**-16, 0), (2**-24, 0)) if o["bits"] else ((4e-5, 1e-7), (1e-6, 2e-3))
    said = [1 / s if s else 0.0 for s in scale] if labels else scale
    for want, tensor, slack in zip((mean, said), (got.pop(0), got.pop(0)), slacks):
        for w, g in zip(want, tensor[0]):
            if abs(w - g) > max(slack[0], slack[1] * abs(w)):
                print(f"{'label' if labels else 'standardize'}: {g} instead of {w}")
    return apply(x, mean, scale)


def weights(model, path, label, *arguments):
    o = options(arguments)
    x, y = table(path, label, o)
    got = tensors(model)
    if o["standardize"]:
        x = standardized(x, got, o, False)
        if gives_numbers(o):
            y = standardized(y, got, o, True)
    _, layers, history = train(x, y, o)
    if o["log"]:
        compare_log(o["log"], history)
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
    net = network(o, len(x[0]))
    trained = [i for i, l in enumerate(net) if l.shape and not l.fixed]
    layers = {i: [got[2 * k], got[2 * k + 1][0]] for k, i in enumerate(trained)}
    right = 0
    for r, due in zip(x, y):
        p = forward(net, layers, r)[-1]
        right += (p.index(max(p)) == due.index(max(due))) if len(p) > 1 else ((p[0] >= 0.5) == (due[0] >= 0.5))
    print(f"{right / len(x):.4f}")


def same(a, b):
    if tensors(a) != tensors(b):
        print("they differ")


def differ(a, b, slack):
    a, b = tensors(a), tensors(b)
    if [(len(t), len(t[0])) for t in a] != [(len(t), len(t[0])) for t in b]:
        print("other shapes")
    worst = max(abs(v - w) / max(1, abs(v)) for t, u in zip(a, b) for r, s in zip(t, u) for v, w in zip(r, s))
    if worst > float(slack):
        print(f"off by {worst}")
    print(f"off by {worst:.6f}", file=sys.stderr)


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


def noise(*shares):
    """Say of which words of shares it is seen that they are no noise: small ones, alone or m - lam, and those that come again."""
    seen = set()
    for share in shares:
        planes = {}
        for line in open(share):
            row, plane, *words_ = line.strip().split(",")
            planes.setdefault(plane, []).extend(map(int, words_))
        if len(planes) == 2:
            planes["m - lam"] = [a - b for a, b in zip(planes["m"], planes["lam"])]
        for plane, words_ in planes.items():
            # with noise, once in 10^6 runs
            small = [w for w in words_ if min(w % 2**64, -w % 2**64) < 2**32]
            if small:
                print(f"{share}: small: {len(small)} of {len(words_)} of {plane}")
            if plane != "m - lam" and not seen.isdisjoint(words_):
                print(f"{share}: more than once: words of {plane}")
        for plane in planes.values():
            seen.update(plane)


def lines(count, columns, seed):
    rng = random.Random(int(seed))
    truth = [(-1)**k * (2 - k / 2) for k in range(int(columns))]
    print(",".join([f"x{k + 1}" for k in range(int(columns))] + ["y"]))
    for _ in range(int(count)):
        x = [round(rng.uniform(-1.5, 1.5), 4) for _ in truth]
        print(",".join(map(repr, x + [round(sum(a * b for a, b in zip(x, truth)) + 0.75, 4)])))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
