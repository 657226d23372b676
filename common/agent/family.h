#ifndef SMPC_AGENT_FAMILY_H
#define SMPC_AGENT_FAMILY_H

/* Processes that must not outlive the one that started them. */

#include <sys/types.h>

/*
 * family_end_with(parent):
 * In a child, just made by ${parent}: have the system send us SIGTERM when the parent ends, however
 * it does, where the system can; a program that is executed keeps this, its own children do not
 * have it.
 */
void family_end_with(pid_t parent);

#endif /* !SMPC_AGENT_FAMILY_H */
