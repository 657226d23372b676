#include "agent/losses_internal.h"

#include "base/mem.h"
#include "net/protocol.h"

void
losses_tell(struct peers *peers, const uint8_t number[static SESSION_NUMBER_BYTES],
    const struct members *members, size_t index)
{
	struct buf message = { NULL, 0, 0 };
	size_t i;

	if (wire_put_number(&message, CONTROL_LOST, 1) == 0 &&
	    buf_append(&message, number, SESSION_NUMBER_BYTES) == 0 &&
	    wire_put_number(&message, index, 2) == 0) {
		for (i = 0; i < members->count; i++)
			peers_send(peers, members->index[i], &message);
	}
	buf_free(&message);
}

void
losses_of_tool(struct peers *peers, struct client *t, size_t index)
{

	if (!tools_in_session(t) || t->said || !members_have(tools_members(t), index))
		return;
	t->said = true;
	losses_tell(peers, tools_number(t), tools_members(t), index);
}

void
losses_done(struct client *t)
{

	t->said = true;
}

bool
losses_pass_on(struct client *t, size_t from, size_t index)
{
	const struct members *members = tools_members(t);
	size_t i = members_position(members, from);

	if (i == members->count || !members_have(members, index))
		return (false);
	if (!t->heard[i])
		tools_loss(t, from, index);
	t->heard[i] = true;
	return (true);
}

void
losses_heard(struct tools *tools, size_t from, struct wire *m)
{
	uint8_t number[SESSION_NUMBER_BYTES];
	struct client *t;
	size_t index;

	wire_bytes(m, number, sizeof(number));
	index = (size_t)wire_number(m, 2);
	if (wire_done(m) && (t = tools_find(tools, number)) != NULL &&
	    !losses_pass_on(t, from, index))
		m->bad = true;
}
