#ifndef SMPC_NET_PIPE_H
#define SMPC_NET_PIPE_H

/*
 * A byte stream to or from one member of a session, whose end is told: chunks of a 4-byte length
 * and that many bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "net/session.h"

struct session_pipe {
	struct session *session;
	size_t peer;
	size_t left; /* reading: of the chunk at hand */
	bool ended;
};

/*
 * pipe_write(pipe, data, bytes):
 * Send; for sink_function.  Return 0 or -1 (reported).
 */
int pipe_write(void *pipe, const void *data, size_t bytes);

/*
 * pipe_end(pipe):
 * Send the end, and flush.  Return 0 or -1 (reported).
 */
int pipe_end(struct session_pipe *pipe);

/*
 * pipe_read(pipe, data, bytes):
 * Receive up to ${bytes} bytes, 0 at the end; for source_function.  Return the count or -1
 * (reported).
 */
ssize_t pipe_read(void *pipe, void *data, size_t bytes);

#endif /* !SMPC_NET_PIPE_H */
