#!/usr/bin/env bash
#
# Shares are noise: the statistics on larger tables, which notice smaller faults; and views of all coins.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
build=$(realpath "${BUILD:-$here/../build}")
PATH=$build/bin:$PATH
export PYTHONDONTWRITEBYTECODE=1

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
"$build/unit/views" all
"$build/unit/order_views" all
python3 "$here/python/statistics.py" self
for scheme in masked-2 masked-3 additive-2 additive-3 q64-59 prime bits; do
	rm -rf -- "${dir:?}"/*
	python3 "$here/python/statistics.py" --rows 300000 uniform "$scheme"
done
