#!/usr/bin/env bats
#
# What tests/lint.bats leaves out because it takes long.

load ../helper

@test "shellcheck is content with all scripts and bats files" {
	needs shellcheck
	cd "$ROOT" || return 1
	run tests/lint/scripts
	assert_success
	assert_output ""
}
