#ifndef SMPC_DATA_POLICY_H
#define SMPC_DATA_POLICY_H

/*
 * A party's policy (smpc-policy(5)): which steps it takes part in, and what may be revealed to whom
 * out of how many rows, how often.  What no rule allows is refused.
 *
 * Nothing here knows an agent: a step is described by struct policy_step, and the counts of rows
 * and reveals are the caller's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "crypto/hash.h"
#include "data/parties.h"

#define POLICY_FILE_MAX ((size_t)1 << 16)
#define POLICY_RULES_MAX 64
#define POLICY_COUNT_MAX 1000000000

/* What a step of an operation gives away, besides shares of its result. */
enum policy_reveals {
	POLICY_NEVER,   /* nothing */
	POLICY_ASKED,   /* figures, if the step asks for them */
	POLICY_ALWAYS,  /* a result, or figures */
	POLICY_UNSEEN,  /* a stream that the agent does not see, and cannot count the rows of */
};

struct policy_operation {
	const char *name; /* as descriptors have it */
	bool bits;        /* single bits about whole columns may be opened */
	enum policy_reveals reveals;
};

/*
 * policy_operation(i), policy_operation_find(name):
 * Operation number ${i}, or the one of that name; NULL: there is none.
 */
const struct policy_operation *policy_operation(size_t i);
const struct policy_operation *policy_operation_find(const char *name);

/* When steps may begin. */
struct policy_hours {
	bool given;
	unsigned days;     /* bit 0 stands for Monday */
	unsigned from, to; /* minutes since midnight; ${to} is outside */
	bool local;        /* the clock is this machine's, */
	int offset;        /* or so many minutes ahead of UTC */
};

struct policy_rule {
	uint64_t operations; /* bit i stands for policy_operation(i) */
	size_t n_to;
	char (*to)[PARTY_NAME_BYTES + 1]; /* to whom may be revealed; n_to is 0: to nobody */
	uint64_t rows;                    /* behind every value, at least */
	struct policy_hours hours;
};

struct policy {
	char *file;
	uint8_t digest[HASH_BYTES]; /* of the file */
	char party[PARTY_NAME_BYTES + 1];
	struct policy_hours hours;
	uint64_t reveals; /* out of one sharing, at most; 0 where no rule reveals */
	size_t n_rules;
	struct policy_rule *rules;
};

/*
 * policy_load(path), policy_load_memory(data, bytes, name):
 * Read a policy, strictly: a field or word that is unknown, or given twice, and a rule that does
 * not say what it seems to, are errors.  Return NULL (reported, status 1) on failure.
 */
struct policy *policy_load(const char *path);
struct policy *policy_load_memory(const char *data, size_t bytes, const char *name);
void policy_free(struct policy *p);

/*
 * policy_check_parties(p, parties):
 * Check that all parties that it names are in the parties file.  Return 0 or -1 (reported).
 */
int policy_check_parties(const struct policy *p, const struct parties *parties);

/* A step that somebody wants to take. */
struct policy_step {
	const char *op;
	bool reveals;          /* something is revealed, */
	const char *const *to; /* to all of these */
	size_t n_to;
	int64_t now;           /* seconds since 1970, UTC */
};

/*
 * policy_allows(p, step, why, size):
 * Return the rule that allows a step, as far as operation, receivers and hours go, or NULL, and
 * write to ${why} what forbids it.
 */
const struct policy_rule *policy_allows(const struct policy *p, const struct policy_step *step,
    char *why, size_t size);

/*
 * policy_within(h, now):
 * Whether ${now} is within hours; hours that are not given are always.
 */
bool policy_within(const struct policy_hours *h, int64_t now);

/*
 * policy_sentences(p, out):
 * Append what the policy says, in sentences, to be read and signed.  Return 0 or -1 (reported).
 */
int policy_sentences(const struct policy *p, struct buf *out);

#endif /* !SMPC_DATA_POLICY_H */
