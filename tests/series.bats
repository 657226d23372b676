#!/usr/bin/env bats
#
# The tables of Fourier series in common/func/function.c against the program that computes them.

load helper

setup() {
	common_setup
	export PYTHONDONTWRITEBYTECODE=1
}

compare() {
	run python3 "$ROOT/tests/python/series.py" compare "$@"
}

@test "the tables in function.c are those that come out of the fit, and as good" {
	needs python3
	compare "$ROOT/common/func/function.c"
	assert_success
	refute_output --partial "not ok"
}

@test "the polynomials in function_exact.c are those that come out, and as good" {
	needs python3
	run python3 "$ROOT/tests/python/series.py" polynomials "$ROOT/common/func/function_exact.c"
	assert_success
	refute_output --partial "not ok"
	sed 's/23726568/23726569/' "$ROOT/common/func/function_exact.c" >exact.c
	run python3 "$ROOT/tests/python/series.py" polynomials exact.c
	assert_failure 1
}

@test "series: a wrong digit, and a table that is not there, are seen" {
	needs python3
	sed 's/1171585/1171586/' "$ROOT/common/func/function.c" >log.c
	compare log.c log
	assert_failure 1
	assert_line --partial "not ok 1 - log: "
	sed 's/271391, 59422/271391, 79422/' "$ROOT/common/func/function.c" >rsqrt.c
	compare rsqrt.c rsqrt
	assert_failure 1
	assert_line --partial "not ok 2 - rsqrt: off by "
	sed '/core_sqrt = {/,/^}/s/count = 5/count = 6/' "$ROOT/common/func/function.c" >sqrt.c
	compare sqrt.c sqrt
	assert_failure 1
	assert_line "not ok 1 - sqrt: no such table, or another one"
}
