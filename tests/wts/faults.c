#include "faults.h"

#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What follows the first that begins so, up to its end by any of `ends`; NULL: there is none. */
static const char *find(const char *word, const char *ends)
{
    static const char *all;
    if (!all)
        all = setting("FAULTS") ? setting("FAULTS") : "";
    size_t length = strlen(word);
    for (const char *at = all; *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strcspn(at, ends) == length && strncmp(at, word, length) == 0)
            return at + length;
    return NULL;
}

bool fault(const char *word)
{
    return find(word, " ") != NULL;
}

int64_t fault_number(const char *word)
{
    const char *behind = find(word, " =");
    return behind && *behind == '=' ? strtoll(behind + 1, NULL, 10) : 0;
}

bool fault_of(const char *word, DWORD id)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%s=%lu", word, id);
    return fault(text);
}
