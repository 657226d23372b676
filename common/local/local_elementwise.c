#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/names.h"
#include "data/bounds.h"
#include "data/derive.h"
#include "data/scale.h"
#include "data/zip.h"
#include "local/local.h"
#include "local/local_internal.h"
#include "local/operand.h"

/* An elementwise operation in progress. */
struct elementwise_job {
	enum elementwise op;
	const char *constant;
	unsigned fraction_bits; /* of a constant factor */
	struct writer *w;
	struct zip *zip;
	size_t count;  /* of streams */
	size_t shared; /* the stream that is not public; any of them for a sum */
	struct operand *operand; /* NULL: no constant */
	struct scale scale;      /* of the result */
	size_t cols;             /* of the result */
	uint64_t row;            /* in the tensor */
	struct rows *rows;       /* of the streams */
	struct input *inputs;
	uint64_t *spread; /* one operand, repeated to the shape of the result */
	size_t spread_words;
	uint64_t *factors; /* that bring the operands to the common scale */
	struct column *about; /* of the result; NULL: nothing is known of the operands */
	unsigned *constant_bits; /* fraction bits of each column of a constant term */
	/* by how many bits the words of operand i, column c are multiplied: i cols + c */
	unsigned *shifts;
	struct ring R;
};

/* The constant is operand number count. */
static size_t
operand_count(const struct elementwise_job *j)
{

	return (j->count + (j->operand != NULL));
}

static struct scale
operand_scale(const struct elementwise_job *j, size_t i)
{

	return ((i < j->count) ? scale_of(zip_part(j->zip, i)) :
	    (struct scale){ j->operand->fraction_bits, j->operand->divisor });
}

static size_t
operand_cols(const struct elementwise_job *j, size_t i)
{

	return ((i < j->count) ? zip_part(j->zip, i)->cols : j->operand->cols);
}

static bool
is_public(const struct elementwise_job *j, size_t i)
{

	return (i >= j->count || zip_part(j->zip, i)->scheme == SCHEME_PUBLIC);
}

/* Find the shared operand; a product may have only one. */
static int
find_shared(struct elementwise_job *j)
{
	size_t i, shared = 0;

	j->shared = 0;
	for (i = j->count; i-- > 0;) {
		if (!is_public(j, i)) {
			j->shared = i;
			shared++;
		}
	}
	if (j->op == ELEMENT_MUL && shared > 1)
		return (fail(ST_USAGE, "a product of two shared operands takes a session of all "
		    "parties, which this tool does not hold; one operand must be public (-c)"));
	return (0);
}

static unsigned
larger(unsigned a, unsigned b)
{

	return ((a > b) ? a : b);
}

/* The fraction bits of the units of a column, as many as a public number may have. */
static unsigned
column_bits(const struct part *p, size_t c)
{
	int bits = (int)p->fraction_bits - part_about(p, c)->exponent;

	return ((bits < 0) ? 0 : (bits > PART_MAX_FRACTION_BITS) ? PART_MAX_FRACTION_BITS :
	    (unsigned)bits);
}

static unsigned
finest_bits(const struct part *p)
{
	unsigned bits = 0;
	size_t c;

	for (c = 0; c < p->cols; c++)
		bits = larger(bits, column_bits(p, c));
	return (bits);
}

static bool
is_all_whole(const struct operand *o)
{
	uint64_t any = 0;
	size_t i;

	for (i = 0; i < o->rows * o->cols; i++)
		any |= o->words[i];
	return ((any & (((uint64_t)1 << o->fraction_bits) - 1)) == 0);
}

/*
 * A term with a fraction gives whole numbers, such as counts, so many fraction bits; with as few as
 * the term itself takes, 3.75 would be printed as 3.8, which rounds to the same word.
 */
#define TERM_BITS 16

/* The fraction bits of the finest unit of all streams. */
static unsigned
finest_stream_bits(const struct elementwise_job *j)
{
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < j->count; i++)
		bits = larger(bits, finest_bits(zip_part(j->zip, i)));
	return (bits);
}

/* Which column of operand ${i} meets column ${c} of the result. */
static size_t
operand_column(const struct elementwise_job *j, size_t i, size_t c)
{

	return ((operand_cols(j, i) == 1) ? 0 : c);
}

/* The fraction bits of the finest unit of the streams in each column; NULL: reported. */
static unsigned *
finest_column_bits(const struct elementwise_job *j, size_t cols)
{
	unsigned *bits = mem_array(cols, sizeof(*bits));
	const struct part *p;
	size_t i, c;

	for (i = 0; i < j->count && bits != NULL; i++) {
		p = zip_part(j->zip, i);
		for (c = 0; c < cols; c++)
			bits[c] = larger(bits[c], column_bits(p, operand_column(j, i, c)));
	}
	return (bits);
}

/* The most fraction bits that a stream has. */
static unsigned
most_stream_bits(const struct elementwise_job *j)
{
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < j->count; i++)
		bits = larger(bits, zip_part(j->zip, i)->fraction_bits);
	return (bits);
}

/* A term for whole numbers, or modulo another number than 2^64. */
static int
load_whole_term(struct elementwise_job *j, uint64_t modulus)
{

	static const unsigned bits = TERM_BITS;

	if (((modulus == 0) ? operand_load_terms(j->constant, &bits, 1, TERM_BITS, &j->operand) :
	    operand_load(j->constant, TERM_BITS, modulus, &j->operand)) == -1)
		return (-1);
	if (j->operand->exponents == NULL && is_all_whole(j->operand))
		operand_reduce(j->operand);
	return (0);
}

/* In each column, a term has the fraction bits of the finest unit that it is added to there. */
static int
load_term(struct elementwise_job *j)
{
	const uint64_t modulus = zip_part(j->zip, j->shared)->modulus;
	unsigned *bits;
	int rc = -1;

	if (modulus != 0 || finest_stream_bits(j) == 0)
		return (load_whole_term(j, modulus));
	if ((bits = finest_column_bits(j, j->cols)) != NULL)
		rc = operand_load_terms(j->constant, bits, j->cols, most_stream_bits(j),
		    &j->operand);
	free(bits);
	return (rc);
}

/* Whether a range is known of each column of all streams, so that a result may have exponents. */
static bool
all_known(const struct elementwise_job *j)
{
	size_t i;

	for (i = 0; i < j->count && bounds_known_of_all(zip_part(j->zip, i)); i++)
		continue;
	return (i == j->count);
}

/* Load a factor with the fraction bits that were asked for, or that are due. */
static int
load_constant_factor(struct elementwise_job *j)
{
	const struct part *p = zip_part(j->zip, j->shared);
	int rc;

	if (j->fraction_bits != LOCAL_BITS_DUE)
		rc = operand_load(j->constant, j->fraction_bits, p->modulus, &j->operand);
	else if (all_known(j))
		rc = operand_load_factors(j->constant, p->fraction_bits, &j->operand);
	else
		rc = operand_load_factor(j->constant, p->fraction_bits, p->modulus, &j->operand);
	if (rc == -1 || operand_check_columns(j->operand) == -1)
		return (-1);
	operand_reduce(j->operand);
	return (0);
}

/* Load the constant, for streams of j->cols columns. */
static int
need_operand(struct elementwise_job *j)
{

	if (j->constant == NULL)
		return (0);
	return ((j->op == ELEMENT_MUL) ? load_constant_factor(j) : load_term(j));
}

static int
result_scale(struct elementwise_job *j)
{
	size_t i;

	j->scale = operand_scale(j, 0);
	for (i = 1; i < operand_count(j); i++) {
		if (j->op == ELEMENT_MUL) {
			if (scale_multiply(&j->scale, operand_scale(j, i), (i < j->count) ?
			    SCALE_CUT_SHARES : SCALE_SHORTEN_FACTOR) == -1)
				return (-1);
		} else if (scale_unite(&j->scale, operand_scale(j, i)) == -1)
			return (-1);
	}
	for (i = 0; i < operand_count(j); i++)
		j->factors[i] = (j->op == ELEMENT_MUL) ? 1 :
		    scale_factor(&j->R, operand_scale(j, i), j->scale);
	return (0);
}

/* A table of a public operand has no name at another place than the streams have it. */
static int
check_names(const struct elementwise_job *j)
{
	const struct operand *o = j->operand;
	const struct part *p;
	size_t i, c, k;

	for (i = 0; i < j->count && o->columns != NULL; i++) {
		p = zip_part(j->zip, i);
		if (p->columns == NULL || p->cols != o->cols)
			continue;
		for (c = 0; c < o->cols; c++) {
			if (strcmp(o->columns[c], p->columns[c]) != 0 &&
			    names_find(o->columns[c], strlen(o->columns[c]),
			    (const char *const *)p->columns, p->cols, &k))
				return (fail(ST_FAILED, "column %zu of the public operand is '%s', "
				    "and column %zu of the stream has that name: columns meet in "
				    "their order", c + 1, o->columns[c], k + 1));
		}
	}
	return (0);
}

static int
find_cols(struct elementwise_job *j)
{
	size_t i, cols;

	j->cols = 1;
	for (i = 0; i < operand_count(j); i++) {
		cols = operand_cols(j, i);
		if (j->cols != 1 && cols != 1 && cols != j->cols)
			return (fail(ST_FAILED, "shapes disagree: operands of %zu and %zu columns",
			    j->cols, cols));
		if (cols > j->cols)
			j->cols = cols;
	}
	return ((j->operand != NULL) ? check_names(j) : 0);
}

/* ---- what is known of the columns ---- */

/* The part that says what is known of operand ${i}; NULL: nothing does. */
static const struct part *
operand_part(const struct elementwise_job *j, size_t i)
{
	const struct part *p = (i < j->count) ? zip_part(j->zip, i) : NULL;

	return ((p != NULL && p->about != NULL) ? p : NULL);
}

static int
operand_exponent(const struct elementwise_job *j, size_t i, size_t c)
{
	const struct part *p = operand_part(j, i);

	if (i >= j->count && j->constant_bits != NULL)
		return ((int)j->operand->fraction_bits - (int)j->constant_bits[c]);
	if (i >= j->count && j->operand->exponents != NULL)
		return (j->operand->exponents[operand_column(j, i, c)]);
	return ((p != NULL) ? part_about(p, operand_column(j, i, c))->exponent : 0);
}

static struct bounds
operand_bounds(const struct elementwise_job *j, size_t i, size_t c)
{
	const struct part *p = operand_part(j, i);

	if (i >= j->count)
		return (bounds_of_words(j->operand->words, j->operand->rows, j->operand->cols,
		    operand_column(j, i, c)));
	return ((p != NULL) ? bounds_of(part_about(p, operand_column(j, i, c))) : bounds_any());
}

/* Factors have exponents that add up; terms need one, the least of theirs. */
static int
result_exponent(const struct elementwise_job *j, size_t c)
{
	int exponent = operand_exponent(j, 0, c), e;
	size_t i;

	for (i = 1; i < operand_count(j); i++) {
		e = operand_exponent(j, i, c);
		if (j->op == ELEMENT_MUL)
			exponent += e;
		else if (e < exponent)
			exponent = e;
	}
	return (exponent);
}

static int
combine_bounds(const struct elementwise_job *j, struct bounds *a, struct bounds b)
{

	if (j->op == ELEMENT_MUL)
		return (bounds_multiply(a, b));
	return ((j->op == ELEMENT_ADD) ? bounds_add(a, b) : bounds_subtract(a, b));
}

/* Operand ${i} cannot be brought to the unit of the finest one. */
static int
refuse_operand(const struct elementwise_job *j, size_t i, size_t c)
{

	if (i >= j->count)
		return (bounds_refuse(zip_part(j->zip, j->shared),
		    operand_column(j, j->shared, c), "the constant, in its unit,"));
	return (bounds_refuse_unit(zip_part(j->zip, i), operand_column(j, i, c)));
}

/* Whether the operands of column ${c} can be added. */
static int
check_terms(const struct elementwise_job *j, size_t c)
{
	const struct part *p, *q;
	size_t i, k;

	for (i = 1; i < operand_count(j); i++) {
		for (k = 0; k < i; k++) {
			p = operand_part(j, k);
			q = (i < j->count) ? operand_part(j, i) : j->operand->part;
			if (p != NULL && q != NULL && part_check_terms(p, operand_column(j, k, c),
			    q, operand_column(j, i, c)) == -1)
				return (-1);
		}
	}
	return (0);
}

/* What words of operand ${i} are supposed to be below; public factors, to stand for about 1. */
static double
supposed_operand(const struct elementwise_job *j, size_t i, size_t c)
{
	const struct bounds b = operand_bounds(j, i, c);
	const struct part *p;

	if (i >= j->count)
		return (fmax(fabs((double)b.low), fabs((double)b.high)));
	p = zip_part(j->zip, i);
	return ((j->op == ELEMENT_MUL && p->scheme == SCHEME_PUBLIC && !bounds_known(b)) ?
	    ldexp(1, (int)p->fraction_bits) : supposed_words(p, operand_column(j, i, c)));
}

/* What the words of column ${c} of the result are supposed to be below. */
static double
supposed_size(const struct elementwise_job *j, size_t c)
{
	double size = (j->op == ELEMENT_MUL) ? 1 : 0, x;
	size_t i;

	for (i = 0; i < operand_count(j); i++) {
		x = supposed_operand(j, i, c);
		x = ldexp(x * (double)j->factors[i], (int)j->shifts[i * j->cols + c]);
		size = (j->op == ELEMENT_MUL) ? size * x : size + x;
	}
	return (size);
}

/* What follows for column ${c} of the result, and how the operands come to its exponent. */
static int
result_column(struct elementwise_job *j, size_t c)
{
	int exponent = result_exponent(j, c);
	struct bounds all = bounds_any(), b;
	unsigned shift;
	size_t i;

	if (j->op != ELEMENT_MUL && check_terms(j, c) == -1)
		return (-1);
	for (i = 0; i < operand_count(j); i++) {
		b = operand_bounds(j, i, c);
		shift = (j->op == ELEMENT_MUL) ? 0 :
		    (unsigned)(operand_exponent(j, i, c) - exponent);
		j->shifts[i * j->cols + c] = shift;
		if (bounds_scale(&b, j->factors[i], shift) == -1)
			return (refuse_operand(j, i, c));
		if (i == 0)
			all = b;
		else if (combine_bounds(j, &all, b) == -1)
			return (bounds_refuse(zip_part(j->zip, j->shared),
			    operand_column(j, j->shared, c), "the result"));
	}
	if (exponent < -COLUMN_MAX_EXPONENT || exponent > COLUMN_MAX_EXPONENT)
		return (bounds_refuse(zip_part(j->zip, j->shared), operand_column(j, j->shared, c),
		    "the unit of the result"));
	column_result(&j->about[c], all, exponent);
	return (supposed_result(&j->about[c], zip_part(j->zip, j->shared),
	    operand_column(j, j->shared, c), supposed_size(j, c), "the result"));
}

static void
free_about(struct elementwise_job *j)
{

	columns_free(j->about, j->cols);
	free(j->shifts);
	free(j->constant_bits);
	j->about = NULL;
	j->shifts = NULL;
	j->constant_bits = NULL;
}

/* Whether anything is known of a column of an operand. */
static bool
any_known(const struct elementwise_job *j)
{
	size_t i;

	for (i = 0; i < j->count && operand_part(j, i) == NULL; i++)
		continue;
	return (i < j->count);
}

/* Words modulo 2^64 have a size, known or supposed. */
static int
result_about(struct elementwise_job *j)
{
	size_t c;

	if (zip_part(j->zip, j->shared)->modulus != 0)
		return (0);
	if ((j->about = mem_array(j->cols, sizeof(*j->about))) == NULL ||
	    (j->shifts = mem_array(operand_count(j) * j->cols, sizeof(*j->shifts))) == NULL)
		return (-1);
	for (c = 0; c < j->cols; c++) {
		if (result_column(j, c) == -1)
			return (-1);
	}
	return (0);
}

/*
 * Bits of the product of the streams, in the columns that column ${c} of the constant meets; 0
 * where numbers of one are whole, which stay exact.
 */
static unsigned
product_bits(const struct elementwise_job *j, size_t c)
{
	const bool all = (j->operand->cols == 1);
	unsigned most = 0, bits;
	const struct part *p;
	size_t i, k, at;
	bool whole;

	for (k = all ? 0 : c; k < (all ? j->cols : c + 1); k++) {
		whole = true;
		bits = 0;
		for (i = 0; i < j->count; i++) {
			p = zip_part(j->zip, i);
			at = operand_column(j, i, k);
			whole = whole && part_is_whole(p, at);
			bits += bounds_bits(bounds_of(part_about(p, at)));
		}
		if (whole)
			return (0);
		most = larger(most, bits);
	}
	return (most);
}

/* Large factors leave products room, at the cost of bits that these could not hold. */
#define ROOM_BITS 63

static int
make_room(struct elementwise_job *j)
{
	unsigned bits;
	size_t c;

	if (j->op != ELEMENT_MUL || j->operand == NULL || j->operand->is_stream ||
	    j->fraction_bits != LOCAL_BITS_DUE || !all_known(j))
		return (0);
	for (c = 0; c < j->operand->cols; c++) {
		bits = product_bits(j, c);
		if (operand_coarsen(j->operand, c, (bits < ROOM_BITS) ? ROOM_BITS - bits : 0) ==
		    -1)
			return (-1);
	}
	return (0);
}

/* A constant term has, in each column, the fraction bits of the streams' finest unit there. */
static int
fit_operand(struct elementwise_job *j)
{
	const bool whole = (finest_stream_bits(j) == 0);
	unsigned bits = most_stream_bits(j);
	size_t c;

	if (j->operand == NULL || j->op == ELEMENT_MUL || j->operand->exponents != NULL ||
	    !any_known(j))
		return (0);
	if ((j->constant_bits = finest_column_bits(j, j->cols)) == NULL)
		return (-1);
	/* With whole numbers a term has the bits that it was given. */
	for (c = 0; c < j->cols && whole; c++)
		j->constant_bits[c] = j->operand->fraction_bits;
	if (whole)
		bits = larger(bits, j->operand->fraction_bits);
	if (operand_fit(j->operand, j->cols, j->constant_bits) == -1)
		return (-1);
	j->operand->fraction_bits = bits;
	return (0);
}

/* Settle what holds for the whole tensor. */
static int
elementwise_begin(struct elementwise_job *j)
{
	size_t i;

	j->row = 0;
	free_about(j);
	/* The constant is loaded anew, as what a column is decides how it is rounded. */
	operand_free(j->operand);
	j->operand = NULL;
	for (i = 0; i < j->count; i++) {
		if (part_check_numbers(zip_part(j->zip, i)) == -1)
			return (-1);
	}
	if (find_shared(j) == -1)
		return (-1);
	ring_init(&j->R, zip_part(j->zip, j->shared)->modulus);
	if (find_cols(j) == -1 || need_operand(j) == -1 || find_cols(j) == -1 ||
	    make_room(j) == -1 || fit_operand(j) == -1 || result_scale(j) == -1 ||
	    result_about(j) == -1)
		return (-1);
	return ((j->operand != NULL && j->operand->rows != 1) ? zip_repeat_all(j->zip) : 0);
}

/* Begin the part of the result that stands for a segment. */
static int
elementwise_part(struct elementwise_job *j)
{
	static const char *const names[] = { "add", "sub", "mul" };
	const struct part *first = zip_part(j->zip, 0), *q;
	struct part *p;
	size_t i;
	int rc = -1;

	zip_inputs(j->zip, j->inputs);
	if (j->operand != NULL)
		j->inputs[j->count] = (struct input){ .id = j->operand->digest };
	if ((p = part_derive(zip_part(j->zip, j->shared), names[j->op], "", j->inputs,
	    operand_count(j))) == NULL)
		return (-1);
	scale_set(p, j->scale);
	if (part_set_name(p, first->name) == -1)
		goto out;
	for (i = 0; i < j->count; i++) {
		q = zip_part(j->zip, i);
		if (q->cols == j->cols && q->columns != NULL)
			break;
	}
	if (part_set_columns(p, (i < j->count) ? (const char *const *)zip_part(j->zip, i)->columns :
	    NULL, j->cols) == -1 || part_set_about(p, j->about) == -1)
		goto out;
	rc = writer_begin(j->w, p);
out:
	part_free(p);
	return (rc);
}

/* Where rows of an operand begin, and how they are repeated. */
struct view {
	const uint64_t *words;
	size_t cols;
	bool repeats; /* the same row again and again */
};

static struct view
operand_view(const struct elementwise_job *j, size_t i, size_t plane, size_t offset)
{
	struct view v;

	v.cols = operand_cols(j, i);
	if (i < j->count) {
		v.repeats = zip_repeats(j->zip, i);
		v.words = j->rows[i].plane[is_public(j, i) ? 0 : plane] + (v.repeats ? 0 :
		    offset * v.cols);
	} else {
		v.repeats = (j->operand->rows == 1);
		v.words = j->operand->words + (v.repeats ? 0 : (j->row + offset) * v.cols);
	}
	return (v);
}

/* Return ${n} rows of an operand in the shape of the result, in place where they have it. */
static const uint64_t *
spread(struct elementwise_job *j, struct view v, size_t n)
{
	size_t r, c;

	if (v.cols == j->cols && !v.repeats)
		return (v.words);
	for (r = 0; r < n; r++) {
		for (c = 0; c < j->cols; c++)
			j->spread[r * j->cols + c] = v.words[(v.repeats ? 0 : r * v.cols) +
			    ((v.cols == 1) ? 0 : c)];
	}
	return (j->spread);
}

/* Multiply the words of each column of operand ${i} as its exponent asks for. */
static const uint64_t *
shift(struct elementwise_job *j, size_t i, const uint64_t *x, size_t n)
{
	const unsigned *shifts;
	size_t r, c;

	if (j->shifts == NULL)
		return (x);
	shifts = j->shifts + i * j->cols;
	for (c = 0; c < j->cols && shifts[c] == 0; c++)
		continue;
	if (c == j->cols)
		return (x);
	for (r = 0; r < n; r++) {
		for (c = 0; c < j->cols; c++)
			j->spread[r * j->cols + c] = word_shifted(x[r * j->cols + c], shifts[c]);
	}
	return (j->spread);
}

/* z = x, or z = z op x, for ${words} words of an operand brought to scale by ${factor}. */
static void
accumulate(struct elementwise_job *j, uint64_t *z, const uint64_t *x, uint64_t factor, size_t words,
    bool first)
{

	if (factor != 1) {
		ring_scale(&j->R, j->spread, x, factor, words);
		x = j->spread;
	}
	if (first)
		memcpy(z, x, words * sizeof(*z));
	else if (j->op == ELEMENT_ADD)
		ring_add(&j->R, z, z, x, words);
	else if (j->op == ELEMENT_SUB)
		ring_sub(&j->R, z, z, x, words);
	else
		ring_mul(&j->R, z, z, x, words);
}

/* Whether operand ${i} takes part in a plane: public terms are added once, by those who may. */
static bool
takes_part(const struct elementwise_job *j, size_t i, size_t plane)
{
	const struct part *p = zip_part(j->zip, j->shared);

	return (j->op == ELEMENT_MUL || !is_public(j, i) || (plane == 0 && part_takes_public(p)));
}

/* Compute ${n} rows of one plane of the result. */
static void
compute_plane(struct elementwise_job *j, uint64_t *z, size_t plane, size_t offset, size_t n)
{
	size_t i, words = n * j->cols;
	bool first = true;

	for (i = 0; i < operand_count(j); i++) {
		if (takes_part(j, i, plane)) {
			accumulate(j, z, shift(j, i, spread(j, operand_view(j, i, plane, offset),
			    n), n), j->factors[i], words, first);
			first = false;
		} else if (first && j->op == ELEMENT_SUB) {
			/* A public minuend that this party does not hold is zero here. */
			memset(z, 0, words * sizeof(*z));
			first = false;
		}
	}
	if (first)
		memset(z, 0, words * sizeof(*z));
}

static int
need_spread(struct elementwise_job *j, size_t words)
{

	if (words <= j->spread_words)
		return (0);
	mem_wipe_free(j->spread, j->spread_words * sizeof(uint64_t));
	j->spread_words = 0;
	if ((j->spread = mem_array(words, sizeof(uint64_t))) == NULL)
		return (-1);
	j->spread_words = words;
	return (0);
}

static int
check_operand_rows(const struct elementwise_job *j, uint64_t rows, bool at_end)
{

	if (j->operand == NULL || j->operand->rows == 1 || (rows <= j->operand->rows && !at_end) ||
	    rows == j->operand->rows)
		return (0);
	return (fail(ST_FAILED, "shapes disagree: the public operand has %zu rows, the stream %s",
	    j->operand->rows, at_end ? "fewer" : "more"));
}

static int
elementwise_rows(struct elementwise_job *j, size_t count)
{
	uint64_t *planes[PART_MAX_PLANES];
	size_t done, n, i;

	if (check_operand_rows(j, j->row + count, false) == -1)
		return (-1);
	for (done = 0; done < count; done += n) {
		if ((n = writer_space(j->w, count - done, planes)) == 0 ||
		    need_spread(j, n * j->cols) == -1)
			return (-1);
		for (i = 0; i < part_planes(zip_part(j->zip, j->shared)); i++)
			compute_plane(j, planes[i], i, done, n);
		writer_filled(j->w, n);
	}
	j->row += count;
	return (0);
}

static int
elementwise_segment(struct elementwise_job *j)
{
	bool ends = false;
	size_t count;

	if (elementwise_part(j) == -1)
		return (-1);
	while (!ends) {
		if (zip_rows(j->zip, j->rows, &count, &ends) == -1)
			return (-1);
		if (count == SIZE_MAX) {
			/* All streams repeat their row for those of the constant. */
			count = j->operand->rows;
			ends = true;
		}
		if (elementwise_rows(j, count) == -1)
			return (-1);
	}
	return (writer_end(j->w));
}

static int
elementwise_run(struct elementwise_job *j)
{
	int rc;

	while ((rc = zip_tensor(j->zip)) == 1) {
		if (elementwise_begin(j) == -1)
			return (-1);
		do {
			if (elementwise_segment(j) == -1)
				return (-1);
		} while ((rc = zip_segment(j->zip)) == 1);
		if (rc == -1 || check_operand_rows(j, j->row, true) == -1)
			return (-1);
	}
	return (rc);
}

int
local_elementwise(enum elementwise op, struct reader *const *readers, size_t count,
    const char *constant, unsigned fraction_bits, struct writer *w)
{
	struct elementwise_job j = { .op = op, .constant = constant,
		.fraction_bits = fraction_bits, .w = w, .count = count };
	size_t i;
	int rc = -1;

	for (i = 0; i < count; i++)
		reader_takes_exponents(readers[i]);
	j.zip = zip_new(readers, count);
	j.rows = mem_array(count, sizeof(*j.rows));
	j.inputs = mem_array(count + 1, sizeof(*j.inputs));
	j.factors = mem_array(count + 1, sizeof(*j.factors));
	if (j.zip != NULL && j.rows != NULL && j.inputs != NULL && j.factors != NULL)
		rc = elementwise_run(&j);
	free_about(&j);
	zip_free(j.zip);
	operand_free(j.operand);
	mem_wipe_free(j.spread, j.spread_words * sizeof(uint64_t));
	free(j.rows);
	free(j.inputs);
	free(j.factors);
	return (rc);
}
