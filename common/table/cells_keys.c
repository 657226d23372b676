/* The keys of a table: does one come twice? */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "table/cells.h"

#define FIRST_ROOM 1024

static void
wipe_keys(struct cells_keys *k)
{

	mem_wipe_free(k->key, k->room * sizeof(*k->key));
	k->key = NULL;
	k->count = k->room = 0;
}

static int
grow_keys(struct cells_keys *k)
{
	size_t room = (k->room == 0) ? FIRST_ROOM : 2 * k->room;
	struct cells_key *key;

	if ((key = mem_array(room, sizeof(*key))) == NULL)
		return (-1);
	if (k->count > 0)
		memcpy(key, k->key, k->count * sizeof(*key));
	mem_wipe_free(k->key, k->room * sizeof(*k->key));
	k->key = key;
	k->room = room;
	return (0);
}

int
cells_note_key(const struct cells *c, size_t j, uint64_t at, const uint64_t *words)
{
	struct cells_keys *k = &c->seen->keys[j];

	if (c->column[j].repeats || c->measuring)
		return (0);
	if (k->count == k->room && grow_keys(k) == -1)
		return (-1);
	memcpy(k->key[k->count].words, words, sizeof(k->key[k->count].words));
	k->key[k->count++].at = at;
	return (0);
}

void
cells_keys_begin(const struct cells *c)
{
	size_t j;

	for (j = 0; c->keyed && j < c->columns; j++)
		c->seen->keys[j].before = c->seen->keys[j].count;
}

void
cells_keys_undo(const struct cells *c)
{
	size_t j;

	for (j = 0; c->keyed && j < c->columns; j++)
		c->seen->keys[j].count = c->seen->keys[j].before;
}

void
cells_keys_forget(const struct cells *c)
{
	size_t j;

	for (j = 0; j < c->columns; j++)
		c->seen->keys[j].count = c->seen->keys[j].before = 0;
}

void
cells_keys_free(const struct cells *c)
{
	size_t j;

	for (j = 0; c->seen->keys != NULL && j < c->columns; j++)
		wipe_keys(&c->seen->keys[j]);
	free(c->seen->keys);
}

/* By words, and the same ones by place. */
static int
by_key(const void *a, const void *b)
{
	const struct cells_key *x = *(const struct cells_key *const *)a,
	    *y = *(const struct cells_key *const *)b;
	size_t i;

	for (i = 0; i < KEY_WORDS; i++) {
		if (x->words[i] != y->words[i])
			return ((x->words[i] < y->words[i]) ? -1 : 1);
	}
	return ((x->at > y->at) - (x->at < y->at));
}

/* Pointers to keys in order: sorting may leave copies behind, which say nothing of these. */
static const struct cells_key **
sorted_keys(const struct cells_keys *k)
{
	const struct cells_key **sorted;
	size_t i;

	if ((sorted = mem_array(k->count, sizeof(*sorted))) == NULL)
		return (NULL);
	for (i = 0; i < k->count; i++)
		sorted[i] = &k->key[i];
	if (k->count > 1)
		qsort(sorted, k->count, sizeof(*sorted), by_key);
	return (sorted);
}

/*
 * Find the first place, *${again}, at which a key has come before, and where that was; return how
 * many there are.
 */
static uint64_t
find_repeated_key(const struct cells_key **key, size_t n, uint64_t *first, uint64_t *again)
{
	uint64_t count = 0;
	size_t start = 0, i;

	for (i = 1; i < n; i++) {
		if (memcmp(key[i]->words, key[start]->words, sizeof(key[i]->words)) != 0) {
			start = i;
			continue;
		}
		if (count++ == 0 || key[i]->at < *again) {
			*first = key[start]->at;
			*again = key[i]->at;
		}
	}
	return (count);
}

static int
check_keys_of(const struct cells *c, size_t j)
{
	const struct cells_keys *k = &c->seen->keys[j];
	uint64_t first = 0, again = 0, count;
	char more[64] = "";
	const struct cells_key **sorted;

	if ((sorted = sorted_keys(k)) == NULL)
		return (-1);
	count = find_repeated_key(sorted, k->count, &first, &again);
	free(sorted);
	if (count == 0)
		return (0);
	if (count > 1)
		snprintf(more, sizeof(more), ", the first of %" PRIu64 " such rows", count);
	if (c->options->faults != NULL)
		c->options->faults->count++;
	return (fail(ST_FAILED, "%s:%" PRIu64 ": column '%.80s': the key is that of line %" PRIu64
	    "%s%s", c->input, again, c->names[j], first, more, c->options->remedies ? "; if a key "
	    "may come twice in this table, --duplicates says so of its column" : ""));
}

int
cells_check_keys(const struct cells *c)
{
	size_t j;
	int rc = 0;

	for (j = 0; c->keyed && j < c->columns; j++) {
		if (check_keys_of(c, j) == -1)
			rc = -1;
	}
	return (rc);
}
