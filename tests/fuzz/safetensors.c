/*
 * Tensors in the clear, safetensors and JSON: what is accepted must have room for its numbers in
 * the file, and can be shared; models, too, that say what they are or are matched with a network,
 * and those of xgboost, whose trees become full ones.
 */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct import_options options[] = {
	{ .scale = { .fraction_bits = 16 }, .file_scale = true },
	{ .scale = { .modulus = 251, .integers = true } },
	{ .network = "dense 2, relu, dense 2", .scale = { .fraction_bits = 16 },
	    .file_scale = true },
	{ .network = "conv2d 1 2, flatten, dense 2", .input = "1x2x2", .weights = "out-in",
	    .scale = { .fraction_bits = 16 }, .file_scale = true },
	{ .network = "dense 2, dense 2", .modules = "b,a", .weights = "in-out",
	    .scale = { .fraction_bits = 16 }, .file_scale = true },
};

/* Convert all tensors.  Return how many numbers there were; of trees, 0: they have a limit. */
static size_t
import(const uint8_t *data, size_t size, const struct import_options *o)
{
	struct window w = { .fd = -1 };
	struct import *x = NULL;
	struct part *part = part_new();
	uint64_t *words;
	size_t k, rows, n = 0;
	bool trees = false;

	if (part == NULL || window_memory(&w, (const char *)data, size, "fuzz") == -1 ||
	    window_fill(&w, 16) == -1)
		abort();
	if (tensors_is(&w))
		x = import_open(&w, o);
	for (k = 0; x != NULL && k < import_count(x); k++) {
		if (import_describe(x, k, part, &rows) == -1)
			abort();
		trees = trees || (part->model != NULL &&
		    strstr(part->model, "\"trees\":") != NULL);
		if (import_words(x, k, &words) == -1)
			break;
		n += rows * part->cols;
		mem_wipe_free(words, rows * part->cols * sizeof(*words));
	}
	import_free(x);
	part_free(part);
	window_close(&w);
	return (trees ? 0 : n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t i;

	/* No number is less than a byte. */
	if (import(data, size, &options[0]) > size)
		abort();
	for (i = 1; i < sizeof(options) / sizeof(options[0]); i++)
		(void)import(data, size, &options[i]);
	return (0);
}
