#ifndef SMPC_MPC_ENGINE_INTERNAL_H
#define SMPC_MPC_ENGINE_INTERNAL_H

/*
 * What the files of the engine share; for mpc/ alone.
 *
 * Data flow of an operation, as mpc.c starts it:
 *
 *	masked (a computing party)   correlated: our shares of what depends on masks -> local
 *	                             arithmetic with m -> masks: a fresh mask -> opening
 *	dealer                       masks: the sum of all parties' fresh masks -> dealing: what
 *	                             depends on masks, sent ahead
 *	plain                        loops over clear words
 *	plan                         nothing: mpc.c has added what the operation declares
 *
 * The engine decides who holds which plane; the operations of an engine know what theirs are.
 */

#include "mpc/mpc.h"

#include <sodium.h>

/* Values are worked on in chunks that stay in the cache, whole words of planes each. */
#define CHUNK ((size_t)4096)
#define CHUNK_WORDS (CHUNK / WORD_BITS)

/* Words that are drawn at a time, on the stack, where they are only added up. */
#define DRAWN_WORDS 512

#define WORD_BITS 64
#define TOP_BIT (WORD_BITS - 1)

/* What a stream of pseudorandom words is for: a key each, for each operation. */
enum stream_purpose {
	STREAM_MASK,   /* masks of opened values, shared with the dealer */
	STREAM_PAD,    /* shares of dealt items, shared with the dealer */
	STREAM_ZERO,   /* sharings of zero, between two computing parties */
	STREAM_OUTPUT, /* keys of masks that share streams hold */
	STREAM_CHECK,  /* a key for the hash of what was opened */
	STREAM_ORDER,  /* secret orders, shared with the dealer */
	STREAM_COMMON, /* what all computing parties have in common, and the dealer does not know */
	STREAM_PURPOSES
};

/* A stream of the operation that runs. */
struct stream {
	uint8_t key[PRG_KEY_BYTES];
	uint64_t next; /* position of the word that is drawn next */
	bool open;     /* there is a key */
};

/* How shares are put together. */
enum sharing { SHARES_ADD, SHARES_XOR };

/* One permutation of a secret order: row i of the result is row at[i]. */
struct pass {
	size_t party;       /* whose it is, 1 .. n */
	const uint32_t *at; /* NULL at the other computing parties */
	bool last;          /* of the passes: its result is under fresh masks of all parties */
	bool kept;          /* and the last party's alone, under masks of the others */
	size_t rows, cols;
	enum sharing how;
};

/* A choice of rows by the computing parties: index[i], or, if that is NULL, row i itself. */
struct row_choice {
	const size_t *index;
	size_t cols;
	enum sharing how;
};

/* Which planes the vectors of an engine have. */
struct mpc_knows {
	bool m, lam;
};

/*
 * An engine: how the operations of mpc.h are done, once mpc.c has checked them and declared their
 * cost.  All functions but input return 0 or -1 (reported).
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
	int (*add_noise)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
	    const word *own);
	int (*pass)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
	    const struct pass *p);
	int (*choose)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
	    const struct row_choice *c);
	int (*tell)(struct mpc *S, size_t *count, size_t most);
	int (*aes128)(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x,
	    const struct mpc_bits *key);
	int (*reveal)(struct mpc *S, word *clear, const struct mpc_vector *x);
	int (*reveal_bits)(struct mpc *S, word *clear, const struct mpc_bits *d);
	int (*reveal_to_us)(struct mpc *S, word *clear, struct mpc_vector *x);
	int (*check)(struct mpc *S);
	void (*input)(struct mpc *S, const struct mpc_vector *x);
	struct mpc_knows knows;
};

extern const struct mpc_engine engine_masked, engine_dealer, engine_plain, engine_plan;

/* Whose room for a chunk's words it is; one of them may be at work inside another. */
enum work {
	WORK_TRUNCATE,
	WORK_SELECT,
	WORK_COMPARE,
	WORK_SERIES,
	WORK_NOISE,
	WORKS
};

struct mpc {
	const struct mpc_engine *engine;
	size_t n;                           /* computing parties */
	size_t self;                        /* 0: the dealer */
	/* Who has masks in common with us: the dealer, or, if we are it, all computing parties. */
	size_t first_holder, holders;
	struct mpc_net net;
	uint8_t number[HASH_BYTES];         /* of the session */
	/* shared with each other party; in our own place, what mpc_common_order draws from */
	uint8_t seeds[MPC_MAX_PARTIES][PRG_KEY_BYTES];
	bool has_common;                    /* there is one */
	bool faithful;
	bool may_wrap;                      /* mpc_may_wrap; the plain engine's alone */
	const char *kept;                   /* mpc_keep; NULL: what is revealed is */
	uint64_t operation;                 /* how many have begun */
	uint64_t results;                   /* whose part keys were drawn */
	struct stream streams[MPC_MAX_PARTIES][STREAM_PURPOSES];
	/* Hashes of inputs and opened words, keyed for each other computing party. */
	crypto_onetimeauth_state opened[MPC_MAX_PARTIES];
	struct mpc_cost declared, counted;
	struct {
		void *room;
		size_t bytes;
	} work[WORKS];
};

/*
 * is_first(S), first_alone(S, c):
 * Whether we are the first computing party; what a public number is among additive or XOR shares:
 * the first computing party's, and 0 elsewhere.
 */
static inline bool
is_first(const struct mpc *S)
{

	return (S->self == 1);
}

static inline word
first_alone(const struct mpc *S, word c)
{

	return (is_first(S) ? c : 0);
}

/* Whole planes travel: the number of bits that ${n} bits take. */
static inline uint64_t
plane_bits(size_t n)
{

	return (mpc_bits_stride(n));
}

/* Rows of ${cols} words that are worked on at a time: at least one. */
static inline size_t
chunk_rows(size_t cols)
{

	return ((cols < CHUNK) ? CHUNK / cols : 1);
}

static inline size_t
chunk_of(size_t left)
{

	return (left < CHUNK ? left : CHUNK);
}

/* ---- vector.c ---- */

/*
 * planes_new(S, held, words), planes_free(held, words):
 * Make room, zeroed, for the planes that this party's engine knows; wipe and free, harmless on
 * zeroed ones.  Return 0 or -1 (reported).
 */
int planes_new(const struct mpc *S, struct mpc_planes *held, size_t words);
void planes_free(struct mpc_planes *held, size_t words);

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
void stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, word *z, size_t n);

/*
 * stream_key(S, peer, purpose, index, key):
 * Derive the key of a stream: a keyed hash of session number, purpose and ${index}.
 */
void stream_key(const struct mpc *S, size_t peer, enum stream_purpose purpose, uint64_t index,
    uint8_t key[static PRG_KEY_BYTES]);

/*
 * stream_end(S):
 * Wipe the keys of all streams.
 */
void stream_end(struct mpc *S);

/* ---- masks.c ---- */

/*
 * mask_words(S, y, first, n):
 * Draw masks for words ${first} .. ${first} + ${n} - 1 of ${y}: our share, or, at the dealer, the
 * sum of all.
 */
void mask_words(struct mpc *S, struct mpc_vector *y, size_t first, size_t n);

/*
 * mask_bits(S, lam, words):
 * Draw masks for planes of bits.
 */
void mask_bits(struct mpc *S, word *lam, size_t words);

/*
 * mask_rows(S, y, first, n, how):
 * mask_words, or mask_bits, for words of rows that are shared by ${how}.
 */
void mask_rows(struct mpc *S, struct mpc_vector *y, size_t first, size_t n, enum sharing how);

/*
 * mask_moved_rows(S, y, p, first, n):
 * mask_rows, for those of the last pass; where they are kept, the last party has no share of the
 * masks: its words are 0.
 */
void mask_moved_rows(struct mpc *S, struct mpc_vector *y, const struct pass *p, size_t first,
    size_t n);

/*
 * put_on(z, x, n, how), take_off(z, x, n, how):
 * z = z + x, and z = z - x, for the sum by which ${how} shares.
 */
void put_on(word *z, const word *x, size_t n, enum sharing how);
void take_off(word *z, const word *x, size_t n, enum sharing how);

/* ---- moving.c ---- */

/* Ways to go: mpc_permute without and with ${back}, and mpc_permute_to_choose. */
enum direction {
	FORTH,
	BACK,
	FORTH_TO_CHOOSE
};

/*
 * order_run(S, y, x, order, direction, how):
 * mpc_permute, pass after pass.  Return 0 or -1 (reported).
 */
int order_run(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_order *order, enum direction direction, enum sharing how);

/*
 * order_gather(z, x, at, rows, cols), choose_rows(z, x, c, row, rows):
 * Copy rows of one plane: row i of ${z} is row at[i] of ${x}; or row ${row} + i of a choice.
 */
void order_gather(word *z, const word *x, const uint32_t *at, size_t rows, size_t cols);
void choose_rows(word *z, const word *x, const struct row_choice *c, size_t row, size_t rows);

/* ---- work.c ---- */

/*
 * work_room(S, work, bytes):
 * Room for what an operation computes of a chunk, always the same for the same ${work} and with
 * what the last one has left there; wiped with the context.  To make it and to wipe it for each
 * operation would take longer than most of them.  Return NULL, having reported, where there is no
 * memory.
 */
void *work_room(struct mpc *S, enum work work, size_t bytes);

/* ---- mpc.c ---- */

/*
 * misfit(operation):
 * Report that a caller's vectors do not fit together.  Return -1.
 */
int misfit(const char *operation);

/* ---- opening.c: everything that is opened passes here, at a computing party ---- */

/*
 * open_send(S, share, words), open_receive(S, z, words, how):
 * Send our shares to the other computing parties, a chunk at a time; then add theirs to ours, which
 * are in ${z}, all at once: one round.  Return 0 or -1 (reported).
 */
int open_send(struct mpc *S, const word *share, size_t words);
int open_receive(struct mpc *S, word *z, size_t words, enum sharing how);

/*
 * open_pieces(S, z, words, how), open_round(S):
 * The same by pieces, in the order in which they were sent; and then count the round.
 */
int open_pieces(struct mpc *S, word *z, size_t words, enum sharing how);
void open_round(struct mpc *S);

/*
 * open_behind(S, z, sent, taken, how):
 * Of the ${sent} words from ${z} on whose shares were sent, have taken those that are far behind,
 * for openings of whole tables: open_pieces of some, which *${taken} then counts; or of none.
 */
int open_behind(struct mpc *S, word *z, size_t sent, size_t *taken, enum sharing how);

/*
 * open_words(S, y):
 * open_receive for all words of ${y}, whose shares were sent.
 */
int open_words(struct mpc *S, struct mpc_vector *y);

/*
 * opened_begin(S), opened_add(S, z, words), opened_hash(S, p, out):
 * Begin the hash of opened values and inputs; add to it; what it is so far, as we compare it with
 * party ${p}.
 */
void opened_begin(struct mpc *S);
void opened_add(struct mpc *S, const word *z, size_t words);
void opened_hash(const struct mpc *S, size_t p, uint8_t out[static crypto_onetimeauth_BYTES]);

/* ---- what other operations use of the masked engine's and the dealer's ---- */

/*
 * What is compared of z = m - r: whether r exceeds m in the bits low .. high - 1, and that xor bit
 * high of both.
 */
struct borrow {
	unsigned low, high;
	size_t count;
	const int64_t *thresholds; /* NULL: 0 */
	bool with_top;             /* the result is [z >= c], not the borrow */
};

/*
 * masked_borrow(S, d, z, b), dealer_borrow(S, d, z, b):
 * Compute such a borrow, or comparison, for each of b->count thresholds: d[j].  Return 0 or -1
 * (reported).
 */
int masked_borrow(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct borrow *b);
int dealer_borrow(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct borrow *b);

/*
 * truncate_faithfully(S, y, z, shift, borrow, truncate):
 * y = floor(z / 2^shift) exactly: an engine's truncation, less the coin, which is the borrow out of
 * the bits cut off.
 */
int truncate_faithfully(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    unsigned shift, int (*borrow)(struct mpc *, struct mpc_bits *, const struct mpc_vector *,
    const struct borrow *), int (*truncate)(struct mpc *, struct mpc_vector *,
    const struct mpc_vector *, unsigned));

/* The operations of the masked engine, each in a file of its own; contracts as in mpc.h. */
int masked_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct mpc_comparison *c);
int masked_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits);
int masked_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count);
int masked_select(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *selection);
int masked_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct mpc_series *series);
int masked_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f);
int masked_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y);
int masked_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    unsigned shift);
int masked_add_noise(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const word *own);
int masked_reveal(struct mpc *S, word *clear, const struct mpc_vector *x);
int masked_reveal_to_us(struct mpc *S, word *clear, struct mpc_vector *x);
int masked_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d);
int masked_pass(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct pass *p);
int masked_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct row_choice *c);
int masked_tell(struct mpc *S, size_t *count, size_t most);
int masked_aes128(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x,
    const struct mpc_bits *key);
int masked_check(struct mpc *S);
void masked_input(struct mpc *S, const struct mpc_vector *x);

/* Of the dealer's engine, those that are not in dealer.c: in dealer_*.c. */
int dealer_pass(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct pass *p);
int dealer_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct row_choice *c);
int dealer_tell(struct mpc *S, size_t *count, size_t most);
int dealer_aes128(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x,
    const struct mpc_bits *key);
int dealer_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct mpc_comparison *c);
int dealer_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits);
int dealer_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count);

/* ---- parameters that both sides of a protocol share ---- */

/*
 * Parameters of mpc_exp2, fixed by its error bound: 2^t = 2^low 256^high.  Relative errors: t
 * cut to 13 bits behind the point, ln 2 2^-13 = 2^-13.5 at most; 2^m >= 1 rounded to 11 fraction
 * bits, 2^-12; 2^-r > 2^-8 rounded to 19, 2^-12; both powers themselves, 2^-18 each (ring/exp2.h).
 */
#define EXP2_FRACTION 13 /* bits of t that are looked at */
#define EXP2_LOW 16      /* bits in low, three of them before the point */
#define EXP2_OCTAVES (1U << (EXP2_LOW - EXP2_FRACTION)) /* that low spans: 8 */
#define EXP2_DIGITS 4    /* values of high */
#define EXP2_M_BITS 11   /* fraction bits of 2^m, which is public, */
#define EXP2_R_BITS 19   /* and of 2^-r */

/*
 * The public part of z is shifted right without a sign, so z + 2^62 >= 0 is: numbers to be
 * truncated are from -2^62 to 2^62.
 */
#define OFFSET_BIT MPC_NUMBER_RANGE
#define OFFSET ((word)1 << OFFSET_BIT)

#endif /* !SMPC_MPC_ENGINE_INTERNAL_H */
