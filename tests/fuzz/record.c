/* Binary and text records as they are: lengths, digests, sequence. */

#include "stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{

	if (sodium_init() == -1)
		abort();
	(void)fuzz_read(data, size, NULL);
	return (0);
}
