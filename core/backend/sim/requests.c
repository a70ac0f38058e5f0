#include "sim/requests.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A request under way, with copies of its words. Used again and again: in the steady state none is allocated.
 */
struct cf_pending {
    struct cf_timer timer;
    struct cf_backend *sim;
    struct cf_request request;
    char id[CF_SCENARIO_ID + 1]; /* the session's; "" where it can be none of this host's */
    struct cf_buffer text;
    enum {
        IDLE,
        ASKED,
        HELD,
        DONE
    } state;                         /* HELD: it is to be done when it is released; DONE: and answered */
    struct cf_completion completion; /* of what is done */
    struct cf_pending *next;         /* idle ones */
};

static int failed(struct cf_completion *completion, int code, const char *message)
{
    completion->message = message;
    return code;
}

/* The expectation that goes with an act. */
static bool stirred(const struct cf_seat *seat, const struct cf_request *request)
{
    return cf_mono_known(request->quiet_since) && cf_mono_known(seat->record.last_input) &&
           seat->record.last_input.us > request->quiet_since.us;
}

/* By what it knows, or by what it will say. */
static bool comes_late(struct cf_backend *sim, const struct cf_seat *seat, const struct cf_request *request)
{
    return stirred(seat, request) || cf_random_chance(&sim->random, sim->faults.stale);
}

/* Whether the request is of a kind that is slow, failing or silent at present. */
static bool is_concerned(const struct cf_sim_faults *faults, const struct cf_request *request)
{
    bool reads = request->action == CF_ACTION_REFRESH || request->action == CF_ACTION_WATCH;
    if (faults->kinds && !(faults->kinds & CF_SIM_KIND(request->action)))
        return false;
    return !faults->fields || !reads || (faults->fields & request->fields);
}

static int stale(struct cf_completion *completion)
{
    return failed(completion, CF_STALE, "there was input in the meantime");
}

static int list(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                struct cf_completion *completion)
{
    (void)seat, (void)request, (void)completion;
    cf_host_list(sim);
    return 0;
}

static int refresh(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                   struct cf_completion *completion)
{
    cf_host_count_cpu(sim, seat);
    completion->session = &seat->record;
    completion->fields = request->fields & CF_FIELDS_ALL;
    if ((request->fields & CF_FIELD_BIT(CF_FIELD_IDLE)) && cf_mono_known(seat->record.last_input) &&
        cf_random_chance(&sim->random, sim->faults.lying)) {
        sim->lie = seat->record;
        sim->lie.last_input.us -= CF_HOUR.us + cf_seconds(cf_random_below(&sim->random, 7200)).us;
        completion->session = &sim->lie;
    }
    const struct cf_seat *other = cf_host_other(sim, seat);
    if (other && cf_random_chance(&sim->random, sim->faults.mistaken))
        completion->session = &other->record;
    if (cf_random_chance(&sim->random, sim->faults.reborn)) {
        sim->lie = *completion->session;
        sim->lie.identity.birth += CF_SECOND.us;
        completion->session = &sim->lie;
    }
    return 0;
}

static int watch(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                 struct cf_completion *completion)
{
    seat->watched = request->fields & CF_SIM_TOLD;
    if (seat->blind || cf_random_chance(&sim->random, sim->faults.untold))
        seat->watched = 0;
    completion->watched = seat->watched;
    return refresh(sim, seat, request, completion);
}

static int warn(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                struct cf_completion *completion)
{
    completion->delivered = !cf_random_chance(&sim->random, sim->faults.undelivered) && !seat->stopped;
    completion->withdrawable = !cf_random_chance(&sim->random, sim->faults.lasting);
    completion->message = completion->delivered ? sim->warns_by : NULL;
    if (completion->delivered && !completion->withdrawable)
        seat->notice_count = 0; /* this one stands below them */
    if (completion->delivered)
        cf_seat_show(seat, request->notice, request->text, request->ask != NULL);
    else if (seat->stopped)
        cf_host_block(sim, seat);
    return 0;
}

static int withdraw(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                    struct cf_completion *completion)
{
    (void)sim, (void)completion;
    cf_seat_withdraw(seat, request->notice);
    return 0;
}

static int lock(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                struct cf_completion *completion)
{
    if (cf_type_is_terminal(seat->record.type))
        return failed(completion, CF_UNSUPPORTED, "a terminal cannot be locked");
    if (comes_late(sim, seat, request))
        return stale(completion);
    cf_host_lock(sim, seat);
    return 0;
}

static int disconnect(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                      struct cf_completion *completion)
{
    if (cf_type_is_terminal(seat->record.type))
        return failed(completion, CF_UNSUPPORTED, "a terminal cannot be disconnected");
    if (comes_late(sim, seat, request))
        return stale(completion);
    cf_host_disconnect(sim, seat);
    return 0;
}

/* Only says whether: the session goes after the completion has been heard. */
static int logoff(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                  struct cf_completion *completion)
{
    if (comes_late(sim, seat, request))
        return stale(completion);
    if (request->action == CF_ACTION_LOGOFF_FORCED) {
        seat->hung = cf_random_chance(&sim->random, sim->faults.deaf);
        return 0;
    }
    if (cf_random_chance(&sim->random, sim->faults.refusing))
        return failed(completion, CF_DENIED, "the host refuses to log this session off");
    seat->hung = seat->hung || cf_random_chance(&sim->random, sim->faults.hanging);
    return 0;
}

static int refuse_logons(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                         struct cf_completion *completion)
{
    (void)seat, (void)completion;
    sim->refusing = request->on;
    cf_replace(&sim->refusing_text, request->text);
    return 0;
}

/* Its programs, with numbers that a host might give them. */
static int name_processes(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                          struct cf_completion *completion)
{
    (void)sim, (void)request;
    size_t count = 0;
    while (seat->record.programs[count])
        count++;
    char **processes = cf_alloc((count + 1) * sizeof *processes);
    for (size_t i = 0; i < count; i++) {
        struct cf_buffer process = {0};
        cf_buffer_printf(&process, "%" PRIu64 " %s", UINT64_C(1000) + seat->label * CF_SCENARIO_ITEMS + i,
                         seat->record.programs[i]);
        processes[i] = process.data;
    }
    completion->processes = (const char *const *)processes;
    return 0;
}

static int (*const acts[CF_ACTION_COUNT])(struct cf_backend *, struct cf_seat *, const struct cf_request *,
                                          struct cf_completion *) = {
    [CF_ACTION_LIST] = list,
    [CF_ACTION_REFRESH] = refresh,
    [CF_ACTION_WARN] = warn,
    [CF_ACTION_WITHDRAW] = withdraw,
    [CF_ACTION_LOCK] = lock,
    [CF_ACTION_DISCONNECT] = disconnect,
    [CF_ACTION_LOGOFF] = logoff,
    [CF_ACTION_LOGOFF_FORCED] = logoff,
    [CF_ACTION_REFUSE_LOGONS] = refuse_logons,
    [CF_ACTION_PROCESSES] = name_processes,
    [CF_ACTION_WATCH] = watch,
};

static bool of_session(enum cf_action_kind action)
{
    return action != CF_ACTION_LIST && action != CF_ACTION_REFUSE_LOGONS;
}

static int carry_out(struct cf_backend *sim, const struct cf_request *request,
                     struct cf_completion *completion)
{
    struct cf_seat *seat = of_session(request->action) ? cf_host_find(sim, &request->session) : NULL;
    if (seat && cf_random_chance(&sim->random, sim->faults.vanishing)) {
        cf_host_end_by_itself(sim, seat, "vanished");
        seat = NULL;
    }
    if (cf_mono_known(request->deadline) && cf_loop_now(sim->loop).us > request->deadline.us)
        return failed(completion, CF_TIMEOUT, "it came to its turn too late, and was not done");
    if (is_concerned(&sim->faults, request) && cf_random_chance(&sim->random, sim->faults.failing))
        return failed(completion, sim->faults.code ? sim->faults.code : CF_FAILED,
                      "the host failed, as its scenario wants");
    if (of_session(request->action) && !seat)
        return failed(completion, CF_GONE, "the session has ended");
    return acts[request->action](sim, seat, request, completion);
}

static void put_pending(struct cf_pending *pending)
{
    struct cf_backend *sim = pending->sim;
    pending->state = IDLE;
    pending->next = sim->idle_pendings;
    sim->idle_pendings = pending;
}

static void complete(struct cf_backend *sim, const struct cf_completion *completion)
{
    if (!sim->closed)
        sim->sink.completed(sim->sink.data, completion);
}

/* The answer, and what it is followed by. */
static void answer(struct cf_pending *pending)
{
    struct cf_backend *sim = pending->sim;
    const struct cf_request *request = &pending->request;
    struct cf_completion *completion = &pending->completion, again;
    bool twice = cf_random_chance(&sim->random, sim->faults.twice);
    complete(sim, completion);
    if (twice) {
        again = *completion;
        complete(sim, &again);
        again.id = UINT64_MAX - again.id;
        complete(sim, &again);
    }
    for (size_t i = 0; completion->processes && completion->processes[i]; i++)
        free((char *)completion->processes[i]);
    free((void *)completion->processes);
    if ((request->action == CF_ACTION_LOGOFF || request->action == CF_ACTION_LOGOFF_FORCED) &&
        completion->code == 0) {
        struct cf_seat *seat = cf_host_find(sim, &request->session);
        if (seat && !seat->hung)
            cf_host_end_by_itself(sim, seat, "ended");
    }
    put_pending(pending);
}

static void come_due(struct cf_timer *timer)
{
    struct cf_pending *pending = timer->data;
    struct cf_backend *sim = pending->sim;
    const struct cf_request *request = &pending->request;
    unsigned kind = CF_SIM_KIND(request->action);
    if (pending->state == ASKED && (sim->holds & kind)) {
        pending->state = HELD;
        return;
    }
    cf_host_enter(sim);
    if (pending->state != DONE && is_concerned(&sim->faults, request) &&
        cf_random_chance(&sim->random, sim->faults.silent)) {
        put_pending(pending);
    } else if (pending->state == DONE) {
        answer(pending);
    } else {
        pending->completion = (struct cf_completion){.id = request->id};
        pending->completion.code = carry_out(sim, request, &pending->completion);
        if (sim->holds_answers & kind)
            pending->state = DONE;
        else
            answer(pending);
    }
    cf_host_leave(sim);
}

void cf_sim_hold(struct cf_backend *sim, unsigned kinds, bool done)
{
    *(done ? &sim->holds_answers : &sim->holds) |= kinds;
}

void cf_sim_release(struct cf_backend *sim)
{
    sim->holds = sim->holds_answers = 0;
    for (size_t i = 0; i < sim->pending_count; i++)
        if (sim->pendings[i]->state == HELD || sim->pendings[i]->state == DONE)
            cf_timer_defer(sim->loop, &sim->pendings[i]->timer);
}

static struct cf_pending *take_pending(struct cf_backend *sim)
{
    struct cf_pending *pending = sim->idle_pendings;
    if (pending) {
        sim->idle_pendings = pending->next;
        return pending;
    }
    pending = cf_alloc(sizeof *pending);
    pending->timer = (struct cf_timer){.fire = come_due, .data = pending};
    pending->sim = sim;
    sim->pendings = cf_grow(sim->pendings, sim->pending_count, sizeof(struct cf_pending *));
    return sim->pendings[sim->pending_count++] = pending;
}

void cf_sim_requests_submit(struct cf_backend *sim, const struct cf_request *request)
{
    if (sim->on_request)
        sim->on_request(sim->on_request_data, request);
    struct cf_pending *pending = take_pending(sim);
    pending->state = ASKED;
    pending->request = *request;
    pending->request.ask = request->ask ? "" : NULL; /* only whether it asks is of use here */
    pending->request.title = NULL;
    cf_buffer_clear(&pending->text);
    cf_buffer_puts(&pending->text, request->text ? request->text : "");
    pending->request.text = pending->text.data;

    const struct cf_identity *identity = &request->session;
    bool ours =
        identity->id && strlen(identity->id) < sizeof pending->id && cf_text_equal(identity->host, sim->host);
    memcpy(pending->id, ours ? identity->id : "", ours ? strlen(identity->id) + 1 : 1);
    pending->request.session.host = sim->host;
    pending->request.session.id = pending->id;

    struct cf_span latency = sim->faults.latency;
    if (is_concerned(&sim->faults, request) && cf_random_chance(&sim->random, sim->faults.slow))
        latency.us += CF_MINUTE.us;
    cf_timer_set(sim->loop, &pending->timer, cf_mono_add(cf_loop_now(sim->loop), latency));
}

void cf_sim_requests_finish(struct cf_backend *sim)
{
    for (size_t i = 0; i < sim->pending_count; i++) {
        cf_buffer_finish(&sim->pendings[i]->text);
        free(sim->pendings[i]);
    }
    free(sim->pendings);
}

void cf_sim_requests_stop(struct cf_backend *sim)
{
    for (size_t i = 0; i < sim->pending_count; i++)
        cf_timer_stop(sim->loop, &sim->pendings[i]->timer);
}
