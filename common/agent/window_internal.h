#ifndef SMPC_AGENT_WINDOW_INTERNAL_H
#define SMPC_AGENT_WINDOW_INTERNAL_H

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

struct under_way;

struct window {
	const struct self *self;
	struct under_way *list;
	size_t count;
};

/*
 * window_coordinator(self):
 * The index of the party whose agent announces sessions, the first computing one in the file;
 * SIZE_MAX: there is none.
 */
size_t window_coordinator(const struct self *self);

/*
 * window_room(w):
 * Whether another session may be announced now.  One that has not been opened in time, whoever it
 * waits for, counts no longer.
 */
bool window_room(struct window *w);

/*
 * window_add(w, number, members):
 * A session was announced.  Where memory is short it is not counted.
 */
void window_add(struct window *w, const uint8_t number[static SESSION_NUMBER_BYTES],
    const struct members *members);

/*
 * window_opened(w, number, index), window_failed(w, number, index):
 * A session has opened at a member; it does not come about, says party ${index}.  What is said by
 * one who is no member is ignored.
 */
void window_opened(struct window *w, const uint8_t number[static SESSION_NUMBER_BYTES],
    size_t index);
void window_failed(struct window *w, const uint8_t number[static SESSION_NUMBER_BYTES],
    size_t index);

/*
 * window_lost(w, index):
 * The link to a party is lost: nobody waits for word of it.
 */
void window_lost(struct window *w, size_t index);

/*
 * window_free(w):
 * Forget all.
 */
void window_free(struct window *w);

#endif /* !SMPC_AGENT_WINDOW_INTERNAL_H */
