/*
 * Dealing beforehand: a dealer's tools who ask for steps, write, say that all is well or end, in
 * any order; what then happens to the files; and a computing party's tools who ask for them.  Each
 * event has a kind, 1 byte, which tool or file, 1 byte, and a text, which the first byte of three
 * chooses, 1 byte:
 *
 *	0	a tool of the dealer asks for a step in which he deals; 1: in which he stands by;
 *		2: in which he takes part
 *	3	his tool writes
 *	4	his tool says that all is well
 *	5	his tool ends
 *	6	the dealer's command ends: from here on there is what was dealt, or nothing
 *	7	a bit of a file is changed; 8: a file is cut; 9: a file is there twice
 *	10	a tool of alice asks for a step; 11: it has used what it got; 12: it ends
 *
 * A tool is never told a number that another one was told, or that the ledger does not have.  There
 * is a directory if and only if all steps have ended, with the files of those that were stored and
 * no others.  Alice's tool gets a file that was dealt to her for its step, whole, which no other
 * tool has and none has used; what it gets then is what was written.
 */

#include <sodium.h>

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/deal_internal.h"
#include "agent/dealt_files_internal.h"
#include "agent/ledger.h"
#include "agent/tcp.h"
#include "base/diag.h"
#include "check.h"
#include "net/protocol.h"
#include "net/wire.h"

#define EVENT_BYTES 3
#define KINDS 13
#define MOST_EVENTS 60
#define N_PARTIES 3 /* a dealer, alice, bob */
#define N_TOOLS 3
#define N_TEXTS 3
#define MOST_STEPS 20
#define WRITTEN 100 /* bytes that a tool of the dealer writes at a time */
#define PATH_BYTES 400

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const texts[N_TEXTS] = { "op=mul\n", "op=../x\nbits=3\n", "" };
static struct parties *parties;
static struct identity identities[N_PARTIES];
static char top[40], dealt_path[64];

/* A step of the dealer. */
struct step {
	uint8_t number[SESSION_NUMBER_BYTES];
	const char *text;
	size_t written; /* by its tool */
	bool stored, damaged;
	bool used; /* by alice */
};

/* A tool, and its side of what it was given. */
struct tool {
	struct client *client; /* NULL: there is none */
	int fd;
	size_t step; /* of the dealer's, or that it has a file of; MOST_STEPS: none */
	struct channel *out[N_PARTIES];
	size_t n_out;
};

static struct world {
	struct agent_options options[2];
	struct self self[2]; /* of the dealer, of alice */
	struct deal *deal;   /* NULL: his command has ended */
	struct dealt_files *files;
	struct step steps[MOST_STEPS];
	size_t n_steps, open_steps;
	bool copied; /* a file is there by another name, too */
	struct tool tools[2][N_TOOLS];
} w;

/* ---- what is random is the same in every run of an input, and never twice in one ---- */

static uint64_t drawn;

static const char *
counting_name(void)
{

	return ("counting");
}

static void
counting_draw(void *const data, const size_t bytes)
{
	uint8_t seed[randombytes_SEEDBYTES] = { 0 };

	drawn++;
	memcpy(seed, &drawn, sizeof(drawn));
	randombytes_buf_deterministic(data, bytes, seed);
}

static uint32_t
counting_random(void)
{
	uint32_t v;

	counting_draw(&v, sizeof(v));
	return (v);
}

static randombytes_implementation counting = { .implementation_name = counting_name,
	.random = counting_random, .buf = counting_draw };

/* ---- set-up ---- */

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{

	(void)st;
	(void)type;
	if (ftw->level > 0)
		(void)remove(path);
	return (0);
}

/* Every input begins with nothing. */
static void
remove_all(void)
{

	(void)nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
remove_top(void)
{

	(void)rmdir(top);
}

static void
set_up(void)
{
	static const char *const names[N_PARTIES] = { "dealer", "alice", "bob" };
	char json[1000] = "{\"version\":1,\"parties\":[", key[IDENTITY_TEXT_BYTES];
	size_t i, n = strlen(json);

	randombytes_set_implementation(&counting);
	fuzz_check(sodium_init() != -1);
	for (i = 0; i < N_PARTIES; i++) {
		memset(identities[i].secret, (int)i + 1, IDENTITY_KEY_BYTES);
		crypto_scalarmult_base(identities[i].public, identities[i].secret);
		identity_public_text(identities[i].public, key);
		n += (size_t)snprintf(json + n, sizeof(json) - n,
		    "%s{\"name\":\"%s\",\"role\":\"%s\",\"key\":\"%s\"}", (i > 0) ? "," : "",
		    names[i], (i == 0) ? "dealer" : "computing", key);
	}
	n += (size_t)snprintf(json + n, sizeof(json) - n, "]}");
	fuzz_check((parties = parties_load_memory(json, n, "parties.json")) != NULL);
	/* much is synced here */
	snprintf(top, sizeof(top), "%s/smpc-fuzz-XXXXXX", (access("/dev/shm", W_OK) == 0) ?
	    "/dev/shm" : "/tmp");
	fuzz_check(mkdtemp(top) != NULL && atexit(remove_top) == 0);
	snprintf(dealt_path, sizeof(dealt_path), "%s/dealt", top);
	fuzz_check(setenv("SMPC_STATE", top, 1) == 0);
}

static void
world_start(void)
{
	size_t i;

	memset(&w, 0, sizeof(w));
	drawn = 0;
	for (i = 0; i < 2; i++) {
		w.options[i].identity = &identities[i];
		w.options[i].parties = parties;
		w.self[i] = (struct self){ .options = &w.options[i], .index = i,
			.link = { &identities[i], parties, &parties->entries[i], NULL, NULL } };
		fuzz_check((w.self[i].ledger = ledger_open(parties->entries[i].name)) != NULL);
	}
	w.options[0].deal_to = dealt_path;
	w.options[1].dealt = dealt_path;
	fuzz_check((w.deal = deal_start(&w.self[0])) != NULL);
}

/* ---- tools ---- */

static struct tool *
tool_connects(size_t party, size_t which)
{
	struct tool *t = &w.tools[party][which % N_TOOLS];
	int fds[2];

	if (t->client != NULL)
		return (t);
	memset(t, 0, sizeof(*t));
	t->step = MOST_STEPS;
	fuzz_check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == 0);
	fuzz_check(socket_nonblocking(fds[0]) == 0 && socket_nonblocking(fds[1]) == 0);
	fuzz_check((t->client = mem_array(1, sizeof(*t->client))) != NULL);
	t->client->fd = fds[0];
	t->fd = fds[1];
	return (t);
}

/* As requests.c lets a tool go. */
static void
tool_ends(size_t party, size_t which)
{
	struct tool *t = &w.tools[party][which % N_TOOLS];
	size_t i;

	if (t->client == NULL)
		return;
	if (party == 0) {
		w.open_steps -= (t->client->deal_step != NULL);
		deal_drop(w.deal, t->client);
	}
	dealt_files_release(t->client);
	for (i = 0; i < t->n_out; i++)
		channel_free(t->out[i]);
	close(t->client->fd);
	close(t->fd);
	free(t->client);
	t->client = NULL;
}

/* A message of the agent, with descriptors. */
static size_t
hear(const struct tool *t, uint8_t *data, size_t size, int fds[static N_PARTIES], size_t *n_fds)
{
	union {
		char room[CMSG_SPACE(N_PARTIES * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { data, size };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	struct cmsghdr *c;
	ssize_t n = recvmsg(t->fd, &m, 0);

	*n_fds = 0;
	if (n > 0 && (c = CMSG_FIRSTHDR(&m)) != NULL) {
		*n_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(c), *n_fds * sizeof(int));
	}
	return ((n > 0) ? (size_t)n : 0);
}

/* ---- the dealer ---- */

/* Take the files out of what the agent says. */
static void
take_files(struct tool *t, struct wire *m, const int *fds, size_t n_fds)
{
	struct noise_cipher send, receive;
	uint8_t seed[NOISE_KEY_BYTES];
	struct carrier carrier;
	char name[256];
	size_t i;

	fuzz_check(wire_number(m, 2) == n_fds);
	for (i = 0; i < n_fds; i++) {
		fuzz_check(wire_number(m, 2) == i + 1);
		wire_string(m, name, sizeof(name));
		fuzz_check(strcmp(name, parties->entries[i + 1].name) == 0);
		(void)wire_number(m, 1);
		fuzz_check(wire_number(m, 1) == CHANNEL_OUT);
		wire_string(m, name, sizeof(name));
		fuzz_check(strchr(name, '/') == NULL && name[0] != '.');
		wire_cipher(m, &send);
		wire_cipher(m, &receive);
		wire_bytes(m, seed, sizeof(seed));
		carrier = carrier_file(fds[i]);
		fuzz_check((t->out[i] = channel_new(name, &carrier, &send, &receive)) != NULL);
		channel_one_way(t->out[i], CHANNEL_OUT);
		t->n_out++;
	}
	fuzz_check(wire_done(m));
}

static void
dealer_asks(size_t which, const char *text, enum session_dealer dealer)
{
	struct tool *t = tool_connects(0, which);
	uint8_t data[2048], number[SESSION_NUMBER_BYTES];
	int fds[N_PARTIES];
	size_t n_fds, n, i;
	struct wire m;

	/* requests.c does not hear one that is busy */
	if (tools_busy(t->client) || w.n_steps == MOST_STEPS)
		return;
	deal_open(w.deal, t->client, text, dealer);
	n = hear(t, data, sizeof(data), fds, &n_fds);
	m = wire_of(data, n);
	if (wire_number(&m, 1) != AGENT_READY) {
		fuzz_check(dealer == SESSION_DEALER_TAKES_PART && n_fds == 0);
		return;
	}
	wire_bytes(&m, number, sizeof(number));
	for (i = 0; i < w.n_steps; i++)
		fuzz_check(memcmp(number, w.steps[i].number, sizeof(number)) != 0);
	t->step = w.n_steps;
	w.steps[w.n_steps].text = text;
	memcpy(w.steps[w.n_steps++].number, number, sizeof(number));
	fuzz_check(dealer != SESSION_DEALER_TAKES_PART);
	if (dealer == SESSION_DEALER_DEALS) {
		fuzz_check(n_fds == N_PARTIES - 1 && ledger_has(w.self[0].ledger, number));
		w.open_steps++;
	} else
		fuzz_check(n_fds == 0);
	fuzz_check(wire_number(&m, 2) == 0);
	wire_bytes(&m, data, HASH_BYTES);
	take_files(t, &m, fds, n_fds);
}

static void
dealer_writes(struct tool *t)
{
	uint8_t plain[WRITTEN];
	size_t i;

	if (t->client == NULL || t->client->deal_step == NULL)
		return;
	memset(plain, (int)t->step + 1, sizeof(plain));
	for (i = 0; i < t->n_out; i++) {
		channel_send(t->out[i], plain, sizeof(plain));
		while (channel_unsent(t->out[i]) > 0)
			fuzz_check(channel_step(t->out[i]) != -1);
	}
	w.steps[t->step].written += sizeof(plain);
}

static void
dealer_stores(struct tool *t)
{
	uint8_t data[200];
	int fds[N_PARTIES];
	size_t n_fds, i;
	bool deals = (t->client != NULL && t->client->deal_step != NULL);

	if (t->client == NULL)
		return;
	for (i = 0; deals && i < t->n_out; i++)
		fuzz_check(channel_end(t->out[i]) == 0);
	deal_store(w.deal, t->client);
	if (!deals)
		return;
	fuzz_check(hear(t, data, sizeof(data), fds, &n_fds) == 1 && data[0] == AGENT_STORED);
	w.steps[t->step].stored = true;
	w.open_steps--;
}

/* How many files of dealings there are below ${path}; -1: no such directory. */
static int
files_in(const char *path)
{
	struct dirent *e;
	DIR *d = opendir(path);
	int n = 0;

	if (d == NULL)
		return (-1);
	while ((e = readdir(d)) != NULL)
		n += (e->d_name[0] != '.');
	closedir(d);
	return (n);
}

static void
dealer_ends(void)
{
	size_t open = w.open_steps, i, stored = 0;
	int rc;

	if (w.deal == NULL)
		return;
	rc = deal_commit(w.deal);
	for (i = 0; i < N_TOOLS; i++)
		tool_ends(0, i);
	deal_free(w.deal);
	w.deal = NULL;
	fuzz_check((rc == 0) == (open == 0));
	for (i = 0; i < w.n_steps; i++)
		stored += w.steps[i].stored;
	fuzz_check(files_in(dealt_path) == ((rc == 0) ? (int)(stored * (N_PARTIES - 1)) : -1));
	/* and nothing else is there: but for the ledgers of both */
	fuzz_check(files_in(top) == ((rc == 0) ? 3 : 2));
	if (rc == 0)
		fuzz_check((w.files = dealt_files_open(&w.self[1])) != NULL);
}

/* ---- what happens to files ---- */

/* The path of alice's file of number ${which}; false: there is none. */
static bool
file_of_alice(size_t which, char path[static PATH_BYTES])
{
	struct dirent **list;
	bool found = false;
	int n = scandir(dealt_path, &list, NULL, alphasort), i;
	size_t seen = 0;

	for (i = 0; i < n; i++) {
		if (strstr(list[i]->d_name, ".alice") != NULL && seen++ == which) {
			snprintf(path, PATH_BYTES, "%s/%s", dealt_path, list[i]->d_name);
			found = true;
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return (found);
}

/* The name of a file begins with the number of its step in the dealing. */
static struct step *
step_of(const char *path)
{
	size_t number = strtoul(path + strlen(dealt_path) + 1, NULL, 10), i;

	for (i = 0; i < w.n_steps; i++) {
		if (ledger_has(w.self[0].ledger, w.steps[i].number) && --number == 0)
			return (&w.steps[i]);
	}
	return (NULL);
}

static void
damage(uint8_t kind, size_t which, uint8_t how)
{
	char path[PATH_BYTES], copy[PATH_BYTES + 20];
	struct step *s;
	struct stat st;
	uint8_t byte;
	off_t at;
	int fd;

	if (!file_of_alice(which, path) || stat(path, &st) == -1)
		return;
	if (kind == 9) {
		snprintf(copy, sizeof(copy), "%s/9%u-copy.alice", dealt_path, how);
		(void)!link(path, copy);
		w.copied = true;
		return;
	}
	if (st.st_nlink > 1 || st.st_size == 0)
		return;
	/* The name of a copy says nothing, and its file may be gone. */
	if ((s = step_of(path)) == NULL) {
		fuzz_check(w.copied);
		return;
	}
	fuzz_check((fd = open(path, O_RDWR)) != -1);
	at = (off_t)((size_t)how * 2654435761U % (size_t)st.st_size);
	if (kind == 8)
		fuzz_check(ftruncate(fd, at) == 0);
	else {
		fuzz_check(pread(fd, &byte, 1, at) == 1);
		byte ^= (uint8_t)(1 << how % 8);
		fuzz_check(pwrite(fd, &byte, 1, at) == 1);
	}
	close(fd);
	s->damaged = true;
}

/* ---- alice ---- */

static size_t
find_step(const uint8_t *number)
{
	size_t i;

	for (i = 0; i < w.n_steps; i++) {
		if (memcmp(w.steps[i].number, number, SESSION_NUMBER_BYTES) == 0)
			break;
	}
	return (i);
}

static void
alice_asks(size_t which, const char *text)
{
	struct tool *t = tool_connects(1, which);
	struct buf out = { NULL, 0, 0 };
	const uint8_t *number;
	size_t step, i;
	int rc;

	if (t->step != MOST_STEPS)
		return;
	rc = dealt_files_find(w.files, t->client, text, SESSION_DEALER_DEALS, &out);
	buf_free(&out);
	number = dealt_files_number(t->client);
	fuzz_check((rc == 0) == (number != NULL));
	if (rc == -1) {
		tool_ends(1, which);
		return;
	}
	fuzz_check((step = find_step(number)) < w.n_steps);
	fuzz_check(w.steps[step].stored && strcmp(w.steps[step].text, text) == 0);
	fuzz_check(!w.steps[step].used && !ledger_has(w.self[1].ledger, number));
	t->step = step;
	/* of a file and a copy of it, only the ledger knows that they are one */
	for (i = 0; !w.copied && i < N_TOOLS; i++)
		fuzz_check(&w.tools[1][i] == t || w.tools[1][i].client == NULL ||
		    w.tools[1][i].step != step);
}

/* As sessions.c has it: the number is spent, and then the tool gets what was dealt. */
static void
alice_uses(size_t which)
{
	struct tool *t = &w.tools[1][which % N_TOOLS];
	struct step *s;
	struct given g;
	struct channel *c;
	struct carrier carrier;
	uint8_t in[WRITTEN];
	size_t got, i;
	bool well = true;

	if (t->client == NULL || t->step == MOST_STEPS)
		return;
	s = &w.steps[t->step];
	if (ledger_spend(w.self[1].ledger, s->number) == -1) {
		fuzz_check(s->used);
		tool_ends(1, which);
		return;
	}
	fuzz_check(!s->used);
	s->used = true;
	g = dealt_files_given(&w.self[1], t->client);
	carrier = carrier_file(dup(g.fd));
	fuzz_check((c = channel_new("fuzz", &carrier, g.send, g.receive)) != NULL);
	channel_one_way(c, CHANNEL_IN);
	for (got = 0; well && got < s->written; got += sizeof(in)) {
		channel_receive(c, in, sizeof(in));
		while (well && channel_wanted(c) > 0)
			well = (channel_step(c) != -1);
		for (i = 0; well && i < sizeof(in); i++)
			fuzz_check(in[i] == t->step + 1);
	}
	well = well && channel_ended(c) == 0;
	fuzz_check(well || s->damaged);
	channel_free(c);
	tool_ends(1, which);
}

/* ---- a run ---- */

static void
happens(uint8_t kind, uint8_t which, uint8_t how)
{
	const char *text = texts[how % N_TEXTS];

	if (kind <= 6 && w.deal == NULL)
		return;
	if (kind > 6 && w.files == NULL)
		return;
	switch (kind) {
	case 0:
		dealer_asks(which, text, SESSION_DEALER_DEALS);
		break;
	case 1:
		dealer_asks(which, text, SESSION_DEALER_IDLE);
		break;
	case 2:
		dealer_asks(which, text, SESSION_DEALER_TAKES_PART);
		break;
	case 3:
		dealer_writes(&w.tools[0][which % N_TOOLS]);
		break;
	case 4:
		dealer_stores(&w.tools[0][which % N_TOOLS]);
		break;
	case 5:
		tool_ends(0, which);
		break;
	case 6:
		dealer_ends();
		break;
	case 10:
		alice_asks(which, text);
		break;
	case 11:
		alice_uses(which);
		break;
	case 12:
		tool_ends(1, which);
		break;
	default:
		damage(kind, which, how);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct failure failure;
	size_t events, i;

	if (parties == NULL)
		set_up();
	remove_all();
	world_start();
	diag_divert(&failure);
	for (events = 0; size >= EVENT_BYTES && events < MOST_EVENTS; events++) {
		happens(data[0] % KINDS, data[1], data[2]);
		data += EVENT_BYTES;
		size -= EVENT_BYTES;
	}
	dealer_ends();
	for (i = 0; i < N_TOOLS; i++)
		tool_ends(1, i);
	diag_divert(NULL);
	dealt_files_close(w.files);
	ledger_close(w.self[0].ledger);
	ledger_close(w.self[1].ledger);
	remove_all();
	return (0);
}
