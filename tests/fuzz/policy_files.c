/*
 * What a policy's agent keeps in files, and tools tell it: the book of parts and the counts of
 * reveals.  Whatever a file holds, it is read or refused; and bounds of rows stay bounds: no value
 * has more rows behind it than all sharings together have.
 */

#include <sodium.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/policy_book_internal.h"
#include "agent/policy_counts_internal.h"
#include "base/diag.h"
#include "check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file in memory, or where there is no such place, in /tmp. */
static void
write_file(char *path, const uint8_t *data, size_t size)
{
	int fd;

	strcpy(path, (access("/dev/shm", W_OK) == 0) ? "/dev/shm/fuzz-XXXXXX" : "/tmp/fuzz-XXXXXX");
	fuzz_check((fd = mkstemp(path)) != -1);
	fuzz_check(write(fd, data, size) == (ssize_t)size);
	close(fd);
}

static void
check_counts(const char *path)
{
	uint8_t id[1][ID_BYTES] = { { 1 } };
	uint64_t times[1] = { 1 };
	struct reveal_counts one = { id, times, 1 };
	struct counts *c = counts_open(path);

	if (c == NULL)
		return;
	fuzz_check(counts_take(c, &one, UINT64_MAX) != -1);
	fuzz_check(counts_room(c, &one, 1) != 0);
	counts_free(c);
	/* What was counted stands there for the next agent, too,
	    or it sees damage behind the end. */
	if ((c = counts_open(path)) == NULL)
		return;
	fuzz_check(counts_room(c, &one, 1) == 1);
	counts_free(c);
}

/* Parts of few ids, so that they meet: each takes six bytes of the input. */
static void
check_book(const char *path, const uint8_t *data, size_t size)
{
	static const char *const ops[] = { "cut", "sum", "stat", "train", "predict", "matmul",
	    "sub",
		"shuf", "transpose", "matmul-t", "max" };
	uint8_t inputs[2][ID_BYTES], id[ID_BYTES];
	struct reveal_counts counts = { NULL, NULL, 0 };
	struct ids wanted = { NULL, 0 };
	/* what a file says of sharings is not known here */
	uint64_t rows, total = (size == 0) ? POLICY_ROWS_OPEN - 1 : 0;
	struct book *b = book_open(path);
	size_t i;

	fuzz_check(b != NULL);
	memset(inputs, 0xee, sizeof(inputs));
	for (i = 0; i + 6 <= size && i < 180; i += 6) {
		struct policy_note note = { .kind = (enum policy_note_kind)(data[i] % 3),
			.rows = data[i + 1], .op = ops[data[i + 2] % 11],
			.model = ((data[i + 2] & 64) != 0), .mixed = ((data[i + 2] & 128) != 0) };

		if (data[i + 2] % 11 == 10 && (data[i + 3] & 128) != 0) {
			note.op = "group";
			note.least = data[i + 3] & 127;
			note.among = data[i + 1];
		}
		memset(note.id, 0xee, ID_BYTES);
		note.id[0] = data[i + 3] % 8;
		inputs[0][0] = data[i + 4] % 8;
		inputs[1][0] = data[i + 5] % 8;
		if (note.kind == POLICY_NOTE_RESULT) {
			note.inputs = (const uint8_t (*)[ID_BYTES])inputs;
			note.n_inputs = 2;
		} else if (note.kind == POLICY_NOTE_SHARING)
			total += note.rows;
		fuzz_check(book_note(b, &note) != -1);
	}
	memset(id, 0xee, sizeof(id));
	for (i = 0; i < 8; i++) {
		id[0] = (uint8_t)i;
		fuzz_check(ids_add(&wanted, id) == 0);
		if (book_behind(b, &wanted, (i % 2 == 0) ? BOOK_EACH : BOOK_FIGURES,
		    (struct book_cells){ (uint64_t)i / 4 * 3, 5 }, &rows, &counts) == 0)
			fuzz_check(rows == POLICY_ROWS_OPEN || rows <= total + 1);
		reveal_counts_free(&counts);
		ids_free(&wanted);
	}
	book_free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t nothing;
	char path[32];

	fuzz_check(sodium_init() != -1);
	write_file(path, data, size);
	check_counts(path);
	unlink(path);
	/* The same bytes as a file of parts, and as what tools say. */
	write_file(path, data, size);
	check_book(path, &nothing, 0);
	unlink(path);
	write_file(path, &nothing, 0);
	check_book(path, data, size);
	unlink(path);
	return (0);
}
