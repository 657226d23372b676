#include "func/ordering.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/prg.h"
#include "mpc/room.h"
#include "ring/bits.h"
#include "ring/ring.h"

/* ---- keys in words ---- */

#define KEY_BITS 63 /* of a word, so that differences are in range for comparisons */

/*
 * Keys, and the place of a row behind them, side by side in words: numbers that are not negative,
 * the first key in the highest bits of the first word.
 */
struct packing {
	size_t words;
	unsigned bits[MPC_ORDERING_KEYS + 1]; /* of each word */
};

/* How many bits numbers up to ${most} take: at least 1. */
static unsigned
number_bits(uint64_t most)
{

	return (word_bits(most | 1));
}

static unsigned
key_bits(const struct mpc_ordering_key *k)
{

	return (number_bits((uint64_t)k->high - (uint64_t)k->low));
}

/* Where the next number goes: whether it begins a word. */
static bool
pack_bits(struct packing *p, unsigned bits)
{
	bool begins = p->words == 0 || p->bits[p->words - 1] + bits > KEY_BITS;

	if (begins)
		p->bits[p->words++] = 0;
	p->bits[p->words - 1] += bits;
	return (begins);
}

/* A key counts from its smallest number, or, descending, down from its largest one. */
static void
key_number(struct mpc_vector *number, const struct mpc_ordering_key *k)
{

	mpc_scale(number, k->x, k->descending ? -1 : 1);
	mpc_add_public(number, number, k->descending ? k->high :
	    word_signed(0 - (word)k->low));
}

/* The last number: the place of each row. */
static int
place_number(struct mpc_vector *number)
{
	word *places;
	size_t i;

	if ((places = mem_array(number->n, sizeof(*places))) == NULL)
		return (-1);
	for (i = 0; i < number->n; i++)
		places[i] = i;
	mpc_load_public(number, 0, places, number->n);
	free(places);
	return (0);
}

/* Put a number behind what is in the last word. */
static void
pack_number(struct packing *p, struct mpc_vector *words, const struct mpc_vector *number,
    unsigned bits)
{
	bool begins = pack_bits(p, bits);
	struct mpc_vector last = mpc_part(words, (p->words - 1) * number->n, number->n);

	if (begins) {
		mpc_copy(&last, number);
		return;
	}
	mpc_scale(&last, &last, (int64_t)1 << bits);
	mpc_add(&last, &last, number);
}

/* How many words keys and place take. */
static size_t
packed_words(const struct mpc_ordering_key *keys, size_t n_keys, size_t n)
{
	struct packing p = { .words = 0 };
	size_t i;

	for (i = 0; i < n_keys; i++)
		(void)pack_bits(&p, key_bits(&keys[i]));
	(void)pack_bits(&p, number_bits(n));
	return (p.words);
}

/* All words, word after word. */
static int
pack_keys(struct mpc *S, struct packing *p, struct mpc_vector *words,
    const struct mpc_ordering_key *keys, size_t n_keys, size_t n)
{
	struct mpc_vector number;
	size_t i;
	int rc = -1;

	memset(&number, 0, sizeof(number));
	p->words = 0;
	memset(words, 0, sizeof(*words));
	if (mpc_vector_new(S, &number, n) == -1 ||
	    mpc_vector_new(S, words, n * packed_words(keys, n_keys, n)) == -1)
		goto out;
	for (i = 0; i < n_keys; i++) {
		key_number(&number, &keys[i]);
		pack_number(p, words, &number, key_bits(&keys[i]));
	}
	if ((rc = place_number(&number)) == 0)
		pack_number(p, words, &number, number_bits(n));
out:
	mpc_vector_free(&number);
	return (rc);
}

/* ---- comparing rows, and opening which comes first ---- */

#define CHUNK_PAIRS ((size_t)1 << 18) /* compared at once, for the sake of memory */

/* Rows that are compared with each other, all of a step. */
struct row_pairs {
	size_t *row, *other;
	size_t count, room;
	word *behind; /* a bit for each pair: the row comes behind the other one */
};

struct sorting {
	struct mpc *S;
	struct packing packing;
	struct mpc_vector words; /* of rows in an order that nobody knows, word after word */
	bool guessed;            /* bounds of a key (ordering.h) */
	size_t rows;
	size_t *at;              /* rows by place, as far as that is known */
	struct row_pairs pairs;
	const word *rank;        /* in a plan: the place of each row, in its stead */
};

/* Differences of the words of some pairs, under fresh masks, as the dealer must not know which. */
static int
pair_differences(struct sorting *s, struct mpc_vector *fresh, size_t first, size_t n)
{
	size_t i;
	struct mpc_vector row, other, all, part;
	int rc = -1;

	memset(&other, 0, sizeof(other));
	if (mpc_vector_new(s->S, &row, fresh->n) == -1 ||
	    mpc_vector_new(s->S, &other, n) == -1)
		goto out;
	for (i = 0; mpc_sees_revealed(s->S) && i < s->packing.words; i++) {
		all = mpc_part(&s->words, i * s->rows, s->rows);
		part = mpc_part(&row, i * n, n);
		mpc_gather(&part, &all, s->pairs.row + first, n);
		mpc_gather(&other, &all, s->pairs.other + first, n);
		mpc_subtract(&part, &part, &other);
	}
	rc = mpc_choose(s->S, fresh, &row, NULL, 1);
out:
	mpc_vector_free(&row);
	mpc_vector_free(&other);
	return (rc);
}

/* [x >= 0] of the last word; of the others [x >= 1], and [x >= 0] xor that: [x = 0] */
static int
compare_words(struct sorting *s, struct mpc_bits *greater, struct mpc_bits *equal,
    const struct mpc_vector *differences, size_t n)
{
	static const int64_t thresholds[] = { 0, 1 };
	size_t words = s->packing.words, i;
	struct mpc_comparison c = { .thresholds = thresholds };
	struct mpc_vector part;
	struct mpc_bits d[2];

	for (i = 0; i < words; i++) {
		part = mpc_part(differences, i * n, n);
		c.high = s->packing.bits[i];
		c.count = (i + 1 < words) ? 2 : 1;
		d[0] = (i + 1 < words) ? equal[i] : greater[i];
		d[1] = greater[i];
		if (mpc_compare(s->S, d, &part, &c) == -1)
			return (-1);
		if (i + 1 < words)
			mpc_xor(&equal[i], &equal[i], &greater[i]);
	}
	return (0);
}

/*
 * behind = greater in the first word, or else, if equal there, greater in the next one, and so on;
 * from the last word up, and as no two of these can be, or is xor.
 */
static int
join_words(struct sorting *s, struct mpc_bits *behind, const struct mpc_bits *greater,
    const struct mpc_bits *equal, struct mpc_bits *room)
{
	const struct mpc_bits *both[2];
	size_t i;

	mpc_bits_copy(behind, &greater[s->packing.words - 1]);
	for (i = s->packing.words - 1; i-- > 0;) {
		both[0] = &equal[i];
		both[1] = behind;
		if (mpc_and(s->S, room, both, 2) == -1)
			return (-1);
		mpc_xor(behind, room, &greater[i]);
	}
	return (0);
}

/* Open ${n} pairs. */
static int
open_pairs(struct sorting *s, size_t first, size_t n)
{
	size_t words = s->packing.words;
	struct mpc_vector differences;
	struct room r;
	int rc = -1;

	/* Bits: of each word, greater and equal; behind all; and some to compute with. */
	memset(&differences, 0, sizeof(differences));
	if (room_open(&r, s->S, n, 0, 2 * words + 2) == -1 ||
	    mpc_vector_new(s->S, &differences, words * n) == -1 ||
	    pair_differences(s, &differences, first, n) == -1 ||
	    compare_words(s, r.bit, r.bit + words, &differences, n) == -1 ||
	    join_words(s, &r.bit[2 * words], r.bit, r.bit + words, &r.bit[2 * words + 1]) == -1)
		goto out;
	rc = s->guessed ? mpc_reveal_bits(s->S, s->pairs.behind + first / 64, &r.bit[2 * words]) :
	    mpc_reveal_chance(s->S, s->pairs.behind + first / 64, &r.bit[2 * words]);
out:
	mpc_vector_free(&differences);
	room_close(&r);
	return (rc);
}

/* In a plan nothing is opened, and what comes next is of an order that was drawn for it. */
static void
plan_pairs(struct sorting *s)
{
	struct row_pairs *p = &s->pairs;
	size_t i;

	for (i = 0; s->rank != NULL && i < p->count; i++) {
		if (s->rank[p->row[i]] > s->rank[p->other[i]])
			p->behind[i / 64] |= (word)1 << (i % 64);
	}
}

static int
pairs_open(struct sorting *s)
{
	size_t i, n;

	free(s->pairs.behind);
	s->pairs.behind = mem_array(bits_words(s->pairs.count), sizeof(word));
	if (s->pairs.behind == NULL)
		return (-1);
	for (i = 0; i < s->pairs.count; i += n) {
		n = (s->pairs.count - i < CHUNK_PAIRS) ? s->pairs.count - i : CHUNK_PAIRS;
		if (open_pairs(s, i, n) == -1)
			return (-1);
	}
	plan_pairs(s);
	return (0);
}

/* ---- quicksort, a step for all segments at once ---- */

/*
 * Segments so short are put in order by all their pairs at once: few more comparisons than
 * quicksort would make, and fewer steps.  All segments are, once they have so few pairs together.
 */
#define SHORT_ROWS ((size_t)4)
#define FEW_PAIRS ((size_t)4096)

/*
 * Places that certain rows are in, in some order yet; but those that stand first in it are in order
 * among themselves: a sample of its rows, at the middle one of which it is parted.
 */
struct segment {
	size_t begin, end;
	size_t sampled;
};

struct segments {
	struct segment *list;
	size_t count;
};

static size_t
pairs_of(size_t n)
{

	return ((n == 0) ? 0 : n * (n - 1) / 2);
}

/* Whether segments have few pairs; also of long ones, whose sum could overflow. */
static bool
have_few_pairs(const struct segments *all)
{
	const struct segment *g;
	size_t i, sum = 0;

	for (i = 0; i < all->count && sum <= FEW_PAIRS; i++) {
		g = &all->list[i];
		if (g->end - g->begin > FEW_PAIRS)
			return (false);
		sum += pairs_of(g->end - g->begin) - pairs_of(g->sampled);
	}
	return (sum <= FEW_PAIRS);
}

static void
pairs_add(struct row_pairs *p, size_t row, size_t other)
{

	p->row[p->count] = row;
	p->other[p->count++] = other;
}

/* The places that are asked for. */
struct sought {
	const struct mpc_ordering_span *spans;
	size_t n_spans;
};

/*
 * Whether some of a segment's places are asked for: set *${first} and *${end} to the first of them,
 * and behind the last, from its beginning.
 */
static bool
sought_in(const struct sought *places, const struct segment *g, size_t *first, size_t *end)
{
	const struct mpc_ordering_span *span;
	size_t begins, ends;

	*first = g->end;
	*end = 0;
	for (span = places->spans; span < places->spans + places->n_spans; span++) {
		begins = span->first;
		ends = span->first + span->count;
		if (ends <= g->begin || begins >= g->end)
			continue;
		begins = (begins > g->begin) ? begins - g->begin : 0;
		ends = ((ends < g->end) ? ends : g->end) - g->begin;
		*first = (begins < *first) ? begins : *first;
		*end = (ends > *end) ? ends : *end;
	}
	return (*first < *end);
}

/* The first row that is not of the sample; without one, the first row stands for it. */
static size_t
first_unsampled(const struct segment *g)
{

	return (g->begin + ((g->sampled > 0) ? g->sampled : 1));
}

/* The largest r with r^2 <= x. */
static size_t
whole_root(size_t x)
{
	size_t r = 0;

	while ((r + 1) * (r + 1) <= x)
		r++;
	return (r);
}

/*
 * Which row of a sample a segment is parted at, where only places ${first} .. ${end} - 1 of it are
 * asked for: one that most likely stands just behind these, or just before them, if that leaves out
 * much; else the middle one.  Places are known from the sample within some 1.5 of its root, which
 * are three standard deviations.
 */
static size_t
sampled_pivot(const struct segment *g, size_t first, size_t end)
{
	size_t sampled = g->sampled, rows = g->end - g->begin, margin = whole_root(9 * sampled / 4),
	    before, behind;

	/* How many rows of the sample most likely stand before the places, and behind them. */
	before = (size_t)((double)first / (double)rows * (double)sampled);
	before = (before > margin) ? before - margin : 0;
	behind = (size_t)((double)(rows - end) / (double)rows * (double)sampled);
	behind = (behind > margin) ? behind - margin : 0;
	if (before >= behind && before > sampled / 8 * 3)
		return (before - 1);
	if (behind > sampled / 8 * 3)
		return (sampled - behind);
	return (sampled / 2);
}

/* The row at which a segment is parted: one of the sample, or else any. */
static size_t
pivot_of(const struct segment *g, const struct sought *places)
{
	size_t first, end;

	if (!sought_in(places, g, &first, &end) || (first == 0 && end == g->end - g->begin))
		return (g->begin + g->sampled / 2);
	return (g->begin + ((g->sampled == 0) ? 0 : sampled_pivot(g, first, end)));
}

/* All pairs whose order is not known. */
static void
add_all_pairs(struct sorting *s, const struct segment *g)
{
	size_t i, j;

	for (j = first_unsampled(g); j < g->end; j++) {
		for (i = g->begin; i < j; i++)
			pairs_add(&s->pairs, s->at[j], s->at[i]);
	}
}

/* All rows with the one at which the segment is parted. */
static void
add_pivot_pairs(struct sorting *s, const struct segment *g, const struct sought *places)
{
	size_t pivot = s->at[pivot_of(g, places)], j;

	for (j = first_unsampled(g); j < g->end; j++)
		pairs_add(&s->pairs, s->at[j], pivot);
}

static bool
is_behind(const struct row_pairs *p, size_t pair)
{

	return ((p->behind[pair / 64] >> (pair % 64) & 1) != 0);
}

/* Put a short segment in order: each row behind as many as it won against. */
static void
place_all(struct sorting *s, const struct segment *g, size_t *pair, size_t *room)
{
	size_t n = g->end - g->begin, *won = room, *moved = room + n, i, j;
	bool behind;

	for (i = 0; i < n; i++)
		won[i] = (i < g->sampled) ? i : 0;
	for (j = first_unsampled(g) - g->begin; j < n; j++) {
		for (i = 0; i < j; i++) {
			behind = is_behind(&s->pairs, (*pair)++);
			won[behind ? j : i]++;
		}
	}
	/* Damaged outcomes need not be an order: no place is outside. */
	for (i = 0; i < n; i++)
		moved[won[i]] = s->at[g->begin + i];
	memcpy(s->at + g->begin, moved, n * sizeof(*moved));
}

/* Places of a part in which there is an order to find. */
static void
go_on_with(struct segments *next, const struct sought *places, const struct segment *g)
{
	size_t first, end;

	if (g->end - g->begin > g->sampled && g->end - g->begin >= 2 &&
	    sought_in(places, g, &first, &end))
		next->list[next->count++] = *g;
}

/*
 * Part a segment, and its sample with it; go on with parts that have places which were asked for.
 */
static void
part_segment(struct sorting *s, const struct segment *g, size_t *pair, size_t *room,
    const struct sought *places, struct segments *next)
{
	size_t low = pivot_of(g, places), behind = 0, pivot = s->at[low], i;
	struct segment below = { g->begin, 0, low - g->begin }, above = { 0, g->end, 0 };

	for (i = low + 1; i < first_unsampled(g); i++)
		room[behind++] = s->at[i];
	above.sampled = behind;
	for (; i < g->end; i++) {
		if (is_behind(&s->pairs, (*pair)++))
			room[behind++] = s->at[i];
		else
			s->at[low++] = s->at[i];
	}
	s->at[low] = pivot;
	memcpy(s->at + low + 1, room, behind * sizeof(*room));
	below.end = low;
	above.begin = low + 1;
	go_on_with(next, places, &below);
	go_on_with(next, places, &above);
}

/* What a sort works in, besides rows: lists for two steps, and room to move rows. */
struct steps {
	struct segments now, next;
	size_t *room;
};

/* Whether all pairs of a segment are compared in a step. */
static bool
is_short(const struct segment *g, bool all)
{

	return (all || g->end - g->begin <= SHORT_ROWS);
}

/* Take a step: the rows of all segments move as the comparisons say. */
static void
move_rows(struct sorting *s, const struct sought *places, struct steps *t, bool all)
{
	size_t pair = 0, i;
	struct segments swap;
	struct segment *g;

	t->next.count = 0;
	for (i = 0; i < t->now.count; i++) {
		g = &t->now.list[i];
		if (is_short(g, all))
			place_all(s, g, &pair, t->room);
		else
			part_segment(s, g, &pair, t->room, places, &t->next);
	}
	swap = t->now;
	t->now = t->next;
	t->next = swap;
}

/* One step: compare, open, and move; the dealer is told how many comparisons that takes. */
static int
run_step(struct sorting *s, const struct sought *places, struct steps *t)
{
	bool all = have_few_pairs(&t->now);
	struct segment *g;
	size_t i;

	s->pairs.count = 0;
	for (i = 0; i < t->now.count; i++) {
		g = &t->now.list[i];
		if (is_short(g, all))
			add_all_pairs(s, g);
		else
			add_pivot_pairs(s, g, places);
	}
	if (mpc_tell(s->S, &s->pairs.count, s->pairs.room) == -1)
		return (-1);
	if (s->pairs.count == 0)
		return (0);
	if (pairs_open(s) == -1)
		return (-1);
	move_rows(s, places, t, all);
	return (1);
}

/*
 * Order ${rows} rows, in some order yet, but for a sample of them that stands first and is in
 * order.
 */
static int
run_steps(struct sorting *s, const struct sought *places, size_t rows, size_t sampled)
{
	size_t segments = rows / 2 + 1;
	struct steps t = { .room = mem_array(2 * rows + 2, sizeof(*t.room)) };
	const struct segment all = { 0, rows, sampled };
	int rc = -1;

	t.now.list = mem_array(segments, sizeof(*t.now.list));
	t.next.list = mem_array(segments, sizeof(*t.next.list));
	if (t.room != NULL && t.now.list != NULL && t.next.list != NULL) {
		if (s->at != NULL)
			go_on_with(&t.now, places, &all);
		while ((rc = run_step(s, places, &t)) == 1)
			;
	}
	free(t.room);
	free(t.now.list);
	free(t.next.list);
	return (rc);
}

/*
 * Quicksort of rows in a random order takes 1.39 n log2(n) comparisons; where it parts at medians,
 * n log2(n).  So a sample is sorted first, one row of 8, and before it a sample of the sample; the
 * rows are parted at its rows, as in a binary search, and what is left between two of them, 7 rows
 * in the mean, at any.  Fewer rows are sorted without one, as it takes more steps.
 *
 * Where few places are asked for, a small sample tells about where they are, and n to 1.5 n
 * comparisons leave little beside them (Floyd and Rivest, 1975).
 */
#define SAMPLED_ONE_OF 8
#define SAMPLED_ROWS ((size_t)1 << 15)
#define SEARCHED_ROWS ((size_t)1 << 12)

static size_t
sample_size(size_t rows, size_t count)
{
	size_t sampled = 1;

	if (count > rows / 3)
		return ((rows < SAMPLED_ROWS) ? 0 : rows / SAMPLED_ONE_OF);
	/* some rows^(2/3) / 2 */
	while (rows >= SEARCHED_ROWS && 8 * sampled * sampled / rows * sampled < rows)
		sampled *= 2;
	return ((rows < SEARCHED_ROWS) ? 0 : sampled);
}

static int
run_sorts(struct sorting *s, const struct sought *places, size_t rows)
{
	struct mpc_ordering_span of_sample = { .first = 0 };
	const struct sought all = { &of_sample, 1 };
	size_t count = 0, i;

	for (i = 0; i < places->n_spans; i++)
		count += places->spans[i].count;
	of_sample.count = sample_size(rows, count);
	if (of_sample.count > 0 && run_sorts(s, &all, of_sample.count) == -1)
		return (-1);
	return (run_steps(s, places, rows, of_sample.count));
}

/* ---- all of it ---- */

static int
sorting_new(struct sorting *s, struct mpc *S, size_t rows)
{

	memset(s, 0, sizeof(*s));
	s->S = S;
	s->rows = rows;
	s->pairs.room = SHORT_ROWS * rows / 2 + FEW_PAIRS;
	s->pairs.row = mem_array(s->pairs.room, sizeof(*s->pairs.row));
	s->pairs.other = mem_array(s->pairs.room, sizeof(*s->pairs.other));
	return ((s->pairs.row == NULL || s->pairs.other == NULL) ? -1 : 0);
}

static void
sorting_free(struct sorting *s)
{

	mpc_vector_free(&s->words);
	free(s->pairs.row);
	free(s->pairs.other);
	free(s->pairs.behind);
}

/* Put a vector that has ${words} words for each row, word after word, row after row; and back. */
static void
turn_keys(struct mpc_vector *z, const struct mpc_vector *x, size_t rows, size_t words, bool back)
{
	struct mpc_vector part;
	size_t i;

	for (i = 0; i < words; i++) {
		if (back) {
			part = mpc_part(z, i * rows, rows);
			mpc_columns_get(&part, x, rows, words, i);
		} else {
			part = mpc_part(x, i * rows, rows);
			mpc_columns_set(z, &part, rows, words, i);
		}
	}
}

/* Into an order that nobody knows: one of the dealer's, and on top of it ${common}. */
static int
hide_order(struct sorting *s, const struct mpc_order *order, const size_t *common)
{
	size_t words = s->packing.words;
	struct mpc_vector rows, moved;
	int rc = -1;

	memset(&moved, 0, sizeof(moved));
	if (mpc_vector_new(s->S, &rows, s->words.n) == -1 ||
	    mpc_vector_new(s->S, &moved, s->words.n) == -1)
		goto out;
	turn_keys(&rows, &s->words, s->rows, words, false);
	if (mpc_permute_to_choose(s->S, &moved, &rows, order) == -1 ||
	    mpc_choose(s->S, &rows, &moved, common, words) == -1)
		goto out;
	turn_keys(&s->words, &rows, s->rows, words, true);
	rc = 0;
out:
	mpc_vector_free(&rows);
	mpc_vector_free(&moved);
	return (rc);
}

/* A plan's order of rows: any, but always the same one. */
static word *
plan_order(size_t rows)
{
	static const char label[PRG_LABEL_BYTES] = "smpc plan order";
	uint8_t key[PRG_KEY_BYTES];
	word *rank, t, u;
	size_t i, j;

	if ((rank = mem_array(rows, sizeof(*rank))) == NULL)
		return (NULL);
	prg_public_key(key, label, rows, 0);
	for (i = 0; i < rows; i++)
		rank[i] = i;
	for (i = rows; i-- > 1;) {
		prg_words(&u, 1, key, i);
		j = (size_t)ring_below(u, i + 1);
		t = rank[i];
		rank[i] = rank[j];
		rank[j] = t;
	}
	return (rank);
}

/* Rows by place, where they stand in the common order; the dealer has none. */
static int
begin_places(struct sorting *s)
{
	size_t i;

	if (mpc_is_dealer(s->S))
		return (0);
	if ((s->at = mem_array(s->rows, sizeof(*s->at))) == NULL)
		return (-1);
	for (i = 0; i < s->rows; i++)
		s->at[i] = i;
	return (0);
}

static int
sort_rows(struct sorting *s, const struct sought *places, const struct mpc_order *order,
    const size_t *common, const word *rank)
{
	size_t i;

	s->rank = rank;
	if (hide_order(s, order, mpc_sees_revealed(s->S) ? common : NULL) == -1 ||
	    begin_places(s) == -1 || run_sorts(s, places, s->rows) == -1)
		return (-1);
	/* Places were those of rows in the common order. */
	for (i = 0; mpc_sees_revealed(s->S) && i < s->rows; i++)
		s->at[i] = common[s->at[i]];
	return (0);
}

int
mpc_ordering_find_spans(struct mpc *S, struct mpc_ordering *o, const struct mpc_ordering_key *keys,
    size_t n_keys, const struct mpc_ordering_span *spans, size_t n_spans)
{
	size_t rows = keys[0].x->n, *common = mem_array(rows, sizeof(*common)), i;
	const struct sought places = { spans, n_spans };
	word *rank = NULL;
	struct sorting s;
	int rc = -1;

	memset(o, 0, sizeof(*o));
	if (sorting_new(&s, S, rows) == -1 || common == NULL ||
	    (!mpc_holds_words(S) && (rank = plan_order(rows)) == NULL) ||
	    pack_keys(S, &s.packing, &s.words, keys, n_keys, rows) == -1 ||
	    mpc_order_new(S, &o->order, rows) == -1 || mpc_common_order(S, common, rows) == -1)
		goto out;
	for (i = 0; i < n_keys; i++)
		s.guessed = s.guessed || keys[i].guessed;
	rc = sort_rows(&s, &places, &o->order, common, rank);
	if (mpc_sees_revealed(S)) {
		o->at = s.at;
		s.at = NULL;
	}
out:
	free(s.at);
	sorting_free(&s);
	mem_wipe_free(common, rows * sizeof(*common));
	free(rank);
	return (rc);
}

int
mpc_ordering_find(struct mpc *S, struct mpc_ordering *o, const struct mpc_ordering_key *keys,
    size_t n_keys, size_t first, size_t count)
{

	return (mpc_ordering_find_spans(S, o, keys, n_keys,
	    &(struct mpc_ordering_span){ first, count }, 1));
}

void
mpc_ordering_free(struct mpc_ordering *o)
{

	mem_wipe_free(o->at, (o->at != NULL) ? o->order.rows * sizeof(*o->at) : 0);
	mpc_order_free(&o->order);
	memset(o, 0, sizeof(*o));
}

/* Take ${count} rows: number index[i] of those in the secret order; NULL where o->at is. */
static int
take_hidden_rows(struct mpc *S, const struct mpc_ordering *o, struct mpc_vector *y,
    const struct mpc_vector *x, const size_t *index, size_t count)
{
	struct mpc_vector moved;
	int rc = -1;

	if (mpc_vector_new(S, &moved, x->n) == 0 &&
	    mpc_permute_to_choose(S, &moved, x, &o->order) == 0)
		rc = mpc_choose(S, y, &moved, index, (count > 0) ? y->n / count : 1);
	mpc_vector_free(&moved);
	return (rc);
}

int
mpc_ordering_rows(struct mpc *S, const struct mpc_ordering *o, struct mpc_vector *y,
    const struct mpc_vector *x, size_t first, size_t count)
{

	return (take_hidden_rows(S, o, y, x, (o->at != NULL) ? o->at + first : NULL, count));
}

int
mpc_ordering_take(struct mpc *S, const struct mpc_ordering *o, struct mpc_vector *y,
    const struct mpc_vector *x, const size_t *places, size_t count)
{
	size_t *index, i;
	int rc;

	if (o->at == NULL)
		return (take_hidden_rows(S, o, y, x, NULL, count));
	if ((index = mem_array(count, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < count; i++)
		index[i] = o->at[places[i]];
	rc = take_hidden_rows(S, o, y, x, index, count);
	mem_wipe_free(index, count * sizeof(*index));
	return (rc);
}

/*
 * Places are public where rows stand in the secret order: they go back from there, and so only the
 * dealer could tell whose they are, who does not have them.
 */
int
mpc_ordering_places(struct mpc *S, const struct mpc_ordering *o, struct mpc_vector *y)
{
	size_t rows = o->order.rows, i;
	struct mpc_vector places;
	word *place = NULL;
	int rc = -1;

	if (mpc_vector_new(S, &places, rows) == 0 &&
	    (place = mem_array(rows, sizeof(*place))) != NULL) {
		for (i = 0; o->at != NULL && i < rows; i++)
			place[o->at[i]] = i;
		mpc_load_public(&places, 0, place, rows);
		rc = mpc_permute(S, y, &places, &o->order, true);
	}
	free(place);
	mpc_vector_free(&places);
	return (rc);
}
