#!/usr/bin/env bats
#
# Failures between parties, and habits of the agent, that take several seconds each to show.

load ../helper
load ../shares
load ../parties

setup() {
	common_setup
	parties_setup
	parties dealer alice bob
}

# shared_by NAME LINE...: as "shared" has it, by the names of parties.json.
shared_by() {
	printf '%s\n' "${@:2}" | owned -o "$1"
}

# busy_tool FILE: the process in it has received some mebibytes.
busy_tool() {
	local kib
	kib=$(awk '/^VmRSS/ { print $2 }' "/proc/$(cat "$1" 2>/dev/null)/status" 2>/dev/null)
	[ "${kib:-0}" -gt 30000 ]
}

# The dealer and alice are at it first, and bob waits for both of them.
big='smpc-ping -w 60 -s 1024 & echo $! >tool.{}; wait $!; s=$?; sleep 0.6; exit $s'

@test "no peer is there at all: 3, and each is named" {
	each_agent alice -- smpc-ping -w 1
	ended alice 5 3 "'dealer'" "'bob'"
	nothing_left
}

@test "another party behind a peer's address: 4, and it is named" {
	rm ./*.key
	parties dealer alice bob owner
	agent owner -l "127.0.0.1:${port[dealer]}" -- sleep 4
	sleep 0.3
	each_agent alice bob -- sh -c "$slowly" sh smpc-ping -w 1
	ended alice 6 4 "'dealer'"
	ended bob 6 4 "'dealer'"
}

@test "a tool is frozen: 3 after -w, by name; it ends when it goes on" {
	each_agent dealer alice bob -- sh -c "${big/-w 60/-w 2}"
	within 10 busy_tool tool.dealer
	kill -STOP "$(cat tool.dealer)"
	ended alice 8 3 "'dealer'" "2 seconds"
	ended bob 8 3 "'dealer'"
	kill -CONT "$(cat tool.dealer)"
	ended dealer 5 3 "lost party"
	nothing_left
}

@test "an agent is frozen before a session: 3 after -w, by name" {
	each_agent dealer alice bob -- sh -c 'sleep 1;'" $slowly" sh smpc-ping -w 2
	sleep 0.6
	kill -STOP "$(pid dealer)"
	ended alice 9 3 "'dealer'"
	ended bob 9 3 "'dealer'"
	kill -CONT "$(pid dealer)"
	ended dealer 6 3
	nothing_left
}

@test "a retry after a failure next to old outputs: they stay until there are new ones" {
	shared_by x a 1
	echo old >out.alice
	each_agent dealer alice -- sh -c "$slowly" sh smpc-reveal --to alice -w 1 -o out.{} x.{}
	ended dealer 6 3 "'bob'"
	ended alice 6 3 "'bob'"
	assert_equal "$(cat out.alice)" old
	each_agent dealer alice bob -- smpc-reveal --to alice -w 5 -o out.{} x.{}
	well dealer alice bob
	assert_equal "$(cat out.alice)" "$(printf '%s\n' a 1)"
	assert_not_exists out.bob
	assert_not_exists out.dealer
	run find . -name '*out.*' ! -name out.alice
	assert_output ""
	nothing_left
}

@test "a flipped bit in a record's length" {
	# 80 becomes 81: alice waits for a byte that comes when bob says more, which he does not before she has answered
	flipped i 0 3 3
}

@test "a full descriptor table at an agent: it neither dies nor spins, and goes on when there is room" {
	start alice bash -c 'ulimit -n 32; SMPC_STATE=$PWD/state.alice exec smpc-party -i alice.key -p parties.json -- \
		sh -c "touch up; while test ! -e go; do sleep 0.05; done; smpc-ping -s 0 -w 10"'
	each_agent dealer bob -- sh -c 'while test ! -e go; do sleep 0.05; done; smpc-ping -s 0 -w 10'
	within 5 test -e up
	sleep 0.3
	start garbage python3 "$peer" garbage "${port[alice]}" 200 150
	within 10 test -s garbage.out
	local ticks
	ticks=$(awk '{ print $14 + $15 }' "/proc/$(pid alice)/stat")
	sleep 1
	ticks=$(($(awk '{ print $14 + $15 }' "/proc/$(pid alice)/stat") - ticks))
	assert [ "$ticks" -lt 30 ]
	kill "$(pid garbage)"
	touch go
	ended alice 15 0
	ended dealer 15 0
	ended bob 15 0
	nothing_left
}

@test "no zombies at an agent whose tools end, are killed and leave children behind" {
	each_agent alice -- sh -c 'for i in 1 2 3; do (smpc-ping -w 60 & kill -KILL $!); done 2>/dev/null; sh -c "sleep 1 &"; touch up; sleep 2'
	within 5 test -e up
	sleep 0.3
	assert_equal "$(zombies "$(pid alice)")" 0
	ended alice 6 0
	nothing_left
}

@test "one who waits, and one who gives up: 3 at once, by the name of the one who gave up" {
	each_agent dealer alice -- smpc-ping -w 60
	each_agent bob -- sh -c 'smpc-ping -w 60 --tag other & sleep 0.5; kill $!; exit 9'
	ended bob 6 9
	ended alice 6 3
	ended dealer 6 3
	cat dealer.err alice.err >all.err
	said all "'bob' has ended, with status 9"
	nothing_left
}

@test "tools that die at the moment of pairing leave the agents alone" {
	each_agent dealer alice bob -- sh -c 'for i in 1 2 3 4 5 6 7 8; do smpc-ping -s 0 --tag $i 2>/dev/null & p=$!
		test {} != bob || { sleep 0.0$i; kill -KILL $p; }; done; wait; smpc-ping -s 0 --tag last'
	ended dealer 20 0
	ended alice 20 0
	ended bob 20 0
	assert_equal "$(tail -n 2 alice.out | cut -d' ' -f1 | paste -s -d' ')" "dealer bob"
	nothing_left
}

@test "peers may come seconds later, in any order; the ones that wait are silent off a terminal" {
	each_agent bob -- smpc-ping -s 0
	sleep 1
	each_agent dealer -- smpc-ping -s 0
	sleep 2.5
	each_agent alice -- smpc-ping -s 0
	well dealer alice bob
	nothing_left
}

@test "on a terminal, a tool that has waited for 3 seconds says for whom" {
	needs script
	each_agent dealer -- sh -c 'smpc-ping -s 0 -w 5; sleep 1'
	start bob env SMPC_STATE="$PWD/state.bob" script -qec \
		'smpc-party -i bob.key -p parties.json -- smpc-ping -s 0 -w 4' /dev/null
	within 8 test -e bob.status
	run tr -d '\r' <bob.out
	assert_output --partial "waiting: "
	assert_output --regexp "smpc-ping: waiting: .*'alice'"
	assert_equal "$(cat bob.status)" 3
}

@test "SIGTERM and SIGINT to the agent stop the command, and leave nothing" {
	local sig
	for sig in TERM:143 INT:130 HUP:129; do
		agent alice -- sh -c 'touch up; exec sleep 60'
		within 5 test -e up
		kill -s "${sig%:*}" "$(pid alice)"
		ended alice 5 "${sig#*:}" || return 1
		nothing_left || return 1
		rm up
	done
}

@test "a background agent that is killed with SIGKILL: its tools and its peers' tools end with 3 and name it" {
	export SMPC_STATE=$PWD/state.alice
	eval "$(smpc-party -i alice.key -p parties.json 3>&-)"
	each_agent dealer bob -- sh -c 'smpc-ping -s 0 -c 100000; s=$?; sleep 1; exit $s'
	start tool smpc-ping -s 0 -c 100000
	sleep 0.7
	kill -KILL "$SMPC_AGENT_PID"
	ended tool 5 3 "agent"
	ended dealer 8 3 "'alice'"
	ended bob 8 3
}

@test "tools unseal through the agent, which alone has the key" {
	rm ./*.key
	parties dealer alice bob owner-
	table t.csv a,b 1,2 3,4
	smpc-share -p parties.json -i owner.key -o x t.csv
	agent alice -- smpc-info x.alice
	ended alice 5 0
	silent alice
	agent alice -- smpc-info x.bob
	ended alice 5 4 "'bob'"
	mkdir keys
	mv ./*.key keys
	start alice env SMPC_STATE="$PWD/state.alice" smpc-party -i keys/alice.key -p parties.json -- smpc-cat -o y.alice x.alice
	ended alice 5 0
	# what is passed on stays sealed, to the party by itself
	fails_with 4 smpc-info y.alice
	quietly smpc-info -i keys/alice.key -p parties.json y.alice
	assert_line --regexp "^sealed by +alice"
}

@test "SIGINT stops parties that wait for each other, and those that take no notice of SIGTERM" {
	start local smpc-local -o out -- sh -c 'if test {} = 0; then trap "" TERM INT; touch up; sleep 60; sleep 60; fi; smpc-ping'
	within 5 test -e up
	sleep 0.3
	kill -INT "$(pid local)"
	ended local 8 130
	nothing_left
}
