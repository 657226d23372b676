#!/usr/bin/env bats
# conduct: smpc-sub -c 1 INPUT

load helper
load shares

@test "all others are subtracted from the first" {
	shared x a,b 1,2 3.5,-4
	shared y p,q 10,20 30,0.25
	shared z r,s 0.5,0 0,100
	each smpc-sub -o two.@ x.@ y.@
	reveals two a,b -9,-18 -26.5,-4.25
	each smpc-sub -o three.@ x.@ y.@ z.@
	reveals three a,b -9.5,-18 -26.5,-104.25
	each smpc-sub -o same.@ x.@ x.@
	reveals same a,b 0,0 0,0
	each sh -c 'smpc-sub x.@ - <y.@ >stdin.@'
	reveals stdin a,b -9,-18 -26.5,-4.25
}

@test "-c is subtracted once, not once for each party" {
	shared x a,b 1,2 3,4
	each smpc-sub -c 0.5 -o y.@ x.@
	reveals y a,b 0.5,1.5 2.5,3.5
	table row.csv 10,20
	each smpc-sub --constant row.csv -o z.@ x.@
	reveals z a,b -9,-18 -7,-16
	parties="1 2"
	shared_additively v a 1 -2
	each smpc-sub -c 3 -o w.@ v.@
	reveals w a -2 -5
}

@test "from a public minuend" {
	shared x a,b 1,2 3,4
	shared w a,b 10,20 30,40
	smpc-reveal --public w.1 w.2 >w.public
	each smpc-sub -o z.@ w.public x.@
	reveals z a,b 9,18 27,36
	parties="1 2"
	shared_additively y a,b 1,2 3,4
	each smpc-sub -o v.@ w.public y.@
	reveals v a,b 9,18 27,36
}

@test "a mean row is subtracted from every row" {
	shared x a,b 1,2 3,6
	each sh -c 'smpc-sum --mean x.@ | smpc-sub -o centred.@ x.@ -'
	reveals centred a,b -1,-2 1,2
}

@test "modulo Q the result wraps" {
	parties="1 2"
	printf 'a\n1\n5\n' | smpc-share -n 2 -q 7 -o x
	each smpc-sub -c 3 -o y.@ x.@
	reveals y a 5 2
}

@test "refused: other parties, other shapes, constants that do not fit" {
	shared x a,b 1,2
	shared y a,b,c 1,2,3
	fails_with 4 smpc-sub x.1 x.2
	fails_with 1 smpc-sub x.1 y.1
	stderr_has columns
	fails_with 5 smpc-sub -c -1e30 x.1
	fails_with 1 smpc-sub -c nowhere x.1
	fails_with 2 smpc-sub --constant
}

@test "-c: whole numbers get the fraction bits that a constant needs" {
	printf 'n\n3\n-4\n' | smpc-share -n 2 --fraction-bits 0 -o x
	each smpc-sub -c 0.75 -o y.@ x.@
	reveals y n 2.25 -4.75
}
