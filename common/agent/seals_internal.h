#ifndef SMPC_AGENT_SEALS_INTERNAL_H
#define SMPC_AGENT_SEALS_INTERNAL_H

/*
 * Sealed streams of our party's tools.  A tool gets the key of one stream, never the party's.
 */

#include "agent/self_internal.h"
#include "agent/tools_internal.h"
#include "net/wire.h"

/*
 * seals_open(self, t, w):
 * Open the seal of a stream whose preamble is the rest of the tool's message, and tell it the key
 * and the sender, or why not.
 */
void seals_open(const struct self *self, struct client *t, struct wire *w);

/*
 * seals_begin(self, t, w):
 * Begin a stream that our party seals to the one that the rest of the message names, and tell the
 * tool the preamble and the key, or why not.
 */
void seals_begin(const struct self *self, struct client *t, struct wire *w);

#endif /* !SMPC_AGENT_SEALS_INTERNAL_H */
