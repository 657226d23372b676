#ifndef SMPC_DATA_PART_H
#define SMPC_DATA_PART_H

/*
 * What the header of a record says: a part (one sharing, or one result), and which rows of it the
 * record holds.  The fields and their limits are those of smpc-share(5).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "crypto/hash.h"
#include "data/budget.h"
#include "data/column.h"
#include "data/ids.h"

#define PART_MAX_PARTIES 64
#define PART_MAX_PLANES 2
#define PART_MAX_COLUMNS ((size_t)1 << 19)
#define PART_MAX_ROWS ((uint64_t)1 << 40)
#define PART_MAX_INPUTS 10000
#define PART_MAX_ORIGINS 1000
#define PART_MAX_FRACTION_BITS 62
#define PART_MAX_DIVISOR ((uint64_t)1 << 32)
#define PART_MAX_KEY_ROWS ((uint64_t)1 << 32)
#define PART_MAX_NAME_BYTES 255
#define PART_MAX_COLUMN_NAME_BYTES 1024

struct ring;

enum scheme { SCHEME_MASKED, SCHEME_ADDITIVE, SCHEME_PUBLIC };

/* The planes of a computing party's share of a masked sharing. */
enum part_plane { PART_PLANE_M, PART_PLANE_LAM };

/*
 * Whether the words of a part are those that owners shared.  A bit about all values of a column may
 * be opened of words that nobody has shifted, and of no others: else it would compare them with
 * anything.
 */
enum part_intact {
	PART_CHANGED, /* nothing is said */
	PART_ROWS,    /* some rows of owners' columns, in any order, with their words */
	PART_WHOLE,   /* whole columns of owners' sharings, all rows in order, with their words */
};

/*
 * A bit about chosen rows (PART_ROWS) is opened only where one part alone has so many of them: the
 * same row could be put together with itself.
 */
#define PART_LEAST_ROWS 10

/*
 * A part; shared between its records and their users by reference counting.  Read-only once it has
 * been handed on.
 */
struct part {
	unsigned references;
	enum scheme scheme;
	uint64_t modulus; /* 0 stands for 2^64 */
	unsigned fraction_bits;
	uint64_t divisor;
	size_t n_parties;
	char **parties;
	size_t party; /* index into parties */
	char *name;
	size_t cols;
	char **columns; /* NULL: without names */
	struct column *about; /* what is known of each; NULL: nothing of any */
	/*
	 * of a result with a row for each of some columns: exponents of rows, which are added to
	 * those of columns; NULL: all are 0
	 */
	size_t n_row_exponents;
	int *row_exponents;
	bool has_schema;
	uint8_t schema[HASH_BYTES]; /* the digest of the schema that an owner kept to */
	bool dropped;               /* an owner left out rows */
	struct ids origins; /* of a result: the sharings with rows left out that its rows are of */
	/*
	 * a public matrix put rows together, each to its own, or a join took rows as often as there
	 * are others for them; headers do not say so
	 */
	bool mixed;
	/*
	 * of figures of groups: each is of so many rows at least, or of none and 0, among so many
	 * that were read; of a join: so many rows, at least, have one of each table, among all; 0:
	 * that is not known.  Headers do not say so, either
	 */
	uint64_t least, among;
	/* what owners let the part tell of one person: it leaves with noise alone (budget.h) */
	struct budgets budgets;
	/* of a result with noise: what of whose budgets was spent on it */
	struct budgets spent;
	/*
	 * By how much, at most, the words of each column change if one row of an owner's table is
	 * another one: the Euclidean norm over all rows of the part.  NULL, or 0: not known.
	 */
	uint64_t *change;
	uint64_t *noise; /* of a result with noise: its deviation, in words, by columns; or NULL */
	/*
	 * each row of an owner's table is in one row of the part at most, whose place has nothing
	 * to do with the values of rows; part_once()
	 */
	bool once;
	uint8_t id[ID_BYTES];
	char *op;
	enum part_intact intact; /* of a result; part_intact() knows of sharings, too */
	size_t n_inputs;
	uint8_t (*inputs)[ID_BYTES];
	/*
	 * what a model's tensors are for: a JSON object in canonical form; NULL: this is no model
	 */
	char *model;
};

/* The rows of a part that one record holds. */
struct extent {
	uint64_t first_row;
	uint64_t rows;
	uint64_t key_rows; /* 0: the record holds no part keys */
	bool last;
	bool has_next; /* another part follows in the same stream */
	uint8_t next[ID_BYTES];
};

/*
 * part_new():
 * Return a part with scheme public, modulus 2^64, divisor 1 and nothing else, or NULL (reported).
 */
struct part *part_new(void);

/*
 * part_copy(p):
 * Return an independent copy to be changed, or NULL (reported).
 */
struct part *part_copy(const struct part *p);

/*
 * part_ref(p), part_free(p):
 * Take one more reference; give one back.  part_free(NULL) is harmless.
 */
struct part *part_ref(struct part *p);
void part_free(struct part *p);

/*
 * part_set_name(p, name), part_set_op(p, op), part_set_parties(p, names, count),
 * part_set_columns(p, names, cols),
 * part_set_model(p, json):
 * Replace a field by copies.  ${names} of columns, and ${json}, may be NULL.  Other columns are
 * such of which nothing is known.  Return 0 or -1 (reported).
 */
int part_set_name(struct part *p, const char *name);
int part_set_op(struct part *p, const char *op);
int part_set_parties(struct part *p, const char *const *names, size_t count);
int part_set_columns(struct part *p, const char *const *names, size_t cols);
int part_set_model(struct part *p, const char *json);

/*
 * part_set_about(p, about):
 * Say what is known of the columns: copies of part->cols elements; NULL, and elements that say
 * nothing, are the same.  Return 0 or -1 (reported).
 */
int part_set_about(struct part *p, const struct column *about);

/*
 * part_set_row_exponents(p, exponents, rows):
 * Copies, of all rows of the part; NULL, or zeroes alone, are none.  Return 0 or -1 (reported).
 */
int part_set_row_exponents(struct part *p, const int *exponents, size_t rows);

/*
 * part_set_change(p, change), part_set_noise(p, noise):
 * Copies of part->cols numbers, or NULL.  Return 0 or -1 (reported).
 */
int part_set_change(struct part *p, const uint64_t *change);
int part_set_noise(struct part *p, const uint64_t *noise);

/*
 * part_once(p):
 * Whether each row of an owner's table is in one row of ${p} at most, as it is in a sharing.
 */
bool part_once(const struct part *p);

/*
 * part_same_row_exponents(a, b):
 * Whether rows have the same ones.
 */
bool part_same_row_exponents(const struct part *a, const struct part *b);

/*
 * part_exponent(p, row, j):
 * The exponent of a value: that of its column and that of its row.
 */
int part_exponent(const struct part *p, uint64_t row, size_t j);

/*
 * part_about(p, j):
 * What is known of column ${j}.
 */
const struct column *part_about(const struct part *p, size_t j);

/*
 * part_is_whole(p, j):
 * Whether numbers of column ${j} are whole by themselves, and not rounded to a unit of 1.
 */
bool part_is_whole(const struct part *p, size_t j);

/*
 * part_hash_about(h, p):
 * Hash what is known of the columns, the schema, and whether rows were dropped.
 */
void part_hash_about(struct hash *h, const struct part *p);

/*
 * part_setting_difference(a, b), part_tensor_difference(a, b), part_difference(a, b):
 * Name a field in which two parts differ, or return NULL: among those of the setting (scheme,
 * parties, party, modulus); those and the scale, which all parts of a tensor share; or all fields.
 */
const char *part_setting_difference(const struct part *a, const struct part *b);
const char *part_tensor_difference(const struct part *a, const struct part *b);
const char *part_difference(const struct part *a, const struct part *b);

/*
 * part_about_difference(a, b, column):
 * The same for what is known of the columns, as many of both: set *${column} to the first one that
 * differs, or to SIZE_MAX where the schema does.
 */
const char *part_about_difference(const struct part *a, const struct part *b, size_t *column);

/*
 * part_schema_differs(a, b):
 * Whether they were shared by different schemas, or one of them by none.
 */
bool part_schema_differs(const struct part *a, const struct part *b);

/*
 * part_show_column(p, j, text):
 * Write what messages call column ${j}: its name in quotes, or its number, from 1.
 */
#define PART_SHOWN_BYTES 200
void part_show_column(const struct part *p, size_t j, char text[static PART_SHOWN_BYTES]);

/*
 * part_check_terms(a, i, b, j):
 * Check that numbers of column ${i} of ${a} and column ${j} of ${b} may be added or compared.
 * Return 0 or -1 (reported, status 4).
 *
 * part_check_alike(p, j):
 * The same for column ${j} and those before it.
 */
int part_check_terms(const struct part *a, size_t i, const struct part *b, size_t j);
int part_check_alike(const struct part *p, size_t j);

/*
 * part_check_number(p, j), part_check_numbers(p):
 * Check that column ${j}, or each column, is no class whose values are other numbers than its words
 * (column.h), as they would be added up or multiplied.  Return 0 or -1 (reported, status 4).
 */
int part_check_number(const struct part *p, size_t j);
int part_check_numbers(const struct part *p);

/*
 * part_has_keys(p), part_key_word(p, j):
 * Whether any column is a word of a key.  Such a column is shared by XOR, in masked sharings alone:
 * m = x ^ lam_1 ^ ... ^ lam_n.  The KEY_WORDS words of a key stand side by side, in their order:
 * return the number of the word that column ${j} is, from 0, or KEY_WORDS if it is of no key.
 */
bool part_has_keys(const struct part *p);
size_t part_key_word(const struct part *p, size_t j);

/*
 * part_keys_fault(p):
 * Return NULL, or what is wrong with the columns of keys of ${p}: the words of one do not stand
 * side by side, or nothing is shared by XOR here.
 */
const char *part_keys_fault(const struct part *p);

/*
 * part_refuse_keys(p, where):
 * Whoever takes words for numbers takes no keys.  Return 0, or -1 (reported, status 2) if there is
 * one; messages begin with ${where}.
 */
int part_refuse_keys(const struct part *p, const char *where);

/*
 * part_forget_distinct(p):
 * Rows of several parts, or a row that is repeated: a key may come twice.
 */
void part_forget_distinct(struct part *p);

/*
 * part_add_masks(p, R, z, x, rows):
 * Put together ${rows} rows of words, or masks, ${z} and masks ${x}, in ${z}: their sum in ring
 * ${R}, and their XOR in columns of keys.
 */
void part_add_masks(const struct part *p, const struct ring *R, uint64_t *z, const uint64_t *x,
    size_t rows);

/*
 * part_same_columns(a, b):
 * Whether the numbers and names of the columns agree.
 */
bool part_same_columns(const struct part *a, const struct part *b);

/*
 * part_is_owners(p):
 * Whether this is a share as an owner made it, and no result of a step.
 */
bool part_is_owners(const struct part *p);

/*
 * part_intact(p):
 * What is said of the words of ${p}; a sharing is whole by itself.
 */
enum part_intact part_intact(const struct part *p);

/*
 * part_intact_name(intact):
 * What headers call it; NULL for PART_CHANGED, which they do not say.
 */
const char *part_intact_name(enum part_intact intact);

/*
 * intact_weaker(a, b):
 * What can be said of both.
 */
enum part_intact intact_weaker(enum part_intact a, enum part_intact b);

/*
 * part_origins(p, origins):
 * Add to ${origins} the sharings with rows left out that rows of ${p} are of: a sharing's own id,
 * or those that a result names.  Return 0 or -1 (reported).
 */
int part_origins(const struct part *p, struct ids *origins);

/*
 * part_is_dealer(p), part_is_computing(p):
 * Whether this is the dealer's share, or a computing party's, of a masked sharing.
 */
bool part_is_dealer(const struct part *p);
bool part_is_computing(const struct part *p);

/*
 * part_planes(p):
 * How many words stand for one value where no key does: 2 (m, lam_i) for a computing party of a
 * masked sharing, else 1.
 */
size_t part_planes(const struct part *p);

/*
 * part_plane_name(p, k):
 * The name of plane ${k} < part_planes(p), as smpc-share(5) has it: "x", or "m" or "lam" in a
 * masked sharing.
 */
const char *part_plane_name(const struct part *p, size_t k);

/*
 * part_takes_public(p):
 * Whether this party is the one, or among those, who add a public number to the first plane of a
 * share: every computing party of a masked sharing, the first party of an additive one, the holder
 * of a public stream.
 */
bool part_takes_public(const struct part *p);

/*
 * part_party(p):
 * The name of the party whose share this is; "public" for a public stream.
 */
const char *part_party(const struct part *p);

/*
 * part_says(p):
 * Whether anything is known of a column.
 */
bool part_says(const struct part *p);

/*
 * header_version(p):
 * The version of the records of a part: 2 if it says what only that can say, else 1.
 */
unsigned header_version(const struct part *p);

/*
 * header_encode(p, e, json):
 * Write the header of a record in the form of RFC 8785 to a new string.  Return 0 or -1 (reported).
 */
int header_encode(const struct part *p, const struct extent *e, char **json);

/*
 * header_json(p, e):
 * The same as a JSON object, or NULL (reported).
 */
json_t *header_json(const struct part *p, const struct extent *e);

/*
 * header_about(p):
 * What is known of the columns, as field "about" has it, or NULL (not reported).
 */
json_t *header_about(const struct part *p);

/*
 * header_numbers(numbers, count):
 * An array of numbers, or NULL (not reported).
 */
json_t *header_numbers(const uint64_t *numbers, size_t count);

/*
 * header_decode(root, version, where, p, e):
 * Check all fields of the JSON object ${root}, of a record of ${version} 1 or 2, and make the part
 * and extent they describe.  Messages begin with ${where}.  Return 0 or -1 (reported).
 */
int header_decode(const json_t *root, unsigned version, const char *where, struct part **p,
    struct extent *e);

#endif /* !SMPC_DATA_PART_H */
