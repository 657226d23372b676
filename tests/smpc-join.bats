#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine

# keyed OPTIONS NAME LINE...: share a CSV of these lines with column id as its key.
keyed() {
	local options
	read -ra options <<<"$1"
	printf '%s\n' "${@:3}" | smpc-share -f -n 2 --fraction-bits 16 --key id "${options[@]}" -o "$2"
}

# has NAME LINE...: the shares NAME.* hold this CSV, with its rows in any order.
has() {
	local name=$1
	all_hold 2 "$name" || return 1
	assert_equal "$(head -n 1 "$name.out"; tail -n +2 "$name.out" | LC_ALL=C sort)" "$(printf '%s\n' "${@:2}")"
}

# two: the tables a and b.
two() {
	keyed "" a id,x,y A,1,10 B,2,20 C,3,30
	keyed "" b id,z D,400 C,300 A,100
}

@test "against loops over the texts of random tables" {
	quietly python3 "$ROOT/tests/python/joins.py" "${JOINS:-30}" "${JOINS_SEED:-5}"
	assert_output ""
}

@test "inner, left and outer; an indicator; what is missing is not counted" {
	two
	together 2 j smpc-join 'a.{}' 'b.{}'
	has j x,y,z 1,10,100 3,30,300
	together 2 j smpc-join --on id 'b.{}' 'a.{}'
	has j z,x,y 100,1,10 300,3,30
	assert_equal "$(known_of j)" ""
	together 2 j smpc-join --how left --indicator here 'a.{}' 'b.{}'
	has j x,y,z,z.present,here 1,10,100,1,1 2,20,,0,0 3,30,300,1,1
	assert_equal "$(known_of j)" "z: number, values may be missing
z.present: presence of z, from 0 to 1
here: number, from 0 to 1"
	keyed "--range z=0..1000" c id,z D,400 C,300 A,100
	together 2 s sh -c "smpc-join --how left a.{} c.{} | smpc-cut -c z,z.present | smpc-stat mean"
	quietly smpc-reveal s.1 s.2
	assert_line --index 1 --regexp '^200,'
	together 2 j smpc-join --how outer --indicator in 'a.{}' 'b.{}'
	has j x,y,x.present,y.present,in.1,z,z.present,in.2 ,,0,0,0,400,1,1 1,10,1,1,1,100,1,1 2,20,1,1,1,,0,0 3,30,1,1,1,300,1,1
}

@test "no row matches, one row, no rows, a table with itself" {
	two
	keyed "" c id,w E,1
	keyed "" d id,v E,7
	together 2 j smpc-join 'a.{}' 'c.{}'
	has j x,y,w
	is_line shape j.1 "0 x 3"
	together 2 j smpc-join 'c.{}' 'd.{}'
	has j w,v 1,7
	together 2 k sh -c 'smpc-cut --rename x=x2 --rename y=y2 a.{} | smpc-join a.{} -'
	has k x,y,x2,y2 1,10,1,10 2,20,2,20 3,30,3,30
	together 2 l sh -c 'smpc-join a.{} c.{} | smpc-sum -'
	has l x,y,w 0,0,0
}

@test "several keys and tables; kept keys are joined again" {
	printf '%s\n' id,visit,x A,1,11 A,2,12 B,1,21 | smpc-share -n 2 --key id --key visit --duplicates id,visit -o a
	printf '%s\n' id,visit,y B,1,5 A,2,6 B,2,7 | smpc-share -n 2 --key id --key visit --duplicates id,visit -o b
	keyed "" c id,z B,1 C,2
	together 2 j smpc-join 'a.{}' 'b.{}'
	has j x,y 12,6 21,5
	together 2 j smpc-join --on visit,id --keep-keys 'a.{}' 'b.{}'
	is_line columns j.1 "visit#1, visit#2, id#1, id#2, x, y"
	together 2 k sh -c 'smpc-cut -x visit j.{} | smpc-join - c.{}'
	has k x,y,z 21,5,1
	# three at once
	for p in 0 1 2; do smpc-cut -x visit -o u.$p a.$p; smpc-cut -x visit -o v.$p b.$p; done
	together 2 k smpc-join --duplicates first 'u.{}' 'v.{}' 'c.{}'
	has k x,y,z 21,5,1
	together 2 k smpc-join --duplicates first --how left 'u.{}' 'v.{}' 'c.{}'
	has k x,y,y.present,z,z.present 11,6,1,,0 21,5,1,1,1
}

@test "other keys go along, and where a row has none, it matches nothing" {
	printf '%s\n' x,id,n,doctor 3,A,30,d1 1,B,10,d2 2,C,20,d3 4,D,40,d4 |
		smpc-share -n 2 --key id --key doctor --duplicates doctor -o v
	keyed "--range z=0..100 --fraction-bits 20" p id,z B,5 A,6 C,7
	printf '%s\n' doctor,fee d2,200 d1,100 d7,700 | smpc-share -n 2 --key doctor --duplicates doctor -o f
	together 2 j smpc-join --on id 'p.{}' 'v.{}'
	is_line columns j.1 "doctor#1, doctor#2, z, x, n"
	assert_equal "$(known_of j | grep -c 'doctor.*match text$')" 2
	together 2 k sh -c 'smpc-join --duplicates first j.{} f.{} | smpc-sort -k x'
	has k z,x,n,fee 5,1,10,200 6,3,30,100
	# a patient without a visit has no doctor, and a doctor without one no patient
	keyed "" q id,y A,1 E,5 F,6
	together 2 l smpc-join --how outer --on id 'v.{}' 'q.{}'
	is_line shape l.1 "6 x 8"
	together 2 m smpc-join --how outer --duplicates first 'l.{}' 'f.{}'
	has m x,n,x.present,n.present,y,y.present,fee,fee.present ,,0,0,,0,700,1 ,,0,0,5,1,,0 ,,0,0,6,1,,0 1,10,1,1,,0,200,1 2,20,1,1,,0,,0 \
		3,30,1,1,1,1,100,1 4,40,1,1,,0,,0
	# keys that are kept come first
	together 2 n smpc-join --keep-keys --on id 'v.{}' 'q.{}'
	is_line columns n.1 "id#1, id#2, doctor#1, doctor#2, x, n, y"
	for p in 0 1 2; do smpc-cut --rename x=x2 --rename n=n2 v.$p >w.$p; done
	together 2 o smpc-join --duplicates first 'n.{}' 'w.{}'
	has o x,n,y,x2,n2 3,30,1,3,30
}

@test "a key that comes twice: refused by one bit, its first row, or all pairs" {
	two
	keyed "--duplicates id" d id,w A,1 A,2 C,3 C,4
	keyed "--duplicates id" e id,w A,1 B,2
	for p in 0 1 2; do smpc-cat -o f.$p e.$p d.$p; done
	for name in d f; do
		capture smpc-local -o never -- smpc-join 'a.{}' "$name.{}"
		assert_failure 4
		stderr_has "$name.1: a key comes twice"
		assert_not_exists never.1
	done
	# two shares one behind the other, each of them distinct
	keyed "" g id,w C,5
	for p in 0 1 2; do smpc-cut -x z b.$p >i.$p; smpc-cut -x w g.$p >>i.$p; done
	capture smpc-local -o never -- smpc-join 'a.{}' 'i.{}'
	assert_failure 4
	stderr_has "i.1: a key comes twice"
	# one share twice, also where it has become one part
	for p in 0 1 2; do smpc-cut --rename z=v b.$p | tee h.$p | cat - h.$p >i.$p; done
	for twice in "cat i.{}" "smpc-sort -k v i.{}" "smpc-shuf i.{}"; do
		capture smpc-local -o never -- sh -c "$twice | smpc-join b.{} -"
		assert_failure 4
		stderr_has "a key comes twice" || fail "$twice"
	done
	together 2 j sh -c 'smpc-sort -k v i.{} | smpc-join --duplicates first b.{} -'
	has j z,v 100,100 300,300 400,400
	together 2 j smpc-join 'a.{}' 'e.{}'
	has j x,y,w 1,10,1 2,20,2
	together 2 j smpc-join --duplicates first 'a.{}' 'f.{}'
	has j x,y,w 1,10,1 2,20,2 3,30,3
	together 2 j smpc-join --duplicates first --how outer 'd.{}' 'b.{}'
	has j w,w.present,z,z.present ,0,400,1 1,1,100,1 3,1,300,1
	together 2 j smpc-join --duplicates all 'a.{}' 'f.{}'
	has j x,y,w 1,10,1 1,10,1 1,10,2 2,20,2 3,30,3 3,30,4
}

@test "scales, ranges, units, kinds and values stay" {
	printf '%s\n' id,cm,day,sex A,180,2020-01-01,m B,170,2020-01-02,f |
		smpc-share -n 2 --key id --range cm=100..250 --unit cm=cm --date day --one-hot sex=m,f -o a
	printf '%s\n' id,t B,36.5 A,37 | smpc-share -n 2 --key id --range t=30..45 --fraction-bits 20 -o b
	printf '%s\n' id,label B,yes A,no | smpc-share -n 2 --key id --codes label=no,yes -o c
	together 2 j smpc-join 'a.{}' 'b.{}' 'c.{}'
	for name in a b c; do
		quietly smpc-info -j $name.1
	done
	known_of j >got
	for line in "cm: number, from 100 to 250 cm" "sex=m: indicator 'm' of sex" "label: class 'no', 'yes'" "t: number, from 30 to 45"; do
		grep -qF -e "$line" got || fail "no '$line' in $(cat got)"
	done
	all_hold 2 j
	assert_equal "$(tail -n +2 j.out | LC_ALL=C sort | cut -d , -f 1,2)" "$(printf '%s\n' 170,18263 180,18262)"
	# a range holds 0 where a row may be missing; a class cannot be
	together 2 j smpc-join --how left 'a.{}' 'b.{}'
	assert grep -q "t: number, from 0 to 45.*values may be missing" <(known_of j)
	capture smpc-local -o never -- smpc-join --how left 'a.{}' 'c.{}'
	assert_failure 2
	stderr_has "column 'label' is a class"
}

@test "--plan: what it costs if all rows match" {
	two
	keyed "" c id,w A,5 C,6 D,7
	keyed "--key other" d id,other,w A,a,5 C,b,6 D,c,7
	# with another key that goes along, and one that is missing
	for join in "c 48 --how inner" "d 48 --how inner" "d 120 --how left"; do
		read -r name less how <<<"$join"
		read -ra options <<<"--on id $how"
		quietly smpc-join "${options[@]}" --plan b.1 "$name.1"
		assert_line --index 0 "as if the most rows match that can, each with one: 3"
		plan=${lines[1]}
		rm -f j.?
		capture smpc-local -o j -- smpc-join "${options[@]}" --stats 'b.{}' "$name.{}"
		assert_success
		as_planned 2 smpc-join "$plan" "$less"
	done
}

@test "what cannot be joined, and what to do about it" {
	two
	keyed "" same id,x A,1
	printf 'x\n1\n' | smpc-share -n 2 -o bare
	printf 'other,w\nA,1\n' | smpc-share -n 2 --key other -o named
	printf 'id,w\n1,1\n' | smpc-share -n 2 --key id=digits -o digits
	printf '%s\n' id,visit,w A,1,1 | smpc-share -n 2 --key id --key visit -o more
	printf 'x\n1\n' | smpc-share --public -o public
	for p in 0 1 2; do cat a.$p >twice.$p; smpc-cut -c id,x a.$p | smpc-cat - >t.$p; done
	fails_with 2 smpc-join --plan a.1 bare.1
	stderr_has "no key that all operands have"
	fails_with 2 smpc-join --plan --on id a.1 named.1
	stderr_has "named.1: tensor 'data' has no key 'id'; there are: other; smpc-cut --rename gives one that name"
	fails_with 2 smpc-join --plan --on id a.1 bare.1
	stderr_has "bare.1: tensor 'data' has no keys: its owner shares 'id' by smpc-share --key"
	fails_with 2 smpc-join --plan --on ids a.1 b.1
	stderr_has "ids"
	fails_with 4 smpc-join --plan a.1 digits.1
	stderr_has "was shared as digits, and in a.1 as text"
	fails_with 1 smpc-join --plan more.1 <(smpc-cut --rename w=v more.1) --on id
	stderr_has "column 'visit#1' comes twice: give one another name (smpc-cut --rename), or leave it out (smpc-cut -x)"
	fails_with 1 smpc-join --plan a.1 same.1
	stderr_has "column 'x' comes twice"
	fails_with 2 smpc-join --plan a.1 public
	stderr_has "public tables are joined before they are shared"
	fails_with 2 smpc-join --clear a.1 b.1
	fails_with 2 smpc-join --plan --indicator x a.1 b.1
	fails_with 2 smpc-join --plan --how left --indicator '' a.1 b.1
	stderr_has "the name is empty"
	fails_with 1 smpc-join --plan --how left --indicator x a.1 b.1
	stderr_has "column 'x' comes twice"
	fails_with 2 smpc-join --plan --how lef a.1 b.1
	stderr_has "did you mean 'left'"
	fails_with 2 smpc-join a.1 b.1
	stderr_has smpc-party
	fails_with 2 smpc-join a.1
	for p in 0 1 2; do smpc-cut -c id -o k.$p a.$p; smpc-cut -c id -o l.$p b.$p; done
	fails_with 2 smpc-join --plan k.1 l.1
	stderr_has "--keep-keys"
	together 2 j smpc-join --keep-keys 'k.{}' 'l.{}'
	is_line shape j.1 "2 x 2"
	capture smpc-local -o never -- smpc-join a.1 b.1
	assert_failure 4
}

@test "a table whose column of presence was left out does not get another one" {
	local p
	two
	keyed "--na z=mean" c id,z A, C,10
	for p in 0 1 2; do smpc-cut -x z.present c.$p >lost.$p; done
	fails_with 5 smpc-join --plan --how left a.1 lost.1
	stderr_has "lost.1: column 'z' has missing values, and the column of presence that tells which is not there"
	fails_with 5 smpc-join --plan --how outer lost.1 a.1
	together 2 j smpc-join 'a.{}' 'lost.{}'
	fails_with 5 smpc-stat --plan mean j.1
	# nor that of another table
	for p in 0 1 2; do smpc-cut -x z c.$p >alone.$p; done
	fails_with 1 smpc-join --plan alone.1 lost.1
	stderr_has "column 'z.present' of alone.1 tells which values of a column 'z' are there, and not of that of lost.1"
	together 2 j smpc-join 'a.{}' 'c.{}'
	has j x,y,z,z.present 1,10,,0 3,30,10,1
}

@test "parties with other options, or other shares" {
	two
	keyed "" c id,z A,1
	capture smpc-local -o never -- sh -c 'if [ {} = 1 ]; then smpc-join -w 2 --how left a.{} b.{}; else smpc-join -w 2 a.{} b.{}; fi'
	assert_failure 4
	capture smpc-local -o never -- sh -c 'if [ {} = 1 ]; then smpc-join -w 2 a.{} c.{}; else smpc-join -w 2 a.{} b.{}; fi'
	assert_failure 4
	assert_not_exists never.1
}

@test "nothing is dealt beforehand" {
	parties dealer alice bob
	printf 'id,x\nA,1\n' | owned --key id -o a
	printf 'id,y\nA,1\n' | owned --key id -o b
	fails_with 2 env SMPC_STATE="$PWD/state.dealer" smpc-party -i dealer.key -p parties.json --deal-to dealt -- smpc-join a.dealer b.dealer
	stderr_has "this step needs him"
}

@test "all pairs are refused where an owner computes" {
	parties dealer alice bob
	printf 'id,x\nA,1\nA,2\n' | owned --key id --duplicates id -o a
	printf 'id,y\nA,1\n' | owned --key id -o b
	each_agent dealer alice bob -- smpc-join --duplicates all 'a.{}' 'b.{}'
	for name in dealer alice bob; do
		ended $name 20 4 "has no owner who does not compute"
	done
	rm ./*.status ./*.key
	parties dealer alice bob owner-
	printf 'id,x\nA,1\nA,2\n' | owned -f --key id --duplicates id -o a
	printf 'id,y\nA,1\n' | smpc-share -f -i alice.key -p parties.json --key id -o b
	each_agent dealer alice bob -- smpc-join --duplicates all 'a.{}' 'b.{}'
	ended bob 20 4 "b.bob was shared by 'alice', who computes"
	ended dealer 20 4
	within 20 test -e alice.status
	printf 'id,y\nA,1\n' | owned -f --key id -o b
	rm ./*.status
	each_agent dealer alice bob -- smpc-join --duplicates all -o 'j.{}' 'a.{}' 'b.{}'
	well dealer alice bob
	assert_equal "$(smpc-reveal j.alice j.bob | sort)" "$(printf '1,1\n2,1\nx,y')"
}

@test "a policy: a rule names all who hear how many match, and counts joins" {
	parties dealer alice bob
	printf 'id,x\nA,1\nB,2\n' | owned --key id -o a
	printf 'id,y\nA,1\nC,3\n' | owned --key id -o b
	join() {
		printf '{"version": 1, "party": "alice", "reveals": 1, "rules": [{"operations": ["join"], "to": [%s], "rows": %s}]}' "$1" "$2" >policy
		rm -f ./*.status
		agent dealer -- smpc-join -o j.dealer a.dealer b.dealer
		agent bob -- smpc-join -o j.bob a.bob b.bob
		agent alice --policy policy -- smpc-join -o j.alice a.alice b.alice
	}
	join '"alice", "bob"' 2
	ended alice 20 4 "dealer"
	join '"alice", "bob", "dealer"' 3
	ended alice 20 4 "rows"
	join '"alice", "bob", "dealer"' 2
	well dealer alice bob
	join '"alice", "bob", "dealer"' 2
	ended alice 20 4 "no more than 1"
}

# under_policy SCRIPT: all run it, alice under her policy; {} in it stands for the name.
under_policy() {
	rm -f ./*.status
	each_agent dealer bob -- sh -c "$1" || return 1
	agent alice --policy policy -- sh -c "${1//\{\}/alice}"
}

@test "a policy: a table of all pairs may be one row of another table, as often as that has others" {
	local how
	parties dealer alice bob owner-
	printf 'id,x\nA,1\nB,2\nC,3\n' | smpc-share -i owner.key -p parties.json --key id -o a
	printf 'id,y\nA,1\nA,2\nA,3\nB,4\nC,5\n' | smpc-share -i owner.key -p parties.json --key id --duplicates id -o b
	printf '{"version": 1, "party": "alice", "reveals": 9, "rules": [{"operations": ["join", "reveal"], "to": [%s], "rows": 3}]}' \
		'"alice", "bob", "dealer"' >policy
	for how in first all; do
		under_policy "smpc-join --duplicates $how a.{} b.{} | smpc-sum | smpc-reveal --to bob"
		if [ $how = first ]; then
			well dealer alice bob
			assert_equal "$(sed -n 2p bob.out)" 6,10
		else
			ended alice 20 4 "no more than 1 is known to be"
		fi
	done
}

@test "a policy: of a left join, only rows that match count" {
	local b rows
	parties dealer alice bob owner-
	printf 'id,x\nA,1\nB,2\nC,3\n' | smpc-share -i owner.key -p parties.json --key id -o a
	printf 'id,y\nD,1\nE,2\nC,7\n' | smpc-share -i owner.key -p parties.json --key id --range y=0..9 -o one
	printf 'id,y\nB,1\nE,2\nC,7\n' | smpc-share -i owner.key -p parties.json --key id --range y=0..9 -o two
	printf '{"version": 1, "party": "alice", "reveals": 9, "rules": [{"operations": ["join", "stat", "reveal"], "to": [%s], "rows": 2}]}' \
		'"alice", "bob", "dealer"' >policy
	for b in two one; do
		under_policy "smpc-join --how left a.{} $b.{} | smpc-stat mean | smpc-reveal --to bob"
		if [ $b = two ]; then
			well dealer alice bob
			assert_equal "$(sed -n 2p bob.out | cut -d , -f 1,2)" 2,4
		else
			ended alice 20 4 "no more than 1 is known to be"
		fi
	done
}
