#!/usr/bin/env python3
"""
What models in the JSON of xgboost are, without xgboost: an independent reader.

    xgboost_trees.py predict MODEL TABLE    predictions, as CSV, of all rows: numbers, the probability of 1, or those of classes
    xgboost_trees.py margin MODEL TABLE     sums of leaves, before probabilities are made of them
    xgboost_trees.py make KIND SEED MODEL TABLE
                                    write a model of KIND (numbers, binary or classes) with splits at random, and a table,
                                    some of whose values are exactly thresholds
    xgboost_trees.py make KIND-missing ...  the same; values are missing

A row goes left where its value, as a float32, is less than the threshold, and where it is missing as default_left says.
"""

import csv
import json
import math
import random
import struct
import sys


def float32(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def leaf_of(tree, row):
    node = 0
    while tree["left_children"][node] != -1:
        value = row[tree["split_indices"][node]]
        left = tree["default_left"][node] if value is None else float32(value) < float32(tree["split_conditions"][node])
        # as xgboost does
        if tree["right_children"][node] != tree["left_children"][node] + 1:
            raise ValueError("a right child does not come behind its left one")
        node = tree["left_children"][node] + (not left)
    return tree["split_conditions"][node]


def margins(model, row):
    learner = model["learner"]
    param = learner["learner_model_param"]
    base = float(param["base_score"])
    if learner["objective"]["name"] == "binary:logistic":
        base = math.log(base / (1 - base))
    sums = [base] * max(int(param["num_class"]), int(param["num_target"]), 1)
    booster = learner["gradient_booster"]["model"]
    for tree, output in zip(booster["trees"], booster["tree_info"]):
        sums[output] += leaf_of(tree, row)
    return sums


def predictions(model, row):
    z = margins(model, row)
    name = model["learner"]["objective"]["name"]
    if name == "binary:logistic":
        return [1 / (1 + math.exp(-z[0]))]
    if name.startswith("multi:"):
        e = [math.exp(v - max(z)) for v in z]
        return [v / sum(e) for v in e]
    return z


def rows_of(model, path):
    with open(path, newline="") as f:
        table = csv.DictReader(f)
        names = model["learner"]["feature_names"] or table.fieldnames
        return [[None if row[name] == "" else float(row[name]) for name in names] for row in table]


def random_tree(r, features, depth, number):
    fields = ["left_children", "right_children", "parents", "split_indices", "split_conditions", "default_left",
              "loss_changes", "base_weights", "sum_hessian", "split_type"]
    tree = {name: [] for name in fields}

    def add(parent, level):
        node = len(tree["parents"])
        split = level < depth and r.random() < (1 if level == 0 else 0.8)
        values = [-1, -1, parent, r.randrange(features) if split else 0,
                  r.randrange(-64, 64) / 16 if split else r.uniform(-1, 1), r.randrange(2) if split else 0,
                  r.randrange(1, 2000) / 16 if split else 0.0, 0.0, 0.0, 0]
        for name, value in zip(fields, values):
            tree[name].append(value)
        if split:
            open_nodes.append((node, level + 1))

    # The right child comes right behind the left one.
    open_nodes = []
    add(2147483647, 0)
    while open_nodes:
        node, level = open_nodes.pop()
        tree["left_children"][node] = len(tree["parents"])
        tree["right_children"][node] = len(tree["parents"]) + 1
        add(node, level)
        add(node, level)
    tree.update(categories=[], categories_nodes=[], categories_segments=[], categories_sizes=[], id=number,
                tree_param={"num_deleted": "0", "num_feature": str(features), "num_nodes": str(len(tree["parents"])),
                            "size_leaf_vector": "0"})
    return tree


def make(kind, seed, path, table):
    kind, _, missing = kind.partition("-")
    r = random.Random(seed)
    features, rounds, depth = 3, 4, 3
    classes = 3 if kind == "classes" else 1
    trees = [random_tree(r, features, depth, i) for i in range(rounds * classes)]
    objective = {"numbers": {"name": "reg:squarederror", "reg_loss_param": {"scale_pos_weight": "1"}},
                 "binary": {"name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"}},
                 "classes": {"name": "multi:softprob", "softmax_multiclass_param": {"num_class": "3"}}}[kind]
    base = {"numbers": "-1.25E1", "binary": "3E-1", "classes": "5E-1"}[kind]
    param = {"base_score": base, "boost_from_average": "1", "num_class": "3" if classes > 1 else "0",
             "num_feature": str(features), "num_target": "1"}
    booster = {"gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(len(trees)), "size_leaf_vector": "0"},
               "tree_info": [i % classes for i in range(len(trees))], "trees": trees}
    learner = {"attributes": {}, "feature_names": ["a", "b", "c"], "feature_types": [],
               "gradient_booster": {"model": booster, "name": "gbtree"}, "learner_model_param": param,
               "objective": objective}
    with open(path, "w") as f:
        json.dump({"learner": learner, "version": [1, 7, 4]}, f)
    with open(table, "w") as f:
        print("a,b,c", file=f)
        for _ in range(70):
            row = [str(r.randrange(-80, 80) / 16) for _ in range(features)]
            if missing:
                row = ["" if r.random() < 0.2 else v for v in row]
            print(",".join(row), file=f)


def main(arguments):
    if arguments[0] == "make":
        make(arguments[1], int(arguments[2]), *arguments[3:])
        return
    with open(arguments[1]) as f:
        model = json.load(f)
    for row in rows_of(model, arguments[2]):
        print(",".join("%.9g" % v for v in (margins if arguments[0] == "margin" else predictions)(model, row)))


if __name__ == "__main__":
    main(sys.argv[1:])
