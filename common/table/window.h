#ifndef SMPC_TABLE_WINDOW_H
#define SMPC_TABLE_WINDOW_H

/*
 * A window that moves over the bytes of a table, from a file, a pipe or memory; a byte order mark
 * at their beginning is left out.  At least WINDOW_PADDING zero bytes always follow what it shows.
 * The bytes are an owner's secrets: they are wiped and never put in a temporary file.
 */

#include <stddef.h>
#include <sys/types.h>

#define WINDOW_PADDING 64

struct window {
	const char *name; /* what messages call the input */
	char *data;       /* data[pos] to data[len - 1] are shown */
	size_t pos;
	size_t len;
	int ended;        /* nothing comes after them */
	int begun;        /* a byte order mark has been looked for */

	size_t size;
	int fd;           /* -1: memory */
	off_t start;      /* of a file; -1 where it cannot be read twice */
	const char *memory;
	size_t memory_bytes;
	size_t memory_at;
	char *held;       /* the memory, if it is the window's own */
};

/*
 * window_open(w, path), window_memory(w, data, bytes, name):
 * Begin on a file ("-" is standard input), or on memory that outlives the window.  Return 0 or -1
 * (reported).
 */
int window_open(struct window *w, const char *path);
int window_memory(struct window *w, const char *data, size_t bytes, const char *name);

/*
 * window_move(to, from):
 * Hand a window over; ${from} is closed.
 */
void window_move(struct window *to, struct window *from);

/*
 * window_fill(w, bytes):
 * Show at least ${bytes} bytes, fewer only at the end.  What was before w->pos is gone.  Return 0
 * or -1 (reported).
 */
int window_fill(struct window *w, size_t bytes);

/*
 * window_hold(w):
 * Prepare for a second reading: take all of an input that cannot be read twice into memory.  To be
 * called before anything has been moved over.  Return 0 or -1 (reported).
 */
int window_hold(struct window *w);

/*
 * window_rewind(w):
 * Go back to the beginning, after window_hold.  Return 0 or -1 (reported).
 */
int window_rewind(struct window *w);

/*
 * window_close(w):
 * Wipe and free; harmless on a zeroed window with fd -1.
 */
void window_close(struct window *w);

#endif /* !SMPC_TABLE_WINDOW_H */
