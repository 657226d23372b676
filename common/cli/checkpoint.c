#include "cli/checkpoint.h"

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
#include "base/io.h"
#include "base/mem.h"
#include "cli/streams.h"

#define BEGIN_BYTES 5 /* of a stream, by which it is known */

/* The longest name that a file can have beside ${file}, whose directory has ${len} bytes. */
static size_t
longest_name(const char *file, size_t len)
{
	char dir[PATH_MAX];
	long most;

	snprintf(dir, sizeof(dir), "%.*s", (len > 0) ? (int)len : 1, (len > 0) ? file : ".");
	most = pathconf(dir, _PC_NAME_MAX);
	return ((most > 0) ? (size_t)most : NAME_MAX);
}

/* FILE.old, or as much of FILE as the file system has room for before ".old". */
static char *
old_name(const char *file)
{
	static const char suffix[] = ".old";
	const char *slash = strrchr(file, '/');
	size_t base = (slash != NULL) ? (size_t)(slash + 1 - file) : 0, keep = strlen(file), most;
	char *old;

	most = longest_name(file, base) - (sizeof(suffix) - 1);
	if (keep - base > most) {
		keep = base + most;
		while (keep > base && ((unsigned char)file[keep] & 0xc0) == 0x80)
			keep--;
	}
	if ((old = mem_array(keep + sizeof(suffix), 1)) == NULL)
		return (NULL);
	memcpy(old, file, keep);
	memcpy(old + keep, suffix, sizeof(suffix));
	if (strcmp(old, file) != 0)
		return (old);
	free(old);
	fail(ST_USAGE, "--checkpoint: a name as long as '%s' cannot end in .old: name another file",
	    file);
	return (NULL);
}

static const char *
path_of(const struct checkpoint *c, size_t i)
{

	return ((i == 0) ? c->file : c->old);
}

/* ---- what there is ---- */

/*
 * What the work is: its parameters, all parts of the data, which have been read, and the first one
 * of a model to begin with.
 */
static int
describe_job(struct checkpoint *c, const struct stage *stage, const struct stage_inputs *inputs)
{
	uint8_t digest[HASH_BYTES];
	struct part *p;
	struct hash h;
	size_t i;

	hash_init(&h);
	/* Optimizers stored what they do to other scales when this was smpc-checkpoint-1. */
	hash_string(&h, "smpc-checkpoint-2");
	hash_string(&h, stage->result.params);
	hash_u64(&h, inputs->count);
	for (i = 0; i < inputs->count; i++) {
		hash_bytes(&h, inputs->items[i].id, ID_BYTES);
		hash_u64(&h, inputs->items[i].row);
	}
	for (i = 0; i < stage->count; i++) {
		if (reader_part(stage->readers[i], &p) == -1)
			return (-1);
		if (p != NULL)
			hash_bytes(&h, p->id, ID_BYTES);
	}
	hash_final(&h, digest);
	hex_encode(c->job, digest, sizeof(digest));
	return (0);
}

/* Whether all that is left can be read. */
static int
read_on(struct reader *r)
{
	const struct record *record;
	int rc;

	while ((rc = reader_record(r, &record)) == 1)
		continue;
	return (rc);
}

/* Whether it is ours, and not that of another party of the same training. */
static int
check_owner(const struct part *p, const struct part *own, const char *path)
{

	if (p->scheme == SCHEME_PUBLIC || own->scheme == SCHEME_PUBLIC ||
	    strcmp(p->parties[p->party], own->parties[own->party]) == 0)
		return (0);
	return (fail(ST_REFUSED, "%s: is the checkpoint of '%s', and not that of '%s': put back "
	    "our own, or name another file with --checkpoint, each party its own", path,
	    p->parties[p->party], own->parties[own->party]));
}

/* Whose checkpoint it is, by its first part; ${own} is a part of ours. */
static int
look_at_part(struct checkpoint *c, size_t i, const struct part *p, const struct part *own)
{
	const char *path = path_of(c, i);
	struct nn_model *m = NULL;
	int rc = -1;

	if (p->model != NULL && (m = nn_model_decode(p->model, path)) == NULL)
		return (-1);
	if (m == NULL || m->job == NULL || strcmp(m->job, c->job) != 0) {
		fail(ST_REFUSED, "%s: is %s name another file with --checkpoint", path,
		    (m == NULL || m->job == NULL) ? "no checkpoint:" : "the checkpoint of a "
		    "training on other data or with other options: remove it, or");
		goto out;
	}
	if (check_owner(p, own, path) == -1)
		goto out;
	c->entries[i].step = m->step;
	memcpy(c->entries[i].id, p->id, ID_BYTES);
	rc = 0;
out:
	nn_model_free(m);
	return (rc);
}

/* Look at a file that is there; set *${fault} to what it is damaged by. */
static int
look_at_entry(struct checkpoint *c, size_t i, const struct part *own, struct failure *fault)
{
	const char *path = path_of(c, i);
	struct reader *r;
	struct part *p = NULL;
	int rc = 0;

	fault->status = ST_OK;
	if (access(path, F_OK) == -1 && errno == ENOENT)
		return (0);
	if (access(path, R_OK) == -1)
		return (fail_errno(path));
	diag_divert(fault);
	if ((r = streams_reader(path)) != NULL) {
		reader_takes_exponents(r);
		(void)reader_part(r, &p);
	}
	diag_divert(NULL);
	if (fault->status == ST_OK && p != NULL && (rc = look_at_part(c, i, p, own)) == 0) {
		diag_divert(fault);
		(void)read_on(r);
		diag_divert(NULL);
	}
	if (fault->status != ST_OK)
		c->entries[i].step = 0;
	reader_close(r);
	return (rc);
}

/* One that is damaged is of no use, unless the other one is whole. */
static int
judge(struct checkpoint *c, const struct failure *faults)
{
	size_t i, other;

	for (i = 0; i < CHECKPOINTS; i++) {
		other = CHECKPOINTS - 1 - i;
		if (faults[i].status == ST_OK)
			continue;
		if (c->entries[other].step == 0)
			return (fail(faults[i].status, "%s; there is no checkpoint to go on from: "
			    "put back a whole copy, or remove it, and training begins at its "
			    "beginning, or name another file with --checkpoint", faults[i].text));
		warn("%s; '%s' is used in its place", faults[i].text, path_of(c, other));
		c->damaged = path_of(c, i);
	}
	return (0);
}

int
checkpoint_look(struct checkpoint *c, struct stage *stage, const struct stage_inputs *inputs,
    const char *file)
{
	struct failure faults[CHECKPOINTS];
	size_t i;

	memset(c, 0, sizeof(*c));
	c->file = file;
	if ((c->old = old_name(file)) == NULL || describe_job(c, stage, inputs) == -1)
		return (-1);
	for (i = 0; i < CHECKPOINTS; i++) {
		if (look_at_entry(c, i, stage->reference, &faults[i]) == -1)
			return (-1);
	}
	return (judge(c, faults));
}

/* ---- going on from one ---- */

/*
 * What a party says: its entries, and a digest of where it keeps them, zeros where that is not
 * known.
 */
#define ENTRY_BYTES (8 + ID_BYTES)
#define ENTRIES_BYTES (CHECKPOINTS * ENTRY_BYTES)
#define SAID_BYTES (ENTRIES_BYTES + HASH_BYTES)

/*
 * The directory and the name, of this machine since it was started: what tells machines apart is
 * random, so that nobody can try names, and the session's number sees to it that nothing is told
 * but whether two parties have the same.
 */
static void
digest_place(const struct checkpoint *c, const struct stage *stage,
    uint8_t digest[static HASH_BYTES])
{
	const char *slash = strrchr(c->file, '/'), *base = (slash == NULL) ? c->file : slash + 1;
	char dir[PATH_MAX], boot[64] = "";
	struct stat st;
	struct hash h;
	FILE *f;

	memset(digest, 0, HASH_BYTES);
	snprintf(dir, sizeof(dir), "%.*s", (int)(base - c->file), c->file);
	if ((f = fopen("/proc/sys/kernel/random/boot_id", "re")) == NULL)
		return;
	if (fgets(boot, sizeof(boot), f) != NULL && stat((slash == NULL) ? "." : dir, &st) == 0) {
		hash_init(&h);
		hash_string(&h, "smpc-checkpoint-place-1");
		hash_bytes(&h, session_number(stage->joint.session), SESSION_NUMBER_BYTES);
		hash_string(&h, boot);
		hash_u64(&h, (uint64_t)st.st_dev);
		hash_u64(&h, (uint64_t)st.st_ino);
		hash_string(&h, base);
		hash_final(&h, digest);
	}
	fclose(f);
}

/* Two that keep theirs in one place would replace each other's, and see it when it is too late. */
static int
compare_places(const struct checkpoint *c, const struct stage *stage, const uint8_t *all)
{
	static const uint8_t unknown[HASH_BYTES];
	const uint8_t *own = all + stage->joint.self * SAID_BYTES + ENTRIES_BYTES;
	size_t i;

	for (i = 0; i <= stage->joint.n && memcmp(own, unknown, HASH_BYTES) != 0; i++) {
		if (i != stage->joint.self &&
		    memcmp(all + i * SAID_BYTES + ENTRIES_BYTES, own, HASH_BYTES) == 0)
			return (fail(ST_USAGE, "--checkpoint %s: '%s', on this machine, too, has "
			    "the same file: each party needs its own", c->file,
			    stage->reference->parties[i]));
	}
	return (0);
}

static void
pack_entries(const struct checkpoint *c, uint8_t *bytes)
{
	size_t i, k;

	for (i = 0; i < CHECKPOINTS; i++, bytes += ENTRY_BYTES) {
		for (k = 0; k < 8; k++)
			bytes[k] = (uint8_t)(c->entries[i].step >> (8 * k));
		memcpy(bytes + 8, c->entries[i].id, ID_BYTES);
	}
}

/* Whether a party named the entry among its own. */
static bool
named(const uint8_t *theirs, const uint8_t *entry)
{
	size_t i;

	for (i = 0; i < CHECKPOINTS; i++) {
		if (memcmp(theirs + i * ENTRY_BYTES, entry, ENTRY_BYTES) == 0)
			return (true);
	}
	return (false);
}

/* The last one that all have: its number here, or CHECKPOINTS. */
static size_t
choose_entry(const struct checkpoint *c, const uint8_t *all, size_t parties)
{
	uint8_t own[ENTRIES_BYTES];
	size_t best = CHECKPOINTS, i, k;

	pack_entries(c, own);
	for (i = 0; i < CHECKPOINTS; i++) {
		if (c->entries[i].step == 0)
			continue;
		for (k = 0; k < parties && named(all + k * SAID_BYTES, own + i * ENTRY_BYTES); k++)
			continue;
		if (k == parties &&
		    (best == CHECKPOINTS || c->entries[i].step > c->entries[best].step))
			best = i;
	}
	return (best);
}

static int
agree_on_entry(struct checkpoint *c, struct stage *stage, size_t *which)
{
	uint8_t own[SAID_BYTES], *all;
	size_t parties = stage->joint.n + 1;
	int rc;

	if (stage->joint.session == NULL) {
		pack_entries(c, own);
		*which = choose_entry(c, own, 1);
		return (0);
	}
	if ((all = mem_array(parties, sizeof(own))) == NULL)
		return (-1);
	pack_entries(c, own);
	digest_place(c, stage, own + ENTRIES_BYTES);
	if ((rc = joint_gather(&stage->joint, own, sizeof(own), all)) == 0 &&
	    (rc = compare_places(c, stage, all)) == 0)
		*which = choose_entry(c, all, parties);
	free(all);
	return (rc);
}

int
checkpoint_resume(struct checkpoint *c, struct stage *stage, struct model *m)
{
	struct stage from = *stage;
	struct reader *r;
	size_t which = CHECKPOINTS;
	int rc;

	if (stage_options.plan) {
		stage->joint.agreed.rounds++;
		return (0);
	}
	if (agree_on_entry(c, stage, &which) == -1)
		return (-1);
	if (which == CHECKPOINTS)
		return ((c->damaged == NULL) ? 0 :
		    fail(ST_REFUSED, "%s: is damaged, and not all parties have the one in its "
		    "place: put back a whole copy, or remove it, and training begins at its "
		    "beginning", c->damaged));
	if ((r = streams_reader(path_of(c, which))) == NULL)
		return (-1);
	reader_takes_exponents(r);
	from.readers = &r;
	from.count = 1;
	rc = model_read(&from, 0, m);
	stage->joint.agreed = from.joint.agreed;
	reader_close(r);
	/*
	 * One that only some had is worth nothing now, and must not take the place of this one when
	 * the next is written.
	 */
	if (rc == 0 && which != 0 && rename(c->old, c->file) == -1)
		rc = fail_errno(c->old);
	return (rc);
}

/* ---- what else there may be ---- */

/*
 * What is there: nothing, or nothing yet; what begins as a stream does, smpc-share(5); something
 * else.
 */
enum found { FOUND_NOTHING, FOUND_STREAM, FOUND_OTHER };

/* A stream that was damaged in one byte of its beginning is still known for one. */
static enum found
judge_beginning(const uint8_t *bytes, size_t n)
{
	static const uint8_t begin[BEGIN_BYTES] = { 0xb5, 'S', 'M', 'P', 'C' };
	size_t i, wrong = 0;

	for (i = 0; i < n; i++)
		wrong += (bytes[i] != begin[i]);
	if (n == 0)
		return (FOUND_NOTHING);
	return ((wrong <= ((n == BEGIN_BYTES) ? 1 : 0)) ? FOUND_STREAM : FOUND_OTHER);
}

static int
find_out(const char *path, enum found *found)
{
	uint8_t bytes[BEGIN_BYTES];
	struct stat st;
	ssize_t n;
	int fd;

	*found = FOUND_NOTHING;
	if (stat(path, &st) == -1)
		return (0);
	if (!S_ISREG(st.st_mode))
		return (fail(ST_USAGE, "--checkpoint: '%s' is there, and is no file: name another "
		    "one", path));
	if ((fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) == -1)
		return (0);
	if ((n = io_read(fd, bytes, sizeof(bytes), path)) != -1)
		*found = judge_beginning(bytes, (size_t)n);
	close(fd);
	return ((n == -1) ? -1 : 0);
}

/* What is somebody else's is not replaced, whatever is beside it. */
static int
check_found(const char *file, const char *old)
{
	enum found a, b;

	if (find_out(file, &a) == -1 || find_out(old, &b) == -1)
		return (-1);
	if (a != FOUND_OTHER && b != FOUND_OTHER)
		return (0);
	return (fail(ST_USAGE, "--checkpoint: '%s' is there, and is no checkpoint: name another "
	    "file%s", (a == FOUND_OTHER) ? file : old, (a == FOUND_STREAM || b == FOUND_STREAM) ?
	    ", or give this one another name and go on" : ""));
}

/* ---- writing ---- */

static int
write_stream(struct checkpoint *c, struct stage *stage, struct model *m,
    const struct stage_inputs *inputs)
{
	struct result r = { .S = stage->S, .joint = stage->result.joint, .like = stage->reference,
		.op = "checkpoint",
		.params = stage->result.params };
	int rc;

	if ((r.w = writer_open(c->file, OUTPUT_REPLACE, false, NULL)) == NULL)
		return (-1);
	rc = model_write(&r, m, inputs);
	result_free(&r);
	if (rc == -1) {
		writer_abort(r.w);
		return (-1);
	}
	if (check_found(c->file, c->old) == -1) {
		writer_abort(r.w);
		return (-1);
	}
	/*
	 * The one that is there stays until the new one is; if we are killed in between, it has its
	 * other name.
	 */
	if (rename(c->file, c->old) == -1 && errno != ENOENT) {
		writer_abort(r.w);
		return (fail_errno(c->file));
	}
	return (writer_close(r.w));
}

int
checkpoint_write(struct checkpoint *c, struct stage *stage, struct model *m, uint64_t step,
    const struct stage_inputs *inputs)
{
	int rc;

	if (stage->masked && stage->joint.session == NULL) {
		stage->joint.agreed.rounds++;
		return (0);
	}
	if (stage->joint.session != NULL && joint_settle(&stage->joint) == -1)
		return (-1);
	if ((m->about->job = mem_copy_string(c->job, strlen(c->job))) == NULL)
		return (-1);
	m->about->step = step;
	rc = write_stream(c, stage, m, inputs);
	free(m->about->job);
	m->about->job = NULL;
	return (rc);
}

/* ---- places ---- */

/* What a link leads to whose target is not there yet; any other path is itself. */
static const char *
follow_link(const char *path, char place[static PATH_MAX])
{
	char target[PATH_MAX], dir[PATH_MAX];
	const char *slash;
	struct stat st;
	ssize_t n;
	int links;

	if (strcmp(path, "-") == 0 || strlen(path) >= PATH_MAX || stat(path, &st) == 0)
		return (path);
	strcpy(place, path);
	for (links = 0; links < 8 && (n = readlink(place, target, sizeof(target) - 1)) != -1;
	    links++) {
		target[n] = '\0';
		slash = (target[0] == '/') ? NULL : strrchr(place, '/');
		snprintf(dir, sizeof(dir), "%.*s", (slash == NULL) ? 0 : (int)(slash + 1 - place),
		    place);
		if (strlen(dir) + strlen(target) >= PATH_MAX)
			return (path);
		strcpy(place, dir);
		strcat(place, target);
	}
	return (place);
}

int
checkpoint_owns(const char *file, const char *path)
{
	char place[PATH_MAX], *old;
	int rc;

	if ((old = old_name(file)) == NULL)
		return (-1);
	path = follow_link(path, place);
	if ((rc = (io_same_place(file, path) || io_same_place(old, path))) == 0)
		rc = check_found(file, old);
	free(old);
	return (rc);
}

void
checkpoint_remove(const char *file)
{
	char *old;

	(void)unlink(file);
	if ((old = old_name(file)) != NULL)
		(void)unlink(old);
	free(old);
}

void
checkpoint_free(struct checkpoint *c)
{

	free(c->old);
	memset(c, 0, sizeof(*c));
}
