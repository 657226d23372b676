/*
 * Training between three processes of one thread each, a dealer and two computing parties, over
 * encrypted channels on loopback: wall time of steps, data in memory.
 *
 *	train [NAME ...]		only these
 *	train -w [NAME ...]		over lines with a round trip of 40 ms and 350 Mbit/s, by
 *relays between the processes
 */

#include "nn/learner_network.h"

#include "links.h"

#define TURNS 3

struct lesson {
	const char *name;
	const char *text;
	struct nn_shape in;
	size_t rows, batch, out;
	uint64_t steps;
	double target; /* ms for all steps */
	struct others others;
};

static const struct lesson lessons[] = {
	{ "logistic-569x30", "dense 1, sigmoid", { 30, 1, 1 }, 569, 32, 1, 180, 150,
	    { 9200, 470 } },
	{ "logistic-10000x100", "dense 1, sigmoid", { 100, 1, 1 }, 10000, 128, 1, 79, 100,
	    { 4100, 320 } },
	{ "784-128-128-10", "dense 128, relu, dense 128, relu, dense 10, softmax", { 784, 1, 1 },
	    1024, 128, 10, 5, 200, { 2350, 980 } },
	{ "lenet", "conv2d 20 5, relu, maxpool 2, conv2d 50 5, relu, maxpool 2, dense 500, relu, "
	    "dense 10, softmax", { 1, 28, 28 }, 256, 128, 10, 2, 3000, { 0, 25200 } },
	{ "logistic-step", "dense 1, sigmoid", { 30, 1, 1 }, 569, 32, 1, 10, 1500, { 0, 0 } },
	{ "784-step", "dense 128, relu, dense 128, relu, dense 10, softmax", { 784, 1, 1 }, 1024,
	    128, 10, 2, 3000, { 0, 0 } },
	{ "xor-reservoir", "reservoir 256, dense 1", { 2, 1, 1 }, 4, 4, 1, 250, 150, { 1360, 0 } },
};

static void
report(const struct lesson *l, double *wall)
{
	double ms;

	qsort(wall, TURNS, sizeof(*wall), by_value);
	ms = wall[TURNS / 2] * 1e3;
	printf("%-20s %8.1f ms for %3u steps  %5.2f of target %5.0f  cpu %6.1f %6.1f %6.1f  "
	    "dealer's link %6.2f MB  between computing %6.2f MB  %5u rounds  peak %3.0f %3.0f "
	    "%3.0f MiB", l->name, ms, (unsigned)l->steps, ms / l->target, l->target,
	    common->cpu[0] * 1e3, common->cpu[1] * 1e3, common->cpu[2] * 1e3, dealer_mb(),
	    computing_mb(), (unsigned)common->cost.rounds, common->peak_mib[0], common->peak_mib[1],
	    common->peak_mib[2]);
	print_others(ms, &l->others);
}

/*
 * As a job takes them (nn/job.h), but for the bits that it opens; each turn goes on where the last
 * ended.
 */
static int
run_steps(const struct lesson *l, struct learner *learner, struct mpc *S,
    const struct nn_training *how, size_t turn)
{
	const struct learner_kind *kind = learner->kind;
	uint64_t per_epoch = kind->steps(learner, how, l->rows), first = turn * l->steps, step;
	int rc = 0;

	for (step = first; step < first + l->steps && rc == 0; step++) {
		rc = kind->step(learner, S, step / per_epoch, step % per_epoch);
		if (rc == 0)
			rc = kind->settle(learner, S, false);
	}
	return (rc);
}

static void
run_party(const void *what, size_t self, int fds[PARTIES][PARTIES])
{
	const struct lesson *l = what;
	struct nn_task task = { .how = { .optimizer = NN_SGD, .rate = 0.01, .batch = l->batch,
		.epochs = 10,
		.seed = 1,
		.threads = 1 } };
	struct learner *learner = learner_network.make(l->text, l->in);
	struct nn_data *data = &task.data;
	struct net net;
	struct mpc *S = make_engine(&net, self, fds);
	double wall[TURNS + 1];
	struct turn t;
	size_t turn;

	data->rows = l->rows;
	data->most = 1;
	must(learner != NULL && learner->kind->start(learner, S, 1) == 0 &&
	    mpc_vector_new(S, &data->x, l->rows * nn_size(l->in)) == 0 &&
	    mpc_vector_new(S, &data->labels, l->rows * l->out) == 0, "memory");
	fill(&data->x, self, data->x.n, 60000);
	fill(&data->labels, self, data->labels.n, 60000);
	must(learner->kind->begin(learner, S, &task) == 0 && session_flush(net.s) == 0, "begin");
	for (turn = 0; turn <= TURNS; turn++) {
		turn_begin(&t);
		if (run_steps(l, learner, S, &task.how, turn) == -1 || session_flush(net.s) == -1)
			_exit(1);
		wall[turn] = turn_end(&t, S, &net, turn == 0);
	}
	if (self == 0)
		report(l, wall + 1);
}

int
main(int argc, char **argv)
{
	size_t i;
	int a;

	start_bench("train");
	slow_lines = argc > 1 && strcmp(argv[1], "-w") == 0;
	if (slow_lines) {
		argv++;
		argc--;
	}
	for (i = 0; i < sizeof(lessons) / sizeof(*lessons); i++) {
		for (a = 1; a < argc && strcmp(argv[a], lessons[i].name) != 0; a++)
			;
		if (argc == 1 || a < argc)
			run_parties(lessons[i].name, run_party, &lessons[i]);
	}
	return (0);
}
