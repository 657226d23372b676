/* Choose between two shares by a secret bit, in a session of all parties. */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/known.h"
#include "cli/stage.h"
#include "cli/streams.h"
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
	size_t cols;
	int64_t factor[OPERANDS];
	int *shift[OPERANDS]; /* of each column, after that: by 2 to this; NULL: none is due */
};

static void
choice_free(struct choice *c)
{

	free(c->shift[WHERE_ONE]);
	free(c->shift[WHERE_ZERO]);
	memset(c, 0, sizeof(*c));
}

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

/* condition (one - zero) + zero; -1 (not reported): it may not fit. */
static int
chosen_bounds(struct bounds condition, struct bounds one, struct bounds zero, struct bounds *b)
{

	*b = one;
	if (condition.low >= 0 && condition.high <= 1) {
		bounds_unite(b, zero);
		return (0);
	}
	return ((bounds_subtract(b, zero) == -1 || bounds_multiply(b, condition) == -1 ||
	    bounds_add(b, zero) == -1) ? -1 : 0);
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

	for (i = 0; i < OPERANDS; i++) {
		if (known_of(p[i], stage_column(t, i, j), (i == CONDITION) ? scale_of(p[i]) :
		    t->scale, &k[i]) == -1)
			return (-1);
	}
	if (k[CONDITION].exponent != 0)
		return (known_refuse(p[CONDITION], stage_column(t, CONDITION, j), "it is in units "
		    "of 2^%d, and a condition is 0 or 1, as smpc-compare gives it",
		    k[CONDITION].exponent));
	if (part_check_terms(p[WHERE_ONE], stage_column(t, WHERE_ONE, j), p[WHERE_ZERO],
	    stage_column(t, WHERE_ZERO, j)) == -1 || unite_units(c, t, j, k) == -1)
		return (-1);
	if (chosen_bounds(k[CONDITION].words, k[WHERE_ONE].words, k[WHERE_ZERO].words, &b) == -1)
		return (known_refuse(p[CONDITION], stage_column(t, CONDITION, j), "the result may "
		    "not fit, as a condition may be other than 0 and 1"));
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
	const struct part *condition = t->parts[CONDITION];
	struct scale s = scale_of(t->parts[WHERE_ONE]);
	struct ring R;
	size_t i, j;

	choice_free(c);
	if (condition->fraction_bits != 0 || condition->divisor != 1)
		return (fail(ST_USAGE, "tensor '%s' of the first operand has fraction bits or a "
		    "divisor; a condition is 0 or 1, as smpc-compare gives it: gt -c 0.5 makes one "
		    "of a column of 0 and 1", condition->name));
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
	const struct choice *c = state;
	struct bilinear B = bilinear_elements(y->n);
	struct mpc_vector zero = { .n = 0 }, difference = { .n = 0 };
	int rc = -1;

	(void)rows;
	if (mpc_vector_new(S, &zero, y->n) == 0 && mpc_vector_new(S, &difference, y->n) == 0 &&
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
run(char **operands, size_t count)
{
	struct choice c = { .cols = 0 };
	const struct stage_map map = {
		.wide = true,
		.tensor = unite_values,
		.block = select_block,
		.state = &c,
	};
	int rc;

	rc = stage_run_map("select", "", &map, operands, count);
	choice_free(&c);
	return (rc);
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
