#include "commands/host.h"

#include "backend/calls.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define LISTING_LIMIT cf_seconds(120) /* a person may have to type a password for another host */
#define READING_LIMIT cf_seconds(5)

struct answer {
    uint64_t notice;
    bool yes;
};

struct cf_host {
    struct cf_loop *loop;
    struct cf_backend *backend;
    struct cf_calls *calls;
    struct cf_registry *registry;
    struct cf_mono begun;
    uint64_t fields;                      /* asked for as each session comes; 0: none */
    struct cf_command_request **readings; /* of these */
    size_t reading_count;
    struct cf_timer limit;
    uv_signal_t interrupt;
    bool catches, interrupted;
    bool listed, once;
    struct cf_error lost; /* code 0: it is not */
    struct answer *answers;
    size_t answer_count;
    bool (*over)(const struct cf_host *host, void *data); /* what is waited for; NULL: nothing */
    void *over_data;
};

/* Something has happened: is it what is waited for? */
static void look(struct cf_host *host)
{
    if (host->over && (host->over(host, host->over_data) || cf_host_lost(host)))
        cf_loop_stop(host->loop);
}

/* ---- The sink ---- */

static void on_listing(void *data, bool done)
{
    struct cf_host *host = data;
    cf_registry_listing(host->registry, done);
    host->listed |= done;
    look(host);
}

static void on_seen(void *data, const struct cf_session *session, uint64_t fields)
{
    struct cf_host *host = data;
    cf_registry_seen(host->registry, session, fields);
    look(host);
}

static void on_gone(void *data, const struct cf_identity *identity)
{
    struct cf_host *host = data;
    cf_registry_gone(host->registry, identity);
    look(host);
}

static void on_answered(void *data, uint64_t notice, bool yes)
{
    struct cf_host *host = data;
    host->answers = cf_grow(host->answers, host->answer_count, sizeof *host->answers);
    host->answers[host->answer_count++] = (struct answer){notice, yes};
    look(host);
}

static void on_reachable(void *data, const struct cf_error *err)
{
    struct cf_host *host = data;
    host->lost = err ? *err : (struct cf_error){0};
    look(host);
}

static void on_completed(void *data, const struct cf_completion *completion)
{
    struct cf_host *host = data;
    (void)cf_calls_complete(host->calls, completion);
}

static void read_as_it_comes(struct cf_host *host, cf_session_key key);

static void on_change(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    (void)fields;
    struct cf_host *host = data;
    if (change == CF_SESSION_ADDED && host->fields)
        read_as_it_comes(host, key);
}

/* ---- Opening and closing ---- */

static void on_limit(struct cf_timer *timer)
{
    struct cf_host *host = timer->data;
    cf_loop_stop(host->loop);
}

static bool has_listed(const struct cf_host *host, void *data)
{
    (void)data;
    return host->listed || host->lost.code;
}

static bool none_under_way(const struct cf_host *host, void *data)
{
    (void)data;
    return cf_calls_under_way(host->calls) == 0;
}

/* Each ends by itself, at the limit at the latest. */
static void await_requests(struct cf_host *host, struct cf_span limit)
{
    (void)cf_host_await(host, (struct cf_span){limit.us + CF_SECOND.us}, none_under_way, NULL);
}

static int open_backend(struct cf_host *host, const struct cf_host_setup *setup, struct cf_error *err)
{
    const struct cf_backend_sink sink = {
        .data = host,
        .listing = on_listing,
        .seen = on_seen,
        .gone = on_gone,
        .answered = on_answered,
        .reachable = on_reachable,
        .completed = on_completed,
    };
    int code = setup->backend->open(host->loop, &sink, setup->backend_setup, &host->backend, err);
    if (code)
        return code;
    cf_calls_attach(host->calls, host->backend);
    if (setup->is_virtual)
        cf_loop_run_until(host->loop, cf_mono_add(cf_loop_now(host->loop), setup->after));
    else
        host->fields = setup->fields;
    (void)cf_host_await(host, LISTING_LIMIT, has_listed, NULL);
    if (!host->listed)
        return cf_error_set(err, host->lost.code ? host->lost.code : CF_UNAVAILABLE, "%s",
                            host->lost.code ? host->lost.text
                                            : _("the host did not list its sessions in time"));
    if (host->fields)
        await_requests(host, READING_LIMIT);
    else if (setup->fields)
        cf_host_read(host, setup->fields);
    host->fields = 0;
    return CF_OK;
}

int cf_host_open(const struct cf_host_setup *setup, struct cf_host **ret_host, struct cf_error *err)
{
    struct cf_loop *loop = NULL;
    int code =
        setup->is_virtual ? cf_loop_create_virtual(setup->start, 0, &loop, err) : cf_loop_create(&loop, err);
    if (code)
        return code;
    struct cf_host *host = cf_alloc(sizeof *host);
    host->loop = loop;
    host->once = setup->once;
    host->begun = cf_loop_now(loop);
    host->limit = (struct cf_timer){.fire = on_limit, .data = host};
    host->calls = cf_calls_create(loop);
    host->registry = cf_registry_create(cf_loop_clock(loop), on_change, host);
    code = open_backend(host, setup, err);
    if (code)
        cf_host_close(host);
    else
        *ret_host = host;
    return code;
}

void cf_host_close(struct cf_host *host)
{
    if (!host)
        return;
    if (host->backend)
        cf_backend_ops_of(host->backend)->close(host->backend);
    if (host->catches)
        uv_close((uv_handle_t *)&host->interrupt, NULL);
    cf_calls_destroy(host->calls);
    cf_registry_destroy(host->registry);
    cf_loop_run(host->loop); /* handles that are closing */
    cf_loop_destroy(host->loop);
    for (size_t i = 0; i < host->reading_count; i++)
        free(host->readings[i]);
    free(host->readings);
    free(host->answers);
    free(host);
}

/* ---- What is there ---- */

const struct cf_registry *cf_host_sessions(const struct cf_host *host)
{
    return host->registry;
}

const struct cf_session *cf_host_session(const struct cf_host *host, cf_session_key key)
{
    return cf_registry_get(host->registry, key);
}

struct cf_mono cf_host_now(const struct cf_host *host)
{
    return cf_loop_now(host->loop);
}

struct cf_instant cf_host_wall(const struct cf_host *host)
{
    return cf_loop_wall(host->loop);
}

const char *cf_host_advice(const struct cf_host *host)
{
    return cf_backend_ops_of(host->backend)->advice;
}

cf_session_key cf_host_own(const struct cf_host *host)
{
    const struct cf_backend_ops *ops = cf_backend_ops_of(host->backend);
    const char *id = ops->own ? ops->own(host->backend) : NULL;
    for (cf_session_key key = 0; id && (key = cf_registry_next(host->registry, key));) {
        if (cf_text_equal(cf_registry_get(host->registry, key)->identity.id, id))
            return key;
    }
    return 0;
}

const char *cf_host_lost(const struct cf_host *host)
{
    return host->once && host->lost.code ? host->lost.text : NULL;
}

/* ---- Waiting ---- */

bool cf_host_await(struct cf_host *host, struct cf_span limit,
                   bool (*over)(const struct cf_host *host, void *data), void *data)
{
    if (over(host, data))
        return true;
    host->over = over;
    host->over_data = data;
    cf_timer_set(host->loop, &host->limit, cf_mono_add(cf_loop_now(host->loop), limit));
    cf_loop_run(host->loop);
    cf_timer_stop(host->loop, &host->limit);
    host->over = NULL;
    return over(host, data);
}

static void on_interrupt(uv_signal_t *signal, int number)
{
    (void)number;
    struct cf_host *host = signal->data;
    host->interrupted = true;
    look(host);
}

void cf_host_catch_interrupt(struct cf_host *host)
{
    host->catches = uv_signal_init(cf_loop_uv(host->loop), &host->interrupt) == 0;
    if (!host->catches)
        return;
    host->interrupt.data = host;
    (void)uv_signal_start(&host->interrupt, on_interrupt, SIGINT);
    uv_unref((uv_handle_t *)&host->interrupt); /* nothing waits for it alone */
}

bool cf_host_interrupted(const struct cf_host *host)
{
    return host->interrupted;
}

enum cf_tri cf_host_answer(const struct cf_host *host, uint64_t notice)
{
    for (size_t i = 0; i < host->answer_count; i++) {
        if (host->answers[i].notice == notice)
            return cf_tri_of(host->answers[i].yes);
    }
    return CF_TRI_UNKNOWN;
}

/* ---- Asking ---- */

static void keep_processes(struct cf_command_request *request, const char *const *processes)
{
    size_t count = 0;
    for (; processes[count]; count++) {
        request->processes = cf_grow(request->processes, count, sizeof *request->processes);
        request->processes[count] = cf_strdup(processes[count]);
    }
    request->processes = cf_grow(request->processes, count, sizeof *request->processes);
    request->processes[count] = NULL;
}

static void on_done(void *data, const struct cf_completion *completion)
{
    struct cf_command_request *request = data;
    struct cf_host *host = request->host;
    request->code = completion->code;
    request->delivered = completion->delivered;
    (void)snprintf(request->why, sizeof request->why, "%s", completion->message ? completion->message : "");
    if (completion->code == CF_OK && completion->session)
        cf_registry_seen(host->registry, completion->session, completion->fields);
    if (completion->code == CF_OK && completion->processes)
        keep_processes(request, completion->processes);
    look(host);
}

void cf_host_run(struct cf_host *host, struct cf_command_request *requests, size_t count,
                 struct cf_span limit)
{
    for (size_t i = 0; i < count; i++) {
        requests[i].host = host;
        (void)cf_calls_submit(host->calls, &requests[i].asked, limit, on_done, &requests[i]);
    }
    await_requests(host, limit);
}

void cf_command_request_finish(struct cf_command_request *request)
{
    for (char **process = request->processes; process && *process; process++)
        free(*process);
    free(request->processes);
    request->processes = NULL;
}

static struct cf_request reading_of(const struct cf_host *host, cf_session_key key, uint64_t fields)
{
    return (struct cf_request){
        .action = CF_ACTION_REFRESH,
        .session = cf_registry_get(host->registry, key)->identity,
        .fields = fields,
        .as_of = host->begun,
    };
}

void cf_host_read(struct cf_host *host, uint64_t fields)
{
    size_t count = cf_registry_count(host->registry), used = 0;
    struct cf_command_request *requests = cf_alloc((count + 1) * sizeof *requests);
    for (cf_session_key key = 0; used < count && (key = cf_registry_next(host->registry, key));)
        requests[used++].asked = reading_of(host, key, fields);
    cf_host_run(host, requests, used, READING_LIMIT);
    free(requests);
}

/* While the host still tells of the others: the one waits for the bus, the other for the kernel. */
static void read_as_it_comes(struct cf_host *host, cf_session_key key)
{
    struct cf_command_request *request = cf_alloc(sizeof *request);
    *request = (struct cf_command_request){.asked = reading_of(host, key, host->fields), .host = host};
    host->readings = cf_grow(host->readings, host->reading_count, sizeof(struct cf_command_request *));
    host->readings[host->reading_count++] = request;
    (void)cf_calls_submit(host->calls, &request->asked, READING_LIMIT, on_done, request);
}

void cf_host_read_names(struct cf_host *host)
{
    const struct cf_capabilities *able = cf_backend_ops_of(host->backend)->capabilities(host->backend);
    if (able->fields[CF_FIELD_NAME] == CF_SUPPLY_SAMPLED)
        cf_host_read(host, CF_FIELD_BIT(CF_FIELD_NAME));
}
