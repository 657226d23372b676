#include "cli/dialect.h"

#include <string.h>

int
dialect_character(const char *option, const char *text, char *c)
{

	if (text == NULL)
		*c = '\0';
	else if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
		*c = '\t';
	else if (strlen(text) == 1 && strchr("\"\n\r", text[0]) == NULL)
		*c = text[0];
	else
		return (usage("--%s: '%s' is not one character", option, text));
	return (0);
}

static struct column_lists
words_given(const struct strings *s)
{

	return ((struct column_lists){ s->items, s->count });
}

int
dialect_options_set(const struct dialect_options *o, struct table_options *t)
{

	if (dialect_character("delimiter", o->delimiter, &t->delimiter) == -1 ||
	    dialect_character("decimal", o->decimal, &t->decimal) == -1 ||
	    dialect_character("thousands", o->thousands, &t->thousands) == -1 ||
	    dialect_character("comment", o->comment, &t->comment) == -1)
		return (-1);
	t->no_quotes = o->no_quotes;
	t->percent = words_given(&o->percent);
	t->strip = words_given(&o->strip);
	t->na_text = words_given(&o->na_texts);
	return (0);
}

static void
complete_list(struct column_lists *list, const struct schema_texts *t)
{

	if (list->count == 0)
		*list = (struct column_lists){ (const char *const *)t->text, t->count };
}

/* Whether anything is said of how a table is written. */
static bool
says_dialect(const struct table_options *t)
{

	return (t->delimiter != '\0' || t->decimal != '\0' || t->thousands != '\0' ||
	    t->comment != '\0' || t->no_quotes ||
	    t->percent.count + t->strip.count + t->na_text.count > 0);
}

int
dialect_complete(struct table_options *t, const struct schema_dialect *d)
{

	if (d->own && !says_dialect(t))
		return (usage("the owners write their tables in different ways: --dialect DRAFT "
		    "names the draft of the table's owner, which says how, or options say it"));
	t->delimiter = (t->delimiter != '\0') ? t->delimiter : d->delimiter;
	t->decimal = (t->decimal != '\0') ? t->decimal : d->decimal;
	t->thousands = (t->thousands != '\0') ? t->thousands : d->thousands;
	t->comment = (t->comment != '\0') ? t->comment : d->comment;
	t->no_quotes |= d->no_quotes;
	complete_list(&t->percent, &d->percent);
	complete_list(&t->strip, &d->strip);
	complete_list(&t->na_text, &d->na_text);
	return (0);
}

/* Options give words in lists with commas, unless commas are decimal marks. */
static int
add_words(struct schema_texts *to, const struct column_lists *lists, bool separated)
{
	const char *s;
	size_t i, n;

	for (i = 0; i < lists->count; i++) {
		for (s = lists->list[i];; s += n + 1) {
			n = separated ? strcspn(s, ",") : strlen(s);
			if (schema_texts_add(to, s, n) == -1)
				return (-1);
			if (s[n] == '\0')
				break;
		}
	}
	return (0);
}

int
dialect_of(const struct table_options *t, struct schema_dialect *d)
{

	d->delimiter = t->delimiter;
	d->decimal = t->decimal;
	d->thousands = t->thousands;
	d->comment = t->comment;
	d->no_quotes = (t->no_quotes != 0);
	return ((add_words(&d->strip, &t->strip, false) == -1 ||
	    add_words(&d->na_text, &t->na_text, t->decimal != ',') == -1) ? -1 : 0);
}
