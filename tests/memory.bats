#!/usr/bin/env bats
#
# Filters run in bounded memory, whatever the length of the stream.  tests/slow/streams.sh measures them all.

load helper

LIMIT=64 # MiB

setup_file() {
	[ -z "${SANITIZE:-}" ] || return 0
	export TABLE=$BATS_FILE_TMPDIR/table.npy
	export STREAM=$BATS_FILE_TMPDIR/x
	python3 "$ROOT/tests/python/peak.py" --npy 820000 16 "$TABLE" # 100 MB
	"$BUILD/bin/smpc-share" -n 2 --fraction-bits 0 -O 0="$STREAM.0" -O 1="$STREAM.1" -O 2=/dev/null "$TABLE"
}

setup() {
	common_setup
	unsanitized "they take several times the memory"
}

peak() {
	run python3 "$ROOT/tests/python/peak.py" "$LIMIT" "${1#smpc-}" "$@"
}

# bounded CMD...: it succeeds within the limit; the figures go to the log.
bounded() {
	peak "$@"
	assert_success || return 1
	echo "# $output" >&3
}

@test "the stream is 100 MB" {
	[ "$(stat -c %s "$STREAM.1")" -gt 100000000 ]
}

@test "smpc-share of 100 MB stays below 64 MiB" {
	bounded smpc-share -n 2 --fraction-bits 0 -O 0=y.0 -O 1=/dev/null -O 2=y.2 "$TABLE"
}

@test "smpc-add of two streams of 100 MB stays below 64 MiB" {
	bounded smpc-add "$STREAM.1" "$STREAM.1"
}

@test "smpc-sum, smpc-cut and smpc-split of 100 MB stay below 64 MiB" {
	bounded smpc-sum --mean "$STREAM.1"
	bounded smpc-cut -c 1-15 "$STREAM.1"
	bounded smpc-split --seed 1 --rest /dev/null "$STREAM.1"
}

@test "smpc-reveal of 100 MB stays below 64 MiB" {
	bounded smpc-reveal "$STREAM.0" "$STREAM.1"
}

# many PARTS: a stream of parts of one row each, as cat makes one of many shares.
many() {
	printf 'a\n1\n' | "$BUILD/bin/smpc-share" -n 2 -f -o one
	"$BUILD/bin/smpc-cat" --json one.1 | sed 's/"digest":"[0-9a-f]*",//' | python3 -c '
import sys
line = sys.stdin.read()
at = line.index("\"id\":\"") + 6
for i in range(int(sys.argv[1])):
    print(line[:at] + "%064x" % (i * 0x9e3779b97f4a7c15f39cc0605cedc835 % 2 ** 256) + line[at + 64:], end="")' "$1"
}

@test "smpc-info and smpc-cat of very many parts stay below 16 MiB" {
	LIMIT=16
	many 40000 >parts
	bounded smpc-info parts
	bounded smpc-info --json parts
	bounded smpc-cat -o cat parts
}

@test "smpc-info prints all of many parts" {
	many 3000 >parts
	quietly smpc-info parts
	assert_equal "$(grep -c '^part ' <<<"$output")" 3000
	assert_line --index 8 --partial "part "
	quietly smpc-info -j parts
	python3 -c 'import json, sys; p = json.load(sys.stdin)["parts"]; assert len({x["id"] for x in p}) == 3000' <<<"$output"
}

@test "the measure notices a tool that holds the stream in memory" {
	peak smpc-shuf --seed 1 "$STREAM.1"
	assert_failure 1
	assert_output --partial "more than $LIMIT MiB"
}
