#include "table/foreign.h"

#include <stdbool.h>
#include <string.h>

#include "base/diag.h"
#include "table/safetensors.h"

#define SAVE "save the weights with safetensors, and share those with smpc-share --net"
#define PICKLE "is a pickle (of PyTorch?); " SAVE ", or a table as CSV or .npy"
#define EXPORT "; export the table as CSV"
#define SHEET "; save the sheet as CSV UTF-8"
#define WRITE_CSV "; write.csv(x, row.names = FALSE) exports a data frame"

int
foreign_has(const void *data, size_t bytes, const char *word)
{
	const char *s = data;
	size_t len = strlen(word), i;

	for (i = 0; i + len <= bytes; i++) {
		if (memcmp(s + i, word, len) == 0)
			return (1);
	}
	return (0);
}

/* A zip archive is told by its first files. */
static const char *
zip_format(const void *data, size_t bytes)
{
	static const struct {
		const char *word;
		const char *what;
	} contents[] = {
		{ "data.pkl", "is a PyTorch file (.pt); " SAVE },
		{ ".npy", "is a .npz archive; save each array as .npy: unzip takes them out" },
		{ "opendocument.spreadsheet", "is a LibreOffice spreadsheet (.ods)" SHEET },
		{ "xl/", "is an Excel workbook (.xlsx)" SHEET },
		{ "[Content_Types].xml", "is an Excel workbook (.xlsx) or another Office file"
		    SHEET },
	};
	size_t i;

	for (i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		if (foreign_has(data, bytes, contents[i].word))
			return (contents[i].what);
	}
	return ("is a zip archive (.npz, .xlsx?), not a table; take the table out of it");
}

/*
 * UTF-16 without a byte order mark: two ASCII characters, each with a zero byte before or behind it
 * as no text and no array has them.
 */
static const char *
utf16_format(const unsigned char *s, size_t bytes)
{
	bool text[4];
	size_t i;

	for (i = 0; i < 4 && bytes >= 4; i++)
		text[i] = (s[i] >= 0x20 && s[i] < 0x7f);
	if (bytes >= 4 && text[0] && s[1] == 0 && text[2] && s[3] == 0)
		return ("is UTF-16 text; pipe it through iconv -f UTF-16LE -t UTF-8");
	if (bytes >= 4 && s[0] == 0 && text[1] && s[2] == 0 && text[3])
		return ("is UTF-16 text; pipe it through iconv -f UTF-16BE -t UTF-8");
	return (NULL);
}

/* A header may begin with a bracket, but not with one that holds records, rows or strings. */
static const char *
json_format(const char *s, size_t bytes)
{
	size_t i;

	for (; bytes > 0 && strchr(" \t\r\n", *s) != NULL && *s != '\0'; s++)
		bytes--;
	if (bytes > 1 && *s == '{' && strchr("\"} \t\r\n", s[1]) != NULL && s[1] != '\0')
		return ("is JSON" EXPORT);
	for (i = 1; i < bytes && *s == '['; i++) {
		if (s[i] == '{' || s[i] == '[' || s[i] == '"')
			return ("is JSON" EXPORT);
		if (strchr(" \t\r\n", s[i]) == NULL)
			break;
	}
	return (NULL);
}

/* Formats that are told by several of their first bytes, which say little each by itself. */
static const char *
numbers_format(const unsigned char *s, size_t bytes)
{

	/* a digit says how well it is compressed */
	if (bytes >= 10 && memcmp(s, "BZh", 3) == 0 && memcmp(s + 4, "1AY&SY", 6) == 0)
		return ("is compressed; pipe it through bzcat");
	if (bytes >= 8 && memcmp(s + 4, "TFL3", 4) == 0)
		return ("is a TensorFlow Lite model; " SAVE);
	/* ir_version, and behind it a text or the graph */
	if (bytes >= 3 && s[0] == 0x08 && s[1] > 0 && s[1] < 0x20 &&
	    memchr("\x12\x1a\x22\x3a\x42", s[2], 5) != NULL)
		return ("is an ONNX model; " SAVE);
	/* release, byte order, type of file, unused */
	if (bytes >= 4 && s[0] >= 102 && s[0] <= 115 && (s[1] == 1 || s[1] == 2) && s[2] == 1 &&
	    s[3] == 0)
		return ("is a Stata file (.dta)" EXPORT);
	return (NULL);
}

static const char *
magic_format(const void *data, size_t bytes)
{
	static const struct {
		const char *magic;
		size_t bytes;
		const char *what;
	} formats[] = {
		{ "\x1f\x8b", 2, "is compressed; pipe it through zcat, or export R's .rds and "
		    ".RData with write.csv()" },
		{ "\xfd" "7zXZ", 5, "is compressed; pipe it through xzcat" },
		{ "\x28\xb5\x2f\xfd", 4, "is compressed; pipe it through zstdcat" },
		{ "\x04\x22\x4d\x18", 4, "is compressed; pipe it through lz4cat" },
		{ "7z\xbc\xaf\x27\x1c", 6, "is a 7z archive; take the table out of it" },
		{ "PAR1\x15", 5, "is a Parquet file" EXPORT },
		{ "FEA1\0", 5, "is a Feather file" EXPORT },
		{ "ARROW1\0", 7, "is an Arrow or Feather file" EXPORT },
		{ "\x89HDF\r\n", 6, "is an HDF5 file; export a table as CSV, weights with "
		    "safetensors" },
		{ "MATLAB 5.0 MAT-file", 19, "is a MATLAB file (.mat); writematrix() exports a "
		    "table as CSV" },
		{ "X\n\0\0\0", 5, "is R's .rds" WRITE_CSV },
		{ "RDX2\nX\n", 7, "is R's .RData" WRITE_CSV },
		{ "RDX3\nX\n", 7, "is R's .RData" WRITE_CSV },
		{ "<stata_dta>", 11, "is a Stata file (.dta)" EXPORT },
		{ "$FL2@(#)", 8, "is an SPSS file (.sav)" EXPORT },
		{ "$FL3@(#)", 8, "is an SPSS file (.zsav)" EXPORT },
		{ "\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60", 16, "is a SAS file (.sas7bdat)"
		    EXPORT },
		{ "HEADER RECORD*******", 20, "is a SAS transport file (.xpt)" EXPORT },
		{ "SQLite format 3\0", 16, "is an SQLite database; sqlite3 -csv -header exports a "
		    "table" },
		{ "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "is an Excel workbook (.xls)" SHEET },
		{ "RDA2\nA\n", 7, "is R's .RData" WRITE_CSV },
		{ "RDA3\nA\n", 7, "is R's .RData" WRITE_CSV },
		{ "Obj\x01", 4, "is an Avro file" EXPORT },
		{ "ORC\x08", 4, "is an ORC file" EXPORT },
		{ "GGUF\3\0", 6, "is a GGUF model; " SAVE },
		{ "\x89PNG\r\n", 6, "is a PNG image; numpy saves its numbers as .npy" },
		{ "\xff\xd8\xff", 3, "is a JPEG image; numpy saves its numbers as .npy" },
		{ "GIF89a", 6, "is a GIF image; numpy saves its numbers as .npy" },
		{ "%PDF-", 5, "is a PDF" EXPORT },
		{ "<!DOCTYPE", 9, "is a web page, not a table: was it downloaded without a "
		    "login?" },
		{ "<html", 5, "is a web page, not a table: was it downloaded without a login?" },
		{ "<?xml", 5, "is XML" EXPORT },
		{ "\x80\x02", 2, PICKLE },
		{ "\x80\x03", 2, PICKLE },
		{ "\x80\x04", 2, PICKLE },
		{ "\x80\x05", 2, PICKLE },
		{ "\xff\xfe\0\0", 4, "is UTF-32 text; pipe it through iconv -f UTF-32 -t UTF-8" },
		{ "\xff\xfe", 2, "is UTF-16 text; pipe it through iconv -f UTF-16 -t UTF-8" },
		{ "\xfe\xff", 2, "is UTF-16 text; pipe it through iconv -f UTF-16 -t UTF-8" },
	};
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (bytes >= formats[i].bytes &&
		    memcmp(data, formats[i].magic, formats[i].bytes) == 0)
			return (formats[i].what);
	}
	return (NULL);
}

const char *
foreign_format(const void *data, size_t bytes)
{
	const char *what;

	/* Its length may look like the beginning of a pickle. */
	if (safetensors_is(data, bytes))
		return ("is a safetensors file in the clear; smpc-share makes shares of it, of a "
		    "network's weights with --net");
	if (bytes >= 4 && memcmp(data, "PK\x03\x04", 4) == 0)
		return (zip_format(data, bytes));
	if ((what = magic_format(data, bytes)) == NULL &&
	    (what = utf16_format(data, bytes)) == NULL &&
	    (what = numbers_format(data, bytes)) == NULL)
		what = json_format(data, bytes);
	return (what);
}

int
foreign_secret(const void *data, size_t bytes)
{

	return (foreign_has(data, bytes, "smpc-secret-"));
}

int
foreign_refuse(const struct window *w)
{
	const char *data = w->data + w->pos, *what;
	size_t bytes = w->len - w->pos;

	if (bytes >= 5 && memcmp(data, "\xb5SMPC", 5) == 0)
		return (fail(ST_FAILED, "%s: is a share stream, not a table; smpc-info says what "
		    "it holds", w->name));
	if (bytes >= 5 && memcmp(data, "\xb5SEAL", 5) == 0)
		return (fail(ST_FAILED, "%s: is a sealed share stream, not a table", w->name));
	if (bytes >= 1 && data[0] == '{')
		return (fail(ST_FAILED, "%s: is JSON (a share stream in text form?), not a table",
		    w->name));
	if ((what = foreign_format(data, bytes)) != NULL)
		return (fail(ST_FAILED, "%s: %s", w->name, what));
	/* A row that is no number is quoted in a message; a key must never be. */
	if (foreign_secret(data, bytes))
		return (fail(ST_REFUSED, "%s: is an identity file, not a table; keep it secret",
		    w->name));
	return (0);
}
