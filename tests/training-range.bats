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
