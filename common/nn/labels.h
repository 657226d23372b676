#ifndef SMPC_NN_LABELS_H
#define SMPC_NN_LABELS_H

/*
 * Whether labels are classes, on shares: a loss or a figure of classes that is made of other
 * numbers is nonsense that looks like a figure.
 *
 * Reveals  one bit to the computing parties: whether all labels are classes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mpc/mpc.h"

enum nn_labels_form {
	NN_LABELS_ANY,     /* any numbers */
	NN_LABELS_BINARY,  /* each is 0 or 1 */
	NN_LABELS_NUMBERS, /* each is a whole number from 0 to classes - 1 */
	NN_LABELS_ONE_HOT  /* one of a row is 1, and all others are 0 */
};

/* What labels of a row have to be. */
struct nn_labels {
	enum nn_labels_form form;
	size_t columns, classes;
	unsigned bits; /* fraction bits, at most 62 */
};

struct nn_labels_test {
	struct nn_labels is;
	struct mpc_vector right; /* how many of what was tested is right */
	uint64_t due;            /* and how many there are */
};

/*
 * nn_labels_begin(S, t, is), nn_labels_add(S, t, y, rows), nn_labels_open(S, t, ok):
 * Begin; test ${rows} rows more; open one bit, *${ok}: whether all of them are what they have to
 * be.  That is true at the dealer and in a plan.  Any word is tested as it is, so that none wraps
 * into what is right.  Return 0 or -1 (reported); nn_labels_free is harmless in any case.
 *
 * Cost     for each block of rows 4 rounds, and bits as for two equalities of 64 bits and a
 *          selection for each label; in the end 6 rounds for one word.
 */
int nn_labels_begin(struct mpc *S, struct nn_labels_test *t, const struct nn_labels *is);
int nn_labels_add(struct mpc *S, struct nn_labels_test *t, const struct mpc_vector *y,
    size_t rows);
int nn_labels_open(struct mpc *S, struct nn_labels_test *t, bool *ok);
void nn_labels_free(struct nn_labels_test *t);

/*
 * nn_labels_are_classes(S, is, y, rows, ok):
 * All of that for rows that are there at once.
 */
int nn_labels_are_classes(struct mpc *S, const struct nn_labels *is, const struct mpc_vector *y,
    size_t rows, bool *ok);

/*
 * nn_label_right(is, label), nn_labels_odd(is, y, rows):
 * Whether a clear word can be a label; the first row of clear words that is not right, or ${rows}.
 */
bool nn_label_right(const struct nn_labels *is, word label);
size_t nn_labels_odd(const struct nn_labels *is, const struct mpc_vector *y, size_t rows);

#endif /* !SMPC_NN_LABELS_H */
