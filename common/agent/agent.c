/*
 * The loop of an agent.
 *
 * The parts (agent_internal.h) call each other in one direction only:
 *
 *	agent -> incoming
 *	agent -> requests -> pairing -> sessions -> losses, underway -> peers, tools
 *	         requests -> seals, deal, dealt_files -> tools
 *
 * What happens to peers goes the other way: peers.c does not know who waits for it, and reports
 * events, which this file passes on to pairing, sessions, losses and tools.  So one circle is left,
 * through peer_events, and it is the protocol's: whatever sends to a peer may find that it is lost,
 * and its tickets go with it at once; a session must not be announced with them afterwards.
 */

#include "agent/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/agent_internal.h"
#include "agent/ledger.h"
#include "agent/losses_internal.h"
#include "agent/polled_internal.h"
#include "agent/running.h"
#include "agent/signals.h"
#include "base/diag.h"
#include "base/mem.h"
#include "data/policy.h"
#include "net/clock.h"

#define GOODBYE_MS 1000
#define LISTEN_BYTES 300
#define DESCRIPTORS_MAX 1024 /* that a shell may have left open */

/* ---- events of peers ---- */

static void
hear_opened(struct agent *a, size_t from, struct wire *m)
{
	uint8_t number[SESSION_NUMBER_BYTES];

	wire_bytes(m, number, sizeof(number));
	if (wire_done(m))
		underway_opened(&a->underway, number, from);
}

void
agent_hear(void *cookie, size_t from, enum control_message type, struct wire *m)
{
	struct agent *a = cookie;

	switch (type) {
	case CONTROL_WAIT:
		pairing_heard_wait(&a->pairing, from, m);
		declined_waits(&a->declined, from);
		break;
	case CONTROL_CANCEL:
		pairing_heard_cancel(&a->pairing, from, m);
		break;
	case CONTROL_START:
		pairing_heard_start(&a->pairing, from, m);
		break;
	case CONTROL_ABORT:
		sessions_heard_abort(&a->sessions, from, m);
		break;
	case CONTROL_LOST:
		losses_heard(&a->tools, from, m);
		break;
	case CONTROL_OPENED:
		hear_opened(a, from, m);
		break;
	case CONTROL_DECLINE:
		declined_heard(&a->declined, from, m);
		break;
	default:
		m->bad = true;
	}
}

static void
peer_was_linked(void *cookie, size_t index)
{
	struct agent *a = cookie;

	pairing_linked(&a->pairing, index);
	declined_linked(&a->declined, index);
	if (a->stopping.begun)
		peers_goodbye_to(&a->peers, index, a->stopping.status,
		    pairing_why(&a->pairing, a->stopping.status), a->pairing.why_of_inputs);
}

static void
peer_was_lost(void *cookie, size_t index, const char *why, bool ended)
{
	struct agent *a = cookie;

	underway_lost(&a->underway, index);
	pairing_lost(&a->pairing, index, ended);
	/* Whoever has ended has told its members of sessions by itself. */
	if (!ended) {
		sessions_peer_lost(&a->sessions, index);
		tools_peer_lost(&a->tools, index, why);
	}
}

static void
peer_has_ended(void *cookie, size_t index)
{
	struct agent *a = cookie;

	pairing_ended(&a->pairing, index);
}

/* ---- the parts ---- */

void
agent_join_parts(struct agent *a)
{
	const struct self *self = &a->self;

	a->incoming.self = self;
	a->incoming.listener = -1;
	a->peers.self = self;
	a->peers.events = (struct peer_events){ .message = agent_hear, .linked = peer_was_linked,
		.lost = peer_was_lost, .ended = peer_has_ended, .cookie = a };
	a->tools.self = self;
	a->tools.listener = -1;
	a->pairing.self = self;
	a->pairing.peers = &a->peers;
	a->pairing.sessions = &a->sessions;
	a->pairing.underway = &a->underway;
	a->sessions.self = self;
	a->sessions.peers = &a->peers;
	a->sessions.tools = &a->tools;
	a->sessions.underway = &a->underway;
	a->underway.self = self;
	a->requests = (struct requests){ .self = self, .tools = &a->tools, .peers = &a->peers,
		.pairing = &a->pairing, .sessions = &a->sessions, .declined = &a->declined };
	a->declined = (struct declined){ .self = self, .peers = &a->peers,
		.pairing = &a->pairing };
	a->command.child = -1;
	a->command.words = self->options->command;
}

/* ---- connections ---- */

/* Give links that have said who they are to those that they are for. */
static void
take_links(struct agent *a)
{
	struct link *l;

	incoming_step(&a->incoming);
	while ((l = incoming_next(&a->incoming)) != NULL) {
		if (l->state == LINK_FAILED) {
			if (l->peer != NULL)
				peers_turned_away(&a->peers, l);
			else
				incoming_stranger(&a->incoming, l);
			link_free(l);
		} else if (l->purpose == LINK_CONTROL)
			peers_adopt(&a->peers, l);
		else
			sessions_link(&a->sessions, l);
	}
}

/* ---- the end ---- */

/* Say goodbye to all peers; the loop ends when that has left, or after a while. */
static void
stop_agent(struct agent *a, int status)
{

	if (a->stopping.begun)
		return;
	a->stopping = (struct stopping){ .begun = true, .status = status,
		.by = clock_ms() + GOODBYE_MS };
	peers_goodbye(&a->peers, status, pairing_why(&a->pairing, status),
	    a->pairing.why_of_inputs);
}

static void
handle_signals(struct agent *a)
{
	int sig, status;

	while ((sig = signals_next()) != 0) {
		if (sig != SIGCHLD) {
			command_signal(&a->command, sig);
			stop_agent(a, signals_status(sig));
		} else if (command_reap(&a->command, &status))
			stop_agent(a, status);
	}
}

static bool
is_finished(struct agent *a)
{

	return (a->stopping.begun && ((command_over(&a->command) && peers_all_know(&a->peers)) ||
	    clock_ms() > a->stopping.by));
}

/* ---- the loop ---- */

/* Do all that can be done without waiting. */
static void
step_parts(struct agent *a)
{

	handle_signals(a);
	take_links(a);
	peers_read(&a->peers);
	requests_step(&a->requests);
	pairing_step(&a->pairing);
	/*
	 * What the others wait for leaves before we turn to what takes time: the ledger and
	 * handshakes.
	 */
	peers_write(&a->peers);
	sessions_step(&a->sessions);
	peers_write(&a->peers);
}

/* Wait until there is something to do. */
static int
wait_for_parts(struct agent *a, struct polled *p)
{

	polled_clear(p);
	polled_add(p, signals_descriptor(), POLLIN, NULL);
	incoming_poll(&a->incoming, p);
	peers_poll(&a->peers, p);
	sessions_poll(&a->sessions, p);
	tools_poll(&a->tools, p);
	return (polled_wait(p, peers_timeout(&a->peers)));
}

static int
loop(struct agent *a)
{
	struct polled p = { .count = 0 };
	int rc = 0;

	for (;;) {
		step_parts(a);
		if (is_finished(a) || (rc = wait_for_parts(a, &p)) == -1)
			break;
	}
	polled_free(&p);
	/* A command, or what it has left, that takes no notice of the signal that was passed on. */
	command_kill(&a->command);
	return (rc);
}

/* ---- starting ---- */

/* Tools tell an agent with a policy of the parts that they read and write. */
static int
set_policy(const struct agent *a)
{
	const struct policy *policy = a->self.options->policy;

	char *path;
	int rc;

	if (policy == NULL)
		return ((unsetenv("SMPC_POLICY") == -1) ? fail_errno("environment") : 0);
	path = realpath(policy->file, NULL);
	if ((rc = setenv("SMPC_POLICY", (path != NULL) ? path : policy->file, 1)) == -1)
		fail_errno("environment");
	free(path);
	return (rc);
}

static int
set_environment(const struct agent *a)
{
	char *path;

	if ((path = realpath(a->self.options->parties_path, NULL)) == NULL)
		return (fail_errno(a->self.options->parties_path));
	/* The command's tools ask the agent; they have no use for the key. */
	(void)unsetenv("SMPC_IDENTITY");
	if (setenv("SMPC_LINK", tools_path(&a->tools), 1) == -1 ||
	    setenv("SMPC_PARTY", a->self.link.party->name, 1) == -1 ||
	    setenv("SMPC_PARTIES", path, 1) == -1) {
		free(path);
		return (fail_errno("environment"));
	}
	free(path);
	return (set_policy(a));
}

/* What is said of us, to shells and to smpc-party --status. */
static struct running
describe_agent(const struct agent *a, char *listen, size_t size)
{

	incoming_where(&a->incoming, listen, size);
	return ((struct running){ .party = a->self.link.party->name,
		.link = tools_path(&a->tools), .parties = getenv("SMPC_PARTIES"),
		.policy = (a->guard != NULL) ? getenv("SMPC_POLICY") : "",
		.listen = listen, .command = (a->self.options->command != NULL) });
}

/* In the parent: when the agent is ready, print what a shell is to evaluate, and end. */
static int
leave_agent(const struct agent *a, int ready, pid_t pid)
{
	struct buf b = { NULL, 0, 0 };
	char listen[LISTEN_BYTES], byte;
	struct running r = describe_agent(a, listen, sizeof(listen));
	ssize_t n;

	do {
		n = read(ready, &byte, 1);
	} while (n == -1 && errno == EINTR);
	if (n != 1)
		_exit(ST_FAILED); /* the agent has said why */
	if (running_variables(&b, &r, (long)pid) == -1)
		_exit(ST_FAILED);
	fputs(b.data, stdout);
	fflush(stdout);
	_exit(ferror(stdout) ? ST_FAILED : ST_OK);
}

/*
 * Go to the background.  The child goes on as the agent, which outlives the terminal, and says by a
 * byte to a->background that it is ready.
 */
static int
detach(struct agent *a)
{
	int ready[2], fd;
	pid_t pid;

	if (pipe(ready) == -1 || (pid = fork()) == -1)
		return (fail_errno("fork"));
	if (pid > 0) {
		close(ready[1]);
		return (leave_agent(a, ready[0], pid));
	}
	setsid();
	signal(SIGHUP, SIG_IGN);
	for (fd = STDERR_FILENO + 1; fd < DESCRIPTORS_MAX; fd++) {
		if (fd != incoming_descriptor(&a->incoming) && fd != ready[1] &&
		    fd != tools_descriptor(&a->tools) && !ledger_owns(a->self.ledger, fd))
			close(fd);
	}
	a->background = ready[1];
	/* The lock of the secrets' memory is not inherited. */
	(void)sodium_mlock((void *)(uintptr_t)a->self.link.identity,
	    sizeof(*a->self.link.identity));
	(void)sodium_mlock(a->self.link.pairs, self_parties(&a->self) *
	    sizeof(*a->self.link.pairs));
	return (0);
}

/*
 * The agent is ready.  Nothing of the shell's is held open any more: $(smpc-party ...) would wait
 * for it for ever.
 */
static int
say_ready(struct agent *a)
{
	int null, fd;

	if (a->background == -1)
		return (0);
	if ((null = open("/dev/null", O_RDWR)) == -1)
		return (fail_errno("/dev/null"));
	for (fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	close(null);
	while (write(a->background, "", 1) == -1 && errno == EINTR)
		continue;
	close(a->background);
	a->background = -1;
	return (0);
}

/* Be found by smpc-party --status. */
static int
enter_running(struct agent *a)
{
	char listen[LISTEN_BYTES];
	struct running r = describe_agent(a, listen, sizeof(listen));

	running_tidy(r.party);
	return (((a->running = running_enter(&r)) == -1) ? -1 : 0);
}

/* Open what others may reach us by, and what our tools need; no signal ends us amid it. */
static int
start_parts(struct agent *a)
{
	const struct agent_options *options = a->self.options;

	if (self_open_ledger(&a->self) == -1)
		return (-1);
	if (guard_open(&a->self, &a->guard) == -1)
		return (-1);
	a->requests.guard = a->guard;
	if ((a->requests.budgets = a->budgets = budget_book_open(&a->self)) == NULL)
		return (-1);
	if (options->dealt != NULL &&
	    (a->requests.dealt = a->dealt = dealt_files_open(&a->self)) == NULL)
		return (-1);
	if (peers_start(&a->peers) == -1 || pairing_start(&a->pairing) == -1 ||
	    sessions_start(&a->sessions) == -1 ||
	    (options->deal_to == NULL && incoming_listen(&a->incoming) == -1))
		return (-1);
	/*
	 * A signal that ends us finds the socket's directory, and that of what is dealt, gone or
	 * removes it.
	 */
	signals_hold(true);
	if (options->deal_to != NULL &&
	    (a->requests.deal = a->deal = deal_start(&a->self)) == NULL)
		return (-1);
	return ((tools_listen(&a->tools) == -1 || set_environment(a) == -1) ? -1 : 0);
}

/* Go to where we stay, and begin. */
static int
start_running(struct agent *a)
{

	if (a->self.options->detach && detach(a) == -1)
		return (-1);
	sessions_thread(&a->sessions);
	signal(SIGPIPE, SIG_IGN);
	if (signals_catch() == -1)
		return (-1);
	signals_hold(false);
	/* A child of what this process was before may have ended before that was caught. */
	(void)raise(SIGCHLD);
	if (enter_running(a) == -1 || say_ready(a) == -1)
		return (-1);
	return ((a->command.words != NULL) ? command_start(&a->command) : 0);
}

static void
agent_free(struct agent *a)
{

	requests_free(&a->requests);
	tools_free(&a->tools);
	deal_free(a->deal);
	dealt_files_close(a->dealt);
	sessions_free(&a->sessions);
	underway_free(&a->underway);
	pairing_free(&a->pairing);
	declined_free(&a->declined);
	guard_free(a->guard);
	budget_book_free(a->budgets);
	peers_free(&a->peers);
	incoming_free(&a->incoming);
	command_free(&a->command);
	if (a->running != -1)
		running_leave(a->self.link.party->name, a->running);
	self_free(&a->self);
	free(a);
}

int
agent_run(const struct agent_options *options, int *status)
{
	struct agent *a;
	int rc;

	if ((a = mem_array(1, sizeof(*a))) == NULL)
		return (-1);
	a->running = a->background = -1;
	rc = self_find(&a->self, options);
	agent_join_parts(a);
	if (rc == 0)
		rc = start_parts(a);
	if (rc == 0)
		rc = start_running(a);
	if (rc == 0) {
		rc = loop(a);
		*status = a->stopping.status;
		if (rc == 0 && a->stopping.status == 0 && a->deal != NULL)
			rc = deal_commit(a->deal);
	}
	agent_free(a);
	return (rc);
}
