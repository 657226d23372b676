#!/usr/bin/env bats
#
# Random tables through all tools: every figure is right within its bound, or refused with the name of the column.
# Its tests are long.

load helper

# tables LAST ARGUMENT...: seeds from 1 on, of which sanitizers have time for a few.
tables() {
	local last=$1
	shift
	[ -z "${SANITIZE:-}" ] || [ "$last" -le 4 ] || last=4
	run python3 "$ROOT/tests/python/tables.py" --seeds "1-$last" "$@"
	assert_success
}

@test "tables of which nothing is declared: figures are right, or refused for a column that is named" {
	# slow/tables.sh tries thousands
	tables "$(of_size 4 10)" --undeclared
}

@test "declared tables, from 1e-9 to 1e12: figures are right, and none is refused" {
	smpc-share --help | grep -q -e --range || skip "there is no smpc-share --range"
	tables "$(of_size 4 9)" --declared
}

@test "a wrong figure, and a refusal for nothing, would be noticed" {
	tables "$(of_size 2 5)" --spoil --undeclared
}
