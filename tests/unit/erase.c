/*
 * What is freed holds no secret any more.
 *
 * The program has an allocator of its own, which never gives out a byte twice: what was freed stays
 * to be searched for keys and clear values.  Secrets that the library draws are known by way of
 * libsodium's source of randomness.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "carrier_pair.h"
#include "crypto/prg.h"
#include "crypto/seal.h"
#include "data/identity.h"
#include "data/reader.h"
#include "data/sealed.h"
#include "data/sharer.h"
#include "data/sink.h"
#include "net/channel.h"
#include "net/own_agent.h"
#include "net/protocol.h"
#include "tap.h"

#if SANITIZED

int
main(void)
{

	tap_skip_all("a sanitizer has an allocator of its own");
}

#else

/* ---- the allocator */

#define ARENA_BYTES ((size_t)64 << 20)
#define ALIGN ((size_t)64)

static _Alignas(4096) unsigned char arena[ARENA_BYTES];
static atomic_size_t arena_used = ALIGN;
static atomic_uintptr_t freed_last;

/*
 * Bytes at a multiple of ${align}, their number in the ALIGN bytes before them; zero, as nothing
 * was there before.
 */
static void *
take(size_t bytes, size_t align)
{
	size_t at, place;

	if (align < ALIGN)
		align = ALIGN;
	if (bytes > ARENA_BYTES || align > 4096) {
		errno = ENOMEM;
		return (NULL);
	}
	at = atomic_fetch_add(&arena_used, bytes + align + 2 * ALIGN);
	place = (at + ALIGN + align - 1) / align * align;
	if (place + bytes > ARENA_BYTES) {
		errno = ENOMEM;
		return (NULL);
	}
	memcpy(arena + place - ALIGN, &bytes, sizeof(bytes));
	return (arena + place);
}

void *
malloc(size_t bytes)
{

	return (take(bytes, ALIGN));
}

void *
calloc(size_t count, size_t size)
{

	return (take((size != 0 && count > ARENA_BYTES / size) ? SIZE_MAX : count * size, ALIGN));
}

void *
realloc(void *old, size_t bytes)
{
	void *p = take(bytes, ALIGN);
	size_t had;

	if (p != NULL && old != NULL) {
		memcpy(&had, (unsigned char *)old - ALIGN, sizeof(had));
		memcpy(p, old, (had < bytes) ? had : bytes);
	}
	return (p);
}

void *
aligned_alloc(size_t align, size_t bytes)
{

	return (take(bytes, align));
}

int
posix_memalign(void **p, size_t align, size_t bytes)
{

	*p = take(bytes, align);
	return ((*p == NULL) ? ENOMEM : 0);
}

/*
 * Nothing, but in a way that compilers keep: clang takes free(p) for an error where it sees that p
 * is not used.
 */
void
free(void *p)
{

	atomic_store(&freed_last, (uintptr_t)p);
}

static int
is_ours(const void *p)
{

	return ((uintptr_t)p >= (uintptr_t)arena && (uintptr_t)p < (uintptr_t)arena + ARENA_BYTES);
}

/* How often the bytes are in memory that was allocated, whether it was freed or not. */
static size_t
found(const void *bytes, size_t n)
{
	const unsigned char *p = arena, *end = arena + atomic_load(&arena_used), *secret = bytes;
	size_t count = 0;

	while ((size_t)(end - p) >= n &&
	    (p = memchr(p, secret[0], (size_t)(end - p) - n + 1)) != NULL) {
		count += (memcmp(p, secret, n) == 0);
		p++;
	}
	return (count);
}

static void
ok_gone(const void *bytes, size_t n, const char *what, const char *after)
{
	size_t count = found(bytes, n);

	if (!ok(count == 0, "%s: gone after %s", what, after))
		tap_note("  it is still there in %zu places", count);
}

/* ---- secrets that are known */

#define MAX_DRAWS 16

static uint8_t draws[MAX_DRAWS][32];
static size_t n_draws;

static const char *
source_known_name(void)
{

	return ("known");
}

/* Nothing is drawn twice, and what was drawn is kept. */
static void
source_known_draw(void *const data, const size_t bytes)
{
	static uint8_t seed[randombytes_SEEDBYTES] = { 7 };

	seed[31]++;
	randombytes_buf_deterministic(data, bytes, seed);
	if (bytes != sizeof(draws[0]) || n_draws == MAX_DRAWS)
		tap_bail("drawn otherwise than this test knows");
	memcpy(draws[n_draws++], data, bytes);
}

static uint32_t
source_known_number(void)
{

	return (4);
}

static randombytes_implementation source_known = { .implementation_name = source_known_name,
	.random = source_known_number, .buf = source_known_draw };

/* ---- streams in memory that is not searched */

#define STREAM_BYTES ((size_t)1 << 16)

struct stream {
	uint8_t data[STREAM_BYTES];
	size_t bytes;
};

static int
stream_write(void *state, const void *data, size_t bytes)
{
	struct stream *s = state;

	if (bytes > sizeof(s->data) - s->bytes)
		tap_bail("a stream is longer than expected");
	memcpy(s->data + s->bytes, data, bytes);
	s->bytes += bytes;
	return (0);
}

static int
stream_holds(const struct stream *s, const void *bytes, size_t n)
{
	size_t i;

	for (i = 0; i + n <= s->bytes; i++) {
		if (memcmp(s->data + i, bytes, n) == 0)
			return (1);
	}
	return (0);
}

/* Read a whole file without stdio. */
static void
stream_load(struct stream *s, const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = -1;

	if (fd != -1) {
		n = read(fd, s->data, sizeof(s->data));
		close(fd);
	}
	if (n <= 0)
		tap_bail("a file cannot be read");
	s->bytes = (size_t)n;
}

/* ---- the tests */

/* A value that is nowhere else. */
static uint8_t pattern[32];

static void
new_pattern(uint8_t first)
{
	size_t i;

	for (i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(first + 37 * i * i);
}

/* The search finds what is left, and wiping leaves nothing. */
static void
test_search(void)
{
	/* Compilers know what malloc and free are for, and would leave out the writes. */
	void *(*volatile obtain)(size_t bytes) = malloc;
	void (*volatile release)(void *p) = free;
	uint8_t *p = obtain(100);
	struct buf b = { NULL, 0, 0 };
	size_t i;

	new_pattern(0xc7);
	ok_u64(found(pattern, sizeof(pattern)), 0, "nothing is there yet");
	memcpy(p + 13, pattern, sizeof(pattern));
	release(p);
	ok_u64(found(pattern, sizeof(pattern)), 1, "what was freed without being wiped is found");
	mem_wipe(p, 100);
	ok_u64(found(pattern, sizeof(pattern)), 0, "and not when it was wiped");
	p = mem_array(1, 100);
	memcpy(p, pattern, sizeof(pattern));
	mem_wipe_free(p, 100);
	ok_gone(pattern, sizeof(pattern), "an array", "mem_wipe_free");
	for (i = 0; i < 50; i++)
		(void)buf_append(&b, pattern, sizeof(pattern));
	ok_u64(found(pattern, sizeof(pattern)), 50, "a buffer that grew has left no copies behind");
	buf_free(&b);
	ok_gone(pattern, sizeof(pattern), "a buffer", "buf_free");
}

static void
test_identity(const char *directory)
{
	static struct stream file;
	char path[300];
	struct identity *id;
	const char *text;

	snprintf(path, sizeof(path), "%s/key", directory);
	n_draws = 0;
	if ((id = identity_generate()) == NULL || n_draws != 1 || identity_write(path, id) == -1)
		tap_bail("no identity");
	identity_free(id);
	stream_load(&file, path);
	file.data[file.bytes] = '\0';
	text = strstr((const char *)file.data, "smpc-secret-");
	ok(text != NULL && strlen(text) > 60, "the file holds the key as text");
	ok_gone(draws[0], sizeof(draws[0]), "a secret key", "identity_write");
	ok_gone(text + 20, 24, "a secret key as text", "identity_write");
	if ((id = identity_load(path)) == NULL)
		tap_bail("the identity cannot be read");
	ok_bytes(id->secret, draws[0], sizeof(draws[0]), "it is read back");
	identity_free(id);
	ok_gone(draws[0], sizeof(draws[0]), "a secret key", "identity_load");
	ok_gone(text + 20, 24, "a secret key as text", "identity_load");
	unlink(path);
}

/* The shares of what is shared below: those of the dealer and of two computing parties. */
static struct stream shares[3];

#define ROWS 8
#define COLS 4

/* Share, or begin to and give up; which draws an id, and then the part keys. */
static void
share(bool text, bool whole)
{
	static const char *const names[] = { "dealer", "alice", "bob" };
	static uint64_t clear[ROWS * COLS], mask[ROWS * COLS];
	const char *after = text ? "sharing, as text" : whole ? "sharing" : "a sharing that was "
	    "given up";
	uint8_t keys[2][PRG_KEY_BYTES];
	struct sink *sinks[3];
	struct part *part = part_new();
	struct sharer *s;
	uint64_t *words = NULL;
	size_t i;

	for (i = 0; i < ROWS * COLS; i++)
		clear[i] = 0x7b00c1ea00000000u + i;
	if (part == NULL || part_set_parties(part, names, 3) == -1 ||
	    part_set_name(part, "x") == -1 || part_set_columns(part, NULL, COLS) == -1)
		tap_bail("no part");
	part->scheme = SCHEME_MASKED;
	part->modulus = 0;
	n_draws = 0;
	for (i = 0; i < 3; i++) {
		shares[i].bytes = 0;
		sinks[i] = sink_function(stream_write, &shares[i], names[i]);
	}
	if ((s = sharer_new(part, sinks, text)) == NULL || n_draws != 3 ||
	    sharer_space(s, &words) < ROWS)
		tap_bail("no sharer");
	memcpy(words, clear, sizeof(clear));
	ok(found(draws[1], 32) > 0 && found(draws[2], 32) > 0 && found(clear, sizeof(clear)) > 0,
	    "keys and values are seen while they are in use");
	if (sharer_filled(s, ROWS) == -1 || (whole && sharer_end(s) == -1))
		tap_bail("cannot share");
	sharer_free(s);
	for (i = 0; i < 3; i++)
		(void)sink_commit(sinks[i]);
	part_free(part);
	for (i = 0; i < 2; i++) {
		prg_record_key(keys[i], draws[1 + i], 0);
		prg_words(mask, ROWS * COLS, keys[i], 0);
		ok_gone(draws[1 + i], 32, "a part key", after);
		ok_gone(keys[i], 32, "a record key", after);
		ok_gone(mask, 4 * sizeof(mask[0]), "a mask", after);
	}
	ok_gone(clear, 2 * sizeof(clear[0]), "the clear values", after);
}

/* The keys and masks of a share are gone when its reader is. */
static void
read_back(const struct stream *stream, const uint8_t *key, const uint64_t *mask, const char *what)
{
	static uint8_t hex[2 * 32 + 1];
	struct keyring none = { .load = NULL };
	struct reader *r = reader_from(source_memory(stream->data, stream->bytes, what, &none));
	struct rows rows;
	size_t total = 0;
	int rc;

	if (r == NULL)
		tap_bail("no reader");
	while ((rc = reader_rows(r, ROWS, &rows)) == 1)
		total += rows.rows;
	ok(rc == 0 && total == ROWS, "%s is read", what);
	hex_encode((char *)hex, key, 32);
	ok(stream_holds(stream, key, 32) || stream_holds(stream, hex, 64), "it came with the key");
	ok(found(key, 32) > 0 && found(mask, 4 * sizeof(*mask)) > 0, "key and mask are seen while "
	    "they are in use");
	reader_close(r);
	ok_gone(key, 32, "a key", "reader_close");
	if (stream_holds(stream, hex, 64))
		tap_skip(1, "a key in hexadecimal digits: the strings of the JSON library are not "
		    "wiped");
	else
		ok_gone(hex, 64, "a key in hexadecimal digits", "reader_close");
	ok_gone(mask, 4 * sizeof(*mask), "a mask", "reader_close");
}

static void
test_shares(bool text)
{
	static uint8_t part_key[32], record_key[32];
	static uint64_t mask[ROWS * COLS];

	share(text, true);
	memcpy(part_key, draws[2], sizeof(part_key));
	prg_record_key(record_key, part_key, 0);
	prg_words(mask, ROWS * COLS, record_key, 0);
	read_back(&shares[2], record_key, mask, text ? "a party's share, as text," :
	    "a party's share");
	read_back(&shares[0], part_key, mask, text ? "the dealer's share, as text," :
	    "the dealer's share");
	sodium_memzero(part_key, sizeof(part_key));
}

/* ---- sealed streams: the key comes from hooks, as it comes from an agent */

static const uint8_t seal_key[NOISE_KEY_BYTES] = { 0x5e, 0xa1, 0xed, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

static int
give_cipher(struct noise_cipher *cipher)
{

	*cipher = (struct noise_cipher){ .keyed = 1 };
	memcpy(cipher->k, seal_key, sizeof(cipher->k));
	return (0);
}

static int
begin_seal(const char *recipient, struct noise_cipher *cipher, uint8_t *preamble, size_t *bytes)
{
	static const char header[] = "{\"from\":\"alice\",\"kind\":\"sealed\",\"to\":\"bob\"}";
	static const uint8_t fixed[] = { 0xb5, 'S', 'E', 'A', 'L', '\r', '\n', 0x1a, 1, 0, 0, 0,
		sizeof(header) - 1, 0, 0, 0 };

	(void)recipient;
	*bytes = SEAL_PREAMBLE_BYTES(sizeof(header) - 1);
	memset(preamble, 0, *bytes);
	memcpy(preamble, fixed, sizeof(fixed));
	memcpy(preamble + sizeof(fixed), header, sizeof(header) - 1);
	return (give_cipher(cipher));
}

static int
open_seal(const char *where, const uint8_t *preamble, size_t bytes, struct noise_cipher *cipher,
    char *sender)
{

	(void)where;
	(void)preamble;
	(void)bytes;
	strcpy(sender, "alice");
	return (give_cipher(cipher));
}

static void
test_sealed(const char *directory)
{
	static struct stream file;
	struct seal_to to = { .recipient = "bob", .start = begin_seal };
	struct keyring keys = { .open = open_seal };
	const struct record *record;
	struct reader *r;
	char path[300];
	struct sink *s;
	uint8_t key[32];

	snprintf(path, sizeof(path), "%s/sealed", directory);
	share(false, true);
	prg_record_key(key, draws[2], 0);
	if ((s = sink_open(path, OUTPUT_REPLACE, &to)) == NULL ||
	    sink_write(s, shares[2].data, shares[2].bytes) == -1)
		tap_bail("cannot seal");
	ok(found(seal_key, sizeof(seal_key)) > 0 && found(key, sizeof(key)) > 0,
	    "keys are seen while a stream is sealed");
	ok(sink_commit(s) == 0, "a stream is sealed");
	ok_gone(seal_key, sizeof(seal_key), "the key of the seal", "sink_commit");
	ok_gone(key, sizeof(key), "what was sealed", "sink_commit");
	if ((s = sink_open(path, OUTPUT_REPLACE, &to)) == NULL ||
	    sink_write(s, shares[2].data, shares[2].bytes) == -1)
		tap_bail("cannot seal");
	sink_abort(s);
	ok_gone(seal_key, sizeof(seal_key), "the key of the seal", "sink_abort");
	ok_gone(key, sizeof(key), "what was sealed", "sink_abort");

	stream_load(&file, path);
	ok(!stream_holds(&file, key, sizeof(key)), "the sealed stream does not show what it holds");
	if ((r = reader_from(source_memory(file.data, file.bytes, "sealed", &keys))) == NULL)
		tap_bail("no reader");
	ok(reader_record(r, &record) == 1 && memcmp(record->keys[0], key, sizeof(key)) == 0,
	    "and is opened");
	ok(found(key, sizeof(key)) > 0, "what was sealed is seen while it is open");
	reader_close(r);
	ok_gone(seal_key, sizeof(seal_key), "the key of the seal", "reader_close");
	ok_gone(key, sizeof(key), "what was sealed", "reader_close");
	unlink(path);
}

/* ---- what an agent answers, which a tool has on its stack */

#define STACK_BYTES ((size_t)256 << 10)
#define REQUEST_BYTES 512
#define ANSWER_BYTES (1 + NOISE_KEY_BYTES + 8 + 2)

static _Alignas(4096) unsigned char stack[STACK_BYTES];

/* A request, what was answered, and what the tool has of it. */
static struct asked {
	bool seals;
	int rc;
	struct noise_cipher cipher;
	uint8_t preamble[SEAL_PREAMBLE_BYTES(SEAL_HEADER_MAX)];
} asked;

static void *
ask_agent(void *nothing)
{
	char sender[PARTY_NAME_BYTES + 1];
	size_t bytes;

	asked.rc = asked.seals ?
	    own_agent_seal("bob", &asked.cipher, asked.preamble, &bytes) :
	    own_agent_unseal("x", asked.preamble, 100, &asked.cipher, sender);
	return (nothing);
}

/* Answer whatever is asked, once; the key is the pattern. */
static void
answer_once(int listener, uint8_t type)
{
	uint8_t request[REQUEST_BYTES], answer[ANSWER_BYTES] = { type };
	int fd = accept(listener, NULL, NULL);

	memcpy(answer + 1, pattern, NOISE_KEY_BYTES);
	if (fd == -1 || recv(fd, request, sizeof(request), 0) <= 0 ||
	    send(fd, answer, sizeof(answer), 0) != (ssize_t)sizeof(answer))
		tap_bail("no answer");
	close(fd);
}

/* How often bytes are on the stack of a thread that has ended. */
static size_t
found_on_stack(const void *bytes, size_t n)
{
	size_t i, count = 0;

	for (i = 0; i + n <= sizeof(stack); i++)
		count += (memcmp(stack + i, bytes, n) == 0);
	return (count);
}

static void *
leave_behind(void *nothing)
{
	/* Deep enough that nothing that comes later is put over it. */
	volatile uint8_t copy[STACK_BYTES / 2];
	size_t i;

	for (i = 0; i < sizeof(pattern); i++)
		copy[i] = pattern[i];
	return ((copy[0] == pattern[0]) ? nothing : NULL);
}

/* Run a function on the stack that is searched; answer it from here. */
static void
run_on_stack(void *(*f)(void *), int listener, uint8_t type)
{
	pthread_attr_t attributes;
	pthread_t thread = 0;

	memset(stack, 0, sizeof(stack));
	if (pthread_attr_init(&attributes) != 0 ||
	    pthread_attr_setstack(&attributes, stack, sizeof(stack)) != 0 ||
	    pthread_create(&thread, &attributes, f, NULL) != 0)
		tap_bail("no thread");
	if (type != 0)
		answer_once(listener, type);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attributes);
}

static void
test_agent(const char *directory)
{
	/* The path of a socket must be short. */
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "agent" };
	int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	if (listener == -1 || chdir(directory) == -1 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(listener, 1) == -1 || setenv("SMPC_LINK", address.sun_path, 1) == -1)
		tap_bail("nowhere to listen");
	new_pattern(0xb3);
	run_on_stack(leave_behind, -1, 0);
	ok(found_on_stack(pattern, sizeof(pattern)) > 0, "what was left on a stack is found");
	for (asked.seals = false;; asked.seals = true) {
		run_on_stack(ask_agent, listener, asked.seals ? AGENT_SEALED : AGENT_UNSEALED);
		ok(asked.rc == 0 && memcmp(asked.cipher.k, pattern, sizeof(pattern)) == 0,
		    "the agent gives a key to %s", asked.seals ? "seal" : "unseal");
		ok_u64(found_on_stack(pattern, sizeof(pattern)), 0, "and it is on the stack no "
		    "more");
		if (asked.seals)
			break;
	}
	mem_wipe(&asked, sizeof(asked));
	ok_gone(pattern, sizeof(pattern), "a key that the agent gave", "that");
	(void)unsetenv("SMPC_LINK");
	close(listener);
	unlink(address.sun_path);
}

/* The messages' own cleartext is not looked for while they wait: they may be encrypted at once. */
static void
test_channel(void)
{
	struct noise_cipher keys[2] = { { .keyed = 1 }, { .keyed = 1 } };
	uint8_t received[sizeof(pattern)];
	struct carrier carriers[2];
	struct channel *a = NULL, *b = NULL;

	memset(keys[0].k, 0xd4, sizeof(keys[0].k));
	memset(keys[1].k, 0xd5, sizeof(keys[1].k));
	new_pattern(0xd6);
	carrier_pair(carriers);
	if ((a = channel_new("bob", &carriers[0], &keys[0], &keys[1])) == NULL ||
	    (b = channel_new("alice", &carriers[1], &keys[1], &keys[0])) == NULL)
		tap_bail("no channels");
	ok(found(keys[0].k, 32) > 0 && found(keys[1].k, 32) > 0, "keys are seen while a channel is "
	    "in use");
	channel_send(a, pattern, sizeof(pattern));
	channel_flush(a);
	channel_receive(b, received, sizeof(received));
	while (channel_unsent(a) > 0 || channel_wanted(b) > 0) {
		if (channel_step(a) == -1 || channel_step(b) == -1)
			tap_bail("a channel fails");
	}
	ok_bytes(received, pattern, sizeof(pattern), "the message arrives");
	channel_free(a);
	channel_free(b);
	ok_gone(keys[0].k, 32, "the key for sending", "channel_free");
	ok_gone(keys[1].k, 32, "the key for receiving", "channel_free");
	ok_gone(pattern, sizeof(pattern), "a message", "channel_free");
}

int
main(void)
{
	char directory[256];
	const char *base = getenv("TMPDIR");
	struct buf b = { NULL, 0, 0 };
	void *p = NULL;
	int ours;

	/*
	 * Calls of this program's own may reach its allocator even where those of the library do
	 * not.
	 */
	if (buf_append(&b, "", 1) == -1 || (p = mem_array(1, 1)) == NULL)
		tap_bail("no memory");
	ours = (is_ours(b.data) && is_ours(p));
	buf_free(&b);
	mem_wipe_free(p, 1);
	if (!ours)
		tap_skip_all("the allocator is not this program's own, but that of valgrind or of "
		    "a sanitizer");
	if (sodium_init() == -1)
		tap_bail("no libsodium");
	randombytes_set_implementation(&source_known);
	snprintf(directory, sizeof(directory), "%s/smpc-erase-XXXXXX", (base != NULL) ? base :
	    "/tmp");
	if (mkdtemp(directory) == NULL)
		tap_bail("no directory");
	test_search();
	test_identity(directory);
	test_shares(false);
	test_shares(true);
	share(false, false);
	test_sealed(directory);
	test_channel();
	test_agent(directory);
	rmdir(directory);
	return (tap_end());
}

#endif
