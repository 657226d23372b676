#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine
load training

scores=$ROOT/tests/python/scores.py
all=accuracy,balanced-accuracy,mcc,confusion,precision,recall,specificity,f1,auc,log-loss,brier,mse,mae,r2

# figures N NAME ARGUMENT...: what all computing parties print: NAME.out; the dealer prints nothing.
figures() {
	local n=$1 name=$2 i
	together "$n" "$name" smpc-score "${@:3}" || return 1
	for ((i = 2; i <= n; i++)); do
		cmp "$name.1" "$name.$i" || return 1
	done
	[ ! -s "$name.0" ] || fail "the dealer prints" || return 1
	mv "$name.1" "$name.out"
	rm "$name".?
}

# right_figures LIST PREDICTED LABELS LABEL GOT
right_figures() {
	capture python3 "$scores" figures "$@"
	assert_success || return 1
	assert_output ""
}

# guesses ROWS SEED: p.csv and y.csv, probabilities with ties, and labels.
guesses() {
	awk -v n="$1" -v seed="$2" 'BEGIN { srand(seed); print "p" >"p.csv"; print "id,ill" >"y.csv"
	    for (i = 0; i < n; i++) { y = rand() < 0.4; p = int(100 * (rand() + y) / 2) / 100
	        print p >"p.csv"; print i "," y >"y.csv" } }'
}

@test "breast cancer, from patients to figures, for two and three parties" {
	local n
	for n in 2 3; do
		patients $n
		together $n m smpc-train -l malignant --standardize 'train.{}'
		together $n p smpc-predict 'm.{}' 'rest.{}'
		smpc-reveal -o p.csv $(seq -f p.%.0f 1 $n)
		figures $n f -m $all --json -l malignant 'p.{}' 'rest.{}'
		right_figures $all p.csv test.csv malignant f.out
		figures $n a -m accuracy -l malignant 'p.{}' 'rest.{}'
		awk '$1 == "accuracy" && $2 > 0.94 { good = 1 } END { exit !(good && NR == 1) }' a.out
		rm ./*.?
	done
}

@test "figures of many rows with ties; in the order of the manual, whatever the order asked for" {
	guesses 3000 5
	shared_csv_named p
	shared_csv_named y
	figures 2 f --metrics r2,auc,mse,brier,log-loss,specificity,mae,accuracy,f1,mcc,recall,precision,balanced-accuracy,confusion \
		--json -l ill 'p.{}' 'y.{}'
	right_figures $all p.csv y.csv ill f.out
	assert_equal "$(sed 's/:\(\[\[.*\]\]\|[^],]*\)//g' f.out)" \
		'{"'"${all//,/\",\"}"'"'
	figures 2 g -m auc,accuracy -l ill 'p.{}' 'y.{}'
	assert_equal "$(cut -f 1 g.out | paste -s -d ,)" accuracy,auc
	assert_equal "$(awk '{ printf "%s%s", sep, $2; sep = "," }' g.out)" \
		"$(sed 's/.*"accuracy":\([^,]*\),.*"auc":\([^,]*\),.*/\1,\2/' f.out)"
}

@test "several classes" {
	awk 'BEGIN { srand(3); print "a,b,c" >"p.csv"; print "kind" >"y.csv"; print "a,b,c" >"h.csv"
	    for (i = 0; i < 400; i++) { k = int(3 * rand()); for (j = 0; j < 3; j++) s += q[j] = rand() + (j == k)
	        print q[0] / s "," q[1] / s "," q[2] / s >"p.csv"; s = 0
	        print k >"y.csv"; print (k == 0) "," (k == 1) "," (k == 2) >"h.csv" } }'
	shared_csv_named p
	shared_csv_named y
	shared_csv_named h
	figures 2 f -m accuracy,confusion,precision,recall,f1,log-loss --json 'p.{}' 'y.{}'
	smpc-reveal -o p.csv p.1 p.2
	right_figures accuracy,confusion,precision,recall,f1,log-loss p.csv y.csv kind f.out
	# labels as columns
	figures 2 g -m accuracy,confusion,precision,recall,f1,log-loss --json 'p.{}' 'h.{}'
	awk -v RS='[][,:{}]' 'NR == FNR { a[FNR] = $0; next } $0 != a[FNR] && ($0 - a[FNR]) ^ 2 > 1e-6 { exit 1 }' f.out g.out
	# class numbers
	awk -F , 'NR == 1 { print "k"; next } { print ($1 >= $2 && $1 >= $3) ? 0 : ($2 >= $3) ? 1 : 2 }' p.csv >k.csv
	shared_csv_named k
	figures 2 g -m accuracy,confusion --classes 3 --json 'k.{}' 'y.{}'
	assert_equal "$(cat g.out)" "$(sed 's/,"precision.*/}/' f.out)"
	figures 2 g -m confusion --classes 3 'k.{}' 'y.{}'
	assert_equal "$(head -n 1 g.out)" "$(sed 's/.*"confusion":\[\[\([0-9,]*\)\].*/confusion,0,\1/' f.out | tr , '\t')"
	assert_equal "$(wc -l <g.out)" 3
}

@test "averages, and the figures of each class" {
	local averaged=precision,recall,specificity,f1 average
	awk 'BEGIN { srand(7); print "a,b,c" >"p.csv"; print "kind" >"y.csv"
	    for (i = 0; i < 150; i++) { k = int(3 * rand() ^ 2); for (j = 0; j < 3; j++) s += q[j] = rand() + 0.6 * (j == k)
	        print q[0] / s "," q[1] / s "," q[2] / s >"p.csv"; s = 0; print k >"y.csv" } }'
	shared_csv_named p
	shared_csv_named y
	smpc-reveal -o p.csv p.1 p.2
	for average in macro weighted micro none; do
		[ $average = micro ] || averaged=precision,recall,specificity,f1,auc
		figures 2 f -m accuracy,balanced-accuracy,mcc,$averaged --average $average --json 'p.{}' 'y.{}'
		right_figures accuracy,balanced-accuracy,mcc,$averaged p.csv y.csv kind f.out $average
		averaged=precision,recall,specificity,f1
	done
	# a line for each class, by its value
	smpc-share -f -n 2 --codes kind=0,1,2 -o y y.csv
	figures 2 g -m recall --average none 'p.{}' 'y.{}'
	assert_equal "$(cut -f 1,2 g.out | paste -s -d , | tr '\t' :)" recall:0,recall:1,recall:2
	assert_equal "$(cut -f 3 g.out | paste -s -d ,)" "$(sed 's/.*"recall":\[\([^]]*\)\].*/\1/' f.out)"
	# two classes have them, too
	guesses 60 8
	smpc-share --public -o p p.csv
	smpc-share --public -o y y.csv
	for average in binary macro weighted micro none; do
		smpc-score --clear -m $averaged,auc --average $average --json -l ill p y >f.out
		right_figures $averaged,auc p.csv y.csv ill f.out $average
	done
	# a class that has no rows has no area
	shared q a,b,c 0.5,0.2,0.3 0.1,0.6,0.3 0.3,0.5,0.2
	shared r y 0 1 1
	figures 2 f -m balanced-accuracy,recall,auc 'q.{}' 'r.{}'
	assert_equal "$(cat f.out)" "$(printf 'balanced-accuracy\tnan\nrecall\t0.666667\nauc\tnan')"
	figures 2 f -m recall,auc --average weighted 'q.{}' 'r.{}'
	assert_equal "$(cat f.out)" "$(printf 'recall\t1\nauc\t1')"
	figures 2 f -m recall,auc --average none -j 'q.{}' 'r.{}'
	assert_equal "$(cat f.out)" '{"recall":[1,1,null],"auc":[1,1,null]}'
}

# scikit-learn 1.2.1 of these: accuracy_score(y, s), balanced_accuracy_score, matthews_corrcoef; precision_score(y, s,
# average=a), recall_score, f1_score; roc_auc_score(y, p, multi_class="ovr", average=a), log_loss(y, p); mean_squared_error(t, q),
# mean_absolute_error, mean_absolute_percentage_error, r2_score.  More are compared in slow/score-data.sh.
@test "figures are those of scikit-learn" {
	local average
	printf '%s\n' a,b,c .7,.2,.1 .4,.5,.1 .2,.6,.2 .1,.3,.6 .3,.4,.3 .1,.8,.1 .6,.3,.1 .2,.2,.6 .5,.3,.2 .8,.1,.1 .3,.5,.2 .1,.2,.7 >p.csv
	printf '%s\n' y 0 0 1 0 2 1 0 2 1 0 1 2 >y.csv
	printf '%s\n' q,t 2.5,3.5 -1.5,-1 2,2 7,8 12,10 4.5,4 >t.csv
	smpc-share --public -o p p.csv
	smpc-share --public --codes y=0,1,2 -o y y.csv
	smpc-share --public -o t t.csv
	figures_of() {
		quietly smpc-score --clear "$@"
		awk '{ printf "%s%.4f", sep, $NF; sep = " " } END { print "" }' <<<"$output"
	}
	assert_equal "$(figures_of -m accuracy,balanced-accuracy,mcc,log-loss p y)" "0.6667 0.6722 0.5000 0.7510"
	assert_equal "$(for average in macro weighted micro; do figures_of -m precision,recall,f1 --average $average p y; done | paste -s -d ,)" \
		"0.6722 0.6722 0.6667,0.6792 0.6667 0.6667,0.6667 0.6667 0.6667"
	assert_equal "$(for average in macro weighted none; do figures_of -m auc --average $average p y; done | paste -s -d ,)" \
		"0.8784,0.8663,0.8000 0.8906 0.9444"
	assert_equal "$(figures_of -m mse,mae,mape,r2 -l t t)" "1.0833 0.8333 0.2060 0.9190"
}

@test "figures of errors, absolute and relative" {
	awk 'BEGIN { srand(3); print "f,y" >"t.csv"; for (i = 0; i < 80; i++) { y = (rand() < 0.5 ? -1 : 1) * exp(6 * rand() - 2)
	    printf "%.4f,%.4f\n", y * (0.7 + 0.6 * rand()) + rand() / 9, y >"t.csv" } }'
	cut -d , -f 1 t.csv >p.csv
	smpc-share -n 2 -o t t.csv
	figures 2 f -m mse,mae,mape -j -l y 't.{}'
	right_figures mse,mae,mape p.csv t.csv y f.out
	smpc-share -n 2 --range f=-1e3..1e3 --range y=-100..100 -o r t.csv
	figures 2 f -m mse,mae,mape -j -l y 'r.{}'
	right_figures mse,mae,mape p.csv t.csv y f.out
	smpc-reveal --public -o r.public r.1 r.2
	quietly smpc-score --clear -m mse,mae,mape --json -l y r.public
	echo "$output" >f.out
	right_figures mse,mae,mape p.csv t.csv y f.out
	# nothing is divided by 0, nor by what has hardly a bit
	for last in 0 0.001; do
		sed "\$s/,.*/,$last/" t.csv | smpc-share -f -n 2 -o z -
		capture smpc-local -n 2 -o no -- smpc-score -m mape,mae -l y 'z.{}'
		assert_failure 5
		stderr_has "mape of y: some of its numbers are 0, or below a millionth of its range"
		quietly smpc-local -n 2 -- smpc-score -m mae -l y 'z.{}'
	done
}

# right_intervals LIST REPLICATES SEED LEVEL PREDICTED LABELS LABEL GOT [AVERAGE]
right_intervals() {
	capture python3 "$scores" intervals "$@"
	assert_success || return 1
	assert_output ""
}

@test "intervals from replicates that a public seed says" {
	local list=accuracy,balanced-accuracy,mcc,precision,recall,specificity,f1,log-loss,brier,mse,mae average
	guesses 60 11
	shared_csv_named p
	shared_csv_named y
	figures 2 f -m $list --bootstrap 120 --seed 7 --json -l ill 'p.{}' 'y.{}'
	right_intervals $list 120 7 0.95 p.csv y.csv ill f.out
	figures 2 f -m $list --bootstrap 101 --seed 8 --level 0.9 --json -l ill 'p.{}' 'y.{}'
	right_intervals $list 101 8 0.9 p.csv y.csv ill f.out
	# the seed, and nothing else, decides; lines have both ends
	figures 2 g -m accuracy,recall --average none --bootstrap 101 --seed 8 --level 0.9 -l ill 'p.{}' 'y.{}'
	assert_equal "$(sed -n 1p g.out)" \
		"$(sed 's/.*"accuracy":{"estimate":\([^,]*\),"low":\([^,]*\),"high":\([^}]*\)}.*/accuracy\t\1\t\2\t\3/' f.out)"
	assert_equal "$(cut -f 1,2 g.out | paste -s -d , | tr '\t' :)" "accuracy:$(sed -n 1p g.out | cut -f 2),recall:0,recall:1"
	# errors of any size, in units of their own
	awk 'BEGIN { srand(5); print "f,y" >"t.csv"; for (i = 0; i < 50; i++) { y = 10 + 90 * rand(); printf "%.3f,%.3f\n", y + 30 * (rand() - 0.5), y >"t.csv" } }'
	cut -d , -f 1 t.csv >f.csv
	for options in '' '--range f=-50..200 --range y=0..200'; do
		# shellcheck disable=SC2086 # words
		smpc-share -f --public $options -o t t.csv
		smpc-score --clear -m mse,mae,mape,r2 --bootstrap 100 --seed 0 -j -l y t >f.out
		right_intervals mse,mae,mape,r2 100 0 0.95 f.csv t.csv y f.out
	done
	awk -F , -v OFS=, 'NR > 1 { $1 *= 300; $2 *= 300 } 1' t.csv >u.csv
	cut -d , -f 1 u.csv >g.csv
	smpc-share -n 2 -o u u.csv
	figures 2 f -m mse,mae,r2 --bootstrap 100 --seed 0 -j -l y 'u.{}'
	right_intervals mse,mae,r2 100 0 0.95 g.csv u.csv y f.out
	# r2 worse than the mean, and of labels that are all the same
	awk -F , -v OFS=, 'NR > 1 { $1 = 100 - $1 } 1' t.csv >v.csv
	cut -d , -f 1 v.csv >h.csv
	smpc-share --public -o v v.csv
	smpc-score --clear -m r2 --bootstrap 100 --seed 0 -j -l y v >f.out
	right_intervals r2 100 0 0.95 h.csv v.csv y f.out
	awk -F , -v OFS=, 'NR > 1 { $2 = 7.3 } 1' t.csv >c.csv
	smpc-share --public -o c c.csv
	quietly smpc-score --clear -m r2 --bootstrap 100 --seed 0 -l y c
	assert_output "r2	nan	nan	nan"
	# what is not defined in one of them has no ends
	classes y=0,1 few y 1 1 0 0 0 0 0 0 0 0
	shared s p 0.9 0.1 0.2 0.3 0.4 0.6 0.1 0.2 0.3 0.1
	figures 2 f -m accuracy,recall --bootstrap 100 --seed 1 's.{}' 'few.{}'
	assert_equal "$(grep recall f.out)" "recall	0.5	nan	nan"
	# several classes, and in the clear
	awk 'BEGIN { srand(3); print "a,b,c" >"q.csv"; print "kind" >"k.csv"
	    for (i = 0; i < 60; i++) { k = int(3 * rand()); for (j = 0; j < 3; j++) s += q[j] = rand() + (j == k)
	        print q[0] / s "," q[1] / s "," q[2] / s >"q.csv"; s = 0; print k >"k.csv" } }'
	smpc-share --public -o q q.csv
	smpc-share --public --codes kind=0,1,2 -o k k.csv
	for average in weighted none; do
		quietly smpc-score --clear -m accuracy,mcc,f1,specificity,log-loss --average $average --bootstrap 100 --seed 9 -j q k
		echo "$output" >f.out
		right_intervals accuracy,mcc,f1,specificity,log-loss 100 9 0.95 q.csv k.csv kind f.out $average
	done
	costs 2 smpc-score -m f1,mse,r2 --bootstrap 100 --seed 3 -l ill 'p.{}' 'y.{}'
	# what is wrong
	for figure in auc confusion roc calibration; do
		fails_with 2 smpc-score --plan -m accuracy,$figure --bootstrap 100 --seed 1 -l ill p.1 y.1
		stderr_has "$figure has no interval"
	done
	fails_with 2 smpc-score --plan -m accuracy --bootstrap 100 -l ill p.1 y.1
	stderr_has "it takes --seed NUMBER"
	fails_with 2 smpc-score --plan -m accuracy --bootstrap 99 --seed 1 -l ill p.1 y.1
	fails_with 2 smpc-score --plan -m accuracy --bootstrap 100 --seed 1 --level 1 -l ill p.1 y.1
	stderr_has "--level takes a share from 0.5 to 0.999"
	fails_with 2 smpc-score --plan -m accuracy --seed 1 -l ill p.1 y.1
	stderr_has "go with --bootstrap"
}

# right_tables THRESHOLDS LEAST PREDICTED LABELS LABEL GOT
right_tables() {
	capture python3 "$scores" tables "$@"
	assert_success || return 1
	assert_output ""
}

@test "curves and calibration at public thresholds, with a least count" {
	local usual=0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9 least
	guesses 150 21
	smpc-share -n 2 --range p=0..1 -o p p.csv
	smpc-share -n 2 --codes ill=0,1 -c ill -o y y.csv
	figures 2 f -m roc,pr,calibration --json 'p.{}' 'y.{}'
	right_tables $usual 10 p.csv y.csv ill f.out
	smpc-reveal --public -o p.public p.1 p.2
	smpc-reveal --public -o y.public y.1 y.2
	for least in 1 2 25 40 80; do
		smpc-score --clear -m calibration,pr,roc --at 0.05,0.3,0.55,0.6,0.9 --min-count $least --json p.public y.public >f.out
		right_tables 0.05,0.3,0.55,0.6,0.9 $least p.csv y.csv ill f.out
	done
	# lines: from the highest threshold down; bins ascend
	figures 2 f -m calibration,roc,pr --at 0.3,0.6 --min-count 1 'p.{}' 'y.{}'
	assert_equal "$(cut -f 1,2 f.out | tr '\t\n' ' ,')" "roc 0.6,roc 0.3,pr 0.6,pr 0.3,calibration 0,calibration 0.3,calibration 0.6,"
	assert_equal "$(awk '$1 == "calibration" { n += $4 } END { print n }' f.out)" 150
	# two columns: the probability of class 1; and in the clear
	awk 'NR == 1 { print "q0,q1"; next } { print 1 - $1 "," $1 }' p.csv >q.csv
	smpc-share -n 2 --range q0=0..1 --range q1=0..1 -o q q.csv
	figures 2 g -m calibration,roc,pr --at 0.3,0.6 --min-count 1 'q.{}' 'y.{}'
	cmp <(cut -f 1-4,6 f.out) <(cut -f 1-4,6 g.out)
	quietly smpc-score --clear -m calibration,roc,pr --at 0.3,0.6 --min-count 1 p.public y.public
	assert_equal "$(cut -f 1-4,6 <<<"$output")" "$(cut -f 1-4,6 f.out)"
	# a class of fewer rows than that is not shown, and neither is that it is empty
	classes y=0,1 few y 1 0 0 0 0 0 0 0
	classes y=0,1 none y 0 0 0 0 0 0 0 0
	shared s p 0.9 0.1 0.2 0.3 0.4 0.5 0.6 0.7
	figures 2 f -m roc,pr --at 0.5 --min-count 2 's.{}' 'few.{}'
	figures 2 g -m roc,pr --at 0.5 --min-count 2 's.{}' 'none.{}'
	cmp f.out g.out
	assert_equal "$(cat f.out)" "$(printf 'roc\t0.5\tnan\tnan\npr\t0.5\tnan\tnan')"
	costs 2 smpc-score -m roc,pr,calibration 'p.{}' 'y.{}'
	# what is wrong
	fails_with 2 smpc-score --plan -m roc --at 0.5,0.5 p.1 y.1
	stderr_has "--at takes thresholds that ascend"
	fails_with 2 smpc-score --plan -m roc --at 0.5,x p.1 y.1
	fails_with 2 smpc-score --plan -m roc --at "$(seq -s , 65)" p.1 y.1
	fails_with 2 smpc-score --plan -m auc --min-count 5 p.1 y.1
	fails_with 2 smpc-score --plan -m calibration --at 0,0.5 p.1 y.1
	stderr_has "calibration is of probabilities: thresholds are between 0 and 1, and 0 is not"
	fails_with 2 smpc-score --plan -m pr --classes 3 p.1 y.1
	fails_with 5 smpc-score --plan -m roc --at 0.5,0.50000000000001 p.1 y.1
	stderr_has "is, in the unit of predictions,"
}

@test "predictions that are classes do not say how many there are" {
	table k.csv predicted_digit 0 2 1 2
	table y.csv digit 0 2 1 1
	smpc-share -n 2 --fraction-bits 0 -o k k.csv
	smpc-share -n 2 --fraction-bits 0 -o y y.csv
	fails_with 2 smpc-score --plan -m accuracy k.1 y.1
	stderr_has "how many classes there are, neither of them says; --classes does"
	# but where the labels' header does
	smpc-share -f -n 2 --codes digit=0,1,2 -o y y.csv
	figures 2 f -m accuracy --classes 3 'k.{}' 'y.{}'
	assert_equal "$(cat f.out)" "accuracy	0.75"
	figures 2 g -m accuracy 'k.{}' 'y.{}'
	cmp f.out g.out
	# a threshold says that there are two; errors are not of classes; probabilities are of two
	smpc-share -n 2 --codes digit=1,2 -o two <(grep -v 0 y.csv)
	smpc-share -n 2 --fraction-bits 0 -o l <(tail -n +2 k.csv | sed 1s/.*/predicted_digit/)
	quietly smpc-score --plan -m accuracy --threshold 0.5 l.1 two.1
	quietly smpc-score --plan -m mse k.1 y.1
	quietly smpc-score --plan -m accuracy two.1 two.1
}

@test "labels are found by the names of what was predicted" {
	local t
	classes y=0,1 t y,a,z,b 1,5,0,7 0,6,1,8 1,7,1,9
	shared p predicted_y 0.9 0.8 0.7
	figures 2 f -m confusion 'p.{}' 't.{}'
	figures 2 g -m confusion -l y 'p.{}' 't.{}'
	assert_equal "$(cat f.out)" "$(printf 'confusion\t0\t0\t1\nconfusion\t1\t0\t2')"
	cmp f.out g.out
	# a column for each class of one label
	shared q predicted_y_0,predicted_y_1 0.9,0.1 0.2,0.8 0.3,0.7
	figures 2 f -m confusion 'q.{}' 't.{}'
	assert_equal "$(cat f.out)" "$(printf 'confusion\t0\t0\t1\nconfusion\t1\t1\t1')"
	# a label for each, in the order of the predictions
	shared r predicted_z,predicted_y 0,1 1,1 1,1
	figures 2 f -m mse 'r.{}' 't.{}'
	assert_equal "$(cat f.out)" "mse	0.166667"
	shared u y_0,y_1 1,0 0,1 0,1 1,0 0,1 0,1 1,0 0,1 0,1 1,0
	shared q10 predicted_y_0,predicted_y_1 0.9,0.1 0.2,0.8 0.3,0.7 0.9,0.1 0.2,0.8 0.3,0.7 0.9,0.1 0.2,0.8 0.3,0.7 0.9,0.1
	figures 2 f -m accuracy 'q10.{}' 'u.{}'
	assert_equal "$(cat f.out)" "accuracy	1"
	# nothing is guessed
	classes truth=0,1 v truth,a,b 1,5,7 0,6,8 1,7,9
	for t in p q r; do
		fails_with 2 smpc-score --plan -m mse $t.1 v.1
		stderr_has "v.1: which of its 3 columns are the labels?"
		stderr_has "say it with -l"
	done
	shared s other,one 1,0 0,1 0,1 1,0 0,1 0,1 1,0 0,1 0,1 1,0
	fails_with 2 smpc-score --plan -m mse q.1 s.1
	fails_with 2 smpc-score --plan -m mse p.1 s.1
	# labels alone may be called anything
	each smpc-cut -c truth -o w.@ v.@
	quietly smpc-score --plan -m accuracy p.1 w.1
	shared o predicted_0,predicted_1 0.9,0.1 0.2,0.8 0.3,0.7 0.9,0.1 0.2,0.8 0.3,0.7 0.9,0.1 0.2,0.8 0.3,0.7 0.9,0.1
	figures 2 f -m accuracy 'o.{}' 's.{}'
	assert_equal "$(cat f.out)" "accuracy	1"
	quietly smpc-score --plan -m accuracy --classes 2 q10.1 s.1
}

@test "one stream for both; columns by name and position; standard input" {
	guesses 200 7
	shared_csv_named p
	shared_csv_named y
	each smpc-paste -o b.@ p.@ y.@
	figures 2 f -m accuracy,auc -l ill 'p.{}' 'y.{}'
	figures 2 g -m accuracy,auc -l ill --prediction p 'b.{}'
	cmp f.out g.out
	each smpc-cut -x id -o c.@ b.@
	figures 2 g -m accuracy,auc -l ill 'c.{}'
	cmp f.out g.out
	together 2 g sh -c 'smpc-score -m accuracy,auc -l 2 <c.{}'
	cmp f.out g.1
	each smpc-cut -c ill -o l.@ y.@
	figures 2 g -m accuracy,auc 'p.{}' 'l.{}'
	cmp f.out g.out
	each smpc-cut -c id,p -o q.@ b.@
	figures 2 g -m accuracy,auc --prediction p 'q.{}' 'l.{}'
	cmp f.out g.out
}

@test "--threshold" {
	shared p s -2 -1 -0.5 0.25 3
	classes t=0,1 y t 0 1 0 1 1
	figures 2 f -m confusion --threshold 0 'p.{}' 'y.{}'
	assert_equal "$(cat f.out)" "$(printf 'confusion\t0\t2\t0\nconfusion\t1\t1\t2')"
	figures 2 f -m confusion --threshold=-1 'p.{}' 'y.{}'
	assert_equal "$(cat f.out)" "$(printf 'confusion\t0\t1\t1\nconfusion\t1\t0\t3')"
	figures 2 f -m confusion 'p.{}' 'y.{}'
	assert_equal "$(cat f.out)" "$(printf 'confusion\t0\t2\t0\nconfusion\t1\t2\t1')"
}

@test "--threshold is rounded as predictions were: a number is at least itself" {
	printf 's,y\n0.4,1\n0.3,0\n0.7,1\n0.6,1\n0.1,0\n0.4,0\n0.2,0\n0.9,1\n0.35,0\n0.8,1\n' >t.csv
	for options in '' '--range s=0..1'; do
		# shellcheck disable=SC2086 # words
		smpc-share -f -n 2 --codes y=0,1 $options -o t t.csv
		for at in 0.1 0.2 0.3 0.4 0.6 0.7 0.9; do
			quietly smpc-local -- smpc-score -m confusion --to 1 --threshold $at -l y --prediction s 't.{}'
			assert_equal "$(cut -d : -f 2- <<<"$output" | cut -f 3,4)" "$(awk -F , -v at=$at 'NR > 1 { n[$2, $1 >= at]++ }
			    END { printf "%d\t%d\n%d\t%d", n[0, 0], n[0, 1], n[1, 0], n[1, 1] }' t.csv)"
		done
	done
	# in units above 1, too
	{ echo p,y; for i in 5 10 15 20 25 30 35 40 45; do echo "${i}00000003,1"; done; } | smpc-share -f -n 2 --codes y=0,1 --range p=0..5e9 -o t -
	quietly smpc-local -- smpc-score -m accuracy --to 1 --threshold 500000003 -l y --prediction p 't.{}'
	[[ $output == *accuracy?1 ]]
	# whole numbers keep their own
	smpc-share -f -n 2 --fraction-bits 0 -o t - <<<$'s,y\n0,0\n1,1\n1,0'
	quietly smpc-local -- smpc-score -m accuracy --to 1 --classes 2 -l y --prediction s 't.{}'
	[[ $output == *0.666667 ]]
}

@test "predictions that are classes are looked at, and numbers are not taken for positions" {
	printf 'y,p\n0,0\n1,1\n2,7\n2,2\n1,-3\n0,-1\n' >t.csv
	shared_csv_named t
	capture smpc-local -- smpc-score --classes 3 -m accuracy -l y --prediction p 't.{}'
	assert_failure 5
	stderr_has "the predictions in column 'p' are not all whole numbers from 0 to 2: its owner can share it with smpc-share --codes p="
	smpc-reveal --public -o t.public t.1 t.2
	capture smpc-score --clear --classes 3 -m accuracy -l y --prediction p t.public
	assert_failure 5
	stderr_has "row 3: the prediction 7: predictions are whole numbers from 0 to 2"
	quietly smpc-local -- smpc-score --classes 3 -m accuracy --to 1 -l y --prediction y 't.{}'
	[[ $output == *accuracy?1 ]]
	# positions and numbers
	printf 'g,h,q\n1,1,.2\n2,2,.7\n1,2,.6\n1,1,.1\n' >u.csv
	shared_as() { smpc-share -f -n 2 --codes g=1,2 "$@" -o u u.csv; }
	shared_as
	for name in h q; do
		capture smpc-local -- smpc-score -m accuracy -l g --prediction $name 'u.{}'
		assert_failure 4
		stderr_has "column '$name': predictions are numbers, and labels are classes, 1, 2, whose words are 0, 1 and so on"
	done
	smpc-reveal --public -o u.public u.1 u.2
	fails_with 4 smpc-score --clear -m accuracy -l g --prediction h u.public
	# what has gone through a tool is no better
	for p in 0 1 2; do
		smpc-cut -c h u.$p | smpc-add -c 0 -o h.$p -
		smpc-cut -c g -o g.$p u.$p
	done
	capture smpc-local -- smpc-score -m accuracy -l g 'h.{}' 'g.{}'
	assert_failure 4
	stderr_has "column 'h': predictions are numbers"
	# nor are some of them looked at, and some not
	printf 'p\n0\n1\n2\n' | smpc-share -f -n 2 -o a -
	printf 'p\n7\n-5\n9\n' | smpc-share -f -n 2 -o b -
	printf 'y\n0\n1\n2\n0\n1\n2\n' | smpc-share -f -n 2 --codes y=0,1,2 -o y -
	each smpc-add -c 0 -o s.@ a.@
	each smpc-cat -o one.@ s.@ b.@
	each smpc-cat -o other.@ b.@ s.@
	for name in one other; do
		capture smpc-local -- smpc-score --classes 3 -m accuracy "$name.{}" 'y.{}'
		assert_failure 5
		stderr_has "some of the predictions in column 'p' were computed"
	done
	shared_as --codes h=1,2 --range q=0..1
	for name in h q; do
		quietly smpc-local -- smpc-score -m accuracy --to 1 -l g --prediction $name 'u.{}'
		[[ $output == *0.75 ]]
	done
	capture smpc-local -- smpc-score -m mse -l g --prediction h 'u.{}'
	assert_failure 4
	# nor are amounts in one currency for those in another
	printf 'a,b\n1,2\n3,4\n5,7\n' | smpc-share -f -n 2 --unit a=EUR --unit b=USD -o u -
	capture smpc-local -- smpc-score -m mse -l a --prediction b 'u.{}'
	assert_failure 4
	stderr_has "in EUR"
}

@test "what is not defined: nan and null" {
	shared p s 0.1 0.2 0.3
	classes t=0,1 y t 0 0 0
	figures 2 f -m accuracy,balanced-accuracy,mcc,precision,recall,specificity,f1,auc,r2 'p.{}' 'y.{}'
	assert_equal "$(cat f.out)" "$(printf '%s\n' 'accuracy	1' 'balanced-accuracy	nan' 'mcc	nan' 'precision	nan' 'recall	nan' \
		'specificity	1' 'f1	nan' 'auc	nan' 'r2	nan')"
	figures 2 f -m accuracy,auc,r2 -j 'p.{}' 'y.{}'
	assert_equal "$(cat f.out)" '{"accuracy":1,"auc":null,"r2":null}'
}

@test "regression" {
	python3 "$reference" lines 300 3 5 >t.csv
	shared_csv_named t
	together 2 m smpc-train -l y -m linear -e 20 't.{}'
	together 2 p smpc-predict 'm.{}' 't.{}'
	smpc-reveal -o p.csv p.1 p.2
	figures 2 f -m mse,r2 --json -l y 'p.{}' 't.{}'
	right_figures mse,r2 p.csv t.csv y f.out
}

@test "--to: one party prints; the others, and the dealer, do not" {
	local i name
	guesses 100 9
	smpc-share -n 3 -o p p.csv
	smpc-share -n 3 -o y y.csv
	figures 3 f -m $all -l ill 'p.{}' 'y.{}'
	together 3 g smpc-score -m $all --to 2 -l ill 'p.{}' 'y.{}'
	# all but the sums with rounding at random are the same
	cmp <(grep -v -e log -e mse -e r2 -e brier -e mcc -e mae f.out) <(grep -v -e log -e mse -e r2 -e brier -e mcc -e mae g.2)
	assert_equal "$(wc -l <g.2)" 15
	for i in 0 1 3; do
		[ ! -s g.$i ]
	done
	quietly smpc-local -n 3 -- smpc-score -m accuracy --to 3 -o 'h.{}' -l ill 'p.{}' 'y.{}'
	assert_output ""
	assert_equal "$(ls h.*)" h.3
	assert_equal "$(cat h.3)" "$(head -n 1 f.out)"
	quietly smpc-local -n 3 -- smpc-score -m accuracy --to all -o 'h.{}' -l ill 'p.{}' 'y.{}'
	assert_equal "$(echo h.*)" "h.1 h.2 h.3"
	for name in 0 dealer carol; do
		capture smpc-local -n 3 -- smpc-score -m accuracy --to $name -l ill 'p.{}' 'y.{}'
		assert_failure 2
		stderr_has "'$name' is none of them"
	done
}

@test "parties that ask for different figures, or have others' values: nothing is revealed" {
	guesses 50 3
	shared_csv_named p
	shared_csv_named y
	capture smpc-local -- sh -c \
		'm=accuracy; test {} != 1 || m=accuracy,confusion; smpc-score -w 2 -m $m -l ill p.{} y.{}'
	assert_failure 4
	assert_output ""
	stderr_has "parameters=metrics=accuracy' here"
	# names of columns have blanks
	awk -F , -v OFS=, '{ print $0, NR == 1 ? "ill prediction=p" : $1 }' y.csv >z.csv
	shared_csv_named z
	capture smpc-local -- sh -c \
		'if test {} = 1; then smpc-score -w 2 -m mse -l "ill prediction=p" p.{} z.{}; else
		smpc-score -w 2 -m mse -l ill --prediction p p.{} z.{}; fi'
	assert_failure 4
	stderr_has "another step: 'parameters=label=ill prediction=p' here, 'parameters=label=ill' there"
	capture smpc-local -- sh -c 'smpc-score -w 2 -m accuracy --to $((1 + ({} == 1))) -l ill p.{} y.{}'
	assert_failure 4
	assert_output ""
	stderr_has "parameters="
	forged 1 <p.2 >q.2
	cp p.0 q.0
	cp p.1 q.1
	capture smpc-local -- smpc-score -m accuracy,auc -l ill 'q.{}' 'y.{}'
	assert_failure 4
	assert_output ""
	stderr_has "have not worked on the same values"
	nothing_left
}

@test "--plan and --stats: what passes on the links" {
	local n
	guesses 150 3
	for n in 2 3; do
		smpc-share -f -n $n -o p p.csv
		smpc-share -f -n $n -o y y.csv
		costs $n smpc-score -m $all -l ill 'p.{}' 'y.{}'
		costs $n smpc-score -m accuracy --faithful -l ill 'p.{}' 'y.{}'
		costs $n smpc-score -m f1,r2 --to 2 -l ill 'p.{}' 'y.{}'
		rm ./?.?
	done
}

@test "--clear" {
	guesses 150 3
	shared_csv_named p
	shared_csv_named y
	smpc-reveal --public -o p.public p.1 p.2
	smpc-reveal --public -o y.public y.1 y.2
	quietly smpc-score --clear -m $all --json -l ill p.public y.public
	echo "$output" >f.out
	smpc-reveal -o p.csv p.1 p.2
	right_figures $all p.csv y.csv ill f.out
	fails_with 2 smpc-score --clear -m auc --to 1 -l ill p.public y.public
	# labels in the clear can be looked at
	for label in 2 -1 0.5; do
		table bad.csv p,l 0.5,1 0.5,$label
		smpc-share -f --public -o bad bad.csv
		fails_with 5 smpc-score --clear -m accuracy -l l bad
		stderr_has "bad: row 2: the label $label: labels are 0 or 1"
		quietly smpc-score --clear -m mse -l l bad
	done
	# one of them may be public in a session
	figures 2 f -m $all --json -l ill 'p.{}' y.public
	right_figures $all p.csv y.csv ill f.out
}

@test "wrong lists and columns" {
	guesses 20 3
	shared_csv_named p
	shared_csv_named y
	fails_with 2 smpc-score -l ill p.1 y.1
	stderr_has --metrics
	fails_with 2 smpc-score -m acuracy -l ill p.1 y.1
	stderr_has "did you mean 'accuracy'?"
	fails_with 2 smpc-score -m auc,,f1 -l ill p.1 y.1
	fails_with 2 smpc-score -m auc, -l ill p.1 y.1
	fails_with 2 smpc-score -m "$(printf 'a%.0s' {1..100})" -l ill p.1 y.1
	fails_with 2 smpc-score -m auc,f1,auc -l ill p.1 y.1
	stderr_has twice
	fails_with 2 smpc-score -m auc p.1
	stderr_has -l
	fails_with 2 smpc-score -m auc -l ill --plan p.1 p.1
	stderr_has "'ill'"
	fails_with 2 smpc-score -m auc -l illl --plan p.1 y.1
	stderr_has "did you mean 'ill'?"
	fails_with 2 smpc-score -m auc --prediction q -l ill --plan p.1 y.1
	fails_with 2 smpc-score -m auc --threshold half -l ill --plan p.1 y.1
	fails_with 2 smpc-score -m auc --threshold 1e14 -l ill --plan p.1 y.1
	fails_with 2 smpc-score -m auc --classes 1 -l ill --plan p.1 y.1
	fails_with 2 smpc-score -m auc --classes 66 -l ill --plan p.1 y.1
	fails_with 2 smpc-score -m auc --classes 3 -l ill --plan p.1 y.1
	stderr_has "auc of 3 classes takes the score of each"
	fails_with 2 smpc-score -m brier --classes 3 -l ill --plan p.1 y.1
	stderr_has "brier is for two classes"
	fails_with 2 smpc-score -m f1 --average binary --classes 3 -l ill --plan p.1 y.1
	stderr_has "the average 'binary' is of two classes"
	fails_with 2 smpc-score -m f1 --average usual -l ill --plan p.1 y.1
	stderr_has "--average takes binary, macro, weighted, micro or none"
	fails_with 2 smpc-score -m mse --average macro -l ill --plan p.1 y.1
	stderr_has "--average is for precision"
	fails_with 2 smpc-score -m log-loss --classes 3 -l ill --plan p.1 y.1
	stderr_has log-loss
	shared w a,b,c 1,2,3
	fails_with 2 smpc-score -m mse -l 1 --plan w.1
	stderr_has "2 and 1"
	fails_with 2 smpc-score -m accuracy --classes 4 -l a --plan w.1
	stderr_has "2 columns"
	fails_with 2 smpc-score -m accuracy -l a,b,c --plan w.1
	fails_with 2 smpc-score -m accuracy -l ill p.1 y.1 y.1
}

@test "predictions of folds, and labels: in the same order" {
	guesses 90 5
	paste -d , <(cut -d , -f 2 y.csv) p.csv >t.csv
	smpc-share -n 2 --codes ill=0,1 -o t t.csv
	quietly smpc-local -o m -- smpc-train -l ill -e 2 't.{}'
	for k in 1 2 3; do
		each smpc-split -s 1 -k 3 --fold $k --rest f$k.@ -o /dev/null t.@
		quietly smpc-local -o g$k -- smpc-predict 'm.{}' "f$k.{}"
	done
	each smpc-cat -o g.@ g1.@ g2.@ g3.@
	each smpc-cat -o f.@ f1.@ f2.@ f3.@
	each smpc-cat -o w.@ f1.@ f3.@ f2.@
	figures 2 all -m accuracy,f1 'g.{}' 'f.{}'
	fails_with 4 smpc-score --plan -m accuracy g.1 w.1
	stderr_has "g.1: some of its rows are predictions of rows that w.1 has in another place"
	capture smpc-local -- smpc-score -m accuracy 'g.{}' 'w.{}'
	assert_failure 4
	assert_output ""
	# other tables in the order of these are none of its business
	each smpc-cut -c ill -o l.@ f.@
	figures 2 same -m accuracy,f1 'g.{}' 'l.{}'
	cmp all.out same.out
}

@test "wrong operands" {
	shared p s 0.5 0.25
	classes t=0,1 y t 1 0
	refused_operands smpc-score -m accuracy "$PWD/p.1" INPUT
	smpc-reveal --public -o p.public p.1 p.2
	refused_public smpc-score -m accuracy "$PWD/p.public" INPUT
	shared three t 1 0 1
	classes t=0,1 one t 1
	capture smpc-local -- smpc-score -m accuracy 'p.{}' 'three.{}'
	assert_failure 1
	assert_output ""
	stderr_has "has 2 rows"
	capture smpc-local -- smpc-score -m accuracy 'p.{}' 'one.{}'
	assert_failure 1
	assert_output ""
	stderr_has "shapes disagree"
	figures 2 f -m accuracy 'one.{}' 'one.{}'
	assert_equal "$(cat f.out)" "accuracy	1"
	for p in 0 1 2; do
		emptied <y.$p >none.$p
		emptied <p.$p >nobody.$p
		smpc-cat --json y.$p | sed 's/"digest":"[^"]*",//; s/"name":"data"/"name":"second"/' >second.$p
		cat y.$p second.$p >two.$p
		smpc-sum --mean -o mean.$p p.$p
		smpc-mul -c 0.1 --fraction-bits 30 -o fine.$p p.$p
	done
	capture smpc-local -- smpc-score -m accuracy 'nobody.{}' 'none.{}'
	assert_failure 1
	stderr_has "no rows"
	capture smpc-local -- smpc-score -m accuracy 'two.{}' 'two.{}'
	assert_failure 1
	stderr_has "more than one table"
	fails_with 2 smpc-score --plan -m accuracy mean.1 one.1
	stderr_has divisor
	fails_with 5 smpc-score --plan -m accuracy fine.1 y.1
	stderr_has smpc-truncate
	fails_with 1 smpc-score --plan -m accuracy nowhere y.1
	capture smpc-local -- smpc-score -m accuracy -o nowhere/f 'p.{}' 'y.{}'
	assert_failure 1
	stderr_has nowhere
	nothing_left
}

@test "what the dealer has dealt beforehand serves predictions and figures" {
	parties dealer alice bob
	guesses 90 3
	for name in p y; do
		owned -o $name $name.csv
	done
	owned -o d <(paste -d , p.csv <(cut -d , -f 2 y.csv))
	cat >job.sh <<-'S'
		smpc-train -l ill -e 2 -o m.$SMPC_PARTY d.$SMPC_PARTY
		smpc-predict -o q.$SMPC_PARTY m.$SMPC_PARTY p.$SMPC_PARTY
		smpc-score -m auc,confusion,f1,mcc,roc --min-count 5 --to bob -o all.$SMPC_PARTY -l ill p.$SMPC_PARTY y.$SMPC_PARTY
		smpc-score -m accuracy --bootstrap 100 --seed 1 -o some.$SMPC_PARTY -l ill p.$SMPC_PARTY y.$SMPC_PARTY
		smpc-score -m auc -o auc.$SMPC_PARTY -l ill q.$SMPC_PARTY y.$SMPC_PARTY
	S
	SMPC_STATE=$PWD/state.dealer quietly smpc-party -i dealer.key -p parties.json --deal-to deal -- sh -eu job.sh
	for name in alice bob; do
		agent $name --dealt deal -- sh -eu job.sh
	done
	well alice bob
	assert_equal "$(echo all.* auc.*)" "all.bob auc.alice auc.bob"
	# more is more, also for the model: the order is that of p, but for what the model cannot tell apart
	cmp auc.alice auc.bob
	assert_equal "$(awk 'NR == FNR && $1 == "auc" { a = $2; next } $1 == "auc" { print ($2 - a) ^ 2 < 1e-4 }' all.bob auc.bob)" 1
	nothing_left
}

@test "labels that wrap when they get fraction bits are refused, and no error of 0" {
	seq 12 | sed 's/.*/281474976710656/' >y.csv
	seq 12 | sed 's/.*/0/' >p.csv
	smpc-share -n 2 --no-header --fraction-bits 0 -o y y.csv
	smpc-share -n 2 --no-header -o p p.csv
	capture smpc-local -n 2 -o never -- smpc-score -m mse 'p.{}' 'y.{}'
	assert_failure 5
	stderr_has "are beyond +-32768"
}

# prices ROWS: t.csv, where predictions of large and of tiny size say something of a class; labels and what was foreseen.
prices() {
	awk -v n="$1" 'BEGIN { srand(11); print "price,volt,y,income,foreseen"
	    for (i = 0; i < n; i++) { y = rand() < 0.5; p = (3e5 + 3e6 * rand()) * (1 + y / 3); income = 2e4 + 5e4 * rand()
	        printf "%.2f,%.4g,%d,%.2f,%.2f\n", p, 2e-5 * (rand() + y / 4) - 1e-5 - 2.5e-6, y, income,
	            income + 1e4 * (rand() - 0.5) } }' >t.csv
	for name in price volt y; do
		cut -d , -f $(($(head -n 1 t.csv | tr , '\n' | grep -nx $name | cut -d : -f 1))) t.csv >$name.csv
	done
}

@test "predictions of any size are in order, in the units of their own words" {
	local list=accuracy,confusion,precision,recall,f1,auc column
	prices 80
	smpc-share -n 2 --codes y=0,1 -c price,y -o u t.csv 2>/dev/null
	smpc-share -n 2 --codes y=0,1 --range price=0..1e7 --range volt=-1e-4..1e-4 -c price,volt,y -o d t.csv
	figures 2 f -m $list --json -l y --prediction price 'u.{}'
	right_figures $list price.csv y.csv y f.out
	for column in price volt; do
		figures 2 f -m $list --json -l y --prediction $column 'd.{}'
		right_figures $list $column.csv y.csv y f.out
	done
	# thresholds are numbers, whatever the unit
	figures 2 f -m confusion --threshold 2e6 -l y --prediction price 'u.{}'
	figures 2 g -m confusion --threshold 2e6 -l y --prediction price 'd.{}'
	cmp f.out g.out
	figures 2 h -m confusion --threshold 1e-6 -l y --prediction volt 'd.{}'
	assert_equal "$(cat f.out h.out)" "$(awk -F , 'NR > 1 { a[$3, $1 >= 2e6]++; b[$3, $2 >= 1e-6]++ }
	    END { for (k = 0; k < 2; k++) print "confusion\t" k "\t" a[k, 0] "\t" a[k, 1]
	        for (k = 0; k < 2; k++) print "confusion\t" k "\t" b[k, 0] "\t" b[k, 1] }' t.csv)"
	# what is far beyond all words is so for the threshold, too
	figures 2 f -m accuracy --threshold 1e12 -l y --prediction price 'd.{}'
	figures 2 g -m accuracy --threshold 1e12 -l y --prediction price 'u.{}'
	cmp f.out g.out
}

@test "labels of which nothing is known are looked at before they come to the unit of predictions" {
	ranged 0..1000 p y 100 200 100
	# times 2^16 these are 0 as words
	printf '%s\n' y 281474976710656 562949953421312 0 | smpc-share -n 2 --fraction-bits 0 -o y
	capture smpc-local -n 2 -o no -- smpc-score -m mse 'p.{}' 'y.{}'
	assert_failure 5
	stderr_has "mse of y: its numbers, or what predictions differ from them by, are beyond"
}

@test "several columns of predictions in units of their own are compared in one" {
	local list=accuracy,confusion,precision,recall,f1 i
	awk 'BEGIN { srand(13); print "a,b,c,k"
	    for (i = 0; i < 60; i++) printf "%.3f,%.7f,%.1f,%d\n", 40 * rand(), 30 * rand(), 45 * rand(), 3 * rand() }' >t.csv
	cut -d , -f 1-3 t.csv >p.csv
	cut -d , -f 4 t.csv >k.csv
	smpc-share -n 2 --codes k=0,1,2 --range a=0..100 --range b=0..31 --range c=0..1e6 -o t t.csv
	figures 2 f -m $list --json -l k 't.{}'
	right_figures $list p.csv k.csv k f.out
	smpc-share -n 2 --codes k=0,1,2 --range a=0..100 --range b=0..31 --range c=0..1e15 -o w t.csv 2>/dev/null || true
	awk -F , 'BEGIN { OFS = FS } NR > 1 { $3 = $3 * 1e13 } 1' t.csv >w.csv
	smpc-share -f -n 2 --codes k=0,1,2 --range a=0..100 --range b=0..31 --range c=0..1e15 -o w w.csv
	fails_with 5 smpc-score --plan -m $list -l k w.1
	stderr_has "column 'c': a number of it, in the finest unit of all predictions,"
}

@test "log-loss is of probabilities: what is none is refused" {
	prices 40
	smpc-share -n 2 --codes y=0,1 -c price,y -o u t.csv 2>/dev/null
	capture smpc-local -n 2 -o never -- smpc-score -m log-loss,auc -l y --prediction price 'u.{}'
	assert_failure 5
	stderr_has "price: numbers are not between -2 and 2, and log-loss takes probabilities"
	# also where the header leaves it open, and where it says so
	smpc-share -n 2 --codes y=0,1 --range price=0..1e7 -c price,y -o d t.csv
	capture smpc-local -n 2 -o never -- smpc-score -m log-loss -l y --prediction price 'd.{}'
	assert_failure 5
	stderr_has "price: numbers are not between -2 and 2"
	smpc-share -n 2 --codes y=0,1 --range price=-1e12..1e12 -o h <(printf '%s\n' price,y 1e12,0 -1e12,1)
	fails_with 5 smpc-score --plan -m log-loss -l y --prediction price h.1
	stderr_has "price: its range is far beyond that of probabilities"
	# a wide range does no harm to probabilities
	guesses 60 4
	paste -d , p.csv <(cut -d , -f 2 y.csv) >py.csv
	smpc-share -n 2 --codes ill=0,1 --range p=-100..100 -o w py.csv
	figures 2 f -m log-loss,auc --json -l ill 'w.{}'
	right_figures log-loss,auc p.csv y.csv ill f.out
}

@test "what cannot be put in order is refused" {
	local p
	classes y=0,1 y y 1 0 1 0 1 0 1 0 1 0
	smpc-share -n 2 --fraction-bits 8 -o p <(printf '%s\n' p 1 2 3 4 5 6 7 8 9 4503599627370496)
	figures 2 f -m accuracy 'p.{}' 'y.{}'
	assert_equal "$(cat f.out)" "accuracy	0.5"
	capture smpc-local -n 2 -o never -- smpc-score -m auc 'p.{}' 'y.{}'
	assert_failure 5
	stderr_has "p: numbers are too large to be put in order"
}

@test "r2 of labels that take up little of their range, and of what they are compared with" {
	prices 80
	cut -d , -f 4 t.csv >income.csv
	cut -d , -f 5 t.csv >foreseen.csv
	# the label by itself, or what was foreseen by itself, or both
	for ranges in "income=0..1e5 foreseen=0..1e5" "income=0..1e8 foreseen=-1e8..1e8" "income=0..1e5 foreseen=0..1e7" \
		"income=0..1e8 foreseen=0..1e5"; do
		smpc-share -f -n 2 --range "${ranges% *}" --range "${ranges#* }" -c income,foreseen -o d t.csv
		figures 2 f -m mse,r2 --json -l income --prediction foreseen 'd.{}'
		right_figures mse,r2 foreseen.csv income.csv income f.out
	done
	# errors of 10^9 say nothing of labels of 10
	awk 'BEGIN { srand(2); print "f,y"; for (i = 0; i < 40; i++) printf "%.3f,%.4f\n", 1e9 * rand(), 10 * rand() }' >n.csv
	smpc-share -n 2 --range f=0..2e9 --range y=-10..10 -o n n.csv
	quietly smpc-local -n 2 -- smpc-score -m mse -l y 'n.{}'
	capture smpc-local -n 2 -o never -- smpc-score -m r2 -l y 'n.{}'
	assert_failure 5
	stderr_has "r2 of y: its numbers vary by too little of the range of what they are compared with, f:"
}
