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

/* ---- digits of other scripts ---- */

/* The digits 0 of other scripts, of Unicode 14 (general category Nd): 1 to 9 stand behind them. */
static const uint32_t zeros[] = {
	0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
	0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80,
	0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50,
	0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450,
	0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0,
	0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140,
	0x1e2f0, 0x1e950, 0x1fbf0,
};

/* Take one character off a text in UTF-8, whose form is right. */
static uint32_t
next_character(const char **s, const char *end)
{
	uint8_t first = (uint8_t)*(*s)++;
	uint32_t c = (first < 0x80) ? first : (first < 0xe0) ? first & 0x1f :
	    (first < 0xf0) ? first & 0x0f : first & 0x07;

	for (; *s < end && ((uint8_t)**s & 0xc0) == 0x80; (*s)++)
		c = c << 6 | ((uint8_t)**s & 0x3f);
	return (c);
}

static bool
has_other_digits(const char *s, size_t len)
{
	const char *end = s + len;
	uint32_t c;
	size_t i;

	while (s < end) {
		c = next_character(&s, end);
		for (i = 0; c >= zeros[0] && i < sizeof(zeros) / sizeof(zeros[0]); i++) {
			if (c - zeros[i] < 10)
				return (true);
		}
	}
	return (false);
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
	/* Without these digits two numbers could be one. */
	if (match == KEY_DIGITS && has_other_digits(s, len))
		return ("has digits that are not ASCII, and digits would leave them out; text "
		    "compares them");
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
