#include "joint/reveal.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "crypto/prg.h"
#include "data/combine.h"
#include "data/writer.h"
#include "joint/reveal_internal.h"
#include "net/pipe.h"
#include "ring/ring.h"

/*
 * What all who hold shares compare: the structure, and the masked values, which the dealer does not
 * have.
 */
struct summary {
	uint8_t structure[HASH_BYTES];
	uint8_t masked[HASH_BYTES];
};

static const struct party *
own_party(const struct reveal *r)
{

	return (parties_find(r->parties, r->own));
}

/* ---- 1: do the streams agree? ---- */

static void
hash_rows(struct hash *structure, struct hash *masked, const struct rows *rows)
{

	if (rows->first_row == 0)
		hash_bytes(structure, rows->part->id, ID_BYTES);
	if (rows->ends_part)
		hash_u64(structure, rows->first_row + rows->rows);
	if (part_is_computing(rows->part))
		hash_bytes(masked, rows->plane[PART_PLANE_M],
		    rows->rows * rows->part->cols * sizeof(uint64_t));
}

int
reveal_check_share(const struct part *p, const char *name, const char *own)
{

	if (p->scheme != SCHEME_MASKED)
		return (fail(ST_USAGE, "%s: is not shared by the masked scheme, which sessions "
		    "take; put the shares together with smpc-reveal FILE ... instead", name));
	if (strcmp(part_party(p), own) != 0)
		return (fail(ST_REFUSED, "%s: is a share of party '%s', and this is '%s'", name,
		    part_party(p), own));
	return (budgets_refuse("what is to be revealed"));
}

/* Read our whole share once, and sum it up. */
static int
summarize(const struct reveal *r, struct summary *s)
{
	struct hash structure, masked;
	struct reader *reader;
	struct rows rows;
	int rc = -1;

	hash_init(&structure);
	hash_init(&masked);
	if ((reader = r->open(r->state)) == NULL)
		return (-1);
	while ((rc = reader_rows(reader, SIZE_MAX, &rows)) == 1) {
		if ((rc = reveal_check_share(rows.part, reader_name(reader), r->own)) == -1)
			break;
		hash_rows(&structure, &masked, &rows);
	}
	hash_final(&structure, s->structure);
	hash_final(&masked, s->masked);
	reader_close(reader);
	return (rc);
}

static bool
holds_share(enum party_role role)
{

	return (role == PARTY_DEALER || role == PARTY_COMPUTING);
}

static int
compare_summaries(const struct reveal *r, const struct summary *own, const struct summary *others)
{
	const struct session_peer *peer;
	size_t i;

	for (i = 0; i < session_peers(r->session); i++) {
		peer = session_peer(r->session, i);
		if (!holds_share(peer->role))
			continue;
		if (memcmp(own->structure, others[i].structure, HASH_BYTES) != 0)
			return (fail(ST_REFUSED, "the stream of party '%s' has other ids or rows "
			    "than ours: not the same steps", peer->name));
		if (own_party(r)->role == PARTY_COMPUTING && peer->role == PARTY_COMPUTING &&
		    memcmp(own->masked, others[i].masked, HASH_BYTES) != 0)
			return (fail(ST_REFUSED, "party '%s' holds other masked values than we: an "
			    "owner gave different ones, or a share is damaged", peer->name));
	}
	return (0);
}

/*
 * How much of the summaries two members exchange.  The dealer gets nothing that depends on m, not
 * even a hash: he knows all masks and could try out what the hash is of.
 */
static size_t
compared_bytes(enum party_role a, enum party_role b)
{

	if (a == PARTY_COMPUTING && b == PARTY_COMPUTING)
		return (sizeof(struct summary));
	return ((holds_share(a) && holds_share(b)) ? offsetof(struct summary, masked) : 0);
}

/* All tell all whether they found a difference, so that everybody ends with the same status. */
static int
settle_refusal(const struct reveal *r, int rc)
{
	struct exchange items[SESSION_MAX_MEMBERS];
	uint8_t own = (rc == 0), others[SESSION_MAX_MEMBERS];
	size_t i;

	for (i = 0; i < session_peers(r->session); i++)
		items[i] = (struct exchange){ .out = &own, .out_bytes = sizeof(own),
			.in = &others[i], .in_bytes = sizeof(others[i]) };
	if (session_exchange(r->session, items) == -1)
		return (-1);
	for (i = 0; i < session_peers(r->session) && rc == 0; i++) {
		if (others[i] != 1)
			rc = fail(ST_REFUSED, "party '%s' refuses: the parties' shares do not "
			    "agree", session_peer(r->session, i)->name);
	}
	return (rc);
}

static int
agree_on_shares(const struct reveal *r)
{
	struct summary own, others[SESSION_MAX_MEMBERS];
	struct exchange items[SESSION_MAX_MEMBERS];
	size_t i, bytes;

	if (summarize(r, &own) == -1)
		return (-1);
	for (i = 0; i < session_peers(r->session); i++) {
		bytes = compared_bytes(own_party(r)->role, session_peer(r->session, i)->role);
		items[i] = (struct exchange){ .out = &own, .out_bytes = bytes,
			.in = &others[i], .in_bytes = bytes };
	}
	if (session_exchange(r->session, items) == -1)
		return (-1);
	return (settle_refusal(r, compare_summaries(r, &own, others)));
}

/* ---- 2: sending, with masks that are drawn anew ---- */

/*
 * A stream to one receiver: our share of it, and the keys that we share with the other computing
 * parties for it.
 */
struct sending {
	const struct reveal *r;
	bool to_dealer;
	size_t n_keys;
	struct reveal_key keys[SESSION_MAX_MEMBERS];
	uint64_t value; /* position in the keys' streams */
	struct mem_words lam, rho;
};

/*
 * The key for this receiver that we share with another computing party: the session's seed is used
 * for nothing else.
 */
static void
derive_key(uint8_t key[static PRG_KEY_BYTES], const struct session_peer *peer, size_t receiver)
{
	struct hash h;

	hash_init(&h);
	hash_string(&h, "smpc-reveal-1");
	hash_bytes(&h, peer->seed, sizeof(peer->seed));
	hash_u64(&h, receiver);
	hash_final(&h, key);
}

size_t
reveal_keys(const struct session *session, size_t receiver,
    struct reveal_key keys[static SESSION_MAX_MEMBERS])
{
	const struct session_peer *peer;
	size_t n = 0, i;

	for (i = 0; i < session_peers(session); i++) {
		peer = session_peer(session, i);
		if (peer->role != PARTY_COMPUTING || peer->index == receiver)
			continue;
		derive_key(keys[n].key, peer, receiver);
		keys[n++].add = (session_own_index(session) < peer->index);
	}
	return (n);
}

/* lam = lam_i + rho_i; to the dealer nothing. */
static int
remask(struct sending *s, const struct rows *rows)
{
	size_t n = rows->rows * rows->part->cols, i;
	uint64_t *lam;
	struct ring R;

	if (mem_words_reserve(&s->lam, n, 0, n) == -1 || mem_words_reserve(&s->rho, n, 0, n) == -1)
		return (-1);
	lam = s->lam.word;
	ring_init(&R, 0);
	if (s->to_dealer) {
		memset(lam, 0, n * sizeof(*lam));
		return (0);
	}
	memcpy(lam, rows->plane[PART_PLANE_LAM], n * sizeof(*lam));
	for (i = 0; i < s->n_keys; i++) {
		prg_words(s->rho.word, n, s->keys[i].key, s->value);
		if (s->keys[i].add)
			ring_add(&R, lam, lam, s->rho.word, n);
		else
			ring_sub(&R, lam, lam, s->rho.word, n);
	}
	s->value += n;
	return (0);
}

/* What is sent is what was compared before, as r->open has it. */
static int
send_rows(struct sending *s, struct reader *reader, struct writer *w)
{
	struct rows rows;
	bool begun = false;
	int rc;

	while ((rc = reader_rows(reader, SIZE_MAX, &rows)) == 1) {
		if (reveal_check_share(rows.part, reader_name(reader), s->r->own) == -1)
			return (-1);
		if ((!begun && writer_begin(w, rows.part) == -1) || remask(s, &rows) == -1 ||
		    writer_rows(w, rows.rows, (const uint64_t *const[PART_MAX_PLANES]){
		    [PART_PLANE_M] = rows.plane[PART_PLANE_M],
		    [PART_PLANE_LAM] = s->lam.word }) == -1)
			return (-1);
		begun = !rows.ends_part;
		if (rows.ends_part && writer_end(w) == -1)
			return (-1);
	}
	return (rc);
}

/* Send our share to member ${peer}. */
static int
send_share(const struct reveal *r, size_t peer)
{
	struct session_pipe pipe = { .session = r->session, .peer = peer };
	const struct session_peer *to = session_peer(r->session, peer);
	struct sending *s;
	struct reader *reader = NULL;
	struct writer *w = NULL;
	int rc = -1;

	if ((s = mem_array(1, sizeof(*s))) == NULL)
		return (-1);
	s->r = r;
	s->to_dealer = (to->role == PARTY_DEALER);
	s->n_keys = reveal_keys(r->session, to->index, s->keys);
	if ((reader = r->open(r->state)) != NULL &&
	    (w = writer_to(sink_function(pipe_write, &pipe, to->name), false)) != NULL)
		rc = send_rows(s, reader, w);
	if (rc == 0)
		rc = writer_close(w);
	else
		writer_abort(w);
	if (rc == 0)
		rc = pipe_end(&pipe);
	reader_close(reader);
	mem_words_free(&s->lam);
	mem_words_free(&s->rho);
	mem_wipe_free(s, sizeof(*s));
	return (rc);
}

/* ---- 3: receiving ---- */

/*
 * Whether member ${peer} sends to one with our role: every computing party does, and to the dealer
 * the first alone.
 */
static bool
sends_to_us(const struct reveal *r, size_t peer)
{
	size_t i;

	if (session_peer(r->session, peer)->role != PARTY_COMPUTING)
		return (false);
	if (own_party(r)->role != PARTY_DEALER)
		return (true);
	for (i = 0; i < peer; i++) {
		if (session_peer(r->session, i)->role == PARTY_COMPUTING)
			return (false);
	}
	return (true);
}

static int
receive(const struct reveal *r)
{
	struct session_pipe pipes[SESSION_MAX_MEMBERS];
	struct reader *readers[SESSION_MAX_MEMBERS + 1] = { NULL };
	struct combine *c = NULL;
	size_t i, n = 0;
	int rc = -1;

	memset(pipes, 0, sizeof(pipes));
	if (r->open != NULL && (readers[n++] = r->open(r->state)) == NULL)
		return (-1);
	for (i = 0; i < session_peers(r->session); i++) {
		if (!sends_to_us(r, i))
			continue;
		pipes[i] = (struct session_pipe){ .session = r->session, .peer = i };
		readers[n] = reader_from(source_function(pipe_read, &pipes[i],
		    session_peer(r->session, i)->name, NULL));
		if (readers[n++] == NULL)
			goto out;
	}
	if ((c = combine_new(readers, n, false)) != NULL)
		rc = print_tensors(c, r->print);
out:
	combine_free(c);
	for (i = 0; i < n; i++)
		reader_close(readers[i]);
	return (rc);
}

/* ---- all of it ---- */

/* The turn of one receiver. */
static int
receiver_turn(const struct reveal *r, const struct party *receiver)
{
	const struct party *own = own_party(r);
	size_t i;
	int peer;

	if (receiver == own)
		return (receive(r));
	if (own->role != PARTY_COMPUTING || (peer = session_find(r->session, receiver->name)) == -1)
		return (0);
	/* The dealer gets m from the first computing party alone. */
	for (i = 0; receiver->role == PARTY_DEALER && i < session_peers(r->session); i++) {
		if (session_peer(r->session, i)->role == PARTY_COMPUTING &&
		    session_peer(r->session, i)->index < session_own_index(r->session))
			return (0);
	}
	return (send_share(r, (size_t)peer));
}

int
reveal_run(const struct reveal *r)
{
	const struct party *p;
	size_t i;

	if (session_peers(r->session) > SESSION_MAX_MEMBERS)
		return (fail(ST_FAILED, "a session of more than %d other parties",
		    SESSION_MAX_MEMBERS));
	if (session_claim_seeds(r->session) == -1 || ((r->open != NULL) ? agree_on_shares(r) :
	    settle_refusal(r, 0)) == -1)
		return (-1);
	for (i = 0; i < r->parties->count; i++) {
		p = &r->parties->entries[i];
		if (strcmp(r->to, "all") == 0 ? !holds_share(p->role) : strcmp(r->to, p->name) != 0)
			continue;
		if (receiver_turn(r, p) == -1)
			return (-1);
	}
	return (0);
}
