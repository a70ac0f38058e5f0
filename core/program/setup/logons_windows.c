#include "program/setup/logons.h"

#include "wts/failure.h"
#include "wts/logons.h"

#include <stdio.h>

enum cf_logons cf_logons_read(char why[CF_LOGONS_WHY])
{
    enum cf_logons logons = cf_wts_logons_read();
    bool ours = logons == CF_LOGONS_DRAIN_UNTIL_RESTART && cf_wts_logons_are_ours();
    (void)snprintf(why, CF_LOGONS_WHY, "%s",
                   ours ? "a policy of curfew's refuses them; the journal says which" : "");
    return logons;
}

int cf_logons_change(enum cf_logons logons, struct cf_error *err)
{
    char why[CF_WTS_FAILURE];
    int code = logons == CF_LOGONS_ENABLED ? CF_OK : cf_wts_logons_heeded(err);
    DWORD error = code ? 0 : cf_wts_logons_change(logons);
    if (!error)
        return code;
    return cf_error_set(err, cf_wts_code(error), "change logon: %s", cf_wts_failure(error, why));
}

const char *cf_logons_gap(void)
{
    static struct cf_error err;
    return cf_wts_logons_heeded(&err) ? err.text : NULL;
}

/* Whoever may not write there leaves it to the next who may. */
void cf_logons_clean(void)
{
    (void)cf_wts_logons_refuse(false);
}
