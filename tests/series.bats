#!/usr/bin/env bats
#
# The tables of Fourier series in function.c and response.c against the program that computes them.  One series is fitted here; of the
# others it is seen that they are those that slow/series.bats fits, and as good.

load helper

setup() {
	common_setup
	source=$ROOT/common/func/function.c
	exact=$ROOT/common/func/function_exact.c
}

series() {
	run python3 -B "$ROOT/tests/python/series.py" "$@"
}

@test "a table in function.c is what comes out of the fit; all are as they were compared, and as good" {
	needs python3
	series compare "$source" sqrt
	assert_success
	refute_output --partial "not ok"
	series glance "$source"
	assert_success
	refute_output --partial "not ok"
	assert_line --index 0 1..14
}

@test "the polynomials in function_exact.c are those that come out, and as good" {
	needs python3
	series polynomials "$exact"
	assert_success
	refute_output --partial "not ok"
	sed 's/23726568/23726569/' "$exact" >exact.c
	series polynomials exact.c
	assert_failure 1
}

@test "the tables in response.c are as they were compared, and as good; so is what glm_factorials.c makes of ln z!" {
	needs python3
	response=$ROOT/common/func/response.c factorials=$ROOT/common/nn/glm_factorials.c
	series glance-responses "$response"
	assert_success
	assert_line --index 0 1..6
	series factorials "$factorials"
	assert_success
	sed 's/49580152/49580252/; s/-199184452/-199184552/; s/7.99999924497846/7.99999934497846/' "$response" >wrong.c
	series glance-responses wrong.c
	assert_failure 1
	assert_line --partial "not ok 2 - logistic: off by "
	assert_line --partial "not ok 4 - softplus: off by "
	assert_line --partial "not ok 6 - power: off by "
	sed 's/-3.02439355e-03/-3.02539355e-03/' "$factorials" >wrong.c
	series factorials wrong.c
	assert_failure 1
}

@test "series: a wrong digit, and a table that is not there, are seen" {
	needs python3
	sed 's/{ 7523, 5328/{ 7523, 5329/; s/1171585/1171586/; s/271391, 59422/271391, 79422/' "$source" >wrong.c
	series compare wrong.c sqrt
	assert_failure 1
	assert_line --partial "not ok 1 - sqrt: "
	series glance wrong.c
	assert_failure 1
	assert_line --partial "not ok 7 - log: "
	assert_line --partial "not ok 11 - rsqrt: "
	assert_line --partial "not ok 12 - rsqrt: off by "
	sed '/core_sqrt = {/,/^}/s/count = 5/count = 6/' "$source" >sqrt.c
	series compare sqrt.c sqrt
	assert_failure 1
	assert_line "not ok 1 - sqrt: no such table, or another one"
}
