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

# judged STATUS LINE...: tests/tap ends with STATUS for a program that prints these lines; says: what it must say, if not "".
judged() {
	program "${@:2}"
	run "$ROOT/tests/tap" ./program
	assert_equal "$status" "$1" || return 1
	assert_output --partial "$says"
}

@test "tap: passes, failures, plans, skips and statuses are what they are" {
	says=
	judged 0 1..2 "ok 1 - a" "# a note" "ok 2 - b"
	judged 0 "ok 1 - a" 1..1
	says="1 of 2 checks failed" judged 1 1..2 "ok 1 - a" "not ok 2 - b"
	says="no plan" judged 1 "ok 1 - a"
	says="no plan" judged 1
	says="planned 3 checks, ran 2" judged 1 1..3 "ok 1 - a" "ok 2 - b"
	says="planned 1 checks, ran 2" judged 1 1..1 "ok 1 - a" "ok 2 - b"
	says="checks nothing" judged 1 1..0
	says="check 1 where 2" judged 1 1..2 "ok 1 - a" "ok 1 - a"
	says=lost judged 1 1..2 "ok 1 - a" "Bail out! lost" "ok 2 - b"
	judged 77 "1..0 # SKIP no such processor"
	# a status other than 0 fails, whatever was printed
	says="status 3" judged 1 1..1 "ok 1 - a" E "exit 3" ": <<E"
	# shellcheck disable=SC2016 # for the program
	says="status 139" judged 1 1..1 "ok 1 - a" E 'kill -SEGV $$' ": <<E"
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
	for faulty in 'fails_with 3 smpc-x 4 "smpc-x: a: b"' 'fails_with 4 smpc-x 4 "smpc-y: a: b"' \
		'fails_with 4 smpc-x 4' 'fails_with 4 smpc-x 4 "smpc-x: a: b" data' 'fails_with 0 smpc-x 0 "smpc-x: a: b"' \
		'quietly smpc-x 0 "smpc-x: warning"' 'quietly smpc-x 1'; do
		run eval "$faulty"
		assert_failure
	done
}

# A small tree in which nothing is wrong.
plant() {
	mkdir -p common/base common/net tools man tests
	printf '#include "base/a.h"\n#include <stdio.h>\n' >common/base/a.c
	echo 'int a(void);' >common/base/a.h
	printf '#include "net/b.h"\n#include "base/a.h"\n' >common/net/b.c
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

# flawed CHECK TEXT COMMAND: tests/lint/CHECK passes a small tree, and fails for one after COMMAND, saying TEXT.
flawed() {
	rm -rf common tools man tests ./*.md
	plant
	quietly "$ROOT/tests/lint/$1" .
	eval "$3"
	run "$ROOT/tests/lint/$1" .
	assert_failure
	assert_output --partial "$2"
}

@test "lint: the levels' check sees a violation" {
	for line in '#include "net/b.h"' '#include <net/b.h>' '#include "a.h"' '#include "../base/a.h"' \
		'#include "tools/x.h"' '  #  include   "net/b.h"' '#include NAME' '#include "tests/x.h"'; do
		flawed levels common/base/a.c:3: 'echo "$line" >>common/base/a.c'
	done
	for folder in common/other common/base/deep; do
		flawed levels "" 'mkdir $folder; echo "int x;" >$folder/x.c'
	done
	flawed levels '"base/a.h" stands before "net/b.h" in the alphabet' "printf '#include \"net/b.h\"\n#include \"base/a.h\"\n' >tools/smpc-x.c"
	flawed levels "comes first" "printf '#include <stdio.h>\n#include \"base/a.h\"\n' >common/base/a.c"
}

@test "lint: the names' check sees a name that stands for two things" {
	plant
	mkdir -p common/ring
	for i in avx2 avx512 portable; do
		for name in dot dot_rows row row_terms row_vector strip tile update usable; do
			printf 'static int\n%s(void)\n{\n}\n' "$name"
		done >"common/ring/gemm_$i.c"
	done
	for i in x y; do
		printf 'int\nmain(void)\n{\n}\n\nint\nrun(void)\n{\n}\n' >"tools/smpc-$i.c"
	done
	printf 'struct one {\n};\n' >common/base/a.h
	quietly "$ROOT/tests/lint/names" .
	printf 'struct one;\nstruct one {\n};\n' >common/net/b.h
	run "$ROOT/tests/lint/names" .
	assert_failure
	assert_output "struct one is defined in common/base/a.h common/net/b.h"
	rm common/net/b.h
	printf 'int\nf(void)\n{\n}\n' | tee common/base/a.c >common/net/b.c
	run "$ROOT/tests/lint/names" .
	assert_failure
	assert_output --partial "f() is defined in"
}

@test "lint: the hints' check sees tools and options that are not there" {
	mkdir -p common/base tools
	echo '{ 0, "long", NULL, OPT_FLAG, &a, 0, 0, "so" },' >tools/smpc-a.c
	echo 'fail("use --long of smpc-a, and not smpc-a-1");' >common/base/x.c
	quietly "$ROOT/tests/lint/hints" .
	echo 'fail("see smpc-b --longer");' >>common/base/x.c
	run "$ROOT/tests/lint/hints" .
	assert_failure
	assert_output - <<-'E'
		a message names smpc-b, which is no tool
		a message names --longer, which is no option
	E
}

@test "lint: the pages' check sees what is missing" {
	needs mandoc
	flawed pages "" 'rm tests/smpc-x.bats'
	flawed pages "tools/smpc-x.c: has no man/smpc-x.1" 'mv man/smpc-x.1 man/smpc-y.1'
	assert_output --partial "man/smpc-y.1: has no tools/smpc-y.c"
	flawed pages "man/smpc-x.1:10: Xr to smpc-z.5" "printf '.Sh SEE ALSO\n.Pq Xr smpc-z 5\n' >>man/smpc-x.1"
	flawed pages "lacks a line .Nd of plain text" 'sed -i "s/^\.Nd.*/.Nd an \\\\(dqexample/" man/smpc-x.1'
	flawed pages "" 'echo .Sh >>man/smpc-x.1'
	# tasks, of which smpc.c has a list
	flawed pages 'man/smpc-x.1: lacks a first line .\" task: WORD, one of some more' tasks
	sed -i '1i .\\" task: more' man/smpc-x.1
	quietly "$ROOT/tests/lint/pages" .
	sed -i '1s/more/others/' man/smpc-x.1
	run "$ROOT/tests/lint/pages" .
	assert_failure
}

tasks() {
	printf '} tasks[] = {\n\t{ "some", "Some" },\n\t{ "more", "More" },\n};\n' >tools/smpc.c
	sed 's/smpc-x/smpc/; s/SMPC-X/SMPC/' man/smpc-x.1 >man/smpc.1
	: >tests/smpc.bats
}

@test "lint: the check for forbidden functions sees code and only code, and work to do has an owner" {
	plant
	cat >common/net/b.c <<-'E'
		/* system() and
		 * rand() in a comment */
		static const char *s = "see random(3): popen(x)"; // atoi()
		int f(void) { return (my_rand(1) + randombytes_random() + snprintf(b, 1, "/*")); }
	E
	quietly "$ROOT/tests/lint/forbidden" .
	for call in 'rand()' 'assert(1)' 'sprintf(b, "x")' 'if (atoi (s))' 'x=system("y")'; do
		flawed forbidden common/net/b.c:3: 'echo "int f(void) { /* */ $call; }" >>common/net/b.c'
	done
	work=TO
	work+=DO
	flawed forbidden "" 'echo "/* $work: later */" >>common/net/b.c'
	flawed forbidden "" 'echo "/* $work(ada): later */" >>common/net/b.c'
	echo "ada: networks" >CONTRIBUTING.md
	quietly "$ROOT/tests/lint/forbidden" .
}

@test "lint: what is put into JSON without being checked is seen, wherever a statement begins" {
	plant
	cat >common/net/b.c <<-'E'
		/* json_object_set(o) */
		int f(void) { return (json_array_append_new(a, b) == -1 || (c != NULL &&
		    json_object_set_new(o, "x", x) == -1)); }
		static int g(void) { rc |= json_object_set_new(o, "x", x); }
		add_field(json_t *o);
	E
	quietly "$ROOT/tests/lint/unchecked" .
	for call in '{ json_object_set_new(o, "x", x); }' '{ if (x) json_array_append(a, b); }' \
		'{ x = 1; (void)json_object_update(a, b); }' '{ else add_field(a, b); }'; do
		flawed unchecked common/net/b.c:3: 'echo "int f(void) $call" >>common/net/b.c'
	done
	flawed unchecked common/net/b.c:4: 'printf "int f(void) { (void)\n    json_object_set(o);\n" >>common/net/b.c'
}

@test "lint: shellcheck is given scripts of every kind" {
	needs shellcheck
	mkdir -p tests/a
	printf '#!/bin/sh\necho "a"\n' | tee tests/a/x.sh tests/a/x.bats tests/a/run >tests/a/x.bash
	printf '#!/usr/bin/env bash\necho "a"\n' >tests/a/env
	quietly "$ROOT/tests/lint/scripts" .
	# shellcheck disable=SC2016 # a fault, for shellcheck to find
	for file in tests/a/*; do
		echo 'rm $1' >>"$file"
	done
	run "$ROOT/tests/lint/scripts" .
	assert_failure
	for file in tests/a/*; do
		assert_output --partial "$file"
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
	for case in \
		'0 "2 passed, 0 failed, 1 skipped" "sudo apt-get install x" "$passing"' \
		'1 "2 passed, 1 failed, 1 skipped" false "$passing"' \
		'1 "2 passed, 1 failed, 1 skipped" true "${passing/1..2/1..3}"' \
		'1 "1 passed, 1 failed, 1 skipped" true "${passing/nok 2/nnot ok 2}; false"' \
		'1 "2 passed, 1 failed, 1 skipped" true "$passing; false"' \
		'1 "0 passed, 0 failed, 1 skipped" true true' \
		'1 "0 passed, 1 failed, 1 skipped" true "$passing" "/<!-- test -->/d"'; do
		eval "set -- $case"
		clone "$3" "$4"
		sed -i "${5:-}" README.md
		run .ci/run
		assert_equal "$status" "$1"
		assert_line --index -1 "$2"
		assert_line --partial "skipped build-asan/b: b # skip no"
	done
}
