#ifndef SMPC_AGENT_POLICY_BOOK_INTERNAL_H
#define SMPC_AGENT_POLICY_BOOK_INTERNAL_H

/*
 * What a party's tools have said of parts (data/policy_notes.h): of which operation and inputs each
 * one is, and how many rows it has.  From that follows how many rows of owners' tables are behind
 * every value of a part, at least, and of which sharings they are.
 *
 * The book is a file, to which each note is appended; it outlives the agent, and several agents of
 * a party may write to it.  It is not synced: a part that is not in it counts as made of nothing
 * that is known, and nothing of it is revealed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/ids.h"
#include "data/policy_notes.h"

struct book;

/*
 * book_open(path):
 * Read the book at ${path}, if there is one.  Return NULL (reported) on failure.
 */
struct book *book_open(const char *path);
void book_free(struct book *b);

/*
 * book_note(b, note):
 * Enter a part, unless it is there.  Return 0; 1 if that is refused (book_why), as it says
 * something else of a part than before; or -1 (reported).
 */
int book_note(struct book *b, const struct policy_note *note);

/* What is to become of parts. */
enum book_use {
	BOOK_EACH,    /* every value of every part is revealed */
	BOOK_FIGURES, /* figures over all rows, of one table or of two side by side */
};

/* Of figures, that there are some of cells, each of ${least} of the ${among} rows that are read. */
struct book_cells {
	uint64_t least, among; /* 0: all are of all rows */
};

/* Sharings, and out of each how many reveals are made. */
struct reveal_counts {
	uint8_t (*id)[ID_BYTES];
	uint64_t *times;
	size_t count;
};

void reveal_counts_free(struct reveal_counts *c);

/*
 * book_behind(b, parts, use, cells, rows, counts):
 * Set *${rows} to how many rows are behind every value that is revealed, at least, and ${counts},
 * which is empty, to the sharings that these parts are made of, each as often as there are results
 * among the parts; those of one operation on the same inputs are one.  Return 0; 1 if it is refused
 * (book_why), as one of the parts, or something that it is made of, is not in the book; or -1
 * (reported).
 */
int book_behind(struct book *b, const struct ids *parts, enum book_use use,
    struct book_cells cells, uint64_t *rows, struct reveal_counts *counts);

/*
 * book_why(b):
 * Why the last call was refused.
 */
const char *book_why(const struct book *b);

#endif /* !SMPC_AGENT_POLICY_BOOK_INTERNAL_H */
