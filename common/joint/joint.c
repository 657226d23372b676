#include "joint/joint.h"

#include <inttypes.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"

/*
 * The dealer runs ahead and waits for nobody: so much of what he sends is kept, the rest stays with
 * him.
 */
#define DEALT_AHEAD ((size_t)2 << 20)

int
joint_check(const struct part *p, const char *where)
{

	if (p->scheme == SCHEME_ADDITIVE)
		return (fail(ST_USAGE, "%s: is shared by the additive scheme, which serves local "
		    "work alone; share the data again without --additive", where));
	if (p->modulus != 0)
		return (fail(ST_USAGE, "%s: has the modulus %" PRIu64 ", and sessions compute "
		    "modulo 2^64; share the data again without -q", where, p->modulus));
	return (0);
}

int
joint_check_own(const struct part *p, const char *where, const char *own)
{

	if (own == NULL || strcmp(part_party(p), own) != 0)
		return (fail(ST_REFUSED, "%s: is a share of party '%s', and this is '%s'", where,
		    part_party(p), (own != NULL) ? own : ""));
	return (0);
}

/* ---- setting up ---- */

static int
net_send(void *state, size_t party, const void *data, size_t bytes)
{
	const struct joint *j = state;

	return (session_send(j->session, j->peer[party], data, bytes));
}

static int
net_receive(void *state, size_t party, void *data, size_t bytes)
{
	const struct joint *j = state;

	return (session_receive(j->session, j->peer[party], data, bytes));
}

/*
 * Find the parties of the sharing among the members, each in the role that it has in the sharing.
 */
static int
find_peers(struct joint *j, const struct part *p, const char *where)
{
	const struct session_peer *peer;
	size_t i;
	int at;

	for (i = 0; i < p->n_parties; i++) {
		if (i == p->party)
			continue;
		if ((at = session_find(j->session, p->parties[i])) == -1)
			return (fail(ST_REFUSED, "%s: is shared with party '%s', who is not a "
			    "party of this session", where, p->parties[i]));
		peer = session_peer(j->session, (size_t)at);
		if ((peer->role == PARTY_DEALER) != (i == 0))
			return (fail(ST_REFUSED, "%s: party '%s' is %s of this sharing, but not by "
			    "the parties file", where, p->parties[i], (i == 0) ? "the dealer" :
			    "a computing party"));
		j->peer[i] = (size_t)at;
	}
	if (session_peers(j->session) != p->n_parties - 1)
		return (fail(ST_REFUSED, "%s: the session has parties who do not share it; all "
		    "computing parties of the parties file must have a share", where));
	return (0);
}

/* Whether we deal, and so learn nothing of what the others compare. */
static bool
deals(const struct joint *j)
{

	return (j->self == 0);
}

int
joint_open(struct joint *j, struct session *s, const struct part *p, const char *where,
    bool faithful)
{
	struct mpc_setting setting;
	size_t i;

	memset(j, 0, sizeof(*j));
	j->session = s;
	j->n = p->n_parties - 1;
	j->self = p->party;
	if (find_peers(j, p, where) == -1 || session_claim_seeds(s) == -1)
		return (-1);
	memset(&setting, 0, sizeof(setting));
	setting.n = j->n;
	setting.self = j->self;
	setting.net = (struct mpc_net){ net_send, net_receive, j };
	setting.faithful = faithful;
	memcpy(setting.number, session_number(s), sizeof(setting.number));
	for (i = 0; i <= j->n; i++) {
		if (i != j->self)
			setting.seeds[i] = session_peer(s, j->peer[i])->seed;
	}
	if (!deals(j))
		session_keep(s, j->peer[0], DEALT_AHEAD);
	return (((j->S = mpc_new(&setting)) != NULL) ? 0 : -1);
}

/* ---- comparing ---- */

int
joint_agree(struct joint *j, const uint8_t digest[static HASH_BYTES])
{
	struct exchange items[MPC_MAX_PARTIES];
	uint8_t theirs[MPC_MAX_PARTIES][HASH_BYTES];
	size_t i;

	memset(items, 0, sizeof(items));
	for (i = 0; i <= j->n; i++) {
		if (i == j->self)
			continue;
		/* To the dealer nothing is sent: he may be done long before the others begin. */
		if (i > 0) {
			items[j->peer[i]].out = digest;
			items[j->peer[i]].out_bytes = HASH_BYTES;
		}
		if (!deals(j)) {
			items[j->peer[i]].in = theirs[i];
			items[j->peer[i]].in_bytes = HASH_BYTES;
		}
	}
	j->agreed.rounds++;
	if (session_exchange(j->session, items) == -1)
		return (-1);
	for (i = 0; !deals(j) && i <= j->n; i++) {
		if (i != j->self && memcmp(digest, theirs[i], HASH_BYTES) != 0)
			return (fail(ST_REFUSED, "party '%s' works on other parts or rows than we: "
			    "its streams do not come from the same steps", session_peer(j->session,
			    j->peer[i])->name));
	}
	return (0);
}

int
joint_settle(struct joint *j)
{
	struct exchange items[MPC_MAX_PARTIES];
	uint8_t own = 1, theirs[MPC_MAX_PARTIES];
	size_t i;

	memset(items, 0, sizeof(items));
	for (i = 0; i <= j->n; i++) {
		if (i != j->self && !session_beforehand(j->session, j->peer[i]))
			items[j->peer[i]] = (struct exchange){ .out = &own,
				.out_bytes = sizeof(own), .in = &theirs[i],
				.in_bytes = sizeof(theirs[i]) };
	}
	j->agreed.rounds++;
	if (session_exchange(j->session, items) == -1)
		return (-1);
	for (i = 0; i <= j->n; i++) {
		if (i != j->self && !session_beforehand(j->session, j->peer[i]) && theirs[i] != 1)
			return (fail(ST_REFUSED, "party '%s' does not end this step as we do",
			    session_peer(j->session, j->peer[i])->name));
	}
	return (0);
}

int
joint_gather(struct joint *j, const void *own, size_t bytes, uint8_t *all)
{
	struct exchange items[MPC_MAX_PARTIES];
	size_t i;

	memset(items, 0, sizeof(items));
	for (i = 0; i <= j->n; i++) {
		if (i != j->self)
			items[j->peer[i]] = (struct exchange){ .out = own, .out_bytes = bytes,
				.in = all + i * bytes, .in_bytes = bytes };
	}
	memcpy(all + j->self * bytes, own, bytes);
	j->agreed.rounds++;
	return (session_exchange(j->session, items));
}

void
joint_close(struct joint *j)
{

	mpc_free(j->S);
	memset(j, 0, sizeof(*j));
}
