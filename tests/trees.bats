#!/usr/bin/env bats
#
# smpc-train --model tree, forest and boost, in float64, in the clear and on shares, against the same once more in python,
# which follows a model node after node (trees.py); and what goes together and what does not.

load helper
load shares
load parties
load engine
load training

trees=$ROOT/tests/python/trees.py

# a_case SEED: a directory of its own, and in it a random small table, ${share[@]} and ${train[@]}.
a_case() {
	mkdir -p "$BATS_TEST_TMPDIR/$1" && cd "$BATS_TEST_TMPDIR/$1" && python3 "$trees" write "$1" || return 1
	mapfile -t share <share
	mapfile -t train <train
}

# follows SEED HOW: what there is of that case is right.
follows() {
	capture python3 "$trees" check header.json model.json "$2" p.csv
	# shellcheck disable=SC2154 # set by capture
	[ "$status" -eq 0 ] || fail "case $1: $stderr (smpc-train ${train[*]})"
}

# in_the_clear FIRST LAST HOW OPTION: cases without shares.
in_the_clear() {
	local seed
	for ((seed = $1; seed <= $2; seed++)); do
		a_case $seed
		smpc-share --public -o t "${share[@]}" t.csv
		smpc-info --json t >header.json
		quietly smpc-train "$4" "${train[@]}" -o m t
		smpc-reveal --json m >model.json
		smpc-predict --clear m t >p
		smpc-reveal -o p.csv p
		follows $seed "$3"
	done
}

# on_shares PARTIES SEED...: cases on shares.
on_shares() {
	local n=$1 seed files
	shift
	for seed; do
		a_case "$seed"
		smpc-share -n "$n" -o t "${share[@]}" t.csv
		smpc-info --json t.1 >header.json
		together "$n" m smpc-train "${train[@]}" 't.{}'
		together "$n" p smpc-predict 'm.{}' 't.{}'
		mapfile -t files < <(seq -f m.%.0f 1 "$n")
		smpc-reveal --json "${files[@]}" >model.json
		smpc-reveal -o p.csv "${files[@]/m/p}"
		follows "$seed" rounded
	done
}

# needs_openblas: skip, and say so, where it is missing.
needs_openblas() {
	printf 'x,y\n0,0\n' >one.csv
	smpc-share --public -o one one.csv
	capture smpc-train --float -l y -o model one
	[[ "$stderr" != *"there is no libopenblas"* ]] || skip "needs OpenBLAS, which is not installed"
	assert_success
}

# a_table: t, of numbers y, classes k and sides z.
a_table() {
	awk 'BEGIN { print "a,b,y,k,z"; for (i = 0; i < 40; i++) {
		a = i * 37 % 101 / 8; b = i * 53 % 89 / 8; print a "," b "," a - b "," (a > 6) + (a > 6 && b > 5) "," (b > 5) } }' >t.csv
	smpc-share --public -o t t.csv
}

# refused TEXT OPTION...: smpc-train says that.
refused() {
	fails_with 2 smpc-train --clear -l y -o m "${@:2}" t
	stderr_has "$1"
}

@test "float64: trees that python could have grown, of small tables" {
	needs python3
	needs_openblas
	in_the_clear 1 40 exact --float
}

@test "in the clear: trees that python could have grown, but for rounding" {
	needs python3
	in_the_clear 101 130 rounded --clear
}

@test "on shares of two parties: trees that python could have grown, but for rounding" {
	needs python3
	on_shares 2 {201..210}
}

@test "on shares of three parties: trees that python could have grown, but for rounding" {
	needs python3
	on_shares 3 301 302 303
}

@test "what the text of a model says: what was asked for, what is usual, and what the data are" {
	local usual="lambda 0, gamma 0, min-weight 0, min-rows 1"
	a_table
	smpc-cut -c a,b,z -o z t
	smpc-cut -c a,b,k -o k t
	smpc-cut -c a,b,y -o y t
	quietly smpc-train --clear -m tree -l y -o m y
	is_line trees m "tree squared, trees 1, depth 6; bins 32, rate 1, $usual, rows 1, columns 1"
	quietly smpc-train --clear -m tree -l k --classes 3 --depth 2 --bins 5 --lambda 0.00001 --gamma 2 --min-rows 3 --min-weight 1.5 -o m k
	is_line trees m "tree squared, trees 1, depth 2, classes 3; bins 5, rate 1, lambda 1e-05, gamma 2, min-weight 1.5, min-rows 3, rows 1, columns 1"
	quietly smpc-train --clear -m forest --trees 2 --depth 1 -l z --classes 2 -o m z
	is_line trees m "forest squared, trees 2, depth 1, classes 2; bins 32, rate 1, $usual, rows 0, columns 0.7071067811865475"
	usual="lambda 1, gamma 0, min-weight 1, min-rows 1"
	quietly smpc-train --clear -m boost --trees 2 --depth 1 -l y -o m y
	is_line trees m "boost squared, trees 2, depth 1; bins 32, rate 0.3, $usual, rows 1, columns 1"
	quietly smpc-train --clear -m boost --trees 2 --depth 1 --rate 1 -l z --classes 2 --rows 0.5 --columns 0.5 -o m z
	is_line trees m "boost logistic, trees 2, depth 1, classes 2; bins 32, rate 1, $usual, rows 0.5, columns 0.5"
	quietly smpc-train --clear -m boost --trees 2 --depth 1 -l k --classes 3 -o m k
	is_line trees m "boost softmax, trees 2, depth 1, classes 3; bins 32, rate 0.3, $usual, rows 1, columns 1"
	smpc-share --public --codes k=0,1,2 -o coded t.csv
	smpc-cut -c a,b,k -o k coded
	quietly smpc-train --clear -m boost --trees 2 --depth 1 -l k -o m k
	is_line trees m "boost softmax, trees 2, depth 1, classes 3; bins 32, rate 0.3, $usual, rows 1, columns 1"
}

@test "options of other models are refused, and those of trees are theirs" {
	local option
	a_table
	for option in "--optimizer sgd" "--decay 1" "--momentum 0.5" "--l2 1" "--clip 1" "--epochs 2" "--batch 2"; do
		# shellcheck disable=SC2086 # two words
		refused "are not for it; --lambda, --gamma, --min-weight and --min-rows are" -m boost $option
	done
	for option in "--input 1x1x4" --standardize "--standardize=robust" "--init m" "--reveal loss" --watch-range; do
		# shellcheck disable=SC2086
		refused "compares columns as they are" -m tree $option
	done
	for option in "--family gaussian" "--ridge 1" "--steps 2" "--offset a" "--weights a" --no-intercept "--alpha 1"; do
		# shellcheck disable=SC2086
		refused "are not for --model forest" -m forest $option
	done
	for option in "--trees 2" "--depth 2" "--bins 2" "--gamma 1" "--min-rows 2" "--min-weight 1" "--rows 1" "--columns 1"; do
		# shellcheck disable=SC2086
		refused "go with --model tree, forest or boost" -m linear $option
	done
	for option in "--trees 2" "--rows 0.5" "--columns 0.5"; do
		# shellcheck disable=SC2086
		refused "go with --model forest and boost" -m tree $option
	done
	refused "--rate goes with --model boost" -m forest --rate 0.5
	refused "--lambda with trees" -m linear --lambda 1
	refused "--epsilon and --delta are for" -m boost --epsilon 1 --delta 0.001
	refused "exclude each other" -m boost -n "dense 1"
	refused "trees have at most 64" -m boost --classes 65
	refused "take fewer --trees" -m forest --trees 4096 --depth 10
	refused "--class-weights is for" -m boost --class-weights 1,2
}

@test "numbers that options of trees take" {
	a_table
	refused "--rate takes a number from 0.0001 to 1" -m boost --rate 1.5
	refused "--rate takes a number" -m boost --rate 0
	refused "--lambda takes a number from 0 to 1e+06" -m boost --lambda 1,0.5
	refused "--lambda takes a number" -m boost --lambda -1
	refused "--gamma takes a number" -m boost --gamma -1
	refused "--min-weight takes a number" -m boost --min-weight x
	refused "--rows takes a number from 0 to 1" -m boost --rows 1.1
	refused "--columns takes a number from 0.001 to 1" -m boost --columns 0
	refused "--trees" -m boost --trees 0
	refused "--depth" -m boost --depth 11
	refused "--bins" -m boost --bins 1
	refused "--min-rows" -m boost --min-rows 0
}

@test "values that are missing: a model that learnt from some takes them, and one that did not refuses them" {
	printf 'a,y\n1,1\n2,1\n,5\n,5\n3,1\n' >t.csv
	printf 'a\n1\nNA\n' >some.csv
	smpc-share --public --na a=mean -o t t.csv
	smpc-share --public --na a=mean -o some some.csv
	quietly smpc-train --clear -m tree --depth 1 -l y -o m t
	smpc-predict --clear m some >p
	smpc-reveal p | awk 'NR > 1 { d = $1 - ((NR == 2) ? 1 : 5); if (d ^ 2 > 1e-6) exit 1 } END { if (NR != 3) exit 1 }'
	printf 'a,y\n1,1\n2,1\n3,4\n' >whole.csv
	smpc-share --public -o whole whole.csv
	quietly smpc-train --clear -m tree --depth 1 -l y -o m whole
	fails_with 5 smpc-predict --clear m some
	stderr_has "a model that was trained without any"
}
