/*
 * The engine between three processes of one thread each, a dealer and two computing parties, over encrypted channels on
 * loopback: wall time from inputs in memory to masked results in memory, of which the median of five is printed, with
 * what passed on each link.
 *
 *	engine [NAME ...]	only these
 */

#include <sodium.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "mpc/function.h"
#include "mpc/mpc.h"
#include "net/session.h"
#include "net/tcp.h"

#define PARTIES 3
#define TURNS 5
#define F 16

/* Shared by all processes. */
struct common {
	pthread_barrier_t barrier;
	double cpu[PARTIES];
	struct channel_counters counters[PARTIES][PARTIES];
	struct mpc_cost cost;
};

struct bench {
	const char *name;
	double target; /* ms */
	size_t n;      /* words of an input */
	size_t out;
	int (*work)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n);
};

static struct common *common;

static void
must(bool good, const char *what)
{

	if (good)
		return;
	fail_errno(what);
	_exit(1);
}

/* ---- what is timed ---- */

static int
matrices(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{
	const struct bilinear map = bilinear_matrices(n, n, n);

	return ((mpc_product(S, y, &map, x, x2) == -1) ? -1 : mpc_truncate(S, y, y, F));
}

static int
matrices_128(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{

	(void)n;
	return (matrices(S, y, x, x2, 128));
}

static int
matrices_512(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{

	(void)n;
	return (matrices(S, y, x, x2, 512));
}

static int
matrices_1024(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{

	(void)n;
	return (matrices(S, y, x, x2, 1024));
}

static int
products(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{
	const struct bilinear map = bilinear_elements(n);

	return ((mpc_product(S, y, &map, x, x2) == -1) ? -1 : mpc_truncate(S, y, y, F));
}

static int
comparisons(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
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
relu(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{

	(void)x2;
	(void)n;
	return (mpc_function_find("relu")->apply(S, y, x, F));
}

/* On |y| < 2^32 units: bits 16 to 48 of what was just multiplied. */
static int
relu_truncated(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{
	struct mpc_bits d;
	int rc;

	(void)x2;
	must(mpc_bits_new(S, &d, n) == 0, "memory");
	rc = mpc_relu(S, y, &d, x, 15, F);
	mpc_bits_free(&d);
	return (rc);
}

static int
sigmoid(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{

	(void)x2;
	(void)n;
	return (mpc_function_find("sigmoid")->apply(S, y, x, F));
}

static int
exponential(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{

	(void)x2;
	(void)n;
	return (mpc_function_find("exp")->apply(S, y, x, F));
}

static int
reciprocal(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{

	(void)x2;
	(void)n;
	return (mpc_function_find("reciprocal")->apply(S, y, x, F));
}

static int
softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct mpc_vector *x2, size_t n)
{

	(void)x2;
	return (mpc_softmax(S, y, x, n / 10, 10, F));
}

static const struct bench benches[] = {
	{ "matmul-128", 3, 128 * 128, 128 * 128, matrices_128 },
	{ "matmul-512", 50, 512 * 512, 512 * 512, matrices_512 },
	{ "matmul-1024", 250, 1024 * 1024, 1024 * 1024, matrices_1024 },
	{ "multiply-1e6", 140, 1000000, 1000000, products },
	{ "relu-1e6", 180, 1000000, 1000000, relu },
	{ "relu-truncated-1e6", 180, 1000000, 1000000, relu_truncated },
	{ "compare-1e6", 150, 1000000, 1, comparisons },
	{ "sigmoid-1e5", 50, 100000, 100000, sigmoid },
	{ "exp-1e5", 60, 100000, 100000, exponential },
	{ "reciprocal-1e5", 80, 100000, 100000, reciprocal },
	{ "softmax-1000x10", 40, 10000, 10000, softmax },
};

/* ---- processes and links ---- */

/* Two ends of a TCP connection. */
static void
connect_pair(int fds[2])
{
	struct sockaddr_in address;
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(listener != -1 && bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(listener, 1) == 0 &&
	    getsockname(listener, (struct sockaddr *)&address, &len) == 0, "listen");
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	must(fds[0] != -1 && connect(fds[0], (struct sockaddr *)&address, sizeof(address)) == 0, "connect");
	fds[1] = accept(listener, NULL, NULL);
	must(fds[1] != -1, "accept");
	close(listener);
}

static struct session *
make_session(size_t self, int fds[PARTIES][PARTIES])
{
	static const uint8_t number[SESSION_NUMBER_BYTES] = "engine bench";
	struct noise_cipher send, receive;
	struct session_peer peer;
	struct carrier carrier;
	struct session *s;
	int one = 1;
	size_t i;

	must((s = session_join(number, self, 60, PARTIES)) != NULL, "session");
	for (i = 0; i < PARTIES; i++) {
		if (i == self)
			continue;
		memset(&peer, 0, sizeof(peer));
		snprintf(peer.name, sizeof(peer.name), "party%zu", i);
		peer.index = i;
		memset(&send, 0, sizeof(send));
		memset(&receive, 0, sizeof(receive));
		memset(send.k, (int)(1 + self * PARTIES + i), sizeof(send.k));
		memset(receive.k, (int)(1 + i * PARTIES + self), sizeof(receive.k));
		send.keyed = receive.keyed = 1;
		must(socket_nonblocking(fds[self][i]) == 0 &&
		    setsockopt(fds[self][i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0, "socket");
		carrier = carrier_socket(fds[self][i]);
		session_add(s, &peer, channel_new(peer.name, &carrier, &send, &receive));
	}
	return (s);
}

/* The net of the engine: members of the session are in the order of the parties. */
struct net {
	struct session *s;
	size_t self;
};

static size_t
member(const struct net *n, size_t party)
{

	return ((party < n->self) ? party : party - 1);
}

static int
net_send(void *state, size_t party, const void *data, size_t bytes)
{
	struct net *n = state;

	return (session_send(n->s, member(n, party), data, bytes));
}

static int
net_receive(void *state, size_t party, void *data, size_t bytes)
{
	struct net *n = state;

	return (session_receive(n->s, member(n, party), data, bytes));
}

static int
net_flush(void *state)
{

	return (session_flush(((struct net *)state)->s));
}

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return ((double)t.tv_sec + 1e-9 * (double)t.tv_nsec);
}

/* Masks that add up: party i's come from i, and the dealer's are their sums. */
static void
fill(struct mpc_vector *x, size_t self, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		uint64_t l1 = (i + 1) * 0x9e3779b97f4a7c15U, l2 = (i + 3) * 0xbf58476d1ce4e5b9U;

		x->lam[i] = (self == 0) ? l1 + l2 : (self == 1) ? l1 : l2;
		if (self > 0)
			x->m[i] = (uint64_t)((int64_t)(i % 200000) - 100000) + l1 + l2;
	}
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return ((x > y) - (x < y));
}

static void
report(const struct bench *b, double *wall)
{
	struct channel_counters (*c)[PARTIES] = common->counters;
	double ms;

	qsort(wall, TURNS, sizeof(*wall), by_value);
	ms = wall[TURNS / 2] * 1e3;
	printf("%-20s %8.1f ms  %5.2f of target %4.0f  cpu %6.1f %6.1f %6.1f  dealer's link %6.2f MB  between computing %6.2f MB  "
	    "%3u rounds\n", b->name, ms, ms / b->target, b->target, common->cpu[0] * 1e3, common->cpu[1] * 1e3, common->cpu[2] * 1e3,
	    (double)(c[0][1].bytes_sent + c[0][2].bytes_sent) / 1e6, (double)(c[1][2].bytes_sent + c[2][1].bytes_sent) / 1e6,
	    (unsigned)common->cost.rounds);
	fflush(stdout);
}

static void
run_party(const struct bench *b, size_t self, int fds[PARTIES][PARTIES])
{
	struct mpc_vector x, x2, y;
	struct mpc_setting setting;
	struct mpc *S;
	struct net net = { make_session(self, fds), self };
	uint8_t seed[PARTIES][32];
	double wall[TURNS + 1], cpu, start;
	size_t i, turn;
	const struct session_peer *peer;

	memset(&setting, 0, sizeof(setting));
	setting.n = PARTIES - 1;
	setting.self = self;
	setting.net = (struct mpc_net){ net_send, net_receive, net_flush, &net };
	for (i = 0; i < PARTIES; i++) {
		memset(seed[i], (int)((i < self) ? 16 * i + self : 16 * self + i), sizeof(seed[i]));
		setting.seeds[i] = seed[i];
	}
	must((S = mpc_new(&setting)) != NULL, "engine");
	must(mpc_vector_new(S, &x, b->n) == 0 && mpc_vector_new(S, &x2, b->n) == 0 && mpc_vector_new(S, &y, b->out) == 0,
	    "memory");
	fill(&x, self, b->n);
	fill(&x2, self, b->n);
	for (turn = 0; turn <= TURNS; turn++) {
		pthread_barrier_wait(&common->barrier);
		start = seconds(CLOCK_MONOTONIC);
		cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
		if (b->work(S, &y, &x, &x2, b->n) == -1 || session_flush(net.s) == -1)
			_exit(1);
		common->cpu[self] = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
		if (turn == 0) {
			for (i = 0; i + 1 < PARTIES; i++) {
				peer = session_peer(net.s, i);
				common->counters[self][peer->index] = *session_counters(net.s, i);
			}
			common->cost = *mpc_counted(S);
		}
		pthread_barrier_wait(&common->barrier);
		wall[turn] = seconds(CLOCK_MONOTONIC) - start;
	}
	if (self == 0)
		report(b, wall + 1);
	mpc_vector_free(&x);
	mpc_vector_free(&x2);
	mpc_vector_free(&y);
	mpc_free(S);
	session_abort(net.s);
}

static void
run(const struct bench *b)
{
	int fds[PARTIES][PARTIES], pair[2], status;
	size_t i, j;
	pid_t pids[PARTIES];

	for (i = 0; i < PARTIES; i++) {
		for (j = i + 1; j < PARTIES; j++) {
			connect_pair(pair);
			fds[i][j] = pair[0];
			fds[j][i] = pair[1];
		}
	}
	fflush(stdout);
	for (i = 0; i < PARTIES; i++) {
		must((pids[i] = fork()) != -1, "fork");
		if (pids[i] == 0) {
			for (j = 0; j < PARTIES * PARTIES; j++) {
				if (j / PARTIES != i && j / PARTIES != j % PARTIES)
					close(fds[j / PARTIES][j % PARTIES]);
			}
			run_party(b, i, fds);
			_exit(0);
		}
	}
	for (i = 0; i < PARTIES; i++)
		for (j = 0; j < PARTIES; j++)
			if (i != j)
				close(fds[i][j]);
	for (i = 0; i < PARTIES; i++) {
		waitpid(pids[i], &status, 0);
		if (status != 0) {
			fprintf(stderr, "engine: a party of %s has failed\n", b->name);
			exit(1);
		}
	}
}

int
main(int argc, char **argv)
{
	pthread_barrierattr_t attr;
	FILE *file;
	size_t i;
	int a;

	diag_init("engine");
	must(sodium_init() != -1, "libsodium");
	must((file = tmpfile()) != NULL && ftruncate(fileno(file), sizeof(*common)) == 0, "memory");
	common = mmap(NULL, sizeof(*common), PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
	must(common != MAP_FAILED, "memory");
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&common->barrier, &attr, PARTIES);
	for (i = 0; i < sizeof(benches) / sizeof(*benches); i++) {
		for (a = 1; a < argc && strcmp(argv[a], benches[i].name) != 0; a++)
			;
		if (argc == 1 || a < argc)
			run(&benches[i]);
	}
	return (0);
}
