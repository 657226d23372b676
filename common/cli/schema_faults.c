#include "cli/schema_faults.h"

#include <inttypes.h>

void
faults_open(struct schema_faults *f)
{

	if (f->count >= FAULTS_TOLD)
		diag_divert(&f->untold);
}

int
faults_close(struct schema_faults *f, int rc)
{

	if (f->count >= FAULTS_TOLD)
		diag_divert(NULL);
	f->count += (rc == -1);
	return (rc);
}

int
faults_end(const struct schema_faults *f, const char *name)
{

	if (f->count > FAULTS_TOLD)
		warn("%s: %" PRIu64 " more faults", name, f->count - FAULTS_TOLD);
	return ((f->count > 0) ? -1 : 0);
}
