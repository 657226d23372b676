#ifndef SMPC_TESTS_BENCH_LINKS_H
#define SMPC_TESTS_BENCH_LINKS_H

/*
 * A dealer and two computing parties, a process each, on encrypted loopback connections, and the
 * clock that they share.
 */

#include <sodium.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
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
#include "mpc/mpc.h"
#include "net/session.h"
#include "agent/tcp.h"

#define PARTIES 3

/* Shared by all processes. */
struct common {
	pthread_barrier_t barrier;
	double cpu[PARTIES];
	double peak_mib[PARTIES];
	struct channel_counters counters[PARTIES][PARTIES];
	struct mpc_cost cost;
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
	must(listener != -1 && bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    listen(listener, 1) == 0 &&
	    getsockname(listener, (struct sockaddr *)&address, &len) == 0, "listen");
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	must(fds[0] != -1 && connect(fds[0], (struct sockaddr *)&address, sizeof(address)) == 0,
	    "connect");
	fds[1] = accept(listener, NULL, NULL);
	must(fds[1] != -1, "accept");
	close(listener);
}

static struct session *
make_session(size_t self, int fds[PARTIES][PARTIES])
{
	static const uint8_t number[SESSION_NUMBER_BYTES] = "bench";
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
		    setsockopt(fds[self][i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0,
		    "socket");
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

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return ((double)t.tv_sec + 1e-9 * (double)t.tv_nsec);
}

/*
 * Masks that add up: party i's come from i, and the dealer's are their sums.  Values go through
 * +-limit.
 */
static void
fill(struct mpc_vector *x, size_t self, size_t n, int64_t limit)
{
	size_t i;

	for (i = 0; i < n; i++) {
		uint64_t l1 = (i + 1) * 0x9e3779b97f4a7c15U, l2 = (i + 3) * 0xbf58476d1ce4e5b9U;

		x->held.lam[i] = (self == 0) ? l1 + l2 : (self == 1) ? l1 : l2;
		if (self > 0)
			x->held.m[i] = (uint64_t)((int64_t)(i * 2654435761U %
			    (uint64_t)(2 * limit)) - limit) + l1 + l2;
	}
}

static struct mpc *
make_engine(struct net *net, size_t self, int fds[PARTIES][PARTIES])
{
	struct mpc_setting setting;
	uint8_t seed[PARTIES][32];
	struct mpc *S;
	size_t i;

	net->s = make_session(self, fds);
	net->self = self;
	memset(&setting, 0, sizeof(setting));
	setting.n = PARTIES - 1;
	setting.self = self;
	setting.net = (struct mpc_net){ net_send, net_receive, net };
	for (i = 0; i < PARTIES; i++) {
		memset(seed[i], (int)((i < self) ? 16 * i + self : 16 * self + i), sizeof(seed[i]));
		setting.seeds[i] = seed[i];
	}
	must((S = mpc_new(&setting)) != NULL, "engine");
	if (self > 0)
		session_keep(net->s, 0, (size_t)2 << 20);
	return (S);
}

/* Note what has passed so far. */
static void
take_counters(struct mpc *S, const struct net *net)
{
	const struct session_peer *peer;
	struct rusage usage;
	size_t i;

	for (i = 0; i + 1 < PARTIES; i++) {
		peer = session_peer(net->s, i);
		common->counters[net->self][peer->index] = *session_counters(net->s, i);
	}
	common->cost = *mpc_counted(S);
	getrusage(RUSAGE_SELF, &usage);
	common->peak_mib[net->self] = (double)usage.ru_maxrss / 1024;
}

/* A turn that all parties begin together; what it took is counted at the end of the first one. */
struct turn {
	double start, cpu;
};

static void
turn_begin(struct turn *t)
{

	pthread_barrier_wait(&common->barrier);
	t->start = seconds(CLOCK_MONOTONIC);
	t->cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
}

/* When all have ended it: seconds. */
static double
turn_end(const struct turn *t, struct mpc *S, const struct net *net, bool first)
{

	common->cpu[net->self] = seconds(CLOCK_PROCESS_CPUTIME_ID) - t->cpu;
	if (first)
		take_counters(S, net);
	pthread_barrier_wait(&common->barrier);
	return (seconds(CLOCK_MONOTONIC) - t->start);
}

/* MB on the dealer's links, and between the computing parties, in both directions. */
static double
dealer_mb(void)
{

	return ((double)(common->counters[0][1].bytes_sent + common->counters[0][2].bytes_sent) /
	    1e6);
}

static double
computing_mb(void)
{

	return ((double)(common->counters[1][2].bytes_sent + common->counters[2][1].bytes_sent) /
	    1e6);
}

/*
 * What the same takes others, in ms, as it was measured on a machine of two cores such as the one
 * that the targets are for; 0 where it was not.  CrypTen 0.4.0: two parties, of which the first
 * makes all triples, and no encryption.  MP-SPDZ: three parties with an honest majority (replicated
 * shares), encrypted.  Neither has a dealer.
 */
struct others {
	double crypten, mp_spdz;
};

static inline void
print_others(double ms, const struct others *o)
{

	if (o->crypten > 0)
		printf("  %.3f of CrypTen's %.0f", ms / o->crypten, o->crypten);
	if (o->mp_spdz > 0)
		printf("  %.3f of MP-SPDZ's %.0f", ms / o->mp_spdz, o->mp_spdz);
	printf("\n");
	fflush(stdout);
}

/* ---- a slow line: bytes arrive later, and not too many at once ---- */

#define DELAY 0.020         /* seconds one way */
#define BYTES_PER_SECOND (350e6 / 8)
#define PIECE_BYTES 65536
#define PIECES 4096

/* One direction: what is under way, in a ring. */
struct line {
	int from, to;
	struct piece {
		double due;
		size_t bytes, sent;
		char data[PIECE_BYTES];
	} *pieces;
	size_t first, count;
	double free_at;
	bool ended;
};

static void
line_take(struct line *l)
{
	struct piece *p = &l->pieces[(l->first + l->count) % PIECES];
	double now = seconds(CLOCK_MONOTONIC);
	ssize_t n;

	if (l->ended || l->count == PIECES)
		return;
	n = recv(l->from, p->data, sizeof(p->data), MSG_DONTWAIT);
	if (n == 0)
		l->ended = true;
	if (n <= 0)
		return;
	p->bytes = (size_t)n;
	p->sent = 0;
	l->free_at = ((l->free_at > now) ? l->free_at : now) + (double)n / BYTES_PER_SECOND;
	p->due = l->free_at + DELAY;
	l->count++;
}

/* Pass on what is due; return the seconds until the next piece is. */
static double
line_give(struct line *l)
{
	struct piece *p;
	ssize_t n;

	while (l->count > 0) {
		p = &l->pieces[l->first];
		if (p->due > seconds(CLOCK_MONOTONIC))
			return (p->due - seconds(CLOCK_MONOTONIC));
		n = send(l->to, p->data + p->sent, p->bytes - p->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n <= 0)
			return (1e-4);
		if ((p->sent += (size_t)n) < p->bytes)
			continue;
		l->first = (l->first + 1) % PIECES;
		l->count--;
	}
	return (1);
}

static void
relay(int a, int b)
{
	struct line lines[2];
	struct pollfd fds[2];
	double wait, w;
	size_t i;

	memset(lines, 0, sizeof(lines));
	lines[0].from = lines[1].to = a;
	lines[1].from = lines[0].to = b;
	for (i = 0; i < 2; i++)
		must((lines[i].pieces = mem_array(PIECES, sizeof(*lines[i].pieces))) != NULL,
		    "memory");
	while (!lines[0].ended || !lines[1].ended || lines[0].count + lines[1].count > 0) {
		for (wait = 1, i = 0; i < 2; i++) {
			line_take(&lines[i]);
			w = line_give(&lines[i]);
			wait = (w < wait) ? w : wait;
			fds[i] = (struct pollfd){ (lines[i].ended || lines[i].count == PIECES) ?
				-1 : lines[i].from, POLLIN, 0 };
		}
		(void)poll(fds, 2, (int)(wait * 1000));
	}
	_exit(0);
}

static bool slow_lines;

/* Two ends, with a process between them that delays what passes. */
static void
connect_slowly(int fds[2])
{
	int near[2], far[2];
	pid_t pid;

	connect_pair(near);
	connect_pair(far);
	must((pid = fork()) != -1, "fork");
	if (pid == 0) {
		close(near[0]);
		close(far[1]);
		relay(near[1], far[0]);
	}
	close(near[1]);
	close(far[0]);
	fds[0] = near[0];
	fds[1] = far[1];
}

/* Run ${party} in three processes that are connected. */
static void
run_parties(const char *name, void (*party)(const void *what, size_t self,
    int fds[PARTIES][PARTIES]), const void *what)
{
	int fds[PARTIES][PARTIES], pair[2], status;
	size_t i, j;
	pid_t pids[PARTIES];

	for (i = 0; i < PARTIES; i++) {
		for (j = i + 1; j < PARTIES; j++) {
			(slow_lines ? connect_slowly : connect_pair)(pair);
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
			party(what, i, fds);
			_exit(0);
		}
	}
	for (i = 0; i < PARTIES; i++) {
		for (j = 0; j < PARTIES; j++) {
			if (i != j)
				close(fds[i][j]);
		}
	}
	for (i = 0; i < PARTIES; i++) {
		waitpid(pids[i], &status, 0);
		if (status != 0) {
			fprintf(stderr, "%s: a party has failed\n", name);
			exit(1);
		}
	}
}

static void
start_bench(const char *name)
{
	pthread_barrierattr_t attr;
	FILE *file;

	diag_init(name);
	must(sodium_init() != -1, "libsodium");
	must((file = tmpfile()) != NULL && ftruncate(fileno(file), sizeof(*common)) == 0, "memory");
	common = mmap(NULL, sizeof(*common), PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
	must(common != MAP_FAILED, "memory");
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&common->barrier, &attr, PARTIES);
}

static inline int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return ((x > y) - (x < y));
}

#endif /* !SMPC_TESTS_BENCH_LINKS_H */
