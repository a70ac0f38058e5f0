#include "base/i18n.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/actions.h"
#include "program/output/terminal.h"
#include "program/setup/journal_note.h"
#include "program/setup/targets.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_WARNING CF_DAY

static const struct cf_option one_session[] = {
    {"sessionname", NULL, "an active session's name, such as pts/3, or a user who has only one session"},
    {"sessionid", NULL, "the session's id; quser lists them"},
    {0},
};

static const struct cf_option_group switches = {
    NULL, (const struct cf_option[]){CF_OPTION_SERVER, CF_OPTION_V, CF_OPTION_VM, {0}}};

/* `logoff` has all of these, `reset session` those from the second on. */
static const struct cf_option ours[] = {
    {"warn", "SPAN TEXT",
     "show TEXT and when the session ends, wait for SPAN (such as 5m), and leave it alone if the user asks "
     "to stay"},
    {"allow-console", NULL, "also end a session at the machine itself that is another user's"},
    {"config", "FILE", "the configuration whose protect.console is asked (/etc/curfew/curfew.lua)"},
    {0},
};

static const struct cf_option_group logoff_options = {NULL, ours}, console_options = {NULL, ours + 1};

/* ---- What it is about ---- */

/* Also looks at the console. End the client and free the keys where it returned 0. */
static int begin(const struct cf_args *args, struct cf_client *client, struct cf_keys *keys,
                 struct cf_error *err)
{
    int code = cf_targets_begin(args, client, keys, err);
    if (code)
        return code;
    for (size_t i = 0; code == CF_OK && i < keys->count; i++)
        code = cf_target_check_console(args, client, keys->keys[i], err);
    if (code) {
        free(keys->keys);
        cf_client_end(client);
    }
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
        return cf_error_set(err, CF_USAGE,
                            _("--warn SPAN TEXT is for another's session: name that session as well"));
    struct warning warning = {.text = cf_args_each(args, "warn", &place)};
    if (cf_span_parse(span, &warning.ahead, err) != CF_OK)
        return cf_error_prefix(err, "--warn"), CF_USAGE;
    if (warning.ahead.us <= 0 || warning.ahead.us > LONGEST_WARNING.us)
        return cf_error_set(err, CF_USAGE, _("--warn %s: give a time above zero, and at most a day"), span);
    *ret_warning = warning;
    return CF_OK;
}

/* "--warn 5m 12 13" forgets the text, and 12 is no text. */
static int check_text(const struct cf_client *client, const char *text, struct cf_error *err)
{
    const struct cf_registry *registry = cf_host_sessions(client->host);
    for (cf_session_key key = 0; (key = cf_registry_next(registry, key));) {
        if (cf_session_fits(cf_registry_get(registry, key), text))
            return cf_error_set(err, CF_USAGE,
                                _("--warn SPAN TEXT: the text is missing, since %s is a session"), text);
    }
    return CF_OK;
}

static void remind(const struct cf_client *client, cf_session_key key)
{
    char user[CF_SESSION_LABEL];
    const struct cf_session *session = cf_host_session(client->host, key);
    if (!session || !cf_target_is_others(client, key) || !cf_terminal_is(stderr))
        return;
    (void)cf_text_safe(session->user ? session->user : _("the user"), user, sizeof user);
    if (client->server)
        cf_log(CF_LOG_NOTICE, _("%s is not told; msg /server:%s %s TEXT would tell them"), user,
               client->server, session->identity.id);
    else
        cf_log(CF_LOG_NOTICE,
               _("%s is not told; msg %s TEXT would tell them, and logoff %s --warn 5m TEXT waits, too"),
               user, session->identity.id, session->identity.id);
}

static void count_down(void *data, struct cf_span left)
{
    char span[CF_SPAN_TEXT];
    const size_t *count = data;
    (void)fputs("\r", stderr);
    (void)fprintf(stderr,
                  cf_plural("%zu session ends in %s; Ctrl-C takes the warning back",
                            "%zu sessions end in %s; Ctrl-C takes the warnings back", *count),
                  *count, cf_span_words_in(left, CF_I18N_LANGUAGE, span));
    (void)fputs("\033[K", stderr);
    (void)fflush(stderr);
}

/* What each reads, noted before it is shown, since who is noted may answer by `curfew stay`. The texts are
 * the caller's. */
static void compose(const struct cf_client *client, const struct warning *warning, const struct cf_keys *keys,
                    struct cf_warned *warned, struct cf_buffer *texts)
{
    char local[CF_INSTANT_TEXT];
    (void)cf_instant_local(cf_instant_add(cf_host_wall(client->host), warning->ahead), client->zone, local);
    for (size_t i = 0; i < keys->count; i++) {
        const struct cf_session *session = cf_host_session(client->host, keys->keys[i]);
        bool noted = cf_journal_note(client, keys->keys[i], "warn", warning->text, NULL) == CF_OK;
        bool terminal = session->type && strcmp(session->type, "tty") == 0;
        cf_warning_compose(&texts[i], warning->text, warning->ahead, local,
                           noted      ? CF_STAY_BY_COMMAND
                           : terminal ? CF_STAY_NOT
                                      : CF_STAY_BY_BUTTON);
        warned[i] = (struct cf_warned){.key = keys->keys[i], .text = texts[i].data};
    }
}

/* What came of the warnings: only who was warned and does not stay stays in the list. */
static int judge_warned(const struct cf_client *client, struct cf_keys *keys, const struct cf_warned *warned,
                        struct cf_error *err)
{
    size_t left = 0;
    for (size_t i = 0; i < keys->count; i++) {
        if (!warned[i].err.code) {
            keys->keys[left++] = keys->keys[i];
            continue;
        }
        (void)cf_journal_note(
            client, keys->keys[i], warned[i].err.code == CF_REFUSED ? "stays" : "failed",
            warned[i].err.code == CF_REFUSED ? "the user asked to stay" : warned[i].err.text, NULL);
        cf_error_add(err, &warned[i].err);
    }
    keys->count = left;
    return left ? CF_OK : err->code;
}

/* The keys that are left are to be ended. 0 where there are such; *err may hold what became of the others. */
static int warn(const struct cf_client *client, struct cf_keys *keys, const struct warning *warning,
                FILE *say, struct cf_error *err)
{
    char title[CF_SENDER], span[CF_SPAN_TEXT], label[CF_SESSION_LABEL];
    if (client->server)
        return cf_error_set(
            err, CF_UNSUPPORTED,
            _("--warn cannot reach a terminal of another host; msg /server:%s can, and so can "
              "logoff --warn on that host itself (ssh -t)"),
            client->server);
    int code = check_text(client, warning->text, err);
    if (code)
        return code;
    for (size_t i = 0; say && i < keys->count; i++)
        (void)fprintf(say, _("Warning %s, and waiting for %s\n"),
                      cf_session_label(cf_host_session(client->host, keys->keys[i]), label),
                      cf_span_words_in(warning->ahead, CF_I18N_LANGUAGE, span));
    if (say)
        (void)fflush(say);
    bool shows = cf_terminal_is(stderr);
    size_t count = keys->count;
    struct cf_warned *warned = cf_alloc((count + 1) * sizeof *warned);
    struct cf_buffer *texts = cf_alloc((count + 1) * sizeof *texts);
    const struct cf_hand_warning how = {.title = cf_client_sender(client, title),
                                        .ahead = warning->ahead,
                                        .tick = shows ? count_down : NULL,
                                        .data = &count};
    compose(client, warning, keys, warned, texts);
    code = cf_warn_sessions(client->host, warned, count, &how, err);
    if (shows)
        (void)fputs("\r\033[K", stderr);
    for (size_t i = 0; code && i < count; i++)
        (void)cf_journal_note(client, keys->keys[i], "stays", "interrupted by whoever announced it", NULL);
    if (code == CF_OK)
        code = judge_warned(client, keys, warned, err);
    for (size_t i = 0; i < count; i++)
        cf_buffer_finish(&texts[i]);
    free(texts);
    free(warned);
    return code;
}

extern const struct cf_verb cf_verb_reset_session; /* which is a logoff by force, and never warns */

static int end_one(const struct cf_args *args, const struct cf_client *client, cf_session_key key, FILE *say,
                   struct cf_error *err)
{
    bool forced = args->verb == &cf_verb_reset_session;
    char label[CF_SESSION_LABEL];
    const struct cf_session *session = cf_host_session(client->host, key);
    if (!session)
        return CF_OK; /* it has ended meanwhile */
    (void)cf_session_label(session, label);
    int code = cf_journal_note(client, key, "logoff", args->verb->name, err);
    if (code == CF_REFUSED)
        return cf_error_set(err, code, _("the user of %s asked to stay (curfew stay), and was left alone"),
                            label);
    code = cf_end_session(client->host, key, forced, say, err);
    if (code == CF_GONE) { /* its id may be another's by now, who was left alone */
        cf_log(CF_LOG_NOTICE, "%s", err->text);
        cf_error_clear(err);
        return CF_OK;
    }
    if (code)
        (void)cf_journal_note(client, key, "failed", err->text, NULL);
    return code;
}

static int logoff(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct warning warning = {0};
    struct cf_client client = {0};
    struct cf_keys keys = {0};
    struct cf_error all = {0}; /* of each that was not ended */
    FILE *say = cf_args_has(args, "v") ? out : NULL;
    int code = read_warning(args, &warning, err);
    if (code == CF_OK)
        code = begin(args, &client, &keys, err);
    if (code)
        return code;
    if (warning.text)
        code = warn(&client, &keys, &warning, say, &all);
    for (size_t i = 0; code == CF_OK && i < keys.count; i++) {
        struct cf_error why = {0};
        if (!warning.text)
            remind(&client, keys.keys[i]);
        if (end_one(args, &client, keys.keys[i], say, &why) != CF_OK)
            cf_error_add(&all, &why);
    }
    free(keys.keys);
    cf_client_end(&client);
    return all.code ? cf_error_copy(err, all.code, &all) : code;
}

const struct cf_verb cf_verb_logoff = {
    .name = "logoff",
    .summary = "end a session: your own, or another",
    .usage = (const char *const[]){"[sessionname | sessionid]... [/server:NAME] [/v] [--warn SPAN TEXT] "
                                   "[--allow-console] [/?]",
                                   NULL},
    .about =
        "Ends a session, or several: the current one where none is named. Its user may lose what is not "
        "saved: msg tells "
        "them first, and so does --warn. A session that does not end within 20 seconds is ended by force; "
        "the exit "
        "status is 0 only when all have gone.",
    .groups = (const struct cf_option_group *const[]){&switches, &logoff_options, &cf_client_options,
                                                      &cf_simulated_options, NULL},
    .most = CF_OPERANDS,
    .run = logoff,
    .sessions = true,
    .windows = &(const struct cf_windows){.operands = one_session},
};

const struct cf_verb cf_verb_reset_session = {
    .name = "reset session",
    .summary = "end a session by force, at once",
    .usage = (const char *const[]){"{sessionname | sessionid}... [/server:NAME] [/v] [--allow-console] [/?]",
                                   NULL},
    .about =
        "Ends a session by force, without asking its programs: for one that hangs. What is not saved is lost.",
    .groups = (const struct cf_option_group *const[]){&switches, &console_options, &cf_client_options,
                                                      &cf_simulated_options, NULL},
    .least = 1,
    .most = CF_OPERANDS,
    .run = logoff,
    .sessions = true,
    .windows = &(const struct cf_windows){.also = (const char *const[]){"rwinsta", NULL},
                                          .unlinked = CF_UNIX_HAS("reset"), /* which mends terminals */
                                          .operands = one_session},
};
