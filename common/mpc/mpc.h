#ifndef SMPC_MPC_MPC_H
#define SMPC_MPC_MPC_H

/*
 * The engine: arithmetic on secret numbers (smpc-protocol(7)).
 *
 * Party 0 is the dealer, parties 1 .. n compute.  A secret word is x = m - lam mod 2^64: the
 * computing parties know m, party i also knows its share lam_i, and the dealer knows lam = lam_1 +
 * ... + lam_n and no m.  A secret bit is the same with XOR.  All parties call the same operations
 * in the same order with vectors of the same lengths; nothing that decides about it may depend on a
 * secret.
 *
 * The same operations run on two more engines: "plain" computes on clear words and is the reference
 * for tests and dry runs; "plan" computes nothing and adds up what each operation declares to cost.
 *
 * Operations leave their results opened under fresh masks.  A result may stand exactly where an
 * operand stood, but for products and conjunctions, and must not overlap one otherwise.  They
 * return 0, or -1 having reported (a peer is lost, memory is short, vectors do not fit together);
 * the contents of results are then undefined.
 *
 * Units: words are two's complement fixed-point numbers; their fraction bits are the caller's
 * business.  Costs are those of one link: bits dealt to the last party, bits sent by each computing
 * party to each other one.  Rounds: messages that have to be waited for, one after the other; what
 * the dealer sends is not waited for, as it runs ahead.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "crypto/prg.h"
#include "mpc/bilinear.h"
#include "ring/word.h"

#define MPC_MAX_PARTIES 64 /* with the dealer */
#define MPC_MAX_THRESHOLDS 64
#define MPC_MAX_AND 4
#define MPC_MAX_HARMONICS 64
#define MPC_MAX_SELECTED 2

/* Numbers that can be truncated are |x| < 2^62; any word, less a threshold, is below 2^63. */
#define MPC_NUMBER_RANGE 62
#define MPC_WORD_RANGE 63

struct mpc;

/*
 * What a party holds of secret words or bits: the planes that its engine knows, each one word for
 * each number, or for 64 bits.  They are closed: nothing outside mpc/ names a plane, so that an
 * engine with other planes changes nothing but mpc/ (tests/lint/planes).
 */
struct mpc_planes {
	word *m;   /* x + lam; NULL at the dealer, who never sees it */
	word *lam; /* lam_i; at the dealer lam; NULL where words are clear */
};

/* A vector of secret words. */
struct mpc_vector {
	size_t n;
	struct mpc_planes held;
	/* Where the mask of the next result put here comes from; NULL: a fresh one. */
	struct mpc_output_mask *drawn_from;
};

/* Secret bits, 64 to a word: bit i % 64 of word i / 64.  Bits beyond the last have no meaning. */
struct mpc_bits {
	size_t n;
	struct mpc_planes held;
};

/*
 * Masks that a share stream holds as keys: expanded from record keys, so that a party stores its
 * key only.  One operation draws them, once: a second one with a result that has the same masks is
 * refused.
 */
struct mpc_output_mask {
	/* of keys: one at a computing party, one for each of them at the dealer */
	size_t count;
	const uint8_t (*keys)[PRG_KEY_BYTES]; /* record keys */
	bool drawn;
};

struct mpc_cost {
	uint64_t rounds;
	uint64_t dealt_bits;
	uint64_t opened_bits;
};

/* How the engine reaches party 0 .. n.  The functions return 0 or -1 (reported). */
struct mpc_net {
	int (*send)(void *state, size_t party, const void *data, size_t bytes);
	int (*receive)(void *state, size_t party, void *data, size_t bytes); /* flushes first */
	void *state;
};

/* A party's place in a session. */
struct mpc_setting {
	size_t n;    /* computing parties, at least 2 */
	size_t self; /* 0 .. n */
	struct mpc_net net;
	uint8_t number[HASH_BYTES];                   /* of the session */
	/* PRG_KEY_BYTES bytes shared with party i; not for ourselves */
	const uint8_t *seeds[MPC_MAX_PARTIES];
	bool faithful;                                /* truncate to the exact floor */
};

/*
 * mpc_new(setting), mpc_new_plain(faithful), mpc_new_plan(n, faithful):
 * Begin; the setting is copied.  Return NULL (reported) on failure.  One session number and its
 * seeds make one context, ever: a second one would use all pads again.
 */
struct mpc *mpc_new(const struct mpc_setting *setting);
struct mpc *mpc_new_plain(bool faithful);
struct mpc *mpc_new_plan(size_t n, bool faithful);

/*
 * mpc_check(S):
 * Compare a hash of all inputs' m and of everything opened so far among the computing parties
 * (smpc-protocol(7), Consistency check).  One round.
 * Return 0 or -1 (reported: status 4 where they differ).
 */
int mpc_check(struct mpc *S);

/*
 * mpc_input(S, x):
 * Say that the m of ${x} came from outside, so that mpc_check covers it.
 */
void mpc_input(struct mpc *S, const struct mpc_vector *x);

/*
 * mpc_output_keys(S, keys):
 * Draw the part keys of one more result that a share stream will hold: the dealer's n keys in the
 * order of the computing parties, or a computing party's one.  Return how many.  No key is drawn
 * twice.
 */
size_t mpc_output_keys(struct mpc *S, uint8_t (*keys)[PRG_KEY_BYTES]);

/*
 * mpc_free(S):
 * Wipe and free; harmless on NULL.
 */
void mpc_free(struct mpc *S);

/*
 * mpc_holds_words(S), mpc_sees_revealed(S), mpc_is_faithful(S), mpc_declared(S), mpc_counted(S):
 * Whether vectors hold anything, as they do but in a plan; whether this party learns what
 * mpc_reveal reveals, which the dealer and a plan do not; whether truncations are exact; the sum of
 * what all operations declared; what really passed.
 */
bool mpc_holds_words(const struct mpc *S);
bool mpc_sees_revealed(const struct mpc *S);
bool mpc_is_faithful(const struct mpc *S);
const struct mpc_cost *mpc_declared(const struct mpc *S);
const struct mpc_cost *mpc_counted(const struct mpc *S);

/*
 * mpc_may_wrap(S, may):
 * Say whether results may wrap from here on, as nobody will look at those that do; return what was
 * said before.  The plain engine fails (status 5) where one does and may not; no other engine can
 * tell.
 */
bool mpc_may_wrap(struct mpc *S, bool may);

/*
 * mpc_is_dealer(S):
 * Whether this party is the dealer.  Nothing that all parties do together may depend on it.
 */
bool mpc_is_dealer(const struct mpc *S);

/*
 * mpc_plan_add(S, c):
 * Add to what a plan declares: the cost of work that is known to be that of other work.
 */
void mpc_plan_add(struct mpc *S, const struct mpc_cost *c);

/*
 * mpc_vector_new(S, x, n), mpc_bits_new(S, d, n):
 * Make room for what this party holds of ${n} words or bits, zeroed.  Return 0 or -1 (reported).
 */
int mpc_vector_new(const struct mpc *S, struct mpc_vector *x, size_t n);
int mpc_bits_new(const struct mpc *S, struct mpc_bits *d, size_t n);

/*
 * mpc_draw_from(x, mask), mpc_is_drawn(x):
 * Have the next result that is put into ${x} masked by the keys of ${mask}; whether what it holds
 * now is.
 */
void mpc_draw_from(struct mpc_vector *x, struct mpc_output_mask *mask);
bool mpc_is_drawn(const struct mpc_vector *x);

/*
 * mpc_vector_free(x), mpc_bits_free(d):
 * Wipe and free; harmless on zeroed ones.
 */
void mpc_vector_free(struct mpc_vector *x);
void mpc_bits_free(struct mpc_bits *d);

/* ---- interactive operations ---- */

/*
 * mpc_product(S, z, B, x, y):
 * z = B(x, y) for a bilinear map B: elementwise, matrix product, convolution.  Fraction bits add
 * up; nothing is cut off.
 *
 * Shapes   those of B (bilinear.h).
 * Cost     1 round; 64 bits dealt and 64 opened for each word of z.
 * Source   smpc-protocol(7), Products; ASTRA, section 3.2.
 */
int mpc_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y);

/*
 * mpc_truncate(S, y, z, shift):
 * y = floor(z / 2^shift) + e, where e is 1 with probability (z mod 2^shift) / 2^shift; e = 0 if the
 * engine is faithful.  ${y} may be ${z}.
 *
 * Range    -2^62 <= z < 2^62; 1 <= shift <= 62.
 * Cost     1 round; 64 + shift bits dealt and 64 opened for each word.  Faithful: and a comparison
 *          of the bits cut off.
 * Source   smpc-protocol(7), Truncation.
 */
int mpc_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned shift);

/* What to compare with, and which bits of the numbers may differ. */
struct mpc_comparison {
	/* bits below are not looked at: the comparison is that of truncated numbers */
	unsigned low;
	/* |z - c| < 2^high, if low is 0; -2^high <= z - c < 2^high - 2^low, if not */
	unsigned high;
	size_t count;              /* of thresholds */
	const int64_t *thresholds; /* c; public */
};

/*
 * mpc_compare(S, d, z, c):
 * d[j] = [z >= c_j] for all thresholds j.  With low > 0 it is [z - c_j >= -u] for the coin u of
 * mpc_truncate by ${low} bits: right unless -2^low < z - c_j < 0, where it is right with
 * probability |z - c_j| / 2^low.  A faithful engine looks at all bits.
 *
 * Range    0 <= low < high <= 63.
 * Cost     1 to 3 rounds, 2 from 5 bits on and 3 from 17; see cost.c for the bits.
 * Source   smpc-protocol(7), Comparison; Ohata and Nuida, FC 2020; ABY2.0, section 4.
 */
int mpc_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct mpc_comparison *c);

/*
 * mpc_equal(S, d, z, bits):
 * d = [z = 0 mod 2^bits].
 *
 * Range    1 <= bits <= 64.
 * Cost     as mpc_compare with one threshold, less the bits that tell greater from less.
 */
int mpc_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits);

/*
 * mpc_and(S, d, a, count):
 * d = a[0] and ... and a[count - 1], 2 <= count <= MPC_MAX_AND.
 *
 * Cost     1 round; 2^count - 1 - count bits dealt and 1 opened for each bit.
 */
int mpc_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count);

/*
 * Sums of secret bits times public weights, times truncated secret words or alone; one sum for each
 * result.
 */
struct mpc_selection {
	size_t count;                           /* of terms */
	const struct mpc_selection_term {
		const struct mpc_bits *bit;         /* NULL: 1 */
		const struct mpc_vector *word;      /* NULL: none */
		int64_t weight[MPC_MAX_SELECTED];   /* of bit times word */
		int64_t constant[MPC_MAX_SELECTED]; /* of the bit alone */
	} *terms;
	unsigned shift;                         /* of all words; 0: not truncated */
	size_t results;                         /* 1 .. MPC_MAX_SELECTED; 0 means 1 */
};

/*
 * mpc_select(S, y, selection):
 * y[j] = sum over the terms of bit * (weight_j * floor(word / 2^shift) + constant_j), each word
 * with the coin of mpc_truncate, for all results j.  ${y} may be among the words, if there is one
 * result.
 *
 * Range    that of mpc_truncate.
 * Cost     1 round; 64 bits opened for each word of each y.  Dealt for each term: 64 for the bit,
 *          and with a word 64 more, or, truncated, 128 + 2 shift more.
 * Source   smpc-protocol(7), Selection.
 */
int mpc_select(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *selection);

/*
 * constant + sum over j of sine[j] sin(h_j w x) + cosine[j] cos(h_j w x), where x = z / 2^f has the
 * period 2 pi / w; coefficients are below 2^31.
 */
struct mpc_series {
	unsigned period_bits;     /* z has the period 2^period_bits */
	size_t count;
	const unsigned *harmonic; /* h_j >= 1 */
	const int64_t *sine;      /* coefficients with ${coefficient_bits} fraction bits */
	const int64_t *cosine;    /* NULL: all are 0 */
	int64_t constant;         /* with fraction bits of the result */
	unsigned coefficient_bits; /* at most 30 */
	/* fraction bits of dealt sines; the result has both together, at most 62 */
	unsigned table_bits;
};

/*
 * mpc_series(S, y, z, series):
 * Evaluate a Fourier series at z, exactly periodic whatever z is; integers only, so that all
 * parties agree to the bit.
 *
 * Cost     1 round; 128 bits dealt for each harmonic and word, 64 opened for each word.
 * Source   smpc-protocol(7), Fourier series.
 */
int mpc_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct mpc_series *series);

/*
 * mpc_exp2(S, y, z, f):
 * y = 2^(z / 2^f) with 30 fraction bits, for 0 <= z / 2^f < 32; otherwise z / 2^f is taken mod 32.
 *
 * Range    13 <= f <= 45.  Relative error below 2^-10.5 + 2^-12.  A faithful engine has no use for
 *          it: its last bits depend on masks, as those of a series do.
 * Cost     3 rounds; see cost.c for the bits.
 * Source   smpc-protocol(7), Powers of two: the carry out of the low bits as in a comparison; both
 *          sides of 2^(m - lam) by the one who knows them.
 */
int mpc_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f);

/*
 * mpc_reveal(S, clear, x):
 * Tell all computing parties ${x}, after mpc_check, from re-masked shares.  ${clear} has x->n
 * words; the dealer learns nothing and has zeroes.
 *
 * Cost     2 rounds; 64 bits opened for each word.
 * Reveals  ${x}, to the computing parties.
 */
int mpc_reveal(struct mpc *S, word *clear, const struct mpc_vector *x);

/*
 * mpc_reveal_to_us(S, clear, x):
 * The same, to this party alone: it adds a secret of its own to its share first, so that the sum is
 * noise to all others, who call mpc_reveal.  ${x} is of no use afterwards.
 */
int mpc_reveal_to_us(struct mpc *S, word *clear, struct mpc_vector *x);

/*
 * mpc_keep(S, origin):
 * From now on mpc_reveal, mpc_reveal_to_us and mpc_reveal_bits fail (status 4), in plans, too: what
 * is computed leaves with noise alone, as the owner of ${origin}, a text that stays, wants.  What
 * is opened of rows in an order that nobody knows (mpc_reveal_chance) is noise by itself.
 */
void mpc_keep(struct mpc *S, const char *origin);

#include "mpc/aes.h"
#include "mpc/linear.h"
#include "mpc/noise.h"
#include "mpc/order.h"

#endif /* !SMPC_MPC_MPC_H */
