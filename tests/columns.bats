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
		    if kind == 'schema':
		        r.header['schema'] = '0' * 64
		with open(target, 'wb') as f:
		    f.write(b''.join(map(share.encode_binary, records)))
	P
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
