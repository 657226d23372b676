#ifndef SMPC_DATA_PARTIES_H
#define SMPC_DATA_PARTIES_H

/*
 * The parties file, smpc-parties(5): every name with its role, public key and address; the same
 * file everywhere.
 *
 * Every message names the file and, where there is one, the entry by number and name and the field.
 * sodium_init() must have been called.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "crypto/hash.h"
#include "data/identity.h"

#define PARTY_NAME_BYTES 64
#define PARTIES_FILE_MAX ((size_t)1 << 20)
#define PARTIES_MAX 256
#define PARTIES_COMPUTING_MAX 63
#define PARTIES_SHARING_MAX (PARTIES_COMPUTING_MAX + 1)

enum party_role {
	PARTY_DEALER,
	PARTY_COMPUTING,
	PARTY_OWNER,
	PARTY_RECEIVER
};

struct party {
	char name[PARTY_NAME_BYTES + 1];
	enum party_role role;
	uint8_t key[IDENTITY_KEY_BYTES];
	char *host;    /* NULL: without an address; IPv6 without its brackets */
	uint16_t port; /* 1 to 65535, 0 without an address */
};

struct parties {
	char *file;            /* what messages call it */
	size_t count;
	struct party *entries; /* in the order of the file */
	uint8_t digest[HASH_BYTES];
};

/*
 * parties_load(path):
 * Read and check a parties file, or standard input if ${path} is "-".  Return NULL, having
 * reported, if it cannot be read or breaks a rule of smpc-parties(5) (status 1; 4 for a key that no
 * honest party has).
 */
struct parties *parties_load(const char *path);

/*
 * parties_load_memory(data, bytes, name):
 * The same for the contents of a file; messages begin with ${name}.
 */
struct parties *parties_load_memory(const char *data, size_t bytes, const char *name);

/*
 * parties_find(p, name):
 * Return the party of that name, or NULL; nothing is reported.
 */
const struct party *parties_find(const struct parties *p, const char *name);

/*
 * parties_require(p, name, status):
 * The same, but a name that is not there is reported with ${status}, and with the one that may have
 * been meant.
 */
const struct party *parties_require(const struct parties *p, const char *name, enum status status);

/*
 * parties_find_key(p, key):
 * Return the party with that public key, or NULL; nothing is reported.
 */
const struct party *parties_find_key(const struct parties *p,
    const uint8_t key[static IDENTITY_KEY_BYTES]);

/*
 * parties_dealer(p):
 * Return the dealer, or NULL if there is none.
 */
const struct party *parties_dealer(const struct parties *p);

/*
 * parties_sharing(p, list):
 * List the dealer, if there is one, and then the computing parties in the order of the file: the
 * order in which a share stream's header names them.  Return their number: 0, or 1 (a dealer
 * alone), or up to PARTIES_SHARING_MAX.
 */
size_t parties_sharing(const struct parties *p,
    const struct party *list[static PARTIES_SHARING_MAX]);

/*
 * parties_digest(p):
 * Return the BLAKE2b-256 hash of the file's bytes.  Parties that hold different files must not take
 * each other for the same parties.
 */
const uint8_t *parties_digest(const struct parties *p);

/*
 * party_role_name(role):
 * Return the role as the file has it.
 */
const char *party_role_name(enum party_role role);

/*
 * parties_free(p):
 * Free; harmless on NULL.
 */
void parties_free(struct parties *p);

#endif /* !SMPC_DATA_PARTIES_H */
