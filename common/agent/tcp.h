#ifndef SMPC_AGENT_TCP_H
#define SMPC_AGENT_TCP_H

/* TCP sockets that never block. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * tcp_listen(host, port, name):
 * Listen on an address of ${host} (NULL: all of this machine's).  Return the descriptor or -1
 * (reported under ${name}).
 */
int tcp_listen(const char *host, uint16_t port, const char *name);

/* Addresses of one host, in the order in which they should be tried. */
#define TCP_ADDRESSES_MAX 4
struct tcp_addresses {
	size_t count;
	struct sockaddr_storage list[TCP_ADDRESSES_MAX];
};

/*
 * tcp_resolve(host, port, numeric, addresses, why, why_bytes):
 * Look up a host.  With ${numeric}, only an address in numbers will do, and this does not wait; a
 * name may take many seconds (lookup.h).  Return 0, or -1 with the reason in ${why}; nothing is
 * reported.
 */
int tcp_resolve(const char *host, uint16_t port, bool numeric, struct tcp_addresses *addresses,
    char *why, size_t why_bytes);

/*
 * tcp_dial(address, why, why_bytes):
 * Begin to connect.  Return the descriptor, which becomes writable when that is decided, or -1 with
 * the reason in ${why}; nothing is reported.
 */
int tcp_dial(const struct sockaddr_storage *address, char *why, size_t why_bytes);

/*
 * tcp_dialled(fd, why, why_bytes):
 * After the descriptor became writable: return 0 if it is connected, else -1 with the reason in
 * ${why}.
 */
int tcp_dialled(int fd, char *why, size_t why_bytes);

/*
 * tcp_accept(fd):
 * Accept a connection; return -1 with errno where there is none.
 */
int tcp_accept(int fd);

/*
 * socket_nonblocking(fd):
 * Make a descriptor non-blocking and not inherited by commands; 0 or -1 with errno.
 */
int socket_nonblocking(int fd);

#endif /* !SMPC_AGENT_TCP_H */
