#!/usr/bin/env bats
# smpc-stat's tests and tables of survival, against figures that R 4.2 printed with 9 digits.

load helper
load shares
load parties
load engine

# column TABLE ROW NAME: a cell of a table by the names of its row and column.
cell() {
	awk -F , -v row="$2" -v name="$3" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i }
	    $1 == row { print $at }' "$1"
}

# is_about TABLE ROW NAME=FIGURE...: cells are as R has them, to a part of 1e-5, or of $near.
is_about() {
	local wanted got
	for wanted in "${@:3}"; do
		got=$(cell "$1" "$2" "${wanted%%=*}")
		awk -v x="$got" -v y="${wanted#*=}" -v near="${near:-1e-5}" 'function abs(v) { return v < 0 ? -v : v }
		    BEGIN { exit !(x != "" && x != "NaN" && abs(x - y) <= near * abs(y) + 1e-12) }' ||
			{ echo "$2, ${wanted%%=*}: $got, and R has ${wanted#*=}"; return 1; }
	done
}

# tabled NAME CMD...: what a session's result is as a table, NAME.table, and, in the clear with the same roundings, the same.
tabled() {
	together 2 "$1" "${@:2}" && smpc-reveal --table -o "$1.table" "$1.1" "$1.2"
}

# times NUMBER WORD...: each word in so many lines.
times() {
	local word
	for word in "${@:2}"; do
		yes "$word" | head -n "$1"
	done
}

# R's sleep: 20 numbers, ten of either group.
sleepers() {
	paste -d , <(echo group; times 10 1 2) \
		<(printf '%s\n' extra 0.7 -1.6 -0.2 -1.2 -0.1 3.4 3.7 0.8 0 2 1.9 0.8 1.1 0.1 -0.1 4.4 5.5 1.6 4.6 3.4)
}

# R's aml (survival): times, whether the end was seen, which treatment.
patients() {
	paste -d , <(printf '%s\n' time 9 13 13 18 23 28 31 34 45 48 161 5 5 8 8 12 16 23 27 30 33 43 45) \
		<(printf '%s\n' status 1 1 0 1 1 0 1 1 0 1 0 1 1 1 1 1 0 1 1 1 1 1 1) \
		<(echo x; times 11 a; times 12 b)
}

@test "t tests: Welch's, Student's, of one group, of pairs" {
	sleepers | smpc-share -n 2 --codes group=1,2 --range extra=-10..10 -o x
	# t.test(extra ~ group, sleep)
	tabled y smpc-stat t-test --by group 'x.{}'
	is_about y.table extra t=-1.86081347 df=17.7764735 p=0.0793941402 std_error=0.849091017 low_95=-3.36548323 \
		high_95=0.205483231 mean_1=0.75 mean_2=2.33 count_1=10
	assert_equal "$(line_of column y.1 | head -n 1)" "group: class '1', '2', from 0 to 1"
	# t.test(extra ~ group, sleep, var.equal = TRUE)
	tabled y smpc-stat t-test --equal-variances --by group 'x.{}'
	is_about y.table extra t=-1.86081347 df=18 p=0.0791867142 low_95=-3.36387403 high_95=0.203874032
	smpc-reveal y.1 y.2 | awk -F , 'NR == 2 { pooled = $4 } NR == 3 { exit $4 != pooled }'
	# t.test(sleep$extra, mu = 1)
	each sh -c 'smpc-cut -c extra x.@ >e.@'
	tabled y smpc-stat t-test --mu 1 'e.{}'
	is_about y.table extra t=1.19675396 df=19 p=0.246122418 std_error=0.451220567 low_95=0.5955845 high_95=2.4844155 mean=1.54
	# with(sleep, t.test(extra[group == 1], extra[group == 2], paired = TRUE))
	sleepers | awk -F , 'NR > 1 && NR < 12 { one[NR] = $2 } NR > 11 { print one[NR - 10] "," $2 }' | sed '1i before,after' |
		smpc-share -n 2 --range before,after=-10..10 -o p
	tabled y sh -c 'smpc-cut -c after p.{} >after.{}; smpc-cut -c before p.{} | smpc-sub - after.{} | smpc-stat t-test --mu 0'
	is_about y.table before t=-4.06212768 df=9 p=0.0028328902 low_95=-2.45988576 high_95=-0.700114237
}

@test "analysis of variance, and Mann and Whitney's test" {
	paste -d , <(echo group; times 10 ctrl trt1 trt2) \
		<(printf '%s\n' weight 4.17 5.58 5.18 6.11 4.5 4.61 5.17 4.53 5.33 5.14 4.81 4.17 4.41 3.59 5.87 3.83 6.03 4.89 4.32 \
			4.69 6.31 5.12 5.54 5.5 5.37 5.29 4.92 6.15 5.8 5.26) | smpc-share -n 2 --one-hot group=ctrl,trt1,trt2,none \
		--range weight=0..10 -o x
	# summary(aov(weight ~ group, PlantGrowth)); a value that no row has makes no group
	tabled y smpc-stat anova --by group 'x.{}'
	is_about y.table weight squares_between=3.76634 df_between=2 squares_within=10.49209 df_within=27 f=4.84608786 p=0.0159099583
	# wilcox.test(extra ~ group, sleep, exact = FALSE)
	sleepers | smpc-share -n 2 -f --codes group=1,2 --range extra=-10..10 -o x
	tabled y smpc-stat mann-whitney --by group 'x.{}'
	is_about y.table extra w=25.5 p=0.0693275754 count_2=10
}

# pairs A B COUNT...: a table of two columns with so many rows of each pair of values, from 0.
pairs() {
	echo a,b
	local i=0 n
	for n in "${@:2}"; do
		times "$n" "$((i / $1)),$((i % $1))"
		i=$((i + 1))
	done
}

@test "chi-square, with and without Yates' correction" {
	pairs 2 12 7 5 9 | smpc-share -n 2 --codes a=0,1 --codes b=0,1 -o x
	# chisq.test(matrix(c(12, 5, 7, 9), 2))
	tabled y smpc-stat chi-square --by a,b 'x.{}'
	is_about y.table independence chi_square=1.45599638 df=1 p=0.227568215 count=33
	assert_equal "$(smpc-reveal y.1 y.2 | head -n 1)" chi_square,df,count
	# the same with correct = FALSE
	tabled y smpc-stat chi-square --uncorrected --by a,b 'x.{}'
	is_about y.table independence chi_square=2.43057552 p=0.118989206
	# chisq.test(matrix(c(8, 4, 5, 2, 9, 11), 2)); a row without a value is in no pair
	(pairs 3 8 5 9 4 2 11; echo 2,1; echo 2,1) | smpc-share -n 2 -f --one-hot a=0,1,2 --codes b=0,1,2 -o x
	each sh -c 'smpc-cut -x a=2 x.@ >z.@'
	tabled y smpc-stat chi-square --by a,b --min-count 2 'z.{}'
	is_about y.table independence chi_square=2.2144194 df=2 p=0.330479813 count=39
	# two rows of none are too few to be counted, and so is a value that no row has
	tabled y smpc-stat chi-square --by a,b --min-count 3 'z.{}'
	assert_equal "$(tail -n 1 y.table)" independence,NaN,NaN,NaN,NaN
}

@test "variance inflation factors, and collinear columns" {
	printf '%s\n' air,temp,acid 80,27,89 80,27,88 75,25,90 62,24,87 62,22,87 62,23,87 62,24,93 62,24,93 58,23,87 58,18,80 \
		58,18,89 58,17,88 58,18,82 58,19,93 50,18,89 50,18,86 50,19,72 50,19,79 50,20,80 56,20,82 70,20,91 >in
	smpc-share -n 2 --range air,temp,acid=0..100 -o x in
	# diag(solve(cor(stackloss[1:3])))
	tabled y smpc-stat vif 'x.{}'
	near=5e-5 # a unit is 1.5e-5
	is_about y.table air vif=2.90648363
	is_about y.table temp vif=2.57263238
	is_about y.table acid vif=1.33358746
	# a sum of two others, and a constant: R's solve() finds no inverse
	awk -F , '{ print (NR == 1) ? $0 ",sum" : $0 "," $1 + $2 }' in | smpc-share -n 2 -f --range air,temp,acid,sum=0..200 -o x
	tabled y smpc-stat vif 'x.{}'
	assert_equal "$(paste -s -d ' ' y.table)" "name,vif air,NaN temp,NaN acid,NaN sum,NaN"
	awk -F , '{ print (NR == 1) ? $0 ",one" : $0 ",1" }' in | smpc-share -n 2 -f --range air,temp,acid,one=0..200 -o x
	together 2 y smpc-stat vif 'x.{}'
	reveals y air,temp,acid,one 0,0,0,0
}

@test "survival and log-rank on bins; bins in which few leave are part of the next" {
	patients | smpc-share -n 2 --codes x=a,b --codes status=0,1 --range time=0..200 -o x
	of="--time time --event status --bins 0,10,20,30,40,60"
	# e <- c(0, 10, 20, 30, 40, 60); b <- findInterval(aml$time, e); summary(survfit(Surv(b, aml$status * (b < 6)) ~ 1))
	# shellcheck disable=SC2086 # several words
	tabled y smpc-stat survival --min-count 1 $of 'x.{}'
	assert_equal "$(cut -d , -f 1-5 y.table | tail -n +2 | paste -s -d ' ')" \
		"all,0,10,23,5 all,10,20,18,3 all,20,30,13,3 all,30,40,9,4 all,40,60,5,3"
	sed '1s/name,//; s/^all,//' y.table >bins
	is_about bins 10 survival=0.65217391 std_error=0.099311346 low_95=0.483887794 high_95=0.87898645
	is_about bins 40 survival=0.11148272 std_error=0.073540936 low_95=0.030598637 high_95=0.40617486
	# 5, 5, 4, 4 and 4 rows leave: with at least 5 a wider bin, as if the edge 30 were not there; the last is not there
	# shellcheck disable=SC2086
	tabled y smpc-stat survival --min-count 5 $of 'x.{}'
	assert_equal "$(cut -d , -f 1-5 y.table | tail -n +2 | paste -s -d ' ')" "all,0,10,23,5 all,10,20,18,3 all,20,40,13,7"
	smpc-reveal y.1 y.2 | grep -q '^20,30,0,0,0$'
	smpc-reveal y.1 y.2 | grep -q '^40,60,0,0,0$'
	# survdiff(Surv(b, aml$status * (b < 6)) ~ aml$x)
	# shellcheck disable=SC2086
	tabled y smpc-stat log-rank --by x $of 'x.{}'
	is_about y.table a count=11 observed=7 expected=9.69557785
	is_about y.table b count=12 observed=11 expected=8.30442215
	is_about y.table "(Chi-square)" count=2.22004176
	is_about y.table "(p)" count=0.136229375
	smpc-reveal -o out y.1 y.2
	is_about out 0 variance_1=3.27297445 variance_2=-3.27297445
	# a treatment of fewer rows than the least count is not compared
	# shellcheck disable=SC2086
	tabled y smpc-stat log-rank --by x --min-count 12 $of 'x.{}'
	assert_equal "$(grep -c NaN y.table)" 5
	# shellcheck disable=SC2086
	tabled y smpc-stat survival --by x --min-count 12 $of 'x.{}'
	assert_equal "$(wc -l <y.table)" 1
}

@test "groups that are constant, empty, small or in no row are not defined, and shown by nothing" {
	awk 'BEGIN { print "g,h,flat,half,x"; for (i = 0; i < 40; i++)
	    printf "%s,%s,7.7,%s,%s\n", (i % 2) ? "a" : "b", (i == 7) ? "one" : (i % 2) ? "a" : "b", (i % 2) ? 3.3 : i * 7 % 11, i * i % 17 }' >in
	smpc-share -n 2 --codes g=a,b --codes h=a,b,one,none --range flat,half,x=-20..20 -o x in
	each sh -c 'smpc-cut -x h x.@ >g.@; smpc-cut -x g x.@ >h.@'
	tabled y smpc-stat t-test --by g 'g.{}'
	assert_equal "$(grep flat y.table | cut -d , -f -8)" flat,0,NaN,NaN,NaN,NaN,NaN,NaN
	is_about y.table half t=-2.08231234 df=19 p=0.0510695607
	tabled y smpc-stat mann-whitney --by g 'g.{}'
	assert_equal "$(grep flat y.table)" flat,200,NaN,NaN,20,20
	tabled y smpc-stat t-test --by g --min-count 21 'g.{}'
	smpc-reveal y.1 y.2 | tail -n +2 | cut -d , -f 2- | tr , '\n' | sort -u >out
	assert_equal "$(<out)" 0
	assert_equal "$(grep x y.table | tail -n 1)" x,NaN,NaN,NaN,NaN,NaN,NaN,NaN,NaN,NaN,NaN,NaN
	# one row of a value hides all; a value without rows is none
	tabled y smpc-stat anova --by h 'h.{}'
	assert_equal "$(tail -n 1 y.table)" x,NaN,NaN,NaN,NaN,NaN,NaN
	tabled y smpc-stat anova --by h --min-count 1 'h.{}'
	is_about y.table x df_between=2 df_within=37
	# with a group that is empty nothing is compared, and nothing is said of the other
	(echo h,x; for i in 3 1 2 4 8; do echo "b,$i"; done) | smpc-share -n 2 -f --codes h=a,b --range x=-20..20 -o s
	local test
	for test in t-test mann-whitney; do
		together 2 y smpc-stat $test --by h --min-count 1 's.{}'
		assert_equal "$(smpc-reveal y.1 y.2 | tail -n +2 | paste -s -d ' ')" "0,0,0,0 1,0,0,0"
	done
	# a group of one row has no variance of its own
	(echo h,x; echo a,3; echo b,1; echo b,2; echo b,4) | smpc-share -n 2 -f --codes h=a,b --range x=-20..20 -o s
	tabled y smpc-stat t-test --by h --min-count 1 's.{}'
	assert_equal "$(cut -d , -f 3-6 y.table | tail -n 1)" NaN,NaN,NaN,NaN
	# t.test(x ~ h, var.equal = TRUE)
	tabled y smpc-stat t-test --equal-variances --by h --min-count 1 's.{}'
	is_about y.table x t=0.377964473 df=2 p=0.741801110
}

@test "tests of two tables do not add up to one of all rows, and no table says so" {
	pairs 2 12 7 5 9 | smpc-share --public --codes a=0,1 --range b=0..1 -o x
	smpc-stat --clear anova --by a --min-count 1 -o y x
	smpc-add -o z y y
	fails_with 1 smpc-reveal --table z
	stderr_has "tensor 'anova' was made by smpc-add of what a test has found"
	smpc-reveal --public -o y2 y
	quietly smpc-reveal --table y2
}

@test "rows of no group do not count, and too few of them could be counted" {
	local test of
	# the third value's indicator is cut out: three rows are of no group
	(echo g,t,e; for i in $(seq 24); do echo "$((i % 2)),$((i * 7 % 11)),$((i % 3 > 0))"; done; for i in 1 2 3; do echo "2,$i,1"; done) |
		smpc-share -n 2 --one-hot g=0,1,2 --codes e=0,1 --range t=0..20 -o x
	each sh -c 'smpc-cut -c g=0,g=1,t x.@ >t.@; smpc-cut -c g=0,g=1,t,e x.@ >e.@'
	for test in t-test anova mann-whitney "survival --time t --event e --bins 0,5,10" "log-rank --time t --event e --bins 0,5,10"; do
		of=t
		[[ $test == *time* ]] && of=e
		# shellcheck disable=SC2086 # several words
		together 2 y smpc-stat $test --by g --min-count 3 "$of.{}"
		smpc-reveal -o shown.csv y.1 y.2
		# shellcheck disable=SC2086
		together 2 y smpc-stat $test --by g --min-count 4 "$of.{}"
		smpc-reveal -o hidden.csv y.1 y.2
		! cmp -s shown.csv hidden.csv || return 1
		# nothing but groups and edges, which are public
		assert_equal "$(tail -n +2 hidden.csv | tr , '\n' | grep -vxc '0\|1\|5\|10')" 0 || return 1
	done
	# means of the 24, t.test(t ~ g)
	tabled y smpc-stat t-test --by g --min-count 3 't.{}'
	is_about y.table t count_0=12 count_1=12
	# a group that no row is of has no mean, and no rank
	tabled y sh -c 'smpc-cut -c g=0,g=1,t x.{} | smpc-stat mann-whitney --by g --min-count 13'
	assert_equal "$(tail -n 1 y.table)" t,NaN,NaN,NaN,NaN,NaN
}

@test "a policy counts the least count behind figures of groups" {
	parties dealer alice bob
	patients >in
	owned -f --codes x=a,b --codes status=0,1 --range time=0..200 -o x in
	cat >job.sh <<-'E'
	smpc-cut -x status -o t.$SMPC_PARTY x.$SMPC_PARTY
	smpc-stat t-test --by x --min-count 11 -o y.$SMPC_PARTY t.$SMPC_PARTY
	smpc-reveal --to alice y.$SMPC_PARTY
	E
	for rows in 11 12; do
		for p in dealer alice bob; do
			printf '{ "version": 1, "party": "%s", "reveals": 9, "rules": [ { "operations": ["group"] },
			    { "operations": ["reveal"], "to": ["alice"], "rows": %d } ] }\n' $p $rows >$p.policy
			agent $p --policy $p.policy -- sh -eu job.sh
		done
		ended alice 20 $((rows == 11 ? 0 : 4))
		ended bob 20 $((rows == 11 ? 0 : 4))
		ended dealer 20 $((rows == 11 ? 0 : 4))
	done
}

@test "missing values do not count" {
	printf '%s\n' g,x a,1 a, a,3 a,5 b,2 b,7 b, b,9 b,4 | smpc-share -n 2 --codes g=a,b --na x=mean --range x=0..10 -o x
	# d <- data.frame(g = c("a","a","a","b","b","b","b"), x = c(1, 3, 5, 2, 7, 9, 4)); t.test(x ~ g, d)
	tabled y smpc-stat t-test --by g --min-count 1 'x.{}'
	is_about y.table x t=-1.29099445 df=4.95918367 p=0.253607603 count_a=3 count_b=4
	tabled y smpc-stat anova --by g --min-count 1 'x.{}'
	is_about y.table x df_within=5
	# wilcox.test(x ~ g, d, exact = FALSE)
	tabled y smpc-stat mann-whitney --by g --min-count 1 'x.{}'
	is_about y.table x w=3 p=0.376759118
	printf '%s\n' t,e 1,1 2,0 ,1 3,1 4, 5,1 | smpc-share -n 2 -f --na t=mean --na e=mean --range t=0..10 --range e=0..1 -o x
	tabled y smpc-stat survival --time t --event e --bins 0,2,4,6 --min-count 1 'x.{}'
	assert_equal "$(cut -d , -f 2-5 y.table | tail -n +2 | paste -s -d ' ')" "0,2,4,1 2,4,3,1 4,6,1,1"
	fails_with 5 smpc-stat --plan vif x.1
	stderr_has "missing"
}

@test "in the clear as in a session, and what it costs is what --plan says" {
	local how plan
	(patients | head -n 1; for _ in 1 2; do patients | tail -n +2; done) | smpc-share -n 2 --codes x=a,b --codes status=0,1 --range time=0..200 -o x
	smpc-reveal --public -o p x.1 x.2
	each sh -c 'smpc-cut -x status x.@ >t.@'
	smpc-reveal --public -o q t.1 t.2
	of="--time time --event status --bins 0,10,20,30,40,60"
	while read -r how; do
		# shellcheck disable=SC2086 # several words
		plan=$(smpc-stat --plan $how)
		# shellcheck disable=SC2086
		capture smpc-local -n 2 -o y -- smpc-stat --faithful --stats ${how/.1/.\{\}}
		assert_success
		# shellcheck disable=SC2086,SC2154 # "stderr" is set by capture
		assert_equal "$(grep -c "[12]: smpc-stat: $(smpc-stat --faithful --plan $how)" <<<"$stderr")" 2 || return 1
		# shellcheck disable=SC2086
		smpc-stat --clear --faithful ${how% *} "$(case $how in *t.1) echo q ;; *) echo p ;; esac)" -o clear
		cmp <(smpc-reveal clear) <(smpc-reveal y.1 y.2) || return 1
	done <<-E
	t-test --by x t.1
	anova --by x t.1
	chi-square --by x,status x.1
	log-rank --by x $of x.1
	survival --by x $of x.1
	E
	# an order is another one each time, and so is what it costs; ranks are the same
	together 2 y smpc-stat mann-whitney --by x 't.{}'
	cmp <(smpc-reveal y.1 y.2) <(smpc-stat --clear mann-whitney --by x q | smpc-reveal -)
	[[ $plan == "rounds "*", and 2 to agree; dealt "* ]]
}

@test "dealt beforehand: only an order needs the dealer" {
	parties dealer alice bob
	patients >in
	owned -f --codes x=a,b --codes status=0,1 --range time=0..200 -o x in
	cat >job.sh <<-'E'
	smpc-cut -x status -o t.$SMPC_PARTY x.$SMPC_PARTY
	smpc-stat t-test --by x -o y.$SMPC_PARTY t.$SMPC_PARTY
	smpc-stat chi-square --by x,status --min-count 1 -o c.$SMPC_PARTY x.$SMPC_PARTY
	smpc-stat log-rank --by x --time time --event status --bins 0,20,40 -o l.$SMPC_PARTY x.$SMPC_PARTY
	E
	deal deal
	use alice deal
	use bob deal
	ended alice 20 0
	ended bob 20 0
	smpc-reveal --table y.alice y.bob >y.table
	# t.test(time ~ x, aml)
	is_about y.table time t=1.27411097 df=12.0823407 p=0.226586208
	nothing_left
}

@test "refused: tests that go with other columns or options" {
	patients | smpc-share -n 2 --codes x=a,b --codes status=0,1 --range time=0..200 -o x
	of="--event status --bins 0,10,20"
	fails_with 2 smpc-stat --plan t-test x.1
	stderr_has "--by CATEGORY"
	fails_with 2 smpc-stat --plan t-test --by x --mu 3 x.1
	fails_with 2 smpc-stat --plan t-test,mean --by x x.1
	stderr_has "alone"
	fails_with 2 smpc-stat --plan t-tset --by x x.1
	stderr_has "t-test"
	fails_with 2 smpc-stat --plan mean --by x x.1
	fails_with 2 smpc-stat --plan anova --by x --equal-variances x.1
	fails_with 2 smpc-stat --plan anova --by x --at 0.5 x.1
	fails_with 2 smpc-stat --plan chi-square --by x x.1
	stderr_has "two categories"
	fails_with 2 smpc-stat --plan anova --by x,status x.1
	fails_with 5 smpc-stat --plan anova --by time x.1
	stderr_has "no category"
	fails_with 2 smpc-stat --plan t-test --mu ten x.1
	# shellcheck disable=SC2086 # several words
	fails_with 2 smpc-stat --plan log-rank --time time $of x.1
	# shellcheck disable=SC2086
	fails_with 2 smpc-stat --plan survival $of x.1
	# shellcheck disable=SC2086
	fails_with 2 smpc-stat --plan survival --time status $of x.1
	fails_with 5 smpc-stat --plan survival --time status --event time --bins 0,1 x.1
	stderr_has "0 and 1"
	fails_with 2 smpc-stat --plan survival --time time --event status --bins 5,1 x.1
	fails_with 2 smpc-stat --plan survival --time time --event status --bins 5 x.1
	printf '%s\n' g,h,x a,u,1 b,v,2 c,w,3 | smpc-share -n 2 -f --codes g=a,b,c --codes h=u,v,w --range x=0..9 -o g
	fails_with 2 smpc-stat --plan t-test --by g g.1
	stderr_has "3 values"
	fails_with 2 smpc-stat --plan anova --by g g.1
	stderr_has "column 'h' is a category"
	# of what nothing is known no square has room for sure
	printf '%s\n' g,x a,1 b,2 | smpc-share -n 2 -f --codes g=a,b -o u
	fails_with 5 smpc-stat --plan t-test --by g u.1
	stderr_has "--range"
	# what is none of smpc-stat's has no table
	printf '%s\n' a 1 | smpc-share -n 2 -f -o v
	fails_with 1 smpc-reveal --table v.1 v.2
	patients | smpc-share -n 2 -f --codes x=a,b --codes status=0,1 --range time=0..200 -o x
	each sh -c 'smpc-cut -x status x.@ >t.@'
	together 2 y sh -c 'smpc-stat t-test --by x t.{} | smpc-cut -x sum_time'
	fails_with 1 smpc-reveal --table y.1 y.2
	stderr_has "not what smpc-stat t-test writes"
	fails_with 2 smpc-reveal --table --ratios y.1 y.2
}
