#!/usr/bin/env bash
#
# Tests of tables that come with R, and survival on bins, in sessions, against R's own: statistics, sums of squares, events
# and intervals within a thousandth of themselves, p within a thousandth.  A line for each set.  Skipped where there is no R
# with its package survival (Debian: r-base-core, r-cran-survival).

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
PATH=$(realpath "${BUILD:-$here/../../build}")/bin:$PATH

r() {
	Rscript --vanilla "$here/stat-data.R" "$@"
}

if ! command -v Rscript >/dev/null || ! Rscript --vanilla -e 'library(survival)' >/dev/null 2>&1; then
	echo "needs Rscript and the package survival, which Debian has as r-base-core and r-cran-survival"
	exit 77
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# try SET: in a directory of its own.
try() {
	local options how
	mkdir "$dir/$1" && cd "$dir/$1" && r write "$1" || return 1
	mapfile -t options <share
	mapfile -t how <how
	smpc-share -n 2 -o data "${options[@]}" data.csv && smpc-local -n 2 -o result -- smpc-stat "${how[@]}" 'data.{}' &&
		smpc-reveal --table -o table.csv result.1 result.2 && r compare "$1"
}

failed=0
for set in $(r names); do
	if ! try "$set"; then
		echo "$set: failed"
		failed=1
	fi
done
exit "$failed"
