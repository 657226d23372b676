/*
 * Budgets of owners: texts and headers that are taken, and none that could be read in two ways;
 * what is united; how often a row is in a tensor; and what a step's descriptor says that it spends.
 */

#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "data/budget.h"
#include "data/exposure.h"
#include "data/part.h"
#include "net/spend.h"
#include "tap.h"

static int
parses(struct budgets *b, const char *text)
{
	struct failure failed;
	int rc;

	memset(b, 0, sizeof(*b));
	diag_divert(&failed);
	rc = budgets_parse(b, text);
	diag_divert(NULL);
	return (rc);
}

static void
test_texts(void)
{
	static const char *const bad[] = { "", "a", "a=", "a=1", "a=1,", "=1,1e-6", "a=0,1e-6",
		"a=-1,1e-6", "a=65,1e-6", "a=nan,1e-6", "a=1,0", "a=1,0.5", "a=1,1e-6,",
		"a=1,1e-6,0",
		"a=1,1e-6,1000001", "a=1,1e-6,1,1", "a b=1,1e-6", "a/b=1,1e-6", "a=1,1e-6,x",
		"a= 1,1e-6" };
	struct budgets b;
	size_t i, taken = 0;

	ok(parses(&b, "clinic-1=0.3,1e-7,4") == 0 && b.count == 1 && b.list[0].epsilon == 0.3 &&
	    b.list[0].delta == 1e-7 && b.list[0].rows == 4 &&
	    strcmp(b.list[0].origin, "clinic-1") == 0, "a budget is read");
	budgets_free(&b);
	ok(parses(&b, "c=1,1e-6") == 0 && b.list[0].rows == 1, "a person has one row if not said");
	budgets_free(&b);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		taken += (parses(&b, bad[i]) == 0);
		budgets_free(&b);
	}
	ok_u64(taken, 0, "what is no budget is not");
}

/* Whether a field of a header is taken. */
static bool
decodes(const char *json, struct budgets *b)
{
	json_t *v = json_loads(json, 0, NULL);
	int rc;

	memset(b, 0, sizeof(*b));
	rc = budgets_decode(b, v);
	json_decref(v);
	return (rc == 0);
}

#define ONE(o, e, d, r) "{\"origin\":\"" o "\",\"epsilon\":" e ",\"delta\":" d ",\"rows\":" r "}"

static void
test_headers(void)
{
	static const char *const bad[] = { "[]", "{}", "1", "[1]",
		"[" ONE("a", "1", "\"1e-06\"", "1") "]",
		"[" ONE("a", "\"1.0\"", "\"1e-06\"", "1") "]",
		"[" ONE("a", "\"1\"", "\"1e-6\"", "1") "]",
		"[" ONE("a", "\"1\"", "\"1e-06\"", "0") "]",
		"[" ONE("a", "\"1\"", "\"1e-06\"", "\"1\"") "]",
		"[" ONE("a", "\"100\"", "\"1e-06\"", "1") "]",
		"[" ONE("a,b", "\"1\"", "\"1e-06\"", "1") "]",
		"[" ONE("a", "\"1\"", "\"1e-06\"", "1") "," ONE("a", "\"1\"", "\"1e-06\"", "1") "]",
		"[" ONE("b", "\"1\"", "\"1e-06\"", "1") "," ONE("a", "\"1\"", "\"1e-06\"", "1") "]",
		"[{\"origin\":\"a\",\"epsilon\":\"1\",\"delta\":\"1e-06\"}]",
		"[{\"origin\":\"a\",\"epsilon\":\"1\",\"delta\":\"1e-06\",\"rows\":1,\"x\":1}]" };
	const double numbers[] = { 0.1, 1.0 / 3, 1, 1e-3, 64, 0.7000000000000001 };
	struct budgets b, again;
	size_t i, taken = 0, same = 0;
	json_t *v;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		taken += decodes(bad[i], &b);
		budgets_free(&b);
	}
	ok_u64(taken, 0, "a field that is in no canonical form is refused");
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)parses(&b, "a=1,1e-6,7");
		b.list[0].epsilon = numbers[i];
		memset(&again, 0, sizeof(again));
		v = budgets_json(&b);
		same += (budgets_decode(&again, v) == 0 && budgets_same(&b, &again));
		json_decref(v);
		budgets_free(&b);
		budgets_free(&again);
	}
	ok_u64(same, sizeof(numbers) / sizeof(numbers[0]), "numbers are read as they were");
}

static int
unites(struct budgets *to, const char *text)
{
	struct failure failed;
	struct budgets b;
	int rc;

	if (parses(&b, text) == -1)
		return (-1);
	diag_divert(&failed);
	rc = budgets_unite(to, &b);
	diag_divert(NULL);
	budgets_free(&b);
	return (rc);
}

static void
test_unions(void)
{
	struct budgets b = { NULL, 0 };
	char text[32];
	size_t i;
	int rc = 0;

	(void)unites(&b, "b=1,1e-6");
	(void)unites(&b, "c=1,1e-6");
	(void)unites(&b, "a=1,1e-6");
	ok(unites(&b, "b=1,1e-6") == 0 && b.count == 3 && strcmp(b.list[0].origin, "a") == 0 &&
	    strcmp(b.list[1].origin, "b") == 0 && strcmp(b.list[2].origin, "c") == 0,
	    "budgets are in order, each once");
	ok(unites(&b, "b=2,1e-6") == -1, "another epsilon of the same origin is refused");
	ok(unites(&b, "b=1,1e-7") == -1, "so is another delta");
	ok(unites(&b, "b=1,1e-6,2") == -1, "so are other rows");
	for (i = 0; i < BUDGET_MAX_ORIGINS && rc == 0; i++) {
		snprintf(text, sizeof(text), "x%zu=1,1e-6", i);
		rc = unites(&b, text);
	}
	ok(rc == -1 && b.count == BUDGET_MAX_ORIGINS, "there is an end to how many come together");
	budgets_free(&b);
}

/* A share of a table of these origins, or a result that says so. */
static struct part *
part_of(const char *op, const char *origin, const char *other)
{
	struct part *p = part_new();

	p->scheme = SCHEME_MASKED;
	(void)part_set_op(p, op);
	(void)unites(&p->budgets, origin);
	if (other != NULL)
		(void)unites(&p->budgets, other);
	return (p);
}

static uint64_t
times_of(struct part *const *parts, size_t count)
{
	struct exposure e = { .unknown = false };
	uint64_t times;
	size_t i;

	for (i = 0; i < count; i++)
		(void)exposure_add(&e, parts[i]);
	times = exposure_times(&e);
	exposure_free(&e);
	return (times);
}

static void
test_exposure(void)
{
	struct part *p[5] = { part_of("share", "m=1,1e-6", NULL),
		part_of("share", "a=1,1e-6", NULL), part_of("share", "m=1,1e-6", "z=1,1e-6"),
		part_of("sum", "m=1,1e-6", NULL), part_new() };
	struct part *const twice[] = { p[0], p[1], p[0], p[2], p[4] };
	size_t i;

	ok_u64(times_of(&p[0], 1), 1, "a row of a table is in it once");
	ok_u64(times_of(p, 2), 1, "tables of two origins have nobody in common");
	(void)part_set_op(p[4], "share");
	ok_u64(times_of(twice, 5), 4, "a table that comes three times has each row three times, "
	    "and once more where nobody says whose rows there are");
	ok_u64(times_of(p, 4), 0, "of what is no table of rows nothing is known");
	ok_u64(times_of(&p[4], 1), 1, "what has no budget may be anybody's");
	for (i = 0; i < 5; i++)
		part_free(p[i]);
}

/* Of a name of 65 letters. */
#define LONG_LINE "spend=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1 of 2"

static void
test_spending(void)
{
	static const char *const bad[] = { "spend=a", "spend=a 1", "spend=a 0 of 5",
		"spend=a 1 of", "spend=a 1 of x", "spend=a b 1 of 2", "spend= 1 of 2",
		"spend=a 1125899906842625 of 2", LONG_LINE };
	const char *text = "op=noise\nspend=a 3 of 5\nxspend=b 1 of 1\nspend=c-1 7 of 0\n",
	    *at = text;
	struct spend s;
	size_t i, good = 0;
	bool wrong = true;

	ok(spend_next(&at, &s, &wrong) && !wrong && strcmp(s.origin, "a") == 0 && s.units == 3 &&
	    s.limit == 5, "what is spent is found");
	ok(spend_next(&at, &s, &wrong) && !wrong && strcmp(s.origin, "c-1") == 0 && s.units == 7 &&
	    s.limit == 0, "and all of it, in lines of that name alone");
	ok(!spend_next(&at, &s, &wrong), "and no more");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		at = bad[i];
		good += (!spend_next(&at, &s, &wrong) || !wrong);
	}
	ok_u64(good, 0, "a line that is none is seen, and not passed over");
}

int
main(void)
{

	tap_plan(19);
	test_texts();
	test_headers();
	test_unions();
	test_exposure();
	test_spending();
	return (tap_end());
}
