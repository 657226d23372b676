#include "cli/operands.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/streams.h"
#include "cli/tool.h"
#include "ring/fixed.h"

int
operands_open(char **operands, size_t count, struct reader **readers)
{
	size_t i, dashes = 0;
	int64_t v;

	for (i = 0; i < count; i++) {
		dashes += (strcmp(operands[i], "-") == 0);
		if (dashes > 1)
			return (usage("standard input (-) can be one operand only"));
		if (fixed_parse(operands[i], strlen(operands[i]), 0, &v) != FIXED_SYNTAX &&
		    access(operands[i], F_OK) == -1)
			return (usage("there is no file '%s'; %s", operands[i],
			    tool_has_option("constant") ? "a public number is given with -c" :
			    "numbers are given by options"));
		if ((readers[i] = streams_reader(operands[i])) == NULL)
			return (-1);
	}
	return (0);
}

int
operands_run(char **operands, size_t count, int (*work)(struct reader *const *, size_t,
    struct writer *))
{
	char dash[] = "-", *standard_input[] = { dash };
	struct reader **readers;
	struct writer *w = NULL;
	size_t i;
	int rc = -1;

	if (count == 0) {
		operands = standard_input;
		count = 1;
	}
	if ((readers = mem_array(count, sizeof(*readers))) == NULL)
		return (-1);
	if (operands_open(operands, count, readers) == 0 && (w = streams_writer()) != NULL)
		rc = work(readers, count, w);
	rc = streams_finish(w, rc);
	for (i = 0; i < count; i++)
		reader_close(readers[i]);
	free(readers);
	return (rc);
}
