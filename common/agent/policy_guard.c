#include "agent/policy_guard_internal.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/policy_book_internal.h"
#include "agent/policy_counts_internal.h"
#include "agent/state.h"
#include "base/diag.h"
#include "base/mem.h"
#include "data/policy.h"
#include "net/protocol.h"

#define WHY_BYTES 700
#define OP_BYTES (PARTY_NAME_BYTES + 1) /* of a word in a descriptor: names are the longest */
#define PARTS_MAX 10000 /* that one tool may name: what is behind so many is found out at once */

/* The parts that a tool has named for its next message. */
struct named_parts {
	struct named_parts *next;
	const struct client *tool;
	struct buf ids; /* in the tool's order */
	bool too_many;  /* it has named more than are kept */
};

struct guard {
	const struct self *self;
	const struct policy *policy;
	struct book *book;
	struct counts *counts;
	struct named_parts *named;
};

/* ---- opening ---- */

static int
open_files(struct guard *g)
{
	const char *party = g->self->link.party->name;
	char path[PATH_MAX];

	if (state_path(party, "policy-parts", path, sizeof(path)) == -1 ||
	    (g->book = book_open(path)) == NULL ||
	    state_path(party, "policy-reveals", path, sizeof(path)) == -1)
		return (-1);
	return (((g->counts = counts_open(path)) == NULL) ? -1 : 0);
}

int
guard_open(const struct self *self, struct guard **guard)
{
	const struct policy *policy = self->options->policy;
	struct guard *g;

	*guard = NULL;
	if (policy == NULL)
		return (0);
	if (policy_check_parties(policy, self->link.parties) == -1)
		return (-1);
	if (strcmp(policy->party, self->link.party->name) != 0)
		return (fail(ST_REFUSED, "%s: is the policy of party '%s', and this is '%s'",
		    policy->file, policy->party, self->link.party->name));
	if ((g = mem_array(1, sizeof(*g))) == NULL)
		return (-1);
	g->self = self;
	g->policy = policy;
	if (open_files(g) == 0) {
		*guard = g;
		return (0);
	}
	guard_free(g);
	return (-1);
}

void
guard_free(struct guard *g)
{

	if (g == NULL)
		return;
	while (g->named != NULL)
		guard_forget(g, g->named->tool);
	book_free(g->book);
	counts_free(g->counts);
	free(g);
}

/* ---- what a tool names ---- */

static struct named_parts **
find_named(struct guard *g, const struct client *t)
{
	struct named_parts **p = &g->named;

	while (*p != NULL && (*p)->tool != t)
		p = &(*p)->next;
	return (p);
}

void
guard_forget(struct guard *g, const struct client *t)
{
	struct named_parts **p, *named;

	if (g == NULL || (named = *(p = find_named(g, t))) == NULL)
		return;
	*p = named->next;
	buf_free(&named->ids);
	free(named);
}

void
guard_parts(struct guard *g, struct client *t, struct wire *w)
{
	struct named_parts **p;

	if (g == NULL)
		return;
	p = find_named(g, t);
	if (*p == NULL && (*p = mem_array(1, sizeof(**p))) != NULL)
		(*p)->tool = t;
	if (*p == NULL || w->left % ID_BYTES != 0) {
		tools_close(t);
		return;
	}
	/* The tool learns of it when it asks. */
	(*p)->too_many = (*p)->too_many ||
	    ((*p)->ids.len + w->left) / ID_BYTES > PARTS_MAX;
	if (!(*p)->too_many && buf_append(&(*p)->ids, w->p, w->left) == -1)
		tools_close(t);
}

/* Has a tool named more parts than are kept?  Then ${why} says so. */
static bool
too_many_named(const struct guard *g, const struct named_parts *named, char *why, size_t size)
{

	if (named == NULL || !named->too_many)
		return (false);
	snprintf(why, size, "%s: what this tool reads has more than %d parts, and no more are "
	    "looked up: read less of it at once", g->policy->file, PARTS_MAX);
	return (true);
}

/*
 * The parts that a tool has named, in order and without repetition.  Return 0, 1 with the reason in
 * ${why}, or -1 (reported).
 */
static int
take_named(struct guard *g, const struct client *t, struct ids *ids, char *why, size_t size)
{
	const struct named_parts *named = *find_named(g, t);
	size_t i;
	int rc = 0;

	if (too_many_named(g, named, why, size))
		return (1);
	for (i = 0; named != NULL && i < named->ids.len && rc == 0; i += ID_BYTES)
		rc = ids_add(ids, (const uint8_t *)named->ids.data + i);
	return (rc);
}

void
guard_note(struct guard *g, struct client *t, struct wire *w)
{
	struct buf answer = { NULL, 0, 0 };
	struct policy_note note = { .op = "" };
	const struct named_parts *named;
	struct failure failed;
	char op[OP_BYTES], why[WHY_BYTES];
	uint64_t kind, flags;
	int rc = 0;

	wire_bytes(w, note.id, ID_BYTES);
	kind = wire_number(w, 1);
	flags = wire_number(w, 1);
	note.rows = wire_number(w, 8);
	note.least = wire_number(w, 8);
	note.among = wire_number(w, 8);
	wire_string(w, op, sizeof(op));
	if (!wire_done(w) || kind > POLICY_NOTE_RESULT || note.least > PART_MAX_ROWS ||
	    note.among > PART_MAX_ROWS) {
		tools_close(t);
		return;
	}
	note.kind = (enum policy_note_kind)kind;
	note.model = ((flags & NOTE_MODEL) != 0);
	note.mixed = ((flags & NOTE_MIXED) != 0);
	note.op = op;
	diag_divert(&failed);
	if (g != NULL) {
		if ((named = *find_named(g, t)) != NULL) {
			note.inputs = (const uint8_t (*)[ID_BYTES])named->ids.data;
			note.n_inputs = named->ids.len / ID_BYTES;
		}
		if (too_many_named(g, named, why, sizeof(why)))
			rc = 1;
		else if ((rc = book_note(g->book, &note)) == 1)
			snprintf(why, sizeof(why), "%s", book_why(g->book));
		guard_forget(g, t);
	}
	diag_divert(NULL);
	if (rc == 0) {
		if (wire_put_number(&answer, AGENT_AGREES, 1) == 0)
			tools_answer(t, &answer);
	} else
		tools_failed(t, (rc == 1) ? ST_REFUSED : ST_FAILED, "%s", (rc == 1) ? why :
		    failed.text);
	buf_free(&answer);
}

/* ---- steps ---- */

/* A step, and room for what describes it. */
struct judged {
	struct policy_step step;
	char op[OP_BYTES];
	const char *to[PARTIES_MAX];
	char name[PARTY_NAME_BYTES + 1];
};

/* Those to whom something is revealed: a name, or all of the computing parties, and the dealer. */
static void
set_receivers(const struct guard *g, struct judged *j, const char *name, bool dealer)
{
	const struct party *p;
	size_t i;

	j->step.reveals = true;
	if (strcmp(name, "all") != 0) {
		snprintf(j->name, sizeof(j->name), "%s", name);
		j->to[j->step.n_to++] = j->name;
		return;
	}
	for (i = 0; i < self_parties(g->self); i++) {
		p = self_party(g->self, i);
		if (p->role == PARTY_COMPUTING || (dealer && p->role == PARTY_DEALER))
			j->to[j->step.n_to++] = p->name;
	}
}

/* The value of a field of a descriptor, if this is its line; cut at a blank. */
static bool
is_field(const char *line, size_t len, const char *field, char *value, size_t size)
{
	size_t n = strlen(field);

	if (len < n || memcmp(line, field, n) != 0)
		return (false);
	snprintf(value, size, "%.*s", (int)strcspn(line + n, " \n"), line + n);
	return (true);
}

/* Read from a descriptor what is asked for.  What tools add later stands behind. */
static void
judge_line(const struct guard *g, struct judged *j, const char *line, size_t len)
{
	char value[OP_BYTES];

	if (j->op[0] == '\0') {
		if (is_field(line, len, "op=", value, sizeof(value)))
			snprintf(j->op, sizeof(j->op), "%s", value);
		return;
	}
	if (strcmp(j->op, "reveal") == 0 && is_field(line, len, "to=", value, sizeof(value)) &&
	    !j->step.reveals)
		set_receivers(g, j, value, true);
	else if (strcmp(j->op, "score") == 0 &&
	    is_field(line, len, "parameters=to=", value, sizeof(value))) {
		/* The last one is the tool's; before it, there are names of columns. */
		j->step.n_to = 0;
		set_receivers(g, j, value, false);
	} else if ((strcmp(j->op, "train") == 0 || strcmp(j->op, "train-order") == 0) &&
	    !j->step.reveals &&
	    is_field(line, len, "parameters=reveal=", value, sizeof(value)))
		set_receivers(g, j, "all", false);
}

static void
judge_text(const struct guard *g, struct judged *j, const char *text)
{
	const char *line, *end;

	memset(j, 0, sizeof(*j));
	j->step.op = j->op;
	j->step.to = j->to;
	j->step.now = (int64_t)time(NULL);
	for (line = text; *line != '\0'; line = end + (*end != '\0')) {
		end = line + strcspn(line, "\n");
		judge_line(g, j, line, (size_t)(end - line));
	}
	/* How many rows match, all are told. */
	if (strcmp(j->op, "join") == 0)
		set_receivers(g, j, "all", true);
	/* A result that goes nobody knows where goes to nobody whom a rule names. */
	if (!j->step.reveals && (strcmp(j->op, "reveal") == 0 || strcmp(j->op, "score") == 0))
		set_receivers(g, j, "?", false);
}

/* ---- rows and counts ---- */

/* What is judged of a step. */
enum judging {
	JUDGE_STEP,    /* what it is, to whom, and when */
	JUDGE_ROOM,    /* and whether a figure more can be revealed of what it has begun to read */
	JUDGE_FIGURES, /* and rows and counts: figures are to be revealed of what was read */
	JUDGE_RESULT   /* the same: what was read is to be revealed */
};

static void
refuse_more(const struct guard *g, char *why, size_t size)
{

	snprintf(why, size, "%s: out of one sharing no more than %" PRIu64 " reveals are made, and "
	    "this would be one more", g->policy->file, g->policy->reveals);
}

/* A tool that has only begun to read need not know all; then there is nothing to say yet. */
static int
judge_room(struct guard *g, const struct ids *parts, char *why, size_t size)
{
	struct reveal_counts counts = { NULL, NULL, 0 };
	uint64_t rows;
	int rc = book_behind(g->book, parts, BOOK_FIGURES, (struct book_cells){ 0, 0 }, &rows,
	    &counts);

	if (rc == 0 && (rc = counts_room(g->counts, &counts, g->policy->reveals)) == 1)
		refuse_more(g, why, size);
	else if (rc == 1)
		rc = 0;
	reveal_counts_free(&counts);
	return (rc);
}

/* How often something is to be revealed, and of which cells. */
struct asked_reveal {
	uint64_t times;
	struct book_cells cells;
};

/* What is known of parts that are to be revealed, as far as a rule allows. */
static int
judge_parts(struct guard *g, const struct policy_rule *rule, const struct ids *parts,
    enum book_use use, const struct asked_reveal *asked, char *why, size_t size)
{
	struct reveal_counts counts = { NULL, NULL, 0 };
	uint64_t rows;
	size_t i;
	int rc = book_behind(g->book, parts, use, asked->cells, &rows, &counts);

	if (rc == 1)
		snprintf(why, size, "%s: %s", g->policy->file, book_why(g->book));
	else if (rc == 0 && rows < rule->rows) {
		snprintf(why, size, "%s: rule %zu: %" PRIu64 " rows have to be behind every value, "
		    "and of what would be revealed no more than %" PRIu64 " %s known to be",
		    g->policy->file, (size_t)(rule - g->policy->rules) + 1, rule->rows, rows,
		    (rows == 1) ? "is" : "are");
		rc = 1;
	} else if (rc == 0) {
		for (i = 0; i < counts.count; i++)
			counts.times[i] *= asked->times;
		if ((rc = counts_take(g->counts, &counts, g->policy->reveals)) == 1)
			refuse_more(g, why, size);
	}
	reveal_counts_free(&counts);
	return (rc);
}

static int
judge_step(struct guard *g, struct client *t, const struct judged *j, enum judging what,
    const struct asked_reveal *asked)
{
	const struct policy_rule *rule;
	struct ids parts = { NULL, 0 };
	char why[WHY_BYTES] = "";
	struct failure failed;
	int rc = 1;

	diag_divert(&failed);
	if ((rule = policy_allows(g->policy, &j->step, why, sizeof(why))) != NULL) {
		rc = take_named(g, t, &parts, why, sizeof(why));
		if (rc == 0 && what == JUDGE_ROOM)
			rc = judge_room(g, &parts, why, sizeof(why));
		else if (rc == 0 && what != JUDGE_STEP)
			rc = judge_parts(g, rule, &parts, (what == JUDGE_RESULT) ? BOOK_EACH :
			    BOOK_FIGURES, asked, why, sizeof(why));
	}
	diag_divert(NULL);
	ids_free(&parts);
	guard_forget(g, t);
	if (rc == 0)
		return (0);
	tools_failed(t, (rc == 1) ? ST_REFUSED : ST_FAILED, "%s", (rc == 1) ? why : failed.text);
	return (-1);
}

int
guard_session(struct guard *g, struct client *t, const char *text, bool guest)
{
	static const struct asked_reveal once = { .times = 1 };
	enum judging what = JUDGE_STEP;
	struct judged j;

	if (g == NULL)
		return (0);
	judge_text(g, &j, text);
	/* A guest gives nothing away; figures are judged when all that they are of was read. */
	if (!guest && j.step.reveals)
		what = (strcmp(j.op, "reveal") == 0) ? JUDGE_RESULT : JUDGE_ROOM;
	return (judge_step(g, t, &j, what, &once));
}

void
guard_reveals(struct guard *g, struct client *t, struct wire *w)
{
	struct buf answer = { NULL, 0, 0 };
	char to[PARTY_NAME_BYTES + 1];
	struct asked_reveal asked;
	struct judged j;

	memset(&j, 0, sizeof(j));
	j.step = (struct policy_step){ .op = j.op, .to = j.to, .now = (int64_t)time(NULL) };
	wire_string(w, j.op, sizeof(j.op));
	wire_string(w, to, sizeof(to));
	asked.times = wire_number(w, 4);
	asked.cells.least = wire_number(w, 8);
	asked.cells.among = wire_number(w, 8);
	if (!wire_done(w) || asked.times == 0 || asked.cells.among > PART_MAX_ROWS) {
		tools_close(t);
		return;
	}
	if (g != NULL) {
		set_receivers(g, &j, to, false);
		if (judge_step(g, t, &j, JUDGE_FIGURES, &asked) == -1)
			return;
	}
	if (wire_put_number(&answer, AGENT_AGREES, 1) == 0)
		tools_answer(t, &answer);
	buf_free(&answer);
}

int
guard_seal(struct guard *g, struct client *t, struct wire w)
{
	char to[PARTY_NAME_BYTES + 1];
	static const struct asked_reveal once = { .times = 1 };
	struct judged j;

	if (g == NULL)
		return (0);
	wire_string(&w, to, sizeof(to));
	/* What a party seals to itself stays in the house. */
	if (w.bad || strcmp(to, g->self->link.party->name) == 0)
		return (0);
	memset(&j, 0, sizeof(j));
	j.step = (struct policy_step){ .op = "seal", .to = j.to, .now = (int64_t)time(NULL) };
	set_receivers(g, &j, to, false);
	return (judge_step(g, t, &j, JUDGE_STEP, &once));
}
