#!/usr/bin/env bats
#
# The tools against the vectors in tests/vectors and against the second implementation in tests/python.
# Its tests are long.

load helper

corpus() {
	run python3 "$ROOT/tests/python/corpus.py" "$@"
	assert_success
}

@test "the vectors are what their generators make" {
	run python3 "$ROOT/tests/vectors/make-damaged.py" --check
	assert_success
	run python3 "$ROOT/tests/vectors/make-good.py" --check
	assert_success
}

@test "every damaged stream is refused, with the status and message of its defect and without output" {
	corpus damaged
}

@test "every good stream has the words, records and parts of its index" {
	corpus words
}

@test "shares reveal the exact values, in the shortest decimals" {
	corpus reveal
}

@test "re-blocked, in text form, sealed, and back: words and ids stay" {
	corpus again
}
