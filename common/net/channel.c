#include "net/channel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/diag.h"
#include "base/mem.h"

#define LENGTH_BYTES 2
#define RECORD_BYTES (LENGTH_BYTES + NOISE_MESSAGE_MAX)
#define BUFFER_RECORDS 8
#define BUFFER_BYTES ((size_t)BUFFER_RECORDS * RECORD_BYTES)
#define STAGE_BYTES ((size_t)NOISE_PLAIN_MAX)
#define COUNT_BYTES 8 /* behind the end of a channel that goes one way */

struct channel {
	char *peer;
	struct carrier carrier;
	enum channel_way way;
	struct noise_cipher send, receive;
	struct channel_counters counters;
	int (*report)(void *cookie, const char *why); /* that the peer is lost; NULL: we do */
	void *cookie;

	/*
	 * All three buffers, not initialised: most channels carry little, and pages never used need
	 * not be touched.
	 */
	uint8_t *buffers;

	/*
	 * To be sent: a short record that is being filled, a message behind it, and encrypted
	 * records.
	 */
	uint8_t *stage;
	size_t staged, most_staged;
	const uint8_t *message;
	size_t message_bytes;
	bool flush;
	uint8_t *out;
	size_t out_pos, out_len;

	/*
	 * Received: encrypted records, clear bytes that nobody wanted yet, and where wanted ones
	 * go.
	 */
	uint8_t *in;
	size_t in_pos, in_len;
	struct buf unwanted;
	size_t unwanted_pos, max_unwanted;
	uint8_t *want;
	size_t want_bytes;
	bool ended; /* the carrier */
	bool over;  /* the end of a channel IN was met */
};

struct channel *
channel_new(const char *peer, const struct carrier *carrier, const struct noise_cipher *send,
    const struct noise_cipher *receive)
{
	struct channel *c;

	if ((c = mem_array(1, sizeof(*c))) == NULL) {
		carrier->close(carrier->state);
		return (NULL);
	}
	c->max_unwanted = CHANNEL_MAX_UNWANTED;
	c->carrier = *carrier;
	c->send = *send;
	c->receive = *receive;
	if ((c->peer = mem_copy_string(peer, strlen(peer))) == NULL)
		goto out;
	if ((c->buffers = malloc(STAGE_BYTES + 2 * BUFFER_BYTES)) == NULL) {
		fail(ST_FAILED, "out of memory: %zu bytes", STAGE_BYTES + 2 * BUFFER_BYTES);
		goto out;
	}
	c->stage = c->buffers;
	c->out = c->stage + STAGE_BYTES;
	c->in = c->out + BUFFER_BYTES;
	return (c);
out:
	channel_free(c);
	return (NULL);
}

void
channel_keep(struct channel *c, size_t bytes)
{

	c->max_unwanted = bytes;
}

void
channel_one_way(struct channel *c, enum channel_way way)
{

	c->way = way;
}

enum channel_way
channel_way(const struct channel *c)
{

	return (c->way);
}

void
channel_on_loss(struct channel *c, int (*report)(void *cookie, const char *why), void *cookie)
{

	c->report = report;
	c->cookie = cookie;
}

const struct channel_counters *
channel_counters(const struct channel *c)
{

	return (&c->counters);
}

/* ---- sending ---- */

void
channel_send(struct channel *c, const void *data, size_t bytes)
{

	c->message = data;
	c->message_bytes = bytes;
	c->counters.bytes_sent += bytes;
	c->counters.messages_sent++;
}

void
channel_flush(struct channel *c)
{

	c->flush = (c->way == CHANNEL_BOTH);
}

size_t
channel_unsent(const struct channel *c)
{

	return (c->message_bytes);
}

bool
channel_pending(const struct channel *c)
{

	return (c->message_bytes > 0 || (c->flush && c->staged > 0) || c->out_pos < c->out_len);
}

/* Encrypt one record behind those that wait in the buffer. */
static int
encrypt_record(struct channel *c, const uint8_t *plain, size_t bytes)
{
	uint8_t *record = c->out + c->out_len;
	size_t length = bytes + NOISE_TAG_BYTES;

	bytes_put(record, length, LENGTH_BYTES);
	if (noise_encrypt(&c->send, plain, bytes, record + LENGTH_BYTES) == -1)
		return (fail(ST_REFUSED, "%s: the channel's nonces are used up", c->peer));
	c->out_len += LENGTH_BYTES + length;
	return (0);
}

/* Take bytes of the message into the short record. */
static void
fill_stage(struct channel *c)
{
	size_t take = STAGE_BYTES - c->staged;

	if (take > c->message_bytes)
		take = c->message_bytes;
	if (take == 0)
		return;
	memcpy(c->stage + c->staged, c->message, take);
	c->staged += take;
	if (c->staged > c->most_staged)
		c->most_staged = c->staged;
	c->message += take;
	c->message_bytes -= take;
}

/* Encrypt as long as there is room and enough for a record. */
static int
encrypt_some(struct channel *c)
{
	int moved = 0;

	if (c->out_pos == c->out_len)
		c->out_pos = c->out_len = 0;
	while (BUFFER_BYTES - c->out_len >= RECORD_BYTES) {
		if (c->staged == 0 && c->message_bytes >= STAGE_BYTES) {
			if (encrypt_record(c, c->message, STAGE_BYTES) == -1)
				return (-1);
			c->message += STAGE_BYTES;
			c->message_bytes -= STAGE_BYTES;
			moved = 1;
			continue;
		}
		fill_stage(c);
		if (c->staged < STAGE_BYTES && (c->staged == 0 || !c->flush))
			break;
		if (encrypt_record(c, c->stage, c->staged) == -1)
			return (-1);
		c->staged = 0;
		moved = 1;
	}
	if (c->message_bytes == 0 && c->staged == 0)
		c->flush = false;
	return (moved);
}

static int
lost(const struct channel *c, const char *what)
{

	if (c->way != CHANNEL_BOTH)
		return (fail(ST_FAILED, "%s: %s", c->peer, what));
	if (c->report != NULL)
		return (c->report(c->cookie, what));
	return (fail(ST_PEER, "lost party '%s': %s", c->peer, what));
}

static int
channel_write(struct channel *c)
{
	ssize_t n;

	if (c->out_pos == c->out_len)
		return (0);
	n = c->carrier.write(c->carrier.state, c->out + c->out_pos, c->out_len - c->out_pos);
	if (n == CARRIER_WAIT)
		return (0);
	if (n == CARRIER_FAILED)
		return (lost(c, strerror(errno)));
	c->out_pos += (size_t)n;
	c->counters.wire_sent += (uint64_t)n;
	return (n > 0);
}

int
channel_end(struct channel *c)
{
	uint64_t count;

	c->flush = true;
	while (channel_pending(c)) {
		if (channel_step(c) == -1)
			return (-1);
	}
	c->out_pos = c->out_len = 0;
	count = c->send.n;
	if (encrypt_record(c, NULL, 0) == -1)
		return (-1);
	bytes_put(c->out + c->out_len, count, COUNT_BYTES);
	c->out_len += COUNT_BYTES;
	while (c->out_pos < c->out_len) {
		if (channel_write(c) == -1)
			return (-1);
	}
	return (0);
}

/* ---- receiving ---- */

/* Give bytes that came before anybody wanted them. */
static void
give_unwanted(struct channel *c)
{
	size_t have = c->unwanted.len - c->unwanted_pos, take = (have < c->want_bytes) ? have :
	    c->want_bytes;

	if (take == 0)
		return;
	memcpy(c->want, c->unwanted.data + c->unwanted_pos, take);
	c->want += take;
	c->want_bytes -= take;
	c->unwanted_pos += take;
	if (c->unwanted_pos == c->unwanted.len)
		c->unwanted.len = c->unwanted_pos = 0;
}

void
channel_receive(struct channel *c, void *data, size_t bytes)
{

	c->want = data;
	c->want_bytes = bytes;
	c->counters.bytes_received += bytes;
	c->counters.messages_received++;
	give_unwanted(c);
}

size_t
channel_wanted(const struct channel *c)
{

	return (c->want_bytes);
}

/* What is wrong with a record, or what follows it. */
static int
bad_record(const struct channel *c, const char *what)
{

	if (c->way != CHANNEL_BOTH)
		return (fail(ST_REFUSED, "%s: a record %s", c->peer, what));
	return (fail(ST_REFUSED, "a record from party '%s' %s", c->peer, what));
}

/* Decrypt one record: straight to where it is wanted if all of it is, else through the buffer. */
static int
decrypt_record(struct channel *c, uint8_t *record, size_t length)
{
	size_t bytes = length - NOISE_TAG_BYTES;
	bool direct = (bytes > 0 && bytes <= c->want_bytes);
	uint8_t *plain = direct ? c->want : record;

	if (noise_decrypt(&c->receive, record, length, plain) == -1)
		return (bad_record(c, "is forged or damaged"));
	if (bytes == 0)
		return (0);
	if (direct) {
		c->want += bytes;
		c->want_bytes -= bytes;
		return (0);
	}
	if (c->unwanted_pos > c->unwanted.len / 2) {
		memmove(c->unwanted.data, c->unwanted.data + c->unwanted_pos,
		    c->unwanted.len - c->unwanted_pos);
		c->unwanted.len -= c->unwanted_pos;
		c->unwanted_pos = 0;
	}
	if (buf_append(&c->unwanted, plain, bytes) == -1)
		return (-1);
	mem_wipe(plain, bytes);
	give_unwanted(c);
	return (0);
}

/* Decrypt all whole records that are there. */
static int
decrypt_some(struct channel *c)
{
	size_t left, length;
	uint8_t *p;
	int moved = 0;

	while ((left = c->in_len - c->in_pos) >= LENGTH_BYTES && !c->over) {
		p = c->in + c->in_pos;
		length = (size_t)bytes_get(p, LENGTH_BYTES);
		/*
		 * An empty record would be a sign of life that costs nothing; but it ends a channel
		 * IN.
		 */
		if (length < NOISE_TAG_BYTES || (length == NOISE_TAG_BYTES && c->way != CHANNEL_IN))
			return (bad_record(c, "has an impossible length"));
		if (left < LENGTH_BYTES + length)
			break;
		if (decrypt_record(c, p + LENGTH_BYTES, length) == -1)
			return (-1);
		c->over = (length == NOISE_TAG_BYTES);
		c->in_pos += LENGTH_BYTES + length;
		moved = 1;
	}
	return (moved);
}

static bool
may_read(const struct channel *c)
{

	if (c->ended || c->way == CHANNEL_OUT)
		return (false);
	return (c->want_bytes > 0 || (c->way == CHANNEL_BOTH &&
	    c->unwanted.len - c->unwanted_pos < c->max_unwanted));
}

static int
channel_read(struct channel *c)
{
	ssize_t n;

	if (c->in_pos > 0) {
		memmove(c->in, c->in + c->in_pos, c->in_len - c->in_pos);
		c->in_len -= c->in_pos;
		c->in_pos = 0;
	}
	n = c->carrier.read(c->carrier.state, c->in + c->in_len, BUFFER_BYTES - c->in_len);
	if (n == CARRIER_WAIT)
		return (0);
	if (n == CARRIER_FAILED)
		return (lost(c, strerror(errno)));
	if (n == 0)
		c->ended = true;
	c->in_len += (size_t)n;
	c->counters.wire_received += (uint64_t)n;
	return (1);
}

/* More is wanted of a channel IN than was sent. */
static int
too_little(const struct channel *c)
{

	if (c->over)
		return (fail(ST_REFUSED, "%s: holds less than this step takes", c->peer));
	return (fail(ST_FAILED, "%s: ends early: it was cut", c->peer));
}

int
channel_ended(struct channel *c)
{
	uint8_t count[COUNT_BYTES];

	while (!c->ended) {
		if (channel_read(c) == -1 || decrypt_some(c) == -1)
			return (-1);
		if (c->unwanted.len > c->unwanted_pos ||
		    (c->over && c->in_len - c->in_pos > COUNT_BYTES))
			break;
	}
	if (c->unwanted.len > c->unwanted_pos || (c->over && c->in_len - c->in_pos != COUNT_BYTES))
		return (fail(ST_REFUSED, "%s: holds more than this step takes", c->peer));
	if (!c->over)
		return (too_little(c));
	/* The end itself has been decrypted, too. */
	bytes_put(count, c->receive.n - 1, COUNT_BYTES);
	if (memcmp(count, c->in + c->in_pos, COUNT_BYTES) != 0)
		return (fail(ST_REFUSED, "%s: is damaged at its end", c->peer));
	return (0);
}

bool
channel_end_genuine(const struct noise_cipher *receive, const uint8_t end[static CHANNEL_END_BYTES])
{
	struct noise_cipher c = *receive;
	uint8_t nothing[1];
	bool genuine;

	c.n = bytes_get(end + CHANNEL_END_BYTES - COUNT_BYTES, COUNT_BYTES);
	genuine = (bytes_get(end, LENGTH_BYTES) == NOISE_TAG_BYTES &&
	    noise_decrypt(&c, end + LENGTH_BYTES, NOISE_TAG_BYTES, nothing) == 0);
	noise_cipher_wipe(&c);
	return (genuine);
}

/* ---- both ---- */

short
channel_events(const struct channel *c)
{

	return ((short)((may_read(c) ? POLLIN : 0) | (channel_pending(c) ? POLLOUT : 0)));
}

int
channel_descriptor(const struct channel *c)
{

	return (c->carrier.descriptor(c->carrier.state));
}

int
channel_step(struct channel *c)
{
	int encrypted, wrote, got = 0, decrypted;

	if ((encrypted = encrypt_some(c)) == -1 || (wrote = channel_write(c)) == -1)
		return (-1);
	if (may_read(c) && (got = channel_read(c)) == -1)
		return (-1);
	if ((decrypted = decrypt_some(c)) == -1)
		return (-1);
	if (c->want_bytes > 0 && c->way == CHANNEL_IN && (c->ended || c->over))
		return (too_little(c));
	if (c->ended && c->want_bytes > 0)
		return (lost(c, "it has ended, or its connection has"));
	return (encrypted || wrote || got || decrypted);
}

void
channel_free(struct channel *c)
{

	if (c == NULL)
		return;
	c->carrier.close(c->carrier.state);
	free(c->peer);
	buf_free(&c->unwanted);
	/*
	 * Only the stage holds clear bytes; those that are decrypted in place are wiped there and
	 * then.
	 */
	mem_wipe_free(c->buffers, c->most_staged);
	mem_wipe_free(c, sizeof(*c));
}
