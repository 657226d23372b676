#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine

orders=$ROOT/tests/python/orders.py

# tables N ROWS...: tables t1, t2, ... of so many rows, by owners of their own, for N computing parties; all of them in t.0 to t.N.
tables() {
	local n=$1 i=0 p rows
	shift
	rm -f t*.csv t*.[0-9]
	for rows; do
		i=$((i + 1))
		python3 "$orders" table "$rows" "$((100 * rows + i))" >t$i.csv || return 1
		smpc-share -f -n "$n" --na c,d=mean --range a=-2..2 --range c=-50..50 -o t$i t$i.csv || return 1
	done
	for ((p = 0; p <= n; p++)); do
		smpc-cat t?.$p >t.$p || return 1
	done
}

# sorts N SPEC TOP ARGUMENT...: with these arguments, smpc-sort gives the first TOP rows of all tables by SPEC.
sorts() {
	local n=$1 spec=$2 top=$3
	shift 3
	together "$n" y smpc-sort "$@" 't.{}' || return 1
	all_hold "$n" y || return 1
	run python3 "$orders" sorted y.out "$spec" "$top" t?.csv
	assert_output "" || return 1
}

@test "as Python sorts: ties, missing values, directions, several owners, two and three computing parties" {
	local n
	for n in 2 3; do
		tables $n 40 1 3
		sorts $n - 0 || return 1
		sorts $n a 0 -k a || return 1
		sorts $n c:desc,a 0 -k c:desc,a || return 1
		sorts $n d,b:desc 0 -k d -k b:desc || return 1
		[ $n -eq 2 ] || continue
		sorts $n a,b,c:desc,d:desc,e 0 -k 1-2,c:desc,5:desc,7:asc || return 1
		sorts $n c:desc,d:desc,e:desc 0 -r -k c,d,e || return 1
		sorts $n a,b:desc 0 -r -k a:asc,b || return 1
		sorts $n d,e 7 -n 7 -k d,e || return 1
		sorts $n e:desc 1 --top 1 -k e:desc || return 1
		sorts $n b 0 -n 1000 -k b || return 1
	done
}

@test "one row, equal rows, more rows than a block of the result" {
	tables 2 1
	sorts 2 - 0
	yes 3,4 | head -n 20 | sed '1i a,b' >t1.csv
	smpc-share -f -n 2 -o t t1.csv
	sorts 2 b:desc 0 -k b:desc
	# 200 columns: a block is 1310 rows
	awk 'BEGIN { for (j = 1; j <= 200; j++) printf("c%d%s", j, j < 200 ? "," : "\n")
	    for (i = 0; i < 1400; i++) for (j = 1; j <= 200; j++) printf("%d%s", j == 3 ? i * 37 % 101 : i % 50 + j, j < 200 ? "," : "\n") }' >t1.csv
	smpc-share -f -n 2 -o t t1.csv
	sorts 2 c3,c1:desc 0 -k c3,c1:desc
	assert_equal "$(grep -c '^part' <<<"$(smpc-info y.1)")" 2
	sorts 2 c3:desc 1350 -n 1350 -k c3:desc
}

@test "numbers of all sizes, fewer bits, units, a divisor, classes by their positions" {
	numbers x.csv 300 3 61 5
	sed -i '1i a,b,c' x.csv
	capture smpc-share -n 2 --fraction-bits 16 -o t x.csv
	assert_success
	smpc-reveal -o t1.csv t.1 t.2
	sorts 2 - 0
	sorts 2 c:desc,a 0 -k c:desc,a
	awk 'BEGIN { print "a,b"; for (i = 0; i < 50; i++) print i * 17 % 23 / 2 - 5 "," i }' >t1.csv
	smpc-share -f -n 2 -o t t1.csv
	sorts 2 a 0 --bits 24 -k a
	smpc-share -f -n 2 --range a=-50..50 -o t t1.csv
	sorts 2 a:desc 0 -k a:desc
	is_line column y.1 "$(sed -n "s/^column  *//p" <(smpc-info t.1) | head -n 1)"
	smpc-share -n 2 -o u t1.csv
	for p in 0 1 2; do
		smpc-sum --rows --mean u.$p >mean.$p
	done
	together 2 y smpc-sort 'mean.{}'
	assert_equal "$(smpc-reveal y.1 y.2 | tail -n +2 | sort -n | cksum)" "$(smpc-reveal y.1 y.2 | tail -n +2 | cksum)"
	smpc-share -f -n 2 --codes s=m,f -o t - <<<$'s,i\nf,1\nm,2\nf,3\nm,4'
	together 2 y smpc-sort -k s 't.{}'
	reveals y s,i 0,2 0,4 1,1 1,3
}

@test "tensors one by one; a stream without rows; numbers in the clear" {
	local p
	shared x a,b 3,1 2,2 3,0
	smpc-share -n 2 --name other -o o - <<<$'b,a\n5,1\n4,2'
	for p in 0 1 2; do
		smpc-cat x.$p o.$p >t.$p
	done
	together 2 y smpc-sort -k a:desc,b 't.{}'
	smpc-reveal --tensor data y.1 y.2 >got
	assert_equal "$(cat got)" $'a,b\n3,0\n3,1\n2,2'
	smpc-reveal --tensor other y.1 y.2 >got
	assert_equal "$(cat got)" $'b,a\n4,2\n5,1'
	smpc-reveal --public -o p x.1 x.2
	smpc-sort --clear -k b p >q
	smpc-reveal q >got
	assert_equal "$(cat got)" $'a,b\n3,0\n3,1\n2,2'
	smpc-sort --clear -n 1 -k b:desc p | smpc-reveal - >got
	assert_equal "$(cat got)" $'a,b\n2,2'
	for p in 0 1 2; do
		emptied <x.$p >none.$p
	done
	together 2 y smpc-sort -k b 'none.{}'
	reveals y a,b
	together 2 y smpc-sort -n 3 'none.{}'
	reveals y a,b
}

@test "names with commas and colons" {
	smpc-share -n 2 -o t - <<<$'"a,b","a:desc",a\n2,1,5\n1,2,6\n3,0,4'
	together 2 y smpc-sort -k a,b 't.{}'
	reveals y '"a,b",a:desc,a' 1,2,6 2,1,5 3,0,4
	together 2 y smpc-sort -k a:desc 't.{}'
	reveals y '"a,b",a:desc,a' 3,0,4 2,1,5 1,2,6
	together 2 y smpc-sort -k a,b:desc 't.{}'
	reveals y '"a,b",a:desc,a' 3,0,4 2,1,5 1,2,6
	together 2 y smpc-sort -k a:desc:desc 't.{}'
	reveals y '"a,b",a:desc,a' 1,2,6 2,1,5 3,0,4
}

@test "origins and ranges stay" {
	printf 'a\n1\n\n0\n2\n' >t1.csv
	smpc-share -n 2 --na a=drop --range a=0..9 -o t t1.csv
	together 2 y smpc-sort 't.{}'
	reveals y a 0 1 2
	is_line column y.1 "a: number, from 0 to 9, words times 2^-10"
	assert_equal "$(smpc-info -j y.1 | grep -o '"origins":\[[^]]*' | cut -c 12-)" "$(smpc-info -j t.1 | grep -o '"id":"[^"]*"' | cut -d : -f 2)"
}

# rows K: the numbers of the shares K.1 and K.2, without their key.
rows() {
	for p in 1 2; do smpc-cut -x id "$1.$p" >"bare.$p"; done
	reveals bare "${@:2}"
}

@test "keys go with their rows, of several owners, too" {
	smpc-share -n 2 --key id -o k1 - <<<$'a,id,b\n3,x,1\n1,y,2\n2,z,3'
	smpc-share -n 2 --key id -o k2 - <<<$'a,id,b\n0,w,4'
	smpc-share -n 2 --key id -o l - <<<$'id,c\nw,40\nx,10\ny,20'
	together 2 s smpc-sort -k a 'k1.{}'
	rows s a,b 1,2 2,3 3,1
	is_line columns s.1 "a, id#1, id#2, b"
	assert_equal "$(smpc-info s.1 | grep -c 'match text, distinct$')" 2
	# nobody has said that no key of one is one of the other
	together 2 s sh -c 'cat k1.{} k2.{} | smpc-sort -k a -n 3'
	rows s a,b 0,4 1,2 2,3
	assert_equal "$(smpc-info s.1 | grep -c 'match text$')" 2
	together 2 j sh -c 'smpc-join s.{} l.{} | smpc-sort'
	reveals j a,b,c 0,4,40 1,2,20
}

@test "a plan" {
	seq 0 2000 | sed '1i a' | smpc-share -n 2 -o t
	quietly smpc-sort --plan t.0
	[[ $output =~ ^rounds\ ([0-9]+),\ and\ 2\ to\ agree\;\ dealt\ ([0-9]+)\ bytes,\ opened\ ([0-9]+)\ bytes\ per\ link$ ]]
	plan=("${BASH_REMATCH[@]}")
	first=$output
	quietly smpc-sort --plan t.2
	assert_output "$first"
	capture smpc-local -n 2 -o y -- smpc-sort --stats 't.{}'
	assert_success
	[[ $(grep -h '1: smpc-sort: rounds [0-9]*, and' <<<"$stderr") =~ rounds\ ([0-9]+),\ and\ 2\ to\ agree\;\ dealt\ ([0-9]+)\ bytes,\ opened\ ([0-9]+) ]]
	# Of an order that is drawn anew, one in ten takes a tenth more, and one in a hundred a fifth; a quarter less, none.
	run=("${BASH_REMATCH[@]}")
	for i in 1 2 3; do
		[ "$((4 * run[i]))" -gt "$((3 * plan[i]))" ]
		[ "$((4 * run[i]))" -lt "$(((i == 1 ? 10 : 7) * plan[i]))" ]
	done
	# Each comparison deals about twice as much as it opens, however many there are.
	ratio=$((1000 * run[2] / run[3])) planned=$((1000 * plan[2] / plan[3]))
	[ $((20 * (ratio > planned ? ratio - planned : planned - ratio))) -lt "$planned" ]
	quietly smpc-sort --plan -n 1 t.0
	[[ $output =~ opened\ ([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" -lt "$((plan[3] / 2))" ]
}

@test "refused: columns that are not there or twice, ranges, what tells of missing values, too many columns" {
	shared x a,b 1,2
	fails_with 2 smpc-sort --plan -k c x.1
	stderr_has "no column 'c'"
	fails_with 2 smpc-sort --plan -k a,b,1 x.1
	stderr_has "column 'a' is selected twice"
	fails_with 2 smpc-sort --plan -k a:down x.1
	stderr_has "x.1: column 'a' is sorted :asc or :desc, and not ':down'"
	fails_with 2 smpc-sort x.1
	stderr_has smpc-local
	fails_with 2 smpc-sort --plan -n 0 x.1
	smpc-share -n 2 --range a=-3000..3000 -o r - <<<$'a\n1'
	fails_with 5 smpc-sort --plan --bits 20 r.1
	stderr_has "give more bits"
	smpc-share -n 2 --na a=mean -o m - <<<$'a,b\n1,2\n,3'
	for p in 0 1 2; do
		smpc-cut -c a m.$p >cut.$p
	done
	fails_with 5 smpc-sort --plan cut.1
	stderr_has "the column of presence that tells which is not there"
	# keys go with their rows, and are in no order
	smpc-share -n 2 --key id -o k - <<<$'id,a\nx,1\ny,0'
	quietly smpc-sort --plan k.1
	assert_output "$(smpc-sort --plan -k a k.1)"
	for column in id#1 2 1-3; do
		fails_with 2 smpc-sort --plan -k $column k.1
		stderr_has "k.1: column 'id' of tensor 'data' is a key, which goes with its row, and whose words are in no order: name another column"
	done
	smpc-cut -c id -o keys k.1
	fails_with 2 smpc-sort --plan keys
	stderr_has "keys: tensor 'data' has no column but keys"
	seq -s , 40 >wide.csv
	smpc-share -n 2 --no-header -o w wide.csv
	fails_with 2 smpc-sort --plan w.1
	stderr_has "more than 32 columns"
	quietly smpc-sort --plan -k 1-32 w.1
}

@test "beforehand: neither dealt nor taken from what was dealt" {
	parties dealer alice bob
	owned -f --no-header -o x - <<<$'1\n2'
	mkdir deal
	SMPC_STATE=$PWD/state.dealer run smpc-party -i dealer.key -p parties.json --deal-to new -- smpc-sort x.dealer
	assert_failure 2
	assert_output --partial "the dealer is not there when he has dealt beforehand"
	assert_output --partial "sort, and train with a checkpoint, while he is there"
	assert_not_exists new
	SMPC_STATE=$PWD/state.alice run smpc-party -i alice.key -p parties.json --dealt deal -- smpc-sort x.alice
	assert_failure 2
	assert_output --partial "sort, and train with a checkpoint, while he is there"
}
