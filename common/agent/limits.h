#ifndef SMPC_AGENT_LIMITS_H
#define SMPC_AGENT_LIMITS_H

/*
 * How much an agent takes on at once (smpc-party(1), Limits), as far as the system lets it have
 * descriptors for it.
 */

#include <stddef.h>

/* What there is room for at once. */
struct agent_limits {
	size_t tools;     /* of this machine */
	size_t strangers; /* connections that have not proved who they are */
	size_t callers;   /* connections in the name of one peer whose handshake is not over */
	size_t opening;   /* sessions that the first computing party announces */
};

/*
 * limits_find(parties):
 * Let this process have as many descriptors as the system allows it, and return what that is room
 * for in the agent of one of ${parties} parties.
 */
struct agent_limits limits_find(size_t parties);

/*
 * limits_restore():
 * In a child that is about to become another program: give it the limit that we were given.
 */
void limits_restore(void);

/*
 * limits_descriptors_gone():
 * Report, from time to time, that there are no more descriptors.
 */
void limits_descriptors_gone(void);

#endif /* !SMPC_AGENT_LIMITS_H */
