#include "base/log.h"
#include "base/words.h"
#include "commands/ending.h"
#include "commands/resolve.h"
#include "program/output/terminal.h"
#include "program/setup/noting.h"
#include "program/setup/settings.h"
#include "program/setup/visit.h"

#define LONGEST_WARNING CF_DAY

#define OPTION_V                                                                                             \
    {                                                                                                        \
        "v", NULL, "say what is being done"                                                                  \
    }
#define OPTION_VM                                                                                            \
    {                                                                                                        \
        "vm", NULL, "Windows' way to virtual machines' sessions: refused here"                               \
    }

static const struct cf_option one_session[] = {
    {"sessionname", NULL, "an active session's name, such as pts/3, or a user who has but one session"},
    {"sessionid", NULL, "the session's id; quser lists them"},
    {0},
};

static const struct cf_option_group switches = {
    NULL, (const struct cf_option[]){CF_OPTION_SERVER, OPTION_V, OPTION_VM, {0}}};

/* `logoff` has all of these, `reset session` those from the second on. */
static const struct cf_option ours[] = {
    {"warn", "SPAN TEXT", "show TEXT, wait for SPAN (such as 5m), and give up if the user wants to stay"},
    {"allow-console", NULL, "end the session at the machine itself, too, though it is another's"},
    {"config", "FILE", "the configuration whose protect.console is asked (/etc/curfew/curfew.lua)"},
    {0},
};

static const struct cf_option_group logoff_options = {NULL, ours}, console_options = {NULL, ours + 1};

/* ---- Which session, and whether it may be touched ---- */

static int find_session(const struct cf_args *args, const struct cf_visit *visit, cf_session_key *ret_key,
                        struct cf_error *err)
{
    if (args->operand_count)
        return cf_resolve_one(cf_host_sessions(visit->host), args->operands[0], ret_key, err);
    if (visit->server)
        return cf_error_set(err, CF_FAILED,
                            _("name the session that is meant; quser /server:%s lists those of %s"),
                            visit->server, visit->server);
    if (!visit->own)
        return cf_error_set(
            err, CF_FAILED,
            _("this command runs in no session: a service, a timer or the user's service manager started "
              "it; name the session that is meant (quser lists them)"));
    *ret_key = visit->own;
    return CF_OK;
}

static bool is_another_user(const struct cf_visit *visit, cf_session_key key)
{
    const struct cf_session *own = visit->own ? cf_host_session(visit->host, visit->own) : NULL;
    const struct cf_session *session = cf_host_session(visit->host, key);
    return key != visit->own && !(own && own->user && cf_text_equal(own->user, session->user));
}

/* The usual configuration frees nothing where it is not there, or wrong; one that was named must be right. */
static int ask_config(const struct cf_args *args, const struct cf_visit *visit, bool *ret_freed,
                      struct cf_error *err)
{
    const char *path = cf_args_value(args, "config");
    struct cf_config config;
    if (visit->server && !path) /* it is about this machine's console */
        return CF_OK;
    int code = cf_settings_read_file(path ? path : cf_usual_config, &config, path ? err : NULL);
    if (code)
        return path ? code : CF_OK;
    *ret_freed = !config.protect_console;
    cf_config_finish(&config);
    return CF_OK;
}

static int check_console(const struct cf_args *args, const struct cf_visit *visit, cf_session_key key,
                         struct cf_error *err)
{
    char label[CF_SESSION_LABEL];
    const struct cf_session *session = cf_host_session(visit->host, key);
    bool freed =
        session->console == CF_TRI_NO || !is_another_user(visit, key) || cf_args_has(args, "allow-console");
    int code = freed ? CF_OK : ask_config(args, visit, &freed, err);
    if (code || freed)
        return code;
    return cf_error_set(
        err, CF_REFUSED,
        _("%s %s the console, whose user is not logged off by others; --allow-console frees it, and so "
          "does protect = { console = false } in %s"),
        cf_session_label(session, label), session->console == CF_TRI_YES ? _("is") : _("may be"),
        cf_usual_config);
}

/* Begins the visit and finds the session. End the visit where it returned 0. */
static int begin(const struct cf_args *args, struct cf_visit *visit, cf_session_key *ret_key,
                 struct cf_error *err)
{
    if (cf_args_has(args, "vm"))
        return cf_error_set(
            err, CF_UNSUPPORTED,
            _("/vm is for sessions in virtual machines of a Windows Remote Desktop host; run %s in the "
              "machine itself"),
            args->verb->name);
    int code = cf_visit_begin(args, visit, err);
    if (code)
        return code;
    code = find_session(args, visit, ret_key, err);
    if (code)
        cf_visit_end(visit);
    return code;
}

/* ---- logoff, reset session ---- */

struct warning {
    struct cf_span ahead;
    const char *text; /* NULL: none */
};

static int read_warning(const struct cf_args *args, struct warning *ret_warning, struct cf_error *err)
{
    size_t place = 0;
    const char *span = cf_args_each(args, "warn", &place);
    if (!span)
        return CF_OK;
    if (!args->operand_count) /* else "--warn 5m 12" would end one's own session */
        return cf_error_set(err, CF_USAGE, _("--warn SPAN TEXT is for another's session: name that, too"));
    struct warning warning = {.text = cf_args_each(args, "warn", &place)};
    if (cf_span_parse(span, &warning.ahead, err) != CF_OK)
        return cf_error_prefix(err, "--warn"), CF_USAGE;
    if (warning.ahead.us <= 0 || warning.ahead.us > LONGEST_WARNING.us)
        return cf_error_set(err, CF_USAGE, _("--warn %s: wait for more than nothing, and for a day at most"),
                            span);
    *ret_warning = warning;
    return CF_OK;
}

static void remind(const struct cf_visit *visit, const struct cf_session *session)
{
    if (visit->server && cf_terminal_is(stderr))
        cf_log(CF_LOG_NOTICE, _("%s is told nothing; msg /server:%s %s TEXT would"),
               session->user ? session->user : _("the user"), visit->server, session->identity.id);
    else if (cf_terminal_is(stderr))
        cf_log(CF_LOG_NOTICE,
               _("%s is told nothing; msg %s TEXT would, and logoff %s --warn 5m TEXT waits as well"),
               session->user ? session->user : _("the user"), session->identity.id, session->identity.id);
}

static int warn(const struct cf_visit *visit, cf_session_key key, const struct warning *warning, FILE *say,
                struct cf_error *err)
{
    char title[CF_SENDER], span[CF_SPAN_TEXT], label[CF_SESSION_LABEL];
    if (visit->server)
        return cf_error_set(
            err, CF_UNSUPPORTED,
            _("--warn cannot reach a terminal of another host; msg /server:%s can, and so can "
              "logoff --warn on that host itself (ssh -t)"),
            visit->server);
    if (say) {
        (void)fprintf(say, _("Warning %s, and waiting for %s\n"),
                      cf_session_label(cf_host_session(visit->host, key), label),
                      cf_span_words_in(warning->ahead, CF_WORDS_LANGUAGE, span));
        (void)fflush(say);
    }
    return cf_warn_session(visit->host, key, warning->ahead, warning->text, cf_visit_sender(visit, title),
                           err);
}

extern const struct cf_verb cf_verb_reset_session; /* which is a logoff by force, and never warns */

static int logoff(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    bool forced = args->verb == &cf_verb_reset_session;
    struct warning warning = {0};
    struct cf_visit visit = {0};
    cf_session_key key = 0;
    FILE *say = cf_args_has(args, "v") ? out : NULL;
    int code = read_warning(args, &warning, err);
    if (code == CF_OK)
        code = begin(args, &visit, &key, err);
    if (code)
        return code;
    code = check_console(args, &visit, key, err);
    if (code == CF_OK && warning.text)
        code = warn(&visit, key, &warning, say, err);
    else if (code == CF_OK && is_another_user(&visit, key))
        remind(&visit, cf_host_session(visit.host, key));
    if (code == CF_OK) {
        (void)cf_note(&visit, key, "logoff", args->verb->name, err);
        code = cf_end_session(visit.host, key, forced, say, err);
    }
    cf_visit_end(&visit);
    return code;
}

const struct cf_verb cf_verb_logoff = {
    .name = "logoff",
    .summary = "end a session: one's own, or another",
    .usage = (const char *const[]){"[sessionname | sessionid] [/server:NAME] [/v] [--warn SPAN TEXT] "
                                   "[--allow-console] [/?]",
                                   NULL},
    .about =
        "Ends a session: the current one, where none is named. Its user may lose what is not saved: msg tells him "
        "first. Whatever does not end within 20 seconds is ended by force; the exit status is 0 only when the "
        "session has gone.",
    .groups = (const struct cf_option_group *const[]){&switches, &logoff_options, &cf_visit_options,
                                                      &cf_scene_options, NULL},
    .most = 1,
    .run = logoff,
    .windows = &(const struct cf_windows){.linked = true, .operands = one_session},
};

const struct cf_verb cf_verb_reset_session = {
    .name = "reset session",
    .summary = "end a session by force, at once",
    .usage =
        (const char *const[]){"{sessionname | sessionid} [/server:NAME] [/v] [--allow-console] [/?]", NULL},
    .about =
        "Ends a session by force, without asking its programs: for one that hangs. What is not saved is lost.",
    .groups = (const struct cf_option_group *const[]){&switches, &console_options, &cf_visit_options,
                                                      &cf_scene_options, NULL},
    .least = 1,
    .most = 1,
    .run = logoff,
    .windows = &(const struct cf_windows){.operands = one_session}, /* Unix has a `reset` of its own */
};

/* ---- tsdiscon ---- */

static int tsdiscon(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_visit visit = {0};
    cf_session_key key = 0;
    char label[CF_SESSION_LABEL];
    int code = begin(args, &visit, &key, err);
    if (code)
        return code;
    if (cf_args_has(args, "v"))
        (void)fprintf(out, _("Disconnecting %s\n"),
                      cf_session_label(cf_host_session(visit.host, key), label));
    (void)cf_note(&visit, key, "disconnect", args->verb->name, err);
    code = cf_disconnect_session(visit.host, key, err);
    cf_visit_end(&visit);
    return code;
}

const struct cf_verb cf_verb_tsdiscon = {
    .name = "tsdiscon",
    .summary = "disconnect a session, whose programs go on",
    .usage = (const char *const[]){"[sessionid | sessionname] [/server:NAME] [/v] [/?]", NULL},
    .about =
        "Takes a session off its screen; its programs go on, and its user finds them again at the next logon. A "
        "terminal's session on Linux ends with its line, and cannot be disconnected.",
    .groups = (const struct cf_option_group *const[]){&switches, &cf_no_options, &cf_visit_options,
                                                      &cf_scene_options, NULL},
    .most = 1,
    .run = tsdiscon,
    .windows = &(const struct cf_windows){.linked = true, .operands = one_session},
};
