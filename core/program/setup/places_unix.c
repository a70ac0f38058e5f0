#include "program/setup/places.h"

const char *cf_usual_config(void)
{
    return "/etc/curfew/curfew.lua";
}

const char *cf_usual_state(void)
{
    return "/var/lib/curfew";
}
