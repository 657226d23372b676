#!/usr/bin/env bats
#
# Full disks, signals, ends of pipes, files that appear meanwhile: what is left behind, and what others make of it.

load helper
load shares

teardown() {
	if [ -n "${mounted:-}" ]; then
		umount "$mounted"
	fi
}

# small_disk: the directory "disk" holds 1 MiB.
small_disk() {
	mkdir disk
	mount -t tmpfs -o size=1m,mode=755 tmpfs disk 2>/dev/null || skip "needs the right to mount a tmpfs"
	mounted=$PWD/disk
}

# large NAME: shares of 300,000 numbers, in two records.
large() {
	seq 300000 >numbers
	smpc-share -n 2 --no-header -o "$1" numbers
}

# interrupt SIGNAL PATTERN INPUT CMD...: run CMD with the bytes of INPUT on standard input, which stays open; when the
# files of PATTERN are there, send SIGNAL; print how CMD ended, -2 for SIGINT and so on, and what it said.
interrupt() {
	python3 - "$@" <<-'P'
		import glob, signal, subprocess, sys, time
		name, pattern, source, *command = sys.argv[1:]
		def default():
		    for s in signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE:
		        signal.signal(s, signal.SIG_DFL)
		p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
		                     preexec_fn=default)
		p.stdin.write(open(source, 'rb').read())
		p.stdin.flush()
		for i in range(500):
		    if glob.glob(pattern):
		        break
		    time.sleep(.01)
		else:
		    print('no', pattern)
		p.send_signal(getattr(signal, name))
		try:
		    print(p.wait(10), p.stderr.read().decode())
		except subprocess.TimeoutExpired:
		    p.kill()
		    print('does not end')
	P
}

# ---- a full disk

@test "smpc-share on a full disk: 1, and none of the outputs" {
	small_disk
	# 800,000 bytes for each of two parties: the second does not fit
	seq 100000 >in
	fails_with 1 smpc-share -n 2 --no-header -o disk/x in
	stderr_has "No space left on device"
	stderr_has "smpc-share: disk/x."
	assert_equal "$(ls -A disk)" ""
	# with -f the old ones are still there
	echo precious | tee disk/x.0 disk/x.1 >disk/x.2
	fails_with 1 smpc-share -n 2 -f --no-header -o disk/x in
	assert_equal "$(cat disk/x.?)" $'precious\nprecious\nprecious'
	assert_equal "$(cd disk && echo ./* ./.[!.]*)" "./x.0 ./x.1 ./x.2 ./.[!.]*"
	# one on the full disk, the others elsewhere
	seq 300000 >in
	fails_with 1 smpc-share -n 2 --no-header -o one -O 1=disk/one in
	holds disk in
}

@test "-o on a full disk: 1, and the old file as it was" {
	small_disk
	large x
	echo precious >disk/out
	for command in smpc-cat "smpc-add -c 1" smpc-transpose "smpc-shuf -s 1" "smpc-cat --json"; do
		# shellcheck disable=SC2086 # words
		fails_with 1 $command -o disk/out x.1
		stderr_has "disk/out: write failed: No space left on device"
		assert_equal "$(cat disk/out)" precious
		assert_equal "$(ls -A disk)" out
	done
	for format in "" --json --npy --public; do
		# shellcheck disable=SC2086 # none or one
		fails_with 1 smpc-reveal $format -o disk/out x.1 x.2
		stderr_has "No space left on device"
		assert_equal "$(cat disk/out)" precious
		assert_equal "$(ls -A disk)" out
	done
}

@test "standard output on a full disk: 1" {
	small_disk
	large x
	fails_with 1 into disk/out smpc-cat x.1
	stderr_has "standard output: write failed: No space left on device"
	fails_with 1 into disk/out smpc-reveal x.1 x.2
	for party in 1 2; do
		smpc-info --words "x.$party" >"words.$party"
	done
	capture into disk/out smpc-info --words x.1
	assert_failure 1
	stderr_has "No space left on device"
}

@test "a limit on the size of files: nothing is left" {
	large x
	rm x.0 x.2
	run sh -c 'ulimit -f 100; exec smpc-cat -o out x.1'
	assert_failure
	holds numbers x.1
	run sh -c 'trap "" XFSZ; ulimit -f 100; exec smpc-cat -o out x.1'
	assert_failure 1
	assert_output --partial "out: write failed: File too large"
	holds numbers x.1
}

# ---- signals

@test "SIGINT, SIGTERM, SIGHUP while smpc-share reads: nothing is left, and it dies of the signal" {
	needs python3
	seq 100000 >in
	for signal in SIGINT:-2 SIGTERM:-15 SIGHUP:-1; do
		quietly interrupt "${signal%:*}" 'x.2.*' in smpc-share -n 2 --no-header -o x
		assert_output "${signal#*:} "
		holds in
	done
}

@test "SIGINT, SIGTERM, SIGHUP while smpc-cat reads: nothing is left, and the old file is as it was" {
	needs python3
	large x
	rm x.0 x.2 numbers
	head -c 1500000 x.1 >in
	for signal in SIGINT:-2 SIGTERM:-15 SIGHUP:-1; do
		quietly interrupt "${signal%:*}" 'out.*' in smpc-cat -o out
		assert_output "${signal#*:} "
		holds in x.1
	done
	echo precious >out
	quietly interrupt SIGTERM 'out.*' in smpc-add -c 1 -o out
	assert_output "-15 "
	assert_equal "$(cat out)" precious
	holds in out x.1
	quietly interrupt SIGINT 'rest.*' in smpc-split -s 1 -o out --rest rest
	assert_output "-2 "
	holds in out x.1
}

@test "a signal that was ignored stays so" {
	large x
	mkfifo pipe
	sh -c 'trap "" INT HUP; exec smpc-cat -o out pipe' 3>&- &
	pid=$!
	exec 4>pipe
	head -c 1000000 x.1 >&4
	soon compgen -G 'out.*' >/dev/null
	kill -INT "$pid"
	kill -HUP "$pid"
	tail -c +1000001 x.1 >&4
	exec 4>&-
	wait "$pid"
	cmp out x.1
}

# ---- pipes

@test "SIGPIPE is quiet" {
	large x
	printf '%s\n' 1 | smpc-share -n 2 --no-header --name other -o y
	for command in "smpc-cat x.1" "smpc-add -c 1 x.1" "smpc-info --words x.1" "smpc-reveal x.1 x.2" \
		"smpc-reveal --npy x.1 x.2" "smpc-split -s 1 x.1"; do
		# shellcheck disable=SC2086 # words
		bash -c 'env --default-signal=PIPE "$@" 2>err | head -c 100 >part
			exit "${PIPESTATUS[0]}"' _ $command || status=$?
		assert_equal "$status" 141
		assert_equal "$(cat err)" ""
		assert_equal "$(stat -c %s part)" 100
	done
}

@test "SIGPIPE leaves no temporary file" {
	large x
	bash -c 'env --default-signal=PIPE smpc-split -s 1 --rest rest x.1 | head -c 100 >part'
	holds numbers part x.0 x.1 x.2
}

@test "the reader of one of smpc-share's outputs goes away: nothing is left" {
	seq 300000 >in
	mkfifo pipe
	head -c 10 pipe >/dev/null 3>&- &
	run env --default-signal=PIPE smpc-share -n 2 --no-header -o x -O 1=pipe in
	assert_failure
	wait $!
	holds in pipe
	# where the signal is ignored it is an error like others
	head -c 10 pipe >/dev/null 3>&- &
	fails_with 1 env --ignore-signal=PIPE smpc-share -n 2 --no-header -o x -O 1=pipe in
	stderr_has "pipe: write failed: Broken pipe"
	wait $!
	holds in pipe
}

@test "a command that dies in a pipe: what follows fails, and its output does not appear" {
	large x
	# where the second record begins, too
	second=$(grep -a -b -o $'\xb5SMPC' x.1 | sed -n '2s/:.*//p')
	[ "$second" -gt 300000 ]
	for bytes in 0 10 300 100000 "$second" 1500000; do
		for command in smpc-cat smpc-sum "smpc-add -c 1" "smpc-head -n 1" "smpc-matmul -c 1.csv" smpc-info; do
			echo 1 >1.csv
			[ "$command" = smpc-info ] || command+=" -o out"
			# shellcheck disable=SC2086 # words
			fails_with 1 $command < <(head -c "$bytes" x.1)
			stderr_has "ends early"
			[ ! -e out ]
		done
	done
	run bash -c 'smpc-cut -c nothing x.1 | smpc-sum -o out'
	assert_failure 1
	assert_output --partial "did the command before it fail?"
	[ ! -e out ]
}

@test "a command that dies in a process substitution, too" {
	large x
	run bash -c 'smpc-add -o out x.1 <(smpc-mul -c nowhere x.1)'
	assert_failure 1
	assert_output --partial "smpc-add: /dev/fd/"
	assert_output --partial "ends early"
	[ ! -e out ]
	run bash -c 'smpc-paste -o out x.1 <(head -c 1000000 x.1)'
	assert_failure 1
	[ ! -e out ]
	run bash -c 'smpc-reveal -o out x.2 <(smpc-cut -c 2 x.1)'
	assert_failure 1
	[ ! -e out ]
	run bash -c 'smpc-share -n 2 -o out <(false)'
	assert_failure 1
	assert_output --partial "is empty"
	assert_equal "$(find . -name 'out*')" ""
}

@test "a command that fails after a whole part: what follows it in a pipe must not take it for a short table" {
	shared x a 1 2
	shared y a 3 4
	damaged y.1 bad
	head -c 400 y.1 >short
	large z
	for command in "smpc-cat x.1 bad" "smpc-cat x.1 short" "smpc-cat x.1 y.2" "smpc-cat x.1 x.1" \
		"smpc-cat --json x.1 bad" "smpc-cat z.1 <(head -c 300 z.2)" "smpc-cat z.1 z.1" \
		"smpc-cat x.1 y.1 x.1" "timeout -s KILL 0.3 smpc-cat x.1 <(cat y.1; sleep 1)"; do
		run bash -c "$command | smpc-sum -o out"
		[ ! -e out ] || fail "$command: $(smpc-info out)"
		assert_failure
	done
}

@test "operands of different lengths: what follows must not take the rows they share for the result" {
	shared x a 1 2
	shared z a 1 2 3
	for command in "smpc-add x.1 z.1" "smpc-sub z.1 x.1" "smpc-paste x.1 <(smpc-cut -c 1 z.1 | smpc-transpose | smpc-transpose)"; do
		run bash -c "$command | smpc-sum -o out"
		[ ! -e out ] || fail "$command: $(smpc-info out)"
		assert_failure
	done
	table three.csv 1 2 3
	run bash -c 'smpc-add -c three.csv x.1 | smpc-sum -o out'
	[ ! -e out ]
	assert_failure
}

@test "a tensor that is damaged after a whole one: what follows must not miss it" {
	shared x a 1 2
	printf 'w\n1\n' | smpc-share -n 2 --name w -o w
	damaged w.1 bad
	cat x.1 bad >model
	for command in "smpc-sum model" "smpc-transpose model" "smpc-mul -c 2 model" "smpc-shuf -s 1 model" \
		"smpc-head model" "smpc-cut -c 1 model" "smpc-split -s 1 model"; do
		run bash -c "$command | smpc-cat -o out"
		[ ! -e out ] || fail "$command"
		assert_failure
	done
}

# ---- files that are there, or come to be there

# overtaken CMD...: smpc-share, as CMD with a FIFO to read, meets a file that appears while it runs.
overtaken() {
	mkfifo in
	"$@" 2>err 3>&- &
	pid=$!
	exec 4>in
	seq 100000 | sed 's/^/0./' >&4
	soon compgen -G 'x.2.*' >/dev/null
	echo precious >x.1
	exec 4>&-
	wait "$pid" || status=$?
	assert_equal "$status" 1
	assert_equal "$(cat err)" "smpc-share: x.1: exists; -f overwrites it"
	assert_equal "$(cat x.1)" precious
	holds err in x.1
}

@test "a file that appears while smpc-share runs is not overwritten, and no other output appears" {
	overtaken smpc-share -n 2 --no-header -o x in
}

@test "the same where files have no second names; and there, too, outputs appear, and are replaced together" {
	unsanitized "a library that is loaded before theirs"
	local linkless=(env LD_PRELOAD="$BUILD/preload/unlinked.so")
	overtaken "${linkless[@]}" smpc-share -n 2 --no-header -o x in
	rm -f ./*
	seq 5 | "${linkless[@]}" smpc-share -n 2 --no-header -o x
	quietly smpc-reveal x.1 x.2
	assert_output "$(seq 5)"
	seq 6 | "${linkless[@]}" smpc-share -f -n 2 --no-header -o x
	quietly smpc-reveal x.1 x.2
	assert_output "$(seq 6)"
	# the last of them cannot be replaced, and the others are what they were
	rm x.2
	mkdir x.2
	cp x.1 before
	seq 7 >numbers
	fails_with 1 "${linkless[@]}" smpc-share -f -n 2 --no-header -o x numbers
	cmp x.1 before
	holds before numbers x.0 x.1 x.2
}

@test "with -f it is replaced" {
	mkfifo in
	smpc-share -n 2 -f --no-header -o x in 3>&- &
	pid=$!
	exec 4>in
	seq 100000 >&4
	soon compgen -G 'x.2.*' >/dev/null
	echo old >x.1
	exec 4>&-
	wait "$pid"
	quietly smpc-reveal -o out x.1 x.2
	seq 100000 | cmp - out
	holds in out x.0 x.1 x.2
}

@test "no output appears before its input has ended" {
	mkfifo in
	smpc-share -n 2 --no-header -o x in 3>&- &
	pid=$!
	exec 4>in
	seq 100000 >&4
	soon compgen -G 'x.2.*' >/dev/null
	[ ! -e x.0 ] && [ ! -e x.1 ] && [ ! -e x.2 ]
	# what is being written is nobody else's to read
	for file in x.*; do
		assert_equal "$(stat -c %a "$file")" 600
	done
	exec 4>&-
	wait "$pid"
	holds in x.0 x.1 x.2
}

@test "symbolic links: smpc-share does not write through them" {
	table in a 1
	echo precious >target
	ln -s target x.1
	fails_with 1 smpc-share -n 2 -o x in
	stderr_has "x.1: exists"
	assert_equal "$(cat target)" precious
	ln -sf nowhere x.1
	fails_with 1 smpc-share -n 2 -o x in
	stderr_has "x.1: exists"
	[ ! -e nowhere ]
	[ -L x.1 ]
}

@test "symbolic links: -o gives the name a whole file" {
	shared x a 1
	echo old >target
	ln -s target link
	quietly smpc-cat -o link x.1
	cmp link x.1
}

@test "symbolic links: one to a descriptor, as /dev/stdout is, is written to, not replaced" {
	shared x a 1
	ln -s /proc/self/fd/1 stdout
	smpc-cat -o stdout x.1 >out
	[ -L stdout ]
	cmp out x.1
}

@test "symbolic links: a chain that ends at a descriptor, over other directories, is written to as well" {
	local link n=0
	shared x a 1
	mkdir -p one/two
	ln -s /proc/self/fd/1 zero
	ln -s ../zero one/first
	ln -s ../first one/two/second
	ln -s "$PWD/one/two/second" third
	for link in zero one/first one/two/second third; do
		echo before >out
		smpc-cat -o "$link" x.1 >>out
		echo before | cat - x.1 | cmp - out
		assert [ -L "$link" ]
	done
	# both lead to one place
	table in a 1
	fails_with 2 smpc-share -n 2 -o y -O 1=/dev/stdout -O 2=third in
	assert_equal "$(find . -name '*.??????')" ""
}

@test "-o and a descriptor that is a file" {
	shared x a 1
	smpc-cat -o /dev/fd/4 x.1 4>out
	cmp out x.1
}

@test "output and input may be the same file" {
	shared x a 1 2
	each smpc-add -o x.@ x.@ x.@
	reveals x a 2 4
	each smpc-mul -c 3 -o x.@ x.@
	reveals x a 6 12
	each smpc-transpose -o x.@ x.@
	reveals x 6,12
	seq 300000 | smpc-share -n 2 --no-header -o y
	each smpc-add -c 1 -o y.@ y.@
	smpc-reveal -o sum y.1 y.2
	seq 2 300001 | cmp - sum
	holds sum x.0 x.1 x.2 y.0 y.1 y.2
}

@test "an odd umask: an output can be read by its owner, and by nobody else" {
	shared x a 1
	for mask in 000 022 077 277 777; do
		(umask "$mask" && smpc-cat -o "cat.$mask" x.1)
		assert_equal "$mask $(stat -c %a "cat.$mask")" "$mask 600"
		echo 1 >in
		(umask "$mask" && smpc-share -n 2 --no-header -o "share.$mask" in)
		assert_equal "$mask $(stat -c %a "share.$mask.1")" "$mask 600"
		(umask "$mask" && smpc-reveal -o "reveal.$mask" x.1 x.2)
		assert_equal "$mask $(stat -c %a "reveal.$mask")" "$mask 600"
	done
}

@test "a directory that may not be written" {
	shared x a 1
	mkdir closed
	chmod 755 .
	chmod 644 x.1
	chmod 555 closed
	as=()
	if [ -w closed ]; then
		needs setpriv
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
		"${as[@]}" test -x "$BUILD/bin/smpc-cat" || skip "other users cannot run the tools in $BUILD/bin"
	fi
	fails_with 1 "${as[@]}" smpc-cat -o closed/out x.1
	stderr_has "closed/out: Permission denied"
}

@test "standard input of a tool that reads files is left alone" {
	shared x a 1
	{
		smpc-cat -o out x.1
		read -r line
	} <<<"next"
	assert_equal "$line" next
}

# ---- names

@test "names of 249 to 255 bytes, as long as the file system allows" {
	local n name
	shared x a 1 2
	for n in 249 250 251 252 253 254 255; do
		name=$(printf "%0${n}d" 0)
		quietly smpc-cat -o "$name" x.1
		cmp "$name" x.1
		quietly smpc-cat -o "$name" x.1
		rm "$name"
		quietly smpc-reveal -o "$name" x.1 x.2
		rm "$name"
		quietly smpc-split --seed 1 -o out --rest "$name" x.1
		rm "$name"
		quietly smpc-share -n 2 -o "${name:2}" <(printf '%s\n' a 1)
		quietly smpc-share -n 2 -f -o "${name:2}" <(printf '%s\n' a 1)
		rm "${name:2}".?
		quietly into key smpc-keygen -o "$name"
		smpc-keygen -y -i "$name" | cmp - key
		rm "$name"
		quietly smpc-local -n 2 -o "${name:2}" -- true
		rm "${name:2}".?
	done
	holds key out x.0 x.1 x.2
	# characters of two bytes, one of which would be cut
	name=$(printf 'ä%.0s' {1..127})
	quietly smpc-cat -o "$name" x.1
	quietly smpc-cat -o "${name}o" x.1
}

# ---- two outputs of one command

@test "smpc-share -f that cannot give the last share its name puts back what the others replaced" {
	mkfifo in
	echo old >x.0
	smpc-share -n 2 -f --no-header -o x in 2>err 3>&- &
	pid=$!
	exec 4>in
	seq 100000 >&4
	soon compgen -G 'x.2.*' >/dev/null
	mkdir x.2
	exec 4>&-
	wait "$pid" || status=$?
	assert_equal "$status" 1
	assert_equal "$(cat x.0)" old
	holds err in x.0 x.2
}

@test "smpc-split: both outputs, or neither" {
	shared x a 1 2 3 4 5
	mkfifo in
	echo old >out
	smpc-split --seed 1 -o out --rest rest in 2>err 3>&- &
	pid=$!
	exec 4>in
	soon compgen -G 'rest.*' >/dev/null
	mkdir rest
	cat x.1 >&4
	exec 4>&-
	wait "$pid" || status=$?
	assert_equal "$status" 1
	assert_equal "$(cat out)" old
	holds err in out rest x.0 x.1 x.2
	rmdir rest
	quietly smpc-split --seed 1 -o out --rest rest x.1
	holds err in out rest x.0 x.1 x.2
}

@test "smpc-local -o: all outputs, or none" {
	echo old | tee out.0 >out.1
	# a name that cannot be given in the end
	fails_with 1 smpc-local -n 2 -o out -- sh -c 'test {} != 2 || mkdir out.2; echo {}'
	assert_equal "$(cat out.0 out.1)" $'old\nold'
	holds out.0 out.1 out.2
}

@test "what a tool says on standard output belongs to its file" {
	fails_with 1 into /dev/full smpc-keygen -o k
	stderr_has "No space left on device"
	assert_equal "$(wc -l <<<"$stderr")" 1
	fails_with 1 sh -c 'smpc-keygen -o k >&-'
	holds
}
