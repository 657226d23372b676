#ifndef SMPC_AGENT_DEAL_INTERNAL_H
#define SMPC_AGENT_DEAL_INTERNAL_H

/*
 * Dealing beforehand, at the dealer: what its tools would send to the computing parties goes into
 * files, in a directory that has its name once all is well.
 */

#include "agent/self_internal.h"
#include "agent/tools_internal.h"
#include "net/session.h"

struct deal;

/*
 * deal_start(self):
 * Make a directory for the files of one run, under another name.  Return NULL, having reported,
 * where that is not possible, or we are not the dealer.
 */
struct deal *deal_start(const struct self *self);

/*
 * deal_commit(d):
 * Give the directory its name.  Return 0 or -1 (reported).
 */
int deal_commit(struct deal *d);

/*
 * deal_free(d):
 * Be done; what was not committed is removed.  Harmless on NULL.
 */
void deal_free(struct deal *d);

/*
 * deal_open(d, t, text, dealer):
 * Give a tool the session that it asks for, in which it sends to files; or tell it why not.
 */
void deal_open(struct deal *d, struct client *t, const char *text, enum session_dealer dealer);

/*
 * deal_store(d, t), deal_drop(d, t):
 * A tool says that all is well: its files are whole, and stay.  A tool has ended: if it has said
 * nothing, its files go.  Harmless for a tool that deals nothing; ${d} may then be NULL.
 */
void deal_store(struct deal *d, struct client *t);
void deal_drop(struct deal *d, struct client *t);

#endif /* !SMPC_AGENT_DEAL_INTERNAL_H */
