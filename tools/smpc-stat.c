/* Statistics of the columns of a share, in a session of all parties. */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/names.h"
#include "cli/bins.h"
#include "cli/by_order.h"
#include "cli/known.h"
#include "cli/noising.h"
#include "cli/ranges.h"
#include "cli/stage.h"
#include "cli/stage_product.h"
#include "cli/stat_tests.h"
#include "cli/streams.h"
#include "crypto/hash.h"
#include "data/bounds.h"
#include "data/presence.h"
#include "func/divisor.h"
#include "func/function.h"
#include "func/moments.h"
#include "func/ranks.h"
#include "mpc/room.h"
#include "nn/inflation.h"
#include "nn/prepare.h"
#include "ring/fixed.h"

#define MAX_COUNT ((uint64_t)1 << 40)

static const char *bins, *shares;
static bool population;
static struct stat_tests_asked asked;
static uint64_t fraction_bits = 16, min_count, range_bits = STAGE_MAX_BITS;

static const struct opt options[] = {
	{ 0, "at", "SHARES", OPT_STRING, &shares, 0, 0,
	    "of quantile: shares of the rows, from 0 to 1, separated by commas; up to 64" },
	{ 'b', "by", "CATEGORIES", OPT_LIST, &asked.by, 0, 0,
	    "of tests: the category that makes groups; of chi-square, two" },
	{ 0, "bits", "BITS", OPT_NUMBER, &range_bits, 1, STAGE_MAX_BITS,
	    "of what an order finds: undeclared numbers are from -2^(BITS - 1) to below "
	    "2^(BITS - 1) units of the last fraction bit (default 63); fewer bits cost less" },
	{ 0, "bins", "EDGES", OPT_STRING, &bins, 0, 0,
	    "of histogram, survival and log-rank: public edges of the cells, ascending, "
	    "separated by commas; 2 to 64" },
	{ 0, "equal-variances", NULL, OPT_FLAG, &asked.equal, 0, 0,
	    "of t-test: both groups have one variance (default: Welch's test)" },
	{ 0, "event", "COLUMN", OPT_STRING, &asked.event, 0, 0,
	    "of survival and log-rank: 1 where the event was seen, else 0" },
	{ 0, "min-count", "COUNT", OPT_NUMBER, &min_count, 1, MAX_COUNT,
	    "of histogram: cells with fewer numbers become 0; of tests (default 10): figures "
	    "of groups with fewer rows do; 1 keeps all" },
	{ 0, "mu", "NUMBER", OPT_STRING, &asked.mu, 0, 0,
	    "of t-test: hold the mean of all rows against this number" },
	{ 0, "population", NULL, OPT_FLAG, &population, 0, 0,
	    "divide variances and covariances by the number of rows (default: by one less)" },
	{ 0, "time", "COLUMN", OPT_STRING, &asked.time, 0, 0,
	    "of survival and log-rank: when a row was last seen" },
	{ 0, "uncorrected", NULL, OPT_FLAG, &asked.uncorrected, 0, 0,
	    "of chi-square: without Yates' correction, which two by two values have" },
	{ 'f', "fraction-bits", "BITS", OPT_NUMBER, &fraction_bits, FUNCTION_MIN_BITS,
	    FUNCTION_MAX_BITS,
	    "fraction bits of results, if the input does not have more (default 16)" },
	NOISE_OPTIONS,
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

enum statistic { COUNT, MEAN, VARIANCE, COVARIANCE, CORRELATION, VIF, HISTOGRAM, MEDIAN, QUANTILE,
	IQR, MODE, RANK_CORRELATION, STATISTICS };

static const char *const names[STATISTICS] = { "count", "mean", "variance", "covariance",
	"correlation", "vif", "histogram", "median", "quantile", "iqr", "mode",
	"rank-correlation" };

/* Bits that words of computed columns in large units keep at least, where they lose some. */
#define KEPT_BITS 24

#define STATISTIC_NAME_BYTES (PART_MAX_NAME_BYTES + 20)

/* Bits that a mean has, where the range of a column says that its words have fewer. */
#define MEAN_BITS 30

/* From so many columns on, variances come from squares and not from products of all pairs. */
#define MANY_COLUMNS 512

/* What is asked for, and what has been gathered of a tensor. */
struct study {
	bool wanted[STATISTICS];
	enum statistic order[STATISTICS];
	size_t n_order;
	size_t edges;
	/* Of the tensor. */
	const struct part *part;
	size_t cols;
	unsigned f;
	uint64_t divisor;
	uint64_t rows;
	struct mpc_moments moments;
	struct bins bins;
	struct by_order by_order;
	struct mpc_central central;     /* products of distances from the means, once found */
	struct ranges ranges;           /* of what is multiplied */
	/*
	 * What is known of the words that are added up, with f fraction bits, and multiplied by 2
	 * to this, where that is not 0, as they have not so many bits then.
	 */
	struct known *known;
	int *shift;
	unsigned bits;                  /* they have up to so many, where they are multiplied */
	/* columns with missing values, and those that tell which: n_sparse each */
	size_t *sparse, *presence, n_sparse;
	struct stage_inputs inputs;
	struct noise noise;             /* with --epsilon */
	size_t noisy;                   /* columns of all results that get some */
	size_t tensors;
	/* What is known of the columns of a result, and the exponents of its rows. */
	struct column *about;
	int *row_exponents;
	bool rows_differ;               /* in these */
};

/* ---- the command line ---- */

/* Whether it is found by the order of rows, and which one it is then. */
static bool
is_by_order(enum statistic statistic, enum by_order_figure *figure)
{
	static const enum by_order_figure figures[STATISTICS] = {
		[MEDIAN] = BY_ORDER_MEDIAN,
		[QUANTILE] = BY_ORDER_QUANTILE,
		[IQR] = BY_ORDER_IQR,
		[MODE] = BY_ORDER_MODE,
		[RANK_CORRELATION] = BY_ORDER_CORRELATION,
	};

	*figure = figures[statistic];
	return (statistic >= MEDIAN);
}

/* A name that is none of the statistics. */
static int
refuse_statistic(const char *text)
{
	const char *all[STATISTICS + STAT_TESTS];
	enum stat_test test;

	if (stat_tests_find(text, &test))
		return (usage("%s is asked for alone, and not in a list", text));
	memcpy(all, names, sizeof(names));
	memcpy(all + STATISTICS, stat_test_names, sizeof(stat_test_names));
	return (usage_no_such(text, "statistic", all, STATISTICS + STAT_TESTS,
	    "there are count, mean, variance, covariance, correlation, vif, histogram, median, "
	    "quantile, iqr, mode and rank-correlation, and t-test, anova, chi-square, "
	    "mann-whitney, survival and log-rank"));
}

/* The first operand: names, separated by commas. */
static int
parse_statistics(struct study *s, const char *list)
{
	enum by_order_figure figure;
	const char *name;
	char text[32];
	size_t len, i;

	while (names_next(&list, &name, &len)) {
		snprintf(text, sizeof(text), "%.*s", (int)((len < sizeof(text)) ? len :
		    sizeof(text) - 1), name);
		for (i = 0; i < STATISTICS && strcmp(names[i], text) != 0; i++)
			;
		if (i == STATISTICS)
			return (refuse_statistic(text));
		if (s->wanted[i])
			return (usage("'%s' is asked for twice", text));
		s->wanted[i] = true;
		if (is_by_order((enum statistic)i, &figure))
			s->by_order.wanted[figure] = true;
		s->order[s->n_order++] = (enum statistic)i;
	}
	return (0);
}

/* Call ${each} with the edges of --bins, one by one; how many there are. */
static int
for_edges(struct study *s, int (*each)(struct study *s, size_t i, const char *text, size_t len))
{
	const char *at = bins;
	size_t len;

	for (s->edges = 0;; at += len + 1, s->edges++) {
		len = strcspn(at, ",");
		if (s->edges == MPC_MAX_THRESHOLDS)
			return (usage("--bins takes up to %d edges", MPC_MAX_THRESHOLDS));
		if (each(s, s->edges, at, len) == -1)
			return (-1);
		if (at[len] == '\0')
			break;
	}
	s->edges++;
	return ((s->edges < 2) ? usage("--bins takes two edges or more: a cell is between two") :
	    0);
}

static char params[MPC_MAX_THRESHOLDS * 26 + BY_ORDER_AT_TEXT + 400];
static char edges[MPC_MAX_THRESHOLDS * 26 + 1];
static double last_edge;

/* Edges as all parties must have given them; the text would not do, as 1e-3 is .001. */
static int
describe_edge(struct study *s, size_t i, const char *text, size_t len)
{
	double edge;
	size_t used = strlen(edges);

	(void)s;
	if (fixed_parse_double(text, len, &edge) != FIXED_OK)
		return (usage("--bins: '%.*s' is no number", (int)((len < 40) ? len : 40), text));
	if (i > 0 && edge <= last_edge)
		return (usage("--bins: edges must ascend, and %.10g follows %.10g",
		    edge, last_edge));
	last_edge = edge;
	snprintf(edges + used, sizeof(edges) - used, "%s%.17g", (i == 0) ? "" : ",", edge);
	return (0);
}

/* Many of them become their digest. */
static void
shorten_edges(void)
{
	uint8_t digest[HASH_BYTES];
	struct hash h;

	if (strlen(edges) < 200)
		return;
	hash_init(&h);
	hash_string(&h, edges);
	hash_final(&h, digest);
	hex_encode(edges, digest, sizeof(digest));
}

static int
check_histogram(struct study *s)
{

	if (!s->wanted[HISTOGRAM])
		return ((bins != NULL || min_count != 0) ?
		    usage("--bins and --min-count go with histogram") : 0);
	if (bins == NULL)
		return (usage("a histogram takes public edges of its cells: --bins 0,10,20"));
	if (noise_wanted() && min_count > 1)
		return (usage("--min-count: with noise all cells are kept: whether one is not "
		    "would tell of single persons"));
	if (noise_wanted())
		min_count = 1;
	if (min_count == 0)
		return (usage("say how few numbers a cell of the histogram may hold without "
		    "becoming 0: --min-count 10, or --min-count 1 for all"));
	if (for_edges(s, describe_edge) == -1)
		return (-1);
	shorten_edges();
	snprintf(params + strlen(params), sizeof(params) - strlen(params), " bins=%s min-count=%"
	    PRIu64, edges, min_count);
	return (0);
}

/* What an order takes: the shares of quantiles, and how large undeclared numbers are. */
static int
check_shares(struct study *s)
{
	const size_t used = strlen(params);
	char text[BY_ORDER_AT_TEXT];

	if (s->wanted[QUANTILE] && shares == NULL)
		return (usage("say which quantiles: --at 0.25,0.5,0.75"));
	if (!s->wanted[QUANTILE] && shares != NULL)
		return (usage("--at goes with quantile"));
	if (!by_order_is_wanted(&s->by_order))
		return ((range_bits != STAGE_MAX_BITS) ? usage("--bits goes with median, quantile, "
		    "iqr, mode and rank-correlation") : 0);
	if (by_order_parse_at(&s->by_order, shares) == -1)
		return (-1);
	s->by_order.bits = (unsigned)range_bits - 1;
	by_order_describe_at(&s->by_order, text, sizeof(text));
	snprintf(params + used, sizeof(params) - used, "%s%s range-bits=%" PRIu64,
	    (shares != NULL) ? " at=" : "", text, range_bits);
	return (0);
}

/* Noise is for what is a sum over rows, and what a person changes of it follows from ranges. */
static int
check_noise(const struct study *s)
{
	size_t i;

	for (i = 0; i < s->n_order; i++) {
		if (s->order[i] != COUNT && s->order[i] != MEAN && s->order[i] != HISTOGRAM)
			return (usage("noise is added to counts, means and histograms, and not to "
			    "'%s'", names[s->order[i]]));
	}
	snprintf(params + strlen(params), sizeof(params) - strlen(params), " epsilon=%.40s "
	    "delta=%.40s", (noise_options.epsilon != NULL) ? noise_options.epsilon : "",
	    (noise_options.delta != NULL) ? noise_options.delta : "");
	return (0);
}

static int
study_params(struct study *s)
{
	size_t i;

	for (i = 0; i < s->n_order; i++)
		snprintf(params + strlen(params), sizeof(params) - strlen(params), "%s%s",
		    (i == 0) ? "" : ",", names[s->order[i]]);
	snprintf(params + strlen(params), sizeof(params) - strlen(params), " bits=%" PRIu64 "%s",
	    fraction_bits, population ? " population" : "");
	return ((check_histogram(s) == -1 || check_shares(s) == -1 || (noise_wanted() &&
	    check_noise(s) == -1)) ? -1 : 0);
}

/* ---- gathering ---- */

/* Whether anything is multiplied. */
static bool
second_order(const struct study *s)
{

	return (s->wanted[VARIANCE] || s->wanted[COVARIANCE] || s->wanted[CORRELATION] ||
	    s->wanted[VIF]);
}

/* The first statistic asked for that takes no missing values, as messages call it; NULL: none. */
static const char *
refuses_missing(const struct study *s)
{

	return (s->wanted[VARIANCE] ? "a variance" : s->wanted[COVARIANCE] ? "a covariance" :
	    s->wanted[CORRELATION] ? "a correlation of numbers" :
	    s->wanted[VIF] ? "a variance inflation factor" :
	    s->wanted[HISTOGRAM] ? "a histogram" : NULL);
}

static enum mpc_moments_kind
kind_of(const struct study *s)
{

	if (s->wanted[COVARIANCE] || s->wanted[CORRELATION] || s->wanted[VIF])
		return (MPC_PRODUCTS);
	if (!s->wanted[VARIANCE])
		return (MPC_SUMS);
	return ((s->cols <= MANY_COLUMNS) ? MPC_PRODUCTS : MPC_SQUARES);
}

/*
 * How many bits words may have of which something of second order is found: a variance, of two
 * rows, say, is below 2 4^bits / 2^f, and has to be below 2^MPC_DIVIDE_BITS.
 */
static unsigned
most_bits(const struct study *s)
{
	const unsigned bits = (MPC_DIVIDE_BITS - 1 + s->f) / 2;

	return ((bits < MPC_MOMENTS_MAX_RANGE) ? bits : MPC_MOMENTS_MAX_RANGE);
}

static int
refuse_bits(const struct study *s, size_t j, unsigned bits, unsigned most)
{
	char text[KNOWN_TEXT];

	known_text(s->part, j, text);
	return (known_refuse(s->part, j, "its numbers, %s, have words of up to %u bits, and there "
	    "is room for %u: owners declare ranges of one size for what it is made of "
	    "(smpc-share --range), or smpc-map clip gives it narrower bounds", text, bits, most));
}

/*
 * Columns of several owners with different ranges, and computed ones, may have more bits than there
 * is room for.  They lose those that are beyond f fraction bits, or beyond what they need at least.
 */
static int
fit_words(struct study *s, size_t j, unsigned most)
{
	struct factor f = factor_of(s->part, j, PRODUCT_BITS);
	unsigned bits, spare;

	f.words = s->known[j].words;
	bits = factor_bits(&f);
	for (spare = factor_spare(&f, KEPT_BITS); factor_bits(&f) > most; spare--) {
		if (spare == 0)
			return (refuse_bits(s, j, bits, most));
		f.words = s->known[j].words;
		s->shift[j]--;
		factor_truncate(&f, (unsigned)-s->shift[j]);
	}
	s->known[j].words = f.words;
	s->known[j].exponent -= s->shift[j];
	return (0);
}

/* Whether sums are found of columns with missing values. */
static bool
divides_present(const struct study *s)
{

	return (s->n_sparse > 0 && (s->wanted[COUNT] || s->wanted[MEAN]));
}

static bool
is_sparse(const struct study *s, size_t j)
{
	size_t i;

	for (i = 0; i < s->n_sparse && s->sparse[i] != j; i++)
		continue;
	return (i < s->n_sparse);
}

/* Sums of numbers of which nothing is known have room up to 2^47, and not less for more bits. */
#define UNKNOWN_BITS 16

/* What is known of a column, with f fraction bits. */
static int
know_words(struct study *s, size_t j)
{
	const struct column *c = part_about(s->part, j);

	s->known[j] = (struct known){ bounds_of(c), c->exponent };
	if (!bounds_known(s->known[j].words) && s->wanted[MEAN] && !second_order(s) &&
	    !is_sparse(s, j) && s->f > UNKNOWN_BITS && s->f > s->part->fraction_bits)
		return (known_refuse(s->part, j, "how large its numbers are is not known, and "
		    "their sum may not fit 64 bits with %u more fraction bits: declare its range "
		    "(smpc-share --range), or give --fraction-bits %u at most",
		    s->f - s->part->fraction_bits, UNKNOWN_BITS));
	if (bounds_known(s->known[j].words) && bounds_scale(&s->known[j].words, 1,
	    s->f - s->part->fraction_bits) == -1)
		return (bounds_refuse(s->part, j, "a number of it"));
	return (0);
}

/*
 * Of column ${i} of those that ranges are of, more is known if it is tested: with many fraction
 * bits its words may have more than there is room for, too.
 */
static int
know_ranged(struct study *s, size_t i, unsigned most)
{
	const size_t j = s->ranges.positions[i];
	unsigned bits = s->ranges.column_bits[i];

	if (s->ranges.is_tested[i]) {
		if (bits > most) {
			s->shift[j] = (int)most - (int)bits;
			s->known[j].exponent -= s->shift[j];
			bits = most;
		}
		s->known[j].words = (struct bounds){ -((int64_t)1 << bits), (int64_t)1 << bits };
	} else if (bits > most) {
		if (fit_words(s, j, most) == -1)
			return (-1);
		bits = bounds_bits(s->known[j].words);
	}
	s->bits = (bits > s->bits) ? bits : s->bits;
	return (0);
}

/*
 * How large words can be: all of them, where they are multiplied, and those that are divided by a
 * secret count, where values are missing.
 */
static int
begin_ranges(struct stage *stage, struct study *s, const char *where)
{
	const struct ranges_of of = { .part = s->part, .where = where,
		.positions = second_order(s) ? NULL : s->sparse,
		.cols = second_order(s) ? s->cols : s->n_sparse,
		.f = s->f };
	size_t i;

	if (ranges_begin(stage, &s->ranges, &of) == -1)
		return (-1);
	/* What is divided first has all its bits when it is tested. */
	if (s->divisor != 1)
		s->ranges.more = 0;
	for (i = 0; i < s->ranges.cols; i++) {
		if (know_ranged(s, i, second_order(s) ? most_bits(s) : MPC_PRESENT_RANGE) == -1)
			return (-1);
	}
	return (0);
}

/* Whether anything is asked for but counts, and words as they are. */
static bool
uses_words(const struct study *s)
{
	size_t i;

	for (i = 0; i < STATISTICS && (i == COUNT || i == MODE || !s->wanted[i]); i++)
		continue;
	return (i < STATISTICS);
}

/* What words are added up. */
static int
know_all_words(struct study *s)
{
	size_t j;

	s->bits = 0;
	s->known = mem_array(s->cols, sizeof(*s->known));
	s->shift = mem_array(s->cols, sizeof(*s->shift));
	if (s->known == NULL || s->shift == NULL || (uses_words(s) &&
	    part_check_numbers(s->part) == -1))
		return (-1);
	for (j = 0; j < s->cols; j++) {
		if (know_words(s, j) == -1)
			return (-1);
	}
	return (0);
}

/* The sums of a tensor's words, and their products, if they are asked for. */
static int
begin_sums(struct stage *stage, struct study *s, const char *where)
{

	if (know_all_words(s) == -1 ||
	    ((second_order(s) || divides_present(s)) && begin_ranges(stage, s, where) == -1))
		return (-1);
	return (mpc_moments_new(stage->S, &s->moments, kind_of(s), s->cols, s->bits));
}

/* Find out whether words are as large as they may be. */
static int
test_rows(struct stage *stage, struct study *s, const struct mpc_vector *x, size_t rows)
{
	struct mpc_vector some = { .n = 0 };
	size_t n = rows * s->n_sparse, *index, i;
	int rc;

	if (second_order(s))
		return (ranges_rows(stage, &s->ranges, x, rows));
	if (n == 0 || !divides_present(s))
		return (0);
	if ((index = mem_array(n, sizeof(*index))) == NULL)
		return (-1);
	for (i = 0; i < n; i++)
		index[i] = i / s->n_sparse * s->cols + s->sparse[i % s->n_sparse];
	if ((rc = mpc_vector_new(stage->S, &some, n)) == 0) {
		mpc_gather(&some, x, index, n);
		rc = ranges_rows(stage, &s->ranges, &some, rows);
	}
	mpc_vector_free(&some);
	free(index);
	return (rc);
}

/* Of what has missing values there are counts, means, and what an order finds. */
static int
find_sparse(struct study *s, const char *where)
{
	size_t j, at;

	if ((s->sparse = mem_array(s->cols, sizeof(*s->sparse))) == NULL ||
	    (s->presence = mem_array(s->cols, sizeof(*s->presence))) == NULL)
		return (-1);
	for (j = 0; j < s->cols; j++) {
		if (presence_find(s->part, where, j, &at) == -1)
			return (-1);
		if (at == SIZE_MAX)
			continue;
		if (refuses_missing(s) != NULL)
			return (presence_refuse(s->part, where, j, refuses_missing(s)));
		s->sparse[s->n_sparse] = j;
		s->presence[s->n_sparse++] = at;
	}
	return (0);
}

static int
begin_order(struct stage *stage, struct study *s)
{
	const char *where = reader_name(stage->readers[0]);

	return ((stage_refuse_divisor(s->part, where) == -1) ? -1 :
	    by_order_begin(&s->by_order, s->part, where, s->f));
}

static int
study_begin(struct stage *stage, struct study *s, const struct part *p)
{

	s->part = p;
	s->cols = p->cols;
	s->rows = 0;
	s->divisor = p->divisor;
	s->f = (p->fraction_bits > fraction_bits) ? p->fraction_bits : (unsigned)fraction_bits;
	if (s->f > FUNCTION_MAX_BITS)
		return (fail(ST_USAGE, "tensor '%s' has %u fraction bits, statistics take up to "
		    "%d: cut it with smpc-truncate first", p->name, p->fraction_bits,
		    FUNCTION_MAX_BITS));
	if ((s->about = mem_array(s->cols, sizeof(*s->about))) == NULL ||
	    (s->row_exponents = mem_array(s->cols, sizeof(*s->row_exponents))) == NULL ||
	    find_sparse(s, reader_name(stage->readers[0])) == -1 ||
	    begin_sums(stage, s, reader_name(stage->readers[0])) == -1)
		return (-1);
	if (by_order_is_wanted(&s->by_order) && begin_order(stage, s) == -1)
		return (-1);
	return (s->wanted[HISTOGRAM] ? bins_begin(stage->S, &s->bins, s->part, s->f, bins) : 0);
}

static void
study_end(struct study *s)
{

	columns_free(s->about, s->cols);
	free(s->row_exponents);
	free(s->sparse);
	free(s->presence);
	free(s->known);
	free(s->shift);
	s->about = NULL;
	s->row_exponents = NULL;
	s->known = NULL;
	s->shift = NULL;
	s->sparse = s->presence = NULL;
	s->n_sparse = 0;
	ranges_free(&s->ranges);
	mpc_moments_free(&s->moments);
	bins_free(&s->bins);
	by_order_end(&s->by_order);
	mpc_central_free(&s->central);
	stage_inputs_free(&s->inputs);
}

/* Add up words, of which some lose bits first. */
static int
add_moments(struct mpc *S, struct study *s, const struct mpc_vector *x, size_t rows)
{
	struct mpc_vector cut;
	size_t j;
	int rc;

	for (j = 0; j < s->cols && s->shift[j] == 0; j++)
		continue;
	if (j == s->cols)
		return (mpc_moments_add(S, &s->moments, x, rows));
	if ((rc = mpc_vector_new(S, &cut, x->n)) == 0) {
		mpc_copy(&cut, x);
		if ((rc = nn_shift_columns(S, &cut, rows, s->cols, s->shift)) == 0)
			rc = mpc_moments_add(S, &s->moments, &cut, rows);
	}
	mpc_vector_free(&cut);
	return (rc);
}

/* Words that have all their bits. */
static int
add_studied(struct mpc *S, struct study *s, const struct mpc_vector *x, size_t rows)
{

	if ((s->wanted[MEAN] || second_order(s) || divides_present(s)) &&
	    add_moments(S, s, x, rows) == -1)
		return (-1);
	return (s->wanted[HISTOGRAM] ? bins_add(S, &s->bins, x, rows) : 0);
}

/* Words are tested as they are, since those that are too large may wrap when they get more bits. */
static int
study_rows(struct stage *stage, struct study *s, const struct mpc_vector *x, size_t rows)
{
	const unsigned more = (s->divisor == 1) ? s->f - s->part->fraction_bits : 0;
	struct mpc_vector finer;
	int rc;

	s->rows += rows;
	if (test_rows(stage, s, x, rows) == -1)
		return (-1);
	if (by_order_is_wanted(&s->by_order) && by_order_add(stage->S, &s->by_order, x, rows) == -1)
		return (-1);
	if (more == 0)
		return (add_studied(stage->S, s, x, rows));
	if ((rc = mpc_vector_new(stage->S, &finer, x->n)) == 0) {
		mpc_scale(&finer, x, (int64_t)1 << more);
		rc = add_studied(stage->S, s, &finer, rows);
	}
	mpc_vector_free(&finer);
	return (rc);
}

/* Words of which nothing is known may be any, as they are sums. */
static int
divide_words(struct mpc *S, const struct study *s, struct mpc_vector *z, const struct mpc_vector *x)
{
	size_t j;

	for (j = 0; j < s->cols && column_has_range(part_about(s->part, j)); j++)
		continue;
	return ((j < s->cols) ? mpc_divide_any(S, z, x, s->divisor) :
	    mpc_divide_public(S, z, x, s->divisor, MPC_DIVIDE_BITS));
}

/* A divisor, which a mean leaves behind, is divided by first. */
static int
study_block(struct stage *stage, struct study *s, const struct block *block)
{
	struct mpc_vector x;
	int rc;

	if (stage_inputs_add_block(&s->inputs, block) == -1)
		return (-1);
	if (block->rows == 0)
		return (0);
	if (s->divisor == 1)
		return (study_rows(stage, s, &block->x[0], block->rows));
	if ((rc = mpc_vector_new(stage->S, &x, block->x[0].n)) == 0 &&
	    (rc = divide_words(stage->S, s, &x, &block->x[0])) == 0)
		rc = study_rows(stage, s, &x, block->rows);
	mpc_vector_free(&x);
	return (rc);
}

/* How many columns a block should be cut for: a histogram has a bit for each edge. */
static size_t
study_widest(const struct study *s)
{

	return (s->wanted[HISTOGRAM] ? s->cols * s->edges : s->cols);
}

/* Sums of words of which something is known, for a mean. */
static int
check_sums(const struct study *s)
{
	const int64_t most = (int64_t)1 << MPC_DIVIDE_BITS;
	struct bounds b;
	size_t j;

	for (j = 0; s->wanted[MEAN] && j < s->cols; j++) {
		b = s->known[j].words;
		if (bounds_known(b) && (bounds_scale(&b, s->rows, 0) == -1 || b.low <= -most ||
		    b.high >= most))
			return (bounds_refuse(s->part, j, "the sum of its numbers"));
	}
	return (0);
}

static int
study_blocks(struct stage *stage, struct study *s, struct blocks *b)
{
	struct blocks_layout layout = { .widest = study_widest(s), .align = (s->divisor != 1),
		.scale = { s->f, s->divisor } };
	struct block block;
	uint64_t least = ((second_order(s) || s->wanted[RANK_CORRELATION]) && !population) ? 2 : 1;
	int rc;

	if (blocks_begin(b, &layout) == -1)
		return (-1);
	while ((rc = stage_next(stage, b, &block)) == 1) {
		if (study_block(stage, s, &block) == -1)
			return (-1);
	}
	if (rc == 0 && s->rows < least)
		return (fail(ST_FAILED, "tensor '%s' has %" PRIu64 " rows; it takes at least %"
		    PRIu64, s->part->name, s->rows, least));
	if (rc == 0 && s->n_sparse > 0 && s->wanted[MEAN] && s->rows > MPC_PRESENT_MAX_ROWS)
		return (fail(ST_RANGE, "tensor '%s' has more than %" PRIu64 " rows, and a mean of "
		    "values of which some are missing takes no more: take some (smpc-head)",
		    s->part->name, MPC_PRESENT_MAX_ROWS));
	if (rc == 0 && s->wanted[RANK_CORRELATION] && s->rows >= MPC_MOMENTS_MAX_ROWS)
		return (fail(ST_RANGE, "tensor '%s' has 2^26 rows or more, and a correlation of "
		    "ranks takes fewer", s->part->name));
	if (rc == 0 && s->n_sparse > 0 && s->wanted[RANK_CORRELATION] &&
	    s->rows >= MPC_RANKS_MAX_SPARSE)
		return (fail(ST_RANGE, "tensor '%s' has 2^20 rows or more, and a correlation of "
		    "ranks of which some are missing takes fewer: take some (smpc-head)",
		    s->part->name));
	if (rc == 0)
		rc = check_sums(s);
	return ((rc == 0) ? ranges_end(stage, &s->ranges, ranges_rows_of(b, 0)) : rc);
}

/* ---- results ---- */

/* What results can be, and how far rounding may carry them beyond that (smpc-stat(1), ACCURACY). */
struct result_limits {
	int64_t low, high, slack;
};

/* Whether there are some. */
static bool
limits_of(const struct study *s, enum statistic statistic, struct result_limits *l)
{
	int64_t one = (int64_t)1 << s->f;

	*l = (struct result_limits){ 0, 0, 0 };
	if (statistic == VARIANCE)
		*l = (struct result_limits){ 0, (int64_t)1 << MPC_DIVIDE_BITS, 64 };
	else if (statistic == CORRELATION || statistic == RANK_CORRELATION)
		*l = (struct result_limits){ -one, one, one / 4096 + 2 };
	return (l->slack > 0);
}

/* How many bits more the mean of a column has than its words, as there is room for them. */
static unsigned
mean_gain(const struct study *s, size_t j)
{
	struct bounds b = s->known[j].words;
	unsigned gain;

	if (s->divisor != 1 || !bounds_known(b) || is_sparse(s, j) ||
	    bounds_scale(&b, s->rows, 0) == -1)
		return (0);
	gain = bounds_bits(s->known[j].words);
	gain = (gain < MEAN_BITS) ? MEAN_BITS - gain : 0;
	if (gain + bounds_bits(b) > MPC_DIVIDE_BITS)
		gain = (bounds_bits(b) < MPC_DIVIDE_BITS) ? MPC_DIVIDE_BITS - bounds_bits(b) : 0;
	return (gain);
}

/*
 * The bounds of a mean of words, which have no divisor.  Rounding may carry one of words that are
 * all the same a unit beyond; but not where bits alone are cut off, as of a multiple none are.
 */
static struct bounds
mean_bounds(const struct study *s, size_t j)
{
	struct bounds b = s->known[j].words;
	const bool exact = ((s->rows & (s->rows - 1)) == 0 && !is_sparse(s, j));

	if (s->divisor != 1 || !bounds_known(bounds_of(part_about(s->part, j))))
		return (bounds_any());
	(void)bounds_scale(&b, 1, mean_gain(s, j));
	b.low -= !exact;
	b.high += !exact;
	return (b);
}

/* How far apart words of a column can be, as they are added up. */
static double
width_of(const struct study *s, size_t j)
{

	return ((double)s->known[j].words.high - (double)s->known[j].words.low);
}

/* Variances are found to this part of them, and some units. */
#define VARIANCE_ERROR 1e-3
#define VARIANCE_UNITS 64

/*
 * The largest covariance of columns whose words are apart by ${a} and ${b} at most: of either half
 * of the rows is at each end.
 */
static int64_t
most_covariance(const struct study *s, double a, double b)
{
	const double rows = (double)s->rows, divisor = population ? rows : rows - 1,
	    most = ldexp(a * b / 4 * rows / divisor, -(int)s->f) * (1 + VARIANCE_ERROR) +
	    VARIANCE_UNITS;

	return ((most < ldexp(1, MPC_DIVIDE_BITS)) ? (int64_t)most : (int64_t)1 << MPC_DIVIDE_BITS);
}

static double
widest(const struct study *s)
{
	double most = 0;
	size_t j;

	for (j = 0; j < s->cols; j++)
		most = fmax(most, width_of(s, j));
	return (most);
}

/* Whether a header can say how large the numbers of a result are. */
static int
check_results_exponents(const struct study *s, enum statistic statistic)
{
	size_t i, j;
	int e;

	for (i = 0; i < s->cols; i++) {
		for (j = 0; j < s->cols; j++) {
			e = s->about[j].exponent +
			    ((statistic == COVARIANCE) ? s->row_exponents[i] : 0);
			if (e < -COLUMN_MAX_EXPONENT || e > COLUMN_MAX_EXPONENT)
				return (bounds_refuse(s->part, j, "what its numbers are multiplied "
				    "to"));
		}
	}
	return (0);
}

static struct bounds
statistic_bounds(const struct study *s, enum statistic statistic, size_t j)
{
	const int64_t one = (int64_t)1 << s->f;
	int64_t most;

	switch (statistic) {
	case MEAN:
		return (mean_bounds(s, j));
	case VARIANCE:
		return ((struct bounds){ 0, most_covariance(s, width_of(s, j), width_of(s, j)) });
	case COVARIANCE:
		most = most_covariance(s, width_of(s, j), widest(s));
		return ((struct bounds){ -most, most });
	case CORRELATION:
		return ((struct bounds){ -one, one });
	case VIF:
		return ((struct bounds){ 0, one << NN_INFLATION_MAX });
	case COUNT:
	case HISTOGRAM:
	case MEDIAN:
	case QUANTILE:
	case IQR:
	case MODE:
	case RANK_CORRELATION:
	default:
		return ((struct bounds){ 0, (int64_t)s->rows });
	}
}

/* An exponent that all rows have is one of the columns, which every tool takes. */
static void
fold_row_exponents(struct study *s)
{
	size_t j;

	s->rows_differ = false;
	for (j = 1; j < s->cols; j++)
		s->rows_differ = s->rows_differ || s->row_exponents[j] != s->row_exponents[0];
	for (j = 0; j < s->cols && !s->rows_differ; j++)
		s->about[j].exponent += s->row_exponents[0];
}

/*
 * What is known of the columns of a result: a mean is between the least and the largest number, a
 * variance is not negative, a correlation from -1 to 1, a count that of rows at most.  Units are
 * those of the columns, or products of them.
 */
static int
describe_sums(struct study *s, enum statistic statistic)
{
	const struct column *c;
	size_t j;
	int e;

	for (j = 0; j < s->cols; j++) {
		c = part_about(s->part, j);
		e = s->known[j].exponent;
		s->row_exponents[j] = (statistic == COVARIANCE) ? e : 0;
		column_clear(&s->about[j]);
		column_result(&s->about[j], statistic_bounds(s, statistic, j),
		    (statistic == VARIANCE) ? 2 * e :
		    (statistic == MEAN) ? e - (int)mean_gain(s, j) :
		    (statistic == COVARIANCE) ? e : 0);
		if (statistic == MEAN && c->unit != NULL &&
		    column_set_unit(&s->about[j], c->unit) == -1)
			return (-1);
	}
	if (check_results_exponents(s, statistic) == -1)
		return (-1);
	fold_row_exponents(s);
	return (0);
}

static int
describe_statistic(struct study *s, enum statistic statistic)
{
	enum by_order_figure figure;
	size_t j;

	if (!is_by_order(statistic, &figure))
		return (describe_sums(s, statistic));
	s->rows_differ = false;
	for (j = 0; j < s->cols; j++) {
		column_clear(&s->about[j]);
		if (by_order_about(&s->by_order, figure, j, &s->about[j]) == -1)
			return (-1);
	}
	return (0);
}

/* What a tensor is called: one of the default tensor has the name of the statistic alone. */
static void
name_statistic(const struct study *s, enum statistic statistic,
    char name[static STATISTIC_NAME_BYTES])
{
	bool plain = (strcmp(s->part->name, "data") == 0);

	snprintf(name, STATISTIC_NAME_BYTES, "%s%s%s", plain ? "" : s->part->name, plain ? "" : ".",
	    names[statistic]);
}

/* Write a matrix, of which is known what s->about says; ${noisy}, unless NULL, is its noise. */
static int
write_matrix(struct stage *stage, struct study *s, enum statistic statistic, struct scale scale,
    const struct noise_tensor *noisy, const struct mpc_vector *x)
{
	char name[STATISTIC_NAME_BYTES];
	struct result_shape shape = {
		.name = name,
		.cols = s->cols,
		.columns = (const char *const *)s->part->columns,
		.scale = scale,
		.about = s->about,
		.noise = (noisy != NULL) ? noisy->noise : NULL,
		.spent = &s->noise.shares,
	};
	size_t rows = x->n / s->cols, at_once = blocks_rows(s->cols), first, n;
	struct mpc_vector *y, part;

	name_statistic(s, statistic, name);
	if (strlen(name) > PART_MAX_NAME_BYTES)
		return (fail(ST_FAILED, "the name '%s' would be too long", name));
	shape.row_exponents = s->rows_differ ? s->row_exponents : NULL;
	for (first = 0; first < rows; first += n) {
		n = (rows - first < at_once) ? rows - first : at_once;
		part = mpc_part(x, first * s->cols, n * s->cols);
		shape.first_row = first;
		if (stage_result(stage, &shape, s->inputs.items, s->inputs.count, n, &y) == -1)
			return (-1);
		mpc_copy(y, &part);
		if (stage_write(stage) == -1)
			return (-1);
	}
	return (0);
}

/* Sums of products of distances from the means, found once. */
static int
need_central(struct mpc *S, struct study *s)
{

	return ((s->central.product.n > 0) ? 0 :
	    mpc_moments_central(S, &s->central, &s->moments));
}

/* count = how many values of columns with missing ones are there: sums of 1, exact. */
static int
count_present(struct mpc *S, const struct study *s, struct mpc_vector *count)
{

	mpc_gather(count, &s->moments.sum, s->presence, s->n_sparse);
	return ((s->f == 0) ? 0 : mpc_truncate(S, count, count, s->f));
}

/* Put the counts, or the means, of columns with missing values into their places. */
static int
settle_sparse(struct mpc *S, const struct study *s, enum statistic statistic,
    struct mpc_vector *y)
{
	enum { PRESENT, SUMS, MEANS, WORDS };
	struct room r;
	int rc = -1;

	if (s->n_sparse == 0)
		return (0);
	if (room_open(&r, S, s->n_sparse, WORDS, 0) == 0 &&
	    count_present(S, s, &r.word[PRESENT]) == 0) {
		mpc_gather(&r.word[SUMS], &s->moments.sum, s->sparse, s->n_sparse);
		rc = (statistic == COUNT) ? 0 : mpc_mean_present(S, &r.word[MEANS], &r.word[SUMS],
		    &r.word[PRESENT]);
		mpc_scatter(y, s->sparse, &r.word[(statistic == COUNT) ? PRESENT : MEANS]);
	}
	room_close(&r);
	return (rc);
}

/* Whether there are columns of which nothing is known: their sums may be any words. */
static bool
has_unknown(const struct study *s)
{
	size_t j;

	for (j = 0; j < s->cols && bounds_known(s->known[j].words); j++)
		continue;
	return (j < s->cols);
}

/* Sums with the bits that means gain. */
static void
gain_bits(const struct study *s, struct mpc_vector *sum)
{
	struct mpc_vector one;
	size_t j;

	mpc_copy(sum, &s->moments.sum);
	for (j = 0; j < s->cols; j++) {
		one = mpc_part(sum, j, 1);
		mpc_scale(&one, &one, (int64_t)1 << mean_gain(s, j));
	}
}

/* Means, of sums that have gained bits first. */
static int
divide_sums(struct mpc *S, struct study *s, struct mpc_vector *y)
{
	struct mpc_vector sum = { .n = 0 };
	int rc;

	if ((rc = mpc_vector_new(S, &sum, s->cols)) == 0) {
		gain_bits(s, &sum);
		rc = has_unknown(s) ? mpc_divide_any(S, y, &sum, s->rows) :
		    mpc_divide_public(S, y, &sum, s->rows, MPC_DIVIDE_BITS);
	}
	mpc_vector_free(&sum);
	return ((rc == 0) ? settle_sparse(S, s, MEAN, y) : -1);
}

/* With the fraction bits of other results. */
static int
find_inflation(struct mpc *S, struct study *s, struct mpc_vector *y)
{

	return ((need_central(S, s) == -1 || nn_inflation(S, y, &s->central) == -1) ? -1 :
	    mpc_shift(S, y, y, (int)s->f - NN_INFLATION_BITS));
}

static int
find_statistic(struct mpc *S, struct study *s, enum statistic statistic, struct mpc_vector *y)
{
	enum by_order_figure figure;

	if (is_by_order(statistic, &figure))
		return (by_order_find(S, &s->by_order, figure, y));
	switch (statistic) {
	case COUNT:
		mpc_add_public(y, y, (int64_t)s->rows);
		return (settle_sparse(S, s, COUNT, y));
	case MEAN:
		return (divide_sums(S, s, y));
	case HISTOGRAM:
		return (bins_cells(S, y, &s->bins, min_count));
	case CORRELATION:
		return ((need_central(S, s) == -1) ? -1 :
		    mpc_correlation(S, y, &s->central, s->f));
	case VIF:
		return (find_inflation(S, s, y));
	case VARIANCE:
	case COVARIANCE:
	case MEDIAN:
	case QUANTILE:
	case IQR:
	case MODE:
	case RANK_CORRELATION:
	default:
		return ((need_central(S, s) == -1) ? -1 : mpc_central_divide(S, y, &s->central,
		    s->rows - (population ? 0 : 1), s->f));
	}
}

/* How many rows a statistic has, and how many fraction bits. */
static size_t
statistic_rows(const struct study *s, enum statistic statistic, unsigned *f)
{
	enum by_order_figure figure;

	*f = (statistic == COUNT || statistic == HISTOGRAM) ? 0 : s->f;
	if (is_by_order(statistic, &figure)) {
		*f = by_order_fraction_bits(&s->by_order, figure);
		return (by_order_rows(&s->by_order, figure));
	}
	if (statistic == COVARIANCE || statistic == CORRELATION)
		return (s->cols);
	return ((statistic == HISTOGRAM) ? s->edges - 1 : 1);
}

static int
write_statistic(struct stage *stage, struct study *s, enum statistic statistic)
{
	struct result_limits l;
	unsigned f;
	size_t rows = statistic_rows(s, statistic, &f);
	struct mpc_vector y;
	int rc;

	if ((rc = mpc_vector_new(stage->S, &y, rows * s->cols)) == 0 &&
	    (rc = find_statistic(stage->S, s, statistic, &y)) == 0 &&
	    limits_of(s, statistic, &l))
		rc = mpc_clip_near(stage->S, &y, l.low, l.high, l.slack);
	if (rc == 0)
		rc = describe_statistic(s, statistic);
	if (rc == 0)
		rc = write_matrix(stage, s, statistic, (struct scale){ f, 1 }, NULL, &y);
	mpc_vector_free(&y);
	return (rc);
}

/* ---- noise ---- */

/* How much a row changes a column of a statistic, in words, or of a mean in words of its sum. */
static int
row_change(const struct study *s, enum statistic statistic, size_t j, double *change)
{

	if (statistic == COUNT) {
		/* All know how many rows there are. */
		*change = is_sparse(s, j) ? 1 : 0;
		return (0);
	}
	if (statistic == HISTOGRAM) {
		/* It leaves a cell and comes into another one. */
		*change = sqrt(2);
		return (0);
	}
	if (is_sparse(s, j))
		return (known_refuse(s->part, j, "values are missing, so that its mean is a "
		    "quotient of two secrets: add noise to its sum (smpc-sum) and to its count"));
	if (!column_has_range(part_about(s->part, j)))
		return (known_refuse(s->part, j, "no range is declared, from which follows how "
		    "much noise it takes (smpc-share --range, smpc-map clip)"));
	*change = ldexp(fmax(width_of(s, j), 1), (int)mean_gain(s, j));
	return (0);
}

/* The same of a table as it is. */
static int
find_changes(const struct study *s, enum statistic statistic, double *change)
{
	size_t j;

	for (j = 0; j < s->cols; j++) {
		if (row_change(s, statistic, j, &change[j]) == -1)
			return (-1);
		if (!(change[j] > 0))
			continue;
		change[j] = exposure_times_change(&s->inputs.exposure, change[j]);
		if (!(change[j] > 0))
			return (exposure_refuse(s->part));
	}
	return (0);
}

/* Means stay sums, with the number of rows for a divisor: nothing is rounded before the noise. */
static int
find_before_noise(struct mpc *S, struct study *s, enum statistic statistic, struct mpc_vector *y)
{

	if (statistic != MEAN)
		return (find_statistic(S, s, statistic, y));
	gain_bits(s, y);
	return (0);
}

/* Add noise, and say what is known then. */
static int
add_noise_to(struct stage *stage, struct study *s, struct noise_tensor *t, struct mpc_vector *y)
{
	struct column *about = mem_array(s->cols, sizeof(*about));
	int rc = -1;

	if (about != NULL && noise_settle(&s->noise, stage, t) == 0 &&
	    noise_about(t, about) == 0 && noise_add(stage, t, y, y) == 0) {
		columns_free(s->about, s->cols);
		s->about = about;
		return (0);
	}
	columns_free(about, s->cols);
	return (rc);
}

static int
write_with_noise(struct stage *stage, struct study *s, enum statistic statistic)
{
	struct noise_tensor t = { .columns = s->noisy };
	char name[STATISTIC_NAME_BYTES];
	double *change = mem_array(s->cols, sizeof(*change));
	struct mpc_vector y = { .n = 0 };
	struct part *p = NULL;
	struct scale scale = { .divisor = (statistic == MEAN) ? s->rows : 1 };
	int rc = -1;

	t.rows = statistic_rows(s, statistic, &scale.fraction_bits);
	name_statistic(s, statistic, name);
	t.name = name;
	t.change = change;
	if (change != NULL && find_changes(s, statistic, change) == 0 &&
	    describe_statistic(s, statistic) == 0 &&
	    (t.part = p = noise_part(s->cols, (const char *const *)s->part->columns, s->about,
	    scale)) != NULL &&
	    mpc_vector_new(stage->S, &y, t.rows * s->cols) == 0 &&
	    find_before_noise(stage->S, s, statistic, &y) == 0 &&
	    add_noise_to(stage, s, &t, &y) == 0)
		rc = write_matrix(stage, s, statistic, scale, &t, &y);
	mpc_vector_free(&y);
	noise_tensor_free(&t);
	part_free(p);
	free(change);
	return (rc);
}

/* How many columns share what is spent: of one tensor, so that it is known. */
static int
count_noisy(struct study *s)
{
	double *change = mem_array(s->cols, sizeof(*change));
	size_t i;
	int rc = (change == NULL) ? -1 : 0;

	s->noisy = 0;
	if (s->tensors++ > 0)
		rc = fail(ST_USAGE, "there is more than one tensor, and with noise each takes a "
		    "run of its own (smpc-cut -t)");
	if (rc == 0 && s->divisor != 1)
		rc = fail(ST_REFUSED, "tensor '%s' has a divisor, as means have: noise is added to "
		    "what is found of a table of rows", s->part->name);
	for (i = 0; i < s->n_order && rc == 0; i++) {
		if ((rc = find_changes(s, s->order[i], change)) == 0)
			s->noisy += noise_columns(change, s->cols);
	}
	free(change);
	return (rc);
}

static int
begin_noise(const struct stage *stage, void *state)
{

	return (noise_begin(&((struct study *)state)->noise, stage));
}

static void
describe_noise_of(void *state, struct descriptor *d)
{

	noise_describe(&((const struct study *)state)->noise, d);
}

static int
write_statistics(struct stage *stage, struct study *s)
{
	size_t i;
	int rc = noise_wanted() ? count_noisy(s) : 0;

	for (i = 0; i < s->n_order && rc == 0; i++)
		rc = noise_wanted() ? write_with_noise(stage, s, s->order[i]) :
		    write_statistic(stage, s, s->order[i]);
	return (rc);
}

static int
study_tensor(struct stage *stage, void *state, struct blocks *b)
{
	struct study *s = state;
	int rc = -1;

	if (study_begin(stage, s, blocks_part(b, 0)) == 0 && study_blocks(stage, s, b) == 0)
		rc = write_statistics(stage, s);
	study_end(s);
	return (rc);
}

static int
study(struct stage *stage, void *state)
{

	return (stage_each_tensor(stage, study_tensor, state));
}

/* A test is asked for alone, and has options of its own. */
static int
run_test(char **operands, size_t count)
{

	if (noise_wanted())
		return (usage("noise is added to counts, means and histograms, and not to '%s'",
		    operands[0]));
	if (shares != NULL || population || range_bits != STAGE_MAX_BITS || fraction_bits != 16)
		return (usage("--at, --bits, --fraction-bits and --population go with other "
		    "statistics, and not with %s", operands[0]));
	asked.bins = bins;
	asked.least = min_count;
	return (stat_tests_run(&asked, operands + 1, count - 1));
}

/* What statistics of columns leave to tests. */
static int
check_no_test(void)
{

	return ((asked.by.count > 0 || asked.mu != NULL || asked.equal || asked.uncorrected ||
	    asked.time != NULL || asked.event != NULL) ? usage("--by, --mu, --equal-variances, "
	    "--uncorrected, --time and --event go with tests, such as t-test") : 0);
}

static int
run(char **operands, size_t count)
{
	static struct study s;
	struct stage_work work = {
		.op = "stat",
		.params = params,
		.exponents = true,
		.missing = true,
		.run = study,
		.state = &s,
	};
	int rc;

	if (stat_tests_find(operands[0], &asked.test))
		return (run_test(operands, count));
	if (parse_statistics(&s, operands[0]) == -1 || check_no_test() == -1 ||
	    study_params(&s) == -1)
		return (-1);
	if (noise_wanted()) {
		work.check = begin_noise;
		work.describe = describe_noise_of;
	}
	work.meets_dealer = by_order_is_wanted(&s.by_order);
	/* Somebody's value, and no sum over rows: policies tell them apart (smpc-policy(5)). */
	if (s.wanted[MEDIAN] || s.wanted[QUANTILE] || s.wanted[IQR] || s.wanted[MODE])
		work.op = "quantile";
	rc = stage_run(&work, operands + 1, count - 1);
	noise_free(&s.noise);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "STATISTIC[,STATISTIC ...] [FILE]",
		.summary = "Find statistics of the columns of a share stream, in a session of all "
		    "parties: count, mean, variance, covariance, correlation, vif, histogram, "
		    "median, quantile, iqr, mode, rank-correlation; or a test: t-test, anova, "
		    "chi-square, mann-whitney, survival, log-rank.",
		.notes = "Every party runs it under smpc-party.\n"
		    "Example: smpc-stat mean,variance x.alice > moments.alice",
		.options = options,
		.min_operands = 1,
		.max_operands = 2,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
