#include "data/combine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/hex.h"
#include "base/mem.h"
#include "ring/fixed.h"
#include "ring/ring.h"

struct combine {
	size_t count;
	bool partial;
	bool sufficient; /* the shares at hand reveal; else noise */
	bool warned;
	bool part_ended;
	struct reader *const *readers;
	struct part **parts; /* of the next rows */
	struct rows *rows;
	struct ring R;
	uint64_t row; /* in the part */
	struct mem_words words;
	struct mem_words check; /* the sum of all lam_i, where the dealer's lam is there, too */
};

struct combine *
combine_new(struct reader *const *readers, size_t count, bool partial)
{
	struct combine *c;
	size_t i;

	if ((c = mem_array(1, sizeof(*c))) == NULL)
		return (NULL);
	for (i = 0; i < count; i++) {
		reader_takes_row_exponents(readers[i]);
		reader_takes_missing(readers[i]);
	}
	c->count = count;
	c->partial = partial;
	c->readers = readers;
	c->parts = mem_array(count, sizeof(*c->parts));
	c->rows = mem_array(count, sizeof(*c->rows));
	if (c->parts == NULL || c->rows == NULL) {
		combine_free(c);
		return (NULL);
	}
	return (c);
}

/* ---- do the shares belong together? ---- */

static int
refuse_pair(const struct combine *c, size_t i, size_t j, const char *what)
{

	return (fail(ST_REFUSED, "%s (party %s) and %s (party %s): %s", reader_name(c->readers[i]),
	    part_party(c->parts[i]), reader_name(c->readers[j]), part_party(c->parts[j]), what));
}

/* The share that most others agree with, by id: the ones that differ are to be named. */
static size_t
reference(const struct combine *c)
{
	size_t best = 0, best_votes = 0, votes, i, j;

	for (i = 0; i < c->count; i++) {
		for (votes = 0, j = 0; j < c->count; j++)
			votes += (memcmp(c->parts[i]->id, c->parts[j]->id, ID_BYTES) == 0);
		if (votes > best_votes) {
			best_votes = votes;
			best = i;
		}
	}
	return (best);
}

static int
refuse_id(const struct combine *c, size_t i, size_t j)
{
	const struct part *a = c->parts[i], *b = c->parts[j];
	char hex[2 * ID_BYTES + 1], other[2 * ID_BYTES + 1];

	/* What nobody has worked on yet was shared by two runs. */
	if (strcmp(a->op, "share") == 0 && strcmp(b->op, "share") == 0)
		return (fail(ST_REFUSED, "%s: the share of party '%s' has another id than that of "
		    "'%s': they are from different runs of smpc-share, and only shares of one run "
		    "fit together", reader_name(c->readers[i]), part_party(a), part_party(b)));
	hex_encode(hex, a->id, ID_BYTES);
	hex_encode(other, b->id, ID_BYTES);
	return (fail(ST_REFUSED, "%s: the share of party '%s' has another id than that of '%s': "
	    "not the same data, or not the same steps (%.12s..., made by '%s', and %.12s..., made "
	    "by '%s'); smpc-info shows where they come from", reader_name(c->readers[i]),
	    part_party(a), part_party(b), hex, a->op, other, b->op));
}

static int
check_pair(const struct combine *c, size_t i, size_t j)
{
	const struct part *a = c->parts[i], *b = c->parts[j];
	size_t k, column;

	if (a->scheme != b->scheme || a->scheme == SCHEME_PUBLIC)
		return (refuse_pair(c, i, j, "are not shares of one scheme"));
	if (memcmp(a->id, b->id, ID_BYTES) != 0)
		return (refuse_id(c, i, j));
	if (a->party == b->party && a->n_parties == b->n_parties)
		return (refuse_pair(c, i, j, "are both shares of the same party"));
	if (a->modulus != b->modulus || a->n_parties != b->n_parties)
		return (refuse_pair(c, i, j, "differ in modulus or parties"));
	for (k = 0; k < a->n_parties; k++) {
		if (strcmp(a->parties[k], b->parties[k]) != 0)
			return (refuse_pair(c, i, j, "were shared among different parties"));
	}
	if (a->fraction_bits != b->fraction_bits || a->divisor != b->divisor)
		return (refuse_pair(c, i, j, "differ in scale"));
	if (strcmp(a->name, b->name) != 0 || !part_same_columns(a, b))
		return (refuse_pair(c, i, j, "differ in name or columns"));
	if (part_about_difference(a, b, &column) != NULL || a->dropped != b->dropped ||
	    !part_same_row_exponents(a, b) || a->intact != b->intact ||
	    !ids_same(&a->origins, &b->origins))
		return (refuse_pair(c, i, j, "differ in what they say of their columns"));
	return (0);
}

static int
check_parts(const struct combine *c)
{
	size_t r = reference(c), i;

	for (i = 0; i < c->count; i++) {
		if (i != r && check_pair(c, i, r) == -1)
			return (-1);
	}
	/* All agree with the reference; none may have the same party as another. */
	for (i = 0; i < c->count; i++) {
		for (r = 0; r < i; r++) {
			if (c->parts[i]->party == c->parts[r]->party)
				return (refuse_pair(c, i, r, "are both shares of the same party"));
		}
	}
	return (0);
}

static const struct part *
part_of_party(const struct combine *c, size_t party)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		if (c->parts[i]->party == party)
			return (c->parts[i]);
	}
	return (NULL);
}

/* Are the shares enough?  If not, name a party whose share is missing. */
static int
check_sufficient(struct combine *c)
{
	const struct part *p = c->parts[0];
	bool dealer = (p->scheme == SCHEME_MASKED && part_of_party(c, 0) != NULL);
	size_t first = (p->scheme == SCHEME_MASKED) ? 1 : 0, i;
	const char *missing = NULL;

	for (i = p->n_parties; i-- > first;) {
		if (part_of_party(c, i) == NULL)
			missing = p->parties[i];
	}
	c->sufficient = (p->scheme == SCHEME_PUBLIC || missing == NULL || (dealer && c->count > 1));
	if (!c->sufficient && c->partial && !c->warned)
		warn("these shares are too few to reveal anything: what is printed is noise");
	c->warned = true;
	if (c->sufficient || c->partial)
		return (0);
	if (p->scheme == SCHEME_MASKED && dealer)
		return (fail(ST_REFUSED, "the share of a computing party is missing, such as that "
		    "of '%s': give it, too", missing));
	if (p->scheme == SCHEME_MASKED)
		return (fail(ST_REFUSED, "the share of party '%s' is missing (or that of the "
		    "dealer, '%s'): give it, too", missing, p->parties[0]));
	return (fail(ST_REFUSED, "the share of party '%s' is missing; all %zu are needed: give it, "
	    "too", missing, p->n_parties));
}

int
combine_part(struct combine *c, const struct part **part, bool *starts_tensor)
{
	size_t i, ended = 0, with = 0, without = 0;

	for (i = 0; i < c->count; i++) {
		if (reader_part(c->readers[i], &c->parts[i]) == -1)
			return (-1);
		if (c->parts[i] == NULL) {
			ended++;
			without = i;
		} else
			with = i;
	}
	if (ended == c->count)
		return (0);
	if (ended > 0)
		return (fail(ST_REFUSED, "%s has fewer parts than %s: not the same data, or not "
		    "the same steps", reader_name(c->readers[without]),
		    reader_name(c->readers[with])));
	if (budgets_refuse("what is to be revealed") == -1 || check_parts(c) == -1 ||
	    check_sufficient(c) == -1)
		return (-1);
	ring_init(&c->R, c->parts[0]->modulus);
	c->row = 0;
	c->part_ended = false;
	*part = c->parts[0];
	*starts_tensor = reader_starts_tensor(c->readers[0]);
	return (1);
}

/* ---- words ---- */

/* Take as many rows of all shares as they have together in memory. */
static int
read_together(struct combine *c, size_t *count)
{
	size_t i, n, ended = 0;

	*count = SIZE_MAX;
	for (i = 0; i < c->count; i++) {
		if (reader_part(c->readers[i], &c->parts[i]) == -1)
			return (-1);
		n = reader_available(c->readers[i]);
		*count = (n < *count) ? n : *count;
	}
	for (i = 0; i < c->count; i++) {
		if (reader_rows(c->readers[i], *count, &c->rows[i]) != 1)
			return (-1);
		ended += c->rows[i].ends_part;
	}
	if (ended > 0 && ended < c->count)
		return (fail(ST_REFUSED, "shares of one id differ in their number of rows after "
		    "row %" PRIu64, c->row + *count));
	c->part_ended = (ended > 0);
	return (0);
}

/* The computing parties' m must be the same; the first one is used. */
static int
check_masked(const struct combine *c, size_t words)
{
	size_t i, first = c->count;

	for (i = 0; i < c->count; i++) {
		if (!part_is_computing(c->parts[i]))
			continue;
		if (first == c->count)
			first = i;
		else if (memcmp(c->rows[first].plane[PART_PLANE_M],
		    c->rows[i].plane[PART_PLANE_M], words * sizeof(uint64_t)) != 0)
			return (refuse_pair(c, first, i, "hold different masked values: an owner "
			    "gave them different ones, or one is damaged"));
	}
	return (0);
}

/* x = m - lam, by the dealer's lam where it is there, else by all lam_i at hand. */
static int
combine_masked(struct combine *c, size_t words)
{
	const uint64_t *m = NULL, *lam = NULL;
	uint64_t *x = c->words.word, *check = c->check.word;
	size_t i, computing = 0;

	if (check_masked(c, words) == -1)
		return (-1);
	memset(check, 0, words * sizeof(*check));
	for (i = 0; i < c->count; i++) {
		if (part_is_dealer(c->parts[i])) {
			lam = c->rows[i].plane[0];
			continue;
		}
		m = c->rows[i].plane[PART_PLANE_M];
		computing++;
		ring_add(&c->R, check, check, c->rows[i].plane[PART_PLANE_LAM], words);
	}
	if (lam != NULL && computing == c->parts[0]->n_parties - 1 &&
	    memcmp(lam, check, words * sizeof(*check)) != 0)
		return (fail(ST_REFUSED, "the dealer's masks are not the sum of the computing "
		    "parties'"));
	if (lam == NULL)
		lam = check;
	memset(x, 0, words * sizeof(*x));
	if (m != NULL)
		memcpy(x, m, words * sizeof(*x));
	ring_sub(&c->R, x, x, lam, words);
	return (0);
}

/* ---- ranges ---- */

static int
refuse_word(const struct combine *c, size_t row, size_t j, int64_t v)
{
	const struct part *p = c->parts[0];
	char name[24], number[FIXED_MAX_TEXT + 1], low[FIXED_MAX_TEXT + 1],
	    high[FIXED_MAX_TEXT + 1];
	const struct column *a = part_about(p, j);

	number[fixed_format_scaled(number, v, p->fraction_bits, a->exponent, p->divisor)] = '\0';
	low[fixed_format_scaled(low, a->low, p->fraction_bits, a->exponent, p->divisor)] = '\0';
	high[fixed_format_scaled(high, a->high, p->fraction_bits, a->exponent, p->divisor)] = '\0';
	snprintf(name, sizeof(name), "%zu", j + 1);
	return (fail(ST_RANGE, "tensor '%s', row %" PRIu64 ", column '%s': %s is not from %s to "
	    "%s, as the header says%s", p->name, c->row + row + 1,
	    (p->columns != NULL) ? p->columns[j] : name, number, low, high,
	    (strcmp(p->op, "share") == 0) ? "" : ": numbers that it was made of have left their "
	    "range"));
}

/* What is put together must be what its header says. */
static int
check_ranges(const struct combine *c, const uint64_t *x, size_t rows)
{
	const struct part *p = c->parts[0];
	const struct column *a;
	int64_t v;
	size_t i, j;

	for (j = 0; p->about != NULL && c->sufficient && j < p->cols; j++) {
		a = part_about(p, j);
		for (i = 0; column_has_range(a) && i < rows; i++) {
			v = (int64_t)x[i * p->cols + j];
			if (v < a->low || v > a->high)
				return (refuse_word(c, i, j, v));
		}
	}
	return (0);
}

int
combine_rows(struct combine *c, const uint64_t **out, size_t *rows)
{
	size_t i, words;
	uint64_t *x;

	if (c->part_ended)
		return (0);
	if (read_together(c, rows) == -1)
		return (-1);
	words = *rows * c->parts[0]->cols;
	if (mem_words_reserve(&c->words, words, 0, words) == -1 ||
	    mem_words_reserve(&c->check, words, 0, words) == -1)
		return (-1);
	x = c->words.word;
	*out = x;
	/* A part without rows has no memory for its planes. */
	if (words == 0)
		return (1);
	if (c->parts[0]->scheme == SCHEME_MASKED) {
		if (combine_masked(c, words) == -1)
			return (-1);
	} else {
		memset(x, 0, words * sizeof(*x));
		for (i = 0; i < c->count; i++)
			ring_add(&c->R, x, x, c->rows[i].plane[0], words);
	}
	if (check_ranges(c, x, *rows) == -1)
		return (-1);
	c->row += *rows;
	return (1);
}

void
combine_free(struct combine *c)
{

	if (c == NULL)
		return;
	mem_words_free(&c->words);
	mem_words_free(&c->check);
	free(c->parts);
	free(c->rows);
	free(c);
}
