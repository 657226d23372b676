#include "cli/keyed.h"

#include <string.h>

#include "base/diag.h"

void
keyed_begin(struct keyed *k, const struct part *p)
{
	size_t j;

	memset(k, 0, sizeof(*k));
	for (j = 0; j < p->cols; j++)
		k->words += (part_about(p, j)->kind == COLUMN_KEY);
	k->cols = p->cols - k->words;
}

int
keyed_new(struct mpc *S, struct keyed *k, const struct keyed *like, size_t rows)
{

	*k = (struct keyed){ .rows = rows, .cols = like->cols, .words = like->words };
	return ((mpc_vector_new(S, &k->x, rows * k->cols) == 0 &&
	    mpc_vector_new(S, &k->key, rows * k->words) == 0) ? 0 : -1);
}

void
keyed_free(struct keyed *k)
{

	mpc_vector_free(&k->x);
	mpc_vector_free(&k->key);
	memset(k, 0, sizeof(*k));
}

/* ---- with their columns side by side ---- */

/* Columns of the same kind from ${j} on, which stand side by side wherever they are. */
static size_t
alike_from(const struct part *p, size_t j)
{
	const bool is_key = part_about(p, j)->kind == COLUMN_KEY;
	size_t i;

	for (i = j + 1; i < p->cols && (part_about(p, i)->kind == COLUMN_KEY) == is_key; i++)
		continue;
	return (i - j);
}

/* Take rows apart, or put them together. */
static void
lay_columns(const struct part *p, struct mpc_vector *whole, struct keyed *k, bool apart)
{
	size_t used[2] = { 0, 0 }, j, n;
	struct mpc_vector *kind;
	bool is_key;

	for (j = 0; j < p->cols; j += n) {
		n = alike_from(p, j);
		is_key = part_about(p, j)->kind == COLUMN_KEY;
		kind = is_key ? &k->key : &k->x;
		if (apart)
			mpc_columns_lay(kind, is_key ? k->words : k->cols, used[is_key], whole,
			    p->cols, j, n);
		else
			mpc_columns_lay(whole, p->cols, j, kind, is_key ? k->words : k->cols,
			    used[is_key], n);
		used[is_key] += n;
	}
}

int
keyed_append(struct mpc *S, struct keyed *k, const struct part *p, const struct mpc_vector *x,
    size_t rows)
{
	struct mpc_vector whole = mpc_part(x, 0, x->n);
	struct keyed end;

	if (mpc_grow(S, &k->x, &k->x_room, rows * k->cols) == -1 ||
	    mpc_grow(S, &k->key, &k->key_room, rows * k->words) == -1)
		return (-1);
	k->x.n += rows * k->cols;
	k->key.n += rows * k->words;
	k->rows += rows;
	end = keyed_part(k, k->rows - rows, rows);
	lay_columns(p, &whole, &end, true);
	return (0);
}

void
keyed_lay(struct mpc_vector *y, const struct keyed *k, const struct part *p)
{
	struct keyed rows = keyed_part(k, 0, k->rows);

	lay_columns(p, y, &rows, false);
}

void
keyed_column(struct mpc_vector *z, const struct keyed *k, const struct part *p, size_t j)
{
	size_t i, c = 0;

	for (i = 0; i < j; i++)
		c += (part_about(p, i)->kind != COLUMN_KEY);
	mpc_columns_get(z, &k->x, k->rows, k->cols, c);
}

int
keyed_refuse(const struct part *p, const char *where, size_t j)
{

	if (part_about(p, j)->kind != COLUMN_KEY)
		return (0);
	return (fail(ST_USAGE, "%s: column '%s' of tensor '%s' is a key, which goes with its row, "
	    "and whose words are in no order: name another column", where,
	    part_about(p, j)->of, p->name));
}

/* ---- whole rows ---- */

struct keyed
keyed_part(const struct keyed *k, size_t first, size_t rows)
{
	struct keyed part = { .rows = rows, .cols = k->cols, .words = k->words };

	part.x = mpc_part(&k->x, first * k->cols, rows * k->cols);
	part.key = mpc_part(&k->key, first * k->words, rows * k->words);
	return (part);
}

void
keyed_gather(struct keyed *y, const struct keyed *k, const size_t *index)
{

	mpc_rows_gather(&y->x, &k->x, index, y->rows, k->cols);
	mpc_rows_gather(&y->key, &k->key, index, y->rows, k->words);
}

int
keyed_permute(struct mpc *S, struct keyed *y, const struct keyed *k,
    const struct mpc_order *order)
{
	struct mpc_bits to = mpc_words_as_bits(&y->key), from = mpc_words_as_bits(&k->key);

	return ((mpc_permute_to_choose(S, &y->x, &k->x, order) == 0 &&
	    mpc_permute_bits_to_choose(S, &to, &from, order) == 0) ? 0 : -1);
}

int
keyed_choose(struct mpc *S, struct keyed *y, const struct keyed *k, const size_t *index)
{
	struct mpc_bits to = mpc_words_as_bits(&y->key), from = mpc_words_as_bits(&k->key);

	if (k->cols > 0 && mpc_choose(S, &y->x, &k->x, index, k->cols) == -1)
		return (-1);
	return ((k->words > 0) ? mpc_choose_bits(S, &to, &from, index, k->words) : 0);
}
