/*
 * Keys: which texts are the same one, and their words, which tests/python/sharestream.py computed
 * from smpc-share(5).
 */

#include <string.h>

#include "table/key.h"
#include "tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	enum key_match match;
	const char *text, *normal;
} normals[] = {
	{ KEY_TEXT, "N-17", "N-17" },
	{ KEY_TEXT, " \t N 17\t ", "N 17" },
	{ KEY_TEXT, "  ", "" },
	{ KEY_TEXT, "\xc3\x84", "\xc3\x84" },
	{ KEY_NOCASE, " N-@[`{Zz", "n-@[`{zz" },
	{ KEY_NOCASE, "\xc3\x84", "\xc3\x84" },
	{ KEY_DIGITS, "+49 (0)89-/:12", "4908912" },
	{ KEY_DIGITS, "\xe2\x84\x96 7\xc3\xa9", "7" },
	{ KEY_DIGITS, "none", "" },
	{ KEY_ALNUM, " a@Z[`z{0/9:-", "azz09" },
	{ KEY_ALNUM, "-- ", "" },
};

static const struct {
	enum key_match match;
	const char *text, *fault;
} faults[] = {
	{ KEY_TEXT, "a\tb", "control character" },
	{ KEY_TEXT, "a\nb", "control character" },
	{ KEY_NOCASE, "\x7f", "control character" },
	{ KEY_TEXT, "M\xfcller", "not UTF-8" },
	{ KEY_DIGITS, "\xed\xa0\x80", "not UTF-8" },
	{ KEY_DIGITS, "\xd9\xa1 7", "digits that are not ASCII" },
	{ KEY_DIGITS, "1\xef\xbc\x92", "digits that are not ASCII" },
	{ KEY_ALNUM, "M\xc3\xbcller", "not ASCII" },
};

static const struct {
	enum key_match match;
	const char *text;
	uint64_t word[KEY_WORDS];
} hashes[] = {
	{ KEY_TEXT, "N-17", { 0x7b21ef92f6fb55e9, 0xddbcbf5bbd50d9b4 } },
	{ KEY_NOCASE, "n-17", { 0x0dfbf48d1ad8f9bc, 0x8cf150770904ac9a } },
	{ KEY_DIGITS, "17", { 0x731b26915121df90, 0xc88d33f1bcce35a9 } },
	{ KEY_ALNUM, "n17", { 0x2f7680a0d9a180f2, 0x9462575874ad8604 } },
	{ KEY_TEXT, "17", { 0x168af3eb7673e013, 0x9d23b92d2c07fc49 } },
};

static void
test_normals(void)
{
	char text[KEY_MAX_BYTES], shown[32];
	size_t i, n;

	for (i = 0; i < COUNT(normals); i++) {
		n = key_normalise(normals[i].match, normals[i].text, strlen(normals[i].text), text);
		snprintf(shown, sizeof(shown), "%.*s", (int)n, text);
		tap_note("'%s', %s", normals[i].text, key_match_name(normals[i].match));
		ok_str(shown, normals[i].normal, "its normal form");
		ok(key_fault(normals[i].match, normals[i].text, strlen(normals[i].text)) == NULL,
		    "is without fault");
	}
}

static void
test_faults(void)
{
	char text[KEY_MAX_BYTES + 3];
	const char *fault;
	size_t i;

	for (i = 0; i < COUNT(faults); i++) {
		fault = key_fault(faults[i].match, faults[i].text, strlen(faults[i].text));
		ok(fault != NULL && strstr(fault, faults[i].fault) != NULL, "refused: %s, %s",
		    faults[i].fault, key_match_name(faults[i].match));
	}
	memset(text, 'x', sizeof(text));
	text[0] = text[KEY_MAX_BYTES + 1] = ' ';
	ok(key_fault(KEY_TEXT, text, KEY_MAX_BYTES + 2) == NULL, "1024 bytes and blanks");
	fault = key_fault(KEY_DIGITS, text, KEY_MAX_BYTES + 3);
	ok(fault != NULL && strstr(fault, "1024") != NULL, "refused: 1025 bytes and more");
}

static void
test_hashes(void)
{
	uint64_t word[KEY_WORDS], other[KEY_WORDS];
	enum key_match match;
	size_t i, k;

	for (i = 0; i < COUNT(hashes); i++) {
		key_hash(hashes[i].match, hashes[i].text, strlen(hashes[i].text), word);
		for (k = 0; k < KEY_WORDS; k++)
			ok_u64(word[k], hashes[i].word[k], hashes[i].text);
	}
	key_random(word);
	key_random(other);
	ok(word[0] != other[0] && word[1] != other[1] && word[0] != word[1], "random keys differ");
	for (i = 0; i < KEY_MATCHES; i++)
		ok(key_match_find(key_match_name((enum key_match)i),
		    strlen(key_match_name((enum key_match)i)), &match) && match == i, "name %zu",
		    i);
	ok(!key_match_find("texts", 5, &match) && !key_match_find("tex", 3, &match) &&
	    !key_match_find("", 0, &match), "no other names");
}

int
main(void)
{

	tap_plan(2 * COUNT(normals) + COUNT(faults) + 2 + KEY_WORDS * COUNT(hashes) + 1 +
	    KEY_MATCHES + 1);
	test_normals();
	test_faults();
	test_hashes();
	return (tap_end());
}
