#ifndef SMPC_NET_POLICY_ASK_H
#define SMPC_NET_POLICY_ASK_H

/*
 * What a tool tells and asks its own agent where the party has a policy (smpc-policy(5)), which
 * $SMPC_POLICY says.
 */

#include <stdint.h>

/*
 * policy_ask_begin():
 * If this process runs under an agent with a policy, have the agent told of all parts that are read
 * and written from now on (data/policy_notes.h).
 */
void policy_ask_begin(void);

/*
 * policy_send_parts(fd):
 * Tell the agent, over the connection ${fd}, of which parts this process has begun to read; without
 * a policy nothing.  Return 0 or -1 (reported).
 */
int policy_send_parts(int fd);

/*
 * policy_ask_reveals(op, to, times):
 * Ask whether figures of all that this process has read may be revealed ${times} times to party
 * ${to}; "all" stands for the computing parties.  Afterwards no other parts may be read.  Return 0,
 * at once without a policy, or -1 (reported: status 4, and why).
 */
int policy_ask_reveals(const char *op, const char *to, uint64_t times);

/*
 * policy_ask_cells(op, to, least, rows):
 * The same, once, of figures of which some are of ${least} of the ${rows} rows that were read; 0:
 * none.
 */
int policy_ask_cells(const char *op, const char *to, uint64_t least, uint64_t rows);

#endif /* !SMPC_NET_POLICY_ASK_H */
