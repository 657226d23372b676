#!/usr/bin/env bash
#
# Peak memory and time of every filter on streams of 1 GiB, in $TMPDIR: all stay below 64 MiB.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
PATH=$(realpath "${BUILD:-$here/../build}")/bin:$PATH
limit=64
rows=$(((1 << 23) + 100)) # of 16 columns
failed=0

if [ -n "${SANITIZE:-}" ]; then
	echo "sanitizers take several times the memory"
	exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
if [ "$(df -k --output=avail . | tail -n 1)" -lt $((4 << 20)) ]; then
	echo "needs 4 GiB in TMPDIR"
	exit 77
fi

# peak NAME CMD...: its line of the table.
peak() {
	python3 "$here/python/peak.py" "$limit" "$@" || failed=1
}

# share NAME ARGUMENT...: into x.0 and x.1 of whole numbers.
share() {
	peak "$1" smpc-share -n 2 --fraction-bits 0 --force -O 0=x.0 -O 1=x.1 -O 2=/dev/null "${@:2}"
}

# streams NAME TOOL ARGUMENT...: on streams that no owner has sealed.
streams() {
	peak "$1" "$2" --unsealed "${@:3}"
}

cp "$here"/vectors/good/{bob.key,parties.json} .
chmod 600 bob.key
export SMPC_PARTIES=$PWD/parties.json SMPC_IDENTITY=$PWD/bob.key
for ((i = 0; i < 16; i++)); do
	printf '1%s' "$( ((i < 15)) && echo , || echo)"
done >matrix.csv # a row of ones
awk 'BEGIN { for (i = 0; i < 16; i++) print i ",1" }' >right.csv

awk 'BEGIN { for (i = 0; i < 100000; i++) { s = i; for (j = 1; j < 16; j++) s = s "," (i * 7919 + j * 104729) % 1000003
	print s } }' >block.csv
for ((i = 0; i < (1 << 30) / $(stat -c %s block.csv) + 1; i++)); do
	cat block.csv
done >table.csv
share share-csv --no-header table.csv
rm table.csv

python3 "$here/python/peak.py" --npy "$rows" 16 table.npy
share share-npy table.npy
rm table.npy

peak info smpc-info x.1
streams cat smpc-cat --repeat x.1 x.1
streams add smpc-add x.1 x.1
streams sub smpc-sub -c 7 x.1 x.1
streams mul smpc-mul -c 0.5 x.1
streams mul-row smpc-mul -c matrix.csv x.1
streams matmul smpc-matmul -c right.csv x.1
streams sum smpc-sum --mean x.1
streams sum-rows smpc-sum --rows x.1
streams sum-all smpc-sum --all x.1
streams cut smpc-cut -x 1,5 x.1
streams paste smpc-paste x.1 x.1
streams head smpc-head -n 4000000 x.1
streams split smpc-split --seed 1 --rest /dev/null x.1
streams reveal smpc-reveal x.0 x.1
peak seal smpc-seal bob x.1
smpc-seal -o x.sealed bob x.1
peak unseal smpc-cat x.sealed
exit "$failed"
