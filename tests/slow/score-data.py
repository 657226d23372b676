#!/usr/bin/python3
"""Predictions of tables that come with scikit-learn, and its figures of them, for score-data.sh.

score-data.py names              the tables
score-data.py write NAME         p.csv, y.csv, and for smpc-score the options of each run, in run.1 and so on
score-data.py compare NAME       whether got.1 and so on have scikit-learn's figures, within the bounds of smpc-score(1)
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn import calibration, datasets, linear_model, metrics

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))
import scores

CLASSES = "accuracy,balanced-accuracy,mcc,confusion"
AVERAGED = "precision,recall,specificity,f1"
BOUNDS = {"mcc": 1.3e-5, "log-loss": 1e-3, "brier": 1e-4, "mse": 1e-4, "mae": 1e-4, "mape": 3e-3, "r2": 2e-4}
RELATIVE = ("mse", "mae", "mape")
STEPS = np.arange(1, 10) / 10
REPLICATES, SEED, LEVEL = 200, 5, "0.9"


def rare():
    """rare(): 3 in 100 rows are in class 1."""
    rng = np.random.default_rng(1)
    y = (rng.random(2000) < 0.03).astype(int)
    return rng.normal(size=(2000, 3)) + 3 * y[:, None], y


def prices():
    """prices(): labels that are far from 0, over three orders of magnitude."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(800, 2))
    return x, 1e3 * np.exp(x[:, 0] + 0.3 * rng.normal(size=800))


def unseen():
    """unseen(): the same, of which none is predicted in class 1."""
    x, y = rare()
    return x[::-1], y


TABLES = {
    "cancer": lambda: datasets.load_breast_cancer(return_X_y=True), "rare": rare, "unseen": unseen,
    "iris": lambda: datasets.load_iris(return_X_y=True), "wine": lambda: datasets.load_wine(return_X_y=True),
    "digits": lambda: datasets.load_digits(return_X_y=True),
    "diabetes": lambda: datasets.load_diabetes(return_X_y=True), "prices": prices,
}
NUMBERS = ("diabetes", "prices")


def predicted(name):
    """predicted(name): by a model of half of the columns, so that it is not always right; with six digits."""
    x, y = TABLES[name]()
    x = x[:, ::2]
    if name in NUMBERS:
        return np.round(linear_model.LinearRegression().fit(x, y).predict(x), 3)[:, None], np.round(y, 3)
    x = (x - x.mean(0)) / (x.std(0) + 1e-9)
    p = np.round(linear_model.LogisticRegression(C=0.02).fit(x, y).predict_proba(x), 6)
    return (p[:, 1:] if p.shape[1] == 2 else p), y


def runs(name, classes):
    """runs(name, classes): the options of each run, and what they ask for."""
    if name in NUMBERS:
        return ["-m mse,mae,mape,r2", "-m mse,mae,mape,r2 --bootstrap %d --seed %d --level %s" % (REPLICATES, SEED, LEVEL)]
    more = ",log-loss" + (",brier,auc" if classes == 2 else "")
    out = ["-m " + CLASSES + more, "-m %s,%s%s --bootstrap %d --seed %d --level %s" % (
        CLASSES.replace(",confusion", ""), AVERAGED, ",log-loss", REPLICATES, SEED, LEVEL)]
    out += ["-m %s%s --average %s" % (AVERAGED, ",auc" * (average != "micro" and classes > 2), average)
            for average in ("macro", "weighted", "micro", "none")]
    return out + ["-m roc,pr,calibration --min-count 1"] * (classes == 2)


def write(name):
    p, y = predicted(name)
    k = 0 if name in NUMBERS else len(set(y))
    np.savetxt("p.csv", p, "%.6f", ",", header=",".join("p%d" % i for i in range(p.shape[1])), comments="")
    np.savetxt("y.csv", y, "%.3f" if k == 0 else "%d", header="y", comments="")
    low, high = (min(p.min(), y.min()), max(p.max(), y.max())) if k == 0 else (0, 1)
    wide = "%d..%d" % (np.floor(low), np.ceil(high))
    Path("p.options").write_text("\n".join("--range\np%d=%s" % (i, wide) for i in range(p.shape[1])) + "\n")
    Path("y.options").write_text("--range\ny=%s\n" % wide if k == 0 else "--codes\ny=%s\n" % ",".join(map(str, range(k))))
    for i, options in enumerate(runs(name, k), 1):
        Path("run.%d" % i).write_text(options.replace(" ", "\n") + "\n")


def specificity(y, said, average):
    """specificity(y, said, average): scikit-learn has it as the recall of all other classes."""
    each = [metrics.recall_score(y != k, said != k) for k in range(max(y) + 1)]
    if average == "micro":
        c = metrics.multilabel_confusion_matrix(y, said)
        return c[:, 0, 0].sum() / c[:, 0].sum()
    if average == "binary":
        return each[1]
    return {None: each, "macro": np.mean(each), "weighted": np.average(each, weights=np.bincount(y))}[average]


def of_classes(p, y, average):
    k = max(y) + 1 if p.shape[1] == 1 else p.shape[1]
    said = (p[:, 0] >= 0.5).astype(int) if k == 2 else p.argmax(1)
    average = average or ("binary" if k == 2 else "macro")
    way = {"average": None if average == "none" else average, "zero_division": 0}
    full = np.column_stack([1 - p[:, 0], p[:, 0]]) if k == 2 else p / p.sum(1, keepdims=True)
    return {
        "accuracy": metrics.accuracy_score(y, said), "balanced-accuracy": metrics.balanced_accuracy_score(y, said),
        "mcc": metrics.matthews_corrcoef(y, said), "confusion": metrics.confusion_matrix(y, said).tolist(),
        "precision": metrics.precision_score(y, said, **way), "recall": metrics.recall_score(y, said, **way),
        "f1": metrics.f1_score(y, said, **way), "specificity": specificity(y, said, way["average"]),
        "auc": None if average == "micro" else metrics.roc_auc_score(y, p[:, 0]) if k == 2 else
        metrics.roc_auc_score(y, full, multi_class="ovr", average=way["average"]),
        "log-loss": metrics.log_loss(y, full, eps=2.0**-16, labels=range(k)),
        "brier": metrics.brier_score_loss(y, p[:, 0]) if k == 2 else None,
    }


def of_numbers(p, y):
    return {"mse": metrics.mean_squared_error(y, p), "mae": metrics.mean_absolute_error(y, p),
            "mape": metrics.mean_absolute_percentage_error(y, p), "r2": metrics.r2_score(y, p)}


def figures_of(name, p, y, average):
    return of_numbers(p[:, 0], y) if name in NUMBERS else of_classes(p, y, average)


def near(what, got, want, name):
    """near(what, got, want, name): 0; or 1, and said, if numbers are not; what is 0 / 0, scikit-learn has as 0, and warns."""
    got, want = np.array(got, float), np.array(want, float)
    got = np.where(np.isnan(got) & (want == 0), 0, got)
    room = BOUNDS.get(name, 1e-6) * (np.maximum(1, np.abs(want)) if name in RELATIVE else 1)
    if got.shape == want.shape and np.all(np.abs(got - want) <= room):
        return 0
    print("%s is %s, and scikit-learn has %s" % (what, got, want))
    return 1


def compare_tables(got, p, y):
    """compare_tables(got, p, y): of curves those points that are at our thresholds."""
    bad = 0
    for t, fpr, tpr, precision, recall in zip(*(got[c][v] for c, v in (
            ("roc", "threshold"), ("roc", "fpr"), ("roc", "tpr"), ("pr", "precision"), ("pr", "recall")))):
        said = p[:, 0] >= t
        bad += near("tpr at %g" % t, tpr, metrics.recall_score(y, said), "tpr")
        bad += near("fpr at %g" % t, fpr, 1 - metrics.recall_score(y, said, pos_label=0), "fpr")
        bad += near("recall at %g" % t, recall, metrics.recall_score(y, said), "recall")
        if said.any():
            bad += near("precision at %g" % t, precision, metrics.precision_score(y, said), "precision")
    # whose bins have their upper ends
    shown = [i for i, v in enumerate(got["calibration"]["rows"]) if v > 0]
    true, pred = calibration.calibration_curve(y, p[:, 0] + 1e-9, n_bins=10)
    for ours, theirs, room in (("prob_true", true, 1e-5), ("prob_pred", pred, 3e-5)):
        mine = [got["calibration"][ours][i] for i in shown]
        if len(mine) != len(theirs) or np.abs(np.array(mine) - theirs).max() > room:
            bad += 1
            print("%s is %s, and scikit-learn has %s" % (ours, mine, theirs))
    return bad


def compare_intervals(name, got, p, y, average):
    rows = [scores.drawn(len(y), SEED, r) for r in range(REPLICATES)]
    of = [figures_of(name, p[r], y[r], average) for r in rows]
    whole, bad = figures_of(name, p, y, average), 0
    for figure, v in got.items():
        values = [f[figure] for f in of]
        ends = [np.quantile(values, (1 - float(LEVEL)) / 2 + 1e-12, method="lower"),
                np.quantile(values, (1 + float(LEVEL)) / 2 - 1e-12, method="higher")]
        bad += near("the interval of " + figure, [v["estimate"], v["low"], v["high"]], [whole[figure]] + ends, figure)
    return bad


def compare(name):
    p, y = predicted(name)
    k = 0 if name in NUMBERS else len(set(y))
    bad = 0
    for i, options in enumerate(runs(name, k), 1):
        got = json.loads(Path("got.%d" % i).read_text())
        words = options.split()
        average = words[words.index("--average") + 1] if "--average" in words else None
        if "--bootstrap" in words:
            bad += compare_intervals(name, got, p, y, average)
        elif "roc" in got:
            bad += compare_tables(got, p, y)
        else:
            want = figures_of(name, p, y, average)
            bad += sum(near("%s (%s)" % (f, average or "usual"), v, want[f], f) for f, v in got.items())
    print("%s: %d rows, %d runs, %s" % (name, len(y), i, "%d figures are off" % bad if bad else "all as scikit-learn has it"))
    return bad > 0


if sys.argv[1] == "names":
    print(" ".join(TABLES))
else:
    sys.exit({"write": write, "compare": compare}[sys.argv[1]](sys.argv[2]))
