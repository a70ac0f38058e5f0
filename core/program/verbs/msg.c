#include "base/file_open.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/message.h"
#include "control/client.h"
#include "program/output/terminal.h"
#include "program/setup/hosts.h"
#include "program/setup/journal_note.h"
#include "program/setup/targets.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ENGINE_LIMIT cf_seconds(20)

enum { USUAL_SECONDS = 60, MOST_SECONDS = 86400, TARGET_LINE = 512 };

/* Where the text begins: --all takes the place of the target. */
static size_t text_at(const struct cf_args *args)
{
    return cf_args_mean_all(args) ? 0 : 1;
}

/* Else it is the caller's: a loop that reads names must not lose them to a message. */
static bool reads_input(const struct cf_args *args)
{
    return args->operand_count <= text_at(args);
}

static int check_target(const struct cf_args *args, struct cf_error *err)
{
    if (!text_at(args))
        return CF_OK;
    if (!args->operand_count)
        return cf_error_set(err, CF_USAGE, _("say to whom: a user, a session, @file, or --all"));
    /* what the shell makes of `msg * hello`: its files, in their order */
    const char *const *words = args->operands;
    if (args->operand_count > 1 && cf_target_is_file(words[0]) && cf_target_is_file(words[1]))
        return cf_error_set(
            err, CF_USAGE,
            _("%s and %s are files in this folder: the shell seems to have expanded a *. Write '*' or --all"),
            words[0], words[1]);
    return CF_OK;
}

/* The words after the target, else standard input, without the blanks at its end. */
static int read_text(const struct cf_args *args, struct cf_buffer *text, struct cf_error *err)
{
    size_t from = text_at(args);
    bool given = !reads_input(args);
    for (size_t i = from; i < args->operand_count; i++)
        cf_buffer_printf(text, "%s%s", i > from ? " " : "", args->operands[i]);
    char piece[512];
    size_t length;
    if (!given && cf_terminal_is(stdin))
        cf_log(CF_LOG_NOTICE, _("type the message, then Ctrl-D on a line of its own"));
    while (!given && text->length <= CF_MESSAGE_BYTES && (length = fread(piece, 1, sizeof piece, stdin)) > 0)
        cf_buffer_add(text, piece, length);
    while (text->length && strchr(" \t\r\n", text->data[text->length - 1]))
        text->data[--text->length] = '\0';
    if (!text->length)
        return cf_error_set(err, CF_USAGE,
                            _("there is no message: write it after the target, or to standard input"));
    if (text->length > CF_MESSAGE_BYTES)
        return cf_error_set(err, CF_USAGE, _("a message can have at most %d bytes"), (int)CF_MESSAGE_BYTES);
    return CF_OK;
}

/* Adds a target's sessions; what is wrong with it is told at once, and counted. */
static void add_target(const struct cf_client *client, const char *word, struct cf_keys *keys, size_t *failed)
{
    struct cf_error err = {0};
    if (cf_resolve_all(cf_host_sessions(client->host), word, keys, &err) != CF_OK) {
        cf_log(CF_LOG_ERROR, "%s", err.text);
        ++*failed;
    }
}

/* What Windows' editors put ahead of a text: UTF-8's mark is passed over, UTF-16 is not read. */
static int skip_mark(FILE *file, const char *path, struct cf_error *err)
{
    unsigned char mark[3] = {0};
    size_t length = fread(mark, 1, sizeof mark, file);
    if (length >= 2 && ((mark[0] == 0xFF && mark[1] == 0xFE) || (mark[0] == 0xFE && mark[1] == 0xFF)))
        return cf_error_set(err, CF_FAILED, _("%s: is UTF-16; save it as UTF-8"), path);
    if (!(length == 3 && memcmp(mark, "\xEF\xBB\xBF", 3) == 0))
        rewind(file);
    return CF_OK;
}

/* "@file": a target a line. */
static int add_file(const struct cf_client *client, const char *path, struct cf_keys *keys, size_t *failed,
                    struct cf_error *err)
{
    FILE *file = cf_file_stream(path, "r");
    if (!file)
        return cf_error_set(err, CF_FAILED, _("%s: cannot be read: %s"), path, strerror(errno));
    char line[TARGET_LINE];
    size_t count = 0;
    int code = skip_mark(file, path, err);
    while (code == CF_OK && fgets(line, sizeof line, file)) {
        if (++count > CF_MESSAGE_TARGETS || (!strchr(line, '\n') && !feof(file)))
            code =
                cf_error_set(err, CF_FAILED, _("%s: more than %d lines, or line %zu is longer than %d bytes"),
                             path, (int)CF_MESSAGE_TARGETS, count, (int)TARGET_LINE);
        line[strcspn(line, "\r\n")] = '\0';
        if (code == CF_OK && line[0])
            add_target(client, line, keys, failed);
    }
    (void)fclose(file);
    return code;
}

/* A desktop's agent speaks to the engine alone, so what only it can show goes that way, and is journalled
 * there. Whoever wants an answer has to have it from the session itself. */
static bool tell_by_engine(const struct cf_client *client, cf_session_key key,
                           const struct cf_message *message, struct cf_told *told)
{
    const struct cf_session *session = cf_host_session(client->host, key);
    char seconds[32];
    if (told->code != CF_FAILED || message->acknowledged || client->server || client->simulated.scenario ||
        !session || !session->type || strcmp(session->type, "tty") == 0)
        return false;
    (void)snprintf(seconds, sizeof seconds, "%" PRId64 "s", message->shown_for.us / 1000000);
    const char *const words[] = {"session", session->identity.id, "text", message->text,
                                 "title",   message->title,       "for",  seconds,
                                 NULL};
    json_t *answer = NULL;
    struct cf_error why;
    int code = cf_control_ask(CF_CONTROL_PLACE, ENGINE_LIMIT, "tell", words, &answer, &why);
    json_decref(answer);
    if (code == CF_UNAVAILABLE || code == CF_DENIED || code == CF_UNSUPPORTED)
        return false; /* what was said before is all that is known */
    told->code = code;
    if (code)
        (void)snprintf(told->why, sizeof told->why, _("it took no message: %s"), why.text);
    return code == CF_OK;
}

static size_t tell_all(const struct cf_client *client, const struct cf_keys *keys,
                       const struct cf_message *message, FILE *say)
{
    struct cf_told *told = cf_alloc((keys->count + 1) * sizeof *told);
    char(*labels)[CF_SESSION_LABEL] = cf_alloc((keys->count + 1) * sizeof *labels);
    for (size_t i = 0; i < keys->count; i++)
        (void)cf_session_label(cf_host_session(client->host, keys->keys[i]), labels[i]);
    size_t failed = cf_tell(client->host, keys, message, told);
    for (size_t i = 0; i < keys->count; i++) {
        bool by_engine = tell_by_engine(client, keys->keys[i], message, &told[i]);
        failed -= by_engine;
        if (!told[i].code && !by_engine)
            (void)cf_journal_note(client, keys->keys[i], "tell", message->text, NULL);
        if (told[i].code && keys->count > 1 && keys->keys[i] == client->own)
            failed--; /* whoever writes to all knows what they write, with a terminal or without */
        else if (told[i].code)
            cf_log(CF_LOG_ERROR, "%s: %s", labels[i], told[i].why);
        else if (say)
            (void)fprintf(say, "%s: %s\n", labels[i], message->acknowledged ? _("acknowledged") : _("told"));
    }
    free(labels);
    free(told);
    return failed;
}

static int tell_targets(const struct cf_args *args, const struct cf_client *client,
                        struct cf_message *message, FILE *out, struct cf_error *err)
{
    struct cf_keys keys = {0};
    size_t failed = 0;
    char title[CF_SENDER];
    int code = CF_OK;
    const char *target = text_at(args) ? args->operands[0] : "*";
    if (target[0] == '@')
        code = add_file(client, target + 1, &keys, &failed, err);
    else
        code = cf_resolve_all(cf_host_sessions(client->host), target, &keys, err);
    if (code)
        cf_error_append(err, cf_target_hint(target));
    if (code == CF_OK) {
        message->title = cf_client_sender(client, title);
        failed += tell_all(client, &keys, message, cf_args_has(args, "v") ? out : NULL);
        code = failed || !keys.count ? CF_FAILED : CF_OK; /* each was told of by itself */
    }
    free(keys.keys);
    return code;
}

static int msg(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    uint64_t seconds = 0;
    struct cf_buffer text = {0};
    struct cf_client client;
    int code = check_target(args, err);
    if (code == CF_OK)
        code = cf_args_number(args, "time", 1, MOST_SECONDS, USUAL_SECONDS, &seconds, err);
    if (code == CF_OK)
        code = read_text(args, &text, err);
    if (code == CF_OK && (code = cf_client_begin(args, 0, &client, err)) == CF_OK) {
        struct cf_message message = {.text = text.data,
                                     .shown_for = cf_seconds((int64_t)seconds),
                                     .acknowledged = cf_args_has(args, "w")};
        cf_host_read_names(client.host);
        code = tell_targets(args, &client, &message, out, err);
        cf_client_end(&client);
    }
    cf_buffer_finish(&text);
    return code;
}

static const struct cf_option_group switches = {
    NULL, (const struct cf_option[]){
              CF_OPTION_SERVER,
              {"time", "SECONDS", "how long it is shown, and how long /w waits (60)"},
              {"v", NULL, "say who got it"},
              {"w", NULL, "wait until it is acknowledged"},
              {0},
          }};

static const struct cf_option_group ours = {
    NULL, (const struct cf_option[]){
              {"all", NULL, "to all sessions, as * does, which a shell takes for the files of the folder"},
              {"a", NULL, "the same"},
              {0},
          }};

static const struct cf_option targets[] = {
    {"username", NULL, "all sessions of that user"},
    {"sessionname", NULL, "the session of that name, such as pts/3"},
    {"sessionid", NULL, "the session of that id"},
    {"@filename", NULL, "a file with any of these, one a line"},
    {"*", NULL, "all sessions of this host; in a shell, write '*' or --all"},
    {"message", NULL, "the text; standard input where it is not given"},
    {0},
};

const struct cf_verb cf_verb_msg = {
    .name = "msg",
    .summary = "show a message to users",
    .usage =
        (const char *const[]){"{username | sessionname | sessionid | @filename | * | --all} [/server:NAME] "
                              "[/time:SECONDS] [/v] [/w] [message]",
                              NULL},
    .about = "Shows a message in sessions: on their terminals and desktops.",
    .groups = (const struct cf_option_group *const[]){&switches, &ours, &cf_client_options,
                                                      &cf_simulated_options, NULL},
    .most = CF_OPERANDS,
    .run = msg,
    .there = true,
    .reads_input = reads_input,
    .windows = &(const struct cf_windows){.text = 2, .operands = targets},
};
