/*
 * What works on secrets takes no branch and reads no address that depends on them.
 *
 * The program runs itself under memcheck and marks all secrets as undefined: memcheck.h.
 *
 * An operation is a line in OPERATIONS.  Those in LEAKS must be found.
 */

#include "memcheck.h"

#ifndef MEMCHECK

int
main(void)
{

	tap_skip_all(memcheck_why);
}

#else

#include <sodium.h>

#include "crypto/hash.h"
#include "crypto/prg.h"
#include "crypto/seal.h"
#include "ring/ring.h"

#define N 512 /* words of a vector, or 16 x 32 */

/* What operations work on.  All of it is secret; x, y, z and c are residues. */
struct secrets {
	uint64_t x[N], y[N], z[N];
	uint64_t c;
	uint64_t pairs[2 * N];
	uint8_t key[PRG_KEY_BYTES];
	struct seal seal; /* but for the count of messages */
	uint8_t out[SEAL_WRITTEN_BYTES(N)];
};

/* ---- what leaks */

static const volatile uint64_t table[8] = { 3, 1, 4, 1, 5, 9, 2, 6 };
static volatile uint64_t seen; /* no compiler makes a conditional store to it unconditional */

static void
leak_branch(uint64_t *z, const uint64_t *x)
{
	size_t i;

	for (i = 0; i < N; i++) {
		z[i] = x[i] + 1;
		if (x[i] > 3)
			seen = 1;
	}
}

static void
leak_bit(uint64_t *z, const uint64_t *x)
{

	z[0] = x[N - 1] + 1;
	if ((x[N - 1] & 1) != 0)
		seen = 1;
}

static void
leak_address(uint64_t *z, const uint64_t *x)
{
	size_t i;

	for (i = 0; i < N; i++)
		z[i] = table[x[i] % 8];
}

static void
leak_length(uint64_t *z, const uint64_t *x, const uint64_t *y)
{
	size_t i;

	for (i = 0; i < N && x[i] == y[i]; i++)
		seen = 1;
	z[0] = x[0] + 1;
}

/*
 * ---- the tables: name; for which rings, ALL, PROPER (moduli below 2^64) or NATIVE (2^64, or none
 * at all); call
 */

#define OPERATIONS(o)									\
	o(ring_add, ALL, ring_add(R, s->z, s->x, s->y, N))				\
	o(ring_sub, ALL, ring_sub(R, s->z, s->x, s->y, N))				\
	o(ring_mul, ALL, ring_mul(R, s->z, s->x, s->y, N))				\
	o(ring_scale, ALL, ring_scale(R, s->z, s->x, s->c, N))				\
	o(ring_sum, ALL, s->z[0] = ring_sum(R, s->x, N))				\
	o(ring_matmul_add, ALL, ring_matmul_add(R, s->z, s->x, s->y, 16, 16, 32))	\
	o(ring_uniform, PROPER, ring_uniform(R, s->z, s->pairs, N))			\
	o(ring_below, NATIVE, s->z[0] = ring_below(s->x[0], 1000003))			\
	o(prg_words, NATIVE, prg_words(s->z, N, s->key, 0))				\
	o(prg_words_from_the_middle, NATIVE, prg_words(s->z, N, s->key, 3))		\
	o(prg_values, ALL, prg_values(R, s->z, N, s->key, 3))				\
	o(prg_record_key, NATIVE, prg_record_key(s->out, s->key, 7))			\
	o(hash_once, NATIVE, hash_once(s->out, s->x, sizeof(s->x)))			\
	o(seal_chunk, NATIVE, (void)seal_chunk(&s->seal, s->x, N, 0, s->out))

#define LEAKS(o)						\
	o(branch, NATIVE, leak_branch(s->z, s->x))		\
	o(branch_on_a_bit, NATIVE, leak_bit(s->z, s->x))	\
	o(address, NATIVE, leak_address(s->z, s->x))		\
	o(length_of_a_loop, NATIVE, leak_length(s->z, s->x, s->y))

enum rings {
	ALL,
	PROPER,
	NATIVE
};

struct operation {
	const char *name;
	enum rings rings;
	void (*run)(const struct ring *R, struct secrets *s);
};

#define FUNCTION(name, rings, call)					\
	static void run_##name(const struct ring *R, struct secrets *s)	\
	{								\
		(void)R;						\
		call;							\
	}
#define ROW(name, rings, call) { #name, rings, run_##name },

OPERATIONS(FUNCTION)
LEAKS(FUNCTION)
static const struct operation operations[] = { OPERATIONS(ROW) }, leaks[] = { LEAKS(ROW) };

/* ---- the harness */

/* 0 is 2^64.  A prime, a power of two, the largest modulus below 2^64, the smallest. */
static const uint64_t moduli[] = { 0, 1000003, (uint64_t)1 << 59, UINT64_MAX, 2 };

static void
fill(struct secrets *s, uint64_t q)
{
	static const uint8_t seed[PRG_KEY_BYTES] = { 5 };
	uint64_t *residues[] = { s->x, s->y, s->z };
	struct ring R;
	size_t i;

	memset(s, 0, sizeof(*s));
	ring_init(&R, q);
	for (i = 0; i < 3; i++)
		prg_values(&R, residues[i], N, seed, i * N);
	prg_values(&R, &s->c, 1, seed, 3 * N);
	prg_words(s->pairs, 2 * N, seed, 9 * N);
	memset(s->key, 0x5a, sizeof(s->key));
	memset(s->seal.cipher.k, 0xa5, sizeof(s->seal.cipher.k));
	s->seal.cipher.keyed = 1;
}

/* Run it on secrets; return how many jumps and addresses depended on them. */
static unsigned
count_leaks(const struct operation *op, const struct ring *R, struct secrets *s)
{
	unsigned before = VALGRIND_COUNT_ERRORS, leaked;

	VALGRIND_MAKE_MEM_UNDEFINED(s, sizeof(*s));
	VALGRIND_MAKE_MEM_DEFINED(&s->seal, sizeof(s->seal));
	VALGRIND_MAKE_MEM_UNDEFINED(s->seal.cipher.k, sizeof(s->seal.cipher.k));
	op->run(R, s);
	leaked = VALGRIND_COUNT_ERRORS - before;
	VALGRIND_MAKE_MEM_DEFINED(s, sizeof(*s));
	return (leaked);
}

static void
test_operation(const struct operation *op, int leaks_expected)
{
	static struct secrets secrets, before;
	char modulus[32] = "2^64";
	unsigned leaked;
	struct ring R;
	size_t i;

	for (i = 0; i < sizeof(moduli) / sizeof(moduli[0]); i++) {
		if ((op->rings == PROPER && moduli[i] == 0) ||
		    (op->rings == NATIVE && moduli[i] != 0))
			continue;
		ring_init(&R, moduli[i]);
		if (moduli[i] != 0)
			snprintf(modulus, sizeof(modulus), "%" PRIu64, moduli[i]);
		fill(&secrets, moduli[i]);
		before = secrets;
		leaked = count_leaks(op, &R, &secrets);
		ok(memcmp(&before, &secrets, sizeof(secrets)) != 0, "%s, mod %s, does something",
		    op->name, modulus);
		if (leaks_expected)
			ok(leaked > 0, "%s, mod %s: a leak that is found", op->name, modulus);
		else if (!ok(leaked == 0, "%s, mod %s: no branch and no address depends on a "
		    "secret", op->name, modulus))
			tap_note("%u that do; valgrind says where on standard error", leaked);
	}
}

int
main(int argc, char **argv)
{
	size_t i;

	memcheck_enter(argc, argv);
	if (sodium_init() == -1)
		tap_bail("no libsodium");
	for (i = 0; i < sizeof(leaks) / sizeof(leaks[0]); i++)
		test_operation(&leaks[i], 1);
	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		test_operation(&operations[i], 0);
	return (tap_end());
}

#endif
