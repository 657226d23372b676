#ifndef SMPC_JOINT_DELIVER_H
#define SMPC_JOINT_DELIVER_H

/*
 * Sharing over a session: an owner, who is a party or only a guest, shares a table, and every party
 * that shares gets its stream over the link to the owner, which is encrypted and authenticated.
 * What a party gets is what smpc-share would have put into its file.
 *
 * Rounds   none but the transfer.
 * Reveals  nothing; shape and column names are public.
 */

#include <stdbool.h>

#include "data/sharer.h"
#include "data/writer.h"
#include "net/pipe.h"

/* The owner's side: a sink for each party of the sharing. */
struct delivery {
	struct session_pipe pipes[PART_MAX_PARTIES];
	const char *names[PART_MAX_PARTIES]; /* whose they are */
	size_t count;
};

/*
 * deliver_open(d, s, names, count, own, local, sinks):
 * Set ${sinks} to sinks for the parties ${names}: over the session, or ${local} for our own name
 * ${own}.  Return 0 or -1 (reported: status 3 if one of them is not in the session); sinks that
 * were made are then the caller's to close.
 */
int deliver_open(struct delivery *d, struct session *s, const char *const *names, size_t count,
    const char *own, struct sink *local, struct sink **sinks);

/*
 * deliver_end(d):
 * Tell all parties that their streams are whole, wait until all have written theirs, and tell all
 * so: only then may anybody give his share its name.  Return 0 or -1 (reported).
 */
int deliver_end(struct delivery *d);

/*
 * deliver_settle(d, named):
 * Behind that: hear from all whether their shares have their names, and tell all whether every one
 * has, and ours, if we have one (${named}).  Return 0, or -1 where one has not (reported, but for
 * ours): then all take theirs back.
 */
int deliver_settle(struct delivery *d, bool named);

/*
 * deliver_receive(s, owner, own, w):
 * A party's side: receive, check and write our share, and wait until all others have, too.  The
 * writer is finished, and its output may get its name.  Return 0 or -1 (reported).
 */
int deliver_receive(struct session *s, const char *owner, const char *own, struct writer *w);

/*
 * deliver_confirm(s, owner, named):
 * Behind that: tell the owner whether our share has its name, and hear whether those of all have.
 * Return 0, or -1 where one has not (reported, but for ours): then ours is to be taken back.  A
 * party that is lost here takes its own back, and cannot know of the others.
 */
int deliver_confirm(struct session *s, const char *owner, bool named);

#endif /* !SMPC_JOINT_DELIVER_H */
