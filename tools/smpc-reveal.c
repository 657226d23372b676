/* Put shares together. */

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "cli/interactive.h"
#include "cli/operands.h"
#include "cli/outline.h"
#include "cli/streams.h"
#include "data/parties.h"
#include "data/policy_notes.h"
#include "data/print.h"
#include "joint/reveal.h"
#include "net/own_agent.h"

static bool json, npy, safetensors, is_public, table, xgboost, ratios, is_signed, partial;
static const char *tensor, *to;

static const struct opt options[] = {
	{ 'j', "json", NULL, OPT_FLAG, &json, 0, 0, "print a line of JSON for each tensor" },
	{ 0, "npy", NULL, OPT_FLAG, &npy, 0, 0,
	    "write a .npy file: float64, or int64 and uint64 for integers" },
	{ 0, "safetensors", NULL, OPT_FLAG, &safetensors, 0, 0,
	    "write all tensors as a safetensors file, which smpc-share takes, too: F64, or I64 "
	    "and U64 for integers" },
	{ 0, "public", NULL, OPT_FLAG, &is_public, 0, 0, "write a public share stream" },
	{ 0, "table", NULL, OPT_FLAG, &table, 0, 0,
	    "print a linear, logistic, softmax, glm or lasso model as a table: a row for the "
	    "intercept and one for each feature, in the units of the data; of trees, what each "
	    "feature has gained; or a test of smpc-stat with its statistic and p value" },
	{ 0, "xgboost", NULL, OPT_FLAG, &xgboost, 0, 0,
	    "print a model of trees as the JSON that xgboost loads, and that smpc-share takes" },
	{ 0, "ratios", NULL, OPT_FLAG, &ratios, 0, 0, "with --table of a glm: e to the power of "
	    "coefficients, such as odds ratios, too" },
	{ 0, "to", "NAME", OPT_STRING, &to, 0, 0,
	    "under smpc-party, at all parties: reveal this party's share stream together, to "
	    "NAME or to 'all'" },
	{ 't', "tensor", "NAME", OPT_STRING, &tensor, 0, 0, "print this tensor alone" },
	{ 0, "signed", NULL, OPT_FLAG, &is_signed, 0, 0,
	    "with a modulus other than 2^64: print Q - 1 as -1, and so on" },
	{ 0, "partial", NULL, OPT_FLAG, &partial, 0, 0,
	    "accept too few shares and show the noise that they are" },
	{ 'o', "output", "FILE", OPT_STRING, &stream_options.output, 0, 0,
	    "write to FILE, which appears whole or not at all (default: standard output)" },
	STREAM_INPUT_OPTIONS,
	INTERACTIVE_OPTIONS,
	{ .name = NULL },
};

static struct print_options
how_to_print(void)
{

	return ((struct print_options){ .ratios = ratios,
		.format = json ? PRINT_JSON : npy ? PRINT_NPY :
		safetensors ? PRINT_SAFETENSORS : is_public ? PRINT_STREAM : table ? PRINT_TABLE :
		xgboost ? PRINT_XGBOOST : PRINT_CSV,
		.path = stream_options.output, .tensor = tensor, .is_signed = is_signed,
		.is_partial = partial });
}

static int
reveal_shares(struct reader *const *readers, size_t count)
{
	struct print_options how = how_to_print();
	struct combine *c;
	int rc;

	if ((c = combine_new(readers, count, partial)) == NULL)
		return (-1);
	rc = print_tensors(c, &how);
	combine_free(c);
	return (rc);
}

/* ---- in a session ---- */

/* Our share, to compare it, and to reveal it, once or several times: always the same bytes. */
static struct reader *
open_share(void *state)
{
	struct reader *r = streams_reader_held(state);

	if (r != NULL) {
		reader_takes_row_exponents(r);
		reader_takes_missing(r);
	}
	return (r);
}

/* Where the party has a policy, its agent learns of all parts before the session is joined. */
static int
read_for_policy(struct reader *r)
{
	const struct record *record;
	int rc = 1;

	while (policy_notes_kept() && rc == 1)
		rc = reader_record(r, &record);
	policy_notes_close();
	return ((rc == -1) ? -1 : 0);
}

/* Describe the step: what is revealed, by the id of its first part, and to whom. */
static int
describe_reveal(struct descriptor *d, struct held *share)
{
	char about[OUTLINE_BYTES];
	struct reader *r;
	struct part *p;
	int rc = -1;

	descriptor_add(d, "op", "reveal");
	descriptor_add(d, "to", to);
	if (share == NULL)
		return (0);
	if ((r = open_share(share)) != NULL && reader_part(r, &p) == 0 &&
	    (rc = reveal_check_share(p, reader_name(r), getenv("SMPC_PARTY"))) == 0) {
		outline_input(about, sizeof(about), r, p);
		descriptor_add_input(d, p->id, about, reader_name(r));
	}
	if (rc == 0)
		rc = read_for_policy(r);
	reader_close(r);
	return (rc);
}

static int
reveal_in_session(const struct parties *parties, const char *own, struct held *share)
{
	struct print_options how = how_to_print();
	struct descriptor d = { .failed = false };
	struct reveal r = { .parties = parties, .to = to, .own = own, .open = (share != NULL) ?
		open_share : NULL,
		.state = share, .print = &how };
	bool all = (strcmp(to, "all") == 0),
	    to_dealer = (all || parties_find(parties, to)->role == PARTY_DEALER);

	if (describe_reveal(&d, share) == -1) {
		descriptor_free(&d);
		return (-1);
	}
	r.session = interactive_open(&d, to_dealer ? SESSION_DEALER_TAKES_PART :
	    SESSION_DEALER_IDLE, &to, all ? 0 : 1, share == NULL);
	if (r.session == NULL)
		return (-1);
	return (interactive_close(r.session, reveal_run(&r)));
}

/* Everybody runs this: who shares, with his share; a receiver who does not, without one. */
static int
reveal_to(char **operands, size_t count)
{
	struct held *share = NULL;
	const struct parties *parties;
	const struct party *own;
	bool failed, guest;
	int rc;

	if (partial || count > 1)
		return (usage("--to takes this party's own share, one operand, and not --partial"));
	if (!own_agent_present())
		return (usage("--to takes a session of all parties: run it under smpc-party(1) or "
		    "smpc-local(1)"));
	if ((parties = streams_parties(&failed)) == NULL ||
	    (own = parties_find(parties, getenv("SMPC_PARTY"))) == NULL)
		return (failed ? -1 :
		    fail(ST_FAILED, "SMPC_PARTIES and SMPC_PARTY do not say who we are"));
	if (strcmp(to, "all") != 0 && parties_require(parties, to, ST_USAGE) == NULL)
		return (-1);
	guest = (own->role != PARTY_DEALER && own->role != PARTY_COMPUTING);
	if (guest && count > 0)
		return (usage("a receiver has no share; '%s' gives none", own->name));
	if (!guest && (share = held_open((count > 0) ? operands[0] : "-")) == NULL)
		return (-1);
	rc = reveal_in_session(parties, own->name, share);
	held_close(share);
	return (rc);
}

static int
run(char **operands, size_t count)
{
	struct operands o;
	int rc = -1;

	if (json + npy + safetensors + is_public + table + xgboost > 1)
		return (usage("--json, --npy, --safetensors, --public, --table and --xgboost "
		    "exclude each other"));
	if (ratios && !table)
		return (usage("--ratios goes with --table"));
	if ((table || xgboost) && partial)
		return (usage("%s and --partial exclude each other: of noise there is no %s",
		    table ? "--table" : "--xgboost", table ? "table" : "model"));
	if (partial && is_public)
		return (usage("--partial and --public exclude each other: noise must not pass for "
		    "a result"));
	if ((npy || safetensors || is_public) && sink_refuse_terminal(stream_options.output) == -1)
		return (-1);
	if (to != NULL)
		return (streams_finish(NULL, reveal_to(operands, count)));
	if (count == 0)
		return (usage("whose shares? give the files of all parties, or --to NAME in a "
		    "session"));
	if (operands_open(&o, operands, count) == 0)
		rc = reveal_shares(o.readers, o.count);
	operands_close(&o);
	return (streams_finish(NULL, rc));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[SHARE ...]",
		.summary = "Put shares together and print what they hold, as CSV.",
		.notes = "All computing parties' shares are needed, or the dealer's and one of "
		    "theirs; of the additive scheme, all. What is revealed cannot be taken back.\n"
		    "Example: smpc-reveal mean.alice mean.bob",
		.options = options,
		.max_operands = PART_MAX_PARTIES,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
