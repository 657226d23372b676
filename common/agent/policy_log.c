#include "agent/policy_log_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "net/clock.h"

#define READ_BYTES 65536
#define LOCK_MS 10000 /* to wait for another agent of the party */
#define LOCK_PAUSE_NS 2000000

/* Open and lock the file; a new one is synced into its directory. */
static int
open_locked(const char *path)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NS };
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int64_t end = clock_ms() + LOCK_MS;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600), rc;

	if (fd != -1)
		io_sync_parent(path);
	else if (errno == EEXIST)
		fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
	if (fd == -1)
		return (fail_errno(path));
	while ((rc = fcntl(fd, F_SETLK, &lock)) == -1 && clock_ms() < end && (errno == EINTR ||
	    errno == EAGAIN || errno == EACCES))
		(void)nanosleep(&pause, NULL);
	if (rc == 0)
		return (fd);
	fail_errno(path);
	close(fd);
	return (-1);
}

/* Read what has been appended since.  Of a file that is another one, we would miss lines. */
static int
read_tail(int fd, const struct policy_log *log, struct buf *tail)
{
	uint64_t at = log->read;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return (fail_errno(log->path));
	if ((uint64_t)st.st_size < log->read)
		return (fail(ST_FAILED, "%s: is shorter than what was read of it: it was removed "
		    "or restored, and says less than it should; put it back, or start the agent "
		    "again", log->path));
	for (;;) {
		if (buf_reserve(tail, READ_BYTES) == -1)
			return (-1);
		n = pread(fd, tail->data + tail->len, READ_BYTES, (off_t)at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (fail_errno(log->path));
		if (n == 0)
			return (0);
		tail->len += (size_t)n;
		at += (size_t)n;
	}
}

/* Give away whole lines; what a crash has cut at the end stays where it is. */
static int
take_lines(struct policy_log *log, const struct buf *tail,
    int (*take)(void *cookie, const char *line, size_t len), void *cookie)
{
	size_t at = 0, len;
	const char *end;

	while (at < tail->len &&
	    (end = memchr(tail->data + at, '\n', tail->len - at)) != NULL) {
		len = (size_t)(end - (tail->data + at));
		if (take(cookie, tail->data + at, len) == -1)
			return (-1);
		at += len + 1;
		log->read += len + 1;
	}
	return (0);
}

/* Append lines, behind the end of one that was cut. */
static int
append(int fd, struct policy_log *log, const struct buf *tail, const char *lines, size_t bytes,
    int sync)
{
	bool cut = (tail->len > 0 && tail->data[tail->len - 1] != '\n');

	if ((cut && io_write(fd, "\n", 1, log->path) == -1) ||
	    io_write(fd, lines, bytes, log->path) == -1)
		return (-1);
	if (sync && fsync(fd) == -1)
		return (fail_errno(log->path));
	return (0);
}

int
policy_log_update(struct policy_log *log,
    int (*take)(void *cookie, const char *line, size_t len), void *cookie, const char *lines,
    size_t bytes, int sync)
{
	struct buf tail = { NULL, 0, 0 };
	int fd, rc;

	if ((fd = open_locked(log->path)) == -1)
		return (-1);
	rc = read_tail(fd, log, &tail);
	if (rc == 0)
		rc = take_lines(log, &tail, take, cookie);
	if (rc == 0)
		rc = take(cookie, NULL, 0);
	if (rc == 0 && lines != NULL)
		rc = append(fd, log, &tail, lines, bytes, sync);
	/* The lock goes with it. */
	close(fd);
	buf_free(&tail);
	return (rc);
}
