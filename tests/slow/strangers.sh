#!/usr/bin/env bash
#
# Ten minutes (STRANGER_SECONDS gives another time) as somebody else on the machines of three parties, while they compute:
#
#	another user, who tries sockets, files and processes (tests/python/stranger.py);
#	a sibling, in the same network and process name spaces, who floods the parties' ports, sends them noise, and
#	answers and calls in their names;
#	and, behind that, the snapshot of a machine that is restored: of one party, and of all computing parties.
#
# Nothing of that gives anything, nor changes a result.  What is known to be had is checked, too: whoever restores *all*
# computing parties together can repeat a run of what was dealt beforehand, byte for byte (smpc-party(1), Once).
# Needs root, for other users, and the right to make name spaces, for the container.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
bin=$(realpath "${BUILD:-$here/../build}")/bin
seconds=${STRANGER_SECONDS:-600}
names=(dealer alice bob)
owner=64001 stranger=64002

not_here() {
	echo "$1"
	exit 77
}

# as USER CMD...
as() {
	setpriv --reuid "$1" --regid "$1" --clear-groups -- "${@:2}"
}

if [ "${1:-}" != inside ]; then
	[ "$(id -u)" -eq 0 ] || not_here "needs root, to be other users"
	command -v setpriv >/dev/null || not_here "needs setpriv, which is not installed"
	unshare --net --pid --fork --mount-proc true 2>/dev/null || not_here "needs the right to make name spaces"
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
	unshare --net --pid --fork --mount-proc --kill-child "$0" inside "$dir"
	exit
fi
dir=$2
cd "$dir"
ip link set lo up 2>/dev/null || python3 - <<'P' || not_here "cannot set up the loopback device"
import fcntl, socket, struct
s = socket.socket()
fcntl.ioctl(s, 0x8914, struct.pack('16sh', b'lo', 0x41))        # SIOCSIFFLAGS, up and running
P

# One python3 that the others can run, and copies of the tools and scripts where they can reach them.
chmod 755 .
cp -r "$bin" bin
cp -r "$here/python" python
chmod -R go+rX bin python
for python in /usr/bin/python3 "$(command -v python3)" none; do
	[ "$python" != none ] || not_here "needs a python3 that other users can run"
	! as $stranger "$python" -c 'import ctypes, socket' 2>/dev/null || break
done
export PATH=$dir/bin:$PATH LC_ALL=C PYTHONDONTWRITEBYTECODE=1
mkdir work tmp
chown $owner work
chmod 1777 tmp
export TMPDIR=$dir/tmp XDG_RUNTIME_DIR=$dir/tmp
cd work
umask 022

# ---- the parties, who are one user with a usual umask

cat >../parties.sh <<'S'
list= i=0
for name in dealer alice bob; do
	smpc-keygen -o "$name.key" >"$name.pub"
	role=computing
	[ "$name" != dealer ] || role=dealer
	i=$((i + 1))
	list="$list${list:+,}{\"name\": \"$name\", \"role\": \"$role\", \"key\": \"$(cat "$name.pub")\", \"address\": \"127.0.0.1:2000$i\"}"
done
echo "{\"version\": 1, \"parties\": [$list]}" >parties.json
export SMPC_PARTIES=$PWD/parties.json
awk 'BEGIN { print "a,b"; for (i = 0; i < 20; i++) print i % 17 - 8 "," i / 16 }' | (umask 077 && cat >x.csv)
smpc-share -i alice.key --range a=-8..8 --range b=0..2 -O dealer=x.dealer -O alice=x.alice -O bob=x.bob x.csv
S
as $owner sh -eu ../parties.sh
export SMPC_PARTIES=$PWD/parties.json

# The same at every party, until stop has the number of a round.
cat >../job.sh <<'S'
p=$SMPC_PARTY
until [ -e go ]; do sleep 0.1; done
echo "$SMPC_LINK" >"link.$p"
round=0
until [ -s stop ] && [ "$round" -ge "$(cat stop)" ]; do
	round=$((round + 1))
	echo "$round" >"round.$p"
	for step in "smpc-ping -s 1 -c 2" "smpc-mul -o product.$p x.$p x.$p" "smpc-reveal --to all -o seen.$p product.$p"; do
		$step -w 60 >/dev/null 2>"err.$p" || echo "round $round: $step: status $?: $(head -n 1 "err.$p")" >>"wrong.$p"
	done
	[ "$round" -gt 1 ] || cp "seen.$p" "first.$p"
	cmp -s "first.$p" "seen.$p" || echo "round $round: another result" >>"wrong.$p"
done
S

# start NAME ARG...: its agent; NAME.pid, and NAME.status when it has ended
start() {
	rm -f "../$1.status" "../$1.pid"
	{
		status=0
		SMPC_STATE=$PWD/state.$1 as $owner smpc-party -i "$1.key" "${@:2}" 2>"../$1.err" &
		echo $! >"../$1.pid"
		wait $! || status=$?
		echo "$status" >"../$1.status.new"
		mv "../$1.status.new" "../$1.status"
	} &
}

# ended NAME...: what their commands ended with, in one line
ended() {
	local name
	for name; do
		until [ -e "../$name.status" ]; do
			sleep 0.05
		done
		cat "../$name.status"
	done | paste -s -d ' '
}

# report LINE...: and remember that something is wrong
failed=0
report() {
	printf '%s\n' "$@"
	failed=1
}

# ---- 1: ten minutes

for name in "${names[@]}"; do
	start "$name" -- sh ../job.sh
done
touch go && chown $owner go
for _ in $(seq 100); do
	[ ! -s link.dealer ] || [ ! -s link.alice ] || [ ! -s link.bob ] || break
	sleep 0.1
done
socket=0 pids=()
for name in "${names[@]}"; do
	pids+=("$(cat "../$name.pid")")
	socket=$((socket + 1))
	export "STRANGER_SOCKET$socket=$(cat "link.$name")"
done

# What anybody may read: what is public, and what this test itself writes.
public='(parties\.json|(dealer|alice|bob)\.pub|(link|round|wrong|err)\..*|go|stop)'
as $stranger "$python" ../python/stranger.py "$seconds" "$PWD" "$public" "${pids[@]}" >../stranger.out 2>&1 &
user=$!

# The sibling: it may call every port.  It knows the parties file, and what the preface of a link looks like.
cat >../sibling.sh <<'S'
end=$(($(date +%s) + $1))
while [ "$(date +%s)" -lt "$end" ]; do
	for port in 20001 20002 20003; do
		timeout 20 "$2" ../python/peer.py garbage $port 100 || true
	done
	for to in dealer alice bob; do
		for from in dealer alice bob; do
			[ $from = $to ] || timeout 20 "$2" ../python/peer.py dial parties.json $from $to || true
		done
	done
	# an agent's port cannot be taken, and whoever listens elsewhere is called by nobody
	timeout 1 "$2" ../python/peer.py busy 20002 && echo "got: the port of alice"
	timeout 1 "$2" ../python/peer.py impostor 20009
	true
done
S
as $stranger bash ../sibling.sh "$seconds" "$python" >../sibling.out 2>/dev/null &
sibling=$!
wait $user || report "another user got something"
wait $sibling || report "the sibling ended early"
cat ../stranger.out
sort ../sibling.out | uniq -c | sort -rn | head -n 8
! grep -q '^got' ../sibling.out || report "the sibling got something"
! grep -qv -e '^sent' -e '^verdict none' -e '^verdict 00' -e '^verdict 0[1-3]$' -e '^got' ../sibling.out || report "an answer that is none"

echo $(($(sort -n round.* | tail -n 1) + 3)) >../stop.new
chown $owner ../stop.new
mv ../stop.new stop
status=$(ended "${names[@]}")
[ "$status" = "0 0 0" ] || report "agents end with $status"
echo "$(cat round.alice) rounds of three sessions meanwhile"
for name in "${names[@]}"; do
	[ ! -e "wrong.$name" ] || report "$name: $(head -n 5 "wrong.$name")"
	cmp -s "first.$name" first.dealer || report "$name: another result than the dealer's"
done
# the squares of whole numbers are exact
awk -F , 'NR == FNR { a[FNR] = $1; next } FNR > 1 && $1 != a[FNR] ^ 2 { bad = 1 }
	END { exit bad + (NR != 42) }' x.csv first.dealer || report "another result"

# ---- 2: snapshots

# run RESULT [ARG...]: one step by all, into RESULT.NAME
run() {
	local name
	for name in "${names[@]}"; do
		start "$name" "${@:2}" -- smpc-mul -w 20 -o "$1.$name" "x.$name" "x.$name"
	done
	ended "${names[@]}"
}

# run_dealt RESULT: the same by the computing parties, with what was dealt
run_dealt() {
	local name
	# what was used is gone, and somebody has kept a copy
	rm -rf dealt
	cp -a ../dealt.copy dealt
	for name in alice bob; do
		start "$name" --dealt dealt -- smpc-mul -w 5 -o "$1.$name" "x.$name" "x.$name"
	done
	ended alice bob
}

# snapshot NAME..., restore NAME...
snapshot() {
	local name
	for name; do
		cp -a "state.$name" "../snapshot.$name"
	done
}
restore() {
	local name
	for name; do
		rm -rf "state.$name"
		cp -a "../snapshot.$name" "state.$name"
	done
}

# ids FILE: of its parts, which come from the session's number
ids() {
	smpc-info "$1" | sed -n 's/^part *//p'
}

# expect WHAT GOT WANT...
expect() {
	local what=$1 got=$2 want
	shift 2
	for want; do
		[ "$got" != "$want" ] || return 0
	done
	report "$what: '$got', and not '$*'"
}

snapshot alice bob
expect "before" "$(run before)" "0 0 0"
restore bob
expect "bob restored" "$(run after)" "0 0 0"
for name in "${names[@]}"; do
	[ "$(ids "before.$name")" != "$(ids "after.$name")" ] || report "$name: the number of a session came back"
	! cmp -s "before.$name" "after.$name" || report "$name: masks came back"
done
restore alice bob
expect "both restored" "$(run again)" "0 0 0"
[ "$(ids before.alice)" != "$(ids again.alice)" ] || report "the number of a session came back"

rm -rf ../snapshot.*
snapshot alice bob
SMPC_STATE=$PWD/state.dealer as $owner smpc-party -i dealer.key --deal-to dealt -- smpc-mul -o "dealt.dealer" x.dealer x.dealer
cp -a dealt ../dealt.copy
expect "dealt" "$(run_dealt first)" "0 0"
expect "dealt, again" "$(run_dealt never)" "4 4" "4 3" "3 4"
restore bob
expect "dealt, bob restored" "$(run_dealt never)" "4 3" "4 4"
restore alice bob
status=$(run_dealt second)
if [ "$status" = "0 0" ] && cmp -s first.alice second.alice && cmp -s first.bob second.bob; then
	echo "all computing parties restored: a dealt run repeats byte for byte, as smpc-party(1) warns"
else
	echo "all computing parties restored: a dealt run ends with $status"
fi
exit $failed
