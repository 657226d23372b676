#include "nn/learner.h"

void
learner_free(struct learner *l)
{

	if (l != NULL)
		l->kind->free(l);
}

size_t
learner_columns(const struct learner *l, enum learner_answer answer)
{

	return ((answer == LEARNER_DECISIONS && l->target == LEARNER_CLASSES) ? 1 : l->out);
}

size_t
learner_size(struct learner *l)
{
	struct learner_tensor list[LEARNER_MAX_TENSORS];
	size_t n = l->kind->tensors(l, list), size = 0, i;

	for (i = 0; i < n && !list[i].state; i++)
		size += list[i].rows * list[i].cols;
	return (size);
}

double
learner_accuracy(const struct learner *l, double correct, size_t rows)
{
	double accuracy = correct / (double)rows;

	return ((l->target == LEARNER_CLASSES) ? accuracy : accuracy / (double)l->out);
}

int
learner_prepare(struct learner *l, struct mpc *S, const struct nn_training *how,
    struct nn_data *data)
{

	return ((l->kind->prepare == NULL) ? 0 : l->kind->prepare(l, S, how, data));
}
