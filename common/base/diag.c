#include "base/diag.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char *name = "smpc";
static enum status first = ST_OK;
static struct failure *diverted;  /* NULL: failures are reported */
static int transient; /* columns of the line that is shown until the next message */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void
diag_init(const char *argv0)
{
	const char *slash = (argv0 != NULL) ? strrchr(argv0, '/') : NULL;

	if (slash != NULL && slash[1] != '\0')
		name = slash + 1;
	else if (argv0 != NULL && argv0[0] != '\0')
		name = argv0;
}

const char *
diag_name(void)
{

	return (name);
}

static void
erase_transient(void)
{

	if (transient > 0)
		fprintf(stderr, "\r%*s\r", transient, "");
	transient = 0;
}

void
diag_divert(struct failure *f)
{

	pthread_mutex_lock(&lock);
	if (f != NULL)
		*f = (struct failure){ .status = ST_OK };
	diverted = f;
	pthread_mutex_unlock(&lock);
}

static void __attribute__((format(printf, 2, 0)))
keep_failure(enum status status, const char *format, va_list ap)
{

	if (diverted->status != ST_OK)
		return;
	diverted->status = status;
	(void)vsnprintf(diverted->text, sizeof(diverted->text), format, ap);
}

/*
 * Print one line; text from files and peers must not drive the terminal, so control characters are
 * replaced.
 */
static void __attribute__((format(printf, 1, 0)))
print_message(const char *format, va_list ap)
{
	char line[2048];
	char *p;

	if (vsnprintf(line, sizeof(line), format, ap) < 0)
		strcpy(line, "message could not be formatted");
	for (p = line; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
		/* U+0080 to U+009F are controls, too. */
		if ((unsigned char)p[0] == 0xc2 && (unsigned char)p[1] >= 0x80 &&
		    (unsigned char)p[1] < 0xa0)
			p[0] = p[1] = '?';
	}
	erase_transient();
	fprintf(stderr, "%s: %s\n", name, line);
}

int
fail(enum status status, const char *format, ...)
{
	va_list ap;

	pthread_mutex_lock(&lock);
	va_start(ap, format);
	if (diverted != NULL)
		keep_failure(status, format, ap);
	else {
		print_message(format, ap);
		if (first == ST_OK)
			first = status;
	}
	va_end(ap);
	pthread_mutex_unlock(&lock);
	return (-1);
}

int
fail_errno(const char *what)
{

	return (fail(ST_FAILED, "%s: %s", what, strerror(errno)));
}

void
warn(const char *format, ...)
{
	va_list ap;

	pthread_mutex_lock(&lock);
	va_start(ap, format);
	print_message(format, ap);
	va_end(ap);
	pthread_mutex_unlock(&lock);
}

void
diag_transient(const char *line)
{
	int columns = (int)strlen(line);

	pthread_mutex_lock(&lock);
	if (columns == 0)
		erase_transient();
	else
		fprintf(stderr, "\r%-*s", transient, line);
	transient = (columns > transient || columns == 0) ? columns : transient;
	pthread_mutex_unlock(&lock);
}

enum status
diag_status(void)
{
	enum status s;

	pthread_mutex_lock(&lock);
	s = first;
	pthread_mutex_unlock(&lock);
	return (s);
}
