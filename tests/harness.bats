#!/usr/bin/env bats
#
# The tests' own machinery must see a failure when there is one.

load helper

# program LINE...: a program that prints these lines.
program() {
	printf '#!/bin/sh\ncat <<"E"\n' >program
	printf '%s\n' "$@" >>program
	printf 'E\n' >>program
	chmod +x program
}

@test "tap: a plan that is kept passes" {
	program 1..2 "ok 1 - a" "# a note" "ok 2 - b"
	run "$ROOT/tests/tap" ./program
	assert_success
}

@test "tap: a plan at the end is as good" {
	program "ok 1 - a" 1..1
	run "$ROOT/tests/tap" ./program
	assert_success
}

@test "tap: a failed check fails" {
	program 1..2 "ok 1 - a" "not ok 2 - b"
	run "$ROOT/tests/tap" ./program
	assert_failure 1
	assert_output --partial "1 of 2 checks failed"
}

@test "tap: no plan, fewer, more, none, twice the same fail" {
	program "ok 1 - a"
	run "$ROOT/tests/tap" ./program
	assert_failure 1
	program 1..3 "ok 1 - a" "ok 2 - b"
	run "$ROOT/tests/tap" ./program
	assert_failure 1
	program 1..1 "ok 1 - a" "ok 2 - b"
	run "$ROOT/tests/tap" ./program
	assert_failure 1
	program 1..0
	run "$ROOT/tests/tap" ./program
	assert_failure 1
	program
	run "$ROOT/tests/tap" ./program
	assert_failure 1
	program 1..2 "ok 1 - a" "ok 1 - a"
	run "$ROOT/tests/tap" ./program
	assert_failure 1
	program 1..2 "ok 1 - a" "Bail out! lost" "ok 2 - b"
	run "$ROOT/tests/tap" ./program
	assert_failure 1
}

@test "tap: a status other than 0 fails, whatever was printed" {
	program 1..1 "ok 1 - a"
	echo "exit 3" >>program
	run "$ROOT/tests/tap" ./program
	assert_failure 1
	assert_output --partial "status 3"
	program 1..1 "ok 1 - a"
	# shellcheck disable=SC2016 # for the program
	echo 'kill -SEGV $$' >>program
	run "$ROOT/tests/tap" ./program
	assert_failure 1
}

@test "tap: a skipped program is a skip" {
	program "1..0 # SKIP no such processor"
	run "$ROOT/tests/tap" ./program
	assert_failure 77
}

@test "tap.h: what a C program prints is understood" {
	needs cc
	cat >program.c <<-'E'
		#include "tap.h"

		int
		main(int argc, char **argv)
		{

			(void)argv;
			tap_plan(3);
			ok(1, "%s", "one");
			ok_u64((uint64_t)argc, 1, "two");
			ok_bytes("abc", "abd", (argc == 3) ? 3 : 2, "three");
			if (argc == 4)
				ok(1, "four");
			return (argc == 5 ? 0 : tap_end());
		}
	E
	cc -std=c11 -I "$ROOT/tests/unit" -o program program.c -lm
	run "$ROOT/tests/tap" ./program
	assert_success
	run "$ROOT/tests/tap" ./program 2
	assert_failure
	assert_output --partial "not ok 2 - two"
	assert_output --partial "got 2 (0x2), want 1 (0x1)"
	run "$ROOT/tests/tap" ./program 2 3
	assert_output --partial "not ok 3 - three"
	run "$ROOT/tests/tap" ./program 2 3 4
	assert_output --partial "planned 3 checks, ran 4"
	run "$ROOT/tests/tap" ./program 2 3 4 5
	assert_failure
}

@test "run and tally: passes, failures, skips, cut files and empty files are counted" {
	mkdir build
	export BUILD=$PWD/build JOBS=2 TEST_SECONDS=3
	printf '@test "a" { :; }\n@test "b" { skip "no b"; }\n@test "c" { false; }\n' >three.bats
	printf 'echo nothing here\n' >none.bats
	printf 'oops (\n@test "a" { :; }\n' >broken.bats
	# shellcheck disable=SC2016 # for bats
	printf '@test "a" { kill -9 $$; }\n@test "b" { :; }\n' >killed.bats
	printf 'setup_file() { false; }\n@test "a" { :; }\n@test "b" { :; }\n' >setup.bats
	printf '#!/bin/sh\nexit 0\n' >good.sh
	printf '#!/bin/sh\necho no valgrind\nexit 77\n' >skip.sh
	printf '#!/bin/sh\necho it broke\nexit 3\n' >bad.sh
	chmod +x ./*.sh
	run "$ROOT/tests/run" three.bats none.bats broken.bats killed.bats setup.bats good.sh skip.sh bad.sh
	assert_failure 1
	# c, none, broken, killed's a, both of setup, bad
	assert_line --index -1 "3 passed, 7 failed, 2 skipped"
	assert_line --partial "skipped three.bats: b # skip no b"
	assert_line --partial "skipped skip.sh: skip.sh # skip no valgrind"
	assert_line --partial "no test was found"
	assert_line --partial "it broke"

	run "$ROOT/tests/run" good.sh
	assert_success
	assert_line --index -1 "1 passed, 0 failed"
	run "$ROOT/tests/run" skip.sh
	assert_failure 1
	run "$ROOT/tests/run"
	assert_failure 1
	assert_line --index -1 "0 passed, 0 failed"
}

@test "run: what hangs is stopped" {
	mkdir build
	export BUILD=$PWD/build
	printf '@test "a" { sleep 60; }\n@test "b" { :; }\n' >hangs.bats
	printf '#!/bin/sh\nsleep 60\n' >hangs.sh
	chmod +x hangs.sh
	FILE_SECONDS=2 run "$ROOT/tests/run" hangs.bats hangs.sh
	assert_failure 1
	assert_line --partial "stopped after 2 s"
	refute_line --partial " 0 failed"
}

@test "helper: fails_with and quietly are hard to please" {
	mkdir bin
	PATH=$PWD/bin:$PATH
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\n[ -z "$2" ] || echo "$2" >&2\n[ -z "$3" ] || echo "$3"\nexit $1\n' >bin/smpc-x
	chmod +x bin/smpc-x
	fails_with 4 smpc-x 4 "smpc-x: a: b"
	stderr_has "a: b"
	fails_with 4 into file smpc-x 4 "smpc-x: a: b"
	fails_with 4 sh -c 'smpc-x 4 "smpc-x: a: b"'
	quietly smpc-x 0 "" out
	assert_output out
	run fails_with 3 smpc-x 4 "smpc-x: a: b"
	assert_failure
	run fails_with 4 smpc-x 4 "smpc-y: a: b"
	assert_failure
	run fails_with 4 smpc-x 4
	assert_failure
	run fails_with 4 smpc-x 4 "smpc-x: a: b" "data"
	assert_failure
	run fails_with 0 smpc-x 0 "smpc-x: a: b"
	assert_failure
	run quietly smpc-x 0 "smpc-x: warning"
	assert_failure
	run quietly smpc-x 1
	assert_failure
}

# A small tree in which nothing is wrong.
plant() {
	mkdir -p common/base common/net tools man tests
	printf '#include <stdio.h>\n#include "base/a.h"\n' >common/base/a.c
	echo 'int a(void);' >common/base/a.h
	printf '#include "base/a.h"\n#include "net/b.h"\n' >common/net/b.c
	echo '#include "base/a.h"' >common/net/b.h
	echo '#include "net/b.h"' >tools/smpc-x.c
	echo ': >tests/smpc-x' >tests/smpc-x.bats
	cat >man/smpc-x.1 <<-'E'
		.Dd November 1, 2026
		.Dt SMPC-X 1
		.Os
		.Sh NAME
		.Nm smpc-x
		.Nd an example
		.Sh REVEALS
		Nothing.
	E
}

@test "lint: the levels' check sees a violation" {
	plant
	quietly "$ROOT/tests/lint/levels" .
	for line in '#include "net/b.h"' '#include <net/b.h>' '#include "a.h"' '#include "../base/a.h"' \
		'#include "tools/x.h"' '  #  include   "net/b.h"' '#include NAME' '#include "tests/x.h"'; do
		plant
		echo "$line" >>common/base/a.c
		run "$ROOT/tests/lint/levels" .
		assert_failure
		assert_output --partial "common/base/a.c:3:"
	done
	plant
	mkdir common/other
	echo 'int x;' >common/other/x.c
	run "$ROOT/tests/lint/levels" .
	assert_failure
	rm -r common/other
	mkdir common/base/deep
	echo 'int x;' >common/base/deep/x.c
	run "$ROOT/tests/lint/levels" .
	assert_failure
}

@test "lint: the pages' check sees what is missing" {
	needs mandoc
	plant
	quietly "$ROOT/tests/lint/pages" .
	assert_output ""
	rm tests/smpc-x.bats
	run "$ROOT/tests/lint/pages" .
	assert_failure
	plant
	mv man/smpc-x.1 man/smpc-y.1
	run "$ROOT/tests/lint/pages" .
	assert_failure
	assert_output --partial "tools/smpc-x.c: has no man/smpc-x.1"
	assert_output --partial "man/smpc-y.1: has no tools/smpc-y.c"
	rm man/*
	plant
	printf '.Sh SEE ALSO\n.Pq Xr smpc-z 5\n' >>man/smpc-x.1
	run "$ROOT/tests/lint/pages" .
	assert_failure
	assert_output --partial "man/smpc-x.1:10: Xr to smpc-z.5"
	plant
	printf '} tasks[] = {\n\t{ "some", "Some" },\n\t{ "more", "More" },\n};\n' >tools/smpc.c
	sed 's/smpc-x/smpc/; s/SMPC-X/SMPC/' man/smpc-x.1 >man/smpc.1
	: >tests/smpc.bats
	run "$ROOT/tests/lint/pages" .
	assert_failure
	assert_output 'man/smpc-x.1: lacks a first line .\" task: WORD, one of some more'
	sed -i '1i .\\" task: more' man/smpc-x.1
	quietly "$ROOT/tests/lint/pages" .
	sed -i '1s/more/others/' man/smpc-x.1
	run "$ROOT/tests/lint/pages" .
	assert_failure
	rm tools/smpc.c man/smpc.1 tests/smpc.bats
	plant
	sed -i 's/^\.Nd.*/.Nd an \\(dqexample/' man/smpc-x.1
	run "$ROOT/tests/lint/pages" .
	assert_failure
	assert_output --partial "lacks a line .Nd of plain text"
	plant
	printf '.Sh\n' >>man/smpc-x.1
	run "$ROOT/tests/lint/pages" .
	assert_failure
}

@test "lint: the check for forbidden functions sees code and only code" {
	plant
	cat >common/net/b.c <<-'E'
		/* system() and
		 * rand() in a comment */
		static const char *s = "see random(3): popen(x)"; // atoi()
		int f(void) { return (my_rand(1) + randombytes_random() + snprintf(b, 1, "/*")); }
	E
	quietly "$ROOT/tests/lint/forbidden" .
	for call in 'rand()' 'assert(1)' 'sprintf(b, "x")' 'if (atoi (s))' 'x=system("y")'; do
		plant
		printf 'int f(void) { /* */ %s; }\n' "$call" >>common/net/b.c
		run "$ROOT/tests/lint/forbidden" .
		assert_failure
		assert_output --partial "common/net/b.c:3:"
	done
}

@test "lint: work to do has an owner" {
	plant
	work=TO
	work+=DO
	echo "/* $work: later */" >>common/net/b.c
	run "$ROOT/tests/lint/forbidden" .
	assert_failure
	plant
	echo "/* $work(ada): later */" >>common/net/b.c
	run "$ROOT/tests/lint/forbidden" .
	assert_failure
	echo "ada: networks" >CONTRIBUTING.md
	quietly "$ROOT/tests/lint/forbidden" .
}

@test "lint: shellcheck is given scripts of every kind" {
	needs shellcheck
	mkdir -p tests/a
	# shellcheck disable=SC2016 # a fault, for shellcheck to find
	for file in tests/a/x.sh tests/a/x.bats tests/a/x.bash tests/a/run tests/a/env; do
		case $file in
		*env) first='#!/usr/bin/env bash' ;;
		*run) first='#!/bin/sh' ;;
		*) first='# shellcheck shell=bash' ;;
		esac
		printf '%s\necho "a"\n' "$first" >"$file"
		quietly "$ROOT/tests/lint/scripts" .
		printf 'rm $1\n' >>"$file"
		run "$ROOT/tests/lint/scripts" .
		assert_failure
		assert_output --partial "$file"
		rm "$file"
	done
}

@test "compare: ratio, spread and a failing command" {
	needs python3
	quietly "$ROOT/tests/bench/compare" -n 3 -a slow -b fast "sleep 0.5" "sleep 0.01"
	ratio=$(awk '$1 == "slow/fast" && $2 == "wall" { print $5 }' <<<"$output")
	awk -v ratio="$ratio" 'BEGIN { exit !(ratio > 1.5) }'
	run "$ROOT/tests/bench/compare" -n 1 "exit 3"
	assert_failure
}

# A clone for .ci/run whose README has the block given, and whose sanitizer tests print one more result.
clone() {
	mkdir -p .ci tests bin build/results/old
	cp "$ROOT/.ci/run" .ci/run
	cp "$ROOT/tests/tally" tests/
	printf '#!/bin/sh\n' | tee bin/apt-get >bin/sudo
	chmod +x bin/*
	echo "not ok 1 from an earlier run" >build/results/old/old.tap
	printf 'test:\n\tmkdir -p $(BUILD)/results/test; echo "ok 1 b # skip no" >$(BUILD)/results/test/b.tap\n' >Makefile
	printf 'text\n<!-- setup -->\n```sh\n%s\n```\n<!-- test -->\n\n```\n%s\n```\n```sh\nfalse\n```\n' \
		"$1" "$2" >README.md
	PATH=$PWD/bin:$PATH
}

@test ".ci/run: does what the README says and adds everything up" {
	passing='mkdir -p build/results/test; printf "1..2\nok 1 a\nok 2 b\n" >build/results/test/a.tap'
	clone "sudo apt-get install x" "$passing"
	run .ci/run
	assert_success
	assert_line --index -1 "2 passed, 0 failed, 1 skipped"
	assert_line --partial "skipped build-asan/b: b # skip no"

	clone "false" "$passing"
	run .ci/run
	assert_failure 1
	assert_line --index -1 "2 passed, 1 failed, 1 skipped"

	clone "true" "${passing/1..2/1..3}"
	run .ci/run
	assert_failure 1
	assert_line --index -1 "2 passed, 1 failed, 1 skipped"

	# A failure that shows in a result is counted once, one that shows in none is counted too.
	clone "true" "${passing/nok 2/nnot ok 2}; false"
	run .ci/run
	assert_failure 1
	assert_line --index -1 "1 passed, 1 failed, 1 skipped"
	clone "true" "$passing; false"
	run .ci/run
	assert_failure 1
	assert_line --index -1 "2 passed, 1 failed, 1 skipped"

	clone "true" "true"
	run .ci/run
	assert_failure 1
	assert_line --index -1 "0 passed, 0 failed, 1 skipped"

	clone "true" "$passing"
	sed -i '/<!-- test -->/d' README.md
	run .ci/run
	assert_failure 1
	assert_line --index -1 "0 passed, 1 failed, 1 skipped"
}
