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
		if (put_real(p, l->figures->each[which][i]) == -1 ||
		    put_either(p, "", "\n") == -1)
			return (-1);
	}
	return (put_either(p, "]", ""));
}

static int
put_value(const struct score_page *p, const struct score_label *l, enum metric which)
{

	if (!p->json && put_head(p, l, metric_names[which]) == -1)
		return (-1);
	return ((put_real(p, l->figures->value[which]) == -1) ? -1 : put_either(p, "", "\n"));
}

static int
put_entry(const struct score_page *p, const struct score_label *l, enum metric which, bool first)
{

	if (p->json && (put(p, first ? "{\"" : ",\"") == -1 || put(p, metric_names[which]) == -1 ||
	    put(p, "\":") == -1))
		return (-1);
	if (which == METRIC_CONFUSION)
		return (put_confusion(p, l));
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
