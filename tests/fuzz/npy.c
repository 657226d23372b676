/* .npy and .idx: what is accepted must have exactly the size that its header announces. */

#include <stdlib.h>
#include <string.h>

#include "table/table.h"

#define LIST(...) \
	{ (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / \
	    sizeof(char *) }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct table_options options[] = {
	{ .fraction_bits = 16, .na = TABLE_NA_VALUE, .na_value = "0" },
	{ .modulus = 251 },
	{ .fraction_bits = 3, .select = LIST("1"), .na = TABLE_NA_DROP,
	    .one_hot = LIST("1=0,1,0.5") },
	{ .fraction_bits = 30, .na = TABLE_NA_DROP, .standardize = 1, .scale = LIST("1=3e-9") },
};

/* Read a table.  Return the number of words, or 0 on failure. */
static size_t
read_all(const uint8_t *data, size_t size, const struct table_options *o)
{
	struct table *t = table_open_memory(data, size, "fuzz", o);
	size_t columns, rows, n = 0;
	uint64_t *words;
	int rc;

	if (t == NULL)
		return (0);
	columns = table_columns(t);
	if ((words = malloc(4 * columns * sizeof(*words))) == NULL)
		abort();
	while ((rc = table_read(t, words, 4, &rows)) == 1)
		n += rows * columns;
	free(words);
	table_close(t);
	return ((rc == 0) ? n : 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t i, n;

	if (size < 4 || (data[0] != 0x93 && data[0] != 0))
		return (0);
	n = read_all(data, size, &options[0]);
	/* No element is less than a byte. */
	if (n > size)
		abort();
	for (i = 1; i < sizeof(options) / sizeof(options[0]); i++)
		(void)read_all(data, size, &options[i]);
	return (0);
}
