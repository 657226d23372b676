#!/usr/bin/env bats
#
# smpc-local: all parties on one machine.

load helper
load shares
load parties

@test "{} in any word, and SMPC_PARTY, are the party's name" {
	quietly smpc-local -o out -- sh -c 'echo "$SMPC_PARTY {} $1 $2"' sh 'x.{}' '{}{}'
	assert_equal "$(cat out.0)" "0 0 x.0 00"
	assert_equal "$(cat out.1)" "1 1 x.1 11"
	assert_equal "$(cat out.2)" "2 2 x.2 22"
	holds out.0 out.1 out.2
	nothing_left
}

@test "without -o, output and talk are passed on with the name in front" {
	capture smpc-local -- sh -c 'echo "out $SMPC_PARTY"; echo "err $SMPC_PARTY" >&2; printf rest'
	assert_success
	assert_equal "$(sort <<<"$output" | paste -s -d ,)" "0: out 0,0: rest,1: out 1,1: rest,2: out 2,2: rest"
	# shellcheck disable=SC2154
	assert_equal "$(sort <<<"$stderr" | paste -s -d ,)" "0: err 0,1: err 1,2: err 2"
}

@test "-n" {
	quietly smpc-local -n 3 -o out -- true
	holds out.0 out.1 out.2 out.3
	fails_with 2 smpc-local -n 1 -- true
	fails_with 2 smpc-local -n 33 -- true
	fails_with 2 smpc-local -n x -- true
}

@test "usage: no command, an unknown option" {
	fails_with 2 smpc-local
	fails_with 2 smpc-local -n 2 --
	fails_with 2 smpc-local --loud -- true
	nothing_left
}

@test "a command that is not there: 127; one that may not run: 126; said once" {
	run -127 --separate-stderr smpc-local -o out -- ./nothing.{}
	# shellcheck disable=SC2154
	assert_equal "$stderr" "smpc-local: ./nothing.0: No such file or directory"
	run -127 --separate-stderr smpc-local -- smpc-nothing
	assert_equal "$stderr" "smpc-local: smpc-nothing: No such file or directory"
	touch plain
	run -126 --separate-stderr smpc-local -- ./plain
	assert_equal "$stderr" "smpc-local: ./plain: Permission denied"
	run -126 --separate-stderr smpc-local -- "$PWD"
	PATH=$PWD:$PATH run -126 --separate-stderr smpc-local -- plain
	assert_equal "$stderr" "smpc-local: plain: Permission denied"
	printf '#!/bin/sh\n' >plain
	chmod +x plain
	PATH=$PWD:$PATH quietly smpc-local -- plain
	run find . -name 'out*'
	assert_output ""
	nothing_left
}

@test "-o: outputs appear when all have ended well; else older ones stay, and nothing else" {
	local how
	echo old >out.1
	for how in 'exit 5' 'kill -KILL $$'; do
		capture smpc-local -o out -- sh -c "echo new; test {} != 2 || { sleep 0.3; $how; }"
		assert_failure || return 1
		assert_equal "$(cat out.*)" old || return 1
		assert_equal "$(echo out*)" out.1 || return 1
	done
	start local smpc-local -o out -- sh -c 'echo new; touch up.{}; sleep 60'
	within 5 test -e up.0 -a -e up.1 -a -e up.2
	assert_equal "$(cat out.1)" old
	kill -INT "$(pid local)"
	ended local 5 130
	assert_equal "$(echo out*)" out.1
	assert_equal "$(cat out.1)" old
	quietly smpc-local -o out -- echo new
	assert_equal "$(cat out.0 out.1 out.2 | paste -s -d' ')" "new new new"
	assert_equal "$(stat -c %a out.1)" 600
	assert_equal "$(echo out*)" "out.0 out.1 out.2"
	nothing_left
}

@test "the parties' standard input is empty, and smpc-local leaves its own alone" {
	printf '%s\n' one two | { quietly into out smpc-local -- sh -c 'cat; readlink /proc/self/fd/0'; cat >rest; }
	assert_equal "$(sort out | paste -s -d,)" "0: /dev/null,1: /dev/null,2: /dev/null"
	assert_equal "$(cat rest)" "$(printf '%s\n' one two)"
}

@test "the exit status is that of the first real failure, and siblings are stopped soon" {
	local start=$EPOCHREALTIME
	capture smpc-local -- sh -c 'test {} != 1 || { sleep 0.2; exit 5; }; sleep 60'
	assert_failure 5
	((${EPOCHREALTIME/./} - ${start/./} < 8000000))
	nothing_left
}

@test "a status 3 that follows from another party's failure is not the first real one" {
	capture smpc-local -- sh -c 'if test {} = 2; then sleep 0.3; exit 4; fi; smpc-ping'
	assert_failure 4
	stderr_has "'2'"
	stderr_has "status 4"
	nothing_left
}

@test "a command that a signal killed: 128 and its number" {
	capture smpc-local -- sh -c 'test {} != 2 || kill -KILL $$'
	assert_failure 137
	nothing_left
}

@test "an output that cannot be made: 1, and nothing runs" {
	fails_with 1 smpc-local -o nowhere/out -- sh -c 'echo {} >>ran'
	stderr_has nowhere/out
	assert_not_exists ran
	nothing_left
}

@test "SIGINT, SIGTERM and SIGQUIT stop all, and leave nothing" {
	local sig number
	for sig in INT:130 TERM:143 QUIT:131; do
		number=${sig#*:} sig=${sig%:*}
		start local smpc-local -o out -- sh -c 'echo $$ >pid.{}; sleep 60 & sleep 60'
		within 5 test -s pid.0 -a -s pid.1 -a -s pid.2
		kill -s "$sig" "$(pid local)"
		ended local 5 "$number" || return 1
		nothing_left || return 1
		rm pid.*
	done
}

@test "SIGKILL: the parties end, with what their commands have started; the next one removes what is left" {
	local own
	own=$(mktemp -d /tmp/smpc-local-test.XXXXXX)
	start local env TMPDIR="$own" smpc-local -o out -- sh -c 'echo $$ >pid.{}; sleep 60 & echo $! >child.{}; sleep 60; true'
	within 5 test -s child.0 -a -s child.1 -a -s child.2
	start other env TMPDIR="$own" smpc-local -o other -- sh -c 'echo >here.{}; sleep 3; test -e $SMPC_PARTIES'
	within 5 test -e here.0 -a -e here.1 -a -e here.2
	kill -KILL "$(pid local)"
	for child in pid.? child.?; do
		within 5 sh -c "! kill -0 $(cat "$child") 2>/dev/null" || return 1
	done
	# a file, a directory without a lock and one that is somebody's are left alone
	mkdir "$own/smpc-local-abcdef" "$own/smpc-local-abcdefg"
	echo precious | tee "$own/smpc-local-abcdef/x" >"$own/smpc-local-ABCDEF"
	mkdir "$own/smpc-local-empty1"
	assert_equal "$(find "$own" -name lock | wc -l)" 2
	quietly env TMPDIR="$own" smpc-local -- true
	assert_equal "$(find "$own" -name lock | wc -l)" 1
	ended other 8 0
	assert_equal "$(ls "$own")" $'smpc-local-ABCDEF\nsmpc-local-abcdef\nsmpc-local-abcdefg'
	assert_equal "$(cat "$own"/smpc-local-abcdef/x "$own/smpc-local-ABCDEF")" $'precious\nprecious'
	rm -r "$own"
}

@test "SIGINT while a lot is being sent" {
	start local smpc-local -o out -- smpc-ping -s 1024
	sleep 0.6
	kill -INT "$(pid local)"
	ended local 8 130
	nothing_left
}

@test "a process that a command leaves behind goes with it" {
	quietly smpc-local -o out -- sh -c 'sleep 60 >/dev/null 2>&1 & :'
	nothing_left
}

@test "two at the same time, in one directory, keep out of each other's way" {
	start one smpc-local -o one -- smpc-ping -s 1
	start two smpc-local -o two -- smpc-ping -s 1
	well one two
	assert_equal "$(cat one.? two.? | grep -c 'round trip')" 12
	nothing_left
}

@test "a whole pipeline: share, compute, reveal to one of them" {
	shared x a,b 1,2 3,4
	quietly smpc-local -o out -- sh -c 'smpc-mul -c 2 x.{} | smpc-reveal --to 2'
	assert_equal "$(cat out.2)" "$(printf '%s\n' a,b 2,4 6,8)"
	assert_equal "$(cat out.0 out.1)" ""
}

@test "binary output is not passed on to a terminal: 2, and said once; text is" {
	needs script
	printf 'a\n1\n' | smpc-share -n 2 -o x
	# an input that ends would end what script runs, too
	mkfifo endless
	exec {endless}<>endless
	run script -qec "smpc-local -- smpc-cat x.{}" /dev/null <&"$endless"
	assert_failure 2
	assert_output --regexp "^smpc-local: binary output, .* give -o PREFIX.*$"
	assert_equal "${#lines[@]}" 1
	run script -qec "smpc-local -- sh -c 'echo µ; smpc-cat x.{}; sleep 60'" /dev/null <&"$endless"
	assert_failure 2
	assert_output --partial "give -o PREFIX"
	run script -qec "smpc-local -- smpc-cat --json x.{}" /dev/null <&"$endless"
	assert_success
	assert_output --partial '1: {'
	smpc-local -- smpc-cat x.{} | grep -aq SMPC
}

@test "keys are made for one run alone and are nobody else's to read" {
	quietly smpc-local -o out -- sh -c 'cat "$SMPC_PARTIES"; ls -l "$(dirname "$SMPC_PARTIES")"/*.key >modes.{}'
	cmp out.0 out.1
	assert_equal "$(grep -vc '^-rw-------' modes.0)" 0
	mv out.0 before
	quietly smpc-local -o out -- sh -c 'cat "$SMPC_PARTIES"'
	run cmp -s before out.0
	assert_failure
}

@test "long lines and lines without an end come through whole" {
	smpc-local -- sh -c 'head -c 4000 /dev/zero | tr "\0" x; echo; printf end' >out
	assert_equal "$(grep -c "^1: x\{4000\}$" out)" 1
	assert_equal "$(grep -c "^1: end$" out)" 1
}

@test "--wan: the round trip is what it says, and no namespace is left" {
	slow_links
	quietly smpc-local --wan 40ms,100mbit -o out -- smpc-ping -c 3 -s 0
	sed -n 's/.*round trip \([0-9.]*\) ms.*/\1/p' out.? >rtt.txt
	assert_equal "$(wc -l <rtt.txt)" 6
	assert_equal "$(awk '$1 < 39 || $1 > 60' rtt.txt)" ""
	run ! grep -qE "^smpc[0-9]+-" <(ip netns list)
	nothing_left
}

@test "--wan: SIGINT removes the namespaces, too" {
	slow_links
	start local smpc-local --wan 20,100mbit -o out -- sh -c 'touch up.{}; sleep 60'
	within 10 test -e up.0
	kill -INT "$(pid local)"
	ended local 8 130
	run ! grep -q "^smpc$(pid local)-" <(ip netns list)
	nothing_left
}

@test "--wan: namespaces of a process that was killed are removed the next time, and nobody else's" {
	namespaces
	needs tc
	local gone
	true &
	gone=$!
	wait "$gone"
	spaces=("smpc$gone-0" "smpc$gone-hub" "smpc$gone-0x" "smpc$$-0")
	for name in "${spaces[@]}"; do
		ip netns add "$name"
	done
	# where links cannot be slowed down, this fails
	run smpc-local --wan 20,100mbit -o out -- true
	assert_equal "$(ip netns list | cut -d ' ' -f 1 | grep -e "smpc$gone-" -e "smpc$$-" | sort | paste -s -d ' ')" \
		"$(printf '%s\n' "smpc$gone-0x" "smpc$$-0" | sort | paste -s -d ' ')"
}

@test "--wan where it is not permitted, or with words it does not know: 2, and it says so" {
	fails_with 2 smpc-local --wan fast -- true
	fails_with 2 smpc-local --wan 40ms -- true
	fails_with 2 smpc-local --wan -5ms,1mbit -- true
	needs setpriv
	[ "$EUID" -eq 0 ] || skip "needs root to give rights up"
	fails_with 2 setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$(command -v smpc-local)" --wan 40ms,100mbit -- true
	stderr_has root
	nothing_left
}
