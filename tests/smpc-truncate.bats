#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine

@test "cut off: 0 or 1 ulp more than the floor, for two and three computing parties, at magnitudes up to 2^61" {
	local n
	numbers x.csv 500 3 61 1
	for n in 2 3; do
		shared_csv $n x
		together $n y smpc-truncate -f 5 'x.{}'
		all_hold $n y
		is_exactly truncate y.out 5 11 x.csv
		is_line "fraction bits" y.1 5
		together $n y smpc-truncate --fraction-bits 5 --faithful 'x.{}'
		all_hold $n y
		is_exactly floor-truncate y.out 5 11 x.csv
		rm x.? y.?
	done
}

@test "the default is 16; what has no more stays as it is" {
	shared x a,b 1,2 3.5,-4
	each smpc-mul -c 0.125 -o z.@ x.@
	together 2 y sh -c 'smpc-truncate <z.{}'
	reveals y a,b 0.125,0.25 0.4375,-0.5
	is_line "fraction bits" y.1 16
	together 2 y smpc-truncate -f 20 'x.{}'
	reveals y a,b 1,2 3.5,-4
	is_line "fraction bits" y.1 16
}

@test "the share of the dealer holds keys, that of a computing party a word for each value" {
	seq 300000 >in
	smpc-share -n 2 --no-header -o x in
	together 2 y smpc-truncate -f 0 'x.{}'
	smpc-reveal -o out y.1 y.2
	cmp out in
	[ "$(stat -c %s y.0)" -lt 2000 ]
	[ "$(stat -c %s y.1)" -lt 2402000 ]
	assert_equal "$(line_of part y.0)" "$(line_of part y.1)"
}

@test "tensors, parts and empty ones; --json" {
	shared a p,q 1,2 3,4
	shared b p,q 5,6
	shared c u 7
	for p in 0 1 2; do
		emptied <a.$p >only.$p
		cat a.$p only.$p b.$p >m.$p
	done
	together 2 y smpc-truncate -f 1 'm.{}'
	reveals y p,q 1,2 3,4 5,6
	together 2 y smpc-truncate -f 1 'only.{}'
	reveals y p,q
	together 2 y smpc-truncate -f 1 --json 'm.{}'
	assert_equal "$(head -c 1 y.0)$(head -c 1 y.1)" "{{"
	reveals y p,q 1,2 3,4 5,6
	for p in 0 1 2; do
		cat a.$p c.$p >m.$p
	done
	together 2 y smpc-truncate -f 1 'm.{}'
	quietly smpc-reveal y.1 y.2
	assert_output "$(printf '%s\n' p,q 1,2 3,4 '' u 7)"
}

@test "columns in units of their own keep them, and their ranges; what cannot be cut off is refused" {
	smpc-share -f -n 2 --range 'a=0..150' --codes c=no,yes --unit a=m -o x - <<<$'a,c\n77.25,yes\n150,no'
	together 2 y smpc-truncate -f 4 'x.{}'
	reveals y a,c 77.25,1 150,0
	assert_equal "$(known_of y)" "a: number, from 0 to 150.00002 m, words times 2^-12
c: class 'no', 'yes', from 0 to 1"
	together 2 y smpc-truncate -f 4 --faithful 'x.{}'
	assert_equal "$(known_of y)" "a: number, from 0 to 150 m, words times 2^-12
c: class 'no', 'yes', from 0 to 1"
	together 2 y smpc-truncate -f 20 'x.{}'
	assert_equal "$(known_of y)" "$(known_of x)"
	# what a small factor leaves of large numbers keeps its digits
	smpc-share -f -n 2 --range gdp=0..2e13 -o g - <<<$'gdp\n51930000000\n11600000000\n2430000000\n1e13'
	for p in 0 1 2; do
		smpc-mul -c 1e-9 -o small.$p g.$p
	done
	together 2 y smpc-truncate 'small.{}'
	together 2 z smpc-map log 'y.{}'
	smpc-reveal y.1 y.2 | tail -n +2 | paste -s -d ' ' | awk '{ for (i = 1; i <= 4; i++) split("51.93 11.6 2.43 10000", v, " ")
	    for (i = 1; i <= 4; i++) if ($i < v[i] - 0.002 - v[i] * 2e-5 || $i > v[i] + 0.002 + v[i] * 2e-5) exit 1 }'
	smpc-reveal z.1 z.2 | awk 'NR == 2 { exit !($1 > 3.948 && $1 < 3.952) }'
	smpc-share -f -n 2 --range 'big=0..2e5' -o big - <<<$'big\n3\n2e5'
	for p in 0 1 2; do
		smpc-mul -c 3e9 big.$p >many.$p
		smpc-mul -c 7e9 big.$p >more.$p
	done
	quietly smpc-truncate --plan -f 4 many.1
	fails_with 5 smpc-truncate --plan -f 4 more.1
	stderr_has "column 'big': words of up to 63 bits are announced"
	smpc-reveal --public -o more.public more.1 more.2
	fails_with 5 smpc-truncate --clear -f 4 more.public
}

@test "--plan and --stats: what passes on the links" {
	numbers x.csv 100 2 40 2
	shared_csv 2 x
	costs 2 smpc-truncate -f 3 'x.{}'
	costs 2 smpc-truncate -f 3 --faithful 'x.{}'
	rm x.?
	shared_csv 3 x
	costs 3 smpc-truncate -f 3 'x.{}'
	costs 3 smpc-truncate -f 3 --faithful 'x.{}'
}

@test "--clear: public streams, a public result" {
	shared x a 1.75 -3
	smpc-reveal --public -o x.public x.1 x.2
	quietly smpc-truncate --clear --faithful -f 1 -o y x.public
	quietly smpc-reveal y
	assert_output "$(printf '%s\n' a 1.5 -3)"
}

@test "a plan for what a header of a few hundred bytes announces: at once, or refused" {
	local rows
	seq 10 >x.csv
	shared_csv 2 x
	for rows in 1 262144; do
		smpc-cat --json x.0 |
			sed "s/\"shape\":\[10,1\]/\"shape\":[200000000000,1]/; s/\"digest\":\"[0-9a-f]*\",//; s/\"key_rows\":[0-9]*/\"key_rows\":$rows/" >large
		quietly timeout 60 smpc-truncate --plan -f 3 large
		assert_output --regexp "^rounds 762941, .* dealt 1925000000000 bytes"
	done
	sed -i 's/200000000000/1099511627776/' large
	cat large <(sed 's/"id":"[0-9a-f]*"/"id":"'"$(printf '%064d' 1)"'"/; s/"name":"[a-z]*"/"name":"more"/' large) >larger
	fails_with 1 timeout 60 smpc-truncate --plan -f 3 larger
}

@test "a model with fewer bits is a model" {
	printf '%s\n' a,y 0,0 1,1 0.25,0 0.75,1 >t.csv
	smpc-share -n 2 --codes y=0,1 -o t t.csv
	smpc-reveal --public -o t.public t.1 t.2
	smpc-train --clear -l y --standardize -e 3 -b 2 -o m t.public
	smpc-truncate --clear -f 12 -o short m
	assert_equal "$(line_of network short)" "$(line_of network m)"
	[ -n "$(line_of network short)" ]
	assert_equal "$(line_of "fraction bits" short | sort -u)" 12
	assert_equal "$(smpc-cat --repeat --json short | grep -c '"model":')" 1
	smpc-cut -c a -o x.public t.public
	smpc-predict --clear -o p.short short x.public
	smpc-predict --clear -o p m x.public
	paste <(smpc-reveal p) <(smpc-reveal p.short) |
		awk 'NR > 1 { d = $1 - $2; if (d > 0.01 || d < -0.01) bad++ } END { exit bad || NR != 5 }'
	# and the same of shares
	each smpc-cut -c a -o x.@ t.@
	smpc-local -n 2 -o s -- smpc-train -l y --standardize -e 3 -b 2 't.{}'
	together 2 short smpc-truncate -f 12 's.{}'
	assert_equal "$(line_of network short.1)" "$(line_of network s.1)"
	together 2 q smpc-predict 'short.{}' 'x.{}'
}

@test "wrong operands" {
	refused_operands smpc-truncate INPUT
	refused_public smpc-truncate INPUT
	fails_with 2 smpc-truncate -f 63 small.1
	fails_with 2 smpc-truncate small.1 small.1
}

@test "a pipeline of tools on a stream of many blocks, at all parties at once" {
	unsanitized "time"
	local rows
	rows=$(of_size 600000 1200000)
	seq "$rows" | sed 's/.*\(...\)$/\1/' >in
	smpc-share -n 2 --no-header -o x in
	together 2 y sh -c 'smpc-mul x.{} x.{} | smpc-truncate -f 10 - | smpc-truncate -f 0 --tag last'
	smpc-reveal -o out y.1 y.2
	paste in out | awk -v rows="$rows" '{ d = $2 - $1 * $1 } d != 0 && d != 1 { exit 1 } END { exit NR != rows }'
	nothing_left
}

# ---- what holds for all tools that compute in a session

@test "parties with other inputs: nobody has a result, and it is said what differs" {
	shared x a 1 2
	cp x.2 kept
	smpc-share -f -n 2 -o z <<<$'a\n1\n2'
	cp z.2 x.2
	capture smpc-local -o y -- smpc-truncate -w 2 -f 4 'x.{}'
	assert_failure 4
	stderr_has "input 1 is "
	assert_not_exists y.1
	# a later part
	cp kept x.2
	for p in 0 1 2; do
		cat x.$p z.$p >l.$p
	done
	smpc-share -f -n 2 -o z <<<$'a\n1\n2'
	cat x.2 z.2 >l.2
	capture smpc-local -o y -- smpc-truncate -w 2 -f 4 'l.{}'
	assert_failure 4
	stderr_has "other parts or rows"
	assert_not_exists y.1
	# other parameters
	capture smpc-local -o y -- sh -c 'smpc-truncate -w 2 -f $((4 + ({} == 1))) x.{}'
	assert_failure 4
	stderr_has "parameters="
	assert_not_exists y.1
	nothing_left
}

@test "an owner who gave the parties different numbers: nobody has a result" {
	shared x a 1 2
	forged 1 <x.2 >y.2
	mv y.2 x.2
	capture smpc-local -o y -- smpc-truncate -f 4 'x.{}'
	assert_failure 4
	stderr_has "have not worked on the same values"
	assert_not_exists y.0
	assert_not_exists y.1
	nothing_left
}

@test "an output that cannot be written at one party: nobody has a result" {
	shared x a 1 2
	mkdir out
	capture smpc-local -- sh -c 'test {} != 1 || cd /proc; smpc-truncate -o out/y.{} '"$PWD"'/x.{}'
	assert_failure
	assert_equal "$(ls out)" ""
	# one that fails when all has been computed
	ln -s /dev/full out/y.1
	capture smpc-local -- smpc-truncate -f 4 -o 'out/y.{}' 'x.{}'
	assert_failure 1
	stderr_has "No space left"
	assert_equal "$(ls out)" y.1
	nothing_left
}

@test "two results of one input are different sharings of different ids" {
	shared x a 1 2
	together 2 y smpc-truncate -f 4 'x.{}'
	together 2 z smpc-truncate -f 4 'x.{}'
	[ "$(line_of part y.1)" != "$(line_of part z.1)" ]
	run smpc-reveal y.1 z.2
	assert_failure 4
	smpc-info --words y.1 >y.words
	smpc-info --words z.1 >z.words
	run cmp -s y.words z.words
	assert_failure
}

@test "every block of a result has keys and an id of its own" {
	seq 600000 >in
	smpc-share -n 2 --no-header -o x in
	together 2 y smpc-truncate -f 0 'x.{}'
	together 2 z smpc-truncate -f 0 'x.{}'
	for p in 0 1 2; do
		for f in y z; do
			smpc-cat --json $f.$p | sed 's/"words":.*//'
		done
	done >all
	# two keys of the dealer, one of each other party, for three blocks, twice
	grep -o '"keys":[^]]*' all | grep -oE '[0-9a-f]{64}' | sort >keys
	assert_equal "$(wc -l <keys)" 24
	assert_equal "$(uniq -d keys)" ""
	grep -oE '"id":"[0-9a-f]{64}' all | sort | uniq -c >ids
	# the same three at the three parties, twice
	assert_equal "$(awk '$1 == 3' ids | wc -l)" 6
	assert_equal "$(wc -l <ids)" 6
	# where nothing but the rows tells blocks apart
	smpc-reveal --public -o x.public x.1 x.2
	smpc-truncate --clear -f 0 --json x.public | sed 's/"words":.*//' | grep -oE '"id":"[0-9a-f]{64}' | sort -u >ids
	assert_equal "$(wc -l <ids)" 3
}
