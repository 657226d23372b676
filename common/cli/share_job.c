#include "cli/share_job.h"

#include "base/diag.h"
#include "cli/streams.h"

/* Residues are shared by the additive scheme alone. */
static bool
is_additive(const struct share_options *o)
{

	return (o->additive || o->input.modulus != NULL);
}

/* Where no noise could be added, or a row changes more than itself, no budget could be kept. */
int
share_job_check_budget(const struct share_options *o)
{
	struct budgets b = { NULL, 0 };
	int rc;

	if (o->budget == NULL)
		return (0);
	if (o->is_public || is_additive(o))
		return (usage("--budget: only shares of the masked scheme have one"));
	if (o->input.standardize)
		return (usage("--budget: with --standardize a row changes all others: "
		    "leave it to those who compute (smpc-train --standardize)"));
	rc = budgets_parse(&b, o->budget);
	budgets_free(&b);
	return (rc);
}

/* ---- what all ways have in common ---- */

int
share_job_describe(struct share_job *j)
{
	bool is_public = j->options->is_public;

	if ((j->part = part_new()) == NULL)
		return (-1);
	j->part->scheme = is_public ? SCHEME_PUBLIC : is_additive(j->options) ? SCHEME_ADDITIVE :
	    SCHEME_MASKED;
	if (!is_public && part_set_parties(j->part, j->parties.names, j->parties.count) == -1)
		return (-1);
	if (j->options->budget != NULL &&
	    budgets_parse(&j->part->budgets, j->options->budget) == -1)
		return (-1);
	return (share_input_describe(&j->input, j->part));
}

int
share_job_rows(struct share_job *j)
{
	struct sharer *s;
	int rc;

	if ((s = sharer_new(j->part, j->parties.sinks, stream_options.text)) == NULL)
		return (-1);
	if ((rc = share_input_share(&j->input, j->part, s)) == 0)
		rc = sharer_end(s);
	sharer_free(s);
	return (rc);
}

void
share_job_end(struct share_job *j)
{

	share_parties_free(&j->parties);
	share_input_close(&j->input);
	part_free(j->part);
}

/* Read the file to its end, and share nothing. */
static int
check_alone(struct share_job *j, const char *path)
{

	share_input_look(&j->input);
	return ((share_input_open(&j->input, path) == -1) ? -1 : share_input_check(&j->input));
}

/* ---- to files ---- */

int
share_job_to_files(struct share_job *j, const char *path)
{
	const struct share_options *o = j->options;

	j->parties.options = &o->parties;
	if (share_job_check_budget(o) == -1 || share_input_init(&j->input, &o->input) == -1 ||
	    (!o->check && share_parties_choose(&j->parties, is_additive(o)) == -1))
		return (-1);
	if (is_additive(o)) {
		share_input_without_means(&j->input);
		share_input_without_keys(&j->input, "shares of the additive scheme");
	} else
		share_input_tell_ranges(&j->input);
	if (o->check)
		return (check_alone(j, path));
	if (share_input_open(&j->input, path) == -1)
		return (-1);
	if (share_job_describe(j) == -1 || share_parties_open(&j->parties) == -1 ||
	    share_job_rows(j) == -1)
		return (-1);
	return (share_parties_commit(&j->parties));
}

/* ---- in the clear ---- */

int
share_job_publish(struct share_job *j, const char *path)
{
	const struct share_options *o = j->options;
	const struct share_parties_options *to = &o->parties;
	struct writer *w;

	if (to->numbered != 0 || o->additive || to->outputs.count > 0 || to->no_seal ||
	    stream_options.parties != NULL || stream_options.identity != NULL)
		return (usage("--public writes one stream that everybody can read: it takes no "
		    "parties and no seal"));
	if (share_job_check_budget(o) == -1 || share_input_init(&j->input, &o->input) == -1)
		return (-1);
	share_input_without_keys(&j->input, "public streams");
	if (o->check)
		return (check_alone(j, path));
	if (share_input_open(&j->input, path) == -1)
		return (-1);
	if (share_job_describe(j) == -1 ||
	    (w = writer_open(to->prefix, share_output_mode(to), stream_options.text, NULL)) == NULL)
		return (-1);
	if (share_input_publish(&j->input, j->part, w) == 0)
		return (writer_close(w));
	writer_abort(w);
	return (-1);
}
