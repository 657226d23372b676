#ifndef SMPC_CLI_SCORE_TEXT_H
#define SMPC_CLI_SCORE_TEXT_H

/* Figures of predictions as smpc-score prints them: in lines with tabs, or a JSON object. */

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "data/column.h"
#include "nn/metrics.h"

/* A label, and what was told of it. */
struct score_label {
	const char *name;           /* NULL: it is the only one */
	const struct column *class; /* what is known of it */
	const struct metrics_shape *shape;
	const struct metrics_figures *figures;
};

/*
 * score_text(text, labels, n, json):
 * Append the figures of ${n} labels, and the end of a line.  Return 0 or -1 (reported).
 */
int score_text(struct buf *text, const struct score_label *labels, size_t n, bool json);

#endif /* !SMPC_CLI_SCORE_TEXT_H */
