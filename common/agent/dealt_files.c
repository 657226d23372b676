#include "agent/dealt_files_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/dealt.h"
#include "agent/ledger.h"
#include "base/diag.h"
#include "base/hex.h"
#include "net/descriptor.h"

#define MAX_FILES 10000
#define NAME_MAX_BYTES 200 /* of a file that a dealer has made */

const char *const dealt_needs_dealer = "the dealer is not there when he has dealt beforehand, and "
    "this step needs him; sort, and train with a checkpoint, while he is there, share into files "
    "before he deals (smpc-share -o), and reveal to others by name";

/* One that is for us by its name. */
struct dealt_file {
	struct dealt_file *next;
	char *name;
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified;
	int status;   /* ST_OK: it is what it should be */
	char why[200]; /* if not */
	struct dealt_header header; /* but for the seed */
	bool taken;   /* by a tool */
};

struct dealt_files {
	const struct self *self;
	const char *path;
	struct dealt_file *list;
	size_t count;
};

/* A file in the hands of a tool. */
struct dealt {
	const struct dealt_files *files;
	struct dealt_file *file;
	int fd;
	struct noise_cipher receive;
	uint8_t seed[NOISE_KEY_BYTES];
};

/* ---- one file ---- */

/* Note what is wrong with a file.  Return -1. */
static int __attribute__((format(printf, 3, 4)))
blame(struct dealt_file *f, int status, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(f->why, sizeof(f->why), format, ap);
	va_end(ap);
	f->status = status;
	return (-1);
}

/* Read the beginning: from our dealer to us? */
static int
read_start(const struct self *self, struct dealt_file *f, int fd, size_t *bytes,
    struct noise_cipher *receive)
{
	uint8_t start[DEALT_START_MAX];
	const struct party *from;
	struct dealt_preface p;
	ssize_t n = pread(fd, start, sizeof(start), 0);

	if (n == -1)
		return (blame(f, ST_FAILED, "%s", strerror(errno)));
	switch (dealt_preface(start, (size_t)n, &p)) {
	case DEALT_OK:
		break;
	case DEALT_CUT:
		return (blame(f, ST_FAILED, "is cut"));
	case DEALT_UNKNOWN:
		return (blame(f, ST_FAILED, "is of a version that is not known here: the dealer's "
		    "tools and ours differ"));
	default:
		return (blame(f, ST_FAILED, "is no file that a dealer has made"));
	}
	if (strcmp(p.to, self->link.party->name) != 0)
		return (blame(f, ST_REFUSED, "was dealt to '%s', and this is '%s'", p.to,
		    self->link.party->name));
	if ((from = parties_find(self->link.parties, p.from)) == NULL || from->role != PARTY_DEALER)
		return (blame(f, ST_REFUSED, "says it was dealt by '%s', who is not the dealer of "
		    "the parties file", p.from));
	*bytes = (size_t)n;
	if (dealt_open(start, bytes, &p, self->link.identity->secret, from->key, &f->header,
	    receive) == -1)
		return (blame(f, ST_REFUSED, "was not dealt by '%s' to this key: forged, damaged "
		    "or cut", p.from));
	return (0);
}

/* Read the end: is the file whole, as far as that can be told without reading it? */
static int
read_end(struct dealt_file *f, int fd, size_t start_bytes, const struct noise_cipher *receive)
{
	uint8_t end[CHANNEL_END_BYTES];

	if (f->size < (off_t)(start_bytes + sizeof(end)) ||
	    pread(fd, end, sizeof(end), f->size - (off_t)sizeof(end)) != (ssize_t)sizeof(end) ||
	    !channel_end_genuine(receive, end))
		return (blame(f, ST_FAILED, "is cut, or damaged at its end, and must be carried "
		    "here again"));
	return (0);
}

/*
 * Open a file, and learn what it is.  Return a descriptor, which stands behind the beginning, or -1
 * with the reason in ${f}.
 */
static int
file_open(const struct dealt_files *d, struct dealt_file *f, struct noise_cipher *receive)
{
	char path[PATH_MAX];
	struct stat st;
	size_t bytes;
	int fd;

	f->status = ST_OK;
	snprintf(path, sizeof(path), "%s/%s", d->path, f->name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) == -1)
		return (blame(f, ST_FAILED, "%s", strerror(errno)));
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(fd);
		return (blame(f, ST_FAILED, "is not a regular file"));
	}
	f->size = st.st_size;
	if (read_start(d->self, f, fd, &bytes, receive) == -1 ||
	    read_end(f, fd, bytes, receive) == -1) {
		close(fd);
		return (-1);
	}
	if (lseek(fd, (off_t)bytes, SEEK_SET) == -1) {
		close(fd);
		return (blame(f, ST_FAILED, "%s", strerror(errno)));
	}
	return (fd);
}

/* ---- the directory ---- */

static void
file_free(struct dealt_file *f)
{

	if (f == NULL)
		return;
	free(f->name);
	mem_wipe_free(f, sizeof(*f));
}

/* Whether a name is one that we would give to a file for ${party}. */
static bool
is_ours(const char *name, const char *party)
{
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; name[i] != '\0'; i++) {
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-",
		    name[i]) == NULL)
			return (false);
	}
	return (name[0] != '.' && i < NAME_MAX_BYTES && dot != NULL && strcmp(dot + 1, party) == 0);
}

static struct dealt_file *
find_file(const struct dealt_files *d, const char *name)
{
	struct dealt_file *f;

	for (f = d->list; f != NULL && strcmp(f->name, name) != 0; f = f->next)
		continue;
	return (f);
}

/* Whether a file is the one that we have looked at, and nobody has changed it since. */
static bool
is_known(const struct dealt_file *f, const struct stat *st)
{

	return (f->device == st->st_dev && f->inode == st->st_ino && f->size == st->st_size &&
	    f->modified.tv_sec == st->st_mtim.tv_sec &&
	    f->modified.tv_nsec == st->st_mtim.tv_nsec);
}

/* Add a file to those that there are.  Return NULL (reported) if it cannot be. */
static struct dealt_file *
add_file(struct dealt_files *d, const char *name)
{
	struct dealt_file *f;

	if (d->count == MAX_FILES) {
		fail(ST_FAILED, "%s: more than %d files", d->path, MAX_FILES);
		return (NULL);
	}
	if ((f = mem_array(1, sizeof(*f))) == NULL ||
	    (f->name = mem_copy_string(name, strlen(name))) == NULL) {
		file_free(f);
		return (NULL);
	}
	f->next = d->list;
	d->list = f;
	d->count++;
	return (f);
}

/* Look at a file, if that was not done since it changed. */
static int
look_at_file(struct dealt_files *d, const char *name, const struct stat *st)
{
	struct dealt_file *f = find_file(d, name);
	struct noise_cipher receive;
	int fd;

	if (f != NULL && (f->taken || is_known(f, st)))
		return (0);
	if (f == NULL && (f = add_file(d, name)) == NULL)
		return (-1);
	f->device = st->st_dev;
	f->inode = st->st_ino;
	f->modified = st->st_mtim;
	if ((fd = file_open(d, f, &receive)) != -1)
		close(fd);
	noise_cipher_wipe(&receive);
	mem_wipe(f->header.seed, sizeof(f->header.seed));
	return (0);
}

/* Forget files that are gone. */
static void
forget_missing(struct dealt_files *d, int dir)
{
	struct dealt_file **p = &d->list, *f;

	while ((f = *p) != NULL) {
		if (f->taken || faccessat(dir, f->name, F_OK, 0) == 0) {
			p = &f->next;
			continue;
		}
		*p = f->next;
		d->count--;
		file_free(f);
	}
}

/* See what is in the directory. */
static int
look_around(struct dealt_files *d)
{
	const char *own = d->self->link.party->name;
	struct dirent *e;
	struct stat st;
	DIR *dir;
	int rc = 0;

	if ((dir = opendir(d->path)) == NULL)
		return (fail_errno(d->path));
	while (rc == 0 && (e = readdir(dir)) != NULL) {
		if (is_ours(e->d_name, own) && fstatat(dirfd(dir), e->d_name, &st, 0) == 0)
			rc = look_at_file(d, e->d_name, &st);
	}
	forget_missing(d, dirfd(dir));
	closedir(dir);
	return (rc);
}

struct dealt_files *
dealt_files_open(const struct self *self)
{
	const struct party *own = self->link.party;
	struct dealt_files *d;

	if (own->role != PARTY_COMPUTING) {
		fail(ST_USAGE, "--dealt is for computing parties, and the role of '%s' is '%s'",
		    own->name, party_role_name(own->role));
		return (NULL);
	}
	if ((d = mem_array(1, sizeof(*d))) == NULL)
		return (NULL);
	d->self = self;
	d->path = self->options->dealt;
	/* What is used is removed: better to know now that it cannot be. */
	if (access(d->path, W_OK) == -1) {
		fail_errno(d->path);
		dealt_files_close(d);
		return (NULL);
	}
	if (look_around(d) == -1) {
		dealt_files_close(d);
		return (NULL);
	}
	return (d);
}

void
dealt_files_close(struct dealt_files *d)
{
	struct dealt_file *f;

	if (d == NULL)
		return;
	while ((f = d->list) != NULL) {
		d->list = f->next;
		file_free(f);
	}
	free(d);
}

/* ---- used files ---- */

/*
 * What the ledger has of a step for which a file was used: it says so when the file is gone.  The
 * number in the file is what keeps it from being used again.
 */
static void
step_mark(const struct self *self, const uint8_t *descriptor, uint8_t mark[static HASH_BYTES])
{
	struct hash h;

	hash_init(&h);
	hash_string(&h, "smpc-dealt-used-1");
	hash_bytes(&h, parties_digest(self->link.parties), HASH_BYTES);
	hash_bytes(&h, descriptor, HASH_BYTES);
	hash_final(&h, mark);
}

/*
 * The number of a file is in the ledger, and the file goes: whoever gets hold of the party's key
 * later finds no seed that it opens.  If we are killed before, the ledger refuses the file.
 */
static void
destroy_file(const struct dealt_files *d, const struct dealt_file *f)
{
	uint8_t mark[HASH_BYTES];
	int dir;

	step_mark(d->self, f->header.descriptor, mark);
	if (!ledger_has(d->self->ledger, mark))
		(void)ledger_enter(d->self->ledger, mark);
	if ((dir = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1 ||
	    (unlinkat(dir, f->name, 0) == -1 && errno != ENOENT) || fsync(dir) == -1)
		warn("%s/%s: was used and cannot be removed: remove it, and all copies", d->path,
		    f->name);
	if (dir != -1)
		close(dir);
}

/* ---- which file ---- */

/* What the files are to a step. */
enum use {
	USE_BROKEN,  /* cut, forged, not for us */
	USE_OTHER,   /* for another step */
	USE_PARTIES, /* for this step, by another parties file */
	USE_SPENT,
	USE_TAKEN,
	USE_FITS,
	USES
};

static enum use
use_of(const struct self *self, const struct dealt_file *f, const uint8_t *descriptor)
{

	if (f->status != ST_OK)
		return (USE_BROKEN);
	if (memcmp(f->header.descriptor, descriptor, HASH_BYTES) != 0)
		return (USE_OTHER);
	if (memcmp(f->header.parties, parties_digest(self->link.parties), HASH_BYTES) != 0)
		return (USE_PARTIES);
	if (f->taken)
		return (USE_TAKEN);
	return (ledger_has(self->ledger, f->header.number) ? USE_SPENT : USE_FITS);
}

/* The order in which files are used: all parties who have the same files take the same one. */
static bool
is_before(const struct dealt_file *a, const struct dealt_file *b)
{

	if (a->header.step != b->header.step)
		return (a->header.step < b->header.step);
	return (memcmp(a->header.deal, b->header.deal, DEALT_ID_BYTES) < 0);
}

/* What there is for a step: of every use, the first file and the number of files. */
struct file_choice {
	const struct dealt_file *first[USES];
	size_t counts[USES];
};

/* Return the first file that fits; set ${c}. */
static struct dealt_file *
choose_file(const struct dealt_files *d, const uint8_t *descriptor, struct file_choice *c)
{
	struct dealt_file *f, *best = NULL;
	enum use use;

	memset(c, 0, sizeof(*c));
	for (f = d->list; f != NULL; f = f->next) {
		use = use_of(d->self, f, descriptor);
		c->counts[use]++;
		if (c->first[use] == NULL ||
		    (use == USE_BROKEN ? strcmp(f->name, c->first[use]->name) < 0 :
		    is_before(f, c->first[use])))
			c->first[use] = f;
		if (use == USE_FITS && c->first[use] == f)
			best = f;
	}
	return (best);
}

/* Say why there is no file for a step. */
static void
explain_choice(const struct dealt_files *d, struct client *t, const char *text,
    const struct file_choice *c)
{
	const struct dealt_file *const *first = c->first, *other = c->first[USE_OTHER];
	uint8_t full[HASH_BYTES], brief[HASH_BYTES], mark[HASH_BYTES];
	char wanted[500];

	descriptor_keys(text, full, brief);
	step_mark(d->self, full, mark);
	if (first[USE_SPENT] != NULL)
		tools_failed(t, ST_REFUSED, "%s: was used before, and nothing that was dealt is "
		    "used twice; the dealer must deal again", first[USE_SPENT]->name);
	else if (ledger_has(d->self->ledger, mark))
		tools_failed(t, ST_REFUSED, "what was dealt for this step was used before, and "
		    "nothing that was dealt is used twice; the dealer must deal again");
	else if (first[USE_PARTIES] != NULL)
		tools_failed(t, ST_REFUSED, "%s: was dealt with another parties file than ours",
		    first[USE_PARTIES]->name);
	else if (first[USE_TAKEN] != NULL)
		tools_failed(t, ST_PEER, "%s: another step that is alike uses it, and there is "
		    "no second one for this step", first[USE_TAKEN]->name);
	else if (first[USE_BROKEN] != NULL)
		tools_failed(t, first[USE_BROKEN]->status, "%s: %s; no other file in %s is for "
		    "this step", first[USE_BROKEN]->name, first[USE_BROKEN]->why, d->path);
	else {
		descriptor_summary(text, wanted, sizeof(wanted));
		tools_failed(t, ST_PEER, "nothing in %s was dealt to '%s' for this step (%s); "
		    "files for other steps: %zu%s%s; has the dealer run the same script, on his "
		    "shares of the same inputs?", d->path, d->self->link.party->name, wanted,
		    c->counts[USE_OTHER], (other != NULL) ? ", such as " : "",
		    (other != NULL) ? other->name : "");
	}
}

/* Take a file for a tool. */
static int
take_file(const struct dealt_files *files, struct client *t, struct dealt_file *f)
{
	struct dealt_header known = f->header;
	struct dealt *d;

	dealt_files_release(t);
	if ((d = mem_array(1, sizeof(*d))) == NULL) {
		tools_close(t);
		return (-1);
	}
	if ((d->fd = file_open(files, f, &d->receive)) == -1) {
		tools_failed(t, f->status, "%s: %s", f->name, f->why);
		mem_wipe(f->header.seed, sizeof(f->header.seed));
		mem_wipe_free(d, sizeof(*d));
		return (-1);
	}
	memcpy(d->seed, f->header.seed, sizeof(d->seed));
	mem_wipe(f->header.seed, sizeof(f->header.seed));
	d->files = files;
	d->file = f;
	f->taken = true;
	t->dealt = d;
	if (memcmp(&known, &f->header, sizeof(known)) != 0) {
		f->inode = 0;
		tools_failed(t, ST_FAILED, "%s: has changed meanwhile; try again", f->name);
		dealt_files_release(t);
		return (-1);
	}
	return (0);
}

/* What the parties must have in common besides the step itself. */
static int
add_dealt_line(struct client *t, struct buf *out)
{
	struct descriptor d = { .text = *out };
	char deal[2 * DEALT_ID_BYTES + 1], number[2 * SESSION_NUMBER_BYTES + 1],
	    line[200] = "nothing";
	const struct dealt_header *h;

	if (t->dealt != NULL) {
		h = &t->dealt->file->header;
		hex_encode(deal, h->deal, sizeof(h->deal));
		hex_encode(number, h->number, sizeof(h->number));
		snprintf(line, sizeof(line), "step %" PRIu32 " of %s, session %s", h->step, deal,
		    number);
	}
	descriptor_add(&d, "dealt", line);
	*out = d.text;
	if (!d.failed)
		return (0);
	tools_failed(t, ST_FAILED, "the description of this step is too long");
	dealt_files_release(t);
	return (-1);
}

int
dealt_files_find(struct dealt_files *d, struct client *t, const char *text,
    enum session_dealer dealer, struct buf *out)
{
	uint8_t full[HASH_BYTES], brief[HASH_BYTES];
	struct dealt_file *f;
	struct file_choice choice;

	if (dealer == SESSION_DEALER_IDLE)
		return (add_dealt_line(t, out));
	if (dealer != SESSION_DEALER_DEALS) {
		tools_failed(t, ST_USAGE, "%s", dealt_needs_dealer);
		return (-1);
	}
	descriptor_keys(text, full, brief);
	if ((f = choose_file(d, full, &choice)) == NULL) {
		/* It may have been brought since we looked. */
		if (look_around(d) == -1) {
			tools_failed(t, (int)diag_status(), "%s: cannot be read", d->path);
			return (-1);
		}
		f = choose_file(d, full, &choice);
	}
	if (f == NULL) {
		explain_choice(d, t, text, &choice);
		return (-1);
	}
	return ((take_file(d, t, f) == -1) ? -1 : add_dealt_line(t, out));
}

const uint8_t *
dealt_files_number(const struct client *t)
{

	return ((t->dealt != NULL) ? t->dealt->file->header.number : NULL);
}

struct given
dealt_files_given(const struct self *self, const struct client *t)
{
	static const struct noise_cipher none;
	const struct dealt *d = t->dealt;

	destroy_file(d->files, d->file);

	return ((struct given){ .index = self_index_of(self, parties_dealer(self->link.parties)),
	    .way = CHANNEL_IN, .file = d->file->name, .send = &none, .receive = &d->receive,
	    .seed = d->seed, .fd = d->fd });
}

void
dealt_files_release(struct client *t)
{
	struct dealt *d = t->dealt;

	if (d == NULL)
		return;
	d->file->taken = false;
	close(d->fd);
	mem_wipe_free(d, sizeof(*d));
	t->dealt = NULL;
}
