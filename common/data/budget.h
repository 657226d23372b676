#ifndef SMPC_DATA_BUDGET_H
#define SMPC_DATA_BUDGET_H

/*
 * What an owner lets results tell of one person (smpc-share(5), Budgets): differential privacy with
 * epsilon and delta, for all results together that leave with noise.  Results without noise do not
 * leave at all.
 *
 * An owner names the origin of a table, and declares its budget, when the table is shared.  Headers
 * carry budgets from there to every result, but to those that have noise.  What was spent of an
 * origin's budget, the agents keep (agent/budgets_internal.h).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "crypto/hash.h"

#define BUDGET_MAX_ORIGINS 64 /* that one part may carry */
#define BUDGET_MAX_EPSILON 64
#define BUDGET_MIN_EPSILON 1e-3
#define BUDGET_MAX_DELTA 0.01
#define BUDGET_MIN_DELTA 1e-30
#define BUDGET_MAX_ROWS 1000000

struct budget {
	char *origin; /* as name_valid says */
	double epsilon, delta;
	uint32_t rows; /* of the table, at most, that are one person's; at least 1 */
};

/* By origin, ascending; each is there once. */
struct budgets {
	struct budget *list;
	size_t count;
};

/*
 * budget_set(b, epsilon, delta):
 * Take both from texts.  Return 0 or -1, without reporting, if they are no numbers within the
 * limits above.
 */
int budget_set(struct budget *b, const char *epsilon, const char *delta);

/*
 * budgets_parse(b, text):
 * Make ${b}, which is empty, the one budget of "ORIGIN=EPSILON,DELTA[,ROWS]".  Return 0 or -1
 * (reported, status 2).
 */
int budgets_parse(struct budgets *b, const char *text);

/*
 * budgets_unite(to, from):
 * Add copies of what is not there.  Return 0 or -1 (reported: status 4 where two budgets of one
 * origin differ, or there are too many).
 */
int budgets_unite(struct budgets *to, const struct budgets *from);

/*
 * budgets_free(b):
 * Free, and leave none.
 */
void budgets_free(struct budgets *b);

bool budgets_same(const struct budgets *a, const struct budgets *b);
void budgets_hash(struct hash *h, const struct budgets *b);

/*
 * budgets_json(b), budgets_decode(b, v):
 * As a field of a header; NULL, or -1, without reporting, where memory is short or ${v} is not in
 * that form.  budgets_free is due in any case.
 */
json_t *budgets_json(const struct budgets *b);
int budgets_decode(struct budgets *b, const json_t *v);

/* ---- what a process has read ---- */

/*
 * budgets_met(), budgets_meet(b):
 * The budgets of all parts that this process has read so far: whatever it makes may depend on all
 * of them.  budgets_meet adds some; return 0 or -1 (reported).
 */
const struct budgets *budgets_met(void);
int budgets_meet(const struct budgets *b);

/*
 * budgets_refuse(what):
 * Refuse ${what} ("a score"), which leaves without noise, if a part with a budget was read.  Return
 * 0 or -1 (reported, status 4).
 */
int budgets_refuse(const char *what);

#endif /* !SMPC_DATA_BUDGET_H */
