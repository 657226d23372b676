/*
 * The agent of a party: keeps its key, links to its peers, and brings the tools of all parties
 * together.
 */

#include <stdlib.h>

#include "agent/agent.h"
#include "base/diag.h"
#include "cli/streams.h"
#include "data/identity.h"
#include "data/parties.h"

static const char *listen_at, *deal_to, *dealt;
static bool check, verbose;

static const struct opt options[] = {
	{ 'i', "identity", "KEY", OPT_STRING, &stream_options.identity, 0, 0,
	    "identity file of this party (default: $SMPC_IDENTITY)" },
	{ 'p', "parties", "FILE", OPT_STRING, &stream_options.parties, 0, 0,
	    "parties.json, the same file at every party (default: $SMPC_PARTIES)" },
	{ 'l', "listen", "HOST:PORT", OPT_STRING, &listen_at, 0, 0,
	    "listen here and not at the address that the parties file gives; :PORT means all of "
	    "this machine's" },
	{ 0, "deal-to", "DIR", OPT_STRING, &deal_to, 0, 0,
	    "at the dealer: run COMMAND without the other parties, and put what they need for "
	    "it into the new directory DIR" },
	{ 0, "dealt", "DIR", OPT_STRING, &dealt, 0, 0,
	    "at a computing party: do without the dealer, with what he dealt beforehand; each "
	    "file is used once" },
	{ 0, "check", NULL, OPT_FLAG, &check, 0, 0,
	    "try to reach every peer, say what came of it, and exit" },
	{ 'v', "verbose", NULL, OPT_FLAG, &verbose, 0, 0, "report links on standard error" },
	{ .name = NULL },
};

static int
serve(const struct identity *identity, const struct parties *parties, char **command, size_t count)
{
	struct agent_options agent = { .identity = identity, .parties = parties,
		.parties_path = (stream_options.parties != NULL) ? stream_options.parties :
		    getenv("SMPC_PARTIES"),
		.listen = listen_at, .deal_to = deal_to, .dealt = dealt, .command = (count > 0) ?
		    command : NULL, .detach = (count == 0), .verbose = verbose };
	int status;

	if (check)
		return (agent_check(&agent));
	if (agent_run(&agent, &status) == -1)
		return (-1);
	tool_set_status(status);
	return (0);
}

static int
run(char **operands, size_t count)
{
	const struct identity *identity;
	const struct parties *parties = NULL;
	bool failed;
	int rc = -1;

	if ((deal_to != NULL) + (dealt != NULL) + check > 1)
		return (usage("--deal-to, --dealt and --check exclude each other"));
	if (deal_to != NULL && (count == 0 || listen_at != NULL))
		return (usage("--deal-to takes a command, and nobody to listen to"));
	identity = streams_identity(&failed);
	if (!failed)
		parties = streams_parties(&failed);
	if (identity != NULL && parties != NULL)
		rc = serve(identity, parties, operands, count);
	else if (!failed)
		rc = usage("give this party's identity with -i and the parties file with -p");
	return (streams_finish(NULL, rc));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[--] [COMMAND [ARG ...]]",
		.summary = "Run COMMAND as a party: its tools can hold sessions with the tools of "
		    "the other parties.",
		.notes = "SMPC_LINK and SMPC_PARTY tell the command's tools where the agent is "
		    "and whose it is. The exit status is that of the command. Without a command "
		    "the agent goes to the background and prints the variables for a shell: eval "
		    "\"$(smpc-party -i me.key -p parties.json)\"; kill $SMPC_AGENT_PID ends it.\n"
		    "Example: smpc-party -i alice.key -p parties.json -- sh -eu job.sh",
		.options = options,
		.max_operands = SIZE_MAX,
		.command = true,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
