/* Add noise to results before they leave, so that they tell little about any person. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/noising.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "ring/fixed.h"

/* Noise is for results: they are held, all tensors of a stream. */
#define MAX_TENSORS 1000

static const char *sensitivity;

static const struct opt options[] = {
	NOISE_OPTIONS,
	{ 0, "sensitivity", "NUMBER", OPT_STRING, &sensitivity, 0, 0,
	    "how much a person changes each column at most, where no owner has declared a budget" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* A tensor that waits until all have been read, as they share what is spent. */
struct noisy {
	struct part *part;
	struct mpc_vector x;
	size_t rows;
	struct stage_inputs inputs;
	double *change;
};

struct adding {
	struct noise noise;
	double sensitivity; /* 0: not given */
	struct noisy *list;
	size_t count;
	size_t columns; /* of all */
};

/* ---- what changes how much ---- */

static int
parse_sensitivity(struct adding *a)
{

	if (sensitivity != NULL && (fixed_parse_double(sensitivity, strlen(sensitivity),
	    &a->sensitivity) != FIXED_OK || !(a->sensitivity > 0)))
		return (usage("--sensitivity '%s': is no number above 0", sensitivity));
	return (0);
}

static int
check(const struct stage *stage, void *state)
{
	struct adding *a = state;

	if (parse_sensitivity(a) == -1 || noise_begin(&a->noise, stage) == -1)
		return (-1);
	if (sensitivity != NULL && a->noise.origins.count > 0)
		return (fail(ST_REFUSED, "--sensitivity: the owner of '%s' has a budget, and what "
		    "a person changes follows from the ranges that owners declare",
		    a->noise.origins.list[0].origin));
	return (0);
}

static void
describe_spent(void *state, struct descriptor *d)
{

	noise_describe(&((const struct adding *)state)->noise, d);
}

static int
refuse_change(const struct part *p, size_t j)
{
	char column[PART_SHOWN_BYTES];

	part_show_column(p, j, column);
	if (p->budgets.count == 0)
		return (fail(ST_REFUSED, "tensor '%s', column %s: it is not known how much a "
		    "person changes it: headers say it of tables with a budget (smpc-share "
		    "--budget) alone; of others say it yourself (--sensitivity)", p->name, column));
	return (fail(ST_REFUSED, "tensor '%s', column %s: it is not known how much a person "
	    "changes it: that is known of sums, means and counts (smpc-sum, smpc-stat, smpc-group) "
	    "of columns with a declared range (smpc-share --range), as long as rows are not "
	    "sorted or shuffled, and tables not added, pasted or joined", p->name, column));
}

/* The change of column ${j}, in words: what the header says, or the user. */
static int
change_of_column(const struct adding *a, const struct part *p, size_t j, double *change)
{
	double words = ceil(ldexp(a->sensitivity * (double)p->divisor, (int)p->fraction_bits -
	    part_about(p, j)->exponent));

	*change = (a->sensitivity > 0) ? fmax(words, 1) :
	    (p->change != NULL) ? (double)p->change[j] : 0;
	return ((*change > 0) ? 0 : refuse_change(p, j));
}

/* ---- reading ---- */

static int
check_noisy(const struct noisy *w, const char *where)
{
	const struct part *p = w->part;

	if (w->inputs.count != 1)
		return (fail(ST_REFUSED, "%s: tensor '%s' was put together of %zu results: add "
		    "noise to each of them", where, p->name, w->inputs.count));
	if (w->rows > blocks_rows(p->cols))
		return (fail(ST_REFUSED, "%s: tensor '%s' has %zu rows of %zu columns: noise is "
		    "for results, which have at most %zu rows of as many columns", where, p->name,
		    w->rows, p->cols, blocks_rows(p->cols)));
	return (0);
}

static int
hold_tensor(struct stage *stage, void *state, struct blocks *b)
{
	struct adding *a = state;
	struct noisy *w;
	size_t j;

	if (a->count == MAX_TENSORS)
		return (fail(ST_FAILED, "%s: more than %d tensors", blocks_name(b, 0),
		    MAX_TENSORS));
	w = &a->list[a->count++];
	w->part = part_ref((struct part *)(uintptr_t)blocks_part(b, 0));
	if (stage_hold(stage, b, &w->x, &w->rows, &w->inputs) == -1 ||
	    check_noisy(w, blocks_name(b, 0)) == -1 ||
	    (w->change = mem_array(w->part->cols, sizeof(*w->change))) == NULL)
		return (-1);
	for (j = 0; j < w->part->cols; j++) {
		if (change_of_column(a, w->part, j, &w->change[j]) == -1)
			return (-1);
	}
	a->columns += w->part->cols;
	return (0);
}

/* ---- writing ---- */

static int
write_tensor(struct stage *stage, const struct adding *a, const struct noisy *w,
    struct column *about)
{
	const struct part *p = w->part;
	struct noise_tensor t = { .part = p, .name = p->name, .rows = w->rows,
		.change = w->change, .columns = a->columns };
	struct result_shape shape = { .name = p->name, .cols = p->cols,
		.columns = (const char *const *)p->columns, .about = about,
		.scale = { p->fraction_bits, p->divisor }, .row_exponents = p->row_exponents,
		.spent = &a->noise.shares };
	struct mpc_vector *y;
	int rc = -1;

	if (noise_settle(&a->noise, stage, &t) == 0 && noise_about(&t, about) == 0) {
		shape.noise = t.noise;
		rc = stage_result(stage, &shape, w->inputs.items, w->inputs.count, w->rows, &y);
		if (rc == 0)
			rc = noise_add(stage, &t, y, &w->x);
	}
	noise_tensor_free(&t);
	return ((rc == 0) ? stage_write(stage) : -1);
}

static int
write_each(struct stage *stage, const struct adding *a)
{
	struct column *about;
	size_t i;
	int rc = 0;

	for (i = 0; i < a->count && rc == 0; i++) {
		if ((about = mem_array(a->list[i].part->cols, sizeof(*about))) == NULL)
			return (-1);
		rc = write_tensor(stage, a, &a->list[i], about);
		columns_free(about, a->list[i].part->cols);
	}
	return (rc);
}

static int
add_noise(struct stage *stage, void *state)
{

	return ((stage_each_tensor(stage, hold_tensor, state) == -1) ? -1 :
	    write_each(stage, state));
}

static void
adding_free(struct adding *a)
{
	size_t i;

	for (i = 0; i < a->count; i++) {
		part_free(a->list[i].part);
		mpc_vector_free(&a->list[i].x);
		stage_inputs_free(&a->list[i].inputs);
		free(a->list[i].change);
	}
	free(a->list);
	noise_free(&a->noise);
}

static int
run(char **operands, size_t count)
{
	struct adding a = { .count = 0 };
	struct buf params = { NULL, 0, 0 };
	struct stage_work work = { .op = "noise", .check = check, .describe = describe_spent,
		.run = add_noise, .state = &a, .exponents = true };
	int rc = -1;

	if ((a.list = mem_array(MAX_TENSORS, sizeof(*a.list))) != NULL &&
	    noise_params(&params) == 0 && (sensitivity == NULL ||
	    (buf_string(&params, "\nsensitivity=") == 0 &&
	    buf_string(&params, sensitivity) == 0)) && buf_append(&params, "", 1) == 0) {
		work.params = params.data;
		rc = stage_run(&work, operands, count);
	}
	buf_free(&params);
	adding_free(&a);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Add noise to results, in a session of all parties, so that they tell "
		    "little of any person.",
		.notes = "Every party runs it under smpc-party; none of them knows the noise.\n"
		    "Example: smpc-sum patients.alice | smpc-noise --epsilon 0.5 --delta 1e-6 > "
		    "sums.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
