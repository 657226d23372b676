#include "cli/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/io.h"
#include "net/clock.h"

#define MAX_INPUTS 64
#define FIRST_SECONDS 1.0 /* before anything is shown */
#define EVERY_SECONDS 0.25

/* An input that was opened; its descriptor may belong to something else by now. */
struct watched_input {
	int fd;
	dev_t device;
	ino_t inode;
	bool is_file;
	bool ended;
	off_t start;    /* of a file: where it stood when it was opened */
	uint64_t bytes; /* of anything else: that were read */
};

static struct watched_input inputs[MAX_INPUTS];
static size_t n_inputs;
static double begun;
static double shown_at;

static struct watched_input *
find_input(int fd)
{
	size_t i;

	for (i = 0; i < n_inputs; i++) {
		if (inputs[i].fd == fd)
			return (&inputs[i]);
	}
	return (NULL);
}

static void
input_opened(int fd)
{
	struct watched_input *in = find_input(fd);
	struct stat st;

	if (fstat(fd, &st) == -1 || !(S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode) ||
	    S_ISSOCK(st.st_mode)))
		return;
	if (in == NULL && n_inputs == MAX_INPUTS)
		return;
	if (in == NULL)
		in = &inputs[n_inputs++];
	*in = (struct watched_input){ .fd = fd, .device = st.st_dev, .inode = st.st_ino,
		.is_file = S_ISREG(st.st_mode) };
	if (in->is_file && (in->start = lseek(fd, 0, SEEK_CUR)) == -1)
		in->start = 0;
}

/* Add up what was read and what there is; *${total} becomes 0 where nobody knows. */
static void
sum_inputs(double *done, double *total)
{
	bool known = true;
	struct watched_input *in;
	struct stat st;
	off_t at;
	size_t i;

	*done = *total = 0;
	for (i = n_inputs; i-- > 0;) {
		in = &inputs[i];
		if (fstat(in->fd, &st) == -1 || st.st_dev != in->device || st.st_ino != in->inode) {
			*in = inputs[--n_inputs];
		} else if (!in->is_file) {
			*done += (double)in->bytes;
			known = false;
		} else if ((at = lseek(in->fd, 0, SEEK_CUR)) >= in->start) {
			/* A file that is read twice stands at its start again. */
			*done += (double)(at - in->start);
			*total += (double)((st.st_size > at) ? st.st_size - in->start :
			    at - in->start);
		}
	}
	if (!known)
		*total = 0;
}

/*
 * Does the terminal take a line from us: are we in the foreground, the only one who shows one, and
 * do results go elsewhere?
 */
static bool
may_show(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (tcgetpgrp(STDERR_FILENO) != getpgrp() || io_output_on_terminal())
		return (false);
	return (fcntl(STDERR_FILENO, F_SETLK, &lock) == 0 || (errno != EACCES && errno != EAGAIN));
}

static void
format_bytes(char *text, size_t size, double bytes)
{

	if (bytes < 999.5e6)
		snprintf(text, size, "%.0f MB", bytes * 1e-6);
	else
		snprintf(text, size, "%.2f GB", bytes * 1e-9);
}

static void
show_progress(double elapsed)
{
	char line[256], read_so_far[24], whole[24], rate[24];
	double done, total, left;

	sum_inputs(&done, &total);
	/* In a pipeline, who reads a file knows more: the others let him go first. */
	if ((total == 0 && elapsed < 2 * FIRST_SECONDS) || !may_show())
		return;
	format_bytes(read_so_far, sizeof(read_so_far), done);
	format_bytes(rate, sizeof(rate), done / elapsed);
	if (total > 0 && done > 0) {
		format_bytes(whole, sizeof(whole), total);
		left = elapsed * (total - done) / done;
		snprintf(line, sizeof(line), "%.24s: read %s of %s, %s/s, %.0f:%02d left",
		    diag_name(), read_so_far, whole, rate, (left - (double)((uint64_t)left % 60)) /
		    60, (int)((uint64_t)left % 60));
	} else
		snprintf(line, sizeof(line), "%.24s: read %s, %s/s", diag_name(), read_so_far,
		    rate);
	diag_transient(line);
}

/* Called for every read, so it must cost next to nothing. */
static void
input_read(int fd, size_t bytes)
{
	struct watched_input *in = find_input(fd);
	double now;
	size_t i;

	if (in == NULL)
		return;
	in->bytes += bytes;
	in->ended = (bytes == 0);
	if (in->ended) {
		for (i = 0; i < n_inputs && inputs[i].ended; i++)
			continue;
		/* All is read: what comes now takes a time that is not known. */
		if (i == n_inputs)
			diag_transient("");
		return;
	}
	now = clock_seconds() - begun;
	if (now < FIRST_SECONDS || now < shown_at + EVERY_SECONDS)
		return;
	shown_at = now;
	show_progress(now);
}

void
progress_begin(void)
{

	if (!isatty(STDERR_FILENO))
		return;
	begun = clock_seconds();
	io_watch_inputs(input_opened, input_read);
}

void
progress_end(void)
{

	diag_transient("");
}
