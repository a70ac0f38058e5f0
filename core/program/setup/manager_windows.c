#include "program/setup/manager.h"

#include "base/memory.h"
#include "program/setup/service_host_windows.h"

#include <stdio.h>
#include <stdlib.h>

struct cf_manager {
    struct cf_manager_setup setup;
    uv_async_t async;

    uv_mutex_t mutex; /* of what follows, which comes on a thread of Windows' */
    bool stop, resumed, reload;
    uint32_t *sessions; /* each once, so that they are no more than the host has */
    size_t session_count;
};

static void add_session(struct cf_manager *manager, uint32_t session)
{
    for (size_t i = 0; i < manager->session_count; i++)
        if (manager->sessions[i] == session)
            return;
    manager->sessions = cf_grow(manager->sessions, manager->session_count, sizeof *manager->sessions);
    manager->sessions[manager->session_count++] = session;
}

static void on_news(void *data, enum cf_service_news news, uint32_t session)
{
    struct cf_manager *manager = data;
    uv_mutex_lock(&manager->mutex);
    manager->stop |= news == CF_NEWS_STOP;
    manager->resumed |= news == CF_NEWS_RESUMED;
    manager->reload |= news == CF_NEWS_RELOAD;
    if (news == CF_NEWS_SESSION)
        add_session(manager, session);
    uv_mutex_unlock(&manager->mutex);
    (void)uv_async_send(&manager->async);
}

static void tell_host(const struct cf_engine *engine, const char *id)
{
    struct cf_backend *host = cf_engine_backend(engine);
    if (host && cf_backend_ops_of(host)->session_changed)
        cf_backend_ops_of(host)->session_changed(host, id);
}

/* What has happened is looked at by whoever it is about: the news say only that it has. */
static void hear(const struct cf_manager *manager, bool resumed, bool reload, const uint32_t *sessions,
                 size_t count)
{
    if (resumed)
        cf_loop_look_at_clock(manager->setup.loop);
    for (size_t i = 0; i < count; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%lu", (unsigned long)sessions[i]);
        tell_host(manager->setup.engine, id);
    }
    if (reload && manager->setup.reload)
        manager->setup.reload(manager->setup.data);
}

static void on_async(uv_async_t *async)
{
    struct cf_manager *manager = async->data;
    uv_mutex_lock(&manager->mutex);
    bool stop = manager->stop, resumed = manager->resumed, reload = manager->reload;
    uint32_t *sessions = manager->sessions;
    size_t count = manager->session_count;
    manager->resumed = manager->reload = false;
    manager->sessions = NULL;
    manager->session_count = 0;
    uv_mutex_unlock(&manager->mutex);
    if (stop)
        cf_loop_stop(manager->setup.loop);
    else
        hear(manager, resumed, reload, sessions, count);
    free(sessions);
}

struct cf_manager *cf_manager_create(const struct cf_manager_setup *setup)
{
    struct cf_manager *manager = cf_alloc(sizeof *manager);
    manager->setup = *setup;
    (void)uv_mutex_init(&manager->mutex);
    (void)uv_async_init(cf_loop_uv(setup->loop), &manager->async, on_async);
    manager->async.data = manager;
    uv_unref((uv_handle_t *)&manager->async);
    if (cf_service_host_listen(on_news, manager)) {
        cf_service_host_running(); /* the host is listed again and again, whether it answers yet or not */
        return manager;
    }
    cf_manager_destroy(manager);
    return NULL;
}

static void on_closed(uv_handle_t *handle)
{
    struct cf_manager *manager = handle->data;
    uv_mutex_destroy(&manager->mutex);
    free(manager->sessions);
    free(manager);
}

void cf_manager_destroy(struct cf_manager *manager)
{
    if (!manager)
        return;
    (void)cf_service_host_listen(NULL, NULL);
    uv_close((uv_handle_t *)&manager->async, on_closed);
}

void cf_manager_stopping(struct cf_manager *manager)
{
    if (manager)
        cf_service_host_stopping();
}

/* The others Windows does not want to know. */
void cf_manager_ready(struct cf_manager *manager)
{
    (void)manager;
}

void cf_manager_reloading(struct cf_manager *manager)
{
    (void)manager;
}

void cf_manager_reloaded(struct cf_manager *manager)
{
    (void)manager;
}
