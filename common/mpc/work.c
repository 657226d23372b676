#include "base/mem.h"
#include "mpc/engine_internal.h"

void *
work_room(struct mpc *S, enum work work, size_t bytes)
{

	if (S->work[work].room == NULL && (S->work[work].room = mem_array(1, bytes)) != NULL)
		S->work[work].bytes = bytes;
	return (S->work[work].room);
}
