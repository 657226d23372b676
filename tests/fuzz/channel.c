/*
 * What a receiving channel is given.  The first byte says how: its low bit, whether the rest is
 * given as it is, or is a list of changes to a good stream of three records, each a position, 2
 * bytes, and a byte to be combined with the one there by exclusive or; its other bits, how much the
 * carrier gives at a time and how much is wanted at a time.  What is given out must be what was
 * sent, from its beginning.
 */

#include <sodium.h>

#include <string.h>

#include "check.h"
#include "net/channel.h"

#define N_RECORDS 3
#define N_PLAIN 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct noise_cipher forth = { .k = { 1 }, .keyed = 1 }, back = { .k = { 2 }, .keyed = 1 };
static uint8_t plain[N_PLAIN], good[N_PLAIN + N_RECORDS * (2 + NOISE_TAG_BYTES)];
static size_t good_bytes;

/* A carrier that keeps what is written and gives what is to be read, in pieces. */
struct tape {
	uint8_t *written;
	size_t written_bytes;
	const uint8_t *data;
	size_t bytes, piece;
};

static ssize_t
tape_read(void *state, void *data, size_t bytes)
{
	struct tape *t = state;
	size_t n = (t->bytes < t->piece) ? t->bytes : t->piece;

	if (t->written != NULL)
		return (CARRIER_WAIT);
	n = (n < bytes) ? n : bytes;
	if (n > 0)
		memcpy(data, t->data, n);
	t->data += n;
	t->bytes -= n;
	return ((ssize_t)n);
}

static ssize_t
tape_write(void *state, const void *data, size_t bytes)
{
	struct tape *t = state;

	fuzz_check(t->written_bytes + bytes <= sizeof(good));
	memcpy(t->written + t->written_bytes, data, bytes);
	t->written_bytes += bytes;
	return ((ssize_t)bytes);
}

static void
tape_close(void *state)
{

	(void)state;
}

static int
tape_descriptor(void *state)
{

	(void)state;
	return (-1);
}

static struct channel *
channel_over(struct tape *t, const struct noise_cipher *send, const struct noise_cipher *receive)
{
	struct carrier carrier = { tape_read, tape_write, tape_close, tape_descriptor, t };
	struct channel *c = channel_new("fuzz", &carrier, send, receive);

	fuzz_check(c != NULL);
	return (c);
}

static void
make_good(void)
{
	static const size_t pieces[N_RECORDS] = { 1, 199, 100 };
	struct tape t = { .written = good };
	struct channel *c;
	size_t i, at = 0;

	fuzz_check(sodium_init() != -1);
	for (i = 0; i < N_PLAIN; i++)
		plain[i] = (uint8_t)(i * 7);
	c = channel_over(&t, &forth, &back);
	for (i = 0; i < N_RECORDS; at += pieces[i++]) {
		channel_send(c, plain + at, pieces[i]);
		channel_flush(c);
		while (channel_pending(c))
			fuzz_check(channel_step(c) != -1);
	}
	channel_free(c);
	good_bytes = t.written_bytes;
	fuzz_check(good_bytes == sizeof(good));
}

/* Receive until all is there or the channel fails; return how much was given. */
static size_t
receive(const uint8_t *data, size_t size, size_t piece, size_t wanted)
{
	struct tape t = { .data = data, .bytes = size, .piece = piece };
	struct channel *c = channel_over(&t, &back, &forth);
	uint8_t in[N_PLAIN];
	size_t given = 0, left = 0, n;
	int rc = 0;

	while (rc != -1 && given < N_PLAIN) {
		if (left == 0) {
			left = (wanted < N_PLAIN - given) ? wanted : N_PLAIN - given;
			channel_receive(c, in + given, left);
		}
		if (channel_wanted(c) > 0)
			rc = channel_step(c);
		n = left - channel_wanted(c);
		given += n;
		left -= n;
		fuzz_check(rc != 0 || given == N_PLAIN || left == 0);
	}
	fuzz_check(memcmp(in, plain, given) == 0 && channel_counters(c)->wire_received <= size);
	channel_free(c);
	return (given);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t changed[sizeof(good)];
	size_t piece, wanted, at;

	if (good_bytes == 0)
		make_good();
	if (size == 0)
		return (0);
	piece = (data[0] & 0x10) ? (size_t)1 << 20 : (size_t)1 + (size_t)(data[0] >> 5) * 13;
	wanted = (size_t)1 + (size_t)(data[0] >> 1 & 7) * 43;
	if ((data[0] & 1) == 0) {
		(void)receive(data + 1, size - 1, piece, wanted);
		return (0);
	}
	memcpy(changed, good, good_bytes);
	for (data++, size--; size >= 3; data += 3, size -= 3) {
		at = ((size_t)data[0] | (size_t)data[1] << 8) % good_bytes;
		changed[at] ^= data[2];
	}
	at = receive(changed, good_bytes, piece, wanted);
	fuzz_check((at == N_PLAIN) == (memcmp(changed, good, good_bytes) == 0));
	return (0);
}
