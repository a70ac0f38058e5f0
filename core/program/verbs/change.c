#include "base/i18n.h"
#include "program/setup/client.h"
#include "program/setup/hosts.h"

#include <string.h>
#include <uv.h>

#define REFUSING_LIMIT cf_seconds(30)

enum manner { QUERY, ENABLE, DISABLE, DRAIN, DRAIN_UNTIL_RESTART, MANNERS };

static const char *const manners[MANNERS] = {"query", "enable", "disable", "drain", "drainuntilrestart"};

/* Exactly one of the switches says what is wanted. */
static int read_manner(const struct cf_args *args, enum manner *ret_manner, struct cf_error *err)
{
    int found = 0;
    for (int i = 0; i < MANNERS; i++) {
        if (cf_args_has(args, manners[i])) {
            *ret_manner = (enum manner)i;
            found++;
        }
    }
    return found == 1 ? CF_OK
                      : cf_error_set(err, CF_USAGE, _("give one of /query, /enable, /disable, /drain"));
}

/* The file by which pam_nologin(8) refuses everybody but root; NULL: there is none. */
static const char *find_nologin(void)
{
    const char *paths[] = {"/run/nologin", "/etc/nologin", cf_refusal_gap() ? NULL : cf_refusal_file()};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0] && paths[i]; i++) {
        uv_fs_t request;
        int status = uv_fs_access(NULL, &request, paths[i], 0, NULL);
        uv_fs_req_cleanup(&request);
        if (status == 0)
            return paths[i];
    }
    return NULL;
}

static void tell_outcome(bool enabled, const char *by, FILE *out)
{
    (void)fprintf(out, "Session logins are currently %s\n",
                  enabled ? "ENABLED" : "DISABLED"); /* as Windows says it */
    if (by)
        (void)fprintf(out, _("(%s is there: only root may log on)\n"), by);
}

static int change(const struct cf_client *client, enum manner manner, FILE *out, struct cf_error *err)
{
    bool refuse = manner != ENABLE;
    struct cf_command_request request = {
        .asked = {.action = CF_ACTION_REFUSE_LOGONS,
                  .on = refuse,
                  .lasts = true,
                  .text = refuse ? _("Logons are disabled by the administrator.") : NULL,
                  .quiet_since = CF_MONO_UNKNOWN}};
    cf_host_run(client->host, &request, 1, REFUSING_LIMIT);
    if (request.code == CF_UNSUPPORTED)
        return cf_error_set(
            err, CF_UNSUPPORTED,
            _("logons cannot be refused here by hand: systemd-logind does not do so. Root may do it: "
              "touch /run/nologin refuses all but root until the next restart, and rm /run/nologin "
              "lets them in again (pam_nologin)"));
    if (request.code != CF_OK)
        return cf_error_set(err, request.code, "%s", request.why);
    tell_outcome(!refuse, NULL, out);
    return CF_OK;
}

static int change_logon(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_client client;
    enum manner manner = QUERY;
    int code = read_manner(args, &manner, err);
    if (code == CF_OK)
        code = cf_client_begin(args, 0, &client, err);
    if (code)
        return code;
    const char *by = client.simulated.scenario ? NULL : find_nologin();
    if (manner == QUERY)
        tell_outcome(!by, by, out);
    else
        code = change(&client, manner, out, err);
    cf_client_end(&client);
    return code;
}

static const struct cf_option_group switches = {
    NULL, (const struct cf_option[]){
              {.name = "query", .help = "tell whether logons are enabled"},
              {.name = "enable", .help = "let users log on again"},
              {.name = "disable", .help = "let nobody log on; who is logged on stays"},
              {.name = "drain", .help = "let nobody log on anew; who has a session may come back to it"},
              {.name = "drainuntilrestart", .help = "the same, until the machine starts again"},
              {0},
          }};

const struct cf_verb cf_verb_change_logon = {
    .name = "change logon",
    .summary = "let users log on, or not",
    .usage = (const char *const[]){"{/query | /enable | /disable | /drain | /drainuntilrestart} [/?]", NULL},
    .about =
        "Enables or disables logons, or tells which. With systemd-logind only /query is possible: it tells "
        "whether "
        "pam_nologin refuses users.",
    .groups = (const struct cf_option_group *const[]){&switches, &cf_no_options, &cf_client_options,
                                                      &cf_simulated_options, NULL},
    .run = change_logon,
    .windows = &(const struct cf_windows){.also = (const char *const[]){"chglogon", NULL}},
};
