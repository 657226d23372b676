/*
 * Members of a session who wait for each other: what one holds back, as nobody has asked for it
 * yet, goes out when he has to wait for room at another.
 */

#include <sodium.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/tcp.h"
#include "base/diag.h"
#include "base/mem.h"
#include "net/session.h"
#include "tap.h"

#define MEMBERS 3
#define SECONDS 30 /* it takes far less than one */
#define MANY_BYTES ((size_t)8 << 20) /* more than sockets hold, and KEPT_BYTES */
#define KEPT_BYTES ((size_t)1 << 16)

static struct session *
join(size_t self, int fds[MEMBERS][MEMBERS])
{
	static const uint8_t number[SESSION_NUMBER_BYTES] = "waiting";
	struct noise_cipher send, receive;
	struct session_peer peer;
	struct carrier carrier;
	struct session *s;
	size_t i;

	if ((s = session_join(number, self, SECONDS, MEMBERS)) == NULL)
		_exit(1);
	for (i = 0; i < MEMBERS; i++) {
		if (i == self)
			continue;
		memset(&peer, 0, sizeof(peer));
		snprintf(peer.name, sizeof(peer.name), "member%zu", i);
		peer.index = i;
		memset(&send, 0, sizeof(send));
		memset(&receive, 0, sizeof(receive));
		memset(send.k, (int)(1 + self * MEMBERS + i), sizeof(send.k));
		memset(receive.k, (int)(1 + i * MEMBERS + self), sizeof(receive.k));
		send.keyed = receive.keyed = 1;
		if (socket_nonblocking(fds[self][i]) == -1)
			_exit(1);
		carrier = carrier_socket(fds[self][i]);
		session_add(s, &peer, channel_new(peer.name, &carrier, &send, &receive));
	}
	return (s);
}

/*
 * The first one tells the third something, and then the second one more than that takes unasked.
 * The second one takes it when he has heard from the third, who waits for the first.
 */
static int
take_part(size_t self, struct session *s, uint8_t *many)
{
	uint8_t told[8] = "told";

	if (self == 0)
		return ((session_send(s, 1, told, sizeof(told)) == 0 &&
		    session_send(s, 0, many, MANY_BYTES) == 0 &&
		    session_receive(s, 0, told, 1) == 0) ? 0 : -1);
	if (self == 1)
		return ((session_receive(s, 1, told, 1) == 0 &&
		    session_receive(s, 0, many, MANY_BYTES) == 0 &&
		    session_send(s, 0, told, 1) == 0 && session_flush(s) == 0) ? 0 : -1);
	return ((session_receive(s, 0, told, sizeof(told)) == 0 &&
	    session_send(s, 1, told, 1) == 0 && session_flush(s) == 0) ? 0 : -1);
}

static void
run_member(size_t self, int fds[MEMBERS][MEMBERS])
{
	struct session *s = join(self, fds);
	uint8_t *many = mem_array(MANY_BYTES, 1);

	if (self == 1)
		session_keep(s, 0, KEPT_BYTES);
	alarm(SECONDS);
	_exit((many != NULL && take_part(self, s, many) == 0) ? 0 : 1);
}

int
main(void)
{
	int fds[MEMBERS][MEMBERS], pair[2], status;
	bool well = true;
	size_t i, j;
	pid_t pid;

	diag_init("session");
	if (sodium_init() == -1)
		tap_bail("libsodium");
	for (i = 0; i < MEMBERS; i++) {
		for (j = i + 1; j < MEMBERS; j++) {
			if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1)
				tap_bail("sockets");
			fds[i][j] = pair[0];
			fds[j][i] = pair[1];
		}
	}
	for (i = 0; i < MEMBERS; i++) {
		if ((pid = fork()) == -1)
			tap_bail("fork");
		if (pid == 0)
			run_member(i, fds);
	}
	for (i = 0; i < MEMBERS; i++)
		well = waitpid(-1, &status, 0) > 0 && status == 0 && well;
	ok(well, "what is held back for one member goes out before another one is waited for");
	return (tap_end());
}
