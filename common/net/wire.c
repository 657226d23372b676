#include "net/wire.h"

#include <string.h>

#include "base/bytes.h"
#include "base/diag.h"

#define STRING_LENGTH_BYTES 2

struct wire
wire_of(const void *data, size_t bytes)
{

	return ((struct wire){ .p = data, .left = bytes });
}

uint64_t
wire_number(struct wire *w, size_t bytes)
{
	uint8_t b[8] = { 0 };

	wire_bytes(w, b, bytes);
	return (bytes_get(b, bytes));
}

void
wire_bytes(struct wire *w, void *data, size_t bytes)
{

	if (w->bad || bytes > w->left) {
		w->bad = true;
		memset(data, 0, bytes);
		return;
	}
	memcpy(data, w->p, bytes);
	w->p += bytes;
	w->left -= bytes;
}

void
wire_string(struct wire *w, char *out, size_t size)
{

	wire_text(w, out, size);
	if (strchr(out, '\n') != NULL) {
		w->bad = true;
		out[0] = '\0';
	}
}

void
wire_text(struct wire *w, char *out, size_t size)
{
	size_t len = (size_t)wire_number(w, STRING_LENGTH_BYTES), i;

	if (len >= size || len > w->left)
		w->bad = true;
	out[0] = '\0';
	if (w->bad)
		return;
	wire_bytes(w, out, len);
	out[len] = '\0';
	for (i = 0; i < len; i++) {
		if (((unsigned char)out[i] < 0x20 && out[i] != '\n') || out[i] == 0x7f)
			w->bad = true;
	}
	if (w->bad)
		out[0] = '\0';
}

void
wire_cipher(struct wire *w, struct noise_cipher *c)
{

	wire_bytes(w, c->k, sizeof(c->k));
	c->n = wire_number(w, 8);
	c->keyed = 1;
}

bool
wire_done(const struct wire *w)
{

	return (!w->bad && w->left == 0);
}

int
wire_put_number(struct buf *b, uint64_t v, size_t bytes)
{
	uint8_t out[8];

	bytes_put(out, v, bytes);
	return (buf_append(b, out, bytes));
}

int
wire_put_string(struct buf *b, const char *s)
{
	size_t len = strlen(s);

	if (len > UINT16_MAX)
		return (fail(ST_FAILED, "a text of %zu bytes is too long for a message", len));
	if (wire_put_number(b, len, STRING_LENGTH_BYTES) == -1)
		return (-1);
	return (buf_append(b, s, len));
}

int
wire_put_reason(struct buf *b, const char *s, size_t size)
{
	size_t len = strlen(s), start, i;

	if (len >= size) {
		for (len = size - 1; len > 0 && ((unsigned char)s[len] & 0xc0) == 0x80; len--)
			continue;
	}
	if (wire_put_number(b, len, STRING_LENGTH_BYTES) == -1)
		return (-1);
	start = b->len;
	if (buf_append(b, s, len) == -1)
		return (-1);
	for (i = start; i < b->len; i++) {
		if ((unsigned char)b->data[i] < 0x20 || b->data[i] == 0x7f)
			b->data[i] = ' ';
	}
	return (0);
}

int
wire_put_cipher(struct buf *b, const struct noise_cipher *c)
{

	if (buf_append(b, c->k, sizeof(c->k)) == -1)
		return (-1);
	return (wire_put_number(b, c->n, 8));
}
