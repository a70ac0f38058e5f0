/* The functions that the program has from Windows, replaced by ours. */
#ifndef CF_TEST_IMPORTS_H
#define CF_TEST_IMPORTS_H

#include <stdbool.h>
#include <stddef.h>

struct import {
    const char *name;
    void (*by)(void);
};

/* Where the program calls these, ours are called from now on; DLLs go on calling Windows' own. */
void imports_replace(const struct import *imports, size_t count);

/* The same of what it has looked up itself, and keeps in its data: every pointer to `before`. False: none. */
bool imports_replace_pointer(void (*before)(void), void (*by)(void));

#endif
