#ifndef SMPC_AGENT_UNDERWAY_INTERNAL_H
#define SMPC_AGENT_UNDERWAY_INTERNAL_H

/*
 * The sessions that are under way from their announcement until all members have their links; for
 * the agent that announces them.  There are only so many at a time, so that any number of tools can
 * ask at once: no agent has more links to open than it can in good time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/members_internal.h"
#include "agent/self_internal.h"
#include "net/session.h"

struct one_under_way;

struct underway {
	const struct self *self;
	struct one_under_way *list;
	size_t count;
};

/*
 * underway_coordinator(self):
 * The index of the party whose agent announces sessions, the first computing one in the file;
 * SIZE_MAX: there is none.
 */
size_t underway_coordinator(const struct self *self);

/*
 * underway_room(w):
 * Whether another session may be announced now.  One that has not been opened in time, whoever it
 * waits for, counts no longer.
 */
bool underway_room(struct underway *w);

/*
 * underway_add(w, number, members):
 * A session was announced.  Where memory is short it is not counted.
 */
void underway_add(struct underway *w, const uint8_t number[static SESSION_NUMBER_BYTES],
    const struct members *members);

/*
 * underway_opened(w, number, index), underway_failed(w, number, index):
 * A session has opened at a member; it does not come about, says party ${index}.  What is said by
 * one who is no member is ignored.
 */
void underway_opened(struct underway *w, const uint8_t number[static SESSION_NUMBER_BYTES],
    size_t index);
void underway_failed(struct underway *w, const uint8_t number[static SESSION_NUMBER_BYTES],
    size_t index);

/*
 * underway_lost(w, index):
 * The link to a party is lost: nobody waits for word of it.
 */
void underway_lost(struct underway *w, size_t index);

/*
 * underway_free(w):
 * Forget all.
 */
void underway_free(struct underway *w);

#endif /* !SMPC_AGENT_UNDERWAY_INTERNAL_H */
