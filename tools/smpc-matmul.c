/* Multiply matrices: a share by a public one, or, in a session of all parties, two shares. */

#include <string.h>

#include "base/diag.h"
#include "cli/matrix_plan.h"
#include "cli/operands.h"
#include "cli/ranges.h"
#include "cli/stage.h"
#include "cli/stage_product.h"
#include "cli/streams.h"
#include "data/lineage.h"
#include "local/local.h"
#include "nn/prepare.h"

static const char *matrix;
static bool left, transpose, no_truncate;
static uint64_t fraction_bits = LOCAL_BITS_DUE, threads;

static const struct opt options[] = {
	{ 'c', "constant", "MATRIX", OPT_STRING, &matrix, 0, 0,
	    "multiply one share by a public matrix: the name of a CSV, .npy or public stream" },
	{ 'l', "left", NULL, OPT_FLAG, &left, 0, 0, "the public matrix is the left factor" },
	{ 0, "fraction-bits", "BITS", OPT_NUMBER, &fraction_bits, 0, PART_MAX_FRACTION_BITS,
	    "round public numbers to so many fraction bits (default 16; fewer for large ones; if "
	    "all are below 1, as many as leave the largest 16 bits); the result has those that "
	    "they need, too" },
	{ 't', "transpose", NULL, OPT_FLAG, &transpose, 0, 0,
	    "of two shares: the transpose of the first times the second, both read by rows" },
	{ 0, "no-truncate", NULL, OPT_FLAG, &no_truncate, 0, 0,
	    "of two shares: keep the fraction bits of both" },
	{ 'j', "threads", "NUMBER", OPT_NUMBER, &threads, 1, 256,
	    "of two shares; default: the processors here, shared by the parties here" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

static int
multiply_by_public(struct reader *const *readers, size_t count, struct writer *w)
{

	(void)count;
	return (local_matmul(readers[0], matrix, (unsigned)fraction_bits, left, w));
}

/* ---- two shares ---- */

/* One tensor of each operand. */
struct pair {
	struct blocks *a, *b;
	size_t m, k, n; /* a: m x k, b: k x n; transposed, a: k x m */
	struct result_shape shape;
	unsigned shift;
	struct stage_inputs inputs; /* of b, or of both */
	struct mpc_vector held;      /* b, or the sum of the products so far */
	struct mpc_vector cut;       /* sums of products before that, cut off */
	struct ranges a_ranges, b_ranges; /* what is tested */
	struct matrix_plan plan;
};

static const struct part *
second_part(const struct pair *p)
{

	return (transpose ? blocks_part(p->a, 1) : blocks_part(p->b, 0));
}

/* Say which columns are tested that nothing is known of. */
static int
look_at_pair(struct stage *stage, struct pair *p)
{
	const struct part *b = second_part(p);
	struct ranges_of of = { .part = blocks_part(p->a, 0), .cols = blocks_part(p->a, 0)->cols,
		.where = reader_name(stage->readers[0]), .takes_any = true };

	if (ranges_begin(stage, &p->a_ranges, &of) == -1)
		return (-1);
	of.part = b;
	of.cols = b->cols;
	of.where = reader_name(stage->readers[1]);
	if (ranges_begin(stage, &p->b_ranges, &of) == -1 || ranges_measure(stage, &p->b_ranges,
	    transpose ? RANGES_SQUARES : RANGES_SUMS) == -1)
		return (-1);
	return (transpose ? ranges_measure(stage, &p->a_ranges, RANGES_SQUARES) : 0);
}

/* Open whether all that is tested is in range. */
static int
end_ranges(struct stage *stage, struct pair *p)
{
	struct ranges *const all[] = { &p->a_ranges, &p->b_ranges };
	const struct ranges_rows_of of[] = { ranges_rows_of(p->a, 0), transpose ?
		ranges_rows_of(p->a, 1) : ranges_rows_of(p->b, 0) };

	return (ranges_end_all(stage, all, of, 2));
}

/* Bring the columns of rows of a matrix to the plan: ${y} becomes ${x}, or what ${room} is for. */
static int
shift_rows(struct stage *stage, struct mpc_vector *room, const struct mpc_vector **y,
    const struct mpc_vector *x, size_t rows, const int *shift)
{
	size_t cols = x->n / rows, j;

	*y = x;
	for (j = 0; j < cols && shift[j] == 0; j++)
		continue;
	if (j == cols)
		return (0);
	*y = room;
	if (mpc_vector_new(stage->S, room, x->n) == -1)
		return (-1);
	mpc_copy(room, x);
	return (nn_shift_columns(stage->S, room, rows, cols, shift));
}

/* What the result looks like, and how many fraction bits are cut off. */
static int
find_shape(struct pair *p)
{
	const struct part *a = blocks_part(p->a, 0), *b = second_part(p);
	struct scale s = scale_of(a);

	if (product_scale(&s, scale_of(b), no_truncate, &p->shift) == -1)
		return (-1);
	p->n = b->cols;
	p->shape = (struct result_shape){
		.name = a->name,
		.cols = p->n,
		.columns = (const char *const *)b->columns,
		.scale = s,
	};
	return (0);
}

/* ---- a b: a by blocks of rows, b held ---- */

/* Test b, and bring it to the plan. */
static int
settle_held(struct stage *stage, struct pair *p)
{
	size_t at_once = blocks_rows(p->n), first, n;
	struct mpc_vector part;

	for (first = 0; first < p->k; first += n) {
		n = (p->k - first < at_once) ? p->k - first : at_once;
		part = mpc_part(&p->held, first * p->n, n * p->n);
		if (ranges_rows(stage, &p->b_ranges, &part, n) == -1 ||
		    nn_shift_columns(stage->S, &part, n, p->n, p->plan.b_shift) == -1)
			return (-1);
	}
	return (0);
}

/* Rows of a times b. */
static int
multiply_rows(struct stage *stage, struct pair *p, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	struct bilinear B = bilinear_matrices(rows, p->k, p->n);
	struct mpc_vector room = { .n = 0 };
	const struct mpc_vector *a;
	int rc = -1;

	B.threads = stage_threads(threads);
	if (ranges_rows(stage, &p->a_ranges, x, rows) == 0 &&
	    shift_rows(stage, &room, &a, x, rows, p->plan.a_shift) == 0)
		rc = product_cut(stage->S, y, &B, a, &p->held, p->shift);
	mpc_vector_free(&room);
	return (rc);
}

/* A block of the result: of rows of a, and of all of b. */
static int
write_product(struct stage *stage, struct pair *p, const struct block *block)
{
	struct stage_inputs inputs = { .items = NULL };
	struct mpc_vector *y;
	int rc = -1;

	if (stage_inputs_add_rows(&inputs, block->inputs, block->n_inputs) == 0 &&
	    stage_inputs_add(&inputs, p->inputs.items, p->inputs.count) == 0 &&
	    stage_result(stage, &p->shape, inputs.items, inputs.count, block->rows, &y) == 0 &&
	    (block->rows == 0 || multiply_rows(stage, p, y, &block->x[0], block->rows) == 0))
		rc = stage_write(stage);
	stage_inputs_free(&inputs);
	return (rc);
}

static int
multiply_held(struct stage *stage, struct pair *p)
{
	struct blocks_layout layout = { .widest = (p->k > p->n) ? p->k : p->n };
	struct block block;
	int rc;

	if (settle_held(stage, p) == -1 || blocks_begin(p->a, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, p->a, &block)) == 1) {
		if (write_product(stage, p, &block) == -1)
			return (-1);
	}
	return (rc);
}

/* What becomes of numbers that turn out not to be in range does not matter. */
static int
multiply_tensor(struct stage *stage, struct pair *p)
{
	bool before;
	int rc;

	if (stage_hold(stage, p->b, &p->held, &p->k, &p->inputs) == -1)
		return (-1);
	if (blocks_part(p->a, 0)->cols != p->k)
		return (fail(ST_FAILED, "shapes disagree: tensor '%s' of the first operand has %zu "
		    "columns, the second operand %zu rows", blocks_part(p->a, 0)->name,
		    blocks_part(p->a, 0)->cols, p->k));
	if (look_at_pair(stage, p) == -1 ||
	    matrix_plan_rows(&p->plan, &p->a_ranges, &p->b_ranges, !no_truncate,
	    p->shift) == -1)
		return (-1);
	p->shape.about = p->plan.about;
	before = mpc_may_wrap(stage->S, p->a_ranges.n + p->b_ranges.n > 0);
	rc = multiply_held(stage, p);
	(void)mpc_may_wrap(stage->S, before);
	return ((rc == 0) ? end_ranges(stage, p) : rc);
}

/* Go to the next tensor of both operands. */
static int
next_tensors(struct pair *p)
{
	int a = blocks_tensor(p->a), b;

	if (a == -1 || (b = blocks_tensor(p->b)) == -1)
		return (-1);
	if (a != b)
		return (fail(ST_FAILED, "the operands have different numbers of tensors"));
	return (a);
}

/* ---- a' b: both by blocks of rows, products added up ---- */

/* Rows of a and b, tested and brought to the plan. */
static int
take_sparse_rows(struct stage *stage, struct pair *p, struct mpc_vector room[static 2],
    const struct mpc_vector *shifted[static 2], const struct block *block)
{

	if (ranges_rows(stage, &p->a_ranges, &block->x[0], block->rows) == -1 ||
	    ranges_rows(stage, &p->b_ranges, &block->x[1], block->rows) == -1 ||
	    shift_rows(stage, &room[0], &shifted[0], &block->x[0], block->rows,
	    p->plan.a_shift) == -1)
		return (-1);
	return (shift_rows(stage, &room[1], &shifted[1], &block->x[1], block->rows,
	    p->plan.b_shift));
}

/* Add ${rows} rows to the sum at hand. */
static int
add_pair(struct stage *stage, struct pair *p, const struct mpc_vector *a,
    const struct mpc_vector *b, size_t rows)
{
	struct bilinear B = bilinear_matrices(p->m, rows, p->n);
	struct mpc_vector z;
	int rc;

	B.x_transposed = true;
	B.threads = stage_threads(threads);
	if ((rc = mpc_vector_new(stage->S, &z, p->held.n)) == 0 &&
	    (rc = mpc_product(stage->S, &z, &B, a, b)) == 0)
		mpc_add(&p->held, &p->held, &z);
	mpc_vector_free(&z);
	p->k += rows;
	return (rc);
}

/* Cut off the sum at hand, which has no room for more rows, and add it to those before it. */
static int
cut_sum(struct stage *stage, struct pair *p)
{

	if (mpc_truncate(stage->S, &p->held, &p->held, p->shift) == -1)
		return (-1);
	mpc_add(&p->cut, &p->cut, &p->held);
	mpc_zero(&p->held);
	return (0);
}

/* Rows of a block, as many at a time as the sum has room for. */
static int
add_sparse_rows(struct stage *stage, struct pair *p, const struct mpc_vector *const x[static 2],
    size_t rows)
{
	struct mpc_vector a, b;
	size_t first, n;
	uint64_t room;

	for (first = 0; first < rows; first += n) {
		room = p->plan.rows - p->k % p->plan.rows;
		if (p->shift > 0 && p->k > 0 && room == p->plan.rows && cut_sum(stage, p) == -1)
			return (-1);
		n = (rows - first < room) ? rows - first : (size_t)room;
		a = mpc_part(x[0], first * p->m, n * p->m);
		b = mpc_part(x[1], first * p->n, n * p->n);
		if (add_pair(stage, p, &a, &b, n) == -1)
			return (-1);
	}
	return (0);
}

/* What becomes of numbers that turn out not to be in range does not matter. */
static int
add_block_product(struct stage *stage, struct pair *p, const struct block *block)
{
	struct mpc_vector room[2] = { { .n = 0 }, { .n = 0 } };
	const struct mpc_vector *shifted[2];
	bool before;
	int rc;

	if (stage_inputs_add(&p->inputs, block->inputs, block->n_inputs) == -1)
		return (-1);
	if (block->rows == 0)
		return (0);
	before = mpc_may_wrap(stage->S, true);
	if ((rc = take_sparse_rows(stage, p, room, shifted, block)) == 0)
		rc = add_sparse_rows(stage, p, shifted, block->rows);
	(void)mpc_may_wrap(stage->S, before);
	mpc_vector_free(&room[0]);
	mpc_vector_free(&room[1]);
	return (rc);
}

/* A part of the result: the last sum, cut off, and those before it. */
static int
write_sums(struct stage *stage, struct pair *p, struct mpc_vector *y, size_t first)
{
	struct mpc_vector sum = mpc_part(&p->held, first, y->n), cut;

	if (p->k <= p->plan.rows) {
		if (p->shift > 0)
			return (mpc_truncate(stage->S, y, &sum, p->shift));
		mpc_copy(y, &sum);
		return (0);
	}
	cut = mpc_part(&p->cut, first, y->n);
	if (p->shift > 0 && mpc_truncate(stage->S, &sum, &sum, p->shift) == -1)
		return (-1);
	mpc_add(y, &sum, &cut);
	return (0);
}

/* Rows of the result from ${first} on, brought to one unit. */
static void
unite_rows_of(const struct pair *p, struct mpc_vector *y, size_t first)
{
	struct mpc_vector row;
	size_t i;

	if (p->plan.row_shift == NULL)
		return;
	/* A local operation on the whole: masks are those of the keys no more. */
	mpc_copy(y, y);
	for (i = 0; i < y->n / p->n; i++) {
		row = mpc_part(y, i * p->n, p->n);
		mpc_scale(&row, &row, (int64_t)1 << p->plan.row_shift[first + i]);
	}
}

/* Write the sum, cut off. */
static int
write_product_sum(struct stage *stage, struct pair *p)
{
	size_t rows = blocks_rows(p->n), first, n;
	struct mpc_vector *y;

	p->shape.about = p->plan.about;
	p->shape.row_exponents = p->plan.row_exponents;
	for (first = 0; first < p->m; first += n) {
		n = (p->m - first < rows) ? p->m - first : rows;
		p->shape.first_row = first;
		if (stage_result(stage, &p->shape, p->inputs.items, p->inputs.count, n, &y) == -1 ||
		    write_sums(stage, p, y, first * p->n) == -1)
			return (-1);
		unite_rows_of(p, y, first);
		if (stage_write(stage) == -1)
			return (-1);
	}
	return (0);
}

/* Begin with two tensors of as many rows. */
static int
begin_transposed(struct stage *stage, struct pair *p)
{
	struct blocks_layout layout = { .cols = 0 };

	if (blocks_repeats(p->a, 0) || blocks_repeats(p->a, 1))
		return (fail(ST_FAILED, "shapes disagree: tensor '%s' has one row in one operand, "
		    "and more in the other", blocks_part(p->a, 0)->name));
	p->m = blocks_part(p->a, 0)->cols;
	layout.widest = (p->m > p->n) ? p->m : p->n;
	if (look_at_pair(stage, p) == -1 ||
	    matrix_plan_transposed(&p->plan, &p->a_ranges, &p->b_ranges, !no_truncate) == -1)
		return (-1);
	if (mpc_vector_new(stage->S, &p->held, p->m * p->n) == -1 ||
	    mpc_vector_new(stage->S, &p->cut, p->m * p->n) == -1)
		return (-1);
	return (blocks_begin(p->a, &layout));
}

/* The sum of products may be cut off only once it is known that it is in range. */
static int
multiply_transposed(struct stage *stage, struct pair *p)
{
	struct block block;
	int rc;

	if (begin_transposed(stage, p) == -1)
		return (-1);
	while ((rc = stage_next(stage, p->a, &block)) == 1) {
		if (add_block_product(stage, p, &block) == -1)
			return (-1);
	}
	if (rc == -1 || end_ranges(stage, p) == -1 ||
	    matrix_plan_end(&p->plan, &p->a_ranges, &p->b_ranges, p->k, p->shift) == -1)
		return (-1);
	return (write_product_sum(stage, p));
}

/* ---- all of it ---- */

static void
end_pair(struct pair *p)
{

	mpc_vector_free(&p->held);
	mpc_vector_free(&p->cut);
	stage_inputs_free(&p->inputs);
	ranges_free(&p->a_ranges);
	ranges_free(&p->b_ranges);
	matrix_plan_free(&p->plan);
}

static int
transposed_tensor(struct stage *stage, void *state, struct blocks *b)
{
	struct pair p = { .a = b };
	int rc;

	(void)state;
	if ((rc = find_shape(&p)) == 0)
		rc = multiply_transposed(stage, &p);
	end_pair(&p);
	return (rc);
}

/*
 * The columns of rows that were transposed meet rows: of tables out of which owners left some, only
 * those of the same sharing belong together.
 */
static int
check_transposed(const struct pair *p)
{
	const struct part *a = blocks_part(p->a, 0), *b = blocks_part(p->b, 0);

	if (strcmp(a->op, "transpose") != 0 || strcmp(b->op, "transpose") == 0 ||
	    !lineage_has(a) || !lineage_has(b))
		return (0);
	return (lineage_check(blocks_name(p->a, 0), a, blocks_name(p->b, 0), b));
}

/* Multiply the tensors of one operand by those of the other. */
static int
multiply_tensors(struct stage *stage)
{
	struct pair p = {
		.a = stage_blocks(stage, 0, 1),
		.b = stage_blocks(stage, 1, 1),
	};
	int rc = -1;

	while (p.a != NULL && p.b != NULL && (rc = next_tensors(&p)) == 1) {
		if ((rc = check_transposed(&p)) == 0 && (rc = find_shape(&p)) == 0)
			rc = multiply_tensor(stage, &p);
		end_pair(&p);
		if (rc == -1)
			break;
	}
	blocks_free(p.a);
	blocks_free(p.b);
	return (rc);
}

static int
multiply_streams(struct stage *stage, void *state)
{

	return (transpose ? stage_each_tensor(stage, transposed_tensor, state) :
	    multiply_tensors(stage));
}

static int
run(char **operands, size_t count)
{
	const struct stage_work work = {
		.op = transpose ? "matmul-t" : "matmul",
		.params = no_truncate ? "no-truncate" : "",
		.exponents = true,
		.run = multiply_streams,
	};
	char dash[] = "-", *both[2] = { dash, (count > 0) ? operands[0] : NULL };

	if (matrix != NULL) {
		if (count > 1 || transpose || no_truncate)
			return (usage("-c goes with one share, and neither with -t nor with "
			    "--no-truncate"));
		if (stage_options.plan || stage_options.clear)
			return (usage("-c takes no session, and neither --plan nor --clear"));
		return (operands_run(operands, count, multiply_by_public));
	}
	if (left)
		return (usage("-l goes with -c"));
	if (count == 0)
		return (usage("nothing to multiply by: give the public matrix with -c, or a second "
		    "share"));
	return (stage_run(&work, (count == 1) ? both : operands, 2));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[[FILE] FILE]",
		.summary = "Multiply a share stream by a public matrix (-c), or two share streams "
		    "with each other.",
		.notes = "A public matrix is for one party alone; two shares are multiplied in a "
		    "session of all parties (smpc-party). The first stream, by default standard "
		    "input, is read by rows, the second one held in memory.\n"
		    "Example: smpc-matmul -c weights.csv x.alice > score.alice",
		.options = options,
		.max_operands = 2,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
