/*
 * flood PORT RATE SECONDS HOLD FILE: connect to a port of this machine RATE times a second, say one
 * line of FILE each time, which has bytes in hexadecimal, and keep the last HOLD connections open.
 * Print how many there were, and how many could not be made.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"
#include "net/clock.h"

#define LINE_BYTES 2048
#define LINES_MAX 4096

struct saying {
	uint8_t data[LINE_BYTES / 2];
	size_t bytes;
};

static struct saying *sayings;
static size_t n_sayings;

static int
read_sayings(const char *path)
{
	char line[LINE_BYTES];
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL || (sayings = mem_array(LINES_MAX, sizeof(*sayings))) == NULL)
		return (fail_errno(path));
	while (n_sayings < LINES_MAX && fgets(line, sizeof(line), f) != NULL) {
		n = strcspn(line, "\n");
		line[n] = '\0';
		sayings[n_sayings].bytes = n / 2;
		if (hex_decode(sayings[n_sayings].data, n / 2, line) == -1) {
			fclose(f);
			return (fail(ST_FAILED, "%s: is not hexadecimal", path));
		}
		n_sayings++;
	}
	fclose(f);
	return ((n_sayings > 0) ? 0 : fail(ST_FAILED, "%s: is empty", path));
}

/* One connection; -1: it could not be made. */
static int
call(uint16_t port, const struct saying *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1)
		return (-1);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == -1) {
		close(fd);
		return (-1);
	}
	if (s->bytes > 0)
		(void)!send(fd, s->data, s->bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
	return (fd);
}

static void
flood(uint16_t port, uint64_t rate, uint64_t seconds, int *held, size_t hold)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	double begin = clock_seconds(), now;
	uint64_t made = 0, failed = 0;
	size_t at = 0;
	int fd;

	while ((now = clock_seconds() - begin) < (double)seconds) {
		if ((double)(made + failed) > now * (double)rate) {
			(void)poll(NULL, 0, 1);
			continue;
		}
		if ((fd = call(port, &sayings[(made + failed) % n_sayings])) == -1) {
			failed++;
			continue;
		}
		made++;
		if (held[at] != -1) {
			(void)setsockopt(held[at], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
			close(held[at]);
		}
		held[at] = fd;
		at = (at + 1) % hold;
	}
	printf("made %llu, failed %llu\n", (unsigned long long)made, (unsigned long long)failed);
}

int
main(int argc, char **argv)
{
	uint64_t port, rate, seconds, hold, i;
	int *held;

	diag_init("flood");
	if (argc != 6 || num_parse(argv[1], 1, UINT16_MAX, &port) == -1 ||
	    num_parse(argv[2], 1, 1000000, &rate) == -1 ||
	    num_parse(argv[3], 1, 86400, &seconds) == -1 ||
	    num_parse(argv[4], 1, 60000, &hold) == -1) {
		fprintf(stderr, "usage: flood PORT RATE SECONDS HOLD FILE\n");
		return (2);
	}
	if (read_sayings(argv[5]) == -1 || (held = mem_array((size_t)hold, sizeof(*held))) == NULL)
		return (1);
	for (i = 0; i < hold; i++)
		held[i] = -1;
	flood((uint16_t)port, rate, seconds, held, (size_t)hold);
	free(held);
	free(sayings);
	return (0);
}
