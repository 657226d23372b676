#include "agent/link.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/tcp.h"
#include "base/bytes.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/names.h"
#include "net/clock.h"

#define MAGIC "\xb5LINK\r\n\x1a"
#define MAGIC_BYTES 8
#define VERSION 2
/*
 * Of a preface: magic, version, purpose, digest of the parties file, session number; then each name
 * behind its length.
 */
#define VERSION_AT MAGIC_BYTES
#define PURPOSE_AT (VERSION_AT + 1)
#define DIGEST_AT (PURPOSE_AT + 1)
#define SESSION_AT (DIGEST_AT + HASH_BYTES)
#define FIXED_BYTES (SESSION_AT + SESSION_NUMBER_BYTES)
#define PROLOGUE "smpc-link-1 Noise_KK_25519_ChaChaPoly_BLAKE2b chacha20-stream"
#define MESSAGE_BYTES NOISE_OVERHEAD
#define LENGTH_BYTES 2 /* of a record */
#define CONFIRM_BYTES (LENGTH_BYTES + NOISE_TAG_BYTES)
#define SEED_LABEL "smpc-seed-1"

enum verdict {
	VERDICT_WELCOME,
	VERDICT_PARTIES,  /* another parties file */
	VERDICT_NAME,     /* no such party here, or I am another one */
	VERDICT_STRANGER, /* the key is not that of the name */
	VERDICT_VERSION,  /* another version of this protocol */
	VERDICT_COUNT
};

/* What the initiator does next, and the responder. */
enum { DIAL_CONNECT, DIAL_VERDICT, DIAL_MESSAGE, DIAL_CONFIRM };
enum { ACCEPT_FIXED, ACCEPT_NAME, ACCEPT_NAMES, ACCEPT_MESSAGE, ACCEPT_CONFIRM, ACCEPT_REFUSE };

static struct link *
link_new(const struct link_self *self, bool initiator)
{
	struct link *l;

	if ((l = mem_array(1, sizeof(*l))) == NULL)
		return (NULL);
	l->self = self;
	l->initiator = initiator;
	l->fd = -1;
	l->ready = true;
	l->deadline = clock_ms() + LINK_TIMEOUT_MS;
	return (l);
}

static void
link_fail(struct link *l, const char *why)
{

	if (why != l->why)
		snprintf(l->why, sizeof(l->why), "%s", why);
	l->state = LINK_FAILED;
}

static void
link_put(struct link *l, const void *data, size_t bytes)
{

	memcpy(l->out + l->out_len, data, bytes);
	l->out_len += bytes;
}

static void
link_put_byte(struct link *l, size_t byte)
{
	uint8_t b = (uint8_t)byte;

	link_put(l, &b, 1);
}

/* Begin the handshake; the preface is in ${preface}. */
static int
link_start(struct link *l, const uint8_t *preface)
{
	const struct noise_prologue prologue = { .label = PROLOGUE, .label_bytes = sizeof(PROLOGUE),
		.about = preface, .about_bytes = l->preface_bytes };
	enum noise_role role = l->initiator ? NOISE_INITIATOR : NOISE_RESPONDER;
	const uint8_t *secret = l->self->identity->secret;
	struct noise_pair *pair;

	if (l->self->pairs == NULL)
		return (noise_start_keys(&l->handshake, NOISE_KK, role, secret, l->peer->key,
		    &prologue));
	pair = &l->self->pairs[l->peer - l->self->parties->entries];
	if (sodium_is_zero(pair->shared, sizeof(pair->shared)) &&
	    noise_pair(pair, secret, l->peer->key) == -1)
		return (-1);
	return (noise_start(&l->handshake, NOISE_KK, role, pair, &prologue));
}

/*
 * Derive the transport keys and a seed for generators that both sides share, from the chaining key.
 * Names, role, purpose and session number are in the prologue, but the chaining key does not depend
 * on it; so the label repeats them.
 */
static int
link_finish(struct link *l, const uint8_t *preface)
{
	uint8_t label[sizeof(SEED_LABEL) + LINK_PREFACE_MAX];

	memcpy(label, SEED_LABEL, sizeof(SEED_LABEL));
	memcpy(label + sizeof(SEED_LABEL), preface, l->preface_bytes);
	if (noise_split(&l->handshake, &l->send, &l->receive) == -1 ||
	    noise_export(&l->handshake, label, sizeof(SEED_LABEL) + l->preface_bytes,
	    l->seed) == -1)
		return (-1);
	noise_wipe(&l->handshake);
	return (0);
}

/* ---- the side that dials ---- */

/* Put preface and first message into the output, where the preface stays for later. */
static int
write_opening(struct link *l)
{
	uint8_t message[MESSAGE_BYTES];

	link_put(l, MAGIC, MAGIC_BYTES);
	link_put_byte(l, VERSION);
	link_put_byte(l, l->purpose);
	link_put(l, parties_digest(l->self->parties), HASH_BYTES);
	link_put(l, l->session, SESSION_NUMBER_BYTES);
	link_put_byte(l, strlen(l->self->party->name));
	link_put(l, l->self->party->name, strlen(l->self->party->name));
	link_put_byte(l, strlen(l->peer->name));
	link_put(l, l->peer->name, strlen(l->peer->name));
	l->preface_bytes = l->out_len;
	if (link_start(l, l->out) == -1 || noise_write(&l->handshake, NULL, 0, message) == -1)
		return (-1);
	link_put(l, message, sizeof(message));
	return (0);
}

/*
 * Call the next address that the peer has; a host may have some that are not served, or not
 * reached.
 */
static void
dial_next(struct link *l)
{

	while (l->fd == -1 && l->next_address < l->addresses.count)
		l->fd = tcp_dial(&l->addresses.list[l->next_address++], l->why, sizeof(l->why));
	if (l->fd == -1)
		link_fail(l, l->why);
}

struct link *
link_dial(const struct link_self *self, const struct party *peer, enum link_purpose purpose,
    const uint8_t session[static SESSION_NUMBER_BYTES])
{
	struct link *l;

	if ((l = link_new(self, true)) == NULL)
		return (NULL);
	l->peer = peer;
	l->purpose = purpose;
	memcpy(l->session, session, SESSION_NUMBER_BYTES);
	l->step = DIAL_CONNECT;
	if (write_opening(l) == -1)
		link_fail(l, "the handshake cannot begin");
	else if (tcp_resolve(peer->host, peer->port, true, &l->addresses, l->why,
	    sizeof(l->why)) == 0)
		dial_next(l);
	else if ((l->lookup = lookup_start(peer->host, peer->port)) == NULL)
		link_fail(l, "its name cannot be looked up now");
	return (l);
}

static void
explain_verdict(struct link *l, int verdict)
{
	static const char *const texts[VERDICT_COUNT] = { "",
		"it has another parties file (compare b2sum -l 256 of both)",
		"it does not know us by that name, or is somebody else itself",
		("it says that our key is not the one in its parties file, or its own key is not "
		"the one in ours"),
		"it runs another version of smpc-party" };

	l->refused = true;
	link_fail(l, (verdict > 0 && verdict < VERDICT_COUNT) ? texts[verdict] :
	    "it does not speak this protocol");
}

/* Take what the responder has sent so far; return whether a step was done. */
static bool
dial_step(struct link *l)
{
	uint8_t confirm[CONFIRM_BYTES] = { NOISE_TAG_BYTES, 0 };

	switch (l->step) {
	case DIAL_VERDICT:
		if (l->in_len < 1)
			return (false);
		if (l->in[0] != VERDICT_WELCOME) {
			explain_verdict(l, l->in[0]);
			return (false);
		}
		l->step = DIAL_MESSAGE;
		return (true);
	case DIAL_MESSAGE:
		if (l->in_len < 1 + MESSAGE_BYTES)
			return (false);
		if (l->in_len > 1 + MESSAGE_BYTES ||
		    noise_read(&l->handshake, l->in + 1, MESSAGE_BYTES,
		    confirm + LENGTH_BYTES) == -1 || link_finish(l, l->out) == -1 ||
		    noise_encrypt(&l->send, NULL, 0, confirm + LENGTH_BYTES) == -1) {
			l->refused = true;
			link_fail(l, "it does not have the key that the parties file gives for it");
			return (false);
		}
		link_put(l, confirm, sizeof(confirm));
		l->step = DIAL_CONFIRM;
		return (true);
	case DIAL_CONFIRM:
		if (l->out_pos == l->out_len)
			l->state = LINK_OPEN;
		return (false);
	default:
		return (false);
	}
}

/* ---- the side that is dialled ---- */

struct link *
link_accept(const struct link_self *self, int fd)
{
	struct link *l;

	if ((l = link_new(self, false)) == NULL) {
		close(fd);
		return (NULL);
	}
	l->fd = fd;
	l->dialled = true;
	l->step = ACCEPT_FIXED;
	return (l);
}

static bool
refuse_caller(struct link *l, enum verdict verdict, const char *why)
{

	link_put_byte(l, verdict);
	snprintf(l->why, sizeof(l->why), "%s", why);
	l->refused = true;
	l->step = ACCEPT_REFUSE;
	return (true);
}

static bool
check_fixed(struct link *l)
{
	const uint8_t *p = l->in;

	if (memcmp(p, MAGIC, MAGIC_BYTES) == 0 && p[VERSION_AT] != VERSION)
		return (refuse_caller(l, VERDICT_VERSION, "somebody runs another version of "
		    "smpc-party"));
	if (memcmp(p, MAGIC, MAGIC_BYTES) != 0 || (p[PURPOSE_AT] != LINK_CONTROL &&
	    p[PURPOSE_AT] != LINK_DATA)) {
		link_fail(l, "somebody connected who does not speak this protocol");
		return (false);
	}
	l->purpose = (enum link_purpose)p[PURPOSE_AT];
	memcpy(l->session, p + SESSION_AT, SESSION_NUMBER_BYTES);
	l->preface_bytes = FIXED_BYTES + 1;
	l->step = ACCEPT_NAME;
	return (true);
}

static bool
bad_names(struct link *l)
{

	link_fail(l, "somebody connected who gives no valid names");
	return (false);
}

/* Somebody has another parties file than we: the party of that name, if that is proven. */
static bool
refuse_parties(struct link *l, const char *from)
{
	char why[256];

	snprintf(why, sizeof(why), "%s'%s' has another parties file (compare b2sum -l 256 of both)",
	    l->proven ? "" : "somebody who says to be ", from);
	return (refuse_caller(l, VERDICT_PARTIES, why));
}

/* Both names are there: is it somebody else of the same parties file, who wants us? */
static bool
check_preface_names(struct link *l)
{
	char from[PARTY_NAME_BYTES + 1] = "", to[PARTY_NAME_BYTES + 1] = "", why[256];
	size_t from_len = l->in[FIXED_BYTES], to_len = l->in[FIXED_BYTES + 1 + from_len];

	memcpy(from, l->in + FIXED_BYTES + 1, from_len);
	memcpy(to, l->in + FIXED_BYTES + 2 + from_len, to_len);
	if (strlen(from) != from_len || !name_valid(from) || strlen(to) != to_len ||
	    !name_valid(to))
		return (bad_names(l));
	l->peer = parties_find(l->self->parties, from);
	l->other_parties = (memcmp(l->in + DIGEST_AT, parties_digest(l->self->parties),
	    HASH_BYTES) != 0);
	if (l->other_parties && (l->peer == NULL || l->peer == l->self->party))
		return (refuse_parties(l, from));
	if (l->peer == NULL || l->peer == l->self->party || strcmp(to, l->self->party->name) != 0) {
		snprintf(why, sizeof(why), "'%s' asks for '%s'", from, to);
		return (refuse_caller(l, VERDICT_NAME, why));
	}
	l->step = ACCEPT_MESSAGE;
	return (true);
}

/* Read the first message and answer it. */
static bool
answer_handshake(struct link *l)
{
	uint8_t nothing[1], message[MESSAGE_BYTES], *first = l->in + l->preface_bytes;
	char why[256];

	if (replays_known(l->self->replays, first, MESSAGE_BYTES)) {
		snprintf(l->why, sizeof(l->why), "a handshake in the name of '%s' was replayed",
		    l->peer->name);
		l->refused = true;
		link_fail(l, l->why);
		return (false);
	}
	if (link_start(l, l->in) == -1 ||
	    noise_read(&l->handshake, first, MESSAGE_BYTES, nothing) == -1) {
		if (l->other_parties)
			return (refuse_parties(l, l->peer->name));
		snprintf(why, sizeof(why), "somebody who says to be '%s' does not have that "
		    "party's key, or expects another key of ours", l->peer->name);
		return (refuse_caller(l, VERDICT_STRANGER, why));
	}
	replays_note(l->self->replays, first, MESSAGE_BYTES);
	l->proven = true;
	if (l->other_parties)
		return (refuse_parties(l, l->peer->name));
	if (noise_write(&l->handshake, NULL, 0, message) == -1 ||
	    link_finish(l, l->in) == -1) {
		link_fail(l, "the handshake failed");
		return (false);
	}
	link_put_byte(l, VERDICT_WELCOME);
	link_put(l, message, sizeof(message));
	l->step = ACCEPT_CONFIRM;
	return (true);
}

static bool
check_confirmation(struct link *l)
{
	uint8_t *p = l->in + l->preface_bytes + MESSAGE_BYTES, nothing[1];

	if (bytes_get(p, LENGTH_BYTES) != NOISE_TAG_BYTES ||
	    noise_decrypt(&l->receive, p + LENGTH_BYTES, NOISE_TAG_BYTES, nothing) == -1) {
		l->refused = true;
		snprintf(l->why, sizeof(l->why), "a handshake in the name of '%s' was not "
		    "confirmed: replayed or forged", l->peer->name);
		link_fail(l, l->why);
	} else
		l->state = LINK_OPEN;
	return (false);
}

static bool
accept_step(struct link *l)
{
	size_t len;

	switch (l->step) {
	case ACCEPT_FIXED:
		return (l->in_len >= FIXED_BYTES + 1 && check_fixed(l));
	case ACCEPT_NAME:
		len = l->in[FIXED_BYTES];
		if (len < 1 || len > PARTY_NAME_BYTES)
			return (bad_names(l));
		l->preface_bytes = FIXED_BYTES + 2 + len;
		if (l->in_len < l->preface_bytes)
			return (false);
		len = l->in[l->preface_bytes - 1];
		if (len < 1 || len > PARTY_NAME_BYTES)
			return (bad_names(l));
		l->preface_bytes += len;
		l->step = ACCEPT_NAMES;
		return (true);
	case ACCEPT_NAMES:
		return (l->in_len >= l->preface_bytes && check_preface_names(l));
	case ACCEPT_MESSAGE:
		return (l->in_len >= l->preface_bytes + MESSAGE_BYTES &&
		    answer_handshake(l));
	case ACCEPT_CONFIRM:
		return (l->in_len >= l->preface_bytes + MESSAGE_BYTES + CONFIRM_BYTES &&
		    check_confirmation(l));
	case ACCEPT_REFUSE:
		if (l->out_pos == l->out_len)
			link_fail(l, l->why);
		return (false);
	default:
		return (false);
	}
}

/*
 * How many bytes the step at hand needs in all: nothing that belongs to what follows the handshake
 * is read.
 */
static size_t
needed(const struct link *l)
{

	if (l->initiator)
		return ((l->step == DIAL_VERDICT) ? 1 : (l->step == DIAL_MESSAGE) ?
		    1 + MESSAGE_BYTES : l->in_len);
	switch (l->step) {
	case ACCEPT_FIXED:
		return (FIXED_BYTES + 1);
	case ACCEPT_NAME:
		return (FIXED_BYTES + 2 + l->in[FIXED_BYTES]);
	case ACCEPT_NAMES:
		return (l->preface_bytes);
	case ACCEPT_MESSAGE:
		return (l->preface_bytes + MESSAGE_BYTES);
	case ACCEPT_CONFIRM:
		return (l->preface_bytes + MESSAGE_BYTES + CONFIRM_BYTES);
	default:
		return (l->in_len);
	}
}

/* ---- both ---- */

int
link_descriptor(const struct link *l)
{

	return ((l->lookup != NULL) ? lookup_descriptor(l->lookup) : l->fd);
}

short
link_events(const struct link *l)
{

	if (l->lookup != NULL)
		return (POLLIN);
	if (!l->dialled || l->out_pos < l->out_len)
		return (POLLOUT | (l->dialled ? POLLIN : 0));
	return (POLLIN);
}

static bool
link_write(struct link *l)
{
	ssize_t n;

	if (l->out_pos == l->out_len)
		return (false);
	n = send(l->fd, l->out + l->out_pos, l->out_len - l->out_pos, MSG_NOSIGNAL);
	if (n == -1) {
		if (errno != EAGAIN && errno != EINTR)
			link_fail(l, strerror(errno));
		return (false);
	}
	l->out_pos += (size_t)n;
	return (n > 0);
}

static bool
link_read(struct link *l)
{
	size_t want = needed(l);
	ssize_t n;

	if (want <= l->in_len || want > sizeof(l->in))
		return (false);
	n = recv(l->fd, l->in + l->in_len, want - l->in_len, 0);
	if (n == 0) {
		link_fail(l, "the connection was closed during the handshake");
		return (false);
	}
	if (n == -1) {
		if (errno != EAGAIN && errno != EINTR)
			link_fail(l, strerror(errno));
		return (false);
	}
	l->in_len += (size_t)n;
	return (true);
}

/* Take the addresses when they are there. */
static void
take_lookup(struct link *l)
{

	if (!lookup_done(l->lookup))
		return;
	if (lookup_result(l->lookup, &l->addresses, l->why, sizeof(l->why)) == -1)
		link_fail(l, l->why);
	else
		dial_next(l);
	lookup_free(l->lookup);
	l->lookup = NULL;
}

/* Whether the connection stands; if it does not come about, call the next address. */
static bool
connected(struct link *l)
{
	struct pollfd p;

	while (l->state == LINK_OPENING) {
		p = (struct pollfd){ .fd = l->fd, .events = POLLOUT };
		if (poll(&p, 1, 0) != 1)
			break;
		if (tcp_dialled(l->fd, l->why, sizeof(l->why)) == 0)
			return (true);
		close(l->fd);
		l->fd = -1;
		dial_next(l);
	}
	return (false);
}

void
link_step(struct link *l)
{
	bool moved = true;

	if (l->state != LINK_OPENING)
		return;
	if (clock_ms() > l->deadline) {
		link_fail(l, l->dialled ? "it does not answer" : (l->lookup != NULL) ?
		    "its name could not be looked up in time" : "connection timed out: the network "
		    "or a firewall lets nothing through");
		return;
	}
	if (l->lookup != NULL)
		take_lookup(l);
	if (l->lookup != NULL || l->state != LINK_OPENING)
		return;
	if (!l->dialled) {
		if (!connected(l))
			return;
		l->dialled = true;
		l->step = DIAL_VERDICT;
	}
	while (moved && l->state == LINK_OPENING) {
		moved = link_write(l);
		if (l->state == LINK_OPENING)
			moved = link_read(l) || moved;
		if (l->state == LINK_OPENING)
			moved = (l->initiator ? dial_step(l) : accept_step(l)) || moved;
	}
}

void
link_step_ready(struct link *l)
{

	if (l->ready || clock_ms() > l->deadline)
		link_step(l);
	l->ready = false;
}

int
link_take(struct link *l)
{
	int fd = l->fd;

	l->fd = -1;
	return (fd);
}

void
link_free(struct link *l)
{

	if (l == NULL)
		return;
	if (l->fd != -1)
		close(l->fd);
	lookup_free(l->lookup);
	mem_wipe_free(l, sizeof(*l));
}
