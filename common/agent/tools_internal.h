#ifndef SMPC_AGENT_TOOLS_INTERNAL_H
#define SMPC_AGENT_TOOLS_INTERNAL_H

/*
 * Tools on this machine: the local socket that they connect to, and what they are told.  What they
 * ask for is handled elsewhere (requests.c).
 *
 * A tool that does not take an answer at once is let go; so nothing here fails, but for
 * tools_give.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/members_internal.h"
#include "agent/polled_internal.h"
#include "agent/self_internal.h"
#include "base/mem.h"
#include "crypto/noise.h"
#include "net/channel.h"
#include "net/session.h"

struct ticket;
struct opening_session;
struct deal_step;
struct dealt;

/* A tool that is connected to us.  Each file that has to do with tools has fields of its own. */
struct client {
	/* tools.c */
	struct client *next;
	int fd;
	bool ready;   /* poll says that there is something to read, or nobody has looked */
	bool closing; /* it is let go in the next step */
	bool in_session;
	bool told_lost[MEMBERS_MAX]; /* it knows that this member's agent was lost */
	uint8_t session[SESSION_NUMBER_BYTES]; /* that opens or has begun */
	struct members session_members;

	int64_t deadline, next_report;   /* requests.c: of its waiting */
	struct ticket *waiting;         /* pairing.c; NULL: it does not wait */
	struct opening_session *opening; /* sessions.c; NULL: none */
	bool heard[MEMBERS_MAX];         /* losses.c: this member has said whom it lost */
	bool said;                       /* and so have we, or there is nothing to say */
	struct deal_step *deal_step;         /* deal.c: what it writes; NULL: nothing */
	/* dealt_files.c: what was dealt for it beforehand; NULL: nothing */
	struct dealt *dealt;
};

/* All of them, and where they connect. */
struct tools {
	const struct self *self;
	int listener;
	bool listener_ready;
	int64_t accept_again; /* the descriptor table was full */
	struct client *list;
	size_t count;
	char directory[108];
	char socket_path[128];
};

/* ---- connections ---- */

/*
 * tools_listen(ts):
 * Make the socket that SMPC_LINK is to name, in a private directory of its own.  Return 0 or -1
 * (reported).
 */
int tools_listen(struct tools *ts);

/*
 * tools_path(ts), tools_descriptor(ts):
 * The path of that socket, and where we listen at it; -1: nowhere.
 */
const char *tools_path(const struct tools *ts);
int tools_descriptor(const struct tools *ts);

/*
 * tools_accept(ts), tools_poll(ts, p):
 * Let tools connect; add what to poll for.
 */
void tools_accept(struct tools *ts);
void tools_poll(struct tools *ts, struct polled *p);

/*
 * tools_next(ts, t):
 * Return the tool after ${t}, or the first one if that is NULL; NULL: there is no more.
 */
struct client *tools_next(const struct tools *ts, const struct client *t);

/*
 * tools_receive(t, data, size):
 * Receive a message, if poll says that there is one.  Return its length, or 0.
 */
size_t tools_receive(struct client *t, uint8_t *data, size_t size);

/*
 * tools_close(t), tools_closing(t), tools_remove(ts, t):
 * Have a tool let go in the next step; whether it is to be; disconnect and free it, when all others
 * are done with it.
 */
void tools_close(struct client *t);
bool tools_closing(const struct client *t);
void tools_remove(struct tools *ts, struct client *t);

/*
 * tools_free(ts):
 * Remove the socket and its directory, when all tools are gone; harmless where nothing was started.
 */
void tools_free(struct tools *ts);

/* ---- sessions ---- */

/*
 * tools_enter(t, number, members):
 * A session opens for a tool.
 */
void tools_enter(struct client *t, const uint8_t number[static SESSION_NUMBER_BYTES],
    const struct members *members);

/*
 * tools_busy(t), tools_in_session(t):
 * Whether a tool waits for a session, or one opens for it, or it is in one; the last alone.
 */
bool tools_busy(const struct client *t);
bool tools_in_session(const struct client *t);

/*
 * tools_too_many(ts):
 * Whether as many tools wait for sessions, or are in one, as there is room for.
 */
bool tools_too_many(const struct tools *ts);

/*
 * tools_number(t), tools_members(t):
 * Number and members of the session that opens or has begun.
 */
const uint8_t *tools_number(const struct client *t);
const struct members *tools_members(const struct client *t);

/*
 * tools_find(ts, number):
 * Return our tool in a session, which opens or has begun; NULL: it has ended, or there never was
 * one.
 */
struct client *tools_find(const struct tools *ts,
    const uint8_t number[static SESSION_NUMBER_BYTES]);

/* ---- what they are told ---- */

/*
 * tools_answer(t, message):
 * Send a message, which is freed.
 */
void tools_answer(struct client *t, struct buf *message);

/*
 * tools_failed(t, status, format, ...):
 * A tool does not get what it asked for, and fails with ${status}; why.
 */
void tools_failed(struct client *t, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * tools_failed_input(t, status, input, why):
 * The same, as others have another input than the tool's number ${input}, from 1; 0: it is for
 * another reason.
 */
void tools_failed_input(struct client *t, int status, size_t input, const char *why);

/*
 * tools_waits_for(t, missing):
 * For whom a tool waits, as a text.
 */
void tools_waits_for(struct client *t, const char *missing);

/* A member of a session, as a tool gets it. */
struct given {
	size_t index;
	enum channel_way way;
	const char *file; /* where it goes one way: what messages call it */
	const struct noise_cipher *send, *receive;
	const uint8_t *seed;
	int fd;
};

/*
 * tools_give(self, t, number, list, count):
 * A tool's session begins: give it what it needs for each of ${count} members, which are in the
 * order of the parties file.  Return false if the system does not carry any more descriptors now;
 * it is to be tried again when other tools have taken theirs.
 */
bool tools_give(const struct self *self, struct client *t,
    const uint8_t number[static SESSION_NUMBER_BYTES], const struct given *list, size_t count);

/*
 * tools_stored(t), tools_loss(t, by, whom):
 * What a tool has dealt is stored; member ${by} of its session has lost ${whom}.
 */
void tools_stored(struct client *t);
void tools_loss(struct client *t, size_t by, size_t whom);

/*
 * tools_lost(t, index, why), tools_peer_lost(ts, index, why):
 * To a tool in a session with a peer, or to all of them: the peer's agent is lost.
 */
void tools_lost(struct client *t, size_t index, const char *why);
void tools_peer_lost(struct tools *ts, size_t index, const char *why);

#endif /* !SMPC_AGENT_TOOLS_INTERNAL_H */
