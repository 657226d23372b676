#include "cli/classes.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "data/bounds.h"

/* ---- words ---- */

/* What labels are, such as "0 or 1". */
static void
describe(const struct classes *c, char *text, size_t size)
{

	if (c->is.form == NN_LABELS_NUMBERS)
		snprintf(text, size, "whole numbers from 0 to %zu", c->is.classes - 1);
	else
		snprintf(text, size, "%s", (c->is.form == NN_LABELS_BINARY) ? "0 or 1" :
		    "a single 1 in each row, and else 0");
}

static void
name_label(char *text, size_t size, const struct part *p, size_t j)
{

	if (p->columns != NULL)
		snprintf(text, size, "'%.60s'", p->columns[j]);
	else
		snprintf(text, size, "%zu", j + 1);
}

/* "column 'y'", or "columns 'y', 'z'", as far as they fit. */
static void
name_label_columns(struct classes *c, const struct part *p)
{
	size_t used, i;
	char name[80];

	if (c->text[0] != '\0')
		return;
	name_label(c->column, sizeof(c->column), p, c->positions[0]);
	used = (size_t)snprintf(c->text, sizeof(c->text), "column%s %s",
	    (c->is.columns > 1) ? "s" : "", c->column);
	for (i = 1; i < c->is.columns; i++) {
		name_label(name, sizeof(name), p, c->positions[i]);
		if (used + strlen(name) + sizeof(", ...") > sizeof(c->text)) {
			snprintf(c->text + used, sizeof(c->text) - used, ", ...");
			return;
		}
		used += (size_t)snprintf(c->text + used, sizeof(c->text) - used, ", %s", name);
	}
}

static const char *
what_they_are(const struct classes *c)
{

	return (c->predictions ? "predictions" : "labels");
}

/* What an owner can do, for messages. */
static const char *
codes_remedy(const struct classes *c, char *text, size_t size)
{
	int len = (int)strlen(c->column);
	bool quoted = (c->column[0] == '\'');

	snprintf(text, size, "its owner can share it with smpc-share --codes %.*s=%s, the text of "
	    "each class, in order%s", quoted ? len - 2 : len, c->column + quoted,
	    (c->is.form == NN_LABELS_BINARY) ? "FIRST,SECOND" : "FIRST,SECOND,THIRD",
	    c->predictions ? "" : "; numbers are learnt with smpc-train -m linear");
	return (text);
}

/* ---- what headers say ---- */

unsigned
classes_bits(const struct part *p, const size_t *positions, size_t n)
{
	int e = part_about(p, positions[0])->exponent, bits = (int)p->fraction_bits - e;
	size_t i;

	for (i = 1; i < n && part_about(p, positions[i])->exponent == e; i++)
		continue;
	return ((i < n || bits < 0 || bits > PART_MAX_FRACTION_BITS) ? p->fraction_bits :
	    (unsigned)bits);
}

/* What the header says of the words of a column. */
enum telling { TELLS_NOTHING, TELLS_CLASSES, TELLS_OTHER };

/* From the bounds of the words; whole numbers are all that there are without fraction bits. */
static enum telling
range_tells(const struct classes *c, const struct column *a)
{
	unsigned bits = c->is.bits;
	uint64_t most = (c->is.form == NN_LABELS_NUMBERS) ? c->is.classes - 1 : 1,
	    high = (uint64_t)a->high, fraction = high & (((uint64_t)1 << bits) - 1);

	if (!column_has_range(a))
		return (TELLS_NOTHING);
	if (a->low < 0 || high >> bits > most || (high >> bits == most && fraction != 0))
		return (TELLS_OTHER);
	return ((bits == 0 || (a->low == 0 && a->high == 0)) ? TELLS_CLASSES : TELLS_NOTHING);
}

static enum telling
column_tells(const struct classes *c, const struct part *p, size_t j)
{
	const struct column *a = part_about(p, j);
	bool numbers = (c->is.form == NN_LABELS_NUMBERS);

	switch (a->kind) {
	case COLUMN_UNDECLARED:
		return (TELLS_NOTHING);
	case COLUMN_CLASS:
		return ((a->n_values <= (numbers ? c->is.classes : 2)) ? TELLS_CLASSES :
		    TELLS_OTHER);
	case COLUMN_INDICATOR:
	case COLUMN_PRESENCE:
		return (TELLS_CLASSES);
	case COLUMN_NUMBER:
		return (((int)p->fraction_bits - a->exponent != (int)c->is.bits) ? TELLS_OTHER :
		    range_tells(c, a));
	default:
		return (TELLS_OTHER);
	}
}

/* A column that is said to be something else. */
static int
refuse_label(const struct classes *c, const struct part *p, size_t j)
{
	const struct column *a = part_about(p, j);
	char is[80], name[80], said[200], text[240];
	double unit = ldexp(1, a->exponent - (int)p->fraction_bits);

	describe(c, is, sizeof(is));
	name_label(name, sizeof(name), p, j);
	if (a->kind == COLUMN_CLASS)
		snprintf(said, sizeof(said), "a class of %zu values, from '%.40s' to '%.40s'",
		    a->n_values, a->values[0], a->values[a->n_values - 1]);
	else if (a->kind == COLUMN_NUMBER && column_has_range(a))
		snprintf(said, sizeof(said), "a number from %g to %g", (double)a->low * unit,
		    (double)a->high * unit);
	else
		snprintf(said, sizeof(said), "a %s", column_kind_name(a->kind));
	if (a->kind == COLUMN_CLASS)
		snprintf(text, sizeof(text), "smpc-train -m softmax --classes %zu learns them",
		    a->n_values);
	return (fail(ST_RANGE, "%s: column %s is declared as %s, and %s here are %s: %s",
	    c->where, name, said, what_they_are(c), is, (a->kind == COLUMN_CLASS) ? text :
	    codes_remedy(c, text, sizeof(text))));
}

static int
refuse_changed(const struct classes *c, const struct part *p)
{
	char text[240];

	return (fail(ST_RANGE, "%s: the %s in %s were computed (%.40s), and nothing says that "
	    "they are classes: %s; or give labels that nobody has computed as a stream "
	    "of their own", c->where, what_they_are(c), c->text, p->op, codes_remedy(c, text,
	    sizeof(text))));
}

int
classes_part(struct classes *c, const struct part *p, uint64_t rows)
{
	/* That each is 0 or 1 does not say that one of a row is 1. */
	bool told = (c->is.form != NN_LABELS_ONE_HOT);
	enum part_intact intact = part_intact(p);
	enum telling t;
	size_t i;

	if (c->is.form == NN_LABELS_ANY || rows == 0)
		return (0);
	name_label_columns(c, p);
	for (i = 0; i < c->is.columns; i++) {
		if ((t = column_tells(c, p, c->positions[i])) == TELLS_OTHER)
			return (refuse_label(c, p, c->positions[i]));
		told = told && t == TELLS_CLASSES;
	}
	if (told)
		return (0);
	if (c->predictions && p->scheme != SCHEME_PUBLIC && intact == PART_CHANGED) {
		c->computed = true;
		return (0);
	}
	c->test = c->looked = true;
	if (p->scheme == SCHEME_PUBLIC)
		return (0);
	c->chosen = c->chosen || intact != PART_WHOLE;
	return ((intact != PART_CHANGED) ? 0 : refuse_changed(c, p));
}

static int
check_alike(const struct classes *c)
{

	return ((!c->computed || !c->looked) ? 0 :
	    fail(ST_RANGE, "%s: some of the predictions in %s were computed, so that nobody may "
	    "look whether they are classes, and some are an owner's: share these with smpc-share "
	    "--codes", c->where, c->text));
}

int
classes_block(struct classes *c, const struct block *block, size_t stream)
{
	size_t i;

	c->test = false;
	for (i = stream; i < block->n_inputs; i += block->n_x) {
		if (classes_part(c, block->origins[i].part, block_origin_rows(block, i)) == -1)
			return (-1);
	}
	return (check_alike(c));
}

int
classes_enough(const struct classes *c, uint64_t alone)
{
	char text[240];

	return ((!c->chosen || alone >= PART_LEAST_ROWS) ? 0 :
	    fail(ST_RANGE, "%s: whether the %s in %s are classes is not asked for fewer than "
	    "%d rows that are not all of a table, and nothing says it of %" PRIu64 ": %s",
	    c->where, what_they_are(c), c->text, PART_LEAST_ROWS, alone, codes_remedy(c, text,
	    sizeof(text))));
}

/* ---- what labels are ---- */

int
classes_look(const struct classes *c, const struct mpc_vector *y, size_t rows, uint64_t first)
{
	size_t i = nn_labels_odd(&c->is, y, rows), k;
	const word *row = mpc_clear_words(y);
	char is[80];

	if (i == rows)
		return (0);
	row += i * c->is.columns;
	describe(c, is, sizeof(is));
	for (k = 0; k < c->is.columns && nn_label_right(&c->is, row[k]); k++)
		continue;
	if (k == c->is.columns)
		return (fail(ST_RANGE, "%s: row %" PRIu64 ": %s are %s", c->where, first + i,
		    what_they_are(c), is));
	return (fail(ST_RANGE, "%s: row %" PRIu64 ": the %s %g: %s are %s", c->where, first + i,
	    c->predictions ? "prediction" : "label", ldexp((double)word_signed(row[k]),
	    -(int)c->is.bits), what_they_are(c), is));
}

int
classes_refuse(const struct classes *c)
{
	char is[80], text[200];

	describe(c, is, sizeof(is));
	if (c->is.form == NN_LABELS_ONE_HOT)
		return (fail(ST_RANGE, "%s: the labels in %s are not %s: classes exclude each "
		    "other%s", c->where, c->text, is, c->each_hint ? "; labels that do not are "
		    "scored one by one with --each" : ", and labels that do not take a sigmoid"));
	return (fail(ST_RANGE, "%s: the %s in %s are not all %s: %s", c->where, what_they_are(c),
	    c->text, is, codes_remedy(c, text, sizeof(text))));
}
