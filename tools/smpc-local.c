/* Run a command as all parties on one machine. */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/one_machine.h"
#include "base/diag.h"
#include "cli/tool.h"

static uint64_t number = 2;
static const char *prefix, *wan;

static const struct opt options[] = {
	{ 'n', "number", "N", OPT_NUMBER, &number, 2, 32,
	    "computing parties, named 1 to N; the dealer is 0 (default 2)" },
	{ 'o', "output", "PREFIX", OPT_STRING, &prefix, 0, 0,
	    "write the standard output of party P to PREFIX.P if all is well (default: print "
	    "it, with the name in front)" },
	{ 0, "wan", "RTT,RATE", OPT_STRING, &wan, 0, 0,
	    "put the parties into network namespaces with slow links between them, such as "
	    "40ms,350mbit; takes root" },
	{ .name = NULL },
};

/* The smpc-party that was built or installed with us. */
static int
find_agent(char path[PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t n;
	char *slash;

	if ((n = readlink("/proc/self/exe", self, sizeof(self) - 1)) == -1)
		return (fail_errno("/proc/self/exe"));
	self[n] = '\0';
	if ((slash = strrchr(self, '/')) == NULL)
		return (fail(ST_FAILED, "%s: is not a path", self));
	*slash = '\0';
	if (snprintf(path, PATH_MAX, "%s/smpc-party", self) >= PATH_MAX || access(path, X_OK) == -1)
		return (fail(ST_FAILED, "smpc-party is not beside smpc-local in %s", self));
	return (0);
}

static int
run(char **operands, size_t count)
{
	struct one_machine_options local = { .n = number, .prefix = prefix, .wan = wan,
		.command = operands, .count = count };
	char agent[PATH_MAX];
	int status;

	if (find_agent(agent) == -1)
		return (-1);
	local.agent = agent;
	/* One user is all parties, and makes all shares: tools need not ask who sealed them. */
	if (setenv("SMPC_ONE_MACHINE", "yes", 1) == -1)
		return (fail_errno("environment"));
	if (one_machine_run(&local, &status) == -1)
		return (-1);
	tool_set_status(status);
	return (0);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[--] COMMAND [ARG ...]",
		.summary = "Run COMMAND as a dealer and N computing parties on this machine, each "
		    "under its own smpc-party.",
		.notes = "{} in a word of COMMAND, and $SMPC_PARTY in its environment, is the "
		    "party's name: 0 for the dealer, 1 to N. Keys are made for this run alone, "
		    "and nothing is left behind. When a party fails, the others are stopped, and "
		    "the exit status is that of the first real failure.\n"
		    "Example: smpc-local -n 2 -- smpc-ping",
		.options = options,
		.min_operands = 1,
		.max_operands = SIZE_MAX,
		.command = true,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
