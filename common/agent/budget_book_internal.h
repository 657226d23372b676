#ifndef SMPC_AGENT_BUDGET_BOOK_INTERNAL_H
#define SMPC_AGENT_BUDGET_BOOK_INTERNAL_H

/*
 * What has been spent of owners' budgets (data/budget.h), at this party, whatever its policy is.  A
 * step that adds noise says so in its descriptor (net/spend.h); it is written down, and synced,
 * before the party takes part, and not given back.  The book is a file, "budgets", in the directory
 * of the party's ledger; several agents of a party write to it.  Each party has its own: a step
 * takes place only if none of them finds a budget spent.
 */

#include "agent/self_internal.h"
#include "agent/tools_internal.h"

struct budget_book;

/*
 * budget_book_open(self):
 * Read the book.  Return NULL (reported) on failure, or if it is damaged.
 */
struct budget_book *budget_book_open(const struct self *self);
void budget_book_free(struct budget_book *b);

/*
 * budget_book_session(b, t, text):
 * Spend what a step says that it spends.  Return 0, or -1: the tool has been told that too little
 * is left.
 */
int budget_book_session(struct budget_book *b, struct client *t, const char *text);

#endif /* !SMPC_AGENT_BUDGET_BOOK_INTERNAL_H */
