#!/usr/bin/env bats
#
# What is known of columns: which operations keep it, and that an exponent is never lost.

load helper
load shares
load parties
load engine

setup() {
	common_setup
	for party in dealer alice bob; do
		cp "$ROOT/tests/vectors/good/about.$party" x.$party
	done
}

# each_party CMD...: run it for every party, with its name for @.
each_party() {
	local party
	for party in dealer alice bob; do
		"${@//@/$party}" || return 1
	done
}

# known FILE: the lines of smpc-info that say it.
known() {
	smpc-info "$1" | sed -n 's/^column  *//p'
}

# edited IN OUT KIND CHANGES: what is known of columns of this kind, or of those that nothing is known of, is changed.
edited() {
	PYTHONPATH=$ROOT/tests/python python3 - "$@" <<-'P'
		import json, sys
		import sharestream as share
		source, target, kind, changes = sys.argv[1:]
		with open(source, 'rb') as f:
		    records = share.parse(f.read())
		for r in records:
		    r.header.setdefault('about', [None] * r.cols)
		    for j, column in enumerate(r.header['about']):
		        if kind == (column or {}).get('kind', 'undeclared'):
		            r.header['about'][j] = dict(column or {}, **json.loads(changes))
		            r.header['about'][j].pop('supposed', None)
		    if kind == 'intact':
		        r.header['intact'] = 'whole'
		        del r.header['about']
		    if kind == 'dropped':
		        r.header['dropped'] = True
		        del r.header['about']
		    if kind == 'schema':
		        r.header['schema'] = '0' * 64
		with open(target, 'wb') as f:
		    f.write(b''.join(map(share.encode_binary, records)))
	P
}

# intact FILE: what its parts say of their words, "-" where they say nothing, or are sharings.
intact() {
	smpc-info "$1" | awk '/ made by / { print sub(/.*, intact: /, "") ? $0 : "-" }' | paste -s -d ' '
}

volt="volt: number, from -0.0009765625 to 0.0009765625 µV, values may be missing, words times 2^-40"
outcome="outcome: class 'no', '', 'a,b', from 0 to 2"

@test "rows that are selected, shuffled, split and sealed keep it, and the schema" {
	each_party smpc-head -n 1 -o head.@ x.@
	each_party smpc-shuf --seed 1 -o shuf.@ x.@
	each_party smpc-split --seed 1 --ratio 0.5 -o train.@ --rest rest.@ x.@
	each_party smpc-cat -o cat.@ x.@
	for name in head shuf train rest cat; do
		assert_equal "$(known $name.bob)" "$(known x.bob)"
		is_line schema $name.bob "$(printf 'ab%.0s' {1..32})"
	done
	smpc-reveal x.alice x.bob | tail -n 2 | sort >rows
	smpc-reveal shuf.alice shuf.bob | tail -n 2 | sort | cmp - rows
}

@test "whether words are those that owners shared: whole columns, some rows, or not" {
	shared x a,b 1,2 3,4 5,6
	shared y c 7 8 9
	shared one d 1
	each smpc-cut -c 1- -o whole.@ x.@
	each smpc-cut -x 1 -o still.@ whole.@
	each smpc-paste -o single.@ x.@
	each sh -c 'cat x.@ whole.@ >mixed.@'
	each smpc-cat -o passed.@ mixed.@
	for name in whole still single; do
		assert_equal "$name $(intact $name.1)" "$name whole"
	done
	assert_equal "$(intact passed.0)" "- whole"
	each smpc-head -n 2 -o head.@ whole.@
	each smpc-shuf --seed 1 -o shuf.@ x.@
	each smpc-split --seed 1 -o train.@ --rest rest.@ x.@
	each smpc-paste -o paste.@ x.@ y.@
	each smpc-paste -o row.@ y.@ one.@
	each smpc-cut -c c -o cut.@ paste.@
	each smpc-head -n 9 -o again.@ shuf.@
	for name in head shuf train rest paste cut again; do
		assert_equal "$name $(intact $name.0) $(intact $name.1)" "$name rows rows"
	done
	# a row that is repeated would be asked about as if it were many
	assert_equal "$(intact row.0) $(intact row.1)" "- -"
	# a sum that shifts words, and whatever comes of it
	each smpc-add -c 1 -o sum.@ x.@
	each smpc-head -n 1 -o first.@ sum.@
	each smpc-paste -o beside.@ y.@ sum.@
	each smpc-sum -o sums.@ x.@
	each smpc-transpose -o turned.@ x.@
	each smpc-mul -c 1 -o product.@ x.@
	printf '1,0\n0,1\n' >unit.csv
	each smpc-matmul -c unit.csv -o same.@ x.@
	smpc-share -n 2 --fraction-bits 20 -o fine <(printf 'f\n1\n2\n3\n')
	each smpc-paste -o scaled.@ x.@ fine.@
	smpc-reveal --public -o public x.1 x.2
	each smpc-paste -o clear.@ y.@ public
	for name in sum first beside sums turned product same scaled clear; do
		assert_equal "$name $(intact $name.1)" "$name -"
	done
	assert_equal "$(intact public)" "-"
	# of a tensor of several parts, all have to be intact
	each smpc-cat -o both.@ x.@ sum.@
	each smpc-shuf --seed 1 -o both.shuf.@ both.@
	assert_equal "$(intact both.shuf.1)" "-"
	# nor are results of all parties together
	quietly smpc-local -n 2 -- smpc-truncate --fraction-bits 16 -o session.{} x.{}
	assert_equal "$(intact session.1)" "-"
	# what one party says, the other has to say
	edited head.2 other.2 intact '{}'
	fails_with 4 smpc-reveal head.1 other.2
	stderr_has "differ in what they say of their columns"
}

# shared_dropped NAME LINE...: shared, of a table out of which the owner left rows.
shared_dropped() {
	local party
	shared "$@" || return 1
	for party in 0 1 2; do
		edited "$1.$party" "$1.$party.edited" dropped '{}' || return 1
		mv "$1.$party.edited" "$1.$party" || return 1
	done
}

# refused_rows CMD...: at the first computing party, as rows do not belong together.
refused_rows() {
	fails_with 4 "$@" -o out || return 1
	stderr_has "its owner left rows out"
	stderr_has "share both tables again without --na drop, or fill missing values"
	[ ! -e out ]
}

# of FILE: of which sharings with rows left out its parts are.
of() {
	smpc-info "$1" | sed -n 's/^ *rows dropped at //p' | paste -s -d ' '
}

@test "rows left out: only rows of the same sharings are put side by side" {
	shared_dropped x a,b 1,2 3,4
	shared_dropped y c,d 5,6 7,8
	shared z e,f 9,1 2,3
	shared row g,h 1,1
	x=$(line_of part x.1 | head -n 1)
	for other in y z; do
		for cmd in "smpc-paste x.1 $other.1" "smpc-paste $other.1 x.1" "smpc-add x.1 $other.1" "smpc-sub $other.1 x.1"; do
			# shellcheck disable=SC2086 # words
			refused_rows $cmd
			stderr_has x.1
			stderr_has "$other.1"
		done
	done
	smpc-head -n 2 -o head.1 x.1
	refused_rows smpc-paste head.1 z.1
	refused_rows smpc-paste z.1 y.1 x.1
	smpc-reveal --public -o public z.1 z.2
	smpc-reveal --public -o revealed y.1 y.2
	refused_rows smpc-add x.1 revealed
	capture smpc-local -n 2 -- smpc-mul -o out.{} x.{} z.{}
	assert_failure 4
	stderr_has "x.1: its owner left rows out"
	# the single row that is left is not that of all
	printf 'u\nNA\n2\n' | smpc-share -f -n 2 --na drop -o left -
	printf 'w\n10\n20\n' | smpc-share -f -n 2 -o two -
	fails_with 4 smpc-paste two.1 left.1
	stderr_has "rows at the same place need not belong together"
	fails_with 4 smpc-add two.1 left.1
	# rows of the same sharing, single rows, and public numbers
	each smpc-cut -c b -o b.@ x.@
	each smpc-shuf --seed 1 -o shuf.@ x.@
	each smpc-cut -c a -o a.@ x.@
	each smpc-paste -o ab.@ a.@ b.@
	reveals ab a,b 1,2 3,4
	each smpc-add -o sum.@ x.@ row.@ public shuf.@
	each smpc-split --seed 1 -o train.@ --rest rest.@ x.@
	each smpc-transpose -o turned.@ x.@
	each smpc-mul -c 2 -o twice.@ sum.@
	each smpc-sum --rows -o across.@ x.@
	smpc-reveal --public -o clear x.1 x.2
	smpc-share -n 2 --no-header -o one <(printf '1,0\n0,1\n')
	for party in 0 1 2; do
		edited twice.$party known.$party undeclared '{"kind": "number", "range": ["-9999999", "9999999"]}'
	done
	quietly smpc-local -n 2 -- sh -euc 'smpc-map relu x.{} >relu.{}; smpc-mul x.{} known.{} >mul.{}
		smpc-matmul x.{} one.{} >product.{}'
	for name in b.0 shuf.1 ab.0 ab.1 sum.1 train.0 rest.1 turned.0 twice.1 across.1 clear relu.1 mul.0 product.1; do
		assert_equal "$name $(of $name)" "$name $x"
	done
	each smpc-paste -o beside.@ x.@ across.@
	# sums of rows are of no rows
	each smpc-sum -o total.@ x.@
	each smpc-matmul --left -c public -o left.@ x.@
	for name in total.1 left.1; do
		assert_equal "$name $(of $name)" "$name "
	done
	quietly smpc-add total.1 z.1 -o no
}

@test "rows left out: tensors of several sharings" {
	shared_dropped x a 1 2
	shared_dropped y a 3 4
	shared_dropped w a 5 6
	shared z a 7 8
	for pair in xy yx xw xz zx; do
		each smpc-cat -o $pair.@ "${pair:0:1}.@" "${pair:1}.@"
		# a result of a session is one part
		quietly smpc-local -n 2 -- smpc-truncate --fraction-bits 16 -o $pair.one.{} $pair.{}
	done
	for pair in xy yx xw xz zx; do
		each smpc-add -o out.@ $pair.@ $pair.one.@ $pair.@
	done
	assert_equal "$(of xy.one.1)" "$(printf '%s\n' "$(of xy.1)" "$(line_of part xy.1 | grep -x '[0-9a-f]*')" | tr ' ' '\n' | sort -u | grep . | paste -s -d ' ')"
	rm out.1
	refused_rows smpc-add xy.1 yx.1
	refused_rows smpc-add xy.1 xw.1
	refused_rows smpc-add xy.one.1 xw.one.1
	refused_rows smpc-add xy.1 xw.one.1
	refused_rows smpc-add xz.1 xy.one.1
	refused_rows smpc-add xz.1 zx.1
	refused_rows smpc-add xy.one.1 xz.one.1
	each smpc-shuf --seed 1 -o shuf.@ xy.@
	each smpc-paste -o xy.shuf.@ shuf.@
	assert_equal "$(of xy.shuf.1)" "$(of xy.one.1)"
}

@test "columns that are cut out, and put side by side, keep it" {
	each_party smpc-cut -c volt,outcome,free -o bare.@ x.@
	assert_equal "$(known bare.dealer)" "$volt"$'\n'"$outcome"
	# a missing value would pass for 0
	fails_with 5 smpc-reveal bare.alice bare.bob
	stderr_has "column 'volt' has missing values, and the column of presence that tells which is not there"
	each_party smpc-cut -c "volt,outcome,free,has volt" -o cut.@ x.@
	local presence="has volt: presence of volt"
	assert_equal "$(known cut.dealer)" "$volt"$'\n'"$outcome"$'\n'"$presence"
	smpc-reveal -o cut.csv cut.alice cut.bob
	assert_equal "$(cat cut.csv)" "$(printf 'volt,outcome,free,has volt\n-0.0009765625,2,-5,1\n,0,1099511627776,0')"
	each_party smpc-cut -c income -o income.@ x.@
	each_party smpc-paste -o paste.@ cut.@ income.@
	assert_equal "$(known paste.bob)" "$volt"$'\n'"$outcome"$'\n'"$presence"$'\n'"income: number, from 0 to 549755814000 EUR, words times 2^9"
	assert_equal "$(smpc-reveal paste.dealer paste.bob | sed -n 2p)" "-0.0009765625,2,-5,1,549755814000"
}

@test "columns that are renamed keep it, and what speaks of them follows" {
	each_party smpc-cut --rename volt=voltage --rename income=pay -x born -o y.@ x.@
	assert_equal "$(known y.alice)" "$(known x.alice | sed 's/^volt:/voltage:/;s/of volt$/of voltage/;s/^income:/pay:/;/^born:/d')"
	assert_equal "$(known y.alice | grep -c 'of voltage')" 1
	smpc-reveal y.alice y.bob | sed 1d >values
	each_party smpc-cut -x born -o z.@ x.@
	smpc-reveal z.alice z.bob | sed 1d | cmp - values
}

@test "smpc-paste: where words are multiplied to a common scale, so are ranges" {
	each_party smpc-cut -c "volt,outcome,has volt" -o cut.@ x.@
	printf 'y\n0.25\n0.5\n' >y.csv
	smpc-share --fraction-bits 8 --public -o y.public y.csv
	each_party smpc-paste -o paste.@ cut.@ y.public
	smpc-info --json paste.bob >json
	run python3 - json <<-'P'
		import json, sys
		volt, outcome, there, y = json.load(open(sys.argv[1]))['about']
		assert volt['range'] == [str(-2 ** 38), str(2 ** 38)] and volt['exponent'] == -40, volt
		assert outcome['range'] == ['0', '512'] and outcome['values'] == ['no', '', 'a,b'], outcome
		assert y is None, y
	P
	assert_success
	assert_equal "$(smpc-reveal paste.alice paste.bob | sed -n 2p)" "-0.0009765625,2,1,0.25"
}

@test "local tools on ranges and exponents are exact, within the ranges they name, and refuse nothing" {
	run python3 "$ROOT/tests/python/columns.py" --seeds 1-2
	assert_success
}

@test "ranges and exponents of all sizes: exact, or refused with 5 and the column" {
	run python3 "$ROOT/tests/python/columns.py" --wild --seeds 1-3
	assert_success
}

@test "rows in different units: told as they are, and refused by what cannot tell" {
	smpc-share -f -n 2 -o x --range 'volt=-1e-6..1e-6' --range euro=0..1e9 - <<<$'volt,euro\n1e-7,1e8\n-2e-7,3e8\n4e-7,7e8'
	smpc-local -n 2 -o y -- smpc-stat covariance,mean 'x.{}'
	# 9e-14, 6e-7 * 1e8, and 28/3 * 1e16
	smpc-reveal -t covariance y.1 y.2 | awk -F , 'NR == 1 { print } NR > 1 { printf "%.4g,%.4g\n", $1, $2 }' >got
	assert_equal "$(cat got)" "$(printf '%s\n' volt,euro 9e-14,60 60,9.333e+16)"
	smpc-info y.1 | grep -q "words of rows times 2^-"
	for cmd in "smpc-map relu y.{}" "smpc-mul y.{} y.{}" "smpc-sum y.{}" "smpc-cut -c volt y.{}" "smpc-add y.{} y.{}"; do
		# shellcheck disable=SC2086 # words
		capture smpc-local -n 2 -o no -- $cmd
		assert_failure 5
		stderr_has "the rows of tensor 'covariance' are in different units, which this tool does not take"
	done
	for party in 0 1 2; do
		smpc-cat -o z.$party y.$party
	done
	smpc-reveal z.1 z.2 | cmp - <(smpc-reveal y.1 y.2)
}

# ways FILE: of each part the operation that made it.
ways() {
	smpc-info "$1" | sed -n 's/^ *made by \([a-z]*\),.*/\1/p' | paste -s -d ' '
}

@test "smpc-cat: columns that stand for something else are refused, with both sides" {
	cp x.bob y.bob
	smpc-cat --repeat -o z.bob x.bob y.bob
	assert_equal "$(ways z.bob)" "share share"
	while IFS='|' read -r kind changes column what here there; do
		edited x.bob y.bob "$kind" "$changes"
		fails_with 4 smpc-cat --repeat -o out x.bob y.bob
		stderr_has "y.bob: column '$column' of tensor 'x' differs from that of x.bob in its $what: $here here, $there there"
		[ ! -e out ]
		# nor are such shares put together
		fails_with 4 smpc-reveal x.alice y.bob
		stderr_has "differ in what they say of their columns"
		# nor is what cat makes of them
		cat x.bob y.bob >both
		fails_with 4 smpc-info both
		stderr_has "column '$column' of tensor 'x' differs from the rows before in its $what: put such streams together with smpc-cat"
	done <<-'E'
		class|{"values":["","no","a,b"]}|outcome|values|'', 'no', 'a,b'|'no', '', 'a,b'
		indicator|{"values":["M"]}|sex=F|values|'M'|'F'
		presence|{"of":"income"}|has volt|of|income|volt
		date|{"kind":"number"}|born|kind|number|date
		number|{"unit":"mm"}|volt|unit|mm|µV
	E
	edited x.bob y.bob schema '{}'
	fails_with 4 smpc-cat --repeat x.bob y.bob
	stderr_has "y.bob: was shared by another schema than x.bob"
	cat x.bob y.bob >both
	fails_with 4 smpc-info both
	stderr_has "was shared by another schema than the rows before"
	smpc-cut -x id,volt -o a.bob x.bob
	edited a.bob a.bob schema '{}'
	smpc-paste -o alone.bob x.bob
	is_line schema alone.bob "$(printf 'ab%.0s' {1..32})"
	fails_with 4 smpc-paste a.bob x.bob
	stderr_has "x.bob: was shared by another schema than a.bob"
}

# declared NAME KIND CHANGES LINE...: shared, with what an owner says of all columns.
declared() {
	local party
	shared "$1" "${@:4}" || return 1
	for party in 0 1 2; do
		edited "$1.$party" "$1.$party.edited" "$2" "$3" || return 1
		mv "$1.$party.edited" "$1.$party" || return 1
	done
}

@test "smpc-cat: ranges are united, and words brought to the finest unit" {
	declared x undeclared '{"kind":"number","range":["0","131072"],"unit":"EUR"}' a 1 2
	declared same undeclared '{"kind":"number","range":["0","131072"],"unit":"EUR"}' a 0 1
	declared wide undeclared '{"kind":"number","range":["-65536","65536"],"unit":"EUR"}' a -1 1
	declared coarse undeclared '{"kind":"number","range":["0","65536"],"exponent":2,"unit":"EUR"}' a 1 0.5
	declared open undeclared '{"kind":"number","unit":"EUR"}' a 7
	declared bare undeclared '{"kind":"number","range":["0","131072"]}' a 1 2
	declared bare4 undeclared '{"kind":"number","range":["0","65536"],"exponent":2}' a 1 0.5
	shared plain a 9
	printf 'b\n1\n' | smpc-share -n 2 --name W -o other
	# what says the same passes with its id and keys, what has another range with its keys
	each smpc-cat -o passed.@ x.@ same.@
	assert_equal "$(ways passed.1) $(line_of part passed.0 | head -n 1)" "share share $(line_of part x.0 | head -n 1)"
	each smpc-cat -o both.@ wide.@ x.@ other.@
	assert_equal "$(ways both.1) $(intact both.1)" "cat cat share whole whole -"
	assert_equal "$(smpc-info both.0 | grep -c "with keys")" 3
	assert_equal "$(known both.1)" "a: number, from -1 to 2 EUR"
	reveals both a -1 1 1 2 "" b 1
	# words are multiplied where they have to be, and are not intact then
	each smpc-cat -o fine.@ coarse.@ x.@ coarse.@ --repeat
	assert_equal "$(ways fine.1) $(intact fine.1)" "cat cat cat - whole -"
	assert_equal "$(smpc-info fine.0 | grep -c "with keys")" 1
	assert_equal "$(known fine.2)" "a: number, from 0 to 4 EUR"
	reveals fine a 4 2 1 2 4 2
	each smpc-cat --json -o text.@ coarse.@ x.@
	reveals text a 4 2 1 2
	# nothing is said of what one owner says nothing of
	each smpc-cat -o some.@ x.@ open.@
	assert_equal "$(known some.1)" "a: number EUR"
	each smpc-cat -o nothing.@ bare.@ plain.@ bare4.@
	assert_equal "$(ways nothing.1) $(known nothing.1)" "cat share cat "
	reveals nothing a 1 2 9 4 2
	# in both orders, in pipes, and in several steps
	each sh -c 'cat plain.@ | smpc-cat - bare4.@ | smpc-cat - bare.@ >steps.@'
	reveals steps a 9 4 2 1 2
	# ids depend on what is said of the result, and are the same at all parties
	each smpc-cat -o one.@ x.@ wide.@
	each smpc-cat -o two.@ x.@ open.@
	[ "$(line_of part one.1 | head -n 1)" != "$(line_of part two.1 | head -n 1)" ]
	# sums, additive shares and public streams alike
	smpc-reveal --public -o coarse coarse.1 coarse.2
	smpc-reveal --public -o wide wide.1 wide.2
	assert_equal "$(smpc-cat wide coarse | smpc-reveal - | paste -s -d ' ')" "a -1 1 4 2"
}

@test "smpc-cat: what has no room in the finest unit is refused with 5, and what to do" {
	declared x undeclared '{"kind":"number","range":["0","4611686018427387904"],"exponent":3}' a 1
	declared y undeclared '{"kind":"number","range":["0","65536"],"exponent":1}' a 1
	declared z undeclared '{"kind":"number","range":["0","65536"],"exponent":-1}' a 1
	declared open undeclared '{"kind":"number","exponent":5}' a 1
	shared plain a 1
	fails_with 5 smpc-cat -o out y.1 x.1
	stderr_has "x.1: tensor 'data', column 'a': its numbers, in the units of 2^1 that y.1 has, may not fit 64 bits: its owners must declare ranges nearer"
	fails_with 5 smpc-cat -o out x.1 y.1
	stderr_has "x.1: tensor 'data', column 'a'"
	fails_with 5 smpc-cat -o out z.1 plain.1
	stderr_has "plain.1: tensor 'data', column 'a': its numbers, in the units of 2^-1 that z.1 has, may not fit 64 bits: its owner must declare its range, too"
	fails_with 5 smpc-cat -o out open.1 y.1
	stderr_has "open.1: tensor"
	[ ! -e out ]
	# where tensors only follow each other, nothing has to fit
	printf 'b\n7\n' | smpc-share -n 2 --name W -o w
	quietly smpc-cat -o out x.1 w.1 y.1
	assert_equal "$(ways out)" "share share share"
	smpc-cat -o xw x.1 w.1
	quietly smpc-cat -o out xw y.1
	assert_equal "$(ways out)" "share share share"
}

@test "smpc-cat: streams of several tensors join at their ends" {
	declared x undeclared '{"kind":"number","range":["0","65536"]}' a 1
	declared y undeclared '{"kind":"number","range":["-65536","65536"],"exponent":-2}' a 0.5
	printf 'b\n7\n' | smpc-share -n 2 --name W -o w
	each smpc-cat -o wx.@ w.@ x.@
	each smpc-cat -o yw.@ y.@ w.@
	each smpc-cat --repeat -o all.@ wx.@ yw.@ x.@
	assert_equal "$(ways all.1)" "share cat cat share share"
	reveals all b 7 "" a 1 0.125 "" b 7 "" a 1
}

@test "a number out of the range that its header says is not printed, but named" {
	local party
	for party in dealer alice bob; do
		edited x.$party y.$party number '{"range":["-1","9"]}'
	done
	fails_with 5 smpc-reveal y.alice y.bob
	stderr_has "tensor 'x', row 1, column 'volt': -0.0009765625 is not from -0.000000000001 to 0.000000000008, as the header says"
	fails_with 5 smpc-reveal --npy y.dealer y.bob
	fails_with 5 smpc-reveal --public y.dealer y.alice
	# noise is out of any range
	run smpc-reveal --partial y.alice
	assert_success
	# nor is what was computed of it
	each_party smpc-cut -c income -o z.@ y.@
	fails_with 5 smpc-reveal z.alice z.bob
	stderr_has "column 'income': 549755814000 is not from -500 to 4600, as the header says: numbers that it was made of have left"
}

@test "--public: a revealed stream keeps it, and other forms have the owner's units" {
	smpc-reveal --public -o public x.alice x.bob
	assert_equal "$(known public)" "$(known x.bob)"
	smpc-cut -c "volt,income,has volt" -o two public
	smpc-reveal --npy -o two.npy two
	run python3 - <<-'P'
		import math, struct
		data = open('two.npy', 'rb').read()
		assert b"'<f8'" in data[:128], data[:128]
		x = struct.unpack('<6d', data[128:])
		assert x[:3] == (-2 ** -10, 2 ** 39, 1) and math.isnan(x[3]) and x[4:] == (512, 0), x
	P
	assert_success
	assert_equal "$(smpc-reveal --json two | tail -n 1)" '{"columns":["volt","income","has volt"],"name":"x","scale":{"exponents":[-40,9,0],"fraction_bits":0},"rows":[[-0.0009765625,549755814000,1],[null,500,0]]}'
}

@test "numbers in different units, or of values in different orders, are not added or compared" {
	printf 'a,y\n3,no\n5,yes\n' >t.csv
	smpc-share -n 2 --unit a=kg --codes y=no,yes -o kg t.csv
	smpc-share -n 2 --unit a=g --codes y=no,yes -o g t.csv
	smpc-share -n 2 --unit a=kg --codes y=yes,no -o turned t.csv
	smpc-share -n 2 --unit a=kg -x y -o bare t.csv
	for command in smpc-add smpc-sub "smpc-local -- smpc-compare gt"; do
		case $command in
		smpc-local*) pair=(kg.{} g.{}) ;;
		*) pair=(kg.1 g.1) ;;
		esac
		# shellcheck disable=SC2086 # words
		capture $command "${pair[@]}"
		assert_failure 4
		stderr_has "column 'a' of tensor 'data' is in kg, and column 'a' of tensor 'data' in g: bring one to the other's unit first"
	done
	capture smpc-local -- smpc-compare eq kg.{} turned.{}
	assert_failure 4
	stderr_has "column 'y' of tensor 'data' and column 'y' of tensor 'data' have the same values in different orders"
	fails_with 4 smpc-sub kg.1 turned.1
	# a kilogram is 1000 g, and a product has no unit
	smpc-cut -c a kg.1 | smpc-mul -c 1000 | smpc-sub - bare.1 >/dev/null
	smpc-share -n 2 --unit a=kg --unit b=g -o both <<<"$(printf 'a,b\n3,4')"
	fails_with 4 smpc-sum -r both.1
	capture smpc-local -- smpc-max both.{}
	assert_failure 4
}

@test "smpc-cat: classes and dates do not meet numbers of which nothing is said" {
	printf 'd,y\n2020-01-05,no\n2021-01-05,yes\n' >t.csv
	printf 'd,y\n2020,0\n2021,1\n' >bare.csv
	smpc-share -n 2 --date d --codes y=no,yes -o t t.csv
	smpc-share -n 2 -o bare bare.csv
	for column in d y; do
		smpc-cut -c $column -o t.$column t.1
		smpc-cut -c $column -o bare.$column bare.1
		fails_with 4 smpc-cat t.$column bare.$column
		stderr_has "differs from that of t.$column in its kind: undeclared here,"
		fails_with 4 smpc-cat bare.$column t.$column
	done
	# these code themselves
	for values in 0,1 1,0; do
		smpc-share -f -n 2 -x d --codes y=$values -o t bare.csv
		case $values in
		0,1) smpc-cat -o all bare.y t.1 ;;
		*) fails_with 4 smpc-cat -o all bare.y t.1 ;;
		esac
	done
}

@test "what one owner has standardized is not joined with what another one shares as it is" {
	{ echo age,y; awk 'BEGIN { for (i = 20; i < 90; i++) print i "," i % 2 }'; } >t.csv
	smpc-share -n 2 --standardize --no-standardize y -o a t.csv
	smpc-share -n 2 -o b t.csv
	is_line column a.1 "age: number standardized"
	fails_with 4 smpc-cat a.1 b.1
	stderr_has "column 'age' of tensor 'data' differs from that of a.1 in its unit: none here, standardized there"
	fails_with 4 smpc-cat b.1 a.1
	# both have
	smpc-share -n 2 --standardize --no-standardize y -o c t.csv
	each smpc-cat -o d.@ a.@ c.@
	# nor does a model of the one predict the other
	together 2 m smpc-train -l y -e 1 'a.{}'
	capture smpc-local -o never -- smpc-predict 'm.{}' 'b.{}'
	assert_failure 4
	stderr_has "'age'"
}

@test "an owner without missing values is told how the others share theirs" {
	printf 'x,y\n1,2\n,3\n3,4\n' | smpc-share -n 2 --na x=mean -o a -
	printf 'x,y\n1,2\n2,3\n' | smpc-share -n 2 -o b -
	fails_with 1 smpc-cat a.1 b.1
	stderr_has "all of them share with the same smpc-share --na COLUMN=mean"
	printf 'x,y\n1,2\n2,3\n' | smpc-share -f -n 2 --na x=mean -o b -
	each smpc-cat -o c.@ a.@ b.@
}
