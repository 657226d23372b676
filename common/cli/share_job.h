#ifndef SMPC_CLI_SHARE_JOB_H
#define SMPC_CLI_SHARE_JOB_H

/*
 * What smpc-share(1) does, apart from reading its command line: bring together what is shared
 * (share_input.h), who gets it (share_parties.h) and the part that describes it.
 *
 * Three ways: a share for each party, into files or pipes (share_job_to_files); all of it in the
 * clear (share_job_publish); over the links of a session (share_session.h).
 */

#include <stdbool.h>

#include "cli/share_input.h"
#include "cli/share_parties.h"
#include "data/part.h"

struct share_options {
	struct share_input_options input;
	struct share_parties_options parties;
	const char *from; /* the owner, where a session shares; NULL */
	const char *budget; /* what results may tell of a person; NULL: nobody says */
	bool additive;    /* was asked for; a modulus takes the additive scheme, too */
	bool is_public;
	bool check;       /* read the file and share nothing */
};

struct share_job {
	const struct share_options *options;
	struct share_input input;
	struct share_parties parties;
	struct part *part;
};

/*
 * share_job_describe(j):
 * Set j->part to what is shared, or the first tensor of it, among j->parties.  Return 0 or -1
 * (reported).
 */
int share_job_describe(struct share_job *j);

/*
 * share_job_check_budget(o):
 * Whether the other options go with a budget.  Return 0 or -1 (reported, status 2).
 */
int share_job_check_budget(const struct share_options *o);

/*
 * share_job_rows(j):
 * Share all of it to the sinks of j->parties.  Return 0 or -1 (reported).
 */
int share_job_rows(struct share_job *j);

/*
 * share_job_to_files(j, path):
 * Share a file among the parties that the options name, each share into its output.  Return 0 or
 * -1 (reported); then no output has its name.
 */
int share_job_to_files(struct share_job *j, const char *path);

/*
 * share_job_publish(j, path):
 * Write a file as one public stream: no parties, no shares.  Return 0 or -1 (reported).
 */
int share_job_publish(struct share_job *j, const char *path);

/*
 * share_job_end(j):
 * Give up what was not committed, wipe and free.  ${j}, zeroed but for its options at first, is to
 * be ended in any case.
 */
void share_job_end(struct share_job *j);

#endif /* !SMPC_CLI_SHARE_JOB_H */
