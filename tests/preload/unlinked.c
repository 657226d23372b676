/*
 * A library that is loaded before others (LD_PRELOAD): files cannot have several names, as on file
 * systems without hard links.
 */

#include <errno.h>
#include <unistd.h>

int
link(const char *from, const char *to)
{

	(void)from;
	(void)to;
	errno = EPERM;
	return (-1);
}

int
linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{

	(void)from_dir;
	(void)from;
	(void)to_dir;
	(void)to;
	(void)flags;
	errno = EPERM;
	return (-1);
}
