/*
 * Memory that is there or ends the program. Every size a user or a peer controls has a limit of its own, so
 * these fail only where the machine itself is out of memory; a policy's memory is Lua's, which is limited and
 * may fail.
 */
#ifndef CF_BASE_MEMORY_H
#define CF_BASE_MEMORY_H

#include <stddef.h>

void *cf_alloc(size_t size);                  /* zeroed */
void *cf_resize(void *old, size_t size);      /* like realloc */
char *cf_strdup(const char *text);            /* NULL stays NULL */
void cf_replace(char **text, const char *by); /* frees *text and puts a copy of `by` (may be NULL) there */

/* Makes room for one more element: `array` of `count` elements of `size` bytes grows by doubling, from 8. */
void *cf_grow(void *array, size_t count, size_t size);

#endif
