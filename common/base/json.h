#ifndef SMPC_BASE_JSON_H
#define SMPC_BASE_JSON_H

/* What jansson does not have. */

#include <stddef.h>

#include <jansson.h>

/*
 * json_strings(s, count):
 * Return an array of ${count} strings, or NULL (not reported) if memory is short or one of them is
 * not UTF-8.
 */
json_t *json_strings(const char *const *s, size_t count);

#endif /* !SMPC_BASE_JSON_H */
