#!/usr/bin/env bats
# conduct: smpc-info INPUT

load helper
load shares

@test "a share in words" {
	shared x age,weight 1,2 3,4 5,6
	quietly smpc-info x.1
	assert_line --regexp '^tensor +data$'
	assert_line --regexp '^shape +3 x 2$'
	assert_line --regexp '^scheme +masked$'
	assert_line --regexp '^share of +1$'
	assert_line --regexp '^among +0, 1, 2$'
	assert_line --regexp '^modulus +2\^64$'
	assert_line --regexp '^fraction bits +16$'
	assert_line --regexp '^columns +age, weight$'
	assert_line --regexp '^part +[0-9a-f]{64}$'
	assert_line --regexp '^ +made by share, inputs: 0, rows: 3, records: 1, with keys$'
	assert_line --regexp '^digests +all match$'
	refute_line --partial divisor
	info=$output
	quietly smpc-info <x.1
	assert_output "$info"
	is_line "share of" x.0 "0 (dealer)"
	assert_equal "$(line_of part x.0 | head -n 1)" "$(line_of part x.2 | head -n 1)"
}

@test "--json: a line for each tensor" {
	needs python3
	shared x a,b 1,2 3,4
	printf '7\n' | smpc-share -n 2 --no-header --name W -o w
	each sh -c 'smpc-sum -m x.@ >mean.@'
	cat mean.1 w.1 >m.1
	for option in -j --json; do
		quietly smpc-info "$option" m.1
		python3 - "$output" <<-'P'
			import json, re, sys
			a, b = [json.loads(line) for line in sys.argv[1].splitlines()]
			assert (a['name'], a['shape'], a['scheme'], a['columns']) == ('data', [1, 2], 'masked', ['a', 'b']), a
			assert (a['modulus'], a['fraction_bits'], a['divisor']) == (str(2 ** 64), 16, 2), a
			assert (a['parties'], a['party'], a['records']) == (['0', '1', '2'], '1', 1), a
			assert a['records_without_digest'] == 0, a
			(part,) = a['parts']
			assert re.fullmatch('[0-9a-f]{64}', part['id']) and part['op'] == 'sum' and len(part['inputs']) == 1, part
			assert (b['name'], b['shape'], b['divisor']) == ('W', [1, 1], 1) and 'columns' not in b, b
		P
	done
}

@test "--words: m and lam, which give the value with the other party's lam" {
	needs python3
	shared x a,b 1,-2 0.5,4
	for party in 0 1 2; do
		quietly smpc-info --words "x.$party"
		echo "$output" >"words.$party"
	done
	smpc-info -w x.1 | cmp - words.1
	assert_equal "$(cut -d , -f 1,2 words.1 | paste -s -d ' ')" "0,m 0,lam 1,m 1,lam"
	assert_equal "$(cut -d , -f 1,2 words.0 | paste -s -d ' ')" "0,lam 1,lam"
	python3 - <<-'P'
		def words(party):
		    rows = {}
		    for line in open('words.%d' % party):
		        row, plane, *values = line.strip().split(',')
		        rows[int(row), plane] = [int(v) for v in values]
		    return rows
		d, a, b = words(0), words(1), words(2)
		for row, values in enumerate([[1, -2], [.5, 4]]):
		    assert a[row, 'm'] == b[row, 'm']
		    for j, value in enumerate(values):
		        x = (a[row, 'm'][j] - a[row, 'lam'][j] - b[row, 'lam'][j]) % 2 ** 64
		        assert x == int(value * 65536) % 2 ** 64, (row, j, x)
		        assert d[row, 'lam'][j] == (a[row, 'lam'][j] + b[row, 'lam'][j]) % 2 ** 64
	P
}

@test "--words of public streams and of additive shares" {
	printf 'a,b\n5,6\n7,8\n' | smpc-share -n 2 -q 11 -o x
	smpc-reveal --public x.1 x.2 >p
	quietly smpc-info -w p
	assert_output $'0,x,5,6\n1,x,7,8'
	quietly smpc-info -w x.1
	one=$output
	quietly smpc-info -w x.2
	sum=$(paste -d , <(echo "$one") <(echo "$output") | awk -F, '{ print $1 "," ($3 + $7) % 11 "," ($4 + $8) % 11 }')
	assert_equal "$sum" $'0,5,6\n1,7,8'
	is_line modulus p 11
	is_line scheme p public
	is_line "share of" p ""
}

@test "a text record without digest is told" {
	shared x a 1
	smpc-cat --json x.1 | sed 's/"digest":"[0-9a-f]*",//' >bare
	run smpc-info bare
	assert_success
	assert_line --regexp '^digests +1 of 1 records have none'
}

@test "names from a stream do not drive the terminal" {
	shared x a 1
	smpc-cat --json x.1 | sed 's/"digest":"[0-9a-f]*",//; s/"name":"data"/"name":"a\\nb"/' >text
	quietly smpc-info text
	assert_line --regexp '^tensor +a\?b$'
}

@test "refused: --json with --words, two operands, damaged and cut streams" {
	shared x a 1 2
	fails_with 2 smpc-info -jw x.1
	stderr_has "exclude each other"
	fails_with 2 smpc-info x.1 x.2
	damaged x.1 bad
	fails_with 4 smpc-info bad
	stderr_has bad
	head -c 300 x.1 >short
	fails_with 1 smpc-info short
	fails_with 1 smpc-info nowhere
	fails_with 4 smpc-info -j bad
	fails_with 4 smpc-info -w bad
}

@test "-i and -p open a sealed stream" {
	identities
	printf 'a\n1\n' | smpc-share -p parties.json -i owner.key -o x
	quietly smpc-info -i bob.key -p parties.json x.bob
	assert_line --regexp '^share of +bob$'
	fails_with 4 smpc-info -i bob.key -p parties.json x.alice
	fails_with 4 smpc-info x.bob
	stderr_has "-i KEY"
}

@test "bounds are the numbers that an owner declared, and not those that words of another unit stand for" {
	printf 'a,b,c,d,e\n5,2e12,0.1,-3,123457\n,3e12,0.3,-7.7,123456\n' |
		smpc-share -n 2 --range a=-1e6..1e6 --range b=0..5e12 --range c=0.01..0.3 --range d=-7.77..-1.1 --range e=123456..123457 \
			--na a=0 --na-indicator a -o x
	smpc-info x.1 | sed -n 's/^column  *//p' | sed 's/, words times.*//' >about
	cmp - about <<-'EOF'
		a: number, from -1000000 to 1000000
		a.missing: indicator, 1 where there is no value of a, from 0 to 1
		b: number, from 0 to 5000000000000
		c: number, from 0.01 to 0.3
		d: number, from -7.77 to -1.1
		e: number, from 123456 to 123457
	EOF
}

@test "what predictions are of, and what a model knows of its columns" {
	for party in alice bob dealer; do
		smpc-info "$ROOT/tests/vectors/good/predicted.$party" | sed -n 's/^column  *//p' >about
		cmp - about <<-'EOF'
			predicted_y: number, prediction of y EUR, words times 2^3
			predicted_ill: number, how likely it is that ill is '' and not 'no'
			predicted_d_0: number, how likely it is that d is 'a,b'
			class: class 'u', 'v', prediction of 1, from 0 to 1
		EOF
		smpc-info "$ROOT/tests/vectors/good/model.$party" | grep -e '^feature ' -e '^label ' >about
		cmp - about <<-'EOF'
			feature       ü: number µV
			label         ill: class 'no', '', 'a,b'
		EOF
	done
	# a name that is none
	smpc-cat --json "$ROOT/tests/vectors/good/model.bob" | sed 's/"features":\["[^"]*"/"features":[2147483648/; s/"digest":"[^"]*",*//' >odd
	run smpc-info odd
	assert_not_equal "$status" 139
}

@test "several tensors: an empty line between them, and nowhere else" {
	smpc-share -n 2 -o x <<<$'a\n1'
	smpc-share -n 2 --name second -o y <<<$'b\n2'
	smpc-cat x.1 y.1 >both
	smpc-info x.1 >one
	smpc-info y.1 >two
	smpc-info both >said
	{ cat one; echo; cat two; } | cmp - said
	assert_equal "$(grep -c '^$' one two | paste -s -d ' ')" "one:0 two:0"
}
