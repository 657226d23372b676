#!/usr/bin/env bats
#
# Where a party's secret key is, and where it is not.

load helper
load shares
load parties

setup() {
	common_setup
	parties_setup
	parties dealer alice bob
}

# other_user: skip where we cannot become a user who may not do everything; "as" then runs a command as that one.
other_user() {
	[ "$(id -u)" -eq 0 ] || return 0
	needs setpriv
	setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null || skip "cannot become another user"
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." 2>/dev/null || true
	chown -R 65534:65534 "$BATS_TEST_TMPDIR"
	as=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all)
}

# Opens what it can of the process whose number is its argument, and says what that was.
reader='for f in mem environ maps; do
	if (: <"/proc/$1/$f") 2>/dev/null; then echo "$f opened"; else echo "$f refused"; fi
done'

@test "the command of an agent cannot read the memory of it, nor another process of the same user" {
	as=()
	other_user
	echo "$reader" >reader
	start alice "${as[@]}" env SMPC_STATE="$PWD/state.alice" smpc-party -i alice.key -p parties.json -- \
		sh -c 'sh reader $PPID; grep -E "^(VmLck|CoreDumping)" /proc/$PPID/status; ulimit -c; echo "${SMPC_IDENTITY-none}"'
	ended alice 10 0
	assert_equal "$(grep -c refused alice.out)" 3
	run ! grep opened alice.out
	assert_equal "$(tail -n 2 alice.out | paste -s -d ' ')" "0 none"
	# some of it is locked, where the system lets a user do so
	# AddressSanitizer locks nothing
	[ "${BUILD##*/}" != build ] || run ! grep -E 'VmLck:\s+0 kB' alice.out
	# it still finds and ends what its command has left behind
	start alice "${as[@]}" env SMPC_STATE="$PWD/state.alice" smpc-party -i alice.key -p parties.json -- sh -c 'sleep 60 & touch there; sleep 60'
	within 5 test -e there
	kill "$(pid alice)"
	within 5 test -e alice.status
	run pgrep -u 65534 -x sleep
	assert_output ""
}

@test "a tool with a key of its own, and an agent in the background, are as closed" {
	as=()
	other_user
	echo "$reader" >reader
	owned -o x <<<$'a\n1'
	[ ${#as[@]} -eq 0 ] || chown -R 65534:65534 .
	mkfifo slow
	start tool "${as[@]}" smpc-cat -i alice.key -p parties.json -o y slow
	exec {hold}>slow
	head -c 200 x.alice >&"$hold"
	soon grep -q smpc-cat "/proc/$(pid tool)/comm"
	soon eval '"${as[@]}" sh reader "$(pid tool)" | grep -q refused'
	run "${as[@]}" sh reader "$(pid tool)"
	assert_output "$(printf '%s\n' 'mem refused' 'environ refused' 'maps refused')"
	exec {hold}>&-
	ended tool 5 1
	eval "$("${as[@]}" env SMPC_STATE="$PWD/state.bob" smpc-party -i bob.key -p parties.json 3>&-)"
	run "${as[@]}" sh reader "$SMPC_AGENT_PID"
	assert_output "$(printf '%s\n' 'mem refused' 'environ refused' 'maps refused')"
	kill "$SMPC_AGENT_PID"
}

@test "the secret is in the agent's memory once" {
	needs python3
	[ "$(id -u)" -eq 0 ] || skip "needs to be root to look"
	[ "${BUILD##*/}" = build ] || skip "sanitizers keep what was freed"
	each_agent dealer bob alice -- sh -c 'smpc-ping -w 20 -s 0 && touch done.{} && sleep 60'
	for p in dealer alice bob; do
		within 20 test -e done.$p
	done
	for p in dealer alice bob; do
		run python3 - "$(pid $p)" $p.key <<-'P'
			import base64, re, sys
			text = re.search('smpc-secret-(.*)', open(sys.argv[2]).read()).group(1)
			secret = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))[:32]
			found = 0
			spans = [l.split() for l in open('/proc/%s/maps' % sys.argv[1])]
			with open('/proc/%s/mem' % sys.argv[1], 'rb') as mem:
			    for l in spans:
			        low, high = (int(x, 16) for x in l[0].split('-'))
			        if 'r' not in l[1] or l[-1] in ('[vvar]', '[vsyscall]', '[vvar_vclock]'):
			            continue
			        mem.seek(low)
			        data = mem.read(high - low)
			        found += data.count(secret) + data.count(text[:30].encode())
			print(found)
		P
		assert_output 1 || return 1
		kill "$(pid $p)"
	done
}
