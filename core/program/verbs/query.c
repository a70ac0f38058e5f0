#include "base/i18n.h"
#include "base/log.h"
#include "base/memory.h"
#include "commands/tables.h"
#include "program/setup/targets.h"
#include "program/verbs/listing.h"
#include "session/json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct cf_option_group listing_options = {
    NULL, (const struct cf_option[]){{"json", NULL, "one JSON object per line, for programs"}, {0}}};

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

json_t *cf_listing_json(const struct cf_table *table, const struct cf_session *session, bool own)
{
    json_t *told = cf_session_json(session, table->now);
    (void)json_object_set_new(told, "state", json_string(cf_session_state(session)));
    (void)json_object_set_new(told, "own", json_boolean(own));
    return told;
}

static void add_json(struct cf_table *table, const struct cf_session *session, bool own)
{
    cf_json_line(&table->text, cf_listing_json(table, session, own));
}

int cf_none_exists(const char *what, const char *word)
{
    char safe[256];
    (void)cf_text_safe(word, safe, sizeof safe);
    (void)fprintf(stderr, "No %s exists for %s\n", what, safe);
    if (cf_target_is_file(word))
        cf_log(CF_LOG_NOTICE, _("%s is a file in this folder: did the shell expand a *? Write '*'"), word);
    return CF_FAILED;
}

static int list(const struct cf_args *args, const char *what, add_row *add, bool persons_only, FILE *out,
                struct cf_error *err)
{
    const char *word = operand_of(args) ? operand_of(args) : "*";
    struct cf_client client;
    bool json = cf_args_has(args, "json");
    int code = cf_client_begin(
        args, json ? CF_FIELDS_ALL & ~CF_FIELD_BIT(CF_FIELD_GROUPS) : CF_FIELD_BIT(CF_FIELD_IDLE), &client,
        err);
    if (code)
        return code;
    struct cf_table table = {.zone = client.zone, .now = cf_host_now(client.host)};
    const struct cf_registry *registry = cf_host_sessions(client.host);
    size_t count = 0;
    struct cf_keys keys = {0};
    cf_keys_all(registry, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const struct cf_session *session = cf_registry_get(registry, keys.keys[i]);
        if ((persons_only && !cf_session_of_person(session)) ||
            (cf_session_of_manager(session) && !cf_args_has(args, "all")) ||
            (strcmp(word, "*") != 0 && !cf_session_fits(session, word)))
            continue;
        if (count++ == 0 && !json)
            add(&table, NULL, false);
        (json ? add_json : add)(&table, session, keys.keys[i] == client.own);
    }
    free(keys.keys);
    if (table.text.length)
        (void)fwrite(table.text.data, 1, table.text.length, out);
    cf_buffer_finish(&table.text);
    cf_client_end(&client);
    return count ? CF_OK : cf_none_exists(what, word);
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

static const struct cf_option_group all_options = {
    NULL, (const struct cf_option[]){
              {"all", NULL, "also the sessions of service managers, which are nobody's logon"},
              {"json", NULL, "one JSON object per line, for programs"},
              {0},
          }};

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
    .about = "Lists who is logged on, and for how long each has been idle: . is less than a minute, none is "
             "unknown; > "
             "marks the session that asks.",
    .groups = (const struct cf_option_group *const[]){&user_switches, &listing_options, &cf_client_options,
                                                      &cf_simulated_options, NULL},
    .most = 1,
    .run = quser,
    .listing = true,
    .windows = &(const struct cf_windows){.also = (const char *const[]){"query user", NULL},
                                          .operands = one_of_them},
};

const struct cf_verb cf_verb_qwinsta = {
    .name = "qwinsta",
    .summary = "list all sessions, as Windows does",
    .usage =
        (const char *const[]){"[sessionname | username | sessionid] [/server:NAME] [--all] [--json] [/?]",
                              NULL},
    .about = "Lists all sessions, login screens and services among them; > marks the session that asks.",
    .groups = (const struct cf_option_group *const[]){&session_switches, &all_options, &cf_client_options,
                                                      &cf_simulated_options, NULL},
    .most = 1,
    .run = qwinsta,
    .listing = true,
    .windows = &(const struct cf_windows){.also = (const char *const[]){"query session", NULL},
                                          .operands = one_of_them},
};

/* ---- query termserver ---- */

static int query_termserver(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    (void)args, (void)out;
    return cf_error_set(
        err, CF_UNSUPPORTED,
        _("no directory here tells which hosts of the network have sessions; ask those that you know: quser "
          "/server:h1,h2,h3"));
}

static const struct cf_option_group termserver_switches = {
    NULL, (const struct cf_option[]){
              {.name = "domain", .value = "NAME", .help = "of that domain: refused here"},
              {.name = "address", .help = "with their addresses: refused here"},
              {.name = "continue", .help = "without a pause after each screen: refused here"},
              {0}}};

static const struct cf_option a_server[] = {{.name = "servername", .help = "the host of that name"}, {0}};

const struct cf_verb cf_verb_query_termserver = {
    .name = "query termserver",
    .summary = "Windows' list of hosts; there is none here",
    .usage = (const char *const[]){"[servername] [/domain:NAME] [/address] [/continue] [/?]", NULL},
    .about =
        "On Windows, lists the Remote Desktop hosts of the network. Here nothing knows them: name the hosts "
        "that you mean, "
        "as in quser /server:h1,h2,h3.",
    .groups = (const struct cf_option_group *const[]){&termserver_switches, &cf_no_options, NULL},
    .most = 1,
    .run = query_termserver,
    .windows =
        &(const struct cf_windows){.also = (const char *const[]){"qappsrv", NULL}, .operands = a_server},
};
