#!/usr/bin/env bash
#
# The local tools against exact arithmetic: more seeds, longer tables, more decimals.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
PATH=$(realpath "${BUILD:-$here/../build}")/bin:$PATH
export PYTHONDONTWRITEBYTECODE=1

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
schemes=(masked-2 masked-3 additive-2 additive-3 prime q64-59 bits public)
failed=0

# try ARGUMENT...: oracle.py in an empty directory.
try() {
	rm -rf -- "${dir:?}"/*
	python3 "$here/python/oracle.py" "$@" || failed=1
}

for scheme in "${schemes[@]}"; do
	try --seeds 100-119 "$scheme"
done
try --seeds 200-202 --rows 400 "${schemes[@]}"
for only in repeated rounding empty exactly; do
	try --seeds 300-304 --only "$only" "${schemes[@]}"
done
rm -rf -- "${dir:?}"/*
python3 "$here/python/columns.py" --seeds 100-299 || failed=1
python3 "$here/python/columns.py" --seeds 100-399 --wild || failed=1
python3 "$here/python/key_columns.py" --seeds 100-299 || failed=1
python3 "$here/python/sessions.py" --seeds 100-199 || failed=1
python3 "$here/python/sessions.py" --seeds 100-199 --wild || failed=1
python3 "$here/python/factors.py" --seeds 100-999 || failed=1
python3 "$here/python/factors.py" --sessions --seeds 100-149 || failed=1
python3 "$here/python/extremes.py" --seeds 100-499 || failed=1
python3 "$here/python/chains.py" --seeds 100-599 || failed=1
python3 "$here/python/declared.py" --seeds 100-399 || failed=1
python3 "$here/python/groups.py" --seeds 100-199 || failed=1
python3 "$here/python/groups.py" --clear --seeds 100-399 || failed=1
for seed in 1 2 3 4 5; do
	python3 "$here/python/roundtrip.py" --seed "$seed" 1000000 || failed=1
done
exit "$failed"
