#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine

all=mean,variance,covariance,correlation

@test "a covariance of columns in one unit is in one, and of others in units of its rows" {
	printf '%s\n' s,t,v 1000,2000,1e-9 3500,2500,2e-9 9000,100,4e-9 1200,4000,1e-9 >in
	smpc-share -n 2 --range s=0..10000 --range t=0..10000 --range v=0..1e-8 -o x in
	quietly smpc-local -o all -- smpc-stat covariance 'x.{}'
	smpc-info all.1 | grep -q "words of rows times"
	smpc-reveal all.1 all.2 | awk -F , 'function off(x, y) { return x / y < 0.9999 || x / y > 1.0001 }
	    NR == 2 { bad = off($1, 13889166.6667) || off($2, -5051666.6667) || off($3, 5.26666667e-6) }
	    NR == 4 { bad = bad || off($1, 5.26666667e-6) || off($2, -1.93333333e-6) || off($3, 2e-18) } END { exit bad || NR != 4 }'
	quietly smpc-local -o some -- sh -c 'smpc-cut -c s,t x.{} | smpc-stat covariance'
	# the slope of a line, for one
	smpc-cut -c t some.1 | smpc-head -n 1 >a
	smpc-cut -c t some.2 | smpc-head -n 1 >b
	smpc-reveal a b | awk 'NR == 2 { exit !($1 > -5051667 && $1 < -5051666) }'
}

@test "lengths of stay: differences of dates" {
	printf '%s\n' adm,dis 2020-01-05,2020-01-09 2020-02-01,2020-02-20 2021-05-01,2021-05-03 2021-07-01,2021-07-08 |
		smpc-share -n 2 --date adm --date dis -o x
	each sh -c 'smpc-cut -c adm x.@ >a.@; smpc-cut -c dis x.@ | smpc-sub - a.@ >stay.@'
	quietly smpc-local -o m -- smpc-stat mean,variance 'stay.{}'
	assert_equal "$(smpc-reveal m.1 m.2 | paste -s -d ' ')" "dis 8  dis 58"
}

@test "the mean of indicators has the digits of a range from 0 to 1" {
	printf '%s\n' sex,y F,no M,no M,yes F,no F,no F,yes F,no | smpc-share -n 2 --one-hot sex=F,M --codes y=no,yes -o x
	quietly smpc-local -o m -- smpc-stat mean 'x.{}'
	smpc-reveal m.1 m.2 | awk -F , 'function off(x, y) { return x < y - 4e-9 || x > y + 4e-9 }
	    NR == 2 { bad = off($1, 5 / 7) || off($2, 2 / 7) || off($3, 2 / 7) } END { exit bad || NR != 2 }'
}

@test "the mean of equal numbers at the end of their range may be a unit beyond it" {
	printf '%s\n' x 1 1 1 | smpc-share -n 2 --range x=0..1 -o x
	quietly smpc-local -o m -- smpc-stat mean 'x.{}'
	is_line "column" m.1 "x: number, from -0.000000001 to 1.000000001, words times 2^-14"
	printf '%s\n' x 1 1 1 1 | smpc-share -n 2 --range x=0..1 -f -o x
	quietly smpc-local -o m -- smpc-stat mean 'x.{}'
	is_line "column" m.1 "x: number, from 0 to 1, words times 2^-14"
}

@test "columns of very different sizes, for two and three computing parties, against exact fractions" {
	local n rows s
	for n in 2 3; do
		for rows in 569 2600; do
			python3 "$figures" make $rows $n >x.csv
			smpc-share -f -n $n -o x x.csv
			together $n y smpc-stat $all 'x.{}'
			for s in mean variance covariance correlation; do
				tensor $n y $s || return 1
			done
			is_figure mean mean.csv x.csv 2e-5
			# The unit is 1.5e-5; with many rows the mean may be 30 away from that of the first 1024.
			is_figure variance variance.csv x.csv 5e-5
			is_figure covariance covariance.csv x.csv 5e-5
			is_figure correlation correlation.csv x.csv $((rows > 1024 ? 60 : 30))e-6
		done
		rm x.? y.?
	done
	assert_equal "$(head -n 1 covariance.csv)" area,radius,texture,smoothness,symmetry,ill
}

@test "a variance alone, of few columns and of many; of a sample and of a population" {
	python3 "$figures" make 150 7 >x.csv
	smpc-share -n 2 -o x x.csv
	together 2 y smpc-stat variance 'x.{}'
	tensor 2 y variance
	is_figure variance variance.csv x.csv 3e-5
	together 2 y smpc-stat variance,covariance --population 'x.{}'
	tensor 2 y variance
	tensor 2 y covariance
	is_figure variance variance.csv x.csv 3e-5 population
	is_figure covariance covariance.csv x.csv 3e-5 population
	# 600 columns
	for _ in $(seq 100); do
		echo x.csv
	done | xargs paste -d , | sed '1s/.*/x/' >wide.csv
	sed -i "1s/.*/$(seq -f c%g -s , 600)/" wide.csv
	smpc-share -n 2 -o w wide.csv
	together 2 y smpc-stat variance,mean 'w.{}'
	tensor 2 y variance
	tensor 2 y mean
	is_figure variance variance.csv wide.csv 3e-5
	is_figure mean mean.csv wide.csv 2e-5
}

@test "counts, whole numbers, fraction bits" {
	smpc-share -n 2 --fraction-bits 0 -o x - <<<$'a,b\n1,0\n2,1\n4,1\n6,0'
	together 2 y smpc-stat mean,count 'x.{}'
	quietly smpc-reveal y.1 y.2
	assert_output "$(printf '%s\n' a,b 3.25,0.5 '' a,b 4,4)"
	assert_equal "$(line_of "fraction bits" y.1 | paste -s -d ' ')" "16 0"
	together 2 y smpc-stat mean -f 4 'x.{}'
	is_line "fraction bits" y.1 4
	reveals y a,b 3.25,0.5
	smpc-share -f -n 2 --fraction-bits 20 -o x - <<<$'a\n1\n2\n4\n6'
	together 2 y sh -c 'smpc-stat mean <x.{}'
	is_line "fraction bits" y.1 20
	smpc-share -f -n 2 --fraction-bits 21 -o x - <<<$'a\n1'
	fails_with 2 smpc-stat mean --plan x.1
	stderr_has "21 fraction bits"
	stderr_has smpc-truncate
}

@test "more fraction bits than sums of undeclared numbers have room for are refused" {
	printf '%s\n' a 1e14 20000 100 | smpc-share -n 2 --fraction-bits 0 -o x -
	capture smpc-local -o y -- smpc-stat --fraction-bits 20 mean 'x.{}'
	assert_failure 5
	stderr_has "column 'a': how large its numbers are is not known, and their sum may not fit 64 bits with 20 more fraction bits: declare its range (smpc-share --range), or give --fraction-bits 16 at most"
	together 2 y smpc-stat mean 'x.{}'
	[[ $(smpc-reveal y.1 y.2) == *33333333340033.3333[34] ]]
	printf '%s\n' a 1e14 20000 100 | smpc-share -f -n 2 --fraction-bits 0 --range a=0..2e14 -o x -
	fails_with 5 smpc-stat --fraction-bits 20 --plan mean x.1
	# what is found to be small has room
	printf '%s\n' a 1 2 4 | smpc-share -f -n 2 --fraction-bits 0 -o x -
	together 2 y smpc-stat --fraction-bits 20 mean,variance 'x.{}'
	[[ $(smpc-reveal y.1 y.2) == *2.33333* ]]
}

@test "a divisor is divided by" {
	printf '%s\n' a,b,c 1,2,4 3,-1,5 0,0,1 >x.csv
	smpc-share -n 2 -o x --range a,b,c=-8..8 x.csv
	for p in 0 1 2; do
		smpc-sum --rows --mean x.$p >m.$p
	done
	is_line divisor m.1 3
	together 2 y smpc-stat mean,variance 'm.{}'
	is_line divisor y.1 ""
	# 7/3, 7/3, 1/3
	smpc-reveal y.1 y.2 | awk 'NR == 1 { exit !($1 > 1.6666 && $1 < 1.6668) }'
	smpc-reveal -t variance y.1 y.2 | awk 'NR == 1 { exit !($1 > 1.3332 && $1 < 1.3335) }'
	# of means of columns of which nothing is known nobody may find out how large they are
	smpc-share -f -n 2 -o x x.csv
	for p in 0 1 2; do
		smpc-sum --rows --mean x.$p >m.$p
	done
	together 2 y smpc-stat mean 'm.{}'
	capture smpc-local -n 2 -o no -- smpc-stat variance 'm.{}'
	assert_failure 5
	stderr_has "tensor 'data', column 1: how large its numbers are is not known"
	stderr_has "smpc-map clip --low LOW --high HIGH gives it bounds"
}

@test "columns that do not vary have no correlation" {
	printf '%s\n' a,b,c 1,77.7,-2 2,77.7,-4 4,77.7,-8.5 >x.csv
	smpc-share -n 2 -o x x.csv
	together 2 y smpc-stat correlation 'x.{}'
	tensor 2 y correlation
	assert_equal "$(sed -n 3p correlation.csv)" 0,0,0
	is_figure correlation correlation.csv x.csv 3e-5
}

@test "histograms over public bins, with a minimum of a cell" {
	local n bins=-1,0,0.02,1,20,800,2000
	for n in 2 3; do
		python3 "$figures" make 400 $n >x.csv
		smpc-share -f -n $n -o x x.csv
		together $n y smpc-stat histogram --bins=$bins --min-count 1 'x.{}'
		is_line "fraction bits" y.1 0
		tensor $n y histogram
		is_figure histogram histogram.csv x.csv $bins 1
		together $n y smpc-stat histogram --bins=$bins --min-count 60 'x.{}'
		tensor $n y histogram
		is_figure histogram histogram.csv x.csv $bins 60
		rm x.? y.?
	done
	# a cell begins with its edge and ends before the next
	shared x a 1 2 2 3 4
	together 2 y smpc-stat histogram --bins 1,2,4 --min-count 1 'x.{}'
	reveals y a 1 3
	together 2 y smpc-stat histogram --bins "$(seq -s , 0 0.125 7.8)" --min-count 1 'x.{}'
	smpc-reveal y.1 y.2 | tail -n +2 | awk '{ sum += $1 } END { exit sum != 5 }'
}

# cells EDGES FILE: counts as numpy.histogram has them, but for the last edge, which is in no cell; by exact decimals.
cells() {
	python3 -B - "$@" <<-'P'
	import csv, sys
	from fractions import Fraction
	edges = [Fraction(e) for e in sys.argv[1].split(',')]
	rows = list(csv.reader(open(sys.argv[2])))
	print(','.join(rows[0]))
	for low, high in zip(edges, edges[1:]):
	    print(','.join(str(sum(low <= Fraction(r[j]) < high for r in rows[1:])) for j in range(len(rows[0]))))
	P
}

@test "histograms of columns with ranges: edges are numbers, whatever the unit of a column" {
	local n edges
	# some numbers are edges, and many are beyond all of them
	awk 'BEGIN { srand(6); print "volt,pay,age,plain,far"
	    for (i = 0; i < 200; i++) printf "%s,%s,%s,%s,%s\n", (i % 9 == 0) ? 0 : 2e-9 * rand() - 1e-9,
	        (i % 10 == 0) ? 1e5 * int(3 * rand()) : sprintf("%.2f", 2e5 * rand()), (i % 7 == 0) ? 50 : int(90 * rand()) + 0.25,
	        (i % 8 == 0) ? -0.5 : sprintf("%.3f", 100 * rand() - 20), 1e11 * rand() }' >x.csv
	for n in 2 3; do
		for edges in -1,0,50,100000,200000 -0.5,0.25,7.5,1e5; do
			smpc-share -f -n $n --range volt=-1e-9..1e-9 --range pay=0..1e6 --range age=0..150 -x far -o x x.csv
			together $n y smpc-stat histogram --bins=$edges --min-count 1 'x.{}'
			tensor $n y histogram
			cmp histogram.csv <(cells "$edges" <(cut -d , -f -4 x.csv))
			rm y.?
		done
		rm x.?
	done
	# beyond all words
	cut -d , -f 1-3,5 x.csv >w.csv
	smpc-share -n 2 --range volt=-1e-9..1e-9 --range pay=0..1e6 --range age=0..150 --range far=0..1e12 -o w w.csv
	together 2 y smpc-stat histogram --bins=-1e18,-1e17,0,1e17,1e18 --min-count 1 'w.{}'
	tensor 2 y histogram
	cmp histogram.csv <(cells -1e18,-1e17,0,1e17,1e18 w.csv)
}

@test "edges that a column cannot tell apart, or that do not fit it, are refused by its name" {
	printf '%s\n' a,big 1,1e11 2,2e11 3,3e11 >x.csv
	smpc-share -n 2 --range a=0..10 --range big=0..1e12 -o x x.csv
	# the unit of the second column is 1024
	fails_with 5 smpc-stat histogram --plan --bins 0,2000,2001 --min-count 1 x.1
	stderr_has "tensor 'data', column 'big': the edge 2001 is, at its scale, the one before it"
	each smpc-cut -c a -o a.@ x.@
	together 2 y smpc-stat histogram --bins 0,1,1.001,9 --min-count 1 'a.{}'
	reveals y a 0 1 2
	# of undeclared columns words may be anywhere: an edge beyond all of them would be a lie
	smpc-share -n 2 --fraction-bits 16 -o u <<<$'p,q\n1,2\n3,4'
	for edges in 1,1e18 -1e18,1; do
		fails_with 5 smpc-stat histogram --plan --bins=$edges --min-count 1 u.1
		stderr_has "tensor 'data', column 'p': the edge"
		stderr_has "does not fit its scale"
	done
}

@test "tensors of several names and parts; one without rows" {
	shared a p,q 1,2 3,4
	shared b p,q 5,0
	for p in 0 1 2; do
		emptied <a.$p >none.$p
		cat a.$p none.$p b.$p >m.$p
	done
	together 2 y smpc-stat mean,variance 'm.{}'
	quietly smpc-reveal y.1 y.2
	assert_output "$(printf '%s\n' p,q 3,2 '' p,q 4,4)"
	capture smpc-local -o z -- smpc-stat mean 'none.{}'
	assert_failure 1
	stderr_has "has 0 rows"
	capture smpc-local -o z -- smpc-stat variance 'b.{}'
	assert_failure 1
	stderr_has "at least 2"
	assert_not_exists z.1
	together 2 y smpc-stat variance --population 'b.{}'
	reveals y p,q 0,0
	smpc-share -f -n 2 --name lab -o c - <<<$'u\n7\n9'
	for p in 0 1 2; do
		cat a.$p c.$p >m.$p
	done
	together 2 y smpc-stat mean 'm.{}'
	assert_equal "$(line_of tensor y.1 | paste -s -d ' ')" "mean lab.mean"
	quietly smpc-reveal y.1 y.2
	assert_output "$(printf '%s\n' p,q 2,3 '' u 8)"
}

@test "--plan and --stats: what passes on the links" {
	local n
	printf '1,-2,3\n0.5,4,-1\n2,2,2.5\n' >x.csv
	for n in 2 3; do
		shared_csv $n x
		costs $n smpc-stat count,mean,variance 'x.{}'
		costs $n smpc-stat correlation 'x.{}'
		costs $n smpc-stat histogram --bins 0,1,2 --min-count 2 'x.{}'
		rm x.?
	done
	shared_csv 2 x
	costs 2 smpc-stat covariance --faithful 'x.{}'
}

@test "--clear: public streams, a public result" {
	python3 "$figures" make 100 9 >x.csv
	smpc-share -n 2 -o x x.csv
	smpc-reveal --public -o x.public x.1 x.2
	quietly smpc-stat $all,histogram --bins 0,5,10 --min-count 3 --clear -o y x.public
	for s in mean variance covariance correlation histogram; do
		smpc-reveal -t $s -o $s.csv y
	done
	is_figure mean mean.csv x.csv 2e-5
	is_figure variance variance.csv x.csv 3e-5
	is_figure covariance covariance.csv x.csv 3e-5
	is_figure correlation correlation.csv x.csv 3e-5
	is_figure histogram histogram.csv x.csv 0,5,10 3
}

@test "the same few rows put together are not many" {
	{ echo v; seq 30; } >v.csv
	smpc-share -n 2 -o v v.csv
	{ echo y; yes "0
1" | head -n 30; } | smpc-share -n 2 -o y -
	for p in 0 1 2; do
		smpc-head -n 8..8 -o h.$p v.$p
		# shellcheck disable=SC2046 # as many words as files
		smpc-cat --repeat -o r.$p $(yes h.$p | head -n 12)
		smpc-head -n 8..16 -o nine.$p v.$p
		smpc-head -n 17..17 -o one.$p v.$p
		smpc-cat -o ten.$p nine.$p one.$p
		smpc-head -n 8..17 -o window.$p v.$p
		smpc-head -n 3..3 -o k.$p y.$p
		# shellcheck disable=SC2046 # as many words as files
		smpc-cat --repeat -o l.$p $(yes k.$p | head -n 12)
	done
	for name in r ten; do
		capture smpc-local -o never -- smpc-stat variance "$name.{}"
		assert_failure 5
		stderr_has "nobody may look at so few rows"
		each smpc-shuf --seed a -o s.@ $name.@
		capture smpc-local -o never -- smpc-stat variance 's.{}'
		assert_failure 5
		stderr_has "nobody may look"
	done
	together 2 z smpc-stat variance 'window.{}'
	each smpc-shuf --seed a -o s.@ window.@
	together 2 z smpc-stat variance 's.{}'
	each smpc-paste -o pasted.@ h.@ y.@
	each smpc-cut -c v -o many.@ pasted.@
	capture smpc-local -o never -- smpc-stat variance 'many.{}'
	assert_failure 5
	stderr_has "nobody may look"
	each smpc-cat -o c.@ v.@ h.@
	together 2 z smpc-stat variance 'c.{}'
	each smpc-paste -o t.@ r.@ l.@
	capture smpc-local -o never -- smpc-train -m logistic -l y 't.{}'
	assert_failure 5
	stderr_has "is not asked for fewer than 10 rows"
	capture smpc-local -o never -- smpc-score -m accuracy 'l.{}' 'l.{}'
	assert_failure 5
	stderr_has "is not asked for fewer than 10 rows"
}

@test "wrong operands and options" {
	refused_operands smpc-stat mean INPUT
	fails_with 2 smpc-stat
	fails_with 2 smpc-stat means small.1
	stderr_has "did you mean 'mean'?"
	fails_with 2 smpc-stat mean, small.1
	fails_with 2 smpc-stat mean,mean small.1
	stderr_has twice
	fails_with 2 smpc-stat mean --bins 0,1 small.1
	fails_with 2 smpc-stat histogram small.1
	stderr_has "--bins"
	fails_with 2 smpc-stat histogram --bins 0,1 small.1
	stderr_has "--min-count"
	fails_with 2 smpc-stat histogram --bins 1,1 --min-count 1 small.1
	stderr_has ascend
	fails_with 2 smpc-stat histogram --bins 1,x --min-count 1 small.1
	fails_with 2 smpc-stat histogram --bins 1 --min-count 1 small.1
	fails_with 2 smpc-stat histogram --bins "$(seq -s , 65)" --min-count 1 small.1
	fails_with 5 smpc-stat histogram --plan --bins 1,1e18 --min-count 1 small.1
	fails_with 5 smpc-stat histogram --plan --bins 1,1.0000001 --min-count 1 small.1
	fails_with 2 smpc-stat mean -f 21 small.1
}

@test "parties that ask for other edges, also of very many: nobody has a result" {
	local edges
	shared x a 1 2
	edges=$(seq -s , 0 0.0009765625 0.06)
	capture smpc-local -o y -- sh -c 'smpc-stat histogram -w 2 --min-count 1 --bins $0,$((10 + ({} == 1))) x.{}' "$edges"
	assert_failure 4
	stderr_has "parameters="
	assert_not_exists y.1
	nothing_left
}

@test "many blocks, in bounded memory" {
	unsanitized "memory"
	seq 100000 | awk 'BEGIN { print "a,b" } { print ($1 * 7919) % 1003 "," $1 % 7 }' >x.csv
	smpc-share -n 2 -o x x.csv
	# What the dealer has sent ahead waits at the last party.
	capture smpc-local -- python3 "$ROOT/tests/python/peak.py" 400 stat \
		smpc-stat $all,histogram --bins "$(seq -s , 0 50 1000)" --min-count 10 -o 'y.{}' 'x.{}'
	assert_success
	for s in mean variance covariance correlation; do
		tensor 2 y $s || return 1
	done
	is_figure mean mean.csv x.csv 2e-5
	is_figure variance variance.csv x.csv 5e-5
	is_figure covariance covariance.csv x.csv 5e-5
	is_figure correlation correlation.csv x.csv 3e-5
	nothing_left
}

@test "no correlation above 1 and no variance below 0, and the header says so" {
	awk 'BEGIN { srand(4); print "a,b,c,d,e"; for (i = 0; i < 300; i++) { x = 0.006 * rand(); printf("%f,%f,%f,%f,7\n", x, x, -x, 3 * x) } }' >t.csv
	smpc-share -n 2 -o t t.csv
	together 2 c smpc-stat correlation,variance 't.{}'
	smpc-reveal -t correlation -o c.csv c.1 c.2
	awk -F , 'NR > 1 { for (i = 1; i <= NF; i++) { if ($i > 1 || $i < -1) bad = 1; if ($i > 0.999) ones++ } } END { exit bad || ones < 9 }' c.csv
	smpc-reveal -t variance c.1 c.2 | awk -F , 'NR > 1 { for (i = 1; i <= NF; i++) if ($i < 0) exit 1 }'
	assert_equal "$(smpc-info c.1 | grep -c "number, from -1 to 1$")" 5
	# (2^16)^2 / 4, and a little more
	assert_equal "$(smpc-info c.1 | grep -c "number, from 0 to 107[0-9]*\.[0-9]*$")" 5
}

@test "columns with more bits than there is room for lose the last ones" {
	printf '%s\n' a -900000000 900000000 0 >wide.csv
	smpc-share -f -n 2 --fraction-bits 0 --range a=-1e9..1e9 -o wide wide.csv
	together 2 v smpc-stat -f 4 variance 'wide.{}'
	smpc-reveal v.1 v.2 | awk 'NR == 2 { exit !($1 > 8.0999e17 && $1 < 8.1001e17) }'
	# one owner's range is 0..100, the other's 0..1e6
	seq 12 | sed '1i x' >small.csv
	seq 12 | awk 'BEGIN { print "x" } { print $1 * 80000 }' >large.csv
	smpc-share -n 2 --range x=0..100 -o small small.csv
	smpc-share -n 2 --range x=0..1e6 -o large large.csv
	each smpc-cat -o both.@ small.@ large.@
	together 2 s smpc-stat variance,covariance,mean 'both.{}'
	(cat small.csv; tail -n +2 large.csv) | awk 'NR > 1 { n++; t += $1; q += $1 * $1 }
	    END { printf("%.17g %.17g\n", t / n, (q - t * t / n) / (n - 1)) }' >due
	smpc-reveal -t mean s.1 s.2 | awk 'NR == 2' | paste -d " " - due |
	    awk '{ d = $1 / $2 - 1; exit !(d * d < 1e-14) }'
	for s in variance covariance; do
		smpc-reveal -t $s s.1 s.2 | awk 'NR == 2' | paste -d " " - due |
		    awk '{ d = $1 / $3 - 1; exit !(d * d < 1e-14) }' || return 1
	done
	# words of 37 bits
	each smpc-mul -c 100 -o hundred.@ large.@
	together 2 h smpc-stat variance 'hundred.{}'
	smpc-reveal h.1 h.2 | awk 'NR == 2 { d = $1 / (13 * 80000 * 80000 * 1e4) - 1; exit !(d * d < 1e-12) }'
}

@test "a column with more bits than it can lose is refused, with its name and what mends it" {
	seq 12 | awk 'BEGIN { print "x" } { print $1 / 12 }' >small.csv
	seq 12 | awk 'BEGIN { print "x" } { print $1 * 80000000 }' >large.csv
	smpc-share -n 2 --range x=0..1 -o small small.csv
	smpc-share -n 2 --range x=0..1e9 -o large large.csv
	each smpc-add -o both.@ small.@ large.@
	capture smpc-local -n 2 -o never -- smpc-stat variance 'both.{}'
	assert_failure 5
	stderr_has "column 'x': its numbers, from 0 to 1000000001, have words of up to 60 bits, and there is room for 36: owners declare ranges of one size"
	assert_not_exists never.1
	smpc-share -f -n 2 --fraction-bits 16 --range x=0..1e9 -o small small.csv
	each smpc-add -o one.@ small.@ large.@
	together 2 s smpc-stat variance 'one.{}'
	together 2 t smpc-map clip --low 0 --high 50 'both.{}'
	together 2 u smpc-stat variance 't.{}'
}

@test "variances of what an owner declared have a range that leaves products room" {
	seq 12 | awk 'BEGIN { print "s" } { print 45000 + $1 * 1000 }' >s.csv
	smpc-share -n 2 --range s=0..1e6 -o s s.csv
	together 2 v smpc-stat variance 's.{}'
	together 2 w smpc-mul 'v.{}' 'v.{}'
	smpc-reveal w.1 w.2 | awk 'NR == 2 { d = $1 / (13e6 * 13e6) - 1; exit !(d * d < 1e-6) }'
	together 2 i smpc-map reciprocal 'v.{}'
	smpc-reveal i.1 i.2 | awk 'NR == 2 { d = $1 * 13e6 - 1; exit !(d * d < 1e-6) }'
}
