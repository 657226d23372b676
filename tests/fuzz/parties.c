/*
 * The parties file, from memory.  What is accepted must keep the rules that the rest of the toolkit
 * relies on.
 */

#include <sodium.h>

#include <string.h>

#include "base/names.h"
#include "check.h"
#include "data/part.h"
#include "data/parties.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_party(const struct parties *p, const struct party *party)
{
	char text[IDENTITY_TEXT_BYTES];
	uint8_t key[IDENTITY_KEY_BYTES];

	fuzz_check(name_valid(party->name));
	fuzz_check(parties_find(p, party->name) == party);
	fuzz_check(parties_find_key(p, party->key) == party);
	fuzz_check((party->host == NULL) == (party->port == 0));
	fuzz_check(party->host == NULL || (strlen(party->host) >= 1 && strlen(party->host) <= 253));
	fuzz_check(party_role_name(party->role) != NULL);
	identity_public_text(party->key, text);
	fuzz_check(identity_public_parse(text, "fuzz", key) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct party *list[PARTIES_SHARING_MAX];
	struct parties *p;
	size_t i, n;

	fuzz_check(sodium_init() != -1);
	if ((p = parties_load_memory((const char *)data, size, "fuzz")) == NULL)
		return (0);
	fuzz_check(p->count >= 1 && p->count <= PARTIES_MAX);
	for (i = 0; i < p->count; i++)
		check_party(p, &p->entries[i]);
	n = parties_sharing(p, list);
	fuzz_check(n <= PARTIES_SHARING_MAX);
	for (i = 0; i < n; i++)
		fuzz_check(list[i]->role == ((i == 0 && parties_dealer(p) != NULL) ? PARTY_DEALER :
		    PARTY_COMPUTING));
	parties_require(p, "alise", ST_USAGE);
	parties_free(p);
	return (0);
}
