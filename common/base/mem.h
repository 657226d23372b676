#ifndef SMPC_BASE_MEM_H
#define SMPC_BASE_MEM_H

/* Allocation with overflow checks, wiping, and a growing byte buffer. */

#include <stddef.h>
#include <stdint.h>

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

/* Words that are wiped where they move or go; { NULL, 0 } has room for none. */
struct mem_words {
	uint64_t *word;
	size_t capacity;
};

/*
 * mem_words_reserve(w, n, used, most):
 * Make room for ${n} words, at a valid pointer if that is none, and keep the first ${used} of them.
 * Room that is too small grows to twice its size or more, but not beyond ${most} words if ${n} are
 * fewer: what is read and written is mostly far smaller than it may be.  Return 0 or -1 (reported).
 */
int mem_words_reserve(struct mem_words *w, size_t n, size_t used, size_t most);

/*
 * mem_row_reserve(x, rows, room, cols):
 * Make room for one more row of ${cols} numbers behind the ${rows} at *${x}, where there is room
 * for *${room} of them; what is given up is wiped.  Return 0 or -1 (reported).
 */
int mem_row_reserve(double **x, size_t rows, size_t *room, size_t cols);

/*
 * mem_words_free(w):
 * Wipe and free; { NULL, 0 } is left.
 */
void mem_words_free(struct mem_words *w);

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
