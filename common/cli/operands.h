#ifndef SMPC_CLI_OPERANDS_H
#define SMPC_CLI_OPERANDS_H

/* Operands that are share streams, and one output. */

#include <stddef.h>

#include "data/reader.h"
#include "data/writer.h"

#define OPERANDS_MAX 1000

/* The operands of a tool, in their order. */
struct operands {
	struct reader **readers;
	size_t count;
};

/*
 * operands_open(o, names, count):
 * Open share streams, standard input where there is none; standard input ("-") may be one of them.
 * Return 0 or -1 (reported); ${o} is to be closed in either case.
 */
int operands_open(struct operands *o, char **names, size_t count);

/*
 * operands_close(o):
 * Close what was opened.
 */
void operands_close(struct operands *o);

/*
 * operands_run(names, count, work):
 * Open all operands, as operands_open does, and the output; hand them to ${work};
 * close the output if it returns 0, else leave nothing behind.  Return 0 or -1 (reported).
 */
int operands_run(char **names, size_t count,
    int (*work)(struct reader *const *readers, size_t count, struct writer *w));

/*
 * operands_pass(names, count, work):
 * The same for a tool that passes on what owners made as it is: where an operand is sealed, the
 * output is sealed to our own party (streams_seal_own).
 */
int operands_pass(char **names, size_t count,
    int (*work)(struct reader *const *readers, size_t count, struct writer *w));

#endif /* !SMPC_CLI_OPERANDS_H */
