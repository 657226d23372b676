/*
 * Channels: what is sent arrives, in order, once, whole or not at all, whatever the carrier does.
 */

#include <sodium.h>

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "carrier_pair.h"
#include "child.h"
#include "net/channel.h"
#include "agent/tcp.h"
#include "tap.h"

#define RECORD_PLAIN ((size_t)65519)
#define MEBIBYTE ((size_t)1 << 20)

/* Two ends.  What a side sends, the other receives. */
struct ends {
	struct channel *a, *b;
};

static void
make_keys(struct noise_cipher keys[static 2])
{
	int i;

	for (i = 0; i < 2; i++) {
		keys[i] = (struct noise_cipher){ .keyed = 1 };
		randombytes_buf(keys[i].k, sizeof(keys[i].k));
	}
}

static struct ends
ends_over(const struct carrier carriers[static 2])
{
	struct noise_cipher keys[2];
	struct ends e;

	make_keys(keys);
	e.a = channel_new("bob", &carriers[0], &keys[0], &keys[1]);
	e.b = channel_new("alice", &carriers[1], &keys[1], &keys[0]);
	if (e.a == NULL || e.b == NULL)
		tap_bail("no channels");
	return (e);
}

static struct ends
ends_in_memory(void)
{
	struct carrier carriers[2];

	carrier_pair(carriers);
	return (ends_over(carriers));
}

static struct ends
ends_over_sockets(void)
{
	struct carrier carriers[2];
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1 || socket_nonblocking(fds[0]) == -1 ||
	    socket_nonblocking(fds[1]) == -1)
		tap_bail("no sockets");
	carriers[0] = carrier_socket(fds[0]);
	carriers[1] = carrier_socket(fds[1]);
	return (ends_over(carriers));
}

static void
ends_free(struct ends *e)
{

	channel_free(e->a);
	channel_free(e->b);
}

/* Step both until nothing moves.  Return 0, or -1 if a step failed. */
static int
settle(struct ends *e)
{
	int a, b;

	do {
		if ((a = channel_step(e->a)) == -1 || (b = channel_step(e->b)) == -1)
			return (-1);
	} while (a == 1 || b == 1);
	return (0);
}

static bool
at_rest(const struct channel *c)
{

	return (channel_unsent(c) == 0 && channel_wanted(c) == 0 && !channel_pending(c));
}

static uint8_t *
noise(size_t bytes)
{
	uint8_t *p = malloc((bytes > 0) ? bytes : 1);

	if (p == NULL)
		tap_bail("no memory");
	randombytes_buf(p, bytes);
	return (p);
}

/* ---- messages of all sizes ---- */

/* One message, from a to b; the memory it is wanted in has its size. */
static bool
carry(struct ends *e, size_t bytes)
{
	uint8_t *out = noise(bytes), *in = noise(bytes);
	bool good;

	channel_send(e->a, out, bytes);
	channel_flush(e->a);
	channel_receive(e->b, in, bytes);
	good = (settle(e) == 0 && at_rest(e->a) && at_rest(e->b) && memcmp(out, in, bytes) == 0);
	free(out);
	free(in);
	return (good);
}

/*
 * How many bytes ${bytes} of a message take on the wire, when they begin a record and are flushed.
 */
static uint64_t
wire_bytes_of(uint64_t bytes)
{

	return (bytes + 18 * ((bytes + RECORD_PLAIN - 1) / RECORD_PLAIN));
}

static void
test_sizes(struct ends e, const char *where)
{
	static const size_t sizes[] = { 0, 1, 2, 4096, RECORD_PLAIN - 1, RECORD_PLAIN,
		RECORD_PLAIN + 1, 65535, 65536, 65537,
		2 * RECORD_PLAIN - 1, 2 * RECORD_PLAIN, 4 * RECORD_PLAIN + 1, 5 * MEBIBYTE + 3 };
	const struct channel_counters *a = channel_counters(e.a), *b = channel_counters(e.b);
	uint64_t total = 0, wire = 0;
	size_t i, n = sizeof(sizes) / sizeof(sizes[0]);

	for (i = 0; i < n; i++) {
		ok(carry(&e, sizes[i]), "%s: a message of %zu bytes", where, sizes[i]);
		total += sizes[i];
		wire += wire_bytes_of(sizes[i]);
	}
	ok(a->bytes_sent == total && b->bytes_received == total, "%s: bytes are counted", where);
	ok(a->messages_sent == n && b->messages_received == n, "%s: messages too", where);
	ok(a->wire_sent == wire && b->wire_received == wire, "%s: and what is on the wire", where);
	ok(a->bytes_received + a->messages_received + a->wire_received + b->bytes_sent +
	    b->messages_sent + b->wire_sent == 0, "%s: nothing went back", where);
	ends_free(&e);
}

/* Both send before either receives: more than the carrier and the channels hold. */
static void
test_both_ways(struct ends e, size_t bytes, const char *where)
{
	uint8_t *out_a = noise(bytes), *out_b = noise(bytes), *in_a = noise(bytes),
	    *in_b = noise(bytes);

	channel_send(e.a, out_a, bytes);
	channel_send(e.b, out_b, bytes);
	channel_flush(e.a);
	channel_flush(e.b);
	channel_receive(e.a, in_a, bytes);
	channel_receive(e.b, in_b, bytes);
	ok(settle(&e) == 0 && at_rest(e.a) && at_rest(e.b), "%s: %zu MiB both ways at once come to "
	    "an end", where, bytes / MEBIBYTE);
	ok(memcmp(out_a, in_b, bytes) == 0 && memcmp(out_b, in_a, bytes) == 0,
	    "%s: and are what was sent", where);
	ok(channel_counters(e.a)->wire_sent == wire_bytes_of(bytes) &&
	    channel_counters(e.a)->wire_received == wire_bytes_of(bytes), "%s: both directions are "
	    "counted", where);
	free(out_a);
	free(out_b);
	free(in_a);
	free(in_b);
	ends_free(&e);
}

/* ---- packing and flushing ---- */

/* Send ${count} messages of ${bytes} bytes each from ${data}, in one flush. */
static bool
send_many(struct channel *c, const uint8_t *data, size_t bytes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		channel_send(c, data + i * bytes, bytes);
		while (channel_unsent(c) > 0) {
			if (channel_step(c) == -1)
				return (false);
		}
	}
	return (true);
}

static void
test_packing(void)
{
	struct ends e = ends_in_memory();
	uint8_t *out = noise(8000), *in = noise(8000);
	size_t i;

	ok(send_many(e.a, out, 8, 1000), "1000 messages of 8 bytes are taken");
	ok(channel_step(e.a) == 0 && !channel_pending(e.a) && channel_counters(e.a)->wire_sent == 0,
	    "nothing leaves before the flush");
	channel_flush(e.a);
	ok(channel_pending(e.a) && (channel_events(e.a) & POLLOUT) != 0, "then there is something "
	    "to write");
	for (i = 0; i < 8000; i += 80) {
		channel_receive(e.b, in + i, 80);
		if (settle(&e) == -1)
			break;
	}
	ok_bytes(in, out, 8000, "they arrive, in 100 messages of 80");
	ok_u64(channel_counters(e.a)->wire_sent, 8018, "in a single record");
	ok(channel_counters(e.a)->messages_sent == 1000 &&
	    channel_counters(e.b)->messages_received == 100, "messages are counted as they were "
	    "asked for");
	ok(!channel_pending(e.a) && (channel_events(e.a) & POLLOUT) == 0,
	    "nothing is left to write");
	free(out);
	free(in);
	ends_free(&e);
}

static void
test_flush(void)
{
	struct ends e = ends_in_memory();
	uint8_t *out = noise(2 * RECORD_PLAIN), *in = noise(2 * RECORD_PLAIN);
	const struct channel_counters *sent = channel_counters(e.a);

	channel_send(e.a, out, RECORD_PLAIN + 10);
	channel_receive(e.b, in, RECORD_PLAIN + 10);
	ok(settle(&e) == 0 && channel_unsent(e.a) == 0 && channel_wanted(e.b) == 10,
	    "a full record leaves by itself");
	channel_send(e.a, out + RECORD_PLAIN + 10, RECORD_PLAIN - 11);
	ok(settle(&e) == 0 && channel_wanted(e.b) == 10 &&
	    sent->wire_sent == wire_bytes_of(RECORD_PLAIN), "the short one waits, a byte before it "
	    "is full");
	channel_send(e.a, out + 2 * RECORD_PLAIN - 1, 1);
	ok(settle(&e) == 0 && channel_wanted(e.b) == 0 &&
	    sent->wire_sent == wire_bytes_of(2 * RECORD_PLAIN), "and leaves when that byte comes");
	channel_receive(e.b, in + RECORD_PLAIN + 10, RECORD_PLAIN - 10);
	ok_bytes(in, out, 2 * RECORD_PLAIN, "nothing is lost between records");
	channel_flush(e.a);
	ok(settle(&e) == 0 && !channel_pending(e.a) &&
	    sent->wire_sent == wire_bytes_of(2 * RECORD_PLAIN), "a flush with nothing to flush "
	    "sends nothing");
	channel_send(e.a, out, 5);
	ok(settle(&e) == 0 && sent->wire_sent == wire_bytes_of(2 * RECORD_PLAIN),
	    "and is over: what follows waits again");
	free(out);
	free(in);
	ends_free(&e);
}

/* ---- input that nobody wants yet ---- */

static void
test_unwanted(void)
{
	struct ends e = ends_in_memory();
	uint8_t *out = noise(MEBIBYTE), *in = noise(MEBIBYTE);
	static const size_t pieces[] = { 1, 0, 99, 65519, 65520, 500000 };
	size_t at = 0, i;

	channel_send(e.a, out, MEBIBYTE);
	channel_flush(e.a);
	ok(settle(&e) == 0 && at_rest(e.a), "1 MiB that nobody wants leaves");
	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); at += pieces[i++])
		channel_receive(e.b, in + at, pieces[i]);
	ok(channel_wanted(e.b) == 0 && memcmp(in, out, at) == 0, "it was kept, and is given in "
	    "pieces, without a step");
	channel_receive(e.b, in + at, MEBIBYTE - at);
	ok_bytes(in, out, MEBIBYTE, "to its end");
	channel_receive(e.b, in, 10);
	ok_u64(channel_wanted(e.b), 10, "and not twice");
	channel_send(e.a, out, 10);
	channel_flush(e.a);
	ok(settle(&e) == 0 && channel_wanted(e.b) == 0 && memcmp(in, out, 10) == 0,
	    "what is sent next follows it");
	free(out);
	free(in);
	ends_free(&e);
}

/* A record that is wanted in part: the rest is kept. */
static void
test_half_wanted(void)
{
	struct ends e = ends_in_memory();
	uint8_t *out = noise(100), *in = noise(100);

	channel_receive(e.b, in, 30);
	channel_send(e.a, out, 100);
	channel_flush(e.a);
	ok(settle(&e) == 0 && channel_wanted(e.b) == 0, "a wanted part of a record is given");
	channel_receive(e.b, in + 30, 70);
	ok(channel_wanted(e.b) == 0 && memcmp(in, out, 100) == 0, "the rest was kept");
	free(out);
	free(in);
	ends_free(&e);
}

static void
test_limit(void)
{
	struct ends e = ends_in_memory();
	size_t bytes = CHANNEL_MAX_UNWANTED + 4 * MEBIBYTE;
	uint8_t *out = noise(bytes), *in = noise(bytes);

	channel_send(e.a, out, bytes);
	channel_flush(e.a);
	ok(settle(&e) == 0 && channel_unsent(e.a) > 0, "a sender is held when 64 MiB are unwanted");
	ok(channel_counters(e.b)->wire_received <= wire_bytes_of(CHANNEL_MAX_UNWANTED + MEBIBYTE) &&
	    (channel_events(e.b) & POLLIN) == 0, "no more is read, nor polled for");
	channel_receive(e.b, in, bytes);
	ok(settle(&e) == 0 && at_rest(e.a) && at_rest(e.b) && memcmp(in, out, bytes) == 0,
	    "it goes on when they are wanted");
	free(out);
	free(in);
	ends_free(&e);
}

static size_t
peak_kib(void)
{
	unsigned long peak = 0;
	char line[256];
	FILE *f = fopen("/proc/self/status", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "VmHWM: %lu", &peak) == 1)
			break;
	}
	if (f != NULL)
		fclose(f);
	return (peak);
}

/*
 * The sender is always a little ahead of the receiver, for 100 MiB: something is unwanted at every
 * time, and still memory must not grow with all that has passed.  Return 0, or -1 if it did.
 */
static int
lag(void *arg)
{
	struct ends e = ends_in_memory();
	uint8_t *out = noise(MEBIBYTE), *in = noise(MEBIBYTE);
	size_t before, i;

	(void)arg;
	channel_send(e.a, out, 1000);
	channel_flush(e.a);
	if (settle(&e) == -1)
		return (-1);
	before = peak_kib();
	for (i = 0; i < 100; i++) {
		channel_send(e.a, out, MEBIBYTE);
		channel_flush(e.a);
		if (settle(&e) == -1)
			return (-1);
		channel_receive(e.b, in, MEBIBYTE);
		if (channel_wanted(e.b) != 0)
			return (-1);
	}
	if (before > 0 && peak_kib() - before > 32 * 1024)
		return (fail(ST_FAILED, "%zu KiB more memory", peak_kib() - before));
	ends_free(&e);
	free(out);
	free(in);
	return (0);
}

/* ---- a carrier that does damage ---- */

/*
 * What one channel has written, to be given to another: ${bytes} of ${data}, at most ${step} at a
 * time, then the end or nothing more; a deaf one gives nothing at all.
 */
struct tape {
	uint8_t *data;
	size_t bytes, size, pos, step;
	bool deaf, ends, closed;
};

static ssize_t
tape_read(void *state, void *data, size_t bytes)
{
	struct tape *t = state;
	size_t n = t->bytes - t->pos;

	if (n == 0 || t->deaf)
		return (t->ends ? 0 : CARRIER_WAIT);
	n = (n < bytes) ? n : bytes;
	n = (n < t->step) ? n : t->step;
	memcpy(data, t->data + t->pos, n);
	t->pos += n;
	return ((ssize_t)n);
}

static ssize_t
tape_write(void *state, const void *data, size_t bytes)
{
	struct tape *t = state;

	if (bytes > t->step)
		bytes = t->step;
	if (t->bytes + bytes > t->size)
		tap_bail("a tape is full");
	memcpy(t->data + t->bytes, data, bytes);
	t->bytes += bytes;
	return ((ssize_t)bytes);
}

static void
tape_close(void *state)
{
	struct tape *t = state;

	t->closed = true;
}

static int
tape_descriptor(void *state)
{

	(void)state;
	return (-1);
}

static struct carrier
carrier_tape(struct tape *t)
{

	return ((struct carrier){ tape_read, tape_write, tape_close, tape_descriptor, t });
}

#define N_RECORDS 4
#define PIECE 50
#define ON_WIRE (2 + PIECE + 16)

/* Four short records on a tape, and the key to read them with. */
static struct noise_cipher tape_keys[2];
static uint8_t tape_plain[N_RECORDS * PIECE];
static struct tape recorded;

static void
record_tape(void)
{
	struct carrier carrier = carrier_tape(&recorded);
	struct channel *c;
	size_t i;

	recorded = (struct tape){ .data = noise(1000), .size = 1000, .step = 7, .deaf = true };
	make_keys(tape_keys);
	randombytes_buf(tape_plain, sizeof(tape_plain));
	if ((c = channel_new("bob", &carrier, &tape_keys[0], &tape_keys[1])) == NULL)
		tap_bail("no channel");
	for (i = 0; i < N_RECORDS; i++) {
		channel_send(c, tape_plain + i * PIECE, PIECE);
		channel_flush(c);
		while (channel_pending(c))
			(void)channel_step(c);
	}
	channel_free(c);
	if (recorded.bytes != N_RECORDS * ON_WIRE || !recorded.closed)
		tap_bail("four records are not what they should be on the wire");
}

/* Want all that the four records say from a tape. */
static int
play(void *arg)
{
	struct tape *t = arg;
	struct carrier carrier = carrier_tape(t);
	struct channel *c = channel_new("alice", &carrier, &tape_keys[1], &tape_keys[0]);
	uint8_t in[sizeof(tape_plain)];
	int rc;

	channel_receive(c, in, sizeof(in));
	while ((rc = channel_step(c)) == 1 && channel_wanted(c) > 0)
		continue;
	if (rc != -1)
		rc = (channel_wanted(c) == 0) ? memcmp(in, tape_plain, sizeof(in)) : 77;
	channel_free(c);
	return (t->closed ? rc : 78);
}

static struct tape
copy_of_tape(void)
{
	struct tape t = { .data = malloc(1000), .bytes = recorded.bytes, .size = 1000, .step = 1000,
		.ends = true };

	memcpy(t.data, recorded.data, recorded.bytes);
	return (t);
}

static void
test_slices(void)
{
	struct tape t;
	size_t step, bad = 0;

	for (step = 1; step <= ON_WIRE + 1; step++) {
		t = copy_of_tape();
		t.step = step;
		bad += (play(&t) != 0);
		free(t.data);
	}
	ok_u64(bad, 0, "a carrier may give any number of bytes at a time");
}

static void
test_damage(void)
{
	struct tape t;
	size_t i, passed = 0, other = 0;
	int status;

	for (i = 0; i < recorded.bytes; i++) {
		t = copy_of_tape();
		t.data[i] ^= (uint8_t)(1 << i % 8);
		status = child_status(play, &t);
		passed += (status == 0);
		/*
		 * A changed length may make the record longer than all there is: then the end is
		 * seen first.
		 */
		other += (status != ST_REFUSED && !(i % ON_WIRE < 2 && status == ST_PEER));
		other += (catch_lines(child_text) != 1 || strstr(child_text, "alice") == NULL);
		free(t.data);
	}
	ok_u64(passed, 0, "no byte can be changed");
	ok_u64(other, 0, "each is reported once, by the peer's name, with the right status");
}

static void
test_order(void)
{
	struct tape t = copy_of_tape();
	struct noise_cipher key;
	uint8_t record[ON_WIRE];

	memcpy(record, t.data, ON_WIRE);
	memcpy(t.data, t.data + ON_WIRE, ON_WIRE);
	memcpy(t.data + ON_WIRE, record, ON_WIRE);
	child_fails(play, &t, ST_REFUSED, "forged or damaged", "two records in the other order are "
	    "refused");
	free(t.data);
	t = copy_of_tape();
	memmove(t.data + ON_WIRE, t.data + 2 * ON_WIRE, 2 * ON_WIRE);
	t.bytes -= ON_WIRE;
	child_fails(play, &t, ST_REFUSED, "forged or damaged", "a record left out is refused");
	free(t.data);
	t = copy_of_tape();
	memmove(t.data + 2 * ON_WIRE, t.data + ON_WIRE, 3 * ON_WIRE);
	t.bytes += ON_WIRE;
	child_fails(play, &t, ST_REFUSED, "forged or damaged", "a record that comes twice is "
	    "refused");
	free(t.data);
	t = copy_of_tape();
	t.data[0] = 15;
	t.data[1] = 0;
	child_fails(play, &t, ST_REFUSED, "impossible length", "a record that is shorter than its "
	    "tag is refused");
	free(t.data);
	t = copy_of_tape();
	t.data[0] = NOISE_TAG_BYTES;
	t.data[1] = 0;
	key = tape_keys[0];
	if (noise_encrypt(&key, t.data, 0, t.data + 2) == -1)
		tap_bail("an empty record cannot be made");
	child_fails(play, &t, ST_REFUSED, "impossible length", "and so is an empty one, made by "
	    "the peer itself");
	free(t.data);
}

/* One side's own records, sent back to it. */
static int
reflect(void *arg)
{
	struct tape *t = arg;
	struct carrier carrier = carrier_tape(t);
	struct channel *c = channel_new("alice", &carrier, &tape_keys[0], &tape_keys[1]);
	uint8_t in[PIECE];
	int rc;

	channel_receive(c, in, sizeof(in));
	while ((rc = channel_step(c)) == 1 && channel_wanted(c) > 0)
		continue;
	channel_free(c);
	return (rc);
}

static void
test_end(void)
{
	struct tape t;
	size_t n, bad = 0;

	for (n = 0; n < recorded.bytes; n++) {
		t = copy_of_tape();
		t.bytes = n;
		bad += (child_status(play, &t) != ST_PEER || catch_lines(child_text) != 1 ||
		    strstr(child_text, "lost party 'alice'") == NULL);
		free(t.data);
	}
	ok_u64(bad, 0, "an end while something is wanted, after any byte, is the loss of that "
	    "party");
	t = copy_of_tape();
	child_fails(reflect, &t, ST_REFUSED, "forged or damaged", "a party's own records sent back "
	    "to it are refused");
	free(t.data);
}

/* ---- the other side is gone ---- */

static int
receive_from_closed(void *arg)
{
	struct ends *e = arg;
	uint8_t in[11];
	int rc;

	channel_receive(e->b, in, 10);
	if (channel_wanted(e->b) != 0)
		return (79);
	channel_receive(e->b, in, 1);
	while ((rc = channel_step(e->b)) == 1)
		continue;
	return (rc);
}

static int
send_to_closed(void *arg)
{
	struct ends *e = arg;
	int rc;

	channel_send(e->b, "0123456789", 10);
	channel_flush(e->b);
	while ((rc = channel_step(e->b)) == 1)
		continue;
	return (rc);
}

static void
test_gone(struct ends e, const char *where)
{
	char what[128];

	channel_send(e.a, "0123456789", 10);
	channel_flush(e.a);
	if (settle(&e) == -1)
		tap_bail("ten bytes do not leave");
	channel_free(e.a);
	e.a = NULL;
	ok(channel_step(e.b) != -1 && channel_step(e.b) != -1, "%s: an end is no fault while "
	    "nothing is wanted", where);
	ok((channel_events(e.b) & POLLIN) == 0, "%s: and is not polled for again", where);
	snprintf(what, sizeof(what), "%s: what came before it is given, and then the party is lost",
	    where);
	child_fails(receive_from_closed, &e, ST_PEER, "lost party 'alice'", what);
	snprintf(what, sizeof(what), "%s: sending to it fails the same way, without a signal",
	    where);
	child_fails(send_to_closed, &e, ST_PEER, "lost party 'alice'", what);
	ends_free(&e);
}

/* ---- files ---- */

static void
test_file(void)
{
	char path[] = "/tmp/smpc-channel-XXXXXX";
	struct carrier carriers[2];
	uint8_t *out = noise(200000), *in = noise(200000);
	struct ends e;
	int fd = mkstemp(path), again = open(path, O_RDONLY);

	unlink(path);
	if (fd == -1 || again == -1)
		tap_bail("no file");
	carriers[0] = carrier_file(fd);
	carriers[1] = carrier_file(again);
	e = ends_over(carriers);
	channel_send(e.a, out, 200000);
	channel_flush(e.a);
	while (channel_pending(e.a) && channel_step(e.a) == 1)
		continue;
	channel_receive(e.b, in, 200000);
	while (channel_wanted(e.b) > 0 && channel_step(e.b) == 1)
		continue;
	ok(at_rest(e.a) && at_rest(e.b) && memcmp(in, out, 200000) == 0, "a channel over a file");
	ends_free(&e);
	ok(fcntl(fd, F_GETFD) == -1 && fcntl(again, F_GETFD) == -1, "the descriptors are closed "
	    "with it");
	free(out);
	free(in);
	channel_free(NULL);
}

/* ---- files that go one way, and end ---- */

#define WAY_BYTES 200000

static struct noise_cipher way_key;
static char way_path[] = "/tmp/smpc-channel-XXXXXX";
static uint8_t *way_data;
static off_t way_size;

static struct channel *
open_way(enum channel_way way)
{
	struct noise_cipher none = { .keyed = 0 };
	struct carrier carrier;
	struct channel *c;
	int fd = open(way_path, (way == CHANNEL_OUT) ? O_WRONLY | O_TRUNC : O_RDONLY);

	if (fd == -1)
		tap_bail("no file");
	carrier = carrier_file(fd);
	c = channel_new("the file", &carrier, (way == CHANNEL_OUT) ? &way_key : &none,
	    (way == CHANNEL_OUT) ? &none : &way_key);
	if (c == NULL)
		tap_bail("no channel");
	channel_one_way(c, way);
	return (c);
}

/* Send ${bytes} in small messages, and the end, if ${end}; return what channel_end does. */
static int
write_way(size_t bytes, bool end)
{
	struct channel *c = open_way(CHANNEL_OUT);
	struct stat st;
	size_t i, n;
	int rc = 0;

	for (i = 0; i < bytes; i += n) {
		n = (bytes - i < 1000) ? bytes - i : 1000;
		channel_send(c, way_data + i, n);
		channel_flush(c);
		while (channel_unsent(c) > 0) {
			if (channel_step(c) == -1)
				tap_bail("the file is not written");
		}
	}
	if (end)
		rc = channel_end(c);
	channel_free(c);
	if (stat(way_path, &st) == -1)
		tap_bail("no file");
	way_size = st.st_size;
	return (rc);
}

/* Receive *${arg} bytes, and the end. */
static int
read_way(void *arg)
{
	size_t bytes = *(const size_t *)arg;
	struct channel *c = open_way(CHANNEL_IN);
	uint8_t *in = noise(WAY_BYTES + 1);
	int rc = 0;

	channel_receive(c, in, bytes);
	while (rc != -1 && channel_wanted(c) > 0)
		rc = channel_step(c);
	if (rc != -1)
		rc = channel_ended(c);
	if (rc == 0 && memcmp(in, way_data, bytes) != 0)
		rc = 7;
	channel_free(c);
	free(in);
	return (rc);
}

static bool
end_is_genuine(void)
{
	uint8_t end[CHANNEL_END_BYTES];
	int fd = open(way_path, O_RDONLY);
	ssize_t n = pread(fd, end, sizeof(end), lseek(fd, 0, SEEK_END) - (off_t)sizeof(end));

	close(fd);
	return (n == (ssize_t)sizeof(end) && channel_end_genuine(&way_key, end));
}

static int
write_way_to_nobody(void *arg)
{
	struct noise_cipher none = { .keyed = 0 };
	struct carrier carrier = carrier_file(open("/dev/full", O_WRONLY));
	struct channel *c = channel_new("the file", &carrier, &way_key, &none);
	int rc;

	(void)arg;
	channel_one_way(c, CHANNEL_OUT);
	channel_send(c, "123", 3);
	rc = channel_end(c);
	channel_free(c);
	return (rc);
}

static void
test_one_way(void)
{
	size_t all = WAY_BYTES, less = WAY_BYTES - 1, more = WAY_BYTES + 1, none = 0,
	    records = (WAY_BYTES + RECORD_PLAIN - 1) / RECORD_PLAIN;
	struct noise_cipher keys[2];
	struct channel *c;
	uint8_t first;
	off_t whole;
	int fd = mkstemp(way_path);

	make_keys(keys);
	way_key = keys[0];
	way_data = noise(WAY_BYTES);
	close(fd);
	ok_i64(write_way(WAY_BYTES, true), 0, "a channel that goes one way is written, and ended");
	whole = way_size;
	ok_u64((uint64_t)whole, WAY_BYTES + 18 * records + CHANNEL_END_BYTES,
	    "in full records, as nobody waits for less");
	ok(end_is_genuine(), "its last bytes show that it is whole");
	ok_i64(child_status(read_way, &all), 0, "it is read to its end");
	child_fails(read_way, &less, ST_REFUSED, "the file: holds more", "its end is not that of "
	    "the records if less was taken");
	child_fails(read_way, &none, ST_REFUSED, "the file: holds more", "or nothing");
	child_fails(read_way, &more, ST_REFUSED, "the file: holds less", "and more than it holds "
	    "cannot be taken");
	c = open_way(CHANNEL_IN);
	channel_receive(c, &first, 1);
	while (channel_wanted(c) > 0 && channel_step(c) != -1)
		continue;
	ok(channel_step(c) == 0 && channel_events(c) == 0 && channel_descriptor(c) == -1,
	    "nothing is read before it is wanted");
	channel_free(c);
	if (truncate(way_path, whole - 8) == -1)
		tap_bail("truncate");
	ok(!end_is_genuine(), "cut, it does not seem whole");
	child_fails(read_way, &all, ST_REFUSED, "the file: holds more", "and is refused without "
	    "the count");
	if (truncate(way_path, whole - CHANNEL_END_BYTES) == -1)
		tap_bail("truncate");
	child_fails(read_way, &all, ST_FAILED, "the file: ends early", "and without its end");
	ok(!end_is_genuine(), "nor does a record count as the end");
	(void)write_way(WAY_BYTES, true);
	if (truncate(way_path, whole + 1) == -1)
		tap_bail("truncate");
	child_fails(read_way, &all, ST_REFUSED, "the file: holds more", "nothing may follow");
	ok(!end_is_genuine(), "that shows, too");
	(void)write_way(0, true);
	ok(way_size == CHANNEL_END_BYTES && end_is_genuine() && child_status(read_way, &none) == 0,
	    "nothing but an end");
	child_fails(write_way_to_nobody, NULL, ST_FAILED, "the file: No space",
	    "a file that cannot be written");
	unlink(way_path);
	free(way_data);
}

int
main(void)
{

	if (sodium_init() == -1)
		tap_bail("sodium");
	tap_plan(102);
	test_sizes(ends_in_memory(), "memory");
	test_sizes(ends_over_sockets(), "sockets");
	test_both_ways(ends_in_memory(), 8 * MEBIBYTE, "memory");
	test_both_ways(ends_over_sockets(), 8 * MEBIBYTE, "sockets");
	test_packing();
	test_flush();
	test_unwanted();
	test_half_wanted();
	test_limit();
	ok_i64(child_status(lag, NULL), 0, "a receiver that lags behind does not need ever more "
	    "memory");
	record_tape();
	test_slices();
	test_damage();
	test_order();
	test_end();
	test_gone(ends_in_memory(), "memory");
	test_gone(ends_over_sockets(), "sockets");
	test_file();
	test_one_way();
	free(recorded.data);
	return (tap_end());
}
