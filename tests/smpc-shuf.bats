#!/usr/bin/env bats
# conduct: smpc-shuf --seed 1 INPUT

load helper
load shares
load parties
load engine

orders=$ROOT/tests/python/orders.py

# counted N FILE: a sharing, FILE, of N rows.
counted() {
	seq "$1" | sed 's/.*/&,-&/' | smpc-share -n 2 --no-header -o "$2"
}

@test "the same rows in another order, the same at every party" {
	counted 50 x
	each smpc-shuf --seed 1 -o y.@ x.@
	quietly smpc-reveal y.1 y.2
	shuffled=$output
	[ "$shuffled" != "$(seq 50 | sed 's/.*/&,-&/')" ]
	assert_equal "$(sort -n <<<"$shuffled")" "$(seq 50 | sed 's/.*/&,-&/')"
	reveals y "$shuffled"
}

@test "the seed decides" {
	counted 50 x
	counted 50 y
	each smpc-shuf -s a -o a.@ x.@
	each smpc-shuf --seed=a -o b.@ y.@
	each smpc-shuf -s b -o c.@ x.@
	quietly smpc-reveal a.1 a.2
	first=$output
	reveals b "$first"
	quietly smpc-reveal c.1 c.2
	[ "$output" != "$first" ]
}

@test "every place is reached, about equally often" {
	counted 4 x
	for ((i = 0; i < 60; i++)); do
		smpc-shuf -s "$i" -o y.1 x.1
		smpc-shuf -s "$i" -o y.2 x.2
		smpc-reveal y.1 y.2 | head -n 1
	done >firsts
	for n in 1 2 3 4; do
		count=$(grep -c "^$n," firsts)
		# 15 are expected; 4 or fewer happen once in 3000 seeds' choices, and the seeds are fixed
		[ "$count" -gt 4 ]
	done
}

@test "parts are shuffled together, tensors apart" {
	counted 3 x
	seq 4 50 | sed 's/.*/&,-&/' | smpc-share -n 2 --no-header -o y
	counted 50 whole
	each sh -c 'smpc-cat x.@ y.@ | smpc-shuf -s 1 >z.@'
	each smpc-shuf -s 1 -o w.@ whole.@
	quietly smpc-reveal w.1 w.2
	reveals z "$output"
	printf '1\n' | smpc-share -n 2 --no-header --name one -o one
	each sh -c 'smpc-cat one.@ x.@ | smpc-shuf -s 1 >t.@'
	quietly smpc-reveal --tensor one t.1 t.2
	assert_output 1
}

@test "a sample by a seed is the first rows of its order" {
	counted 50 x
	each smpc-shuf -s a -o all.@ x.@
	each smpc-shuf -s a -n 7 -o some.@ x.@
	quietly smpc-reveal -o all all.1 all.2
	reveals some "$(head -n 7 all)"
	each smpc-shuf -s a -n 51 -o more.@ x.@
	reveals more "$(cat all)"
	[ "$(line_of part all.1)" != "$(line_of part more.1)" ]
	# of a sample of several parts nobody knows whose rows there are, and how many
	counted 30 y
	each sh -c 'smpc-cat x.@ y.@ | smpc-shuf -s 1 >both.@'
	each sh -c 'smpc-cat x.@ y.@ | smpc-shuf -s 1 -n 40 >part.@'
	smpc-info -j both.1 | grep -q '"intact":"rows"'
	assert_equal "$(smpc-info -j part.1 | grep -c '"intact"')" 0
	smpc-info -j some.1 | grep -q '"intact":"rows"'
}

# shuffled N ROWS ARGUMENT...: with these arguments, ROWS of the rows of t.*, 0 for all, come in a secret order; t.out has them.
shuffled() {
	local n=$1 rows=$2
	shift 2
	all_hold "$n" t || return 1
	together "$n" y smpc-shuf "$@" 't.{}' || return 1
	all_hold "$n" y || return 1
	run python3 "$orders" shuffled y.out "$rows" t.out
	assert_output "" || return 1
}

@test "secretly: the same rows, all or some of them, of several owners, with missing values; another order each time" {
	local n p
	for n in 2 3; do
		python3 "$orders" table 40 1 >t1.csv
		python3 "$orders" table 30 2 >t2.csv
		for p in 1 2; do
			smpc-share -f -n $n --na c,d=mean --range c=-50..50 -o t$p t$p.csv
		done
		for ((p = 0; p <= n; p++)); do
			smpc-cat t1.$p t2.$p >t.$p
		done
		shuffled $n 0
		mv y.out first
		shuffled $n 0
		[ "$(cksum <y.out)" != "$(cksum <first)" ]
		[ "$(cksum <y.out)" != "$(cksum <t.out)" ]
		shuffled $n 9 -n 9
		shuffled $n 1000 --rows 1000
		assert_equal "$(line_of columns y.1)" "$(line_of columns t.1)"
		assert_equal "$(smpc-info y.1 | grep ^column)" "$(smpc-info t.1 | grep ^column)"
	done
}

@test "secretly: every place is reached, about equally often; tensors apart, and more rows than a block" {
	local i p n
	# 60 tensors of 4 rows
	for ((i = 0; i < 60; i++)); do
		printf '1\n2\n3\n4\n' | smpc-share -f -n 2 --no-header --name "t$i" -o one
		for p in 0 1 2; do
			cat one.$p >>x.$p
		done
	done
	together 2 y smpc-shuf 'x.{}'
	smpc-reveal --json y.1 y.2 | python3 -c '
import collections, json, sys
orders = [[row[0] for row in json.loads(line)["rows"]] for line in sys.stdin]
assert len(orders) == 60 and all(sorted(map(int, map(float, o))) == [1, 2, 3, 4] for o in orders), orders
# 15 are expected; fewer than 2 happen once in 10^5 times, for each of 16
places = collections.Counter((place, int(float(x))) for o in orders for place, x in enumerate(o))
assert len(places) == 16 and min(places.values()) >= 2, places'
	awk 'BEGIN { for (j = 1; j <= 40; j++) printf("c%d%s", j, j < 40 ? "," : "\n")
	    for (i = 0; i < 7000; i++) for (j = 1; j <= 40; j++) printf("%d%s", i % 5000 + j, j < 40 ? "," : "\n") }' >t.csv
	smpc-share -f -n 2 -o t t.csv
	shuffled 2 0
	assert_equal "$(grep -c '^part' <<<"$(smpc-info y.1)")" 2
}

@test "secretly: what it costs, in the clear, without rows" {
	local n rows
	for n in 3 2; do
		smpc-share -f -n $n -o t - <<<$'a,b\n1,2\n3,4\n5,6'
		for rows in 1 3; do
			quietly smpc-shuf -n $rows --plan t.0
			plan=$output
			capture smpc-local -n $n -o y -- smpc-shuf -n $rows --stats 't.{}'
			assert_success
			as_planned $n smpc-shuf "$plan" 48
		done
	done
	smpc-reveal --public -o p t.1 t.2
	quietly into q smpc-shuf --clear p
	smpc-reveal -o y.out q
	run python3 "$orders" shuffled y.out 0 <(printf 'a,b\n1,2\n3,4\n5,6\n')
	assert_output ""
	for p in 0 1 2; do
		emptied <t.$p >none.$p
	done
	together 2 y smpc-shuf 'none.{}'
	reveals y a,b
}

@test "secretly: dealt beforehand, for two and three computing parties" {
	local names n name
	for n in 2 3; do
		names=(alice bob carol)
		names=("${names[@]:0:n}")
		parties dealer "${names[@]}"
		seq 100 | sed 's/.*/&,-&/' | owned -f --no-header -o x -
		printf 'smpc-shuf -o y.$SMPC_PARTY x.$SMPC_PARTY\nsmpc-shuf -n 9 -o z.$SMPC_PARTY x.$SMPC_PARTY\n' >job.sh
		deal deal
		for name in "${names[@]}"; do
			use "$name" deal
		done
		well "${names[@]}"
		smpc-reveal "${names[@]/#/y.}" >y.out
		[ "$(cksum <y.out)" != "$(seq 100 | sed 's/.*/&,-&/' | cksum)" ]
		assert_equal "$(sort -n y.out)" "$(seq 100 | sed 's/.*/&,-&/')"
		for name in "${names[@]}"; do
			smpc-reveal y.dealer y."$name" | cmp - y.out
		done
		smpc-reveal "${names[@]/#/z.}" >z.out
		assert_equal "$(sort -u z.out | wc -l)" 9
		nothing_left
		rm -r deal state.* ./*.key [yz].*
	done
}

@test "secretly: keys go with their rows, at the cost that a plan has, dealt beforehand" {
	local name n
	for n in 2 3; do
		seq 40 | sed -e '1i a,id,b' -e 's/.*/&,k&,-&/' >t.csv
		smpc-share -f -n $n --key id -o t t.csv
		quietly smpc-shuf -n 9 --plan t.0
		plan=$output
		capture smpc-local -n $n -o y -- smpc-shuf -n 9 --stats 't.{}'
		assert_success
		as_planned $n smpc-shuf "$plan" $((40 * 4 * 8))
		rm y.*
		names=(alice bob carol)
		names=("${names[@]:0:n}")
		parties dealer "${names[@]}"
		owned -f --key id -o x t.csv
		seq 2 2 60 | sed -e '1i id,c' -e 's/.*/k&,&/' >u.csv
		owned -f --key id -o u u.csv
		printf 'smpc-shuf -o y.$SMPC_PARTY x.$SMPC_PARTY\n' >job.sh
		deal deal
		for name in "${names[@]}"; do
			use "$name" deal
		done
		well "${names[@]}"
		rm ./*.status
		each_agent dealer "${names[@]}" -- smpc-join -o 'j.{}' 'y.{}' 'u.{}'
		well dealer "${names[@]}"
		smpc-reveal "${names[@]/#/j.}" | tail -n +2 | sort -n >j.out
		seq 2 2 40 | sed 's/.*/&,-&,&/' | cmp - j.out
		rm -r deal state.* ./*.key [jy].*
	done
}

@test "refused: an empty seed, one that is too long, neither a seed nor a session, both" {
	counted 2 x
	fails_with 2 smpc-shuf x.1
	stderr_has --seed
	stderr_has smpc-party
	fails_with 2 smpc-shuf --seed "" x.1
	fails_with 2 smpc-shuf --seed "$(printf '%129s' x)" x.1
	quietly smpc-shuf --seed "$(printf '%128s' x)" -o out x.1
	fails_with 2 smpc-shuf --seed 1 --plan x.1
	fails_with 2 smpc-shuf --seed 1 --clear x.1
	fails_with 2 smpc-shuf --seed 1 -n 0 x.1
}

# stratified N ROWS FOLDS: shares x.0 to x.N of ROWS rows with a class, stratified, and each fold's ids and classes in fold.NUMBER.
stratified() {
	local n=$1 rows=$2 folds=$3 k p
	awk -v rows="$rows" 'BEGIN { print "id,v,y"; for (i = 0; i < rows; i++)
	    print i "," (i * 37 % 101 - 50) / 4 "," (i % 7 == 3 ? "b" : i % 11 == 5 ? "c" : "a") }' >t.csv
	smpc-share -f -n "$n" --codes y=d,a,b,c -o x t.csv
	together "$n" y smpc-shuf --stratify y --folds "$folds" 'x.{}' || return 1
	for ((k = 1; k <= folds; k++)); do
		for ((p = 0; p <= n; p++)); do
			smpc-split --in-turn --folds "$folds" --fold $k -o train.$p --rest test.$p y.$p || return 1
		done
		all_hold "$n" test || return 1
		sed 1d test.out >fold.$k
	done
}

@test "stratified: of each class every fold has as many, within one; rows stay whole, and in no order" {
	local k
	for case in "2 53 5" "3 53 4" "2 12 12" "2 9 2" "2 200 3"; do
		# shellcheck disable=SC2086 # three numbers
		stratified $case
		read -r _ rows folds <<<"$case"
		awk -F , '{ print $1 "," $2 "," ($3 == 0 ? "d" : $3 == 1 ? "a" : $3 == 2 ? "b" : "c") }' fold.* | sort -n >all
		sed 1d t.csv | cmp - all
		for class in 1 2 3 .; do
			for ((k = 1; k <= folds; k++)); do
				grep -c ",$class\$" fold.$k || true
			done | sort -n | sed -n '1p;$p' | paste -s >least.most
			awk '{ exit $2 - $1 > 1 }' least.most
		done
		rm -f fold.* ./*.out x.? y.? test.? train.?
	done
	# neither by class, nor by where rows stood
	stratified 2 200 2
	[ "$(cut -d , -f 3 fold.1 | sort)" != "$(cut -d , -f 3 fold.1)" ]
	[ "$(cut -d , -f 1 fold.1 | sort -n)" != "$(cut -d , -f 1 fold.1)" ]
	mv fold.1 before
	stratified 2 200 2
	[ "$(sort before | cksum)" != "$(sort fold.1 | cksum)" ]
}

@test "stratified by a number, also of no range; in the clear" {
	seq 0 39 | awk '{ print $1 * 7 % 40 - 20.5 }' | sed 1iv | smpc-share -f -n 2 -o x -
	together 2 y smpc-shuf --stratify 1 -k 4 'x.{}'
	each smpc-split --in-turn -k 4 --fold 1 -o train.@ --rest test.@ y.@
	all_hold 2 test
	# one of each four that follow each other
	assert_equal "$(sed 1d test.out | awk '{ print int(($1 + 20.5) / 4) }' | sort -n | paste -s -d ' ')" "0 1 2 3 4 5 6 7 8 9"
	smpc-reveal --public x.1 x.2 >p
	smpc-shuf --clear --stratify v -k 4 p | smpc-split --in-turn -k 4 --fold 4 -o q --rest r -
	assert_equal "$(smpc-reveal r | sed 1d | awk '{ print int(($1 + 20.5) / 4) }' | sort -n | paste -s -d ' ')" "0 1 2 3 4 5 6 7 8 9"
	quietly smpc-shuf --plan --stratify v -k 4 x.1
	assert_output --regexp '^rounds [0-9]+, and 2 to agree'
}

@test "stratified: refused are a seed, some rows, no folds, few rows, columns that are not there or have missing values" {
	printf '%s\n' a,b 1, 3,4 5,6 | smpc-share -f -n 2 --range b=0..10 --na b=mean -o x -
	fails_with 2 smpc-shuf --plan --stratify a x.1
	fails_with 2 smpc-shuf --plan --folds 3 x.1
	fails_with 2 smpc-shuf --stratify a --folds 3 --seed 1 x.1
	fails_with 2 smpc-shuf --plan --stratify a --folds 3 -n 2 x.1
	fails_with 2 smpc-shuf --plan --stratify c --folds 3 x.1
	fails_with 2 smpc-shuf --plan --stratify a,b --folds 3 x.1
	fails_with 5 smpc-shuf --plan --stratify b --folds 3 x.1
	fails_with 1 smpc-shuf --plan --stratify a --folds 4 x.1
	stderr_has "3 rows"
	capture smpc-local -o y -- sh -c 'if [ {} = 1 ]; then k=2; else k=3; fi; exec smpc-shuf -w 2 --stratify a -k $k x.{}'
	assert_failure 4
	assert_not_exists y.1
}
