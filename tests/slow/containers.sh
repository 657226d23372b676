#!/usr/bin/env bash
#
# samples/docker: the image is built and is small, five containers go from tables to a model and an answer, and what each
# has is in its own volume.  With docker or podman, by compose where they have it; or with buildah alone, as root, on a base
# made by debootstrap, with chroot isolation, where the containers share one network.  ENGINE names one of the three.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
sample=$here/samples/docker
mirror=${MIRROR:-http://deb.debian.org/debian}
names=(dealer alice bob north south)
limit=120 # MB
tag=smpc-test-$$

# usable ENGINE: it is there, and works.
usable() {
	case $1 in
	docker | podman) "$1" info >/dev/null 2>&1 ;;
	buildah) [ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null && buildah info >/dev/null 2>&1 ;;
	esac
}

engine=''
for e in ${ENGINE:-docker podman buildah}; do
	if usable "$e"; then
		engine=$e
		break
	fi
done
if [ -z "$engine" ]; then
	echo "needs docker or podman with a service that answers, or, as root, buildah and debootstrap"
	exit 77
fi
echo "engine: $engine"

dir=$(mktemp -d)
# shellcheck disable=SC2317 # called by the trap
clean() {
	case $engine in
	buildah)
		[ ! -s "$dir/pids" ] || xargs -r kill <"$dir/pids" 2>/dev/null || true
		wait
		xargs -r buildah rm <"$dir/containers" >/dev/null 2>&1 || true
		buildah rmi -f "$tag" "$tag-base" >/dev/null 2>&1 || true
		;;
	*)
		"${compose[@]:-true}" down -v >/dev/null 2>&1 || true
		"$engine" rm -f "${names[@]/#/$tag-}" >/dev/null 2>&1 || true
		"$engine" volume rm -f "${names[@]/#/$tag-}" "$tag-post" >/dev/null 2>&1 || true
		"$engine" network rm "$tag" >/dev/null 2>&1 || true
		"$engine" rmi -f "$tag" "$tag-base" >/dev/null 2>&1 || true
		;;
	esac
	rm -rf --one-file-system "$dir"
}
trap clean EXIT
: >"$dir/containers"
mkdir "$dir/log"

# said NAME REGEXP
said() {
	if ! grep -qE -e "$2" "$dir/log/$1"; then
		echo "$1 did not say $2"
		exit 1
	fi
}

# small BYTES
small() {
	echo "image: $(($1 / 1000000)) MB"
	[ "$1" -lt $((limit * 1000000)) ]
}

# make_base: a Debian 12 with nothing else, in $dir/base.
make_base() {
	if ! debootstrap --variant=minbase bookworm "$dir/base" "$mirror" >"$dir/log/debootstrap"; then
		tail -n 5 "$dir/log/debootstrap"
		return 1
	fi
	rm -rf "$dir"/base/var/cache/apt/archives/*.deb "$dir"/base/var/lib/apt/lists/* "$dir"/base/usr/share/{doc,locale,man}/*
}

# ---- docker, podman

# The containers of compose.yaml without compose: the same volumes, names and rights.
run_plainly() {
	local name
	"$engine" network create "$tag" >/dev/null
	for name in "${names[@]}"; do
		local more=()
		case $name in
		north | south) more=(-v "$here/samples/breast-cancer/patients.csv:/patients.csv:ro") ;;
		esac
		"$engine" run -d --name "$tag-$name" --hostname "$name" --network "$tag" --network-alias "$name" --read-only \
			--tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges -v "$tag-$name:/data" -v "$tag-post:/post" \
			"${more[@]}" "$tag" sh /usr/share/smpc/party "$name" >/dev/null
	done
	for name in "${names[@]}"; do
		[ "$("$engine" wait "$tag-$name")" -eq 0 ] || failed=1
		"$engine" logs "$tag-$name" >"$dir/log/$name" 2>&1
	done
}

run_composed() {
	local name id
	sed "s/^name: .*/name: $tag/; s/image: smpc/image: $tag/" "$sample/compose.yaml" >"$dir/compose.yaml"
	compose=("$engine" compose -f "$dir/compose.yaml" --project-directory "$sample")
	"${compose[@]}" up --no-build >"$dir/log/all" 2>&1 || failed=1
	for name in "${names[@]}"; do
		id=$("${compose[@]}" ps -a -q "$name")
		[ "$("$engine" inspect -f '{{.State.ExitCode}}' "$id")" -eq 0 ] || failed=1
		"$engine" logs "$id" >"$dir/log/$name" 2>&1
	done
}

with_daemon() {
	local base=docker.io/library/debian:bookworm-slim
	if ! "$engine" pull -q "$base"; then
		echo "no registry: the base is made by debootstrap"
		make_base
		base=$tag-base
		tar -C "$dir/base" -cf - . | "$engine" import - "$base" >/dev/null
	fi
	"$engine" build --build-arg "BASE=$base" -t "$tag" -f "$sample/Dockerfile" "$here"
	small "$("$engine" image inspect -f '{{.Size}}' "$tag")"
	[ "$("$engine" run --rm "$tag" id -u)" -ne 0 ]
	if "$engine" compose version >/dev/null 2>&1; then
		run_composed
	else
		run_plainly
	fi
}

# ---- buildah

with_buildah() {
	local name container port=24831 address=()
	export STORAGE_DRIVER=${STORAGE_DRIVER:-vfs} BUILDAH_ISOLATION=chroot
	make_base
	container=$(buildah from scratch)
	echo "$container" >>"$dir/containers"
	buildah add -q "$container" "$dir/base" / >/dev/null
	buildah commit -q "$container" "$tag-base" >/dev/null
	buildah bud -q --build-arg "BASE=localhost/$tag-base" -t "$tag" -f "$sample/Dockerfile" "$here" >/dev/null

	mkdir -m 777 "$dir/post"
	for name in DEALER ALICE BOB; do
		address+=(-e "$name=127.0.0.1:$((port++))")
	done
	for name in "${names[@]}"; do
		container=$(buildah from "localhost/$tag")
		echo "$container" >>"$dir/containers"
		if [ "$name" = dealer ]; then
			small "$(du -sb --apparent-size "$(buildah mount "$container")" | cut -f 1)"
			[ "$(buildah run "$container" -- id -u)" -ne 0 ]
		fi
		install -d -o 1000 -g 1000 -m 700 "$dir/volume/$name"
		buildah run "${address[@]}" -v "$dir/volume/$name:/data" -v "$dir/post:/post" \
			-v "$here/samples/breast-cancer/patients.csv:/patients.csv:ro" "$container" -- \
			sh /usr/share/smpc/party "$name" >"$dir/log/$name" 2>&1 &
		echo $! >>"$dir/pids"
	done
	while read -r name; do
		wait "$name" || failed=1
	done <"$dir/pids"
	: >"$dir/pids"
	# A volume has its own key and shares, and nobody else's.
	for name in "${names[@]}"; do
		[ -e "$dir/volume/$name/my.key" ] || failed=1
	done
	[ "$(find "$dir/volume" -name 'model.*' | sed 's,.*/volume/,,' | sort | paste -s -d ' ')" = \
		"alice/model.alice bob/model.bob dealer/model.dealer north/model.csv" ] || failed=1
}

failed=0
case $engine in
buildah) with_buildah ;;
*) with_daemon ;;
esac
for name in "${names[@]}"; do
	sed "s/^/$name: /" "$dir/log/$name"
done
said alice '^accuracy	0\.9'
said bob '^accuracy	0\.9'
said north '^model: 37 lines$'
said south '^answer: 1 1 0$'
exit "$failed"
