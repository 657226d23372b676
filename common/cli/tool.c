#include "cli/tool.h"

#include <jansson.h>
#include <malloc.h>
#include <sodium.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/num.h"
#include "cli/progress.h"
#include "net/policy_ask.h"

#ifndef SMPC_VERSION
#define SMPC_VERSION "unknown"
#endif

static const struct tool *running;
static int command_status;

void
tool_set_status(int status)
{

	command_status = status;
}

bool
tool_has_option(const char *name)
{
	const struct opt *o;

	for (o = running->options; o->name != NULL; o++) {
		if (strcmp(o->name, name) == 0)
			return (true);
	}
	return (false);
}

int
usage(const char *format, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, format);
	if (vsnprintf(line, sizeof(line), format, ap) < 0)
		line[0] = '\0';
	va_end(ap);
	return (fail(ST_USAGE, "%s; see %s --help", line, diag_name()));
}

int
usage_no_such(const char *name, const char *what, const char *const *names, size_t count,
    const char *others)
{
	const char *near = near_match(name, names, count);

	return ((near != NULL) ? usage("'%s' is no %s; did you mean '%s'?", name, what, near) :
	    usage("'%s' is no %s; %s", name, what, others));
}

/* ---- help ---- */

#define HELP_COLUMN 26
#define HELP_WIDTH 79

/* Print ${text} from column ${column} on, wrapped and indented. */
static void
print_wrapped(const char *text, int column, int indent)
{
	size_t word;

	while (*text != '\0') {
		word = strcspn(text, " \n");
		if (column > indent && column + 1 + (int)word > HELP_WIDTH) {
			printf("\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)word, text);
		column += (int)word;
		text += word;
		if (*text == '\n') {
			printf("\n%*s", indent, "");
			column = indent;
		}
		text += (*text != '\0');
	}
	putchar('\n');
}

static void
print_option(char letter, const char *name, const char *between, const char *arg, const char *help)
{
	char left[80];
	int n;

	n = snprintf(left, sizeof(left), "  %c%c%s--%s%s%s%s", (letter != 0) ? '-' : ' ',
	    (letter != 0) ? letter : ' ', (letter != 0) ? ", " : "  ", name, (arg != NULL) ?
	    between : "", (arg != NULL) ? arg : "", (between[0] == '[') ? "]" : "");
	fputs(left, stdout);
	if (n + 2 > HELP_COLUMN) {
		putchar('\n');
		n = 0;
	}
	printf("%*s", HELP_COLUMN - n, "");
	print_wrapped(help, HELP_COLUMN, HELP_COLUMN);
}

static void
print_help(const struct tool *tool)
{
	const struct opt *o;

	printf("usage: %s%s%s%s\n", diag_name(), (tool->options->name != NULL) ? " [OPTION ...]" :
	    "", (tool->operands[0] != '\0') ? " " : "", tool->operands);
	print_wrapped(tool->summary, 0, 0);
	putchar('\n');
	for (o = tool->options; o->name != NULL; o++)
		print_option(o->letter, o->name, (o->kind == OPT_CHOICE) ? "[=" : " ", o->arg,
		    o->help);
	print_option(0, "help", "", NULL, "print this and exit");
	print_option(0, "version", "", NULL, "print the version and exit");
	if (tool->notes != NULL) {
		putchar('\n');
		print_wrapped(tool->notes, 0, 0);
	}
	printf("\nExit status: 0 done, 1 input or output failed, 2 usage, 3 a peer is missing,\n"
	    "4 refused for safety, 5 a number does not fit.  The manual: man %s\n", diag_name());
}

/* What completion of command lines asks for; the manuals do not tell of it. */
static void
print_option_list(const struct tool *tool)
{
	const struct opt *o;

	printf("operands\t%s\n", tool->operands);
	if (tool->command)
		printf("command\n");
	for (o = tool->options; o->name != NULL; o++)
		printf("option\t%s\t%s\t%c\n", o->name, (o->arg != NULL && o->kind != OPT_CHOICE) ?
		    o->arg : "-",
		    (o->letter != 0) ? o->letter : '-');
}

/* ---- parsing ---- */

/* The command line as it is worked off. */
struct line {
	const struct tool *tool;
	char **args;
	int count;
	int next;
	char **operands;
	size_t n_operands;
	bool done; /* --help or --version was given */
};

static int
add_string(struct strings *list, const char *value)
{
	const char **items;

	if ((items = realloc(list->items, (list->count + 1) * sizeof(*items))) == NULL)
		return (fail(ST_FAILED, "out of memory"));
	list->items = items;
	list->items[list->count++] = value;
	return (0);
}

static int
set_option(const struct opt *o, const char *value)
{

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)o->to = true;
		return (0);
	case OPT_CHOICE:
		*(const char **)o->to = (value != NULL) ? value : "";
		return (0);
	case OPT_STRING:
		*(const char **)o->to = value;
		return (0);
	case OPT_NUMBER:
		if (num_parse(value, o->min, o->max, o->to) == -1)
			return (usage("--%s: '%s' is not a whole number from %" PRIu64 " to %"
			    PRIu64, o->name, value, o->min, o->max));
		return (0);
	case OPT_LIST:
		return (add_string(o->to, value));
	}
	return (-1);
}

/* Whether ${text} is one of words such as "this|that". */
static bool
is_choice(const char *words, const char *text)
{
	size_t len;

	for (; (len = strcspn(words, "|")) > 0; words += len + (words[len] == '|')) {
		if (strlen(text) == len && memcmp(words, text, len) == 0)
			return (true);
	}
	return (false);
}

/* Set an option from what follows its name, or from the next argument. */
static int
option_value(struct line *l, const struct opt *o, const char *attached)
{

	if (o->kind == OPT_CHOICE && attached == NULL && l->next < l->count &&
	    is_choice(o->arg, l->args[l->next]))
		return (usage("--%s takes its value behind '=', --%s=%s; a file of that name is "
		    "./%s", o->name, o->name, l->args[l->next], l->args[l->next]));
	if (o->kind == OPT_FLAG)
		return ((attached == NULL) ? set_option(o, NULL) :
		    usage("--%s takes no value", o->name));
	if (attached != NULL || o->kind == OPT_CHOICE)
		return (set_option(o, attached));
	if (l->next == l->count)
		return (usage("--%s needs a value, %s", o->name, o->arg));
	return (set_option(o, l->args[l->next++]));
}

/* What options are called in other programs, and here; only messages know. */
static const struct {
	const char *there;
	const char *here;
} elsewhere[] = {
	{ "learning-rate", "rate" },
	{ "lr", "rate" },
	{ "batch-size", "batch" },
	{ "regularization", "l2" },
	{ "weight-decay", "l2" },
	{ "network", "net" },
	{ "layers", "net" },
	{ "sep", "delimiter" },
	{ "separator", "delimiter" },
	{ "dec", "decimal" },
	{ "na-values", "na-text" },
	{ "na-strings", "na-text" },
};

#define ELSEWHERE (sizeof(elsewhere) / sizeof(elsewhere[0]))

/* The option that was probably meant by the ${len} characters at ${name}, or NULL. */
static const char *
meant_option(const struct tool *tool, const char *name, size_t len)
{
	const char *names[64 + ELSEWHERE], *near;
	size_t n = 0, i;
	char word[65];
	const struct opt *o;

	if (len >= sizeof(word))
		return (NULL);
	snprintf(word, sizeof(word), "%.*s", (int)len, name);
	for (o = tool->options; o->name != NULL && n < 64; o++)
		names[n++] = o->name;
	for (i = 0; i < ELSEWHERE; i++) {
		if (tool_has_option(elsewhere[i].here))
			names[n++] = elsewhere[i].there;
	}
	near = near_match(word, names, n);
	for (i = 0; i < ELSEWHERE && near != NULL; i++) {
		if (near == elsewhere[i].there)
			return (elsewhere[i].here);
	}
	return (near);
}

static int
unknown_option(const struct line *l, const char *name, size_t len)
{
	const char *meant = meant_option(l->tool, name, len);

	if (meant != NULL)
		return (usage("--%.*s is not an option; did you mean --%s?", (int)len, name,
		    meant));
	return (usage("--%.*s is not an option", (int)len, name));
}

static int
take_long(struct line *l, const char *arg)
{
	const char *equals = strchr(arg, '=');
	size_t len = (equals != NULL) ? (size_t)(equals - arg) : strlen(arg);
	const struct opt *o;

	if (strcmp(arg, "help") == 0) {
		print_help(l->tool);
		l->done = true;
		return (0);
	}
	if (strcmp(arg, "help=options") == 0) {
		print_option_list(l->tool);
		l->done = true;
		return (0);
	}
	if (strcmp(arg, "version") == 0) {
		printf("%s (SMPC toolkit) %s\n", diag_name(), SMPC_VERSION);
		l->done = true;
		return (0);
	}
	for (o = l->tool->options; o->name != NULL; o++) {
		if (strlen(o->name) == len && memcmp(o->name, arg, len) == 0)
			return (option_value(l, o, (equals != NULL) ? equals + 1 : NULL));
	}
	return (unknown_option(l, arg, len));
}

/* Letters may be joined; a value may follow its letter at once. */
static int
take_letters(struct line *l, const char *p)
{
	const struct opt *o;

	while (*p != '\0') {
		for (o = l->tool->options; o->name != NULL && o->letter != *p; o++)
			continue;
		if (o->name == NULL)
			return (usage("-%c is not an option", *p));
		p++;
		if (o->kind != OPT_FLAG)
			return (option_value(l, o, (*p != '\0') ? p : NULL));
		if (option_value(l, o, NULL) == -1)
			return (-1);
	}
	return (0);
}

/* Options and operands may be mixed; "--" ends the options. */
static int
parse_arguments(struct line *l)
{
	bool options = true;
	char *arg;
	int rc = 0;

	while (l->next < l->count && rc == 0 && !l->done) {
		arg = l->args[l->next++];
		if (!options || arg[0] != '-' || arg[1] == '\0') {
			l->operands[l->n_operands++] = arg;
			options = options && !l->tool->command;
		} else if (strcmp(arg, "--") == 0)
			options = false;
		else if (arg[1] == '-')
			rc = take_long(l, arg + 2);
		else
			rc = take_letters(l, arg + 1);
	}
	if (rc == -1 || l->done)
		return (rc);
	if (l->n_operands < l->tool->min_operands)
		return (usage("operands are missing: %s", l->tool->operands));
	if (l->n_operands > l->tool->max_operands)
		return (usage("'%s' is one operand too many; there can be %s",
		    l->operands[l->tool->max_operands], (l->tool->operands[0] != '\0') ?
		    l->tool->operands : "none"));
	return (0);
}

/* ---- running ---- */

/*
 * A closed descriptor 0, 1 or 2 would be given to the next file that is opened; make it one that
 * fails instead.
 */
static int
claim_standard_descriptors(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) != -1)
			continue;
		if (open("/dev/null", (fd == 0) ? O_WRONLY : O_RDONLY) != fd)
			return (fail_errno("/dev/null"));
	}
	return (0);
}

static int
close_stdout(void)
{

	if (ferror(stdout) || fflush(stdout) == EOF)
		return (fail_errno("standard output"));
	return (0);
}

static void
free_lists(const struct tool *tool)
{
	const struct opt *o;

	for (o = tool->options; o->name != NULL; o++) {
		if (o->kind == OPT_LIST)
			free(((struct strings *)o->to)->items);
	}
}

/* Keys in text records pass through the memory of the JSON library. */
static void
wipe_and_free(void *p)
{

	if (p != NULL)
		mem_wipe(p, malloc_usable_size(p));
	free(p);
}

/*
 * Where memory is short, the JSON library leaves out what it had no room for and may not say so: a
 * name, a number.  So its first failure is the last: this process ends, and leaves no output.
 */
static void *
memory_or_end(size_t bytes)
{
	void *p = malloc(bytes);

	if (p != NULL || bytes == 0)
		return (p);
	output_abandon();
	warn("out of memory: %zu bytes", bytes);
	_exit(ST_FAILED);
}

/* What runs a command of its own leaves the terminal to it. */
static int
run_with_progress(const struct tool *tool, const struct line *l)
{
	int rc;

	if (!tool->command) {
		progress_begin();
		policy_ask_begin();
	}
	rc = tool->run(l->operands, l->n_operands);
	progress_end();
	return (rc);
}

int
tool_main(const struct tool *tool, int argc, char **argv)
{
	struct line l = { .tool = tool, .args = argv, .count = argc, .next = 1 };
	enum status status;
	int rc;

	running = tool;
	/* A core dump would hold secrets. */
	json_set_alloc_funcs(memory_or_end, wipe_and_free);
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	diag_init((argc > 0) ? argv[0] : NULL);
	if (claim_standard_descriptors() == -1 ||
	    (l.operands = mem_array((size_t)argc + 1, sizeof(*l.operands))) == NULL)
		return (ST_FAILED);
	rc = parse_arguments(&l);
	if (rc == 0 && !l.done) {
		output_of_tool();
		if (sodium_init() == -1)
			rc = fail(ST_REFUSED, "the system gives no randomness");
		else
			rc = run_with_progress(tool, &l);
	}
	if (tool->failed != NULL && (rc == -1 || diag_status() != ST_OK))
		tool->failed((diag_status() == ST_OK) ? (int)ST_FAILED : (int)diag_status());
	if (close_stdout() == -1)
		rc = -1;
	free(l.operands);
	free_lists(tool);
	status = diag_status();
	if (rc == 0 && status == ST_OK)
		return (command_status);
	return ((status == ST_OK) ? (int)ST_FAILED : (int)status);
}
