#ifndef SMPC_DATA_PRINT_H
#define SMPC_DATA_PRINT_H

/*
 * Printing what shares hold: CSV, JSON, .npy, safetensors, a public share stream, a table of a
 * model's coefficients, or trees as xgboost has them.
 */

#include <stdbool.h>

#include "data/combine.h"

enum print_format { PRINT_CSV, PRINT_JSON, PRINT_NPY, PRINT_SAFETENSORS, PRINT_STREAM,
	PRINT_TABLE, PRINT_XGBOOST };

struct print_options {
	enum print_format format;
	const char *path;   /* NULL: standard output */
	const char *tensor; /* NULL: all */
	bool ratios;        /* in a table */
	bool is_signed;     /* residues above Q / 2 are negative */
	bool is_partial;    /* some shares are not there, and words are noise */
};

/*
 * print_tensors(c, how):
 * Print everything that ${c} gives.  Numbers are the shortest decimals that are shared as the same
 * words again; in .npy and safetensors files they are the nearest float64, or integers where there
 * are neither fraction bits nor divisor.  CSV separates tensors by an empty line; a .npy file holds
 * one tensor.  Where a value is missing, CSV has an empty field, JSON null, and float64 is NaN; if
 * the column of presence that tells is not there, that is refused (status 5).  JSON and safetensors
 * say what a model is for, unless one tensor of it was chosen.  A table is of a whole model
 * (coefficients.h, trees_model.h), and so is the JSON of xgboost.
 * Return 0 or -1 (reported; a file is then not left behind).
 */
int print_tensors(struct combine *c, const struct print_options *how);

#endif /* !SMPC_DATA_PRINT_H */
