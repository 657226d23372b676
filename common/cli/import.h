#ifndef SMPC_CLI_IMPORT_H
#define SMPC_CLI_IMPORT_H

/*
 * Tensors out of a file in the clear (tensors.h), in the form in which they are shared: a
 * model that says itself what network it is for; one made elsewhere, whose tensors are matched with
 * the layers of a network; or what is no model, as it is.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/part.h"
#include "nn/model.h"
#include "table/tensors.h"

struct import_options {
	/*
	 * Of a model that was made elsewhere: its layers, and what their parameters are called and
	 * look like (smpc-share(1)).
	 */
	const char *network; /* NULL: it is none */
	const char *input;   /* CxHxW, or NULL */
	const char *modules; /* separated by commas, in the order of the layers, or NULL */
	const char *weights; /* "out-in", "in-out" or NULL */
	/* Of tensors that are no model. */
	struct tensors_scale scale;
	bool file_scale;     /* take the fraction bits that the file says, where it says any */
};

struct import;

/*
 * import_open(w, options):
 * Read all tensors of the file that the window, which is taken over, shows.  Return NULL (reported)
 * on failure: status 2 where the options do not fit the file.
 */
struct import *import_open(struct window *w, const struct import_options *options);

/*
 * import_count(x):
 * How many tensors there are.
 */
size_t import_count(const struct import *x);

/*
 * import_describe(x, k, part, rows):
 * Set name, columns, modulus, fraction bits and model of a part to those of tensor ${k}, and
 * *${rows}.  Return 0 or -1 (reported).
 */
int import_describe(const struct import *x, size_t k, struct part *part, size_t *rows);

/*
 * import_words(x, k, words):
 * Convert its numbers to *${words}, which the caller frees with mem_wipe_free.  Warn, once for a
 * model, of a weight that predictions have no room for.  Return 0 or -1 (reported).
 */
int import_words(struct import *x, size_t k, uint64_t **words);

/*
 * import_free(x):
 * Wipe and free; harmless on NULL.
 */
void import_free(struct import *x);

#endif /* !SMPC_CLI_IMPORT_H */
