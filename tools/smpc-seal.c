/* Seal a share stream to a party, owner or receiver. */

#include <string.h>

#include "base/diag.h"
#include "cli/streams.h"
#include "data/parties.h"

static const struct opt options[] = {
	{ 'i', "identity", "KEY", OPT_STRING, &stream_options.identity, 0, 0,
	    "identity file of the sender (default: $SMPC_IDENTITY or, without it, the agent's)" },
	{ 'p', "parties", "FILE", OPT_STRING, &stream_options.parties, 0, 0,
	    "parties.json with the sender's and the recipient's public keys (default: "
	    "$SMPC_PARTIES)" },
	{ 'o', "output", "FILE", OPT_STRING, &stream_options.output, 0, 0,
	    "write to FILE, which appears whole or not at all (default: standard output)" },
	{ .name = NULL },
};

/*
 * The share of one party of a fresh sharing must not come into the hands of another one: he would
 * hold both.
 */
static int
check_recipient(const struct reader *r, const struct part *p, const char *recipient)
{
	size_t i;

	if (strcmp(p->op, "share") != 0 || strcmp(part_party(p), recipient) == 0)
		return (0);
	for (i = 0; i < p->n_parties; i++) {
		if (strcmp(p->parties[i], recipient) == 0)
			return (fail(ST_REFUSED, "%s: is the share of '%s'; it must not go to "
			    "'%s', who has another one of the same data", reader_name(r),
			    part_party(p), recipient));
	}
	return (0);
}

static int
seal(struct reader *r, struct writer *w, const char *recipient)
{
	const struct record *record;
	int rc;

	while ((rc = reader_record(r, &record)) == 1) {
		if (check_recipient(r, record->part, recipient) == -1 ||
		    writer_record(w, record) == -1)
			return (-1);
	}
	return (rc);
}

static int
run(char **operands, size_t count)
{
	struct seal_to to = { .recipient = operands[0] };
	struct reader *r = NULL;
	struct writer *w = NULL;
	const struct party *sender;
	int rc = -1, found;

	if ((found = streams_sealer(&to, &sender)) != 1) {
		if (found == 0)
			usage("give the sender's identity with -i, or run it under smpc-party(1), "
			    "and the parties file with -p");
		goto out;
	}
	if (parties_require(to.parties, operands[0], ST_USAGE) == NULL ||
	    (r = streams_reader_any((count > 1) ? operands[1] : "-")) == NULL ||
	    (w = writer_open(stream_options.output, OUTPUT_REPLACE, false, &to)) == NULL)
		goto out;
	reader_takes_row_exponents(r);
	reader_takes_missing(r);
	reader_takes_keys(r);
	rc = seal(r, w, to.recipient);
out:
	rc = streams_finish(w, rc);
	reader_close(r);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "NAME [FILE]",
		.summary = "Seal a share stream: encrypt it to NAME of the parties file, "
		    "authenticated as from you.",
		.notes = "The stream is checked while it is sealed, so that a damaged or cut one "
		    "is not sent. Every tool opens sealed streams with -i and -p; smpc-cat "
		    "--unsealed opens one and writes what was sealed.\n"
		    "Example: smpc-seal -i me.key -p parties.json alice x.alice > x.alice.sealed",
		.options = options,
		.min_operands = 1,
		.max_operands = 2,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
