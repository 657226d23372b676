#!/usr/bin/env bats
# conduct: smpc-split --seed 1 INPUT

load helper
load shares

# numbers N: the shares x of a column of 1 to N.
numbers() {
	seq "$1" | smpc-share -n 2 --no-header -o x
}

# column NAME: its numbers, one to a line, in $output.
column() {
	quietly smpc-reveal "$1.1" "$1.2"
}

@test "of every 20 rows 16 go to the output and 4 to the rest, in their order, none lost" {
	numbers 60
	each smpc-split --seed 1 -o train.@ --rest rest.@ x.@
	column train
	train=$output
	column rest
	rest=$output
	assert_equal "$(printf '%s\n%s\n' "$train" "$rest" | sort -n)" "$(seq 60)"
	assert_equal "$(sort -n <<<"$train")" "$train"
	assert_equal "$(sort -n <<<"$rest")" "$rest"
	for first in 1 21 41; do
		count=$(awk -v first="$first" '$1 >= first && $1 < first + 20' <<<"$rest" | wc -l)
		assert_equal "$count" 4
	done
	# the dealer's shares go the same way
	quietly smpc-reveal train.0 train.2
	assert_output "$train"
}

@test "-r: how much goes to the output" {
	numbers 40
	for ratio in 0.5:20 0:0 1:40 0.25:10 0.05:2 1e-1:4; do
		each smpc-split -s 1 -r "${ratio%:*}" -o t.@ --rest r.@ x.@
		is_line shape t.1 "${ratio#*:} x 1"
		is_line shape r.1 "$((40 - ${ratio#*:})) x 1"
	done
	smpc-split -s 1 --ratio=0.5 x.1 >t.1
	is_line shape t.1 "20 x 1"
	for ratio in 1.5 -0.1 half "" 1e400; do
		fails_with 2 smpc-split -s 1 -r "$ratio" x.1
		stderr_has "from 0 to 1"
	done
}

@test "the seed decides, and nothing else does" {
	numbers 40
	each smpc-split -s 1 -r 0.5 -o a.@ x.@
	each smpc-split --seed=1 -r 0.5 -o b.@ x.@
	each smpc-split -s 2 -r 0.5 -o c.@ x.@
	column a
	first=$output
	column b
	assert_output "$first"
	column c
	[ "$output" != "$first" ]
	# the same choice for another table of as many rows
	smpc-reveal x.1 x.2 | smpc-share -n 2 --no-header -o y
	each smpc-split -s 1 -r 0.5 -o d.@ y.@
	column d
	assert_output "$first"
}

@test "a longer table begins with the same choice" {
	numbers 60
	each smpc-split -s 7 -o all.@ x.@
	column all
	all=$output
	rm x.?
	numbers 40
	each smpc-split -s 7 -o forty.@ x.@
	column forty
	assert_output "$(awk '$1 <= 40' <<<"$all")"
}

@test "rows across parts are counted through" {
	seq 30 | smpc-share -n 2 --no-header -o whole
	seq 13 | smpc-share -n 2 --no-header -o p
	seq 14 30 | smpc-share -n 2 --no-header -o q
	each smpc-split -s 3 -o a.@ whole.@
	each sh -c 'smpc-cat p.@ q.@ | smpc-split -s 3 >b.@'
	column a
	whole=$output
	column b
	assert_output "$whole"
}

@test "refused: no seed, an empty one, one that is too long" {
	numbers 2
	fails_with 2 smpc-split x.1
	stderr_has --seed
	fails_with 2 smpc-split -s "" x.1
	fails_with 2 smpc-split -s "$(printf '%129s' x)" x.1
	quietly smpc-split -s "$(printf '%128s' x)" -o out x.1
	fails_with 1 smpc-split -s 1 --rest nowhere/rest x.1
	stderr_has nowhere/rest
	fails_with 1 smpc-split -s 1 --rest . -o out2 x.1
	[ ! -e out2 ]
}

@test "--rest must not be where the output goes" {
	numbers 40
	fails_with 2 smpc-split -s 1 -o same --rest same x.1
	[ ! -e same ]
	fails_with 2 smpc-split -s 1 --rest - x.1
	fails_with 2 smpc-split -s 1 -o same --rest ./same x.1
}

@test "the rest appears only if the output does" {
	numbers 40
	fails_with 1 into /dev/full smpc-split -s 1 --rest rest x.1
	[ ! -e rest ]
	damaged x.1 bad
	fails_with 4 smpc-split -s 1 -o out --rest rest bad
	holds bad x.0 x.1 x.2
}

# folds SEED COUNT NAME: the folds of the shares x, NAME.FOLD.PARTY, and all others, but.NAME.FOLD.PARTY.
folds() {
	local fold
	for ((fold = 1; fold <= $2; fold++)); do
		each smpc-split --seed "$1" --folds "$2" --fold "$fold" -o "but.$3.$fold.@" --rest "$3.$fold.@" x.@
	done
}

@test "--folds: each row is in one fold, folds differ by one row at most, and their rows keep their order" {
	local count fold all size
	while read -r count k; do
		numbers "$count"
		folds 1 "$k" f
		all=
		for ((fold = 1; fold <= k; fold++)); do
			column "f.$fold"
			assert_equal "$(sort -n <<<"$output")" "$output"
			all+=$output$'\n'
			test=$output
			size=$(wc -l <<<"$output")
			[ "$size" -eq $((count / k)) ] || [ "$size" -eq $(((count + k - 1) / k)) ]
			column "but.f.$fold"
			assert_equal "$(sort -n <<<"$output")" "$output"
			assert_equal "$(printf '%s\n%s\n' "$test" "$output" | sort -n)" "$(seq "$count")"
		done
		assert_equal "$(printf %s "$all" | sort -n)" "$(seq "$count")"
		rm -- *
	done <<<$'40 2\n43 2\n43 7\n12 12'
}

@test "--folds: the dealer's rows are the same, and folds depend on the seed, not on records or on what follows" {
	numbers 60
	folds 1 4 a
	folds 2 4 b
	column a.3
	first=$output
	quietly smpc-reveal a.3.0 a.3.2
	assert_output "$first"
	column b.3
	[ "$output" != "$first" ]
	seq 23 | smpc-share -n 2 --no-header -o p
	seq 24 60 | smpc-share -n 2 --no-header -o q
	each sh -c 'smpc-cat p.@ q.@ | smpc-split -s 1 -k 4 --fold 3 -o but.@ --rest c.@'
	column c
	assert_output "$first"
	each smpc-split -s 1 -k 4 --fold 3 -o but.@ --rest d.@ p.@
	column d
	assert_output "$(awk '$1 <= 23' <<<"$first")"
	# not the same place in every group of rows
	[ "$(awk '{ print ($1 - 1) % 4 }' <<<"$first" | sort -u | wc -l)" -eq 4 ]
}

@test "--folds: refused are a fold that is not there, a ratio, and fewer rows than folds" {
	numbers 6
	fails_with 2 smpc-split -s 1 --folds 5 x.1
	stderr_has --fold
	fails_with 2 smpc-split -s 1 --fold 1 x.1
	stderr_has --folds
	fails_with 2 smpc-split -s 1 --folds 5 --fold 6 x.1
	fails_with 2 smpc-split -s 1 --folds 5 --fold 0 x.1
	fails_with 2 smpc-split -s 1 --folds 1 --fold 1 x.1
	fails_with 2 smpc-split -s 1 --folds 5 --fold 1 --ratio 0.8 x.1
	stderr_has --ratio
	fails_with 2 smpc-split --in-turn --ratio 0.8 x.1
	fails_with 2 smpc-split --in-turn -s 1 --folds 5 --fold 1 x.1
	each smpc-split --in-turn --folds 4 --fold 2 -o t.@ --rest r.@ x.@
	column r
	assert_output "$(printf '%s\n' 2 6)"
	rm t.? r.?
	fails_with 1 smpc-split -s 1 --folds 7 --fold 1 -o out --rest rest x.1
	stderr_has "6 rows"
	[ ! -e out ] && [ ! -e rest ]
	quietly smpc-split -s 1 --folds 6 --fold 1 -o out --rest rest x.1
	is_line shape rest "1 x 1"
	# every tensor is looked at, not the last alone
	seq 2 | smpc-share -n 2 --no-header --name few -o few
	cat few.1 x.1 >both
	fails_with 1 smpc-split -s 1 -k 3 --fold 1 -o two both
	stderr_has "'few'"
}
