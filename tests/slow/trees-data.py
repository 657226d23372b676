#!/usr/bin/env python3
#
# Tables of scikit-learn and R, and what xgboost says of them, for trees-data.sh.
#
#	trees-data.py names            the sets
#	trees-data.py write SET        train.csv, test.csv, and how to share and to learn them, in the directory at hand
#	trees-data.py compare SET WAY  learnt.csv and held.csv, predictions of train.csv and test.csv, against xgboost: a line,
#	                               and status 1 where a figure is beyond its bound

import csv
import io
import math
import subprocess
import sys

import numpy
import xgboost
from sklearn import datasets
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

# What is due: figures that differ by no more than this, of accuracies and areas as such, and of errors as a share of them.
# Rows that are held out may come between two edges that part the other rows the same way, of which xgboost takes another
# one; figures of few such rows hang on one or two of them.
LEARNT = 0.005
HELD = 0.025


def of_r(table, label):
    text = subprocess.run(["Rscript", "--vanilla", "-e", f"write.csv(as.data.frame({table}), row.names = FALSE)"],
                          capture_output=True, text=True, check=True).stdout
    rows = list(csv.reader(io.StringIO(text)))
    numbers = numpy.array([[math.nan if v == "NA" else float(v) for v in row] for row in rows[1:]])
    j = rows[0].index(label)
    return numpy.delete(numbers, j, 1), numbers[:, j]


# table, classes (0: numbers), options of smpc-train
sets = {
    "breast": (lambda: datasets.load_breast_cancer(return_X_y=True), 2, dict(trees=30, depth=3)),
    "digits": (lambda: datasets.load_digits(return_X_y=True), 10, dict(trees=10, depth=3, bins=16)),
    "diabetes": (lambda: datasets.load_diabetes(return_X_y=True), 0, dict(trees=20, depth=2, rate=0.2)),
    "airquality": (lambda: of_r("airquality[, 1:5]", "Temp"), 0, {"trees": 20, "depth": 3, "lambda": 2}),
    "infert": (lambda: of_r("transform(infert, education = as.integer(education))", "case"), 2,
               {"trees": 20, "depth": 2, "min-weight": 2}),
    "iris": (lambda: of_r("transform(iris, Species = as.integer(Species) - 1)", "Species"), 3, dict(trees=20, depth=3)),
}

USUAL = {"trees": 50, "depth": 3, "bins": 32, "rate": 0.3, "lambda": 1, "min-weight": 1}


def load(name):
    """Features and labels, of rows to learn from and of every fifth row, in an order that means nothing."""
    x, y = sets[name][0]()
    order = numpy.random.default_rng(7).permutation(len(y))
    x, y = x[order], y[order]
    held = numpy.arange(len(y)) % 5 == 4
    return x[~held], y[~held], x[held], y[held]


def write_table(path, x, y):
    with open(path, "w") as f:
        f.write(",".join(f"x{j}" for j in range(x.shape[1])) + ",y\n")
        for row, label in zip(x, y):
            f.write(",".join("NA" if math.isnan(v) else f"{v:.10g}" for v in row) + f",{label:.10g}\n")


def write(name):
    x, y, x_test, y_test = load(name)
    _, classes, options = sets[name]
    write_table("train.csv", x, y)
    write_table("test.csv", x_test, y_test)
    lines = ["--model", "boost", "-l", "y"] + [f"--{k}={v}" for k, v in options.items()]
    lines += [f"--classes={classes}"] if classes else []
    with open("how", "w") as f:
        f.write("\n".join(lines) + "\n")
    with open("share", "w") as f:
        for j in numpy.flatnonzero(numpy.isnan(x).any(0) | numpy.isnan(x_test).any(0)):
            f.write(f"--na\nx{j}=mean\n")
        # small numbers keep their digits
        for j in numpy.flatnonzero(numpy.nanmax(abs(x), 0) < 8):
            f.write(f"--range\nx{j}=-8..8\n")


def bins_of(x, x_test, bins):
    """Which bin each value is in, by quantiles of the rows that are learnt from."""
    out = numpy.full(x.shape, math.nan), numpy.full(x_test.shape, math.nan)
    for j in range(x.shape[1]):
        there = x[~numpy.isnan(x[:, j]), j]
        first = 0 if len(there) < len(x) else 1
        edges = numpy.quantile(there, numpy.arange(first, bins) / (bins - 1))
        # what is rounded is not below a number that it stands for
        edges -= 1e-7 * (1 + abs(edges))
        for z, of in zip(out, (x, x_test)):
            z[:, j] = numpy.where(numpy.isnan(of[:, j]), math.nan, numpy.searchsorted(edges, of[:, j], "right"))
    return out


def theirs(name):
    """What xgboost predicts of the rows that are learnt from, and of those that are held out."""
    x, y, x_test, _ = load(name)
    _, classes, options = sets[name]
    o = USUAL | options
    x, x_test = bins_of(x, x_test, o["bins"])
    mean, deviation = (y.mean(), y.std()) if classes == 0 else (0, 1)
    parameters = dict(eta=o["rate"], max_depth=o["depth"], reg_lambda=o["lambda"], gamma=0, tree_method="exact",
                      min_child_weight=o["min-weight"], base_score=0.5 if classes else 0, nthread=1,
                      objective={0: "reg:squarederror", 2: "binary:logistic"}.get(classes, "multi:softprob"))
    if classes > 2:
        parameters["num_class"] = classes
    booster = xgboost.train(parameters, xgboost.DMatrix(x, (y - mean) / deviation), o["trees"])
    return [booster.predict(xgboost.DMatrix(z)) * deviation + mean for z in (x, x_test)]


def figures(classes, y, predicted):
    if classes == 0:
        return {"rmse": math.sqrt(((predicted - y) ** 2).mean())}
    if classes == 2:
        return {"accuracy": accuracy_score(y, predicted > 0.5), "auc": roc_auc_score(y, predicted)}
    predicted = predicted / predicted.sum(1, keepdims=True)
    return {"accuracy": accuracy_score(y, predicted.argmax(1)), "loss": log_loss(y, predicted)}


def compare(name, way):
    _, y, _, y_test = load(name)
    classes, lines, bad = sets[name][1], [], False
    for rows, path, y, due, bound in zip(("learnt", "held out"), ("learnt.csv", "held.csv"), (y, y_test), theirs(name),
                                         (LEARNT, HELD)):
        ours = figures(classes, y, numpy.loadtxt(path, delimiter=",", skiprows=1))
        for f, v in figures(classes, y, due).items():
            off = abs(ours[f] - v) / (1 if f in ("accuracy", "auc") else v)
            bad = bad or off > bound
            lines.append(f"{rows} {f} {ours[f]:.5f} (xgboost {v:.5f}{', off' if off > bound else ''})")
    print(f"{name} {way}: " + ", ".join(lines))
    sys.exit(int(bad))


if __name__ == "__main__":
    if sys.argv[1] == "names":
        print(*sets)
    else:
        {"write": write, "compare": compare}[sys.argv[1]](*sys.argv[2:])
