#ifndef SMPC_DATA_SEALED_H
#define SMPC_DATA_SEALED_H

/* The header of a sealed stream (smpc-share(5), Sealed streams): who sealed it, and for whom. */

#include <stddef.h>

#include "base/mem.h"
#include "data/parties.h"

struct sealed_header {
	char from[PARTY_NAME_BYTES + 1];
	char to[PARTY_NAME_BYTES + 1];
};

/*
 * sealed_header_build(from, to, json):
 * Append the header to ${json}, in the form of RFC 8785.  Return 0 or -1 (reported: a name that is
 * not valid).
 */
int sealed_header_build(const char *from, const char *to, struct buf *json);

/*
 * sealed_header_parse(data, bytes, where, h):
 * Check the ${bytes} bytes at ${data} and take both names from them.  They are not authenticated
 * before open_start has succeeded with the keys of these two parties.  Messages begin with
 * ${where}.  Return 0 or -1 (reported).
 */
int sealed_header_parse(const void *data, size_t bytes, const char *where, struct sealed_header *h);

#endif /* !SMPC_DATA_SEALED_H */
