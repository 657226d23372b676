#ifndef SMPC_BASE_NEAR_H
#define SMPC_BASE_NEAR_H

/* Guess what was meant by a name that does not exist, for "did you mean". */

#include <stddef.h>

/*
 * near_match(name, candidates, count):
 * Return the one of ${count} candidates that ${name} most likely is a misspelling of, the first of
 * equals, or NULL. A misspelling differs in at most one letter out of three and two in all, where a
 * letter that is missing, added, replaced or swapped with its neighbour counts as one and upper and
 * lower case as the same.  Names over 64 bytes match nothing.
 */
const char *near_match(const char *name, const char *const *candidates, size_t count);

#endif /* !SMPC_BASE_NEAR_H */
