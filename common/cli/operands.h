#ifndef SMPC_CLI_OPERANDS_H
#define SMPC_CLI_OPERANDS_H

/* Operands that are share streams, and one output. */

#include <stddef.h>

#include "data/reader.h"
#include "data/writer.h"

#define OPERANDS_MAX 1000

/*
 * operands_open(operands, count, readers):
 * Open share streams; standard input ("-") may be one of them.  Return 0 or -1 (reported); what was
 * opened is in ${readers}, NULL behind.
 */
int operands_open(char **operands, size_t count, struct reader **readers);

/*
 * operands_run(operands, count, work):
 * Open all operands, standard input where there are none, and the output; hand them to ${work};
 * close the output if it returns 0, else leave nothing behind.  Return 0 or -1 (reported).
 */
int operands_run(char **operands, size_t count,
    int (*work)(struct reader *const *readers, size_t count, struct writer *w));

#endif /* !SMPC_CLI_OPERANDS_H */
