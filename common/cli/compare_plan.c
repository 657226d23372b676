#include "cli/compare_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/known.h"
#include "func/function.h"
#include "nn/prepare.h"
#include "ring/fixed.h"

/*
 * Words are multiplied by 2^MAX_SHIFT at most, however far two units are apart.  Words of up to
 * CLOSE_BITS bits in the finer unit are far below one unit of the coarser one even then.
 */
#define MAX_SHIFT 60
#define CLOSE_BITS 57

/* A tensor while its plan is made. */
struct comparing {
	struct compare_plan *p;
	const struct stage_tensor *t;
	const struct compare_request *what;
	struct scale scale; /* of all operands */
	struct known_width width;
};

/* ---- two operands ---- */

static int
set_shift(struct comparing *m, size_t i, size_t j, int shift)
{
	struct compare_plan *p = m->p;

	if (p->shift[i] == NULL &&
	    (p->shift[i] = mem_array(p->cols, sizeof(*p->shift[i]))) == NULL)
		return (-1);
	p->shift[i][j] = shift;
	return (0);
}

static int
set_clip(struct comparing *m, size_t i, size_t j, struct bounds b)
{
	struct compare_plan *p = m->p;

	if (p->clip[i] == NULL && (p->clip[i] = mem_array(p->cols, sizeof(*p->clip[i]))) == NULL)
		return (-1);
	p->clip[i][j] = b;
	return (0);
}

/* Widen bounds of words by the margin and 1, which is added to words when they are compared. */
static int
add_margin(struct bounds *a, int64_t margin)
{

	return (bounds_add(a, (struct bounds){ -margin - 1, margin + 1 }));
}

/*
 * Whether words of ${a} times 2^shift fit, and so do their differences from words of ${b}, with the
 * margin.
 */
static bool
fits(struct known a, const struct known *b, int shift, int64_t margin)
{

	if (shift > MAX_SHIFT || known_shift(&a, shift) == -1 || add_margin(&a.words, margin) == -1)
		return (false);
	return (!bounds_known(b->words) || bounds_subtract(&a.words, b->words) == 0);
}

/*
 * Bounds in units of 2^shift around all words of ${b}, and so wide that the margin does not reach
 * across: a word that is brought to such a bound stays on the same side of all words of ${b}.
 */
static struct bounds
units_around(struct bounds b, int shift, int64_t margin)
{
	const int64_t beyond = (margin >> shift) + 2;

	return ((struct bounds){ -(-b.low >> shift) - beyond, (b.high >> shift) + beyond });
}

/*
 * Whether numbers of a column were not rounded: counts, classes, days; not such whose unit happens
 * to be 1.
 */
static bool
is_unrounded(const struct part *p, size_t j)
{
	const struct column *c = part_about(p, j);

	return ((c->kind == COLUMN_NUMBER || c->kind == COLUMN_UNDECLARED) ?
	    part_is_whole(p, j) : c->exponent == 0);
}

/*
 * Half of the coarser unit, in words of the lesser exponent and times the divisor; 0 where units
 * are equal, or the coarser one is 1.  An operand with fewer fraction bits is in a coarser unit.
 */
static int64_t
find_margin(const struct comparing *m, size_t j, const struct known *k)
{
	const int least = (k[0].exponent < k[1].exponent) ? k[0].exponent : k[1].exponent;
	int unit[COMPARE_OPERANDS], coarser, bits;
	size_t i;

	for (i = 0; i < COMPARE_OPERANDS; i++)
		unit[i] = k[i].exponent + (int)m->scale.fraction_bits -
		    (int)m->t->parts[i]->fraction_bits;
	i = (unit[0] > unit[1]) ? 0 : 1;
	coarser = unit[i];
	if (unit[0] == unit[1] || is_unrounded(m->t->parts[i], stage_column(m->t, i, j)))
		return (0);
	bits = (coarser - least > MAX_SHIFT) ? MAX_SHIFT - 1 : coarser - least - 1;
	if (m->scale.divisor > (uint64_t)INT64_MAX / 2 >> bits)
		return (INT64_MAX / 2);
	return ((int64_t)m->scale.divisor << bits);
}

static int
set_margin(struct comparing *m, size_t j, int64_t margin)
{
	struct compare_plan *p = m->p;

	if (margin == 0)
		return (0);
	if (p->margin == NULL && (p->margin = mem_array(p->cols, sizeof(*p->margin))) == NULL)
		return (-1);
	p->margin[j] = margin;
	return (0);
}

/*
 * Give operand ${i}, whose words ${a} are in units of 2^apart, bounds just around the words of
 * ${b}, which it is compared with.
 */
static int
clip_around(struct comparing *m, size_t j, size_t i, struct known *a, const struct known *b,
    int apart, int64_t margin)
{
	const int shift = (apart > MAX_SHIFT) ? MAX_SHIFT : apart;

	if (bounds_known(b->words) &&
	    bounds_bits(b->words) <= ((apart > shift) ? CLOSE_BITS : MAX_SHIFT)) {
		a->words = units_around(b->words, shift, margin);
		if (fits(*a, b, shift, margin))
			return (set_clip(m, i, j, a->words));
	}
	return (known_refuse(m->t->parts[i], stage_column(m->t, i, j), "it is compared with "
	    "numbers in finer units, and how large these are is not known: give them bounds first "
	    "(smpc-map clip)"));
}

/* Bring operand ${i}, whose words ${a} have the larger exponent, to that of ${b}. */
static int
to_lesser_exponent(struct comparing *m, size_t j, size_t i, struct known *a,
    const struct known *b, int64_t margin)
{
	const int apart = a->exponent - b->exponent;
	const int shift = (apart > MAX_SHIFT) ? MAX_SHIFT : apart;

	if (!fits(*a, b, apart, margin) && clip_around(m, j, i, a, b, apart, margin) == -1)
		return (-1);
	(void)known_shift(a, shift);
	return (set_shift(m, i, j, shift));
}

/*
 * Words of classes whose values are other numbers than these are compared with those of the same
 * class alone, and only whether they are equal: else positions would be taken for numbers.
 */
static int
check_classes(const struct comparing *m, size_t j)
{
	const struct part *const *p = m->t->parts;
	const size_t first = stage_column(m->t, 0, j), second = stage_column(m->t, 1, j);

	if (m->what->equality && column_same_values(part_about(p[0], first),
	    part_about(p[1], second)))
		return (0);
	return ((part_check_number(p[0], first) == -1) ? -1 : part_check_number(p[1], second));
}

static int
plan_operands(struct comparing *m, size_t j)
{
	struct known k[COMPARE_OPERANDS];
	int64_t margin;
	size_t i, larger;

	if (check_classes(m, j) == -1)
		return (-1);
	for (i = 0; i < COMPARE_OPERANDS; i++) {
		if (known_of(m->t->parts[i], stage_column(m->t, i, j), m->scale, &k[i]) == -1)
			return (-1);
	}
	if (part_check_terms(m->t->parts[0], stage_column(m->t, 0, j), m->t->parts[1],
	    stage_column(m->t, 1, j)) == -1)
		return (-1);
	margin = find_margin(m, j, k);
	larger = (k[0].exponent > k[1].exponent) ? 0 : 1;
	if ((k[0].exponent != k[1].exponent && to_lesser_exponent(m, j, larger, &k[larger],
	    &k[1 - larger], margin) == -1) || set_margin(m, j, margin) == -1)
		return (-1);
	if (margin > 0 && add_margin(&k[0].words, margin) == -1)
		return (known_refuse(m->t->parts[0], stage_column(m->t, 0, j), "its numbers may "
		    "not fit 64 bits at the scale of the other operand: give it narrower bounds "
		    "(smpc-map clip)"));
	return (known_width_add(&m->width, m->t->parts[0], stage_column(m->t, 0, j), k[0].words,
	    k[1].words));
}

/* ---- a number ---- */

/* The number as a word, times the divisor. */
struct constant_word {
	int64_t v;
	bool fits;    /* there is such a word */
	bool between; /* the number is between two whole numbers, and v is one of them */
};

/* The number times the divisor, in float64, is whole if it is off by no more than this part. */
#define WHOLE_ERROR 0x1p-50

/* In a column of sums of whole numbers, which are means by their divisor. */
static void
find_whole_sum(const struct comparing *m, struct constant_word *w)
{
	double x;

	w->fits = (fixed_parse_double(m->what->constant, strlen(m->what->constant), &x) ==
	    FIXED_OK && fabs(x *= (double)m->scale.divisor) < 0x1p61);
	if (!w->fits)
		return;
	w->between = (fabs(x - rint(x)) > fabs(x) * WHOLE_ERROR);
	w->v = (int64_t)(!w->between ? rint(x) : m->what->up ? ceil(x) : floor(x));
}

/* In a column of whole numbers a number with a fraction is not rounded: it is between two words. */
static void
find_whole(const struct comparing *m, struct constant_word *w)
{
	const int64_t limit = INT64_MAX / 2;
	const char *text = m->what->constant;
	int64_t low, high;

	if (m->scale.divisor != 1) {
		find_whole_sum(m, w);
		return;
	}
	w->fits = (fixed_parse_bound(text, strlen(text), 0, 0, &low) == FIXED_OK &&
	    fixed_parse_bound(text, strlen(text), 0, 1, &high) == FIXED_OK && high <= limit &&
	    low >= -limit);
	if (!w->fits)
		return;
	w->between = (low != high);
	w->v = m->what->up ? high : low;
}

/*
 * In other columns the number is rounded as theirs were.  Return 0, or -1 (not reported) where it
 * would be rounded to 0.
 */
static int
find_word(const struct comparing *m, const struct known *k, struct constant_word *w)
{
	const int64_t limit = INT64_MAX / 2 / (int64_t)m->scale.divisor;
	const int bits = (int)m->scale.fraction_bits - k->exponent;
	const char *text = m->what->constant;

	*w = (struct constant_word){ .fits = false };
	if (bits == 0) {
		find_whole(m, w);
		return (0);
	}
	w->fits = (fixed_parse_scaled(text, strlen(text), bits, &w->v) == FIXED_OK &&
	    w->v <= limit && w->v >= -limit);
	if (w->fits && w->v == 0 && !fixed_is_zero(text, strlen(text)))
		return (-1);
	w->v *= w->fits ? (int64_t)m->scale.divisor : 1;
	return (0);
}

/* Compare doubled words with an odd number, which none is equal to. */
static int
make_unequal(struct comparing *m, size_t j)
{
	word v = (word)m->p->threshold[j];

	m->p->threshold[j] = (int64_t)(2 * v + 1);
	return (set_shift(m, 0, j, 1));
}

/*
 * A number beyond all words of a column compares as the word next to them on its side does, so
 * that it may have more bits than a word.
 */
static int
plan_number(struct comparing *m, size_t j)
{
	const struct part *p = m->t->parts[0];
	const char *text = m->what->constant;
	int64_t *v = &m->p->threshold[j];
	struct constant_word w;
	struct known k;
	bool closed;
	double number;

	if (known_of(p, j, m->scale, &k) == -1)
		return (-1);
	if (find_word(m, &k, &w) == -1)
		return (known_refuse(p, j, "the number %s rounds to 0 at its scale", text));
	if (w.between && !is_unrounded(p, j))
		return (known_refuse(p, j, "its numbers are rounded to whole ones, as its range "
		    "has it, and %s is none: compare with a whole number", text));
	closed = (k.words.low > INT64_MIN && k.words.high < INT64_MAX);
	if (!w.fits && (!closed || fixed_parse_double(text, strlen(text), &number) != FIXED_OK))
		return (known_refuse(p, j, "the number %s does not fit its scale", text));
	*v = w.v;
	if (closed && (w.fits ? *v > k.words.high : number > 0))
		*v = k.words.high + 1;
	else if (closed && (w.fits ? *v < k.words.low : true))
		*v = k.words.low - 1;
	if (known_width_add(&m->width, p, j, k.words, (struct bounds){ *v, *v }) == -1)
		return (-1);
	return ((w.between && m->what->equality) ? make_unequal(m, j) : 0);
}

/* ---- the plan ---- */

int
compare_plan_make(struct compare_plan *p, struct stage_tensor *t,
    const struct compare_request *what)
{
	struct comparing m = { .p = p, .t = t, .what = what, .scale = t->scale };
	size_t j;

	*p = (struct compare_plan){ .cols = t->cols };
	if (stage_tensor_know(t) == -1 || (what->constant != NULL &&
	    part_check_numbers(t->parts[0]) == -1) || (what->constant != NULL &&
	    (p->threshold = mem_array(p->cols, sizeof(*p->threshold))) == NULL))
		return (-1);
	t->scale = (struct scale){ .divisor = 1 };
	known_width_begin(&m.width, what->bits);
	for (j = 0; j < p->cols; j++) {
		if (((what->constant != NULL) ? plan_number(&m, j) : plan_operands(&m, j)) == -1)
			return (-1);
		column_result(&t->about[j], (struct bounds){ 0, 1 }, 0);
	}
	p->bits = known_width_bits(&m.width);
	return (0);
}

void
compare_plan_free(struct compare_plan *p)
{
	size_t i;

	for (i = 0; i < COMPARE_OPERANDS; i++) {
		free(p->shift[i]);
		free(p->clip[i]);
	}
	free(p->threshold);
	free(p->margin);
	memset(p, 0, sizeof(*p));
}

/* ---- a block ---- */

static int
clip_column(struct mpc *S, struct mpc_vector *z, size_t cols, size_t j, struct bounds b)
{
	const size_t rows = z->n / cols;
	struct mpc_vector column = { .n = 0 }, clipped = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &column, rows) == 0 && mpc_vector_new(S, &clipped, rows) == 0) {
		mpc_columns_get(&column, z, rows, cols, j);
		if ((rc = mpc_clip_any(S, &clipped, &column, b.low, b.high)) == 0)
			mpc_columns_set(z, &clipped, rows, cols, j);
	}
	mpc_vector_free(&column);
	mpc_vector_free(&clipped);
	return (rc);
}

int
compare_plan_prepare(struct mpc *S, const struct compare_plan *p, size_t i,
    struct mpc_vector *room, const struct mpc_vector **z, const struct mpc_vector *x)
{
	size_t j;

	*z = x;
	if (p->shift[i] == NULL)
		return (0);
	*z = room;
	if (mpc_vector_new(S, room, x->n) == -1)
		return (-1);
	mpc_copy(room, x);
	for (j = 0; j < p->cols && p->clip[i] != NULL; j++) {
		if (p->clip[i][j].low < p->clip[i][j].high &&
		    clip_column(S, room, p->cols, j, p->clip[i][j]) == -1)
			return (-1);
	}
	return (nn_shift_columns(S, room, x->n / p->cols, p->cols, p->shift[i]));
}

int
compare_plan_add_threshold(const struct compare_plan *p, struct mpc_vector *z, int sign)
{

	return (nn_add_to_columns(z, p->cols, p->threshold, sign));
}

int
compare_plan_add_margin(const struct compare_plan *p, struct mpc_vector *z, int sign)
{

	return ((p->margin == NULL) ? 0 : nn_add_to_columns(z, p->cols, p->margin, sign));
}
