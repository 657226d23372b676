/*
 * Files that were dealt beforehand.  The input is tried as the beginning of one, and as a list of
 * changes to a good file of three records: each is a position, 2 bytes, and a byte to be combined
 * with the one there by exclusive or; position 65535 cuts the file by so many bytes.  Nothing but
 * the good file itself may be read to its end, and nothing but what was dealt may be read from any.
 */

#include <sodium.h>

#include <string.h>

#include "check.h"
#include "net/channel.h"
#include "agent/dealt.h"

#define MESSAGES 3
#define MESSAGE_BYTES 40
#define ALL_BYTES (MESSAGES * MESSAGE_BYTES)
#define FILE_MAX 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t dealer[IDENTITY_KEY_BYTES], dealer_public[IDENTITY_KEY_BYTES];
static uint8_t alice[IDENTITY_KEY_BYTES], alice_public[IDENTITY_KEY_BYTES];
static struct dealt_header header;
static uint8_t dealt[ALL_BYTES];

/* A file in memory. */
struct file {
	uint8_t data[FILE_MAX];
	size_t pos, len;
};
static struct file good;

static ssize_t
file_read(void *state, void *data, size_t bytes)
{
	struct file *f = state;
	size_t n = (f->len - f->pos < bytes) ? f->len - f->pos : bytes;

	memcpy(data, f->data + f->pos, n);
	f->pos += n;
	return ((ssize_t)n);
}

static ssize_t
file_write(void *state, const void *data, size_t bytes)
{
	struct file *f = state;

	fuzz_check(FILE_MAX - f->len >= bytes);
	memcpy(f->data + f->len, data, bytes);
	f->len += bytes;
	return ((ssize_t)bytes);
}

static void
file_close(void *state)
{

	(void)state;
}

static int
file_descriptor(void *state)
{

	(void)state;
	return (-1);
}

static struct channel *
channel_over(struct file *f, const struct noise_cipher *key, enum channel_way way)
{
	struct carrier carrier = { file_read, file_write, file_close, file_descriptor, f };
	struct noise_cipher none = { .keyed = 0 };
	struct channel *c = channel_new("file", &carrier, (way == CHANNEL_OUT) ? key : &none,
	    (way == CHANNEL_OUT) ? &none : key);

	fuzz_check(c != NULL);
	channel_one_way(c, way);
	return (c);
}

/* Three records by hand, as a channel would put all into one. */
static void
make_good(void)
{
	struct noise_cipher send;
	struct channel *c;
	uint8_t *p;
	size_t i;

	fuzz_check(sodium_init() != -1);
	memset(dealer, 1, sizeof(dealer));
	memset(alice, 2, sizeof(alice));
	crypto_scalarmult_base(dealer_public, dealer);
	crypto_scalarmult_base(alice_public, alice);
	memset(&header, 3, sizeof(header));
	memset(dealt, 4, sizeof(dealt));
	fuzz_check(dealt_begin(&header, "trent", dealer, "alice", alice_public, good.data,
	    &good.len, &send) == 0);
	for (i = 0; i < MESSAGES; i++) {
		p = good.data + good.len;
		p[0] = MESSAGE_BYTES + NOISE_TAG_BYTES;
		p[1] = 0;
		fuzz_check(noise_encrypt(&send, dealt + i * MESSAGE_BYTES, MESSAGE_BYTES,
		    p + 2) == 0);
		good.len += 2 + MESSAGE_BYTES + NOISE_TAG_BYTES;
	}
	c = channel_over(&good, &send, CHANNEL_OUT);
	fuzz_check(channel_end(c) == 0);
	channel_free(c);
}

/* Return whether the file is read to its end. */
static int
reads(struct file *f)
{
	struct noise_cipher receive;
	struct dealt_preface p;
	struct dealt_header h;
	struct channel *c;
	uint8_t in[ALL_BYTES];
	size_t bytes = f->len, got;
	int rc = 0, genuine;

	if (dealt_preface(f->data, f->len, &p) != DEALT_OK)
		return (0);
	fuzz_check(strlen(p.from) >= 1 && strlen(p.to) >= 1 && p.bytes <= f->len &&
	    p.bytes <= DEALT_PREFACE_MAX);
	if (dealt_open(f->data, &bytes, &p, alice, dealer_public, &h, &receive) == -1)
		return (0);
	fuzz_check(memcmp(&h, &header, sizeof(h)) == 0 && bytes <= f->len);
	genuine = (f->len - bytes >= CHANNEL_END_BYTES &&
	    channel_end_genuine(&receive, f->data + f->len - CHANNEL_END_BYTES));
	f->pos = bytes;
	c = channel_over(f, &receive, CHANNEL_IN);
	for (got = 0; rc != -1 && got < ALL_BYTES; got += 10) {
		channel_receive(c, in + got, 10);
		while (rc != -1 && channel_wanted(c) > 0)
			rc = channel_step(c);
		fuzz_check(rc == -1 || memcmp(in + got, dealt + got, 10) == 0);
	}
	if (rc != -1)
		rc = channel_ended(c);
	channel_free(c);
	fuzz_check(rc != 0 || genuine);
	return (rc == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file f = { .len = 0 };
	size_t at;

	if (good.len == 0)
		make_good();
	if (size <= FILE_MAX) {
		f.len = size;
		if (size > 0)
			memcpy(f.data, data, size);
		(void)reads(&f);
	}
	f = good;
	for (; size >= 3; data += 3, size -= 3) {
		at = data[0] | (size_t)data[1] << 8;
		if (at == 65535)
			f.len -= (data[2] < f.len) ? data[2] : f.len;
		else if (f.len > 0)
			f.data[at % f.len] ^= data[2];
	}
	fuzz_check(reads(&f) == (f.len == good.len && memcmp(f.data, good.data, good.len) == 0));
	return (0);
}
