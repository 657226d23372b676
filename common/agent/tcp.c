#include "agent/tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/running.h"
#include "base/diag.h"

#define HOLDER_BYTES 512
#define BACKLOG 4096 /* the system takes as many as it allows */

int
socket_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return (-1);
	return (fcntl(fd, F_SETFD, FD_CLOEXEC));
}

/* Small messages must not wait for each other; failure costs time only. */
static void
set_nodelay(int fd)
{
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int
resolve(const char *host, uint16_t port, int flags, struct addrinfo **list)
{
	struct addrinfo hints;
	char service[8];

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = flags | AI_NUMERICSERV;
	snprintf(service, sizeof(service), "%u", port);
	return (getaddrinfo(host, service, &hints, list));
}

static int
listen_on(const struct addrinfo *a)
{
	int fd, on = 1, saved;

	if ((fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol)) == -1)
		return (-1);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, a->ai_addr, a->ai_addrlen) == -1 || listen(fd, BACKLOG) == -1 ||
	    socket_nonblocking(fd) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return (-1);
	}
	return (fd);
}

int
tcp_listen(const char *host, uint16_t port, const char *name)
{
	struct addrinfo *list, *a;
	int fd = -1, rc;
	char holder[HOLDER_BYTES];

	if ((rc = resolve(host, port, AI_PASSIVE, &list)) != 0)
		return (fail(ST_FAILED, "cannot listen on %s: %s", name, gai_strerror(rc)));
	errno = EADDRNOTAVAIL;
	for (a = list; a != NULL && fd == -1; a = a->ai_next)
		fd = listen_on(a);
	freeaddrinfo(list);
	if (fd == -1 && errno == EADDRINUSE) {
		running_holder(port, holder, sizeof(holder));
		return (fail(ST_FAILED, "cannot listen on %s: it is in use: %s, or choose another "
		    "port with --listen", name, (holder[0] != '\0') ? holder : "another program "
		    "listens there (as root, ss -ltnp shows which)"));
	}
	if (fd == -1)
		return (fail(ST_FAILED, "cannot listen on %s: %s", name, strerror(errno)));
	return (fd);
}

int
tcp_resolve(const char *host, uint16_t port, bool numeric, struct tcp_addresses *addresses,
    char *why, size_t why_bytes)
{
	struct addrinfo *list, *a;
	int rc;

	addresses->count = 0;
	if ((rc = resolve(host, port, numeric ? AI_NUMERICHOST : 0, &list)) != 0) {
		snprintf(why, why_bytes, "%s", gai_strerror(rc));
		return (-1);
	}
	for (a = list; a != NULL && addresses->count < TCP_ADDRESSES_MAX; a = a->ai_next)
		memcpy(&addresses->list[addresses->count++], a->ai_addr, a->ai_addrlen);
	freeaddrinfo(list);
	return (0);
}

/* What a system's error means for who wants to connect. */
static void
explain(int error, char *why, size_t why_bytes)
{
	const char *more = "";

	if (error == ECONNREFUSED)
		more = ": nothing listens there, or a firewall refuses it";
	else if (error == ETIMEDOUT || error == EHOSTUNREACH || error == ENETUNREACH)
		more = ": the network or a firewall lets nothing through";
	snprintf(why, why_bytes, "%s%s", strerror(error), more);
}

int
tcp_dial(const struct sockaddr_storage *address, char *why, size_t why_bytes)
{
	socklen_t bytes = (address->ss_family == AF_INET6) ? sizeof(struct sockaddr_in6) :
	    sizeof(struct sockaddr_in);
	int fd = socket(address->ss_family, SOCK_STREAM, 0);

	if (fd == -1 || socket_nonblocking(fd) == -1 ||
	    (connect(fd, (const struct sockaddr *)address, bytes) == -1 && errno != EINPROGRESS)) {
		explain(errno, why, why_bytes);
		if (fd != -1)
			close(fd);
		return (-1);
	}
	set_nodelay(fd);
	return (fd);
}

int
tcp_dialled(int fd, char *why, size_t why_bytes)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	if (error == 0)
		return (0);
	explain(error, why, why_bytes);
	return (-1);
}

int
tcp_accept(int fd)
{
	int conn;

	if ((conn = accept(fd, NULL, NULL)) == -1)
		return (-1);
	if (socket_nonblocking(conn) == -1) {
		close(conn);
		return (-1);
	}
	set_nodelay(conn);
	return (conn);
}
