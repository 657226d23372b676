#ifndef SMPC_CLI_SHARE_PARTIES_H
#define SMPC_CLI_SHARE_PARTIES_H

/*
 * Who gets a share from smpc-share(1), and where it goes: to a file or pipe for each party, sealed
 * to the party where a parties file names its key.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/io.h"
#include "base/mem.h"
#include "cli/tool.h"
#include "data/part.h"
#include "data/parties.h"
#include "data/sink.h"

/* What the command line says. */
struct share_parties_options {
	uint64_t numbered;      /* computing parties without a parties file; 0: not given */
	bool no_seal, force;
	const char *prefix;     /* of paths, or NULL */
	struct strings outputs; /* PARTY=PATH, in place of the prefix */
};

/*
 * share_output_mode(o):
 * What becomes of an output that exists.
 */
enum output_mode share_output_mode(const struct share_parties_options *o);

/* The parties of a sharing, in the order of its part, and their outputs. */
struct share_parties {
	const struct share_parties_options *options;
	const struct parties *file; /* NULL: numbered */
	const char *names[PART_MAX_PARTIES];
	char numbers[PART_MAX_PARTIES][8];
	size_t count;
	struct buf paths[PART_MAX_PARTIES];
	struct sink *sinks[PART_MAX_PARTIES];
};

/*
 * share_parties_from_file(p, additive):
 * Take the parties from the parties file: the dealer, unless the scheme is additive, and the
 * computing parties.  Return 0 or -1 (reported).
 */
int share_parties_from_file(struct share_parties *p, bool additive);

/*
 * share_parties_choose(p, additive):
 * The same, or number the parties where the options say so: a dealer 0, unless the scheme is
 * additive, and 1 to N.
 */
int share_parties_choose(struct share_parties *p, bool additive);

/*
 * share_parties_only(p, name):
 * Take one party alone, the one that gets its share over a session.
 */
void share_parties_only(struct share_parties *p, const char *name);

/*
 * share_parties_check_outputs(p):
 * Every output that the options give must be one of a party's, once.  Return 0 or -1 (reported,
 * status 2).
 */
int share_parties_check_outputs(const struct share_parties *p);

/*
 * share_parties_set_path(p, i):
 * Settle where the share of party ${i} goes, p->paths[i]; no two may go to the same place.  Return
 * 0 or -1 (reported, status 2).
 */
int share_parties_set_path(struct share_parties *p, size_t i);

/*
 * share_parties_open_own(p, name, sink):
 * Open the output of our own party ${name}, sealed to itself, and hand it over as *${sink}, which
 * stays NULL if the party gets no share.  Return 0 or -1 (reported).
 */
int share_parties_open_own(struct share_parties *p, const char *name, struct sink **sink);

/*
 * share_parties_open(p):
 * Check all outputs and open them, sealed where they are to be.  Return 0 or -1 (reported).
 */
int share_parties_open(struct share_parties *p);

/*
 * share_parties_commit(p):
 * Give all outputs their names, or none (io.h, output_commit_all).  Return 0 or -1 (reported).
 */
int share_parties_commit(struct share_parties *p);

/*
 * share_parties_finish(p), share_parties_appear(p), share_parties_stay(p):
 * The same in steps, for who has to hear of others in between (sink.h).  Until the last one,
 * share_parties_free takes names back.
 */
int share_parties_finish(struct share_parties *p);
int share_parties_appear(struct share_parties *p);
void share_parties_stay(struct share_parties *p);

/*
 * share_parties_free(p):
 * Give up the outputs that were not committed; free.
 */
void share_parties_free(struct share_parties *p);

#endif /* !SMPC_CLI_SHARE_PARTIES_H */
