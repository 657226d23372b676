/* setns is no part of POSIX. */
#define _GNU_SOURCE

#include "agent/wan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/signals.h"
#include "base/diag.h"
#include "base/mem.h"

#define NAMESPACES "/var/run/netns"
#define PORT 7000
#define WORDS_MAX 32 /* of a command */
#define RTT_MAX_MS 60000

struct wan {
	size_t count;
	size_t made; /* namespaces of parties */
	int hub;     /* whether there is a hub */
	long id;     /* in the names */
	double delay_ms; /* of each party's link, one way */
	char rate[32];
};

/* Run a command of words separated by blanks, silently; return its status. */
__attribute__((format(printf, 1, 2))) static int
command(const char *format, ...)
{
	char line[256], *words[WORDS_MAX], *save, *word;
	size_t n = 0;
	va_list ap;
	pid_t pid;
	int status, null;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	for (word = strtok_r(line, " ", &save); word != NULL && n < WORDS_MAX - 1;
	    word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	words[n] = NULL;
	if ((pid = signals_fork()) == -1)
		return (-1);
	if (pid == 0) {
		if ((null = open("/dev/null", O_RDWR)) != -1) {
			dup2(null, STDOUT_FILENO);
			dup2(null, STDERR_FILENO);
		}
		execvp(words[0], words);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			return (-1);
	}
	return ((WIFEXITED(status) && WEXITSTATUS(status) == 0) ? 0 : -1);
}

/* "RTT,RATE": milliseconds, with or without the unit, and a rate in the words of tc(8). */
static int
parse_wan(struct wan *w, const char *text)
{
	char *end;
	double rtt = strtod(text, &end);
	size_t len;

	if (strncmp(end, "ms", 2) == 0)
		end += 2;
	if (rtt <= 0 || rtt > RTT_MAX_MS || *end != ',' || (len = strlen(end + 1)) < 2 ||
	    len >= sizeof(w->rate) || strspn(end + 1, "0123456789.kmgbit") != len)
		return (fail(ST_USAGE, "--wan: '%s' is not RTT,RATE, such as 40ms,350mbit", text));
	/* A packet passes two links each way. */
	w->delay_ms = rtt / 4;
	strcpy(w->rate, end + 1);
	return (0);
}

/* Whether a namespace was made by a process that is no more: smpcPID-hub, smpcPID-N. */
static bool
netns_is_left(const char *name)
{
	char *end;
	long id;

	if (strncmp(name, "smpc", 4) != 0)
		return (false);
	id = strtol(name + 4, &end, 10);
	return (id > 0 && end[0] == '-' && strspn(end + 1, "hub0123456789") == strlen(end + 1) &&
	    kill((pid_t)id, 0) == -1 && errno == ESRCH);
}

/* Remove what those who were killed had no time to. */
static void
netns_remove_left(void)
{
	DIR *dir = opendir(NAMESPACES);
	const struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (netns_is_left(e->d_name))
			(void)command("ip netns del %s", e->d_name);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

static int
make_hub(struct wan *w)
{

	if (command("ip netns add smpc%ld-hub", w->id) == -1)
		return (-1);
	w->hub = 1;
	if (command("ip -n smpc%ld-hub link add br0 type bridge", w->id) == -1 ||
	    command("ip -n smpc%ld-hub link set br0 up", w->id) == -1)
		return (-1);
	return (0);
}

/* A namespace with a link to the hub, slowed at both ends. */
static int
make_namespace(struct wan *w, size_t i)
{

	if (command("ip netns add smpc%ld-%zu", w->id, i) == -1)
		return (-1);
	w->made++;
	if (command("ip -n smpc%ld-%zu link add eth0 type veth peer name p%zu netns smpc%ld-hub",
	    w->id, i, i, w->id) == -1 ||
	    command("ip -n smpc%ld-hub link set p%zu master br0 up", w->id, i) == -1 ||
	    command("ip -n smpc%ld-%zu addr add 10.77.0.%zu/24 dev eth0", w->id, i, i + 1) == -1 ||
	    command("ip -n smpc%ld-%zu link set eth0 up", w->id, i) == -1 ||
	    command("ip -n smpc%ld-%zu link set lo up", w->id, i) == -1)
		return (-1);
	if (command("ip netns exec smpc%ld-%zu tc qdisc add dev eth0 root netem delay %.3fms rate "
	    "%s limit 100000", w->id, i, w->delay_ms, w->rate) == -1 ||
	    command("ip netns exec smpc%ld-hub tc qdisc add dev p%zu root netem delay %.3fms rate "
	    "%s limit 100000", w->id, i, w->delay_ms, w->rate) == -1)
		return (-1);
	return (0);
}

struct wan *
wan_open(size_t count, const char *text)
{
	struct wan *w;
	size_t i;

	if ((w = mem_array(1, sizeof(*w))) == NULL)
		return (NULL);
	w->count = count;
	w->id = (long)getpid();
	if (parse_wan(w, text) == -1)
		goto failed;
	netns_remove_left();
	if (make_hub(w) == -1) {
		fail(ST_USAGE, "--wan: network namespaces cannot be made here: it takes root, "
		    "ip(8) and tc(8)");
		goto failed;
	}
	for (i = 0; i < count; i++) {
		if (make_namespace(w, i) == -1) {
			fail(ST_USAGE, "--wan: links cannot be slowed down here: it takes tc(8) "
			    "and a kernel with netem");
			goto failed;
		}
	}
	return (w);
failed:
	wan_close(w);
	return (NULL);
}

void
wan_address(size_t i, char *text, size_t size)
{

	snprintf(text, size, "10.77.0.%zu:%d", i + 1, PORT);
}

int
wan_enter(const struct wan *w, size_t i)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), NAMESPACES "/smpc%ld-%zu", w->id, i);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1 || setns(fd, CLONE_NEWNET) == -1)
		return (fail_errno(path));
	close(fd);
	return (0);
}

void
wan_close(struct wan *w)
{
	size_t i;

	if (w == NULL)
		return;
	for (i = 0; i < w->made; i++)
		(void)command("ip netns del smpc%ld-%zu", w->id, i);
	if (w->hub)
		(void)command("ip netns del smpc%ld-hub", w->id);
	free(w);
}
