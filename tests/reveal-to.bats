#!/usr/bin/env bats
#
# smpc-reveal --to: the parties reveal a stream to one of them, or to all, and to nobody else.

load helper
load shares
load parties

setup() {
	common_setup
	parties_setup
	parties dealer alice bob receiver-
}

# shared_by NAME LINE...: as "shared" has it, by the names of parties.json.
shared_by() {
	printf '%s\n' "${@:2}" | owned -o "$1"
}

# csv LINE...
csv() {
	printf '%s\n' "$@"
}

@test "to a computing party, to the dealer: the value there, nothing elsewhere" {
	local who
	shared_by x a,b 1,-2.5 3,4
	for who in alice bob dealer; do
		each_agent dealer alice bob -- smpc-reveal --to $who x.{}
		well dealer alice bob || return 1
		assert_equal "$(cat $who.out)" "$(csv a,b 1,-2.5 3,4)" || return 1
		mv $who.out got
		assert_equal "$(cat ./*.out)" "" || return 1
	done
	nothing_left
}

@test "what was compared is what is sent: a file that is changed while a party waits is refused, one that is replaced is not" {
	local at
	seq 1 80000 | awk '{ print $1 / 4 }' >t.csv
	owned --no-header -o x t.csv
	opened x alice bob
	for at in 100 400000 600000; do
		cp x.bob z.bob
		agent bob -- sh -c "$slowly" sh smpc-reveal --unsealed --to alice z.bob
		# it is open, and has been read: its hashes are all that it waits with
		within 10 held_by_tool z.bob
		printf 'xxxx' | dd of=z.bob bs=1 seek=$at conv=notrunc status=none
		agent dealer -- sh -c "$slowly" sh smpc-reveal --to alice x.dealer
		agent alice -- sh -c "$slowly" sh smpc-reveal --unsealed --to alice x.alice
		ended bob 10 4 "z.bob: was changed while it was read" || return 1
		within 10 test -e alice.status
		refute [ "$(cat alice.status)" = 0 ]
		assert_equal "$(cat alice.out)" ""
		within 10 test -e dealer.status
	done
	# another file of that name, and one that has grown, are none of this step's
	cp x.bob z.bob
	agent bob -- smpc-reveal --unsealed --to alice z.bob
	within 10 held_by_tool z.bob
	cat t.csv >>z.bob
	cp t.csv new
	mv new z.bob
	agent dealer -- smpc-reveal --to alice x.dealer
	agent alice -- smpc-reveal --unsealed --to alice x.alice
	well dealer alice bob
	cmp alice.out t.csv
	nothing_left
}

@test "a pipe is read once, and is revealed to all" {
	shared_by x a 1 2 3
	each_agent dealer alice bob -- bash -c 'smpc-reveal --to all <(cat x.{})'
	well dealer alice bob
	for who in dealer alice bob; do
		assert_equal "$(cat $who.out)" "$(csv a 1 2 3)"
	done
}

@test "to all" {
	shared_by x a,b 1,2 3,4
	each_agent dealer alice bob -- smpc-reveal --to all x.{}
	well dealer alice bob
	for who in dealer alice bob; do
		assert_equal "$(cat $who.out)" "$(csv a,b 1,2 3,4)"
	done
}

@test "to a receiver, who has no share" {
	shared_by x a,b 1,2 3,4
	each_agent dealer alice bob -- smpc-reveal --to receiver x.{}
	agent receiver -- smpc-reveal --to receiver
	well dealer alice bob receiver
	assert_equal "$(cat receiver.out)" "$(csv a,b 1,2 3,4)"
	assert_equal "$(cat dealer.out alice.out bob.out)" ""
	nothing_left
}

@test "a receiver that gives a share, or is not the one who was named: refused" {
	shared_by x a 1
	agent receiver -- smpc-reveal --to receiver x.alice
	ended receiver 5 2
	agent receiver -- smpc-reveal --to alice -w 1
	ended receiver 5 2
	assert_equal "$(cat receiver.out)" ""
}

@test "with four computing parties, to each" {
	rm ./*.key
	parties dealer a b c d receiver
	shared_by x v 7 8.25
	each_agent dealer a b c d -- smpc-reveal --to all x.{}
	well dealer a b c d
	assert_equal "$(sort -u a.out b.out c.out d.out dealer.out)" "$(csv 7 8.25 v)"
	each_agent dealer a b c d -- smpc-reveal --to receiver x.{}
	agent receiver -- smpc-reveal --to receiver
	well dealer a b c d receiver
	assert_equal "$(cat receiver.out)" "$(csv v 7 8.25)"
}

@test "the values are those of smpc-reveal on the files: computed streams, several tensors, scales, thousands of rows" {
	seq 1 20000 | awk '{ printf("%.2f,-%d\n", $1 * 0.37 - 3000, $1) }' >t.csv
	owned --no-header -o x t.csv
	shared_by y u,v 1,2 3,4
	for p in dealer alice bob; do
		at $p smpc-mul -c 0.125 x.$p >z.$p
		at $p smpc-sum --mean x.$p >s.$p
		at $p smpc-cat --unsealed y.$p >>z.$p
		cat s.$p >>z.$p
	done
	smpc-reveal z.alice z.bob >want
	each_agent dealer alice bob -- smpc-reveal --unsealed --to all z.{}
	well dealer alice bob
	cmp want alice.out
	cmp want bob.out
	cmp want dealer.out
}

@test "a share on standard input, in a pipe, binary and JSON" {
	shared_by x a,b 1,2 3,4
	each_agent dealer alice bob -- sh -c 'smpc-mul -c 3 x.{} | smpc-reveal --to alice -'
	well dealer alice bob
	assert_equal "$(cat alice.out)" "$(csv a,b 3,6 9,12)"
	each_agent dealer alice bob -- sh -c 'smpc-cat --json x.{} | smpc-reveal --to bob'
	well dealer alice bob
	assert_equal "$(cat bob.out)" "$(csv a,b 1,2 3,4)"
}

@test "--json, --npy, --public, -o, at the one who receives" {
	shared_by x a,b 1,2 3,4
	for p in alice bob; do
		cp x.$p z.$p
		opened z $p
	done
	for how in --json --npy --public; do
		smpc-reveal $how -o want z.alice z.bob
		each_agent dealer alice bob -- smpc-reveal --to alice $how -o out.{} x.{}
		well dealer alice bob || return 1
		if [ "$how" = --public ]; then
			assert_equal "$(smpc-reveal out.alice)" "$(csv a,b 1,2 3,4)" || return 1
		else
			cmp want out.alice || return 1
		fi
		assert_not_exists out.bob
		assert_not_exists out.dealer
		assert_equal "$(cat ./*.out)" ""
		rm out.alice want
	done
}

@test "sealed shares: the agent opens them" {
	rm ./*.key
	parties dealer alice bob owner-
	csv a 5 | smpc-share -p parties.json -i owner.key -o x
	each_agent dealer alice bob -- smpc-reveal --to alice x.{}
	well dealer alice bob
	assert_equal "$(cat alice.out)" "$(csv a 5)"
}

# altered FROM TO PLANE: a share with one word changed and a digest that is right: m, or lam.
altered() {
	python3 - "$ROOT/tests/python" "$@" <<-'P'
		import sys
		sys.dont_write_bytecode = True
		sys.path.insert(0, sys.argv[1])
		import sharestream as share
		records = share.parse(open(sys.argv[2], 'rb').read())
		r = records[-1]
		at = 0 if sys.argv[4] == 'm' else r.rows * r.cols
		r.words[at] = (r.words[at] + 1) % share.TWO64
		open(sys.argv[3], 'wb').write(b''.join(map(share.encode_binary, records)))
	P
}

@test "an owner gave different m to two parties: 4 at both, and nobody learns anything" {
	shared_by x a,b 1,2 3,4
	opened x bob
	altered x.bob y.bob m
	at alice smpc-seal -o x.bob bob y.bob
	for who in alice bob dealer all receiver; do
		rm -rf meeting
		each_agent dealer alice bob -- sh -c "$meeting" sh 3 smpc-reveal --to $who -w 5 -o out.{} x.{}
		if [ $who = receiver ]; then
			agent receiver -- smpc-reveal --to receiver -w 20 -o out.receiver
		fi
		ended alice 8 4 "'bob'" "masked values" || return 1
		ended bob 8 4 "'alice'" "masked values" || return 1
		within 8 test -e dealer.status
		[ $who != receiver ] || ended receiver 8 4 || return 1
		assert_equal "$(cat ./*.out)" "" || return 1
		run find . -name '*out.*' -size +0
		assert_output "" || return 1
	done
}

@test "mixed steps: 4, and nobody learns anything" {
	shared_by x a,b 1,2 3,4
	shared_by y a,b 1,2 3,4
	for p in dealer alice bob; do
		at $p smpc-cat -o z.$p x.$p y.$p
	done
	# alice has the same first part, and another second one
	at alice smpc-cat --repeat -o z.alice x.alice x.alice
	each_agent dealer alice bob -- sh -c "$meeting" sh 3 smpc-reveal --to all -w 5 -o out.{} z.{}
	ended alice 8 4 "ids or rows"
	ended bob 8 4 "'alice'" "ids or rows"
	ended dealer 8 4 "'alice'" "ids or rows"
	run find . -name '*out.*'
	assert_output ""
}

@test "fewer rows at one party: 4" {
	shared_by x a 1 2 3
	at bob smpc-cat -o y.bob x.bob
	for p in dealer alice bob; do
		at $p smpc-cat --repeat -o z.$p x.$p x.$p
	done
	cp y.bob z.bob
	each_agent dealer alice bob -- sh -c "$meeting" sh 3 smpc-reveal --to alice -w 5 z.{}
	ended alice 8 4 "'bob'"
	ended bob 8 4
	ended dealer 8 4 "'bob'"
	assert_equal "$(cat ./*.out)" ""
}

@test "another party's share: 4 at once; the others end with 3" {
	shared_by x a 1
	opened x dealer bob
	cp x.bob mine.alice
	cp x.bob mine.bob
	cp x.dealer mine.dealer
	each_agent dealer alice bob -- smpc-reveal --unsealed --to bob mine.{}
	ended alice 6 4 "'bob'" "'alice'"
	ended bob 6 3 "'alice'"
	ended dealer 6 3
	assert_equal "$(cat ./*.out)" ""
}

@test "additive shares: refused, with the way out" {
	csv a 1 | owned --additive -o x
	# at once: there is nobody to wait for
	each_agent alice -- smpc-reveal --to alice -w 2 x.alice
	ended alice 6 2 masked "smpc-reveal FILE"
	assert_equal "$(cat alice.out)" ""
}

@test "damaged, cut and empty shares: the status of the file's fault, before anything is sent" {
	shared_by x a 1 2 3
	damaged x.alice d.alice
	head -c 100 x.alice >c.alice
	: >e.alice
	local f
	for f in d:4 c:1 e:1; do
		each_agent alice -- smpc-reveal --to all -w 2 "${f%:*}.{}"
		each_agent dealer bob -- smpc-reveal --to all -w 4 x.{}
		ended alice 6 "${f#*:}" || return 1
		ended bob 6 3 || return 1
		ended dealer 6 3 || return 1
		assert_equal "$(cat ./*.out)" "" || return 1
	done
}

@test "usage: a name that is not there, two operands, --partial; no agent" {
	shared_by x a 1
	fails_with 2 smpc-reveal --to alice x.alice
	stderr_has smpc-party
	stderr_has smpc-local
	each_agent alice -- sh -c 'smpc-reveal --to alcie x.alice; echo $?; smpc-reveal --to alice x.alice x.bob; echo $?
		smpc-reveal --to alice --partial x.alice; echo $?'
	ended alice 6 0 "'alcie'"
	assert_equal "$(paste -s -d ' ' alice.out)" "2 2 2"
}

@test "--to differs between the parties: 4, both shown" {
	shared_by x a 1
	each_agent dealer bob -- sh -c "$meeting" sh 3 smpc-reveal --to bob -w 3 x.{}
	each_agent alice -- sh -c "$meeting" sh 3 smpc-reveal --to alice -w 3 x.{}
	ended alice 6 4 "'to=alice' here, 'to=bob' there"
	ended bob 6 4 "'alice'" "'to=bob' " "'to=alice' "
	ended dealer 6 4
	assert_equal "$(cat ./*.out)" ""
}

@test "the masks that reach a receiver are not those of the files, and are others each time, while the value is right" {
	shared_by x a,b 1,2 3,4
	local i
	for i in 1 2; do
		each_agent dealer alice bob -- smpc-reveal --to receiver x.{}
		agent receiver -- python3 "$peer" receive op=reveal to=receiver
		well dealer alice bob receiver || return 1
		mv receiver.out got.$i
	done
	opened x alice bob
	python3 - "$ROOT/tests/python" <<-'P'
		import sys
		sys.dont_write_bytecode = True
		sys.path.insert(0, sys.argv[1])
		import sharestream as share
		def planes(data):
		    return share.parts(share.parse(data))[0].planes
		files = {n: planes(open('x.' + n, 'rb').read()) for n in ('alice', 'bob')}
		got = [{n: planes(bytes.fromhex(h)) for n, h in map(str.split, open('got.%d' % i))} for i in (1, 2)]
		assert sorted(got[0]) == sorted(got[1]) == ['alice', 'bob'], got
		def total(s):
		    return [(a + b) % share.TWO64 for a, b in zip(s['alice']['lam'], s['bob']['lam'])]
		for g in got:
		    assert total(g) == total(files), 'the masks do not add up'
		    for n in g:
		        assert g[n]['m'] == files[n]['m']
		        assert all(a != b for a, b in zip(g[n]['lam'], files[n]['lam'])), 'un-re-masked: ' + n
		assert all(a != b for a, b in zip(got[0]['alice']['lam'], got[1]['alice']['lam'])), 'the same masks twice'
	P
}

@test "the dealer is sent m alone, by one party" {
	shared_by x a 1 2 3 4
	each_agent dealer alice bob -- smpc-reveal --to dealer --stats x.{}
	ended dealer 10 0
	ended alice 10 0
	ended bob 10 0
	assert_equal "$(cat dealer.out)" "$(csv a 1 2 3 4)"
	# from bob come the few bytes of the comparison, from alice a stream
	assert [ "$(sed -n 's/.*bob: .* received \([0-9]*\) in.*/\1/p' dealer.err)" -lt 100 ]
	assert [ "$(sed -n 's/.*alice: .* received \([0-9]*\) in.*/\1/p' dealer.err)" -gt 300 ]
}
