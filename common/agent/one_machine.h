#ifndef SMPC_AGENT_ONE_MACHINE_H
#define SMPC_AGENT_ONE_MACHINE_H

/*
 * All parties on one machine, to try things: a dealer 0 and computing parties 1 to n, with
 * throw-away keys, each under an agent of its own, in a directory that is removed at the end.
 */

#include <stdint.h>

struct one_machine_options {
	uint64_t n;           /* computing parties */
	/*
	 * PREFIX.P gets the standard output of party P, if all is well; NULL: printed with the name
	 */
	const char *prefix;
	const char *wan;      /* "RTT,RATE" as netem has them, such as "40ms,350mbit"; NULL */
	const char *agent;    /* path of smpc-party */
	char *const *command; /* {} stands for the party's name */
	uint64_t count;       /* of its words */
};

/*
 * one_machine_run(options, status):
 * Run the command at all parties and set *${status} to 0, or to that of the first real failure.
 * Return 0 or -1 (reported).
 */
int one_machine_run(const struct one_machine_options *options, int *status);

#endif /* !SMPC_AGENT_ONE_MACHINE_H */
