/*
 * Why shares are masked anew before they leave the computing parties (smpc-protocol(7), Revealing).
 *
 * ReLU of a negative number is 0, and reveals no more of it.  But the share of that 0 that party 1
 * has before it is masked anew is a function of the opened number with coefficients that the dealer
 * knows: given that one word, he finds the number.  Here he does; and from the word that leaves
 * party 1 in mpc_reveal, he does not.
 */

#include "base/diag.h"

#include "operations.h"
#include "tap.h"
#include "test_stream.h"

#define N 1000
#define SHIFT 16
#define TOP_WORDS (N * SHIFT / 64)

/* What the dealer knows, and what leaves party 1. */
struct relu {
	struct clear clear;
	uint64_t lam[N];                         /* of the number */
	uint64_t lam_y[N];                       /* party 1's mask of the result */
	uint64_t m_y[N];
	uint64_t high[N], top[N], bit[N], bit_high[N], bit_top[N]; /* what party 1 was dealt */
	uint64_t sent[2][N];                     /* by party 1, in the operation and in revealing */
	size_t n_sent, n_whole, n_narrow, parties;
	uint64_t revealed[N];
};

static struct relu relu;

/* In the order of correlated_internal.h: of the number, then of the bit times the number. */
static void
drawn(const struct mpc *S, size_t peer, enum stream_purpose purpose, const uint64_t *z, size_t n)
{
	uint64_t *const wholes[] = { relu.high, relu.bit, relu.bit_high },
	    *const narrows[] = { relu.top, relu.bit_top };

	(void)peer;
	if (S->self != 1)
		return;
	if (purpose == STREAM_MASK && n == N)
		memcpy(relu.lam_y, z, sizeof(relu.lam_y));
	if (purpose == STREAM_PAD && n == N && relu.n_whole < 3)
		memcpy(wholes[relu.n_whole++], z, N * sizeof(*z));
	if (purpose == STREAM_PAD && n == TOP_WORDS && relu.n_narrow < 2)
		bits_unpack(narrows[relu.n_narrow++], (const uint8_t *)z, N, SHIFT);
}

static void
seen(void *state, size_t from, size_t to, const void *data, size_t bytes)
{

	(void)state;
	if (from == 1 && to == 2 && bytes == sizeof(relu.sent[0]) && relu.n_sent < 2)
		memcpy(relu.sent[relu.n_sent++], data, bytes);
}

static int
run_party(struct mpc *S, size_t self, void *state)
{
	struct operands o;
	uint64_t clear[N];
	int rc;

	(void)state;
	operands_new(S, &o, N);
	operands_share(&o, relu.parties, self, &relu.clear, 3);
	rc = operation_relu(S, &o);
	if (rc == 0)
		rc = mpc_reveal(S, clear, &o.y[0]);
	if (self == 0)
		memcpy(relu.lam, o.x[0].held.lam, sizeof(relu.lam));
	if (self == 1) {
		memcpy(relu.m_y, o.y[0].held.m, sizeof(relu.m_y));
		memcpy(relu.revealed, clear, sizeof(clear));
	}
	operands_free(&o);
	return (rc);
}

/* 1 / k mod 2^64, for an odd k. */
static uint64_t
inverse(uint64_t k)
{
	uint64_t z = k;
	unsigned i;

	for (i = 0; i < 6; i++)
		z *= 2 - k * z;
	return (z);
}

/*
 * Solve share = a (md + (1 - 2 md) l) + c for a, the public part of the number, given the bits md
 * and w, and subtract the mask.  Return the number / 2^SHIFT, or one more.
 */
static bool
solve(int64_t *v, uint64_t share, size_t i, uint64_t md, uint64_t w)
{
	uint64_t sign = 1 - 2 * md, k = md + sign * relu.bit[i], c, a;
	unsigned lost = 0;

	c = md * ((w * relu.top[i] << (64 - SHIFT)) - relu.high[i]) +
	    sign * ((w * relu.bit_top[i] << (64 - SHIFT)) - relu.bit_high[i]);
	a = share - c;
	for (; k % 2 == 0 && lost < 8; lost++) {
		if (a % 2 != 0)
			return (false);
		k /= 2;
		a /= 2;
	}
	if (k % 2 == 0)
		return (false);
	a *= inverse(k);
	a = a - (relu.lam[i] >> SHIFT) + (w * (relu.lam[i] >> 63) << (64 - SHIFT));
	*v = (int64_t)(a << lost) >> lost;
	return (true);
}

/*
 * How many of the numbers the dealer finds among what is small: these are what numbers look like.
 */
static size_t
found(const uint64_t *shares, size_t *small)
{
	size_t i, count = 0;
	unsigned guess;
	int64_t v, x;

	for (i = *small = 0; i < N; i++) {
		x = (int64_t)relu.clear.x[0][i];
		x = (x - (int64_t)(relu.clear.x[0][i] % (1 << SHIFT))) / (1 << SHIFT);
		for (guess = 0; guess < 4; guess++) {
			if (!solve(&v, shares[i], i, guess % 2, guess / 2) ||
			    v > (int64_t)1 << 32 || v < -((int64_t)1 << 32))
				continue;
			++*small;
			count += (v == x || v == x + 1);
		}
	}
	return (count);
}

/* ReLU of negative numbers, for which the bit is 0, revealed. */
static void
run(size_t parties)
{
	uint64_t seed = 7;
	struct world w;
	size_t i;

	memset(&w, 0, sizeof(w));
	w.n = relu.parties = parties;
	w.seen = seen;
	relu.n_sent = relu.n_whole = relu.n_narrow = 0;
	for (i = 0; i < N; i++)
		relu.clear.x[0][i] = 0 - (world_random(&seed) >> 20);
	if (world_run(&w, run_party, NULL) != 0)
		tap_bail("ReLU does not run");
}

static void
test(size_t parties)
{
	uint64_t shares[N];
	size_t i, hits, small, same = 0;
	bool zero = true;

	run(parties);
	for (i = 0; i < N; i++) {
		zero = zero && relu.revealed[i] == 0;
		same += relu.sent[1][i] == relu.lam_y[i];
	}
	ok(zero && relu.n_sent == 2, "%zu parties: what is revealed is 0", parties);

	/* As if masks were not added: what was sent to be opened, less the mask. */
	for (i = 0; i < N; i++)
		shares[i] = relu.sent[0][i] - relu.lam_y[i];
	hits = found(shares, &small);
	ok(hits > N * 95 / 100,
	    "%zu parties: from party 1's share before it is masked, the dealer finds %zu of %d "
	    "hidden numbers", parties, hits, N);
	ok(small < 2 * hits, "and little else that looks like one (%zu)", small - hits);

	/*
	 * What party 1 sends in revealing is its mask, masked; with m, which may leave too, that is
	 * its share.
	 */
	ok(same == 0, "%zu parties: what leaves party 1 is not its mask as it is", parties);
	for (i = 0; i < N; i++)
		shares[i] = relu.m_y[i] - relu.sent[1][i];
	hits = found(shares, &small);
	ok(hits == 0, "%zu parties: from the share that leaves party 1, the dealer finds %zu",
	    parties, hits);
	hits = found(relu.m_y, &small);
	ok(hits == 0, "%zu parties: from m, %zu", parties, hits);
}

int
main(void)
{

	diag_init("remask");
	test_drawn = drawn;
	clear_new(&relu.clear, N);
	test(2);
	test(3);
	clear_free(&relu.clear);
	return (tap_end());
}
