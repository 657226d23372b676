#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine

@test "exactly the one or the other, for two and three computing parties" {
	local n
	numbers a.csv 300 4 62 1
	numbers b.csv 300 4 62 2
	python3 -c '
import random
random.seed(3)
for i in range(300): print(*[random.randint(0, 1) for j in range(4)], sep=",")' >c.csv
	for n in 2 3; do
		shared_csv $n a b
		smpc-share -n $n --no-header --fraction-bits 0 -o c c.csv
		together $n y smpc-select 'c.{}' 'a.{}' 'b.{}'
		all_hold $n y
		is_exactly select y.out c.csv a.csv b.csv
		rm ./?.?
	done
}

@test "one column of conditions for all, one row of values for all" {
	shared a u,v 1,2 3,4
	shared b u,v -1,-2 -3,-4
	shared row p,q 10,20
	smpc-share -n 2 --fraction-bits 0 -o c <<<$'c\n1\n0'
	together 2 y smpc-select 'c.{}' 'a.{}' 'b.{}'
	reveals y u,v 1,2 -3,-4
	together 2 y smpc-select 'c.{}' 'row.{}' 'b.{}'
	reveals y p,q 10,20 -3,-4
}

@test "scales are united; a public operand; the condition of smpc-compare" {
	shared a u 1.5 3
	shared b u 2 2
	for p in 0 1 2; do
		smpc-mul -c 0.25 a.$p >quarter.$p
		smpc-sum --mean b.$p >mean.$p
	done
	together 2 c smpc-compare gt 'a.{}' 'b.{}'
	together 2 y smpc-select 'c.{}' 'quarter.{}' 'b.{}'
	reveals y u 2 0.75
	is_line "fraction bits" y.1 18
	together 2 y smpc-select 'c.{}' 'a.{}' 'mean.{}'
	reveals y u 2 3
	smpc-reveal --public -o b.public b.1 b.2
	together 2 y smpc-select 'c.{}' 'a.{}' b.public
	reveals y u 2 3
}

@test "columns in units of their own: in the finer one; the result has the ranges of both" {
	smpc-share -f -n 2 --range 'a=0..150' --range b=-1e5..1e5 --unit a=m --unit b=m -o x - <<<$'a,b\n77.25,1e5\n150,-3'
	smpc-share -f -n 2 --range 'a=-1000..0' --range b=0..3 --unit a=m -o y - <<<$'a,b\n-1000,2.5\n-0.5,0'
	smpc-share -f -n 2 -o u - <<<$'a,b\n1,2\n3,4'
	together 2 c smpc-compare ge -c 77.25 'x.{}'
	together 2 z smpc-select 'c.{}' 'x.{}' 'y.{}'
	reveals z a,b 77.25,100000 150,0
	assert_equal "$(known_of z)" "a: number, from -1000 to 150 m, words times 2^-6
b: number, from -100000 to 100000, words times 2^-12"
	together 2 z smpc-select 'c.{}' 'y.{}' 'x.{}'
	reveals z a,b -1000,2.5 -0.5,-3
	capture smpc-local -o z -- smpc-select 'c.{}' 'x.{}' 'u.{}'
	assert_failure 5
	stderr_has "column 'a': its numbers, which may be any, may not fit in the units of what is chosen in their place"
	together 2 z sh -c 'smpc-map clip --low 0 --high 9 u.{} | smpc-select c.{} x.{} -'
	reveals z a,b 77.25,100000 150,4
	in_units 3 c
	capture smpc-local -o z -- smpc-select 'c.{}' 'x.{}' 'x.{}'
	assert_failure 5
	stderr_has "it may hold other numbers than 0 and 1"
}

@test "a condition that is not 0 or 1 is refused, by its header or by one opened bit" {
	shared a u 1 2 3
	shared b u -1 -2 -3
	smpc-share -n 2 --fraction-bits 0 -o two <<<$'c\n1\n0\n2'
	smpc-share -n 2 --fraction-bits 0 -o minus <<<$'c\n1\n0\n-1'
	smpc-share -n 2 --fraction-bits 0 --range c=0..2 -o said <<<$'c\n1\n0\n1'
	smpc-share -n 2 --fraction-bits 0 --range c=0..1 -o right <<<$'c\n1\n0\n1'
	smpc-share -n 2 --fraction-bits 0 --codes c=1,2 -o sex <<<$'c\n1\n2\n1'
	smpc-share -n 2 --fraction-bits 0 --codes c=no,yes -o word <<<$'c\nyes\nno\nyes'
	for name in two minus; do
		capture smpc-local -o never -- smpc-select "$name.{}" 'a.{}' 'b.{}'
		assert_failure 5
		stderr_has "it holds other numbers than 0 and 1"
		assert [ ! -e never.1 ]
	done
	capture smpc-local -o never -- smpc-select 'said.{}' 'a.{}' 'b.{}'
	assert_failure 5
	stderr_has "column 'c': it may hold other numbers than 0 and 1"
	capture smpc-local -o never -- smpc-select 'sex.{}' 'a.{}' 'b.{}'
	assert_failure 4
	stderr_has "is a class, whose words are 0, 1 and so on for 1, 2"
	for name in right word; do
		together 2 z smpc-select "$name.{}" 'a.{}' 'b.{}'
		reveals z u 1 -2 3
	done
	# what it says: compare first
	together 2 z sh -c 'smpc-compare gt -c 1 two.{} | smpc-select - a.{} b.{}'
	reveals z u -1 -2 3
	# one row that is repeated, and numbers that the parties may not look at
	smpc-share -n 2 --fraction-bits 0 -o row <<<$'c\n2'
	capture smpc-local -o never -- smpc-select 'row.{}' 'a.{}' 'b.{}'
	assert_failure 5
	stderr_has "it holds other numbers than 0 and 1"
	capture smpc-local -o never -- sh -c 'smpc-head -n 2 two.{} >h.{}; smpc-head -n 2 a.{} >k.{}; smpc-select h.{} k.{} k.{}'
	assert_failure 5
	stderr_has "few rows of what an owner shared: smpc-compare makes a condition"
	capture smpc-local -o never -- sh -c 'smpc-add two.{} two.{} | smpc-select - a.{} b.{}'
	assert_failure 5
	stderr_has "no longer the numbers that an owner shared: smpc-compare makes a condition"
	# in the clear, too
	smpc-reveal --public -o two.public two.1 two.2
	smpc-reveal --public -o a.public a.1 a.2
	capture smpc-select --clear -o never two.public a.public a.public
	assert_failure 5
	stderr_has "it holds other numbers than 0 and 1"
}

@test "--plan and --stats: what passes on the links" {
	local n
	numbers a.csv 70 2 40 2
	printf '1\n%.0s' {1..70} >c.csv
	for n in 2 3; do
		shared_csv $n a
		smpc-share -n $n --no-header --fraction-bits 0 -o c c.csv
		costs $n smpc-select 'c.{}' 'a.{}' 'a.{}'
		rm a.? c.?
	done
}

@test "--clear" {
	printf '%s\n' 1 0 >c.csv
	printf '%s\n' 5 6 >a.csv
	smpc-share -n 2 --no-header --fraction-bits 0 -o c c.csv
	shared_csv 2 a
	smpc-reveal --public -o c.public c.1 c.2
	smpc-reveal --public -o a.public a.1 a.2
	quietly smpc-mul -c -1 -o b.public a.public
	quietly smpc-select --clear -o y c.public a.public b.public
	quietly smpc-reveal y
	assert_output "$(printf '%s\n' 5 -6)"
}

@test "wrong operands: a condition with fraction bits, shapes, too few" {
	refused_operands smpc-select INPUT INPUT INPUT
	refused_public smpc-select INPUT INPUT INPUT
	capture smpc-local -o never -- smpc-select 'small.{}' 'small.{}' 'small.{}'
	assert_failure 2
	stderr_has "a condition is 0 or 1"
	fails_with 2 smpc-select small.1 small.1
	smpc-share -n 2 --fraction-bits 0 -o c <<<$'c\n1\n0'
	shared three a 1 2 3
	capture smpc-local -o never -- smpc-select 'c.{}' 'three.{}' 'three.{}'
	assert_failure 1
	stderr_has "rows in this tensor"
	shared wide a,b,c 1,2,3 4,5,6
	shared two a,b 1,2 4,5
	capture smpc-local -o never -- smpc-select 'c.{}' 'wide.{}' 'two.{}'
	assert_failure 1
	stderr_has "shapes disagree"
}
