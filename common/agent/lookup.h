#ifndef SMPC_AGENT_LOOKUP_H
#define SMPC_AGENT_LOOKUP_H

/*
 * Addresses of a host by its name, without waiting: a resolver may take many seconds, and no agent
 * can stand still so long.
 */

#include <stdbool.h>

#include "agent/tcp.h"

struct lookup;

/*
 * lookup_start(host, port):
 * Begin to look for the addresses of a host.  Return NULL, having reported, when memory, a thread
 * or a pipe is short.
 */
struct lookup *lookup_start(const char *host, uint16_t port);

/*
 * lookup_descriptor(l), lookup_done(l):
 * What to poll for POLLIN; whether the answer is there.
 */
int lookup_descriptor(const struct lookup *l);
bool lookup_done(struct lookup *l);

/*
 * lookup_result(l, addresses, why, why_bytes):
 * The answer, once it is there: return 0, or -1 with the reason in ${why}; nothing is reported.
 */
int lookup_result(struct lookup *l, struct tcp_addresses *addresses, char *why, size_t why_bytes);

/*
 * lookup_free(l):
 * Be done with it, with an answer or without; does not wait.  Harmless on NULL.
 */
void lookup_free(struct lookup *l);

#endif /* !SMPC_AGENT_LOOKUP_H */
