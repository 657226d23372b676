#include "data/seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"

#define LEVELS 17 /* 2^17 ids, 4 MB, are in memory at most, and twice as many for a moment */

struct seen_id {
	uint8_t bytes[ID_BYTES];
};

/*
 * Sorted lists that double in length: the bits of a counter, which says how many ids there are.
 */
struct seen {
	struct seen_id *level[LEVELS]; /* 2^i ids, or NULL */
	FILE *file;              /* all others, sorted; NULL: there are none */
	struct seen_id twice;
};

struct seen *
seen_new(void)
{

	return (mem_array(1, sizeof(struct seen)));
}

static bool
list_has(const struct seen_id *list, size_t n, const uint8_t *id)
{
	size_t low = 0, middle;
	int order;

	while (low < n) {
		middle = low + (n - low) / 2;
		if ((order = memcmp(list[middle].bytes, id, ID_BYTES)) == 0)
			return (true);
		if (order < 0)
			low = middle + 1;
		else
			n = middle;
	}
	return (false);
}

/* Merge two sorted lists, and free both; NULL (reported) if memory is short. */
static struct seen_id *
merge_lists(struct seen_id *a, size_t n, struct seen_id *b, size_t m)
{
	struct seen_id *list = mem_array(n + m, sizeof(*list));
	size_t i = 0, j = 0;

	while (list != NULL && i + j < n + m) {
		if (j == m || (i < n && memcmp(&a[i], &b[j], sizeof(*a)) < 0)) {
			list[i + j] = a[i];
			i++;
		} else {
			list[i + j] = b[j];
			j++;
		}
	}
	free(a);
	free(b);
	return (list);
}

/* The next id of a file; return whether there is one. */
static bool
next_id(FILE *f, struct seen_id *id)
{

	return (f != NULL && fread(id, sizeof(*id), 1, f) == 1);
}

/* Merge a sorted list into those of the file, and write them to ${to} unless it is NULL. */
static void
merge_file(struct seen *s, const struct seen_id *list, size_t n, FILE *to, bool *again)
{
	struct seen_id id;
	bool have = next_id(s->file, &id), first;
	size_t i = 0;
	int order;

	while (have || i < n) {
		order = !have ? 1 : (i == n) ? -1 : memcmp(&id, &list[i], sizeof(id));
		if (order == 0) {
			*again = true;
			s->twice = id;
		}
		first = (order < 0);
		if (to != NULL)
			(void)fwrite(first ? &id : &list[i], sizeof(id), 1, to);
		if (first)
			have = next_id(s->file, &id);
		else
			i++;
	}
}

/* A sorted list leaves the memory. */
static int
put_away(struct seen *s, const struct seen_id *list, size_t n, bool *again)
{
	FILE *to = tmpfile();

	if (to == NULL)
		return (fail_errno("temporary file"));
	if (s->file != NULL)
		rewind(s->file);
	merge_file(s, list, n, to, again);
	if (fflush(to) == EOF || ferror(to) || (s->file != NULL && ferror(s->file))) {
		fail_errno("temporary file");
		fclose(to);
		return (-1);
	}
	if (s->file != NULL)
		fclose(s->file);
	s->file = to;
	return (0);
}

int
seen_add(struct seen *s, const uint8_t *id, bool *again)
{
	struct seen_id *list;
	size_t i;
	int rc = 0;

	for (i = 0; i < LEVELS; i++) {
		if (s->level[i] != NULL && list_has(s->level[i], (size_t)1 << i, id)) {
			*again = true;
			memcpy(s->twice.bytes, id, ID_BYTES);
			return (0);
		}
	}
	if ((list = mem_array(1, sizeof(*list))) == NULL)
		return (-1);
	memcpy(list->bytes, id, ID_BYTES);
	for (i = 0; i < LEVELS && s->level[i] != NULL; i++) {
		list = merge_lists(s->level[i], (size_t)1 << i, list, (size_t)1 << i);
		s->level[i] = NULL;
		if (list == NULL)
			return (-1);
	}
	if (i < LEVELS) {
		s->level[i] = list;
		return (0);
	}
	rc = put_away(s, list, (size_t)1 << LEVELS, again);
	free(list);
	return (rc);
}

int
seen_end(struct seen *s, bool *again)
{
	struct seen_id *list;
	size_t n = 0, i;
	int rc = 0;

	if (s->file == NULL || (list = mem_array(0, sizeof(*list))) == NULL)
		return ((s->file == NULL) ? 0 : -1);
	for (i = 0; i < LEVELS && list != NULL; i++) {
		if (s->level[i] == NULL)
			continue;
		list = merge_lists(list, n, s->level[i], (size_t)1 << i);
		s->level[i] = NULL;
		n += (size_t)1 << i;
	}
	if (list == NULL)
		return (-1);
	rewind(s->file);
	merge_file(s, list, n, NULL, again);
	if (ferror(s->file))
		rc = fail_errno("temporary file");
	free(list);
	return (rc);
}

const uint8_t *
seen_twice(const struct seen *s)
{

	return (s->twice.bytes);
}

void
seen_free(struct seen *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < LEVELS; i++)
		free(s->level[i]);
	if (s->file != NULL)
		fclose(s->file);
	free(s);
}
