#include "agent/running.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/state.h"
#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"
#include "net/clock.h"
#include "net/own_agent.h"
#include "net/protocol.h"

#define DIRECTORY "agents"
#define FILE_MAX 16384
#define STATUS_BYTES PROTOCOL_MAX_BYTES
#define LOCAL_MAX 512
#define ENTER_TRIES 5
#define STOP_MS 10000
#define STOP_PAUSE_NS 20000000
#define TABLE "/proc/net/tcp" /* and tcp6 */
#define LISTENS 0x0a

/* An agent that was found. */
struct found {
	pid_t pid;
	char *text; /* its file, whose lines the fields are in */
	struct running says;
	const char *began;
};

/* ---- an agent's own file ---- */

static int
own_path(const char *party, char path[static PATH_MAX])
{
	char name[64];

	snprintf(name, sizeof(name), DIRECTORY "/%ld", (long)getpid());
	return (state_path(party, name, path, PATH_MAX));
}

static int
write_fields(int fd, const struct running *r, const char *path)
{
	char began[32], text[FILE_MAX];
	time_t now = time(NULL);
	struct tm tm;
	int n;

	if (localtime_r(&now, &tm) == NULL || strftime(began, sizeof(began), "%Y-%m-%d %H:%M",
	    &tm) == 0)
		began[0] = '\0';
	n = snprintf(text, sizeof(text), "%s\n%s\n%s\n%s\n%s\n%s\n%s\n", r->party, r->link,
	    r->parties, r->policy, r->listen, began, r->command ? "command" : "");
	if (n < 0 || (size_t)n >= sizeof(text))
		return (fail(ST_FAILED, "%s: paths are too long", path));
	return (io_write(fd, text, (size_t)n, path));
}

/* Lock our file; somebody who tidies may have removed it before that. */
static bool
hold_file(int fd, const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat ours, there;

	return (fcntl(fd, F_SETLK, &lock) == 0 && fstat(fd, &ours) == 0 &&
	    stat(path, &there) == 0 && ours.st_ino == there.st_ino &&
	    ours.st_dev == there.st_dev);
}

int
running_enter(const struct running *r)
{
	char directory[PATH_MAX], path[PATH_MAX];
	int fd, tries;

	if (state_path(r->party, DIRECTORY, directory, sizeof(directory)) == -1 ||
	    state_make(directory) == -1 || own_path(r->party, path) == -1)
		return (-1);
	for (tries = 0; tries < ENTER_TRIES; tries++) {
		if ((fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		    0600)) == -1)
			return (fail_errno(path));
		if (hold_file(fd, path) && write_fields(fd, r, path) == 0)
			return (fd);
		close(fd);
	}
	return ((diag_status() == ST_OK) ? fail(ST_FAILED, "%s: cannot be locked", path) : -1);
}

void
running_leave(const char *party, int fd)
{
	char path[PATH_MAX];

	if (fd == -1)
		return;
	if (own_path(party, path) == 0)
		(void)unlink(path);
	close(fd);
}

/* ---- finding them ---- */

/* The next line of a file's text, which is cut. */
static const char *
cut_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');

	if (end == NULL)
		return ("");
	*end = '\0';
	*text = end + 1;
	return (line);
}

/* Read an open file's text; NULL, with nothing reported, if that cannot be. */
static char *
read_text(int fd)
{
	char *text;
	ssize_t n;

	if ((text = malloc(FILE_MAX)) == NULL)
		return (NULL);
	if ((n = pread(fd, text, FILE_MAX - 1, 0)) < 0) {
		free(text);
		return (NULL);
	}
	text[n] = '\0';
	return (text);
}

/* The socket of an agent that was killed, and the directory that was made for it alone. */
static void
remove_socket(const char *link)
{
	char directory[PATH_MAX];
	struct stat st;
	char *slash;

	snprintf(directory, sizeof(directory), "%s", link);
	if (lstat(link, &st) == -1 || !S_ISSOCK(st.st_mode) || st.st_uid != getuid() ||
	    (slash = strrchr(directory, '/')) == NULL)
		return;
	*slash = '\0';
	(void)unlink(link);
	(void)rmdir(directory);
}

static void
read_fields(struct found *f)
{
	char *text = f->text;

	f->says.party = cut_line(&text);
	f->says.link = cut_line(&text);
	f->says.parties = cut_line(&text);
	f->says.policy = cut_line(&text);
	f->says.listen = cut_line(&text);
	f->began = cut_line(&text);
	f->says.command = (cut_line(&text)[0] != '\0');
}

/*
 * Read an agent's file.  Return whether the agent lives, and can be told of.  What is sure to have
 * been left by one that was killed is removed; nothing of this is reported.
 */
static bool
read_agent(const char *path, struct found *f)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool known;

	memset(f, 0, sizeof(*f));
	if (fd == -1)
		return (false);
	known = (fcntl(fd, F_GETLK, &lock) == 0 && (f->text = read_text(fd)) != NULL);
	close(fd);
	if (!known)
		return (false);
	read_fields(f);
	if (lock.l_type != F_UNLCK) {
		/* Where the system does not say whose lock it is, as over a network, nobody is. */
		f->pid = lock.l_pid;
		return (f->pid > 0);
	}
	if (f->says.link[0] != '\0') {
		remove_socket(f->says.link);
		(void)unlink(path);
	}
	return (false);
}

/* What to do with each agent; anything but 0 ends the search. */
typedef int each_agent(void *cookie, const struct found *f);

static int
each_of_party(const char *party, each_agent *each, void *cookie)
{
	char directory[PATH_MAX], path[2 * PATH_MAX];
	struct dirent *e;
	struct found f;
	int rc = 0;
	DIR *d;

	if (state_path(party, DIRECTORY, directory, sizeof(directory)) == -1)
		return (-1);
	if ((d = opendir(directory)) == NULL)
		return (0);
	while (rc == 0 && (e = readdir(d)) != NULL) {
		if (e->d_name[strspn(e->d_name, "0123456789")] != '\0')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, e->d_name);
		if (read_agent(path, &f))
			rc = each(cookie, &f);
		free(f.text);
	}
	closedir(d);
	return (rc);
}

/* Each agent of a party; NULL: of all parties. */
static int
each_running(const char *party, each_agent *each, void *cookie)
{
	char directory[PATH_MAX];
	struct dirent *e;
	int rc = 0;
	DIR *d;

	if (party != NULL)
		return (each_of_party(party, each, cookie));
	if (state_path(NULL, NULL, directory, sizeof(directory)) == -1)
		return (-1);
	if ((d = opendir(directory)) == NULL)
		return (0);
	while (rc == 0 && (e = readdir(d)) != NULL) {
		if (name_valid(e->d_name))
			rc = each_of_party(e->d_name, each, cookie);
	}
	closedir(d);
	return (rc);
}

static int
none_runs(const char *party)
{

	return ((party == NULL) ? fail(ST_PEER, "no agent of yours runs on this machine (as far as "
	    "SMPC_STATE tells)") : fail(ST_PEER, "no agent of '%s' runs on this machine (as far as "
	    "SMPC_STATE tells)", party));
}

static int
pass_over(void *cookie, const struct found *f)
{

	(void)cookie;
	(void)f;
	return (0);
}

void
running_tidy(const char *party)
{

	(void)each_of_party(party, pass_over, NULL);
}

/* ---- printing ---- */

struct printing {
	size_t count;
	struct buf assignments; /* of the last one, and a NUL */
};

static int
add_variable(struct buf *b, const char *name, const char *value)
{
	const char *s;
	int rc;

	rc = buf_string(b, name);
	rc |= buf_string(b, "='");
	for (s = value; *s != '\0'; s++)
		rc |= (*s == '\'') ? buf_string(b, "'\\''") : buf_append(b, s, 1);
	rc |= buf_string(b, "'; export ");
	rc |= buf_string(b, name);
	rc |= buf_string(b, ";\n");
	return (rc);
}

int
running_variables(struct buf *b, const struct running *r, long pid)
{
	char number[32];
	int rc;

	snprintf(number, sizeof(number), "%ld", pid);
	rc = add_variable(b, "SMPC_LINK", r->link);
	rc |= add_variable(b, "SMPC_PARTY", r->party);
	rc |= add_variable(b, "SMPC_PARTIES", r->parties);
	if (r->policy[0] != '\0')
		rc |= add_variable(b, "SMPC_POLICY", r->policy);
	rc |= add_variable(b, "SMPC_AGENT_PID", number);
	rc |= buf_append(b, "", 1);
	return (rc);
}

/* What the agent says of itself, each line as a comment. */
static void
print_status(const struct found *f)
{
	char status[STATUS_BYTES], *line = status, *end;
	struct failure failure;
	int rc;

	diag_divert(&failure);
	rc = own_agent_status(f->says.link, status, sizeof(status));
	diag_divert(NULL);
	if (rc == -1) {
		printf("#   it does not answer: frozen?\n");
		return;
	}
	for (; *line != '\0'; line = end + (*end != '\0')) {
		end = line + strcspn(line, "\n");
		printf("#   %.*s\n", (int)(end - line), line);
	}
}

static int
print_one(void *cookie, const struct found *f)
{
	struct printing *p = cookie;

	p->count++;
	printf("# smpc-party of '%s', process %ld, since %s%s%s%s\n", f->says.party, (long)f->pid,
	    f->began, (f->says.listen[0] != '\0') ? ", listens at " : "", f->says.listen,
	    f->says.command ? ", with a command" : "");
	print_status(f);
	buf_free(&p->assignments);
	return (running_variables(&p->assignments, &f->says, (long)f->pid));
}

int
running_print(const char *party)
{
	struct printing p = { .count = 0 };
	int rc = each_running(party, print_one, &p);

	if (rc == 0 && p.count == 0)
		rc = none_runs(party);
	else if (rc == 0 && p.count == 1)
		fputs(p.assignments.data, stdout);
	else if (rc == 0)
		rc = fail(ST_USAGE, "%zu agents run: name the party whose agent you want", p.count);
	buf_free(&p.assignments);
	return (rc);
}

/* ---- stopping ---- */

struct stopping_one {
	size_t count;
	pid_t pid;
	char party[PARTY_NAME_BYTES + 1];
};

static int
note_one(void *cookie, const struct found *f)
{
	struct stopping_one *s = cookie;

	s->count++;
	s->pid = f->pid;
	snprintf(s->party, sizeof(s->party), "%.*s", PARTY_NAME_BYTES, f->says.party);
	return (0);
}

static int
is_process(void *cookie, const struct found *f)
{

	return (f->pid == *(const pid_t *)cookie);
}

int
running_stop(const char *party)
{
	const struct timespec pause = { .tv_nsec = STOP_PAUSE_NS };
	int64_t end = clock_ms() + STOP_MS;
	struct stopping_one s = { .count = 0 };

	if (each_running(party, note_one, &s) == -1)
		return (-1);
	if (s.count == 0)
		return (none_runs(party));
	if (s.count > 1)
		return (fail(ST_USAGE, "%zu agents run: say which party's is to be stopped, or use "
		    "kill(1); --status lists them", s.count));
	if (kill(s.pid, SIGTERM) == -1)
		return (fail(ST_FAILED, "process %ld: %s", (long)s.pid, strerror(errno)));
	while (each_running(s.party, is_process, &s.pid) != 0) {
		if (clock_ms() > end)
			return (fail(ST_PEER, "the agent of '%s', process %ld, does not end: "
			    "frozen? kill -KILL ends it", s.party, (long)s.pid));
		(void)nanosleep(&pause, NULL);
	}
	return (0);
}

/* ---- who listens at a port ---- */

struct at_port {
	const char *port; /* ":PORT" */
	char *out;
	size_t size;
};

static int
name_holder(void *cookie, const struct found *f)
{
	const struct at_port *p = cookie;
	size_t n = strlen(f->says.listen), m = strlen(p->port);

	if (n < m || strcmp(f->says.listen + n - m, p->port) != 0)
		return (0);
	snprintf(p->out, p->size, "smpc-party of '%s', process %ld, listens there; 'smpc-party "
	    "--stop %s' ends it", f->says.party, (long)f->pid, f->says.party);
	return (1);
}

/* The socket that listens at a port, by its number in the system's table; 0: none is seen. */
static uint64_t
listening_socket(const char *table, unsigned port)
{
	char line[LOCAL_MAX];
	unsigned local, state;
	uint64_t inode = 0, found;
	FILE *f;

	if ((f = fopen(table, "re")) == NULL)
		return (0);
	while (inode == 0 && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, " %*[0-9]: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*s "
		    "%*s %" SCNu64, &local, &state, &found) == 3 && local == port &&
		    state == LISTENS)
			inode = found;
	}
	fclose(f);
	return (inode);
}

/* Whether a process has a socket open. */
static bool
has_socket(const char *pid, const char *socket)
{
	char path[LOCAL_MAX], target[LOCAL_MAX];
	struct dirent *e;
	bool has = false;
	ssize_t n;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%.32s/fd", pid);
	if ((d = opendir(path)) == NULL)
		return (false);
	while (!has && (e = readdir(d)) != NULL) {
		n = readlinkat(dirfd(d), e->d_name, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		has = (strcmp(target, socket) == 0);
	}
	closedir(d);
	return (has);
}

static void
name_process(const char *pid, char *out, size_t size)
{
	char path[LOCAL_MAX], command[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.32s/comm", pid);
	if ((f = fopen(path, "re")) != NULL) {
		if (fgets(command, sizeof(command), f) != NULL)
			command[strcspn(command, "\n")] = '\0';
		fclose(f);
	}
	snprintf(out, size, "process %.32s (%s) listens there", pid, command);
}

/* The process that has a socket, where the system lets us see it. */
static void
find_process(uint64_t inode, char *out, size_t size)
{
	char socket[64];
	struct dirent *e;
	DIR *d;

	snprintf(socket, sizeof(socket), "socket:[%" PRIu64 "]", inode);
	if ((d = opendir("/proc")) == NULL)
		return;
	while (out[0] == '\0' && (e = readdir(d)) != NULL) {
		if (e->d_name[strspn(e->d_name, "0123456789")] == '\0' && has_socket(e->d_name,
		    socket))
			name_process(e->d_name, out, size);
	}
	closedir(d);
}

void
running_holder(uint16_t port, char *out, size_t size)
{
	char text[16];
	struct at_port p = { .port = text, .out = out, .size = size };
	uint64_t inode;

	out[0] = '\0';
	snprintf(text, sizeof(text), ":%u", port);
	if (each_running(NULL, name_holder, &p) != 0 || out[0] != '\0')
		return;
	if ((inode = listening_socket(TABLE, port)) != 0 || (inode = listening_socket(TABLE "6",
	    port)) != 0)
		find_process(inode, out, size);
}
