/* What this program has allocated. */
#ifndef CF_TESTS_SCENARIOS_ALLOCATED_H
#define CF_TESTS_SCENARIOS_ALLOCATED_H

#include <stddef.h>

/* Bytes in use; malloc's own beside each block included, where the address sanitizer does not count exactly.
 */
size_t allocated(void);

#endif
