#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine
load training

scores=$ROOT/tests/python/scores.py

# predicts N NAME NETWORK TABLE LABEL WHAT TOLERANCE ARGUMENT...: NAME.* are the predictions of m.* for TABLE, which agree
# with those of the model that m.* hold, in float64.
predicts() {
	local n=$1 name=$2 network=$3 table=$4 label=$5 what=$6 tolerance=$7
	shift 7
	together "$n" "$name" smpc-predict --as "$what" "$@" || return 1
	all_hold "$n" "$name" || return 1
	smpc-reveal --json -o model.json $(seq -f m.%.0f 1 "$n") || return 1
	capture python3 "$scores" predict "$network" model.json "$table" "$label" "$what" "$name.out" "$tolerance"
	assert_success || return 1
	assert_output ""
}

# pixels: t.csv, and m.*, a network of three classes that was trained on it for a moment.
pixels() {
	awk 'BEGIN { print "a,b,c,d,digit"
	    for (r = 0; r < 150; r++) { k = r % 3; printf "%s,%s,%s,%s,%d\n", (k == 0) + r % 7 / 10, (k == 1) - r % 5 / 10,
	        (k == 2) + r % 4 / 10, r % 11 / 11, k } }' >t.csv
	shared_csv_named t
	together 2 m smpc-train -l digit --classes 3 --net "${1:-dense 8, relu, dense 3, softmax}" -e 20 -r 0.5 -s 5 't.{}'
}

@test "breast cancer, logistic: scores, probabilities and classes of float64, for two and three parties" {
	local n
	for n in 2 3; do
		patients $n
		together $n m smpc-train -l malignant --standardize 'train.{}'
		predicts $n s "dense 1, sigmoid" test.csv malignant scores 2e-3 'm.{}' 'rest.{}'
		predicts $n p "dense 1, sigmoid" test.csv malignant probabilities 1e-3 'm.{}' 'rest.{}'
		predicts $n c "dense 1, sigmoid" test.csv malignant classes 0 'm.{}' 'rest.{}'
		is_line "fraction bits" p.1 16
		is_line "fraction bits" c.1 0
		is_line columns p.1 predicted_malignant
		is_line tensor p.1 data
		# what is not said is as if probabilities were asked for
		together $n q smpc-predict 'm.{}' 'rest.{}'
		all_hold $n q
		awk -F , 'NR == FNR { p[FNR] = $1; next } FNR > 1 && ($1 - p[FNR]) ^ 2 > 1e-8 { exit 1 }' p.out q.out
		rm ./*.?
	done
}

@test "several classes: argmax, and a column for each" {
	pixels
	predicts 2 s "dense 8, relu, dense 3, softmax" t.csv digit scores 2e-3 'm.{}' 't.{}'
	predicts 2 p "dense 8, relu, dense 3, softmax" t.csv digit probabilities 1e-3 'm.{}' 't.{}'
	predicts 2 c "dense 8, relu, dense 3, softmax" t.csv digit classes 0 'm.{}' 't.{}'
	is_line columns s.1 "predicted_digit_0, predicted_digit_1, predicted_digit_2"
	is_line columns p.1 "predicted_digit_0, predicted_digit_1, predicted_digit_2"
	is_line columns c.1 predicted_digit
	[ "$(tail -n +2 c.out | sort -u | paste -s)" = "$(printf '0\t1\t2')" ]
	together 2 k smpc-predict --as classes --faithful 'm.{}' 't.{}'
	all_hold 2 k
	cmp k.out c.out
}

@test "networks that end in neither give scores; several labels keep their names" {
	python3 "$reference" lines 100 3 5 >t.csv
	shared_csv_named t
	together 2 m smpc-train -l y -m linear -e 5 't.{}'
	predicts 2 s "dense 1" t.csv y scores 1e-3 'm.{}' 't.{}'
	is_line columns s.1 predicted_y
	together 2 q smpc-predict 'm.{}' 't.{}'
	all_hold 2 q
	awk -F , 'NR == FNR { p[FNR] = $1; next } FNR > 1 && ($1 - p[FNR]) ^ 2 > 1e-8 { exit 1 }' s.out q.out
	capture smpc-local -o never -- smpc-predict --as classes 'm.{}' 't.{}'
	assert_failure 2
	stderr_has "gives scores"
	assert_not_exists never.1
	awk -F , 'NR == 1 { print $0 ",z"; next } { print $0 "," ($1 > 0) }' t.csv | sed 's/,[^,]*,\([01]\)$/,\1,\1/' >u.csv
	shared_csv_named u
	together 2 m smpc-train -l y,z --net "dense 2, tanh" -e 2 'u.{}'
	predicts 2 s "dense 2, tanh" <(cut -d , -f 1-4 u.csv) y scores 2 'm.{}' 'u.{}'
	is_line columns s.1 "predicted_y, predicted_z"
	together 2 m smpc-train -l y,z --net "dense 4, tanh, dense 2, sigmoid" -e 2 'u.{}'
	together 2 c smpc-predict --as classes 'm.{}' 'u.{}'
	all_hold 2 c
	is_line columns c.1 "predicted_y, predicted_z"
	[ -z "$(tail -n +2 c.out | tr -d '01,\n')" ]
}

@test "images, pools and a reservoir" {
	awk 'BEGIN { srand(5); for (i = 0; i < 36; i++) printf "p%d,", i; print "side"
	    for (r = 0; r < 60; r++) { s = r % 2; for (i = 0; i < 36; i++) printf "%.3f,", rand() / 2 + (i % 6 < 3 ? s : 1 - s); print s } }' >t.csv
	shared_csv_named t
	together 2 m smpc-train -l side --input 1x6x6 --net "conv2d 3 3, relu, maxpool 2, flatten, dense 1, sigmoid" -e 8 -r 0.2 't.{}'
	together 2 c smpc-predict --as classes 'm.{}' 't.{}'
	all_hold 2 c
	cmp <(tail -n +2 c.out) <(tail -n +2 t.csv | sed 's/.*,//')
	together 2 m smpc-train -l side --net "reservoir 40, dense 1, sigmoid" -e 8 -r 0.2 -s 9 't.{}'
	together 2 c smpc-predict --as classes 'm.{}' 't.{}'
	all_hold 2 c
	cmp <(tail -n +2 c.out) <(tail -n +2 t.csv | sed 's/.*,//')
}

@test "columns are found by their names, in any order; labels are left out" {
	pixels "dense 3, softmax"
	predicts 2 p "dense 3, softmax" t.csv digit scores 1e-3 'm.{}' 't.{}'
	each smpc-cut -c d,digit,b,a,c -o other.@ t.@
	together 2 o smpc-predict --as scores 'm.{}' 'other.{}'
	all_hold 2 o
	paste -d , p.out o.out | awk -F , 'NR > 1 { for (i = 1; i <= 3; i++) if (($i - $(i + 3)) ^ 2 > 1e-8) exit 1 }'
	each smpc-cut -x digit -o bare.@ t.@
	together 2 o smpc-predict --as scores 'm.{}' 'bare.{}'
	all_hold 2 o
	paste -d , p.out o.out | awk -F , 'NR > 1 { for (i = 1; i <= 3; i++) if (($i - $(i + 3)) ^ 2 > 1e-8) exit 1 }'
	# without names, by their number
	tail -n +2 t.csv | cut -d , -f 1-4 >n.csv
	shared_csv 2 n
	together 2 o smpc-predict --as scores 'm.{}' 'n.{}'
	all_hold 2 o
	paste -d , p.out o.out | awk -F , 'NR > 1 { for (i = 1; i <= 3; i++) if (($i - $(i + 3)) ^ 2 > 1e-8) exit 1 }'
}

@test "columns that do not fit are named" {
	pixels "dense 3, softmax"
	shared few a,b,c,digit 1,2,3,0
	fails_with 1 smpc-predict --plan m.1 few.1
	stderr_has "few.1: has no column 'd', which the model takes"
	shared other a,b,c,D,digit 1,2,3,4,0
	fails_with 1 smpc-predict --plan m.1 other.1
	stderr_has "has no column 'd', which the model takes; did you mean 'D'?"
	shared more id,a,b,c,d 9,1,2,3,4
	fails_with 1 smpc-predict --plan m.1 more.1
	stderr_has "takes no column 'id'; leave it out (smpc-cut -x)"
	tail -n +2 t.csv >n.csv
	shared_csv 2 n
	fails_with 1 smpc-predict --plan m.1 n.1
	stderr_has "has 5 columns, and the model takes 4 features"
	smpc-sum --mean -o mean.1 n.1
	fails_with 2 smpc-predict --plan m.1 mean.1
	stderr_has "has a divisor, as means have; smpc-map divides by it"
	quietly smpc-local -o whole -- sh -c 'smpc-sum --mean n.{} | smpc-map --low -100 --high 100 clip'
	is_line divisor whole.1 ""
}

@test "standard input; data of many blocks, in several parts; none" {
	pixels "dense 3, softmax"
	awk -F , 'NR == 1 { print "a,b,c,d"; next } { r[NR - 2] = $1 "," $2 "," $3 "," $4 }
	    END { for (i = 0; i < 140000; i++) print r[i % 150] }' t.csv >l.csv
	shared_csv_named l
	together 2 o sh -c 'smpc-predict --as classes m.{} <l.{}'
	all_hold 2 o
	together 2 c smpc-predict --as classes 'm.{}' 't.{}'
	all_hold 2 c
	awk 'NR == FNR { if (FNR > 1) c[FNR - 2] = $1; next } FNR > 1 && $1 != c[(FNR - 2) % 150] { bad++ }
	    END { exit !(FNR == 140001 && bad + 0 < 140) }' c.out o.out
	for p in 0 1 2; do
		smpc-cut -x digit t.$p | emptied >e.$p
		cat e.$p l.$p >el.$p
	done
	together 2 c smpc-predict --as classes 'm.{}' 'el.{}'
	all_hold 2 c
	[ "$(wc -l <c.out)" -eq 140001 ]
	together 2 c smpc-predict 'm.{}' 'e.{}'
	reveals c predicted_digit_0,predicted_digit_1,predicted_digit_2
	together 2 j smpc-predict --json 'm.{}' 't.{}'
	assert_equal "$(head -c 1 j.0)$(head -c 1 j.1)" "{{"
}

@test "the dealer's share of predictions holds keys, that of a computing party a word for each value" {
	pixels "dense 3, softmax"
	together 2 p smpc-predict 'm.{}' 't.{}'
	[ "$(stat -c %s p.0)" -lt 2000 ]
	[ "$(stat -c %s p.1)" -lt 5600 ]
	assert_equal "$(line_of part p.0)" "$(line_of part p.1)"
}

@test "predictions that an operation makes are masked with keys, whatever the network ends in" {
	local net size
	for net in "dense 3, softmax" "dense 4, relu, dense 3, softmax"; do
		pixels "$net"
		together 2 p smpc-predict --as probabilities 'm.{}' 't.{}'
		size=$(stat -c %s p.0)
		[ "$size" -lt 2000 ] || fail "$net: the dealer's share has $size bytes"
		smpc-cat --json p.0 | grep -qE '"keys":\["[0-9a-f]{64}","[0-9a-f]{64}"\]' || fail "$net: no keys"
		smpc-cat --json p.1 | grep -qE '"keys":\["[0-9a-f]{64}"\]' || fail "$net: no key"
		rm ./*.?
	done
}

@test "--plan and --stats: what passes on the links" {
	local n
	pixels
	costs 2 smpc-predict 'm.{}' 't.{}'
	costs 2 smpc-predict --as classes --faithful 'm.{}' 't.{}'
	patients 3
	together 3 m smpc-train -l malignant --standardize -e 1 'train.{}'
	costs 3 smpc-predict --as classes 'm.{}' 'rest.{}'
	costs 3 smpc-predict -j 2 'm.{}' 'rest.{}'
}

@test "--clear: a public model and public data" {
	pixels
	smpc-reveal --public -o m.public m.1 m.2
	smpc-reveal --public -o t.public t.1 t.2
	together 2 c smpc-predict --as classes 'm.{}' 't.{}'
	all_hold 2 c
	quietly smpc-predict --clear --as classes -o clear m.public t.public
	smpc-reveal -o clear.out clear
	cmp clear.out c.out
	# in a session, either may be public
	together 2 c smpc-predict --as classes m.public 't.{}'
	all_hold 2 c
	cmp clear.out c.out
	together 2 c smpc-predict --as classes 'm.{}' t.public
	all_hold 2 c
	cmp clear.out c.out
}

@test "wrong operands" {
	pixels "dense 3, softmax"
	refused_operands smpc-predict m.1 INPUT
	smpc-reveal --public -o m.public m.1 m.2
	refused_public smpc-predict "$PWD/m.public" INPUT
	fails_with 2 smpc-predict
	fails_with 2 smpc-predict m.1 t.1 t.1
	fails_with 2 smpc-predict --as class m.1 t.1
	stderr_has "'class'"
	fails_with 1 smpc-predict --plan t.1 t.1
	stderr_has t.1
	fails_with 1 smpc-predict --plan m.1 nowhere
	stderr_has nowhere
	# half a model
	head -c -100 m.1 >half
	fails_with 1 smpc-predict --plan half t.1
	# shares of two models
	cp m.2 kept
	together 2 m smpc-train -l digit --classes 3 --net "dense 3, softmax" -e 1 -s 6 't.{}'
	mv kept m.2
	capture smpc-local -o never -- smpc-predict -w 2 'm.{}' 't.{}'
	assert_failure 4
	stderr_has "input 1 is "
	assert_not_exists never.1
	nothing_left
}

@test "parties that want different things: nobody has a result" {
	pixels "dense 3, softmax"
	capture smpc-local -o never -- sh -c \
		'o=scores; test {} != 1 || o=classes; smpc-predict -w 2 --as $o m.{} t.{}'
	assert_failure 4
	stderr_has "parameters="
	assert_not_exists never.1
	nothing_left
}
