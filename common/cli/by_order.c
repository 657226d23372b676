#include "cli/by_order.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"
#include "cli/known.h"
#include "cli/tool.h"
#include "data/bounds.h"
#include "data/presence.h"
#include "func/ranks.h"
#include "ring/fixed.h"

/* ---- the command line ---- */

bool
by_order_is_wanted(const struct by_order *o)
{
	size_t i;

	for (i = 0; i < BY_ORDER_FIGURES && !o->wanted[i]; i++)
		continue;
	return (i < BY_ORDER_FIGURES);
}

#define PLACES 1000000 /* what shares are whole multiples of */

static int
parse_share(const char *text, size_t len, uint64_t *share)
{
	int shown = (int)((len < 40) ? len : 40);
	double x;

	if (fixed_parse_double(text, len, &x) != FIXED_OK || !(x >= 0 && x <= 1))
		return (usage("--at: '%.*s' is no share of the rows from 0 to 1, such as 0.25",
		    shown, text));
	*share = (uint64_t)lround(x * PLACES);
	/* Doubles near a decimal of six places are 1e-16 away from it. */
	if (fabs(x * PLACES - (double)*share) > 1e-9)
		return (usage("--at: '%.*s' has more than six decimal places", shown, text));
	return (0);
}

/* The median and the quartiles behind, and all of them with the smallest denominator. */
static void
reduce_shares(struct by_order *o)
{
	uint64_t divisor = PLACES;
	size_t i, n = o->n_at;

	o->at[n++] = PLACES / 2;
	o->at[n++] = PLACES / 4;
	o->at[n++] = PLACES / 4 * 3;
	for (i = 0; i < n; i++)
		divisor = num_common_divisor(divisor, o->at[i]);
	for (i = 0; i < n; i++)
		o->at[i] /= divisor;
	o->denominator = PLACES / divisor;
}

int
by_order_parse_at(struct by_order *o, const char *text)
{
	const char *share;
	size_t len;

	o->n_at = 0;
	while (names_next(&text, &share, &len)) {
		if (o->n_at == BY_ORDER_MAX_AT)
			return (usage("--at takes up to %d shares", BY_ORDER_MAX_AT));
		if (parse_share(share, len, &o->at[o->n_at]) == -1)
			return (-1);
		o->n_at++;
	}
	reduce_shares(o);
	return (0);
}

void
by_order_describe_at(const struct by_order *o, char *text, size_t size)
{
	size_t i, used = 0;

	text[0] = '\0';
	for (i = 0; i < o->n_at && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%.6g", (i == 0) ? "" : ",",
		    (double)o->at[i] / (double)o->denominator);
}

/* ---- a tensor ---- */

static bool
wants_quantiles(const struct by_order *o)
{

	return (o->wanted[BY_ORDER_MEDIAN] || o->wanted[BY_ORDER_QUANTILE] ||
	    o->wanted[BY_ORDER_IQR]);
}

/* Words of which so many bits are in range for an order, and have room for what comes of them. */
static int
fit_ordered(struct by_order *o, size_t j, struct bounds b)
{
	unsigned bits = bounds_bits(b), more = wants_quantiles(o) ? o->more : 0;

	if (bits + more <= MPC_NUMBER_RANGE) {
		o->columns[j].low = b.low;
		o->columns[j].high = b.high;
		o->columns[j].guessed = !bounds_known(bounds_of(part_about(o->part, j)));
		return (0);
	}
	if (bounds_known(bounds_of(part_about(o->part, j))))
		return (bounds_refuse(o->part, j, "a number of it"));
	return (known_refuse(o->part, j, "how large its numbers are is not known, and they may "
	    "not fit 64 bits with %u more fraction bits: declare its range (smpc-share --range), "
	    "or say with --bits %u how large they are", more, MPC_NUMBER_RANGE + 1 - more));
}

/* What is known of the words of a column, of which those that are missing are 0. */
static struct bounds
ordered_words(const struct by_order *o, size_t j)
{
	const struct column *c = part_about(o->part, j);
	struct bounds b = bounds_of(c);

	if (!bounds_known(b))
		b = (struct bounds){ -((int64_t)1 << o->bits), ((int64_t)1 << o->bits) - 1 };
	if (c->missing)
		bounds_unite(&b, (struct bounds){ 0, 0 });
	return (b);
}

static int
begin_column(struct by_order *o, const char *where, size_t j)
{

	if (presence_find(o->part, where, j, &o->presence[j]) == -1)
		return (-1);
	return (fit_ordered(o, j, ordered_words(o, j)));
}

int
by_order_begin(struct by_order *o, const struct part *p, const char *where, unsigned f)
{
	size_t j;

	o->part = p;
	o->more = f - p->fraction_bits;
	o->presence = mem_array(p->cols, sizeof(*o->presence));
	o->columns = mem_array(p->cols, sizeof(*o->columns));
	if (o->presence == NULL || o->columns == NULL)
		return (-1);
	for (j = 0; j < p->cols; j++) {
		if (begin_column(o, where, j) == -1)
			return (-1);
	}
	return (0);
}

int
by_order_add(struct mpc *S, struct by_order *o, const struct mpc_vector *x, size_t rows)
{

	o->rows += rows;
	return (mpc_append(S, &o->x, &o->room, x));
}

void
by_order_end(struct by_order *o)
{

	free(o->presence);
	free(o->columns);
	mpc_vector_free(&o->x);
	mpc_between_free(&o->between);
	o->presence = NULL;
	o->columns = NULL;
	o->room = o->rows = 0;
}

/* ---- what figures are ---- */

size_t
by_order_rows(const struct by_order *o, enum by_order_figure figure)
{

	return ((figure == BY_ORDER_QUANTILE) ? o->n_at :
	    (figure == BY_ORDER_CORRELATION) ? o->part->cols : 1);
}

unsigned
by_order_fraction_bits(const struct by_order *o, enum by_order_figure figure)
{

	return (o->part->fraction_bits + ((figure == BY_ORDER_MODE) ? 0 : o->more));
}

/* The commonest value is one of the column, but 0 where no value is there. */
static int
about_mode(const struct by_order *o, size_t j, struct column *c)
{
	const struct column *of = part_about(o->part, j);

	if (of->kind == COLUMN_PRESENCE) {
		column_result(c, bounds_of(of), of->exponent);
		return (0);
	}
	if (column_copy(c, of) == -1)
		return (-1);
	if (c->missing && column_has_range(c)) {
		c->low = o->columns[j].low;
		c->high = o->columns[j].high;
	}
	c->missing = c->median = false;
	return (0);
}

/* Quantiles are between the numbers of a column, and as far apart as these at most. */
static int
about_quantile(const struct by_order *o, size_t j, struct column *c, bool range)
{
	const struct column *of = part_about(o->part, j);
	struct bounds b = { o->columns[j].low, o->columns[j].high };

	if (!column_has_range(of)) {
		column_result(c, bounds_any(), of->exponent);
	} else {
		(void)bounds_scale(&b, 1, o->more);
		if (range)
			b = (struct bounds){ 0, b.high - b.low };
		column_result(c, b, of->exponent);
	}
	return ((of->unit == NULL) ? 0 : column_set_unit(c, of->unit));
}

int
by_order_about(const struct by_order *o, enum by_order_figure figure, size_t j, struct column *c)
{
	const int64_t one = (int64_t)1 << (o->part->fraction_bits + o->more);

	if (figure == BY_ORDER_MODE)
		return (about_mode(o, j, c));
	if (figure != BY_ORDER_CORRELATION)
		return (about_quantile(o, j, c, figure == BY_ORDER_IQR));
	column_result(c, (struct bounds){ -one, one }, 0);
	return (0);
}

/* ---- finding them ---- */

/* A column's words, and which of them are there. */
struct taken {
	struct mpc_vector x, present;
	struct mpc_ranked ranked;
};

static void
taken_free(struct taken *t)
{

	mpc_vector_free(&t->x);
	mpc_vector_free(&t->present);
}

/* 1 where a value is, with as many fraction bits as all words: exact, as there are no others. */
static int
take_presence(struct mpc *S, const struct by_order *o, struct taken *t, size_t at)
{
	const unsigned bits = o->part->fraction_bits;

	if (mpc_vector_new(S, &t->present, o->rows) == -1)
		return (-1);
	mpc_columns_get(&t->present, &o->x, o->rows, o->part->cols, at);
	t->ranked.present = &t->present;
	return ((bits == 0) ? 0 : mpc_truncate(S, &t->present, &t->present, bits));
}

static int
take_ranked(struct mpc *S, const struct by_order *o, struct taken *t, size_t j)
{

	memset(t, 0, sizeof(*t));
	if (mpc_vector_new(S, &t->x, o->rows) == -1)
		return (-1);
	mpc_columns_get(&t->x, &o->x, o->rows, o->part->cols, j);
	t->ranked = o->columns[j];
	t->ranked.x = &t->x;
	return ((o->presence[j] == SIZE_MAX) ? 0 : take_presence(S, o, t, o->presence[j]));
}

/* Those that are asked for: a list, from number *${first} on. */
static struct mpc_quantiles
asked_quantiles(const struct by_order *o, size_t *first)
{
	const size_t median = o->n_at;
	size_t end = median;

	*first = o->wanted[BY_ORDER_QUANTILE] ? 0 : o->wanted[BY_ORDER_MEDIAN] ? median :
	    median + 1;
	if (o->wanted[BY_ORDER_IQR])
		end = median + BY_ORDER_QUARTILES;
	else if (o->wanted[BY_ORDER_MEDIAN])
		end = median + 1;
	return ((struct mpc_quantiles){ end - *first, o->at + *first, o->denominator });
}

/* Column by column, as places are those of one order. */
static int
find_neighbours(struct mpc *S, const struct by_order *o, struct mpc_neighbours *nb,
    const struct mpc_quantiles *q)
{
	struct taken t;
	size_t j;
	int rc = 0;

	for (j = 0; j < o->part->cols && rc == 0; j++) {
		if ((rc = take_ranked(S, o, &t, j)) == 0)
			rc = mpc_neighbours_find(S, nb, j * q->count, &t.ranked, q);
		taken_free(&t);
	}
	return (rc);
}

/* With all the bits that results have. */
static void
make_finer(const struct by_order *o, struct mpc_neighbours *nb)
{

	mpc_scale(&nb->below, &nb->below, (int64_t)1 << o->more);
	mpc_scale(&nb->above, &nb->above, (int64_t)1 << o->more);
}

static int
need_quantiles(struct mpc *S, struct by_order *o)
{
	size_t first;
	const struct mpc_quantiles q = asked_quantiles(o, &first);
	const size_t n = q.count * o->part->cols;
	struct mpc_neighbours nb;
	int rc;

	if (o->between.whole.n > 0)
		return (0);
	if ((rc = mpc_neighbours_new(S, &nb, n)) == 0 &&
	    (rc = find_neighbours(S, o, &nb, &q)) == 0) {
		make_finer(o, &nb);
		if ((rc = mpc_between_new(S, &o->between, n)) == 0)
			rc = mpc_interpolate(S, &o->between, &nb, q.denominator);
	}
	mpc_neighbours_free(&nb);
	return (rc);
}

/* Take quantile ${number} and those behind it, of all columns, row by row. */
static int
take_quantiles(const struct by_order *o, struct mpc_between *z, size_t number)
{
	const size_t n = z->whole.n, cols = o->part->cols;
	size_t first, *index = mem_array(n, sizeof(*index)), i;
	const struct mpc_quantiles q = asked_quantiles(o, &first);

	if (index == NULL)
		return (-1);
	for (i = 0; i < n; i++)
		index[i] = i % cols * q.count + number - first + i / cols;
	mpc_gather(&z->whole, &o->between.whole, index, n);
	mpc_gather(&z->rest, &o->between.rest, index, n);
	free(index);
	return (0);
}

/* The distance of the quartiles is rounded once. */
static int
find_quantiles(struct mpc *S, struct by_order *o, enum by_order_figure figure,
    struct mpc_vector *y)
{
	const size_t median = o->n_at;
	struct mpc_between z, lower = { { 0 }, { 0 } };
	int rc = -1;

	if (mpc_between_new(S, &z, y->n) == -1 || need_quantiles(S, o) == -1)
		goto out;
	rc = take_quantiles(o, &z, (figure == BY_ORDER_QUANTILE) ? 0 :
	    (figure == BY_ORDER_MEDIAN) ? median : median + 2);
	if (rc == 0 && figure == BY_ORDER_IQR && (rc = mpc_between_new(S, &lower, y->n)) == 0 &&
	    (rc = take_quantiles(o, &lower, median + 1)) == 0) {
		mpc_subtract(&z.whole, &z.whole, &lower.whole);
		mpc_subtract(&z.rest, &z.rest, &lower.rest);
	}
	if (rc == 0)
		rc = mpc_between_round(S, y, &z, o->denominator);
out:
	mpc_between_free(&z);
	mpc_between_free(&lower);
	return (rc);
}

static int
find_modes(struct mpc *S, const struct by_order *o, struct mpc_vector *y)
{
	struct mpc_vector one;
	struct taken t;
	size_t j;
	int rc = 0;

	for (j = 0; j < o->part->cols && rc == 0; j++) {
		one = mpc_part(y, j, 1);
		if ((rc = take_ranked(S, o, &t, j)) == 0)
			rc = mpc_mode(S, &one, &t.ranked);
		taken_free(&t);
	}
	return (rc);
}

static int
correlate_ranks(struct mpc *S, const struct by_order *o, struct mpc_vector *y)
{
	const size_t cols = o->part->cols;
	struct taken *t = mem_array(cols, sizeof(*t));
	struct mpc_ranked *columns = mem_array(cols, sizeof(*columns));
	size_t j;
	int rc = (t == NULL || columns == NULL) ? -1 : 0;

	for (j = 0; j < cols && rc == 0; j++) {
		rc = take_ranked(S, o, &t[j], j);
		columns[j] = t[j].ranked;
	}
	if (rc == 0)
		rc = mpc_rank_correlation(S, y, columns, cols,
		    by_order_fraction_bits(o, BY_ORDER_CORRELATION));
	for (j = 0; t != NULL && j < cols; j++)
		taken_free(&t[j]);
	free(t);
	free(columns);
	return (rc);
}

int
by_order_find(struct mpc *S, struct by_order *o, enum by_order_figure figure, struct mpc_vector *y)
{

	if (figure == BY_ORDER_MODE)
		return (find_modes(S, o, y));
	if (figure == BY_ORDER_CORRELATION)
		return (correlate_ranks(S, o, y));
	return (find_quantiles(S, o, figure, y));
}
