#ifndef SMPC_FUZZ_PAIR_H
#define SMPC_FUZZ_PAIR_H

/* Two parties, alice and bob, whose keys are the same in every run. */

#include <sodium.h>

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "data/identity.h"
#include "data/parties.h"

static struct identity alice, bob;

/*
 * fuzz_pair(alices, bobs):
 * Set both identities.  Return the parties file of the two, with these roles.
 */
static inline struct parties *
fuzz_pair(const char *alices, const char *bobs)
{
	char a[IDENTITY_TEXT_BYTES], b[IDENTITY_TEXT_BYTES], json[512];
	struct parties *parties;
	int n;

	fuzz_check(sodium_init() != -1);
	memset(alice.secret, 1, sizeof(alice.secret));
	memset(bob.secret, 2, sizeof(bob.secret));
	crypto_scalarmult_base(alice.public, alice.secret);
	crypto_scalarmult_base(bob.public, bob.secret);
	identity_public_text(alice.public, a);
	identity_public_text(bob.public, b);
	n = snprintf(json, sizeof(json),
	    "{\"version\":1,\"parties\":["
	    "{\"name\":\"alice\",\"role\":\"%s\",\"key\":\"%s\"},"
	    "{\"name\":\"bob\",\"role\":\"%s\",\"key\":\"%s\"}]}", alices, a, bobs, b);
	parties = parties_load_memory(json, (size_t)n, "parties.json");
	fuzz_check(parties != NULL);
	return (parties);
}

#endif /* !SMPC_FUZZ_PAIR_H */
