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

#endif /* !SMPC_NET_CLOCK_H */
