#ifndef SMPC_TABLE_FOREIGN_H
#define SMPC_TABLE_FOREIGN_H

/* Inputs that are something else than what was expected: what they are, and what to do about it. */

#include <stddef.h>

#include "table/window.h"

/*
 * foreign_format(data, bytes):
 * Return what the beginning of a file shows that no tool reads ("is compressed; pipe it through
 * zcat"), NULL where it shows nothing of the kind.
 */
const char *foreign_format(const void *data, size_t bytes);

/*
 * foreign_secret(data, bytes):
 * Whether the text has a secret key in it, which no message may show.
 */
int foreign_secret(const void *data, size_t bytes);

/*
 * foreign_has(data, bytes, word):
 * Whether the bytes of ${word} are somewhere in the data.
 */
int foreign_has(const void *data, size_t bytes, const char *word);

/*
 * foreign_refuse(w):
 * Refuse what the beginning of a window shows to be something else than a table.  Return 0 or -1
 * (reported).
 */
int foreign_refuse(const struct window *w);

#endif /* !SMPC_TABLE_FOREIGN_H */
