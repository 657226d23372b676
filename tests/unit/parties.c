/* The parties file, and guesses at misspelt names. */

#include <sodium.h>

#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/near.h"
#include "catch.h"
#include "data/parties.h"
#include "tap.h"

#define MAX_TEXT (1 << 17)

/* Public keys to write into files: of the secrets 1, 2, ... */
#define N_KEYS 300
static char keys[N_KEYS][IDENTITY_TEXT_BYTES];

static void
make_keys(void)
{
	uint8_t secret[IDENTITY_KEY_BYTES] = { 0 }, public[IDENTITY_KEY_BYTES];
	size_t i;

	for (i = 0; i < N_KEYS; i++) {
		secret[8] = (uint8_t)i;
		secret[9] = (uint8_t)(i >> 8);
		crypto_scalarmult_base(public, secret);
		identity_public_text(public, keys[i]);
	}
}

/* Write "$0", "$1", ... in ${text} as the public keys of that number. */
static char *
with_keys(const char *text)
{
	static char out[MAX_TEXT];
	char *to = out;

	for (; *text != '\0'; text++) {
		if (*text == '$') {
			memcpy(to, keys[text[1] - '0'], IDENTITY_TEXT_LEN);
			to += IDENTITY_TEXT_LEN;
			text++;
		} else
			*to++ = *text;
	}
	*to = '\0';
	return (out);
}

static struct parties *
load(const char *text)
{

	return (parties_load_memory(text, strlen(text), "p.json"));
}

/* The file is refused, in one line that begins with the place and holds ${words}. */
static void
refused(const char *text, const char *place, const char *words)
{
	struct parties *p;
	const char *said;
	char begin[256];
	int good;

	catch_begin();
	p = load(with_keys(text));
	said = catch_end();
	snprintf(begin, sizeof(begin), "smpc: p.json%s: ", place);
	good = (p == NULL && strncmp(said, begin, strlen(begin)) == 0 &&
	    strstr(said, words) != NULL && catch_lines(said) == 1);
	if (!ok(good, "refused:%s: %s", place, words))
		tap_note("%s", said);
	parties_free(p);
}

/* As refused, for a file with these entries. */
static void
refused_entry(const char *entry, const char *place, const char *words)
{
	char text[2048];

	snprintf(text, sizeof(text), "{\"version\":1,\"parties\":[%s]}", entry);
	refused(text, place, words);
}

#define FILE_OF(entries) "{\"version\":1,\"parties\":[" entries "]}"
#define ALICE \
	"{\"name\":\"alice\",\"role\":\"computing\",\"key\":\"$0\"," \
	"\"address\":\"alice.example.org:7000\"}"
#define BOB \
	"{\"name\":\"bob\",\"role\":\"computing\",\"key\":\"$1\"," \
	"\"address\":\"[2001:db8::1]:65535\"}"
#define TRENT "{\"name\":\"trent\",\"role\":\"dealer\",\"key\":\"$2\"}"
#define OLGA "{\"name\":\"Olga_2-x\",\"role\":\"owner\",\"key\":\"$3\"}"
#define RITA "{\"name\":\"9\",\"role\":\"receiver\",\"key\":\"$4\",\"address\":\"192.0.2.7:1\"}"

static void
test_good(void)
{
	const char *text = with_keys(FILE_OF(ALICE "," TRENT "," OLGA "," BOB "," RITA));
	const struct party *list[PARTIES_SHARING_MAX];
	uint8_t digest[HASH_BYTES], key[IDENTITY_KEY_BYTES];
	struct parties *p = load(text);

	if (!ok(p != NULL && p->count == 5, "a file of five"))
		tap_bail("nothing more to check");
	ok_str(p->entries[0].name, "alice", "in the order of the file");
	ok_str(p->entries[4].name, "9", "to the last");
	ok_str(p->entries[0].host, "alice.example.org", "a host");
	ok_u64(p->entries[0].port, 7000, "a port");
	ok_str(p->entries[3].host, "2001:db8::1", "an IPv6 host");
	ok_u64(p->entries[3].port, 65535, "the last port");
	ok_str(p->entries[4].host, "192.0.2.7", "an IPv4 host");
	ok_u64(p->entries[4].port, 1, "the first port");
	ok(p->entries[1].host == NULL && p->entries[1].port == 0, "no address");
	ok(p->entries[1].role == PARTY_DEALER && p->entries[2].role == PARTY_OWNER &&
	    p->entries[3].role == PARTY_COMPUTING && p->entries[4].role == PARTY_RECEIVER, "roles");
	ok_str(party_role_name(PARTY_RECEIVER), "receiver", "by name");
	identity_public_parse(keys[3], "test", key);
	ok_bytes(p->entries[2].key, key, sizeof(key), "a key");
	ok(parties_find_key(p, key) == &p->entries[2], "a party by its key");
	key[0] ^= 1;
	ok(parties_find_key(p, key) == NULL, "no party by that key");
	ok(parties_dealer(p) == &p->entries[1], "the dealer");
	ok(parties_sharing(p, list) == 3 && list[0] == &p->entries[1] &&
	    list[1] == &p->entries[0] && list[2] == &p->entries[3], "the parties of a sharing, the "
	    "dealer first");
	crypto_generichash(digest, sizeof(digest), (const uint8_t *)text, strlen(text), NULL, 0);
	ok_bytes(parties_digest(p), digest, sizeof(digest), "the digest is that of the file's "
	    "bytes");
	parties_free(p);
	ok((p = load(with_keys(FILE_OF(OLGA)))) != NULL && parties_dealer(p) == NULL &&
	    parties_sharing(p, list) == 0, "a file without any who compute");
	parties_free(p);
	ok((p = load(with_keys(FILE_OF(BOB "," ALICE)))) != NULL && parties_sharing(p, list) == 2 &&
	    strcmp(list[0]->name, "bob") == 0, "a file without a dealer");
	parties_free(p);
	parties_free(NULL);
}

static void
test_lookup(void)
{
	struct parties *p = load(with_keys(FILE_OF(ALICE "," TRENT "," OLGA "," BOB)));
	const char *said;

	ok(parties_find(p, "bob") == &p->entries[3] &&
	    parties_require(p, "bob", ST_USAGE) == &p->entries[3], "a name");
	catch_begin();
	ok(parties_find(p, "bo") == NULL && parties_find(p, "Bob") == NULL &&
	    parties_find(p, "") == NULL, "no such name");
	ok_str(catch_end(), "", "is not reported by parties_find");
	catch_begin();
	ok(parties_require(p, "alcie", ST_USAGE) == NULL, "a misspelling");
	said = catch_end();
	ok(strstr(said, "p.json: no party is named 'alcie'; did you mean 'alice'?") != NULL,
	    "is guessed");
	catch_begin();
	ok(parties_require(p, "zebra", ST_USAGE) == NULL, "a strange name");
	said = catch_end();
	ok(strstr(said, "p.json: no party is named 'zebra'; there are alice, trent, Olga_2-x, "
	    "bob\n") != NULL, "is not: all are named");
	parties_free(p);
}

static void
test_file(void)
{

	refused("", ": line 1, column 0", "expected");
	refused("{\"version\":1,\"parties\":[}", ": line 1, column 25", "unexpected token");
	refused("[]", "", "not a parties file");
	refused("{}", "", "field 'version' is missing");
	refused("{\"version\":2,\"parties\":[],\"extra\":1}", "", "field 'version': must be 1");
	refused("{\"version\":\"1\",\"parties\":[]}", "", "field 'version': must be 1");
	refused("{\"version\":1.0,\"parties\":[]}", "", "field 'version': must be 1");
	refused("{\"version\":1}", "", "field 'parties' is missing");
	refused("{\"version\":1,\"party\":[]}", "", "unknown field 'party'");
	refused("{\"version\":1,\"Partys\":[]}", "", "did you mean 'parties'?");
	refused("{\"version\":1,\"parties\":{}}", "", "field 'parties': must be an array");
	refused("{\"version\":1,\"parties\":[]}", "", "field 'parties': must be an array of 1 to "
	    "256");
	refused("{\"version\":1,\"version\":1,\"parties\":[]}", ": line 1, column 22",
	    "duplicate object key near '\"version\"'");
	refused(FILE_OF(ALICE "," BOB) "x", ": line 1, column 301", "end of file expected");
	refused(FILE_OF(ALICE "," ALICE), ": entry 2 (alice)", "field 'name': entry 1 has the same "
	    "name");
	refused(FILE_OF(ALICE ",{\"name\":\"al\",\"role\":\"owner\",\"key\":\"$0\"}"),
	    ": entry 2 (al)", "field 'key': entry 1 (alice) has the same key");
	refused(FILE_OF(TRENT "," OLGA ",{\"name\":\"ted\",\"role\":\"dealer\",\"key\":\"$5\"}"),
	    ": entry 3 (ted)", "field 'role': a second dealer; entry 1 (trent)");
	refused(FILE_OF(TRENT "," ALICE "," OLGA), ": entry 2 (alice)", "field 'role': the only "
	    "computing party");
}

static void
test_entries(void)
{
	const char *name_rule = "field 'name': must be 1 to 64 of";

	refused_entry("1", ": entry 1", "must be an object");
	refused_entry(OLGA ",null", ": entry 2", "must be an object");
	refused_entry("{\"role\":\"owner\",\"key\":\"$0\"}", ": entry 1",
	    "field 'name' is missing");
	refused_entry("{\"name\":1,\"role\":\"owner\",\"key\":\"$0\"}", ": entry 1",
	    "field 'name': is not a string");
	refused_entry("{\"name\":\"\",\"role\":\"owner\",\"key\":\"$0\"}", ": entry 1", name_rule);
	refused_entry("{\"name\":\"-a\",\"role\":\"owner\",\"key\":\"$0\"}", ": entry 1",
	    name_rule);
	refused_entry("{\"name\":\"a.b\",\"role\":\"owner\",\"key\":\"$0\"}", ": entry 1",
	    name_rule);
	refused_entry("{\"name\":\"a/b\",\"role\":\"owner\",\"key\":\"$0\"}", ": entry 1",
	    name_rule);
	refused_entry("{\"name\":\"\xc3\xa4\",\"role\":\"owner\",\"key\":\"$0\"}", ": entry 1",
	    name_rule);
	refused_entry("{\"name\":\""
	    "a1234567890123456789012345678901234567890123456789012345678901234\","
	    "\"role\":\"owner\",\"key\":\"$0\"}", ": entry 1", name_rule);
	refused_entry("{\"name\":\"a\",\"key\":\"$0\"}", ": entry 1 (a)",
	    "field 'role' is missing");
	refused_entry("{\"name\":\"a\",\"role\":true,\"key\":\"$0\"}", ": entry 1 (a)",
	    "field 'role': is not a string");
	refused_entry("{\"name\":\"a\",\"role\":\"Dealer\",\"key\":\"$0\"}", ": entry 1 (a)",
	    "did you mean 'dealer'?");
	refused_entry("{\"name\":\"a\",\"role\":\"client\",\"key\":\"$0\"}", ": entry 1 (a)",
	    "roles are dealer, computing,");
	refused_entry("{\"name\":\"a\",\"role\":\"owner\"}", ": entry 1 (a)",
	    "field 'key' is missing");
	refused_entry("{\"name\":\"a\",\"role\":\"owner\",\"key\":[]}", ": entry 1 (a)",
	    "field 'key': is not a string");
	refused_entry("{\"name\":\"a\",\"role\":\"owner\",\"key\":\"$0A\"}",
	    ": entry 1 (a): field 'key'", "too long");
	refused_entry("{\"name\":\"a\",\"role\":\"owner\",\"key\":\"smpc-secret-AAAA\"}",
	    ": entry 1 (a): field 'key'", "this is a secret key");
	refused_entry("{\"name\":\"a\",\"role\":\"owner\",\"key\":\"$0\",\"adress\":\"h:1\"}",
	    ": entry 1 (a)", "unknown field 'adress'; did you mean 'address'?");
	refused_entry("{\"name\":\"a\",\"role\":\"owner\",\"key\":\"$0\",\"email\":\"h:1\"}",
	    ": entry 1 (a)", "unknown field 'email'");
	refused_entry("{\"name\":\"a\",\"role\":\"owner\",\"key\":\"$0\",\"key\":\"$1\"}",
	    ": line 1, column 125", "duplicate object key near '\"key\"'");
	refused_entry("{\"name\":\"a\\u0000b\",\"role\":\"owner\",\"key\":\"$0\"}",
	    ": line 1, column 42", "not allowed");
}

/* Whether a party may have this address; if so it is also cut in two as expected. */
static void
address(const char *text, const char *host, uint64_t port)
{
	char file[2048];
	struct parties *p;
	const char *said;

	snprintf(file, sizeof(file),
	    FILE_OF("{\"name\":\"a\",\"role\":\"owner\",\"key\":\"$0\",\"address\":\"%s\"}"), text);
	catch_begin();
	p = load(with_keys(file));
	said = catch_end();
	if (host == NULL)
		ok(p == NULL && strstr(said, "p.json: entry 1 (a): field 'address': ") != NULL,
		    "no address: %s", text);
	else
		ok(p != NULL && strcmp(p->entries[0].host, host) == 0 && p->entries[0].port == port,
		    "address %s", text);
	parties_free(p);
}

static void
test_addresses(void)
{
	static const char *const bad[] = { "", ":", "host", "host:", ":7000", "host:0",
		"host:65536", "host:07000",
		"host:+1", "host: 1", "host:1 ", "host:99999999999999999999", "ho st:1", "host:a",
		    "-host:1", "host-:1",
		"a..b:1", ".a:1", "host.:1", "a/b:1", "user@host:1", "2001:db8::1:7000",
		    "[2001:db8::1]",
		"[2001:db8::1]:", "[2001:db8::1]7000", "[2001:db8::g]:1", "[fe80::1%eth0]:1",
		    "[192.0.2.1]:1", "[]:1",
		"[::1", "]:1", "[::1]]:1", "256.0.0.1:1", "192.0.2:1", "192.0.2.1.1:1", "1:1",
		    "host.1:1",
		"h\xc3\xb6st:1",
		"a123456789012345678901234567890123456789012345678901234567890123.example.org:1" };
	char host[300], text[310];
	size_t i;

	address("localhost:1", "localhost", 1);
	address("a:65535", "a", 65535);
	address("mpc-1.example.org:7000", "mpc-1.example.org", 7000);
	address("smpc_alice_1:7000", "smpc_alice_1", 7000);
	address("127.0.0.1:7000", "127.0.0.1", 7000);
	address("1a.2b:7000", "1a.2b", 7000);
	address("[::1]:7000", "::1", 7000);
	address("[::ffff:192.0.2.1]:7000", "::ffff:192.0.2.1", 7000);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		address(bad[i], NULL, 0);
	for (i = 0; i < 253; i++)
		host[i] = (i % 50 == 49) ? '.' : 'a';
	host[i] = '\0';
	snprintf(text, sizeof(text), "%s:1", host);
	address(text, host, 1);
	snprintf(text, sizeof(text), "%sa:1", host);
	address(text, NULL, 0);
}

/* A file of ${computing} computing parties and ${owners} owners. */
static struct parties *
many(size_t computing, size_t owners)
{
	struct buf b = { NULL, 0, 0 };
	struct parties *p;
	char entry[256];
	size_t i;

	buf_string(&b, "{\"version\":1,\"parties\":[");
	for (i = 0; i < computing + owners; i++) {
		snprintf(entry, sizeof(entry),
		    "%s{\"name\":\"p%zu\",\"role\":\"%s\",\"key\":\"%.*s\"}", (i > 0) ? "," : "", i,
		    (i < computing) ? "computing" : "owner", IDENTITY_TEXT_LEN, keys[i]);
		buf_string(&b, entry);
	}
	buf_string(&b, "]}");
	p = parties_load_memory(b.data, b.len, "p.json");
	buf_free(&b);
	return (p);
}

static void
test_counts(void)
{
	const struct party *list[PARTIES_SHARING_MAX];
	struct parties *p;
	char *big;

	ok((p = many(2, 254)) != NULL && p->count == 256 &&
	    parties_find(p, "p255") == &p->entries[255], "256 parties");
	parties_free(p);
	ok((p = many(2, 255)) == NULL, "not 257");
	ok((p = many(63, 0)) != NULL && parties_sharing(p, list) == 63, "63 computing parties");
	parties_free(p);
	ok((p = many(64, 0)) == NULL, "not 64");
	if ((big = mem_array(PARTIES_FILE_MAX + 2, 1)) == NULL)
		tap_bail("no memory");
	memset(big, ' ', PARTIES_FILE_MAX + 1);
	strcpy(big, with_keys(FILE_OF(OLGA)));
	big[strlen(big)] = ' ';
	ok((p = parties_load_memory(big, PARTIES_FILE_MAX, "p.json")) != NULL, "a file of 1 MiB");
	parties_free(p);
	ok((p = parties_load_memory(big, PARTIES_FILE_MAX + 1, "p.json")) == NULL,
	    "not a byte more");
	free(big);
}

static void
test_load(void)
{
	char path[] = "/tmp/parties-XXXXXX";
	const char *text = with_keys(FILE_OF(ALICE "," BOB));
	struct parties *p;
	int fd;

	if ((fd = mkstemp(path)) == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) ||
	    close(fd) == -1)
		tap_bail("cannot write a file");
	ok((p = parties_load(path)) != NULL && p->count == 2, "a file is read");
	ok_str((p != NULL) ? p->file : NULL, path, "and keeps its name");
	parties_free(p);
	unlink(path);
	ok(parties_load(path) == NULL, "no file");
	ok(parties_load("/tmp") == NULL, "a directory");
}

/* The example of the manual page is a parties file. */
static void
test_manual(void)
{
	const char *root = getenv("ROOT");
	char path[4096], *page, *begin, *end;
	struct parties *p = NULL;
	size_t bytes;

	snprintf(path, sizeof(path), "%s/man/smpc-parties.5", (root != NULL) ? root : ".");
	if (io_read_file(path, 1 << 20, &page, &bytes) == -1)
		tap_bail("cannot read the manual; run this from the top of the tree, or set ROOT "
		    "to it");
	if ((begin = strstr(page, ".Bd -literal\n")) != NULL &&
	    (end = strstr(begin, ".Ed")) != NULL) {
		begin += strlen(".Bd -literal\n");
		p = parties_load_memory(begin, (size_t)(end - begin), "smpc-parties(5)");
	}
	ok(p != NULL && p->count == 5 && parties_dealer(p) != NULL, "the manual's example");
	parties_free(p);
	free(page);
}

static void
test_near(void)
{
	static const char *const c[] = { "alice", "bob", "Carol", "computing", "x" };
	static const struct {
		const char *name, *want;
	} cases[] = { { "alice", "alice" }, { "ALICE", "alice" }, { "alcie", "alice" },
	    { "lice", "alice" },
		{ "alicee", "alice" }, { "blice", "alice" }, { "carol", "Carol" }, { "bop", "bob" },
		    { "bo", NULL },
		{ "pop", NULL }, { "comput", NULL }, { "computin", "computing" },
		    { "comptingu", "computing" },
		{ "cmoptuing", "computing" }, { "cmoptuign", NULL }, { "", NULL }, { "y", NULL },
		    { "X", "x" },
		{ "dave", NULL } };
	static const char *const twins[] = { "row1", "row2" };
	char long_name[100];
	const char *longs[1] = { long_name };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok_str(near_match(cases[i].name, c, 5), cases[i].want, cases[i].name);
	ok_str(near_match("row3", twins, 2), "row1", "the first of equals");
	ok_str(near_match("row2", twins, 2), "row2", "the nearest of all");
	ok(near_match("alice", c, 0) == NULL, "nothing to choose from");
	memset(long_name, 'a', 64);
	long_name[64] = '\0';
	ok(near_match(long_name, longs, 1) == long_name, "64 bytes");
	long_name[64] = 'a';
	long_name[65] = '\0';
	ok(near_match(long_name, longs, 1) == NULL, "not 65");
	longs[0] = long_name + 1;
	ok(near_match(long_name, longs, 1) == NULL, "not 65 for 64");
	ok(near_match(long_name + 1, longs, 1) == longs[0], "64 again");
}

int
main(void)
{

	tap_plan(153);
	if (sodium_init() == -1)
		tap_bail("libsodium does not start");
	make_keys();
	test_good();
	test_lookup();
	test_file();
	test_entries();
	test_addresses();
	test_counts();
	test_load();
	test_manual();
	test_near();
	return (tap_end());
}
