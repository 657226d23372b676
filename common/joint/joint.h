#ifndef SMPC_JOINT_JOINT_H
#define SMPC_JOINT_JOINT_H

/*
 * Joint work in a session: the engine of a party, set up from the session and from the header of a
 * share stream, whose parties are the engine's parties 0 .. n in that order.
 *
 * Nothing here reveals anything: what is compared are ids, shapes and numbers of rows, which are
 * public.
 */

#include <stdbool.h>

#include "crypto/hash.h"
#include "data/part.h"
#include "mpc/mpc.h"
#include "net/session.h"

struct joint {
	struct mpc *S;
	struct session *session;
	size_t n, self;
	size_t peer[MPC_MAX_PARTIES]; /* members of the session; not for ourselves */
	uint64_t results;             /* begun (result.h), by which they are numbered */
	struct mpc_cost agreed;       /* rounds that only compare what is worked on */
};

/*
 * joint_check(p, where):
 * Whether the engine can work on shares such as ${p}: masked, modulus 2^64.  Return 0 or -1
 * (reported under ${where}: status 2, and how to share instead).
 */
int joint_check(const struct part *p, const char *where);

/*
 * joint_check_own(p, where, own):
 * Whether ${p} is a share of the party ${own}.  Return 0 or -1 (reported: status 4).
 */
int joint_check_own(const struct part *p, const char *where, const char *own);

/*
 * joint_open(j, s, p, where, faithful):
 * Begin, in a session that stays the caller's, as the party whose share is ${p}.  Return 0, or -1
 * (reported: status 4 where the session's dealer and computing parties are not those who share
 * ${p}).
 */
int joint_open(struct joint *j, struct session *s, const struct part *p, const char *where,
    bool faithful);

/*
 * joint_agree(j, digest):
 * The computing parties compare a digest of what comes next, with each other and with the dealer's,
 * who sends his and waits for nobody.  One round.  Return 0 or -1 (reported: status 4 where they
 * differ).
 */
int joint_agree(struct joint *j, const uint8_t digest[static HASH_BYTES]);

/*
 * joint_settle(j):
 * All parties, the dealer too unless he deals beforehand, wait until all have come this far: what
 * follows may be given its name.  One round.  Return 0 or -1 (reported).
 */
int joint_settle(struct joint *j);

/*
 * joint_gather(j, own, bytes, all):
 * Every party, the dealer too, tells all others ${bytes} bytes; ${all} gets what party i said at i
 * times ${bytes}.  One round.  Not where the dealer deals beforehand.  Return 0 or -1 (reported).
 */
int joint_gather(struct joint *j, const void *own, size_t bytes, uint8_t *all);

/*
 * joint_close(j):
 * Wipe and free what joint_open made; harmless on a zeroed one.
 */
void joint_close(struct joint *j);

#endif /* !SMPC_JOINT_JOINT_H */
