#include "agent/members_internal.h"

#include <string.h>

size_t
members_position(const struct members *m, size_t index)
{
	size_t i;

	for (i = 0; i < m->count && m->index[i] != index; i++)
		continue;
	return (i);
}

bool
members_have(const struct members *m, size_t index)
{

	return (members_position(m, index) < m->count);
}

bool
members_same(const struct members *a, const struct members *b)
{

	return (a->count == b->count &&
	    memcmp(a->index, b->index, a->count * sizeof(a->index[0])) == 0);
}
