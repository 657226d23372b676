#!/usr/bin/env bats
#
# What goes wrong between parties, with real processes: who is named, with which status, in what time, and what is left.

load helper
load shares
load parties

setup() {
	common_setup
	parties_setup
	parties dealer alice bob
}

@test "a peer is absent: 3 after -w, and it is named" {
	each_agent dealer bob -- sh -c "$meeting" sh 2 smpc-ping -w 2
	ended dealer 6 3 "'alice'" "is not connected"
	# who calls says where to, and what may be in the way
	ended bob 6 3 "'alice' at 127.0.0.1:${port[alice]}" "is not connected" "refused" "firewall"
	run ! grep -q "'bob'" dealer.err
	nothing_left
}

@test "the own agent is frozen: 3 within 15 seconds, for a session, a seal and a sealed stream" {
	local agent
	shared_by x a 1
	printf 'a\n1\n' | smpc-share -p parties.json --no-seal -o y
	export SMPC_STATE=$PWD/state.alice
	eval "$(smpc-party -i alice.key -p parties.json 3>&-)"
	agent=$SMPC_AGENT_PID
	kill -STOP "$agent"
	start ping smpc-ping -w 3
	start seal sh -c 'smpc-seal bob <y.alice >sealed.bob'
	start open smpc-info x.alice
	ended ping 18 3 "the agent of this party does not answer"
	ended seal 18 3 "the agent of this party does not answer"
	ended open 18 3 "the agent of this party does not answer"
	kill -CONT "$agent"
	kill "$agent"
	within 4 test ! -e "$SMPC_LINK"
	nothing_left
}

@test "more tools than the agent has room for: one that is too much says so, and the others are not told the wrong thing" {
	ulimit -n 200
	# shellcheck disable=SC2016
	agent alice -v -- sh -c 'for i in $(seq 130); do smpc-ping -w 600 -s 0 --tag never$i >>never.out 2>>never.err & done
		until [ "$(grep -c "serves 100" never.err)" = 30 ] && [ -e go ]; do sleep 0.05; done
		smpc-ping -w 2 -s 0 --tag late; echo $? >late; cp never.err refused.err; touch full
		until [ -s late.bob ] && [ -s late.dealer ]; do sleep 0.05; done'
	each_agent dealer bob -- sh -c 'until [ -e full ]; do sleep 0.05; done; smpc-ping -w 2 -s 0 --tag late; echo $? >late.{}
		until [ -s late.bob ] && [ -s late.dealer ]; do sleep 0.05; done'
	linked alice dealer bob
	touch go
	ended alice 20 0 "serves 100 tools at once"
	ended bob 20 0 "party 'alice' waits for 100 other steps"
	assert_equal "$(cat late late.bob late.dealer)" "$(printf '%s\n' 3 3 3)"
	assert_equal "$(grep -c "serves 100 tools" refused.err)" 30
	assert_equal "$(wc -l <refused.err)" 30
	nothing_left
}

@test "the agent has no descriptors left: it says so, once, and who comes in the meantime is served later" {
	ulimit -n 64
	agent alice -- sh -c "python3 '$peer' idle 40 go & python3 '$peer' idle 40 go & until [ -e full ]; do sleep 0.02; done
		smpc-ping -s 0 -w 60 & sleep 0.5; touch go; wait \$!; s=\$?; wait; exit \$s"
	each_agent dealer bob -- smpc-ping -s 0 -w 60
	within 10 grep -q "no more descriptors: others must wait" alice.err
	touch full
	ended alice 10 0
	well dealer bob
	assert_equal "$(wc -l <alice.err)" 1
	nothing_left
}

@test "one in three waits, reads and writes fails, for no reason that lasts: nothing comes of it" {
	unsanitized "a library that is loaded before theirs"
	local name
	seq 300 | sed '1i a' | owned -o x
	for name in dealer alice bob; do
		agent "$name" -- env LD_PRELOAD="$BUILD/preload/nervous.so" NERVOUS_LOG="failed.$name" \
			sh -c 'smpc-ping -s 1 -c 2 >/dev/null && smpc-mul x.$SMPC_PARTY x.$SMPC_PARTY | smpc-sum | smpc-reveal --to all'
	done
	well dealer alice bob
	assert_equal "$(cat alice.out)" "$(printf 'a\n9045050')"
	# and their agents
	for name in dealer alice bob; do
		start "$name" env SMPC_STATE="$PWD/state.$name" LD_PRELOAD="$BUILD/preload/nervous.so" NERVOUS_LOG="agent.$name" \
			smpc-party -i "$name.key" -p parties.json -- env -u LD_PRELOAD \
			sh -c 'for i in 1 2 3; do smpc-ping -s 1 -c 2 >/dev/null || exit; done; smpc-reveal --to all x.$SMPC_PARTY'
	done
	well dealer alice bob
	assert_equal "$(wc -l <alice.out)" 301
	for name in dealer alice bob; do
		assert [ "$(stat -c %s "failed.$name")" -gt 20 ]
		assert [ "$(stat -c %s "agent.$name")" -gt 20 ]
	done
	nothing_left
}

@test "a peer that is started again with another parties file: the others get the reason, and 4" {
	export SMPC_STATE=$PWD/state.bob
	sed 's/}$/} /' parties.json >other.json
	each_agent dealer alice -- sh -c 'smpc-ping -s 0; touch first.{}; while test ! -e go; do sleep 0.05; done
		smpc-ping -w 20 -s 0; exit $?'
	eval "$(smpc-party -i bob.key -p parties.json 3>&-)"
	quietly smpc-ping -s 0
	within 5 test -e first.dealer -a -e first.alice
	quietly smpc-party --stop
	eval "$(smpc-party -i bob.key -p other.json 3>&-)"
	touch go
	ended dealer 10 4 "'bob'" "another parties file"
	ended alice 10 4 "'bob'" "another parties file"
	quietly smpc-party --stop
	nothing_left
}

@test "a party that ends because of another one says why, and nobody is missed who is there" {
	local name
	# alice is there all the time, but not for the dealer's step; bob comes when the dealer has given up
	each_agent alice -- sh -c 'while test ! -e given-up; do sleep 0.05; done; smpc-ping -s 0 -w 20 --tag two'
	each_agent bob -- sh -c 'while test ! -e given-up; do sleep 0.05; done; smpc-ping -s 0 -w 20 --tag two'
	each_agent dealer -- sh -c 'smpc-ping -s 0 -w 2 --tag one; s=$?; touch given-up; sleep 2; exit $s'
	ended dealer 12 3 "party 'alice' has no tool that waits for this step; party 'bob' has no tool"
	for name in alice bob; do
		ended "$name" 3 3 "the command of party 'dealer' has ended, with status 3: party 'alice' has no tool"
	done
	nothing_left
}

@test "a peer's script that ended early: the others fail at once, with 3, and say with which status" {
	local status
	for status in 0 7; do
		each_agent alice bob -- smpc-ping
		each_agent dealer -- sh -c "exit $status"
		ended alice 4 3 || return 1
		ended bob 4 3 || return 1
		ended dealer 4 "$status" || return 1
		cat alice.err bob.err >all.err
		said all "'dealer' has ended, with status $status" || return 1
	done
	nothing_left
}

@test "a peer that went on to its end before the other's tool was started" {
	each_agent alice bob -- sh -c 'while test ! -e dealer.status; do sleep 0.05; done; smpc-ping'
	agent dealer -v -- sh -c 'while test ! -e go; do sleep 0.05; done'
	linked dealer alice bob
	touch go
	ended alice 6 3
	ended bob 6 3
	cat alice.err bob.err >all.err
	said all "'dealer' has ended, with status 0"
	nothing_left
}

@test "a parties file that differs by one byte: 4 at all who meet it, and it is named" {
	sed 's/"version": 1,/"version":  1,/' parties.json >other.json
	run ! cmp -s parties.json other.json
	each_agent dealer alice -- sh -c "$meeting" sh 3 smpc-ping -w 3
	start bob env SMPC_STATE="$PWD/state.bob" smpc-party -i bob.key -p other.json -- sh -c "$meeting" sh 3 smpc-ping -w 3
	ended dealer 6 4 "'bob'" "parties file"
	ended alice 6 4 "'bob'" "parties file"
	ended bob 6 4 "'dealer'" "'alice'" "parties file"
	assert_equal "$(spent dealer) $(spent alice) $(spent bob)" "0 0 0"
	nothing_left
}

@test "a wrong key behind a peer's address: 4, and it is named" {
	start impostor python3 "$peer" impostor "${port[dealer]}"
	within 3 listens "${port[dealer]}"
	each_agent alice bob -- sh -c "$meeting" sh 2 smpc-ping -w 3
	ended alice 6 4 "'dealer'" "does not have the key"
	ended bob 6 4 "'dealer'" "does not have the key"
	kill "$(pid impostor)"
	within 3 test -e impostor.status
	nothing_left
}

@test "somebody who claims a name without its key gets nowhere, and the run does not suffer" {
	each_agent dealer alice -- sh -c 'smpc-ping -s 0; while test ! -e verdicts; do sleep 0.05; done; smpc-ping -s 0'
	within 3 listens "${port[alice]}"
	python3 "$peer" dial parties.json bob alice >verdicts
	assert_equal "$(sort -u verdicts)" "verdict 03"
	each_agent bob -- sh -c 'smpc-ping -s 0; python3 "$1" dial parties.json bob alice >verdicts; smpc-ping -s 0' sh "$peer"
	ended dealer 20 0
	ended alice 20 0 "'bob'"
	ended bob 20 0
	assert_equal "$(spent alice)" 2
	nothing_left
}

@test "somebody who claims a name with another parties file, or without its key, decides nothing while that peer is away: 3" {
	local file
	sed 's/}$/} /' parties.json >other.json
	for file in other.json parties.json; do
		rm -rf meeting alice.err
		each_agent dealer alice -- sh -c "$meeting" sh 2 smpc-ping -w 3
		within 5 listens "${port[alice]}"
		python3 "$peer" dial "$file" bob alice >verdicts
		ended alice 8 3 "party 'bob'" "somebody who says to be 'bob'" || return 1
		ended dealer 8 3 || return 1
	done
	nothing_left
}

# A party may hear of the difference from the other's question, or of the end of the other's command with the reason that
# this gave: "here" is there in the second.
@test "scripts that differ in one option: 4, both values shown at every side" {
	each_agent dealer bob -- sh -c "$meeting" sh 3 smpc-ping -c 5 -w 3
	each_agent alice -- sh -c "$meeting" sh 3 smpc-ping -c 6 -w 3
	ended alice 6 4 "'dealer'" "'bob'" "'count=6' here, 'count=5' there"
	ended dealer 6 4 "'alice'" "'count=5' " "'count=6' "
	ended bob 6 4 "'alice'" "'count=5' " "'count=6' "
	run ! grep -q "^smpc-ping: party 'bob'" dealer.err
	nothing_left
}

@test "scripts that differ in one input: 4, and the file, and of both what they are" {
	local alices bobs
	shared_by x a,b 1,2
	shared_by y a,c 1,2 3,4
	each_agent dealer bob -- sh -c "$meeting" sh 3 smpc-reveal --to all -w 3 x.{}
	each_agent alice -- sh -c "$meeting" sh 3 smpc-reveal --to all -w 3 y.{}
	alices="$(id y.alice)... ('data', 2 rows, 2 columns: a, c)"
	bobs="$(id x.bob)... ('data', 1 row, 2 columns: a, b)"
	ended alice 6 4 "smpc-reveal: y.alice: party 'dealer'" "input 1 is $alices here, and $bobs there"
	ended dealer 6 4 "smpc-reveal:" "party 'alice'" "$bobs" "$alices"
	ended bob 6 4 "smpc-reveal:" "party 'alice'" "$bobs" "$alices"
	assert_equal "$(cat dealer.out alice.out bob.out)" ""
	nothing_left
}

@test "inputs that differ: when one party gives up, the others end at once" {
	local began=${EPOCHREALTIME/./}
	shared_by x a 1
	shared_by y a 1
	export SMPC_STATE=$PWD/state.alice
	# an agent that lives on, so that nobody is told that a command has ended
	eval "$(smpc-party -i alice.key -p parties.json 3>&-)"
	each_agent dealer -- sh -c 'smpc-reveal --to all -w 60 x.{}'
	each_agent bob -- sh -c 'smpc-reveal --to all -w 60 y.{}; s=$?; touch bob.done; while test ! -e go; do sleep 0.05; done; exit $s'
	fails_with 4 smpc-reveal --to all -w 2 x.alice
	stderr_has "party 'bob' waits for another step: input 1 is"
	ended dealer 5 4 "'bob'" "input 1 is"
	within 5 test -e bob.done
	assert [ $((${EPOCHREALTIME/./} - began)) -lt 30000000 ]
	touch go
	ended bob 5 4 "input 1 is"
	quietly smpc-party --stop
	nothing_left
}

@test "a label that nobody has is said before the others are waited for" {
	shared_by x a,y 1,0 2,1
	agent alice -- smpc-train -l z -w 30 x.alice
	ended alice 5 2 "no column 'z'"
	agent alice -- sh -c 'smpc-score -l z --metrics accuracy -w 30 x.alice'
	ended alice 5 2 "no column 'z'"
	nothing_left
}

# id FILE: the beginning of its id.
id() {
	at "${1##*.}" smpc-info "$1" | sed -n 's/^part  *//p' | head -c 16
}

# shared_by NAME LINE...: as "shared" has it, by the names of parties.json.
shared_by() {
	printf '%s\n' "${@:2}" | owned -o "$1"
}

@test "scripts that differ in the order of two steps: 4, both steps shown" {
	shared_by x a 1
	each_agent dealer bob -- sh -ec "$meeting" sh 3 sh -ec 'smpc-ping -s 0 -w 3; smpc-reveal --to all -w 3 x.{}'
	each_agent alice -- sh -ec "$meeting" sh 3 sh -ec 'smpc-reveal --to all -w 3 x.{}; smpc-ping -s 0 -w 3'
	ended alice 6 4 "'op=reveal' here, 'op=ping' there"
	ended dealer 6 4 "'alice'" "'op=ping' " "'op=reveal' "
	ended bob 6 4 "'alice'" "'op=ping' " "'op=reveal' "
	nothing_left
}

@test "--tag tells alike steps apart, and a wrong one is shown" {
	each_agent dealer bob -- sh -c "$meeting" sh 3 smpc-ping --tag one -w 3
	each_agent alice -- sh -c "$meeting" sh 3 smpc-ping --tag two -w 3
	ended alice 6 4 "'tag=two' here, 'tag=one' there"
	ended bob 6 4 "'alice'" "'tag=one' " "'tag=two' "
	ended dealer 6 4
}

# busy_tool FILE: the process in it has received some mebibytes.
busy_tool() {
	local kib
	kib=$(awk '/^VmRSS/ { print $2 }' "/proc/$(cat "$1" 2>/dev/null)/status" 2>/dev/null)
	[ "${kib:-0}" -gt 30000 ]
}

# The dealer and alice are at it first, and bob waits for both of them.
big='smpc-ping -w 60 -s 128 -c 1000 & echo $! >tool.{}; wait $!; s=$?; sleep 0.6; exit $s'

@test "a tool is killed mid-message: the others end with 3 and name its party" {
	each_agent dealer alice bob -- sh -c "$big"
	within 10 busy_tool tool.dealer
	kill -KILL "$(cat tool.dealer)"
	ended dealer 5 137
	ended alice 5 3 "'dealer'"
	ended bob 5 3 "'dealer'"
	run ! grep -q "'bob'" alice.err
	run ! grep -q "'alice'" bob.err
	nothing_left
}

@test "an agent is killed while its tool sends: its tool and all others end with 3 and name it" {
	each_agent dealer alice bob -- sh -c "$big"
	within 10 busy_tool tool.dealer
	kill -KILL "$(pid dealer)"
	ended alice 10 3 "'dealer'"
	ended bob 10 3 "'dealer'"
	ended dealer 10 137 "the agent of this party has ended"
}

@test "the party that failed first is named at every side, not one that ended because of it" {
	# bob waits for the dealer, who waits for alice
	each_agent dealer bob -- sh -c "$meeting" sh 2 smpc-ping -s 128 -c 1000
	each_agent alice -- sh -c "$big"
	within 10 busy_tool tool.alice
	kill -KILL "$(cat tool.alice)"
	ended dealer 5 3 "'alice'"
	ended bob 5 3 "'alice'"
	nothing_left
}

@test "tools that die while they wait are not paired with anybody" {
	each_agent alice -- sh -c 'for i in 1 2 3; do smpc-ping -s 0 & sleep 0.2; kill -KILL $!; done; wait; smpc-ping -s 0'
	each_agent dealer bob -- sh -c 'sleep 1.2; smpc-ping -s 0'
	ended alice 8 0
	well dealer bob
	assert_equal "$(spent alice) $(spent bob)" "1 1"
	nothing_left
}

@test "two identical runs at the same time are told apart" {
	shared_by x a,b 1,2 3,4
	each_agent dealer alice bob -- sh -c 'for i in 1 2 3 4; do smpc-reveal --to all -o out.{}.$i x.{} & l="$l $!"
		smpc-ping -s 1 >/dev/null & l="$l $!"; done; r=0; for p in $l; do wait $p || r=$?; done; exit $r'
	well dealer alice bob
	assert_equal "$(sort -u out.*)" "$(printf '%s\n' 1,2 3,4 a,b)"
	assert_equal "$(find . -name 'out.*' | wc -l)" 12
	assert_equal "$(spent alice)" 8
	nothing_left
}

@test "many sessions in one pipeline: ten with --tag, begun in another order at each party" {
	each_agent dealer bob -- sh -c 'for i in 0 1 2 3 4 5 6 7 8 9; do smpc-ping -s 1 -c 5 --tag $i >out.{}.$i & l="$l $!"; done
		r=0; for p in $l; do wait $p || r=$?; done; exit $r'
	each_agent alice -- sh -c 'for i in 9 8 7 6 5 4 3 2 1 0; do smpc-ping -s 1 -c 5 --tag $i >out.{}.$i & l="$l $!"; done
		r=0; for p in $l; do wait $p || r=$?; done; exit $r'
	well dealer alice bob
	assert_equal "$(cat out.* | grep -c 'round trip')" 60
	assert_equal "$(spent dealer)" 10
	nothing_left
}

@test "a pipe of 32 stages of sessions" {
	unsanitized "time"
	local stages='' i
	for ((i = 1; i < 32; i++)); do
		stages+=" | (cat; smpc-ping -s 0 -c 1 --tag $i)"
	done
	each_agent dealer alice bob -- sh -c "smpc-ping -s 0 -c 1 --tag 0 $stages"
	well dealer alice bob
	assert_equal "$(wc -l <alice.out)" 64
	nothing_left
}

# ---- between the parties

@test "a replayed handshake: no pairing, nothing spent, and the real link goes on" {
	local real before
	real=$(free_ports 1)
	start relay python3 "$peer" relay "${port[alice]}" "$real" record=opening
	within 3 listens "${port[alice]}"
	agent alice -v -l "127.0.0.1:$real" -- sh -c 'smpc-ping -s 0; touch one; while test ! -e go; do sleep 0.05; done; smpc-ping -s 0'
	each_agent dealer bob -- sh -c 'smpc-ping -s 0; while test ! -e go; do sleep 0.05; done; smpc-ping -s 0'
	within 10 test -e one
	before=$(spent alice)
	assert_equal "$(sed 's/.*"purpose": \([12]\).*/\1/' opening | sort -u | paste -s -d' ')" "1 2"
	python3 "$peer" replay opening "$real" 20 >answers
	# the agent has not forgotten them, and says nothing
	assert_equal "$(cut -d' ' -f1-4 answers | sort)" "$(printf '%s\n' "1: closed after 0" "2: closed after 0")"
	assert_equal "$(spent alice)" "$before"
	said alice "was replayed"
	touch go
	ended alice 10 0
	well dealer bob
	assert_equal "$(grep -c "linked to 'bob'" alice.err)" 1
	assert_equal "$(spent alice)" 2
	# one that was started since has: a verdict and the second message, and then nothing
	agent alice -v -l "127.0.0.1:$real" -- sh -c 'touch two; while test ! -e stop; do sleep 0.05; done'
	within 10 test -e two
	python3 "$peer" replay opening "$real" 20 >answers
	assert_equal "$(cut -d' ' -f1-4 answers | sort -u)" "$(printf '%s\n' "1: closed after 0" "1: closed after 49" \
		"2: closed after 0" "2: closed after 49")"
	said alice "replayed or forged"
	touch stop
	ended alice 10 0
	assert_equal "$(spent alice)" 2
	kill "$(pid relay)"
	within 3 test -e relay.status
	nothing_left
}

@test "a data link that is reset is dialled again" {
	local real
	real=$(free_ports 1)
	start relay python3 "$peer" relay "${port[alice]}" "$real" reset=4
	sleep 0.3
	agent alice -l "127.0.0.1:$real" -- sh -c 'for i in 1 2 3; do smpc-ping -s 1 -c 3 || exit; done'
	each_agent dealer bob -- sh -c 'for i in 1 2 3; do smpc-ping -s 1 -c 3 || exit; done'
	well dealer alice bob
	assert_equal "$(grep -c reset relay.out)" 4
	kill "$(pid relay)"
	within 3 test -e relay.status
	nothing_left
}

@test "a data link that is refused, as nothing listens for a while, is dialled again" {
	local real
	real=$(free_ports 1)
	start relay python3 "$peer" relay "${port[dealer]}" "$real" refuse=open after=2
	within 3 listens "${port[dealer]}"
	agent dealer -l "127.0.0.1:$real" -- sh -c 'until [ -e go ]; do sleep 0.02; done; smpc-ping -s 1 -c 3 && echo "it went"'
	each_agent alice bob -- sh -c 'until [ -e go ]; do sleep 0.02; done; smpc-ping -s 1 -c 3 && echo "it went"'
	# both have called the dealer, and do so again for the session
	within 5 grep -q refuses relay.out
	touch go
	nap 1
	run ! grep -q went dealer.out alice.out bob.out
	touch open
	well dealer alice bob
	assert_equal "$(grep -c went dealer.out alice.out bob.out | paste -s -d ' ')" "dealer.out:1 alice.out:1 bob.out:1"
	kill "$(pid relay)"
	within 3 test -e relay.status
	nothing_left
}

@test "a flipped bit in a record: 4 where it arrives, 3 at the other end, each names the other" {
	flipped i 20 4 3
	said alice "forged or damaged"
}

@test "the same in the other direction, far into the data" {
	flipped r 500000 3 4
	said bob "forged or damaged"
}

@test "a flipped bit in a control link: it is taken up again, and the run succeeds or fails by name" {
	local real
	real=$(free_ports 1)
	start relay python3 "$peer" relay "${port[alice]}" "$real" flip=control side=i at=30 done=flip.done
	within 3 listens "${port[alice]}"
	agent alice -v -l "127.0.0.1:$real" -- sh -c 'sleep 0.5; smpc-ping -s 0 -w 5; smpc-ping -s 0 -w 5'
	each_agent dealer bob -- sh -c 'sleep 0.5; smpc-ping -s 0 -w 5; smpc-ping -s 0 -w 5'
	ended alice 15 0
	ended bob 15 0
	ended dealer 15 0
	assert_exists flip.done
	said alice "lost the link to 'bob'"
}

@test "1000 garbage connections during a run: it succeeds, and the agent's memory stays small" {
	# so many descriptors leave room for an eighth as many strangers
	ulimit -n 1024
	each_agent dealer alice bob -- sh -c 'r=0; echo $$ >shell.{}; smpc-ping -s 0 -w 30; while test ! -e go; do sleep 0.02; done
		for i in 1 2 3 4 5 6 7 8 9 10; do smpc-ping -s 1 -c 2 -w 30 || r=$?; done; while test ! -e end; do sleep 0.05; done
		exit $r'
	within 5 test -s shell.alice
	start garbage python3 "$peer" garbage "${port[alice]}" 1000 700
	start garbage2 python3 "$peer" garbage "${port[dealer]}" 1000 700
	sleep 0.1
	touch go
	within 20 test -s garbage.out -a -s garbage2.out
	sleep 1
	if [ -z "${SANITIZE:-}" ]; then
		assert [ "$(peak_kib "$(pid alice)")" -lt 20000 ]
		assert [ "$(peak_kib "$(pid dealer)")" -lt 20000 ]
	fi
	assert [ "$(find "/proc/$(pid alice)/fd" | wc -l)" -lt 200 ]
	# what says who it is, but is not, is talked of once
	assert [ "$(wc -l <dealer.err)" -lt 5 ]
	touch end
	ended alice 30 0
	ended bob 30 0
	ended dealer 30 0
	assert_equal "$(spent alice)" 11
}

@test "a full descriptor table at a tool: 1 or 3 by name, and the next run is well" {
	each_agent dealer alice bob -- sh -c 'if test {} = alice; then (ulimit -n 5; smpc-ping -s 0 -w 2); else smpc-ping -s 0 -w 2; fi
		echo $? >first.{}; smpc-ping -s 0 -w 10'
	ended dealer 15 0
	ended alice 15 0
	ended bob 15 0
	assert [ "$(cat first.alice)" -ne 0 ]
	said alice "descriptors"
	nothing_left
}

