/*
 * The agent of a party: keeps its key, links to its peers, and brings the tools of all parties
 * together.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/running.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "cli/streams.h"
#include "data/identity.h"
#include "data/parties.h"
#include "data/policy.h"

static const char *listen_at, *deal_to, *dealt, *policy_path;
static bool check, check_policy, show_status, stop, verbose;
static bool serves; /* no command: a shell evaluates what is printed */

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
	{ 0, "policy", "FILE", OPT_STRING, &policy_path, 0, 0,
	    "take part only in what this policy allows (default: $SMPC_POLICY)" },
	{ 0, "check-policy", NULL, OPT_FLAG, &check_policy, 0, 0,
	    "check the policy, print what it says in sentences, and exit; takes no identity" },
	{ 0, "check", NULL, OPT_FLAG, &check, 0, 0,
	    "try to reach every peer, say what came of it, and exit" },
	{ 0, "status", NULL, OPT_FLAG, &show_status, 0, 0,
	    "say which agents of yours run on this machine, or that of the party COMMAND names, "
	    "and how they are; for one, print the variables, too" },
	{ 0, "stop", NULL, OPT_FLAG, &stop, 0, 0,
	    "end the one that runs, or that of the party COMMAND names" },
	{ 'v', "verbose", NULL, OPT_FLAG, &verbose, 0, 0, "report links on standard error" },
	{ .name = NULL },
};

static int
serve(const struct identity *identity, const struct parties *parties, const struct policy *policy,
    char **command, size_t count)
{
	struct agent_options agent = { .identity = identity, .parties = parties,
		.parties_path = (stream_options.parties != NULL) ? stream_options.parties :
		    getenv("SMPC_PARTIES"),
		.listen = listen_at, .deal_to = deal_to,
		.dealt = dealt, .policy = policy, .command = (count > 0) ?
		    command : NULL, .detach = (count == 0), .verbose = verbose };
	int status;

	if (check)
		return (agent_check(&agent));
	if (agent_run(&agent, &status) == -1)
		return (-1);
	tool_set_status(status);
	return (0);
}

/* Something about agents that run already. */
static int
found(char **operands, size_t count)
{
	const char *party = (count > 0) ? operands[0] : NULL;

	if (count > 1)
		return (usage("name one party, or none"));
	if (party != NULL && !name_valid(party))
		return (usage("'%s' is no name of a party", party));
	return (stop ? running_stop(party) : running_print(party));
}

/*
 * eval "$(smpc-party ...)" has no status but that of what it evaluates: give it one, and leave no
 * variables of an agent that was there before.  A shell reads that from a pipe.
 */
static void
print_failure(int failed)
{
	struct stat st;

	if (!serves || fstat(STDOUT_FILENO, &st) == -1 || !S_ISFIFO(st.st_mode))
		return;
	printf("unset SMPC_LINK SMPC_PARTY SMPC_AGENT_PID; (exit %d)\n", failed);
}

/* What is to be signed. */
static int
print_policy(const struct policy *policy)
{
	struct buf text = { NULL, 0, 0 };
	const struct parties *parties;
	bool failed;
	int rc = -1;

	if (policy == NULL)
		return (usage("which policy? Name it with --policy, or in $SMPC_POLICY"));
	parties = streams_parties(&failed);
	if (!failed && (parties == NULL || policy_check_parties(policy, parties) == 0) &&
	    (rc = policy_sentences(policy, &text)) == 0)
		fwrite(text.data, 1, text.len, stdout);
	buf_free(&text);
	return (rc);
}

static int
run_with_policy(const struct policy *policy, char **operands, size_t count)
{
	const struct identity *identity;
	const struct parties *parties = NULL;
	bool failed;

	if (check_policy)
		return (print_policy(policy));
	identity = streams_identity(&failed);
	if (!failed)
		parties = streams_parties(&failed);
	if (identity != NULL && parties != NULL)
		return (serve(identity, parties, policy, operands, count));
	return (failed ? -1 :
	    usage("give this party's identity with -i and the parties file with -p"));
}

/* The policy that is named; *${failed}: there is one, and it cannot be read. */
static struct policy *
load_policy(bool *failed)
{
	const char *path = (policy_path != NULL) ? policy_path : getenv("SMPC_POLICY");
	struct policy *policy = NULL;

	if (path != NULL && (policy_path != NULL || path[0] != '\0'))
		policy = policy_load(path);
	else
		path = NULL;
	*failed = (path != NULL && policy == NULL);
	return (policy);
}

static int
run(char **operands, size_t count)
{
	struct policy *policy;
	bool failed;
	int rc = -1;

	if ((deal_to != NULL) + (dealt != NULL) + check + check_policy + show_status + stop > 1)
		return (usage("--deal-to, --dealt, --check, --check-policy, --status and --stop "
		    "exclude each other"));
	serves = ((count == 0 || show_status) && !check && !check_policy && !stop);
	if (show_status || stop)
		return (found(operands, count));
	if (deal_to != NULL && (count == 0 || listen_at != NULL))
		return (usage("--deal-to takes a command, and nobody to listen to"));
	policy = load_policy(&failed);
	if (!failed)
		rc = run_with_policy(policy, operands, count);
	policy_free(policy);
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
		    "\"$(smpc-party -i me.key -p parties.json)\". It outlives the terminal: eval "
		    "\"$(smpc-party --status)\" finds it again, and smpc-party --stop ends it.\n"
		    "Example: smpc-party -i alice.key -p parties.json -- sh -eu job.sh",
		.options = options,
		.max_operands = SIZE_MAX,
		.command = true,
		.run = run,
		.failed = print_failure,
	};
	int i;

	/* Until the arguments are understood: a command follows "--", most often. */
	serves = true;
	for (i = 1; i < argc; i++)
		serves = serves && strcmp(argv[i], "--") != 0;
	return (tool_main(&tool, argc, argv));
}
