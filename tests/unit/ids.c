/*
 * The id of a public operand tells it from any other: each thing that a result depends on is in it.
 * What parties compare before a step are such ids, and so two who were given different weights do
 * not compute with them.
 */

#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "data/derive.h"
#include "tap.h"

#define ROWS 3
#define COLS 2

/* What a public tensor is. */
struct tensor {
	uint64_t modulus, divisor, rows, cols;
	unsigned fraction_bits;
	uint64_t words[ROWS * COLS];
	int exponents[COLS];
	bool has_exponents;
};

static const struct tensor example = { .divisor = 1, .rows = ROWS, .cols = COLS,
	.fraction_bits = 16, .words = { 1, 2, 3, 4, 5, 6 } };

static void
id_of(const struct tensor *t, uint8_t id[static ID_BYTES])
{

	public_digest(id, t->modulus, t->fraction_bits, t->divisor, t->rows, t->cols, t->words,
	    t->has_exponents ? t->exponents : NULL);
}

/* Whether a tensor has another id than the example. */
static bool
differs(const struct tensor *t)
{
	uint8_t id[ID_BYTES], first[ID_BYTES];

	id_of(&example, first);
	id_of(t, id);
	return (memcmp(id, first, sizeof(id)) != 0);
}

static void
test_words(void)
{
	struct tensor t = example;
	size_t i, same = 0;

	ok(!differs(&t), "the same tensor has the same id");
	for (i = 0; i < 64 * ROWS * COLS; i++) {
		t = example;
		t.words[i / 64] ^= (uint64_t)1 << i % 64;
		same += !differs(&t);
	}
	ok_u64(same, 0, "with any bit of any word changed it has another");
	t = example;
	t.words[0] = example.words[1];
	t.words[1] = example.words[0];
	ok(differs(&t), "and with words that have changed places");
}

static void
test_settings(void)
{
	struct tensor t = example;

	t.modulus = 576460752303423433;
	ok(differs(&t), "modulo something else it is another one");
	t = example;
	t.fraction_bits = 17;
	ok(differs(&t), "of another scale");
	t = example;
	t.divisor = 3;
	ok(differs(&t), "with another divisor");
	t = example;
	t.rows = COLS;
	t.cols = ROWS;
	ok(differs(&t), "of another shape");
	t = example;
	t.has_exponents = true;
	ok(!differs(&t), "exponents of 0 are as good as none");
	t.exponents[COLS - 1] = 1;
	ok(differs(&t), "others are not");
	t.exponents[COLS - 1] = -1;
	ok(differs(&t), "of either sign");
}

int
main(void)
{

	diag_init("ids");
	tap_plan(10);
	test_words();
	test_settings();
	return (tap_end());
}
