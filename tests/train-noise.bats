#!/usr/bin/env bats
# conduct session: in this file
#
# smpc-train --epsilon: lines and logistic regressions that are learnt from sums with noise.

load helper
load shares
load parties
load engine

models=$ROOT/tests/python/noisy_models.py
declared=(--range age=0..120 --range weight=30..180 --range smoker=0..1)
cost=("${declared[@]}" --range cost=0..1000 -x ill)
ill=("${declared[@]}" --range ill=0..1 -x cost)

# people N ROWS BUDGET ARGUMENT...: line.* are for the cost, ill.* for who is ill, of people.csv.
people() {
	[ -e people.csv ] || python3 "$models" table "$2" >people.csv
	smpc-share -n "$1" -f "${cost[@]}" --budget "$3" -o line "${@:4}" people.csv
	smpc-share -n "$1" -f "${ill[@]}" --budget "$3" -o ill "${@:4}" people.csv
}

# near KIND L2 NAME MOST: the shares NAME.1 NAME.2 are a model that is near the one without noise.
near() {
	smpc-reveal --table -o "$3.csv" "$3.1" "$3.2"
	run -0 python3 "$models" near "$1" "$2" people.csv "$3.csv" "$4"
	assert_output ""
}

@test "tables that differ in one row: no sum that gets noise changes by more than is said, and some by nearly as much" {
	people 2 2000 clinic=64,1e-6
	cp line.1 line
	cp ill.1 ill
	run -0 python3 "$models" changes
	assert_output ""
}

@test "with much epsilon and 3000 rows, models are near those without noise; they leave, predict, and say what was spent" {
	people 2 3000 clinic=64,1e-6
	smpc-local -n 2 -o m -- smpc-train -m linear -l cost --epsilon 64 --delta 1e-6 'line.{}' 2>said
	grep -F "moments, column 'sums': a person changes it by 5.19615 at most; noise of deviation" said
	grep -F "the model has a ridge of 0.00416, for the noise" said
	near linear 0 m 0.08
	smpc-local -n 2 -o g -- smpc-train -l ill --l2 0.01 --epsilon 64 --delta 1e-6 'ill.{}' 2>said
	grep -F "gradient of each step, column 'sums': a person changes it by 4 at most; noise of deviation" said
	near logistic 0.01 g 0.1
	all_hold 2 g
	smpc-info --json g.1 | python3 -c '
import json, sys
tensors = [json.loads(line) for line in sys.stdin]
parts = [p for t in tensors for p in t["parts"]]
assert len(parts) == 4, parts
for p in parts:
    assert p["spent"] == [{"delta": "1e-06", "epsilon": "64", "origin": "clinic", "rows": 1}], p
    assert "budgets" not in p and "noise" not in p, p'
	cut -d , -f 1-4 people.csv | head -n 4 | smpc-share -n 2 -x cost "${declared[@]}" -o new
	smpc-local -n 2 -o y -- smpc-predict 'm.{}' 'new.{}'
	smpc-reveal -o y.csv y.1 y.2
	python3 - people.csv y.csv <<-'P'
		import csv, sys
		want, got = ([r for r in csv.reader(open(f))][1:4] for f in sys.argv[1:])
		assert all(abs(float(w[3]) - float(g[0])) < 160 for w, g in zip(want, got)), (want, got)
	P
}

@test "three computing parties, exact rounding, in the clear: the same models, each with noise of its own" {
	people 3 1500 clinic=64,1e-6
	smpc-local -n 3 -o a -- smpc-train --faithful -l ill --steps 8 --l2 0.1 --epsilon 64 --delta 1e-6 'ill.{}' 2>said
	smpc-reveal --table -o a.csv a.1 a.2 a.3
	run -0 python3 "$models" near logistic 0.1 people.csv a.csv 0.15
	smpc-share --public "${cost[@]}" -o p people.csv
	for k in 1 2; do
		smpc-train --clear -m linear -l cost --l2 0.1 --epsilon 64 --delta 1e-6 -o c.$k p 2>said
		smpc-reveal --table -o c.csv c.$k
		run -0 python3 "$models" near linear 0.1 people.csv c.csv 0.1
	done
	run -1 cmp <(smpc-reveal c.1) <(smpc-reveal c.2)
}

@test "how often a person is in the table multiplies the noise; steps share what is spent; a plan says it all" {
	people 2 1000 clinic=64,1e-6,3
	run -0 --separate-stderr smpc-train --plan -m linear -l cost --epsilon 64 --delta 1e-6 line.1
	stderr_has "changes it by 15.5885 at most"
	cat line.1 line.1 >twice
	run -0 --separate-stderr smpc-train --plan -m linear -l cost --epsilon 64 --delta 1e-6 twice
	stderr_has "changes it by 31.1769 at most"
	for steps in 12 48; do
		smpc-train --plan -l ill --steps $steps --epsilon 20 --delta 1e-6 ill.1 2>said.$steps
	done
	smpc-train --plan -m linear -l cost --epsilon 20 --delta 1e-6 line.1 2>said.line
	# rho is the square of what is changed by that of the deviation, of which half is the dealer's
	python3 - said.line said.12 said.48 <<-'P'
		import re, sys
		def spent(f, steps=1):
		    found = re.findall(r'changes it by (\S+) at most; noise of deviation (\S+)', open(f).read())
		    return sum(times * (float(c) / float(d)) ** 2 for times, (c, d) in zip((1, steps), found))
		line, few, many = (spent(f, n) for f, n in zip(sys.argv[1:], (1, 12, 48)))
		assert all(0.98 * line < x < 1.001 * line for x in (few, many)), (line, few, many)
	P
	# of what is less its sum, all rows are of a person
	smpc-cut -x smoker line.1 >a
	smpc-sum -o s a
	smpc-sub a s >d
	run -4 smpc-train --plan -m linear -l cost --epsilon 64 --delta 1e-6 d
}

@test "tables of two owners, one behind the other: both have a budget, and a person is in one of them" {
	people 2 1000 north=64,1e-6
	mkdir north
	mv line.* north
	people 2 1000 south=64,1e-6
	for p in 0 1 2; do
		smpc-cat -o both.$p north/line.$p line.$p
	done
	smpc-local -n 2 -o m -- smpc-train -m linear -l cost --epsilon 64 --delta 1e-6 'both.{}' 2>said
	grep -F "changes it by 5.19615 at most" said
	near linear 0 m 0.1
	smpc-info --json m.1 | python3 -c '
import json, sys
part = json.loads(sys.stdin.readline())["parts"][0]
assert [s["origin"] for s in part["spent"]] == ["north", "south"] and "budgets" not in part, part'
	run -0 --separate-stderr smpc-stat --plan --epsilon 1 --delta 1e-6 mean both.1
	# what comes by a pipe is not known before
	fails_with 4 sh -c 'smpc-cat north/line.1 line.1 | smpc-train --plan -m linear -l cost --epsilon 64 --delta 1e-6'
	stderr_has "budgets of different origins"
}

@test "nothing is spent on what cannot be: no range, other labels, other models, what would tell more, too few rows" {
	people 2 1000 clinic=64,1e-6
	local noise=(--plan --epsilon 1 --delta 1e-6)
	smpc-share -n 2 --range age=0..120 --budget clinic=64,1e-6 -c age,ill -o undeclared people.csv
	fails_with 5 smpc-train "${noise[@]}" -m linear -l age undeclared.1
	stderr_has "'ill': no range is declared"
	fails_with 5 smpc-train "${noise[@]}" -l ill undeclared.1
	fails_with 5 smpc-train "${noise[@]}" -l age ill.1
	stderr_has "labels of a logistic regression are 0 and 1"
	printf 'a,b\n1,NA\n2,3\n' | smpc-share -n 2 --range a=0..9 --range b=0..9 --na b=mean --budget c=1,1e-6 -o sparse
	fails_with 5 smpc-train "${noise[@]}" -m linear -l a sparse.1
	fails_with 2 smpc-train --plan --epsilon 1 -l ill ill.1
	fails_with 4 smpc-train --plan --epsilon 64 --delta 1e-5 -l ill ill.1
	fails_with 5 smpc-train --plan --epsilon 0.01 --delta 1e-6 -l ill ill.1
	stderr_has "the noise is as large as the sums of 1000 rows are"
	fails_with 2 smpc-train "${noise[@]}" -m linear -l cost,age line.1
	for options in "-m softmax" "-m glm --family gaussian" "-m lasso --family gaussian" "-n dense\\ 1" --standardize \
		"-b 10" "-e 2" "-r 0.1" "--reveal loss" --watch-range "--log x" "--checkpoint x" "--float" "--init m" \
		"--class-weights 1,2" "--steps 1" "--steps 101" "--ridge 1" "--seed 3" "--l2 300"; do
		eval "set -- $options"
		fails_with 2 smpc-train "${noise[@]}" -l ill "$@" ill.1
	done
	fails_with 2 smpc-train "${noise[@]}" -m linear --steps 5 -l cost line.1
	fails_with 2 smpc-train "${noise[@]}" -x line.1 -y ill.1
	# and without noise it does not leave
	fails_with 4 smpc-train --plan -l ill ill.1
	fails_with 4 smpc-train --plan -m linear --standardize -l cost line.1
}

@test "agents count one training once, and refuse the next; dealt beforehand" {
	parties dealer alice bob
	python3 "$models" table 200 >people.csv
	owned -o x "${cost[@]}" --budget clinic=64,1e-6 people.csv
	train="smpc-train -m linear -l cost --epsilon 50 --delta 1e-6 -w 3"
	deal deal sh -c "$train -o m.dealer x.dealer 2>said.dealer"
	for name in alice bob; do
		use $name deal sh -c "$train -o m.$name x.$name"
	done
	ended alice 20 0
	ended bob 20 0
	smpc-reveal -o ab m.alice m.bob
	smpc-reveal m.dealer m.bob | cmp - ab
	each_agent dealer alice bob -- sh -c "$train -o y.\$SMPC_PARTY x.\$SMPC_PARTY"
	for name in dealer alice bob; do
		ended $name 20 4 "the budget of origin 'clinic'"
	done
	nothing_left
}
