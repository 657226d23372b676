#ifndef SMPC_NET_OWN_AGENT_INTERNAL_H
#define SMPC_NET_OWN_AGENT_INTERNAL_H

/*
 * Speaking to the party's agent; for sessions.  It says something at least every AGENT_SPEAKS_MS to
 * a tool that waits; nobody waits for it for longer than AGENT_SILENT_MS.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/mem.h"
#include "net/descriptor.h"
#include "net/own_agent.h"
#include "net/wire.h"

/*
 * agent_connect():
 * Return a socket to the agent, or -1 (reported).
 */
int agent_connect(void);

/*
 * agent_put(fd, message), agent_send(fd, message):
 * Send a message.  Return 0 or -1; reported by the last alone, errno says why to the first.
 */
int agent_put(int fd, const struct buf *message);
int agent_send(int fd, const struct buf *message);

/*
 * agent_receive(fd, patience_ms, data, size, fds, max_fds, n_fds):
 * Receive one message, and up to ${max_fds} descriptors with it, which are the caller's.  Return
 * its length or -1 (reported: nothing came for ${patience_ms}, too).
 */
ssize_t agent_receive(int fd, int64_t patience_ms, uint8_t *data, size_t size, int *fds,
    size_t max_fds, size_t *n_fds);

/*
 * agent_close(fds, n_fds):
 * Close descriptors that came with a message that should have none.
 */
void agent_close(const int *fds, size_t n_fds);

/*
 * agent_gone(), agent_unknown(), agent_refused(where, d, w):
 * Report that the agent has ended; that it gives an answer nobody knows; why it refuses, which is
 * the rest of its message, about the stream ${where} if that is not NULL.  Return -1.
 */
int agent_gone(void);
int agent_unknown(void);
int agent_refused(const char *where, const struct descriptor *d, struct wire *w);

#endif /* !SMPC_NET_OWN_AGENT_INTERNAL_H */
