#!/usr/bin/env bash
#
# Predictions of tables that come with scikit-learn, scored in sessions, against scikit-learn's own figures: counts and
# quotients exactly, the others within what smpc-score(1) says; intervals against its figures of the same replicates.  A line
# for each table.  Skipped where there is no scikit-learn (Debian: python3-sklearn).

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
PATH=$(realpath "${BUILD:-$here/../../build}")/bin:$PATH

data() {
	/usr/bin/python3 -B "$here/score-data.py" "$@"
}

if ! /usr/bin/python3 -c 'import sklearn' 2>/dev/null; then
	echo "needs scikit-learn, which Debian has as python3-sklearn"
	exit 77
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# try NAME: in a directory of its own.
try() {
	local name run
	local -a options
	mkdir "$dir/$1" && cd "$dir/$1" && data write "$1" || return 1
	for name in p y; do
		mapfile -t options <$name.options
		smpc-share -n 2 "${options[@]}" -o $name $name.csv || return 1
	done
	for run in run.*; do
		mapfile -t options <"$run"
		smpc-local -n 2 -o out -- smpc-score --json --to 1 "${options[@]}" 'p.{}' 'y.{}' || return 1
		mv out.1 "got.${run#run.}" || return 1
	done
	data compare "$1"
}

failed=0
for name in $(data names); do
	if ! try "$name"; then
		echo "$name: failed"
		failed=1
	fi
done
exit "$failed"
