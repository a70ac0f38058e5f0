/*
 * A host whose sessions, and whose record of all that was asked for them, lie in shared memory: they outlive
 * the program that asked. What curfew did is judged by that record. It acts when it is asked, and answers
 * later.
 */
#ifndef CF_TESTS_FAULTS_HOST_H
#define CF_TESTS_FAULTS_HOST_H

#include "../unit/unit.h"

#include "backend/backend.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { SEATS = 10000, RECORDS = 1 << 17 };

#define LATENCY   ((struct cf_span){10000})
#define ENDING    cf_seconds(2) /* from a gentle logoff to the end */
#define MINUTE_US INT64_C(60000000)

/* Times are the loop's, which goes on from life to life; 0: not so. */
struct seat {
    char id[8], user[8];
    int64_t birth, uid;
    int64_t last_input, types_from; /* then once a minute */
    int64_t disconnected, ends;
    bool present, deaf, protected, left; /* deaf: has to be forced; left: went by itself */
};

struct record {
    enum cf_action_kind action;
    uint32_t seat;
    int life, code;
    int64_t at, last_input, jumped; /* at that moment */
    bool on_disk;                   /* its row was, when it was asked */
};

/* How it fails at present. */
struct faults {
    bool silent, doubles, other_session, other_birth, lies;
    struct cf_span reading, acting; /* how much later it answers */
};

static struct world {
    struct faults faults;
    struct seat seats[SEATS];
    struct record records[RECORDS];
    size_t seat_count, record_count;
    int life;               /* programs started */
    int64_t now;            /* as last seen */
    int64_t jumped;         /* when the clock was last set, or the host slept */
    uint64_t moments, last; /* of this life; at which it is killed, 0: none */
    const char *dies;       /* killed at the first moment of this name; NULL: at none */
} * world;

struct cf_backend {
    struct cf_backend_head head;
    struct cf_backend_sink sink;
    struct cf_capabilities can;
    struct cf_loop *loop;
    struct cf_timer listing;
    struct host_end {
        struct cf_timer timer;
        uint32_t seat;
    } ends[SEATS];
    struct host_answer {
        struct cf_timer timer;
        struct cf_completion completion;
        uint32_t seat;
        struct host_answer *next, **place;
    } * answers;
};

static struct cf_backend *host; /* of this life */
static const struct cf_backend_ops host_ops;

/* The program's (life.h): something happens now, of which it may be the end; whether the row of this act,
 * which the host is asked for at this moment, is on disk. */
static inline void life_moment(const char *what);
static inline bool life_has_row(enum cf_action_kind action, const struct seat *seat);

static inline struct seat *host_seat(const char *user, int64_t uid)
{
    struct seat *seat = &world->seats[world->seat_count++];
    *seat = (struct seat){.birth = 100 + (int64_t)world->seat_count, .uid = uid, .present = true};
    (void)snprintf(seat->id, sizeof seat->id, "s%zu", world->seat_count);
    (void)snprintf(seat->user, sizeof seat->user, "%s", user);
    return seat;
}

static inline void host_make(void)
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

static inline int64_t host_input(const struct seat *seat)
{
    int64_t now = cf_loop_now(host->loop).us;
    return seat->types_from && now >= seat->types_from ? now - now % MINUTE_US : seat->last_input;
}

/* Its record; borrowed strings. */
static inline struct cf_session host_show(const struct seat *seat)
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
    session.last_input.us = host_input(seat);
    session.idle_source = (char *)(uintptr_t) "host";
    return session;
}

static inline void host_seen(const struct seat *seat)
{
    const struct cf_session session = host_show(seat);
    host->sink.seen(host->sink.data, &session, CF_FIELDS_ALL);
}

static inline void host_gone(struct cf_timer *timer)
{
    struct seat *seat = &world->seats[((struct host_end *)timer->data)->seat];
    seat->present = false;
    life_moment("it has gone");
    const struct cf_session session = host_show(seat);
    host->sink.gone(host->sink.data, &session.identity);
    life_moment("its end was told");
}

static inline void host_list(struct cf_timer *timer)
{
    (void)timer;
    host->sink.listing(host->sink.data, false);
    for (uint32_t i = 0; i < world->seat_count; i++) {
        struct seat *seat = &world->seats[i];
        cf_timer_stop(host->loop, &host->ends[i].timer);
        host->ends[i] = (struct host_end){{.fire = host_gone, .data = &host->ends[i]}, i};
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

static inline int host_open(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                            struct cf_backend **ret, struct cf_error *err)
{
    (void)setup;
    (void)err;
    host = cf_alloc(sizeof *host);
    host->head.ops = &host_ops;
    host->sink = *sink;
    host->loop = loop;
    host->listing = (struct cf_timer){.fire = host_list};
    for (int action = 0; action < CF_ACTION_COUNT; action++)
        host->can.actions[action] = true;
    host->can.fields[CF_FIELD_IDLE] = host->can.fields[CF_FIELD_IDLE_SOURCE] = CF_SUPPLY_SAMPLED;
    cf_timer_defer(loop, &host->listing);
    *ret = host;
    return 0;
}

static inline void host_close(struct cf_backend *backend)
{
    cf_timer_stop(backend->loop, &backend->listing);
    for (uint32_t i = 0; i < world->seat_count; i++)
        cf_timer_stop(backend->loop, &backend->ends[i].timer);
    while (backend->answers) {
        struct host_answer *answer = backend->answers;
        backend->answers = answer->next;
        cf_timer_stop(backend->loop, &answer->timer);
        free(answer);
    }
    free(backend);
    host = NULL;
}

/* What a host that cannot be trusted shows of a session when it is read. */
static inline struct cf_session host_show_wrongly(uint32_t seat)
{
    const struct faults *faults = &world->faults;
    struct cf_session session = host_show(&world->seats[faults->other_session ? (seat + 1) % 2 : seat]);
    if (faults->other_birth)
        session.identity.birth += 1000;
    if (faults->lies)
        session.last_input.us = 0;
    return session;
}

static inline void host_answer(struct cf_timer *timer)
{
    struct host_answer *answer = timer->data;
    struct cf_completion completion = answer->completion;
    struct cf_session session;
    if (completion.fields) {
        session = host_show_wrongly(answer->seat);
        completion.session = &session;
    }
    *answer->place = answer->next;
    if (answer->next)
        answer->next->place = answer->place;
    free(answer);
    life_moment("an answer comes");
    bool doubles = world->faults.doubles;
    host->sink.completed(host->sink.data, &completion);
    if (doubles) {
        host->sink.completed(host->sink.data, &completion);
        completion.id++;
        host->sink.completed(host->sink.data, &completion);
    }
    life_moment("an answer came");
}

/* What is asked for is done here and now. */
static inline int host_act(uint32_t number, const struct cf_request *request)
{
    struct seat *seat = &world->seats[number];
    bool ends = request->action == CF_ACTION_LOGOFF || request->action == CF_ACTION_LOGOFF_FORCED;
    struct record *record = &world->records[world->record_count];
    *record = (struct record){.action = request->action,
                              .seat = number,
                              .life = world->life,
                              .at = cf_loop_now(host->loop).us,
                              .last_input = host_input(seat),
                              .jumped = world->jumped,
                              .on_disk = ends && life_has_row(request->action, seat)};
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

static inline void host_submit(struct cf_backend *backend, const struct cf_request *request)
{
    bool reads = request->action == CF_ACTION_REFRESH;
    uint32_t number = (uint32_t)strtoul(request->session.id + 1, NULL, 10) - 1;
    life_moment(cf_action_name(request->action));
    struct cf_completion completion = {.id = request->id,
                                       .delivered = request->action == CF_ACTION_WARN,
                                       .withdrawable = true,
                                       .fields = reads ? request->fields : 0};
    if (!reads)
        completion.code = host_act(number, request);
    else if (!world->seats[number].present)
        completion.code = CF_GONE;
    life_moment(request->action == CF_ACTION_LOGOFF ? "logoff was asked" : "something was asked");
    if (world->faults.silent)
        return;
    struct host_answer *answer = cf_alloc(sizeof *answer);
    *answer = (struct host_answer){.timer = {.fire = host_answer, .data = answer},
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

static inline const struct cf_capabilities *host_can(const struct cf_backend *backend)
{
    return &backend->can;
}

static inline const char *host_name(const struct cf_backend *backend)
{
    (void)backend;
    return "host";
}

static const struct cf_backend_ops host_ops = {.name = "host",
                                               .open = host_open,
                                               .close = host_close,
                                               .submit = host_submit,
                                               .capabilities = host_can,
                                               .host = host_name};

#endif
