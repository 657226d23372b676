#include "cli/share_parties.h"

#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "cli/streams.h"

enum output_mode
share_output_mode(const struct share_parties_options *o)
{

	return (o->force ? OUTPUT_REPLACE : OUTPUT_NEW);
}

/* ---- who gets a share ---- */

static void
number_parties(struct share_parties *p, bool additive)
{
	size_t i;

	for (i = additive ? 1 : 0; i <= p->options->numbered; i++) {
		snprintf(p->numbers[p->count], sizeof(p->numbers[0]), "%zu", i);
		p->names[p->count] = p->numbers[p->count];
		p->count++;
	}
}

int
share_parties_from_file(struct share_parties *p, bool additive)
{
	const struct party *sharing[PARTIES_SHARING_MAX];
	bool failed;
	size_t i, n;

	if ((p->file = streams_parties(&failed)) == NULL)
		return (failed ? -1 : usage("among whom? give -p parties.json or -n N"));
	n = parties_sharing(p->file, sharing);
	if (!additive && parties_dealer(p->file) == NULL)
		return (fail(ST_FAILED, "the parties file names no dealer, whom the masked scheme "
		    "needs (--additive does not)"));
	for (i = 0; i < n; i++) {
		if (!additive || sharing[i]->role != PARTY_DEALER)
			p->names[p->count++] = sharing[i]->name;
	}
	if (p->count < (additive ? 2 : 3))
		return (fail(ST_FAILED, "the parties file names fewer than two computing parties"));
	return (0);
}

int
share_parties_choose(struct share_parties *p, bool additive)
{

	if (p->options->numbered == 0)
		return (share_parties_from_file(p, additive));
	if (stream_options.parties != NULL || stream_options.identity != NULL)
		return (usage("-n shares among numbered parties, unsealed; it goes neither with -p "
		    "nor with -i"));
	number_parties(p, additive);
	return (0);
}

void
share_parties_only(struct share_parties *p, const char *name)
{

	p->names[0] = name;
	p->count = 1;
}

/* ---- where the shares go ---- */

/* The path that -O gives to a party, or NULL. */
static const char *
output_of(const struct share_parties_options *o, const char *party)
{
	size_t len = strlen(party), i;

	for (i = 0; i < o->outputs.count; i++) {
		if (strncmp(o->outputs.items[i], party, len) == 0 &&
		    o->outputs.items[i][len] == '=')
			return (o->outputs.items[i] + len + 1);
	}
	return (NULL);
}

/* Output ${i} is PARTY=PATH, of one of the parties, and of no output before it. */
static int
check_output(const struct share_parties *p, size_t i)
{
	const char *const *outputs = p->options->outputs.items, *output = outputs[i];
	size_t len = strcspn(output, "="), found = 0, k;

	if (output[len] == '\0' || output[len + 1] == '\0')
		return (usage("--output-of: '%s' is not PARTY=PATH", output));
	for (k = 0; k < p->count; k++)
		found += (strlen(p->names[k]) == len && memcmp(p->names[k], output, len) == 0);
	if (found == 0)
		return (usage("--output-of: '%.*s' is not one of the parties", (int)len, output));
	for (k = 0; k < i; k++) {
		if (strncmp(outputs[k], output, len + 1) == 0)
			return (usage("--output-of: party '%.*s' comes twice", (int)len, output));
	}
	return (0);
}

int
share_parties_check_outputs(const struct share_parties *p)
{
	const char *prefix = p->options->prefix;
	size_t i;

	if (prefix != NULL && strcmp(prefix, "-") == 0)
		return (usage("several shares do not go to standard output; -O PARTY=- writes one "
		    "there"));
	if (prefix != NULL && (prefix[0] == '\0' || prefix[strlen(prefix) - 1] == '/'))
		return (usage("--output: '%s' is a directory; PREFIX begins the names of files",
		    prefix));
	for (i = 0; i < p->options->outputs.count; i++) {
		if (check_output(p, i) == -1)
			return (-1);
	}
	return (0);
}

int
share_parties_set_path(struct share_parties *p, size_t i)
{
	struct buf *path = &p->paths[i];
	const char *prefix = p->options->prefix, *given = output_of(p->options, p->names[i]);
	size_t k;

	if (given == NULL && prefix == NULL)
		return (usage("where does the share of party '%s' go? give -o PREFIX or -O %s=PATH",
		    p->names[i], p->names[i]));
	if (given != NULL) {
		if (buf_string(path, given) == -1 || buf_append(path, "", 1) == -1)
			return (-1);
	} else if (buf_string(path, prefix) == -1 || buf_string(path, ".") == -1 ||
	    buf_string(path, p->names[i]) == -1 || buf_append(path, "", 1) == -1)
		return (-1);
	for (k = 0; k < i; k++) {
		if (p->paths[k].data != NULL && io_same_place(p->paths[k].data, path->data))
			return (usage("the shares of '%s' and '%s' would go to the same place, "
			    "'%s'", p->names[k], p->names[i], path->data));
	}
	return (0);
}

static int
open_sink(struct share_parties *p, size_t i, const struct seal_to *seal)
{
	const char *path = p->paths[i].data;

	if ((!stream_options.text || seal != NULL) && sink_refuse_terminal(path) == -1)
		return (-1);
	p->sinks[i] = sink_open(path, share_output_mode(p->options), seal);
	return ((p->sinks[i] != NULL) ? 0 : -1);
}

int
share_parties_open_own(struct share_parties *p, const char *name, struct sink **sink)
{
	struct seal_to to;
	size_t i;
	int seals;

	*sink = NULL;
	for (i = 0; i < p->count; i++) {
		if (strcmp(p->names[i], name) != 0)
			continue;
		if (share_parties_set_path(p, i) == -1 || (seals = streams_seal_own(&to)) == -1 ||
		    open_sink(p, i, (seals == 1) ? &to : NULL) == -1)
			return (-1);
		*sink = p->sinks[i];
		p->sinks[i] = NULL;
	}
	return (0);
}

/* Find who seals; *${sealed} says whether anybody is to. */
static int
find_sealer(const struct share_parties *p, struct seal_to *seal, bool *sealed)
{
	const struct party *owner = NULL;
	int found = 0;

	if (p->file != NULL && (found = streams_sealer(seal, &owner)) == -1)
		return (-1);
	*sealed = (p->file != NULL && !p->options->no_seal);
	if (*sealed && found == 0)
		return (usage("shares are sealed by their owner: give your identity with -i KEY, "
		    "or --no-seal"));
	if (owner != NULL && owner->role == PARTY_DEALER)
		return (fail(ST_REFUSED, "'%s' is the dealer, who knows all masks; an owner needs "
		    "an identity of its own", owner->name));
	return (0);
}

int
share_parties_open(struct share_parties *p)
{
	struct seal_to seal = { .parties = p->file };
	bool sealed;
	size_t i;

	if (share_parties_check_outputs(p) == -1 || find_sealer(p, &seal, &sealed) == -1)
		return (-1);
	for (i = 0; i < p->count; i++) {
		if (share_parties_set_path(p, i) == -1)
			return (-1);
	}
	for (i = 0; i < p->count; i++) {
		seal.recipient = p->names[i];
		if (open_sink(p, i, sealed ? &seal : NULL) == -1)
			return (-1);
	}
	return (0);
}

/* ---- the end ---- */

int
share_parties_finish(struct share_parties *p)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->count && rc == 0; i++)
		rc = sink_finish(p->sinks[i]);
	return (rc);
}

int
share_parties_appear(struct share_parties *p)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->count && rc == 0; i++)
		rc = sink_appear(p->sinks[i]);
	return (rc);
}

void
share_parties_stay(struct share_parties *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		sink_stay(p->sinks[i]);
	memset(p->sinks, 0, sizeof(p->sinks));
}

int
share_parties_commit(struct share_parties *p)
{
	int rc = sink_commit_all(p->sinks, p->count);

	memset(p->sinks, 0, sizeof(p->sinks));
	return (rc);
}

void
share_parties_free(struct share_parties *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		sink_abort(p->sinks[i]);
		buf_free(&p->paths[i]);
	}
}
