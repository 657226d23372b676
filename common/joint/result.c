#include "joint/result.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "crypto/prg.h"
#include "data/record.h"

/* A part holds one block, whose number in it is 0. */
static void
draw_keys(struct result *r)
{
	size_t i;

	r->joint->results++;
	r->mask = (struct mpc_output_mask){ mpc_output_keys(r->joint->S, r->part_keys),
		(const uint8_t (*)[PRG_KEY_BYTES])r->record_keys, false };
	for (i = 0; i < r->mask.count; i++)
		prg_record_key(r->record_keys[i], r->part_keys[i], 0);
	mpc_draw_from(&r->y, &r->mask);
}

/* What has noise tells no more of a person than was spent on it. */
static int
set_noise(struct part *p, const struct result_shape *shape)
{

	budgets_free(&p->budgets);
	p->once = false;
	return ((budgets_unite(&p->spent, shape->spent) == -1) ? -1 :
	    part_set_noise(p, shape->noise));
}

/* The part of the result that the block is. */
static int
make_part(struct result *r, const struct result_shape *shape, const struct input *inputs,
    size_t n_inputs)
{
	const int *exponents = shape->row_exponents;
	struct interactive_origin origin = { .op = r->op, .params = r->params };

	if (r->joint == NULL) {
		r->part = part_derive(r->like, r->op, r->params, inputs, n_inputs);
	} else {
		origin.session = session_number(r->joint->session);
		origin.index = r->joint->results;
		r->part = part_derive_interactive(r->like, &origin, inputs, n_inputs);
	}
	if (r->part == NULL || part_set_name(r->part, shape->name) == -1 ||
	    part_set_columns(r->part, shape->columns, shape->cols) == -1 ||
	    part_set_about(r->part, shape->about) == -1 || (exponents != NULL &&
	    part_set_row_exponents(r->part, exponents + shape->first_row, r->rows) == -1) ||
	    part_set_model(r->part, r->model) == -1)
		return (-1);
	if ((shape->noise != NULL || shape->of_noisy) && set_noise(r->part, shape) == -1)
		return (-1);
	scale_set(r->part, shape->scale);
	r->part->least = shape->least;
	r->part->among = shape->among;
	r->part->mixed = shape->mixed;
	r->part->once = (r->part->once && !shape->ranked);
	return (0);
}

int
result_begin(struct result *r, const struct result_shape *shape, const struct input *inputs,
    size_t n_inputs, size_t rows, struct mpc_vector **y)
{

	if (mpc_vector_new(r->S, &r->y, rows * shape->cols) == -1)
		return (-1);
	r->rows = rows;
	if (r->w != NULL && make_part(r, shape, inputs, n_inputs) == -1)
		return (-1);
	if (r->joint != NULL)
		draw_keys(r);
	*y = &r->y;
	return (0);
}

_Static_assert(PART_MAX_PLANES == MPC_MAX_PLANES, "a record has room for what a party holds");

/*
 * Write the block with its masks as words: all planes, one behind the other, as records have them.
 */
static int
write_words(struct result *r, struct record *out)
{
	word *planes[MPC_MAX_PLANES] = { NULL };
	size_t count = mpc_store(&r->y, planes), i;
	word *joined = NULL;
	int rc;

	if (count > 1) {
		if ((joined = mem_array(count * r->y.n, sizeof(*joined))) == NULL)
			return (-1);
		for (i = 0; r->y.n > 0 && i < count; i++)
			memcpy(joined + i * r->y.n, planes[i], r->y.n * sizeof(*joined));
	}
	out->words.word = (joined != NULL) ? joined : planes[0];
	out->n_words = count * r->y.n;
	rc = writer_record(r->w, out);
	mem_wipe_free(joined, count * r->y.n * sizeof(*joined));
	return (rc);
}

/*
 * Write the block with keys: the dealer's for the part, a computing party's for the record, with
 * its m.
 */
static int
write_keyed_block(struct result *r, struct record *out)
{
	word *planes[MPC_MAX_PLANES];

	out->n_keys = r->mask.count;
	if (part_is_dealer(r->part)) {
		out->extent.key_rows = r->rows;
		memcpy(out->keys, r->part_keys, out->n_keys * sizeof(out->keys[0]));
	} else {
		(void)mpc_store(&r->y, planes);
		out->words.word = planes[0];
		out->n_words = r->y.n;
		memcpy(out->keys, r->record_keys, out->n_keys * sizeof(out->keys[0]));
	}
	return (writer_record(r->w, out));
}

int
result_end(struct result *r)
{
	struct record *out;
	int rc = 0;

	if (r->w != NULL) {
		if ((out = mem_array(1, sizeof(*out))) == NULL)
			return (-1);
		out->part = r->part;
		out->extent = (struct extent){ .rows = r->rows, .last = true };
		rc = mpc_is_drawn(&r->y) ? write_keyed_block(r, out) :
		    write_words(r, out);
		mem_wipe_free(out, sizeof(*out));
	}
	result_free(r);
	return (rc);
}

void
result_free(struct result *r)
{

	mpc_vector_free(&r->y);
	part_free(r->part);
	r->part = NULL;
	memset(&r->mask, 0, sizeof(r->mask));
	mem_wipe(r->part_keys, sizeof(r->part_keys));
	mem_wipe(r->record_keys, sizeof(r->record_keys));
}
