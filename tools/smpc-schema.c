/* Agree on what the columns of several owners' tables are. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/hex.h"
#include "base/io.h"
#include "base/mem.h"
#include "cli/schema_check.h"
#include "cli/schema_draft.h"
#include "cli/tool.h"
#include "data/schema_merge.h"

static struct draft_options draft;
static const char *output, *dialect;
static bool drafting, merging, checking, digesting, quiet;

static const struct opt options[] = {
	{ 0, "draft", NULL, OPT_FLAG, &drafting, 0, 0,
	    "write a draft for the table FILE, which says little of it: a draft is public" },
	{ 0, "merge", NULL, OPT_FLAG, &merging, 0, 0,
	    "write one schema for the drafts FILE ... of all owners" },
	{ 0, "check", NULL, OPT_FLAG, &checking, 0, 0,
	    "check the schema FILE, and that a second FILE, a table, keeps to it" },
	{ 0, "digest", NULL, OPT_FLAG, &digesting, 0, 0,
	    "print the digest of the schema FILE, by which owners compare it" },
	{ 'o', "output", "FILE", OPT_STRING, &output, 0, 0,
	    "write to FILE, which appears whole or not at all (default: standard output)" },
	{ 0, "quiet", NULL, OPT_FLAG, &quiet, 0, 0, "do not say what a draft publishes" },
	{ 'c', "columns", "LIST", OPT_LIST, &draft.columns, 0, 0,
	    "draft these columns, in this order: names, positions from 1 and ranges such as "
	    "3-7, with commas" },
	{ 'x', "exclude", "LIST", OPT_LIST, &draft.excluded, 0, 0, "leave these columns out" },
	{ 'l', "label", "LIST", OPT_LIST, &draft.labels, 0, 0,
	    "columns that are to be predicted: few values make classes" },
	{ 0, "range", "COL=LOW..HIGH", OPT_LIST, &draft.ranges, 0, 0,
	    "numbers of a column go from LOW to HIGH (default: rounded outwards to 1, 2 or 5 "
	    "times a power of ten)" },
	{ 0, "unit", "COL=UNIT", OPT_LIST, &draft.units, 0, 0, "the unit of a column's numbers" },
	{ 0, "codes", "COL=a,b,c", OPT_LIST, &draft.codes, 0, 0,
	    "a column has these classes, which become 0, 1, 2" },
	{ 0, "one-hot", "COL=a,b,c", OPT_LIST, &draft.one_hot, 0, 0,
	    "a column has these categories, each of which becomes a column of 0 and 1" },
	{ 0, "other", "LIST", OPT_LIST, &draft.others, 0, 0,
	    "columns where a category 'other' stands for all texts that are not listed" },
	{ 0, "baseline", "COL=VALUE", OPT_LIST, &draft.baselines, 0, 0,
	    "the category that becomes no column" },
	{ 0, "date", "LIST", OPT_LIST, &draft.dates, 0, 0, "columns of dates such as 2026-11-29" },
	{ 0, "key", "COL[=MATCH]", OPT_LIST, &draft.keys, 0, 0,
	    "columns of texts by which tables are joined; MATCH says which are the same: 'text' "
	    "(default), 'nocase', 'digits' or 'alnum'" },
	{ 0, "na", "COL=ACTION", OPT_LIST, &draft.na, 0, 0,
	    "missing values of a column, or without COL= of all: 'error' (default), 'drop' "
	    "leaves the row out, 'mean', of a key 'unique', or a value to take instead" },
	{ 0, "na-indicator", "LIST", OPT_LIST, &draft.na_indicators, 0, 0,
	    "columns of which a further column says where values are missing" },
	{ 0, "dialect", "FILE", OPT_STRING, &dialect, 0, 0,
	    "with --check: the draft of the table's owner, which says how the table is written" },
	{ 'd', "delimiter", "CHAR", OPT_STRING, &draft.dialect.delimiter, 0, 0,
	    "character between fields (default: comma, or what a first line 'sep=;' says; "
	    "'tab')" },
	{ 0, "no-quotes", NULL, OPT_FLAG, &draft.dialect.no_quotes, 0, 0,
	    "quotes are characters as any, as in many TSV files" },
	{ 0, "comment", "CHAR", OPT_STRING, &draft.dialect.comment, 0, 0,
	    "pass over lines that begin with this character" },
	{ 0, "decimal", "CHAR", OPT_STRING, &draft.dialect.decimal, 0, 0,
	    "decimal mark of numbers: '.' (default) or ','" },
	{ 0, "thousands", "CHAR", OPT_STRING, &draft.dialect.thousands, 0, 0,
	    "what may stand before groups of three digits: ',', '.', a space or an apostrophe" },
	{ 0, "percent", "LIST", OPT_LIST, &draft.dialect.percent, 0, 0,
	    "columns of numbers with % behind them, which are divided by 100" },
	{ 0, "strip", "TEXT", OPT_LIST, &draft.dialect.strip, 0, 0,
	    "take this sign or unit off numbers, before or behind them" },
	{ 0, "na-text", "LIST", OPT_LIST, &draft.dialect.na_texts, 0, 0,
	    "more texts that stand for missing values, such as '#N/A,None,-999'" },
	{ .name = NULL },
};

/* Write a schema to the output. */
static int
write_schema(const struct schema *s)
{
	struct buf b = { NULL, 0, 0 };
	struct output *o;
	int rc;

	if ((rc = schema_text(s, &b)) == 0) {
		if ((o = output_open(output, OUTPUT_REPLACE)) == NULL)
			rc = -1;
		else if ((rc = io_write(output_fd(o), b.data, b.len, output_name(o))) == 0)
			rc = output_commit(o);
		else
			output_abort(o);
	}
	buf_free(&b);
	return (rc);
}

static int
make_schema_draft(const char *path)
{
	struct schema *s;
	int rc;

	if ((s = schema_draft(path, &draft)) == NULL)
		return (-1);
	if (!quiet)
		schema_draft_tell(s, (strcmp(path, "-") == 0) ? "standard input" : path);
	rc = write_schema(s);
	schema_free(s);
	return (rc);
}

/* Each owner writes tables in a way that a schema for all cannot say. */
static void
tell_dialects(const struct schema *s)
{

	if (s->dialect.own)
		warn("the tables are not written alike: with the merged schema, each owner gives "
		    "their own draft, --dialect DRAFT, to smpc-schema --check and to smpc-share");
}

static int
merge_drafts(char **paths, size_t count)
{
	const struct schema **drafts;
	struct schema *s = NULL;
	size_t i, n = 0;
	int rc = -1;

	if ((drafts = mem_array(count, sizeof(*drafts))) == NULL)
		return (-1);
	for (; n < count; n++) {
		if ((drafts[n] = schema_load(paths[n])) == NULL)
			goto out;
	}
	if ((s = schema_merge(drafts, (const char *const *)paths, count)) != NULL) {
		tell_dialects(s);
		rc = write_schema(s);
	}
out:
	for (i = 0; i < n; i++)
		schema_free((struct schema *)(uintptr_t)drafts[i]);
	free(drafts);
	schema_free(s);
	return (rc);
}

static int
check_against(const char *path, const char *table)
{
	struct table_options how = { .remedies = 1 };
	struct schema *s, *own = NULL;
	int rc = -1;

	if ((s = schema_load(path)) == NULL)
		return (-1);
	if (table == NULL)
		rc = 0;
	else if ((dialect == NULL || (own = schema_load(dialect)) != NULL) &&
	    dialect_options_set(&draft.dialect, &how) == 0 &&
	    dialect_complete(&how, (own != NULL) ? &own->dialect : &s->dialect) == 0)
		rc = schema_check_table(s, table, &how);
	schema_free(own);
	schema_free(s);
	return (rc);
}

static int
print_digest(const char *path)
{
	uint8_t digest[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1];
	struct schema *s;
	int rc;

	if ((s = schema_load(path)) == NULL)
		return (-1);
	rc = schema_digest(s, digest);
	schema_free(s);
	if (rc == -1)
		return (-1);
	hex_encode(hex, digest, HASH_BYTES);
	return ((puts(hex) == EOF) ? -1 : 0);
}

/* Options of a draft mean nothing elsewhere. */
static bool
drafts_columns(void)
{

	return (draft.columns.count + draft.excluded.count + draft.labels.count +
	    draft.ranges.count + draft.units.count + draft.codes.count + draft.one_hot.count +
	    draft.others.count + draft.baselines.count + draft.dates.count + draft.keys.count +
	    draft.na.count + draft.na_indicators.count > 0 || quiet);
}

static int
run(char **operands, size_t count)
{

	if (drafting + merging + checking + digesting != 1)
		return (usage("give one of --draft, --merge, --check and --digest"));
	if (dialect != NULL && (!checking || count < 2))
		return (usage("--dialect goes with --check and a table"));
	if ((!drafting && drafts_columns()) || (!drafting && !merging && output != NULL))
		return (usage("options that say what columns are go with --draft, and -o with "
		    "--draft and --merge"));
	if (merging)
		return ((count < 2) ? usage("--merge takes two drafts or more") :
		    merge_drafts(operands, count));
	if (drafting)
		return ((count > 1) ? usage("--draft takes one table") :
		    make_schema_draft((count > 0) ? operands[0] : "-"));
	if (count < 1 || count > (checking ? 2 : 1))
		return (usage(checking ? "--check takes a schema, and a table" :
		    "--digest takes a schema"));
	return (checking ? check_against(operands[0], (count > 1) ? operands[1] : NULL) :
	    print_digest(operands[0]));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE ...]",
		.summary = "Agree on what the columns of several owners' tables are: draft a "
		    "schema for a table, merge drafts, check a table.",
		.notes = "Schemas and drafts are public.\n"
		    "Examples:\n"
		    "  smpc-schema --draft -l outcome -o north.json north.csv\n"
		    "  smpc-schema --merge -o schema.json north.json south.json\n"
		    "  smpc-schema --check schema.json north.csv",
		.options = options,
		.max_operands = SIZE_MAX,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
