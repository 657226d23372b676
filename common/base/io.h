#ifndef SMPC_BASE_IO_H
#define SMPC_BASE_IO_H

/* Full reads and writes, and outputs that appear whole or not at all. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * io_read(fd, data, bytes, name):
 * Read until ${bytes} bytes or end of file.  Return the count, or -1 (reported under ${name}).
 */
ssize_t io_read(int fd, void *data, size_t bytes, const char *name);

/*
 * io_read_some(fd, data, bytes, name):
 * Read what there is, at most ${bytes} bytes.  Return the count, 0 at the end of file, or -1
 * (reported).
 */
ssize_t io_read_some(int fd, void *data, size_t bytes, const char *name);

/*
 * io_write(fd, data, bytes, name):
 * Write all ${bytes} bytes.  Return 0 or -1 (reported under ${name}).
 */
int io_write(int fd, const void *data, size_t bytes, const char *name);

/*
 * io_open_input(path, name):
 * Open ${path}, or standard input for "-" (a duplicate), for reading; directories are refused.  Set
 * *${name} to what messages should call it.  Return the descriptor or -1 (reported).
 */
int io_open_input(const char *path, const char **name);

/*
 * io_watch_inputs(opened, got):
 * Have functions called after io_open_input opened a descriptor, and after bytes, 0 at the end,
 * were read from one.
 */
void io_watch_inputs(void (*opened)(int fd), void (*got)(int fd, size_t bytes));

/*
 * io_read_file(path, max_bytes, data, bytes):
 * Read a whole small file of at most ${max_bytes} bytes into new memory, NUL appended and a byte
 * order mark left out.  The caller frees it, with mem_wipe_free(data, bytes) where it is secret.
 * Return 0 or -1 (reported).
 */
int io_read_file(const char *path, size_t max_bytes, char **data, size_t *bytes);

/*
 * io_mark_bytes(data, bytes):
 * Return the bytes of a byte order mark of UTF-8 at the beginning of a file, 3 or 0: some editors
 * write one, and it means nothing.
 */
size_t io_mark_bytes(const void *data, size_t bytes);

/*
 * An output that is written to a temporary file in the target's directory and appears under its
 * name only when it is committed.  Standard output ("-" or NULL), other names of descriptors
 * (/dev/fd/3), devices, FIFOs and sockets are written directly.
 */
struct output;

enum output_mode {
	OUTPUT_REPLACE, /* an existing file is replaced */
	OUTPUT_NEW,     /* an existing file is an error, also when it appears meanwhile */
	OUTPUT_KEY      /* the same, and so is anything else: device, pipe, link */
};

/*
 * output_open(path, mode):
 * Create an output, files with mode 0600.  Return NULL, having reported, on failure.
 */
struct output *output_open(const char *path, enum output_mode mode);

/*
 * output_fd(o), output_name(o):
 * The descriptor to write to, and what to call it in messages.
 */
int output_fd(const struct output *o);
const char *output_name(const struct output *o);

/*
 * io_output_on_terminal():
 * Whether results appear on a terminal: standard output is one, and is written to or nothing else
 * was opened yet.
 */
int io_output_on_terminal(void);

/*
 * output_is_temporary(o):
 * Whether it is a file of our own, which nobody has seen yet and may be written anywhere.
 */
int output_is_temporary(const struct output *o);

/*
 * output_commit_all(o, n):
 * Commit ${n} outputs together, NULL being none: all are synced, closed and checked, and standard
 * output, too, before the first one gets its name; if one does not get it, those before have theirs
 * taken back, and what they replaced is put back.  Signals that end the process wait meanwhile.
 * Killed otherwise, or in a crash, names may be given to some; what they replaced is then still
 * there under another name, as temporaries have it.  Frees all in any case.  Return 0 or -1
 * (reported).
 */
int output_commit_all(struct output *const *o, size_t n);

/*
 * output_commit(o):
 * The same of one.
 */
int output_commit(struct output *o);

/*
 * output_ready(o), output_appear(o, last), output_stay(o):
 * The steps of output_commit_all, for who has to hear of others in between: sync, close and check;
 * give the name; free, and leave it at that.  Until output_stay is called, output_abort or a signal
 * that ends the process takes the name back, and puts back what had it, unless ${last} said that
 * nothing can fail any more.  Of an output that is written directly nothing can be taken back.
 * Return 0 or -1 (reported); then output_abort is to be called.
 */
int output_ready(struct output *o);
int output_appear(struct output *o, bool last);
void output_stay(struct output *o);

/*
 * output_abort(o):
 * Leave what was there before, and free ${o}; harmless on NULL.
 */
void output_abort(struct output *o);

/*
 * output_abandon():
 * As output_abort, of all outputs, without freeing: for a process that ends here and now.
 */
void output_abandon(void);

/*
 * io_temporary_name(path):
 * Return a pattern for mkstemp or mkdtemp beside ${path}, or NULL (reported).  A long name gives up
 * its last bytes for it, whole characters, so that there is room wherever there is for the name
 * itself.
 */
char *io_temporary_name(const char *path);

/*
 * io_sync_parent(path):
 * Sync the directory that holds ${path}, so that a name given in it survives a crash; a failure is
 * no reason to fail.
 */
void io_sync_parent(const char *path);

/*
 * io_same_place(a, b):
 * Whether two paths are the same file or pipe, or would be if it were made; "-" is standard output.
 */
int io_same_place(const char *a, const char *b);

/*
 * output_of_tool():
 * For tools: once a fault was reported, whose status will be the exit status (diag.h), no output is
 * committed any more; and output_abandon is called when this process is ended by a signal such as
 * SIGINT or SIGPIPE, of which it then dies.
 */
void output_of_tool(void);

#endif /* !SMPC_BASE_IO_H */
