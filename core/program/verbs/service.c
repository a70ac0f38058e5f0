#include "program/setup/service.h"

#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include "program/args.h"
#include "program/verbs.h"

#include <string.h>

extern const struct cf_verb cf_verb_run;

static const char *const acts[CF_SERVICE_ACTS] = {
    [CF_SERVICE_INSTALL] = "install", [CF_SERVICE_UNINSTALL] = "uninstall", [CF_SERVICE_START] = "start",
    [CF_SERVICE_STOP] = "stop",       [CF_SERVICE_STATUS] = "status",       [CF_SERVICE_UPGRADE] = "upgrade",
    [CF_SERVICE_PURGE] = "purge",
};

/* As `curfew run` of no words does, by the usual configuration. */
static int work(FILE *out)
{
    struct cf_args args;
    struct cf_error err = {0};
    int code = cf_args_parse(&args, &cf_verb_run, 0, NULL, &err);
    if (code == CF_OK)
        code = cf_verb_run.run(&args, out, &err);
    cf_args_finish(&args);
    cf_log_error(&err);
    return cf_exit_status(code);
}

static int service(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *wanted = args->operands[0];
    struct cf_near nearest = {.wanted = wanted};
    if (strcmp(wanted, "run") == 0)
        return cf_service_run(work, err);
    for (int i = 0; i < CF_SERVICE_ACTS; i++) {
        if (strcmp(wanted, acts[i]) == 0)
            return cf_service_act((enum cf_service_act)i, out, err);
        cf_near_try(&nearest, acts[i]);
    }
    return cf_error_set(err, CF_USAGE, _("service %s: did you mean %s?"), wanted,
                        nearest.word ? nearest.word : acts[0]);
}

const struct cf_verb cf_verb_service = {
    .name = "service",
    .summary = "make curfew a service of Windows, and look after it",
    .usage = (const char *const[]){"{install | uninstall | start | stop | status | upgrade | purge}", NULL},
    .about =
        "install makes the service, which begins with Windows from then on, and a configuration that is a dry "
        "run where there is none; it does not start it. uninstall takes the service away, and keeps "
        "configuration and journal; purge takes these as well. start and stop wait until that is done. upgrade "
        "is for installers: it stops the service, and the next install starts it again if it was at work. The "
        "service runs as LocalSystem, its log is the Event Log, and the program must lie where only "
        "administrators can write. With systemd all this is systemctl's.",
    .groups = (const struct cf_option_group *const[]){NULL},
    .least = 1,
    .most = 1,
    .run = service,
};
