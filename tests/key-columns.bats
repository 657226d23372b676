#!/usr/bin/env bats
# conduct session: elsewhere
#
# Columns of keys, by which tables are joined: what an owner shares of them, and who takes them.

load helper
load shares
load parties
load engine

@test "keys are the hashes of texts in their normal form, put together by XOR, and stay with their rows" {
	run python3 "$ROOT/tests/python/key_columns.py" --seeds 1-3
	assert_success
}

@test "a key that is missing is refused, left out, or matches nothing" {
	table t.csv id,n x,1 ,2 NA,3 y,4
	fails_with 1 smpc-share -n 2 --key id -o t t.csv
	stderr_has "t.csv:3: column 'id': the key '' is a missing value; --na id=drop leaves such rows out, unique in place of drop gives each a key that matches nothing"
	fails_with 1 smpc-share -n 2 --key id=digits -o t t.csv
	stderr_has "t.csv:2: column 'id': the key 'x' has no digits; --na"
	fails_with 1 smpc-share -n 2 --key id --na 0 -o t t.csv
	stderr_has "the key '' is a missing value"
	fails_with 2 smpc-share -n 2 --key id --na id=x -o t t.csv
	stderr_has "of a key it is error, drop or unique"
	fails_with 2 smpc-share -n 2 --key id --na id=mean -o t t.csv
	fails_with 2 smpc-share -n 2 --key id --na n=unique -o t t.csv
	assert_equal "$(echo t.*)" t.csv
	for how in drop id=drop; do
		capture smpc-share -n 2 -f --key id --na $how -o t t.csv
		assert_success
		assert_equal "$stderr" "smpc-share: t.csv: left out 2 of 4 rows for missing values: 2 in 'id'"
		is_line shape t.1 "2 x 3"
	done
	for how in unique id=unique; do
		quietly smpc-share -n 2 -f --key id --na $how -o t t.csv
		is_line shape t.1 "4 x 3"
	done
	# the same word for a missing key as for other texts
	fails_with 1 smpc-share -n 2 -f --key id --na-text x -o t t.csv
	stderr_has "t.csv:2: column 'id': the key 'x' is a missing value"
}

@test "digits of other scripts are refused where digits alone are compared" {
	local other
	for other in 1２ ١٢ 7𝟚3; do
		table t.csv id,n "$other",1 3,2
		fails_with 1 smpc-share -n 2 --key id=digits -o t t.csv
		stderr_has "t.csv:2: column 'id': the key '$other' has digits that are not ASCII, and digits would leave them out; text compares them"
		quietly smpc-share -n 2 -f --key id -o t t.csv
		rm t.[0-9]
	done
	table t.csv id,n "№ 12é–3 €",1 4,2
	quietly smpc-share -n 2 --key id=digits -o t t.csv
}

@test "a key that comes twice is refused with both lines, unless the owner says that it may" {
	table t.csv id,visit,n A-1,1,5 b,2, a1,2,6 c,3,7 " A/1",4,8 b,5,9
	fails_with 1 smpc-share -n 2 -o u --key id=alnum --key visit -x n t.csv
	assert_equal "$stderr" "smpc-share: t.csv:4: column 'id': the key is that of line 2, the first of 3 such rows; if a key may come twice in this table, --duplicates says so of its column
smpc-share: t.csv:4: column 'visit': the key is that of line 3; if a key may come twice in this table, --duplicates says so of its column"
	# rows that are left out do not count: line 3, where n is missing
	capture smpc-share -n 2 -o t --key id,visit --na drop t.csv
	assert_success
	is_line shape t.1 "5 x 5"
	assert_equal "$(smpc-info t.1 | grep -c 'match text, distinct$')" 4
	capture smpc-share -n 2 --check --key id=alnum -x n t.csv
	assert_failure 1
	assert_line --regexp '^id +key +0 .* 5$'
	stderr_has "t.csv:4: column 'id': the key is that of line 2"
	quietly smpc-share -n 2 -f -o u --key id=alnum --duplicates id --key visit --duplicates 2 -x n t.csv
	assert_equal "$(smpc-info u.1 | grep -c distinct)" 0
	assert_equal "$(smpc-info u.1 | sed -n 's/^column  *//p')" "id#1: key of id, match alnum
id#2: key of id, match alnum
visit#1: key of visit, match text
visit#2: key of visit, match text"
	fails_with 2 smpc-share -n 2 -o v --duplicates n --key id t.csv
	stderr_has "duplicates 'n': a column is no key"
}

@test "what cannot be a key is refused" {
	printf 'id,n\nM\xfcller,1\n' >t.csv
	fails_with 1 smpc-share -n 2 -o t --key id t.csv
	stderr_has "t.csv:2: column 'id': the key 'M" "is not UTF-8; iconv"
	printf 'id,n\nMüller,1\n' >t.csv
	fails_with 1 smpc-share -n 2 -o t --key id=alnum t.csv
	stderr_has "has a character that is not ASCII, and alnum would leave it out; nocase compares it"
	quietly smpc-share -n 2 -o t --key id=nocase t.csv
	printf 'id,n\n"a\nb",1\n' >t.csv
	fails_with 1 smpc-share -n 2 -o u --key id t.csv
	stderr_has "holds a control character"
}

@test "options that do not go together" {
	table t.csv id,n,id=x a,1,2 b,2,3
	local option
	for option in "--key id=Text" "--key nn" "--key id --codes id=a,b" "--key n --range n=0..9" "--key n --scale n=2" \
		"--key n --unit n=m" "--key n --percent n" "--key n --date n" "--key id --one-hot id=a,b" "--key id,id --key id" \
		"-a --key n" "-q 7 --key n" "--public --key n" "--no-header --key 2" "--key id -x id"; do
		# shellcheck disable=SC2086 # words
		fails_with 2 smpc-share -n 2 $option -o u t.csv ||
			{ [ "${option%% *}" = --public ] && fails_with 2 smpc-share $option -o u t.csv; } || fail "$option"
	done
	fails_with 2 smpc-share -a -n 2 --key n -o u t.csv
	stderr_has "shares of the additive scheme have no keys: tables are joined by those of masked shares; -x leaves the column out"
	fails_with 2 smpc-share --public --key n -o u t.csv
	stderr_has "public streams have no keys"
	printf '%s\n' 'id,id#2' a,1 >taken.csv
	fails_with 2 smpc-share -n 2 --key id -o u taken.csv
	stderr_has "an option makes a second column 'id#2'"
	assert_equal "$(echo u.*)" "u.*"
	# a name with = in it is a name
	quietly smpc-share -n 2 --key id=x --standardize -x id -o u t.csv
	assert_equal "$(smpc-info u.1 | sed -n 's/^columns *//p')" "n, id=x#1, id=x#2"
}

@test "no tool takes keys for numbers" {
	table t.csv id,n,m a,1,2 b,2,3 c,3,4
	smpc-share -n 2 --key id -o t t.csv
	table w.csv w,v 1,2 2,3 3,4 4,5
	local line
	while read -r line; do
		# shellcheck disable=SC2086 # words
		fails_with 2 $line || fail "$line"
		stderr_has "t.1: column 'id' of tensor 'data' is a key, by which smpc-join joins tables, and no number: smpc-cut -x 'id' leaves it out" ||
			fail "$line"
	done <<-'L'
		smpc-add -o u -c 1 t.1
		smpc-sub -o u t.1 t.1
		smpc-mul -o u -c 2 t.1
		smpc-mul --plan t.1 t.1
		smpc-matmul -o u -c w.csv t.1
		smpc-matmul --plan -t t.1 t.1
		smpc-sum -o u t.1
		smpc-sum -o u --rows t.1
		smpc-transpose -o u t.1
		smpc-truncate --plan t.1
		smpc-map --plan relu t.1
		smpc-compare --plan lt -c 1 t.1
		smpc-compare --plan eq t.1 t.1
		smpc-select --plan t.1 t.1 t.1
		smpc-max --plan t.1
		smpc-max --plan --columns t.1
		smpc-stat --plan mean t.1
		smpc-stat --plan count t.1
		smpc-group --plan --by n --sum m t.1
		smpc-train --plan -l n t.1
		smpc-reveal t.1 t.2
		smpc-reveal --public -o u t.1 t.2
	L
	[ ! -e u ]
	# by itself, and as a session's operand, before the others are waited for
	each smpc-cut -x id -o c.@ t.@
	reveals c n,m 1,2 2,3 3,4
	capture smpc-local -n 2 -o no -- smpc-max 't.{}'
	assert_failure 2
	stderr_has "is a key, by which smpc-join joins tables"
}

@test "cut: the words of a key are taken, left out and renamed together" {
	table t.csv id,n,ssn a,1,2 b,2,3
	smpc-share -n 2 --key id --key ssn=digits -o t t.csv
	quietly smpc-cut -c ssn,n -o u t.1
	assert_equal "$(smpc-info u | sed -n 's/^columns *//p')" "ssn#1, ssn#2, n"
	smpc-cut -c ssn#1,5,n t.1 | cmp - <(smpc-cut -c 4,5,3 t.1)
	smpc-cut -c ssn,n t.1 | cmp - u
	quietly smpc-cut -x n,ssn -o v t.1
	assert_equal "$(smpc-info v | sed -n 's/^columns *//p')" "id#1, id#2"
	for columns in "-c id#1" "-c id#2,id#1" "-c id#1,n,id#2" "-x id#2" "-x 1" "-c id#2,ssn#1" "-c id#1,ssn#2" "-c n,id#1"; do
		# shellcheck disable=SC2086 # words
		fails_with 2 smpc-cut $columns -o w t.1 || fail "$columns"
		stderr_has "is a key of 2 words, which stay together: give its name"
	done
	quietly smpc-cut -c ssn,n,id --rename ssn=number --rename n=m -o r t.1
	assert_equal "$(smpc-info r | sed -n 's/^column  *//p')" "number#1: key of number, match digits, distinct
number#2: key of number, match digits, distinct
id#1: key of id, match text, distinct
id#2: key of id, match text, distinct"
	assert_equal "$(smpc-info r | sed -n 's/^columns *//p')" "number#1, number#2, m, id#1, id#2"
	fails_with 2 smpc-cut --rename id#1=x -o w t.1
	stderr_has "is a word of key 'id': rename that"
	fails_with 2 smpc-cut --rename id=x --rename id=y -o w t.1
	stderr_has "the column gets a name twice"
	fails_with 2 smpc-cut -x id --rename id=y -o w t.1
	stderr_has "the column is left out"
	fails_with 2 smpc-cut --rename id=ssn -o w t.1
	stderr_has "two columns would be named 'ssn#1'"
	fails_with 2 smpc-cut --rename id= -o w t.1
	# a column that is called as a key goes before it
	table p.csv id,m 7,8 9,10
	smpc-share -n 2 -o p p.csv
	smpc-paste -o b t.1 p.1
	assert_equal "$(smpc-cut -c id b | smpc-info | sed -n 's/^columns *//p')" id
	assert_equal "$(smpc-cut --rename id=x b | smpc-info | sed -n 's/^columns *//p')" "id#1, id#2, n, ssn#1, ssn#2, x, m"
	smpc-cut --rename id=x -c id b >x
	smpc-cut --rename id=x b | smpc-cut -c id | smpc-info | grep -q "id#2: key of id"
	[ ! -e w ]
}

@test "cat: keys that are compared in other ways are not put together" {
	table a.csv id,n a,1 b,2
	table b.csv id,n c,3
	smpc-share -n 2 --key id -o a a.csv
	smpc-share -n 2 --key id=nocase -o b b.csv
	fails_with 4 smpc-cat -o c a.1 b.1
	stderr_has "column 'id#1' of tensor 'data' differs from that of a.1 in its match: nocase here, text there"
	smpc-share -n 2 --key id --duplicates id -o d b.csv
	quietly smpc-cat -o c a.1 d.1
	assert_equal "$(smpc-info c | grep -c 'match text$')" 2
	table n.csv "id#1,id#2,n" 1,2,3
	smpc-share -n 2 --fraction-bits 16 -o n n.csv
	fails_with 4 smpc-cat -o c a.1 n.1
	stderr_has "in its kind: undeclared here, key there"
	# one stream says nothing new of itself
	smpc-cat a.1 | cmp - a.1
	# cat(1) of what does not say the same is seen
	cat a.1 d.1 >e
	fails_with 4 smpc-head -n 1 -o f e
	stderr_has "differs from the rows before in its distinct"
}

@test "a schema's keys" {
	table n.csv id,age,name A-1,30,x b-2,40,y
	table s.csv id,age,name a1,50,z "",60,x
	quietly smpc-schema --draft --quiet --key id=alnum --na id=unique -x name --range age=0..100 -o n.json n.csv
	quietly smpc-schema --draft --quiet --key id=alnum --na id=unique -x name --range age=0..100 -o s.json s.csv
	quietly smpc-schema --merge -o schema.json n.json s.json
	grep -qF '{"name": "id", "kind": "key", "match": "alnum", "na": "unique"}' schema.json
	quietly smpc-schema --check schema.json s.csv
	quietly smpc-share --schema schema.json -n 2 -o s s.csv
	assert_equal "$(smpc-info s.0 | sed -n 's/^column  *//p')" "id#1: key of id, match alnum, distinct
id#2: key of id, match alnum, distinct
age: number, from 0 to 100, words times 2^-7"
	quietly smpc-share --schema schema.json -x id -n 2 -o t s.csv
	assert_equal "$(smpc-info t.0 | sed -n 's/^columns *//p')" age
	fails_with 2 smpc-share --schema schema.json --public -o p s.csv
	fails_with 2 smpc-share --schema schema.json --key name -n 2 -o p s.csv
	# keys may come twice in one owner's table and not in another's
	table twice.csv id,age A-1,30 a1,40
	fails_with 1 smpc-share --schema schema.json -n 2 -o p twice.csv
	stderr_has "twice.csv:3: column 'id': the key is that of line 2"
	quietly smpc-share --schema schema.json --duplicates id -n 2 -o p twice.csv
	# the draft says what it publishes, and what is not said alike is not merged
	capture smpc-schema --draft --key id=digits -x name,age -o d.json n.csv
	assert_equal "$stderr" "smpc-schema: n.csv: the draft publishes: 'id': key, whose texts are compared as digits"
	quietly smpc-schema --draft --quiet --key id --na id=unique -x name,age -o e.json s.csv
	fails_with 4 smpc-schema --merge d.json e.json
	stderr_has "column 'id': which texts are the same key differs: digits and text; --key COLUMN=MATCH says it alike in both drafts"
	fails_with 1 smpc-schema --draft --key id -x name,age s.csv
	stderr_has "a value is missing" "unique gives each a key that matches nothing"
	fails_with 2 smpc-schema --draft --key id=x n.csv
	fails_with 2 smpc-schema --draft --key id --key id=digits n.csv
	fails_with 2 smpc-schema --draft --key age --range age=0..9 n.csv
	# --check finds what smpc-share would refuse of a key
	printf 'id,age\nM\xc3\xbcller,1\nok1,2\n' >u.csv
	fails_with 1 smpc-schema --check schema.json u.csv
	stderr_has "u.csv:2: column 'id': 'Müller' has a character that is not ASCII"
	sed -i 's/, "na": "unique"//' schema.json
	fails_with 1 smpc-schema --check schema.json s.csv
	stderr_has "s.csv:3: column 'id': '' is a missing value"
}

@test "keys go to the parties sealed, by mail and over the links" {
	parties dealer alice bob owner-
	table t.csv id,n a,1 b,2
	at owner smpc-share --key id=nocase -o m t.csv
	opened m dealer alice bob
	assert_equal "$(smpc-info m.alice | grep -c 'key of id, match nocase, distinct')" 2
	each_agent dealer alice bob -- smpc-share --from owner -o x
	agent owner -- smpc-share --from owner --key id=nocase t.csv
	well dealer alice bob owner
	opened x dealer alice bob
	assert_equal "$(smpc-info x.alice | grep -c 'key of id, match nocase, distinct')" 2
	for p in dealer alice bob; do
		smpc-cut -x id x.$p >n.$p
		smpc-cut -c id x.$p >k.$p
	done
	assert_equal "$(smpc-reveal n.dealer n.bob)" $'n\n1\n2'
	run python3 - <<-P
		import sys
		sys.path.insert(0, "$ROOT/tests/python")
		import sharestream as share
		for chosen in "alice bob", "dealer bob":
		    parts = [share.parts(share.parse(open("k." + p, "rb").read()))[0] for p in chosen.split()]
		    assert list(share.combine(parts)) == share.key_words("nocase", b"a") + share.key_words("nocase", b"b")
	P
	assert_success
	nothing_left
}

@test "an owner's table with a key twice is seen before anybody gets anything" {
	parties dealer alice bob owner-
	table bad.csv id,n a,1 A,2
	each_agent dealer alice bob -- smpc-share --from owner -o y
	agent owner -- smpc-share --from owner --key id=nocase bad.csv
	ended owner 20 1
	assert_equal "$(cat owner.err)" "smpc-share: bad.csv:3: column 'id': the key is that of line 2; if a key may come twice in this table, --duplicates says so of its column"
	assert_equal "$(echo y.*)" "y.*"
}
