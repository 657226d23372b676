#ifndef SMPC_AGENT_POLICY_COUNTS_INTERNAL_H
#define SMPC_AGENT_POLICY_COUNTS_INTERNAL_H

/*
 * How often something was revealed out of each sharing, or how much was spent of each budget.  The
 * counts are a file, to which a line is appended and synced before a step that reveals goes on,
 * whatever comes of it then: no crash takes one back.  Several agents of a party may count in it.
 */

#include <stdint.h>

#include "agent/policy_book_internal.h"

#define COUNTS_MAX ((uint64_t)1 << 50)

struct counts;

/*
 * counts_open(path):
 * Read the counts at ${path}, if there are any.  Return NULL (reported) on failure, or if the file
 * is damaged, since it could hold fewer then.
 */
struct counts *counts_open(const char *path);
void counts_free(struct counts *c);

/*
 * counts_take(c, what, limit):
 * Count what is revealed out of sharings, unless one of them would come to more than ${limit}; then
 * nothing is counted.  At most COUNTS_MAX are counted at once.  Return 0; 1 if there are too many;
 * or -1 (reported).
 *
 * counts_room(c, what, limit):
 * The same, without counting.
 */
int counts_take(struct counts *c, const struct reveal_counts *what, uint64_t limit);
int counts_room(struct counts *c, const struct reveal_counts *what, uint64_t limit);

/*
 * counts_counted(c, id):
 * How many are counted of one, as far as was read.
 */
uint64_t counts_counted(const struct counts *c, const uint8_t *id);

#endif /* !SMPC_AGENT_POLICY_COUNTS_INTERNAL_H */
