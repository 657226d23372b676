#ifndef SMPC_AGENT_REQUESTS_INTERNAL_H
#define SMPC_AGENT_REQUESTS_INTERNAL_H

/* What tools ask for, and who gives it. */

#include "agent/budget_book_internal.h"
#include "agent/deal_internal.h"
#include "agent/dealt_files_internal.h"
#include "agent/pairing_internal.h"
#include "agent/peers_internal.h"
#include "agent/policy_declined_internal.h"
#include "agent/policy_guard_internal.h"
#include "agent/self_internal.h"
#include "agent/sessions_internal.h"
#include "agent/tools_internal.h"

/* To whom requests go; nothing of it is owned. */
struct requests {
	const struct self *self;
	struct tools *tools;
	struct peers *peers;
	struct pairing *pairing;
	struct sessions *sessions;
	struct guard *guard;       /* our policy; NULL: we have none */
	struct budget_book *budgets;
	struct declined *declined;
	struct deal *deal;         /* we deal beforehand; NULL: we do not */
	struct dealt_files *dealt; /* files stand for the dealer; NULL: he is there himself */
};

/*
 * requests_step(r):
 * Let tools connect, handle what they ask for, tell those that wait for whom, and let go those that
 * have ended.
 */
void requests_step(struct requests *r);

/*
 * requests_free(r):
 * Let all tools go.
 */
void requests_free(struct requests *r);

#endif /* !SMPC_AGENT_REQUESTS_INTERNAL_H */
