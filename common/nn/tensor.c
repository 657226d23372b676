#include "nn/tensor.h"

#include <string.h>

#include "base/num.h"

size_t
nn_size(struct nn_shape s)
{

	return (s.channels * s.height * s.width);
}

int
nn_shape_parse(const char *text, struct nn_shape *s)
{
	size_t *sides[3] = { &s->channels, &s->height, &s->width }, i, len;
	uint64_t v;

	for (i = 0; i < 3; i++) {
		len = strcspn(text, "x");
		if (num_parse_u64(text, len, 1 << 20, &v) == -1 || v == 0 ||
		    (text[len] == '\0') != (i == 2))
			return (-1);
		*sides[i] = (size_t)v;
		text += len + 1;
	}
	return (0);
}

/* x 2^f' -> x 2^f for f < f'.  Exact to one unit of the result; needs |x| < 2^(62 - f'). */
int
nn_settle(struct mpc *S, struct nn_tensor *x, unsigned f)
{

	if (x->f <= f)
		return (0);
	if (mpc_truncate(S, &x->v, &x->v, x->f - f) == -1)
		return (-1);
	x->f = f;
	return (0);
}
