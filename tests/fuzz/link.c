/*
 * What a stranger, or somebody between, sends to an accepting link.  The first byte says how: its
 * low bit, whether the rest is sent as it is, or is a list of changes to what an honest party
 * sends, each a position, 2 bytes, and a byte to be combined with the one there by exclusive or;
 * its other bits, how much is sent at a time.  Only the unchanged handshake may open the link.
 */

#include <sodium.h>

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/link.h"
#include "agent/tcp.h"
#include "opening.h"

#define ALL_BYTES (OPENING_BYTES + CONFIRM_BYTES)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct parties *parties;
static struct link_self self;

static void
set_up(void)
{

	parties = fuzz_pair("computing", "computing");
	self = (struct link_self){ &bob, parties, parties_find(parties, "bob"), NULL, NULL };
}

static struct link *
accepting(int *fd)
{
	struct link *l;
	int fds[2];

	fuzz_check(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	fuzz_check(socket_nonblocking(fds[0]) == 0 && socket_nonblocking(fds[1]) == 0);
	fuzz_check((l = link_accept(&self, fds[0])) != NULL);
	*fd = fds[1];
	return (l);
}

/* Send in pieces, and let the link take each. */
static void
give(struct link *l, int fd, const uint8_t *data, size_t size, size_t piece)
{
	size_t n;

	for (; size > 0 && l->state == LINK_OPENING; data += n, size -= n) {
		n = (size < piece) ? size : piece;
		if (send(fd, data, n, MSG_NOSIGNAL) != (ssize_t)n)
			return;
		link_step(l);
	}
}

static void
change(uint8_t *all, size_t from, size_t to, const uint8_t *data, size_t size)
{
	size_t at;

	for (; size >= 3; data += 3, size -= 3) {
		at = ((size_t)data[0] | (size_t)data[1] << 8) % ALL_BYTES;
		if (at >= from && at < to)
			all[at] ^= data[2];
	}
}

static void
fuzz_changes(struct link *l, int fd, const uint8_t *data, size_t size, size_t piece)
{
	uint8_t all[ALL_BYTES], changed[ALL_BYTES];
	struct noise_handshake hs;
	size_t opening = OPENING_BYTES;

	write_opening(parties, &hs, all);
	memcpy(changed, all, opening);
	change(changed, 0, opening, data, size);
	give(l, fd, changed, opening, piece);
	fuzz_check(l->state != LINK_OPEN);
	write_confirmation(&hs, fd, all + opening);
	memcpy(changed + opening, all + opening, CONFIRM_BYTES);
	change(changed, opening, ALL_BYTES, data, size);
	give(l, fd, changed + opening, CONFIRM_BYTES, piece);
	fuzz_check((l->state == LINK_OPEN) == (memcmp(all, changed, ALL_BYTES) == 0));
	fuzz_check(l->state != LINK_OPEN || (l->purpose == LINK_DATA &&
	    l->peer == parties_find(parties, "alice")));
	noise_wipe(&hs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct link *l;
	size_t piece;
	int fd;

	if (parties == NULL)
		set_up();
	if (size == 0)
		return (0);
	l = accepting(&fd);
	piece = (data[0] < 0x80) ? 1000 : (size_t)1 + (data[0] >> 1 & 0x3f);
	if ((data[0] & 1) == 0) {
		give(l, fd, data + 1, size - 1, piece);
		fuzz_check(l->state != LINK_OPEN);
	} else
		fuzz_changes(l, fd, data + 1, size - 1, piece);
	/* Once the other side is gone, nothing is left to wait for. */
	close(fd);
	link_step(l);
	fuzz_check(l->state != LINK_OPENING);
	link_free(l);
	return (0);
}
