#include "time/zone_host.h"

#include "base/wide_windows.h"
#include "time/windows_zones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>
#include <windows.h>

enum { PATH = 1024 };

static const char name[] = "\\zoneinfo";

const char *cf_zone_folder(void)
{
    static char folder[PATH];
    size_t size = sizeof folder - sizeof name;
    if (!folder[0]) {
        char *slash = uv_exepath(folder, &size) == 0 ? strrchr(folder, '\\') : NULL;
        (void)strcpy(slash ? slash : folder, name);
    }
    return folder;
}

/* By the name that Windows has for it; "unknown", which is no zone's, where that is in no table. */
static const char *own_name(void)
{
    DYNAMIC_TIME_ZONE_INFORMATION own;
    if (GetDynamicTimeZoneInformation(&own) == TIME_ZONE_ID_INVALID)
        return "unknown";
    char *key = cf_narrow(own.TimeZoneKeyName);
    const struct cf_windows_zone *zone = cf_windows_zones;
    while (zone->name && strcmp(zone->name, key) != 0)
        zone++;
    free(key);
    return zone->name ? zone->iana : "unknown";
}

const char *cf_zone_own_file(void)
{
    static char path[PATH + 128];
    (void)snprintf(path, sizeof path, "%s/%s", cf_zone_folder(), own_name());
    return path;
}
