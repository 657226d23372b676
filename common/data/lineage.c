#include "data/lineage.h"

#include <string.h>

#include "base/diag.h"

static int
refuse_rows(const char *dropped, const char *other)
{

	return (fail(ST_REFUSED, "%s: its owner left rows out (--na drop), and the rows of %s are "
	    "of another sharing, so that rows at the same place need not belong together: share "
	    "both tables again without --na drop, or fill missing values", dropped, other));
}

bool
lineage_has(const struct part *p)
{

	return (p->scheme != SCHEME_PUBLIC || p->dropped);
}

int
lineage_check(const char *a_where, const struct part *a, const char *b_where, const struct part *b)
{
	struct ids of_a = { NULL, 0 }, of_b = { NULL, 0 };
	const struct part *dropped = a->dropped ? a : b, *other = a->dropped ? b : a;
	int rc = -1;

	if (!a->dropped && !b->dropped)
		return (0);
	if (part_origins(dropped, &of_a) == 0 && part_origins(other, &of_b) == 0) {
		if (ids_meet(&of_a, &of_b) ||
		    (of_b.count == 0 && strcmp(dropped->op, "share") != 0))
			rc = 0;
		else
			refuse_rows(a->dropped ? a_where : b_where, a->dropped ? b_where : a_where);
	}
	ids_free(&of_a);
	ids_free(&of_b);
	return (rc);
}

int
lineage_same(const struct lineage *a, const struct lineage *b)
{
	size_t k;

	if (ids_same(&a->origins, &b->origins))
		return (0);
	for (k = 0; k < a->origins.count; k++) {
		if (!ids_have(&b->origins, a->origins.id[k]))
			return (refuse_rows(a->where, b->where));
	}
	return (refuse_rows(b->where, a->where));
}

/* Segments, each within one run of both. */
static int
check_segments(const char *a_where, const struct lineage_run *a, size_t n_a, const char *b_where,
    const struct lineage_run *b, size_t n_b)
{
	uint64_t a_ends = 0, b_ends = 0;
	size_t i = 0, k = 0;

	while (i < n_a && k < n_b) {
		if (lineage_has(a[i].part) && lineage_has(b[k].part) &&
		    lineage_check(a_where, a[i].part, b_where, b[k].part) == -1)
			return (-1);
		/* The run that ends first gives way to the next one of its stream; or both do. */
		if (a_ends + a[i].rows <= b_ends + b[k].rows) {
			a_ends += a[i++].rows;
			if (a_ends == b_ends + b[k].rows)
				b_ends += b[k++].rows;
		} else
			b_ends += b[k++].rows;
	}
	return (0);
}

/* Collect the sharings of all runs, and note whether rows are somebody's. */
static int
collect_origins(struct lineage *l, const struct lineage_run *runs, size_t n, bool *has)
{
	size_t i;

	*has = false;
	for (i = 0; i < n; i++) {
		if (!lineage_has(runs[i].part))
			continue;
		*has = true;
		if (part_origins(runs[i].part, &l->origins) == -1)
			return (-1);
	}
	return (0);
}

int
lineage_check_runs(const char *a_where, const struct lineage_run *a, size_t n_a,
    const char *b_where, const struct lineage_run *b, size_t n_b)
{
	struct lineage of_a = { .where = a_where }, of_b = { .where = b_where };
	bool has_a, has_b;
	int rc = -1;

	if (check_segments(a_where, a, n_a, b_where, b, n_b) == 0 &&
	    collect_origins(&of_a, a, n_a, &has_a) == 0 &&
	    collect_origins(&of_b, b, n_b, &has_b) == 0)
		rc = (has_a && has_b) ? lineage_same(&of_b, &of_a) : 0;
	ids_free(&of_a.origins);
	ids_free(&of_b.origins);
	return (rc);
}
