/* Measure round trip and throughput to every other party. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/interactive.h"
#include "net/clock.h"

#define SMALL_BYTES 64
#define WARM_UP 3

static uint64_t count = 20, mebibytes = 16;

static const struct opt options[] = {
	{ 'c', "count", "N", OPT_NUMBER, &count, 1, 100000, "round trips to measure (default 20)" },
	{ 's', "size", "MIB", OPT_NUMBER, &mebibytes, 0, 1024,
	    "MiB to send both ways at once (default 16; 0: none)" },
	INTERACTIVE_OPTIONS,
	{ .name = NULL },
};

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return ((x > y) - (x < y));
}

/* The party that comes first in the file sends first; the other one sends it back. */
static int
round_trip(struct session *s, size_t peer, uint8_t *data)
{

	if (session_own_index(s) < session_peer(s, peer)->index)
		return ((session_send(s, peer, data, SMALL_BYTES) == -1 ||
		    session_receive(s, peer, data, SMALL_BYTES) == -1) ? -1 : 0);
	if (session_receive(s, peer, data, SMALL_BYTES) == -1 ||
	    session_send(s, peer, data, SMALL_BYTES) == -1)
		return (-1);
	return (session_flush(s));
}

static int
measure_round_trips(struct session *s, size_t peer, double *median)
{
	uint8_t data[SMALL_BYTES] = { 0 };
	double *times, start;
	uint64_t i;
	int rc = -1;

	if ((times = mem_array(count, sizeof(*times))) == NULL)
		return (-1);
	for (i = 0; i < count + WARM_UP; i++) {
		start = clock_seconds();
		if (round_trip(s, peer, data) == -1)
			goto out;
		if (i >= WARM_UP)
			times[i - WARM_UP] = clock_seconds() - start;
	}
	qsort(times, count, sizeof(*times), compare_doubles);
	*median = times[count / 2];
	rc = 0;
out:
	free(times);
	return (rc);
}

/* Send and receive at once, with one peer alone. */
static int
measure_throughput(struct session *s, size_t peer, double *rate)
{
	size_t bytes = (size_t)mebibytes << 20, i;
	struct exchange *items = mem_array(session_peers(s), sizeof(*items));
	uint8_t *out = mem_array(bytes, 1), *in = mem_array(bytes, 1);
	double start;
	int rc = -1;

	if (items == NULL || out == NULL || in == NULL)
		goto done;
	for (i = 0; i < session_peers(s); i++) {
		if (i == peer)
			items[i] = (struct exchange){ .out = out, .out_bytes = bytes,
				.in = in, .in_bytes = bytes };
	}
	start = clock_seconds();
	rc = session_exchange(s, items);
	*rate = (double)mebibytes / (clock_seconds() - start);
done:
	free(items);
	free(out);
	free(in);
	return (rc);
}

static int
ping_peer(struct session *s, size_t peer)
{
	double rtt, rate;

	if (measure_round_trips(s, peer, &rtt) == -1)
		return (-1);
	printf("%-16s round trip %.3f ms (median of %" PRIu64 ")", session_peer(s, peer)->name,
	    1000 * rtt, count);
	if (mebibytes > 0) {
		if (measure_throughput(s, peer, &rate) == -1)
			return (-1);
		printf(", %.0f MiB/s each way at once", rate);
	}
	putchar('\n');
	return (0);
}

/* All pairs in one order that everybody has: by the indices of the two. */
static int
ping_all(struct session *s)
{
	size_t i;

	for (i = 0; i < session_peers(s); i++) {
		if (ping_peer(s, i) == -1)
			return (-1);
	}
	return (0);
}

static int
run(char **operands, size_t n)
{
	struct descriptor d = { .failed = false };
	char text[24];
	struct session *s;

	(void)operands;
	(void)n;
	descriptor_add(&d, "op", "ping");
	snprintf(text, sizeof(text), "%" PRIu64, count);
	descriptor_add(&d, "count", text);
	snprintf(text, sizeof(text), "%" PRIu64, mebibytes);
	descriptor_add(&d, "size", text);
	if ((s = interactive_open(&d, SESSION_DEALER_IDLE, NULL, 0, false)) == NULL)
		return (-1);
	return (interactive_close(s, ping_all(s)));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "",
		.summary = "Measure the round trip and the throughput to every other party; all "
		    "parties run it.",
		.notes = "Example: smpc-local -n 2 -- smpc-ping",
		.options = options,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
