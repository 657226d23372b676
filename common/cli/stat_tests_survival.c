#include "cli/stat_tests_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/bins.h"
#include "cli/known.h"
#include "func/survival.h"
#include "mpc/room.h"
#include "ring/fixed.h"

/* Tables of survival, and the log-rank test: times and events are the two columns tested. */

enum { TIME, EVENT };

#define MAX_CURVES 64
#define BLOCK_WORDS ((size_t)1 << 18)

/* ---- before rows are there ---- */

int
stat_survival_edges(const char *text, char *params, size_t size)
{
	double edge, last = 0;
	size_t len, used = 0, i;

	for (i = 0;; i++, text += len + 1) {
		len = strcspn(text, ",");
		if (i == STAT_TESTS_MAX_EDGES)
			return (usage("--bins takes up to %d edges", STAT_TESTS_MAX_EDGES));
		if (fixed_parse_double(text, len, &edge) != FIXED_OK)
			return (usage("--bins: '%.*s' is no number", (int)((len < 40) ? len : 40),
			    text));
		if (i > 0 && edge <= last)
			return (usage("--bins: edges must ascend, and %.10g follows %.10g",
			    edge, last));
		used += (size_t)snprintf(params + used, size - used, "%s%.17g",
		    (i == 0) ? "" : ",", edge);
		last = edge;
		if (text[len] == '\0')
			break;
	}
	return ((i == 0) ? usage("--bins takes two edges or more: a bin is between two") : 0);
}

static size_t
count_edges(const char *text)
{
	size_t n = 1;

	for (; (text = strchr(text, ',')) != NULL; text++)
		n++;
	return (n);
}

/* How many bits the word of an event has behind its first one, in the column's unit. */
static int
event_bits(const struct stat_study *s)
{

	return ((int)s->part->fraction_bits - part_about(s->part, s->tested[EVENT])->exponent);
}

int
stat_survival_check(const struct stat_study *s)
{
	const struct column *c = part_about(s->part, s->tested[EVENT]);
	const int bits = event_bits(s);
	int64_t edge[STAT_TESTS_MAX_EDGES];
	char shown[PART_SHOWN_BYTES];

	part_show_column(s->part, s->tested[EVENT], shown);
	if (s->tested[TIME] == s->tested[EVENT])
		return (fail(ST_USAGE, "--time and --event name one column, %s", shown));
	if (bits < 0 || bits >= MPC_NUMBER_RANGE - 1 || c->low < 0 || c->high > (int64_t)1 << bits)
		return (known_refuse(s->part, s->tested[EVENT], "its numbers are not 0 and 1, and "
		    "it cannot say whether an event was seen: its owner shares it with --codes, "
		    "or with --range of 0..1 (smpc-share)"));
	if (s->levels > MAX_CURVES)
		return (fail(ST_RANGE, "%s: category '%s' has %zu values, and tables of survival "
		    "take up to %d groups", s->where, s->plan.names[0], s->levels, MAX_CURVES));
	return (bins_edges(s->part, s->tested[TIME], s->asked->bins, edge));
}

/* ---- counts ---- */

/* Rows that are at risk when a bin begins, and those whose event is seen behind its beginning. */
struct bin_counts {
	struct stat_study *s;
	size_t groups, edges;
	int64_t edge[STAT_TESTS_MAX_EDGES];
	struct mpc_vector member;  /* groups x rows: of the group, and nothing is missing */
	struct mpc_vector later;   /* 2 groups x edges: members, and those with an event */
	struct mpc_survival table;
	struct mpc_vector ok;
};

static int
bin_counts_new(struct bin_counts *b, struct stat_study *s)
{

	memset(b, 0, sizeof(*b));
	b->s = s;
	b->groups = (s->levels > 0) ? s->levels : 1;
	b->edges = count_edges(s->asked->bins);
	b->table = (struct mpc_survival){ .groups = b->groups, .bins = b->edges - 1,
		.most_log = word_bits(s->rows) };
	return ((bins_edges(s->part, s->tested[TIME], s->asked->bins, b->edge) == -1 ||
	    mpc_vector_new(s->S, &b->member, b->groups * s->rows) == -1 ||
	    mpc_vector_new(s->S, &b->later, 2 * b->groups * b->edges) == -1 ||
	    mpc_vector_new(s->S, &b->ok, 1) == -1) ? -1 : mpc_survival_new(s->S, &b->table));
}

static void
bin_counts_free(struct bin_counts *b)
{

	mpc_vector_free(&b->member);
	mpc_vector_free(&b->later);
	mpc_vector_free(&b->ok);
	mpc_survival_free(&b->table);
}

/* member = member times those that are there of tested column ${i}. */
static int
keep_present(struct bin_counts *b, size_t i)
{
	const struct stat_study *s = b->s;
	const struct bilinear times = bilinear_elements(b->member.n);
	struct mpc_vector present = { .n = 0 }, all = { .n = 0 }, product = { .n = 0 };
	int rc = -1;

	if (s->presence[i] == SIZE_MAX)
		return (0);
	if (mpc_vector_new(s->S, &present, s->rows) == 0 &&
	    mpc_vector_new(s->S, &all, b->member.n) == 0 &&
	    mpc_vector_new(s->S, &product, b->member.n) == 0 &&
	    stat_study_present(s, i, &present) == 0) {
		mpc_columns_spread(&all, &present, b->groups, s->rows);
		if ((rc = mpc_product(s->S, &product, &times, &b->member, &all)) == 0)
			mpc_copy(&b->member, &product);
	}
	mpc_vector_free(&present);
	mpc_vector_free(&all);
	mpc_vector_free(&product);
	return (rc);
}

/* reached[edge][row] = [time >= edge], and event[row], as 1 or 0, of ${n} rows. */
static int
compare_rows(const struct bin_counts *b, const struct mpc_vector *x, size_t n,
    struct mpc_vector *reached, struct mpc_vector *event)
{
	const struct stat_study *s = b->s;
	const size_t stride = mpc_bits_stride(n);
	const int64_t one = (int64_t)1 << event_bits(s);
	const struct mpc_comparison times = { .high = MPC_WORD_RANGE, .count = b->edges,
		.thresholds = b->edge }, seen = { .high = (unsigned)event_bits(s) + 2, .count = 1,
		.thresholds = &one };
	struct mpc_bits all = { .n = 0 }, bit = { .n = 0 }, views[STAT_TESTS_MAX_EDGES];
	struct mpc_vector column = { .n = 0 }, words = { .n = 0 }, from, to;
	const struct mpc_selection_term reach = { .bit = &all, .constant = { 1 } },
		happen = { .bit = &bit, .constant = { 1 } };
	size_t e;
	int rc = -1;

	if (mpc_bits_new(s->S, &all, b->edges * stride) == -1 ||
	    mpc_bits_new(s->S, &bit, n) == -1 || mpc_vector_new(s->S, &column, n) == -1 ||
	    mpc_vector_new(s->S, &words, b->edges * stride) == -1)
		goto out;
	for (e = 0; e < b->edges; e++)
		views[e] = mpc_bits_part(&all, e * stride, n);
	mpc_columns_get(&column, x, n, s->part->cols, s->tested[TIME]);
	if (mpc_compare(s->S, views, &column, &times) == -1 || mpc_select(s->S, &words,
	    &(struct mpc_selection){ .count = 1, .terms = &reach, .results = 1 }) == -1)
		goto out;
	for (e = 0; e < b->edges; e++) {
		from = mpc_part(&words, e * stride, n);
		to = mpc_part(reached, e * n, n);
		mpc_copy(&to, &from);
	}
	mpc_columns_get(&column, x, n, s->part->cols, s->tested[EVENT]);
	if (mpc_compare(s->S, &bit, &column, &seen) == 0)
		rc = mpc_select(s->S, event, &(struct mpc_selection){ .count = 1,
			.terms = &happen, .results = 1 });
out:
	mpc_bits_free(&all);
	mpc_bits_free(&bit);
	mpc_vector_free(&column);
	mpc_vector_free(&words);
	return (rc);
}

/* who = members of all groups, and behind them those with an event, of ${n} rows from ${first}. */
static int
lay_who(const struct bin_counts *b, size_t first, size_t n, const struct mpc_vector *event,
    struct mpc_vector *who)
{
	const struct bilinear times = bilinear_elements(b->groups * n);
	struct mpc_vector members = mpc_part(who, 0, b->groups * n),
	    events = mpc_part(who, b->groups * n, b->groups * n), spread, from, to;
	size_t k;
	int rc;

	for (k = 0; k < b->groups; k++) {
		from = mpc_part(&b->member, k * b->s->rows + first, n);
		to = mpc_part(&members, k * n, n);
		mpc_copy(&to, &from);
	}
	if ((rc = mpc_vector_new(b->s->S, &spread, b->groups * n)) == 0) {
		mpc_columns_spread(&spread, event, b->groups, n);
		rc = mpc_product(b->s->S, &events, &times, &members, &spread);
	}
	mpc_vector_free(&spread);
	return (rc);
}

/* Some rows more. */
static int
count_bin_rows(struct bin_counts *b, size_t first, size_t n)
{
	enum { REACHED, SEEN, WHO, SUM, WORDS };
	const size_t cols = b->s->part->cols, sizes[WORDS] = { b->edges * n, n,
		2 * b->groups * n, b->later.n };
	const struct mpc_vector x = mpc_part(&b->s->x, first * cols, n * cols);
	struct bilinear B = bilinear_matrices(2 * b->groups, n, b->edges);
	struct mpc_vector w[WORDS];
	size_t i;
	int rc = 0;

	B.y_transposed = true;
	memset(w, 0, sizeof(w));
	for (i = 0; i < WORDS && rc == 0; i++)
		rc = mpc_vector_new(b->s->S, &w[i], sizes[i]);
	if (rc == 0 && (rc = compare_rows(b, &x, n, &w[REACHED], &w[SEEN])) == 0 &&
	    (rc = lay_who(b, first, n, &w[SEEN], &w[WHO])) == 0 &&
	    (rc = mpc_product(b->s->S, &w[SUM], &B, &w[WHO], &w[REACHED])) == 0)
		mpc_add(&b->later, &b->later, &w[SUM]);
	for (i = 0; i < WORDS; i++)
		mpc_vector_free(&w[i]);
	return (rc);
}

/* Who left in a bin reached its beginning, and not its end. */
static void
fill_table(struct bin_counts *b)
{
	const size_t n = b->groups * b->table.bins;
	struct mpc_vector members = mpc_part(&b->later, 0, b->groups * b->edges),
	    events = mpc_part(&b->later, b->groups * b->edges, b->groups * b->edges), one, two;
	size_t i, at;

	for (i = 0; i < n; i++) {
		at = i / b->table.bins * b->edges + i % b->table.bins;
		one = mpc_part(&b->table.risk, i, 1);
		two = mpc_part(&members, at, 1);
		mpc_copy(&one, &two);
		one = mpc_part(&b->table.leave, i, 1);
		mpc_copy(&one, &two);
		two = mpc_part(&members, at + 1, 1);
		mpc_subtract(&one, &one, &two);
		one = mpc_part(&b->table.event, i, 1);
		two = mpc_part(&events, at, 1);
		mpc_copy(&one, &two);
		two = mpc_part(&events, at + 1, 1);
		mpc_subtract(&one, &one, &two);
	}
}

/* Each group is empty or has the least count, and so have rows of none. */
static int
find_shown_groups(struct bin_counts *b)
{
	const struct stat_study *s = b->s;
	const size_t k = b->groups + 1;
	bool *empty = mem_array(k, sizeof(*empty));
	struct mpc_vector counts = { .n = 0 }, sizes = { .n = 0 }, all = { .n = 0 }, to;
	size_t i;
	int rc = -1;

	if (empty != NULL && mpc_vector_new(s->S, &counts, k) == 0 &&
	    mpc_vector_new(s->S, &sizes, b->groups) == 0 && mpc_vector_new(s->S, &all, 1) == 0) {
		to = mpc_part(&counts, 0, b->groups);
		mpc_columns_get(&to, &b->table.risk, b->groups, b->table.bins, 0);
		if (s->levels > 0) {
			mpc_rows_sum(&sizes, &s->member, b->groups, s->rows);
			mpc_rows_sum(&all, &sizes, 1, b->groups);
			mpc_scale(&all, &all, -1);
			mpc_add_public(&all, &all, (int64_t)s->rows);
		}
		to = mpc_part(&counts, b->groups, 1);
		mpc_copy(&to, &all);
		for (i = 0; i < k; i++)
			empty[i] = true;
		rc = stat_study_enough(s, &b->ok, &counts, k, empty);
	}
	mpc_vector_free(&counts);
	mpc_vector_free(&sizes);
	mpc_vector_free(&all);
	free(empty);
	return (rc);
}

static int
find_bins(struct bin_counts *b)
{
	const size_t widest = (2 * b->groups > b->edges) ? 2 * b->groups : b->edges;
	const size_t step = (BLOCK_WORDS / widest / 64 + 1) * 64, rows = b->s->rows;
	size_t first, n;

	if (b->s->levels > 0)
		mpc_copy(&b->member, &b->s->member);
	else
		mpc_add_public(&b->member, &b->member, 1);
	if (keep_present(b, TIME) == -1 || keep_present(b, EVENT) == -1)
		return (-1);
	for (first = 0; first < rows; first += n) {
		n = (rows - first < step) ? rows - first : step;
		if (count_bin_rows(b, first, n) == -1)
			return (-1);
	}
	fill_table(b);
	return (find_shown_groups(b));
}

/* ---- the table of survival ---- */

/* Public edges: where bins begin, or end. */
static int
add_edges(const struct bin_counts *b, const char *name, size_t from)
{
	struct stat_study *s = b->s;
	const size_t n = s->result_rows;
	struct column about = stat_study_number((struct bounds){ b->edge[from],
		b->edge[from + b->table.bins - 1] },
	    part_about(s->part, s->tested[TIME])->exponent);
	word *edges = mem_array(n, sizeof(*edges));
	struct mpc_vector words;
	size_t i;
	int rc = -1;

	if (mpc_vector_new(s->S, &words, n) == 0 && edges != NULL) {
		for (i = 0; i < n; i++)
			edges[i] = (word)b->edge[from + i % b->table.bins];
		mpc_add_public_words(&words, &words, edges);
		rc = stat_study_add(s, name, NULL, &about, &words, NULL);
	}
	mpc_vector_free(&words);
	free(edges);
	return (rc);
}

static int
add_bin_counts(struct stat_study *s, const char *name, const struct mpc_vector *count,
    uint64_t most, const struct mpc_vector *times)
{
	struct column about = stat_study_count(s, most);
	struct mpc_vector scaled;
	int rc;

	if ((rc = mpc_vector_new(s->S, &scaled, count->n)) == 0) {
		mpc_scale(&scaled, count, (int64_t)1 << s->part->fraction_bits);
		rc = stat_study_add(s, name, NULL, &about, &scaled, times);
	}
	mpc_vector_free(&scaled);
	return (rc);
}

int
stat_survival_find(struct stat_study *s)
{
	struct bin_counts b;
	struct mpc_vector shown = { .n = 0 }, times = { .n = 0 };
	const bool grouped = (s->levels > 0);
	size_t n;
	int rc = -1;

	if (bin_counts_new(&b, s) == 0 && find_bins(&b) == 0) {
		n = b.groups * b.table.bins;
		if (mpc_vector_new(s->S, &shown, n) == 0 && mpc_vector_new(s->S, &times, n) == 0 &&
		    mpc_survival_merge(s->S, &b.table, &shown, s->asked->least) == 0 &&
		    stat_study_result(s, n, 5 + grouped) == 0 &&
		    (!grouped || stat_study_levels(s) == 0) && add_edges(&b, "from", 0) == 0 &&
		    add_edges(&b, "to", 1) == 0) {
			mpc_rows_spread(&times, &b.ok, 1, n);
			if (add_bin_counts(s, "at_risk", &b.table.risk, s->rows, &times) == 0 &&
			    add_bin_counts(s, "events", &b.table.event, s->rows, &times) == 0)
				rc = add_bin_counts(s, "shown", &shown, 1, &times);
		}
	}
	mpc_vector_free(&shown);
	mpc_vector_free(&times);
	bin_counts_free(&b);
	return (rc);
}

/* ---- log-rank ---- */

/* What is found of each group. */
struct log_rank {
	struct mpc_vector count, observed, expected, variance, times;
};

static int
log_rank_new(struct mpc *S, struct log_rank *l, size_t groups)
{

	return ((mpc_vector_new(S, &l->count, groups) == -1 ||
	    mpc_vector_new(S, &l->observed, groups) == -1 ||
	    mpc_vector_new(S, &l->expected, groups) == -1 ||
	    mpc_vector_new(S, &l->variance, groups * groups) == -1 ||
	    mpc_vector_new(S, &l->times, groups) == -1) ? -1 : 0);
}

static void
log_rank_free(struct log_rank *l)
{

	mpc_vector_free(&l->count);
	mpc_vector_free(&l->observed);
	mpc_vector_free(&l->expected);
	mpc_vector_free(&l->variance);
	mpc_vector_free(&l->times);
}

static int
add_log_rank(struct stat_study *s, struct log_rank *l)
{
	const int64_t most = (int64_t)s->rows << MPC_LOG_RANK_BITS;
	const int exponent = (int)s->part->fraction_bits - MPC_LOG_RANK_BITS;
	const size_t groups = s->result_rows;
	struct column about = stat_study_number((struct bounds){ -1, most + 1 }, exponent);
	struct mpc_vector column = { .n = 0 };
	char number[24];
	size_t k;
	int rc = -1;

	if (add_bin_counts(s, "count", &l->count, s->rows, &l->times) == 0 &&
	    add_bin_counts(s, "observed", &l->observed, s->rows, &l->times) == 0 &&
	    mpc_vector_new(s->S, &column, groups) == 0)
		rc = stat_study_add(s, "expected", NULL, &about, &l->expected, &l->times);
	for (k = 0; k < groups && rc == 0; k++) {
		snprintf(number, sizeof(number), "%zu", k + 1);
		about = stat_study_number((struct bounds){ -most, most }, exponent);
		mpc_columns_get(&column, &l->variance, groups, groups, k);
		rc = stat_study_add(s, "variance", number, &about, &column, &l->times);
	}
	mpc_vector_free(&column);
	return (rc);
}

int
stat_log_rank_find(struct stat_study *s)
{
	struct bin_counts b;
	struct log_rank l;
	int rc = -1;

	memset(&l, 0, sizeof(l));
	if (bin_counts_new(&b, s) == 0 && log_rank_new(s->S, &l, b.groups) == 0 &&
	    find_bins(&b) == 0 && mpc_log_rank(s->S, &l.expected, &l.variance, &b.table) == 0 &&
	    stat_study_result(s, b.groups, 4 + b.groups) == 0 && stat_study_levels(s) == 0) {
		mpc_columns_get(&l.count, &b.table.risk, b.groups, b.table.bins, 0);
		mpc_rows_sum(&l.observed, &b.table.event, b.groups, b.table.bins);
		mpc_rows_spread(&l.times, &b.ok, 1, b.groups);
		rc = add_log_rank(s, &l);
	}
	log_rank_free(&l);
	bin_counts_free(&b);
	return (rc);
}
