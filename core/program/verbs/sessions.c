#include "commands/resolve.h"
#include "program/output/session_table.h"
#include "program/output/terminal.h"
#include "program/setup/client.h"
#include "session/json.h"

#include <stdlib.h>

static const struct cf_option_group output = {
    "What to list",
    (const struct cf_option[]){
        CF_OPTION_SERVER,
        {"all", NULL, "also those of service managers, which are nobody's logon"},
        {"json", NULL, "one JSON object per line, with every field; null where it is unknown"},
        {0},
    },
};

/* All but the groups, for which a directory server may let us wait. */
#define JSON_FIELDS (CF_FIELDS_ALL & ~CF_FIELD_BIT(CF_FIELD_GROUPS))

static int sessions(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_client client;
    bool json = cf_args_has(args, "json");
    int code = cf_client_begin(args, json ? JSON_FIELDS : CF_FIELD_BIT(CF_FIELD_IDLE), &client, err);
    if (code)
        return code;
    struct cf_session_table table = {.zone = client.zone};
    struct cf_buffer text = {0};
    const struct cf_registry *registry = cf_host_sessions(client.host);
    struct cf_keys keys = {0};
    cf_keys_all(registry, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const struct cf_session *session = cf_registry_get(registry, keys.keys[i]);
        if (cf_session_of_manager(session) && !cf_args_has(args, "all"))
            continue;
        if (json)
            cf_json_line(&text, cf_session_json(session, cf_host_now(client.host)));
        else
            cf_session_table_add(&table, session, cf_host_now(client.host));
    }
    free(keys.keys);
    if (!json)
        cf_session_table_print(&table, cf_terminal_width(out), &text);
    if (text.length)
        (void)fwrite(text.data, 1, text.length, out);
    cf_session_table_finish(&table);
    cf_buffer_finish(&text);
    cf_client_end(&client);
    return CF_OK;
}

const struct cf_verb cf_verb_sessions = {
    .name = "sessions",
    .summary = "list this host's sessions",
    .usage = (const char *const[]){"[--all] [--json]", "--backend sim [--at TIME] [OPTION]...", NULL},
    .about =
        "Lists the sessions and how long each has been idle, read at this very moment; unknown where the "
        "host cannot tell. FROM is the remote host, else the terminal or display.",
    .groups =
        (const struct cf_option_group *const[]){&output, &cf_client_options, &cf_simulated_options, NULL},
    .run = sessions,
    .listing = true,
};
