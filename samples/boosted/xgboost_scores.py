#!/usr/bin/env python3
"""xgboost_scores.py TRAIN TEST: accuracy and AUC of XGBoost with the parameters of smpc-train --model boost --trees 20."""

import csv
import sys

try:
    import xgboost
except ImportError:
    sys.exit(1)


def table(path):
    with open(path, newline="") as f:
        rows = list(csv.DictReader(f))
    names = [n for n in rows[0] if n != "returned"]
    x = [[float(r[n]) if r[n] not in ("", "NA") else float("nan") for n in names] for r in rows]
    return xgboost.DMatrix(x, [float(r["returned"]) for r in rows])


train, test = (table(path) for path in sys.argv[1:3])
model = xgboost.train({"objective": "binary:logistic", "max_depth": 3, "eta": 0.3, "tree_method": "hist", "max_bin": 32}, train, 20)
p, y = model.predict(test), test.get_label()
pairs = [(a > b) + (a == b) / 2 for a, u in zip(p, y) if u == 1 for b, v in zip(p, y) if v == 0]
print("XGBoost, of all patients in the clear:")
print(f"accuracy\t{sum((a >= 0.5) == (u == 1) for a, u in zip(p, y)) / len(y):.6f}")
print(f"auc\t{sum(pairs) / len(pairs):.6f}")
