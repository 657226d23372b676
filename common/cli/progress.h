#ifndef SMPC_CLI_PROGRESS_H
#define SMPC_CLI_PROGRESS_H

/*
 * A line on the terminal that says how far a long run has got: what was read of the inputs, how
 * fast and, where they are files, how long it will take.  Whoever reads by io_open_input and
 * io_read_some is counted without knowing of it.
 *
 * Nothing is shown in the first second, in the background, where standard error is no terminal,
 * where results go to the same terminal, and where another tool of a pipeline shows its own.
 */

/*
 * progress_begin():
 * Count and show from now on, if there is a terminal to show it on.
 */
void progress_begin(void);

/*
 * progress_end():
 * Take the line away.
 */
void progress_end(void);

#endif /* !SMPC_CLI_PROGRESS_H */
