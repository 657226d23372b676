#include "table/window.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"

/* Read at once: small enough to stay in the cache until it is converted. */
#define CHUNK ((size_t)256 << 10)

static void
clear(struct window *w)
{

	memset(w, 0, sizeof(*w));
	w->fd = -1;
	w->start = -1;
}

int
window_open(struct window *w, const char *path)
{
	struct stat st;

	clear(w);
	if ((w->fd = io_open_input(path, &w->name)) == -1)
		return (-1);
	/* Standard input may be a file that stands anywhere. */
	if (fstat(w->fd, &st) == 0 && S_ISREG(st.st_mode))
		w->start = lseek(w->fd, 0, SEEK_CUR);
	return (0);
}

int
window_memory(struct window *w, const char *data, size_t bytes, const char *name)
{

	clear(w);
	w->name = name;
	w->memory = data;
	w->memory_bytes = bytes;
	return (0);
}

void
window_move(struct window *to, struct window *from)
{

	*to = *from;
	clear(from);
}

/* Make room for ${bytes} bytes from w->pos on, which becomes 0. */
static int
window_reserve(struct window *w, size_t bytes)
{
	size_t left = w->len - w->pos, size = (w->size == 0) ? CHUNK : w->size;
	char *data;

	if (w->size == 0 && w->fd == -1 && w->memory_bytes < CHUNK)
		size = w->memory_bytes + 1;
	while (size < bytes)
		size *= 2;
	if (size == w->size) {
		memmove(w->data, w->data + w->pos, left);
	} else {
		if ((data = mem_array(size + WINDOW_PADDING, 1)) == NULL)
			return (-1);
		if (left > 0)
			memcpy(data, w->data + w->pos, left);
		mem_wipe_free(w->data, w->size);
		w->data = data;
		w->size = size;
	}
	w->pos = 0;
	w->len = left;
	return (0);
}

static ssize_t
read_more(struct window *w, char *data, size_t bytes)
{
	size_t left = w->memory_bytes - w->memory_at;

	if (w->fd != -1)
		return (io_read(w->fd, data, bytes, w->name));
	if (bytes > left)
		bytes = left;
	if (bytes > 0)
		memcpy(data, w->memory + w->memory_at, bytes);
	w->memory_at += bytes;
	return ((ssize_t)bytes);
}

int
window_fill(struct window *w, size_t bytes)
{
	ssize_t n;

	if (w->len - w->pos >= bytes || w->ended)
		return (0);
	if (window_reserve(w, bytes) == -1)
		return (-1);
	if ((n = read_more(w, w->data + w->len, w->size - w->len)) == -1)
		return (-1);
	w->ended = ((size_t)n < w->size - w->len);
	w->len += (size_t)n;
	memset(w->data + w->len, 0, WINDOW_PADDING);
	if (!w->begun)
		w->pos += io_mark_bytes(w->data + w->pos, w->len - w->pos);
	w->begun = 1;
	return (0);
}

int
window_hold(struct window *w)
{

	if (w->fd == -1 || w->start != -1)
		return (0);
	while (!w->ended) {
		if (window_fill(w, w->len + CHUNK) == -1)
			return (-1);
	}
	w->held = w->data;
	w->memory = w->data;
	w->memory_bytes = w->len;
	close(w->fd);
	w->fd = -1;
	w->data = NULL;
	w->pos = w->len = w->size = 0;
	return (window_rewind(w));
}

int
window_rewind(struct window *w)
{

	if (w->fd != -1 && lseek(w->fd, w->start, SEEK_SET) == -1)
		return (fail_errno(w->name));
	w->memory_at = 0;
	w->pos = w->len = 0;
	w->ended = w->begun = 0;
	return (0);
}

void
window_close(struct window *w)
{

	if (w->fd != -1)
		close(w->fd);
	mem_wipe_free(w->data, w->size);
	mem_wipe_free(w->held, w->memory_bytes);
	clear(w);
}
