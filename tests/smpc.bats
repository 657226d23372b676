#!/usr/bin/env bats
#
# The front: the list of tools, manuals, running tools, completion.

load helper
load shares

@test "alone: every tool with its manual's name line, under the task of the manual, within 80 columns" {
	quietly smpc
	local tool page
	for tool in "$BUILD"/bin/smpc-*; do
		tool=${tool##*/}
		page=$ROOT/man/$tool.1
		assert_line --regexp "^  ${tool#smpc-} +$(sed -n 's/^\.Nd //p' "$page")$"
	done
	assert_equal "$(grep -cE '^  [a-z0-9-]+ ' <<<"$output")" "$((2 + $(find "$BUILD"/bin -name 'smpc-*' | wc -l) +
		$(find "$ROOT/man" -name 'smpc-*.[2-9]' | wc -l)))"
	assert_equal "$(grep -E '.{81}' <<<"$output")" ""
	refute_output --partial Other
	# share and reveal stand together, the agent with keys
	assert_equal "$(sed -n '/^Make shares/,/^$/s/^  \([a-z]*\) .*/\1/p' <<<"$output" | paste -sd ' ')" "info reveal schema seal share"
	sed -n '/^Parties/,/^$/p' <<<"$output" | grep -q '^  party '
}

@test "alone: pages of other sections, in the words that open them" {
	quietly smpc
	local how=() opened=0
	while read -ra how; do
		capture smpc "${how[@]}"
		assert_success
		opened=$((opened + 1))
	done < <(grep -oE '^  help( [a-z0-9]+)*  ' <<<"$output" | grep -v TOOL)
	[ "$opened" -gt 3 ]
}

@test "help: the page that is meant, from the source tree" {
	needs man
	quietly smpc help share
	assert_line --index 0 --regexp '^SMPC-SHARE\(1\)'
	assert_output --partial "split a table into secret shares"
	quietly smpc help smpc-share
	assert_line --index 0 --regexp '^SMPC-SHARE\(1\)'
	quietly smpc help 5 share
	assert_line --index 0 --regexp '^SMPC-SHARE\(5\)'
	quietly smpc help parties
	assert_line --index 0 --regexp '^SMPC-PARTIES\(5\)'
	quietly smpc help
	assert_line --index 0 --regexp '^SMPC\(7\)'
	quietly smpc help smpc
	assert_line --index 0 --regexp '^SMPC\(1\)'
}

@test "help: a page or section that is not there" {
	fails_with 2 smpc help shaer
	stderr_has "no manual for 'shaer'; did you mean 'share'?"
	fails_with 2 smpc help nothing-like-it
	stderr_has "smpc without arguments lists them"
	fails_with 2 smpc help 7 share
	fails_with 2 smpc help 5 share more
	fails_with 2 smpc help ../share
}

@test "help: mandoc where there is no man, and the path of the page where there is neither" {
	local system
	mkdir bin
	printf '#!/bin/sh\necho "mandoc $*"\n' >bin/mandoc
	chmod +x bin/mandoc
	capture env PATH="$PWD/bin" "$BUILD/bin/smpc" help share
	assert_success
	assert_output --regexp '^mandoc -a /.*/man/smpc-share\.1$'
	rm bin/mandoc
	fails_with 1 env PATH="$PWD/bin" "$BUILD/bin/smpc" help share
	stderr_has "man/smpc-share.1"
}

@test "a tool by its name: its options, input, output and status" {
	printf 'a\n1\n' | quietly smpc share -n 2 -o x
	holds x.0 x.1 x.2
	quietly smpc reveal x.1 x.2
	assert_line --index 1 1
	quietly smpc smpc-reveal x.1 x.2
	capture smpc reveal x.1
	assert_failure 4
	[[ $stderr == "smpc-reveal: "* ]]
	quietly smpc info --version
	assert_output --regexp '^smpc-info '
	# found beside the program, not along PATH
	PATH=/usr/bin:/bin quietly "$BUILD/bin/smpc" info x.1
}

@test "a command that is not there: did you mean" {
	fails_with 2 smpc shaer
	stderr_has "no tool 'shaer'; did you mean 'share'?"
	fails_with 2 smpc smpc-revael x.1
	stderr_has "did you mean 'reveal'?"
	fails_with 2 smpc hepl
	stderr_has "did you mean 'help'?"
	fails_with 2 smpc nothing-like-it
	fails_with 2 smpc ../bin/smpc-share
	fails_with 2 smpc ""
	fails_with 2 smpc --nonsense
	stderr_has "is not an option"
	fails_with 2 smpc completion fish
	stderr_has "smpc completion bash"
	fails_with 2 smpc completion
}

@test "--help, --version, a full output" {
	quietly smpc --help
	assert_line --index 0 "usage: smpc [TOOL [ARG ...] | help [TOOL] | completion bash]"
	quietly smpc --version
	assert_output --regexp '^smpc \(SMPC toolkit\) [0-9.]+$'
	fails_with 1 into /dev/full smpc
	fails_with 1 into /dev/full smpc completion bash
	fails_with 1 sh -c 'smpc >&-'
}

@test "installed: the list, manuals, completion; and nothing is left by uninstall" {
	local make=(make -s -C "$ROOT" BUILD="$BUILD" DESTDIR="$PWD/root" PREFIX=/opt)
	# One that checks its flags would build everything again.
	[ -z "${SANITIZE:-}" ] || skip "not under sanitizers: installs what make test builds"
	run "${make[@]}" install
	assert_success
	assert_exists root/opt/bin/smpc
	assert_equal "$(root/opt/bin/smpc)" "$(smpc)"
	needs man
	quietly root/opt/bin/smpc help share
	assert_line --index 0 --regexp '^SMPC-SHARE\(1\)'
	gzip root/opt/share/man/man1/smpc-share.1
	quietly root/opt/bin/smpc help share
	assert_line --index 0 --regexp '^SMPC-SHARE\(1\)'
	rm root/opt/share/man/man1/smpc-share.1.gz
	fails_with 1 root/opt/bin/smpc help share
	stderr_has "man 1 smpc-share"
	local tool
	for tool in root/opt/bin/*; do
		smpc completion bash | cmp - "root/opt/share/bash-completion/completions/${tool##*/}"
	done
	run "${make[@]}" uninstall
	assert_success
	assert_equal "$(find root ! -type d)" ""
}

# ---- completion ----

# completes WORD...: what bash makes of the last word, sorted.
completes() {
	run bash --norc --noprofile -uc '
		eval "$(smpc completion bash)"
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_smpc "$1" "${!#}" "${*:$#-1:1}"
		printf "%s\n" ${COMPREPLY[@]+"${COMPREPLY[@]}"} | sort' bash "$@"
	assert_success || return 1
	# shellcheck disable=SC2154 # set by run
	output=$(paste -s -d ' ' <<<"$output")
}

@test "completion: every tool has it, and every option of every tool is offered" {
	local tool
	for tool in smpc "$BUILD"/bin/smpc-*; do
		tool=${tool##*/}
		run bash --norc --noprofile -c 'eval "$(smpc completion bash)"; complete -p "$1"' bash "$tool"
		assert_success
		assert_output "complete -F _smpc $tool"
		[ "$tool" != smpc ] || continue
		completes "$tool" --
		assert_equal "$output" "$("$tool" --help | sed -n 's/^  \(-., \|    \)\(--[a-z0-9-]*\).*/\2/p' | sort | paste -s -d ' ')"
	done
}

@test "completion: tools, manuals" {
	completes smpc sh
	assert_output "share shuf"
	completes smpc ""
	assert_output --partial "help"
	assert_output --partial "completion"
	completes smpc help nu
	assert_output numeric
	completes smpc completion ""
	assert_output bash
	completes smpc share --fr
	assert_output "--fraction-bits --from"
	completes "$BUILD/bin/smpc" share --fr
	assert_output "--fraction-bits --from"
	completes smpc --v
	assert_output "--version"
}

@test "completion: files, directories and words for values and operands" {
	touch a.key a.csv
	mkdir a.d
	completes smpc-share a
	assert_output "a.csv a.d a.key"
	completes smpc-share -i a.k
	assert_output a.key
	completes smpc-share --identity = a.k
	assert_output a.key
	completes smpc-share --identity =
	assert_output "a.csv a.d a.key"
	completes smpc-share -fia.key a.c
	assert_output a.csv
	completes smpc-party --dealt a
	assert_output a.d
	completes smpc-share -n ""
	assert_output ""
	completes smpc-compare l
	assert_output "le lt"
	completes smpc-map s
	assert_output "sigmoid sigmoid-exact sigmoid-piecewise sign softmax sqrt step"
	completes smpc-map sqrt a.c
	assert_output a.csv
	completes smpc-train --optimizer ""
	assert_output "adam momentum sgd"
	completes smpc-train -m l
	assert_output "lasso linear logistic"
	completes smpc-compare lt a.c
	assert_output a.csv
	completes smpc-paste a.csv a.csv a.c
	assert_output a.csv
	# behind --, an operand may look like an option
	touch -- --odd
	completes smpc-cut -- --o
	assert_output -- --odd
}

@test "completion: parties, where a parties file is named" {
	identities
	completes smpc-seal ""
	assert_output ""
	completes smpc-seal -p parties.json ""
	assert_output "alice bob dealer owner"
	completes smpc-seal -p parties.json alice pa
	assert_output parties.json
	completes smpc-seal --parties = parties.json al
	assert_output alice
	completes smpc-reveal -pparties.json --to b
	assert_output bob
	export SMPC_PARTIES=parties.json
	completes smpc-share --from o
	assert_output owner
	completes smpc-cut --sealed-by alice,b
	assert_output alice,bob
	SMPC_PARTIES=nowhere completes smpc-seal ""
	assert_output ""
}

@test "completion: the command behind smpc-party and smpc-local" {
	completes smpc-local -- smpc-shar
	assert_output smpc-share
	completes smpc-party -i a.key smpc-shar
	assert_output smpc-share
	touch job.sh
	completes smpc-local -n 2 sh job
	assert_output job.sh
	# its options are not ours
	completes smpc-local sh --wa
	assert_output ""
}

@test "completion: a bash at a terminal, with the tabulator key" {
	needs script
	printf 'a\n1\n' | smpc-share -n 2 -o x
	cat >rc <<-'E'
		bind 'set bell-style none'
		bind 'set enable-bracketed-paste off'
		eval "$(smpc completion bash)"
	E
	printf 'smpc rev\t--partia\tx.1 --out\tresult\nexit\n' >keys
	(sleep 2; cat keys; sleep 2) | TERM=dumb timeout 20 script -qec 'bash --noprofile --rcfile rc -i' /dev/null >said 3>&- || true
	assert_equal "$(head -c 1 result)" a || { cat said; false; }
}
