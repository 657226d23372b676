#!/usr/bin/env bats
#
# Every command of smpc-tutorial(7), each typed by the person that the page names.

load ../helper
load ../shares
load ../parties

@test "three machines: every command prints what the page shows" {
	needs python3 b2sum
	tutorial
}
