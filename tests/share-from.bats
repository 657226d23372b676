#!/usr/bin/env bats
#
# smpc-share --from: an owner shares over the links.

load helper
load shares
load parties

setup() {
	common_setup
	parties_setup
	parties dealer alice bob owner-
	printf '%s\n' a,b 1,-2.5 3,4 >t.csv
}

# whole NAME: the shares NAME.*, each sealed to its party by itself, reveal to t.csv, by any sufficient set.
whole() {
	local set files p
	for p in dealer alice bob; do
		grep -qaF "{\"from\":\"$p\",\"kind\":\"sealed\",\"to\":\"$p\"}" "$1.$p" || return 1
		cp "$1.$p" "open.$p"
	done
	opened open dealer alice bob || return 1
	for set in "alice bob" "dealer alice" "dealer bob"; do
		read -r -a files <<<"$set"
		quietly smpc-reveal "${files[@]/#/open.}" || return 1
		assert_output "$(cat t.csv)" || return 1
	done
}

@test "an owner who is a computing party" {
	each_agent dealer bob -- smpc-share --from alice -o x
	each_agent alice -- smpc-share --from alice -o x t.csv
	well dealer alice bob
	whole x
	assert_equal "$(stat -c %a x.dealer x.alice x.bob | sort -u)" 600
	assert_equal "$(cat ./*.out)" ""
	nothing_left
}

@test "an owner who only dials in, without an address" {
	each_agent dealer alice bob -- smpc-share --from owner -o x
	agent owner -- smpc-share --from owner t.csv
	well dealer alice bob owner
	whole x
	assert_not_exists x.owner
	nothing_left
}

@test "from standard input, to -O, as JSON" {
	each_agent dealer alice bob -- smpc-share --from owner --json -O {}=y.{}
	agent owner -- sh -c 'cat t.csv | smpc-share --from owner'
	well dealer alice bob owner
	whole y
	head -c 1 open.bob | run ! grep -qF '{'
	at bob smpc-cat --unsealed --json y.bob | cmp - <(at bob smpc-cat --unsealed --json open.bob)
}

@test "the owner alone is told, once, of rows that were left out" {
	printf '%s\n' a,b 1,-2.5 ,3 3,4 >with-missing.csv
	each_agent dealer alice bob -- smpc-share --from owner -o x
	agent owner -- smpc-share --from owner --na drop with-missing.csv
	well dealer alice bob
	ended owner 20 0
	assert_equal "$(cat owner.err)" "smpc-share: with-missing.csv: left out 1 of 3 rows for missing values: 1 in 'a'"
	whole x
}

@test "the owner's options count: columns, scale, name, fraction bits" {
	each_agent dealer alice bob -- smpc-share --from owner -o x
	agent owner -- smpc-share --from owner -c b --scale b=2 --name patients --fraction-bits 20 t.csv
	well dealer alice bob owner
	opened x alice bob
	quietly smpc-reveal x.alice x.bob
	assert_output "$(printf '%s\n' b -5 8)"
	is_line "fraction bits" x.bob 20
}

@test "thousands of rows, whose shares are as small as smpc-share's files" {
	seq 1 100000 | awk '{ print $1 / 8 "," $1 / -4 }' >t.csv
	smpc-share -p parties.json --no-seal --no-header -o y t.csv
	each_agent dealer alice bob -- smpc-share --from owner -o x
	agent owner -- smpc-share --from owner --no-header t.csv
	well dealer alice bob owner
	whole x
	for p in dealer alice bob; do
		assert_equal "$(stat -c %s open.$p)" "$(stat -c %s y.$p)"
	done
}

@test "what the owner declares is in the shares, and what is large is told once" {
	printf 'a,b,c\n1e6,2e6,no\n3,4,yes\n' >t.csv
	each_agent dealer alice bob -- smpc-share --from owner -o x
	agent owner -- smpc-share --from owner --range a=0..1e6 --unit a=EUR --codes c=no,yes t.csv
	ended owner 20 0
	assert_equal "$(cat owner.err)" "smpc-share: t.csv: numbers of 32768 and more are in columns without a declared range; their \
sums and means are exact all the same, but variance, correlation, --standardize, matmul and training will refuse them, and \
products by public fractions (smpc-mul -c) wrap from 2147483648 on; to declare ranges, add --range b=0..2e6"
	: >owner.err
	well dealer alice bob owner
	assert_equal "$(at bob smpc-info x.bob | sed -n 's/^column  *//p')" "a: number, from 0 to 1000000 EUR, words times 2^6
c: class 'no', 'yes', from 0 to 1"
	opened x alice bob
	quietly smpc-reveal x.alice x.bob
	assert_output "$(printf '%s\n' a,b,c 1000000,2000000,0 3,4,1)"
}

@test "a table that is wrong stops before anybody gets anything" {
	printf '%s\n' a,b 1,2 3,x >t.csv
	each_agent dealer alice bob -- sh -c "$slowly" sh smpc-share --from owner -o x
	agent owner -- sh -c "$slowly" sh smpc-share --from owner t.csv
	ended owner 6 1 "t.csv" "x"
	for p in dealer alice bob; do
		ended $p 6 3 "'owner'" || return 1
	done
	run find . -name '*x.*'
	assert_output ""
	nothing_left
}

@test "a table that turns out wrong after many rows: no party is left with a share" {
	{
		seq 1 200000
		echo oops
	} >t.csv
	each_agent dealer bob -- sh -c "$slowly" sh smpc-share --from alice -o x
	each_agent alice -- sh -c "$slowly" sh smpc-share --from alice --no-header -o x t.csv
	ended alice 10 1 "200001"
	ended dealer 10 3 "'alice'"
	ended bob 10 3 "'alice'"
	run find . -name '*x.*'
	assert_output ""
}

@test "outputs that exist: refused without -f at the one who has them, and nobody else gets a share; replaced with it" {
	echo old >x.alice
	each_agent dealer alice bob -- sh -c "$slowly" sh smpc-share --from owner -o x
	agent owner -- sh -c "$slowly" sh smpc-share --from owner t.csv
	ended alice 6 1 "x.alice"
	for p in dealer bob owner; do
		ended $p 6 3 "'alice'" || return 1
	done
	assert_equal "$(cat x.alice)" old
	assert_not_exists x.bob
	assert_not_exists x.dealer
	each_agent dealer alice bob -- smpc-share --from owner -f -o x
	agent owner -- smpc-share --from owner t.csv
	well dealer alice bob owner
	whole x
}

@test "a party that cannot give its share a name in the end: 1 there, and all others take theirs back" {
	echo old >x.alice
	each_agent dealer alice bob -- sh -c "$slowly" sh smpc-share --from owner -f -o x
	within 6 compgen -G 'x.bob.??????' >/dev/null
	mkdir x.bob
	agent owner -- sh -c "$slowly" sh smpc-share --from owner t.csv
	ended bob 6 1 "x.bob"
	ended owner 6 3 "party 'bob' could not give its share its name"
	ended alice 6 3 "ours is taken back"
	ended dealer 6 3 "ours is taken back"
	assert_equal "$(cat x.alice)" old
	assert_equal "$(echo x.*)" "x.alice x.bob"
	nothing_left
}

@test "an owner who cannot give its own share a name: 1 there, and the others take theirs back" {
	each_agent alice -- sh -c "$slowly" sh smpc-share --from alice -o x t.csv
	within 6 compgen -G 'x.alice.??????' >/dev/null
	echo new >x.alice
	each_agent dealer bob -- sh -c "$slowly" sh smpc-share --from alice -o x
	ended alice 6 1 "x.alice: exists"
	ended bob 6 3 "ours is taken back"
	ended dealer 6 3 "ours is taken back"
	run compgen -G 'x.*'
	assert_output x.alice
	assert_equal "$(cat x.alice)" new
}

@test "a party whose disk is full: 1 there, and the others do not keep shares that are of no use" {
	mkdir disk
	mount -t tmpfs -o size=64k,mode=755 tmpfs disk 2>/dev/null || skip "needs the right to mount a tmpfs"
	seq 1 50000 >t.csv
	each_agent dealer alice -- sh -c "$slowly" sh smpc-share --from owner -o x
	each_agent bob -- sh -c "$slowly" sh smpc-share --from owner -o disk/x
	agent owner -- sh -c "$slowly" sh smpc-share --from owner --no-header t.csv
	within 10 test -e owner.status -a -e bob.status -a -e alice.status -a -e dealer.status
	local left
	left=$(find disk -type f | wc -l)
	umount disk
	assert_equal "$left" 0
	ended bob 1 1 "No space"
	ended owner 1 3 "'bob'"
	ended alice 1 3
	ended dealer 1 3
	assert_not_exists x.alice
	assert_not_exists x.dealer
}

@test "the owner is killed while it shares: 3 at all, by name, and no share is left" {
	seq 1 3000000 >t.csv
	each_agent dealer alice bob -- smpc-share --from owner -o x
	agent owner -- sh -c 'smpc-share --from owner --no-header t.csv & echo $! >tool; wait $!; s=$?; sleep 0.6; exit $s'
	within 10 sending
	kill -KILL "$(cat tool)"
	ended owner 5 137
	for p in dealer alice bob; do
		ended $p 5 3 "'owner'" || return 1
	done
	run find . -name '*x.*'
	assert_output ""
}

# sending: bob has begun to write.
sending() {
	[ -n "$(find . -name '*x.bob*' -size +100k)" ]
}

@test "the dealer as owner: 4" {
	each_agent dealer -- smpc-share --from dealer -o x t.csv
	ended dealer 6 4 "'dealer'"
	each_agent alice -- smpc-share --from dealer -o x
	ended alice 6 4 "'dealer'"
}

@test "usage: no such owner, a table from one who is not the owner, other schemes, no output, no agent" {
	fails_with 2 smpc-share --from owner -o x
	stderr_has smpc-party
	each_agent alice -- sh -c 'for o in "--from owmer" "--from owner t.csv" "--from alice --additive t.csv" "--from alice -n 2 t.csv" \
		"--from alice --modulus 7 t.csv" "--from alice --check t.csv"; do smpc-share $o -o x; echo $?; done; smpc-share --from owner; echo $?'
	ended alice 8 0
	assert_equal "$(paste -s -d ' ' alice.out)" "2 2 2 2 2 2 2"
	said alice "'owmer'"
	run find . -name 'x*'
	assert_output ""
}

@test "a party that does not take part: 3, by name, at the owner too" {
	each_agent dealer alice -- sh -c "$meeting" sh 3 smpc-share --from owner -w 3 -o x
	agent owner -- sh -c "$meeting" sh 3 smpc-share --from owner -w 3 t.csv
	ended owner 6 3 "'bob'"
	ended alice 6 3 "'bob'"
	ended dealer 6 3 "'bob'"
	run find . -name '*x.*'
	assert_output ""
}

@test "shared, computed on and revealed in one script" {
	each_agent dealer alice bob -- sh -ec 'smpc-share --from owner -O {}=- | smpc-mul -c 2 | smpc-reveal --to owner'
	agent owner -- sh -ec 'smpc-share --from owner t.csv; smpc-reveal --to owner'
	well dealer alice bob owner
	assert_equal "$(cat owner.out)" "$(printf '%s\n' a,b 2,-5 6,8)"
	assert_equal "$(cat alice.out bob.out dealer.out)" ""
}
