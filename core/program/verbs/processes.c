#include "commands/processes.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/memory.h"
#include "program/setup/targets.h"
#include "program/verbs/listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PROCESSES_LIMIT cf_seconds(30)

static const char *operand_of(const struct cf_args *args)
{
    return args->operand_count ? args->operands[0] : NULL;
}

/* ---- query process ---- */

/* Without any word those of the caller's user are meant; a number is a process's. */
static bool is_wanted(const struct cf_args *args, const struct cf_client *client,
                      const struct cf_session *session, const char *pid, const char *image)
{
    const char *word = operand_of(args), *id = cf_args_value(args, "id");
    if (cf_args_mean_all(args))
        return true;
    const struct cf_session *own = client->own ? cf_host_session(client->host, client->own) : NULL;
    if (id && strcasecmp(id, session->identity.id) != 0)
        return false;
    if (!word)
        return id || (own && cf_text_equal(own->user, session->user));
    if (word[0] && strspn(word, "0123456789") == strlen(word))
        return strcmp(word, pid) == 0;
    return strcmp(word, "*") == 0 || strcasecmp(word, image) == 0 || cf_session_fits(session, word);
}

/* A process of a session's; `image` is its name. */
typedef void take_process(void *data, const struct cf_session *session, const char *pid, const char *image);

/* Hands over a line of a session's, "4711 bash". */
static void part_process(const struct cf_session *session, const char *process, take_process *take,
                         void *data)
{
    char pid[24];
    size_t digits = strcspn(process, " ");
    (void)snprintf(pid, sizeof pid, "%.*s", (int)digits, process);
    take(data, session, pid, process + digits + (process[digits] != '\0'));
}

/* Hands over all processes of all sessions, by the sessions' ids. */
static void each_process(const struct cf_client *client, take_process *take, void *data)
{
    const struct cf_registry *registry = cf_host_sessions(client->host);
    struct cf_keys keys = {0};
    cf_keys_all(registry, &keys);
    struct cf_command_request *requests = cf_alloc((keys.count + 1) * sizeof *requests);
    for (size_t i = 0; i < keys.count; i++)
        requests[i].asked = (struct cf_request){.action = CF_ACTION_PROCESSES,
                                                .session = cf_registry_get(registry, keys.keys[i])->identity};
    cf_host_run(client->host, requests, keys.count, PROCESSES_LIMIT);
    for (size_t i = 0; i < keys.count; i++) {
        const struct cf_session *session = cf_registry_get(registry, keys.keys[i]);
        if (session && requests[i].code != CF_OK)
            cf_log(CF_LOG_WARNING, "%s", requests[i].why);
        for (char **process = requests[i].processes; session && process && *process; process++)
            part_process(session, *process, take, data);
        cf_command_request_finish(&requests[i]);
    }
    free(keys.keys);
    free(requests);
}

struct listing {
    const struct cf_args *args;
    const struct cf_client *client;
    struct cf_table table;
    size_t count;
};

static void list_process(void *data, const struct cf_session *session, const char *pid, const char *image)
{
    struct listing *listing = data;
    const struct cf_client *client = listing->client;
    bool own = client->own && session == cf_host_session(client->host, client->own);
    if (!is_wanted(listing->args, client, session, pid, image))
        return;
    listing->count++;
    if (!cf_args_has(listing->args, "json")) {
        cf_table_process(&listing->table, session, own, pid, image);
        return;
    }
    json_t *told = cf_listing_json(&listing->table, session, own);
    (void)json_object_set_new(told, "pid", json_integer(strtoll(pid, NULL, 10)));
    (void)json_object_set_new(told, "image", cf_json_text(image));
    cf_json_line(&listing->table.text, told);
}

static int query_process(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_client client;
    const char *id = cf_args_value(args, "id"), *word = operand_of(args) ? operand_of(args) : id;
    bool all = cf_args_mean_all(args);
    int code = cf_client_begin(args, 0, &client, err);
    if (code)
        return code;
    cf_host_read_names(client.host);
    if (!word && !all && !client.own) {
        cf_client_end(&client);
        return cf_error_set(
            err, CF_FAILED,
            _("this command runs in no session: say whose processes are meant; query process --all lists all"));
    }
    struct listing listing = {
        .args = args, .client = &client, .table = {.zone = client.zone, .now = cf_host_now(client.host)}};
    if (!cf_args_has(args, "json"))
        cf_table_process(&listing.table, NULL, false, "PID", "IMAGE");
    each_process(&client, list_process, &listing);
    if (listing.count)
        (void)fwrite(listing.table.text.data, 1, listing.table.text.length, out);
    cf_buffer_finish(&listing.table.text);
    cf_client_end(&client);
    return listing.count ? CF_OK : cf_none_exists("Process", word ? word : all ? "*" : "this user");
}

static const struct cf_option_group process_switches = {
    NULL, (const struct cf_option[]){CF_OPTION_SERVER, {"id", "NN", "those of the session of that id"}, {0}}};

static const struct cf_option_group process_options = {
    NULL, (const struct cf_option[]){
              {"all", NULL, "all, as * does, which a shell takes for the files of the folder"},
              {"a", NULL, "the same"},
              {"json", NULL, "one JSON object per line, for programs"},
              {0},
          }};

static const struct cf_option some_processes[] = {
    {"*", NULL, "all; in a shell, write '*' or --all"},
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
            "[* | --all | processid | username | sessionname | /id:NN | programname] [/server:NAME] "
            "[--json] [/?]",
            NULL},
    .about =
        "Lists the processes of sessions: your own, where nothing is named. What a user's service manager "
        "runs belongs to no single session, and is not among them.",
    .groups = (const struct cf_option_group *const[]){&process_switches, &process_options, &cf_client_options,
                                                      &cf_simulated_options, NULL},
    .most = 1,
    .run = query_process,
    .listing = true,
    .there = true,
    .windows = &(const struct cf_windows){.also = (const char *const[]){"qprocess", NULL},
                                          .operands = some_processes},
};

/* ---- tskill ---- */

struct hit {
    struct cf_process process;
    char pid[24], image[256], label[CF_SESSION_LABEL];
    bool again; /* it was there at the second look, too, the same */
};

struct hunt {
    const struct cf_args *args;
    const struct cf_client *client;
    struct hit *hits;
    size_t count;
};

/* By its number wherever it is; by its name in the caller's session, that of /id, or all (/a). */
static bool is_hunted(const struct hunt *hunt, const struct cf_session *session, const char *pid,
                      const char *image)
{
    const char *word = hunt->args->operands[0], *id = cf_args_value(hunt->args, "id");
    if (id && strcasecmp(id, session->identity.id) != 0)
        return false;
    if (word[0] && strspn(word, "0123456789") == strlen(word))
        return strcmp(word, pid) == 0;
    bool here = id || cf_args_has(hunt->args, "a") ||
                (hunt->client->own && session == cf_host_session(hunt->client->host, hunt->client->own));
    return here && strcasecmp(word, image) == 0;
}

static void find_process(void *data, const struct cf_session *session, const char *pid, const char *image)
{
    struct hunt *hunt = data;
    if (!is_hunted(hunt, session, pid, image))
        return;
    hunt->hits = cf_grow(hunt->hits, hunt->count, sizeof *hunt->hits);
    struct hit *hit = &hunt->hits[hunt->count++];
    *hit = (struct hit){0};
    (void)snprintf(hit->pid, sizeof hit->pid, "%s", pid);
    (void)cf_text_safe(image, hit->image, sizeof hit->image);
    (void)cf_session_label(session, hit->label);
}

static void find_again(void *data, const struct cf_session *session, const char *pid, const char *image)
{
    const struct hunt *hunt = data;
    char label[CF_SESSION_LABEL];
    for (size_t i = 0; is_hunted(hunt, session, pid, image) && i < hunt->count; i++)
        hunt->hits[i].again |= strcmp(hunt->hits[i].pid, pid) == 0 &&
                               strcmp(hunt->hits[i].label, cf_session_label(session, label)) == 0;
}

/* Each is held first and looked at once more, so that its number cannot be another's by the time it is ended.
 */
static int end_all(const struct hunt *hunt, FILE *say, struct cf_error *err)
{
    bool real = !hunt->client->simulated.scenario; /* numbers of a simulated host mean nothing here */
    struct cf_error all = {0};
    for (size_t i = 0; real && i < hunt->count; i++)
        cf_process_hold(&hunt->hits[i].process, strtoll(hunt->hits[i].pid, NULL, 10));
    each_process(hunt->client, find_again, (void *)(uintptr_t)hunt);
    for (size_t i = 0; i < hunt->count; i++) {
        struct hit *hit = &hunt->hits[i];
        struct cf_error why = {0};
        if (hit->again && say)
            (void)fprintf(say, _("Ending process %s (%s) of %s\n"), hit->pid, hit->image, hit->label);
        if (real && hit->again && cf_process_end(&hit->process, &why) != CF_OK) {
            (void)cf_error_prefix(&why, _("process %s (%s)"), hit->pid, hit->image);
            cf_error_add(&all, &why);
        }
        if (real)
            cf_process_release(&hit->process);
    }
    return all.code ? cf_error_copy(err, all.code, &all) : CF_OK;
}

static int tskill(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_client client;
    if (cf_args_has(args, "a") && cf_args_has(args, "id"))
        return cf_error_set(err, CF_USAGE,
                            _("/a means all sessions, and /id one of them: give one of the two"));
    int code = cf_client_begin(args, 0, &client, err);
    if (code)
        return code;
    if (client.server) { /* whose numbers are others here */
        code = cf_error_set(err, CF_UNSUPPORTED, _("%s: processes of another host cannot be ended from here"),
                            client.server);
        cf_client_end(&client);
        return code;
    }
    struct hunt hunt = {.args = args, .client = &client};
    each_process(&client, find_process, &hunt);
    if (hunt.count)
        code = end_all(&hunt, cf_args_has(args, "v") ? out : NULL, err);
    free(hunt.hits);
    cf_client_end(&client);
    return hunt.count ? code : cf_none_exists("Process", args->operands[0]);
}

static const struct cf_option_group kill_switches = {
    NULL, (const struct cf_option[]){
              CF_OPTION_SERVER,
              {.name = "id", .value = "ID", .help = "in the session of that id"},
              {.name = "a", .help = "in all sessions"},
              {.name = "v", .help = "say what is being done"},
              {0},
          }};

static const struct cf_option a_process[] = {
    {.name = "processid", .help = "the process of that number, in any session"},
    {.name = "processname",
     .help = "all of that name in the current session, unless /id or /a says otherwise"},
    {0},
};

const struct cf_verb cf_verb_tskill = {
    .name = "tskill",
    .summary = "end a process of a session",
    .usage = (const char *const[]){"{processid | processname} [/server:NAME] [/id:ID | /a] [/v] [/?]", NULL},
    .about =
        "Ends processes of sessions: each is asked to end (SIGTERM), and after 5 seconds made to; on Windows at once. What is "
        "not saved is lost. "
        "You may end your own, administrators everybody's. A user's service manager and what it runs belong "
        "to no single "
        "session, and are left alone.",
    .groups = (const struct cf_option_group *const[]){&kill_switches, &cf_no_options, &cf_client_options,
                                                      &cf_simulated_options, NULL},
    .least = 1,
    .most = 1,
    .run = tskill,
    .there = true,
    .windows = &(const struct cf_windows){.operands = a_process},
};
