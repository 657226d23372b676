#!/usr/bin/env bats
#
# The examples of the manual pages work, and the script that tries them sees when one does not.
# Its tests are long.

load helper

@test "every example of every manual page works and prints what the page shows" {
	needs python3
	run "$ROOT/tests/examples"
	assert_success
	assert_output ""
}

# page LINE...: a page whose EXAMPLES have one literal display with these lines.
page() {
	printf '.Sh NAME\n$ false\n.Sh EXAMPLES\nText.\n.Bd -literal -offset indent\n' >smpc-x.1
	printf '%s\n' "$@" >>smpc-x.1
	printf '.Ed\n.Sh SEE ALSO\n.Bd -literal\n$ false\n.Ed\n' >>smpc-x.1
}

# content, discontent [TEXT]: what the script says of the page.
content() {
	quietly "$ROOT/tests/examples" smpc-x.1
	assert_output ""
}

discontent() {
	run "$ROOT/tests/examples" smpc-x.1
	assert_failure 1
	assert_output --partial "smpc-x.1"
	assert_output --partial "${1:-}"
}

@test "examples: right ones pass" {
	needs python3
	page '$ smpc-share -n 2 -o lab lab.csv' '$ smpc-reveal lab.1 lab.2 | sed -n 1,2p' 'glucose,insulin' '85,12'
	content
	page '$ cat <<E | tr a-z A-Z' '> a\e' '> b "c"' '> E' 'AB "C"' '$ x=2' '$ echo "$x"' 2
	content
	page '$ grep -c , patients.csv' 13 '$ echo not shown'
	content
	printf '.Sh EXAMPLES\n.Dl $ test -f lab.csv\n' >smpc-x.1
	content
}

@test "examples: a command that fails is seen, wherever it stands" {
	needs python3
	for wrong in 'false' 'false | true' 'false && true' 'for i in 1 2; do false; true; done' 'smpc-nothing' \
		'echo "$unset_"' 'smpc-reveal lab.csv' 'echo "' 'echo noise >&2' 'exit 0'; do
		page '$ true' "$ $wrong" '$ true'
		discontent "smpc-x.1:7: $ $wrong"
	done
}

@test "examples: other output than the page shows is seen" {
	needs python3
	page '$ echo a' b
	discontent "+a"
	page '$ echo a' a b
	discontent "-b"
	page '$ printf "a\enb\en"' a
	discontent "+b"
	page '$ true' a '$ true'
	discontent "-a"
}

@test "examples: pages without any, and commands that would not be run, are seen" {
	needs python3
	page 'only text'
	discontent "has no example"
	printf '.Sh EXAMPLES\n$ true\n' >smpc-x.1
	discontent "outside a literal display"
	printf '.Sh EXAMPLES\n.Dl $ echo "a"\n' >smpc-x.1
	discontent "literal display"
	page '$ echo \fIa'
	discontent "escape"
	page '$ true' a '> true'
	discontent "middle of a command"
}

@test "examples: one page's files are not another's" {
	needs python3
	page '$ touch made'
	content
	mv smpc-x.1 smpc-y.1
	page '$ test ! -e made'
	quietly "$ROOT/tests/examples" smpc-y.1 smpc-x.1
}
