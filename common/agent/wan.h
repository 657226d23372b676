#ifndef SMPC_AGENT_WAN_H
#define SMPC_AGENT_WAN_H

/*
 * A wide-area network on one machine: a network namespace for each party, joined by links that
 * netem slows down.
 */

#include <stddef.h>

struct wan;

/*
 * wan_open(count, rtt_and_rate):
 * Make ${count} namespaces, and remove those of processes that were killed; "40ms,350mbit" gives
 * the round trip between any two and the rate of each party's link.  Return NULL, having reported:
 * status 2 where that is not permitted, or the kernel has no netem.
 */
struct wan *wan_open(size_t count, const char *rtt_and_rate);

/*
 * wan_address(i, text, size):
 * The address and port of party ${i}.
 */
void wan_address(size_t i, char *text, size_t size);

/*
 * wan_enter(w, i):
 * Move this process into the namespace of party ${i}.  Return 0 or -1 (reported).
 */
int wan_enter(const struct wan *w, size_t i);

/*
 * wan_close(w):
 * Remove the namespaces; harmless on NULL.
 */
void wan_close(struct wan *w);

#endif /* !SMPC_AGENT_WAN_H */
