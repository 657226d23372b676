#ifndef SMPC_NET_WAIT_H
#define SMPC_NET_WAIT_H

/* Waiting for descriptors. */

#include <poll.h>

/*
 * wait_poll(fds, count, timeout_ms):
 * As poll(2); but to be interrupted, or without the memory for it just now, means only that nothing
 * has come so far.  Return the count of descriptors that are ready, or -1 (reported).
 */
int wait_poll(struct pollfd *fds, nfds_t count, int timeout_ms);

#endif /* !SMPC_NET_WAIT_H */
