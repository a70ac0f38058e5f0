#include "base/i18n.h"
#include "commands/actions.h"
#include "program/setup/journal_note.h"
#include "program/setup/targets.h"

#include <stdlib.h>

static const struct cf_option some_sessions[] = {
    {.name = "sessionid", .help = "the session's id; quser lists them"},
    {.name = "sessionname",
     .help = "an active session's name, such as :10, or a user who has only one session"},
    {0},
};

typedef int act_on(struct cf_host *host, cf_session_key key, struct cf_error *err);

/* Each in turn; what is done is noted, and what is not, is no entry's "done". */
static int act_on_each(const struct cf_args *args, act_on *act, const char *what, const char *doing,
                       FILE *out, struct cf_error *err)
{
    struct cf_client client = {0};
    struct cf_keys keys = {0};
    struct cf_error all = {0};
    char label[CF_SESSION_LABEL];
    int code = cf_targets_begin(args, &client, &keys, err);
    if (code)
        return code;
    for (size_t i = 0; i < keys.count; i++) {
        struct cf_error why = {0};
        const struct cf_session *session = cf_host_session(client.host, keys.keys[i]);
        if (session && (cf_args_has(args, "v") || cf_args_has(args, "verbose")))
            (void)fprintf(out, doing, cf_session_label(session, label));
        if (act(client.host, keys.keys[i], &why) == CF_OK)
            (void)cf_journal_note(&client, keys.keys[i], what, args->verb->name, NULL);
        else
            cf_error_add(&all, &why);
    }
    free(keys.keys);
    cf_client_end(&client);
    return all.code ? cf_error_copy(err, all.code, &all) : code;
}

static int disconnect(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    return act_on_each(args, cf_disconnect_session, "disconnect", _("Disconnecting %s\n"), out, err);
}

static int lock(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    return act_on_each(args, cf_lock_session, "lock", _("Locking %s\n"), out, err);
}

static const struct cf_option_group switches = {
    NULL, (const struct cf_option[]){CF_OPTION_SERVER, CF_OPTION_V, CF_OPTION_VM, {0}}};

const struct cf_verb cf_verb_tsdiscon = {
    .name = "tsdiscon",
    .summary = "disconnect a session, whose programs go on",
    .usage = (const char *const[]){"[sessionid | sessionname]... [/server:NAME] [/v] [/?]", NULL},
    .about =
        "Takes a session off its screen; its programs go on, and its user finds them again at the next "
        "logon. On Linux "
        "a session at a terminal ends when its connection does, and no session can be disconnected by this "
        "command.",
    .groups = (const struct cf_option_group *const[]){&switches, &cf_no_options, &cf_client_options,
                                                      &cf_simulated_options, NULL},
    .most = CF_OPERANDS,
    .run = disconnect,
    .sessions = true,
    .windows = &(const struct cf_windows){.also = (const char *const[]){"disconnect", NULL},
                                          .unlinked = "disconnect",
                                          .operands = some_sessions},
};

static const struct cf_option_group lock_options = {
    "What to lock",
    (const struct cf_option[]){CF_OPTION_SERVER, {"verbose", NULL, "say what is being done"}, {0}}};

const struct cf_verb cf_verb_lock = {
    .name = "lock",
    .summary = "lock the screen of a session",
    .usage = (const char *const[]){"[OPTION]... [SESSION]...", NULL},
    .about =
        "Asks the desktop of each session to lock its screen: the current session's, where none is named. "
        "SESSION is an "
        "id, a name such as :10, or a user who has only one session. Terminals cannot be locked. The exit "
        "status is 0 "
        "only when every desktop has said that it is locked.",
    .groups = (const struct cf_option_group *const[]){&lock_options, &cf_client_options,
                                                      &cf_simulated_options, NULL},
    .most = CF_OPERANDS,
    .run = lock,
    .sessions = true,
};
