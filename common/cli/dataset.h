#ifndef SMPC_CLI_DATASET_H
#define SMPC_CLI_DATASET_H

/* Whole tables of numbers as operands: features and labels (stage.h). */

#include "cli/stage.h"
#include "data/lineage.h"

struct dataset {
	size_t rows, cols;
	struct mpc_vector x;
	unsigned f;          /* fraction bits: those of the stream, or NN_BITS once it is settled */
	char **names;        /* of the columns, or NULL */
	size_t *positions;   /* of the columns in the stream */
	/* parts one behind the other of which headers say the same: the first, and rows of all */
	struct lineage_run *parts;
	size_t n_parts;
	uint64_t alone;      /* the most rows of one part of the stream */
	/*
	 * of features: which have values that are missing, and so many columns, 1 where one of
	 * them is there, as they come
	 */
	size_t *sparse, n_sparse;
	struct dataset *presence;
	/* For dataset.c. */
	size_t room, parts_room;
};

/*
 * dataset_read(stage, operand, features, list, labels, inputs):
 * Read all rows of a stream that has one tensor.  The columns that ${list} names (columns.h) go to
 * ${labels}, in the order of the table, and all others to ${features}; where ${labels} is NULL,
 * those of ${list} are left out, and where ${list} is NULL, all are features.  Both are zeroed
 * before and are freed with dataset_free in any case; the parts are appended to ${inputs}.  Return
 * 0 or -1 (reported).
 */
int dataset_read(struct stage *stage, size_t operand, struct dataset *features, const char *list,
    struct dataset *labels, struct stage_inputs *inputs);

/*
 * dataset_take(S, features, where, column, taken):
 * Move a column, which ${column} names in the table that was read, to a dataset of its own, zeroed
 * before.  Return 0 or -1 (reported: status 2 where it is no feature or several, 5 where it has
 * missing values).
 */
int dataset_take(struct mpc *S, struct dataset *features, const char *where, const char *column,
    struct dataset *taken);

/*
 * dataset_check_rows(a_where, a, b_where, b):
 * Whether rows of two streams, as many of both, belong together (lineage.h).  Return 0 or -1
 * (reported, status 4).
 */
int dataset_check_rows(const char *a_where, const struct dataset *a, const char *b_where,
    const struct dataset *b);

/*
 * dataset_middles(S, d, middles):
 * middles = the mean of each feature or, where its header says so, the median, of the values that
 * are there.  Return 0 or -1 (reported).
 *
 * dataset_takes_median(p):
 * Whether the header of a part says so of a column.
 */
int dataset_middles(struct mpc *S, const struct dataset *d, struct mpc_vector *middles);
bool dataset_takes_median(const struct part *p);

/*
 * Which columns have values that are missing; a word of ${presence} is 2^bits, or 0 where one is.
 */
struct dataset_sparse {
	const size_t *columns;
	size_t n;
	const struct mpc_vector *presence;
	unsigned bits;
};

/*
 * dataset_fill(S, x, rows, cols, sparse, fill):
 * Put numbers of ${fill}, which has one for each column, where values are missing, which are 0.
 * Return 0 or -1 (reported).
 */
int dataset_fill(struct mpc *S, struct mpc_vector *x, size_t rows, size_t cols,
    const struct dataset_sparse *sparse, const struct mpc_vector *fill);

/*
 * dataset_absent(S, absent, rows, cols, sparse):
 * absent = 1 where a value is missing, else 0, of all columns.  Return 0 or -1 (reported).
 */
int dataset_absent(struct mpc *S, struct mpc_vector *absent, size_t rows, size_t cols,
    const struct dataset_sparse *sparse);

/*
 * dataset_settle(S, d):
 * Bring the words to NN_BITS, the fraction bits of learners.  Return 0 or -1 (reported).
 */
int dataset_settle(struct mpc *S, struct dataset *d);

/*
 * dataset_free(d):
 * Wipe and free; harmless on a zeroed one.
 */
void dataset_free(struct dataset *d);

#endif /* !SMPC_CLI_DATASET_H */
