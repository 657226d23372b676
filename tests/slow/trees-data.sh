#!/usr/bin/env bash
#
# Boosting of tables of scikit-learn and of R, in float64 and in sessions, against xgboost with the same bins (trees-data.py
# has the bounds).  A line for each set and way.  Skipped where there is no xgboost, scikit-learn or R (Debian:
# python3-xgboost, python3-sklearn, r-base-core).

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
PATH=$(realpath "${BUILD:-$here/../../build}")/bin:$PATH

reference() {
	/usr/bin/python3 -B "$here/trees-data.py" "$@"
}

if ! command -v Rscript >/dev/null || ! /usr/bin/python3 -c "import sklearn, xgboost" 2>/dev/null; then
	echo "needs Rscript, scikit-learn and xgboost, which Debian has as r-base-core, python3-sklearn and python3-xgboost"
	exit 77
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# in_float64: learnt.csv and held.csv, what a model says of train.csv and test.csv.
in_float64() {
	local name
	for name in train test; do
		smpc-share --public -o $name.public "${share[@]}" $name.csv || return 1
	done
	smpc-train --float -o model.public "${how[@]}" train.public &&
		smpc-predict --clear model.public train.public | smpc-reveal - >learnt.csv &&
		smpc-predict --clear model.public test.public | smpc-reveal - >held.csv
}

in_session() {
	local name
	for name in train test; do
		smpc-share -n 2 -o $name "${share[@]}" $name.csv || return 1
	done
	smpc-local -n 2 -o model -- smpc-train "${how[@]}" 'train.{}' &&
		smpc-local -n 2 -o p -- smpc-predict 'model.{}' 'train.{}' &&
		smpc-local -n 2 -o q -- smpc-predict 'model.{}' 'test.{}' &&
		smpc-reveal p.1 p.2 >learnt.csv && smpc-reveal q.1 q.2 >held.csv
}

# try SET: in a directory of its own.
try() {
	local how share
	mkdir "$dir/$1" && cd "$dir/$1" && reference write "$1" || return 1
	mapfile -t how <how
	mapfile -t share <share
	in_float64 && reference compare "$1" "in float64" && rm learnt.csv held.csv && in_session && reference compare "$1" "on shares"
}

failed=0
if [ "$#" -eq 0 ]; then
	read -r -a sets <<<"$(reference names)"
	set -- "${sets[@]}"
fi
for set in "$@"; do
	if ! try "$set"; then
		echo "$set: failed"
		failed=1
	fi
done
exit "$failed"
