#include "data/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/names.h"
#include "base/near.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_MINUTES 1440
#define OFFSET_MAX (14 * 60) /* of a clock from UTC */
#define DAYS 7

/* The sections REVEALS of the tools' pages, in one place. */
static const struct policy_operation operations[] = {
	{ "ping", false, POLICY_NEVER },
	{ "share", false, POLICY_NEVER },
	{ "map", true, POLICY_NEVER },
	{ "mul", true, POLICY_NEVER },
	{ "matmul", true, POLICY_NEVER },
	{ "matmul-t", true, POLICY_NEVER },
	{ "lt", false, POLICY_NEVER },
	{ "le", false, POLICY_NEVER },
	{ "gt", false, POLICY_NEVER },
	{ "ge", false, POLICY_NEVER },
	{ "eq", false, POLICY_NEVER },
	{ "ne", false, POLICY_NEVER },
	{ "select", true, POLICY_NEVER },
	{ "join", true, POLICY_ALWAYS },
	{ "max", false, POLICY_NEVER },
	{ "min", false, POLICY_NEVER },
	{ "argmax", false, POLICY_NEVER },
	{ "argmin", false, POLICY_NEVER },
	{ "shuf", false, POLICY_NEVER },
	{ "sort", false, POLICY_NEVER },
	{ "top", false, POLICY_NEVER },
	{ "truncate", false, POLICY_NEVER },
	{ "noise", false, POLICY_NEVER },
	{ "stat", true, POLICY_NEVER },
	{ "quantile", true, POLICY_NEVER },
	{ "group", false, POLICY_NEVER },
	{ "train", true, POLICY_ASKED },
	{ "train-order", true, POLICY_ASKED },
	{ "predict", true, POLICY_NEVER },
	{ "score", true, POLICY_ALWAYS },
	{ "reveal", false, POLICY_ALWAYS },
	{ "seal", false, POLICY_UNSEEN },
};

_Static_assert(COUNT(operations) < 64, "a rule has a bit for each");

static const char *const day_names[DAYS] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

const struct policy_operation *
policy_operation(size_t i)
{

	return ((i < COUNT(operations)) ? &operations[i] : NULL);
}

const struct policy_operation *
policy_operation_find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(operations) && strcmp(operations[i].name, name) != 0; i++)
		continue;
	return (policy_operation(i));
}

/* ---- fields ---- */

/* What messages begin with: the file and, from 1, the rule; 0: none. */
struct rule_place {
	const char *file;
	size_t rule;
	char text[512];
};

static const char *
rule_where(struct rule_place *at)
{

	if (at->rule == 0)
		snprintf(at->text, sizeof(at->text), "%.400s", at->file);
	else
		snprintf(at->text, sizeof(at->text), "%.400s: rule %zu", at->file, at->rule);
	return (at->text);
}

static int
bad_value(struct rule_place *at, const char *field, const char *what)
{

	return (fail(ST_FAILED, "%s: field '%s': %s", rule_where(at), field, what));
}

/* A word that is none of ${known}. */
static int
unknown_word(struct rule_place *at, const char *kind, const char *word, const char *const *known,
    size_t count)
{
	const char *meant = near_match(word, known, count);

	if (meant != NULL)
		return (fail(ST_FAILED, "%s: unknown %s '%.64s'; did you mean '%s'?",
		    rule_where(at),
		    kind, word, meant));
	return (fail(ST_FAILED, "%s: unknown %s '%.64s'", rule_where(at), kind, word));
}

/* Refuse a field that is not in the list. */
static int
known_fields(const json_t *object, struct rule_place *at, const char *const *known, size_t count)
{
	const char *key;
	json_t *value;
	size_t i;

	/* jansson's iteration takes a mutable object, but does not change it. */
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		for (i = 0; i < count && strcmp(key, known[i]) != 0; i++)
			continue;
		if (i == count)
			return (unknown_word(at, "field", key, known, count));
	}
	return (0);
}

static int
policy_string(const json_t *object, struct rule_place *at, const char *field, const char **s)
{
	const json_t *v = json_object_get(object, field);

	if (v == NULL)
		return (fail(ST_FAILED, "%s: field '%s' is missing", rule_where(at), field));
	/* Without JSON_ALLOW_NUL no string holds a NUL. */
	if ((*s = json_string_value(v)) == NULL)
		return (bad_value(at, field, "is not a string"));
	return (0);
}

static int
take_count(const json_t *object, struct rule_place *at, const char *field, uint64_t *n)
{
	const json_t *v = json_object_get(object, field);

	if (v == NULL)
		return (fail(ST_FAILED, "%s: field '%s' is missing: where something may be "
		    "revealed, it has to be given", rule_where(at), field));
	if (!json_is_integer(v) || json_integer_value(v) < 1 ||
	    json_integer_value(v) > POLICY_COUNT_MAX)
		return (bad_value(at, field, "is not a whole number from 1 to 1000000000"));
	*n = (uint64_t)json_integer_value(v);
	return (0);
}

/* A list of different strings, one at least: entry ${i}, or NULL (reported). */
static const char *
list_entry(const json_t *list, struct rule_place *at, const char *field, size_t i)
{
	const char *s = json_string_value(json_array_get(list, i)), *other;
	size_t k;

	if (s == NULL) {
		bad_value(at, field, "has an entry that is not a string");
		return (NULL);
	}
	for (k = 0; k < i; k++) {
		other = json_string_value(json_array_get(list, k));
		if (other != NULL && strcmp(other, s) == 0) {
			fail(ST_FAILED, "%s: field '%s': '%.64s' stands there twice",
			    rule_where(at),
			    field, s);
			return (NULL);
		}
	}
	return (s);
}

static int
list_field(const json_t *object, struct rule_place *at, const char *field, size_t most,
    const json_t **list)
{

	*list = json_object_get(object, field);
	if (*list == NULL)
		return (fail(ST_FAILED, "%s: field '%s' is missing", rule_where(at), field));
	if (!json_is_array(*list) || json_array_size(*list) < 1 || json_array_size(*list) > most)
		return (fail(ST_FAILED, "%s: field '%s': is not a list of 1 to %zu names",
		    rule_where(at), field, most));
	return (0);
}

/* ---- hours ---- */

/* Two digits. */
static int
two_digits(const char *s)
{

	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return (-1);
	return ((s[0] - '0') * 10 + (s[1] - '0'));
}

/* "HH:MM" in minutes; -1: it is none. */
static int
clock_minutes(const char *s)
{
	int hours, minutes;

	if (strlen(s) != 5 || s[2] != ':' || (hours = two_digits(s)) == -1 ||
	    (minutes = two_digits(s + 3)) == -1 || minutes > 59 ||
	    hours * 60 + minutes > DAY_MINUTES)
		return (-1);
	return (hours * 60 + minutes);
}

static int
take_clock(const json_t *object, struct rule_place *at, const char *field, unsigned *minutes)
{
	const char *s;
	int n;

	if (policy_string(object, at, field, &s) == -1)
		return (-1);
	if ((n = clock_minutes(s)) == -1)
		return (bad_value(at, field, "is not a time from 00:00 to 24:00, as in 08:30"));
	*minutes = (unsigned)n;
	return (0);
}

static int
take_zone(const json_t *object, struct rule_place *at, struct policy_hours *h)
{
	const char *s;
	int n;

	if (policy_string(object, at, "zone", &s) == -1)
		return (-1);
	if (strcmp(s, "local") == 0) {
		h->local = true;
		return (0);
	}
	if ((s[0] != '+' && s[0] != '-') || (n = clock_minutes(s + 1)) == -1 || n > OFFSET_MAX)
		return (bad_value(at, "zone", "is neither \"local\" nor what the clock is ahead of "
		    "UTC, as in +01:00"));
	h->offset = (s[0] == '-') ? -n : n;
	return (0);
}

static int
take_days(const json_t *object, struct rule_place *at, struct policy_hours *h)
{
	const json_t *list;
	const char *s;
	size_t i, day;

	if (list_field(object, at, "days", DAYS, &list) == -1)
		return (-1);
	for (i = 0; i < json_array_size(list); i++) {
		if ((s = list_entry(list, at, "days", i)) == NULL)
			return (-1);
		for (day = 0; day < DAYS && strcmp(s, day_names[day]) != 0; day++)
			continue;
		if (day == DAYS)
			return (unknown_word(at, "day", s, day_names, DAYS));
		h->days |= 1U << day;
	}
	return (0);
}

/* The hours of a policy or rule, if it has any. */
static int
take_hours(const json_t *object, struct rule_place *at, struct policy_hours *h)
{
	static const char *const fields[] = { "days", "from", "to", "zone" };
	const json_t *v = json_object_get(object, "hours");

	if (v == NULL)
		return (0);
	if (!json_is_object(v))
		return (bad_value(at, "hours", "is not an object with days, from, to and zone"));
	h->given = true;
	if (known_fields(v, at, fields, COUNT(fields)) == -1 || take_days(v, at, h) == -1 ||
	    take_clock(v, at, "from", &h->from) == -1 || take_clock(v, at, "to", &h->to) == -1 ||
	    take_zone(v, at, h) == -1)
		return (-1);
	if (h->from >= h->to)
		return (bad_value(at, "hours", "end before they begin; hours across midnight are "
		    "two rules"));
	return (0);
}

bool
policy_within(const struct policy_hours *h, int64_t now)
{
	time_t t = (time_t)(now + (int64_t)h->offset * 60);
	struct tm tm;
	unsigned minutes;

	if (!h->given)
		return (true);
	tzset();
	if ((h->local ? localtime_r(&t, &tm) : gmtime_r(&t, &tm)) == NULL)
		return (false);
	minutes = (unsigned)(tm.tm_hour * 60 + tm.tm_min);
	/* Of struct tm, Sunday is 0. */
	return ((h->days & 1U << (tm.tm_wday + DAYS - 1) % DAYS) != 0 && minutes >= h->from &&
	    minutes < h->to);
}

/* ---- rules ---- */

static int
take_operations(const json_t *object, struct rule_place *at, struct policy_rule *rule)
{
	const char *names[COUNT(operations)], *s;
	const struct policy_operation *op;
	const json_t *list;
	size_t i;

	for (i = 0; i < COUNT(operations); i++)
		names[i] = operations[i].name;
	if (list_field(object, at, "operations", COUNT(operations), &list) == -1)
		return (-1);
	for (i = 0; i < json_array_size(list); i++) {
		if ((s = list_entry(list, at, "operations", i)) == NULL)
			return (-1);
		if ((op = policy_operation_find(s)) == NULL)
			return (unknown_word(at, "operation", s, names, COUNT(names)));
		rule->operations |= (uint64_t)1 << (op - operations);
	}
	return (0);
}

static int
take_receivers(const json_t *object, struct rule_place *at, struct policy_rule *rule)
{
	const json_t *list;
	const char *s;
	size_t i;

	if (json_object_get(object, "to") == NULL)
		return (0);
	if (list_field(object, at, "to", PARTIES_MAX, &list) == -1 ||
	    (rule->to = mem_array(json_array_size(list), sizeof(*rule->to))) == NULL)
		return (-1);
	for (i = 0; i < json_array_size(list); i++) {
		if ((s = list_entry(list, at, "to", i)) == NULL)
			return (-1);
		if (strcmp(s, "all") == 0)
			return (bad_value(at, "to", "names all who may receive, one by one; "
			    "\"all\" is nobody's name"));
		if (!name_valid(s))
			return (bad_value(at, "to", "has an entry that is not a party's name"));
		strcpy(rule->to[rule->n_to++], s);
	}
	return (0);
}

/* How many operations of a rule reveal in this way, and the name of one. */
static size_t
count_revealing(const struct policy_rule *rule, enum policy_reveals how, const char **name)
{
	size_t i, n = 0;

	for (i = 0; i < COUNT(operations); i++) {
		if ((rule->operations & (uint64_t)1 << i) != 0 && operations[i].reveals == how) {
			*name = operations[i].name;
			n++;
		}
	}
	return (n);
}

/* A rule says what it seems to. */
static int
check_rule(const json_t *object, struct rule_place *at, struct policy_rule *rule)
{
	const char *name = NULL;
	size_t unseen = count_revealing(rule, POLICY_UNSEEN, &name),
	    always = count_revealing(rule, POLICY_ALWAYS, &name),
	    asked = count_revealing(rule, POLICY_ASKED, &name);
	bool has_rows = (json_object_get(object, "rows") != NULL);

	if (always + unseen > 0 && rule->n_to == 0)
		return (fail(ST_FAILED, "%s: '%s' reveals: field 'to' must say to whom",
		    rule_where(at),
		    name));
	if (unseen > 0 && (always + asked > 0 || has_rows))
		return (fail(ST_FAILED, "%s: the agent does not see what is sealed: 'seal' has a "
		    "rule without 'rows', and without others that reveal", rule_where(at)));
	if (always + unseen + asked == 0 && (rule->n_to > 0 || has_rows))
		return (fail(ST_FAILED, "%s: 'to' and 'rows' are about what is revealed, and no "
		    "operation of the rule reveals", rule_where(at)));
	if (rule->n_to == 0 && has_rows)
		return (bad_value(at, "rows", "needs field 'to'"));
	return ((rule->n_to > 0 && unseen == 0) ? take_count(object, at, "rows", &rule->rows) : 0);
}

static int
parse_rule(const json_t *object, struct rule_place *at, struct policy_rule *rule)
{
	static const char *const fields[] = { "operations", "to", "rows", "hours" };

	if (!json_is_object(object))
		return (fail(ST_FAILED, "%s: is not an object with operations", rule_where(at)));
	if (known_fields(object, at, fields, COUNT(fields)) == -1 ||
	    take_operations(object, at, rule) == -1 || take_receivers(object, at, rule) == -1)
		return (-1);
	return ((take_hours(object, at, &rule->hours) == -1) ? -1 : check_rule(object, at, rule));
}

static int
parse_rules(struct policy *p, const json_t *root, struct rule_place *at)
{
	const json_t *list = json_object_get(root, "rules");
	size_t i, n = json_array_size(list);

	if (!json_is_array(list) || n < 1 || n > POLICY_RULES_MAX)
		return (bad_value(at, "rules", "must be a list of 1 to 64 rules"));
	if ((p->rules = mem_array(n, sizeof(*p->rules))) == NULL)
		return (-1);
	for (i = 0; i < n; i++) {
		at->rule = i + 1;
		p->n_rules++; /* from here on policy_free frees it */
		if (parse_rule(json_array_get(list, i), at, &p->rules[i]) == -1)
			return (-1);
	}
	at->rule = 0;
	return (0);
}

/* Whether rules let reveals happen that the agent can count. */
static bool
counts_reveals(const struct policy *p)
{
	size_t i;

	for (i = 0; i < p->n_rules; i++) {
		if (p->rules[i].rows > 0)
			return (true);
	}
	return (false);
}

static int
parse_policy(struct policy *p, const json_t *root)
{
	static const char *const fields[] = { "version", "party", "hours", "reveals", "rules" };
	struct rule_place at = { .file = p->file };
	const json_t *version;
	const char *s;

	if (!json_is_object(root))
		return (fail(ST_FAILED, "%s: not a policy: is not an object", rule_where(&at)));
	/* A later version may have other fields, so its number comes first. */
	if ((version = json_object_get(root, "version")) == NULL)
		return (fail(ST_FAILED, "%s: field 'version' is missing", rule_where(&at)));
	if (!json_is_integer(version) || json_integer_value(version) != 1)
		return (bad_value(&at, "version", "must be 1"));
	if (known_fields(root, &at, fields, COUNT(fields)) == -1 ||
	    policy_string(root, &at, "party", &s) == -1)
		return (-1);
	if (!name_valid(s))
		return (bad_value(&at, "party", "is not a party's name"));
	strcpy(p->party, s);
	if (take_hours(root, &at, &p->hours) == -1 || parse_rules(p, root, &at) == -1)
		return (-1);
	if (counts_reveals(p))
		return (take_count(root, &at, "reveals", &p->reveals));
	return ((json_object_get(root, "reveals") == NULL) ? 0 :
	    bad_value(&at, "reveals", "no rule allows any that can be counted"));
}

struct policy *
policy_load_memory(const char *data, size_t bytes, const char *name)
{
	struct policy *p;
	json_error_t error;
	json_t *root = NULL;
	int rc = -1;

	if ((p = mem_array(1, sizeof(*p))) == NULL)
		return (NULL);
	if ((p->file = mem_copy_string(name, strlen(name))) == NULL)
		goto out;
	if (bytes > POLICY_FILE_MAX) {
		fail(ST_FAILED, "%s: larger than %zu bytes", name, POLICY_FILE_MAX);
		goto out;
	}
	hash_once(p->digest, data, bytes);
	/* Where a name is given twice, readers differ in which one they take: refused. */
	if ((root = json_loadb(data, bytes, JSON_REJECT_DUPLICATES, &error)) == NULL)
		fail(ST_FAILED, "%s: line %d, column %d: %s; is this a policy?", name, error.line,
		    error.column, error.text);
	else
		rc = parse_policy(p, root);
out:
	json_decref(root);
	if (rc == 0)
		return (p);
	policy_free(p);
	return (NULL);
}

struct policy *
policy_load(const char *path)
{
	struct policy *p;
	size_t bytes;
	char *data;

	if (io_read_file(path, POLICY_FILE_MAX, &data, &bytes) == -1)
		return (NULL);
	p = policy_load_memory(data, bytes, (strcmp(path, "-") == 0) ? "standard input" : path);
	free(data);
	return (p);
}

void
policy_free(struct policy *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->n_rules; i++)
		free(p->rules[i].to);
	free(p->rules);
	free(p->file);
	free(p);
}

int
policy_check_parties(const struct policy *p, const struct parties *parties)
{
	struct rule_place at = { .file = p->file };
	size_t i, k;

	if (parties_find(parties, p->party) == NULL)
		return (fail(ST_FAILED, "%s: field 'party': '%s' is not in %s", rule_where(&at),
		    p->party, parties->file));
	for (i = 0; i < p->n_rules; i++) {
		at.rule = i + 1;
		for (k = 0; k < p->rules[i].n_to; k++) {
			if (parties_find(parties, p->rules[i].to[k]) == NULL)
				return (fail(ST_FAILED, "%s: field 'to': '%s' is not in %s",
				    rule_where(&at), p->rules[i].to[k], parties->file));
		}
	}
	return (0);
}

/* ---- matching ---- */

/* The first receiver of a step to whom a rule does not reveal; NULL: it does to all. */
static const char *
receiver_beyond(const struct policy_rule *rule, const struct policy_step *step)
{
	size_t i, k;

	for (i = 0; i < step->n_to; i++) {
		for (k = 0; k < rule->n_to && strcmp(rule->to[k], step->to[i]) != 0; k++)
			continue;
		if (k == rule->n_to)
			return (step->to[i]);
	}
	return (NULL);
}

/* Whether a rule, which is for the operation, allows a step; if not, say why. */
static bool
rule_allows(const struct policy *p, size_t number, const struct policy_step *step, char *why,
    size_t size)
{
	const struct policy_rule *rule = &p->rules[number];
	const char *beyond = step->reveals ? receiver_beyond(rule, step) : NULL;

	if (step->reveals && rule->n_to == 0)
		snprintf(why, size, "%s: rule %zu: '%s' may reveal nothing", p->file, number + 1,
		    step->op);
	else if (beyond != NULL)
		snprintf(why, size, "%s: rule %zu: '%s' may not reveal to '%s'", p->file,
		    number + 1, step->op, beyond);
	else if (!policy_within(&rule->hours, step->now))
		snprintf(why, size, "%s: rule %zu: '%s' is outside its hours", p->file, number + 1,
		    step->op);
	else
		return (true);
	return (false);
}

const struct policy_rule *
policy_allows(const struct policy *p, const struct policy_step *step, char *why, size_t size)
{
	const struct policy_operation *op = policy_operation_find(step->op);
	const struct policy_rule *best = NULL;
	size_t i;

	snprintf(why, size, "%s: no rule allows operation '%s'", p->file, step->op);
	if (op == NULL)
		return (NULL);
	if (!policy_within(&p->hours, step->now)) {
		snprintf(why, size, "%s: it is outside the hours of this policy", p->file);
		return (NULL);
	}
	for (i = 0; i < p->n_rules; i++) {
		if ((p->rules[i].operations & (uint64_t)1 << (op - operations)) == 0 ||
		    !rule_allows(p, i, step, why, size))
			continue;
		/* Of several that allow it, the one that asks for the fewest rows. */
		if (best == NULL || p->rules[i].rows < best->rows)
			best = &p->rules[i];
	}
	return (best);
}
