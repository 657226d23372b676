/*
 * A member of a session, and what others who lie send it inside authenticated channels.  The first
 * byte says what all do, the second one which member is honest, and, with its bit 6, that the
 * others tell it what they tell another one.  Then changes to what they send, each of them a
 * sender, 1 byte, a position, 2 bytes, and a byte to be combined with the one there by exclusive
 * or; position 65535 cuts that many bytes off the end.
 *
 * Without a lie all is as in the honest run.  With lies a member ends, with a reason if it has
 * failed; what it has stored by then is whole, and its own share; and what it was to compare before
 * it sends its share of a result was compared: it sends nothing else where that differs.
 */

#include <sodium.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "check.h"
#include "data/identity.h"
#include "data/parties.h"
#include "data/sharer.h"
#include "joint/deliver.h"
#include "joint/joint.h"
#include "joint/reveal.h"

#define N 3 /* a dealer, alice, bob */
#define ROWS 5
#define COLUMNS 2
#define CHANGE_BYTES 4
#define CUT 65535
#define OTHER 0x40
#define RECORD_BYTES (2 + NOISE_TAG_BYTES) /* besides what is in it */
#define GATHERED 8
#define COMPARED (2 * HASH_BYTES) /* by those who reveal, at most, and a byte to say the outcome */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum job { JOB_WORK, JOB_REVEAL_TO_ALICE, JOB_REVEAL_TO_ALL, JOB_REVEAL_TO_DEALER, JOB_DELIVER,
	JOBS };

static const char *const names[N] = { "dealer", "alice", "bob" };
static struct parties *parties;
static struct part *parts[N]; /* that of each */
static struct buf shares[N];
static char directory[] = "/tmp/smpc-fuzz-XXXXXX";

/* What passed from one to another in an honest run, and what came of it at each. */
struct honest {
	bool known;
	struct buf said[N][N];
	struct buf got[N];
};

static struct honest runs[JOBS];

/* ---- what a member does ---- */

static int
keep(void *state, const void *data, size_t bytes)
{

	return (buf_append(state, data, bytes));
}

/* Agree, gather, multiply, check, settle. */
static int
work(struct session *s, size_t self, struct buf *got)
{
	static const uint8_t digest[HASH_BYTES] = { 7 };
	const struct bilinear B = bilinear_elements(ROWS);
	struct mpc_vector x = { .n = 0 }, z = { .n = 0 };
	uint8_t own[GATHERED], all[N * GATHERED];
	struct joint j;
	int rc;

	memset(own, (int)self, sizeof(own));
	if ((rc = joint_open(&j, s, parts[self], "fuzz", false)) == 0 &&
	    (rc = joint_agree(&j, digest)) == 0 &&
	    (rc = joint_gather(&j, own, sizeof(own), all)) == 0 &&
	    (rc = mpc_vector_new(j.S, &x, ROWS)) == 0 &&
	    (rc = mpc_vector_new(j.S, &z, ROWS)) == 0 &&
	    (rc = mpc_product(j.S, &z, &B, &x, &x)) == 0 && (rc = mpc_check(j.S)) == 0 &&
	    (rc = joint_settle(&j)) == 0)
		rc = keep(got, all, sizeof(all));
	mpc_vector_free(&x);
	mpc_vector_free(&z);
	joint_close(&j);
	return (rc);
}

static struct reader *
open_share(void *state)
{
	const struct buf *share = state;

	return (reader_from(source_memory(share->data, share->len, "share", NULL)));
}

/*
 * Take a file's content, and remove it.  A party that has failed has left none, unless it still had
 * others to send to.
 */
static int
take_output(const char *path, bool may_have_more, int rc, struct buf *got)
{
	char data[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		return (rc);
	fuzz_check(rc == 0 || may_have_more);
	while ((n = fread(data, 1, sizeof(data), f)) > 0)
		fuzz_check(buf_append(got, data, n) == 0);
	fclose(f);
	fuzz_check(unlink(path) == 0);
	return (rc);
}

static int
reveal(struct session *s, size_t self, const char *to, struct buf *got)
{
	char path[100];
	const struct print_options print = { .format = PRINT_JSON, .path = path };
	const struct reveal r = { .session = s, .parties = parties, .to = to, .own = names[self],
		.open = open_share, .state = &shares[self], .print = &print };

	snprintf(path, sizeof(path), "%s/%zu", directory, self);
	return (take_output(path, strcmp(to, "all") == 0, reveal_run(&r), got));
}

/* Bob shares what he has, with himself, too. */
static int
deliver(struct session *s, struct buf *got)
{
	struct sink *local = sink_function(keep, got, "bob"), *sinks[N] = { NULL };
	struct delivery d;
	size_t i;
	int rc;

	fuzz_check(local != NULL);
	rc = deliver_open(&d, s, names, N, "bob", local, sinks);
	for (i = 0; rc == 0 && i < N; i++)
		rc = sink_write(sinks[i], shares[i].data, shares[i].len);
	for (i = 0; i < N; i++) {
		if (sinks[i] != NULL && rc == 0)
			rc = sink_commit(sinks[i]);
		else if (sinks[i] != NULL)
			sink_abort(sinks[i]);
	}
	return ((rc == 0) ? deliver_end(&d) : -1);
}

static int
receive(struct session *s, size_t self, struct buf *got)
{
	struct writer *w = writer_to(sink_function(keep, got, "got"), false);
	int rc;

	fuzz_check(w != NULL);
	rc = deliver_receive(s, "bob", names[self], w);
	if (rc == 0)
		rc = writer_close(w);
	else
		writer_abort(w);
	return (rc);
}

static int
run_job(enum job job, struct session *s, size_t self, struct buf *got)
{

	switch (job) {
	case JOB_WORK:
		return (work(s, self, got));
	case JOB_REVEAL_TO_ALICE:
		return (reveal(s, self, "alice", got));
	case JOB_REVEAL_TO_ALL:
		return (reveal(s, self, "all", got));
	case JOB_REVEAL_TO_DEALER:
		return (reveal(s, self, "dealer", got));
	default:
		return ((self == 2) ? deliver(s, got) : receive(s, self, got));
	}
}

/* ---- carriers ---- */

/* The key of what one says to another. */
static struct noise_cipher
cipher_of(size_t from, size_t to)
{

	return ((struct noise_cipher){ .k = { (uint8_t)(1 + from), (uint8_t)(1 + to) },
	    .keyed = 1 });
}

/*
 * One end of a connection: of a real one, of which it is noted what comes; or to somebody who says
 * what is in ${says}, whatever he hears.
 */
struct end {
	struct carrier real; /* of an honest run */
	struct buf *noted;
	const struct buf *says;
	size_t said, out_at, out_bytes;
	uint8_t out[RECORD_BYTES + NOISE_PLAIN_MAX];
	struct noise_cipher key;
	size_t heard; /* bytes that were written to him */
};

static ssize_t
end_read(void *state, void *data, size_t bytes)
{
	struct end *e = state;
	size_t n, length;
	ssize_t got;

	if (e->noted != NULL) {
		if ((got = e->real.read(e->real.state, data, bytes)) > 0)
			fuzz_check(buf_append(e->noted, data, (size_t)got) == 0);
		return (got);
	}
	if (e->out_at == e->out_bytes && e->said < e->says->len) {
		n = e->says->len - e->said;
		if (n > NOISE_PLAIN_MAX)
			n = NOISE_PLAIN_MAX;
		length = n + NOISE_TAG_BYTES;
		e->out[0] = length & 0xff;
		e->out[1] = (uint8_t)(length >> 8);
		fuzz_check(noise_encrypt(&e->key, (const uint8_t *)e->says->data + e->said, n,
		    e->out + 2) == 0);
		e->said += n;
		e->out_at = 0;
		e->out_bytes = 2 + length;
	}
	n = e->out_bytes - e->out_at;
	n = (n < bytes) ? n : bytes;
	memcpy(data, e->out + e->out_at, n);
	e->out_at += n;
	return ((ssize_t)n);
}

static ssize_t
end_write(void *state, const void *data, size_t bytes)
{
	struct end *e = state;

	if (e->noted != NULL)
		return (e->real.write(e->real.state, data, bytes));
	e->heard += bytes;
	return ((ssize_t)bytes);
}

static void
end_close(void *state)
{
	struct end *e = state;

	if (e->noted != NULL)
		e->real.close(e->real.state);
}

static int
end_descriptor(void *state)
{
	struct end *e = state;

	return ((e->noted != NULL) ? e->real.descriptor(e->real.state) : -1);
}

/* The session of a member, over these ends to the others. */
static struct session *
session_of(size_t self, struct end ends[static N])
{
	static const uint8_t number[SESSION_NUMBER_BYTES] = { 3 };
	struct session *s = session_join(number, self, 1, N - 1);
	struct session_peer peer;
	struct noise_cipher send, receive_key;
	struct carrier c;
	struct channel *channel;
	size_t i;

	fuzz_check(s != NULL);
	for (i = 0; i < N; i++) {
		if (i == self)
			continue;
		memset(&peer, 0, sizeof(peer));
		snprintf(peer.name, sizeof(peer.name), "%s", names[i]);
		peer.role = parties->entries[i].role;
		peer.index = i;
		memset(peer.seed, (int)(10 * (i + self) + i * self), sizeof(peer.seed));
		c = (struct carrier){ end_read, end_write, end_close, end_descriptor, &ends[i] };
		send = cipher_of(self, i);
		receive_key = cipher_of(i, self);
		fuzz_check((channel = channel_new(names[i], &c, &send, &receive_key)) != NULL);
		session_add(s, &peer, channel);
	}
	return (s);
}

/* ---- an honest run ---- */

struct member {
	enum job job;
	size_t self;
	struct end ends[N];
	int rc;
};

static void *
run_member(void *arg)
{
	struct member *m = arg;
	struct session *s = session_of(m->self, m->ends);

	m->rc = run_job(m->job, s, m->self, &runs[m->job].got[m->self]);
	if (m->rc == 0)
		m->rc = session_close(s);
	else
		session_abort(s);
	return (NULL);
}

/* Decrypt what was noted. */
static void
open_records(struct buf *said, size_t from, size_t to)
{
	struct noise_cipher key = cipher_of(from, to);
	struct buf plain = { NULL, 0, 0 };
	uint8_t *p = (uint8_t *)said->data;
	size_t at, length;

	for (at = 0; said->len - at > 2; at += 2 + length) {
		length = p[at] | (size_t)p[at + 1] << 8;
		fuzz_check(noise_decrypt(&key, p + at + 2, length, p + at + 2) == 0);
		fuzz_check(buf_append(&plain, p + at + 2, length - NOISE_TAG_BYTES) == 0);
	}
	buf_free(said);
	*said = plain;
}

static void
record_run(enum job job)
{
	struct member *members = mem_array(N, sizeof(*members));
	struct honest *h = &runs[job];
	pthread_t threads[N];
	int fds[2];
	size_t i, k;

	fuzz_check(members != NULL);
	for (i = 0; i < N; i++) {
		members[i].job = job;
		members[i].self = i;
		for (k = 0; k < i; k++) {
			fuzz_check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
			members[i].ends[k].real = carrier_socket(fds[0]);
			members[k].ends[i].real = carrier_socket(fds[1]);
			members[i].ends[k].noted = &h->said[k][i];
			members[k].ends[i].noted = &h->said[i][k];
		}
	}
	for (i = 0; i < N; i++)
		fuzz_check(pthread_create(&threads[i], NULL, run_member, &members[i]) == 0);
	for (i = 0; i < N; i++) {
		fuzz_check(pthread_join(threads[i], NULL) == 0 && members[i].rc == 0);
		for (k = 0; k < N; k++)
			open_records(&h->said[k][i], k, i);
	}
	free(members);
	h->known = true;
}

/* ---- one with lies ---- */

/* What the others say to ${self}, with changes; return whether there are any. */
static bool
tell(const struct honest *h, size_t self, struct buf says[static N], bool other,
    const uint8_t *data, size_t size)
{
	/* dealer and alice stand for each other */
	size_t to = (other && self < 2) ? 1 - self : self;
	struct buf *b;
	size_t i, at;
	bool lies = false;

	for (i = 0; i < N; i++)
		fuzz_check(buf_append(&says[i], h->said[i][to].data, h->said[i][to].len) == 0);
	for (; size >= CHANGE_BYTES; data += CHANGE_BYTES, size -= CHANGE_BYTES) {
		b = &says[data[0] % N];
		at = data[1] | (size_t)data[2] << 8;
		if (at == CUT)
			b->len -= (data[3] < b->len) ? data[3] : b->len;
		else if (b->len > 0)
			b->data[at % b->len] ^= (char)data[3];
	}
	for (i = 0; i < N; i++)
		lies = lies || says[i].len != h->said[i][self].len || (says[i].len > 0 &&
		    memcmp(says[i].data, h->said[i][self].data, says[i].len) != 0);
	return (lies);
}

/* Whether a lie is in what those who hold shares compare first. */
static bool
lied_at_first(const struct honest *h, size_t self, const struct buf says[static N])
{
	size_t i, n;

	for (i = 0; i < N; i++) {
		/* to or from the dealer, only what he may know of it */
		n = (i == 0 || self == 0) ? HASH_BYTES : COMPARED;
		if (i != self && (says[i].len < n + 1 || memcmp(says[i].data,
		    h->said[i][self].data, n + 1) != 0))
			return (true);
	}
	return (false);
}

/*
 * Whether there is a lie in anything but what members gather, which may be what it likes: all else
 * is compared, or opened and compared then.
 */
static bool
lied_at_work(const struct honest *h, size_t self, const struct buf says[static N])
{
	/* nobody tells the dealer what is to be agreed on */
	size_t at = (self == 0) ? 0 : HASH_BYTES, i, k;

	for (i = 0; i < N; i++) {
		if (says[i].len != h->said[i][self].len)
			return (true);
		for (k = 0; k < says[i].len; k++) {
			if ((k < at || k >= at + GATHERED) &&
			    says[i].data[k] != h->said[i][self].data[k])
				return (true);
		}
	}
	return (false);
}

/* What a party stores must be a stream that can be read, of its own share. */
static void
check_stored(size_t self, const struct buf *got)
{
	struct reader *r = reader_from(source_memory(got->data, got->len, "stored", NULL));
	const struct record *record;
	int rc;

	fuzz_check(r != NULL);
	reader_takes_row_exponents(r);
	reader_takes_missing(r);
	while ((rc = reader_record(r, &record)) == 1)
		fuzz_check(strcmp(part_party(record->part), names[self]) == 0);
	fuzz_check(rc == 0);
	reader_close(r);
}

static void
hear_lies(enum job job, size_t self, bool other, const uint8_t *data, size_t size)
{
	const struct honest *h = &runs[job];
	struct end *ends = mem_array(N, sizeof(*ends));
	struct buf says[N] = { { NULL, 0, 0 } }, got = { NULL, 0, 0 };
	struct failure failure;
	struct session *s;
	bool lies = tell(h, self, says, other, data, size), first = lied_at_first(h, self, says);
	size_t i;
	int rc;

	fuzz_check(ends != NULL);
	for (i = 0; i < N; i++) {
		ends[i].says = &says[i];
		ends[i].key = cipher_of(i, self);
	}
	s = session_of(self, ends);
	diag_divert(&failure);
	rc = run_job(job, s, self, &got);
	if (rc == 0)
		rc = session_close(s);
	else
		session_abort(s);
	diag_divert(NULL);
	fuzz_check((rc == 0) == (failure.status == ST_OK));
	if (!lies)
		fuzz_check(rc == 0 && got.len == h->got[self].len && (got.len == 0 ||
		    memcmp(got.data, h->got[self].data, got.len) == 0));
	if (rc == 0 && job == JOB_DELIVER && self != 2)
		check_stored(self, &got);
	if (job == JOB_WORK)
		fuzz_check((rc == 0) == !lied_at_work(h, self, says));
	if (first && job != JOB_WORK && job != JOB_DELIVER) {
		fuzz_check(rc == -1);
		for (i = 0; i < N; i++)
			fuzz_check(ends[i].heard <= COMPARED + 1 + 2 * RECORD_BYTES);
	}
	for (i = 0; i < N; i++)
		buf_free(&says[i]);
	buf_free(&got);
	free(ends);
}

/* ---- set-up ---- */

static void
remove_directory(void)
{

	(void)rmdir(directory);
}

static void
make_parties(void)
{
	char json[1000] = "{\"version\":1,\"parties\":[", key[IDENTITY_TEXT_BYTES];
	struct identity identity;
	size_t i, n = strlen(json);

	for (i = 0; i < N; i++) {
		memset(identity.secret, (int)i + 1, sizeof(identity.secret));
		crypto_scalarmult_base(identity.public, identity.secret);
		identity_public_text(identity.public, key);
		n += (size_t)snprintf(json + n, sizeof(json) - n,
		    "%s{\"name\":\"%s\",\"role\":\"%s\",\"key\":\"%s\"}", (i > 0) ? "," : "",
		    names[i], (i == 0) ? "dealer" : "computing", key);
	}
	n += (size_t)snprintf(json + n, sizeof(json) - n, "]}");
	fuzz_check((parties = parties_load_memory(json, n, "parties.json")) != NULL);
}

/* Share a small table; keys are drawn at random, and so are not the same in every run. */
static void
make_shares(void)
{
	static const char *const columns[COLUMNS] = { "a", "b" };
	struct part *p = part_new();
	struct sink *sinks[N];
	struct sharer *s;
	struct reader *r;
	uint64_t *words;
	size_t i;

	fuzz_check(p != NULL && part_set_name(p, "data") == 0);
	fuzz_check(part_set_parties(p, names, N) == 0);
	fuzz_check(part_set_columns(p, columns, COLUMNS) == 0);
	p->scheme = SCHEME_MASKED;
	for (i = 0; i < N; i++)
		fuzz_check((sinks[i] = sink_function(keep, &shares[i], names[i])) != NULL);
	fuzz_check((s = sharer_new(p, sinks, false)) != NULL);
	fuzz_check(sharer_space(s, &words) >= ROWS);
	for (i = 0; i < ROWS * COLUMNS; i++)
		words[i] = i * i;
	fuzz_check(sharer_filled(s, ROWS) == 0 && sharer_end(s) == 0);
	sharer_free(s);
	part_free(p);
	for (i = 0; i < N; i++) {
		fuzz_check(sink_commit(sinks[i]) == 0);
		fuzz_check((r = open_share(&shares[i])) != NULL && reader_part(r, &p) == 0);
		parts[i] = part_ref(p);
		reader_close(r);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum job job;

	if (size < 2)
		return (0);
	if (parties == NULL) {
		fuzz_check(sodium_init() != -1);
		fuzz_check(mkdtemp(directory) != NULL && atexit(remove_directory) == 0);
		make_parties();
		make_shares();
	}
	job = (enum job)(data[0] % JOBS);
	if (!runs[job].known)
		record_run(job);
	hear_lies(job, data[1] % OTHER % N, (data[1] & OTHER) != 0, data + 2, size - 2);
	return (0);
}
