#include "settings.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <winsock2.h> /* and windows.h with it */

const char *setting(const char *name)
{
    char variable[64], text[1024];
    DWORD size = sizeof text;
    (void)snprintf(variable, sizeof variable, "CF_TEST_%s", name);
    const char *value = getenv(variable);
    if (value)
        return value;
    if (RegGetValueA(HKEY_LOCAL_MACHINE, "Software\\curfew-test", name, RRF_RT_REG_SZ, NULL, text, &size) !=
        ERROR_SUCCESS)
        return NULL;
    return cf_strdup(text); /* lives as long as the process */
}

int64_t setting_number(const char *name)
{
    const char *text = setting(name);
    return text ? strtoll(text, NULL, 10) : 0;
}
