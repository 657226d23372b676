#ifndef SMPC_TESTS_UNIT_MADE_PARTIES_H
#define SMPC_TESTS_UNIT_MADE_PARTIES_H

/* A parties file that is made in memory, for tests of agents. */

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "data/identity.h"
#include "data/parties.h"
#include "tap.h"

/*
 * made_parties(identities, roles, count, more):
 * Parties p0, p1 and so on, whose keys are always the same and go into ${identities}, in a file
 * that ends with ${more}.
 */
static inline struct parties *
made_parties(struct identity *identities, const char *const *roles, size_t count, const char *more)
{
	char json[2000] = "{\"version\":1,\"parties\":[", key[IDENTITY_TEXT_BYTES];
	size_t i, n = strlen(json);
	struct parties *p;

	for (i = 0; i < count; i++) {
		memset(identities[i].secret, (int)i + 1, IDENTITY_KEY_BYTES);
		crypto_scalarmult_base(identities[i].public, identities[i].secret);
		identity_public_text(identities[i].public, key);
		n += (size_t)snprintf(json + n, sizeof(json) - n,
		    "%s{\"name\":\"p%zu\",\"role\":\"%s\",\"key\":\"%s\","
		    "\"address\":\"127.0.0.1:1\"}", (i > 0) ? "," : "", i, roles[i], key);
	}
	n += (size_t)snprintf(json + n, sizeof(json) - n, "]}%s", more);
	if ((p = parties_load_memory(json, n, "parties.json")) == NULL)
		tap_bail("the parties file is not taken");
	return (p);
}

#endif /* !SMPC_TESTS_UNIT_MADE_PARTIES_H */
