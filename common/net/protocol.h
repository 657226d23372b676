#ifndef SMPC_NET_PROTOCOL_H
#define SMPC_NET_PROTOCOL_H

/*
 * Messages between agents (over control links) and between a tool and its agent (over a local
 * socket); for the two ends, agent/ and net/, alone.
 */

#include <stddef.h>

#include "crypto/hash.h"

/* Agent to agent.  The first byte tells which; then the fields, as wire.h has them. */
enum control_message {
	/*
	 * ticket 8, brief 32, full 32, nonce 32, guest 1, count 2, members 2 each, descriptor
	 * string
	 */
	CONTROL_WAIT = 1,
	/* ticket 8, status with which its patience has ended, or 0, 1, reason string */
	CONTROL_CANCEL,
	CONTROL_START,    /* full 32, count 2; of each member: index 2, ticket 8, nonce 32 */
	CONTROL_ABORT,    /* session 32, reason string */
	/* exit status 1, whether the reason says what inputs are 1, reason string, or empty */
	CONTROL_GONE,
	CONTROL_PING,     /* nothing */
	/*
	 * session 32, index of the member that a tool lost first 2; our own: the tool has ended
	 * amid it
	 */
	CONTROL_LOST,
	CONTROL_OPENED,   /* session 32; to the party that announced it: all links are there */
	/*
	 * brief 32, full 32, guest 1, ms for which its tool would have waited 4: a tool of its does
	 * not take part in this step
	 */
	CONTROL_DECLINE
};

/* Tool to agent. */
enum tool_message {
	/* wait in ms 4, flags 1, count 2, names of members who share nothing, descriptor string */
	TOOL_OPEN = 1,
	TOOL_UNSEAL,   /* preamble of a sealed stream, to the end of the message */
	TOOL_SEAL,     /* name of the recipient */
	TOOL_LOST,     /* index of the member that was lost first 2 */
	TOOL_DONE,     /* nothing: the session is over, and all is well */
	TOOL_STATUS,   /* nothing: how is the agent? */
	/*
	 * ids 32 each, to the end: what the next message of the tool, which is one of the two below
	 * or TOOL_OPEN, is about; of many ids, there are several of these
	 */
	TOOL_PARTS,
	/*
	 * id 32, kind 1, flags 1, rows 8, least 8, among 8, operation string: there is this part,
	 * made of those
	 */
	TOOL_NOTE,
	/*
	 * operation string, to whom string, how often 4, least 8, among 8: may figures of those be
	 * revealed, of cells of the least of so many rows, or, if that is 0, of all of them?
	 */
	TOOL_REVEALS
};

/* Agent to tool. */
enum agent_message {
	/*
	 * session 32, own index 2, parties digest 32, count 2; of each peer: index 2, name, role 1,
	 * way 1, name of its file, keys and nonces, seed; descriptors
	 */
	AGENT_READY = 1,
	AGENT_FAILED,    /* status 1, number of the input that differs, or 0, 2, reason string */
	AGENT_WAITING,   /* for whom, string */
	AGENT_LOST,      /* peer's index 2, reason string: its agent is gone without a word */
	AGENT_UNSEALED,  /* key 32, nonce 8, sender's name */
	AGENT_SEALED,    /* key 32, nonce 8, preamble to the end */
	/*
	 * a member's index 2, that of the one that it lost 2: itself, if it has ended amid the
	 * session
	 */
	AGENT_LOSS,
	/* nothing: what was dealt beforehand in this session is whole, in answer to TOOL_DONE */
	AGENT_STORED,
	AGENT_STATUS,    /* lines of text */
	AGENT_AGREES     /* nothing: in answer to TOOL_NOTE and TOOL_REVEALS */
};

/*
 * Flags of TOOL_OPEN: whether the tool is a guest; and what the dealer does, enum session_dealer.
 */
#define OPEN_GUEST 1
#define OPEN_DEALER(flags) ((flags) >> 1 & 3)

/* Flags of TOOL_NOTE: the part is of a model; all of it may be one row of an input. */
#define NOTE_MODEL 1
#define NOTE_MIXED 2
#define PARTS_PER_MESSAGE 1024

#define AGENT_SPEAKS_MS 3000
#define AGENT_SILENT_MS 15000
#define PROTOCOL_MAX_BYTES 60000
#define REASON_BYTES 800    /* room for one that agents give each other */
#define LOST_WHY_MAX 256   /* and for one that an agent was lost for */
#define AGENT_WHY_MAX 1100 /* room for a reason that an agent gives */
#define NONCE_BYTES HASH_BYTES

#endif /* !SMPC_NET_PROTOCOL_H */
