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
    struct cf_pending *next; /* idle ones */
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
    completion->withdrawable = true;
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
    if (stirred(seat, request))
        return stale(completion);
    cf_host_lock(sim, seat);
    return 0;
}

static int disconnect(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                      struct cf_completion *completion)
{
    if (cf_type_is_terminal(seat->record.type))
        return failed(completion, CF_UNSUPPORTED, "a terminal cannot be disconnected");
    if (stirred(seat, request))
        return stale(completion);
    cf_host_disconnect(sim, seat);
    return 0;
}

/* Only says whether: the session goes after the completion has been heard. */
static int logoff(struct cf_backend *sim, struct cf_seat *seat, const struct cf_request *request,
                  struct cf_completion *completion)
{
    if (stirred(seat, request))
        return stale(completion);
    if (request->action == CF_ACTION_LOGOFF_FORCED) {
        seat->hung = false;
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
    if (cf_random_chance(&sim->random, sim->faults.failing))
        return failed(completion, CF_FAILED, "the host failed, as its scenario wants");
    if (of_session(request->action) && !seat)
        return failed(completion, CF_GONE, "the session has ended");
    return acts[request->action](sim, seat, request, completion);
}

static void answer(struct cf_timer *timer)
{
    struct cf_pending *pending = timer->data;
    struct cf_backend *sim = pending->sim;
    const struct cf_request *request = &pending->request;
    struct cf_completion completion = {.id = request->id};
    cf_host_enter(sim);
    completion.code = carry_out(sim, request, &completion);
    if (!sim->closed)
        sim->sink.completed(sim->sink.data, &completion);
    for (size_t i = 0; completion.processes && completion.processes[i]; i++)
        free((char *)completion.processes[i]);
    free((void *)completion.processes);
    if ((request->action == CF_ACTION_LOGOFF || request->action == CF_ACTION_LOGOFF_FORCED) &&
        completion.code == 0) {
        struct cf_seat *seat = cf_host_find(sim, &request->session);
        if (seat && !seat->hung)
            cf_host_end_by_itself(sim, seat, "ended");
    }
    pending->next = sim->idle_pendings;
    sim->idle_pendings = pending;
    cf_host_leave(sim);
}

static struct cf_pending *take_pending(struct cf_backend *sim)
{
    struct cf_pending *pending = sim->idle_pendings;
    if (pending) {
        sim->idle_pendings = pending->next;
        return pending;
    }
    pending = cf_alloc(sizeof *pending);
    pending->timer = (struct cf_timer){.fire = answer, .data = pending};
    pending->sim = sim;
    sim->pendings = cf_grow(sim->pendings, sim->pending_count, sizeof(struct cf_pending *));
    return sim->pendings[sim->pending_count++] = pending;
}

void cf_sim_requests_submit(struct cf_backend *sim, const struct cf_request *request)
{
    struct cf_pending *pending = take_pending(sim);
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
    if (cf_random_chance(&sim->random, sim->faults.slow))
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
