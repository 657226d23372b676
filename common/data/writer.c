#include "data/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/worker.h"
#include "data/policy_notes.h"

/* Rows that will be, or are being, written as one record. */
struct writer_block {
	struct part *part;
	struct mem_words plane[PART_MAX_PLANES];
	size_t n_planes;
	struct extent extent;
	size_t n_keys; /* of a record that is passed on */
	uint8_t keys[PART_MAX_PARTIES][PRG_KEY_BYTES];
};

struct writer {
	struct sink *sink;
	bool text;
	struct worker *worker;
	struct writer_block blocks[2];
	int filling; /* blocks[filling] takes rows; the other one may be being written */
	/*
	 * the filling block ends a part, and waits until it is known whether another part follows
	 */
	bool held;
	struct part *part;
	size_t block_rows;
	uint64_t row; /* of the part, at which the filling block begins */
};

struct writer *
writer_to(struct sink *sink, bool text)
{
	struct writer *w;

	if (sink == NULL || (w = mem_array(1, sizeof(*w))) == NULL) {
		sink_abort(sink);
		return (NULL);
	}
	w->text = text;
	w->sink = sink;
	if ((w->worker = worker_new()) == NULL) {
		writer_abort(w);
		return (NULL);
	}
	return (w);
}

struct writer *
writer_open(const char *path, enum output_mode mode, bool text, const struct seal_to *seal)
{

	if ((!text || seal != NULL) && sink_refuse_terminal(path) == -1)
		return (NULL);
	return (writer_to(sink_open(path, mode, seal), text));
}

/* Make room for ${words} words in each plane, as mem_words_reserve does. */
static int
block_reserve(struct writer_block *b, size_t words, size_t used, size_t most)
{
	size_t i;

	for (i = 0; i < b->n_planes; i++) {
		if (mem_words_reserve(&b->plane[i], words, used, most) == -1)
			return (-1);
	}
	return (0);
}

static void
block_free(struct writer_block *b)
{
	size_t i;

	for (i = 0; i < PART_MAX_PLANES; i++)
		mem_words_free(&b->plane[i]);
	part_free(b->part);
}

/* In the worker's thread: write the block that is not being filled. */
static int
write_block(void *cookie)
{
	struct writer *w = cookie;
	const struct writer_block *b = &w->blocks[1 - w->filling];
	struct record_out out = { .part = b->part, .extent = b->extent, .n_planes = b->n_planes,
		.n_keys = b->n_keys, .keys = (const uint8_t (*)[PRG_KEY_BYTES])b->keys };
	size_t i;

	for (i = 0; i < b->n_planes; i++)
		out.plane[i] = b->plane[i].word;
	return (record_write(&out, w->sink, w->text));
}

/* Hand the filling block to the worker and go on with the other one. */
static int
writer_flush(struct writer *w)
{

	if (worker_wait(w->worker) == -1)
		return (-1);
	w->row += w->blocks[w->filling].extent.rows;
	w->filling = 1 - w->filling;
	w->held = false;
	worker_start(w->worker, write_block, w);
	return (0);
}

/* Let the last record of a part go, now that it is known which part follows it. */
static int
release_last_record(struct writer *w, const struct part *next)
{
	struct extent *e = &w->blocks[w->filling].extent;

	if (!w->held)
		return (0);
	/* Whoever reads the part to its end finds it in the agent's notes. */
	if (policy_note_written(w->blocks[w->filling].part, e->first_row + e->rows) == -1)
		return (-1);
	e->has_next = (next != NULL);
	if (next != NULL)
		memcpy(e->next, next->id, ID_BYTES);
	return (writer_flush(w));
}

/* Make the filling block an empty one of ${part}. */
static struct writer_block *
start_block(struct writer *w, struct part *part)
{
	struct writer_block *b = &w->blocks[w->filling];

	part_free(b->part);
	b->part = part_ref(part);
	b->extent = (struct extent){ .first_row = w->row };
	b->n_planes = part_planes(part);
	b->n_keys = 0;
	return (b);
}

int
writer_begin(struct writer *w, struct part *part)
{
	size_t values = w->text ? RECORD_TEXT_VALUES : RECORD_VALUES;

	if (release_last_record(w, part) == -1)
		return (-1);
	w->part = part_ref(part);
	w->row = 0;
	w->block_rows = (part->cols < values) ? values / part->cols : 1;
	(void)start_block(w, part);
	return (0);
}

size_t
writer_space(struct writer *w, size_t max_rows, uint64_t *planes[PART_MAX_PLANES])
{
	struct writer_block *b = &w->blocks[w->filling];
	size_t used, rows, i, cols = w->part->cols;

	/* A full block waits here: only now is it certain that it is not the part's last. */
	if (b->extent.rows == w->block_rows) {
		if (writer_flush(w) == -1)
			return (0);
		b = start_block(w, w->part);
	}
	used = (size_t)b->extent.rows;
	rows = (max_rows < w->block_rows - used) ? max_rows : w->block_rows - used;
	if (block_reserve(b, (used + rows) * cols, used * cols, w->block_rows * cols) == -1)
		return (0);
	for (i = 0; i < b->n_planes; i++)
		planes[i] = b->plane[i].word + used * cols;
	return (rows);
}

void
writer_filled(struct writer *w, size_t rows)
{

	w->blocks[w->filling].extent.rows += rows;
}

int
writer_rows(struct writer *w, size_t rows, const uint64_t *const planes[PART_MAX_PLANES])
{
	size_t done, n, i, cols = w->part->cols;
	uint64_t *to[PART_MAX_PLANES];

	for (done = 0; done < rows; done += n) {
		if ((n = writer_space(w, rows - done, to)) == 0)
			return (-1);
		for (i = 0; i < part_planes(w->part); i++)
			memcpy(to[i], planes[i] + done * cols, n * cols * sizeof(uint64_t));
		writer_filled(w, n);
	}
	return (0);
}

int
writer_end(struct writer *w)
{

	w->blocks[w->filling].extent.last = true;
	w->held = true;
	part_free(w->part);
	w->part = NULL;
	return (0);
}

int
writer_record(struct writer *w, const struct record *record)
{

	return (writer_record_as(w, record, record->part));
}

int
writer_record_as(struct writer *w, const struct record *record, struct part *part)
{
	size_t words, i;
	struct writer_block *b;

	if (release_last_record(w, part) == -1)
		return (-1);
	b = start_block(w, part);
	b->extent = record->extent;
	b->extent.has_next = false;
	b->n_keys = record->n_keys;
	memcpy(b->keys, record->keys, record->n_keys * PRG_KEY_BYTES);
	if (record->n_words == 0)
		b->n_planes = 0;
	else if (record->n_keys > 0)
		b->n_planes = 1;
	words = (b->n_planes > 0) ? record->n_words / b->n_planes : 0;
	if (block_reserve(b, words, 0, words) == -1)
		return (-1);
	for (i = 0; i < b->n_planes; i++)
		memcpy(b->plane[i].word, record->words.word + i * words, words * sizeof(uint64_t));
	w->held = b->extent.last;
	return (w->held ? 0 : writer_flush(w));
}

int
writer_finish(struct writer *w)
{

	if (release_last_record(w, NULL) == -1 || worker_wait(w->worker) == -1)
		return (-1);
	return (sink_finish(w->sink));
}

/* End the writer of what is finished, but for its sink. */
static struct sink *
release_sink(struct writer *w)
{
	struct sink *sink = w->sink;

	w->sink = NULL;
	writer_abort(w);
	return (sink);
}

int
writer_close_both(struct writer *w, struct writer *other)
{
	struct sink *sinks[2];

	/* The first one may be standard output, and what is whole there cannot be taken back. */
	if ((other != NULL && writer_finish(other) == -1) || writer_finish(w) == -1) {
		writer_abort(w);
		writer_abort(other);
		return (-1);
	}
	sinks[0] = release_sink(w);
	sinks[1] = (other != NULL) ? release_sink(other) : NULL;
	return (sink_commit_all(sinks, 2));
}

int
writer_close(struct writer *w)
{

	return (writer_close_both(w, NULL));
}

int
writer_appear(struct writer *w)
{

	return (sink_appear(w->sink));
}

void
writer_stay(struct writer *w)
{

	sink_stay(release_sink(w));
}

void
writer_abort(struct writer *w)
{

	if (w == NULL)
		return;
	worker_free(w->worker);
	block_free(&w->blocks[0]);
	block_free(&w->blocks[1]);
	part_free(w->part);
	sink_abort(w->sink);
	mem_wipe_free(w, sizeof(*w));
}
