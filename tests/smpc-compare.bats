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

@test "columns in units of their own: in the finer unit, or against a number in the column's" {
	local r
	smpc-share -f -n 2 --range 'a=-1e-5..1e-5' --range b=0..150 -o x - <<<$'a,b\n1e-5,77\n-1e-5,0\n0,2.5'
	smpc-share -f -n 2 --range c=-1e12..1e12 --range d=0..1e4 -o y - <<<$'c,d\n2048,77\n0,0\n-2048,2.5'
	shared u p,q 0,2.5 1,77 -1,0
	# the first columns' units are 2^56 apart, the second ones' 2^6
	together 2 z smpc-compare lt 'x.{}' 'y.{}'
	reveals z a,b 1,0 0,0 0,0
	together 2 z smpc-compare eq 'x.{}' 'y.{}'
	# that 0 is one of all that round to 0 in its unit
	reveals z a,b 0,1 1,1 0,1
	assert_equal "$(known_of z)" "a: number, from 0 to 1
b: number, from 0 to 1"
	# of these numbers nothing is known
	together 2 z smpc-compare ge 'x.{}' 'u.{}'
	reveals z a,b 1,1 0,0 1,1
	together 2 z smpc-compare ne 'u.{}' 'y.{}'
	reveals z p,q 1,1 0,1 1,1
	each smpc-cut -c a -o a.@ x.@
	smpc-reveal --public -o u.public u.1 u.2
	together 2 z smpc-compare gt 'a.{}' u.public
	reveals z p,q 1,0 0,0 1,0
	# rounded as the column's own numbers were
	for r in "eq 1,0 0,0 0,0" "ge 1,1 0,0 0,1"; do
		read -ra want <<<"$r"
		together 2 z smpc-compare "${want[0]}" -c 1e-5 'x.{}'
		reveals z a,b "${want[@]:1}"
	done
	together 2 z smpc-compare gt -c 77 'x.{}'
	reveals z a,b 0,0 0,0 0,0
	together 2 z smpc-compare gt -c -1e30 'x.{}'
	reveals z a,b 1,1 1,1 1,1
	fails_with 5 smpc-compare gt --plan -c 5 y.1
	stderr_has "column 'c': the number 5 rounds to 0 at its scale"
	fails_with 5 smpc-compare gt --plan -c 1e30 u.1
	stderr_has "column 'p': the number 1e30 does not fit its scale"
	in_units -3 u
	shared v p,q 0,2.5 1,77 -1,0
	capture smpc-local -o z -- smpc-compare gt 'u.{}' 'v.{}'
	assert_failure 5
	stderr_has "column 'p': it is compared with numbers in finer units, and how large these are is not known"
	stderr_has "smpc-map clip"
}

# hold PREFIX: of how many rows the answer is 1
hold() {
	smpc-reveal "$1.1" "$1.2" | sed 1d | grep -cx 1 || true
}

@test "equal decimals are equal in any two units; what is a unit apart is not; whole numbers are exact" {
	local i r
	# the coarser unit is 2^-7
	for i in $(seq 0 199); do
		echo "$((i / 10)).$((i % 10)),$((i / 10)).$((i % 10)),0.01"
	done | sed '1i a,b,c' >decimals.csv
	echo 0,1000000,0 >>decimals.csv
	smpc-share -f -n 2 -c a --range a=0..20 -o a decimals.csv
	smpc-share -f -n 2 -c b --range b=0..1e6 -o b decimals.csv
	smpc-share -f -n 2 -c a -o u decimals.csv
	smpc-share -f -n 2 -c c --range c=0..0.01 -o c decimals.csv
	for r in "lt 1" "le 201" "gt 0" "ge 200" "eq 200" "ne 1"; do
		for i in a u; do
			together 2 z smpc-compare "${r% *}" "$i.{}" 'b.{}'
			assert_equal "$(hold z)" "${r#* }"
		done
	done
	# a little more than a unit of the coarser one apart
	together 2 d smpc-add 'a.{}' 'c.{}'
	together 2 z smpc-compare gt 'd.{}' 'b.{}'
	assert_equal "$(hold z)" 200
	together 2 z smpc-compare eq 'd.{}' 'b.{}'
	assert_equal "$(hold z)" 0
	# nothing was rounded of 5
	smpc-share -f -n 2 --range a=0..10 -o x - <<<$'a\n5\n4.999999\n5.000001\n10'
	smpc-share -f -n 2 --fraction-bits 0 -o n - <<<$'n\n5\n5\n5\n1000000000'
	together 2 z smpc-compare lt 'x.{}' 'n.{}'
	reveals z a 0 1 0 1
	together 2 z smpc-compare eq 'n.{}' 'x.{}'
	reveals z n 1 0 0 0
	# a unit that happens to be 1 rounds as others do
	smpc-share -f -n 2 --range n=0..1e9 -o n - <<<$'n\n1234567.89\n19.99\n7\n1000000000'
	smpc-share -f -n 2 --range p=0..1e8 -o x - <<<$'p\n1234567.89\n19.99\n5.99\n1e8'
	together 2 z smpc-compare eq 'x.{}' 'n.{}'
	reveals z p 1 1 0 0
	together 2 z smpc-compare ge 'n.{}' 'x.{}'
	reveals z n 1 1 1 1
}

@test "a class whose values are other numbers is compared with itself alone, and whether equal" {
	smpc-share -f -n 2 --codes y=4,6,8 -o c - <<<$'y\n4\n6\n8'
	smpc-share -f -n 2 --codes y=4,6,8 -o d - <<<$'y\n4\n8\n8'
	smpc-share -f -n 2 --range x=0..10 -o x - <<<$'x\n4\n6\n8'
	smpc-share -f -n 2 --codes y=4,8 -o e - <<<$'y\n4\n8\n8'
	together 2 z smpc-compare eq 'c.{}' 'd.{}'
	reveals z y 1 0 1
	for with in 'eq c.{} x.{}' 'gt x.{} c.{}' 'lt c.{} d.{}' 'ne c.{} e.{}' 'ge -c 5 c.{}'; do
		# shellcheck disable=SC2086 # words
		capture smpc-local -o never -- smpc-compare $with
		assert_failure 4
		stderr_has "column 'y': is a class, whose words are 0, 1 and so on for 4, "
	done
	# words that are the values are numbers
	smpc-share -f -n 2 --codes y=0,1 -o b - <<<$'y\n1\n0\n1'
	together 2 z smpc-compare lt 'b.{}' 'x.{}'
	reveals z y 1 1 1
}

@test "columns with ranges: no more bits than they take; --bits that are too few are refused, with --clear too" {
	smpc-share -f -n 2 --range b=0..150 -o x - <<<$'b\n77\n0\n2.5'
	together 2 z smpc-compare lt 'x.{}' 'x.{}'
	reveals z b 0 0 0
	quietly smpc-compare lt --plan x.1 x.1
	[[ $output =~ dealt\ ([0-9]+) ]]
	few=${BASH_REMATCH[1]}
	shared u b 77 0 2.5
	quietly smpc-compare lt --plan u.1 u.1
	[[ $output =~ dealt\ ([0-9]+) ]]
	[ "$few" -lt "${BASH_REMATCH[1]}" ]
	quietly smpc-compare lt --plan --bits 30 x.1 x.1
	fails_with 5 smpc-compare lt --plan --bits 29 x.1 x.1
	stderr_has "column 'b': numbers may differ by 2^29 units or more"
	stderr_has "give more bits"
	smpc-reveal --public -o x.public x.1 x.2
	fails_with 5 smpc-compare eq --clear --bits 29 x.public x.public
}

@test "--plan and --stats: what passes on the links" {
	local n
	numbers a.csv 70 2 40 2
	for n in 2 3; do
		shared_csv $n a
		costs $n smpc-compare lt 'a.{}' 'a.{}'
		costs $n smpc-compare ne --bits 40 -c 3 'a.{}'
		printf '1,2\n3,4\n' >b.csv
		smpc-share -f -n $n --no-header --range 1=0..9 --range '2=-1e6..1e6' -o b b.csv
		printf '1,2\n' >c.csv
		shared_csv $n c
		costs $n smpc-compare le 'b.{}' 'c.{}'
		rm a.? b.? c.?
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

@test "a number between two whole ones is compared as it is" {
	local r
	printf '%s\n' 94 95 96 >n
	smpc-share -n 2 --no-header --fraction-bits 0 -o n n
	while read -r r due; do
		together 2 y smpc-compare "$r" -c 94.6 'n.{}'
		assert_equal "$(smpc-reveal y.1 y.2 | paste -s -d "")" "$due" || return 1
	done <<-'END'
		lt 100
		le 100
		gt 011
		ge 011
		eq 000
		ne 111
	END
	# a unit of 1 by a range: whole numbers and rounded ones look alike
	smpc-share -f -n 2 --no-header --range 1=0..1000000000 -o n n
	for r in gt eq; do
		capture smpc-local -o never -- smpc-compare "$r" -c 94.6 'n.{}'
		assert_failure 5
		stderr_has "its numbers are rounded to whole ones, as its range has it, and 94.6 is none: compare with a whole number"
	done
	together 2 y smpc-compare gt -c 94 'n.{}'
	assert_equal "$(smpc-reveal y.1 y.2 | paste -s -d "")" 011
	# means of counts: 95, and 94.5
	smpc-share -f -n 2 --no-header --fraction-bits 0 -o n n
	for p in 0 1 2; do
		smpc-sum -m -o m.$p n.$p && smpc-head -n 2 n.$p | smpc-sum -m -o h.$p || return 1
	done
	for c in 94.6 95 95.1; do
		together 2 y smpc-compare ge -c $c 'm.{}'
		smpc-reveal y.1 y.2
	done >of
	assert_equal "$(paste -s -d "" of)" 110
	together 2 y smpc-compare eq -c 94.5 'h.{}'
	assert_equal "$(smpc-reveal y.1 y.2)" 1
	together 2 y smpc-compare eq -c 94.6 'h.{}'
	assert_equal "$(smpc-reveal y.1 y.2)" 0
}
