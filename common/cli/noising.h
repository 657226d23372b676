#ifndef SMPC_CLI_NOISING_H
#define SMPC_CLI_NOISING_H

/*
 * Noise on a result before it leaves, for tools with --epsilon and --delta (smpc-noise(1)).
 *
 * What a run spends, epsilon at delta, is for all its results together: it is rho of zCDP
 * (base/privacy.h), shared evenly among all columns that get noise.  Each party draws its own part
 * of the noise, and none knows the sum.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/stage.h"
#include "data/budget.h"

struct noise_options {
	const char *epsilon, *delta; /* NULL: not given */
};

extern struct noise_options noise_options;

#define NOISE_OPTIONS \
	{ 0, "epsilon", "EPSILON", OPT_STRING, &noise_options.epsilon, 0, 0, \
	    "add noise, so that all results together tell no more about a person than this" }, \
	{ 0, "delta", "DELTA", OPT_STRING, &noise_options.delta, 0, 0, \
	    "except with this probability; required with --epsilon" }

struct noise {
	struct budget spent;     /* epsilon and delta */
	uint64_t units;          /* the same as rho, net/spend.h */
	struct budgets origins;  /* whose budgets it is spent of */
	struct budgets shares;   /* what is spent of them, for the header of the result */
	uint64_t rows;           /* of one person's, at most, in any of their tables */
};

/*
 * noise_wanted():
 * Whether the command line asks for noise.
 */
bool noise_wanted(void);

/*
 * noise_params(b):
 * Append what is spent, as parameters of the step: "epsilon=...\ndelta=...".  Return 0 or -1
 * (reported).
 */
int noise_params(struct buf *b);

/*
 * noise_begin(n, stage):
 * Settle what is spent, when the operands' first parts have been read.  Of operands that are files
 * all parts are read for that, as later ones may be of other origins.  Return 0 or -1 (reported:
 * status 2 for options that are missing or make no sense; 4 where more than all of a budget would
 * be spent).
 */
int noise_begin(struct noise *n, const struct stage *stage);
void noise_free(struct noise *n);

/*
 * noise_describe(n, d):
 * Say in the descriptor what is spent.
 */
void noise_describe(const struct noise *n, struct descriptor *d);

/* A tensor that gets noise. */
struct noise_tensor {
	const struct part *part; /* which has its columns, scale and units; stays the caller's */
	const char *name;
	size_t rows;
	/* in words, of one row of an owner's table, by columns; 0 for those that get no noise */
	const double *change;
	size_t columns;          /* of all tensors that get some: they share what is spent */
	/* What noise_settle finds, by columns: deviations, in words. */
	uint64_t *noise;         /* of all of it */
	uint64_t *each, *dealer; /* of a computing party's part, and of the dealer's */
};

/*
 * noise_settle(n, stage, t):
 * Find how much noise is added, and tell the user.  What has been read by now has no other origins
 * than at noise_begin.  Return 0 or -1 (reported: 4 where it has, 5 where the noise would have no
 * room); noise_tensor_free is due in any case.
 */
int noise_settle(const struct noise *n, const struct stage *stage, struct noise_tensor *t);
void noise_tensor_free(struct noise_tensor *t);

/*
 * noise_columns(change, cols):
 * How many columns get noise.
 */
size_t noise_columns(const double *change, size_t cols);

/*
 * noise_part(cols, names, about, scale):
 * A part for noise_tensor, with these columns, of which ${about} is known; ${names} may be NULL.
 * NULL (reported) on failure.
 */
struct part *noise_part(size_t cols, const char *const *names, const struct column *about,
    struct scale scale);

/*
 * noise_about(t, about):
 * What is known of the columns with noise, behind noise_settle: they are in the same units, and may
 * be any.  ${about} has a zeroed element for each column; columns_free is due in any case.  Return
 * 0 or -1 (reported: status 5 where they would have no room).
 */
int noise_about(const struct noise_tensor *t, struct column *about);

/*
 * noise_draw(stage, t, own):
 * Set *${own} to this party's part of the noise, to be added by mpc_add_noise and wiped by the
 * caller: a word for each of t->rows rows and the columns; NULL in a plan.  Return 0 or -1
 * (reported).
 *
 * noise_add(stage, t, y, x):
 * y = x with noise; ${y} may be ${x}.  Return 0 or -1 (reported).
 */
int noise_draw(struct stage *stage, const struct noise_tensor *t, word **own);
int noise_add(struct stage *stage, const struct noise_tensor *t, struct mpc_vector *y,
    const struct mpc_vector *x);

#endif /* !SMPC_CLI_NOISING_H */
