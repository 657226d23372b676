#include "agent/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/num.h"
#include "agent/agent_internal.h"
#include "net/clock.h"
#include "agent/ledger.h"
#include "agent/signals.h"
#include "agent/tcp.h"

#define GOODBYE_MS 1000
#define STRANGER_MS 10000

const char *
agent_name_of(const struct agent *a, size_t index)
{

	return (a->self.parties->entries[index].name);
}

static int
polled_grow(struct polled *p)
{
	size_t size = 2 * p->size + 64;
	struct pollfd *fds;
	bool **ready;

	if ((fds = realloc(p->fds, size * sizeof(*fds))) == NULL)
		return (-1);
	p->fds = fds;
	if ((ready = realloc(p->ready, size * sizeof(*ready))) == NULL)
		return (-1);
	p->ready = ready;
	p->size = size;
	return (0);
}

void
polled_add(struct polled *p, int fd, short events, bool *ready)
{

	if (p->count == p->size && polled_grow(p) == -1)
		return;
	p->ready[p->count] = ready;
	p->fds[p->count++] = (struct pollfd){ fd, events, 0 };
}

/* Poll, and tell everybody. */
static int
poll_all(struct polled *p, int timeout)
{
	size_t i;

	if (poll(p->fds, p->count, timeout) == -1) {
		if (errno != EINTR)
			return (fail_errno("poll"));
		for (i = 0; i < p->count; i++)
			p->fds[i].revents = 0;
	}
	for (i = 0; i < p->count; i++) {
		if (p->ready[i] != NULL)
			*p->ready[i] = (p->fds[i].revents != 0);
	}
	return (0);
}

void
agent_step_link(struct link *l)
{

	if (l->ready || clock_ms() > l->deadline)
		link_step(l);
	l->ready = false;
}

/* ---- connections that have not said who they are ---- */

/* Make room: of those that have not proved anything, the oldest one goes. */
static size_t
free_place(struct agent *a)
{
	size_t i, oldest = 0;

	/*
	 * Those that have not even given their names go before those in the middle of a handshake.
	 */
	for (i = 0; i < MAX_INCOMING; i++) {
		if (a->incoming[i] == NULL)
			return (i);
		if (a->incoming[i]->step < a->incoming[oldest]->step ||
		    (a->incoming[i]->step == a->incoming[oldest]->step &&
		    a->incoming[i]->deadline < a->incoming[oldest]->deadline))
			oldest = i;
	}
	link_free(a->incoming[oldest]);
	a->incoming[oldest] = NULL;
	return (oldest);
}

static void
accept_links(struct agent *a)
{
	int fd;

	if (!a->listener_ready)
		return;
	a->listener_ready = false;
	while (a->listener != -1 && clock_ms() >= a->accept_again) {
		if ((fd = tcp_accept(a->listener)) == -1) {
			if (errno == EMFILE || errno == ENFILE)
				a->accept_again = clock_ms() + 100;
			if (errno == ECONNABORTED || errno == EINTR)
				continue;
			return;
		}
		a->incoming[free_place(a)] = link_accept(&a->self, fd);
	}
}

/*
 * Somebody was turned away.  Say so, but let no stranger fill the log: once for each thing said in
 * a peer's name, and else once in ten seconds.  It may be the peer that we wait for.
 */
static void
note_refusal(struct agent *a, const struct link *l)
{
	struct peer *p = (l->peer != NULL) ? &a->peers[l->peer - a->self.parties->entries] : NULL;

	if (!l->refused && !a->options->verbose)
		return;
	if (p != NULL && strcmp(p->turned_away, l->why) != 0) {
		snprintf(p->turned_away, sizeof(p->turned_away), "%s", l->why);
		warn("refused a connection: %s", l->why);
	} else if (p == NULL && clock_ms() >= a->stranger_again) {
		a->stranger_again = clock_ms() + STRANGER_MS;
		warn("refused a connection: %s", l->why);
	}
	if (!l->refused || p == NULL || p->control != NULL)
		return;
	snprintf(p->trouble, sizeof(p->trouble), "%s", l->why);
	p->trouble_refused = true;
}

static void
step_links(struct agent *a)
{
	struct link *l;
	size_t i;

	accept_links(a);
	for (i = 0; i < MAX_INCOMING; i++) {
		if ((l = a->incoming[i]) == NULL)
			continue;
		agent_step_link(l);
		if (l->state == LINK_OPENING)
			continue;
		a->incoming[i] = NULL;
		if (l->state == LINK_FAILED) {
			note_refusal(a, l);
			link_free(l);
		} else if (l->purpose == LINK_CONTROL)
			peers_adopt(a, l);
		else
			sessions_data_link(a, l);
	}
}

static void
poll_links(struct agent *a, struct polled *p)
{
	size_t i;

	if (a->listener != -1 && clock_ms() >= a->accept_again)
		polled_add(p, a->listener, POLLIN, &a->listener_ready);
	for (i = 0; i < MAX_INCOMING; i++) {
		if (a->incoming[i] != NULL)
			polled_add(p, a->incoming[i]->fd, link_events(a->incoming[i]),
			    &a->incoming[i]->ready);
	}
}

/* ---- the command ---- */

static int
set_environment(const struct agent *a)
{
	char *path;

	if ((path = realpath(a->options->parties_path, NULL)) == NULL)
		return (fail_errno(a->options->parties_path));
	/* The command's tools ask the agent; they have no use for the key. */
	(void)unsetenv("SMPC_IDENTITY");
	if (setenv("SMPC_LINK", a->socket_path, 1) == -1 ||
	    setenv("SMPC_PARTY", a->self.party->name, 1) == -1 || setenv("SMPC_PARTIES", path,
	    1) == -1) {
		free(path);
		return (fail_errno("environment"));
	}
	free(path);
	return (0);
}

/* Say goodbye to all peers; the loop ends when that has left, or after a while. */
static void
stop(struct agent *a, int status)
{

	if (a->stopping)
		return;
	a->stopping = true;
	a->status = status;
	a->stop_by = clock_ms() + GOODBYE_MS;
	peers_goodbye(a);
}

static void
reap(struct agent *a)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != a->child)
			continue;
		a->child = -1;
		stop(a, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
	command_reaped(a);
}

static void
take_signals(struct agent *a)
{
	int sig;

	while ((sig = signals_next()) != 0) {
		if (sig == SIGCHLD)
			reap(a);
		else {
			command_signal(a, sig);
			stop(a, 128 + sig);
		}
	}
}

/* ---- the loop ---- */

static bool
finished(struct agent *a)
{

	return (a->stopping && ((command_over(a) && peers_all_know(a)) || clock_ms() > a->stop_by));
}

static int
loop(struct agent *a)
{
	struct polled p = { NULL, NULL, 0, 0 };
	int rc = 0;

	for (;;) {
		take_signals(a);
		step_links(a);
		peers_read(a);
		tools_step(a);
		/*
		 * What the others wait for leaves before we turn to what takes time: the ledger and
		 * handshakes.
		 */
		peers_write(a);
		sessions_step(a);
		peers_write(a);
		if (finished(a))
			break;
		p.count = 0;
		polled_add(&p, signals_descriptor(), POLLIN, NULL);
		poll_links(a, &p);
		peers_poll(a, &p);
		sessions_poll(a, &p);
		tools_poll(a, &p);
		if ((rc = poll_all(&p, peers_timeout(a))) == -1)
			break;
	}
	free(p.fds);
	free(p.ready);
	/* A command, or what it has left, that takes no notice of the signal that was passed on. */
	command_kill(a);
	return (rc);
}

/* ---- starting ---- */

static int
split_address(const char *text, char *host, size_t size, uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	uint64_t v;
	size_t len;

	if (colon == NULL || num_parse(colon + 1, 1, 65535, &v) == -1 ||
	    (len = (size_t)(colon - text)) >= size)
		return (fail(ST_USAGE, "--listen: '%s' is not HOST:PORT", text));
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	memcpy(host, text, len);
	host[len] = '\0';
	*port = (uint16_t)v;
	return (0);
}

static int
start_listening(struct agent *a)
{
	char host[256], name[300];
	uint16_t port = 0;

	if (a->options->listen != NULL) {
		if (split_address(a->options->listen, host, sizeof(host), &port) == -1)
			return (-1);
		a->listener = tcp_listen((host[0] != '\0') ? host : NULL, port, a->options->listen);
		return ((a->listener == -1) ? -1 : 0);
	}
	if (a->self.party->host == NULL)
		return (0);
	snprintf(name, sizeof(name), "%s:%u", a->self.party->host, a->self.party->port);
	a->listener = tcp_listen(a->self.party->host, a->self.party->port, name);
	return ((a->listener == -1) ? -1 : 0);
}

static int
identify(struct agent *a, const struct agent_options *options)
{

	a->options = options;
	a->listener = a->tool_listener = a->ledger = -1;
	a->missed = UINT16_MAX;
	a->child = -1;
	a->self.identity = options->identity;
	a->self.parties = options->parties;
	if ((a->self.party = parties_find_key(options->parties, options->identity->public)) == NULL)
		return (fail(ST_REFUSED, "%s: the identity's key is nobody's in this file",
		    options->parties_path));
	a->own = (size_t)(a->self.party - options->parties->entries);
	if ((a->self.pairs = mem_array(options->parties->count, sizeof(*a->self.pairs))) == NULL)
		return (-1);
	return (0);
}

static void
agent_free(struct agent *a)
{
	size_t i;

	worker_free(a->spending.worker);
	tools_free(a);
	dealing_free(a);
	dealt_free(a);
	sessions_free(a);
	peers_free(a);
	for (i = 0; i < MAX_INCOMING; i++)
		link_free(a->incoming[i]);
	if (a->listener != -1)
		close(a->listener);
	if (a->ledger != -1)
		close(a->ledger);
	if (a->self.pairs != NULL)
		mem_wipe_free(a->self.pairs, a->self.parties->count * sizeof(*a->self.pairs));
	free(a);
}

/* Print an assignment for a shell, quoted. */
static void
print_variable(const char *name, const char *value)
{
	const char *s;

	printf("%s='", name);
	for (s = value; *s != '\0'; s++) {
		if (*s == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*s);
	}
	printf("'; export %s;\n", name);
}

/* Go to the background; the parent prints what a shell is to evaluate, and ends. */
static int
detach(const struct agent *a)
{
	pid_t pid;
	int null, fd;

	if ((pid = fork()) == -1)
		return (fail_errno("fork"));
	if (pid > 0) {
		print_variable("SMPC_LINK", getenv("SMPC_LINK"));
		print_variable("SMPC_PARTY", a->self.party->name);
		print_variable("SMPC_PARTIES", getenv("SMPC_PARTIES"));
		printf("SMPC_AGENT_PID=%ld; export SMPC_AGENT_PID;\n", (long)pid);
		fflush(stdout);
		_exit(ferror(stdout) ? ST_FAILED : ST_OK);
	}
	setsid();
	/* Nothing of the shell's is held open: $(smpc-party ...) would wait for it for ever. */
	if ((null = open("/dev/null", O_RDWR)) == -1)
		return (fail_errno("/dev/null"));
	for (fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	for (fd = STDERR_FILENO + 1; fd < 1024; fd++) {
		if (fd != a->listener && fd != a->tool_listener && fd != a->ledger)
			close(fd);
	}
	/* The lock of the secret's memory is not inherited. */
	(void)sodium_mlock((void *)(uintptr_t)a->self.identity, sizeof(*a->self.identity));
	return (0);
}

int
agent_run(const struct agent_options *options, int *status)
{
	struct agent *a;
	int rc = -1;

	if ((a = mem_array(1, sizeof(*a))) == NULL)
		return (-1);
	if (identify(a, options) == -1 || (a->ledger = ledger_open(a->self.party->name)) == -1 ||
	    (options->dealt != NULL && dealt_start(a) == -1) || peers_start(a) == -1 ||
	    (options->deal_to == NULL && start_listening(a) == -1))
		goto out;
	/*
	 * A signal that ends us finds the socket's directory, and that of what is dealt, gone or
	 * removes it.
	 */
	signals_hold(true);
	if ((options->deal_to != NULL && dealing_start(a) == -1) || tools_listen(a) == -1 ||
	    set_environment(a) == -1)
		goto out;
	if (options->detach && detach(a) == -1)
		goto out;
	a->spending.worker = worker_new();
	signal(SIGPIPE, SIG_IGN);
	if (signals_catch() == -1)
		goto out;
	signals_hold(false);
	if (options->command != NULL && command_start(a) == -1)
		goto out;
	rc = loop(a);
	*status = a->status;
	if (rc == 0 && a->status == 0 && a->deal != NULL)
		rc = dealing_commit(a);
out:
	agent_free(a);
	return (rc);
}

/* ---- trying all peers ---- */

/* Step a link until it is open or has failed. */
static void
finish_link(struct link *l)
{
	struct pollfd p;

	while (l->state == LINK_OPENING) {
		p = (struct pollfd){ link_descriptor(l), link_events(l), 0 };
		(void)poll(&p, 1, 100);
		link_step(l);
	}
}

/*
 * Report a link that was tried; those that were refused first, as the first status is the exit
 * status.
 */
static void
report_check(const struct link *l, bool refused)
{

	if (l->state == LINK_FAILED && l->refused == refused)
		fail(refused ? ST_REFUSED : ST_PEER, "'%s' at %s:%u: %s", l->peer->name,
		    l->peer->host, l->peer->port, l->why);
}

static void
report_all(struct link *const *links, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (links[i] != NULL)
			report_check(links[i], true);
	}
	for (i = 0; i < count; i++) {
		if (links[i] != NULL)
			report_check(links[i], false);
	}
}

static struct link *
check_peer(const struct agent *a, const struct party *party)
{
	static const uint8_t none[SESSION_NUMBER_BYTES];
	struct link *l;

	if (!peers_can_meet(a, (size_t)(party - a->self.parties->entries))) {
		fail(ST_FAILED, "'%s' and '%s' can never meet, as neither has an address",
		    a->self.party->name, party->name);
		return (NULL);
	}
	if (party->host == NULL) {
		printf("%-16s has no address; it calls us\n", party->name);
		return (NULL);
	}
	if ((l = link_dial(&a->self, party, LINK_DATA, none)) == NULL)
		return (NULL);
	finish_link(l);
	if (l->state == LINK_OPEN)
		printf("%-16s answers at %s:%u, and has the right key and parties file\n",
		    party->name, party->host, party->port);
	return (l);
}

int
agent_check(const struct agent_options *options)
{
	struct link *links[PARTIES_MAX] = { NULL };
	struct agent *a;
	size_t i;
	int rc = -1;

	if ((a = mem_array(1, sizeof(*a))) == NULL)
		return (-1);
	if (identify(a, options) == 0) {
		signal(SIGPIPE, SIG_IGN);
		for (i = 0; i < options->parties->count; i++)
			links[i] = (i != a->own) ? check_peer(a, &options->parties->entries[i]) :
			    NULL;
		report_all(links, options->parties->count);
		rc = (diag_status() == ST_OK) ? 0 : -1;
		for (i = 0; i < options->parties->count; i++)
			link_free(links[i]);
	}
	agent_free(a);
	return (rc);
}
