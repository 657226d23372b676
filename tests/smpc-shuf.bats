#!/usr/bin/env bats
# conduct: smpc-shuf --seed 1 INPUT

load helper
load shares

numbers() {
	seq "$1" | sed 's/.*/&,-&/' | smpc-share -n 2 --no-header -o "$2"
}

@test "the same rows in another order, the same at every party" {
	numbers 50 x
	each smpc-shuf --seed 1 -o y.@ x.@
	quietly smpc-reveal y.1 y.2
	shuffled=$output
	[ "$shuffled" != "$(seq 50 | sed 's/.*/&,-&/')" ]
	assert_equal "$(sort -n <<<"$shuffled")" "$(seq 50 | sed 's/.*/&,-&/')"
	reveals y "$shuffled"
}

@test "the seed decides" {
	numbers 50 x
	numbers 50 y
	each smpc-shuf -s a -o a.@ x.@
	each smpc-shuf --seed=a -o b.@ y.@
	each smpc-shuf -s b -o c.@ x.@
	quietly smpc-reveal a.1 a.2
	first=$output
	reveals b "$first"
	quietly smpc-reveal c.1 c.2
	[ "$output" != "$first" ]
}

@test "every place is reached, about equally often" {
	numbers 4 x
	for ((i = 0; i < 60; i++)); do
		smpc-shuf -s "$i" -o y.1 x.1
		smpc-shuf -s "$i" -o y.2 x.2
		smpc-reveal y.1 y.2 | head -n 1
	done >firsts
	for n in 1 2 3 4; do
		count=$(grep -c "^$n," firsts)
		# 15 are expected; 4 or fewer happen once in 3000 seeds' choices, and the seeds are fixed
		[ "$count" -gt 4 ]
	done
}

@test "parts are shuffled together, tensors apart" {
	numbers 3 x
	seq 4 50 | sed 's/.*/&,-&/' | smpc-share -n 2 --no-header -o y
	numbers 50 whole
	each sh -c 'smpc-cat x.@ y.@ | smpc-shuf -s 1 >z.@'
	each smpc-shuf -s 1 -o w.@ whole.@
	quietly smpc-reveal w.1 w.2
	reveals z "$output"
	printf '1\n' | smpc-share -n 2 --no-header --name one -o one
	each sh -c 'smpc-cat one.@ x.@ | smpc-shuf -s 1 >t.@'
	quietly smpc-reveal --tensor one t.1 t.2
	assert_output 1
}

@test "refused: no seed, an empty one, one that is too long" {
	numbers 2 x
	fails_with 2 smpc-shuf x.1
	stderr_has --seed
	fails_with 2 smpc-shuf --seed "" x.1
	fails_with 2 smpc-shuf --seed "$(printf '%129s' x)" x.1
	quietly smpc-shuf --seed "$(printf '%128s' x)" -o out x.1
}
