#!/usr/bin/env bats
#
# Headers with the ends of all ranges and exponents.

load helper

@test "whatever a header announces: right within it, or refused, and nothing is damaged" {
	run python3 "$ROOT/tests/python/extremes.py" --seeds 1-50
	assert_success
}

@test "declared columns, after sums, products and variances: functions and quotients of them are right" {
	run python3 "$ROOT/tests/python/chains.py" --seeds 1-50
	assert_success
}
