# shellcheck shell=bash
#
# Models that are trained by real parties.  A test file loads it behind engine.

reference=$ROOT/tests/python/training.py
cancer=$ROOT/samples/breast-cancer/patients.csv

# patients N: train.* and test.csv: four of five patients among the dealer and N parties, and the others in the clear.
patients() {
	local n=$1
	smpc-share -n "$n" -o all "$cancer"
	for ((p = 0; p <= n; p++)); do
		smpc-split --seed 1 -o train.$p --rest rest.$p all.$p || return 1
	done
	smpc-reveal -o train.csv train.1 $(seq -f train.%.0f 2 "$n")
	smpc-reveal -o test.csv rest.1 $(seq -f rest.%.0f 2 "$n")
}

# model N NAME ARGUMENT...: train; NAME.* are the shares, NAME.csv what they say.
model() {
	local n=$1 name=$2
	shift 2
	together "$n" "$name" smpc-train "$@" || return 1
	smpc-reveal -o "$name.csv" $(seq -f "$name.%.0f" 1 "$n")
}

# shared_csv_named NAME: NAME.csv, with a header, among the dealer and two parties.
shared_csv_named() {
	smpc-share -f -n 2 -o "$1" "$1.csv"
}

# agrees NAME TABLE LABEL OPTION=VALUE...: the model is that of the reference.
agrees() {
	local name=$1
	shift
	capture python3 "$reference" weights "$name.csv" "$@"
	assert_success || return 1
	assert_output ""
}

# right LEAST NAME TABLE LABEL OPTION=VALUE...: so many rows at least.
right() {
	local least=$1 name=$2
	shift 2
	capture python3 "$reference" accuracy "$name.csv" "$@"
	assert_success || return 1
	# shellcheck disable=SC2154 # set by run
	awk -v got="$output" -v least="$least" 'BEGIN { exit !(got >= least) }' || fail "accuracy $output"
}

# steps_in CHECKPOINT
steps_in() {
	smpc-info -j "$1" | sed -n '1s/.*"step":\([0-9]*\).*/\1/p'
}

# deadly: a library that, loaded before the system's, ends or stops a tool at a place that AT names: "KILL before rename NAME",
# "STOP after unlink NAME"; NAME is what the file is called then.
deadly() {
	cat >deadly.c <<-'EOF'
		#define _POSIX_C_SOURCE 200809L
		#include <fcntl.h>
		#include <signal.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <unistd.h>
		static void at(const char *when, const char *name) {
			const char *want = getenv("AT");
			char here[4200];
			snprintf(here, sizeof(here), "%s %s", when, name);
			if (want != NULL && strcmp(want + 5, here) == 0)
				raise((strncmp(want, "KILL", 4) == 0) ? SIGKILL : SIGSTOP);
		}
		int rename(const char *from, const char *to) {
			at("before rename", to);
			int rc = renameat(AT_FDCWD, from, AT_FDCWD, to);
			if (rc == 0)
				at("after rename", to);
			return (rc);
		}
		int unlink(const char *name) {
			at("before unlink", name);
			int rc = unlinkat(AT_FDCWD, name, 0);
			at("after unlink", name);
			return (rc);
		}
	EOF
	"${CC:-cc}" -shared -fPIC -o deadly.so deadly.c
}

# killed_training SECONDS|FILES NAME ARGUMENT...: as model with two parties, but one of the parties is killed after so long, or as soon
# as there are these files.
killed_training() {
	local when=$1 name=$2 pid
	shift 2
	start "$name" smpc-local -n 2 -o "$name" -- smpc-train "$@"
	case $when in
	[0-9]*) sleep "$when" ;;
	*)
		# shellcheck disable=SC2086 # several names
		within 20 all_exist $when || return 1
		;;
	esac
	pid=$(trainers | shuf -n 1)
	# it may have ended by itself meanwhile
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || pid=
	within 20 test -e "$name.status" || return 1
	[ -z "$pid" ] || [ "$(cat "$name.status")" -ne 0 ]
}

all_exist() {
	local file
	for file; do
		[ -e "$file" ] || return 1
	done
}

# trainers: the tools of this test that train.
trainers() {
	local pid
	for pid in $(ours); do
		[[ $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") != smpc-train* ]] || echo "$pid"
	done
}

# cars NAME: NAME.csv, R's mtcars: mpg, wt, hp, am.
cars() {
	tr -s ' \t' '\n' <<-'ROWS' | awk 'BEGIN { print "mpg,wt,hp,am" } NF' >"$1.csv"
	21,2.62,110,1 21,2.875,110,1 22.8,2.32,93,1 21.4,3.215,110,0 18.7,3.44,175,0 18.1,3.46,105,0 14.3,3.57,245,0
	24.4,3.19,62,0 22.8,3.15,95,0 19.2,3.44,123,0 17.8,3.44,123,0 16.4,4.07,180,0 17.3,3.73,180,0 15.2,3.78,180,0
	10.4,5.25,205,0 10.4,5.424,215,0 14.7,5.345,230,0 32.4,2.2,66,1 30.4,1.615,52,1 33.9,1.835,65,1 21.5,2.465,97,0
	15.5,3.52,150,0 15.2,3.435,150,0 13.3,3.84,245,0 19.2,3.845,175,0 27.3,1.935,66,1 26,2.14,91,1 30.4,1.513,113,1
	15.8,3.17,264,1 19.7,2.77,175,1 15,3.57,335,1 21.4,2.78,109,1
	ROWS
}
