#ifndef SMPC_AGENT_MARKS_H
#define SMPC_AGENT_MARKS_H

/* A growing set of 64-bit marks that are evenly spread, as parts of hashes are. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct marks {
	uint64_t *slots; /* 0: free; so a mark of 0 counts as 1 */
	size_t size;     /* a power of two, or 0 */
	size_t count;
};

/*
 * marks_add(s, mark):
 * Add a mark.  Return 0 or -1 (reported: out of memory).
 */
int marks_add(struct marks *s, uint64_t mark);

/*
 * marks_have(s, mark), marks_free(s):
 * Whether a mark is in a set; free it.
 */
bool marks_have(const struct marks *s, uint64_t mark);
void marks_free(struct marks *s);

#endif /* !SMPC_AGENT_MARKS_H */
