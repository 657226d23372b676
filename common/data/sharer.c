#include "data/sharer.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/worker.h"
#include "crypto/prg.h"
#include "data/record.h"

struct sharer_block {
	struct mem_words words;
	struct extent extent;
	uint64_t number;
};

struct sharer {
	struct ring R;
	size_t n_parties;
	size_t n_keys; /* parties, or computing parties, that are given a key */
	size_t cols;
	size_t block_rows;
	bool masked;
	bool text;
	struct part *parts[PART_MAX_PARTIES]; /* the same part as each party has it */
	struct sink *sinks[PART_MAX_PARTIES];
	uint8_t keys[PART_MAX_PARTIES][PRG_KEY_BYTES];

	struct worker *worker;
	/* One is being filled while the other one is shared; their room stays from part to part. */
	struct sharer_block blocks[2];
	int filling;
	uint64_t *next_row; /* behind a full block */
	struct mem_words mask; /* the worker's */

	uint8_t next[ID_BYTES]; /* id of the part that is begun next */
	bool has_next;          /* there will be one */
};

static int
make_parts(struct sharer *s, const struct part *part)
{
	size_t i;

	for (i = 0; i < s->n_parties; i++) {
		if ((s->parts[i] = part_copy(part)) == NULL ||
		    part_set_op(s->parts[i], "share") == -1)
			return (-1);
		s->parts[i]->party = i;
		memcpy(s->parts[i]->id, s->next, sizeof(s->next));
	}
	return (0);
}

/* Draw the keys of a part. */
static int
sharer_begin_part(struct sharer *s, const struct part *part)
{
	size_t values = s->text ? RECORD_TEXT_VALUES : RECORD_VALUES, i;

	s->cols = part->cols;
	s->block_rows = (part->cols < values) ? values / part->cols : 1;
	s->filling = 0;
	memset(&s->blocks[0].extent, 0, sizeof(s->blocks[0].extent));
	s->blocks[0].number = 0;
	for (i = 0; i < s->n_keys; i++)
		prg_new_key(s->keys[i]);
	if (make_parts(s, part) == -1)
		return (-1);
	return (((s->next_row = mem_array(s->cols, sizeof(uint64_t))) == NULL) ? -1 : 0);
}

/* Free all but the blocks. */
static void
free_part(struct sharer *s)
{
	size_t i;

	for (i = 0; i < s->n_parties; i++) {
		part_free(s->parts[i]);
		s->parts[i] = NULL;
	}
	mem_wipe_free(s->next_row, s->cols * sizeof(uint64_t));
	s->next_row = NULL;
}

/* Wipe the first ${words} words: a part that was short has touched no more. */
static void
wipe_first(struct mem_words *w, size_t words)
{

	mem_wipe(w->word, ((words < w->capacity) ? words : w->capacity) * sizeof(*w->word));
}

/* Wipe what a part of so many words has left in the blocks and in the mask. */
static void
wipe_blocks(struct sharer *s, size_t words)
{

	wipe_first(&s->mask, words);
	wipe_first(&s->blocks[0].words, words);
	wipe_first(&s->blocks[1].words, words);
}

struct sharer *
sharer_new(const struct part *part, struct sink *const *sinks, bool text)
{
	struct sharer *s;

	if ((s = mem_array(1, sizeof(*s))) == NULL)
		return (NULL);
	ring_init(&s->R, part->modulus);
	s->masked = (part->scheme == SCHEME_MASKED);
	s->n_parties = part->n_parties;
	s->n_keys = part->n_parties - 1;
	s->text = text;
	memcpy(s->sinks, sinks, s->n_parties * sizeof(*sinks));
	randombytes_buf(s->next, sizeof(s->next));
	if (sharer_begin_part(s, part) == -1 || (s->worker = worker_new()) == NULL) {
		sharer_free(s);
		return (NULL);
	}
	return (s);
}

/* Write m and its record key to every computing party. */
static int
write_masked(struct sharer *s, const struct sharer_block *b, uint8_t (*record_keys)[PRG_KEY_BYTES])
{
	struct record_out out = { .extent = b->extent, .n_keys = 1, .n_planes = 1,
		.plane = { b->words.word, NULL } };
	uint8_t digest[HASH_BYTES];
	size_t i;

	/* All hold the same m, so its hash is computed once. */
	hash_once(digest, b->words.word, b->extent.rows * s->cols * sizeof(uint64_t));
	out.payload_digest = digest;
	for (i = 0; i < s->n_keys; i++) {
		out.part = s->parts[i + 1];
		out.keys = (const uint8_t (*)[PRG_KEY_BYTES])&record_keys[i];
		if (record_write(&out, s->sinks[i + 1], s->text) == -1)
			return (-1);
	}
	return (0);
}

/* Write x less all other shares to the last party. */
static int
write_additive(struct sharer *s, const struct sharer_block *b)
{
	struct record_out out = { .part = s->parts[s->n_parties - 1], .extent = b->extent,
		.n_planes = 1, .plane = { b->words.word, NULL } };

	return (record_write(&out, s->sinks[s->n_parties - 1], s->text));
}

/* In the worker's thread: share the block that is not being filled. */
static int
share_block(void *cookie)
{
	struct sharer *s = cookie;
	struct sharer_block *b = &s->blocks[1 - s->filling];
	uint8_t record_keys[PART_MAX_PARTIES][PRG_KEY_BYTES];
	size_t n = b->extent.rows * s->cols, i;
	uint64_t *x = b->words.word;
	int rc;

	if (mem_words_reserve(&s->mask, n, 0, n) == -1)
		return (-1);
	for (i = 0; i < s->n_keys; i++) {
		prg_record_key(record_keys[i], s->keys[i], b->number);
		prg_values(&s->R, s->mask.word, n, record_keys[i], 0);
		if (s->masked)
			part_add_masks(s->parts[0], &s->R, x, s->mask.word, b->extent.rows);
		else
			ring_sub(&s->R, x, x, s->mask.word, n);
	}
	rc = s->masked ? write_masked(s, b, record_keys) : write_additive(s, b);
	mem_wipe(record_keys, sizeof(record_keys));
	return (rc);
}

/* Hand the filled block to the worker. */
static int
sharer_flush(struct sharer *s, bool last)
{
	struct sharer_block *full = &s->blocks[s->filling], *empty = &s->blocks[1 - s->filling];

	if (worker_wait(s->worker) == -1)
		return (-1);
	full->extent.last = last;
	if (last && (full->extent.has_next = s->has_next))
		memcpy(full->extent.next, s->next, sizeof(s->next));
	empty->number = full->number + 1;
	empty->extent = (struct extent){ .first_row = full->extent.first_row + full->extent.rows };
	s->filling = 1 - s->filling;
	worker_start(s->worker, share_block, s);
	return (0);
}

size_t
sharer_space(struct sharer *s, uint64_t **words)
{
	struct sharer_block *b = &s->blocks[s->filling];
	size_t rows = (size_t)b->extent.rows, used = rows * s->cols, room;

	if (rows < s->block_rows) {
		if (mem_words_reserve(&b->words, used + s->cols, used,
		    s->block_rows * s->cols) == -1)
			return (0);
		*words = b->words.word + used;
		room = b->words.capacity / s->cols;
		return (((room < s->block_rows) ? room : s->block_rows) - rows);
	}
	/*
	 * The block is full, but may be the last: the next row decides, and has a place of its own.
	 */
	*words = s->next_row;
	return (1);
}

int
sharer_filled(struct sharer *s, size_t rows)
{
	struct sharer_block *b = &s->blocks[s->filling];

	if (rows > 0 && b->extent.rows == s->block_rows) {
		if (sharer_flush(s, false) == -1)
			return (-1);
		b = &s->blocks[s->filling];
		if (mem_words_reserve(&b->words, s->cols, 0, s->block_rows * s->cols) == -1)
			return (-1);
		memcpy(b->words.word, s->next_row, s->cols * sizeof(uint64_t));
	}
	b->extent.rows += rows;
	return (0);
}

/*
 * Write the records that hold part keys alone: the dealer's, or every additive party's but the
 * last.
 */
static int
write_key_records(struct sharer *s, uint64_t rows)
{
	struct record_out out = { .extent = { .rows = rows, .key_rows = s->block_rows, .last = true,
		.has_next = s->has_next } };
	size_t i;

	if (s->has_next)
		memcpy(out.extent.next, s->next, sizeof(s->next));
	for (i = 0; i < (s->masked ? 1 : s->n_keys); i++) {
		out.part = s->parts[i];
		out.n_keys = s->masked ? s->n_keys : 1;
		out.keys = (const uint8_t (*)[PRG_KEY_BYTES])&s->keys[i];
		if (record_write(&out, s->sinks[i], s->text) == -1)
			return (-1);
	}
	return (0);
}

/* Write what is left of a part, and the records that hold keys alone; wipe what was shared. */
static int
end_part(struct sharer *s)
{
	uint64_t rows;

	if (sharer_flush(s, true) == -1)
		return (-1);
	rows = s->blocks[s->filling].extent.first_row;
	if (worker_wait(s->worker) == -1)
		return (-1);
	wipe_blocks(s, ((rows < s->block_rows) ? (size_t)rows : s->block_rows) * s->cols);
	return (write_key_records(s, rows));
}

int
sharer_next(struct sharer *s, const struct part *part)
{

	randombytes_buf(s->next, sizeof(s->next));
	s->has_next = true;
	if (end_part(s) == -1)
		return (-1);
	s->has_next = false;
	free_part(s);
	return (sharer_begin_part(s, part));
}

int
sharer_end(struct sharer *s)
{

	return (end_part(s));
}

void
sharer_free(struct sharer *s)
{

	if (s == NULL)
		return;
	worker_free(s->worker);
	free_part(s);
	mem_words_free(&s->mask);
	mem_words_free(&s->blocks[0].words);
	mem_words_free(&s->blocks[1].words);
	mem_wipe_free(s, sizeof(*s));
}
