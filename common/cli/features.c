#include "cli/features.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "nn/prepare.h"

/* What a column's words are multiplied by to have NN_BITS in the owner's units: 2 to this. */
static int
range_shift(const struct ranges *r, size_t j)
{
	const struct part *p = r->part;

	return (part_about(p, r->positions[j])->exponent + NN_BITS - (int)p->fraction_bits);
}

/*
 * Words that fit in the owner's units are brought to these, if that leaves out no bits that an
 * owner declared; others stay as they are, or lose what is too much.
 */
static void
choose_unit(struct features_plan *p, const struct ranges *r, size_t j, bool free)
{
	int own = range_shift(r, j), bits = (int)r->column_bits[j], spare = NN_FEATURE_RANGE - bits;
	bool declared = (part_about(r->part, r->positions[j])->exponent != 0);

	if (!free || (own <= spare && (own >= 0 || !declared)))
		p->shift[j] = own;
	else
		p->shift[j] = (spare < 0) ? spare : 0;
	p->exponent[j] = own - p->shift[j];
}

/*
 * Whether the words fit then; for those that are tested, that is what they are tested for.  What is
 * cut off has to be below 2^62 (mpc_truncate).
 */
static int
check_fit(struct features_plan *p, struct ranges *r, size_t j, const int *units)
{
	int room = NN_FEATURE_RANGE - p->shift[j], bits;

	room = (room < MPC_NUMBER_RANGE) ? room : MPC_NUMBER_RANGE;
	if (room >= 0 && p->shift[j] >= -MPC_NUMBER_RANGE && ranges_limit(r, j, (unsigned)room)) {
		bits = (int)r->column_bits[j] + p->shift[j];
		p->bits = (bits > (int)p->bits) ? (unsigned)bits : p->bits;
		return (0);
	}
	if (units != NULL)
		return (ranges_refuse(r, j, "its numbers may be larger than the model has room "
		    "for: declare it as it was when the model was trained (smpc-share --range), or "
		    "bring numbers beyond that to its bounds (smpc-map clip)"));
	return (ranges_refuse(r, j, "its numbers may be larger than 32768, which is what learners "
	    "have room for: standardize them (smpc-train --standardize), or labels that are "
	    "not, divide them (smpc-mul -c 0.001)"));
}

int
features_plan_make(struct features_plan *p, struct ranges *r, const int *units, bool free)
{
	size_t j;

	*p = (struct features_plan){ .cols = r->cols };
	if ((p->shift = mem_array(r->cols, sizeof(*p->shift))) == NULL ||
	    (p->exponent = mem_array(r->cols, sizeof(*p->exponent))) == NULL)
		return (-1);
	for (j = 0; j < r->cols; j++) {
		if (units == NULL) {
			choose_unit(p, r, j, free);
		} else {
			p->exponent[j] = units[j];
			p->shift[j] = range_shift(r, j) - units[j];
		}
		if (check_fit(p, r, j, units) == -1)
			return (-1);
	}
	return (0);
}

void
features_plan_free(struct features_plan *p)
{

	free(p->shift);
	free(p->exponent);
	memset(p, 0, sizeof(*p));
}

/* What can be said of all parts; a training needs no more than that there are enough rows. */
static struct ranges_rows_of
weakest(const struct dataset *d)
{
	struct ranges_rows_of of = { PART_WHOLE, d->alone };
	size_t i;

	for (i = 0; i < d->n_parts; i++)
		of.intact = intact_weaker(of.intact, part_intact(d->parts[i].part));
	if (of.intact == PART_CHANGED)
		of.intact = PART_ROWS;
	return (of);
}

int
features_settle(struct stage *stage, struct dataset *d, const char *where,
    struct features_plan *plan, const int *units, bool free)
{
	const struct ranges_of of = { .part = d->parts[0].part, .where = where,
		.positions = d->positions, .cols = d->cols };
	struct ranges r;
	int rc = -1;

	memset(plan, 0, sizeof(*plan));
	if (ranges_begin(stage, &r, &of) == 0 && features_plan_make(plan, &r, units, free) == 0 &&
	    ranges_rows(stage, &r, &d->x, d->rows) == 0 &&
	    ranges_end(stage, &r, weakest(d)) == 0)
		rc = nn_shift_columns(stage->S, &d->x, d->rows, d->cols, plan->shift);
	d->f = NN_BITS;
	ranges_free(&r);
	return (rc);
}
