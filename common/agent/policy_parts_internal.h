#ifndef SMPC_AGENT_POLICY_PARTS_INTERNAL_H
#define SMPC_AGENT_POLICY_PARTS_INTERNAL_H

/*
 * A table of parts, in the order in which they were noted: inputs stand before what was made of
 * them.  And the rules by which rows go from inputs to results.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "data/ids.h"
#include "data/policy_notes.h"

#define PARTS_UNKNOWN UINT32_MAX

/* How an operation treats rows. */
enum part_making {
	MAKING_ROWS,    /* each row of the result is made of one row of each input */
	MAKING_PRODUCT, /* the same; a public matrix stands on the right, unless rows are mixed */
	MAKING_PREDICT, /* the same, and of a model, which stands behind the rows */
	MAKING_ORDER,   /* all rows in another order */
	MAKING_TURN,    /* rows become columns */
	MAKING_SUM,     /* every value is made of all rows of the inputs, one behind the other */
	MAKING_PAIRS,   /* the same, of two tables side by side */
	MAKING_MODEL,   /* the same, and perhaps of a model before */
	MAKING_CELLS,   /* the same, but of cells of ${least} of ${among} rows */
	MAKING_GROUPS,  /* every value is made of some rows of the inputs: least says how many */
	MAKING_OTHER,   /* nobody knows */
};

struct noted_part {
	uint8_t id[ID_BYTES];
	enum policy_note_kind kind;
	enum part_making making; /* of a result */
	bool model, mixed;
	uint64_t rows; /* POLICY_ROWS_OPEN: not known yet */
	uint64_t least, among; /* of groups and joins (data/policy_notes.h) */
	uint32_t *inputs;
	size_t n_inputs;
};

struct noted_parts {
	struct noted_part *list;
	size_t count;
	size_t room;
	uint32_t *slots; /* hash table of places in the list */
	size_t n_slots;
};

/*
 * parts_find(ps, id):
 * The place of a part, or PARTS_UNKNOWN.
 */
uint32_t parts_find(const struct noted_parts *ps, const uint8_t *id);

/*
 * parts_add(ps, note):
 * Append a part that is not there, or set the number of rows of one whose was not known.  Return 0
 * or -1 (reported).
 */
int parts_add(struct noted_parts *ps, const struct policy_note *note);

void parts_free(struct noted_parts *ps);

/* Places of parts, ascending. */
struct places {
	uint32_t *at;
	size_t count;
};

/* What is behind a part. */
struct behind {
	uint64_t each; /* rows behind every single value, at least */
	uint64_t all;  /* different rows among all rows of it, at least */
	/* any k rows of it are made of k less this many different ones, at least */
	uint64_t again;
	uint64_t without; /* rows of it, at most, that have no row of a table in a join */
	bool or_none;  /* a value may be made of no row at all: of a group that is not shown */
	struct places origins; /* the sharings that it is made of, */
	struct places rows_of; /* and those whose rows are its rows */
};

/*
 * parts_trace(ps, wanted, behind):
 * Work out what is behind the parts that are ${wanted}, one flag for each part, and all that they
 * are made of; ${behind} has a zeroed element for each part.  *${missing} is the place of a part
 * with an input that is not known, or PARTS_UNKNOWN.  Return 0 or -1 (reported: out of memory).
 */
int parts_trace(const struct noted_parts *ps, bool *wanted, struct behind *behind,
    uint32_t *missing);

/*
 * parts_together(ps, p, inputs, n, behind, out):
 * What is behind a result ${p} of these inputs, which are traced, and none is PARTS_UNKNOWN; of
 * ${p}, only how it is made is looked at, and what is known of groups.  It does not set again and
 * without.  Return 0 or -1 (reported).
 */
int parts_together(const struct noted_parts *ps, const struct noted_part *p,
    const uint32_t *inputs, size_t n, const struct behind *behind, struct behind *out);

void behind_free(struct behind *b);

#endif /* !SMPC_AGENT_POLICY_PARTS_INTERNAL_H */
