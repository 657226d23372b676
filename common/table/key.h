#ifndef SMPC_TABLE_KEY_H
#define SMPC_TABLE_KEY_H

/*
 * Keys, by which tables are joined: a text of a table is brought to the form in which owners
 * compare it, and hashed to 128 bits, the two words that are shared of it (smpc-share(5), Columns).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_WORDS 2
#define KEY_MAX_BYTES 1024

/* Which texts are the same key. */
enum key_match {
	KEY_TEXT,   /* those that are equal, but for blanks before and behind */
	KEY_NOCASE, /* the same, with ASCII letters of either case */
	KEY_DIGITS, /* those that have the same digits, in order */
	KEY_ALNUM,  /* those that have the same ASCII letters of either case, and digits */
};
#define KEY_MATCHES 4

/*
 * key_match_name(match), key_match_find(name, len, match):
 * What options, schemas and headers call it; whether a text of ${len} bytes is such a name, with
 * *${match} set.
 */
const char *key_match_name(enum key_match match);
bool key_match_find(const char *name, size_t len, enum key_match *match);

/*
 * key_fault(match, s, len):
 * Return NULL if a text of a table can be a key, or is empty; else what is wrong with it ("is not
 * UTF-8").
 */
const char *key_fault(enum key_match match, const char *s, size_t len);

/*
 * key_normalise(match, s, len, out):
 * Write the form in which a text without fault is compared, at most KEY_MAX_BYTES, and return its
 * length.  One of length 0 is no key.
 */
size_t key_normalise(enum key_match match, const char *s, size_t len,
    char out[static KEY_MAX_BYTES]);

/*
 * key_hash(match, text, len, word):
 * The words of a key in its normal form: BLAKE2b with 16 bytes of output.
 */
void key_hash(enum key_match match, const char *text, size_t len, uint64_t word[static KEY_WORDS]);

/*
 * key_random(word):
 * Words that are of no text, and no others again.
 */
void key_random(uint64_t word[static KEY_WORDS]);

#endif /* !SMPC_TABLE_KEY_H */
