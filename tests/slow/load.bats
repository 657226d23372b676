#!/usr/bin/env bats
#
# Many sessions at once, and floods of connections beside them.

load ../helper
load ../shares
load ../parties

setup() {
	common_setup
	parties_setup
}

# at_once SESSIONS NAME...: all of them begin so many sessions at the same time, and all of those come about.
at_once() {
	local sessions=$1 name
	shift
	# shellcheck disable=SC2016
	each_agent "$@" -- sh -c 'l= bad=0; for i in $(seq '"$sessions"'); do smpc-ping -w 240 -c 1 -s 0 --tag t$i >/dev/null & l="$l $!"; done
		for p in $l; do wait $p || bad=$((bad + 1)); done; echo "bad $bad"'
	for name; do
		ended "$name" 280 0 || return 1
		assert_equal "$name: $(cat "$name.out")" "$name: bad 0" || return 1
		assert_equal "$(spent "$name")" "$sessions" || return 1
	done
	nothing_left
}

@test "1,000 sessions at once between three parties" {
	parties dealer alice bob
	at_once 1000 dealer alice bob
}

@test "100 sessions at once between thirteen parties" {
	parties dealer a b c d e f g h i j k l
	at_once 100 dealer a b c d e f g h i j k l
}

# The flood is 2,000 connections a second at the dealer's port, who is called by the others.
flooded() {
	local real=$1 sayings=$2 steps='for i in $(seq 60); do smpc-ping -w 30 -s 1 -c 2 >/dev/null || exit; done'
	unsanitized "time"
	start flood "$BUILD/bench/flood" "$real" 2000 60 1500 "$sayings"
	sleep 1
	agent dealer -l "127.0.0.1:$real" -- sh -c "$steps"
	each_agent alice bob -- sh -c "$steps"
	ended alice 55 0
	ended bob 55 0
	ended dealer 55 0
	silent alice bob
	assert_equal "$(spent dealer) $(spent alice) $(spent bob)" "60 60 60"
	# it went on all the time
	assert_not_exists flood.status
	kill "$(pid flood)"
	within 5 test -e flood.status
}

# begin_flood: parties whose dealer listens at $real, behind a relay; what honest parties said to him is in "opening".
begin_flood() {
	parties dealer alice bob
	real=$(free_ports 1)
	start relay python3 "$peer" relay "${port[dealer]}" "$real" record=opening
	sleep 0.3
	# shellcheck disable=SC2016
	agent dealer -l "127.0.0.1:$real" -- sh -c 'for i in $(seq 100); do smpc-ping -s 0 -c 1 >/dev/null || exit; done'
	# shellcheck disable=SC2016
	each_agent alice bob -- sh -c 'for i in $(seq 100); do smpc-ping -s 0 -c 1 >/dev/null || exit; done'
	well dealer alice bob
	rm -r state.*
	sed 's/.*"bytes": "\([0-9a-f]*\)".*/\1/' opening >whole
	assert [ "$(wc -l <whole)" -ge 200 ]
}

# cut_off N: what honest parties said, without the last N bytes.
cut_off() {
	sed "s/.\{$((2 * $1))\}\$//" whole
}

@test "a flood of connections that say nothing, noise, or part of a preface" {
	begin_flood
	{
		echo
		printf 'GET / HTTP/1.1\r\n' | od -An -v -tx1 | tr -d ' \n'
		echo
		cut_off 120
	} >sayings
	flooded "$real" sayings
}

@test "a flood of copied prefaces" {
	begin_flood
	# the confirmation has 18 bytes, and the first message 48
	cut_off 66 >sayings
	flooded "$real" sayings
}

@test "a flood of first messages that lack a byte, and of such that are forged" {
	begin_flood
	cut_off 19 >sayings
	cut_off 18 | sed 's/..$/00/' >>sayings
	flooded "$real" sayings
}

@test "a flood of genuine first messages that were recorded, with and without the confirmation" {
	begin_flood
	cut_off 18 >sayings
	cat whole >>sayings
	flooded "$real" sayings
}
