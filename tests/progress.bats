#!/usr/bin/env bats
#
# The line that says how far a long run has got.  A reader that sleeps makes a run long, so that nothing here depends on
# how fast the machine is.

load helper
load shares

# More than a tool reads ahead while what it writes is not taken.
numbers=3000000

setup() {
	common_setup
	needs script
	ln -s "$BATS_FILE_TMPDIR"/* .
}

setup_file() {
	PATH=$BUILD/bin:$PATH
	cd "$BATS_FILE_TMPDIR" || return 1
	seq $numbers >numbers.csv
	smpc-share -n 2 --no-header -o x numbers.csv
}

# at_terminal COMMAND: a shell command at a terminal of its own; "said" is what appeared there.
at_terminal() {
	TERM=dumb script -qec "$1" said.raw </dev/null >/dev/null
	sed -e '1{/^Script started/d}' -e '${/^Script done/d}' said.raw | tr -d '\n' >said
}

slowly='(sleep 1.5; cat >out)'

@test "a file: how much of how much, how fast, and the time left; then it is gone" {
	at_terminal "smpc-cat x.1 | $slowly"
	cmp out x.1
	tr '\r' '\n' <said | grep -qE '^smpc-cat: read [0-9]+ MB of 24 MB, [0-9]+ MB/s, [0-9]+:[0-5][0-9] left *$'
	tr '\r' '\n' <said | tail -n 1 | grep -qE '^ *$'
}

@test "a table" {
	at_terminal "smpc-share -n 2 --no-header -o y -O 1=- -O 2=y.2 -f numbers.csv | $slowly"
	tr '\r' '\n' <said | grep -qE '^smpc-share: read [0-9]+ MB of 23 MB, '
}

@test "a pipe: how much and how fast" {
	at_terminal "cat x.1 | smpc-cat | (sleep 2.5; cat >out)"
	cmp out x.1
	tr '\r' '\n' <said | grep -qE '^smpc-cat: read [0-9]+ MB, [0-9]+ MB/s *$'
}

@test "a pipeline: one line, of the tool that reads the file if it gets to read" {
	at_terminal "smpc-cat x.1 | smpc-head -n $numbers | $slowly"
	tr '\r' '\n' <said | grep -q '^smpc-cat: read '
	run grep -a smpc-head said
	assert_failure
	at_terminal "smpc-cat x.1 | smpc-head -n $numbers | (sleep 2.5; cat >out)"
	assert_equal "$(tr '\r' '\n' <said | grep -oE '^smpc-[a-z]+: read' | sort -u | wc -l)" 1
}

@test "nothing of a short run, without a terminal, or in the background" {
	# the whole of x.1 may take a second on a busy machine
	seq 1000 | smpc-share -n 2 --no-header -o short
	at_terminal "smpc-cat -o out short.1"
	assert_equal "$(cat said)" ""
	at_terminal "smpc-cat x.1 2>err | $slowly"
	assert_equal "$(cat said)" ""
	assert_equal "$(cat err)" ""
	mkfifo fifo
	at_terminal "set -m; smpc-cat x.1 >fifo & { sleep 1.5; cat; } <fifo >out; wait"
	assert_equal "$(grep -ac 'read .* MB' said)" 0
}

@test "nothing between results that go to the same terminal" {
	mkfifo fifo
	at_terminal "(sleep 1.5; cat x.1) >fifo & smpc-reveal fifo x.2; wait"
	run grep -ac 'read .* MB' said
	assert_output 0
	grep -aq "$numbers" said
}

@test "a message takes the line's place" {
	cp --remove-destination x.1 bad
	printf xxxx | dd of=bad bs=1 seek=20000000 conv=notrunc status=none
	at_terminal "smpc-cat bad | $slowly"
	tr '\r' '\n' <said | grep -q '^smpc-cat: read '
	tr '\r' '\n' <said | grep -q '^smpc-cat: bad: record .* digest does not match'
}

@test "gone when all is read, though not all is written" {
	at_terminal "smpc-cat x.1 | (sleep 1.5; head -c 23900000 >out; sleep .5; echo MARK >&2; cat >>out)"
	cmp out x.1
	tr '\r' '\n' <said | grep -q '^smpc-cat: read '
	tr '\r' '\n' <said | grep -q '^MARK$'
}
