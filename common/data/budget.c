#include "data/budget.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"
#include "ring/fixed.h"

#define NUMBER_BYTES 40

static struct budgets met; /* lives as long as the process */

/* ---- one ---- */

static bool
parse_within(const char *text, double low, double high, double *value)
{

	return (fixed_parse_double(text, strlen(text), value) == FIXED_OK && *value >= low &&
	    *value <= high);
}

int
budget_set(struct budget *b, const char *epsilon, const char *delta)
{

	return ((parse_within(epsilon, BUDGET_MIN_EPSILON, BUDGET_MAX_EPSILON, &b->epsilon) &&
	    parse_within(delta, BUDGET_MIN_DELTA, BUDGET_MAX_DELTA, &b->delta)) ? 0 : -1);
}

/* So that reading it gives the same number. */
static void
format_number(char text[static NUMBER_BYTES], double x)
{
	double again;
	int digits;

	for (digits = 1; digits <= 17; digits++) {
		snprintf(text, NUMBER_BYTES, "%.*g", digits, x);
		if (fixed_parse_double(text, strlen(text), &again) == FIXED_OK && again == x)
			return;
	}
}

static bool
budget_same(const struct budget *a, const struct budget *b)
{

	return (strcmp(a->origin, b->origin) == 0 && a->epsilon == b->epsilon &&
	    a->delta == b->delta && a->rows == b->rows);
}

/* ---- lists ---- */

void
budgets_free(struct budgets *b)
{
	size_t i;

	for (i = 0; i < b->count; i++)
		free(b->list[i].origin);
	free(b->list);
	*b = (struct budgets){ NULL, 0 };
}

/* Put a copy of ${what} at place ${at}. */
static int
insert_budget(struct budgets *b, size_t at, const struct budget *what)
{
	struct budget *list, copy = *what;

	if (b->count == BUDGET_MAX_ORIGINS)
		return (fail(ST_REFUSED, "tables of more than %d origins with a budget come "
		    "together", BUDGET_MAX_ORIGINS));
	if ((copy.origin = mem_copy_string(what->origin, strlen(what->origin))) == NULL)
		return (-1);
	if ((list = realloc(b->list, (b->count + 1) * sizeof(*list))) == NULL) {
		free(copy.origin);
		return (fail(ST_FAILED, "out of memory"));
	}
	memmove(list + at + 1, list + at, (b->count - at) * sizeof(*list));
	list[at] = copy;
	b->list = list;
	b->count++;
	return (0);
}

int
budgets_unite(struct budgets *to, const struct budgets *from)
{
	const struct budget *new;
	size_t at = 0, i;
	int order;

	for (i = 0; i < from->count; i++) {
		new = &from->list[i];
		for (order = 1; at < to->count &&
		    (order = strcmp(to->list[at].origin, new->origin)) < 0; at++)
			continue;
		if (at == to->count || order > 0) {
			if (insert_budget(to, at, new) == -1)
				return (-1);
		} else if (!budget_same(&to->list[at], new))
			return (fail(ST_REFUSED, "two tables of origin '%s' have different "
			    "budgets: their owner shares them with the same --budget",
			    new->origin));
	}
	return (0);
}

bool
budgets_same(const struct budgets *a, const struct budgets *b)
{
	size_t i;

	for (i = 0; i < a->count && i < b->count && budget_same(&a->list[i], &b->list[i]); i++)
		continue;
	return (i == a->count && i == b->count);
}

/* ---- texts ---- */

/* One more field of ${text}, up to a comma, which becomes its end; NULL: there is none. */
static char *
next_field(char **text)
{
	char *field = *text, *comma;

	if (field == NULL)
		return (NULL);
	if ((comma = strchr(field, ',')) != NULL)
		*comma++ = '\0';
	*text = comma;
	return (field);
}

/* The rest of "ORIGIN=EPSILON,DELTA[,ROWS]", cut to pieces. */
static int
parse_numbers(struct budget *b, char *text)
{
	char *epsilon = next_field(&text), *delta = next_field(&text), *rows = next_field(&text);
	uint64_t n = 1;

	if (delta == NULL || text != NULL || budget_set(b, epsilon, delta) == -1 ||
	    (rows != NULL && num_parse(rows, 1, BUDGET_MAX_ROWS, &n) == -1))
		return (-1);
	b->rows = (uint32_t)n;
	return (0);
}

int
budgets_parse(struct budgets *b, const char *text)
{
	struct budget one = { .rows = 1 };
	char *copy, *equals;
	int rc;

	if ((copy = mem_copy_string(text, strlen(text))) == NULL)
		return (-1);
	one.origin = copy;
	if ((equals = strchr(copy, '=')) != NULL)
		*equals++ = '\0';
	if (equals == NULL || !name_valid(copy) || parse_numbers(&one, equals) == -1)
		rc = fail(ST_USAGE, "'%s' is no budget: ORIGIN=EPSILON,DELTA or "
		    "ORIGIN=EPSILON,DELTA,ROWS, where ORIGIN is a name of letters, digits, _ and "
		    "-, EPSILON is from %g to %d, DELTA from %g to %g, and ROWS how many rows "
		    "of the table are one person's at most", text, BUDGET_MIN_EPSILON,
		    BUDGET_MAX_EPSILON, BUDGET_MIN_DELTA, BUDGET_MAX_DELTA);
	else
		rc = insert_budget(b, 0, &one);
	free(copy);
	return (rc);
}

void
budgets_hash(struct hash *h, const struct budgets *b)
{
	char text[NUMBER_BYTES];
	size_t i;

	hash_u64(h, b->count);
	for (i = 0; i < b->count; i++) {
		hash_string(h, b->list[i].origin);
		format_number(text, b->list[i].epsilon);
		hash_string(h, text);
		format_number(text, b->list[i].delta);
		hash_string(h, text);
		hash_u64(h, b->list[i].rows);
	}
}

json_t *
budgets_json(const struct budgets *b)
{
	char epsilon[NUMBER_BYTES], delta[NUMBER_BYTES];
	json_t *a = json_array();
	size_t i;

	for (i = 0; a != NULL && i < b->count; i++) {
		format_number(epsilon, b->list[i].epsilon);
		format_number(delta, b->list[i].delta);
		if (json_array_append_new(a, json_pack("{s:s,s:s,s:s,s:I}", "origin",
		    b->list[i].origin, "epsilon", epsilon, "delta", delta, "rows",
		    (json_int_t)b->list[i].rows)) == -1) {
			json_decref(a);
			return (NULL);
		}
	}
	return (a);
}

/* An element, which borrows its origin. */
static int
decode_budget(struct budget *b, const json_t *v)
{
	char epsilon[NUMBER_BYTES], delta[NUMBER_BYTES];
	const char *e = json_string_value(json_object_get(v, "epsilon")),
	    *d = json_string_value(json_object_get(v, "delta")),
	    *origin = json_string_value(json_object_get(v, "origin"));
	const json_t *rows = json_object_get(v, "rows");

	if (json_object_size(v) != 4 || e == NULL || d == NULL || origin == NULL ||
	    !json_is_integer(rows) || strlen(origin) !=
	    json_string_length(json_object_get(v, "origin")) || !name_valid(origin) ||
	    budget_set(b, e, d) == -1 || json_integer_value(rows) < 1 ||
	    json_integer_value(rows) > BUDGET_MAX_ROWS)
		return (-1);
	format_number(epsilon, b->epsilon);
	format_number(delta, b->delta);
	b->rows = (uint32_t)json_integer_value(rows);
	b->origin = (char *)(uintptr_t)origin;
	return ((strcmp(epsilon, e) == 0 && strcmp(delta, d) == 0) ? 0 : -1);
}

int
budgets_decode(struct budgets *b, const json_t *v)
{
	struct budget one = { .rows = 0 };
	size_t i, n = json_array_size(v);

	if (!json_is_array(v) || n < 1 || n > BUDGET_MAX_ORIGINS)
		return (-1);
	for (i = 0; i < n; i++) {
		if (decode_budget(&one, json_array_get(v, i)) == -1 ||
		    (i > 0 && strcmp(b->list[i - 1].origin, one.origin) >= 0) ||
		    insert_budget(b, i, &one) == -1)
			return (-1);
	}
	return (0);
}

/* ---- what a process has read ---- */

const struct budgets *
budgets_met(void)
{

	return (&met);
}

int
budgets_meet(const struct budgets *b)
{

	return (budgets_unite(&met, b));
}

int
budgets_refuse(const char *what)
{

	if (met.count == 0)
		return (0);
	return (fail(ST_REFUSED, "%s would leave without noise, and the owner of '%s' lets nothing "
	    "out but within a budget of epsilon %g and delta %g: smpc-noise(1), or --epsilon of "
	    "smpc-stat(1) and smpc-group(1)", what, met.list[0].origin, met.list[0].epsilon,
	    met.list[0].delta));
}
