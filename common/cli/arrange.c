#include "cli/arrange.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"

/* Note the parts of a block, each as often as it is read. */
static int
keep_parts(struct arrange *a, const struct block *block)
{
	const struct input *in;
	struct input part;
	size_t i;

	if (a->parts == NULL &&
	    (a->parts = mem_array(PART_MAX_INPUTS, sizeof(struct part *))) == NULL)
		return (-1);
	for (i = 0; i < block->n_inputs; i++) {
		in = &block->inputs[i];
		if (stage_inputs_go_on(&a->inputs, in))
			continue;
		part = (struct input){ .id = in->id, .row = in->row,
			.rows = block->origins[i].part };
		if (stage_inputs_add_rows(&a->inputs, &part, 1) == -1)
			return (-1);
		a->parts[a->inputs.count - 1] = part_ref(block->origins[i].part);
	}
	return (0);
}

int
arrange_hold(struct stage *stage, struct blocks *b, struct arrange *a)
{
	struct blocks_layout layout = { .widest = blocks_part(b, 0)->cols };
	struct block block;
	int rc;

	memset(a, 0, sizeof(*a));
	if ((a->part = part_copy(blocks_part(b, 0))) == NULL)
		return (-1);
	keyed_begin(&a->held, a->part);
	if (blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (keyed_append(stage->S, &a->held, a->part, &block.x[0], block.rows) == -1 ||
		    keep_parts(a, &block) == -1)
			return (-1);
	}
	if (rc == 0 && a->held.rows > MPC_MAX_ORDERED)
		return (fail(ST_FAILED, "tensor '%s' has %zu rows, and a secret order has %zu at "
		    "most", a->part->name, a->held.rows, MPC_MAX_ORDERED));
	/* Of several parts, no owner has said that none has a key of another one. */
	if (a->inputs.count > 1)
		part_forget_distinct(a->part);
	return (rc);
}

void
arrange_free(struct arrange *a)
{
	size_t i;

	for (i = 0; a->parts != NULL && i < PART_MAX_INPUTS; i++)
		part_free(a->parts[i]);
	free(a->parts);
	stage_inputs_free(&a->inputs);
	keyed_free(&a->held);
	part_free(a->part);
	memset(a, 0, sizeof(*a));
}

/*
 * Choose rows of a block of the result.  Numbers alone go where they stay, under masks that keys
 * stand for.
 */
static int
choose_block(struct stage *stage, const struct arrange *a, struct mpc_vector *y,
    const struct keyed *moved, const size_t *at, size_t rows)
{
	struct keyed chosen;
	int rc;

	if (moved->words == 0)
		return (mpc_choose(stage->S, y, &moved->x, at, moved->cols));
	if ((rc = keyed_new(stage->S, &chosen, moved, rows)) == 0 &&
	    (rc = keyed_choose(stage->S, &chosen, moved, at)) == 0)
		keyed_lay(y, &chosen, a->part);
	keyed_free(&chosen);
	return (rc);
}

int
arrange_choose(struct stage *stage, const struct arrange *a, const struct keyed *moved,
    const size_t *at, size_t count)
{
	const struct result_shape shape = {
		.name = a->part->name,
		.cols = a->part->cols,
		.columns = (const char *const *)a->part->columns,
		.about = a->part->about,
		.scale = scale_of(a->part),
		.ranked = a->ranked,
	};
	const size_t most = blocks_rows(shape.cols);
	struct mpc_vector *y;
	size_t first = 0, n;

	do {
		n = (count - first < most) ? count - first : most;
		/* A block without rows has no masks that keys could stand for. */
		if (stage_result(stage, &shape, a->inputs.items, a->inputs.count, n, &y) == -1 ||
		    (n > 0 && choose_block(stage, a, y, moved, (at != NULL) ? at + first : NULL,
		    n) == -1) || stage_write(stage) == -1)
			return (-1);
		first += n;
	} while (first < count);
	return (0);
}

int
arrange_write(struct stage *stage, struct arrange *a, const struct mpc_order *order,
    const size_t *at, size_t count)
{
	struct keyed moved;
	int rc = -1;

	if (keyed_new(stage->S, &moved, &a->held, a->held.rows) == 0 &&
	    keyed_permute(stage->S, &moved, &a->held, order) == 0) {
		keyed_free(&a->held);
		rc = arrange_choose(stage, a, &moved, at, count);
	}
	keyed_free(&moved);
	return (rc);
}
