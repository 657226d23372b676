#include "base/shell_words.h"

#include <string.h>

/* Append a word as a shell takes it. */
static int
add_quoted(struct buf *b, const char *s)
{
	int rc = 0;

	if (s[0] != '\0' && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_-+.,:/=@%") == strlen(s))
		return (buf_string(b, s));
	rc |= buf_string(b, "'");
	for (; *s != '\0'; s++)
		rc |= (*s == '\'') ? buf_string(b, "'\\''") : buf_append(b, s, 1);
	rc |= buf_string(b, "'");
	return ((rc == 0) ? 0 : -1);
}

int
shell_add_option(struct buf *b, const char *option, const char *value)
{

	if (buf_string(b, (b->len > 0) ? " " : "") == -1 || buf_string(b, option) == -1)
		return (-1);
	if (value == NULL)
		return (0);
	return ((buf_string(b, " ") == -1 || add_quoted(b, value) == -1) ? -1 : 0);
}
