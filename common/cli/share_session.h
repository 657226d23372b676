#ifndef SMPC_CLI_SHARE_SESSION_H
#define SMPC_CLI_SHARE_SESSION_H

/*
 * Sharing over the links of a session, for smpc-share --from: the owner, who is a party or a guest,
 * reads the file; every party gets its stream over its link to the owner (deliver.h).
 */

#include <stddef.h>

#include "cli/share_job.h"

/*
 * share_session(j, operands, count):
 * Do what is this party's to do: share the file as the owner, or receive our share.  No share has
 * its name before all parties have theirs whole.  Return 0 or -1 (reported: status 2 where the
 * options are not for a session or not for this party).
 */
int share_session(struct share_job *j, char **operands, size_t count);

#endif /* !SMPC_CLI_SHARE_SESSION_H */
