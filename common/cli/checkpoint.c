#include "cli/checkpoint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "cli/streams.h"

static char *
old_name(const char *file)
{
	size_t bytes = strlen(file) + sizeof(".old");
	char *old;

	if ((old = mem_array(bytes, 1)) != NULL)
		snprintf(old, bytes, "%s.old", file);
	return (old);
}

static const char *
path_of(const struct checkpoint *c, size_t i)
{

	return ((i == 0) ? c->file : c->old);
}

/* ---- what there is ---- */

/* What the work is: its parameters, all parts of the data, which have been read, and the first one of a model to begin with. */
static int
describe_job(struct checkpoint *c, const struct engine *e, const struct engine_inputs *inputs)
{
	uint8_t digest[HASH_BYTES];
	struct part *p;
	struct hash h;
	size_t i;

	hash_init(&h);
	hash_string(&h, "smpc-checkpoint-1");
	hash_string(&h, e->result.params);
	hash_u64(&h, inputs->count);
	for (i = 0; i < inputs->count; i++) {
		hash_bytes(&h, inputs->items[i].id, ID_BYTES);
		hash_u64(&h, inputs->items[i].row);
	}
	for (i = 0; i < e->count; i++) {
		if (reader_part(e->readers[i], &p) == -1)
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

/* Whose checkpoint it is, by its first part. */
static int
look_at_part(struct checkpoint *c, size_t i, const struct part *p)
{
	const char *path = path_of(c, i);
	struct nn_model *m;
	int rc = -1;

	if ((m = nn_model_decode(p->model, path)) == NULL)
		return (-1);
	if (m->job == NULL || strcmp(m->job, c->job) != 0) {
		fail(ST_REFUSED, "%s: is %s: remove it, or name another file with --checkpoint", path,
		    (m->job == NULL) ? "no checkpoint" : "the checkpoint of a training on other data or with other options");
		goto out;
	}
	c->entries[i].step = m->step;
	memcpy(c->entries[i].id, p->id, ID_BYTES);
	rc = 0;
out:
	nn_model_free(m);
	return (rc);
}

/* Look at a file that is there; set *${fault} to what it is damaged by. */
static int
look_at(struct checkpoint *c, size_t i, struct failure *fault)
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
	if ((r = streams_reader(path)) != NULL)
		(void)reader_part(r, &p);
	diag_divert(NULL);
	if (fault->status == ST_OK && p != NULL && (rc = look_at_part(c, i, p)) == 0) {
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
			return (fail(faults[i].status, "%s; there is no checkpoint to go on from: put back a whole copy, or remove it, and "
			    "training begins at its beginning, or name another file with --checkpoint", faults[i].text));
		warn("%s; '%s' is used in its place", faults[i].text, path_of(c, other));
		c->damaged = path_of(c, i);
	}
	return (0);
}

int
checkpoint_look(struct checkpoint *c, struct engine *e, const struct engine_inputs *inputs, const char *file)
{
	struct failure faults[CHECKPOINTS];
	size_t i;

	memset(c, 0, sizeof(*c));
	c->file = file;
	if ((c->old = old_name(file)) == NULL || describe_job(c, e, inputs) == -1)
		return (-1);
	for (i = 0; i < CHECKPOINTS; i++) {
		if (look_at(c, i, &faults[i]) == -1)
			return (-1);
	}
	return (judge(c, faults));
}

/* ---- going on from one ---- */

#define ENTRY_BYTES (8 + ID_BYTES)

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
choose(const struct checkpoint *c, const uint8_t *all, size_t parties)
{
	uint8_t own[CHECKPOINTS * ENTRY_BYTES];
	size_t best = CHECKPOINTS, i, k;

	pack_entries(c, own);
	for (i = 0; i < CHECKPOINTS; i++) {
		if (c->entries[i].step == 0)
			continue;
		for (k = 0; k < parties && named(all + k * sizeof(own), own + i * ENTRY_BYTES); k++)
			continue;
		if (k == parties && (best == CHECKPOINTS || c->entries[i].step > c->entries[best].step))
			best = i;
	}
	return (best);
}

static int
agree(struct checkpoint *c, struct engine *e, size_t *which)
{
	uint8_t own[CHECKPOINTS * ENTRY_BYTES], *all;
	size_t parties = e->joint.n + 1;
	int rc;

	if (e->joint.session == NULL) {
		pack_entries(c, own);
		*which = choose(c, own, 1);
		return (0);
	}
	if ((all = mem_array(parties, sizeof(own))) == NULL)
		return (-1);
	pack_entries(c, own);
	if ((rc = joint_gather(&e->joint, own, sizeof(own), all)) == 0)
		*which = choose(c, all, parties);
	free(all);
	return (rc);
}

int
checkpoint_resume(struct checkpoint *c, struct engine *e, struct model *m)
{
	struct engine from = *e;
	struct reader *r;
	size_t which = CHECKPOINTS;
	int rc;

	if (engine_options.plan) {
		e->joint.agreed.rounds++;
		return (0);
	}
	if (agree(c, e, &which) == -1)
		return (-1);
	if (which == CHECKPOINTS)
		return ((c->damaged == NULL) ? 0 : fail(ST_REFUSED, "%s: is damaged, and not all parties have the one in its place: "
		    "put back a whole copy, or remove it, and training begins at its beginning", c->damaged));
	if ((r = streams_reader(path_of(c, which))) == NULL)
		return (-1);
	from.readers = &r;
	from.count = 1;
	rc = model_read(&from, 0, m);
	e->joint.agreed = from.joint.agreed;
	reader_close(r);
	/* One that only some had is worth nothing now, and must not take the place of this one when the next is written. */
	if (rc == 0 && which != 0 && rename(c->old, c->file) == -1)
		rc = fail_errno(c->old);
	return (rc);
}

/* ---- writing ---- */

static int
write_stream(struct checkpoint *c, struct engine *e, struct model *m, const struct engine_inputs *inputs)
{
	struct result r = { .S = e->S, .joint = e->result.joint, .like = e->reference, .op = "checkpoint",
		.params = e->result.params };
	int rc;

	if ((r.w = writer_open(c->file, OUTPUT_REPLACE, false, NULL)) == NULL)
		return (-1);
	rc = model_write(&r, m, inputs);
	result_free(&r);
	if (rc == -1) {
		writer_abort(r.w);
		return (-1);
	}
	/* The one that is there stays until the new one is; if we are killed in between, it has its other name. */
	if (rename(c->file, c->old) == -1 && errno != ENOENT) {
		writer_abort(r.w);
		return (fail_errno(c->file));
	}
	return (writer_close(r.w));
}

int
checkpoint_write(struct checkpoint *c, struct engine *e, struct model *m, uint64_t step, const struct engine_inputs *inputs)
{
	int rc;

	if (e->masked && e->joint.session == NULL) {
		e->joint.agreed.rounds++;
		return (0);
	}
	if (e->joint.session != NULL && joint_settle(&e->joint) == -1)
		return (-1);
	if ((m->about->job = mem_copy_string(c->job, strlen(c->job))) == NULL)
		return (-1);
	m->about->step = step;
	rc = write_stream(c, e, m, inputs);
	free(m->about->job);
	m->about->job = NULL;
	return (rc);
}

int
checkpoint_owns(const char *file, const char *path)
{
	char *old;
	int rc;

	if ((old = old_name(file)) == NULL)
		return (-1);
	rc = (io_same_place(file, path) || io_same_place(old, path));
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
