#!/usr/bin/env bats
#
# What holds for every tool.  Nothing about single tools is kept here: how to call one is said by a line in its own
# tests, smpc-NAME.bats,
#
#	# conduct: smpc-NAME ARGUMENT...		a tool that reads share streams and writes to standard output
#	# conduct table: smpc-NAME ARGUMENT...	the same for one that reads tables
#	# conduct session: in this file			for one that works in a session alone: tests/engine.bash
#
# where INPUT stands for the file that is read.  It finds other.1 and other.2, shares of another table with as many rows;
# x.2, where INPUT is x.1; eye.csv, a public 2 x 2 matrix; parties.json with alice, bob, and their keys.

load helper
load shares

setup_file() {
	PATH=$BUILD/bin:$PATH
	mkdir "$BATS_FILE_TMPDIR/work"
	cd "$BATS_FILE_TMPDIR/work" || return 1
	shared x a,b 1,2 3,4
	shared other p,q 5,6 7,8
	cp x.2 other.2
	table eye.csv 1,0 0,1
	table table.csv a,b 1,2 3,4
	identities
}

setup() {
	common_setup
	cp -a "$BATS_FILE_TMPDIR/work/." .
	mapfile -t tools < <(cd "$BUILD/bin" && printf '%s\n' smpc-*)
	[ "${#tools[@]}" -gt 10 ]
}

# calls KIND TOOL INPUT: set "call" to how the tool is called; fail if it is none of that kind ("", " table").
calls() {
	local words word
	words=$(sed -n "s/^# conduct$1: *//p" "$ROOT/tests/$2.bats" 2>/dev/null)
	[ -n "$words" ] || return 1
	call=()
	for word in $words; do
		call+=("${word/#INPUT/$3}")
	done
}

# blame: say which tool it was.
blame() {
	echo "it was $tool: ${call[*]:-}" >&2
	return 1
}

# options_of TOOL: the long options that its source has.
options_of() {
	sed -n 's/^\t{ \(0\|'"'.'"'\), "\([a-z-]*\)", .*/\2/p' "$ROOT/tools/$1.c"
	! grep -q STREAM_INPUT_OPTIONS "$ROOT/tools/$1.c" || printf '%s\n' identity parties sealed-by unsealed
	! grep -q STREAM_KEY_OPTIONS "$ROOT/tools/$1.c" || printf '%s\n' identity parties sealed-by
	! grep -q STREAM_OUTPUT_OPTIONS "$ROOT/tools/$1.c" || printf '%s\n' output json
}

unchanged() {
	assert_equal "$(find . -type f -exec sha256sum {} + | sort -k 2)" "$before"
}

remember() {
	before=$(find . -type f -exec sha256sum {} + | sort -k 2)
}

@test "--help: usage on standard output, with every option" {
	for tool in "${tools[@]}"; do
		quietly "$tool" --help || blame
		[[ $output == "usage: $tool "* ]] || blame
		options=$(options_of "$tool")
		[ -n "$options" ] || blame
		for option in $options help version; do
			grep -q -e "^  \(  \|-., \)  *--$option\b" -e "^  -., --$option\b" <<<"$output" || blame
		done
		# in front of a long name stands a letter or digit, or nothing, and no other letter twice
		assert_equal "$(grep -E '^ {1,10}[^ ]*--' <<<"$output" | grep -vE '^  (-[A-Za-z0-9], |    )--[a-z][a-z0-9-]*( |\[=|$)')" "" || blame
		assert_equal "$(grep -oE '^  -., ' <<<"$output" | sort | uniq -d)" "" || blame
		assert_equal "$(LC_ALL=C tr -d '\n -~' <<<"$output")" "" || blame
		# lines fit a terminal of 80 columns
		assert_equal "$(grep -E '.{80}' <<<"$output")" "" || blame
		# it wins over everything behind it
		quietly "$tool" --help --nonsense || blame
	done
}

@test "--version: name and version" {
	for tool in "${tools[@]}"; do
		quietly "$tool" --version || blame
		assert_output --regexp "^$tool \(SMPC toolkit\) [0-9]+\.[0-9]+\.[0-9]+$" || blame
	done
}

@test "an unknown option is refused before anything else" {
	remember
	for tool in "${tools[@]}"; do
		for option in --nonsense --nonsense=1 -Z; do
			fails_with 2 "$tool" "$option" || blame
			stderr_has "is not an option" || blame
			stderr_has "$tool --help" || blame
			assert_equal "$(wc -l <<<"$stderr")" 1 || blame
		done
		fails_with 2 "$tool" --nonsense x.1 || blame
	done
	unchanged
}

@test "a misspelt option: did you mean" {
	unsanitized "a thousand starts of tools, which only read their options"
	for tool in "${tools[@]}"; do
		for option in $(options_of "$tool"); do
			[ "${#option}" -ge 5 ] || continue
			# the last two letters exchanged
			n=${#option}
			wrong=${option:0:n-2}${option:n-1:1}${option:n-2:1}
			[ "$wrong" != "$option" ] || continue
			fails_with 2 "$tool" "--$wrong" || blame
			stderr_has "did you mean --$option?" || blame
		done
	done
}

@test "a value that is missing, and one that is too many" {
	unsanitized "a thousand starts of tools, which only read their options"
	for tool in "${tools[@]}"; do
		while read -r option; do
			fails_with 2 "$tool" "$option" || blame
			stderr_has "needs a value" || blame
		done < <("$tool" --help | sed -n 's/^  .*\(--[a-z-]*\) [A-Z].*/\1/p')
		while read -r option; do
			fails_with 2 "$tool" "$option=1" || blame
			stderr_has "takes no value" || blame
		done < <("$tool" --help | sed -n -e '/help$\|version$/d' -e 's/^  ....\(--[a-z-]*\)\(  .*\)*$/\1/p' |
			grep -v -e --help -e --version)
	done
}

@test "every tool that reads shares says here how it is called" {
	for tool in "${tools[@]}"; do
		"$tool" --help | grep -q -e --identity || continue
		case $tool in smpc-keygen | smpc-party) continue ;; esac
		calls "" "$tool" x.1 || calls " table" "$tool" table.csv || calls " session" "$tool" - || blame
	done
}

@test "success is silent, and works on files and on standard input" {
	for tool in "${tools[@]}"; do
		for kind in "" " table"; do
			calls "$kind" "$tool" "$([ -z "$kind" ] && echo x.1 || echo table.csv)" || continue
			quietly into out "${call[@]}" || blame
			[ -s out ] || blame
			calls "$kind" "$tool" - || blame
			quietly into out "${call[@]}" <"$([ -z "$kind" ] && echo x.1 || echo table.csv)" || blame
			[ -s out ] || blame
		done
	done
}

@test "a full output, a closed output" {
	for tool in "${tools[@]}"; do
		fails_with 1 into /dev/full "$tool" --help || blame
		fails_with 1 sh -c "$tool --help >&-" || blame
		fails_with 1 sh -c "$tool --version >&-" || blame
		calls "" "$tool" x.1 || calls " table" "$tool" table.csv || continue
		fails_with 1 into /dev/full "${call[@]}" || blame
		stderr_has "No space left" || blame
		capture sh -c "${call[*]} >&-"
		assert_failure 1 || blame
		stderr_has "standard output" || blame
	done
}

@test "a closed input" {
	for tool in "${tools[@]}"; do
		calls "" "$tool" - || calls " table" "$tool" - || continue
		fails_short 1 sh -c "${call[*]} <&-" || blame
		stderr_has "standard input" || blame
	done
}

@test "closed descriptors are not taken by files" {
	for tool in "${tools[@]}"; do
		calls "" "$tool" x.1 || calls " table" "$tool" table.csv || continue
		sh -c "${call[*]} >want <&-" || blame
		[ -s want ] || blame
		sh -c "${call[*]} >got <&- 2>&-" || blame
		[ -s got ] || blame
	done
	# else the output would become standard error, and the warning go into it
	smpc-reveal --partial -o want x.1 2>err
	[ -s err ]
	smpc-reveal --partial -o got x.1 <&- 2>&-
	cmp got want
}

@test "an operand that is missing, a directory, or not to be read" {
	mkdir directory
	for tool in "${tools[@]}"; do
		for kind in "" " table"; do
			calls "$kind" "$tool" nowhere || continue
			fails_with 1 "${call[@]}" || blame
			stderr_has "nowhere: No such file" || blame
			calls "$kind" "$tool" directory || blame
			fails_with 1 "${call[@]}" || blame
			stderr_has "directory: is a directory" || blame
			calls "$kind" "$tool" - || blame
			fails_with 1 "${call[@]}" <directory || blame
			stderr_has "is a directory" || blame
		done
	done
}

@test "an operand that the user may not read" {
	chmod 000 x.1 table.csv
	as=()
	if [ -r x.1 ]; then
		needs setpriv
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
		"${as[@]}" test -x "$BUILD/bin/smpc-cat" || skip "other users cannot run the tools in $BUILD/bin"
		chmod 755 .
	fi
	chmod 644 alice.key parties.json other.1
	for tool in "${tools[@]}"; do
		calls "" "$tool" x.1 || calls " table" "$tool" table.csv || continue
		[[ "${call[*]}" != *alice.key* ]] || continue
		fails_with 1 "${as[@]}" "${call[@]}" || blame
		stderr_has "Permission denied" || blame
	done
}

@test "a table where a share is expected: the advice is smpc-share" {
	for tool in "${tools[@]}"; do
		calls "" "$tool" table.csv || continue
		fails_short 1 "${call[@]}" || blame
		stderr_has "table.csv" || blame
		stderr_has "smpc-share" || blame
	done
}

@test "a share where a table is expected" {
	for tool in "${tools[@]}"; do
		calls " table" "$tool" x.1 || continue
		fails_with 1 "${call[@]}" || blame
		stderr_has "share stream" || blame
	done
}

@test "empty input ends early" {
	: >empty
	for tool in "${tools[@]}"; do
		for kind in "" " table"; do
			calls "$kind" "$tool" empty || continue
			fails_short 1 "${call[@]}" || blame
			stderr_has "empty" || blame
			stderr_has "did the command before it fail?" || blame
			[ -n "$kind" ] || stderr_has "ends early" || blame
			calls "$kind" "$tool" - || blame
			fails_short 1 "${call[@]}" </dev/null || blame
			stderr_has "did the command before it fail?" || blame
		done
	done
}

@test "a damaged or cut input is refused" {
	damaged x.1 bad
	head -c 400 x.1 >short
	head -c 20 x.1 >shorter
	remember
	for tool in "${tools[@]}"; do
		calls "" "$tool" bad || continue
		fails_short 4 "${call[@]}" || blame
		stderr_has bad || blame
		for input in short shorter; do
			calls "" "$tool" "$input" || blame
			fails_short 1 "${call[@]}" || blame
			stderr_has "ends early" || blame
		done
	done
	unchanged
}

@test "binary data is not written to a terminal" {
	needs script
	for tool in "${tools[@]}"; do
		calls "" "$tool" x.1 || calls " table" "$tool" table.csv || continue
		"${call[@]}" >out
		[ "$(head -c 3 out)" = $'\xb5SM' ] || [ "$(head -c 3 out)" = $'\xb5SE' ] || continue
		run script -qec "${call[*]}" /dev/null </dev/null
		assert_failure 2 || blame
		assert_output --regexp "^$tool: standard output is a terminal" || blame
		assert_equal "${#lines[@]}" 1 || blame
		# text may go there
		"$tool" --help | grep -q -e " --json" || continue
		[ "$tool" != smpc-share ] || continue
		run script -qec "${call[*]} --json" /dev/null </dev/null
		assert_success || blame
	done
	for format in --npy --public; do
		run script -qec "smpc-reveal $format x.1 x.2" /dev/null </dev/null
		assert_failure 2
		assert_output --partial "is a terminal"
		run script -qec "smpc-reveal $format -o - x.1 x.2" /dev/null </dev/null
		assert_failure 2
	done
}

# with_output: the tools that have -o FILE and read shares.
with_output() {
	calls "" "$tool" "$1" && "$tool" --help | grep -q -e '^  -o, --output FILE'
}

@test "-o: the same as standard output, for its owner alone" {
	umask 000
	for tool in "${tools[@]}"; do
		with_output x.1 || continue
		quietly "${call[@]}" -o out || blame
		assert_equal "$(stat -c %a out)" 600 || blame
		chmod 644 out
		quietly "${call[@]}" --output=out || blame
		assert_equal "$(stat -c %a out)" 600 || blame
		"${call[@]}" >stdout
		"${call[@]}" -o - >dash
		[ "$tool" = smpc-seal ] || cmp out stdout || blame
		[ "$tool" = smpc-seal ] || cmp dash stdout || blame
		[ ! -e - ] || blame
	done
}

@test "-o: a failure leaves the old file as it was, and nothing else" {
	damaged x.1 bad
	echo precious >out
	mkdir directory
	remember
	for tool in "${tools[@]}"; do
		with_output bad || continue
		fails_with 4 "${call[@]}" -o out || blame
		unchanged || blame
		fails_with 4 "${call[@]}" -o new || blame
		unchanged || blame
		with_output x.1
		fails_with 1 "${call[@]}" -o directory || blame
		stderr_has "directory: is a directory" || blame
		fails_with 1 "${call[@]}" -o nowhere/out || blame
		stderr_has "nowhere/out: No such file" || blame
		fails_with 1 "${call[@]}" -o /dev/full || blame
		stderr_has "No space left" || blame
		unchanged || blame
	done
}

@test "-o: an empty name is refused" {
	for tool in "${tools[@]}"; do
		with_output x.1 || continue
		fails_with 1 "${call[@]}" -o "" || blame
	done
}

@test "--json: text, which is the same stream" {
	for tool in "${tools[@]}"; do
		calls "" "$tool" x.1 || continue
		"$tool" --help | grep -q "write records as lines of JSON" || continue
		quietly into text "${call[@]}" --json || blame
		assert_equal "$(head -c 1 text)" "{" || blame
		"${call[@]}" >binary
		smpc-cat text | cmp - binary || blame
	done
}

@test "options may follow operands, -- ends them, letters can be joined with values" {
	for tool in "${tools[@]}"; do
		calls "" "$tool" x.1 || continue
		last=${call[-1]}
		unset 'call[-1]'
		quietly into out "${call[@]}" -- "$last" || blame
		fails_with 1 "${call[@]}" -- --nonsense || blame
		stderr_has "--nonsense" || blame
	done
	quietly smpc-head -n1 -oout x.1
	is_line shape out "1 x 2"
	quietly smpc-sum -am -o out x.1
	is_line divisor out 4
}

@test "a sealed input: opened with -i and -p or the environment; keys that are no good are refused" {
	smpc-seal -i alice.key -p parties.json -o sealed bob x.1
	cp bob.key open.key
	chmod 640 open.key
	for tool in "${tools[@]}"; do
		calls "" "$tool" sealed || continue
		if [[ ${call[*]} != *alice.key* ]]; then
			fails_short 4 "${call[@]}" || blame
			stderr_has "open it with -i KEY and -p parties.json" || blame
			# another operand is not sealed
			unsealed=(--unsealed)
			case $tool in smpc-info | smpc-seal) unsealed=() ;; esac
			quietly into out "${call[@]}" "${unsealed[@]}" -i bob.key -p parties.json || blame
			[ -s out ] || blame
			SMPC_IDENTITY=bob.key SMPC_PARTIES=parties.json quietly into out "${call[@]}" "${unsealed[@]}" || blame
		fi
		fails_short 4 "${call[@]}" -i owner.key -p parties.json || blame
		fails_short 4 "${call[@]}" -i open.key -p parties.json || blame
		stderr_has "chmod 600" || blame
		fails_short 1 "${call[@]}" -i nowhere -p parties.json || blame
		fails_short 1 "${call[@]}" -i bob.key -p table.csv || blame
		stderr_has table.csv || blame
	done
}

@test "shares that come from an owner: refused where a parties file is known and they are not sealed" {
	local seen=0
	for tool in "${tools[@]}"; do
		calls "" "$tool" x.1 || continue
		case $tool in smpc-info | smpc-seal) continue ;; esac
		fails_short 4 "${call[@]}" -p parties.json || blame
		stderr_has "x.1: record 1 at byte 0: comes from an owner and is not sealed" || blame
		SMPC_PARTIES=parties.json fails_short 4 "${call[@]}" || blame
		stderr_has "--unsealed" || blame
		SMPC_PARTIES=parties.json quietly into out "${call[@]}" --unsealed || blame
		# whoever shares processors has not said that all parties are one user
		SMPC_LOCAL_PARTIES=3 SMPC_PARTIES=parties.json fails_short 4 "${call[@]}" || blame
		# under smpc-local, which has one user and whose keys go away
		SMPC_ONE_MACHINE=yes SMPC_PARTIES=parties.json quietly into out "${call[@]}" || blame
		seen=$((seen + 1))
	done
	assert [ "$seen" -gt 12 ]
}
