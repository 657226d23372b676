#ifndef SMPC_NET_OWN_AGENT_H
#define SMPC_NET_OWN_AGENT_H

/*
 * What a tool asks of its own party's agent ($SMPC_LINK) besides sessions: to seal and open streams
 * with the party's key, which stays with the agent.  A tool gets the key of one stream alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/noise.h"
#include "data/parties.h"

/*
 * own_agent_present():
 * Whether there is an agent.
 */
bool own_agent_present(void);

/*
 * own_agent_unseal(where, preamble, bytes, cipher, sender):
 * Have the agent open the seal of a stream whose preamble has ${bytes} bytes, and set ${cipher} and
 * ${sender}.  Return 0 or -1 (reported: status 2 without an agent, 3 if it has ended, else what it
 * says, behind the stream's name ${where}).
 */
int own_agent_unseal(const char *where, const uint8_t *preamble, size_t bytes,
    struct noise_cipher *cipher, char sender[static PARTY_NAME_BYTES + 1]);

/*
 * own_agent_seal(recipient, cipher, preamble, bytes):
 * Have the agent begin a sealed stream in its party's name, and set ${cipher}, ${preamble}, with
 * room for SEAL_PREAMBLE_BYTES(SEAL_HEADER_MAX) bytes, and *${bytes}.  Return 0 or -1 (reported, as
 * above).
 */
int own_agent_seal(const char *recipient, struct noise_cipher *cipher, uint8_t *preamble,
    size_t *bytes);

/*
 * own_agent_status(path, out, size):
 * Ask the agent whose socket is ${path} how it is, and write what it says, lines of text.  Return 0
 * or -1 (reported).
 */
int own_agent_status(const char *path, char *out, size_t size);

#endif /* !SMPC_NET_OWN_AGENT_H */
