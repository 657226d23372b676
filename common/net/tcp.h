#ifndef SMPC_NET_TCP_H
#define SMPC_NET_TCP_H

/* TCP sockets that never block. */

#include <stddef.h>
#include <stdint.h>

/*
 * tcp_listen(host, port, name):
 * Listen on an address of ${host} (NULL: all of this machine's).  Return the descriptor or -1 (reported under ${name}).
 */
int tcp_listen(const char *host, uint16_t port, const char *name);

/*
 * tcp_dial(host, port, why, why_bytes):
 * Begin to connect.  Return the descriptor, which becomes writable when that is decided, or -1 with the reason in
 * ${why}; nothing is reported.
 */
int tcp_dial(const char *host, uint16_t port, char *why, size_t why_bytes);

/*
 * tcp_dialled(fd, why, why_bytes):
 * After the descriptor became writable: return 0 if it is connected, else -1 with the reason in ${why}.
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

#endif /* !SMPC_NET_TCP_H */
