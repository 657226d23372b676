/* What waits in a spool is not to be read in its file, and comes back whole or not at all. */

#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/spool.h"
#include "catch.h"
#include "tap.h"

#define BYTES 200000 /* several pieces */
#define PATTERN "12345678.5 "

static char text[BYTES], back[BYTES + 1], raw[2 * BYTES];

/* The descriptor of the file without a name that this process has. */
static int
nameless(void)
{
	char path[64], target[256];
	ssize_t n;
	int fd;

	for (fd = 3; fd < 64; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if ((n = readlink(path, target, sizeof(target) - 1)) > 9) {
			target[n] = '\0';
			if (strcmp(target + n - 9, "(deleted)") == 0)
				return (fd);
		}
	}
	return (-1);
}

static bool
holds(const char *data, size_t bytes, const char *what)
{
	size_t i, len = strlen(what);

	for (i = 0; i + len <= bytes; i++) {
		if (memcmp(data + i, what, len) == 0)
			return (true);
	}
	return (false);
}

static struct spool *
filled(void)
{
	struct spool *s = spool_open();
	size_t i, n;

	if (s == NULL)
		tap_bail("no spool");
	for (i = 0; i < BYTES; i += n) {
		n = (BYTES - i < 7001) ? BYTES - i : 7001;
		if (spool_write(s, text + i, n) == -1)
			tap_bail("the spool takes nothing");
	}
	return (s);
}

/* Copy it to a file of its own, and read that. */
static ssize_t
copied(struct spool *s)
{
	char path[] = "/tmp/spool.XXXXXX";
	int fd = mkstemp(path), rc;
	ssize_t n;

	if (fd == -1)
		tap_bail("no file");
	unlink(path);
	rc = spool_copy(s, fd, "the copy");
	n = pread(fd, back, sizeof(back), 0);
	close(fd);
	return ((rc == -1) ? -1 : n);
}

static void
nothing_shows(void)
{
	struct spool *s = filled();
	ssize_t n = pread(nameless(), raw, sizeof(raw), 0);

	ok(n > BYTES / 2, "most of it is in a file without a name");
	ok(!holds(raw, (size_t)n, PATTERN), "in which it cannot be read");
	ok(copied(s) == BYTES && memcmp(back, text, BYTES) == 0, "and it comes back");
	spool_free(s);
}

static void
changed_or_cut(void)
{
	struct spool *s = filled();
	uint8_t byte;
	int fd = nameless();
	ssize_t n;

	if (pread(fd, &byte, 1, 70000) != 1)
		tap_bail("no such byte");
	byte ^= 1;
	if (pwrite(fd, &byte, 1, 70000) != 1)
		tap_bail("no such byte");
	catch_begin();
	n = copied(s);
	ok(n == -1 && strstr(catch_end(), "somebody has changed it") != NULL,
	    "a bit that was changed is found");
	spool_free(s);
	s = filled();
	if (ftruncate(nameless(), 100) == -1)
		tap_bail("cannot be cut");
	catch_begin();
	n = copied(s);
	catch_end();
	ok(n == -1, "and so is a cut");
	spool_free(s);
}

static void
empty(void)
{
	struct spool *s = spool_open();

	ok(s != NULL && copied(s) == 0, "nothing comes back as nothing");
	spool_free(s);
	spool_free(NULL);
}

int
main(void)
{
	size_t i;

	tap_plan(6);
	if (sodium_init() == -1)
		tap_bail("libsodium");
	for (i = 0; i < BYTES; i++)
		text[i] = PATTERN[i % (sizeof(PATTERN) - 1)];
	nothing_shows();
	changed_or_cut();
	empty();
	return (tap_end());
}
