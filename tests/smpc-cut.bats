#!/usr/bin/env bats
# conduct: smpc-cut -c 1 INPUT

load helper
load shares

@test "-c: names, positions and ranges, in the order given" {
	shared x a,b,c,d 1,2,3,4 5,6,7,8
	each smpc-cut -c c,a -o names.@ x.@
	reveals names c,a 3,1 7,5
	each smpc-cut --columns 4,1 -o positions.@ x.@
	reveals positions d,a 4,1 8,5
	each smpc-cut -c 2-3 -o range.@ x.@
	reveals range b,c 2,3 6,7
	each smpc-cut -c 3- -o open.@ x.@
	reveals open c,d 3,4 7,8
	each smpc-cut -c d -c 1-2 -o lists.@ x.@
	reveals lists d,a,b 4,1,2 8,5,6
}

@test "-x: all others" {
	shared x a,b,c,d 1,2,3,4 5,6,7,8
	each smpc-cut -x b,4 -o y.@ x.@
	reveals y a,c 1,3 5,7
	each smpc-cut --exclude=a --exclude c -o w.@ x.@
	reveals w b,d 2,4 6,8
	each smpc-cut -c d,b,a -x b -o z.@ x.@
	reveals z d,a 4,1 8,5
}

@test "an exact name comes before a position, and names may hold commas" {
	printf '"2","a,b",c\n1,2,3\n' | smpc-share -n 2 -o x
	each smpc-cut -c 2 -o y.@ x.@
	quietly smpc-cut -c 'a,b' -o z.1 x.1
	quietly smpc-cut -c 'a,b' -o z.2 x.2
	quietly smpc-reveal y.1 y.2
	assert_line --index 1 1
	quietly smpc-reveal z.1 z.2
	assert_line --index 1 2
}

@test "by name in streams whose parts have other orders: each by its own names" {
	shared x a,b 1,2
	shared y b,a 20,10
	each sh -c 'smpc-cut -c a,b y.@ | smpc-cat x.@ - >z.@'
	reveals z a,b 1,2 10,20
}

@test "without names by position alone" {
	printf '1,2,3\n' | smpc-share -n 2 --no-header -o x
	each smpc-cut -c 3,1 -o y.@ x.@
	reveals y 3,1
	fails_with 2 smpc-cut -c a x.1
	stderr_has "no names"
}

@test "--rename: other names, by names and positions, all at once" {
	shared x age,weight,sex=F 1,2,0 3,4,1
	each smpc-cut --rename age=years -o y.@ x.@
	reveals y years,weight,sex=F 1,2,0 3,4,1
	each smpc-cut -c 3,1 --rename sex=F=woman --rename 1=a=b -o y.@ x.@
	reveals y woman,a=b 0,1 1,3
	each smpc-cut --rename age=weight --rename weight=age -o y.@ x.@
	reveals y weight,age,sex=F 1,2,0 3,4,1
	# the names are in the id, as they are in the header, and those by which columns were found are not
	smpc-cut --rename 2=age --rename 1=weight -o same.1 x.1
	cmp same.1 y.1
	smpc-cut -c 1- -o plain.1 x.1
	[ "$(line_of part plain.1 | head -n 1)" != "$(line_of part y.1 | head -n 1)" ]
	fails_with 2 smpc-cut --rename age x.1
	stderr_has "--rename takes OLD=NEW, and not 'age'"
	fails_with 2 smpc-cut --rename wieght=b x.1
	stderr_has "did you mean 'weight'"
	fails_with 2 smpc-cut --rename 1-2=b x.1
	stderr_has "one column at a time"
	fails_with 2 smpc-cut --rename age=weight x.1
	stderr_has "two columns would be named 'weight'"
	fails_with 2 smpc-cut --rename age=a --rename 1=b x.1
	stderr_has "gets a name twice"
	fails_with 2 smpc-cut -x age --rename age=a x.1
	stderr_has "is left out"
	fails_with 2 smpc-cut --rename age= x.1
	stderr_has "the new name is empty"
	fails_with 2 smpc-cut --rename age=$'a\x01' x.1
	stderr_has "control character"
	printf '1,2\n' | smpc-share -n 2 --no-header -o none
	fails_with 2 smpc-cut --rename 1=a none.1
	stderr_has "have no names"
}

@test "-t and --exclude-tensor: whole tensors pass as they are" {
	shared x a 1 2
	printf 'b,c\n3,4\n' | smpc-share -n 2 --name W -o w
	printf '5\n' | smpc-share -n 2 --no-header --name 'a b' -o v
	each sh -c 'cat x.@ w.@ v.@ >m.@'
	for party in 0 1 2; do
		smpc-cut -t W m.$party | cmp - w.$party
		smpc-cut -t 'a b' --tensor data m.$party | smpc-cat - >two.$party
		smpc-cut --exclude-tensor W m.$party | cmp - two.$party
		smpc-cut --exclude-tensor W --exclude-tensor data m.$party | cmp - v.$party
		smpc-cut -t W -t data --exclude-tensor data m.$party | cmp - w.$party
	done
	reveals two a 1 2 "" 5
	# with columns of what is kept
	each smpc-cut -t W -c c --rename c=d -o d.@ m.@
	reveals d d 4
	fails_with 2 smpc-cut -t W -t nothing -o out m.1
	stderr_has "m.1: there is no tensor 'nothing'; smpc-info lists"
	fails_with 2 smpc-cut --exclude-tensor w -o out m.1
	stderr_has "there is no tensor 'w'"
	fails_with 2 smpc-cut -t data --exclude-tensor data -o out m.1
	stderr_has "no tensor is left"
	[ ! -e out ]
	# what is left out is read, so that damage is noticed
	damaged v.1 bad
	cat w.1 bad >damaged.1
	fails_with 4 smpc-cut -t W -o out damaged.1
	fails_with 4 smpc-cut -t W -c b -o out damaged.1
	[ ! -e out ]
}

@test "refused: no list, unknown, out of range, twice, nothing left" {
	shared x age,weight,height 1,2,3
	fails_with 2 smpc-cut x.1
	stderr_has "-c or -x"
	fails_with 2 smpc-cut -c wieght x.1
	stderr_has "did you mean 'weight'"
	fails_with 2 smpc-cut -x nothing x.1
	stderr_has "no column 'nothing'"
	fails_with 2 smpc-cut -c 4 x.1
	stderr_has "there are 3 columns"
	fails_with 2 smpc-cut -c 0 x.1
	fails_with 2 smpc-cut -c 3-2 x.1
	fails_with 2 smpc-cut -c age,,height x.1
	fails_with 2 smpc-cut -c age,1 x.1
	stderr_has "twice"
	fails_with 2 smpc-cut -x 1- x.1
	stderr_has "no column is left"
}

@test "a cut share holds nothing of the columns left out" {
	needs python3
	shared x a,b 1,2
	each smpc-cut -c a -o y.@ x.@
	quietly smpc-info --words y.1
	assert_equal "$(awk -F, 'NF != 3' <<<"$output")" ""
	is_line shape y.1 "1 x 1"
	# no key that would stand for the masks of all columns
	smpc-info y.1 >info
	run grep -c "with keys" info
	assert_output 0
	smpc-info y.0 >info
	run grep -c "with keys" info
	assert_output 0
}
