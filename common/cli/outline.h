#ifndef SMPC_CLI_OUTLINE_H
#define SMPC_CLI_OUTLINE_H

/* What people know an input by, in a line. */

#include <stddef.h>

#include "data/reader.h"

#define OUTLINE_BYTES 180

/*
 * outline_input(out, size, r, p):
 * Write what tells the input ${r}, whose next part is ${p}, from others: its name, how many rows it
 * has, or has at least, and the names of its columns, as far as there is room.
 */
void outline_input(char *out, size_t size, const struct reader *r, const struct part *p);

#endif /* !SMPC_CLI_OUTLINE_H */
