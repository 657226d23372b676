#!/usr/bin/env bats
# Every sample runs and prints what it promises.

load helper

sample() {
	run --separate-stderr "$ROOT/samples/$1/run"
	assert_success
}

@test "every sample has a README and a test" {
	local dir name
	for dir in "$ROOT"/samples/*/; do
		name=$(basename "$dir")
		assert_file_exists "$dir/README.md"
		grep -q "sample $name" "$BATS_TEST_FILENAME"
	done
}

@test "first-shares: 2 + 5 is 7, times 6 is 42, two of three are noise, and the message from elsewhere" {
	sample first-shares
	assert_line --index 5 7
	assert_line --index 7 42
	refute_line --index 9 7
	assert_line --index 9 --regexp '^[0-9]+$'
	assert_line --index 11 "happy encrypting"
	stderr_has "share of party '2' is missing"
	stderr_has noise
}

@test "first-shares: what is shown of party 3 differs from run to run" {
	sample first-shares
	local first=${lines[2]}
	sample first-shares
	assert_not_equal "$first" "${lines[2]}"
}

@test "private-survey: the exact mean of 24 salaries" {
	quietly "$ROOT/samples/private-survey/run"  # sample private-survey
	assert_line --index 0 salary
	assert_line --index 1 50295.833333333333
}

@test "breast-cancer: at least 0.96 of the patients are told right, and the model is revealed" {
	quietly "$ROOT/samples/breast-cancer/run"  # sample breast-cancer
	assert_line --index 0 "113 patients that were not trained on:"
	assert_line --index 1 --regexp '^accuracy'
	awk '$1 == "accuracy" { exit !($2 >= 0.96) }' <<<"$output"
	assert_line --regexp '^0\.[0-9]+	worst_radius$'
	[ "${#lines[@]}" -eq 11 ]
}
