#!/usr/bin/env bats
#
# Trainings that are killed fifty times, at any party and at any time.

load ../helper
load ../shares
load ../parties
load ../engine
load ../training

@test "fifty kills: the model is that of a training without any, to the bit" {
	local i
	patients 2
	options=(--faithful -l malignant --standardize -e 300)
	model 2 whole "${options[@]}" 'train.{}'
	options+=(--checkpoint 'c.{}' --every 3steps)
	for ((i = 0; i < 50; i++)); do
		killed_training 0.$((RANDOM % 3 + 1))$((RANDOM % 10))$((RANDOM % 10)) part "${options[@]}" 'train.{}'
	done
	[ "$(steps_in c.1)" -gt 50 ]
	model 2 part "${options[@]}" 'train.{}'
	cmp whole.csv part.csv
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

@test "MNIST, 784-128-128-10: 0.93 of the last 2,000 after five epochs on the first 8,000" {
	local images=t10k-images-idx3-ubyte.gz labels=t10k-labels-idx1-ubyte.gz
	local net='dense 128, relu, dense 128, relu, dense 10, softmax'
	needs_data $images $labels
	python3 - "$DATA_SETS/$images" "$DATA_SETS/$labels" <<-'EOF'
		import gzip, sys
		x, y = gzip.open(sys.argv[1]).read()[16:], gzip.open(sys.argv[2]).read()[8:]
		for name, rows in ("train", range(8000)), ("test", range(8000, 10000)):
		    with open(name + ".csv", "w") as f:
		        print(*(f"p{i}" for i in range(784)), "digit", sep=",", file=f)
		        for r in rows:
		            print(*(round(v / 255, 5) for v in x[784 * r:784 * r + 784]), y[r], sep=",", file=f)
	EOF
	smpc-share -n 2 -o train train.csv
	model 2 m -l digit --net "$net" -b 128 -e 5 'train.{}'
	right 0.93 m test.csv digit classes=10 net="$net"
}
