#!/usr/bin/env bats
# conduct: smpc-transpose INPUT

load helper
load shares

@test "rows become columns, without names" {
	shared x a,b,c 1,2,3 -4,5.5,6
	each smpc-transpose -o t.@ x.@
	reveals t 1,-4 2,5.5 3,6
	is_line shape t.1 "3 x 2"
	is_line columns t.1 ""
	each sh -c 'smpc-transpose <x.@ | smpc-transpose >tt.@'
	reveals tt 1,2,3 -4,5.5,6
}

@test "the additive scheme, several parts and several tensors" {
	parties="1 2"
	shared_additively x a,b 1,2
	shared_additively y a,b 3,4
	printf 'z\n7\n8\n' | smpc-share -n 2 --additive --name z -o z
	each sh -c 'smpc-cat x.@ y.@ z.@ | smpc-transpose >t.@'
	reveals t 1,3 2,4 "" 7,8
}

@test "one value, one row, one column" {
	shared x a 5
	each smpc-transpose -o t.@ x.@
	reveals t 5
	shared row a,b,c 1,2,3
	each smpc-transpose -o c.@ row.@
	reveals c 1 2 3
}

@test "too many rows are refused" {
	yes 1 | head -n 524289 >in
	smpc-share -n 2 --no-header --fraction-bits 0 -o x in
	fails_with 1 smpc-transpose x.0
	stderr_has 524288
	fails_with 2 smpc-transpose x.1 x.2
}
