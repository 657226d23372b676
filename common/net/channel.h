#ifndef SMPC_NET_CHANNEL_H
#define SMPC_NET_CHANNEL_H

/*
 * An encrypted, ordered stream of bytes between two parties, over a carrier that may take or give any number of bytes
 * at a time and never blocks.
 *
 * Records: a 2-byte length, little-endian, and a Noise transport message of that length, of at most 65535 bytes.
 * Where one record ends and the next begins has no meaning.
 *
 * Flush contract: channel_send only appends; bytes leave when a record is full, and the rest when channel_flush is
 * called.  channel_step moves what can be moved without waiting.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "crypto/noise.h"

/* Returned by carriers: nothing can be moved now; the other side is gone or the carrier has failed. */
#define CARRIER_WAIT ((ssize_t)-2)
#define CARRIER_FAILED ((ssize_t)-1)

/* How bytes travel.  read and write return a count, 0 (read: the end), CARRIER_WAIT or CARRIER_FAILED with errno. */
struct carrier {
	ssize_t (*read)(void *state, void *data, size_t bytes);
	ssize_t (*write)(void *state, const void *data, size_t bytes);
	void (*close)(void *state);
	int (*descriptor)(void *state); /* to poll, or -1 */
	void *state;
};

/* What passed through a channel: clear bytes, calls, and encrypted bytes. */
struct channel_counters {
	uint64_t bytes_sent, bytes_received;
	uint64_t messages_sent, messages_received;
	uint64_t wire_sent, wire_received;
};

struct channel;

/*
 * channel_new(peer, carrier, send, receive):
 * Take over the carrier and both keys.  Return NULL, having reported, when memory is short; the carrier is then closed.
 */
struct channel *channel_new(const char *peer, const struct carrier *carrier, const struct noise_cipher *send,
    const struct noise_cipher *receive);

/*
 * carrier_socket(fd):
 * A carrier over a connected, non-blocking socket, which it owns.
 */
struct carrier carrier_socket(int fd);

/*
 * carrier_file(fd):
 * A carrier that writes to, or reads from, a file or pipe, which it owns: one direction, such as what a dealer prepares
 * the night before.
 */
struct carrier carrier_file(int fd);

/*
 * carrier_pair(pair):
 * Two carriers in this process, connected to each other, for tests.  Return 0 or -1 (reported).
 */
int carrier_pair(struct carrier pair[static 2]);

/*
 * channel_on_loss(c, report, cookie):
 * When the other side is gone, have report(cookie, why) say so, and return -1: it may know better whose fault it is.
 */
void channel_on_loss(struct channel *c, int (*report)(void *cookie, const char *why), void *cookie);

const char *channel_peer(const struct channel *c);
const struct channel_counters *channel_counters(const struct channel *c);

/*
 * channel_send(c, data, bytes):
 * Send a message, when channel_unsent says 0 for the one before.  The data is encrypted as room allows and must stay
 * unchanged until channel_unsent says 0 again.
 */
void channel_send(struct channel *c, const void *data, size_t bytes);

/*
 * channel_flush(c):
 * Let the last, short record go.
 */
void channel_flush(struct channel *c);

/*
 * channel_receive(c, data, bytes):
 * Want the next ${bytes} bytes at ${data}.  They are there when channel_wanted says 0.
 */
void channel_receive(struct channel *c, void *data, size_t bytes);

/* Bytes that were given to channel_send and are not encrypted yet; bytes wanted and not received yet. */
size_t channel_unsent(const struct channel *c);
size_t channel_wanted(const struct channel *c);

/*
 * channel_pending(c):
 * Whether anything still has to leave: data that was not encrypted, or encrypted bytes that the carrier has not taken.
 */
bool channel_pending(const struct channel *c);

/*
 * channel_events(c):
 * What to poll for, POLLIN and POLLOUT.
 */
short channel_events(const struct channel *c);
int channel_descriptor(const struct channel *c);

/*
 * channel_step(c):
 * Encrypt, write, read and decrypt what is possible without waiting.  Input that nobody wants yet is kept, up to
 * CHANNEL_MAX_UNWANTED bytes.  Return 1 if anything moved, 0 if not, -1 (reported: status 3 if the peer is gone, 4 if a
 * record was forged or damaged).
 */
#define CHANNEL_MAX_UNWANTED ((size_t)1 << 26)
int channel_step(struct channel *c);

/*
 * channel_free(c):
 * Close the carrier, wipe and free; harmless on NULL.
 */
void channel_free(struct channel *c);

#endif /* !SMPC_NET_CHANNEL_H */
