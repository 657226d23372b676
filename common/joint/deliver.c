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
	for (i = 0; i < count; i++) {
		if (strcmp(names[i], own) == 0) {
			sinks[i] = local;
			continue;
		}
		if ((peer = session_find(s, names[i])) == -1)
			return (fail(ST_PEER, "party '%s' is not in the session", names[i]));
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
