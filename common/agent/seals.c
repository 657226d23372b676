#include "agent/seals_internal.h"

#include <string.h>

#include "base/diag.h"
#include "crypto/seal.h"
#include "data/sealed.h"
#include "net/protocol.h"

void
seals_open(const struct self *self, struct client *t, struct wire *w)
{
	struct buf message = { NULL, 0, 0 };
	const struct party *sender = NULL;
	struct sealed_header h;
	struct seal seal;
	size_t header_bytes;

	memset(&seal, 0, sizeof(seal));
	if (w->left < SEAL_FIXED_BYTES || open_fixed(w->p, &header_bytes) != SEAL_FIXED_OK ||
	    w->left != SEAL_PREAMBLE_BYTES(header_bytes) ||
	    sealed_header_parse(w->p + SEAL_FIXED_BYTES, header_bytes, "sealed stream", &h) == -1) {
		tools_failed(t, ST_FAILED, "the sealed stream begins with something else");
		return;
	}
	if ((sender = parties_find(self->link.parties, h.from)) == NULL)
		tools_failed(t, ST_REFUSED, "says it was sealed by '%s', who is not in the "
		    "parties file", h.from);
	else if (strcmp(h.to, self->link.party->name) != 0)
		tools_failed(t, ST_REFUSED, "is sealed to '%s', and this is the agent of '%s'",
		    h.to, self->link.party->name);
	else if (open_start(&seal, self->link.identity->secret, sender->key, w->p, w->left) == -1)
		tools_failed(t, ST_REFUSED, "was not sealed by '%s' to this key: forged or "
		    "damaged", sender->name);
	else if (wire_put_number(&message, AGENT_UNSEALED, 1) == 0 &&
	    wire_put_cipher(&message, &seal.cipher) == 0 &&
	    wire_put_string(&message, sender->name) == 0)
		tools_answer(t, &message);
	seal_wipe(&seal);
	buf_free(&message);
}

void
seals_begin(const struct self *self, struct client *t, struct wire *w)
{
	uint8_t preamble[SEAL_PREAMBLE_BYTES(SEAL_HEADER_MAX)];
	struct buf message = { NULL, 0, 0 }, header = { NULL, 0, 0 };
	char name[PARTY_NAME_BYTES + 1];
	const struct party *to;
	struct seal seal;

	memset(&seal, 0, sizeof(seal));
	wire_string(w, name, sizeof(name));
	if (!wire_done(w) || (to = parties_find(self->link.parties, name)) == NULL)
		tools_failed(t, ST_USAGE, "'%s' is not in the parties file", name);
	else if (sealed_header_build(self->link.party->name, to->name, &header) == -1 ||
	    seal_start(&seal, self->link.identity->secret, to->key, header.data, header.len,
	    preamble) == -1)
		tools_failed(t, ST_REFUSED, "cannot seal to '%s'", name);
	else if (wire_put_number(&message, AGENT_SEALED, 1) == 0 &&
	    wire_put_cipher(&message, &seal.cipher) == 0 &&
	    buf_append(&message, preamble, SEAL_PREAMBLE_BYTES(header.len)) == 0)
		tools_answer(t, &message);
	seal_wipe(&seal);
	buf_free(&header);
	buf_free(&message);
}
