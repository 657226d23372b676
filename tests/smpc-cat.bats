#!/usr/bin/env bats
# conduct: smpc-cat INPUT

load helper
load shares

@test "rows follow each other, in the order of the operands" {
	shared x a,b 1,2 3,4
	shared y a,b 5,6
	each smpc-cat -o xy.@ x.@ y.@
	reveals xy a,b 1,2 3,4 5,6
	each smpc-cat -o yx.@ y.@ x.@
	reveals yx a,b 5,6 1,2 3,4
	each sh -c 'smpc-cat y.@ - <x.@ >stdin.@'
	reveals stdin a,b 5,6 1,2 3,4
}

@test "cat does the same" {
	shared x a 1 2
	shared y a 3
	each sh -c 'cat x.@ y.@ >cat.@; smpc-cat x.@ y.@ >tool.@'
	reveals cat a 1 2 3
	reveals tool a 1 2 3
	smpc-cat -o back <x.1
	cmp back x.1
	smpc-cat tool.1 >again
	cmp again tool.1
	each smpc-sum -o cat.sum.@ cat.@
	each smpc-sum -o tool.sum.@ tool.@
	cmp cat.sum.1 tool.sum.1
}

@test "the result is whole only to its last part" {
	shared x a 1 2
	shared y a 3
	smpc-cat -o one x.1
	smpc-cat -o both x.1 y.1
	# the first part, cut off where it ends, is no whole stream
	first=$(grep -a -b -o $'\xb5SMPC' both | sed -n '2s/:.*//p')
	head -c "$first" both >short
	fails_with 1 smpc-info short
	stderr_has "ends early"
	cat short y.1 | cmp - both
	fails_with 4 smpc-info <(cat short x.1)
}

@test "--json writes text, which every tool reads as the same stream" {
	needs python3
	shared x a,b 1,2 3,4.5
	each smpc-cat --json -o t.@ x.@
	reveals t a,b 1,2 3,4.5
	python3 -m json.tool t.1 >/dev/null
	assert_equal "$(line_of part t.1 | head -n 1)" "$(line_of part x.1 | head -n 1)"
	smpc-cat t.1 | cmp - x.1
	cat x.1 t.1 >mixed
	quietly smpc-cat --repeat -o both mixed
	is_line shape both "4 x 2"
}

@test "a part that comes twice is refused, unless --repeat" {
	shared x a 1 2
	cp x.1 copy.1
	smpc-cat -o whole.1 x.1
	fails_with 4 smpc-cat -o out x.1 copy.1
	stderr_has "--repeat"
	stderr_has "copy.1"
	[ ! -e out ]
	cat x.1 x.1 >doubled
	fails_with 4 smpc-cat -o out doubled
	each smpc-cat --repeat -o twice.@ x.@ x.@
	reveals twice a 1 2 1 2
}

@test "tensors of different names follow each other" {
	shared x a 1 2
	printf 'b,c\n3,4\n' | smpc-share -n 2 --name W -o w
	each smpc-cat -o m.@ x.@ w.@
	reveals m a 1 2 "" b,c 3,4
}

@test "refused: other parties, schemes, columns, scales" {
	shared x a,b 1,2
	shared y a,b 3,4
	fails_with 4 smpc-cat -o out x.1 y.2
	stderr_has "y.2: is a share of party '2'"
	shared_additively z a,b 1,2
	fails_with 4 smpc-cat -o out x.1 z.1
	stderr_has scheme
	shared other a,c 1,2
	fails_with 1 smpc-cat -o out x.1 other.1
	stderr_has "other.1: column 2 of tensor 'data' is 'c' here and 'b' before; smpc-cut -c puts columns in order"
	shared swapped b,a 1,2
	fails_with 1 smpc-cat -o out x.1 swapped.1
	stderr_has "column 1 of tensor 'data' is 'b' here and 'a' before"
	shared more a,b,c 1,2,3
	fails_with 1 smpc-cat -o out x.1 more.1
	stderr_has "has 3 columns here and 2 before: column 3, 'c', is only here"
	fails_with 1 smpc-cat -o out more.1 x.1
	stderr_has "has 2 columns here and 3 before: column 3, 'c', is only before"
	smpc-share -n 2 --no-header -o plain <(echo 1,2)
	fails_with 1 smpc-cat -o out x.1 plain.1
	stderr_has "have names only before"
	smpc-share -n 2 --no-header -o wide <(echo 1,2,3)
	fails_with 1 smpc-cat -o out plain.1 wide.1
	stderr_has "3 columns here and 2 before"
	printf 'a,b\n1,2\n' | smpc-share -n 2 --fraction-bits 8 -o coarse
	fails_with 4 smpc-cat -o out x.1 coarse.1
	stderr_has "8 fraction bits"
	[ ! -e out ]
}

@test "refused: damaged, cut, in the middle of others" {
	shared x a 1 2
	shared y a 3 4
	damaged y.1 bad
	fails_with 4 smpc-cat -o out x.1 bad
	stderr_has bad
	head -c 400 y.1 >short
	fails_with 1 smpc-cat -o out x.1 short
	stderr_has short
	: >empty
	fails_with 1 smpc-cat -o out x.1 empty
	stderr_has "ends early"
	[ ! -e out ]
}

@test "-i and -p open sealed streams, by option and by environment" {
	identities
	printf 'a\n1\n' | smpc-share -p parties.json -i owner.key -o x
	fails_with 4 smpc-cat x.alice
	stderr_has "sealed to 'alice' by 'owner'"
	quietly smpc-cat --unsealed -i alice.key -p parties.json -o open.alice x.alice
	quietly smpc-info open.alice
	SMPC_IDENTITY=alice.key SMPC_PARTIES=parties.json smpc-cat --unsealed x.alice | cmp - open.alice
	quietly smpc-cat --unsealed --identity=bob.key --parties=parties.json -o open.bob x.bob
	quietly smpc-reveal open.alice open.bob
	assert_output $'a\n1'
	fails_with 4 smpc-cat -i bob.key -p parties.json x.alice
	stderr_has "sealed to 'alice'"
	fails_with 1 smpc-cat -i nowhere -p parties.json x.alice
	stderr_has nowhere
	fails_with 1 smpc-cat -i alice.key -p nowhere x.alice
	# a sealed stream and an open one
	printf 'a\n2\n' | smpc-share -p parties.json --no-seal -o y
	smpc-cat --unsealed -i alice.key -p parties.json -o both x.alice y.alice
	is_line shape both "2 x 1"
}

@test "no more than 1000 operands" {
	shared x a 1
	operands=()
	for ((i = 0; i < 1001; i++)); do
		operands+=(x.1)
	done
	quietly smpc-cat --repeat -o out "${operands[@]:1}"
	is_line shape out "1000 x 1"
	fails_with 2 smpc-cat --repeat "${operands[@]}"
	stderr_has "too many"
}

@test "a scale that one owner alone put in is refused" {
	printf 'income\n50000\n60000\n' >x.csv
	smpc-share -n 2 --scale income=1e-3 -o a x.csv
	smpc-share -n 2 -o b x.csv
	smpc-share -n 2 --scale income=0.001 -o c x.csv
	fails_with 4 smpc-cat -o no a.1 b.1
	stderr_has "column 'income'"
	stderr_has "unit"
	stderr_has "times 0.001"
	fails_with 4 smpc-cat -o no b.1 a.1
	smpc-cat -o ac.1 a.1 c.1
	# one who says what unit it is in agrees with whom declares it so
	smpc-share -f -n 2 --scale income=1e-3 --unit "income=1000 EUR" -o a x.csv
	awk 'NR > 1 { $1 /= 1000 } 1' x.csv | smpc-share -f -n 2 --unit "income=1000 EUR" -o b
	smpc-cat -o ab.1 a.1 b.1
}
