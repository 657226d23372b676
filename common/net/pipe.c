#include "net/pipe.h"

#include <stdint.h>

#include "base/bytes.h"

#define LENGTH_BYTES 4
#define CHUNK_MAX ((size_t)1 << 20)

static int
send_length(struct session_pipe *p, size_t length)
{
	uint8_t b[LENGTH_BYTES];

	bytes_put(b, length, sizeof(b));
	return (session_send(p->session, p->peer, b, sizeof(b)));
}

int
pipe_write(void *state, const void *data, size_t bytes)
{
	struct session_pipe *p = state;
	const uint8_t *b = data;
	size_t n;

	for (; bytes > 0; b += n, bytes -= n) {
		n = (bytes < CHUNK_MAX) ? bytes : CHUNK_MAX;
		if (send_length(p, n) == -1 || session_send(p->session, p->peer, b, n) == -1)
			return (-1);
	}
	return (0);
}

int
pipe_end(struct session_pipe *p)
{

	return ((send_length(p, 0) == -1) ? -1 : session_flush(p->session));
}

ssize_t
pipe_read(void *state, void *data, size_t bytes)
{
	struct session_pipe *p = state;
	uint8_t b[LENGTH_BYTES];

	if (p->left == 0 && !p->ended) {
		if (session_receive(p->session, p->peer, b, sizeof(b)) == -1)
			return (-1);
		p->left = (size_t)bytes_get(b, sizeof(b));
		p->ended = (p->left == 0);
	}
	if (p->ended)
		return (0);
	bytes = (bytes < p->left) ? bytes : p->left;
	if (session_receive(p->session, p->peer, data, bytes) == -1)
		return (-1);
	p->left -= bytes;
	return ((ssize_t)bytes);
}
