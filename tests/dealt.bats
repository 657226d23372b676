#!/usr/bin/env bats
#
# Dealing beforehand: smpc-party --deal-to at the dealer, --dealt at the computing parties.
# Its tests are long.

load helper
load shares
load parties

# three NAME...: parties.json; x and y, shares of 200 whole numbers, by their names; job.sh, which multiplies, cuts off and
# compares.  Products of whole numbers have nothing to cut off that a coin would decide on.
three() {
	parties "$@"
	awk 'BEGIN { for (i = 0; i < 200; i++) print i * 37 % 201 - 100 }' >x.csv
	awk 'BEGIN { for (i = 0; i < 200; i++) print i * 53 % 199 - 99 }' >y.csv
	for name in x y; do
		owned -f --no-header --range 1=-100..100 -o $name $name.csv || return 1
	done
	cat >job.sh <<-'S'
		smpc-mul -o z.$SMPC_PARTY x.$SMPC_PARTY y.$SMPC_PARTY
		smpc-mul z.$SMPC_PARTY x.$SMPC_PARTY | smpc-truncate -f 3 -o t.$SMPC_PARTY
		smpc-compare -o c.$SMPC_PARTY lt x.$SMPC_PARTY y.$SMPC_PARTY
	S
}

# clear NAME...: what the shares of t and c hold is exact: x y x, and whether x < y; in all sufficient sets.
clear() {
	local name set
	paste x.csv y.csv | awk '{ print $1 * $2 * $1 }' >t.want
	paste x.csv y.csv | awk '{ print ($1 < $2) }' >c.want
	for name in t c; do
		smpc-reveal "${@/#/$name.}" | cmp - $name.want || return 1
		for set; do
			smpc-reveal $name.dealer $name."$set" | cmp - $name.want || return 1
		done
	done
}

# long: a stream "long" of the dealer's, too long for one read.
long() {
	local i
	for ((i = 0; i < 1000; i++)); do
		cat x.dealer
	done >long
}

# changed FILE AT: one bit of FILE's byte at AT, from its end if negative, is changed.
changed() {
	python3 - "$1" "$2" <<-'P'
		import sys
		data = bytearray(open(sys.argv[1], 'rb').read())
		data[int(sys.argv[2])] ^= 1
		open(sys.argv[1], 'wb').write(data)
	P
}

# refused NAME STATUS TEXT...: NAME cannot use the directory "deal" for job.sh, says why, and spends nothing.
refused() {
	local before
	before=$(spent "$1")
	use "$1" deal || return 1
	ended "$1" 10 "${@:2}" || return 1
	assert_equal "$(spent "$1")" "$before"
}

@test "usage" {
	three dealer alice bob receiver-
	mkdir full empty
	touch full/file
	export SMPC_STATE=$PWD/state
	fails_with 2 smpc-party -i dealer.key -p parties.json --deal-to new
	fails_with 2 smpc-party -i dealer.key -p parties.json --deal-to new --dealt old -- touch ran
	fails_with 2 smpc-party -i dealer.key -p parties.json --deal-to new --check
	fails_with 2 smpc-party -i dealer.key -p parties.json --deal-to new -l 127.0.0.1:9 -- touch ran
	fails_with 2 smpc-party -i alice.key -p parties.json --deal-to new -- touch ran
	stderr_has "the role of 'alice' is 'computing'"
	fails_with 2 smpc-party -i dealer.key -p parties.json --dealt empty -- touch ran
	fails_with 2 smpc-party -i receiver.key -p parties.json --dealt empty -- touch ran
	fails_with 1 smpc-party -i dealer.key -p parties.json --deal-to full -- touch ran
	stderr_has "is not empty"
	fails_with 1 smpc-party -i dealer.key -p parties.json --deal-to nowhere/new -- touch ran
	# what the directory could not take the place of in the end
	mkdir hollow
	ln -s hollow link
	ln -s nothing dangling
	for dir in link link/ ./link// dangling hollow/. hollow/./ hollow/..; do
		fails_with 1 smpc-party -i dealer.key -p parties.json --deal-to "$dir" -- touch ran
	done
	(cd hollow && fails_with 1 smpc-party -i ../dealer.key -p ../parties.json --deal-to . -- touch ../ran)
	rmdir hollow
	rm link dangling
	fails_with 1 smpc-party -i alice.key -p parties.json --dealt nowhere -- touch ran
	assert_not_exists ran
	assert_not_exists new
	assert_equal "$(find full empty | sort | paste -s -d ' ')" "empty full full/file"
	quietly smpc-party -i dealer.key -p parties.json --deal-to empty -- true
	# a name as long as there can be
	dir=$(printf '%0255d' 0)
	quietly smpc-party -i dealer.key -p parties.json --deal-to "$dir" -- true
	assert_exists "$dir"
	nothing_left
}

@test "a script of several steps, dealt beforehand, for two and three computing parties: exact results" {
	local names n
	for n in 2 3; do
		names=(alice bob carol)
		names=("${names[@]:0:n}")
		three dealer "${names[@]}"
		deal deal
		assert_equal "$output" ""
		for name in "${names[@]}"; do
			use "$name" deal
		done
		well "${names[@]}"
		clear "${names[@]}"
		assert_equal "$(for name in dealer "${names[@]}"; do line_of part "t.$name"; done | uniq | wc -l)" 1
		# the dealer's number, the one that the parties made, and that of the step, for each of four steps
		assert_equal "$(spent dealer) $(spent alice) $(spent bob)" "4 12 12"
		nothing_left
		rm -r deal state.* ./*.key [tcz].*
	done
}

@test "live and dealt give the same; the files are the dealer's link, and no more" {
	three dealer alice bob
	sed -i 's/-truncate/-truncate --faithful --stats/' job.sh
	each_agent dealer alice bob -- sh -eu job.sh
	ended dealer 20 0
	ended alice 20 0
	ended bob 20 0
	clear alice bob
	rm [tcz].*
	SMPC_STATE=$PWD/state.dealer smpc-party -i dealer.key -p parties.json --deal-to deal -- sh -eu job.sh 2>beforehand.err
	assert_equal "$(find deal -printf '%f %m\n' | sort | paste -s -d ' ')" "0001-mul.alice 600 0001-mul.bob 600 0002-mul.alice 600 0002-mul.bob 600 0003-truncate.alice 600 0003-truncate.bob 600 0004-compare.alice 600 0004-compare.bob 600 deal 700"
	use alice deal
	use bob deal
	ended alice 20 0
	ended bob 20 0
	clear alice bob
	# but for the byte that says that a step has ended
	assert_equal "$(sed -n 's/.*bob: sent \([0-9]*\) bytes.*/\1/p' dealer.err)" \
		"$(($(sed -n 's/.*bob: sent \([0-9]*\) bytes.*/\1/p' beforehand.err) + 1))"
	nothing_left
}

@test "sealed shares; reveal, ping: what needs no dealer goes on without him; what does is refused" {
	local who
	three dealer alice bob receiver-
	owned -f --no-header -o x x.csv
	cat >job.sh <<-'S'
		smpc-mul -o t.$SMPC_PARTY x.$SMPC_PARTY x.$SMPC_PARTY
		smpc-ping -s 0 >ping.$SMPC_PARTY
		smpc-reveal --to alice t.$SMPC_PARTY
		smpc-reveal --to receiver t.$SMPC_PARTY
	S
	deal deal
	assert_equal "$output" ""
	use alice deal
	use bob deal
	agent receiver -- smpc-reveal --to receiver
	well alice bob receiver
	awk '{ print $1 * $1 }' x.csv >want
	cmp want alice.out
	cmp want receiver.out
	assert_equal "$(cat bob.out)" ""
	assert_equal "$(cut -d' ' -f1 ping.dealer ping.alice ping.bob | paste -s -d ' ')" "bob alice"
	export SMPC_STATE=$PWD/state.dealer
	for who in all dealer; do
		capture smpc-party -i dealer.key -p parties.json --deal-to new -- smpc-reveal --to $who t.dealer
		assert_failure 2
		stderr_has "the dealer is not there"
		use alice deal smpc-reveal --to $who t.alice
		ended alice 5 2 "the dealer is not there"
	done
	capture smpc-party -i dealer.key -p parties.json --deal-to new -- smpc-share --from receiver -o s
	assert_failure 2
	stderr_has "smpc-share -o"
	assert_not_exists new
	# what the dealer is told about comparisons decides what he deals
	capture smpc-party -i dealer.key -p parties.json --deal-to new -- smpc-stat -o s median x.dealer
	assert_failure 2
	stderr_has "the dealer is not there"
	assert_not_exists new
	nothing_left
}

@test "two streams alike at once, in any order, each with its own file" {
	three dealer alice bob
	cat >job.sh <<-'S'
		smpc-mul -o a.$SMPC_PARTY x.$SMPC_PARTY y.$SMPC_PARTY & one=$!
		smpc-mul -o b.$SMPC_PARTY x.$SMPC_PARTY y.$SMPC_PARTY
		wait $one
	S
	deal deal
	use alice deal
	use bob deal
	well alice bob
	paste x.csv y.csv | awk '{ print $1 * $2 }' >want
	# which of the two is a is chance
	if [ "$(line_of part a.alice)" != "$(line_of part a.bob)" ]; then
		mv a.bob c.bob
		mv b.bob a.bob
		mv c.bob b.bob
	fi
	smpc-reveal a.alice a.bob | cmp - want
	smpc-reveal b.alice b.bob | cmp - want
	[ "$(line_of part a.alice)" != "$(line_of part b.alice)" ]
}

# ---- once

@test "a second use is refused, of the directory and of a copy" {
	three dealer alice bob
	deal deal
	cp -r deal copy
	use alice deal
	use bob deal
	well alice bob
	# what was used is gone, and what was not is there
	assert_equal "$(ls deal)" ""
	refused alice 4 "what was dealt for this step was used before" "deal again"
	refused bob 4 "what was dealt for this step was used before" "deal again"
	mv deal used
	mv copy deal
	touch deal/*
	refused alice 4 "0001-mul.alice: was used before"
	refused bob 4 "0001-mul.bob: was used before"
	# a refused copy is left alone
	assert_exists deal/0001-mul.bob
	# under another name
	mv deal/0001-mul.alice deal/0009-mul.alice
	refused alice 4 "0009-mul.alice: was used before"
	# dealt again
	rm -r deal [tcz].*
	deal deal
	use alice deal
	use bob deal
	well alice bob
	clear alice bob
}

@test "a party that is killed in the middle of the first use does not use it again" {
	three dealer alice bob
	seq 400000 >x.csv
	owned -f --no-header -o x x.csv
	cat >job.sh <<-'S'
		if [ $SMPC_PARTY = alice ] && [ ! -e again ]; then
			touch again
			(head -c 9000000 x.alice; sleep 60) | smpc-truncate -f 3 -o t.alice -
		else
			smpc-truncate -f 3 -o t.$SMPC_PARTY x.$SMPC_PARTY
		fi
	S
	touch again
	deal deal
	rm again
	use alice deal
	use bob deal
	within 10 test -e state.alice/alice/ledger -a -e again
	within 10 eval '[ "$(spent alice)" -ge 2 ]'
	sleep 0.3
	kill -KILL -- "-$(pid alice)"
	ended bob 20 3 "'alice'"
	assert_not_exists t.alice
	assert_not_exists t.bob
	rm -rf "${XDG_RUNTIME_DIR:?}"/*
	assert_equal "$(ls deal)" ""
	refused alice 4 "was used before"
	refused bob 4 "was used before"
	nothing_left
}

@test "nothing is spent while the other party does not come" {
	three dealer alice bob
	deal deal
	sed -i 's/smpc-mul -o/smpc-mul -w 1 -o/' job.sh
	refused alice 3 "'bob'"
	use alice deal
	use bob deal
	well alice bob
	clear alice bob
}

# ---- what is not right

@test "no file for the step: 3, and what was wanted" {
	three dealer alice bob
	deal deal smpc-mul -o z.dealer x.dealer y.dealer
	rm deal/*.bob
	use alice deal smpc-mul -o z.alice y.alice x.alice
	ended alice 5 3 "nothing in deal was dealt to 'alice' for this step" "op=mul" "other steps: 1, such as 0001-mul.alice"
	use bob deal smpc-mul -o z.bob x.bob y.bob
	ended bob 5 3 "other steps: 0"
	nothing_left
}

@test "damaged, cut, swapped, foreign files, and files by others, are refused before anything is spent" {
	local kept at
	three dealer alice bob
	deal kept
	fresh() {
		rm -rf deal
		cp -r kept deal
	}
	# the names, the handshake, the sealed beginning; the end of the file: every place is for fuzz/dealt
	for at in 14 70 200 -9; do
		fresh
		changed deal/0001-mul.alice $at
		use alice deal
		within 10 test -e alice.status
		run cat alice.status
		assert_output --regexp '^[14]$'
		said alice "0001-mul.alice: "
		assert_equal "$(spent alice)" 0
	done
	for at in 0 11 200; do
		fresh
		head -c $at kept/0001-mul.alice >deal/0001-mul.alice
		use alice deal
		within 10 test -e alice.status
		run cat alice.status
		assert_output --regexp '^[14]$'
		said alice "0001-mul.alice: "
	done
	fresh
	head -c 2000 kept/0001-mul.bob >deal/0001-mul.bob
	refused bob 1 "0001-mul.bob: is cut, or damaged at its end"
	fresh
	cat kept/0001-mul.bob /dev/zero | head -c 50000 >deal/0001-mul.bob
	refused bob 1 "0001-mul.bob: is cut, or damaged at its end"
	fresh
	cp kept/0001-mul.bob deal/0001-mul.alice
	refused alice 4 "0001-mul.alice: was dealt to 'bob', and this is 'alice'"
	fresh
	cp kept/0004-compare.alice deal/0001-mul.alice
	refused alice 3 "nothing in deal was dealt to 'alice' for this step"
	fresh
	echo hello >deal/0001-mul.alice
	refused alice 1 "is no file that a dealer has made"
	rm deal/0001-mul.alice
	mkfifo deal/0001-mul.alice
	refused alice 1 "is not a regular file"
	rm deal/0001-mul.alice
	mkdir deal/0001-mul.alice
	refused alice 1 "is not a regular file"
	# an old version
	fresh
	printf '\2' | dd of=deal/0001-mul.alice bs=1 seek=8 conv=notrunc status=none
	refused alice 1 "of a version that is not known here"
	# a file that is not right does no harm beside one that is
	fresh
	echo hello >deal/0000-mul.alice
	echo hello >"deal/a b.alice"
	use alice deal
	use bob deal
	well alice bob
	clear alice bob
	nothing_left
}

@test "another parties file, another dealer: refused" {
	three dealer alice bob
	deal deal
	cp parties.json old.json
	echo >>parties.json
	refused alice 4 "was dealt with another parties file than ours"
	opened x alice
	opened y alice
	sed -i 's/smpc-mul/smpc-mul --unsealed/' job.sh
	smpc-keygen -o other.key >other.pub
	cp other.key alice.key
	sed "s/$(cat alice.pub)/$(cat other.pub)/" old.json >parties.json
	refused alice 4 "was not dealt by 'dealer' to this key"
	nothing_left
}

@test "a file made by somebody who is not the dealer, for the right step and with the right key: refused" {
	three dealer alice bob
	cp parties.json right.json
	# bob thinks that he deals, and the dealer computes
	sed -E 's/("name": "dealer", "role": )"dealer"/\1"computing"/; s/("name": "bob", "role": )"computing"/\1"dealer"/' \
		right.json >parties.json
	smpc-share -f -p parties.json --no-seal --no-header --range 1=-100..100 -o w x.csv
	SMPC_STATE=$PWD/state.forger quietly smpc-party -i bob.key -p parties.json --deal-to deal -- \
		smpc-mul --unsealed -o z.bob w.bob w.bob
	assert_exists deal/0001-mul.alice
	cp right.json parties.json
	refused alice 4 "0001-mul.alice: says it was dealt by 'bob', who is not the dealer of the parties file"
	# by a name that nobody has
	sed 's/"name": "dealer"/"name": "trent"/' right.json >parties.json
	rm -r deal
	smpc-share -f -p parties.json --no-seal --no-header --range 1=-100..100 -o w x.csv
	SMPC_STATE=$PWD/state.forger quietly smpc-party -i dealer.key -p parties.json --deal-to deal -- \
		smpc-mul --unsealed -o z.trent w.trent w.trent
	cp right.json parties.json
	refused alice 4 "0001-mul.alice: says it was dealt by 'trent', who is not the dealer of the parties file"
	nothing_left
}

# deal_fixed WHAT DIR KEY: the same dealing, while FIXED is WHAT.
deal_fixed() {
	run -"${4:-0}" env SMPC_STATE="$PWD/state.dealer" FIXED="$1" LD_PRELOAD="$BUILD/preload/fixed.so" \
		smpc-party -i "$3" -p parties.json --deal-to "$2" -- smpc-mul --unsealed -o z.dealer x.dealer x.dealer
}

@test "a generator of randomness that repeats itself: no two dealings are equal, and no two dealers'" {
	unsanitized "a library that is loaded before theirs"
	parties dealer alice bob
	smpc-share -f -p parties.json --no-seal -o x <<<$'a\n1'
	# the second and the key are the same
	for i in 1 2 3; do
		deal_fixed "random second" nanoseconds$i dealer.key
	done
	# the time is the same, and what is drawn differs
	for i in 1 2; do
		deal_fixed "second nanosecond" drawn$i dealer.key
	done
	# all is the same, so that the number would be: the ledger finds that
	deal_fixed "random second nanosecond" all dealer.key
	rm z.dealer
	deal_fixed "random second nanosecond" again dealer.key 4
	assert_output --partial "used before"
	assert_output --partial "again: the files for this step cannot be made"
	assert_not_exists again
	assert_not_exists z.dealer
	# but for the key
	smpc-keygen -o other.key >other.pub
	sed -i "s|$(cat dealer.pub)|$(cat other.pub)|" parties.json
	deal_fixed "random second nanosecond" other other.key
}

@test "damage in the middle is found in the session: 4, and nobody has a result" {
	three dealer alice bob
	deal deal
	changed deal/0001-mul.bob 2000
	use alice deal
	use bob deal
	ended bob 10 4 "0001-mul.bob: a record is forged or damaged"
	ended alice 10 3 "'bob'"
	assert_not_exists z.alice
	assert_not_exists z.bob
	nothing_left
}

@test "parties with files of different dealings, or one that has a dealer and one that has none: 4, and what differs" {
	three dealer alice bob
	sed -i 's/smpc-mul -o/smpc-mul -w 8 -o/' job.sh
	deal deal
	deal second
	use alice deal sh -c "$meeting" sh 2 sh -eu job.sh
	use bob second sh -c "$meeting" sh 2 sh -eu job.sh
	ended alice 20 4 "another step: 'dealt=step 1 of"
	ended bob 20 4 "dealt=step 1 of"
	assert_equal "$(spent alice) $(spent bob)" "0 0"
	rm -r meeting
	use alice deal sh -c "$meeting" sh 3 sh -eu job.sh
	each_agent dealer bob -- sh -c "$meeting" sh 3 sh -eu job.sh
	ended alice 20 4 "'dealt=step 1 of" "'nothing' there"
	ended bob 20 4 "'nothing' here, 'dealt=step 1 of"
	within 10 test -e dealer.status
	nothing_left
}

@test "both dealings in one directory: parties who have both use the same one" {
	three dealer alice bob
	deal one
	mkdir both
	for name in alice bob; do
		cp one/0001-mul.$name both/a.$name
	done
	rm [tcz].*
	deal two
	cp two/*.alice two/*.bob both
	mv z.dealer kept
	use alice both smpc-mul -o z.alice x.alice y.alice
	use bob both smpc-mul -o z.bob x.bob y.bob
	well alice bob
	paste x.csv y.csv | awk '{ print $1 * $2 }' >want
	smpc-reveal z.alice z.bob | cmp - want
	use alice both smpc-mul -o z.alice x.alice y.alice
	use bob both smpc-mul -o z.bob x.bob y.bob
	well alice bob
	smpc-reveal z.alice z.bob | cmp - want
	use alice both smpc-mul -o z.alice x.alice y.alice
	ended alice 5 4 "was used before"
}

# ---- the dealer

@test "a dealing whose script fails, or is stopped, or killed, makes no directory" {
	local how
	three dealer alice bob
	echo 'exit 7' >>job.sh
	SMPC_STATE=$PWD/state.dealer run smpc-party -i dealer.key -p parties.json --deal-to deal -- sh -eu job.sh
	assert_failure 7
	assert_equal "$(find . -name 'deal.*')" ""
	sed -i 's/exit 7/touch there; sleep 60/' job.sh
	for how in TERM INT KILL; do
		rm -f there
		agent dealer --deal-to deal -- sh -eu job.sh
		within 10 test -e there
		kill -$how "$(pid dealer)"
		within 10 test -e dealer.status
		assert_not_exists deal
		[ $how = KILL ] || assert_equal "$(find . -maxdepth 1 -name 'deal.*')" ""
	done
	for pid in $(ours); do
		kill -KILL "$pid"
	done
	# in the middle of a step
	cat >job.sh <<-'S'
		(cat long; sleep 60) | smpc-truncate -f 3 -o t.dealer -
	S
	long
	rm -rf deal.?????? "${XDG_RUNTIME_DIR:?}"/*
	agent dealer --deal-to deal -- sh -eu job.sh
	within 10 eval 'test -s deal.*/0001-truncate.bob'
	sleep 0.2
	kill -TERM "$(pid dealer)"
	within 10 test -e dealer.status
	assert_not_exists deal
	assert_equal "$(find . -maxdepth 1 -name 'deal.*')" ""
	for pid in $(ours); do
		kill -KILL "$pid"
	done
	nothing_left
}

@test "a step that fails at the dealer leaves no file, and one that still runs at the end no directory" {
	three dealer alice bob
	at dealer smpc-head -n 100 -o w.dealer x.dealer
	cat >job.sh <<-'S'
		smpc-mul -o t.$SMPC_PARTY x.$SMPC_PARTY w.$SMPC_PARTY 2>failed || true
		smpc-mul -o z.$SMPC_PARTY x.$SMPC_PARTY y.$SMPC_PARTY
	S
	deal deal
	grep -q rows failed
	assert_equal "$(find deal -type f | sort | paste -s -d ' ')" "deal/0002-mul.alice deal/0002-mul.bob"
	cat >job.sh <<-'S'
		(cat long; while test ! -e over; do sleep 0.1; done) | smpc-truncate -f 3 -o t.dealer - >/dev/null &
		until test -s other.??????/0001-truncate.bob; do sleep 0.05; done
	S
	long
	export SMPC_STATE=$PWD/state.dealer
	capture smpc-party -i dealer.key -p parties.json --deal-to other -- sh -eu job.sh
	touch over
	assert_failure 1
	stderr_has "a step was still dealing"
	assert_not_exists other
	within 10 nobody_left
}

@test "a disk that is full at the dealer: 1, and no directory" {
	three dealer alice bob
	seq 100000 >x.csv
	owned -f --no-header -o x x.csv
	capture env SMPC_STATE="$PWD/state.dealer" sh -c 'trap "" XFSZ; ulimit -f 100
		smpc-party -i dealer.key -p parties.json --deal-to deal -- smpc-truncate -f 3 -o t.dealer x.dealer'
	assert_failure 1
	stderr_has "0001-truncate.bob: File too large"
	assert_not_exists deal
	assert_not_exists t.dealer
	nothing_left
}

@test "a directory from which nothing can be removed is refused before anything is used" {
	[ "$(id -u)" -ne 0 ] || command -v mount >/dev/null || skip "needs a directory that is read-only"
	three dealer alice bob
	deal deal
	if [ "$(id -u)" -eq 0 ]; then
		unshare --mount true 2>/dev/null || skip "needs to mount"
		start alice env SMPC_STATE="$PWD/state.alice" unshare --mount sh -c 'mount --bind -o ro deal deal && mount -o remount,bind,ro deal &&
			exec smpc-party -i alice.key -p parties.json --dealt deal -- sh -eu job.sh'
	else
		chmod 500 deal
		use alice deal
	fi
	ended alice 10 1 "deal: "
	assert_equal "$(spent alice)" 0
}
