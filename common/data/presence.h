#ifndef SMPC_DATA_PRESENCE_H
#define SMPC_DATA_PRESENCE_H

/* Columns with values that are missing, and those that say which are there. */

#include <stddef.h>

#include "data/part.h"

/*
 * presence_find(p, where, j, at):
 * Set *${at} to the column of ${p} that says which values of column ${j} are there, or to SIZE_MAX
 * where all are.  Return 0, or -1 (reported under ${where}, status 5: there is no such column).
 */
int presence_find(const struct part *p, const char *where, size_t j, size_t *at);

/*
 * presence_refuse(p, where, j, what):
 * Report with status 5 that ${what} takes no column with missing values; return -1.
 */
int presence_refuse(const struct part *p, const char *where, size_t j, const char *what);

#endif /* !SMPC_DATA_PRESENCE_H */
