#ifndef SMPC_CLI_SCHEMA_FAULTS_H
#define SMPC_CLI_SCHEMA_FAULTS_H

/* All faults in one list, which ends before it is too long to be read. */

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

#define FAULTS_TOLD 100

struct schema_faults {
	uint64_t count;
	struct failure untold;
};

/*
 * faults_open(f), faults_close(f, rc):
 * Around what reports one fault at most and returns ${rc}, -1 if it did: count it, and keep it
 * quiet where enough was told.  faults_close returns ${rc}.
 */
void faults_open(struct schema_faults *f);
int faults_close(struct schema_faults *f, int rc);

/*
 * faults_end(f, name):
 * Say how many faults were not told.  Return -1 if there were any, else 0.
 */
int faults_end(const struct schema_faults *f, const char *name);

#endif /* !SMPC_CLI_SCHEMA_FAULTS_H */
