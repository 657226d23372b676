#ifndef SMPC_CLI_MODEL_COLUMNS_H
#define SMPC_CLI_MODEL_COLUMNS_H

/*
 * What was known of the columns that a model was trained on, and whether other data say the same:
 * a category with other codes, or a number in another unit, makes predictions that look like some.
 */

#include "cli/dataset.h"
#include "cli/models.h"

/*
 * model_columns_read(m, where):
 * Take from m->about what it says of columns.  Return 0 or -1 (reported, status 1).
 */
int model_columns_read(struct model *m, const char *where);

/* Columns of a stream that are features, or labels, of a model. */
struct model_columns_of {
	const struct part *part;
	const char *where;
	const size_t *positions; /* NULL: all, in order */
	size_t cols;
};

/*
 * model_columns_note(m, features, labels):
 * The model is trained on these: it says what is known of them, and, where that is nothing, what it
 * said before.  Return 0 or -1 (reported).
 */
int model_columns_note(struct model *m, const struct model_columns_of *features,
    const struct model_columns_of *labels);

/*
 * model_columns_check(m, features), model_columns_check_labels(m, labels):
 * Check that columns have the kind, the values and the unit of those that the model was trained on.
 * Where nothing is known of a column on one side, it must have neither a unit nor codes on the
 * other (smpc-cat does the same).  Return 0 or -1 (reported, status 4).
 */
int model_columns_check(const struct model *m, const struct model_columns_of *features);
int model_columns_check_labels(const struct model *m, const struct model_columns_of *labels);

/*
 * model_columns_check_schema(m, p, where):
 * Check that data, which have all columns that the model was trained on, were not shared by another
 * schema.  Return 0 or -1 (reported, status 4).
 */
int model_columns_check_schema(const struct model *m, const struct part *p, const char *where);

/*
 * model_columns_predicted(m, answer, about, cols):
 * Say of ${cols} columns of predictions, undeclared so far, what they predict, as far as the model
 * says it: which column, which of its values, in which unit.  Return 0 or -1 (reported).
 */
int model_columns_predicted(const struct model *m, enum learner_answer answer,
    struct column *about, size_t cols);

/*
 * model_columns_score(predictions, labels):
 * Check that labels have the values and the unit of those that were predicted, as far as headers
 * say it.  Columns that no model has predicted go with all labels.  Return 0 or -1 (reported,
 * status 4).
 */
int model_columns_score(const struct model_columns_of *predictions,
    const struct model_columns_of *labels);

#endif /* !SMPC_CLI_MODEL_COLUMNS_H */
