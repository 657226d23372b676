#include "agent/ledger.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/marks.h"
#include "agent/state.h"
#include "base/bytes.h"
#include "base/diag.h"
#include "base/hex.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "net/clock.h"

#define HEAD "smpc-ledger-1\n" /* and zeros */
#define NUMBER_LABEL "smpc-ledger-number-1"
#define CHECK_LABEL "smpc-ledger-check-1"
#define READ_RECORDS 2048 /* at a time */
#define LOCK_MS 10000     /* to wait for another process */
#define LOCK_PAUSE_NS 2000000

struct ledger {
	char file[PATH_MAX + sizeof(LEDGER_FILE) + 1];
	int directory, fd;
	pthread_mutex_t mutex;
	uint64_t records; /* of the file, that are known */
	struct marks marks;
};

/* ---- records ---- */

/* The record of a number. */
static void
make_check(const uint8_t hash[static LEDGER_HASH_BYTES], uint8_t check[static HASH_BYTES])
{
	struct hash h;

	hash_init(&h);
	hash_string(&h, CHECK_LABEL);
	hash_bytes(&h, hash, LEDGER_HASH_BYTES);
	hash_final(&h, check);
}

static void
make_record(const uint8_t *number, uint8_t record[static LEDGER_RECORD_BYTES])
{
	uint8_t check[HASH_BYTES];
	struct hash h;

	hash_init(&h);
	hash_string(&h, NUMBER_LABEL);
	hash_bytes(&h, number, SESSION_NUMBER_BYTES);
	hash_final(&h, record);
	make_check(record, check);
	memcpy(record + LEDGER_HASH_BYTES, check, LEDGER_RECORD_BYTES - LEDGER_HASH_BYTES);
}

static uint64_t
mark_of(const uint8_t record[static LEDGER_RECORD_BYTES])
{

	return (bytes_get(record, sizeof(uint64_t)));
}

static int
damaged(const struct ledger *l)
{

	return (fail(ST_REFUSED, "%s: record %" PRIu64 " is damaged: which sessions were spent "
	    "cannot be told; see \"The ledger\" in smpc-party(1) before you remove this file",
	    l->file, l->records + 1));
}

/* Take a record that was read. */
static int
learn_record(struct ledger *l, const uint8_t record[static LEDGER_RECORD_BYTES])
{
	uint8_t check[HASH_BYTES];

	make_check(record, check);
	if (memcmp(record + LEDGER_HASH_BYTES, check, LEDGER_RECORD_BYTES - LEDGER_HASH_BYTES) != 0)
		return (damaged(l));
	return (marks_add(&l->marks, mark_of(record)));
}

static int
check_head(const struct ledger *l, const uint8_t record[static LEDGER_RECORD_BYTES])
{
	uint8_t head[LEDGER_RECORD_BYTES] = HEAD;

	return ((memcmp(record, head, sizeof(head)) == 0) ? 0 : fail(ST_REFUSED,
	    "%s: is no ledger of this version", l->file));
}

/* ---- the file ---- */

/*
 * Hold other threads and processes off.  While another process holds the lock, our other threads
 * may still read what is known.
 */
static int
lock_all(struct ledger *l)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NS };
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int64_t end = clock_ms() + LOCK_MS;
	int error;

	for (;;) {
		(void)pthread_mutex_lock(&l->mutex);
		if (fcntl(l->fd, F_SETLK, &lock) == 0)
			return (0);
		error = errno;
		(void)pthread_mutex_unlock(&l->mutex);
		if (error != EAGAIN && error != EACCES && error != EINTR) {
			errno = error;
			return (fail_errno(l->file));
		}
		if (clock_ms() > end)
			return (fail(ST_FAILED, "%s: another process holds it and does not let go",
			    l->file));
		(void)nanosleep(&pause, NULL);
	}
}

static int
unlock_all(struct ledger *l)
{
	struct flock lock = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
	int rc = (fcntl(l->fd, F_SETLK, &lock) == -1) ? fail_errno(l->file) : 0;

	(void)pthread_mutex_unlock(&l->mutex);
	return (rc);
}

/* Whether the file that we have open is the one that the next process will find. */
static int
check_in_place(const struct ledger *l, const struct stat *st)
{
	struct stat now;

	if (stat(l->file, &now) == -1)
		return (fail_errno(l->file));
	if (now.st_dev != st->st_dev || now.st_ino != st->st_ino)
		return (fail(ST_REFUSED, "%s: the ledger was put in place of another one while it "
		    "was in use", l->file));
	return (0);
}

static int
read_at(const struct ledger *l, uint8_t *data, size_t bytes, uint64_t record)
{
	off_t at = (off_t)(record * LEDGER_RECORD_BYTES);
	ssize_t n;

	for (; bytes > 0; data += n, bytes -= (size_t)n, at += n) {
		if ((n = pread(l->fd, data, bytes, at)) == -1 && errno == EINTR)
			n = 0;
		else if (n == -1)
			return (fail_errno(l->file));
		else if (n == 0)
			return (fail(ST_REFUSED, "%s: has become shorter", l->file));
	}
	return (0);
}

/*
 * Take what is read at record ${at}.  Records of zeros at the end are what a crash has left of such
 * as were not synced: the next one is written over them.  Before another record they are damage.
 */
static int
learn(struct ledger *l, const uint8_t record[static LEDGER_RECORD_BYTES], uint64_t at)
{
	static const uint8_t never_written[LEDGER_RECORD_BYTES];

	if (memcmp(record, never_written, LEDGER_RECORD_BYTES) == 0)
		return (0);
	if (at != l->records)
		return (damaged(l));
	if (((at == 0) ? check_head(l, record) : learn_record(l, record)) == -1)
		return (-1);
	l->records++;
	return (0);
}

/* Take the records that are not known yet, since other processes append, too. */
static int
catch_up(struct ledger *l)
{
	uint8_t data[READ_RECORDS * LEDGER_RECORD_BYTES];
	uint64_t records, at;
	struct stat st;
	size_t n, i;

	if (fstat(l->fd, &st) == -1)
		return (fail_errno(l->file));
	if (check_in_place(l, &st) == -1)
		return (-1);
	records = (uint64_t)st.st_size / LEDGER_RECORD_BYTES;
	if (records < l->records)
		return (fail(ST_REFUSED, "%s: has become shorter: which sessions were spent cannot "
		    "be told", l->file));
	for (at = l->records; at < records; at += n) {
		n = (records - at < READ_RECORDS) ? (size_t)(records - at) : READ_RECORDS;
		if (read_at(l, data, n * LEDGER_RECORD_BYTES, at) == -1)
			return (-1);
		for (i = 0; i < n; i++) {
			if (learn(l, data + i * LEDGER_RECORD_BYTES, at + i) == -1)
				return (-1);
		}
	}
	return (0);
}

/* Append a record; one that a crash has cut short is overwritten. */
static int
append_record(struct ledger *l, const uint8_t record[static LEDGER_RECORD_BYTES])
{
	off_t at = (off_t)(l->records * LEDGER_RECORD_BYTES);
	size_t done = 0;
	ssize_t n;

	while (done < LEDGER_RECORD_BYTES) {
		n = pwrite(l->fd, record + done, LEDGER_RECORD_BYTES - done, at + (off_t)done);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail_errno(l->file);
			(void)!ftruncate(l->fd, at);
			return (-1);
		}
		done += (size_t)n;
	}
	l->records++;
	return (0);
}

/* Enter the record of a number, unless it is there; set *${spent} to whether it is. */
static int
enter_record(struct ledger *l, const uint8_t *number, bool *spent)
{
	uint8_t record[LEDGER_RECORD_BYTES];

	make_record(number, record);
	if ((*spent = marks_have(&l->marks, mark_of(record))))
		return (0);
	return ((append_record(l, record) == -1 ||
	    marks_add(&l->marks, mark_of(record)) == -1) ? -1 : 0);
}

/* ---- opening ---- */

/* What a new file begins with; it must survive a crash before anything is entered. */
static int
write_head(struct ledger *l)
{
	uint8_t head[LEDGER_RECORD_BYTES] = HEAD;

	if (l->records > 0)
		return (0);
	if (append_record(l, head) == -1)
		return (-1);
	return ((fsync(l->fd) == -1 || fsync(l->directory) == -1) ? fail_errno(l->file) : 0);
}

/* Whether a file is one number, as earlier versions entered them. */
static bool
is_number_file(const char *name, uint8_t number[static SESSION_NUMBER_BYTES])
{

	return (strlen(name) == 2 * SESSION_NUMBER_BYTES &&
	    hex_decode(number, SESSION_NUMBER_BYTES, name) == 0);
}

/* Do something with each number that is a file: enter it, or, when that is synced, remove it. */
static int
each_file(struct ledger *l, bool enter, size_t *count)
{
	uint8_t number[SESSION_NUMBER_BYTES];
	struct dirent *e;
	bool spent;
	int rc = 0, fd;
	DIR *d;

	*count = 0;
	if ((fd = openat(l->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (fail_errno(l->file));
	if ((d = fdopendir(fd)) == NULL) {
		close(fd);
		return (fail_errno(l->file));
	}
	while (rc == 0 && (e = readdir(d)) != NULL) {
		if (!is_number_file(e->d_name, number))
			continue;
		++*count;
		if (enter)
			rc = enter_record(l, number, &spent);
		else if ((rc = unlinkat(l->directory, e->d_name, 0)) == -1)
			fail_errno(l->file);
	}
	closedir(d);
	return (rc);
}

static int
take_over_files(struct ledger *l)
{
	size_t count;

	if (each_file(l, true, &count) == -1)
		return (-1);
	if (count == 0)
		return (0);
	if (fsync(l->fd) == -1)
		return (fail_errno(l->file));
	return (each_file(l, false, &count));
}

static int
open_file(struct ledger *l)
{
	int rc;

	if (lock_all(l) == -1)
		return (-1);
	rc = (catch_up(l) == -1 || write_head(l) == -1 || take_over_files(l) == -1) ? -1 : 0;
	return ((unlock_all(l) == -1) ? -1 : rc);
}

struct ledger *
ledger_open_directory(const char *path)
{
	struct ledger *l;

	if ((l = mem_array(1, sizeof(*l))) == NULL)
		return (NULL);
	l->fd = l->directory = -1;
	snprintf(l->file, sizeof(l->file), "%s/%s", path, LEDGER_FILE);
	(void)pthread_mutex_init(&l->mutex, NULL);
	if ((l->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		fail_errno(path);
	else if ((l->fd = openat(l->directory, LEDGER_FILE, O_RDWR | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW, 0600)) == -1)
		fail_errno(l->file);
	if (l->fd == -1 || open_file(l) == -1) {
		ledger_close(l);
		return (NULL);
	}
	return (l);
}

struct ledger *
ledger_open(const char *party)
{
	char path[PATH_MAX];

	if (state_path(party, "ledger", path, sizeof(path)) == -1 || state_make(path) == -1)
		return (NULL);
	return (ledger_open_directory(path));
}

void
ledger_close(struct ledger *l)
{

	if (l == NULL)
		return;
	if (l->fd != -1)
		close(l->fd);
	if (l->directory != -1)
		close(l->directory);
	marks_free(&l->marks);
	(void)pthread_mutex_destroy(&l->mutex);
	free(l);
}

bool
ledger_owns(const struct ledger *l, int fd)
{

	return (fd == l->fd || fd == l->directory);
}

/* ---- entering ---- */

int
ledger_enter(struct ledger *l, const uint8_t number[static SESSION_NUMBER_BYTES])
{
	char name[2 * SESSION_NUMBER_BYTES + 1];
	bool spent = false;
	int rc;

	if ((rc = lock_all(l)) == 0) {
		rc = (catch_up(l) == -1 || enter_record(l, number, &spent) == -1) ? -1 : 0;
		if (unlock_all(l) == -1)
			rc = -1;
	}
	if (rc == 0 && spent) {
		hex_encode(name, number, SESSION_NUMBER_BYTES);
		return (fail(ST_REFUSED, "session %.16s... was used before; it is not used again",
		    name));
	}
	return (rc);
}

bool
ledger_has(struct ledger *l, const uint8_t number[static SESSION_NUMBER_BYTES])
{
	uint8_t record[LEDGER_RECORD_BYTES];
	bool has;

	make_record(number, record);
	(void)pthread_mutex_lock(&l->mutex);
	has = marks_have(&l->marks, mark_of(record));
	(void)pthread_mutex_unlock(&l->mutex);
	return (has);
}

int
ledger_sync(struct ledger *l)
{

	return ((fdatasync(l->fd) == -1) ? fail_errno(l->file) : 0);
}

int
ledger_spend(struct ledger *l, const uint8_t number[static SESSION_NUMBER_BYTES])
{

	return ((ledger_enter(l, number) == -1) ? -1 : ledger_sync(l));
}
