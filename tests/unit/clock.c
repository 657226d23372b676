/*
 * Waits that hide how long something took: the moment at which they end is the same for all that
 * took less than a span, down to the nanosecond, and a whole span later for what took longer.
 */

#include <stdint.h>

#include "net/clock.h"
#include "tap.h"

#define SPAN 20000000 /* 20 ms */

static void
test_ends(void)
{
	static const int64_t began[] = { 0, 1, 999999, 1000000, 123456789012345 },
	    took[] = { 0, 1, 400000, 999999, 1000000, 1000001, 19999999 };
	size_t i, j, first = 0, second = 0;

	for (i = 0; i < sizeof(began) / sizeof(began[0]); i++) {
		for (j = 0; j < sizeof(took) / sizeof(took[0]); j++) {
			first += (clock_slot_end(began[i], began[i] + took[j], SPAN) ==
			    began[i] + SPAN);
			second += (clock_slot_end(began[i], began[i] + SPAN + took[j], SPAN) ==
			    began[i] + (int64_t)2 * SPAN);
		}
	}
	ok_u64(first, i * j, "what takes less than a span ends with it, however long it took");
	ok_u64(second, i * j, "what takes longer ends with the next one");
}

static void
test_wait(void)
{
	int64_t end = clock_slot_end(clock_ns(), clock_ns(), SPAN / 10);

	clock_wait_until(end);
	ok(clock_ns() >= end, "a wait is over when its time is, and not before");
	clock_wait_until(0);
	ok(clock_ns() >= end, "a moment that has passed is not waited for");
}

int
main(void)
{

	tap_plan(4);
	test_ends();
	test_wait();
	return (tap_end());
}
