#!/usr/bin/env bats
#
# smpc-train --float: float64 by OpenBLAS, against float64 in python, which has nothing in common with it, and against
# --clear, which emulates fixed point.

load helper
load shares
load training

# needs_openblas: skip, and say so, where it is missing.
needs_openblas() {
	printf 'x,y\n0,0\n' >one.csv
	in_the_clear one
	capture smpc-train --float -l y -o model one
	# shellcheck disable=SC2154 # set by run
	[[ "$stderr" != *"there is no libopenblas"* ]] || skip "needs OpenBLAS, which is not installed"
	assert_success
}

# in_the_clear NAME: NAME.csv as a public stream NAME.
in_the_clear() {
	smpc-share -n 2 -o shares "$1.csv"
	smpc-reveal --public -o "$1" shares.1 shares.2
	rm shares.*
}

# points NAME: 48 rows a, b; class 0 to 2, the same as c0, c1, c2; u, v.
points() {
	awk 'BEGIN { print "a,b,class,c0,c1,c2,u,v"
	    for (i = 0; i < 48; i++) {
		a = i * 37 % 101 / 50 - 1; b = i * 53 % 89 / 44 - 1; k = (a > 0) + (a > 0 && b > 0)
		printf "%s,%s,%d,%d,%d,%d,%s,%s\n", a, b, k, k == 0, k == 1, k == 2, a - b / 2, b + 0.25 } }' >"$1.csv"
	in_the_clear "$1"
}

# images NAME: 24 rows of two planes of 5 x 4, and a side, 0 or 1.
images() {
	awk 'BEGIN { srand(5); for (i = 0; i < 40; i++) printf "p%d,", i; print "side"
	    for (r = 0; r < 24; r++) {
		s = r % 2
		for (i = 0; i < 40; i++) printf "%.3f,", rand() - 0.4 + (i % 4 < 2 ? s : 1 - s)
		print s } }' >"$1.csv"
	in_the_clear "$1"
}

# trains TABLE LABEL "OPTION ..." "REFERENCE'S OPTION|..." [SLACK]: m is the model that python trains, and the log has
# its figures; --clear gives one that is off by SLACK at most.
trains() {
	local table=$1 label=$2 same slack=${5:-0.0005} reveal="--reveal loss"
	local numbers='net=[^|]*(dense [0-9]+|tanh|relu)(\||$)'
	IFS='|' read -r -a same <<<"$4"
	# what ends in classes has an accuracy
	[[ $4 =~ $numbers ]] || reveal+=" --reveal accuracy"
	eval "set -- $reveal --log log $3"
	quietly smpc-train --float -l "$label" "$@" -o m "$table" || return 1
	smpc-reveal -o m.csv m
	agrees m "$table.csv" "$label" bits=16 within=2e-5 log=log "${same[@]}" || return 1
	quietly smpc-train --clear -l "$label" "$@" -o emulated "$table" || return 1
	smpc-reveal -o emulated.csv emulated
	capture python3 "$reference" differ m.csv emulated.csv "$slack"
	assert_success || return 1
	assert_output "" || return 1
	# as it is not the same
	run cmp -s m.csv emulated.csv
	assert_failure
}

@test "every layer and loss, as in python" {
	needs_openblas
	local kind
	points t
	trains t class,u,v "-m linear -e 3 -b 16" "net=dense 3|epochs=3|batch=16"
	trains t c1 "-e 3 -b 16" "epochs=3|batch=16"
	trains t c0,c2 "-e 3 -b 16" "net=dense 2, sigmoid|epochs=3|batch=16"
	trains t class "-m softmax --classes 3 -e 3 -b 16 -r 0.5" "net=dense 3, softmax|classes=3|epochs=3|batch=16|rate=0.5"
	trains t c0,c1,c2 "-m softmax -e 3 -b 16" "net=dense 3, softmax|epochs=3|batch=16"
	for kind in relu sigmoid tanh; do
		trains t u,v "-n 'dense 5, $kind, dense 2' -e 3 -b 16 -s 3" "net=dense 5, $kind, dense 2|epochs=3|batch=16|seed=3"
		trains t c0,c1,c2 "-n 'dense 5, $kind, dense 3, softmax' -e 3 -b 16 -s 4" \
			"net=dense 5, $kind, dense 3, softmax|epochs=3|batch=16|seed=4"
	done
	trains t u,v "-n 'dense 2, tanh' -e 3" "net=dense 2, tanh|epochs=3"
	# whose numbers all are 0 at first
	trains t c2 "-n 'dense 1, relu' -e 3" "net=dense 1, relu|epochs=3"
	trains t u "-n 'reservoir 12, dense 1' -e 4 -b 16 -r 0.01 -s 9" \
		"net=reservoir 12, dense 1|epochs=4|batch=16|rate=0.01|seed=9"
}

@test "convolutions and pools, as in python" {
	needs_openblas
	local net
	images t
	while read -r net; do
		trains t side "--input 2x5x4 -n '$net' -e 3 -b 8 -s 2" "net=$net|input=2x5x4|epochs=3|batch=8|seed=2"
	done <<-'EOF'
		conv2d 3 2, tanh, flatten, dense 1, sigmoid
		conv2d 3 3 1 1, relu, maxpool 2, flatten, dense 1, sigmoid
		conv2d 2 3x3 2 2, relu, conv2d 3 2 1 1, avgpool 2 1, dense 1
		maxpool 2 1, conv2d 2 2, avgpool 2, flatten, dense 2, relu, dense 1, sigmoid
		reservoir 20, dense 3, relu, dense 1, sigmoid
	EOF
}

@test "every layer that there is has been tried" {
	local layer count=0
	while read -r layer; do
		grep -q "^[^#]*\b$layer\b" <(grep -v '@test\|grep' "$BATS_TEST_FILENAME") || fail "$layer has not"
		grep -q "^	{ \.name = \"$layer\", " "$ROOT/common/nn/float64_layers.c" || fail "$layer has no float64 form"
		count=$((count + 1))
	done < <(sed -n '/nn_layer_types\[\]/,/^}/s/^	{ \.name = "\([a-z0-9]*\)".*/\1/p' "$ROOT/common/nn/layers.c")
	[ "$count" -ge 10 ]
}

@test "every option of training, as in python" {
	needs_openblas
	points t
	trains t u,v "-m linear --optimizer momentum --momentum 0.7 -r 0.02 -e 4 -b 16" \
		"net=dense 2|optimizer=momentum|momentum=0.7|rate=0.02|epochs=4|batch=16"
	trains t u "-m linear --optimizer adam -r 0.05 -e 4 -b 16 -s 18446744073709551615" \
		"net=dense 1|optimizer=adam|rate=0.05|epochs=4|batch=16|seed=18446744073709551615" 0.005
	trains t c1 "--decay 0.5 --l2 0.1 -e 4 -b 20" "decay=0.5|l2=0.1|epochs=4|batch=20"
	trains t c1 "-b 1000 -e 9" "batch=1000|epochs=9"
	trains t c0 "--clip 0.05 --l2 0.5 -e 4" "clip=0.05|l2=0.5|epochs=4"
	trains t u "-n 'dense 4, tanh, dense 1' --clip 0.02 -e 4 -b 16 --optimizer momentum" \
		"net=dense 4, tanh, dense 1|clip=0.02|epochs=4|batch=16|optimizer=momentum"
	trains t c0 "--class-weights 0.5,3 -e 3" "weights=0.5,3|epochs=3"
	trains t class "-m softmax --classes 3 --class-weights 1,4,0.25 -e 3 -b 16" \
		"net=dense 3, softmax|classes=3|weights=1,4,0.25|epochs=3|batch=16"
	trains t c0,c1,c2 "-n 'dense 4, tanh, dense 3, softmax' --class-weights 1,4,0.25 -e 3 -b 16 -j 1" \
		"net=dense 4, tanh, dense 3, softmax|weights=1,4,0.25|epochs=3|batch=16"
	trains t u "-m linear --standardize -e 3" "net=dense 1|standardize=1|epochs=3"
}

@test "breast cancer: the patients held back, by the tools for public models" {
	needs_openblas
	smpc-share -n 2 -o all "$cancer"
	smpc-reveal --public all.1 all.2 | smpc-split --seed 1 -o train --rest rest -
	smpc-reveal -o train.csv train
	smpc-reveal -o test.csv rest
	trains train malignant "--standardize --seed 3 -e 10" "standardize=1|seed=3"
	right 0.96 m test.csv malignant standardize=1
	is_line network m "dense 1, sigmoid"
	is_line labels m malignant
	assert_equal "$(line_of scheme m | sort -u)" public
	smpc-predict --clear -o p m rest
	capture smpc-score --clear -l malignant --metrics accuracy p rest
	assert_success
	awk '$1 == "accuracy" { found = $2 } END { exit !(found >= 0.96) }' <<<"$output"
	# a constant column is left out
	awk -F , 'NR > 1 { $2 = 7 } { print }' OFS=, train.csv >flat.csv
	in_the_clear flat
	trains flat malignant "--standardize -e 2" "standardize=1|epochs=2"
}

@test "-x and -y, one owner's columns; --init goes on where a model was left, by what it standardizes" {
	needs_openblas
	points t
	smpc-cut -c a,b -o x t
	smpc-cut -c u,v -o y t
	smpc-cut -c a,b,u,v -o both t
	quietly smpc-train --float -l u,v -m linear --standardize -e 2 -o one both
	quietly smpc-train --float -x x -y y -m linear --standardize -e 2 -o two
	cmp <(smpc-reveal one) <(smpc-reveal two)
	quietly smpc-train --float -x x -y y --init one -e 3 -o m
	smpc-reveal -o one.csv one
	smpc-reveal -o m.csv m
	python3 - "$reference" <<-'EOF'
		import sys, os
		sys.path.insert(0, os.path.dirname(sys.argv[1]))
		import training as t
		o = {**t.USUAL, "net": "dense 2", "bits": 16, "epochs": 3}
		x, y = t.table("t.csv", "u,v", {**o})
		x = t.apply([r[:2] for r in x], *t.standard([r[:2] for r in x]))
		y = t.apply(y, *t.standard(y))
		one, m = t.tensors("one.csv"), t.tensors("m.csv")
		assert one[:4] == m[:4]
		t.initial = lambda *a: {0: [[list(r) for r in one[4]], list(one[5][0])]}
		want = t.train(x, y, o)[1][0]
		pairs = [(a, b) for r, s in zip(m[4] + m[5], want[0] + [want[1]]) for a, b in zip(r, s)]
		assert len(pairs) == 6 and max(abs(a - b) for a, b in pairs) < 1e-4, pairs
		assert abs(m[4][0][0] - one[4][0][0]) > 1e-3
	EOF
}

@test "a parameter that leaves the range, or is no number: 5, and which layer's" {
	needs_openblas
	points t
	fails_with 5 smpc-train --float -l u -m linear -r 900 -e 3 -o no t
	stderr_has "a parameter of layer 1 (dense 1) is beyond +-1024, learning 'u': try"
	fails_with 5 smpc-train --float -l u -n 'dense 3, relu, dense 3, relu, dense 1' -r 900 -b 2 -e 9 -o no t
	stderr_has "layer 5 (dense 1)"
	# one step takes the bias to the label
	table t.csv x,y 0,1100 0,1100
	in_the_clear t
	fails_with 5 smpc-train --float -l y -m linear -r 0.5 -e 1 -o no t
	table t.csv x,y 0,1000 0,1000
	smpc-share -f -n 2 -o shares t.csv
	smpc-reveal --public -o t shares.1 shares.2
	quietly smpc-train --float -l y -m linear -r 0.5 -e 1 -o m t
	assert_equal "$(smpc-reveal m | tail -n 1)" 1000
	assert_not_exists no
}

@test "what --float does not do: 2" {
	needs_openblas
	points t
	shared s a,b 1,0 2,1
	fails_with 2 smpc-train --float --plan -l b t
	fails_with 2 smpc-train --float --faithful -l b t
	fails_with 2 smpc-train --float --checkpoint c -l b t
	fails_with 2 smpc-train --float -l b s.1
	stderr_has "is a share"
	fails_with 2 smpc-train --float -l u -m linear --reveal accuracy t
	fails_with 2 smpc-train --float -l c0 --class-weights 1,2,3 t
	fails_with 2 smpc-train --float -l c0,c1 -n 'dense 3' t
	fails_with 2 smpc-train --float -l u -n 'dense 3, lens' t
	# --clear is said by it
	quietly smpc-train --clear --float -l c0 -e 1 -o a t
	quietly smpc-train --float -l c0 -e 1 -o b t
	cmp a b
}

@test "too little address space for OpenBLAS: 1, and not for ever" {
	unsanitized "they take several times the memory"
	needs_openblas
	points t
	fails_with 1 bash -c 'ulimit -v 300000; smpc-train --float -l c0 -j 2 t'
	stderr_has "out of memory: OpenBLAS takes 128 MiB"
}

@test "labels that are no classes: 5, in the clear" {
	needs_openblas
	table t.csv x,y 0,0 1,-1
	smpc-share -f -n 2 -o shares t.csv
	smpc-reveal --public -o t shares.1 shares.2
	for how in --clear --float; do
		fails_with 5 smpc-train $how -l y t
		stderr_has "row 2: the label -1: labels are 0 or 1"
	done
	table t.csv x,y 0,0 1,2 2,3 1,1.5
	smpc-share -f -n 2 -o shares t.csv
	smpc-reveal --public -o t shares.1 shares.2
	fails_with 5 smpc-train --clear -l y -m softmax --classes 3 t
	stderr_has "row 3: the label 3: labels are whole numbers from 0 to 2"
	fails_with 5 smpc-train --clear -l y -m softmax --classes 4 t
	stderr_has "row 4: the label 1.5"
	table t.csv x,y 0,0 1,1 2,0.5
	smpc-share -f --public -o half t.csv
	for how in --clear --float; do
		fails_with 5 smpc-train $how -l y half
		stderr_has "row 3: the label 0.5: labels are 0 or 1"
	done
	table t.csv x,y,z 0,0,1 1,1,0 2,1,1
	smpc-share -f --public -o both t.csv
	for how in --clear --float; do
		fails_with 5 smpc-train $how -l y,z -m softmax both
		stderr_has "row 3: labels are a single 1 in each row, and else 0"
		quietly smpc-train $how -l y,z -o m both
	done
	fails_with 2 smpc-train --clear -l y -n 'dense 1, softmax' t
	stderr_has "take 'sigmoid'"
	quietly smpc-train --clear -l y -m linear -o m t
}

@test "without OpenBLAS, or with one that is none: 2, and --clear as ever" {
	points t
	mkdir lib
	: >lib/libopenblas.so.0
	fails_with 2 env LD_LIBRARY_PATH="$PWD/lib" smpc-train --float -l c0 t
	stderr_has "Debian: libopenblas0"
	cp "$(ldd "$BUILD/bin/smpc-train" | awk '/libjansson/ { print $3 }')" lib/libopenblas.so.0
	fails_with 2 env LD_LIBRARY_PATH="$PWD/lib" smpc-train --float -l c0 t
	stderr_has "no function cblas_dgemm"
	quietly env LD_LIBRARY_PATH="$PWD/lib" smpc-train --clear -l c0 -o m t
}
