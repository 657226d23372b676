#!/usr/bin/env bats
#
# What holds for the whole tree, whatever is in it.  Each check is a script in tests/lint that also runs by itself.
# Its tests are long.

load helper

setup() {
	common_setup
	cd "$ROOT" || return 1
}

@test "tools, manual pages and tests belong together, and mandoc is content" {
	needs mandoc
	run tests/lint/pages
	assert_success
	assert_output ""
}

@test "includes keep to the levels" {
	run tests/lint/levels
	assert_success
	assert_output ""
}

@test "no two files of the library need each other" {
	needs nm
	run tests/lint/circles
	assert_success
	assert_output ""
}

@test "planes of secret vectors are named in common/mpc alone" {
	run tests/lint/planes
	assert_success
	assert_output ""
}

@test "the name of a function or a struct stands for one thing" {
	run tests/lint/names
	assert_success
	assert_output ""
}

@test "the tools and options that messages name are there" {
	run tests/lint/hints
	assert_success
	assert_output ""
}

@test "the lists of mutants fit the sources" {
	run python3 tests/python/mutants.py --check
	assert_success
	assert_output ""
}

@test "lines keep to 100 columns" {
	run tests/lint/width
	assert_success
	assert_output ""
}

@test "randomness is drawn where it may be, and nowhere else" {
	run tests/lint/randomness
	assert_success
	assert_output ""
}

@test "no forbidden function, no work to do without an owner" {
	run tests/lint/forbidden
	assert_success
	assert_output ""
}

@test "what is put into JSON is checked" {
	run tests/lint/unchecked
	assert_success
	assert_output ""
}

@test "every source and every header alone compiles with gcc" {
	needs gcc
	run make -s syntax CC=gcc SANITIZE=
	assert_success
	assert_output ""
}

@test "every source compiles with clang" {
	needs clang
	# headers do so in the sources; alone they did with gcc
	run make -s syntax CC=clang SANITIZE= HEADERS=
	assert_success
	assert_output ""
}

@test "shellcheck is content with the scripts, and with short bats files" {
	needs shellcheck
	# with all of them: slow/shellcheck.bats
	run tests/lint/scripts -q
	assert_success
	assert_output ""
}
