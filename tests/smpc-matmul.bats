#!/usr/bin/env bats
# conduct: smpc-matmul -c eye.csv INPUT

load helper
load shares

@test "-c: the stream times a public matrix; its columns are those of the matrix" {
	shared x a,b,c 1,2,3 4,5,6
	table w.csv u,v 1,0 0,10 -1,100
	each smpc-matmul -c w.csv -o y.@ x.@
	reveals y u,v -2,320 -2,650
	each sh -c 'smpc-matmul --constant w.csv <x.@ >z.@'
	reveals z u,v -2,320 -2,650
	table bare.csv 1 1 1
	each smpc-matmul -c bare.csv -o bare.@ x.@
	reveals bare 6 15
}

@test "-l: the public matrix is the left factor; the columns are those of the stream" {
	shared x a,b 1,2 3,4 5,6
	table w.csv 1,1,1 0,0.5,-1
	each smpc-matmul -l -c w.csv -o y.@ x.@
	reveals y a,b 9,12 -3.5,-4
	each smpc-matmul --left -c w.csv -o z.@ x.@
	reveals z a,b 9,12 -3.5,-4
}

@test "--fraction-bits: the matrix is rounded to so many fraction bits, and adds those it needs" {
	shared x a,b 1,10
	table w.csv 0.3 0.9
	each smpc-matmul --fraction-bits 2 -c w.csv -o y.@ x.@
	reveals y 10.25
	is_line "fraction bits" y.1 18
	# 0.3 and 0.9 to the nearest halves: 0.5 and 1
	each smpc-matmul --fraction-bits=1 -c w.csv -o z.@ x.@
	reveals z 10.5
	fails_with 2 smpc-matmul --fraction-bits 63 -c w.csv x.1
}

@test "a matrix from a pipe" {
	shared x a,b 1,10
	quietly smpc-matmul -c <(printf '2\n3\n') -o y.1 x.1
	quietly smpc-matmul -c <(printf '2\n3\n') -o y.2 x.2
	quietly smpc-reveal y.1 y.2
	assert_output 32
}

@test "additive shares, and modulo Q" {
	parties="1 2"
	shared_additively x a,b 1,-2 0.5,4
	table w.csv 1,2 3,4
	each smpc-matmul -c w.csv -o y.@ x.@
	reveals y -5,-6 12.5,17
	printf 'a,b\n3,4\n6,1\n' | smpc-share -n 2 -q 7 -o q
	each smpc-matmul -c w.csv -o r.@ q.@
	# 3 + 12, 6 + 16; 6 + 3, 12 + 4
	reveals r 1,1 2,2
	each smpc-matmul -l -c w.csv -o s.@ q.@
	# 3 + 12, 4 + 2; 9 + 24, 12 + 4
	reveals s a,b 1,6 5,2
}

@test "streams of many records on both sides" {
	seq 150000 | sed 's/.*/&,1/' >in
	smpc-share -n 2 --no-header -o x in
	table w.csv 2 3
	each smpc-matmul -c w.csv -o y.@ x.@
	quietly smpc-reveal -o out y.1 y.2
	seq 5 2 300003 | cmp - out
	yes 1 | head -n 150000 | paste -s -d , >ones.csv
	each smpc-matmul -l -c ones.csv -o z.@ x.@
	reveals z 11250075000,150000
}

@test "refused: no matrix, shapes, a share as matrix" {
	shared x a,b 1,2
	fails_with 2 smpc-matmul x.1
	stderr_has "-c"
	fails_with 2 smpc-matmul x.1 x.1
	stderr_has "session of all parties"
	table w.csv 1,2
	fails_with 1 smpc-matmul -c w.csv x.1
	stderr_has "the stream has 2 columns, the public matrix 1 rows"
	fails_with 1 smpc-matmul -l -c w.csv x.1
	stderr_has "the public matrix has 2 columns"
	fails_with 1 smpc-matmul -c nowhere x.1
	stderr_has nowhere
	fails_with 2 smpc-matmul -c x.2 x.1
	stderr_has "is a share"
	table text.csv p one two
	fails_with 1 smpc-matmul -c text.csv x.1
	stderr_has "text.csv:2"
	table huge.csv 1e30 1
	fails_with 5 smpc-matmul -c huge.csv x.1
	stderr_has 1e30
}
