#include "cli/dataset.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "data/presence.h"
#include "func/divisor.h"
#include "func/moments.h"
#include "mpc/room.h"
#include "nn/model.h"
#include "nn/prepare.h"
#include "table/columns.h"

/* ---- which columns ---- */

/* Take the columns whose mark is ${mark}. */
static int
dataset_columns(struct dataset *d, const struct part *p, const uint8_t *marks, uint8_t mark)
{
	const char **names;
	size_t i, count = 0;
	int rc = 0;

	d->f = p->fraction_bits;
	d->positions = mem_array(p->cols, sizeof(*d->positions));
	names = mem_array(p->cols, sizeof(*names));
	if (d->positions == NULL || names == NULL) {
		free(names);
		return (-1);
	}
	for (i = 0; i < p->cols; i++) {
		if (marks[i] != mark)
			continue;
		if (p->columns != NULL)
			names[d->cols] = p->columns[i];
		d->positions[d->cols++] = i;
	}
	if (p->columns != NULL)
		rc = nn_model_names(&d->names, &count, names, d->cols);
	free(names);
	return (rc);
}

/* Columns of presence of features are none; labels have to be there. */
static int
mark_presence(const struct part *p, const char *where, uint8_t *marks)
{
	size_t j, at;

	for (j = 0; j < p->cols; j++) {
		if (!part_about(p, j)->missing || marks[j] > 1)
			continue;
		if (marks[j] == 1)
			return (presence_refuse(p, where, j, "a label"));
		if (presence_find(p, where, j, &at) == -1)
			return (-1);
		marks[at] = 2;
	}
	return (0);
}

/* Note which features have missing values, and the columns that tell. */
static int
dataset_presence(struct dataset *d, const struct part *p, const char *where)
{
	struct dataset *there;
	size_t j, at;

	if ((d->sparse = mem_array(d->cols, sizeof(*d->sparse))) == NULL ||
	    (there = d->presence = mem_array(1, sizeof(*there))) == NULL ||
	    (there->positions = mem_array(d->cols, sizeof(*there->positions))) == NULL)
		return (-1);
	there->f = p->fraction_bits;
	for (j = 0; j < d->cols; j++) {
		if (presence_find(p, where, d->positions[j], &at) == -1)
			return (-1);
		if (at == SIZE_MAX)
			continue;
		d->sparse[d->n_sparse++] = j;
		there->positions[there->cols++] = at;
	}
	return (0);
}

static int
dataset_choose(const struct part *p, const char *where, struct dataset *features, const char *list,
    struct dataset *labels)
{
	uint8_t *marks;
	int rc = 0;

	if ((marks = mem_array(p->cols, 1)) == NULL)
		return (-1);
	if (list != NULL)
		rc = columns_mark(list, strlen(list), (const char *const *)p->columns, p->cols,
		    where, marks);
	if (rc == 0 && (rc = mark_presence(p, where, marks)) == 0)
		rc = dataset_columns(features, p, marks, 0);
	if (rc == 0 && labels != NULL)
		rc = dataset_columns(labels, p, marks, 1);
	if (rc == 0)
		rc = dataset_presence(features, p, where);
	if (rc == 0 && features->cols == 0)
		rc = fail(ST_USAGE, "%s: all columns are labels, and none is left to learn from",
		    where);
	free(marks);
	return (rc);
}

/* ---- rows ---- */

static int
grow_parts(struct dataset *d)
{
	size_t room = 2 * d->parts_room + 1;
	struct lineage_run *parts;

	if (d->n_parts < d->parts_room)
		return (0);
	if ((parts = mem_array(room, sizeof(*parts))) == NULL)
		return (-1);
	if (d->n_parts > 0)
		memcpy(parts, d->parts, d->n_parts * sizeof(*parts));
	free(d->parts);
	d->parts = parts;
	d->parts_room = room;
	return (0);
}

/* Whether rows are of the same sharings with rows left out, or of none. */
static bool
same_sharings(const struct part *a, const struct part *b)
{

	if (!a->dropped || !b->dropped)
		return (a->dropped == b->dropped);
	return (ids_same(&a->origins, &b->origins) &&
	    (a->origins.count > 0 || memcmp(a->id, b->id, ID_BYTES) == 0));
}

/* Note what ${rows} rows come from. */
static int
note_block_part(struct dataset *d, struct part *p, uint64_t rows)
{
	struct lineage_run *last = (d->n_parts > 0) ? &d->parts[d->n_parts - 1] : NULL;
	size_t column;

	if (last == NULL || last->part->scheme != p->scheme ||
	    strcmp(last->part->op, p->op) != 0 || part_intact(last->part) != part_intact(p) ||
	    part_about_difference(last->part, p, &column) != NULL ||
	    !same_sharings(last->part, p)) {
		if (grow_parts(d) == -1)
			return (-1);
		last = &d->parts[d->n_parts++];
		*last = (struct lineage_run){ .part = part_ref(p) };
	}
	last->rows += rows;
	return (0);
}

static int
note_parts(struct dataset *d, const struct block *block)
{
	size_t i;

	for (i = 0; i < block->n_inputs; i++) {
		if (note_block_part(d, block->origins[i].part, block_origin_rows(block, i)) == -1)
			return (-1);
	}
	return (0);
}

/* Append the columns of ${d} of a block. */
static int
dataset_append(const struct mpc *S, struct dataset *d, const struct block *block, size_t width)
{
	size_t n = block->rows * d->cols, *index, i;
	struct mpc_vector to;

	if (n == 0)
		return (0);
	if (d->presence != NULL && dataset_append(S, d->presence, block, width) == -1)
		return (-1);
	if (note_parts(d, block) == -1)
		return (-1);
	if ((index = mem_array(n, sizeof(*index))) == NULL ||
	    mpc_grow(S, &d->x, &d->room, n) == -1) {
		free(index);
		return (-1);
	}
	for (i = 0; i < n; i++)
		index[i] = i / d->cols * width + d->positions[i % d->cols];
	to = mpc_part(&d->x, d->x.n, n);
	mpc_gather(&to, &block->x[0], index, n);
	d->x.n += n;
	d->rows += block->rows;
	free(index);
	return (0);
}

static int
read_rows(struct stage *stage, struct blocks *b, struct dataset *features, struct dataset *labels,
    struct stage_inputs *inputs)
{
	size_t width = blocks_part(b, 0)->cols;
	const struct blocks_layout layout = { .widest = width };
	struct block block;
	int rc;

	if (blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (stage_inputs_expose(inputs, &block) == -1 ||
		    stage_inputs_add(inputs, block.inputs, block.n_inputs) == -1 ||
		    dataset_append(stage->S, features, &block, width) == -1 ||
		    (labels != NULL && dataset_append(stage->S, labels, &block, width) == -1))
			return (-1);
	}
	features->alone = blocks_alone(b, 0);
	if (labels != NULL)
		labels->alone = features->alone;
	return (rc);
}

/* ---- a column on its own ---- */

/* The feature that a list means; one and no other. */
static int
find_feature(const struct dataset *d, const char *where, const char *column, size_t *found)
{
	const struct part *p = d->parts[0].part;
	size_t i, n = 0, marked = 0;
	uint8_t *marks;
	int rc;

	if ((marks = mem_array(p->cols, 1)) == NULL)
		return (-1);
	rc = columns_mark(column, strlen(column), (const char *const *)p->columns, p->cols, where,
	    marks);
	for (i = 0; i < p->cols; i++)
		marked += (marks[i] != 0);
	for (i = 0; i < d->cols; i++) {
		if (marks[d->positions[i]] != 0) {
			*found = i;
			n++;
		}
	}
	free(marks);
	if (rc == 0 && (n != 1 || marked != 1))
		rc = fail(ST_USAGE, "%s: '%s' is not one column, and another one than the labels",
		    where, column);
	return (rc);
}

/* Leave column ${k} out of what is said of each. */
static void
forget_column(struct dataset *d, size_t k)
{
	size_t i;

	for (i = k; i + 1 < d->cols; i++) {
		d->positions[i] = d->positions[i + 1];
		if (d->names != NULL)
			d->names[i] = d->names[i + 1];
	}
	for (i = 0; i < d->n_sparse; i++)
		d->sparse[i] -= (d->sparse[i] > k);
	d->cols--;
}

/* Of the words of ${d}, those of all columns but k. */
static int
drop_words(struct mpc *S, struct dataset *d, size_t k)
{
	struct mpc_vector rest;

	if (mpc_vector_new(S, &rest, d->rows * (d->cols - 1)) == -1)
		return (-1);
	mpc_columns_lay(&rest, d->cols - 1, 0, &d->x, d->cols, 0, k);
	mpc_columns_lay(&rest, d->cols - 1, k, &d->x, d->cols, k + 1, d->cols - 1 - k);
	mpc_vector_free(&d->x);
	d->x = rest;
	d->room = rest.n;
	return (0);
}

/* Describe the column as a dataset has it. */
static int
describe_taken(struct dataset *taken, const struct dataset *d, size_t k)
{
	const char *name = (d->names != NULL) ? d->names[k] : NULL;
	size_t count = 0, i;

	taken->f = d->f;
	taken->rows = d->rows;
	taken->cols = 1;
	taken->alone = d->alone;
	if ((taken->positions = mem_array(1, sizeof(*taken->positions))) == NULL ||
	    (taken->parts = mem_array(d->n_parts, sizeof(*taken->parts))) == NULL)
		return (-1);
	taken->positions[0] = d->positions[k];
	for (i = 0; i < d->n_parts; i++) {
		taken->parts[i] = d->parts[i];
		taken->parts[i].part = part_ref(d->parts[i].part);
	}
	taken->n_parts = taken->parts_room = d->n_parts;
	return ((name == NULL) ? 0 : nn_model_names(&taken->names, &count, &name, 1));
}

int
dataset_take(struct mpc *S, struct dataset *features, const char *where, const char *column,
    struct dataset *taken)
{
	size_t k = 0, i;

	if (find_feature(features, where, column, &k) == -1)
		return (-1);
	if (features->cols == 1)
		return (fail(ST_USAGE, "%s: all columns are taken, and none is left to learn from",
		    where));
	for (i = 0; i < features->n_sparse; i++) {
		if (features->sparse[i] == k)
			return (presence_refuse(features->parts[0].part, where,
			    features->positions[k], "an offset, or a weight,"));
	}
	if (describe_taken(taken, features, k) == -1 ||
	    mpc_vector_new(S, &taken->x, features->rows) == -1)
		return (-1);
	taken->room = taken->x.n;
	mpc_columns_get(&taken->x, &features->x, features->rows, features->cols, k);
	if (drop_words(S, features, k) == -1)
		return (-1);
	if (features->names != NULL)
		free(features->names[k]);
	forget_column(features, k);
	return (0);
}

int
dataset_check_rows(const char *a_where, const struct dataset *a, const char *b_where,
    const struct dataset *b)
{

	return (lineage_check_runs(a_where, a->parts, a->n_parts, b_where, b->parts, b->n_parts));
}

int
dataset_settle(struct mpc *S, struct dataset *d)
{
	struct nn_tensor x = { .v = d->x, .f = d->f };

	if (d->f < NN_BITS)
		mpc_scale(&d->x, &d->x, (int64_t)1 << (NN_BITS - d->f));
	d->f = NN_BITS;
	return ((d->x.n == 0) ? 0 : nn_settle(S, &x, NN_BITS));
}

/* ---- what is missing ---- */

/* there = 1 where a value is, 0 where it is missing: whole numbers, so that nothing is rounded. */
static int
whole_presence(struct mpc *S, struct mpc_vector *there, const struct mpc_vector *presence,
    unsigned bits)
{

	mpc_copy(there, presence);
	return ((bits == 0) ? 0 : mpc_truncate(S, there, there, bits));
}

/* means of those columns that have values missing */
static int
sparse_means(struct mpc *S, const struct dataset *d, const struct mpc_vector *sums,
    struct mpc_vector *means)
{
	enum { SUMS, COUNTS, MEANS, WORDS };
	struct mpc_vector there;
	struct room r;
	int rc = -1;

	memset(&there, 0, sizeof(there));
	if (room_open(&r, S, d->n_sparse, WORDS, 0) == 0 &&
	    mpc_vector_new(S, &there, d->presence->x.n) == 0 &&
	    whole_presence(S, &there, &d->presence->x, d->presence->f) == 0) {
		mpc_gather(&r.word[SUMS], sums, d->sparse, d->n_sparse);
		mpc_columns_sum(&r.word[COUNTS], &there, d->rows, d->n_sparse, 1);
		rc = mpc_mean_present(S, &r.word[MEANS], &r.word[SUMS], &r.word[COUNTS]);
		mpc_scatter(means, d->sparse, &r.word[MEANS]);
	}
	mpc_vector_free(&there);
	room_close(&r);
	return (rc);
}

static int
dataset_means(struct mpc *S, const struct dataset *d, struct mpc_vector *means)
{
	struct mpc_vector sums;
	int rc;

	if (d->n_sparse > 0 && d->rows > MPC_PRESENT_MAX_ROWS)
		return (fail(ST_RANGE, "there are more than %" PRIu64 " rows, and a mean of values "
		    "of which some are missing takes no more", MPC_PRESENT_MAX_ROWS));
	if ((rc = mpc_vector_new(S, &sums, d->cols)) == 0) {
		mpc_columns_sum(&sums, &d->x, d->rows, d->cols, 1);
		rc = mpc_divide_public(S, means, &sums, d->rows, MPC_DIVIDE_BITS);
		if (rc == 0 && d->n_sparse > 0)
			rc = sparse_means(S, d, &sums, means);
	}
	mpc_vector_free(&sums);
	return (rc);
}

/* Feature ${j}, and column ${at} of those of presence, have values missing. */
static int
sparse_median(struct mpc *S, const struct dataset *d, size_t j, size_t at,
    const struct mpc_vector *there, struct mpc_vector *medians)
{
	enum { NUMBERS, PRESENT, WORDS };
	struct mpc_vector median = mpc_part(medians, j, 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, d->rows, WORDS, 0) == 0) {
		mpc_columns_get(&r.word[NUMBERS], &d->x, d->rows, d->cols, j);
		mpc_columns_get(&r.word[PRESENT], there, d->rows, d->n_sparse, at);
		rc = nn_column_median(S, &median, &r.word[NUMBERS], &r.word[PRESENT]);
	}
	room_close(&r);
	return (rc);
}

static int
sparse_medians(struct mpc *S, const struct dataset *d, struct mpc_vector *medians)
{
	struct mpc_vector there;
	size_t i, j;
	int rc;

	if ((rc = mpc_vector_new(S, &there, d->presence->x.n)) == 0)
		rc = whole_presence(S, &there, &d->presence->x, d->presence->f);
	for (i = 0; i < d->n_sparse && rc == 0; i++) {
		j = d->sparse[i];
		if (part_about(d->parts[0].part, d->positions[j])->median)
			rc = sparse_median(S, d, j, i, &there, medians);
	}
	mpc_vector_free(&there);
	return (rc);
}

bool
dataset_takes_median(const struct part *p)
{
	size_t j;

	for (j = 0; j < p->cols && !part_about(p, j)->median; j++)
		continue;
	return (j < p->cols);
}

int
dataset_middles(struct mpc *S, const struct dataset *d, struct mpc_vector *middles)
{

	if (dataset_means(S, d, middles) == -1)
		return (-1);
	return (dataset_takes_median(d->parts[0].part) ? sparse_medians(S, d, middles) : 0);
}

/* absent = 1 - presence */
static int
whole_absence(struct mpc *S, struct mpc_vector *absent, const struct dataset_sparse *sparse)
{

	if (whole_presence(S, absent, sparse->presence, sparse->bits) == -1)
		return (-1);
	mpc_scale(absent, absent, -1);
	mpc_add_public(absent, absent, 1);
	return (0);
}

/* Where numbers of sparse columns are, of all; NULL on failure (reported). */
static size_t *
index_sparse(size_t rows, size_t cols, const struct dataset_sparse *sparse)
{
	const size_t n = rows * sparse->n;
	size_t *index = mem_array(n, sizeof(*index)), i;

	for (i = 0; i < n && index != NULL; i++)
		index[i] = i / sparse->n * cols + sparse->columns[i % sparse->n];
	return (index);
}

int
dataset_absent(struct mpc *S, struct mpc_vector *absent, size_t rows, size_t cols,
    const struct dataset_sparse *sparse)
{
	struct room r;
	size_t *index;
	int rc = -1;

	if ((index = index_sparse(rows, cols, sparse)) == NULL)
		return (-1);
	mpc_zero(absent);
	if (room_open(&r, S, rows * sparse->n, 1, 0) == 0 &&
	    (rc = whole_absence(S, &r.word[0], sparse)) == 0)
		mpc_scatter(absent, index, &r.word[0]);
	room_close(&r);
	free(index);
	return (rc);
}

int
dataset_fill(struct mpc *S, struct mpc_vector *x, size_t rows, size_t cols,
    const struct dataset_sparse *sparse, const struct mpc_vector *fill)
{
	enum { ABSENT, NUMBERS, PRODUCTS, WORDS };
	const struct bilinear times = bilinear_elements(rows * sparse->n);
	struct mpc_vector some;
	struct room r;
	size_t *index;
	int rc = -1;

	memset(&some, 0, sizeof(some));
	if ((index = index_sparse(rows, cols, sparse)) == NULL)
		return (-1);
	if (room_open(&r, S, times.n, WORDS, 0) == 0 &&
	    mpc_vector_new(S, &some, sparse->n) == 0 &&
	    whole_absence(S, &r.word[ABSENT], sparse) == 0) {
		mpc_gather(&some, fill, sparse->columns, sparse->n);
		mpc_columns_spread(&r.word[NUMBERS], &some, rows, sparse->n);
		rc = mpc_product(S, &r.word[PRODUCTS], &times, &r.word[ABSENT], &r.word[NUMBERS]);
		mpc_scatter_add(x, index, &r.word[PRODUCTS]);
	}
	mpc_vector_free(&some);
	room_close(&r);
	free(index);
	return (rc);
}

static int
read_table(struct stage *stage, struct blocks *b, const char *where, struct dataset *features,
    const char *list, struct dataset *labels, struct stage_inputs *inputs)
{
	int rc;

	if (blocks_tensor(b) != 1)
		return (-1);
	if (stage_refuse_divisor(blocks_part(b, 0), where) == -1)
		return (-1);
	if (dataset_choose(blocks_part(b, 0), where, features, list, labels) == -1 ||
	    read_rows(stage, b, features, labels, inputs) == -1)
		return (-1);
	if ((rc = blocks_tensor(b)) != 0)
		return ((rc == -1) ? -1 :
		    fail(ST_FAILED, "%s: has more than one table: tensor '%s'", where,
		    blocks_part(b, 0)->name));
	return (0);
}

int
dataset_read(struct stage *stage, size_t operand, struct dataset *features, const char *list,
    struct dataset *labels, struct stage_inputs *inputs)
{
	struct blocks *b;
	int rc;

	if ((b = stage_blocks(stage, operand, 1)) == NULL)
		return (-1);
	rc = read_table(stage, b, reader_name(stage->readers[operand]), features, list, labels,
	    inputs);
	blocks_free(b);
	return (rc);
}

void
dataset_free(struct dataset *d)
{
	size_t i;

	for (i = 0; d->names != NULL && i < d->cols; i++)
		free(d->names[i]);
	for (i = 0; i < d->n_parts; i++)
		part_free(d->parts[i].part);
	if (d->presence != NULL)
		dataset_free(d->presence);
	free(d->presence);
	free(d->sparse);
	free(d->parts);
	free(d->names);
	free(d->positions);
	mpc_vector_free(&d->x);
	memset(d, 0, sizeof(*d));
}
