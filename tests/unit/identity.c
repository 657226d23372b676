/* Keys as text and in files. */

#include <sodium.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "catch.h"
#include "data/identity.h"
#include "tap.h"

/* The key 1, 2, ..., 32 as python's base64 and hashlib write it. */
static const char public_text[] = "smpc-public-AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyCfaUVP";
static const char secret_text[] = "smpc-secret-AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAIAL3g";
static const char public_of_secret[] =
    "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c";

static char dir[] = "/tmp/identity-XXXXXX";
static char path[64];

static int
parses(const char *text)
{
	uint8_t key[IDENTITY_KEY_BYTES];
	int rc;

	memset(key, 1, sizeof(key));
	rc = identity_public_parse(text, "test", key);
	if (rc == -1 && !sodium_is_zero(key, sizeof(key)))
		tap_bail("a key that was refused is given out");
	return (rc == 0);
}

/* Refused, once, in words that hold ${words} and nothing of a key. */
static void
refused(const char *text, const char *words, const char *what)
{
	const char *said;
	int bad;

	catch_begin();
	bad = !parses(text);
	said = catch_end();
	ok(bad && strstr(said, words) != NULL && catch_lines(said) == 1, "%s: %s", what, words);
	ok(strstr(said, "AQIDBAUG") == NULL, "and the key is not shown");
}

static void
test_text(void)
{
	char text[IDENTITY_TEXT_BYTES], c;
	uint8_t key[IDENTITY_KEY_BYTES], got[IDENTITY_KEY_BYTES];
	size_t i, failed = 0;

	for (i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(i + 1);
	identity_public_text(key, text);
	ok_str(text, public_text, "a public key as text");
	ok(identity_public_parse(text, "test", got) == 0, "is read");
	ok_bytes(got, key, sizeof(key), "and is the same");
	catch_begin();
	for (i = 0; i < IDENTITY_TEXT_LEN; i++) {
		c = text[i];
		text[i] = (c == 'A') ? 'B' : 'A';
		failed += !parses(text);
		text[i] = c;
	}
	catch_end();
	ok_u64(failed, IDENTITY_TEXT_LEN, "no character can be another");
	refused(secret_text, "this is a secret key", "a secret key");
	refused("AQIDBAUG", "must begin with smpc-public-", "no key");
	refused("", "must begin with smpc-public-", "nothing");
	refused("smpc-public-", "too short", "a prefix");
	text[59] = '\0';
	refused(text, "too short: 59 characters, not 60", "a character less");
	identity_public_text(key, text);
	text[20] ^= 1;
	refused(text, "typing error", "a wrong character");
	text[20] = '+';
	refused(text, "a character that no key has", "the other base64");
	text[20] = '\n';
	refused(text, "a character that no key has", "a line feed");
	refused("smpc-public-AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyCfaUVP ",
	    "too long: 61 characters", "a blank behind");
	refused("smpc-public-AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAIAL3g", "typing error",
	    "the checksum of the secret key");
}

static void
refused_key(const char *hex, const char *what)
{
	char text[IDENTITY_TEXT_BYTES];
	uint8_t key[IDENTITY_KEY_BYTES];

	sodium_hex2bin(key, sizeof(key), hex, strlen(hex), NULL, NULL, NULL);
	identity_public_text(key, text);
	refused(text, "do not trust who sent it", what);
}

static void
test_bad_keys(void)
{
	char text[IDENTITY_TEXT_BYTES];
	uint8_t key[IDENTITY_KEY_BYTES] = { 9 };

	refused_key("0000000000000000000000000000000000000000000000000000000000000000", "order 4");
	refused_key("0100000000000000000000000000000000000000000000000000000000000000", "order 1");
	refused_key("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", "order 8");
	refused_key("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157", "order 8");
	refused_key("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "order 2");
	refused_key("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "p, which is 0");
	refused_key("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "p + 1, which is 1");
	refused_key("f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "p + 9, which is 9");
	refused_key("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "2^255 - 1, which is 18");
	refused_key("0900000000000000000000000000000000000000000000000000000000000080",
	    "9 and the bit nobody reads");
	identity_public_text(key, text);
	ok(parses(text), "9 itself is a key");
	memset(key, 0xff, sizeof(key));
	key[0] = 0xeb;
	key[31] = 0x7f;
	identity_public_text(key, text);
	ok(parses(text), "p - 2, which is below p and of high order");
	ok(diag_status() == ST_FAILED, "the first fault was one of text");
}

static struct identity *
parse(const char *text)
{

	return (identity_parse(text, strlen(text), "test"));
}

/* An identity file is refused in these words, which show nothing of the key. */
static void
file_refused(const char *contents, const char *words)
{
	const char *said;
	struct identity *id;

	catch_begin();
	id = parse(contents);
	said = catch_end();
	ok(id == NULL && strstr(said, words) != NULL, "refused: %s", words);
	ok(strstr(said, "AQIDBAUG") == NULL, "and the key is not shown");
	identity_free(id);
}

static void
test_parse(void)
{
	char text[512];
	uint8_t want[IDENTITY_KEY_BYTES];
	struct identity *id;

	sodium_hex2bin(want, sizeof(want), public_of_secret, 64, NULL, NULL, NULL);
	snprintf(text, sizeof(text), "# a comment\n\n%s\n", secret_text);
	id = parse(text);
	ok(id != NULL && id->secret[0] == 1 && id->secret[31] == 32, "an identity file");
	ok_bytes(id->public, want, sizeof(want), "its public key is that of another "
	    "implementation");
	identity_free(id);
	ok((id = parse(secret_text)) != NULL, "without a line feed");
	identity_free(id);
	snprintf(text, sizeof(text), "%s\r\n#\r\n", secret_text);
	ok((id = parse(text)) != NULL, "with CRLF, a comment at the end");
	identity_free(id);
	file_refused("", "no secret key in it");
	file_refused("# nothing else\n", "no secret key in it");
	file_refused("-----BEGIN KEY-----\n", "not an identity file");
	snprintf(text, sizeof(text), "%s\n", public_text);
	file_refused(text, "this is a public key");
	snprintf(text, sizeof(text), "%s\n%s\n", secret_text, secret_text);
	file_refused(text, "line 2: an identity file holds one key");
	snprintf(text, sizeof(text), "\n%s \n", secret_text);
	file_refused(text, "line 2: the key is too long");
	snprintf(text, sizeof(text),
	    "smpc-secret-AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyCfaUVP\n");
	file_refused(text, "typing error");
	ok(identity_parse("smpc-secret-\0", 13, "test") == NULL, "a NUL");
	identity_free(NULL);
}

static mode_t
mode_of(void)
{
	struct stat st;

	return ((stat(path, &st) == 0) ? (st.st_mode & 07777) : 0);
}

/* ${id} is written and read, and no other key in its place; it is left at ${path}. */
static void
test_writing(const struct identity *id, const struct identity *other)
{
	static const mode_t umasks[] = { 0, 022, 0777 };
	struct identity *read;
	const char *said;
	char link[64];
	size_t i;
	int rc;

	for (i = 0; i < 3; i++) {
		unlink(path);
		umask(umasks[i]);
		ok(identity_write(path, id) == 0 && mode_of() == 0600, "mode 0600 under umask %03o",
		    (unsigned)umasks[i]);
	}
	umask(022);
	read = identity_load(path);
	ok(read != NULL && memcmp(read, id, sizeof(*id)) == 0, "both keys are read back");
	identity_free(read);

	catch_begin();
	rc = identity_write(path, other);
	said = catch_end();
	ok(rc == -1 && strstr(said, "never overwritten") != NULL, "an existing file is left alone");
	read = identity_load(path);
	ok(read != NULL && memcmp(read, id, sizeof(*id)) == 0, "and still holds the first key");
	identity_free(read);
	snprintf(link, sizeof(link), "%s/link", dir);
	if (symlink("nowhere", link) == -1)
		tap_bail("cannot link");
	ok(identity_write(link, other) == -1, "nor is a link followed");
	unlink(link);
}

/*
 * What is not read: the file at ${path} under modes that show it to others, and what is no such
 * file.
 */
static void
test_refused(void)
{
	struct identity *read;
	const char *said;
	char big[IDENTITY_FILE_MAX + 2];
	size_t i;
	int fd;

	for (i = 0; i < 6; i++) {
		chmod(path, (mode_t)(0600 | (1 << i)));
		catch_begin();
		read = identity_load(path);
		said = catch_end();
		ok(read == NULL && strstr(said, "chmod 600") != NULL, "mode %03o is refused",
		    (unsigned)mode_of());
		identity_free(read);
	}
	chmod(path, 0400);
	ok((read = identity_load(path)) != NULL, "mode 400 is not");
	identity_free(read);
	ok(identity_load(dir) == NULL, "a directory");
	unlink(path);
	ok(identity_load(path) == NULL, "no file");

	memset(big, '\n', sizeof(big));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ok(write(fd, big, IDENTITY_FILE_MAX + 1) == IDENTITY_FILE_MAX + 1,
	    "a file that is too large");
	close(fd);
	catch_begin();
	read = identity_load(path);
	said = catch_end();
	ok(read == NULL && strstr(said, "larger than 4096 bytes") != NULL, "is refused");
}

static void
test_files(void)
{
	struct identity *id = identity_generate(), *other = identity_generate();

	ok(id != NULL && other != NULL &&
	    memcmp(id->secret, other->secret, IDENTITY_KEY_BYTES) != 0,
	    "two keys that were generated differ");
	test_writing(id, other);
	test_refused();
	identity_free(id);
	identity_free(other);
	unlink(path);
}

int
main(void)
{

	tap_plan(85);
	if (sodium_init() == -1 || mkdtemp(dir) == NULL)
		tap_bail("cannot start");
	snprintf(path, sizeof(path), "%s/key", dir);
	test_text();
	test_bad_keys();
	test_parse();
	test_files();
	rmdir(dir);
	return (tap_end());
}
