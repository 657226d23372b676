#ifndef SMPC_JOINT_REVEAL_INTERNAL_H
#define SMPC_JOINT_REVEAL_INTERNAL_H

/* What tests see of reveal.c. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/prg.h"
#include "net/session.h"

/* A key that two computing parties share for what they send to one receiver. */
struct reveal_key {
	uint8_t key[PRG_KEY_BYTES];
	bool add; /* its words; the other one subtracts them */
};

/*
 * reveal_keys(s, receiver, keys):
 * Derive the keys that we share with the other computing parties of a session for the receiver at
 * this place of the parties file; one who computes takes no part in the masks of the others.
 * Return how many there are.
 */
size_t reveal_keys(const struct session *s, size_t receiver,
    struct reveal_key keys[static SESSION_MAX_MEMBERS]);

#endif /* !SMPC_JOINT_REVEAL_INTERNAL_H */
