/*
 * replay CORPUS...: give every file of the directories ${CORPUS}, and the empty input, to a fuzz
 * target once, and print TAP.  What a target finds wrong it says by crashing, so one result for
 * each file is printed after it went through.
 */

#include <sys/stat.h>

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t n_run;

/* The input is in memory of exactly its size, so that reading past its end is seen. */
static int
replay_file(const char *path)
{
	struct stat st;
	uint8_t *data = NULL;
	FILE *f = NULL;
	int result = -1;

	if (stat(path, &st) == -1 || (f = fopen(path, "rb")) == NULL)
		goto out;
	if ((data = malloc((size_t)st.st_size)) == NULL && st.st_size > 0)
		goto out;
	if (fread(data, 1, (size_t)st.st_size, f) != (size_t)st.st_size)
		goto out;
	LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
	result = 0;
out:
	printf("%sok %zu - %s\n", (result == 0) ? "" : "not ", ++n_run, path);
	fflush(stdout);
	free(data);
	if (f != NULL)
		fclose(f);
	return (result);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{

	return (strcmp((*a)->d_name, (*b)->d_name));
}

static int
not_hidden(const struct dirent *e)
{

	return (e->d_name[0] != '.');
}

static int
replay_directory(const char *dir)
{
	struct dirent **entries;
	char path[4096];
	int i, n, result = 0;

	if ((n = scandir(dir, &entries, not_hidden, by_name)) <= 0) {
		printf("Bail out! no corpus in %s\n", dir);
		return (-1);
	}
	for (i = 0; i < n; i++) {
		if (snprintf(path, sizeof(path), "%s/%s", dir,
		    entries[i]->d_name) >= (int)sizeof(path) || replay_file(path) == -1)
			result = -1;
		free(entries[i]);
	}
	free(entries);
	return (result);
}

int
main(int argc, char **argv)
{
	int i, result = 0;

	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	printf("ok %zu - the empty input\n", ++n_run);
	for (i = 1; i < argc; i++) {
		if (replay_directory(argv[i]) == -1)
			result = 1;
	}
	printf("1..%zu\n", n_run);
	return (result);
}
