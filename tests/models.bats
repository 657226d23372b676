#!/usr/bin/env bats
# Cleartext models: out by smpc-reveal, as CSV, JSON, .npy and safetensors; in again by smpc-share, also those that were made
# elsewhere.

load helper
load shares
load parties
load engine
load training

safetensors=$ROOT/tests/python/safetensors.py
elsewhere=$ROOT/tests/python/elsewhere.py

# pixels: t.csv, three classes of images of 2 x 2, and t.*, its shares.
pixels() {
	awk 'BEGIN { print "a,b,c,d,digit"
	    for (r = 0; r < 60; r++) { k = r % 3; printf "%s,%s,%s,%s,%d\n", (k == 0) + r % 7 / 10, (k == 1) - r % 5 / 10,
	        (k == 2) + r % 4 / 10, r % 11 / 11, k } }' >t.csv
	shared_csv_named t
}

# trained NETWORK ARGUMENT...: m.*, a model of t.csv.
trained() {
	together 2 m smpc-train -l digit --classes 3 --net "$1" -e 3 -r 0.5 -s 5 "${@:2}" 't.{}'
}

# written FILE JSON: a safetensors file of these tensors.
written() {
	python3 "$safetensors" write "$1" <<<"$2"
}

# near GOT DUE: two tables of numbers that agree to 2e-3.
near() {
	paste -d , "$1" "$2" | awk -F , '{ for (i = 1; i <= NF / 2; i++) if (($i - $(i + NF / 2)) ^ 2 > 4e-6) exit 1; n++ }
	    END { exit !n }'
}

# comes_back NAME: as JSON and as safetensors, shared again, it is the same table.
comes_back() {
	local form
	smpc-reveal "$1.1" "$1.2" >due
	for form in --json --safetensors; do
		smpc-reveal $form -o clear "$1.1" "$1.2"
		smpc-share -f -n 2 -o again clear
		smpc-reveal again.1 again.2 | cmp - due || return 1
	done
}

@test "an independent reader finds in the safetensors file what is in the CSV" {
	pixels
	trained "dense 4, relu, dense 3, softmax" --standardize
	smpc-reveal -o m.csv m.1 m.2
	quietly smpc-reveal --safetensors -o m.safetensors m.1 m.2
	run python3 "$safetensors" check m.safetensors m.csv
	assert_success
	assert_output - <<-'E'
		standardize.mean F64 1 4
		standardize.scale F64 1 4
		dense1.weight F64 4 4
		dense1.bias F64 1 4
		dense3.weight F64 4 3
		dense3.bias F64 1 3
	E
	# the same to a pipe, and by --to
	smpc-reveal --safetensors m.1 m.2 | cmp - m.safetensors
	quietly smpc-local -o to -- smpc-reveal --to all --safetensors 'm.{}'
	for p in 0 1 2; do
		cmp to.$p m.safetensors
	done
	# one tensor, which is no model
	smpc-reveal --safetensors -t dense1.weight -o w.safetensors m.1 m.2
	smpc-reveal -t dense1.weight -o w.csv m.1 m.2
	run python3 "$safetensors" check w.safetensors w.csv
	assert_output "dense1.weight F64 4 4"
	smpc-reveal --safetensors -t standardize.mean m.1 m.2 >s.safetensors
	run grep -c smpc.model s.safetensors
	assert_output 0
	# and as .npy
	smpc-reveal --npy -t dense1.weight -o w.npy m.1 m.2
	smpc-share -n 2 -o w w.npy
	smpc-reveal w.1 w.2 | cmp - w.csv
}

@test "whole numbers, residues, many rows; a name that comes twice" {
	printf '%s\n' a,b 9007199254740993,-1 -9223372036854775808,2 >i.csv
	smpc-share -n 2 --fraction-bits 0 --name n -o i i.csv
	smpc-reveal --safetensors -o i.safetensors i.1 i.2
	run python3 "$safetensors" check i.safetensors i.csv
	assert_output "n I64 2 2"
	smpc-share -n 2 -o k i.safetensors
	smpc-reveal k.1 k.2 | cmp - i.csv
	printf 'a\n18446744073709551556\n' | smpc-share -q 18446744073709551557 -n 2 -o q
	smpc-reveal --safetensors -o q.safetensors q.1 q.2
	smpc-share -q 18446744073709551557 -n 2 -o r q.safetensors
	quietly smpc-reveal r.1 r.2
	assert_output $'a\n18446744073709551556'
	quietly smpc-reveal --signed --safetensors -o q.safetensors q.1 q.2
	[ "$(tail -c 8 q.safetensors | od -An -td8 | tr -d ' ')" = -1 ]
	# more than a record holds, and not a multiple of it
	seq 300000 | smpc-share -n 2 --no-header --fraction-bits 1 -o l
	smpc-reveal --safetensors -o l.safetensors l.1 l.2
	smpc-share -n 2 -o l2 l.safetensors
	smpc-reveal l2.1 l2.2 | cmp - <(seq 300000)
	cat k.1 i.1 >two.1
	cat k.2 i.2 >two.2
	quietly smpc-reveal --safetensors -o two.safetensors two.1 two.2
	smpc-cat --repeat i.1 l.1 i.1 >two.1
	smpc-cat --repeat i.2 l.2 i.2 >two.2
	fails_with 1 smpc-reveal --safetensors -o never.safetensors two.1 two.2
	stderr_has "one tensor of a name"
	[ ! -e never.safetensors ]
}

@test "a model goes out and in again: the same numbers, the same predictions" {
	pixels
	local net
	for net in "dense 4, relu, dense 3, softmax" "conv2d 2 2 1 1, relu, maxpool 2, flatten, dense 3, softmax"; do
		if [[ $net = dense* ]]; then
			trained "$net" --standardize
		else
			trained "$net" --input 1x2x2
		fi
		smpc-reveal -o m.csv m.1 m.2
		smpc-reveal --safetensors -o m.safetensors m.1 m.2
		smpc-reveal --json -o m.json m.1 m.2
		python3 -c 'import json, sys
for line in open("m.json"): json.loads(line)'
		quietly smpc-share -n 2 -o s m.safetensors
		quietly sh -c 'smpc-share -n 2 -o j <m.json'
		together 2 pm smpc-predict --faithful 'm.{}' 't.{}'
		all_hold 2 pm
		for p in s j; do
			all_hold 2 $p
			cmp $p.out m.csv
			together 2 p$p smpc-predict --faithful $p.'{}' 't.{}'
			all_hold 2 p$p
			cmp p$p.out pm.out
			is_line network $p.1 "$(smpc-info m.1 | sed -n 's/^network *//p')"
		done
		together 2 ps smpc-predict 's.{}' 't.{}'
		all_hold 2 ps
		tail -n +2 ps.out >got
		tail -n +2 pm.out >due
		near got due
		# to go on with
		together 2 more smpc-train -l digit --classes 3 --init 's.{}' -e 1 't.{}'
		rm -f ./s.? ./j.? ./ps.? ./pj.? ./pm.? ./m.? ./more.?
	done
	# a row without names; a reservoir has a seed
	together 2 m smpc-train -l digit --classes 3 --net "reservoir 5, relu, dense 3, softmax" -s 9 -e 1 't.{}'
	smpc-reveal --safetensors m.1 m.2 | smpc-share -n 2 -o s
	together 2 pm smpc-predict --faithful 'm.{}' 't.{}'
	together 2 ps smpc-predict --faithful 's.{}' 't.{}'
	all_hold 2 pm
	all_hold 2 ps
	cmp pm.out ps.out
}

@test "a model is shared in a session, sealed, as text, additively; and looked at by --check" {
	pixels
	trained "dense 3, softmax"
	smpc-reveal -o m.csv m.1 m.2
	smpc-reveal --safetensors -o m.safetensors m.1 m.2
	cat >job.sh <<-'E'
		case $SMPC_PARTY in 1) set -- "$@" m.safetensors ;; esac
		smpc-share --from 1 -o f "$@"
	E
	quietly smpc-local -- sh -eu job.sh
	all_hold 2 f
	cmp f.out m.csv
	smpc-share -n 2 --json -o x m.safetensors
	smpc-reveal x.1 x.2 | cmp - m.csv
	smpc-share -n 3 -a -o y m.safetensors
	smpc-reveal y.1 y.2 y.3 | cmp - m.csv
	quietly smpc-share --check m.safetensors
	# the stream is cut where a tensor is missing
	sed -n 1p x.1 | grep -q '"next"'
	head -n 1 x.1 >cut.1
	fails_with 1 smpc-info cut.1
	stderr_has "ends early"
}

@test "each tensor of a sharing has an id and masks of its own" {
	written x '{"tensors": {"a": ["F32", [2, 2], [1, 2, 3, 4]], "b": ["F32", [2, 2], [1, 2, 3, 4]]}}'
	smpc-share -n 2 --json -o x x
	smpc-share -n 3 -a --json -o y x
	run python3 -c '
import json, sys
for path in "x.0", "x.1", "y.1", "y.3":
    a, b = [json.loads(line) for line in open(path)]
    assert a["id"] != b["id"] and a["next"] == b["id"] and "next" not in b
    for field in "keys", "words":
        assert not a.get(field) or not set(a[field]) & set(b[field]), (path, field)'
	assert_success
	assert_output ""
}

@test "models that were made elsewhere: PyTorch's order and Flax's, filters, many layers" {
	local order
	for order in out-in in-out; do
		python3 "$elsewhere" dense $order e
		smpc-share -n 2 --no-header -o d e.csv
		quietly smpc-share -f -n 2 --net 'dense 3, relu, dense 2' -o e e.safetensors
		together 2 p smpc-predict 'e.{}' 'd.{}'
		all_hold 2 p
		sed 1d p.out >got
		near got e.due
		rm -f ./?.? ./got
	done
	# the square weight does not tell; an option does
	quietly smpc-share -n 2 --net 'dense 3, relu, dense 2' --weights in-out -o e e.safetensors
	fails_with 1 smpc-share -n 2 --net 'dense 3, relu, dense 2' --weights out-in -o never e.safetensors
	stderr_has "tensor 'params.Dense_1.kernel' is not the weight of layer 3"
	stderr_has "--weights"
	python3 "$elsewhere" image out-in i
	smpc-share -n 2 --no-header -o d i.csv
	fails_with 2 smpc-share -n 2 --net 'conv2d 2 2, relu, flatten, dense 3' -o never i.safetensors
	stderr_has "--input"
	quietly smpc-share -n 2 --input 1x3x3 --net 'conv2d 2 2, relu, flatten, dense 3' -o i i.safetensors
	together 2 p smpc-predict 'i.{}' 'd.{}'
	all_hold 2 p
	sed 1d p.out >got
	near got i.due
	rm -f ./?.?
	python3 "$elsewhere" deep out-in n
	smpc-share -n 2 --no-header -o d n.csv
	net='dense 2, relu, dense 2, relu, dense 2, relu, dense 2, relu, dense 2, relu, dense 2'
	quietly smpc-share -n 2 --net "$net" -o n n.safetensors
	together 2 p smpc-predict 'n.{}' 'd.{}'
	all_hold 2 p
	sed 1d p.out >got
	near got n.due
	# the order of the names is the order of the layers, whatever it is
	quietly smpc-share -f -n 2 --net "$net" -o n n.safetensors --modules layers.0,layers.2,layers.4,layers.6,layers.8,layers.10
	together 2 p smpc-predict 'n.{}' 'd.{}'
	all_hold 2 p
	sed 1d p.out >got
	near got n.due
	quietly smpc-share -f -n 2 --net "$net" -o n n.safetensors --modules layers.2,layers.0,layers.4,layers.6,layers.8,layers.10
	together 2 p smpc-predict 'n.{}' 'd.{}'
	all_hold 2 p
	sed 1d p.out >got
	run ! near got n.due
}

@test "which layer is which: what is not said is refused" {
	written e '{"tensors": {"up.weight": ["F32", [2, 2], [1,2,3,4]], "down.weight": ["F32", [2, 2], [1,2,3,4]]}}'
	fails_with 2 smpc-share -n 2 -o never --net 'dense 2, dense 2' e
	stderr_has "'down' and 'up' do not say which layer comes first; --modules does" ||
		stderr_has "'up' and 'down' do not say which layer comes first; --modules does"
	quietly smpc-share -n 2 -o x --modules up,down --net 'dense 2, dense 2' e
	quietly smpc-reveal -t dense1.weight x.1 x.2
	assert_output $'1,3\n2,4'
	quietly smpc-reveal -t dense1.bias x.1 x.2
	assert_output 0,0
	fails_with 2 smpc-share -n 2 -o never --modules up --net 'dense 2, dense 2' e
	stderr_has "says nothing of 'down'"
	fails_with 2 smpc-share -n 2 -o never --modules up,up --net 'dense 2, dense 2' e
	stderr_has "comes twice"
	fails_with 2 smpc-share -n 2 -o never --modules up,left --net 'dense 2, dense 2' e
	stderr_has "no weight of 'left'"
	fails_with 2 smpc-share -n 2 -o never --weights sideways --net 'dense 2, dense 2' e
	fails_with 2 smpc-share -n 2 -o never --modules up,down e
	stderr_has "go with --net"
	fails_with 1 smpc-share -n 2 -o never --modules up,down --net 'dense 2, dense 2, dense 2' e
	stderr_has "no weight for layer 3"
	fails_with 1 smpc-share -n 2 -o never --modules up,down --net 'dense 2' e
	stderr_has "no layer for"
	fails_with 2 smpc-share -n 2 -o never --modules up,down --net 'dense 2, cube 3' e
	fails_with 2 smpc-share -n 2 -o never --modules up,down --net 'reservoir 2, dense 2' e
	fails_with 2 smpc-share -n 2 -o never --modules up,down --net 'dense 2, dense 2' --fraction-bits 8 e
	fails_with 2 smpc-share -n 2 -o never --net 'dense 2' --input 2x2 e
	written b '{"tensors": {"a.weight": ["F32", [2, 2], [1,2,3,4]], "a.bias": ["F32", [3], [1,2,3]]}}'
	fails_with 1 smpc-share -n 2 -o never --net 'dense 2' b
	stderr_has "tensor 'a.bias' is not the bias of layer 1"
	written b '{"tensors": {"a.weight": ["F32", [2, 2], [1,2,3,4]], "a.running_mean": ["F32", [2], [1,2]]}}'
	fails_with 1 smpc-share -n 2 -o never --net 'dense 2' b
	stderr_has "tensor 'a.running_mean' is neither"
	[ ! -e never.0 ]
}

@test "tensors that are no model: every type, as they are" {
	written x '{"tensors": {
		"f64": ["F64", [2, 2], [0.5, -1, 1e-9, 100000]], "f32": ["F32", [3], [0.25, -0.5, 3]], "f16": ["F16", [1, 2], [0.125, -65504]],
		"bf16": ["BF16", [1, 2], [1.5, -2]], "i64": ["I64", [1, 1], [-5]], "i32": ["I32", [1, 2], [-2147483648, 1]],
		"i16": ["I16", [2], [-32768, 32767]], "i8": ["I8", [1, 2], [-128, 127]], "u8": ["U8", [2, 1, 2], [0, 255, 7, 8]],
		"u32": ["U32", [], [4294967295]], "bool": ["BOOL", [1, 2], [0, 1]]},
		"metadata": {"model": "resnet", "format": "pt"}}'
	smpc-share -n 2 -o x x
	quietly smpc-reveal --json x.1 x.2
	assert_output - <<-'E'
		{"name":"f64","rows":[[0.5,-1],[0,100000]]}
		{"name":"f32","rows":[[0.25],[-0.5],[3]]}
		{"name":"f16","rows":[[0.125,-65504]]}
		{"name":"bf16","rows":[[1.5,-2]]}
		{"name":"i64","rows":[[-5]]}
		{"name":"i32","rows":[[-2147483648,1]]}
		{"name":"i16","rows":[[-32768],[32767]]}
		{"name":"i8","rows":[[-128,127]]}
		{"name":"u8","rows":[[0,255],[7,8]]}
		{"name":"u32","rows":[[4294967295]]}
		{"name":"bool","rows":[[0,1]]}
	E
	smpc-reveal --json x.1 x.2 | smpc-share -n 2 --fraction-bits 20 -o y
	smpc-reveal y.1 y.2 | cmp - <(smpc-reveal x.1 x.2)
	[ "$(smpc-info y.1 | sed -n 's/^fraction bits //p' | sort -u)" = 20 ]
	fails_with 1 smpc-info x
	stderr_has "safetensors file in the clear"
	# what is for tables is not for them
	for option in "-c 1" "-x 1" --standardize --no-header "-d tab" "--na 0" "--name n"; do
		# shellcheck disable=SC2086 # options and their arguments
		fails_with 2 smpc-share -n 2 $option -o never x
	done
	fails_with 2 smpc-share -n 2 --net 'dense 1' -o never <(printf 'a\n1\n')
	stderr_has "is a table"
}

@test "many tensors, and wide ones between them: all arrive, and none is given room for a whole block anew" {
	python3 -c '
import json
shapes = [(1, 1), (1, 262145), (3, 2), (262145, 1), (2, 3), (1, 1)] + [(1, 2), (2, 1)] * 150
for k, (rows, cols) in enumerate(shapes):
    print(json.dumps({"name": "t%d" % k, "rows": [[k + i * cols + j for j in range(cols)] for i in range(rows)]},
        separators=(",", ":")))' >j
	quietly smpc-share -n 2 -o j j
	smpc-reveal --json j.1 j.2 | cmp - j
	smpc-share -n 3 -a --json -o k j
	smpc-reveal --json k.1 k.2 k.3 | cmp - j
	# pages that are asked for: a block has 512
	tail -n 300 j >small
	run python3 -c '
import resource, subprocess, sys
subprocess.run(["smpc-share", "-n", "2", "-o", "s", "small"], check=True)
faults = resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt
print("few" if faults < 300 * 300 else faults)'
	assert_success
	assert_output few
}

@test "numbers that are none or do not fit are named, with status 5" {
	local value
	for value in NaN Infinity -Infinity 1e30; do
		written x '{"tensors": {"a": ["F32", [1, 1], [1]], "w": ["F64", [2, 3], [1, 2, 3, 4, '$value', 6]]}}'
		fails_with 5 smpc-share -n 2 -o never x
		stderr_has "x: tensor 'w': row 2, column 2: "
		fails_with 5 smpc-share --check x
	done
	written x '{"tensors": {"w.weight": ["F32", [1, 2], [1, NaN]]}}'
	fails_with 5 smpc-share -n 2 --net 'dense 1' -o never x
	stderr_has "tensor 'w.weight': row 1, column 2"
	echo '{"name":"w","rows":[[1],[1e20]]}' >j
	fails_with 5 smpc-share -n 2 -o never j
	stderr_has "j: tensor 'w': row 2, column 1: 1e20 does not fit"
	printf '{"name":"w","columns":["a"],"rows":[[0.5]]}' >j
	fails_with 1 smpc-share -n 2 --fraction-bits 0 -o never j
	stderr_has "column 'a': '0.5' is not a whole number"
	[ ! -e never.0 ]
}

# claiming NAME FIELD VALUE: n.*, the shares NAME.* with this field, a text, of what their header says of the model.
claiming() {
	local p
	for p in 0 1 2; do
		smpc-cat --json "$1.$p" | python3 -c '
import json, sys
for line in sys.stdin:
    record = json.loads(line)
    del record["digest"]
    if "model" in record:
        record["model"][sys.argv[1]] = json.loads(sys.argv[2])
        if sys.argv[1] == "labels":
            del record["model"]["label-columns"]
    print(json.dumps(record))' "$2" "$3" >n.$p
	done
}

@test "a network that is none is the fault of the file that says so: status 1, and its name" {
	pixels
	trained "dense 3, softmax"
	smpc-reveal --json -o m.json m.1 m.2
	local field value words
	while IFS='|' read -r field value words; do
		python3 -c '
import json, sys
first, *more = open("m.json").readlines()
o = json.loads(first)
o["model"][sys.argv[1]] = json.loads(sys.argv[2])
print(json.dumps(o), *more, sep="\n")' "$field" "$value" | grep . >bad
		fails_with 1 smpc-share -n 2 -o never bad
		stderr_has "bad: header: field 'model'"
		stderr_has "$words"
		claiming m "$field" "$value"
		capture smpc-local -n 2 -o p -- smpc-predict 'n.{}' 't.{}'
		assert_failure 1
		stderr_has "n.1: header: field 'model'"
		stderr_has "$words"
	done <<-E
		network|"cube 3"|is of no kind that there is
		network|"dense 3, $(printf '%0200d' 0)"|more than 127 characters
		network|"$(printf 'relu, %.0s' {1..80})dense 3"|at most 64 layers
		network|"conv2d 2 9, flatten, dense 3"|conv2d
		labels|["x","y"]|has 2 labels, and its network gives 3 numbers
		labels|["x","y","z","more"]|has 4 labels
	E
	# on the command line it is a wrong command line
	written e '{"tensors": {"fc.weight": ["F32", [3, 4], [1,2,3,4,5,6,7,8,9,10,11,12]]}}'
	fails_with 2 smpc-share -n 2 --net 'cube 3' -o never e
	# a name for each, or, of classes, one for all
	for value in '["digit","y","z"]' '["digit"]'; do
		claiming m labels "$value"
		together 2 p smpc-predict 'n.{}' 't.{}'
		rm -f ./p.?
	done
	[ ! -e never.0 ]
}

@test "a weight that no prediction has room for is shared with a warning" {
	local order
	# 2^30, and all but that
	written e '{"tensors": {"a.weight": ["F64", [1, 3], [1, -1073741823.5, 1073741823.5]], "a.bias": ["F64", [1], [7]]}}'
	quietly smpc-share -n 2 --net 'dense 1' -o e e
	for order in out-in in-out; do
		written f '{"tensors": {"a.weight": ["F64", [2, 2], [1, 2, 3, -1e13]], "a.bias": ["F64", [2], [1e13, 1]]}}'
		capture smpc-share -f -n 2 --net 'dense 2' --weights $order -o f f
		assert_success
		assert_equal "$stderr" "smpc-share: f: tensor 'a.weight': row 2, column 2: weights of 2^30 and more make predictions wrong, and nobody is told (smpc-train(1), RANGE)"
	done
	written g '{"tensors": {"a.weight": ["F64", [1, 2], [1, 2]], "a.bias": ["F64", [1], [1073741824]]}}'
	capture smpc-share --check --net 'dense 1' g
	assert_success
	stderr_has "g: tensor 'a.bias': row 1, column 1: "
	# what is no model is nobody's weights
	quietly smpc-share -n 2 -o h f
}

@test "numbers in the names of modules that are too long are not compared" {
	written e '{"tensors": {"fc2000000000000000000.weight": ["F32", [2, 2], [1,2,3,4]],
		"fc12000000000000000000.weight": ["F32", [2, 2], [5,6,7,8]]}}'
	fails_with 2 smpc-share -n 2 --net 'dense 2, dense 2' -o never e
	stderr_has "do not say which layer comes first; --modules does"
	quietly smpc-share -n 2 --modules fc2000000000000000000,fc12000000000000000000 --net 'dense 2, dense 2' -o e e
	written f '{"tensors": {"fc20000000000000000.weight": ["F32", [2, 2], [1,2,3,4]],
		"fc120000000000000000.weight": ["F32", [2, 2], [5,6,7,8]]}}'
	quietly smpc-share -n 2 --net 'dense 2, dense 2' -o f f
	quietly smpc-reveal -t dense1.weight f.1 f.2
	assert_output $'1,3\n2,4'
	[ ! -e never.0 ]
}

# bad_model [TEXT]: the file bad is refused, and this is said.
bad_model() {
	fails_with 1 smpc-share -n 2 -o never bad || return 1
	[ $# -eq 0 ] || stderr_has "$1"
}

@test "columns in units of their own come back in these, from JSON and safetensors" {
	local form high
	for high in 2e-8 1e-3 1e9 1e11; do
		awk -v h=$high 'BEGIN { srand(3); print "e,y"; for (i = 0; i < 80; i++) { x = .2 + .6 * rand()
		    printf "%.9g,%.5f\n", x * h, 20 * x + rand() } }' >t.csv
		smpc-share -f -n 2 --range e=0..$high --range y=-50..50 -o t t.csv
		together 2 m smpc-train -m linear --standardize -l y 't.{}'
		smpc-reveal --table m.1 m.2 >due
		for form in --json --safetensors; do
			smpc-reveal $form -o m.clear m.1 m.2
			smpc-share -f -n 2 -o n m.clear
			smpc-reveal --table n.1 n.2 | cmp - due
			smpc-reveal $form n.1 n.2 | cmp - m.clear
			together 2 p smpc-predict 'n.{}' 't.{}'
			quietly smpc-local -- smpc-score -m r2 --to 1 -l y 'p.{}' 't.{}'
			[[ $output == *r2*0.99* ]]
		done
	done
	# tables, too; and what would be lost is refused
	printf 'v,e\n1e-9,1e12\n-4e-9,2e12\n' | smpc-share -n 2 --range v=-1e-8..1e-8 --range e=0..1e13 -o v -
	comes_back v
	# whole numbers in a unit of their own, and integers of another program's file
	printf 'n\n3\n5\n' | smpc-share -f -n 2 --range n=0..1e6 -o n -
	each smpc-mul -c 1e17 -o w.@ n.@
	comes_back w
	printf '{"columns":["a"],"name":"t","rows":[[800],[-8]],"scale":{"exponents":[3],"fraction_bits":0}}' >whole.json
	smpc-share -f -n 2 -o back whole.json
	reveals back a 800 -8
	written whole.safetensors '{"__metadata__": {"smpc.exponents": "{\"a\":[3]}", "smpc.fraction_bits": "{\"a\":16}"}, "a": ["I64", [2, 1], [800, -8]]}' &&
		smpc-share -f -n 2 -o back whole.safetensors && smpc-reveal back.1 back.2 | cmp - <(printf '800\n-8\n')
	# rows in units of their own are not shared again
	printf 't,u\n1e-4,1e5\n2e-4,3e5\n7e-4,2e5\n' | smpc-share -f --public --range t=0..1e-3 --range u=0..1e6 -o t -
	smpc-stat --clear -o c covariance t
	for form in --json --safetensors; do
		smpc-reveal $form -o c.clear c
		fails_with 5 smpc-share -n 2 -o never c.clear
		stderr_has "tensor 'covariance': its rows are in units of their own"
	done
	smpc-reveal --json v.1 v.2 >v.json
	sed 's/"scale":{[^}]*},//' v.json >bad
	fails_with 5 smpc-share -n 2 -o never bad
	stderr_has "tensor 'data', column 1: all numbers that are not 0 become 0 with 16 fraction bits"
	for scale in '"scale":[1]' '"scale":{"exponent":[1,2]}' '"scale":{"exponents":[1]}' '"scale":{"exponents":[1,9999]}' '"scale":{"fraction_bits":-1}' \
	    '"scale":{"exponents":[1,2],"fraction_bits":16},"scale":{}'; do
		sed "s/\"scale\":{[^}]*}/$scale/" v.json >bad
		fails_with 1 smpc-share -n 2 -o never bad
	done
	# of weights made elsewhere it is said
	echo '{"name":"fc.weight","rows":[[0.03,0.00002]]}' >net.json
	capture smpc-share -n 2 --net 'dense 1' -o net net.json
	assert_success
	stderr_has "tensor 'fc.weight': all weights of input 2 are below 0.000976562, and 16 fraction bits leave little of them"
	echo '{"name":"fc.weight","rows":[[70000,1e-15]]}' >net.json
	capture smpc-share -f -n 2 --net 'dense 1' -o net net.json
	stderr_has "all weights of input 2 are below"
	echo '{"name":"fc.weight","rows":[[0.03,0.00002],[0.1,0.5]]}' >net.json
	quietly smpc-share -f -n 2 --net 'dense 2' -o net net.json
}

@test "a model that is not whole, or not what it says, is refused" {
	pixels
	trained "dense 3, softmax" --standardize
	smpc-reveal --json -o m.json m.1 m.2
	sed 2d m.json >bad
	bad_model "of 'standardize.mean' and 'standardize.scale' one is missing"
	sed 3d m.json >bad
	bad_model "tensor 'dense1.weight' is missing"
	sed 's/dense1.bias/dense2.bias/' m.json >bad
	bad_model
	sed '$p' m.json >bad
	bad_model "two tensors named 'dense1.bias'"
	{ cat m.json && echo '{"name":"more","rows":[[1]]}'; } >bad
	bad_model "does not have"
	sed 's/"dense 3, softmax"/"dense 4, softmax"/' m.json >bad
	bad_model "tensor 'dense1.weight' is 4 x 3, and the network 'dense 4, softmax' has 4 x 4"
	sed 's/"input":\[4/"input":[0/' m.json >bad
	bad_model
	sed 's/"features":\["a"/"features":["\\u0001"/' m.json >bad
	bad_model
	fails_with 2 smpc-share -n 2 --net 'dense 3, softmax' -o never m.json
	stderr_has "says itself"
	fails_with 2 smpc-share -n 2 --fraction-bits 12 -o never m.json
	fails_with 1 smpc-share -n 2 -o never <(smpc-cat --json m.1)
	stderr_has "share stream in text form"
	[ ! -e never.0 ]
}

@test "the mean of 49 numbers, of a convolution and of data, is right to a unit" {
	written w.safetensors '{"tensors": {"c.weight": ["F32", [1, 1, 1, 1], [1]]}}'
	awk 'BEGIN { for (i = 0; i < 49; i++) printf "%sx%d", i ? "," : "", i; print ""
	    for (i = 0; i < 49; i++) printf "%s%s", i ? "," : "", 1000 + 8.25 * i; print "" }' >x.csv
	smpc-share -n 2 -o x x.csv
	for net in 'conv2d 1 1, avgpool 7' 'avgpool 7, conv2d 1 1'; do
		smpc-share -n 2 -f --net "$net" --input 1x7x7 -o m w.safetensors
		quietly smpc-local -o p -- smpc-predict 'm.{}' 'x.{}'
		smpc-reveal p.1 p.2 | awk 'NR == 2 { exit !(($1 - 1198) ^ 2 < 2e-9) }'
	done
}

@test "--table: coefficients in the units of the data, of linear, logistic and softmax models" {
	awk 'BEGIN { srand(3); print "age,kind,pay,ill,sort"; for (i = 0; i < 200; i++) { a = int(20 + 60 * rand()); k = int(3 * rand()); p = 1000 + 40 * a + 500 * k + int(200 * rand())
	    print a "," substr("abc", k + 1, 1) "," p "," ((a + 30 * rand() > 60) ? "yes" : "no") "," substr("xyz", int(3 * rand()) + 1, 1) } }' >t.csv
	smpc-share -n 2 -x sort,ill --one-hot kind=a,b,c -o lines t.csv
	together 2 m smpc-train -m linear --standardize -l pay 'lines.{}'
	smpc-reveal --table -o table.csv m.1 m.2
	assert_equal "$(cut -d , -f 1 table.csv | paste -s -d ,)" "name,(Intercept),age,kind=a,kind=b,kind=c"
	assert_equal "$(head -n 1 table.csv)" name,pay
	# what it predicts is what smpc-predict does
	together 2 p smpc-predict 'm.{}' 'lines.{}'
	smpc-reveal lines.1 lines.2 | tail -n +2 | awk -F , 'NR == FNR { c[FNR] = $2; next } { print c[2] + c[3] * $1 + c[4] * $2 + c[5] * $3 + c[6] * $4 }' table.csv - |
		paste -d , <(smpc-reveal p.1 p.2 | tail -n +2) - | awk -F , '($1 - $2) ^ 2 > 0.1 { exit 1 } END { exit NR != 200 }'
	# and so of a model that was not standardized, of probabilities, before a sigmoid, and of classes
	smpc-share -n 2 -x kind,sort --codes ill=no,yes --scale pay=0.001 -o ill t.csv
	together 2 m smpc-train --standardize -l ill 'ill.{}'
	smpc-reveal --table -o table.csv m.1 m.2
	together 2 p smpc-predict --as scores 'm.{}' 'ill.{}'
	smpc-reveal ill.1 ill.2 | tail -n +2 | awk -F , 'NR == FNR { c[FNR] = $2; next } { print c[2] + c[3] * $1 + c[4] * $2 }' table.csv - |
		paste -d , <(smpc-reveal p.1 p.2 | tail -n +2) - | awk -F , '($1 - $2) ^ 2 > 1e-5 { exit 1 } END { exit NR != 200 }'
	smpc-share -n 2 -x kind,ill --codes sort=x,y,z --scale pay=0.001 --scale age=0.01 -o sort t.csv
	together 2 m smpc-train -m softmax --classes 3 -l sort 'sort.{}'
	smpc-reveal --table -o table.csv m.1 m.2
	assert_equal "$(head -n 1 table.csv)" name,sort_x,sort_y,sort_z
	smpc-reveal -t dense1.bias m.1 m.2 | tail -n 1 >bias
	assert_equal "$(sed -n '2s/[^,]*,//p' table.csv | awk -F , '{ printf "%.4f %.4f %.4f", $1, $2, $3 }')" "$(awk -F , '{ printf "%.4f %.4f %.4f", $1, $2, $3 }' bias)"
	# in a session, to one
	quietly smpc-local -- smpc-reveal --table --to 2 -o 'told.{}' 'm.{}'
	assert_equal "$(echo told.*)" told.2
	cmp told.2 table.csv
	smpc-reveal --public -o public m.1 m.2
	smpc-reveal --table public | cmp - table.csv
	# and of one that fills in values by other numbers than it standardizes by: of rows that have all
	{ echo a,b,y; for p in 1 2 3 4 5 6 7 8 9; do echo "$p,$((p * p % 7)),$((3 * p))"; echo "NA,$p,$p"; done; } |
		smpc-share -n 2 --na a=median --range a=0..10 --range b=0..10 --range y=0..50 -o gaps
	together 2 m smpc-train -m linear --standardize=minmax -l y 'gaps.{}'
	smpc-info m.1 | grep -qx 'tensor *fill'
	smpc-reveal --table -o table.csv m.1 m.2
	together 2 p smpc-predict 'm.{}' 'gaps.{}'
	smpc-reveal gaps.1 gaps.2 | tail -n +2 | awk -F , 'NR == FNR { c[FNR] = $2; next } { print $2, c[2] + c[3] * $1 + c[4] * $3 }' table.csv - |
		paste -d ' ' <(smpc-reveal p.1 p.2 | tail -n +2) - | awk '$2 == 1 && ($1 - $3) ^ 2 > 0.001 { exit 1 } END { exit NR != 18 }'
}

@test "--table: names that are quoted, or none; no network, no table of numbers, no half of a model" {
	printf '"a ""b"", c",1,y\n1,2,3\n2,1,4\n3,5,5\n4,1,9\n' | smpc-share -n 2 -o t
	together 2 m smpc-train -m linear --standardize -l y 't.{}'
	assert_equal "$(smpc-reveal --table m.1 m.2 | cut -c 1-13 | sed -n '3,4s/,[-0-9.]*$//p')" $'"a ""b"", c"\n"1"'
	printf '1,2,3\n2,1,4\n3,5,5\n4,1,9\n' | smpc-share -n 2 --no-header -o n
	together 2 m smpc-train -m linear --standardize -l 3 'n.{}'
	assert_equal "$(smpc-reveal --table m.1 m.2 | cut -d , -f 1 | paste -s -d ' ')" 'name (Intercept) "1" "2"'
	fails_with 1 smpc-reveal --table n.1 n.2
	stderr_has "tensor 'data' is not the first one of a model, and --table is for models of smpc-train and tests of smpc-stat"
	together 2 net smpc-train -n 'dense 2, relu, dense 1' -l 3 -e 1 'n.{}'
	fails_with 1 smpc-reveal --table net.1 net.2
	stderr_has "--table is for generalized linear models, lassos, and those of a single dense layer, with a sigmoid or softmax behind it or none, and this one is 'dense 2, relu, dense 1'"
	fails_with 1 smpc-reveal --table --tensor dense1.bias m.1 m.2
	stderr_has "tensor 'dense1.bias' is not the first one of a model"
	fails_with 2 smpc-reveal --table --partial m.1
	fails_with 2 smpc-reveal --table --json m.1 m.2
	for p in 1 2; do
		smpc-cat --json m.$p | grep -v '"name":"dense1.bias"' | sed 's/"next":"[^"]*",//; s/"digest":"[^"]*",//' >half.$p
	done
	fails_with 1 smpc-reveal --table half.1 half.2
	stderr_has "the model is not whole: tensor 'dense1.bias' is missing"
}
