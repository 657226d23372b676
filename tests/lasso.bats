#!/usr/bin/env bats
#
# smpc-train --model lasso, against what scikit-learn's ElasticNet and LogisticRegression (saga) say of standardized columns
# of the same tables (tests/slow/lasso-data.sh has scikit-learn itself do it, of more and larger ones).

load helper
load shares
load parties
load engine
load training

# thirty_cars NAME: the first 30 of them.
thirty_cars() {
	cars "$1"
	sed -i '32,$d' "$1.csv"
}

# like_theirs TABLE <DUE: a column for each lambda; all within 2e-4 of itself and 1e-5, and nothing else.
like_theirs() {
	awk -F , '
		NR == FNR { due[$1] = $0; n++; next }
		FNR == 1 || $1 ~ /^\((Null|Deviance ratio|Rows)/ { next }
		!($1 in due) { print "not due: " $0; bad = 1; next }
		{
			k = split(due[$1], d, ",")
			if (k != NF)
				bad = 1
			for (i = 2; i <= k; i++) {
				off = $i - d[i]
				if (off ^ 2 > (2e-4 * d[i]) ^ 2 + 1e-10 || (d[i] == 0) != ($i == 0)) {
					print $0 "\ndue: " due[$1]
					bad = 1
				}
			}
			seen++
		}
		END { exit bad || seen != n }' - "$1"
}

# ElasticNet(alpha=lambda, l1_ratio=1, tol=1e-14) of standardized wt, hp, am and mpg, and of these in their own units
mpg='(Intercept),27.512678,33.423542,33.87415
wt,-1.7940474,-2.633306,-2.5638261
hp,-0.010722772,-0.036759615,-0.043790225
am,0,1.309522,2.1867904
(Nonzero),2,3,3
(Deviance),502.53525,183.57683,168.08449'

@test "gaussian: as scikit-learn has it; the plan, predictions of a lambda, three parties, and what the header says" {
	thirty_cars t
	smpc-share -n 2 -o t t.csv
	together 2 m smpc-train -m lasso --family gaussian -l mpg --lambda 0.5,0.1,0.01 't.{}'
	smpc-train --plan -m lasso --family gaussian -l mpg --lambda 0.5,0.1,0.01 t.1 >plan
	[[ $(grep rounds plan) =~ rounds\ ([0-9]+),\ and ]]
	capture smpc-local -n 2 -o s -- smpc-train -m lasso --family gaussian -l mpg --lambda 0.5,0.1,0.01 't.{}' --stats
	assert_success
	stderr_has "rounds ${BASH_REMATCH[1]},"
	smpc-reveal --table -o table m.1 m.2
	assert_equal "$(head -n 1 table)" name,lambda_0.5,lambda_0.1,lambda_0.01
	like_theirs table <<<"$mpg"
	awk -F , '$1 == "(Null deviance)" { n = $2 } $1 == "(Deviance)" { d = $2 } $1 == "(Deviance ratio)" { r = $2 } $1 == "(Rows)" { rows = $4 }
		END { exit !((n - 1097.942) ^ 2 < 1e-3 && (r - 1 + d / n) ^ 2 < 1e-12 && rows == 30) }' table
	is_line lasso m.1 "gaussian, alpha 1, steps 200, lambda 0.5 0.1 0.01"
	each smpc-cut -x mpg -o x.@ t.@
	together 2 p smpc-predict --lambda 0.1 'm.{}' 'x.{}'
	smpc-reveal p.1 p.2 | paste -d , - t.csv | awk -F , 'NR > 1 { d = $1 - (33.423542 - 2.633306 * $3 - 0.036759615 * $4 + 1.309522 * $5); if (d ^ 2 > 1e-5) exit 1 }'
	smpc-share -n 3 -o b t.csv
	together 3 m3 smpc-train -m lasso --family gaussian -l mpg --lambda 0.5,0.1,0.01 'b.{}'
	smpc-reveal --table -o table m3.1 m3.2 m3.3
	like_theirs table <<<"$mpg"
}

@test "which lambda predicts has to be said, unless there is one" {
	thirty_cars t
	smpc-share --public -o t t.csv
	smpc-cut -x mpg -o x t
	quietly smpc-train --clear -m lasso --family gaussian -l mpg --lambda 0.5,0.1,0.01 -o m t
	fails_with 2 smpc-predict --clear m x
	stderr_has "the model has lambda 0.5, 0.1, 0.01: choose one of them with --lambda"
	fails_with 2 smpc-predict --clear --lambda 0.2 m x
	stderr_has "--lambda 0.2: the model has lambda 0.5, 0.1, 0.01"
	fails_with 2 smpc-predict --clear --lambda none m x
	stderr_has "--lambda takes a number above 0, and not 'none'"
	quietly smpc-train --clear -m lasso --family gaussian -l mpg --lambda 0.1 -o one t
	smpc-predict --clear one x | smpc-reveal - >one.csv
	smpc-predict --clear --lambda 0.1 m x | smpc-reveal - | paste -d , - one.csv | awk -F , 'NR > 1 && ($1 - $2) ^ 2 > 1e-6 { exit 1 }'
	quietly smpc-train --clear -m glm --family gaussian -l mpg -o glm t
	fails_with 2 smpc-predict --clear --lambda 0.1 glm x
	stderr_has "--lambda is for models of smpc-train --model lasso, and this one is a glm"
}

@test "an elastic net, and the path that is taken if none is given" {
	thirty_cars t
	smpc-share --public -o t t.csv
	quietly smpc-train --clear -m lasso --alpha 0.3 --family gaussian -l mpg --lambda 0.5,0.05 -o m t
	smpc-reveal --table -o table m
	# l1_ratio=0.3
	like_theirs table <<-'S'
		(Intercept),29.853337,33.437764
		wt,-1.8842306,-2.4841381
		hp,-0.029370533,-0.042619545
		am,1.6131893,2.2248045
		(Nonzero),3,3
		(Deviance),252.20643,169.04947
	S
	quietly smpc-train --clear -m lasso --family gaussian -l mpg -o m t
	smpc-reveal --table -o table m
	[[ $(head -n 1 table) == name,lambda_1,lambda_0.794,*,lambda_0.00126,lambda_0.001 ]]
	# all slopes are 0 first, and few at the end
	awk -F , '$1 == "(Nonzero)" { exit !(NF == 32 && $2 == 0 && $NF == 3) }' table
}

@test "binomial, gone on with from a checkpoint, in classes and probabilities" {
	thirty_cars t
	smpc-share -n 2 -o t t.csv
	each smpc-cut -c mpg,wt,am -o a.@ t.@
	# there is no room for the model
	capture smpc-local -n 2 -- smpc-train -m lasso --family binomial -l am --lambda 0.2,0.001 --checkpoint 'c.{}' --every '3 steps' -o /dev/full 'a.{}'
	assert_failure
	for p in 0 1 2; do
		mv c.$p.old c.$p
		assert_equal "$(steps_in c.$p)" 12
	done
	together 2 m smpc-train -m lasso --family binomial -l am --lambda 0.2,0.001 --checkpoint 'c.{}' --every '3 steps' 'a.{}'
	smpc-reveal --table -o table m.1 m.2
	# LogisticRegression(penalty='elasticnet', solver='saga', C=1/(30 lambda), l1_ratio=1, tol=1e-12)
	like_theirs table <<-'S'
		(Intercept),1.8408506,24.422437
		mpg,0,-0.24907536
		wt,-0.76547007,-6.6172507
		(Nonzero),1,2
		(Deviance),27.13519,11.636496
	S
	awk -F , '$1 == "(Null deviance)" { exit !(($2 - 39.42947) ^ 2 < 1e-6) }' table
	each smpc-cut -x am -o x.@ a.@
	together 2 p smpc-predict --lambda 0.001 'm.{}' 'x.{}'
	smpc-reveal p.1 p.2 | paste -d , - t.csv | awk -F , 'NR > 1 { d = $1 - 1 / (1 + exp(-24.422437 + 0.24907536 * $2 + 6.6172507 * $3)); if (d ^ 2 > 1e-7) exit 1 }'
	together 2 k smpc-predict --lambda 0.001 --as classes 'm.{}' 'x.{}'
	smpc-reveal k.1 k.2 | paste -d , - t.csv | awk -F , 'NR > 1 && $1 != (24.422437 >= 0.24907536 * $2 + 6.6172507 * $3) { exit 1 }'
}

@test "a checkpoint between two lambdas of a gaussian path, and the model is that of one run" {
	thirty_cars t
	smpc-share --public -o t t.csv
	quietly smpc-train --clear -m lasso --family gaussian -l mpg --lambda 0.5,0.1,0.01 -o whole t
	capture smpc-train --clear -m lasso --family gaussian -l mpg --lambda 0.5,0.1,0.01 --checkpoint c --every '2 steps' -o /dev/full t
	assert_failure
	mv c.old c
	assert_equal "$(steps_in c)" 2
	quietly smpc-train --clear -m lasso --family gaussian -l mpg --lambda 0.5,0.1,0.01 --checkpoint c --every '2 steps' -o m t
	smpc-reveal --table -o table m
	like_theirs table <<<"$mpg"
}

@test "dealt beforehand, in a session of agents" {
	local name
	parties dealer alice bob
	thirty_cars t
	owned -o a t.csv
	cat >job.sh <<-'S'
		smpc-train -m lasso --family gaussian -l mpg --lambda 0.5,0.1,0.01 -o m.$SMPC_PARTY a.$SMPC_PARTY
	S
	SMPC_STATE=$PWD/state.dealer quietly smpc-party -i dealer.key -p parties.json --deal-to deal -- sh -eu job.sh
	for name in alice bob; do
		agent $name --dealt deal -- sh -eu job.sh
	done
	well alice bob
	smpc-reveal --table -o table m.alice m.bob
	like_theirs table <<<"$mpg"
	nothing_left
}

@test "where all coefficients are 0 nothing of the deviance is gone, and no less than that" {
	awk 'BEGIN { print "a,y"; for (i = 0; i < 80; i++) print (i * 37 % 17) / 8 "," (i * i % 7 < 3) }' | smpc-share --public --codes y=0,1 -o t
	quietly smpc-train --clear -m lasso --family binomial -l y --lambda 1,0.9,0.8 -o m t
	smpc-reveal --table -o table m
	assert_equal "$(sed -n 's/^(Deviance ratio),//p' table)" 0,0,0
}

@test "what has not come to its end is refused, and it is said which lambda" {
	thirty_cars t
	smpc-share -n 2 -o t t.csv
	smpc-reveal --public -o p t.1 t.2
	fails_with 5 smpc-train --clear -m lasso --family gaussian -l mpg --lambda 0.9,0.01 --steps 3 --watch-range -o m p
	stderr_has "take more --steps"
	stderr_has "(lambda 0.01)"
	assert_not_exists m
	capture smpc-local -n 2 -o never -- smpc-train -m lasso --family gaussian -l mpg --lambda 0.9,0.01 --steps 3 't.{}'
	assert_failure 5
	stderr_has "after 3 steps the model has coefficients that have not converged"
	assert_not_exists never.1
	# separated labels and a collinear column are no fault
	awk 'BEGIN { print "x,z,c"; for (i = 0; i < 60; i++) print i % 7 "," 2 * (i % 7) + 1 "," (i % 7 > 3) }' | smpc-share --public -o s -
	quietly smpc-train --clear -m lasso --family binomial -l c --lambda 0.1,0.01 -o m s
	# and a column that is constant has the coefficient 0
	awk 'BEGIN { print "x,z,y"; for (i = 0; i < 60; i++) print i % 7 ",5," i % 7 + i % 3 }' | smpc-share --public -o k -
	quietly smpc-train --clear -m lasso --family gaussian -l y --lambda 0.01 -o n k
	smpc-reveal --table n >table
	awk -F , '$1 == "z" { exit $2 != 0 }' table
}

@test "--float: the same models, by coordinate descent" {
	thirty_cars t
	smpc-share --public -o t t.csv
	capture smpc-train --float -m lasso --family gaussian -l mpg --lambda 0.5,0.1,0.01 -o m t
	[[ "$stderr" != *"there is no libopenblas"* ]] || skip "needs OpenBLAS, which is not installed"
	assert_success
	smpc-reveal --table -o table m
	like_theirs table <<<"$mpg"
	local how
	for how in clear float; do
		quietly smpc-train --$how -m lasso --family binomial --alpha 0.7 -l am --lambda 0.3,0.1,0.01 -o b t
		smpc-reveal --table -o table.$how b
	done
	paste -d , table.clear table.float | awk -F , 'NR > 1 { for (i = 2; i <= 4; i++) if (($i - $(i + 4)) ^ 2 > 1e-6 * ($i ^ 2 + 0.01)) { print; exit 1 } }'
	# more columns than rows
	awk 'function next_one() { return s = (s * 16807) % 2147483647 }
		BEGIN { s = 1; for (j = 1; j <= 130; j++) printf "x%d,", j; print "y"
			for (i = 0; i < 40; i++) { for (j = 0; j < 130; j++) { x = next_one() / 2147483647; printf "%.4f,", x; y = j ? y + x * (j < 4) : x } printf "%.4f\n", y + next_one() / 2147483647 } }' |
		smpc-share -f --public -o wide -
	for how in clear float; do
		quietly smpc-train --$how -m lasso --family gaussian -l y --lambda 0.5,0.2 --steps 80 -o b wide
		smpc-reveal --table -o table.$how b
	done
	paste -d , table.clear table.float | awk -F , 'NR > 1 { for (i = 2; i <= 3; i++) if (($i - $(i + 3)) ^ 2 > 1e-6 * ($i ^ 2 + 0.01)) { print; exit 1 } }'
}

@test "options that do not go together" {
	thirty_cars t
	smpc-share --public -o t t.csv
	fails_with 2 smpc-train --clear -m lasso -l am t
	stderr_has "--model lasso takes a --family: gaussian or binomial"
	fails_with 2 smpc-train --clear -m lasso --family poisson -l am t
	stderr_has "--model lasso takes a --family: gaussian or binomial"
	fails_with 2 smpc-train --clear -m glm --family poisson --lambda 1 -l am t
	stderr_has "--lambda and --alpha go with --model lasso"
	fails_with 2 smpc-train --clear -m lasso --family gaussian --ridge 1 -l am t
	stderr_has "with --alpha below 1 there is a ridge, too"
	fails_with 2 smpc-train --clear -m lasso --family gaussian --epochs 1 -l am t
	stderr_has "--lambda, --alpha and --steps are"
	fails_with 2 smpc-train --clear -m lasso --family gaussian --reveal loss -l am t
	stderr_has "not for --model lasso, which standardizes columns in any case"
	local path
	for path in 0.1,0.5 0.5,0.5 0 20 0.00001 '0.5,' '' x; do
		fails_with 2 smpc-train --clear -m lasso --family gaussian --lambda "$path" -l am t
		stderr_has "the largest first, such as 0.5,0.1,0.02, and not '$path'"
	done
	fails_with 2 smpc-train --clear -m lasso --family gaussian --alpha 0 -l am t
	stderr_has "--alpha takes a number from 0.01 to 1, and not '0'"
	fails_with 2 smpc-train --clear -m glm --family poisson --steps 51 -l am t
	stderr_has "--model glm takes 1 to 50 --steps"
	quietly smpc-train --clear -m lasso --family gaussian -l mpg --lambda 0.1 -o m t
	fails_with 2 smpc-reveal --table --ratios m
	stderr_has "--ratios is for generalized linear models"
	fails_with 2 smpc-train --clear --init m -l mpg t
	stderr_has "--init begins with a network, and this model is a lasso"
}
