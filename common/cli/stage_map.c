/* Tools that map rows of their operands to rows of a result. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/stage.h"
#include "data/bounds.h"

/*
 * The tensors of the operands as the tool is shown them, with what the result has unless the tool
 * changes it.
 */
static int
show_tensor(struct blocks *b, const struct stage_map *map, const struct part **parts,
    struct stage_tensor *t)
{
	size_t i;

	t->scale = scale_of(blocks_part(b, 0));
	t->cols = map->wide ? 1 : blocks_part(b, 0)->cols;
	for (i = 0; i < t->count; i++) {
		parts[i] = blocks_part(b, i);
		if (map->align && scale_unite(&t->scale, scale_of(parts[i])) == -1)
			return (-1);
		if (map->wide && parts[i]->cols > t->cols)
			t->cols = parts[i]->cols;
	}
	t->columns = NULL;
	t->model = NULL;
	t->about = NULL;
	for (i = 0; i < t->count && t->columns == NULL; i++) {
		if (parts[i]->cols == t->cols)
			t->columns = (const char *const *)parts[i]->columns;
	}
	return (0);
}

int
stage_tensor_know(struct stage_tensor *t)
{
	size_t j;

	if ((t->about = mem_array(t->cols, sizeof(*t->about))) == NULL)
		return (-1);
	for (j = 0; j < t->cols; j++)
		column_init(&t->about[j]);
	return (0);
}

int
stage_tensor_numbers(const struct stage_tensor *t)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (part_check_numbers(t->parts[i]) == -1)
			return (-1);
	}
	return (0);
}

size_t
stage_column(const struct stage_tensor *t, size_t i, size_t j)
{

	return ((t->parts[i]->cols == 1) ? 0 : j);
}

static bool
any_supposed(const struct stage_tensor *t)
{
	size_t i, j;

	for (i = 0; i < t->count; i++) {
		for (j = 0; j < t->parts[i]->cols; j++) {
			if (part_about(t->parts[i], j)->supposed != 0)
				return (true);
		}
	}
	return (false);
}

/* What words of operand ${i} in column ${j} are supposed to be below with so many fraction bits. */
static double
supposed_at_scale(const struct stage_tensor *t, size_t i, size_t j, unsigned fraction_bits)
{

	return (ldexp(supposed_words(t->parts[i], stage_column(t, i, j)),
	    (int)fraction_bits - (int)t->parts[i]->fraction_bits));
}

/* Whether words of column ${j} of all operands have room at the scale that they are brought to. */
static int
check_supposed(const struct stage_tensor *t, size_t j, unsigned fraction_bits)
{
	struct column c;
	size_t i, at;

	for (i = 0; i < t->count; i++) {
		at = stage_column(t, i, j);
		column_init(&c);
		if (!column_has_range(part_about(t->parts[i], at)) &&
		    supposed_result(&c, t->parts[i], at, supposed_at_scale(t, i, j,
		    fraction_bits), "with as many fraction bits as others have, one") == -1)
			return (-1);
	}
	return (0);
}

/*
 * Operands that are brought to one scale have room there; and a result of which nothing is known is
 * supposed to be as large as what it comes from.
 */
static int
suppose(struct stage_tensor *t, const struct stage_map *map, unsigned operand_bits)
{
	double most;
	size_t i, j;

	if (!any_supposed(t))
		return (0);
	if (t->about == NULL && stage_tensor_know(t) == -1)
		return (-1);
	for (j = 0; j < t->cols; j++) {
		if (map->align && check_supposed(t, j, operand_bits) == -1)
			return (-1);
		most = (t->about[j].supposed == 0) ? 0 : ldexp(1, (int)t->about[j].supposed);
		for (i = 0; i < t->count; i++)
			most = fmax(most, supposed_at_scale(t, i, j, t->scale.fraction_bits));
		if (supposed_result(&t->about[j], t->parts[0], stage_column(t, 0, j), most,
		    "one") == -1)
			return (-1);
	}
	return (0);
}

static size_t
widest_operand(const struct stage_tensor *t)
{
	size_t w = t->cols, i;

	for (i = 0; i < t->count; i++)
		w = (t->parts[i]->cols > w) ? t->parts[i]->cols : w;
	return (w);
}

static int
map_one_block(struct stage *stage, const struct stage_map *map, const struct result_shape *shape,
    const char *model, const struct block *block)
{
	struct mpc_vector *y;

	stage->result.model = model;
	if (stage_result(stage, shape, block->inputs, block->n_inputs, block->rows, &y) == -1)
		return (-1);
	if (block->rows > 0 && map->block(map->state, stage->S, y, block->x, block->rows) == -1)
		return (-1);
	return (stage_write(stage));
}

/* A map, and room for the operands' parts. */
struct map_work {
	const struct stage_map *map;
	const struct part **parts;
};

/* All blocks of a tensor of which the tool has been asked. */
static int
map_blocks(struct stage *stage, const struct stage_map *map, const struct stage_tensor *t,
    struct blocks *b)
{
	const struct result_shape shape = {
		.name = t->parts[0]->name,
		.cols = t->cols,
		.columns = t->columns,
		.about = t->about,
		.scale = t->scale,
	};
	struct block block;
	int rc;

	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (map_one_block(stage, map, &shape, t->model, &block) == -1)
			return (-1);
	}
	return ((rc == 0 && map->end != NULL) ? map->end(map->state, t) : rc);
}

static int
map_tensor(struct stage *stage, void *state, struct blocks *b)
{
	const struct map_work *work = state;
	const struct stage_map *map = work->map;
	struct stage_tensor t = { .count = stage->count, .parts = work->parts, .blocks = b };
	struct blocks_layout layout = { .align = map->align };
	int rc = -1;

	if (show_tensor(b, map, work->parts, &t) == -1)
		return (-1);
	layout.cols = map->wide ? t.cols : 0;
	layout.scale = t.scale;
	if ((map->tensor == NULL || map->tensor(map->state, &t) == 0) &&
	    suppose(&t, map, layout.scale.fraction_bits) == 0) {
		layout.widest = widest_operand(&t);
		if (blocks_begin(b, &layout) == 0)
			rc = map_blocks(stage, map, &t, b);
	}
	columns_free(t.about, t.cols);
	return (rc);
}

int
stage_map(struct stage *stage, const struct stage_map *map)
{
	struct map_work work = { .map = map };
	int rc = -1;

	if ((work.parts = mem_array(stage->count, sizeof(*work.parts))) != NULL)
		rc = stage_each_tensor(stage, map_tensor, &work);
	free(work.parts);
	return (rc);
}

static int
run_map(struct stage *stage, void *state)
{

	return (stage_map(stage, state));
}

int
stage_run_map(const char *op, const char *params, const struct stage_map *map, char **operands,
    size_t count)
{
	struct stage_map copy = *map;
	const struct stage_work work = { .op = op, .params = params, .run = run_map,
		.state = &copy, .exponents = true };

	return (stage_run(&work, operands, count));
}
