#ifndef SMPC_NN_LEARNER_H
#define SMPC_NN_LEARNER_H

/*
 * A learner: what can be trained on shares, kept in a model stream, and asked for predictions.  A
 * training (job.h), a model (model.h), checkpoints and smpc-predict know learners, and not what is
 * inside one.  A network is one (learner_network.h).
 *
 * Three public things define a learner: its kind; a canonical text that the kind reads ("dense 10,
 * softmax"); and the shape of a row of features.  What it has learnt is in its tensors, which are
 * secret.  The steps that it takes depend on what is public alone.
 *
 * A learner lives like this:
 *
 *   make       from the text and the shape; nothing is known of the engine
 *   start      its tensors have room, and public first values
 *   prepare    features become what its steps take: once for all of a training
 *   begin      a task, this session's part of it
 *   step       each step of each epoch; in between: settle, measure, in_range, and tensors are
 *              written
 *   end        what only steps need is forgotten
 *   predict    at any time after start
 *   free
 *
 * Steps are counted from 0 in each epoch.  A training that goes on from a checkpoint begins with
 * any step of any epoch: what a learner has to know of the steps before is in its tensors, or
 * follows from these and the task, in begin.  The shape of a tensor does not depend on the rows.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nn/task.h"
#include "nn/tensor.h"

#define LEARNER_MAX_TENSORS 385
#define LEARNER_MAX_NAME_BYTES 64
#define LEARNER_MAX_PLACE_BYTES 160

/* What labels are, and predictions with them. */
enum learner_target {
	LEARNER_NUMBERS, /* any */
	LEARNER_BINARY,  /* each is 0 or 1, and its prediction the probability of 1 */
	LEARNER_CLASSES  /* one of a row is 1, and predictions are the probabilities of all */
};

/* In which form predictions are wanted; numbers have no other one than scores. */
enum learner_answer {
	LEARNER_SCORES,        /* before probabilities are made of them; NN_BITS */
	LEARNER_PROBABILITIES, /* NN_BITS */
	LEARNER_DECISIONS      /* 0 or 1 of each label, or the class of the row; no fraction bits */
};

/* Numbers that a learner has learnt. */
struct learner_tensor {
	char name[LEARNER_MAX_NAME_BYTES];
	size_t rows, cols;
	unsigned f;           /* fraction bits */
	bool outputs;         /* its columns are the learner's outputs */
	bool inputs;          /* its columns are the features */
	/*
	 * what steps need and predictions do not, such as an optimizer's averages: kept in
	 * checkpoints, if it has words by then
	 */
	bool state;
	struct mpc_vector *v; /* where its words are: the learner's; n = 0: it has none yet */
};

struct learner;

/* All functions that can fail return 0 or -1 (reported), unless they say what else. */
struct learner_kind {
	/*
	 * What it is called, in a-z and -: in messages, and as the field of a model's header that
	 * holds the text (smpc-share(5)).
	 */
	const char *name;

	/*
	 * Make a learner.  Return NULL, having reported (status 2), if the text cannot be
	 * understood, does not fit the shape, or asks for too much.
	 */
	struct learner *(*make)(const char *text, struct nn_shape in);
	/* Wipe and free. */
	void (*free)(struct learner *l);
	/* Whether predictions need the seed, which then stays in the model.  NULL: no. */
	bool (*seeded)(const char *text);

	/* Make room for the tensors, and set them to public values that follow from ${seed}. */
	int (*start)(struct learner *l, struct mpc *S, uint64_t seed);
	/*
	 * List the tensors, those of the state behind all others; return how many.  Names and
	 * shapes are the same before start.
	 */
	size_t (*tensors)(struct learner *l,
	    struct learner_tensor list[static LEARNER_MAX_TENSORS]);

	/* How many steps an epoch of ${rows} rows has, at least 1. */
	uint64_t (*steps)(const struct learner *l, const struct nn_training *how, size_t rows);
	/*
	 * With how many fraction bits it takes what is standardized, of ${rows} rows.  NULL:
	 * NN_BITS.
	 */
	unsigned (*bits)(const struct learner *l, size_t rows);
	/* How many numbers, roughly, it holds while it trains, without the data. */
	double (*room)(struct learner *l, const struct nn_training *how, size_t rows);
	/*
	 * Replace features by what all steps take in their place, such as what layers that are not
	 * trained give; all data are as begin will have them.  NULL: they stay as they are.
	 */
	int (*prepare)(struct learner *l, struct mpc *S, const struct nn_training *how,
	    struct nn_data *data);
	/* Begin to learn, which may take rounds; the task stays where it is until end. */
	int (*begin)(struct learner *l, struct mpc *S, const struct nn_task *task);
	int (*step)(struct learner *l, struct mpc *S, uint64_t epoch, uint64_t step);
	/*
	 * Whether a step declares the cost of the one before it, so that a plan need not run it; it
	 * then counts as taken.  NULL: no.
	 */
	bool (*repeats)(struct learner *l, struct mpc *S, uint64_t epoch, uint64_t step);
	/*
	 * Do what steps have put off to do it for several of them at once, if it is time, or
	 * ${all} of it: called behind every step, and before tensors are written.  NULL: nothing
	 * is put off.
	 */
	int (*settle)(struct learner *l, struct mpc *S, bool all);
	/*
	 * Compute the figures of an epoch, once all its steps have been taken since begin: the
	 * loss, and how many labels (rows, for classes) are predicted right.  Each is one word with
	 * NN_BITS, summed over all rows, even those that no batch used; NULL where nobody asks.
	 */
	int (*measure)(struct learner *l, struct mpc *S, struct mpc_vector *loss,
	    struct mpc_vector *correct);
	/*
	 * Open one bit to the computing parties, whether what has been learnt is in the range that
	 * further steps and predictions have room for, and, of steps that are settled or if these
	 * are all, whether their numbers had room; with ${each}, a bit for each part of it.  Say
	 * in ${place} where it is not so, "the model" or more; "": nowhere, or, at the dealer and
	 * in a plan, nothing is known.
	 */
	int (*in_range)(struct learner *l, struct mpc *S, bool each,
	    char place[static LEARNER_MAX_PLACE_BYTES]);
	/* Harmless without begin. */
	void (*end)(struct learner *l);

	/*
	 * Of a learner that is a path of several, choose the one that predicts, by its lambda;
	 * NAN: the only one.  Called before predict, once its tensors have words; status 2 where
	 * there is no such one.  NULL: it is one.
	 */
	int (*choose)(struct learner *l, double lambda);
	/*
	 * y = predictions for rows ${x}, with NN_BITS, which may be overwritten.  y has the words
	 * that learner_columns says for each row, and may have a mask from keys.  p->watch, unless
	 * NULL, counts what has no room; its ${most} is a bound of all features.
	 */
	int (*predict)(struct learner *l, const struct nn_pass *p, enum learner_answer answer,
	    struct mpc_vector *y, struct nn_tensor *x);
	/*
	 * What a model is that in_range finds fault with, and the remedy.  NULL: a parameter is
	 * beyond +-2^NN_RANGE_BITS.
	 */
	const char *fault;
};

/* What is common to all kinds; a kind's own structure begins with it. */
struct learner {
	const struct learner_kind *kind;
	const char *text;           /* canonical */
	struct nn_shape in;         /* of a row of features */
	size_t out;                 /* labels of a row, and predictions */
	enum learner_target target;
	const char *gives;          /* what makes probabilities: "sigmoid"; NULL: nothing does */
	bool raw;                   /* labels are not standardized, whatever features are */
	bool offset;                /* rows that are predicted have one (struct nn_pass) */
	/* features are compared, and nothing else: they stay in units of their own, as they are */
	bool orders;
	bool absent;                /* features may be missing, which is learnt from, too */
	bool from_zero;             /* nothing is subtracted from what is standardized */
	size_t widest;              /* numbers of a row where predicting takes most of them */
};

/* All kinds, and NULL. */
extern const struct learner_kind *const learner_kinds[];

/*
 * learner_free(l):
 * Wipe and free; harmless on NULL.
 */
void learner_free(struct learner *l);

/*
 * learner_columns(l, answer):
 * How many numbers a prediction has for each row: one for a class, else as many as outputs.
 */
size_t learner_columns(const struct learner *l, enum learner_answer answer);

/*
 * learner_size(l):
 * How many numbers it learns, without its state.
 */
size_t learner_size(struct learner *l);

/*
 * learner_accuracy(l, correct, rows):
 * The accuracy over ${rows} rows of which ${correct} labels, or rows of classes, are predicted
 * right.
 */
double learner_accuracy(const struct learner *l, double correct, size_t rows);

/*
 * learner_prepare(l, S, how, data):
 * kind->prepare, if there is one.
 */
int learner_prepare(struct learner *l, struct mpc *S, const struct nn_training *how,
    struct nn_data *data);

#endif /* !SMPC_NN_LEARNER_H */
