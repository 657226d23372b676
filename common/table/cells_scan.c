/* Setting up the reader of what needs no looking at: plain numbers, of any column's scale. */

#include <string.h>

#include "base/mem.h"
#include "table/cells.h"

/* Numbers of bits that a scale may have. */
#define SCALES (FIXED_MAX_FRACTION_BITS + 1)

/* Whether the fast reader can read the column. */
static int
is_scanned(const struct cell_column *column)
{

	return (column->action == CELL_SKIP || (column->action == CELL_NUMBER &&
	    !column->date && column->bits >= 0 && column->bits < SCALES));
}

/* What the fast reader has to know of a column; ${scales} are made as they are needed. */
static struct scan_column
scanned_column(const struct cells *c, const struct cell_column *column,
    struct fixed_scale scales[static SCALES])
{
	struct scan_column s = { .place = SCAN_SKIP, .count = UINT64_MAX };
	const struct range *range = column->range;

	if (column->action == CELL_SKIP)
		return (s);
	s.place = (int32_t)column->place;
	s.small = &c->seen->kept[column->place];
	s.scale = &scales[column->bits];
	if (s.scale->power[0].divisor == 0)
		fixed_scale_init(&scales[column->bits], (unsigned)column->bits);
	if (range == NULL)
		return (s);
	/* Words that are two units or more from the outermost: range_has_text. */
	s.range = &range->text;
	s.least = (uint64_t)range->least + 2;
	s.count = (uint64_t)range->most - (uint64_t)range->least;
	s.count = (s.count < 4) ? 0 : s.count - 3;
	return (s);
}

int
cells_scan(const struct cells *c, struct scan *scan, char delimiter)
{
	struct fixed_scale *scales;
	size_t j;

	if (c->options->watch != NULL || c->options->faults != NULL ||
	    c->options->percent.count > 0 || cells_na_text_is_number(c) ||
	    (c->options->comment != '\0' && c->column[0].action == CELL_SKIP))
		return (0);
	for (j = 0; j < c->columns; j++) {
		if (!is_scanned(&c->column[j]))
			return (0);
	}
	if ((scan->column = mem_array(c->columns * sizeof(*scan->column) + SCALES *
	    sizeof(*scales), 1)) == NULL)
		return (-1);
	scales = (struct fixed_scale *)(scan->column + c->columns);
	for (j = 0; j < c->columns; j++)
		scan->column[j] = scanned_column(c, &c->column[j], scales);
	scan->delimiter = delimiter;
	scan->point = (c->options->decimal != '\0') ? c->options->decimal : '.';
	scan->integers = c->integers;
	scan->modulus = c->options->modulus;
	scan->columns = c->columns;
	scan->words = c->words;
	return (1);
}
