#!/usr/bin/env bats
#
# Rows and columns that do not belong together are refused by every tool that would make a figure of them: rows of tables out
# of which owners left others, and columns that mean something else than those that a model was trained on.

load helper
load shares
load parties
load engine

# table_of FILE ROWS: FILE with columns a, b, y, z, and in rows 3 and 17 no a, in 5 and 9 no y.
table_of() {
	awk -v n="$2" 'BEGIN {
		print "a,b,y,z"
		for (i = 1; i <= n; i++)
			printf "%s,%d,%s,%d\n", (i == 3 || i == 17) ? "" : i % 7, i % 5, (i == 5 || i == 9) ? "" : i % 2, i % 3
	}' >"$1"
}

# shared_from NAME COLUMNS OPTION...: columns of table.csv.
shared_from() {
	smpc-share -n 2 -c "$2" -o "$1" "${@:3}" table.csv 2>"$1.said"
}

# refused_rows CMD...: what one party can say of its shares alone, and what all of them do.
refused_rows() {
	fails_with 4 "$@" || fail "$*: $status"
	stderr_has "its owner left rows out (--na drop), and the rows of"
	stderr_has "share both tables again without --na drop, or fill missing values"
}

@test "rows of two sharings with rows left out: no tool that takes rows side by side takes them" {
	local cmd
	table_of table.csv 40
	shared_from f a,b --na drop
	shared_from l y --na drop
	shared_from one a --na drop
	shared_from all z
	each smpc-head -n 38 -o w.@ all.@
	each smpc-transpose -o turned.@ f.@
	each smpc-transpose -o row.@ l.@
	while read -r cmd; do
		# shellcheck disable=SC2086 # words
		refused_rows $cmd
	done <<-'EOF'
		smpc-train --plan -x f.1 -y l.1
		smpc-train --plan -x l.1 -y f.1 -m softmax
		smpc-train --plan -x f.1 -y w.1 -m linear
		smpc-train --plan -x w.1 -y l.1
		smpc-score --plan -m mse one.1 l.1
		smpc-score --plan -m mse l.1 w.1
		smpc-add f.1 l.1
		smpc-sub l.1 w.1
		smpc-mul --plan f.1 l.1
		smpc-paste f.1 l.1
		smpc-compare --plan lt one.1 l.1
		smpc-select --plan l.1 one.1 one.1
		smpc-select --plan one.1 one.1 l.1
		smpc-map --plan divide f.1 l.1
		smpc-matmul --plan -t f.1 l.1
		smpc-matmul --plan turned.1 l.1
		smpc-add turned.1 row.1
		smpc-mul --plan row.1 turned.1
	EOF
	capture smpc-local -o m -- smpc-train -m linear --standardize -x f.{} -y l.{}
	assert_failure 4
	stderr_has "f.1: its owner left rows out (--na drop), and the rows of l.1 are of another sharing"
	assert_not_exists m.1
}

@test "rows of one sharing, and of several in the same order, are learnt from" {
	table_of table.csv 40
	shared_from t a,b,z --na drop
	shared_from u a,b,z --na drop
	each smpc-cut -c a,b -o f.@ t.@
	each smpc-cut -c z -o l.@ t.@
	each smpc-cut -c a,b -o g.@ u.@
	each smpc-cut -c z -o k.@ u.@
	each smpc-cat -o fg.@ f.@ g.@
	each smpc-cat -o lk.@ l.@ k.@
	each smpc-cat -o kl.@ k.@ l.@
	each smpc-cat -o ll.@ --repeat l.@ l.@
	each smpc-shuf --seed 1 -o fs.@ f.@
	each smpc-shuf --seed 1 -o ls.@ l.@
	quietly smpc-train --plan -m linear -x f.1 -y l.1
	quietly smpc-train --plan -m linear -x fs.1 -y ls.1
	quietly smpc-train --plan -m linear -x fg.1 -y lk.1
	refused_rows smpc-train --plan -m linear -x fg.1 -y kl.1
	refused_rows smpc-train --plan -m linear -x fg.1 -y ll.1
	refused_rows smpc-train --plan -m linear -x f.1 -y k.1
	# the same rows, in one stream and in two
	quietly smpc-local -o m -- smpc-train --faithful -m linear --standardize -x f.{} -y l.{}
	quietly smpc-local -o n -- smpc-train --faithful -m linear --standardize -l z t.{}
	smpc-reveal -o m.csv m.1 m.2
	smpc-reveal n.1 n.2 | cmp - m.csv
	# public rows: those that say it, and those that do not
	smpc-reveal --public -o pf f.1 f.2
	smpc-reveal --public -o pk k.1 k.2
	smpc-reveal l.1 l.2 | smpc-share --public -o pl
	refused_rows smpc-train --clear -m linear --standardize -x pf -y pk
	quietly into out smpc-train --clear -m linear --standardize -x pf -y pl
}

# people ROWS: people.csv; grp B is worth three years.
people() {
	awk -v n="$1" 'BEGIN {
		srand(4)
		print "age,grp,y,z,k"
		for (i = 0; i < n; i++) {
			age = 20 + 40 * rand()
			b = rand() < 0.5
			s = (age - 40) / 10 + 3 * b - 1.5 + rand() - 0.5
			printf("%.2f,%s,%s,%.3f,%s\n", age, b ? "B" : "A", (s > 0) ? "yes" : "no", s,
				(s < -1) ? "low" : (s < 1) ? "mid" : "top")
		}
	}' >people.csv
}

years=(--range age=0..100 --unit age=years)
codes=(--codes 'grp=A,B' --codes 'y=no,yes' --codes 'k=low,mid,top')
weight=(--range z=-10..10 --unit z=kg)

# shared_as NAME OPTION...: people.csv, and NAME.x of its features.
shared_as() {
	smpc-share -n 2 -o "$1" "${@:2}" people.csv || return 1
	each smpc-cut -x y,z,k -o "$1.x.@" "$1.@"
}

# of_label NAME LABEL: NAME.LABEL.
of_label() {
	each smpc-cut -c "$2" -o "$1.$2.@" "$1.@"
}

# learnt NAME LABEL OPTION...: NAME.LABEL.m, with smpc-train's options.
learnt() {
	of_label "$1" "$2" || return 1
	quietly smpc-local -o "$1.$2.m" -- smpc-train --standardize -x "$1.x.{}" -y "$1.$2.{}" "${@:3}"
}

# differs WHAT HERE THERE CMD...: the tool refuses it with 4 and says so.
differs() {
	fails_with 4 "${@:4}" || return 1
	stderr_has "differs"
	stderr_has "in its $1"
	stderr_has "$2 here, $3 there"
}

@test "columns that mean something else than in training: predicting, and training on, are refused" {
	people 60
	shared_as a "${years[@]}" "${codes[@]}" "${weight[@]}"
	learnt a z -m linear
	smpc-info a.z.m.1 >info
	grep -qx "feature       age: number years" info
	grep -qx "feature       grp: class 'A', 'B'" info
	grep -qx "label         z: number kg" info
	shared_as b --range age=0..100 --unit age=months "${codes[@]}" "${weight[@]}"
	shared_as c "${years[@]}" --codes grp=B,A --codes y=no,yes --codes k=low,mid,top "${weight[@]}"
	shared_as d "${years[@]}" --codes grp=A,B,C --codes y=no,yes --codes k=low,mid,top "${weight[@]}"
	shared_as e -f --fraction-bits 16 "${codes[@]}"
	shared_as f --range age=0..100 "${codes[@]}" "${weight[@]}"
	sed 's/,B,/,1,/; s/,A,/,0,/' people.csv >other.csv
	mv other.csv people.csv
	shared_as g "${years[@]}" --range grp=0..1 --codes y=no,yes --codes k=low,mid,top "${weight[@]}"
	shared_as h "${years[@]}" --codes y=no,yes --codes k=low,mid,top --range z=-10..10 --unit z=g
	while read -r data column what here there; do
		of_label "$data" z
		for cmd in "smpc-predict --plan a.z.m.1 $data.x.1" "smpc-train --plan --init a.z.m.1 -x $data.x.1 -y $data.z.1"; do
			# shellcheck disable=SC2086 # words
			differs "$what" "${here//_/ }" "${there//_/ }" $cmd
			stderr_has "column '$column'"
		done
	done <<-'EOF'
		b age unit months years
		c grp values 'B',_'A' 'A',_'B'
		d grp values 'A',_'B',_'C' 'A',_'B'
		e age unit none years
		f age unit none years
		g grp kind number class
	EOF
	# of a column of which nothing was said, as smpc-cat has it
	differs kind undeclared class smpc-predict --plan a.z.m.1 h.x.1
	learnt h z -m linear
	differs kind class undeclared smpc-predict --plan h.z.m.1 a.x.1
	quietly smpc-predict --plan h.z.m.1 h.x.1
	differs unit g kg smpc-train --plan --init a.z.m.1 -x a.x.1 -y h.z.1
	stderr_has "the label"
	# in earnest
	capture smpc-local -o p -- smpc-predict a.z.m.{} b.x.{}
	assert_failure 4
	assert_not_exists p.1
	# the other way round: a unit that only the data have
	learnt e z -m linear
	differs unit years none smpc-predict --plan e.z.m.1 a.x.1
	quietly smpc-predict --plan e.z.m.1 e.x.1
}

@test "one-hot columns with other values, and in another order; features by other names" {
	people 40
	shared_as a "${years[@]}" --one-hot grp=A,B --codes y=no,yes --codes k=low,mid,top "${weight[@]}"
	learnt a z -m linear
	shared_as b "${years[@]}" --one-hot grp=B,A --codes y=no,yes --codes k=low,mid,top "${weight[@]}"
	sed 's/,B,/,C,/' people.csv >other.csv
	quietly smpc-local -o p -- smpc-predict --faithful a.z.m.{} a.x.{}
	quietly smpc-local -o q -- smpc-predict --faithful a.z.m.{} b.x.{}
	assert_equal "$(smpc-reveal p.1 p.2)" "$(smpc-reveal q.1 q.2)"
	mv other.csv people.csv
	shared_as c "${years[@]}" --one-hot grp=A,C --codes y=no,yes --codes k=low,mid,top "${weight[@]}"
	fails_with 1 smpc-predict --plan a.z.m.1 c.x.1
	stderr_has "has no column 'grp=B', which the model takes"
	# the same name, and another value
	each smpc-cut --rename 3=grp=B -o named.@ c.x.@
	differs values "'C'" "'B'" smpc-predict --plan a.z.m.1 named.1
}

@test "labels with other codes or in another unit than those that were predicted are not scored" {
	people 80
	shared_as a "${years[@]}" "${codes[@]}" "${weight[@]}"
	shared_as b "${years[@]}" --codes grp=A,B --codes y=yes,no --codes k=mid,low,top --range z=-10..10 --unit z=g
	learnt a y
	learnt a k -m softmax --classes 3
	learnt a z -m linear
	quietly smpc-local -o two -- smpc-train --standardize -m softmax --classes 2 -x a.x.{} -y a.y.{}
	for label in y k z; do
		of_label b $label
	done
	quietly smpc-local -o line -- smpc-train --standardize -m linear -x a.x.{} -y a.y.{}
	quietly smpc-local -o rank -- smpc-train --standardize -m linear -x a.x.{} -y a.k.{}
	while read -r model label as figure what here there; do
		quietly smpc-local -o p -- smpc-predict --as "$as" "$model.{}" a.x.{}
		quietly smpc-score --plan -m "$figure" p.1 "a.$label.1"
		differs "$what" "${here//_/ }" "${there//_/ }" smpc-score --plan -m "$figure" p.1 "b.$label.1"
		stderr_has "column '$label'"
		stderr_has "column 'predicted_$label"
		# the whole table, and the option that names its label
		differs "$what" "${here//_/ }" "${there//_/ }" smpc-score --plan -m "$figure" -l "$label" p.1 b.1
	done <<-'EOF'
		a.y.m y probabilities accuracy values 'yes',_'no' 'no',_'yes'
		a.y.m y scores auc values 'yes',_'no' 'no',_'yes'
		a.y.m y classes confusion values 'yes',_'no' 'no',_'yes'
		two y probabilities log-loss values 'yes',_'no' 'no',_'yes'
		two y classes f1 values 'yes',_'no' 'no',_'yes'
		a.k.m k probabilities accuracy values 'mid',_'low',_'top' 'low',_'mid',_'top'
		a.k.m k classes confusion values 'mid',_'low',_'top' 'low',_'mid',_'top'
		line y scores auc values 'yes',_'no' 'no',_'yes'
		rank k scores mse values 'mid',_'low',_'top' 'low',_'mid',_'top'
		a.z.m z scores mse unit g kg
	EOF
	# more classes than values, and labels that are all alike
	quietly smpc-local -o wide -- smpc-train --standardize -m softmax --classes 5 -x a.x.{} -y a.k.{}
	for as in scores classes; do
		quietly smpc-local -o p -- smpc-predict --as $as wide.{} a.x.{}
		quietly smpc-score --plan -m accuracy --classes 5 p.1 a.k.1
		differs values "'mid', 'low', 'top'" "'low', 'mid', 'top'" smpc-score --plan -m accuracy --classes 5 p.1 b.k.1
	done
	(echo y && yes no | head -n 80) | smpc-share -n 2 --codes y=no -o alike
	quietly smpc-local -o m -- smpc-train --standardize -x a.x.{} -y alike.{}
	for as in scores classes; do
		quietly smpc-local -o p -- smpc-predict --as $as m.{} a.x.{}
		quietly smpc-score --plan --threshold 0 -m accuracy p.1 alike.1
	done
	# a day is a number to learn, and to score
	awk 'BEGIN { print "x,d"; for (i = 0; i < 30; i++) printf "%d,2021-03-%02d\n", i, i + 1 }' >days.csv
	smpc-share -n 2 --date d -o days days.csv
	quietly smpc-local -o m -- smpc-train --standardize -m linear -l d days.{}
	quietly smpc-local -o p -- smpc-predict m.{} days.{}
	quietly smpc-score --plan -m mse p.1 days.1
	quietly smpc-local -o p -- smpc-predict a.y.m.{} a.x.{}
	capture smpc-local -- smpc-score -m accuracy p.{} b.y.{}
	assert_failure 4
	refute_output --partial accuracy
	# labels of which nothing is said, on one side or on both
	smpc-reveal a.y.1 a.y.2 | smpc-share -n 2 -f -o plain
	differs kind undeclared class smpc-score --plan -m accuracy p.1 plain.1
	quietly smpc-local -o m -- smpc-train --standardize -x a.x.{} -y plain.{}
	for as in probabilities classes; do
		quietly smpc-local -o q -- smpc-predict --as $as m.{} a.x.{}
		quietly smpc-score --plan -m accuracy --threshold 0.5 q.1 plain.1
		differs kind class number smpc-score --plan -m accuracy q.1 a.y.1
	done
	# codes that are the numbers themselves say no more than these
	smpc-reveal a.y.1 a.y.2 | smpc-share -n 2 -f --codes y=0,1 -o plain
	quietly smpc-score --plan -m accuracy --threshold 0.5 q.1 plain.1
	quietly smpc-local -o m -- smpc-train --standardize -x a.x.{} -y plain.{}
	quietly smpc-local -o q -- smpc-predict m.{} a.x.{}
	smpc-reveal a.y.1 a.y.2 | smpc-share -n 2 -f -o plain
	quietly smpc-score --plan -m accuracy q.1 plain.1
	smpc-reveal a.y.1 a.y.2 | smpc-share -n 2 -f --range y=0..1 -o plain
	quietly smpc-score --plan -m accuracy q.1 plain.1
	# and so does a single column of what speaks for the second class
	quietly smpc-local -o p -- smpc-predict two.{} a.x.{}
	quietly smpc-score --plan -m auc --prediction predicted_y_1 p.1 a.y.1
	fails_with 4 smpc-score --plan -m auc --prediction predicted_y_0 p.1 a.y.1
}

# bare FROM TO: a model without what this one says of its columns, as models were before they said it.
bare() {
	local party
	for party in 0 1 2; do
		PYTHONPATH=$ROOT/tests/python python3 - "$1.$party" "$2.$party" <<-'P' || return 1
			import sys
			import sharestream as share
			with open(sys.argv[1], 'rb') as f:
			    records = share.parse(f.read())
			for r in records:
			    for field in ('feature-columns', 'label-columns', 'schema'):
			        r.header.get('model', {}).pop(field, None)
			with open(sys.argv[2], 'wb') as f:
			    f.write(b''.join(map(share.encode_binary, records)))
		P
	done
}

@test "models that do not say what their columns were are taken as they are; revealed ones say it again" {
	people 60
	shared_as a "${years[@]}" "${codes[@]}" "${weight[@]}"
	shared_as b --range age=0..100 --unit age=months --codes grp=B,A --codes y=yes,no --codes k=low,mid,top --range z=-9..9 --unit z=g
	learnt a y
	learnt a z -m linear
	of_label b y
	of_label b z
	bare a.y.m old
	bare a.z.m older
	quietly smpc-local -o new -- smpc-predict --faithful a.y.m.{} a.x.{}
	quietly smpc-local -o p -- smpc-predict --faithful old.{} a.x.{}
	assert_equal "$(smpc-reveal p.1 p.2)" "$(smpc-reveal new.1 new.2)"
	quietly smpc-local -o q -- smpc-predict older.{} b.x.{}
	quietly smpc-score --plan -m accuracy p.1 b.y.1
	quietly smpc-score --plan -m mse q.1 b.z.1
	# and say it once they are trained on
	quietly smpc-local -o on -- smpc-train --init old.{} -e 1 -x a.x.{} -y a.y.{}
	assert_equal "$(smpc-info on.1 | grep -c -e ^feature\  -e ^label\ )" 3
	differs unit months years smpc-predict --plan on.1 b.x.1
	# in the clear, and back
	smpc-reveal --json -o m.json a.y.m.1 a.y.m.2
	smpc-reveal --safetensors -o m.safetensors a.y.m.1 a.y.m.2
	smpc-reveal --public -o m.public a.y.m.1 a.y.m.2
	quietly smpc-reveal --table a.y.m.1 a.y.m.2
	for file in m.json m.safetensors; do
		smpc-share -n 2 -f -o back $file
		assert_equal "$(smpc-info back.1 | grep -e ^feature -e ^label)" "$(smpc-info a.y.m.1 | grep -e ^feature -e ^label)"
		differs unit months years smpc-predict --plan back.1 b.x.1
	done
	differs unit months years smpc-predict --plan m.public b.x.1
	sed '1s/"kind": *"class"/"kind":"label"/' m.json >bad
	fails_with 1 smpc-share -n 2 -o never bad
	# data that say more than those that the model was trained on, but no unit
	python3 -c 'import json, sys
first, *more = open("m.json").readlines()
o = json.loads(first)
o["model"]["feature-columns"] = [None, None]
print(json.dumps(o), *more, sep="\n")' | grep . >m2.json
	smpc-share -n 2 -f -o back m2.json
	differs unit years none smpc-predict --plan back.1 a.x.1
}

@test "the schema: data with labels keep to that of the training, and features alone to another" {
	cat >both.json <<-'EOF'
		{"version": 1, "columns": [{"name": "age", "kind": "number", "range": ["0", "100"]},
		 {"name": "z", "kind": "number", "range": ["-10", "10"]}]}
	EOF
	sed 's/"100"/"200"/' both.json >wide.json
	echo '{"version": 1, "columns": [{"name": "age", "kind": "number", "range": ["0", "100"]}]}' >age.json
	people 40
	for name in both wide age; do
		smpc-share -n 2 --schema $name.json -o $name people.csv
	done
	quietly smpc-local -o m -- smpc-train -m linear --standardize -l z both.{}
	is_line schema m.1 "$(line_of schema both.1)"
	quietly smpc-predict --plan m.1 both.1
	quietly smpc-predict --plan m.1 age.1
	fails_with 4 smpc-predict --plan m.1 wide.1
	stderr_has "wide.1: was shared by another schema than what the model was trained on"
	fails_with 4 smpc-train --plan --init m.1 -l z wide.1
	quietly smpc-train --plan --init m.1 -l z both.1
}

@test "the schema: rows to be predicted are shared by that of the training, without the label" {
	awk 'BEGIN { print "age,sex,ill"; for (i = 0; i < 60; i++) print 20 + i "," ((i % 2) ? "f" : "m") "," ((i > 30) ? "yes" : "no") }' >t.csv
	smpc-schema --draft --quiet -l ill -o schema.json t.csv
	smpc-share -n 2 --schema schema.json -o t t.csv
	quietly smpc-local -o m -- smpc-train -e 60 --standardize -l ill t.{}
	cut -d , -f 1,2 t.csv >new.csv
	smpc-share -n 2 --schema schema.json -x ill -o new new.csv
	is_line schema new.1 "$(line_of schema t.1)"
	quietly smpc-local -o p -- smpc-predict --as classes m.{} new.{}
	quietly smpc-local -o s -- smpc-score -m accuracy -l ill p.{} t.{}
	awk '$2 < 0.9 { print; exit 1 }' s.1
	# what is put beside them was shared by the same schema
	smpc-share -n 2 --schema schema.json -x age,sex -o ill t.csv
	quietly smpc-local -o whole -- smpc-paste new.{} ill.{}
}

@test "another range of a column, with another exponent: the same predictions, in the owner's units" {
	awk 'BEGIN { srand(5); print "salary,y"; for (i = 0; i < 60; i++) { s = 20000 + 900000 * rand(); printf "%.0f,%.2f\n", s, s / 1000 + rand() } }' >t.csv
	local k
	for k in 1 2; do
		smpc-share -n 2 --range salary=0..${k}e6 --range y=0..${k}500 -o r$k t.csv
	done
	quietly smpc-local -o m -- smpc-train --faithful -m linear --standardize -l y r1.{}
	for k in 1 2; do
		quietly smpc-local -o p$k -- smpc-predict --faithful m.{} r$k.{}
		smpc-reveal -o p$k.csv p$k.1 p$k.2
		paste -d , t.csv p$k.csv | awk -F , 'NR > 1 && ($2 - $3) ^ 2 > 1 { print; exit 1 }'
		quietly smpc-local -o s -- smpc-score -m r2 p1.{} r$k.{}
		awk '$2 < 0.999 { exit 1 }' s.1
	done
}

@test "predictions of several labels say which of them each is of" {
	awk 'BEGIN { print "x,u,v"; for (i = 0; i < 40; i++) printf "%.2f,%s,%s\n", i / 20 - 1, (i % 7 < i / 6) ? "yes" : "no", (i > 20) ? "b" : "a" }' >t.csv
	smpc-share -n 2 --codes u=no,yes --codes v=a,b -o t t.csv
	smpc-share -n 2 --codes u=no,yes --codes v=b,a -o w t.csv
	quietly smpc-local -o m -- smpc-train --net "dense 2, sigmoid" -l u,v t.{}
	for as in probabilities classes; do
		quietly smpc-local -o p -- smpc-predict --as $as m.{} t.{}
		quietly smpc-local -o s -- smpc-score -j -m accuracy p.{} t.{}
		assert_equal "$(sed 's/[0-9.]*//g' s.1)" '{"u":{"accuracy":},"v":{"accuracy":}}'
		differs values "'b', 'a'" "'a', 'b'" smpc-score --plan -m accuracy p.1 w.1
		stderr_has "column 'v'"
	done
	smpc-info p.1 | grep -x "column        predicted_v: class 'a', 'b', prediction of v"
}
