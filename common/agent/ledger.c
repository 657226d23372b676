#include "agent/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/hex.h"
#include "data/part.h"

/* The name of a new directory must survive a crash, too: sync the one that it is in. */
static int
sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];
	int fd, rc;

	snprintf(parent, sizeof(parent), "%.*s", (slash == NULL || slash == path) ? 1 :
	    (int)(slash - path), (slash == NULL) ? "." : path);
	if ((fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (fail_errno(parent));
	if ((rc = fsync(fd)) == -1)
		fail_errno(parent);
	close(fd);
	return (rc);
}

/* Make a directory if it is not there. */
static int
make_directory(const char *path)
{

	if (mkdir(path, 0700) == -1)
		return ((errno == EEXIST) ? 0 : fail_errno(path));
	return (sync_parent(path));
}

/* Make a directory and those above it; one that exists is left as it is. */
static int
make_directories(char *path)
{
	char *slash = path;
	int rc;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		rc = make_directory(path);
		*slash = '/';
		if (rc == -1)
			return (-1);
	}
	return (make_directory(path));
}

static int
ledger_path(const char *party, char *path, size_t size)
{
	const char *state = getenv("SMPC_STATE"), *home = getenv("HOME");
	int n;

	if (state != NULL && state[0] != '\0')
		n = snprintf(path, size, "%s/%s/ledger", state, party);
	else if (home != NULL && home[0] != '\0')
		n = snprintf(path, size, "%s/.local/state/smpc/%s/ledger", home, party);
	else
		return (fail(ST_FAILED, "where is the ledger of spent sessions to be? set "
		    "SMPC_STATE or HOME"));
	return ((n > 0 && (size_t)n < size) ? 0 :
	    fail(ST_FAILED, "the path of the ledger is too long"));
}

int
ledger_open(const char *party)
{
	char path[PATH_MAX];
	int fd;

	if (ledger_path(party, path, sizeof(path)) == -1 || make_directories(path) == -1)
		return (-1);
	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (fail_errno(path));
	return (fd);
}

int
ledger_enter(int dir, const uint8_t number[static SESSION_NUMBER_BYTES])
{
	char name[2 * SESSION_NUMBER_BYTES + 1];
	int fd;

	hex_encode(name, number, SESSION_NUMBER_BYTES);
	if ((fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) == -1) {
		if (errno == EEXIST)
			return (fail(ST_REFUSED, "session %.16s... was used before; it is not used "
			    "again", name));
		return (fail_errno("ledger of spent sessions"));
	}
	close(fd);
	return (0);
}

bool
ledger_has(int dir, const uint8_t number[static SESSION_NUMBER_BYTES])
{
	char name[2 * SESSION_NUMBER_BYTES + 1];

	hex_encode(name, number, SESSION_NUMBER_BYTES);
	return (faccessat(dir, name, F_OK, 0) == 0);
}

int
ledger_sync(int dir)
{

	/* The files are empty: their names are all there is, and those are in the directory. */
	return ((fsync(dir) == -1) ? fail_errno("ledger of spent sessions") : 0);
}

int
ledger_spend(int dir, const uint8_t number[static SESSION_NUMBER_BYTES])
{

	return ((ledger_enter(dir, number) == -1) ? -1 : ledger_sync(dir));
}
