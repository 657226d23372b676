#!/usr/bin/env bats
#
# Failures between parties that take longer than 15 seconds to be noticed: frozen agents, cables that are cut.

load ../helper
load ../shares
load ../parties

setup() {
	common_setup
	parties_setup
	parties dealer alice bob
	spaces=()
}

@test "tool and agent of a party are frozen: dead after 15 seconds, 3, by name; it finds out when it goes on" {
	local p
	each_agent alice bob -- sh -c "$slowly" sh smpc-ping -s 0 -c 100000 -w 600
	each_agent dealer -- sh -c "$slowly" sh smpc-ping -s 0 -c 100000 -w 600
	within 10 spent_one
	sleep 0.2
	for p in $(pgrep -s "$(pid dealer)"); do
		kill -STOP "$p"
	done
	sleep 13
	assert_not_exists alice.status
	ended alice 8 3 "'dealer'" "15 seconds"
	ended bob 4 3 "'dealer'" "15 seconds"
	for p in $(pgrep -s "$(pid dealer)"); do
		kill -CONT "$p"
	done
	ended dealer 5 3
	nothing_left
}

spent_one() {
	[ "$(spent dealer)" -eq 1 ]
}

@test "an agent is frozen while a tool waits: -w holds, and it is named, as dead" {
	each_agent dealer alice bob -- sh -c 'sleep 1;'"$slowly" sh smpc-ping -s 0 -w 18
	sleep 0.5
	kill -STOP "$(pid dealer)"
	ended alice 23 3 "'dealer'" "15 seconds"
	ended bob 4 3 "'dealer'" "15 seconds"
	kill -CONT "$(pid dealer)"
	ended dealer 22 3
	nothing_left
}

@test "a party that freezes at any moment of a job: the dealer and the other party end, each within -w and 15 seconds" {
	local round name p moment frozen
	seq 200 | awk 'BEGIN { srand(1); print "a,b,y" } { print rand() "," rand() "," $1 % 2 }' >t.csv
	owned --codes y=0,1 -o t t.csv
	for round in 1 2 3 4 5 6 7 8; do
		# who freezes has a place before or behind the others, and is the dealer, too
		frozen=$(printf '%s\n' bob alice dealer | sed -n "$((round % 3 + 1))p")
		moment=$((RANDOM % 3000 + 500))
		echo "round $round: $frozen freezes after $moment ms"
		rm -rf state.*
		# shellcheck disable=SC2016
		each_agent dealer alice bob -- sh -ec 'for i in $(seq 200); do
			smpc-train -w 6 -l y -e 3 t.$1 >m.$1; smpc-sum t.$1 | smpc-reveal -w 6 --to alice >/dev/null; done' sh '{}'
		nap "$((moment / 1000)).$(printf %03d $((moment % 1000)))"
		# of the agent's processes some end by themselves, and others come, meanwhile
		kill -STOP "$(pid "$frozen")"
		for p in $(pgrep -s "$(pid "$frozen")") $(pgrep -s "$(pid "$frozen")"); do
			kill -STOP "$p" || [ ! -d "/proc/$p" ]
		done
		for name in dealer alice bob; do
			[ "$name" != "$frozen" ] || continue
			ended "$name" 25 3 || return 1
		done
		for p in $(pgrep -s "$(pid "$frozen")"); do
			kill -KILL "$p" || [ ! -d "/proc/$p" ]
		done
		within 5 nobody_left
		rm -rf "${XDG_RUNTIME_DIR:?}"/* "${TMPDIR:?}"/*
	done
}

# spaces_up: a namespace for each of dealer, alice, bob on one bridge; parties.json has their addresses there.
spaces_up() {
	local i=0 name
	namespaces
	hub=smpct$$-hub
	ip netns add "$hub"
	spaces+=("$hub")
	ip -n "$hub" link add br0 type bridge 2>/dev/null || skip "needs a kernel with bridges"
	ip -n "$hub" link set br0 up
	for name in dealer alice bob; do
		i=$((i + 1))
		ip netns add "smpct$$-$name"
		spaces+=("smpct$$-$name")
		ip -n "smpct$$-$name" link add eth0 type veth peer name "p$i" netns "$hub"
		ip -n "$hub" link set "p$i" master br0 up
		ip -n "smpct$$-$name" addr add "10.78.0.$i/24" dev eth0
		ip -n "smpct$$-$name" link set eth0 up
		ip -n "smpct$$-$name" link set lo up
		sed -i "s/127.0.0.1:${port[$name]}/10.78.0.$i:7000/" parties.json
	done
}

# there NAME ARG...: the agent of NAME, in its namespace.
there() {
	local name=$1
	shift
	start "$name" ip netns exec "smpct$$-$name" env SMPC_STATE="$PWD/state.$name" \
		smpc-party -v -i "$name.key" -p parties.json -- "${@//\{\}/$name}"
}

teardown() {
	parties_teardown
}

@test "a cable that is cut for three seconds during a run: it goes on, and succeeds" {
	spaces_up
	for name in dealer alice bob; do
		there "$name" smpc-ping -s 256 -c 3
	done
	within 10 spent_one
	sleep 0.1
	ip -n "$hub" link set p3 down
	sleep 3
	ip -n "$hub" link set p3 up
	for name in dealer alice bob; do
		ended $name 30 0 || return 1
	done
	nothing_left
}

@test "a cable that is cut for longer: 3 after 15 seconds at both ends, by name; restored, the same agents go on" {
	spaces_up
	for name in dealer alice bob; do
		there "$name" sh -c 'smpc-ping -s 0 -c 100000 2>first.{}; echo $? >status.{}; while test ! -e go; do sleep 0.1; done
			smpc-ping -s 1 -w 30'
	done
	within 10 spent_one
	sleep 0.3
	ip -n "$hub" link set p1 down
	within 22 test -s status.dealer -a -s status.alice -a -s status.bob
	assert_equal "$(cat status.dealer status.alice status.bob | paste -s -d' ')" "3 3 3"
	grep -q "'dealer'" first.alice
	grep -q "'dealer'" first.bob
	grep -qE "'(alice|bob)'" first.dealer
	ip -n "$hub" link set p1 up
	touch go
	for name in dealer alice bob; do
		ended $name 30 0 || return 1
		said $name "15 seconds" || return 1
	done
	nothing_left
}

@test "a cable that is cut while tools wait: they are told who is missing, and the run succeeds when it is back" {
	spaces_up
	for name in dealer alice; do
		there "$name" smpc-ping -s 0 -w 60
	done
	there bob sh -c 'while test ! -e go; do sleep 0.1; done; smpc-ping -s 0 -w 60'
	sleep 1
	ip -n "$hub" link set p3 down
	sleep 18
	said alice "lost the link to 'bob'"
	ip -n "$hub" link set p3 up
	touch go
	for name in dealer alice bob; do
		ended $name 30 0 || return 1
	done
	nothing_left
}
