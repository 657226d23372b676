#!/usr/bin/env bats
#
# Trainings that take minutes: killed fifty times, at any party and at any time; on public data sets, in the directory that
# DATA_SETS names, against float64.

load ../helper
load ../shares
load ../parties
load ../engine
load ../training

@test "fifty kills: the model is that of a training without any, to the bit" {
	local kills=0
	patients 2
	options=(--faithful -l malignant --standardize -e 300)
	model 2 whole "${options[@]}" 'train.{}'
	options+=(--checkpoint 'c.{}' --every 3steps)
	until [ "$kills" -eq 50 ]; do
		killed_training 0.$((RANDOM % 3 + 1))$((RANDOM % 10))$((RANDOM % 10)) part "${options[@]}" 'train.{}'
		# there may have been nobody yet to be killed
		[ "$(cat part.status)" -eq 0 ] || kills=$((kills + 1))
	done
	[ "$(steps_in c.1)" -gt 50 ]
	model 2 part "${options[@]}" 'train.{}'
	cmp whole.csv part.csv
}

@test "no party holds the model: what its share has for weights is no better than a guess" {
	local round p
	patients 2
	for round in {1..40}; do
		together 2 m smpc-train -l malignant --standardize -e 1 'train.{}'
		for p in 0 1 2; do
			smpc-info --words m.$p >"words.$p.$round"
		done
	done
	for p in 0 1 2; do
		run python3 "$reference" guess test.csv malignant words.$p.*
		assert_success
		assert_output ""
	done
	# what they hold together is
	smpc-reveal --public -o public m.1 m.2
	for round in {1..20}; do
		smpc-info --words public >"words.public.$round"
	done
	run python3 "$reference" guess test.csv malignant words.public.*
	assert_output --regexp '^x: right about 0.9'
}

# needs_data FILE...: public data sets, in the directory that DATA_SETS names.
needs_data() {
	local file
	for file; do
		[ -e "${DATA_SETS:-}/$file" ] || skip "DATA_SETS names no directory with $file"
	done
}

@test "digits, 64-32-10: 0.95 of those held back, as in float64" {
	local p net='dense 32, relu, dense 10, softmax'
	needs_data digits.csv
	awk -F , 'NR > 1 { for (i = 1; i <= 64; i++) $i /= 16 } { print }' OFS=, "$DATA_SETS/digits.csv" >digits.csv
	smpc-share -n 2 -o all digits.csv
	for p in 0 1 2; do
		smpc-split --seed 1 -o train.$p --rest rest.$p all.$p
	done
	smpc-reveal -o train.csv train.1 train.2
	smpc-reveal -o test.csv rest.1 rest.2
	model 2 m -l digit --net "$net" -e 20 -r 0.2 'train.{}'
	right 0.95 m test.csv digit classes=10 net="$net"
	agrees m train.csv digit classes=10 net="$net" epochs=20 rate=0.2 within=0.2
}

# mnist: train.csv, the first 8,000 images of the test set, shared; test.csv, the last 2,000.
mnist() {
	local images=t10k-images-idx3-ubyte.gz labels=t10k-labels-idx1-ubyte.gz
	needs_data $images $labels
	python3 - "$DATA_SETS/$images" "$DATA_SETS/$labels" <<-'EOS'
		import gzip, sys
		x, y = gzip.open(sys.argv[1]).read()[16:], gzip.open(sys.argv[2]).read()[8:]
		for name, rows in ("train", range(8000)), ("test", range(8000, 10000)):
		    with open(name + ".csv", "w") as f:
		        print(*(f"p{i}" for i in range(784)), "digit", sep=",", file=f)
		        for r in rows:
		            print(*(round(v / 255, 5) for v in x[784 * r:784 * r + 784]), y[r], sep=",", file=f)
	EOS
	smpc-share -n 2 -o train train.csv
}

# numpy ARGUMENT...: tests/python/network.py, by a python3 that has numpy.
numpy() {
	local python
	for python in python3 /usr/bin/python3; do
		if "$python" -c 'import numpy' 2>/dev/null; then
			"$python" "$ROOT/tests/python/network.py" "$@"
			return
		fi
	done
	return 77
}

needs_numpy() {
	run numpy gradients
	[ "$status" -ne 77 ] || skip "needs numpy, which Debian has as python3-numpy"
}

@test "the reference in float64: its gradients are those of finite differences" {
	needs_numpy
	quietly numpy gradients
	assert_output ""
}

# as_good NAME OPTION=VALUE...: the model is about as often right as that of float64; both figures are noted.
as_good() {
	local name=$1
	shift
	capture numpy agree "$name.csv" train.csv test.csv digit "$@"
	echo "# $BATS_TEST_DESCRIPTION: $output" >&3
	assert_success
}

@test "MNIST, 784-128-128-10: five epochs on the first 8,000, and right about 0.93 of the last 2,000, as in float64" {
	local net='dense 128, relu, dense 128, relu, dense 10, softmax'
	needs_numpy
	mnist
	model 2 m -l digit --net "$net" -b 128 -e 5 'train.{}'
	as_good m net="$net" epochs=5 least=0.93
	# which is no matter of course
	model 2 m -l digit --net "$net" -b 128 -e 2 'train.{}'
	run numpy agree m.csv train.csv test.csv digit net="$net" epochs=5
	assert_failure 1
}

@test "MNIST, LeNet: an epoch on the first 8,000, and as often right about the last 2,000 as in float64" {
	local net='conv2d 20 5x5, relu, maxpool 2, conv2d 50 5x5, relu, maxpool 2, dense 500, relu, dense 10, softmax'
	needs_numpy
	mnist
	model 2 m -l digit --input 1x28x28 --net "$net" -b 128 -e 1 'train.{}'
	as_good m net="$net" input=1x28x28 least=0.93
}
