#ifndef SMPC_DATA_POLICY_NOTES_H
#define SMPC_DATA_POLICY_NOTES_H

/*
 * What a tool tells of the parts that it reads and writes, where its party has a policy: the agent
 * learns so how many rows are behind a part, and of which sharings they are (smpc-policy(5)).
 * Readers, writers and public operands call the functions below; without a policy they do nothing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/ids.h"
#include "data/part.h"

enum policy_note_kind {
	POLICY_NOTE_SHARING, /* as an owner shared it */
	POLICY_NOTE_PUBLIC,  /* numbers that are not secret */
	POLICY_NOTE_RESULT,  /* of an operation on its inputs */
};

#define POLICY_ROWS_OPEN UINT64_MAX /* the part has begun; how many follow is not known yet */

struct policy_note {
	uint8_t id[ID_BYTES];
	enum policy_note_kind kind;
	uint64_t rows;
	const char *op;      /* of a result */
	bool model;          /* it is a tensor of a model */
	bool mixed;          /* all of it may be one row of an input (part.h) */
	uint64_t least, among; /* of groups and joins (part.h); 0: that is not known */
	const uint8_t (*inputs)[ID_BYTES];
	size_t n_inputs;
};

/*
 * policy_notes_to(tell):
 * From now on, have every note told by ${tell}, which returns 0 or -1 (reported), once for each
 * part.
 */
void policy_notes_to(int (*tell)(const struct policy_note *note));

/*
 * policy_notes_kept():
 * Whether there is somebody to tell.
 */
bool policy_notes_kept(void);

/*
 * policy_note_read(p, rows, last), policy_note_written(p, rows),
 * policy_note_operand(id, rows):
 * A part is read, up to row ${rows}, its ${last} one or not; is about to be written to its end; a
 * public operand, whose digest stands among inputs, was loaded.  Return 0 or -1 (reported).
 */
int policy_note_read(const struct part *p, uint64_t rows, bool last);
int policy_note_written(const struct part *p, uint64_t rows);
int policy_note_operand(const uint8_t id[static ID_BYTES], uint64_t rows);

/*
 * policy_notes_read(), policy_notes_close():
 * The ids of all parts, but public ones, that this process has read.  Refuse, from now on, to read
 * any other: the agent has judged these.
 */
const struct ids *policy_notes_read(void);
void policy_notes_close(void);

#endif /* !SMPC_DATA_POLICY_NOTES_H */
