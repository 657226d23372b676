#!/usr/bin/env bats
# conduct session: in this file

load helper
load shares
load parties
load engine

# opened N NAME: all sufficient sets of shares say the same, which is then NAME.csv.
opened() {
	all_hold "$1" "$2" || return 1
	mv "$2.out" "$2.csv"
}

# sizes LOW HIGH: a column of 200 numbers of all sizes between two, x.csv.
sizes() {
	awk -v low="$1" -v high="$2" 'BEGIN {
		print "x"
		for (i = 0; i < 200; i++)
			printf("%.6f\n", exp(log(low) + (log(high) - log(low)) * i / 199))
	}' >x.csv
}

@test "functions, for two and three computing parties" {
	local n
	for n in 2 3; do
		sizes 0.02 900
		smpc-share -f -n $n -o x x.csv
		while read -r name error relative; do
			together $n y smpc-map "$name" 'x.{}'
			opened $n y
			is_figure map y.csv x.csv "$name" "$error" "$relative" || return 1
		done <<-END
			reciprocal 5e-5 1e-3
			log 1e-3 0
			sqrt 5e-5 1e-3
			relu 0 0
			sigmoid 1e-3 0
			tanh 2e-3 0
		END
		printf '%s\n' x -11.5 -3.25 -1e-3 0 0.5 2 10.25 >x.csv
		smpc-share -f -n $n -o x x.csv
		together $n y smpc-map exp 'x.{}'
		opened $n y
		is_figure map y.csv x.csv exp 5e-5 1e-3
		together $n y smpc-map abs 'x.{}'
		opened $n y
		is_figure map y.csv x.csv abs 0 0
		is_line columns y.1 x
		is_line "fraction bits" y.1 16
		rm x.? y.?
	done
}

@test "steps, signs and bounds are exact" {
	shared x a,b -3,0.5 0,-0.0000152587890625 2,1.25
	together 2 y smpc-map sign 'x.{}'
	reveals y a,b -1,1 0,-1 1,1
	together 2 y smpc-map step 'x.{}'
	reveals y a,b 0,1 1,0 1,1
	together 2 y smpc-map sigmoid-piecewise 'x.{}'
	reveals y a,b 0,1 0.5,0.49998 1,1
	together 2 y smpc-map clip 'x.{}'
	reveals y a,b -1,0.5 0,-0.00002 1,1
	together 2 y smpc-map clip --low=-2.5 --high 0.75 'x.{}'
	reveals y a,b -2.5,0.5 0,-0.00002 0.75,0.75
	together 2 y sh -c 'smpc-map clip --high 0.25 <x.{} | smpc-map relu'
	reveals y a,b 0,0.25 0,0 0.25,0.25
}

@test "softmax and its logarithm, of rows, for two and three computing parties" {
	local n
	printf '%s\n' a,b,c 1,2,3 -300,300,300 0,0,0 -7,5.5,-7 >x.csv
	for n in 2 3; do
		smpc-share -f -n $n -o x x.csv
		together $n y smpc-map softmax 'x.{}'
		opened $n y
		is_figure map y.csv x.csv softmax 1e-3 0
		is_line columns y.1 "a, b, c"
		together $n y smpc-map log-softmax 'x.{}'
		opened $n y
		is_figure map y.csv x.csv log-softmax 1e-3 0
		rm x.? y.?
	done
}

@test "one stream divided by another, by one column, and by public numbers" {
	shared a p,q 1,-6 10,0.5 -3,0
	shared b d 2 -4 0.5
	together 2 y smpc-map divide 'a.{}' 'b.{}'
	opened 2 y
	printf '%s\n' p,q 0.5,-3 -2.5,-0.125 -6,0 >want.csv
	python3 - <<-END
		rows = [[line.strip().split(",") for line in open(name)] for name in ("y.csv", "want.csv")]
		assert rows[0][0] == rows[1][0]
		for got, want in zip(rows[0][1:], rows[1][1:]):
		    for x, y in zip(map(float, got), map(float, want)):
		        assert abs(x - y) <= 1e-3 * abs(y) + 1e-4, (x, y)
	END
	smpc-reveal --public -o b.public b.1 b.2
	together 2 z smpc-map divide 'a.{}' b.public
	opened 2 z
	paste -d , y.csv z.csv | awk -F , 'function off(x, y) { return x - y > 2e-3 * (y < 0 ? -y : y) + 1e-4 || y - x > 2e-3 * (y < 0 ? -y : y) + 1e-4 }
	    NR > 1 { bad = bad || off($1, $3) || off($2, $4) } END { exit bad || NR != 4 }'
}

@test "quotients of counts are no counts" {
	printf '%s\n' a,b 1,3 5,4 9,1 2,8 7,9 | smpc-share -n 2 --range a=0..10 --range b=0..10 -o x
	together 2 c smpc-compare gt -c 3 'x.{}'
	each sh -c 'smpc-sum c.@ | smpc-cut -c a >a.@; smpc-sum c.@ | smpc-cut -c b >b.@'
	together 2 q smpc-map divide 'a.{}' 'b.{}'
	smpc-reveal q.1 q.2 | awk 'NR == 2 { exit !($1 > 0.998 && $1 < 1.002) }'
	fails_with 2 smpc-map log --plan a.1
	stderr_has "smpc-add -c 0.5 gives it 16, and smpc-sub -c 0.5 takes that off again"
	each sh -c 'smpc-add -c 0.5 a.@ | smpc-sub -c 0.5 - >more.@'
	together 2 l smpc-map log 'more.{}'
	smpc-reveal l.1 l.2 | awk 'NR == 2 { exit !($1 > 1.0976 && $1 < 1.0996) }'
}

@test "other fraction bits; a divisor is divided by" {
	printf '%s\n' x 0.5 -1.5 2 >x.csv
	for bits in 4 10 20; do
		smpc-share -f -n 2 --fraction-bits $bits -o x x.csv
		together 2 y smpc-map tanh 'x.{}'
		is_line "fraction bits" y.1 $bits
		opened 2 y
		is_figure map y.csv x.csv tanh "$(awk -v f=$bits 'BEGIN { print 2e-3 + 2^(1 - f) }')" 0
	done
	for bits in 3 21; do
		smpc-share -f -n 2 --fraction-bits $bits -o x x.csv
		fails_with 2 smpc-map tanh --plan x.1
		stderr_has "$bits fraction bits"
	done
	stderr_has smpc-truncate
	shared z a 1 -2 4.75
	for p in 0 1 2; do
		smpc-sum --mean z.$p >mean.$p
	done
	together 2 y smpc-map relu 'mean.{}'
	opened 2 y
	is_line divisor y.1 ""
	[[ $(tail -n 1 y.csv) =~ ^1.25(00[012])?$ ]]
}

@test "without rows, and tensors of several shapes" {
	shared x a,b 1,-2
	shared z c -3 4
	for p in 0 1 2; do
		emptied <x.$p >none.$p
		cat x.$p z.$p >m.$p
	done
	together 2 y smpc-map sigmoid 'none.{}'
	reveals y a,b
	together 2 y smpc-map relu 'm.{}'
	quietly smpc-reveal y.1 y.2
	assert_output "$(printf '%s\n' a,b 1,0 '' c 0 4)"
}

@test "--plan and --stats: what passes on the links" {
	local n name
	printf '1,-2,3\n0.5,4,-1\n2,2,2\n' >x.csv
	for n in 2 3; do
		shared_csv $n x
		for name in relu reciprocal softmax; do
			costs $n smpc-map "$name" 'x.{}'
		done
		costs $n smpc-map divide 'x.{}' 'x.{}'
		costs $n smpc-map sigmoid --faithful 'x.{}'
		smpc-share -f -n $n --no-header --range 1=-4..4 --range 2=-3..1e3 -o x x.csv
		costs $n smpc-map softmax 'x.{}'
		costs $n smpc-map clip --high 0.25 'x.{}'
		costs $n smpc-map rsqrt --faithful 'x.{}'
		costs $n smpc-map divide 'x.{}' 'x.{}'
		rm x.?
	done
}

# a very small, a large and an ordinary column, in units of their own
signal() {
	smpc-share -f -n 2 --range volt=-1e-5..1e-5 --range euro=0..1e9 --range age=0..150 --unit volt=V -o x - <<-END
		volt,euro,age
		4e-6,2.5e8,3
		-1e-5,1e9,150
		0,1e5,48.5
	END
}

@test "columns in units of their own: what follows from words keeps them, and the header says what results can be" {
	signal
	together 2 y smpc-map relu 'x.{}'
	reveals y volt,euro,age 0.000004,250000000,3 0,1000000000,150 0,100000,48.5
	assert_equal "$(known_of y)" "volt: number, from 0 to 0.00001 V, words times 2^-30
euro: number, from 0 to 1000000000, words times 2^16
age: number, from 0 to 150, words times 2^-6"
	together 2 y smpc-map abs 'x.{}'
	assert_equal "$(smpc-reveal y.1 y.2 | cut -d , -f 1 | paste -s -d ' ')" "volt 0.000004 0.00001 0"
	together 2 y smpc-map sign 'x.{}'
	reveals y volt,euro,age 1,1,1 -1,1,1 0,1,1
	assert_equal "$(known_of y)" "volt: number, from -1 to 1
euro: number, from 0 to 1
age: number, from 0 to 1"
	# bounds that leave nothing of a column's numbers, and such as none of its numbers reaches
	together 2 y smpc-map clip --low 5e-6 --high 1e6 'x.{}'
	reveals y volt,euro,age 0.000005,1000000,3 0.000005,1000000,150 0.000005,100000,48.5
	assert_equal "$(known_of y | head -n 2)" "volt: number, from 0.000005 to 0.00001 V, words times 2^-30
euro: number, from 0 to 1000000, words times 2^16"
	fails_with 5 smpc-map clip --plan --low 0 --high 1e-7 x.1
	stderr_has "column 'euro': at its scale the bounds --low and --high are one number"
	fails_with 5 smpc-map clip --plan --low 1e6 --high 2e6 x.1
	stderr_has "column 'volt': the bound 1e6 does not fit its scale"
}

@test "columns in units of their own: roots, logarithms, reciprocals are as exact as in other units" {
	signal
	together 2 y smpc-map sqrt 'x.{}'
	differs_by 1e-3 y 0.002 0 0
	assert_equal "$(known_of y | sed -n 's/.*words/words/p' | paste -s -d ' ')" "words times 2^-15 words times 2^8 words times 2^-3"
	each smpc-cut -c 2 -o euro.@ x.@
	each smpc-cut -c 3 -o age.@ x.@
	for f in log:19.336971,20.723266,11.512925:1.098612,5.010635,3.881564 sqrt:15811.3883,31622.7766,316.22777:1.7320508,12.247449,6.9641941 \
		reciprocal:4e-9,1e-9,1e-5:0.33333333,0.0066666667,0.020618557 rsqrt:6.3245553e-5,3.1622777e-5,0.0031622777:0.57735027,0.081649658,0.14359163; do
		IFS=: read -r name euro age <<<"$f"
		together 2 y smpc-map "$name" 'euro.{}'
		IFS=, read -ra want <<<"$euro"
		differs_by 1.2e-3 y "${want[@]}" || return 1
		together 2 y smpc-map "$name" --faithful 'age.{}'
		IFS=, read -ra want <<<"$age"
		differs_by 1.2e-3 y "${want[@]}" || return 1
	done
	# numbers in the thousands, whose reciprocals have few bits
	smpc-share -f -n 2 --range 'w=9000..16000' -o w - <<<$'w\n9000\n12345\n16000'
	assert_equal "$(known_of w)" "w: number, from 9000 to 16000"
	together 2 y smpc-map reciprocal 'w.{}'
	differs_by 1e-3 y 1.1111111e-4 8.1004455e-5 6.25e-5
	together 2 y smpc-map divide 'euro.{}' 'w.{}'
	differs_by 1.2e-3 y 27777.777 81004.455 6.25
	together 2 y smpc-map divide 'w.{}' 'euro.{}'
	differs_by 2.5e-3 y 3.6e-5 1.2345e-5 0.16
}

@test "columns in units of their own: functions of numbers; what is not sure to fit is refused, with --clear too" {
	signal
	together 2 y smpc-map sigmoid 'x.{}'
	smpc-reveal y.1 y.2 | awk -F , 'NR > 1 && ($1 < 0.499 || $1 > 0.501 || $2 < 0.999 || $3 < 0.95) { exit 1 }'
	assert_equal "$(known_of y | sed -n 1p)" "volt: number, from 0.49896 to 0.50104"
	together 2 y smpc-map softmax 'x.{}'
	smpc-reveal y.1 y.2 | awk -F , 'NR > 1 && ($1 > 0.001 || $2 < 0.999 || $3 > 0.001) { exit 1 }'
	smpc-share -f -n 2 --range 'far=0..1e15' -o far - <<<$'far\n3\n1e15'
	smpc-reveal --public -o far.public far.1 far.2
	fails_with 5 smpc-map tanh --plan far.1
	stderr_has "column 'far': its numbers, from 0 to 1.000000001e+15, are too large for the function"
	stderr_has "smpc-map clip"
	fails_with 5 smpc-map tanh --clear far.public
	shared u q,r 1,-2 3,4
	in_units -3 u
	smpc-reveal --public -o u.public u.1 u.2
	for name in exp softmax rsqrt; do
		fails_with 5 smpc-map $name --plan u.1
		stderr_has "column 'q': how large its numbers are is not known"
		fails_with 5 smpc-map $name --clear u.public
	done
	together 2 y sh -c 'smpc-map clip --low -4 --high 0.25 u.{} | smpc-map exp'
	differs_by 1e-3 y 1.1331485 1.2840254
	together 2 y smpc-map log 'u.{}'
	differs_by 1e-3 y -2.0794415 -0.98082925
}

@test "exponentials of numbers that may be beyond the domain: in a larger unit, or refused" {
	printf '%s\n' s 34000 99000 150000 81000 >s.csv
	smpc-share -n 2 --range s=1..2e5 -o s s.csv
	together 2 y sh -c 'smpc-map log s.{} | smpc-map exp'
	differs_by 150 y 34000 99000 150000 81000
	assert_equal "$(known_of y)" "s: number, from 0.998 to 200408.1528, words times 2^3"
	# the geometric mean
	together 2 y sh -c 'smpc-map log s.{} | smpc-sum --mean | smpc-map exp'
	differs_by 80 y 79997.02
	printf 'x,y\n0,20\n12,3\n5,-4\n-3,-11\n' | smpc-share -n 2 --range x=-3..12 --range y=-12..21 -o t -
	smpc-reveal --public -o t.public t.1 t.2
	together 2 y smpc-map exp 't.{}'
	differs_by 500000 y 1,485165195.4 162754.79,20.1 148.41,0 0.0498,0
	smpc-cut -c 1 -o x.1 y.1
	smpc-cut -c 1 -o x.2 y.2
	differs_by 163 x 1 162754.79 148.41 0.0498
	smpc-share -f -n 2 --range y=-12..22 -o t - <<<$'y\n3'
	fails_with 5 smpc-map exp --plan t.1
	stderr_has "column 'y': its numbers, from -12 to 22, are too large for the function: give them bounds first (smpc-map clip)"
	# where bounds may be far wider than numbers, the unit is told
	printf 'a\n1\n0.25\n' | smpc-share -f -n 2 --range a=-10..10 -o t -
	each smpc-mul -c 2 -o l.@ t.@
	capture smpc-local -o y -- smpc-map exp 'l.{}'
	assert_success
	stderr_has "column 'a': its header says from -20 to 20, so that results are in units of 0.25: narrower bounds (smpc-map clip) make them finer"
	# what is computed is judged by its header, too
	shared u s 34000 99000
	capture smpc-local -o never -- sh -c 'smpc-map log u.{} | smpc-map exp'
	assert_failure 5
	together 2 y sh -c 'smpc-map log u.{} | smpc-map clip --low 0 --high 12 | smpc-map exp'
	differs_by 100 y 34000 99000
}

@test "deviations from variances, whatever their size" {
	printf '%s\n' s 1000 9000 17000 25000 30000 30000 30000 20000 10000 5000 >s.csv
	smpc-share -f -n 2 -o s s.csv
	together 2 y sh -c 'smpc-stat variance s.{} | smpc-map sqrt'
	differs_by 1e-3 y 10995.4536
	smpc-share -f -n 2 --range s=0..2e5 -o s s.csv
	together 2 y sh -c 'smpc-stat variance s.{} | smpc-map sqrt'
	differs_by 1e-3 y 10995.4536
}

@test "clip gives bounds to numbers of which nothing is known, however large their words are" {
	shared x a 1 -2
	assert_equal "$(known_of x)" ""
	for low in -4 0 1; do
		together 2 y smpc-map clip --low $low --high 4 'x.{}'
		reveals y a 1 $((low > -2 ? low : -2))
		assert_equal "$(known_of y)" "a: number, from $low to 4"
	done
	printf '%s\n' -140737488355327 140737488355327 -70368744177664 3 >w.csv
	smpc-share -f -n 2 --no-header --fraction-bits 16 -o w w.csv
	for bounds in "-4 4" "2 4" "-4 -2"; do
		read -r low high <<<"$bounds"
		together 2 y smpc-map clip --low "$low" --high "$high" 'w.{}'
		reveals y "$low" "$high" "$low" "$((3 < high ? 3 : high))"
	done
	# divided by 4 first
	printf '%s\n' a,b,c,d 140737488355327,0,0,0 -140737488355327,0,0,0 3,4,5,0 -30,0,0,0 >m.csv
	smpc-share -f -n 2 --fraction-bits 16 -o m m.csv
	for p in 0 1 2; do
		smpc-sum --rows --mean m.$p >mean.$p
	done
	together 2 y smpc-map clip --low -4 --high 4 'mean.{}'
	reveals y 4 -4 3 -4
	fails_with 5 smpc-map clip --plan --low -4 --high 1e13 mean.1
	stderr_has "the bounds, times the divisor, do not fit"
}

@test "--clear: public streams, a public result" {
	shared x a,b 1,-2 4,0.5
	smpc-reveal --public -o x.public x.1 x.2
	quietly smpc-map relu --clear -o y x.public
	quietly smpc-reveal y
	assert_output "$(printf '%s\n' a,b 1,0 4,0.5)"
	quietly smpc-map softmax --clear -o y x.public
	smpc-reveal -o y.csv y
	printf '%s\n' a,b 1,-2 4,0.5 >x.csv
	is_figure map y.csv x.csv softmax 1e-3 0
}

@test "--faithful: the same result in every run" {
	printf '%s\n' x -3.3 0.7 5 >x.csv
	smpc-share -n 2 -o x x.csv
	together 2 y smpc-map sigmoid --faithful 'x.{}'
	together 2 z smpc-map sigmoid --faithful 'x.{}'
	opened 2 y
	opened 2 z
	cmp y.csv z.csv
	is_figure map y.csv x.csv sigmoid 1e-3 0
}

@test "wrong operands and options" {
	refused_operands smpc-map relu INPUT
	fails_with 2 smpc-map
	fails_with 2 smpc-map softmx small.1
	stderr_has "did you mean 'softmax'?"
	fails_with 2 smpc-map relu small.1 small.1
	fails_with 2 smpc-map divide small.1
	fails_with 2 smpc-map divide
	fails_with 2 smpc-map relu --low 1 small.1
	fails_with 2 smpc-map clip --low 1e small.1
	fails_with 2 smpc-map clip --low 2 small.1
	stderr_has "above --high"
	fails_with 2 smpc-map clip --low 1.0 small.1
	stderr_has "--low is the same as --high"
	fails_with 5 smpc-map clip --plan --high 1e15 small.1
	fails_with 5 smpc-map clip --plan --low 0 --high 1e-9 small.1
	stderr_has "one number"
	fails_with 2 smpc-map --list small.1
}

@test "parties that ask for other bounds: nobody has a result" {
	shared x a 1 2
	capture smpc-local -o y -- sh -c 'smpc-map clip -w 2 --high $((5 + ({} == 1))) x.{}'
	assert_failure 4
	stderr_has "parameters="
	assert_not_exists y.1
	nothing_left
}

@test "large numbers of which nothing is known: comparisons, roots and logarithms are right" {
	printf '%s\n' a 1e12 -1e12 0 3e9 -1 >w.csv
	smpc-share -f -n 2 --fraction-bits 16 -o w w.csv
	together 2 y smpc-map relu 'w.{}'
	reveals y a 1000000000000 0 0 3000000000 0
	together 2 y smpc-map abs 'w.{}'
	reveals y a 1000000000000 1000000000000 0 3000000000 1
	together 2 y smpc-map sign 'w.{}'
	reveals y a 1 -1 0 1 -1
	together 2 y smpc-map sqrt 'w.{}'
	smpc-reveal y.1 y.2 | awk 'NR == 5 { exit !(($1 / sqrt(3e9) - 1) ^ 2 < 1e-6) }'
	together 2 y smpc-map log 'w.{}'
	smpc-reveal y.1 y.2 | awk 'NR == 5 { exit !(($1 - log(3e9)) ^ 2 < 1e-6) } NR == 2 && ($1 - log(1e12)) ^ 2 > 1e-6 { exit 1 }'
	together 2 y smpc-map sqrt 'w.{}'
	smpc-reveal y.1 y.2 | awk 'NR == 2 { exit !(($1 / 1e6 - 1) ^ 2 < 1e-6) }'
}

# near FILE VALUE...: the numbers that its shares hold are these, to a thousandth.
near() {
	smpc-reveal "$1.1" "$1.2" | awk -v due="${*:2}" 'BEGIN { n = split(due, d, " ") }
	    NR > 1 && ($1 / d[NR - 1] - 1) ^ 2 > 1e-6 { print $1 " is not " d[NR - 1]; bad = 1 } END { exit bad || NR != n + 1 }'
}

@test "what was computed of declared columns has more bits than a ladder had: functions and quotients are right" {
	printf '%s\n' s 47000 94000 141000 900000 >s.csv
	smpc-share -n 2 --range s=0..1e6 -o s s.csv
	each smpc-sum -o k.@ s.@
	each smpc-mul -c 1e6 -o m.@ s.@
	together 2 d smpc-map divide 's.{}' 'k.{}'
	near d 0.0397631 0.0795262 0.1192893 0.7614213
	together 2 d smpc-map divide 'k.{}' 'k.{}'
	near d 1
	together 2 r smpc-map reciprocal 'k.{}'
	near r 8.460237e-7
	together 2 r smpc-map reciprocal 'm.{}'
	near r 2.12766e-11 1.06383e-11 7.092199e-12 1.111111e-12
	together 2 q smpc-map sqrt 'm.{}'
	near q 216794.834 306594.194 375499.667 948683.298
	together 2 q smpc-map rsqrt 'm.{}'
	near q 4.612656e-6 3.261641e-6 2.663119e-6 1.054093e-6
	together 2 l smpc-map log 'm.{}'
	near l 24.573423 25.266570 25.672035 27.525662
	together 2 v smpc-mul 's.{}' 's.{}'
	together 2 i smpc-map --faithful reciprocal 'v.{}'
	near i 4.526935e-10 1.131734e-10 5.029927e-11 1.234568e-12
	together 2 t smpc-map --faithful divide 'v.{}' 's.{}'
	near t 47000 94000 141000 900000
}

@test "columns of two owners with different ranges: reciprocals and quotients are right" {
	printf '%s\n' x 0.5 4.9 >a.csv
	printf '%s\n' x 40 500 >b.csv
	smpc-share -n 2 --range x=0..5 -o a a.csv
	smpc-share -n 2 --range x=0..500 -o b b.csv
	each smpc-cat -o c.@ a.@ b.@
	together 2 r smpc-map reciprocal 'c.{}'
	near r 2 0.2040816 0.025 0.002
	together 2 d smpc-map divide 'c.{}' 'c.{}'
	near d 1 1 1 1
}

@test "a reciprocal beside one of which something is known: of any number" {
	printf '%s\n' a,b 1,100 1.5,3000 2,0.5 1,-7 >x.csv
	smpc-share -n 2 --range a=1..2 -o x x.csv
	together 2 y smpc-map reciprocal 'x.{}'
	opened 2 y
	is_figure map y.csv x.csv reciprocal 5e-5 1e-3
}

@test "a unit that is far too fine is refused with what mends it, by all that multiply" {
	printf '%s\n' volt 1e-9 2e-9 >v.csv
	printf '%s\n' age 62 63 >g.csv
	smpc-share -n 2 --range volt=-1e-8..1e-8 -o v v.csv
	smpc-share -n 2 --range age=0..120 -o g g.csv
	each smpc-add -o t.@ v.@ g.@
	for tool in "mul g.{}" "matmul -t g.{}" "map divide g.{}" "stat variance" "map sqrt" "map exp"; do
		# shellcheck disable=SC2086 # words of a command
		capture smpc-local -n 2 -o no -- smpc-$tool 't.{}'
		assert_failure 5
		stderr_has "column 'volt'" || stderr_has "column volt"
		stderr_has "owners declare ranges that are nearer to each other in size"
	done
	smpc-share -f -n 2 --range volt=-1e-6..1e-6 -o v v.csv
	each smpc-add -o u.@ v.@ g.@
	together 2 y smpc-map sqrt 'u.{}'
	near y 7.874008 7.937254
}

@test "quotients of numbers of which nothing is known: looked at, and right; large ones are refused" {
	printf '%s\n' a,b 5000,30000 -100,7 1,3 30000,20000 >q.csv
	smpc-share -f -n 2 -o q q.csv
	for p in 0 1 2; do
		smpc-cut -c a -o "a.$p" "q.$p"
		smpc-cut -c b -o "b.$p" "q.$p"
	done
	together 2 y smpc-map divide 'a.{}' 'b.{}'
	smpc-reveal y.1 y.2 | paste -d , - q.csv | awk -F , 'NR > 1 { bad += ($1 - $2 / $3) ^ 2 > (0.02 + 1e-3 * $1) ^ 2 } END { exit bad }'
	printf '%s\n' a,b 40000,2 1,3 >q.csv
	smpc-share -f -n 2 -o q q.csv
	for p in 0 1 2; do
		smpc-cut -c a -o "large.$p" "q.$p"
		smpc-cut -c b -o "small.$p" "q.$p"
	done
	for divided in "small.{} large.{}" "large.{} small.{}"; do
		# shellcheck disable=SC2086 # two names
		capture smpc-local -n 2 -o no -- smpc-map divide $divided
		assert_failure 5
		stderr_has "column a: numbers are beyond +-32768"
	done
	# what was computed of them nobody looks at
	for p in 0 1 2; do
		smpc-add -c 1 -o "more.$p" "small.$p"
	done
	capture smpc-local -n 2 -o no -- smpc-map divide 'small.{}' 'more.{}'
	assert_failure 5
	stderr_has "column b: how large its numbers are is not known"
}

@test "numbers of which nothing is known are looked at before they are brought to a finer scale" {
	# times 2^16 these are 0 as words, or next to it
	printf '%s\n' x 281474976710656 562949953421312 0 | smpc-share -n 2 --fraction-bits 0 -o x
	shared y y 2 4 8
	capture smpc-local -n 2 -o q -- smpc-map divide 'x.{}' 'y.{}'
	assert_failure 5
	stderr_has "column x: numbers are beyond +-32768"
	capture smpc-local -n 2 -o v -- smpc-stat variance 'x.{}'
	assert_failure 5
	stderr_has "column x: numbers are beyond +-32768"
	capture smpc-local -n 2 -o v -- smpc-stat -f 20 variance 'x.{}'
	assert_failure 5
	stderr_has "column x: numbers are beyond +-32768"
}

@test "means of large numbers of which nothing is known: their sums have up to 63 bits" {
	local p columns
	columns=$(seq -f c%g -s , 40)
	for p in 1 2 3 4 5 6 7; do
		printf '%s\n' "$columns" "$(yes 17e12 | head -n 40 | paste -s -d ,)" | smpc-share -n 2 --fraction-bits 16 -o x$p 2>/dev/null
	done
	for p in 0 1 2; do
		smpc-cat x1.$p x2.$p x3.$p x4.$p x5.$p x6.$p x7.$p >x.$p
		smpc-sum --mean x.$p | smpc-mul -c -1 >m.$p
	done
	together 2 y smpc-stat mean 'x.{}'
	assert_equal "$(smpc-reveal y.1 y.2 | tail -n 1 | tr , '\n' | sort -u)" 17000000000000
	together 2 y smpc-map abs 'm.{}'
	assert_equal "$(smpc-reveal y.1 y.2 | tail -n 1 | tr , '\n' | sort -u)" 17000000000000
	together 2 y smpc-stat mean 'm.{}'
	assert_equal "$(smpc-reveal y.1 y.2 | tail -n 1 | tr , '\n' | sort -u)" -17000000000000
}

@test "a quotient's limit is not chosen by a divisor" {
	seq 12 >in
	smpc-share -n 2 --no-header -o x in
	smpc-share -n 2 --no-header --range 1=0..20 -o w in
	each smpc-sum --mean -o mean.@ w.@
	capture smpc-local -n 2 -o never -- smpc-map divide 'x.{}' 'mean.{}'
	assert_failure 5
	stderr_has "what it meets has a divisor"
	together 2 y smpc-map divide 'w.{}' 'mean.{}'
}

@test "the tables of the manual are what the program that measures the functions prints, and the list agrees" {
	[ -x "$BUILD/unit/function" ] || skip "unit programs are not built"
	"$BUILD/unit/function" table >measured
	# The head of the first table has the same form.
	sed -n '/^\.It .* Ta /p' "$ROOT/man/smpc-map.1" | grep -v '^\.It Em' >printed
	diff printed measured
	smpc-map --list | tail -n +2 | awk '{ print $1 }' | sort >listed
	sed -n 's/^\.It \([^ ]*\) Ta.* Ta.* Ta.*/\1/p' measured | sort | diff - listed
	# rounds and bits
	awk 'FNR == NR { if (/ Ta .* Ta /) cost[$2] = $(NF - 4) " " $(NF - 2) " " $NF; next }
	    FNR > 1 { n = split(substr($0, 78), c, " "); if (cost[$1] != c[1] " " c[2] " " c[3]) { print; bad = 1 } }
	    END { exit bad }' measured <(smpc-map --list)
}

@test "many blocks: a pipeline of functions, within bounds of memory" {
	unsanitized "time"
	local rows
	rows=$(of_size 300000 600000)
	seq "$rows" | sed 's/.*\(...\)$/\1/' >in
	smpc-share -n 2 --no-header -o x in
	together 2 y sh -c 'smpc-map clip --low 100 --high 900 x.{} | smpc-map relu'
	smpc-reveal -o out y.1 y.2
	paste in out | awk -v rows="$rows" '{ want = ($1 < 100) ? 100 : ($1 > 900) ? 900 : $1 + 0 } $2 != want { exit 1 } END { exit NR != rows }'
	nothing_left
}

# close PREFIX PART NUMBER...: what is revealed, to such a part of it.
close() {
	local prefix=$1 part=$2
	shift 2
	smpc-reveal "$prefix.1" "$prefix.2" | sed 1d | tr , '\n' | paste -d ' ' - <(printf '%s\n' "$@") | awk -v part="$part" '
		{ d = $1 - $2; r = $2 * part; seen++ }
		NF != 2 || d * d > r * r { print; bad = 1 }
		END { exit bad || seen == 0 }'
}

@test "divide by products, variances and what else has many octaves: small divisors are not taken for larger ones" {
	printf '%s\n' w,h 70,1.75 85.5,1.68 62.3,1.81 91,1.70 55,1.60 77,1.79 68,1.66 80,1.9 73.5,1.72 60,1.58 >b.csv
	smpc-share -f -n 2 -o b b.csv
	together 2 z sh -euc 'smpc-cut -c w b.{} >w.{}; smpc-cut -c h b.{} >h.{}; smpc-mul h.{} h.{} >hh.{}; smpc-map divide w.{} hh.{}'
	close z 2e-3 22.857 30.293 19.017 31.488 21.484 24.032 24.677 22.161 24.844 24.035
	# columns of very different sizes are divided as well as each alone
	printf '%s\n' pop,h,d,w 5000,1.75,3,70 20000,1.68,14,85.5 100000,1.81,60,62.3 80000000,1.6,40000,55 >u.csv
	smpc-share -n 2 --range pop=0..2e9 --range h=0..2.5 --range d=0..1e6 --range w=0..300 -o u u.csv
	together 2 z sh -euc 'for c in pop h d w; do smpc-cut -c $c u.{} >$c.{}; done; smpc-mul h.{} h.{} >hh.{}
		smpc-paste pop.{} hh.{} >p.{}; smpc-paste d.{} w.{} >q.{}; smpc-map divide q.{} p.{}'
	close z 2e-3 0.0006 22.857 0.0007 30.293 0.0006 19.017 0.0005 21.484
	# words of many bits on both sides
	printf '%s\n' v 1.5e-9 -2.25e-9 3e-9 | smpc-share -f -n 2 --range v=-1e-8..1e-8 -o v -
	each smpc-mul -c 1e9 -o x.@ v.@
	together 2 z smpc-map divide 'x.{}' 'x.{}'
	close z 2e-3 1 1 1
}

@test "what is divided by numbers near 0 has no range that a product would cut it by: bounds give one" {
	printf '%s\n' a .35 .69 .826 .943 .109 | smpc-share -n 2 --range a=0..1 -o a -
	together 2 r smpc-map reciprocal 'a.{}'
	close r 2e-3 2.857 1.449 1.211 1.060 9.174
	capture smpc-local -o z -- smpc-mul 'r.{}' 'a.{}'
	assert_failure 5
	stderr_has "smpc-map clip --low LOW --high HIGH gives it bounds"
	together 2 c smpc-map clip --low 0 --high 100 'r.{}'
	close c 2e-3 2.857 1.449 1.211 1.060 9.174
	together 2 z smpc-mul 'c.{}' 'a.{}'
	close z 2e-3 1 1 1 1 1
	together 2 z smpc-stat variance 'c.{}'
	close z 5e-3 11.848
	# a quotient, times a public fraction, has no room without bounds
	printf '%s\n' p,f .9,.05 .5,.1 .35,.2 .99,.02 | smpc-share -n 2 --range p=0..1 -o p -
	together 2 q sh -euc 'smpc-cut -c p p.{} >x.{}; smpc-cut -c f p.{} >y.{}; smpc-map divide x.{} y.{}'
	fails_with 5 smpc-mul -c 1.19 q.1
	stderr_has "how large its numbers are is not known"
	stderr_has "give them bounds (smpc-map clip)"
	together 2 c smpc-map clip --low 0 --high 100 'q.{}'
	each smpc-mul -c 1.19 -o z.@ c.@
	close z 5e-3 21.42 5.95 2.0825 58.905
	# what is divided by a quotient could be less than a unit
	for f in reciprocal rsqrt; do
		capture smpc-local -o z -- smpc-map $f 'q.{}'
		assert_failure 5
		stderr_has "how large its numbers are is not known, and what is divided by them could be less than a unit: give them bounds first (smpc-map clip)"
	done
	together 2 z smpc-map reciprocal 'c.{}'
	close z 5e-3 0.05556 0.2 0.57143 0.020202
	# divisors that stay away from 0
	printf '%s\n' a 12 25 60 99 | smpc-share -f -n 2 --range a=10..100 -o a -
	together 2 z sh -euc 'smpc-map reciprocal a.{} >r.{}; smpc-mul r.{} a.{}'
	close z 2e-3 1 1 1 1
}
