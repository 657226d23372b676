#ifndef SMPC_CLI_CLASSES_H
#define SMPC_CLI_CLASSES_H

/*
 * Labels that have to be classes: what headers say of them, and, where that is not enough, whether
 * one bit may be opened about them (nn/labels.h), which is refused unless nobody has changed the
 * words since an owner shared them, and they are all that an owner shared, or enough rows: of
 * fewer, or of others that somebody has computed, bits would tell numbers.
 */

#include "cli/stage.h"
#include "nn/labels.h"

struct classes {
	struct nn_labels is;
	const char *where;       /* the stream */
	const size_t *positions; /* of the labels in a row of it; is.columns */
	bool each_hint;          /* several labels may be meant, which --each scores one by one */
	bool predictions;        /* these are predictions that are classes, and may be computed */
	/* For classes.c. */
	char text[200];          /* what messages call the columns */
	char column[80];         /* and the first of them */
	bool chosen;             /* some of them are not all that an owner shared */
	bool computed, looked;   /* of predictions: some were computed, some are to be tested */
	bool test;               /* or of public streams: they have to be tested */
};

/*
 * classes_bits(p, positions, n):
 * The fraction bits that words of these labels have in the owner's units, for c->is.bits: those of
 * the stream, and with an exponent that all of them have, others.  Columns that have others than
 * these are no labels here.
 */
unsigned classes_bits(const struct part *p, const size_t *positions, size_t n);

/*
 * classes_part(c, p, rows):
 * Take note of ${rows} rows of ${p}.  Return 0, or -1 (reported: status 5 where its header says
 * that they are other numbers, or where it does not tell, and no bit may be opened).
 */
int classes_part(struct classes *c, const struct part *p, uint64_t rows);

/*
 * classes_block(c, block, stream):
 * The same for the parts of a block; set c->test where one of them does not tell.  Predictions of
 * which some were computed, so that nobody looks at them, and some were not, are refused.
 */
int classes_block(struct classes *c, const struct block *block, size_t stream);

/*
 * classes_enough(c, alone):
 * Whether there were rows enough, where the most of one part are ${alone}.  Return 0 or -1
 * (reported, status 5).
 */
int classes_enough(const struct classes *c, uint64_t alone);

/*
 * classes_look(c, y, rows, first):
 * Look at labels in the clear, of which the first one is in row ${first}.  Return 0 or -1
 * (reported, status 5).
 */
int classes_look(const struct classes *c, const struct mpc_vector *y, size_t rows, uint64_t first);

/*
 * classes_refuse(c):
 * Report that the bit says no (status 5); return -1.
 */
int classes_refuse(const struct classes *c);

#endif /* !SMPC_CLI_CLASSES_H */
