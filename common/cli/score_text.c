#include "cli/score_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/diag.h"

/* What is appended to, and how. */
struct score_page {
	struct buf *text;
	bool json;
};

static int
put(const struct score_page *p, const char *text)
{

	return (buf_string(p->text, text));
}

/* ${json} text, or ${lines} of text. */
static int
put_either(const struct score_page *p, const char *json, const char *lines)
{

	return (put(p, p->json ? json : lines));
}

static int
put_real(const struct score_page *p, double v)
{
	char number[40];

	snprintf(number, sizeof(number), "%.6g", (v == 0) ? 0 : v);
	return (isnan(v) ? put_either(p, "null", "nan") : put(p, number));
}

static int
put_count(const struct score_page *p, uint64_t v)
{
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, v);
	return (put(p, number));
}

/* What a line begins with: the figure, and the name of the label, and a tab behind each. */
static int
put_head(const struct score_page *p, const struct score_label *l, const char *figure)
{

	if (put(p, figure) == -1 || put(p, "\t") == -1)
		return (-1);
	return ((l->name == NULL) ? 0 : (put(p, l->name) == -1) ? -1 : put(p, "\t"));
}

/* A number, and, if there are replicates, the ends of its interval. */
static int
put_estimate(const struct score_page *p, const struct score_label *l, double v,
    const struct metrics_interval *ends)
{

	if (l->shape->replicates == 0)
		return (put_real(p, v));
	if (put_either(p, "{\"estimate\":", "") == -1 || put_real(p, v) == -1 ||
	    put_either(p, ",\"low\":", "\t") == -1 || put_real(p, ends->low) == -1 ||
	    put_either(p, ",\"high\":", "\t") == -1 || put_real(p, ends->high) == -1)
		return (-1);
	return (put_either(p, "}", ""));
}

/* A class: its value, if words are not the values, and else its number. */
static int
put_class(const struct score_page *p, const struct score_label *l, size_t k)
{

	return ((column_is_renumbered(l->class) && l->class->n_values == l->shape->classes) ?
	    put(p, l->class->values[k]) : put_count(p, k));
}

/* A line for each class of the label, or an array of arrays. */
static int
put_confusion(const struct score_page *p, const struct score_label *l)
{
	const size_t classes = l->shape->classes;
	size_t i, j;

	for (i = 0; i < classes; i++) {
		if (p->json ? put(p, (i == 0) ? "[[" : ",[") == -1 :
		    (put_head(p, l, metric_names[METRIC_CONFUSION]) == -1 ||
		    put_class(p, l, i) == -1))
			return (-1);
		for (j = 0; j < classes; j++) {
			if (put_either(p, (j == 0) ? "" : ",", "\t") == -1 ||
			    put_count(p, l->figures->confusion[i * classes + j]) == -1)
				return (-1);
		}
		if (put_either(p, "]", "\n") == -1)
			return (-1);
	}
	return (put_either(p, "]", ""));
}

/* A line for each class, or an array. */
static int
put_each(const struct score_page *p, const struct score_label *l, enum metric which)
{
	size_t i;

	for (i = 0; i < l->shape->classes; i++) {
		if (p->json ? put(p, (i == 0) ? "[" : ",") == -1 :
		    (put_head(p, l, metric_names[which]) == -1 || put_class(p, l, i) == -1 ||
		    put(p, "\t") == -1))
			return (-1);
		if (put_estimate(p, l, l->figures->each[which][i],
		    &l->figures->each_interval[which][i]) == -1 ||
		    put_either(p, "", "\n") == -1)
			return (-1);
	}
	return (put_either(p, "]", ""));
}

/* ---- tables ---- */

/* One of several numbers of a line, or of a column of a table. */
static int
put_item(const struct score_page *p, double v, bool first)
{

	return ((!first && put_either(p, ",", "\t") == -1) ? -1 : put_real(p, v));
}

/* The lines of a table, which has the same columns everywhere. */
struct score_table {
	enum metric which;
	const char *const *names; /* of columns, in JSON */
	size_t cols, rows;
	double (*cell)(const struct score_label *l, size_t row, size_t col);
};

static int
put_rows(const struct score_page *p, const struct score_label *l, const struct score_table *t)
{
	size_t i, j;

	for (i = 0; i < t->rows; i++) {
		if (put_head(p, l, metric_names[t->which]) == -1)
			return (-1);
		for (j = 0; j < t->cols; j++) {
			if (put_item(p, t->cell(l, i, j), j == 0) == -1)
				return (-1);
		}
		if (put(p, "\n") == -1)
			return (-1);
	}
	return (0);
}

/* An object of arrays, one for each column. */
static int
put_arrays(const struct score_page *p, const struct score_label *l, const struct score_table *t)
{
	size_t i, j;

	for (j = 0; j < t->cols; j++) {
		if (put(p, (j == 0) ? "{\"" : ",\"") == -1 || put(p, t->names[j]) == -1 ||
		    put(p, "\":[") == -1)
			return (-1);
		for (i = 0; i < t->rows; i++) {
			if (put_item(p, t->cell(l, i, j), i == 0) == -1)
				return (-1);
		}
		if (put(p, "]") == -1)
			return (-1);
	}
	return (put(p, "}"));
}

static double
rate_of(uint64_t a, uint64_t b)
{

	return ((b == 0) ? (double)NAN : (double)a / (double)b);
}

/* How many rows of a class are in cells from ${first} on. */
static uint64_t
rows_from(const struct score_label *l, size_t class, size_t first)
{
	const size_t cells = l->shape->steps + 1;
	uint64_t n = 0;
	size_t i;

	for (i = first; i < cells; i++)
		n += l->figures->curve[class * cells + i];
	return (n);
}

/* From the highest threshold down: it; and rates of those that are at least as high. */
static double
curve_cell(const struct score_label *l, size_t row, size_t col, bool pr)
{
	const size_t step = l->shape->steps - 1 - row;
	const uint64_t fp = rows_from(l, 0, step + 1), tp = rows_from(l, 1, step + 1);

	if (col == 0)
		return (l->shape->step[step]);
	if (pr)
		return ((col == 1) ? rate_of(tp, tp + fp) : rate_of(tp, rows_from(l, 1, 0)));
	return ((col == 1) ? rate_of(fp, rows_from(l, 0, 0)) : rate_of(tp, rows_from(l, 1, 0)));
}

static double
roc_cell(const struct score_label *l, size_t row, size_t col)
{

	return (curve_cell(l, row, col, false));
}

static double
pr_cell(const struct score_label *l, size_t row, size_t col)
{

	return (curve_cell(l, row, col, true));
}

/* Of a bin: its ends, how many rows, the mean of predictions, and the share of class 1. */
static double
bin_cell(const struct score_label *l, size_t row, size_t col)
{
	const struct metrics_bin *b = &l->figures->bins[row];

	switch (col) {
	case 0:
		return ((row == 0) ? 0 : l->shape->step[row - 1]);
	case 1:
		return ((row == l->shape->steps) ? 1 : l->shape->step[row]);
	case 2:
		return ((double)b->rows);
	case 3:
		return ((b->rows == 0) ? (double)NAN : b->sum / (double)b->rows);
	default:
		return (rate_of(b->positive, b->rows));
	}
}

static int
put_curve(const struct score_page *p, const struct score_label *l, enum metric which)
{
	static const char *const roc[] = { "threshold", "fpr", "tpr" },
	    *const pr[] = { "threshold", "precision", "recall" },
	    *const bins[] = { "low", "high", "rows", "prob_pred", "prob_true" };
	struct score_table t = { .which = which, .names = (which == METRIC_ROC) ? roc : pr,
		.cols = 3, .rows = l->shape->steps,
		.cell = (which == METRIC_ROC) ? roc_cell : pr_cell };

	if (which == METRIC_CALIBRATION) {
		t.names = bins;
		t.cols = 5;
		t.rows++;
		t.cell = bin_cell;
	}
	return (p->json ? put_arrays(p, l, &t) : put_rows(p, l, &t));
}

/* ---- figures ---- */

static int
put_value(const struct score_page *p, const struct score_label *l, enum metric which)
{

	if (!p->json && put_head(p, l, metric_names[which]) == -1)
		return (-1);
	return ((put_estimate(p, l, l->figures->value[which], &l->figures->interval[which]) == -1) ?
	    -1 : put_either(p, "", "\n"));
}

static int
put_entry(const struct score_page *p, const struct score_label *l, enum metric which, bool first)
{

	if (p->json && (put(p, first ? "{\"" : ",\"") == -1 || put(p, metric_names[which]) == -1 ||
	    put(p, "\":") == -1))
		return (-1);
	if (which == METRIC_CONFUSION)
		return (put_confusion(p, l));
	if (which >= METRIC_ROC)
		return (put_curve(p, l, which));
	return ((l->figures->each[which] != NULL) ? put_each(p, l, which) : put_value(p, l,
	    which));
}

/* The name of a label as a key. */
static int
put_key(const struct score_page *p, const char *name, bool first)
{
	json_t *value = json_string(name);
	char *key = (value == NULL) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
	int rc = -1;

	if (key == NULL)
		(void)fail(ST_FAILED, "out of memory");
	else if (put(p, first ? "{" : ",") == 0 && put(p, key) == 0)
		rc = put(p, ":");
	free(key);
	json_decref(value);
	return (rc);
}

static int
put_label(const struct score_page *p, const struct score_label *l)
{
	bool first = true;
	size_t i;

	for (i = 0; i < METRICS; i++) {
		if (!l->shape->wanted[i])
			continue;
		if (put_entry(p, l, i, first) == -1)
			return (-1);
		first = false;
	}
	return (put_either(p, "}", ""));
}

int
score_text(struct buf *text, const struct score_label *labels, size_t n, bool json)
{
	const struct score_page p = { text, json };
	size_t k;

	for (k = 0; k < n; k++) {
		if ((json && labels[k].name != NULL && put_key(&p, labels[k].name, k == 0) ==
		    -1) || put_label(&p, &labels[k]) == -1)
			return (-1);
	}
	return (put_either(&p, (labels[0].name != NULL) ? "}\n" : "\n", ""));
}
