#include "data/csv_text.h"

#include <string.h>

#include "ring/fixed.h"

int
csv_text_name(struct buf *text, const char *name)
{
	size_t len = strlen(name);
	const char *s;
	double x;

	if (name[strcspn(name, ",\"\r\n")] == '\0' &&
	    fixed_parse_double(name, len, &x) == FIXED_SYNTAX && strchr(" \t", name[0]) == NULL &&
	    strchr(" \t", name[len - 1]) == NULL)
		return (buf_string(text, name));
	if (buf_string(text, "\"") == -1)
		return (-1);
	for (s = name; *s != '\0'; s++) {
		if (buf_append(text, (*s == '"') ? "\"\"" : s, (*s == '"') ? 2 : 1) == -1)
			return (-1);
	}
	return (buf_string(text, "\""));
}
