#include "agent/limits.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/diag.h"
#include "net/clock.h"

#define TOOLS_MAX 4096
#define STRANGERS_MAX 1024
#define LINKS_MAX 1024 /* of sessions that are being opened */
#define CALLERS_MAX 128
#define OPENING_MAX 64
#define DESCRIPTORS_LEAST 64
#define DESCRIPTORS_MOST 65536
#define REPORT_MS 60000

static struct rlimit given;
static bool raised;

static size_t
at_most(size_t n, size_t max)
{

	return ((n < max) ? n : max);
}

/* Raise our limit as far as we may; return how many descriptors we can have. */
static size_t
raise_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &given) == -1)
		return (DESCRIPTORS_LEAST);
	r = given;
	r.rlim_cur = (r.rlim_max > DESCRIPTORS_MOST) ? DESCRIPTORS_MOST : r.rlim_max;
	if (r.rlim_cur > given.rlim_cur && setrlimit(RLIMIT_NOFILE, &r) == 0)
		raised = true;
	else
		r.rlim_cur = given.rlim_cur;
	return (at_most((size_t)r.rlim_cur, DESCRIPTORS_MOST));
}

struct agent_limits
limits_find(size_t parties)
{
	size_t n = raise_limit(), links = at_most(n / 4, LINKS_MAX) / parties + 1;

	return ((struct agent_limits){ .tools = at_most(n / 2, TOOLS_MAX),
		.strangers = at_most(n / 8 + 1, STRANGERS_MAX),
		.callers = at_most(2 * links, CALLERS_MAX),
		.opening = at_most(links, OPENING_MAX) });
}

void
limits_restore(void)
{

	if (raised)
		(void)setrlimit(RLIMIT_NOFILE, &given);
}

void
limits_descriptors_gone(void)
{
	static int64_t again;
	int64_t now = clock_ms();

	if (now < again)
		return;
	again = now + REPORT_MS;
	warn("no more descriptors: others must wait; give this process a higher limit (ulimit -n)");
}
