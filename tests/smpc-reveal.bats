#!/usr/bin/env bats
# conduct: smpc-reveal INPUT other.2

load helper
load shares

# numbers_of FILE: what a .npy file holds, read by the format's description: type, shape, values.
numbers_of() {
	python3 - "$1" <<-'P'
		import ast, struct, sys
		data = open(sys.argv[1], 'rb').read()
		assert data[:8] == b'\x93NUMPY\x01\x00', data[:8]
		(n,) = struct.unpack('<H', data[8:10])
		assert (10 + n) % 64 == 0 and data[9 + n:10 + n] == b'\n'
		header = ast.literal_eval(data[10:10 + n].decode())
		assert set(header) == {'descr', 'fortran_order', 'shape'} and header['fortran_order'] is False
		size = header['shape'][0] * header['shape'][1]
		kind = {'<f8': 'd', '<i8': 'q', '<u8': 'Q'}[header['descr']]
		values = struct.unpack('<%d%s' % (size, kind), data[10 + n:])
		print(header['descr'], header['shape'], *values)
	P
}

@test "masked, two computing parties: every set of shares that reveals" {
	shared x a,b 1,-2 0.5,100000
	for set in "x.1 x.2" "x.2 x.1" "x.0 x.1" "x.1 x.0" "x.0 x.2" "x.0 x.1 x.2" "x.2 x.0 x.1"; do
		read -ra files <<<"$set"
		quietly smpc-reveal "${files[@]}"
		assert_output $'a,b\n1,-2\n0.5,100000'
	done
	quietly sh -c 'smpc-reveal - x.2 <x.1'
	assert_output $'a,b\n1,-2\n0.5,100000'
}

@test "masked, two computing parties: no single share reveals" {
	shared x a 1
	fails_with 4 smpc-reveal x.1
	stderr_has "the share of party '2' is missing (or that of the dealer, '0')"
	fails_with 4 smpc-reveal x.2
	stderr_has "'1'"
	fails_with 4 smpc-reveal x.0
	stderr_has "computing party is missing"
}

@test "masked, three computing parties: all of them, or the dealer and one" {
	printf 'a\n7\n' | smpc-share -n 3 -o x
	for set in "x.1 x.2 x.3" "x.0 x.1" "x.0 x.2" "x.3 x.0" "x.0 x.1 x.2" "x.0 x.1 x.2 x.3"; do
		read -ra files <<<"$set"
		quietly smpc-reveal "${files[@]}"
		assert_output $'a\n7'
	done
	for set in x.0 x.1 x.2 x.3 "x.1 x.2" "x.1 x.3" "x.2 x.3"; do
		read -ra files <<<"$set"
		fails_with 4 smpc-reveal "${files[@]}"
		stderr_has missing
	done
	fails_with 4 smpc-reveal x.1 x.3
	stderr_has "'2'"
}

@test "additive: all of two, all of three" {
	shared_additively x a -1.5
	quietly smpc-reveal x.1 x.2
	assert_output $'a\n-1.5'
	fails_with 4 smpc-reveal x.1
	stderr_has "the share of party '2' is missing; all 2 are needed"
	fails_with 4 smpc-reveal x.2
	stderr_has "'1'"
	printf 'a\n7\n' | smpc-share -n 3 -a -o y
	quietly smpc-reveal y.3 y.1 y.2
	assert_output $'a\n7'
	for set in y.1 y.2 y.3 "y.1 y.2" "y.1 y.3" "y.2 y.3"; do
		read -ra files <<<"$set"
		fails_with 4 smpc-reveal "${files[@]}"
		stderr_has "missing; all 3 are needed"
	done
}

@test "what the shares of too few parties hold is not the data: --partial shows that it is noise" {
	shared x a 1 2 3
	for share in x.0 x.1 x.2; do
		capture smpc-reveal --partial "$share"
		assert_success
		stderr_has "smpc-reveal: these shares are too few to reveal anything"
		assert_equal "${#lines[@]}" 4
		assert_line --index 0 a
		for n in 1 2 3; do
			[ "${lines[n]}" != "$n" ]
		done
	done
	shared_additively y a 1 2 3
	capture smpc-reveal --partial y.2
	assert_success
	[ "$output" != $'a\n1\n2\n3' ]
	stderr_has noise
	quietly smpc-reveal --partial x.1 x.2
	assert_output $'a\n1\n2\n3'
	shared z a 1 2 3
	fails_with 4 smpc-reveal --partial x.1 z.2
	fails_with 4 smpc-reveal --partial x.1 x.1
}

@test "--partial warns once, however many tensors there are" {
	shared x a 1
	printf 'b\n2\n' | smpc-share -n 2 --name w -o w
	cat x.1 w.1 >m
	capture smpc-reveal --partial m
	assert_success
	assert_equal "$(grep -c noise <<<"$stderr")" 1
}

@test "shares of different data are refused, and the party that differs is named" {
	printf 'a\n1\n' | smpc-share -n 3 -o x
	printf 'a\n1\n' | smpc-share -n 3 -o y
	fails_with 4 smpc-reveal x.1 y.2 x.3
	stderr_has "y.2: the share of party '2' has another id than that of"
	fails_with 4 smpc-reveal y.1 x.2 x.3
	stderr_has "y.1: the share of party '1' has another id"
	fails_with 4 smpc-reveal x.1 x.2 y.3
	stderr_has "y.3: the share of party '3' has another id"
	# a step that one party did not do
	smpc-sum -o s.1 x.1
	fails_with 4 smpc-reveal s.1 x.2 x.3
	stderr_has "s.1: the share of party '1'"
	stderr_has "made by 'sum'"
	# the same step with another parameter
	shared z a,b 1,2
	smpc-cut -c 1 -o c.1 z.1
	smpc-cut -c 2 -o c.2 z.2
	fails_with 4 smpc-reveal c.1 c.2
	smpc-mul -c 2 -o m.1 z.1
	smpc-mul -c 3 -o m.2 z.2
	fails_with 4 smpc-reveal m.1 m.2
}

@test "one share too few in the middle of a stream, or of another length, is refused" {
	shared x a 1
	shared y a 2
	cat x.1 y.1 >both.1
	fails_with 4 smpc-reveal -o out both.1 x.2
	stderr_has "x.2 has fewer parts than both.1"
	[ ! -e out ]
	cat y.2 x.2 >both.2
	fails_with 4 smpc-reveal both.1 both.2
}

@test "the same party twice, and shares of different schemes" {
	shared x a 1
	shared_additively y a 1
	fails_with 4 smpc-reveal x.1 x.1
	stderr_has "same party"
	fails_with 4 smpc-reveal x.1 x.2 x.2
	stderr_has "same party"
	fails_with 4 smpc-reveal x.1 y.2
	stderr_has scheme
	quietly smpc-reveal --public -o p x.1 x.2
	fails_with 4 smpc-reveal p x.1
	fails_with 4 smpc-reveal p p
}

@test "a computing party that holds another m is refused, as is a dealer with another lam" {
	needs python3
	shared x a 1
	each smpc-cat --json -o t.@ x.@
	python3 - <<-'P'
		import json
		for party in '1', '0':
		    record = json.loads(open('t.' + party).read())
		    record.pop('digest', None)
		    if party == '1':
		        record['words'][0] = str((int(record['words'][0]) + 65536) % 2 ** 64)
		    else:
		        record['keys'][0] = '00' * 32
		    open('bad.' + party, 'w').write(json.dumps(record) + '\n')
	P
	fails_with 4 smpc-reveal bad.1 x.2
	stderr_has "different masked values"
	fails_with 4 smpc-reveal -o out bad.0 x.1 x.2
	stderr_has "dealer's masks"
	[ ! -e out ]
}

@test "CSV: shortest decimals, names quoted where they must be" {
	printf 'plain,"a,b","say ""x""","it'"'"'s; ok"\n0.1,1e3,-0.0,12345.678\n' | smpc-share -n 2 -o x
	quietly smpc-reveal x.1 x.2
	assert_output "plain,\"a,b\",\"say \"\"x\"\"\",it's; ok"$'\n0.1,1000,0,12345.678'
	quietly smpc-reveal -o back.csv x.1 x.2
	smpc-share -n 2 -o y back.csv
	quietly smpc-reveal y.1 y.2
	assert_output "$(cat back.csv)"
}

@test "CSV that is shared again has the same columns: names that look like numbers, names with blanks" {
	printf '"2020","2021"\n1,2\n' | smpc-share -n 2 -o x
	smpc-reveal -o years.csv x.1 x.2
	quietly smpc-share -n 2 -o again years.csv
	is_line columns again.1 "2020, 2021"
	# as a public operand it has one row, not two
	shared y a,b 10,20 30,40 50,60
	each smpc-add -c years.csv -o z.@ y.@
	reveals z a,b 11,22 31,42 51,62
	printf '" a ",b\n1,2\n' | smpc-share -n 2 -o w
	smpc-reveal -o blanks.csv w.1 w.2
	smpc-share -n 2 -o v blanks.csv
	assert_equal "$(line_of columns v.1)" "$(line_of columns w.1)"
}

@test "several tensors: an empty line between them; --tensor chooses one" {
	shared x a,b 1,2
	printf '7\n8\n' | smpc-share -n 2 --no-header --name W -o w
	each sh -c 'cat x.@ w.@ >m.@'
	reveals m a,b 1,2 "" 7 8
	quietly smpc-reveal --tensor W m.1 m.2
	assert_output $'7\n8'
	quietly smpc-reveal -t data m.0 m.2
	assert_output $'a,b\n1,2'
	fails_with 1 smpc-reveal -t w m.1 m.2
	stderr_has "no tensor named 'w'"
	fails_with 2 smpc-reveal m.1 m.2 -t
}

@test "--json: a line for each tensor" {
	needs python3
	printf '"a ""q""",b\n1.5,-2\n1e10,0\n' | smpc-share -n 2 -o x
	printf '7\n' | smpc-share -n 2 --no-header --name W -o w
	each sh -c 'cat x.@ w.@ >m.@'
	for option in -j --json; do
		quietly smpc-reveal "$option" m.1 m.2
		assert_equal "${#lines[@]}" 2
		for line in "${lines[@]}"; do
			python3 -m json.tool <<<"$line" >/dev/null
		done
		python3 - "$output" <<-'P'
			import json, sys
			a, b = [json.loads(line) for line in sys.argv[1].splitlines()]
			assert a == {'name': 'data', 'columns': ['a "q"', 'b'], 'rows': [[1.5, -2], [1e10, 0]]}, a
			assert b == {'name': 'W', 'rows': [[7]]}, b
		P
	done
	quietly smpc-reveal -j -t W m.1 m.2
	assert_output '{"name":"W","rows":[[7]]}'
}

@test "--npy: header and values, to a file, to a pipe and behind what a file holds" {
	needs python3
	shared x a,b 1,-2 0.5,3 4,5
	quietly smpc-reveal --npy -o f.npy x.1 x.2
	quietly numbers_of f.npy
	assert_output "<f8 (3, 2) 1.0 -2.0 0.5 3.0 4.0 5.0"
	smpc-reveal --npy x.1 x.2 | cat >pipe.npy
	cmp pipe.npy f.npy
	smpc-reveal --npy x.1 x.2 >redirected.npy
	cmp redirected.npy f.npy
	printf 'before' >appended
	smpc-reveal --npy x.1 x.2 >>appended
	cmp <(printf 'before'; cat f.npy) appended
	printf 'before' >offset
	{ printf 'BE'; smpc-reveal --npy x.1 x.2; } 1<>offset
	cmp <(printf 'BE'; cat f.npy) offset
	smpc-reveal --npy -o - x.1 x.2 | cmp - f.npy
}

@test "--npy: integers are int64, residues uint64, or int64 with --signed" {
	needs python3
	printf '1,-2\n9223372036854775807,-9223372036854775808\n' |
		smpc-share -n 2 --no-header --fraction-bits 0 -o x
	smpc-reveal --npy -o f.npy x.1 x.2
	quietly numbers_of f.npy
	assert_output "<i8 (2, 2) 1 -2 9223372036854775807 -9223372036854775808"
	printf '0\n4\n6\n' | smpc-share -n 2 --no-header -q 7 -o q
	smpc-reveal --npy -o f.npy q.1 q.2
	quietly numbers_of f.npy
	assert_output "<u8 (3, 1) 0 4 6"
	smpc-reveal --npy --signed -o f.npy q.1 q.2
	quietly numbers_of f.npy
	assert_output "<i8 (3, 1) 0 -3 -1"
	printf '18446744073709551614\n' | smpc-share -n 2 --no-header -q 18446744073709551615 -o r
	smpc-reveal --npy -o f.npy r.1 r.2
	quietly numbers_of f.npy
	assert_output "<u8 (1, 1) 18446744073709551614"
	# a mean is no integer
	smpc-sum -m -o m.1 q.1
	smpc-sum -m -o m.2 q.2
	smpc-reveal --npy -o f.npy m.1 m.2
	quietly numbers_of f.npy
	assert_output "<f8 (1, 1) 1.0"
}

@test "--npy holds one tensor" {
	shared x a 1
	printf '7\n' | smpc-share -n 2 --no-header --name W -o w
	each sh -c 'cat x.@ w.@ >m.@'
	fails_with 1 smpc-reveal --npy -o f.npy m.1 m.2
	stderr_has "--tensor"
	[ ! -e f.npy ]
	quietly smpc-reveal --npy -t W -o f.npy m.1 m.2
}

@test "--public: a public stream, which goes back into -c and into reveal" {
	shared x a,b 1,2 3,4.5
	quietly smpc-reveal --public -o p x.1 x.2
	is_line scheme p public
	is_line columns p "a, b"
	quietly smpc-reveal p
	assert_output $'a,b\n1,2\n3,4.5'
	smpc-reveal --public x.0 x.2 | cmp - p
	each smpc-sub -c p -o y.@ x.@
	reveals y a,b 0,0 0,0
	each sh -c 'smpc-sum -m x.@ >mean.@'
	quietly smpc-reveal --public -o mean mean.1 mean.2
	each smpc-sub -c mean -o z.@ x.@
	reveals z a,b -1,-1.25 1,1.25
}

@test "--signed: residues above Q / 2 are negative" {
	printf 'a\n0\n3\n4\n6\n' | smpc-share -n 2 -q 7 -o x
	quietly smpc-reveal x.1 x.2
	assert_output $'a\n0\n3\n4\n6'
	quietly smpc-reveal --signed x.1 x.2
	assert_output $'a\n0\n3\n-3\n-1'
	printf 'a\n0\n4\n5\n' | smpc-share -n 2 -q 8 -o y
	quietly smpc-reveal --signed y.1 y.2
	assert_output $'a\n0\n4\n-3'
	quietly smpc-reveal --signed -j x.1 x.2
	assert_output '{"columns":["a"],"name":"data","rows":[[0],[3],[-3],[-1]]}'
}

@test "-i and -p: each party opens what is sealed to it" {
	identities
	printf 'a\n5\n' | smpc-share -p parties.json -i owner.key -o x
	smpc-cat -i bob.key -p parties.json x.bob | smpc-seal -i bob.key -p parties.json -o to.owner owner
	smpc-cat -i alice.key -p parties.json x.alice | smpc-seal -i alice.key -p parties.json -o alice.to.owner owner
	quietly smpc-reveal -i owner.key -p parties.json to.owner alice.to.owner
	assert_output $'a\n5'
	quietly smpc-reveal --identity=owner.key --parties=parties.json to.owner alice.to.owner
	fails_with 4 smpc-reveal -i alice.key -p parties.json to.owner alice.to.owner
	stderr_has "sealed to 'owner'"
	fails_with 4 smpc-reveal x.alice x.bob
	fails_with 1 smpc-reveal -i nowhere -p parties.json to.owner
	fails_with 1 smpc-reveal -i owner.key -p nowhere to.owner
}

@test "wrong command lines" {
	shared x a 1
	fails_with 2 smpc-reveal
	stderr_has "whose shares?"
	fails_with 2 smpc-reveal --json --npy x.1 x.2
	stderr_has "exclude each other"
	fails_with 2 smpc-reveal --npy --public x.1 x.2
	fails_with 2 smpc-reveal -j --public x.1 x.2
	fails_with 2 smpc-reveal --public=yes x.1 x.2
	stderr_has "takes no value"
}

@test "standard input can be one share only" {
	shared x a 1
	fails_with 2 smpc-reveal - - <x.1
	stderr_has "standard input"
}

@test "a damaged share is named, and nothing of it is left" {
	shared x a 1 2
	damaged x.2 bad
	fails_with 4 smpc-reveal -o out x.1 bad
	stderr_has bad
	head -c 300 x.2 >short
	fails_with 1 smpc-reveal -o out x.1 short
	fails_with 1 smpc-reveal -o out x.1 nowhere
	holds bad short x.0 x.1 x.2
}

@test "many records, larger numbers" {
	needs python3
	python3 -c 'for i in range(140000): print("%d,%s" % (i - 70000, i * 1234.5))' >in
	smpc-share -n 2 --no-header -o x in
	quietly smpc-reveal -o out x.1 x.2
	python3 - <<-'P'
		for i, line in enumerate(open('out')):
		    a, b = line.split(',')
		    assert int(a) == i - 70000 and float(b) == i * 1234.5, (i, line)
		assert i == 139999
	P
}
