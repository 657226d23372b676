#ifndef SMPC_AGENT_STATE_H
#define SMPC_AGENT_STATE_H

/* What must outlive a party's agents is in $SMPC_STATE/PARTY or ~/.local/state/smpc/PARTY. */

#include <stddef.h>

/*
 * state_path(party, name, path, size):
 * Write the path of ${name} in a party's directory, or, with NULL for both, of the directory of all
 * parties.  Return 0 or -1 (reported).
 */
int state_path(const char *party, const char *name, char *path, size_t size);

/*
 * state_make(path):
 * Make a directory, and those above it, with mode 0700, and synced into the ones above; one that is
 * there is left as it is.  Return 0 or -1 (reported).
 */
int state_make(const char *path);

#endif /* !SMPC_AGENT_STATE_H */
