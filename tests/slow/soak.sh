#!/usr/bin/env bash
#
# An hour of sessions (SOAK_SECONDS gives another time) between three parties: all kinds of tools, several at a time, and
# some that are killed, or wait for something else.  Descriptors, memory and disk of the agents stay as they are, but for
# their ledgers (tests/python/soak.py has the limits, and prints the figures); every tool ends as it should; and at the
# end, when nothing runs, each agent has as many descriptors open as at the beginning.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
PATH=$(realpath "${BUILD:-$here/../build}")/bin:$PATH
seconds=${SOAK_SECONDS:-3600}
names=(dealer alice bob)

if [ "$seconds" -gt $((${FILE_SECONDS:-100000} - 100)) ]; then
	echo "SOAK_SECONDS has to be 100 less than FILE_SECONDS"
	exit 1
fi
dir=$(mktemp -d)
pids=()
# shellcheck disable=SC2317 # called by the trap
clean() {
	local p
	touch "$dir/stop" "$dir/finish"
	for p in "${pids[@]}"; do
		kill "$p" 2>/dev/null || true
	done
	wait
	rm -rf "$dir"
}
trap clean EXIT
cd "$dir"
mkdir -m 700 run tmp
export XDG_RUNTIME_DIR=$dir/run TMPDIR=$dir/tmp

# ---- parties, and what they hold

mapfile -t ports < <(python3 -S "$here/python/ports.py" 3)
list=()
for i in 0 1 2; do
	name=${names[i]}
	smpc-keygen -o "$name.key" >"$name.pub"
	role=computing
	[ "$name" != dealer ] || role=dealer
	list+=("{\"name\": \"$name\", \"role\": \"$role\", \"key\": \"$(cat "$name.pub")\", \"address\": \"127.0.0.1:${ports[i]}\"}")
done
(
	IFS=,
	echo "{\"version\": 1, \"parties\": [${list[*]}]}"
) >parties.json
export SMPC_PARTIES=$dir/parties.json
awk 'BEGIN { print "a,b"; for (i = 0; i < 200; i++) print i % 17 - 8 "," i / 16 }' >x.csv
smpc-share -i alice.key --range a=-8..8 --range b=0..13 -O dealer=x.dealer -O alice=x.alice -O bob=x.bob x.csv

# ---- what each party does

cat >job.sh <<'JOB'
p=$SMPC_PARTY
mkdir -p "$p"

# want STATUS CMD...: one of these, such as "0" or "3|4"
want() {
	wanted=$1 got=0
	shift
	"$@" >"$p/out" 2>"$p/err" || got=$?
	case "|$wanted|" in
	*"|$got|"*) return ;;
	esac
	{
		echo "round $round: $*: status $got, not $wanted"
		head -n 5 "$p/err"
	} >>"wrong.$p"
}

# there is none before all parties are there
touch "ready.$p"
until [ -e go ]; do sleep 0.1; done
round=0
until [ -s stop ] && [ "$round" -ge "$(cat stop)" ]; do
	round=$((round + 1))
	echo "$round" >"round.$p"
	want 0 smpc-ping -s 0 -c 3
	want 0 smpc-ping -s 1 -c 1
	want 0 smpc-mul -o "$p/product" "x.$p" "x.$p"
	want 0 smpc-compare -o "$p/less" -c 2 lt "x.$p"
	want 0 smpc-stat -o "$p/stat" mean,variance "x.$p"
	want 0 smpc-map -o "$p/map" sigmoid "x.$p"
	want 0 smpc-shuf --seed "$round" -o "$p/shuf" "x.$p"
	want 0 smpc-reveal --to alice -o "$p/seen" "$p/product"
	want 0 smpc-reveal --to all -o "$p/seen" "$p/stat"
	# several at a time
	for tag in 1 2 3 4; do
		smpc-ping -s 0 -c 2 --tag "$tag" >/dev/null 2>"$p/err.$tag" || echo "round $round: tag $tag: status $?" >>"wrong.$p" &
	done
	wait
	# one that is killed: the others are told
	if [ "$p" = bob ]; then
		want 137 timeout -s KILL 0.2 smpc-ping -s 0 -c 100000 --tag "killed $round" -w 30
	else
		want 3 smpc-ping -s 0 -c 100000 --tag "killed $round" -w 30
	fi
	# a share of another party, found by those who wait
	case $((round % 5)) in
	1) want '3|4' smpc-ping -s 0 --tag "differs $round $p" -w 1 ;;
	2)
		if [ "$p" = alice ]; then
			want 4 smpc-mul -o "$p/never" x.bob x.bob
		else
			want '3|4' smpc-mul -o "$p/never" -w 1 "x.$p" "x.$p"
		fi
		;;
	3) want 2 smpc-reveal --to nobody -o "$p/never" "$p/stat" ;;
	4) want 1 smpc-mul -o "$p/never" not-there not-there ;;
	esac
done
touch "ended.$p"
until [ -e finish ]; do sleep 0.1; done
JOB

# all FILE.: there is one of each party
all() {
	local name
	for name in "${names[@]}"; do
		[ -e "$1$name" ] || return 1
	done
}

# until_all SECONDS FILE.
until_all() {
	local end=$((SECONDS + $1))
	until all "$2"; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "not within $1 seconds: $2*"
			head -n 5 wrong.* ./*.err 2>/dev/null || true
			exit 1
		fi
		sleep 0.2
	done
}

# idle: how many descriptors each agent has open
idle() {
	local i
	sleep 1
	for i in 0 1 2; do
		find "/proc/${pids[i]}/fd" -mindepth 1 | wc -l
	done | paste -s -d ' '
}

agents=()
for name in "${names[@]}"; do
	SMPC_STATE=$dir/state.$name smpc-party -i "$name.key" -- sh job.sh 2>"$name.err" &
	pids+=($!)
	agents+=("$name=$!:$dir/state.$name")
done
until_all 20 ready.
sleep 1
before=$(idle)
touch go
failed=0
python3 "$here/python/soak.py" "$seconds" "$dir" "${agents[@]}" || failed=1
# the drivers are in this round or the next one
echo $(($(sort -n round.* | tail -n 1) + 3)) >stop.new
mv stop.new stop
until_all 120 ended.
after=$(idle)
touch finish
for p in "${pids[@]}"; do
	wait "$p" || failed=1
done
pids=()
echo "descriptors when nothing runs: $before, and at the end $after; rounds: $(cat round.alice)"
[ "$before" = "$after" ] || failed=1
if ls wrong.* >/dev/null 2>&1; then
	head -n 20 wrong.*
	failed=1
fi
if [ -s dealer.err ] || [ -s alice.err ] || [ -s bob.err ]; then
	head -n 5 ./*.err
	failed=1
fi
left=$(find run tmp -mindepth 1 | head -n 5)
if [ -n "$left" ]; then
	echo "left behind: $left"
	failed=1
fi
exit "$failed"
