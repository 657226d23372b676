#include "data/policy_notes.h"

#include <string.h>

#include "base/diag.h"

static int (*tell_note)(const struct policy_note *);
static struct ids read_ids; /* lives as long as the process */
static bool closed;

void
policy_notes_to(int (*tell)(const struct policy_note *note))
{

	tell_note = tell;
	closed = false;
}

bool
policy_notes_kept(void)
{

	return (tell_note != NULL);
}

/* What is told of a part, which has ${rows} rows. */
static int
tell_of_part(const struct part *p, uint64_t rows)
{
	struct policy_note n = { .kind = (p->scheme == SCHEME_PUBLIC) ? POLICY_NOTE_PUBLIC :
		(strcmp(p->op, "share") == 0) ? POLICY_NOTE_SHARING : POLICY_NOTE_RESULT,
		.rows = rows, .op = p->op, .model = (p->model != NULL), .mixed = p->mixed,
		.least = p->least, .among = p->among };

	memcpy(n.id, p->id, ID_BYTES);
	if (n.kind == POLICY_NOTE_RESULT) {
		n.inputs = (const uint8_t (*)[ID_BYTES])p->inputs;
		n.n_inputs = p->n_inputs;
	}
	return (tell_note(&n));
}

int
policy_note_read(const struct part *p, uint64_t rows, bool last)
{

	if (tell_note == NULL)
		return (0);
	if (p->scheme != SCHEME_PUBLIC) {
		if (closed && !ids_have(&read_ids, p->id))
			return (fail(ST_REFUSED, "a part is read that the agent has not judged: "
			    "the input was changed while it was read"));
		if (ids_add(&read_ids, p->id) == -1)
			return (-1);
	}
	/* What tools made here they told of when they wrote it. */
	if (p->scheme != SCHEME_PUBLIC && strcmp(p->op, "share") != 0)
		return (0);
	return (tell_of_part(p, last ? rows : POLICY_ROWS_OPEN));
}

int
policy_note_written(const struct part *p, uint64_t rows)
{

	return ((tell_note == NULL) ? 0 : tell_of_part(p, rows));
}

int
policy_note_operand(const uint8_t id[static ID_BYTES], uint64_t rows)
{
	struct policy_note n = { .kind = POLICY_NOTE_PUBLIC, .rows = rows, .op = "" };

	if (tell_note == NULL)
		return (0);
	memcpy(n.id, id, ID_BYTES);
	return (tell_note(&n));
}

const struct ids *
policy_notes_read(void)
{

	return (&read_ids);
}

void
policy_notes_close(void)
{

	closed = (tell_note != NULL);
}
