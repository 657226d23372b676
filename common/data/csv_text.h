#ifndef SMPC_DATA_CSV_TEXT_H
#define SMPC_DATA_CSV_TEXT_H

/* Names in CSV that is printed. */

#include "base/mem.h"

/*
 * csv_text_name(text, name):
 * Append a name, in quotes where it would be taken for a number, or lose blanks at its ends, or end
 * early.  Return 0 or -1 (reported).
 */
int csv_text_name(struct buf *text, const char *name);

#endif /* !SMPC_DATA_CSV_TEXT_H */
