#!/usr/bin/env bats
#
# smpc-share and smpc-seal under an agent: it seals, and nobody else has the key.

load helper
load shares
load parties

setup() {
	common_setup
	parties_setup
	parties dealer alice bob owner-
	table t.csv a,b 1,-2.5 3,4
}

# under NAME: from now on this shell is under the agent of NAME, and its identity file is in the directory "away".
under() {
	eval "$(SMPC_STATE=$PWD/state.$1 smpc-party -i "$1.key" -p parties.json 3>&- 2>>agents.err)"
	# shellcheck disable=SC2153
	assert_equal "$SMPC_PARTY" "$1" || return 1
	mkdir -p away
	mv "$1.key" away
}

# opens NAME FROM TO: the sealed stream FROM is to NAME.
opens() {
	local key=$1.key
	[ -e "$key" ] || key=away/$key
	quietly env -u SMPC_LINK smpc-cat --unsealed -i "$key" -p parties.json --sealed-by "${4:-$SMPC_PARTY}" -o "$3" "$2"
}

# none FILE...: these do not exist, nor do their temporary files.
none() {
	local file
	for file; do
		assert_not_exists "$file" || return 1
		run compgen -G "$file.??????"
		assert_output "" || return 1
	done
}

@test "smpc-share: the shares are sealed in the name of the agent's party, each to its own" {
	under owner
	quietly smpc-share -o x t.csv
	for name in dealer alice bob; do
		grep -q '"from":"owner","kind":"sealed","to":"'$name'"' x.$name
		opens $name x.$name open.$name
	done
	fails_with 4 env -u SMPC_LINK smpc-cat -i bob.key -p parties.json x.alice
	for set in "open.alice open.bob" "open.dealer open.bob"; do
		read -ra files <<<"$set"
		quietly smpc-reveal --unsealed "${files[@]}"
		assert_output "$(cat t.csv)"
	done
	quietly smpc-share --additive -o y t.csv
	opens alice y.alice y1
	opens bob y.bob y2
	quietly smpc-reveal --unsealed y1 y2
	assert_output "$(cat t.csv)"
	[ ! -e y.dealer ]
	quietly smpc-share --no-seal -o z t.csv
	quietly smpc-reveal --unsealed z.alice z.bob
	kill "$SMPC_AGENT_PID"
	nothing_left
}

@test "under a command's agent, as smpc-party(1) has it" {
	agent owner -- smpc-share -o x t.csv
	well owner
	SMPC_PARTY=owner opens alice x.alice a
	SMPC_PARTY=owner opens dealer x.dealer d
	quietly smpc-reveal d a
	assert_output "$(cat t.csv)"
}

@test "streams of many chunks, each share under a key of its own" {
	under owner
	seq 30000 >long
	quietly smpc-share --no-header -o x long
	[ "$(stat -c %s x.alice)" -gt 200000 ]
	opens alice x.alice a
	opens bob x.bob b
	smpc-reveal --unsealed a b | cmp - long
	# behind the header is the public key that was made for this stream
	for name in dealer alice bob; do
		header=$(printf '{"from":"owner","kind":"sealed","to":"%s"}' $name | wc -c)
		tail -c +$((16 + header + 1)) x.$name | head -c 32 | sha256sum
	done >ephemeral
	assert_equal "$(sort -u ephemeral | wc -l)" 3
	kill "$SMPC_AGENT_PID"
}

@test "smpc-seal: from the agent's party, also what was sealed to it" {
	quietly smpc-share -p parties.json -i owner.key -o x t.csv
	under alice
	quietly smpc-seal -o s alice x.alice
	grep -q '"from":"alice","kind":"sealed","to":"alice"' s
	opens alice s back
	quietly smpc-cat --unsealed -o again s
	cmp back again
	quietly smpc-sum -o sum s
	quietly smpc-seal -o t bob sum
	opens bob t back
	cmp back sum
	smpc-seal owner - <sum >t
	opens owner t back
	cmp back sum
	kill "$SMPC_AGENT_PID"
}

@test "of several streams, the one that is sealed to another is named" {
	quietly smpc-share -p parties.json -i owner.key -o x t.csv
	under alice
	quietly smpc-sum -o sum x.alice
	fails_with 4 smpc-reveal x.alice x.bob
	stderr_has "smpc-reveal: x.bob: is sealed to 'bob', and this is the agent of 'alice'"
	fails_with 4 smpc-cat <x.dealer
	stderr_has "smpc-cat: standard input: is sealed to 'dealer'"
	sed 's/"name": "owner"/"name": "other"/' parties.json >others.json
	quietly smpc-share -p others.json -i owner.key -o y t.csv
	fails_with 4 smpc-paste x.alice y.alice
	stderr_has "smpc-paste: y.alice: says it was sealed by 'other', who is not in the parties file"
	kill "$SMPC_AGENT_PID"
}

@test "-i and SMPC_IDENTITY go before the agent" {
	under alice
	printf '%s\n' a 5 | smpc-share -n 2 -o x
	quietly smpc-seal -i owner.key -o s bob x.1
	opens bob s back owner
	SMPC_IDENTITY=owner.key quietly smpc-seal -o s bob x.1
	opens bob s back owner
	quietly smpc-seal -o s bob x.1
	opens bob s back alice
	quietly smpc-share -i owner.key -o y t.csv
	opens bob y.bob back owner
	SMPC_IDENTITY=owner.key quietly smpc-share -f -o y t.csv
	opens bob y.bob back owner
	fails_with 1 smpc-seal -i alice.key bob x.1
	kill "$SMPC_AGENT_PID"
}

@test "the dealer owns nothing, whatever it calls itself; it may send what it has" {
	under dealer
	for option in "" --no-seal --additive --json; do
		# shellcheck disable=SC2086 # none, or one
		fails_with 4 smpc-share $option -o x t.csv || return 1
		stderr_has "'dealer' is the dealer"
	done
	SMPC_PARTY=owner fails_with 4 smpc-share -o x t.csv
	stderr_has "seals from 'dealer' to 'dealer', and we are 'owner'"
	fails_with 4 env -u SMPC_PARTY smpc-share -o x t.csv
	fails_with 4 env -u SMPC_PARTY smpc-share -O dealer=- -O alice=u -O bob=v t.csv
	none x.dealer x.alice x.bob u v
	printf '%s\n' a 5 | smpc-share -n 2 -o x
	quietly smpc-seal -o s bob x.0
	opens bob s back
	SMPC_PARTY=owner fails_with 4 smpc-seal -o t bob x.0
	none t
	kill "$SMPC_AGENT_PID"
}

@test "the parties file is the agent's" {
	under owner
	cp parties.json copy.json
	quietly smpc-share -p copy.json -o x t.csv
	opens bob x.bob back
	# bob has another key there
	sed "s/$(cat bob.pub)/$(smpc-keygen -o other.key)/" parties.json >other.json
	run cmp -s parties.json other.json
	assert_failure 1
	fails_with 4 smpc-share -p other.json -o y t.csv
	stderr_has "other.json is not the parties file that this party's agent was started with"
	fails_with 4 smpc-seal -p other.json -o y bob back
	stderr_has "other.json is not"
	fails_with 4 env -u SMPC_PARTIES smpc-share -p parties.json -o y t.csv
	stderr_has SMPC_PARTIES
	fails_with 2 env -u SMPC_PARTIES smpc-share -o y t.csv
	fails_with 2 env -u SMPC_PARTIES smpc-seal bob back
	stderr_has "-p"
	SMPC_PARTIES=nowhere fails_with 1 smpc-seal -p parties.json bob back
	# not sealed: the agent has no part in it
	quietly smpc-share -p other.json --no-seal -o z t.csv
	none y.dealer y.alice y.bob y
	kill "$SMPC_AGENT_PID"
}

@test "an unknown recipient; a share that the recipient must not have; a damaged stream" {
	under owner
	quietly smpc-share --no-seal -o x t.csv
	fails_with 2 smpc-seal -o s bbo x.bob
	stderr_has "no party is named 'bbo'"
	fails_with 4 smpc-seal -o s alice x.bob
	stderr_has "is the share of 'bob'"
	damaged x.bob bad
	fails_with 4 smpc-seal -o s bob bad
	printf '%s\n' a 1 x >bad.csv
	fails_with 1 smpc-share -o y bad.csv
	none s y.dealer y.alice y.bob
	kill "$SMPC_AGENT_PID"
}

@test "an agent that has ended: 3, and nothing is written" {
	under owner
	kill "$SMPC_AGENT_PID"
	within 4 test ! -e "$SMPC_LINK"
	fails_with 3 smpc-share -o x t.csv
	stderr_has "does not answer"
	none x.dealer x.alice x.bob
	printf '%s\n' a 5 | smpc-share -n 2 -o x
	fails_with 3 smpc-seal -o s bob x.1
	none s
	quietly smpc-seal -i alice.key -o s bob x.1
}

@test "an agent that answers something else is not believed" {
	needs python3
	printf '%s\n' a 5 | smpc-share -n 2 -o x
	cat >false.py <<-'P'
		import socket, struct
		s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		s.bind('false')
		s.listen()
		header = b'{"from":"%s","kind":"sealed","to":"%s"}'
		def preamble(h):
		    return b'\xb5SEAL\r\n\x1a' + struct.pack('<II', 1, len(h)) + h + bytes(48)
		good = preamble(header % (b'alice', b'bob'))
		for p in (good, preamble(header % (b'owner', b'bob')), preamble(header % (b'alice', b'owner')), preamble(b'{}'),
		          good + b'x', good[:-1], good[:15], b'', good[:8] + b'\2' + good[9:], bytes(5000)):
		    c, _ = s.accept()
		    c.recv(1000)
		    c.send(b'\6' + bytes(40) + p)
		    c.close()
	P
	python3 false.py >false.log 2>&1 3>&- &
	soon test -S false
	export SMPC_LINK=$PWD/false SMPC_PARTY=alice SMPC_PARTIES=parties.json
	quietly smpc-seal -o s bob x.1
	rm s
	fails_with 4 smpc-seal -o s bob x.1
	stderr_has "seals from 'owner'"
	fails_with 4 smpc-seal -o s bob x.1
	stderr_has "to 'owner'"
	for _ in 1 2 3 4 5 6 7; do
		fails_with 1 smpc-seal -o s bob x.1 || return 1
	done
	none s
}
