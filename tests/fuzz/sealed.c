/*
 * Sealed streams as the reader takes them.  If the first byte is even, the rest is read as it is;
 * else the rest is sealed in pieces and then read: what the seal holds is as hostile as what it
 * does not.
 */

#include "crypto/seal.h"
#include "pair.h"
#include "stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char header[] = "{\"from\":\"alice\",\"kind\":\"sealed\",\"to\":\"bob\"}";
static struct parties *parties;

static int
load_keys(struct keys *keys)
{

	*keys = (struct keys){ &bob, parties };
	return (0);
}

/* Seal ${data} in pieces of the length that the first byte gives. */
static void
seal(struct buf *out, const uint8_t *data, size_t size)
{
	uint8_t preamble[SEAL_PREAMBLE_BYTES(sizeof(header) - 1)], chunk[SEAL_WRITTEN_BYTES(256)];
	struct seal s;
	size_t piece, n, done = 0;

	fuzz_check(seal_start(&s, alice.secret, bob.public, header, sizeof(header) - 1,
	    preamble) == 0);
	fuzz_check(buf_append(out, preamble, sizeof(preamble)) == 0);
	piece = (size > 0) ? (size_t)data[0] + 1 : 1;
	do {
		n = (size - done < piece) ? size - done : piece;
		fuzz_check(seal_chunk(&s, data + done, n, done + n == size, chunk) == 0);
		fuzz_check(buf_append(out, chunk, SEAL_WRITTEN_BYTES(n)) == 0);
		done += n;
	} while (done < size);
	seal_wipe(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct keyring keyring = { .load = load_keys };
	struct buf sealed = { NULL, 0, 0 };

	if (parties == NULL)
		parties = fuzz_pair("owner", "receiver");
	if (size == 0 || data[0] % 2 == 0) {
		(void)fuzz_read(data, size, &keyring);
		return (0);
	}
	seal(&sealed, data + 1, size - 1);
	/* A seal adds nothing and takes nothing away. */
	fuzz_check(fuzz_read(sealed.data, sealed.len, &keyring) == fuzz_read(data + 1, size - 1,
	    NULL));
	buf_free(&sealed);
	return (0);
}
