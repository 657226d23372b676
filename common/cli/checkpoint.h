#ifndef SMPC_CLI_CHECKPOINT_H
#define SMPC_CLI_CHECKPOINT_H

/*
 * Checkpoints of a training: each party keeps its last two, in FILE and FILE.old, and none of them writes one before all
 * have written the one before it.  So there always is one that all parties have, and all can go on from it, in a new
 * session: of the old one nothing is used but what the checkpoint holds (PROTOCOLS rule 2).
 */

#include "cli/models.h"

#define CHECKPOINTS 2

struct checkpoint {
	const char *file;
	char *old;
	char job[2 * HASH_BYTES + 1];
	/* What this party has; step 0: nothing. */
	struct checkpoint_entry {
		uint64_t step;
		uint8_t id[ID_BYTES]; /* of its first part */
	} entries[CHECKPOINTS];
};

/*
 * checkpoint_look(c, e, inputs, file):
 * See what checkpoints there are of this work: of what the operands of ${e} and its parameters say.  Return 0 or -1
 * (reported: status 4 where a file is the checkpoint of other work).
 */
int checkpoint_look(struct checkpoint *c, struct engine *e, const struct engine_inputs *inputs, const char *file);

/*
 * checkpoint_resume(c, e, m):
 * Agree with all parties on the last checkpoint that all of them have, and read it into *${m}, zeroed before; m->about
 * stays NULL where there is none.  Return 0 or -1 (reported).
 */
int checkpoint_resume(struct checkpoint *c, struct engine *e, struct model *m);

/*
 * checkpoint_write(c, e, m, step, inputs):
 * Wait until all parties have come to ${step}, and write.  Return 0 or -1 (reported).
 */
int checkpoint_write(struct checkpoint *c, struct engine *e, struct model *m, uint64_t step,
    const struct engine_inputs *inputs);

/*
 * checkpoint_owns(file, path):
 * Whether ${path} is where checkpoints are kept in ${file}, by whatever name.  Return 1 or 0, or -1 (reported).
 */
int checkpoint_owns(const char *file, const char *path);

/*
 * checkpoint_remove(file):
 * The work is done, and its result has its name.
 */
void checkpoint_remove(const char *file);

/*
 * checkpoint_free(c):
 * Free; harmless on a zeroed one.
 */
void checkpoint_free(struct checkpoint *c);

#endif /* !SMPC_CLI_CHECKPOINT_H */
