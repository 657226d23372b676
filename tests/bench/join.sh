#!/usr/bin/env bash
# Joins of two tables with 10 columns each, half of whose keys match: smpc-join as a whole, dealer and two parties on this machine.
# Targets: 100,000 and 100,000 rows in 6 s, 1,000,000 and 1,000,000 in 90 s (JOIN_ROWS=1000000), under 2 GB a party.
set -euo pipefail

rows=${JOIN_ROWS:-100000}
turns=${JOIN_TURNS:-5}

# made NAME FIRST OPTION...: a table whose keys are FIRST and those behind it, in any order.
made() {
	python3 -c '
import random, sys
name, first, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
keys = list(range(first, first + rows))
random.Random(1).shuffle(keys)
print("id", *[f"{name}{i}" for i in range(10)], sep=",")
for k in keys:
    print(k, *[(k * 7 + i * 1001) % 4096 / 4 for i in range(10)], sep=",")' "$1" "$2" "$rows" >"$1.csv"
	smpc-share -f -n 2 --key id "${@:3}" -o "$1" "$1.csv" 2>/dev/null
}

# joined WHAT OPTION...: wall time and memory, of the slowest and largest party.
joined() {
	local what=$1 turn
	shift
	for ((turn = 0; turn < turns; turn++)); do
		smpc-local -n 2 -o j -- sh -c '/usr/bin/time -f "%e %M %U" -o t.{} smpc-join "$@"' sh "$@" 'a.{}' 'b.{}'
		sort -n t.0 t.1 t.2 | awk '{ wall = $1; if ($2 > most) most = $2; cpu += $3 } END { print wall, most / 1024, cpu }'
	done | sort -n | awk -v what="$what" -v rows="$rows" '{ wall[NR] = $1; most = $2; cpu = $3 }
		END { printf("%s: %d and %d rows: median %.2f s, memory %.0f MiB, CPU of all parties %.1f s\n", what, rows, rows,
			wall[int((NR + 1) / 2)], most, cpu) }'
	smpc-local -n 2 -- smpc-join "$@" 'a.{}' 'b.{}' --stats 2>&1 >/dev/null | grep '^1: smpc-join: rounds .*per link' || true
}

made a 0
made b $((rows / 2))
joined inner
joined left --how left --indicator here
made a 0 --duplicates id
joined "inner, of keys that nobody knows to be distinct"
