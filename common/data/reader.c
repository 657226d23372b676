#include "data/reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "crypto/prg.h"
#include "data/policy_notes.h"

struct reader {
	struct source *source;
	uint64_t number; /* of the last record fetched */

	struct record slots[2];
	struct record *current; /* NULL: none yet, or none left */
	struct record *ahead;   /* fetched; NULL: not yet, or the end */
	bool ahead_done;        /* fetched or at the end */
	bool ahead_finished;    /* its header was checked, too */

	/* Where the current record stands in its tensor, and the next row to be taken from it. */
	bool starts_tensor;
	uint64_t row; /* in the record */
	bool taken;   /* nothing is left of the current record */
	bool at_end;

	/* Words that keys stand for. */
	struct mem_words expanded, addend;
	bool shapes_only;
	bool takes_exponents, takes_row_exponents, takes_missing, takes_keys;
};

struct reader *
reader_from(struct source *source)
{
	struct reader *r;

	if (source == NULL || (r = mem_array(1, sizeof(*r))) == NULL) {
		source_close(source);
		return (NULL);
	}
	r->source = source;
	r->taken = true;
	return (r);
}

struct reader *
reader_open(const char *path, const struct keyring *keyring)
{

	return (reader_from(source_open(path, keyring)));
}

const char *
reader_name(const struct reader *r)
{

	return (source_name(r->source));
}

/* ---- what one record may follow ---- */

/* A record that begins a part: the same tensor as ${before}, or another one? */
static bool
same_tensor(const struct part *before, const struct part *p)
{

	return (strcmp(before->name, p->name) == 0 && part_same_columns(before, p));
}

/* Streams that say different things of their columns were put together, and not by smpc-cat. */
static int
refuse_about(const struct record *r, const char *field, size_t column)
{
	const struct part *p = r->part;

	if (column == SIZE_MAX)
		return (fail(ST_REFUSED, "%s: was shared by another schema than the rows before it "
		    "in the tensor: owners whose rows come together agree on one", r->where));
	if (p->columns == NULL)
		return (fail(ST_REFUSED, "%s: column %zu of tensor '%s' differs from the rows "
		    "before in its %s: put such streams together with smpc-cat, not with cat",
		    r->where, column + 1, p->name, field));
	return (fail(ST_REFUSED, "%s: column '%s' of tensor '%s' differs from the rows before in "
	    "its %s: put such streams together with smpc-cat, not with cat", r->where,
	    p->columns[column], p->name, field));
}

static int
check_new_part(const struct record *before, const struct record *r)
{
	const char *field;
	size_t column;

	if (before != NULL && before->extent.has_next &&
	    memcmp(before->extent.next, r->part->id, ID_BYTES) != 0)
		return (fail(ST_REFUSED, "%s: another part should follow here, by the id that the "
		    "part before it names", r->where));
	if (r->extent.first_row != 0)
		return (fail(ST_REFUSED, "%s: begins at row %" PRIu64 " of a part whose first rows "
		    "are missing", r->where, r->extent.first_row));
	if (before == NULL || !same_tensor(before->part, r->part))
		return (0);
	if ((field = part_about_difference(before->part, r->part, &column)) != NULL)
		return (refuse_about(r, field, column));
	if ((field = part_tensor_difference(before->part, r->part)) == NULL)
		return (0);
	return (fail(ST_REFUSED, "%s: field '%s' differs from that of the rows before it in the "
	    "tensor", r->where, field));
}

static int
check_same_part(const struct record *before, const struct record *r)
{
	uint64_t expected = before->extent.first_row + before->extent.rows;
	const char *field = part_difference(before->part, r->part);

	if (field != NULL && strcmp(field, "id") == 0)
		return (fail(ST_REFUSED, "%s: id changes before the part's last record: rows are "
		    "missing, or the record is from another sharing", r->where));
	if (field != NULL)
		return (fail(ST_REFUSED, "%s: field '%s' changes within a part", r->where, field));
	if (r->extent.first_row != expected)
		return (fail(ST_REFUSED, "%s: rows are out of order: begins at row %" PRIu64 " "
		    "instead of %" PRIu64, r->where, r->extent.first_row, expected));
	return (0);
}

/*
 * Check that the fetched record may follow the current one, and share the part where it is the
 * same.
 */
static int
finish_ahead(struct reader *r)
{
	struct record *before = r->current, *next = r->ahead;

	if (r->ahead_finished || next == NULL)
		return (0);
	if (record_finish(next) == -1)
		return (-1);
	if (part_is_owners(next->part) && source_check_owned(r->source, next->where,
	    &(struct owned){ part_party(next->part), next->sender, next->by_self }) == -1)
		return (-1);
	if (before == NULL || before->extent.last) {
		if (check_new_part(before, next) == -1)
			return (-1);
	} else {
		if (check_same_part(before, next) == -1)
			return (-1);
		part_free(next->part);
		next->part = part_ref(before->part);
	}
	r->ahead_finished = true;
	return (0);
}

/* At the end of the input, or of a sealed stream: is what was read whole? */
static int
check_whole(struct reader *r)
{
	const struct record *last = r->current;

	if (last == NULL)
		return (fail(ST_FAILED, "%s: input ends early: it is empty; did the command before "
		    "it fail?", reader_name(r)));
	if (last->extent.has_next)
		return (fail(ST_FAILED, "%s: input ends early: another part should follow; did the "
		    "command before it fail?", reader_name(r)));
	if (!last->extent.last)
		return (fail(ST_FAILED, "%s: input ends early, after %" PRIu64 " rows of a part "
		    "without its last record: did the command before it fail?", reader_name(r),
		    last->extent.first_row + last->extent.rows));
	return (0);
}

/* Fetch the record after the current one, if that was not done yet. */
static int
fetch_ahead(struct reader *r)
{
	struct record *slot = (r->current == &r->slots[0]) ? &r->slots[1] : &r->slots[0];
	bool was_sealed;
	int rc;

	if (r->ahead_done)
		return (0);
	for (;;) {
		was_sealed = source_is_sealed(r->source);
		if ((rc = record_fetch(slot, r->source, r->number + 1)) == -1)
			return (-1);
		/*
		 * A sealed stream holds whole parts: none goes on inside it, and none ends outside
		 * it.
		 */
		if ((rc == 0 || (!was_sealed && r->current != NULL &&
		    source_is_sealed(r->source))) && check_whole(r) == -1)
			return (-1);
		if (rc == 1 || !source_is_sealed(r->source))
			break;
		source_unseal_end(r->source);
	}
	/* What was not sealed must not pass for what was. */
	if (rc == 1 && r->current != NULL &&
	    (slot->sender[0] == '\0') != (r->current->sender[0] == '\0'))
		return (fail(ST_REFUSED, "%s: is %s, what comes before is %s", slot->where,
		    (slot->sender[0] != '\0') ? "sealed" : "not sealed", (slot->sender[0] != '\0') ?
		    "not" : "sealed"));
	r->number++;
	r->ahead = (rc == 1) ? slot : NULL;
	r->ahead_done = true;
	r->ahead_finished = false;
	return (0);
}

/* Budgets go to all that is made here; where the party has a policy, its agent learns of parts. */
static int
note_current(const struct reader *r)
{
	const struct extent *e;

	if (r->at_end)
		return (0);
	e = &r->current->extent;
	if (budgets_meet(&r->current->part->budgets) == -1)
		return (-1);
	return ((e->first_row > 0 && !e->last) ? 0 :
	    policy_note_read(r->current->part, e->first_row + e->rows, e->last));
}

/* Make the next record the current one, or find that there is none. */
static int
advance(struct reader *r)
{
	struct record *before = r->current;

	if (fetch_ahead(r) == -1 || finish_ahead(r) == -1)
		return (-1);
	r->starts_tensor = (r->ahead != NULL && (before == NULL ||
	    (before->extent.last && !same_tensor(before->part, r->ahead->part))));
	r->current = r->ahead;
	r->at_end = (r->current == NULL);
	r->ahead = NULL;
	r->ahead_done = r->ahead_finished = false;
	r->row = 0;
	r->taken = false;
	if (note_current(r) == -1)
		return (-1);
	/* The next record is read, and its hash begun, before this one is worked on. */
	return (r->at_end ? 0 : fetch_ahead(r));
}

/* Have a current record with something left to take, or be at the end. */
static int
need_current(struct reader *r)
{

	return ((r->taken && !r->at_end) ? advance(r) : 0);
}

int
reader_sealed(struct reader *r, bool *sealed)
{

	if (need_current(r) == -1)
		return (-1);
	*sealed = (!r->at_end && r->current->sender[0] != '\0');
	return (0);
}

int
reader_sender(struct reader *r, const char **sender)
{

	if (need_current(r) == -1)
		return (-1);
	*sender = r->at_end ? "" : r->current->sender;
	return (0);
}

int
reader_part(struct reader *r, struct part **part)
{

	if (need_current(r) == -1)
		return (-1);
	*part = r->at_end ? NULL : r->current->part;
	return (0);
}

void
reader_shapes_only(struct reader *r)
{

	r->shapes_only = true;
}

void
reader_takes_exponents(struct reader *r)
{

	r->takes_exponents = true;
}

void
reader_takes_row_exponents(struct reader *r)
{

	r->takes_exponents = r->takes_row_exponents = true;
}

void
reader_takes_missing(struct reader *r)
{

	r->takes_missing = true;
}

void
reader_takes_keys(struct reader *r)
{

	r->takes_keys = true;
}

uint64_t
reader_row(const struct reader *r)
{

	return (r->current->extent.first_row + r->row);
}

bool
reader_starts_tensor(const struct reader *r)
{

	return (r->starts_tensor && r->row == 0);
}

int
reader_single_row(struct reader *r, bool *single)
{
	const struct extent *e;

	if (need_current(r) == -1 || fetch_ahead(r) == -1 || finish_ahead(r) == -1)
		return (-1);
	e = &r->current->extent;
	*single = (e->rows == 1 && e->last && reader_starts_tensor(r) &&
	    (r->ahead == NULL || !same_tensor(r->current->part, r->ahead->part)));
	return (0);
}

/* ---- words that keys stand for ---- */

/* How many rows are expanded at a time. */
static size_t
expansion_rows(const struct part *p)
{

	return ((p->cols < RECORD_VALUES) ? RECORD_VALUES / p->cols : 1);
}

/*
 * Expand rows of a record under part keys: what each of them stands for, put together.  Rows lie in
 * one block of key_rows.
 */
static void
expand_part_keys(struct reader *r, size_t rows)
{
	const struct record *rec = r->current;
	uint64_t block = r->row / rec->extent.key_rows, first = r->row % rec->extent.key_rows *
	    rec->part->cols;
	size_t n = rows * rec->part->cols, i;
	uint64_t *sum = r->expanded.word;
	uint8_t key[PRG_KEY_BYTES];
	struct ring R;

	ring_init(&R, rec->part->modulus);
	for (i = 0; i < rec->n_keys; i++) {
		prg_record_key(key, rec->keys[i], block);
		prg_values(&R, (i == 0) ? sum : r->addend.word, n, key, first);
		if (i > 0)
			part_add_masks(rec->part, &R, sum, r->addend.word, rows);
	}
	mem_wipe(key, sizeof(key));
}

uint64_t
reader_rows_known(const struct reader *r, bool *last)
{

	*last = r->current->extent.last;
	return (r->current->extent.first_row + r->current->extent.rows);
}

size_t
reader_available(const struct reader *r)
{
	const struct record *rec = r->current;
	uint64_t left = rec->extent.rows - r->row, most = expansion_rows(rec->part), block;

	if (rec->n_keys == 0 || r->shapes_only)
		return ((size_t)left);
	if (rec->extent.key_rows != 0) {
		block = rec->extent.key_rows - r->row % rec->extent.key_rows;
		most = (block < most) ? block : most;
	}
	return ((size_t)((left < most) ? left : most));
}

/* Set the planes of ${rows}, expanding keys. */
static int
set_planes(struct reader *r, struct rows *rows)
{
	const struct record *rec = r->current;
	size_t cols = rec->part->cols, n = rows->rows * cols;
	size_t offset = (size_t)r->row * cols, stored, i;
	struct ring R;

	rows->n_planes = part_planes(rec->part);
	/* A record without words has no memory for them, to which nothing may be added. */
	stored = (rec->n_words > 0) ? rec->n_words / ((size_t)rec->extent.rows * cols) : 0;
	for (i = 0; i < PART_MAX_PLANES; i++)
		rows->plane[i] = (i < stored) ?
		    rec->words.word + i * (size_t)rec->extent.rows * cols + offset : NULL;
	if (rec->n_keys == 0 || r->shapes_only)
		return (0);
	if (mem_words_reserve(&r->expanded, n, 0, n) == -1 ||
	    mem_words_reserve(&r->addend, n, 0, n) == -1)
		return (-1);
	if (rec->extent.key_rows != 0) {
		expand_part_keys(r, rows->rows);
	} else {
		ring_init(&R, rec->part->modulus);
		prg_values(&R, r->expanded.word, n, rec->keys[0], offset);
	}
	rows->plane[rows->n_planes - 1] = r->expanded.word;
	return (0);
}

/* Rows with exponents are for those who print them alone. */
static int
check_row_exponents(const struct reader *r)
{
	const struct part *p = r->current->part;

	if (r->takes_row_exponents || p->n_row_exponents == 0)
		return (0);
	return (fail(ST_RANGE, "%s: the rows of tensor '%s' are in different units, which this "
	    "tool does not take, but smpc-reveal does", reader_name(r), p->name));
}

/* Whoever takes words has to know which are none. */
static int
check_presence(const struct reader *r)
{
	const struct part *p = r->current->part;
	size_t j;

	if (p->about == NULL || r->takes_missing)
		return (0);
	for (j = 0; j < p->cols && !p->about[j].missing; j++)
		continue;
	if (j == p->cols)
		return (0);
	if (p->columns == NULL)
		return (fail(ST_RANGE, "%s: column %zu of tensor '%s' has missing values, which "
		    "this tool does not take", reader_name(r), j + 1, p->name));
	return (fail(ST_RANGE, "%s: column '%s' of tensor '%s' has missing values, which this tool "
	    "does not take: its owner fills them with a number (smpc-share --na '%s=NUMBER')",
	    reader_name(r), p->columns[j], p->name, p->columns[j]));
}

/* Whoever takes words has to know what they are. */
static int
check_taken(const struct reader *r)
{
	const struct part *p = r->current->part;
	size_t j;

	if ((!r->takes_keys && part_refuse_keys(p, reader_name(r)) == -1) ||
	    check_row_exponents(r) == -1 || check_presence(r) == -1)
		return (-1);
	if (r->takes_exponents || p->about == NULL)
		return (0);
	for (j = 0; j < p->cols && p->about[j].exponent == 0; j++)
		continue;
	if (j == p->cols)
		return (0);
	if (p->columns == NULL)
		return (fail(ST_RANGE, "%s: column %zu of tensor '%s' is in units of 2^%d, which "
		    "this tool does not take", reader_name(r), j + 1, p->name,
		    p->about[j].exponent));
	return (fail(ST_RANGE, "%s: column '%s' of tensor '%s' is in units of 2^%d, which this "
	    "tool does not take", reader_name(r), p->columns[j], p->name, p->about[j].exponent));
}

int
reader_rows(struct reader *r, size_t max_rows, struct rows *rows)
{
	size_t available;

	if (need_current(r) == -1)
		return (-1);
	if (r->at_end)
		return (0);
	if (check_taken(r) == -1)
		return (-1);
	available = reader_available(r);
	rows->part = r->current->part;
	rows->first_row = reader_row(r);
	rows->rows = (max_rows < available) ? max_rows : available;
	if (set_planes(r, rows) == -1)
		return (-1);
	r->row += rows->rows;
	r->taken = (r->row == r->current->extent.rows);
	rows->ends_part = (r->taken && r->current->extent.last);
	return (1);
}

int
reader_record(struct reader *r, const struct record **record)
{

	if (need_current(r) == -1)
		return (-1);
	if (r->at_end)
		return (0);
	if (check_taken(r) == -1)
		return (-1);
	*record = r->current;
	r->taken = true;
	return (1);
}

void
reader_close(struct reader *r)
{

	if (r == NULL)
		return;
	record_free(&r->slots[0]);
	record_free(&r->slots[1]);
	source_close(r->source);
	mem_words_free(&r->expanded);
	mem_words_free(&r->addend);
	free(r);
}
