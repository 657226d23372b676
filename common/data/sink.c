#include "data/sink.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "crypto/seal.h"
#include "data/identity.h"
#include "data/part.h"
#include "data/parties.h"
#include "data/sealed.h"

struct sink {
	struct output *output; /* NULL: a function */
	int (*write)(void *state, const void *data, size_t bytes);
	void *state;
	const char *name;
	bool sealed;
	struct seal seal;
	uint8_t piece[SEAL_PIECE_MAX]; /* not sealed yet */
	size_t piece_bytes;
	uint8_t chunk[SEAL_WRITTEN_BYTES(SEAL_PIECE_MAX)];
};

static int
write_output(struct sink *s, const void *data, size_t bytes)
{

	if (s->write != NULL)
		return (s->write(s->state, data, bytes));
	return (io_write(output_fd(s->output), data, bytes, output_name(s->output)));
}

/* Write the preamble of a sealed stream. */
static int
start_seal(struct sink *s, const struct seal_to *seal)
{
	uint8_t preamble[SEAL_PREAMBLE_BYTES(SEAL_HEADER_MAX)];
	const struct party *from, *to;
	struct buf header = { NULL, 0, 0 };
	size_t bytes;
	int rc = -1;

	if (seal->start != NULL) {
		if (seal->start(seal->recipient, &s->seal.cipher, preamble, &bytes) == -1)
			return (-1);
		s->sealed = true;
		return (write_output(s, preamble, bytes));
	}
	if ((to = parties_require(seal->parties, seal->recipient, ST_USAGE)) == NULL)
		return (-1);
	if ((from = parties_find_key(seal->parties, seal->identity->public)) == NULL)
		return (fail(ST_REFUSED, "the identity given with -i is nobody's in the parties "
		    "file, so nobody would know who sealed the stream"));
	if (sealed_header_build(from->name, to->name, &header) == -1)
		goto out;
	s->sealed = true;
	if (seal_start(&s->seal, seal->identity->secret, to->key, header.data, header.len,
	    preamble) == -1) {
		fail(ST_REFUSED, "cannot seal to '%s': its public key is unusable", to->name);
		goto out;
	}
	rc = write_output(s, preamble, SEAL_PREAMBLE_BYTES(header.len));
out:
	buf_free(&header);
	return (rc);
}

struct sink *
sink_open(const char *path, enum output_mode mode, const struct seal_to *seal)
{
	struct sink *s;

	if ((s = mem_array(1, sizeof(*s))) == NULL)
		return (NULL);
	if ((s->output = output_open(path, mode)) == NULL ||
	    (seal != NULL && start_seal(s, seal) == -1)) {
		sink_abort(s);
		return (NULL);
	}
	return (s);
}

struct sink *
sink_function(int (*write)(void *state, const void *data, size_t bytes), void *state,
    const char *name)
{
	struct sink *s;

	if ((s = mem_array(1, sizeof(*s))) == NULL)
		return (NULL);
	s->write = write;
	s->state = state;
	s->name = name;
	return (s);
}

int
sink_refuse_terminal(const char *path)
{

	if ((path == NULL || strcmp(path, "-") == 0) && isatty(STDOUT_FILENO))
		return (fail(ST_USAGE, "standard output is a terminal; redirect it or use -o "
		    "FILE"));
	return (0);
}

/* Seal and write the piece that was collected. */
static int
write_chunk(struct sink *s, bool final)
{

	if (seal_chunk(&s->seal, s->piece, s->piece_bytes, final, s->chunk) == -1)
		return (fail(ST_FAILED, "%s: sealed stream is too long", (s->output != NULL) ?
		    output_name(s->output) : s->name));
	if (write_output(s, s->chunk, SEAL_WRITTEN_BYTES(s->piece_bytes)) == -1)
		return (-1);
	s->piece_bytes = 0;
	return (0);
}

int
sink_write(struct sink *s, const void *data, size_t bytes)
{
	const uint8_t *p = data;
	size_t take;

	if (!s->sealed)
		return (write_output(s, data, bytes));
	while (bytes > 0) {
		if (s->piece_bytes == SEAL_PIECE_MAX && write_chunk(s, false) == -1)
			return (-1);
		take = (bytes < SEAL_PIECE_MAX - s->piece_bytes) ? bytes : SEAL_PIECE_MAX -
		    s->piece_bytes;
		memcpy(s->piece + s->piece_bytes, p, take);
		s->piece_bytes += take;
		p += take;
		bytes -= take;
	}
	return (0);
}

static void
sink_free(struct sink *s)
{

	seal_wipe(&s->seal);
	mem_wipe_free(s, sizeof(*s));
}

int
sink_finish(struct sink *s)
{

	if (s->sealed) {
		if (write_chunk(s, true) == -1)
			return (-1);
		seal_wipe(&s->seal);
		s->sealed = false;
	}
	return ((s->output != NULL) ? output_ready(s->output) : 0);
}

int
sink_commit_all(struct sink *const *s, size_t n)
{
	struct output *outputs[PART_MAX_PARTIES] = { NULL };
	size_t i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++)
		rc = (s[i] != NULL) ? sink_finish(s[i]) : 0;
	for (i = 0; i < n && rc == 0; i++) {
		if (s[i] != NULL) {
			outputs[i] = s[i]->output;
			s[i]->output = NULL;
		}
	}
	if (rc == 0)
		rc = output_commit_all(outputs, n);
	for (i = 0; i < n; i++)
		sink_abort(s[i]);
	return (rc);
}

int
sink_commit(struct sink *s)
{

	return (sink_commit_all(&s, 1));
}

int
sink_appear(struct sink *s)
{

	return ((s->output != NULL) ? output_appear(s->output, false) : 0);
}

void
sink_stay(struct sink *s)
{

	output_stay(s->output);
	s->output = NULL;
	sink_free(s);
}

void
sink_abort(struct sink *s)
{

	if (s == NULL)
		return;
	output_abort(s->output);
	sink_free(s);
}
