#include "table/profile.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alike.h"
#include "base/mem.h"
#include "table/meaning.h"
#include "table/range.h"

/* Values that are kept of all columns together, about. */
#define ALL_VALUES ((size_t)1 << 18)

/* Bytes of a text that are kept to be shown. */
#define SHOWN_TEXT 40

/* Fewer rows than these may count by chance. */
#define FEW_ROWS 20

/* So few texts name no rows, however few rows there are. */
#define FEW_TEXTS 2

struct profile {
	const struct table_options *options;
	size_t columns;
	size_t most; /* values of a column */
	struct profile_column *column;
};

struct profile *
profile_new(const struct table_options *o, size_t columns)
{
	size_t each = ALL_VALUES / ((columns > 0) ? columns : 1);
	struct profile *p;

	if ((p = mem_array(1, sizeof(*p))) == NULL)
		return (NULL);
	p->options = o;
	p->columns = columns;
	p->most = (each > PROFILE_MAX_VALUES) ? PROFILE_MAX_VALUES :
	    (each <= PROFILE_LISTED) ? PROFILE_LISTED + 1 : each;
	if ((p->column = mem_array(columns, sizeof(*p->column))) == NULL) {
		profile_free(p);
		return (NULL);
	}
	return (p);
}

static void
free_column(struct profile_column *c)
{
	size_t i;

	for (i = 0; i < c->n_values; i++)
		mem_wipe_free(c->value[i].text, c->value[i].len + 1);
	mem_wipe_free(c->value, c->room * sizeof(*c->value));
	if (c->text != NULL)
		mem_wipe_free(c->text, strlen(c->text));
}

void
profile_free(struct profile *p)
{
	size_t j;

	if (p == NULL)
		return;
	for (j = 0; p->column != NULL && j < p->columns; j++)
		free_column(&p->column[j]);
	mem_wipe_free(p->column, p->columns * sizeof(*p->column));
	free(p);
}

void
profile_percent(struct profile *p, size_t j)
{

	p->column[j].percent = 1;
}

/* ---- different values ---- */

static int
compare_text(const struct profile_value *v, const char *s, size_t len)
{
	int order = memcmp(v->text, s, (v->len < len) ? v->len : len);

	return ((order != 0) ? order : (v->len > len) - (v->len < len));
}

/* Find a value by halves, or the place of it. */
static size_t
place_of_value(const struct profile_column *c, const char *s, size_t len)
{
	size_t low = 0, high = c->n_values, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare_text(&c->value[middle], s, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (low);
}

static int
grow_values(struct profile_column *c, size_t most)
{
	size_t room = (c->room == 0) ? 8 : 2 * c->room;
	struct profile_value *value;

	room = (room > most) ? most : room;
	if ((value = mem_array(room, sizeof(*value))) == NULL)
		return (-1);
	if (c->n_values > 0)
		memcpy(value, c->value, c->n_values * sizeof(*value));
	mem_wipe_free(c->value, c->room * sizeof(*c->value));
	c->value = value;
	c->room = room;
	return (0);
}

/*
 * Count a value.  They are kept in order and found by halves: however an owner's data are made,
 * that takes no longer.
 */
static int
count_value(const struct profile *p, struct profile_column *c, const char *s, size_t len, double x)
{
	size_t at = place_of_value(c, s, len);
	char *text;

	if (at < c->n_values && compare_text(&c->value[at], s, len) == 0) {
		c->value[at].count++;
		c->again++;
		return (0);
	}
	if (c->n_values == p->most || len > PROFILE_MAX_VALUE_BYTES) {
		c->crowded = (c->crowded == 0) ? profile_cells(c) : c->crowded;
		return (0);
	}
	if ((c->n_values == c->room && grow_values(c, p->most) == -1) ||
	    (text = mem_copy_string(s, len)) == NULL)
		return (-1);
	memmove(&c->value[at + 1], &c->value[at], (c->n_values - at) * sizeof(*c->value));
	c->value[at] = (struct profile_value){ text, len, 1, x };
	c->n_values++;
	return (0);
}

/* ---- numbers ---- */

/* Keep the outermost two numbers at each end. */
static void
add_extremes(struct profile_column *c, double x)
{

	if (x < c->low) {
		c->next_low = c->low;
		c->low = x;
	} else if (x > c->low && (x < c->next_low || c->next_low == c->low))
		c->next_low = x;
	if (x > c->high) {
		c->next_high = c->high;
		c->high = x;
	} else if (x < c->high && (x > c->next_high || c->next_high == c->high))
		c->next_high = x;
}

/*
 * Mean and squared distances by Welford's update: no cancellation, however far the mean is from 0.
 */
static void
add_number(struct profile_column *c, double x)
{
	uint64_t n = c->numbers + c->dates;
	double d = x - c->mean;

	if (n == 1)
		c->low = c->high = c->next_low = c->next_high = x;
	add_extremes(c, x);
	c->counts = (n == 1) ? (x == 0 || x == 1) : (c->counts && x == c->last + 1);
	c->last = x;
	c->mean += d / (double)n;
	c->squares += d * (x - c->mean);
}

int
profile_number(struct profile *p, size_t j, uint64_t at, double x)
{
	struct profile_column *c = &p->column[j];
	char text[MEANING_NUMBER_TEXT];

	if (x != x) {
		c->missing_at = (c->missing++ == 0) ? at : c->missing_at;
		return (0);
	}
	c->numbers++;
	c->whole += (x - x == 0 && floor(x) == x);
	add_number(c, x);
	if (x - x != 0)
		return (0);
	meaning_number_text(text, x);
	return (count_value(p, c, text, strlen(text), x));
}

/* ---- fields ---- */

/* Keep the first text, for a message. */
static int
keep_text(struct profile_column *c, uint64_t at, const char *s, size_t len)
{
	size_t n = len;

	if (c->text != NULL)
		return (0);
	if (n > SHOWN_TEXT) {
		for (n = SHOWN_TEXT; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
			continue;
	}
	c->text_at = at;
	return (((c->text = mem_copy_string(s, n)) == NULL) ? -1 : 0);
}

int
profile_text(struct profile *p, size_t j, uint64_t at, const char *s, size_t len)
{
	struct profile_column *c = &p->column[j];
	const char *fault;
	double x;

	meaning_trim(&s, &len);
	switch (meaning_of(p->options, c->percent, s, len, &x, &fault)) {
	case MEANS_MISSING:
		c->missing_at = (c->missing++ == 0) ? at : c->missing_at;
		return (0);
	case MEANS_NUMBER:
		c->numbers++;
		c->whole += (x - x == 0 && floor(x) == x);
		add_number(c, x);
		break;
	case MEANS_DATE:
		c->dates++;
		add_number(c, x);
		break;
	case MEANS_TEXT:
		c->texts++;
		c->like += (meaning_like_number(s, len) != 0);
		if (keep_text(c, at, s, len) == -1)
			return (-1);
		break;
	}
	return (count_value(p, c, s, len, x));
}

/* ---- what was found ---- */

const struct profile_column *
profile_column(const struct profile *p, size_t j)
{

	return (&p->column[j]);
}

uint64_t
profile_cells(const struct profile_column *c)
{

	return (c->numbers + c->dates + c->texts);
}

double
profile_deviation(const struct profile_column *c)
{
	uint64_t n = c->numbers + c->dates;

	return ((n > 1) ? sqrt(c->squares / (double)(n - 1)) : 0);
}

int
profile_range(const struct profile_column *c, double *low, double *high)
{

	if (c->numbers == 0 || c->low - c->low != 0 || c->high - c->high != 0)
		return (-1);
	*low = c->low;
	*high = c->high;
	range_outwards(low, high);
	if (*low == 0 && *high == 0)
		*high = 1;
	return ((*low - *low == 0 && *high - *high == 0) ? 0 : -1);
}

int
profile_alike(const struct profile_column *c, char *text, size_t size, size_t *pairs)
{
	const char **texts;
	size_t i;
	int rc;

	if ((texts = mem_array(c->n_values, sizeof(*texts))) == NULL)
		return (-1);
	for (i = 0; i < c->n_values; i++)
		texts[i] = c->value[i].text;
	rc = alike_pairs(texts, i, text, size, pairs);
	free(texts);
	return (rc);
}

/* Whether a text is what some program writes for a missing value. */
static bool
is_missing_word(const struct profile_value *v)
{
	static const char *const words[] = { "<NA>", "#N/A", "#NA", "#NULL!", "#VALUE!", "None",
		".", "..", "-", "--", "n/a", "na", "NAN" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(v->text, words[i]) == 0)
			return (true);
	}
	return (false);
}

/* Whether a number is 99, 999 and so on, or that with a minus. */
static bool
is_all_nines(double x)
{
	double nines;

	for (nines = 99; nines < 1e9; nines = 10 * nines + 9) {
		if (fabs(x) == nines)
			return (true);
	}
	return (false);
}

/* Whether a number at one end is as far from the others as they are from each other, or farther. */
static bool
is_far(const struct profile_column *c, double x)
{

	if (!is_all_nines(x))
		return (false);
	return ((x == c->low && c->next_low < c->high &&
	    c->next_low - x >= c->high - c->next_low) ||
	    (x == c->high && c->low < c->next_high &&
	    x - c->next_high >= c->next_high - c->low));
}

const struct profile_value *
profile_stand_in(const struct profile *p, size_t j)
{
	const struct profile_column *c = &p->column[j];
	const struct profile_value *v;
	const char *fault;
	size_t i;
	double x;

	for (i = 0; i < c->n_values; i++) {
		v = &c->value[i];
		if (is_missing_word(v) || (v->count > 1 && c->dates == 0 &&
		    meaning_of(p->options, c->percent, v->text, v->len, &x, &fault) ==
		    MEANS_NUMBER && is_far(c, x)))
			return (v);
	}
	return (NULL);
}

/*
 * Texts of which more than half are new whenever one is read name rows, and no groups of them: in
 * few rows, too, as what is listed is published.
 */
static enum profile_guess
guess_text(const struct profile_column *c)
{
	uint64_t cells = (c->crowded > 0) ? c->crowded : profile_cells(c);

	if (c->n_values <= FEW_TEXTS || 2 * (uint64_t)c->n_values <= cells)
		return (PROFILE_CATEGORY);
	return ((c->again == 0) ? PROFILE_KEY : PROFILE_TEXT);
}

enum profile_guess
profile_guess(const struct profile_column *c)
{
	uint64_t cells = profile_cells(c);

	if (cells == 0)
		return (PROFILE_EMPTY);
	if (c->numbers == cells)
		return ((c->counts && c->missing == 0 && cells > FEW_ROWS) ? PROFILE_COUNTER :
		    PROFILE_NUMBER);
	if (c->dates == cells)
		return (PROFILE_DATE);
	return ((2 * (c->numbers + c->dates + c->like) >= cells) ? PROFILE_MIXED : guess_text(c));
}
