#!/usr/bin/env python3
#
# Tables of scikit-learn and R, and what scikit-learn says of their lassos, for lasso-data.sh.
#
#	lasso-data.py names            the sets
#	lasso-data.py write SET        data.csv, and how to learn it, in the directory at hand
#	lasso-data.py compare SET      table.csv, as smpc-reveal prints it, against scikit-learn: a line, and status 1 where
#	                               something is beyond its bound

import csv
import io
import math
import subprocess
import sys

import numpy
from sklearn import datasets
from sklearn.linear_model import ElasticNet, LogisticRegression

# What is due: that what is made least is no more than this above scikit-learn's, of labels of variance 1, or of a row's
# likelihood; and that no coefficient of standardized columns, of labels in their deviations, is farther from scikit-learn's.
OBJECTIVE = 2e-6
COEFFICIENT = 1e-2


def of_r(table, label):
    text = subprocess.run(["Rscript", "--vanilla", "-e", f"write.csv(as.data.frame({table}), row.names = FALSE)"],
                          capture_output=True, text=True, check=True).stdout
    rows = list(csv.reader(io.StringIO(text)))
    numbers = numpy.array([[float(v) for v in row] for row in rows[1:]])
    j = rows[0].index(label)
    return numpy.delete(numbers, j, 1), numbers[:, j]


def of_class(load, which):
    x, y = load(return_X_y=True)
    return x, (y == which).astype(float)


# table, family, alpha, other options; the path is the usual one unless they say
sets = {
    "diabetes": (lambda: datasets.load_diabetes(return_X_y=True), "gaussian", 1, []),
    "diabetes-net": (lambda: datasets.load_diabetes(return_X_y=True), "gaussian", 0.5, []),
    "linnerud": (lambda: (lambda x, y: (x, y[:, 0]))(*datasets.load_linnerud(return_X_y=True)), "gaussian", 1, []),
    "mtcars": (lambda: of_r("mtcars", "mpg"), "gaussian", 1, []),
    "swiss": (lambda: of_r("swiss", "Fertility"), "gaussian", 0.2, []),
    "longley": (lambda: of_r("longley", "Employed"), "gaussian", 1, []),
    "state": (lambda: of_r("transform(as.data.frame(state.x77), Area = Area / 1000)", "Life.Exp"), "gaussian", 1, ["--lambda", "0.02"]),
    "breast": (lambda: of_class(datasets.load_breast_cancer, 1), "binomial", 1, ["--lambda", "0.3,0.1,0.03,0.01,0.003"]),
    "breast-net": (lambda: of_class(datasets.load_breast_cancer, 1), "binomial", 0.5, ["--lambda", "0.5,0.1,0.02,0.005"]),
    "wine": (lambda: of_class(datasets.load_wine, 0), "binomial", 1, []),
    "iris": (lambda: of_class(datasets.load_iris, 1), "binomial", 1, ["--lambda", "0.3,0.1,0.03,0.01,0.003"]),
    "am": (lambda: of_r("mtcars", "am"), "binomial", 0.5, []),
    "infert": (lambda: of_r("transform(infert, education = as.integer(education))", "case"), "binomial", 1, ["--lambda", "0.01"]),
}


def write(name):
    load, family, alpha, options = sets[name]
    x, y = load()
    with open("data.csv", "w") as f:
        f.write(",".join(f"x{j}" for j in range(x.shape[1])) + ",y\n")
        for row, label in zip(x, y):
            f.write(",".join(f"{v:.10g}" for v in row) + f",{label:.10g}\n")
    with open("train", "w") as f:
        f.write("\n".join(["-m", "lasso", "--family", family, "--alpha", str(alpha), "-l", "y"] + options) + "\n")


def standardized(x):
    return (x - x.mean(0)) / x.std(0)


def norms(b, lam, alpha):
    return lam * (alpha * abs(b).sum() + (1 - alpha) / 2 * (b * b).sum())


def fit(family, x, y, lam, alpha):
    if family == "gaussian":
        m = ElasticNet(alpha=lam, l1_ratio=alpha, tol=1e-13, max_iter=10 ** 7).fit(x, y)
        return m.intercept_, m.coef_
    m = LogisticRegression(penalty="elasticnet", solver="saga", C=1 / (lam * len(y)), l1_ratio=alpha, tol=1e-7,
                           max_iter=10 ** 6).fit(x, y)
    return m.intercept_[0], m.coef_[0]


def loss(family, x, y, a, b):
    eta = a + x @ b
    return ((y - eta) ** 2).mean() / 2 if family == "gaussian" else (numpy.logaddexp(0, eta) - y * eta).mean()


def compare(name):
    load, family, alpha, _ = sets[name]
    x, y = load()
    rows = list(csv.reader(open("table.csv")))
    lams = [float(c.removeprefix("lambda_")) for c in rows[0][1:]]
    table = {row[0]: numpy.array([float(v) for v in row[1:]]) for row in rows[1:]}
    sd, mean = (y.std(), y.mean()) if family == "gaussian" else (1, 0)
    z, t = standardized(x), (y - mean) / sd
    worst = [0, 0, 0]
    for k, lam in enumerate(lams):
        slopes = numpy.array([table[f"x{j}"][k] for j in range(x.shape[1])])
        b = slopes * x.std(0) / sd
        a = (table["(Intercept)"][k] + x.mean(0) @ slopes - mean) / sd
        a0, b0 = fit(family, z, t, lam, alpha)
        ours, theirs = [loss(family, z, t, *m) + norms(m[1], lam, alpha) for m in ((a, b), (a0, b0))]
        deviance = 2 * len(y) * sd * sd * loss(family, z, t, a, b)
        off = abs(table["(Deviance)"][k] / deviance - 1)
        if table["(Nonzero)"][k] != (b != 0).sum() or off > 1e-4:
            print(f"{name}: lambda {lam}: figures are off: {off:.1e}")
            return 1
        worst = [max(p) for p in zip(worst, (ours - theirs, abs(b - b0).max(), abs((b != 0).sum() - (b0 != 0).sum())))]
    bad = worst[0] > OBJECTIVE or worst[1] > COEFFICIENT or not all(map(math.isfinite, worst))
    print(f"{name}: {family}, alpha {alpha}, {len(y)} x {x.shape[1]}, {len(lams)} lambdas: what is made least is at most "
          f"{worst[0]:.1e} above, coefficients are within {worst[1]:.1e}" + (": TOO FAR" if bad else ""))
    return int(bad)


if __name__ == "__main__":
    if sys.argv[1] == "names":
        print(" ".join(sets))
    elif sys.argv[1] == "write":
        write(sys.argv[2])
    else:
        sys.exit(compare(sys.argv[2]))
