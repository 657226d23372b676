#!/usr/bin/env bash
#
# JOINS (1000) random tables through smpc-join, from seed JOINS_SEED (100) on, against loops over their texts; and what parties
# see of joins, in more sessions.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
build=$(realpath "${BUILD:-$here/../build}")
PATH=$build/bin:$PATH

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
"$build/unit/join_views" 2000
for ((i = 0; i < ${JOINS:-1000}; i += 100)); do
	python3 -B "$here/python/joins.py" 100 $((${JOINS_SEED:-100} + i))
	rm -rf -- "${dir:?}"/*
done
