# shellcheck shell=bash
#
# Parties as real processes on this machine.  A test file begins with
#
#	load helper
#	load shares
#	load parties
#
# and its teardown, where it has one of its own, calls parties_teardown.  Everything that is started here, and all that it
# starts in turn, carries SMPC_TEST in its environment; by that the helpers find what was left behind.

# Sockets and directories of the tools go to places of this test, so that what is left in them is seen.
parties_setup() {
	export SMPC_TEST=$BATS_TEST_TMPDIR
	export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir -m 700 "$XDG_RUNTIME_DIR" "$TMPDIR"
	peer=$ROOT/tests/python/peer.py
}

setup() {
	common_setup
	parties_setup
}

# ours: the processes of this test that still run, but for this shell.
ours() {
	local p found
	# In a pipe, the command behind it would be found as well.
	found=$(grep -lzxF "SMPC_TEST=$SMPC_TEST" /proc/[0-9]*/environ 2>/dev/null) || true
	while read -r p; do
		p=${p#/proc/}
		[ -z "$p" ] || echo "${p%/environ}"
	done <<<"$found"
	[ "$(command id -u)" -eq 0 ] || closed_agents
}

# closed_agents: agents of this test, whose environment root alone can read: their sessions are those of what it started.
closed_agents() {
	local p list
	list=$(cat ./*.pid 2>/dev/null | paste -s -d ,)
	for p in $(pgrep -x -s "${list:-0}" smpc-party) ${SMPC_AGENT_PID-}; do
		[ ! -d "/proc/$p" ] || echo "$p"
	done
}

parties_teardown() {
	local pid name
	for pid in $(ours); do
		kill -KILL "$pid" 2>/dev/null || true
	done
	for name in "${spaces[@]:-}"; do
		[ -z "$name" ] || ip netns del "$name" 2>/dev/null || true
	done
	# Not "wait": that would be for bats' own clock, too.
	for _ in $(seq 40); do
		[ -n "$(ours)" ] || break
		nap 0.05
	done
	for name in *.err; do
		[ -s "$name" ] || continue
		echo "--- $name:"
		head -n 12 "$name"
	done 2>/dev/null
}

teardown() {
	parties_teardown
}

# free_ports N: ports that nobody has, below those that the system gives away itself.
free_ports() {
	python3 -S "$ROOT/tests/python/ports.py" "$1"
}

# parties NAME...: identities and parties.json.  dealer deals, owner* own, receiver* receive, all others compute; NAME-
# has no address.  The port of NAME is then ${port[NAME]}.
declare -gA port
parties() {
	local name bare role address list=() entry
	mapfile -t list < <(free_ports "$#")
	for name; do
		bare=${name%-} address=''
		case $bare in
		dealer) role=dealer ;;
		owner*) role=owner ;;
		receiver*) role=receiver ;;
		*) role=computing ;;
		esac
		smpc-keygen -o "$bare.key" >"$bare.pub" || return 1
		port[$bare]=${list[0]}
		list=("${list[@]:1}")
		if [ "$bare" = "$name" ]; then
			address=", \"address\": \"127.0.0.1:${port[$bare]}\""
		fi
		printf -v entry '{"name": "%s", "role": "%s", "key": "%s"%s}' "$bare" "$role" "$(cat "$bare.pub")" "$address"
		echo "$entry"
	done | paste -s -d , | sed 's/.*/{"version": 1, "parties": [&]}/' >parties.json
	# The loop ran in a shell of its own.
	for name; do
		name=${name%-}
		port[$name]=$(sed -n "s/.*\"name\": \"$name\"[^}]*127.0.0.1:\([0-9]*\).*/\1/p" parties.json)
	done
}

# owned ARG...: smpc-share among these parties, sealed by the owner or, without one, the first who computes.
owned() {
	local key=owner.key
	[ -e "$key" ] || key=$(grep -o '"[^"]*", "role": "computing"' parties.json | head -n 1 | cut -d '"' -f 2).key
	smpc-share -i "$key" -p parties.json "$@"
}

# at NAME TOOL ARG...: the tool with the key of NAME, without an agent.
at() {
	local name=$1 tool=$2
	shift 2
	"$tool" -i "$name.key" -p parties.json "$@"
}

# opened NAME PARTY...: the shares NAME.PARTY, which are sealed to these, are not any more.
opened() {
	local name=$1 party
	shift
	for party; do
		at "$party" smpc-cat --unsealed -o "$name.$party" "$name.$party" || return 1
	done
}

# held_by_tool FILE: a tool of this test has it open, and waits.
held_by_tool() {
	local pid
	sleep 0.3
	for pid in $(ours); do
		if [ "$(cat "/proc/$pid/comm")" = smpc-reveal ] && [ -n "$(find "/proc/$pid/fd" -lname "*/$1" 2>/dev/null)" ]; then
			return 0
		fi
	done
	return 1
}

# start NAME CMD...: CMD in the background, in a session of its own and with the usual signals; NAME.out, NAME.err,
# NAME.pid, and NAME.status when it has ended.
start() {
	local name=$1
	shift
	rm -f "$name.status" "$name.pid"
	(
		set +e
		setsid env --default-signal=INT,TERM,HUP,QUIT,PIPE "$@" >"$name.out" 2>"$name.err" </dev/null &
		echo $! >"$name.pid"
		wait $!
		echo $? >"$name.status.new"
		mv "$name.status.new" "$name.status"
	) 3>&- >/dev/null 2>&1 &
	soon test -s "$name.pid"
}

# agent NAME ARG...: the agent of NAME, with a state directory of its own.
agent() {
	local name=$1
	shift
	start "$name" env SMPC_STATE="$PWD/state.$name" smpc-party -i "$name.key" -p parties.json "$@"
}

# each_agent NAME... -- CMD...: the same command at all of them; {} in it stands for the name.
each_agent() {
	local names=() name
	while [ "$1" != -- ]; do
		names+=("$1")
		shift
	done
	shift
	for name in "${names[@]}"; do
		agent "$name" -- "${@//\{\}/$name}" || return 1
	done
}

# deal DIR [CMD...]: the dealer deals for job.sh, or for a command, into DIR.
deal() {
	local dir=$1
	shift
	[ $# -gt 0 ] || set -- sh -eu job.sh
	SMPC_STATE=$PWD/state.dealer quietly smpc-party -i dealer.key -p parties.json --deal-to "$dir" -- "$@"
}

# use NAME DIR [CMD...]: NAME does its part of job.sh, or of a command, with what was dealt, in the background.
use() {
	local name=$1 dir=$2
	shift 2
	[ $# -gt 0 ] || set -- sh -eu job.sh
	agent "$name" --dealt "$dir" -- "$@"
}

# pid NAME
pid() {
	cat "$1.pid"
}

# within SECONDS CMD...: it succeeds before they are over; on a machine that is busy they may take four times as long.
within() {
	local end=$((${EPOCHREALTIME/./} + 4 * $1 * 1000000)) seconds=$1
	shift
	until "$@"; do
		[ "${EPOCHREALTIME/./}" -lt "$end" ] || fail "not within $seconds seconds: $*" || return 1
		nap 0.02
	done
}

# ended NAME SECONDS STATUS [TEXT...]: what was started as NAME ends in time, with this status, and says every TEXT.
ended() {
	local name=$1 seconds=$2 want=$3 text
	shift 3
	within "$seconds" test -e "$name.status" || return 1
	assert_equal "$name: $(cat "$name.status")" "$name: $want" || return 1
	for text; do
		said "$name" "$text" || return 1
	done
}

# said NAME TEXT: NAME.err contains it.
said() {
	if ! grep -qF -e "$2" "$1.err"; then
		batslib_print_kv_single_or_multi 6 text "$2" stderr "$(cat "$1.err")" |
			batslib_decorate "$1 did not say it" | fail
	fi
}

# silent NAME...: they said nothing on standard error.
silent() {
	local name
	for name; do
		assert_equal "$name: $(cat "$name.err")" "$name: " || return 1
	done
}

# well NAME...: they all end with 0, in 20 seconds, and say nothing.
well() {
	local name
	for name; do
		ended "$name" 20 0 || return 1
	done
	silent "$@"
}

# nothing_left: no process of this test, no socket and no directory of the tools.
nothing_left() {
	local left
	within 3 nobody_left || {
		for left in $(ours); do
			echo "left: $left $(tr '\0' ' ' <"/proc/$left/cmdline")"
		done
		return 1
	}
	assert_equal "$(find "$XDG_RUNTIME_DIR" "$TMPDIR" -mindepth 1)" ""
}

nobody_left() {
	[ -z "$(ours)" ]
}

# spent NAME: how many session numbers NAME has spent.
spent() {
	local file=state.$1/$1/ledger/numbers
	if test -e "$file"; then
		echo $(($(stat -c %s "$file") / 32 - 1))
	else
		echo 0
	fi
}

# zombies PID: its children that have ended and that it did not wait for.
zombies() {
	local f
	for f in /proc/[0-9]*/stat; do
		sed 's/.*) //' "$f" 2>/dev/null
	done | awk -v p="$1" '$1 == "Z" && $2 == p' | wc -l
}

# peak_kib PID: the most memory it has had.
peak_kib() {
	awk '/^VmHWM/ { print $2 }' "/proc/$1/status"
}

# namespaces: skip where network namespaces cannot be made.
namespaces() {
	needs ip
	ip netns add "smpc-try-$BASHPID" 2>/dev/null || skip "needs the right to make network namespaces"
	ip netns del "smpc-try-$BASHPID"
}

# slow_links: skip where netem cannot slow links down.
slow_links() {
	local space=smpc-try-$BASHPID ok=yes
	namespaces
	needs tc
	ip netns add "$space"
	ip netns exec "$space" tc qdisc add dev lo root netem delay 1ms 2>/dev/null || ok=no
	ip netns del "$space"
	[ "$ok" = yes ] || skip "needs a kernel with netem"
}

# linked NAME PEER...: an agent that runs with -v has links to these.
linked() {
	local name=$1 p
	shift
	for p; do
		within 10 grep -qF "linked to '$p'" "$name.err" || return 1
	done
}

# Ends with the status of CMD, a little later, so that what others say is not said because of this end.
slowly='"$@"; s=$?; sleep 0.6; exit $s'

# sh -c "$meeting" sh N CMD...: for commands that end with their patience (-w).  CMD begins when N parties have come so far,
# so that it is not the time that agents take to start which is measured; and its status is given back when CMD has ended
# at all of them, so that what others say is not said because of this end.  Before another one in the same test: rm -r meeting
# shellcheck disable=SC2016 # for sh
meeting='n=$1; shift; mkdir -p meeting; : >"meeting/come.$SMPC_PARTY"
	all() { set -- "meeting/$1".*; [ $# -ge "$n" ]; }
	until all come; do sleep 0.02; done
	"$@"; s=$?; : >"meeting/gone.$SMPC_PARTY"
	until all gone; do sleep 0.02; done; exit $s'

# listens PORT: somebody does, on this machine.
listens() {
	grep -qi "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") [0-9A-F:]* 0A " /proc/net/tcp
}

# flipped SIDE AT: a bit of a data link between bob, who calls, and alice is changed while they exchange.
flipped() {
	local real
	real=$(free_ports 1)
	rm -f flip.done
	start relay python3 "$peer" relay "${port[alice]}" "$real" flip=data side="$1" at="$2" done=flip.done
	within 3 listens "${port[alice]}"
	rm -rf meeting
	agent alice -l "127.0.0.1:$real" -- sh -c "$meeting" sh 3 smpc-ping -s 16 -w 3
	each_agent dealer bob -- sh -c "$meeting" sh 3 smpc-ping -s 16 -w 3
	ended alice 12 "$3" "'bob'" || return 1
	ended bob 12 "$4" "'alice'" || return 1
	within 12 test -e dealer.status || return 1 # it may have finished with both before
	assert_exists flip.done
	kill "$(pid relay)"
	within 3 test -e relay.status
	nothing_left
}

# spaces CMD...: in a network name space, out of which nothing that it starts gets away; 77 where there can be none.
spaces() {
	local user=()
	[ "$(id -u)" -eq 0 ] || user=(--user --map-root-user)
	unshare "${user[@]}" --net --pid --fork --mount-proc true 2>/dev/null || return 77
	unshare "${user[@]}" --net --pid --fork --mount-proc --kill-child "$@"
}

# tutorial [--short]: do what smpc-tutorial(7) says, on loopback where there can be no networks.
tutorial() {
	run spaces "$ROOT/tests/tutorial" "$@"
	# shellcheck disable=SC2154 # set by run
	[ "$status" -ne 77 ] || run "$ROOT/tests/tutorial" --loopback "$@"
	assert_success
	assert_output ""
	nothing_left
}
