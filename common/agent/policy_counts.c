#include "agent/policy_counts_internal.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/policy_log_internal.h"
#include "base/diag.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"

#define HEX_DIGITS (2 * ID_BYTES)
#define LINE_BYTES (HEX_DIGITS + 24) /* "id times .\n", and room */

struct counts {
	struct policy_log log;
	struct reveal_counts all; /* ids ascending */
	const struct reveal_counts *wanted; /* NULL: the file is only read */
	uint64_t limit;
	bool beyond;
};

/* Where an id is among all, or belongs. */
static size_t
place_of(const struct reveal_counts *all, const uint8_t *id)
{
	size_t low = 0, high = all->count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (memcmp(all->id[middle], id, ID_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (low);
}

static bool
has_id(const struct reveal_counts *all, size_t at, const uint8_t *id)
{

	return (at < all->count && memcmp(all->id[at], id, ID_BYTES) == 0);
}

uint64_t
counts_counted(const struct counts *c, const uint8_t *id)
{
	size_t at = place_of(&c->all, id);

	return (has_id(&c->all, at, id) ? c->all.times[at] : 0);
}

static int
add_count(struct reveal_counts *all, const uint8_t *id, uint64_t times)
{
	size_t at = place_of(all, id);
	void *ids, *counts;

	if (has_id(all, at, id)) {
		all->times[at] += times;
		return (0);
	}
	if ((ids = realloc(all->id, (all->count + 1) * sizeof(*all->id))) == NULL)
		return (fail(ST_FAILED, "out of memory"));
	all->id = ids;
	if ((counts = realloc(all->times, (all->count + 1) * sizeof(*all->times))) == NULL)
		return (fail(ST_FAILED, "out of memory"));
	all->times = counts;
	memmove(all->id + at + 1, all->id + at, (all->count - at) * sizeof(*all->id));
	memmove(all->times + at + 1, all->times + at, (all->count - at) * sizeof(*all->times));
	memcpy(all->id[at], id, ID_BYTES);
	all->times[at] = times;
	all->count++;
	return (0);
}

/* Whether a line is the beginning of one that a crash has cut, and that was never relied on. */
static bool
is_cut(const char *line, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < HEX_DIGITS; i++) {
		if (!((line[i] >= '0' && line[i] <= '9') || (line[i] >= 'a' && line[i] <= 'f')))
			return (false);
	}
	if (i < len && line[i++] != ' ')
		return (false);
	while (i < len && line[i] >= '0' && line[i] <= '9')
		i++;
	return (i == len || (i + 1 == len && line[i] == ' '));
}

/* A whole line.  Return 0, or -1 if it is none. */
static int
counts_read_line(const char *text, size_t len, uint8_t id[static ID_BYTES], uint64_t *times)
{
	char line[LINE_BYTES];
	size_t end;

	if (len < HEX_DIGITS + 4 || len >= sizeof(line) || text[HEX_DIGITS] != ' ' ||
	    memcmp(text + len - 2, " .", 2) != 0)
		return (-1);
	memcpy(line, text, len);
	end = len - 2;
	line[end] = line[HEX_DIGITS] = '\0';
	return ((hex_decode(id, ID_BYTES, line) == -1 ||
	    num_parse(line + HEX_DIGITS + 1, 1, COUNTS_MAX, times) == -1) ? -1 : 0);
}

/* Whether all that is wanted stays within the limit. */
static bool
has_room(const struct counts *c)
{
	size_t i;

	for (i = 0; i < c->wanted->count; i++) {
		if (c->wanted->times[i] > c->limit ||
		    counts_counted(c, c->wanted->id[i]) > c->limit - c->wanted->times[i])
			return (false);
	}
	return (true);
}

static int
counts_take_line(void *cookie, const char *line, size_t len)
{
	struct counts *c = cookie;
	uint8_t id[ID_BYTES];
	uint64_t times;

	if (line == NULL) {
		c->beyond = (c->wanted != NULL && !has_room(c));
		return (c->wanted == NULL || c->beyond);
	}
	if (counts_read_line(line, len, id, &times) == 0)
		return (add_count(&c->all, id, times));
	return (is_cut(line, len) ? 0 : fail(ST_FAILED, "%s: is damaged: it no longer says how "
	    "often something was revealed", c->log.path));
}

static int
write_lines(const struct reveal_counts *what, struct buf *lines)
{
	char hex[HEX_DIGITS + 1], line[LINE_BYTES + 16];
	size_t i;

	for (i = 0; i < what->count; i++) {
		hex_encode(hex, what->id[i], ID_BYTES);
		snprintf(line, sizeof(line), "%s %" PRIu64 " .\n", hex, what->times[i]);
		if (buf_string(lines, line) == -1)
			return (-1);
	}
	return (0);
}

/* Read what is new, and append ${lines} if there is room for what is wanted. */
static int
counts_update(struct counts *c, const struct reveal_counts *wanted, uint64_t limit,
    const struct buf *lines)
{
	int rc;

	c->wanted = wanted;
	c->limit = limit;
	rc = policy_log_update(&c->log, counts_take_line, c, (lines != NULL) ? lines->data : NULL,
	    (lines != NULL) ? lines->len : 0, 1);
	return ((rc == -1) ? -1 : c->beyond);
}

struct counts *
counts_open(const char *path)
{
	struct counts *c = mem_array(1, sizeof(*c));

	if (c != NULL && (c->log.path = mem_copy_string(path, strlen(path))) != NULL &&
	    counts_update(c, NULL, 0, NULL) == 0)
		return (c);
	counts_free(c);
	return (NULL);
}

void
counts_free(struct counts *c)
{

	if (c == NULL)
		return;
	reveal_counts_free(&c->all);
	free(c->log.path);
	free(c);
}

int
counts_take(struct counts *c, const struct reveal_counts *what, uint64_t limit)
{
	struct buf lines = { NULL, 0, 0 };
	int rc = write_lines(what, &lines);

	if (rc == 0)
		rc = counts_update(c, what, limit, &lines);
	buf_free(&lines);
	return (rc);
}

int
counts_room(struct counts *c, const struct reveal_counts *what, uint64_t limit)
{

	return (counts_update(c, what, limit, NULL));
}
