/* Identity files and keys as text.  What is accepted must come out again as it went in. */

#include <sodium.h>

#include <stdlib.h>
#include <string.h>

#include "data/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_public(const uint8_t *data, size_t size)
{
	char text[256], again[IDENTITY_TEXT_BYTES];
	uint8_t key[IDENTITY_KEY_BYTES];

	if (size >= sizeof(text))
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	if (identity_public_parse(text, "fuzz", key) == -1) {
		if (!sodium_is_zero(key, sizeof(key)))
			abort();
		return;
	}
	identity_public_text(key, again);
	if (strcmp(text, again) != 0)
		abort();
}

/* With the right checksum behind them, any 32 bytes get as far as the checks of the key itself. */
static void
fuzz_key(const uint8_t *data, size_t size)
{
	char text[IDENTITY_TEXT_BYTES];
	uint8_t key[IDENTITY_KEY_BYTES], scalar[IDENTITY_KEY_BYTES] = { 2 };

	if (size < sizeof(key))
		return;
	identity_public_text(data, text);
	if (identity_public_parse(text, "fuzz", key) == 0 &&
	    (memcmp(key, data, sizeof(key)) != 0 || crypto_scalarmult(key, scalar, data) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct identity *id;
	uint8_t public[IDENTITY_KEY_BYTES];

	if (sodium_init() == -1)
		abort();
	if ((id = identity_parse((const char *)data, size, "fuzz")) != NULL) {
		crypto_scalarmult_base(public, id->secret);
		if (memcmp(public, id->public, sizeof(public)) != 0)
			abort();
		identity_free(id);
	}
	fuzz_public(data, size);
	fuzz_key(data, size);
	return (0);
}
