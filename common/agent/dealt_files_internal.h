#ifndef SMPC_AGENT_DEALT_FILES_INTERNAL_H
#define SMPC_AGENT_DEALT_FILES_INTERNAL_H

/*
 * Files that were dealt beforehand, at a computing party: which one is for a step; each is used
 * once.  The ledger alone spends a file; what is kept here only says what to try.
 */

#include "agent/self_internal.h"
#include "agent/tools_internal.h"
#include "base/mem.h"
#include "net/session.h"

struct dealt_files;

/* What a tool is told whose step cannot be held without the dealer. */
extern const char *const dealt_needs_dealer;

/*
 * dealt_files_open(self), dealt_files_close(d):
 * See which files there are.  Return NULL, having reported, where the directory cannot be read, or
 * we are no computing party.  Closing is harmless on NULL.
 */
struct dealt_files *dealt_files_open(const struct self *self);
void dealt_files_close(struct dealt_files *d);

/*
 * dealt_files_find(d, t, text, dealer, out):
 * Take the file for a tool's step, if it needs one, and append to ${out}, the step's descriptor,
 * which one it is: parties who would use different ones must not meet.  Return 0, or -1, where the
 * tool has been told why not.
 */
int dealt_files_find(struct dealt_files *d, struct client *t, const char *text,
    enum session_dealer dealer, struct buf *out);

/*
 * dealt_files_number(t), dealt_files_given(self, t):
 * Of the file that a tool has: the session's number, or NULL if it has none; the dealer, as the
 * tool gets him, once its number is in the ledger, and synced: the file is then removed.
 */
const uint8_t *dealt_files_number(const struct client *t);
struct given dealt_files_given(const struct self *self, const struct client *t);

/*
 * dealt_files_release(t):
 * A tool has what it needs of its file, or needs it no longer; harmless if it has none.
 */
void dealt_files_release(struct client *t);

#endif /* !SMPC_AGENT_DEALT_FILES_INTERNAL_H */
