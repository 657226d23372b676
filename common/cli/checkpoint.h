#ifndef SMPC_CLI_CHECKPOINT_H
#define SMPC_CLI_CHECKPOINT_H

/*
 * Checkpoints of a training: each party keeps its last two, in FILE and FILE.old, and none of them
 * writes one before all have written the one before it.  So there always is one that all parties
 * have, and all can go on from it, in a new session: of the old one nothing is used but what the
 * checkpoint holds.
 *
 * At the end of the work, each party
 *
 *   1 has written its last checkpoint C, of the last step
 *   2 has written its result, under a temporary name, and says so
 *   3 has heard that all have, and gives the result its name
 *   4 says so
 *   5 has heard that all have, and removes its checkpoints
 *
 * so that nobody removes one before all results have their names.  When a party is killed, or its
 * last links are lost, behind one of these and before the next,
 *
 *   killed  it has                   the others have, and end with         the same command
 *   behind                                                                  run again
 *   1       C                        C, 3                                   ends at once, from C
 *   2, 3    C                        C, perhaps the result, 3               the same; new results
 *   4       C and the result         C and the result, 3; or the result, 0  not needed; see below
 *   5       the result, perhaps a C  the result, 0                          not needed; see below
 *
 * A result comes from C as it would have come from the session that was lost, but with other ids,
 * and other masks if any step was left: those of two sessions do not go together.  Where it need
 * not be run and is, it ends at once if all parties still have C; else work begins at its
 * beginning, and what is left of C is replaced.  A party that was lost (status 3) tells that its
 * result has its name; all results have their names if smpc-info shows the same id for them.
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
	/* the file that cannot be used, beside one that can; NULL: there is none */
	const char *damaged;
};

/*
 * checkpoint_look(c, stage, inputs, file):
 * See what checkpoints there are of this work: of what the operands of ${stage} and its parameters
 * say.  Each is read to its end; one that is damaged is passed over, with a warning, where the
 * other one is whole.  Return 0 or -1 (reported: status 4 where a file is the checkpoint of other
 * work or another party; where one is damaged and there is no other one, its own).
 */
int checkpoint_look(struct checkpoint *c, struct stage *stage, const struct stage_inputs *inputs,
    const char *file);

/*
 * checkpoint_resume(c, stage, m):
 * Agree with all parties on the last checkpoint that all of them have, and read it into *${m},
 * zeroed before; m->about stays NULL where there is none.  Return 0 or -1 (reported: status 4 where
 * there is none for want of a damaged one, 2 where another party, on the same machine, keeps its
 * own in the same place).
 */
int checkpoint_resume(struct checkpoint *c, struct stage *stage, struct model *m);

/*
 * checkpoint_write(c, stage, m, step, inputs):
 * Wait until all parties have come to ${step}, and write.  Return 0 or -1 (reported).
 */
int checkpoint_write(struct checkpoint *c, struct stage *stage, struct model *m, uint64_t step,
    const struct stage_inputs *inputs);

/*
 * checkpoint_owns(file, path):
 * Whether ${path} is where checkpoints are kept in ${file}, by whatever name.  Return 1 or 0, or -1
 * (reported: status 2 where something is there already that cannot have been a checkpoint).
 */
int checkpoint_owns(const char *file, const char *path);

/*
 * checkpoint_remove(file):
 * The work is done, and at every party its result has its name.
 */
void checkpoint_remove(const char *file);

/*
 * checkpoint_free(c):
 * Free; harmless on a zeroed one.
 */
void checkpoint_free(struct checkpoint *c);

#endif /* !SMPC_CLI_CHECKPOINT_H */
