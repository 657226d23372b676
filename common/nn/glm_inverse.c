#include "nn/glm_internal.h"

#include "func/function.h"
#include "func/response.h"
#include "mpc/room.h"

/*
 * The gamma family with the reciprocal as the link, of labels whose mean is about 1: mu = 1 / eta
 * for eta from 2^-5 to 2^6, and at the ends beyond; w = mu^2 and r = mu - y.
 *
 *   eta    24 bits
 *   mu     24, at most 2^5, off by 2^-24 of itself and a unit
 *   w      20, at most 2^10
 */
#define INVERSE_BITS MPC_RESPONSE_BITS
#define LEAST_ETA_LOG (-5)
#define MOST_ETA_LOG 6

static const struct mpc_ladder eta_ladder = { .low = INVERSE_BITS + LEAST_ETA_LOG, .steps = 4 };

/* eta with INVERSE_BITS, where it is, of ${bits}. */
static int
bound_eta(struct mpc *S, struct mpc_vector *bounded, const struct mpc_vector *eta, unsigned bits)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, eta->n, 1, 0) == 0 &&
	    mpc_truncate(S, &r.word[0], eta, bits - INVERSE_BITS) == 0)
		rc = mpc_clip_any(S, bounded, &r.word[0],
		    (int64_t)1 << (INVERSE_BITS + LEAST_ETA_LOG),
		    (int64_t)1 << (INVERSE_BITS + MOST_ETA_LOG));
	room_close(&r);
	return (rc);
}

/* mu = u (1 + e + e^2), where u is off by a thousandth, and e = 1 - eta u. */
static int
invert_eta(struct mpc *S, struct mpc_vector *mu, const struct mpc_vector *eta)
{
	enum { U, E, SQUARE, WORDS };
	const struct bilinear times = bilinear_elements(eta->n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, eta->n, WORDS, 0) == 0 &&
	    mpc_reciprocal_above(S, &r.word[U], eta, INVERSE_BITS, &eta_ladder) == 0 &&
	    glm_times(S, &r.word[E], &times, eta, &r.word[U], INVERSE_BITS) == 0) {
		mpc_scale(&r.word[E], &r.word[E], -1);
		mpc_add_public(&r.word[E], &r.word[E], (int64_t)1 << INVERSE_BITS);
		if (glm_times(S, &r.word[SQUARE], &times, &r.word[E], &r.word[E],
		    INVERSE_BITS) == 0) {
			mpc_add(&r.word[E], &r.word[E], &r.word[SQUARE]);
			rc = glm_times(S, mu, &times, &r.word[U], &r.word[E], INVERSE_BITS);
			mpc_add(mu, mu, &r.word[U]);
		}
	}
	room_close(&r);
	return (rc);
}

int
glm_find_reciprocal(struct mpc *S, struct mpc_vector *mu, const struct mpc_vector *eta,
    unsigned bits)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, eta->n, 2, 0) == 0 && bound_eta(S, &r.word[0], eta, bits) == 0 &&
	    invert_eta(S, &r.word[1], &r.word[0]) == 0)
		rc = mpc_truncate(S, mu, &r.word[1], INVERSE_BITS - MPC_GROWTH_BITS);
	room_close(&r);
	return (rc);
}

/* A first step from mu = y, of labels that are not too large: w = y^2, and r = y. */
static int
inverse_first(struct mpc *S, const struct glm *g, struct glm_rows *v)
{

	return ((mpc_clip_any(S, &v->r, &g->y, 0,
	    (int64_t)1 << (GLM_STEP_BITS - LEAST_ETA_LOG)) == -1) ? -1 :
	    glm_times_step(S, &v->w, &v->r, &v->r));
}

int
glm_find_inverse_rows(struct mpc *S, const struct glm *g, struct glm_rows *v, bool first)
{
	struct room r;
	int rc = -1;

	if (bound_eta(S, &v->clipped, &v->eta, glm_eta_bits(g)) == -1)
		return (-1);
	if (first)
		return (inverse_first(S, g, v));
	if (room_open(&r, S, g->rows, 2, 0) == 0 && invert_eta(S, &r.word[0], &v->clipped) == 0 &&
	    mpc_truncate(S, &r.word[1], &r.word[0], INVERSE_BITS - GLM_STEP_BITS) == 0) {
		mpc_subtract(&v->r, &r.word[1], &g->y);
		rc = glm_times_step(S, &v->w, &r.word[1], &r.word[1]);
	}
	room_close(&r);
	return (rc);
}

int
glm_find_inverse_distance(struct mpc *S, struct glm *g, struct glm_rows *v)
{
	struct mpc_vector count = mpc_part(&g->faults, GLM_FAULTY_ROOM, 1);
	struct room r;
	int rc = -1;

	/* Where eta is at an end, it is another one. */
	if (glm_count_outside(S, &count, &v->clipped,
	    ((int64_t)1 << (INVERSE_BITS + LEAST_ETA_LOG)) + 1,
	    (int64_t)1 << (INVERSE_BITS + MOST_ETA_LOG)) == -1)
		return (-1);
	if (room_open(&r, S, g->rows, 2, 0) == 0 && mpc_truncate(S, &r.word[0], &v->clipped,
	    INVERSE_BITS - GLM_STEP_BITS) == 0 &&
	    glm_times_step(S, &v->r, &g->y, &r.word[0]) == 0 &&
	    glm_find_logarithm(S, &r.word[1], &r.word[0]) == 0) {
		mpc_add_public(&v->r, &v->r, -((int64_t)1 << GLM_STEP_BITS));
		mpc_add(&r.word[1], &r.word[1], &g->ly);
		mpc_scale(&v->distance, &r.word[1], (int64_t)1 << g->x_bits);
		rc = 0;
	}
	room_close(&r);
	return (rc);
}
