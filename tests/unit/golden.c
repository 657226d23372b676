/*
 * What passes on each link, to the byte, for every operation on fixed inputs under fixed keys: a
 * change of the protocol does not go unseen.  Where it was meant, write the table anew:
 *
 *	build/unit/golden print >tests/unit/golden.h
 */

#include "base/diag.h"
#include "crypto/hash.h"

#include "golden.h"
#include "operations.h"
#include "tap.h"
#include "test_stream.h"

#define N 70 /* no whole number of words of bits */

struct wire {
	const struct operation *op;
	size_t parties;
	struct clear clear;
	struct link {
		struct hash hash;
		uint64_t bytes;
	} links[WORLD_MAX][WORLD_MAX];
};

/* Messages may be cut differently: a link is one string of bytes. */
static void
seen(void *state, size_t from, size_t to, const void *data, size_t bytes)
{
	struct wire *w = state;

	hash_bytes(&w->links[from][to].hash, data, bytes);
	w->links[from][to].bytes += bytes;
}

static int
run_party(struct mpc *S, size_t self, void *state)
{
	struct wire *w = state;
	struct operands o;
	int rc;

	operands_new(S, &o, N);
	operands_share(&o, w->parties, self, &w->clear, 1);
	rc = w->op->run(S, &o);
	operands_free(&o);
	return (rc);
}

/* Numbers that all operations take: small, of both signs. */
static void
fill(struct clear *c)
{
	uint64_t state = 1;
	size_t i, j;

	for (i = 0; i < N; i++) {
		for (j = 0; j < 2; j++)
			c->x[j][i] = (world_random(&state) >> 57) - 64;
	}
	for (i = 0; i < bits_words(N); i++) {
		for (j = 0; j < 4; j++)
			c->a[j][i] = world_random(&state);
	}
}

/* Describe the links that carry something: "0>2 1120 0123456789abcdef" and so on. */
static void
describe(struct wire *w, char *out, size_t size)
{
	uint8_t digest[HASH_BYTES];
	size_t from, to, len = 0, i;

	out[0] = '\0';
	for (from = 0; from <= w->parties; from++) {
		for (to = 0; to <= w->parties; to++) {
			hash_final(&w->links[from][to].hash, digest);
			if (w->links[from][to].bytes == 0)
				continue;
			len += (size_t)snprintf(out + len, size - len, "%s%zu>%zu %" PRIu64 " ",
			    (len > 0) ? ", " : "", from, to, w->links[from][to].bytes);
			for (i = 0; i < 8; i++)
				len += (size_t)snprintf(out + len, size - len, "%02x", digest[i]);
		}
	}
}

static void
run(const struct operation *op, size_t parties, char *out, size_t size)
{
	struct wire w = { .op = op, .parties = parties };
	struct world world;
	size_t i, j;

	memset(&world, 0, sizeof(world));
	world.n = parties;
	world.faithful = op->faithful;
	world.seen = seen;
	for (i = 0; i < WORLD_MAX; i++) {
		for (j = 0; j < WORLD_MAX; j++)
			hash_init(&w.links[i][j].hash);
	}
	clear_new(&w.clear, N);
	fill(&w.clear);
	if (world_run(&world, run_party, &w) != 0)
		tap_bail("an operation does not run");
	describe(&w, out, size);
	clear_free(&w.clear);
}

static const char *
golden_of(const char *name, size_t parties)
{
	size_t i;

	for (i = 0; i < sizeof(golden) / sizeof(*golden); i++) {
		if (golden[i].parties == parties && strcmp(golden[i].name, name) == 0)
			return (golden[i].links);
	}
	return ("");
}

static void
print(void)
{
	char links[1024];
	size_t i, parties;

	printf("#ifndef SMPC_TESTS_UNIT_GOLDEN_H\n#define SMPC_TESTS_UNIT_GOLDEN_H\n\n#include "
	    "<stddef.h>\n\n/* Written by golden print: from>to, bytes, the beginning of their "
	    "hash. */\n\nstatic const struct {\n\tconst char *name;\n\tsize_t parties;\n\tconst "
	    "char *links;\n} golden[] = {\n");
	for (i = 0; i < OPERATIONS; i++) {
		for (parties = 2; parties <= 3; parties++) {
			run(&operations[i], parties, links, sizeof(links));
			printf("\t{ \"%s\", %zu,\n\t\t\"", operations[i].name, parties);
			for (char *p = links; *p != '\0'; p++)
				fputs((*p == ',') ? ",\"\n\t\t\"" : (char[]){ *p, '\0' }, stdout);
			printf("\" },\n");
		}
	}
	printf("};\n\n#endif /* !SMPC_TESTS_UNIT_GOLDEN_H */\n");
}

static void
test(const struct operation *op, size_t parties)
{
	char links[1024], again[1024];

	run(op, parties, links, sizeof(links));
	if (!ok(strcmp(links, golden_of(op->name, parties)) == 0, "%s: %zu parties: the same bytes "
	    "as ever", op->name, parties)) {
		tap_note("  got  %s", links);
		tap_note("  want %s", golden_of(op->name, parties));
		tap_note("  if this was meant: golden print >tests/unit/golden.h");
	}
	ok((strstr(links, ">0 ") != NULL) == operation_tells(op), "%s: %zu parties: nothing to the "
	    "dealer that he is not told", op->name, parties);

	/* The comparison sees what a wrong key changes. */
	test_fault = FAULT_NO_MASK;
	run(op, parties, again, sizeof(again));
	test_fault = FAULT_NONE;
	if (!operation_is_bare(op))
		ok(strcmp(links, again) != 0, "%s: %zu parties: other masks are other bytes",
		    op->name, parties);
}

int
main(int argc, char **argv)
{
	size_t i, parties;

	diag_init("golden");
	if (argc > 1 && strcmp(argv[1], "print") == 0) {
		print();
		return (0);
	}
	for (i = 0; i < OPERATIONS; i++) {
		for (parties = 2; parties <= 3; parties++)
			test(&operations[i], parties);
	}
	return (tap_end());
}
