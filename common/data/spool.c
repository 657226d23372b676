#include "data/spool.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "crypto/noise.h"

#define WHERE "temporary file"
#define PIECE_BYTES NOISE_PLAIN_MAX

/* Pieces of PIECE_BYTES, each encrypted under the next nonce; the last one may be shorter. */
struct spool {
	FILE *file;
	struct noise_cipher out, in;
	uint64_t pieces;
	size_t bytes; /* in ${piece}, and not in the file yet */
	uint8_t piece[PIECE_BYTES + NOISE_TAG_BYTES];
};

struct spool *
spool_open(void)
{
	struct spool *s;

	if ((s = mem_array(1, sizeof(*s))) == NULL)
		return (NULL);
	if ((s->file = tmpfile()) == NULL) {
		fail_errno(WHERE);
		spool_free(s);
		return (NULL);
	}
	randombytes_buf(s->out.k, sizeof(s->out.k));
	s->out.keyed = 1;
	s->in = s->out;
	return (s);
}

static int
write_piece(struct spool *s)
{

	if (noise_encrypt(&s->out, s->piece, s->bytes, s->piece) == -1)
		return (fail(ST_FAILED, WHERE ": too much to hold"));
	if (io_write(fileno(s->file), s->piece, s->bytes + NOISE_TAG_BYTES, WHERE) == -1)
		return (-1);
	s->bytes = 0;
	s->pieces++;
	return (0);
}

int
spool_write(struct spool *s, const void *data, size_t bytes)
{
	const uint8_t *p = data;
	size_t take;

	for (; bytes > 0; p += take, bytes -= take) {
		if (s->bytes == PIECE_BYTES && write_piece(s) == -1)
			return (-1);
		take = (bytes < PIECE_BYTES - s->bytes) ? bytes : PIECE_BYTES - s->bytes;
		memcpy(s->piece + s->bytes, p, take);
		s->bytes += take;
	}
	return (0);
}

int
spool_copy(struct spool *s, int fd, const char *name)
{
	size_t last = s->bytes, bytes;
	ssize_t n;

	if (write_piece(s) == -1)
		return (-1);
	if (lseek(fileno(s->file), 0, SEEK_SET) == -1)
		return (fail_errno(WHERE));
	for (; s->pieces > 0; s->pieces--) {
		bytes = ((s->pieces > 1) ? PIECE_BYTES : last) + NOISE_TAG_BYTES;
		if ((n = io_read(fileno(s->file), s->piece, bytes, WHERE)) == -1)
			return (-1);
		if ((size_t)n < bytes || noise_decrypt(&s->in, s->piece, bytes, s->piece) == -1)
			return (fail(ST_REFUSED, WHERE ": somebody has changed it"));
		if (io_write(fd, s->piece, bytes - NOISE_TAG_BYTES, name) == -1)
			return (-1);
	}
	return (0);
}

void
spool_free(struct spool *s)
{

	if (s == NULL)
		return;
	if (s->file != NULL)
		fclose(s->file);
	mem_wipe_free(s, sizeof(*s));
}
