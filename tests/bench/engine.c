/*
 * The engine between three processes of one thread each, a dealer and two computing parties, over
 * encrypted channels on loopback: wall time from inputs in memory to masked results in memory, of
 * which the median of five is printed, with what passed on each link.
 *
 *	engine [NAME ...]	only these
 */

#include "func/function.h"

#include "links.h"

#define TURNS 5
#define F 16

struct bench {
	const char *name;
	double target; /* ms */
	size_t n;      /* words of an input */
	size_t out;
	int (*work)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
	    const struct mpc_vector *x2, size_t n);
	struct others others;
};

/* ---- what is timed ---- */

static int
matrices(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{
	const struct bilinear map = bilinear_matrices(n, n, n);

	return ((mpc_product(S, y, &map, x, x2) == -1) ? -1 : mpc_truncate(S, y, y, F));
}

static int
matrices_128(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{

	(void)n;
	return (matrices(S, y, x, x2, 128));
}

static int
matrices_512(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{

	(void)n;
	return (matrices(S, y, x, x2, 512));
}

static int
matrices_1024(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{

	(void)n;
	return (matrices(S, y, x, x2, 1024));
}

static int
products(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{
	const struct bilinear map = bilinear_elements(n);

	return ((mpc_product(S, y, &map, x, x2) == -1) ? -1 : mpc_truncate(S, y, y, F));
}

static int
comparisons(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { 0, 63 - F, 1, &zero };
	struct mpc_bits d;
	int rc;

	(void)x2;
	(void)y;
	must(mpc_bits_new(S, &d, n) == 0, "memory");
	rc = mpc_compare(S, &d, x, &c);
	mpc_bits_free(&d);
	return (rc);
}

static int
relu(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2,
    size_t n)
{

	(void)x2;
	(void)n;
	return (mpc_function_find("relu")->apply(S, y, x, mpc_any_numbers(F)));
}

/* On |y| < 2^32 units: bits 16 to 48 of what was just multiplied. */
static int
relu_truncated(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{
	struct mpc_bits d;
	int rc;

	(void)x2;
	must(mpc_bits_new(S, &d, n) == 0, "memory");
	rc = mpc_relu(S, y, &d, x, 48, F);
	mpc_bits_free(&d);
	return (rc);
}

static int
sigmoid(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{

	(void)x2;
	(void)n;
	return (mpc_sigmoid(S, y, x, mpc_any_numbers(F)));
}

static int
exponential(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{

	(void)x2;
	(void)n;
	return (mpc_exp(S, y, x, mpc_any_numbers(F)));
}

static int
reciprocal(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{

	(void)x2;
	(void)n;
	return (mpc_reciprocal(S, y, x, mpc_any_numbers(F)));
}

static int
softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{

	(void)x2;
	return (mpc_softmax(S, y, x, n / 10, 10, mpc_any_numbers(F)));
}

/* ---- choices of rows of 10 words, and AES ---- */

#define ROW_WORDS 10

/* By an order that the computing parties have in common. */
static int
choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_vector *x2, size_t n)
{
	size_t rows = n / ROW_WORDS, *index = mem_array(rows, sizeof(*index));
	int rc;

	(void)x2;
	must(index != NULL, "memory");
	rc = (mpc_common_order(S, index, rows) == -1 || mpc_choose(S, y, x, mpc_is_dealer(S) ?
	    NULL : index, ROW_WORDS) == -1) ? -1 : 0;
	free(index);
	return (rc);
}

/* Words as bits. */
static struct mpc_bits
bits_in(const struct mpc_vector *x, size_t words)
{

	return ((struct mpc_bits){ .n = 64 * words, .held = x->held });
}

static int
aes(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2,
    size_t n)
{
	struct mpc_bits out = bits_in(y, n), in = bits_in(x, n), key = bits_in(x2, MPC_AES_WORDS);

	return (mpc_aes128(S, &out, &in, &key));
}

/* MP-SPDZ's sigmoid is its exact one; one of three pieces takes it 68 ms. */
static const struct bench benches[] = {
	{ "matmul-128", 3, 128 * 128, 128 * 128, matrices_128, { 4, 13 } },
	{ "matmul-512", 50, 512 * 512, 512 * 512, matrices_512, { 120, 580 } },
	{ "matmul-1024", 250, 1024 * 1024, 1024 * 1024, matrices_1024, { 860, 8400 } },
	{ "multiply-1e6", 140, 1000000, 1000000, products, { 73, 195 } },
	{ "relu-1e6", 180, 1000000, 1000000, relu, { 1260, 323 } },
	{ "relu-truncated-1e6", 180, 1000000, 1000000, relu_truncated, { 0, 0 } },
	{ "compare-1e6", 150, 1000000, 1, comparisons, { 1230, 0 } },
	{ "sigmoid-1e5", 50, 100000, 100000, sigmoid, { 217, 747 } },
	{ "exp-1e5", 60, 100000, 100000, exponential, { 67, 285 } },
	{ "reciprocal-1e5", 80, 100000, 100000, reciprocal, { 360, 339 } },
	{ "softmax-1000x10", 40, 10000, 10000, softmax, { 295, 0 } },
	{ "choose-1e6x10", 700, 10000000, 10000000, choose, { 0, 0 } },
	{ "aes-1e5", 900, 200000, 200000, aes, { 0, 0 } },
};

/* ---- running ---- */

static void
report(const struct bench *b, double *wall)
{
	double ms;

	qsort(wall, TURNS, sizeof(*wall), by_value);
	ms = wall[TURNS / 2] * 1e3;
	printf("%-20s %8.1f ms  %5.2f of target %4.0f  cpu %6.1f %6.1f %6.1f  dealer's link %6.2f "
	    "MB  between computing %6.2f MB  %3u rounds", b->name, ms, ms / b->target, b->target,
	    common->cpu[0] * 1e3, common->cpu[1] * 1e3, common->cpu[2] * 1e3, dealer_mb(),
	    computing_mb(), (unsigned)common->cost.rounds);
	print_others(ms, &b->others);
}

static void
run_party(const void *what, size_t self, int fds[PARTIES][PARTIES])
{
	const struct bench *b = what;
	struct mpc_vector x, x2, y;
	struct net net;
	struct mpc *S = make_engine(&net, self, fds);
	double wall[TURNS + 1];
	struct turn t;
	size_t turn;

	must(mpc_vector_new(S, &x, b->n) == 0 && mpc_vector_new(S, &x2, b->n) == 0 &&
	    mpc_vector_new(S, &y, b->out) == 0, "memory");
	fill(&x, self, b->n, 100000);
	fill(&x2, self, b->n, 100000);
	for (turn = 0; turn <= TURNS; turn++) {
		turn_begin(&t);
		if (b->work(S, &y, &x, &x2, b->n) == -1 || session_flush(net.s) == -1)
			_exit(1);
		wall[turn] = turn_end(&t, S, &net, turn == 0);
	}
	if (self == 0)
		report(b, wall + 1);
	mpc_vector_free(&x);
	mpc_vector_free(&x2);
	mpc_vector_free(&y);
	mpc_free(S);
	session_abort(net.s);
}

int
main(int argc, char **argv)
{
	size_t i;
	int a;

	start_bench("engine");
	for (i = 0; i < sizeof(benches) / sizeof(*benches); i++) {
		for (a = 1; a < argc && strcmp(argv[a], benches[i].name) != 0; a++)
			;
		if (argc == 1 || a < argc)
			run_parties(benches[i].name, run_party, &benches[i]);
	}
	return (0);
}
