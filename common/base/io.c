#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/num.h"

#define MAX_TEMPORARIES 128

struct output {
	int fd;
	enum output_mode mode;
	char *path;      /* NULL: standard output */
	char *temporary; /* NULL: written directly */
	int slot;        /* in temporaries[], or -1 */
};

/*
 * Names of temporary files that a signal handler must remove; a slot is filled and emptied with
 * signals blocked.
 */
static char *volatile temporaries[MAX_TEMPORARIES];

/* Who is told of what is opened and read; NULL: nobody. */
static void (*input_opened)(int fd);
static void (*input_got)(int fd, size_t bytes);

/* What was opened for writing. */
static int output_standard, output_elsewhere;

void
io_watch_inputs(void (*opened)(int fd), void (*got)(int fd, size_t bytes))
{

	input_opened = opened;
	input_got = got;
}

int
io_output_on_terminal(void)
{

	return ((output_standard || !output_elsewhere) && isatty(STDOUT_FILENO));
}

ssize_t
io_read_some(int fd, void *data, size_t bytes, const char *name)
{
	ssize_t n;

	do {
		n = read(fd, data, bytes);
	} while (n == -1 && errno == EINTR);
	if (n != -1 && input_got != NULL)
		input_got(fd, (size_t)n);
	return ((n == -1) ? fail_errno(name) : n);
}

ssize_t
io_read(int fd, void *data, size_t bytes, const char *name)
{
	size_t done = 0;
	ssize_t n;

	while (done < bytes) {
		if ((n = io_read_some(fd, (char *)data + done, bytes - done, name)) == -1)
			return (-1);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return ((ssize_t)done);
}

int
io_write(int fd, const void *data, size_t bytes, const char *name)
{
	size_t done = 0;
	ssize_t n;

	while (done < bytes) {
		n = write(fd, (const char *)data + done, bytes - done);
		if (n == -1) {
			if (errno == EINTR)
				continue;
			return (fail(ST_FAILED, "%s: write failed: %s", name, strerror(errno)));
		}
		done += (size_t)n;
	}
	return (0);
}

int
io_open_input(const char *path, const char **name)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0) {
		*name = "standard input";
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	} else {
		*name = path;
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd == -1)
		return (fail_errno(*name));
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return (fail(ST_FAILED, "%s: is a directory; name a file in it", *name));
	}
	if (input_opened != NULL)
		input_opened(fd);
	return (fd);
}

size_t
io_mark_bytes(const void *data, size_t bytes)
{

	return ((bytes >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) ? 3 : 0);
}

int
io_read_file(const char *path, size_t max_bytes, char **data, size_t *bytes)
{
	struct buf b = { NULL, 0, 0 };
	const char *name;
	ssize_t n = 0;
	size_t mark;
	int fd, rc = -1;

	if ((fd = io_open_input(path, &name)) == -1)
		return (-1);
	do {
		if (buf_reserve(&b, 4096 + 1) == -1)
			goto out;
		if ((n = io_read(fd, b.data + b.len, b.size - b.len - 1, name)) == -1)
			goto out;
		b.len += (size_t)n;
		if (b.len > max_bytes) {
			fail(ST_FAILED, "%s: larger than %zu bytes", name, max_bytes);
			goto out;
		}
	} while (n > 0);
	b.data[b.len] = '\0';
	mark = io_mark_bytes(b.data, b.len);
	*bytes = b.len - mark;
	if ((*data = mem_array(*bytes + 1, 1)) == NULL)
		goto out;
	memcpy(*data, b.data + mark, *bytes + 1);
	rc = 0;
out:
	buf_free(&b);
	close(fd);
	return (rc);
}

/* Signals that end the process, and that it cleans up at. */
static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXFSZ, SIGXCPU };
#define N_ENDING (sizeof(ending) / sizeof(ending[0]))

static void
ending_signals(sigset_t *set)
{
	size_t i;

	sigemptyset(set);
	for (i = 0; i < N_ENDING; i++)
		sigaddset(set, ending[i]);
}

static void
block_signals(sigset_t *old)
{
	sigset_t set;

	ending_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, old);
}

void
output_hold_signals(int hold)
{
	sigset_t set;

	ending_signals(&set);
	pthread_sigmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* Create the temporary file of ${o} beside its target and note its name for the signal handler. */
static int
create_temporary(struct output *o)
{
	size_t len = strlen(o->path) + sizeof(".XXXXXX");
	sigset_t old;
	int i;

	if ((o->temporary = mem_array(len, 1)) == NULL)
		return (-1);
	snprintf(o->temporary, len, "%s.XXXXXX", o->path);
	block_signals(&old);
	o->fd = mkstemp(o->temporary);
	for (i = 0; o->fd != -1 && i < MAX_TEMPORARIES; i++) {
		if (temporaries[i] == NULL) {
			temporaries[i] = o->temporary;
			o->slot = i;
			break;
		}
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (o->fd == -1)
		return (fail_errno(o->path));
	(void)fcntl(o->fd, F_SETFD, FD_CLOEXEC);
	/* mkstemp is subject to the umask. */
	if (fchmod(o->fd, 0600) == -1)
		return (fail_errno(o->path));
	return (0);
}

/*
 * Split a path into its directory, resolved, and its last component; return 0, or -1 where there is
 * no such directory.
 */
static int
resolve_directory(const char *path, char dir[PATH_MAX], const char **base)
{
	char copy[PATH_MAX];
	const char *slash = strrchr(path, '/');

	*base = (slash != NULL) ? slash + 1 : path;
	if (slash == NULL)
		strcpy(copy, ".");
	else
		snprintf(copy, sizeof(copy), "%.*s", (slash == path) ? 1 : (int)(slash - path),
		    path);
	return ((realpath(copy, dir) != NULL) ? 0 : -1);
}

/*
 * If the path is another name of one of our descriptors (/dev/stdout, /dev/fd/3, a link to such a
 * one), return it, else -1.  Replacing the name by a file would be wrong, and opening it again
 * would begin at its start.
 */
static int
path_descriptor(const char *path)
{
	char name[PATH_MAX], dir[PATH_MAX], target[PATH_MAX], own[64];
	const char *base;
	uint64_t fd;
	ssize_t n;
	int links;

	snprintf(name, sizeof(name), "%s", path);
	snprintf(own, sizeof(own), "/proc/%ld/fd", (long)getpid());
	for (links = 0; links < 8; links++) {
		if (resolve_directory(name, dir, &base) == -1)
			return (-1);
		if (strcmp(dir, own) == 0)
			return ((num_parse(base, 0, INT_MAX, &fd) == 0) ? (int)fd : -1);
		if ((n = readlink(name, target, sizeof(target) - 1)) == -1)
			return (-1);
		target[n] = '\0';
		if (target[0] == '/')
			dir[0] = '\0';
		if (strlen(dir) + strlen(target) + 2 > sizeof(name))
			return (-1);
		strcpy(name, dir);
		strcat(name, "/");
		strcat(name, target);
	}
	return (-1);
}

/* What an output path leads to, if it exists. */
static int
stat_output(const char *path, struct stat *st)
{
	int fd = (strcmp(path, "-") == 0) ? STDOUT_FILENO : path_descriptor(path);

	return ((fd != -1) ? fstat(fd, st) : stat(path, st));
}

int
io_same_place(const char *a, const char *b)
{
	char dir_a[PATH_MAX], dir_b[PATH_MAX];
	const char *base_a, *base_b;
	struct stat st_a, st_b;

	/* A device such as /dev/null takes anything. */
	if (stat_output(a, &st_a) == 0 && stat_output(b, &st_b) == 0)
		return (st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino &&
		    !S_ISCHR(st_a.st_mode));
	return (resolve_directory(a, dir_a, &base_a) == 0 &&
	    resolve_directory(b, dir_b, &base_b) == 0 && strcmp(dir_a, dir_b) == 0 &&
	    strcmp(base_a, base_b) == 0);
}

/* Forget the temporary file, which was renamed, or is removed here. */
static void
drop_temporary(struct output *o, int remove_it)
{
	sigset_t old;

	if (o->temporary == NULL)
		return;
	block_signals(&old);
	if (remove_it)
		unlink(o->temporary);
	if (o->slot != -1)
		temporaries[o->slot] = NULL;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	free(o->temporary);
	o->temporary = NULL;
}

static int
output_attach(struct output *o)
{
	struct stat st;
	int fd = (o->path == NULL) ? STDOUT_FILENO : path_descriptor(o->path);

	if (fd != -1) {
		if ((o->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3)) == -1)
			return (fail_errno(output_name(o)));
		return (0);
	}
	if (stat(o->path, &st) == -1)
		return (create_temporary(o));
	if (S_ISDIR(st.st_mode))
		return (fail(ST_FAILED, "%s: is a directory", o->path));
	if (!S_ISREG(st.st_mode)) {
		if ((o->fd = open(o->path, O_WRONLY | O_CLOEXEC)) == -1)
			return (fail_errno(o->path));
		return (0);
	}
	if (o->mode == OUTPUT_NEW)
		return (fail(ST_FAILED, "%s: exists; -f overwrites it", o->path));
	return (create_temporary(o));
}

struct output *
output_open(const char *path, enum output_mode mode)
{
	struct output *o;

	if ((o = mem_array(1, sizeof(*o))) == NULL)
		return (NULL);
	o->fd = o->slot = -1;
	o->mode = mode;
	if (path != NULL && strcmp(path, "-") != 0 &&
	    (o->path = mem_copy_string(path, strlen(path))) == NULL)
		goto failed;
	if (output_attach(o) == -1)
		goto failed;
	if (o->path == NULL)
		output_standard = 1;
	else
		output_elsewhere = 1;
	return (o);
failed:
	output_abort(o);
	return (NULL);
}

int
output_fd(const struct output *o)
{

	return (o->fd);
}

int
output_is_temporary(const struct output *o)
{

	return (o->temporary != NULL);
}

const char *
output_name(const struct output *o)
{

	return ((o->path != NULL) ? o->path : "standard output");
}

void
io_sync_parent(const char *path)
{
	char dir[PATH_MAX];
	char *slash;
	int fd;

	if (strlen(path) >= sizeof(dir))
		return;
	strcpy(dir, path);
	if ((slash = strrchr(dir, '/')) == NULL)
		strcpy(dir, ".");
	else
		slash[(slash == dir) ? 1 : 0] = '\0';
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) != -1) {
		(void)fsync(fd);
		close(fd);
	}
}

/*
 * Give the finished temporary file its name.  link() is the only way to refuse an existing name
 * without a race.
 */
static int
name_output(struct output *o)
{

	if (o->mode == OUTPUT_REPLACE) {
		if (rename(o->temporary, o->path) == -1)
			return (fail_errno(o->path));
		drop_temporary(o, 0);
		return (0);
	}
	if (link(o->temporary, o->path) == -1) {
		if (errno == EEXIST)
			return (fail(ST_FAILED, "%s: exists; -f overwrites it", o->path));
		if (errno == EPERM || errno == EOPNOTSUPP)
			return (fail(ST_FAILED, "%s: this file system has no hard links; -f writes "
			    "without them", o->path));
		return (fail_errno(o->path));
	}
	drop_temporary(o, 1);
	return (0);
}

int
output_commit(struct output *o)
{
	int rc = -1;

	if (o->temporary != NULL && fsync(o->fd) == -1) {
		fail_errno(o->path);
		goto out;
	}
	if (close(o->fd) == -1) {
		o->fd = -1;
		fail_errno(output_name(o));
		goto out;
	}
	o->fd = -1;
	if (o->temporary != NULL) {
		if (name_output(o) == -1)
			goto out;
		io_sync_parent(o->path);
	}
	rc = 0;
out:
	output_abort(o);
	return (rc);
}

void
output_abort(struct output *o)
{

	if (o == NULL)
		return;
	if (o->fd != -1)
		close(o->fd);
	drop_temporary(o, 1);
	free(o->path);
	free(o);
}

static void
remove_temporaries(int sig)
{
	int i;

	for (i = 0; i < MAX_TEMPORARIES; i++) {
		if (temporaries[i] != NULL)
			unlink(temporaries[i]);
	}
	/* SA_RESETHAND restored the default action. */
	raise(sig);
}

void
output_cleanup_on_signal(void)
{
	struct sigaction sa, old;
	size_t i;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = remove_temporaries;
	sa.sa_flags = (int)SA_RESETHAND;
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < N_ENDING; i++) {
		if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(ending[i], &sa, NULL);
	}
}
