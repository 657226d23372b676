#!/usr/bin/env bats
# conduct session: in this file
#
# smpc-train --standardize=robust and =minmax: what features are brought to, on shares.

load helper
load shares
load parties
load engine

# table ROWS SEED: three features, one of them the same everywhere, one with ties, and a label that follows from two.
table() {
	awk -v n="$1" -v seed="$2" 'BEGIN { srand(seed); print "a,b,c,y"
	    for (i = 0; i < n; i++) { a = 200 * rand() - 50; b = int(4 * rand()); print a "," b ",7," (a + 20 * b > 80) } }'
}

# reference HOW FILE: the middle and the scale of a, b and c in FILE: exact fractions of words with 16 fraction bits, printed
# as the model has them, with 16 and 32.
reference() {
	python3 - "$1" "$2" <<-'P'
		import csv, math, sys
		from fractions import Fraction as F
		how, path = sys.argv[1:]
		def at(x, p):
		    h = (len(x) - 1) * p
		    k = math.floor(h)
		    return x[k] + (h - k) * (x[k + 1] - x[k]) if h > k else F(x[k])
		rows = list(csv.reader(open(path)))[1:]
		found = []
		for cells in list(zip(*rows))[:3]:
		    x = sorted(math.floor(F(c) * 65536 + F(1, 2)) for c in cells)
		    middle, width = (at(x, F(1, 2)), at(x, F(3, 4)) - at(x, F(1, 4))) if how == "robust" else (x[0], x[-1] - x[0])
		    found.append([math.floor(v + F(1, 2)) / 65536 for v in (middle, width)])
		print(",".join("%.9f" % m for m, _ in found), ",".join("%.9f" % (1 / w if w else 0) for _, w in found))
	P
}

# near A B ERROR PART: numbers that commas separate, off by ERROR, or by PART of themselves, at most.
near() {
	awk -v a="$1" -v b="$2" -v error="$3" -v part="$4" 'BEGIN { n = split(a, x, ","); if (n != split(b, y, ",")) exit 1
	    for (i = 1; i <= n; i++) if ((x[i] - y[i]) ^ 2 > error ^ 2 + (part * y[i]) ^ 2) exit 1 }' || fail "$1 and not $2"
}

# holds HOW FILE MODEL...: what the model standardizes by is that of FILE.
holds() {
	local mean scale due
	mean=$(smpc-reveal -t standardize.mean "${@:3}" | tail -n 1)
	scale=$(smpc-reveal -t standardize.scale "${@:3}" | tail -n 1)
	due=$(reference "$1" "$2")
	# the former are exact: less than half a unit is what decimals leave out
	near "$mean" "${due% *}" 7.5e-6 0 || return 1
	# 2^-17 of the reciprocal
	near "$scale" "${due#* }" 1e-9 7.63e-6
}

@test "medians and quartiles, smallest and largest numbers, on shares, in the clear and in float64" {
	local how n=2 rows
	for how in robust minmax; do
		for rows in 1 2 7 90; do
			table $rows $rows >t.csv
			smpc-share -f -n $n -o t t.csv
			together $n m smpc-train --standardize=$how -l y -e 2 -b 8 't.{}'
			holds $how t.csv $(seq -f m.%g $n) || return 1
			holds $how t.csv m.0 m.1 || return 1
			smpc-reveal --public -o p $(seq -f t.%g $n)
			quietly smpc-train --clear --standardize=$how -l y -e 2 -b 8 -o c p
			holds $how t.csv c || return 1
			quietly smpc-train --float --standardize=$how -l y -e 2 -b 8 -o f p
			holds $how t.csv f || return 1
			rm [tm].[0-9]
			n=$((5 - n))
		done
	done
}

@test "a model predicts as it was trained: by what it holds" {
	local how
	table 120 5 >t.csv
	smpc-share -n 2 -o t t.csv
	smpc-reveal --public -o p t.1 t.2
	for how in robust minmax; do
		together 2 m smpc-train --standardize=$how -l y -e 30 -r 1 't.{}'
		together 2 s smpc-predict 'm.{}' 't.{}'
		smpc-reveal s.1 s.2 | paste -d , t.csv - | awk -F , 'NR > 1 { right += ($5 > 0.5) == $4 } END { exit !(right / (NR - 1) > 0.9) }'
		quietly smpc-train --float --standardize=$how -l y -e 30 -r 1 -o f p
		quietly smpc-predict --clear -o q f p
		smpc-reveal s.1 s.2 | paste -d , <(smpc-reveal q) - | awk -F , 'NR > 1 && ($1 - $2) ^ 2 > 0.02 ^ 2 { exit 1 }'
		# and goes on where it was left
		together 2 k smpc-train --init 'm.{}' --standardize=$how -l y -e 1 't.{}'
		holds $how t.csv k.1 k.2
	done
	# numbers that are learnt have mean 0 and deviation 1 whatever features have, and lines are learnt
	together 2 m smpc-train --standardize=robust -m linear -l a -e 2 't.{}'
	smpc-info m.1 | grep -q label.scale
}

@test "a number that is far from the middle has no room, and there is no model" {
	{
		table 40 3
		echo 30000,2,7,1
	} | awk -F , -v OFS=, 'NR > 1 && NR <= 41 { $1 = 1 + $2 / 10000 } { print }' >t.csv
	smpc-share -n 2 -o t t.csv
	capture smpc-local -o m -- smpc-train --standardize=robust -l y -e 2 't.{}'
	assert_failure 5
	assert_not_exists m.1
	together 2 m smpc-train --standardize=minmax -l y -e 2 't.{}'
	holds minmax t.csv m.1 m.2
	# so it is when a checkpoint is gone on from
	capture smpc-local -o m -- smpc-train --standardize=robust -l y -e 2 --checkpoint 'c.{}' 't.{}'
	assert_failure
	assert_not_exists n.1
}

@test "plans, options, and what can be dealt beforehand" {
	table 20 3 | smpc-share -n 2 -o t
	quietly smpc-train --plan --standardize=robust -l y t.1
	quietly smpc-train --plan --standardize=minmax -l y t.1
	fails_with 2 smpc-train --plan --standardize robust -l y t.1
	stderr_has "--standardize takes its value behind '=', --standardize=robust"
	fails_with 2 smpc-train --plan --standardize=robost -l y t.1
	stderr_has "did you mean 'robust'?"
	fails_with 2 smpc-train --plan --standardize= -l y --standardize=x t.1
	quietly smpc-train --plan --standardize -l y t.1
	plan=$output
	quietly smpc-train --plan -l y t.1 --standardize
	assert_output "$plan"
	quietly smpc-train --help
	assert_line --partial "--standardize[=robust|minmax]"
	together 2 m smpc-train --standardize=minmax -l y -e 1 't.{}'
}
