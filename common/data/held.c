#include "data/held.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "crypto/hash.h"

#define BLOCK_BYTES ((size_t)1 << 18)

struct held {
	char *name;
	int fd;            /* -1: all of it is in memory */
	struct buf memory;
	struct buf hashes; /* of the blocks, HASH_BYTES each */
	uint64_t bytes;    /* of the file */
	uint64_t at;       /* where the source goes on */
	uint64_t in_block; /* which block is in ${block}; UINT64_MAX: none */
	size_t block_bytes;
	uint8_t block[BLOCK_BYTES];
};

static int
hold_in_memory(struct held *h, int fd)
{
	struct buf *b = &h->memory;
	ssize_t n;

	do {
		if (buf_reserve(b, BLOCK_BYTES) == -1 ||
		    (n = io_read_some(fd, b->data + b->len, b->size - b->len, h->name)) == -1)
			return (-1);
		b->len += (size_t)n;
	} while (n > 0);
	h->bytes = b->len;
	return (0);
}

/* Read block ${i}, as much of it as the file has. */
static int
read_block(struct held *h, uint64_t i)
{
	ssize_t n;

	h->block_bytes = 0;
	h->in_block = UINT64_MAX;
	do {
		n = pread(h->fd, h->block + h->block_bytes, BLOCK_BYTES - h->block_bytes,
		    (off_t)(i * BLOCK_BYTES + h->block_bytes));
		if (n == -1 && errno != EINTR)
			return (fail_errno(h->name));
		h->block_bytes += (n > 0) ? (size_t)n : 0;
	} while (n != 0 && h->block_bytes < BLOCK_BYTES);
	return (0);
}

static int
hash_blocks(struct held *h)
{
	uint8_t hash[HASH_BYTES];
	uint64_t i;

	for (i = 0;; i++) {
		if (read_block(h, i) == -1)
			return (-1);
		if (h->block_bytes == 0)
			return (0);
		hash_once(hash, h->block, h->block_bytes);
		if (buf_append(&h->hashes, hash, sizeof(hash)) == -1)
			return (-1);
		h->bytes += h->block_bytes;
		if (h->block_bytes < BLOCK_BYTES)
			return (0);
	}
}

/* Have the block at which the source goes on. */
static int
need_block(struct held *h)
{
	uint64_t i = h->at / BLOCK_BYTES, left = h->bytes - i * BLOCK_BYTES;
	uint8_t hash[HASH_BYTES];

	if (h->in_block == i)
		return (0);
	if (read_block(h, i) == -1)
		return (-1);
	/* A file may have grown. */
	if (h->block_bytes > left)
		h->block_bytes = (size_t)left;
	hash_once(hash, h->block, h->block_bytes);
	if (memcmp(hash, h->hashes.data + i * HASH_BYTES, HASH_BYTES) != 0)
		return (fail(ST_REFUSED, "%s: was changed while it was read", h->name));
	h->in_block = i;
	return (0);
}

static ssize_t
read_held(void *state, void *data, size_t bytes)
{
	struct held *h = state;
	size_t offset, take;

	if (h->at == h->bytes)
		return (0);
	if (h->fd == -1) {
		take = (bytes < h->bytes - h->at) ? bytes : (size_t)(h->bytes - h->at);
		memcpy(data, h->memory.data + h->at, take);
	} else {
		if (need_block(h) == -1)
			return (-1);
		offset = (size_t)(h->at % BLOCK_BYTES);
		take = (bytes < h->block_bytes - offset) ? bytes : h->block_bytes - offset;
		memcpy(data, h->block + offset, take);
	}
	h->at += take;
	return ((ssize_t)take);
}

struct held *
held_open(const char *path)
{
	struct held *h;
	struct stat st;
	const char *name;
	bool again;
	int fd, rc;

	if ((fd = io_open_input(path, &name)) == -1)
		return (NULL);
	if ((h = mem_array(1, sizeof(*h))) == NULL) {
		close(fd);
		return (NULL);
	}
	h->fd = fd;
	h->in_block = UINT64_MAX;
	if ((h->name = mem_copy_string(name, strlen(name))) == NULL) {
		held_close(h);
		return (NULL);
	}
	again = (strcmp(path, "-") != 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode));
	rc = again ? hash_blocks(h) : hold_in_memory(h, fd);
	if (!again) {
		close(fd);
		h->fd = -1;
	}
	if (rc == 0)
		return (h);
	held_close(h);
	return (NULL);
}

struct source *
held_source(struct held *h, const struct keyring *keyring)
{

	h->at = 0;
	return (source_function(read_held, h, h->name, keyring));
}

void
held_close(struct held *h)
{

	if (h == NULL)
		return;
	if (h->fd != -1)
		close(h->fd);
	buf_free(&h->memory);
	buf_free(&h->hashes);
	free(h->name);
	mem_wipe_free(h, sizeof(*h));
}
