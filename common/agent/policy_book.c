#include "agent/policy_book_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/policy_log_internal.h"
#include "agent/policy_parts_internal.h"
#include "base/diag.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"

#define HEX_DIGITS (2 * ID_BYTES)
#define LINE_END "." /* without it, a line was cut */
#define OP_BYTES 32
#define WHY_BYTES 256
#define FLAG_MODEL 1
#define FLAG_MIXED 2
#define FLAG_LEAST 4 /* two words more: least, among */

struct book {
	struct policy_log log;
	struct noted_parts parts;
	const struct policy_note *entering; /* NULL: the book is only read */
	const char *why; /* of the last refusal */
	char text[WHY_BYTES];
};

/* ---- lines: id kind flags rows [least among] op inputs... . ---- */

/* Cut the next word off a line, which is changed; NULL: there is none. */
static char *
next_word(char **line)
{
	char *word = *line, *end;

	if (word == NULL || word[0] == '\0')
		return (NULL);
	if ((end = strchr(word, ' ')) != NULL)
		*end++ = '\0';
	*line = end;
	return (word);
}

static int
book_read_rows(const char *word, uint64_t *rows)
{

	if (strcmp(word, "-") == 0) {
		*rows = POLICY_ROWS_OPEN;
		return (0);
	}
	return (num_parse(word, 0, PART_MAX_ROWS, rows));
}

static int
book_read_least(char **line, struct policy_note *note)
{
	const char *least = next_word(line), *among = next_word(line);

	return ((among == NULL || num_parse(least, 1, PART_MAX_ROWS, &note->least) == -1) ? -1 :
	    num_parse(among, 0, PART_MAX_ROWS, &note->among));
}

/* The words before the inputs. */
static int
read_head(char **line, struct policy_note *note)
{
	const char *id = next_word(line), *kind = next_word(line), *flags = next_word(line),
	    *rows = next_word(line);
	uint64_t k, f;

	if (rows == NULL || hex_decode(note->id, ID_BYTES, id) == -1 ||
	    num_parse(kind, 0, POLICY_NOTE_RESULT, &k) == -1 ||
	    num_parse(flags, 0, FLAG_MODEL | FLAG_MIXED | FLAG_LEAST, &f) == -1 ||
	    book_read_rows(rows, &note->rows) == -1 ||
	    ((f & FLAG_LEAST) != 0 && book_read_least(line, note) == -1) ||
	    (note->op = next_word(line)) == NULL)
		return (-1);
	note->kind = (enum policy_note_kind)k;
	note->model = ((f & FLAG_MODEL) != 0);
	note->mixed = ((f & FLAG_MIXED) != 0);
	return (0);
}

/* A line, as a note with ids in ${inputs}.  Return 0, or -1 if it is none. */
static int
book_read_line(char *line, struct policy_note *note, struct buf *inputs)
{
	uint8_t id[ID_BYTES];
	const char *word;

	if (read_head(&line, note) == -1)
		return (-1);
	while ((word = next_word(&line)) != NULL && strcmp(word, LINE_END) != 0) {
		if (hex_decode(id, ID_BYTES, word) == -1 ||
		    buf_append(inputs, id, ID_BYTES) == -1)
			return (-1);
	}
	note->inputs = (const uint8_t (*)[ID_BYTES])inputs->data;
	note->n_inputs = inputs->len / ID_BYTES;
	return ((word != NULL && line == NULL) ? 0 : -1);
}

static int
write_line(const struct policy_note *note, struct buf *line)
{
	char hex[HEX_DIGITS + 1], rows[24] = "-", least[48] = "",
	    head[HEX_DIGITS + OP_BYTES + 112];
	size_t i;

	hex_encode(hex, note->id, ID_BYTES);
	if (note->rows != POLICY_ROWS_OPEN)
		snprintf(rows, sizeof(rows), "%" PRIu64, note->rows);
	if (note->least > 0)
		snprintf(least, sizeof(least), " %" PRIu64 " %" PRIu64, note->least, note->among);
	snprintf(head, sizeof(head), "%s %d %d %s%s %s", hex, (int)note->kind,
	    (note->model ? FLAG_MODEL : 0) | (note->mixed ? FLAG_MIXED : 0) |
	    ((note->least > 0) ? FLAG_LEAST : 0), rows, least,
	    (note->op[0] != '\0') ? note->op : "-");
	if (buf_string(line, head) == -1)
		return (-1);
	for (i = 0; i < note->n_inputs; i++) {
		hex_encode(hex, note->inputs[i], ID_BYTES);
		if (buf_string(line, " ") == -1 || buf_string(line, hex) == -1)
			return (-1);
	}
	return (buf_string(line, " " LINE_END "\n"));
}

/* ---- reading and entering ---- */

/*
 * Whether the book need not be told: it has the note, or, which is refused, it has something else
 * of the part.  Tools that pass a part on do not know of groups what its header does not say.
 */
static bool
book_knows(struct book *b, const struct policy_note *note)
{
	const uint32_t at = parts_find(&b->parts, note->id);
	const struct noted_part *p;
	size_t i;

	if (at == PARTS_UNKNOWN)
		return (false);
	p = &b->parts.list[at];
	for (i = 0; p->kind == note->kind && p->n_inputs == note->n_inputs && i < p->n_inputs &&
	    p->inputs[i] == parts_find(&b->parts, note->inputs[i]); i++)
		continue;
	if (p->kind != note->kind || p->n_inputs != note->n_inputs || i < p->n_inputs ||
	    (note->least > 0 && (p->least != note->least || p->among != note->among)) ||
	    (p->rows != note->rows && p->rows != POLICY_ROWS_OPEN &&
	    note->rows != POLICY_ROWS_OPEN))
		b->why = "a part is said to be something else than before";
	return (p->rows != POLICY_ROWS_OPEN || note->rows == POLICY_ROWS_OPEN);
}

/* Take a line of the book; one that says nothing to us is of a part that nobody knows. */
static int
book_take_line(void *cookie, const char *text, size_t len)
{
	struct book *b = cookie;
	struct buf inputs = { NULL, 0, 0 };
	struct policy_note note;
	char *line;
	int rc = 0;

	if (text == NULL)
		return (b->entering == NULL || book_knows(b, b->entering));
	if ((line = mem_copy_string(text, len)) == NULL)
		return (-1);
	memset(&note, 0, sizeof(note));
	if (strlen(line) == len && book_read_line(line, &note, &inputs) == 0)
		rc = parts_add(&b->parts, &note);
	free(line);
	buf_free(&inputs);
	return (rc);
}

/* Read what is new, and enter a note unless it is NULL. */
static int
book_update(struct book *b, const struct policy_note *note)
{
	struct buf line = { NULL, 0, 0 };
	int rc = -1;

	b->entering = note;
	b->why = NULL;
	if (note == NULL || write_line(note, &line) == 0)
		rc = policy_log_update(&b->log, book_take_line, b, line.data, line.len, 0);
	buf_free(&line);
	return ((rc == -1) ? -1 : (b->why != NULL));
}

struct book *
book_open(const char *path)
{
	struct book *b = mem_array(1, sizeof(*b));

	if (b != NULL && (b->log.path = mem_copy_string(path, strlen(path))) != NULL &&
	    book_update(b, NULL) == 0)
		return (b);
	book_free(b);
	return (NULL);
}

void
book_free(struct book *b)
{

	if (b == NULL)
		return;
	parts_free(&b->parts);
	free(b->log.path);
	free(b);
}

static int
refuse(struct book *b, const char *why)
{

	b->why = why;
	return (1);
}

int
book_note(struct book *b, const struct policy_note *note)
{

	if (strlen(note->op) >= OP_BYTES || strchr(note->op, ' ') != NULL ||
	    strchr(note->op, '\n') != NULL)
		return (refuse(b, "an operation has an impossible name"));
	return (book_update(b, note));
}

const char *
book_why(const struct book *b)
{

	return ((b->why != NULL) ? b->why : "");
}

/* ---- what is behind parts ---- */

void
reveal_counts_free(struct reveal_counts *c)
{

	free(c->id);
	free(c->times);
	memset(c, 0, sizeof(*c));
}

/* Nobody has told us of a part. */
static int
book_refuse_unknown(struct book *b, const uint8_t *id)
{
	char hex[HEX_DIGITS + 1];

	hex_encode(hex, id, ID_BYTES);
	snprintf(b->text, sizeof(b->text),
	    "part %.16s... was not made, from the owners' shares on, "
	    "by tools under this party's agent with its policy: nothing says how many rows are "
	    "behind it", hex);
	return (refuse(b, b->text));
}

/* Where the parts are; which is what is wanted. */
static int
place_parts(struct book *b, const struct ids *parts, uint32_t *at, bool *wanted)
{
	size_t i;

	for (i = 0; i < parts->count; i++) {
		if ((at[i] = parts_find(&b->parts, parts->id[i])) == PARTS_UNKNOWN)
			return (book_refuse_unknown(b, parts->id[i]));
		wanted[at[i]] = true;
	}
	return (0);
}

/* Whether two parts are of one operation on the same inputs. */
static bool
same_result(const struct noted_part *a, const struct noted_part *b)
{

	return (a->kind == POLICY_NOTE_RESULT && b->kind == POLICY_NOTE_RESULT &&
	    a->making == b->making && a->n_inputs == b->n_inputs && (a->n_inputs == 0 ||
	    memcmp(a->inputs, b->inputs, a->n_inputs * sizeof(*a->inputs)) == 0));
}

/* Count a reveal out of each of these sharings. */
static int
count_places(const struct book *b, const struct places *origins, struct reveal_counts *c)
{
	size_t i, k;

	for (i = 0; i < origins->count; i++) {
		const uint8_t *id = b->parts.list[origins->at[i]].id;

		for (k = 0; k < c->count && memcmp(c->id[k], id, ID_BYTES) != 0; k++)
			continue;
		if (k == c->count) {
			void *ids = realloc(c->id, (k + 1) * sizeof(*c->id)), *times;

			if (ids == NULL)
				return (fail(ST_FAILED, "out of memory"));
			c->id = ids;
			if ((times = realloc(c->times, (k + 1) * sizeof(*c->times))) == NULL)
				return (fail(ST_FAILED, "out of memory"));
			c->times = times;
			memcpy(c->id[k], id, ID_BYTES);
			c->times[k] = 0;
			c->count++;
		}
		c->times[k]++;
	}
	return (0);
}

/* Every value of the parts is revealed. */
static int
each_of(const struct book *b, const uint32_t *at, size_t n, const struct behind *behind,
    uint64_t *rows, struct reveal_counts *counts)
{
	size_t i, k;

	*rows = POLICY_ROWS_OPEN;
	for (i = 0; i < n; i++) {
		if (b->parts.list[at[i]].kind == POLICY_NOTE_PUBLIC)
			continue;
		/* What has no rows has no values. */
		if (behind[at[i]].each < *rows && b->parts.list[at[i]].rows != 0)
			*rows = behind[at[i]].each;
		for (k = 0; k < i && !same_result(&b->parts.list[at[k]],
		    &b->parts.list[at[i]]); k++)
			continue;
		if (k == i && count_places(b, &behind[at[i]].origins, counts) == -1)
			return (-1);
	}
	return (0);
}

/* Figures over all rows are revealed: of what a model was fed with, too. */
static int
figures_of(const struct book *b, const uint32_t *at, size_t n, const struct behind *behind,
    struct book_cells cells, uint64_t *rows, struct reveal_counts *counts)
{
	const struct noted_part figures = { .making = (cells.least > 0) ? MAKING_CELLS :
		MAKING_MODEL, .least = cells.least, .among = cells.among };
	struct behind out = { .each = 0 };
	int rc = parts_together(&b->parts, &figures, at, n, behind, &out);

	if (rc == 0)
		rc = count_places(b, &out.origins, counts);
	*rows = out.each;
	behind_free(&out);
	return (rc);
}

static int
work_out(struct book *b, const struct ids *parts, enum book_use use, struct book_cells cells,
    uint32_t *at, bool *wanted, struct behind *behind, uint64_t *rows,
    struct reveal_counts *counts)
{
	uint32_t missing;
	int rc = place_parts(b, parts, at, wanted);

	if (rc != 0 || (rc = parts_trace(&b->parts, wanted, behind, &missing)) == -1)
		return (rc);
	if (missing != PARTS_UNKNOWN)
		return (book_refuse_unknown(b, b->parts.list[missing].id));
	return ((use == BOOK_EACH) ? each_of(b, at, parts->count, behind, rows, counts) :
	    figures_of(b, at, parts->count, behind, cells, rows, counts));
}

int
book_behind(struct book *b, const struct ids *parts, enum book_use use, struct book_cells cells,
    uint64_t *rows, struct reveal_counts *counts)
{
	struct behind *behind = NULL;
	uint32_t *at = NULL;
	bool *wanted = NULL;
	size_t i;
	int rc = -1;

	if (parts->count == 0)
		return (refuse(b, "the tool does not say what it reads: does it run without "
		    "SMPC_POLICY?"));
	if (book_update(b, NULL) == 0 &&
	    (behind = mem_array(b->parts.count, sizeof(*behind))) != NULL &&
	    (wanted = mem_array(b->parts.count, sizeof(*wanted))) != NULL &&
	    (at = mem_array(parts->count, sizeof(*at))) != NULL)
		rc = work_out(b, parts, use, cells, at, wanted, behind, rows, counts);
	for (i = 0; behind != NULL && i < b->parts.count; i++)
		behind_free(&behind[i]);
	free(behind);
	free(wanted);
	free(at);
	return (rc);
}
