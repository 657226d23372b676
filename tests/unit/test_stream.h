#ifndef SMPC_TESTS_UNIT_TEST_STREAM_H
#define SMPC_TESTS_UNIT_TEST_STREAM_H

/*
 * The engine's streams, seen and spoiled: the real mpc/stream.c under other names, and in its place
 * functions that tell what is drawn, and that make a mistake when they are told to.  A program that
 * includes this has no use for the library's stream.o, so that is not linked.
 */

#include "mpc/engine_internal.h"

void real_stream_begin(struct mpc *S);
void real_stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, uint64_t *z,
    size_t n);
void real_stream_key(const struct mpc *S, size_t peer, enum stream_purpose purpose, uint64_t index,
    uint8_t key[static 32]);
void real_stream_end(struct mpc *S);

#define stream_begin real_stream_begin
#define stream_words real_stream_words
#define stream_key real_stream_key
#define stream_end real_stream_end
#include "mpc/stream.c"
#undef stream_begin
#undef stream_words
#undef stream_key
#undef stream_end

/* What to do wrong. */
static enum {
	FAULT_NONE,
	FAULT_PAD_IS_MASK, /* dealt items are padded with what masks the opened values */
	FAULT_SAME_KEYS,   /* each operation has the keys of the first */
	FAULT_NO_MASK      /* masks of computing party 1 are zero */
} test_fault;

/* Who draws in this thread, and whether of what all computing parties have in common. */
static _Thread_local size_t test_holder;
static _Thread_local bool test_common;

/* Called, when not NULL, with all that a party draws. */
static void (*test_drawn)(const struct mpc *S, size_t peer, enum stream_purpose purpose,
    const uint64_t *z, size_t n);

void
stream_begin(struct mpc *S)
{

	real_stream_begin(S);
	if (test_fault == FAULT_SAME_KEYS)
		S->operation = 1;
}

void
stream_key(const struct mpc *S, size_t peer, enum stream_purpose purpose, uint64_t index,
    uint8_t key[static 32])
{

	real_stream_key(S, peer, purpose, index, key);
}

void
stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, uint64_t *z, size_t n)
{
	struct stream *s = &S->streams[peer][purpose];

	test_holder = S->self;
	test_common = (purpose == STREAM_COMMON);
	if (test_fault == FAULT_PAD_IS_MASK && purpose == STREAM_PAD && !s->open) {
		real_stream_key(S, peer, STREAM_MASK, S->operation, s->key);
		s->open = true;
		s->next = 0;
	}
	real_stream_words(S, peer, purpose, z, n);
	test_common = false;
	if (test_fault == FAULT_NO_MASK && purpose == STREAM_MASK && (peer == 1 || S->self == 1))
		memset(z, 0, n * sizeof(*z));
	if (test_drawn != NULL)
		test_drawn(S, peer, purpose, z, n);
}

void
stream_end(struct mpc *S)
{

	real_stream_end(S);
}

#endif /* !SMPC_TESTS_UNIT_TEST_STREAM_H */
