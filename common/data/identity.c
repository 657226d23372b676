#include "data/identity.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "crypto/hash.h"

#define PUBLIC_PREFIX "smpc-public-"
#define SECRET_PREFIX "smpc-secret-"
#define PREFIX_LEN (sizeof(PUBLIC_PREFIX) - 1)
#define CHECK_BYTES 4
#define CODED_BYTES (IDENTITY_KEY_BYTES + CHECK_BYTES)
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

static int
has_prefix(const char *text, size_t len, const char *prefix)
{

	return (len >= PREFIX_LEN && memcmp(text, prefix, PREFIX_LEN) == 0);
}

static void
checksum(const char *prefix, const uint8_t *key, uint8_t check[static CHECK_BYTES])
{
	struct hash h;
	uint8_t digest[HASH_BYTES];

	hash_init(&h);
	hash_bytes(&h, prefix, PREFIX_LEN);
	hash_bytes(&h, key, IDENTITY_KEY_BYTES);
	hash_final(&h, digest);
	memcpy(check, digest, CHECK_BYTES);
	mem_wipe(&h, sizeof(h));
	mem_wipe(digest, sizeof(digest));
}

static void
key_text(const char *prefix, const uint8_t *key, char text[static IDENTITY_TEXT_BYTES])
{
	uint8_t coded[CODED_BYTES];

	memcpy(coded, key, IDENTITY_KEY_BYTES);
	checksum(prefix, key, coded + IDENTITY_KEY_BYTES);
	memcpy(text, prefix, PREFIX_LEN);
	sodium_bin2base64(text + PREFIX_LEN, IDENTITY_TEXT_BYTES - PREFIX_LEN, coded, sizeof(coded),
	    BASE64);
	mem_wipe(coded, sizeof(coded));
}

/*
 * Decode what follows the prefix of a key of the right kind.  The messages must not show any of it.
 */
static int
key_parse(const char *prefix, const char *text, size_t len, const char *where, uint8_t *key)
{
	uint8_t coded[CODED_BYTES], check[CHECK_BYTES];
	size_t coded_bytes;
	int rc = -1;

	if (len != IDENTITY_TEXT_LEN)
		return (fail(ST_FAILED, "%s: the key is too %s: %zu characters, not %d; copy it "
		    "again", where, (len < IDENTITY_TEXT_LEN) ? "short" : "long", len,
		    IDENTITY_TEXT_LEN));
	if (sodium_base642bin(coded, sizeof(coded), text + PREFIX_LEN, len - PREFIX_LEN, NULL,
	    &coded_bytes, NULL, BASE64) != 0 || coded_bytes != sizeof(coded)) {
		fail(ST_FAILED, "%s: the key has a character that no key has; copy it again",
		    where);
		goto out;
	}
	checksum(prefix, coded, check);
	if (sodium_memcmp(check, coded + IDENTITY_KEY_BYTES, CHECK_BYTES) != 0) {
		fail(ST_FAILED, "%s: the key has a typing error (its checksum is wrong); copy it "
		    "again", where);
		goto out;
	}
	memcpy(key, coded, IDENTITY_KEY_BYTES);
	rc = 0;
out:
	mem_wipe(coded, sizeof(coded));
	return (rc);
}

/*
 * Is the number below 2^255 - 19?  X25519 takes others for their remainder: the same key in another
 * spelling.
 */
static int
is_canonical(const uint8_t key[static IDENTITY_KEY_BYTES])
{
	size_t i;

	if (key[31] != 0x7f)
		return (key[31] < 0x7f);
	for (i = 30; i > 0; i--) {
		if (key[i] != 0xff)
			return (1);
	}
	return (key[0] < 0xed);
}

/* With a point of low order every shared secret is zero, whatever the other side's secret. */
static int
is_low_order(const uint8_t key[static IDENTITY_KEY_BYTES])
{
	static const uint8_t scalar[IDENTITY_KEY_BYTES] = { 1 };
	uint8_t shared[IDENTITY_KEY_BYTES];

	return (crypto_scalarmult(shared, scalar, key) != 0);
}

void
identity_public_text(const uint8_t key[static IDENTITY_KEY_BYTES],
    char text[static IDENTITY_TEXT_BYTES])
{

	key_text(PUBLIC_PREFIX, key, text);
}

int
identity_public_parse(const char *text, const char *where, uint8_t key[static IDENTITY_KEY_BYTES])
{
	size_t len = strlen(text);

	memset(key, 0, IDENTITY_KEY_BYTES);
	if (has_prefix(text, len, SECRET_PREFIX))
		return (fail(ST_FAILED, "%s: this is a secret key, where a public one belongs; "
		    "whoever has seen it can act as its owner: make a new one with smpc-keygen",
		    where));
	if (!has_prefix(text, len, PUBLIC_PREFIX))
		return (fail(ST_FAILED, "%s: not a public key: it must begin with %s", where,
		    PUBLIC_PREFIX));
	if (key_parse(PUBLIC_PREFIX, text, len, where, key) == -1)
		return (-1);
	if (!is_canonical(key) || is_low_order(key)) {
		memset(key, 0, IDENTITY_KEY_BYTES);
		return (fail(ST_REFUSED, "%s: the key is one that smpc-keygen never makes and that "
		    "protects nothing; do not trust who sent it", where));
	}
	return (0);
}

/*
 * From before there is a secret key in this process: no other process of the same user may read its
 * memory (ptrace(2), /proc/PID/mem), and none of it goes into a core file.  A program that is run
 * later starts without it.
 */
static void
protect_process(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit) == 0) {
		limit.rlim_cur = 0;
		(void)setrlimit(RLIMIT_CORE, &limit);
	}
#ifdef __linux__
	(void)prctl(PR_SET_DUMPABLE, 0);
#endif
}

static struct identity *
allocate(void)
{
	struct identity *id;

	protect_process();
	if ((id = sodium_malloc(sizeof(*id))) == NULL)
		fail(ST_FAILED, "out of memory for a secret key");
	return (id);
}

struct identity *
identity_generate(void)
{
	struct identity *id;

	if ((id = allocate()) == NULL)
		return (NULL);
	randombytes_buf(id->secret, sizeof(id->secret));
	crypto_scalarmult_base(id->public, id->secret);
	return (id);
}

/* The next line that holds something, without what ends it; 0 at the end of the file. */
static int
next_line(const char **data, const char *end, const char **line, size_t *len, size_t *number)
{
	const char *eol;

	while (*data < end) {
		if ((eol = memchr(*data, '\n', (size_t)(end - *data))) == NULL)
			eol = end;
		*line = *data;
		*len = (size_t)(eol - *data);
		*data = (eol < end) ? eol + 1 : end;
		++*number;
		if (*len > 0 && (*line)[*len - 1] == '\r')
			--*len;
		if (*len > 0 && (*line)[0] != '#')
			return (1);
	}
	return (0);
}

static int
parse_line(const char *line, size_t len, const char *name, size_t number, struct identity *id)
{
	char where[512];

	snprintf(where, sizeof(where), "%.480s: line %zu", name, number);
	if (has_prefix(line, len, PUBLIC_PREFIX))
		return (fail(ST_FAILED, "%s: this is a public key, for others; the identity file "
		    "that smpc-keygen -o wrote holds the secret one", where));
	if (!has_prefix(line, len, SECRET_PREFIX))
		return (fail(ST_FAILED, "%s: not an identity file: no %s... here; smpc-keygen "
		    "makes one", where, SECRET_PREFIX));
	return (key_parse(SECRET_PREFIX, line, len, where, id->secret));
}

struct identity *
identity_parse(const char *data, size_t bytes, const char *name)
{
	const char *end = data + bytes, *line;
	struct identity *id;
	size_t len, number = 0;
	int found = 0;

	if ((id = allocate()) == NULL)
		return (NULL);
	data += io_mark_bytes(data, bytes);
	while (next_line(&data, end, &line, &len, &number)) {
		if (found++) {
			fail(ST_FAILED, "%s: line %zu: an identity file holds one key and no more",
			    name, number);
			goto failed;
		}
		if (parse_line(line, len, name, number, id) == -1)
			goto failed;
	}
	if (!found) {
		fail(ST_FAILED, "%s: no secret key in it; smpc-keygen makes an identity file",
		    name);
		goto failed;
	}
	crypto_scalarmult_base(id->public, id->secret);
	return (id);
failed:
	identity_free(id);
	return (NULL);
}

/* Check the open file, not its name, so that nobody can exchange it in between. */
static int
check_private(int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (fail_errno(name));
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return (fail(ST_REFUSED, "%s: others have access to this secret key (mode %03o); "
		    "if they cannot have read it, chmod 600 it, else make a new one", name,
		    (unsigned int)(st.st_mode & 0777)));
	return (0);
}

/* Whether a secret key begins anywhere: a file without one is no identity file. */
static bool
has_secret(const char *data, size_t bytes)
{
	size_t i;

	for (i = 0; i + PREFIX_LEN <= bytes; i++) {
		if (has_prefix(data + i, bytes - i, SECRET_PREFIX))
			return (true);
	}
	return (false);
}

struct identity *
identity_load(const char *path)
{
	const size_t room = IDENTITY_FILE_MAX + 1;
	struct identity *id = NULL;
	const char *name;
	char *data;
	ssize_t n;
	int fd;

	if ((fd = io_open_input(path, &name)) == -1)
		return (NULL);
	protect_process();
	if ((data = sodium_malloc(room)) == NULL) {
		fail(ST_FAILED, "out of memory for a secret key");
		goto out;
	}
	if ((n = io_read(fd, data, room, name)) == -1)
		goto out;
	/* What has no secret is not to be kept private, and is refused for what it is. */
	if (has_secret(data, (size_t)n) && check_private(fd, name) == -1)
		goto out;
	if (n > IDENTITY_FILE_MAX)
		fail(ST_FAILED, "%s: not an identity file: larger than %d bytes", name,
		    IDENTITY_FILE_MAX);
	else
		id = identity_parse(data, (size_t)n, name);
out:
	sodium_free(data); /* wipes */
	close(fd);
	return (id);
}

struct output *
identity_output(const char *path, const struct identity *id)
{
	char public[IDENTITY_TEXT_BYTES], secret[IDENTITY_TEXT_BYTES], text[256];
	struct output *o;
	int len;

	if ((o = output_open(path, OUTPUT_KEY)) == NULL)
		return (NULL);
	key_text(PUBLIC_PREFIX, id->public, public);
	key_text(SECRET_PREFIX, id->secret, secret);
	len = snprintf(text, sizeof(text), "# public key: %s\n%s\n", public, secret);
	if (io_write(output_fd(o), text, (size_t)len, path) == -1) {
		output_abort(o);
		o = NULL;
	}
	mem_wipe(secret, sizeof(secret));
	mem_wipe(text, sizeof(text));
	return (o);
}

int
identity_write(const char *path, const struct identity *id)
{
	struct output *o = identity_output(path, id);

	return ((o != NULL) ? output_commit(o) : -1);
}

void
identity_free(struct identity *id)
{

	if (id != NULL)
		sodium_free(id); /* wipes */
}
