#ifndef SMPC_BASE_NUM_H
#define SMPC_BASE_NUM_H

/* Bounded parsing of whole numbers.  Decimal digits only: no sign, no blanks, no prefix. */

#include <stddef.h>
#include <stdint.h>

/*
 * num_parse_u64(s, len, max, value):
 * Parse the ${len} bytes at ${s} as a whole number of at most ${max}.  Return 0, or -1 without
 * reporting.
 */
int num_parse_u64(const char *s, size_t len, uint64_t max, uint64_t *value);

/*
 * num_common_divisor(a, b):
 * The greatest one; the other number, where one is 0.
 */
uint64_t num_common_divisor(uint64_t a, uint64_t b);

/*
 * num_parse(s, min, max, value):
 * Parse the string ${s}.  Return 0, or -1 without reporting when it is no number or out of range.
 */
int num_parse(const char *s, uint64_t min, uint64_t max, uint64_t *value);

#endif /* !SMPC_BASE_NUM_H */
