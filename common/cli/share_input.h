#ifndef SMPC_CLI_SHARE_INPUT_H
#define SMPC_CLI_SHARE_INPUT_H

/*
 * What smpc-share(1) shares: a table or the named tensors of a model, out of one file.  The first
 * bytes of the file tell which; the words that it becomes go to a sharer, to a public stream or, to
 * check the file, nowhere.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/import.h"
#include "cli/share_check.h"
#include "cli/share_schema.h"
#include "cli/tool.h"
#include "data/part.h"
#include "data/sharer.h"
#include "data/writer.h"
#include "table/table.h"

/* The fraction bits of an option that was not given. */
#define SHARE_BITS_UNSET UINT64_MAX

/* How the file is read, as the command line says it. */
struct share_input_options {
	const char *name; /* of the tensor; NULL: data */
	uint64_t fraction_bits;
	const char *modulus; /* NULL: signed numbers modulo 2^64 */
	/* of a table */
	struct strings columns, excluded, one_hot, baselines, codes, dates, scales, ranges, units,
	    raw, percent, strip, na_texts, na_indicators, keys, duplicates;
	const char *delimiter, *decimal, *thousands, *comment; /* NULL: as the table has them */
	/*
	 * of missing values: "error", "drop" or a value, and "COLUMNS=ACTION"; the order of its
	 * items is changed
	 */
	struct strings na;
	const char *schema, *draft; /* NULL: none */
	bool no_header, no_quotes, standardize;
	/* of a model made elsewhere, as in struct import_options */
	const char *network, *input, *modules, *weights;
};

struct share_input {
	const struct share_input_options *options;
	struct table_options how; /* which the table points to */
	struct table *table;
	struct import *tensors; /* in place of a table */
	bool told;              /* the owner was, of what is in the table */
	bool looking;           /* what is in a table is shown when it is checked */
	struct share_check check;
	struct share_schema schema;
};

/*
 * share_input_table_options(o):
 * Whether an option says how a table is read.
 */
bool share_input_table_options(const struct share_input_options *o);

/*
 * share_input_init(in, o):
 * Settle from the options, which must outlive ${in}, how a file is read; ${in} is zeroed before and
 * to be closed with share_input_close in any case.  Return 0 or -1 (reported, status 2).
 */
int share_input_init(struct share_input *in, const struct share_input_options *o);

/*
 * share_input_tell_ranges(in):
 * The shares are for computing: tell the owner, once the table has been read, which columns should
 * have a range.  To be called before the file is opened.
 */
void share_input_tell_ranges(struct share_input *in);

/*
 * share_input_without_means(in):
 * The shares are of the additive scheme, in which no mean can be filled in for missing values.  To
 * be called before the file is opened.
 */
void share_input_without_means(struct share_input *in);

/*
 * share_input_without_keys(in, what):
 * Columns of keys are refused, as ${what} has none ("public streams").  To be called before the
 * file is opened.
 */
void share_input_without_keys(struct share_input *in, const char *what);

/*
 * share_input_open(in, path):
 * Open a file of either kind.  Return 0 or -1 (reported).
 */
int share_input_open(struct share_input *in, const char *path);

/*
 * share_input_look(in):
 * Say, before it is opened, that a file is to be checked alone: share_input_check then tells all
 * faults of a table, and prints what is in it.
 */
void share_input_look(struct share_input *in);

/*
 * share_input_close(in):
 * Wipe and free what was opened; harmless where nothing was.
 */
void share_input_close(struct share_input *in);

/*
 * share_input_check(in):
 * Read the file to its end and convert all of it.  A table has been read then.  Return 0 or -1
 * (reported).
 */
int share_input_check(struct share_input *in);

/*
 * share_input_check_ahead(in, path):
 * Check what was opened from ${path} and leave it to be shared: a table is opened once more for
 * that, unless it comes from standard input.  Return 0 or -1 (reported).
 */
int share_input_check_ahead(struct share_input *in, const char *path);

/*
 * share_input_describe(in, part):
 * Set name, columns, modulus and fraction bits of a part to those of the table or of the first
 * tensor, whose model it sets, too.  Return 0 or -1 (reported).
 */
int share_input_describe(const struct share_input *in, struct part *part);

/*
 * share_input_share(in, part, s):
 * Hand all rows to the sharer of ${part}, which share_input_describe has described; ${part} then
 * describes the last tensor.  The caller ends the sharer.  Return 0 or -1 (reported).
 */
int share_input_share(struct share_input *in, struct part *part, struct sharer *s);

/*
 * share_input_publish(in, part, w):
 * The same in the clear: write all of it as public parts.  The caller closes the writer.
 */
int share_input_publish(struct share_input *in, struct part *part, struct writer *w);

#endif /* !SMPC_CLI_SHARE_INPUT_H */
