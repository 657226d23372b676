/*
 * Text records.  What is accepted is written as text and as binary, and must read back as the same
 * number of rows.
 */

#include "stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Write all records of the stream as text. */
static int
rewrite(const uint8_t *data, size_t size, struct buf *text)
{
	const struct record *record;
	struct record_out out;
	struct reader *r;
	int rc;

	if ((r = reader_from(source_memory(data, size, "fuzz", NULL))) == NULL)
		return (-1);
	while ((rc = reader_record(r, &record)) == 1) {
		out = (struct record_out){ .part = record->part, .extent = record->extent,
			.n_keys = record->n_keys,
			.keys = (const uint8_t (*)[PRG_KEY_BYTES])record->keys };
		if (record->n_words > 0) {
			out.n_planes = (record->n_keys > 0) ? 1 : part_planes(record->part);
			out.plane[0] = record->words.word;
			out.plane[1] = record->words.word + record->n_words / 2;
		}
		fuzz_check(record_text_line(&out, text) == 0);
	}
	reader_close(r);
	return (rc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { NULL, 0, 0 };
	int64_t rows;

	if (sodium_init() == -1)
		abort();
	rows = fuzz_read(data, size, NULL);
	if (rows >= 0) {
		fuzz_check(rewrite(data, size, &text) == 0);
		fuzz_check(fuzz_read(text.data, text.len, NULL) == rows);
	}
	buf_free(&text);
	return (0);
}
