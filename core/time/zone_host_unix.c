#include "time/zone_host.h"

const char *cf_zone_folder(void)
{
    return "/usr/share/zoneinfo";
}

const char *cf_zone_own_file(void)
{
    return "/etc/localtime";
}
