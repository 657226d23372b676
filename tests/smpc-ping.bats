#!/usr/bin/env bats
#
# smpc-ping, the first thing a person tries.

load helper
load shares
load parties

@test "smpc-ping prints a line for each peer: round trip and throughput" {
	quietly smpc-local -o out -- smpc-ping -s 1
	assert_equal "$(cut -d' ' -f1 out.0 | paste -s -d ' ')" "1 2"
	assert_equal "$(cut -d' ' -f1 out.1 | paste -s -d ' ')" "0 2"
	assert_equal "$(cut -d' ' -f1 out.2 | paste -s -d ' ')" "0 1"
	run grep -vhE '^[0-2] +round trip [0-9]+\.[0-9]{3} ms \(median of 20\), [0-9]+ MiB/s each way at once$' out.0 out.1 out.2
	assert_output ""
	nothing_left
}

@test "-c sets the number of round trips, -s 0 leaves the throughput out" {
	quietly smpc-local -o out -- smpc-ping -c 7 -s 0
	run grep -vhE '^[0-2] +round trip [0-9]+\.[0-9]{3} ms \(median of 7\)$' out.0 out.1 out.2
	assert_output ""
	assert_equal "$(cat out.? | wc -l)" 6
}

@test "--stats counts bytes, messages and rounds per peer on standard error" {
	capture smpc-local -o out -- smpc-ping -c 5 -s 1 --stats
	assert_success
	# 5 and 3 to warm up, of 64 bytes, and a MiB
	assert_equal "$(grep -c "sent $((8 * 64 + (1 << 20))) bytes in 9 messages, received $((8 * 64 + (1 << 20))) in 9 " \
		<<<"$stderr")" 6
	assert_equal "$(grep -cE '^[0-2]: smpc-ping: rounds: [0-9]+$' <<<"$stderr")" 3
}

@test "the wire carries at most one part in a thousand more than the data" {
	capture smpc-local -o out -- smpc-ping -c 1 -s 16 --stats
	assert_success
	sed -n 's/.*sent \([0-9]*\) bytes.*on the wire \([0-9]*\) and \([0-9]*\)).*/\1 \2 \3/p' <<<"$stderr" >counts
	assert_equal "$(wc -l <counts)" 6
	assert_equal "$(awk '$2 < $1 || $3 < $1 || $2 > 1.001 * $1 || $3 > 1.001 * $1' counts)" ""
}

@test "usage: 2 for operands, for numbers out of range, for unknown options" {
	export SMPC_LINK=/nonexistent
	fails_with 2 smpc-ping alice
	fails_with 2 smpc-ping -c 0
	fails_with 2 smpc-ping -w 0
	fails_with 2 smpc-ping -s 4096
	fails_with 2 smpc-ping --louder
}

@test "without an agent: 2, and it names smpc-party and smpc-local" {
	fails_with 2 smpc-ping
	stderr_has smpc-party
	stderr_has smpc-local
	SMPC_LINK='' fails_with 2 smpc-ping
}

@test "with an agent that has ended: 3, and it says so" {
	SMPC_LINK=$PWD/nobody fails_with 3 smpc-ping
	stderr_has "$PWD/nobody"
	python3 -c 'import socket; socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).bind("dead")'
	SMPC_LINK=$PWD/dead fails_with 3 smpc-ping
}

@test "standard output that is full: 1, not 0" {
	parties dealer alice bob
	agent dealer -- smpc-ping -s 0
	agent alice -- sh -c 'smpc-ping -s 0 >/dev/full'
	agent bob -- smpc-ping -s 0
	ended alice 10 1 "standard output"
	ended dealer 10 0
	ended bob 10 0
	nothing_left
}

@test "a receiver's or an owner's agent has no part in it: 2" {
	parties dealer alice bob receiver
	agent receiver -- smpc-ping -w 2
	ended receiver 10 2 "'receiver'"
}

@test "3 and 4 computing parties" {
	quietly smpc-local -n 3 -o out -- smpc-ping -s 1
	assert_equal "$(cat out.? | wc -l)" 12
	quietly smpc-local -n 4 -o out -- smpc-ping -s 0
	assert_equal "$(cat out.? | wc -l)" 20
}

@test "many parties: 20 computing parties" {
	unsanitized "time"
	quietly smpc-local -n 20 -o out -- smpc-ping -s 0 -c 1
	assert_equal "$(cat out.* | wc -l)" 420
	nothing_left
}
