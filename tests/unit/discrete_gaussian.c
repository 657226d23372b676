/*
 * Draws of the discrete Gaussian against the exact distribution (tests/python/privacy.py), under
 * fixed keys, so that what holds does so in every run.  A figure may be five standard errors off.
 */

#include "base/diag.h"
#include "base/privacy.h"
#include "crypto/discrete_gaussian.h"

#include "privacy_figures.h"
#include "tap.h"

#define N (SANITIZED ? (size_t)200000 : (size_t)1000000)
#define GAUSSIANS (sizeof(gaussians) / sizeof(*gaussians))
#define ERRORS 5

static int64_t *z;

static void
draw(uint64_t sigma, uint8_t key_byte, int64_t *out, size_t n)
{
	uint8_t key[PRG_KEY_BYTES] = { key_byte };
	struct gaussian_source source;

	gaussian_begin(&source, key);
	if (discrete_gaussian(&source, sigma, out, n) != 0)
		tap_bail("nothing is drawn");
	gaussian_end(&source);
}

/* The mean of (z / sigma)^power, and what it is of the normal distribution. */
static void
test_moment(size_t g, unsigned power, double want, double variance)
{
	double sum = 0, got, error = ERRORS * sqrt(variance / (double)N);
	size_t i;

	for (i = 0; i < N; i++)
		sum += pow((double)z[i] / (double)gaussians[g].sigma, power);
	got = sum / (double)N;
	ok(fabs(got - want) <= error, "sigma %" PRId64 ": moment %u is %.5f, %g within %.5f",
	    gaussians[g].sigma, power, got, want, error);
}

static void
test_tails(size_t g)
{
	double want, error;
	size_t i, k, count;

	for (k = 0; k < TAILS; k++) {
		for (count = i = 0; i < N; i++)
			count += llabs(z[i]) > (int64_t)(k + 1) * gaussians[g].sigma;
		want = (double)N * gaussians[g].tails[k];
		error = ERRORS * sqrt(want * (1 - gaussians[g].tails[k]));
		ok(fabs((double)count - want) <= error, "sigma %" PRId64 ": beyond %zu sigma are "
		    "%zu, %.1f within %.1f", gaussians[g].sigma, k + 1, count, want, error);
	}
}

/* The squares of how far off places are, in their standard errors. */
static void
test_places(size_t g)
{
	size_t count[2][PLACES] = { { 0 } }, i, side, j, places = 0;
	double chi = 0, want, off;

	for (i = 0; i < N; i++) {
		j = (size_t)(llabs(z[i]) / gaussians[g].width);
		count[z[i] < 0][(j < PLACES) ? j : PLACES - 1]++;
	}
	for (side = 0; side < 2; side++) {
		for (j = 0; j < PLACES; j++) {
			want = (double)N * gaussians[g].places[side][j];
			off = (double)count[side][j] - want;
			places += want > 0;
			chi += (want > 0) ? off * off / want : (count[side][j] > 0) ? 1e9 : 0;
		}
	}
	ok(chi < (double)places + ERRORS * sqrt(2 * (double)places),
	    "sigma %" PRId64 ": chi-square of %zu places is %.1f", gaussians[g].sigma, places, chi);
}

/* One draw says nothing about the next. */
static void
test_neighbours(size_t g)
{
	double sum = 0, sizes = 0, s = (double)gaussians[g].sigma;
	size_t i;

	for (i = 1; i < N; i++) {
		sum += (double)z[i] / s * ((double)z[i - 1] / s);
		sizes += ((double)z[i] * (double)z[i] / s / s - 1) *
		    ((double)z[i - 1] * (double)z[i - 1] / s / s - 1);
	}
	ok(fabs(sum) < ERRORS * sqrt((double)N) && fabs(sizes) < ERRORS * 2 * sqrt((double)N),
	    "sigma %" PRId64 ": neighbours are independent (%.2f, %.2f)", gaussians[g].sigma,
	    sum / sqrt((double)N), sizes / 2 / sqrt((double)N));
}

static void
test_distribution(size_t g)
{

	draw((uint64_t)gaussians[g].sigma, (uint8_t)g, z, N);
	test_moment(g, 1, 0, 1);
	test_moment(g, 2, 1, 3 - 1);
	test_moment(g, 3, 0, 15);
	test_moment(g, 4, 3, 105 - 9);
	test_tails(g);
	test_places(g);
	test_neighbours(g);
}

/* Of large deviations all bits are used; the largest has room. */
static void
test_large(void)
{
	size_t odd = 0, i, n = 100000;
	double squares = 0;

	draw(PRIVACY_DEVIATION_MOST, 9, z, n);
	for (i = 0; i < n; i++) {
		odd += (size_t)(z[i] & 1);
		squares += ldexp((double)z[i], -44) * ldexp((double)z[i], -44);
	}
	ok(fabs((double)odd - (double)n / 2) < ERRORS * sqrt((double)n) / 2,
	    "sigma 2^44: as many odd as even (%zu of %zu)", odd, n);
	ok(fabs(squares / (double)n - 1) < ERRORS * sqrt(2 / (double)n),
	    "sigma 2^44: variance %.4f", squares / (double)n);
}

static void
test_source(void)
{
	static const struct gaussian_source wiped;
	uint8_t key[PRG_KEY_BYTES] = { 1 };
	struct gaussian_source source;
	int64_t all[500], parts[500], other[500];
	size_t i;

	draw(1000, 1, all, 500);
	gaussian_begin(&source, key);
	for (i = 0; i < 500; i += 125)
		(void)discrete_gaussian(&source, 1000, parts + i, 125);
	ok(memcmp(all, parts, sizeof(all)) == 0, "a source goes on where it was");
	draw(1000, 2, other, 500);
	ok(memcmp(all, other, sizeof(all)) != 0, "another key, other numbers");
	gaussian_end(&source);
	ok(memcmp(&source, &wiped, sizeof(source)) == 0, "and is wiped in the end");
}

static void
test_refused(uint64_t sigma)
{
	uint8_t key[PRG_KEY_BYTES] = { 1 };
	int64_t few[3] = { 1, 2, 3 };
	struct gaussian_source source;
	struct failure refused;
	int rc;

	gaussian_begin(&source, key);
	diag_divert(&refused);
	rc = discrete_gaussian(&source, sigma, few, 3);
	diag_divert(NULL);
	ok(rc == -1 && refused.status == ST_RANGE && few[0] == 0 && few[1] == 0 && few[2] == 0,
	    "a deviation of %" PRIu64 " is refused", sigma);
	gaussian_end(&source);
}

int
main(void)
{
	size_t g;

	diag_init("discrete_gaussian");
	if ((z = calloc(N, sizeof(*z))) == NULL)
		tap_bail("out of memory");
	for (g = 0; g < GAUSSIANS; g++)
		test_distribution(g);
	test_large();
	test_source();
	test_refused(0);
	test_refused(PRIVACY_DEVIATION_LEAST - 1);
	test_refused(PRIVACY_DEVIATION_MOST + 1);
	free(z);
	return (tap_end());
}
