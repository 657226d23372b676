#include "table/key.h"

#include <sodium.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ring/scan.h"
#include "table/columns.h"

#define KEY_LABEL "smpc-key-1"
#define KEY_HASH_BYTES (KEY_WORDS * sizeof(uint64_t))

static const char *const match_names[KEY_MATCHES] = {
	[KEY_TEXT] = "text",
	[KEY_NOCASE] = "nocase",
	[KEY_DIGITS] = "digits",
	[KEY_ALNUM] = "alnum",
};

const char *
key_match_name(enum key_match match)
{

	return (match_names[match]);
}

bool
key_match_find(const char *name, size_t len, enum key_match *match)
{
	size_t i;

	for (i = 0; i < KEY_MATCHES; i++) {
		if (strlen(match_names[i]) == len && memcmp(match_names[i], name, len) == 0) {
			*match = (enum key_match)i;
			return (true);
		}
	}
	return (false);
}

static void
trim_blanks(const char **s, size_t *len)
{

	for (; *len > 0 && scan_blank(**s); (*s)++)
		(*len)--;
	while (*len > 0 && scan_blank((*s)[*len - 1]))
		(*len)--;
}

const char *
key_fault(enum key_match match, const char *s, size_t len)
{
	const char *fault;
	size_t i;

	trim_blanks(&s, &len);
	if (len == 0)
		return (NULL);
	/* Owners who write in different encodings would find no match, and not see why. */
	if ((fault = columns_name_fault(s, len)) != NULL)
		return (fault);
	for (i = 0; i < len && (s[i] & 0x80) == 0; i++)
		continue;
	/* Without their letters two names could be one. */
	return ((match == KEY_ALNUM && i < len) ? "has a character that is not ASCII, and alnum "
	    "would leave it out; nocase compares it" : NULL);
}

static bool
key_digit(char c)
{

	return (c >= '0' && c <= '9');
}

static char
key_lower(char c)
{

	return ((c >= 'A' && c <= 'Z') ? (char)(c - 'A' + 'a') : c);
}

static bool
key_letter(char c)
{

	return (key_lower(c) >= 'a' && key_lower(c) <= 'z');
}

size_t
key_normalise(enum key_match match, const char *s, size_t len, char out[static KEY_MAX_BYTES])
{
	size_t n = 0, i;

	trim_blanks(&s, &len);
	for (i = 0; i < len && n < KEY_MAX_BYTES; i++) {
		if ((match == KEY_DIGITS && !key_digit(s[i])) || (match == KEY_ALNUM &&
		    !key_digit(s[i]) && !key_letter(s[i])))
			continue;
		out[n++] = (match == KEY_TEXT) ? s[i] : key_lower(s[i]);
	}
	return (n);
}

/* A string as in ids: its length, and its bytes. */
static void
hash_text(crypto_generichash_state *h, const char *s, size_t len)
{
	uint8_t bytes[8];

	bytes_put(bytes, len, sizeof(bytes));
	(void)crypto_generichash_update(h, bytes, sizeof(bytes));
	(void)crypto_generichash_update(h, (const unsigned char *)s, len);
}

void
key_hash(enum key_match match, const char *text, size_t len, uint64_t word[static KEY_WORDS])
{
	crypto_generichash_state h;
	uint8_t digest[KEY_HASH_BYTES];
	size_t i;

	(void)crypto_generichash_init(&h, NULL, 0, sizeof(digest));
	hash_text(&h, KEY_LABEL, strlen(KEY_LABEL));
	hash_text(&h, match_names[match], strlen(match_names[match]));
	hash_text(&h, text, len);
	(void)crypto_generichash_final(&h, digest, sizeof(digest));
	for (i = 0; i < KEY_WORDS; i++)
		word[i] = bytes_get(digest + 8 * i, 8);
	mem_wipe(&h, sizeof(h));
	mem_wipe(digest, sizeof(digest));
}

void
key_random(uint64_t word[static KEY_WORDS])
{

	randombytes_buf(word, KEY_WORDS * sizeof(*word));
}
