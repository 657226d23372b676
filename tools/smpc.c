/* The front of the toolkit: lists the tools, opens their manuals, runs them. */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/near.h"
#include "cli/manuals.h"
#include "cli/tool.h"

#define PREFIX "smpc-"
#define COLUMN 14

static const struct opt options[] = {
	{ .name = NULL },
};

/* Tasks in the order of the list; a page says which is its own (CONTRIBUTING.md). */
static const struct {
	const char *task;
	const char *title;
} tasks[] = {
	{ "share", "Make shares, look at them, put them together" },
	{ "arrange", "Select and arrange rows and columns" },
	{ "compute", "Compute" },
	{ "train", "Train models and predict" },
	{ "parties", "Parties, their keys and sessions" },
};

#define N_TASKS (sizeof(tasks) / sizeof(tasks[0]))

/* The directory that this program is in. */
static int
own_directory(char directory[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", directory, PATH_MAX - 1);
	char *slash;

	if (n == -1)
		return (fail_errno("/proc/self/exe"));
	directory[n] = '\0';
	if ((slash = strrchr(directory, '/')) == NULL)
		return (fail(ST_FAILED, "%s: is not a path", directory));
	*slash = '\0';
	return (0);
}

static bool
is_tool(const struct manual *m)
{

	return (strcmp(m->section, "1") == 0 && strncmp(m->name, PREFIX, strlen(PREFIX)) == 0);
}

/*
 * What a user calls a tool or page: its name without "smpc-", which stays where it is all there is.
 */
static const char *
short_name(const char *name)
{

	return ((strncmp(name, PREFIX, strlen(PREFIX)) == 0) ? name + strlen(PREFIX) : name);
}

/* ---- smpc ---- */

static size_t
task_of(const struct manual *m)
{
	size_t t;

	for (t = 0; t < N_TASKS && strcmp(m->task, tasks[t].task) != 0; t++)
		continue;
	return (t);
}

static void
list_tools(size_t task, const char *title)
{
	const struct manual *m;
	bool any = false;

	for (m = manuals; m->name != NULL; m++) {
		if (!is_tool(m) || task_of(m) != task)
			continue;
		if (!any)
			printf("\n%s:\n", title);
		printf("  %-*s%s\n", COLUMN, short_name(m->name), m->says);
		any = true;
	}
}

/* A page, in the first section that has one where ${section} is NULL; NULL where there is none. */
static const struct manual *
find_page(const char *section, const char *name)
{
	const struct manual *m;

	for (m = manuals; m->name != NULL; m++) {
		if ((section == NULL || strcmp(m->section, section) == 0) &&
		    (strcmp(m->name, name) == 0 || strcmp(short_name(m->name), name) == 0))
			return (m);
	}
	return (NULL);
}

static void
list_pages(void)
{
	const struct manual *m;
	char how[80];

	printf("\nTo read:\n  %-*s%s\n", COLUMN, "help", "the introduction, with examples");
	printf("  %-*s%s\n", COLUMN, "help TOOL", "the manual of a tool, such as smpc help share");
	for (m = manuals; m->name != NULL; m++) {
		if (strcmp(m->section, "1") == 0 || strcmp(m->name, "smpc") == 0)
			continue;
		if (find_page(NULL, m->name) == m)
			snprintf(how, sizeof(how), "help %s", short_name(m->name));
		else
			snprintf(how, sizeof(how), "help %s %s", m->section, short_name(m->name));
		printf("  %-*s%s%s\n", COLUMN, how, (strlen(how) < COLUMN) ? "" : "  ", m->says);
	}
}

static int
list_all(void)
{
	size_t t;

	printf("Tools to compute on data that nobody may see.  \"smpc share\" runs smpc-share.\n");
	for (t = 0; t < N_TASKS; t++)
		list_tools(t, tasks[t].title);
	list_tools(N_TASKS, "Other");
	list_pages();
	return (0);
}

/* ---- smpc help ---- */

/*
 * Where a page is: beside what was built, or where it is installed as seen from this program, or
 * where it was to be installed.  Return 0, or -1 (reported).
 */
static int
page_path(const struct manual *m, char path[PATH_MAX])
{
	char own[PATH_MAX], file[NAME_MAX + 1];
	const char *const suffixes[] = { "", ".gz" };
	size_t i, where;
	int n = -1;

	if (own_directory(own) == -1)
		return (-1);
	for (where = 0; where < 3; where++) {
		for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
			snprintf(file, sizeof(file), "%s.%s%s", m->name, m->section, suffixes[i]);
			if (where == 0)
				n = snprintf(path, PATH_MAX, "%s/../man/%s", own, file);
			else if (where == 1)
				n = snprintf(path, PATH_MAX, "%s/../share/man/man%s/%s", own,
				    m->section, file);
			else
				n = snprintf(path, PATH_MAX, "%s/man%s/%s", manuals_directory,
				    m->section, file);
			if (n < PATH_MAX && access(path, R_OK) == 0)
				return (0);
		}
	}
	return (fail(ST_FAILED, "the manual %s(%s) is neither beside this program nor in %s; try: "
	    "man %s %s", m->name, m->section, manuals_directory, m->section, m->name));
}

static int
no_such_word(const char *what, const char *name)
{
	const char *names[256], *near;
	const struct manual *m;
	size_t n = 0;

	for (m = manuals; m->name != NULL && n < 254; m++)
		names[n++] = short_name(m->name);
	names[n++] = "help";
	names[n++] = "completion";
	if ((near = near_match(short_name(name), names, n)) != NULL)
		return (usage("there is no %s '%.64s'; did you mean '%s'?", what, name, near));
	return (usage("there is no %s '%.64s'; smpc without arguments lists them", what, name));
}

/* Show a page by the system's reader of manuals; does not return if there is one. */
static int
show_page(const char *path)
{
	char man[] = "man", local[] = "-l", mandoc[] = "mandoc", paged[] = "-a", copy[PATH_MAX];

	strcpy(copy, path);
	execvp(man, (char *[]){ man, local, copy, NULL });
	execvp(mandoc, (char *[]){ mandoc, paged, copy, NULL });
	return (fail(ST_FAILED, "neither man nor mandoc is installed to show %s", path));
}

static int
help(char **words, size_t count)
{
	const char *section = (count > 1) ? words[0] : NULL;
	const struct manual *m;
	char path[PATH_MAX];

	if (count > 2)
		return (usage("help takes the name of one tool"));
	if ((m = (count == 0) ? find_page("7", "smpc") : find_page(section, words[count - 1])) ==
	    NULL)
		return (no_such_word("manual for", words[count - 1]));
	return ((page_path(m, path) == -1) ? -1 : show_page(path));
}

/* ---- smpc completion, smpc TOOL ---- */

static int
completion(char **words, size_t count)
{
	const char *const *line;

	if (count != 1 || strcmp(words[0], "bash") != 0)
		return (usage("completion knows bash: smpc completion bash"));
	for (line = completion_bash; *line != NULL; line++)
		puts(*line);
	return (0);
}

/* Become the tool of that name beside this program; does not return if there is one. */
static int
exec_tool(char **words, size_t count)
{
	char own[PATH_MAX], path[PATH_MAX], name[NAME_MAX + 1], **args;
	size_t i;

	if (strchr(words[0], '/') != NULL ||
	    snprintf(name, sizeof(name), PREFIX "%s", short_name(words[0])) >= NAME_MAX)
		return (no_such_word("tool", words[0]));
	if (own_directory(own) == -1)
		return (-1);
	if (snprintf(path, sizeof(path), "%s/%s", own, name) >= PATH_MAX)
		return (fail(ST_FAILED, "%s: the path is too long", own));
	if (access(path, X_OK) == -1)
		return (no_such_word("tool", words[0]));
	if ((args = mem_array(count + 1, sizeof(*args))) == NULL)
		return (-1);
	args[0] = name;
	for (i = 1; i < count; i++)
		args[i] = words[i];
	execv(path, args);
	free(args);
	return (fail_errno(path));
}

static int
run(char **operands, size_t count)
{

	if (count == 0)
		return (list_all());
	if (strcmp(operands[0], "help") == 0)
		return (help(operands + 1, count - 1));
	if (strcmp(operands[0], "completion") == 0)
		return (completion(operands + 1, count - 1));
	return (exec_tool(operands, count));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[TOOL [ARG ...] | help [TOOL] | completion bash]",
		.summary = "List the tools; run one; show a manual; print the script that "
		    "completes command lines.",
		.notes = "Examples:\n"
		    "  smpc help share\n"
		    "  smpc share -n 2 -o patients patients.csv    (the same as smpc-share ...)\n"
		    "  eval \"$(smpc completion bash)\"",
		.options = options,
		.max_operands = SIZE_MAX,
		.command = true,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
