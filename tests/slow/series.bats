#!/usr/bin/env bats
#
# All Fourier series of function.c and response.c are fitted anew.  tests/series.bats fits one and looks at the others.

load ../helper

setup() {
	common_setup
	source=$ROOT/common/func/function.c
}

compare() {
	run python3 -B "$ROOT/tests/python/series.py" compare "$@"
}

@test "the tables in function.c are those that come out of the fit, and as good" {
	needs python3
	compare "$source"
	assert_success
	refute_output --partial "not ok"
}

@test "the tables in response.c are those that come out of the fit, and as good" {
	needs python3
	run python3 -B "$ROOT/tests/python/series.py" responses "$ROOT/common/func/response.c"
	assert_success
	refute_output --partial "not ok"
	sed 's/5068532/5068732/' "$ROOT/common/func/response.c" >wrong.c
	run python3 -B "$ROOT/tests/python/series.py" responses wrong.c
	assert_failure 1
	assert_line --partial "not ok 5 - power: "
}

@test "series: a wrong digit is seen in the last place of a function, and where it makes the function worse" {
	needs python3
	sed 's/1171585/1171586/' "$source" >log.c
	compare log.c log
	assert_failure 1
	assert_line --partial "not ok 1 - log: "
	sed 's/271391, 59422/271391, 79422/' "$source" >rsqrt.c
	compare rsqrt.c rsqrt
	assert_failure 1
	assert_line --partial "not ok 2 - rsqrt: off by "
}
