#!/usr/bin/env bats
#
# What sessions compute on columns with ranges, in units of their own, against exact arithmetic.

load helper

@test "in a session and in the clear: right, within the ranges that headers name, and nothing is refused" {
	run python3 "$ROOT/tests/python/sessions.py" --seeds 1-4 --sessions 0.25
	assert_success
}

@test "columns of any unit, and such of which nothing is known: right, or refused with 5 and the column, by both" {
	run python3 "$ROOT/tests/python/sessions.py" --wild --seeds 1-4 --sessions 0.25
	assert_success
}
