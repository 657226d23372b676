#include "nn/float64.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "nn/float64_internal.h"

/*
 * Loaded when it is needed and not linked with: it starts a thread for each processor and takes 2
 * ms to do so, which is more than all the rest of a tool's start, and a party that computes on
 * shares should have none of that.
 */

#define LIBRARY "libopenblas.so.0"
#define THREAD_BYTES ((size_t)128 << 20)

/* From cblas.h, with the integers of 32 bits that a library of this name has. */
enum { ROW_MAJOR = 101, NOT_TRANSPOSED = 111, TRANSPOSED = 112 };

typedef void dgemm_function(int order, int x_transposed, int y_transposed, int m, int n, int k,
    double alpha, const double *x, int x_stride, const double *y, int y_stride, double beta,
    double *z, int z_stride);
typedef void set_threads_function(int threads);

static dgemm_function *dgemm;

/*
 * ISO C knows no conversion of what dlsym returns to a function; POSIX says that the bytes are one.
 */
static int
find_symbol(void *library, const char *name, void *function, size_t bytes)
{
	void *symbol = dlsym(library, name);

	if (symbol == NULL || bytes != sizeof(symbol))
		return (fail(ST_USAGE, "%s has no function %s: install another OpenBLAS", LIBRARY,
		    name));
	memcpy(function, &symbol, sizeof(symbol));
	return (0);
}

/* The library asks for address space again and again, without end, when there is none. */
static int
probe_room(unsigned threads)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = (processors > 0 && (long)threads > processors) ? (size_t)processors : threads;
	void *room;

	if ((room = malloc((n + 1) * THREAD_BYTES)) == NULL)
		return (fail(ST_FAILED, "out of memory: OpenBLAS takes 128 MiB of address space, "
		    "and as much again for each of %zu threads (-j)", n));
	/* What is never used need not be asked for at all. */
	*(volatile char *)room = 0;
	free(room);
	return (0);
}

int
float64_load(unsigned threads)
{
	set_threads_function *set_threads = NULL;
	void *library;

	if (probe_room(threads) == -1)
		return (-1);
	if ((library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL)) == NULL)
		return (fail(ST_USAGE, "--float takes OpenBLAS, and there is no %s here: install "
		    "it (Debian: libopenblas0); --clear does without", LIBRARY));
	if (find_symbol(library, "cblas_dgemm", &dgemm, sizeof(dgemm)) == -1 ||
	    find_symbol(library, "openblas_set_num_threads", &set_threads,
	    sizeof(set_threads)) == -1)
		return (-1);
	set_threads((threads < INT_MAX) ? (int)threads : INT_MAX);
	return (0);
}

void
float64_multiply(double *z, const struct float64_product *p, const double *x, const double *y)
{
	int m = (int)p->m, k = (int)p->k, n = (int)p->n;

	dgemm(ROW_MAJOR, p->x_transposed ? TRANSPOSED : NOT_TRANSPOSED, p->y_transposed ?
	    TRANSPOSED : NOT_TRANSPOSED, m, n, k, 1, x, p->x_transposed ? m : k, y,
	    p->y_transposed ? k : n, p->add ? 1 : 0, z, n);
}
