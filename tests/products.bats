#!/usr/bin/env bats
#
# Products of shares of columns of all sizes, declared or not, against exact fractions.

load helper

@test "in the clear: right within the bound, or refused with the column, and never what has room" {
	run python3 "$ROOT/tests/python/factors.py" --seeds 1-12
	assert_success
}

@test "among three parties: the same, and refused exactly as in the clear" {
	run python3 "$ROOT/tests/python/factors.py" --sessions --seeds 1-2
	assert_success
}
