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

@test "shares: a million products, none far off" {
	unsanitized "time"
	seq 1000000 | awk '{ printf("%d.%03d,%d\n", $1 * 7 % 3000, $1 % 1000, $1 * 13 % 6000 - 3000) }' >both
	cut -d , -f 1 both >a.csv
	cut -d , -f 2 both >b.csv
	shared_csv 2 a b
	together 2 y smpc-mul 'a.{}' 'b.{}'
	smpc-reveal -o y.out y.1 y.2
	paste -d , both y.out | awk -F , '{ d = $3 - $1 * $2 } d > 0.03 || d < -0.03 { exit 1 } END { exit NR != 1000000 }'
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
	said dealer "bob: sent"
	nothing_left
}

@test "shares: a party that is lost in the middle: 3, and nobody has a result" {
	parties dealer alice bob
	seq 600000 | smpc-share -p parties.json --no-seal --no-header -o x
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
