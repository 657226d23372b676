#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine

relations="lt le gt ge eq ne"

@test "two streams, exactly, for two and three computing parties; equal numbers are among them" {
	local n r
	numbers a.csv 200 3 62 1
	numbers b.csv 200 3 62 2
	head -n 100 a.csv >>b.csv
	numbers more.csv 100 3 62 1
	cat more.csv >>a.csv
	tail -n 100 b.csv | cmp - more.csv
	for n in 2 3; do
		shared_csv $n a b
		for r in $relations; do
			together $n y smpc-compare "$r" 'a.{}' 'b.{}'
			all_hold $n y
			is_exactly compare y.out "$r" a.csv b.csv || return 1
		done
		is_line "fraction bits" y.1 0
		rm a.? b.? y.?
	done
}

@test "with a public number" {
	local r c
	printf '%s\n' -3 -2.5 -1.5 -0.0000152587890625 0 0.0000152587890625 1.5 1.5000152587890625 2 >a.csv
	shared_csv 2 a
	for r in $relations; do
		for c in 1.5 0 -2.5; do
			together 2 y smpc-compare "$r" -c "$c" 'a.{}'
			all_hold 2 y
			is_exactly compare y.out "$r" a.csv "$c" || return 1
		done
	done
	together 2 y sh -c 'smpc-compare ge --constant 1500e-3 <a.{}'
	all_hold 2 y
	is_exactly compare y.out ge a.csv 1.5
}

@test "one row or one column against many; other scales; a divisor" {
	shared x a,b 1,2 3,4 5,6
	shared row a,b 3,3
	shared column c 1 4 7
	together 2 y smpc-compare gt 'x.{}' 'row.{}'
	reveals y a,b 0,0 0,1 1,1
	together 2 y smpc-compare le 'column.{}' 'x.{}'
	reveals y a,b 1,1 0,1 0,0
	for p in 0 1 2; do
		smpc-mul -c 0.25 column.$p >quarter.$p
		smpc-sum --mean x.$p >mean.$p
	done
	together 2 y smpc-compare ge 'quarter.{}' 'column.{}'
	reveals y c 0 0 0
	together 2 y smpc-compare eq 'mean.{}' 'row.{}'
	reveals y a,b 1,0
	together 2 y smpc-compare le -c 3.5 'mean.{}'
	reveals y a,b 1,0
}

@test "--bits: fewer bits cost less, and are right for differences within them" {
	numbers a.csv 64 2 30 1
	numbers b.csv 64 2 30 2
	shared_csv 2 a b
	for r in lt eq; do
		together 2 y smpc-compare "$r" --bits 31 'a.{}' 'b.{}'
		all_hold 2 y
		is_exactly compare y.out "$r" a.csv b.csv || return 1
		quietly smpc-compare "$r" --bits 31 --plan a.1 b.1
		[[ $output =~ dealt\ ([0-9]+) ]]
		few=${BASH_REMATCH[1]}
		quietly smpc-compare "$r" --plan a.1 b.1
		[[ $output =~ dealt\ ([0-9]+) ]]
		[ "$few" -lt "${BASH_REMATCH[1]}" ] || return 1
	done
}

@test "--plan and --stats: what passes on the links" {
	local n
	numbers a.csv 70 2 40 2
	for n in 2 3; do
		shared_csv $n a
		costs $n smpc-compare lt 'a.{}' 'a.{}'
		costs $n smpc-compare ne --bits 40 -c 3 'a.{}'
		rm a.?
	done
}

@test "--clear" {
	shared x a 1 2 3
	smpc-reveal --public -o x.public x.1 x.2
	quietly smpc-compare gt -c 1.5 --clear -o y x.public
	quietly smpc-reveal y
	assert_output "$(printf '%s\n' a 0 1 1)"
	quietly smpc-compare eq --clear -o y x.public x.public
	quietly smpc-reveal y
	assert_output "$(printf '%s\n' a 1 1 1)"
}

@test "wrong operands: relations, numbers, how many streams" {
	refused_operands smpc-compare lt -c 1 INPUT
	refused_public smpc-compare lt -c 1 INPUT
	fails_with 2 smpc-compare lte -c 1 small.1
	stderr_has "did you mean 'lt'?"
	fails_with 2 smpc-compare -c 1
	fails_with 2 smpc-compare lt small.1
	stderr_has "-c VALUE"
	fails_with 2 smpc-compare lt -c 1 small.1 small.1
	fails_with 2 smpc-compare lt -c small.csv small.1
	fails_with 2 smpc-compare lt --bits 64 -c 1 small.1
	fails_with 5 smpc-compare lt --plan -c 1e30 small.1
	fails_with 5 smpc-compare lt --plan -c 1e-9 small.1
	stderr_has "rounds to 0"
	shared three a 1 2 3
	capture smpc-local -o never -- smpc-compare lt 'three.{}' 'small.{}'
	assert_failure 1
	capture smpc-local -o never -- sh -c 'smpc-compare lt -w 2 -c {} small.{}'
	assert_failure 4
}
