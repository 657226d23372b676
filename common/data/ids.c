#include "data/ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"

/* How many ids of ${s} come before ${id}. */
static size_t
ids_before(const struct ids *s, const uint8_t *id)
{
	size_t low = 0, high = s->count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (memcmp(s->id[middle], id, ID_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (low);
}

bool
ids_have(const struct ids *s, const uint8_t *id)
{
	size_t i = ids_before(s, id);

	return (i < s->count && memcmp(s->id[i], id, ID_BYTES) == 0);
}

int
ids_add(struct ids *s, const uint8_t *id)
{
	size_t i = ids_before(s, id);
	uint8_t (*grown)[ID_BYTES];

	if (ids_have(s, id))
		return (0);
	if ((grown = realloc(s->id, (s->count + 1) * sizeof(*grown))) == NULL)
		return (fail(ST_FAILED, "out of memory"));
	s->id = grown;
	memmove(s->id + i + 1, s->id + i, (s->count - i) * ID_BYTES);
	memcpy(s->id[i], id, ID_BYTES);
	s->count++;
	return (0);
}

int
ids_unite(struct ids *s, const struct ids *t)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (ids_add(s, t->id[i]) == -1)
			return (-1);
	}
	return (0);
}

bool
ids_same(const struct ids *s, const struct ids *t)
{

	return (s->count == t->count &&
	    (s->count == 0 || memcmp(s->id, t->id, s->count * ID_BYTES) == 0));
}

bool
ids_meet(const struct ids *s, const struct ids *t)
{
	size_t i;

	for (i = 0; i < t->count && !ids_have(s, t->id[i]); i++)
		continue;
	return (i < t->count);
}

void
ids_free(struct ids *s)
{

	free(s->id);
	*s = (struct ids){ NULL, 0 };
}
