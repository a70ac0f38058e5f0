#include "host.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LATENCY ((struct cf_span){10000})
#define ENDING  cf_seconds(2) /* from a gentle logoff to the end */

struct world *world;
struct host_watch host_watch;

struct cf_backend {
    struct cf_backend_head head;
    struct cf_backend_sink sink;
    struct cf_capabilities can;
    struct cf_loop *loop;
    struct cf_timer listing;
    struct end {
        struct cf_timer timer;
        uint32_t seat;
    } ends[SEATS];
    struct answer {
        struct cf_timer timer;
        struct cf_completion completion;
        uint32_t seat;
        struct answer *next, **place;
    } * answers;
};

static struct cf_backend *host; /* of this life */

struct seat *host_seat(const char *user, int64_t uid)
{
    struct seat *seat = &world->seats[world->seat_count++];
    *seat = (struct seat){.birth = 100 + (int64_t)world->seat_count, .uid = uid, .present = true};
    (void)snprintf(seat->id, sizeof seat->id, "s%zu", world->seat_count);
    (void)snprintf(seat->user, sizeof seat->user, "%s", user);
    return seat;
}

void host_make(void)
{
    if (!world)
        world = mmap(NULL, sizeof *world, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(world != MAP_FAILED);
    world->record_count = world->seat_count = 0;
    world->faults = (struct faults){0};
    world->now = world->jumped = world->life = 0;
    world->last = 0;
    world->dies = NULL;
}

static int64_t last_input(const struct seat *seat)
{
    int64_t now = cf_loop_now(host->loop).us;
    return seat->types_from && now >= seat->types_from ? now - now % MINUTE_US : seat->last_input;
}

/* Its record; borrowed strings. */
static struct cf_session show(const struct seat *seat)
{
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){"host", seat->id, 1, seat->birth};
    session.user = (char *)(uintptr_t)seat->user;
    session.class_ = (char *)(uintptr_t) "user";
    session.uid = seat->uid;
    session.console = session.locked = session.closing = CF_TRI_NO;
    session.disconnected = cf_tri_of(seat->disconnected != 0);
    if (seat->disconnected)
        session.disconnected_since.us = seat->disconnected;
    session.last_input.us = last_input(seat);
    session.idle_source = (char *)(uintptr_t) "host";
    return session;
}

void host_seen(const struct seat *seat)
{
    const struct cf_session session = show(seat);
    host->sink.seen(host->sink.data, &session, CF_FIELDS_ALL);
}

static void tell_gone(struct cf_timer *timer)
{
    struct seat *seat = &world->seats[((struct end *)timer->data)->seat];
    seat->present = false;
    host_watch.moment("it has gone");
    const struct cf_session session = show(seat);
    host->sink.gone(host->sink.data, &session.identity);
    host_watch.moment("its end was told");
}

static void list(struct cf_timer *timer)
{
    (void)timer;
    host->sink.listing(host->sink.data, false);
    for (uint32_t i = 0; i < world->seat_count; i++) {
        struct seat *seat = &world->seats[i];
        cf_timer_stop(host->loop, &host->ends[i].timer);
        host->ends[i] = (struct end){{.fire = tell_gone, .data = &host->ends[i]}, i};
        if (seat->ends && seat->ends <= cf_loop_now(host->loop).us)
            seat->present = false;
        if (!seat->present)
            continue;
        host_seen(seat);
        if (seat->ends)
            cf_timer_set(host->loop, &host->ends[i].timer, (struct cf_mono){seat->ends});
    }
    host->sink.listing(host->sink.data, true);
}

static int open_host(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                     struct cf_backend **ret, struct cf_error *err)
{
    (void)setup;
    (void)err;
    host = cf_alloc(sizeof *host);
    host->head.ops = &host_ops;
    host->sink = *sink;
    host->loop = loop;
    host->listing = (struct cf_timer){.fire = list};
    for (int action = 0; action < CF_ACTION_COUNT; action++)
        host->can.actions[action] = true;
    host->can.fields[CF_FIELD_IDLE] = host->can.fields[CF_FIELD_IDLE_SOURCE] = CF_SUPPLY_SAMPLED;
    cf_timer_defer(loop, &host->listing);
    *ret = host;
    return 0;
}

static void close_host(struct cf_backend *backend)
{
    cf_timer_stop(backend->loop, &backend->listing);
    for (uint32_t i = 0; i < world->seat_count; i++)
        cf_timer_stop(backend->loop, &backend->ends[i].timer);
    while (backend->answers) {
        struct answer *answer = backend->answers;
        backend->answers = answer->next;
        cf_timer_stop(backend->loop, &answer->timer);
        free(answer);
    }
    free(backend);
    host = NULL;
}

/* What a host that cannot be trusted shows of a session when it is read. */
static struct cf_session show_wrongly(uint32_t seat)
{
    const struct faults *faults = &world->faults;
    struct cf_session session = show(&world->seats[faults->other_session ? (seat + 1) % 2 : seat]);
    if (faults->other_birth)
        session.identity.birth += 1000;
    if (faults->lies)
        session.last_input.us = 0;
    return session;
}

static void give_answer(struct cf_timer *timer)
{
    struct answer *answer = timer->data;
    struct cf_completion completion = answer->completion;
    struct cf_session session;
    if (completion.fields) {
        session = show_wrongly(answer->seat);
        completion.session = &session;
    }
    *answer->place = answer->next;
    if (answer->next)
        answer->next->place = answer->place;
    free(answer);
    host_watch.moment("an answer comes");
    bool doubles = world->faults.doubles;
    host->sink.completed(host->sink.data, &completion);
    if (doubles) {
        host->sink.completed(host->sink.data, &completion);
        completion.id++;
        host->sink.completed(host->sink.data, &completion);
    }
    host_watch.moment("an answer came");
}

/* What is asked for is done here and now. */
static int act(uint32_t number, const struct cf_request *request)
{
    struct seat *seat = &world->seats[number];
    bool ends = request->action == CF_ACTION_LOGOFF || request->action == CF_ACTION_LOGOFF_FORCED;
    struct record *record = &world->records[world->record_count];
    *record = (struct record){.action = request->action,
                              .seat = number,
                              .life = world->life,
                              .at = cf_loop_now(host->loop).us,
                              .last_input = last_input(seat),
                              .jumped = world->jumped,
                              .on_disk = ends && host_watch.has_row(request->action, seat)};
    if (!seat->present || seat->birth != request->session.birth)
        record->code = CF_GONE;
    else if (cf_mono_known(request->quiet_since) && record->last_input > request->quiet_since.us)
        record->code = CF_STALE;
    else if (ends && (!seat->deaf || request->action == CF_ACTION_LOGOFF_FORCED) && !seat->ends) {
        seat->ends = record->at + (request->action == CF_ACTION_LOGOFF ? ENDING.us : 0);
        cf_timer_set(host->loop, &host->ends[number].timer, (struct cf_mono){seat->ends});
    }
    world->record_count++;
    return record->code;
}

static void submit(struct cf_backend *backend, const struct cf_request *request)
{
    bool reads = request->action == CF_ACTION_REFRESH;
    uint32_t number = (uint32_t)strtoul(request->session.id + 1, NULL, 10) - 1;
    host_watch.moment(cf_action_name(request->action));
    struct cf_completion completion = {.id = request->id,
                                       .delivered = request->action == CF_ACTION_WARN,
                                       .withdrawable = true,
                                       .fields = reads ? request->fields : 0};
    if (!reads)
        completion.code = act(number, request);
    else if (!world->seats[number].present)
        completion.code = CF_GONE;
    host_watch.moment(request->action == CF_ACTION_LOGOFF ? "logoff was asked" : "something was asked");
    if (world->faults.silent)
        return;
    struct answer *answer = cf_alloc(sizeof *answer);
    *answer = (struct answer){.timer = {.fire = give_answer, .data = answer},
                              .completion = completion,
                              .seat = number,
                              .next = backend->answers,
                              .place = &backend->answers};
    if (answer->next)
        answer->next->place = &answer->next;
    backend->answers = answer;
    struct cf_span later = reads ? world->faults.reading : world->faults.acting;
    later.us += LATENCY.us;
    cf_timer_set(backend->loop, &answer->timer, cf_mono_add(cf_loop_now(backend->loop), later));
}

static const struct cf_capabilities *can(const struct cf_backend *backend)
{
    return &backend->can;
}

static const char *name(const struct cf_backend *backend)
{
    (void)backend;
    return "host";
}

const struct cf_backend_ops host_ops = {.name = "host",
                                        .open = open_host,
                                        .close = close_host,
                                        .submit = submit,
                                        .capabilities = can,
                                        .host = name};

void host_list_again(void)
{
    list(&host->listing);
}

void host_leave(uint32_t seat)
{
    cf_timer_defer(host->loop, &host->ends[seat].timer);
}

void host_seat_all(void)
{
    (void)host_seat("ana", 1001);
    host_seat("ben", 1002)->types_from = 27 * MINUTE_US;
    host_seat("eve", 1003)->deaf = true;
    host_seat("dan", 1004)->protected = true;
    host_seat("root", 0)->protected = true;
    host_seat("gil", 1005)->disconnected = MINUTE_US;
}
