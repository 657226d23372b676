#ifndef SMPC_BASE_NAMES_H
#define SMPC_BASE_NAMES_H

/* Names of parties, tensors and columns: what can be one, and lists of them. */

#include <stdbool.h>
#include <stddef.h>

/*
 * name_letter(c):
 * Whether ${c} is one of A-Z a-z 0-9.
 */
bool name_letter(char c);

/*
 * name_valid(s):
 * Whether ${s} can name a party: 1 to 64 of A-Z a-z 0-9 _ -, a letter or digit first.
 */
bool name_valid(const char *s);

/*
 * text_valid(s, bytes, max_bytes):
 * Whether the string can name a tensor or column: 1 to ${max_bytes} bytes, no control characters
 * but tab, CR and LF.
 */
bool text_valid(const char *s, size_t bytes, size_t max_bytes);

/*
 * names_find(name, len, names, count, position):
 * Look for exactly the ${len} bytes at ${name} among ${count} names; ${names} may be NULL.  Return
 * whether they are there, and set *${position}.
 */
int names_find(const char *name, size_t len, const char *const *names, size_t count,
    size_t *position);

/*
 * names_next(list, name, len):
 * Take the next one of *${list}, names that commas separate, an empty one among them if it stands
 * there: set *${name} and *${len} to it and *${list} to what follows, NULL behind the last.  Return
 * whether there was one.
 */
bool names_next(const char **list, const char **name, size_t *len);

/*
 * names_repeated(names, count, position):
 * Return 1 and set *${position} to the first name that equals one before it; return 0 if all
 * differ, -1 (reported) if memory is short.
 */
int names_repeated(const char *const *names, size_t count, size_t *position);

#endif /* !SMPC_BASE_NAMES_H */
