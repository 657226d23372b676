#!/usr/bin/env bats
#
# Columns as they are in practice: amounts of money and counts of cells beside ages, rows left out at one owner.  Each figure is
# right, or refused with the name of the column and what to do.

load helper
load shares
load parties
load engine

# shops: shops.csv: turnover, up to some millions, visitors, up to ten thousands, and years.
shops() {
	awk 'BEGIN {
		srand(11)
		print "years,turnover,visitors"
		for (i = 0; i < 150; i++) {
			size = exp(1.2 * (rand() + rand() + rand() - 1.5) * 2)
			printf "%d,%.2f,%d\n", 1 + 40 * rand(), 90000 * size * (0.5 + rand()), 6000 * size * (0.5 + rand())
		}
	}' >shops.csv
}

# blood: blood.csv: leukocytes and platelets in a microlitre, ages, and who is ill, which the first two decide.
blood() {
	awk 'BEGIN {
		srand(5)
		print "age,leukocytes,platelets,ill"
		for (i = 0; i < 200; i++) {
			a = rand() + rand() + rand() - 1.5
			b = rand() + rand() + rand() - 1.5
			printf "%d,%d,%d,%d\n", 20 + 60 * rand(), 8000 + 5000 * a, 240000 + 110000 * b, (a - b + 0.3 * (rand() - 0.5) > 0)
		}
	}' >blood.csv
}

# moments FILE COLUMN [OTHER]: variance, or correlation with another column, in float64.
moments() {
	awk -F , -v a="$2" -v b="${3:-$2}" 'NR > 1 { x[++n] = $a; y[n] = $b; s += $a; t += $b }
		END {
			for (i = 1; i <= n; i++) {
				p += (x[i] - s / n) * (y[i] - t / n)
				q += (x[i] - s / n) ^ 2
				r += (y[i] - t / n) ^ 2
			}
			printf "%.12g\n", (a == b) ? q / (n - 1) : p / sqrt(q * r)
		}' "$1"
}

# near GOT WANT RELATIVE [ABSOLUTE]
near() {
	awk -v got="$1" -v want="$2" -v relative="$3" -v absolute="${4:-0}" 'BEGIN {
		d = got - want; if (d < 0) d = -d
		w = want; if (w < 0) w = -w
		exit !(d <= relative * w + absolute)
	}' || fail "$1 instead of $2"
}

# cell TENSOR ROW COLUMN NAME: a number of what the parties have as NAME.
cell() {
	smpc-reveal -t "$1" "$4.1" "$4.2" | sed -n "$(($2 + 1))p" | cut -d , -f "$3"
}

# right_statistics: those in s of shops.csv.
right_statistics() {
	local j
	for j in 1 2 3; do
		near "$(cell variance 1 $j s)" "$(moments shops.csv $j)" 1e-4 || return 1
	done
	near "$(cell correlation 2 3 s)" "$(moments shops.csv 2 3)" 0 1e-4
	near "$(cell correlation 1 2 s)" "$(moments shops.csv 1 2)" 0 1e-4
}

# refused_for COLUMN: the last command ended with 5, and said which column, and what to do.
refused_for() {
	assert_equal "$status" 5
	stderr_has "$1"
	stderr_has "--range"
}

has_ranges() {
	smpc-share --help | grep -q -e --range || skip "there is no smpc-share --range"
}

@test "variances and correlations of amounts of money: right, or the column is named" {
	shops
	smpc-share -n 2 -o d shops.csv 2>/dev/null
	capture smpc-local -o s -- smpc-stat variance,correlation 'd.{}'
	[ "$status" -ne 0 ] || right_statistics || return 1
	[ "$status" -eq 0 ] || refused_for turnover
}

@test "variances and correlations of amounts of money with ranges are right" {
	has_ranges
	shops
	quietly smpc-share -n 2 -o d --range years=0..50 --range turnover=0..5e6 --range visitors=0..2e5 shops.csv
	quietly smpc-local -o s -- smpc-stat variance,correlation 'd.{}'
	right_statistics
}

# right_model: m and the predictions p are those of a model that has both counts.
right_model() {
	local j
	for j in 2 3; do
		near "$(cell standardize.scale 1 $j m)" "$(awk -v v="$(moments blood.csv $j)" 'BEGIN { print sqrt(200 / 199 / v) }')" 1e-3 ||
			return 1
	done
	quietly smpc-local -o c -- smpc-score -m auc -l ill 'p.{}' 'd.{}'
	near "$(cut -f 2 c.1)" 1 0.02
}

@test "--standardize leaves no column out: counts of cells decide, or are named" {
	blood
	smpc-share -n 2 -o d blood.csv 2>/dev/null
	capture smpc-local -o m -- smpc-train -l ill --standardize -e 30 'd.{}'
	if [ "$status" -ne 0 ]; then
		refused_for platelets
	else
		quietly smpc-local -o p -- smpc-predict 'm.{}' 'd.{}'
		right_model
	fi
}

@test "--standardize of columns with ranges: what the model multiplies by is one over the deviation" {
	has_ranges
	blood
	quietly smpc-share -n 2 -o d --range age=0..100 --range leukocytes=0..2e4 --range platelets=0..5e5 --codes ill=0,1 blood.csv
	quietly smpc-local -o m -- smpc-train -l ill --standardize -e 30 'd.{}'
	quietly smpc-local -o p -- smpc-predict 'm.{}' 'd.{}'
	right_model
}

@test "columns of rows that an owner left out are not pasted to those of another" {
	table ward.csv age 1 2 NA 4
	table lab.csv glucose NA 20 30 40
	table all.csv sex 0 1 0
	smpc-share -n 2 -o ward --na drop ward.csv 2>/dev/null
	smpc-share -n 2 -o lab --na drop lab.csv 2>/dev/null
	smpc-share -n 2 -o all all.csv
	local p
	for p in 0 1 2; do
		# either side is enough, since nobody knows which of its rows are missing
		fails_with 4 smpc-paste ward.$p lab.$p
		fails_with 4 smpc-paste all.$p lab.$p
		stderr_has "lab.$p"
		fails_with 4 smpc-paste ward.$p all.$p
		stderr_has "ward.$p"
	done
	# rows behind rows are another matter
	shared other age 5 6
	for p in 0 1 2; do
		quietly into both.$p smpc-cat ward.$p other.$p
	done
	reveals both age 1 2 4 5 6
}
