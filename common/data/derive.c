#include "data/derive.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"

/* Say that rows were left out where they are of sharings with such. */
static int
settle_origins(struct part *q)
{

	q->dropped = (q->origins.count > 0);
	return ((q->origins.count > PART_MAX_ORIGINS) ?
	    fail(ST_FAILED, "%s: rows of more than %d sharings out of which rows were left",
	    q->op, PART_MAX_ORIGINS) : 0);
}

int
part_add_origins(struct part *q, const struct ids *origins)
{

	return ((ids_unite(&q->origins, origins) == -1) ? -1 : settle_origins(q));
}

/*
 * Copy ${p} with another operation and other inputs.  What was known of its columns and words need
 * not hold of the result: an operation that keeps them says so.
 */
static struct part *
copy_for(const struct part *p, const char *op, const struct input *inputs, size_t count)
{
	struct part *q;
	size_t i;

	if (count > PART_MAX_INPUTS) {
		fail(ST_FAILED, "%s: more than %d input parts", op, PART_MAX_INPUTS);
		return (NULL);
	}
	if ((q = part_copy(p)) == NULL)
		return (NULL);
	free(q->inputs);
	if ((q->inputs = mem_array(count, sizeof(*q->inputs))) == NULL ||
	    part_set_op(q, op) == -1 || part_set_about(q, NULL) == -1 ||
	    part_set_row_exponents(q, NULL, 0) == -1)
		goto failed;
	q->has_schema = false;
	ids_free(&q->origins);
	q->intact = PART_CHANGED;
	q->mixed = false;
	q->least = q->among = 0;
	/* What a process makes may depend on all that it has read. */
	budgets_free(&q->spent);
	if (budgets_unite(&q->budgets, budgets_met()) == -1 || part_set_change(q, NULL) == -1 ||
	    part_set_noise(q, NULL) == -1)
		goto failed;
	q->once = (count == 1 && inputs[0].rows != NULL && q->budgets.count > 0 &&
	    part_once(inputs[0].rows));
	q->n_inputs = count;
	for (i = 0; i < count; i++) {
		memcpy(q->inputs[i], inputs[i].id, ID_BYTES);
		if (inputs[i].rows != NULL && part_origins(inputs[i].rows, &q->origins) == -1)
			goto failed;
	}
	if (settle_origins(q) == 0)
		return (q);
failed:
	part_free(q);
	return (NULL);
}

static void
hash_inputs(struct hash *h, const struct input *inputs, size_t count)
{
	size_t i;

	hash_u64(h, count);
	for (i = 0; i < count; i++) {
		hash_bytes(h, inputs[i].id, ID_BYTES);
		hash_u64(h, inputs[i].row);
	}
}

struct part *
part_derive(const struct part *p, const char *op, const char *params, const struct input *inputs,
    size_t count)
{
	struct part *q;
	struct hash h;

	if ((q = copy_for(p, op, inputs, count)) == NULL)
		return (NULL);
	hash_init(&h);
	hash_string(&h, "smpc-id-1");
	hash_string(&h, op);
	hash_string(&h, params);
	hash_inputs(&h, inputs, count);
	hash_final(&h, q->id);
	return (q);
}

int
part_keep_about(struct part *q, const struct part *p)
{

	q->has_schema = p->has_schema;
	memcpy(q->schema, p->schema, sizeof(q->schema));
	return (part_set_about(q, p->about));
}

struct part *
part_derive_interactive(const struct part *p, const struct interactive_origin *origin,
    const struct input *inputs, size_t count)
{
	struct part *q;
	struct hash h;

	if ((q = copy_for(p, origin->op, inputs, count)) == NULL)
		return (NULL);
	hash_init(&h);
	hash_string(&h, "smpc-id-session-1");
	hash_string(&h, origin->op);
	hash_string(&h, origin->params);
	hash_bytes(&h, origin->session, HASH_BYTES);
	hash_u64(&h, origin->index);
	hash_inputs(&h, inputs, count);
	hash_final(&h, q->id);
	return (q);
}

void
public_digest(uint8_t id[static ID_BYTES], uint64_t modulus, unsigned fraction_bits,
    uint64_t divisor, uint64_t rows, uint64_t cols, const uint64_t *words, const int *exponents)
{
	char text[24];
	struct hash h;
	size_t j;

	snprintf(text, sizeof(text), "%" PRIu64, modulus);
	hash_init(&h);
	hash_string(&h, "smpc-public-1");
	hash_string(&h, (modulus == 0) ? "18446744073709551616" : text);
	hash_u64(&h, fraction_bits);
	hash_u64(&h, divisor);
	hash_u64(&h, rows);
	hash_u64(&h, cols);
	hash_bytes(&h, words, rows * cols * sizeof(*words));
	for (j = 0; j < cols && exponents != NULL && exponents[j] == 0; j++)
		continue;
	if (exponents != NULL && j < cols) {
		for (j = 0; j < cols; j++)
			hash_u64(&h, (uint64_t)(int64_t)exponents[j]);
	}
	hash_final(&h, id);
}
