#!/usr/bin/env bash
#
# Lassos and elastic nets of tables of scikit-learn and of R, in sessions, against scikit-learn's coordinate descent and
# SAGA (lasso-data.py has the bounds).  A line for each set.  Skipped where there is no scikit-learn or no R (Debian:
# python3-sklearn, r-base-core).

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
PATH=$(realpath "${BUILD:-$here/../../build}")/bin:$PATH

reference() {
	/usr/bin/python3 -B "$here/lasso-data.py" "$@"
}

if ! command -v Rscript >/dev/null || ! /usr/bin/python3 -c "import sklearn" 2>/dev/null; then
	echo "needs Rscript and scikit-learn, which Debian has as r-base-core and python3-sklearn"
	exit 77
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# try SET: in a directory of its own.
try() {
	local how
	mkdir "$dir/$1" && cd "$dir/$1" && reference write "$1" || return 1
	mapfile -t how <train
	smpc-share -n 2 -o data data.csv && smpc-local -n 2 -o model -- smpc-train "${how[@]}" 'data.{}' &&
		smpc-reveal --table -o table.csv model.1 model.2 && reference compare "$1"
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
