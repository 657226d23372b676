/* A party's policy: the file, what it allows, and how many rows are behind a part. */

#include <sodium.h>

#include <stdlib.h>
#include <unistd.h>

#include "agent/policy_book_internal.h"
#include "agent/policy_counts_internal.h"
#include "base/diag.h"
#include "base/mem.h"
#include "catch.h"
#include "data/policy.h"
#include "tap.h"

static struct policy *
load(const char *text)
{

	return (policy_load_memory(text, strlen(text), "p.json"));
}

/* The file is refused, in one line that begins with the place and holds ${words}. */
static void
refused(const char *text, const char *place, const char *words)
{
	struct policy *p;
	const char *said;
	char begin[256];
	int good;

	catch_begin();
	p = load(text);
	said = catch_end();
	snprintf(begin, sizeof(begin), "smpc: p.json%s: ", place);
	good = (p == NULL && strncmp(said, begin, strlen(begin)) == 0 &&
	    strstr(said, words) != NULL && catch_lines(said) == 1);
	if (!ok(good, "refused:%s: %s", place, words))
		tap_note("%s", said);
	policy_free(p);
}

#define FILE_OF(fields, rules) \
	"{\"version\":1,\"party\":\"alice\"" fields ",\"rules\":[" rules "]}"
#define RULE(operations, more) "{\"operations\":[" operations "]" more "}"
#define PING "{\"operations\":[\"ping\"]}"
#define REVEAL "{\"operations\":[\"reveal\"],\"to\":[\"rita\",\"bob\"],\"rows\":50}"
#define HOURS(days, from, to, zone) \
	"\"hours\":{\"days\":[" days "],\"from\":\"" from "\",\"to\":\"" to \
	"\",\"zone\":\"" zone "\"}"

static void
test_refused(void)
{

	refused("[]", "", "not a policy");
	refused("{\"version\":1,\n\"party\" \"a\"}", ": line 2, column 11", "expected");
	refused("{\"party\":\"a\",\"rules\":[" PING "]}", "", "'version' is missing");
	refused("{\"version\":2,\"party\":\"a\",\"rules\":[" PING "]}", "", "must be 1");
	refused("{\"version\":1,\"rules\":[" PING "]}", "", "'party' is missing");
	refused("{\"version\":1,\"party\":\"a b\",\"rules\":[" PING "]}", "", "not a party's name");
	refused("{\"version\":1,\"party\":\"a\",\"party\":\"b\",\"rules\":[" PING "]}", "",
	    "duplicate");
	refused("{\"version\":1,\"party\":\"a\"}", "", "1 to 64 rules");
	refused(FILE_OF("", ""), "", "1 to 64 rules");
	refused(FILE_OF(",\"rule\":1", PING), "", "unknown field 'rule'; did you mean 'rules'?");
	refused(FILE_OF("", PING ",7"), ": rule 2", "is not an object");
	refused(FILE_OF("", PING ",{}"), ": rule 2", "'operations' is missing");
	refused(FILE_OF("", "{\"operations\":[]}"), ": rule 1", "is not a list of 1 to");
	refused(FILE_OF("", "{\"operations\":\"ping\"}"), ": rule 1", "is not a list of 1 to");
	refused(FILE_OF("", "{\"operations\":[\"pong\"]}"), ": rule 1",
	    "unknown operation 'pong'; did you mean 'ping'?");
	refused(FILE_OF("", "{\"operations\":[\"ping\",\"ping\"]}"), ": rule 1",
	    "stands there twice");
	refused(FILE_OF("", "{\"operations\":[\"ping\",1]}"), ": rule 1", "not a string");
	refused(FILE_OF("", "{\"operations\":[\"ping\"],\"receivers\":[]}"), ": rule 1",
	    "unknown field 'receivers'");
	refused(FILE_OF("", "{\"operations\":[\"reveal\"]}"), ": rule 1", "must say to whom");
	refused(FILE_OF("", "{\"operations\":[\"score\"]}"), ": rule 1", "must say to whom");
	refused(FILE_OF("", "{\"operations\":[\"seal\"]}"), ": rule 1", "must say to whom");
	refused(FILE_OF("", "{\"operations\":[\"reveal\"],\"to\":[\"bob\"]}"), ": rule 1",
	    "'rows' is missing");
	refused(FILE_OF("", "{\"operations\":[\"reveal\"],\"to\":[\"all\"],\"rows\":1}"),
	    ": rule 1",
	    "one by one");
	refused(FILE_OF("", "{\"operations\":[\"reveal\"],\"to\":[\"b!\"],\"rows\":1}"), ": rule 1",
	    "not a party's name");
	refused(FILE_OF(",\"reveals\":1",
	    "{\"operations\":[\"reveal\"],\"to\":[\"b\"],\"rows\":0}"),
	    ": rule 1", "whole number from 1");
	refused(FILE_OF(",\"reveals\":1",
	    "{\"operations\":[\"reveal\"],\"to\":[\"b\"],\"rows\":1.5}"),
	    ": rule 1", "whole number from 1");
	refused(FILE_OF("", REVEAL), "", "'reveals' is missing");
	refused(FILE_OF(",\"reveals\":3", PING), "", "no rule allows any");
	refused(FILE_OF(",\"reveals\":0", REVEAL), "", "whole number from 1");
	refused(FILE_OF("", "{\"operations\":[\"ping\"],\"to\":[\"b\"]}"), ": rule 1",
	    "no operation of the rule reveals");
	refused(FILE_OF("", "{\"operations\":[\"train\"],\"rows\":5}"), ": rule 1",
	    "needs field 'to'");
	refused(FILE_OF("", "{\"operations\":[\"seal\"],\"to\":[\"b\"],\"rows\":5}"), ": rule 1",
	    "does not see what is sealed");
	refused(FILE_OF("", "{\"operations\":[\"seal\",\"reveal\"],\"to\":[\"b\"]}"), ": rule 1",
	    "does not see what is sealed");
	refused(FILE_OF("," HOURS("", "00:00", "24:00", "local"), PING), "", "list of 1 to 7");
	refused(FILE_OF("," HOURS("\"mo\"", "00:00", "24:00", "local"), PING), "",
	    "unknown day 'mo'");
	refused(FILE_OF("," HOURS("\"mon\"", "8:00", "24:00", "local"), PING), "", "'from'");
	refused(FILE_OF("," HOURS("\"mon\"", "08:60", "24:00", "local"), PING), "", "'from'");
	refused(FILE_OF("," HOURS("\"mon\"", "08:00", "24:01", "local"), PING), "", "'to'");
	refused(FILE_OF("," HOURS("\"mon\"", "08:00", "08:00", "local"), PING), "",
	    "end before they begin");
	refused(FILE_OF("," HOURS("\"mon\"", "08:00", "09:00", "CET"), PING), "", "'zone'");
	refused(FILE_OF("," HOURS("\"mon\"", "08:00", "09:00", "+14:01"), PING), "", "'zone'");
	refused(FILE_OF(",\"hours\":{\"day\":[\"mon\"]}", PING), "", "did you mean 'days'?");
}

/* ---- what is allowed ---- */

/* Whether a rule allows a step; ${to} is a name, or NULL where nothing is revealed. */
static const struct policy_rule *
allows(const struct policy *p, const char *op, const char *to, const char *also, int64_t now,
    char why[static 700])
{
	const char *list[2] = { to, also };
	struct policy_step step = { .op = op, .reveals = (to != NULL), .to = list,
		.n_to = (also != NULL) ? 2 : (to != NULL), .now = now };

	return (policy_allows(p, &step, why, 700));
}

static void
test_allowed(void)
{
	struct policy *p = load(FILE_OF(",\"reveals\":3",
	    "{\"operations\":[\"train\",\"mul\"]}," REVEAL ","
	    "{\"operations\":[\"reveal\",\"train\"],\"to\":[\"bob\"],\"rows\":9},"
	    "{\"operations\":[\"seal\"],\"to\":[\"eve\"]}"));
	const struct policy_rule *rule;
	char why[700];

	if (!ok(p != NULL && p->reveals == 3 && p->n_rules == 4, "a policy of four rules"))
		tap_bail("nothing more to check");
	ok(allows(p, "mul", NULL, NULL, 0, why) == &p->rules[0], "an operation that is named");
	ok(allows(p, "predict", NULL, NULL, 0, why) == NULL &&
	    strstr(why, "no rule allows operation 'predict'") != NULL, "one that is not");
	ok(allows(p, "reveal", NULL, NULL, 0, why) != NULL, "a reveal to nobody reveals nothing");
	rule = allows(p, "reveal", "rita", NULL, 0, why);
	ok(rule != NULL && rule->rows == 50, "a receiver who is named");
	rule = allows(p, "reveal", "bob", NULL, 0, why);
	ok(rule != NULL && rule->rows == 9, "of two rules, the one with fewer rows");
	rule = allows(p, "reveal", "bob", "rita", 0, why);
	ok(rule != NULL && rule->rows == 50, "two receivers, whom one rule has");
	ok(allows(p, "reveal", "bob", "eve", 0, why) == NULL && strstr(why, "'eve'") != NULL,
	    "two receivers, of whom each is in some rule, and no rule has both");
	ok(allows(p, "train", "bob", NULL, 0, why) == &p->rules[2], "losses to bob");
	ok(allows(p, "train", "rita", NULL, 0, why) == NULL, "and not to rita");
	ok(allows(p, "seal", "eve", NULL, 0, why) == &p->rules[3], "what is sealed");
	ok(allows(p, "seal", "bob", NULL, 0, why) == NULL, "and not to bob");
	policy_free(p);
}

#define MONDAY ((int64_t)1769990400) /* 2026-02-02, 00:00 UTC */
#define HOUR ((int64_t)3600)

static void
check_within(const char *zone, int64_t from, int64_t to)
{
	char text[300];
	struct policy *p;

	snprintf(text, sizeof(text), FILE_OF("," HOURS("\"mon\"", "08:00", "10:30", "%s"), PING),
	    zone);
	if ((p = load(text)) == NULL)
		tap_bail("no policy");
	ok(!policy_within(&p->hours, from - 1) && policy_within(&p->hours, from) &&
	    policy_within(&p->hours, to - 1) && !policy_within(&p->hours, to), "hours of zone %s",
	    zone);
	ok(!policy_within(&p->hours, from + 24 * HOUR) && !policy_within(&p->hours,
	    from - 24 * HOUR) &&
	    policy_within(&p->hours, from + 7 * 24 * HOUR), "its days");
	policy_free(p);
}

static void
test_hours(void)
{
	struct policy *p = load(FILE_OF("", PING));

	check_within("+00:00", MONDAY + 8 * HOUR, MONDAY + 10 * HOUR + HOUR / 2);
	check_within("+01:00", MONDAY + 7 * HOUR, MONDAY + 9 * HOUR + HOUR / 2);
	check_within("-11:30", MONDAY + 19 * HOUR + HOUR / 2, MONDAY + 22 * HOUR);
	check_within("+13:00", MONDAY - 5 * HOUR, MONDAY - 2 * HOUR - HOUR / 2);
	setenv("TZ", "XYZ-2", 1);
	check_within("local", MONDAY + 6 * HOUR, MONDAY + 8 * HOUR + HOUR / 2);
	ok(policy_within(&p->hours, 12345), "without hours, always");
	policy_free(p);
}

/* ---- rows behind parts ---- */

static struct book *book;

static void
id_of(uint8_t id[static ID_BYTES], int n)
{

	memset(id, 0xaa, ID_BYTES);
	id[0] = (uint8_t)n;
}

/* Enter ${note} of part ${n}, of inputs that end with 0. */
static int
enter_note(int n, struct policy_note note, const int *inputs)
{
	uint8_t ids[8][ID_BYTES];

	id_of(note.id, n);
	while (inputs != NULL && inputs[note.n_inputs] != 0) {
		id_of(ids[note.n_inputs], inputs[note.n_inputs]);
		note.n_inputs++;
	}
	note.inputs = (const uint8_t (*)[ID_BYTES])ids;
	return (book_note(book, &note));
}

static int
enter(int n, enum policy_note_kind kind, const char *op, uint64_t rows, const int *inputs)
{

	return (enter_note(n, (struct policy_note){ .kind = kind, .rows = rows, .op = op },
	    inputs));
}

/* Twenty groups of at least ${least} rows each, of ${among} that were read. */
static int
enter_groups(int n, uint64_t least, uint64_t among, const int *inputs)
{

	return (enter_note(n, (struct policy_note){ .kind = POLICY_NOTE_RESULT, .rows = 20,
		.op = "group", .least = least, .among = among }, inputs));
}

#define SHARING(n, rows) (void)enter(n, POLICY_NOTE_SHARING, "share", rows, NULL)
#define PUBLIC(n, rows) (void)enter(n, POLICY_NOTE_PUBLIC, "", rows, NULL)
#define RESULT(n, op, rows, ...) \
	(void)enter(n, POLICY_NOTE_RESULT, op, rows, (const int[]){ __VA_ARGS__, 0 })
#define GROUPS(n, least, among, ...) \
	(void)enter_groups(n, least, among, (const int[]){ __VA_ARGS__, 0 })

/* How many rows are behind a part, at least; UINT64_MAX: that is not known. */
static uint64_t
behind_cells(int n, enum book_use use, struct book_cells cells, size_t *origins)
{
	struct reveal_counts counts = { NULL, NULL, 0 };
	struct ids parts = { NULL, 0 };
	uint8_t id[ID_BYTES];
	uint64_t rows;
	int rc;

	id_of(id, n);
	if (ids_add(&parts, id) == -1)
		tap_bail("out of memory");
	rc = book_behind(book, &parts, use, cells, &rows, &counts);
	if (origins != NULL)
		*origins = counts.count;
	ids_free(&parts);
	reveal_counts_free(&counts);
	return ((rc == 0) ? rows : UINT64_MAX);
}

static uint64_t
behind(int n, enum book_use use, size_t *origins)
{

	return (behind_cells(n, use, (struct book_cells){ 0, 0 }, origins));
}

/* Of figures of cells of ${least} of the ${among} rows that were read. */
static uint64_t
behind_least(int n, uint64_t least, uint64_t among)
{

	return (behind_cells(n, BOOK_FIGURES, (struct book_cells){ least, among }, NULL));
}

/* Parts 1 and 2, of 100 and of 7 rows, and groups of them. */
static void
test_cells(void)
{

	ok_u64(behind_least(1, 0, 100), 100, "figures of all rows");
	ok_u64(behind_least(1, 10, 100), 10, "and of cells of some");
	ok_u64(behind_least(2, 10, 7), 7, "which may be all");
	RESULT(190, "head", 50, 1);
	ok_u64(behind_least(190, 10, 50), 10, "cells of half of a table");
	RESULT(191, "cat", 104, 1, 1);
	ok_u64(behind_least(191, 10, 104), 6, "of a table with four of its rows once more");
	RESULT(192, "cat", 200, 1, 1);
	ok_u64(behind_least(192, 10, 200), 1, "or all: of as many as these there may be one");
	ok_u64(behind_least(106, 20, 20), 40, "cells of groups: what is behind one group");
}

/* Groups of parts 1 and 2, of 100 and of 7 rows. */
static void
test_groups(void)
{
	size_t origins;

	GROUPS(100, 10, 100, 1);
	ok_u64(behind(100, BOOK_EACH, &origins), 10, "a figure of a group: its least count");
	ok_u64(origins, 1, "out of one sharing");
	GROUPS(101, 0, 0, 1);
	ok_u64(behind(101, BOOK_EACH, NULL), 1, "groups of which nothing is said");
	GROUPS(102, 1, 100, 1);
	ok_u64(behind(102, BOOK_EACH, NULL), 1, "groups of any number of rows");
	RESULT(103, "sum", 1, 100);
	ok_u64(behind(103, BOOK_EACH, NULL), 10, "a sum over groups: one may be all that is shown");
	RESULT(104, "head", 1, 100);
	ok_u64(behind(104, BOOK_EACH, NULL), 10, "one group of them");
	RESULT(105, "sub", 1, 103, 104);
	ok_u64(behind(105, BOOK_EACH, NULL), 1, "a sum over groups less one of them");
	GROUPS(106, 40, 100, 1);
	RESULT(107, "paste", 20, 100, 106);
	ok_u64(behind(107, BOOK_EACH, NULL), 1, "two tables of groups side by side");
	RESULT(108, "sum", 1, 100, 106);
	ok_u64(behind(108, BOOK_EACH, NULL), 1, "or one behind the other");
	GROUPS(109, 5, 7, 2);
	RESULT(110, "sum", 1, 100, 109);
	ok_u64(behind(110, BOOK_EACH, NULL), 5, "groups of two sharings: one may be shown, of all");
	RESULT(111, "sum", 1, 109, 10);
	ok_u64(behind(111, BOOK_EACH, NULL), 100, "a group and a sum: the group may not be shown");
	RESULT(112, "stat", 3, 100);
	RESULT(113, "sum", 1, 112, 109);
	ok_u64(behind(113, BOOK_EACH, NULL), 5, "nor does a figure of groups add rows");
	RESULT(114, "paste", 20, 100, 109);
	ok_u64(behind(114, BOOK_EACH, NULL), 5, "groups of two sharings side by side: the fewer");
	RESULT(115, "mul", 20, 100, 3);
	ok_u64(behind(115, BOOK_EACH, NULL), 10, "a multiple of groups");
	RESULT(116, "select", 1, 100);
	ok_u64(behind(116, BOOK_EACH, NULL), 10, "what is chosen of groups");
	GROUPS(117, 15, 20, 100);
	ok_u64(behind(117, BOOK_EACH, NULL), 10, "groups of groups, of which one may be shown");
	GROUPS(118, 15, 20, 102);
	ok_u64(behind(118, BOOK_EACH, NULL), 1, "and of groups of a row");
	GROUPS(119, 10, 107, 1, 2);
	ok_u64(behind(119, BOOK_EACH, NULL), 10, "groups of two sharings' rows");
	GROUPS(120, 5, 14, 2);
	ok_u64(behind(120, BOOK_EACH, NULL), 1, "groups of rows that stand there twice");
	GROUPS(121, 10, 14, 2);
	ok_u64(behind(121, BOOK_EACH, NULL), 3, "and larger ones: those beyond the second ones");
	GROUPS(122, 50, 130, 16, 17);
	ok_u64(behind(122, BOOK_EACH, NULL), 1, "groups of rows of one table taken twice");
	GROUPS(123, 5, 5, 14);
	ok_u64(behind(123, BOOK_EACH, NULL), 5, "groups of some of its rows");
	GROUPS(124, 5, 101, 1, 10);
	ok_u64(behind(124, BOOK_EACH, NULL), 1, "groups of a table and a sum of it");
	RESULT(125, "join", 50, 1, 2);
	GROUPS(126, 5, 50, 125);
	ok_u64(behind(126, BOOK_EACH, NULL), 1, "groups of more rows than one of two tables has");
	GROUPS(128, 5, 15, 10, 2);
	ok_u64(behind(128, BOOK_EACH, NULL), 1, "groups of a sum and rows that stand there twice");
	RESULT(127, "train", 5, 100);
	ok_u64(behind(127, BOOK_EACH, NULL), 10, "a model of groups");
	ok(enter_groups(100, 11, 100, (const int[]){ 1, 0 }) == 1 &&
	    enter_groups(100, 10, 101, (const int[]){ 1, 0 }) == 1 &&
	    enter_groups(101, 10, 100, (const int[]){ 1, 0 }) == 1 &&
	    enter_groups(100, 10, 100, (const int[]){ 1, 0 }) == 0, "another least count: refused");
	ok(enter_groups(100, 0, 0, (const int[]){ 1, 0 }) == 0 &&
	    behind(100, BOOK_EACH, NULL) == 10, "but not a tool that passes groups on");
}

/* A left join of parts 1 and 2, of 100 and of 7 rows; part 10 is a sum, 14 of 5 rows of part 2. */
static void
test_without(void)
{
	const int tables[] = { 1, 3, 0 };
	struct policy_note note = { .kind = POLICY_NOTE_RESULT, .rows = 100, .op = "join",
		.least = 60, .among = 100 };

	(void)enter_note(150, note, tables);
	RESULT(151, "sum", 1, 150);
	ok_u64(behind(151, BOOK_EACH, NULL), 60, "a sum over a left join: the rows that match");
	RESULT(152, "sort", 100, 150);
	RESULT(153, "head", 50, 152);
	RESULT(154, "stat", 1, 153);
	ok_u64(behind(154, BOOK_EACH, NULL), 10, "of some of its rows: all without a match");
	RESULT(155, "head", 30, 150);
	RESULT(156, "sum", 1, 155);
	ok_u64(behind(156, BOOK_EACH, NULL), 1, "and where these may be none but one");
	GROUPS(157, 45, 100, 152);
	ok_u64(behind(157, BOOK_EACH, NULL), 5, "its groups: no fewer");
	note.least = 90;
	(void)enter_note(158, note, (const int[]){ 150, 1, 0 });
	RESULT(159, "train", 5, 158);
	ok_u64(behind(159, BOOK_EACH, NULL), 50, "a join of a join");
	note.least = 100;
	(void)enter_note(160, note, tables);
	RESULT(161, "sum", 1, 160);
	ok_u64(behind(161, BOOK_EACH, NULL), 100, "and if all rows match");
}

/* Rows that stand there twice may be all that is taken. */
static void
test_again(void)
{

	RESULT(130, "shuf", 14, 2, 2);
	RESULT(131, "head", 8, 130);
	RESULT(132, "sum", 1, 131);
	ok_u64(behind(132, BOOK_EACH, NULL), 1, "some rows of a table that was taken twice");
	RESULT(133, "head", 10, 130);
	RESULT(134, "sum", 1, 133);
	ok_u64(behind(134, BOOK_EACH, NULL), 3, "and more of them");
	RESULT(135, "map", 10, 133);
	RESULT(136, "head", 9, 135);
	RESULT(137, "sum", 1, 136);
	ok_u64(behind(137, BOOK_EACH, NULL), 2, "also later on");
	RESULT(138, "map", 107, 1, 2);
	RESULT(139, "head", 9, 138);
	RESULT(140, "sum", 1, 139);
	ok_u64(behind(140, BOOK_EACH, NULL), 7, "but not of two tables, one behind the other");
	RESULT(141, "paste", 100, 1, 21);
	RESULT(142, "head", 9, 141);
	RESULT(143, "sum", 1, 142);
	ok_u64(behind(143, BOOK_EACH, NULL), 9, "nor of a table side by side with its own");
}

static void
test_book(const char *path)
{
	size_t origins;

	if ((book = book_open(path)) == NULL)
		tap_bail("no book");
	SHARING(1, 100);
	SHARING(2, 7);
	PUBLIC(3, 1);
	PUBLIC(4, 100);
	ok_u64(behind(1, BOOK_EACH, &origins), 1, "a sharing: one row behind each value");
	ok_u64(origins, 1, "and it is its own origin");
	RESULT(10, "sum", 1, 1);
	ok_u64(behind(10, BOOK_EACH, NULL), 100, "a sum");
	RESULT(11, "sum", 1, 1, 2);
	ok_u64(behind(11, BOOK_EACH, &origins), 107, "a sum of two sharings");
	ok_u64(origins, 2, "which are its origins");
	RESULT(12, "sum", 1, 1, 1);
	ok_u64(behind(12, BOOK_EACH, NULL), 100, "a sum of a table and itself");
	RESULT(13, "sum", 100, 1);
	ok_u64(behind(13, BOOK_EACH, NULL), 1, "a sum across columns");
	RESULT(14, "head", 5, 1);
	RESULT(15, "sum", 1, 14);
	ok_u64(behind(15, BOOK_EACH, NULL), 5, "a sum of five rows");
	RESULT(16, "head", 60, 1);
	RESULT(17, "head", 70, 1);
	RESULT(18, "sum", 1, 16, 17, 2);
	ok_u64(behind(18, BOOK_EACH, NULL), 77, "a sum of rows that may be the same");
	RESULT(200, "shuf", 100, 4);
	RESULT(201, "head", 1, 2);
	RESULT(202, "sum", 1, 201, 200);
	ok_u64(behind(202, BOOK_EACH, NULL), 1, "a sum of a row and of public numbers in an order");
	RESULT(203, "cat", 107, 200, 2);
	RESULT(204, "sum", 1, 203);
	ok_u64(behind(204, BOOK_EACH, NULL), 7, "a sum of seven rows behind such numbers");
	RESULT(19, "sub", 1, 10, 15);
	ok_u64(behind(19, BOOK_EACH, NULL), 1, "a difference of two sums of one sharing");
	RESULT(20, "mul", 1, 10, 3);
	ok_u64(behind(20, BOOK_EACH, NULL), 100, "a multiple of a sum");
	RESULT(21, "mul", 100, 1, 3);
	RESULT(22, "sum", 1, 21);
	ok_u64(behind(22, BOOK_EACH, NULL), 100, "a sum of multiples");
	RESULT(23, "mul", 100, 1, 4);
	RESULT(24, "sum", 1, 23);
	ok_u64(behind(24, BOOK_EACH, NULL), 1, "a sum of rows times public numbers of their own");
	RESULT(25, "sub", 100, 1, 10);
	RESULT(26, "sum", 1, 25);
	ok_u64(behind(26, BOOK_EACH, NULL), 1, "a sum of rows less a figure of theirs");
	SHARING(60, 0);
	SHARING(61, 0);
	ok_u64(behind(60, BOOK_EACH, NULL), POLICY_ROWS_OPEN, "no rows: no value to be revealed");
	RESULT(62, "sum", 1, 2, 60, 61);
	ok_u64(behind(62, BOOK_EACH, NULL), 7, "sharings without rows add none to a sum");
	RESULT(63, "cat", 7, 60, 2);
	ok_u64(behind(63, BOOK_EACH, NULL), 1, "and take none away where rows stand behind them");
	RESULT(64, "sum", 1, 63);
	ok_u64(behind(64, BOOK_EACH, NULL), 7, "as a sum of those says");
	RESULT(66, "head", 0, 1);
	RESULT(67, "sum", 1, 2, 66);
	ok_u64(behind(67, BOOK_EACH, NULL), 7, "nor do none of the rows of a table");
	RESULT(65, "stat", 1, 60, 61);
	ok_u64(behind(65, BOOK_EACH, NULL), 0, "a figure of nothing");
	RESULT(27, "max", 1, 1);
	ok_u64(behind(27, BOOK_EACH, NULL), 1, "a maximum");
	RESULT(28, "unheard-of", 1, 1);
	ok_u64(behind(28, BOOK_EACH, NULL), 1, "what nobody knows");
	RESULT(29, "transpose", 3, 1);
	RESULT(30, "sum", 1, 29);
	ok_u64(behind(30, BOOK_EACH, NULL), 1, "a sum over what were columns");
	RESULT(31, "shuf", 100, 16, 2);
	RESULT(32, "stat", 4, 31);
	ok_u64(behind(32, BOOK_EACH, NULL), 67, "a statistic of rows in another order");
	RESULT(70, "sort", 100, 16, 2);
	RESULT(71, "stat", 4, 70);
	ok_u64(behind(71, BOOK_EACH, NULL), 67, "the same of sorted ones");
	RESULT(72, "top", 100, 1);
	RESULT(73, "sum", 1, 72);
	ok_u64(behind(73, BOOK_EACH, NULL), 1, "a sum of those that came first");
	RESULT(33, "train", 5, 1, 2);
	ok_u64(behind(33, BOOK_EACH, NULL), 100, "a model: the half of all, or the most of one");
	RESULT(34, "predict", 7, 2, 33);
	ok_u64(behind(34, BOOK_EACH, &origins), 1, "a prediction");
	ok_u64(origins, 2, "of the model's origins, too");
	RESULT(35, "sum", 1, 34);
	ok_u64(behind(35, BOOK_EACH, NULL), 7, "a sum of predictions");
	ok_u64(behind(34, BOOK_FIGURES, NULL), 7, "a score of predictions");
	RESULT(36, "train", 5, 2, 33);
	ok_u64(behind(36, BOOK_EACH, NULL), 7, "a model that began with another one");
	RESULT(37, "matmul-t", 3, 1, 1);
	ok_u64(behind(37, BOOK_EACH, NULL), 100, "a product of a table with itself");
	RESULT(40, "sum", 1, 39);
	ok_u64(behind(40, BOOK_EACH, NULL), UINT64_MAX, "of a part that nobody has seen");
	RESULT(41, "cut", 1, 40);
	ok_u64(behind(41, BOOK_EACH, NULL), UINT64_MAX, "and what is made of that");
	RESULT(42, "sum", 1, 0);
	ok_u64(behind(42, BOOK_EACH, NULL), UINT64_MAX, "a result of nothing");
	ok_u64(behind(99, BOOK_EACH, NULL), UINT64_MAX, "a part that nobody has seen");
	SHARING(50, POLICY_ROWS_OPEN);
	RESULT(51, "head", 20, 50);
	RESULT(52, "sum", 1, 51);
	ok_u64(behind(52, BOOK_EACH, NULL), 20, "rows of a sharing that is still being read");
	RESULT(53, "sum", 1, 50);
	ok_u64(behind(53, BOOK_EACH, NULL), 1, "a sum over it, whose rows are not known");
	SHARING(50, 30);
	ok_u64(behind(53, BOOK_EACH, NULL), 30, "until they are");
	ok(enter(1, POLICY_NOTE_SHARING, "share", 101, NULL) == 1,
	    "another number of rows: refused");
	ok(enter(10, POLICY_NOTE_RESULT, "sum", 1, (const int[]){ 2, 0 }) == 1,
	    "other inputs: refused");
	ok(enter(10, POLICY_NOTE_RESULT, "sum", 1, (const int[]){ 1, 0 }) == 0, "the same: fine");
	test_groups();
	test_cells();
	test_without();
	test_again();
	book_free(book);
	/* Another agent, later on. */
	if ((book = book_open(path)) == NULL)
		tap_bail("no book");
	ok_u64(behind(35, BOOK_EACH, NULL), 7, "the book outlives the agent");
	ok_u64(behind(53, BOOK_EACH, NULL), 30, "with what became known later");
	ok_u64(behind(100, BOOK_EACH, NULL), 10, "and what groups have at least");
	book_free(book);
}

/* A line that was cut anywhere says nothing, and spoils nothing. */
static void
test_cut(const char *path)
{
	char line[512], hex[65];
	size_t len, cut;
	uint64_t worst = 0;
	FILE *f;

	memset(hex, 'a', 64);
	hex[64] = '\0';
	len = (size_t)snprintf(line, sizeof(line), "61%s 2 0 1 sum 01%s 02%s .\n", hex + 2, hex + 2,
	    hex + 2);
	for (cut = 0; cut < len - 1; cut++) {
		if ((f = fopen(path, "w")) == NULL)
			tap_bail("no file");
		fprintf(f, "01%s 0 0 100 share .\n", hex + 2);
		fwrite(line, 1, cut, f);
		fclose(f);
		if ((book = book_open(path)) == NULL)
			tap_bail("no book");
		SHARING(2, 5);
		if (behind(0x61, BOOK_EACH, NULL) != UINT64_MAX)
			worst = cut + 1;
		RESULT(3, "sum", 1, 1, 2);
		if (behind(3, BOOK_EACH, NULL) != 105)
			worst = cut + 1;
		book_free(book);
	}
	ok_u64(worst, 0, "a line of the book that was cut");
}

static void
test_counts(const char *path)
{
	uint8_t id[2][ID_BYTES] = { { 7 }, { 3 } };
	uint64_t times[2] = { 1, 2 };
	struct reveal_counts both = { id, times, 2 }, first = { id, times, 1 };
	struct counts *c = counts_open(path), *other = counts_open(path);
	struct failure failed;

	if (c == NULL || other == NULL)
		tap_bail("no counts");
	ok(counts_room(c, &both, 1) == 1 && counts_take(c, &both, 1) == 1,
	    "more than there may be");
	ok(counts_take(c, &both, 2) == 0, "as many as there may be");
	ok(counts_take(other, &both, 3) == 1, "another agent sees what was counted");
	ok(counts_take(other, &first, 2) == 0, "what was refused was not counted");
	ok(counts_take(c, &first, 2) == 1 && counts_room(c, &first, 3) == 0, "nor twice");
	counts_free(c);
	counts_free(other);
	if ((c = counts_open(path)) == NULL)
		tap_bail("no counts");
	ok(counts_room(c, &both, 3) == 1 && counts_room(c, &both, 4) == 0, "a later agent, too");
	unlink(path);
	diag_divert(&failed);
	ok(counts_take(c, &both, 100) == -1 && counts_take(c, &both, 100) == -1,
	    "a file that was removed counts nothing more, which would be missed");
	diag_divert(NULL);
	counts_free(c);
}

int
main(void)
{
	char path[] = "/tmp/smpc-policy-XXXXXX";
	int fd = -1;

	if (sodium_init() == -1 || (fd = mkstemp(path)) == -1)
		tap_bail("cannot begin");
	close(fd);
	test_refused();
	test_allowed();
	test_hours();
	test_book(path);
	test_cut(path);
	unlink(path);
	test_counts(path);
	unlink(path);
	return (tap_end());
}
