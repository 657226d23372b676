#include "nn/learner_trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ring/fixed.h"

static const char *const kinds[] = { "tree", "forest", "boost" };
static const char *const losses[] = { "squared", "logistic", "softmax" };

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/* ---- shapes ---- */

/* Whether a leaf has a number for each class. */
static bool
shares_leaves(const struct trees_text *t)
{

	return (t->loss == TREES_SQUARED && t->classes > 2);
}

size_t
trees_in_round(const struct trees_text *t)
{

	return ((t->loss == TREES_SOFTMAX) ? t->classes : 1);
}

size_t
trees_outputs(const struct trees_text *t)
{

	return (shares_leaves(t) ? t->classes : 1);
}

size_t
trees_nodes(const struct trees_text *t)
{

	return (((size_t)1 << t->depth) - 1);
}

size_t
trees_leaves(const struct trees_text *t)
{

	return ((size_t)1 << t->depth);
}

/* ---- writing ---- */

static void
print_growth(char *text, size_t size, const struct trees_text *t)
{
	const struct {
		const char *name;
		double v;
	} list[] = {
		{ "; bins", (double)t->bins },
		{ ", rate", t->rate },
		{ ", lambda", t->lambda },
		{ ", gamma", t->gamma },
		{ ", min-weight", t->min_weight },
		{ ", min-rows", (double)t->min_rows },
		{ ", rows", t->rows },
		{ ", columns", t->columns },
	};
	char number[FIXED_SHORTEST_BYTES];
	size_t i, n = 0;

	for (i = 0; i < COUNT(list) && n < size; i++) {
		fixed_print_shortest(number, list[i].v);
		n += (size_t)snprintf(text + n, size - n, "%s %s", list[i].name, number);
	}
}

void
trees_print(char text[static TREES_TEXT_BYTES], const struct trees_text *t)
{
	size_t n = (size_t)snprintf(text, TREES_TEXT_BYTES, "%s %s, trees %zu, depth %zu",
	    kinds[t->kind], losses[t->loss], t->trees, t->depth);

	if (t->classes > 0)
		n += (size_t)snprintf(text + n, TREES_TEXT_BYTES - n, ", classes %zu", t->classes);
	if (t->missing)
		n += (size_t)snprintf(text + n, TREES_TEXT_BYTES - n, ", missing");
	if (t->grown)
		print_growth(text + n, TREES_TEXT_BYTES - n, t);
}

/* ---- reading ---- */

/* Whether ${text} begins with ${what}, which it then is behind. */
static bool
take(const char **text, const char *what)
{
	size_t n = strlen(what);

	if (strncmp(*text, what, n) != 0)
		return (false);
	*text += n;
	return (true);
}

/* One of some words: its number, or how many there are. */
static size_t
take_one(const char **text, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count && !take(text, words[i]); i++)
		;
	return (i);
}

/* ", NAME NUMBER"; 0 where there is none, or one that is not canonical. */
static bool
read_real(const char **text, const char *name, double low, double high, double *v)
{
	size_t n;

	*v = 0;
	if (!take(text, name))
		return (false);
	n = strcspn(*text, ",;");
	if (fixed_parse_double(*text, n, v) != FIXED_OK || !(*v >= low && *v <= high))
		return (false);
	*text += n;
	return (true);
}

static bool
read_size(const char **text, const char *name, size_t low, size_t high, size_t *v)
{
	double d;

	if (!read_real(text, name, (double)low, (double)high, &d) || d != (double)(size_t)d)
		return (false);
	*v = (size_t)d;
	return (true);
}

static bool
take_shape(struct trees_text *t, const char **at)
{
	size_t kind = take_one(at, kinds, COUNT(kinds)), loss;

	if (kind == COUNT(kinds) || !take(at, " "))
		return (false);
	loss = take_one(at, losses, COUNT(losses));
	if (loss == COUNT(losses) ||
	    !read_size(at, ", trees ", 1, TREES_MOST_TREES, &t->trees) ||
	    !read_size(at, ", depth ", 1, TREES_MOST_DEPTH, &t->depth))
		return (false);
	t->kind = (enum trees_kind)kind;
	t->loss = (enum trees_loss)loss;
	(void)read_size(at, ", classes ", 2, TREES_MOST_CLASSES, &t->classes);
	t->missing = take(at, ", missing");
	return (true);
}

static bool
take_growth(struct trees_text *t, const char **at)
{

	t->grown = true;
	return (read_size(at, "; bins ", 2, TREES_MOST_BINS, &t->bins) &&
	    read_real(at, ", rate ", TREES_LEAST_RATE, 1, &t->rate) &&
	    read_real(at, ", lambda ", 0, TREES_MOST_PENALTY, &t->lambda) &&
	    read_real(at, ", gamma ", 0, TREES_MOST_PENALTY, &t->gamma) &&
	    read_real(at, ", min-weight ", 0, TREES_MOST_PENALTY, &t->min_weight) &&
	    read_size(at, ", min-rows ", 1, TREES_MOST_MIN_ROWS, &t->min_rows) &&
	    read_real(at, ", rows ", 0, 1, &t->rows) &&
	    read_real(at, ", columns ", TREES_LEAST_SHARE, 1, &t->columns));
}

/* Losses that a kind has, and classes that a loss has. */
static bool
goes_together(const struct trees_text *t)
{

	if (t->kind == TREES_TREE && t->trees != 1)
		return (false);
	if (t->kind == TREES_BOOST)
		return ((t->loss == TREES_SQUARED) ? t->classes == 0 :
		    (t->loss == TREES_LOGISTIC) ? t->classes == 2 : t->classes > 2);
	return (t->loss == TREES_SQUARED);
}

int
trees_read(struct trees_text *t, const char *text)
{
	char again[TREES_TEXT_BYTES];
	const char *at = text;

	memset(t, 0, sizeof(*t));
	if (!take_shape(t, &at) || (*at != '\0' && !take_growth(t, &at)) || !goes_together(t) ||
	    t->trees * trees_in_round(t) * trees_leaves(t) * trees_outputs(t) > TREES_MOST_LEAVES)
		return (-1);
	trees_print(again, t);
	return ((strcmp(again, text) == 0) ? 0 : -1);
}
