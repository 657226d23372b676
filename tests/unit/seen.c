/* Ids that came before, in memory and beyond it. */

#include "data/seen.h"

#include <string.h>

#include "tap.h"

#define IN_MEMORY (1 << 17)

/* The ${i}th id; neighbours are far from each other. */
static const uint8_t *
id_of(uint64_t i)
{
	static uint8_t id[ID_BYTES];

	memset(id, 0, sizeof(id));
	i *= UINT64_C(0x9e3779b97f4a7c15);
	memcpy(id + ID_BYTES - 8, &i, 8);
	return (id);
}

/* Put in ids from ${first} to ${end} - 1; return how many were known to come again, or -1. */
static int
add_range(struct seen *s, uint64_t first, uint64_t end)
{
	bool again = false;
	int found = 0;
	uint64_t i;

	for (i = first; i < end; i++, again = false) {
		if (seen_add(s, id_of(i), &again) == -1)
			return (-1);
		found += again;
	}
	return (found);
}

static void
test_small(void)
{
	struct seen *s = seen_new();
	bool again = false;
	int i, found = 0;

	ok(add_range(s, 0, 1000) == 0, "a thousand different ids");
	for (i = 0; i < 1000; i++)
		found += add_range(s, (uint64_t)i, (uint64_t)i + 1);
	ok(found == 1000, "each is known at once when it comes again");
	ok(memcmp(seen_twice(s), id_of(999), ID_BYTES) == 0, "and which it was");
	ok(seen_end(s, &again) == 0 && !again, "those that came twice are not in it twice");
	seen_free(s);
	seen_free(NULL);
}

static void
test_large(void)
{
	struct seen *s = seen_new();
	bool again = false;

	ok(add_range(s, 0, 3 * IN_MEMORY + 5) == 0, "more ids than memory has room for");
	ok(seen_end(s, &again) == 0 && !again, "all different");
	seen_free(s);

	s = seen_new();
	ok(add_range(s, 0, 2 * IN_MEMORY) == 0 && add_range(s, 7, 8) == 0,
	    "one that comes again, far behind");
	ok(seen_end(s, &again) == 0 && again && memcmp(seen_twice(s), id_of(7), ID_BYTES) == 0,
	    "is found in the end");
	seen_free(s);

	s = seen_new();
	ok(add_range(s, 0, IN_MEMORY) == 0 && add_range(s, 5, 6) + add_range(s, IN_MEMORY,
	    2 * IN_MEMORY) == 1, "or when memory is full again");
	seen_free(s);
}

int
main(void)
{

	tap_plan(9);
	test_small();
	test_large();
	return (tap_end());
}
