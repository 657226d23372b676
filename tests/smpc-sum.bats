#!/usr/bin/env bats
# conduct: smpc-sum INPUT

load helper
load shares

@test "columns, rows, everything" {
	shared x a,b,c 1,2,3 -4,5.5,6
	each smpc-sum -o columns.@ x.@
	reveals columns a,b,c -3,7.5,9
	each smpc-sum -r -o rows.@ x.@
	reveals rows 6 7.5
	each smpc-sum --rows -o long.@ x.@
	reveals long 6 7.5
	each smpc-sum -a -o all.@ x.@
	reveals all 13.5
	each smpc-sum --all -o long.@ x.@
	reveals long 13.5
}

@test "--mean is exact, by a divisor" {
	shared x a,b,c 1,2,3 -4,5.5,6 0,0,0
	each smpc-sum -m -o columns.@ x.@
	reveals columns a,b,c -1,2.5,3
	is_line divisor columns.1 3
	is_line "fraction bits" columns.1 16
	each smpc-sum --mean --rows -o rows.@ x.@
	reveals rows 2 2.5 0
	each smpc-sum -am -o all.@ x.@
	reveals all 1.5
	is_line divisor all.1 9
	shared third a 1 0 0
	each smpc-sum -m -o third.mean.@ third.@
	quietly smpc-reveal third.mean.1 third.mean.2
	awk 'NR == 2 { exit !($1 > 0.33333333 && $1 < 0.33333334) }' <<<"$output"
}

@test "a mean of means" {
	shared x a,b 1,3 5,7
	each sh -c 'smpc-sum -m x.@ | smpc-sum -rm >y.@'
	reveals y 4
	is_line divisor y.1 4
}

@test "parts are one tensor, tensors are not" {
	shared x a 1 2
	shared y a 10 20
	each sh -c 'smpc-cat x.@ y.@ | smpc-sum >both.@'
	reveals both a 33
	printf 'a\n5\n6\n' | smpc-share -n 2 --name other -o z
	each sh -c 'smpc-cat x.@ z.@ | smpc-sum >tensors.@'
	reveals tensors a 3 "" a 11
}

@test "sums wrap modulo Q, and the mean of residues has a divisor" {
	parties="1 2"
	printf 'a\n3\n6\n' | smpc-share -n 2 -q 7 -o q
	each smpc-sum -o r.@ q.@
	reveals r a 2
	each smpc-sum -m -o s.@ q.@
	reveals s a 1
}

@test "many records" {
	seq 300000 >in
	smpc-share -n 2 --no-header -o x in
	each smpc-sum -o y.@ x.@
	reveals y 45000150000
}

@test "refused: --rows with --all, more than one operand" {
	shared x a 1
	fails_with 2 smpc-sum -ra x.1
	stderr_has "exclude each other"
	fails_with 2 smpc-sum --rows --all x.1
	fails_with 2 smpc-sum x.1 x.1
	stderr_has "one operand too many"
	fails_with 2 smpc-sum --mean=1 x.1
	stderr_has "takes no value"
}

@test "the mean of no rows is refused" {
	shared x a 1 2
	smpc-split --seed 1 --ratio 0 -o none.1 x.1
	fails_with 1 smpc-sum --mean none.1
	stderr_has "mean of no rows"
	quietly smpc-sum -o nil.1 none.1
	is_line shape nil.1 "1 x 1"
}
