#include "agent/deal_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/dealt.h"
#include "agent/dealt_files_internal.h"
#include "agent/ledger.h"
#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "net/descriptor.h"

#define FILE_NAME_BYTES 160
#define OPERATION_BYTES 24

/* One run of the dealer. */
struct deal {
	const struct self *self;
	uint8_t id[DEALT_ID_BYTES];
	uint32_t steps;                /* that have begun */
	size_t open;                   /* of them, those that have not ended */
	char path[PATH_MAX];           /* its name, without slashes at the end */
	char directory[PATH_MAX];      /* where the files are until all are there */
	int fd;                        /* of it */
	bool done;                     /* it has its name */
};

/* The file for one computing party. */
struct deal_file {
	size_t index; /* of the party */
	char name[FILE_NAME_BYTES];
	int fd;
	struct noise_cipher send;
	uint8_t seed[NOISE_KEY_BYTES];
};

/* What one tool deals. */
struct deal_step {
	uint8_t number[SESSION_NUMBER_BYTES];
	size_t count;
	struct deal_file files[PARTIES_COMPUTING_MAX];
};

/* ---- the directory ---- */

/*
 * Whether the directory, without slashes at its end, can be given its name when all is there: that
 * is free, or that of an empty one, but neither of a link nor of where we are.
 */
static int
check_free(const char *path)
{
	const char *base = strrchr(path, '/');
	struct dirent *e;
	struct stat st;
	DIR *d;
	bool used = false;

	base = (base != NULL) ? base + 1 : path;
	if (base[0] == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return (fail(ST_FAILED, "'%s' is no name that a directory can be given; name a new "
		    "one, such as 'dealt'", path));
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return (fail(ST_FAILED, "%s: is a symbolic link; name the directory itself", path));
	if ((d = opendir(path)) == NULL)
		return ((errno == ENOENT) ? 0 : fail_errno(path));
	while (!used && (e = readdir(d)) != NULL)
		used = (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0);
	closedir(d);
	return (used ? fail(ST_FAILED, "%s: is not empty; every dealing has a directory of its own",
	    path) : 0);
}

/* Make the directory, under a name of its own that begins with the ${len} bytes of ${path}. */
static int
make_deal_directory(struct deal *d, const char *path, size_t len)
{
	char *pattern;

	snprintf(d->path, sizeof(d->path), "%.*s", (int)len, path);
	if (check_free(d->path) == -1)
		return (-1);
	randombytes_buf(d->id, sizeof(d->id));
	if ((pattern = io_temporary_name(d->path)) == NULL)
		return (-1);
	snprintf(d->directory, sizeof(d->directory), "%s", pattern);
	free(pattern);
	if (mkdtemp(d->directory) == NULL) {
		d->directory[0] = '\0';
		return (fail_errno(path));
	}
	if ((d->fd = open(d->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (fail_errno(d->directory));
	return (0);
}

struct deal *
deal_start(const struct self *self)
{
	const char *path = self->options->deal_to;
	const struct party *own = self->link.party;
	size_t len = strlen(path);
	struct deal *d;

	if (own->role != PARTY_DEALER) {
		fail(ST_USAGE, "--deal-to is for the dealer, and the role of '%s' is '%s'",
		    own->name, party_role_name(own->role));
		return (NULL);
	}
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len + sizeof(".XXXXXX") > sizeof(d->directory)) {
		fail(ST_FAILED, "%s: path is too long", path);
		return (NULL);
	}
	if ((d = mem_array(1, sizeof(*d))) == NULL)
		return (NULL);
	d->self = self;
	d->fd = -1;
	if (make_deal_directory(d, path, len) == -1) {
		deal_free(d);
		return (NULL);
	}
	return (d);
}

int
deal_commit(struct deal *d)
{
	const char *path = d->path;

	if (d->open > 0)
		return (fail(ST_FAILED, "%s: is not made, as a step was still dealing when the "
		    "command ended", path));
	if (fsync(d->fd) == -1 || rename(d->directory, path) == -1)
		return (fail_errno(path));
	d->done = true;
	io_sync_parent(path);
	return (0);
}

/* Remove the files of a dealing that came to nothing, and their directory. */
static void
remove_all(const struct deal *d)
{
	struct dirent *e;
	DIR *dir;

	if ((dir = opendir(d->directory)) != NULL) {
		while ((e = readdir(dir)) != NULL) {
			if (e->d_name[0] != '.')
				(void)unlinkat(d->fd, e->d_name, 0);
		}
		closedir(dir);
	}
	(void)rmdir(d->directory);
}

void
deal_free(struct deal *d)
{

	if (d == NULL)
		return;
	if (!d->done && d->directory[0] != '\0')
		remove_all(d);
	if (d->fd != -1)
		close(d->fd);
	free(d);
}

/* ---- a step ---- */

/* Forget a step, and remove its files unless they are whole. */
static void
deal_end(struct deal *deal, struct client *t, bool whole)
{
	struct deal_step *d = t->deal_step;
	size_t i;

	for (i = 0; i < d->count; i++) {
		close(d->files[i].fd);
		if (!whole)
			(void)unlinkat(deal->fd, d->files[i].name, 0);
	}
	mem_wipe_free(d, sizeof(*d));
	t->deal_step = NULL;
	deal->open--;
}

void
deal_drop(struct deal *deal, struct client *t)
{

	if (t->deal_step != NULL)
		deal_end(deal, t, false);
}

void
deal_store(struct deal *deal, struct client *t)
{
	struct deal_step *d = t->deal_step;
	bool whole = true;
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->count; i++) {
		if (fsync(d->files[i].fd) == -1)
			whole = false;
	}
	if (whole)
		tools_stored(t);
	else
		tools_failed(t, ST_FAILED, "%s: %s", deal->self->options->deal_to,
		    strerror(errno));
	deal_end(deal, t, whole);
}

/*
 * The operation, as far as it goes into the name of a file: a help for whoever looks at the
 * directory, and nothing else.
 */
static void
name_operation(const char *text, char out[static OPERATION_BYTES + 1])
{
	const char *p = (strncmp(text, "op=", 3) == 0) ? text + 3 : "step";
	size_t n = 0;

	while (n < OPERATION_BYTES && ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
	    *p == '-'))
		out[n++] = *p++;
	out[n] = '\0';
}

/*
 * Draw 32 bytes.  The generator of a machine that was restored from a snapshot may give what it
 * gave before: so what they are for, our key, which nobody else knows, and the time go into them.
 */
static void
draw_hedged(const struct deal *deal, const char *what, const struct dealt_header *about,
    uint8_t out[static HASH_BYTES])
{
	uint8_t drawn[HASH_BYTES];
	struct timespec now = { 0, 0 };
	struct hash h;

	randombytes_buf(drawn, sizeof(drawn));
	(void)clock_gettime(CLOCK_REALTIME, &now);
	hash_init(&h);
	hash_string(&h, what);
	hash_bytes(&h, drawn, sizeof(drawn));
	hash_bytes(&h, deal->self->link.identity->secret, IDENTITY_KEY_BYTES);
	hash_u64(&h, (uint64_t)now.tv_sec);
	hash_u64(&h, (uint64_t)now.tv_nsec);
	hash_u64(&h, about->step);
	hash_bytes(&h, about->number, sizeof(about->number));
	hash_bytes(&h, about->descriptor, sizeof(about->descriptor));
	hash_final(&h, out);
	mem_wipe(&h, sizeof(h));
	mem_wipe(drawn, sizeof(drawn));
}

/* Make the file for one computing party, and write its beginning. */
static int
begin_file(const struct deal *deal, struct deal_step *d, struct dealt_header *h, size_t index,
    const char *operation)
{
	const struct link_self *from = &deal->self->link;
	const struct party *to = self_party(deal->self, index);
	struct deal_file *f = &d->files[d->count];
	uint8_t start[DEALT_START_MAX];
	size_t bytes;
	int rc = -1;

	snprintf(f->name, sizeof(f->name), "%04lu-%s.%s", (unsigned long)h->step, operation,
	    to->name);
	if ((f->fd = openat(deal->fd, f->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600)) == -1)
		return (fail_errno(f->name));
	f->index = index;
	draw_hedged(deal, "smpc-dealt-seed-1", h, h->seed);
	memcpy(f->seed, h->seed, sizeof(h->seed));
	if (dealt_begin(h, from->party->name, from->identity->secret, to->name, to->key, start,
	    &bytes, &f->send) == -1)
		fail(ST_REFUSED, "nothing can be dealt to the key of '%s'", to->name);
	else
		rc = io_write(f->fd, start, bytes, f->name);
	d->count++;
	mem_wipe(h->seed, sizeof(h->seed));
	return (rc);
}

static int
begin_files(struct deal *deal, struct deal_step *d, const char *text)
{
	const struct self *self = deal->self;
	char operation[OPERATION_BYTES + 1];
	uint8_t brief[HASH_BYTES];
	struct dealt_header h;
	size_t i;

	memset(&h, 0, sizeof(h));
	memcpy(h.deal, deal->id, sizeof(h.deal));
	h.step = ++deal->steps;
	memcpy(h.parties, parties_digest(self->link.parties), sizeof(h.parties));
	descriptor_keys(text, h.descriptor, brief);
	draw_hedged(deal, "smpc-dealt-number-1", &h, h.number);
	memcpy(d->number, h.number, sizeof(d->number));
	name_operation(text, operation);
	if (ledger_spend(self->ledger, h.number) == -1)
		return (-1);
	for (i = 0; i < self_parties(self); i++) {
		if (self_party(self, i)->role == PARTY_COMPUTING &&
		    begin_file(deal, d, &h, i, operation) == -1)
			return (-1);
	}
	return (0);
}

/* Give the tool a session in which it sends to the files. */
static void
give_files(const struct deal *deal, struct client *t)
{
	static const struct noise_cipher none;
	const struct deal_step *d = t->deal_step;
	struct given list[PARTIES_COMPUTING_MAX];
	size_t i;

	for (i = 0; i < d->count; i++)
		list[i] = (struct given){ .index = d->files[i].index, .way = CHANNEL_OUT,
			.file = d->files[i].name, .send = &d->files[i].send, .receive = &none,
			.seed = d->files[i].seed, .fd = d->files[i].fd };
	tools_give(deal->self, t, d->number, list, d->count);
}

void
deal_open(struct deal *deal, struct client *t, const char *text, enum session_dealer dealer)
{
	uint8_t number[SESSION_NUMBER_BYTES];

	switch (dealer) {
	case SESSION_DEALER_IDLE:
		randombytes_buf(number, sizeof(number));
		tools_give(deal->self, t, number, NULL, 0);
		break;
	case SESSION_DEALER_DEALS:
		if ((t->deal_step = mem_array(1, sizeof(*t->deal_step))) == NULL) {
			tools_close(t);
			break;
		}
		deal->open++;
		if (begin_files(deal, t->deal_step, text) == -1) {
			tools_failed(t, (int)diag_status(), "%s: the files for this step cannot "
			    "be made", deal->self->options->deal_to);
			deal_end(deal, t, false);
		} else
			give_files(deal, t);
		break;
	default:
		tools_failed(t, ST_USAGE, "%s", dealt_needs_dealer);
	}
}
