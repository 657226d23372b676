/* Tools that map rows of their operands to rows of a result. */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/step.h"

/* The tensors of the operands as the tool is shown them, with what the result has unless the tool changes it. */
static int
show_tensor(struct blocks *b, const struct engine_map *map, const struct part **parts, struct engine_tensor *t)
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
widest(const struct engine_tensor *t)
{
	size_t w = t->cols, i;

	for (i = 0; i < t->count; i++)
		w = (t->parts[i]->cols > w) ? t->parts[i]->cols : w;
	return (w);
}

static int
map_block(struct engine *e, const struct engine_map *map, const struct result_shape *shape, const char *model,
    const struct block *block)
{
	struct mpc_vector *y;

	e->result.model = model;
	if (engine_result(e, shape, block->inputs, block->n_inputs, block->rows, &y) == -1)
		return (-1);
	if (block->rows > 0 && map->block(map->state, e->S, y, block->x, block->rows) == -1)
		return (-1);
	return (engine_write(e));
}

static int
map_tensor(struct engine *e, const struct engine_map *map, struct blocks *b, const struct part **parts)
{
	struct engine_tensor t = { .count = e->count, .parts = parts };
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
	layout.widest = widest(&t);
	shape = (struct result_shape){ .name = parts[0]->name, .cols = t.cols, .columns = t.columns, .scale = t.scale };
	if (blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = engine_next(e, b, &block)) == 1) {
		if (map_block(e, map, &shape, t.model, &block) == -1)
			return (-1);
	}
	return (rc);
}

int
engine_map(struct engine *e, const struct engine_map *map)
{
	const struct part **parts;
	struct blocks *b;
	int rc = -1;

	if ((parts = mem_array(e->count, sizeof(*parts))) == NULL)
		return (-1);
	if ((b = engine_blocks(e, 0, e->count)) == NULL)
		goto out;
	while ((rc = blocks_tensor(b)) == 1) {
		if (map_tensor(e, map, b, parts) == -1) {
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
run_map(struct engine *e, void *state)
{

	return (engine_map(e, state));
}

int
engine_run_map(const char *op, const char *params, const struct engine_map *map, char **operands, size_t count)
{
	struct engine_map copy = *map;
	const struct engine_work work = { .op = op, .params = params, .run = run_map, .state = &copy };

	return (engine_run(&work, operands, count));
}
