#ifndef SMPC_NET_DESCRIPTOR_H
#define SMPC_NET_DESCRIPTOR_H

/*
 * What a session is about: the operation, its canonical parameters, digests of public operands and
 * the ids of the first input parts.  All parties of a session must hold the same descriptor, but a
 * guest, who has no shares, has no inputs to name.  What is private to one party (file names, an
 * owner's statistics) never enters.
 *
 * A descriptor is text, one "field=value" a line, so that two of them can be shown against each
 * other.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "crypto/hash.h"

#define DESCRIPTOR_MAX_BYTES 32000

struct descriptor {
	struct buf text;
	struct buf files; /* of the inputs, each ended by a NUL: they stay in this process */
	bool failed;      /* something did not fit; reported */
};

/*
 * descriptor_free(d):
 * Free it; harmless on one that is all zero.
 */
void descriptor_free(struct descriptor *d);

/*
 * descriptor_add(d, field, value):
 * Append a line.  Newlines in ${value} become blanks.
 */
void descriptor_add(struct descriptor *d, const char *field, const char *value);

/*
 * descriptor_add_id(d, field, id):
 * Append a line with an id or digest.
 */
void descriptor_add_id(struct descriptor *d, const char *field,
    const uint8_t id[static HASH_BYTES]);

/*
 * descriptor_add_input(d, id, about, file):
 * Append the next input: its id, and ${about}, which says to people what it is.  The id alone
 * counts.  ${file} is what messages at this party call it.
 */
void descriptor_add_input(struct descriptor *d, const uint8_t id[static HASH_BYTES],
    const char *about, const char *file);

/*
 * descriptor_without_about(text, out):
 * Append a descriptor, and a NUL, without what is said of its inputs: for a party that does not
 * hold them.  Return 0 or -1 (reported).
 */
int descriptor_without_about(const char *text, struct buf *out);

/*
 * descriptor_file(d, input):
 * What messages call input ${input}, from 1; NULL: there is no such input.
 */
const char *descriptor_file(const struct descriptor *d, size_t input);

/*
 * descriptor_keys(text, full, brief):
 * Hash a descriptor: whole, and without its inputs and what was dealt for it, which is what a guest
 * can know.
 */
void descriptor_keys(const char *text, uint8_t full[static HASH_BYTES],
    uint8_t brief[static HASH_BYTES]);

/*
 * descriptor_difference(a, b, out, size, of_inputs):
 * Describe the first line in which two descriptors differ, "'field=x' here, 'field=y' there"; of
 * long ones what is around the first difference, with "..." for what they have in common before it
 * and for what follows.  Return the number of the input of ${a} that differs, from 1, or 0: it is
 * none.  Set *${of_inputs} to whether the description says what an input is.
 */
size_t descriptor_difference(const char *a, const char *b, char *out, size_t size,
    bool *of_inputs);

/*
 * descriptor_summary(text, out, size):
 * All lines in one, for messages.
 */
void descriptor_summary(const char *text, char *out, size_t size);

#endif /* !SMPC_NET_DESCRIPTOR_H */
