/*
 * A party's policy, from memory.  What is accepted keeps the rules that the agent relies on, can be
 * printed, and refuses what it does not name.
 */

#include <sodium.h>

#include <string.h>

#include "base/mem.h"
#include "base/names.h"
#include "check.h"
#include "data/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_hours(const struct policy_hours *h)
{

	fuzz_check(!h->given || (h->from < h->to && h->to <= 1440 && h->days != 0 &&
	    h->days < 1 << 7));
	(void)policy_within(h, 0);
	(void)policy_within(h, INT64_C(253402300799));
}

static void
check_rule(const struct policy *p, const struct policy_rule *rule)
{
	bool seals = false, asks = false;
	const struct policy_operation *op;
	size_t i;

	fuzz_check(rule->operations != 0);
	check_hours(&rule->hours);
	for (i = 0; (op = policy_operation(i)) != NULL; i++) {
		if ((rule->operations & (uint64_t)1 << i) == 0)
			continue;
		fuzz_check(op->reveals == POLICY_NEVER || op->reveals == POLICY_ASKED ||
		    rule->n_to > 0);
		seals = seals || op->reveals == POLICY_UNSEEN;
		asks = asks || op->reveals != POLICY_NEVER;
	}
	fuzz_check((rule->operations >> i) == 0);
	fuzz_check((rule->rows > 0) == (rule->n_to > 0 && !seals));
	fuzz_check(rule->rows == 0 || p->reveals > 0);
	fuzz_check(rule->n_to == 0 || asks);
	for (i = 0; i < rule->n_to; i++)
		fuzz_check(name_valid(rule->to[i]) && strcmp(rule->to[i], "all") != 0);
}

/* A step to somebody whom no rule names is refused, and why is said. */
static void
check_strangers(const struct policy *p)
{
	const char *to[] = { "?" };
	struct policy_step step = { .op = "reveal", .reveals = true, .to = to, .n_to = 1 };
	char why[700];

	fuzz_check(policy_allows(p, &step, why, sizeof(why)) == NULL && why[0] != '\0');
	step.op = "telepathy";
	fuzz_check(policy_allows(p, &step, why, sizeof(why)) == NULL && why[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { NULL, 0, 0 };
	struct policy *p;
	size_t i;

	fuzz_check(sodium_init() != -1);
	if ((p = policy_load_memory((const char *)data, size, "fuzz")) == NULL)
		return (0);
	fuzz_check(p->n_rules >= 1 && p->n_rules <= POLICY_RULES_MAX && name_valid(p->party));
	check_hours(&p->hours);
	for (i = 0; i < p->n_rules; i++)
		check_rule(p, &p->rules[i]);
	check_strangers(p);
	fuzz_check(policy_sentences(p, &text) == 0 && text.len > 0);
	buf_free(&text);
	policy_free(p);
	return (0);
}
