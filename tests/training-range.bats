#!/usr/bin/env bats
#
# Training in sessions against the same in the clear, where the plain engine refuses what would not fit: batches, depths and
# activations that once left the range of a truncation without anybody's knowing.

load helper
load shares
load parties
load engine
load training

# table NAME COLUMNS ROWS: a reproducible table whose last column is a label that the others decide.
table() {
	awk -v cols="$2" -v rows="$3" 'BEGIN {
		srand(7)
		for (j = 1; j <= cols; j++)
			printf "x%d,", j
		print "y"
		for (i = 0; i < rows; i++) {
			for (j = 1; j <= cols; j++) {
				x = 0
				for (k = 0; k < 12; k++)
					x += rand()
				x -= 6
				if (j == 1)
					z = x
				if (j == cols)
					z -= x
				printf "%.4f,", x
			}
			print (z > 0)
		}
	}' >"$1.csv"
	shared_csv_named "$1"
	smpc-reveal --public -o "$1.public" "$1.1" "$1.2"
}

# same_as_clear TOLERANCE NAME ARGUMENT...: all weights agree.
same_as_clear() {
	local tolerance=$1 name=$2
	shift 2
	smpc-train --clear -l y -e 3 "$@" "$name.public" | smpc-reveal - >clear.csv
	together 2 got smpc-train -l y -e 3 "$@" "$name.{}"
	smpc-reveal got.1 got.2 >got.csv
	[ "$(wc -l <clear.csv)" -eq "$(wc -l <got.csv)" ]
	paste -d , clear.csv got.csv | awk -F , -v tolerance="$tolerance" '
		/^[-0-9]/ {
			for (i = 1; i <= NF / 2; i++) {
				d = $i - $(i + NF / 2)
				if (d < 0)
					d = -d
				if (d > worst)
					worst = d
				seen++
			}
		}
		END {
			print worst
			exit !(seen > 3 && worst <= tolerance)
		}'
}

@test "large batches of a logistic regression" {
	table big 3 8192
	same_as_clear 0.002 big -b 4096
	same_as_clear 0.002 big -b 8192
	same_as_clear 0.002 big -b 6000 --optimizer momentum
}

@test "a logistic output behind other activations, or none" {
	table wide 16 1024
	same_as_clear 0.005 wide -b 512 --net 'dense 8, tanh, dense 1, sigmoid'
	same_as_clear 0.005 wide -b 512 --net 'dense 8, sigmoid, dense 1, sigmoid'
	same_as_clear 0.005 wide -b 32 --net 'dense 8, dense 1, sigmoid'
	same_as_clear 0.005 wide -b 512 --net 'dense 8, tanh, dense 8, tanh, dense 2, softmax' --classes 2
	same_as_clear 0.005 wide -b 32 --net 'conv2d 2 3, avgpool 2, flatten, dense 1, sigmoid' --input 1x4x4
}

@test "a step that would vanish is refused" {
	table small 3 64
	fails_with 2 smpc-train --clear -l y -r 1e-15 small.public
	stderr_has "so small that steps would vanish"
	fails_with 2 smpc-train --clear -l y --l2 1e-30 small.public
	stderr_has "so small that it would vanish"
}

@test "separable data drive logits far out, and nothing wraps" {
	awk 'BEGIN {
		srand(3)
		print "a,b,y"
		for (i = 0; i < 400; i++) {
			a = 8 * rand() - 4
			b = 8 * rand() - 4
			print a "," b "," (a + b > 0)
		}
	}' >apart.csv
	shared_csv_named apart
	together 2 m smpc-train -l y --net 'dense 8, relu, dense 1, sigmoid' -e 60 -r 0.5 --reveal accuracy --log 'log.{}' 'apart.{}'
	awk 'END { exit !($5 >= 0.97) }' log.1
}

# no_room NAME ARGUMENT...: float64 trains it, and a session would get it wrong: refused, in the clear, too.
no_room() {
	local name=$1
	shift
	quietly smpc-train --float -l y -e 3 -o m.float "$@" "$name.public"
	fails_with 5 smpc-train --clear -l y -e 3 -o m.clear "$@" "$name.public"
	capture smpc-local -n 2 -o m -- smpc-train -l y -e 3 "$@" "$name.{}"
	assert_failure 5
	stderr_has "or numbers that it was learnt from had no room (smpc-train(1), RANGE)"
	assert_not_exists m.1
}

# made NAME EXPRESSION LABEL: 320 rows of two features, a and b, of awk's expression, and what it makes the label of them.
made() {
	awk "BEGIN { srand(4); print \"a,b,y\"; for (i = 0; i < 320; i++) { a = $2; b = $2; printf \"%.3f,%.3f,%.3f\\n\", a, b, $3 } }" >"$1.csv"
	shared_csv_named "$1"
	smpc-reveal --public -o "$1.public" "$1.1" "$1.2"
}

@test "numbers that had no room: no model, whatever its parameters look like" {
	made large '20000 * rand()' '0.3 * a + 0.2 * b'
	made sides '20000 * rand()' '(a > b)'
	made small '2 * rand() - 1' '(a > b)'
	no_room large -m linear --clip 1 -r 0.001
	no_room large -m linear --optimizer adam
	no_room large -m linear -r 1e-9
	no_room sides -r 1e-7
	no_room sides --net 'dense 8, relu, dense 8, relu, dense 1, sigmoid' --clip 1 -r 1
	no_room small --net 'dense 8, dense 8, dense 8, dense 1, sigmoid' --clip 10 -r 5
	no_room small --net 'dense 16, relu, dense 16, relu, dense 1' --clip 1 -r 30
	no_room small --net 'dense 16, relu, dense 16, relu, dense 16, relu, dense 1, sigmoid' --optimizer adam -r 20
	# the breast cancer table as it is: gradients have room, and what the sigmoid takes has none
	patients 2
	capture smpc-local -n 2 -o m -- smpc-train -l malignant 'train.{}'
	assert_failure 5
	together 2 m smpc-train -l malignant -r 1e-4 'train.{}'
	rm m.?
	# with large numbers, and options that go with them, there is room
	for options in '--clip 0.1 -r 0.01' '--optimizer adam'; do
		# shellcheck disable=SC2086
		together 2 m smpc-train -l y -e 3 $options 'sides.{}'
		rm m.?
	done
	fails_with 2 smpc-train --clear -l y --optimizer adam -r 1000 --net 'dense 8, relu, dense 1, sigmoid' small.public
	stderr_has "so large that a step would carry parameters out of their range"
}

@test "a training that goes on from another model: its words, and rows far from its own" {
	made small '2 * rand() - 1' '(a > b)'
	made large '20000 * rand()' '(a > b)'
	together 2 m smpc-train -l y -e 1 --standardize 'small.{}'
	together 2 on smpc-train -l y -e 1 --init 'm.{}' 'small.{}'
	capture smpc-local -n 2 -o no -- smpc-train -l y -e 1 --init 'm.{}' 'large.{}'
	assert_failure 5
	stderr_has "had no room"
	smpc-reveal --public -o m.public m.1 m.2
	fails_with 5 smpc-train --clear -l y -e 1 --init m.public large.public
	# parameters beyond 1024, of a model that was made elsewhere
	printf '{"name":"fc.weight","rows":[[2000,0]]}\n{"name":"fc.bias","rows":[[0]]}\n' >given.json
	smpc-share --public --net 'dense 1, sigmoid' -o given given.json
	fails_with 5 smpc-train --clear -l y -e 1 --init given small.public
	stderr_has "a parameter of the model is beyond +-1024"
}

@test "labels that a model to begin with cannot standardize are refused, wherever a product of them comes out" {
	made tiny '2 * rand() - 1' '0.002 * a + 0.001 * b'
	together 2 m smpc-train -l y -m linear --standardize 'tiny.{}'
	for label in 3000 6000 9000 12000 15000 18000 21000 24000; do
		awk -F , -v OFS=, -v label=$label 'NR == 9 { $3 = label } 1' tiny.csv >far.csv
		shared_csv_named far
		capture smpc-local -n 2 -o no -- smpc-train -l y -e 1 -r 0.001 --init 'm.{}' 'far.{}'
		assert_failure 5
		stderr_has "had no room"
	done
}

@test "rows that a model has no room for are refused, and so is a model that has none for rows" {
	made small '2 * rand() - 1' '(a > b)'
	made large '20000 * rand()' '(a > b)'
	together 2 m smpc-train -l y -e 3 --net 'dense 8, relu, dense 8, relu, dense 1, sigmoid' 'small.{}'
	smpc-reveal --public -o m.public m.1 m.2
	together 2 c smpc-predict --as classes 'm.{}' 'small.{}'
	capture smpc-local -n 2 -o no -- smpc-predict 'm.{}' 'large.{}'
	assert_failure 5
	stderr_has "large.1: tensor 'data': these rows make numbers in the model so large that they have no room"
	assert_not_exists no.1
	fails_with 5 smpc-predict --clear m.public large.public
	for p in 0 1 2 public; do
		smpc-cut -x y small.$p >near.$p
		smpc-cut -x y large.$p >far.$p
	done
	# weights that make large numbers of small rows, in between
	printf '{"name":"dense1.weight","rows":[[40,40],[0,0]]}\n{"name":"dense1.bias","rows":[[0,0]]}\n' >hidden.json
	printf '{"name":"dense2.weight","rows":[[1,1]]}\n{"name":"dense2.bias","rows":[[0]]}\n' >>hidden.json
	smpc-share -n 2 --net 'dense 2, relu, dense 1' -o hidden hidden.json
	printf 'a,b\n3,4\n1000,1000\n' >rows.csv
	smpc-share -n 2 -o rows rows.csv
	capture smpc-local -n 2 -o no -- smpc-predict 'hidden.{}' 'rows.{}'
	assert_failure 5
	stderr_has "these rows make numbers in the model so large"
	# weights of any size, of a model that was made elsewhere: what matters is whether products of them have room
	printf '{"name":"fc.weight","rows":[[100000,0]]}\n{"name":"fc.bias","rows":[[150000]]}\n' >given.json
	smpc-share --public --net 'dense 1' -o given.public given.json
	smpc-share -n 2 --net 'dense 1' -o given given.json
	together 2 c smpc-predict 'given.{}' 'near.{}'
	smpc-reveal -o c.csv c.1 c.2
	paste -d , small.csv c.csv | awk -F , 'NR > 1 { d = $4 - (100000 * $1 + 150000); bad += d >= 1 || d <= -1 } END { exit bad > 0 || NR != 321 }'
	capture smpc-local -n 2 -o no -- smpc-predict 'given.{}' 'far.{}'
	assert_failure 5
	quietly smpc-predict --clear -o no given.public near.public
	fails_with 5 smpc-predict --clear given.public far.public
}

@test "a checkpoint belongs to all of its data, and a model to its columns" {
	printf 'a,b,y\n1,2,0\n3,1,1\n0,2,0\n' >one.csv
	printf 'a,b,y\n2,2,0\n5,1,1\n1,2,0\n' >two.csv
	printf 'a,b,y\n2,2,1\n5,1,1\n1,2,0\n' >three.csv
	printf 'b,a,y\n2,2,0\n1,5,1\n2,1,0\n' >turned.csv
	for name in one two three turned; do
		smpc-share -n 2 --codes y=0,1 -o "$name" "$name.csv"
	done
	for p in 0 1 2; do
		smpc-cat -o first.$p one.$p two.$p
		smpc-cat -o other.$p one.$p three.$p
	done
	# The output cannot be written, so that the checkpoint stays.
	run smpc-local -n 2 -- smpc-train -l y -e 2 --checkpoint 'c.{}' -o /dev/full 'first.{}'
	assert_failure
	assert_file_exists c.1
	run smpc-local -n 2 -- smpc-train -l y -e 2 --checkpoint 'c.{}' 'other.{}'
	assert_failure 4
	assert_output --partial "on other data or with other options"
	together 2 m smpc-train -l y -e 2 --checkpoint 'c.{}' 'first.{}'
	run smpc-local -n 2 -- smpc-train -l y -e 1 --init 'm.{}' 'turned.{}'
	assert_failure 1
	assert_output --partial "has the feature 'a' where these data have 'b'"
	fails_with 2 smpc-train -l y --checkpoint - one.1
}

@test "the dealer does not see that the range was left: the same bytes both ways, and his step ends well" {
	local data p
	table near 3 64
	parties dealer alice bob
	awk -F , -v OFS=, 'NR > 1 { for (j = 1; j < NF; j++) $j *= 1000 } { print }' near.csv >far.csv
	for data in near far; do
		owned -f -o x --codes y=0,1 $data.csv
		each_agent dealer alice bob -- sh -c 'smpc-train --stats --wait 30 -l y -e 6 -b 8 --optimizer momentum --reveal loss --rate 0.25 \
			--net "dense 4, relu, dense 1" -o "m.$1" "x.$1"; echo $? >"status.$1"; sleep 1' sh '{}'
		for p in dealer alice bob; do
			ended $p 30 0
		done
		cp dealer.err seen.$data
		cat status.dealer status.alice status.bob | paste -s -d ' '
		[ $data = far ] || rm m.*
	done >statuses
	assert_equal "$(paste -s -d , statuses)" "0 0 0,0 5 5"
	assert_equal "$(cat seen.far)" "$(cat seen.near)"
	grep -q 'bob: sent .* received 1 in 1' seen.far
	grep -F "smpc-train: goes on to the end, and writes nothing, so that the dealer does not learn of this" alice.err
	assert_not_exists m.alice
	assert_not_exists m.bob
	nothing_left
}
