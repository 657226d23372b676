#ifndef SMPC_DATA_SOURCE_H
#define SMPC_DATA_SOURCE_H

/*
 * Where the bytes of a stream come from: a file, a pipe or memory, and through a seal where the
 * stream is sealed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/mem.h"
#include "crypto/noise.h"

struct identity;
struct parties;

/* What unseals a stream.  Either may be NULL, and then sealed streams are refused with advice. */
struct keys {
	const struct identity *identity;
	const struct parties *parties;
};

/*
 * Where the keys are to be had when a sealed stream is met.  load() gives them; open() instead,
 * where it is not NULL, has somebody else, who holds the identity, open the stream with this
 * preamble, and writes the name of who sealed it; what is wrong with the stream is reported with
 * its name, ${where}, in front.  They return 0 or -1 (reported).
 */
struct keyring {
	int (*load)(struct keys *keys);
	int (*open)(const char *where, const uint8_t *preamble, size_t bytes,
	    struct noise_cipher *cipher, char *sender);
	/* the only ones who may have sealed, separated by commas; NULL: anybody, or nobody */
	const char *sealed_by;
	/*
	 * Unless NULL, whether the party that a sealed stream names as its sender owns data: 1, 0,
	 * or -1 (reported).
	 */
	int (*owns)(const char *sender);
	bool sealed_only; /* what an owner made is refused where nobody has sealed it */
};

struct source;

/*
 * source_open(path, keyring):
 * Open a file, or standard input for "-".  Return NULL, having reported, on failure.
 */
struct source *source_open(const char *path, const struct keyring *keyring);

/*
 * source_memory(data, bytes, name, keyring):
 * Read from memory, which must outlive the source.
 */
struct source *source_memory(const void *data, size_t bytes, const char *name,
    const struct keyring *keyring);

/*
 * source_function(read, state, name, keyring):
 * Read from a function, which returns the number of bytes it gave, 0 at the end, or -1 (reported).
 */
struct source *source_function(ssize_t (*read)(void *state, void *data, size_t bytes), void *state,
    const char *name, const struct keyring *keyring);

/*
 * source_name(s), source_position(s):
 * What messages call the input; how many of its bytes were consumed (counted outside the seal).
 */
const char *source_name(const struct source *s);
uint64_t source_position(const struct source *s);

#define SOURCE_PEEK_MAX 64

/*
 * source_peek(s, bytes, data):
 * Make up to ${bytes} (at most SOURCE_PEEK_MAX) of the next bytes visible at *${data} without
 * consuming them.  Return how many there are, less only at the end of the input or of the sealed
 * stream, or -1 (reported).
 */
ssize_t source_peek(struct source *s, size_t bytes, const uint8_t **data);

/*
 * source_read(s, data, bytes):
 * Return the number of bytes read, less only at the end, or -1 (reported).
 */
ssize_t source_read(struct source *s, void *data, size_t bytes);

/*
 * source_line(s, line, max_bytes):
 * Append the next line, its newline included where there is one.  Return 0 or -1 (reported; longer
 * lines included).
 */
int source_line(struct source *s, struct buf *line, size_t max_bytes);

/*
 * source_unseal(s):
 * The next bytes are a sealed stream: authenticate its sender, and deliver what it holds from here
 * on.  Its end reads as an end of input until source_unseal_end.  Return 0 or -1 (reported).
 */
int source_unseal(struct source *s);

/*
 * source_sender(s), source_check_sender(s, where):
 * Who sealed what is being read, "" where it is not sealed; and refuse it (reported) if the keyring
 * demands another one.
 */
const char *source_sender(const struct source *s);
int source_check_sender(const struct source *s, const char *where);

/*
 * source_by_self(s):
 * Whether what is being read was sealed by the party that it is sealed to.
 */
bool source_by_self(const struct source *s);

/* Whose a share is, as an owner made it, and who sealed it. */
struct owned {
	const char *party;
	const char *sender; /* "": nobody */
	bool by_self;       /* the reader's own party */
};

/*
 * source_check_owned(s, where, owned):
 * Whether what an owner made may be taken, by the keyring: it is sealed, by one who owns data, by
 * the party whose share it is, or by our own, which has had it over a link or checked it before.
 * Return 0 or -1 (reported).
 */
int source_check_owned(const struct source *s, const char *where, const struct owned *owned);

/*
 * source_is_sealed(s), source_unseal_end(s):
 * Whether a sealed stream is being read; go on behind it.
 */
bool source_is_sealed(const struct source *s);
void source_unseal_end(struct source *s);

/*
 * source_close(s):
 * Wipe buffers and close; harmless on NULL.
 */
void source_close(struct source *s);

#endif /* !SMPC_DATA_SOURCE_H */
