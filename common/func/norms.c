#include "func/norms.h"

#include <stdlib.h>
#include <string.h>

#include "mpc/room.h"

/* ---- lists ---- */

static int
add_size(struct buf *list, size_t v)
{

	return (buf_append(list, &v, sizeof(v)));
}

static size_t
sizes(const struct buf *list)
{

	return (list->len / sizeof(size_t));
}

static size_t *
size_list(const struct buf *list)
{

	return ((size_t *)(void *)list->data);
}

static size_t
tests(const struct mpc_norms *n)
{

	return (n->tests.len / sizeof(struct mpc_norms_test));
}

static const struct mpc_norms_test *
test_list(const struct mpc_norms *n)
{

	return ((const struct mpc_norms_test *)(const void *)n->tests.data);
}

static size_t
choices(const struct mpc_norms *n)
{

	return (n->choices.len / sizeof(struct mpc_norms_choice));
}

static const struct mpc_norms_choice *
choice_list(const struct mpc_norms *n)
{

	return ((const struct mpc_norms_choice *)(const void *)n->choices.data);
}

static size_t
limits(const struct mpc_norms *n)
{

	return (n->limits.len / sizeof(struct mpc_norms_limit));
}

static struct mpc_norms_limit *
limit_list(const struct mpc_norms *n)
{

	return ((struct mpc_norms_limit *)(void *)n->limits.data);
}

/* ---- life ---- */

/* The first norm is 1. */
static int
begin_norms(struct mpc *S, struct mpc_norms *n)
{
	struct mpc_vector one;

	if (mpc_grow(S, &n->norms, &n->norms_room, 1) == -1)
		return (-1);
	n->norms.n = 1;
	one = mpc_part(&n->norms, MPC_NORM_ONE, 1);
	mpc_zero(&one);
	mpc_add_public(&one, &one, 1);
	return (0);
}

int
mpc_norms_new(struct mpc *S, struct mpc_norms *n, size_t kinds)
{

	memset(n, 0, sizeof(*n));
	return ((mpc_vector_new(S, &n->count, kinds) == -1) ? -1 : begin_norms(S, n));
}

/* Free a vector with all its room, as words that were used before may be behind its end now. */
static void
free_grown(struct mpc_vector *x, size_t room)
{

	x->n = room;
	mpc_vector_free(x);
}

void
mpc_norms_free(struct mpc_norms *n)
{

	mpc_vector_free(&n->count);
	free_grown(&n->words, n->words_room);
	free_grown(&n->norms, n->norms_room);
	free_grown(&n->values, n->values_room);
	buf_free(&n->ends);
	buf_free(&n->made);
	buf_free(&n->choices);
	buf_free(&n->tests);
	buf_free(&n->limits);
	memset(n, 0, sizeof(*n));
}

/* ---- notes ---- */

int
mpc_norms_squares(struct mpc *S, struct mpc_norms *n, const struct mpc_vector *x, size_t width,
    size_t *first)
{
	size_t end = n->words.n, made = n->norms.n, groups = (x->n + width - 1) / width, i;

	*first = made;
	if (mpc_append(S, &n->words, &n->words_room, x) == -1 ||
	    mpc_grow(S, &n->norms, &n->norms_room, groups) == -1)
		return (-1);
	for (i = 0; i < groups; i++) {
		end += (x->n - i * width < width) ? x->n - i * width : width;
		if (add_size(&n->ends, end) == -1 ||
		    add_size(&n->made, made + i) == -1)
			return (-1);
	}
	n->norms.n += groups;
	return (0);
}

int
mpc_norms_known(struct mpc *S, struct mpc_norms *n, const struct mpc_vector *norms, size_t *first)
{

	*first = n->norms.n;
	return (mpc_append(S, &n->norms, &n->norms_room, norms));
}

int
mpc_norms_choose(struct mpc *S, struct mpc_norms *n, struct mpc_norms_choice *c)
{

	c->made = n->norms.n;
	if (mpc_grow(S, &n->norms, &n->norms_room, 1) == -1 ||
	    buf_append(&n->choices, c, sizeof(*c)) == -1)
		return (-1);
	n->norms.n++;
	n->now.choices[c->level]++;
	n->shifts[c->level] = c->shift;
	return (0);
}

int
mpc_norms_test(struct mpc_norms *n, const struct mpc_norms_test *t)
{

	return (buf_append(&n->tests, t, sizeof(*t)));
}

/* Words with the same limit are judged together. */
static int
add_limit(struct mpc_norms *n, const struct mpc_norms_limit *l)
{
	struct mpc_norms_limit *last = limit_list(n) + limits(n);

	n->limit = *l;
	if (limits(n) == 0 || last[-1].limit != l->limit || last[-1].kind != l->kind)
		return (buf_append(&n->limits, l, sizeof(*l)));
	last[-1].count += l->count;
	return (0);
}

int
mpc_norms_within(struct mpc *S, struct mpc_norms *n, const struct mpc_vector *x, int64_t limit,
    size_t kind)
{
	const struct mpc_norms_limit l = { .count = x->n, .limit = limit, .kind = kind };

	return ((mpc_append(S, &n->values, &n->values_room, x) == -1) ? -1 : add_limit(n, &l));
}

/* ---- in a plan ---- */

static struct mpc_norms_amount
amount_of(const struct mpc_norms *n)
{
	struct mpc_norms_amount now = n->now;

	now.words = n->words.n;
	now.groups = sizes(&n->ends);
	now.norms = n->norms.n;
	now.tests = tests(n);
	now.values = n->values.n;
	return (now);
}

void
mpc_norms_begin(struct mpc_norms *n)
{

	n->before = amount_of(n);
}

void
mpc_norms_end(struct mpc_norms *n)
{
	const struct mpc_norms_amount *before = &n->before;
	struct mpc_norms_amount now = amount_of(n);
	size_t i;

	now.words -= before->words;
	now.groups -= before->groups;
	now.norms -= before->norms;
	now.tests -= before->tests;
	now.values -= before->values;
	for (i = 0; i < MPC_NORMS_LEVELS; i++)
		now.choices[i] -= before->choices[i];
	n->between = now;
}

int
mpc_norms_reserve(struct mpc *S, struct mpc_norms *n, size_t times)
{

	return ((mpc_grow(S, &n->words, &n->words_room, times * n->between.words) == -1 ||
	    mpc_grow(S, &n->norms, &n->norms_room, times * n->between.norms) == -1 ||
	    mpc_grow(S, &n->values, &n->values_room, times * n->between.values) == -1) ? -1 : 0);
}

/* Make a vector longer by so many words, whatever they are. */
static int
lengthen(struct mpc *S, struct mpc_vector *x, size_t *room, size_t by)
{

	if (mpc_grow(S, x, room, by) == -1)
		return (-1);
	x->n += by;
	return (0);
}

/* Which norms choices are of makes no difference in a plan. */
static int
repeat_choices(struct mpc *S, struct mpc_norms *n, const struct mpc_norms_amount *more)
{
	struct mpc_norms_choice c = { .factor = 1 };
	size_t i;

	for (c.level = 0; c.level < MPC_NORMS_LEVELS; c.level++) {
		c.shift = n->shifts[c.level];
		for (i = 0; i < more->choices[c.level]; i++) {
			if (mpc_norms_choose(S, n, &c) == -1)
				return (-1);
		}
	}
	return (0);
}

int
mpc_norms_repeat(struct mpc *S, struct mpc_norms *n)
{
	const struct mpc_norms_amount more = n->between;
	const struct mpc_norms_test t = { .a = MPC_NORM_ONE };
	struct mpc_norms_limit limit = n->limit;
	size_t norms = n->norms.n, i;
	int rc;

	rc = (lengthen(S, &n->words, &n->words_room, more.words) == -1 ||
	    lengthen(S, &n->values, &n->values_room, more.values) == -1 ||
	    repeat_choices(S, n, &more) == -1 ||
	    lengthen(S, &n->norms, &n->norms_room, norms + more.norms - n->norms.n) == -1) ? -1 : 0;
	for (i = 0; i < more.groups && rc == 0; i++)
		rc = (add_size(&n->ends, n->words.n) == -1 ||
		    add_size(&n->made, MPC_NORM_ONE) == -1) ? -1 : 0;
	for (i = 0; i < more.tests && rc == 0; i++)
		rc = mpc_norms_test(n, &t);
	if (rc == -1 || more.values == 0)
		return (rc);
	limit.count = more.values;
	return (add_limit(n, &limit));
}

/* ---- judging ---- */

#define HALF ((int64_t)1 << MPC_NUMBER_RANGE)

/*
 * Make all norms that are measured: to the floor or one above it, and then one more.  A sum of
 * squares is from 0 to 2^63, and a truncation takes from -2^62 to 2^62, so that HALF is taken off
 * before.  Where there are choices, sums may have wrapped.
 */
static int
make_norms(struct mpc *S, struct mpc_norms *n)
{
	const struct bilinear groups = bilinear_groups(size_list(&n->ends), sizes(&n->ends));
	const bool before = mpc_may_wrap(S, true);
	struct mpc_vector z = { .n = 0 };
	int rc;

	if (choices(n) == 0)
		(void)mpc_may_wrap(S, before);
	if ((rc = mpc_vector_new(S, &z, groups.m)) == 0 &&
	    (rc = mpc_product(S, &z, &groups, &n->words, &n->words)) == 0) {
		mpc_add_public(&z, &z, -HALF);
		rc = mpc_truncate(S, &z, &z, MPC_NORM_BITS);
		mpc_add_public(&z, &z, (HALF >> MPC_NORM_BITS) + 1);
		mpc_scatter(&n->norms, size_list(&n->made), &z);
	}
	(void)mpc_may_wrap(S, before);
	mpc_vector_free(&z);
	return (rc);
}

/* What is public of products of norms: which norms, what is added to the first, and the limits. */
struct factors {
	size_t *a, *b;
	word *plus, *limit;
};

static void
factors_close(struct factors *f)
{

	free(f->a);
	free(f->b);
	free(f->plus);
	free(f->limit);
}

static int
factors_open(struct factors *f, size_t count)
{

	memset(f, 0, sizeof(*f));
	f->a = mem_array(count, sizeof(*f->a));
	f->b = mem_array(count, sizeof(*f->b));
	f->plus = mem_array(count, sizeof(*f->plus));
	f->limit = mem_array(count, sizeof(*f->limit));
	return ((f->a == NULL || f->b == NULL || f->plus == NULL || f->limit == NULL) ? -1 : 0);
}

/* z = (norm a + plus) norm b */
static int
multiply(struct mpc *S, const struct mpc_norms *n, struct mpc_vector *z, const struct factors *f)
{
	const struct bilinear times = bilinear_elements(z->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, z->n, 2, 0) == 0) {
		mpc_gather(&r.word[0], &n->norms, f->a, z->n);
		mpc_gather(&r.word[1], &n->norms, f->b, z->n);
		mpc_add_public_words(&r.word[0], &r.word[0], f->plus);
		rc = mpc_product(S, z, &times, &r.word[0], &r.word[1]);
	}
	room_close(&r);
	return (rc);
}

/* d = [z <= limit]; z is spent. */
static int
compare_with_limits(struct mpc *S, struct mpc_bits *d, struct mpc_vector *z, const word *limit)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 1, .thresholds = &zero };

	mpc_scale(z, z, -1);
	mpc_add_public_words(z, z, limit);
	return (mpc_compare(S, d, z, &c));
}

/* ---- choices ---- */

/* The choices of a level: the factors of their products, and which norms are measured and made. */
struct chosen {
	struct factors of;
	size_t count, *measured, *made;
	int64_t factor;
	unsigned shift;
};

static void
chosen_close(struct chosen *c)
{

	factors_close(&c->of);
	free(c->measured);
	free(c->made);
}

static int
chosen_open(struct chosen *c, const struct mpc_norms *n, size_t level)
{
	const struct mpc_norms_choice *from = choice_list(n);
	size_t all = choices(n), i;

	memset(c, 0, sizeof(*c));
	c->measured = mem_array(n->now.choices[level], sizeof(*c->measured));
	c->made = mem_array(n->now.choices[level], sizeof(*c->made));
	if (factors_open(&c->of, n->now.choices[level]) == -1 || c->measured == NULL ||
	    c->made == NULL)
		return (-1);
	for (i = 0; i < all; i++) {
		if (from[i].level != level)
			continue;
		c->of.a[c->count] = from[i].a;
		c->of.b[c->count] = from[i].b;
		c->of.limit[c->count] = (word)from[i].limit;
		c->measured[c->count] = from[i].measured;
		c->made[c->count++] = from[i].made;
		c->factor = from[i].factor;
		c->shift = from[i].shift;
	}
	return (0);
}

/* made = product + [product <= limit] (measured - product), and one more, as it is cut off. */
static int
make_choices(struct mpc *S, struct mpc_norms *n, size_t level)
{
	enum { PRODUCT, COMPARED, MEASURED, MADE, WORDS };
	struct chosen c;
	struct room r;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	if (chosen_open(&c, n, level) == -1 || room_open(&r, S, c.count, WORDS, 1) == -1 ||
	    multiply(S, n, &r.word[PRODUCT], &c.of) == -1)
		goto out;
	mpc_scale(&r.word[COMPARED], &r.word[PRODUCT], c.factor);
	mpc_scale(&r.word[PRODUCT], &r.word[COMPARED], (int64_t)1 << c.shift);
	mpc_gather(&r.word[MEASURED], &n->norms, c.measured, c.count);
	if (compare_with_limits(S, r.bit, &r.word[COMPARED], c.of.limit) == -1)
		goto out;
	const struct mpc_selection_term terms[] = {
		{ .word = &r.word[PRODUCT], .weight = { 1 } },
		{ .bit = r.bit, .word = &r.word[PRODUCT], .weight = { -1 } },
		{ .bit = r.bit, .word = &r.word[MEASURED], .weight = { 1 } },
	};

	rc = mpc_select(S, &r.word[MADE], &(struct mpc_selection){ .count = 3, .terms = terms,
	    .shift = c.shift, .results = 1 });
	mpc_add_public(&r.word[MADE], &r.word[MADE], 1);
	mpc_scatter(&n->norms, c.made, &r.word[MADE]);
out:
	room_close(&r);
	chosen_close(&c);
	return (rc);
}

/* ---- tests ---- */

/* Add 1 to the count of its kind for each test that fails. */
static int
judge_tests(struct mpc *S, struct mpc_norms *n)
{
	const struct mpc_norms_test *t = test_list(n);
	size_t count = tests(n), *kinds = mem_array(count, sizeof(*kinds)), i;
	struct factors f;
	struct room r;
	int rc = -1;

	memset(&r, 0, sizeof(r));
	if (factors_open(&f, count) == -1 || kinds == NULL ||
	    room_open(&r, S, count, 1, 1) == -1)
		goto out;
	for (i = 0; i < count; i++) {
		f.a[i] = t[i].a;
		f.b[i] = t[i].b;
		f.plus[i] = (word)t[i].plus;
		f.limit[i] = (word)t[i].limit;
		kinds[i] = t[i].kind;
	}
	if (multiply(S, n, &r.word[0], &f) == -1 ||
	    compare_with_limits(S, r.bit, &r.word[0], f.limit) == -1)
		goto out;
	const struct mpc_selection_term terms[] = {
		{ .constant = { 1 } },
		{ .bit = r.bit, .constant = { -1 } },
	};

	rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 2, .terms = terms,
	    .results = 1 });
	mpc_scatter_add(&n->count, kinds, &r.word[0]);
out:
	room_close(&r);
	factors_close(&f);
	free(kinds);
	return (rc);
}

/* Upper bits of a limit that are looked at. */
#define LIMIT_BITS 8

/*
 * Add 1 for each word beyond +-limit.  Without the lowest bits a word that lacks less than 2^low
 * to a threshold may count as above it.  So the lower threshold is raised by as much: then no word
 * beyond either limit passes for one within.
 */
static int
judge_words(struct mpc *S, struct mpc_norms *n, const struct mpc_norms_limit *l,
    const struct mpc_vector *x)
{
	struct mpc_vector count = mpc_part(&n->count, l->kind, 1);
	int64_t bounds[2] = { -l->limit, l->limit + 1 };
	struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 2, .thresholds = bounds };
	struct room r;
	int rc = -1;

	while (l->limit >> (c.low + LIMIT_BITS) > 0)
		c.low++;
	if (c.low > 0)
		bounds[0] += (int64_t)1 << c.low;
	if (room_open(&r, S, x->n, 1, 2) == 0 && mpc_compare(S, r.bit, x, &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .constant = { 1 } },
			{ .bit = &r.bit[0], .constant = { -1 } },
		};

		mpc_xor(&r.bit[0], &r.bit[0], &r.bit[1]);
		rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 2, .terms = terms,
		    .results = 1 });
		mpc_add_sum(&count, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

static int
judge_all(struct mpc *S, struct mpc_norms *n)
{
	struct mpc_vector part;
	size_t first = 0, i;

	if (n->words.n > 0 && make_norms(S, n) == -1)
		return (-1);
	for (i = 0; i < MPC_NORMS_LEVELS; i++) {
		if (n->now.choices[i] > 0 && make_choices(S, n, i) == -1)
			return (-1);
	}
	if (tests(n) > 0 && judge_tests(S, n) == -1)
		return (-1);
	for (i = 0; i < limits(n); first += limit_list(n)[i++].count) {
		part = mpc_part(&n->values, first, limit_list(n)[i].count);
		if (judge_words(S, n, &limit_list(n)[i], &part) == -1)
			return (-1);
	}
	return (0);
}

int
mpc_norms_judge(struct mpc *S, struct mpc_norms *n)
{
	int rc = judge_all(S, n);

	n->words.n = n->norms.n = n->values.n = 0;
	n->ends.len = n->made.len = n->choices.len = n->tests.len = n->limits.len = 0;
	memset(&n->now, 0, sizeof(n->now));
	return ((rc == -1) ? -1 : begin_norms(S, n));
}
