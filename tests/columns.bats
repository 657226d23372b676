#!/usr/bin/env bats
#
# What is known of columns: which operations keep it, and that an exponent is never lost.

load helper
load shares

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
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$ROOT/tests/python python3 - "$@" <<-'P'
		import json, sys
		import sharestream as share
		source, target, kind, changes = sys.argv[1:]
		with open(source, 'rb') as f:
		    records = share.parse(f.read())
		for r in records:
		    r.header.setdefault('about', [None] * r.cols)
		    for j, column in enumerate(r.header['about']):
		        if kind == (column or {'kind': 'undeclared'})['kind']:
		            r.header['about'][j] = dict(column or {}, **json.loads(changes))
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

volt="volt: number, from -0.0009765625 to 0.0009765625 µV, words times 2^-40"
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
	for name in head shuf train rest paste row cut again; do
		assert_equal "$name $(intact $name.0) $(intact $name.1)" "$name rows rows"
	done
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
	stderr_has "share both tables again without --na drop, fill missing values, or join by key"
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
	quietly smpc-local -n 2 -- sh -euc 'smpc-map relu x.{} >relu.{}; smpc-mul x.{} twice.{} >mul.{}
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
	each_party smpc-cut -c volt,outcome,free -o cut.@ x.@
	assert_equal "$(known cut.dealer)" "$volt"$'\n'"$outcome"
	smpc-reveal -o cut.csv cut.alice cut.bob
	assert_equal "$(cat cut.csv)" "$(printf 'volt,outcome,free\n-0.0009765625,2,-5\n0.0009765625,0,1099511627776')"
	each_party smpc-cut -c income -o income.@ x.@
	each_party smpc-paste -o paste.@ cut.@ income.@
	assert_equal "$(known paste.bob)" "$volt"$'\n'"$outcome"$'\n'"income: number, from 0 to 549755814000 EUR, words times 2^9"
	assert_equal "$(smpc-reveal paste.dealer paste.bob | sed -n 2p)" "-0.0009765625,2,-5,549755814000"
}

@test "smpc-paste: where words are multiplied to a common scale, so are ranges" {
	each_party smpc-cut -c volt,outcome -o cut.@ x.@
	printf 'y\n0.25\n0.5\n' >y.csv
	smpc-share --fraction-bits 8 --public -o y.public y.csv
	each_party smpc-paste -o paste.@ cut.@ y.public
	smpc-info --json paste.bob >json
	run python3 - json <<-'P'
		import json, sys
		volt, outcome, y = json.load(open(sys.argv[1]))['about']
		assert volt['range'] == [str(-2 ** 38), str(2 ** 38)] and volt['exponent'] == -40, volt
		assert outcome['range'] == ['0', '512'] and outcome['values'] == ['no', '', 'a,b'], outcome
		assert y is None, y
	P
	assert_success
	assert_equal "$(smpc-reveal paste.alice paste.bob | sed -n 2p)" "-0.0009765625,2,0.25"
}

@test "local tools on ranges and exponents are exact, within the ranges they name, and refuse nothing" {
	run python3 "$ROOT/tests/python/columns.py" --seeds 1-4
	assert_success
}

@test "ranges and exponents of all sizes: exact, or refused with 5 and the column" {
	run python3 "$ROOT/tests/python/columns.py" --wild --seeds 1-6
	assert_success
}

@test "an exponent is refused by what does not take it into account, with the column" {
	shared y q,r 1,2 2,3
	for party in 0 1 2; do
		edited y.$party x.$party undeclared '{"kind": "number", "exponent": -3}'
	done
	for cmd in "smpc-mul x.{} x.{}" "smpc-map relu x.{}" "smpc-stat variance x.{}" "smpc-train -l q x.{}" "smpc-max x.{}" \
		"smpc-truncate --fraction-bits 3 x.{}" "smpc-compare lt -c 2 x.{}"; do
		# shellcheck disable=SC2086 # words
		capture smpc-local -n 2 -o no -- $cmd
		assert_failure 5
		stderr_has "column 'q' of tensor 'data' is in units of 2^-3"
	done
}

@test "smpc-cat: what is known otherwise of a column is refused, by name" {
	cp x.bob y.bob
	quietly smpc-cat --repeat -o z.bob x.bob y.bob
	for change in 'class {"values":["","no","a,b"]} outcome values' 'date {"range":["0","1"]} born range' \
		'indicator {"values":["M"]} sex=F values' 'presence {"of":"income"} volt of'; do
		read -r kind changes column what <<<"$change"
		edited x.bob y.bob "$kind" "$changes"
		fails_with 4 smpc-cat --repeat x.bob y.bob
		stderr_has "$column"
		stderr_has "differs from the streams before in its $what"
		# nor are such shares put together
		fails_with 4 smpc-reveal x.alice y.bob
		stderr_has "differ in what they say of their columns"
	done
	edited x.bob y.bob schema '{}'
	fails_with 4 smpc-cat --repeat x.bob y.bob
	stderr_has "another schema"
}

@test "--public: a revealed stream keeps it, and other forms have the owner's units" {
	smpc-reveal --public -o public x.alice x.bob
	assert_equal "$(known public)" "$(known x.bob)"
	smpc-cut -c volt,income -o two public
	smpc-reveal --npy -o two.npy two
	run python3 - <<-'P'
		import struct
		data = open('two.npy', 'rb').read()
		assert b"'<f8'" in data[:128], data[:128]
		assert struct.unpack('<4d', data[128:]) == (-2 ** -10, 2 ** 39, 2 ** -10, 512), struct.unpack('<4d', data[128:])
	P
	assert_success
	assert_equal "$(smpc-reveal --json two | tail -n 1)" '{"columns":["volt","income"],"name":"x","rows":[[-0.0009765625,549755814000],[0.0009765625,500]]}'
}
