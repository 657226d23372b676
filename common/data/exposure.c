#include "data/exposure.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "data/bounds.h"

#define MOST_CHANGE 0x1p62

/* Count one more part of each origin of ${b}, all of which are among e->origins. */
static void
count_parts(struct exposure *e, const struct budgets *b)
{
	size_t i, at = 0;

	for (i = 0; i < b->count; i++) {
		while (strcmp(e->origins.list[at].origin, b->list[i].origin) != 0)
			at++;
		e->parts[at]++;
	}
}

int
exposure_add(struct exposure *e, const struct part *p)
{
	size_t parts[BUDGET_MAX_ORIGINS], i, at = 0;
	struct budgets before = e->origins;

	e->unknown = e->unknown || !part_once(p);
	e->plain += (p->budgets.count == 0);
	if (p->budgets.count == 0)
		return (0);
	/* Counts stay with their origins when others come between them. */
	memcpy(parts, e->parts, sizeof(parts));
	e->origins = (struct budgets){ NULL, 0 };
	if (budgets_unite(&e->origins, &before) == -1 ||
	    budgets_unite(&e->origins, &p->budgets) == -1) {
		budgets_free(&before);
		return (-1);
	}
	for (i = 0; i < e->origins.count; i++) {
		e->parts[i] = 0;
		if (at < before.count &&
		    strcmp(before.list[at].origin, e->origins.list[i].origin) == 0)
			e->parts[i] = parts[at++];
	}
	budgets_free(&before);
	count_parts(e, &p->budgets);
	return (0);
}

uint64_t
exposure_times(const struct exposure *e)
{
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < e->origins.count; i++)
		most = (e->parts[i] > most) ? e->parts[i] : most;
	return (e->unknown ? 0 : most + e->plain);
}

double
exposure_times_change(const struct exposure *e, double each)
{
	double change = each * (double)exposure_times(e);

	return ((change > MOST_CHANGE) ? 0 : change);
}

void
exposure_sum_change(const struct exposure *e, const struct part *p, uint64_t *change)
{
	struct bounds b;
	uint64_t width;
	size_t j;

	for (j = 0; j < p->cols; j++) {
		b = bounds_of(part_about(p, j));
		change[j] = 0;
		if (!bounds_known(b))
			continue;
		/* A value that is not there is 0. */
		if (part_about(p, j)->missing)
			bounds_unite(&b, (struct bounds){ 0, 0 });
		width = (uint64_t)b.high - (uint64_t)b.low;
		/* 0 would say that nothing is known of a column that is the same all through. */
		change[j] = (uint64_t)ceil(exposure_times_change(e, fmax((double)width, 1)));
	}
}

int
exposure_refuse(const struct part *p)
{

	if (p->budgets.count == 0)
		return (fail(ST_REFUSED, "tensor '%s': it is not known in how many of its rows a "
		    "person is: that is known of tables with a budget (smpc-share --budget) alone",
		    p->name));
	return (fail(ST_REFUSED, "tensor '%s': it is not known in how many of its rows a person "
	    "is, as rows were sorted or shuffled, or tables or figures were added, pasted or "
	    "joined: use tables as their owners shared them, some of their rows or columns, or "
	    "functions of these", p->name));
}

void
exposure_free(struct exposure *e)
{

	budgets_free(&e->origins);
	memset(e, 0, sizeof(*e));
}
