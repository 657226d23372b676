/* Split a table into secret shares, one stream per party. */

#include "cli/interactive.h"
#include "cli/share_job.h"
#include "cli/share_session.h"
#include "cli/streams.h"

static struct share_options sharing = {
	.input = { .fraction_bits = SHARE_BITS_UNSET },
};

static const struct opt options[] = {
	{ 'p', "parties", "FILE", OPT_STRING, &stream_options.parties, 0, 0,
	    "parties.json: share among its dealer and computing parties, sealed to each "
	    "(default: $SMPC_PARTIES)" },
	{ 'i', "identity", "KEY", OPT_STRING, &stream_options.identity, 0, 0,
	    "identity file of the owner, who seals (default: $SMPC_IDENTITY or, without it, the "
	    "agent's)" },
	{ 0, "no-seal", NULL, OPT_FLAG, &sharing.parties.no_seal, 0, 0,
	    "do not seal: each share is as secret as the data until it has reached its party" },
	{ 'n', "number", "N", OPT_NUMBER, &sharing.parties.numbered, 2, PART_MAX_PARTIES - 1,
	    "share among N computing parties named 1 to N and a dealer named 0, without parties "
	    "file and seal" },
	{ 0, "from", "OWNER", OPT_STRING, &sharing.from, 0, 0,
	    "under smpc-party, at all parties: OWNER shares FILE over the links; the others "
	    "give no FILE and get their shares" },
	{ 'a', "additive", NULL, OPT_FLAG, &sharing.additive, 0, 0,
	    "additive scheme: no dealer, all parties are needed to reveal" },
	{ 'q', "modulus", "Q", OPT_STRING, &sharing.input.modulus, 0, 0,
	    "share integers from 0 to Q - 1 modulo Q, 2 to 2^64 (2^K is understood; 2^64 takes "
	    "signed ones), by the additive scheme" },
	{ 0, "public", NULL, OPT_FLAG, &sharing.is_public, 0, 0,
	    "do not share: write the numbers in the clear, as a public stream, to standard "
	    "output or where -o says" },
	{ 'o', "output", "PREFIX", OPT_STRING, &sharing.parties.prefix, 0, 0,
	    "write PREFIX.PARTY for every party, mode 0600; with --public, PREFIX itself" },
	{ 'O', "output-of", "PARTY=PATH", OPT_LIST, &sharing.parties.outputs, 0, 0,
	    "write this party's share to PATH, a file or pipe" },
	{ 'f', "force", NULL, OPT_FLAG, &sharing.parties.force, 0, 0, "overwrite existing files" },
	{ 'c', "columns", "LIST", OPT_LIST, &sharing.input.columns, 0, 0,
	    "share these columns, in this order: names, positions from 1 and ranges such as "
	    "3-7, with commas" },
	{ 'x', "exclude", "LIST", OPT_LIST, &sharing.input.excluded, 0, 0,
	    "leave these columns out; with --schema, these of its columns" },
	{ 'd', "delimiter", "CHAR", OPT_STRING, &sharing.input.delimiter, 0, 0,
	    "character between fields (default: comma, or what a first line 'sep=;' says; "
	    "'tab')" },
	{ 0, "no-quotes", NULL, OPT_FLAG, &sharing.input.no_quotes, 0, 0,
	    "quotes are characters as any, as in many TSV files" },
	{ 0, "comment", "CHAR", OPT_STRING, &sharing.input.comment, 0, 0,
	    "pass over lines that begin with this character" },
	{ 0, "decimal", "CHAR", OPT_STRING, &sharing.input.decimal, 0, 0,
	    "decimal mark of numbers: '.' (default) or ','" },
	{ 0, "thousands", "CHAR", OPT_STRING, &sharing.input.thousands, 0, 0,
	    "what may stand before groups of three digits: ',', '.', a space or an apostrophe" },
	{ 0, "percent", "LIST", OPT_LIST, &sharing.input.percent, 0, 0,
	    "columns of numbers with % behind them, which are divided by 100" },
	{ 0, "strip", "TEXT", OPT_LIST, &sharing.input.strip, 0, 0,
	    "take this sign or unit off numbers, before or behind them" },
	{ 0, "schema", "FILE", OPT_STRING, &sharing.input.schema, 0, 0,
	    "share what the owners have agreed on, and as they have: smpc-schema(1)" },
	{ 0, "dialect", "FILE", OPT_STRING, &sharing.input.draft, 0, 0,
	    "with --schema: the draft of the table's owner, which says how the table is written" },
	{ 0, "no-header", NULL, OPT_FLAG, &sharing.input.no_header, 0, 0,
	    "the first line holds data, not names" },
	{ 0, "na", "[COL=]WHAT", OPT_LIST, &sharing.input.na, 0, 0,
	    "missing values, of all columns or of some: 'error' (default), 'drop' leaves the "
	    "row out, or a value to take instead; of some also 'mean' or 'median': those who "
	    "compute on the shares fill it in; of a key 'unique': a key that matches nothing" },
	{ 0, "na-indicator", "LIST", OPT_LIST, &sharing.input.na_indicators, 0, 0,
	    "behind each of these columns, add a column COL.missing that is 1 where its value "
	    "is missing" },
	{ 0, "na-text", "LIST", OPT_LIST, &sharing.input.na_texts, 0, 0,
	    "more texts that stand for missing values, such as '#N/A,None,-999'" },
	{ 0, "one-hot", "COL=a,b,c", OPT_LIST, &sharing.input.one_hot, 0, 0,
	    "replace a column by a column of 0 and 1 for each of these categories" },
	{ 0, "codes", "COL=a,b,c", OPT_LIST, &sharing.input.codes, 0, 0,
	    "replace each of these texts in a column by its position: 0, 1, 2" },
	{ 0, "baseline", "COL=a", OPT_LIST, &sharing.input.baselines, 0, 0,
	    "of --one-hot: this category gets no column, as the others tell it" },
	{ 0, "date", "LIST", OPT_LIST, &sharing.input.dates, 0, 0,
	    "columns of dates, YYYY-MM-DD, which become days since 1970-01-01" },
	{ 0, "key", "COL[=MATCH]", OPT_LIST, &sharing.input.keys, 0, 0,
	    "columns of texts by which tables are joined, smpc-join(1): MATCH says which are "
	    "the same: 'text' (default), 'nocase', 'digits' or 'alnum'" },
	{ 0, "duplicates", "LIST", OPT_LIST, &sharing.input.duplicates, 0, 0,
	    "of --key: in these columns a key may come twice, which is refused otherwise" },
	{ 0, "scale", "COL=FACTOR", OPT_LIST, &sharing.input.scales, 0, 0,
	    "multiply a column by a number" },
	{ 0, "range", "COL=LOW..HIGH", OPT_LIST, &sharing.input.ranges, 0, 0,
	    "all numbers of a column are from LOW to HIGH: others are refused; it is said in "
	    "the shares, and sets how fine numbers are rounded" },
	{ 0, "unit", "COL=TEXT", OPT_LIST, &sharing.input.units, 0, 0,
	    "the unit of a column, which is said in the shares" },
	{ 0, "budget", "NAME=EPSILON,DELTA[,ROWS]", OPT_STRING, &sharing.budget, 0, 0,
	    "results leave with noise alone, and tell of a person no more than that, all "
	    "together; NAME is the origin of the table, whenever it is shared, and ROWS are one "
	    "person's at most (default 1)" },
	{ 0, "standardize", NULL, OPT_FLAG, &sharing.input.standardize, 0, 0,
	    "subtract each column's mean and divide by its deviation, computed from this table" },
	{ 0, "no-standardize", "LIST", OPT_LIST, &sharing.input.raw, 0, 0,
	    "columns that --standardize leaves alone, such as labels" },
	{ 0, "fraction-bits", "BITS", OPT_NUMBER, &sharing.input.fraction_bits, 0,
	    PART_MAX_FRACTION_BITS,
	    "precision: numbers are rounded to multiples of 2^-BITS (default 16)" },
	{ 0, "name", "NAME", OPT_STRING, &sharing.input.name, 0, 0,
	    "name of the tensor (default: data)" },
	{ 0, "net", "LAYERS", OPT_STRING, &sharing.input.network, 0, 0,
	    "FILE has the weights of a model made elsewhere, such as 'dense 128, relu, dense "
	    "10, softmax'" },
	{ 0, "input", "CxHxW", OPT_STRING, &sharing.input.input, 0, 0,
	    "with --net: rows are images: channels, height and width" },
	{ 0, "modules", "NAMES", OPT_STRING, &sharing.input.modules, 0, 0,
	    "with --net: what FILE calls the layers that have weights, in their order, with "
	    "commas" },
	{ 0, "weights", "ORDER", OPT_STRING, &sharing.input.weights, 0, 0,
	    "with --net: dense weights are stored 'out-in' (default for NAME.weight) or "
	    "'in-out' (for NAME.kernel)" },
	{ 0, "json", NULL, OPT_FLAG, &stream_options.text, 0, 0, "write records as lines of JSON" },
	INTERACTIVE_OPTIONS,
	{ 0, "check", NULL, OPT_FLAG, &sharing.check, 0, 0,
	    "read and check the table, share nothing" },
	{ .name = NULL },
};

static int
run(char **operands, size_t count)
{
	const char *path = (count > 0) ? operands[0] : "-";
	struct share_job j = { .options = &sharing };
	int rc;

	if (sharing.from != NULL)
		rc = share_session(&j, operands, count);
	else
		rc = sharing.is_public ? share_job_publish(&j, path) :
		    share_job_to_files(&j, path);
	share_job_end(&j);
	return (streams_finish(NULL, rc));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE]",
		.summary = "Split a CSV, .npy, .idx, safetensors or JSON file into secret shares, "
		    "one stream per party.",
		.notes = "Anyone who holds the shares of all computing parties, or of the dealer "
		    "and one of them, can read the data; fewer are noise.\n"
		    "Examples:\n"
		    "  smpc-share -p parties.json -i me.key -o patients patients.csv\n"
		    "  smpc-share -n 2 -o patients patients.csv    (patients.0 is the dealer's, "
		    ".1 and .2 the others')",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
