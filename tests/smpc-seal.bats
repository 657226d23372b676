#!/usr/bin/env bats
# conduct: smpc-seal -i alice.key -p parties.json bob INPUT

load helper
load shares

setup() {
	common_setup
	identities
	shared x a,b 1,2 3,4
}

@test "what is sealed to a party, owner or dealer opens there, unchanged" {
	for name in bob owner dealer; do
		quietly smpc-seal -i alice.key -p parties.json -o s "$name" x.1
		quietly smpc-cat --unsealed -i "$name.key" -p parties.json -o back s
		cmp back x.1
	done
	smpc-seal --identity=alice.key --parties=parties.json --output=s bob <x.1
	smpc-cat --unsealed -i bob.key -p parties.json s | cmp - x.1
	SMPC_IDENTITY=alice.key SMPC_PARTIES=parties.json smpc-seal bob - <x.1 | smpc-cat --unsealed -i bob.key -p parties.json >back
	cmp back x.1
}

@test "nothing of the stream shows but who sealed it, and to whom" {
	quietly smpc-seal -i alice.key -p parties.json -o s bob x.1
	grep -q '"from":"alice"' s
	grep -q '"to":"bob"' s
	id=$(line_of part x.1 | head -n 1)
	run grep -c -e columns -e "$id" -e masked s
	assert_output 0
	quietly smpc-seal -i alice.key -p parties.json -o t bob x.1
	run cmp -s s t
	assert_failure 1
}

@test "nobody else opens it" {
	smpc-seal -i alice.key -p parties.json -o s bob x.1
	for name in alice owner stranger; do
		fails_with 4 smpc-cat -i "$name.key" -p parties.json s
		stderr_has "sealed to 'bob'"
	done
	damaged s bad
	fails_with 4 smpc-cat -o out -i bob.key -p parties.json bad
	head -c 500 s >short
	run smpc-cat -o out -i bob.key -p parties.json short
	assert_failure
	[ ! -e out ]
}

@test "a sender that the reader's parties file does not know is refused" {
	# alice's entry has the stranger's key
	sed "s/$(cat alice.pub)/$(cat stranger.pub)/" parties.json >other.json
	smpc-seal -i alice.key -p parties.json -o s bob x.1
	fails_with 4 smpc-cat -i bob.key -p other.json s
	fails_with 4 smpc-seal -i stranger.key -p parties.json bob x.1
	stderr_has "nobody's in the parties file"
}

@test "a stream sealed to me can be sealed again to another" {
	smpc-seal -i owner.key -p parties.json -o s alice x.1
	quietly smpc-seal -i alice.key -p parties.json -o t bob s
	smpc-cat --unsealed -i bob.key -p parties.json t | cmp - x.1
}

@test "a stream that is cut, damaged or none is not sealed" {
	head -c 300 x.1 >short
	fails_with 1 smpc-seal -i alice.key -p parties.json -o s bob short
	damaged x.1 bad
	fails_with 4 smpc-seal -i alice.key -p parties.json -o s bob bad
	table t.csv a 1
	fails_with 1 smpc-seal -i alice.key -p parties.json -o s bob t.csv
	stderr_has "is not a share stream"
	[ ! -e s ]
}

@test "refused: no identity, no parties, an unknown name, a key that others can read" {
	fails_with 2 smpc-seal bob x.1
	stderr_has "-i"
	fails_with 2 smpc-seal -i alice.key bob x.1
	stderr_has "-p"
	fails_with 2 smpc-seal -p parties.json bob x.1
	fails_with 2 smpc-seal -i alice.key -p parties.json
	stderr_has NAME
	fails_with 2 smpc-seal -i alice.key -p parties.json bbo x.1
	stderr_has "no party is named 'bbo'"
	fails_with 2 smpc-seal -i alice.key -p parties.json bob x.1 x.2
	fails_with 1 smpc-seal -i nowhere -p parties.json bob x.1
	fails_with 1 smpc-seal -i alice.key -p nowhere bob x.1
	chmod 640 alice.key
	fails_with 4 smpc-seal -i alice.key -p parties.json bob x.1
	stderr_has "chmod 600"
}

@test "--sealed-by: the whole name of the sender, in a list; not its beginning, and none that it begins" {
	local by
	smpc-seal -i alice.key -p parties.json -o s bob x.1
	for by in alice owner,alice alice,owner owner,alice,dealer; do
		quietly smpc-cat --unsealed -i bob.key -p parties.json --sealed-by "$by" -o back s
		cmp back x.1
	done
	for by in ali a alicea alice2 owner "" "," ,alic owner,ali,alices lice; do
		fails_with 4 smpc-cat -i bob.key -p parties.json --sealed-by "$by" s
		stderr_has "was sealed by 'alice', not by '$by'"
		fails_with 4 smpc-cat --unsealed -i bob.key -p parties.json --sealed-by "$by" s
	done
	fails_with 4 smpc-cat -i bob.key -p parties.json --sealed-by alice x.1
	stderr_has "is not sealed"
}
