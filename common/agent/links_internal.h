#ifndef SMPC_AGENT_LINKS_INTERNAL_H
#define SMPC_AGENT_LINKS_INTERNAL_H

/* Lists of links, the oldest first. */

#include <stddef.h>

#include "agent/link.h"

struct links {
	struct link *first, *last;
	size_t count;
};

/*
 * links_add(ls, l), links_remove(ls, l):
 * Append a link, which is handed over and in no other list; take one out that is in the list, and
 * is then the caller's.
 */
void links_add(struct links *ls, struct link *l);
void links_remove(struct links *ls, struct link *l);

/*
 * links_free(ls):
 * Close all; harmless on a list that is all zero.
 */
void links_free(struct links *ls);

#endif /* !SMPC_AGENT_LINKS_INTERNAL_H */
