#!/usr/bin/env bats
#
# One model, whoever owns the rows and the columns, however many compute, and whenever was dealt: to the bit with --faithful,
# and otherwise about as good.

load helper
load shares
load parties
load engine
load training

# good NAME: about how many of all patients the model is right.
good() {
	python3 "$reference" accuracy "$1.csv" "$cancer" malignant standardize=1 net="${net:-dense 1, sigmoid}"
}

# as_good NAME NAME: within 0.01, and good at all.
as_good() {
	local one two
	one=$(good "$1")
	two=$(good "$2")
	awk -v a="$one" -v b="$two" 'BEGIN { exit !(a > 0.95 && b > 0.95 && (a - b) ^ 2 <= 0.0001) }' ||
		fail "$1 is right about $one of them, $2 about $two"
}

network='dense 4, relu, dense 1, sigmoid'

@test "three computing parties train the model of two" {
	unsanitized "it takes minutes; the unit programs nn and metrics run there"
	local n net
	for n in 2 3; do
		patients $n
		cp train.csv train.$n.csv
		model $n exact.$n --faithful -l malignant --standardize -e 3 'train.{}'
		model $n net.$n --faithful -l malignant --standardize -e 1 -n "$network" 'train.{}'
		model $n usual.$n -l malignant --standardize 'train.{}'
		model $n wide.$n -l malignant --standardize -e 20 -r 0.3 -n "$network" 'train.{}'
		rm ./*.[0-3]
	done
	cmp train.2.csv train.3.csv
	cmp exact.2.csv exact.3.csv
	cmp net.2.csv net.3.csv
	as_good usual.2 usual.3
	net=$network as_good wide.2 wide.3
	# they were trained by different masks
	run cmp usual.2.csv usual.3.csv
	assert_failure
}

@test "three owners' rows, two owners' columns: as good a model" {
	unsanitized "it takes minutes; the unit programs nn and metrics run there"
	local p name
	patients 2
	for name in 2,100 101,150 '151,$'; do
		sed -n "1p; ${name}p" train.csv | smpc-share -n 2 -o "rows${name%,*}"
	done
	cut -d , -f -12 train.csv | smpc-share -n 2 -o left
	cut -d , -f 13- train.csv | smpc-share -n 2 -o right
	for p in 0 1 2; do
		smpc-cat -o rows.$p rows2.$p rows101.$p rows151.$p
		smpc-paste -o columns.$p left.$p right.$p
	done
	for name in train rows columns; do
		model 2 m.$name -l malignant --standardize "$name.{}"
	done
	as_good m.train m.rows
	as_good m.train m.columns
}

@test "what the dealer has dealt beforehand trains the model of a dealer who is there" {
	local name net=$network
	parties dealer alice bob
	patients 2
	owned -o train train.csv
	cat >job.sh <<-'S'
		smpc-train --faithful -l malignant --standardize -e 2 -o exact.$SMPC_PARTY train.$SMPC_PARTY
		smpc-train -l malignant --standardize -e 20 -r 0.3 -n "$1" -o wide.$SMPC_PARTY train.$SMPC_PARTY
	S
	each_agent dealer alice bob -- sh -eu job.sh "$network"
	well dealer alice bob
	for name in exact wide; do
		smpc-reveal -o $name.live.csv $name.alice $name.bob
		rm $name.dealer $name.alice $name.bob
	done
	deal deal sh -eu job.sh "$network"
	use alice deal sh -eu job.sh "$network"
	use bob deal sh -eu job.sh "$network"
	well alice bob
	for name in exact wide; do
		smpc-reveal -o $name.dealt.csv $name.alice $name.bob
	done
	cmp exact.live.csv exact.dealt.csv
	as_good wide.live wide.dealt
	run cmp wide.live.csv wide.dealt.csv
	assert_failure
	nothing_left
}
