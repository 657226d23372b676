#ifndef SMPC_DATA_SINK_H
#define SMPC_DATA_SINK_H

/*
 * Where the bytes of a stream go: a file that appears whole or not at all, or a pipe; sealed where
 * asked for.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/io.h"
#include "crypto/noise.h"

struct identity;
struct parties;

/* To whom a stream is sealed, and by whom. */
struct seal_to {
	const struct identity *identity; /* the sender's */
	const struct parties *parties;
	const char *recipient; /* a name in parties */
	/*
	 * Unless NULL, somebody else, who holds the identity, begins the stream: key and preamble;
	 * 0 or -1 (reported).
	 */
	int (*start)(const char *recipient, struct noise_cipher *cipher, uint8_t *preamble,
	    size_t *bytes);
};

struct sink;

/*
 * sink_open(path, mode, seal):
 * Write to ${path} ("-" or NULL: standard output), sealed unless ${seal} is NULL.  Return NULL,
 * having reported, on failure.
 */
struct sink *sink_open(const char *path, enum output_mode mode, const struct seal_to *seal);

/*
 * sink_function(write, state, name):
 * Write through a function, which returns 0 or -1 (reported).
 */
struct sink *sink_function(int (*write)(void *state, const void *data, size_t bytes), void *state,
    const char *name);

/*
 * sink_refuse_terminal(path):
 * Return -1, having reported (status 2), if binary data written to ${path} would go to a terminal,
 * else 0.
 */
int sink_refuse_terminal(const char *path);

/*
 * sink_write(s, data, bytes):
 * Return 0 or -1 (reported).
 */
int sink_write(struct sink *s, const void *data, size_t bytes);

/*
 * sink_finish(s):
 * End the sealed stream, if it is one, sync the output and close it; nothing is written behind
 * that.  Return 0 or -1 (reported).
 */
int sink_finish(struct sink *s);

/*
 * sink_commit_all(s, n):
 * Finish ${n} sinks, as many as a part has parties at most, give all outputs their names or none
 * (io.h, output_commit_all), and free all in any case.  NULL is none.  Return 0 or -1 (reported).
 */
int sink_commit_all(struct sink *const *s, size_t n);

/*
 * sink_commit(s):
 * The same of one.
 */
int sink_commit(struct sink *s);

/*
 * sink_appear(s), sink_stay(s):
 * Give the output of a finished sink its name, which sink_abort takes back (0 or -1, reported); let
 * it stay, and free ${s}.
 */
int sink_appear(struct sink *s);
void sink_stay(struct sink *s);

/*
 * sink_abort(s):
 * Leave nothing behind; harmless on NULL.
 */
void sink_abort(struct sink *s);

#endif /* !SMPC_DATA_SINK_H */
