#include "cli/step.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/num.h"
#include "cli/operands.h"
#include "cli/streams.h"

struct engine_options engine_options;

/* How many computing parties a plan is for where no share tells it. */
#define PLAN_PARTIES 2

/* How many numbers a plan goes through: a header of a few hundred bytes can announce more than anybody waits for. */
#define PLAN_MAX_BITS 40

unsigned
engine_threads(uint64_t option)
{
	const char *text = getenv("SMPC_LOCAL_PARTIES");
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t parties;

	if (option > 0)
		return ((unsigned)option);
	if (text == NULL || num_parse(text, 1, 1000, &parties) == -1)
		parties = 1;
	return ((processors > (long)parties) ? (unsigned)(processors / (long)parties) : 1);
}

/* ---- what the operands are ---- */

/* Look at the first part of every operand: whether the engine can work on it, and whose share it is. */
static int
look_at_operands(struct engine *e)
{
	struct part *p;
	size_t i;

	for (i = 0; i < e->count; i++) {
		if (reader_part(e->readers[i], &p) == -1 || joint_check(p, reader_name(e->readers[i])) == -1)
			return (-1);
		if (p->scheme != SCHEME_PUBLIC && engine_options.clear)
			return (fail(ST_USAGE, "%s: is a share, and --clear takes public streams (smpc-reveal --public)",
			    reader_name(e->readers[i])));
		if (e->reference == NULL || (p->scheme != SCHEME_PUBLIC && e->reference->scheme == SCHEME_PUBLIC)) {
			part_free(e->reference);
			e->reference = part_ref(p);
		}
	}
	e->masked = !engine_options.clear;
	if (e->masked && e->reference->scheme == SCHEME_PUBLIC && !engine_options.plan)
		return (fail(ST_USAGE, "all operands are public; --clear computes on them"));
	return (0);
}

static int
need_agent(void)
{

	if (agent_present() || engine_options.plan || engine_options.clear)
		return (0);
	return (usage("this takes a session of all parties: run it under smpc-party(1), or under smpc-local(1) to try it on one "
	    "machine; --plan and --clear take none"));
}

/* Whether all shares among the operands are ours. */
static int
check_own(const struct engine *e)
{
	struct part *p;
	size_t i;

	for (i = 0; i < e->count; i++) {
		if (reader_part(e->readers[i], &p) == -1 || (p->scheme != SCHEME_PUBLIC &&
		    joint_check_own(p, reader_name(e->readers[i]), getenv("SMPC_PARTY")) == -1))
			return (-1);
	}
	return (0);
}

/* Each line of the parameters is a line of the descriptor, so that the one that differs is named. */
static int
add_params(struct descriptor *d, const char *params)
{
	const char *end;
	char *line;

	for (; *params != '\0'; params = end + (*end != '\0')) {
		end = params + strcspn(params, "\n");
		if ((line = mem_copy_string(params, (size_t)(end - params))) == NULL)
			return (-1);
		descriptor_add(d, "parameters", line);
		free(line);
	}
	return (0);
}

/* All that decides what is done, except the options that may differ. */
static int
describe(const struct engine *e, const struct engine_work *work, struct descriptor *d)
{
	struct part *p;
	size_t i;

	descriptor_add(d, "op", work->op);
	if (add_params(d, e->result.params) == -1)
		return (-1);
	for (i = 0; i < e->reference->n_parties; i++)
		descriptor_add(d, "party", e->reference->parties[i]);
	if (work->digest != NULL)
		descriptor_add_id(d, "public", work->digest);
	for (i = 0; i < e->count; i++) {
		if (reader_part(e->readers[i], &p) == -1)
			return (-1);
		descriptor_add_id(d, "input", p->id);
	}
	return (0);
}

/* ---- costs ---- */

static void
format_cost(char *line, size_t size, const struct mpc_cost *c, const struct mpc_cost *agreed)
{

	snprintf(line, size, "rounds %" PRIu64 ", and %" PRIu64 " to agree; dealt %" PRIu64 " bytes, opened %" PRIu64
	    " bytes per link", c->rounds, agreed->rounds, (c->dealt_bits + 7) / 8, (c->opened_bits + 7) / 8);
}

/* ---- the three ways to run ---- */

static int
run_plan(struct engine *e, const struct engine_work *work)
{
	size_t n = (e->reference->scheme == SCHEME_PUBLIC) ? PLAN_PARTIES : e->reference->n_parties - 1;
	char line[200];
	size_t i;

	for (i = 0; i < e->count; i++)
		reader_shapes_only(e->readers[i]);
	if ((e->S = e->result.S = mpc_new_plan(n, engine_options.faithful)) == NULL)
		return (-1);
	if (work->run(e, work->state) == -1 || mpc_check(e->S) == -1)
		return (-1);
	e->joint.agreed.rounds += work->named ? 2 : 1;
	format_cost(line, sizeof(line), mpc_declared(e->S), &e->joint.agreed);
	printf("%s\n", line);
	return (0);
}

static int
run_clear(struct engine *e, const struct engine_work *work)
{

	if ((e->S = e->result.S = mpc_new_plain(engine_options.faithful)) == NULL)
		return (-1);
	return (work->run(e, work->state));
}

/* Give our result its name, and hear that all the others have given theirs. */
static int
name_results(struct engine *e)
{
	struct writer *w = e->result.w;

	e->result.w = NULL;
	if (writer_close(w) == -1)
		return (-1);
	if (joint_settle(&e->joint) == -1) {
		warn("our result has its name; whether those of all parties have is not known");
		return (-1);
	}
	return (0);
}

static int
work_in_session(struct engine *e, const struct engine_work *work, struct session *s)
{
	char line[200];

	if (joint_open(&e->joint, s, e->reference, reader_name(e->readers[0]), engine_options.faithful) == -1)
		return (-1);
	e->S = e->result.S = e->joint.S;
	e->result.joint = &e->joint;
	if (work->run(e, work->state) == -1 || mpc_check(e->S) == -1)
		return (-1);
	/* What was written is whole at all parties before it gets its name at one of them. */
	if (writer_finish(e->result.w) == -1 || joint_settle(&e->joint) == -1 || (work->named && name_results(e) == -1))
		return (-1);
	if (interactive_options.stats) {
		format_cost(line, sizeof(line), mpc_counted(e->S), &e->joint.agreed);
		warn("%s", line);
	}
	return (0);
}

static int
run_session(struct engine *e, const struct engine_work *work)
{
	struct descriptor d = { { NULL, 0, 0 }, false };
	struct session *s;
	int rc;

	if (describe(e, work, &d) == -1) {
		buf_free(&d.text);
		return (-1);
	}
	s = interactive_open(&d, work->meets_dealer ? SESSION_DEALER_TAKES_PART : SESSION_DEALER_DEALS, NULL, 0, false);
	if (s == NULL)
		return (-1);
	rc = work_in_session(e, work, s);
	/* The engine's keys go before the session's. */
	result_free(&e->result);
	joint_close(&e->joint);
	e->S = NULL;
	return (interactive_close(s, rc));
}

static int
run_work(struct engine *e, const struct engine_work *work)
{

	if (look_at_operands(e) == -1)
		return (-1);
	e->result.like = e->reference;
	e->result.op = work->op;
	if (engine_options.plan)
		return (run_plan(e, work));
	if (e->masked && (need_agent() == -1 || check_own(e) == -1))
		return (-1);
	if ((e->result.w = streams_writer()) == NULL)
		return (-1);
	return (e->masked ? run_session(e, work) : run_clear(e, work));
}

/* Work on the operands, which are open. */
static int
run_opened(struct engine *e, const struct engine_work *work)
{
	struct buf params = { NULL, 0, 0 };
	int rc = -1;

	if (buf_string(&params, work->params) == 0 && buf_string(&params, engine_options.faithful ? " faithful" : "") == 0 &&
	    buf_string(&params, engine_options.clear ? " clear" : "") == 0 && buf_append(&params, "", 1) == 0) {
		e->result.params = params.data;
		rc = run_work(e, work);
	}
	result_free(&e->result);
	mpc_free(e->S);
	part_free(e->reference);
	buf_free(&params);
	return (streams_finish(e->result.w, rc));
}

/* Whether all operands are public, or more than one is a share. */
static int
needs_engine(const struct engine *e, bool *needs)
{
	size_t shares = 0, i;
	struct part *p;

	for (i = 0; i < e->count; i++) {
		if (reader_part(e->readers[i], &p) == -1)
			return (-1);
		shares += (p->scheme != SCHEME_PUBLIC);
	}
	*needs = (engine_options.clear || shares > 1 || (engine_options.plan && shares == 0));
	if (!*needs && engine_options.plan)
		return (usage("--plan: this takes no session, as one operand alone is a share"));
	return (0);
}

static int
run_local(struct engine *e, int (*local)(struct reader *const *, size_t, struct writer *))
{
	struct writer *w;
	int rc = -1;

	if ((w = streams_writer()) != NULL)
		rc = local(e->readers, e->count, w);
	return (streams_finish(w, rc));
}

int
engine_run_or_local(const struct engine_work *work, int (*local)(struct reader *const *, size_t, struct writer *),
    char **operands, size_t count)
{
	char dash[] = "-", *standard_input[] = { dash };
	struct engine e;
	bool needs = true;
	size_t i;
	int rc = -1;

	if (engine_options.plan && engine_options.clear)
		return (usage("--plan and --clear exclude each other"));
	if (local == NULL && need_agent() == -1)
		return (-1);
	if (count == 0) {
		operands = standard_input;
		count = 1;
	}
	memset(&e, 0, sizeof(e));
	e.count = count;
	if ((e.readers = mem_array(count, sizeof(*e.readers))) == NULL)
		return (-1);
	if (operands_open(operands, count, e.readers) == 0 && (local == NULL || needs_engine(&e, &needs) == 0))
		rc = needs ? run_opened(&e, work) : run_local(&e, local);
	else
		rc = streams_finish(NULL, -1);
	for (i = 0; i < count; i++)
		reader_close(e.readers[i]);
	free(e.readers);
	return (rc);
}

int
engine_run(const struct engine_work *work, char **operands, size_t count)
{

	return (engine_run_or_local(work, NULL, operands, count));
}

/* ---- what the work is made of ---- */

struct blocks *
engine_blocks(struct engine *e, size_t first, size_t count)
{

	return (blocks_new(e->S, e->reference, e->readers + first, count));
}

/* What all parties must have in common in a block. */
static void
digest_block(const struct block *block, uint8_t digest[static HASH_BYTES])
{
	struct hash h;
	size_t i;

	hash_init(&h);
	hash_string(&h, "smpc-block-1");
	hash_u64(&h, block->rows);
	for (i = 0; i < block->n_x; i++)
		hash_u64(&h, block->x[i].n);
	hash_u64(&h, block->n_inputs);
	for (i = 0; i < block->n_inputs; i++) {
		hash_bytes(&h, block->inputs[i].id, ID_BYTES);
		hash_u64(&h, block->inputs[i].row);
	}
	hash_final(&h, digest);
}

static int
plan_block(struct engine *e, const struct block *block)
{
	size_t i;

	e->joint.agreed.rounds++;
	for (i = 0; i < block->n_x; i++)
		e->planned += block->x[i].n;
	if (e->planned > (uint64_t)1 << PLAN_MAX_BITS)
		return (fail(ST_FAILED, "the operands announce more than 2^%d numbers, for which nothing is planned", PLAN_MAX_BITS));
	return (1);
}

int
engine_next(struct engine *e, struct blocks *b, struct block *block)
{
	uint8_t digest[HASH_BYTES];
	int rc;

	if ((rc = blocks_next(b, block)) != 1 || !e->masked)
		return (rc);
	if (e->joint.session == NULL)
		return (plan_block(e, block));
	digest_block(block, digest);
	return ((joint_agree(&e->joint, digest) == -1) ? -1 : 1);
}

int
engine_result(struct engine *e, const struct result_shape *shape, const struct input *inputs, size_t n_inputs,
    size_t rows, struct mpc_vector **y)
{

	return (result_begin(&e->result, shape, inputs, n_inputs, rows, y));
}

int
engine_write(struct engine *e)
{

	return (result_end(&e->result));
}

/* ---- operands that are held ---- */

/* Append a block's words to ${x}, which has room for *${room}. */
static int
append_words(struct engine *e, struct mpc_vector *x, size_t *room, const struct mpc_vector *more)
{
	struct mpc_vector grown;
	size_t used = x->n, need = used + more->n;

	if (need > *room) {
		*room = (2 * *room > need) ? 2 * *room : need;
		if (mpc_vector_new(e->S, &grown, *room) == -1) {
			mpc_vector_free(&grown);
			return (-1);
		}
		if (x->m != NULL && used > 0)
			memcpy(grown.m, x->m, used * sizeof(*x->m));
		if (x->lam != NULL && used > 0)
			memcpy(grown.lam, x->lam, used * sizeof(*x->lam));
		mpc_vector_free(x);
		*x = grown;
	}
	if (more->m != NULL && more->n > 0)
		memcpy(x->m + used, more->m, more->n * sizeof(*x->m));
	if (more->lam != NULL && more->n > 0)
		memcpy(x->lam + used, more->lam, more->n * sizeof(*x->lam));
	x->n = need;
	return (0);
}

int
engine_hold(struct engine *e, struct blocks *b, struct mpc_vector *x, size_t *rows, struct engine_inputs *inputs)
{
	struct blocks_layout layout = { .widest = blocks_part(b, 0)->cols };
	struct block block;
	size_t room = 0;
	int rc;

	*rows = 0;
	if (blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = engine_next(e, b, &block)) == 1) {
		if (append_words(e, x, &room, &block.x[0]) == -1 ||
		    engine_inputs_add(inputs, block.inputs, block.n_inputs) == -1)
			return (-1);
		*rows += block.rows;
	}
	return (rc);
}

int
engine_inputs_add(struct engine_inputs *in, const struct input *inputs, size_t count)
{
	size_t i;

	if (in->count + count > PART_MAX_INPUTS)
		return (fail(ST_FAILED, "more than %d input parts; smpc-cat does not join them, sharing them together does",
		    PART_MAX_INPUTS));
	if (in->items == NULL) {
		in->items = mem_array(PART_MAX_INPUTS, sizeof(*in->items));
		in->ids = mem_array(PART_MAX_INPUTS, sizeof(*in->ids));
		if (in->items == NULL || in->ids == NULL)
			return (-1);
	}
	for (i = 0; i < count; i++) {
		memcpy(in->ids[in->count], inputs[i].id, ID_BYTES);
		in->items[in->count] = (struct input){ in->ids[in->count], inputs[i].row };
		in->count++;
	}
	return (0);
}

int
engine_inputs_add_block(struct engine_inputs *in, const struct block *block)
{
	size_t i;

	for (i = 0; i < block->n_inputs; i++) {
		if ((in->count == 0 || memcmp(in->items[in->count - 1].id, block->inputs[i].id, ID_BYTES) != 0) &&
		    engine_inputs_add(in, &block->inputs[i], 1) == -1)
			return (-1);
	}
	return (0);
}

void
engine_inputs_free(struct engine_inputs *in)
{

	free(in->items);
	free(in->ids);
	memset(in, 0, sizeof(*in));
}
