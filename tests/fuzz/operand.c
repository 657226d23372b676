/*
 * Public operands.  The first byte says for what one is loaded, the second one how many fraction
 * bits or which modulus; the rest is a file, or, if it looks like one, a number as on a command
 * line.  What is loaded must be what a second loading gives, have words that fit, and stay the same
 * numbers when bits that are zero are dropped.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "check.h"
#include "local/operand.h"
#include "ring/ring.h"

#define N_LOADERS 5
#define MOST_COLUMNS 8
#define MOST_NUMBER_BYTES 60

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[] = "/tmp/smpc-fuzz-XXXXXX";
static int ready;

static void
remove_file(void)
{

	(void)unlink(path);
}

static void
set_up(void)
{
	int fd;

	fuzz_check((fd = mkstemp(path)) != -1);
	close(fd);
	fuzz_check(atexit(remove_file) == 0);
	ready = 1;
}

/* Nothing else is taken for a number, as it would be the name of a file of this machine. */
static int
is_number(const uint8_t *data, size_t size)
{
	size_t i;

	for (i = 0; i < size && i < MOST_NUMBER_BYTES; i++) {
		if (memchr("0123456789+-.eE", data[i], 15) == NULL)
			return (0);
	}
	return (size > 0 && size < MOST_NUMBER_BYTES && data[0] != '.');
}

static void
write_file(const uint8_t *data, size_t size)
{
	FILE *f = fopen(path, "w");

	fuzz_check(f != NULL && fwrite(data, 1, size, f) == size);
	fuzz_check(fclose(f) == 0);
}

/* The number itself, if there is no file of that name; or the file. */
static int
load(const char *text, unsigned how, unsigned bits, struct operand **o)
{
	static const unsigned terms[MOST_COLUMNS] = { 16, 3, 62, 0, 20, 16, 16, 40 };
	static const double sizes[MOST_COLUMNS] = { 1, 32768, 0x1p20, 0, 0x1p47, 2, 3, 4 };

	switch (how % N_LOADERS) {
	case 0:
		return (operand_load(text, (bits & 64) ? 0 : bits % 63, (bits & 64) ? 2 + bits : 0,
		    o));
	case 1:
		return (operand_load_terms(text, terms, 1 + bits % MOST_COLUMNS, 16, o));
	case 2:
		return (operand_load_factor(text, bits % 63, (bits & 64) ? 2 + bits : 0, o));
	case 3:
		return (operand_load_factors(text, bits % 63, o));
	default:
		return (operand_load_matrix(text, bits % 40, sizes, 1 + bits % MOST_COLUMNS, o));
	}
}

static void
check_operand(const struct operand *o)
{
	struct ring R;
	size_t i;

	fuzz_check(o->cols >= 1 && o->fraction_bits <= PART_MAX_FRACTION_BITS && o->divisor >= 1);
	fuzz_check(o->modulus == 0 || (o->fraction_bits == 0 && o->exponents == NULL));
	ring_init(&R, o->modulus);
	fuzz_check(ring_check(&R, o->words, o->rows * o->cols) == 0);
	for (i = 0; o->exponents != NULL && i < o->cols; i++)
		/* The smallest double is 2^-1074, and the word of a number has 62 bits at most. */
		fuzz_check(o->exponents[i] >= -1074 - 62 && o->exponents[i] < 1024);
	for (i = 0; o->columns != NULL && i < o->cols; i++)
		fuzz_check(o->columns[i] != NULL);
}

static void
check_same(const struct operand *o, const struct operand *other)
{
	size_t words = o->rows * o->cols;

	fuzz_check(o->rows == other->rows && o->cols == other->cols &&
	    o->fraction_bits == other->fraction_bits &&
	    memcmp(o->digest, other->digest, sizeof(o->digest)) == 0);
	fuzz_check(words == 0 || memcmp(o->words, other->words, words * sizeof(*o->words)) == 0);
}

/* Without bits that are zero, numbers are what they were. */
static void
check_reduced(struct operand *o, const struct operand *whole)
{
	unsigned dropped;
	size_t i;

	operand_reduce(o);
	fuzz_check(o->fraction_bits <= whole->fraction_bits && o->rows == whole->rows &&
	    o->cols == whole->cols);
	dropped = whole->fraction_bits - o->fraction_bits;
	for (i = 0; o->exponents == NULL && i < o->rows * o->cols; i++)
		fuzz_check(o->words[i] << dropped == whole->words[i]);
	check_operand(o);
}

/* In one of more columns each has at most the bits that it had. */
static void
check_fitted(struct operand *o, size_t cols)
{
	unsigned bits[MOST_COLUMNS];
	size_t i;

	for (i = 0; i < cols; i++)
		bits[i] = (unsigned)(7 * i) % 33;
	if (o->exponents != NULL || (o->cols != 1 && o->cols != cols) || operand_fit(o, cols,
	    bits) == -1)
		return;
	fuzz_check(o->cols == cols);
	for (i = 0; i < cols; i++)
		fuzz_check(bits[i] <= PART_MAX_FRACTION_BITS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct operand *o = NULL, *again = NULL;
	struct failure failure;
	char number[MOST_NUMBER_BYTES + 1];
	const char *text = path;
	int rc;

	if (!ready)
		set_up();
	if (size < 2)
		return (0);
	if (is_number(data + 2, size - 2)) {
		memcpy(number, data + 2, size - 2);
		number[size - 2] = '\0';
		text = number;
	} else
		write_file(data + 2, size - 2);
	diag_divert(&failure);
	rc = load(text, data[0], data[1], &o);
	diag_divert(NULL);
	fuzz_check((rc == 0) == (failure.status == ST_OK));
	if (rc == 0) {
		check_operand(o);
		fuzz_check(load(text, data[0], data[1], &again) == 0);
		check_same(o, again);
		diag_divert(&failure);
		(void)operand_check_columns(o);
		(void)operand_check_rows(o);
		check_reduced(o, again);
		if (again->modulus == 0)
			check_fitted(again, 1 + data[1] % MOST_COLUMNS);
		diag_divert(NULL);
	}
	operand_free(o);
	operand_free(again);
	return (0);
}
