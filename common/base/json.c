#include "base/json.h"

json_t *
json_strings(const char *const *s, size_t count)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; a != NULL && i < count; i++) {
		if (json_array_append_new(a, json_string(s[i])) == -1) {
			json_decref(a);
			return (NULL);
		}
	}
	return (a);
}
