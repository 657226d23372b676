# shellcheck shell=bash
#
# What the tests share.  A test file begins with
#
#	load helper
#
# and finds the build's tools first in PATH, an empty directory of its own as the working directory, and the functions
# below.  A file with its own setup() calls common_setup in it.

bats_require_minimum_version 1.5.0

# Nothing here starts a process: bats reads this file again for every test.
here_=$PWD
cd "${BASH_SOURCE[0]%/*}/.." || exit 1
ROOT=$PWD
case ${BUILD:=build} in
/*) ;;
*) BUILD=$ROOT/$BUILD ;;
esac
cd "$here_" || exit 1
unset here_
export ROOT BUILD
# What python3 compiles is kept, and outside the tree.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX=$BUILD/python
# A sanitizer's complaint must not pass for one of the tools' own statuses.
export ASAN_OPTIONS=exitcode=99:detect_leaks=1
export UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
export TSAN_OPTIONS=exitcode=99

# library NAME: as bats_load_library; but the load.bash of a library calls dirname for each of its files.
library() {
	local path paths file
	IFS=: read -ra paths <<<"$BATS_LIB_PATH"
	for path in "${paths[@]}"; do
		if [ -d "$path/$1/src" ]; then
			for file in "$path/$1"/src/*.bash; do
				# shellcheck disable=SC1090 # one of theirs
				source "$file"
			done
			return
		fi
	done
	bats_load_library "$1"
}

library bats-support
library bats-assert
library bats-file

common_setup() {
	# bats's trap for every command takes longer than most commands: it follows the test, and not what the test calls.  A
	# failure is reported where the test calls it.
	set +T
	PATH=$BUILD/bin:$PATH
	export LC_ALL=C HOME=$BATS_TEST_TMPDIR/home
	unset "${!SMPC_@}" "${!XDG_@}" POSIXLY_CORRECT
	mkdir "$HOME" "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return 1
}

setup() {
	common_setup
}

# capture CMD...: as "run --separate-stderr", which starts two processes more.
capture() {
	local - file=$BATS_TEST_TMPDIR/stderr.$BASHPID
	set +eE
	output=$("$@" 2>"$file")
	status=$?
	# shellcheck disable=SC2034 # for the tests
	read -rd '' stderr <"$file"
	# shellcheck disable=SC2034 # for assert_line
	IFS=$'\n' read -rd '' -a lines <<<"$output"
	# shellcheck disable=SC2034 # for the tests
	IFS=$'\n' read -rd '' -a stderr_lines <<<"$stderr"
	return 0
}

# quietly CMD...: it succeeds and says nothing on standard error; its standard output is in $output.
quietly() {
	capture "$@"
	assert_success || return 1
	assert_equal "$stderr" ""
}

# into FILE CMD...: CMD >FILE, for use behind quietly and run, which keep no binary output.
into() {
	local file=$1
	shift
	"$@" >"$file"
}

# fails_with STATUS CMD...: it ends with STATUS, names itself and the cause on standard error, and puts nothing on
# standard output.  For a command that is no tool itself (into, sh -c), any tool may be the one that speaks.
fails_with() {
	local want=$1 who='smpc(-[a-z0-9-]+)?'
	shift
	case ${1##*/} in
	smpc | smpc-*) who=${1##*/} ;;
	esac
	capture "$@"
	assert_failure "$want" || return 1
	# for a shell that evaluates it
	if [ "$who" != smpc-party ] || [ "$output" != "unset SMPC_LINK SMPC_PARTY SMPC_AGENT_PID; (exit $want)" ]; then
		assert_output "" || return 1
	fi
	if ! [[ $stderr =~ ^$who:\ . ]]; then
		batslib_print_kv_single_or_multi 6 who "$who" stderr "$stderr" |
			batslib_decorate "standard error does not begin with the tool's name" | fail
	fi
}

# stderr_has TEXT: standard error of the last quietly, fails_with or capture contains TEXT.
stderr_has() {
	if [[ $stderr != *"$1"* ]]; then
		batslib_print_kv_single_or_multi 6 text "$1" stderr "$stderr" |
			batslib_decorate "not in standard error" | fail
	fi
}

# needs CMD...: skip, and say so, where a command is missing.
needs() {
	local cmd
	for cmd; do
		command -v "$cmd" >/dev/null || skip "needs $cmd, which is not installed"
	done
}

# of_size SMALL LARGE: print SMALL, or LARGE where TEST_SIZE is large: slow/sizes.sh runs all files with it.
of_size() {
	if [ "${TEST_SIZE:-}" = large ]; then
		echo "$2"
	else
		echo "$1"
	fi
}

# unsanitized WHY: skip in a sanitizer's build what cannot work there (limits on address space, timings).
unsanitized() {
	[ -z "${SANITIZE:-}" ] || skip "not under $SANITIZE sanitizers: $1"
}

# tap_program PROGRAM...: a program that prints TAP.
tap_program() {
	run "$ROOT/tests/tap" "$@"
	# shellcheck disable=SC2154 # set by run
	if [ "$status" -eq 77 ]; then
		skip "${output#*SKIP }"
	fi
	assert_success || return 1
	grep -i '^ok [0-9]* *-* *# *skip' <<<"$output" | sed 's/^/# /' >&3 || true
}
