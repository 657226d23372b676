#!/usr/bin/env bats
#
# Sizes that are supposed of numbers without a range: nothing is refused that has room if owners' numbers are below 2^15, and what
# has none then is.

load helper
load shares
load parties
load engine

# supposed FILE: what the header says of the columns, as bits or - for 31.
supposed() {
	smpc-info --json "$1" | python3 -c '
import json, sys
for line in sys.stdin:
    t = json.loads(line)
    print(*[(c or {}).get("supposed", "-") for c in t.get("about", [None] * t["shape"][1])])'
}

# refused COMMAND...: for the room that sizes would need.
refused() {
	fails_with 5 "$@"
	stderr_has "with undeclared ones up to 32768"
	stderr_has "give them bounds (smpc-map clip), or cut fraction bits off first (smpc-truncate)"
}

@test "what follows of products, sums and differences" {
	shared x a,b 1,2 3,4 5,6
	assert_equal "$(supposed x.1)" "- -"
	# 0.1 has 16 bits, 3 has 2, 0.5 none but one
	each smpc-mul -c 0.1 -o tenth.@ x.@
	assert_equal "$(supposed tenth.1)" "47 47"
	each smpc-mul -c 3 -o thrice.@ x.@
	assert_equal "$(supposed thrice.1)" "33 33"
	each smpc-mul -c 0.5 -o half.@ x.@
	assert_equal "$(supposed half.1)" "- -"
	echo 0.5,0.1 >factors.csv
	each smpc-mul --fraction-bits 20 -c factors.csv -o both.@ x.@
	assert_equal "$(supposed both.1)" "49 47"
	each smpc-mul -c 0.1 -o twice.@ tenth.@
	assert_equal "$(supposed twice.1)" "63 63"
	# as many fraction bits as tenths have, and one bit for the sum
	each smpc-add -o sum.@ x.@ tenth.@
	assert_equal "$(supposed sum.1)" "51 51"
	each smpc-sub -o difference.@ tenth.@ tenth.@
	assert_equal "$(supposed difference.1)" "48 48"
	each smpc-add -c 7 -o seven.@ tenth.@
	assert_equal "$(supposed seven.1)" "48 48"
	each smpc-sum -o down.@ tenth.@
	assert_equal "$(supposed down.1)" "49 49"
	each smpc-sum --rows -o across.@ tenth.@
	assert_equal "$(supposed across.1)" "48"
	each smpc-sum --all -o all.@ tenth.@
	assert_equal "$(supposed all.1)" "50"
	printf '%s\n' 0.1,1 0.1,1 >matrix.csv
	each smpc-matmul --fraction-bits 19 -c matrix.csv -o right.@ x.@
	assert_equal "$(supposed right.1)" "48 51"
	echo 0.1,0.1,0.1 >left.csv
	each smpc-matmul -l -c left.csv -o left.@ x.@
	assert_equal "$(supposed left.1)" "49 49"
}

@test "what keeps its words, or is joined, keeps it" {
	shared x a,b 1,2 3,4 5,6
	echo 0.1,1 >factors.csv
	each smpc-mul --fraction-bits 19 -c factors.csv -o y.@ x.@
	assert_equal "$(supposed y.1)" "47 50"
	each smpc-cut -c b,a -o cut.@ y.@
	assert_equal "$(supposed cut.1)" "50 47"
	each smpc-head -n 2 -o head.@ y.@
	assert_equal "$(supposed head.1)" "47 50"
	each smpc-shuf --seed 1 -o shuf.@ y.@
	assert_equal "$(supposed shuf.1)" "47 50"
	each smpc-transpose -o turned.@ y.@
	assert_equal "$(supposed turned.1)" "50 50 50"
	each smpc-cut -c 1 -o first.@ y.@
	each smpc-cut -c 2 -o second.@ y.@
	each smpc-paste -o pasted.@ second.@ first.@
	assert_equal "$(supposed pasted.1)" "50 47"
	each smpc-add -o more.@ y.@ y.@
	each smpc-cat -o cat.@ y.@ more.@
	assert_equal "$(supposed cat.1)" "48 51"
	# in sessions, and back where bits are cut off
	quietly smpc-local -n 2 -- sh -euc 'smpc-truncate y.{} >short.{}; smpc-compare gt -c 0 x.{} >bit.{}
		smpc-select bit.{} y.{} y.{} >one.{}'
	assert_equal "$(supposed short.1)" "- -"
	assert_equal "$(supposed one.1)" "47 50"
}

@test "what has no room is refused, with the column and what mends it; and just that" {
	{ echo pay; yes 30000 | head -n 65537; } >pay.csv
	smpc-share -f -n 2 -o pay pay.csv
	each smpc-mul -c 0.1 -o tenth.@ pay.@
	refused smpc-sum tenth.1
	stderr_has "tensor 'data', column 'pay'"
	refused smpc-sum --mean tenth.1
	refused smpc-sum --all tenth.1
	each smpc-head -n 65536 -o most.@ tenth.@
	each smpc-sum -o sum.@ most.@
	awk 'NR == 2 { exit !($1 > 196600000 && $1 < 196610000) }' <(smpc-reveal sum.1 sum.2)
	# sums of what is as it was shared have room, before and behind
	each smpc-sum -o down.@ pay.@
	reveals down pay 1966110000
	refused smpc-mul -c 0.1 down.1
	# cut off, or with a range
	together 2 short smpc-truncate 'tenth.{}'
	each smpc-sum -o sum.@ short.@
	awk 'NR == 2 { exit !($1 > 196600000 && $1 < 196620000) }' <(smpc-reveal sum.1 sum.2)
	smpc-share -f -n 2 --range pay=0..1e5 -o pay pay.csv
	each smpc-mul -c 0.1 -o tenth.@ pay.@
	each smpc-sum -o sum.@ tenth.@
	awk 'NR == 2 { exit !($1 > 196600000 && $1 < 196620000) }' <(smpc-reveal sum.1 sum.2)
	# several factors
	shared x a,b 200,1 150,2
	each smpc-mul -c 0.453592 -o kg.@ x.@
	each smpc-mul -c 0.01 -o part.@ kg.@
	refused smpc-sum part.1
	refused smpc-add part.1 x.1
	refused smpc-sum --rows part.1
	refused smpc-matmul --fraction-bits 0 -c <(printf '1\n1\n') part.1
	refused smpc-mul -c 3 part.1
	capture smpc-local -n 2 -- smpc-compare lt x.{} part.{}
	assert_failure 5
	stderr_has "how large its numbers are is not known, and with undeclared ones up to 32768 with as many fraction bits as others have, one may not fit 64 bits"
	# what is public can be looked at
	smpc-reveal --public -o p part.1 part.2
	quietly smpc-sum p
}

@test "headers: supposed bits that cannot be are malformed" {
	local bits
	shared x a 1
	each smpc-mul -c 0.1 -o y.@ x.@
	smpc-cat --json y.1 >good
	quietly smpc-info good
	for bits in 31 64 0 -1 '"47"' 47.5; do
		sed "s/\"supposed\":47/\"supposed\":$bits/" good >bad
		run cmp -s good bad
		assert_failure
		fails_with 1 smpc-info bad
		stderr_has "field 'supposed': is out of range"
	done
	sed 's/"supposed":47/"supposed":47,"kind":"number","range":["0","1"]/' good >bad
	fails_with 1 smpc-info bad
	stderr_has "field 'supposed': does not belong to a column with a range"
	sed 's/"supposed":47/"suposed":47/' good >bad
	fails_with 1 smpc-info bad
}
