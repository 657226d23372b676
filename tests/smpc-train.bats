#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine
load training

@test "breast cancer, logistic: the weights of float64, 0.96 of the patients held back, for two and three parties" {
	local n
	for n in 2 3; do
		patients $n
		model $n m -l malignant --standardize --seed 3 'train.{}'
		all_hold $n m
		agrees m train.csv malignant standardize=1 seed=3
		right 0.96 m test.csv malignant standardize=1
		rm ./*.?
	done
}

@test "no party holds the model: what it has is other noise in every training" {
	local p
	patients 2
	# That no party can guess better by its share, and by all that it received, is in tests/unit/chance.c, of the engine.
	for round in 1 2; do
		together 2 m smpc-train -l malignant --standardize -e 1 --seed 1 'train.{}'
		for p in 0 1 2; do
			smpc-info --words m.$p >"words.$p.$round"
		done
	done
	for p in 0 1 2; do
		run python3 "$reference" noise words.$p.1 words.$p.2
		assert_success
		assert_output ""
	done
	# what they hold together is the same model both times
	smpc-reveal --public -o public m.1 m.2
	smpc-info --words public >words.public
	run python3 "$reference" noise words.public words.1.1 words.1.1
	assert_line --partial "words.public: small: "
	assert_line --partial "words.1.1: more than once: "
}

@test "linear: known coefficients within 1e-2" {
	python3 "$reference" lines 400 5 7 >t.csv
	shared_csv_named t
	model 2 m -l y -m linear -e 20 -r 0.1 --seed 1 't.{}'
	agrees m t.csv y net="dense 1" epochs=20 seed=1
	run python3 - <<-'EOF'
		values = [float(v) for v in open("m.csv").read().split() if v != "y"]
		print(max(abs(v - w) for v, w in zip(values, [2, -1.5, 1, -.5, 0, .75])) < 1e-2)
	EOF
	assert_output True
}

@test "momentum, Adam, decay, l2, batches that do not fit, fewer rows than a batch" {
	python3 "$reference" lines 210 4 9 >t.csv
	shared_csv_named t
	model 2 m -l y -m linear --optimizer momentum --momentum 0.8 -r 0.02 -e 4 't.{}'
	agrees m t.csv y net="dense 1" optimizer=momentum momentum=0.8 rate=0.02 epochs=4
	model 2 m -l y -m linear --optimizer adam -r 0.05 -e 6 -s 18446744073709551615 't.{}'
	agrees m t.csv y net="dense 1" optimizer=adam rate=0.05 epochs=6 seed=18446744073709551615 within=0.004
	model 2 m -l y -m linear --decay 0.5 --l2 0.1 -e 5 -b 50 't.{}'
	agrees m t.csv y net="dense 1" decay=0.5 l2=0.1 epochs=5 batch=50
	model 2 m -l y -m linear -e 30 -b 1000 't.{}'
	agrees m t.csv y net="dense 1" epochs=30 batch=1000
}

@test "Adam with gradients far above 4 for many epochs" {
	python3 "$reference" lines 210 4 9 | awk -F , 'NR == 1 { print; next } { print $1 "," $2 "," $3 "," $4 "," 30 * $5 }' >t.csv
	shared_csv_named t
	model 2 m -l y -m linear --optimizer adam -r 0.3 -e 60 't.{}'
	agrees m t.csv y net="dense 1" optimizer=adam rate=0.3 epochs=60 within=0.5
	# that is small: the weights are 30 times those of the lines
	awk -F , 'NR > 1 && ($1 > 20 || $1 < -20) { large++ } END { exit !(large >= 2) }' m.csv
}

@test "--reveal: of the same rows in every epoch, or single rows would be seen" {
	patients 2
	model 2 m -l malignant --standardize -e 2 'train.{}'
	smpc-reveal --public -o m.public m.1 m.2
	# 56 of 456 rows, others in every epoch, have no step; and the model stays as it is, but for a unit here and there
	model 2 still -l malignant --init m.public -b 100 -r 1e-7 -e 6 --reveal accuracy --reveal loss --log 'log.{}' 'train.{}'
	assert_equal "$(tail -n +2 log.1 | cut -f 5 | sort -u | wc -l)" 1
	awk -F '\t' 'NR == 2 { least = most = $4 } NR > 2 { least = ($4 < least) ? $4 : least; most = ($4 > most) ? $4 : most }
		END { exit !(most - least < 0.0001) }' log.1
	run python3 "$reference" accuracy m.csv train.csv malignant standardize=1
	assert_output "$(tail -n 1 log.1 | cut -f 5 | xargs printf '%.4f')"
}

@test "--log: whoever is killed at the checkpoint of an epoch finds its line, and a tail that is no text goes" {
	unsanitized "a library is loaded before the sanitizer's"
	local options
	patients 2
	deadly
	options=(-l malignant --standardize -e 2 --reveal loss --log 'log.{}' --checkpoint 'c.{}')
	run env LD_PRELOAD="$PWD/deadly.so" AT="KILL after rename c.1" smpc-local -n 2 -o no -- smpc-train "${options[@]}" 'train.{}'
	assert_failure
	assert_equal "$(cut -f 1,2 log.1)" "$(printf 'epoch\tsteps\n1\t14')"
	head -c 500 /dev/zero >>log.2
	model 2 m "${options[@]}" 'train.{}'
	for p in 0 1 2; do
		assert_equal "$(cut -f 1,2 log.$p)" "$(printf 'epoch\tsteps\n1\t14\n2\t28')"
	done
	assert_equal "$(cut -f 4 log.1)" "$(cut -f 4 log.2)"
}

@test "the range is not asked for after fewer than 16 steps, however many checkpoints there are" {
	printf 'x,y\n' >t.csv
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		echo "1,$((i % 2))"
	done >>t.csv
	shared_csv_named t
	capture smpc-local -n 2 -o no -- smpc-train -l y -b 1 -e 1 -r 1000 --class-weights 0,1000 --checkpoint 'c.{}' --every 1steps 't.{}'
	assert_failure 5
	stderr_has "after 16 steps a parameter"
	rm c.*
	capture smpc-local -n 2 -o no -- smpc-train -l y -b 1 -e 1 -r 1000 --class-weights 0,1000 't.{}'
	assert_failure 5
	stderr_has "after 20 steps a parameter"
}

@test "--clip: each element of a gradient, and not the pull of --l2" {
	patients 2
	model 2 m -l malignant --standardize -e 4 --clip 0.03 'train.{}'
	agrees m train.csv malignant standardize=1 epochs=4 clip=0.03
	capture python3 "$reference" weights m.csv train.csv malignant standardize=1 epochs=4
	assert_output --partial "off by"
	model 2 m -l malignant --standardize -e 4 --clip 0.03 --l2 0.5 --optimizer momentum 'train.{}'
	agrees m train.csv malignant standardize=1 epochs=4 clip=0.03 l2=0.5 optimizer=momentum
	model 2 m --faithful -l malignant --standardize -e 2 --clip 0.03 'train.{}'
	smpc-reveal --public -o train.public train.1 train.2
	quietly smpc-train --clear --faithful -l malignant --standardize -e 2 --clip 0.03 -o clear train.public
	smpc-reveal -o clear.csv clear
	cmp m.csv clear.csv
	# none reaches it
	model 2 high --faithful -l malignant --standardize -e 2 --clip 1000 'train.{}'
	model 2 none --faithful -l malignant --standardize -e 2 'train.{}'
	cmp high.csv none.csv
}

@test "--class-weights: of two classes, of classes of one column, of a column for each" {
	local i
	patients 2
	model 2 m -l malignant --standardize -e 4 --class-weights 0.5,3 'train.{}'
	agrees m train.csv malignant standardize=1 epochs=4 weights=0.5,3
	capture python3 "$reference" weights m.csv train.csv malignant standardize=1 epochs=4
	assert_output --partial "off by"
	# all that are not malignant count for nothing: then everybody is
	model 2 m -l malignant --standardize -e 4 --class-weights 0,1 'train.{}'
	agrees m train.csv malignant standardize=1 epochs=4 weights=0,1
	model 2 m --faithful -l malignant --standardize -e 2 --class-weights 1,2.5 'train.{}'
	smpc-reveal --public -o train.public train.1 train.2
	quietly smpc-train --clear --faithful -l malignant --standardize -e 2 --class-weights 1,2.5 -o clear train.public
	smpc-reveal -o clear.csv clear
	cmp m.csv clear.csv
	{
		echo a,b,class
		for ((i = 0; i < 96; i++)); do
			awk -v i=$i 'BEGIN { a = i * 37 % 101 / 50 - 1; b = i * 53 % 89 / 44 - 1; printf "%s,%s,%d\n", a, b, (a > 0) + (a > 0 && b > 0) }'
		done
	} >t.csv
	shared_csv_named t
	model 2 m -l class -m softmax --classes 3 -e 8 -b 16 -r 0.5 --class-weights 1,4,0.25 't.{}'
	agrees m t.csv class net="dense 3, softmax" classes=3 epochs=8 batch=16 rate=0.5 weights=1,4,0.25
	awk -F , 'NR == 1 { print "a,b,c0,c1,c2"; next } { printf "%s,%s,%d,%d,%d\n", $1, $2, $3 == 0, $3 == 1, $3 == 2 }' t.csv >hot.csv
	shared_csv_named hot
	model 2 m -l c0,c1,c2 -n 'dense 5, tanh, dense 3, softmax' -e 6 -b 16 -r 0.5 --class-weights 1,4,0.25 'hot.{}'
	agrees m hot.csv c0,c1,c2 net="dense 5, tanh, dense 3, softmax" epochs=6 batch=16 rate=0.5 weights=1,4,0.25
}

@test "networks: hidden layers, several columns of labels, classes of one column" {
	unsanitized "it takes minutes; the unit programs nn and metrics run there"
	local i
	{
		echo a,b,digit,u,v
		for ((i = 0; i < 96; i++)); do
			awk -v i=$i 'BEGIN { a = i * 37 % 101 / 50 - 1; b = i * 53 % 89 / 44 - 1;
			    printf "%s,%s,%d,%s,%s\n", a, b, (a > 0) + (a > 0 && b > 0), a - b / 2, b + 0.25 }'
		done
	} >t.csv
	shared_csv_named t
	model 2 m -l digit,4-5 --net 'dense 6, tanh, dense 3' -e 6 -b 16 -r 0.2 't.{}'
	agrees m t.csv digit,u,v net="dense 6, tanh, dense 3" epochs=6 batch=16 rate=0.2
	for p in 0 1 2; do
		smpc-cut -x u,v -o c.$p t.$p
	done
	smpc-reveal -o c.csv c.1 c.2
	model 2 m -l digit -m softmax --classes 3 -e 8 -b 16 -r 0.5 'c.{}'
	agrees m c.csv digit net="dense 3, softmax" classes=3 epochs=8 batch=16 rate=0.5
	model 2 m -l digit --net 'dense 8 , relu,dense  3,softmax' -e 30 -b 16 -r 0.5 -s 5 'c.{}'
	agrees m c.csv digit net="dense 8, relu, dense 3, softmax" classes=3 epochs=30 batch=16 rate=0.5 seed=5 within=0.1
	right 0.95 m c.csv digit net="dense 8, relu, dense 3, softmax" classes=3
	is_line network m.1 "dense 8, relu, dense 3, softmax"
	is_line features m.1 "a, b"
	is_line labels m.1 digit
	is_line input m.1 "2, 1, 1"
	echo '["dense 8", "relu", "dense 3", "softmax"]' >net.json
	model 2 again -l digit --net-file net.json -e 30 -b 16 -r 0.5 -s 5 'c.{}'
	is_line network again.1 "dense 8, relu, dense 3, softmax"
	agrees again c.csv digit net="dense 8, relu, dense 3, softmax" classes=3 epochs=30 batch=16 rate=0.5 seed=5 within=0.1
}

@test "XOR: 256 fixed random features" {
	printf '%s\n' a,b,xor 0,0,0 0,1,1 1,0,1 1,1,0 >t.csv
	shared_csv_named t
	model 2 m -l xor -n 'reservoir 256, dense 1' -b 4 -e 250 -r 0.001 --reveal loss --log 'log.{}' -s 7 't.{}'
	awk -F '\t' 'NR == 2 { first = $4 } END { exit !(first > 0.4 && $4 < 0.06) }' log.1
	is_line seed m.1 7
	# and in the clear
	model 2 m --faithful -l xor -n 'reservoir 20, dense 1' -b 4 -e 20 't.{}'
	smpc-reveal --public -o t.public t.1 t.2
	quietly smpc-train --clear --faithful -l xor -n 'reservoir 20, dense 1' -b 4 -e 20 -o c t.public
	smpc-reveal -o c.csv c
	cmp m.csv c.csv
}

@test "images: a convolution and a pool" {
	awk 'BEGIN { srand(5); for (i = 0; i < 32; i++) printf "p%d,", i; print "side"
	    for (r = 0; r < 64; r++) { s = r % 2; for (i = 0; i < 32; i++) printf "%.3f,", rand() / 2 + (i % 4 < 2 ? s : 1 - s); print s } }' >t.csv
	shared_csv_named t
	model 2 m -l side --input 2x4x4 --net 'conv2d 3 3x3 1 1, relu, maxpool 2, flatten, dense 1, sigmoid' -r 0.2 -e 6 -b 16 \
		--log log.{} --reveal accuracy 't.{}'
	is_line input m.1 "2, 4, 4"
	is_line network m.1 "conv2d 3 3 1 1, relu, maxpool 2 2, flatten, dense 1, sigmoid"
	awk -F '\t' 'END { exit !($5 > 0.95) }' log.1
}

@test "features and labels in two streams, several owners' rows and columns: the same model" {
	unsanitized "it takes minutes; the unit programs nn and metrics run there"
	local p
	patients 2
	for p in 0 1 2; do
		smpc-cut -x malignant -o x.$p train.$p
		smpc-cut -c malignant -o y.$p train.$p
		smpc-cut -c 1-12 -o left.$p train.$p
		smpc-cut -c 13- -o right.$p train.$p
		smpc-paste -o pasted.$p left.$p right.$p
	done
	{
		head -n 1 train.csv
		sed -n 2,100p train.csv
	} >north.csv
	{
		head -n 1 train.csv
		sed -n 101,150p train.csv
	} >south.csv
	{
		head -n 1 train.csv
		sed -n '151,$p' train.csv
	} >west.csv
	for p in north south west; do
		smpc-share -n 2 -o $p $p.csv
	done
	for p in 0 1 2; do
		smpc-cat -o rows.$p north.$p south.$p west.$p
	done
	model 2 m --faithful -l malignant --standardize -e 3 'train.{}'
	model 2 two --faithful -x 'x.{}' -y 'y.{}' --standardize -e 3
	model 2 rows --faithful -l malignant --standardize -e 3 'rows.{}'
	model 2 columns --faithful -l malignant --standardize -e 3 'pasted.{}'
	cmp m.csv two.csv
	cmp m.csv rows.csv
	cmp m.csv columns.csv
	agrees m train.csv malignant standardize=1 epochs=3
	# another table altogether does not pass for the same
	model 2 other --faithful -l malignant --standardize -e 3 'north.{}'
	run cmp m.csv other.csv
	assert_failure
}

@test "--plan and --stats: what passes" {
	local n plan options i step
	step=$(of_size 3 1)
	for n in 2 3; do
		patients $n
		i=0
		while read -ra options; do
			# by three parties, not all of them
			[ "$n" -eq 2 ] || ((i++ % step == 0)) || continue
			options=("${options[@]//%/ }")
			quietly smpc-train --plan -l malignant "${options[@]}" train.1
			assert_line --index 0 --regexp '^steps [0-9]+; parameters [0-9]+; memory about [0-9]+ MiB$'
			plan=${lines[1]}
			quietly smpc-train --plan -l malignant "${options[@]}" train.0
			assert_line --index 1 "$plan"
			capture smpc-local -n $n -o m -- smpc-train --stats -l malignant "${options[@]}" 'train.{}'
			assert_success
			for ((p = 0; p <= n; p++)); do
				stderr_has "$p: smpc-train: $plan"
			done
		done <<-'EOF'
			-e 3 -r 1e-4
			--standardize -e 2 --reveal loss --reveal accuracy --decay 0.3
			--standardize=minmax -e 1 --optimizer adam
			--optimizer adam -e 1 -b 100
			--optimizer momentum --faithful -e 1 -b 100 -r 1e-5
			-e 2 --checkpoint c.{} --every 5steps -r 1e-4
			-e 5 --standardize --net dense%4,relu,dense%1,sigmoid --reveal loss
			-e 2 -b 4 --standardize --net dense%4,tanh,dense%1,sigmoid --optimizer momentum --decay 1
			-e 6 -b 32 -r 1e-4 --reveal accuracy
			-e 3 --clip 0.1 --class-weights 1,2 --watch-range
			-e 2 --clip 0.1 --class-weights 1,2 --optimizer adam --faithful -b 100
		EOF
		rm ./*.?
	done
}

@test "--log and --reveal: a line for each epoch; what the dealer does not learn" {
	local rounds opened
	patients 2
	model 2 m -l malignant --standardize -e 3 --log 'log.{}' --reveal accuracy --reveal loss 'train.{}'
	assert_equal "$(cut -f 1,2 log.1)" "$(printf 'epoch\tsteps\n1\t14\n2\t28\n3\t42')"
	assert_equal "$(cut -f 4,5 log.1)" "$(cut -f 4,5 log.2)"
	assert_equal "$(cut -f 4,5 log.0 | sort -u)" "$(printf -- '-\t-\nloss\taccuracy')"
	awk -F '\t' 'NR == 2 { first = $4 } END { exit !($5 > 0.95 && $5 <= 1 && $4 < first && $4 > 0.05) }' log.1
	# what passed: the same in every epoch, and in the end what --plan says, and what they agree by
	awk -F '\t' '{ r[NR] = $6; b[NR] = $7 } END { exit !(r[4] > r[3] && r[4] - r[3] == r[3] - r[2] && b[4] - b[3] == b[3] - b[2]) }' log.1
	smpc-train --plan -l malignant --standardize -e 3 --reveal accuracy --reveal loss train.1 |
		sed -n 's/^rounds \([0-9]*\), .* opened \([0-9]*\) bytes.*/\1 \2/p' >plan
	read -r rounds opened <plan
	assert_equal "$(tail -n 1 log.1 | cut -f 6,7)" "$(printf '%d\t%d' "$rounds" $((2 * (opened + 32))))"
	# not asked for at one of them
	capture smpc-local -n 2 -o no -- sh -c 'smpc-train -w 5 -l malignant $([ {} = 1 ] || echo --reveal loss) train.{}'
	assert_failure 4
	stderr_has reveal=loss
	assert_not_exists no.1
	model 2 m -l malignant --standardize -e 3 --log 'log.{}' 'train.{}'
	assert_equal "$(tail -n +2 log.1 | cut -f 4,5 | sort -u)" "$(printf -- '-\t-')"
}

@test "--clear: the same in the clear" {
	patients 2
	smpc-reveal --public -o train.public train.1 train.2
	quietly smpc-train --clear -l malignant --standardize -e 4 --log log --reveal loss -o clear train.public
	smpc-reveal -o clear.csv clear
	agrees clear train.csv malignant standardize=1 epochs=4
	assert_equal "$(line_of scheme clear | sort -u)" public
	is_line network clear "dense 1, sigmoid"
	[ "$(wc -l <log)" -eq 5 ]
	assert_equal "$(tail -n 1 log | cut -f 6,7)" "$(printf -- '-\t-')"
	quietly smpc-train --clear --faithful -l malignant --standardize -e 4 -o clear train.public
	smpc-reveal -o clear.csv clear
	model 2 m --faithful -l malignant --standardize -e 4 'train.{}'
	cmp m.csv clear.csv
}

@test "--init: go on from a model, also from one in the clear" {
	patients 2
	model 2 one -l malignant --standardize -e 2 'train.{}'
	model 2 m -l malignant -e 3 --init 'one.{}' 'train.{}'
	awk 'NR <= 5' one.csv >want
	awk 'NR <= 5' m.csv | cmp - want
	# two epochs in the order of the first two, and then three more
	python3 - "$reference" <<-'EOF'
		import sys, os
		sys.path.insert(0, os.path.dirname(sys.argv[1]))
		import training as t
		o = dict(t.USUAL)
		x, y = t.table("train.csv", "malignant", o)
		x = t.apply(x, *t.standard(x))
		start = t.train(x, y, {**o, "epochs": 2})[1]
		t.initial = lambda *a: start
		want = t.train(x, y, {**o, "epochs": 3})[1]
		got = t.tensors("m.csv")[2:]
		assert max(abs(a[0] - b[0]) for a, b in zip(got[0], want[0][0])) < 0.02
		assert abs(got[0][0][0] - t.tensors("one.csv")[2][0][0]) > 0.02
	EOF
	smpc-reveal --public -o one.public one.1 one.2
	model 2 public --faithful -l malignant -e 3 --init one.public 'train.{}'
	model 2 shared --faithful -l malignant -e 3 --init 'one.{}' 'train.{}'
	cmp public.csv shared.csv
	capture smpc-local -o no -- smpc-train -l malignant --net 'dense 2, softmax' --init 'one.{}' 'train.{}'
	assert_failure 2
	capture smpc-local -o no -- smpc-train -l malignant --init 'train.{}' 'train.{}'
	assert_failure 1
	stderr_has "is no model"
}

@test "a parameter that leaves the range ends it with 5 and advice" {
	patients 2
	capture smpc-local -n 2 -o no -- smpc-train -l malignant -r 100 -e 1 'train.{}'
	assert_failure 5
	stderr_has "after 14 steps"
	stderr_has -- --standardize
	assert_not_exists no.1
}

@test "--watch-range: which layers left the range, in which epoch" {
	patients 2
	options=(-l malignant --standardize -b 227 -e 8 -r 0.01 -n 'dense 3, relu, dense 1, sigmoid')
	model 2 plain --faithful "${options[@]}" 'train.{}'
	model 2 m --watch-range --faithful "${options[@]}" 'train.{}'
	cmp plain.csv m.csv
	capture smpc-local -n 2 -o no -- smpc-train -l malignant -b 227 -e 8 -r 100 --watch-range \
		-n 'dense 3, relu, dense 1, sigmoid' 'train.{}'
	assert_failure 5
	stderr_has "after 2 steps"
	stderr_has "(dense 1)"
	assert_not_exists no.1
}

@test "--log after a resumption: no epoch twice, and nothing of another file" {
	local p last
	patients 2
	options=(--faithful -l malignant --standardize -e 15 --checkpoint 'c.{}' --every 13steps)
	until all_exist c.0.old c.1.old c.2.old; do
		killed_training "c.0.old c.1.old c.2.old" part "${options[@]}" --log 'log.{}' 'train.{}'
	done
	for p in 0 1 2; do
		echo "what else there is to say" >notes.$p
	done
	capture smpc-local -n 2 -o part -- smpc-train "${options[@]}" --log 'notes.{}' 'train.{}'
	assert_failure 1
	stderr_has "is not the log"
	assert_equal "$(cat notes.0 notes.1 notes.2 | sort -u)" "what else there is to say"
	# epochs that were trained after the last checkpoint, and half a line
	for p in 0 1 2; do
		last=$(tail -n 1 log.$p | cut -f 1)
		[ "$last" != epoch ] || last=0
		printf '%d\t%d\tforged\t-\t-\n' $((last + 1)) $((14 * last + 14)) $((last + 2)) $((14 * last + 28)) >>log.$p
		printf '%d\t4' $((last + 3)) >>log.$p
	done
	model 2 part "${options[@]}" --log 'log.{}' 'train.{}'
	for p in 0 1 2; do
		assert_equal "$(cut -f 1 log.$p)" "$(echo epoch && seq 15)"
		run grep forged log.$p
		assert_failure
	done
}

@test "--checkpoint that is the model, the log or what is read: refused, and nothing is lost" {
	patients 2
	options=(-l malignant --checkpoint c)
	cp train.1 kept
	for p in c ./c "$PWD/c" c.old ./c.old; do
		fails_with 2 smpc-train "${options[@]}" -o "$p" train.1
		stderr_has "the model and its --checkpoint"
	done
	for file in c c.old; do
		cp train.1 $file
		ln -s $file link
		ln $file hard
		for p in $file ./$file link hard; do
			fails_with 2 smpc-train "${options[@]}" -o "$p" train.1
			stderr_has "the model and its --checkpoint"
			fails_with 2 smpc-train "${options[@]}" --log "$p" -o m train.1
			stderr_has "--log and --checkpoint"
			fails_with 2 smpc-train "${options[@]}" -o m "$p"
			stderr_has "what is read and --checkpoint"
		done
		capture sh -c "smpc-train -l malignant --checkpoint c train.1 >>$file"
		assert_failure 2
		stderr_has "the model and its --checkpoint"
		cmp $file kept
		rm $file link hard
	done
	fails_with 2 smpc-train -l malignant --log m -o ./m train.1
	stderr_has "the model and --log"
	fails_with 2 smpc-train -l malignant --log ./train.1 -o m train.1
	stderr_has "what is read and --log"
	cmp train.1 kept
	capture smpc-local -n 2 -- smpc-train -l malignant -e 1 --checkpoint 'c.{}' -o 'c.{}' 'train.{}'
	assert_failure 2
	stderr_has "the model and its --checkpoint"
	# one that has the name of the result is gone before that appears
	model 2 c -l malignant -e 1 -r 1e-4 --checkpoint 'c.{}' 'train.{}'
}

@test "--checkpoint: killed at any party at any time, it goes on from the last one that all have" {
	unsanitized "it takes minutes; the unit programs nn and metrics run there"
	local i
	patients 2
	options=(--faithful -l malignant --standardize -e 40)
	model 2 whole "${options[@]}" 'train.{}'
	options+=(--checkpoint 'c.{}' --every 4steps)
	killed_training c.1 part "${options[@]}" 'train.{}'
	for ((i = 0; i < 2; i++)); do
		killed_training 0.$((RANDOM % 3 + 2))$((RANDOM % 10)) part "${options[@]}" 'train.{}'
	done
	# the last one may have come to its end before it was killed
	[ -s part.1 ] || [ "$(steps_in c.1)" -gt 4 ]
	model 2 part "${options[@]}" 'train.{}'
	cmp whole.csv part.csv
	# they are of no use any more
	assert_not_exists c.0
	assert_not_exists c.1.old
}

@test "--checkpoint: what is common counts" {
	unsanitized "it takes minutes; the unit programs nn and metrics run there"
	local p
	patients 2
	options=(--faithful -l malignant --standardize -e 12)
	model 2 whole "${options[@]}" 'train.{}'
	options+=(--checkpoint 'c.{}' --every 4steps)
	until all_exist c.0 c.1.old c.2; do
		killed_training "c.0 c.1.old c.2" part "${options[@]}" 'train.{}'
	done
	# one of them has only the one before, or one that nobody else has
	for p in 0 1 2; do
		cp c.$p keep.$p
		cp c.$p.old keep.$p.old
	done
	[ ! -e c.1.old ] || mv c.1.old c.1
	model 2 part "${options[@]}" 'train.{}'
	cmp whole.csv part.csv
	# one of them has none
	for p in 0 1 2; do
		cp keep.$p c.$p
		cp keep.$p.old c.$p.old
	done
	rm c.2 c.2.old
	model 2 part "${options[@]}" 'train.{}'
	cmp whole.csv part.csv
	# other options, other data, no checkpoint at all
	cp keep.0 c.0
	cp keep.1 c.1
	cp keep.2 c.2
	capture smpc-local -o no -- smpc-train "${options[@]}" -r 0.05 'train.{}'
	assert_failure 4
	stderr_has "other options"
	capture smpc-local -o no -- smpc-train "${options[@]}" 'rest.{}'
	assert_failure 4
	cp whole.1 c.1
	capture smpc-local -o no -- smpc-train "${options[@]}" 'train.{}'
	assert_failure 4
	stderr_has "is no checkpoint"
	# a damaged one
	{
		head -c 200 keep.1
		tail -c +201 keep.1 | head -c 1 | tr 'a-y' 'b-z' | tr -c 'b-z' 'a'
		tail -c +202 keep.1
	} >c.1
	capture smpc-local -o no -- smpc-train "${options[@]}" 'train.{}'
	assert_failure 4
	stderr_has "remove it"
	assert_not_exists no.1
	# the state of an optimizer is kept
	for p in momentum adam; do
		rm -f c.*
		model 2 whole "${options[@]:0:4}" -e 6 -r 0.02 --optimizer $p 'train.{}'
		until [ -e c.1 ]; do
			killed_training c.1 part "${options[@]:0:4}" -e 6 -r 0.02 --optimizer $p --checkpoint 'c.{}' --every 1step 'train.{}'
		done
		[ "$(steps_in c.1)" -ge 1 ]
		model 2 part "${options[@]:0:4}" -e 6 -r 0.02 --optimizer $p --checkpoint 'c.{}' --every 1step 'train.{}'
		cmp whole.csv part.csv
	done
}

# dies_at PLACE: a training with options that is ended there; its shares are m.*, and c.* what is kept.
dies_at() {
	rm -f m.* c.*
	capture env LD_PRELOAD="$PWD/deadly.so" AT="KILL $1" \
		smpc-local -n 2 -- smpc-train "${options[@]}" -o 'm.{}' 'train.{}'
	assert_failure
}

# trainer P: the tool of party P, that trains.
trainer() {
	local pid
	for pid in $(trainers); do
		[[ $(tr '\0' ' ' <"/proc/$pid/cmdline") != *" m.$1 "* ]] || echo "$pid"
	done
}

# exist NAME...: exactly these of the parties' models and checkpoints, but for what a tool that was killed was writing.
exist() {
	assert_equal "$(find . -maxdepth 1 -name '[mc].*' ! -name '*.??????' -printf '%f\n' | sort | tr '\n' ' ')" "$(printf '%s ' "$@")"
}

# ends_at_once: the same command succeeds from what is kept, without a step, and leaves nothing of it.
ends_at_once() {
	capture smpc-local -n 2 -- smpc-train "${options[@]}" --stats -o 'm.{}' 'train.{}'
	assert_success || return 1
	[[ $stderr =~ "1: smpc-train: rounds "([0-9]+), ]] || return 1
	[ "${BASH_REMATCH[1]}" -lt "$rounds" ] || fail "${BASH_REMATCH[1]} rounds" || return 1
	is_whole
}

# is_whole: the models are that of a training without an interruption, and nothing else is left.
is_whole() {
	exist m.0 m.1 m.2 || return 1
	smpc-reveal -o m.csv m.1 m.2 && cmp whole.csv m.csv || return 1
	smpc-reveal -o m.csv m.0 m.1 && cmp whole.csv m.csv || return 1
	rm m.csv
}

@test "--checkpoint: ended at any party between its last checkpoint and its end, nothing is lost" {
	unsanitized "a library that is loaded first"
	local p file rounds kept=(c.0 c.0.old c.1 c.1.old c.2 c.2.old)
	patients 2
	deadly
	options=(--faithful -l malignant --standardize -b 91 -e 2)
	model 2 whole "${options[@]}" 'train.{}'
	options+=(--checkpoint 'c.{}' --every 9steps)
	# what standardizing takes
	rounds=60
	# all have the last checkpoint, and cannot write what comes of it
	run smpc-local -n 2 -- smpc-train "${options[@]}" -o /dev/full 'train.{}'
	exist "${kept[@]}"
	ends_at_once
	for p in 0 1; do
		# one of them has only the one before
		dies_at "after rename c.$p.old"
		[ ! -e c.$p ]
		model 2 again "${options[@]}" 'train.{}'
		cmp whole.csv again.csv
		# all have written, and it has not named its own
		dies_at "before rename m.$p"
		exist "${kept[@]}" m.$((1 - p)) m.2
		ends_at_once
		# it has, and has not said so
		dies_at "after rename m.$p"
		exist "${kept[@]}" m.0 m.1 m.2
		stderr_has "our result has its name"
		ends_at_once
		# it has, and waits for the last one
		rm -f m.* c.*
		start waits env LD_PRELOAD="$PWD/deadly.so" AT="STOP before rename m.2" \
			smpc-local -n 2 -- smpc-train "${options[@]}" -o 'm.{}' 'train.{}'
		within 20 test -e m.0 -a -e m.1
		kill -KILL "$(trainer $p)"
		kill -CONT "$(trainer 2)"
		within 20 test -e waits.status
		for file in c.$p c.$p.old m.0 m.1 m.2; do
			assert_exists "$file"
		done
		assert_equal "$(line_of part m.$p)" "$(line_of part m.2)"
		model 2 again "${options[@]}" 'train.{}'
		cmp whole.csv again.csv
		# all have said so
		dies_at "before unlink c.$p"
		exist c.$p c.$p.old m.0 m.1 m.2
		model 2 again "${options[@]}" 'train.{}'
		cmp whole.csv again.csv
		dies_at "after unlink c.$p"
		exist c.$p.old m.0 m.1 m.2
		model 2 again "${options[@]}" 'train.{}'
		cmp whole.csv again.csv
	done
}

# flip FILE AT: change a bit.
flip() {
	python3 -c 'import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2])); b = f.read(1)[0] ^ 4; f.seek(-1, 1); f.write(bytes([b]))' "$@"
}

# kept_again: all checkpoints as they were in the beginning, and no model.
kept_again() {
	local p
	rm -f m.? c.*
	for p in 0 1 2; do
		cp kept/c.$p c.$p && cp kept/c.$p.old c.$p.old || return 1
	done
}

# goes_on_beside FILE: it is passed over, and nothing is lost.
goes_on_beside() {
	capture smpc-local -n 2 -- smpc-train "${options[@]}" -o 'm.{}' 'train.{}'
	assert_success || return 1
	stderr_has "1: smpc-train: $1: " || return 1
	stderr_has "is used in its place" || return 1
	is_whole
}

# refused STATUS TEXT...
refused() {
	capture smpc-local -n 2 -- smpc-train "${options[@]}" -o 'm.{}' 'train.{}'
	assert_failure "$1" || return 1
	for text in "${@:2}"; do
		stderr_has "$text" || return 1
	done
	assert_not_exists m.1
}

@test "--checkpoint: damaged, the one before it serves; if there is none, what to do is said" {
	local i at
	patients 2
	options=(--faithful -l malignant --standardize -b 91 -e 2)
	model 2 whole "${options[@]}" 'train.{}'
	options+=(--checkpoint 'c.{}' --every 9steps)
	run smpc-local -n 2 -- smpc-train "${options[@]}" -o /dev/full 'train.{}'
	mkdir kept
	mv c.* kept
	# a bit in the magic, in the header and in the last word
	for at in 0 100 $(($(stat -c %s kept/c.1) - 1)); do
		kept_again
		flip c.1 "$at"
		goes_on_beside c.1
	done
	# cut short, to nothing and in the middle
	for at in 0 $(($(stat -c %s kept/c.1) / 2)); do
		kept_again
		truncate -s "$at" c.1
		goes_on_beside c.1
	done
	# the one before it
	kept_again
	flip c.1.old 300
	goes_on_beside c.1.old
	# none that is whole
	flip kept/c.1 300
	kept_again
	rm c.1.old
	refused 4 "c.1" "is damaged; there is no checkpoint" "remove it" "put back a whole copy" "--checkpoint"
	kept_again
	flip c.1.old 300
	refused 4 "remove it"
	# one that not all have
	kept_again
	rm c.0.old
	refused 4 "c.1: is damaged, and not all parties have" "remove it"
	rm c.1
	model 2 m "${options[@]}" 'train.{}'
	cmp whole.csv m.csv
	# what is none is not replaced, whatever is beside it
	for at in c.1 c.1.old; do
		kept_again
		echo "what else there is to say" >"$at"
		refused 2 "'$at' is there, and is no checkpoint: name another file, or give this one another name"
		assert_equal "$(cat "$at")" "what else there is to say"
		truncate -s 3 "$at"
		refused 2 "'$at' is there, and is no checkpoint"
	done
	rm -f m.? c.*
	cp train.csv c.1
	refused 2 "'c.1' is there, and is no checkpoint: name another file"
	cmp train.csv c.1
}

@test "wrong options and operands" {
	refused_operands smpc-train -l 1 INPUT
	refused_public smpc-train -l 1 INPUT
	patients 2
	fails_with 2 smpc-train train.1
	stderr_has "-l"
	fails_with 2 smpc-train -x train.1 -l 1
	fails_with 2 smpc-train -x train.1 -y train.1 train.1
	fails_with 2 smpc-train -l malignant --model logistical train.1
	fails_with 2 smpc-train -l malignant --model linear --net 'dense 1' train.1
	fails_with 2 smpc-train -l malignant --optimizer adamant train.1
	fails_with 2 smpc-train -l malignant --momentum 0.5 train.1
	fails_with 2 smpc-train -l malignant --rate -1 train.1
	fails_with 2 smpc-train -l malignant --rate 1e9 train.1
	fails_with 2 smpc-train -l malignant --clip 0 train.1
	fails_with 2 smpc-train -l malignant --clip -1 train.1
	fails_with 2 smpc-train -l malignant --class-weights 1, train.1
	fails_with 2 smpc-train -l malignant --class-weights 1,x train.1
	fails_with 2 smpc-train -l malignant --class-weights 1,-1 train.1
	while read -ra words; do
		fails_with 2 smpc-train --plan -l malignant "${words[@]:1}" train.1
		stderr_has "${words[0]//_/ }"
	done <<-'EOF'
		--rate_takes_a_number_above_0_and_up_to_1000 -r 0
		--rate_takes_a_number_above_0 -r nan
		--rate_takes_a_number_above_0 -r 1e-400
		--momentum_takes_a_number_from_0_to_less_than_1, --optimizer momentum --momentum 1
		--momentum_takes_a_number_from_0 --optimizer momentum --momentum -0.5
		--clip_takes_a_number_above_0 --clip 0
		leaves_nothing_of_a_gradient --clip 1e-6
		--decay_takes_a_number_from_0_to_1e+06 --decay -1
		--decay_takes_a_number_from_0 --decay nan
		--l2_takes_a_number_from_0_to_1000 --l2 -1
		leaves_nothing_to_be_learnt --class-weights 0,0.0
		1e-06_would_become_0;_the_least_is_0.000244 --class-weights 1,0.000001
	EOF
	quietly smpc-train --plan -l malignant --class-weights 0,1 -e 0 train.1
	quietly smpc-train --plan -l malignant --optimizer momentum --momentum 0 --decay 0 --l2 0 train.1
	fails_with 2 smpc-train --plan -l malignant --class-weights 1 train.1
	fails_with 2 smpc-train --plan -l malignant --class-weights 1,2,3 train.1
	fails_with 2 smpc-train --plan -l malignant -m linear --class-weights 1,2 train.1
	fails_with 2 smpc-train -l malignant --input 5x6 train.1
	fails_with 2 smpc-train -l malignant --every 3 train.1
	for every in 3days '3 steppes' '3 step s' 3stepsteps '2 epochsx' '2 epoch ' steps '-1 steps' 0; do
		fails_with 2 smpc-train -l malignant --checkpoint c --every "$every" train.1
		stderr_has "'$every'"
	done
	fails_with 2 smpc-train -l malignant --reveal weights train.1
	fails_with 2 smpc-train -l malignant --net '' train.1
	fails_with 2 smpc-train --plan -l sick train.1
	fails_with 2 smpc-train --plan -l malignant --input 5x5x5 train.1
	fails_with 2 smpc-train --plan -l malignant --net 'dense 7, lens' train.1
	fails_with 2 smpc-train --plan -l malignant --net 'dense 7' train.1
	while IFS=: read -r place net; do
		fails_with 2 smpc-train --plan -l malignant --net "$net" train.1
		stderr_has "layer $place is empty: there is a comma too many"
	done <<-'EOF'
		2:dense 1,,sigmoid
		1:,dense 1, sigmoid
		3:dense 1, sigmoid,
		3:dense 1, sigmoid , ,
		1:,
	EOF
	while IFS='|' read -r why net; do
		fails_with 2 smpc-train --plan -l malignant --net "$net" train.1
		stderr_has "$why"
	done <<-'EOF'
		layer 'softmax': can only be the last layer|softmax, dense 1, sigmoid
		layer 'reservoir': can only stand before all layers that are trained|dense 3, reservoir 4, dense 1, sigmoid
		a network needs a layer that can be trained|relu
	EOF
	echo '["dense 1", "", "sigmoid"]' >net.json
	fails_with 2 smpc-train --plan -l malignant --net-file net.json train.1
	stderr_has "layer 2 is empty"
	fails_with 2 smpc-train --plan -l malignant -m softmax train.1
	fails_with 2 smpc-train --plan -l malignant -m linear --reveal accuracy train.1
	fails_with 1 smpc-train --plan -x train.1 -y small.1
	echo '{"a": 1}' >net.json
	fails_with 1 smpc-train --plan -l malignant --net-file net.json train.1
}

@test "what differs between the parties: 4" {
	patients 2
	capture smpc-local -o no -- sh -c 'smpc-train -w 5 -l malignant -s {} train.{}'
	assert_failure 4
	stderr_has "seed="
	assert_not_exists no.1
	for option in "--clip 1.{}" "--class-weights 1,2.{}" "\$([ {} = 1 ] || echo --watch-range)"; do
		capture smpc-local -o no -- sh -c "smpc-train -w 2 -l malignant $option train.{}"
		assert_failure 4
	done
}

@test "--checkpoint that is something else: refused before the session, and left alone" {
	local p
	patients 2
	echo "what else there is to say" >notes
	echo '{"a": 1}' >text
	mkdir dir d.old
	mkfifo pipe
	ln -s notes l.old
	for p in pipe dir d /dev/full notes text l; do
		fails_with 2 timeout 20 smpc-train -l malignant --checkpoint $p -o m train.1
		stderr_has "--checkpoint: '$p"
		stderr_has "is there, and is no"
		run grep -c remove <<<"$stderr"
		assert_output 0
	done
	assert_equal "$(cat notes)" "what else there is to say"
	# another share stream, as only its end tells
	cp train.1 c.1
	capture smpc-local -n 2 -o no -- smpc-train -l malignant -e 1 --checkpoint 'c.{}' 'train.{}'
	assert_failure 4
	stderr_has "c.1: is no checkpoint: name another file"
	cmp train.1 c.1
}

@test "--checkpoint: a name as long as the file system allows, and its .old" {
	local n c
	patients 2
	for n in 249 251 253 255; do
		c=$(printf "%0$((n - 2))d" 0)
		quietly smpc-local -n 2 -o m -- smpc-train -l malignant --standardize -b 91 -e 1 --checkpoint "$c.{}" 'train.{}'
		run compgen -G "0000*"
		assert_output ""
	done
	# killed behind the second: both are there
	capture smpc-local -n 2 -- smpc-train -l malignant --standardize -b 91 -e 1 --every 2steps --checkpoint "$c.{}" -o /dev/full 'train.{}'
	assert_failure
	assert_exists "$c.1"
	assert_exists "${c:0:251}.old"
	fails_with 2 smpc-train -l malignant --checkpoint "${c:0:251}.old" train.1
	stderr_has "cannot end in .old"
}

@test "--log is its owner's alone, and one that was not becomes so" {
	local p
	patients 2
	umask 000
	echo old >log.1
	chmod 644 log.1
	quietly smpc-local -n 2 -o m -- smpc-train -l malignant --standardize -b 91 -e 1 --reveal loss --log 'log.{}' 'train.{}'
	for p in 0 1 2; do
		assert_equal "$(stat -c %a log.$p)" 600
	done
	run grep -c old log.1
	assert_output 0
	mkfifo pipe
	chmod 666 pipe
	cat pipe >/dev/null &
	quietly smpc-train --clear -l malignant --standardize -b 91 -e 1 --log pipe -o m <(smpc-reveal --public train.1 train.2)
	assert_equal "$(stat -c %a pipe)" 666
}

@test "--checkpoint and --log: a link to what is not there yet is that place" {
	local p
	patients 2
	mkdir sub
	ln -s c al
	ln -s ../sub/../al sub/al
	ln -s "$PWD/c.old" old
	for p in al sub/al old; do
		fails_with 2 smpc-train -l malignant --checkpoint c -o $p train.1
		stderr_has "the model and its --checkpoint"
		fails_with 2 smpc-train -l malignant --checkpoint c --log $p -o m train.1
		stderr_has "--log and --checkpoint"
	done
	# round and round, and elsewhere
	ln -s round round
	ln -s elsewhere link
	for p in round link; do
		fails_with 2 smpc-train -l malignant --checkpoint c -o $p train.1
		stderr_has "takes a session"
	done
}

@test "--checkpoint: each party its own" {
	local p
	patients 2
	capture smpc-local -n 2 -- smpc-train -l malignant -e 1 --checkpoint ./c -o 'm.{}' 'train.{}'
	assert_failure 2
	stderr_has "1: smpc-train: --checkpoint ./c: '"
	stderr_has "each party needs its own"
	assert_equal "$(find . -name 'c*' -o -name 'm.*')" ""
	mkdir d.0 d.1 d.2
	options=(-l malignant -e 1 -r 1e-4 --checkpoint 'd.{}/c' 'train.{}')
	model 2 m "${options[@]}"
	# that of another party
	run smpc-local -n 2 -- smpc-train -o /dev/full "${options[@]}"
	assert_exists d.1/c
	mv d.1 d
	mv d.2 d.1
	mv d d.2
	capture smpc-local -n 2 -- smpc-train -o 'm.{}' "${options[@]}"
	assert_failure 4
	stderr_has "1: smpc-train: d.1/c: is the checkpoint of '"
	stderr_has "put back our own, or name another file"
}

@test "--log to a pipe: one that nobody reads, and one whose reader leaves; - is standard error" {
	patients 2
	smpc-reveal --public -o train.public train.1 train.2
	options=(--clear -l malignant -b 400 -o m)
	mkfifo pipe
	fails_with 1 timeout 20 smpc-train "${options[@]}" --log pipe train.public
	stderr_has "pipe: is a pipe that nobody reads"
	start reader sh -c 'exec 4<>pipe; touch ready; head -n 1 <&4'
	within 5 test -e ready
	fails_with 1 timeout 60 smpc-train "${options[@]}" -e 1000000 -r 0.0001 --log pipe train.public
	assert_equal "$stderr" "smpc-train: pipe: Broken pipe"
	ended reader 5 0
	assert_equal "$(cut -f 1 reader.out)" epoch
	assert_not_exists m
	# a terminal's table is no second one beside it
	capture smpc-train "${options[@]}" -e 2 --log - train.public
	assert_success
	assert_output ""
	assert_equal "$(cut -f 1 <<<"$stderr")" "$(printf '%s\n' epoch 1 2)"
	assert_not_exists ./-
}
