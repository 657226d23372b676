#!/usr/bin/env python3
"""Predictions and figures in float64, for the tests of smpc-predict and smpc-score.

scores.py predict NETWORK MODEL DATA LABEL WHAT GOT TOLERANCE
    MODEL: what smpc-reveal --json prints of a model; DATA: CSV; LABEL: the column to be left out, "-" for none;
    GOT: CSV of scores, probabilities or classes.  A class is compared where the score does not decide it by a hair.
scores.py tables THRESHOLDS LEAST PREDICTED LABELS LABEL GOT
    The same of roc, pr and calibration, in GOT, at these thresholds, with commas.
scores.py intervals LIST REPLICATES SEED LEVEL PREDICTED LABELS LABEL GOT [AVERAGE]
    The same of figures with intervals: their ends are those that the same replicates of the rows give.
scores.py figures LIST PREDICTED LABELS LABEL GOT [AVERAGE]
    PREDICTED, LABELS: CSV; GOT: what smpc-score --json prints.  In LIST, with commas, are the figures that it must have.

Nothing is printed where all is well.
"""

import csv
import hashlib
import json
import math
import struct
import sys
from fractions import Fraction

import noise


def table(path):
    with open(path, newline="") as f:
        rows = list(csv.reader(f))
    return rows[0], [[float(v) for v in r] for r in rows[1:]]


def column(path, name):
    names, rows = table(path)
    return [r[names.index(name)] for r in rows]


# ---- predictions


def read_model(path):
    with open(path) as f:
        return {t["name"]: t["rows"] for t in map(json.loads, f)}


def activate(kind, x):
    if kind == "relu":
        return [max(v, 0) for v in x]
    if kind == "sigmoid":
        return [1 / (1 + math.exp(-v)) for v in x]
    if kind == "tanh":
        return [math.tanh(v) for v in x]
    top = max(x)
    e = [math.exp(v - top) for v in x]
    return [v / sum(e) for v in e]


def forward(layers, model, x, what):
    """The scores, and what is asked for."""
    if "standardize.mean" in model:
        mean, scale = model["standardize.mean"][0], model["standardize.scale"][0]
        x = [(v - m) * s for v, m, s in zip(x, mean, scale)]
    scores = x
    for i, layer in enumerate(layers, 1):
        scores = x
        kind = layer.split()[0]
        if kind == "dense":
            weight, bias = model[f"dense{i}.weight"], model[f"dense{i}.bias"][0]
            x = [sum(v * w[j] for v, w in zip(x, weight)) + bias[j] for j in range(len(bias))]
        else:
            x = activate(kind, x)
    last = layers[-1].split()[0]
    if last not in ("sigmoid", "softmax"):
        if "label.mean" in model:
            x = [v * s + m for v, m, s in zip(x, model["label.mean"][0], model["label.scale"][0])]
        return x, x
    if what == "classes":
        x = [scores.index(max(scores))] if last == "softmax" else [int(v >= 0) for v in scores]
    return scores, scores if what == "scores" else x


def undecided(scores):
    """Whether what is lost in fixed point may have changed the class."""
    s = sorted(scores)
    return (abs(s[0]) if len(s) == 1 else s[-1] - s[-2]) < 0.01


def predict(network, model, data, label, what, got, tolerance):
    layers = [s.strip() for s in network.split(",")]
    model = read_model(model)
    names, rows = table(data)
    keep = [i for i, n in enumerate(names) if n != label]
    _, got = table(got)
    if len(got) != len(rows):
        print(f"{len(got)} rows, and there should be {len(rows)}")
    worst, skipped = 0, 0
    for row, have in zip(rows, got):
        scores, want = forward(layers, model, [row[i] for i in keep], what)
        if what == "classes" and undecided(scores):
            skipped += 1
            continue
        if len(want) != len(have):
            print(f"{len(have)} columns, and there should be {len(want)}")
            return
        worst = max([worst] + [abs(a - b) for a, b in zip(want, have)])
    if worst > float(tolerance):
        print(f"off by up to {worst}")
    if skipped > len(rows) / 10:
        print(f"{skipped} rows left out")


# ---- figures


def quotient(a, b):
    return a / b if b else None


def parts_of(name, c, k):
    """What a figure of class k is the quotient of, by its definition from true and false positives and negatives."""
    n = sum(map(sum, c))
    tp = c[k][k]
    fp = sum(r[k] for r in c) - tp
    fn = sum(c[k]) - tp
    tn = n - tp - fp - fn
    return {"precision": (tp, tp + fp), "recall": (tp, tp + fn), "specificity": (tn, tn + fp),
            "f1": (2 * tp, 2 * tp + fp + fn)}[name]


def average_of(name, c, average):
    parts = [parts_of(name, c, k) for k in range(len(c))]
    each = [quotient(a, b) for a, b in parts]
    return {"binary": each[1], "none": each, "macro": sum(v or 0 for v in each) / len(c),
            "weighted": quotient(sum((v or 0) * sum(r) for v, r in zip(each, c)), sum(map(sum, c))),
            "micro": quotient(sum(a for a, b in parts), sum(b for a, b in parts))}[average]


def mcc(c):
    """Of indicators of classes, the correlation: Gorodkin, 2004."""
    n = sum(map(sum, c))
    said, true = [sum(r[i] for r in c) for i in range(len(c))], [sum(r) for r in c]
    square = (n * n - sum(v * v for v in said)) * (n * n - sum(v * v for v in true))
    hits = sum(c[i][i] for i in range(len(c)))
    return (n * hits - sum(a * b for a, b in zip(said, true))) / math.sqrt(square) if square else None


def areas(p, y, k, average):
    """Of several classes, each against the rest."""
    if k == 2:
        return area([r[-1] - r[0] if len(r) > 1 else r[0] for r in p], y)
    if len(p[0]) != k:
        return None
    each = [area([r[i] for r in p], [int(t == i) for t in y]) for i in range(k)]
    if average == "none":
        return each
    weights = [sum(t == i for t in y) if average == "weighted" else 1 for i in range(k)]
    if any(v is None and w for v, w in zip(each, weights)):
        return None
    return sum((v or 0) * w for v, w in zip(each, weights)) / sum(weights)


def area(scores, labels):
    hits = pairs = 0
    for s, t in zip(scores, labels):
        for u, v in zip(scores, labels):
            if t == 1 and v == 0:
                hits += 1 if s > u else 0.5 if s == u else 0
                pairs += 1
    return quotient(hits, pairs)


def all_figures(p, y, average):
    k = max(len(p[0]), 2)
    n = len(p)
    classes = [r.index(max(r)) if len(r) > 1 else int(r[0] >= 0.5) for r in p]
    c = [[sum(1 for a, b in zip(y, classes) if (a, b) == (i, j)) for j in range(k)] for i in range(k)]
    average = average or ("binary" if k == 2 else "macro")
    recalls = average_of("recall", c, "none")
    own = [r[int(t)] if len(r) > 1 else r[0] if t else 1 - r[0] for r, t in zip(p, y)]
    square = sum((r[0] - t) ** 2 for r, t in zip(p, y))
    total = sum((t - sum(y) / n) ** 2 for t in y)
    return {
        "accuracy": sum(c[i][i] for i in range(k)) / n,
        "balanced-accuracy": None if None in recalls else sum(recalls) / k,
        "mcc": mcc(c),
        "confusion": c,
        "precision": average_of("precision", c, average),
        "recall": average_of("recall", c, average),
        "specificity": average_of("specificity", c, average),
        "f1": average_of("f1", c, average),
        "auc": areas(p, y, k, average),
        "log-loss": -sum(math.log(max(v, 2**-16)) for v in own) / n,
        "brier": sum((r[-1] - t) ** 2 for r, t in zip(p, y)) / n,
        "mse": square / n,
        "mae": sum(abs(r[0] - t) for r, t in zip(p, y)) / n,
        "mape": None if 0 in y else sum(abs(r[0] - t) / abs(t) for r, t in zip(p, y)) / n,
        "r2": 1 - square / total if total else None,
    }


TOLERANCE = {"log-loss": 1e-3, "brier": 1e-4, "mse": 1e-5, "mae": 1e-4, "r2": 1e-5, "mcc": 2e-5, "mape": 2e-3}
RELATIVE = ("mse", "mae")


def differ(name, value, due):
    if name == "confusion" or value is None or due is None:
        return value != due
    if isinstance(due, list):
        return not isinstance(value, list) or len(value) != len(due) or any(differ(name, a, b) for a, b in zip(value, due))
    room = max(1, abs(due)) if name in RELATIVE else max(1, (1 - due) ** 2 / 2) if name == "r2" else 1
    return abs(value - due) > TOLERANCE.get(name, 1e-6) * room


def figures(wanted, predicted, labels, label, got, average=None):
    with open(got) as f:
        got = json.load(f)
    want = all_figures(table(predicted)[1], column(labels, label), average)
    if sorted(got) != sorted(wanted.split(",")):
        print(f"there are {', '.join(got)}")
    for name, value in got.items():
        if differ(name, value, want[name]):
            print(f"{name} is {value}, and should be {want[name]}")


# ---- intervals


def drawn(n, seed, replicate):
    """drawn(n, seed, replicate): the rows of a replicate, as smpc-score(1), Intervals, has them."""
    key = hashlib.blake2b(b"smpc bootstrap\0\0" + struct.pack("<QQ", seed, replicate), digest_size=32).digest()
    return [v * n >> 64 for v in struct.unpack(f"<{n}Q", noise.chacha20_original(key, 8 * n))]


def ends(values, level):
    """ends(values, level): the values next outside the quantiles, as numpy has them by lower and higher."""
    if None in values:
        return [None, None]
    low = (len(values) - 1) * (1 - Fraction(level)) / 2
    return [sorted(values)[math.floor(low)], sorted(values)[math.ceil(len(values) - 1 - low)]]


def intervals(wanted, replicates, seed, level, predicted, labels, label, got, average=None):
    with open(got) as f:
        got = json.load(f)
    p, y = table(predicted)[1], column(labels, label)
    rows = [drawn(len(p), int(seed), r) for r in range(int(replicates))]
    of = [all_figures([p[i] for i in r], [y[i] for i in r], average) for r in rows]
    whole = all_figures(p, y, average)
    if sorted(got) != sorted(wanted.split(",")):
        print(f"there are {', '.join(got)}")
    for name, value in got.items():
        value = value if isinstance(value, list) else [value]
        each = isinstance(whole[name], list)
        for k, v in enumerate(value):
            of_k = [f[name][k] if each else f[name] for f in of]
            want = [whole[name][k] if each else whole[name]] + ends(of_k, level)
            for g, w in zip((v["estimate"], v["low"], v["high"]), want):
                if differ(name, g, w):
                    print(f"{name} of {k} is {v}, and should be {want}")


# ---- tables


def merged(cells, least):
    """merged(cells, least): lists of values of which the first is a count: too few go to the next cell below, and at last up."""
    if least <= 1:
        return cells
    out, carried = [], None
    for c in reversed(cells):
        carried = c if carried is None else [a + b for a, b in zip(carried, c)]
        full = carried[0] >= least
        out.insert(0, carried if full else [0] * len(c))
        carried = None if full else carried
    for i, c in enumerate(out):
        if carried is not None and c[0] > 0:
            out[i], carried = [a + b for a, b in zip(carried, c)], None
    return out


def close(name, got, want, error=1e-6):
    if len(got) != len(want) or any((a is None) != (b is None) or (b is not None and abs(a - b) > error * max(1, abs(b)))
                                    for a, b in zip(got, want)):
        print(f"{name} is {got}, and should be {want}")


def tables(thresholds, least, predicted, labels, label, got):
    with open(got) as f:
        got = json.load(f)
    edges, least = [float(t) for t in thresholds.split(",")], int(least)
    p, y = [r[-1] for r in table(predicted)[1]], column(labels, label)
    place = [sum(v >= t for t in edges) for v in p]
    cells = range(len(edges) + 1)
    counts = [[[sum(1 for a, t in zip(place, y) if a == i and t == k)] for i in cells] for k in (0, 1)]
    if least > 1 and any(sum(c[0] for c in k) < least for k in counts):
        counts = [[[0] for c in k] for k in counts]
    fp, tp = [[sum(c[0] for c in merged(k, least)[i + 1:]) for i in reversed(range(len(edges)))] for k in counts]
    neg, pos = [sum(c[0] for c in k) for k in counts]
    close("thresholds of roc", got["roc"]["threshold"], edges[::-1], 1e-9)
    close("thresholds of pr", got["pr"]["threshold"], edges[::-1], 1e-9)
    close("fpr", got["roc"]["fpr"], [quotient(v, neg) for v in fp], 1e-5)
    close("tpr", got["roc"]["tpr"], [quotient(v, pos) for v in tp], 1e-5)
    close("precision", got["pr"]["precision"], [quotient(a, a + b) for a, b in zip(tp, fp)], 1e-5)
    close("recall", got["pr"]["recall"], [quotient(v, pos) for v in tp], 1e-5)
    bins = merged([[sum(a == i for a in place), sum(t for a, t in zip(place, y) if a == i),
                    sum(v for a, v in zip(place, p) if a == i)] for i in cells], least)
    close("low", got["calibration"]["low"], [0] + edges, 1e-9)
    close("high", got["calibration"]["high"], edges + [1], 1e-9)
    close("rows", got["calibration"]["rows"], [b[0] for b in bins], 1e-9)
    close("prob_pred", got["calibration"]["prob_pred"], [quotient(b[2], b[0]) for b in bins], 2e-5)
    close("prob_true", got["calibration"]["prob_true"], [quotient(b[1], b[0]) for b in bins], 1e-5)


if __name__ == "__main__":
    {"predict": predict, "figures": figures, "tables": tables, "intervals": intervals}[sys.argv[1]](*sys.argv[2:])
