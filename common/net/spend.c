#include "net/spend.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/num.h"

#define FIELD "spend"
#define LINE_BYTES (SPEND_ORIGIN_BYTES + 64)

void
spend_add(struct descriptor *d, const struct spend *s)
{
	char line[LINE_BYTES];

	snprintf(line, sizeof(line), "%s %" PRIu64 " of %" PRIu64, s->origin, s->units, s->limit);
	descriptor_add(d, FIELD, line);
}

/* "ORIGIN UNITS of LIMIT". */
static int
read_spend(struct spend *s, const char *line, size_t len)
{
	char copy[LINE_BYTES], *units, *of;

	if (len >= sizeof(copy))
		return (-1);
	memcpy(copy, line, len);
	copy[len] = '\0';
	if ((units = strchr(copy, ' ')) == NULL)
		return (-1);
	*units++ = '\0';
	if ((of = strstr(units, " of ")) == NULL)
		return (-1);
	*of = '\0';
	if (!name_valid(copy) || num_parse(units, 1, SPEND_MAX, &s->units) == -1 ||
	    num_parse(of + 4, 0, SPEND_MAX, &s->limit) == -1)
		return (-1);
	/* As it is valid, it fits. */
	memcpy(s->origin, copy, strlen(copy) + 1);
	return (0);
}

bool
spend_next(const char **text, struct spend *s, bool *bad)
{
	const char *line, *end;

	for (line = *text; *line != '\0'; line = end + (*end != '\0')) {
		end = line + strcspn(line, "\n");
		if (strncmp(line, FIELD "=", sizeof(FIELD)) != 0)
			continue;
		line += sizeof(FIELD);
		*bad = (read_spend(s, line, (size_t)(end - line)) == -1);
		*text = end;
		return (true);
	}
	return (false);
}
