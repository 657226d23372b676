/* Split a table into secret shares, one stream per party. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/num.h"
#include "cli/interactive.h"
#include "cli/streams.h"
#include "data/identity.h"
#include "data/parties.h"
#include "data/publish.h"
#include "data/sharer.h"
#include "table/table.h"
#include "joint/deliver.h"
#include "cli/import.h"

static const char *from, *network, *input, *modules, *weights, *prefix, *modulus, *name, *delimiter,
    *na = "error";
static uint64_t numbered, fraction_bits = UINT64_MAX;
static bool additive, is_public, force, no_header, standardize, check, no_seal;
static struct strings outputs, columns, excluded, one_hot, codes, scales, raw;

static const struct opt options[] = {
	{ 'p', "parties", "FILE", OPT_STRING, &stream_options.parties, 0, 0,
	    "parties.json: share among its dealer and computing parties, sealed to each (default: "
	    "$SMPC_PARTIES)" },
	{ 'i', "identity", "KEY", OPT_STRING, &stream_options.identity, 0, 0,
	    "identity file of the owner, who seals (default: $SMPC_IDENTITY or, without it, the "
	    "agent's)" },
	{ 0, "no-seal", NULL, OPT_FLAG, &no_seal, 0, 0,
	    "do not seal: each share is as secret as the data until it has reached its party" },
	{ 'n', "number", "N", OPT_NUMBER, &numbered, 2, PART_MAX_PARTIES - 1,
	    "share among N computing parties named 1 to N and a dealer named 0, without parties "
	    "file and seal" },
	{ 0, "from", "OWNER", OPT_STRING, &from, 0, 0,
	    "under smpc-party, at all parties: OWNER shares FILE over the links; the others give "
	    "no FILE and get their shares" },
	{ 'a', "additive", NULL, OPT_FLAG, &additive, 0, 0, "additive scheme: no dealer, all "
	    "parties are needed to reveal" },
	{ 'q', "modulus", "Q", OPT_STRING, &modulus, 0, 0,
	    "share integers from 0 to Q - 1 modulo Q, 2 to 2^64 (2^K is understood; 2^64 takes "
	    "signed ones), by the additive scheme" },
	{ 0, "public", NULL, OPT_FLAG, &is_public, 0, 0,
	    "do not share: write the numbers in the clear, as a public stream, to standard output "
	    "or where -o says" },
	{ 'o', "output", "PREFIX", OPT_STRING, &prefix, 0, 0,
	    "write PREFIX.PARTY for every party, mode 0600; with --public, PREFIX itself" },
	{ 'O', "output-of", "PARTY=PATH", OPT_LIST, &outputs, 0, 0, "write this party's share to "
	    "PATH, a file or pipe" },
	{ 'f', "force", NULL, OPT_FLAG, &force, 0, 0, "overwrite existing files" },
	{ 'c', "columns", "LIST", OPT_LIST, &columns, 0, 0,
	    "share these columns, in this order: names, positions from 1 and ranges such as 3-7, "
	    "with commas" },
	{ 'x', "exclude", "LIST", OPT_LIST, &excluded, 0, 0, "leave these columns out" },
	{ 'd', "delimiter", "CHAR", OPT_STRING, &delimiter, 0, 0, "character between fields "
	    "(default: comma; 'tab')" },
	{ 0, "no-header", NULL, OPT_FLAG, &no_header, 0, 0, "the first line holds data, not names"
	    },
	{ 0, "na", "WHAT", OPT_STRING, &na, 0, 0,
	    "missing values: 'error' (default), 'drop' leaves the row out, or a number to take "
	    "instead" },
	{ 0, "one-hot", "COL=a,b,c", OPT_LIST, &one_hot, 0, 0,
	    "replace a column by a column of 0 and 1 for each of these categories" },
	{ 0, "codes", "COL=a,b,c", OPT_LIST, &codes, 0, 0,
	    "replace each of these texts in a column by its position: 0, 1, 2" },
	{ 0, "scale", "COL=FACTOR", OPT_LIST, &scales, 0, 0, "multiply a column by a number" },
	{ 0, "standardize", NULL, OPT_FLAG, &standardize, 0, 0,
	    "subtract each column's mean and divide by its deviation, computed from this table" },
	{ 0, "no-standardize", "LIST", OPT_LIST, &raw, 0, 0, "columns that --standardize leaves "
	    "alone, such as labels" },
	{ 0, "fraction-bits", "BITS", OPT_NUMBER, &fraction_bits, 0, PART_MAX_FRACTION_BITS,
	    "precision: numbers are rounded to multiples of 2^-BITS (default 16)" },
	{ 0, "name", "NAME", OPT_STRING, &name, 0, 0, "name of the tensor (default: data)" },
	{ 0, "net", "LAYERS", OPT_STRING, &network, 0, 0,
	    "FILE has the weights of a model made elsewhere, such as 'dense 128, relu, dense 10, "
	    "softmax'" },
	{ 0, "input", "CxHxW", OPT_STRING, &input, 0, 0, "with --net: rows are images: channels, "
	    "height and width" },
	{ 0, "modules", "NAMES", OPT_STRING, &modules, 0, 0,
	    "with --net: what FILE calls the layers that have weights, in their order, with commas"
	    },
	{ 0, "weights", "ORDER", OPT_STRING, &weights, 0, 0,
	    "with --net: dense weights are stored 'out-in' (default for NAME.weight) or 'in-out' "
	    "(for NAME.kernel)" },
	{ 0, "json", NULL, OPT_FLAG, &stream_options.text, 0, 0, "write records as lines of JSON" },
	INTERACTIVE_OPTIONS,
	{ 0, "check", NULL, OPT_FLAG, &check, 0, 0, "read and check the table, share nothing" },
	{ .name = NULL },
};

/* A sharing: the parties, where their shares go, and the part that describes it. */
struct job {
	const struct parties *parties; /* NULL: numbered */
	const char *names[PART_MAX_PARTIES];
	char numbers[PART_MAX_PARTIES][8];
	size_t n_parties;
	struct buf paths[PART_MAX_PARTIES];
	struct sink *sinks[PART_MAX_PARTIES];
	struct part *part;
	struct table_options options; /* which the table points to */
	struct table *table;
	struct nn_import *tensors; /* in place of a table */
};

/* ---- what the options say ---- */

/* A modulus, in digits or as 2^K; 0 stands for 2^64. */
static int
parse_modulus(const char *text, uint64_t *q)
{
	uint64_t bits;

	if (strncmp(text, "2^", 2) == 0 && num_parse(text + 2, 1, 64, &bits) == 0) {
		*q = (bits == 64) ? 0 : (uint64_t)1 << bits;
		return (0);
	}
	if (strcmp(text, "18446744073709551616") == 0) {
		*q = 0;
		return (0);
	}
	return (num_parse(text, 2, UINT64_MAX, q));
}

static int
parse_delimiter(char *c)
{

	if (delimiter == NULL)
		*c = ',';
	else if (strcmp(delimiter, "tab") == 0 || strcmp(delimiter, "\\t") == 0)
		*c = '\t';
	else if (strlen(delimiter) == 1 && strchr("\"\n\r", delimiter[0]) == NULL)
		*c = delimiter[0];
	else
		return (usage("--delimiter: '%s' is not one character", delimiter));
	return (0);
}

static struct column_lists
lists(const struct strings *s)
{

	return ((struct column_lists){ s->items, s->count });
}

static int
set_table_options(struct table_options *t)
{

	if (modulus != NULL && fraction_bits != UINT64_MAX)
		return (usage("--modulus and --fraction-bits exclude each other: residues are "
		    "whole numbers"));
	*t = (struct table_options){ .fraction_bits = (fraction_bits == UINT64_MAX) ? 16 :
		(unsigned)fraction_bits, .no_header = no_header,
		.select = lists(&columns), .exclude = lists(&excluded), .one_hot = lists(&one_hot),
		    .codes = lists(&codes),
		.scale = lists(&scales), .raw = lists(&raw), .standardize = standardize,
		    .remedies = 1 };
	t->integers = (fraction_bits == 0);
	if (parse_delimiter(&t->delimiter) == -1)
		return (-1);
	if (strcmp(na, "error") == 0)
		t->na = TABLE_NA_ERROR;
	else if (strcmp(na, "drop") == 0)
		t->na = TABLE_NA_DROP;
	else {
		t->na = TABLE_NA_VALUE;
		t->na_value = na;
	}
	if (modulus == NULL)
		return (0);
	if (parse_modulus(modulus, &t->modulus) == -1)
		return (usage("--modulus: '%s' is not a number from 2 to 2^64", modulus));
	t->fraction_bits = 0;
	t->integers = 1;
	additive = true;
	return (0);
}

/* Number the parties: a dealer 0, unless the scheme is additive, and 1 to N. */
static void
number_parties(struct job *j)
{
	size_t i;

	for (i = additive ? 1 : 0; i <= numbered; i++) {
		snprintf(j->numbers[j->n_parties], sizeof(j->numbers[0]), "%zu", i);
		j->names[j->n_parties] = j->numbers[j->n_parties];
		j->n_parties++;
	}
}

/*
 * Take the parties from the parties file: the dealer, unless the scheme is additive, and the
 * computing parties.
 */
static int
name_parties(struct job *j)
{
	const struct party *sharing[PARTIES_SHARING_MAX];
	bool failed;
	size_t i, n;

	if ((j->parties = streams_parties(&failed)) == NULL)
		return (failed ? -1 : usage("among whom? give -p parties.json or -n N"));
	n = parties_sharing(j->parties, sharing);
	if (!additive && parties_dealer(j->parties) == NULL)
		return (fail(ST_FAILED, "the parties file names no dealer, whom the masked scheme "
		    "needs (--additive does not)"));
	for (i = 0; i < n; i++) {
		if (!additive || sharing[i]->role != PARTY_DEALER)
			j->names[j->n_parties++] = sharing[i]->name;
	}
	if (j->n_parties < (additive ? 2 : 3))
		return (fail(ST_FAILED, "the parties file names fewer than two computing parties"));
	return (0);
}

static int
find_parties(struct job *j)
{

	if (numbered == 0)
		return (name_parties(j));
	if (stream_options.parties != NULL || stream_options.identity != NULL)
		return (usage("-n shares among numbered parties, unsealed; it goes neither with -p "
		    "nor with -i"));
	number_parties(j);
	return (0);
}

/* ---- outputs ---- */

/* The path that -O gives to a party, or NULL. */
static const char *
output_of(const char *party)
{
	size_t len = strlen(party), i;

	for (i = 0; i < outputs.count; i++) {
		if (strncmp(outputs.items[i], party, len) == 0 && outputs.items[i][len] == '=')
			return (outputs.items[i] + len + 1);
	}
	return (NULL);
}

/* Every -O must name a party, once. */
static int
check_outputs(const struct job *j)
{
	size_t i, k, len, found;

	if (prefix != NULL && strcmp(prefix, "-") == 0)
		return (usage("several shares do not go to standard output; -O PARTY=- writes one "
		    "there"));
	if (prefix != NULL && (prefix[0] == '\0' || prefix[strlen(prefix) - 1] == '/'))
		return (usage("--output: '%s' is a directory; PREFIX begins the names of files",
		    prefix));
	for (i = 0; i < outputs.count; i++) {
		len = strcspn(outputs.items[i], "=");
		if (outputs.items[i][len] == '\0' || outputs.items[i][len + 1] == '\0')
			return (usage("--output-of: '%s' is not PARTY=PATH", outputs.items[i]));
		for (found = 0, k = 0; k < j->n_parties; k++)
			found += (strlen(j->names[k]) == len &&
			    memcmp(j->names[k], outputs.items[i], len) == 0);
		if (found == 0)
			return (usage("--output-of: '%.*s' is not one of the parties", (int)len,
			    outputs.items[i]));
		for (k = 0; k < i; k++) {
			if (strncmp(outputs.items[k], outputs.items[i], len + 1) == 0)
				return (usage("--output-of: party '%.*s' comes twice", (int)len,
				    outputs.items[i]));
		}
	}
	return (0);
}

/* Settle where the share of a party goes; no two may go to the same place. */
static int
name_output(struct job *j, size_t i)
{
	struct buf *path = &j->paths[i];
	const char *given = output_of(j->names[i]);
	size_t k;

	if (given == NULL && prefix == NULL)
		return (usage("where does the share of party '%s' go? give -o PREFIX or -O %s=PATH",
		    j->names[i], j->names[i]));
	if (given != NULL) {
		if (buf_string(path, given) == -1 || buf_append(path, "", 1) == -1)
			return (-1);
	} else if (buf_string(path, prefix) == -1 || buf_string(path, ".") == -1 ||
	    buf_string(path, j->names[i]) == -1 || buf_append(path, "", 1) == -1)
		return (-1);
	for (k = 0; k < i; k++) {
		if (j->paths[k].data != NULL && io_same_place(j->paths[k].data, path->data))
			return (usage("the shares of '%s' and '%s' would go to the same place, "
			    "'%s'", j->names[k], j->names[i], path->data));
	}
	return (0);
}

static int
open_output(struct job *j, size_t i, const struct seal_to *seal)
{
	const char *path = j->paths[i].data;

	if ((!stream_options.text || seal != NULL) && sink_refuse_terminal(path) == -1)
		return (-1);
	j->sinks[i] = sink_open(path, force ? OUTPUT_REPLACE : OUTPUT_NEW, seal);
	return ((j->sinks[i] != NULL) ? 0 : -1);
}

static int
open_outputs(struct job *j)
{
	struct seal_to seal = { .parties = j->parties };
	bool sealed = (j->parties != NULL && !no_seal);
	const struct party *owner = NULL;
	int found = 0;
	size_t i;

	if (check_outputs(j) == -1 ||
	    (j->parties != NULL && (found = streams_sealer(&seal, &owner)) == -1))
		return (-1);
	if (sealed && found == 0)
		return (usage("shares are sealed by their owner: give your identity with -i KEY, "
		    "or --no-seal"));
	if (owner != NULL && owner->role == PARTY_DEALER)
		return (fail(ST_REFUSED, "'%s' is the dealer, who knows all masks; an owner needs "
		    "an identity of its own", owner->name));
	for (i = 0; i < j->n_parties; i++) {
		if (name_output(j, i) == -1)
			return (-1);
	}
	for (i = 0; i < j->n_parties; i++) {
		seal.recipient = j->names[i];
		if (open_output(j, i, sealed ? &seal : NULL) == -1)
			return (-1);
	}
	return (0);
}

/* Finish all outputs before any of them gets its name, so that a full disk leaves none. */
static int
commit_outputs(struct job *j)
{
	struct sink *s;
	struct stat st;
	size_t i;
	int rc = 0;

	for (i = 0; i < j->n_parties; i++) {
		if (sink_finish(j->sinks[i]) == -1)
			return (-1);
	}
	output_hold_signals(1);
	for (i = 0; i < j->n_parties && rc == 0; i++) {
		s = j->sinks[i];
		j->sinks[i] = NULL;
		rc = sink_commit(s);
	}
	/* Some shares without the others are of no use; those that were made new are taken back. */
	for (i--; rc == -1 && !force && i-- > 0;) {
		if (lstat(j->paths[i].data, &st) == 0 && S_ISREG(st.st_mode))
			unlink(j->paths[i].data);
	}
	output_hold_signals(0);
	return (rc);
}

/* ---- sharing ---- */

/* Whether an option says how a table is read. */
static bool
options_of_tables(void)
{

	return (columns.count + excluded.count + one_hot.count + codes.count + scales.count +
	    raw.count > 0 || standardize || no_header || delimiter != NULL ||
	    strcmp(na, "error") != 0);
}

static int
open_tensors(struct job *j, struct window *w)
{
	const struct nn_import_options o = { .network = network, .input = input, .modules = modules,
		.weights = weights,
		.scale = { .fraction_bits = j->options.fraction_bits, .modulus = j->options.modulus,
		.integers = j->options.integers != 0 },
		    .file_scale = (fraction_bits == UINT64_MAX && modulus == NULL) };

	if (options_of_tables() || name != NULL)
		return (usage("%s: is no table, but holds named tensors; the options that say how "
		    "a table is read are not for it", w->name));
	return (((j->tensors = nn_import_open(w, &o)) == NULL) ? -1 : 0);
}

static int
open_table(struct job *j, struct window *w)
{
	const char *path = w->name;

	/* What is no table either has a message of its own. */
	if ((j->table = table_open_window(w, &j->options)) == NULL)
		return (-1);
	if (network != NULL || input != NULL || modules != NULL || weights != NULL)
		return (usage("%s: is a table: --net and what goes with it are for safetensors and "
		    "JSON files", path));
	if (table_columns(j->table) > PART_MAX_COLUMNS)
		return (fail(ST_FAILED, "%s: %zu columns are more than the %zu that fit a record",
		    path, table_columns(j->table), PART_MAX_COLUMNS));
	return (0);
}

/* Open a file of either kind, which its first bytes tell. */
static int
open_input(struct job *j, const char *path)
{
	struct window w;
	int rc = -1;

	if (window_open(&w, path) == -1)
		return (-1);
	if (window_fill(&w, 16) == 0)
		rc = tensors_is(&w) ? open_tensors(j, &w) : open_table(j, &w);
	window_close(&w);
	return (rc);
}

static void
close_input(struct job *j)
{

	table_close(j->table);
	nn_import_free(j->tensors);
}

static int
describe_table(struct job *j)
{
	const struct table_options *t = &j->options;
	size_t cols = table_columns(j->table), i;
	const char **names;
	int rc = -1;

	if ((names = mem_array(cols, sizeof(*names))) == NULL)
		return (-1);
	for (i = 0; i < cols; i++)
		names[i] = table_column_name(j->table, i);
	j->part->modulus = t->modulus;
	j->part->fraction_bits = t->fraction_bits;
	if (part_set_name(j->part, (name != NULL) ? name : "data") == 0 &&
	    part_set_columns(j->part, (names[0] != NULL) ? names : NULL, cols) == 0)
		rc = 0;
	free(names);
	return (rc);
}

/* The part that is shared, or the first one. */
static int
describe(struct job *j)
{
	size_t rows;

	if (name != NULL && (!text_valid(name, strlen(name), PART_MAX_NAME_BYTES) ||
	    columns_name_fault(name, strlen(name)) != NULL))
		return (usage("--name: is not 1 to %d bytes of printable UTF-8",
		    PART_MAX_NAME_BYTES));
	if ((j->part = part_new()) == NULL)
		return (-1);
	j->part->scheme = is_public ? SCHEME_PUBLIC : additive ? SCHEME_ADDITIVE : SCHEME_MASKED;
	if (!is_public && part_set_parties(j->part, j->names, j->n_parties) == -1)
		return (-1);
	return ((j->tensors != NULL) ? nn_import_describe(j->tensors, 0, j->part, &rows) :
	    describe_table(j));
}

static int
share_table(struct job *j, struct sharer *s)
{
	uint64_t *words;
	size_t space, rows;
	int rc;

	do {
		space = sharer_space(s, &words);
		if ((rc = table_read(j->table, words, space, &rows)) == -1 ||
		    sharer_filled(s, rows) == -1)
			return (-1);
	} while (rc == 1);
	return (0);
}

static int
share_words(struct sharer *s, const uint64_t *words, size_t rows, size_t cols)
{
	uint64_t *to;
	size_t space;

	for (; rows > 0; rows -= space, words += space * cols) {
		space = sharer_space(s, &to);
		space = (space < rows) ? space : rows;
		memcpy(to, words, space * cols * sizeof(*to));
		if (sharer_filled(s, space) == -1)
			return (-1);
	}
	return (0);
}

static int
share_tensors(struct job *j, struct sharer *s)
{
	uint64_t *words;
	size_t k, rows;
	int rc = 0;

	for (k = 0; k < nn_import_count(j->tensors) && rc == 0; k++) {
		if (nn_import_describe(j->tensors, k, j->part, &rows) == -1 ||
		    (k > 0 && sharer_next(s, j->part) == -1) || nn_import_words(j->tensors, k,
		    &words) == -1)
			return (-1);
		rc = share_words(s, words, rows, j->part->cols);
		mem_wipe_free(words, rows * j->part->cols * sizeof(*words));
	}
	return (rc);
}

static int
share_rows(struct job *j)
{
	struct sharer *s;
	int rc;

	if ((s = sharer_new(j->part, j->sinks, stream_options.text)) == NULL)
		return (-1);
	if ((rc = (j->tensors != NULL) ? share_tensors(j, s) : share_table(j, s)) == 0)
		rc = sharer_end(s);
	sharer_free(s);
	return (rc);
}

static int
check_tensors(struct job *j)
{
	struct part *part = part_new();
	uint64_t *words;
	size_t k, rows;
	int rc = (part == NULL) ? -1 : 0;

	for (k = 0; k < nn_import_count(j->tensors) && rc == 0; k++) {
		if ((rc = nn_import_describe(j->tensors, k, part, &rows)) == 0 &&
		    (rc = nn_import_words(j->tensors, k, &words)) == 0)
			mem_wipe_free(words, rows * part->cols * sizeof(*words));
	}
	part_free(part);
	return (rc);
}

static int
check_rows(struct job *j)
{
	size_t cols, max_rows, rows;
	uint64_t *words;
	int rc;

	if (j->tensors != NULL)
		return (check_tensors(j));
	cols = table_columns(j->table);
	max_rows = (cols < 4096) ? 4096 / cols : 1;
	if ((words = mem_array(max_rows * cols, sizeof(*words))) == NULL)
		return (-1);
	while ((rc = table_read(j->table, words, max_rows, &rows)) == 1)
		continue;
	mem_wipe_free(words, max_rows * cols * sizeof(*words));
	return (rc);
}

/* ---- in the clear ---- */

static int
publish_tensors(struct job *j, struct writer *w)
{
	uint64_t *words;
	size_t k, rows;
	int rc = 0;

	for (k = 0; k < nn_import_count(j->tensors) && rc == 0; k++) {
		if (nn_import_describe(j->tensors, k, j->part, &rows) == -1 ||
		    publish_begin(w, j->part) == -1 || nn_import_words(j->tensors, k, &words) == -1)
			return (-1);
		if ((rc = writer_rows(w, rows, (const uint64_t *const[2]){ words, NULL })) == 0)
			rc = writer_end(w);
		mem_wipe_free(words, rows * j->part->cols * sizeof(*words));
	}
	return (rc);
}

static int
publish_rows(struct job *j, struct writer *w)
{

	return ((publish_begin(w, j->part) == -1 || publish_table(w, j->table) == -1) ? -1 :
	    writer_end(w));
}

/* No parties, no shares: one stream that everybody can read. */
static int
publish(struct job *j, const char *path)
{
	struct writer *w;

	if (numbered != 0 || additive || outputs.count > 0 || no_seal ||
	    stream_options.parties != NULL || stream_options.identity != NULL)
		return (usage("--public writes one stream that everybody can read: it takes no "
		    "parties and no seal"));
	if (set_table_options(&j->options) == -1 || open_input(j, path) == -1)
		return (-1);
	if (check)
		return (check_rows(j));
	if (describe(j) == -1 ||
	    (w = writer_open(prefix, force ? OUTPUT_REPLACE : OUTPUT_NEW, stream_options.text,
	    NULL)) == NULL)
		return (-1);
	if ((j->tensors != NULL) ? publish_tensors(j, w) == 0 : publish_rows(j, w) == 0)
		return (writer_close(w));
	writer_abort(w);
	return (-1);
}

/* ---- over the links of a session ---- */

/* Open the session of this sharing: all who share, and the owner. */
static struct session *
open_session(void)
{
	struct descriptor d = { { NULL, 0, 0 }, false };

	descriptor_add(&d, "op", "share");
	descriptor_add(&d, "from", from);
	return (interactive_open(&d, SESSION_DEALER_TAKES_PART, &from, 1, false));
}

/*
 * Read a file to its end before the others are called, so that nobody comes for a table that is
 * wrong.
 */
static int
check_table(struct job *j, const char *path)
{
	struct job trial = { .options = j->options };
	int rc = -1;

	if (open_input(&trial, path) == 0)
		rc = check_rows(&trial);
	close_input(&trial);
	return (rc);
}

/* The owner: check the table, then share it over the links. */
static int
share_from(struct job *j, const char *own, const char *path)
{
	struct delivery delivery;
	struct sink *local = NULL;
	struct session *s;
	size_t i;
	int rc = -1;

	if (set_table_options(&j->options) == -1 || name_parties(j) == -1 ||
	    open_input(j, path) == -1 || describe(j) == -1)
		return (-1);
	if (check_outputs(j) == -1 || (j->tensors != NULL && check_tensors(j) == -1) ||
	    (j->table != NULL && strcmp(path, "-") != 0 && check_table(j, path) == -1))
		return (-1);
	for (i = 0; i < j->n_parties; i++) {
		if (strcmp(j->names[i], own) != 0)
			continue;
		if (name_output(j, i) == -1 || open_output(j, i, NULL) == -1)
			return (-1);
		local = j->sinks[i];
		j->sinks[i] = NULL;
	}
	if ((s = open_session()) == NULL) {
		sink_abort(local);
		return (-1);
	}
	if (deliver_open(&delivery, s, j->names, j->n_parties, own, local, j->sinks) == 0 &&
	    share_rows(j) == 0 && deliver_end(&delivery) == 0)
		rc = commit_outputs(j);
	return (interactive_close(s, rc));
}

/* A party: receive our share of what the owner has. */
static int
share_to_us(struct job *j, const char *own)
{
	struct writer *w;
	struct session *s;
	int rc = -1;

	j->names[0] = own;
	j->n_parties = 1;
	if (check_outputs(j) == -1 || name_output(j, 0) == -1)
		return (-1);
	if ((w = writer_open(j->paths[0].data, force ? OUTPUT_REPLACE : OUTPUT_NEW,
	    stream_options.text, NULL)) == NULL)
		return (-1);
	if ((s = open_session()) != NULL)
		rc = interactive_close(s, deliver_receive(s, from, own, w));
	if (rc == 0)
		return (writer_close(w));
	writer_abort(w);
	return (-1);
}

static int
share_in_session(struct job *j, char **operands, size_t count)
{
	const char *own = getenv("SMPC_PARTY");
	const struct party *owner;
	bool failed;

	if (is_public || numbered != 0 || additive || modulus != NULL || check || no_seal ||
	    stream_options.identity != NULL)
		return (usage("--from shares by the masked scheme, among the parties of the "
		    "parties file, over links"));
	if (!agent_present())
		return (usage("--from takes a session of all parties: run it under smpc-party(1) "
		    "or smpc-local(1)"));
	if ((j->parties = streams_parties(&failed)) == NULL || own == NULL)
		return (failed ? -1 : fail(ST_FAILED, "SMPC_PARTIES and SMPC_PARTY do not say who "
		    "we are"));
	if ((owner = parties_require(j->parties, from, ST_USAGE)) == NULL)
		return (-1);
	if (owner->role == PARTY_DEALER)
		return (fail(ST_REFUSED, "'%s' is the dealer, who knows all masks; an owner is "
		    "somebody else", from));
	if (strcmp(own, from) == 0)
		return (share_from(j, own, (count > 0) ? operands[0] : "-"));
	if (count > 0 || options_of_tables() || fraction_bits != UINT64_MAX || network != NULL ||
	    input != NULL || modules != NULL || weights != NULL)
		return (usage("the owner, '%s', gives the table and says how it is read; '%s' does "
		    "not", from, own));
	return (share_to_us(j, own));
}

static int
share(struct job *j, const char *path)
{

	if (set_table_options(&j->options) == -1 || (!check && find_parties(j) == -1))
		return (-1);
	if (open_input(j, path) == -1)
		return (-1);
	if (check)
		return (check_rows(j));
	if (describe(j) == -1 || open_outputs(j) == -1 || share_rows(j) == -1)
		return (-1);
	return (commit_outputs(j));
}

static int
run(char **operands, size_t count)
{
	struct job j = { .n_parties = 0 };
	const char *path = (count > 0) ? operands[0] : "-";
	size_t i;
	int rc;

	rc = (from != NULL) ? share_in_session(&j, operands, count) : is_public ?
	    publish(&j, path) : share(&j, path);
	for (i = 0; i < j.n_parties; i++) {
		sink_abort(j.sinks[i]);
		buf_free(&j.paths[i]);
	}
	close_input(&j);
	part_free(j.part);
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
		    "and one of them, can read the "
		         "data; fewer are noise.\nExamples:\n  smpc-share -p parties.json -i "
		         "me.key -o patients patients.csv\n  smpc-share -n 2 -o patients "
		         "patients.csv    (patients.0 is the dealer's, .1 and .2 the others')",
		.options = options,
		.max_operands = 1,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
