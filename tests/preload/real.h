#ifndef SMPC_TESTS_PRELOAD_REAL_H
#define SMPC_TESTS_PRELOAD_REAL_H

/* For a library that stands before others: _GNU_SOURCE is defined before this is included. */

#include <dlfcn.h>
#include <string.h>

/*
 * REAL(name):
 * The function of this name in the library behind this one.
 */
#define REAL(name) __extension__({ \
	void *symbol_ = dlsym(RTLD_NEXT, #name); \
	__typeof__(&name) real_; \
	memcpy(&real_, &symbol_, sizeof(real_)); \
	real_; \
})

#endif /* !SMPC_TESTS_PRELOAD_REAL_H */
