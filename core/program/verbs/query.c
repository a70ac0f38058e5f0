#include "base/log.h"
#include "base/memory.h"
#include "base/words.h"
#include "commands/resolve.h"
#include "commands/tables.h"
#include "program/setup/visit.h"
#include "session/json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PROCESSES_LIMIT cf_seconds(30)

static const struct cf_option_group listing_options = {
    NULL, (const struct cf_option[]){{"json", NULL, "an object a line, for programs"}, {0}}};

static const struct cf_option one_of_them[] = {
    {"username", NULL, "the sessions of that user"},
    {"sessionname", NULL, "the session of that name, such as pts/3"},
    {"sessionid", NULL, "the session of that id"},
    {0},
};

/* NULL: none. */
static const char *operand_of(const struct cf_args *args)
{
    return args->operand_count ? args->operands[0] : NULL;
}

/* ---- quser, qwinsta ---- */

typedef void add_row(struct cf_table *table, const struct cf_session *session, bool own);

/* The session as an object that has not ended yet. */
static void begin_json(struct cf_table *table, const struct cf_session *session, bool own)
{
    cf_session_json(session, table->now, &table->text);
    table->text.length -= strlen("}\n");
    cf_buffer_printf(&table->text, ",\"state\":\"%s\",\"own\":%s", cf_session_state(session),
                     own ? "true" : "false");
}

static void add_json(struct cf_table *table, const struct cf_session *session, bool own)
{
    begin_json(table, session, own);
    cf_buffer_puts(&table->text, "}\n");
}

/* "No User exists for *", as scripts know it; the word may be anything. */
static int none_exists(const char *what, const char *word)
{
    char safe[256];
    (void)cf_text_safe(word, safe, sizeof safe);
    (void)fprintf(stderr, "No %s exists for %s\n", what, safe);
    return CF_FAILED;
}

static int list(const struct cf_args *args, const char *what, add_row *add, bool persons_only, FILE *out,
                struct cf_error *err)
{
    const char *word = operand_of(args) ? operand_of(args) : "*";
    struct cf_visit visit;
    int code = cf_visit_begin(args, &visit, err);
    if (code)
        return code;
    bool json = cf_args_has(args, "json");
    cf_host_read(visit.host,
                 json ? CF_FIELDS_ALL & ~CF_FIELD_BIT(CF_FIELD_GROUPS) : CF_FIELD_BIT(CF_FIELD_IDLE));
    struct cf_table table = {.zone = visit.zone, .now = cf_host_now(visit.host)};
    const struct cf_registry *registry = cf_host_sessions(visit.host);
    size_t count = 0;
    for (cf_session_key key = 0; (key = cf_registry_next(registry, key));) {
        const struct cf_session *session = cf_registry_get(registry, key);
        if ((persons_only && !cf_session_of_person(session)) ||
            (strcmp(word, "*") != 0 && !cf_session_fits(session, word)))
            continue;
        if (count++ == 0 && !json)
            add(&table, NULL, false);
        (json ? add_json : add)(&table, session, key == visit.own);
    }
    if (table.text.length)
        (void)fwrite(table.text.data, 1, table.text.length, out);
    cf_buffer_finish(&table.text);
    cf_visit_end(&visit);
    return count ? CF_OK : none_exists(what, word);
}

static int quser(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    return list(args, "User", cf_table_user, true, out, err);
}

static int qwinsta(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    static const char *const lacking[] = {"mode", "flow", "connect", "counter", "vm"};
    for (size_t i = 0; i < sizeof lacking / sizeof lacking[0]; i++) {
        if (cf_args_has(args, lacking[i]))
            return cf_error_set(
                err, CF_UNSUPPORTED,
                _("/%s: this host has neither serial lines nor counters nor virtual machines to tell of"),
                lacking[i]);
    }
    return list(args, "session", cf_table_session, false, out, err);
}

static const struct cf_option_group user_switches = {NULL, (const struct cf_option[]){CF_OPTION_SERVER, {0}}};

static const struct cf_option_group session_switches = {
    NULL, (const struct cf_option[]){
              CF_OPTION_SERVER,
              {"mode", NULL, "Windows' settings of serial lines: refused here"},
              {"flow", NULL, "the same"},
              {"connect", NULL, "the same"},
              {"counter", NULL, "Windows' counters of sessions: refused here"},
              {"vm", NULL, "Windows' virtual machines: refused here"},
              {0},
          }};

const struct cf_verb cf_verb_quser = {
    .name = "quser",
    .summary = "list who is logged on, as Windows does",
    .usage = (const char *const[]){"[username | sessionname | sessionid] [/server:NAME] [--json] [/?]", NULL},
    .about =
        "Lists who is logged on, and for how long each has been idle: . is less than a minute, none is unknown; > "
        "marks the session that asks.",
    .groups = (const struct cf_option_group *const[]){&user_switches, &listing_options, &cf_visit_options,
                                                      &cf_scene_options, NULL},
    .most = 1,
    .run = quser,
    .listing = true,
    .windows = &(const struct cf_windows){.also = "query user", .linked = true, .operands = one_of_them},
};

const struct cf_verb cf_verb_qwinsta = {
    .name = "qwinsta",
    .summary = "list all sessions, as Windows does",
    .usage = (const char *const[]){"[sessionname | username | sessionid] [/server:NAME] [--json] [/?]", NULL},
    .about = "Lists all sessions, login screens and services among them; > marks the session that asks.",
    .groups = (const struct cf_option_group *const[]){&session_switches, &listing_options, &cf_visit_options,
                                                      &cf_scene_options, NULL},
    .most = 1,
    .run = qwinsta,
    .listing = true,
    .windows = &(const struct cf_windows){.also = "query session", .linked = true, .operands = one_of_them},
};

/* ---- query process ---- */

/* Without any word those of the caller's user are meant; a number is a process's. */
static bool is_wanted(const struct cf_args *args, const struct cf_visit *visit,
                      const struct cf_session *session, const char *pid, const char *image)
{
    const char *word = operand_of(args), *id = cf_args_value(args, "id");
    const struct cf_session *own = visit->own ? cf_host_session(visit->host, visit->own) : NULL;
    if (id && strcasecmp(id, session->identity.id) != 0)
        return false;
    if (!word)
        return id || (own && cf_text_equal(own->user, session->user));
    if (word[0] && strspn(word, "0123456789") == strlen(word))
        return strcmp(word, pid) == 0;
    return strcmp(word, "*") == 0 || strcasecmp(word, image) == 0 || cf_session_fits(session, word);
}

/* A line of a session's: "4711 bash". Whether it is wanted. */
static bool add_process(const struct cf_args *args, const struct cf_visit *visit, struct cf_table *table,
                        const struct cf_session *session, const char *process)
{
    char pid[24];
    size_t digits = strcspn(process, " ");
    const char *image = process + digits + (process[digits] != '\0');
    bool own = visit->own && session == cf_host_session(visit->host, visit->own);
    (void)snprintf(pid, sizeof pid, "%.*s", (int)digits, process);
    if (!is_wanted(args, visit, session, pid, image))
        return false;
    if (!cf_args_has(args, "json")) {
        cf_table_process(table, session, own, pid, image);
        return true;
    }
    begin_json(table, session, own);
    cf_buffer_printf(&table->text, ",\"pid\":%s,\"image\":", pid);
    cf_buffer_json(&table->text, image);
    cf_buffer_puts(&table->text, "}\n");
    return true;
}

static size_t add_processes(const struct cf_args *args, const struct cf_visit *visit, struct cf_table *table)
{
    const struct cf_registry *registry = cf_host_sessions(visit->host);
    size_t room = cf_registry_count(registry), used = 0, count = 0;
    struct cf_errand *errands = cf_alloc((room + 1) * sizeof *errands);
    cf_session_key *keys = cf_alloc((room + 1) * sizeof *keys);
    for (cf_session_key key = 0; used < room && (key = cf_registry_next(registry, key)); used++) {
        keys[used] = key;
        errands[used].request = (struct cf_request){.action = CF_ACTION_PROCESSES,
                                                    .session = cf_registry_get(registry, key)->identity};
    }
    cf_host_run(visit->host, errands, used, PROCESSES_LIMIT);
    for (size_t i = 0; i < used; i++) {
        const struct cf_session *session = cf_registry_get(registry, keys[i]);
        if (session && errands[i].code != CF_OK)
            cf_log(CF_LOG_WARNING, "%s", errands[i].why);
        for (char **process = errands[i].processes; session && process && *process; process++)
            count += add_process(args, visit, table, session, *process);
        cf_errand_finish(&errands[i]);
    }
    free(keys);
    free(errands);
    return count;
}

static int query_process(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_visit visit;
    const char *id = cf_args_value(args, "id"), *word = operand_of(args) ? operand_of(args) : id;
    int code = cf_visit_begin(args, &visit, err);
    if (code)
        return code;
    if (!word && !visit.own) {
        cf_visit_end(&visit);
        return cf_error_set(
            err, CF_FAILED,
            _("this command runs in no session: say whose processes are meant; query process * lists all"));
    }
    struct cf_table table = {.zone = visit.zone, .now = cf_host_now(visit.host)};
    if (!cf_args_has(args, "json"))
        cf_table_process(&table, NULL, false, "PID", "IMAGE");
    size_t count = add_processes(args, &visit, &table);
    if (count)
        (void)fwrite(table.text.data, 1, table.text.length, out);
    cf_buffer_finish(&table.text);
    cf_visit_end(&visit);
    return count ? CF_OK : none_exists("Process", word ? word : "this user");
}

static const struct cf_option_group process_switches = {
    NULL, (const struct cf_option[]){CF_OPTION_SERVER, {"id", "NN", "those of the session of that id"}, {0}}};

static const struct cf_option some_processes[] = {
    {"*", NULL, "all"},
    {"processid", NULL, "the process of that number"},
    {"username", NULL, "those of that user"},
    {"sessionname", NULL, "those of the session of that name"},
    {"programname", NULL, "those of that name"},
    {0},
};

const struct cf_verb cf_verb_query_process = {
    .name = "query process",
    .summary = "list sessions' processes, as Windows does",
    .usage =
        (const char *const[]){
            "[* | processid | username | sessionname | /id:NN | programname] [/server:NAME] "
            "[--json] [/?]",
            NULL},
    .about =
        "Lists the processes of sessions: one's own, where nothing is named. What a user's service manager runs "
        "belongs to no single session, and is not among them.",
    .groups = (const struct cf_option_group *const[]){&process_switches, &listing_options, &cf_visit_options,
                                                      &cf_scene_options, NULL},
    .most = 1,
    .run = query_process,
    .listing = true,
    .there = true,
    .windows = &(const struct cf_windows){.linked = true, .operands = some_processes},
};
