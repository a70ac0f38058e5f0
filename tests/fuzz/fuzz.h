/* What the fuzzers share. Each looks at one input, and ends the program where a promise is broken. */
#ifndef CF_TESTS_FUZZ_H
#define CF_TESTS_FUZZ_H

#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Like assert(), but in every build. */
#define fuzz_check(condition)                                                                                \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);                  \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* The input up to its first NUL, as a string that is exactly as large. The caller frees it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = cf_alloc(size + 1);
    memcpy(text, data, size);
    return cf_resize(text, strlen(text) + 1);
}

/* The path of a file with these bytes; the next call writes another one there. */
static inline const char *fuzz_file(const void *data, size_t size)
{
    static char path[32];
    static int file = -1;
    if (file < 0)
        file = memfd_create("input", 0);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    fuzz_check(file >= 0 && ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
    return path;
}

#endif
