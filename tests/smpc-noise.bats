#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine

# people N BUDGET ARGUMENT...: x.0 to x.N, shares of a table of 300 rows with a budget.
people() {
	awk 'BEGIN { print "ward,age,cost"; for (i = 0; i < 300; i++)
	    print (i % 3 ? "north" : "south") "," (i * 37 % 80 + 10) "," (i * 7919 % 1000) / 4 }' >people.csv
	smpc-share -n "$1" -f --codes ward=north,south --range age=0..120 --range cost=-50..1000 --budget "$2" "${@:3}" \
		-o x people.csv
}

# member STREAM FIELD: a field of the first part, as JSON.
member() {
	smpc-info --json "$1" | python3 -c 'import json, sys; print(json.dumps(json.loads(sys.stdin.readline())["parts"][0].get(sys.argv[1])))' "$2"
}

# kept STATUS TEXT CMD...: it ends with 4, and says whose budget keeps it in.
kept() {
	fails_with 4 "$@"
	stderr_has "the owner of 'clinic' lets nothing out"
}

@test "what has a budget leaves with noise alone: no share of it, no result, no score, no bit, no number of rows" {
	people 2 clinic=1,1e-6
	kept smpc-reveal x.1 x.2
	kept smpc-reveal x.0 x.1
	kept smpc-reveal --partial x.1
	for p in 0 1 2; do
		smpc-cut -c age x.$p | smpc-mul -c 2 - | smpc-sum -o s.$p -
	done
	kept smpc-reveal s.1 s.2
	kept smpc-reveal --public -o s s.1 s.2
	assert_not_exist s
	kept smpc-score --plan -m mse --prediction age -l cost x.1
	kept smpc-train --plan -m linear -l cost x.1
	# what multiplies numbers without a range would open a bit
	printf 'a,b\n1,2\n3,4\n' | smpc-share -n 2 --budget clinic=1,1e-6 -o y
	kept smpc-stat --plan correlation y.1
	run -0 smpc-stat --plan correlation x.1
	printf 'id,a\nu,2\nv,4\n' | smpc-share -n 2 --key id --budget clinic=1,1e-6 -o k
	kept smpc-join --plan k.1 k.1
}

@test "what is made of it has its budget, whatever it is put beside, and of whatever kind it is" {
	local budget='[{"delta": "1e-06", "epsilon": "1", "origin": "clinic", "rows": 1}]'
	people 2 clinic=1,1e-6
	awk 'BEGIN { print "free"; for (i = 0; i < 300; i++) print i }' | smpc-share -n 2 -o f
	for p in 0 1 2; do
		smpc-paste f.$p x.$p >pasted.$p
		smpc-cut -c free pasted.$p >cut.$p
		smpc-transpose -o turned.$p f.$p
	done
	assert_equal "$(member f.1 budgets) $(member turned.1 budgets)" "null null"
	# the tool has read both: that it takes one alone does not matter
	assert_equal "$(member pasted.1 budgets)" "$budget"
	assert_equal "$(member cut.1 budgets)" "$budget"
	awk 'BEGIN { print "free"; for (i = 0; i < 300; i++) print i }' | smpc-share -n 2 -f --range free=0..300 -o f
	smpc-local -n 2 -o product -- sh -c 'smpc-cut -c age x.{} | smpc-mul f.{} -'
	assert_equal "$(member product.1 budgets)" "$budget"
	smpc-local -n 2 -o sorted -- smpc-sort -k age 'x.{}'
	assert_equal "$(member sorted.1 budgets)" "$budget"
}

@test "a stream in which the first part may leave and a later one may not: the share is not revealed, in a session either" {
	people 2 clinic=1,1e-6
	printf 'a\n1\n' | smpc-share -n 2 --name free -o f
	for p in 0 1 2; do
		cat f.$p x.$p >both.$p
	done
	run --separate-stderr -4 smpc-local -n 2 -- smpc-reveal --to 1 'both.{}'
	for p in 0 1 2; do
		stderr_has "$p: smpc-reveal: what is to be revealed would leave without noise, and the owner of 'clinic'"
	done
	assert_output ""
}

@test "a stream in which the first part is free and a later one is not: no match of it is opened, nor how many there are" {
	printf 'id,a\nu,2\nv,4\n' | smpc-share -n 2 --key id -o f
	printf 'id,a\nw,2\nz,4\n' | smpc-share -n 2 --key id --budget clinic=1,1e-6 -o k
	printf 'id,b\nz,7\nq,8\n' | smpc-share -n 2 --key id -o q
	for p in 0 1 2; do
		cat f.$p k.$p >both.$p
	done
	run --separate-stderr -4 smpc-local -n 2 -o j -- smpc-join 'both.{}' 'q.{}'
	assert_not_exist j.1
	fails_with 4 smpc-join --plan both.1 q.1
	stderr_has "how many rows match would leave without noise, and the owner of 'clinic'"
}

@test "sums: the header says what a row changes, exactly, what was spent, and how much noise there is" {
	people 2 clinic=1,1e-6
	smpc-sum -o s.1 x.1
	# 120 and 1050 in words of 16 fraction bits and the columns' units; a class of two
	assert_equal "$(member s.1 change)" "$(smpc-info --json s.1 | python3 -c '
import json, sys
about = json.loads(sys.stdin.readline())["about"]
print(json.dumps([round(w * 2 ** 16 / 2.0 ** c.get("exponent", 0)) for w, c in zip([120, 1050], about[1:])]))' |
		sed "s/^\[/[65536, /")"
	assert_equal "$(member s.1 budgets)" '[{"delta": "1e-06", "epsilon": "1", "origin": "clinic", "rows": 1}]'
}

@test "tables that differ in one row: no sum and no group's figure changes by more than is said, and some by as much" {
	run -0 python3 "$ROOT/tests/python/noisy.py" neighbours
	assert_output ""
}

@test "noise of two and three computing parties and a dealer has the variance that epsilon and delta take, twice" {
	local n
	printf 'x\n' >zero.csv
	yes 0 | head -n 4000 >>zero.csv
	for n in 2 3; do
		smpc-share -f -n $n -o zero zero.csv
		smpc-local -n $n -o y -- smpc-noise --epsilon 0.7 --delta 1e-5 --sensitivity 2.5 'zero.{}' 2>said
		grep -F "a person changes it by 2.5 at most" said
		all_hold $n y
		run -0 python3 "$ROOT/tests/python/noisy.py" deviation y.out 0.7 1e-5 2.5
		assert_output ""
	done
	smpc-share -f --public -o zero zero.csv
	smpc-noise --clear --epsilon 0.7 --delta 1e-5 --sensitivity 2.5 -o y zero
	smpc-reveal y >y.out
	run -0 python3 "$ROOT/tests/python/noisy.py" deviation y.out 0.7 1e-5 2.5
}

@test "a result with noise is near, leaves, and says what was spent of whose budget; counts of groups, too" {
	people 2 clinic=1,1e-6
	smpc-local -n 2 -o y -- sh -c 'smpc-cut -c age,cost x.{} | smpc-sum --mean - | smpc-noise --epsilon 0.5 --delta 1e-6' 2>said
	grep -F "data, column 'age': a person changes it by 0.4 at most; noise of deviation" said
	assert_equal "$(member y.1 spent)" '[{"delta": "1e-06", "epsilon": "0.5", "origin": "clinic", "rows": 1}]'
	assert_equal "$(member y.1 budgets) $(member y.1 change)" "null null"
	smpc-info y.1 | grep -x ' *spent of clinic: epsilon 0.5 at delta 1e-06'
	smpc-info y.1 | grep ' noise of deviation '
	all_hold 2 y
	# 10 deviations
	python3 - "$(tail -n 1 y.out)" "$(awk -F , 'NR > 1 { a += $2; c += $3 } END { print a / 300 "," c / 300 }' people.csv)" <<-'P'
		import sys
		got, want = ([float(x) for x in t.split(',')] for t in sys.argv[1:])
		assert all(abs(g - w) < d for g, w, d in zip(got, want, (70, 600))) and got != want, (got, want)
	P
	smpc-local -n 2 -o z -- smpc-group --by ward --count --sum age --epsilon 1 --delta 1e-6 'x.{}' 2>said
	assert_equal "$(wc -l <said)" 6
	all_hold 2 z
	assert_equal "$(sed 's/\([01]\),.*,\([01]\)$/\1,\2/' z.out | paste -s -d ' ')" "ward,count,sum_age,shown 0,1 1,1"
	python3 - z.out <<-'P'
		import sys
		counts = [float(line.split(',')[1]) for line in list(open(sys.argv[1]))[1:]]
		assert all(abs(c - w) < 200 and c != w for c, w in zip(counts, (200, 100))), counts
	P
}

@test "how often a person is in a table: rows that a budget declares, a table that comes twice, one that was shared twice" {
	people 2 clinic=1,1e-6,3
	smpc-cut -c age x.1 | smpc-sum - | smpc-noise --plan --epsilon 1 --delta 1e-6 2>said
	grep -F "changes it by 360 at most" said
	local three one
	three=$(sed 's/.*deviation //' said)
	people 2 clinic=1,1e-6
	smpc-cut -c age x.1 | smpc-sum - | smpc-noise --plan --epsilon 1 --delta 1e-6 2>said
	one=$(sed 's/.*deviation //' said)
	python3 -c 'import sys; a, b = map(float, sys.argv[1:]); assert abs(a / b - 3) < 0.01, (a, b)' "$three" "$one"
	people 2 clinic=1,1e-6,3
	cp x.1 again.1
	smpc-share -n 2 -f --codes ward=north,south --range age=0..120 --range cost=-50..1000 --budget clinic=1,1e-6,3 -o x people.csv
	cat x.1 again.1 | smpc-cut -c age - | smpc-sum - | smpc-noise --plan --epsilon 1 --delta 1e-6 2>said
	grep -F "changes it by 720 at most" said
	cat x.1 x.1 | smpc-cut -c age - | smpc-sum - | smpc-noise --plan --epsilon 1 --delta 1e-6 2>said
	grep -F "changes it by 720 at most" said
	cat x.1 again.1 | smpc-group --plan --by ward --count --epsilon 1 --delta 1e-6 2>said
	grep -F "changes it by 8.485" said
	# rows that were made of others' rows, or of all
	smpc-cut -c age x.1 >a.1
	smpc-sum -o s.1 a.1
	smpc-sub a.1 s.1 | smpc-sum -o d.1 -
	fails_with 4 smpc-noise --plan --epsilon 1 --delta 1e-6 d.1
	stderr_has "it is not known how much a person changes it"
	smpc-sub a.1 s.1 | smpc-cut -c age - | smpc-sum -o d.1 -
	fails_with 4 smpc-noise --plan --epsilon 1 --delta 1e-6 d.1
	cat s.1 s.1 | smpc-sum -o d.1 -
	fails_with 4 smpc-noise --plan --epsilon 1 --delta 1e-6 d.1
	# another budget of the same origin
	smpc-share -n 2 -f --range age=0..120 -c age --budget clinic=2,1e-6,3 -o y people.csv
	fails_with 4 smpc-paste a.1 y.1
	stderr_has "two tables of origin 'clinic' have different budgets"
}

@test "rows that stand where the values of others have put them: sums of some places change by more than a row, and get no noise" {
	people 2 clinic=1,1e-6
	smpc-local -n 2 -o sorted -- smpc-sort -k age 'x.{}'
	smpc-local -n 2 -o mixed -- smpc-shuf 'x.{}'
	smpc-local -n 2 -o dealt -- smpc-shuf --stratify ward --folds 3 'x.{}'
	assert_equal "$(member sorted.1 once) $(member dealt.1 once) $(member mixed.1 once)" "null null true"
	smpc-split --in-turn -k 2 --fold 1 -o half.1 sorted.1
	smpc-cut -c cost half.1 | smpc-sum -o s.1 -
	fails_with 4 smpc-noise --plan --epsilon 1 --delta 1e-6 s.1
	stderr_has "it is not known how much a person changes it"
}

@test "rows with a budget are put in order by declared columns alone: others may compare in a circle, which says how large they are" {
	printf 'a,b\n30000,2\n-20000,4\n7,9\n22000,1\n' | smpc-share -n 2 --fraction-bits 0 --range b=0..10 --budget clinic=1,1e-6 -o u
	fails_with 4 smpc-sort --plan --bits 2 -k a u.1
	stderr_has "a figure or bit would leave without noise, and the owner of 'clinic'"
	run --separate-stderr -4 smpc-local -n 2 -o y -- smpc-sort -k b,a 'u.{}'
	assert_not_exist y.1
	fails_with 4 smpc-stat --plan mode u.1
	fails_with 4 smpc-shuf --plan --stratify a --folds 2 u.1
	for p in 0 1 2; do
		smpc-cut -c b u.$p >b.$p
	done
	smpc-local -n 2 -o y -- smpc-sort -k b 'u.{}'
	smpc-stat --plan median b.1
}

@test "no noise: without both options, for more than the budget, by a sensitivity of one's own, on means of groups, few rows" {
	people 2 clinic=1,1e-6
	smpc-cut -c age x.1 | smpc-sum -o s.1 -
	fails_with 2 smpc-noise --plan --epsilon 1 s.1
	fails_with 2 smpc-noise --plan --epsilon 0 --delta 1e-6 s.1
	fails_with 2 smpc-noise --plan --epsilon 1 --delta 0 s.1
	fails_with 4 smpc-noise --plan --epsilon 1.01 --delta 1e-6 s.1
	stderr_has "the budget of origin 'clinic' is epsilon 1 at delta 1e-06"
	fails_with 4 smpc-noise --plan --epsilon 1 --delta 1e-6 --sensitivity 1 s.1
	fails_with 2 smpc-stat --plan --epsilon 1 --delta 1e-6 variance x.1
	fails_with 2 smpc-stat --plan --epsilon 1 --delta 1e-6 --mu 1 t-test x.1
	fails_with 2 smpc-stat --plan --epsilon 1 --delta 1e-6 --bins 0,1 --min-count 2 histogram x.1
	fails_with 2 smpc-group --plan --by ward --mean age --epsilon 1 --delta 1e-6 x.1
	fails_with 2 smpc-group --plan --by ward --count --min-count 5 --epsilon 1 --delta 1e-6 x.1
	# of columns without a range
	printf 'a\n1\n' | smpc-share -n 2 --budget clinic=1,1e-6 -o y
	smpc-sum -o t.1 y.1
	fails_with 4 smpc-noise --plan --epsilon 1 --delta 1e-6 t.1
	stderr_has "(smpc-share --range)"
	# rows of a sharing are no result
	fails_with 4 smpc-noise --plan --epsilon 1 --delta 1e-6 x.1
	# what no noise could be added to has no budget
	fails_with 2 smpc-share --public --budget c=1,1e-6 -o p people.csv
	fails_with 2 smpc-share -n 2 --additive --budget c=1,1e-6 -o p people.csv
	fails_with 2 smpc-share -n 2 --standardize --budget c=1,1e-6 -o p people.csv
	for budget in c c=1 c=1,2 c=0,1e-6 "a b=1,1e-6" c=1,1e-6,0 c=1,1e-6,2,3 =1,1e-6; do
		fails_with 2 smpc-share -n 2 --budget "$budget" -o p people.csv
	done
}

@test "smpc-stat: counts of what is there, means and histograms with noise, which share what is spent" {
	people 2 clinic=1,1e-6
	for p in 0 1 2; do
		smpc-cut -c age,cost x.$p >taken && mv taken x.$p
	done
	smpc-local -n 2 -o y -- smpc-stat --epsilon 1 --delta 1e-6 --bins 0,40,120 mean,histogram,count 'x.{}' 2>said
	smpc-stat --plan --epsilon 1 --delta 1e-6 mean x.1 2>alone
	# four columns share, and not two: the square of the noise is twice as large
	python3 - "$(grep -m 1 -F "1: smpc-stat: mean, column 'age'" said)" "$(head -n 1 alone)" <<-'P'
		import sys
		a, b = (float(line.split()[-1]) for line in sys.argv[1:])
		assert abs((a / b) ** 2 - 2) < 0.01, (a, b)
	P
	tensor 2 y mean
	tensor 2 y histogram
	tensor 2 y count
	assert_equal "$(paste -s -d ' ' count.csv)" "age,cost 300,300"
	python3 - "$(tail -n 1 mean.csv)" "$(awk -F , 'NR > 1 { a += $2; c += $3 } END { print a / 300 "," c / 300 }' people.csv)" <<-'P'
		import sys
		got, want = ([float(x) for x in t.split(',')] for t in sys.argv[1:])
		assert all(abs(g - w) < d for g, w, d in zip(got, want, (40, 350))) and got != want, (got, want)
	P
	assert_equal "$(member y.1 spent)" '[{"delta": "1e-06", "epsilon": "1", "origin": "clinic", "rows": 1}]'
	# of values that may be missing, how many there are is a secret, and a mean a quotient of two
	printf 'a\n1\nNA\n3\n' | smpc-share -n 2 --range a=0..9 --na a=mean --budget clinic=1,1e-6 -o z
	smpc-local -n 2 -o c -- smpc-stat --epsilon 1 --delta 1e-6 count 'z.{}' 2>said
	grep -F "count, column 'a': a person changes it by 1 at most" said
	fails_with 5 smpc-stat --plan --epsilon 1 --delta 1e-6 mean z.1
	stderr_has "smpc-sum"
	# in the clear, of a table as it was made public
	smpc-share --public --range age=0..120 -c age -o p people.csv
	smpc-stat --clear --epsilon 1 --delta 1e-6 mean p 2>said >q
	grep -F "changes it by 0.4 at most" said
}

# summed: s, the sums of x, at dealer, alice and bob.
summed() {
	for name in dealer alice bob; do
		at $name smpc-sum -o s.$name x.$name
	done
}

# spends EPSILON STATUS: dealer, alice and bob add noise for so much; all end with the status.
spends() {
	each_agent dealer alice bob -- sh -c "smpc-noise --epsilon $1 --delta 1e-6 -w 3 -o y.\$SMPC_PARTY s.\$SMPC_PARTY"
	for name in dealer alice bob; do
		ended $name 20 "$2" || return 1
	done
}

@test "agents keep what was spent, by origin: no other run, agent or sharing gives it back, nor one party that forgets" {
	parties dealer alice bob
	printf 'age\n10\n20\n' >t.csv
	owned -o x --range age=0..120 --budget clinic=1,1e-6 t.csv
	summed
	# rho goes with the square of epsilon, nearly: three times 0.5 take less than all
	spends 0.5 0
	spends 0.5 0
	spends 0.5 0
	for name in dealer alice bob; do
		grep -F "a person changes it by 120 at most" $name.err
	done
	spends 0.7 4
	grep -F "the budget of origin 'clinic'" alice.err
	owned -f -o x --range age=0..120 --budget clinic=1,1e-6 t.csv
	summed
	spends 0.7 4
	# a party that was restored from a copy
	rm -r state.alice
	each_agent dealer alice bob -- sh -c "smpc-noise --epsilon 0.7 --delta 1e-6 -w 3 -o y.\$SMPC_PARTY s.\$SMPC_PARTY"
	ended bob 20 4 "the budget of origin 'clinic'"
	ended dealer 20 4 "the budget of origin 'clinic'"
	ended alice 20 4
	# another origin has a budget of its own
	owned -f -o x --range age=0..120 --budget ward=1,1e-6 t.csv
	summed
	spends 1 0
	nothing_left
}

@test "dealt beforehand: the dealer adds his noise when he deals" {
	parties dealer alice bob
	printf 'age\n10\n20\n' >t.csv
	owned -o x --range age=0..120 --budget clinic=1,1e-6 t.csv
	summed
	deal deal sh -c 'smpc-noise --epsilon 0.5 --delta 1e-6 -o y.dealer s.dealer 2>said.dealer'
	for name in alice bob; do
		use $name deal sh -c "smpc-noise --epsilon 0.5 --delta 1e-6 -o y.$name s.$name"
	done
	ended alice 20 0
	ended bob 20 0
	for set in "dealer alice" "dealer bob" "alice bob"; do
		read -ra names <<<"$set"
		smpc-reveal "${names[@]/#/y.}" >"${names[*]}"
	done
	cmp "dealer alice" "dealer bob"
	cmp "dealer alice" "alice bob"
	nothing_left
}
