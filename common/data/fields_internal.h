#ifndef SMPC_DATA_FIELDS_INTERNAL_H
#define SMPC_DATA_FIELDS_INTERNAL_H

/* Reading a header's JSON object field by field; for header.c and column.c. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define DECODER_FIELDS 40

/* An object that is being decoded. */
struct decoder {
	const json_t *root;
	const char *where; /* what messages begin with */
	size_t n_known;
	const char *known[DECODER_FIELDS]; /* that were asked for */
};

/*
 * field(d, key, optional, value):
 * Look up a field, one of at most DECODER_FIELDS; absent is an error unless ${optional}, and then
 * *value is NULL.  This and what follows return 0 or -1 (reported).
 */
int field(struct decoder *d, const char *key, bool optional, const json_t **value);

/*
 * bad_field(d, key, what):
 * Report; return -1.
 */
int bad_field(const struct decoder *d, const char *key, const char *what);

/*
 * string_field(d, key, optional, s):
 * A string without NUL, the object's own; NULL where it is absent.
 */
int string_field(struct decoder *d, const char *key, bool optional, const char **s);

/*
 * number_field(d, key, min, max, absent, out):
 * A whole number from min to max; absent gives ${absent} where that is not negative.
 */
int number_field(struct decoder *d, const char *key, uint64_t min, uint64_t max, int64_t absent,
    uint64_t *out);

/*
 * strings_field(d, key, v, valid, out, count):
 * ${v}, which is field ${key}, as an array of different, valid strings, copied to new memory, which
 * the caller frees also on failure.
 */
int strings_field(struct decoder *d, const char *key, const json_t *v,
    bool (*valid)(const char *, size_t), char ***out, size_t *count);

/*
 * refuse_unknown(d):
 * Fail if the object has a field that was not asked for.
 */
int refuse_unknown(const struct decoder *d);

#endif /* !SMPC_DATA_FIELDS_INTERNAL_H */
