/*
 * A learner that is no network goes through what trains, keeps and asks one: nn_job_run with its
 * figures and checkpoints, a model's field and tensors, predictions; in the clear, by masked
 * parties and in a plan.  It stands in the table of kinds, so that a model's field finds it.
 *
 * "centre" learns the mean of each column.  Its text, "blocks N", says in how many steps an epoch
 * takes the rows, whatever the batch is; what it has added up by then is its state.
 */

#include <stdbool.h>

#include "base/diag.h"
#include "base/mem.h"
#include "nn/job.h"
#include "nn/learner_network.h"
#include "nn/model.h"

#include "catch.h"
#include "tap.h"
#include "world.h"

#define COLS 3
#define ROWS 64
#define ROWS_BITS 6
#define BLOCKS 4
#define EPOCHS 2
#define SEEN 8  /* rows to predict */

/* ---- the learner ---- */

extern const struct learner_kind centre;

const struct learner_kind *const learner_kinds[] = { &learner_network, &centre, NULL };

struct centre {
	struct learner is;
	char text[32];
	size_t blocks;
	struct mpc_vector mean, sum;
	const struct nn_task *task;
	size_t steps; /* that were taken */
	size_t put_off; /* of these, what was not settled */
};

static struct learner *
centre_make(const char *text, struct nn_shape in)
{
	struct centre *c;

	if ((c = mem_array(1, sizeof(*c))) == NULL)
		return (NULL);
	if (sscanf(text, "blocks %zu", &c->blocks) != 1 || c->blocks < 1) {
		fail(ST_USAGE, "'%s' does not say how many blocks there are", text);
		free(c);
		return (NULL);
	}
	snprintf(c->text, sizeof(c->text), "blocks %zu", c->blocks);
	c->is = (struct learner){ .kind = &centre, .text = c->text, .in = in, .out = nn_size(in),
		.target = LEARNER_NUMBERS,
		.widest = nn_size(in) };
	return (&c->is);
}

static void
centre_free(struct learner *l)
{
	struct centre *c = (struct centre *)l;

	mpc_vector_free(&c->mean);
	mpc_vector_free(&c->sum);
	free(c);
}

static int
centre_start(struct learner *l, struct mpc *S, uint64_t seed)
{
	struct centre *c = (struct centre *)l;

	(void)seed;
	return ((mpc_vector_new(S, &c->mean, l->out) == -1 ||
	    mpc_vector_new(S, &c->sum, l->out) == -1) ? -1 : 0);
}

static size_t
centre_tensors(struct learner *l, struct learner_tensor list[static LEARNER_MAX_TENSORS])
{
	struct centre *c = (struct centre *)l;

	list[0] = (struct learner_tensor){ .name = "mean", .rows = 1, .cols = l->out, .f = NN_BITS,
		.outputs = true,
		.v = &c->mean };
	list[1] = (struct learner_tensor){ .name = "sum", .rows = 1, .cols = l->out, .f = NN_BITS,
		.state = true,
		.v = &c->sum };
	return (2);
}

static uint64_t
centre_steps(const struct learner *l, const struct nn_training *how, size_t rows)
{

	(void)how;
	(void)rows;
	return (((const struct centre *)l)->blocks);
}

static double
centre_room(struct learner *l, const struct nn_training *how, size_t rows)
{

	(void)how;
	(void)rows;
	return (2 * (double)l->out);
}

static int
centre_begin(struct learner *l, struct mpc *S, const struct nn_task *task)
{

	(void)S;
	((struct centre *)l)->task = task;
	return (0);
}

static void
centre_end(struct learner *l)
{

	((struct centre *)l)->task = NULL;
}

/*
 * The last block of an epoch divides.  All pay a truncation, exact as it is, so that a plan has
 * something to add up.
 */
static int
centre_step(struct learner *l, struct mpc *S, uint64_t epoch, uint64_t step)
{
	struct centre *c = (struct centre *)l;
	size_t rows = ROWS / c->blocks, n = rows * l->out;
	struct mpc_vector part = mpc_part(&c->task->data.x, step * n, n), sum;
	int rc;

	(void)epoch;
	c->steps++;
	c->put_off++;
	if (mpc_vector_new(S, &sum, l->out) == -1)
		return (-1);
	mpc_columns_sum(&sum, &part, rows, l->out, 1);
	mpc_scale(&sum, &sum, 2);
	rc = mpc_truncate(S, &sum, &sum, 1);
	if (step == 0)
		mpc_zero(&c->sum);
	mpc_add(&c->sum, &c->sum, &sum);
	mpc_vector_free(&sum);
	if (rc == -1 || step + 1 < c->blocks)
		return (rc);
	return (mpc_truncate(S, &c->mean, &c->sum, ROWS_BITS));
}

static bool
centre_repeats(struct learner *l, struct mpc *S, uint64_t epoch, uint64_t step)
{

	(void)S, (void)epoch;
	return (step > 0 && step + 1 < ((const struct centre *)l)->blocks);
}

static int
centre_settle(struct learner *l, struct mpc *S, bool all)
{

	(void)S;
	if (all)
		((struct centre *)l)->put_off = 0;
	return (0);
}

/* The sum of (x - mean)^2 over all rows and columns. */
static int
centre_measure(struct learner *l, struct mpc *S, struct mpc_vector *loss,
    struct mpc_vector *correct)
{
	struct centre *c = (struct centre *)l;
	const struct mpc_vector *x = &c->task->data.x;
	const struct bilinear times = bilinear_elements(x->n);
	struct mpc_vector d, square;
	int rc = -1;

	if (correct != NULL || mpc_vector_new(S, &d, x->n) == -1 ||
	    mpc_vector_new(S, &square, x->n) == -1)
		return (-1);
	mpc_columns_subtract(&d, x, &c->mean, ROWS, l->out);
	if (mpc_product(S, &square, &times, &d, &d) == 0 &&
	    mpc_truncate(S, &square, &square, NN_BITS) == 0)
		rc = 0;
	mpc_rows_sum(loss, &square, 1, x->n);
	mpc_vector_free(&d);
	mpc_vector_free(&square);
	return (rc);
}

/* A test may know more than one bit: of each column, whether its mean is below the bound. */
static int
centre_in_range(struct learner *l, struct mpc *S, bool each,
    char place[static LEARNER_MAX_PLACE_BYTES])
{
	static const int64_t bound = (int64_t)1 << (NN_RANGE_BITS + NN_BITS);
	const struct mpc_comparison above = { .high = 62, .count = 1, .thresholds = &bound };
	word clear[COLS] = { 0 };
	struct mpc_bits bits;
	const struct mpc_selection_term term = { .bit = &bits, .constant = { 1 } };
	const struct mpc_selection s = { .count = 1, .terms = &term, .results = 1 };
	struct mpc_vector marks;
	size_t i;
	int rc = -1;

	if (mpc_bits_new(S, &bits, l->out) == -1 || mpc_vector_new(S, &marks, l->out) == -1)
		return (-1);
	if (mpc_compare(S, &bits, &((struct centre *)l)->mean, &above) == 0 &&
	    mpc_select(S, &marks, &s) == 0)
		rc = mpc_reveal(S, clear, &marks);
	place[0] = '\0';
	for (i = 0; i < l->out; i++) {
		if (clear[i] != 0 && place[0] == '\0' && each)
			snprintf(place, LEARNER_MAX_PLACE_BYTES, "column %zu", i + 1);
		else if (clear[i] != 0 && place[0] == '\0')
			snprintf(place, LEARNER_MAX_PLACE_BYTES, "the model");
	}
	mpc_bits_free(&bits);
	mpc_vector_free(&marks);
	return (rc);
}

/* How far a row is from the mean. */
static int
centre_predict(struct learner *l, const struct nn_pass *p, enum learner_answer answer,
    struct mpc_vector *y, struct nn_tensor *x)
{

	if (answer != LEARNER_SCORES)
		return (-1);
	mpc_columns_subtract(y, &x->v, &((struct centre *)l)->mean, p->rows, l->out);
	return (0);
}

const struct learner_kind centre = {
	.name = "centre",
	.make = centre_make,
	.free = centre_free,
	.start = centre_start,
	.tensors = centre_tensors,
	.steps = centre_steps,
	.room = centre_room,
	.begin = centre_begin,
	.step = centre_step,
	.repeats = centre_repeats,
	.settle = centre_settle,
	.measure = centre_measure,
	.in_range = centre_in_range,
	.end = centre_end,
	.predict = centre_predict,
};

/* ---- a training, at one party ---- */

/* What a party kept of a model: its field, and the words of each tensor. */
struct kept {
	char *json;
	size_t n;
	char name[NN_MODEL_MAX_TENSORS][LEARNER_MAX_NAME_BYTES];
	uint64_t m[NN_MODEL_MAX_TENSORS][COLS], lam[NN_MODEL_MAX_TENSORS][COLS];
};

struct study {
	size_t parties;             /* 0: in the clear */
	uint64_t x[ROWS * COLS];
	uint64_t every;             /* steps between checkpoints */
	uint64_t keep;              /* the step whose words are kept */
	bool resume;                /* from what was kept */
	struct kept kept[WORLD_MAX];
	/* What came of it. */
	struct world_held mean, scores;
	size_t steps[WORLD_MAX], checkpoints[WORLD_MAX], epochs[WORLD_MAX];
	struct nn_progress last[WORLD_MAX];
};

/* What the callbacks of a job get. */
struct seat {
	struct study *study;
	size_t self;
	struct learner *l;
};

static struct nn_model *
describe(const struct learner *l, uint64_t step)
{
	static const char *const names[COLS] = { "a", "b", "c" };
	struct nn_model *m = nn_model_new(l, 7);

	if (m == NULL || nn_model_names(&m->labels, &m->n_labels, names, COLS) == -1)
		tap_bail("a model");
	m->step = step;
	if ((m->job = mem_copy_string("digest", 6)) == NULL)
		tap_bail("memory");
	return (m);
}

static void
copy_words(uint64_t *to, const uint64_t *from)
{

	if (to != NULL && from != NULL)
		memcpy(to, from, COLS * sizeof(*to));
}

/* Keep all that a checkpoint would have. */
static int
keep(void *state, uint64_t step)
{
	struct nn_model_tensor list[NN_MODEL_MAX_TENSORS];
	struct seat *s = state;
	struct kept *k = &s->study->kept[s->self];
	struct nn_model *m;
	size_t n, i;

	if (((struct centre *)s->l)->put_off > 0)
		return (-1); /* what a checkpoint holds is settled */
	s->study->checkpoints[s->self]++;
	if (step != s->study->keep || s->study->resume)
		return (0);
	m = describe(s->l, step);
	n = nn_model_tensors(m, s->l, list);
	for (k->n = 0, i = NN_MODEL_OWN_TENSORS; i < n; i++, k->n++) {
		snprintf(k->name[k->n], sizeof(k->name[k->n]), "%s", list[i].name);
		copy_words(k->m[k->n], list[i].v->held.m);
		copy_words(k->lam[k->n], list[i].v->held.lam);
	}
	if (nn_model_encode(m, &k->json) == -1)
		return (-1);
	nn_model_free(m);
	return (0);
}

static int
tell(void *state, const struct nn_progress *p)
{
	struct seat *s = state;

	s->study->epochs[s->self]++;
	s->study->last[s->self] = *p;
	return (0);
}

/* Make the learner of a field, with the words that were kept; return the step to go on with. */
static struct learner *
restore(struct mpc *S, const struct kept *k, uint64_t *step)
{
	struct nn_model *m = nn_model_decode(k->json, "checkpoint");
	struct nn_model_tensor list[NN_MODEL_MAX_TENSORS];
	struct learner *l;
	size_t n, i, j;

	if (m == NULL || (l = nn_model_learner(m)) == NULL || m->kind->start(l, S, m->seed) == -1)
		return (NULL);
	n = nn_model_tensors(m, l, list);
	for (i = NN_MODEL_OWN_TENSORS; i < n; i++) {
		for (j = 0; j < k->n; j++) {
			if (strcmp(k->name[j], list[i].name) != 0)
				continue;
			copy_words(list[i].v->held.m, k->m[j]);
			copy_words(list[i].v->held.lam, k->lam[j]);
		}
	}
	*step = m->step;
	nn_model_free(m);
	return (l);
}

/* The rows, as a party has them. */
static void
take_rows(struct mpc *S, const struct study *s, size_t self, struct mpc_vector *x)
{

	if (mpc_vector_new(S, x, ROWS * COLS) == -1)
		tap_bail("memory");
	if (s->parties == 0)
		memcpy(x->held.m, s->x, sizeof(s->x));
	else
		world_share(s->parties, self, x->held.m, x->held.lam, s->x, x->n, 1, false);
}

static void
hold(const struct study *s, struct world_held *h, size_t self, const struct mpc_vector *v)
{
	uint64_t none[ROWS * COLS] = { 0 };

	world_hold(h, self, v->held.m, (s->parties == 0) ? none : v->held.lam, v->n);
}

/* Scores of the first rows. */
static int
predict(struct mpc *S, struct study *s, size_t self, struct learner *l, const struct mpc_vector *x)
{
	const struct nn_pass pass = { .S = S, .rows = SEEN, .threads = 1 };
	struct nn_tensor rows = { .v = mpc_part(x, 0, SEEN * COLS), .f = NN_BITS };
	struct mpc_vector y;
	int rc;

	if (mpc_vector_new(S, &y, SEEN * learner_columns(l, LEARNER_SCORES)) == -1)
		return (-1);
	rc = l->kind->predict(l, &pass, LEARNER_SCORES, &y, &rows);
	hold(s, &s->scores, self, &y);
	mpc_vector_free(&y);
	return (rc);
}

static int
study_party(struct mpc *S, size_t self, void *state)
{
	struct study *s = state;
	struct seat seat = { .study = s, .self = self };
	struct nn_job job = { .every = s->every, .progress = tell, .checkpoint = keep,
		.state = &seat };
	struct mpc_vector *mean;
	int rc;

	s->epochs[self] = s->checkpoints[self] = 0;
	job.task = (struct nn_task){ .how = { .epochs = EPOCHS, .batch = 5 }, .loss = true };
	job.task.data.rows = ROWS;
	take_rows(S, s, self, &job.task.data.x);
	if (s->resume)
		job.learner = restore(S, &s->kept[self], &job.step);
	else if ((job.learner = centre.make("blocks 4", (struct nn_shape){ COLS, 1, 1 })) != NULL &&
	    centre.start(job.learner, S, 1) == -1)
		return (-1);
	if ((seat.l = job.learner) == NULL)
		return (-1);
	rc = nn_job_run(&job, S);
	s->steps[self] = ((struct centre *)job.learner)->steps;
	mean = &((struct centre *)job.learner)->mean;
	hold(s, &s->mean, self, mean);
	if (predict(S, s, self, job.learner, &job.task.data.x) == -1)
		rc = -1;
	mpc_vector_free(&job.task.data.x);
	learner_free(job.learner);
	return (rc);
}

/* ---- tests ---- */

/* By all parties, or in the clear by one. */
static void
run_study(struct study *s, struct world *w)
{
	struct mpc *S;

	if (s->parties > 0) {
		if (world_run(w, study_party, s) != 0)
			tap_bail("training");
		return;
	}
	if ((S = mpc_new_plain(true)) == NULL || study_party(S, 1, s) == -1)
		tap_bail("training");
	mpc_free(S);
}

static bool
open_held(const struct study *s, struct world_held *h, uint64_t *clear, size_t n)
{

	if (s->parties > 0)
		return (world_open(h, s->parties, clear, n, false));
	memcpy(clear, h->m[1], n * sizeof(*clear));
	free(h->m[1]);
	free(h->lam[1]);
	return (true);
}

/* The floor of the mean of each column, the first rows less it, and the mean of squares. */
static double
expect(const struct study *s, uint64_t mean[static COLS], uint64_t scores[static SEEN * COLS])
{
	int64_t sum;
	double loss = 0;
	size_t i, k;

	for (k = 0; k < COLS; k++) {
		for (sum = 0, i = 0; i < ROWS; i++)
			sum += (int64_t)s->x[i * COLS + k];
		mean[k] = (uint64_t)(int64_t)floor(ldexp((double)sum, -ROWS_BITS));
		for (i = 0; i < SEEN; i++)
			scores[i * COLS + k] = s->x[i * COLS + k] - mean[k];
		for (i = 0; i < ROWS; i++)
			loss += pow(ldexp((double)(int64_t)(s->x[i * COLS + k] - mean[k]),
			    -NN_BITS), 2) / ROWS;
	}
	return (loss);
}

static void
check_study(struct study *s, const char *what)
{
	uint64_t want[COLS], want_scores[SEEN * COLS], got[COLS], got_scores[SEEN * COLS];
	double loss = expect(s, want, want_scores);

	ok(open_held(s, &s->mean, got, COLS) && open_held(s, &s->scores, got_scores, SEEN * COLS),
	    "%s, %zu parties: they hold the same", what, s->parties);
	ok_bytes(got, want, sizeof(want), "  the means");
	ok_bytes(got_scores, want_scores, sizeof(want_scores), "  the predictions");
	ok(s->last[1].epoch == EPOCHS && s->last[1].step == (uint64_t)EPOCHS * BLOCKS &&
	    s->last[1].has_loss == !s->resume && !s->last[1].has_accuracy, "  %s of epoch %d",
	    s->resume ? "no figures" : "figures", EPOCHS);
	if (!s->resume)
		ok_near(s->last[1].loss, loss, 1e-3, "  the loss");
}

static void
fill(struct study *s, double middle)
{
	uint64_t seed = 5;
	size_t i;

	for (i = 0; i < ROWS * COLS; i++)
		s->x[i] = (uint64_t)(((int64_t)world_random(&seed) >> (62 - NN_BITS)) +
		    (int64_t)ldexp((i % COLS == 1) ? middle : 0, NN_BITS));
}

/* A whole training, and one that goes on from a checkpoint in the middle of the last epoch. */
static void
test_study(size_t parties)
{
	struct study *s;
	struct world w;
	size_t i;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		tap_bail("memory");
	memset(&w, 0, sizeof(w));
	w.n = s->parties = parties;
	w.faithful = true;
	s->every = 3;
	s->keep = 6;
	fill(s, -2);
	run_study(s, &w);
	check_study(s, "all steps");
	ok(s->steps[1] == EPOCHS * BLOCKS && s->epochs[1] == EPOCHS && s->checkpoints[1] == 3,
	    "  %zu steps, %zu epochs, %zu checkpoints", s->steps[1], s->epochs[1],
	    s->checkpoints[1]);
	ok_str(s->kept[1].json, "{\"centre\":\"blocks 4\",\"input\":[3,1,1],\"job\":\"digest\","
	    "\"labels\":[\"a\",\"b\",\"c\"],\"step\":6}", "  the field of the checkpoint");
	ok(s->kept[1].n == 2, "  %zu tensors in it", s->kept[1].n);
	s->resume = true;
	run_study(s, &w);
	check_study(s, "on from step 6");
	ok(s->steps[1] == 2 && s->epochs[1] == 1, "  %zu steps, %zu epoch", s->steps[1],
	    s->epochs[1]);
	for (i = 0; i <= parties || i < 2; i++)
		free(s->kept[i].json);
	free(s);
}

/* What is beyond the range ends a training, and is named. */
static void
test_range(bool watch)
{
	struct mpc *S = mpc_new_plain(true);
	struct study *s = calloc(1, sizeof(*s));
	struct nn_job job = { .watch = watch };
	struct failure fault = { .status = ST_OK };
	int rc;

	if (S == NULL || s == NULL ||
	    (job.learner = centre.make("blocks 2", (struct nn_shape){ COLS, 1, 1 })) == NULL ||
	    centre.start(job.learner, S, 1) == -1)
		tap_bail("memory");
	fill(s, 1500);
	job.task.how.epochs = 5;
	job.task.data.rows = ROWS;
	take_rows(S, s, 1, &job.task.data.x);
	diag_divert(&fault);
	rc = nn_job_run(&job, S);
	diag_divert(NULL);
	ok(rc == -1 && fault.status == ST_RANGE, "a mean of 1500 is out of range");
	ok(strstr(fault.text, watch ? "after 2 steps a parameter of column 2 is beyond +-1024" :
	    "after 10 steps a parameter of the model is beyond +-1024") != NULL, "  %s",
	    fault.text);
	mpc_vector_free(&job.task.data.x);
	learner_free(job.learner);
	mpc_free(S);
	free(s);
}

/*
 * A network whose steps all have room: what is found to have had none stays found when training
 * goes on from a checkpoint, whose tensors have the count.
 */
static void
test_found(uint64_t found)
{
	struct mpc *S = mpc_new_plain(true);
	struct nn_job job = { .task = { .how = { .rate = 0.1, .batch = 16, .epochs = 2,
		.threads = 1 } } };
	struct nn_data *data = &job.task.data;
	struct learner_tensor list[LEARNER_MAX_TENSORS];
	struct failure fault = { .status = ST_OK };
	size_t n;
	int rc;

	job.learner = learner_network.make("dense 3, relu, dense 1, sigmoid",
	    (struct nn_shape){ COLS, 1, 1 });
	data->rows = ROWS;
	if (S == NULL || job.learner == NULL || learner_network.start(job.learner, S, 1) == -1 ||
	    mpc_vector_new(S, &data->x, ROWS * COLS) == -1 ||
	    mpc_vector_new(S, &data->labels, ROWS) == -1)
		tap_bail("memory");
	n = learner_network.tensors(job.learner, list);
	mpc_add_public(list[n - 1].v, list[n - 1].v, (int64_t)found);
	diag_divert(&fault);
	rc = nn_job_run(&job, S);
	diag_divert(NULL);
	ok(rc == ((found > 0) ? -1 : 0) && fault.status == ((found > 0) ? ST_RANGE : ST_OK),
	    "a network of which %u numbers had no room before%s", (unsigned)found,
	    (found > 0) ? ": refused" : "");
	if (found > 0)
		ok(strstr(fault.text, "after 8 steps a parameter of the model is beyond +-1024, or "
		    "numbers that it was learnt from had no room") != NULL, "  %s", fault.text);
	mpc_vector_free(&data->x);
	mpc_vector_free(&data->labels);
	learner_free(job.learner);
	mpc_free(S);
}

/* What a plan of three epochs declares; return how many steps it runs. */
static size_t
run_plan(const struct learner_kind *kind, struct mpc_cost *cost)
{
	struct mpc *S = mpc_new_plan(2, true);
	struct nn_job job = { .task = { .how = { .epochs = 3 }, .plan = true } };
	size_t steps;

	if (S == NULL ||
	    (job.learner = centre.make("blocks 4", (struct nn_shape){ COLS, 1, 1 })) == NULL ||
	    centre.start(job.learner, S, 1) == -1 ||
	    mpc_vector_new(S, &job.task.data.x, ROWS * COLS) == -1)
		tap_bail("memory");
	job.learner->kind = kind;
	job.task.data.rows = ROWS;
	if (nn_job_run(&job, S) == -1)
		tap_bail("a plan");
	*cost = *mpc_declared(S);
	steps = ((struct centre *)job.learner)->steps;
	mpc_vector_free(&job.task.data.x);
	learner_free(job.learner);
	mpc_free(S);
	return (steps);
}

/* Steps that cost the same again need not be run. */
static void
test_plan(void)
{
	struct learner_kind all = centre;
	struct mpc_cost some_cost, all_cost;

	all.repeats = NULL;
	ok_u64(run_plan(&centre, &some_cost), 6, "a plan runs 6 steps of 12");
	ok_u64(run_plan(&all, &all_cost), 12, "or, not knowing which of them repeat, all");
	ok(all_cost.rounds > 0 && memcmp(&some_cost, &all_cost, sizeof(all_cost)) == 0,
	    "and declares the same");
}

/* A field of a model, and what is said of it; NULL: nothing. */
static void
test_field(const char *json, const char *message)
{
	struct learner *l = NULL;
	struct nn_model *m;
	const char *said;

	catch_begin();
	if ((m = nn_model_decode(json, "x")) != NULL)
		l = nn_model_learner(m);
	said = catch_end();
	if (message == NULL)
		ok(l != NULL && *said == '\0', "%s: a %s, '%s'", json, (l != NULL) ?
		    l->kind->name : "fault", (l != NULL) ? l->text : said);
	else if (ok(l == NULL && catch_lines(said) == 1, "%s: is refused", json))
		ok(strstr(said, message) != NULL, "  %s", message);
	learner_free(l);
	nn_model_free(m);
}

/* What only steps need is in no model but a checkpoint. */
static void
test_state(void)
{
	struct nn_model_tensor list[NN_MODEL_MAX_TENSORS];
	struct learner *l = centre.make("blocks 4", (struct nn_shape){ COLS, 1, 1 });
	struct nn_model *m;
	size_t n;

	if (l == NULL)
		tap_bail("memory");
	m = describe(l, 0);
	n = nn_model_tensors(m, l, list);
	ok(n == 7 && strcmp(list[5].name, "mean") == 0 && strcmp(list[5].columns[1], "b") == 0 &&
	    !list[5].optional && list[6].optional, "a checkpoint has the mean and the sum");
	ok(strcmp(list[NN_MODEL_LABEL_SCALE].name, "label.scale") == 0 &&
	    strcmp(list[NN_MODEL_LABEL_SCALE].columns[1], "b") == 0 &&
	    list[NN_MODEL_LABEL_SCALE].cols == COLS && list[NN_MODEL_LABEL_SCALE].f == 24,
	    "and may have what numbers that it gives were standardized by");
	free(m->job);
	m->job = NULL;
	ok(nn_model_tensors(m, l, list) == 6, "a model has the mean");
	learner_free(l);
	nn_model_free(m);
}

/* The tensors that a model of a network has, in their order. */
static void
test_network_tensors(void)
{
	static const char *const names[] = { "standardize.mean", "standardize.scale", "", "",
		"fill", "dense1.weight", "dense1.bias", "dense1.weight.state1",
		"dense1.weight.state2", "dense1.bias.state1", "dense1.bias.state2", "beyond" };
	struct nn_model_tensor list[NN_MODEL_MAX_TENSORS];
	struct learner *l = learner_network.make("dense 1,sigmoid", (struct nn_shape){ 4, 1, 1 });
	struct nn_model *m = (l != NULL) ? nn_model_new(l, 1) : NULL;
	size_t n, i, same = 0;

	if (m == NULL)
		tap_bail("a network");
	ok(nn_model_tensors(m, l, list) == 7, "a network's model has no state");
	m->job = mem_copy_string("x", 1);
	n = nn_model_tensors(m, l, list);
	for (i = 0; i < n && i < 12; i++)
		same += strcmp(list[i].name, names[i]) == 0;
	ok(n == 12 && same == 12 && list[5].v != NULL && list[0].v == NULL, "its checkpoint has: "
	    "%zu of %zu tensors as expected", same, n);
	ok(l->target == LEARNER_BINARY && l->out == 1 && learner_size(l) == 5 &&
	    learner_network_of(l) != NULL, "it gives probabilities, and learns %zu numbers",
	    learner_size(l));
	learner_free(l);
	nn_model_free(m);
}

int
main(void)
{

	diag_init("learner");
	test_study(0);
	test_study(2);
	test_study(3);
	test_range(false);
	test_range(true);
	test_found(0);
	test_found(1);
	test_plan();
	test_state();
	test_network_tensors();
	test_field("{\"centre\":\"blocks  4\",\"input\":[2,1,1]}", NULL);
	test_field("{\"network\":\"dense 1, sigmoid\",\"input\":[2,1,1]}", NULL);
	test_field("{\"centre\":\"4\",\"input\":[2,1,1]}", "x: header: field 'model': '4' does not "
	    "say how many blocks there are");
	test_field("{\"forest\":\"4\",\"input\":[2,1,1]}", "x: header: field 'model' is not one of "
	    "a network");
	test_field("{\"centre\":\"blocks 4\",\"network\":\"dense 1\",\"input\":[2,1,1]}",
	    "x: header: field 'model' is not one of a network");
	test_field("{\"centre\":\"blocks 4\",\"input\":[2,1,1],\"labels\":[\"a\"]}",
	    "x: header: field 'model' has 1 labels, and its centre gives 2 numbers");
	test_field("{\"centre\":\"blocks 4\",\"input\":[2,1,1],\"label-columns\":[null],"
	    "\"labels\":[\"a\",\"b\"]}",
	    "x: header: field 'model' has 2 labels, and says what 1 are");
	test_field("{\"centre\":\"blocks 4\",\"input\":[2,1,1],\"label-columns\":[null]}",
	    "x: header: field 'model' has 1 labels, and its centre gives 2 numbers");
	test_field("{\"centre\":\"blocks 4\",\"input\":[2,1,1],\"label-columns\":[null,null],"
	    "\"feature-columns\":[null,null]}", NULL);
	test_field("{\"centre\":\"blocks 4\",\"input\":[2,1,1],\"feature-columns\":[null]}",
	    "x: header: field 'model' is not one of a network");
	test_field("{\"centre\":\"blocks 4\",\"input\":[2,1,1],\"schema\":1}",
	    "x: header: field 'model' is not one of a network");
	return (tap_end());
}
