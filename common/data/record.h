#ifndef SMPC_DATA_RECORD_H
#define SMPC_DATA_RECORD_H

/* One record of a share stream, read and written in binary or text form (smpc-share(5)). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/worker.h"
#include "crypto/prg.h"
#include "data/part.h"
#include "data/sink.h"
#include "data/source.h"

#define RECORD_MAX_WORDS ((size_t)1 << 20)
#define RECORD_MAX_HEADER_BYTES ((size_t)1 << 20)
#define RECORD_MAX_LINE_BYTES ((size_t)64 << 20)

/* A writer's usual number of values in a record, binary and text. */
#define RECORD_VALUES ((size_t)1 << 18)
#define RECORD_TEXT_VALUES ((size_t)1 << 12)

/* A record in memory.  Reused from record to record; the words are wiped when it is freed. */
struct record {
	struct part *part;
	struct extent extent;
	size_t n_keys;
	uint8_t keys[PART_MAX_PARTIES][PRG_KEY_BYTES];
	struct mem_words words;
	size_t n_words;

	unsigned version;
	struct buf prefix;  /* binary: everything before the payload; text: the line */
	bool text;
	bool has_digest;
	uint8_t digest[HASH_BYTES];         /* as read */
	uint8_t payload_digest[HASH_BYTES]; /* computed */
	struct worker *worker;              /* computes it */
	char where[512];                    /* what messages begin with */
	char sender[64 + 1];                /* who sealed it; empty: nobody */
	bool by_self;                       /* and that is our own party */
};

/*
 * record_fetch(r, s, number):
 * Read the bytes of record ${number} (from 1) from ${s}, where one begins, and begin to hash its
 * payload in the background.  Return 1, or 0 at the end of the input, or -1 (reported).
 */
int record_fetch(struct record *r, struct source *s, uint64_t number);

/*
 * record_finish(r):
 * Check the digest, decode the header, and check that keys and words are those the header calls
 * for.  Return 0 or -1 (reported).
 */
int record_finish(struct record *r);

/*
 * record_free(r):
 * Wipe and free what ${r} holds, not ${r} itself.
 */
void record_free(struct record *r);

/* What is to be written: the planes follow each other in the payload. */
struct record_out {
	const struct part *part;
	struct extent extent;
	size_t n_keys;
	const uint8_t (*keys)[PRG_KEY_BYTES];
	size_t n_planes;
	const uint64_t *plane[PART_MAX_PLANES];
	const uint8_t *payload_digest; /* NULL: computed here */
};

/*
 * record_write(out, sink, text):
 * Write one record.  Return 0 or -1 (reported).
 */
int record_write(const struct record_out *out, struct sink *sink, bool text);

/*
 * record_text_line(out, line):
 * Append the record in text form and a newline to ${line}.  Return 0 or -1 (reported).
 */
int record_text_line(const struct record_out *out, struct buf *line);

#endif /* !SMPC_DATA_RECORD_H */
