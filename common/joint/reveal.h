#ifndef SMPC_JOINT_REVEAL_H
#define SMPC_JOINT_REVEAL_H

/*
 * Revealing a stream to one party, or to all, over a session (smpc-protocol(7), Revealing).
 *
 *   1  All who hold shares compare the structure of the stream (ids, rows); the computing parties
 *      also compare a hash of m.  Nothing is revealed where they differ: an owner gave them
 *      different values, or they took different steps.
 *   2  To a computing party or a receiver every other computing party sends (m, lam_i + rho_i),
 *      where the rho_i are drawn from keys that each two of them share, and add up to zero: of the
 *      masks the receiver learns their sum alone.  To the dealer the first computing party sends m
 *      alone.
 *   3  The receiver puts them together, with all checks of smpc-reveal on files.
 *
 * Rounds   2, and the transfer.
 * Reveals  the stream, to the one who is named, or to all members in the order of the parties file.
 */

#include "data/print.h"
#include "data/reader.h"
#include "net/session.h"

struct reveal {
	struct session *session;
	const struct parties *parties;
	const char *to;  /* a name, or "all" */
	const char *own; /* our name */
	/*
	 * Open our share from its beginning, each time it is called, with the same bytes each time,
	 * whatever becomes of a file: what was compared is what is sent.  NULL for a receiver, who
	 * has none.
	 */
	struct reader *(*open)(void *state);
	void *state;
	const struct print_options *print; /* for those who receive */
};

/*
 * reveal_check_share(p, name, own):
 * Check that a part is of the masked scheme (else status 2), the share of the party ${own}, and not
 * one that leaves with noise alone (else 4).  Return 0 or -1 (reported under ${name}).
 */
int reveal_check_share(const struct part *p, const char *name, const char *own);

/*
 * reveal_run(r):
 * Take our part.  Return 0 or -1 (reported: status 4 where the parties' streams do not agree).
 */
int reveal_run(const struct reveal *r);

#endif /* !SMPC_JOINT_REVEAL_H */
