#include <string.h>

#include "base/mem.h"
#include "mpc/aes_internal.h"
#include "ring/bits.h"

#define BYTE_BITS 8
#define STATE_BITS (AES_BYTES * BYTE_BITS)
#define KEY_BITS (AES_KEY_BOXES * BYTE_BITS)

const unsigned *
aes_monomials(void)
{
	static const unsigned sets[GF16_MONOMIALS] = { 0x3, 0x5, 0x6, 0x7, 0x9, 0xa, 0xb, 0xc, 0xd,
		0xe, 0xf };

	return (sets);
}

/* ---- where planes are ---- */

struct aes_part
aes_part(const struct aes *a, size_t i)
{
	size_t first = i * CHUNK;

	if (i + 1 == a->parts)
		return ((struct aes_part){ .bytes = AES_KEY_BOXES, .words = 1,
			.at = STATE_BITS * bits_words(a->blocks) });
	return ((struct aes_part){ .bytes = AES_BYTES,
		.words = bits_words(chunk_of(a->blocks - first)),
		.at = STATE_BITS * (first / WORD_BITS) });
}

static int
aes_new(struct mpc *S, struct aes *a, size_t blocks)
{

	memset(a, 0, sizeof(*a));
	a->S = S;
	a->blocks = blocks;
	a->parts = (blocks + CHUNK - 1) / CHUNK + 1;
	a->words = STATE_BITS * bits_words(blocks) + KEY_BITS;
	return ((planes_new(S, &a->state, a->words) == -1 ||
	    planes_new(S, &a->norm, a->words / 2) == -1 ||
	    planes_new(S, &a->inverse, a->words / 2) == -1 ||
	    planes_new(S, &a->boxed, a->words) == -1 ||
	    planes_new(S, &a->key, STATE_BITS) == -1) ? -1 : 0);
}

static void
aes_free(struct aes *a)
{

	planes_free(&a->state, a->words);
	planes_free(&a->norm, a->words / 2);
	planes_free(&a->inverse, a->words / 2);
	planes_free(&a->boxed, a->words);
	planes_free(&a->key, STATE_BITS);
}

/* ---- blocks to planes, and back: of one plane of a vector ---- */

static void
take_blocks(const struct aes *a, word *planes, const word *blocks)
{
	word half[CHUNK];
	struct aes_part p;
	size_t i, j, k, n;

	for (i = 0; i + 1 < a->parts; i++) {
		p = aes_part(a, i);
		n = chunk_of(a->blocks - i * CHUNK);
		for (k = 0; k < MPC_AES_WORDS; k++) {
			for (j = 0; j < n; j++)
				half[j] = blocks[(i * CHUNK + j) * MPC_AES_WORDS + k];
			bits_slice(planes + p.at + k * WORD_BITS * p.words, p.words, half, n, 0,
			    WORD_BITS);
		}
	}
	mem_wipe(half, sizeof(half));
}

static void
give_blocks(const struct aes *a, word *blocks, const word *planes)
{
	word half[CHUNK];
	struct aes_part p;
	size_t i, j, k, n;

	for (i = 0; i + 1 < a->parts; i++) {
		p = aes_part(a, i);
		n = chunk_of(a->blocks - i * CHUNK);
		for (k = 0; k < MPC_AES_WORDS; k++) {
			bits_unslice(half, planes + p.at + k * WORD_BITS * p.words, p.words, n);
			for (j = 0; j < n; j++)
				blocks[(i * CHUNK + j) * MPC_AES_WORDS + k] = half[j];
		}
	}
	mem_wipe(half, sizeof(half));
}

static void
take_key(word *planes, const word *key)
{
	size_t i;

	for (i = 0; i < STATE_BITS; i++)
		planes[i] = key[i / WORD_BITS] >> (i % WORD_BITS) & 1;
}

/* ---- rounds: of one plane of a vector; constants are added where ${m} says that it is m ---- */

static word *
byte_at(word *planes, size_t byte, size_t words)
{

	return (planes + byte * BYTE_BITS * words);
}

static void
add_constant(word *planes, unsigned constant, size_t words)
{
	size_t i, j;

	for (i = 0; i < BYTE_BITS; i++) {
		for (j = 0; (constant >> i & 1) != 0 && j < words; j++)
			planes[i * words + j] = ~planes[i * words + j];
	}
}

static void
xor_planes(word *z, const word *x, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		z[i] ^= x[i];
}

/* z += X x, for a byte of ${words} words a plane. */
static void
add_doubled(word *z, const word *x, size_t words)
{
	const word *top = x + (BYTE_BITS - 1) * words;
	static const size_t wraps[] = { 0, 1, 3, 4 };
	size_t i;

	xor_planes(z + words, x, (BYTE_BITS - 1) * words);
	for (i = 0; i < sizeof(wraps) / sizeof(*wraps); i++)
		xor_planes(z + wraps[i] * words, top, words);
}

/* Each byte of a column: 2 a_r + 3 a_(r + 1) + a_(r + 2) + a_(r + 3). */
static void
mix_column(word *column, size_t words)
{
	word mixed[4 * BYTE_BITS * CHUNK_WORDS], *z, *next;
	size_t byte = BYTE_BITS * words, r;

	memset(mixed, 0, 4 * byte * sizeof(*mixed));
	for (r = 0; r < 4; r++) {
		z = mixed + r * byte;
		next = column + (r + 1) % 4 * byte;
		add_doubled(z, column + r * byte, words);
		add_doubled(z, next, words);
		xor_planes(z, next, byte);
		xor_planes(z, column + (r + 2) % 4 * byte, byte);
		xor_planes(z, column + (r + 3) % 4 * byte, byte);
	}
	memcpy(column, mixed, 4 * byte * sizeof(*mixed));
	mem_wipe(mixed, 4 * byte * sizeof(*mixed));
}

/* The same bit to all blocks. */
static void
add_round_key(word *planes, const word *key, size_t words)
{
	size_t i, j;

	for (i = 0; i < STATE_BITS; i++) {
		for (j = 0; j < words; j++)
			planes[i * words + j] ^= 0 - (key[i] & 1);
	}
}

/* What comes out of the S-boxes, with rows shifted: byte r of column c is at r + 4 c. */
static void
shift_state(word *state, const word *boxed, size_t words, bool m)
{
	size_t r, c;
	word *to;

	for (c = 0; c < 4; c++) {
		for (r = 0; r < 4; r++) {
			to = byte_at(state, r + 4 * c, words);
			gf16_to_aes_box(to, boxed + (r + 4 * ((c + r) % 4)) * BYTE_BITS * words,
			    words);
			if (m)
				add_constant(to, GF16_AES_CONSTANT, words);
		}
	}
}

/* The next round's key, from the S-boxes of the last one's last word. */
static void
next_key(word *key, const word *boxed, unsigned round_constant, bool m)
{
	word box[BYTE_BITS];
	size_t i, byte = BYTE_BITS;

	for (i = 0; i < AES_KEY_BOXES; i++) {
		gf16_to_aes_box(box, boxed + i * byte, 1);
		if (m)
			add_constant(box, GF16_AES_CONSTANT ^ ((i == 0) ? round_constant : 0), 1);
		xor_planes(key + i * byte, box, byte);
	}
	for (i = 4 * byte; i < STATE_BITS; i++)
		key[i] ^= key[i - 4 * byte];
	mem_wipe(box, sizeof(box));
}

/* The last word of the key, turned by a byte, to its S-boxes. */
static void
key_to_boxes(word *boxes, const word *key)
{
	size_t i, byte = BYTE_BITS;

	for (i = 0; i < AES_KEY_BOXES; i++)
		memcpy(boxes + i * byte, key + (12 + (i + 1) % 4) * byte, byte * sizeof(*boxes));
}

/* All bytes into the form in which they are inverted. */
static void
to_fields(const struct aes *a, word *state)
{
	word field[BYTE_BITS * CHUNK_WORDS], *byte;
	struct aes_part p;
	size_t i, j;

	for (i = 0; i < a->parts; i++) {
		p = aes_part(a, i);
		for (j = 0; j < p.bytes; j++) {
			byte = byte_at(state + p.at, j, p.words);
			gf16_from_aes(field, byte, p.words);
			memcpy(byte, field, BYTE_BITS * p.words * sizeof(*field));
		}
	}
	mem_wipe(field, sizeof(field));
}

/* Before the S-boxes of a round. */
static void
before_boxes(const struct aes *a, word *state, const word *key)
{

	key_to_boxes(state + aes_part(a, a->parts - 1).at, key);
	to_fields(a, state);
}

/* Behind them. */
static void
after_boxes(const struct aes *a, word *state, word *key, const word *boxed, unsigned round,
    bool m)
{
	static const uint8_t constants[] = { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1b,
		0x36 };
	struct aes_part p = aes_part(a, a->parts - 1);
	size_t i, c;

	next_key(key, boxed + p.at, constants[round - 1], m);
	for (i = 0; i + 1 < a->parts; i++) {
		p = aes_part(a, i);
		shift_state(state + p.at, boxed + p.at, p.words, m);
		for (c = 0; round < AES_ROUNDS && c < 4; c++)
			mix_column(byte_at(state + p.at, 4 * c, p.words), p.words);
		add_round_key(state + p.at, key, p.words);
	}
}

/* ---- all of it ---- */

/* Planes that a party has none of are NULL: it skips them. */
static void
begin_blocks(const struct aes *a, word *state, word *key, const word *x, const word *secret_key)
{
	struct aes_part p;
	size_t i;

	if (state == NULL)
		return;
	take_blocks(a, state, x);
	take_key(key, secret_key);
	for (i = 0; i + 1 < a->parts; i++) {
		p = aes_part(a, i);
		add_round_key(state + p.at, key, p.words);
	}
}

static int
run_round(struct aes *a, unsigned round, int (*substitute)(struct aes *a))
{
	struct mpc_planes *s = &a->state, *k = &a->key, *b = &a->boxed;

	if (s->m != NULL)
		before_boxes(a, s->m, k->m);
	if (s->lam != NULL)
		before_boxes(a, s->lam, k->lam);
	if (substitute(a) == -1)
		return (-1);
	if (s->m != NULL)
		after_boxes(a, s->m, k->m, b->m, round, true);
	if (s->lam != NULL)
		after_boxes(a, s->lam, k->lam, b->lam, round, false);
	return (0);
}

int
aes_run(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x, const struct mpc_bits *key,
    unsigned rounds, int (*substitute)(struct aes *a))
{
	struct aes a;
	unsigned round;
	int rc;

	if ((rc = aes_new(S, &a, x->n / MPC_AES_BITS)) == 0) {
		begin_blocks(&a, a.state.m, a.key.m, x->held.m, key->held.m);
		begin_blocks(&a, a.state.lam, a.key.lam, x->held.lam, key->held.lam);
	}
	for (round = 1; rc == 0 && round <= rounds; round++)
		rc = run_round(&a, round, substitute);
	if (rc == 0 && y->held.m != NULL)
		give_blocks(&a, y->held.m, a.state.m);
	if (rc == 0 && y->held.lam != NULL)
		give_blocks(&a, y->held.lam, a.state.lam);
	aes_free(&a);
	return (rc);
}
