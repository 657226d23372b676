/* Put shares together. */

#include <stdlib.h>

#include "base/mem.h"
#include "cli/operands.h"
#include "cli/streams.h"
#include "data/print.h"

static bool json, npy, is_public, is_signed, partial;
static const char *tensor;

static const struct opt options[] = {
	{ 'j', "json", NULL, OPT_FLAG, &json, 0, 0, "print a line of JSON for each tensor" },
	{ 0, "npy", NULL, OPT_FLAG, &npy, 0, 0, "write a .npy file: float64, or int64 and uint64 for integers" },
	{ 0, "public", NULL, OPT_FLAG, &is_public, 0, 0, "write a public share stream" },
	{ 't', "tensor", "NAME", OPT_STRING, &tensor, 0, 0, "print this tensor alone" },
	{ 0, "signed", NULL, OPT_FLAG, &is_signed, 0, 0, "with a modulus other than 2^64: print Q - 1 as -1, and so on" },
	{ 0, "partial", NULL, OPT_FLAG, &partial, 0, 0, "accept too few shares and show the noise that they are" },
	{ 'o', "output", "FILE", OPT_STRING, &stream_options.output, 0, 0,
	    "write to FILE, which appears whole or not at all (default: standard output)" },
	STREAM_INPUT_OPTIONS,
	{ .name = NULL },
};

static int
reveal(struct reader *const *readers, size_t count)
{
	struct print_options how = { .format = json ? PRINT_JSON : npy ? PRINT_NPY : is_public ? PRINT_STREAM : PRINT_CSV,
		.path = stream_options.output, .tensor = tensor, .is_signed = is_signed };
	struct combine *c;
	int rc;

	if ((npy || is_public) && sink_refuse_terminal(stream_options.output) == -1)
		return (-1);
	if ((c = combine_new(readers, count, partial)) == NULL)
		return (-1);
	rc = print_tensors(c, &how);
	combine_free(c);
	return (rc);
}

static int
run(char **operands, size_t count)
{
	struct reader **readers;
	size_t i;
	int rc = -1;

	if (json + npy + is_public > 1)
		return (usage("--json, --npy and --public exclude each other"));
	if ((readers = mem_array(count, sizeof(*readers))) == NULL)
		return (-1);
	if (operands_open(operands, count, readers) == 0)
		rc = reveal(readers, count);
	for (i = 0; i < count; i++)
		reader_close(readers[i]);
	free(readers);
	return (streams_finish(NULL, rc));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "SHARE ...",
		.summary = "Put shares together and print what they hold, as CSV.",
		.notes = "All computing parties' shares are needed, or the dealer's and one of theirs; of the additive scheme, all. "
		         "What is revealed cannot be taken back.\nExample: smpc-reveal mean.alice mean.bob",
		.options = options,
		.min_operands = 1,
		.max_operands = PART_MAX_PARTIES,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
