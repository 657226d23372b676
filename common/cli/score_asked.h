#ifndef SMPC_CLI_SCORE_ASKED_H
#define SMPC_CLI_SCORE_ASKED_H

/* Which figures of predictions options ask for, and how. */

#include <stdint.h>

#include "base/mem.h"
#include "nn/metrics.h"

#define SCORE_MAX_LEAST ((uint64_t)1 << 60)
#define SCORE_MIN_REPLICATES 100
#define SCORE_MAX_REPLICATES 10000
#define SCORE_NO_SEED UINT64_MAX

/* As options have it: NULL or 0 is the default. */
struct score_asked {
	const char *metrics, *average, *threshold, *thresholds, *level;
	uint64_t classes, least, replicates;
	uint64_t seed; /* SCORE_NO_SEED: none */
	double steps[MPC_MAX_THRESHOLDS]; /* what thresholds are, once they are read */
};

/*
 * score_asked_shape(a, s):
 * Set what ${s}, zeroed, wants; it borrows a->steps.  Return 0 or -1 (reported: status 2).
 *
 * score_asked_describe(p, s):
 * Append what all parties must ask for alike, each on a line but for the last one's end.  Return 0
 * or -1 (reported).
 */
int score_asked_shape(struct score_asked *a, struct metrics_shape *s);
int score_asked_describe(struct buf *p, const struct metrics_shape *s);

#endif /* !SMPC_CLI_SCORE_ASKED_H */
