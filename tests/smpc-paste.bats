#!/usr/bin/env bats
# conduct: smpc-paste INPUT other.1

load helper
load shares

@test "columns side by side, in the order of the operands" {
	shared x a,b 1,2 3,4
	shared y c 10 20.5
	shared z d,e -1,-2 -3,-4
	each smpc-paste -o two.@ x.@ y.@
	reveals two a,b,c 1,2,10 3,4,20.5
	each smpc-paste -o three.@ z.@ y.@ x.@
	reveals three d,e,c,a,b -1,-2,10,1,2 -3,-4,20.5,3,4
	each smpc-paste -o one.@ y.@
	reveals one c 10 20.5
	each sh -c 'smpc-paste x.@ - <y.@ >stdin.@'
	reveals stdin a,b,c 1,2,10 3,4,20.5
}

@test "a single row is repeated" {
	shared x a,b 1,2 3,4
	shared one c 7
	each smpc-paste -o y.@ x.@ one.@
	reveals y a,b,c 1,2,7 3,4,7
}

@test "different fraction bits, schemes, and a public operand" {
	shared x a 1.5
	printf 'b\n0.25\n' | smpc-share -n 2 --fraction-bits 30 -o y
	each smpc-paste -o z.@ x.@ y.@
	reveals z a,b 1.5,0.25
	is_line "fraction bits" z.1 30
	shared w p,q 8,9
	smpc-reveal --public w.1 w.2 >w.public
	each smpc-paste -o v.@ w.public x.@
	reveals v p,q,a 8,9,1.5
	parties="1 2"
	shared_additively u c 3
	each smpc-paste -o t.@ u.@ w.public
	reveals t c,p,q 3,8,9
}

@test "parts that end at different rows" {
	shared a1 a 1
	shared a2 a 2 3
	shared b1 b 10 20
	shared b2 b 30
	each sh -c 'smpc-cat a1.@ a2.@ >a.@; smpc-cat b1.@ b2.@ >b.@'
	each smpc-paste -o z.@ a.@ b.@
	reveals z a,b 1,10 2,20 3,30
}

@test "without names where one operand has none" {
	shared x a 1
	printf '2\n' | smpc-share -n 2 --no-header -o y
	each smpc-paste -o z.@ x.@ y.@
	reveals z 1,2
}

@test "refused: no operand, names that come twice, rows, parties, schemes" {
	shared x a,b 1,2 3,4
	shared y c 1 2 3
	fails_with 2 smpc-paste
	stderr_has "operands are missing"
	fails_with 1 smpc-paste x.1 x.1
	stderr_has "column 'a' comes twice"
	fails_with 1 smpc-paste -o out x.1 y.1
	stderr_has "x.1 has 2 rows in this tensor, y.1 has more"
	[ ! -e out ]
	fails_with 4 smpc-paste x.1 y.2
	shared_additively z c 1 2
	fails_with 4 smpc-paste x.1 z.1
	stderr_has scheme
	fails_with 2 smpc-paste x.1 - - <y.1
}
