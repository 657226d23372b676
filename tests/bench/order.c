/*
 * Secret orders between three processes of one thread each, a dealer and two computing parties,
 * over encrypted channels on loopback: wall time from inputs in memory to masked results in memory,
 * of which the median is printed, with what passed on each link, the rounds and the most memory of
 * a party; and, in the same run, how fast this machine encrypts, draws and copies.
 *
 *	order [-t TURNS] [NAME ...]	only these
 */

#include "crypto/prg.h"
#include "func/ordering.h"

#include "links.h"

#define MAX_TURNS 15
#define NARROW ((int64_t)1 << 30) /* numbers of 31 bits: those of 15 bits before the point */
#define WIDE ((int64_t)1 << 61)   /* what nobody declares */

static size_t turns = 3;

struct bench {
	const char *name;
	double target; /* ms; 0: none */
	size_t rows, cols;
	size_t count;  /* of rows of the result */
	int64_t limit; /* of numbers; 0: they are not sorted */
	bool all_bits; /* they might be any */
};

static const struct bench benches[] = {
	{ "sort-1e5", 800, 100000, 1, 100000, NARROW, false },
	{ "sort-1e6", 8000, 1000000, 1, 1000000, NARROW, false },
	{ "sort-any-1e5", 0, 100000, 1, 100000, WIDE, true },
	{ "sort-any-1e6", 0, 1000000, 1, 1000000, WIDE, true },
	{ "top10-1e6", 0, 1000000, 1, 10, NARROW, false },
	{ "median-1e6", 0, 1000000, 1, 1, NARROW, false },
	{ "shuffle-1e6x10", 1200, 1000000, 10, 1000000, 0, false },
};

/* ---- what is timed ---- */

static int
shuffle(struct mpc *S, const struct bench *b, struct mpc_vector *y, const struct mpc_vector *x)
{
	size_t *common_order = mem_array(b->rows, sizeof(*common_order));
	struct mpc_order order;
	struct mpc_vector moved;
	int rc = -1;

	must(common_order != NULL && mpc_vector_new(S, &moved, x->n) == 0, "memory");
	if (mpc_order_new(S, &order, b->rows) == 0 &&
	    mpc_permute_to_choose(S, &moved, x, &order) == 0 &&
	    mpc_common_order(S, common_order, b->rows) == 0)
		rc = mpc_choose(S, y, &moved, mpc_sees_revealed(S) ? common_order : NULL,
		    b->cols);
	mpc_order_free(&order);
	mpc_vector_free(&moved);
	free(common_order);
	return (rc);
}

static int
sort(struct mpc *S, const struct bench *b, struct mpc_vector *y, const struct mpc_vector *x)
{
	const int64_t half = b->all_bits ? (int64_t)1 << 62 : b->limit;
	const struct mpc_ordering_key key = { .x = x, .low = -half, .high = half - 1 };
	size_t first = (b->count == 1) ? b->rows / 2 : 0;
	struct mpc_ordering o;
	int rc;

	if ((rc = mpc_ordering_find(S, &o, &key, 1, first, b->count)) == 0)
		rc = mpc_ordering_rows(S, &o, y, x, first, b->count);
	mpc_ordering_free(&o);
	return (rc);
}

/* ---- running ---- */

static void
report(const struct bench *b, double *wall)
{
	double ms, peak = 0;
	size_t i;

	for (i = 0; i < PARTIES; i++)
		peak = (common->peak_mib[i] > peak) ? common->peak_mib[i] : peak;
	qsort(wall, turns, sizeof(*wall), by_value);
	ms = wall[turns / 2] * 1e3;
	printf("%-15s %8.1f ms", b->name, ms);
	if (b->target > 0)
		printf("  %5.2f of target %4.0f", ms / b->target, b->target);
	printf("  cpu %7.1f %7.1f %7.1f  dealer's link %7.2f MB  between computing %7.2f MB  %3u "
	    "rounds  %4.0f MiB\n", common->cpu[0] * 1e3, common->cpu[1] * 1e3,
	    common->cpu[2] * 1e3, dealer_mb(), computing_mb(), (unsigned)common->cost.rounds, peak);
	fflush(stdout);
}

static void
run_party(const void *what, size_t self, int fds[PARTIES][PARTIES])
{
	const struct bench *b = what;
	struct mpc_vector x, y;
	struct net net;
	struct mpc *S = make_engine(&net, self, fds);
	double wall[MAX_TURNS + 1];
	struct turn t;
	size_t turn;

	must(mpc_vector_new(S, &x, b->rows * b->cols) == 0 &&
	    mpc_vector_new(S, &y, b->count * b->cols) == 0, "memory");
	fill(&x, self, x.n, (b->limit > 0) ? b->limit : NARROW);
	for (turn = 0; turn < turns; turn++) {
		turn_begin(&t);
		if (((b->limit > 0) ? sort : shuffle)(S, b, &y, &x) == -1 ||
		    session_flush(net.s) == -1)
			_exit(1);
		wall[turn] = turn_end(&t, S, &net, turn == 0);
	}
	if (self == 0)
		report(b, wall);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	mpc_free(S);
	session_abort(net.s);
}

/* ---- how fast this machine is ---- */

#define RATE_BYTES ((size_t)64 << 20)
#define MESSAGE_BYTES ((size_t)65000)

static void
print_rate(const char *name, double start)
{

	printf("# %-6s %6.2f GB/s\n", name, (double)RATE_BYTES / 1e9 /
	    (seconds(CLOCK_MONOTONIC) - start));
}

static void
print_rates(void)
{
	static const uint8_t key[PRG_KEY_BYTES] = "bench", nonce[12] = "";
	uint8_t *a = mem_array(RATE_BYTES, 1), *b = mem_array(RATE_BYTES + 1000, 1);
	double start;
	size_t i;

	must(a != NULL && b != NULL, "memory");
	memset(a, 1, RATE_BYTES);
	memset(b, 1, RATE_BYTES + 1000);
	start = seconds(CLOCK_MONOTONIC);
	for (i = 0; i + MESSAGE_BYTES <= RATE_BYTES; i += MESSAGE_BYTES)
		crypto_aead_chacha20poly1305_ietf_encrypt(b, NULL, a + i, MESSAGE_BYTES, NULL, 0,
		    NULL, nonce, key);
	print_rate("AEAD", start);
	start = seconds(CLOCK_MONOTONIC);
	prg_words((word *)(void *)a, RATE_BYTES / sizeof(word), key, 0);
	print_rate("PRG", start);
	start = seconds(CLOCK_MONOTONIC);
	memcpy(b, a, RATE_BYTES);
	print_rate("memcpy", start);
	free(a);
	free(b);
}

int
main(int argc, char **argv)
{
	size_t i;
	int first = 1, a;

	if (argc > 2 && strcmp(argv[1], "-t") == 0) {
		turns = (size_t)atoi(argv[2]);
		must(turns >= 1 && turns <= MAX_TURNS, "turns");
		first = 3;
	}
	start_bench("order");
	print_rates();
	for (i = 0; i < sizeof(benches) / sizeof(*benches); i++) {
		for (a = first; a < argc && strcmp(argv[a], benches[i].name) != 0; a++)
			;
		if (argc == first || a < argc)
			run_parties(benches[i].name, run_party, &benches[i]);
	}
	return (0);
}
