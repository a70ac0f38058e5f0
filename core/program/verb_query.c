#include "base/log.h"
#include "base/memory.h"
#include "commands/resolve.h"
#include "commands/tables.h"
#include "program/visit.h"
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

/* ---- quser, qwinsta ---- */

typedef void add_row(struct cf_table *table, const struct cf_session *session, bool own);

static void add_json(struct cf_table *table, const struct cf_session *session, bool own)
{
    cf_session_json(session, table->now, &table->text);
    table->text.length -= strlen("}\n");
    cf_buffer_printf(&table->text, ",\"state\":\"%s\",\"own\":%s}\n", cf_session_state(session),
                     own ? "true" : "false");
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
    const char *word = args->operand_count ? args->operands[0] : "*";
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
                "/%s: this host has neither serial lines nor counters nor virtual machines to tell of",
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
    .windows = &(const struct cf_windows){.also = "query session", .linked = true, .operands = one_of_them},
};

/* ---- query process ---- */

/* Whose processes are asked for. */
struct wanted {
    const char *word;   /* NULL: those of the user who asks */
    const char *id;     /* /id: those of this session; NULL: of any */
    const char *caller; /* who asks */
};

static bool is_number(const char *word)
{
    return word[0] && strspn(word, "0123456789") == strlen(word);
}

static bool is_wanted(const struct wanted *wanted, const struct cf_session *session, const char *pid,
                      const char *image)
{
    if (wanted->id && strcasecmp(wanted->id, session->identity.id) != 0)
        return false;
    if (!wanted->word)
        return wanted->id || cf_text_equal(session->user, wanted->caller);
    if (is_number(wanted->word))
        return strcmp(wanted->word, pid) == 0;
    return strcmp(wanted->word, "*") == 0 || strcasecmp(wanted->word, image) == 0 ||
           cf_session_fits(session, wanted->word);
}

static void add_process_json(struct cf_buffer *out, const struct cf_session *session, bool own,
                             const char *pid, const char *image)
{
    const char *const members[] = {"host",    session->identity.host,
                                   "session", session->identity.id,
                                   "user",    session->user,
                                   "name",    session->name,
                                   "image",   image};
    cf_buffer_printf(out, "{\"pid\":%s", pid);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i += 2) {
        cf_buffer_printf(out, ",\"%s\":", members[i]);
        cf_buffer_json(out, members[i + 1]);
    }
    cf_buffer_printf(out, ",\"own\":%s}\n", own ? "true" : "false");
}

/* The rows of one session; how many. */
static size_t add_processes(struct cf_table *table, const struct cf_errand *errand,
                            const struct wanted *wanted, const struct cf_session *session, bool own,
                            bool json)
{
    size_t count = 0;
    for (char *const *process = errand->processes; process && *process; process++) {
        char pid[24];
        size_t digits = strcspn(*process, " ");
        const char *image = *process + digits + (*process)[digits] / ' ';
        (void)snprintf(pid, sizeof pid, "%.*s", (int)digits, *process);
        if (!is_wanted(wanted, session, pid, image))
            continue;
        count++;
        if (json)
            add_process_json(&table->text, session, own, pid, image);
        else
            cf_table_process(table, session, own, pid, image);
    }
    return count;
}

static size_t add_sessions(struct cf_table *table, const struct cf_visit *visit, const struct wanted *wanted,
                           bool json)
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
        if (session && errands[i].code != CF_OK && errands[i].code != CF_GONE)
            cf_log(CF_LOG_WARNING, "%s", errands[i].why);
        if (session)
            count += add_processes(table, &errands[i], wanted, session, keys[i] == visit->own, json);
        cf_errand_finish(&errands[i]);
    }
    free(keys);
    free(errands);
    return count;
}

static int query_process(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_visit visit;
    int code = cf_visit_begin(args, &visit, err);
    if (code)
        return code;
    bool json = cf_args_has(args, "json");
    struct wanted wanted = {.word = args->operand_count ? args->operands[0] : NULL,
                            .id = cf_args_value(args, "id")};
    const struct cf_session *own = visit.own ? cf_host_session(visit.host, visit.own) : NULL;
    char caller[256] = "";
    if (own && own->user)
        (void)snprintf(caller, sizeof caller, "%s", own->user);
    wanted.caller = caller;
    if (!wanted.word && !wanted.id && !own) {
        cf_visit_end(&visit);
        return cf_error_set(
            err, CF_FAILED,
            "this command runs in no session: say whose processes are meant; query process * lists all");
    }
    struct cf_table table = {.zone = visit.zone, .now = cf_host_now(visit.host)};
    if (!json)
        cf_table_process(&table, NULL, false, "PID", "IMAGE");
    size_t count = add_sessions(&table, &visit, &wanted, json);
    if (count)
        (void)fwrite(table.text.data, 1, table.text.length, out);
    cf_buffer_finish(&table.text);
    cf_visit_end(&visit);
    return count ? CF_OK : none_exists("Process", wanted.word ? wanted.word : wanted.id ? wanted.id : caller);
}

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
    .groups =
        (const struct cf_option_group *const[]){
            &(const struct cf_option_group){
                NULL, (const struct cf_option[]){CF_OPTION_SERVER,
                                                 {"id", "NN", "those of the session of that id"},
                                                 {0}}},
            &listing_options, &cf_visit_options, &cf_scene_options, NULL},
    .most = 1,
    .run = query_process,
    .windows = &(const struct cf_windows){.linked = true,
                                          .operands =
                                              (const struct cf_option[]){
                                                  {"*", NULL, "all"},
                                                  {"processid", NULL, "the process of that number"},
                                                  {"username", NULL, "those of that user"},
                                                  {"sessionname", NULL, "those of the session of that name"},
                                                  {"programname", NULL, "those of that name"},
                                                  {0},
                                              }},
};
