/* Select the first rows of a share, or others by their numbers. */

#include <string.h>

#include "base/num.h"
#include "cli/operands.h"
#include "cli/streams.h"
#include "local/local.h"

static const char *rows = "10";
static uint64_t first, end; /* from 0 */

static const struct opt options[] = {
	{ 'n', "rows", "ROWS", OPT_STRING, &rows, 0, 0,
	    "how many rows of each tensor (default 10), or which: FIRST..LAST from 1, FIRST.. for "
	    "all from there on" },
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* A number of a row, of ${len} digits. */
static int
take_row(const char *text, size_t len, uint64_t *row)
{

	return ((num_parse_u64(text, len, PART_MAX_ROWS, row) == -1 || *row == 0) ?
	    usage("--rows: '%s' is not a whole number from 1 to 2^40, nor two of them with '..' "
	    "between", rows) : 0);
}

static int
take_rows(void)
{
	const char *dots = strstr(rows, "..");

	first = 1;
	end = UINT64_MAX;
	if (dots == NULL)
		return (take_row(rows, strlen(rows), &end));
	if ((dots != rows && take_row(rows, (size_t)(dots - rows), &first) == -1) ||
	    ((dots == rows || dots[2] != '\0') && take_row(dots + 2, strlen(dots + 2),
	    &end) == -1))
		return (-1);
	return ((first > end) ? usage("--rows: '%s' ends before it begins", rows) : 0);
}

static int
head(struct reader *const *readers, size_t count, struct writer *w)
{

	(void)count;
	return (local_head(readers[0], first - 1, end, w));
}

static int
run(char **operands, size_t count)
{

	return ((take_rows() == -1) ? -1 : operands_run(operands, count, head));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Select the first rows of a share stream, or rows by their numbers.",
		.notes = "The stream is read to its end, so that a damaged one is noticed.\n"
		    "Example: smpc-head -n 100 patients.alice > few.alice",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
