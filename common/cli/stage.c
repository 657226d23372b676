#include "cli/stage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/num.h"
#include "cli/operands.h"
#include "cli/outline.h"
#include "cli/streams.h"
#include "net/own_agent.h"
#include "table/columns.h"

struct stage_options stage_options;

/* How many computing parties a plan is for where no share tells it. */
#define PLAN_PARTIES 2

/*
 * How many numbers a plan goes through: a header of a few hundred bytes can announce more than
 * anybody waits for.
 */
#define PLAN_MAX_BITS 40

unsigned
stage_threads(uint64_t option)
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

/*
 * Look at the first part of every operand: whether the engine can work on it, and whose share it
 * is.
 */
static int
look_at_operands(struct stage *stage, const struct stage_work *work)
{
	struct part *p;
	size_t i;

	for (i = 0; i < stage->count; i++) {
		if (reader_part(stage->readers[i], &p) == -1 ||
		    joint_check(p, reader_name(stage->readers[i])) == -1 ||
		    (!work->keys && part_refuse_keys(p, reader_name(stage->readers[i])) == -1))
			return (-1);
		if (p->scheme != SCHEME_PUBLIC && stage_options.clear)
			return (fail(ST_USAGE, "%s: is a share, and --clear takes public streams "
			    "(smpc-reveal --public)", reader_name(stage->readers[i])));
		if (stage->reference == NULL || (p->scheme != SCHEME_PUBLIC &&
		    stage->reference->scheme == SCHEME_PUBLIC)) {
			part_free(stage->reference);
			stage->reference = part_ref(p);
		}
	}
	stage->masked = !stage_options.clear;
	if (stage->masked && stage->reference->scheme == SCHEME_PUBLIC && !stage_options.plan)
		return (fail(ST_USAGE, "all operands are public; --clear computes on them"));
	return (0);
}

int
stage_check_columns(const struct stage *stage, size_t operand, const char *list)
{
	const char *where = reader_name(stage->readers[operand]);
	uint8_t *marks;
	struct part *p;
	int rc;

	if (list == NULL)
		return (0);
	if (reader_part(stage->readers[operand], &p) == -1 ||
	    (marks = mem_array(p->cols, sizeof(*marks))) == NULL)
		return (-1);
	rc = columns_mark(list, strlen(list), (const char *const *)p->columns, p->cols, where,
	    marks);
	free(marks);
	return (rc);
}

static int
need_agent(void)
{

	if (own_agent_present() || stage_options.plan || stage_options.clear)
		return (0);
	return (usage("this takes a session of all parties: run it under smpc-party(1), or under "
	    "smpc-local(1) to try it on one machine; --plan and --clear take none"));
}

/* Whether all shares among the operands are ours. */
static int
check_own(const struct stage *stage)
{
	struct part *p;
	size_t i;

	for (i = 0; i < stage->count; i++) {
		if (reader_part(stage->readers[i], &p) == -1 || (p->scheme != SCHEME_PUBLIC &&
		    joint_check_own(p, reader_name(stage->readers[i]), getenv("SMPC_PARTY")) == -1))
			return (-1);
	}
	return (0);
}

/*
 * Each line of the parameters is a line of the descriptor, so that the one that differs is named.
 */
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
describe_work(const struct stage *stage, const struct stage_work *work, struct descriptor *d)
{
	char about[OUTLINE_BYTES];
	struct part *p;
	size_t i;

	descriptor_add(d, "op", work->op);
	if (add_params(d, stage->result.params) == -1)
		return (-1);
	if (work->describe != NULL)
		work->describe(work->state, d);
	for (i = 0; i < stage->reference->n_parties; i++)
		descriptor_add(d, "party", stage->reference->parties[i]);
	if (work->digest != NULL)
		descriptor_add_id(d, "public", work->digest);
	for (i = 0; i < stage->count; i++) {
		if (reader_part(stage->readers[i], &p) == -1)
			return (-1);
		outline_input(about, sizeof(about), stage->readers[i], p);
		descriptor_add_input(d, p->id, about, reader_name(stage->readers[i]));
	}
	return (0);
}

/* ---- costs ---- */

static void
format_cost(char *line, size_t size, const struct mpc_cost *c, const struct mpc_cost *agreed)
{

	snprintf(line, size, "rounds %" PRIu64 ", and %" PRIu64 " to agree; dealt %" PRIu64 " "
	    "bytes, opened %" PRIu64 " bytes per link", c->rounds, agreed->rounds,
	    (c->dealt_bits + 7) / 8, (c->opened_bits + 7) / 8);
}

/* ---- the three ways to run ---- */

static int
run_plan(struct stage *stage, const struct stage_work *work)
{
	size_t n = (stage->reference->scheme == SCHEME_PUBLIC) ? PLAN_PARTIES :
	    stage->reference->n_parties - 1;
	char line[200];
	size_t i;

	for (i = 0; i < stage->count; i++)
		reader_shapes_only(stage->readers[i]);
	if ((stage->S = stage->result.S = mpc_new_plan(n, stage_options.faithful)) == NULL)
		return (-1);
	if (work->run(stage, work->state) == -1 || mpc_check(stage->S) == -1)
		return (-1);
	stage->joint.agreed.rounds += work->named ? 2 : 1;
	format_cost(line, sizeof(line), mpc_declared(stage->S), &stage->joint.agreed);
	printf("%s\n", line);
	return (0);
}

static int
run_clear(struct stage *stage, const struct stage_work *work)
{

	if ((stage->S = stage->result.S = mpc_new_plain(stage_options.faithful)) == NULL)
		return (-1);
	return (work->run(stage, work->state));
}

/* Give our result its name, and hear that all the others have given theirs. */
static int
name_results(struct stage *stage)
{
	struct writer *w = stage->result.w;

	if (stage->withheld)
		return (joint_settle(&stage->joint));
	stage->result.w = NULL;
	if (writer_close(w) == -1)
		return (-1);
	if (joint_settle(&stage->joint) == -1) {
		warn("our result has its name; whether those of all parties have is not known");
		return (-1);
	}
	return (0);
}

static int
work_in_session(struct stage *stage, const struct stage_work *work, struct session *s)
{
	char line[200];

	if (joint_open(&stage->joint, s, stage->reference, reader_name(stage->readers[0]),
	    stage_options.faithful) == -1)
		return (-1);
	stage->S = stage->result.S = stage->joint.S;
	stage->result.joint = &stage->joint;
	if (work->run(stage, work->state) == -1 || mpc_check(stage->S) == -1)
		return (-1);
	/* What was written is whole at all parties before it gets its name at one of them. */
	if ((!stage->withheld && writer_finish(stage->result.w) == -1) ||
	    joint_settle(&stage->joint) == -1 ||
	    (work->named && name_results(stage) == -1))
		return (-1);
	if (interactive_options.stats) {
		format_cost(line, sizeof(line), mpc_counted(stage->S), &stage->joint.agreed);
		warn("%s", line);
	}
	return (0);
}

static int
run_session(struct stage *stage, const struct stage_work *work)
{
	struct descriptor d = { .failed = false };
	struct session *s;
	int rc;

	if (describe_work(stage, work, &d) == -1) {
		descriptor_free(&d);
		return (-1);
	}
	s = interactive_open(&d, work->meets_dealer ? SESSION_DEALER_TAKES_PART :
	    SESSION_DEALER_DEALS, NULL, 0, false);
	if (s == NULL)
		return (-1);
	rc = work_in_session(stage, work, s);
	/* The engine's keys go before the session's. */
	result_free(&stage->result);
	joint_close(&stage->joint);
	stage->S = NULL;
	rc = interactive_close(s, rc);
	return (stage->withheld ? -1 : rc);
}

static int
run_work(struct stage *stage, const struct stage_work *work)
{

	if (look_at_operands(stage, work) == -1 ||
	    (work->tells != NULL && budgets_refuse(work->tells) == -1))
		return (-1);
	if (work->check != NULL && work->check(stage, work->state) == -1)
		return (-1);
	stage->result.like = stage->reference;
	stage->result.op = work->op;
	if (stage_options.plan)
		return (run_plan(stage, work));
	if (stage->masked && (need_agent() == -1 || check_own(stage) == -1))
		return (-1);
	if ((stage->result.w = streams_writer()) == NULL)
		return (-1);
	return (stage->masked ? run_session(stage, work) : run_clear(stage, work));
}

/* Work on the operands, which are open. */
static int
run_opened(struct stage *stage, const struct stage_work *work)
{
	struct buf params = { NULL, 0, 0 };
	int rc = -1;

	if (buf_string(&params, work->params) == 0 && buf_string(&params, stage_options.faithful ?
	    " faithful" : "") == 0 && buf_string(&params, stage_options.clear ? " clear" :
	    "") == 0 && buf_append(&params, "", 1) == 0) {
		stage->result.params = params.data;
		rc = run_work(stage, work);
	}
	result_free(&stage->result);
	mpc_free(stage->S);
	part_free(stage->reference);
	buf_free(&params);
	return (streams_finish(stage->result.w, rc));
}

/* Whether all operands are public, or more than one is a share. */
static int
needs_engine(const struct stage *stage, bool *needs)
{
	size_t shares = 0, i;
	struct part *p;

	for (i = 0; i < stage->count; i++) {
		if (reader_part(stage->readers[i], &p) == -1)
			return (-1);
		shares += (p->scheme != SCHEME_PUBLIC);
	}
	*needs = (stage_options.clear || shares > 1 || (stage_options.plan && shares == 0));
	if (!*needs && stage_options.plan)
		return (usage("--plan: this takes no session, as one operand alone is a share"));
	return (0);
}

static int
run_local(struct stage *stage, int (*local)(struct reader *const *, size_t, struct writer *))
{
	struct writer *w;
	int rc = -1;

	if ((w = streams_writer()) != NULL)
		rc = local(stage->readers, stage->count, w);
	return (streams_finish(w, rc));
}

int
stage_run_or_local(const struct stage_work *work, int (*local)(struct reader *const *, size_t,
    struct writer *), char **operands, size_t count)
{
	struct stage stage;
	struct operands o;
	bool needs = true;
	size_t i;
	int rc = -1;

	if (stage_options.plan && stage_options.clear)
		return (usage("--plan and --clear exclude each other"));
	if (local == NULL && need_agent() == -1)
		return (-1);
	memset(&stage, 0, sizeof(stage));
	rc = operands_open(&o, operands, count);
	stage.readers = o.readers;
	stage.count = o.count;
	for (i = 0; rc == 0 && i < o.count; i++) {
		if (work->exponents)
			reader_takes_exponents(o.readers[i]);
		if (work->missing)
			reader_takes_missing(o.readers[i]);
		if (work->keys)
			reader_takes_keys(o.readers[i]);
	}
	if (rc == 0 && (local == NULL || needs_engine(&stage, &needs) == 0))
		rc = needs ? run_opened(&stage, work) : run_local(&stage, local);
	else
		rc = streams_finish(NULL, -1);
	operands_close(&o);
	return (rc);
}

int
stage_run(const struct stage_work *work, char **operands, size_t count)
{

	return (stage_run_or_local(work, NULL, operands, count));
}

/* ---- what the work is made of ---- */

struct blocks *
stage_blocks(struct stage *stage, size_t first, size_t count)
{

	return (blocks_new(stage->S, stage->reference, stage->readers + first, count));
}

int
stage_each_tensor(struct stage *stage, int (*each)(struct stage *, void *, struct blocks *),
    void *state)
{
	struct blocks *b;
	int rc;

	if ((b = stage_blocks(stage, 0, stage->count)) == NULL)
		return (-1);
	while ((rc = blocks_tensor(b)) == 1 && (rc = each(stage, state, b)) == 0)
		continue;
	blocks_free(b);
	return (rc);
}

/* What all parties must have in common in a block. */
static void
digest_block(const struct blocks *b, const struct block *block, uint8_t digest[static HASH_BYTES])
{
	struct hash h;
	size_t i;

	hash_init(&h);
	hash_string(&h, "smpc-block-2");
	blocks_about(b, &h);
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
plan_block(struct stage *stage, const struct block *block)
{
	size_t i;

	stage->joint.agreed.rounds++;
	for (i = 0; i < block->n_x; i++)
		stage->planned += block->x[i].n;
	if (stage->planned > (uint64_t)1 << PLAN_MAX_BITS)
		return (fail(ST_FAILED, "the operands announce more than 2^%d numbers, for which "
		    "nothing is planned", PLAN_MAX_BITS));
	return (1);
}

int
stage_next(struct stage *stage, struct blocks *b, struct block *block)
{
	uint8_t digest[HASH_BYTES];
	int rc;

	if ((rc = blocks_next(b, block)) != 1 || !stage->masked)
		return (rc);
	if (stage->joint.session == NULL)
		return (plan_block(stage, block));
	digest_block(b, block, digest);
	return ((joint_agree(&stage->joint, digest) == -1) ? -1 : 1);
}

int
stage_result(struct stage *stage, const struct result_shape *shape, const struct input *inputs,
    size_t n_inputs, size_t rows, struct mpc_vector **y)
{

	return (result_begin(&stage->result, shape, inputs, n_inputs, rows, y));
}

int
stage_write(struct stage *stage)
{

	return (result_end(&stage->result));
}

/* ---- operands that are held ---- */

int
stage_inputs_expose(struct stage_inputs *in, const struct block *block)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < block->n_inputs && rc == 0; i++) {
		if (block->inputs[i].row == 0)
			rc = exposure_add(&in->exposure, block->origins[i].part);
	}
	return (rc);
}

int
stage_hold(struct stage *stage, struct blocks *b, struct mpc_vector *x, size_t *rows,
    struct stage_inputs *inputs)
{
	struct blocks_layout layout = { .widest = blocks_part(b, 0)->cols };
	struct block block;
	size_t room = 0;
	int rc;

	*rows = 0;
	if (blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (stage_inputs_expose(inputs, &block) == -1 ||
		    mpc_append(stage->S, x, &room, &block.x[0]) == -1 ||
		    stage_inputs_add(inputs, block.inputs, block.n_inputs) == -1)
			return (-1);
		*rows += block.rows;
	}
	return (rc);
}

int
stage_inputs_add(struct stage_inputs *in, const struct input *inputs, size_t count)
{
	size_t i;

	if (in->count + count > PART_MAX_INPUTS)
		return (fail(ST_FAILED, "more than %d input parts; smpc-cat does not join them, "
		    "sharing them together does", PART_MAX_INPUTS));
	if (in->items == NULL) {
		in->items = mem_array(PART_MAX_INPUTS, sizeof(*in->items));
		in->ids = mem_array(PART_MAX_INPUTS, sizeof(*in->ids));
		if (in->items == NULL || in->ids == NULL)
			return (-1);
	}
	for (i = 0; i < count; i++) {
		memcpy(in->ids[in->count], inputs[i].id, ID_BYTES);
		in->items[in->count] = (struct input){ .id = in->ids[in->count],
			.row = inputs[i].row };
		in->count++;
	}
	return (0);
}

int
stage_inputs_add_rows(struct stage_inputs *in, const struct input *inputs, size_t count)
{
	size_t i;

	if (stage_inputs_add(in, inputs, count) == -1)
		return (-1);
	for (i = 0; i < count; i++)
		in->items[in->count - count + i].rows = inputs[i].rows;
	return (0);
}

bool
stage_inputs_go_on(const struct stage_inputs *in, const struct input *input)
{

	return (in->count > 0 && input->row > 0 &&
	    memcmp(in->items[in->count - 1].id, input->id, ID_BYTES) == 0);
}

int
stage_inputs_add_block(struct stage_inputs *in, const struct block *block)
{
	size_t i;

	if (stage_inputs_expose(in, block) == -1)
		return (-1);
	for (i = 0; i < block->n_inputs; i++) {
		if (!stage_inputs_go_on(in, &block->inputs[i]) &&
		    stage_inputs_add(in, &block->inputs[i], 1) == -1)
			return (-1);
	}
	return (0);
}

void
stage_inputs_free(struct stage_inputs *in)
{

	free(in->items);
	free(in->ids);
	exposure_free(&in->exposure);
	memset(in, 0, sizeof(*in));
}

int
stage_refuse_divisor(const struct part *p, const char *where)
{

	return ((p->divisor == 1) ? 0 :
	    fail(ST_USAGE, "%s: tensor '%s' has a divisor, as means have; smpc-map divides by it: "
	    "clip, with --low and --high that no number reaches", where, p->name));
}
