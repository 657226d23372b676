#!/usr/bin/env bats
# conduct session: in this file
#
# What smpc-stat finds by the order of rows: median, quantiles, their range, the commonest value, correlations of ranks.

load helper
load shares
load parties
load engine

order=median,quantile,iqr,mode
at=0,0.1,0.25,0.333333,0.5,0.9,1

# are_right N SHARES FILE [present]: all figures of these, found of FILE; columns of presence are there.
are_right() {
	local name
	for name in median quantile iqr mode; do
		tensor "$1" "$2" $name || return 1
		is_figure order $name $name.csv "$3" "$([ $name = median ] || echo $at)" "${4:-}" || return 1
	done
}

# mpg, hp and wt of R's data set mtcars (Motor Trend, 1974)
cars() {
	printf '%s\n' mpg,hp,wt 21,110,2.62 21,110,2.875 22.8,93,2.32 21.4,110,3.215 18.7,175,3.44 18.1,105,3.46 14.3,245,3.57 \
		24.4,62,3.19 22.8,95,3.15 19.2,123,3.44 17.8,123,3.44 16.4,180,4.07 17.3,180,3.73 15.2,180,3.78 10.4,205,5.25 \
		10.4,215,5.424 14.7,230,5.345 32.4,66,2.2 30.4,52,1.615 33.9,65,1.835 21.5,97,2.465 15.5,150,3.52 15.2,150,3.435 \
		13.3,245,3.84 19.2,175,3.845 27.3,66,1.935 26,91,2.14 30.4,113,1.513 15.8,264,3.17 19.7,175,2.77 15,335,3.57 \
		21.4,109,2.78 >cars.csv
}

# is_near FILE ROW...: the rows of FILE are these, but for the last digit of words of a range.
is_near() {
	printf '%s\n' "${@:2}" | paste -d , <(sed 1d "$1") - |
		awk -F , '{ for (i = 1; i <= NF / 2; i++) if (($i - $(i + NF / 2)) ^ 2 > 1e-14) exit 1 }' || fail "$(cat "$1")"
}

# What R 4 prints of mtcars: summary(), quantile(mpg, c(.1, .9)), IQR(), cor(method = "spearman").
@test "figures are those that R finds" {
	cars
	smpc-share -n 2 --range mpg=0..50 --range hp=0..500 --range wt=0..10 -o x cars.csv
	together 2 y smpc-stat median,quantile,iqr,rank-correlation --at 0.1,0.25,0.75,0.9 'x.{}'
	for t in median quantile iqr rank-correlation; do
		tensor 2 y $t
	done
	is_near median.csv 19.2,123,3.325
	is_near iqr.csv 7.375,83.5,1.02875
	is_near quantile.csv 14.34,66,1.9555 15.425,96.5,2.58125 22.8,180,3.61 30.09,243.5,4.0475
	awk -F , 'NR == 2 { bad = ($2 + 0.8946646) ^ 2 > 1e-9 || ($3 + 0.886422) ^ 2 > 1e-9 } END { exit bad }' rank-correlation.csv
}

@test "numbers, ties and missing values, of one row and more, for two and three parties, exactly" {
	local rows kind n seed=0
	for kind in numbers ties missing; do
		for rows in $(of_size "1 3 257" "1 2 3 40 257"); do
			n=$((2 + seed++ % 2))
			python3 "$figures" table "$rows" 3 $kind $seed >t.csv
			smpc-share -f -n $n --na c0,c1,c2=mean -o x t.csv
			together $n y smpc-stat $order --at $at 'x.{}'
			are_right $n y t.csv present || return 1
			rm x.? y.?
		done
	done
}

@test "correlations of ranks: with ties, of constant columns, of two rows, of the rows that both columns have" {
	local rows kind n=2
	for kind in numbers ties; do
		for rows in 2 3 50 200; do
			python3 "$figures" table $rows 4 $kind $rows | sed '1s/$/,k/; 1!s/$/,5/' >t.csv
			smpc-share -f -n $n -o x t.csv
			together $n y smpc-stat rank-correlation 'x.{}'
			tensor $n y rank-correlation
			is_figure order rank-correlation rank-correlation.csv t.csv || return 1
			rm x.? y.?
			n=$((5 - n))
		done
	done
	for rows in 2 3 40; do
		python3 "$figures" table $rows 3 missing $rows >t.csv
		smpc-share -f -n $n --na c0,c1,c2=mean -o x t.csv
		together $n y smpc-stat rank-correlation 'x.{}'
		tensor $n y rank-correlation
		is_figure order rank-correlation rank-correlation.csv t.csv "" present || return 1
		rm x.? y.?
		n=$((5 - n))
	done
	printf '%s\n' a,b 1,2 | smpc-share -f -n 2 -o x
	fails_with 1 smpc-stat rank-correlation --plan x.1
	stderr_has "it takes at least 2"
}

@test "in the clear, and faithfully, it is the same" {
	python3 "$figures" table 120 3 missing 9 >t.csv
	smpc-share -n 2 --na c0,c1,c2=mean -o x t.csv
	smpc-reveal --public -o x.public x.1 x.2
	for how in "" --faithful; do
		# shellcheck disable=SC2086 # nothing or an option
		quietly smpc-stat --clear $how -f 16 -o y $order --at $at x.public
		for t in median quantile iqr mode; do
			smpc-reveal -t $t -o $t.csv y
			is_figure order $t $t.csv t.csv "$([ $t = median ] || echo $at)" present
		done
	done
	together 2 y smpc-stat --faithful $order --at $at 'x.{}'
	are_right 2 y t.csv present
}

@test "tables of several owners, in parts: the figures are those of all rows" {
	local p
	python3 "$figures" table 60 2 ties 4 >a.csv
	python3 "$figures" table 75 2 numbers 5 >b.csv
	smpc-share -n 2 -o a a.csv
	smpc-share -n 2 -o b b.csv
	for p in 0 1 2; do
		smpc-cat a.$p b.$p >x.$p
	done
	sed 1d b.csv | cat a.csv - >t.csv
	together 2 y smpc-stat $order --at $at 'x.{}'
	are_right 2 y t.csv
	together 2 y smpc-stat rank-correlation 'x.{}'
	tensor 2 y rank-correlation
	is_figure order rank-correlation rank-correlation.csv t.csv
}

@test "units, ranges and classes of columns are those of the figures" {
	printf '%s\n' v,d,sex,n 1e-9,2020-01-05,2,7 2e-9,2020-01-09,1, 4e-9,2020-02-01,2,8 |
		smpc-share -n 2 --range v=0..1e-8 --date d --codes sex=1,2 --na n=mean --range n=5..9 -o x
	for p in 0 1 2; do
		smpc-cut -x sex x.$p >w.$p
	done
	together 2 y smpc-stat median,iqr 'w.{}'
	assert_equal "$(smpc-reveal y.1 y.2 | paste -s -d ' ')" \
		"v,d,n,n.present 0.000000002,18270,7.5,1  v,d,n,n.present 0.0000000015,13.5,0.5,0.5"
	together 2 y smpc-stat mode 'x.{}'
	smpc-info y.1 >info
	grep -q "sex: class" info
	grep -q "d: date" info
	# what is not there is 0
	smpc-reveal y.1 y.2 | sed -n 2p | grep -q '^0.000000001,18266,'
	fails_with 4 smpc-stat median --plan x.1
	stderr_has "column 'sex'"
}

@test "undeclared whole numbers have half ones between them, or --bits says how large they are" {
	printf '%s\n' a 1 2 5 6 >t.csv
	smpc-share -n 2 --fraction-bits 0 -o x t.csv
	fails_with 5 smpc-stat median --plan x.1
	stderr_has "or say with --bits 47 how large they are"
	together 2 y smpc-stat median,quantile --at 0.1 --bits 47 'x.{}'
	assert_equal "$(smpc-reveal y.1 y.2 | paste -s -d ' ')" "a 3.5  a 1.3"
	# the ends of what 64 bits hold
	printf '%s\n' a 1000000000001 -1000000000000 >t.csv
	smpc-share -f -n 2 -o x t.csv 2>share.err
	together 2 y smpc-stat median,quantile,iqr,mode --at 0.25 'x.{}'
	assert_equal "$(smpc-reveal y.1 y.2 | grep -v '^a*$' | paste -s -d ' ')" "0.5 -499999999999.75 1000000000000.5 -1000000000000"
}

@test "what is refused: shares that are none, and missing values in a correlation of numbers, or of very many ranks" {
	local no
	printf '%s\n' a,b 1,2 2,NA 3,4 | smpc-share -n 2 --na b=mean -o x
	capture smpc-local -n 2 -o no -- smpc-stat correlation 'x.{}'
	assert_failure 5
	stderr_has "column 'b' has missing values, which a correlation of numbers does not take"
	assert_not_exist no.1
	{ echo a; echo NA; seq 1048575; } | smpc-share -f -n 2 --na a=mean --range a=0..1e7 -o x
	fails_with 5 smpc-stat rank-correlation --plan x.1
	stderr_has "tensor 'data' has 2^20 rows or more, and a correlation of ranks of which some are missing takes fewer"
	for no in "quantile" "median --at 0.5" "quantile --at 0.1,2" "quantile --at -0.1" "quantile --at 0.1234567" \
		"quantile --at 0.1,,0.2" "mean --bits 20" "quantile --at x"; do
		# shellcheck disable=SC2086 # words
		fails_with 2 smpc-stat $no --plan x.1 || return 1
	done
	fails_with 2 smpc-stat quantile --at "$(seq -s , 0 0.01 0.65)" --plan x.1
	stderr_has "--at takes up to 64 shares"
}

@test "parties that ask for other quantiles have no result" {
	printf '%s\n' a 1 2 3 | smpc-share -n 2 -o x
	capture smpc-local -o y -- sh -c 'smpc-stat quantile -w 2 --at 0.$((2 + ({} == 1))) x.{}'
	assert_failure 4
	stderr_has "parameters="
	assert_not_exists y.1
}
