/*
 * One channel between two processes over a loopback TCP connection, against libsodium alone and a
 * bare connection.
 *
 *	seal, open	ChaCha20-Poly1305 of 64 MiB in blocks of 64 KiB, on one core
 *	seal, both	the same in both processes at once, which tells how many cores they have
 *between them 	one way, both	64 MiB through the channel, and 64 MiB each way at once
 *	ping, bare	the round trip of 64 bytes through the channel, and over a connection with
 *TCP_NODELAY
 *
 * All are taken in turn, seven times; medians are printed, and the ratios of each turn, which the
 * targets are about.  Wall time depends on who else uses the machine: the target for throughput
 * takes two cores.  Processor time is given as well, that of the busier process.
 */

#include <sodium.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "net/channel.h"
#include "agent/tcp.h"

#define TURNS 7
#define MEBIBYTES 64
#define BYTES ((size_t)MEBIBYTES << 20)
#define BLOCK_BYTES ((size_t)1 << 16)
#define PING_BYTES 64
#define PINGS 400

enum what { SEAL, OPEN, TOGETHER, ONE_WAY, BOTH_WAYS, PING, BARE, N_WHAT };
static const char *const names[N_WHAT] = { "seal", "open", "seal, both", "one way", "both ways",
	"ping", "bare ping" };

/* Seconds: of the clock, and of the processor that had more to do. */
struct cost {
	double wall, cpu;
};

static uint8_t *out, *in;

static void
must(bool good, const char *what)
{

	if (good)
		return;
	fail_errno(what);
	exit(1);
}

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return ((double)t.tv_sec + 1e-9 * (double)t.tv_nsec);
}

static struct cost
now(void)
{

	return ((struct cost){ seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID) });
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return ((x > y) - (x < y));
}

static double
median(const double *values, size_t count)
{
	double sorted[PINGS];

	memcpy(sorted, values, count * sizeof(*values));
	qsort(sorted, count, sizeof(*sorted), by_value);
	return (sorted[count / 2]);
}

/* ---- libsodium alone ---- */

static struct cost
sodium_alone(bool open)
{
	static const uint8_t key[crypto_aead_chacha20poly1305_IETF_KEYBYTES] = { 1 };
	static const uint8_t nonce[crypto_aead_chacha20poly1305_IETF_NPUBBYTES];
	static uint8_t sealed[BLOCK_BYTES + crypto_aead_chacha20poly1305_IETF_ABYTES],
	    again[BLOCK_BYTES];
	struct cost start, end;
	size_t i;
	int bad = 0;

	(void)crypto_aead_chacha20poly1305_ietf_encrypt(sealed, NULL, out, BLOCK_BYTES, NULL, 0,
	    NULL, nonce, key);
	start = now();
	for (i = 0; i < BYTES; i += BLOCK_BYTES) {
		if (open)
			bad |= crypto_aead_chacha20poly1305_ietf_decrypt(again, NULL, NULL, sealed,
			    sizeof(sealed), NULL, 0, nonce, key);
		else
			bad |= crypto_aead_chacha20poly1305_ietf_encrypt(sealed, NULL, out,
			    BLOCK_BYTES, NULL, 0, NULL, nonce, key);
	}
	end = now();
	must(bad == 0, "libsodium");
	return ((struct cost){ end.wall - start.wall, end.cpu - start.cpu });
}

/* ---- the channel ---- */

/* As a session does it. */
static void
finish(struct channel *c)
{
	int rc;

	for (;;) {
		if ((rc = channel_step(c)) == -1)
			exit(1);
		if (channel_wanted(c) == 0 && !channel_pending(c))
			return;
		if (rc == 0)
			(void)poll(&(struct pollfd){ channel_descriptor(c), channel_events(c), 0 },
			    1, -1);
	}
}

static void
exchange(struct channel *c, const void *data, size_t bytes, void *wanted, size_t wanted_bytes)
{

	if (bytes > 0)
		channel_send(c, data, bytes);
	if (wanted_bytes > 0)
		channel_receive(c, wanted, wanted_bytes);
	channel_flush(c);
	finish(c);
}

/*
 * Move ${forth} bytes from the parent to the child and ${back} the other way; the child then tells
 * what it cost.
 */
static struct cost
move(struct channel *c, bool parent, size_t forth, size_t back)
{
	struct cost start, end, other;

	/* Both begin together. */
	exchange(c, "g", parent, in, !parent);
	start = now();
	exchange(c, out, parent ? forth : back, in, parent ? back : forth);
	end = now();
	other = (struct cost){ end.wall - start.wall, end.cpu - start.cpu };
	exchange(c, &other, parent ? 0 : sizeof(other), &other, parent ? sizeof(other) : 0);
	end.wall = seconds(CLOCK_MONOTONIC) - start.wall;
	end.cpu -= start.cpu;
	return ((struct cost){ end.wall, (end.cpu > other.cpu) ? end.cpu : other.cpu });
}

/* The median of many round trips. */
static struct cost
ping(struct channel *c, bool parent)
{
	uint8_t data[PING_BYTES] = { 0 };
	double times[PINGS];
	struct cost start = now();
	size_t i;

	for (i = 0; i < PINGS; i++) {
		double begin = seconds(CLOCK_MONOTONIC);

		if (parent)
			exchange(c, data, PING_BYTES, data, PING_BYTES);
		else {
			exchange(c, NULL, 0, data, PING_BYTES);
			exchange(c, data, PING_BYTES, NULL, 0);
		}
		times[i] = seconds(CLOCK_MONOTONIC) - begin;
	}
	return ((struct cost){ median(times, PINGS),
	    (seconds(CLOCK_PROCESS_CPUTIME_ID) - start.cpu) / PINGS });
}

/* ---- a bare connection ---- */

static void
read_all(int fd, uint8_t *data, size_t bytes)
{
	size_t at;
	ssize_t n;

	for (at = 0; at < bytes; at += (size_t)n)
		must((n = recv(fd, data + at, bytes - at, 0)) > 0, "recv");
}

static struct cost
bare_ping(int fd, bool parent)
{
	uint8_t data[PING_BYTES] = { 0 };
	double times[PINGS];
	struct cost start = now();
	size_t i;

	for (i = 0; i < PINGS; i++) {
		double begin = seconds(CLOCK_MONOTONIC);

		if (!parent)
			read_all(fd, data, PING_BYTES);
		must(send(fd, data, PING_BYTES, MSG_NOSIGNAL) == PING_BYTES, "send");
		if (parent)
			read_all(fd, data, PING_BYTES);
		times[i] = seconds(CLOCK_MONOTONIC) - begin;
	}
	return ((struct cost){ median(times, PINGS),
	    (seconds(CLOCK_PROCESS_CPUTIME_ID) - start.cpu) / PINGS });
}

/* Two connected TCP sockets of this machine. */
static void
connect_pair(int fds[static 2])
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, i;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(listener != -1 && bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    listen(listener, 1) == 0 &&
	    getsockname(listener, (struct sockaddr *)&address, &len) == 0, "listen");
	must((fds[0] = socket(AF_INET, SOCK_STREAM, 0)) != -1 &&
	    connect(fds[0], (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    (fds[1] = accept(listener, NULL, NULL)) != -1, "connect");
	for (i = 0; i < 2; i++)
		must(setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0,
		    "TCP_NODELAY");
	close(listener);
}

/* ---- turns and report ---- */

/* Parent and child go through the same steps; only the parent keeps what they cost. */
static void
take_turns(struct channel *c, int bare, bool parent, struct cost costs[N_WHAT][TURNS])
{
	size_t i;

	exchange(c, out, BYTES / 8, in, BYTES / 8); /* warm up */
	for (i = 0; i < TURNS; i++) {
		if (parent) {
			costs[SEAL][i] = sodium_alone(false);
			costs[OPEN][i] = sodium_alone(true);
		}
		exchange(c, "g", parent, in, !parent);
		costs[TOGETHER][i] = sodium_alone(false);
		costs[ONE_WAY][i] = move(c, parent, BYTES, 0);
		costs[BOTH_WAYS][i] = move(c, parent, BYTES, BYTES);
		costs[PING][i] = ping(c, parent);
		costs[BARE][i] = bare_ping(bare, parent);
	}
}

/* The median of the turns' ratios of a to b, by wall or processor time. */
static double
ratio(struct cost costs[N_WHAT][TURNS], enum what a, enum what b, bool cpu)
{
	double ratios[TURNS];
	size_t i;

	for (i = 0; i < TURNS; i++)
		ratios[i] = cpu ? costs[a][i].cpu / costs[b][i].cpu : costs[a][i].wall /
		    costs[b][i].wall;
	return (median(ratios, TURNS));
}

static void
report_ratio(const char *what, double wall, double cpu, double target, bool at_least)
{
	bool met = at_least ? wall >= target : wall <= target;

	printf("%-38s %6.2f (processor %.2f), target %s %.1f%s\n", what, wall, cpu, at_least ?
	    ">=" : "<=", target, met ? "" : "  MISSED");
}

static void
report(struct cost costs[N_WHAT][TURNS])
{
	double wall[TURNS], cpu[TURNS];
	enum what slower;
	size_t i, j;

	for (i = 0; i < N_WHAT; i++) {
		for (j = 0; j < TURNS; j++) {
			wall[j] = costs[i][j].wall;
			cpu[j] = costs[i][j].cpu;
		}
		if (i >= PING)
			printf("%-10s %8.1f us (processor %.1f us)\n", names[i],
			    1e6 * median(wall, TURNS), 1e6 * median(cpu, TURNS));
		else
			printf("%-10s %8.0f MiB/s (processor %.0f MiB/s)\n", names[i],
			    MEBIBYTES / median(wall, TURNS), MEBIBYTES / median(cpu, TURNS));
	}
	for (j = 0; j < TURNS; j++)
		wall[j] = 2 * costs[TOGETHER][j].cpu / costs[TOGETHER][j].wall;
	printf("the two processes had %.1f cores\n", median(wall, TURNS));
	slower = (ratio(costs, SEAL, OPEN, true) > 1) ? SEAL : OPEN;
	report_ratio("channel one way / libsodium's slower", ratio(costs, slower, ONE_WAY, false),
	    ratio(costs, slower, ONE_WAY, true), 0.7, true);
	report_ratio("time both ways / one way", ratio(costs, BOTH_WAYS, ONE_WAY, false),
	    ratio(costs, BOTH_WAYS, ONE_WAY, true), 2.1, false);
	report_ratio("round trip / bare TCP", ratio(costs, PING, BARE, false),
	    ratio(costs, PING, BARE, true), 2.5, false);
}

int
main(void)
{
	static struct cost costs[N_WHAT][TURNS];
	struct noise_cipher keys[2] = { { .k = { 1 }, .keyed = 1 }, { .k = { 2 }, .keyed = 1 } };
	int fds[2], bare[2], status;
	struct carrier carrier;
	struct channel *c;
	size_t side;
	pid_t pid;

	must(sodium_init() != -1 && (out = mem_array(BYTES, 1)) != NULL &&
	    (in = mem_array(BYTES, 1)) != NULL, "start");
	randombytes_buf(out, BYTES);
	memset(in, 1, BYTES); /* no page faults while the clock runs */
	connect_pair(fds);
	connect_pair(bare);
	must((pid = fork()) != -1, "fork");
	side = (pid == 0);
	close(fds[1 - side]);
	close(bare[1 - side]);
	must(socket_nonblocking(fds[side]) == 0, "non-blocking");
	carrier = carrier_socket(fds[side]);
	must((c = channel_new("bench", &carrier, &keys[side], &keys[1 - side])) != NULL, "channel");
	take_turns(c, bare[side], side == 0, costs);
	channel_free(c);
	if (side == 1)
		_exit(0);
	must(waitpid(pid, &status, 0) == pid && status == 0, "the other process");
	report(costs);
	return ((fflush(stdout) == 0) ? 0 : 1);
}
