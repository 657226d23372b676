"""Decision trees, forests and boosting once more, in plain floats, against which smpc-train is checked: node after node, a
tree that is trained is one that could have been grown here, from the scores that it had come to.

write SEED             a table t.csv, for smpc-share and smpc-train what they take, a line each, in share and train, and
                       case.json
check HEADER MODEL HOW PREDICTED
                       what is wrong with a model of the case here: HEADER is what smpc-info --json says of the table,
                       MODEL what smpc-reveal --json does of the model, PREDICTED the predictions of the same rows, as CSV.
                       HOW is 'exact', where arithmetic is of float64, or 'rounded'
"""

import csv
import json
import math
import random
import re
import sys

from training import words

NEVER = 1 << 32

# Of both scores: how far a split may be behind the best one, and its gain off.  Of a leaf: the share of it, what 1 / (H +
# lambda) makes of one, and a number, as gradients of all rows may be off the same way.  Of predictions.  Labels that are
# numbers are standardized on shares in either case.
BOUNDS = {
    "exact": dict(split=1e-9, gain=1e-9, share=1e-6, part=1e-6, row=1e-8, prediction=2e-4),
    "numbers": dict(split=1e-5, gain=3e-5, share=3e-5, part=1e-6, row=2e-5, prediction=2e-4),
    "rounded": dict(split=1e-4, gain=1e-3, share=2e-4, part=2e-4, row=1e-4, prediction=1e-3),
}


# Tables

def number(r, kind):
    """A value of a column, with at most 4 bits behind the point."""
    if kind == "real":
        return r.randrange(-400, 400) / 16
    return {"ties": r.randrange(4), "binary": r.randrange(2), "constant": 3, "ranged": r.randrange(161) / 16}[kind]


def make_columns(r):
    kinds = ["real", "ties", "binary", "constant", "ranged", "category"]
    return [(f"x{i}", r.choice(kinds), r.random() < 0.3) for i in range(r.randint(1, 4))]


def make_rows(r, columns, n):
    rows = []
    for _ in range(n):
        row = {}
        for name, kind, sparse in columns:
            row[name] = r.choice("uvw") if kind == "category" else f"{number(r, kind):g}"
            if sparse and kind != "category" and r.random() < 0.3:
                row[name] = ""
        rows.append(row)
    return rows


def make_labels(r, rows, classes):
    """Names of labels; what depends on the first feature, with noise."""
    key = next(iter(rows[0]))
    for row in rows:
        v = (sum(map(ord, row[key])) % 7 - 3) / 2 + r.randrange(-16, 17) / 16
        k = max(0, min(classes - 1, int(v + classes / 2)))
        if classes == 0:
            row["y"] = f"{v:g}"
        else:
            row["y"] = str(k)
    return ["y"]


def make_options(r, classes):
    model = r.choice(["tree", "forest", "boost", "boost"])
    o = {"model": model, "depth": r.randint(1, 4), "bins": r.choice([2, 3, 4, 8, 32]), "seed": r.randrange(100)}
    if model != "tree":
        o["trees"] = r.randint(1, 4)
        if r.random() < 0.4:
            o["rows"] = r.choice([0, 0.5, 0.8])
        if r.random() < 0.4:
            o["columns"] = r.choice([0.3, 0.5, 0.7])
    if model == "boost" and r.random() < 0.5:
        o["rate"] = r.choice([0.1, 0.5, 1])
    for name, values in (("lambda", [0.5, 2]), ("gamma", [0.125, 1]), ("min-rows", [2, 3]), ("min-weight", [0.3, 2.5])):
        if r.random() < 0.3:
            o[name] = r.choice(values)
    if classes:
        o["classes"] = classes
        if r.random() < 0.3:
            o["class-weights"] = ",".join(str(r.choice([0.5, 1, 2, 3])) for _ in range(classes))
    make_odd(r, o, classes)
    return o


def make_odd(r, o, classes):
    """Now and then, rows that boosting is sure and wrong about; or numbers of rows that are no sums of curvatures."""
    chance = r.random()
    if o["model"] == "boost" and classes and chance < 0.2:
        o |= {"trees": 8, "rate": 1, "lambda": 0, "min-weight": 0, "rows": 0.3}
    elif o["model"] != "tree" and classes and chance > 0.7:
        o |= {"rows": r.choice([0, 0.6]), "min-rows": 3, "class-weights": ",".join("132"[k] for k in range(classes))}


def write(seed):
    r = random.Random(seed)
    columns, n, classes = make_columns(r), r.choice([1, 2, 3, 6, 12, 30, 60]), r.choice([0, 2, 3])
    rows = make_rows(r, columns, n)
    labels = make_labels(r, rows, classes)
    options = make_options(r, classes)
    with open("t.csv", "w", encoding="ascii") as f:
        w = csv.DictWriter(f, list(rows[0]), lineterminator="\n")
        w.writeheader()
        w.writerows(rows)
    with open("share", "w", encoding="ascii") as f:
        for name, kind, sparse in columns:
            if kind == "category":
                f.write(f"--one-hot\n{name}=u,v,w\n")
            elif sparse:
                f.write(f"--na\n{name}=mean\n")
            if kind == "ranged":
                f.write(f"--range\n{name}=0..10\n")
    with open("train", "w", encoding="ascii") as f:
        f.write("-l\n" + ",".join(labels) + "\n")
        for name, v in options.items():
            f.write(f"--{name}\n{v}\n")
    with open("case.json", "w", encoding="ascii") as f:
        json.dump({"labels": labels, "options": options}, f)


# What is learnt from

class Data:
    """Words of features, None where one is missing; labels; what is said of columns."""

    def __init__(self, case, header, model):
        with open("t.csv", encoding="ascii") as f:
            self.table = list(csv.DictReader(f))
        about = header.get("about", [{}] * len(header["columns"]))
        named = dict(zip(header["columns"], (a or {} for a in about)))
        self.names = [n for n in model.features]
        self.words = [[self.word(row, n, named[n]) for n in self.names] for row in self.table]
        self.sparse = [named[n].get("missing", False) for n in self.names]
        self.grid = [2 if named[n].get("kind") == "indicator" else 0 for n in self.names]
        v = [float(row[case["labels"][0]]) for row in self.table]
        if model.classes == 0:
            self.check_standard(v, model)
            self.y = [[(x - model.mean) / model.scale if model.scale > 0 else 0] for x in v]
        elif model.classes == 2:
            self.y = [[x] for x in v]
        else:
            self.y = [[float(x == k) for k in range(model.classes)] for x in v]
        weights = case["options"].get("class-weights")
        weights = [float(w) for w in weights.split(",")] if weights else [1] * max(1, model.classes)
        self.w = [1.0 if model.classes == 0 else weights[int(x)] for x in v]

    @staticmethod
    def word(row, name, about):
        if "=" in name:
            column, value = name.split("=")
            return 65536 * (row[column] == value)
        if row[name] == "":
            return None
        exact = float(row[name]) * 2.0 ** (16 - about.get("exponent", 0))
        assert exact == int(exact)
        return int(exact)

    @staticmethod
    def check_standard(v, model):
        mean = math.fsum(v) / len(v)
        deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in v) / len(v))
        assert abs(model.mean - mean) < 1e-4, f"mean {model.mean}, due {mean}"
        assert abs(model.scale - deviation) < 1e-4 * deviation + 2e-4, f"deviation {model.scale}, due {deviation}"


def quantile(x, k, of):
    """Of sorted words, to the nearest word, of two to the upper one."""
    below, rest = divmod((len(x) - 1) * k, of)
    if rest == 0:
        return x[below]
    return x[below] + (2 * rest * (x[below + 1] - x[below]) + of) // (2 * of)


def edges_of(data, j, bins):
    if data.grid[j] and data.grid[j] <= bins:
        return [65536]
    x = sorted(row[j] for row in data.words if row[j] is not None)
    return [quantile(x, k, bins - 1) if x else 0 for k in range(0 if data.sparse[j] else 1, bins)]


def candidates_of(data, bins):
    """(column, edge, whether missing values go right), in their order."""
    left = [(j, e, False) for j in range(len(data.names)) for e in edges_of(data, j, bins)]
    return left + [(j, e, True) for j, e, _ in left if data.sparse[j]]


def goes_right(row, split):
    if split is None:
        return False
    j, edge, missing = split
    return missing if row[j] is None else row[j] >= edge


# A model

class Model:
    """Tensors, by their names, and what the text says."""

    def __init__(self, lines):
        self.tensors = {t["name"]: t["rows"] for t in lines}
        about = next(t["model"] for t in lines if "model" in t)
        self.features = about["features"]
        shape, grown = about["trees"].split("; ")
        self.kind, self.loss = shape.split(",")[0].split()
        v = dict(re.findall(r"([a-z-]+) ([0-9.e+-]+)", shape + ", " + grown))
        self.classes = int(v.get("classes", 0))
        self.depth, self.bins, self.min_rows = int(v["depth"]), int(v["bins"]), int(v["min-rows"])
        self.lambda_, self.gamma, self.min_weight = float(v["lambda"]), float(v["gamma"]), float(v["min-weight"])
        self.rows, self.columns = float(v["rows"]), float(v["columns"])
        self.rate = 1 / int(v["trees"]) if self.kind == "forest" else float(v["rate"])
        self.in_round = self.classes if self.loss == "softmax" else 1
        self.outputs = self.classes if self.loss == "squared" and self.classes > 2 else 1
        self.total = int(v["trees"]) * self.in_round
        self.missing = ", missing" in shape
        self.mean, self.scale = (self.tensors[n][0][0] if self.classes == 0 else 0 for n in ("label.mean", "label.scale"))
        self.check_shapes()

    def check_shapes(self):
        nodes = self.total * (2**self.depth - 1)
        due = {"splits": (nodes, len(self.features)), "thresholds": (nodes, 1), "gains": (nodes, 1),
               "leaves": (self.total * 2**self.depth, self.outputs)}
        if self.missing:
            due["missing"] = (nodes, 1)
        if self.classes == 0:
            due |= {"label.mean": (1, 1), "label.scale": (1, 1)}
        shapes = {n: (len(rows), len(rows[0])) for n, rows in self.tensors.items()}
        assert shapes == due, f"tensors {shapes}, due {due}"

    def split(self, tree, level, i):
        at = tree * (2**self.depth - 1) + 2**level - 1 + i
        row, threshold = self.tensors["splits"][at], self.tensors["thresholds"][at][0]
        missing = self.tensors["missing"][at][0] if self.missing else 0
        gain = self.tensors["gains"][at][0]
        if not any(row):
            assert threshold == NEVER and missing == 0 and gain == 0, f"no split, but {threshold} {missing} {gain}"
            return None, 0
        assert sorted(row)[-2:] in ([0, 1], [1]) and sum(row) == 1 and missing in (0, 1), f"split {row} {missing}"
        return (row.index(1), threshold, bool(missing)), gain

    def leaf(self, tree, i):
        return self.tensors["leaves"][tree * 2**self.depth + i]

    def scores(self, row):
        """What all trees say of a row of words."""
        score = [0.0] * max(self.in_round, self.outputs)
        for t in range(self.total):
            i = 0
            for level in range(self.depth):
                i = 2 * i + goes_right(row, self.split(t, level, i)[0])
            for o, v in enumerate(self.leaf(t, i)):
                score[t % self.in_round + o] += v
        return score


# Growth

def drawn_rows(model, seed, tree, n):
    count = min(n, max(1, math.floor(model.rows * n + 0.5)))
    s = [0] * n
    if model.rows == 0:
        for u in words("smpc tree rows", seed, tree, count=n):
            s[u * n >> 64] += 1
        return s
    for i in some(words("smpc tree rows", seed, tree, count=count), n, count):
        s[i] = 1
    return s


def drawn_columns(model, seed, tree, node):
    p = len(model.features)
    count = min(p, max(1, math.floor(model.columns * p + 0.5)))
    at = tree << 32 | (node if model.kind == "forest" else 0)
    return set(some(words("smpc tree cols", seed, at, count=count), p, count))


def some(drawn, n, count):
    """Of 0 .. n - 1, so many: Fisher and Yates from the front."""
    of = list(range(n))
    for i in range(count):
        j = i + (drawn[i] * (n - i) >> 64)
        of[i], of[j] = of[j], of[i]
    return of[:count]


def gradients(model, y, w, score):
    """g and h of a row, for each class."""
    if model.loss == "squared":
        return [(w * (f - v), w) for f, v in zip(score, y)]
    if model.loss == "logistic":
        p, twice = [1 / (1 + math.exp(-max(-15, min(15, score[0]))))], 1
    else:
        p, twice = [1 / sum(math.exp(c - f) for c in score) for f in score], 2
    return [(w * (q - v), w * max(twice * q * (1 - q), (q - v) ** 2 / 64)) for q, v in zip(p, y)]


class Sums:
    """Of some rows: G for each output, H, and how many there are."""

    def __init__(self, model, rows):
        self.g = [math.fsum(s * g[o] for s, g, _ in rows) for o in range(model.outputs)]
        self.h = math.fsum(s * h for s, _, h in rows)
        self.rows = sum(s for s, _, _ in rows)
        self.heavy = any(s * h > 0 for s, _, h in rows)
        self.weight = self.h + model.lambda_
        self.score = math.fsum(g * g for g in self.g) / self.weight if self.weight > 0 else 0

    def allowed(self, model):
        """None: it depends on how sums are rounded."""
        if not self.heavy or self.rows < model.min_rows:
            return False
        if 0 < abs(self.h - model.min_weight) < 1e-3 * model.min_weight:
            return None
        return self.h >= model.min_weight


class Grower:
    """Follows a model, tree after tree, with the scores that it has come to, and says what is wrong."""

    def __init__(self, model, data, seed, exact):
        self.model, self.data, self.seed, self.exact = model, data, seed, exact
        self.bounds = BOUNDS["rounded" if not exact else "exact" if model.classes else "numbers"]
        self.candidates = candidates_of(data, model.bins)
        self.score = [[0.0] * len(y) for y in data.y]
        self.compared = 0

    def weigh(self, rows, used):
        """(gain, both scores, candidate, which rows are right, whether that is sure) of candidates that are allowed."""
        model, whole = self.model, Sums(self.model, [self.row[i] for i in rows])
        for c in self.candidates:
            if c[0] not in used:
                continue
            right = frozenset(i for i in rows if goes_right(self.data.words[i], c))
            sides = [Sums(model, [self.row[i] for i in part]) for part in (set(rows) - right, right)]
            allowed = [side.allowed(model) for side in sides]
            if False not in allowed:
                both = sides[0].score + sides[1].score
                seen = frozenset(i for i in right if self.row[i][0] > 0)
                yield both - whole.score - model.gamma, both, c, seen, None not in allowed

    def check_split(self, place, rows, used):
        split, gain = self.model.split(*place)
        all_ = list(self.weigh(rows, used))
        best = max((c for c in all_ if c[4]), key=lambda c: c[0], default=(0, 0))
        slack = self.bounds["split"]
        if split is None:
            assert best[0] <= slack * best[1], f"{place}: no split, and {best} is one"
            return None
        mine = next((c for c in all_ if c[2] == split), None)
        assert mine is not None, f"{place}: {split} is no split that is allowed"
        assert mine[0] >= max(best[0], 0) - slack * max(mine[1], best[1]), f"{place}: {mine}, and {best} is better"
        assert abs(gain - mine[0] - self.model.gamma) <= self.bounds["gain"] * mine[1] + 2e-5, f"{place}: gain {gain}, due {mine}"
        if self.exact:
            first = next(c for c in all_ if c[3] == mine[3])
            assert first[2] == split, f"{place}: {split}, and {first[2]} is the same one before it"
        self.compared += 1
        return split

    def check_leaf(self, tree, i, rows):
        sums = Sums(self.model, [self.row[r] for r in rows])
        for g, leaf in zip(sums.g, self.model.leaf(tree, i)):
            q = -g / sums.weight if sums.weight > 0 else 0
            b = self.bounds
            slack = b["share"] * abs(q) + b["part"] / max(sums.weight, 0.01) + b["row"]
            assert abs(leaf - self.model.rate * q) <= self.model.rate * slack + 2**-22, \
                f"leaf {i} of tree {tree}: {leaf}, due {self.model.rate * q}"

    def grow(self, tree):
        model, n = self.model, len(self.data.words)
        k = tree % model.in_round
        if k == 0:
            self.both = [gradients(model, *of) for of in zip(self.data.y, self.data.w, self.score)]
        s = drawn_rows(model, self.seed, tree, n)
        self.row = [(s[i], [g for g, _ in self.both[i][k:k + model.outputs]], self.both[i][k][1]) for i in range(n)]
        nodes = [list(range(n))]
        for level in range(model.depth):
            below = []
            for i, rows in enumerate(nodes):
                used = drawn_columns(model, self.seed, tree, 2**level - 1 + i)
                split = self.check_split((tree, level, i), rows, used)
                sides = [], []
                for r in rows:
                    sides[goes_right(self.data.words[r], split)].append(r)
                below += sides
            nodes = below
        for i, rows in enumerate(nodes):
            self.check_leaf(tree, i, rows)
            for r in rows if model.kind == "boost" else []:
                self.score[r][k] += model.leaf(tree, i)[0]


def predictions(model, row):
    z = model.scores(row)
    if model.classes == 0:
        return [z[0] * model.scale + model.mean]
    if model.loss == "squared":
        return [max(0, min(1, v)) for v in z]
    if model.loss == "logistic":
        return [1 / (1 + math.exp(-z[0]))]
    return [1 / sum(math.exp(c - f) for c in z) for f in z]


def check_predictions(model, data, path, slack):
    with open(path, encoding="ascii") as f:
        got = [[float(v) for v in row] for row in list(csv.reader(f))[1:]]
    assert len(got) == len(data.words), f"{len(got)} predictions"
    for i, row in enumerate(data.words):
        due = predictions(model, row)
        assert len(due) == len(got[i]) and all(abs(a - b) <= slack * (1 + abs(b)) for a, b in zip(got[i], due)), \
            f"row {i}: predicted {got[i]}, due {due}"


def check(header, path, how, predicted):
    with open("case.json", encoding="ascii") as f:
        case = json.load(f)
    with open(header, encoding="ascii") as f:
        header = json.load(f)
    with open(path, encoding="ascii") as f:
        model = Model([json.loads(line) for line in f])
    data = Data(case, header, model)
    assert model.missing == any(data.sparse), "missing values"
    grower = Grower(model, data, case["options"]["seed"], how == "exact")
    for tree in range(model.total):
        grower.grow(tree)
    check_predictions(model, data, predicted, BOUNDS[how]["prediction"])
    print(f"{grower.compared} splits")


if __name__ == "__main__":
    try:
        {"write": lambda seed: write(int(seed)), "check": check}[sys.argv[1]](*sys.argv[2:])
    except AssertionError as e:
        sys.exit(f"wrong: {e}")
