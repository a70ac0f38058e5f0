#include "sim/requests.h"

#include "base/i18n.h"
#include "base/memory.h"

#include <stdlib.h>

static void destroy(struct cf_backend *sim)
{
    cf_sim_requests_finish(sim);
    cf_host_finish(sim);
    free(sim->refusing_text);
    free(sim->host);
    free(sim->warns_by);
    free(sim->own);
    free(sim->lost);
    free(sim);
}

/* ---- Playing ---- */

/* Fetches the next event and sets the timer to it. Nothing is set at the scenario's end. */
static void wait_for_next(struct cf_backend *sim)
{
    if (sim->scenario->next(sim->scenario, &sim->event))
        cf_timer_set(sim->loop, &sim->event_timer, (struct cf_mono){sim->base.us + sim->event.at_us});
}

/*
 * What a policy did may contradict the scenario (it ended the session that types now): such events do not
 * happen. Events of one instant happen in one turn; a sleep may have passed over the next, which is then due
 * as well.
 */
static void play(struct cf_timer *timer)
{
    struct cf_backend *sim = timer->data;
    struct cf_mono due;
    cf_host_enter(sim);
    bool more = true;
    do {
        (void)cf_host_apply(sim, &sim->event, NULL);
        sim->played++;
        more = !sim->closed && sim->scenario->next(sim->scenario, &sim->event);
        due.us = sim->base.us + sim->event.at_us;
    } while (more && (due.us <= cf_loop_now(sim->loop).us || cf_loop_skip_to(sim->loop, due)));
    if (more && !sim->closed)
        cf_timer_set(sim->loop, &sim->event_timer, due);
    cf_host_leave(sim);
}

static void list_first(struct cf_timer *timer)
{
    struct cf_backend *sim = timer->data;
    struct cf_error lost;
    cf_host_enter(sim);
    if (sim->lost) {
        (void)cf_error_set(&lost, CF_UNAVAILABLE, "%s", sim->lost);
        sim->sink.reachable(sim->sink.data, &lost);
    } else if (!cf_random_chance(&sim->random, sim->faults.silent)) {
        cf_host_list(sim);
    }
    cf_host_leave(sim);
}

/* ---- The table ---- */

static void set_capabilities(struct cf_backend *sim)
{
    struct cf_capabilities *able = &sim->capabilities;
    for (enum cf_action_kind action = 0; action < CF_ACTION_COUNT; action++)
        able->actions[action] = !(sim->cannot & CF_SIM_KIND(action));
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++)
        able->fields[field] = CF_FIELD_BIT(field) & CF_SIM_ON_DEMAND ? CF_SUPPLY_SAMPLED : CF_SUPPLY_PUSHED;
    if (!sim->pushes_input)
        able->fields[CF_FIELD_IDLE] = able->fields[CF_FIELD_OUTPUT] =
            sim->samples_input ? CF_SUPPLY_SAMPLED : CF_SUPPLY_TOLD;
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++)
        if (sim->sampled & CF_FIELD_BIT(field))
            able->fields[field] = CF_SUPPLY_SAMPLED;
    able->actions[CF_ACTION_WATCH] = able->actions[CF_ACTION_WATCH] && !sim->samples_input;
}

static int open_host(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                     struct cf_backend **ret_backend, struct cf_error *err)
{
    (void)err;
    static const struct cf_sim_setup usual = {0};
    const struct cf_sim_setup *chosen = setup ? setup : &usual;
    struct cf_backend *sim = cf_alloc(sizeof *sim);
    sim->head.ops = &cf_sim_ops;
    sim->destroy = destroy;
    sim->loop = loop;
    sim->sink = *sink;
    sim->host = cf_strdup(chosen->host ? chosen->host : "sim");
    sim->refusing_text = cf_strdup("");
    sim->pushes_input = chosen->pushes_input;
    sim->samples_input = chosen->samples_input;
    sim->sampled = chosen->sampled;
    sim->hides_births = chosen->hides_births;
    sim->bare = chosen->bare;
    sim->cannot = chosen->cannot;
    sim->warns_by = cf_strdup(chosen->warns_by);
    sim->own = cf_strdup(chosen->own);
    sim->lost = cf_strdup(chosen->lost);
    sim->on_request = chosen->on_request;
    sim->on_request_data = chosen->on_request_data;
    if (chosen->opened)
        *chosen->opened = sim;
    set_capabilities(sim);
    sim->faults = chosen->faults;
    sim->random = cf_random_of(chosen->seed, 0);
    sim->boot = cf_random_next(&sim->random);
    sim->scenario = chosen->scenario;
    sim->base = cf_loop_now(loop);
    sim->listing_timer = (struct cf_timer){.fire = list_first, .data = sim};
    sim->event_timer = (struct cf_timer){.fire = play, .data = sim};
    cf_timer_defer(loop, &sim->listing_timer);
    if (sim->scenario)
        wait_for_next(sim);
    *ret_backend = sim;
    return 0;
}

static void close_host(struct cf_backend *sim)
{
    sim->closed = true;
    cf_timer_stop(sim->loop, &sim->listing_timer);
    cf_timer_stop(sim->loop, &sim->event_timer);
    cf_sim_requests_stop(sim);
    if (sim->depth == 0)
        destroy(sim);
}

static const struct cf_capabilities *capabilities(const struct cf_backend *sim)
{
    return &sim->capabilities;
}

static const char *host(const struct cf_backend *sim)
{
    return sim->host;
}

/* Where the scenario says that the caller is. */
static const char *own(struct cf_backend *sim)
{
    if (sim->own)
        return sim->own;
    int64_t caller = sim->scenario ? sim->scenario->caller : 0;
    const struct cf_seat *seat = caller ? cf_host_seat(sim, (uint32_t)(caller - 1)) : NULL;
    return seat && seat->present ? seat->id : NULL;
}

const struct cf_backend_ops cf_sim_ops = {
    .name = "sim",
    .summary = "a host in memory, which plays a scenario",
    .advice = N_("try sudo, or /server:root@NAME for another host"),
    .open = open_host,
    .close = close_host,
    .submit = cf_sim_requests_submit,
    .capabilities = capabilities,
    .host = host,
    .own = own,
};

/* ---- For tests and for timelines ---- */

int cf_sim_apply(struct cf_backend *sim, const struct cf_event *event, struct cf_error *err)
{
    int r = cf_event_check(event, err);
    if (r < 0)
        return r;
    cf_host_enter(sim);
    r = cf_host_apply(sim, event, err);
    cf_host_leave(sim);
    return r;
}

struct cf_sim_faults *cf_sim_faults(struct cf_backend *sim)
{
    return &sim->faults;
}

const struct cf_session *cf_sim_session(const struct cf_backend *sim, uint32_t label)
{
    const struct cf_seat *seat = cf_host_seat(sim, label);
    return seat && seat->present ? &seat->record : NULL;
}

size_t cf_sim_notice_count(const struct cf_backend *sim, uint32_t label)
{
    const struct cf_seat *seat = cf_host_seat(sim, label);
    return seat ? seat->notice_count : 0;
}

const char *cf_sim_notice(const struct cf_backend *sim, uint32_t label, size_t index)
{
    const struct cf_seat *seat = cf_host_seat(sim, label);
    return seat && index < seat->notice_count ? seat->notices[index].text.data : NULL;
}

const char *cf_sim_refusal(const struct cf_backend *sim)
{
    return sim->refusing ? sim->refusing_text : NULL;
}

struct cf_session *cf_sim_record(struct cf_backend *sim, uint32_t label)
{
    struct cf_seat *seat = cf_host_seat(sim, label);
    return seat && seat->present ? &seat->record : NULL;
}

void cf_sim_tell(struct cf_backend *sim, uint32_t label, uint64_t fields)
{
    cf_host_tell(sim, cf_host_seat(sim, label), fields);
}

void cf_sim_lose(struct cf_backend *sim, const struct cf_error *why)
{
    cf_host_enter(sim);
    sim->sink.reachable(sim->sink.data, why);
    cf_host_leave(sim);
}

void cf_sim_answer(struct cf_backend *sim, uint64_t notice, bool yes)
{
    cf_host_enter(sim);
    for (size_t i = 0; i < sim->seat_room; i++)
        if (sim->seats[i])
            cf_seat_withdraw(sim->seats[i], notice);
    sim->sink.answered(sim->sink.data, notice, yes);
    cf_host_leave(sim);
}

void cf_sim_end_untold(struct cf_backend *sim, uint32_t label)
{
    cf_host_end_untold(sim, cf_host_seat(sim, label));
}

uint64_t cf_sim_played(const struct cf_backend *sim)
{
    return sim->played;
}

void cf_sim_on_event(struct cf_backend *sim,
                     void (*fn)(void *data, const struct cf_event *event, const struct cf_session *session),
                     void *data)
{
    sim->on_event = fn;
    sim->on_event_data = data;
}
