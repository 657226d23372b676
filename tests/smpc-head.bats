#!/usr/bin/env bats
# conduct: smpc-head INPUT

load helper
load shares

@test "10 rows, or -n of them, or all" {
	seq 25 | smpc-share -n 2 --no-header -o x
	each smpc-head -o ten.@ x.@
	reveals ten 1 2 3 4 5 6 7 8 9 10
	each smpc-head -n 2 -o two.@ x.@
	reveals two 1 2
	each smpc-head --rows=1 -o one.@ x.@
	reveals one 1
	each smpc-head -n 100 -o all.@ x.@
	is_line shape all.1 "25 x 1"
	each sh -c 'smpc-head -n3 <x.@ >three.@'
	reveals three 1 2 3
}

@test "of several parts, and of every tensor" {
	shared x a 1 2
	shared y a 3 4
	printf 'b\n7\n8\n9\n' | smpc-share -n 2 --name z -o z
	each sh -c 'smpc-cat x.@ y.@ z.@ >m.@'
	each smpc-head -n 3 -o three.@ m.@
	reveals three a 1 2 3 "" b 7 8 9
	each smpc-head -n 2 -o two.@ m.@
	reveals two a 1 2 "" b 7 8
}

@test "-n FIRST..LAST: rows by their numbers, across parts, of every tensor" {
	shared x a 1 2
	shared y a 3 4 5
	printf 'b\n7\n8\n9\n' | smpc-share -n 2 --name z -o z
	each sh -c 'smpc-cat x.@ y.@ z.@ >m.@'
	for rows in "2..3 2 3|8 9" "3..3 3|9" "2.. 2 3 4 5|8 9" "..2 1 2|7 8" "3..9 3 4 5|9" "1.. 1 2 3 4 5|7 8 9"; do
		read -r range numbers <<<"$rows"
		each smpc-head -n "$range" -o rows.@ m.@
		# shellcheck disable=SC2086 # lines
		reveals rows a ${numbers%|*} "" b ${numbers#*|}
	done
	# what comes to the same is the same
	smpc-head -n ..2 m.1 >one
	smpc-head -n 1..2 m.1 | cmp - one
	smpc-head -n 2 m.1 | cmp - one
	smpc-head -n 1..1 m.1 >one
	smpc-head -n 2..2 m.1 >two
	[ "$(line_of part one | head -n 1)" != "$(line_of part two | head -n 1)" ]
	fails_with 1 smpc-head -n 4..5 -o out m.1
	stderr_has "tensor 'z' has 3 rows: there is no row 4"
	fails_with 1 smpc-head -n 6.. -o out m.1
	stderr_has "tensor 'data' has 5 rows: there is no row 6"
	[ ! -e out ]
	seq 300000 >in
	smpc-share -n 2 --no-header -o long in
	each smpc-head -n 299998..299999 -o tail.@ long.@
	reveals tail 299998 299999
}

@test "what follows the rows is read, so that damage is noticed" {
	seq 300000 >in
	smpc-share -n 2 --no-header -o x in
	damaged x.1 bad
	fails_with 4 smpc-head -n 1 -o out bad
	head -c 1000000 x.1 >short
	fails_with 1 smpc-head -n 1 -o out short
	stderr_has "ends early"
	[ ! -e out ]
}

@test "refused: no number of rows" {
	shared x a 1
	for n in 0 -1 1.5 x "" 99999999999999999999 .. 0..2 1...2 2..x 1..0; do
		fails_with 2 smpc-head -n "$n" x.1
		stderr_has "not a whole number"
	done
	fails_with 2 smpc-head -n 3..2 x.1
	stderr_has "'3..2' ends before it begins"
}
