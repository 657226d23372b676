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

@test "weights that differ by far: of declared columns they keep their bits, and else they are refused" {
	printf '%s\n' 0.5 0.00001 >w.csv
	smpc-share -n 2 --range age=0..100 --range income=0..1e5 -o x - <<<$'age,income\n40,50000\n20,1000'
	each smpc-matmul -c w.csv -o y.@ x.@
	smpc-reveal y.1 y.2 | awk '{ d = $1 - (NR == 1 ? 20.5 : 10.01) } d * d > 1e-6 { exit 1 }'
	# nothing is lost of a range that goes far beyond
	printf '%s\n' 500 1e-7 >w.csv
	each smpc-matmul -c w.csv -o y.@ x.@
	smpc-reveal y.1 y.2 | awk '{ d = $1 - (NR == 1 ? 20000.005 : 10000.0001) } d * d > 1e-4 { exit 1 }'
	# every column of weights keeps its bits
	printf '%s\n' .7,.196 6.20836e-05,1 >w.csv
	smpc-share -f -n 2 --codes h=0,1 --range c=0..30000 -o h - <<<$'h,c\n0,11908\n1,10311'
	each smpc-matmul -c w.csv -o y.@ h.@
	smpc-reveal y.1 y.2 | awk -F , '{ d = $1 - (NR == 1 ? 0.73929151 : 1.34014400); e = $2 - (NR == 1 ? 11908 : 10311.196) }
		d * d > 4e-8 || e * e > 1e-2 { exit 1 }'
	# there is no room in the unit of the finer column; what is named helps
	smpc-share -f -n 2 --range e=0..1e12 --range s=0..5e5 -o x - <<<$'e,s\n1e12,5e5\n5e11,1e5'
	printf '%s\n' 1e-9 1e-3 >w.csv
	fails_with 5 smpc-matmul -c w.csv x.1
	stderr_has "products have no room for more, the matrix would change them by up to 0.7 % of their range: multiply columns of so different sizes one by one (smpc-mul -c), and add them up (smpc-sum --rows)"
	echo 1e-9,1e-3 >w.csv
	for p in 0 1 2; do smpc-mul -c w.csv x.$p | smpc-sum --rows >y.$p; done
	smpc-reveal y.1 y.2 | awk '{ d = $1 - (NR == 1 ? 1500 : 600) } d * d > 1e-2 { exit 1 }'
	printf '%s\n' 0.5 0.00001 >w.csv
	shared u age,income 40,5000 20,1000
	fails_with 5 smpc-matmul -c w.csv u.1
	stderr_has "rounded to 16 fraction bits, factors of row 2 would be off by 5e+01 % of the largest: declare the ranges of all columns (smpc-share --range), or give --fraction-bits"
	each smpc-matmul -c w.csv --fraction-bits 32 -o y.@ u.@
	smpc-reveal y.1 y.2 | awk '{ d = $1 - (NR == 1 ? 20.05 : 10.01) } d * d > 1e-8 { exit 1 }'
	printf '%s\n' 1,1e-5 0.5,2e-5 >w.csv
	fails_with 5 smpc-matmul -c w.csv u.1
	stderr_has "factors of column 2 would be off"
	# from the left, a weight is for a row among others
	echo 1,1e-5 >w.csv
	quietly smpc-matmul -l -c w.csv -o y.1 u.1
	printf '%s\n' 1,1 1e-5,1e-5 >w.csv
	fails_with 5 smpc-matmul -l -c w.csv u.1
	stderr_has "factors of row 2 would be off"
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
	seq "$(of_size 140000 200000)" | awk '{ print $1 % 7 "," $1 % 11 - 5 }' >a.csv
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

# refused_matmul TEXT ARGUMENT...: a product is refused with 5, and there is no result.  Where headers are the cause, the party
# that finds it first says so, @, and the others may have no time to.
refused_matmul() {
	capture smpc-local -n 2 -o never -- smpc-matmul "${@:2}"
	assert_failure 5 || return 1
	[[ $stderr == *"${1/@/0}"* || $stderr == *"${1/@/1}"* || $stderr == *"${1/@/2}"* ]] || fail "$1: $stderr" || return 1
	assert_not_exists never.1
}

# near LINE WANTED...: the numbers of a line, separated by commas, are within 1e-6 of what is wanted.
near() {
	awk -v got="$1" -v want="${*:2}" 'BEGIN {
		n = split(got, g, ",")
		if (split(want, w, " ") != n)
			exit 1
		for (i = 1; i <= n; i++) {
			d = (g[i] > w[i]) ? g[i] - w[i] : w[i] - g[i]
			if (d > 1e-6 * (1 + (w[i] > 0 ? w[i] : -w[i])))
				exit 1
		}
	}' || fail "$1 instead of ${*:2}"
}

@test "shares: declared columns in units of their own" {
	printf '%s\n' age,salary 30,41000.5 52,180000 | smpc-share -n 2 --range age=0..120 --range salary=0..2e5 -o x
	printf '%s\n' risk,cost 0.5,-1 0.0009765625,0.125 | smpc-share -n 2 --range risk=-1..1 --range cost=-1..1 -o w
	together 2 y smpc-matmul 'x.{}' 'w.{}'
	smpc-reveal -o y.csv y.1 y.2
	assert_equal "$(head -n 1 y.csv)" risk,cost
	near "$(sed -n 2p y.csv)" 55.03955078 5095.0625
	near "$(sed -n 3p y.csv)" 201.78125 22448
	# 120 and 200000 times numbers between -1 and 1, and what rounding adds
	smpc-info y.1 | grep -q "^column  *cost: number, from -200120.[0-9]* to 200120.[0-9]*"
	# so is a result that is multiplied again
	printf '%s\n' both 2 -0.0009765625 | smpc-share -n 2 --range both=-10..10 -o v
	together 2 z smpc-matmul 'y.{}' 'v.{}'
	smpc-reveal -o z.csv z.1 z.2
	near "$(sed -n 2p z.csv)" 105.10345459
	# the columns of the first matrix are the rows of the result, in units of their own
	together 2 t smpc-matmul -t 'x.{}' 'x.{}'
	smpc-reveal -o t.csv t.1 t.2
	near "$(sed -n 2p t.csv)" 3604 10590015
	near "$(sed -n 3p t.csv)" 10590015 34081041000.25
	# if one unit, which is what most tools take, has no room for all of them
	smpc-mul -c 2 t.1 >/dev/null
	assert_equal "$(smpc-info t.1 | grep -c "words of rows times 2^")" 0
	printf '%s\n' age,volt 30,1e-9 52,-3e-9 | smpc-share -n 2 --range age=0..120 --range volt=-1e-8..1e-8 -o apart
	together 2 uu smpc-matmul -t 'apart.{}' 'apart.{}'
	smpc-reveal -o uu.csv uu.1 uu.2
	awk -F , 'NR == 2 { exit !($1 > 3603.9 && $1 < 3604.1 && $2 > -1.261e-7 && $2 < -1.259e-7) }' uu.csv
	awk -F , 'NR == 3 { exit !($1 > -1.261e-7 && $1 < -1.259e-7 && $2 > .999e-17 && $2 < 1.001e-17) }' uu.csv
	smpc-info uu.1 | grep -q "words of rows times 2^"
	# sums of the largest numbers that were announced, all of one sign
	ranged 0..16000 high a,b,c,d,e,f,g,h 16000,16000,16000,16000,16000,16000,16000,16000
	ranged 0..16000 tall p 16000 16000 16000 16000 16000 16000 16000 16000
	together 2 y smpc-matmul 'high.{}' 'tall.{}'
	near "$(smpc-reveal y.1 y.2 | tail -n 1)" 2048000000
	# where nothing may be cut off, they are refused
	refused_matmul "tall.@: tensor 'data', column p: it may have up to 30 bits, the columns that it meets up to 30" \
		--no-truncate 'high.{}' 'tall.{}'
	# nanovolts and billions of euros have no unit in common
	printf '%s\n' volt,euro 1e-9,1e12 | smpc-share -n 2 --range volt=-1e-9..1e-9 --range euro=0..1e12 -o far
	shared u p 1 1
	refused_matmul "far.@: tensor 'data', column euro: it is in units of 2^26, another column, which is added to it" 'far.{}' 'u.{}'
}

@test "shares: -t: rows of nothing but zeroes, in units that are far from each other" {
	local p
	printf '%s\n' volt,euro 1e-9,1e12 1e-9,1e12 | smpc-share -n 2 --range volt=-1e-9..1e-9 --range euro=0..1e12 -o far
	ranged 0..1 one z 1 1
	for p in 0 1 2; do
		smpc-mul -c 0 one.$p >none.$p
	done
	together 2 y smpc-matmul -t --no-truncate 'far.{}' 'none.{}'
	reveals y z 0 0
	# in one unit words would be multiplied by 2^69
	smpc-info -j y.1 | grep -q '"row_exponents"'
}

@test "shares: sums over more rows than a word has room for, of declared columns" {
	seq 40000 | awk '{ printf("%d,%.2f\n", $1 * 7919 % 20001 - 10000, 990 + $1 * 31 % 97 / 10) }' >x.csv
	smpc-share -n 2 --no-header --range 1=-1e4..1e4 --range 2=0..1000 -o x x.csv
	together 2 y smpc-matmul -t 'x.{}' 'x.{}'
	smpc-reveal -o y.csv y.1 y.2
	awk -F , '{ a += $1 * $1; b += $1 * $2; c += $2 * $2 } END { OFMT = "%.15g"; print a, b; print b, c }' x.csv |
		tr ' ' , | paste -d , - y.csv | awk -F , '{
			for (i = 1; i < 3; i++)
				if ((d = $i - $(i + 2)) > (NR + i == 2 ? 2e6 : NR + i == 4 ? 2e3 : 1e5) || d < -(NR + i == 2 ? 2e6 : NR + i == 4 ? 2e3 : 1e5))
					exit 1
		} END { exit NR != 2 }'
	costs 2 smpc-matmul -t 'x.{}' 'x.{}'
}

@test "shares: -t: a column keeps its bits beside a wider one in the same unit" {
	printf '%s\n' x,y 0.5,0.25 1,0.75 0.125,1 >north.csv
	printf '%s\n' x,y 1e6,0.5 250000.5,0.125 >south.csv
	smpc-share -n 2 --range x=0..1 --range y=0..1 -o north north.csv
	smpc-share -n 2 --range x=0..1e6 --range y=0..1 -o south south.csv
	for p in 0 1 2; do
		smpc-cat -o both.$p north.$p south.$p
	done
	together 2 y smpc-matmul -t 'both.{}' 'both.{}'
	smpc-reveal -o y.out y.1 y.2
	# 0.0625 + 0.5625 + 1 + 0.25 + 0.015625
	awk -F , 'NR == 3 { exit !($2 > 1.8905 && $2 < 1.8908 && $1 > 531250.5 && $1 < 531252) }' y.out
}

@test "shares: undeclared numbers: below 2^15, and columns of a second matrix add up to less than 128" {
	shared x a,b 32767.9,-2 3,4
	shared w u,v 127,100 -0.9,-27.9
	together 2 y smpc-matmul 'x.{}' 'w.{}'
	quietly smpc-reveal y.1 y.2
	near "${lines[1]}" 4161525.1 3276845.8
	shared v u,v 127,100 -1,-28
	refused_matmul "v.1: tensor 'data', column u and 1 more: the magnitudes of its numbers add up to more than 128" 'x.{}' 'v.{}'
	stderr_has "smpc-share --range 'u=LOW..HIGH'"
	shared far a,b 1,2 3,-32768
	refused_matmul "far.1: tensor 'data', column b: numbers are beyond +-32768" 'far.{}' 'w.{}'
	# what would wrap to a small number, and sums that would
	shared huge u,v 1,1073741824 1,140737488355327
	refused_matmul "huge.1: tensor 'data', column v: the magnitudes" 'x.{}' 'huge.{}'
	seq 5000 | sed 's/.*/0.026/' >many
	smpc-share -n 2 --no-header -o many many
	seq 5000 | sed 's/.*/1/' | paste -s -d , | smpc-share -n 2 --no-header -o row
	refused_matmul "many.1: tensor 'data', column 1: the magnitudes" 'row.{}' 'many.{}'
	# with a declared first matrix there is room for more
	ranged -128..128 known a,b,c,d,e 100,-2,1,1,1 3,4,5,6,7
	shared wide u,v 30000,-20000 2760,12700 1,2 3,4 2,-6
	together 2 y smpc-matmul 'known.{}' 'wide.{}'
	quietly smpc-reveal y.1 y.2
	near "${lines[2]}" 101077 -9208
	shared wider u,v 30000,-20000 2764,12700 1,2 3,4 2,-6
	refused_matmul "wider.1: tensor 'data', column u: the magnitudes of its numbers add up to more than 32768" 'known.{}' 'wider.{}'
	# over rows, squares count
	shared p a,b 23170,3 23169,3
	together 2 y smpc-matmul -t 'p.{}' 'p.{}'
	quietly smpc-reveal y.1 y.2
	near "${lines[1]}" 1073651461 139017
	shared q a,b 23171,3 23171,3
	refused_matmul "q.1: tensor 'data', column a: the squares of its numbers add up to more than the square of 32768" -t 'q.{}' 'p.{}'
	refused_matmul "q.1: tensor 'data', column a: the squares" -t 'p.{}' 'q.{}'
	refused_matmul "far.1: tensor 'data', column b: the squares" -t 'far.{}' 'far.{}'
	for name in x v far p q huge; do
		smpc-reveal --public -o $name $name.1 $name.2
	done
	fails_with 5 smpc-matmul --clear x v
	stderr_has "v: tensor 'data', column u and 1 more: the magnitudes"
	fails_with 5 smpc-matmul --clear x huge
	stderr_has "huge: tensor 'data', column v: the magnitudes"
	fails_with 5 smpc-matmul --clear -t huge huge
	stderr_has "huge: tensor 'data', column v: the squares"
	fails_with 5 smpc-matmul --clear far x
	stderr_has "far: tensor 'data', column b: numbers are beyond"
	fails_with 5 smpc-matmul --clear -t p q
	stderr_has "q: tensor 'data', column a: the squares"
}

@test "shares: nobody looks at numbers that an operation has made, nor at few rows" {
	seq 12 | awk '{ print $1, $1 % 5 }' | tr ' ' , >in
	smpc-share -n 2 --no-header -o x in
	printf '%s\n' 1,2 3,4 | smpc-share -n 2 --no-header -o w
	each smpc-mul -c 1 -o same.@ x.@
	each smpc-head -n 9 -o few.@ x.@
	each smpc-transpose -o turned.@ w.@
	refused_matmul "same.@: tensor 'data', column 1: how large its numbers are is not known, and nobody may look" 'same.{}' 'w.{}'
	refused_matmul "few.@: tensor 'data', column 1: how large its numbers are is not known, and nobody may look at so few" 'few.{}' 'w.{}'
	refused_matmul "turned.@: tensor" 'x.{}' 'turned.{}'
	refused_matmul "same.@: tensor" -t 'x.{}' 'same.{}'
	refused_matmul "few.@: tensor" -t 'few.{}' 'few.{}'
	together 2 clipped smpc-map clip --low 0 --high 20 'same.{}'
	together 2 y smpc-matmul 'clipped.{}' 'w.{}'
	smpc-reveal y.1 y.2 | paste -d , - in | awk -F , '{ exit !($1 == $3 + 3 * $4 && $2 == 2 * $3 + 4 * $4) }'
	shared one a,b 3,4
	printf '%s\n' 5 6 | smpc-share -n 2 --no-header -o column
	together 2 y smpc-matmul 'one.{}' 'column.{}'
	assert_equal "$(smpc-reveal y.1 y.2)" 39
}

@test "shares: a network of two layers as a pipeline, on undeclared and on declared numbers" {
	local x u w
	numbers x.csv 30 4 19 1
	numbers u.csv 4 6 16 2
	numbers w.csv 6 2 15 3
	shared_csv 2 x u w
	smpc-share -n 2 --no-header --range 1=-8..8 --range 2=-8..8 --range 3=-8..8 --range 4=-8..8 -o dx x.csv
	smpc-share -n 2 --no-header --range 1=-1..1 --range 2=-1..1 --range 3=-1..1 --range 4=-1..1 --range 5=-1..1 --range 6=-1..1 -o du u.csv
	smpc-share -n 2 --no-header --range 1=-1..1 --range 2=-1..1 -o dw w.csv
	for x in x dx; do
		for u in u du; do
			for w in w dw; do
				quietly smpc-local -n 2 -- sh -euc "smpc-matmul $x.{} $u.{} | smpc-map relu |
					smpc-matmul - $w.{} | smpc-map sigmoid -o y.{}"
				smpc-reveal -o y.csv y.1 y.2
				python3 - x.csv u.csv w.csv y.csv <<-'P'
					import math, sys
					x, u, w, y = ([[float(c) for c in line.split(',')] for line in open(name)] for name in sys.argv[1:])
					times = lambda a, b: [[sum(p * q for p, q in zip(r, c)) for c in zip(*b)] for r in a]
					hidden = [[max(0, v) for v in row] for row in times(x, u)]
					want = [[1 / (1 + math.exp(-v)) for v in row] for row in times(hidden, w)]
					assert max(abs(a - b) for r, s in zip(want, y) for a, b in zip(r, s)) < 1.2e-3
				P
				rm y.*
			done
		done
	done
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

@test "shares: -t: rows in units of their own, also behind the first block" {
	local c options=()
	# 600 x 500 numbers: 524 rows are a block; nanovolts first, and billions of euros behind
	for ((c = 0; c < 600; c++)); do
		options+=(--range "$([ "$c" -lt 300 ] && echo "c$c=-1e-8..1e-8" || echo "c$c=0..1e12")")
	done
	awk 'BEGIN { for (c = 0; c < 600; c++) printf "%sc%d", c ? "," : "", c; print ""
		for (r = 0; r < 2; r++) { for (c = 0; c < 600; c++)
			printf "%s%s", c ? "," : "", c < 300 ? "0.00000000" (c % 9 + 1) : (c % 9 + 1) "00000000000"; print "" } }' |
		smpc-share -n 2 "${options[@]}" -o x
	ranged 0..1 y "$(seq -f w%.0f -s , 0 499)" "$(awk 'BEGIN { for (c = 0; c < 500; c++) printf "%s%s", c ? "," : "", c % 4 / 8 }')" \
		"$(awk 'BEGIN { for (c = 0; c < 500; c++) printf "%s%s", c ? "," : "", (c % 4 + 1) / 8 }')"
	together 2 z smpc-matmul -t 'x.{}' 'y.{}'
	assert_equal "$(smpc-cat --json z.1 | wc -l)" 2
	smpc-reveal z.1 z.2 | tail -n +2 >z.csv
	assert_equal "$(awk -F , '{ k = (NR - 1) % 9 + 1; x = k * ((NR <= 300) ? 1e-9 : 1e11)
		for (c = 1; c <= 500; c++) { w = x * (2 * ((c - 1) % 4) + 1) / 8; if (($c - w) ^ 2 > (1e-4 * w) ^ 2) wrong++ } }
		END { print NR, wrong + 0 }' z.csv)" "600 0"
}
