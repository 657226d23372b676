/*
 * A library that is loaded before others (LD_PRELOAD), and has a process draw the same bytes, or
 * see the same time, again and again.  FIXED has the words "random", "second" and "nanosecond", of
 * what stays the same.
 */

#define _GNU_SOURCE /* RTLD_NEXT */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "real.h"

void randombytes_buf(void *const out, const size_t bytes);

/* A whole word, as one is in another. */
static int
is_fixed(const char *word)
{
	const char *all = getenv("FIXED"), *p;
	size_t n = strlen(word);

	for (p = all; p != NULL && (p = strstr(p, word)) != NULL; p += n) {
		if ((p == all || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' '))
			return (1);
	}
	return (0);
}

void
randombytes_buf(void *const out, const size_t bytes)
{

	REAL(randombytes_buf)(out, bytes);
	if (is_fixed("random"))
		memset(out, 0x5a, bytes);
}

int
clock_gettime(clockid_t id, struct timespec *now)
{
	int rc = REAL(clock_gettime)(id, now);

	if (id == CLOCK_REALTIME && is_fixed("second"))
		now->tv_sec = 1000000000;
	if (id == CLOCK_REALTIME && is_fixed("nanosecond"))
		now->tv_nsec = 0;
	return (rc);
}
