/* The ledger of spent session numbers: nothing brings one back. */

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "child.h"
#include "agent/ledger.h"
#include "tap.h"

static char directory[] = "/tmp/smpc-ledger-XXXXXX";
static char path[256], numbers[300]; /* alice's */
static int told[2];

/* Open a party's ledger anew, as another process would, and spend a number. */
static int
spend_of(const char *party, const uint8_t *number)
{
	struct ledger *l = ledger_open(party);
	int rc = (l == NULL) ? -1 : ledger_spend(l, number);

	ledger_close(l);
	return (rc);
}

/* Alice's, and the number *${arg}. */
static int
spend(void *arg)
{

	return (spend_of("alice", arg));
}

static char carol[] = "carol", long_path[5000];

static int
open_party(void *arg)
{
	struct ledger *l = ledger_open(arg);
	int rc = (l == NULL) ? -1 : 0;

	ledger_close(l);
	return (rc);
}

static bool
is_private_directory(const char *p)
{
	struct stat st;

	return (stat(p, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 0700);
}

static void
test_spending(void)
{
	uint8_t number[SESSION_NUMBER_BYTES] = { 1, 2, 3 };
	uint8_t other[SESSION_NUMBER_BYTES] = { 1, 2, 3 };
	struct ledger *fd = ledger_open("alice"), *other_fd;
	int i, refused = 0;

	ok(fd != NULL && is_private_directory(path), "the ledger is made, private");
	ok(!ledger_has(fd, number), "a number that was not entered is not there");
	ok(ledger_spend(fd, number) == 0, "a number is spent");
	ok(ledger_has(fd, number), "and is there then");
	other[SESSION_NUMBER_BYTES - 1] = 1;
	ok(ledger_spend(fd, other) == 0, "and one that differs in its last byte");
	ledger_close(fd);
	child_fails(spend, number, ST_REFUSED, "0102030000000000", "not again by another process");
	child_fails(spend, other, ST_REFUSED, "used before", "nor the other");
	for (i = 0; i < 8 * SESSION_NUMBER_BYTES; i++) {
		other[i / 8] ^= (uint8_t)(1 << i % 8);
		refused += (child_status(spend, other) != (memcmp(other, number,
		    sizeof(other)) == 0 ? ST_REFUSED : 0));
		other[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	ok_i64(refused, 0, "numbers that differ in one bit are different");
	other_fd = ledger_open("bob");
	ok(other_fd != NULL && ledger_spend(other_fd, number) == 0, "another party's ledger is "
	    "another one");
	ledger_close(other_fd);
}

/* Of many processes that spend one number at once, one succeeds. */
static void
test_race(void)
{
	static uint8_t number[SESSION_NUMBER_BYTES] = { 9 };
	int go[2], i, status, won = 0, refused = 0;
	char byte;

	if (pipe(go) == -1)
		tap_bail("pipe");
	catch_begin();
	for (i = 0; i < 16; i++) {
		if (fork() == 0) {
			close(go[1]);
			(void)!read(go[0], &byte, 1); /* ends when the parent closes it */
			_exit((spend(number) == 0) ? 0 : (int)diag_status());
		}
	}
	close(go[0]);
	close(go[1]);
	while (wait(&status) > 0) {
		won += (WIFEXITED(status) && WEXITSTATUS(status) == 0);
		refused += (WIFEXITED(status) && WEXITSTATUS(status) == ST_REFUSED);
	}
	(void)catch_end();
	ok(won == 1 && refused == 15, "of 16 processes at once, one may use a number (%d, %d "
	    "refused)", won, refused);
}

/* A number is there when ledger_spend has returned: also after a kill without warning. */
static int
spend_and_die(void *arg)
{

	if (spend(arg) == 0)
		kill(getpid(), SIGKILL);
	return (0);
}

static void
test_restart(void)
{
	static uint8_t number[SESSION_NUMBER_BYTES] = { 5, 5 };
	struct stat before, st;

	if (stat(numbers, &before) == -1)
		tap_bail("no ledger");
	ok_i64(child_status(spend_and_die, number), 128 + SIGKILL, "a process that spent a number "
	    "is killed");
	ok(stat(numbers, &st) == 0 && st.st_size == before.st_size + LEDGER_RECORD_BYTES &&
	    (st.st_mode & 0777) == 0600, "the number is one record in a private file");
	child_fails(spend, number, ST_REFUSED, "used before", "so the next process does not use "
	    "it");
}

/* Change the file as a crash or a fault does: ${bytes} at its end, or at ${at} if that is not 0. */
static void
damage(const void *data, size_t bytes, off_t at)
{
	int fd = open(numbers, O_WRONLY);

	if (fd == -1 || (at == 0 && (at = lseek(fd, 0, SEEK_END)) == -1) ||
	    pwrite(fd, data, bytes, at) != (ssize_t)bytes)
		tap_bail("the ledger's file");
	close(fd);
}

/* What a crash leaves behind what was synced: part of a record, or zeros. */
static void
test_torn(void)
{
	static uint8_t first[SESSION_NUMBER_BYTES] = { 6 }, second[SESSION_NUMBER_BYTES] = { 7 };
	static const uint8_t zeros[3 * LEDGER_RECORD_BYTES], part[5] = { 1, 2, 3, 4, 5 };

	damage(part, sizeof(part), 0);
	ok_i64(child_status(spend, first), 0, "after a record that was cut short, numbers are "
	    "spent");
	child_fails(spend, first, ST_REFUSED, "used before", "once");
	damage(zeros, sizeof(zeros), 0);
	ok_i64(child_status(spend, second), 0, "and after records of which nothing was written");
	child_fails(spend, first, ST_REFUSED, "used before", "which bring nothing back");
	child_fails(spend, second, ST_REFUSED, "used before", "and hide nothing");
}

/* Dave's, where nothing was torn before. */
static int
spend_of_dave(void *arg)
{

	return (spend_of("dave", arg));
}

static char daves[300];

/* With room for less than a record. */
static int
spend_when_full(void *arg)
{
	struct rlimit limit;
	struct stat st;

	if (stat(daves, &st) == -1 || getrlimit(RLIMIT_FSIZE, &limit) == -1)
		return (-1);
	limit.rlim_cur = (rlim_t)st.st_size + LEDGER_RECORD_BYTES / 2;
	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) == -1)
		return (-1);
	return (spend_of_dave(arg));
}

static void
test_full(void)
{
	static uint8_t first[SESSION_NUMBER_BYTES] = { 12 }, number[SESSION_NUMBER_BYTES] = { 13 };
	struct stat before, after;

	snprintf(daves, sizeof(daves), "%s/dave/ledger/%s", directory, LEDGER_FILE);
	if (child_status(spend_of_dave, first) != 0 || stat(daves, &before) == -1)
		tap_bail("dave's ledger");
	child_fails(spend_when_full, number, ST_FAILED, "too large", "where there is no room left, "
	    "that is said");
	ok(stat(daves, &after) == 0 && after.st_size == before.st_size, "and the file is as it "
	    "was");
	ok_i64(child_status(spend_of_dave, number), 0, "with room, the number is spent");
	child_fails(spend_of_dave, number, ST_REFUSED, "used before", "once");
}

static struct ledger *in_use;

static int
enter_in_use(void *arg)
{

	return (ledger_enter(in_use, arg));
}

static void
test_damage(void)
{
	static uint8_t number[SESSION_NUMBER_BYTES] = { 8 };
	static const uint8_t zeros[LEDGER_RECORD_BYTES];
	uint8_t byte = 0xa5, record[LEDGER_RECORD_BYTES];
	int fd;

	if ((fd = open(numbers, O_RDONLY)) == -1 || pread(fd, record, sizeof(record),
	    LEDGER_RECORD_BYTES) != sizeof(record))
		tap_bail(numbers);
	close(fd);
	damage(zeros, sizeof(zeros), LEDGER_RECORD_BYTES);
	child_fails(spend, number, ST_REFUSED, "record 2 is damaged", "zeros before other records "
	    "are damage");
	damage(record, sizeof(record), LEDGER_RECORD_BYTES);
	in_use = ledger_open("alice");
	damage(&byte, 1, LEDGER_RECORD_BYTES + 7);
	child_fails(spend, number, ST_REFUSED, "record 2 is damaged", "a flipped byte is refused");
	if (truncate(numbers, 2 * LEDGER_RECORD_BYTES) == -1)
		tap_bail("truncate");
	child_fails(enter_in_use, number, ST_REFUSED, "shorter", "a ledger that becomes shorter in "
	    "use is refused");
	if (unlink(numbers) == -1)
		tap_bail("unlink");
	child_fails(enter_in_use, number, ST_FAILED, "No such file", "nothing is entered into one "
	    "that was removed");
	ok_i64(child_status(spend, number), 0, "a new one is begun by the next process");
	child_fails(enter_in_use, number, ST_REFUSED, "in place of", "which this one does not take "
	    "for its own");
	ledger_close(in_use);
	damage("another file", 12, 0);
	damage("SMPC", 4, 1);
	child_fails(spend, number, ST_REFUSED, "no ledger", "what is no ledger is not written to");
	if (unlink(numbers) == -1)
		tap_bail("unlink");
}

/* Earlier versions had a file for each number. */
static void
test_files(void)
{
	static uint8_t number[SESSION_NUMBER_BYTES] = { 0x31 };
	char name[512];
	struct stat st;
	int fd;

	snprintf(name, sizeof(name), "%s/31%062d", path, 0);
	if ((fd = open(name, O_WRONLY | O_CREAT, 0600)) == -1)
		tap_bail(name);
	close(fd);
	child_fails(spend, number, ST_REFUSED, "used before", "a number that is a file is taken "
	    "over");
	ok(stat(name, &st) == -1, "and the file is gone");
	child_fails(spend, number, ST_REFUSED, "used before", "for good");
}

/* Many numbers: all are found again, and the file is as long as it says. */
static void
test_many(void)
{
	uint8_t number[SESSION_NUMBER_BYTES] = { 0x40 };
	struct ledger *l = ledger_open("dave");
	size_t i, bad = 0;
	char file[300];
	struct stat before, st;

	snprintf(file, sizeof(file), "%s/dave/ledger/%s", directory, LEDGER_FILE);
	if (l == NULL || stat(file, &before) == -1)
		tap_bail("no ledger");
	for (i = 0; i < 5000; i++) {
		number[1] = (uint8_t)(i >> 8);
		number[2] = (uint8_t)i;
		bad += (ledger_has(l, number) || ledger_enter(l, number) == -1);
	}
	bad += (ledger_sync(l) == -1);
	ledger_close(l);
	ok_u64(bad, 0, "5,000 numbers are entered");
	ok(stat(file, &st) == 0 &&
	    st.st_size - before.st_size == (off_t)5000 * LEDGER_RECORD_BYTES, "32 bytes each");
	if ((l = ledger_open("dave")) == NULL)
		tap_bail("no ledger");
	for (i = 0; i < 5000; i++) {
		number[1] = (uint8_t)(i >> 8);
		number[2] = (uint8_t)i;
		bad += !ledger_has(l, number);
	}
	ok_u64(bad, 0, "the next process knows all of them");
	number[3] = 1;
	ok(!ledger_has(l, number), "and no others");
	ledger_close(l);
}

/*
 * Processes that enter numbers are killed at any moment, and the directory is copied beside it:
 * what was reported as spent is in the file, and in each copy that was made later.
 */
static int
spend_until_killed(void *arg)
{
	uint8_t number[SESSION_NUMBER_BYTES] = { 0x50 };
	struct ledger *l = ledger_open("alice");
	uint32_t i;

	number[1] = *(const uint8_t *)arg;
	for (i = 0; l != NULL; i++) {
		memcpy(number + 2, &i, sizeof(i));
		if (ledger_spend(l, number) == -1)
			return (-1);
		if (write(told[1], &i, sizeof(i)) != sizeof(i))
			return (-1);
	}
	return (-1);
}

static void
test_kills(void)
{
	uint8_t number[SESSION_NUMBER_BYTES] = { 0x50 }, round;
	char command[1200], copy[300];
	uint32_t i, last;
	size_t lost = 0, total = 0, copied = 0;
	struct ledger *l;
	pid_t pid;

	snprintf(copy, sizeof(copy), "%s/copy", directory);
	for (round = 0; round < 20; round++) {
		if (pipe(told) == -1)
			tap_bail("pipe");
		if ((pid = fork()) == 0)
			_exit(spend_until_killed(&round) == -1);
		close(told[1]);
		for (last = 0; last < (uint32_t)round + 3; last++) {
			if (read(told[0], &i, sizeof(i)) != sizeof(i))
				tap_bail("the process ended");
		}
		/* A copy that is made while it is written to has all that was reported. */
		snprintf(command, sizeof(command), "rm -rf %s && cp -a %s %s", copy, path, copy);
		if (system(command) != 0)
			tap_bail(command);
		kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		number[1] = round;
		if ((l = ledger_open_directory(copy)) == NULL)
			tap_bail("the copy");
		for (i = 0; i < last; i++) {
			memcpy(number + 2, &i, sizeof(i));
			copied += ledger_has(l, number);
			total++;
		}
		ledger_close(l);
		while (read(told[0], &i, sizeof(i)) == sizeof(i))
			last = i + 1;
		close(told[0]);
		if ((l = ledger_open("alice")) == NULL)
			tap_bail("the ledger");
		for (i = 0; i < last; i++) {
			memcpy(number + 2, &i, sizeof(i));
			lost += !ledger_has(l, number);
		}
		ledger_close(l);
	}
	ok_u64(lost, 0, "20 processes are killed amid their work: no number is lost");
	ok(total > 0 && copied == total, "copies that are made meanwhile have what was reported "
	    "before");
}

static void
test_places(void)
{
	char place[512], file[300];
	int fd;

	snprintf(place, sizeof(place), "%s/a/b", directory);
	setenv("SMPC_STATE", place, 1);
	ok_i64(child_status(open_party, carol), 0, "directories above it are made");
	ok(is_private_directory(place), "private too");
	snprintf(place, sizeof(place), "%s/a/b/carol/ledger", directory);
	ok(is_private_directory(place), "it is in $SMPC_STATE, under the party's name");
	ok_i64(child_status(open_party, carol), 0, "one that is there is used");
	snprintf(file, sizeof(file), "%s/file", directory);
	fd = open(file, O_WRONLY | O_CREAT, 0600);
	close(fd);
	setenv("SMPC_STATE", file, 1);
	child_fails(open_party, carol, ST_FAILED, "file", "it cannot be made in a file");
	unsetenv("SMPC_STATE");
	setenv("HOME", directory, 1);
	snprintf(place, sizeof(place), "%s/.local/state/smpc/carol/ledger", directory);
	ok(child_status(open_party, carol) == 0 && is_private_directory(place),
	    "without it, in ~/.local/state/smpc");
	unsetenv("HOME");
	child_fails(open_party, carol, ST_FAILED, "SMPC_STATE", "with neither, it says what to do");
	setenv("SMPC_STATE", long_path, 1);
	child_fails(open_party, carol, ST_FAILED, "too long", "a path that is too long is not cut");
}

int
main(void)
{
	char command[300];

	tap_plan(46);
	if (mkdtemp(directory) == NULL)
		tap_bail("mkdtemp");
	umask(022);
	snprintf(path, sizeof(path), "%s/alice/ledger", directory);
	snprintf(numbers, sizeof(numbers), "%s/%s", path, LEDGER_FILE);
	setenv("SMPC_STATE", directory, 1);
	memset(long_path, '/', sizeof(long_path) - 1);
	test_spending();
	test_race();
	test_restart();
	test_torn();
	test_full();
	test_files();
	test_many();
	test_kills();
	test_damage();
	test_places();
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return ((system(command) == 0) ? tap_end() : 1);
}
