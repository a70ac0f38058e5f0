#include "base/memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *there(void *memory)
{
    if (memory)
        return memory;
    (void)fputs("curfew: error: out of memory\n", stderr);
    (void)signal(SIGABRT, SIG_DFL); /* that was the sentence for it */
    abort();
}

void *cf_alloc(size_t size)
{
    return there(calloc(1, size ? size : 1));
}

void *cf_resize(void *old, size_t size)
{
    return there(realloc(old, size ? size : 1));
}

char *cf_strdup(const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    return memcpy(cf_resize(NULL, size), text, size);
}

void cf_replace(char **text, const char *by)
{
    char *copy = cf_strdup(by);
    free(*text);
    *text = copy;
}

void *cf_grow(void *array, size_t count, size_t size)
{
    if (count == 0)
        return cf_resize(array, 8 * size);
    if (count >= 8 && (count & (count - 1)) == 0)
        return cf_resize(array, 2 * count * size);
    return array;
}
