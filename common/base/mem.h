#ifndef SMPC_BASE_MEM_H
#define SMPC_BASE_MEM_H

/* Allocation with overflow checks, wiping, and a growing byte buffer. */

#include <stddef.h>

/*
 * mem_array(count, size):
 * Allocate ${count} zeroed elements of ${size} bytes, aligned to 64 bytes.  Zero elements give a
 * valid pointer.  Return NULL, having reported, when the product overflows or memory is short.
 * Free with free() or mem_wipe_free.
 */
void *mem_array(size_t count, size_t size);

/*
 * mem_copy_string(s, len):
 * Return a new string of the ${len} bytes at ${s} and a NUL, or NULL, having reported.
 */
char *mem_copy_string(const char *s, size_t len);

/*
 * mem_wipe(p, bytes):
 * Overwrite memory in a way the compiler keeps.
 */
void mem_wipe(void *p, size_t bytes);

/*
 * mem_wipe_free(p, bytes):
 * Wipe and free; harmless on NULL.
 */
void mem_wipe_free(void *p, size_t bytes);

/* A growing byte buffer; {NULL, 0, 0} is an empty one. */
struct buf {
	char *data;
	size_t len;
	size_t size;
};

/*
 * buf_reserve(b, bytes):
 * Make room for ${bytes} more bytes behind b->len.  Old memory is wiped when it moves.  Return 0 or
 * -1 (reported).
 */
int buf_reserve(struct buf *b, size_t bytes);

/*
 * buf_append(b, data, bytes):
 * Append; return 0 or -1 (reported).
 */
int buf_append(struct buf *b, const void *data, size_t bytes);

/*
 * buf_string(b, s):
 * Append the string ${s} without its NUL; return 0 or -1 (reported).
 */
int buf_string(struct buf *b, const char *s);

/*
 * buf_free(b):
 * Wipe and free the contents and leave an empty buffer.
 */
void buf_free(struct buf *b);

#endif /* !SMPC_BASE_MEM_H */
