#include "agent/policy_parts_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"

#define FIRST_SLOTS 1024
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- the table ---- */

static const struct {
	const char *op;
	enum part_making making;
} makings[] = {
	{ "cut", MAKING_ROWS },
	{ "head", MAKING_ROWS },
	{ "split", MAKING_ROWS },
	{ "paste", MAKING_ROWS },
	{ "cat", MAKING_ROWS },
	{ "add", MAKING_ROWS },
	{ "sub", MAKING_ROWS },
	{ "mul", MAKING_ROWS },
	{ "matmul", MAKING_PRODUCT },
	{ "map", MAKING_ROWS },
	{ "truncate", MAKING_ROWS },
	{ "noise", MAKING_ROWS },
	{ "select", MAKING_ROWS },
	{ "join", MAKING_ROWS },
	{ "lt", MAKING_ROWS },
	{ "le", MAKING_ROWS },
	{ "gt", MAKING_ROWS },
	{ "ge", MAKING_ROWS },
	{ "eq", MAKING_ROWS },
	{ "ne", MAKING_ROWS },
	{ "predict", MAKING_PREDICT },
	{ "shuf", MAKING_ORDER },
	{ "sort", MAKING_ORDER },
	{ "transpose", MAKING_TURN },
	{ "stat", MAKING_SUM },
	{ "matmul-t", MAKING_PAIRS },
	{ "train", MAKING_MODEL },
	{ "group", MAKING_GROUPS },
};

/*
 * A maximum is somebody's value, and so are a quantile and the first rows of a sorted table
 * ("top").  They are not among these, and count as made of one row.
 */
static enum part_making
making_of(const struct policy_note *note)
{
	size_t i;

	if (strcmp(note->op, "sum") == 0)
		return ((note->rows == 1) ? MAKING_SUM : MAKING_ROWS);
	for (i = 0; i < COUNT(makings); i++) {
		if (strcmp(note->op, makings[i].op) == 0)
			return (makings[i].making);
	}
	return (MAKING_OTHER);
}

/* The slot of a part, or the empty one where it belongs. */
static size_t
slot_of(const struct noted_parts *ps, const uint8_t *id)
{
	uint64_t h;
	size_t i;

	/* Ids are hashes, or random, by themselves. */
	memcpy(&h, id, sizeof(h));
	for (i = (size_t)h & (ps->n_slots - 1); ps->slots[i] != PARTS_UNKNOWN;
	    i = (i + 1) & (ps->n_slots - 1)) {
		if (memcmp(ps->list[ps->slots[i]].id, id, ID_BYTES) == 0)
			break;
	}
	return (i);
}

uint32_t
parts_find(const struct noted_parts *ps, const uint8_t *id)
{

	return ((ps->n_slots == 0) ? PARTS_UNKNOWN : ps->slots[slot_of(ps, id)]);
}

/* Make the table twice as large, or begin it. */
static int
grow_slots(struct noted_parts *ps)
{
	size_t n = (ps->n_slots == 0) ? FIRST_SLOTS : 2 * ps->n_slots, i;
	uint32_t *slots = mem_array(n, sizeof(*slots));

	if (slots == NULL)
		return (-1);
	for (i = 0; i < n; i++)
		slots[i] = PARTS_UNKNOWN;
	free(ps->slots);
	ps->slots = slots;
	ps->n_slots = n;
	for (i = 0; i < ps->count; i++)
		ps->slots[slot_of(ps, ps->list[i].id)] = (uint32_t)i;
	return (0);
}

static int
parts_room(struct noted_parts *ps)
{
	struct noted_part *list;
	size_t room = (ps->room == 0) ? FIRST_SLOTS / 2 : 2 * ps->room;

	if (ps->count >= PARTS_UNKNOWN / 2)
		return (fail(ST_FAILED, "more parts than a policy can keep in mind"));
	if (2 * (ps->count + 1) > ps->n_slots && grow_slots(ps) == -1)
		return (-1);
	if (ps->count < ps->room)
		return (0);
	if ((list = realloc(ps->list, room * sizeof(*list))) == NULL)
		return (fail(ST_FAILED, "out of memory"));
	ps->list = list;
	ps->room = room;
	return (0);
}

int
parts_add(struct noted_parts *ps, const struct policy_note *note)
{
	uint32_t at = parts_find(ps, note->id);
	struct noted_part *p;
	size_t i;

	if (at != PARTS_UNKNOWN) {
		if (ps->list[at].rows == POLICY_ROWS_OPEN)
			ps->list[at].rows = note->rows;
		return (0);
	}
	if (parts_room(ps) == -1)
		return (-1);
	p = &ps->list[ps->count];
	*p = (struct noted_part){ .kind = note->kind, .making = making_of(note),
		.model = note->model, .mixed = note->mixed, .rows = note->rows,
		.least = note->least, .among = note->among,
		.n_inputs = note->n_inputs };
	if ((p->inputs = mem_array(note->n_inputs, sizeof(*p->inputs))) == NULL)
		return (-1);
	memcpy(p->id, note->id, ID_BYTES);
	for (i = 0; i < note->n_inputs; i++)
		p->inputs[i] = parts_find(ps, note->inputs[i]);
	ps->slots[slot_of(ps, p->id)] = (uint32_t)ps->count;
	ps->count++;
	return (0);
}

void
parts_free(struct noted_parts *ps)
{
	size_t i;

	for (i = 0; i < ps->count; i++)
		free(ps->list[i].inputs);
	free(ps->list);
	free(ps->slots);
	memset(ps, 0, sizeof(*ps));
}
