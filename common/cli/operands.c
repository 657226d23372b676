#include "cli/operands.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/streams.h"
#include "cli/tool.h"
#include "ring/fixed.h"

/* A number in place of a file is an option that was forgotten. */
static int
check_exists(const char *name)
{
	int64_t v;

	if (fixed_parse(name, strlen(name), 0, &v) == FIXED_SYNTAX || access(name, F_OK) == 0)
		return (0);
	return (usage("there is no file '%s'; %s", name, tool_has_option("constant") ?
	    "a public number is given with -c" : "numbers are given by options"));
}

int
operands_open(struct operands *o, char **names, size_t count)
{
	static char dash[] = "-", *standard_input[] = { dash };
	size_t i, dashes = 0;

	if (count == 0) {
		names = standard_input;
		count = 1;
	}
	o->count = count;
	if ((o->readers = mem_array(count, sizeof(*o->readers))) == NULL)
		return (-1);
	for (i = 0; i < count; i++) {
		dashes += (strcmp(names[i], "-") == 0);
		if (dashes > 1)
			return (usage("standard input (-) can be one operand only"));
		if (check_exists(names[i]) == -1 ||
		    (o->readers[i] = streams_reader(names[i])) == NULL)
			return (-1);
	}
	return (0);
}

void
operands_close(struct operands *o)
{
	size_t i;

	for (i = 0; o->readers != NULL && i < o->count; i++)
		reader_close(o->readers[i]);
	free(o->readers);
}

int
operands_run(char **names, size_t count, int (*work)(struct reader *const *, size_t,
    struct writer *))
{
	struct operands o;
	struct writer *w = NULL;
	int rc = -1;

	if (operands_open(&o, names, count) == 0 && (w = streams_writer()) != NULL)
		rc = work(o.readers, o.count, w);
	rc = streams_finish(w, rc);
	operands_close(&o);
	return (rc);
}

/* Open an output that is sealed if an operand is. */
static struct writer *
open_passing(const struct operands *o)
{
	bool sealed = false;
	size_t i;

	/* That is known when an operand says something; else the output need not wait for it. */
	for (i = 0; streams_seals() && i < o->count && !sealed; i++) {
		if (reader_sealed(o->readers[i], &sealed) == -1)
			return (NULL);
	}
	return (sealed ? streams_writer_sealed() : streams_writer());
}

int
operands_pass(char **names, size_t count, int (*work)(struct reader *const *, size_t,
    struct writer *))
{
	struct operands o;
	struct writer *w = NULL;
	int rc = -1;

	if (operands_open(&o, names, count) == 0 && (w = open_passing(&o)) != NULL)
		rc = work(o.readers, o.count, w);
	rc = streams_finish(w, rc);
	operands_close(&o);
	return (rc);
}
