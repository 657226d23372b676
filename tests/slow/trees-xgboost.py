#!/usr/bin/env python3
"""
For trees-xgboost.sh: what xgboost makes of tables.

    trees-xgboost.py write NAME      t.csv; m.json, trained on it; due.csv, its predictions
    trees-xgboost.py compare NAME    p.csv with due.csv, out.json with m.json, table.csv with its gains
"""

import sys

import numpy as np
import xgboost

ROWS = 600
KINDS = {
    "numbers": {"objective": "reg:squarederror", "base_score": 3.5},
    "hist": {"objective": "reg:squarederror", "tree_method": "hist"},
    "binary": {"objective": "binary:logistic", "base_score": 0.3},
    "classes": {"objective": "multi:softprob", "num_class": 3},
    "several": {"objective": "multi:softprob", "num_class": 3, "num_parallel_tree": 3, "colsample_bynode": 0.5},
}
# smpc-predict: a number is cut off to 16 bits; a softmax is good to this
MOST = {"numbers": 1e-4, "hist": 1e-4, "binary": 1e-4, "classes": 1e-3, "several": 1e-3}


def matrix(x, y=None):
    return xgboost.DMatrix(x, y, feature_names=["a", "b", "c", "d"])


def write(name):
    kind, _, missing = name.partition("-")
    r = np.random.default_rng(sum(map(ord, name)))
    # Decimals, which float32 does not have exactly, and which, of hist, thresholds are themselves.  All rows are trained on: of
    # others, decimals half way between two may be, as words, the threshold that is there, and as float32 just below it.
    x = np.column_stack([r.normal(size=ROWS).round(1), (40 * r.random(ROWS)).round(2), r.integers(0, 5, ROWS),
                         (1000 * r.normal(size=ROWS)).round(1)])
    z = x[:, 0] * 2 + np.sin(x[:, 1] / 5) * 3 + (x[:, 2] > 2) + x[:, 3] / 500 + r.normal(size=ROWS) / 4
    y = z if kind in ("numbers", "hist") else z > 1 if kind == "binary" else (z > -1) * 1 + (z > 2)
    if missing:
        x[r.random(x.shape) < 0.15] = np.nan
    model = xgboost.train(dict(KINDS[kind], max_depth=4, eta=0.3, seed=1), matrix(x, y), 12)
    model.save_model("m.json")
    with open("t.csv", "w") as f:
        print("a,b,c,d", file=f)
        for row in x:
            print(",".join("" if np.isnan(v) else repr(float(v)) for v in row), file=f)
    np.savetxt("x.csv", x)
    np.savetxt("due.csv", model.predict(matrix(x)).reshape(ROWS, -1), delimiter=",")


def apart(a, b):
    return float(np.abs(a - b).max()) if a.shape == b.shape else np.inf


def compare(name):
    kind = name.partition("-")[0]
    due = np.loadtxt("due.csv", delimiter=",").reshape(ROWS, -1)
    shares = np.loadtxt("p.csv", delimiter=",", skiprows=1).reshape(ROWS, -1)
    out, model = xgboost.Booster(model_file="out.json"), xgboost.Booster(model_file="m.json")
    back = out.predict(matrix(np.loadtxt("x.csv"))).reshape(ROWS, -1)
    gains = model.get_score(importance_type="total_gain")
    weights = model.get_score(importance_type="weight")
    ok = out.get_score(importance_type="weight") == weights
    for line in open("table.csv").read().splitlines()[1:]:
        feature, gain, weight = line.split(",")
        ok = ok and int(weight) == weights.get(feature, 0) and \
            abs(float(gain) - gains.get(feature, 0)) <= 1e-5 * (1 + gains.get(feature, 0))
    print("%s: shares within %.2g, back in xgboost within %.2g, importances %s" %
          (name, apart(shares, due), apart(back, due), "agree" if ok else "DIFFER"))
    return 0 if ok and apart(shares, due) <= MOST[kind] and apart(back, due) <= 1e-5 else 1


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2])
    else:
        sys.exit(compare(sys.argv[2]))
