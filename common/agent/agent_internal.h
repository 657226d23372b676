#ifndef SMPC_AGENT_AGENT_INTERNAL_H
#define SMPC_AGENT_AGENT_INTERNAL_H

/*
 * The inside of an agent; for agent*.c alone.
 *
 * One loop (agent.c) calls each file's functions in turn: _poll adds what the file waits for,
 * _step, or _read and _write, does what can be done without waiting.  A function that returns int
 * returns 0 or -1 (reported), unless said otherwise; one that returns nothing tells a tool
 * (tools_failed), or lets a tool or peer go, if something fails.  All _free functions are harmless
 * where nothing was started.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "base/mem.h"
#include "base/worker.h"
#include "agent/agent.h"
#include "net/channel.h"
#include "agent/dealt.h"
#include "net/descriptor.h"
#include "agent/link.h"
#include "net/protocol.h"
#include "net/session.h"
#include "net/wire.h"

#define MAX_INCOMING 256 /* connections that have not proved who they are */
#define MAX_PARKED 128   /* data links whose session has not been announced here yet */
#define MAX_TOOLS 256
#define PING_MS 2000
#define DEAD_MS 15000

/*
 * A set of parties, by index in the parties file, ascending; in a session those who share, and a
 * few guests.
 */
#define MEMBERS_MAX (PARTIES_SHARING_MAX + 16)
struct members {
	size_t count;
	uint16_t index[MEMBERS_MAX];
};

/* A tool of some party that waits for a session. */
struct waiting {
	struct waiting *next;
	uint64_t ticket; /* unique at its party */
	uint8_t brief[HASH_BYTES], full[HASH_BYTES], nonce[NONCE_BYTES];
	bool guest;
	struct members members;
	char *text;
	struct tool *tool; /* ours; NULL: a peer's */
	int64_t since;     /* when it came, or gave up */
};

/* An open control link: messages in records of the link's keys. */
struct control {
	int fd;
	struct noise_cipher send, receive;
	struct buf in, out;
	size_t out_pos;
	int64_t heard, spoke;
	bool ready; /* poll says that there is something to read, or nobody has looked */
};

#define EARLY_MAX 64

/* Another party. */
struct peer {
	const struct party *party;
	bool needed; /* it is, or we are, among those who share, so that there is a link */
	bool dials;  /* we call it */
	struct link *dialling;
	int64_t next_dial;
	int dial_delay;
	char trouble[256]; /* why the last attempt failed */
	bool trouble_refused;
	bool told; /* the trouble was reported */
	struct control *control; /* NULL: no link */
	bool gone; /* its command has ended */
	bool knows; /* that ours has */
	int gone_status;
	size_t gone_for; /* the party that it missed, by index; none: beyond all */
	struct waiting *waiting;
	struct waiting *gave_up; /* what it waited for last, until its patience ended; NULL */
	uint64_t early[EARLY_MAX]; /* tickets of sessions that were announced before they came */
	size_t n_early;
	char turned_away[256];   /* what was reported last of somebody in its name */
};

/* A session that was announced and whose data links are being opened. */
struct opening_session {
	struct opening_session *next;
	uint8_t number[SESSION_NUMBER_BYTES];
	struct tool *tool;
	struct members members;
	struct link *links[MEMBERS_MAX]; /* one for each member but ourselves */
	bool dialled[MEMBERS_MAX];
	int64_t deadline;
	bool dealt; /* by a file, whose number is spent with the session's */
	uint8_t dealt_number[SESSION_NUMBER_BYTES];
	bool dialled_all; /* our links are under way */
	enum { LEDGER_TODO, LEDGER_BUSY, LEDGER_SPENT, LEDGER_FAILED } ledger;
};

/* A tool that is connected to us. */
struct tool {
	struct tool *next;
	int fd;
	bool ready; /* as in struct control */
	struct waiting *waiting;         /* NULL: it does not wait */
	struct opening_session *opening; /* NULL: none */
	struct dealing *dealing;         /* what it writes; NULL: nothing */
	struct dealt *dealt;             /* what was dealt for it beforehand; NULL: nothing */
	bool in_session;
	/* Of the session that opens or has begun. */
	uint8_t session[SESSION_NUMBER_BYTES];
	struct members session_members;
	bool heard[MEMBERS_MAX]; /* this member has said whom it lost */
	bool said;               /* and so have we, or there is nothing to say */
	int64_t deadline;     /* of its waiting */
	int64_t next_report;
	bool closing;
};

/*
 * The ledger is written and synced beside everything else, by a thread that has this to itself
 * while it is busy.
 */
#define SPENDING_MAX 64
struct spending {
	struct worker *worker; /* NULL: there is none, and the loop stands still meanwhile */
	int ledger;
	bool busy;
	/* set by the thread, which then has nothing left to do but to end its job */
	atomic_bool over;
	uint8_t numbers[SPENDING_MAX][SESSION_NUMBER_BYTES];
	bool dealt[SPENDING_MAX];
	uint8_t dealt_numbers[SPENDING_MAX][SESSION_NUMBER_BYTES];
	bool failed[SPENDING_MAX];
	size_t count;
};

/* A member of a session, as a tool gets it. */
struct given {
	size_t index;
	enum channel_way way;
	const char *file; /* where it goes one way: what messages call it */
	const struct noise_cipher *send, *receive;
	const uint8_t *seed;
	int fd;
};

struct agent {
	const struct agent_options *options;
	struct link_self self;
	size_t own; /* our index */
	int listener, tool_listener, ledger;
	bool listener_ready, tool_listener_ready;
	struct spending spending;
	int64_t accept_again; /* the descriptor table was full */
	int64_t stranger_again; /* when the next stranger may be reported */
	struct peer *peers;   /* one for each party of the file, our own unused */
	struct link *incoming[MAX_INCOMING];
	struct link *parked[MAX_PARKED];
	struct tool *tools;
	size_t n_tools;
	struct opening_session *sessions;
	struct waiting *own_waiting;
	uint64_t next_ticket;
	struct deal *deal;          /* we deal beforehand; NULL: we do not */
	struct dealt_files *dealt;  /* files that stand for the dealer; NULL: he is there himself */
	char directory[108];
	char socket_path[128];
	pid_t child;
	int ended_by; /* the signal that ends us, and all that the command has left; 0: none */
	bool stopping;
	size_t missed; /* the first party that a tool of ours missed; none: beyond all */
	int64_t stop_by;
	int status;
};

/*
 * Events are appended to a growing array that is polled; poll's answer goes to *${ready}, where
 * that is not NULL.
 */
struct polled {
	struct pollfd *fds;
	bool **ready;
	size_t count, size;
};
void polled_add(struct polled *p, int fd, short events, bool *ready);

/* agent_command.c: the command; when a signal ends us, what it has left as well */
int command_start(struct agent *a);
void command_signal(struct agent *a, int sig);
void command_reaped(struct agent *a);
bool command_over(const struct agent *a);
void command_kill(struct agent *a);

/*
 * agent_dealing.c: the dealer deals beforehand.  Make a directory, which has its name once it is
 * committed.
 */
int dealing_start(struct agent *a);
int dealing_commit(struct agent *a);
void dealing_free(struct agent *a);
/*
 * Give a tool the session that it asks for, in which it sends to files; they stay if it has said
 * that all is well.
 */
void dealing_open(struct agent *a, struct tool *t, const char *text, enum session_dealer dealer);
void dealing_store(struct agent *a, struct tool *t);
void dealing_drop(struct agent *a, struct tool *t);

/* agent_dealt.c: a computing party uses what was dealt beforehand.  See which files there are. */
int dealt_start(struct agent *a);
void dealt_free(struct agent *a);
/*
 * Take the file for a tool's step, if it needs one, into t->dealt, and append to ${out}, the step's
 * descriptor, which one it is.  Return 0, or -1, where the tool has been told why not.
 */
int dealt_find(struct agent *a, struct tool *t, const char *text, enum session_dealer dealer,
    struct buf *out);
/*
 * Of such a file: the session's number; the dealer as a member; be done with it.  It is spent by
 * the ledger alone.
 */
const uint8_t *dealt_number(const struct dealt *d);
struct given dealt_given(const struct agent *a, const struct dealt *d);
void dealt_release(struct tool *t);
/* What a tool is told whose step cannot be held without the dealer. */
extern const char *const dealt_needs_dealer;

/*
 * agent_peers.c: control links.  Whether a party is one who shares; we hold sessions with it; one
 * of us can call the other.
 */
bool peers_share(const struct party *p);
bool peers_meet(const struct agent *a, size_t index);
bool peers_can_meet(const struct agent *a, size_t index);
int peers_start(struct agent *a);
void peers_free(struct agent *a);
/*
 * Call whom we have no link to, read and handle messages; write those that wait.  When to look
 * again, in ms.
 */
void peers_read(struct agent *a);
void peers_write(struct agent *a);
void peers_poll(struct agent *a, struct polled *p);
int peers_timeout(const struct agent *a);
/* Take over an open control link: the peer is told what our tools wait for. */
void peers_adopt(struct agent *a, struct link *l);
/* Append a message for one peer, or all, as far as there are links. */
void peers_send(struct agent *a, size_t index, const struct buf *message);
void peers_broadcast(struct agent *a, const struct buf *message);
/* Tell all peers that our command has ended; whether all know, or have ended themselves. */
void peers_goodbye(struct agent *a);
bool peers_all_know(const struct agent *a);

/* agent_sessions.c: pairing, announcing, data links. */
void sessions_step(struct agent *a);
void sessions_poll(struct agent *a, struct polled *p);
void sessions_free(struct agent *a);
/*
 * A tool of ours waits: ${w}, which is handed over, is told to all.  It waits no longer, or has
 * ended in the middle.
 */
void sessions_wait(struct agent *a, struct waiting *w);
void sessions_cancel(struct agent *a, struct tool *t, bool gave_up);
/*
 * At the first computing party: announce all sessions for which every member has a tool that waits.
 */
void sessions_pair(struct agent *a);
/* Handle a peer's message, as far as that has been read; w->bad if it must not be. */
void sessions_message(struct agent *a, size_t from, enum control_message type, struct wire *w);
/* A peer's command has ended: our tools that wait for it are told. */
void sessions_peer_gone(struct agent *a, size_t index);
/* Take over an authenticated data link that a peer has opened. */
void sessions_data_link(struct agent *a, struct link *l);
/*
 * Our tool has lost a member of its session, or, with our own index, has ended in it: the members
 * are told, once.
 */
void sessions_tool_lost(struct agent *a, struct tool *t, size_t index);
/* Free a ticket; append the message that tells of it; whether a party is in a set. */
void waiting_free(struct waiting *w);
int waiting_message(const struct waiting *w, struct buf *message);
bool members_have(const struct members *m, size_t index);

/*
 * agent_tools.c: tools on this machine.  Make the socket that SMPC_LINK is to name, in a directory
 * of its own.
 */
int tools_listen(struct agent *a);
void tools_step(struct agent *a);
void tools_poll(struct agent *a, struct polled *p);
void tools_free(struct agent *a);
/* Tell a tool that it gets no session, and why: it fails with ${status}. */
void tools_failed(struct agent *a, struct tool *t, int status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/*
 * Say in ${out} why a member, or all that are missing, do not come to what our tool waits for.
 * Return the status that this is worth; of one member, ST_OK if it is not the one that is missing.
 */
int tools_describe_missing(struct agent *a, const struct waiting *w, size_t index, char *out,
    size_t size);
int tools_describe_all_missing(struct agent *a, const struct waiting *w, char *out, size_t size);
/*
 * Give a tool its session: one whose links are open; or, of ${count} members in the order of the
 * parties file, this one.
 */
void tools_ready(struct agent *a, struct tool *t, const struct opening_session *s);
void tools_give(struct agent *a, struct tool *t, const uint8_t *number, const struct given *list,
    size_t count);
/*
 * Tell a tool that what it has dealt is stored; all tools in a session with a peer, that the peer's
 * agent is lost; one, that member ${by} of its session has lost ${whom}.
 */
void tools_stored(struct tool *t);
void tools_peer_lost(struct agent *a, size_t index, const char *why);
void tools_loss(struct tool *t, size_t by, size_t whom);

/* agent.c: move a link on if there is reason to; a party's name. */
void agent_step_link(struct link *l);
const char *agent_name_of(const struct agent *a, size_t index);

#endif /* !SMPC_AGENT_AGENT_INTERNAL_H */
