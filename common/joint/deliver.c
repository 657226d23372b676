#include "joint/deliver.h"

#include <string.h>

#include "base/diag.h"

int
deliver_open(struct delivery *d, struct session *s, const char *const *names, size_t count,
    const char *own, struct sink *local, struct sink **sinks)
{
	size_t i;
	int peer;

	d->count = 0;
	for (i = 0; i < count; i++)
		sinks[i] = (strcmp(names[i], own) == 0) ? local : NULL;
	for (i = 0; i < count; i++) {
		if (strcmp(names[i], own) == 0)
			continue;
		if ((peer = session_find(s, names[i])) == -1)
			return (fail(ST_PEER, "party '%s' is not in the session", names[i]));
		d->names[d->count] = names[i];
		d->pipes[d->count] = (struct session_pipe){ .session = s, .peer = (size_t)peer };
		if ((sinks[i] = sink_function(pipe_write, &d->pipes[d->count], names[i])) == NULL)
			return (-1);
		d->count++;
	}
	return (0);
}

int
deliver_end(struct delivery *d)
{
	uint8_t written = 1;
	size_t i;

	for (i = 0; i < d->count; i++) {
		if (pipe_end(&d->pipes[i]) == -1)
			return (-1);
	}
	for (i = 0; i < d->count; i++) {
		if (session_receive(d->pipes[i].session, d->pipes[i].peer, &written, 1) == -1)
			return (-1);
	}
	for (i = 0; i < d->count; i++) {
		if (session_send(d->pipes[i].session, d->pipes[i].peer, &written, 1) == -1)
			return (-1);
	}
	return ((d->count > 0) ? session_flush(d->pipes[0].session) : 0);
}

int
deliver_settle(struct delivery *d, bool named)
{
	uint8_t theirs, verdict = named ? 1 : 0;
	const char *without = NULL;
	size_t i;

	for (i = 0; i < d->count; i++) {
		if (session_receive(d->pipes[i].session, d->pipes[i].peer, &theirs, 1) == -1)
			return (-1);
		if (theirs != 1) {
			without = d->names[i];
			verdict = 0;
		}
	}
	for (i = 0; i < d->count; i++) {
		if (session_send(d->pipes[i].session, d->pipes[i].peer, &verdict, 1) == -1)
			return (-1);
	}
	if (d->count > 0 && session_flush(d->pipes[0].session) == -1)
		return (-1);
	if (named && without != NULL)
		return (fail(ST_PEER, "party '%s' could not give its share its name: the others "
		    "take theirs back", without));
	return ((verdict == 1) ? 0 : -1);
}

int
deliver_receive(struct session *s, const char *owner, const char *own, struct writer *w)
{
	struct session_pipe pipe = { .session = s };
	const struct record *record;
	struct reader *r;
	uint8_t written = 1;
	int peer, rc;

	if ((peer = session_find(s, owner)) == -1)
		return (fail(ST_PEER, "owner '%s' is not in the session", owner));
	pipe.peer = (size_t)peer;
	if ((r = reader_from(source_function(pipe_read, &pipe, owner, NULL))) == NULL)
		return (-1);
	reader_takes_row_exponents(r);
	reader_takes_missing(r);
	reader_takes_keys(r);
	while ((rc = reader_record(r, &record)) == 1) {
		if (strcmp(part_party(record->part), own) != 0)
			rc = fail(ST_REFUSED, "'%s' sent the share of party '%s' to '%s'", owner,
			    part_party(record->part), own);
		if (rc == -1 || (rc = writer_record(w, record)) == -1)
			break;
	}
	reader_close(r);
	if (rc == 0 && ((rc = writer_finish(w)) == -1 ||
	    session_send(s, pipe.peer, &written, 1) == -1 ||
	    session_receive(s, pipe.peer, &written, 1) == -1))
		return (-1);
	return (rc);
}

int
deliver_confirm(struct session *s, const char *owner, bool named)
{
	uint8_t own = named ? 1 : 0, verdict;
	int peer;

	if ((peer = session_find(s, owner)) == -1)
		return (fail(ST_PEER, "owner '%s' is not in the session", owner));
	if (session_send(s, (size_t)peer, &own, 1) == -1 ||
	    session_receive(s, (size_t)peer, &verdict, 1) == -1)
		return (-1);
	if (named && verdict != 1)
		return (fail(ST_PEER, "not all parties could give their shares a name: ours is "
		    "taken back"));
	return (named ? 0 : -1);
}
