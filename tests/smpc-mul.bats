#!/usr/bin/env bats
# conduct: smpc-mul -c 2 INPUT

load helper
load shares

@test "-c: a whole number keeps the scale" {
	shared x a,b 1,2 3.5,-4
	each smpc-mul -c 3 -o y.@ x.@
	reveals y a,b 3,6 10.5,-12
	is_line "fraction bits" y.1 16
	each smpc-mul --constant -2 -o z.@ x.@
	reveals z a,b -2,-4 -7,8
	each smpc-mul -c 0 -o nil.@ x.@
	reveals nil a,b 0,0 0,0
}

@test "-c: a fraction adds the fraction bits it needs, and no more" {
	shared x a,b 1,2 3.5,-4
	each smpc-mul -c 0.5 -o y.@ x.@
	reveals y a,b 0.5,1 1.75,-2
	is_line "fraction bits" y.1 17
	each smpc-mul -c -0.375 -o z.@ x.@
	reveals z a,b -0.375,-0.75 -1.3125,1.5
	is_line "fraction bits" z.1 19
}

@test "--fraction-bits: public numbers are rounded to so many fraction bits" {
	shared x a 1 -8
	# 0.3 is 1.2 quarters: a quarter; 0.9 is 3.6 quarters: one
	each smpc-mul -c 0.3 --fraction-bits=2 -o y.@ x.@
	reveals y a 0.25 -2
	each smpc-mul -c 0.9 --fraction-bits 2 -o z.@ x.@
	reveals z a 1 -8
	is_line "fraction bits" z.1 16
	# the default is 16: 0.1 is 6553.6 / 65536, so 3277 / 32768 = 0.100006103515625
	each smpc-mul -c 0.1 -o d.@ x.@
	is_line "fraction bits" d.1 31
	quietly smpc-reveal d.1 d.2
	awk 'NR == 2 { exit !($1 > 0.1000061030 && $1 < 0.1000061040) }' <<<"$output"
	fails_with 2 smpc-mul -c 0.1 --fraction-bits 63 x.1
	stderr_has "from 0 to 62"
	fails_with 2 smpc-mul -c 0.1 --fraction-bits x x.1
}

@test "-c: rows, columns, matrices and public streams" {
	shared x a,b 1,2 3,4
	table row.csv p,q 10,0.5
	each smpc-mul -c row.csv -o row.@ x.@
	reveals row a,b 10,1 30,2
	table column.csv 2 -1
	each smpc-mul -c column.csv -o column.@ x.@
	reveals column a,b 2,4 -3,-4
	table matrix.csv 1,2 3,4
	each smpc-mul -c matrix.csv -o matrix.@ x.@
	reveals matrix a,b 1,4 9,16
	smpc-reveal --public x.1 x.2 >x.public
	each smpc-mul -o operand.@ x.@ x.public
	reveals operand a,b 1,4 9,16
	each smpc-mul -c x.public -o constant.@ x.@
	reveals constant a,b 1,4 9,16
}

@test "a shared row times a public column is the outer product" {
	shared x a,b 1,2
	table column.csv 10 20 30
	each smpc-mul -c column.csv -o y.@ x.@
	reveals y a,b 10,20 20,40 30,60
}

@test "additive shares and those with a modulus" {
	parties="1 2"
	shared_additively x a 1.5 -2
	each smpc-mul -c 4 -o y.@ x.@
	reveals y a 6 -8
	printf 'a\n3\n6\n' | smpc-share -n 2 -q 7 -o q
	each smpc-mul -c 5 -o r.@ q.@
	reveals r a 1 2
	each smpc-mul -c -1 -o s.@ q.@
	reveals s a 4 1
}

@test "refused: two shared factors, shapes, a scale that grows too fine, a constant that is no number" {
	shared x a,b 1,2
	fails_with 2 smpc-mul x.1 x.1
	stderr_has "session of all parties"
	table three.csv 1,2,3
	fails_with 1 smpc-mul -c three.csv x.1
	stderr_has columns
	fails_with 5 smpc-mul -c 1e30 x.1
	smpc-mul --fraction-bits 40 -c 0.000000000001 -o fine.1 x.1
	fails_with 5 smpc-mul --fraction-bits 40 -c 0.000000000001 fine.1
	stderr_has "fraction bits"
	fails_with 1 smpc-mul -c nowhere x.1
}
