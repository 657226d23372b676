#ifndef SMPC_CLI_STREAMS_H
#define SMPC_CLI_STREAMS_H

/* Options that open share streams, the same in every tool. */

#include <stdbool.h>

#include "cli/tool.h"
#include "data/held.h"
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
	bool unsealed; /* what owners made is taken, and passed on, without a seal */
};

extern struct stream_options stream_options;

/* Of tools that say what a stream is, or seal it: they take any. */
#define STREAM_KEY_OPTIONS									\
	{ 'i', "identity", "KEY", OPT_STRING, &stream_options.identity, 0, 0,			\
	    "identity file that opens sealed streams (default: $SMPC_IDENTITY)" },		\
	{ 'p', "parties", "FILE", OPT_STRING, &stream_options.parties, 0, 0,			\
	    "parties.json, which names who may have sealed them (default: $SMPC_PARTIES)" },	\
	{ 0, "sealed-by", "NAMES", OPT_STRING, &stream_options.sealed_by, 0, 0,			\
	    "refuse what was not sealed by one of these names, separated by commas" }

#define STREAM_INPUT_OPTIONS									\
	STREAM_KEY_OPTIONS,									\
	{ 0, "unsealed", NULL, OPT_FLAG, &stream_options.unsealed, 0, 0,			\
	    "take shares that come from an owner and are not sealed, too" }

#define STREAM_OUTPUT_OPTIONS									\
	{ 'o', "output", "FILE", OPT_STRING, &stream_options.output, 0, 0,			\
	    "write to FILE, which appears whole or not at all (default: standard output)" },	\
	{ 0, "json", NULL, OPT_FLAG, &stream_options.text, 0, 0, "write records as lines of JSON" }

/*
 * streams_seals():
 * Whether shares that come from an owner are to be sealed: where a parties file is known, unless
 * --unsealed was given, or smpc-local(1) runs all parties, whose keys do not outlive it.
 */
bool streams_seals(void);

/*
 * streams_reader(path):
 * Open a share stream for reading with the keys that the options name.  What comes from an owner is
 * refused where it should be sealed and is not, or was sealed by one who owns no data.  Return
 * NULL, having reported, on failure.
 *
 * streams_reader_any(path):
 * The same for a tool that says what a stream is, or seals it: it refuses none of these.
 */
struct reader *streams_reader(const char *path);
struct reader *streams_reader_any(const char *path);

/*
 * streams_reader_held(h):
 * The same for an input that is read several times (held.h).
 */
struct reader *streams_reader_held(struct held *h);

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
 * streams_seal_own(to):
 * Set ${to} to seal what came from an owner to our own party, in its name, so that the next tool
 * knows that it went through our hands.  Return 1; 0, with nothing reported, where it is to stay
 * open; or -1 (reported).
 *
 * streams_writer_sealed():
 * As streams_writer, sealed by streams_seal_own.
 */
int streams_seal_own(struct seal_to *to);
struct writer *streams_writer_sealed(void);

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
