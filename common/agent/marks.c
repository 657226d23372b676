#include "agent/marks.h"

#include <stdlib.h>

#include "base/mem.h"

#define FIRST_SLOTS 1024

/* The slot that holds a mark, or the free one where it belongs. */
static size_t
mark_slot(const struct marks *s, uint64_t mark)
{
	size_t at = (size_t)mark & (s->size - 1);

	while (s->slots[at] != 0 && s->slots[at] != mark)
		at = (at + 1) & (s->size - 1);
	return (at);
}

static int
marks_grow(struct marks *s)
{
	struct marks larger = { .size = (s->size == 0) ? FIRST_SLOTS : 2 * s->size };
	size_t i;

	if ((larger.slots = mem_array(larger.size, sizeof(*larger.slots))) == NULL)
		return (-1);
	for (i = 0; i < s->size; i++) {
		if (s->slots[i] != 0)
			larger.slots[mark_slot(&larger, s->slots[i])] = s->slots[i];
	}
	larger.count = s->count;
	free(s->slots);
	*s = larger;
	return (0);
}

int
marks_add(struct marks *s, uint64_t mark)
{
	size_t at;

	if (2 * s->count >= s->size && marks_grow(s) == -1)
		return (-1);
	mark = (mark == 0) ? 1 : mark;
	at = mark_slot(s, mark);
	if (s->slots[at] == 0) {
		s->slots[at] = mark;
		s->count++;
	}
	return (0);
}

bool
marks_have(const struct marks *s, uint64_t mark)
{

	mark = (mark == 0) ? 1 : mark;
	return (s->size > 0 && s->slots[mark_slot(s, mark)] == mark);
}

void
marks_free(struct marks *s)
{

	free(s->slots);
	*s = (struct marks){ .slots = NULL };
}
