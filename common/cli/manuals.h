#ifndef SMPC_CLI_MANUALS_H
#define SMPC_CLI_MANUALS_H

/*
 * What the build takes from man/ and from tools/completion.bash for smpc(1), so that a new tool is
 * nowhere listed by hand.  tools/manuals.awk writes it.
 */

/* One manual page. */
struct manual {
	const char *name;    /* smpc-share */
	const char *section; /* "1" */
	/* the word in its line .\" task: WORD; "" where it has none, as outside section 1 */
	const char *task;
	const char *says;    /* its name line */
};

/* All of them, by name; one whose name is NULL ends it. */
extern const struct manual manuals[];

/* Where `make install` puts them. */
extern const char manuals_directory[];

/*
 * Lines of the script that completes command lines in bash, without their newlines; NULL ends it.
 */
extern const char *const completion_bash[];

#endif /* !SMPC_CLI_MANUALS_H */
