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

@test "an exponent is refused by what does not take it into account, with the column" {
	each_party smpc-cut -c volt -o volt.@ x.@
	for cmd in "smpc-add volt.bob volt.bob" "smpc-sum volt.bob" "smpc-mul -c 2 volt.bob" "smpc-matmul -c m.csv volt.bob" \
		"smpc-transpose volt.bob" "smpc-train --plan -l volt x.bob"; do
		echo 2 >m.csv
		fails_with 5 $cmd
		stderr_has "volt"
		stderr_has "2^-40"
	done
	each_party smpc-cut -c outcome,born -o plain.@ x.@
	each_party smpc-sum -o sum.@ plain.@
	assert_equal "$(smpc-reveal sum.alice sum.bob)" "$(printf 'outcome,born\n2,-2')"
	assert_equal "$(known sum.bob)" ""
}

@test "smpc-cat: what is known otherwise of a column is refused, by name" {
	cat >edit.py <<-'P'
		import json, sys
		sys.path.insert(0, sys.argv[1])
		import sharestream as share
		records = share.parse(open(sys.argv[2], 'rb').read())
		for r in records:
		    r.header['id'] = 'cd' * 32
		    for column in r.header['about']:
		        if column and column['kind'] == sys.argv[3]:
		            column.update(json.loads(sys.argv[4]))
		    if sys.argv[3] == 'schema':
		        r.header['schema'] = '0' * 64
		open(sys.argv[5], 'wb').write(b''.join(map(share.encode_binary, records)))
	P
	edit() {
		PYTHONDONTWRITEBYTECODE=1 python3 edit.py "$ROOT/tests/python" x.bob "$@" y.bob
	}
	edit none '{}'
	quietly smpc-cat -o z.bob x.bob y.bob
	edit class '{"values": ["", "no", "a,b"]}'
	fails_with 4 smpc-cat x.bob y.bob
	stderr_has "column 'outcome' of tensor 'x' differs from the streams before in its values"
	edit date '{"range": ["0", "1"]}'
	fails_with 4 smpc-cat x.bob y.bob
	stderr_has "column 'born' of tensor 'x' differs from the streams before in its range"
	edit indicator '{"values": ["M"]}'
	fails_with 4 smpc-cat x.bob y.bob
	stderr_has "'sex=F'"
	edit schema '{}'
	fails_with 4 smpc-cat x.bob y.bob
	stderr_has "schema"
	# nor are such shares put together
	sed -i "/'id'/d" edit.py
	edit class '{"values": ["", "no", "a,b"]}'
	fails_with 4 smpc-reveal x.alice y.bob
	stderr_has "differ in what they say of their columns"
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
