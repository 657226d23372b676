#ifndef SMPC_TESTS_UNIT_CATCH_H
#define SMPC_TESTS_UNIT_CATCH_H

/* What the code under test prints on standard error. */

#include <stdio.h>
#include <unistd.h>

#include "tap.h"

static FILE *catch_file;
static int catch_saved;

/*
 * catch_begin():
 * Keep what is printed from here on.
 */
static inline void
catch_begin(void)
{

	fflush(stderr);
	if ((catch_file = tmpfile()) == NULL || (catch_saved = dup(STDERR_FILENO)) == -1 ||
	    dup2(fileno(catch_file), STDERR_FILENO) == -1)
		tap_bail("cannot catch standard error");
}

/*
 * catch_end():
 * Stop, and return it, up to 4095 bytes, until the next call.
 */
static inline const char *
catch_end(void)
{
	static char text[4096];
	size_t n;

	fflush(stderr);
	dup2(catch_saved, STDERR_FILENO);
	close(catch_saved);
	rewind(catch_file);
	n = fread(text, 1, sizeof(text) - 1, catch_file);
	text[n] = '\0';
	fclose(catch_file);
	return (text);
}

/*
 * catch_lines(text):
 * Return how many lines ${text} has: a fault is reported once.
 */
static inline size_t
catch_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += (*text == '\n');
	return (n);
}

#endif /* !SMPC_TESTS_UNIT_CATCH_H */
