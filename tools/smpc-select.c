/* Choose between two shares by a secret bit, in a session of all parties. */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/known.h"
#include "cli/stage.h"
#include "cli/streams.h"
#include "nn/labels.h"
#include "nn/prepare.h"

static const struct opt options[] = {
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* What operands the tool has, in their order. */
enum { CONDITION, WHERE_ONE, WHERE_ZERO, OPERANDS };

/*
 * The tensor's scales and units: those of the values are united, and the words that need it are
 * multiplied.
 */
struct choice {
	struct stage *stage;
	const struct stage_tensor *t;
	size_t cols;
	int64_t factor[OPERANDS];
	int *shift[OPERANDS]; /* of each column, after that: by 2 to this; NULL: none is due */
	bool tests;           /* the header does not say that conditions are 0 or 1 */
	struct nn_labels_test test;
	uint64_t rows;        /* that were tested */
};

static void
choice_end(struct choice *c)
{

	free(c->shift[WHERE_ONE]);
	free(c->shift[WHERE_ZERO]);
	nn_labels_free(&c->test);
	*c = (struct choice){ .stage = c->stage };
}

/* ---- conditions ---- */

#define MAKE_CONDITION "smpc-compare makes a condition of numbers, as gt -c 0.5 does"

/* A condition is 0 or 1: a header that says nothing of it has it tested. */
static int
check_condition(struct choice *c, const struct part *p, size_t j)
{
	const struct column *about = part_about(p, j);

	if (about->exponent == 0 && !column_has_range(about)) {
		c->tests = true;
		return (0);
	}
	if (about->exponent == 0 && about->low >= 0 && about->high <= 1)
		return (0);
	return (known_refuse(p, j, "it may hold other numbers than 0 and 1, which are what a "
	    "condition is: " MAKE_CONDITION));
}

static int
check_conditions(struct choice *c, const struct part *p)
{
	size_t j;

	if (p->fraction_bits != 0 || p->divisor != 1)
		return (fail(ST_USAGE, "tensor '%s' of the first operand has fraction bits or a "
		    "divisor, and a condition is 0 or 1: " MAKE_CONDITION, p->name));
	for (j = 0; j < p->cols; j++) {
		if (check_condition(c, p, j) == -1)
			return (-1);
	}
	return (c->tests ? nn_labels_begin(c->stage->S, &c->test, &(struct nn_labels){
	    .form = NN_LABELS_BINARY, .columns = 1, .classes = 2 }) : 0);
}

/* Test conditions as they were read: a row or a column that is repeated, once. */
static int
test_conditions(struct choice *c, const struct stage_tensor *t, const struct mpc_vector *x,
    size_t rows)
{
	bool repeats = blocks_repeats(t->blocks, CONDITION);
	size_t n = repeats ? 1 : rows;
	struct mpc_vector column = { .n = 0 }, words = mpc_part(x, 0, n * t->cols);
	int rc;

	if (!c->tests || (repeats && c->rows > 0))
		return (0);
	c->rows += n;
	if (t->parts[CONDITION]->cols == t->cols)
		return (nn_labels_add(c->stage->S, &c->test, &words, n * t->cols));
	if ((rc = mpc_vector_new(c->stage->S, &column, n)) == 0) {
		mpc_columns_get(&column, &words, n, t->cols, 0);
		rc = nn_labels_add(c->stage->S, &c->test, &column, n);
	}
	mpc_vector_free(&column);
	return (rc);
}

/* Open whether all conditions were 0 or 1; of words as an owner shared them, and not of few. */
static int
open_conditions(void *state, const struct stage_tensor *t)
{
	struct choice *c = state;
	const struct part *p = t->parts[CONDITION];
	enum part_intact intact = blocks_intact(t->blocks, CONDITION);
	bool ok;

	if (c->rows == 0)
		return (0);
	if (p->scheme != SCHEME_PUBLIC && (intact == PART_CHANGED ||
	    (intact != PART_WHOLE && blocks_alone(t->blocks, CONDITION) < PART_LEAST_ROWS)))
		return (fail(ST_RANGE, "tensor '%s' of the first operand: whether it is 0 or 1 is "
		    "not known, and nobody may look, as these are %s: " MAKE_CONDITION, p->name,
		    (intact == PART_CHANGED) ? "no longer the numbers that an owner shared" :
		    "few rows of what an owner shared"));
	if (nn_labels_open(c->stage->S, &c->test, &ok) == -1)
		return (-1);
	return (ok ? 0 : fail(ST_RANGE, "tensor '%s' of the first operand: it holds other numbers "
	    "than 0 and 1, which are what a condition is: " MAKE_CONDITION, p->name));
}

/* ---- a tensor ---- */

/* Bring the coarser of two units to the finer one. */
static int
unite_units(struct choice *c, const struct stage_tensor *t, size_t j, struct known *k)
{
	size_t i = (k[WHERE_ONE].exponent > k[WHERE_ZERO].exponent) ? WHERE_ONE : WHERE_ZERO;
	int shift = k[i].exponent - k[WHERE_ONE + WHERE_ZERO - i].exponent;
	char text[KNOWN_TEXT] = "which may be any";
	const struct part *p = t->parts[i];
	const size_t at = stage_column(t, i, j);

	if (shift == 0)
		return (0);
	if (known_shift(&k[i], shift) == -1) {
		if (column_has_range(part_about(p, at)))
			known_text(p, at, text);
		return (known_refuse(p, at, "its numbers, %s, may not fit in the units of what is "
		    "chosen in their place: give them bounds first (smpc-map clip)", text));
	}
	if (c->shift[i] == NULL && (c->shift[i] = mem_array(t->cols, sizeof(int))) == NULL)
		return (-1);
	/* What is multiplied by more than a word has is 0. */
	c->shift[i][j] = (shift > MPC_NUMBER_RANGE) ? MPC_NUMBER_RANGE : shift;
	return (0);
}

/* What is known of column ${j} of the result. */
static int
describe_choice(struct choice *c, struct stage_tensor *t, size_t j)
{
	const struct part *const *p = t->parts;
	const struct column *one = part_about(p[WHERE_ONE], stage_column(t, WHERE_ONE, j)),
	    *zero = part_about(p[WHERE_ZERO], stage_column(t, WHERE_ZERO, j));
	struct known k[OPERANDS];
	struct bounds b;
	size_t i;

	for (i = WHERE_ONE; i < OPERANDS; i++) {
		if (known_of(p[i], stage_column(t, i, j), t->scale, &k[i]) == -1)
			return (-1);
	}
	if (part_check_terms(p[WHERE_ONE], stage_column(t, WHERE_ONE, j), p[WHERE_ZERO],
	    stage_column(t, WHERE_ZERO, j)) == -1 || unite_units(c, t, j, k) == -1)
		return (-1);
	b = k[WHERE_ONE].words;
	bounds_unite(&b, k[WHERE_ZERO].words);
	column_result(&t->about[j], b, k[WHERE_ONE].exponent);
	if (one->unit == NULL || zero->unit == NULL || strcmp(one->unit, zero->unit) != 0)
		return (0);
	t->about[j].kind = COLUMN_NUMBER;
	return (column_set_unit(&t->about[j], one->unit));
}

static int
unite_values(void *state, struct stage_tensor *t)
{
	struct choice *c = state;
	struct scale s = scale_of(t->parts[WHERE_ONE]);
	struct ring R;
	size_t i, j;

	choice_end(c);
	if (stage_tensor_numbers(t) == -1 || check_conditions(c, t->parts[CONDITION]) == -1)
		return (-1);
	if (scale_unite(&s, scale_of(t->parts[WHERE_ZERO])) == -1)
		return (-1);
	ring_init(&R, 0);
	for (i = WHERE_ONE; i < OPERANDS; i++)
		c->factor[i] = (int64_t)scale_factor(&R, scale_of(t->parts[i]), s);
	t->scale = s;
	t->columns = NULL;
	for (i = WHERE_ONE; i < OPERANDS && t->columns == NULL; i++) {
		if (t->parts[i]->cols == t->cols)
			t->columns = (const char *const *)t->parts[i]->columns;
	}
	c->cols = t->cols;
	c->t = t;
	if (stage_tensor_know(t) == -1)
		return (-1);
	for (j = 0; j < t->cols; j++) {
		if (describe_choice(c, t, j) == -1)
			return (-1);
	}
	return (0);
}

/* Values in the units of the result. */
static int
scale_values(const struct choice *c, struct mpc *S, struct mpc_vector *z,
    const struct mpc_vector *x, size_t i)
{

	mpc_scale(z, x, c->factor[i]);
	return ((c->shift[i] == NULL) ? 0 :
	    nn_shift_columns(S, z, z->n / c->cols, c->cols, c->shift[i]));
}

/* y = condition (one - zero) + zero. */
static int
select_block(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	struct choice *c = state;
	struct bilinear B = bilinear_elements(y->n);
	struct mpc_vector zero = { .n = 0 }, difference = { .n = 0 };
	int rc = -1;

	if (test_conditions(c, c->t, &x[CONDITION], rows) == 0 &&
	    mpc_vector_new(S, &zero, y->n) == 0 && mpc_vector_new(S, &difference, y->n) == 0 &&
	    scale_values(c, S, &zero, &x[WHERE_ZERO], WHERE_ZERO) == 0 &&
	    scale_values(c, S, &difference, &x[WHERE_ONE], WHERE_ONE) == 0) {
		mpc_subtract(&difference, &difference, &zero);
		rc = mpc_product(S, y, &B, &x[CONDITION], &difference);
	}
	if (rc == 0)
		mpc_add(y, y, &zero);
	mpc_vector_free(&zero);
	mpc_vector_free(&difference);
	return (rc);
}

static int
select_rows(struct stage *stage, void *state)
{
	struct choice *c = state;
	const struct stage_map map = {
		.wide = true,
		.tensor = unite_values,
		.block = select_block,
		.end = open_conditions,
		.state = c,
	};
	int rc;

	c->stage = stage;
	rc = stage_map(stage, &map);
	choice_end(c);
	return (rc);
}

static int
run(char **operands, size_t count)
{
	struct choice c = { .cols = 0 };
	const struct stage_work work = {
		.op = "select",
		.params = "",
		.exponents = true,
		.run = select_rows,
		.state = &c,
	};

	return (stage_run(&work, operands, count));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "CONDITION ONE ZERO",
		.summary = "Choose numbers of ONE where CONDITION is 1, and of ZERO where it is "
		    "0, in a session of all parties.",
		.notes = "Every party runs it under smpc-party, on its shares.\n"
		    "Example: smpc-select older.alice x.alice y.alice > chosen.alice",
		.options = options,
		.min_operands = OPERANDS,
		.max_operands = OPERANDS,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
