/* Outputs that get their names together, or not at all. */

#include "base/io.h"

#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"

#include "tap.h"

#define NAMES 3

static const char *const names[NAMES] = { "a", "b", "c" };

static void
write_old(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF)
		exit(1);
}

/* Whether a file holds ${text}; NULL: is not there. */
static int
holds(const char *name, const char *text)
{
	char found[64] = "";
	FILE *f = fopen(name, "r");

	if (f == NULL || text == NULL)
		return (f == NULL && text == NULL);
	(void)!fgets(found, sizeof(found), f);
	fclose(f);
	return (strcmp(found, text) == 0);
}

/* How many files there are whose names begin so. */
static size_t
count(const char *pattern)
{
	glob_t g;
	size_t n;

	if (glob(pattern, 0, NULL, &g) != 0)
		return (0);
	n = g.gl_pathc;
	globfree(&g);
	return (n);
}

static void
open_all(struct output *o[static NAMES], enum output_mode mode)
{
	size_t i;

	for (i = 0; i < NAMES; i++) {
		if ((o[i] = output_open(names[i], mode)) == NULL ||
		    io_write(output_fd(o[i]), "new", 3, names[i]) == -1)
			exit(1);
	}
}

static void
clear(void)
{
	size_t i;

	for (i = 0; i < NAMES; i++) {
		(void)rmdir(names[i]);
		(void)unlink(names[i]);
	}
}

static void
test_together(void)
{
	struct output *o[NAMES];

	write_old("a", "old");
	open_all(o, OUTPUT_REPLACE);
	ok(holds("a", "old") && holds("b", NULL), "nothing has its name before");
	ok(output_commit_all(o, NAMES) == 0 && holds("a", "new") && holds("b", "new") &&
	    holds("c", "new"), "all have their names");
	ok(count("?*") == NAMES, "and nothing else is there");

	open_all(o, OUTPUT_REPLACE);
	write_old("a", "old");
	(void)unlink("b");
	(void)unlink("c");
	if (mkdir("c", 0700) == -1)
		exit(1);
	ok(output_commit_all(o, NAMES) == -1, "the last one cannot have its name");
	ok(holds("a", "old") && holds("b", NULL),
	    "what was replaced is put back, what was new is gone");
	ok(count("?*") == 2, "and nothing else is left");
	clear();

	open_all(o, OUTPUT_REPLACE);
	if (mkdir("b", 0700) == -1)
		exit(1);
	ok(output_commit_all(o, NAMES) == -1 && count("?*") == 1 && rmdir("b") == 0,
	    "nor one between them: a directory stays where it is");
	clear();

	open_all(o, OUTPUT_NEW);
	write_old("c", "somebody else's");
	ok(output_commit_all(o, NAMES) == -1 && holds("a", NULL) && holds("b", NULL) &&
	    holds("c", "somebody else's") && count("?*") == 1, "new ones, and a file that appears");
	clear();
}

/* A first output that is standard output, or none at all. */
static void
test_others(void)
{
	struct output *o[NAMES] = { NULL };

	ok(output_commit_all(o, NAMES) == 0, "none at all");
	o[0] = output_open("/dev/null", OUTPUT_REPLACE);
	o[2] = output_open("a", OUTPUT_REPLACE);
	ok(output_commit_all(o, NAMES) == 0 && holds("a", ""), "a device, none, and a file");
	clear();
}

static void
test_steps(void)
{
	struct output *o[NAMES];

	write_old("a", "old");
	open_all(o, OUTPUT_REPLACE);
	ok(output_ready(o[0]) == 0 && output_appear(o[0], false) == 0 && holds("a", "new"),
	    "one appears");
	output_abort(o[0]);
	ok(holds("a", "old"), "and is taken back");
	ok(output_ready(o[1]) == 0 && output_appear(o[1], false) == 0 && holds("b", "new"),
	    "one appears where nothing was");
	(void)unlink("b");
	write_old("b", "somebody else's");
	output_abort(o[1]);
	ok(holds("b", "somebody else's"), "what has the name meanwhile is left alone");
	ok(output_ready(o[2]) == 0 && output_appear(o[2], false) == 0, "a third one");
	output_stay(o[2]);
	ok(holds("c", "new") && count("?*") == NAMES, "stays");
	clear();
}

/* A signal between the names of two. */
static void
test_signal(void)
{
	struct output *o[NAMES];
	int status = 0;
	pid_t pid;

	write_old("a", "old");
	fflush(stdout);
	if ((pid = fork()) == 0) {
		output_of_tool();
		open_all(o, OUTPUT_REPLACE);
		if (output_ready(o[0]) == -1 || output_appear(o[0], false) == -1 ||
		    output_ready(o[1]) == -1 || output_appear(o[1], false) == -1)
			_exit(1);
		raise(SIGTERM);
		_exit(2);
	}
	(void)waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "it dies of the signal");
	ok(holds("a", "old") && count("?*") == 1, "and takes both back");
	clear();
}

static void
test_fault(void)
{
	struct output *o[NAMES];
	int status = 0;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		output_of_tool();
		open_all(o, OUTPUT_REPLACE);
		fail(ST_FAILED, "anything");
		_exit(output_commit_all(o, NAMES) == 0);
	}
	(void)waitpid(pid, &status, 0);
	ok(status == 0 && count("?*") == 0, "a tool that has reported a fault commits nothing");
}

static void
test_long(void)
{
	char name[NAME_MAX + 1], cut[NAME_MAX + 1];
	struct output *o;
	size_t len;

	for (len = 90; len <= NAME_MAX; len++) {
		memset(name, 'n', len);
		name[len] = '\0';
		if ((o = output_open(name, (len % 2 == 0) ? OUTPUT_REPLACE : OUTPUT_NEW)) == NULL ||
		    output_commit(o) == -1 || access(name, F_OK) == -1 || unlink(name) == -1)
			break;
	}
	ok(len == NAME_MAX + 1, "names of up to %d bytes", NAME_MAX);
	/* Of a character of two bytes, none is left alone. */
	memset(name, 'n', NAME_MAX);
	memcpy(name + NAME_MAX - 8, "\xc3\xa4", 2);
	name[NAME_MAX] = '\0';
	o = output_open(name, OUTPUT_REPLACE);
	memset(cut, 'n', NAME_MAX - 8);
	strcpy(cut + NAME_MAX - 8, ".*");
	ok(o != NULL && count(cut) == 1, "are cut before a character");
	output_abort(o);
}

int
main(void)
{
	char directory[] = "/tmp/smpc-output-XXXXXX";

	if (mkdtemp(directory) == NULL || chdir(directory) == -1)
		return (1);
	tap_plan(21);
	/* What is said of failures is not of interest here. */
	if (freopen("/dev/null", "w", stderr) == NULL)
		return (1);
	test_signal(); /* before there was any fault */
	test_fault();
	test_together();
	test_others();
	test_steps();
	test_long();
	clear();
	return ((chdir("/") == 0 && rmdir(directory) == 0) ? tap_end() : 1);
}
