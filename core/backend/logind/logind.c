#include "logind/logind.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "logind/agents.h"
#include "logind/listing.h"
#include "logind/nologin.h"
#include "logind/remotes.h"
#include "logind/requests.h"
#include "logind/sessions.h"
#include "logind/watches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From the start of ssh to the first answer of another host's bus: without, and with a person who types a
 * password; sd-bus itself gives up on authentication after 90 seconds. */
#define ANSWER_LIMIT cf_seconds(15)
#define ASKING_LIMIT cf_seconds(85)

/* ---- Signals ---- */

/* The bus lets anybody send us any signal directly, so only the owner of logind's name is listened to. */
static bool from_logind(const struct cf_logind *host, sd_bus_message *signal)
{
    return host->owner && cf_text_equal(sd_bus_message_get_sender(signal), host->owner);
}

static void on_session(struct cf_logind *host, sd_bus_message *signal)
{
    const char *id, *path;
    if (sd_bus_message_read(signal, "so", &id, &path) < 0 || cf_text_equal(id, host->bridge))
        return;
    if (sd_bus_message_is_signal(signal, NULL, "SessionNew"))
        cf_sessions_read(host, id, CF_LOGIND_LIMIT, NULL, NULL);
    else
        cf_sessions_gone(host, id);
}

static void on_changed(struct cf_logind *host, sd_bus_message *signal)
{
    const char *interface;
    char *id = NULL;
    if (sd_bus_message_read(signal, "s", &interface) >= 0 && strcmp(interface, CF_LOGIND_SESSION) == 0 &&
        sd_bus_path_decode(sd_bus_message_get_path(signal), CF_LOGIND_SESSIONS, &id) > 0 &&
        !cf_text_equal(id, host->bridge))
        cf_sessions_changed(host, id, signal);
    free(id);
}

static void on_sleep(struct cf_logind *host, sd_bus_message *signal)
{
    int begins;
    if (sd_bus_message_read(signal, "b", &begins) >= 0 && !begins)
        cf_listing_begin(host); /* much may have happened around the sleep */
}

static const struct {
    const char *interface, *member;
    void (*fn)(struct cf_logind *host, sd_bus_message *signal);
} signals[] = {
    {CF_LOGIND_MANAGER, "SessionNew", on_session},
    {CF_LOGIND_MANAGER, "SessionRemoved", on_session},
    {CF_LOGIND_MANAGER, "PrepareForSleep", on_sleep},
    {"org.freedesktop.DBus.Properties", "PropertiesChanged", on_changed},
};

static int on_signal(sd_bus_message *signal, void *data, sd_bus_error *ret_error)
{
    (void)ret_error;
    struct cf_logind *host = data;
    if (!from_logind(host, signal))
        return 0;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (sd_bus_message_is_signal(signal, signals[i].interface, signals[i].member))
            signals[i].fn(host, signal);
    return 0;
}

static int on_owner_changed(sd_bus_message *signal, void *data, sd_bus_error *ret_error)
{
    (void)ret_error;
    struct cf_logind *host = data;
    const char *name, *before, *owner;
    if (sd_bus_message_read(signal, "sss", &name, &before, &owner) < 0)
        return 0;
    cf_replace(&host->owner, owner[0] ? owner : NULL);
    if (host->owner) {
        cf_listing_begin(host);
    } else {
        struct cf_error err;
        (void)cf_error_set(&err, CF_UNAVAILABLE, "systemd-logind has left the system bus");
        cf_retry_lose(&host->retry, &err);
    }
    return 0;
}

/* Few, for each is work for the bus at every start: logind says little that is not for us. */
static const struct {
    const char *rule;
    sd_bus_message_handler_t fn;
} matches[] = {
    {"type='signal',sender='" CF_LOGIND_NAME "',path_namespace='" CF_LOGIND_PATH "'", on_signal},
    {"type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',interface='org.freedesktop.DBus',"
     "member='NameOwnerChanged',arg0='" CF_LOGIND_NAME "'",
     on_owner_changed},
};

/* ---- Connecting ---- */

static void drop_bus(struct cf_logind *host)
{
    cf_listing_cancel(host);
    cf_sessions_cancel(host);
    cf_agents_finish(host);
    cf_bus_call_cancel(&host->owner_call);
    cf_bus_call_cancel(&host->inhibitors.call);
    cf_bus_close(host->bus);
    host->bus = NULL;
    host->listens = false;
    cf_replace(&host->owner, NULL);
}

/* The bus's, or ssh's. */
static void on_ended(void *data, const struct cf_error *err)
{
    struct cf_logind *host = data;
    drop_bus(host);
    cf_retry_lose(&host->retry, err);
    if (!host->closed)
        cf_logind_requests_fail(host, err);
}

static void on_lost(void *data, const struct cf_error *err)
{
    struct cf_logind *host = data;
    if (!host->server) {
        on_ended(host, err);
        return;
    }
    drop_bus(host);
    cf_remote_broke(host->remote); /* ssh says why */
}

static struct cf_logind *host_of_call(struct cf_bus_call *call)
{
    return (struct cf_logind *)(void *)((char *)call - offsetof(struct cf_logind, owner_call));
}

/* Where logind does not run, the listing still comes: it is what starts logind by way of the bus. */
static void on_owner(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)err;
    struct cf_logind *host = host_of_call(call);
    const char *owner;
    if (reply && sd_bus_message_read(reply, "s", &owner) >= 0)
        cf_replace(&host->owner, owner);
}

static int listen_to(struct cf_logind *host, struct cf_bus *bus, struct cf_error *err)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < sizeof matches / sizeof matches[0]; i++)
        code = cf_bus_match(bus, matches[i].rule, matches[i].fn, host, err);
    return code;
}

static void ask_owner(struct cf_logind *host)
{
    static const struct cf_bus_method method = {"org.freedesktop.DBus", "/org/freedesktop/DBus",
                                                "org.freedesktop.DBus", "GetNameOwner"};
    host->listens = true;
    host->owner_call.done = on_owner;
    cf_bus_call(host->bus, &host->owner_call, &method, CF_LOGIND_LIMIT, "s", CF_LOGIND_NAME);
}

/* What is there, and who tells of it, in one go: the bus answers first, so no signal that comes after the
 * listing is missed. */
static void begin_listing(struct cf_logind *host)
{
    if (!host->once)
        ask_owner(host);
    cf_listing_begin(host);
}

/* A command that only lists needs no signals: half of its messages would be about those. */
static void listen_now(struct cf_logind *host)
{
    struct cf_error err; /* a bus that takes no more takes no act either, which is told then */
    if (!host->listens && host->bus && listen_to(host, host->bus, &err) == 0)
        ask_owner(host);
}

/* The session in which the other end of ssh runs, if that is in any: there for us only, and so not shown. */
static void on_bridge(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_logind *host = host_of_call(call);
    const char *path;
    if (err && err->code == CF_TIMEOUT) /* also where the line broke: ssh's end, or its limit, tells */
        return;
    if (reply && sd_bus_message_read(reply, "o", &path) >= 0)
        (void)sd_bus_path_decode(path, CF_LOGIND_SESSIONS, &host->bridge);
    begin_listing(host);
}

static void ask_bridge(struct cf_logind *host)
{
    static const struct cf_bus_method method = {CF_LOGIND_NAME, CF_LOGIND_PATH, CF_LOGIND_MANAGER,
                                                "GetSessionByPID"};
    host->owner_call.done = on_bridge;
    cf_bus_call(host->bus, &host->owner_call, &method, CF_LOGIND_LIMIT, "u", UINT32_C(0)); /* 0: who asks */
}

static int connect_host(struct cf_logind *host, struct cf_error *err)
{
    struct cf_bus *bus;
    int fd = -1, code = CF_OK;
    if (host->server)
        code = cf_remote_open(host->loop, host->server, host->asks, host->server_limit, on_ended, host,
                              &host->remote, &fd, err);
    if (code == CF_OK)
        code = cf_bus_open(host->loop, host->address, fd, on_lost, host, &bus, err);
    if (code == CF_OK && !host->once && (code = listen_to(host, bus, err)) != 0)
        cf_bus_close(bus);
    if (code != 0 && host->remote) { /* ssh has ended already, and will say why */
        cf_remote_broke(host->remote);
        return CF_OK;
    }
    if (code != 0)
        return code;
    host->bus = bus;
    if (!host->server) {
        begin_listing(host);
        return 0;
    }
    ask_bridge(host);
    if (cf_timer_is_set(&host->owner_call.failing)) /* not even sent, for the same reason */
        on_lost(host, NULL);
    return 0;
}

static void on_retry(struct cf_timer *timer)
{
    struct cf_logind *host = timer->data;
    struct cf_error err;
    if (host->bus)
        cf_listing_begin(host);
    else if (connect_host(host, &err) != 0)
        cf_retry_lose(&host->retry, &err);
}

/* ---- The table ---- */

/* The first half of the boot id, as a number. */
static int read_boot(uint64_t *ret_boot, struct cf_error *err)
{
    static const char path[] = "/proc/sys/kernel/random/boot_id";
    unsigned a, b, c;
    FILE *file = fopen(path, "re");
    int count = file ? fscanf(file, "%8x-%4x-%4x", &a, &b, &c) : 0;
    if (file)
        (void)fclose(file);
    if (count != 3)
        return cf_error_set(err, CF_UNAVAILABLE, "%s cannot be read; is /proc mounted?", path);
    *ret_boot = (uint64_t)a << 32 | (uint64_t)b << 16 | c;
    return 0;
}

/* What is behind the bus, terminals and processes, is out of reach on another host. */
static void describe_remote(struct cf_capabilities *able)
{
    able->actions[CF_ACTION_WARN] = able->actions[CF_ACTION_WITHDRAW] = false;
    able->actions[CF_ACTION_PROCESSES] = able->actions[CF_ACTION_WATCH] = false;
    able->actions[CF_ACTION_REFUSE_LOGONS] = false;
    able->fields[CF_FIELD_IDLE] = CF_SUPPLY_SAMPLED;
    able->fields[CF_FIELD_OUTPUT] = able->fields[CF_FIELD_AGENT] = CF_SUPPLY_NONE;
    able->fields[CF_FIELD_MISSING] = able->fields[CF_FIELD_DISCONNECTED_FOR] = CF_SUPPLY_NONE;
    able->fields[CF_FIELD_GROUPS] = able->fields[CF_FIELD_PROGRAMS] = CF_SUPPLY_NONE;
    able->fields[CF_FIELD_CPU] = able->fields[CF_FIELD_LANGUAGE] = CF_SUPPLY_NONE;
    able->fields[CF_FIELD_INHIBITED] = CF_SUPPLY_NONE;
}

static void describe(struct cf_capabilities *able)
{
    static const enum cf_action_kind actions[] = {
        CF_ACTION_LIST,  CF_ACTION_REFRESH,      CF_ACTION_WARN,          CF_ACTION_WITHDRAW,
        CF_ACTION_LOCK,  CF_ACTION_LOGOFF,       CF_ACTION_LOGOFF_FORCED, CF_ACTION_PROCESSES,
        CF_ACTION_WATCH, CF_ACTION_REFUSE_LOGONS};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        able->actions[actions[i]] = true;
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++)
        if (cf_properties_fields & CF_FIELD_BIT(field))
            able->fields[field] = CF_SUPPLY_PUSHED;
    able->fields[CF_FIELD_NAME] = able->fields[CF_FIELD_CLOSING] =
        CF_SUPPLY_SAMPLED; /* no signal for these two */
    able->fields[CF_FIELD_IDLE] = able->fields[CF_FIELD_OUTPUT] = CF_SUPPLY_TOLD;
    able->fields[CF_FIELD_BLOCKED] = able->fields[CF_FIELD_AGENT] = CF_SUPPLY_PUSHED;
    able->fields[CF_FIELD_MISSING] = able->fields[CF_FIELD_DISCONNECTED_FOR] = CF_SUPPLY_PUSHED;
    able->fields[CF_FIELD_IDLE_SOURCE] = able->fields[CF_FIELD_IDLE_DOUBT] = CF_SUPPLY_SAMPLED;
    able->fields[CF_FIELD_INHIBITED] = CF_SUPPLY_SAMPLED;
    able->fields[CF_FIELD_GROUPS] = able->fields[CF_FIELD_PROGRAMS] = CF_SUPPLY_SAMPLED;
    able->fields[CF_FIELD_CPU] = able->fields[CF_FIELD_LANGUAGE] = CF_SUPPLY_SAMPLED;
}

/* Files are of this machine's logind; who names another bus may mean another's. */
static char *read_files(const struct cf_logind_setup *settings)
{
    bool here = settings && !settings->server && (settings->address || !getenv("DBUS_SYSTEM_BUS_ADDRESS"));
    return cf_strdup(here ? settings->files : NULL);
}

static int open_logind(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                       struct cf_backend **ret_backend, struct cf_error *err)
{
    const struct cf_logind_setup *settings = setup;
    const char *server = settings ? settings->server : NULL, *user = server ? strrchr(server, '@') : NULL;
    uint64_t boot = 0; /* another host's is out of reach; no connection outlives it */
    int code = server ? CF_OK : read_boot(&boot, err);
    if (code != 0)
        return code;
    char name[UV_MAXHOSTNAMESIZE] = "localhost";
    size_t size = sizeof name;
    (void)uv_os_gethostname(name, &size);
    if (server)
        (void)snprintf(name, sizeof name, "%s", user ? user + 1 : server);
    struct cf_logind *host = cf_alloc(sizeof *host);
    *host = (struct cf_logind){.head.ops = &cf_logind_ops,
                               .loop = loop,
                               .workers.loop = cf_loop_uv(loop),
                               .sink = *sink,
                               .address = cf_strdup(settings ? settings->address : NULL),
                               .name = cf_strdup(name),
                               .server = cf_strdup(server),
                               .only = cf_strdup(settings ? settings->only : NULL),
                               .people = settings && settings->people,
                               .files = read_files(settings),
                               .once = settings && settings->once,
                               .asks = server && settings->asks,
                               .server_limit = server && settings->limit.us ? settings->limit
                                               : server && settings->asks   ? ASKING_LIMIT
                                                                            : ANSWER_LIMIT,
                               .boot = boot,
                               .remotes.sockets.named_for = CF_MONO_UNKNOWN,
                               .remotes.sockets.ends_for = CF_MONO_UNKNOWN,
                               .listen = listen_now,
                               .listed = cf_logind_requests_listed,
                               .look = cf_logind_requests_look,
                               .read = cf_logind_requests_read,
                               .pay = cf_logind_requests_pay,
                               .refs = 1};
    /* A person asks another host once, and is told. */
    cf_retry_init(&host->retry, loop, &host->sink, server ? NULL : on_retry, host);
    code = connect_host(host, err);
    if (code != 0) {
        free(host->address);
        free(host->name);
        free(host->server);
        free(host->only);
        free(host->files);
        free(host);
        return code;
    }
    describe(&host->able);
    if (server)
        describe_remote(&host->able);
    (void)uv_prepare_init(cf_loop_uv(loop), &host->reaper);
    host->reaper.data = host;
    *ret_backend = (struct cf_backend *)(void *)host;
    return 0;
}

static struct cf_logind *host_of(const struct cf_backend *backend)
{
    return (struct cf_logind *)(void *)(uintptr_t)backend;
}

static void on_reaped(uv_handle_t *handle)
{
    cf_logind_release(handle->data);
}

static void close_logind(struct cf_backend *backend)
{
    struct cf_logind *host = host_of(backend);
    host->closed = true;
    if (host->refusing)
        cf_nologin_remove(CF_NOLOGIN_FILE);
    cf_retry_stop(&host->retry);
    cf_logind_requests_drop(host);
    cf_watches_finish(host);
    cf_agents_finish(host);
    cf_listing_cancel(host);
    cf_sessions_finish(host);
    cf_remotes_finish(host);
    cf_bus_call_cancel(&host->owner_call);
    cf_bus_call_cancel(&host->inhibitors.call);
    sd_bus_message_unref(host->inhibitors.reply);
    cf_bus_close(host->bus);
    cf_remote_close(host->remote);
    free(host->owner);
    free(host->own);
    free(host->server);
    free(host->only);
    free(host->files);
    free(host->bridge);
    free(host->address);
    free(host->name);
    uv_close((uv_handle_t *)&host->reaper, on_reaped);
}

static void submit(struct cf_backend *backend, const struct cf_request *request)
{
    cf_logind_requests_submit(host_of(backend), request);
}

static const struct cf_capabilities *capabilities(const struct cf_backend *backend)
{
    return &host_of(backend)->able;
}

static const char *host_name(const struct cf_backend *backend)
{
    return host_of(backend)->name;
}

static const char *own(struct cf_backend *backend)
{
    return cf_logind_own(host_of(backend));
}

static void take_agent(struct cf_backend *backend, int fd, int64_t uid, int64_t pid, const char *display)
{
    cf_agents_take(host_of(backend), fd, uid, pid, display);
}

const struct cf_backend_ops cf_logind_ops = {
    .name = "logind",
    .summary = "the sessions of this machine, by systemd-logind",
    .advice = N_("try sudo, or /server:root@NAME for another host"),
    .open = open_logind,
    .close = close_logind,
    .submit = submit,
    .capabilities = capabilities,
    .host = host_name,
    .own = own,
    .take_agent = take_agent,
};
