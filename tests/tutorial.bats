#!/usr/bin/env bats
#
# The commands of smpc-tutorial(7), each typed by the person that the page names, up to where they begin to wait for what
# does not come; slow/tutorial.bats has them all.  And the script that does so.

load helper
load shares
load parties

@test "three machines: every command prints what the page shows, from the tables to the model" {
	needs python3 b2sum
	tutorial --short
}

# page LINE...: a page with one literal display for all lines up to "--", one for those up to the next, and so on.
page() {
	printf '%s\n' .Bd\ -literal "$@" .Ed | sed 's/^--$/.Ed\nText.\n.Bd -literal/' >page.7
}

content() {
	quietly "$ROOT/tests/tutorial" --loopback page.7
	assert_output ""
}

discontent() {
	run "$ROOT/tests/tutorial" --loopback page.7
	assert_failure 1
	assert_output --partial "page.7:$1"
}

@test "tutorial: right pages pass" {
	needs python3
	page 'north$ x=1' 'each$ cat > file <<"E"' '> a\e' '> E' 'south$ y=2' -- 'north$ echo $x; cat file' 1 'a\e' 'south$ echo $y' 2
	content
	page 'north$ date; echo end >&2' '...' end 'south$ echo a b c' 'a ... c' 'west$ printf "1\en2\en3\en"' 1 '\&...' 3
	content
	page 'north$ sh -c "exit 3"' 'north$ echo $?' 3 'north$ echo $?' 0
	content
	page 'north$ echo x > n; scp n west:; cp n m; scp n m south:' -- 'west$ cat n' x 'south$ cat n m' x x
	content
}

@test "tutorial --short: ends where somebody waits, and not in the first half" {
	needs python3
	page 'north$ echo a' a -- 'north$ echo -w 2' wrong
	run "$ROOT/tests/tutorial" --loopback --short page.7
	assert_success
	page 'north$ echo a' wrong -- 'north$ echo -w 2'
	run "$ROOT/tests/tutorial" --loopback --short page.7
	assert_failure 1
	page 'north$ echo -w 2' '-w 2' -- 'north$ echo a' a
	run "$ROOT/tests/tutorial" --loopback --short page.7
	assert_failure 1
	assert_output --partial "in its first half"
}

@test "tutorial: what differs, and what fails, is seen at every person" {
	needs python3
	page 'north$ echo a' b
	discontent 2
	page 'each$ echo a' a 'west$ echo b'
	discontent 4
	page 'west$ true' 'west$ false'
	discontent 3
	page 'west$ smpc-nothing'
	discontent 2
	page 'north$ printf "1\en2\en"' 1
	discontent 2
	page 'north$ sh -c "exit 3"' 'north$ echo $?' 4
	discontent 3
	page 'each$ exit'
	discontent 2
	page 'north$ touch n' -- 'south$ cat n'
	discontent 6
	page 'north$ scp patients.csv east:'
	discontent 2
	printf 'north$ true\n' >page.7
	discontent 1
	# agents of a page that went wrong before it stopped them
	page 'each$ sleep 60 & SMPC_AGENT_PID=$!' -- 'north$ false'
	discontent 6
	nothing_left
	page text
	run "$ROOT/tests/tutorial" --loopback page.7
	assert_failure 1
	assert_output --partial "no commands"
}
