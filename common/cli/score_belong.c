#include "cli/score_belong.h"

#include <string.h>

#include "base/diag.h"
#include "data/part.h"

/* Whether a part is made of another one, directly. */
static bool
is_made_of(const struct part *p, const uint8_t *id)
{
	size_t i;

	for (i = 0; i < p->n_inputs && memcmp(p->inputs[i], id, ID_BYTES) != 0; i++)
		continue;
	return (i < p->n_inputs);
}

int
score_belong_add(struct score_belong *s, const struct block *block)
{
	const struct part *predictions, *labels;
	size_t i, k;

	for (i = 0; block->n_x == 2 && i < block->n_inputs; i += 2) {
		predictions = block->origins[i].part;
		labels = block->origins[i + 1].part;
		if (ids_add(&s->labels, labels->id) == -1)
			return (-1);
		if (is_made_of(predictions, labels->id))
			continue;
		for (k = 0; k < predictions->n_inputs; k++) {
			if (ids_add(&s->strays, predictions->inputs[k]) == -1)
				return (-1);
		}
	}
	return (0);
}

int
score_belong_check(const struct score_belong *s, const char *predictions, const char *labels)
{

	if (!ids_meet(&s->labels, &s->strays))
		return (0);
	return (fail(ST_REFUSED, "%s: some of its rows are predictions of rows that %s has in "
	    "another place: put the parts of both together in the same order (smpc-cat)",
	    predictions, labels));
}

void
score_belong_free(struct score_belong *s)
{

	ids_free(&s->labels);
	ids_free(&s->strays);
}
