#include "data/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/diag.h"
#include "base/hex.h"
#include "base/num.h"
#include "table/foreign.h"

#define MAGIC "\xb5SMPC\r\n\x1a"
#define SEALED_MAGIC "\xb5SEAL\r\n\x1a"
#define MAGIC_BYTES 8
#define PRELUDE_BYTES 32
#define LATEST_VERSION 2
#define ALIGN_BYTES 64
/* Payloads from this length on are hashed beside other work. */
#define HASH_ASIDE_WORDS ((size_t)1 << 14)

static size_t
padded(size_t bytes)
{

	return ((bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES);
}

/* ---- digest ---- */

static int
hash_payload(void *cookie)
{
	struct record *r = cookie;

	hash_once(r->payload_digest, r->words.word, r->n_words * sizeof(uint64_t));
	return (0);
}

/* The digest of a record from all bytes before the payload and the payload's own digest. */
static void
record_digest(uint8_t digest[static HASH_BYTES], const struct buf *prefix,
    const uint8_t *payload_digest)
{
	struct hash h;

	hash_init(&h);
	hash_bytes(&h, prefix->data, prefix->len);
	hash_bytes(&h, payload_digest, HASH_BYTES);
	hash_final(&h, digest);
}

/* Build all bytes before the payload. */
static int
build_prefix(struct buf *prefix, unsigned version, const char *header, size_t n_keys,
    const uint8_t (*keys)[PRG_KEY_BYTES], uint64_t n_words)
{
	uint8_t prelude[PRELUDE_BYTES] = { 0 };
	static const char zeros[ALIGN_BYTES];
	size_t bytes = strlen(header);

	if (bytes > RECORD_MAX_HEADER_BYTES)
		return (fail(ST_FAILED, "header of %zu bytes is too long; use fewer or shorter "
		    "column names", bytes));
	memcpy(prelude, MAGIC, MAGIC_BYTES);
	bytes_put(prelude + 8, version, 4);
	bytes_put(prelude + 12, bytes, 4);
	bytes_put(prelude + 16, n_keys, 4);
	bytes_put(prelude + 24, n_words, 8);
	if (buf_append(prefix, prelude, sizeof(prelude)) == -1 ||
	    buf_append(prefix, header, bytes) == -1 ||
	    buf_append(prefix, zeros, padded(PRELUDE_BYTES + bytes) - PRELUDE_BYTES -
	    bytes) == -1 || buf_append(prefix, keys, n_keys * PRG_KEY_BYTES) == -1)
		return (-1);
	return (0);
}

/* ---- reading ---- */

static int
record_ends_early(const struct record *r)
{

	return (fail(ST_FAILED, "%s: input ends early: was it cut, or did the command before it "
	    "fail?", r->where));
}

/* Read exactly ${bytes} bytes. */
static int
fetch(struct record *r, struct source *s, void *data, size_t bytes)
{
	ssize_t n = source_read(s, data, bytes);

	if (n == -1)
		return (-1);
	return (((size_t)n < bytes) ? record_ends_early(r) : 0);
}

/* Read exactly ${bytes} more bytes into the prefix. */
static int
fetch_prefix(struct record *r, struct source *s, size_t bytes)
{

	if (buf_reserve(&r->prefix, bytes) == -1 ||
	    fetch(r, s, r->prefix.data + r->prefix.len, bytes) == -1)
		return (-1);
	r->prefix.len += bytes;
	return (0);
}

static int
fetch_binary(struct record *r, struct source *s)
{
	const uint8_t *p;
	uint64_t version, header_bytes, n_keys, n_words;

	if (fetch_prefix(r, s, PRELUDE_BYTES) == -1)
		return (-1);
	p = (const uint8_t *)r->prefix.data;
	version = bytes_get(p + 8, 4);
	if (version < 1 || version > LATEST_VERSION)
		return (fail(ST_FAILED, "%s: record version %" PRIu64 " is unknown; this program "
		    "reads versions 1 and %d", r->where, version, LATEST_VERSION));
	r->version = (unsigned)version;
	header_bytes = bytes_get(p + 12, 4);
	n_keys = bytes_get(p + 16, 4);
	n_words = bytes_get(p + 24, 8);
	if (header_bytes < 2 || header_bytes > RECORD_MAX_HEADER_BYTES)
		return (fail(ST_FAILED, "%s: header length %" PRIu64 " is out of range", r->where,
		    header_bytes));
	if (n_keys > PART_MAX_PARTIES)
		return (fail(ST_FAILED, "%s: number of keys %" PRIu64 " is out of range", r->where,
		    n_keys));
	if (bytes_get(p + 20, 4) != 0)
		return (fail(ST_FAILED, "%s: reserved bytes are not zero", r->where));
	if (n_words > RECORD_MAX_WORDS)
		return (fail(ST_FAILED, "%s: payload length %" PRIu64 " is out of range", r->where,
		    n_words));
	r->n_keys = (size_t)n_keys;
	r->n_words = (size_t)n_words;
	if (fetch_prefix(r, s, padded(PRELUDE_BYTES + (size_t)header_bytes) -
	    PRELUDE_BYTES) == -1 || fetch_prefix(r, s, r->n_keys * PRG_KEY_BYTES) == -1 ||
	    mem_words_reserve(&r->words, r->n_words, 0, r->n_words) == -1 ||
	    fetch(r, s, r->words.word, r->n_words * sizeof(uint64_t)) == -1)
		return (-1);
	if (r->n_words >= HASH_ASIDE_WORDS && r->worker == NULL &&
	    (r->worker = worker_new()) == NULL)
		return (-1);
	if (r->n_words >= HASH_ASIDE_WORDS)
		worker_start(r->worker, hash_payload, r);
	else
		hash_payload(r);
	r->has_digest = true;
	return (fetch(r, s, r->digest, HASH_BYTES));
}

/* Whether ${c} is blank in JSON. */
static bool
json_blank(char c)
{

	return (c == ' ' || c == '\t' || c == '\n' || c == '\r');
}

enum next { NEXT_BINARY, NEXT_TEXT, NEXT_SEALED, NEXT_END };

/* Nothing of ours begins here: say what does, as far as a few bytes tell. */
static int
not_a_stream(const struct source *s, const char *where, uint64_t number, const uint8_t *data,
    size_t bytes)
{
	const char *what = foreign_format(data, bytes);

	if (number == 1)
		where = source_name(s);
	if (number == 1 && what != NULL)
		return (fail(ST_FAILED, "%s: is not a share stream: it %s", where, what));
	if (foreign_secret(data, bytes) || (bytes > 12 && memcmp(data, "# public key", 12) == 0))
		return (fail(ST_FAILED, "%s: is not a share stream: it is an identity file, which "
		    "belongs behind -i", where));
	if (number == 1 && data[0] > 0x20 && data[0] < 0x7f)
		return (fail(ST_FAILED, "%s: is not a share stream: is it a table? smpc-share "
		    "makes shares of one, a file for each party, and with --public a public "
		    "stream, as --clear and --float take", where));
	return (fail(ST_FAILED, "%s: is not a share stream", where));
}

/* Skip a byte order mark, with which some editors begin what they save, also behind others. */
static int
skip_mark(struct source *s)
{
	const uint8_t *p;
	uint8_t mark[3];
	ssize_t n;

	if ((n = source_peek(s, MAGIC_BYTES, &p)) == -1)
		return (-1);
	if (n == 0 || io_mark_bytes(p, (size_t)n) == 0)
		return (0);
	return ((source_read(s, mark, sizeof(mark)) == -1) ? -1 : 0);
}

/* Skip blanks, and see what comes next. */
static int
next_record(struct source *s, const char *where, uint64_t number, enum next *next)
{
	const uint8_t *p;
	uint8_t blank;
	ssize_t n;

	if (skip_mark(s) == -1)
		return (-1);
	while ((n = source_peek(s, MAGIC_BYTES, &p)) > 0 && json_blank((char)p[0])) {
		if (source_read(s, &blank, 1) == -1)
			return (-1);
	}
	if (n == -1)
		return (-1);
	if (n == 0)
		*next = NEXT_END;
	else if (p[0] == '{')
		*next = NEXT_TEXT;
	else if (n > 2 && memcmp(p, SEALED_MAGIC, (size_t)n) == 0)
		*next = NEXT_SEALED;
	else if (memcmp(p, MAGIC, (size_t)n) == 0)
		*next = NEXT_BINARY;
	else if ((n = source_peek(s, SOURCE_PEEK_MAX, &p)) != -1)
		return (not_a_stream(s, where, number, p, (size_t)n));
	return ((n == -1) ? -1 : 0);
}

/* A line of JSON that is no record: say what it is, if it is one of ours. */
static int
refuse_json(const struct record *r, struct source *s)
{
	char more[1024]; /* a parties file has its first key by then */
	ssize_t n;

	/* A record has words, and what follows it may be long in coming. */
	if (foreign_has(r->prefix.data, r->prefix.len, "\"words\""))
		return (0);
	if ((n = source_read(s, more, sizeof(more))) == -1)
		return (-1);
	if (foreign_has(r->prefix.data, r->prefix.len, "smpc-public-") ||
	    foreign_has(more, (size_t)n, "smpc-public-"))
		return (fail(ST_FAILED, "%s: is not a share stream: it is a parties file, which "
		    "belongs behind -p", source_name(s)));
	return (0);
}

int
record_fetch(struct record *r, struct source *s, uint64_t number)
{
	enum next next;

	part_free(r->part);
	r->part = NULL;
	r->text = r->has_digest = false;
	r->n_keys = r->n_words = 0;
	r->prefix.len = 0;
	for (;;) {
		snprintf(r->where, sizeof(r->where), "%s: record %" PRIu64 " at byte %" PRIu64,
		    source_name(s), number, source_position(s));
		if (next_record(s, r->where, number, &next) == -1)
			return (-1);
		if (next == NEXT_END)
			return (0);
		if (next != NEXT_SEALED)
			break;
		if (source_is_sealed(s))
			return (fail(ST_FAILED, "%s: is a sealed stream inside a sealed stream",
			    r->where));
		if (source_unseal(s) == -1)
			return (-1);
	}
	if (source_check_sender(s, r->where) == -1)
		return (-1);
	snprintf(r->sender, sizeof(r->sender), "%s", source_sender(s));
	r->by_self = source_by_self(s);
	if (next == NEXT_TEXT) {
		r->text = true;
		if (source_line(s, &r->prefix, RECORD_MAX_LINE_BYTES) == -1 ||
		    (number == 1 && refuse_json(r, s) == -1))
			return (-1);
		return (1);
	}
	return ((fetch_binary(r, s) == -1) ? -1 : 1);
}

/* ---- text form ---- */

static const char *
skip_json_blanks(const char *p, const char *end)
{

	while (p < end && json_blank(*p))
		p++;
	return (p);
}

/* Skip the JSON string that begins at ${p}; return what follows it, or NULL. */
static const char *
skip_string(const char *p, const char *end)
{

	for (p++; p < end; p++) {
		if (*p == '\\')
			p++;
		else if (*p == '"')
			return (p + 1);
	}
	return (NULL);
}

/*
 * Find the array that is the value of the name "words" in the outermost object; return what follows
 * its '['.
 */
static const char *
find_words(const char *p, const char *end)
{
	const char *s, *after;
	int depth = 0;

	while (p < end) {
		if (*p == '"') {
			s = p;
			if ((p = skip_string(p, end)) == NULL)
				return (NULL);
			after = skip_json_blanks(p, end);
			if (depth != 1 || p - s != 7 || memcmp(s, "\"words\"", 7) != 0 ||
			    after == end || *after != ':')
				continue;
			after = skip_json_blanks(after + 1, end);
			return ((after < end && *after == '[') ? after + 1 : NULL);
		}
		if (*p == '{' || *p == '[')
			depth++;
		if (*p == '}' || *p == ']')
			depth--;
		p++;
	}
	return (NULL);
}

/* Parse one word as a string of decimal digits; return what follows it, or NULL. */
static const char *
parse_word(const char *p, const char *end, uint64_t *v)
{
	const char *s;

	if (p == end || *p != '"')
		return (NULL);
	for (s = ++p; p < end && *p != '"'; p++)
		continue;
	if (p == end || num_parse_u64(s, (size_t)(p - s), UINT64_MAX, v) == -1)
		return (NULL);
	return (p + 1);
}

/*
 * Move the elements of the array "words" from the line into r->words and leave blanks in their
 * place: a general JSON reader would need a hundred bytes of memory for each.
 */
static int
extract_words(struct record *r)
{
	const char *end = r->prefix.data + r->prefix.len, *start, *p;
	size_t commas = 0;

	if ((start = find_words(r->prefix.data, end)) == NULL)
		start = end;
	for (p = start; p < end && *p != ']'; p++)
		commas += (*p == ',');
	if (commas >= RECORD_MAX_WORDS)
		return (fail(ST_FAILED, "%s: more than %zu words in one record", r->where,
		    RECORD_MAX_WORDS));
	if (mem_words_reserve(&r->words, commas + 1, 0, commas + 1) == -1)
		return (-1);
	p = skip_json_blanks(start, end);
	while (p < end && *p != ']') {
		if (r->n_words > commas ||
		    (p = parse_word(p, end, &r->words.word[r->n_words++])) == NULL)
			return (fail(ST_FAILED, "%s: field 'words' is not an array of words, "
			    "strings of digits below 2^64", r->where));
		p = skip_json_blanks(p, end);
		if (p < end && *p == ',' && (p = skip_json_blanks(p + 1, end)) < end && *p == ']')
			p = end;
	}
	if (p == end && start != end)
		return (fail(ST_FAILED, "%s: field 'words' is not an array of words: it does not "
		    "end", r->where));
	if (r->prefix.len - (size_t)(p - start) > 2 * RECORD_MAX_HEADER_BYTES)
		return (fail(ST_FAILED, "%s: header is too long", r->where));
	memset(r->prefix.data + (start - r->prefix.data), ' ', (size_t)(p - start));
	return (0);
}

static int
take_keys(struct record *r, json_t *root)
{
	const json_t *keys = json_object_get(root, "keys"), *s;
	size_t i;

	if (keys == NULL)
		return (0);
	if (!json_is_array(keys) || json_array_size(keys) < 1 ||
	    json_array_size(keys) > PART_MAX_PARTIES)
		return (fail(ST_FAILED, "%s: field 'keys' is not an array of 1 to 64 keys",
		    r->where));
	r->n_keys = json_array_size(keys);
	for (i = 0; i < r->n_keys; i++) {
		s = json_array_get(keys, i);
		if (!json_is_string(s) ||
		    hex_decode(r->keys[i], PRG_KEY_BYTES, json_string_value(s)) == -1)
			return (fail(ST_FAILED, "%s: field 'keys' holds something that is not a "
			    "key", r->where));
	}
	json_object_del(root, "keys");
	return (0);
}

/* Take the fields that the text form adds to the header out of ${root}. */
static int
take_text_fields(struct record *r, json_t *root)
{
	const json_t *v = json_object_get(root, "smpc");

	if (!json_is_integer(v) || json_integer_value(v) < 1 ||
	    json_integer_value(v) > LATEST_VERSION)
		return (fail(ST_FAILED, "%s: field 'smpc', the version, is missing or not 1 or %d: "
		    "is this a share stream?", r->where, LATEST_VERSION));
	r->version = (unsigned)json_integer_value(v);
	json_object_del(root, "smpc");
	/* Its elements were taken out already, unless it is spelled in another way. */
	if (!json_is_array(json_object_get(root, "words")) ||
	    json_array_size(json_object_get(root, "words")) != 0)
		return (fail(ST_FAILED, "%s: field 'words' is missing, not an array, or its name "
		    "has escapes", r->where));
	json_object_del(root, "words");
	if ((v = json_object_get(root, "digest")) != NULL) {
		if (!json_is_string(v) ||
		    hex_decode(r->digest, HASH_BYTES, json_string_value(v)) == -1)
			return (fail(ST_FAILED, "%s: field 'digest' is not 64 lower-case "
			    "hexadecimal digits", r->where));
		r->has_digest = true;
		json_object_del(root, "digest");
	}
	return (take_keys(r, root));
}

/* ---- both forms ---- */

static json_t *
parse_json(const struct record *r, const char *text, size_t bytes)
{
	json_error_t error;
	json_t *root;

	if ((root = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error)) == NULL) {
		if (r->text && text[bytes - 1] != '\n' && error.position >= (int)bytes)
			(void)record_ends_early(r);
		else
			fail(ST_FAILED, "%s: header is not valid JSON: %s at byte %d", r->where,
			    error.text, error.position);
	}
	return (root);
}

/* Compare the digest that was read with that of the record. */
static int
check_digest(const struct record *r, const struct buf *prefix)
{
	uint8_t digest[HASH_BYTES];

	record_digest(digest, prefix, r->payload_digest);
	if (memcmp(digest, r->digest, HASH_BYTES) != 0)
		return (fail(ST_REFUSED, "%s: digest does not match: the record is damaged",
		    r->where));
	return (0);
}

static int
finish_binary(struct record *r)
{
	const uint8_t *p = (const uint8_t *)r->prefix.data;
	size_t header_bytes = (size_t)bytes_get(p + 12, 4), i, keys = r->prefix.len - r->n_keys *
	    PRG_KEY_BYTES;
	json_t *root;
	int rc;

	if (r->worker != NULL)
		(void)worker_wait(r->worker);
	if (check_digest(r, &r->prefix) == -1)
		return (-1);
	for (i = PRELUDE_BYTES + header_bytes; i < keys; i++) {
		if (p[i] != 0)
			return (fail(ST_FAILED, "%s: padding is not zero", r->where));
	}
	if (r->n_keys > 0)
		memcpy(r->keys, p + keys, r->n_keys * PRG_KEY_BYTES);
	if ((root = parse_json(r, r->prefix.data + PRELUDE_BYTES, header_bytes)) == NULL)
		return (-1);
	rc = header_decode(root, r->version, r->where, &r->part, &r->extent);
	json_decref(root);
	return (rc);
}

static int
check_text_digest(struct record *r)
{
	struct buf prefix = { NULL, 0, 0 };
	char *header = NULL;
	int rc = -1;

	if (!r->has_digest)
		return (0);
	hash_payload(r);
	if (header_encode(r->part, &r->extent, &header) == 0 &&
	    build_prefix(&prefix, header_version(r->part), header, r->n_keys,
	    (const uint8_t (*)[PRG_KEY_BYTES])r->keys, r->n_words) == 0)
		rc = check_digest(r, &prefix);
	free(header);
	buf_free(&prefix);
	return (rc);
}

static int
finish_text(struct record *r)
{
	json_t *root;
	int rc = -1;

	if (extract_words(r) == -1 || (root = parse_json(r, r->prefix.data, r->prefix.len)) == NULL)
		return (-1);
	if (take_text_fields(r, root) == 0 &&
	    header_decode(root, r->version, r->where, &r->part, &r->extent) == 0)
		rc = check_text_digest(r);
	json_decref(root);
	return (rc);
}

/*
 * How many keys and words a record must hold by its header; part keys stand for all rows, so the
 * rows must be all.
 */
static int
check_contents(const struct record *r)
{
	const struct part *p = r->part;
	uint64_t values = r->extent.rows * p->cols; /* at most 2^40 * 2^19 */
	size_t part_keys = part_is_dealer(p) ? p->n_parties - 1 : 1;
	uint64_t words;

	if (r->extent.key_rows != 0) {
		if (p->scheme == SCHEME_PUBLIC || part_is_computing(p))
			return (fail(ST_FAILED, "%s: header: field 'key_rows' does not belong in "
			    "this share", r->where));
		if (r->n_keys != part_keys)
			return (fail(ST_FAILED, "%s: holds %zu part keys instead of %zu", r->where,
			    r->n_keys, part_keys));
		if (r->extent.first_row != 0 || !r->extent.last)
			return (fail(ST_FAILED, "%s: has part keys, but not all rows of the part",
			    r->where));
		words = 0;
	} else if (r->n_keys > 0) {
		if (!part_is_computing(p) || r->n_keys != 1)
			return (fail(ST_FAILED, "%s: holds %zu keys, but no field 'key_rows' tells "
			    "of part keys", r->where, r->n_keys));
		words = values;
	} else
		words = values * part_planes(p);
	if (r->n_words != words)
		return (fail(ST_FAILED, "%s: payload of %zu words does not fit the shape, which "
		    "needs %" PRIu64, r->where, r->n_words, words));
	return (0);
}

int
record_finish(struct record *r)
{
	struct ring R;

	if ((r->text ? finish_text(r) : finish_binary(r)) == -1 || check_contents(r) == -1)
		return (-1);
	ring_init(&R, r->part->modulus);
	if (ring_check(&R, r->words.word, r->n_words) == -1)
		return (fail(ST_REFUSED, "%s: holds a word that is not below the modulus",
		    r->where));
	return (0);
}

void
record_free(struct record *r)
{

	worker_free(r->worker);
	part_free(r->part);
	mem_words_free(&r->words);
	buf_free(&r->prefix);
	mem_wipe(r, sizeof(*r));
}

/* ---- writing ---- */

static uint64_t
plane_words(const struct record_out *out)
{

	return ((out->n_planes == 0) ? 0 : out->extent.rows * out->part->cols);
}

static void
hash_planes(const struct record_out *out, uint8_t digest[static HASH_BYTES])
{
	struct hash h;
	size_t i;

	hash_init(&h);
	for (i = 0; i < out->n_planes; i++)
		hash_bytes(&h, out->plane[i], plane_words(out) * sizeof(uint64_t));
	hash_final(&h, digest);
}

/* Build all of a record but its payload, and its digest. */
static int
build_record(const struct record_out *out, struct buf *prefix, uint8_t digest[static HASH_BYTES])
{
	uint8_t payload_digest[HASH_BYTES];
	char *header;
	int rc;

	if (header_encode(out->part, &out->extent, &header) == -1)
		return (-1);
	rc = build_prefix(prefix, header_version(out->part), header, out->n_keys, out->keys,
	    out->n_planes * plane_words(out));
	free(header);
	if (rc == -1)
		return (-1);
	if (out->payload_digest != NULL)
		memcpy(payload_digest, out->payload_digest, HASH_BYTES);
	else
		hash_planes(out, payload_digest);
	record_digest(digest, prefix, payload_digest);
	return (0);
}

static int
encode_words(const struct record_out *out, struct buf *line)
{
	char text[32];
	uint64_t v;
	size_t i, j, n;

	for (i = 0; i < out->n_planes; i++) {
		for (j = 0; j < plane_words(out); j++) {
			n = sizeof(text);
			text[--n] = '"';
			v = out->plane[i][j];
			do {
				text[--n] = (char)('0' + v % 10);
			} while ((v /= 10) != 0);
			text[--n] = '"';
			if (buf_append(line, text + n, sizeof(text) - n) == -1)
				return (-1);
			if ((i + 1 < out->n_planes || j + 1 < plane_words(out)) &&
			    buf_string(line, ",") == -1)
				return (-1);
		}
	}
	return (0);
}

/* The JSON object of the text form, without its words. */
static json_t *
text_json(const struct record_out *out, const uint8_t *digest)
{
	json_t *o, *keys = NULL;
	char hex[2 * HASH_BYTES + 1];
	size_t i;

	if ((o = header_json(out->part, &out->extent)) == NULL)
		return (NULL);
	hex_encode(hex, digest, HASH_BYTES);
	if (json_object_set_new(o, "digest", json_string(hex)) == -1 ||
	    json_object_set_new(o, "smpc", json_integer(header_version(out->part))) == -1)
		goto failed;
	if (out->n_keys > 0) {
		if ((keys = json_array()) == NULL || json_object_set_new(o, "keys", keys) == -1)
			goto failed;
	}
	for (i = 0; i < out->n_keys; i++) {
		hex_encode(hex, out->keys[i], PRG_KEY_BYTES);
		if (json_array_append_new(keys, json_string(hex)) == -1)
			goto failed;
	}
	mem_wipe(hex, sizeof(hex));
	return (o);
failed:
	fail(ST_FAILED, "out of memory");
	json_decref(o);
	return (NULL);
}

int
record_text_line(const struct record_out *out, struct buf *line)
{
	struct buf prefix = { NULL, 0, 0 };
	uint8_t digest[HASH_BYTES];
	char *text = NULL;
	json_t *o = NULL;
	int rc = -1;

	if (build_record(out, &prefix, digest) == -1 || (o = text_json(out, digest)) == NULL)
		goto out;
	if ((text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS)) == NULL) {
		fail(ST_FAILED, "out of memory");
		goto out;
	}
	/* The object has fields, so the words can follow a comma in place of its closing brace. */
	if (buf_append(line, text, strlen(text) - 1) == -1 ||
	    buf_string(line, ",\"words\":[") == -1 || encode_words(out, line) == -1 ||
	    buf_string(line, "]}\n") == -1)
		goto out;
	rc = 0;
out:
	if (text != NULL)
		mem_wipe_free(text, strlen(text));
	json_decref(o);
	buf_free(&prefix);
	return (rc);
}

static int
write_text(const struct record_out *out, struct sink *sink)
{
	struct buf line = { NULL, 0, 0 };
	int rc = -1;

	if (record_text_line(out, &line) == 0)
		rc = sink_write(sink, line.data, line.len);
	buf_free(&line);
	return (rc);
}

int
record_write(const struct record_out *out, struct sink *sink, bool text)
{
	struct buf prefix = { NULL, 0, 0 };
	uint8_t digest[HASH_BYTES];
	size_t i;
	int rc = -1;

	if (text)
		return (write_text(out, sink));
	if (build_record(out, &prefix, digest) == -1 ||
	    sink_write(sink, prefix.data, prefix.len) == -1)
		goto out;
	for (i = 0; i < out->n_planes; i++) {
		if (sink_write(sink, out->plane[i], plane_words(out) * sizeof(uint64_t)) == -1)
			goto out;
	}
	rc = sink_write(sink, digest, sizeof(digest));
out:
	buf_free(&prefix);
	return (rc);
}
