#include "base/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool
name_letter(char c)
{

	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
}

bool
name_valid(const char *s)
{
	size_t i, len = strlen(s);

	if (len < 1 || len > 64 || !name_letter(s[0]))
		return (false);
	for (i = 1; i < len; i++) {
		if (!name_letter(s[i]) && s[i] != '_' && s[i] != '-')
			return (false);
	}
	return (true);
}

bool
text_valid(const char *s, size_t bytes, size_t max_bytes)
{
	unsigned char c;
	size_t i;

	if (bytes < 1 || bytes > max_bytes)
		return (false);
	for (i = 0; i < bytes; i++) {
		c = (unsigned char)s[i];
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return (false);
	}
	return (true);
}

int
names_find(const char *name, size_t len, const char *const *names, size_t count, size_t *position)
{
	size_t i;

	for (i = 0; names != NULL && i < count; i++) {
		if (strncmp(names[i], name, len) == 0 && names[i][len] == '\0') {
			*position = i;
			return (1);
		}
	}
	return (0);
}

bool
names_next(const char **list, const char **name, size_t *len)
{

	if (*list == NULL)
		return (false);
	*name = *list;
	*len = strcspn(*name, ",");
	*list = ((*name)[*len] == ',') ? *name + *len + 1 : NULL;
	return (true);
}

static int
by_name(const void *a, const void *b)
{
	const char *const *x = *(const char *const *const *)a,
	    *const *y = *(const char *const *const *)b;
	int c = strcmp(*x, *y);

	return ((c != 0) ? c : (x > y) - (x < y));
}

int
names_repeated(const char *const *names, size_t count, size_t *position)
{
	const char *const **sorted;
	size_t i, least = count;

	if ((sorted = mem_array(count, sizeof(*sorted))) == NULL)
		return (-1);
	for (i = 0; i < count; i++)
		sorted[i] = &names[i];
	qsort(sorted, count, sizeof(*sorted), by_name);
	for (i = 1; i < count; i++) {
		if (strcmp(*sorted[i - 1], *sorted[i]) == 0 && (size_t)(sorted[i] - names) < least)
			least = (size_t)(sorted[i] - names);
	}
	free(sorted);
	*position = least;
	return (least < count);
}
