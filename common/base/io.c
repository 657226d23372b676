#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/num.h"

#define MAX_UNFINISHED 128
#define LETTERS ".XXXXXX" /* behind a name, for mkstemp */
#define LETTERS_BYTES (sizeof(LETTERS) - 1)
#define LONG_NAME 100 /* bytes; some file systems take no name that is much longer */

struct output {
	int fd; /* -1: closed, and so checked */
	enum output_mode mode;
	char *path;      /* NULL: standard output */
	char *temporary; /* NULL: written directly */
	char *backup;    /* another name of what had the path; NULL: nobody needed one */
	bool named;      /* the path is ours */
	bool moved;      /* what had it is where the backup is */
	int held;        /* the file once more, so that its number is nobody else's; -1: not yet */
	dev_t device;
	ino_t inode;
	int slot;        /* in unfinished[], or -1 */
};

/*
 * Outputs that a signal handler must take back; one comes, goes and changes with signals blocked.
 */
static struct output *volatile unfinished[MAX_UNFINISHED];

/* Who is told of what is opened and read; NULL: nobody. */
static void (*input_opened)(int fd);
static void (*input_got)(int fd, size_t bytes);

/* Whether this is a tool, whose exit status is that of the first fault. */
static bool of_tool;

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
block_signals(sigset_t *old)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < N_ENDING; i++)
		sigaddset(&set, ending[i]);
	pthread_sigmask(SIG_BLOCK, &set, old);
}

char *
io_temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t base = (slash != NULL) ? (size_t)(slash + 1 - path) : 0, keep = strlen(path);
	char *name;

	if (keep - base > LONG_NAME || keep + LETTERS_BYTES >= PATH_MAX) {
		keep = (keep - base > LETTERS_BYTES) ? keep - LETTERS_BYTES : base;
		while (keep > base && ((unsigned char)path[keep] & 0xc0) == 0x80)
			keep--;
	}
	if ((name = mem_array(keep + sizeof(LETTERS), 1)) != NULL) {
		memcpy(name, path, keep);
		memcpy(name + keep, LETTERS, sizeof(LETTERS));
	}
	return (name);
}

/* Create the temporary file of ${o} beside its target and note it for the signal handler. */
static int
create_temporary(struct output *o)
{
	sigset_t old;
	int i;

	if ((o->temporary = io_temporary_name(o->path)) == NULL)
		return (-1);
	block_signals(&old);
	o->fd = mkstemp(o->temporary);
	for (i = 0; o->fd != -1 && i < MAX_UNFINISHED; i++) {
		if (unfinished[i] == NULL) {
			unfinished[i] = o;
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
	if (slash != NULL && slash - path >= PATH_MAX)
		return (-1);
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

	if (snprintf(name, sizeof(name), "%s", path) >= (int)sizeof(name))
		return (-1);
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

/*
 * Undo what was done under the output's names.  Nothing here may not be called by a signal handler;
 * a file that is not there (any more) is no fault.
 */
static void
take_back(const struct output *o)
{
	struct stat st;

	if (o->moved) {
		/* Of two names of one file rename leaves both. */
		(void)rename(o->backup, o->path);
		(void)unlink(o->backup);
	} else if (o->named && lstat(o->path, &st) == 0 && st.st_dev == o->device &&
	    st.st_ino == o->inode)
		(void)unlink(o->path);
	if (o->temporary != NULL)
		(void)unlink(o->temporary);
}

static int
fail_exists(const struct output *o)
{

	return (fail(ST_FAILED, (o->mode == OUTPUT_KEY) ? "%s: exists; a key is never overwritten: "
	    "choose another name" : "%s: exists; -f overwrites it", o->path));
}

static int
output_attach(struct output *o)
{
	struct stat st;
	int fd = (o->path == NULL) ? STDOUT_FILENO : path_descriptor(o->path);

	/* A key has a file of its own: no device or pipe, and no link that leads anywhere. */
	if (o->mode == OUTPUT_KEY && lstat(o->path, &st) == 0)
		return (fail_exists(o));
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
	if (o->mode != OUTPUT_REPLACE)
		return (fail_exists(o));
	return (create_temporary(o));
}

struct output *
output_open(const char *path, enum output_mode mode)
{
	struct output *o;

	if ((o = mem_array(1, sizeof(*o))) == NULL)
		return (NULL);
	o->fd = o->held = o->slot = -1;
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

int
output_ready(struct output *o)
{
	struct stat st;
	bool file = (o->temporary != NULL);

	/* Wherever it was: the status will not be 0, and then there is no output. */
	if (of_tool && diag_status() != ST_OK)
		return (-1);
	/* What a tool says beside its outputs belongs to them. */
	if (ferror(stdout) || fflush(stdout) == EOF) {
		clearerr(stdout);
		return (fail_errno("standard output"));
	}
	if (o->fd == -1)
		return (0);
	while (file && fsync(o->fd) == -1) {
		if (errno != EINTR)
			return (fail_errno(o->path));
	}
	if (file && ((o->held = fcntl(o->fd, F_DUPFD_CLOEXEC, 3)) == -1 ||
	    fstat(o->fd, &st) == -1))
		return (fail_errno(o->path));
	if (file) {
		o->device = st.st_dev;
		o->inode = st.st_ino;
	}
	/* After EINTR it is closed, and its file was synced before. */
	if (close(o->fd) == -1 && !(file && errno == EINTR)) {
		o->fd = -1;
		return (fail_errno(output_name(o)));
	}
	o->fd = -1;
	return (0);
}

/*
 * Give what has the output's path another name, too, so that it can be put back; where there are no
 * such names, it is moved.
 */
static int
keep_old(struct output *o)
{
	struct stat st;
	int fd, rc;

	/* A directory that has come there meanwhile is not ours to move. */
	if (lstat(o->path, &st) == 0 && S_ISDIR(st.st_mode))
		return (fail(ST_FAILED, "%s: is a directory", o->path));
	if ((o->backup = io_temporary_name(o->path)) == NULL)
		return (-1);
	if ((fd = mkstemp(o->backup)) == -1)
		return (fail_errno(o->path));
	close(fd);
	(void)unlink(o->backup);
	if ((rc = linkat(AT_FDCWD, o->path, AT_FDCWD, o->backup, 0)) == -1 && errno != ENOENT)
		rc = rename(o->path, o->backup);
	o->moved = (rc == 0);
	return ((rc == 0 || errno == ENOENT) ? 0 : fail_errno(o->path));
}

/*
 * The name is taken by an empty file, which only one can make, and then by ours: for file systems
 * without hard links.
 */
static int
name_unlinked(struct output *o)
{
	int fd, rc;

	if ((fd = open(o->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) == -1)
		return ((errno == EEXIST) ? fail_exists(o) : fail_errno(o->path));
	close(fd);
	if ((rc = rename(o->temporary, o->path)) == -1) {
		(void)fail_errno(o->path);
		(void)unlink(o->path);
	}
	return (rc);
}

/*
 * Give the finished temporary file its name.  link() is the only way to refuse an existing name
 * without a race.
 */
static int
name_output(struct output *o)
{
	int rc = 0;

	if (o->mode == OUTPUT_REPLACE)
		rc = (rename(o->temporary, o->path) == -1) ? fail_errno(o->path) : 0;
	else if (link(o->temporary, o->path) == -1) {
		if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS)
			rc = name_unlinked(o);
		else
			rc = (errno == EEXIST) ? fail_exists(o) : fail_errno(o->path);
	}
	o->named = (rc == 0);
	return (rc);
}

int
output_appear(struct output *o, bool last)
{
	sigset_t old;
	int rc = 0;

	if (o->temporary == NULL)
		return (0);
	block_signals(&old);
	if (!last && o->mode == OUTPUT_REPLACE)
		rc = keep_old(o);
	if (rc == 0)
		rc = name_output(o);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return (rc);
}

/* Forget an output, of which nothing is left to do. */
static void
output_free(struct output *o)
{
	sigset_t old;

	block_signals(&old);
	if (o->slot != -1)
		unfinished[o->slot] = NULL;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (o->fd != -1)
		close(o->fd);
	if (o->held != -1)
		close(o->held);
	free(o->path);
	free(o->temporary);
	free(o->backup);
	free(o);
}

void
output_stay(struct output *o)
{
	sigset_t old;

	if (o == NULL)
		return;
	if (o->temporary != NULL)
		io_sync_parent(o->path);
	block_signals(&old);
	if (o->moved)
		(void)unlink(o->backup);
	if (o->temporary != NULL && o->mode != OUTPUT_REPLACE)
		(void)unlink(o->temporary);
	o->moved = o->named = false;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	output_free(o);
}

int
output_commit_all(struct output *const *o, size_t n)
{
	sigset_t old;
	size_t i;
	int rc = 0;

	while (n > 0 && o[n - 1] == NULL)
		n--;
	for (i = 0; i < n && rc == 0; i++)
		rc = (o[i] != NULL) ? output_ready(o[i]) : 0;
	block_signals(&old);
	for (i = 0; i < n && rc == 0; i++)
		rc = (o[i] != NULL) ? output_appear(o[i], i + 1 == n) : 0;
	for (i = n; i-- > 0;) {
		if (rc == 0)
			output_stay(o[i]);
		else
			output_abort(o[i]);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return (rc);
}

int
output_commit(struct output *o)
{

	return (output_commit_all(&o, 1));
}

void
output_abort(struct output *o)
{
	sigset_t old;

	if (o == NULL)
		return;
	block_signals(&old);
	take_back(o);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	output_free(o);
}

void
output_abandon(void)
{
	int i;

	for (i = MAX_UNFINISHED; i-- > 0;) {
		if (unfinished[i] != NULL)
			take_back(unfinished[i]);
	}
}

static void
end_by_signal(int sig)
{

	output_abandon();
	/* SA_RESETHAND restored the default action. */
	raise(sig);
}

void
output_of_tool(void)
{
	struct sigaction sa, old;
	size_t i;

	of_tool = true;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = end_by_signal;
	sa.sa_flags = (int)SA_RESETHAND;
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < N_ENDING; i++) {
		if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(ending[i], &sa, NULL);
	}
}
