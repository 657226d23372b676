#!/usr/bin/env bash
#
# The first hour of a new user: both command lines of README.md, as they stand there, on a Debian 12 that has the base
# system, sudo, a user, these sources, and nothing else.  Prints how long each of them took.  Needs root, debootstrap,
# the network and 3 GiB in TMPDIR; MIRROR names another Debian mirror.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
mirror=${MIRROR:-http://deb.debian.org/debian}

not_here() {
	echo "$1"
	exit 77
}

# A name space of its own ends with all that was started and mounted in it.
if [ "${1:-}" != inside ]; then
	[ "$(id -u)" -eq 0 ] || not_here "needs root, for debootstrap and chroot"
	for cmd in debootstrap chroot unshare wget; do
		command -v $cmd >/dev/null || not_here "needs $cmd, which is not installed"
	done
	unshare --mount --pid --fork true 2>/dev/null || not_here "needs the right to make name spaces"
	wget -q -T 20 -t 2 -O /dev/null "$mirror/dists/bookworm/InRelease" || not_here "needs the network: no answer from $mirror"
	dir=$(mktemp -d)
	trap 'rm -rf --one-file-system "$dir"' EXIT
	[ "$(df -k --output=avail "$dir" | tail -n 1)" -gt $((3 << 20)) ] || not_here "needs 3 GiB in TMPDIR"
	unshare --mount --pid --fork --kill-child "$(realpath "${BASH_SOURCE[0]}")" inside "$dir/root"
	exit
fi
root=$2

# The fenced block of README.md behind a marker.
block() {
	awk -v marker="<!-- $1 -->" '
		!found { found = ($0 == marker); next }
		/^```/ { if (inside) exit; inside = 1; next }
		inside { print }' "$here/README.md"
}

# in_root COMMAND...: by the new user, with nothing of this machine's environment.
in_root() {
	chroot "$root" su - newcomer -c "$*"
}

# first_time NAME: what README.md says at this marker, timed.
first_time() {
	local start=$SECONDS status=0 log=$root/home/newcomer/$1.log
	block "$1" >"$root/home/newcomer/$1"
	if [ ! -s "$root/home/newcomer/$1" ]; then
		echo "README.md has no block marked <!-- $1 -->"
		return 1
	fi
	in_root "cd smpc && bash -eu ../$1" </dev/null >"$log" 2>&1 || status=$?
	[ "$status" -eq 0 ] || tail -n 400 "$log"
	echo "$1: $((SECONDS - start)) s, status $status"
	return "$status"
}

debootstrap --include=sudo bookworm "$root" "$mirror" >"${root%/*}/log" 2>&1 || {
	tail -n 20 "${root%/*}/log"
	exit 1
}
cp /etc/resolv.conf "$root/etc/resolv.conf"
printf '127.0.0.1 localhost %s\n' "$(hostname)" >"$root/etc/hosts"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
chroot "$root" useradd -m -s /bin/bash newcomer
echo 'newcomer ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/newcomer"
mkdir "$root/home/newcomer/smpc"
tar -C "$here" --exclude=./.git --exclude='./build*' -cf - . | tar -C "$root/home/newcomer/smpc" -xf -
chroot "$root" chown -R newcomer: /home/newcomer

first_time setup
grep -A 3 -F "113 patients that were not trained on:" "$root/home/newcomer/setup.log"
first_time test
tail -n 1 "$root/home/newcomer/test.log"
