/*
 * A library that is loaded before others (LD_PRELOAD), and has one allocation of a process fail:
 *
 *	FAILING		which one, from 1; 0 or nothing: none
 *	FAILING_PROGRAM	in processes of this name alone
 *	FAILING_PARTY	and of these, where SMPC_PARTY says the same
 *	FAILING_LOG	a file to which a byte is appended when it failed
 *
 * Counted are malloc, calloc, realloc, what aligns, anonymous memory that is mapped, and threads,
 * which need a stack.
 */

#define _GNU_SOURCE /* RTLD_NEXT, program_invocation_short_name */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What dlsym itself allocates while it looks for the real functions comes from here, and stays. */
static _Alignas(max_align_t) char arena[4096];
static size_t arena_used;

static bool looking;
static long failing; /* 0: none */
static atomic_long counted;

/* A function of the library behind this one; a function pointer is read as the object it is. */
#define REAL(to, name) do { \
	void *symbol_; \
	if ((to) == NULL) { \
		looking = true; \
		symbol_ = dlsym(RTLD_NEXT, name); \
		looking = false; \
		memcpy(&(to), &symbol_, sizeof(to)); \
	} \
} while (0)

static void *
from_arena(size_t bytes)
{
	void *p = arena + arena_used;

	bytes = (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (bytes > sizeof(arena) - arena_used)
		return (NULL);
	arena_used += bytes;
	return (p);
}

static bool
in_arena(const void *p)
{

	return ((uintptr_t)p >= (uintptr_t)arena && (uintptr_t)p < (uintptr_t)arena +
	    sizeof(arena));
}

static bool
is_meant(const char *variable, const char *value)
{
	const char *wanted = getenv(variable);

	return (wanted == NULL || (value != NULL && strcmp(wanted, value) == 0));
}

__attribute__((constructor)) static void
begin(void)
{
	const char *which = getenv("FAILING");

	if (which != NULL && is_meant("FAILING_PROGRAM", program_invocation_short_name) &&
	    is_meant("FAILING_PARTY", getenv("SMPC_PARTY")))
		failing = strtol(which, NULL, 10);
}

/* Whether this allocation is the one; it is told. */
static bool
fails(void)
{
	const char *path;
	int fd;

	if (failing == 0 || ++counted != failing)
		return (false);
	if ((path = getenv("FAILING_LOG")) != NULL &&
	    (fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) != -1) {
		(void)!write(fd, "x", 1);
		close(fd);
	}
	errno = ENOMEM;
	return (true);
}

void *
malloc(size_t bytes)
{
	static void *(*real)(size_t);

	if (looking)
		return (from_arena(bytes));
	REAL(real, "malloc");
	return (fails() ? NULL : real(bytes));
}

void *
calloc(size_t count, size_t bytes)
{
	static void *(*real)(size_t, size_t);

	if (looking)
		return (from_arena(count * bytes));
	REAL(real, "calloc");
	return (fails() ? NULL : real(count, bytes));
}

void *
realloc(void *p, size_t bytes)
{
	static void *(*real)(void *, size_t);

	REAL(real, "realloc");
	return (fails() ? NULL : real(in_arena(p) ? NULL : p, bytes));
}

void
free(void *p)
{
	static void (*real)(void *);

	if (in_arena(p))
		return;
	REAL(real, "free");
	real(p);
}

void *
aligned_alloc(size_t alignment, size_t bytes)
{
	static void *(*real)(size_t, size_t);

	REAL(real, "aligned_alloc");
	return (fails() ? NULL : real(alignment, bytes));
}

int
posix_memalign(void **p, size_t alignment, size_t bytes)
{
	static int (*real)(void **, size_t, size_t);

	REAL(real, "posix_memalign");
	return (fails() ? ENOMEM : real(p, alignment, bytes));
}

void *
mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
	static void *(*real)(void *, size_t, int, int, int, off_t);

	REAL(real, "mmap");
	return (((flags & MAP_ANONYMOUS) != 0 && fails()) ? MAP_FAILED :
	    real(at, bytes, protection, flags, fd, offset));
}

int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
    void *arg)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	REAL(real, "pthread_create");
	return (fails() ? EAGAIN : real(thread, attributes, start, arg));
}
