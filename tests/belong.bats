#!/usr/bin/env bats
#
# Rows and columns that do not belong together are refused by every tool that would make a figure of them: rows of tables out
# of which owners left others, and columns that mean something else than those that a model was trained on.

load helper
load shares
load parties
load engine

# table_of FILE ROWS: FILE with columns a, b, y, z, and in rows 3 and 17 no a, in 5 and 9 no y.
table_of() {
	awk -v n="$2" 'BEGIN {
		print "a,b,y,z"
		for (i = 1; i <= n; i++)
			printf "%s,%d,%s,%d\n", (i == 3 || i == 17) ? "" : i % 7, i % 5, (i == 5 || i == 9) ? "" : i % 2, i % 3
	}' >"$1"
}

# shared_from NAME COLUMNS OPTION...: columns of table.csv.
shared_from() {
	smpc-share -n 2 -c "$2" -o "$1" "${@:3}" table.csv 2>"$1.said"
}

# refused_rows CMD...: what one party can say of its shares alone, and what all of them do.
refused_rows() {
	fails_with 4 "$@" || fail "$*: $status"
	stderr_has "its owner left rows out (--na drop), and the rows of"
	stderr_has "share both tables again without --na drop, fill missing values, or join by key"
}

@test "rows of two sharings with rows left out: no tool that takes rows side by side takes them" {
	local cmd
	table_of table.csv 40
	shared_from f a,b --na drop
	shared_from l y --na drop
	shared_from one a --na drop
	shared_from all z
	each smpc-head -n 38 -o w.@ all.@
	each smpc-transpose -o turned.@ f.@
	while read -r cmd; do
		# shellcheck disable=SC2086 # words
		refused_rows $cmd
	done <<-'EOF'
		smpc-train --plan -x f.1 -y l.1
		smpc-train --plan -x l.1 -y f.1 -m softmax
		smpc-train --plan -x f.1 -y w.1 -m linear
		smpc-train --plan -x w.1 -y l.1
		smpc-score --plan -m mse one.1 l.1
		smpc-score --plan -m mse l.1 w.1
		smpc-add f.1 l.1
		smpc-sub l.1 w.1
		smpc-mul --plan f.1 l.1
		smpc-paste f.1 l.1
		smpc-compare --plan lt one.1 l.1
		smpc-select --plan l.1 one.1 one.1
		smpc-select --plan one.1 one.1 l.1
		smpc-map --plan divide f.1 l.1
		smpc-matmul --plan -t f.1 l.1
		smpc-matmul --plan turned.1 l.1
	EOF
	capture smpc-local -o m -- smpc-train -m linear --standardize -x f.{} -y l.{}
	assert_failure 4
	stderr_has "f.1: its owner left rows out (--na drop), and the rows of l.1 are of another sharing"
	assert_not_exists m.1
}

@test "rows of one sharing, and of several in the same order, are learnt from" {
	table_of table.csv 40
	shared_from t a,b,z --na drop
	shared_from u a,b,z --na drop
	each smpc-cut -c a,b -o f.@ t.@
	each smpc-cut -c z -o l.@ t.@
	each smpc-cut -c a,b -o g.@ u.@
	each smpc-cut -c z -o k.@ u.@
	each smpc-cat -o fg.@ f.@ g.@
	each smpc-cat -o lk.@ l.@ k.@
	each smpc-cat -o kl.@ k.@ l.@
	each smpc-cat -o ll.@ --repeat l.@ l.@
	each smpc-shuf --seed 1 -o fs.@ f.@
	each smpc-shuf --seed 1 -o ls.@ l.@
	quietly smpc-train --plan -m linear -x f.1 -y l.1
	quietly smpc-train --plan -m linear -x fs.1 -y ls.1
	quietly smpc-train --plan -m linear -x fg.1 -y lk.1
	refused_rows smpc-train --plan -m linear -x fg.1 -y kl.1
	refused_rows smpc-train --plan -m linear -x fg.1 -y ll.1
	refused_rows smpc-train --plan -m linear -x f.1 -y k.1
	# the same rows, in one stream and in two
	quietly smpc-local -o m -- smpc-train --faithful -m linear --standardize -x f.{} -y l.{}
	quietly smpc-local -o n -- smpc-train --faithful -m linear --standardize -l z t.{}
	smpc-reveal -o m.csv m.1 m.2
	smpc-reveal n.1 n.2 | cmp - m.csv
	# public rows: those that say it, and those that do not
	smpc-reveal --public -o pf f.1 f.2
	smpc-reveal --public -o pk k.1 k.2
	smpc-reveal l.1 l.2 | smpc-share --public -o pl
	refused_rows smpc-train --clear -m linear --standardize -x pf -y pk
	quietly into out smpc-train --clear -m linear --standardize -x pf -y pl
}
