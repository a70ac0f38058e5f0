#include "program/setup/service.h"

#include "base/i18n.h"

static int refer(const char *command, struct cf_error *err)
{
    return cf_error_set(err, CF_UNSUPPORTED, _("here systemd looks after the service: %s"), command);
}

int cf_service_install(FILE *out, struct cf_error *err)
{
    (void)out;
    return refer("systemctl enable curfew", err);
}

int cf_service_uninstall(FILE *out, struct cf_error *err)
{
    (void)out;
    return refer("systemctl disable --now curfew", err);
}

int cf_service_start(FILE *out, struct cf_error *err)
{
    (void)out;
    return refer("systemctl start curfew", err);
}

int cf_service_stop(FILE *out, struct cf_error *err)
{
    (void)out;
    return refer("systemctl stop curfew", err);
}

int cf_service_status(FILE *out, struct cf_error *err)
{
    (void)out;
    return refer("systemctl status curfew", err);
}

int cf_service_upgrade(FILE *out, struct cf_error *err)
{
    (void)out;
    return refer("systemctl try-restart curfew", err);
}

int cf_service_purge(FILE *out, struct cf_error *err)
{
    (void)out;
    return refer("apt-get purge curfew", err);
}

int cf_service_run(int (*body)(FILE *out), struct cf_error *err)
{
    (void)body;
    return refer("systemctl start curfew", err);
}
