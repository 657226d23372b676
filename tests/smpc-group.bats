#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine

# wards N ARGUMENT...: x.0 to x.N, shares of a table of 40 rows: 12 in north, 20 in south, 5 in east, 3 in west.
wards() {
	awk 'BEGIN { print "ward,sex,age,cost"; for (i = 0; i < 40; i++)
	    print (i % 10 < 3 ? "north" : i % 10 < 8 ? "south" : i % 10 == 8 && i > 10 ? "west" : "east") "," \
		(i % 3 ? "f" : "m") "," (i * 37 % 80 + 10) "," (i * 7919 % 1000) / 4 }' >wards.csv
	smpc-share -n "$1" -f --codes ward=north,south,west,east --one-hot sex=f,m --range age=0..120 --range cost=0..1000 \
		"${@:2}" -o x wards.csv
}

# by_awk WARD: count, sum of cost, mean, least and largest age.
by_awk() {
	awk -F , -v ward="$1" "NR > 1 && \$1 == ward { n++; s += \$4; a += \$3; if (n == 1 || \$3 < low) low = \$3; if (\$3 > high) high = \$3 }
	    END { printf \"%d,%s,%.4f,%d,%d\", n, s, a / n, low, high }" wards.csv
}

@test "random tables by secret categories, for two and three computing parties and in the clear, against exact arithmetic" {
	run python3 "$ROOT/tests/python/groups.py" --seeds 1-10
	assert_success
	run python3 "$ROOT/tests/python/groups.py" --clear --seeds 26-45
	assert_success
}

@test "counts, sums, means, least and largest numbers of each value, in the order of declaration; nothing of few rows" {
	local n line
	for n in 2 3; do
		wards $n
		together $n y smpc-group --by ward --min-count 8 --count --sum cost --mean age --min age --max age 'x.{}'
		all_hold $n y
		{
			read -r line
			assert_equal "$line" ward,count,sum_cost,mean_age,min_age,max_age,shown
			for ward in 0:north 1:south; do
				IFS=, read -ra cell
				assert_equal "${cell[0]},${cell[1]},${cell[2]},$(printf %.4f "${cell[3]}"),${cell[4]},${cell[5]},${cell[6]}" \
					"${ward%:*},$(by_awk "${ward#*:}"),1"
			done
			for ward in 2 3; do
				read -r line
				assert_equal "$line" "$ward,0,0,0,0,0,0"
			done
		} <y.out
		rm [xy].?
	done
}

@test "where the rows that are not shown could be counted, and are few, the smallest group is not shown either" {
	wards 2
	# 3 in west are fewer than 5; 5 in east are the smallest of the others
	together 2 y smpc-group --by ward --min-count 5 --count 'x.{}'
	reveals y ward,count,shown 0,12,1 1,20,1 2,0,0 3,0,0
	together 2 y smpc-group --by ward --min-count 3 --count 'x.{}'
	reveals y ward,count,shown 0,12,1 1,20,1 2,3,1 3,5,1
	# 8 are enough by themselves
	together 2 y smpc-group --by ward --min-count 8 --count 'x.{}'
	reveals y ward,count,shown 0,12,1 1,20,1 2,0,0 3,0,0
	# 8 are not, and so are 20, when north goes, too
	together 2 y smpc-group --by ward --count 'x.{}'
	reveals y ward,count,shown 0,0,0 1,20,1 2,0,0 3,0,0
	# all are as small, and go together
	printf '%s\n' s a a b b c | smpc-share -n 2 -f --codes s=a,b,c -o x
	together 2 y smpc-group --by s --min-count 2 --count 'x.{}'
	reveals y s,count,shown 0,0,0 1,0,0 2,0,0
	# a value that nobody has gives nobody away
	printf '%s\n' s a a b b | smpc-share -n 2 -f --codes s=a,b,c -o x
	together 2 y smpc-group --by s --min-count 2 --count 'x.{}'
	reveals y s,count,shown 0,2,1 1,2,1 2,0,0
	# rows of no group can be counted, too
	printf '%s\n' s a a b b c | smpc-share -n 2 -f --one-hot s=a,b,c --baseline s=c -o x
	together 2 y smpc-group --by s --min-count 2 --count 'x.{}'
	reveals y s,count,shown 0,0,0 1,0,0
}

@test "two categories, of codes and of indicators: each pair; a public category" {
	wards 2
	together 2 y smpc-group --by sex,ward --min-count 1 --count 'x.{}'
	together 2 z smpc-group --by ward -b sex --min-count 1 --count 'x.{}'
	all_hold 2 y
	all_hold 2 z
	for pair in f:0 m:1; do
		for ward in north:0 south:1 west:2 east:3; do
			count=$(grep -c "^${ward%:*},${pair%:*}," wards.csv) || true
			grep -qx "${pair#*:},${ward#*:},$count,$((count > 0))" y.out
			grep -qx "${ward#*:},${pair#*:},$count,$((count > 0))" z.out
		done
	done
	assert_equal "$(cut -d , -f 1,2 y.out | paste -s -d ' ')" "sex,ward 0,0 0,1 0,2 0,3 1,0 1,1 1,2 1,3"
	cut -d , -f 1 wards.csv | smpc-share --public --codes ward=north,south,west,east -o public
	each sh -c 'smpc-cut -c age x.@ | smpc-paste - public >p.@'
	together 2 y smpc-group --by ward --min-count 1 --max age 'p.{}'
	all_hold 2 y
	assert_equal "$(cut -d , -f 2 y.out | sed -n '2,$p' | paste -s)" \
		"$(for ward in north south west east; do by_awk $ward | cut -d , -f 5; done | paste -s)"
}

@test "missing values do not count, and a figure of few of them is not shown" {
	printf '%s\n' s,x a,1 a, a,3 a, b,5 b,7 b,9 | smpc-share -n 2 -f --codes s=a,b --range x=0..10 --na x=mean -o x
	together 2 y smpc-group --by s --min-count 3 --count --sum x --max x 'x.{}'
	reveals y s,count,count_x,sum_x,max_x,shown 0,4,0,0,0,1 1,3,3,21,9,1
	together 2 y smpc-group --by s --min-count 2 --count --sum x --min x 'x.{}'
	reveals y s,count,count_x,sum_x,min_x,shown 0,4,2,4,1,1 1,3,3,21,5,1
	each smpc-cut -c s,x -o z.@ x.@
	fails_with 5 smpc-group --plan --by s --sum x z.1
	stderr_has "column of presence"
}

@test "units, ranges and kinds of the result; deviations are roots of variances" {
	printf '%s\n' s,stay,volts,day a,3,1e-9,2020-01-01 a,5,2e-9,2020-01-03 b,4,4e-9,2020-02-01 b,8,-5e-9,2020-01-31 >in
	smpc-share -n 2 -f --codes s=a,b --range stay=0..30 --unit stay=days --range volts=-1e-8..1e-8 --date day -o x in
	together 2 y smpc-group --by s --min-count 2 --sum stay --mean stay,volts --variance volts --min day,volts 'x.{}'
	quietly smpc-info y.1
	assert_output --partial "s: class 'a', 'b', from 0 to 1"
	assert_output --partial "sum_stay: number, from 0 to 120 days"
	assert_output --partial "mean_stay: number, from -0.00000004 to 30.00000006 days"
	assert_output --partial "min_day: date"
	assert_output --partial "shown: number, from 0 to 1"
	quietly smpc-reveal -o out y.1 y.2
	awk -F , 'function off(x, y) { return x / y < 0.9999999 || x / y > 1.0000001 }
	    NR == 2 { bad = off($2, 8) || off($3, 4) || off($4, 1.5e-9) || off($5, 5e-19) || $6 != 18262 || off($7, 1e-9) }
	    NR == 3 { bad = bad || off($2, 12) || off($3, 6) || off($4, -5e-10) || off($5, 4.05e-17) || $6 != 18292 || off($7, -5e-9) }
	    END { exit bad || NR != 3 }' out
	together 2 d sh -c 'smpc-cut -c variance_volts y.{} | smpc-map sqrt'
	smpc-reveal d.1 d.2 | awk 'NR == 2 { exit !($1 > 7.06e-10 && $1 < 7.08e-10) }'
}

@test "a variance of equal numbers, and of rows that few differ in" {
	(echo s,x; for _ in $(seq 30); do echo a,1000000; done; for _ in $(seq 29); do echo b,999999.5; done; echo b,999998.5) |
		smpc-share -n 2 -f --codes s=a,b --range x=0..1e6 -o x
	together 2 y smpc-group --by s --variance x 'x.{}'
	smpc-reveal y.1 y.2 | awk -F , 'NR == 2 { bad = $2 > 1e-4 } NR == 3 { bad = bad || $2 < 0.0318 || $2 > 0.0348 } END { exit bad }'
	together 2 y smpc-group --by s --variance x --population 'x.{}'
	smpc-reveal y.1 y.2 | awk -F , 'NR == 3 { exit $2 < 0.0307 || $2 > 0.0337 }'
}

@test "what it costs is what --plan says, whatever is asked for" {
	wards 2
	for asked in '--count' '--sum cost' '--mean age,cost' '--variance cost --population' '--min age --max cost,age' \
		'--count --by sex --mean age'; do
		# shellcheck disable=SC2086 # several words
		plan=$(smpc-group --plan --by ward $asked x.1)
		# shellcheck disable=SC2086
		capture smpc-local -o y -- smpc-group --stats --by ward $asked 'x.{}'
		assert_success
		assert_equal "$(grep -c "[12]: smpc-group: $plan" <<<"$stderr")" 2
	done
}

@test "dealt beforehand: it opens nothing" {
	parties dealer alice bob
	awk 'BEGIN { print "s,x"; for (i = 0; i < 60; i++) print (i % 3 ? "a" : "b") "," i * 7 % 11 }' >in
	owned -f --codes s=a,b --range x=0..20 -o x in
	echo 'smpc-group --by s --count --sum x --mean x --variance x --max x -o y.$SMPC_PARTY x.$SMPC_PARTY' >job.sh
	deal deal
	use alice deal
	use bob deal
	ended alice 20 0
	ended bob 20 0
	smpc-reveal y.alice y.bob | cut -d , -f 1-3,6 | paste -s -d ' ' >out
	assert_equal "$(<out)" "s,count,sum_x,max_x 0,40,$(awk -F , '$1 == "a" { s += $2 } END { print s }' in),10 1,20,$(awk -F , '$1 == "b" { s += $2 } END { print s }' in),10"
	nothing_left
}

@test "refused: what is no category, has no range, is not there or asked for twice" {
	wards 2
	fails_with 2 smpc-group --plan --count x.1
	stderr_has --by
	fails_with 2 smpc-group --plan --by ward x.1
	stderr_has --count
	fails_with 2 smpc-group --plan --by wart --count x.1
	fails_with 2 smpc-group --plan --by ward --sum costs x.1
	fails_with 5 smpc-group --plan --by age --count x.1
	stderr_has "no category"
	fails_with 5 smpc-group --plan --by 'sex=f' --count x.1
	fails_with 2 smpc-group --plan --by ward,ward --count x.1
	fails_with 2 smpc-group --plan --by ward,sex,ward --count x.1
	fails_with 2 smpc-group --plan --by ward --sum age,age x.1
	fails_with 2 smpc-group --plan --by ward --variance age --min-count 1 x.1
	stderr_has "two rows"
	fails_with 2 smpc-group --plan --by ward --count --population x.1
	fails_with 2 smpc-group --plan --by ward --count --min-count 0 x.1
	quietly smpc-group --plan --by ward --variance age --min-count 1 --population x.1
	printf '%s\n' s,x a,1 b,2 | smpc-share -n 2 -f --codes s=a,b -o u
	for what in mean variance min max; do
		fails_with 5 smpc-group --plan --by s --$what x u.1
		stderr_has "--range"
	done
	together 2 y smpc-group --by s --min-count 1 --sum x 'u.{}'
	reveals y s,sum_x,shown 0,1,1 1,2,1
	# words that stand for other numbers
	printf '%s\n' s,x a,1 b,2 | smpc-share -n 2 -f --codes s=a,b --codes x=1,2 -o v
	fails_with 4 smpc-group --plan --by s --sum x v.1
	together 2 y smpc-group --by x --count --min-count 1 'v.{}'
	reveals y x,count,shown 1,1,1 2,1,1
	# names of the result
	printf '%s\n' count a b | smpc-share -n 2 -f --codes count=a,b -o v
	fails_with 2 smpc-group --plan --by count --count v.1
	stderr_has "'count'"
	smpc-sum --mean x.1 >m.1
	fails_with 2 smpc-group --plan --by ward --count m.1
}

@test "parties that ask for other things are told; a share is refused where --clear is asked for" {
	wards 2
	capture smpc-local -o y -- sh -c 'if [ {} = 1 ]; then n=5; else n=6; fi; exec smpc-group -w 2 --by ward --min-count $n --count x.{}'
	assert_failure 4
	stderr_has "min-count"
	fails_with 2 smpc-group --clear --by ward --count x.1
	fails_with 2 smpc-group --by ward --count x.1
	stderr_has smpc-party
}

@test "many groups and many rows at once" {
	awk 'BEGIN { print "a,b,x"; for (i = 0; i < 3000; i++) print i % 40 "," i % 7 "," i % 100 }' >in
	values=$(seq -s , 0 39)
	smpc-share -n 2 -f --codes "a=$values" --codes b=0,1,2,3,4,5,6 --range x=0..100 -o x in
	together 2 y smpc-group --by a,b --count --sum x 'x.{}'
	smpc-reveal y.1 y.2 >got
	awk -F , 'NR > 1 { n[$1 "," $2]++; s[$1 "," $2] += $3 } END { print "a,b,count,sum_x,shown"
	    for (i = 0; i < 40; i++) for (j = 0; j < 7; j++) { k = i "," j; print k "," n[k] "," s[k] ",1" } }' in >want
	cmp want got
}
