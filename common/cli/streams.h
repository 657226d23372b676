#ifndef SMPC_CLI_STREAMS_H
#define SMPC_CLI_STREAMS_H

/* Options that open share streams, the same in every tool. */

#include <stdbool.h>

#include "cli/tool.h"
#include "data/parties.h"
#include "data/reader.h"
#include "data/sink.h"
#include "data/writer.h"

struct stream_options {
	const char *identity;
	const char *parties;
	const char *output;
	const char *sealed_by;
	bool text;
};

extern struct stream_options stream_options;

#define STREAM_INPUT_OPTIONS									\
	{ 'i', "identity", "KEY", OPT_STRING, &stream_options.identity, 0, 0,			\
	    "identity file that opens sealed streams (default: $SMPC_IDENTITY)" },		\
	{ 'p', "parties", "FILE", OPT_STRING, &stream_options.parties, 0, 0,			\
	    "parties.json, which names who may have sealed them (default: $SMPC_PARTIES)" },	\
	{ 0, "sealed-by", "NAMES", OPT_STRING, &stream_options.sealed_by, 0, 0,			\
	    "refuse what was not sealed by one of these names, separated by commas" }

#define STREAM_OUTPUT_OPTIONS									\
	{ 'o', "output", "FILE", OPT_STRING, &stream_options.output, 0, 0,			\
	    "write to FILE, which appears whole or not at all (default: standard output)" },	\
	{ 0, "json", NULL, OPT_FLAG, &stream_options.text, 0, 0, "write records as lines of JSON" }

/*
 * streams_reader(path):
 * Open a share stream for reading with the keys that the options name.  Return NULL, having
 * reported, on failure.
 */
struct reader *streams_reader(const char *path);

/*
 * streams_reader_memory(data, bytes, name):
 * The same for a stream in memory, which must outlive the reader.
 */
struct reader *streams_reader_memory(const void *data, size_t bytes, const char *name);

/*
 * streams_writer():
 * Open the output that the options name.  Return NULL, having reported, on failure.
 */
struct writer *streams_writer(void);

/*
 * streams_writer_beside(path):
 * Open a second output, which streams_finish closes with the first one: both get their names, or
 * none.  Return NULL, having reported, on failure.
 */
struct writer *streams_writer_beside(const char *path);

/*
 * streams_identity(), streams_parties():
 * What the options or the environment name, loaded once; NULL, with nothing reported, where nothing
 * was named, and with *${failed} set and reported where it cannot be loaded.
 */
const struct identity *streams_identity(bool *failed);
const struct parties *streams_parties(bool *failed);

/*
 * streams_sealer(to, sender):
 * Set the sender and the parties file of ${to}: the identity that the options or the environment
 * name or, without one, this party's agent, which keeps its key and seals by the same parties file
 * alone.  *${sender} is the sender's entry in that file, or NULL: a stream then cannot be begun.
 * Return 1; 0, with nothing reported, where there is no parties file or nobody who seals; or -1
 * (reported).
 */
int streams_sealer(struct seal_to *to, const struct party **sender);

/*
 * streams_finish(w, rc):
 * End the output: close it if ${rc} is 0, else leave nothing behind.  Wipe the keys.  Return 0 or
 * -1.
 */
int streams_finish(struct writer *w, int rc);

#endif /* !SMPC_CLI_STREAMS_H */
