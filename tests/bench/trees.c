/*
 * Trees between three processes of one thread each, a dealer and two computing parties, over
 * encrypted channels on loopback: wall time from inputs in memory to a model in memory, with what
 * comes before the first tree apart; what passed, and the most memory of a party.
 *
 *	trees [NAME ...]	only these
 */

#include "nn/learner_trees.h"

#include "links.h"

struct bench {
	const char *name;
	const char *text;
	double target;   /* s, of all trees */
	size_t rows, cols;
};

#define GROWTH "; bins 32, rate 0.3, lambda 1, gamma 0, min-weight 1, min-rows 1, rows 1, columns 1"

static const struct bench benches[] = {
	{ "boost-569x30", "boost logistic, trees 50, depth 3, classes 2" GROWTH, 6, 569, 30 },
	{ "tree-1e5x10", "boost squared, trees 1, depth 5" GROWTH, 3, 100000, 10 },
	{ "logistic-1e5x10", "boost logistic, trees 1, depth 5, classes 2" GROWTH, 3, 100000, 10 },
};

/* Features go through +-1000, and labels depend on two of them. */
static void
fill_data(struct nn_data *d, size_t self, bool classes)
{
	const size_t cols = d->x.n / d->rows;
	size_t i;

	fill(&d->x, self, d->x.n, 1000 << NN_BITS);
	fill(&d->labels, self, d->rows, 1);
	for (i = 0; i < d->rows && self > 0; i++) {
		const size_t k = i * cols;
		const uint64_t l1 = (k + 1) * 0x9e3779b97f4a7c15U,
		    l2 = (k + 3) * 0xbf58476d1ce4e5b9U;
		const int64_t x = (int64_t)(d->x.held.m[k] - l1 - l2);
		const uint64_t m1 = (i + 1) * 0x9e3779b97f4a7c15U,
		    m2 = (i + 3) * 0xbf58476d1ce4e5b9U;

		d->labels.held.m[i] = (uint64_t)(classes ? (x > 0) * (1 << NN_BITS) :
		    (x > 0) ? 1 << 24 : -(1 << 24)) + m1 + m2;
	}
}

static void
run_party(const void *what, size_t self, int fds[PARTIES][PARTIES])
{
	const struct bench *b = what;
	struct nn_task task;
	struct learner *l;
	struct net net;
	struct mpc *S = make_engine(&net, self, fds);
	double begun, grown;
	struct turn t;
	uint64_t step, steps;

	memset(&task, 0, sizeof(task));
	task.how.threads = 1;
	task.data.rows = b->rows;
	task.data.bits = 24;
	l = learner_trees.make(b->text, (struct nn_shape){ b->cols, 1, 1 });
	must(l != NULL && mpc_vector_new(S, &task.data.x, b->rows * b->cols) == 0 &&
	    mpc_vector_new(S, &task.data.labels, b->rows) == 0 &&
	    learner_trees.start(l, S, 1) == 0, "memory");
	fill_data(&task.data, self, l->target == LEARNER_BINARY);
	steps = learner_trees.steps(l, &task.how, b->rows);
	turn_begin(&t);
	if (learner_trees.begin(l, S, &task) == -1 || session_flush(net.s) == -1)
		_exit(1);
	begun = turn_end(&t, S, &net, false);
	turn_begin(&t);
	for (step = 0; step < steps; step++) {
		if (learner_trees.step(l, S, 0, step) == -1)
			_exit(1);
	}
	if (session_flush(net.s) == -1)
		_exit(1);
	grown = turn_end(&t, S, &net, true);
	if (self == 0) {
		double peak = 0;
		size_t i;

		for (i = 0; i < PARTIES; i++)
			peak = (common->peak_mib[i] > peak) ? common->peak_mib[i] : peak;
		printf("%-16s bins %6.2f s  trees %6.2f s  %5.2f of target %2.0f  cpu %6.2f %6.2f "
		    "%6.2f  dealer's link %7.2f MB  between computing %7.2f MB  %5u rounds  "
		    "%4.0f MiB\n", b->name, begun, grown, grown / b->target, b->target,
		    common->cpu[0], common->cpu[1], common->cpu[2], dealer_mb(), computing_mb(),
		    (unsigned)common->cost.rounds, peak);
		fflush(stdout);
	}
	learner_free(l);
	mpc_vector_free(&task.data.x);
	mpc_vector_free(&task.data.labels);
	mpc_free(S);
	session_abort(net.s);
}

int
main(int argc, char **argv)
{
	size_t i;
	int a;

	start_bench("trees");
	for (i = 0; i < sizeof(benches) / sizeof(*benches); i++) {
		for (a = 1; a < argc && strcmp(argv[a], benches[i].name) != 0; a++)
			;
		if (argc == 1 || a < argc)
			run_parties(benches[i].name, run_party, &benches[i]);
	}
	return (0);
}
