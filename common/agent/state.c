#include "agent/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"

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

int
state_make(const char *whole)
{
	char path[PATH_MAX], *slash = path;
	int rc;

	if (snprintf(path, sizeof(path), "%s", whole) >= (int)sizeof(path))
		return (fail(ST_FAILED, "%s: path is too long", whole));
	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		rc = make_directory(path);
		*slash = '/';
		if (rc == -1)
			return (-1);
	}
	return (make_directory(path));
}

int
state_path(const char *party, const char *name, char *path, size_t size)
{
	const char *state = getenv("SMPC_STATE"), *home = getenv("HOME");
	int n;

	if (state != NULL && state[0] != '\0')
		n = snprintf(path, size, "%s", state);
	else if (home != NULL && home[0] != '\0')
		n = snprintf(path, size, "%s/.local/state/smpc", home);
	else
		return (fail(ST_FAILED, "where is the ledger of spent sessions to be? set "
		    "SMPC_STATE or HOME"));
	if (party != NULL && n > 0 && (size_t)n < size)
		n += snprintf(path + n, size - (size_t)n, "/%s/%s", party, name);
	return ((n > 0 && (size_t)n < size) ? 0 :
	    fail(ST_FAILED, "the path of the ledger is too long"));
}
