#include "program/listing.h"

#include "backend/calls.h"
#include "session/registry.h"

#define LISTING_LIMIT cf_seconds(30) /* for the host's first listing */
#define READING_LIMIT cf_seconds(5)  /* for one session's idle time */

struct listing {
    struct cf_loop *loop;
    struct cf_backend *backend;
    struct cf_calls *calls;
    struct cf_registry *registry;
    struct cf_timer limit;
    bool listed, wanted; /* the host has named its sessions; they are to be read now */
    bool reading;
    size_t unread;
    struct cf_error lost;
};

static void take_reading(void *data, const struct cf_completion *completion)
{
    struct listing *listing = data;
    if (completion->code == CF_OK)
        cf_registry_seen(listing->registry, completion->session, completion->fields);
    if (--listing->unread == 0)
        cf_loop_stop(listing->loop);
}

static void read_sessions(struct listing *listing)
{
    if (!listing->listed || !listing->wanted || listing->reading)
        return;
    listing->reading = true;
    const struct cf_registry *registry = listing->registry;
    for (cf_session_key key = 0; (key = cf_registry_next(registry, key));) {
        struct cf_request request = {
            .action = CF_ACTION_REFRESH,
            .session = cf_registry_get(registry, key)->identity,
            .fields = CF_FIELD_BIT(CF_FIELD_IDLE),
        };
        listing->unread++;
        cf_calls_submit(listing->calls, &request, READING_LIMIT, take_reading, listing);
    }
    if (listing->unread == 0)
        cf_loop_stop(listing->loop);
}

static void on_listing(void *data, bool done)
{
    struct listing *listing = data;
    cf_registry_listing(listing->registry, done);
    listing->listed |= done;
    if (done)
        read_sessions(listing);
}

static void on_seen(void *data, const struct cf_session *session, uint64_t fields)
{
    struct listing *listing = data;
    cf_registry_seen(listing->registry, session, fields);
}

static void on_gone(void *data, const struct cf_identity *identity)
{
    struct listing *listing = data;
    cf_registry_gone(listing->registry, identity);
}

static void on_answered(void *data, uint64_t notice, bool yes)
{
    (void)data, (void)notice, (void)yes;
}

static void on_reachable(void *data, const struct cf_error *err)
{
    struct listing *listing = data;
    if (!err)
        return;
    listing->lost = *err;
    cf_loop_stop(listing->loop);
}

static void on_completed(void *data, const struct cf_completion *completion)
{
    struct listing *listing = data;
    (void)cf_calls_complete(listing->calls, completion);
}

static void on_change(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    (void)data, (void)change, (void)key, (void)fields;
}

static void on_limit(struct cf_timer *timer)
{
    struct listing *listing = timer->data;
    if (listing->reading) /* readings have limits of their own */
        return;
    cf_error_set(&listing->lost, CF_UNAVAILABLE, "the host did not list its sessions in time");
    cf_loop_stop(listing->loop);
}

static void take_apart(struct listing *listing)
{
    if (listing->backend)
        cf_backend_ops_of(listing->backend)->close(listing->backend);
    cf_timer_stop(listing->loop, &listing->limit);
    cf_calls_destroy(listing->calls);
    cf_registry_destroy(listing->registry);
    cf_loop_run(listing->loop); /* handles that are closing */
    cf_loop_destroy(listing->loop);
}

static int collect(struct listing *listing, const struct cf_listing_setup *setup, struct cf_error *err)
{
    const struct cf_backend_sink sink = {
        .data = listing,
        .listing = on_listing,
        .seen = on_seen,
        .gone = on_gone,
        .answered = on_answered,
        .reachable = on_reachable,
        .completed = on_completed,
    };
    int code = setup->backend->open(listing->loop, &sink, setup->backend_setup, &listing->backend, err);
    if (code)
        return code;
    cf_calls_attach(listing->calls, listing->backend);
    if (setup->is_virtual)
        cf_loop_run_until(listing->loop, cf_mono_add(cf_loop_now(listing->loop), setup->after));
    cf_timer_set(listing->loop, &listing->limit, cf_mono_add(cf_loop_now(listing->loop), LISTING_LIMIT));
    listing->wanted = true;
    read_sessions(listing);
    if (!listing->reading || listing->unread)
        cf_loop_run(listing->loop);
    return listing->lost.code ? cf_error_set(err, CF_UNAVAILABLE, "%s", listing->lost.text) : CF_OK;
}

int cf_listing_run(const struct cf_listing_setup *setup, cf_listing_fn *fn, void *data, struct cf_error *err)
{
    struct listing listing = {.limit = {.fire = on_limit, .data = &listing}};
    int code = setup->is_virtual ? cf_loop_create_virtual(setup->start, 0, &listing.loop, err)
                                 : cf_loop_create(&listing.loop, err);
    if (code)
        return code;
    listing.calls = cf_calls_create(listing.loop);
    listing.registry = cf_registry_create(cf_loop_clock(listing.loop), on_change, &listing);
    code = collect(&listing, setup, err);
    for (cf_session_key key = 0; code == CF_OK && (key = cf_registry_next(listing.registry, key));)
        fn(data, cf_registry_get(listing.registry, key), cf_loop_now(listing.loop));
    take_apart(&listing);
    return code;
}
