#!/usr/bin/env bats
#
# Every allocation of every tool fails once: the result is right, or the status says that it is not and nothing was written.
# Sessions of all parties are among them, with the failure at one party, and in agents.

load ../helper
load ../shares
load ../allocations

setup() {
	common_setup
	unsanitized "they have an allocator of their own"
	needs python3
	mkdir work
	cd work || return 1
	allocation_files
}

@test "tools by themselves" {
	grep -v '^+' "$ROOT/tests/allocations.cases" >cases
	run python3 "$ROOT/tests/python/allocations.py" "$BUILD/preload/failing.so" cases
	assert_success
	echo "# $output" >&3
}

@test "sessions" {
	grep '^+' "$ROOT/tests/allocations.cases" >cases
	run python3 "$ROOT/tests/python/allocations.py" "$BUILD/preload/failing.so" cases
	assert_success
	echo "# $output" >&3
}
