/*
 * Checkpoints, in their file and as the one before.  The first byte says whether training is in the
 * clear or on a share, the next two how long the file is; the rest is the one before.  One of no
 * bytes is not there.
 *
 * What is refused is left as it is.  What training goes on from is a checkpoint of this work, the
 * later one of those that are whole, and the file has it then.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "check.h"
#include "cli/checkpoint.h"

#define HEAD_BYTES 3
#define MOST_BYTES ((size_t)1 << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char directory[] = "/tmp/smpc-fuzz-XXXXXX", file[64], old[64];
/* In the clear, and of a share. */
static struct part *references[2];

static void
remove_files(void)
{

	(void)unlink(file);
	(void)unlink(old);
	(void)rmdir(directory);
}

static void
set_up(void)
{
	static const char *const names[] = { "0", "1", "2" };

	fuzz_check(mkdtemp(directory) != NULL && atexit(remove_files) == 0);
	snprintf(file, sizeof(file), "%s/c", directory);
	snprintf(old, sizeof(old), "%s/c.old", directory);
	fuzz_check((references[0] = part_new()) != NULL && (references[1] = part_new()) != NULL);
	references[1]->scheme = SCHEME_MASKED;
	fuzz_check(part_set_parties(references[1], names, 3) == 0);
	references[1]->party = 1;
}

/* What is in a file, or is to be: no bytes, no file. */
struct content {
	const uint8_t *data;
	size_t bytes;
};

static void
put(const char *path, struct content c)
{
	FILE *f;

	(void)unlink(path);
	if (c.bytes == 0)
		return;
	fuzz_check((f = fopen(path, "w")) != NULL && fwrite(c.data, 1, c.bytes, f) == c.bytes);
	fuzz_check(fclose(f) == 0);
}

static int
has(const char *path, struct content c)
{
	static uint8_t found[MOST_BYTES + 1];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		return (c.bytes == 0);
	n = fread(found, 1, sizeof(found), f);
	fclose(f);
	return (n == c.bytes && memcmp(found, c.data, n) == 0);
}

/* Nobody is there to open anything with: tensors of another scale are not brought to ours. */
static int
send_to_nobody(void *state, size_t party, const void *data, size_t bytes)
{

	(void)state, (void)data, (void)bytes;
	return (fail(ST_PEER, "party %zu is not there", party));
}

static int
receive_from_nobody(void *state, size_t party, void *data, size_t bytes)
{

	(void)state, (void)data, (void)bytes;
	return (fail(ST_PEER, "party %zu is not there", party));
}

/* A stage in which nobody else is there: of a share, that of party 1 of two. */
static void
start_stage(struct stage *stage, int share)
{
	static uint8_t seed[PRG_KEY_BYTES];
	struct mpc_setting setting = { .n = 2, .self = 1, .seeds = { seed, NULL, seed },
		.net = { send_to_nobody, receive_from_nobody, NULL } };
	static char params[] = "fuzz";

	memset(stage, 0, sizeof(*stage));
	stage->result.params = params;
	stage->S = share ? mpc_new(&setting) : mpc_new_plain(false);
	fuzz_check(stage->S != NULL);
	stage->reference = references[share];
}

/* Look and go on as training does; return whether it goes on from one, or -1. */
static int
resume(struct stage *stage, struct checkpoint *c, struct model *m)
{
	static const struct stage_inputs none;

	if (checkpoint_look(c, stage, &none, file) == -1 || checkpoint_resume(c, stage, m) == -1)
		return (-1);
	return (m->about != NULL);
}

#define BEGIN "\xb5SMPC"
#define BEGIN_BYTES 5

/* How many of the first bytes are not those of a stream. */
static size_t
wrong_bytes(struct content c)
{
	size_t i, wrong = 0;

	for (i = 0; i < c.bytes && i < BEGIN_BYTES; i++)
		wrong += (c.data[i] != (uint8_t)BEGIN[i]);
	return (wrong);
}

/* Whether something is nobody's checkpoint, not even one that was cut or has a damaged byte. */
static bool
is_other(struct content c)
{

	return (wrong_bytes(c) > ((c.bytes >= BEGIN_BYTES) ? 1 : 0));
}

/* No result goes where checkpoints are, and no checkpoint where others' files alone are. */
static void
check_places(struct content now, struct content before)
{
	int rc = checkpoint_owns(file, directory);

	fuzz_check(checkpoint_owns(file, file) == 1 && checkpoint_owns(file, old) == 1);
	fuzz_check(rc == ((is_other(now) || is_other(before)) ? -1 : 0));
}

static void
check_resumed(const struct checkpoint *c, const struct model *m, struct content now,
    struct content before)
{
	uint64_t steps[CHECKPOINTS] = { c->entries[0].step, c->entries[1].step };
	int is_old = (steps[1] > steps[0]);

	fuzz_check(m->about->job != NULL && strcmp(m->about->job, c->job) == 0);
	fuzz_check(m->about->step >= 1 && m->about->step == steps[is_old]);
	fuzz_check(m->learner != NULL);
	fuzz_check(has(file, is_old ? before : now));
	fuzz_check(has(old, is_old ? (struct content){ NULL, 0 } : before));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct content now, before;
	struct checkpoint c;
	struct failure failure;
	struct stage stage;
	struct model m;
	size_t n;
	int rc;

	if (references[0] == NULL)
		set_up();
	if (size < HEAD_BYTES || size > MOST_BYTES)
		return (0);
	n = data[1] | (size_t)data[2] << 8;
	if (n > size - HEAD_BYTES)
		n = size - HEAD_BYTES;
	now = (struct content){ data + HEAD_BYTES, n };
	before = (struct content){ data + HEAD_BYTES + n, size - HEAD_BYTES - n };
	put(file, now);
	put(old, before);
	memset(&c, 0, sizeof(c));
	memset(&m, 0, sizeof(m));
	start_stage(&stage, data[0] & 1);
	diag_divert(&failure);
	check_places(now, before);
	diag_divert(&failure);
	rc = resume(&stage, &c, &m);
	diag_divert(NULL);
	if (rc == 1)
		check_resumed(&c, &m, now, before);
	else
		fuzz_check(has(file, now) && has(old, before));
	model_free(&m);
	checkpoint_free(&c);
	mpc_free(stage.S);
	return (0);
}
