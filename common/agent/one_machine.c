#include "agent/one_machine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/family.h"
#include "agent/scratch.h"
#include "agent/signals.h"
#include "agent/tcp.h"
#include "agent/wan.h"
#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "data/identity.h"
#include "data/parties.h"
#include "net/clock.h"
#include "net/wait.h"

#define MAX_COMPUTING 64
#define LINE_BYTES 4096
#define POLL_MS 200
#define GRACE_MS 3000 /* for siblings to end by themselves after a failure */
#define LOOPBACK_NET 0x7f000000 /* 127.0.0.0/8 */
#define LOOPBACK_HOSTS 0xfffffe
#define KILL_MS 2000  /* after SIGTERM */

/* Output of a party that is passed on line by line. */
struct party_output {
	int fd; /* -1: ended */
	int to;
	char line[LINE_BYTES];
	size_t len;
	bool text_only; /* no binary data is passed on */
	bool dropped;   /* and here there was some */
};

struct machine_party {
	char name[24];
	pid_t pid; /* -1: has ended */
	pid_t group;
	int status;
	struct party_output out, err;
	struct output *output; /* NULL: there is none, or it is a pipe */
};

struct machine {
	const struct one_machine_options *options;
	struct scratch directory;
	size_t count;
	struct machine_party parties[MAX_COMPUTING + 1];
	struct wan *wan;
	int first_failure; /* 0: none yet */
	int64_t stop_at;   /* when siblings of a failed party are stopped; 0: not yet */
	int stop_signal;
	bool binary; /* it was refused */
};

/* ---- keys and parties file ---- */

/* A port of ${host} that nobody has; it is free again when this returns. */
static int
free_port(uint32_t host, struct sockaddr_in *a)
{
	socklen_t len = sizeof(*a);
	int fd, rc;

	memset(a, 0, sizeof(*a));
	a->sin_family = AF_INET;
	a->sin_addr.s_addr = htonl(host);
	if ((fd = socket(AF_INET, SOCK_STREAM, 0)) == -1)
		return (-1);
	rc = (bind(fd, (struct sockaddr *)a, sizeof(*a)) == -1) ? -1 :
	    getsockname(fd, (struct sockaddr *)a, &len);
	close(fd);
	return (rc);
}

/*
 * Where an agent will listen: at a loopback address that nobody else has, as it comes from the
 * agent's key, so that no other process is given its port before the agent takes it; or at the one
 * that all have, where there is no other.
 */
static int
free_address(const uint8_t key[static IDENTITY_KEY_BYTES], char *address, size_t size)
{
	uint32_t own = ((uint32_t)key[0] << 16 | (uint32_t)key[1] << 8 | key[2]) % LOOPBACK_HOSTS;
	struct sockaddr_in a;
	char host[INET_ADDRSTRLEN];

	if (free_port(LOOPBACK_NET + 1 + own, &a) == -1 && free_port(INADDR_LOOPBACK, &a) == -1)
		return (fail_errno("a free port"));
	if (inet_ntop(AF_INET, &a.sin_addr, host, sizeof(host)) == NULL)
		return (fail_errno("a loopback address"));
	snprintf(address, size, "%s:%u", host, ntohs(a.sin_port));
	return (0);
}

static int
in_directory(const struct machine *m, char *path, size_t size, const char *name, const char *suffix)
{

	return ((snprintf(path, size, "%s/%s%s", m->directory.path, name,
	    suffix) < (int)size) ? 0 : -1);
}

/* Make the identity of a party and append its entry to the parties file. */
static int
make_machine_party(struct machine *m, size_t i, struct buf *json)
{
	char path[128], text[IDENTITY_TEXT_BYTES], entry[512], address[64];
	struct identity *id;
	int rc = -1;

	snprintf(m->parties[i].name, sizeof(m->parties[i].name), "%zu", i);
	if ((id = identity_generate()) == NULL)
		return (-1);
	if (in_directory(m, path, sizeof(path), m->parties[i].name, ".key") == -1 ||
	    identity_write(path, id) == -1)
		goto out;
	identity_public_text(id->public, text);
	if (m->wan != NULL)
		wan_address(i, address, sizeof(address));
	else if (free_address(id->public, address, sizeof(address)) == -1)
		goto out;
	snprintf(entry, sizeof(entry),
	    "%s{\"name\":\"%s\",\"role\":\"%s\",\"key\":\"%s\",\"address\":\"%s\"}", (i > 0) ? "," :
	    "", m->parties[i].name, (i == 0) ? "dealer" : "computing", text, address);
	rc = buf_string(json, entry);
out:
	identity_free(id);
	return (rc);
}

static int
make_parties(struct machine *m)
{
	struct buf json = { NULL, 0, 0 };
	char path[128];
	size_t i;
	int fd = -1, rc = -1;

	if (buf_string(&json, "{\"version\":1,\"parties\":[") == -1)
		goto out;
	for (i = 0; i < m->count; i++) {
		if (make_machine_party(m, i, &json) == -1)
			goto out;
	}
	if (buf_string(&json, "]}\n") == -1 ||
	    in_directory(m, path, sizeof(path), "parties", ".json") == -1)
		goto out;
	if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) == -1) {
		fail_errno(path);
		goto out;
	}
	rc = io_write(fd, json.data, json.len, path);
out:
	if (fd != -1)
		close(fd);
	buf_free(&json);
	return (rc);
}

/* ---- starting ---- */

/*
 * The command's words with {} replaced by the party's name; NULL-terminated, one block of memory
 * for each.
 */
static char **
command_of(const struct machine *m, const char *name)
{
	const struct one_machine_options *o = m->options;
	struct buf word;
	const char *s, *braces;
	char **words;
	size_t i;

	if ((words = mem_array(o->count + 1, sizeof(*words))) == NULL)
		return (NULL);
	for (i = 0; i < o->count; i++) {
		word = (struct buf){ NULL, 0, 0 };
		for (s = o->command[i]; (braces = strstr(s, "{}")) != NULL; s = braces + 2) {
			if (buf_append(&word, s, (size_t)(braces - s)) == -1 ||
			    buf_string(&word, name) == -1)
				return (NULL);
		}
		if (buf_append(&word, s, strlen(s) + 1) == -1)
			return (NULL);
		words[i] = word.data;
	}
	return (words);
}

static void
free_words(char **words)
{
	size_t i;

	for (i = 0; words != NULL && words[i] != NULL; i++)
		free(words[i]);
	free(words);
}

/* In the child: become the agent of a party. */
static void
become_agent(const struct machine *m, const struct machine_party *p, char **command)
{
	char key[128], parties[128], state[128], count[24];
	char **argv;
	size_t i, n = 0;

	if (in_directory(m, key, sizeof(key), p->name, ".key") == -1 ||
	    in_directory(m, parties, sizeof(parties), "parties", ".json") == -1 ||
	    in_directory(m, state, sizeof(state), "state.", p->name) == -1 ||
	    (argv = mem_array(m->options->count + 8, sizeof(*argv))) == NULL)
		_exit(ST_FAILED);
	setenv("SMPC_STATE", state, 1);
	/* A policy is one party's; here one user is all of them. */
	unsetenv("SMPC_POLICY");
	setenv("SMPC_RUNTIME", m->directory.path, 1);
	/* They share the processors. */
	snprintf(count, sizeof(count), "%" PRIu64, m->options->n + 1);
	setenv("SMPC_LOCAL_PARTIES", count, 1);
	argv[n++] = (char *)(uintptr_t)m->options->agent;
	argv[n++] = (char *)(uintptr_t)"-i";
	argv[n++] = key;
	argv[n++] = (char *)(uintptr_t)"-p";
	argv[n++] = parties;
	argv[n++] = (char *)(uintptr_t)"--";
	for (i = 0; i < m->options->count; i++)
		argv[n++] = command[i];
	execv(argv[0], argv);
	fail_errno(argv[0]);
	_exit(ST_FAILED);
}

/*
 * Whether a command can be run, and what a shell's status says if not.  Each agent would find out
 * by itself; but it is one fault, and this program's to report.
 */
static int
check_file(const char *path)
{
	struct stat st;

	if (access(path, F_OK) == -1)
		return (STATUS_NOT_FOUND);
	return ((access(path, X_OK) == -1 || stat(path, &st) == -1 || S_ISDIR(st.st_mode)) ?
	    STATUS_NOT_RUN : 0);
}

static int
check_command(const char *name)
{
	const char *dir = getenv("PATH"), *end;
	char path[4096];
	int found = STATUS_NOT_FOUND, one;

	if (strchr(name, '/') != NULL || dir == NULL)
		return ((dir == NULL) ? 0 : check_file(name));
	for (;; dir = end + 1) {
		end = dir + strcspn(dir, ":");
		if (snprintf(path, sizeof(path), "%.*s%s%s", (int)(end - dir), dir, (end > dir) ?
		    "/" : "", name) < (int)sizeof(path)) {
			if ((one = check_file(path)) == 0)
				return (0);
			found = (one < found) ? one : found;
		}
		if (*end == '\0')
			return (found);
	}
}

/* Where a party's standard output goes: PREFIX.P, once all is well, or a pipe that is passed on. */
static int
open_stdout(const struct machine *m, struct machine_party *p, int fds[2])
{
	char path[4096];

	if (m->options->prefix == NULL)
		return ((pipe(fds) == 0) ? 0 : fail_errno("pipe"));
	fds[0] = -1;
	if (snprintf(path, sizeof(path), "%s.%s", m->options->prefix, p->name) >= (int)sizeof(path))
		return (fail(ST_FAILED, "%s: path is too long", m->options->prefix));
	if ((p->output = output_open(path, OUTPUT_REPLACE)) == NULL)
		return (-1);
	fds[1] = output_fd(p->output);
	return (0);
}

/* The outputs appear together, or not at all. */
static int
finish_outputs(struct machine *m, bool well)
{
	struct output *outputs[MAX_COMPUTING + 1];
	size_t i;

	for (i = 0; i < m->count; i++) {
		outputs[i] = m->parties[i].output;
		m->parties[i].output = NULL;
	}
	if (well)
		return (output_commit_all(outputs, m->count));
	for (i = 0; i < m->count; i++)
		output_abort(outputs[i]);
	return (0);
}

/* In the child: have standard streams of our own, and become the agent of party ${i}. */
static void
run_child(const struct machine *m, size_t i, char **command, int null, const int out[2],
    const int err[2], pid_t parent)
{

	setpgid(0, 0);
	/* The agent ends what its command has started, which would go on without us. */
	family_end_with(parent);
	/* They would take turns at one input, or be stopped for it as background processes. */
	dup2(null, STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	dup2(err[1], STDERR_FILENO);
	if (out[0] != -1)
		close(out[0]);
	close(out[1]);
	close(err[0]);
	close(err[1]);
	if (m->wan != NULL && wan_enter(m->wan, i) == -1)
		_exit(ST_USAGE);
	become_agent(m, &m->parties[i], command);
}

static int
start_party(struct machine *m, size_t i)
{
	struct machine_party *p = &m->parties[i];
	int out[2], err[2], null;
	pid_t own = getpid();
	char **command;

	if (open_stdout(m, p, out) == -1)
		return (-1);
	if (pipe(err) == -1)
		return (fail_errno("pipe"));
	if ((null = open("/dev/null", O_RDONLY | O_CLOEXEC)) == -1)
		return (fail_errno("/dev/null"));
	if ((command = command_of(m, p->name)) == NULL)
		return (-1);
	if ((p->pid = signals_fork()) == -1)
		return (fail_errno("fork"));
	if (p->pid == 0)
		run_child(m, i, command, null, out, err, own);
	setpgid(p->pid, p->pid);
	p->group = p->pid;
	free_words(command);
	if (p->output == NULL)
		close(out[1]);
	close(err[1]);
	close(null);
	p->out = (struct party_output){ .fd = out[0], .to = STDOUT_FILENO,
		.text_only = isatty(STDOUT_FILENO) == 1 };
	p->err = (struct party_output){ .fd = err[0], .to = STDERR_FILENO };
	if ((out[0] != -1 && socket_nonblocking(out[0]) == -1) || socket_nonblocking(err[0]) == -1)
		return (fail_errno("pipe"));
	return (0);
}

/* ---- passing output on ---- */

static void
print_stream_line(const struct machine_party *p, struct party_output *s)
{
	char line[LINE_BYTES + 16];
	int n;

	n = snprintf(line, sizeof(line), "%s: %.*s\n", p->name, (int)s->len, s->line);
	(void)io_write(s->to, line, (size_t)n, "standard output");
	s->len = 0;
}

static void
pass_on(const struct machine_party *p, struct party_output *s)
{
	char data[LINE_BYTES];
	ssize_t n, i;

	while (s->fd != -1) {
		n = read(s->fd, data, sizeof(data));
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			if (s->len > 0 && !s->dropped)
				print_stream_line(p, s);
			close(s->fd);
			s->fd = -1;
			return;
		}
		if (s->text_only && memchr(data, '\0', (size_t)n) != NULL)
			s->dropped = true;
		for (i = 0; i < n && !s->dropped; i++) {
			if (data[i] == '\n' || s->len == sizeof(s->line))
				print_stream_line(p, s);
			if (data[i] != '\n')
				s->line[s->len++] = data[i];
		}
	}
}

/* ---- ending ---- */

static void
signal_all(const struct machine *m, int sig)
{
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (m->parties[i].pid > 0)
			kill(-m->parties[i].pid, sig);
	}
}

/* A failure for want of a peer is mostly the consequence of another one. */
static void
note_failure(struct machine *m, int status)
{

	if (status == 0)
		return;
	if (m->first_failure == 0 || m->first_failure == ST_PEER)
		m->first_failure = status;
	if (m->stop_at == 0) {
		m->stop_at = clock_ms() + GRACE_MS;
		m->stop_signal = SIGTERM;
	}
}

static void
reap_agents(struct machine *m)
{
	size_t i;
	int status;

	for (i = 0; i < m->count; i++) {
		if (m->parties[i].pid <= 0 || waitpid(m->parties[i].pid, &status, WNOHANG) <= 0)
			continue;
		/* What its command left behind in its process group goes with it. */
		kill(-m->parties[i].pid, SIGTERM);
		m->parties[i].pid = -1;
		note_failure(m, signals_child_status(status));
	}
}

static bool
running(const struct machine *m)
{
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (m->parties[i].pid > 0 || m->parties[i].out.fd != -1 ||
		    m->parties[i].err.fd != -1)
			return (true);
	}
	return (false);
}

static bool
any_alive(const struct machine *m)
{
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (m->parties[i].pid > 0)
			return (true);
	}
	return (false);
}

static void
note_signals(struct machine *m)
{
	int sig;

	while ((sig = signals_next()) != 0) {
		if (sig == SIGCHLD)
			continue;
		m->first_failure = signals_status(sig);
		m->stop_at = clock_ms();
		m->stop_signal = SIGTERM;
	}
}

/* Shares are no text for a terminal: that is our user's mistake, and ends it for all. */
static void
refuse_binary(struct machine *m)
{
	size_t i;

	for (i = 0; i < m->count && !m->parties[i].out.dropped; i++)
		continue;
	if (i == m->count || m->binary)
		return;
	m->binary = true;
	warn("binary output, and standard output is a terminal: give -o PREFIX, for a file at each "
	    "party");
	m->first_failure = ST_USAGE;
	m->stop_at = clock_ms();
	m->stop_signal = SIGTERM;
}

/* Stop those that go on after a failure, at first politely. */
static void
stop_late(struct machine *m)
{

	if (m->stop_at == 0 || clock_ms() < m->stop_at)
		return;
	signal_all(m, m->stop_signal);
	m->stop_at = clock_ms() + KILL_MS;
	m->stop_signal = SIGKILL;
}

static int
watch(struct machine *m)
{
	struct pollfd fds[2 * (MAX_COMPUTING + 1) + 1];
	int64_t drained = 0;
	size_t i, n;

	while (running(m)) {
		n = 0;
		fds[n++] = (struct pollfd){ .fd = signals_descriptor(), .events = POLLIN };
		for (i = 0; i < m->count; i++) {
			fds[n++] = (struct pollfd){ .fd = m->parties[i].out.fd, .events = POLLIN };
			fds[n++] = (struct pollfd){ .fd = m->parties[i].err.fd, .events = POLLIN };
		}
		if (wait_poll(fds, n, POLL_MS) == -1)
			return (-1);
		for (i = 0; i < m->count; i++) {
			pass_on(&m->parties[i], &m->parties[i].out);
			pass_on(&m->parties[i], &m->parties[i].err);
		}
		refuse_binary(m);
		note_signals(m);
		reap_agents(m);
		stop_late(m);
		/* A process that was left behind may keep a pipe open for ever. */
		if (!any_alive(m) && drained == 0)
			drained = clock_ms() + KILL_MS;
		if (drained != 0 && clock_ms() > drained)
			break;
	}
	return (0);
}

/* ---- all of it ---- */

/*
 * Whatever is left of the parties' process groups goes with them; no agent may make files any more
 * when this returns.
 */
static void
kill_groups(struct machine *m)
{
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (m->parties[i].group > 0)
			kill(-m->parties[i].group, SIGKILL);
		while (m->parties[i].pid > 0 && waitpid(m->parties[i].pid, NULL, 0) == -1 &&
		    errno == EINTR)
			continue;
	}
}

/* Look for the command at every party; return 0, or what the shell's status would be (reported). */
static int
missing_command(const struct machine *m)
{
	char **command;
	size_t i;
	int status = 0;

	for (i = 0; i < m->count && status == 0; i++) {
		if ((command = command_of(m, m->parties[i].name)) == NULL)
			return (ST_FAILED);
		if ((status = check_command(command[0])) != 0)
			warn("%s: %s", command[0],
			    strerror((status == STATUS_NOT_FOUND) ? ENOENT : EACCES));
		free_words(command);
	}
	return (status);
}

static int
run_parties(struct machine *m)
{
	size_t i;
	int rc;

	if (m->options->wan != NULL && (m->wan = wan_open(m->count, m->options->wan)) == NULL)
		return (-1);
	if (make_parties(m) == -1 || signals_catch() == -1)
		return (-1);
	if ((m->first_failure = missing_command(m)) != 0)
		return (0);
	for (i = 0; i < m->count; i++) {
		if (start_party(m, i) == -1) {
			kill_groups(m);
			return (-1);
		}
	}
	rc = watch(m);
	kill_groups(m);
	if (finish_outputs(m, rc == 0 && m->first_failure == 0) == -1)
		rc = -1;
	return (rc);
}

int
one_machine_run(const struct one_machine_options *options, int *status)
{
	struct machine *m;
	size_t i;
	int rc = -1;

	if ((m = mem_array(1, sizeof(*m))) == NULL)
		return (-1);
	m->options = options;
	m->count = (size_t)options->n + 1;
	for (i = 0; i < m->count; i++)
		m->parties[i] = (struct machine_party){ .pid = -1, .out = { .fd = -1 },
			.err = { .fd = -1 } };
	if (scratch_make(&m->directory, "smpc-local") == 0) {
		rc = run_parties(m);
		(void)finish_outputs(m, false);
	}
	scratch_remove(&m->directory);
	wan_close(m->wan);
	*status = m->first_failure;
	free(m);
	return (rc);
}
