#ifndef SMPC_DATA_SCHEMA_H
#define SMPC_DATA_SCHEMA_H

/*
 * The schema that owners agree on before they share tables, smpc-schema(5): what each column is,
 * which values it may have, and what is done where one is missing.  It is public.
 *
 * Beside it, and not agreed, stands the dialect: how the tables of one owner are written.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "crypto/hash.h"
#include "data/column.h"
#include "table/table.h"

#define SCHEMA_FILE_MAX ((size_t)64 << 20)
#define SCHEMA_MAX_VALUES COLUMN_MAX_VALUES
#define SCHEMA_MAX_WORDS 256 /* of a list in the dialect */

/* What smpc-schema calls the value that stands for all that are not listed. */
#define SCHEMA_OTHER "other"

enum schema_kind {
	SCHEMA_NUMBER,
	SCHEMA_CATEGORY,
	SCHEMA_CLASS,
	SCHEMA_DATE,
	SCHEMA_KEY,
	SCHEMA_IGNORE
};

/* What is done where a value is missing. */
enum schema_na {
	SCHEMA_NA_ERROR, /* it is refused */
	SCHEMA_NA_DROP,  /* its row is left out */
	SCHEMA_NA_MEAN,  /* the mean of those that are present is taken */
	SCHEMA_NA_MEDIAN,
	SCHEMA_NA_VALUE, /* this is taken */
	SCHEMA_NA_UNIQUE /* of a key: one is taken that matches nothing */
};

/* Texts, all owned; zeros are none. */
struct schema_texts {
	char **text;
	size_t count, room;
};

struct schema_column {
	char *name;
	enum schema_kind kind;
	double low, high;           /* of a number */
	char *unit;                 /* of a number; NULL: none */
	enum key_match match;       /* of a key */
	struct schema_texts values; /* of a category or class */
	bool other;                 /* the last of them stands for all texts that are not listed */
	char *baseline;             /* the category that gets no column; NULL: none */
	enum schema_na na;
	char *na_value;             /* of SCHEMA_NA_VALUE, else NULL */
	bool na_indicator;          /* a further column says where values are missing */
};

/* As the fields of struct table_options, where 0 is "not said". */
struct schema_dialect {
	bool own; /* owners write in different ways, and each has to say how */
	char delimiter, comment, decimal, thousands;
	bool no_quotes;
	struct schema_texts percent, strip, na_text;
};

struct schema {
	size_t count;
	struct schema_column *columns;
	struct schema_dialect dialect;
};

/*
 * schema_new(count):
 * Return a schema with ${count} zeroed columns, or NULL (reported).
 */
struct schema *schema_new(size_t count);

/*
 * schema_free(s):
 * Free; harmless on NULL.
 */
void schema_free(struct schema *s);

/*
 * schema_load(path), schema_load_memory(data, bytes, name):
 * Read and check a schema file, or standard input if ${path} is "-", or the contents of a file that
 * messages call ${name}.  Return NULL, having reported, if it breaks a rule of smpc-schema(5).
 */
struct schema *schema_load(const char *path);
struct schema *schema_load_memory(const char *data, size_t bytes, const char *name);

/*
 * schema_text(s, b):
 * Append the schema as a file has it, a line for each column.  Return 0 or -1 (reported).
 */
int schema_text(const struct schema *s, struct buf *b);

/*
 * schema_digest(s, digest):
 * The digest of what owners agree on: BLAKE2b of its form by RFC 8785, without the dialect.  Return
 * 0 or -1 (reported).
 */
int schema_digest(const struct schema *s, uint8_t digest[static HASH_BYTES]);

/*
 * schema_find(s, name):
 * Return the column of that name, or NULL.
 */
const struct schema_column *schema_find(const struct schema *s, const char *name);

/*
 * schema_shared(c):
 * Whether a column is shared.
 */
bool schema_shared(const struct schema_column *c);

/*
 * schema_has_values(kind), schema_kind_name(kind), schema_na_text(c, text):
 * Whether texts are listed for this kind; what files call it; and what they call what is done where
 * a value is missing.
 */
bool schema_has_values(enum schema_kind kind);
const char *schema_kind_name(enum schema_kind kind);
const char *schema_na_text(const struct schema_column *c, char text[static 80]);

/*
 * schema_texts_add(t, s, len), schema_texts_find(t, s, len), schema_texts_free(t):
 * Append a copy, and return 0 or -1 (reported); return the position of a text, or t->count; free.
 */
int schema_texts_add(struct schema_texts *t, const char *s, size_t len);
size_t schema_texts_find(const struct schema_texts *t, const char *s, size_t len);
void schema_texts_free(struct schema_texts *t);

/*
 * schema_column_fault(c, text, size):
 * Check that a column's fields go together.  Return 0, or -1 with what is wrong, which field first,
 * in ${text}; nothing is reported.
 */
int schema_column_fault(const struct schema_column *c, char *text, size_t size);

/*
 * schema_name_fault(s, text, size):
 * The same for the names of all columns.  Return 0, -1, or -2 if memory is short (reported).
 */
int schema_name_fault(const struct schema *s, char *text, size_t size);

#endif /* !SMPC_DATA_SCHEMA_H */
