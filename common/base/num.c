#include "base/num.h"

#include <string.h>

int
num_parse_u64(const char *s, size_t len, uint64_t max, uint64_t *value)
{
	uint64_t v = 0, d;
	size_t i;

	if (len == 0)
		return (-1);
	for (i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return (-1);
		d = (uint64_t)(s[i] - '0');
		if (v > (max - d) / 10 || d > max)
			return (-1);
		v = v * 10 + d;
	}
	*value = v;
	return (0);
}

int
num_parse(const char *s, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t v;

	if (num_parse_u64(s, strlen(s), max, &v) == -1 || v < min)
		return (-1);
	*value = v;
	return (0);
}

uint64_t
num_common_divisor(uint64_t a, uint64_t b)
{
	uint64_t rest;

	while (b != 0) {
		rest = a % b;
		a = b;
		b = rest;
	}
	return (a);
}
