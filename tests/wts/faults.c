#include "faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool fault(const char *word)
{
    const char *all = getenv("CF_TEST_FAULTS");
    size_t length = strlen(word);
    for (const char *at = all ? all : ""; *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strcspn(at, " ") == length && strncmp(at, word, length) == 0)
            return true;
    return false;
}

bool fault_of(const char *word, DWORD id)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%s=%lu", word, id);
    return fault(text);
}
