#!/usr/bin/env bats
# conduct: smpc-matmul -c eye.csv INPUT

load helper
load shares
load parties
load engine

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
	fails_with 2 smpc-matmul
	stderr_has "-c"
	fails_with 2 smpc-matmul -l x.1
	stderr_has "-c"
	fails_with 2 smpc-matmul x.1
	stderr_has "session of all parties"
	fails_with 2 smpc-matmul x.1 x.1
	stderr_has "session of all parties"
	fails_with 2 smpc-matmul -t -c w.csv x.1
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

# ---- two shares, in a session

@test "shares: 0 or 1 ulp more than the floor, for two and three computing parties" {
	local n
	numbers a.csv 120 17 27 1
	numbers b.csv 17 5 27 2
	for n in 2 3; do
		shared_csv $n a b
		announced 27 a.? b.?
		yields $n "matmul 16 16 a.csv b.csv" smpc-matmul 'a.{}' 'b.{}'
		yields $n "floor-matmul 16 16 a.csv b.csv" smpc-matmul --faithful 'a.{}' 'b.{}'
		yields $n "matmul 32 0 a.csv b.csv" sh -c 'smpc-matmul --no-truncate b.{} <a.{}'
		rm ./?.?
	done
}

@test "shares: -t, the transpose of the first times the second" {
	local n
	numbers a.csv 300 6 26 1
	numbers b.csv 300 4 26 2
	for n in 2 3; do
		shared_csv $n a b
		yields $n "matmul-t 16 16 a.csv b.csv" smpc-matmul -t 'a.{}' 'b.{}'
		yields $n "floor-matmul-t 16 16 b.csv a.csv" smpc-matmul --transpose --faithful 'b.{}' 'a.{}'
		yields $n "matmul-t 32 0 a.csv b.csv" smpc-matmul -t --no-truncate 'a.{}' 'b.{}'
		rm ./?.?
	done
}

@test "shares: streams of several blocks, of several parts and tensors; names of columns" {
	seq 200000 | awk '{ print $1 % 7 "," $1 % 11 - 5 }' >a.csv
	printf '%s\n' 1,2,3 -1,0.5,0 >b.csv
	shared_csv 2 a b
	yields 2 "floor-matmul 16 16 a.csv b.csv" smpc-matmul --faithful 'a.{}' 'b.{}'
	yields 2 "floor-matmul-t 16 16 a.csv a.csv" smpc-matmul --faithful -t 'a.{}' 'a.{}'
	ranged -8..8 w u,v 1,2 3,4
	shared x p,q 5,6
	shared z p,q 7,8
	for p in 0 1 2; do
		cat x.$p z.$p x.$p >many.$p
	done
	together 2 y smpc-matmul 'many.{}' 'w.{}'
	reveals y u,v 23,34 31,46 23,34
	together 2 y smpc-matmul -t 'many.{}' 'many.{}'
	reveals y p,q 99,116 116,136
	printf 'name,2\n' >named
	for p in 0 1 2; do
		smpc-cat --json w.$p | sed 's/"digest":"[^"]*",//; s/"name":"data"/"name":"second"/' >second.$p
		cat w.$p second.$p >model.$p
		smpc-transpose -o turned.$p model.$p
	done
	together 2 y smpc-matmul 'turned.{}' 'model.{}'
	quietly smpc-reveal y.1 y.2
	assert_output "$(printf '%s\n' u,v 10,14 14,20 '' u,v 10,14 14,20)"
}

@test "shares: a result of several blocks of rows" {
	numbers a.csv 3 700 20 1
	shared_csv 2 a
	together 2 y smpc-matmul --faithful -t 'a.{}' 'a.{}'
	smpc-reveal -o y.out y.1 y.2
	is_exactly floor-matmul-t y.out 16 16 a.csv a.csv
}

@test "shares: a second matrix of several blocks" {
	seq 300000 | awk '{ printf("%.16f\n", $1 % 9 / 65536) }' >b.csv
	seq 300000 | awk '{ print $1 % 5 - 2 }' | paste -s -d , >a.csv
	shared_csv 2 a b
	yields 2 "floor-matmul 16 16 a.csv b.csv" smpc-matmul --faithful 'a.{}' 'b.{}'
}

@test "shares: --plan and --stats: what passes on the links" {
	local n
	numbers a.csv 40 6 20 1
	numbers b.csv 6 3 20 1
	for n in 2 3; do
		shared_csv $n a b
		costs $n smpc-matmul 'a.{}' 'b.{}'
		costs $n smpc-matmul -t 'a.{}' 'a.{}'
		costs $n smpc-matmul -t --faithful 'a.{}' 'a.{}'
		costs $n smpc-matmul --no-truncate 'a.{}' 'b.{}'
		rm ./?.?
	done
}

@test "shares: --clear" {
	shared x a,b 1.5,3
	shared w u 2 0.5
	smpc-reveal --public -o x.public x.1 x.2
	smpc-reveal --public -o w.public w.1 w.2
	quietly smpc-matmul --clear -o y x.public w.public
	quietly smpc-reveal y
	assert_output "$(printf '%s\n' u 4.5)"
	quietly smpc-matmul --clear -t -o y x.public x.public
	quietly smpc-reveal y
	assert_output "$(printf '%s\n' a,b 2.25,4.5 4.5,9)"
}

@test "shares: wrong operands" {
	refused_operands smpc-matmul INPUT INPUT
	refused_public smpc-matmul INPUT INPUT
	capture smpc-local -o never -- smpc-matmul 'small.{}' 'small.{}'
	assert_failure 1
	stderr_has "shapes disagree"
	shared one a 1
	capture smpc-local -o never -- smpc-matmul -t 'small.{}' 'one.{}'
	assert_failure 1
	stderr_has "shapes disagree"
	shared three a 1 2 3
	capture smpc-local -o never -- smpc-matmul -t 'small.{}' 'three.{}'
	assert_failure 1
	shared w u,v 1,2 3,4
	shared x p,q 5,6
	for p in 0 1 2; do
		cat x.$p w.$p >two.$p
	done
	capture smpc-local -o never -- smpc-matmul 'two.{}' 'w.{}'
	assert_failure 1
	stderr_has "numbers of tensors"
}
