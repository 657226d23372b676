#!/usr/bin/env bats
# conduct session: in this file
#
# Values that are missing, and stay a secret: a column of presence tells which are there.

load helper
load shares
load parties
load engine

# table ROWS: ages and incomes of which some are missing, what is there of them in "due", and a label.
table() {
	awk -v n="$1" 'BEGIN { srand(3); print "age,income,z,y"
	    for (i = 0; i < n; i++) { a = 18 + int(70 * rand()); b = int(30000 + 40000 * rand()); z = rand()
	        y = (a - 50) / 20 + (b - 50000) / 15000 > 0
	        pa = rand() < 0.8; pb = rand() < 0.9; sa += pa * a; na += pa; sb += pb * b; nb += pb
	        printf("%s,%s,%f,%d\n", pa ? a : "NA", pb ? b : "", z, y) }
	    printf("%d %d %.6f %.6f\n", na, nb, sa / na, sb / nb) >"due" }' >t.csv
}

@test "counts and means are those of what is there; other figures are refused" {
	local cmd
	table 300
	smpc-share -n 2 -o t --na age,income=mean --range income=0..1e5 t.csv
	together 2 s smpc-stat count,mean 't.{}'
	smpc-reveal -t count s.1 s.2 >counts
	smpc-reveal -t mean s.1 s.2 >means
	assert_equal "$(head -n 1 means)" age,age.present,income,income.present,z,y
	paste -d , counts means due | awk -F '[, ]' 'NR == 1 { split($13 " " $14 " " $15 " " $16, due, " "); for (i = 13; i <= 16; i++) due[i - 12] = $i }
	    NR == 2 { exit !($1 == due[1] && $3 == due[2] && $2 == 300 && $5 == 300 && ($7 - due[3]) ^ 2 < 1e-8 && ($9 - due[4]) ^ 2 < 1e-3) }'
	for cmd in variance covariance correlation "histogram --bins 0,1 --min-count 1"; do
		# shellcheck disable=SC2086 # words
		capture smpc-local -n 2 -o no -- smpc-stat $cmd 't.{}'
		assert_failure 5
		stderr_has "column 'age' has missing values, which a"
	done
	costs 2 smpc-stat count,mean 't.{}'
	for cmd in "smpc-map relu" "smpc-compare lt -c 2" "smpc-max"; do
		# shellcheck disable=SC2086 # words
		capture smpc-local -n 2 -o no -- $cmd 't.{}'
		assert_failure 5
		stderr_has "has missing values, which this tool does not take"
	done
	fails_with 5 smpc-sum --mean t.1
	fails_with 5 smpc-add -c 1 t.1
	# without the column that tells, nobody takes zeroes for numbers
	smpc-cut -c age t.1 >cut.1
	fails_with 5 smpc-stat --plan mean cut.1
	stderr_has "column 'age' has missing values, and the column of presence that tells which is not there"
	# selections know, and the figures of a selection are those of its rows
	for p in 0 1 2; do
		smpc-cut -x z t.$p | smpc-head -n 300 >h.$p
	done
	together 2 u smpc-stat mean 'h.{}'
	smpc-reveal u.1 u.2 | paste -d , - mean | awk -F , 'NR == 2 { exit !(($1 - $6) ^ 2 < 1e-8 && ($3 - $8) ^ 2 < 1e-3) }'
}

@test "means of what is there, with many fraction bits" {
	awk 'BEGIN { print "x"; for (i = 0; i < 40; i++) print (i % 5 == 0) ? "NA" : 30000 + i }' >t.csv
	smpc-share -n 2 -o t --na x=mean t.csv
	for _ in 1 2 3; do
		together 2 s smpc-stat -f 20 mean 't.{}'
		smpc-reveal s.1 s.2 | awk -F , 'NR == 2 { exit !(($1 - 30020) ^ 2 < 1e-6 && ($2 - 0.8) ^ 2 < 1e-12) }' || return 1
	done
}

@test "means of what is there, of more rows than a count has room for, are refused" {
	printf '%s\n' x 1 NA | smpc-share -n 2 -o t --na x=mean
	# a dealer's share that announces 2^26 rows
	PYTHONPATH=$ROOT/tests/python python3 - <<-'P'
		import sharestream as share
		with open('t.0', 'rb') as f:
		    r, = share.parse(f.read())
		r.header['shape'][0] = r.header['key_rows'] = 2 ** 26
		with open('big.0', 'wb') as f:
		    f.write(share.encode_binary(r))
	P
	fails_with 5 smpc-stat --plan mean big.0
	stderr_has "more than 67108863 rows"
	quietly smpc-stat --plan count big.0
}

@test "nothing there, and everything" {
	printf '%s\n' a,b NA,1 NA,2 >t.csv
	smpc-share -n 2 -o t --na a,b=mean t.csv
	together 2 s smpc-stat count,mean 't.{}'
	smpc-reveal s.1 s.2 >got
	assert_equal "$(sed -n 2p got)" 0,2,2,2
	assert_equal "$(sed -n 5p got)" 0,0,1.5,1
}

@test "training fills with means of what is there, and predicting with those of the training" {
	local how p
	table 200
	smpc-share -n 2 -o t --na age,income=mean --range income=0..1e5 --codes y=0,1 t.csv
	# the same table, filled by hand
	read -r _ _ a b <due
	sed "s/^NA,/$a,/; s/^\([^,]*\),,/\1,$b,/" t.csv >f.csv
	smpc-share -n 2 -o f --range income=0..1e5 --codes y=0,1 f.csv
	# one row without anything
	printf '%s\n' age,income,z,y NA,,0.5,1 50,,0.25,0 NA,60000,0.75,1 >q.csv
	sed "s/^NA,/$a,/; s/^\([^,]*\),,/\1,$b,/" q.csv >g.csv
	smpc-share -n 2 -o q --na age,income=mean --range income=0..1e5 --codes y=0,1 q.csv
	smpc-share -n 2 -o g --range income=0..1e5 --codes y=0,1 g.csv
	together 2 m smpc-train --faithful -l y --standardize -e 3 't.{}'
	together 2 n smpc-train --faithful -l y --standardize -e 3 'f.{}'
	assert_equal "$(smpc-info m.1 | grep -c '^tensor *fill')" 0
	smpc-reveal -t dense1.weight m.1 m.2 | paste -d , - <(smpc-reveal -t dense1.weight n.1 n.2) |
		awk -F , 'NR > 1 && ($1 - $2) ^ 2 > 1e-6 { exit 1 }'
	smpc-reveal -t standardize.mean m.1 m.2 | head -n 1 | grep -q '^age,income,z$'
	together 2 p smpc-predict --faithful 'm.{}' 'q.{}'
	together 2 o smpc-predict --faithful 'm.{}' 'g.{}'
	smpc-reveal p.1 p.2 | paste -d , - <(smpc-reveal o.1 o.2) | awk -F , 'NR > 1 && ($1 - $2) ^ 2 > 1e-6 { exit 1 }'
	costs 2 smpc-predict 'm.{}' 'q.{}'
	# without standardizing, the model has the means by themselves
	for p in 0 1 2; do
		smpc-cut -x income,income.present t.$p >a.$p
		smpc-cut -x income,income.present q.$p >b.$p
		smpc-cut -x income g.$p >c.$p
	done
	together 2 w smpc-train --faithful -l y -r 0.001 -e 2 'a.{}'
	smpc-reveal -t fill w.1 w.2 | awk -F , -v a="$a" 'NR == 2 { exit !(($1 - a) ^ 2 < 1e-6) }'
	together 2 p smpc-predict --faithful 'w.{}' 'b.{}'
	together 2 o smpc-predict --faithful 'w.{}' 'c.{}'
	smpc-reveal p.1 p.2 | paste -d , - <(smpc-reveal o.1 o.2) | awk -F , 'NR > 1 && ($1 - $2) ^ 2 > 1e-6 { exit 1 }'
	# a model that has no means takes no holes
	for p in 0 1 2; do
		smpc-cut -x income f.$p >d.$p
	done
	together 2 v smpc-train -l y -r 0.001 -e 1 'd.{}'
	capture smpc-local -n 2 -o no -- smpc-predict 'v.{}' 'b.{}'
	assert_failure 5
	stderr_has "column 'age' has missing values, which a model that was trained without any"
	# labels have to be there
	capture smpc-local -n 2 -o no -- smpc-train -m linear -l age 't.{}'
	assert_failure 5
	stderr_has "column 'age' has missing values, which a label does not take"
	capture smpc-local -n 2 -o no -- smpc-score -m mse -l age --prediction z 't.{}'
	assert_failure 5
	together 2 s smpc-score -m accuracy -l y 'p.{}' 'q.{}'
}

# like_filled TRAIN...: models of t.* and of f.*, which was filled by hand, are one, and predict q.* and g.* alike.
like_filled() {
	together 2 m smpc-train --faithful -l y -e 3 "$@" 't.{}' || return 1
	together 2 n smpc-train --faithful -l y -e 3 "$@" 'f.{}' || return 1
	smpc-reveal -t dense1.weight m.1 m.2 | paste -d , - <(smpc-reveal -t dense1.weight n.1 n.2) |
		awk -F , 'NR > 1 && ($1 - $2) ^ 2 > 1e-6 { exit 1 }' || return 1
	together 2 p smpc-predict --faithful 'm.{}' 'q.{}' || return 1
	together 2 o smpc-predict --faithful 'm.{}' 'g.{}' || return 1
	smpc-reveal p.1 p.2 | paste -d , - <(smpc-reveal o.1 o.2) | awk -F , 'NR > 1 && ($1 - $2) ^ 2 > 1e-6 { exit 1 }'
}

@test "training fills with medians of what is there, and predicting with those of the training" {
	local how p a b
	for how in 199 200; do
		table $how
		smpc-share -f -n 2 -o t --na age=median --na income=mean --range income=0..1e5 --codes y=0,1 t.csv
		line_of column t.1 | grep -qx "age: number, values may be missing (median)"
		line_of column t.1 | grep -q "^income: number, from 0 to 100000, values may be missing,"
		a=$(awk -F , 'NR > 1 && $1 != "NA" { print $1 }' t.csv | sort -g | awk '{ x[NR] = $1 } END { print (x[int((NR + 1) / 2)] + x[int(NR / 2) + 1]) / 2 }')
		read -r _ _ _ b <due
		sed "s/^NA,/$a,/; s/^\([^,]*\),,/\1,$b,/" t.csv >f.csv
		smpc-share -f -n 2 -o f --range income=0..1e5 --codes y=0,1 f.csv
		printf '%s\n' age,income,z,y NA,,0.5,1 50,,0.25,0 NA,60000,0.75,1 >q.csv
		sed "s/^NA,/$a,/; s/^\([^,]*\),,/\1,$b,/" q.csv >g.csv
		smpc-share -f -n 2 -o q --na age=median --na income=mean --range income=0..1e5 --codes y=0,1 q.csv
		smpc-share -f -n 2 -o g --range income=0..1e5 --codes y=0,1 g.csv
		like_filled --standardize
		smpc-reveal -t fill m.1 m.2 | awk -F , -v a="$a" 'NR == 2 { exit $1 != a }'
		like_filled --standardize=robust
		like_filled --standardize=minmax
	done
	smpc-info m.1 | grep -q "made by train-order"
	# means alone are one with those that numbers are standardized by, but no medians and no smallest numbers are
	smpc-share -f -n 2 -o t --na age,income=mean --range income=0..1e5 --codes y=0,1 t.csv
	read -r _ _ a b <due
	sed "s/^NA,/$a,/; s/^\([^,]*\),,/\1,$b,/" t.csv | smpc-share -f -n 2 -o f --range income=0..1e5 --codes y=0,1
	sed "s/^NA,/$a,/; s/^\([^,]*\),,/\1,$b,/" q.csv | smpc-share -f -n 2 -o g --range income=0..1e5 --codes y=0,1
	smpc-share -f -n 2 -o q --na age,income=mean --range income=0..1e5 --codes y=0,1 q.csv
	like_filled --standardize=minmax
	like_filled --standardize=robust
	# a checkpoint, and a model to begin with, keep them
	together 2 k smpc-train --faithful --init 'm.{}' -l y -e 1 't.{}'
	smpc-reveal -t fill k.1 k.2 | cmp - <(smpc-reveal -t fill m.1 m.2)
	quietly smpc-train --plan --standardize=robust -l y t.1
}

@test "medians are filled in for numbers alone, and one kind of filling does not follow the other" {
	local p
	printf '%s\n' a,b 1,x NA,y 3,z >t.csv
	fails_with 2 smpc-share -n 2 -o no --na b=median --codes b=x,y,z t.csv
	stderr_has "categories have no median"
	fails_with 2 smpc-share -n 2 -o no --na median -x b t.csv
	stderr_has "--na COLUMN=median"
	smpc-share -n 2 -o t --na a=median -x b t.csv
	smpc-share -n 2 -o u --na a=mean -x b t.csv
	fails_with 4 smpc-cat t.1 u.1
	stderr_has "may be missing, for which the median stands"
	together 2 s smpc-stat count,median 't.{}'
	assert_equal "$(smpc-reveal s.1 s.2 | paste -s -d ' ')" "a,a.present 2,3  a,a.present 2,1"
	# by a schema
	printf '%s\n' '{"version": 1, "columns": [{"name": "a", "kind": "number", "range": ["0", "9"], "na": "median"}]}' >s.json
	cut -d , -f 1 t.csv >a.csv
	smpc-share -f -n 2 -o t --schema s.json a.csv
	smpc-info t.1 | grep -q "values may be missing (median)"
	smpc-schema --draft --range a=0..9 --na a=median -o d.json a.csv 2>draft.err
	grep -q '"na": "median"' d.json
}
