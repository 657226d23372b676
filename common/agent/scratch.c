#include "agent/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"

#define LOCK "lock"
#define LETTERS 6    /* that mkdtemp chooses */
#define DESCRIPTORS 16
#define ATTEMPTS 100 /* somebody who cleans up may take a new directory for one that was left */

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{

	(void)st;
	(void)type;
	(void)where;
	(void)remove(path);
	return (0);
}

static void
remove_tree(const char *path)
{

	(void)nftw(path, remove_entry, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}

/*
 * Lock a file for this process; a child does not have the lock.  Return whether it is ours now, and
 * the file still has a name.
 */
static bool
take_lock(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat st;

	return (fcntl(fd, F_SETLK, &lock) == 0 && fstat(fd, &st) == 0 && st.st_nlink > 0);
}

/* Remove ${path} if it is a directory of ours that nobody holds any more. */
static void
remove_left(const char *path)
{
	struct stat st;
	int dir, fd;

	if ((dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) == -1)
		return;
	if (fstat(dir, &st) == -1 || st.st_uid != geteuid()) {
		close(dir);
		return;
	}
	fd = openat(dir, LOCK, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd != -1 && take_lock(fd))
		remove_tree(path);
	else if (fd == -1 && errno == ENOENT)
		(void)rmdir(path); /* empty: its process did not come as far as a lock */
	if (fd != -1)
		close(fd);
	close(dir);
}

/* Remove what others have left that were called ${name}, too. */
static void
remove_all_left(const char *base, const char *name)
{
	size_t len = strlen(name);
	struct dirent *e;
	char path[sizeof(((struct scratch *)0)->path)];
	DIR *d = opendir(base);

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strlen(e->d_name) == len + 1 + LETTERS && e->d_name[len] == '-' &&
		    strncmp(e->d_name, name, len) == 0 &&
		    snprintf(path, sizeof(path), "%s/%s", base, e->d_name) < (int)sizeof(path))
			remove_left(path);
	}
	if (d != NULL)
		closedir(d);
}

/* Make the directory and hold it; return 0, -1 (reported), or 1 if somebody has removed it. */
static int
make_once(struct scratch *s, const char *base, const char *name)
{
	char path[sizeof(s->path) + sizeof(LOCK) + 1];

	snprintf(s->path, sizeof(s->path), "%s/%s-XXXXXX", base, name);
	if (mkdtemp(s->path) == NULL) {
		fail_errno(s->path);
		s->path[0] = '\0';
		return (-1);
	}
	snprintf(path, sizeof(path), "%s/" LOCK, s->path);
	s->lock = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (s->lock == -1 && errno != ENOENT) {
		fail_errno(path);
		(void)rmdir(s->path);
		s->path[0] = '\0';
		return (-1);
	}
	if (s->lock != -1 && take_lock(s->lock))
		return (0);
	if (s->lock != -1)
		close(s->lock);
	s->lock = -1;
	s->path[0] = '\0';
	return (1);
}

int
scratch_make(struct scratch *s, const char *name)
{
	const char *base = getenv("TMPDIR");
	int i, rc = 1;

	s->lock = -1;
	if (base == NULL || base[0] == '\0' || strlen(base) > SCRATCH_BASE_MAX)
		base = "/tmp";
	remove_all_left(base, name);
	for (i = 0; i < ATTEMPTS && rc == 1; i++)
		rc = make_once(s, base, name);
	return ((rc == 1) ? fail(ST_FAILED, "%s: no directory can be held there; does its file "
	    "system have locks?", base) : rc);
}

void
scratch_remove(struct scratch *s)
{

	if (s->path[0] != '\0')
		remove_tree(s->path);
	if (s->lock != -1)
		close(s->lock);
	s->path[0] = '\0';
	s->lock = -1;
}
