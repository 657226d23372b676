#ifndef SMPC_BASE_SHELL_WORDS_H
#define SMPC_BASE_SHELL_WORDS_H

/* Options that a message shows, to be pasted into a shell. */

#include "base/mem.h"

/*
 * shell_add_option(b, option, value):
 * Append an option and its value, quoted where a shell needs that, behind what is there and a
 * blank; ${value} may be NULL.  Return 0 or -1 (reported).
 */
int shell_add_option(struct buf *b, const char *option, const char *value);

#endif /* !SMPC_BASE_SHELL_WORDS_H */
