/* What a policy says, for people. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/hex.h"
#include "data/policy.h"

#define DAYS 7
#define SENTENCE_BYTES 1024

static const char *const day_names[DAYS] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday", "Sunday" };

__attribute__((format(printf, 2, 3))) static int
put_words(struct buf *out, const char *format, ...)
{
	char text[SENTENCE_BYTES];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return (buf_string(out, text));
}

/* A name in a list, with what belongs before it. */
static int
say_item(struct buf *out, const char *name, bool first)
{

	return (put_words(out, "%s%s", first ? "" : ", ", name));
}

static int
say_hours(const struct policy_hours *h, struct buf *out)
{
	bool first = true;
	size_t i;
	int rc = 0;

	for (i = 0; i < DAYS && rc == 0; i++) {
		if ((h->days & 1U << i) == 0)
			continue;
		rc = say_item(out, day_names[i], first);
		first = false;
	}
	if (rc == -1 || put_words(out, " from %02u:%02u to %02u:%02u, ", h->from / 60, h->from % 60,
	    h->to / 60, h->to % 60) == -1)
		return (-1);
	if (h->local)
		return (put_words(out, "by this machine's clock and zone.\n"));
	return (put_words(out, "by a clock of UTC%c%02d:%02d.\n", (h->offset < 0) ? '-' : '+',
	    (h->offset < 0) ? -h->offset / 60 : h->offset / 60,
	    (h->offset < 0) ? -h->offset % 60 : h->offset % 60));
}

/* The operations of a rule, all of them or those that may open bits. */
static int
say_operations(const struct policy_rule *rule, bool bits, struct buf *out)
{
	const struct policy_operation *op;
	bool first = true;
	size_t i;
	int rc = 0;

	for (i = 0; (op = policy_operation(i)) != NULL && rc == 0; i++) {
		if ((rule->operations & (uint64_t)1 << i) == 0 || (bits && !op->bits))
			continue;
		rc = say_item(out, op->name, first);
		first = false;
	}
	return ((rc == -1) ? -1 : put_words(out, ".\n"));
}

static bool
opens_bits(const struct policy_rule *rule)
{
	const struct policy_operation *op;
	size_t i;

	for (i = 0; (op = policy_operation(i)) != NULL; i++) {
		if ((rule->operations & (uint64_t)1 << i) != 0 && op->bits)
			return (true);
	}
	return (false);
}

static int
say_receivers(const struct policy_rule *rule, struct buf *out)
{
	size_t i;

	if (rule->n_to == 0)
		return (put_words(out, "   No result and no figure is revealed to anybody.\n"));
	if (put_words(out, "   Results or figures may be revealed to: ") == -1)
		return (-1);
	for (i = 0; i < rule->n_to; i++) {
		if (say_item(out, rule->to[i], i == 0) == -1)
			return (-1);
	}
	if (rule->rows == 0)
		return (put_words(out, ".\n   Of what is sealed nobody counts rows or reveals.\n"));
	return (put_words(out, ".\n   Every value has at least %" PRIu64 " row%s behind it.\n",
	    rule->rows, (rule->rows == 1) ? "" : "s"));
}

static int
say_rule(const struct policy_rule *rule, size_t number, struct buf *out)
{

	if (put_words(out, "\n%zu. The party takes part in: ", number) == -1 ||
	    say_operations(rule, false, out) == -1 || say_receivers(rule, out) == -1)
		return (-1);
	if (opens_bits(rule) && (put_words(out,
	    "   Single bits about whole columns, such as whether all "
	    "numbers are in range, may be\n   opened to the computing parties in: ") == -1 ||
	    say_operations(rule, true, out) == -1))
		return (-1);
	return (rule->hours.given ? ((put_words(out, "   Only on ") == -1) ? -1 :
	    say_hours(&rule->hours, out)) : 0);
}

int
policy_sentences(const struct policy *p, struct buf *out)
{
	char digest[2 * HASH_BYTES + 1];
	size_t i;

	hex_encode(digest, p->digest, HASH_BYTES);
	if (put_words(out, "What may leave the house of party '%s', by %.400s\n\n", p->party,
	    p->file) == -1 ||
	    put_words(out,
	    p->hours.given ? "Steps begin only on " : "Steps begin at any time.\n") == -1 ||
	    (p->hours.given && say_hours(&p->hours, out) == -1))
		return (-1);
	for (i = 0; i < p->n_rules; i++) {
		if (say_rule(&p->rules[i], i + 1, out) == -1)
			return (-1);
	}
	if (put_words(out, "\n") == -1 || (p->reveals > 0 && put_words(out,
	    "Out of one sharing at most %"
	    PRIu64 " reveals are made, of all rules together.\n", p->reveals) == -1))
		return (-1);
	return (put_words(out, "All else is refused.\n"
	    "This guards against mistakes and against scripts that others wrote, and not against\n"
	    "whoever runs this party's machine.\n"
	    "BLAKE2b-256 of the file: %s\n", digest));
}
