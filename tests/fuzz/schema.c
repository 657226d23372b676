/*
 * Schemas, from memory.  What is accepted keeps the rules, and is the same schema when it is
 * written and read again; merged with itself it stays what it is.
 */

#include <string.h>

#include "check.h"
#include "data/schema_lists.h"
#include "data/schema_merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_same(const struct schema *a, const struct schema *b)
{
	uint8_t ours[HASH_BYTES], theirs[HASH_BYTES];

	fuzz_check(b != NULL && a->count == b->count);
	fuzz_check(schema_digest(a, ours) == 0 && schema_digest(b, theirs) == 0 &&
	    memcmp(ours, theirs, HASH_BYTES) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "one", "two" };
	struct buf text = { NULL, 0, 0 };
	struct schema_lists lists = { .values = NULL };
	struct table_options how = { .fraction_bits = 16 };
	struct schema *s, *again;
	char fault[256];
	size_t j;

	if ((s = schema_load_memory((const char *)data, size, "fuzz")) == NULL)
		return (0);
	for (j = 0; j < s->count; j++)
		fuzz_check(schema_column_fault(&s->columns[j], fault, sizeof(fault)) == 0);
	fuzz_check(schema_name_fault(s, fault, sizeof(fault)) == 0);
	fuzz_check(schema_text(s, &text) == 0);
	again = schema_load_memory(text.data, text.len, "fuzz");
	check_same(s, again);
	schema_free(again);
	buf_free(&text);
	again = schema_merge((const struct schema *const[]){ s, s }, names, 2);
	check_same(s, again);
	schema_free(again);
	if (schema_lists_make(&lists, s) == 0)
		schema_lists_set(&lists, &how);
	schema_lists_free(&lists);
	schema_free(s);
	return (0);
}
