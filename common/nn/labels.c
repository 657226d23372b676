#include "nn/labels.h"

#include <string.h>

#include "base/diag.h"
#include "mpc/room.h"

#define BLOCK_WORDS ((size_t)1 << 16) /* of labels, worked on at a time */
#define WORD_BITS 64

/* ---- a block ---- */

/*
 * Words of which it is asked whether they are 0, all at once: those of the labels, of the sums of
 * rows less 1, and of the labels less 1.  Each part begins where bits can be taken apart.
 */
struct zeros {
	size_t words, rows; /* of labels; of sums, 0 where none are due */
	size_t sums, ones;  /* where these begin */
	struct mpc_vector x;
	struct mpc_bits zero;
};

static int
zeros_new(struct mpc *S, struct zeros *z, size_t words, size_t rows)
{

	memset(z, 0, sizeof(*z));
	z->words = words;
	z->rows = rows;
	z->sums = mpc_bits_stride(words);
	z->ones = z->sums + mpc_bits_stride(rows);
	return ((mpc_vector_new(S, &z->x, z->ones + z->sums) == -1 ||
	    mpc_bits_new(S, &z->zero, z->x.n) == -1) ? -1 : 0);
}

static void
zeros_free(struct zeros *z)
{

	mpc_vector_free(&z->x);
	mpc_bits_free(&z->zero);
}

static void
fill_zeros(struct zeros *z, const struct mpc_vector *y, unsigned bits)
{
	int64_t one = (int64_t)((uint64_t)1 << bits);
	struct mpc_vector part = mpc_part(&z->x, 0, z->words);

	mpc_copy(&part, y);
	part = mpc_part(&z->x, z->ones, z->words);
	mpc_add_public(&part, y, -one);
	if (z->rows == 0)
		return;
	part = mpc_part(&z->x, z->sums, z->rows);
	mpc_rows_sum(&part, y, z->rows, z->words / z->rows);
	mpc_add_public(&part, &part, -one);
}

/* right += how many labels are 0 or 1 and, with sums, how many rows are 1 together. */
static int
test_zeros(struct mpc *S, struct nn_labels_test *t, struct zeros *z)
{
	struct mpc_bits is = mpc_bits_part(&z->zero, 0, z->ones),
	    zero = mpc_bits_part(&z->zero, 0, z->sums),
	    one = mpc_bits_part(&z->zero, z->ones, z->sums);
	const struct mpc_selection_term term = { .bit = &is, .constant = { 1 } };
	struct mpc_vector marks = mpc_part(&z->x, 0, z->ones), part;

	if (mpc_equal(S, &z->zero, &z->x, WORD_BITS) == -1)
		return (-1);
	/* No word is both. */
	mpc_xor(&zero, &zero, &one);
	if (mpc_select(S, &marks, &(struct mpc_selection){ .count = 1, .terms = &term,
	    .results = 1 }) == -1)
		return (-1);
	part = mpc_part(&marks, 0, z->words);
	mpc_add_sum(&t->right, &part);
	part = mpc_part(&marks, z->sums, z->rows);
	mpc_add_sum(&t->right, &part);
	t->due += z->words + z->rows;
	return (0);
}

static int
test_ones(struct mpc *S, struct nn_labels_test *t, const struct mpc_vector *y, size_t rows)
{
	struct zeros z;
	int rc;

	if ((rc = zeros_new(S, &z, y->n, (t->is.form == NN_LABELS_ONE_HOT) ? rows : 0)) == 0) {
		fill_zeros(&z, y, t->is.bits);
		rc = test_zeros(S, t, &z);
	}
	zeros_free(&z);
	return (rc);
}

/*
 * right += [y >= 0] - [y >= classes] + [y is whole], which is 2 at most, for each label.  Of a word
 * far below 0 the second comparison wraps and gives 1, and the word counts even less: 1 for both
 * comparisons takes y >= 0, and then none of them wraps.
 */
static int
test_numbers(struct mpc *S, struct nn_labels_test *t, const struct mpc_vector *y)
{
	bool bounded = t->is.classes <= (uint64_t)INT64_MAX >> t->is.bits,
	    fraction = t->is.bits > 0;
	const int64_t bounds[2] = { 0,
		bounded ? (int64_t)((uint64_t)t->is.classes << t->is.bits) : 0 };
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = bounded ? 2 : 1,
		.thresholds = bounds };
	struct mpc_selection_term terms[3];
	struct room r;
	size_t n = 0;
	int rc = -1;

	if (room_open(&r, S, y->n, 1, 3) == 0 && mpc_compare(S, r.bit, y, &c) == 0 &&
	    (!fraction || mpc_equal(S, &r.bit[2], y, t->is.bits) == 0)) {
		terms[n++] = (struct mpc_selection_term){ .bit = &r.bit[0], .constant = { 1 } };
		if (bounded)
			terms[n++] = (struct mpc_selection_term){ .bit = &r.bit[1],
				.constant = { -1 } };
		if (fraction)
			terms[n++] = (struct mpc_selection_term){ .bit = &r.bit[2],
				.constant = { 1 } };
		rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = n, .terms = terms,
			.results = 1 });
		mpc_add_sum(&t->right, &r.word[0]);
		t->due += y->n * (1 + fraction);
	}
	room_close(&r);
	return (rc);
}

/* ---- all of them ---- */

int
nn_labels_begin(struct mpc *S, struct nn_labels_test *t, const struct nn_labels *is)
{

	memset(t, 0, sizeof(*t));
	t->is = *is;
	/* Else the sum of a row may be 1 because it has wrapped. */
	if (is->form == NN_LABELS_ONE_HOT && is->bits > 0 &&
	    (uint64_t)(is->columns - 1) >> (WORD_BITS - is->bits) != 0)
		return (fail(ST_RANGE, "a row of labels has no room for so many columns with %u "
		    "fraction bits: share them with fewer", is->bits));
	return (mpc_vector_new(S, &t->right, 1));
}

int
nn_labels_add(struct mpc *S, struct nn_labels_test *t, const struct mpc_vector *y, size_t rows)
{
	size_t cols = t->is.columns, step = (cols < BLOCK_WORDS) ? BLOCK_WORDS / cols : 1, i, n;
	struct mpc_vector part;

	for (i = 0; i < rows && t->is.form != NN_LABELS_ANY; i += n) {
		n = (rows - i < step) ? rows - i : step;
		part = mpc_part(y, i * cols, n * cols);
		if (((t->is.form == NN_LABELS_NUMBERS) ? test_numbers(S, t, &part) :
		    test_ones(S, t, &part, n)) == -1)
			return (-1);
	}
	return (0);
}

/* What is right stays secret; it is opened whether that is all. */
int
nn_labels_open(struct mpc *S, struct nn_labels_test *t, bool *ok)
{
	struct room r;
	word clear = 1;
	int rc = -1;

	if (room_open(&r, S, 1, 2, 1) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { 1 } };
		const struct mpc_selection s = { .count = 1, .terms = &term, .results = 1 };

		mpc_add_public(&r.word[0], &t->right, -(int64_t)t->due);
		if (mpc_equal(S, r.bit, &r.word[0], WORD_BITS) == 0 &&
		    mpc_select(S, &r.word[1], &s) == 0)
			rc = mpc_reveal(S, &clear, &r.word[1]);
	}
	room_close(&r);
	*ok = (clear != 0 || !mpc_sees_revealed(S));
	return (rc);
}

void
nn_labels_free(struct nn_labels_test *t)
{

	mpc_vector_free(&t->right);
}

int
nn_labels_are_classes(struct mpc *S, const struct nn_labels *is, const struct mpc_vector *y,
    size_t rows, bool *ok)
{
	struct nn_labels_test t;
	int rc;

	if ((rc = nn_labels_begin(S, &t, is)) == 0 && (rc = nn_labels_add(S, &t, y, rows)) == 0)
		rc = nn_labels_open(S, &t, ok);
	nn_labels_free(&t);
	return (rc);
}

/* ---- in the clear ---- */

bool
nn_label_right(const struct nn_labels *is, word label)
{
	word one = (word)1 << is->bits;

	switch (is->form) {
	case NN_LABELS_BINARY:
	case NN_LABELS_ONE_HOT:
		return (label == 0 || label == one);
	case NN_LABELS_NUMBERS:
		return (label % one == 0 && label >> is->bits < is->classes);
	default:
		return (true);
	}
}

/* All labels, and of those of which one is 1 the sum. */
static bool
right_row(const struct nn_labels *is, const word *y)
{
	size_t ones = 0, i;

	for (i = 0; i < is->columns && nn_label_right(is, y[i]); i++)
		ones += (y[i] != 0);
	return (i == is->columns && (is->form != NN_LABELS_ONE_HOT || ones == 1));
}

size_t
nn_labels_odd(const struct nn_labels *is, const struct mpc_vector *y, size_t rows)
{
	const word *words = mpc_clear_words(y);
	size_t i = 0;

	while (i < rows && right_row(is, words + i * is->columns))
		i++;
	return (i);
}
