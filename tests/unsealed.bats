#!/usr/bin/env bats
#
# What an owner made is sealed, and by whom, wherever there is a parties file.

load helper
load shares
load parties

setup() {
	common_setup
	parties_setup
	parties dealer alice bob owner- receiver-
	table t.csv a,b 1,-2.5 3,4
}

# sealed_by FROM TO FILE
sealed_by() {
	grep -qaF '{"from":"'"$1"'","kind":"sealed","to":"'"$2"'"}' "$3"
}

@test "under an agent: an owner's share that is not sealed is refused, and nothing is made of it" {
	smpc-share -p parties.json --no-seal -o x t.csv
	owned -o y t.csv
	agent alice -- sh -c 'smpc-sum -o s x.alice; echo $?; smpc-paste -o s y.alice x.alice; echo $?
		smpc-mul -w 1 -o s x.alice x.alice; echo $?; smpc-reveal -w 1 --to alice x.alice; echo $?
		smpc-sum -o s --unsealed x.alice && smpc-mul -c 2 -o t s; echo $?'
	ended alice 10 0 "smpc-sum: x.alice: " "smpc-paste: x.alice: " "smpc-mul: x.alice: " "smpc-reveal: x.alice: "
	assert_equal "$(paste -s -d ' ' alice.out)" "4 4 4 4 0"
	# what it made itself is open, and for its eyes alone
	run ! grep -qaF sealed s t
	assert_equal "$(stat -c %a s t | paste -s -d ' ')" "600 600"
}

@test "a job on sealed shares: those that pass as they are are sealed to the party by itself, results are open" {
	smpc-share -i owner.key -p parties.json -o x t.csv
	smpc-share -i bob.key -p parties.json -o y t.csv
	cat >job.sh <<-'S'
		p=$SMPC_PARTY
		smpc-cat x.$p y.$p | smpc-cut -t data | smpc-sum -o sum.$p
		smpc-cat -o all.$p x.$p y.$p
		smpc-cut -t data -o cut.$p x.$p
		smpc-info all.$p | sed -n 's/^sealed by  *//p'
		smpc-cat --json all.$p sum.$p >both.$p
		smpc-mul all.$p all.$p | smpc-reveal --to bob
		smpc-cat --unsealed -o open.$p x.$p
		smpc-info open.$p | sed -n 's/^sealed by  *//p'
		! smpc-sum open.$p >nothing.$p
	S
	each_agent dealer alice bob -- sh -eu job.sh
	for p in dealer alice bob; do
		ended $p 20 0 "smpc-sum: open.$p: record 1 at byte 0: comes from an owner and is not sealed" || return 1
		sealed_by $p $p all.$p
		sealed_by $p $p cut.$p
		sealed_by $p $p both.$p
		run ! grep -qaF sealed sum.$p open.$p
		assert_equal "$(head -n 1 $p.out)" $p
		assert_equal "$(tail -n 1 $p.out)" "nobody, though it comes from an owner: other tools refuse it without --unsealed"
		assert_equal "$(stat -c %s nothing.$p)" 0
	done
	smpc-reveal sum.alice sum.bob >got
	assert_equal "$(cat got)" "$(printf '%s\n' a,b 8,3)"
	assert_equal "$(sed -n 3,6p bob.out)" "$(printf '%s\n' 1,6.25 9,16 1,6.25 9,16)"
	nothing_left
}

@test "who seals: an owner or a computing party, whose share it is, or --sealed-by; nobody else" {
	smpc-share -p parties.json --no-seal -o x t.csv
	for from in dealer alice bob owner receiver; do
		at $from smpc-seal -o $from.alice alice x.alice
	done
	smpc-sum -o sum x.alice
	at receiver smpc-seal -o sum.alice alice sum
	for from in alice bob owner; do
		quietly at alice smpc-sum -o s $from.alice
	done
	for from in dealer receiver; do
		fails_with 4 at alice smpc-sum $from.alice
		stderr_has "was sealed by '$from', who owns no data by the parties file; --sealed-by $from takes it all the same"
		quietly at alice smpc-sum -o s --sealed-by $from $from.alice
		# not for want of a seal
		fails_with 4 at alice smpc-sum --unsealed $from.alice
		fails_with 4 at alice smpc-sum --sealed-by owner $from.alice
		stderr_has "was sealed by '$from', not by 'owner'"
	done
	# a result is no owner's
	quietly at alice smpc-sum -o s sum.alice
	# who puts shares together may have them from those whose they are
	smpc-seal -i dealer.key -p parties.json -o to.dealer receiver x.dealer
	smpc-seal -i alice.key -p parties.json -o to.alice receiver x.alice
	quietly at receiver smpc-reveal to.dealer to.alice
	assert_output "$(cat t.csv)"
}

@test "an operation without an input makes no result" {
	needs python3
	smpc-share -p parties.json --no-seal -o x t.csv
	python3 - "$ROOT/tests/python" <<-'P'
		import sys
		sys.dont_write_bytecode = True
		sys.path.insert(0, sys.argv[1])
		import sharestream as share
		records = share.parse(open('x.alice', 'rb').read())
		for r in records:
		    r.header['op'] = 'sum'
		open('y.alice', 'wb').write(b''.join(map(share.encode_binary, records)))
	P
	fails_with 4 at alice smpc-sum y.alice
	stderr_has "comes from an owner and is not sealed"
}

@test "smpc-local: nothing is sealed, and what was delivered can be used when it is over" {
	quietly smpc-local -o out -- sh -eu -c 'case $SMPC_PARTY in 1) set -- t.csv ;; esac
		smpc-share --from 1 -o x "$@"; smpc-cat x.$SMPC_PARTY | smpc-mul -c 2 | smpc-reveal --to 2'
	assert_equal "$(cat out.2)" "$(printf '%s\n' a,b 2,-5 6,8)"
	run ! grep -qaF sealed x.1
	quietly smpc-reveal x.1 x.2
	assert_output "$(cat t.csv)"
}
