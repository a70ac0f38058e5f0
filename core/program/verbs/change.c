#include "base/i18n.h"
#include "program/setup/client.h"
#include "program/setup/logons.h"

enum { QUERY = CF_LOGONS_DRAIN_UNTIL_RESTART + 1, MANNERS };

static const char *const manners[MANNERS] = {[CF_LOGONS_ENABLED] = "enable",
                                             [CF_LOGONS_DISABLED] = "disable",
                                             [CF_LOGONS_DRAIN] = "drain",
                                             [CF_LOGONS_DRAIN_UNTIL_RESTART] = "drainuntilrestart",
                                             [QUERY] = "query"};

/* As Windows says it. */
static const char *const states[] = {
    [CF_LOGONS_ENABLED] = "Session logins are currently ENABLED",
    [CF_LOGONS_DISABLED] = "Session logins are currently DISABLED",
    [CF_LOGONS_DRAIN] = "New user logons are DISABLED, but reconnections to existing sessions are ENABLED",
    [CF_LOGONS_DRAIN_UNTIL_RESTART] = ("New user logons are DISABLED until the server is restarted, but "
                                       "reconnections to existing sessions are ENABLED"),
};

/* Exactly one of the switches says what is wanted. */
static int read_manner(const struct cf_args *args, int *ret_manner, struct cf_error *err)
{
    int found = 0;
    for (int i = 0; i < MANNERS; i++) {
        if (cf_args_has(args, manners[i])) {
            *ret_manner = i;
            found++;
        }
    }
    return found == 1 ? CF_OK
                      : cf_error_set(err, CF_USAGE, _("give one of /query, /enable, /disable, /drain"));
}

static int change_logon(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    char why[CF_LOGONS_WHY];
    int manner = QUERY;
    int code = read_manner(args, &manner, err);
    if (code == CF_OK && manner != QUERY)
        code = cf_logons_change((enum cf_logons)manner, err);
    if (code)
        return code;
    (void)fprintf(out, "%s\n", states[cf_logons_read(why)]);
    if (why[0])
        (void)fprintf(out, "(%s)\n", why);
    return CF_OK;
}

static const struct cf_option_group switches = {
    NULL,
    (const struct cf_option[]){
        {.name = "query", .help = "tell whether logons are enabled"},
        {.name = "enable", .help = "let users log on again"},
        {.name = "disable", .help = "let nobody log on, nor come back to a session; who is there stays"},
        {.name = "drain", .help = "let nobody log on anew; who has a session may come back to it"},
        {.name = "drainuntilrestart", .help = "the same, until the machine starts again"},
        {0},
    }};

const struct cf_verb cf_verb_change_logon = {
    .name = "change logon",
    .summary = "let users log on, or not",
    .usage = (const char *const[]){"{/query | /enable | /disable | /drain | /drainuntilrestart} [/?]", NULL},
    .about =
        "Enables or disables logons by Remote Desktop, or tells which. On Linux only /query is possible: "
        "it tells whether pam_nologin refuses users.",
    .groups = (const struct cf_option_group *const[]){&switches, &cf_no_options, NULL},
    .run = change_logon,
    .windows = &(const struct cf_windows){.also = (const char *const[]){"chglogon", NULL}},
};
