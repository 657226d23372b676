#include "agent/links_internal.h"

void
links_add(struct links *ls, struct link *l)
{

	l->next = NULL;
	if (ls->last != NULL)
		ls->last->next = l;
	else
		ls->first = l;
	ls->last = l;
	ls->count++;
}

void
links_remove(struct links *ls, struct link *l)
{
	struct link *before = NULL, *at;

	for (at = ls->first; at != l; at = at->next)
		before = at;
	if (before != NULL)
		before->next = l->next;
	else
		ls->first = l->next;
	if (ls->last == l)
		ls->last = before;
	l->next = NULL;
	ls->count--;
}

void
links_free(struct links *ls)
{
	struct link *l;

	while ((l = ls->first) != NULL) {
		links_remove(ls, l);
		link_free(l);
	}
}
