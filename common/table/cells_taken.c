/* Cells on their way to words: who else looks at them, and what a fault means. */

#include "base/diag.h"
#include "table/cells.h"

/* Whether somebody is to be shown the cell: once, where rows are read twice. */
static int
watched(const struct cells *c, size_t j)
{

	return (c->options->watch != NULL && !c->shown && c->column[j].action != CELL_SKIP);
}

/* Show an element of an array to whom it may concern. */
static int
show_number(const struct cells *c, size_t j, uint64_t at, double x)
{
	const struct table_watch *watch = c->options->watch;

	return (watched(c, j) ? watch->number(watch->state, j, at, x) : 0);
}

/* From here on, nothing is printed where enough was told of these faults. */
static void
fault_begin(const struct cells *c, uint64_t before, struct failure *untold)
{

	if (c->options->faults != NULL && before >= c->options->faults->each)
		diag_divert(untold);
}

/* Count a fault among ${before}. */
static int
fault_end(const struct cells *c, uint64_t *before, int rc)
{

	if (c->options->faults == NULL)
		return (rc);
	diag_divert(NULL);
	if (rc != -1)
		return (rc);
	c->options->faults->count++;
	(*before)++;
	return (CELLS_FAULTY);
}

int
cells_take_text(const struct cells *c, size_t j, uint64_t at, const char *s, size_t len,
    uint64_t *row)
{
	const struct table_watch *watch = c->options->watch;
	struct failure untold;
	int rc;

	fault_begin(c, c->seen->faults[j], &untold);
	rc = watched(c, j) ? watch->text(watch->state, j, at, s, len) : 0;
	return (fault_end(c, &c->seen->faults[j],
	    (rc == -1) ? -1 : cells_text(c, j, at, s, len, row)));
}

int
cells_take_integer(const struct cells *c, size_t j, uint64_t at, int negative, uint64_t magnitude,
    uint64_t *row)
{
	double x = negative ? -(double)magnitude : (double)magnitude;
	struct failure untold;
	int rc;

	fault_begin(c, c->seen->faults[j], &untold);
	rc = show_number(c, j, at, x);
	return (fault_end(c, &c->seen->faults[j],
	    (rc == -1) ? -1 : cells_integer(c, j, at, negative, magnitude, row)));
}

int
cells_take_double(const struct cells *c, size_t j, uint64_t at, double x, uint64_t *row)
{
	struct failure untold;
	int rc;

	fault_begin(c, c->seen->faults[j], &untold);
	rc = show_number(c, j, at, x);
	return (fault_end(c, &c->seen->faults[j],
	    (rc == -1) ? -1 : cells_double(c, j, at, x, row)));
}

/* Have a fault of no cell counted among ${before}. */
static int
count_fault(const struct cells *c, uint64_t *before, int (*check)(const void *state),
    const void *state)
{
	struct failure untold;

	fault_begin(c, *before, &untold);
	return (fault_end(c, before, check(state)));
}

int
cells_row_fault(const struct cells *c, int (*check)(const void *state), const void *state)
{
	struct table_faults *faults = c->options->faults;

	return ((faults == NULL) ? check(state) : count_fault(c, &faults->rows, check, state));
}

int
cells_blank_fault(const struct cells *c, int (*check)(const void *state), const void *state)
{
	struct table_faults *faults = c->options->faults;

	return ((faults == NULL) ? check(state) : count_fault(c, &faults->blanks, check, state));
}

int
cells_count_row(const struct cells *c, int rc)
{

	if (rc == CELLS_DROPPED || rc == CELLS_FAULTY)
		cells_row_undo(c);
	c->seen->dropped += (rc == CELLS_DROPPED);
	c->seen->faulty += (rc == CELLS_FAULTY);
	return ((rc == -1) ? -1 : (rc == CELLS_STORED) ? 1 : 2);
}
