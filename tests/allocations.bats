#!/usr/bin/env bats
#
# Memory that is refused, once, anywhere: the result is right, or the status is 1 and nothing was written.  Here a sample of
# allocations of each tool; tests/slow/allocations.bats takes all of them, and sessions.

load helper
load shares
load allocations

setup() {
	common_setup
	unsanitized "they have an allocator of their own"
	mkdir work
	cd work || return 1
}

@test "one allocation in 29 of each tool" {
	needs python3
	allocation_files
	grep -v '^+' "$ROOT/tests/allocations.cases" >cases
	run python3 "$ROOT/tests/python/allocations.py" --stride 29 --first 11 "$BUILD/preload/failing.so" cases
	assert_success
	# every tool that needs no session is there
	for tool in "$BUILD"/bin/smpc*; do
		tool=${tool##*/}
		case $tool in smpc-local | smpc-party | smpc-ping) continue ;; esac
		grep -q "| $tool |" cases || fail "$tool is not among the cases"
	done
}

@test "the test notices a status 0 with another result, files that are left, a signal, and no message" {
	needs python3
	shared x a 1 2
	# the allocation that fails is seen, or not, by what each of these does of itself
	cat >tool <<-'E'
		#!/bin/sh
		smpc-head -n 1 x.1 >/dev/null 2>&1 && exec smpc-cat -o out x.1
		unset LD_PRELOAD
		case $1 in
		other) exec smpc-cat -o out x.2 ;;
		left) echo >out; smpc-cat nowhere ;;
		signal) kill -SEGV $$ ;;
		quiet) exit 1 ;;
		status) echo smpc-x: >&2; exit 4 ;;
		good) echo smpc-x: out of memory >&2; exit 1 ;;
		esac
	E
	chmod +x tool
	for how in other left signal quiet status; do
		echo "it | smpc-head | ./tool $how | out |" >cases
		run python3 "$ROOT/tests/python/allocations.py" --stride 100 --first 5 "$BUILD/preload/failing.so" cases
		assert_failure 1
	done
	echo "it | smpc-head | ./tool good | out |" >cases
	run python3 "$ROOT/tests/python/allocations.py" --stride 100 --first 5 "$BUILD/preload/failing.so" cases
	assert_success
}
