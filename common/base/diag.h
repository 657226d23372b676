#ifndef SMPC_BASE_DIAG_H
#define SMPC_BASE_DIAG_H

/*
 * Diagnostics: one line on standard error, "smpc-x: cause: detail", printed once, where the fault
 * is detected.  The first reported status becomes the tool's exit status.
 */

#include <stdarg.h>

/* Exit statuses, the same for every tool (smpc(7)). */
enum status {
	ST_OK = 0,      /* done */
	ST_FAILED = 1,  /* input, file or output failed */
	ST_USAGE = 2,   /* the command line is wrong */
	ST_PEER = 3,    /* a peer is missing, lost or late */
	ST_REFUSED = 4, /* authentication, integrity or consistency failed */
	ST_RANGE = 5    /* a number does not fit */
};

/*
 * diag_init(argv0):
 * Use the last component of ${argv0} as the prefix of every message.
 */
void diag_init(const char *argv0);

/*
 * diag_name():
 * Return the prefix set by diag_init, "smpc" before that.
 */
const char *diag_name(void);

/*
 * fail(status, format, ...):
 * Print "smpc-x: " and the message, remember ${status} unless one was remembered before, and return
 * -1, so that a function can write "return (fail(ST_FAILED, ...));".  Control characters in the
 * message (from a file, a peer) are printed as "?".  May be called from any thread.
 */
int fail(enum status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * fail_errno(what):
 * As fail(ST_FAILED, "${what}: strerror(errno)").
 */
int fail_errno(const char *what);

/* A failure that the caller has another way for. */
struct failure {
	enum status status; /* ST_OK: there was none */
	char text[512];     /* the first one */
};

/*
 * diag_divert(f):
 * From now on fail neither prints nor remembers, but sets *${f}, which is cleared first; with NULL,
 * it does as usual again.
 */
void diag_divert(struct failure *f);

/*
 * warn(format, ...):
 * Print a message without changing the exit status.
 */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * diag_transient(line):
 * Show a line of less than 80 columns on standard error, a terminal, in place of the one shown
 * before, until there is a message; "" takes it away.
 */
void diag_transient(const char *line);

/*
 * diag_status():
 * Return the first status given to fail, or ST_OK.
 */
enum status diag_status(void);

#endif /* !SMPC_BASE_DIAG_H */
