#ifndef SMPC_AGENT_AGENT_H
#define SMPC_AGENT_AGENT_H

/*
 * A party's agent: it holds the party's key, keeps an authenticated control link to every peer, and
 * brings tools of all parties together in sessions.  It moves no payload: a tool gets connected
 * descriptors and keys, and speaks to its peers' tools itself.
 *
 * A session begins when every member has a tool that waits with the same descriptor.  The first
 * computing party's agent pairs them, first come first served, and announces which; the session
 * number is a hash of what all members' agents drew at random for it, so that nobody can bring an
 * old one back.  Every agent enters it into its ledger before it is used.
 *
 * A dealer's agent may deal beforehand: then it has no links, and its tools write into files what
 * they would have sent.  Later on the computing parties hold their sessions without the dealer;
 * their agents give each tool the file that was made for its session, once.
 */

#include "data/identity.h"
#include "data/parties.h"
#include "data/policy.h"

struct agent_options {
	const struct identity *identity;
	const struct parties *parties;
	const char *parties_path; /* for the command's environment */
	const char *listen;       /* HOST:PORT in place of the address in the parties file; NULL */
	char *const *command;     /* NULL: serve until a signal comes */
	/* deal beforehand, into a directory that is made when the command has succeeded; NULL */
	const char *deal_to;
	/* a directory of files that were dealt beforehand, in place of the dealer; NULL */
	const char *dealt;
	const struct policy *policy; /* which steps it takes part in; NULL: in all */
	int detach;               /* print the variables and go to the background */
	int verbose;              /* report links and sessions */
};

/*
 * agent_run(options, status):
 * Be the agent until the command has ended, and set *${status} to what it ended with.  Return 0 or
 * -1 (reported).
 */
int agent_run(const struct agent_options *options, int *status);

/*
 * agent_check(options):
 * Try to open a link to every peer, once, and print what came of it.  Return 0 if all answered,
 * else -1 (reported: status 3, or 4 where keys or parties files differ).
 */
int agent_check(const struct agent_options *options);

#endif /* !SMPC_AGENT_AGENT_H */
