#!/usr/bin/env bats
# conduct: smpc-mul -c 2 INPUT

load helper
load shares
load parties
load engine

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
	each smpc-mul -c 0.1 --fraction-bits 16 -o d.@ x.@
	is_line "fraction bits" d.1 31
	quietly smpc-reveal d.1 d.2
	awk 'NR == 2 { exit !($1 > 0.1000061030 && $1 < 0.1000061040) }' <<<"$output"
	# the default is 16, or what leaves small numbers 16 bits: 0.1 is 52428.8 / 2^19, and 0.001 is 33554.4 / 2^25
	each smpc-mul -c 0.1 -o d.@ x.@
	is_line "fraction bits" d.1 35
	each smpc-mul -c 0.001 -o e.@ x.@
	smpc-reveal e.1 e.2 | awk 'NR == 2 { exit !($1 > 0.0009999 && $1 < 0.001) }'
	# in a file as well, and from a pipe; but not where others are larger, or products have no room
	printf '%s\n' 0.001,0 >small.csv
	shared two a,b 1000,5
	each smpc-mul -c small.csv -o e.@ two.@
	smpc-reveal e.1 e.2 | awk -F , 'NR == 2 { exit !($1 > 0.9999 && $1 < 1 && $2 == 0) }'
	smpc-mul -c <(cat small.csv) -o pipe.1 two.1
	cmp pipe.1 e.1
	echo 0.001,1 >mixed.csv
	fails_with 5 smpc-mul -c mixed.csv two.1
	stderr_has "factors of column 1 would be off by 0.7 % of the largest: declare the ranges of all columns (smpc-share --range), or give --fraction-bits"
	echo 1,1e-6 >mixed.csv
	fails_with 5 smpc-mul -c mixed.csv two.1
	stderr_has "factors of column 2 would be off by 1e+02 %"
	echo 0.001,1 >mixed.csv
	each smpc-mul -c mixed.csv --fraction-bits 26 -o e.@ two.@
	smpc-reveal e.1 e.2 | awk -F , 'NR == 2 { exit !($1 > 0.9999 && $1 < 1.0001 && $2 == 5) }'
	each smpc-mul -c 1e-9 -o e.@ x.@
	is_line "fraction bits" e.1 57
	fails_with 5 smpc-mul -c 2.88e-12 x.1
	stderr_has "the factor would be off by 0.2 %: shares with a declared range take any factor (smpc-share --range)"
	fails_with 5 smpc-mul -c 1e-15 x.1
	stderr_has "next to nothing with 46 fraction bits"
	fails_with 5 smpc-mul -c 1e-30 x.1
	fails_with 2 smpc-mul -c 0.1 --fraction-bits 63 x.1
	stderr_has "from 0 to 62"
	fails_with 2 smpc-mul -c 0.1 --fraction-bits x x.1
}

# near PREFIX NUMBER...: what is revealed, within what 16 bits of a factor are off.
near() {
	local prefix=$1
	shift
	smpc-reveal "$prefix.1" "$prefix.2" | sed 1d | tr , '\n' | paste -d ' ' - <(printf '%s\n' "$@") | awk '
		{ d = $1 - $2; r = $2 / 65536; seen++ }
		d * d > r * r { print; bad = 1 }
		END { exit bad || seen < 2 }'
}

@test "declared columns take factors of any size, each with 16 bits, by exponents" {
	local c
	smpc-share -n 2 --range a=0..1000 --range b=0..1e5 -o x - <<<$'a,b\n1000,1e5\n3,700'
	for c in 1e-6 2.88e-12 -2.88e-13 1e-15 1e-30; do
		each smpc-mul -c $c -o y.@ x.@
		# shellcheck disable=SC2046 # four numbers
		near y $(awk -v c=$c 'BEGIN { printf "%.9g %.9g %.9g %.9g", 1e3 * c, 1e5 * c, 3 * c, 700 * c }')
	done
	printf '1000,1e-6\n' >far.csv
	each smpc-mul -c far.csv -o y.@ x.@
	near y 1e6 0.1 3000 0.0007
	# also beside factors that leave them no bit, and of which nothing is left with any fraction bits
	smpc-share -f -n 2 --range v=-1e-8..1e-8 --range e=0..1e12 --range n=0..10 -o w - <<<$'v,e,n\n1.5e-9,1.2e11,3\n-2.25e-9,4.5e10,5'
	printf 'p,e,n\n2e8,1e-12,0\n' >far.csv
	each smpc-mul -c far.csv -o z.@ w.@
	near z 0.3 0.12 0 -0.45 0.045 0
	echo 1e-20,1e-30,0.5 >far.csv
	each smpc-mul -c far.csv -o z.@ w.@
	near z 1.5e-29 1.2e-19 1.5 -2.25e-29 4.5e-20 2.5
	# and where it cannot be had, it is not taken for 0
	shared u t 300 6000
	echo 1.38e-23 >far.csv
	fails_with 5 smpc-mul -c far.csv u.1
	stderr_has "the factor would be off by 1e+02 %"
	fails_with 5 smpc-matmul -c far.csv u.1
	echo 0 >far.csv
	quietly smpc-mul -c far.csv u.1
	# names that other columns have are no accident
	printf 'e,v\n1,2\n' >names.csv
	smpc-cut -c v,e -o ve.1 w.1
	fails_with 1 smpc-mul -c names.csv ve.1
	stderr_has "column 1 of the public operand is 'e', and column 2 of the stream has that name: columns meet in their order"
	fails_with 1 smpc-add -c names.csv ve.1
	# the ids of what is multiplied by other exponents differ
	printf '1000,%s\n' "$(awk 'BEGIN { printf "%.12g", 1e-6 / 1024 }')" >other.csv
	each smpc-mul -c other.csv -o z.@ x.@
	near z 1e6 9.765625e-05 3000 6.8359375e-07
	run cmp <(smpc-info y.1 | grep ^part) <(smpc-info z.1 | grep ^part)
	assert_failure
	# what needs no exponent has none
	printf '10,0.25\n' >exact.csv
	each smpc-mul -c exact.csv -o y.@ x.@
	assert_equal "$(smpc-info y.1 | sed -n 's/^column.*words times //p')" "$(smpc-info x.1 | sed -n 's/^column.*words times //p')"
}

@test "declared columns take large factors, as exactly as words have room for" {
	printf 'v,e\n3e-6,1e9\n-8e-6,2.5e9\n' >t.csv
	smpc-share -n 2 --range v=-1e-5..1e-5 --range e=0..1e10 -o t t.csv
	for c in 1e12 1e15 1e30; do
		each smpc-mul -c $c -o y.@ t.@
		smpc-reveal y.1 y.2 | python3 -c '
import csv, sys
for row, of in zip(list(csv.reader(sys.stdin))[1:], ((3e-6, 1e9), (-8e-6, 2.5e9))):
    for x, right, most in zip(row, of, (1e-5, 1e10)):
        assert abs(float(x) / float(sys.argv[1]) - right) <= 2 ** -28 * most, row' $c
	done
	printf 'v,e\n1,1e12\n' >c.csv
	each smpc-mul -c c.csv -o y.@ t.@
	reveals y v,e 0.000003,1e+21 -0.000008,2.5e+21
	# whole numbers stay exact
	printf 'n\n1\n2\n' | smpc-share -n 2 --fraction-bits 0 --range n=0..100 -o n -
	each smpc-mul -c 1234567890123456 -o y.@ n.@
	reveals y n 1234567890123456 2469135780246912
	each smpc-mul -c 12345678901.75 -o y.@ n.@
	reveals y n 12345678901.8 24691357803.5
	# but not numbers whose range leaves these no room
	printf 'n\n5\n' | smpc-share -f -n 2 --fraction-bits 0 --range n=0..1099511627776 -o n -
	fails_with 5 smpc-mul -c 16777217 n.1
	# nor are small factors of a column lost beside large ones
	printf 'n\n3\n5\n' | smpc-share -f -n 2 --range n=0..1e6 -o n -
	printf '1e12\n3\n' >c.csv
	fails_with 5 smpc-mul -c c.csv n.1
	stderr_has "factors of column 1 are so far apart in size"
	printf '1e12\n3e11\n' >c.csv
	each smpc-mul -c c.csv -o y.@ n.@
	reveals y n 3000000000000 1500000000000
	# nothing is known of these
	shared u x 1 2
	each smpc-mul -c 1e12 -o y.@ u.@ && return 1
	true
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
	stderr_has "a session of all parties"
	table three.csv 1,2,3
	fails_with 1 smpc-mul -c three.csv x.1
	stderr_has columns
	fails_with 5 smpc-mul -c 1e30 x.1
	smpc-mul --fraction-bits 40 -c 0.000000000001 -o fine.1 x.1
	fails_with 5 smpc-mul --fraction-bits 40 -c 0.000000000001 fine.1
	stderr_has "use fewer for the public factor (--fraction-bits)"
	# of two shares none is public
	fails_with 5 smpc-mul --plan fine.1 fine.1
	stderr_has "cut a factor's off first (smpc-truncate)"
	quietly smpc-truncate --plan fine.1
	fails_with 1 smpc-mul -c nowhere x.1
}

# ---- two shares or more, in a session

@test "shares: 0 or 1 ulp more than the floor, for two and three computing parties, at magnitudes up to 2^61" {
	local n
	numbers a.csv 400 3 30 1
	numbers b.csv 400 3 30 2
	for n in 2 3; do
		shared_csv $n a b
		yields $n "mul 16 16 a.csv b.csv" smpc-mul 'a.{}' 'b.{}'
		is_line "fraction bits" y.1 16
		yields $n "floor-mul 16 16 a.csv b.csv" smpc-mul --faithful 'a.{}' 'b.{}'
		yields $n "mul 32 0 a.csv b.csv" smpc-mul --no-truncate 'a.{}' 'b.{}'
		is_line "fraction bits" y.1 32
		rm ./?.?
	done
}

@test "shares: three factors, exactly by --faithful" {
	numbers a.csv 100 2 24 1
	numbers b.csv 100 2 20 2
	numbers c.csv 100 1 20 3
	shared_csv 2 a b c
	yields 2 "floor-mul 16 16 a.csv b.csv c.csv" smpc-mul --faithful 'a.{}' 'b.{}' 'c.{}'
	# with ranges in the headers there is room for more than where nothing is known
	announced 24 a.?
	announced 20 b.? c.?
	yields 2 "floor-mul 16 16 c.csv a.csv b.csv c.csv" smpc-mul --faithful 'c.{}' 'a.{}' 'b.{}' 'c.{}'
}

@test "shares: one row, one column, columns' names, other scales, a divisor, a public operand" {
	shared x a,b 1,2 3,-4
	shared row p,q 10,0.5
	shared column c 2 -1
	together 2 y smpc-mul 'x.{}' 'row.{}'
	reveals y a,b 10,1 30,-2
	together 2 y smpc-mul 'column.{}' 'x.{}'
	reveals y a,b 2,4 -3,4
	together 2 y smpc-mul 'column.{}' 'row.{}'
	reveals y p,q 20,1 -10,-0.5
	smpc-share -n 2 --fraction-bits 0 -o bit <<<$'bit\n1\n0'
	together 2 y smpc-mul 'x.{}' 'bit.{}'
	reveals y a,b 1,2 0,0
	is_line "fraction bits" y.1 16
	ranged -8..8 known a,b 1,2 3,-4
	for p in 0 1 2; do
		smpc-sum --mean known.$p >mean.$p
	done
	together 2 y smpc-mul 'mean.{}' 'x.{}'
	reveals y a,b 2,-2 6,4
	is_line divisor y.1 2
	smpc-reveal --public -o x.public x.1 x.2
	together 2 y smpc-mul 'x.{}' x.public 'x.{}'
	reveals y a,b 1,8 27,-64
}

# refused_mul STATUS TEXT FILE...: a product of these shares is refused by all parties, and there is no result.
refused_mul() {
	capture smpc-local -n 2 -o never -- smpc-mul "${@:3}"
	assert_failure "$1" || return 1
	stderr_has "$2" || return 1
	assert_not_exists never.1
}

@test "shares: declared columns of any size, and what their product can be" {
	table t.csv volt,euro 1e-9,2e11 -3e-10,1e12 7e-10,-5e11 1e-12,1
	smpc-share -n 2 --range volt=-1e-9..1e-9 --range euro=-1e12..1e12 -o t t.csv
	each smpc-cut -c volt -o volt.@ t.@
	each smpc-cut -c euro -o euro.@ t.@
	together 2 y smpc-mul 'volt.{}' 'euro.{}'
	smpc-reveal y.1 y.2 | sed 1d | paste -d , - <(sed 1d t.csv) |
		awk -F , '{ d = $1 - $2 * $3 } d > 2e-6 || d < -2e-6 { exit 1 } END { exit NR != 4 }'
	smpc-info y.1 | grep -q "^column  *volt: number, from -1000.00000[0-9]* to 1000.00000[0-9]*, words times 2^-17$"
	# bits are left out rather than that a product is too large
	together 2 z smpc-mul 'euro.{}' 'volt.{}' 'euro.{}' 'volt.{}' 'euro.{}'
	smpc-reveal z.1 z.2 | sed 1d | paste -d , - <(sed 1d t.csv) |
		awk -F , '{ d = $1 - $2 * $2 * $3 * $3 * $3 } d > 2e12 || d < -2e12 { exit 1 } END { exit NR != 4 }'
	# where they are to be kept it is refused
	refused_mul 5 "column euro: its words may have up to 30 bits, those of the product before it up to 60" \
		--no-truncate 'euro.{}' 'euro.{}' 'euro.{}'
	# a result is as good a factor
	together 2 w smpc-mul 'y.{}' 'volt.{}'
	smpc-reveal w.1 w.2 | sed 1d | paste -d , - <(sed 1d t.csv) |
		awk -F , '{ d = $1 - $2 * $2 * $3 } d > 4e-15 || d < -4e-15 { exit 1 } END { exit NR != 4 }'
	# one row, and one column, are repeated in their units
	ranged 0..1e6 row p,q 1e6,2
	together 2 r smpc-mul 'row.{}' 'volt.{}'
	smpc-reveal r.1 r.2 | sed -n 2p | awk -F , '{ exit !($1 > .999999e-3 && $1 < 1.000001e-3 && $2 > 1.9e-9 && $2 < 2.1e-9) }'
}

@test "shares: undeclared numbers are below 2^15, or their column is named; of products of three, below 2^10" {
	shared x a,b 1,2 3,32767.9 5,-6
	shared far a,b 1,2 3,32768 5,-6
	together 2 y smpc-mul 'x.{}' 'x.{}'
	refused_mul 5 "far.1: tensor 'data', column b: numbers are beyond +-32768" 'x.{}' 'far.{}'
	stderr_has "smpc-share --range 'b=LOW..HIGH'"
	shared low a 1 2 -32768
	refused_mul 5 "column a: numbers are beyond +-32768" 'low.{}' 'low.{}'
	# words that wrap to what looks small: 2^46 times 2^34 units
	shared huge a,b 1,2 1073741824,2 5,262144
	refused_mul 5 "column a and 1 more: numbers are beyond" 'huge.{}' 'huge.{}'
	shared thousand a 1023.9 -3 2
	together 2 y smpc-mul 'thousand.{}' 'thousand.{}' 'thousand.{}'
	refused_mul 5 "column b: numbers are beyond +-1024" 'thousand.{}' 'x.{}' 'thousand.{}'
	# in the clear, too, and in a pipe nobody takes it for whole
	smpc-reveal --public -o far far.1 far.2
	fails_with 5 smpc-mul --clear far far
	stderr_has "far: tensor 'data', column b: numbers are beyond +-32768"
	smpc-reveal --public -o huge huge.1 huge.2
	fails_with 5 smpc-mul --clear huge huge
	stderr_has "huge: tensor 'data', column a and 1 more: numbers are beyond"
	capture smpc-local -n 2 -o never -- sh -c 'smpc-mul far.{} x.{} | smpc-sum -o sum.{}'
	assert_not_exists sum.1
	# one column, and one row, that are repeated
	shared one c 1e6
	refused_mul 5 "one.1: tensor 'data', column c: numbers are beyond" 'one.{}' 'x.{}'
	shared column c 1 2 1e6
	refused_mul 5 "column.1: tensor 'data', column c: numbers are beyond" 'x.{}' 'column.{}'
}

@test "shares: nobody looks at numbers that an operation has made, nor at few rows" {
	local c
	seq 12 | sed 's/.*/&,&/' >in
	smpc-share -n 2 --no-header -o x in
	each smpc-mul -c 1 -o same.@ x.@
	refused_mul 5 "nobody may look" 'x.{}' 'same.{}'
	stderr_has "smpc-map clip --low LOW --high HIGH gives it bounds"
	each smpc-head -n 9 -o nine.@ x.@
	refused_mul 5 "nobody may look at so few rows" 'nine.{}' 'nine.{}'
	each smpc-head -n 10 -o ten.@ x.@
	together 2 y smpc-mul 'ten.{}' 'ten.{}'
	shared one a,b 7,8
	together 2 y smpc-mul 'one.{}' 'x.{}'
	quietly smpc-reveal y.1 y.2
	assert_line --index 2 14,16
	# the remedies that the messages name
	together 2 clipped smpc-map clip --low 0 --high 100 'same.{}'
	together 2 y smpc-mul 'x.{}' 'clipped.{}'
	smpc-reveal y.1 y.2 | awk -F , '{ exit $1 != NR * NR }'
	# a part in the middle that is changed
	for p in 0 1 2; do
		cat x.$p same.$p >both.$p
	done
	refused_mul 5 "nobody may look" 'both.{}' 'both.{}'
	# what a product can be is known, and its square too large
	together 2 square smpc-mul 'x.{}' 'x.{}'
	refused_mul 5 "its words may have up to 46 bits, those of the first operand up to 46, and products have 62" 'square.{}' 'square.{}'
	together 2 quarter smpc-map clip --low -0.25 --high 0.25 'same.{}'
	together 2 y smpc-mul 'square.{}' 'quarter.{}'
	smpc-reveal y.1 y.2 | awk -F , '{ exit $1 != NR * NR / 4 }'
	# learners test results as they test what an owner shared
	seq 12 | sed 's/.*/&.5/' >labels
	smpc-share -n 2 --no-header -o label labels
	quietly smpc-local -n 2 -- sh -euc 'smpc-paste square.{} label.{} |
		smpc-train -l 3 -m linear -r 1e-5 -e 1 -o m.{} -'
	assert_exists m.1
}

@test "shares: --plan and --stats: what passes on the links, also of several blocks" {
	local n
	numbers a.csv 100 2 20 1
	for n in 2 3; do
		shared_csv $n a
		costs $n smpc-mul 'a.{}' 'a.{}'
		costs $n smpc-mul --no-truncate 'a.{}' 'a.{}'
		costs $n smpc-mul --faithful 'a.{}' 'a.{}' 'a.{}'
		rm a.?
	done
	seq 300000 | sed 's/.*\(...\)/\1/' >a.csv
	shared_csv 2 a
	costs 2 smpc-mul 'a.{}' 'a.{}'
}

@test "shares: very many products, none far off" {
	unsanitized "time"
	local rows
	rows=$(of_size 300000 1000000)
	seq "$rows" | awk '{ printf("%d.%03d,%d\n", $1 * 7 % 3000, $1 % 1000, $1 * 13 % 6000 - 3000) }' >both
	cut -d , -f 1 both >a.csv
	cut -d , -f 2 both >b.csv
	shared_csv 2 a b
	together 2 y smpc-mul 'a.{}' 'b.{}'
	smpc-reveal -o y.out y.1 y.2
	paste -d , both y.out | awk -F , -v rows="$rows" '{ d = $3 - $1 * $2 } d > 0.03 || d < -0.03 { exit 1 } END { exit NR != rows }'
}

@test "shares: --clear" {
	shared x a 1.5 3
	smpc-reveal --public -o x.public x.1 x.2
	quietly smpc-mul --clear -o y x.public x.public
	quietly smpc-reveal y
	assert_output "$(printf '%s\n' a 2.25 9)"
	is_line "fraction bits" y 16
}

@test "shares: wrong operands" {
	refused_operands smpc-mul INPUT INPUT
	fails_with 2 smpc-mul --plan -c 2 small.1
	stderr_has "takes no session"
	capture smpc-local -o never -- smpc-mul -c 2 'small.{}' 'small.{}'
	assert_failure 2
	numbers a.csv 2 1 20 1
	shared_csv 2 a
	for p in 0 1 2; do
		smpc-mul --fraction-bits 40 -c 0.000000000001 -o fine.$p a.$p
	done
	capture smpc-local -o never -- smpc-mul 'fine.{}' 'a.{}'
	assert_failure 5
	stderr_has "fraction bits"
	# shared among others
	smpc-share -n 3 --no-header -o wide a.csv
	capture smpc-local -o never -- smpc-mul 'wide.{}' 'wide.{}'
	assert_failure 4
	stderr_has "'3', who is not a party of this session"
}

@test "shares: agents of parties with names, sealed shares, whatever their order in the parties file" {
	parties bob dealer owner alice
	printf '%s\n' a,b 1.5,2 -3,4 >t.csv
	smpc-share -i owner.key -p parties.json -o x t.csv
	each_agent bob dealer alice -- sh -c 'smpc-mul --stats -o y.{} x.{} x.{} && smpc-reveal --to alice y.{}'
	ended alice 20 0
	ended bob 20 0
	ended dealer 20 0
	assert_equal "$(cat alice.out)" "$(printf '%s\n' a,b 2.25,4 9,16)"
	is_line "share of" y.dealer "dealer (dealer)"
	grep -F "bob: sent" dealer.err
	nothing_left
}

@test "shares: a party that is lost in the middle: 3, and nobody has a result" {
	parties dealer alice bob
	seq 600000 | owned --no-header --range 1=0..1e6 -o x
	agent dealer -- smpc-mul -o y.dealer x.dealer x.dealer
	agent alice -- smpc-mul -o y.alice x.alice x.alice
	agent bob -- sh -c '(head -c 4500000 x.bob; touch half; sleep 60) |
		sh -c "echo \$\$ >tool.pid; exec smpc-mul -o y.bob - x.bob"'
	within 10 test -e half
	sleep 0.3
	kill -KILL "$(cat tool.pid)"
	ended alice 10 3 "'bob'"
	ended dealer 10 3
	assert_not_exists y.alice
	assert_not_exists y.dealer
	assert_not_exists y.bob
}

@test "-c: large factors leave numbers below 2^15 room" {
	printf 'a\n32767.5\n-2\n' | smpc-share -n 2 -o x 2>/dev/null
	each smpc-mul -c 1234567.891 -o y.@ x.@
	smpc-reveal y.1 y.2 | awk 'NR == 2 { d = $1 / 40453703368.34; bad = d < 1 - 1e-9 || d > 1 + 1e-9 }
	    NR == 3 { bad = bad || $1 > -2469135.78 || $1 < -2469135.785 } END { exit bad }'
	each smpc-mul -c 100000000 -o z.@ x.@
	reveals z a 3276750000000 -200000000
}

@test "shares: blocks that begin in the middle of a record have the inputs, and an id of their own" {
	local x r name
	# a record has 262144 rows of one column, and a block a third of that, less a third of a row
	awk 'BEGIN { for (i = 0; i < 300000; i++) print i % 100 }' >in
	smpc-share -n 2 --no-header -o x in
	shared r a,b,c 1,2,3
	x=$(line_of part x.1)
	r=$(line_of part r.1)
	together 2 y smpc-mul 'x.{}' 'r.{}'
	smpc-cat --json y.1 | sed 's/"words":.*//' >y.head
	smpc-reveal --public -o x.public x.1 x.2
	smpc-reveal --public -o r.public r.1 r.2
	smpc-mul --clear --json -o clear x.public r.public
	sed 's/"words":.*//' clear >clear.head
	for name in y clear; do
		assert_equal "$(wc -l <$name.head)" 4
		assert_equal "$(grep -oE '"id":"[0-9a-f]{64}' $name.head | sort -u | wc -l)" 4
		assert_equal "$(grep -cE '"inputs":\["[0-9a-f]{64}","[0-9a-f]{64}"\]' $name.head)" 4
	done
	assert_equal "$(grep -cF "\"inputs\":[\"$x\",\"$r\"]" y.head)" 4
}

@test "shares: whoever deals in the sharing deals by the parties file: 4 where two have changed places" {
	parties dealer alice bob
	printf '%s\n' a 1 2 3 | smpc-share -p parties.json --no-seal -o x
	sed -E 's/("name": "dealer", "role": )"dealer"/\1"computing"/; s/("name": "bob", "role": )"computing"/\1"dealer"/' \
		parties.json >changed.json
	mv changed.json parties.json
	each_agent dealer alice bob -- smpc-mul --unsealed -w 5 -o 'y.{}' 'x.{}' 'x.{}'
	for name in dealer alice bob; do
		within 10 test -e $name.status
		assert_not_exists y.$name
	done
	cat ./*.err >all
	grep -qE "party '(dealer|bob)' is (the dealer|a computing party) of this sharing, but not by the parties file" all
	assert_equal "$(sort -u ./*.status | paste -s -d ' ')" "4"
	nothing_left
}
