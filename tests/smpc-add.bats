#!/usr/bin/env bats
# conduct: smpc-add -c 1 INPUT

load helper
load shares

@test "two, three and one operand" {
	shared x a,b 1,2 3.5,-4
	shared y p,q 10,20 30,0.25
	shared z r,s 0.5,0 0,100
	each smpc-add -o two.@ x.@ y.@
	reveals two a,b 11,22 33.5,-3.75
	each smpc-add -o three.@ x.@ y.@ z.@
	reveals three a,b 11.5,22 33.5,96.25
	each smpc-add -o one.@ x.@
	reveals one a,b 1,2 3.5,-4
	each smpc-add -o twice.@ x.@ x.@
	reveals twice a,b 2,4 7,-8
}

@test "standard input is an operand: alone, and as -" {
	shared x a 1 2
	shared y a 10 20
	each sh -c 'smpc-add <x.@ >one.@'
	reveals one a 1 2
	each sh -c 'smpc-add y.@ - <x.@ >sum.@'
	reveals sum a 11 22
	fails_with 2 smpc-add - - <x.1
	stderr_has "one operand only"
}

@test "the additive scheme, also with a modulus" {
	parties="1 2"
	shared_additively x a,b 1,2.5
	shared_additively y a,b 10,-20
	each smpc-add -o z.@ x.@ y.@
	reveals z a,b 11,-17.5
	each smpc-add -c 0.5 -o c.@ x.@
	reveals c a,b 1.5,3
	printf 'a\n3\n6\n' | smpc-share -n 2 -q 7 -o q
	each smpc-add -o r.@ q.@ q.@
	reveals r a 6 5
	each smpc-add -c -4 -o s.@ q.@
	reveals s a 6 2
}

@test "-c: a decimal is added once, not once for each party" {
	shared x a,b 1,2 3,4
	each smpc-add -c 0.5 -o y.@ x.@
	reveals y a,b 1.5,2.5 3.5,4.5
	each smpc-add --constant=-1e1 -o z.@ x.@
	reveals z a,b -9,-8 -7,-6
}

@test "-c: rows, columns and matrices from CSV with and without header, .npy and public streams" {
	needs python3
	shared x a,b 1,2 3,4
	table row.csv p,q 10,20
	each smpc-add -c row.csv -o row.@ x.@
	reveals row a,b 11,22 13,24
	table bare.csv 10,20
	each smpc-add -c bare.csv -o bare.@ x.@
	reveals bare a,b 11,22 13,24
	table column.csv c 100 200
	each smpc-add -c column.csv -o column.@ x.@
	reveals column a,b 101,102 203,204
	table matrix.csv 1,2 3,4.5
	each smpc-add -c matrix.csv -o matrix.@ x.@
	reveals matrix a,b 2,4 6,8.5
	python3 - <<-'P' >v.npy
		import struct, sys
		header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }"
		header += b' ' * (117 - len(header)) + b'\n'
		sys.stdout.buffer.write(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(header)) + header + struct.pack('<2d', .5, 7))
	P
	each smpc-add -c v.npy -o npy.@ x.@
	reveals npy a,b 1.5,9 3.5,11
	shared w a,b 1000,2000
	smpc-reveal --public w.1 w.2 >w.public
	each smpc-add -c w.public -o public.@ x.@
	reveals public a,b 1001,2002 1003,2004
	each sh -c 'smpc-add -c /dev/stdin x.@ <bare.csv >stdin.@'
	reveals stdin a,b 11,22 13,24
}

@test "a public stream is an operand like others" {
	shared x a,b 1,2 3,4
	shared w a,b 10,20 30,40
	smpc-reveal --public w.1 w.2 >w.public
	each smpc-add -o y.@ x.@ w.public
	reveals y a,b 11,22 33,44
	each smpc-add -o z.@ w.public x.@
	reveals z a,b 11,22 33,44
}

@test "-c: in columns of units far apart, each number in its column's; public streams in their own" {
	printf 'v,e\n3e-6,1e9\n-8e-6,2.5e9\n' >t.csv
	smpc-share -n 2 --range v=-1e-5..1e-5 --range e=0..1e10 -o t t.csv
	printf '1e-6,1e9\n' >row
	printf 'v,e\n1e-6,1e9\n-1e-6,3\n' >table.csv
	for p in 0 1 2; do
		smpc-add -c row -o a.$p t.$p
		smpc-sub -c table.csv -o b.$p t.$p
		smpc-sum --mean -o m.$p t.$p
	done
	reveals a v,e 0.000004,2000000000 -0.000007,3500000000
	reveals b v,e 0.00000200000001,0 -0.000007,2499999997
	smpc-reveal --public -o mean m.1 m.2
	for p in 0 1 2; do smpc-sub -c mean -o c.$p t.$p; done
	smpc-reveal c.1 c.2 | awk -F , 'NR > 1 { s = (NR == 2) ? 1 : -1; if (($1 - s * 5.5e-6) ^ 2 > 1e-26 || $2 != -s * 7.5e8) exit 1 }'
	# units of 1 and more
	printf 'inc\n1000000000\n5000000\n' | smpc-share -f -n 2 --range inc=0..1e12 -o i -
	smpc-reveal --public -o inc i.1 i.2
	for p in 0 1 2; do smpc-sub -c inc -o d.$p i.$p; done
	reveals d inc 0 0
	# and only what is in the same unit
	printf '1,2\n' | smpc-share --no-header --public --unit 1=USD -o dollars -
	printf '1,2\n' | smpc-share --no-header -n 2 --unit 1=EUR -o euros -
	fails_with 4 smpc-add -c dollars euros.1
	stderr_has "in USD"
	printf '1,2,3\n' >wide
	fails_with 1 smpc-add -c wide t.1
	stderr_has "shapes disagree"
	# one number goes where it fits all columns
	fails_with 5 smpc-add -c 1e-7 t.1
	fails_with 5 smpc-add -c 1e9 t.1
}

@test "a single row is repeated for each row of a constant" {
	shared x a,b 1,2
	table column.csv 10 20 30
	each smpc-add -c column.csv -o y.@ x.@
	reveals y a,b 11,12 21,22 31,32
	table matrix.csv 10,20 30,40
	each smpc-add -c matrix.csv -o z.@ x.@
	reveals z a,b 11,22 31,42
}

@test "one row or one column is repeated" {
	shared x a,b 1,2 3,4 5,6
	shared row p,q 10,20
	shared column c 100 200 300
	shared one d 0.5
	each smpc-add -o r.@ x.@ row.@
	reveals r a,b 11,22 13,24 15,26
	each smpc-add -o f.@ row.@ x.@
	reveals f p,q 11,22 13,24 15,26
	each smpc-add -o c.@ x.@ column.@
	reveals c a,b 101,102 203,204 305,306
	each smpc-add -o o.@ x.@ one.@
	reveals o a,b 1.5,2.5 3.5,4.5 5.5,6.5
	each smpc-add -o outer.@ row.@ column.@
	reveals outer p,q 110,120 210,220 310,320
}

@test "different fraction bits are brought to the finer ones" {
	shared x a 1.5
	printf 'a\n0.25\n' | smpc-share -n 2 --fraction-bits 40 -o y
	each smpc-add -o z.@ x.@ y.@
	reveals z a 1.75
	is_line "fraction bits" z.1 40
}

@test "tensor by tensor" {
	printf 'a\n1\n' | smpc-share -n 2 --name W -o w
	printf 'b\n2\n3\n' | smpc-share -n 2 --name V -o v
	each sh -c 'cat w.@ v.@ >m.@'
	each smpc-add -o z.@ m.@ m.@
	reveals z a 2 "" b 4 6
}

@test "a number as operand: the advice is -c" {
	shared x a 1
	fails_with 2 smpc-add x.1 0.5
	stderr_has "a public number is given with -c"
}

@test "refused: shapes, parties, schemes and moduli that differ" {
	shared x a,b 1,2 3,4
	shared y a,b,c 1,2,3 4,5,6
	shared z a,b 1,2 3,4 5,6
	fails_with 1 smpc-add x.1 y.1
	stderr_has "2 and 3 columns"
	fails_with 1 smpc-add -o out x.1 z.1
	stderr_has "x.1 has 2 rows in this tensor, z.1 has more"
	[ ! -e out ]
	fails_with 1 smpc-add -c nowhere x.1
	stderr_has "nowhere"
	table long.csv 1,2 3,4 5,6
	fails_with 1 smpc-add -o out -c long.csv x.1
	stderr_has "the public operand has 3 rows"
	[ ! -e out ]
	fails_with 4 smpc-add x.1 x.2
	stderr_has "x.1 is a share of party '1', x.2 of party '2'"
	printf 'a,b\n1,2\n3,4\n' | smpc-share -n 2 --additive -o additive
	fails_with 4 smpc-add x.1 additive.1
	stderr_has "scheme"
	printf 'a,b\n1,2\n3,4\n' | smpc-share -n 2 -q 7 -o seven
	fails_with 4 smpc-add additive.1 seven.1
	stderr_has "moduli differ"
	printf 'a,b\n1,2\n3,4\n' | smpc-share -n 3 -o three
	fails_with 4 smpc-add x.1 three.1
	stderr_has "different parties"
}

@test "-c: a constant that does not fit, or is a share, is refused" {
	shared x a 1
	fails_with 5 smpc-add -c 1e30 x.1
	stderr_has 1e30
	fails_with 2 smpc-add -c x.2 x.1
	stderr_has "is a share"
	fails_with 2 smpc-add -c
	stderr_has "needs a value"
}

@test "-c does not take standard input for what may be the stream" {
	shared x a 1
	fails_with 2 smpc-add -c - <x.1
	stderr_has "not standard input"
	fails_with 2 smpc-add -c - x.1 </dev/null
	stderr_has "standard input"
}

@test "the result is larger than one record" {
	seq 300000 >in
	smpc-share -n 2 --no-header -o x in
	each smpc-add -c 1 -o y.@ x.@
	quietly smpc-reveal -o out y.1 y.2
	seq 2 300001 | cmp - out
}

@test "-c: whole numbers get the fraction bits that a constant needs" {
	printf 'n\n3\n-4\n' | smpc-share -n 2 --fraction-bits 0 -o x
	each smpc-add -c 0.75 -o y.@ x.@
	reveals y n 3.75 -3.25
	is_line "fraction bits" y.1 16
	each smpc-add -c 5 -o z.@ x.@
	reveals z n 8 1
	is_line "fraction bits" z.1 0
}

@test "-c: what is added goes into the id, whatever it is: two parties who add different things do not fit together" {
	local pair one two
	shared x a,b 1,2 3,4
	shared_additively q a,b 1,2 3,4
	table row1 1,2
	table row2 1,3
	table column1 1 2
	table column2 1 3
	table matrix1 1,2 3,4
	table matrix2 1,2 3,5
	for name in row matrix; do
		smpc-share --public --no-header -o public-${name}1 ${name}1
		smpc-share --public --no-header -o public-${name}2 ${name}2
	done
	for pair in 2,3 0.5,0.25 @row1,@row2 @column1,@column2 @matrix1,@matrix2 @public-row1,@public-row2 \
		@public-matrix1,@public-matrix2; do
		one=${pair%,*} two=${pair#*,}
		for name in x q; do
			quietly smpc-add -c "${one#@}" -o one $name.1
			quietly smpc-add -c "${one#@}" -o again $name.1
			quietly smpc-add -c "${two#@}" -o two $name.1
			assert_equal "$(line_of id one)" "$(line_of id again)"
			[ "$(line_of part one)$(line_of id one)" != "$(line_of part two)$(line_of id two)" ] || fail "$pair: one id"
			smpc-add -c "${two#@}" -o other $name.2
			fails_with 4 smpc-reveal one other
		done
	done
}
