#!/usr/bin/env bats
#
# The local tools against exact integers and fractions.
# Its tests are long.

load helper

# oracle ARGUMENT...: with sanitizers of half as many rows, if their number is given.
oracle() {
	if [ -n "${SANITIZE:-}" ] && [ "$1" = --rows ]; then
		set -- "$1" $(($2 / 2)) "${@:3}"
	fi
	run python3 "$ROOT/tests/python/oracle.py" "$@"
	assert_success
}

@test "masked, two computing parties: every local tool is exact, with scale and id" {
	oracle --rows 20 masked-2
}

@test "masked, three computing parties: every local tool is exact, with scale and id" {
	oracle --rows 15 masked-3
}

@test "additive mod 2^64: every local tool is exact, with scale and id" {
	# slow/oracle.sh has three parties; so has 2^64 - 59
	oracle --rows 15 additive-2
}

@test "additive mod 501337 and 2: every local tool is exact, with scale and id" {
	oracle --rows 15 prime bits
}

@test "public streams: every local tool is exact, with scale and id" {
	oracle --rows 20 public
}

@test "a share of one row is repeated to the rows of a public matrix" {
	oracle --only repeated masked-2 prime
}

@test "public numbers are rounded alike on the command line and in a file" {
	oracle --only rounding additive-2
}

@test "parts without rows change nothing" {
	oracle --only empty masked-2 prime
}

@test "tables that fill their records exactly, or all but, or just not" {
	# slow/oracle.sh has all others, too
	oracle --only exactly masked-2
}

@test "30,000 decimals, all edges: shared and revealed, each is the shortest that encodes to its word" {
	# slow/oracle.sh tries five million
	run python3 "$ROOT/tests/python/roundtrip.py" 30000
	assert_success
}

@test "declared ranges of all sizes: each number is rounded exactly, and the first one beyond is refused" {
	run python3 "$ROOT/tests/python/declared.py" --seeds 1-40
	assert_success
}
