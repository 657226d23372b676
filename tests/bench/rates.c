/*
 * What all that is sent, drawn or moved costs on one core: MB of 10^6 bytes per second of processor
 * time, the median of seven.  Where an operation has no other work, its own rate follows from these.
 */

#include <sodium.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/noise.h"
#include "crypto/prg.h"

#define TURNS 7
#define RECORD_BYTES 16384
#define RECORDS 1024
#define TOTAL ((size_t)RECORDS * RECORD_BYTES)
#define ROW_WORDS 10
#define ROWS (TOTAL / 8 / ROW_WORDS)

static uint8_t *from, *to;
static uint32_t at[ROWS];
static struct noise_cipher cipher;

static void
seal(void)
{
	uint8_t message[RECORD_BYTES + crypto_aead_chacha20poly1305_ietf_ABYTES];
	size_t i;

	for (i = 0; i < RECORDS; i++) {
		if (noise_encrypt(&cipher, from + i * RECORD_BYTES, RECORD_BYTES, message) == -1)
			abort();
	}
}

static void
draw(void)
{
	uint8_t key[PRG_KEY_BYTES] = { 1 };

	prg_words((uint64_t *)(void *)to, TOTAL / 8, key, 0);
}

static void
authenticate(void)
{
	uint8_t key[crypto_onetimeauth_KEYBYTES] = { 1 }, out[crypto_onetimeauth_BYTES];

	(void)crypto_onetimeauth(out, from, TOTAL, key);
}

static void
copy(void)
{

	memcpy(to, from, TOTAL);
}

/* Rows of 10 words in random order. */
static void
gather(void)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		memcpy(to + i * 8 * ROW_WORDS, from + at[i] * 8 * (size_t)ROW_WORDS, 8 * ROW_WORDS);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return ((double)t.tv_sec + 1e-9 * (double)t.tv_nsec);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return ((x > y) - (x < y));
}

static void
measure(const char *name, void (*run)(void))
{
	double taken[TURNS], start;
	size_t i;

	run();
	for (i = 0; i < TURNS; i++) {
		start = now();
		run();
		taken[i] = now() - start;
	}
	qsort(taken, TURNS, sizeof(*taken), by_value);
	printf("%-32s %8.0f MB/s\n", name, (double)TOTAL / 1e6 / taken[TURNS / 2]);
}

int
main(void)
{
	size_t i, j;
	uint32_t t;

	if (sodium_init() == -1 || (from = malloc(TOTAL)) == NULL || (to = malloc(TOTAL)) == NULL) {
		perror("rates");
		return (1);
	}
	memset(from, 1, TOTAL);
	memset(to, 2, TOTAL);
	cipher.keyed = 1;
	for (i = 0; i < ROWS; i++)
		at[i] = (uint32_t)i;
	for (i = ROWS; i-- > 1;) {
		j = i * 2654435761U % (i + 1);
		t = at[i];
		at[i] = at[j];
		at[j] = t;
	}
	measure("AEAD, records of 16 KiB", seal);
	measure("words of a key (ChaCha20)", draw);
	measure("hash of what is opened", authenticate);
	measure("memcpy", copy);
	measure("rows of 10 words, gathered", gather);
	free(from);
	free(to);
	return ((fflush(stdout) == 0) ? 0 : 1);
}
