#!/usr/bin/env bash
#
# Random tables through all tools, with up to 1500 rows: for TABLES_SECONDS (600), from seed TABLES_FIRST (1000) on.  The
# command that repeats a failure is printed with it.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
PATH=$(realpath "${BUILD:-$here/../build}")/bin:$PATH

exec python3 -B "$here/python/tables.py" --seconds "${TABLES_SECONDS:-600}" --first "${TABLES_FIRST:-1000}" --rows 1500
