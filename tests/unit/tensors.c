/*
 * Tensors in the clear: safetensors files made byte by byte, with one defect each, and the JSON of
 * smpc-reveal.  Each in a process of its own.
 */

#include "table/tensors.h"

#include "base/mem.h"
#include "child.h"
#include "table/safetensors.h"

/* A file of the header at ${header}, and ${bytes} bytes of numbers, 0 1 2 ... */
struct file {
	const char *header;
	size_t bytes;
};

static char text[4096];

static size_t
build(const struct file *f, uint64_t length)
{
	size_t n = strlen(f->header), i;

	for (i = 0; i < 8; i++)
		text[i] = (char)(length >> (8 * i));
	memcpy(text + 8, f->header, n);
	for (i = 0; i < f->bytes; i++)
		text[8 + n + i] = (char)i;
	return (8 + n + f->bytes);
}

/* What is to be read. */
struct input {
	const char *data;
	size_t bytes;
	struct tensors_scale scale;
};

/* The copy has exactly its size, so that reading beyond it is seen by the sanitizers. */
static int
read_all(void *arg)
{
	const struct input *in = arg;
	struct window w = { .fd = -1 };
	struct tensors *t = NULL;
	uint64_t *words;
	char *copy = malloc(in->bytes + 1);
	size_t k;
	int rc = -1;

	memcpy(copy, in->data, in->bytes);
	if (window_memory(&w, copy, in->bytes, "t") == 0 && window_fill(&w, 16) == 0 &&
	    tensors_is(&w))
		t = tensors_open(&w);
	rc = (t == NULL) ? -1 : 0;
	for (k = 0; rc == 0 && k < t->n; k++) {
		words = mem_array(t->list[k].rows * t->list[k].cols, sizeof(*words));
		rc = tensors_words(t, k, &in->scale, words);
		free(words);
	}
	tensors_free(t);
	window_close(&w);
	free(copy);
	return (rc);
}

/* ---- safetensors ---- */

#define F32_OF_4 "{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}"
#define TENSOR(dtype, shape, from, to) \
	"{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]}"

static const struct {
	const char *what;
	struct file file;
	const char *words;
} damaged[] = {
	{ "a header that is no JSON", { "{\"a\":", 0 }, "malformed" },
	{ "an object that does not end", { "{\"a\":" F32_OF_4, 16 }, "malformed" },
	{ "something behind the object", { "{\"a\":" F32_OF_4 "}x", 16 }, "malformed" },
	{ "an array in place of the object", { "{}  []", 0 }, "malformed" },
	{ "no tensor", { "{}", 0 }, "holds no tensor" },
	{ "metadata alone", { "{\"__metadata__\":{\"a\":\"b\"}}", 0 }, "holds no tensor" },
	{ "a name that comes twice", { "{\"a\":" F32_OF_4 ",\"a\":" F32_OF_4 "}", 16 },
	    "duplicate" },
	{ "a field that comes twice",
	    { "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
	    16 }, "duplicate" },
	{ "no dtype", { "{\"a\":{\"shape\":[4],\"data_offsets\":[0,16],\"more\":1}}", 16 },
	    "no dtype" },
	{ "a field too many",
	    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16],\"more\":1}}", 16 },
	    "malformed" },
	{ "a tensor that is a number", { "{\"a\":3}", 0 }, "malformed" },
	{ "an unknown type", { "{\"a\":" TENSOR("F8_E4M3", "[4]", "0", "4") "}", 4 },
	    "type 'F8_E4M3' is not read" },
	{ "no shape", { "{\"a\":" TENSOR("F32", "4", "0", "16") "}", 16 }, "no shape" },
	{ "a negative side", { "{\"a\":" TENSOR("F32", "[-4]", "0", "16") "}", 16 },
	    "whole numbers" },
	{ "a side that is a fraction", { "{\"a\":" TENSOR("F32", "[4.0]", "0", "16") "}", 16 },
	    "whole numbers" },
	{ "a side of 2^64", { "{\"a\":" TENSOR("F32", "[18446744073709551616]", "0", "16") "}",
	    16 }, "malformed" },
	{ "an empty tensor", { "{\"a\":" TENSOR("F32", "[0,4]", "0", "0") "}", 0 },
	    "tensor 'a' is empty" },
	{ "sides whose product is 2^64 and 0 again",
	    { "{\"a\":" TENSOR("F32", "[4294967296,4294967296]", "0", "0") "}", 0 }, "columns" },
	{ "rows whose bytes are 2^64", { "{\"a\":" TENSOR("F64", "[1099511627776,524288,2]", "0",
	    "0") "}", 0 }, "columns" },
	{ "too many rows", { "{\"a\":" TENSOR("F64", "[1099511627777]", "0", "0") "}", 0 },
	    "too many rows" },
	{ "more rows than memory has bytes", { "{\"a\":" TENSOR("F64", "[1099511627776,524288]",
	    "0", "0") "}", 0 }, "not as many bytes" },
	{ "nine dimensions", { "{\"a\":" TENSOR("U8", "[1,1,1,1,1,1,1,1,1]", "0", "1") "}", 1 },
	    "more than 8 dimensions" },
	{ "three offsets", { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16,16]}}",
	    16 }, "two whole numbers" },
	{ "a negative offset", { "{\"a\":" TENSOR("F32", "[4]", "-16", "0") "}", 16 },
	    "two whole numbers" },
	{ "offsets in the wrong order", { "{\"a\":" TENSOR("F32", "[4]", "16", "0") "}", 16 },
	    "not as many bytes" },
	{ "fewer bytes than the shape says", { "{\"a\":" TENSOR("F32", "[4]", "0", "12") "}", 12 },
	    "not as many bytes" },
	{ "more bytes than the shape says", { "{\"a\":" TENSOR("F32", "[4]", "0", "20") "}", 20 },
	    "not as many bytes" },
	{ "numbers that are cut off", { "{\"a\":" F32_OF_4 "}", 15 }, "ends early: tensor 'a' goes "
	    "on to byte 16 of 15" },
	{ "no numbers", { "{\"a\":" F32_OF_4 "}", 0 }, "ends early" },
	{ "offsets far behind the end", { "{\"a\":" TENSOR("U8", "[1]", "9223372036854775806",
	    "9223372036854775807") "}", 1 }, "ends early" },
	{ "two tensors that overlap", { "{\"a\":" F32_OF_4 ",\"b\":" TENSOR("F32", "[1]", "12",
	    "16") "}", 16 }, "overlaps" },
	{ "two in the same place", { "{\"a\":" F32_OF_4 ",\"b\":" F32_OF_4 "}", 16 }, "overlaps" },
	{ "a hole at the beginning", { "{\"a\":" TENSOR("F32", "[1]", "4", "8") "}", 8 },
	    "no tensor's" },
	{ "a hole between two", { "{\"a\":" TENSOR("F32", "[1]", "0", "4") ",\"b\":" TENSOR("F32",
	    "[1]", "8", "12") "}", 12 }, "tensor 'b' begins behind bytes that are no tensor's" },
	{ "bytes behind the last", { "{\"a\":" F32_OF_4 "}", 17 }, "behind the last tensor" },
	{ "a name without characters", { "{\"\":" F32_OF_4 "}", 16 }, "name" },
	{ "a name with a control character", { "{\"a\\u0001\":" F32_OF_4 "}", 16 }, "name" },
	{ "a name with a NUL", { "{\"a\\u0000\":" F32_OF_4 "}", 16 }, "malformed" },
	{ "a name that is not UTF-8", { "{\"a\xff\":" F32_OF_4 "}", 16 }, "malformed" },
	{ "metadata that is no object", { "{\"__metadata__\":[],\"a\":" F32_OF_4 "}", 16 },
	    "no object" },
	{ "metadata that is no string", { "{\"__metadata__\":{\"k\":1},\"a\":" F32_OF_4 "}", 16 },
	    "no string" },
	{ "a model that is no JSON", { "{\"__metadata__\":{\"smpc.model\":\"{\"},\"a\":"
	    F32_OF_4 "}", 16 }, "'smpc.model'" },
	{ "a model that is no object", { "{\"__metadata__\":{\"smpc.model\":\"[]\"},\"a\":"
	    F32_OF_4 "}", 16 }, "'smpc.model'" },
	{ "fraction bits of no tensor",
	    { "{\"__metadata__\":{\"smpc.fraction_bits\":\"{\\\"b\\\":1}\"},\"a\":" F32_OF_4 "}",
	    16 }, "fraction_bits" },
	{ "too many of them",
	    { "{\"__metadata__\":{\"smpc.fraction_bits\":\"{\\\"a\\\":63}\"},\"a\":" F32_OF_4 "}",
	    16 }, "fraction_bits" },
	{ "columns of no tensor", { "{\"__metadata__\":{\"smpc.columns\":\"{\\\"b\\\":[]}\"},\"a\":"
	    F32_OF_4 "}", 16 }, "columns" },
	{ "names of too few columns",
	    { "{\"__metadata__\":{\"smpc.columns\":\"{\\\"a\\\":[\\\"x\\\"]}\"},\"a\":"
	    F32_OF_4 "}", 16 }, "2 columns and names of 1" },
	{ "two columns of a name",
	    { "{\"__metadata__\":{\"smpc.columns\":\"{\\\"a\\\":[\\\"x\\\",\\\"x\\\"]}\"},\"a\":"
	    F32_OF_4 "}", 16 }, "two columns named 'x'" },
	{ "a column that is a number",
	    { "{\"__metadata__\":{\"smpc.columns\":\"{\\\"a\\\":[1,2]}\"},\"a\":" F32_OF_4 "}",
	    16 }, "no name" },
};

static void
check_damaged(void)
{
	const struct file good = { "{\"a\":" F32_OF_4 "}  ", 16 };
	struct input in = { .data = text, .scale = { .fraction_bits = 16 } };
	char padded[380];
	size_t whole, i;

	for (i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		in.bytes = build(&damaged[i].file, strlen(damaged[i].file.header));
		child_fails(read_all, &in, 1, damaged[i].words, damaged[i].what);
	}
	whole = in.bytes = build(&good, strlen(good.header));
	ok(child_status(read_all, &in) == 0, "blanks behind the header are allowed");
	/* Shorter than 9 bytes nothing tells what it is. */
	for (i = 9; i < whole; i++) {
		in.bytes = i;
		if (child_status(read_all, &in) != 1 || strstr(child_text, "ends early") == NULL)
			break;
	}
	ok(i == whole, "cut anywhere, it ends early");
	/* Lengths of 123 and 379: the first byte is '{', as that of JSON. */
	for (i = 123; i <= 379; i += 256) {
		snprintf(padded, sizeof(padded), "%-*s", (int)i, good.header);
		in.bytes = build(&(struct file){ padded, 16 }, i);
		ok(text[0] == '{' && child_status(read_all, &in) == 0, "a header of %zu bytes is "
		    "not taken for JSON", i);
	}
	in.bytes = build(&good, (uint64_t)17 << 20);
	child_fails(read_all, &in, 1, "longer than", "a length of 17 MiB");
	in.bytes = build(&good, UINT32_MAX);
	child_fails(read_all, &in, 1, "longer than", "a length of 2^32 - 1");
	in.bytes = build(&good, UINT64_MAX);
	ok(!safetensors_is(text, in.bytes), "a length of 2^64 - 1 is none");
	ok(!safetensors_is(text, 8), "8 bytes do not tell what follows");
}

/* ---- numbers ---- */

static const struct {
	const char *what, *dtype;
	unsigned char bytes[8];
	size_t n;
	uint64_t due; /* with 20 fraction bits; or a status */
	bool fails;
} numbers[] = {
	{ "float64 1.5", "F64", { 0, 0, 0, 0, 0, 0, 0xf8, 0x3f }, 8, 3 << 19, false },
	{ "float64 nan", "F64", { 0, 0, 0, 0, 0, 0, 0xf8, 0x7f }, 8, 5, true },
	{ "float64 infinity", "F64", { 0, 0, 0, 0, 0, 0, 0xf0, 0x7f }, 8, 5, true },
	{ "float64 1e308", "F64", { 0xa0, 0xc8, 0xeb, 0x85, 0xf3, 0xcc, 0xe1, 0x7f }, 8, 5, true },
	{ "float64 2^43, which does not fit", "F64", { 0, 0, 0, 0, 0, 0, 0xa0, 0x42 }, 8, 5, true },
	{ "float64 -2^43, which does", "F64", { 0, 0, 0, 0, 0, 0, 0xa0, 0xc2 }, 8,
	    (uint64_t)1 << 63, false },
	{ "float32 -0.1", "F32", { 0xcd, 0xcc, 0xcc, 0xbd }, 4, (uint64_t)-104858, false },
	{ "float32 nan", "F32", { 0, 0, 0xc0, 0xff }, 4, 5, true },
	{ "float32 infinity", "F32", { 0, 0, 0x80, 0x7f }, 4, 5, true },
	{ "the least float32", "F32", { 1, 0, 0, 0 }, 4, 0, false },
	{ "float16 -65504", "F16", { 0xff, 0xfb }, 2, (uint64_t)(-65504 * (1LL << 20)), false },
	{ "float16 2^-20, a subnormal", "F16", { 0x10, 0 }, 2, 1, false },
	{ "float16 infinity", "F16", { 0, 0xfc }, 2, 5, true },
	{ "float16 nan", "F16", { 1, 0x7c }, 2, 5, true },
	{ "bfloat16 3.140625", "BF16", { 0x49, 0x40 }, 2, 3293184, false },
	{ "bfloat16 nan", "BF16", { 0xc0, 0x7f }, 2, 5, true },
	{ "the largest bfloat16", "BF16", { 0x7f, 0x7f }, 2, 5, true },
	{ "int64 -1", "I64", { 255, 255, 255, 255, 255, 255, 255, 255 }, 8, (uint64_t)-(1 << 20),
	    false },
	{ "int64 2^43", "I64", { 0, 0, 0, 0, 0, 8, 0, 0 }, 8, 5, true },
	{ "int64 -2^63", "I64", { 0, 0, 0, 0, 0, 0, 0, 0x80 }, 8, 5, true },
	{ "int32 -2^31", "I32", { 0, 0, 0, 0x80 }, 4, (uint64_t)-(1LL << 51), false },
	{ "int16 -2", "I16", { 0xfe, 0xff }, 2, (uint64_t)-(1 << 21), false },
	{ "int8 -128", "I8", { 0x80 }, 1, (uint64_t)-(1 << 27), false },
	{ "uint64 2^64 - 1", "U64", { 255, 255, 255, 255, 255, 255, 255, 255 }, 8, 5, true },
	{ "uint32 2^32 - 1", "U32", { 255, 255, 255, 255 }, 4, (((uint64_t)1 << 32) - 1) << 20,
	    false },
	{ "uint16 2^16 - 1", "U16", { 255, 255 }, 2, (uint64_t)65535 << 20, false },
	{ "uint8 200", "U8", { 200 }, 1, 200 << 20, false },
	{ "true", "BOOL", { 1 }, 1, 1 << 20, false },
	{ "false", "BOOL", { 0 }, 1, 0, false },
};

static uint64_t
only_word(const struct input *in)
{
	struct window w = { .fd = -1 };
	struct tensors *t;
	uint64_t word = 12345;

	if (window_memory(&w, in->data, in->bytes, "t") == -1 || window_fill(&w, 16) == -1 ||
	    (t = tensors_open(&w)) == NULL)
		return (word);
	(void)tensors_words(t, 0, &in->scale, &word);
	tensors_free(t);
	return (word);
}

static void
check_numbers(void)
{
	struct input in = { .data = text, .scale = { .fraction_bits = 20 } };
	char header[128];
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(header, sizeof(header),
		    "{\"w\":{\"dtype\":\"%s\",\"shape\":[],\"data_offsets\":[0,%zu]}}",
		    numbers[i].dtype, numbers[i].n);
		in.bytes = build(&(struct file){ header, numbers[i].n }, strlen(header));
		memcpy(text + 8 + strlen(header), numbers[i].bytes, numbers[i].n);
		if (numbers[i].fails)
			child_fails(read_all, &in, (int)numbers[i].due, "t: tensor 'w': row 1, "
			    "column 1: ", numbers[i].what);
		else
			ok_u64(only_word(&in), numbers[i].due, numbers[i].what);
	}
}

/* ---- JSON ---- */

static const struct {
	const char *text;
	int status;
	const char *words;
} json[] = {
	{ "{\"name\":\"w\",\"rows\":[[1,-2.5e-1],[3,4]]}\n", 0, "" },
	{ "{\"rows\":[[1]],\"columns\":[\"a\"],\"name\":\"w\"} {\"name\":\"v\",\"rows\":[[ 1 , 2 "
	    "]]}", 0, "" },
	{ "{\"name\":\"w\",\"model\":{},\"rows\":[[1]]}", 0, "" },
	{ "{\"name\":\"w\",\"rows\":[[9223372036854775808]]}", 5, "t: tensor 'w': row 1, column 1"
	    },
	{ "{\"name\":\"w\",\"rows\":[[1e999999999]]}", 5, "t: tensor 'w': row 1, column 1" },
	{ "{\"name\":\"w\",\"columns\":[\"a\",\"b\"],\"rows\":[[1,2],[1,1e20]]}", 5,
	    "row 2, column 'b'" },
	{ "{\"name\":\"w\",\"rows\":[[0,-0,-0.50,10,1E1,1e-2,25.5e+1]]}", 0, "" },
	{ "{\"name\":\"w\",\"rows\":[[NaN]]}", 1, "should be a number" },
	{ "{\"name\":\"w\",\"rows\":[[null]]}", 1, "should be a number" },
	{ "{\"name\":\"w\",\"rows\":[[1],[1,2]]}", 1, "as many numbers" },
	{ "{\"name\":\"w\",\"rows\":[[]]}", 1, "should be a number" },
	{ "{\"name\":\"w\",\"rows\":[]}", 1, "empty" },
	{ "{\"name\":\"w\",\"rows\":[1]}", 1, "should be a row" },
	{ "{\"name\":\"w\",\"rows\":1}", 1, "array of rows" },
	{ "{\"name\":\"w\",\"rows\":[[1]", 1, "do not end" },
	{ "{\"name\":\"w\",\"rows\":[[1", 1, "does not end" },
	{ "{\"name\":\"w\",\"rows\":[[1]]", 1, "does not end" },
	{ "{\"name\":\"w\",\"rows\":[[1]]} x", 1, "should be an object" },
	{ "{\"name\":\"w\"}", 1, "a name and rows" },
	{ "{\"rows\":[[1]]}", 1, "a name and rows" },
	{ "{\"name\":1,\"rows\":[[1]]}", 1, "should be a string" },
	{ "{\"name\":[],\"rows\":[[1]]}", 1, "a name and rows" },
	{ "{\"name\":\"w\",\"name\":\"w\",\"rows\":[[1]]}", 1, "comes twice" },
	{ "{\"name\":\"w\",\"rows\":[[1]],\"rows\":[[1]]}", 1, "comes twice" },
	{ "{\"name\":\"w\",\"rows\":[[1]]}{\"name\":\"w\",\"rows\":[[1]]}", 1,
	    "two tensors named 'w'" },
	{ "{\"name\":\"w\",\"rows\":[[1]]}{\"name\":\"v\",\"model\":{},\"rows\":[[1]]}", 1,
	    "first tensor" },
	{ "{\"name\":\"w\",\"model\":\"m\",\"rows\":[[1]]}", 1, "by an object" },
	{ "{\"name\":\"w\",\"model\":{\"a\":1,\"a\":2},\"rows\":[[1]]}", 1, "duplicate" },
	{ "{\"name\":\"w\",\"columns\":[\"a\"],\"rows\":[[1,2]]}", 1, "2 columns and names of 1" },
	{ "{\"name\":\"w\",\"columns\":[1],\"rows\":[[1]]}", 1, "array of strings" },
	{ "{\"name\":\"w\\u0007\",\"rows\":[[1]]}", 1, "name" },
	{ "{\"name\":\"w\",\"more\":\"1\",\"rows\":[[1]]}", 1, "text form" },
	{ "{name:1}", 1, "name of a field" },
	{ "{\"name\" \"w\"}", 1, "a colon" },
	{ "{", 1, "name of a field" },
	{ "{}", 1, "name of a field" },
};

/* What strtod takes, or nothing does, is no number of JSON. */
static const char *const no_numbers[] = {
	"00012", "-01", "00", "+3", ".5", "-.5", "5.", "5.e1", "1e", "1e+", "--1", "-", "1..2",
	    "0x10", "1-2", "1e1.5", "1 2",
	"Infinity", "e1", "",
};

static void
check_no_numbers(void)
{
	struct input in = { .scale = { .fraction_bits = 16 } };
	char line[64];
	size_t i;

	for (i = 0; i < sizeof(no_numbers) / sizeof(no_numbers[0]); i++) {
		snprintf(line, sizeof(line), "{\"name\":\"w\",\"rows\":[[7,%s]]}", no_numbers[i]);
		in.data = line;
		in.bytes = strlen(line);
		child_fails(read_all, &in, 1, "is not the JSON of smpc-reveal --json", line);
	}
}

static void
check_json(void)
{
	struct input in = { .scale = { .fraction_bits = 16 } };
	size_t i;

	for (i = 0; i < sizeof(json) / sizeof(json[0]); i++) {
		in.data = json[i].text;
		in.bytes = strlen(json[i].text);
		if (json[i].status == 0)
			ok(child_status(read_all, &in) == 0, "%s", json[i].text);
		else
			child_fails(read_all, &in, json[i].status, json[i].words, json[i].text);
	}
	/* More digits than a double has. */
	in.data = "{\"name\":\"w\",\"rows\":[[70368744177663.99999]]}";
	in.bytes = strlen(in.data);
	ok_u64(only_word(&in), ((uint64_t)1 << 62) - 1, "decimals are converted exactly");
}

int
main(void)
{

	check_damaged();
	check_numbers();
	check_json();
	check_no_numbers();
	return (tap_end());
}
