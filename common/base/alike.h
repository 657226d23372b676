#ifndef SMPC_BASE_ALIKE_H
#define SMPC_BASE_ALIKE_H

/* Texts that differ only in how they are typed: most likely they mean the same. */

#include <stddef.h>

/*
 * alike_compare(a, b):
 * Order texts by what is left of them without the blanks around them and without the difference of
 * upper and lower case, of ASCII and of Latin-1 in UTF-8.  Return 0 if that is the same.
 */
int alike_compare(const char *a, const char *b);

/*
 * alike_pairs(texts, count, out, size, pairs):
 * Find the texts that are alike and not the same, whatever their order.  Set *${pairs} to how many
 * pairs of neighbours there are when they are sorted, and write the first ones to ${out}
 * ("'No' and 'no', 'Yes' and 'yes'").  Return 0 or -1 (reported: no memory).
 */
int alike_pairs(const char *const *texts, size_t count, char *out, size_t size, size_t *pairs);

#endif /* !SMPC_BASE_ALIKE_H */
