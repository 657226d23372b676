#include "base/near.h"

#include <string.h>

#define MAX_BYTES 64

static size_t
min2(size_t a, size_t b)
{

	return ((a < b) ? a : b);
}

/* Not tolower: the answer must not depend on the locale. */
static char
lower(char c)
{

	return ((c >= 'A' && c <= 'Z') ? (char)(c - 'A' + 'a') : c);
}

/* The optimal string alignment distance of two strings of at most MAX_BYTES bytes. */
static size_t
distance(const char *a, size_t m, const char *b, size_t n)
{
	size_t rows[3][MAX_BYTES + 1], *before = rows[0], *above = rows[1], *row = rows[2], *spare;
	size_t i, j, replace;

	for (j = 0; j <= n; j++)
		above[j] = before[j] = j;
	for (i = 1; i <= m; i++) {
		row[0] = i;
		for (j = 1; j <= n; j++) {
			replace = above[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
			row[j] = min2(replace, 1 + min2(above[j], row[j - 1]));
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = min2(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return (above[n]);
}

const char *
near_match(const char *name, const char *const *candidates, size_t count)
{
	size_t m = strlen(name), limit = min2(m / 3, 2), best = limit + 1, n, d, i;
	const char *match = NULL;

	if (m > MAX_BYTES)
		return (NULL);
	for (i = 0; i < count && best > 0; i++) {
		n = strlen(candidates[i]);
		/*
		 * The difference in length is a lower bound: most of a long list needs no more than
		 * that.
		 */
		if (n > MAX_BYTES || n > m + limit || m > n + limit)
			continue;
		if ((d = distance(name, m, candidates[i], n)) < best) {
			best = d;
			match = candidates[i];
		}
	}
	return (match);
}
