#!/usr/bin/env bash
# Channels and sessions.  Targets: see the ratios of the first part; a session through the agents takes less than 3 ms
# more than the start of its tool; a pipeline of 32 interactive stages starts in less than 0.5 s.
set -euo pipefail

echo "# one channel over a loopback TCP connection"
channel

# What a command takes at every party, in ms: each prints it, the slowest party counts.
slowest() {
	sort -n "$1".[0-9]* | tail -1
}

cat >many <<'EOS'
# many COUNT COMMAND...: run it so often, one after the other, and print the ms of each.
count=$1
shift
start=$(date +%s%N)
for ((i = 0; i < count; i++)); do
	"$@" >/dev/null || exit
done
awk "BEGIN { print ($(date +%s%N) - $start) / 1e6 / $count }"
EOS
cat >pipeline <<'EOS'
# pipeline COUNT: so many stages at once, joined by pipes as those of a pipeline are; print the ms until all have ended.
start=$(date +%s%N)
for ((i = 0; i < $1; i++)); do
	smpc-ping -c 1 -s 0 --tag "stage $i" >/dev/null &
	pids[i]=$!
done
for pid in "${pids[@]}"; do
	wait "$pid" || exit
done
awk "BEGIN { print ($(date +%s%N) - $start) / 1e6 }"
EOS

median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# sessions N: the time of one session beyond the start of its tool, at the slowest party.  Of it, the round trips that
# the tool makes in the session, 4 to each of the others, are shown apart.
sessions() {
	local turn
	for turn in 1 2 3 4 5; do
		smpc-local -n "$1" -o session -- bash "$PWD/many" 40 smpc-ping -c 1 -s 0
		smpc-local -n "$1" -o longer -- bash "$PWD/many" 40 smpc-ping -c 21 -s 0
		smpc-local -n "$1" -o start -- bash "$PWD/many" 40 smpc-ping --version
		echo "$turn $(slowest session) $(slowest start) $(slowest longer)"
		rm session.* start.* longer.*
	done >turns
	awk -v more="$(awk '{ print $2 - $3 }' turns | median)" -v session="$(cut -d' ' -f2 turns | median)" \
		-v trips="$(awk '{ print ($4 - $2) / 5 }' turns | median)" \
		-v start="$(cut -d' ' -f3 turns | median)" 'BEGIN {
			printf("session %.2f ms, start alone %.2f ms, difference %.2f ms (target < 3)%s, of it round trips %.2f ms\n",
				session, start, more, more < 3 ? "" : "  MISSED", trips) }'
}

for n in 2 3; do
	echo "# sessions of $n computing parties and the dealer, one after the other: the median of 5 times 40"
	sessions "$n"
done
if [ -w /dev/shm ]; then
	echo "# the same, 2 computing parties, with the ledgers of spent sessions in memory: what the file system costs"
	TMPDIR=/dev/shm sessions 2
fi

echo "# 32 interactive stages at once, 2 computing parties and the dealer: the median of 5"
for turn in 1 2 3 4 5; do
	smpc-local -n 2 -o stages -- bash "$PWD/pipeline" 32
	slowest stages
	rm stages.*
done | median | awk '{ printf("%.0f ms (target < 500)%s\n", $1, $1 < 500 ? "" : "  MISSED") }'
