#ifndef SMPC_TESTS_UNIT_TEST_PRG_H
#define SMPC_TESTS_UNIT_TEST_PRG_H

/*
 * A generator for tests that keeps account of what is drawn: the real crypto/prg.c under other
 * names, and in its place functions that note who drew which positions of which key.  A program
 * that includes this has no use for the library's prg.o, so that is not linked.  Keys come from the
 * seeds of the test, so all that is drawn is the same in every run.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/prg.h"
#include "test_stream.h"

void real_prg_words(uint64_t *z, size_t n, const uint8_t key[static PRG_KEY_BYTES], uint64_t first);
void real_prg_values(const struct ring *R, uint64_t *z, size_t n,
    const uint8_t key[static PRG_KEY_BYTES], uint64_t first);
void real_prg_record_key(uint8_t record_key[static PRG_KEY_BYTES],
    const uint8_t part_key[static PRG_KEY_BYTES], uint64_t block);
void real_prg_new_key(uint8_t key[static PRG_KEY_BYTES]);

#define prg_words real_prg_words
#define prg_values real_prg_values
#define prg_record_key real_prg_record_key
#define prg_new_key real_prg_new_key
#include "crypto/prg.c"
#undef prg_words
#undef prg_values
#undef prg_record_key
#undef prg_new_key

/* One key in the hands of one party. */
struct test_draw {
	size_t holder;
	uint8_t key[PRG_KEY_BYTES];
	bool common; /* to all computing parties; else, to two parties */
	size_t count, size;
	struct test_interval {
		uint64_t first, n;
	} *drawn; /* neighbours are joined */
};

static pthread_mutex_t test_draws_lock = PTHREAD_MUTEX_INITIALIZER;
static struct test_draw *test_draws;
static size_t test_draws_count;
static size_t test_draws_twice; /* draws of what had been drawn */

static inline void
test_draws_forget(void)
{

	while (test_draws_count > 0)
		free(test_draws[--test_draws_count].drawn);
	free(test_draws);
	test_draws = NULL;
	test_draws_twice = 0;
}

static inline struct test_draw *
test_draw_of(const uint8_t key[static PRG_KEY_BYTES])
{
	struct test_draw *d;
	size_t i;

	for (i = 0; i < test_draws_count; i++) {
		d = &test_draws[i];
		if (d->holder == test_holder && memcmp(d->key, key, sizeof(d->key)) == 0)
			return (d);
	}
	if ((test_draws = realloc(test_draws, (test_draws_count + 1) * sizeof(*test_draws))) ==
	    NULL)
		abort();
	d = &test_draws[test_draws_count++];
	memset(d, 0, sizeof(*d));
	d->holder = test_holder;
	d->common = test_common;
	memcpy(d->key, key, sizeof(d->key));
	return (d);
}

static inline void
test_note(struct test_draw *d, uint64_t first, uint64_t n)
{
	size_t i;

	for (i = 0; i < d->count; i++) {
		if (first < d->drawn[i].first + d->drawn[i].n && d->drawn[i].first < first + n)
			test_draws_twice++;
	}
	if (d->count > 0 && d->drawn[d->count - 1].first + d->drawn[d->count - 1].n == first) {
		d->drawn[d->count - 1].n += n;
		return;
	}
	if (d->count == d->size) {
		d->size = 2 * d->size + 4;
		if ((d->drawn = realloc(d->drawn, d->size * sizeof(*d->drawn))) == NULL)
			abort();
	}
	d->drawn[d->count++] = (struct test_interval){ first, n };
}

void
prg_words(uint64_t *z, size_t n, const uint8_t key[static PRG_KEY_BYTES], uint64_t first)
{

	if (n > 0) {
		pthread_mutex_lock(&test_draws_lock);
		test_note(test_draw_of(key), first, n);
		pthread_mutex_unlock(&test_draws_lock);
	}
	real_prg_words(z, n, key, first);
}

void
prg_values(const struct ring *R, uint64_t *z, size_t n, const uint8_t key[static PRG_KEY_BYTES],
    uint64_t first)
{

	real_prg_values(R, z, n, key, first);
}

void
prg_record_key(uint8_t record_key[static PRG_KEY_BYTES],
    const uint8_t part_key[static PRG_KEY_BYTES], uint64_t block)
{

	real_prg_record_key(record_key, part_key, block);
}

void
prg_new_key(uint8_t key[static PRG_KEY_BYTES])
{

	real_prg_new_key(key);
}

/*
 * Whether each key is in the hands of two, or of all of ${parties} computing parties where that is
 * what it is for, and they drew the same of it, in the same order.
 */
static inline bool
test_draws_agree(size_t parties)
{
	const struct test_draw *a, *b;
	size_t i, j, others;

	for (i = 0; i < test_draws_count; i++) {
		a = &test_draws[i];
		for (others = j = 0; j < test_draws_count; j++) {
			b = &test_draws[j];
			if (j == i || memcmp(a->key, b->key, sizeof(a->key)) != 0)
				continue;
			others++;
			if (a->count != b->count ||
			    memcmp(a->drawn, b->drawn, a->count * sizeof(*a->drawn)) != 0)
				return (false);
		}
		if (others != (a->common ? parties - 1 : 1))
			return (false);
	}
	return (true);
}

#endif /* !SMPC_TESTS_UNIT_TEST_PRG_H */
