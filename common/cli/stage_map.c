/* Tools that map rows of their operands to rows of a result. */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/stage.h"

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
	for (i = 0; i < t->count && t->columns == NULL; i++) {
		if (parts[i]->cols == t->cols)
			t->columns = (const char *const *)parts[i]->columns;
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

static int
map_tensor(struct stage *stage, const struct stage_map *map, struct blocks *b,
    const struct part **parts)
{
	struct stage_tensor t = { .count = stage->count, .parts = parts };
	struct blocks_layout layout = { .align = map->align };
	struct result_shape shape;
	struct block block;
	int rc;

	if (show_tensor(b, map, parts, &t) == -1)
		return (-1);
	layout.cols = map->wide ? t.cols : 0;
	layout.scale = t.scale;
	if (map->tensor != NULL && map->tensor(map->state, &t) == -1)
		return (-1);
	layout.widest = widest_operand(&t);
	shape = (struct result_shape){ .name = parts[0]->name, .cols = t.cols, .columns = t.columns,
		.scale = t.scale };
	if (blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (map_one_block(stage, map, &shape, t.model, &block) == -1)
			return (-1);
	}
	return (rc);
}

int
stage_map(struct stage *stage, const struct stage_map *map)
{
	const struct part **parts;
	struct blocks *b;
	int rc = -1;

	if ((parts = mem_array(stage->count, sizeof(*parts))) == NULL)
		return (-1);
	if ((b = stage_blocks(stage, 0, stage->count)) == NULL)
		goto out;
	while ((rc = blocks_tensor(b)) == 1) {
		if (map_tensor(stage, map, b, parts) == -1) {
			rc = -1;
			break;
		}
	}
	blocks_free(b);
out:
	free(parts);
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
		.state = &copy };

	return (stage_run(&work, operands, count));
}
