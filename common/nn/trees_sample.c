#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/prg.h"
#include "nn/trees_internal.h"

/*
 * What trees look at is drawn in the open, from the seed.  Word i of a key decides the draw i, by
 * its high part, which is off uniform by less than n / 2^64.
 */
static size_t
draw_below(const uint8_t key[static PRG_KEY_BYTES], size_t i, size_t n)
{
	word drawn;

	prg_words(&drawn, 1, key, i);
	return ((size_t)ring_below(drawn, n));
}

/* A share of n, rounded, and at least 1. */
static size_t
count_of_share(double share, size_t n)
{
	double count = floor(share * (double)n + 0.5);

	return ((count < 1) ? 1 : (count < (double)n) ? (size_t)count : n);
}

/* Fisher and Yates, from the front: drawn[0] .. drawn[count - 1] are some, or all, of n. */
static size_t *
draw_some(const uint8_t key[static PRG_KEY_BYTES], size_t n, size_t count)
{
	size_t *drawn = mem_array(n, sizeof(*drawn)), i, j, t;

	if (drawn == NULL)
		return (NULL);
	for (i = 0; i < n; i++)
		drawn[i] = i;
	for (i = 0; i < count && count < n; i++) {
		j = i + draw_below(key, i, n - i);
		t = drawn[i];
		drawn[i] = drawn[j];
		drawn[j] = t;
	}
	return (drawn);
}

/* More would take room that no rows need: of 10^9 rows hardly one is drawn so often. */
static void
count_row(int64_t *weight)
{

	*weight += (*weight < TREES_MOST_COUNT);
}

int
trees_sample_rows(const struct trees *a, uint64_t seed, size_t tree, size_t rows, int64_t *weight)
{
	static const char label[PRG_LABEL_BYTES] = "smpc tree rows";
	const size_t count = count_of_share(a->how.rows, rows);
	uint8_t key[PRG_KEY_BYTES];
	size_t *drawn, i;

	memset(weight, 0, rows * sizeof(*weight));
	prg_public_key(key, label, seed, tree);
	if (a->how.rows == 0) {
		for (i = 0; i < rows; i++)
			count_row(&weight[draw_below(key, i, rows)]);
		return (0);
	}
	if ((drawn = draw_some(key, rows, count)) == NULL)
		return (-1);
	for (i = 0; i < count; i++)
		weight[drawn[i]] = 1;
	free(drawn);
	return (0);
}

int
trees_sample_columns(const struct trees *a, uint64_t seed, size_t tree, size_t node, bool *use)
{
	static const char label[PRG_LABEL_BYTES] = "smpc tree cols";
	const size_t count = count_of_share(a->how.columns, a->cols);
	const uint64_t of = (a->how.kind == TREES_FOREST) ? node : 0;
	uint8_t key[PRG_KEY_BYTES];
	size_t *drawn, i;

	memset(use, 0, a->cols * sizeof(*use));
	prg_public_key(key, label, seed, (uint64_t)tree << 32 | of);
	if ((drawn = draw_some(key, a->cols, count)) == NULL)
		return (-1);
	for (i = 0; i < count; i++)
		use[drawn[i]] = true;
	free(drawn);
	return (0);
}
