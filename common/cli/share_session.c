#include "cli/share_session.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "cli/interactive.h"
#include "cli/streams.h"
#include "joint/deliver.h"
#include "net/own_agent.h"

/* Open the session of this sharing: all who share, and the owner. */
static struct session *
open_session(const char *owner)
{
	struct descriptor d = { .failed = false };

	descriptor_add(&d, "op", "share");
	descriptor_add(&d, "from", owner);
	return (interactive_open(&d, SESSION_DEALER_TAKES_PART, &owner, 1, false));
}

/*
 * End a session in which all shares have their names for good (${rc} is 0), or not.  In the first
 * case our share stays, and nothing that fails from now on makes a failure of it.
 */
static int
close_session(struct session *s, int rc)
{
	struct failure late;

	if (rc == -1)
		return (interactive_close(s, -1));
	diag_divert(&late);
	(void)interactive_close(s, 0);
	diag_divert(NULL);
	if (late.status != ST_OK)
		warn("all shares have their names, but the session did not end well: %s",
		    late.text);
	return (0);
}

/* ---- the owner's side ---- */

/*
 * Read the file to its end before the others are called, so that nobody comes for a table that is
 * wrong.
 */
static int
check_before_calling(struct share_job *j, const char *path)
{

	if (share_input_init(&j->input, &j->options->input) == -1 ||
	    share_parties_from_file(&j->parties, false) == -1)
		return (-1);
	share_input_tell_ranges(&j->input);
	if (share_input_open(&j->input, path) == -1 || share_job_describe(j) == -1)
		return (-1);
	if (share_parties_check_outputs(&j->parties) == -1)
		return (-1);
	return (share_input_check_ahead(&j->input, path));
}

/* Share over the links; ${local} takes our own share, if we get one. */
static int
share_from_us(struct share_job *j, const char *own, const char *path)
{
	struct share_parties *p = &j->parties;
	struct delivery delivery;
	struct sink *local;
	struct session *s;
	int rc = -1;

	if (check_before_calling(j, path) == -1 || share_parties_open_own(p, own, &local) == -1)
		return (-1);
	if ((s = open_session(j->options->from)) == NULL) {
		sink_abort(local);
		return (-1);
	}
	if (deliver_open(&delivery, s, p->names, p->count, own, local, p->sinks) == 0 &&
	    share_job_rows(j) == 0 && share_parties_finish(p) == 0 &&
	    deliver_end(&delivery) == 0)
		rc = deliver_settle(&delivery, share_parties_appear(p) == 0);
	if (rc == 0)
		share_parties_stay(p);
	return (close_session(s, rc));
}

/* ---- a party's side ---- */

static int
share_to_us(struct share_job *j, const char *own)
{
	struct share_parties *p = &j->parties;
	const char *owner = j->options->from;
	struct seal_to to;
	struct writer *w;
	struct session *s;
	int rc, seals;

	share_parties_only(p, own);
	if (share_parties_check_outputs(p) == -1 || share_parties_set_path(p, 0) == -1 ||
	    (seals = streams_seal_own(&to)) == -1)
		return (-1);
	if ((w = writer_open(p->paths[0].data, share_output_mode(p->options), stream_options.text,
	    (seals == 1) ? &to : NULL)) == NULL)
		return (-1);
	if ((s = open_session(owner)) == NULL) {
		writer_abort(w);
		return (-1);
	}
	if ((rc = deliver_receive(s, owner, own, w)) == 0)
		rc = deliver_confirm(s, owner, writer_appear(w) == 0);
	if (rc == 0)
		writer_stay(w);
	else
		writer_abort(w);
	return (close_session(s, rc));
}

/* ---- whose side is ours ---- */

static int
check_session_options(const struct share_options *o)
{

	if (o->is_public || o->parties.numbered != 0 || o->additive || o->input.modulus != NULL ||
	    o->check || o->parties.no_seal || stream_options.identity != NULL)
		return (usage("--from shares by the masked scheme, among the parties of the "
		    "parties file, over links"));
	if (!own_agent_present())
		return (usage("--from takes a session of all parties: run it under smpc-party(1) "
		    "or smpc-local(1)"));
	return (share_job_check_budget(o));
}

/* Whether an option says how the file is read, which is for the owner to say. */
static bool
reads_file(const struct share_input_options *o)
{

	return (share_input_table_options(o) || o->fraction_bits != SHARE_BITS_UNSET ||
	    o->network != NULL || o->input != NULL || o->modules != NULL || o->weights != NULL);
}

int
share_session(struct share_job *j, char **operands, size_t count)
{
	const char *own = getenv("SMPC_PARTY"), *from = j->options->from;
	const struct party *owner;
	bool failed;

	j->parties.options = &j->options->parties;
	if (check_session_options(j->options) == -1)
		return (-1);
	if ((j->parties.file = streams_parties(&failed)) == NULL || own == NULL)
		return (failed ? -1 :
		    fail(ST_FAILED, "SMPC_PARTIES and SMPC_PARTY do not say who we are"));
	if ((owner = parties_require(j->parties.file, from, ST_USAGE)) == NULL)
		return (-1);
	if (owner->role == PARTY_DEALER)
		return (fail(ST_REFUSED, "'%s' is the dealer, who knows all masks; an owner is "
		    "somebody else", from));
	if (strcmp(own, from) == 0)
		return (share_from_us(j, own, (count > 0) ? operands[0] : "-"));
	if (count > 0 || j->options->budget != NULL || reads_file(&j->options->input))
		return (usage("the owner, '%s', gives the table and says how it is read; '%s' does "
		    "not", from, own));
	return (share_to_us(j, own));
}
