#!/usr/bin/env bats
#
# smpc-party: the agent as a program of its own.

load helper
load shares
load parties

@test "usage: without a key, without a parties file, unknown options, bad --listen" {
	parties dealer alice bob
	fails_with 2 smpc-party -p parties.json -- true
	fails_with 2 smpc-party -i alice.key -- true
	fails_with 2 smpc-party -i alice.key -p parties.json --loud -- true
	fails_with 2 smpc-party -i alice.key -p parties.json -l nowhere -- true
	fails_with 2 smpc-party -i alice.key -p parties.json -l 127.0.0.1:0 -- true
	fails_with 2 smpc-party -i alice.key -p parties.json -l 127.0.0.1:70000 -- true
	fails_with 1 smpc-party -i nothing.key -p parties.json -- true
	fails_with 1 smpc-party -i alice.key -p nothing.json -- true
	nothing_left
}

@test "a key that is nobody's in the parties file: 4" {
	parties dealer alice bob
	smpc-keygen -o stranger.key
	fails_with 4 smpc-party -i stranger.key -p parties.json -- touch ran
	stderr_has parties.json
	assert_not_exists ran
	nothing_left
}

@test "two parties that share with each other and have no address: an error that names both" {
	parties dealer alice- bob-
	fails_with 1 smpc-party -i alice.key -p parties.json -- touch ran
	stderr_has "'alice'"
	stderr_has "'bob'"
	assert_not_exists ran
	nothing_left
}

@test "an owner and a party that shares, both without an address: a step that needs both fails at once, by name" {
	parties owner- dealer alice- bob
	each_agent dealer bob -- smpc-share --from owner -o x -w 60
	each_agent alice -- smpc-share --from owner -o x -w 60
	ended alice 5 1 "'alice' and 'owner' can never meet"
	ended bob 5 3 "'alice'"
	ended dealer 5 3 "'alice'"
	echo 1 >in
	agent owner -- smpc-share --from owner -w 60 --no-header in
	ended owner 5 1 "'owner' and 'alice' can never meet"
	capture smpc-party -i alice.key -p parties.json --check
	stderr_has "'alice' and 'owner' can never meet"
	# without the owner it works
	each_agent dealer alice bob -- smpc-ping -s 0
	well dealer alice bob
	nothing_left
}

@test "an agent that is stopped in the middle of its start leaves nothing" {
	local i sig pids=()
	parties dealer alice- bob
	# At the same time, as each gives its peers a second to hear that it has gone.
	for i in 01 02 04 05 06 07 08 09 10 11 12 13 14 15 16 18 20 25 30; do
		for sig in TERM QUIT; do
			env SMPC_STATE="$PWD/state.$i.$sig" timeout -s "$sig" "0.0$i" \
				smpc-party -i alice.key -p parties.json -- sleep 60 3>&- &
			pids+=($!)
		done
		nap 0.05
	done
	wait "${pids[@]}" || true
	assert_equal "$(find "$XDG_RUNTIME_DIR" -mindepth 1)" ""
	nothing_left
}

# resolving: skip where a process cannot be given a resolver of its own.  Then naming NAME ARG... is agent, with the files
# hosts, resolv.conf and nsswitch.conf of this directory in place of the system's.
resolving() {
	touch hosts resolv.conf nsswitch.conf
	cat >naming.sh <<-'S'
		for f in hosts resolv.conf nsswitch.conf; do
			mount --bind $f /etc/$f || exit
		done
		exec "$@"
	S
	unshare -m sh naming.sh true 2>/dev/null || skip "needs the right to mount"
}

naming() {
	local name=$1
	shift
	start "$name" env SMPC_STATE="$PWD/state.$name" unshare -m sh naming.sh smpc-party -i "$name.key" -p parties.json "$@"
}

@test "a name that the resolver is slow with does not hold up the agent" {
	local name start=$EPOCHREALTIME
	resolving
	parties owner dealer alice bob
	sed -i "s/127.0.0.1:${port[owner]}/slow.example:7000/" parties.json
	echo nameserver 127.0.0.77 >resolv.conf
	echo hosts: dns >nsswitch.conf
	start resolver python3 "$peer" deaf 127.0.0.77 53
	within 5 test -s resolver.out
	for name in dealer alice bob; do
		naming $name -- sh -c 'sleep 0.5; for i in 1 2 3 4 5; do smpc-ping -s 0 -c 1 -w 3; done'
	done
	well dealer alice bob
	# a resolver is asked for 5 seconds and more; there is no need to wait for that
	((${EPOCHREALTIME/./} - ${start/./} < 5000000))
	assert [ "$(wc -l <resolver.out)" -gt 1 ]
	kill "$(pid resolver)"
	within 3 test -e resolver.status
	nothing_left
}

@test "a peer by its name, whose first address nobody serves" {
	local name
	resolving
	parties dealer alice bob
	printf '%s d.example\n' ::1 127.0.0.1 >hosts
	echo hosts: files >nsswitch.conf
	sed -i "s/127.0.0.1:${port[dealer]}/d.example:${port[dealer]}/" parties.json
	naming dealer -l "127.0.0.1:${port[dealer]}" -- smpc-ping -s 0
	for name in alice bob; do
		naming $name -- smpc-ping -s 0
	done
	well dealer alice bob
	nothing_left
}

@test "the command's environment: SMPC_LINK is a private socket, SMPC_PARTY the name, SMPC_PARTIES absolute; no key" {
	parties dealer alice bob
	each_agent alice -- sh -c 'echo "$SMPC_PARTY $SMPC_PARTIES"; test -S "$SMPC_LINK" && stat -c "%a %F" "$SMPC_LINK"
		stat -c %a "$(dirname "$SMPC_LINK")"; env | grep -c "smpc-secret"; ls -l /proc/self/fd | grep -cE "socket|ledger|alice.key"'
	ended alice 5 1
	assert_equal "$(cat alice.out)" "$(printf '%s\n' "alice $PWD/parties.json" "600 socket" 700 0 0)"
	silent alice
	nothing_left
}

@test "the exit status is the command's; 127 and 126 where it cannot be run; 128 and the signal's number" {
	local how
	parties dealer alice bob
	for how in 'exit 7:7' 'kill -KILL $$:137' 'kill -TERM $$:143'; do
		each_agent dealer alice bob -- sh -c "${how%:*}"
		ended alice 5 "${how##*:}" || return 1
		ended bob 5 "${how##*:}" || return 1
		ended dealer 5 "${how##*:}" || return 1
	done
	touch plain
	agent alice -- ./nothing
	agent bob -- ./plain
	ended alice 5 127 ./nothing
	ended bob 5 126 ./plain
	nothing_left
}

# readers N: so many processes of this test are cat.
readers() {
	[ "$(for pid in $(ours); do cat "/proc/$pid/comm"; done 2>/dev/null | grep -cx cat)" -eq "$1" ]
}

@test "an agent that a signal ends takes with it what its command has left, wherever it waits" {
	local how
	parties dealer alice bob
	mkfifo held
	for how in TERM:143 INT:130; do
		rm -f left
		agent alice -- sh -c '(setsid sh -c "cat held | sort"; echo) & sh -c "trap : TERM INT; cat held; cat held" & touch left; wait'
		within 5 test -e left
		within 5 readers 2
		kill -"${how%:*}" "$(pid alice)"
		ended alice 5 "${how#*:}" || return 1
		nothing_left || return 1
	done
}

@test "what a process had started before it became the agent is not the command's, and is left alone" {
	local how
	parties dealer alice bob
	for how in 'sleep 60:143' 'setsid sleep 60 & wait:143' 'trap "" TERM; echo; while sleep 1; do :; done:143'; do
		rm -f left before
		start alice env SMPC_STATE="$PWD/state.alice" sh -c 'sleep 60 & echo $! >before
			sleep 0 & exec "$@"' sh smpc-party -i alice.key -p parties.json -- sh -c "touch left; ${how%:*}"
		within 5 test -e left
		kill "$(pid alice)"
		ended alice 5 "${how##*:}" || return 1
		run cat "/proc/$(cat before)/stat"
		assert_output --regexp '\(sleep\) S '
		kill "$(cat before)"
		nothing_left || return 1
	done
	# one that ends, or has ended already, is waited for, and forgotten
	for how in 'os.execlp("sleep", "sleep", "0.1")' 'os._exit(0)'; do
		start alice env SMPC_STATE="$PWD/state.alice" python3 -c 'if True:
			import os, sys, time
			os.fork() or '"$how"'
			time.sleep(0.1 if "exit" in sys.argv[1] else 0)
			os.execvp(sys.argv[2], sys.argv[2:])' "$how" smpc-party -i alice.key -p parties.json -- sleep 60
		within 5 pgrep -P "$(pid alice)" -f '^sleep 60'
		within 5 sh -c '[ "$(pgrep -c -P "$1")" = 1 ]' sh "$(pid alice)"
		kill "$(pid alice)"
		ended alice 5 143
		nothing_left || return 1
	done
}

@test "what a command has left outlives an agent that ends by itself" {
	parties dealer alice bob
	agent alice -- sh -c 'setsid sleep 60 >/dev/null 2>&1 & echo $! >left'
	ended alice 5 0
	kill "$(cat left)"
	nothing_left
}

@test "an agent that is killed takes its command with it" {
	parties dealer alice bob
	agent alice -- sleep 60
	within 5 pgrep -P "$(pid alice)" -x sleep
	kill -KILL "$(pid alice)"
	ended alice 5 137
	within 5 nobody_left
}

@test "the command reads the agent's standard input and writes to its standard output" {
	parties dealer alice bob
	echo hello | SMPC_STATE=$PWD/state quietly into out smpc-party -i alice.key -p parties.json -- cat
	assert_equal "$(cat out)" hello
}

@test "a run of all parties" {
	parties dealer alice bob
	each_agent dealer alice bob -- smpc-ping -s 1
	well dealer alice bob
	assert_equal "$(cut -d' ' -f1 alice.out | paste -s -d ' ')" "dealer bob"
	nothing_left
}

@test "a party without an address only dials out" {
	parties dealer alice bob-
	each_agent dealer alice bob -- smpc-ping -s 1
	well dealer alice bob
	run ! grep -q '"bob"[^}]*address' parties.json
	nothing_left
}

@test "--listen: an address that differs from the one in the parties file" {
	local real
	parties dealer alice bob
	real=$(free_ports 1)
	start relay python3 "$peer" relay "${port[alice]}" "$real"
	agent alice -l "127.0.0.1:$real" -- smpc-ping -s 1
	each_agent dealer bob -- smpc-ping -s 1
	well dealer alice bob
	assert_equal "$(cut -d' ' -f1 bob.out | paste -s -d ' ')" "dealer alice"
}

@test "--listen :PORT takes all addresses, and [::1]:PORT one of IPv6" {
	local real
	parties dealer alice bob
	agent alice -l ":${port[alice]}" -- smpc-ping -s 0
	each_agent dealer bob -- smpc-ping -s 0
	well dealer alice bob
	real=$(free_ports 1)
	if python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2>/dev/null; then
		sed -i "s/127.0.0.1:${port[alice]}/[::1]:$real/" parties.json
		each_agent dealer alice bob -- smpc-ping -s 0
		well dealer alice bob
	fi
}

@test "the port is taken: 1, the address, why, and the command is not run" {
	parties dealer alice bob
	start busy python3 "$peer" busy "${port[alice]}"
	within 5 test -s busy.out
	SMPC_STATE=$PWD/state fails_with 1 smpc-party -i alice.key -p parties.json -- touch ran
	stderr_has "127.0.0.1:${port[alice]}"
	stderr_has "in use"
	stderr_has "process $(pgrep -f "peer.py busy ${port[alice]}" | head -n 1) (python3)"
	assert_not_exists ran
	kill "$(pid busy)"
	within 5 test -e busy.status
	nothing_left
}

@test "a port is free again at once after an agent has ended" {
	local i
	parties dealer alice bob
	for i in 1 2 3; do
		each_agent dealer alice bob -- smpc-ping -s 0
		well dealer alice bob || return 1
	done
	nothing_left
}

# ---- --check

@test "--check: all answer" {
	parties dealer alice bob
	each_agent dealer bob -- sleep 60
	within 5 listens "${port[dealer]}"
	within 5 listens "${port[bob]}"
	quietly smpc-party -i alice.key -p parties.json --check
	assert_line --regexp "^dealer +answers at 127.0.0.1:${port[dealer]}"
	assert_line --regexp "^bob +answers at 127.0.0.1:${port[bob]}"
	assert_equal "${#lines[@]}" 2
}

@test "--check says which peer does not answer (3), has another parties file, or has the wrong key (4)" {
	parties dealer alice bob carol
	cp parties.json all.json
	echo >>all.json
	each_agent dealer -- sleep 60
	start carol python3 "$peer" impostor "${port[carol]}"
	within 5 listens "${port[dealer]}"
	within 5 listens "${port[carol]}"
	capture smpc-party -i alice.key -p parties.json --check
	assert_failure 4
	assert_output --regexp "^dealer +answers at [0-9.:]+, and has the right key and parties file$"
	stderr_has "'bob' at 127.0.0.1:${port[bob]}: "
	stderr_has "refused"
	stderr_has "'carol' at 127.0.0.1:${port[carol]}: it does not have the key"
	capture smpc-party -i alice.key -p all.json --check
	assert_failure 4
	stderr_has "'dealer' at 127.0.0.1:${port[dealer]}: it has another parties file"
	kill "$(pid carol)"
	within 5 test -e carol.status
	capture smpc-party -i bob.key -p parties.json --check
	assert_failure 3
	stderr_has "'alice'"
	stderr_has "'carol'"
}

@test "--check from a receiver" {
	parties dealer alice bob receiver-
	each_agent dealer alice bob -- sleep 60
	for name in dealer alice bob; do
		within 5 listens "${port[$name]}"
	done
	quietly smpc-party -i receiver.key -p parties.json --check
	assert_equal "${#lines[@]}" 3
	quietly smpc-party -i alice.key -p parties.json --check -l "127.0.0.1:$(free_ports 1)"
	assert_line --regexp "^receiver +has no address"
}

# ---- in the background

@test "without a command it goes to the background and prints what a shell evaluates; kill ends it" {
	parties dealer alice bob
	export SMPC_STATE=$PWD/state.alice
	eval "$(smpc-party -i alice.key -p parties.json 3>&-)"
	# shellcheck disable=SC2153
	assert_equal "$SMPC_PARTY $SMPC_PARTIES" "alice $PWD/parties.json"
	assert [ -S "$SMPC_LINK" ]
	kill -0 "$SMPC_AGENT_PID"
	each_agent dealer bob -- sh -c 'smpc-ping -s 0; smpc-ping -s 0 -c 3'
	quietly smpc-ping -s 0
	quietly smpc-ping -s 0 -c 3
	well dealer bob
	kill "$SMPC_AGENT_PID"
	within 4 test ! -e "$SMPC_LINK"
	fails_with 3 smpc-ping
	nothing_left
}

@test "an agent in the background is found, named where its port is wanted, and stopped" {
	local link
	parties dealer alice bob
	export SMPC_STATE=$PWD/state
	no_agent
	fails_with 3 smpc-party --stop alice
	eval "$(smpc-party -i alice.key -p parties.json 3>&-)"
	link=$SMPC_LINK
	smpc-party --status >status
	grep -qF "# smpc-party of 'alice', process $SMPC_AGENT_PID, since " status
	grep -qF "listens at 127.0.0.1:${port[alice]}" status
	grep -q "^#   dealer: not linked at 127.0.0.1:${port[dealer]}" status
	grep -q "^#   tools: 0, of which 0 wait" status
	unset SMPC_LINK SMPC_PARTY SMPC_PARTIES SMPC_AGENT_PID
	eval "$(smpc-party --status alice)"
	assert_equal "$SMPC_LINK $SMPC_PARTY $SMPC_PARTIES" "$link alice $PWD/parties.json"
	kill -0 "$SMPC_AGENT_PID"
	fails_with 1 smpc-party -i alice.key -p parties.json -- true
	stderr_has "smpc-party of 'alice', process $SMPC_AGENT_PID, listens there; 'smpc-party --stop alice' ends it"
	no_agent bob
	# with two of them a party has to be named
	eval "$(smpc-party -i bob.key -p parties.json 3>&-)"
	run -2 --separate-stderr smpc-party --status
	assert_equal "$(grep -c '^# smpc-party of' <<<"$output") $(grep -c ^SMPC_ <<<"$output")" "2 0"
	assert_equal "${lines[-1]}" "unset SMPC_LINK SMPC_PARTY SMPC_AGENT_PID; (exit 2)"
	fails_with 2 smpc-party --stop
	quietly smpc-party --stop bob
	within 2 not_running "$SMPC_AGENT_PID"
	quietly smpc-party --stop
	within 2 test ! -e "$link"
	no_agent
	nothing_left
}

@test "an agent in the background that was killed is not taken for one that runs" {
	parties dealer alice bob
	export SMPC_STATE=$PWD/state
	eval "$(smpc-party -i alice.key -p parties.json 3>&-)"
	assert_equal "$(find state/alice/agents -type f -printf '%f %m')" "$SMPC_AGENT_PID 600"
	kill -KILL "$SMPC_AGENT_PID"
	within 2 not_running "$SMPC_AGENT_PID"
	no_agent
	assert_equal "$(find state/alice/agents -type f)" ""
	nothing_left
	# the next one does so, too
	eval "$(smpc-party -i alice.key -p parties.json 3>&-)"
	kill -KILL "$SMPC_AGENT_PID"
	within 2 not_running "$SMPC_AGENT_PID"
	quietly smpc-party -i alice.key -p parties.json -- true
	assert_equal "$(find state/alice/agents -type f)" ""
	nothing_left
}

# no_agent [NAME]: none is found; the output is for eval.
no_agent() {
	fails_with 3 smpc-party --status "$@"
	stderr_has "no agent of "
	assert_equal "$(smpc-party --status "$@" 2>&- | cat)" "unset SMPC_LINK SMPC_PARTY SMPC_AGENT_PID; (exit 3)"
}

not_running() {
	! kill -0 "$1" 2>/dev/null
}

@test "eval has the status of an agent that does not start, and no variables are left" {
	parties dealer alice bob
	export SMPC_STATE=$PWD/state SMPC_LINK=old SMPC_PARTY=old SMPC_AGENT_PID=1
	run ! eval_party -i none.key -p parties.json
	assert_output "1 unset unset unset"
	run ! eval_party -i alice.key -p none.json
	assert_output "1 unset unset unset"
	run ! eval_party --no-such-option
	assert_output "2 unset unset unset"
	start busy python3 "$peer" busy "${port[alice]}"
	within 5 test -s busy.out
	run ! eval_party -i alice.key -p parties.json
	assert_output "1 unset unset unset"
	kill "$(pid busy)"
	within 5 test -e busy.status
	# a command's output has nothing of that
	fails_with 2 smpc-party --no-such-option -- true
	assert_equal "$(cat out)" ""
}

# eval_party ARG...: evaluate as a user does, in sh; its status and what is left of the variables.
eval_party() {
	# shellcheck disable=SC2016
	sh -c 'eval "$(smpc-party "$@" 2>/dev/null 3>&-)"; s=$?
		echo "$s ${SMPC_LINK-unset} ${SMPC_PARTY-unset} ${SMPC_AGENT_PID-unset}"; exit "$s"' sh "$@"
}

@test "an agent in the background, and one under nohup, outlive the terminal" {
	parties dealer alice bob
	export SMPC_STATE=$PWD/state
	eval "$(smpc-party -i alice.key -p parties.json 3>&-)"
	kill -HUP "$SMPC_AGENT_PID"
	start bob env SMPC_STATE="$PWD/state.bob" nohup smpc-party -i bob.key -p parties.json -- \
		sh -c 'touch begun; while test ! -e go; do sleep 0.05; done; smpc-ping -s 0'
	within 10 test -e begun
	kill -HUP "$(pid bob)"
	agent dealer -- smpc-ping -s 0
	touch go
	quietly smpc-ping -s 0
	ended bob 10 0
	ended dealer 10 0
	quietly smpc-party --stop
	nothing_left
}

@test "a background agent meets peers that are started again, any number of times" {
	local i
	parties dealer alice bob
	export SMPC_STATE=$PWD/state.alice
	eval "$(smpc-party -i alice.key -p parties.json 3>&-)"
	for i in 1 2 3; do
		each_agent dealer bob -- smpc-ping -s 0
		within 5 smpc-ping -s 0 2>/dev/null || return 1
		well dealer bob || return 1
	done
	assert_equal "$(zombies "$SMPC_AGENT_PID")" 0
	kill "$SMPC_AGENT_PID"
	nothing_left
}

@test "the eval works in a directory whose name has a quote and a blank" {
	parties dealer alice bob
	mkdir "it's here"
	cp parties.json "it's here"
	export SMPC_STATE=$PWD/state.alice
	eval "$(smpc-party -i alice.key -p "it's here/parties.json" 3>&-)"
	assert_equal "$SMPC_PARTIES" "$PWD/it's here/parties.json"
	kill "$SMPC_AGENT_PID"
}

@test "a background agent holds none of the shell's pipes: a substitution ends at once" {
	local start=$EPOCHREALTIME
	parties dealer alice bob
	export SMPC_STATE=$PWD/state.alice
	timeout 5 sh -c 'smpc-party -i alice.key -p parties.json 2>/dev/null 3>&- | cat >vars'
	((${EPOCHREALTIME/./} - ${start/./} < 3000000))
	grep -q SMPC_AGENT_PID vars
}

# ---- sealed streams

@test "the ledger: a number for each session at each party, and a ledger that cannot be written is an error" {
	parties dealer alice bob
	each_agent dealer alice bob -- sh -c 'smpc-ping -s 0; smpc-ping -s 0'
	well dealer alice bob
	assert_equal "$(spent dealer) $(spent alice) $(spent bob)" "2 2 2"
	cmp state.alice/alice/ledger/numbers state.bob/bob/ledger/numbers
	# a number that cannot be entered is not used: no tool gets a channel
	each_agent dealer bob -- sh -c "$meeting" sh 3 smpc-ping -s 0 -w 5
	agent alice -- sh -c 'rm -r state.alice/alice/ledger; exec sh -c "$@"' sh "$meeting" sh 3 smpc-ping -s 0 -w 5
	ended alice 8 1 "ledger"
	assert_equal "$(cat dealer.out alice.out bob.out)" ""
	ended dealer 8 3 "'alice'"
	ended bob 8 3 "'alice'"
	touch state.file
	SMPC_STATE=$PWD/state.file fails_with 1 smpc-party -i alice.key -p parties.json -- touch ran
	assert_not_exists ran
}
