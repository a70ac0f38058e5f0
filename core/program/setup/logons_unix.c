#include "program/setup/logons.h"

#include "base/i18n.h"
#include "logind/nologin.h"

#include <stdio.h>
#include <unistd.h>

enum cf_logons cf_logons_read(char why[CF_LOGONS_WHY])
{
    const char *paths[] = {"/run/nologin", "/etc/nologin", cf_nologin_gap() ? NULL : CF_NOLOGIN_FILE};
    why[0] = '\0';
    for (size_t i = 0; i < sizeof paths / sizeof paths[0] && paths[i]; i++)
        if (access(paths[i], F_OK) == 0) {
            (void)snprintf(why, CF_LOGONS_WHY, _("%s is there: only root may log on"), paths[i]);
            return CF_LOGONS_DISABLED;
        }
    return CF_LOGONS_ENABLED;
}

int cf_logons_change(enum cf_logons logons, struct cf_error *err)
{
    (void)logons;
    return cf_error_set(
        err, CF_UNSUPPORTED,
        _("logons cannot be refused here by hand: systemd-logind does not do so. Root may do it: "
          "touch /run/nologin refuses all but root until the next restart, and rm /run/nologin "
          "lets them in again (pam_nologin)"));
}

const char *cf_logons_gap(void)
{
    return cf_nologin_gap();
}

void cf_logons_clean(void)
{
    cf_nologin_remove(CF_NOLOGIN_FILE);
}
