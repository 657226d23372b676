#define _DEFAULT_SOURCE /* madvise */

#include "base/mem.h"

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/diag.h"

#define ALIGN 64
#define HUGE_PAGE ((size_t)2 << 20)
#define LARGE (2 * HUGE_PAGE)
#define FIRST_WORDS ((size_t)512)

/*
 * Large arrays ask for huge pages: fewer page faults, and faster reads in a random order.  A kernel
 * may decline.
 */
static void *
aligned_bytes(size_t bytes)
{
	void *p;

	if (bytes < LARGE)
		return (aligned_alloc(ALIGN, bytes));
	if (posix_memalign(&p, HUGE_PAGE, bytes) != 0)
		return (NULL);
	(void)madvise(p, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
	return (p);
}

void *
mem_array(size_t count, size_t size)
{
	size_t bytes;
	void *p;

	if (size != 0 && count > (SIZE_MAX - ALIGN) / size) {
		fail(ST_FAILED, "out of memory: %zu elements of %zu bytes", count, size);
		return (NULL);
	}
	bytes = count * size;
	bytes = (bytes == 0) ? ALIGN : (bytes + ALIGN - 1) / ALIGN * ALIGN;
	if ((p = aligned_bytes(bytes)) == NULL) {
		fail(ST_FAILED, "out of memory: %zu bytes", bytes);
		return (NULL);
	}
	memset(p, 0, bytes);
	return (p);
}

char *
mem_copy_string(const char *s, size_t len)
{
	char *p;

	if (len == SIZE_MAX || (p = malloc(len + 1)) == NULL) {
		fail(ST_FAILED, "out of memory: %zu bytes", len);
		return (NULL);
	}
	memcpy(p, s, len);
	p[len] = '\0';
	return (p);
}

void
mem_wipe(void *p, size_t bytes)
{

	if (bytes > 0)
		sodium_memzero(p, bytes);
}

void
mem_wipe_free(void *p, size_t bytes)
{

	if (p == NULL)
		return;
	mem_wipe(p, bytes);
	free(p);
}

int
mem_words_reserve(struct mem_words *w, size_t n, size_t used, size_t most)
{
	size_t capacity = (w->capacity > 0) ? 2 * w->capacity : FIRST_WORDS;
	uint64_t *word;

	if (n <= w->capacity && w->word != NULL)
		return (0);
	capacity = (capacity < most) ? capacity : most;
	capacity = (capacity > n) ? capacity : n;
	if (used == 0)
		mem_words_free(w);
	if ((word = mem_array(capacity, sizeof(*word))) == NULL)
		return (-1);
	if (used > 0)
		memcpy(word, w->word, used * sizeof(*word));
	mem_words_free(w);
	w->word = word;
	w->capacity = capacity;
	return (0);
}

int
mem_row_reserve(double **x, size_t rows, size_t *room, size_t cols)
{
	size_t more = 2 * *room + 1;
	double *y;

	if (rows < *room)
		return (0);
	if ((y = mem_array(more, cols * sizeof(*y))) == NULL)
		return (-1);
	if (rows > 0)
		memcpy(y, *x, rows * cols * sizeof(*y));
	mem_wipe_free(*x, rows * cols * sizeof(*y));
	*x = y;
	*room = more;
	return (0);
}

void
mem_words_free(struct mem_words *w)
{

	mem_wipe_free(w->word, w->capacity * sizeof(*w->word));
	w->word = NULL;
	w->capacity = 0;
}

int
buf_reserve(struct buf *b, size_t bytes)
{
	size_t size = (b->size > 0) ? b->size : 256;
	char *data;

	if (bytes <= b->size - b->len)
		return (0);
	if (bytes > SIZE_MAX / 2 - b->len)
		return (fail(ST_FAILED, "out of memory: %zu bytes", bytes));
	while (size < b->len + bytes)
		size *= 2;
	if ((data = malloc(size)) == NULL)
		return (fail(ST_FAILED, "out of memory: %zu bytes", size));
	if (b->len > 0)
		memcpy(data, b->data, b->len);
	mem_wipe_free(b->data, b->size);
	b->data = data;
	b->size = size;
	return (0);
}

int
buf_append(struct buf *b, const void *data, size_t bytes)
{

	if (buf_reserve(b, bytes) == -1)
		return (-1);
	if (bytes > 0)
		memcpy(b->data + b->len, data, bytes);
	b->len += bytes;
	return (0);
}

int
buf_string(struct buf *b, const char *s)
{

	return (buf_append(b, s, strlen(s)));
}

void
buf_free(struct buf *b)
{

	mem_wipe_free(b->data, b->size);
	b->data = NULL;
	b->len = b->size = 0;
}
