#include "joint/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "data/reader.h"

/* One of the streams, as it is handed out. */
struct strand {
	const char *name;    /* of the input */
	struct part *part;   /* the tensor's first */
	size_t cols;         /* handed out */
	uint64_t factor;     /* that brings words to the common scale */
	enum part_intact intact; /* of its parts, so far */
	uint64_t rows, alone;    /* taken of the part at hand; and the most of one */
	struct mpc_vector x; /* with room for a block */
};

struct blocks {
	struct mpc *S;
	struct part *reference;
	struct zip *zip;
	size_t count;
	size_t block_rows;
	bool given;   /* a block of this tensor */
	bool done;    /* the tensor */

	/* Rows that zip has given out, of which ${used} were taken. */
	struct rows *rows;
	size_t have, used;
	bool segment_open, segment_ends;
	uint64_t segment_rows; /* taken of the segment */

	struct input *inputs;
	struct block_origin *origins; /* and their parts, held as long as they are */
	size_t n_inputs, room;
	struct mpc_vector *x; /* views */
	struct strand strands[];
};

size_t
blocks_rows(size_t widest)
{

	return ((widest < BLOCK_VALUES) ? BLOCK_VALUES / widest : 1);
}

struct blocks *
blocks_new(struct mpc *S, const struct part *reference, struct reader *const *readers, size_t count)
{
	struct blocks *b;
	size_t i;

	if ((b = mem_array(1, sizeof(*b) + count * sizeof(b->strands[0]))) == NULL)
		return (NULL);
	b->S = S;
	b->count = count;
	for (i = 0; i < count; i++)
		b->strands[i].name = reader_name(readers[i]);
	b->zip = zip_new(readers, count);
	b->rows = mem_array(count, sizeof(*b->rows));
	b->x = mem_array(count, sizeof(*b->x));
	if (b->zip == NULL || b->rows == NULL || b->x == NULL ||
	    (reference != NULL && (b->reference = part_copy(reference)) == NULL)) {
		blocks_free(b);
		return (NULL);
	}
	return (b);
}

/*
 * Shares that come later must be of the same kind as the first ones, which were checked before the
 * session began.
 */
static int
check_part(const struct blocks *b, const struct part *p, const char *name)
{
	const char *field;

	if (p->modulus != 0)
		return (fail(ST_USAGE, "%s: tensor '%s' has a modulus other than 2^64", name,
		    p->name));
	if (p->scheme == SCHEME_PUBLIC)
		return (0);
	if (b->reference == NULL)
		return (fail(ST_USAGE, "%s: tensor '%s' is a share, and --clear takes public "
		    "streams", name, p->name));
	if ((field = part_setting_difference(b->reference, p)) != NULL)
		return (fail(ST_REFUSED, "%s: tensor '%s' is a share of another kind than the "
		    "first ('%s' differs)", name, p->name, field));
	return (0);
}

static void
blocks_release(struct blocks *b)
{
	size_t i;

	for (i = 0; i < b->count; i++) {
		part_free(b->strands[i].part);
		b->strands[i].part = NULL;
		mpc_vector_free(&b->strands[i].x);
	}
}

int
blocks_tensor(struct blocks *b)
{
	size_t i;
	int rc;

	blocks_release(b);
	if ((rc = zip_tensor(b->zip)) != 1)
		return (rc);
	for (i = 0; i < b->count; i++) {
		b->strands[i].part = part_ref(zip_part(b->zip, i));
		b->strands[i].intact = part_intact(b->strands[i].part);
		b->strands[i].rows = b->strands[i].alone = 0;
		if (check_part(b, b->strands[i].part, b->strands[i].name) == -1)
			return (-1);
	}
	b->given = b->done = b->segment_open = b->segment_ends = false;
	b->have = b->used = 0;
	return (1);
}

const char *
blocks_name(const struct blocks *b, size_t i)
{

	return (b->strands[i].name);
}

const struct part *
blocks_part(const struct blocks *b, size_t i)
{

	return (b->strands[i].part);
}

bool
blocks_repeats(const struct blocks *b, size_t i)
{

	return (zip_repeats(b->zip, i));
}

enum part_intact
blocks_intact(const struct blocks *b, size_t i)
{

	return (b->strands[i].intact);
}

uint64_t
blocks_alone(const struct blocks *b, size_t i)
{

	return (b->strands[i].alone);
}

void
blocks_about(const struct blocks *b, struct hash *h)
{
	size_t i;

	for (i = 0; i < b->count; i++) {
		part_hash_about(h, b->strands[i].part);
		hash_u64(h, b->strands[i].intact);
	}
}

int
blocks_begin(struct blocks *b, const struct blocks_layout *layout)
{
	struct strand *s;
	struct ring R;
	size_t i;

	ring_init(&R, 0);
	b->block_rows = blocks_rows(layout->widest);
	for (i = 0; i < b->count; i++) {
		s = &b->strands[i];
		s->cols = (layout->cols != 0) ? layout->cols : s->part->cols;
		if (s->cols != s->part->cols && s->part->cols != 1)
			return (fail(ST_FAILED, "shapes disagree: operands of %zu and %zu columns",
			    s->part->cols, s->cols));
		s->factor = layout->align ? scale_factor(&R, scale_of(s->part), layout->scale) : 1;
		if (mpc_vector_new(b->S, &s->x, b->block_rows * s->cols) == -1)
			return (-1);
	}
	return (0);
}

/* ---- where rows come from ---- */

static int
reserve_inputs(struct blocks *b)
{
	size_t room = 2 * b->room + b->count;
	struct input *inputs;
	struct block_origin *origins;

	if (b->n_inputs + b->count <= b->room)
		return (0);
	inputs = mem_array(room, sizeof(*inputs));
	origins = mem_array(room, sizeof(*origins));
	if (inputs == NULL || origins == NULL) {
		free(inputs);
		free(origins);
		return (-1);
	}
	if (b->n_inputs > 0) {
		memcpy(inputs, b->inputs, b->n_inputs * sizeof(*inputs));
		memcpy(origins, b->origins, b->n_inputs * sizeof(*origins));
	}
	free(b->inputs);
	free(b->origins);
	b->inputs = inputs;
	b->origins = origins;
	b->room = room;
	return (0);
}

/* Those of the last block. */
static void
forget_inputs(struct blocks *b)
{

	while (b->n_inputs > 0)
		part_free(b->origins[--b->n_inputs].part);
}

/*
 * Note which parts the next rows, from row ${row} of the block on, come from; they are held, as the
 * readers may be past them before the block is made.
 */
static int
add_inputs(struct blocks *b, size_t row)
{
	struct input *in;
	size_t i;

	if (reserve_inputs(b) == -1)
		return (-1);
	in = b->inputs + b->n_inputs;
	zip_inputs(b->zip, in);
	for (i = 0; i < b->count; i++) {
		b->origins[b->n_inputs + i] = (struct block_origin){
			part_ref(zip_part(b->zip, i)), row };
		if (in[i].row == 0 && b->segment_rows == 0)
			b->strands[i].rows = 0;
		if (in[i].row != INPUT_REPEATED)
			in[i].row += b->segment_rows;
	}
	b->n_inputs += b->count;
	return (0);
}

/* What is said of the parts that the next segment is of. */
static void
weaken_intact(struct blocks *b)
{
	struct strand *s;
	size_t i;

	for (i = 0; i < b->count; i++) {
		s = &b->strands[i];
		s->intact = intact_weaker(s->intact, part_intact(zip_part(b->zip, i)));
	}
}

/* ${n} rows more of them have been taken; a row that is repeated counts once. */
static void
count_taken(struct blocks *b, size_t n)
{
	struct strand *s;
	size_t i;

	for (i = 0; i < b->count; i++) {
		s = &b->strands[i];
		s->rows = zip_repeats(b->zip, i) ? 1 : s->rows + n;
		s->alone = (s->rows > s->alone) ? s->rows : s->alone;
	}
}

/*
 * Have rows that were not taken yet, for row ${row} of the block.  Return 1, 0 at the end of the
 * tensor, -1.
 */
static int
need_rows(struct blocks *b, size_t row)
{
	bool block_begins = (row == 0 && b->n_inputs == 0);
	int rc;

	if (b->used < b->have)
		return ((block_begins && add_inputs(b, row) == -1) ? -1 : 1);
	if (b->segment_open && b->segment_ends) {
		if ((rc = zip_segment(b->zip)) != 1)
			return (rc);
		b->segment_open = false;
	}
	if (!b->segment_open) {
		weaken_intact(b);
		b->segment_open = true;
		b->segment_rows = 0;
		block_begins = true;
	}
	if ((block_begins && add_inputs(b, row) == -1) ||
	    zip_rows(b->zip, b->rows, &b->have, &b->segment_ends) == -1)
		return (-1);
	b->used = 0;
	return (1);
}

/* ---- copying ---- */

/* Copy ${n} rows of a plane to ${to}, repeating a single row or column. */
static void
repeat_rows(const struct strand *s, word *to, const word *from, bool repeats, size_t n)
{
	size_t cols = s->part->cols, r, c;

	for (r = 0; r < n; r++) {
		for (c = 0; c < s->cols; c++)
			to[r * s->cols + c] = from[(repeats ? 0 : r * cols) + ((cols == 1) ? 0 :
			    c)];
	}
}

/* Hand ${n} rows to the vector, from row ${at} of it on: planes of a share, or a public number. */
static void
load_rows(struct strand *s, const word *const *planes, size_t at, size_t n)
{

	if (s->part->scheme == SCHEME_PUBLIC)
		mpc_load_public(&s->x, at * s->cols, planes[0], n * s->cols);
	else
		mpc_load(&s->x, at * s->cols, planes, n * s->cols);
}

/* The same of a single row or column, which is repeated. */
static int
load_repeated(struct strand *s, const word *const *planes, size_t count, bool repeats, size_t at,
    size_t n)
{
	const word *list[MPC_MAX_PLANES];
	size_t words = n * s->cols, i;
	word *copy;

	if ((copy = mem_array(count * words, sizeof(*copy))) == NULL)
		return (-1);
	for (i = 0; i < count; i++) {
		repeat_rows(s, copy + i * words, planes[i], repeats, n);
		list[i] = copy + i * words;
	}
	load_rows(s, list, at, n);
	mem_wipe_free(copy, count * words * sizeof(*copy));
	return (0);
}

/* Copy what we hold of ${n} rows that were not taken yet to row ${at} of the block. */
static int
strand_copy(struct blocks *b, size_t i, size_t at, size_t n)
{
	struct strand *s = &b->strands[i];
	bool repeats = zip_repeats(b->zip, i);
	size_t skip = repeats ? 0 : b->used * s->part->cols, count = part_planes(s->part), j;
	const word *planes[MPC_MAX_PLANES];

	if (!mpc_holds_words(b->S))
		return (0);
	for (j = 0; j < count; j++)
		planes[j] = b->rows[i].plane[j] + skip;
	if (repeats || s->part->cols != s->cols)
		return (load_repeated(s, planes, count, repeats, at, n));
	load_rows(s, planes, at, n);
	return (0);
}

int
blocks_next(struct blocks *b, struct block *block)
{
	size_t n, take, i;
	int rc = 1;

	forget_inputs(b);
	for (n = 0; n < b->block_rows && !b->done; n += take) {
		take = 0;
		if ((rc = need_rows(b, n)) == -1)
			return (-1);
		b->done = (rc == 0);
		if (rc == 0 || b->have == 0)
			continue;
		take = (b->have - b->used < b->block_rows - n) ? b->have - b->used : b->block_rows -
		    n;
		for (i = 0; i < b->count; i++) {
			if (strand_copy(b, i, n, take) == -1)
				return (-1);
		}
		b->used += take;
		b->segment_rows += take;
		count_taken(b, take);
	}
	if (n == 0 && b->given)
		return (0);
	b->given = true;
	for (i = 0; i < b->count; i++) {
		b->x[i] = mpc_part(&b->strands[i].x, 0, n * b->strands[i].cols);
		if (b->strands[i].factor != 1)
			mpc_scale(&b->x[i], &b->x[i], (int64_t)b->strands[i].factor);
		mpc_input(b->S, &b->x[i]);
	}
	/* The list lives as long as the process. */
	if (budgets_met()->count > 0)
		mpc_keep(b->S, budgets_met()->list[0].origin);
	*block = (struct block){
		.rows = n,
		.x = b->x,
		.n_x = b->count,
		.inputs = b->inputs,
		.n_inputs = b->n_inputs,
		.origins = b->origins,
	};
	return (1);
}

size_t
block_origin_rows(const struct block *block, size_t i)
{
	size_t next = i + block->n_x;

	return (((next < block->n_inputs) ? block->origins[next].row : block->rows) -
	    block->origins[i].row);
}

void
blocks_free(struct blocks *b)
{

	if (b == NULL)
		return;
	blocks_release(b);
	forget_inputs(b);
	zip_free(b->zip);
	part_free(b->reference);
	free(b->rows);
	free(b->x);
	forget_inputs(b);
	free(b->inputs);
	free(b->origins);
	free(b);
}
