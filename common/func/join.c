#include "func/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/join_internal.h"

bool
mpc_join_may_miss(enum mpc_join_kind kind, size_t t)
{

	return (kind == MPC_JOIN_OUTER || (kind == MPC_JOIN_LEFT && t > 0));
}

static size_t
key_words(const struct mpc_join *j)
{
	size_t keys = j->keeps_keys ? j->keys : 0, t;

	for (t = 0; t < j->tables; t++)
		keys += j->table[t].carried;
	return (MPC_JOIN_KEY_WORDS * keys);
}

size_t
mpc_join_width(const struct mpc_join *j)
{

	return (key_words(j) + j->cols);
}

static size_t
rows_of_all(const struct mpc_join *j)
{
	size_t t, rows = 0;

	for (t = 0; t < j->tables; t++)
		rows += j->table[t].rows;
	return (rows);
}

/* ---- a secret order of each table ---- */

/* Of ${x}, rows are chosen afterwards. */
static int
shuffle_words(struct mpc *S, struct mpc_vector *x, const struct mpc_order *order)
{
	struct mpc_vector y;
	int rc;

	if (x->n == 0)
		return (0);
	if ((rc = mpc_vector_new(S, &y, x->n)) == 0)
		rc = mpc_permute_to_choose(S, &y, x, order);
	mpc_vector_free(x);
	*x = y;
	return (rc);
}

/* The keys that rows carry. */
static int
shuffle_carried(struct mpc *S, struct mpc_vector *x, const struct mpc_order *order)
{
	struct mpc_bits moved, bits = mpc_words_as_bits(x);
	int rc;

	if (x->n == 0)
		return (0);
	if ((rc = mpc_bits_new(S, &moved, bits.n)) == 0)
		rc = mpc_permute_bits(S, &moved, &bits, order, false);
	mpc_vector_free(x);
	*x = mpc_bits_as_words(&moved);
	return (rc);
}

/* Rows ${first} .. of ${d}, which stays where it is. */
static int
shuffle_bits(struct mpc *S, struct mpc_bits *d, size_t first, const struct mpc_order *order)
{
	const size_t n = order->rows * MPC_JOIN_KEY_BITS;
	struct mpc_bits moved, part = mpc_bits_part(d, first * MPC_JOIN_KEY_BITS, n);
	int rc;

	if ((rc = mpc_bits_new(S, &moved, n)) == 0 &&
	    (rc = mpc_permute_bits(S, &moved, &part, order, false)) == 0)
		mpc_bits_copy(&part, &moved);
	mpc_bits_free(&moved);
	return (rc);
}

static int
shuffle_keys(struct mpc *S, struct mpc_join *j, size_t first, const struct mpc_order *order)
{
	size_t i;
	int rc = 0;

	for (i = 0; j->keeps_keys && rc == 0 && i < j->keys; i++)
		rc = shuffle_bits(S, &j->key[i], first, order);
	return (rc);
}

static int
shuffle_tables(struct mpc *S, struct mpc_join *j, struct mpc_bits *tags)
{
	struct mpc_order order;
	size_t t, first = 0;
	int rc = 0;

	for (t = 0; rc == 0 && t < j->tables; first += j->table[t++].rows) {
		if (j->table[t].rows == 0)
			continue;
		if ((rc = mpc_order_new(S, &order, j->table[t].rows)) == 0 &&
		    (rc = shuffle_bits(S, tags, first, &order)) == 0 &&
		    (rc = shuffle_keys(S, j, first, &order)) == 0 &&
		    (rc = shuffle_carried(S, &j->table[t].keys, &order)) == 0)
			rc = shuffle_words(S, &j->table[t].x, &order);
		mpc_order_free(&order);
	}
	return (rc);
}

/* ---- which rows match ---- */

/* The most rows that there can be, if no key occurs twice: public. */
static size_t
most_matches(const struct mpc_join *j)
{
	size_t t, rows = j->table[0].rows;

	if (j->kind == MPC_JOIN_OUTER)
		return (rows_of_all(j));
	for (t = 1; j->kind == MPC_JOIN_INNER && t < j->tables; t++)
		rows = (j->table[t].rows < rows) ? j->table[t].rows : rows;
	return (rows);
}

size_t
mpc_join_whole(const struct mpc_join *j)
{
	size_t whole = 0, k, t;

	for (k = 0; j->at != NULL && k < j->rows; k++) {
		for (t = 0; t < j->tables && j->at[t * j->rows + k] != MPC_NO_ROW; t++)
			continue;
		whole += (t == j->tables);
	}
	return (whole);
}

/* Put the rows that were found into an order that the dealer does not know. */
static int
order_matches(struct mpc *S, struct mpc_join *j)
{
	size_t *order, *at, k, t;
	int rc = -1;

	order = mem_array(j->rows, sizeof(*order));
	at = mem_array(j->rows * j->tables, sizeof(*at));
	if (order != NULL && at != NULL)
		rc = mpc_common_order(S, order, j->rows);
	for (t = 0; rc == 0 && j->at != NULL && t < j->tables; t++) {
		for (k = 0; k < j->rows; k++)
			at[t * j->rows + k] = j->at[t * j->rows + order[k]];
	}
	free(order);
	if (j->at == NULL) {
		free(at);
		return (rc);
	}
	free(j->at);
	j->at = at;
	return (rc);
}

/* Open the tags, match them, and tell the dealer how many rows there are. */
static int
match_tags(struct mpc *S, struct mpc_join *j, const struct mpc_bits *tags)
{
	word *clear;
	int rc;

	if ((clear = mem_array(tags->n / 64, sizeof(*clear))) == NULL)
		return (-1);
	j->rows = most_matches(j);
	rc = (tags->n > 0) ? mpc_reveal_bits(S, clear, tags) : 0;
	if (rc == 0 && mpc_sees_revealed(S))
		rc = join_match(j, clear, &j->at, &j->rows);
	free(clear);
	if (rc == 0)
		rc = mpc_tell(S, &j->rows,
		    (j->duplicates == MPC_JOIN_ALL) ? MPC_MAX_ORDERED : most_matches(j));
	return ((rc == 0 && j->rows > 0) ? order_matches(S, j) : rc);
}

/* ---- rows that are chosen ---- */

/* Say of rows whether they have one of a table: those that do have the only row of another one. */
static int
lay_marks(struct mpc *S, const struct mpc_join *j, struct mpc_vector *z, size_t width, size_t col,
    const size_t *at, size_t n)
{
	const word public = (word)j->mark;
	size_t *index = mem_array(n, sizeof(*index)), k;
	struct mpc_vector mark;
	int rc;

	rc = mpc_vector_new(S, &mark, 1);
	if (rc == 0 && index != NULL) {
		mpc_load_public(&mark, 0, &public, 1);
		for (k = 0; k < n; k++)
			index[k] = (at[k] == MPC_NO_ROW) ? MPC_NO_ROW : 0;
		mpc_rows_lay(z, width, col, &mark, 1, index, n);
	}
	mpc_vector_free(&mark);
	free(index);
	return ((index == NULL) ? -1 : rc);
}

/* The marks of a table, and the columns of all, with at most ${most} marks of each. */
static size_t
marks_of(const struct mpc_join *j, size_t t, size_t most)
{

	return ((j->table[t].marks < most) ? j->table[t].marks : most);
}

static size_t
columns_of_all(const struct mpc_join *j, size_t most)
{
	size_t t, cols = 0;

	for (t = 0; t < j->tables; t++)
		cols += j->table[t].cols + marks_of(j, t, most);
	return (cols);
}

/* Lay rows of all tables side by side, as the computing parties alone do. */
static int
lay_tables(struct mpc *S, const struct mpc_join *j, struct mpc_vector *z, size_t first, size_t n,
    size_t most)
{
	const size_t width = z->n / n, *at;
	size_t t, i, col = 0;

	for (t = 0; t < j->tables; t++) {
		at = j->at + t * j->rows + first;
		if (j->table[t].cols > 0)
			mpc_rows_lay(z, width, col, &j->table[t].x, j->table[t].cols, at, n);
		col += j->table[t].cols;
		for (i = 0; i < marks_of(j, t, most); i++) {
			if (lay_marks(S, j, z, width, col++, at, n) == -1)
				return (-1);
		}
	}
	return (0);
}

/* The same, masked anew, so that the dealer does not know which rows they are. */
static int
choose_tables(struct mpc *S, const struct mpc_join *j, struct mpc_vector *y, size_t first,
    size_t n, size_t most)
{
	struct mpc_vector z = { .n = 0 };
	int rc = 0;

	if (j->at != NULL && (rc = mpc_vector_new(S, &z, y->n)) == 0)
		rc = lay_tables(S, j, &z, first, n, most);
	if (rc == 0)
		rc = mpc_choose(S, y, &z, NULL, y->n / n);
	mpc_vector_free(&z);
	return (rc);
}

/* The keys of rows: those of the first table that has one. */
static int
choose_keys(struct mpc *S, struct mpc_join *j)
{
	size_t *index = NULL, first = 0, k, t, i;
	struct mpc_bits chosen;
	int rc = 0;

	if (j->at != NULL && (index = mem_array(j->rows, sizeof(*index))) == NULL)
		return (-1);
	for (k = 0; index != NULL && k < j->rows; k++) {
		for (first = t = 0; j->at[t * j->rows + k] == MPC_NO_ROW; t++)
			first += j->table[t].rows;
		index[k] = first + j->at[t * j->rows + k];
	}
	for (i = 0; rc == 0 && i < j->keys; i++) {
		if ((rc = mpc_bits_new(S, &chosen, j->rows * MPC_JOIN_KEY_BITS)) == 0)
			rc = mpc_choose_bits(S, &chosen, &j->key[i], index, MPC_JOIN_KEY_WORDS);
		mpc_bits_free(&j->key[i]);
		j->key[i] = chosen;
	}
	free(index);
	return (rc);
}

/*
 * The keys that a table carries.  Where rows may have none of its own, as many random ones stand
 * behind them, so that each that is missing is another, and matches nothing.
 */
static int
choose_carried(struct mpc *S, const struct mpc_join *j, size_t t)
{
	struct mpc_join_table *table = &j->table[t];
	const size_t words = MPC_JOIN_KEY_WORDS * table->carried, own = 64 * table->keys.n,
	    more = mpc_join_may_miss(j->kind, t) ? 64 * words * j->rows : 0;
	const size_t *at = (j->at != NULL) ? j->at + t * j->rows : NULL;
	size_t *index = NULL, k;
	struct mpc_bits all, part, chosen = { .n = 0 }, bits = mpc_words_as_bits(&table->keys);
	int rc = -1;

	if (mpc_bits_new(S, &all, own + more) == -1 ||
	    mpc_bits_new(S, &chosen, 64 * words * j->rows) == -1 ||
	    (at != NULL && (index = mem_array(j->rows, sizeof(*index))) == NULL))
		goto out;
	part = mpc_bits_part(&all, 0, own);
	mpc_bits_copy(&part, &bits);
	part = mpc_bits_part(&all, own, more);
	for (k = 0; at != NULL && k < j->rows; k++)
		index[k] = (at[k] != MPC_NO_ROW) ? at[k] : table->rows + k;
	if (mpc_random_bits(S, &part) == 0)
		rc = mpc_choose_bits(S, &chosen, &all, index, words);
out:
	free(index);
	mpc_bits_free(&all);
	mpc_vector_free(&table->keys);
	table->keys = mpc_bits_as_words(&chosen);
	return (rc);
}

/* Of all tables that carry some. */
static int
choose_all_carried(struct mpc *S, const struct mpc_join *j)
{
	size_t t;
	int rc = 0;

	for (t = 0; rc == 0 && t < j->tables; t++) {
		if (j->table[t].carried > 0)
			rc = choose_carried(S, j, t);
	}
	return (rc);
}

/* All rows of the result, with one mark for each table; the tables are used up. */
static int
choose_whole(struct mpc *S, struct mpc_join *j)
{
	size_t t;
	int rc;

	if ((rc = mpc_vector_new(S, &j->all, j->rows * columns_of_all(j, 1))) == 0)
		rc = choose_tables(S, j, &j->all, 0, j->rows, 1);
	for (t = 0; t < j->tables; t++)
		mpc_vector_free(&j->table[t].x);
	return (rc);
}

/*
 * Of rows without a match, too: choose all, and put them into one more order, as the computing
 * parties know which these are.
 */
static int
hide_unmatched(struct mpc *S, struct mpc_join *j)
{
	struct mpc_order order;
	size_t t;
	int rc;

	if ((rc = mpc_order_new(S, &order, j->rows)) == 0 && j->cols > 0 &&
	    (rc = choose_whole(S, j)) == 0)
		rc = shuffle_words(S, &j->all, &order);
	if (rc == 0)
		rc = shuffle_keys(S, j, 0, &order);
	for (t = 0; rc == 0 && t < j->tables; t++)
		rc = shuffle_carried(S, &j->table[t].keys, &order);
	mpc_order_free(&order);
	return (rc);
}

int
mpc_join_find(struct mpc *S, struct mpc_join *j)
{
	struct mpc_bits tags;
	size_t n = rows_of_all(j);
	int rc;

	j->cols = columns_of_all(j, SIZE_MAX);
	j->repeats = j->tables;
	if ((rc = mpc_bits_new(S, &tags, n * MPC_JOIN_KEY_BITS)) == 0 && n > 0 &&
	    (rc = join_tags(S, j, &tags, 0, n)) == 0)
		rc = join_settle(S, j, &tags);
	if (rc == 0 && j->repeats == j->tables && (rc = shuffle_tables(S, j, &tags)) == 0)
		rc = match_tags(S, j, &tags);
	mpc_bits_free(&tags);
	if (rc == -1 || j->repeats < j->tables || j->rows == 0)
		return (rc);
	if ((j->keeps_keys && choose_keys(S, j) == -1) || choose_all_carried(S, j) == -1)
		return (-1);
	return ((j->kind != MPC_JOIN_INNER) ? hide_unmatched(S, j) : 0);
}

void
mpc_join_free(struct mpc_join *j)
{

	free(j->at);
	j->at = NULL;
	mpc_vector_free(&j->all);
}

/* ---- rows of the result ---- */

/* Rows of the whole result, with all marks. */
static void
lay_all(const struct mpc_join *j, struct mpc_vector *z, const struct mpc_vector *x, size_t width)
{
	size_t t, i, from = 0, to = 0;

	for (t = 0; t < j->tables; t++) {
		mpc_columns_lay(z, j->cols, to, x, width, from, j->table[t].cols);
		to += j->table[t].cols;
		from += j->table[t].cols;
		for (i = 0; i < j->table[t].marks; i++)
			mpc_columns_lay(z, j->cols, to++, x, width, from, 1);
		from += marks_of(j, t, 1);
	}
}

static int
choose_columns(struct mpc *S, const struct mpc_join *j, struct mpc_vector *y, size_t first,
    size_t n)
{
	const size_t width = columns_of_all(j, 1);
	struct mpc_vector rows, z;
	int rc;

	if (j->kind == MPC_JOIN_INNER)
		return (choose_tables(S, j, y, first, n, SIZE_MAX));
	rows = mpc_part(&j->all, first * width, n * width);
	if ((rc = mpc_vector_new(S, &z, n * j->cols)) == 0) {
		lay_all(j, &z, &rows, width);
		rc = mpc_choose(S, y, &z, NULL, j->cols);
	}
	mpc_vector_free(&z);
	return (rc);
}

/* Lay keys and other columns side by side. */
static void
lay_keys(const struct mpc_join *j, struct mpc_vector *y, const struct mpc_vector *x, size_t first,
    size_t n)
{
	const size_t width = mpc_join_width(j);
	size_t i, words, to = 0;
	struct mpc_vector key;
	struct mpc_bits rows;

	for (i = 0; j->keeps_keys && i < j->keys; i++, to += MPC_JOIN_KEY_WORDS) {
		rows = mpc_bits_part(&j->key[i], first * MPC_JOIN_KEY_BITS, n * MPC_JOIN_KEY_BITS);
		key = mpc_bits_as_words(&rows);
		mpc_columns_lay(y, width, to, &key, MPC_JOIN_KEY_WORDS, 0, MPC_JOIN_KEY_WORDS);
	}
	for (i = 0; i < j->tables; i++, to += words) {
		words = MPC_JOIN_KEY_WORDS * j->table[i].carried;
		key = mpc_part(&j->table[i].keys, first * words, n * words);
		if (words > 0)
			mpc_columns_lay(y, width, to, &key, words, 0, words);
	}
	if (j->cols > 0)
		mpc_columns_lay(y, width, to, x, j->cols, 0, j->cols);
}

int
mpc_join_rows(struct mpc *S, const struct mpc_join *j, struct mpc_vector *y, size_t first,
    size_t n)
{
	struct mpc_vector x;
	int rc;

	if (key_words(j) == 0)
		return (choose_columns(S, j, y, first, n));
	rc = mpc_vector_new(S, &x, n * j->cols);
	if (rc == 0 && j->cols > 0)
		rc = choose_columns(S, j, &x, first, n);
	if (rc == 0)
		lay_keys(j, y, &x, first, n);
	mpc_vector_free(&x);
	return (rc);
}
