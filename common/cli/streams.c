#include "cli/streams.h"

#include <stdlib.h>

#include "data/identity.h"
#include "data/parties.h"
#include "net/session.h"

struct stream_options stream_options;

static struct identity *identity;
static struct parties *parties;

/* The value of an option, or of the environment variable that stands in for it. */
static const char *
option_or(const char *option, const char *variable)
{
	const char *value = (option != NULL) ? option : getenv(variable);

	return ((value != NULL && value[0] != '\0') ? value : NULL);
}

const struct identity *
streams_identity(bool *failed)
{
	const char *path = option_or(stream_options.identity, "SMPC_IDENTITY");

	*failed = (identity == NULL && path != NULL && (identity = identity_load(path)) == NULL);
	return (identity);
}

const struct parties *
streams_parties(bool *failed)
{
	const char *path = option_or(stream_options.parties, "SMPC_PARTIES");

	*failed = (parties == NULL && path != NULL && (parties = parties_load(path)) == NULL);
	return (parties);
}

static int
load_keys(struct keys *keys)
{
	bool failed;

	keys->identity = streams_identity(&failed);
	if (!failed)
		keys->parties = streams_parties(&failed);
	return (failed ? -1 : 0);
}

static int
open_by_agent(const uint8_t *preamble, size_t bytes, struct noise_cipher *cipher, char *sender)
{

	return (agent_unseal(preamble, bytes, cipher, sender));
}

/* Under an agent it is the agent that holds the key, unless one was named. */
static const struct keyring *
keyring(void)
{
	static struct keyring k;

	k.load = load_keys;
	k.open = (agent_present() && stream_options.identity == NULL) ? open_by_agent : NULL;
	k.sealed_by = stream_options.sealed_by;
	return (&k);
}

struct reader *
streams_reader(const char *path)
{

	return (reader_open(path, keyring()));
}

struct reader *
streams_reader_memory(const void *data, size_t bytes, const char *name)
{

	return (reader_from(source_memory(data, bytes, name, keyring())));
}

struct writer *
streams_writer(void)
{

	return (writer_open(stream_options.output, OUTPUT_REPLACE, stream_options.text, NULL));
}

int
streams_finish(struct writer *w, int rc)
{

	if (rc == 0 && w != NULL)
		rc = writer_close(w);
	else
		writer_abort(w);
	identity_free(identity);
	parties_free(parties);
	identity = NULL;
	parties = NULL;
	return (rc);
}
