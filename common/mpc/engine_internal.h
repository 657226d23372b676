#ifndef SMPC_MPC_ENGINE_INTERNAL_H
#define SMPC_MPC_ENGINE_INTERNAL_H

/* What the files of the engine share; for mpc/ alone. */

#include "mpc/mpc.h"

#include <sodium.h>

/* Values are worked on in chunks that stay in the cache, whole words of planes each. */
#define CHUNK ((size_t)4096)
#define CHUNK_WORDS (CHUNK / 64)

/* Words that are drawn at a time, on the stack, where they are only added up. */
#define DRAWN_WORDS 512

/* Nodes of a comparison's tree that become one on the level above (compare.c). */
#define TREE_GROUP 4

/*
 * What a stream of pseudorandom words is for: each has its own key, for each operation, so that no
 * word serves twice.
 */
enum stream_purpose {
	STREAM_MASK,   /* masks of opened values, shared with the dealer */
	STREAM_PAD,    /* shares of dealt items, shared with the dealer */
	STREAM_ZERO,   /* sharings of zero, between two computing parties */
	STREAM_OUTPUT, /* keys of masks that share streams hold */
	STREAM_CHECK,  /* a key for the hash of what was opened */
	STREAM_PURPOSES
};

/* A stream of the operation that runs. */
struct stream {
	uint8_t key[32];
	uint64_t next; /* position of the word that is drawn next */
	bool open;     /* there is a key */
};

/*
 * An engine: how the operations of mpc.h are done, once mpc.c has checked them and declared their
 * cost.  All functions return 0 or -1 (reported).
 */
struct mpc_engine {
	int (*product)(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
	    const struct mpc_vector *x, const struct mpc_vector *y);
	int (*truncate)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
	    unsigned shift);
	int (*compare)(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
	    const struct mpc_comparison *c);
	int (*equal)(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits);
	int (*and)(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a,
	    size_t count);
	int (*select)(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *selection);
	int (*series)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
	    const struct mpc_series *series);
	int (*exp2)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f);
	int (*reveal)(struct mpc *S, uint64_t *clear, const struct mpc_vector *x);
	int (*check)(struct mpc *S);
	bool words; /* vectors hold words */
};

extern const struct mpc_engine engine_masked, engine_plain, engine_plan;

struct mpc {
	const struct mpc_engine *engine;
	size_t n;                           /* computing parties */
	size_t self;                        /* 0: the dealer */
	struct mpc_net net;
	uint8_t number[HASH_BYTES];         /* of the session */
	uint8_t seeds[MPC_MAX_PARTIES][32]; /* shared with each other party */
	bool faithful;
	uint64_t operation;                 /* how many have begun */
	uint64_t results;                   /* whose part keys were drawn */
	struct stream streams[MPC_MAX_PARTIES][STREAM_PURPOSES];
	/* Hashes of inputs and opened words, keyed for each other computing party. */
	crypto_onetimeauth_state opened[MPC_MAX_PARTIES];
	struct mpc_cost declared, counted;
};

/* ---- stream.c: all randomness of the engine ---- */

/*
 * stream_begin(S):
 * A new operation begins: its streams have keys of their own.
 */
void stream_begin(struct mpc *S);

/*
 * stream_words(S, peer, purpose, z, n):
 * The next ${n} words of the stream that we share with party ${peer} in this operation.
 */
void stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, uint64_t *z, size_t n);

/*
 * stream_key(S, peer, purpose, index, key):
 * Derive the key of a stream: a keyed hash of session number, purpose and ${index}.
 */
void stream_key(const struct mpc *S, size_t peer, enum stream_purpose purpose, uint64_t index,
    uint8_t key[static 32]);

/*
 * stream_end(S):
 * Wipe the keys of all streams.
 */
void stream_end(struct mpc *S);

/* ---- opening.c: everything that is opened passes here ---- */

/*
 * mask_words(S, y, first, n):
 * Draw masks for words ${first} .. ${first} + ${n} - 1 of ${y} into y->lam.
 */
void mask_words(struct mpc *S, struct mpc_vector *y, size_t first, size_t n);

/*
 * mask_bits(S, lam, words):
 * Draw masks for planes of bits.
 */
void mask_bits(struct mpc *S, uint64_t *lam, size_t words);

enum opening { OPEN_ADD, OPEN_XOR };

/*
 * open_send(S, share, words), open_receive(S, z, words, how):
 * Send our shares to the other computing parties, a chunk at a time; then add theirs to ours, which
 * are in ${z}, all at once: one round.  Nothing at the dealer.  Return 0 or -1 (reported).
 */
int open_send(struct mpc *S, const uint64_t *share, size_t words);
int open_receive(struct mpc *S, uint64_t *z, size_t words, enum opening how);

/*
 * open_take(S, z, words, how), open_round(S):
 * The same by pieces, in the order in which they were sent; and then count the round.
 */
int open_take(struct mpc *S, uint64_t *z, size_t words, enum opening how);
void open_round(struct mpc *S);

/*
 * open_begin(S):
 * Begin the hash of opened values.
 */
void open_begin(struct mpc *S);

/*
 * open_check(S), masked_reveal(S, clear, x):
 * mpc_check and mpc_reveal of the masked engine.  Return 0 or -1 (reported: status 4 where the
 * parties' hashes differ).
 */
int open_check(struct mpc *S);
int masked_reveal(struct mpc *S, uint64_t *clear, const struct mpc_vector *x);

/*
 * ---- the other operations of the masked engine, each in a file of its own; contracts as in mpc.h
 * ----
 */

/*
 * Bits of z that are compared: whether r exceeds m in bits low .. high - 1, and that xor bit high
 * of z.
 */
struct borrow {
	unsigned low, high;
	size_t count;
	const int64_t *thresholds;
	bool with_top;  /* the result is [z >= c], not the borrow */
};

/*
 * Compute such a borrow, or comparison, for each of b->count thresholds (none: 0): d[j], as
 * masked_compare does.
 */
int masked_borrow(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct borrow *b);
int masked_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits);
int masked_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct mpc_comparison *c);
int masked_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count);
int masked_select(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *selection);
int masked_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct mpc_series *series);
int masked_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f);
int masked_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y);
int masked_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    unsigned shift);

/* Parameters of mpc_exp2, fixed by its error bound: 2^t = 2^low 256^high. */
#define EXP2_FRACTION 13 /* bits of t that are looked at */
#define EXP2_LOW 16      /* bits in low, three of them before the point */
#define EXP2_DIGITS 4    /* values of high */
#define EXP2_M_BITS 11   /* fraction bits of 2^m, which is public, */
#define EXP2_R_BITS 19   /* and of 2^-r */

/* Bits that the public part of z needs before z is shifted right without a sign: z + 2^62 >= 0. */
#define OFFSET_BIT 62

/* A cost for one value, times a number of values. */
void cost_add(struct mpc_cost *total, uint64_t rounds, uint64_t dealt_bits, uint64_t opened_bits);

/* Whole planes travel: the number of bits that ${n} bits take. */
static inline uint64_t
plane_bits(size_t n)
{

	return (((uint64_t)n + 63) / 64 * 64);
}

static inline size_t
chunk_of(size_t left)
{

	return (left < CHUNK ? left : CHUNK);
}

#endif /* !SMPC_MPC_ENGINE_INTERNAL_H */
