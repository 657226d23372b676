#!/usr/bin/env bats
#
# smpc-train --model glm, against what R's glm says of the same tables (tests/slow/glm-data.sh has R itself do it).

load helper
load shares
load parties
load engine
load training

# R's warpbreaks: breaks, by 9 of a wool and a tension, and dummies of these; made up: hours, a logarithm, and weights n.
warp() {
	tr -s ' \t' '\n' <<-'ROWS' | awk 'BEGIN { print "breaks,B,M,H,hours,n" } NF { t = int(i / 9) % 3
	    print $1 "," (i >= 27) "," (t == 1) "," (t == 2) "," (i % 3 == 0 ? 0 : i % 3 == 1 ? 0.6931 : 1.3863) "," (i % 3 == 0 ? 1 : i % 3 == 1 ? 2 : 0); i++ }' >"$1.csv"
	26 30 54 25 70 52 51 26 67 18 21 29 17 12 18 35 30 36 36 21 24 18 10 43 28 15 26
	27 14 29 19 29 31 41 20 44 42 26 19 16 39 28 21 39 29 20 21 24 17 13 15 15 16 28
	ROWS
}

# like_r TABLE <DUE: coefficients within a thousandth of R's standard errors, these within a thousandth of themselves, and
# p within a thousandth, and figures within a hundred-thousandth; and nothing else.
like_r() {
	awk -F  '
		function far(a, b, most) { return (a - b > most || b - a > most) }
		NR == FNR { due[$1] = $0; n++; next }
		FNR == 1 { next }
		!($1 in due) { print "not due: " $0; bad = 1; next }
		{
			split(due[$1], d, ",")
			if ($1 ~ /^\(/ && $1 != "(Intercept)")
				wrong = far($2, d[2], 1e-5 * (d[2] + 1e-9))
			else
				wrong = far($2, d[2], 1e-3 * d[3]) || far($3, d[3], 1e-3 * d[3]) || far($5, d[5], 1e-3)
			if (wrong) {
				print $0 "\nR: " due[$1]
				bad = 1
			}
			seen++
		}
		END { exit bad || seen != n }' - "$1"
}

am='(Intercept),25.886554,12.193529,2.1229747,3.375597e-02
wt,-6.4161721,2.5466055,-2.5194998,1.175217e-02
mpg,-0.32416389,0.23949896,-1.3535086,1.758932e-01
(Dispersion),1
(Null deviance),43.229733
(Deviance),17.184255
(AIC),23.184255
(Rows),32'

@test "binomial: as R has it; ratios, predictions, the plan, three parties, and what the header says" {
	cars t
	smpc-share -n 2 -o t t.csv
	each smpc-cut -x hp -o a.@ t.@
	together 2 m smpc-train -m glm --family binomial -l am 'a.{}'
	smpc-reveal --table -o table m.1 m.2
	assert_equal "$(head -n 1 table)" name,estimate,std_error,z,p,low_95,high_95
	like_r table <<<"$am"
	is_line glm m.1 "binomial, steps 8, intercept"
	smpc-reveal --table --ratios m.1 m.2 >ratios
	assert_equal "$(head -n 1 ratios)" name,estimate,std_error,z,p,low_95,high_95,ratio,ratio_low,ratio_high
	awk -F , '$1 == "mpg" { exit !(($8 - exp($2)) ^ 2 + ($9 - exp($6)) ^ 2 + ($10 - exp($7)) ^ 2 < 1e-12) }' ratios
	cut -d , -f 1-7 ratios | sed 's/,*$//' | cmp - <(sed 's/,*$//' table)
	together 2 p smpc-predict 'm.{}' 'a.{}'
	smpc-reveal p.1 p.2 | paste -d , - t.csv | awk -F , 'NR > 1 { e = 25.886554 - 6.4161721 * $3 - 0.32416389 * $2; d = $1 - 1 / (1 + exp(-e)); if (d ^ 2 > 1e-8) exit 1 }'
	together 2 k smpc-predict --as classes 'm.{}' 'a.{}'
	smpc-reveal k.1 k.2 | paste -d , - t.csv | awk -F , 'NR > 1 { e = 25.886554 - 6.4161721 * $3 - 0.32416389 * $2; if ($1 != (e >= 0)) exit 1 }'
	run smpc-train --plan -m glm --family binomial -l am a.1
	assert_line --regexp '^steps 9; parameters 26; memory'
	smpc-share -n 3 -o b t.csv
	parties="0 1 2 3" each smpc-cut -x hp -o c.@ b.@
	together 3 m3 smpc-train -m glm --family binomial -l am 'c.{}'
	smpc-reveal --table -o table m3.1 m3.2 m3.3
	like_r table <<<"$am"
}

@test "gaussian, and no intercept" {
	cars t
	smpc-share -n 2 -o t t.csv
	each smpc-cut -x am -o a.@ t.@
	together 2 m smpc-train -m glm --family gaussian -l mpg 'a.{}'
	smpc-reveal --table -o table m.1 m.2
	like_r table <<-'R'
		(Intercept),37.22727,1.5987875,23.284689,2.565459e-20
		wt,-3.8778307,0.63273349,-6.1286952,1.119647e-06
		hp,-0.031772947,0.0090297097,-3.5187119,1.451229e-03
		(Dispersion),6.7257846
		(Null deviance),1126.0472
		(Deviance),195.04775
		(AIC),156.65234
		(Rows),32
	R
	assert_equal "$(head -n 1 table)" name,estimate,std_error,t,p,low_95,high_95
	# R's confint of lm
	awk -F , '$1 == "wt" { exit !(($6 + 5.17191) ^ 2 + ($7 + 2.58375) ^ 2 < 1e-6) }' table
	fails_with 2 smpc-reveal --table --ratios m.1 m.2
	stderr_has "--ratios is for models with logarithms"
	together 2 p smpc-predict 'm.{}' 'a.{}'
	smpc-reveal p.1 p.2 | paste -d , - t.csv | awk -F , 'NR > 1 { d = $1 - (37.22727 - 3.8778307 * $3 - 0.031772947 * $4); if (d ^ 2 > 1e-5) exit 1 }'
	each smpc-cut -x hp -o b.@ t.@
	together 2 n smpc-train -m glm --family binomial --no-intercept -l am 'b.{}'
	smpc-reveal --table -o table n.1 n.2
	like_r table <<-'R'
		wt,-1.5648077,0.55214789,-2.8340373,4.596396e-03
		mpg,0.21674634,0.083960666,2.5815224,9.836561e-03
		(Dispersion),1
		(Null deviance),44.36142
		(Deviance),23.898294
		(AIC),27.898294
		(Rows),32
	R
}

@test "gaussian with weights, and binomial with an offset: the criterion and the null deviance, too, in float64, too" {
	cars t
	awk -F , '{ print $0 "," (NR == 1 ? "w,o" : NR % 3 + 1 "," NR % 5 / 4) }' t.csv | smpc-share --public --range w=0..4 -o t -
	smpc-cut -c mpg,hp,w -o g t
	smpc-cut -c am,mpg,o -o b t
	local how
	for how in clear float; do
		capture smpc-train --$how -m glm --family gaussian --weights w -l mpg -o m g
		[[ "$stderr" != *"there is no libopenblas"* ]] || skip "needs OpenBLAS, which is not installed"
		assert_success
		smpc-reveal --table -o table m
		# d <- transform(mtcars, w = (1:32 + 1) %% 3 + 1, o = (1:32 + 1) %% 5 / 4); glm(mpg ~ hp, weights = w, data = d)
		like_r table <<-'R'
			(Intercept),2.9816059e+01,1.6851764e+00,1.7693139e+01,2.0176814e-17
			hp,-6.5589713e-02,1.0139833e-02,-6.4685198e+00,3.7935194e-07
			(Dispersion),31.774524
			(Null deviance),2282.7373
			(Deviance),953.23571
			(AIC),186.4079
			(Rows),32
		R
		quietly smpc-train --$how -m glm --family binomial --offset o -l am -o n b
		smpc-reveal --table -o table n
		# glm(am ~ mpg + offset(o), binomial, d)
		like_r table <<-'R'
			(Intercept),-7.0521062479,2.3474141494,-3.0042019853,0.0026627848
			mpg,0.3038653024,0.1150703696,2.6406911145,0.0082737114
			(Dispersion),1
			(Null deviance),42.842867
			(Deviance),29.85525
			(AIC),33.85525
			(Rows),32
		R
	done
}

@test "binomial: proportions of trials, in a session and in float64, and their predictions" {
	# Collett's budworms, as in MASS: killed of 20, by the logarithm of the dose and sex
	awk 'BEGIN { print "p,w,d,m"; n = split("1 4 9 13 18 20 0 2 6 10 12 16", k, " "); for (i = 1; i <= n; i++) print k[i] / 20 ",20," (i - 1) % 6 "," (i <= 6) }' >t.csv
	smpc-share -n 2 --fraction-bits 20 --range w=0..32 -o t t.csv
	together 2 m smpc-train -m glm --family binomial --weights w --proportions -l p 't.{}'
	smpc-reveal --table -o table.clear m.1 m.2
	is_line glm m.1 "binomial, steps 8, intercept, weights, proportions"
	each smpc-cut -c d,m -o x.@ t.@
	together 2 q smpc-predict 'm.{}' 'x.{}'
	smpc-reveal q.1 q.2 | paste -d , - t.csv | awk -F , 'NR > 1 { d = $1 - 1 / (1 + exp(3.4731554 - 1.0642139 * $4 - 1.1007428 * $5)); if (d ^ 2 > 1e-8) exit 1 }'
	smpc-reveal --public -o p t.1 t.2
	capture smpc-train --float -m glm --family binomial --weights w --proportions -l p -o f p
	if [[ "$stderr" == *"there is no libopenblas"* ]]; then
		cp table.clear table.float
	else
		smpc-reveal --table -o table.float f
	fi
	local how
	for how in clear float; do
		# glm(p ~ d + m, binomial, weights = w, epsilon = 1e-12)
		like_r table.$how <<-'R'
			(Intercept),-3.4731553e+00,4.6852038e-01,-7.4130293e+00,1.2344658e-13
			d,1.0642140e+00,1.3107749e-01,8.1189682e+00,4.7016366e-16
			m,1.1007433630,0.3558271309,3.0934778923,0.0019782529
			(Dispersion),1
			(Null deviance),124.87559
			(Deviance),6.7570642
			(AIC),42.867465
			(Rows),12
		R
	done
	awk -F , 'NR == 3 { $1 = 1.05 } { print }' OFS=, t.csv | smpc-share --public --range w=0..32 -o wrong -
	fails_with 5 smpc-train --clear --watch-range -m glm --family binomial --weights w --proportions -l p -o n wrong
	stderr_has "labels that the family has not"
	fails_with 2 smpc-train --clear -m glm --family binomial --proportions -l p -o n p
	stderr_has "--proportions goes with --family binomial and --weights"
	fails_with 2 smpc-train --clear -m glm --family poisson --weights w --proportions -l p -o n p
	stderr_has "--proportions goes with --family binomial and --weights"
}

@test "poisson: with and without offset and weights, and predictions" {
	warp t
	smpc-share -n 2 --range n=0..4 --range breaks=0..100 -o t t.csv
	each smpc-cut -x hours,n -o a.@ t.@
	together 2 m smpc-train -m glm --family poisson -l breaks 'a.{}'
	smpc-reveal --table -o table m.1 m.2
	like_r table <<-'R'
		(Intercept),3.6919631,0.045410794,81.301444,0.000000e+00
		B,-0.20598844,0.051571243,-3.9942501,6.489933e-05
		M,-0.32132043,0.060265917,-5.3317107,9.729186e-08
		H,-0.5184885,0.063959519,-8.1065102,5.209435e-16
		(Dispersion),1
		(Null deviance),297.37221
		(Deviance),210.39189
		(AIC),493.05597
		(Rows),54
	R
	together 2 p smpc-predict 'm.{}' 'a.{}'
	smpc-reveal p.1 p.2 | paste -d , - t.csv | awk -F , 'NR > 1 { d = $1 / exp(3.6919631 - 0.20598844 * $3 - 0.32132043 * $4 - 0.5184885 * $5) - 1; if (d ^ 2 > 1e-9) exit 1 }'
	together 2 w smpc-train -m glm --family poisson -l breaks --offset hours --weights n 't.{}'
	smpc-reveal --table -o table w.1 w.2
	like_r table <<-'R'
		(Intercept),2.9902022,0.049174584,60.80788,0.000000e+00
		B,-0.10474683,0.053990349,-1.9401029,5.236719e-02
		M,-0.16034265,0.061919801,-2.5895214,9.610945e-03
		H,-0.55346192,0.069506497,-7.9627366,1.682755e-15
		(Dispersion),1
		(Null deviance),449.9298
		(Deviance),378.38691
		(AIC),655.32726
		(Rows),36
	R
	capture smpc-local -n 2 -o never -- smpc-predict 'w.{}' 'a.{}'
	assert_failure 2
	stderr_has "the model has an offset: say which column of the data it is (--offset)"
	each smpc-cut -x n,breaks -o b.@ t.@
	together 2 q smpc-predict --offset hours 'w.{}' 'b.{}'
	smpc-reveal q.1 q.2 | paste -d , - t.csv | awk -F , 'NR > 1 { d = $1 / exp(2.9902022 - 0.10474683 * $3 - 0.16034265 * $4 - 0.55346192 * $5 + $6) - 1; if (d ^ 2 > 1e-8) exit 1 }'
	smpc-reveal --public -o w.public w.1 w.2
	smpc-reveal --public -o b.public b.1 b.2
	fails_with 1 smpc-predict --clear --offset hour w.public b.public
	stderr_has "has no column 'hour' (--offset)"
	smpc-reveal --public -o m.public m.1 m.2
	fails_with 2 smpc-predict --clear --offset hours m.public b.public
	stderr_has "--offset hours: the model was trained without one"
}

@test "gamma, gone on with from a checkpoint" {
	warp t
	smpc-share -n 2 --range breaks=0..100 -o t t.csv
	each smpc-cut -x hours,n -o a.@ t.@
	# there is no room for the model
	capture smpc-local -n 2 -- smpc-train -m glm --family gamma -l breaks --checkpoint 'c.{}' --every '5 steps' -o /dev/full 'a.{}'
	assert_failure
	for p in 0 1 2; do
		mv c.$p.old c.$p
		assert_equal "$(steps_in c.$p)" 10
	done
	together 2 m smpc-train -m glm --family gamma -l breaks --checkpoint 'c.{}' --every '5 steps' 'a.{}'
	smpc-reveal --table -o table m.1 m.2
	like_r table <<-'R'
		(Intercept),3.668752,0.10400093,35.276146,5.382529e-37
		B,-0.18183947,0.10400093,-1.7484408,8.652547e-02
		M,-0.2925872,0.12737461,-2.2970607,2.583928e-02
		H,-0.51009278,0.12737461,-4.0046661,2.060931e-04
		(Dispersion),0.14601862
		(Null deviance),10.380873
		(Deviance),7.4422701
		(AIC),407.53446
		(Rows),54
	R
}

@test "gamma with the reciprocal as the link, which is R's usual one" {
	local how
	# McCullagh and Nelder's clotting times, as in ?glm: by the logarithm of the concentration, and the lot
	awk 'BEGIN { print "lot,u,second"; split("118 58 42 35 27 25 21 19 18 69 35 26 21 18 16 13 12 12", lot, " ")
		split("5 10 15 20 30 40 60 80 100", u, " "); for (i = 1; i <= 18; i++) printf "%d,%.6f,%d\n", lot[i], log(u[(i - 1) % 9 + 1]), (i > 9) }' >t.csv
	smpc-share -n 2 --range lot=0..200 -o t t.csv
	together 2 m smpc-train -m glm --family gamma --link inverse -l lot 't.{}'
	smpc-reveal --table -o table.clear m.1 m.2
	is_line glm m.1 "gamma, steps 12, inverse, intercept"
	each smpc-cut -x lot -o x.@ t.@
	together 2 q smpc-predict 'm.{}' 'x.{}'
	smpc-reveal q.1 q.2 | paste -d , - t.csv | awk -F , -v b="$(awk -F , '$3 != "" { print $2 }' table.clear | paste -s -d ' ')" '
		BEGIN { split(b, c, " ") } NR > 1 { d = $1 * (c[2] + c[3] * $3 + c[4] * $4) - 1; if (d ^ 2 > 1e-8) exit 1 }'
	smpc-reveal --public -o p t.1 t.2
	capture smpc-train --float -m glm --family gamma --link inverse -l lot -o f p
	if [[ "$stderr" == *"there is no libopenblas"* ]]; then
		cp table.clear table.float
	else
		smpc-reveal --table -o table.float f
	fi
	for how in clear float; do
		# glm(lot ~ u + second, Gamma, epsilon = 1e-12)
		like_r table.$how <<-'R'
			(Intercept),-2.1449687e-02,2.1870426e-03,-9.8076218e+00,6.4480826e-08
			u,1.7756366e-02,1.0228015e-03,1.7360520e+01,2.4265150e-11
			second,1.0868460e-02,1.9498115e-03,5.5741079e+00,5.3156463e-05
			(Dispersion),0.019585584
			(Null deviance),7.7086675
			(Deviance),0.3004206
			(AIC),103.07485
			(Rows),18
		R
	done
	fails_with 2 smpc-reveal --table --ratios m.1 m.2
	stderr_has "this one is one of reciprocals"
	# a row whose mean is more than 32 times that of all
	awk 'BEGIN { print "x,y"; for (i = 0; i < 100; i++) print (i == 7) "," (i == 7 ? 3000 : i % 3 + 1) }' | smpc-share --public -o far -
	fails_with 5 smpc-train --clear --watch-range -m glm --family gamma --link inverse -l y -o n far
	stderr_has "numbers that have no room"
	quietly smpc-train --clear -m glm --family gamma --link log -l y -o n far
	fails_with 2 smpc-train --clear -m glm --family gamma --link logit -l y -o n far
	stderr_has "--family gamma takes --link log or inverse, and not 'logit'"
	fails_with 2 smpc-train --clear -m glm --family poisson --link inverse -l y -o n far
	stderr_has "--family poisson takes --link log, and not 'inverse'"
	fails_with 2 smpc-train --clear -m glm --family gamma --link inverse --offset x -l y -o n far
	stderr_has "--offset is not for --link inverse"
}

# of_no_use WHY CMD...: no model, as --watch-range says why; and in a session nothing is written either.
of_no_use() {
	fails_with 5 smpc-train --clear -m glm --watch-range "${@:2}"
	stderr_has "steps the model is of no use"
	stderr_has "try --ridge"
	stderr_has "$1"
}

@test "weights keep 20 bits below their range, however small it is, and up to 4096" {
	awk 'BEGIN { split("2 3 3 5 4 6 9 7 8 12", y, " "); print "x,y,w,far"
	    for (i = 1; i <= 10; i++) print i "," y[i] "," i / 10000 "," (i == 1 ? 4096 : 1) }' >t.csv
	smpc-share --public --range x,y=0..20 --range w=0..0.001 --range far=0..4096 -o t t.csv
	smpc-cut -x far -o w t
	# glm(y ~ x, weights = 1:10 / 1e4)
	quietly smpc-train --clear -m glm --family gaussian -l y --weights w -o m w
	smpc-reveal --table -o table m
	like_r table <<-'S'
		(Intercept),0.00606060606,1.36672210,0.00443440994,0.99657045
		x,1.04848485,0.18428877,5.68935833,0.000459992939
		(Dispersion),0.00112075758
		(Null deviance),0.0452436364
		(Deviance),0.00896606061
		(AIC),41.2088221
		(Rows),10
	S
	smpc-cut -x w -o far t
	quietly smpc-train --clear -m glm --family gaussian -l y --weights far -o n far
	smpc-share -f --public --range x,y=0..20 --range far=0..4097 -x w -o far t.csv
	fails_with 5 smpc-train --clear -m glm --family gaussian -l y --weights far -o n far
	stderr_has "column 'far': weights may be as large as 4097"
}

@test "gaussian: a line that fits to a thousandth has its errors, and one that fits exactly has none" {
	awk 'BEGIN { print "x,y,line"; for (i = 1; i <= 400; i++) printf "%.1f,%.6f,%.6f\n", i / 10, 3 + i / 20 + 0.01 * sin(i * i), 3 + i / 20 }' |
		smpc-share --public --range x=0..64 --range y,line=0..32 -o t
	smpc-cut -x line -o y t
	quietly smpc-train --clear -m glm --family gaussian -l y -o m y
	smpc-reveal --table -o table m
	# glm(y ~ x): its dispersion is 5.043e-5, the square of 0.0012 deviations of y
	awk -F , -v errors=0.000711481,0.000030750400 'BEGIN { split(errors, e, ",") } NR == 2 || NR == 3 { r = $3 / e[NR - 1] - 1; if (r * r > 1e-6) exit 1 }' table
	smpc-cut -x y -o line t
	quietly smpc-train --clear -m glm --family gaussian -l line -o m line
	smpc-reveal --table -o table m
	awk -F , 'NR == 2 || NR == 3 { if ($2 == "" || $3 $4 $5 $6 $7 != "") exit 1 } $1 == "(Dispersion)" && $2 != "" { exit 1 }' table
}

@test "no deviance is below 0, and no dispersion is made of fewer rows than coefficients" {
	# as many coefficients as rows: rounding alone is left
	printf '%s\n' x,z,y 0,0,2 1,0,5 0,1,4 | smpc-share --public --codes x=0,1 --codes z=0,1 --range y=0..20 -o t
	quietly smpc-train --clear -m glm --family poisson -l y -o m t
	smpc-reveal --table -o table m
	grep -q '^(Deviance),0,' table
	printf '%s\n' a,b,c,d,y 1,2,3,5,1 2,1,7,3,4 3,9,1,2,2 | smpc-share -f --public --range 1-5=0..10 -o t
	quietly smpc-train --clear -m glm --family gaussian --ridge 0.5 -l y -o m t
	smpc-reveal --table -o table m
	grep -q '^(Dispersion),,' table
	grep -q '^(Deviance),0.4' table
}

@test "labels and offsets that have no room cannot be standardized, and nobody is told to" {
	printf '%s\n' x,y,o 1,2,1 2,3,2 3,5,4 4,4,1 | smpc-share --public --range x=0..9 --range y,o=0..1e6 -o t
	smpc-cut -x o -o y t
	fails_with 5 smpc-train --clear -m glm --family poisson -l y y
	stderr_has "column 'y': its numbers may be as large as 1.04858e+06, and labels with logarithms are below 32768"
	! grep -e --standardize stderr || return 1
	fails_with 5 smpc-train --clear -m glm --family poisson -l x --offset o t
	stderr_has "column 'o': its numbers may be as large as 1.04858e+06, and offsets are below 32768"
}

@test "what cannot be a model is said: separated labels, collinear columns, labels and weights of other families" {
	awk 'BEGIN { print "x,z,c,y,w"; for (i = 0; i < 60; i++) print i % 7 "," 2 * (i % 7) + 1 "," (i % 7 > 3) "," (i * 7) % 5 "," i % 3 - 1 }' >t.csv
	smpc-share -n 2 --range w=-1..2 --range y=-1..5 -o t t.csv
	smpc-reveal --public -o t t.1 t.2
	smpc-cut -c x,c -o separated t
	of_no_use "coefficients that have not converged" --family binomial -l c separated
	# a pull makes it one
	quietly smpc-train --clear -m glm --family binomial --ridge 0.01 -l c -o m separated
	smpc-cut -c x,z,y -o collinear t
	of_no_use "(numbers that have no room; feature 2 follows from those before)" --family gaussian -l y collinear
	quietly smpc-train --clear -m glm --family gaussian --ridge 0.01 -l y -o m2 collinear
	smpc-cut -c x,y -o zeros t
	of_no_use "(labels that the family has not)" --family gamma -l y zeros
	smpc-cut -c x,w -o negative t
	of_no_use "labels that the family has not" --family poisson -l w negative
	# which leave an information below 0, too
	smpc-cut -c x,y,w -o weighted t
	of_no_use "(weights below 0; numbers that have no room; " --family gaussian -l y --weights w weighted
	# one row with most of what is counted, alone in its column
	awk 'BEGIN { print "x,z,y"; for (i = 0; i < 2000; i++) print (i == 7) "," i % 5 "," (i == 7 ? 30000 : i % 3 == 0) }' >far.csv
	smpc-share -n 2 -o far far.csv
	capture smpc-local -n 2 -o never -- smpc-train -m glm --family poisson -l y --watch-range 'far.{}'
	assert_failure 5
	stderr_has "numbers that have no room"
	assert_not_exists never.1
	each smpc-cut -c x,c -o s.@ t.@
	capture smpc-local -n 2 -o never -- smpc-train -m glm --family binomial -l c 's.{}'
	assert_failure 5
	stderr_has "after 9 steps the model is of no use"
	assert_not_exists never.1
}

@test "options that do not go together" {
	cars t
	smpc-share -n 2 -o t t.csv
	fails_with 2 smpc-train --clear -m glm -l am t.1
	stderr_has "--model glm takes a --family: gaussian, binomial, poisson or gamma"
	fails_with 2 smpc-train --clear -m glm --family inverse -l am t.1
	stderr_has "--model glm takes a --family: gaussian, binomial, poisson or gamma"
	fails_with 2 smpc-train --clear --family poisson -l am t.1
	stderr_has "go with --model glm"
	fails_with 2 smpc-train --clear -m glm --family poisson --epochs 3 -l am t.1
	stderr_has "--ridge and --steps are"
	fails_with 2 smpc-train --clear -m glm --family poisson --reveal loss -l am t.1
	stderr_has "which standardizes columns in any case"
	fails_with 2 smpc-train --clear -m glm --family gaussian --offset wt -l am t.1
	stderr_has "subtract it from the labels (smpc-sub)"
	fails_with 2 smpc-train --clear -m glm --family gaussian --steps 2 -l am t.1
	stderr_has "is solved in one step"
	awk 'BEGIN { print "x,y"; for (i = 0; i < 20; i++) print i "," (i % 7 + 1) / 1e4 }' | smpc-share --public --range y=0..0.001 -o small -
	fails_with 5 smpc-train --clear -m glm --family gamma -l y small
	stderr_has "multiply them (smpc-mul)"
	awk 'BEGIN { print "x,cost"; for (i = 0; i < 50; i++) print i % 7 "," 20000 * exp(0.1 * (i % 7)) * (1 + i % 3) }' | smpc-share --public --range cost=0..200000 -o large -
	fails_with 5 smpc-train --clear -m glm --family gamma -l cost large
	stderr_has "labels with logarithms are below 32768: divide them (smpc-mul)"
	smpc-cut -c x -o large.x large
	smpc-cut -c cost large | smpc-mul -c 0.001 -o large.y -
	quietly smpc-train --clear -m glm --family gamma -x large.x -y large.y -o divided
	# glm(cost ~ x, Gamma("log")) has 10.5796071 and 0.1023695
	smpc-reveal --table divided | awk -F , '$1 == "(Intercept)" { exit !(($2 + log(1000) - 10.5796071) ^ 2 < 1e-6) }'
	fails_with 2 smpc-reveal --ratios t.1 t.2
	stderr_has "--ratios goes with --table"
	smpc-reveal --public -o p t.1 t.2
	fails_with 2 smpc-train --clear --faithful -m glm --family poisson -l hp p
	stderr_has "--faithful is not for"
	quietly smpc-train --clear -m glm --family gaussian -l mpg -o g p
	fails_with 2 smpc-train --clear --init g -l mpg p
	stderr_has "--init begins with a network"
	fails_with 2 smpc-train --clear -m glm --family poisson --weights am -l am p
	stderr_has "'am' is not one column, and another one than the labels"
	fails_with 5 smpc-train --clear -m glm --family poisson --weights wt -l hp p
	stderr_has "column 'wt': weights may be as large as"
}

@test "dealt beforehand, in a session of agents" {
	local name
	parties dealer alice bob
	warp t
	cut -d , -f 1-4 t.csv >a.csv
	owned --range breaks=0..100 -o a a.csv
	cat >job.sh <<-'S'
		smpc-train -m glm --family poisson -l breaks -o m.$SMPC_PARTY a.$SMPC_PARTY
		smpc-train -m glm --family gamma -l breaks -o g.$SMPC_PARTY a.$SMPC_PARTY
	S
	SMPC_STATE=$PWD/state.dealer quietly smpc-party -i dealer.key -p parties.json --deal-to deal -- sh -eu job.sh
	for name in alice bob; do
		agent $name --dealt deal -- sh -eu job.sh
	done
	well alice bob
	smpc-reveal --table -o table m.alice m.bob
	like_r table <<-'R'
		(Intercept),3.6919631,0.045410794,81.301444,0.000000e+00
		B,-0.20598844,0.051571243,-3.9942501,6.489933e-05
		M,-0.32132043,0.060265917,-5.3317107,9.729186e-08
		H,-0.5184885,0.063959519,-8.1065102,5.209435e-16
		(Dispersion),1
		(Null deviance),297.37221
		(Deviance),210.39189
		(AIC),493.05597
		(Rows),54
	R
	smpc-reveal --table g.alice g.bob >table
	awk -F , '$1 == "M" { exit !(($2 + 0.2925872) ^ 2 + ($3 - 0.12737461) ^ 2 < 1e-8) }' table
	nothing_left
}

@test "--float: the same model in float64" {
	local family
	cars t
	smpc-share --public -o t t.csv
	smpc-cut -x hp -o a t
	capture smpc-train --float -m glm --family binomial -l am -o m a
	[[ "$stderr" != *"there is no libopenblas"* ]] || skip "needs OpenBLAS, which is not installed"
	assert_success
	smpc-reveal --table m >table
	like_r table <<<"$am"
	for family in gaussian poisson gamma; do
		quietly smpc-train --float -m glm --family $family -l hp -o f.$family t
		quietly smpc-train --clear -m glm --family $family -l hp -o c.$family t
		smpc-reveal --table f.$family >f
		smpc-reveal --table c.$family >c
		paste -d , f c | awk -F , 'NR > 1 && $3 != "" { if (($2 - $9) ^ 2 > 1e-8 * $3 ^ 2 || ($3 / $10 - 1) ^ 2 > 1e-8) exit 1 } NR > 1 && $3 == "" { if (($2 / $9 - 1) ^ 2 > 1e-8) exit 1; n++ } END { exit n != 5 }'
	done
	awk 'BEGIN { print "x,c"; for (i = 0; i < 30; i++) print i "," (i > 14) }' | smpc-share -f --public -o s -
	fails_with 5 smpc-train --float -m glm --family binomial -l c -o n s
	stderr_has "the model is of no use"
}

@test "the cost is what the plan says" {
	cars t
	smpc-share -n 2 -o t t.csv
	each smpc-cut -x hp -o a.@ t.@
	plan=$(smpc-train --plan -m glm --family binomial -l am a.1 | grep rounds)
	[[ $plan =~ rounds\ ([0-9]+),\ and ]]
	capture smpc-local -n 2 -o s -- smpc-train -m glm --family binomial -l am 'a.{}' --stats
	assert_success
	stderr_has "rounds ${BASH_REMATCH[1]}"
}
