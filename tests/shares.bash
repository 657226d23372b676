# shellcheck shell=bash
#
# Shares to test with.  A test file begins with
#
#	load helper
#	load shares

# table FILE LINE...: write lines to a file.
table() {
	printf '%s\n' "${@:2}" >"$1"
}

# shared NAME LINE...: share a CSV of these lines by the masked scheme: NAME.0 is the dealer's share, .1 and .2 the others'.
# Numbers may be as large and as small as 16 fraction bits have room for.
shared() {
	printf '%s\n' "${@:2}" | smpc-share -n 2 --fraction-bits 16 -o "$1"
}

# classes CODES NAME LINE...: as shared, with a column of classes, as --codes takes it: "y=0,1".
classes() {
	printf '%s\n' "${@:3}" | smpc-share -n 2 --codes "$1" -o "$2"
}

# ranged RANGE NAME LINE...: as shared, with a range declared of all columns: "-8..8".
ranged() {
	local columns column options=()
	IFS=, read -ra columns <<<"$3"
	for column in "${columns[@]}"; do
		options+=(--range "$column=$1")
	done
	printf '%s\n' "${@:3}" | smpc-share -n 2 "${options[@]}" -o "$2"
}

# shared_additively NAME LINE...: the same by the additive scheme, NAME.1 and NAME.2.
shared_additively() {
	printf '%s\n' "${@:2}" | smpc-share -n 2 --additive -o "$1"
}

# each CMD ARG...: run a command at every party of $parties, 0 1 2 unless set; @ in an argument stands for the party.
each() {
	local party
	for party in ${parties:-0 1 2}; do
		quietly "${@//@/$party}" || return 1
	done
}

# reveals NAME LINE...: every sufficient set of the shares NAME.* holds this CSV.
reveals() {
	local name=$1 set sets=("1 2" "0 1" "0 2" "0 1 2") want files party
	want=$(printf '%s\n' "${@:2}")
	[ -e "$name.0" ] || sets=("1 2")
	for set in "${sets[@]}"; do
		files=()
		for party in $set; do
			files+=("$name.$party")
		done
		quietly smpc-reveal "${files[@]}" || return 1
		assert_output "$want" || return 1
	done
}

# line_of LABEL FILE: what smpc-info says behind a label, such as "fraction bits".
line_of() {
	smpc-info "$2" | sed -n "s/^$1  *//p"
}

# is_line LABEL FILE TEXT: that it says TEXT.
is_line() {
	assert_equal "$(line_of "$1" "$2")" "$3"
}

# holds FILE...: the working directory holds these files, in this order, and no others.
holds() {
	assert_equal "$(find . -mindepth 1 -maxdepth 1 -printf '%P\n' | sort | paste -s -d ' ')" "$*"
}

# identities: NAME.key for all, and parties.json with all but the stranger.
identities() {
	local name role
	for name in dealer alice bob owner stranger; do
		smpc-keygen -o "$name.key" >"$name.pub" || return 1
	done
	for name in dealer alice bob owner; do
		case $name in
		alice | bob) role=computing ;;
		*) role=$name ;;
		esac
		printf '{"name": "%s", "role": "%s", "key": "%s"}\n' "$name" "$role" "$(cat "$name.pub")"
	done | paste -s -d , | sed 's/.*/{"version": 1, "parties": [&]}/' >parties.json
}

# damaged FROM TO: a copy of a binary stream with one bit of its last byte changed.
damaged() {
	local bytes last
	bytes=$(stat -c %s "$1")
	last=$(tail -c 1 "$1" | od -An -tu1)
	head -c $((bytes - 1)) "$1" >"$2"
	# shellcheck disable=SC2059 # an octal escape is the format
	printf "\\$(printf %03o $((last ^ 1)))" >>"$2"
}

# nap SECONDS: sleep(1) without a process of its own: wait for a pipe in which nothing comes.
nap() {
	[ -n "${nothing_comes-}" ] || exec {nothing_comes}<> <(:)
	read -rt "$1" -u "$nothing_comes" || true
}

# soon CMD...: it succeeds within five seconds; on a machine that is busy, within twenty.
soon() {
	local i
	for ((i = 0; i < 2000; i++)); do
		if "$@"; then
			return 0
		fi
		nap 0.01
	done
	fail "not within five seconds: $*"
}

# fails_short STATUS CMD...: it fails as fails_with has it, except that it may have written to standard output before it
# saw the fault; what it wrote does not pass for a whole stream.
fails_short() {
	local status=$1
	shift
	fails_with "$status" into partial.output "$@" || return 1
	run smpc-cat -i bob.key -p parties.json partial.output
	rm partial.output
	assert_failure
}
