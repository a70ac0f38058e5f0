#include "program/setup/client.h"

#include "base/i18n.h"
#include "program/output/terminal.h"
#include "program/setup/hosts.h"
#include "program/setup/servers.h"
#include "program/setup/zones.h"

#include <string.h>

const struct cf_option_group cf_client_options = {
    "Which host",
    (const struct cf_option[]){
        {"backend", "BACKEND", "which host's sessions: logind (the default on Linux), sim"},
        {"at", "TIME", "sim: when to look (12:00 on the first day of the scenario); \"2026-03-02 17:30\""},
        {0},
    },
};

const struct cf_option_group cf_no_options = {NULL, (const struct cf_option[]){{0}}};

/* What --at says, or the first noon; where the scenario has none, its middle. */
static int read_at(const struct cf_args *args, const struct cf_simulated *simulated,
                   struct cf_span *ret_after, struct cf_error *err)
{
    const struct cf_scenario *scenario = simulated->scenario;
    const char *text = cf_args_value(args, "at");
    struct cf_civil noon = cf_zone_civil(simulated->zone, scenario->start.us);
    noon = (struct cf_civil){.date = noon.date, .hour = 12};
    struct cf_instant at = {cf_zone_instant_us(simulated->zone, noon)};
    int code = text ? cf_instant_parse(text, simulated->zone, &at, err) : CF_OK;
    if (code)
        return cf_error_prefix(err, "--at"), code;
    int64_t after = at.us - scenario->start.us;
    if (!text && after < 0)
        after += CF_DAY.us;
    bool outside = after < 0 || after > scenario->length_us;
    if (text && outside)
        return cf_error_set(err, CF_USAGE, _("--at %s lies outside the scenario's days"), text);
    *ret_after = (struct cf_span){outside ? scenario->length_us / 2 : after};
    return CF_OK;
}

static int refuse_simulated(const struct cf_args *args, struct cf_error *err)
{
    static const char *const at[] = {"at", NULL};
    int code = cf_simulated_refuse(args, err);
    return code ? code : cf_args_refuse(args, at, CF_SIM_ONLY, err);
}

/* The one word of a command about one session, where that can be but an id or a user: no host calls a
 * terminal or a display "12", or "c12" as logind does sessions where there is no audit. Then the others need
 * not be read. NULL: any may be meant. */
static const char *narrow(const struct cf_args *args)
{
    const char *word = args->verb->sessions && args->operand_count == 1 ? args->operands[0] : NULL;
    const char *number = word && *word == 'c' ? word + 1 : word;
    return number && *number && !number[strspn(number, "0123456789")] ? word : NULL;
}

static int read_server(const struct cf_args *args, struct cf_host_setup *setup, const char **ret_server,
                       struct cf_error *err)
{
    const char *server = cf_args_value(args, "server");
    bool here = cf_server_is_own(server);
    const struct cf_backend_wish wish = {.server = here ? NULL : server,
                                         .asks = !here && cf_terminal_is(stdin) && cf_terminal_is(stderr),
                                         .only = narrow(args),
                                         .people = !cf_args_has(args, "all"),
                                         .shows = args->verb->listing};
    setup->backend_setup = cf_backend_settings(setup->backend, &wish);
    if (here)
        return CF_OK;
    if (!setup->backend_setup)
        return cf_error_set(err, CF_UNAVAILABLE,
                            _("%s cannot be reached: the back end %s knows its own host only"), server,
                            setup->backend->name);
    setup->once = true;
    *ret_server = server;
    return CF_OK;
}

int cf_client_begin(const struct cf_args *args, uint64_t fields, struct cf_client *ret_client,
                    struct cf_error *err)
{
    struct cf_client client = {0};
    struct cf_host_setup setup = {.fields = fields};
    int code = cf_backend_find(cf_args_value(args, "backend"), &setup.backend, err);
    if (code == CF_OK)
        code = read_server(args, &setup, &client.server, err);
    if (code)
        return code;
    setup.is_virtual = setup.backend == &cf_sim_ops;
    if (setup.is_virtual) {
        code = cf_simulated_read(args, &client.simulated, err);
        if (code)
            return code;
        setup.backend_setup = &client.simulated.sim;
        setup.start = client.simulated.scenario->start;
        client.zone = client.simulated.zone;
        code = read_at(args, &client.simulated, &setup.after, err);
    } else {
        code = refuse_simulated(args, err);
        if (code == CF_OK)
            code = cf_zones_own(&client.zone, err);
    }
    if (code == CF_OK)
        code = cf_host_open(&setup, &client.host, err);
    if (code) {
        cf_client_end(&client);
        return code;
    }
    if (args->verb->sessions && args->operand_count)
        cf_host_read_names(client.host);
    client.own = cf_host_own(client.host);
    *ret_client = client;
    return CF_OK;
}

void cf_client_end(struct cf_client *client)
{
    cf_host_close(client->host);
    cf_simulated_finish(&client->simulated);
    *client = (struct cf_client){0};
}

const char *cf_client_sender(const struct cf_client *client, char out[CF_SENDER])
{
    const struct cf_session *own = client->own ? cf_host_session(client->host, client->own) : NULL;
    uv_passwd_t account = {0};
    bool known = !(own && own->user) && uv_os_get_passwd(&account) == 0;
    (void)snprintf(out, CF_SENDER, _("Message from %s"),
                   own && own->user ? own->user
                   : known          ? account.username
                                    : _("an administrator"));
    if (known)
        uv_os_free_passwd(&account);
    return out;
}
