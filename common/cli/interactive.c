#include "cli/interactive.h"

#include <string.h>

#include "base/diag.h"
#include "cli/streams.h"

struct interactive_options interactive_options = { .wait = SESSION_DEFAULT_WAIT };

struct session *
interactive_open(struct descriptor *d, enum session_dealer dealer, const char *const *guests,
    size_t n_guests, bool guest)
{
	struct session_request request = { .dealer = dealer, .descriptor = d, .guests = guests,
		.n_guests = n_guests, .guest = guest,
		.wait = interactive_options.wait };
	const struct parties *parties;
	struct session *s;
	bool failed = false;

	if (interactive_options.tag != NULL)
		descriptor_add(d, "tag", interactive_options.tag);
	s = session_open(&request);
	descriptor_free(d);
	if (s != NULL && (parties = streams_parties(&failed)) != NULL &&
	    memcmp(parties_digest(parties), session_parties_digest(s), HASH_BYTES) != 0) {
		fail(ST_REFUSED, "%s is not the parties file that this party's agent was started "
		    "with", parties->file);
		failed = true;
	}
	if (failed) {
		session_abort(s);
		return (NULL);
	}
	return (s);
}

int
interactive_close(struct session *s, int rc)
{

	if (rc == 0 && (rc = session_flush(s)) == 0 && interactive_options.stats)
		session_print_stats(s);
	if (rc == 0)
		return (session_close(s));
	session_abort(s);
	return (-1);
}
