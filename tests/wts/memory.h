/* What the server gives out and takes back: a block that is freed by the wrong function, as the wrong type or
 * twice ends the program, with a sentence. */
#ifndef CF_TEST_MEMORY_H
#define CF_TEST_MEMORY_H

#include <stddef.h>

enum { MEMORY_PLAIN = -1 }; /* beside enum cf_wts_type: what WTSFreeMemory takes */

void *memory_give(size_t size, int type, unsigned long count); /* zeroed */
void memory_take(void *block, int type, unsigned long count);
long memory_left(void); /* blocks that have not come back */

/* Ends the program: it has not kept to the contract. */
void misuse(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
