#ifndef SMPC_BASE_LASSO_FIGURES_H
#define SMPC_BASE_LASSO_FIGURES_H

/*
 * The columns of the tensor "figures" of a path of lassos (smpc-share(5), Models): of n rows with
 * labels y as they are learnt.
 */
enum lasso_figure {
	LASSO_ROWS,     /* n */
	LASSO_LABEL,    /* mean of y */
	LASSO_SQUARE,   /* gaussian: mean of y^2 */
	/* of each lambda, half the mean of the deviance; gaussian: mean of squared residuals */
	LASSO_DEVIANCE
};

#endif /* !SMPC_BASE_LASSO_FIGURES_H */
