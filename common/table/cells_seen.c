/* What was seen in the rows of a table, for what is said of all of them. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "table/cells.h"

/* Bytes of a list of columns in a message. */
#define LIST_TEXT 320

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

	for (i = 0; i < c->words; i++)
		c->seen->zero[i] = i;
	c->seen->zeros = c->words;
}

int
cells_seen_new(struct cells *c)
{

	if ((c->seen = mem_array(1, sizeof(*c->seen))) == NULL ||
	    (c->seen->missing = mem_array(c->columns, sizeof(*c->seen->missing))) == NULL ||
	    (c->seen->faults = mem_array(c->columns, sizeof(*c->seen->faults))) == NULL ||
	    (c->seen->stripped = mem_array(c->columns, sizeof(*c->seen->stripped))) == NULL ||
	    (c->seen->lost = mem_array(c->words, 1)) == NULL ||
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
	mem_wipe_free(c->seen->missing, c->columns * sizeof(*c->seen->missing));
	mem_wipe_free(c->seen->faults, c->columns * sizeof(*c->seen->faults));
	mem_wipe_free(c->seen->lost, c->words);
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
	memset(c->seen->lost, 0, c->words);
	all_words_zero(c);
}

void
cells_see_words(const struct cells *c, const uint64_t *words, size_t rows)
{
	struct cells_seen *seen = c->seen;
	size_t k = 0, i;

	while (k < seen->zeros) {
		for (i = 0; i < rows && words[i * c->words + seen->zero[k]] == 0; i++)
			continue;
		if (i < rows)
			seen->zero[k] = seen->zero[--seen->zeros];
		else
			k++;
	}
}

/* Write the names of columns whose first word is marked, and return how many there are. */
static size_t
marked_names(const struct cells *c, const uint8_t *marks, char *text, size_t size)
{
	char name[COLUMNS_SHOWN];
	size_t j, n = 0, count = 0;

	for (j = 0; j < c->columns; j++) {
		if (c->column[j].action == CELL_SKIP || !marks[c->column[j].place])
			continue;
		count++;
		cells_name(c, j, name);
		if (n + COLUMN_TEXT < size)
			n += (size_t)snprintf(text + n, size - n, "%s%s", (n > 0) ? ", " : "",
			    name);
	}
	if (count > 0 && n + COLUMN_TEXT >= size)
		snprintf(text + n, size - n, ", ...");
	return (count);
}

int
cells_check_lost(const struct cells *c)
{
	char names[LIST_TEXT];
	uint8_t *marks;
	size_t k, count;

	if ((marks = mem_array(c->words, 1)) == NULL)
		return (-1);
	for (k = 0; k < c->seen->zeros; k++)
		marks[c->seen->zero[k]] = c->seen->lost[c->seen->zero[k]];
	count = marked_names(c, marks, names, sizeof(names));
	mem_wipe_free(marks, c->words);
	if (count == 0)
		return (0);
	return (fail(ST_RANGE, "%s: %s: all numbers that are not 0 become 0 with %u fraction bits; "
	    "--scale COLUMN=FACTOR with a large FACTOR keeps them", c->input, names, c->f));
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
