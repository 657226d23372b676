#!/usr/bin/env bash
#
# Ten of R's data sets through the whole pipeline, with declared ranges and classes, and every figure against R's own: means,
# variances, covariances, correlations, models, predictions, scores.  A line for each set and kind of figure has the worst
# error and its bound.  Skipped where there is no R with its recommended packages (Debian: r-base-core, r-recommended).

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
PATH=$(realpath "${BUILD:-$here/../../build}")/bin:$PATH

skip() {
	echo "$*"
	exit 77
}

r() {
	Rscript --vanilla "$here/r-data.R" "$@"
}

command -v Rscript >/dev/null || skip "needs Rscript, which Debian has as r-base-core"
r names >/dev/null 2>&1 || skip "needs R's recommended packages, which Debian has as r-recommended"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# What every party does; the arguments of smpc-train are in a file, one on a line.
cat >"$dir/job.sh" <<'JOB'
p=$SMPC_PARTY
label=$(cat label)
# words of classes that are other numbers are not added up
if [ -s no-numbers ]; then smpc-cut -x "$(cat no-numbers)" -o numbers.$p data.$p; else cp data.$p numbers.$p; fi
smpc-sum -o sum.$p numbers.$p
smpc-sum -m -o mean_sum.$p numbers.$p
smpc-stat -o stat.$p count,mean,variance,covariance,correlation numbers.$p
tr '\n' '\0' <train | xargs -0 sh -c 'smpc-train -o "$@"' sh model.$p data.$p
smpc-predict -o predicted.$p model.$p data.$p
smpc-score -o score.$p -l "$label" -m "$(cat figures)" predicted.$p data.$p
JOB

# reveal NAME TENSOR...
reveal() {
	local name=$1 tensor
	shift
	for tensor; do
		smpc-reveal -t "$tensor" -o "$tensor.csv" "$name.1" "$name.2" || return 1
	done
}

# try SET: in a directory of its own.
try() {
	local options name
	mkdir "$dir/$1" && cd "$dir/$1" && r write "$1" || return 1
	mapfile -t options <share
	smpc-share -n 2 -o data "${options[@]}" data.csv && smpc-local -n 2 -- sh -eu ../job.sh || return 1
	for name in sum mean_sum predicted; do
		smpc-reveal -o "$name.csv" "$name.1" "$name.2" || return 1
	done
	reveal stat count mean variance covariance correlation || return 1
	smpc-reveal --table -o model.csv model.1 model.2 || return 1
	r compare "$1"
}

failed=0
for set in $(r names); do
	if ! try "$set"; then
		echo "$set: failed"
		failed=1
	fi
done
exit "$failed"
