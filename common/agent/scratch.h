#ifndef SMPC_AGENT_SCRATCH_H
#define SMPC_AGENT_SCRATCH_H

/*
 * A directory for what a process needs while it runs.  The process holds a lock in it, which ends
 * with the process, so that what one leaves that was killed is known, and removed by the next.
 */

#define SCRATCH_BASE_MAX 40 /* bytes of the directory that holds it: a socket's path is short */

struct scratch {
	char path[64]; /* empty: there is none */
	int lock;
};

/*
 * scratch_make(s, name):
 * Make a directory NAME-XXXXXX of mode 0700 in the one that TMPDIR names, or in /tmp if that is not
 * set or its path is long; before that, remove those of this user that other processes made so and
 * left.  Return 0 or -1 (reported).
 */
int scratch_make(struct scratch *s, const char *name);

/*
 * scratch_remove(s):
 * Remove the directory and all in it.
 */
void scratch_remove(struct scratch *s);

#endif /* !SMPC_AGENT_SCRATCH_H */
