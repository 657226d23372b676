/* Make an identity, or print the public key of one. */

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "cli/tool.h"
#include "data/identity.h"

static const char *output, *identity;
static bool derive;

static const struct opt options[] = {
	{ 'o', "output", "FILE", OPT_STRING, &output, 0, 0,
	    "write the new identity to FILE, which must not exist" },
	{ 'y', "public", NULL, OPT_FLAG, &derive, 0, 0,
	    "make nothing; print the public key of the identity given with -i" },
	{ 'i', "identity", "KEY", OPT_STRING, &identity, 0, 0, "identity file to read with -y" },
	{ .name = NULL },
};

static int
run(char **operands, size_t count)
{
	char text[IDENTITY_TEXT_BYTES];
	struct output *file = NULL;
	struct identity *id;
	int rc = -1;

	(void)operands;
	(void)count;
	if (derive ? (identity == NULL || output != NULL) : (output == NULL || identity != NULL))
		return (usage("give -o FILE to make an identity, or -y -i KEY to print the public "
		    "key of one"));
	if (output != NULL && strcmp(output, "-") == 0)
		return (usage("a secret key goes to a file, not to standard output"));
	if ((id = derive ? identity_load(identity) : identity_generate()) == NULL)
		return (-1);
	if (!derive && (file = identity_output(output, id)) == NULL)
		goto out;
	identity_public_text(id->public, text);
	rc = (puts(text) == EOF) ? -1 : 0;
	/* Nobody would know the public key of a file whose command failed. */
	if (file != NULL && rc == 0)
		rc = output_commit(file);
	else
		output_abort(file);
out:
	identity_free(id);
	return (rc);
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "",
		.summary = "Make an identity: a file with a secret key, which stays with its "
		    "owner, and a public key, printed for parties.json.",
		.notes = "Example: smpc-keygen -o alice.key",
		.options = options,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
