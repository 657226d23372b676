#!/usr/bin/env bats
#
# Labels that have to be classes: no model is trained on others, and no figure made of them.

load helper
load shares
load parties
load engine
load training

# labelled NAME LABEL...: NAME.csv and its shares, with a feature of each label's row.
labelled() {
	{
		echo x,y
		printf '%s\n' "${@:2}" | awk '{ print NR % 5 "," $0 }'
	} >"$1.csv"
	shared_csv_named "$1"
}

# refused WHY CMD...: all computing parties refuse it with 5, and say why; nothing is written, or printed.
refused() {
	capture smpc-local -n 2 -o refused -- "${@:2}"
	assert_failure 5
	stderr_has "1: ${2}: "
	stderr_has "2: ${2}: "
	stderr_has "$1"
	assert_not_exists refused.1
}

# restated IN OUT COLUMN JSON: what the header says of a column, from 0, is replaced.
restated() {
	PYTHONPATH=$ROOT/tests/python python3 - "$@" <<-'P'
		import json, sys
		import sharestream as share
		source, target, column, text = sys.argv[1:]
		with open(source, 'rb') as f:
		    records = share.parse(f.read())
		for r in records:
		    r.header.setdefault('about', [None] * r.cols)
		    r.header['about'][int(column)] = json.loads(text)
		with open(target, 'wb') as f:
		    f.write(b''.join(map(share.encode_binary, records)))
	P
}

# all_restated IN OUT COLUMN JSON: at all parties.
all_restated() {
	local party
	for party in 0 1 2; do
		restated "$1.$party" "$2.$party" "${@:3}" || return 1
	done
}

twelve=(0 1 1 0 1 0 0 1 1 0 1 0)

@test "other numbers than 0 and 1, whole or not: no model and no figure" {
	local odd
	labelled good "${twelve[@]}"
	together 2 m smpc-train -l y -e 2 'good.{}'
	together 2 p smpc-predict 'm.{}' 'good.{}'
	# R's coding of two classes, that of margins, one too many, a real number, one far beyond
	for odd in "1 2" "-1 1" "0 2" "0 0.5" "1 1.01" "0 -0.25" "1 1073741824000"; do
		# shellcheck disable=SC2086 # two
		labelled odd $odd $odd $odd $odd $odd $odd
		refused "odd.1: the labels in column 'y' are not all 0 or 1: its owner can share it with smpc-share --codes y=FIRST,SECOND" \
			smpc-train -l y -e 1 'odd.{}'
		refused "odd.1: the labels in column 'y' are not all 0 or 1" smpc-score -m accuracy,auc -l y 'p.{}' 'odd.{}'
	done
	# a single one among them
	labelled odd "${twelve[@]}" 3
	refused "not all 0 or 1" smpc-train -l y -e 1 'odd.{}'
	# errors are of any numbers, and lines go through any
	labelled odd 1 2 3 1 2 3 1 2 3 1 2 3
	together 2 m smpc-train -m linear -l y -e 1 'odd.{}'
	together 2 f smpc-score -m mse,r2 -l y --prediction x 'odd.{}'
}

@test "words are looked at before they are brought to another scale: none wraps into 0 or 1" {
	{ echo x,y; for i in 1 2 3 4 5 6 7 8 9 10 11; do echo "$i,$((i % 2))"; done; echo 3,281474976710656; } >t.csv
	smpc-share -n 2 --fraction-bits 0 -o t t.csv
	refused "not all 0 or 1" smpc-train -l y -e 1 't.{}'
	# what would be cut off is there
	sed '$s/.*/3,0.000001/' t.csv >u.csv
	smpc-share -n 2 --fraction-bits 30 -o u u.csv
	refused "not all 0 or 1" smpc-train -l y -e 1 'u.{}'
	sed '$s/.*/3,1/' t.csv >v.csv
	smpc-share -n 2 --fraction-bits 30 -o v v.csv
	together 2 m smpc-train -l y -e 1 'v.{}'
}

@test "classes: beyond the last, before the first, and between two of them" {
	local labels
	labelled good 0 1 2 0 1 2 0 1 2 0 1 2
	together 2 m smpc-train -l y -m softmax --classes 3 -e 2 'good.{}'
	together 2 p smpc-predict 'm.{}' 'good.{}'
	together 2 f smpc-score -m accuracy 'p.{}' 'good.{}'
	for labels in "1 2 3" "0 1 3" "-1 0 1" "0 1 1.5"; do
		# shellcheck disable=SC2086 # three
		labelled odd $labels $labels $labels $labels
		refused "the labels in column 'y' are not all whole numbers from 0 to 2" \
			smpc-train -l y -m softmax --classes 3 -e 2 'odd.{}'
		refused "the labels in column 'y' are not all whole numbers from 0 to 2" \
			smpc-score -m accuracy,confusion -l y 'p.{}' 'odd.{}'
	done
}

@test "a column for each class: one of a row is 1" {
	{ echo x,a,b; for i in 1 2 3 4 5 6; do echo "$i,1,0"; echo "$i,0,1"; done; } >good.csv
	shared_csv_named good
	together 2 m smpc-train -l a,b -m softmax -e 2 'good.{}'
	together 2 p smpc-predict 'm.{}' 'good.{}'
	for row in 1,1 0,0 0.5,0.5 2,-1; do
		sed "5s/.*/3,$row/" good.csv >odd.csv
		shared_csv_named odd
		refused "odd.1: the labels in columns 'a', 'b' are not a single 1 in each row, and else 0" \
			smpc-train -l a,b -m softmax -e 2 'odd.{}'
		refused "are scored one by one with --each" smpc-score -m accuracy -l a,b 'p.{}' 'odd.{}'
	done
}

@test "a row of five ones is no class, with 62 fraction bits either, which have no room for it" {
	shared x x 0.1 0.2 0.3
	printf '%s\n' a,b,c,d,e 1,1,1,1,1 1,1,1,1,1 1,1,1,1,1 | smpc-share -n 2 --fraction-bits 62 -o y 2>/dev/null
	capture smpc-local -n 2 -o no -- smpc-train -m softmax --epochs 1 -x 'x.{}' -y 'y.{}'
	assert_failure 5
	stderr_has "a row of labels has no room for so many columns with 62 fraction bits"
}

@test "labels that do not exclude each other are scored one by one" {
	{ echo x,y,z; for i in -4 -3 -2 -1 1 2 3 4 5 6 -5 -6; do echo "$i,$((i > 0)),$((i > 2))"; done; } >t.csv
	shared_csv_named t
	together 2 m smpc-train -l y,z -e 40 -r 0.5 't.{}'
	together 2 p smpc-predict 'm.{}' 't.{}'
	together 2 f smpc-score -m accuracy,confusion 'p.{}' 't.{}'
	cmp f.1 f.2
	assert_equal "$(cut -f 1,2 f.1)" "$(printf '%s\t%s\n' accuracy y confusion y confusion y accuracy z confusion z confusion z)"
	for label in y z; do
		together 2 g smpc-score -m accuracy,confusion -l $label --prediction predicted_$label 'p.{}' 't.{}'
		assert_equal "$(awk -F '\t' -v l=$label '$2 == l' f.1 | cut -f 1,3-)" "$(cat g.1)"
	done
	together 2 h smpc-score --json -m accuracy,confusion 'p.{}' 't.{}'
	assert_equal "$(cat h.1)" "{\"y\":$(smpc_json y),\"z\":$(smpc_json z)}"
	# in the clear as well, and a stream of the owner's own predictions where that is said
	smpc-reveal --public -o p.public p.1 p.2
	smpc-reveal --public -o t.public t.1 t.2
	quietly smpc-score --clear -m accuracy,confusion p.public t.public
	assert_output "$(cat f.1)"
	smpc-reveal p.1 p.2 | smpc-share -n 2 -o own
	together 2 g smpc-score --each -m accuracy,confusion 'own.{}' 't.{}'
	cut -f 1,2 g.1 | cmp - <(cut -f 1,2 f.1)
	refused "--each" smpc-score -m accuracy 'own.{}' 't.{}'
	fails_with 2 smpc-score --plan --each -m accuracy -l y own.1 t.1
	stderr_has "--each takes a column of predictions for each label, and they are 2 and 1"
	# or the labels' header says so
	smpc-share -f -n 2 --codes y=0,1 --codes z=0,1 -o t t.csv
	together 2 h smpc-score -m accuracy,confusion 'own.{}' 't.{}'
	cmp g.1 h.1
	# classes of one label are still that
	sed 's/,1,1$/,0,1/; s/,0,0$/,1,0/' t.csv >one.csv
	shared_csv_named one
	together 2 m smpc-train -l y,z -m softmax -e 4 'one.{}'
	together 2 p smpc-predict 'm.{}' 'one.{}'
	together 2 f smpc-score -m confusion 'p.{}' 'one.{}'
	assert_equal "$(wc -l <f.1)" 2
	costs 2 smpc-score --each -m accuracy,mse 'own.{}' 'one.{}'
}

# smpc_json LABEL: the figures of g.1 as an object, of that label's part of f.1.
smpc_json() {
	awk -F '\t' -v l="$1" '$2 == l && $1 == "accuracy" { a = $3 } $2 == l && $1 == "confusion" { c = c (c == "" ? "" : ",") "[" $4 "," $5 "]" }
		END { printf "{\"accuracy\":%s,\"confusion\":[%s]}", a, c }' f.1
}

@test "fewer than ten rows out of a table: nothing is opened about them" {
	labelled all 0 1 1 0 1 0 0 1 1 1
	each smpc-head -n 9 -o few.@ all.@
	refused "few.1: whether the labels in column 'y' are classes is not asked for fewer than 10 rows that are not all of a table, and nothing says it of 9" \
		smpc-train -l y -e 1 'few.{}'
	refused "--codes y=FIRST,SECOND" smpc-score -m accuracy -l y 'few.{}' 'few.{}'
	fails_with 5 smpc-train --plan -l y few.1
	# but where the owner has said it
	smpc-share -f -n 2 --codes y=0,1 --range x=0..5 -o said all.csv
	each smpc-head -n 9 -o few.@ said.@
	together 2 m smpc-train -l y -e 1 'few.{}'
	together 2 p smpc-predict 'm.{}' 'few.{}'
	together 2 f smpc-score -m accuracy 'p.{}' 'few.{}'
	# all of a table is what its owner chose, however small
	labelled two 0 1
	together 2 m smpc-train -l y -e 1 'two.{}'
	together 2 f smpc-score -m accuracy -l y --prediction y 'two.{}'
	each smpc-cat --repeat -o both.@ two.@ two.@ two.@
	together 2 m smpc-train -l y -e 1 'both.{}'
	# and not of what was computed, though a filter of rows or columns is the last that did something
	each smpc-sub -o odd.@ -c 1 all.@
	each smpc-cut -c x,y -o cut.@ odd.@
	refused "the labels in column 'y' were computed (cut)" smpc-train -l y -e 1 'cut.{}'
}

@test "labels that somebody has computed: no bit is opened about them, unless their range says it all" {
	labelled t "${twelve[@]}"
	each smpc-cut -c y -o y.@ t.@
	each smpc-cut -c x -o x.@ t.@
	each smpc-sub -o changed.@ -c 1 y.@
	refused "changed.1: the labels in column 'y' were computed (sub), and nothing says that they are classes" \
		smpc-train -x 'x.{}' -y 'changed.{}'
	refused "computed (sub)" smpc-score -m accuracy --threshold 0.5 'y.{}' 'changed.{}'
	# rows and columns of what an owner has shared are that still
	each smpc-head -n 11 -o head.@ t.@
	each smpc-shuf --seed 1 -o shuf.@ head.@
	each smpc-cut -c y,x -o cut.@ shuf.@
	together 2 m smpc-train -l y -e 1 'cut.{}'
	together 2 c smpc-compare lt -c 2 'x.{}'
	# a comparison gives 0 and 1, and says so
	together 2 m smpc-train -x 'x.{}' -y 'c.{}' -e 1
	all_restated c d 0 '{"kind":"number"}'
	refused "computed (compare)" smpc-train -x 'x.{}' -y 'd.{}' -e 1
	all_restated c d 0 '{"kind":"number","range":["0","1"]}'
	together 2 m smpc-train -x 'x.{}' -y 'd.{}' -e 1
	all_restated c d 0 '{"kind":"number","range":["0","2"]}'
	refused "column 'x' is declared as a number from 0 to 2, and labels here are 0 or 1" smpc-train -x 'x.{}' -y 'd.{}' -e 1
	# what is public is nobody's secret
	smpc-reveal --public -o changed.public changed.1 changed.2
	capture smpc-local -n 2 -o no -- smpc-train -x 'x.{}' -y changed.public -e 1
	assert_failure 5
	stderr_has "changed.public: the labels in column 'y' are not all 0 or 1"
}

@test "what a header says is believed, costs nothing, and is refused at once where it is something else" {
	local undeclared
	labelled t "${twelve[@]}"
	undeclared=$(smpc-train --plan -l y t.1 | tail -n 1)
	smpc-share -f -n 2 --codes y=0,1 -o d t.csv
	assert_not_equal "$(smpc-train --plan -l y d.1 | tail -n 1)" "$undeclared"
	costs 2 smpc-score -m accuracy -l y --prediction y 'd.{}'
	costs 2 smpc-score -m accuracy -l y --prediction y 't.{}'
	# a linear model takes any labels, and of undeclared ones it is found out whether they are in range
	assert_not_equal "$(smpc-train --plan -l y -m linear d.1)" "$(smpc-train --plan -l y -m linear t.1)"
	all_restated t i 1 '{"kind":"indicator","of":"ill","values":["yes"]}'
	assert_equal "$(smpc-train --plan -l y i.1)" "$(smpc-train --plan -l y d.1)"
	all_restated t b 1 '{"kind":"number","range":["0","65536"]}'
	assert_equal "$(smpc-train --plan -l y b.1 | tail -n 1)" "$undeclared"
	all_restated t k 1 '{"kind":"class","values":["a","b","c"],"range":["0","131072"]}'
	fails_with 5 smpc-train --plan -l y k.1
	stderr_has "k.1: column 'y' is declared as a class of 3 values, from 'a' to 'c', and labels here are 0 or 1: smpc-train -m softmax --classes 3 learns them"
	fails_with 5 smpc-score --plan -m accuracy -l y --prediction x k.1
	quietly smpc-train --plan -l y -m softmax --classes 3 k.1
	# the header says it, too, and knows better
	assert_equal "$(smpc-train --plan -l y -m softmax k.1)" "$output"
	assert_not_equal "$(smpc-train --plan -l y -m softmax --classes 4 k.1)" "$output"
	all_restated t b 1 '{"kind":"number","range":["65536","131072"]}'
	fails_with 5 smpc-train --plan -l y b.1
	stderr_has "column 'y' is declared as a number from 1 to 2, and labels here are 0 or 1: its owner can share it with smpc-share --codes y=FIRST,SECOND, the text of each class, in order; numbers are learnt with smpc-train -m linear"
	all_restated t b 1 '{"kind":"date"}'
	fails_with 5 smpc-score --plan -m accuracy -l y --prediction x b.1
	stderr_has "column 'y' is declared as a date"
}

@test "parties whose headers say different things of the labels do not begin" {
	labelled t "${twelve[@]}"
	all_restated t d 1 '{"kind":"class","values":["no","yes"],"range":["0","65536"]}'
	cp t.2 d.2
	capture smpc-local -n 2 -o no -- smpc-train -l y -e 1 'd.{}'
	assert_failure 4
	assert_not_exists no.1
}

@test "--plan, --stats and checkpoints with labels that are tested" {
	labelled t "${twelve[@]}" "${twelve[@]}"
	for how in "" "-m softmax --classes 3"; do
		# shellcheck disable=SC2086 # options
		quietly smpc-train --plan -l y -e 2 $how t.1
		plan=${lines[1]}
		# shellcheck disable=SC2086 # options
		capture smpc-local -n 2 -o s -- smpc-train -l y -e 2 --stats $how 't.{}'
		assert_success
		stderr_has "1: smpc-train: $plan"
	done
	# the bit is opened again when training goes on, about the same rows
	run smpc-local -n 2 -- smpc-train -l y -e 2 --checkpoint 'c.{}' -o /dev/full 't.{}'
	assert_failure
	together 2 m smpc-train -l y -e 2 --checkpoint 'c.{}' 't.{}'
}

@test "a loss that cannot be is not told" {
	awk 'BEGIN { print "x,y"; for (i = 0; i < 40; i++) print i / 40 "," 50000 + 25 * i }' >t.csv
	shared_csv_named t
	refused "tensor 'data', column y: numbers are beyond +-32768" smpc-train -m linear -l y -e 1 -r 0.001 --reveal loss 't.{}'
}

# near FIGURES DUE: to five digits.
near() {
	awk 'NR == FNR { due[$1] = $2; next } { d = $2 / due[$1] - 1; n += d * d < 1e-9 } END { exit n != 2 }' "$2" "$1"
}

@test "house prices: refused where nobody says how large they are, and right where owners do" {
	awk 'BEGIN { srand(5); print "predicted_price" >"p.csv"; print "price" >"y.csv"
	    for (i = 0; i < 300; i++) { y = int(50000 + 250000 * rand()); p = int(y + 120000 * (rand() - 0.5)); print p >"p.csv"; print y >"y.csv"
	        s += y; q += y * y; r += (p - y) ^ 2 } printf("mse\t%.6g\nr2\t%.6g\n", r / 300, 1 - r / (q - s * s / 300)) >"due" }'
	shared_csv_named p
	shared_csv_named y
	refused "mse of price: its numbers, or what predictions differ from them by, are beyond +-32768" smpc-score -m mse,r2 'p.{}' 'y.{}'
	refute_output --partial mse
	smpc-share -f --public -o p.public p.csv
	smpc-share -f --public -o y.public y.csv
	fails_with 5 smpc-score --clear -m mse,r2 p.public y.public
	smpc-share -f -n 2 --range predicted_price=-1e5..5e5 -o p p.csv
	smpc-share -f -n 2 --range price=0..5e5 -o y y.csv
	together 2 f smpc-score -m mse,r2 'p.{}' 'y.{}'
	near f.1 due
	costs 2 smpc-score -m mse,r2 'p.{}' 'y.{}'
	smpc-share -f --public --range predicted_price=-1e5..5e5 -o p.public p.csv
	smpc-share -f --public --range price=0..5e5 -o y.public y.csv
	quietly smpc-score --clear -m mse,r2 p.public y.public
	near <(echo "$output") due
}

squares=$ROOT/tests/python/least_squares.py

@test "salaries, with nothing said about how to learn: R2 of least squares, and predictions in their own units" {
	local size
	for size in "500 3 1" "500 12 2" "1500 6 3"; do
		# shellcheck disable=SC2086 # three
		python3 "$squares" salaries $size >t.csv
		smpc-share -f -n 2 -o t t.csv
		together 2 m smpc-train -m linear --standardize -l salary 't.{}'
		together 2 p smpc-predict 'm.{}' 't.{}'
		together 2 f smpc-score -m r2 'p.{}' 't.{}'
		run python3 "$squares" compare t.csv salary "$(cut -f 2 f.1)"
		assert_output ""
		smpc-reveal -t label.mean m.1 m.2 >mean
		awk -F , 'NR == FNR { mean = $1; next } FNR > 1 { s += $NF } END { exit !((s / (FNR - 1) - mean) ^ 2 < 0.01) }' mean t.csv
		smpc-reveal --table -o table.csv m.1 m.2
		run python3 "$squares" table t.csv salary table.csv 0.001
		assert_output ""
	done
	# in float64, as exact as what the model holds
	smpc-share -f --public -o public t.csv
	quietly smpc-train --float -m linear --standardize -l salary --reveal loss --log log -o f public
	smpc-reveal --table -o table.csv f
	run python3 "$squares" table t.csv salary table.csv 0.0003
	assert_output ""
	awk -v r2="$(cut -f 2 f.1)" 'END { exit !((1 - $4 - r2) ^ 2 < 1e-8) }' log
}

@test "a strong pull has room where lines are solved for" {
	local pull
	awk 'BEGIN { print "x,y"; for (i = 0; i < 100; i++) print i % 10 "," 3 * (i % 10) + i % 3 }' >t.csv
	smpc-share -n 2 -o t t.csv
	for pull in 60 300 1000; do
		together 2 m smpc-train -m linear --standardize -l y --l2 $pull 't.{}'
		smpc-reveal --table m.1 m.2 >table
		# the slope is that of least squares, 3.002, less what the pull takes
		awk -F , -v pull=$pull '$1 == "x" { d = $2 * (1 + pull / 2) - 3.002 } END { exit !(d ^ 2 < 0.15) }' table
	done
}

@test "classes that are numbers are printed as these, and not learnt as their positions" {
	{ echo x,out,cyl; awk 'BEGIN { for (i = 0; i < 60; i++) print i "," i % 3 + 1 "," 4 + 2 * (i % 3) }'; } >t.csv
	smpc-share -n 2 --range x=0..100 --codes out=1,2,3 --codes cyl=4,6,8 -o t t.csv
	smpc-reveal t.1 t.2 | cmp - t.csv
	smpc-reveal --public -o t.public t.1 t.2
	smpc-reveal t.public | cmp - t.csv
	[[ $(smpc-reveal --json t.public) == *'"rows":[[0,1,4],[1,2,6],[2,3,8],'* ]]
	smpc-reveal --npy t.public >t.npy
	python3 -c 'import struct, sys; assert struct.unpack("<6d", open("t.npy", "rb").read()[128:176]) == (0, 1, 4, 1, 2, 6)'
	each smpc-cut -c x,out -o a.@ t.@
	smpc-cut -c cyl -o y.public t.public
	each smpc-cut -c x,cyl -o b.@ t.@
	together 2 m smpc-train -m softmax --classes 3 -l out --standardize 'a.{}'
	assert_equal "$(smpc-reveal --table m.1 m.2 | head -n 1)" name,out_1,out_2,out_3
	together 2 p smpc-predict 'm.{}' 'a.{}'
	is_line columns p.1 "predicted_out_1, predicted_out_2, predicted_out_3"
	together 2 k smpc-predict --as classes 'm.{}' 'a.{}'
	smpc-reveal k.1 k.2 | sed 1d | awk '$1 < 1 || $1 > 3 { exit 1 }'
	smpc-reveal --public -o p.public p.1 p.2
	smpc-reveal --public -o k.public k.1 k.2
	quietly smpc-score --clear -m confusion p.public t.public
	assert_equal "$(cut -f 1,2 <<<"$output")" "$(printf 'confusion\t%s\n' 1 2 3)"
	quietly smpc-score --clear -m confusion -l out k.public t.public
	assert_equal "$(cut -f 1,2 <<<"$output")" "$(printf 'confusion\t%s\n' 1 2 3)"
	# nothing is computed of their positions
	for tool in smpc-sum 'smpc-sum --rows' 'smpc-mul -c 2' 'smpc-add -c 1' 'smpc-stat --plan mean' 'smpc-compare --plan eq -c 4' 'smpc-map --plan relu'; do
		# shellcheck disable=SC2086 # words
		fails_with 4 $tool b.1
		stderr_has "column 'cyl': is a class, whose words are 0, 1 and so on for 4, 6: leave it out (smpc-cut -x), or have it shared as a number (smpc-share --range)"
	done
	for tool in 'smpc-mul x.{} y.{}' 'smpc-mul y.{} y.{}' 'smpc-matmul -t x.{} y.{}' 'smpc-max y.{}' 'smpc-max --columns y.{}' 'smpc-transpose y.{}' 'smpc-add -c y.public x.{}' 'smpc-mul -c y.public x.{}' 'smpc-matmul -l -c y.public x.{}'; do
		# shellcheck disable=SC2086 # words
		capture smpc-local -o z -- sh -c "smpc-cut -c x t.{} >x.{}; smpc-cut -c cyl t.{} >y.{}; $tool"
		assert_failure 4
		stderr_has "column 'cyl': is a class, whose words are 0, 1 and so on for 4, 6: leave it out (smpc-cut -x), or have it shared as a number (smpc-share --range)"
	done
	capture smpc-local -o m -- smpc-train -m linear -l x --standardize 'b.{}'
	assert_failure 4
	stderr_has "column 'cyl': is a class, whose words are 0, 1 and so on for 4, 6"
	quietly smpc-stat --plan count b.1
	quietly smpc-compare --plan eq b.1 b.1
	capture smpc-local -o m -- smpc-train -m linear -l cyl --standardize 'b.{}'
	assert_failure 4
	stderr_has "column 'cyl': labels were declared as classes, and are shared as 0, 1 and so on for 4, 6: a model that learns numbers takes them with a range (smpc-share --range, smpc-schema --draft --range)"
	# nor by a model that was made elsewhere
	echo '{"name":"fc.weight","rows":[[0.5,1]]}' >net.json
	smpc-share -n 2 --net 'dense 1' -o net net.json
	capture smpc-local -o never -- smpc-predict 'net.{}' 'b.{}'
	assert_failure 4
	stderr_has "column 'cyl': is a class, whose words are 0, 1 and so on for 4, 6"
	smpc-share -f -n 2 --range x=0..100 --codes out=1,2,3 --range cyl=0..10 -o t t.csv
	each smpc-cut -c x,cyl -o b.@ t.@
	together 2 m smpc-train -m linear -l cyl --standardize 'b.{}'
	# 0 and 1 are these, and texts stay positions
	printf 'a,b\n0,no\n1,yes\n' | smpc-share -f -n 2 --codes a=0,1 --codes b=no,yes -o t -
	assert_equal "$(smpc-reveal t.1 t.2)" "$(printf 'a,b\n0,0\n1,1')"
	printf 'a,b\n07,-1.5\n1,2e1\n' | smpc-share -f -n 2 --codes a=1,07 --codes b=-1.5,2e1 -o t -
	assert_equal "$(smpc-reveal t.1 t.2)" "$(printf 'a,b\n1,0\n0,1')"
	printf 'a\n-1.5\n20\n' | smpc-share -f -n 2 --codes a=20,-1.5 -o t -
	assert_equal "$(smpc-reveal t.1 t.2)" "$(printf 'a\n-1.5\n20')"
}

@test "labels whose range is next to nothing of a model's unit are standardized, or refused, and no model of zeroes" {
	awk 'BEGIN { print "x,volt,share"; for (i = 0; i < 100; i++) print i / 100 "," (3 * i + i % 7) / 1e11 "," i / 1000 }' >t.csv
	smpc-share -n 2 --range x=0..1 --range volt=0..4e-9 --range share=0..0.1 -o t t.csv
	smpc-reveal --public -o t.public t.1 t.2
	capture smpc-local -o m -- smpc-train -m linear -l volt -r 0.1 't.{}'
	assert_failure 5
	stderr_has "column 'volt': its numbers are below 7.45058e-09, and labels have 16 fraction bits: standardize them"
	fails_with 5 smpc-train --clear -m linear -l share,volt -r 0.1 -o m t.public
	fails_with 5 smpc-train --clear --float -m linear -l volt -r 0.1 -o m t.public
	# features, too
	capture smpc-train --clear -m linear -l share -r 0.1 -o m t.public
	assert_failure 5
	stderr_has "column 'volt': its numbers are below 7.45058e-09, and features have 16 fraction bits: standardize them"
	smpc-cut -x volt -o s.public t.public
	quietly smpc-train --clear -m linear -l share -r 0.1 -o m s.public
	quietly smpc-train --clear -m linear -l volt --standardize -o m t.public
	smpc-predict --clear -o p m t.public
	quietly smpc-score --clear -m r2 -l volt p t.public
	[[ $output == r2*0.999* ]]
}

@test "labels that are standardized: the same in the clear, by --init, from a checkpoint, and through a file" {
	python3 "$squares" salaries 60 3 4 >t.csv
	smpc-share -n 2 -o t t.csv
	smpc-share --public -o t.public t.csv
	how=(--faithful -m linear --standardize -l salary -e 3 -r 0.1)
	together 2 m smpc-train "${how[@]}" 't.{}'
	smpc-reveal -o m.csv m.1 m.2
	quietly smpc-train --clear "${how[@]}" -o clear t.public
	smpc-reveal clear | cmp - m.csv
	# a killed one goes on, to the same bits
	run smpc-local -n 2 -- smpc-train "${how[@]}" --checkpoint 'c.{}' --every 1epoch -o /dev/full 't.{}'
	assert_failure
	smpc-info c.1 | grep -q "^tensor *label.scale"
	together 2 again smpc-train "${how[@]}" --checkpoint 'c.{}' --every 1epoch 't.{}'
	smpc-reveal again.1 again.2 | cmp - m.csv
	# --init brings labels to what the model has, and not to what these rows have
	head -n 31 t.csv | smpc-share -n 2 -o half
	together 2 more smpc-train --init 'm.{}' -l salary -e 1 'half.{}'
	smpc-reveal -t label.scale more.1 more.2 | cmp - <(smpc-reveal -t label.scale m.1 m.2)
	smpc-reveal -t label.mean more.1 more.2 | cmp - <(smpc-reveal -t label.mean m.1 m.2)
	# as JSON and back
	smpc-reveal --json m.1 m.2 >m.json
	smpc-share --public -o back m.json
	together 2 p smpc-predict --faithful 'm.{}' 't.{}'
	quietly smpc-predict --clear --faithful -o q back t.public
	smpc-reveal q | cmp - <(smpc-reveal p.1 p.2)
	awk -F , 'NR > 1 && ($1 < 1000 || $1 > 30000) { exit 1 }' <(smpc-reveal q)
	costs 2 smpc-predict 'm.{}' 't.{}'
	# half of it is none
	grep -v label.scale m.json >n.json
	fails_with 1 smpc-share --public -o no n.json
	stderr_has "of 'label.mean' and 'label.scale' one is missing"
	for p in 1 2; do
		smpc-cat --json m.$p | grep -v '"name":"label.mean"' >n.$p || true
	done
	# and what gives probabilities has none
	sed 's/"dense 1"/"dense 1, sigmoid"/' m.json >s.json
	fails_with 1 smpc-share --public -o no s.json
	stderr_has "there are tensors that the network 'dense 1, sigmoid' does not have"
}

@test "least squares: the plan, the loss, the same bits in the clear, by three parties, a pull, and batches instead" {
	python3 "$squares" salaries 80 4 5 >t.csv
	smpc-share --public -o public t.csv
	for n in 2 3; do
		smpc-share -f -n $n -o t t.csv
		quietly smpc-train --plan -m linear --standardize -l salary t.1
		assert_line "steps 1; parameters 5; memory about 16 MiB"
		plan=${lines[1]}
		capture smpc-local -n $n -o m -- smpc-train -m linear --standardize -l salary --stats 't.{}'
		assert_success
		stderr_has "1: smpc-train: $plan"
		for pull in "" "--l2 0.5"; do
			how=(--faithful -m linear --standardize -l salary --reveal loss)
			# shellcheck disable=SC2086 # an option
			together $n m smpc-train "${how[@]}" $pull --log 'log.{}' 't.{}'
			# shellcheck disable=SC2086 # an option
			quietly smpc-train --clear "${how[@]}" $pull --log log.0 -o clear public
			smpc-reveal clear | cmp - <(smpc-reveal $(seq -f m.%.0f 1 $n))
			assert_equal "$(cut -f 4 log.1)" "$(cut -f 4 log.0)"
			together $n p smpc-predict 'm.{}' 't.{}'
			together $n f smpc-score -m r2 'p.{}' 't.{}'
			awk -v r2="$(cut -f 2 f.1)" 'END { exit !((1 - $4 - r2) ^ 2 < 1e-8) }' log.1
		done
		# with a pull it is what steps come to
		together $n s smpc-train -m linear --standardize -l salary --l2 0.5 -e 300 -b 80 't.{}'
		paste -d , <(smpc-reveal --table $(seq -f m.%.0f 1 $n)) <(smpc-reveal --table $(seq -f s.%.0f 1 $n)) |
			awk -F , 'NR > 1 && ($2 - $4) ^ 2 > 1e-5 * $2 ^ 2 { exit 1 }'
	done
	assert_equal "$(wc -l <log.1)" 2
}

@test "least squares: features that say nothing, or the same as others, take nothing from the rest" {
	awk 'BEGIN { srand(2); print "a,same,b,twice,sum,y"; for (i = 0; i < 120; i++) { a = rand(); b = 100 * rand()
	    printf("%f,7,%f,%f,%f,%f\n", a, b, 2 * a, a + b, 1000 * a - 5 * b + 300) } }' >t.csv
	smpc-share -n 2 -o t t.csv
	together 2 m smpc-train -m linear --standardize -l y 't.{}'
	smpc-reveal --table -o table.csv m.1 m.2
	awk -F , '{ got[$1] = $2 } END { exit !((got["(Intercept)"] - 300) ^ 2 < 1 && (got["a"] - 1000) ^ 2 < 9 && (got["b"] + 5) ^ 2 < 1e-4 &&
		got["same"] == 0 && got["twice"] == 0 && got["sum"] == 0) }' table.csv
	# more features than rows
	head -n 5 t.csv | cut -d , -f 1,3,6 | smpc-share -n 2 -o few
	together 2 m smpc-train -m linear --standardize -l y 'few.{}'
}

@test "several numbers, a constant one among them" {
	awk 'BEGIN { srand(8); print "a,b,far,near,same"; for (i = 0; i < 200; i++) { a = rand(); b = rand()
	    printf("%f,%f,%f,%f,5\n", a, b, 20000 + 9000 * a - 4000 * b, 0.01 * b - 0.02 * a) } }' >t.csv
	smpc-share -n 2 -o t t.csv
	together 2 m smpc-train -m linear --standardize -l far,near,same 't.{}'
	together 2 p smpc-predict 'm.{}' 't.{}'
	smpc-reveal p.1 p.2 | paste -d , - t.csv | awk -F , 'NR > 1 && (($1 - $6) ^ 2 > 1 || ($2 - $7) ^ 2 > 4e-9 || ($3 - 5) ^ 2 > 1e-8) { exit 1 }'
}

@test "numbers with a declared range that are 0 and 1, or whole: labels in any unit" {
	local odd
	labelled good "${twelve[@]}"
	together 2 want smpc-train --faithful --standardize -l y 'good.{}'
	smpc-share -f -n 2 --range y=0..1 --range x=0..4 -o r good.csv
	together 2 m smpc-train --faithful --standardize -l y 'r.{}'
	smpc-info r.1 | grep -q "^column        y: number, from 0 to 1, words times 2^"
	together 2 p smpc-predict --faithful 'm.{}' 'r.{}'
	together 2 s smpc-score -m accuracy,auc,confusion p.{} r.{}
	together 2 q smpc-predict --faithful 'want.{}' 'good.{}'
	together 2 t smpc-score -m accuracy,auc,confusion q.{} good.{}
	cmp s.1 t.1
	# what is not 0 or 1, by whatever little, is found by the bit
	for odd in 0.5 0.000001 0.99999; do
		sed "5s/,.*/,$odd/" good.csv >odd.csv
		smpc-share -f -n 2 --range y=0..1 --range x=0..4 -o odd odd.csv
		refused "the labels in column 'y' are not all 0 or 1" smpc-train -l y odd.{}
		refused "the labels in column 'y' are not all 0 or 1" smpc-score -m accuracy -l y --prediction x --threshold 1 odd.{}
		smpc-reveal --public -o clear odd.1 odd.2
		fails_with 5 smpc-train --clear -l y clear
		stderr_has "row 4: the label"
	done
	# a range that goes beyond says that they are something else
	smpc-share -f -n 2 --range y=0..1.5 --range x=0..4 -o r good.csv
	refused "column 'y' is declared as a number from 0 to 1.5, and labels here are 0 or 1" smpc-train -l y r.{}
	# three classes
	labelled three 0 1 2 0 1 2 0 1 2 0 1 2
	smpc-share -f -n 2 --range y=0..2 --range x=0..4 -o three three.csv
	together 2 m smpc-train --standardize -m softmax --classes 3 -l y 'three.{}'
	sed '5s/,.*/,1.5/' three.csv >odd.csv
	smpc-share -f -n 2 --range y=0..2 --range x=0..4 -o odd odd.csv
	refused "the labels in column 'y' are not all whole numbers from 0 to 2" smpc-train -m softmax --classes 3 -l y odd.{}
}
