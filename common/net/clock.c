#include "net/clock.h"

#include <errno.h>
#include <time.h>

#define SECOND_NS 1000000000

int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

double
clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((double)t.tv_sec + (double)t.tv_nsec * 1e-9);
}

int64_t
clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((int64_t)t.tv_sec * SECOND_NS + t.tv_nsec);
}

int64_t
clock_slot_end(int64_t began, int64_t now, int64_t span)
{

	return (began + ((now - began) / span + 1) * span);
}

void
clock_wait_until(int64_t end)
{
	const struct timespec t = { .tv_sec = end / SECOND_NS, .tv_nsec = end % SECOND_NS };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		continue;
}
