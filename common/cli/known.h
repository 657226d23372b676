#ifndef SMPC_CLI_KNOWN_H
#define SMPC_CLI_KNOWN_H

/*
 * What is known of the words of operands, column by column, and what becomes of it where a tool
 * brings words to one scale and one unit.  All of it is public, and the same at all parties.
 */

#include "data/bounds.h"
#include "data/part.h"
#include "data/scale.h"

/* Words x of a column, which stand for x 2^exponent at some scale. */
struct known {
	struct bounds words;
	int exponent;
};

/*
 * known_of(p, j, to, k):
 * What is known of column ${j} of a tensor when its words are brought to scale ${to}, which
 * scale_unite made of its own and others.  Return 0 or -1 (reported: status 5, they may not fit).
 */
int known_of(const struct part *p, size_t j, struct scale to, struct known *k);

/*
 * known_shift(k, shift):
 * Words are multiplied by 2^shift, and stand for what they stood for; where ${shift} < 0, they are
 * rounded to the floor or one above.  Return 0, or -1 (not reported) where they may not fit a word,
 * or nothing is known of them and shift > 0.
 */
int known_shift(struct known *k, int shift);

/* How wide comparisons have to be, for all words that they are of. */
struct known_width {
	unsigned most; /* as the user says: differences are below 2^most */
	unsigned need; /* differences of known words are below 2^need */
	bool unknown;  /* nothing is known of some words */
};

/*
 * known_width_begin(w, most), known_width_add(w, p, j, a, b):
 * Begin; add that words within ${a} and ${b} are compared, of column ${j} of ${p}.  Return 0 or -1
 * (reported: status 5 where differences may not be below 2^most).
 *
 * known_width_bits(w):
 * The n >= 1 for which all differences are below 2^n: 2^most of words of which nothing is known.
 */
void known_width_begin(struct known_width *w, unsigned most);
int known_width_add(struct known_width *w, const struct part *p, size_t j, struct bounds a,
    struct bounds b);
unsigned known_width_bits(const struct known_width *w);

/*
 * known_refuse(p, j, format, ...):
 * Report with status 5 why column ${j} of a tensor cannot be taken; return -1.
 */
int known_refuse(const struct part *p, size_t j, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * known_text(p, j, text):
 * Say in the owner's units from where to where its numbers go, for a message.
 */
#define KNOWN_TEXT 240
void known_text(const struct part *p, size_t j, char text[static KNOWN_TEXT]);

#endif /* !SMPC_CLI_KNOWN_H */
