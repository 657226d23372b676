#ifndef SMPC_BASE_DISTRIBUTION_H
#define SMPC_BASE_DISTRIBUTION_H

/* Distributions that statistics are held against, in float64. */

/*
 * distribution_normal(z), distribution_student(t, freedom):
 * The probability that a number of the standard normal distribution, or of Student's with
 * ${freedom} > 0, is at least as far from 0 as this.  NaN where this is.
 *
 * Error    1e-12 of the result, down to 1e-300.
 */
double distribution_normal(double z);
double distribution_student(double t, double freedom);

/*
 * distribution_fisher(f, above, below), distribution_chi_square(square, freedom):
 * The probability that a number of the F distribution with ${above} and ${below} > 0 degrees of
 * freedom, or of the chi-square distribution with ${freedom} > 0, is larger than this.
 *
 * Error    1e-11 of the result, down to 1e-300.
 */
double distribution_fisher(double f, double above, double below);
double distribution_chi_square(double square, double freedom);

/*
 * distribution_normal_beyond(p), distribution_student_beyond(p, freedom):
 * The reverse: from where on it is ${p}, 1e-12 < p < 1.
 */
double distribution_normal_beyond(double p);
double distribution_student_beyond(double p, double freedom);

#endif /* !SMPC_BASE_DISTRIBUTION_H */
