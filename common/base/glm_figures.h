#ifndef SMPC_BASE_GLM_FIGURES_H
#define SMPC_BASE_GLM_FIGURES_H

/*
 * The columns of the tensor "figures" of a generalized linear model (smpc-share(5), Models): sums
 * over the rows, of weights w, offsets o, labels y as they are learnt, and r = y / mu - 1.
 */
enum glm_figure {
	GLM_ROWS,       /* how many there are */
	GLM_UNIT,       /* the information is the inverse of the covariance times 2 to this */
	GLM_WEIGHT,     /* w */
	GLM_LABEL,      /* w y; gaussian: w (y - o); gamma: w y e^-o */
	GLM_DEVIANCE,   /* half of the deviance; gaussian: all of it */
	/*
	 * gaussian: w (y - o)^2; poisson: w y (ln y - o); gamma: w (ln y - o); binomial with an
	 * offset: half of the null deviance, or below 0 where it was not found
	 */
	GLM_NULL,
	GLM_OFFSET,     /* poisson: w e^o */
	GLM_PEARSON,    /* gamma: w r^2 */
	/* gamma: w ln y; poisson: w (ln z! - z ln z + z), z = y / scale, with ln y for ln z */
	GLM_LOGARITHM,
	/* poisson: w where y is not 0; of proportions: -w (y ln y + (1 - y) ln(1 - y)) */
	GLM_POSITIVE,
	GLM_SCALE,      /* poisson, gamma: 2^12 times what labels were multiplied by */
	GLM_MEAN,       /* poisson, gamma: the reciprocal of that, without the 2^12 */
	GLM_PRIOR,      /* weights were divided by 2 to this */
	/*
	 * of rows that have a weight, without it: gaussian: ln w; of proportions, with m trials and
	 * k = m y: the sum of ln z! - z ln z + z for m, less those for k and m - k
	 */
	GLM_ALONE,
	GLM_FIGURES
};

#endif /* !SMPC_BASE_GLM_FIGURES_H */
