#include "data/source.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "crypto/seal.h"
#include "data/identity.h"
#include "data/parties.h"
#include "data/sealed.h"

#define BUFFER_BYTES ((size_t)1 << 17) /* at least a peek and a chunk */
#define DIRECT_BYTES ((size_t)1 << 16) /* reads from this length on skip the buffer */

/* Bytes that were read or unsealed and not consumed: data[pos .. len - 1]. */
struct lookahead {
	uint8_t data[BUFFER_BYTES];
	size_t pos;
	size_t len;
};

struct source {
	int fd; /* -1: memory, or a function */
	ssize_t (*read)(void *state, void *data, size_t bytes);
	void *state;
	const uint8_t *memory;
	size_t memory_bytes;
	char *name;
	const struct keyring *keyring;
	uint64_t fetched; /* bytes that came from fd or memory */
	struct lookahead raw;
	struct opening *opening; /* NULL: the stream is not sealed, or not here */
};

/* A sealed stream that is being opened. */
struct opening {
	struct seal seal;
	struct lookahead plain;
	uint8_t chunk[SEAL_CHUNK_MAX];
	char sender[PARTY_NAME_BYTES + 1];
	bool by_self;
};

static struct source *
source_new(const char *name, const struct keyring *keyring)
{
	struct source *s;

	if ((s = mem_array(1, sizeof(*s))) == NULL)
		return (NULL);
	s->fd = -1;
	s->keyring = keyring;
	if ((s->name = mem_copy_string(name, strlen(name))) == NULL) {
		free(s);
		return (NULL);
	}
	return (s);
}

struct source *
source_open(const char *path, const struct keyring *keyring)
{
	struct source *s;
	const char *name;
	int fd;

	if ((fd = io_open_input(path, &name)) == -1)
		return (NULL);
	if ((s = source_new(name, keyring)) == NULL) {
		close(fd);
		return (NULL);
	}
	s->fd = fd;
	return (s);
}

struct source *
source_memory(const void *data, size_t bytes, const char *name, const struct keyring *keyring)
{
	struct source *s;

	if ((s = source_new(name, keyring)) == NULL)
		return (NULL);
	s->memory = data;
	s->memory_bytes = bytes;
	return (s);
}

struct source *
source_function(ssize_t (*read)(void *state, void *data, size_t bytes), void *state,
    const char *name, const struct keyring *keyring)
{
	struct source *s;

	if ((s = source_new(name, keyring)) == NULL)
		return (NULL);
	s->read = read;
	s->state = state;
	return (s);
}

const char *
source_name(const struct source *s)
{

	return (s->name);
}

uint64_t
source_position(const struct source *s)
{

	return (s->fetched - (s->raw.len - s->raw.pos));
}

/* Read from the file or memory: what there is, 0 only at the end. */
static ssize_t
fetch_some(struct source *s, uint8_t *data, size_t bytes)
{
	ssize_t n;

	if (s->read != NULL) {
		if ((n = s->read(s->state, data, bytes)) == -1)
			return (-1);
	} else if (s->fd == -1) {
		n = (ssize_t)((bytes < s->memory_bytes) ? bytes : s->memory_bytes);
		if (n > 0) {
			memcpy(data, s->memory, (size_t)n);
			s->memory += n;
			s->memory_bytes -= (size_t)n;
		}
	} else if ((n = io_read_some(s->fd, data, bytes, s->name)) == -1)
		return (-1);
	s->fetched += (uint64_t)n;
	return (n);
}

static void
compact_window(struct lookahead *w)
{

	memmove(w->data, w->data + w->pos, w->len - w->pos);
	w->len -= w->pos;
	w->pos = 0;
}

/* Read more into the raw window; 0 at the end. */
static ssize_t
fill_raw(struct source *s)
{
	ssize_t n;

	compact_window(&s->raw);
	if ((n = fetch_some(s, s->raw.data + s->raw.len, BUFFER_BYTES - s->raw.len)) > 0)
		s->raw.len += (size_t)n;
	return (n);
}

/* Move up to ${bytes} bytes out of the raw window, reading as needed. */
static ssize_t
read_raw(struct source *s, uint8_t *data, size_t bytes)
{
	struct lookahead *w = &s->raw;
	size_t done = 0, take;
	ssize_t n;

	while (done < bytes) {
		if (w->pos < w->len) {
			take = (bytes - done < w->len - w->pos) ? bytes - done : w->len - w->pos;
			memcpy(data + done, w->data + w->pos, take);
			w->pos += take;
			done += take;
			continue;
		}
		if (bytes - done >= DIRECT_BYTES) {
			if ((n = fetch_some(s, data + done, bytes - done)) == -1)
				return (-1);
			done += (size_t)n;
		} else if ((n = fill_raw(s)) == -1)
			return (-1);
		if (n == 0)
			break;
	}
	return ((ssize_t)done);
}

/* ---- seal ---- */

static int
sealed_ends_early(const struct source *s)
{

	return (fail(ST_FAILED, "%s: at byte %" PRIu64 ": sealed stream ends early: it was cut",
	    s->name, source_position(s)));
}

static int
read_exactly(struct source *s, uint8_t *data, size_t bytes)
{
	ssize_t n = read_raw(s, data, bytes);

	if (n == -1)
		return (-1);
	return (((size_t)n < bytes) ? sealed_ends_early(s) : 0);
}

/* Unseal the next chunk into the plain window; 0 at the end of the sealed stream. */
static ssize_t
fill_plain(struct source *s)
{
	struct opening *o = s->opening;
	uint8_t length[2];
	const uint8_t *piece;
	size_t chunk_bytes, bytes;
	uint64_t position = source_position(s);
	int final;

	if (open_finished(&o->seal))
		return (0);
	compact_window(&o->plain);
	if (read_exactly(s, length, sizeof(length)) == -1)
		return (-1);
	if ((chunk_bytes = open_length(length)) == 0)
		return (fail(ST_FAILED, "%s: at byte %" PRIu64 ": sealed chunk has an impossible "
		    "length", s->name, position));
	if (read_exactly(s, o->chunk, chunk_bytes) == -1)
		return (-1);
	if (open_chunk(&o->seal, o->chunk, chunk_bytes, &piece, &bytes, &final) == -1)
		return (fail(ST_REFUSED, "%s: at byte %" PRIu64 ": sealed chunk is damaged, moved "
		    "or from elsewhere", s->name, position));
	if (bytes > BUFFER_BYTES - o->plain.len)
		return (fail(ST_FAILED, "%s: sealed chunk is too long", s->name));
	memcpy(o->plain.data + o->plain.len, piece, bytes);
	o->plain.len += bytes;
	return ((bytes > 0) ? (ssize_t)bytes : (final ? 0 : 1));
}

/* Who sealed the stream, if its header names a sender we know and a recipient we are. */
static int
sealed_sender(const struct source *s, const struct keys *keys, const struct sealed_header *header,
    const struct party **sender)
{
	const struct sealed_header h = *header;
	const struct party *recipient, *own;

	if (keys->identity == NULL || keys->parties == NULL)
		return (fail(ST_REFUSED, "%s: is sealed to '%s' by '%s'; open it with %s%s%s",
		    s->name, h.to, h.from, (keys->identity == NULL) ? "-i KEY" : "",
		    (keys->identity == NULL && keys->parties == NULL) ? " and " : "",
		    (keys->parties == NULL) ? "-p parties.json" : ""));
	if ((*sender = parties_find(keys->parties, h.from)) == NULL)
		return (fail(ST_REFUSED, "%s: says it was sealed by '%s', who is not in the "
		    "parties file", s->name, h.from));
	if ((recipient = parties_find(keys->parties, h.to)) == NULL)
		return (fail(ST_REFUSED, "%s: is sealed to '%s', who is not in the parties file",
		    s->name, h.to));
	if (memcmp(recipient->key, keys->identity->public, IDENTITY_KEY_BYTES) == 0)
		return (0);
	if ((own = parties_find_key(keys->parties, keys->identity->public)) != NULL)
		return (fail(ST_REFUSED, "%s: is sealed to '%s', and the identity is that of '%s'; "
		    "only '%s' can open it, and seal it to others with smpc-seal", s->name, h.to,
		    own->name, h.to));
	return (fail(ST_REFUSED, "%s: is sealed to '%s', whose key in the parties file is not that "
	    "of our identity", s->name, h.to));
}

int
source_unseal(struct source *s)
{
	uint8_t preamble[SEAL_PREAMBLE_BYTES(SEAL_HEADER_MAX)];
	const struct party *sender = NULL;
	struct keys keys = { NULL, NULL };
	struct sealed_header h;
	size_t header_bytes;

	bool elsewhere = (s->keyring != NULL && s->keyring->open != NULL);

	if (!elsewhere && s->keyring != NULL && s->keyring->load(&keys) == -1)
		return (-1);
	if (read_exactly(s, preamble, SEAL_FIXED_BYTES) == -1)
		return (-1);
	switch (open_fixed(preamble, &header_bytes)) {
	case SEAL_FIXED_OK:
		break;
	case SEAL_FIXED_VERSION:
		return (fail(ST_FAILED, "%s: sealed stream has an unknown version", s->name));
	case SEAL_FIXED_MAGIC:
	case SEAL_FIXED_LENGTH:
		return (fail(ST_FAILED, "%s: sealed stream: header length is out of range",
		    s->name));
	}
	if (read_exactly(s, preamble + SEAL_FIXED_BYTES, header_bytes) == -1 ||
	    sealed_header_parse(preamble + SEAL_FIXED_BYTES, header_bytes, s->name, &h) == -1 ||
	    (!elsewhere && sealed_sender(s, &keys, &h, &sender) == -1) ||
	    read_exactly(s, preamble + SEAL_FIXED_BYTES + header_bytes, SEAL_MESSAGE_BYTES) == -1)
		return (-1);
	if ((s->opening = mem_array(1, sizeof(*s->opening))) == NULL)
		return (-1);
	s->opening->by_self = (strcmp(h.from, h.to) == 0);
	if (elsewhere) {
		if (s->keyring->open(s->name, preamble, SEAL_PREAMBLE_BYTES(header_bytes),
		    &s->opening->seal.cipher, s->opening->sender) == 0)
			return (0);
		source_unseal_end(s);
		return (-1);
	}
	if (open_start(&s->opening->seal, keys.identity->secret, sender->key, preamble,
	    SEAL_PREAMBLE_BYTES(header_bytes)) == -1) {
		source_unseal_end(s);
		return (fail(ST_REFUSED, "%s: was not sealed by '%s' to this key: forged or "
		    "damaged, or the parties files differ", s->name, sender->name));
	}
	strcpy(s->opening->sender, sender->name);
	return (0);
}

const char *
source_sender(const struct source *s)
{

	return ((s->opening != NULL) ? s->opening->sender : "");
}

int
source_check_sender(const struct source *s, const char *where)
{
	const char *name = source_sender(s), *p;
	size_t len;

	if (s->keyring == NULL || s->keyring->sealed_by == NULL)
		return (0);
	if (name[0] == '\0')
		return (fail(ST_REFUSED, "%s: is not sealed, by '%s' or anybody", where,
		    s->keyring->sealed_by));
	for (p = s->keyring->sealed_by; *p != '\0'; p += len + (p[len] == ',')) {
		len = strcspn(p, ",");
		if (strlen(name) == len && memcmp(name, p, len) == 0)
			return (0);
	}
	return (fail(ST_REFUSED, "%s: was sealed by '%s', not by '%s'", where, name,
	    s->keyring->sealed_by));
}

bool
source_by_self(const struct source *s)
{

	return (s->opening != NULL && s->opening->by_self);
}

int
source_check_owned(const struct source *s, const char *where, const struct owned *owned)
{
	const struct keyring *k = s->keyring;
	int owns;

	if (k == NULL)
		return (0);
	if (owned->sender[0] == '\0')
		return (!k->sealed_only ? 0 : fail(ST_REFUSED, "%s: comes from an owner and is not "
		    "sealed, so that nobody knows who made it: the owner shares with -i KEY and "
		    "-p FILE, which seal; or take it as it is with --unsealed", where));
	if (k->sealed_by != NULL || k->owns == NULL || owned->by_self ||
	    strcmp(owned->sender, owned->party) == 0)
		return (0);
	if ((owns = k->owns(owned->sender)) == 0)
		return (fail(ST_REFUSED, "%s: was sealed by '%s', who owns no data by the parties "
		    "file; --sealed-by %s takes it all the same", where, owned->sender,
		    owned->sender));
	return ((owns == 1) ? 0 : -1);
}

bool
source_is_sealed(const struct source *s)
{

	return (s->opening != NULL);
}

void
source_unseal_end(struct source *s)
{

	mem_wipe_free(s->opening, sizeof(*s->opening));
	s->opening = NULL;
}

/* ---- both ---- */

static ssize_t
fill(struct source *s)
{

	return ((s->opening != NULL) ? fill_plain(s) : fill_raw(s));
}

static struct lookahead *
window(struct source *s)
{

	return ((s->opening != NULL) ? &s->opening->plain : &s->raw);
}

ssize_t
source_peek(struct source *s, size_t bytes, const uint8_t **data)
{
	struct lookahead *w = window(s);
	ssize_t n;

	while (w->len - w->pos < bytes) {
		if ((n = fill(s)) == -1)
			return (-1);
		if (n == 0)
			break;
	}
	*data = w->data + w->pos;
	return ((ssize_t)((w->len - w->pos < bytes) ? w->len - w->pos : bytes));
}

ssize_t
source_read(struct source *s, void *data, size_t bytes)
{
	struct lookahead *w = window(s);
	size_t done = 0, take;
	ssize_t n;

	if (s->opening == NULL)
		return (read_raw(s, data, bytes));
	while (done < bytes) {
		if (w->pos == w->len) {
			if ((n = fill_plain(s)) == -1)
				return (-1);
			if (n == 0)
				break;
		}
		take = (bytes - done < w->len - w->pos) ? bytes - done : w->len - w->pos;
		memcpy((uint8_t *)data + done, w->data + w->pos, take);
		w->pos += take;
		done += take;
	}
	return ((ssize_t)done);
}

int
source_line(struct source *s, struct buf *line, size_t max_bytes)
{
	struct lookahead *w = window(s);
	const uint8_t *newline;
	size_t take;
	ssize_t n;

	do {
		if (w->pos == w->len) {
			if ((n = fill(s)) == -1)
				return (-1);
			if (n == 0)
				return (0);
		}
		newline = memchr(w->data + w->pos, '\n', w->len - w->pos);
		take = (newline != NULL) ? (size_t)(newline - (w->data + w->pos)) + 1 :
		    w->len - w->pos;
		if (take > max_bytes - line->len)
			return (fail(ST_FAILED, "%s: a line is longer than %zu bytes", s->name,
			    max_bytes));
		if (buf_append(line, w->data + w->pos, take) == -1)
			return (-1);
		w->pos += take;
	} while (newline == NULL);
	return (0);
}

void
source_close(struct source *s)
{

	if (s == NULL)
		return;
	source_unseal_end(s);
	if (s->fd != -1)
		close(s->fd);
	free(s->name);
	mem_wipe_free(s, sizeof(*s));
}
