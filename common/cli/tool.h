#ifndef SMPC_CLI_TOOL_H
#define SMPC_CLI_TOOL_H

/*
 * What every tool has in common: a table of options that is parsed by and printed as its usage,
 * --help, --version, checked output, exit statuses.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum opt_kind {
	OPT_FLAG,   /* to: bool */
	OPT_CHOICE, /* to: const char *: what follows '=', or "" where nothing does */
	OPT_STRING, /* to: const char * */
	OPT_NUMBER, /* to: uint64_t, from min to max */
	OPT_LIST    /* to: struct strings; may be given more than once */
};

/* One option.  A table of them ends with one whose name is NULL. */
struct opt {
	char letter;      /* 0: none */
	const char *name; /* without "--" */
	const char *arg;  /* what its value is called; NULL for a flag */
	enum opt_kind kind;
	void *to;
	uint64_t min, max;
	const char *help;
};

/* Strings that belong to the command line. */
struct strings {
	const char **items;
	size_t count;
};

struct tool {
	const char *operands; /* as the usage line has it, such as "[FILE ...]" */
	const char *summary;  /* one sentence */
	const char *notes;    /* more help, may be NULL */
	const struct opt *options;
	size_t min_operands;
	size_t max_operands;
	/* options end at the first operand: it begins a command with options of its own */
	bool command;
	/* Do the work; 0 or -1 (reported). */
	int (*run)(char **operands, size_t count);
	/* Print what is to be on standard output when the tool has failed; NULL: nothing. */
	void (*failed)(int status);
};

/*
 * tool_main(tool, argc, argv):
 * Parse the command line, run the tool, check standard output, and return the exit status for main
 * to return.
 */
int tool_main(const struct tool *tool, int argc, char **argv);

/*
 * tool_set_status(status):
 * Exit with ${status}, that of a command that was run, where nothing else has failed.
 */
void tool_set_status(int status);

/*
 * tool_has_option(name):
 * Whether the tool that runs has an option of that name.
 */
bool tool_has_option(const char *name);

/*
 * usage(format, ...):
 * Report a wrong command line and where help is, with status 2.  Return -1.
 */
int usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * usage_no_such(name, what, names, count, others):
 * Report that ${name} is no ${what}: with the one of ${names} that was meant, if it looks like one,
 * else with ${others}, which tells what there is.  Return -1.
 */
int usage_no_such(const char *name, const char *what, const char *const *names, size_t count,
    const char *others);

#endif /* !SMPC_CLI_TOOL_H */
