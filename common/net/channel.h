#ifndef SMPC_NET_CHANNEL_H
#define SMPC_NET_CHANNEL_H

/*
 * An encrypted, ordered stream of bytes between two parties, over a carrier that may take or give
 * any number of bytes at a time and never blocks.
 *
 * Records: a 2-byte length, little-endian, and a Noise transport message of that length, of at most
 * 65535 bytes.  Where one record ends and the next begins has no meaning.
 *
 * Flush contract: channel_send only appends; bytes leave when a record is full, and the rest when
 * channel_flush is called.  channel_step moves what can be moved without waiting.
 *
 * A channel may go one way only, over a file.  Nobody waits for its bytes, so that nothing is
 * flushed before its end, which is told: a record of length 0, and behind it, in the clear, the
 * number of records before it, 8 bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "crypto/noise.h"

/*
 * Returned by carriers: nothing can be moved now; the other side is gone or the carrier has failed.
 */
#define CARRIER_WAIT ((ssize_t)-2)
#define CARRIER_FAILED ((ssize_t)-1)

/*
 * How bytes travel.  read and write return a count, 0 (read: the end), CARRIER_WAIT or
 * CARRIER_FAILED with errno.
 */
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
 * Take over the carrier and both keys.  Return NULL, having reported, when memory is short; the
 * carrier is then closed.
 */
struct channel *channel_new(const char *peer, const struct carrier *carrier,
    const struct noise_cipher *send, const struct noise_cipher *receive);

/*
 * carrier_socket(fd):
 * A carrier over a connected, non-blocking socket, which it owns.
 */
struct carrier carrier_socket(int fd);

/*
 * carrier_file(fd):
 * A carrier that writes to, or reads from, a file, which it owns: one direction, such as what a
 * dealer prepares the night before.  There is nothing to poll.
 */
struct carrier carrier_file(int fd);

/*
 * channel_one_way(c, way):
 * From the beginning, only send (OUT) or only receive (IN) over a file; the channel's peer is then
 * what messages call the file.  Nothing is read before it is wanted.  channel_way(c) tells which
 * way it goes.
 */
enum channel_way {
	CHANNEL_BOTH,
	CHANNEL_OUT,
	CHANNEL_IN
};
void channel_one_way(struct channel *c, enum channel_way way);
enum channel_way channel_way(const struct channel *c);

/*
 * channel_end(c), channel_ended(c):
 * Write everything, and the end of a channel OUT; or make sure that of a channel IN everything was
 * received, and that its end is there.  Return 0 or -1 (reported: status 1 if it cannot be written,
 * or was cut; 4 if there is more).
 */
int channel_end(struct channel *c);
int channel_ended(struct channel *c);

/*
 * channel_end_genuine(receive, end):
 * Whether a file whose records are decrypted with ${receive} from the first one on ends with these
 * bytes, which are then its last.  Nothing is reported.
 */
#define CHANNEL_END_BYTES (2 + NOISE_TAG_BYTES + 8)
bool channel_end_genuine(const struct noise_cipher *receive,
    const uint8_t end[static CHANNEL_END_BYTES]);

/*
 * channel_on_loss(c, report, cookie):
 * When the other side is gone, have report(cookie, why) say so, and return -1: it may know better
 * whose fault it is.
 */
void channel_on_loss(struct channel *c, int (*report)(void *cookie, const char *why), void *cookie);

/*
 * channel_counters(c):
 * What has passed so far; it goes on counting, until channel_free.
 */
const struct channel_counters *channel_counters(const struct channel *c);

/*
 * channel_send(c, data, bytes):
 * Send a message, when channel_unsent says 0 for the one before.  The data is encrypted as room
 * allows and must stay unchanged until channel_unsent says 0 again.
 */
void channel_send(struct channel *c, const void *data, size_t bytes);

/*
 * channel_flush(c):
 * Let the last, short record go, if anybody waits for it.
 */
void channel_flush(struct channel *c);

/*
 * channel_receive(c, data, bytes):
 * Want the next ${bytes} bytes at ${data}.  They are there when channel_wanted says 0.
 */
void channel_receive(struct channel *c, void *data, size_t bytes);

/*
 * Bytes that were given to channel_send and are not encrypted yet; bytes wanted and not received
 * yet.
 */
size_t channel_unsent(const struct channel *c);
size_t channel_wanted(const struct channel *c);

/*
 * channel_pending(c):
 * Whether anything still has to leave: data that was not encrypted, or encrypted bytes that the
 * carrier has not taken.
 */
bool channel_pending(const struct channel *c);

/*
 * channel_events(c), channel_descriptor(c):
 * What to poll for, POLLIN and POLLOUT, and where; -1 for a file, which is always ready.
 */
short channel_events(const struct channel *c);
int channel_descriptor(const struct channel *c);

/*
 * channel_step(c):
 * Encrypt, write, read and decrypt what is possible without waiting.  Input that nobody wants yet
 * is kept, up to CHANNEL_MAX_UNWANTED bytes.  Return 1 if anything moved, 0 if not, -1 (reported:
 * status 3 if the peer is gone, 4 if a record was forged or damaged).
 */
#define CHANNEL_MAX_UNWANTED ((size_t)1 << 26)
int channel_step(struct channel *c);

/*
 * channel_keep(c, bytes):
 * Keep at most about so much input that nobody wants yet, in place of CHANNEL_MAX_UNWANTED: for a
 * peer who runs ahead and waits for nobody.
 */
void channel_keep(struct channel *c, size_t bytes);

/*
 * channel_free(c):
 * Close the carrier, wipe and free; harmless on NULL.
 */
void channel_free(struct channel *c);

#endif /* !SMPC_NET_CHANNEL_H */
