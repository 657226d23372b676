#ifndef SMPC_DATA_COLUMN_H
#define SMPC_DATA_COLUMN_H

/*
 * What is known of a column and said in the header of a record (smpc-share(5), Columns): what an
 * owner declared of it, and what follows from that.  All of it is public.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "crypto/hash.h"
#include "table/key.h"

#define COLUMN_MAX_EXPONENT 960
#define COLUMN_MAX_UNIT_BYTES 64
#define COLUMN_MAX_VALUES 65536
#define COLUMN_MAX_VALUE_BYTES 1024

/*
 * An owner who declares no range should have numbers below 2^15, which smpc-share says of others:
 * with 16 fraction bits words have so many bits.  What follows from that is supposed of results.
 * It is no bound, and nothing is computed by it; but what would have no room then is refused.
 */
#define COLUMN_SUPPOSED_BITS 31

enum column_kind {
	COLUMN_UNDECLARED, /* nothing is known */
	COLUMN_NUMBER,
	COLUMN_INDICATOR,  /* 1 where column ${of} has the value values[0], else 0 */
	COLUMN_CLASS,      /* k where it has the value values[k] */
	COLUMN_DATE,       /* days since 1970-01-01 */
	COLUMN_KEY,        /* a word of column ${of}, by which tables are joined (part.h) */
	COLUMN_PRESENCE,   /* 1 where column ${of} has a value, else 0 */
};

struct column {
	enum column_kind kind;
	int64_t low, high; /* bounds of the words, read as signed */
	int exponent;      /* a word x stands for x 2^exponent / (2^f d) */
	unsigned supposed; /* bits of the words, where no range is known; 0: COLUMN_SUPPOSED_BITS */
	bool missing;      /* some words may be, and are 0: a column of presence tells which */
	bool median;       /* those that learn take the median in place of these, not the mean */
	enum key_match match; /* of a key: which texts are the same one */
	bool distinct;     /* of a key: the owner knows that none comes twice in the part */
	char *unit;        /* NULL: none */
	/* NULL: none; of a number or a class, what it is a prediction of */
	char *of;
	size_t n_values;
	char **values;
};

/*
 * column_init(c):
 * Make an undeclared column: any word, exponent 0.
 */
void column_init(struct column *c);

/*
 * column_set_unit(c, unit):
 * Replace the unit by a copy.  Return 0 or -1 (reported).
 */
int column_set_unit(struct column *c, const char *unit);

/*
 * column_copy(to, from):
 * Make ${to}, whose content is forgotten, a copy.  Return 0 or -1 (reported); column_clear is due
 * in either case.
 */
int column_copy(struct column *to, const struct column *from);

/*
 * column_clear(c):
 * Free what ${c} holds, and make it undeclared.
 */
void column_clear(struct column *c);

/*
 * columns_copy(from, count), columns_free(c, count):
 * The same for new memory with ${count} columns.  columns_copy returns NULL on failure (reported);
 * columns_free(NULL, count) is harmless.
 */
struct column *columns_copy(const struct column *from, size_t count);
void columns_free(struct column *c, size_t count);

/*
 * column_has_range(c):
 * Whether not every word may occur.
 */
bool column_has_range(const struct column *c);

/*
 * columns_say(c, count):
 * Whether anything is known or supposed of any of the columns.
 */
bool columns_say(const struct column *c, size_t count);

/*
 * column_difference(a, b):
 * Name a field in which two columns differ, range last, or return NULL.
 */
const char *column_difference(const struct column *a, const struct column *b);

/*
 * column_same_values(a, b):
 * Whether both have the same values, or categories, in the same order.
 */
bool column_same_values(const struct column *a, const struct column *b);

/*
 * column_clash(a, b):
 * Name what makes it senseless to add or compare numbers of two columns: their units differ, or a
 * text stands for different numbers.  NULL: nothing does.
 */
const char *column_clash(const struct column *a, const struct column *b);

/*
 * column_is_coded(c):
 * Whether numbers stand for something that an owner who declares nothing need not mean by them.
 */
bool column_is_coded(const struct column *c);

/*
 * column_is_renumbered(c):
 * Whether it is a class whose values are numbers as JSON has them, without an exponent, and not 0,
 * 1 and so on: a word that is read as a number is another one then.
 */
bool column_is_renumbered(const struct column *c);

/*
 * column_contradiction(a, b):
 * Name what two columns that are said to be something differ in, other than range and exponent;
 * where nothing is said of one of them, a unit that the other one has, or that it is coded.  NULL:
 * nothing.
 */
const char *column_contradiction(const struct column *a, const struct column *b);

/*
 * column_same_key(a, b):
 * Whether both are words of one key: columns that are not of kind key are of none.
 */
bool column_same_key(const struct column *a, const struct column *b);

/*
 * column_show(text, c, what):
 * Write what a column is in the respect ${what}, for messages, as far as there is room.
 */
#define COLUMN_SHOWN_BYTES 200
void column_show(char text[static COLUMN_SHOWN_BYTES], const struct column *c, const char *what);

/*
 * column_hash(h, c):
 * Hash all of it.
 */
void column_hash(struct hash *h, const struct column *c);

/*
 * column_json(c):
 * Return the column as a new JSON value, or NULL (not reported) if memory is short or a string is
 * not UTF-8.
 */
json_t *column_json(const struct column *c);

/*
 * column_decode(c, v, where):
 * Check all of ${v} and make ${c} the column that it describes.  Messages begin with ${where}.
 * Return 0 or -1 (reported); column_clear is due in either case.
 */
int column_decode(struct column *c, const json_t *v, const char *where);

/*
 * column_kind_name(kind):
 * What headers call it; "undeclared" for COLUMN_UNDECLARED.
 */
const char *column_kind_name(enum column_kind kind);

#endif /* !SMPC_DATA_COLUMN_H */
