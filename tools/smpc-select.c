/* Choose between two shares by a secret bit, in a session of all parties. */

#include "base/diag.h"
#include "cli/stage.h"
#include "cli/streams.h"

static const struct opt options[] = {
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* What operands the tool has, in their order. */
enum { CONDITION, WHERE_ONE, WHERE_ZERO, OPERANDS };

/*
 * The tensor's scales: those of the values are united, and the words that need it are multiplied.
 */
struct choice {
	int64_t factor[OPERANDS];
};

static int
unite_values(void *state, struct stage_tensor *t)
{
	struct choice *c = state;
	const struct part *condition = t->parts[CONDITION];
	struct scale s = scale_of(t->parts[WHERE_ONE]);
	struct ring R;
	size_t i;

	if (condition->fraction_bits != 0 || condition->divisor != 1)
		return (fail(ST_USAGE, "tensor '%s' of the first operand has fraction bits or a "
		    "divisor; a condition is 0 or 1, as smpc-compare gives it", condition->name));
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
	return (0);
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
	if (mpc_vector_new(S, &zero, y->n) == 0 && mpc_vector_new(S, &difference, y->n) == 0) {
		mpc_scale(&zero, &x[WHERE_ZERO], c->factor[WHERE_ZERO]);
		mpc_scale(&difference, &x[WHERE_ONE], c->factor[WHERE_ONE]);
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
	struct choice c;
	const struct stage_map map = {
		.wide = true,
		.tensor = unite_values,
		.block = select_block,
		.state = &c,
	};

	return (stage_run_map("select", "", &map, operands, count));
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
