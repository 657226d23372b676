#ifndef SMPC_TABLE_COLUMNS_H
#define SMPC_TABLE_COLUMNS_H

/*
 * Choosing columns.  A list is written as on a command line: elements separated by commas, each of
 * them the exact name of a column, or else a position from 1, or a range of positions (3-7, 5-).  A
 * whole list that is itself the name of a column means that column, so that names with commas can
 * be given, too.  A name that stands for two columns is refused: their positions tell them apart.
 * To leave a column out that has no name, its position is enough, whatever another one is called.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

#define COLUMNS_MAX ((size_t)1 << 20)
#define COLUMNS_MAX_NAME_BYTES 1024

/* Lists, one per option; nothing of it is owned. */
struct column_lists {
	const char *const *list;
	size_t count;
};

/* A name that stands for several columns side by side, where no column has it. */
struct columns_group {
	const char *name;
	size_t first, count;
};

/* Groups; nothing of it is owned. */
struct columns_groups {
	const struct columns_group *group;
	size_t count;
};

/*
 * columns_choose(select, exclude, names, groups, count, where, positions, chosen):
 * Of ${count} columns, whose ${names} may be NULL, take those of ${select} in its order, or all
 * where it has no list, and leave out those of ${exclude}.  ${groups}, which may be NULL, are more
 * names.  Set *${positions} to a new array of *${chosen} positions from 0; the caller frees it.
 * ${where} is what messages call the table.
 *
 * Returns  0, or -1 (reported, status 2): an unknown name, a position out of range, a column
 *          selected twice, or nothing left.
 */
int columns_choose(const struct column_lists *select, const struct column_lists *exclude,
    const char *const *names, const struct columns_groups *groups, size_t count,
    const char *where, size_t **positions, size_t *chosen);

/*
 * columns_mark(list, len, names, count, where, marks):
 * Set ${marks}[position] for the columns in one list of ${len} bytes.  Return 0 or -1 (reported,
 * status 2).
 */
int columns_mark(const char *list, size_t len, const char *const *names, size_t count,
    const char *where, uint8_t *marks);

/*
 * columns_equals(spec, names, count):
 * Find where the columns of "COLUMNS=..." end: a name may hold "=", too, so the one that makes a
 * name is taken.  Return it, or NULL if there is none.
 */
const char *columns_equals(const char *spec, const char *const *names, size_t count);

/*
 * columns_key_end(spec, names, count):
 * The same for "COLUMNS" or "COLUMNS=...": NULL, too, where all of it is one name.
 */
const char *columns_key_end(const char *spec, const char *const *names, size_t count);

/*
 * columns_reference(b, names, count, j, distinct):
 * Append what "COLUMNS=..." calls column ${j}: its name, or its position, from 1, where it has none
 * that means it alone.  ${distinct}: no two names are the same.  Return 0 or -1 (reported).
 */
int columns_reference(struct buf *b, const char *const *names, size_t count, size_t j,
    bool distinct);

/* Where a table has its names, for messages. */
struct columns_place {
	const char *input;
	uint64_t line; /* of the header; 0: there are no lines */
	int remedies;  /* messages may name -x and -d */
};

/*
 * columns_check_names(names, positions, chosen, place):
 * Whether the columns that were chosen can keep their names: each can be one, and no two are the
 * same.  What the others are called does not matter.  Return 0 or -1 (reported, status 1).
 */
int columns_check_names(const char *const *names, const size_t *positions, size_t chosen,
    const struct columns_place *place);

/*
 * columns_name_fault(name, len):
 * Return NULL if this can be a column's name in a share stream, else what is wrong with it ("is
 * empty").
 */
const char *columns_name_fault(const char *name, size_t len);

/*
 * columns_delimiter(s, len, used):
 * Of a text that should be fields and is not, as ${used} does not separate them: return what a
 * message adds, with the option -d for the character in it that most likely does, or for any where
 * there is none of those that mostly do.
 */
const char *columns_delimiter(const char *s, size_t len, char used);

#endif /* !SMPC_TABLE_COLUMNS_H */
