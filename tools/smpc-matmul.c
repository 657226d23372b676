/* Multiply matrices: a share by a public one, or, in a session of all parties, two shares. */

#include <string.h>

#include "base/diag.h"
#include "cli/operands.h"
#include "cli/stage.h"
#include "cli/stage_product.h"
#include "cli/streams.h"
#include "local/local.h"

static const char *matrix;
static bool left, transpose, no_truncate;
static uint64_t fraction_bits = 16, threads;

static const struct opt options[] = {
	{ 'c', "constant", "MATRIX", OPT_STRING, &matrix, 0, 0,
	    "multiply one share by a public matrix: the name of a CSV, .npy or public stream" },
	{ 'l', "left", NULL, OPT_FLAG, &left, 0, 0, "the public matrix is the left factor" },
	{ 0, "fraction-bits", "BITS", OPT_NUMBER, &fraction_bits, 0, PART_MAX_FRACTION_BITS,
	    "round public numbers to so many fraction bits (default 16); those they need are "
	    "added to the result's" },
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
};

static const struct part *
second_part(const struct pair *p)
{

	return (transpose ? blocks_part(p->a, 1) : blocks_part(p->b, 0));
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

/* A block of the result: of rows of a, and of all of b. */
static int
write_product(struct stage *stage, struct pair *p, const struct block *block)
{
	struct stage_inputs inputs = { NULL, NULL, 0 };
	struct bilinear B = bilinear_matrices(block->rows, p->k, p->n);
	struct mpc_vector *y;
	int rc = -1;

	B.threads = stage_threads(threads);
	if (stage_inputs_add_rows(&inputs, block->inputs, block->n_inputs) == 0 &&
	    stage_inputs_add(&inputs, p->inputs.items, p->inputs.count) == 0 &&
	    stage_result(stage, &p->shape, inputs.items, inputs.count, block->rows, &y) == 0 &&
	    (block->rows == 0 ||
	    product_cut(stage->S, y, &B, &block->x[0], &p->held, p->shift) == 0))
		rc = stage_write(stage);
	stage_inputs_free(&inputs);
	return (rc);
}

static int
multiply_tensor(struct stage *stage, struct pair *p)
{
	struct blocks_layout layout = { .cols = 0 };
	struct block block;
	int rc;

	if (stage_hold(stage, p->b, &p->held, &p->k, &p->inputs) == -1)
		return (-1);
	if (blocks_part(p->a, 0)->cols != p->k)
		return (fail(ST_FAILED, "shapes disagree: tensor '%s' of the first operand has %zu "
		    "columns, the second operand %zu rows", blocks_part(p->a, 0)->name,
		    blocks_part(p->a, 0)->cols, p->k));
	layout.widest = (p->k > p->n) ? p->k : p->n;
	if (blocks_begin(p->a, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, p->a, &block)) == 1) {
		if (write_product(stage, p, &block) == -1)
			return (-1);
	}
	return (rc);
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

static int
add_block_product(struct stage *stage, struct pair *p, const struct block *block)
{
	struct bilinear B = bilinear_matrices(p->m, block->rows, p->n);
	struct mpc_vector z;
	int rc;

	B.x_transposed = true;
	B.threads = stage_threads(threads);
	if (stage_inputs_add(&p->inputs, block->inputs, block->n_inputs) == -1)
		return (-1);
	if (block->rows == 0)
		return (0);
	if ((rc = mpc_vector_new(stage->S, &z, p->held.n)) == 0 &&
	    (rc = mpc_product(stage->S, &z, &B, &block->x[0], &block->x[1])) == 0)
		mpc_add(&p->held, &p->held, &z);
	mpc_vector_free(&z);
	return (rc);
}

/* Write the sum, cut off. */
static int
write_product_sum(struct stage *stage, struct pair *p)
{
	size_t rows = blocks_rows(p->n), first, n;
	struct mpc_vector *y, part;

	for (first = 0; first < p->m; first += n) {
		n = (p->m - first < rows) ? p->m - first : rows;
		part = mpc_part(&p->held, first * p->n, n * p->n);
		if (stage_result(stage, &p->shape, p->inputs.items, p->inputs.count, n, &y) == -1)
			return (-1);
		if (p->shift == 0)
			mpc_copy(y, &part);
		else if (mpc_truncate(stage->S, y, &part, p->shift) == -1)
			return (-1);
		if (stage_write(stage) == -1)
			return (-1);
	}
	return (0);
}

static int
multiply_transposed(struct stage *stage, struct pair *p)
{
	struct blocks_layout layout = { .cols = 0 };
	struct block block;
	int rc;

	if (blocks_repeats(p->a, 0) || blocks_repeats(p->a, 1))
		return (fail(ST_FAILED, "shapes disagree: tensor '%s' has one row in one operand, "
		    "and more in the other", blocks_part(p->a, 0)->name));
	p->m = blocks_part(p->a, 0)->cols;
	layout.widest = (p->m > p->n) ? p->m : p->n;
	if (mpc_vector_new(stage->S, &p->held, p->m * p->n) == -1 ||
	    blocks_begin(p->a, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, p->a, &block)) == 1) {
		if (add_block_product(stage, p, &block) == -1)
			return (-1);
	}
	return ((rc == 0) ? write_product_sum(stage, p) : -1);
}

/* ---- all of it ---- */

static void
end_pair(struct pair *p)
{

	mpc_vector_free(&p->held);
	stage_inputs_free(&p->inputs);
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
		if ((rc = find_shape(&p)) == 0)
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
