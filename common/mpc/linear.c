#include "mpc/linear.h"

#include <string.h>

#include "base/mem.h"
#include "mpc/engine_internal.h"
#include "ring/bits.h"

/*
 * Linear operations.  With x = m - lam, a linear map of x is that map of m less that of lam, and
 * lam = lam_1 + ... + lam_n goes through it share by share.  So a party does the same to all planes
 * that it holds of a vector: m, its masks, both or none.  Only public numbers are added to m alone.
 *
 * This file and vector.c, which makes vectors, are where planes are listed: a further one is a line
 * in planes_of.
 */

typedef word *plane_list[MPC_MAX_PLANES];

/*
 * The planes of a vector, NULL where there is none; results stand in them, so they are not const.
 */
static void
planes_of(const struct mpc_planes *held, plane_list list)
{

	list[0] = held->m;
	list[1] = held->lam;
}

/* What a map does to one plane, of matrices with ${rows} rows and ${cols} columns. */
struct plane_map {
	void (*apply)(word *z, const word *x, const struct plane_map *map);
	size_t rows, cols;
	size_t repeat, column; /* of those that have them */
	const size_t *index;
	word factor;
	const struct bilinear *B;
	const word *public;
};

static void
on_planes(struct mpc_vector *z, const struct mpc_vector *x, const struct plane_map *map)
{
	plane_list to, from;
	size_t j;

	planes_of(&z->held, to);
	planes_of(&x->held, from);
	for (j = 0; j < MPC_MAX_PLANES; j++) {
		if (to[j] != NULL)
			map->apply(to[j], from[j], map);
	}
	z->drawn_from = NULL;
}

/* ---- words ---- */

typedef void plane_sum(word *z, const word *x, const word *y, size_t n, word c);

/* A map of two vectors, of which planes meet planes of the same kind. */
static void
on_pairs(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *y, plane_sum *f,
    word c)
{
	plane_list zp, xp, yp;
	size_t j;

	planes_of(&z->held, zp);
	planes_of(&x->held, xp);
	planes_of(&y->held, yp);
	for (j = 0; j < MPC_MAX_PLANES; j++) {
		if (zp[j] != NULL)
			f(zp[j], xp[j], yp[j], z->n, c);
	}
	z->drawn_from = NULL;
}

static void
plane_add(word *z, const word *x, const word *y, size_t n, word c)
{
	size_t i;

	(void)c;
	for (i = 0; i < n; i++)
		z[i] = x[i] + y[i];
}

void
mpc_add(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *y)
{

	on_pairs(z, x, y, plane_add, 1);
}

static void
plane_subtract(word *z, const word *x, const word *y, size_t n, word c)
{
	size_t i;

	(void)c;
	for (i = 0; i < n; i++)
		z[i] = x[i] - y[i];
}

void
mpc_subtract(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *y)
{

	on_pairs(z, x, y, plane_subtract, 1);
}

static void
plane_add_scaled(word *z, const word *x, const word *y, size_t n, word c)
{
	size_t i;

	for (i = 0; i < n; i++)
		z[i] = x[i] + c * y[i];
}

void
mpc_add_scaled(struct mpc_vector *z, const struct mpc_vector *x, int64_t c)
{

	on_pairs(z, z, x, plane_add_scaled, (word)c);
}

static void
plane_scale(word *z, const word *x, const struct plane_map *map)
{
	size_t i;

	for (i = 0; i < map->cols; i++)
		z[i] = map->factor * x[i];
}

void
mpc_scale(struct mpc_vector *z, const struct mpc_vector *x, int64_t c)
{
	const struct plane_map map = { .apply = plane_scale, .cols = z->n, .factor = (word)c };

	on_planes(z, x, &map);
}

static void
plane_copy(word *z, const word *x, const struct plane_map *map)
{

	if (z != x && map->cols > 0)
		memcpy(z, x, map->cols * sizeof(*z));
}

void
mpc_copy(struct mpc_vector *z, const struct mpc_vector *x)
{
	const struct plane_map map = { .apply = plane_copy, .cols = z->n };

	on_planes(z, x, &map);
}

static void
plane_zero(word *z, const word *x, const struct plane_map *map)
{

	(void)x;
	if (map->cols > 0)
		memset(z, 0, map->cols * sizeof(*z));
}

void
mpc_zero(struct mpc_vector *z)
{
	const struct plane_map map = { .apply = plane_zero, .cols = z->n };

	on_planes(z, z, &map);
}

/*
 * Public numbers leave masks as they are: a vector that gets them where it stands keeps its keys.
 */
void
mpc_add_public(struct mpc_vector *z, const struct mpc_vector *x, int64_t c)
{
	struct mpc_output_mask *mask = z->drawn_from;
	bool stays = z->held.lam == x->held.lam;
	size_t i;

	mpc_copy(z, x);
	for (i = 0; z->held.m != NULL && i < z->n; i++)
		z->held.m[i] += (word)c;
	if (stays)
		z->drawn_from = mask;
}

void
mpc_add_public_words(struct mpc_vector *z, const struct mpc_vector *x, const word *y)
{
	struct mpc_output_mask *mask = z->drawn_from;
	bool stays = z->held.lam == x->held.lam;
	size_t i;

	mpc_copy(z, x);
	for (i = 0; z->held.m != NULL && i < z->n; i++)
		z->held.m[i] += y[i];
	if (stays)
		z->drawn_from = mask;
}

static void
plane_add_sum(word *sum, const word *x, const struct plane_map *map)
{
	size_t i;

	for (i = 0; i < map->cols; i++)
		*sum += x[i];
}

void
mpc_add_sum(struct mpc_vector *sum, const struct mpc_vector *x)
{
	const struct plane_map map = { .apply = plane_add_sum, .cols = x->n };

	on_planes(sum, x, &map);
}

static void
plane_product(word *z, const word *x, const struct plane_map *map)
{

	memset(z, 0, bilinear_z(map->B) * sizeof(*z));
	/* Without a convolution, and in one thread, it cannot fail. */
	(void)bilinear_add(map->B, z, x, map->public, 1);
}

void
mpc_product_public(struct mpc_vector *z, const struct bilinear *B, const struct mpc_vector *x,
    const word *y)
{
	struct bilinear one_thread = *B;
	const struct plane_map map = { .apply = plane_product, .B = &one_thread, .public = y };

	one_thread.threads = 1;
	on_planes(z, x, &map);
}

static void
plane_gather(word *z, const word *x, const struct plane_map *map)
{
	size_t i;

	for (i = 0; i < map->cols; i++)
		z[i] = x[map->index[i]];
}

void
mpc_gather(struct mpc_vector *z, const struct mpc_vector *x, const size_t *index, size_t n)
{
	const struct plane_map map = { .apply = plane_gather, .cols = n, .index = index };

	on_planes(z, x, &map);
}

static void
plane_scatter(word *z, const word *x, const struct plane_map *map)
{
	size_t i;

	for (i = 0; i < map->cols; i++)
		z[map->index[i]] = x[i];
}

void
mpc_scatter(struct mpc_vector *z, const size_t *index, const struct mpc_vector *x)
{
	const struct plane_map map = { .apply = plane_scatter, .cols = x->n, .index = index };

	on_planes(z, x, &map);
}

static void
plane_scatter_add(word *z, const word *x, const struct plane_map *map)
{
	size_t i;

	for (i = 0; i < map->cols; i++)
		z[map->index[i]] += x[i];
}

void
mpc_scatter_add(struct mpc_vector *z, const size_t *index, const struct mpc_vector *x)
{
	const struct plane_map map = { .apply = plane_scatter_add, .cols = x->n, .index = index };

	on_planes(z, x, &map);
}

/* ---- views and growing ---- */

static struct mpc_planes
planes_at(const struct mpc_planes *held, size_t first)
{
	struct mpc_planes part = { .m = (held->m == NULL) ? NULL : held->m + first,
		.lam = (held->lam == NULL) ? NULL : held->lam + first };

	return (part);
}

struct mpc_vector
mpc_part(const struct mpc_vector *x, size_t first, size_t n)
{
	struct mpc_vector part = { .n = n, .held = planes_at(&x->held, first) };

	return (part);
}

int
mpc_grow(const struct mpc *S, struct mpc_vector *x, size_t *room, size_t more)
{
	struct mpc_vector grown, used;
	size_t n = x->n, next = *room;

	if (n + more <= *room)
		return (0);
	/* By a quarter at least, so that a table that grows is copied a few times and no more. */
	next += next / 4;
	if (next < n + more)
		next = n + more;
	if (mpc_vector_new(S, &grown, next) == -1) {
		mpc_vector_free(&grown);
		return (-1);
	}
	used = mpc_part(&grown, 0, n);
	mpc_copy(&used, x);
	mpc_vector_free(x);
	*x = grown;
	x->n = n;
	*room = next;
	return (0);
}

int
mpc_append(const struct mpc *S, struct mpc_vector *x, size_t *room, const struct mpc_vector *more)
{
	struct mpc_vector end;

	if (mpc_grow(S, x, room, more->n) == -1)
		return (-1);
	end = mpc_part(x, x->n, more->n);
	mpc_copy(&end, more);
	x->n += more->n;
	return (0);
}

/* ---- bits ---- */

/* A sum mod 2: XOR takes the place of addition, and a public bit is added to m alone. */
void
mpc_xor(struct mpc_bits *d, const struct mpc_bits *a, const struct mpc_bits *b)
{
	plane_list dp, ap, bp;
	size_t i, j;

	planes_of(&d->held, dp);
	planes_of(&a->held, ap);
	planes_of(&b->held, bp);
	for (j = 0; j < MPC_MAX_PLANES; j++) {
		for (i = 0; dp[j] != NULL && i < bits_words(d->n); i++)
			dp[j][i] = ap[j][i] ^ bp[j][i];
	}
}

void
mpc_bits_copy(struct mpc_bits *d, const struct mpc_bits *a)
{
	plane_list dp, ap;
	size_t j;

	planes_of(&d->held, dp);
	planes_of(&a->held, ap);
	for (j = 0; j < MPC_MAX_PLANES; j++) {
		if (dp[j] != NULL && dp[j] != ap[j])
			memcpy(dp[j], ap[j], bits_words(d->n) * sizeof(*dp[j]));
	}
}

void
mpc_not(struct mpc_bits *d, const struct mpc_bits *a)
{
	size_t i;

	mpc_bits_copy(d, a);
	for (i = 0; d->held.m != NULL && i < bits_words(d->n); i++)
		d->held.m[i] = ~d->held.m[i];
}

size_t
mpc_bits_stride(size_t n)
{

	return (bits_words(n) * WORD_BITS);
}

struct mpc_bits
mpc_bits_part(const struct mpc_bits *d, size_t first, size_t n)
{
	struct mpc_bits part = { .n = n, .held = planes_at(&d->held, first / WORD_BITS) };

	return (part);
}

struct mpc_vector
mpc_bits_as_words(const struct mpc_bits *d)
{

	return ((struct mpc_vector){ .n = bits_words(d->n), .held = d->held });
}

struct mpc_bits
mpc_words_as_bits(const struct mpc_vector *x)
{

	return ((struct mpc_bits){ .n = x->n * WORD_BITS, .held = x->held });
}

/* Word ${k} of each row: a chunk of them at a time, side by side. */
static void
plane_turn(word *d, const word *a, size_t rows, size_t words, size_t k)
{
	word side[DRAWN_WORDS];
	size_t first, n, r, stride = bits_words(rows);

	for (first = 0; first < rows; first += n) {
		n = (rows - first < DRAWN_WORDS) ? rows - first : DRAWN_WORDS;
		for (r = 0; r < n; r++)
			side[r] = a[(first + r) * words + k];
		bits_slice(d + k * WORD_BITS * stride + first / WORD_BITS, stride, side, n, 0,
		    WORD_BITS);
	}
	mem_wipe(side, sizeof(side));
}

void
mpc_bits_turn(struct mpc_bits *d, const struct mpc_bits *a, size_t rows, size_t words)
{
	plane_list dp, ap;
	size_t j, k;

	planes_of(&d->held, dp);
	planes_of(&a->held, ap);
	for (j = 0; j < MPC_MAX_PLANES; j++) {
		for (k = 0; dp[j] != NULL && k < words; k++)
			plane_turn(dp[j], ap[j], rows, words, k);
	}
}

void
mpc_bits_spread(struct mpc_bits *d, const struct mpc_bits *a, size_t words)
{
	plane_list dp, ap;
	size_t j, r, k;
	word bit;

	planes_of(&d->held, dp);
	planes_of(&a->held, ap);
	for (j = 0; j < MPC_MAX_PLANES; j++) {
		for (r = 0; dp[j] != NULL && r < a->n; r++) {
			bit = ap[j][r / WORD_BITS] >> (r % WORD_BITS) & 1;
			for (k = 0; k < words; k++)
				dp[j][r * words + k] = 0 - bit;
		}
	}
}

/* ---- matrices ---- */

static void
plane_columns_sum(word *sum, const word *x, const struct plane_map *map)
{
	size_t r, c, k;

	memset(sum, 0, map->cols * sizeof(*sum));
	for (r = 0; r < map->rows; r++) {
		for (c = 0; c < map->cols; c++) {
			for (k = 0; k < map->repeat; k++)
				sum[c] += *x++;
		}
	}
}

/* The same where every column stands by itself, which compilers make vectors of. */
static void
plane_plain_columns_sum(word *sum, const word *x, const struct plane_map *map)
{
	size_t r, c;

	memset(sum, 0, map->cols * sizeof(*sum));
	for (r = 0; r < map->rows; r++) {
		for (c = 0; c < map->cols; c++)
			sum[c] += x[r * map->cols + c];
	}
}

void
mpc_columns_sum(struct mpc_vector *sum, const struct mpc_vector *x, size_t rows, size_t cols,
    size_t repeat)
{
	const struct plane_map map = { .rows = rows, .cols = cols, .repeat = repeat,
		.apply = (repeat == 1) ? plane_plain_columns_sum : plane_columns_sum };

	on_planes(sum, x, &map);
}

static void
plane_rows_sum(word *sum, const word *x, const struct plane_map *map)
{
	size_t r, c;

	memset(sum, 0, map->rows * sizeof(*sum));
	for (r = 0; r < map->rows; r++) {
		for (c = 0; c < map->cols; c++)
			sum[r] += x[r * map->cols + c];
	}
}

void
mpc_rows_sum(struct mpc_vector *sum, const struct mpc_vector *x, size_t rows, size_t cols)
{
	const struct plane_map map = { .apply = plane_rows_sum, .rows = rows, .cols = cols };

	on_planes(sum, x, &map);
}

static void
plane_columns_spread(word *z, const word *v, const struct plane_map *map)
{
	size_t r;

	for (r = 0; r < map->rows; r++)
		memcpy(z + r * map->cols, v, map->cols * sizeof(*z));
}

void
mpc_columns_spread(struct mpc_vector *z, const struct mpc_vector *v, size_t rows, size_t cols)
{
	const struct plane_map map = { .apply = plane_columns_spread, .rows = rows, .cols = cols };

	on_planes(z, v, &map);
}

static void
plane_rows_spread(word *z, const word *v, const struct plane_map *map)
{
	size_t r, c;

	for (r = 0; r < map->rows; r++) {
		for (c = 0; c < map->cols; c++)
			z[r * map->cols + c] = v[r];
	}
}

void
mpc_rows_spread(struct mpc_vector *z, const struct mpc_vector *v, size_t rows, size_t cols)
{
	const struct plane_map map = { .apply = plane_rows_spread, .rows = rows, .cols = cols };

	on_planes(z, v, &map);
}

/* z[r][j] += c v[j / repeat] */
static void
plane_columns_add(word *z, const word *v, const struct plane_map *map)
{
	size_t r, c, k;
	word added;

	for (r = 0; r < map->rows; r++) {
		for (c = 0; c < map->cols; c++) {
			added = map->factor * v[c];
			for (k = 0; k < map->repeat; k++)
				*z++ += added;
		}
	}
}

void
mpc_columns_add_scaled(struct mpc_vector *z, const struct mpc_vector *v, size_t rows, size_t repeat,
    int64_t c)
{
	const struct plane_map map = { .apply = plane_columns_add, .rows = rows, .cols = v->n,
		.repeat = repeat, .factor = (word)c };

	on_planes(z, v, &map);
}

/* z[r][c] -= v[c] */
static void
plane_columns_subtract(word *z, const word *v, const struct plane_map *map)
{
	size_t r, c;

	for (r = 0; r < map->rows; r++) {
		for (c = 0; c < map->cols; c++)
			z[r * map->cols + c] -= v[c];
	}
}

void
mpc_columns_subtract(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *v,
    size_t rows, size_t cols)
{
	const struct plane_map map = { .apply = plane_columns_subtract, .rows = rows,
		.cols = cols };

	mpc_copy(z, x);
	on_planes(z, v, &map);
}

static void
plane_columns_get(word *z, const word *x, const struct plane_map *map)
{
	size_t r;

	for (r = 0; r < map->rows; r++)
		z[r] = x[r * map->cols + map->column];
}

void
mpc_columns_get(struct mpc_vector *z, const struct mpc_vector *x, size_t rows, size_t cols,
    size_t k)
{
	const struct plane_map map = { .apply = plane_columns_get, .rows = rows, .cols = cols,
		.column = k };

	on_planes(z, x, &map);
}

static void
plane_columns_set(word *z, const word *x, const struct plane_map *map)
{
	size_t r;

	for (r = 0; r < map->rows; r++)
		z[r * map->cols + map->column] = x[r];
}

void
mpc_columns_set(struct mpc_vector *z, const struct mpc_vector *x, size_t rows, size_t cols,
    size_t k)
{
	const struct plane_map map = { .apply = plane_columns_set, .rows = rows, .cols = cols,
		.column = k };

	on_planes(z, x, &map);
}

void
mpc_columns_diagonal(struct mpc_vector *z, const struct mpc_vector *x, size_t cols)
{
	/* Every word of the diagonal is the first of a row of cols + 1. */
	const struct plane_map map = { .apply = plane_columns_get, .rows = cols, .cols = cols + 1 };

	on_planes(z, x, &map);
}

static void
plane_rows_gather(word *z, const word *x, const struct plane_map *map)
{
	size_t r;

	for (r = 0; r < map->rows; r++)
		memcpy(z + r * map->cols, x + map->index[r] * map->cols, map->cols * sizeof(*z));
}

void
mpc_rows_gather(struct mpc_vector *z, const struct mpc_vector *x, const size_t *index, size_t rows,
    size_t cols)
{
	const struct plane_map map = { .apply = plane_rows_gather, .rows = rows, .cols = cols,
		.index = index };

	/* Rows without words have no planes. */
	if (z->n > 0)
		on_planes(z, x, &map);
}

void
mpc_rows_lay(struct mpc_vector *z, size_t width, size_t first, const struct mpc_vector *x,
    size_t cols, const size_t *index, size_t rows)
{
	const size_t bytes = cols * sizeof(word);
	plane_list zp, xp;
	size_t j, r;

	planes_of(&z->held, zp);
	planes_of(&x->held, xp);
	for (j = 0; j < MPC_MAX_PLANES; j++) {
		for (r = 0; zp[j] != NULL && r < rows; r++) {
			if (index[r] == MPC_NO_ROW)
				memset(zp[j] + r * width + first, 0, bytes);
			else
				memcpy(zp[j] + r * width + first, xp[j] + index[r] * cols, bytes);
		}
	}
	z->drawn_from = NULL;
}

void
mpc_columns_lay(struct mpc_vector *z, size_t width, size_t first, const struct mpc_vector *x,
    size_t cols, size_t from, size_t count)
{
	plane_list zp, xp;
	size_t j, r;

	planes_of(&z->held, zp);
	planes_of(&x->held, xp);
	for (j = 0; j < MPC_MAX_PLANES; j++) {
		for (r = 0; zp[j] != NULL && r < x->n / cols; r++)
			memcpy(zp[j] + r * width + first, xp[j] + r * cols + from,
			    count * sizeof(word));
	}
	z->drawn_from = NULL;
}

/* ---- words in and out ---- */

size_t
mpc_store(const struct mpc_vector *x, word *planes[static MPC_MAX_PLANES])
{
	plane_list list;
	size_t j, count = 0;

	planes_of(&x->held, list);
	for (j = 0; j < MPC_MAX_PLANES; j++) {
		if (list[j] != NULL)
			planes[count++] = list[j];
	}
	return (count);
}

void
mpc_load(struct mpc_vector *x, size_t first, const word *const *planes, size_t n)
{
	plane_list list;
	size_t j;

	planes_of(&x->held, list);
	for (j = 0; j < MPC_MAX_PLANES; j++) {
		if (list[j] != NULL)
			memcpy(list[j] + first, *planes++, n * sizeof(**planes));
	}
}

/* A public number is its own m, under masks that are 0. */
void
mpc_load_public(struct mpc_vector *x, size_t first, const word *public, size_t n)
{
	struct mpc_vector part = mpc_part(x, first, n);

	mpc_zero(&part);
	mpc_add_public_words(&part, &part, public);
}

word *
mpc_clear_words(const struct mpc_vector *x)
{

	return ((x->held.lam == NULL) ? x->held.m : NULL);
}
