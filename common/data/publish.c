#include "data/publish.h"

#include <sodium.h>

#include "base/mem.h"

/* Words that are read at a time. */
#define BLOCK_WORDS ((size_t)1 << 14)

int
publish_begin(struct writer *w, const struct part *part)
{
	struct part *out;
	int rc = -1;

	if ((out = part_copy(part)) == NULL)
		return (-1);
	out->scheme = SCHEME_PUBLIC;
	out->party = 0;
	randombytes_buf(out->id, sizeof(out->id));
	if (part_set_parties(out, NULL, 0) == 0 && part_set_op(out, "share") == 0)
		rc = writer_begin(w, out);
	part_free(out);
	return (rc);
}

int
publish_table(struct writer *w, struct table *t)
{
	size_t cols = table_columns(t), most = (cols < BLOCK_WORDS) ? BLOCK_WORDS / cols : 1, rows;
	uint64_t *words;
	int rc;

	if ((words = mem_array(most * cols, sizeof(*words))) == NULL)
		return (-1);
	while ((rc = table_read(t, words, most, &rows)) == 1 &&
	    (rc = writer_rows(w, rows, (const uint64_t *const[PART_MAX_PLANES]){ words })) == 0)
		;
	mem_wipe_free(words, most * cols * sizeof(*words));
	return (rc);
}
