#!/usr/bin/env bash
#
# Generalized linear models of tables that come with R, in sessions, against R's own glm: estimates within a thousandth of
# their standard errors, these, dispersions, deviances and AIC within a thousandth of themselves, p within a thousandth.  A
# line for each set.  Skipped where there is no R (Debian: r-base-core).

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
PATH=$(realpath "${BUILD:-$here/../../build}")/bin:$PATH

r() {
	Rscript --vanilla "$here/glm-data.R" "$@"
}

if ! command -v Rscript >/dev/null; then
	echo "needs Rscript, which Debian has as r-base-core"
	exit 77
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# try SET: in a directory of its own.
try() {
	local options how
	mkdir "$dir/$1" && cd "$dir/$1" && r write "$1" || return 1
	mapfile -t options <share
	mapfile -t how <train
	smpc-share -n 2 -o data "${options[@]}" data.csv && smpc-local -n 2 -o model -- smpc-train "${how[@]}" 'data.{}' &&
		smpc-reveal --table -o table.csv model.1 model.2 && r compare "$1"
}

failed=0
if [ "$#" -eq 0 ]; then
	mapfile -t sets < <(r names)
	set -- "${sets[@]}"
fi
for set in "$@"; do
	if ! try "$set"; then
		echo "$set: failed"
		failed=1
	fi
done
exit "$failed"
