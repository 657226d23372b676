#include "cli/arrange.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"

/* Note the parts of a block, each once. */
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
		if (a->inputs.count > 0 && memcmp(a->inputs.items[a->inputs.count - 1].id, in->id,
		    ID_BYTES) == 0)
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
	size_t room = 0;
	int rc;

	memset(a, 0, sizeof(*a));
	a->part = blocks_part(b, 0);
	if (blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (mpc_append(stage->S, &a->x, &room, &block.x[0]) == -1 ||
		    keep_parts(a, &block) == -1)
			return (-1);
		a->rows += block.rows;
	}
	if (rc == 0 && a->rows > MPC_MAX_ORDERED)
		return (fail(ST_FAILED, "tensor '%s' has %zu rows, and a secret order has %zu at "
		    "most", a->part->name, a->rows, MPC_MAX_ORDERED));
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
	mpc_vector_free(&a->x);
	memset(a, 0, sizeof(*a));
}

int
arrange_choose(struct stage *stage, const struct arrange *a, const struct mpc_vector *moved,
    const size_t *at, size_t count)
{
	const struct result_shape shape = {
		.name = a->part->name,
		.cols = a->part->cols,
		.columns = (const char *const *)a->part->columns,
		.about = a->part->about,
		.scale = scale_of(a->part),
	};
	const size_t most = blocks_rows(shape.cols);
	struct mpc_vector *y;
	size_t first = 0, n;

	do {
		n = (count - first < most) ? count - first : most;
		/* A block without rows has no masks that keys could stand for. */
		if (stage_result(stage, &shape, a->inputs.items, a->inputs.count, n, &y) == -1 ||
		    (n > 0 && mpc_choose(stage->S, y, moved, (at != NULL) ? at + first : NULL,
		    shape.cols) == -1) || stage_write(stage) == -1)
			return (-1);
		first += n;
	} while (first < count);
	return (0);
}

int
arrange_write(struct stage *stage, struct arrange *a, const struct mpc_order *order,
    const size_t *at, size_t count)
{
	struct mpc_vector moved;
	int rc = -1;

	if (mpc_vector_new(stage->S, &moved, a->x.n) == 0 &&
	    mpc_permute(stage->S, &moved, &a->x, order, false) == 0) {
		mpc_vector_free(&a->x);
		rc = arrange_choose(stage, a, &moved, at, count);
	}
	mpc_vector_free(&moved);
	return (rc);
}
