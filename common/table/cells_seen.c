/* What was seen in the rows of a table, for what is said of all of them. */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "table/cells.h"

/* Room that a column takes in a list, and what may follow it. */
#define COLUMN_TEXT (COLUMNS_SHOWN + 64)

void
cells_name(const struct cells *c, size_t j, char text[static COLUMNS_SHOWN])
{

	if (c->names != NULL && c->names[j][0] != '\0')
		snprintf(text, COLUMNS_SHOWN, "'%.80s'", c->names[j]);
	else
		snprintf(text, COLUMNS_SHOWN, "column %zu", j + 1);
}

static void
all_words_zero(const struct cells *c)
{
	size_t i;

	for (i = 0; i < c->words; i++) {
		c->seen->zero[i] = i;
		c->seen->kept[i] = !c->options->refuse_lost;
	}
	c->seen->zeros = c->words;
}

int
cells_seen_new(struct cells *c)
{

	if ((c->seen = mem_array(1, sizeof(*c->seen))) == NULL ||
	    (c->seen->missing = mem_array(c->columns, sizeof(*c->seen->missing))) == NULL ||
	    (c->seen->faults = mem_array(c->columns, sizeof(*c->seen->faults))) == NULL ||
	    (c->seen->keys = mem_array(c->columns, sizeof(*c->seen->keys))) == NULL ||
	    (c->seen->stripped = mem_array(c->columns, sizeof(*c->seen->stripped))) == NULL ||
	    (c->seen->lost = mem_array(c->words, sizeof(*c->seen->lost))) == NULL ||
	    (c->seen->undo = mem_array(c->words, sizeof(*c->seen->undo))) == NULL ||
	    (c->seen->sizes = mem_array(c->words, sizeof(*c->seen->sizes))) == NULL ||
	    (c->seen->rounded = mem_array(c->words, sizeof(*c->seen->rounded))) == NULL ||
	    (c->seen->undo_rounded = mem_array(c->words, sizeof(*c->seen->undo_rounded))) ==
	    NULL ||
	    (c->seen->kept = mem_array(c->words, 1)) == NULL ||
	    (c->seen->zero = mem_array(c->words, sizeof(*c->seen->zero))) == NULL)
		return (-1);
	all_words_zero(c);
	return (0);
}

void
cells_seen_free(struct cells *c)
{

	if (c->seen == NULL)
		return;
	cells_keys_free(c);
	mem_wipe_free(c->seen->missing, c->columns * sizeof(*c->seen->missing));
	mem_wipe_free(c->seen->faults, c->columns * sizeof(*c->seen->faults));
	mem_wipe_free(c->seen->lost, c->words * sizeof(*c->seen->lost));
	mem_wipe_free(c->seen->undo, c->words * sizeof(*c->seen->undo));
	mem_wipe_free(c->seen->sizes, c->words * sizeof(*c->seen->sizes));
	mem_wipe_free(c->seen->rounded, c->words * sizeof(*c->seen->rounded));
	mem_wipe_free(c->seen->undo_rounded, c->words * sizeof(*c->seen->undo_rounded));
	mem_wipe_free(c->seen->kept, c->words);
	mem_wipe_free(c->seen->zero, c->words * sizeof(*c->seen->zero));
	mem_wipe_free(c->seen->stripped, c->columns * sizeof(*c->seen->stripped));
	mem_wipe_free(c->seen, sizeof(*c->seen));
	c->seen = NULL;
}

void
cells_seen_forget(const struct cells *c)
{

	c->seen->dropped = 0;
	memset(c->seen->missing, 0, c->columns * sizeof(*c->seen->missing));
	memset(c->seen->lost, 0, c->words * sizeof(*c->seen->lost));
	memset(c->seen->sizes, 0, c->words * sizeof(*c->seen->sizes));
	memset(c->seen->rounded, 0, c->words * sizeof(*c->seen->rounded));
	c->seen->rows = 0;
	cells_keys_forget(c);
	all_words_zero(c);
}

/* ---- rows ---- */

void
cells_row_begin(const struct cells *c)
{

	c->seen->undos = c->seen->undos_rounded = 0;
	cells_keys_begin(c);
}

void
cells_row_undo(const struct cells *c)
{
	struct cells_seen *seen = c->seen;
	const struct cells_undo_rounded *u;

	cells_keys_undo(c);
	for (; seen->undos > 0; seen->undos--)
		seen->lost[seen->undo[seen->undos - 1].place] = seen->undo[seen->undos - 1].before;
	for (; seen->undos_rounded > 0; seen->undos_rounded--) {
		u = &seen->undo_rounded[seen->undos_rounded - 1];
		seen->rounded[u->place] = u->before;
	}
}

void
cells_see_lost(const struct cells *c, size_t place, double x)
{
	struct cells_seen *seen = c->seen;
	struct cells_lost *lost = &seen->lost[place];

	if (seen->undos < c->words)
		seen->undo[seen->undos++] = (struct cells_undo){ place, *lost };
	lost->low = fmin(lost->low, x);
	lost->high = fmax(lost->high, x);
}

bool
cells_ask_rounding(const struct cells *c)
{
	size_t j;

	for (j = 0; c->options->refuse_sizes && j < c->columns; j++) {
		if (c->column[j].range != NULL && !c->column[j].date)
			return (true);
	}
	return (false);
}

void
cells_see_rounded(const struct cells *c, const struct cell_column *column, double x, int64_t word)
{
	struct cells_rounded *r = &c->seen->rounded[column->place];
	struct cells_seen *seen = c->seen;
	double scaled = ldexp(x, column->bits), apart, change = (double)word - scaled;

	if (seen->undos_rounded < c->words)
		seen->undo_rounded[seen->undos_rounded++] = (struct cells_undo_rounded){
			column->place, *r };
	if (r->numbers++ == 0)
		r->first = scaled;
	apart = scaled - r->first;
	r->apart += apart;
	r->apart_squares += apart * apart;
	r->change += change;
	r->change_squares += change * change;
}

static void
see_size(struct cells_sizes *z, int64_t x)
{
	double apart = (double)x - (double)z->first;

	z->least = (x < z->least) ? x : z->least;
	z->most = (x > z->most) ? x : z->most;
	z->sum += fabs((double)x);
	z->apart += apart;
	z->squares += apart * apart;
	z->uneven += (x % (1 << CELLS_EVEN_BITS) != 0);
}

static void
see_sizes(const struct cells *c, const uint64_t *words, size_t rows)
{
	struct cells_sizes *sizes = c->seen->sizes;
	size_t n = c->words, i, j;

	for (j = 0; j < n && c->seen->rows == 0 && rows > 0; j++)
		sizes[j].first = (int64_t)words[j];
	c->seen->rows += rows;
	for (i = 0; i < rows; i++, words += n) {
		for (j = 0; j < n; j++)
			see_size(&sizes[j], (int64_t)words[j]);
	}
}

void
cells_see_words(const struct cells *c, const uint64_t *words, size_t rows)
{
	struct cells_seen *seen = c->seen;
	size_t k = 0, i;

	if (c->options->tell_ranges)
		see_sizes(c, words, rows);
	while (k < seen->zeros) {
		for (i = 0; i < rows && words[i * c->words + seen->zero[k]] == 0; i++)
			continue;
		if (i == rows) {
			k++;
			continue;
		}
		seen->kept[seen->zero[k]] = 1;
		seen->zero[k] = seen->zero[--seen->zeros];
	}
}

/* Write counts of columns and their names, without the first ${but} of each. */
static void
counts_text(const struct cells *c, const uint64_t *counts, uint64_t but, char *text, size_t size)
{
	char name[COLUMNS_SHOWN];
	size_t j, n = 0;

	text[0] = '\0';
	for (j = 0; j < c->columns; j++) {
		if (counts[j] <= but)
			continue;
		if (n + COLUMN_TEXT > size) {
			snprintf(text + n, size - n, ", ...");
			break;
		}
		cells_name(c, j, name);
		n += (size_t)snprintf(text + n, size - n, "%s%" PRIu64 " in %s",
		    (n > 0) ? ", " : "", counts[j] - but, name);
	}
}

void
cells_missing_text(const struct cells *c, char *text, size_t size)
{

	counts_text(c, c->seen->missing, 0, text, size);
}

void
cells_faults_text(const struct cells *c, uint64_t each, char *text, size_t size)
{

	counts_text(c, c->seen->faults, each, text, size);
}
