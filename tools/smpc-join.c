/* Join tables of several owners by secret keys, in a session of all parties. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/near.h"
#include "cli/join_plan.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "data/budget.h"
#include "func/join.h"
#include "net/policy_ask.h"

#define TELLS "how many rows match"

static struct strings on;
static const char *how, *duplicates, *indicator;
static bool keep_keys;

/* What --how and --duplicates can be, in the order of their enums. */
static const char *const hows[] = { "inner", "left", "outer" };
static const char *const repeats[] = { "refuse", "first", "all" };

static const struct opt options[] = {
	{ 0, "on", "KEYS", OPT_LIST, &on, 0, 0,
	    "join by these keys, with commas (default: by all that all operands have)" },
	{ 0, "how", "inner|left|outer", OPT_STRING, &how, 0, 0,
	    "which rows the result has: those that all operands have (inner, the default), all of "
	    "the first (left), or all (outer)" },
	{ 0, "indicator", "NAME", OPT_STRING, &indicator, 0, 0,
	    "with left and outer: add a column that is 1 where an operand has a row, and 0 where "
	    "it has none" },
	{ 0, "duplicates", "refuse|first|all", OPT_STRING, &duplicates, 0, 0,
	    "where a key comes twice in an operand: refuse it (the default), leave out all rows "
	    "of it but the first, or take all pairs, which shows how often keys come" },
	{ 0, "keep-keys", NULL, OPT_FLAG, &keep_keys, 0, 0,
	    "keep the keys in the result, to join it again" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* Which of three words an option says; the first without it. */
static int
find_asked(const char *option, const char *text, const char *const words[static 3], size_t *which)
{
	const char *meant;

	*which = 0;
	if (text == NULL)
		return (0);
	for (; *which < 3; ++*which) {
		if (strcmp(text, words[*which]) == 0)
			return (0);
	}
	if ((meant = near_match(text, words, 3)) != NULL)
		return (usage("%s '%s': did you mean '%s'?", option, text, meant));
	return (usage("%s '%s': is none of %s, %s and %s", option, text, words[0], words[1],
	    words[2]));
}

/* ---- what is read ---- */

struct joining {
	struct join_asked asked;
	struct join_plan plan;
	struct mpc_join_table *table;
	struct mpc_bits *key;
	struct mpc_vector *words; /* of each key column, of all tables so far */
	size_t *room;             /* of these */
	struct stage_inputs inputs;
};

/*
 * All pairs show the computing parties how often each key comes, and so show an owner that is among
 * them where its own rows are.  Who owns what is not in a header: the parties file tells whether
 * anybody does who computes nothing, and a seal, who made a stream.
 */
static int
check_owners(const struct stage *stage)
{
	const struct parties *parties;
	const struct party *p;
	const char *sender, *own = getenv("SMPC_PARTY");
	size_t i, owners = 0;
	bool failed;

	if (getenv("SMPC_ONE_MACHINE") != NULL)
		return (0);
	if ((parties = streams_parties(&failed)) == NULL)
		return (failed ? -1 : fail(ST_REFUSED, "--duplicates all: without a parties file "
		    "nothing says that no owner computes"));
	for (i = 0; i < parties->count; i++)
		owners += (parties->entries[i].role == PARTY_OWNER);
	if (owners == 0)
		return (fail(ST_REFUSED, "--duplicates all: %s has no owner who does not compute, "
		    "and one who does would know its own rows by how often a key comes; take "
		    "--duplicates first", parties->file));
	for (i = 0; i < stage->count; i++) {
		if (reader_sender(stage->readers[i], &sender) == -1)
			return (-1);
		p = parties_find(parties, sender);
		if (p != NULL && p->role == PARTY_COMPUTING &&
		    (own == NULL || strcmp(sender, own) != 0))
			return (fail(ST_REFUSED, "--duplicates all: %s was shared by '%s', who "
			    "computes, and would know its own rows by how often a key comes; take "
			    "--duplicates first", reader_name(stage->readers[i]), sender));
	}
	return (0);
}

static int
check_operands(const struct stage *stage, void *state)
{
	struct joining *g = state;

	if (join_plan_make(&g->plan, &g->asked, stage->readers, stage->count) == -1)
		return (-1);
	return ((g->asked.duplicates == MPC_JOIN_ALL && !stage_options.plan) ?
	    check_owners(stage) : 0);
}

/* Append ${count} keys of a block, which begin at columns ${at}, to those of rows before it. */
static int
append_keys(struct stage *stage, struct mpc_vector *words, size_t *room, const struct block *block,
    const struct join_operand *o, const size_t *at, size_t count)
{
	const size_t width = KEY_WORDS * count;
	struct mpc_vector part;
	size_t i;

	if (mpc_grow(stage->S, words, room, block->rows * width) == -1)
		return (-1);
	part = mpc_part(words, words->n, block->rows * width);
	for (i = 0; i < count; i++)
		mpc_columns_lay(&part, width, KEY_WORDS * i, &block->x[0], o->part->cols, at[i],
		    KEY_WORDS);
	words->n += part.n;
	return (0);
}

/* Append the numbers of a block to those of its table. */
static int
append_columns(struct stage *stage, struct mpc_join_table *t, size_t *room,
    const struct mpc_vector *x, size_t rows, const struct join_operand *o)
{
	struct mpc_vector part;
	size_t c;

	if (mpc_grow(stage->S, &t->x, room, rows * o->cols) == -1)
		return (-1);
	part = mpc_part(&t->x, t->x.n, rows * o->cols);
	for (c = 0; c < o->cols; c++)
		mpc_columns_lay(&part, o->cols, c, x, o->part->cols, o->column[c], 1);
	mpc_scale(&part, &part, (int64_t)o->factor);
	t->x.n += part.n;
	return (0);
}

static int
append_block(struct stage *stage, struct joining *g, struct mpc_join_table *t, size_t room[2],
    const struct block *block, const struct join_operand *o)
{
	size_t i;

	for (i = 0; i < g->plan.keys; i++) {
		if (append_keys(stage, &g->words[i], &g->room[i], block, o, &o->key[i], 1) == -1)
			return (-1);
	}
	if (append_keys(stage, &t->keys, &room[0], block, o, o->carried, o->keys) == -1 ||
	    append_columns(stage, t, &room[1], &block->x[0], block->rows, o) == -1)
		return (-1);
	t->rows += block->rows;
	return (stage_inputs_add_block(&g->inputs, block));
}

/* Read a table; of several parts, no owner has said that none has a key of another one. */
static int
read_joined(struct stage *stage, struct joining *g, struct blocks *b, size_t i)
{
	const struct join_operand *o = &g->plan.operand[i];
	struct blocks_layout layout = { .widest = o->part->cols };
	struct mpc_join_table *t = &g->table[i];
	size_t room[2] = { 0, 0 }, before = g->inputs.count;
	struct block block;
	int rc;

	t->cols = o->cols;
	t->marks = o->marks;
	t->carried = o->keys;
	if ((rc = blocks_tensor(b)) != 1 || blocks_begin(b, &layout) == -1)
		return ((rc == 0) ? fail(ST_FAILED, "%s: has no table", o->where) : -1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (append_block(stage, g, t, room, &block, o) == -1)
			return (-1);
	}
	t->distinct = (g->inputs.count - before <= 1 && join_plan_distinct(&g->plan, i));
	if (g->inputs.count - before > 1)
		join_plan_forget_distinct(&g->plan, i);
	if (rc == 0 && (rc = blocks_tensor(b)) == 1)
		return (fail(ST_FAILED, "%s: has more than one table: tensor '%s' (smpc-cut -t)",
		    o->where, blocks_part(b, 0)->name));
	return (rc);
}

static int
read_tables(struct stage *stage, struct joining *g)
{
	const size_t tables = g->plan.tables, keys = g->plan.keys;
	struct blocks *b;
	size_t i;
	int rc = 0;

	g->table = mem_array(tables, sizeof(*g->table));
	g->words = mem_array(keys, sizeof(*g->words));
	g->key = mem_array(keys, sizeof(*g->key));
	g->room = mem_array(keys, sizeof(*g->room));
	if (g->table == NULL || g->words == NULL || g->key == NULL || g->room == NULL)
		return (-1);
	for (i = 0; i < tables && rc == 0; i++) {
		if ((b = stage_blocks(stage, i, 1)) == NULL)
			return (-1);
		rc = read_joined(stage, g, b, i);
		blocks_free(b);
	}
	return (rc);
}

/* ---- what is written ---- */

static int
write_rows(struct stage *stage, const struct joining *g, const struct mpc_join *j,
    const struct result_shape *shape, size_t first, size_t n)
{
	struct mpc_vector *y;

	if (stage_result(stage, shape, g->inputs.items, g->inputs.count, n, &y) == -1 ||
	    (n > 0 && mpc_join_rows(stage->S, j, y, first, n) == -1))
		return (-1);
	return (stage_write(stage));
}

/* A result without rows is a part, too. */
static int
write_joined(struct stage *stage, const struct joining *g, const struct mpc_join *j)
{
	const size_t most = blocks_rows(g->plan.cols), whole = mpc_join_whole(j);
	const struct result_shape shape = {
		.name = g->plan.operand[0].part->name,
		.cols = g->plan.cols,
		.columns = g->plan.names,
		.about = g->plan.about,
		.scale = g->plan.scale,
		.mixed = (j->duplicates == MPC_JOIN_ALL),
		/* Of what computing parties know, more than 0 says that it is known. */
		.least = (whole > 0) ? whole : (j->at != NULL),
		.among = (j->at != NULL) ? j->rows : 0,
	};
	size_t first = 0, n;

	do {
		n = (j->rows - first < most) ? j->rows - first : most;
		if (write_rows(stage, g, j, &shape, first, n) == -1)
			return (-1);
		first += n;
	} while (first < j->rows);
	return (0);
}

/* A key that comes twice is what all parties are told of, so that all end alike. */
static int
find_and_write(struct stage *stage, struct joining *g, struct mpc_join *j)
{

	if (mpc_join_find(stage->S, j) == -1)
		return (-1);
	if (j->repeats < j->tables)
		return (fail(ST_REFUSED, "%s: a key comes twice: its owner leaves one of the rows "
		    "out, or take --duplicates first or all", g->plan.operand[j->repeats].where));
	if (stage_options.plan)
		printf("as if the most rows match that can, each with one: %zu\n", j->rows);
	return (write_joined(stage, g, j));
}

static int
join_streams(struct stage *stage, void *state)
{
	struct joining *g = state;
	struct mpc_join j = { .kind = g->asked.kind, .duplicates = g->asked.duplicates,
		.tables = g->plan.tables, .keys = g->plan.keys, .keeps_keys = keep_keys,
		.mark = g->plan.mark };
	size_t i;
	int rc;

	/* Of later parts, too, which were not known when it was asked first. */
	if (read_tables(stage, g) == -1 || budgets_refuse(TELLS) == -1)
		return (-1);
	j.table = g->table;
	j.key = g->key;
	for (i = 0; i < j.keys; i++)
		g->key[i] = mpc_words_as_bits(&g->words[i]);
	/* From here on they are bits. */
	memset(g->words, 0, j.keys * sizeof(*g->words));
	if (stage->joint.session != NULL && policy_ask_reveals("join", "all", 1) == -1)
		return (-1);
	rc = find_and_write(stage, g, &j);
	mpc_join_free(&j);
	return (rc);
}

static void
joining_free(struct joining *g)
{
	size_t i;

	for (i = 0; g->table != NULL && i < g->plan.tables; i++) {
		mpc_vector_free(&g->table[i].x);
		mpc_vector_free(&g->table[i].keys);
	}
	for (i = 0; g->words != NULL && g->key != NULL && i < g->plan.keys; i++) {
		mpc_vector_free(&g->words[i]);
		mpc_bits_free(&g->key[i]);
	}
	free(g->table);
	free(g->words);
	free(g->key);
	free(g->room);
	stage_inputs_free(&g->inputs);
	join_plan_free(&g->plan);
}

/* ---- all of it ---- */

/* Canonical parameters, a line each. */
static int
write_params(struct buf *b, const struct join_asked *asked)
{
	size_t i;

	if (buf_string(b, "how=") == -1 || buf_string(b, hows[asked->kind]) == -1 ||
	    buf_string(b, "\nduplicates=") == -1 ||
	    buf_string(b, repeats[asked->duplicates]) == -1)
		return (-1);
	for (i = 0; i < asked->n_on; i++) {
		if (buf_string(b, "\non=") == -1 || buf_string(b, asked->on[i]) == -1)
			return (-1);
	}
	if ((asked->indicator != NULL && (buf_string(b, "\nindicator=") == -1 ||
	    buf_string(b, asked->indicator) == -1)) ||
	    (asked->keeps_keys && buf_string(b, "\nkeep-keys") == -1))
		return (-1);
	return (buf_append(b, "", 1));
}

static int
read_options(struct join_asked *asked)
{
	size_t which, what;

	if (find_asked("--how", how, hows, &which) == -1 ||
	    find_asked("--duplicates", duplicates, repeats, &what) == -1)
		return (-1);
	*asked = (struct join_asked){ .kind = (enum mpc_join_kind)which,
		.duplicates = (enum mpc_join_duplicates)what, .on = on.items, .n_on = on.count,
		.indicator = indicator, .keeps_keys = keep_keys };
	if (indicator != NULL && asked->kind == MPC_JOIN_INNER)
		return (usage("--indicator goes with --how left or outer: an inner join has rows "
		    "of all operands"));
	if (stage_options.clear)
		return (usage("--clear: public streams have no keys, which are never revealed: "
		    "public tables are joined before they are shared"));
	return (0);
}

static int
run(char **operands, size_t count)
{
	struct joining g = { .plan = { .tables = 0 } };
	struct stage_work work = {
		.op = "join",
		.tells = TELLS,
		.check = check_operands,
		.run = join_streams,
		.state = &g,
		.exponents = true,
		.missing = true,
		.keys = true,
		.meets_dealer = true,
	};
	struct buf params = { NULL, 0, 0 };
	int rc = -1;

	if (read_options(&g.asked) == 0 && write_params(&params, &g.asked) == 0) {
		work.params = params.data;
		rc = stage_run(&work, operands, count);
	}
	joining_free(&g);
	buf_free(&params);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "FILE FILE ...",
		.summary = "Put rows of share streams with the same keys side by side, in a "
		    "session of all parties: nobody learns which rows match.",
		.notes = "Owners share keys by smpc-share --key. Every party runs it under "
		    "smpc-party, on its shares.\n"
		    "Example: smpc-join --on id lab.alice ward.alice > joined.alice",
		.options = options,
		.min_operands = 2,
		.max_operands = MPC_JOIN_MAX_TABLES,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
