#ifndef SMPC_NET_WIRE_H
#define SMPC_NET_WIRE_H

/*
 * Messages between agents, and between a tool and its agent, as bytes: numbers little-endian,
 * strings and blocks with their length in front.  Reading checks every length; one check at the end
 * tells whether all was there.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "crypto/noise.h"

/* What is left of a message that is being read. */
struct wire {
	const uint8_t *p;
	size_t left;
	bool bad; /* something was missing; everything read since is zero */
};

struct wire wire_of(const void *data, size_t bytes);
uint64_t wire_number(struct wire *w, size_t bytes);
void wire_bytes(struct wire *w, void *data, size_t bytes);

/*
 * wire_string(w, out, size), wire_text(w, out, size):
 * Read a string of at most ${size} - 1 bytes, without NUL and control characters; newlines are
 * allowed in a text.
 */
void wire_string(struct wire *w, char *out, size_t size);
void wire_text(struct wire *w, char *out, size_t size);

/*
 * wire_cipher(w, c):
 * Read a key and its nonce.
 */
void wire_cipher(struct wire *w, struct noise_cipher *c);

/*
 * wire_done(w):
 * Whether the message was whole and nothing is left of it.
 */
bool wire_done(const struct wire *w);

/* Append to a message; 0 or -1 (reported: out of memory, string too long). */
int wire_put_number(struct buf *b, uint64_t v, size_t bytes);
int wire_put_string(struct buf *b, const char *s);
int wire_put_cipher(struct buf *b, const struct noise_cipher *c);

/*
 * wire_put_reason(b, s, size):
 * Append a text for people as wire_string takes it into ${size} bytes: what is too long is cut
 * between two characters, and control characters become blanks.
 */
int wire_put_reason(struct buf *b, const char *s, size_t size);

#endif /* !SMPC_NET_WIRE_H */
