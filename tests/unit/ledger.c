/* The ledger of spent session numbers: nothing brings one back. */

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "child.h"
#include "agent/ledger.h"
#include "tap.h"

static char directory[] = "/tmp/smpc-ledger-XXXXXX";
static char path[256]; /* alice's */

/* Open alice's ledger anew, as another process would, and spend the number *${arg}. */
static int
spend(void *arg)
{
	int fd = ledger_open("alice"), rc;

	if (fd == -1)
		return (-1);
	rc = ledger_spend(fd, arg);
	close(fd);
	return (rc);
}

static char carol[] = "carol", long_path[5000];

static int
open_party(void *arg)
{
	int fd = ledger_open(arg);

	if (fd == -1)
		return (-1);
	close(fd);
	return (0);
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
	int fd = ledger_open("alice"), other_fd, i, refused = 0;

	ok(fd != -1 && is_private_directory(path), "the ledger is made, private");
	ok(!ledger_has(fd, number), "a number that was not entered is not there");
	ok(ledger_spend(fd, number) == 0, "a number is spent");
	ok(ledger_has(fd, number), "and is there then");
	other[SESSION_NUMBER_BYTES - 1] = 1;
	ok(ledger_spend(fd, other) == 0, "and one that differs in its last byte");
	close(fd);
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
	ok(other_fd != -1 && ledger_spend(other_fd, number) == 0, "another party's ledger is "
	    "another one");
	close(other_fd);
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

/*
 * A number is there, under its name, when ledger_spend has returned: also after a kill without
 * warning.
 */
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
	char name[512];
	struct stat st;

	ok_i64(child_status(spend_and_die, number), 128 + SIGKILL, "a process that spent a number "
	    "is killed");
	snprintf(name, sizeof(name), "%s/0505%060d", path, 0);
	ok(stat(name, &st) == 0 && st.st_size == 0 && (st.st_mode & 0777) == 0600,
	    "the number is an empty, private file");
	child_fails(spend, number, ST_REFUSED, "used before", "so the next process does not use "
	    "it");
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

	tap_plan(21);
	if (mkdtemp(directory) == NULL)
		tap_bail("mkdtemp");
	umask(022);
	snprintf(path, sizeof(path), "%s/alice/ledger", directory);
	setenv("SMPC_STATE", directory, 1);
	memset(long_path, '/', sizeof(long_path) - 1);
	test_spending();
	test_race();
	test_restart();
	test_places();
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return ((system(command) == 0) ? tap_end() : 1);
}
