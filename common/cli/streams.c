#include "cli/streams.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "crypto/seal.h"
#include "data/identity.h"
#include "data/parties.h"
#include "data/sealed.h"
#include "net/own_agent.h"

struct stream_options stream_options;

static struct writer *beside;
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
open_by_agent(const char *where, const uint8_t *preamble, size_t bytes, struct noise_cipher *cipher,
    char *sender)
{

	return (own_agent_unseal(where, preamble, bytes, cipher, sender));
}

/*
 * Who has data of its own: every owner, and a computing party may.  A receiver may, too, but is not
 * expected to.
 */
static int
owns_data(const char *sender)
{
	const struct party *p;
	bool failed;

	if (streams_parties(&failed) == NULL)
		return (failed ? -1 : 1);
	p = parties_find(parties, sender);
	return (p != NULL && (p->role == PARTY_OWNER || p->role == PARTY_COMPUTING));
}

bool
streams_seals(void)
{

	return (!stream_options.unsealed && option_or(NULL, "SMPC_ONE_MACHINE") == NULL &&
	    option_or(stream_options.parties, "SMPC_PARTIES") != NULL);
}

/* Under an agent it is the agent that holds the key, unless one was named. */
static bool
agent_has_key(void)
{

	return (own_agent_present() && stream_options.identity == NULL);
}

static const struct keyring *
keyring_any(void)
{
	static struct keyring k;

	k.load = load_keys;
	k.open = agent_has_key() ? open_by_agent : NULL;
	k.sealed_by = stream_options.sealed_by;
	return (&k);
}

static const struct keyring *
keyring(void)
{
	static struct keyring k;

	k = *keyring_any();
	k.owns = owns_data;
	k.sealed_only = streams_seals();
	return (&k);
}

struct reader *
streams_reader(const char *path)
{

	return (reader_open(path, keyring()));
}

struct reader *
streams_reader_any(const char *path)
{

	return (reader_open(path, keyring_any()));
}

struct reader *
streams_reader_held(struct held *h)
{

	return (reader_from(held_source(h, keyring())));
}

struct writer *
streams_writer(void)
{

	return (writer_open(stream_options.output, OUTPUT_REPLACE, stream_options.text, NULL));
}

/*
 * An agent seals to the keys in its own parties file: it must be the one that recipients were
 * looked up in.
 */
static int
check_agent_parties(void)
{
	const char *path = option_or(NULL, "SMPC_PARTIES");
	struct parties *theirs;
	bool same;

	if (stream_options.parties == NULL)
		return (0);
	if (path == NULL)
		return (fail(ST_REFUSED, "SMPC_PARTIES does not name the parties file of this "
		    "party's agent, who is to seal"));
	if ((theirs = parties_load(path)) == NULL)
		return (-1);
	same = (memcmp(parties_digest(parties), parties_digest(theirs), HASH_BYTES) == 0);
	parties_free(theirs);
	if (!same)
		return (fail(ST_REFUSED, "%s is not the parties file that this party's agent was "
		    "started with", parties->file));
	return (0);
}

/*
 * Have the agent begin a stream, and see that it does so in the name of the party that the caller
 * took it for.
 */
static int
seal_by_agent(const char *recipient, struct noise_cipher *cipher, uint8_t *preamble, size_t *bytes)
{
	const char *own = option_or(NULL, "SMPC_PARTY");
	struct sealed_header h;
	size_t header_bytes;

	if (check_agent_parties() == -1 || own_agent_seal(recipient, cipher, preamble, bytes) == -1)
		return (-1);
	if (*bytes < SEAL_FIXED_BYTES || open_fixed(preamble, &header_bytes) != SEAL_FIXED_OK ||
	    *bytes != SEAL_PREAMBLE_BYTES(header_bytes))
		return (fail(ST_FAILED, "the agent gives something else than the beginning of a "
		    "sealed stream"));
	if (sealed_header_parse(preamble + SEAL_FIXED_BYTES, header_bytes,
	    "the agent's sealed stream", &h) == -1)
		return (-1);
	if (own == NULL || strcmp(h.from, own) != 0 || strcmp(h.to, recipient) != 0)
		return (fail(ST_REFUSED, "the agent seals from '%s' to '%s', and we are '%s' "
		    "(SMPC_PARTY) and want '%s'", h.from, h.to, (own != NULL) ? own : "",
		    recipient));
	if (parties_find(parties, own) == NULL)
		return (fail(ST_REFUSED, "the agent's party '%s' is not in the parties file, so "
		    "nobody would know who sealed the stream", own));
	return (0);
}

int
streams_sealer(struct seal_to *to, const struct party **sender)
{
	const char *own = option_or(NULL, "SMPC_PARTY");
	bool failed;

	*sender = NULL;
	to->identity = streams_identity(&failed);
	if (!failed)
		to->parties = streams_parties(&failed);
	if (failed)
		return (-1);
	if (to->parties == NULL || (to->identity == NULL && !own_agent_present()))
		return (0);
	if (to->identity != NULL)
		*sender = parties_find_key(to->parties, to->identity->public);
	else {
		to->start = seal_by_agent;
		*sender = (own != NULL) ? parties_find(to->parties, own) : NULL;
	}
	return (1);
}

struct writer *
streams_writer_beside(const char *path)
{

	beside = writer_open(path, OUTPUT_REPLACE, stream_options.text, NULL);
	return (beside);
}

int
streams_seal_own(struct seal_to *to)
{
	const struct party *own = NULL;
	const char *name = option_or(NULL, "SMPC_PARTY");
	bool failed;

	memset(to, 0, sizeof(*to));
	if (!streams_seals())
		return (0);
	if ((to->parties = streams_parties(&failed)) == NULL)
		return (failed ? -1 : 0);
	if (agent_has_key()) {
		to->start = seal_by_agent;
		own = (name != NULL) ? parties_find(parties, name) : NULL;
	} else if ((to->identity = streams_identity(&failed)) != NULL)
		own = parties_find_key(parties, identity->public);
	else if (failed)
		return (-1);
	if (own == NULL)
		return (0);
	to->recipient = own->name;
	return (1);
}

struct writer *
streams_writer_sealed(void)
{
	struct seal_to to;
	int seals;

	if ((seals = streams_seal_own(&to)) == -1)
		return (NULL);
	return (writer_open(stream_options.output, OUTPUT_REPLACE, stream_options.text, (seals ==
	    1) ? &to : NULL));
}

int
streams_finish(struct writer *w, int rc)
{

	if (rc == 0 && w != NULL)
		rc = writer_close_both(w, beside);
	else {
		writer_abort(w);
		writer_abort(beside);
	}
	beside = NULL;
	identity_free(identity);
	parties_free(parties);
	identity = NULL;
	parties = NULL;
	return (rc);
}
