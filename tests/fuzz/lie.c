/*
 * A computing party, and what others who lie send it inside authenticated channels, in each
 * operation of the engine; or the dealer, who is told numbers.  The first byte says which
 * operation, the second one how many parties, two or three, which of them is honest, and whether
 * the result is revealed to it alone.  Then changes to what the others send in an honest run, each
 * of them a sender, 1 byte, a position, 2 bytes, and a byte to be combined with the one there by
 * exclusive or; position 65535 cuts that many bytes off the end.
 *
 * The protocols are semi-honest, so a lie may change what is computed: all that is asked of the
 * party there is that it ends, and reads and writes where it may.  But the values that were opened
 * are compared before it reveals anything.  So a lie that was told until then and changes anything
 * ends the run with status 4 and before the share of the result has left; and one that is told
 * later changes the result by what was added to the share that it is told in, and by nothing else.
 * The exception are rows that go back from a secret order: of these the last party's share of the
 * masks is what the dealer says, and nothing is opened with it before the result is revealed.
 */

#include <stdlib.h>
#include <string.h>

#include "../unit/operations.h"
#include "base/diag.h"
#include "check.h"

#define N 125 /* enough for every operation: a block of AES; and bits that fill no word */
#define REVEALED (N * sizeof(word))
#define CHANGE_BYTES 4
#define CUT 65535
#define TO_US 0x40
#define DEALER 0x80

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What one party sends another. */
struct said {
	uint8_t *data;
	size_t bytes;
};

/* An honest run. */
struct honest {
	bool known;
	struct said said[WORLD_MAX][WORLD_MAX]; /* from, to */
	word revealed[N];
};

/* The side of one party who hears lies. */
struct side {
	const struct honest *honest;
	size_t self;
	struct said heard[WORLD_MAX];
	size_t read[WORLD_MAX], sent[WORLD_MAX];
	bool cut; /* somebody has nothing more to say */
	bool dealer_lies;
};

static struct honest runs[OPERATIONS][2]; /* of two parties, and of three */
static struct clear clear;
static const struct operation *operation;
static size_t parties;
static bool to_us; /* the party of a run with lies adds a secret to what it reveals */
static struct honest *recording;

/* ---- an honest run ---- */

static void
seen(void *state, size_t from, size_t to, const void *data, size_t bytes)
{
	struct said *s = &recording->said[from][to];

	(void)state;
	fuzz_check((s->data = realloc(s->data, s->bytes + bytes)) != NULL);
	memcpy(s->data + s->bytes, data, bytes);
	s->bytes += bytes;
}

/* All that an operation may have written, in one vector. */
static int
sum_up(struct mpc *S, struct mpc_vector *sum, struct operands *o)
{
	const struct mpc_selection_term terms[] = { { .bit = &o->d[0], .constant = { 1 } },
		{ .bit = &o->d[1], .constant = { 2 } }, { .bit = &o->d[2], .constant = { 4 } } };
	const struct mpc_selection bits = { .count = 3, .terms = terms };

	if (mpc_select(S, sum, &bits) == -1)
		return (-1);
	mpc_add(sum, sum, &o->x[0]);
	mpc_add(sum, sum, &o->y[0]);
	mpc_add(sum, sum, &o->y[1]);
	return (0);
}

/* What each party does. */
static int
run_party(struct mpc *S, size_t self, word *revealed)
{
	uint8_t keys[WORLD_MAX][PRG_KEY_BYTES];
	struct mpc_vector sum;
	struct operands o;
	int rc;

	fuzz_check(mpc_output_keys(S, keys) == ((self == 0) ? parties : 1));
	operands_new(S, &o, N);
	operands_share(&o, parties, self, &clear, 5);
	fuzz_check(mpc_vector_new(S, &sum, N) == 0);
	if ((rc = operation->run(S, &o)) == 0 && (rc = sum_up(S, &sum, &o)) == 0)
		rc = to_us ? mpc_reveal_to_us(S, revealed, &sum) : mpc_reveal(S, revealed, &sum);
	mpc_vector_free(&sum);
	operands_free(&o);
	return (rc);
}

static int
run_honest(struct mpc *S, size_t self, void *state)
{
	word revealed[N];
	int rc = run_party(S, self, revealed);

	(void)state;
	if (self == 1)
		memcpy(recording->revealed, revealed, sizeof(revealed));
	return (rc);
}

static void
record_run(struct honest *h)
{
	struct world w;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	w.faithful = operation->faithful;
	w.seen = seen;
	recording = h;
	to_us = false;
	fuzz_check(world_run(&w, run_honest, NULL) == 0);
	h->known = true;
}

/* ---- one with lies ---- */

static int
side_send(void *state, size_t to, const void *data, size_t bytes)
{
	struct side *side = state;

	(void)data;
	side->sent[to] += bytes;
	fuzz_check(side->sent[to] <= side->honest->said[side->self][to].bytes);
	return (0);
}

static int
side_receive(void *state, size_t from, void *data, size_t bytes)
{
	struct side *side = state;
	const struct said *heard = &side->heard[from];

	if (heard->bytes - side->read[from] < bytes) {
		side->cut = true;
		return (fail(ST_PEER, "lost party %zu", from));
	}
	memcpy(data, heard->data + side->read[from], bytes);
	side->read[from] += bytes;
	return (0);
}

/* What the party would hear from honest ones, with changes; return whether there are any. */
static bool
tell(struct side *side, const uint8_t *data, size_t size)
{
	const struct said *honest;
	struct said *heard;
	size_t i, at;
	bool lies = false, told;

	for (i = 0; i <= parties; i++) {
		honest = &side->honest->said[i][side->self];
		heard = &side->heard[i];
		heard->bytes = honest->bytes;
		fuzz_check((heard->data = malloc(honest->bytes + 1)) != NULL);
		if (honest->bytes > 0)
			memcpy(heard->data, honest->data, honest->bytes);
	}
	for (; size >= CHANGE_BYTES; data += CHANGE_BYTES, size -= CHANGE_BYTES) {
		heard = &side->heard[data[0] % (parties + 1)];
		at = data[1] | (size_t)data[2] << 8;
		if (at == CUT)
			heard->bytes -= (data[3] < heard->bytes) ? data[3] : heard->bytes;
		else if (heard->bytes > 0)
			heard->data[at % heard->bytes] ^= data[3];
	}
	for (i = 0; i <= parties; i++) {
		honest = &side->honest->said[i][side->self];
		heard = &side->heard[i];
		told = heard->bytes != honest->bytes || (honest->bytes > 0 &&
		    memcmp(heard->data, honest->data, honest->bytes) != 0);
		side->dealer_lies = side->dealer_lies || (told && i == 0);
		lies = lies || told;
	}
	return (lies);
}

/* What was added to the shares of word ${i} of the result, which are the last that is said. */
static word
added(const struct side *side, size_t i)
{
	const struct said *honest;
	word sum = 0, was, is;
	size_t p, at;

	for (p = 1; p <= parties; p++) {
		honest = &side->honest->said[p][side->self];
		if (p == side->self)
			continue;
		at = honest->bytes - REVEALED + i * sizeof(word);
		memcpy(&was, honest->data + at, sizeof(word));
		memcpy(&is, side->heard[p].data + at, sizeof(word));
		sum += is - was;
	}
	return (sum);
}

static void
check_end(const struct side *side, int rc, bool lies, const word *revealed, enum status status)
{
	size_t i, p;

	/* The dealer hears numbers alone, and deals by them. */
	if (side->self == 0) {
		fuzz_check(rc == 0 || lies);
		return;
	}
	if (rc == 0 && side->self == parties && side->dealer_lies &&
	    operation->run == operation_permute_back)
		return;
	if (rc == 0) {
		/* x = m - lam, and lam is the sum of the shares */
		for (i = 0; i < N; i++)
			fuzz_check(revealed[i] == side->honest->revealed[i] - added(side, i));
		return;
	}
	fuzz_check(lies && (status == ST_REFUSED || (status == ST_PEER && side->cut)));
	for (p = 1; p <= parties && status == ST_REFUSED; p++)
		fuzz_check(p == side->self || side->sent[p] + REVEALED <=
		    side->honest->said[side->self][p].bytes);
}

static void
hear_lies(const struct honest *h, size_t self, const uint8_t *data, size_t size)
{
	struct side side = { .honest = h, .self = self };
	struct mpc_setting setting = { .n = parties, .self = self,
		.net = { side_send, side_receive, &side }, .faithful = operation->faithful };
	uint8_t seeds[WORLD_MAX][PRG_KEY_BYTES];
	struct failure failure;
	word revealed[N];
	struct mpc *S;
	size_t i;
	bool lies;
	int rc;

	/* as in world_run */
	for (i = 0; i <= parties; i++) {
		memset(seeds[i], (int)(self < i ? 16 * self + i : 16 * i + self), PRG_KEY_BYTES);
		setting.seeds[i] = seeds[i];
	}
	lies = tell(&side, data, size);
	fuzz_check((S = mpc_new(&setting)) != NULL);
	diag_divert(&failure);
	rc = run_party(S, self, revealed);
	diag_divert(NULL);
	mpc_free(S);
	check_end(&side, rc, lies, revealed, failure.status);
	for (i = 0; i <= parties; i++)
		free(side.heard[i].data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t state = 1;
	struct honest *h;
	size_t i;

	if (size < 2)
		return (0);
	if (clear.x[0] == NULL) {
		clear_new(&clear, N);
		for (i = 0; i < N; i++) {
			clear.x[0][i] = world_random(&state) >> 40;
			clear.x[1][i] = 0 - (world_random(&state) >> 50);
		}
		clear.a[0][0] = clear.a[1][0] = world_random(&state);
		clear.a[2][0] = clear.a[3][0] = world_random(&state);
	}
	operation = &operations[data[0] % OPERATIONS];
	parties = 2 + data[1] % 2;
	h = &runs[data[0] % OPERATIONS][data[1] % 2];
	if (!h->known)
		record_run(h);
	to_us = ((data[1] & TO_US) != 0);
	hear_lies(h, ((data[1] & DEALER) != 0) ? 0 : 1 + data[1] % TO_US / 2 % parties, data + 2,
	    size - 2);
	return (0);
}
