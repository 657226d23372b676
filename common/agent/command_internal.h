#ifndef SMPC_AGENT_COMMAND_INTERNAL_H
#define SMPC_AGENT_COMMAND_INTERNAL_H

/* The agent's command, and, when a signal ends the agent, what the command leaves behind. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct command {
	char *const *words; /* NULL: there is none, and the agent serves until a signal comes */
	pid_t child;        /* -1: not started, or has ended */
	/* the signal that ends us, and all that the command has left; 0: none */
	int ended_by;
	/*
	 * Children that this process had before it became the agent, as it does by exec: they are
	 * none of the command's.  One that has ended is forgotten, as its number can become
	 * another's.
	 */
	pid_t *others;
	size_t n_others;
};

/*
 * command_start(c):
 * Start the command.  Return 0 or -1 (reported).
 */
int command_start(struct command *c);

/*
 * command_signal(c, sig):
 * A signal ends us: pass it on.
 */
void command_signal(struct command *c, int sig);

/*
 * command_reap(c, status):
 * Children have ended.  If the command is one of them, set *${status} to its exit status, as a
 * shell has it, and return true.
 */
bool command_reap(struct command *c, int *status);

/*
 * command_over(c):
 * Whether the command has ended, and, if a signal ends us, all that it has left.
 */
bool command_over(const struct command *c);

/*
 * command_kill(c):
 * Kill what takes no notice of the signal that was passed on.
 */
void command_kill(struct command *c);

/*
 * command_free(c):
 * Free; harmless where nothing was started.
 */
void command_free(struct command *c);

#endif /* !SMPC_AGENT_COMMAND_INTERNAL_H */
