#include "net/policy_ask.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/diag.h"
#include "data/policy_notes.h"
#include "net/own_agent_internal.h"
#include "net/protocol.h"

/* Send ids, in as many messages as they take. */
static int
send_ids(int fd, const uint8_t (*ids)[ID_BYTES], size_t count)
{
	struct buf m = { NULL, 0, 0 };
	size_t i, n;
	int rc = 0;

	for (i = 0; i < count && rc == 0; i += n) {
		n = (count - i < PARTS_PER_MESSAGE) ? count - i : PARTS_PER_MESSAGE;
		m.len = 0;
		rc = wire_put_number(&m, TOOL_PARTS, 1);
		rc |= buf_append(&m, ids[i], n * ID_BYTES);
		if (rc == 0)
			rc = agent_send(fd, &m);
	}
	buf_free(&m);
	return (rc);
}

/* Send ids and a message about them over a connection of its own, and hear that all is well. */
static int
ask_about(const uint8_t (*ids)[ID_BYTES], size_t count, const struct buf *request)
{
	uint8_t data[AGENT_WHY_MAX + 16];
	struct wire w;
	size_t n_fds;
	ssize_t n;
	int fd, rc = -1;

	if ((fd = agent_connect()) == -1)
		return (-1);
	if (send_ids(fd, ids, count) == 0 && agent_send(fd, request) == 0 &&
	    (n = agent_receive(fd, AGENT_SILENT_MS, data, sizeof(data), NULL, 0,
	    &n_fds)) != -1) {
		w = wire_of(data, (size_t)n);
		if (wire_number(&w, 1) == AGENT_AGREES)
			rc = 0;
		else
			rc = (data[0] == AGENT_FAILED) ? agent_refused(NULL, NULL, &w) :
			    agent_unknown();
	}
	close(fd);
	return (rc);
}

static int
tell_note(const struct policy_note *note)
{
	struct buf m = { NULL, 0, 0 };
	int rc;

	rc = wire_put_number(&m, TOOL_NOTE, 1);
	rc |= buf_append(&m, note->id, ID_BYTES);
	rc |= wire_put_number(&m, (uint64_t)note->kind, 1);
	rc |= wire_put_number(&m, (note->model ? NOTE_MODEL : 0) | (note->mixed ? NOTE_MIXED : 0),
	    1);
	rc |= wire_put_number(&m, note->rows, 8);
	rc |= wire_put_number(&m, note->least, 8);
	rc |= wire_put_number(&m, note->among, 8);
	rc |= wire_put_string(&m, note->op);
	if (rc == 0)
		rc = ask_about(note->inputs, note->n_inputs, &m);
	buf_free(&m);
	return (rc);
}

void
policy_ask_begin(void)
{
	const char *policy = getenv("SMPC_POLICY");

	if (policy != NULL && policy[0] != '\0' && own_agent_present())
		policy_notes_to(tell_note);
}

int
policy_send_parts(int fd)
{
	const struct ids *read = policy_notes_read();

	return (policy_notes_kept() ?
	    send_ids(fd, (const uint8_t (*)[ID_BYTES])read->id, read->count) : 0);
}

static int
ask_reveals(const char *op, const char *to, uint64_t times, uint64_t least, uint64_t among)
{
	const struct ids *read = policy_notes_read();
	struct buf m = { NULL, 0, 0 };
	int rc;

	if (!policy_notes_kept())
		return (0);
	rc = wire_put_number(&m, TOOL_REVEALS, 1);
	rc |= wire_put_string(&m, op);
	rc |= wire_put_string(&m, to);
	rc |= wire_put_number(&m, times, 4);
	rc |= wire_put_number(&m, least, 8);
	rc |= wire_put_number(&m, among, 8);
	if (rc == 0)
		rc = ask_about((const uint8_t (*)[ID_BYTES])read->id, read->count, &m);
	buf_free(&m);
	if (rc == 0)
		policy_notes_close();
	return (rc);
}

int
policy_ask_reveals(const char *op, const char *to, uint64_t times)
{

	return (ask_reveals(op, to, times, 0, 0));
}

int
policy_ask_cells(const char *op, const char *to, uint64_t least, uint64_t rows)
{

	return (ask_reveals(op, to, 1, least, rows));
}
