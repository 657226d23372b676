#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine

# found N OP FILE ARGUMENT...: smpc-max with arguments finds OP of the rows or, with -c, of the columns of FILE.
found() {
	local n=$1 op=$2 file=$3 which=rows
	shift 3
	case " $* " in *" -c "*) which=columns ;; esac
	together "$n" y smpc-max "$@" "$file.{}" || return 1
	all_hold "$n" y || return 1
	mv y.out y.csv
	is_figure "$op" y.csv "$file.csv" $which
}

# table_of ROWS COLUMNS BOUND SEED: x.csv of whole numbers and halves, with many equal ones.
table_of() {
	awk -v rows="$1" -v cols="$2" -v bound="$3" -v seed="$4" 'BEGIN {
		srand(seed)
		for (i = 0; i <= rows; i++)
			for (j = 1; j <= cols; j++)
				printf("%s%s", i ? int((2 * rand() - 1) * bound) / 2 : "c" j, j < cols ? "," : "\n")
	}' >x.csv
}

@test "of rows and columns, for two and three computing parties; the first of equal numbers" {
	local n shape
	for n in 2 3; do
		for shape in "30 7" "5 1" "150 3"; do
			[ $n -eq 2 ] || [ "$shape" = "30 7" ] || continue
			# shellcheck disable=SC2086 # two numbers
			table_of $shape 9 1
			smpc-share -f -n $n -o x x.csv
			found $n max x || return 1
			found $n min x --min || return 1
			found $n argmax x --argmax || return 1
			is_line "fraction bits" y.1 0
			is_line columns y.1 argmax
			found $n argmin x --argmin || return 1
			found $n max x -c || return 1
			found $n min x -c --min || return 1
			found $n argmax x -c --argmax || return 1
			found $n argmin x -c --argmin || return 1
		done
		rm x.? y.?
	done
}

@test "numbers of all sizes, and fewer bits" {
	numbers x 40 6 61 5
	sed '1i a,b,c,d,e,f' x >x.csv
	smpc-share -n 2 --fraction-bits 16 -o x x.csv
	found 2 max x
	found 2 argmin x --argmin
	found 2 min x -c --min
	table_of 40 6 60000 5
	smpc-share -f -n 2 -o x x.csv
	found 2 argmax x --argmax --bits 32
	found 2 max x -c --bits 32
}

@test "one row or one column; a divisor and other fraction bits stay" {
	shared x a,b 3,-1
	together 2 y smpc-max -c 'x.{}'
	reveals y a,b 3,-1
	together 2 y smpc-max -c --argmin 'x.{}'
	reveals y a,b 0,0
	smpc-share -f -n 2 --fraction-bits 40 -o z - <<<$'a,b\n0.5,0.25\n-2,7'
	together 2 y sh -c 'smpc-max <z.{}'
	is_line "fraction bits" y.1 40
	reveals y max 0.5 7
	for p in 0 1 2; do
		smpc-sum --mean z.$p >mean.$p
	done
	together 2 y smpc-max --min 'mean.{}'
	reveals y min -0.75
}

@test "tensors of several shapes, of several parts, and without rows" {
	shared a p,q 1,2 3,4
	shared b p,q 5,0
	shared c u 7 9
	for p in 0 1 2; do
		emptied <a.$p >none.$p
		cat a.$p none.$p b.$p c.$p >m.$p
	done
	together 2 y smpc-max 'm.{}'
	quietly smpc-reveal y.1 y.2
	assert_output "$(printf '%s\n' max 2 4 5 7 9)"
	together 2 y smpc-max -c --argmax 'm.{}'
	quietly smpc-reveal y.1 y.2
	assert_output "$(printf '%s\n' p,q 2,1 '' u 1)"
	together 2 y smpc-max 'none.{}'
	reveals y max
	capture smpc-local -o z -- smpc-max -c 'none.{}'
	assert_failure 1
	stderr_has "has no rows"
	assert_not_exists z.1
}

@test "columns in units of their own: of rows in the finest one, of columns in each its own" {
	smpc-share -f -n 2 --range 'a=0..150' --range b=-1e5..1e5 --unit a=m --unit b=m -o x - <<<$'a,b\n77.25,1e5\n150,-3\n0.25,0.25'
	together 2 y smpc-max 'x.{}'
	reveals y max 100000 150 0.25
	assert_equal "$(known_of y)" "max: number, from -100000 to 100000 m, words times 2^-6"
	together 2 y smpc-max --argmin 'x.{}'
	reveals y argmin 0 1 0
	assert_equal "$(known_of y)" "argmin: number, from 0 to 1"
	together 2 y smpc-max -c --min 'x.{}'
	reveals y a,b 0.25,-3
	assert_equal "$(known_of y)" "$(known_of x)"
	together 2 y smpc-max -c --argmax 'x.{}'
	reveals y a,b 1,0
	assert_equal "$(known_of y)" "a: number, from 0 to 2
b: number, from 0 to 2"
	quietly smpc-max --plan --bits 41 x.1
	fails_with 5 smpc-max --plan --bits 36 x.1
	stderr_has "column 'b': numbers may differ by 2^39 units or more"
	stderr_has "give more bits"
	fails_with 5 smpc-max -c --plan --bits 30 x.1
	stderr_has "column 'b'"
	smpc-share -f -n 2 --range 'volt=-1e-5..1e-5' --range b=-1e7..1e7 -o z - <<<$'volt,b\n1e-6,1e5\n0,3'
	fails_with 5 smpc-max --plan z.1
	stderr_has "column 'b': its numbers, from -10000000 to 10000000, may not fit in the units of the finest column"
	smpc-reveal --public -o z.public z.1 z.2
	fails_with 5 smpc-max --clear z.public
	quietly smpc-max -c --clear -o z.max z.public
	quietly smpc-reveal z.max
	assert_output "$(printf '%s\n' volt,b 0.000001,100000)"
}

@test "--plan and --stats: what passes on the links" {
	local n
	printf '1,-2,3,7,2\n0.5,4,-1,7,2\n2,2,2,2,2\n' >x.csv
	for n in 2 3; do
		shared_csv $n x
		costs $n smpc-max 'x.{}'
		costs $n smpc-max --argmin 'x.{}'
		costs $n smpc-max -c 'x.{}'
		costs $n smpc-max -c --argmax --bits 20 'x.{}'
		smpc-share -f -n $n --no-header --range 1-2=-100..100 --range '3=-1..10' --range 4-5=0..1e4 -o x x.csv
		costs $n smpc-max --min 'x.{}'
		costs $n smpc-max -c 'x.{}'
		rm x.?
	done
}

@test "--clear: public streams, a public result" {
	shared x a,b 1,-2 4,0.5
	smpc-reveal --public -o x.public x.1 x.2
	quietly smpc-max --clear -o y x.public
	quietly smpc-reveal y
	assert_output "$(printf '%s\n' max 1 4)"
	quietly smpc-max -c --clear --argmin -o y x.public
	quietly smpc-reveal y
	assert_output "$(printf '%s\n' a,b 0,0)"
}

@test "wrong operands and options" {
	refused_operands smpc-max INPUT
	fails_with 2 smpc-max --min --argmax small.1
	fails_with 2 smpc-max --bits 64 small.1
	fails_with 2 smpc-max small.1 small.1
}

@test "parties that ask for other things: nobody has a result" {
	shared x a,b 1,2
	capture smpc-local -o y -- sh -c 'o=-c; test {} = 1 || o=; smpc-max -w 2 $o x.{}'
	assert_failure 4
	stderr_has "parameters="
	assert_not_exists y.1
	nothing_left
}

@test "columns of many blocks, the largest in the last one; in bounded memory" {
	unsanitized "memory"
	seq 1000000 | awk '{ print ($1 * 7919) % 1000003 "," (-$1) }' >in
	smpc-share -n 2 --no-header -o x in
	together 2 y smpc-max -c --argmax 'x.{}'
	quietly smpc-reveal y.1 y.2
	awk -F , '$1 > best { best = $1; at = NR - 1 } END { print at ",0" }' in >want
	assert_output "$(cat want)"
	# What the dealer has sent ahead waits at the last party.
	capture smpc-local -- python3 "$ROOT/tests/python/peak.py" 400 max smpc-max -c 'x.{}'
	assert_success
}
