#ifndef SMPC_TESTS_UNIT_TAP_H
#define SMPC_TESTS_UNIT_TAP_H

/*
 * Test Anything Protocol for the unit programs.  A program is
 *
 *	int
 *	main(void)
 *	{
 *
 *		tap_plan(2);
 *		ok(num_parse("7", 0, 9, &v) == 0, "a digit is a number");
 *		ok_u64(v, 7, "and has its value");
 *		return (tap_end());
 *	}
 *
 * A failed check prints "not ok", the line it came from and both values, and the program goes on.
 * Checks are made by one thread only.
 */

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * SANITIZED:
 * Whether a sanitizer is compiled in, under which a program takes several times as long.
 */
#ifdef __has_feature
#define TAP_FEATURE(f) __has_feature(f)
#else
#define TAP_FEATURE(f) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    TAP_FEATURE(address_sanitizer) || TAP_FEATURE(thread_sanitizer) || TAP_FEATURE(memory_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static size_t tap_planned;
static size_t tap_run;
static size_t tap_failed;

/*
 * tap_plan(count):
 * Announce ${count} checks, first of all.  Without it, tap_end announces the number that was run,
 * and a check that was left out by mistake goes unseen.
 */
static inline void
tap_plan(size_t count)
{

	tap_planned = count;
	printf("1..%zu\n", count);
	fflush(stdout);
}

/*
 * tap_note(format, ...):
 * Print one line of comment.
 */
__attribute__((format(printf, 1, 2))) static inline void
tap_note(const char *format, ...)
{
	va_list ap;

	fputs("# ", stdout);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/*
 * tap_check(condition, file, line, format, ...):
 * Print one result; use it through ok(...).  Return ${condition}.
 */
__attribute__((format(printf, 4, 5))) static inline int
tap_check(int condition, const char *file, int line, const char *format, ...)
{
	va_list ap;

	tap_run++;
	if (!condition)
		tap_failed++;
	printf("%sok %zu - ", condition ? "" : "not ", tap_run);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	if (!condition)
		printf("#   failed at %s:%d\n", file, line);
	fflush(stdout);
	return (condition);
}

/*
 * tap_skip(count, reason):
 * Count ${count} checks as skipped, each with the ${reason}.
 */
static inline void
tap_skip(size_t count, const char *reason)
{

	while (count-- > 0)
		printf("ok %zu # SKIP %s\n", ++tap_run, reason);
	fflush(stdout);
}

/*
 * tap_skip_all(reason):
 * End a program that cannot run here, in place of a plan.
 */
static inline void
tap_skip_all(const char *reason)
{

	printf("1..0 # SKIP %s\n", reason);
	exit(0);
}

/*
 * tap_bail(reason):
 * Give up: the rest cannot be checked.
 */
static inline void
tap_bail(const char *reason)
{

	printf("Bail out! %s\n", reason);
	exit(1);
}

/*
 * tap_end():
 * Return the program's exit status: 0 if every planned check was run and held.
 */
static inline int
tap_end(void)
{

	if (tap_planned == 0)
		printf("1..%zu\n", tap_run);
	else if (tap_planned != tap_run)
		tap_note("planned %zu checks, ran %zu", tap_planned, tap_run);
	if (fflush(stdout) != 0)
		return (1);
	return (tap_failed > 0 || tap_run == 0 || (tap_planned != 0 && tap_planned != tap_run));
}

static inline int
tap_check_u64(uint64_t got, uint64_t want, const char *file, int line, const char *what)
{

	if (!tap_check(got == want, file, line, "%s", what))
		tap_note("  got %" PRIu64 " (0x%" PRIx64 "), want %" PRIu64 " (0x%" PRIx64 ")", got,
		    got, want, want);
	return (got == want);
}

static inline int
tap_check_i64(int64_t got, int64_t want, const char *file, int line, const char *what)
{

	if (!tap_check(got == want, file, line, "%s", what))
		tap_note("  got %" PRId64 ", want %" PRId64, got, want);
	return (got == want);
}

static inline int
tap_check_near(double got, double want, double error, const char *file, int line, const char *what)
{
	int near = (fabs(got - want) <= error);

	if (!tap_check(near, file, line, "%s", what))
		tap_note("  got %.17g, want %.17g within %.3g", got, want, error);
	return (near);
}

static inline int
tap_check_str(const char *got, const char *want, const char *file, int line, const char *what)
{
	int same = (got == NULL || want == NULL) ? (got == want) : (strcmp(got, want) == 0);

	if (!tap_check(same, file, line, "%s", what)) {
		tap_note("  got  %s", (got != NULL) ? got : "(null)");
		tap_note("  want %s", (want != NULL) ? want : "(null)");
	}
	return (same);
}

static inline void
tap_note_bytes(const char *label, const uint8_t *p, size_t bytes)
{
	size_t i;

	printf("#   %s", label);
	for (i = 0; i < bytes; i++)
		printf(" %02x", p[i]);
	putchar('\n');
}

static inline int
tap_check_bytes(const void *got, const void *want, size_t bytes, const char *file, int line,
    const char *what)
{
	const uint8_t *g = got, *w = want;
	size_t at = 0, show;

	while (at < bytes && g[at] == w[at])
		at++;
	if (!tap_check(at == bytes, file, line, "%s", what)) {
		show = (bytes - at < 16) ? bytes - at : 16;
		tap_note("  %zu bytes, first difference at %zu", bytes, at);
		tap_note_bytes("got ", g + at, show);
		tap_note_bytes("want", w + at, show);
	}
	return (at == bytes);
}

/* One check each; all return whether it held. */
#define ok(condition, ...) tap_check((condition) ? 1 : 0, __FILE__, __LINE__, __VA_ARGS__)
#define ok_u64(got, want, what) tap_check_u64(got, want, __FILE__, __LINE__, what)
#define ok_i64(got, want, what) tap_check_i64(got, want, __FILE__, __LINE__, what)
#define ok_near(got, want, error, what) tap_check_near(got, want, error, __FILE__, __LINE__, what)
#define ok_str(got, want, what) tap_check_str(got, want, __FILE__, __LINE__, what)
#define ok_bytes(got, want, bytes, what) tap_check_bytes(got, want, bytes, __FILE__, __LINE__, what)

#endif /* !SMPC_TESTS_UNIT_TAP_H */
