#!/usr/bin/env bash
#
# 200 faults (RELAY_FAULTS gives another number) of what carries the bytes between three parties, one in each training, at
# random (RELAY_SEED): a bit changed, a connection cut, bytes twice, out of order, late, or everything held up for up to a
# minute.  A training ends with 0, 3 or 4, at every party, and goes on from its checkpoint when it is run again; whenever
# all parties have a model, it is that of a training without faults, to the bit.  Prints how often which fault did what.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
PATH=$(realpath "${BUILD:-$here/../build}")/bin:$PATH
faults=${RELAY_FAULTS:-200}
RANDOM=${RELAY_SEED:-1}
names=(dealer alice bob)
kinds=(flip cut duplicate reorder delay stall)
patience=20

dir=$(mktemp -d)
# shellcheck disable=SC2317 # called by the trap
clean() {
	jobs -p | xargs -r kill 2>/dev/null || true
	wait
	rm -rf "$dir"
}
trap clean EXIT
cd "$dir"
mkdir -m 700 run tmp
export XDG_RUNTIME_DIR=$dir/run TMPDIR=$dir/tmp
export PYTHONDONTWRITEBYTECODE=1

# ---- parties, who are called by way of the relay

mapfile -t ports < <(python3 -S "$here/python/ports.py" 6)
list=() ways=()
for i in 0 1 2; do
	name=${names[i]}
	smpc-keygen -o "$name.key" >"$name.pub"
	role=computing
	[ "$name" != dealer ] || role=dealer
	list+=("{\"name\": \"$name\", \"role\": \"$role\", \"key\": \"$(cat "$name.pub")\", \"address\": \"127.0.0.1:${ports[i]}\"}")
	ways+=("${ports[i]}=${ports[i + 3]}")
done
(
	IFS=,
	echo "{\"version\": 1, \"parties\": [${list[*]}]}"
) >parties.json
export SMPC_PARTIES=$dir/parties.json
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 96; i++) { a = i * 37 % 101 / 25 - 2; b = i * 53 % 89 / 22 - 2
	print a "," b "," (a - b > 0.3) } }' >x.csv
smpc-share -i alice.key --range a,b=-2..3 --codes y=0,1 -O dealer=x.dealer -O alice=x.alice -O bob=x.bob x.csv

# ---- one training

# await FILE SECONDS
await() {
	local end=$((SECONDS + $2))
	until [ -e "$1" ]; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "not within $2 seconds: $1"
			return 1
		fi
		sleep 0.05
	done
}

# train FAULT AT SEED: all parties train once, from their checkpoints if there are any; NAME.status.  The relay leaves fault.done.
train() {
	local i name relay ready
	rm -f ./*.status fault.done
	coproc RELAY { exec python3 "$here/python/relay.py" "$1" "$2" "$3" fault.done "${ways[@]}"; }
	relay=$RELAY_PID
	read -r ready <&"${RELAY[0]}"
	[ "$ready" = ready ] || return 1
	for i in 0 1 2; do
		name=${names[i]}
		{
			status=0
			SMPC_STATE=$dir/state.$name timeout -k 5 200 smpc-party -i "$name.key" -l "127.0.0.1:${ports[i + 3]}" -- \
				smpc-train --faithful -l y -e 30 -b 16 --checkpoint "c.$name" --every 3steps -w $patience \
				-o "m.$name" "x.$name" >"$name.out" 2>"$name.err" </dev/null || status=$?
			echo "$status" >"$name.status.new"
			mv "$name.status.new" "$name.status"
		} &
	done
	for name in "${names[@]}"; do
		await "$name.status" 220 || return 1
	done
	kill "$relay" 2>/dev/null || true
	wait "$relay" 2>/dev/null || true
}

# statuses: of all three, in one line
statuses() {
	cat dealer.status alice.status bob.status | paste -s -d ' '
}

# wrong WHY: what is to be known of a failure
wrong() {
	echo "$1: fault $n: $kind at byte $at, $(cat fault.done 2>/dev/null || echo 'not done'): status $(statuses)"
	head -n 4 dealer.err alice.err bob.err
	exit 1
}

n=0 kind=none at=0
start=$EPOCHREALTIME
train none 0 0
[ "$(statuses)" = "0 0 0" ] || wrong "without a fault"
await fault.done 5
total=$(cat fault.done)
smpc-reveal -o whole.csv m.alice m.bob
awk -v a="$start" -v b="$EPOCHREALTIME" -v t="$total" 'BEGIN { printf "without a fault: %.1f s, %d bytes\n", b - a, t }'
rm m.*

# ---- with faults

declare -A outcome
trainings=0 models=0 resumed=0
while [ "$n" -lt "$faults" ]; do
	kind=${kinds[RANDOM % ${#kinds[@]}]}
	at=$(((RANDOM << 15 | RANDOM) % total))
	trainings=$((trainings + 1))
	[ ! -e c.alice ] || resumed=$((resumed + 1))
	train "$kind" "$at" "$RANDOM" || wrong "does not end"
	[[ $(statuses) =~ ^[034]\ [034]\ [034]$ ]] || wrong "another status"
	for name in "${names[@]}"; do
		[ "$(cat "$name.status")" -eq 0 ] || grep -q '^smpc-[a-z]*: .' "$name.err" || wrong "nothing said by $name"
	done
	if [ -e fault.done ]; then
		n=$((n + 1))
		worst=$(tr ' ' '\n' <<<"$(statuses)" | sort -n | tail -n 1)
		outcome[$kind $worst]=$((${outcome[$kind $worst]:-0} + 1))
	fi
	if [ "$(statuses)" = "0 0 0" ]; then
		models=$((models + 1))
		smpc-reveal -o again.csv m.alice m.bob
		cmp whole.csv again.csv || wrong "another model"
		smpc-reveal m.dealer m.bob | cmp - whole.csv || wrong "another model at the dealer"
		# nothing is left to go on from
		! ls c.* >/dev/null 2>&1 || wrong "checkpoints are left"
		rm m.*
	fi
done
for kind in "${kinds[@]}"; do
	echo "$kind: as if nothing had been ${outcome[$kind 0]:-0}, status 3 ${outcome[$kind 3]:-0}, status 4 ${outcome[$kind 4]:-0}"
done
echo "$n faults in $trainings trainings, $resumed of which went on from a checkpoint; $models models, all right"
