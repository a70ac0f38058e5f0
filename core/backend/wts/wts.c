#include "wts/wts.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "wts/events.h"
#include "wts/logons.h"
#include "wts/requests.h"
#include "wts/sessions.h"

#include <stdlib.h>

static struct cf_wts *host_of(const struct cf_backend *backend)
{
    return (struct cf_wts *)(void *)(uintptr_t)backend;
}

/* ---- Events ---- */

static void on_changed(void *data)
{
    cf_wts_list(data);
}

/* Without events nobody would hear of a session that comes: listed until they are told again. */
static void on_broken(void *data, DWORD error)
{
    struct cf_wts *host = data;
    (void)error;
    cf_wts_events_stop(host->events);
    host->events = NULL;
    cf_retry_later(&host->retry);
}

/* Events first, so that nothing that comes after the listing is missed. */
static void connect_host(struct cf_wts *host)
{
    if (!host->events)
        host->events = cf_wts_events_start(host->loop, host->server, on_changed, on_broken, host);
    cf_wts_list(host);
}

static void on_retry(struct cf_timer *timer)
{
    connect_host(timer->data);
}

/* ---- The table ---- */

static void describe(struct cf_capabilities *able, bool own)
{
    static const enum cf_action_kind actions[] = {
        CF_ACTION_LIST,       CF_ACTION_REFRESH, CF_ACTION_WARN,          CF_ACTION_WITHDRAW,
        CF_ACTION_DISCONNECT, CF_ACTION_LOGOFF,  CF_ACTION_LOGOFF_FORCED, CF_ACTION_PROCESSES};
    static const enum cf_field sampled[] = {CF_FIELD_LOCKED,      CF_FIELD_IDLE,   CF_FIELD_IDLE_SOURCE,
                                            CF_FIELD_REMOTE_HOST, CF_FIELD_CLIENT, CF_FIELD_PROGRAMS,
                                            CF_FIELD_CPU,         CF_FIELD_SID};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        able->actions[actions[i]] = true;
    able->actions[CF_ACTION_LOCK] = able->actions[CF_ACTION_REFUSE_LOGONS] = own;
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++)
        if ((cf_wts_row_fields | cf_wts_info_fields) & CF_FIELD_BIT(field))
            able->fields[field] = CF_SUPPLY_PUSHED;
    for (size_t i = 0; i < sizeof sampled / sizeof sampled[0]; i++)
        able->fields[sampled[i]] = CF_SUPPLY_SAMPLED;
    if (own)
        able->fields[CF_FIELD_MISSING] = CF_SUPPLY_PUSHED;
}

static int open_wts(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                    struct cf_backend **ret_backend, struct cf_error *err)
{
    const struct cf_wts_setup *settings = setup;
    const char *server = settings ? settings->server : NULL;
    char name[UV_MAXHOSTNAMESIZE] = "localhost";
    size_t size = sizeof name;
    (void)uv_os_gethostname(name, &size);
    struct cf_wts_server *reached;
    int code = cf_wts_server_open(loop, server, &reached, err);
    if (code)
        return code;
    struct cf_wts *host = cf_alloc(sizeof *host);
    *host = (struct cf_wts){.head.ops = &cf_wts_ops,
                            .loop = loop,
                            .sink = *sink,
                            .name = cf_strdup(server ? server : name),
                            .server = reached,
                            .locks = server ? CF_WTS_LOCKS_UNKNOWN : cf_wts_locks_here(),
                            .listed = cf_wts_requests_listed,
                            .helps = !settings || (!server && !settings->once)};
    cf_retry_init(&host->retry, loop, &host->sink, on_retry, host);
    describe(&host->able, !server);
    cf_wts_looks_init(host);
    cf_wts_sessions_init(host);
    (void)uv_prepare_init(cf_loop_uv(loop), &host->reaper);
    host->reaper.data = host;
    connect_host(host);
    *ret_backend = (struct cf_backend *)(void *)host;
    return CF_OK;
}

static void on_reaped(uv_handle_t *handle)
{
    free(handle->data);
}

static void close_wts(struct cf_backend *backend)
{
    struct cf_wts *host = host_of(backend);
    host->closed = true;
    if (host->refusing)
        (void)cf_wts_logons_refuse(false);
    cf_retry_stop(&host->retry);
    cf_wts_events_stop(host->events);
    cf_wts_looks_finish(host);
    cf_wts_requests_finish(host);
    cf_wts_sessions_finish(host);
    cf_wts_server_close(host->server);
    free(host->name);
    uv_close((uv_handle_t *)&host->reaper, on_reaped);
}

static void submit(struct cf_backend *backend, const struct cf_request *request)
{
    cf_wts_requests_submit(host_of(backend), request);
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
    const struct cf_wts *host = host_of(backend);
    return host->own[0] ? host->own : NULL;
}

static void session_changed(struct cf_backend *backend, const char *id)
{
    cf_wts_look_again(host_of(backend), id);
}

const struct cf_backend_ops cf_wts_ops = {
    .name = "wts",
    .summary = "the sessions of this machine, by Remote Desktop Services",
    .reaches = true,
    .advice =
        N_("begin the console as an administrator, whom another host has to know, too, for /server:NAME"),
    .open = open_wts,
    .close = close_wts,
    .submit = submit,
    .capabilities = capabilities,
    .host = host_name,
    .own = own,
    .session_changed = session_changed,
};
