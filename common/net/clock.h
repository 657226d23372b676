#ifndef SMPC_NET_CLOCK_H
#define SMPC_NET_CLOCK_H

#include <stdint.h>

/*
 * clock_ms():
 * Milliseconds of a clock that is never set back.
 */
int64_t clock_ms(void);

/*
 * clock_seconds():
 * Seconds of the same clock.
 */
double clock_seconds(void);

/*
 * clock_ns():
 * Nanoseconds of the same clock.
 */
int64_t clock_ns(void);

/*
 * clock_slot_end(began, now, span):
 * The first moment behind ${now} that is a whole number of ${span}s, at least 1, behind ${began}:
 * the same for any two moments of a span.
 */
int64_t clock_slot_end(int64_t began, int64_t now, int64_t span);

/*
 * clock_wait_until(end):
 * Sleep until that moment; when we wake does not depend on when we fell asleep.
 */
void clock_wait_until(int64_t end);

#endif /* !SMPC_NET_CLOCK_H */
