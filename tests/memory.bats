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

@test "the measure notices a tool that holds the stream in memory" {
	peak smpc-shuf --seed 1 "$STREAM.1"
	assert_failure 1
	assert_output --partial "more than $LIMIT MiB"
}
