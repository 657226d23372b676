#ifndef SMPC_CLI_INTERACTIVE_H
#define SMPC_CLI_INTERACTIVE_H

/* What every tool that takes a session of all parties has in common. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/tool.h"
#include "net/session.h"

struct interactive_options {
	uint64_t wait;
	const char *tag;
	bool stats;
};

extern struct interactive_options interactive_options;

#define INTERACTIVE_OPTIONS									\
	{ 'w', "wait", "SECONDS", OPT_NUMBER, &interactive_options.wait, 1, 1000000,		\
	    "how long to wait for the other parties, and for a sign of life (default 600)" },	\
	{ 0, "tag", "TEXT", OPT_STRING, &interactive_options.tag, 0, 0,				\
	    "tell apart sessions that are alike otherwise; the same at every party" },		\
	{ 0, "stats", NULL, OPT_FLAG, &interactive_options.stats, 0, 0,				\
	    "print bytes, messages and rounds on standard error" }

/*
 * interactive_open(d, dealer, guests, n_guests, guest):
 * Open the session that ${d} describes (session.h), and free ${d}'s text.  Return NULL, having
 * reported, on failure.
 */
struct session *interactive_open(struct descriptor *d, enum session_dealer dealer,
    const char *const *guests, size_t n_guests, bool guest);

/*
 * interactive_close(s, rc):
 * End the session: in order if ${rc} is 0, with its counters if asked for; else at once.  Return 0
 * or -1.
 */
int interactive_close(struct session *s, int rc);

#endif /* !SMPC_CLI_INTERACTIVE_H */
