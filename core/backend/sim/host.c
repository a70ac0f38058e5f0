#include "sim/host.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIT(field) CF_FIELD_BIT(CF_FIELD_##field)

static bool yes(enum cf_tri tri)
{
    return tri == CF_TRI_YES;
}

static struct cf_mono now(const struct cf_backend *sim)
{
    return cf_loop_now(sim->loop);
}

static void narrate(struct cf_backend *sim, const struct cf_event *event, const struct cf_seat *seat)
{
    if (sim->on_event && !sim->closed)
        sim->on_event(sim->on_event_data, event, seat ? &seat->record : NULL);
}

void cf_host_enter(struct cf_backend *sim)
{
    sim->depth++;
}

void cf_host_leave(struct cf_backend *sim)
{
    if (--sim->depth == 0 && sim->closed)
        sim->destroy(sim);
}

/* The sink, unless closed. */
static void seen(struct cf_backend *sim, const struct cf_seat *seat, uint64_t fields)
{
    fields &= ~sim->sampled;
    if (fields && !sim->closed)
        sim->sink.seen(sim->sink.data, &seat->record, fields);
}

/* ---- Seats ---- */

struct cf_seat *cf_host_seat(const struct cf_backend *sim, uint32_t label)
{
    return label < sim->seat_room ? sim->seats[label] : NULL;
}

static struct cf_seat *make_seat(struct cf_backend *sim, uint32_t label)
{
    if (label >= sim->seat_room) {
        size_t room = sim->seat_room ? sim->seat_room : 16;
        while (room <= label)
            room *= 2;
        sim->seats = cf_resize(sim->seats, room * sizeof(struct cf_seat *));
        memset(sim->seats + sim->seat_room, 0, (room - sim->seat_room) * sizeof(struct cf_seat *));
        sim->seat_room = room;
    }
    struct cf_seat *seat = cf_alloc(sizeof *seat);
    seat->label = label;
    cf_session_init(&seat->record);
    cf_session_init(&seat->origin);
    return sim->seats[label] = seat;
}

static void destroy_seat(struct cf_seat *seat)
{
    seat->record.identity = (struct cf_identity){0}; /* not the record's own */
    cf_session_finish(&seat->record);
    cf_session_finish(&seat->origin);
    for (size_t i = 0; i < seat->notice_room; i++)
        cf_buffer_finish(&seat->notices[i].text);
    free(seat->notices);
    free(seat);
}

void cf_host_finish(struct cf_backend *sim)
{
    for (size_t i = 0; i < sim->seat_room; i++)
        if (sim->seats[i])
            destroy_seat(sim->seats[i]);
    free(sim->seats);
    cf_ids_finish(&sim->ids);
}

struct cf_seat *cf_host_find(const struct cf_backend *sim, const struct cf_identity *identity)
{
    uint32_t label = identity->id ? cf_ids_find(&sim->ids, identity->id) : CF_NO_LABEL;
    struct cf_seat *seat = label == CF_NO_LABEL ? NULL : sim->seats[label];
    bool is_it = seat && (sim->hides_births || cf_identity_equal(&seat->record.identity, identity));
    return is_it ? seat : NULL;
}

const struct cf_seat *cf_host_other(const struct cf_backend *sim, const struct cf_seat *seat)
{
    for (size_t i = 0; i < sim->seat_room; i++)
        if (sim->seats[i] && sim->seats[i]->present && sim->seats[i] != seat)
            return sim->seats[i];
    return NULL;
}

void cf_host_tell(struct cf_backend *sim, const struct cf_seat *seat, uint64_t fields)
{
    cf_host_enter(sim);
    if (!sim->closed)
        sim->sink.seen(sim->sink.data, &seat->record, fields);
    cf_host_leave(sim);
}

void cf_host_list(struct cf_backend *sim)
{
    if (!sim->closed)
        sim->sink.listing(sim->sink.data, false);
    for (size_t i = 0; i < sim->seat_room && !sim->closed; i++)
        if (sim->seats[i] && sim->seats[i]->present)
            seen(sim, sim->seats[i], CF_SIM_SHOWN);
    if (!sim->closed)
        sim->sink.listing(sim->sink.data, true);
}

/* ---- What a session does by itself ---- */

void cf_host_count_cpu(const struct cf_backend *sim, struct cf_seat *seat)
{
    int64_t awake_us = now(sim).us - sim->asleep_us;
    seat->record.cpu += seat->jobs * (awake_us - seat->cpu_from_us);
    seat->cpu_from_us = awake_us;
}

/* A change of a field that is told once: returns it where somebody is to be told. */
static uint64_t tell_once(const struct cf_backend *sim, struct cf_seat *seat, uint64_t field)
{
    uint64_t told = sim->pushes_input ? field : seat->watched & field;
    seat->watched &= ~field;
    return told;
}

static uint64_t input(const struct cf_backend *sim, struct cf_seat *seat)
{
    if (seat->blind)
        return 0;
    seat->record.last_input = now(sim);
    return tell_once(sim, seat, BIT(IDLE));
}

static uint64_t output(const struct cf_backend *sim, struct cf_seat *seat)
{
    if (seat->blind)
        return 0;
    seat->record.last_output = now(sim);
    return tell_once(sim, seat, BIT(OUTPUT));
}

static uint64_t set_locked(struct cf_backend *sim, struct cf_seat *seat, bool locked)
{
    if (yes(seat->record.locked) == locked)
        return 0;
    seat->record.locked = cf_tri_of(locked);
    seat->record.locked_since = locked ? now(sim) : CF_MONO_UNKNOWN;
    return BIT(LOCKED) | BIT(LOCKED_FOR);
}

static uint64_t set_disconnected(struct cf_backend *sim, struct cf_seat *seat, bool disconnected)
{
    if (yes(seat->record.disconnected) == disconnected)
        return 0;
    enum cf_tri active = cf_tri_of(!disconnected);
    uint64_t fields =
        BIT(DISCONNECTED) | BIT(DISCONNECTED_FOR) | (seat->record.active != active ? BIT(ACTIVE) : 0);
    seat->record.disconnected = cf_tri_of(disconnected);
    seat->record.disconnected_since = disconnected ? now(sim) : CF_MONO_UNKNOWN;
    seat->record.active = active;
    return fields;
}

static uint64_t set_blocked(struct cf_seat *seat, const char *why)
{
    if (!seat->record.blocked == !why)
        return 0;
    cf_session_set_string(&seat->record, CF_FIELD_BLOCKED, why);
    return BIT(BLOCKED);
}

static uint64_t start_output(struct cf_seat *seat)
{
    seat->stopped = false;
    return set_blocked(seat, NULL);
}

void cf_host_block(struct cf_backend *sim, struct cf_seat *seat)
{
    seen(sim, seat, set_blocked(seat, "its output was stopped (Ctrl-S)"));
}

void cf_host_lock(struct cf_backend *sim, struct cf_seat *seat)
{
    seen(sim, seat, set_locked(sim, seat, true));
}

void cf_host_disconnect(struct cf_backend *sim, struct cf_seat *seat)
{
    seen(sim, seat, set_disconnected(sim, seat, true));
}

/* ---- Logon and its end ---- */

static void default_string(struct cf_session *session, enum cf_field field, const char *text)
{
    if (!cf_session_string(session, field))
        cf_session_set_string(session, field, text);
}

static void default_tri(enum cf_tri *tri, bool value)
{
    if (*tri == CF_TRI_UNKNOWN)
        *tri = cf_tri_of(value);
}

/* Keeps the record to log on with, made complete with what a host always knows. */
static void settle(struct cf_seat *seat, const struct cf_session *logon, bool bare)
{
    struct cf_session *origin = &seat->origin;
    static const char *const none[] = {NULL};
    (void)cf_session_merge(origin, logon, CF_FIELDS_ALL);
    (void)snprintf(seat->wanted_id, sizeof seat->wanted_id, "%s",
                   logon->identity.id ? logon->identity.id : "");
    seat->blind = cf_text_equal(logon->idle_source, "unknown");
    cf_session_set_string(origin, CF_FIELD_IDLE_SOURCE, seat->blind ? NULL : "sim");
    seat->occupied = true;
    if (bare) {
        seat->wanted_boot = logon->identity.boot;
        seat->wanted_birth = logon->identity.birth;
        return;
    }
    default_string(origin, CF_FIELD_CLASS, "user");
    default_string(origin, CF_FIELD_TYPE, "x11");
    if (!origin->name) {
        char name[24];
        (void)snprintf(name, sizeof name, "%s%" PRIu32, cf_type_is_terminal(origin->type) ? "pts/" : ":",
                       seat->label);
        cf_session_set_string(origin, CF_FIELD_NAME, name);
    }
    if (!origin->groups)
        cf_session_set_list(origin, CF_FIELD_GROUPS, none);
    if (!origin->programs)
        cf_session_set_list(origin, CF_FIELD_PROGRAMS, none);
    if (origin->uid == CF_NUMBER_UNKNOWN && !origin->sid)
        origin->uid = cf_text_equal(origin->user, "root") ? 0 : 1001 + (int64_t)seat->label;
    if (origin->cpu == CF_NUMBER_UNKNOWN)
        origin->cpu = 0;
    default_tri(&origin->console, origin->seat != NULL);
    default_tri(&origin->remote, !origin->seat);
    default_tri(&origin->locked, false);
    default_tri(&origin->disconnected, false);
    default_tri(&origin->closing, false);
    default_tri(&origin->active, !yes(origin->disconnected));
}

/* An id that no other session has at this time: the one asked for, or the host's next. */
static void number(struct cf_backend *sim, struct cf_seat *seat)
{
    (void)snprintf(seat->id, sizeof seat->id, "%s", seat->wanted_id);
    while (!seat->id[0] || cf_ids_find(&sim->ids, seat->id) != CF_NO_LABEL)
        (void)snprintf(seat->id, sizeof seat->id, "%" PRIu64, ++sim->last_id);
    cf_ids_add(&sim->ids, seat->id, seat->label);
    int64_t birth = now(sim).us + 1;
    sim->last_birth =
        birth > sim->last_birth ? birth : sim->last_birth + 1; /* no two share one, even at one instant */
    seat->record.identity = (struct cf_identity){sim->host, seat->id, sim->boot, sim->last_birth};
    if (seat->wanted_birth)
        seat->record.identity =
            (struct cf_identity){sim->host, seat->id, seat->wanted_boot, seat->wanted_birth};
    seat->wanted_birth = 0; /* once: who logs on next is another session */
    if (sim->hides_births)
        seat->record.identity.birth = 0;
}

static int begin(struct cf_backend *sim, struct cf_seat *seat, const struct cf_event *event,
                 struct cf_error *err)
{
    if (sim->refusing)
        return cf_error_set(err, CF_DENIED, "%s cannot log on: the host refuses logons%s%s",
                            seat->origin.user ? seat->origin.user : "somebody",
                            sim->refusing_text[0] ? ": " : "", sim->refusing_text);
    struct cf_session *record = &seat->record;
    (void)cf_session_merge(record, &seat->origin, CF_FIELDS_ALL);
    number(sim, seat);
    seat->present = true;
    seat->hung = false;
    seat->stopped = record->blocked;
    seat->jobs = 0;
    seat->cpu_from_us = now(sim).us - sim->asleep_us;
    record->logon = cf_loop_wall(sim->loop);
    record->logged_on = now(sim);
    record->last_input = record->last_output = seat->blind ? CF_MONO_UNKNOWN : now(sim);
    seat->watched = 0;
    record->locked_since = yes(record->locked) ? now(sim) : CF_MONO_UNKNOWN;
    record->disconnected_since = yes(record->disconnected) ? now(sim) : CF_MONO_UNKNOWN;
    narrate(sim, event, seat);
    seen(sim, seat, CF_SIM_SHOWN);
    return 0;
}

void cf_host_end_untold(struct cf_backend *sim, struct cf_seat *seat)
{
    cf_host_count_cpu(sim, seat);
    seat->present = false;
    seat->notice_count = 0;
    cf_ids_remove(&sim->ids, seat->id);
}

static void end_session(struct cf_backend *sim, struct cf_seat *seat, const struct cf_event *event)
{
    cf_host_end_untold(sim, seat);
    narrate(sim, event, seat);
    if (!sim->closed)
        sim->sink.gone(sim->sink.data, &seat->record.identity);
}

void cf_host_end_by_itself(struct cf_backend *sim, struct cf_seat *seat, const char *why)
{
    struct cf_event event = {
        .at_us = now(sim).us - sim->base.us, .kind = CF_EVENT_LOGOFF, .label = seat->label, .text = why};
    end_session(sim, seat, &event);
}

/* ---- Notices ---- */

/* Rotates one notice to the end of those in use and drops it; its buffer stays for the next. */
static void drop_notice(struct cf_seat *seat, size_t index)
{
    struct cf_seat_notice notice = seat->notices[index];
    seat->notice_count--;
    memmove(seat->notices + index, seat->notices + index + 1, (seat->notice_count - index) * sizeof notice);
    seat->notices[seat->notice_count] = notice;
}

void cf_seat_show(struct cf_seat *seat, uint64_t id, const char *text, bool asks)
{
    if (seat->notice_count == CF_SIM_NOTICES)
        drop_notice(seat, 0);
    if (seat->notice_count == seat->notice_room) {
        seat->notices = cf_grow(seat->notices, seat->notice_room, sizeof *seat->notices);
        seat->notices[seat->notice_room++] = (struct cf_seat_notice){0};
    }
    struct cf_seat_notice *notice = &seat->notices[seat->notice_count++];
    notice->id = id;
    notice->asks = asks;
    cf_buffer_clear(&notice->text);
    cf_buffer_puts(&notice->text, text);
}

void cf_seat_withdraw(struct cf_seat *seat, uint64_t id)
{
    for (size_t i = seat->notice_count; i-- > 0;)
        if (seat->notices[i].id == id)
            drop_notice(seat, i);
}

static int answer(struct cf_backend *sim, struct cf_seat *seat, const struct cf_event *event,
                  struct cf_error *err)
{
    size_t i = seat->notice_count;
    while (i > 0 && !seat->notices[i - 1].asks)
        i--;
    if (i == 0)
        return cf_event_refuse(event, seat->record.user, "where no notice asks anything", err);
    uint64_t id = seat->notices[i - 1].id;
    drop_notice(seat, i - 1);
    uint64_t fields = input(sim, seat); /* a button is pressed by a key or the mouse */
    narrate(sim, event, seat);
    seen(sim, seat, fields);
    if (!sim->closed)
        sim->sink.answered(sim->sink.data, id, event->argument);
    return 0;
}

/* ---- Events ---- */

static int touch_host(struct cf_backend *sim, const struct cf_event *event, struct cf_error *err)
{
    struct cf_span span = {event->argument};
    if (event->kind == CF_EVENT_FAULT) {
        int r = cf_fault_set(&sim->faults, event->text, event->argument, err);
        if (r == 0)
            narrate(sim, event, NULL);
        return r;
    }
    if (!cf_loop_clock(sim->loop)->is_virtual)
        return cf_event_refuse(event, NULL, "but only a virtual clock can be moved", err);
    narrate(sim, event, NULL);
    if (event->kind == CF_EVENT_SLEEP) {
        sim->asleep_us += span.us;
        cf_loop_sleep(sim->loop, span);
    } else {
        cf_loop_step_wall(sim->loop, span);
    }
    return 0;
}

/* The fields of a session that is there that an event changes, in place. */
static uint64_t change(struct cf_backend *sim, struct cf_seat *seat, enum cf_event_kind kind)
{
    switch (kind) {
    case CF_EVENT_INPUT: return input(sim, seat);
    case CF_EVENT_OUTPUT: return output(sim, seat);
    case CF_EVENT_STOP_OUTPUT: seat->stopped = true; return 0;
    case CF_EVENT_START_OUTPUT: return start_output(seat);
    case CF_EVENT_LOCK: return set_locked(sim, seat, true);
    case CF_EVENT_UNLOCK: return set_locked(sim, seat, false) | input(sim, seat);
    case CF_EVENT_DISCONNECT: return set_disconnected(sim, seat, true);
    case CF_EVENT_RECONNECT: return set_disconnected(sim, seat, false) | input(sim, seat);
    case CF_EVENT_RETURN:
        return set_locked(sim, seat, false) | set_disconnected(sim, seat, false) | input(sim, seat);
    default: return 0;
    }
}

static const char *contradiction(const struct cf_seat *seat, enum cf_event_kind kind)
{
    if (kind == CF_EVENT_RETURN && seat && seat->occupied)
        return NULL;
    struct cf_place place = {.present = seat && seat->present};
    if (place.present) {
        place.locked = yes(seat->record.locked);
        place.disconnected = yes(seat->record.disconnected);
        place.terminal = (cf_event_infos[kind].needs & (CF_NEED_SCREEN | CF_NEED_TERMINAL)) &&
                         cf_type_is_terminal(seat->record.type);
    }
    return cf_place_contradiction(&place, kind);
}

static int run_job(struct cf_backend *sim, struct cf_seat *seat, const struct cf_event *event,
                   struct cf_error *err)
{
    cf_host_count_cpu(sim, seat);
    const char *why = cf_programs_change(&seat->record.programs, event->text, event->argument);
    if (why)
        return cf_event_refuse(event, seat->record.user, why, err);
    if (event->argument)
        seat->jobs++;
    else if (seat->jobs > 0) /* none of them, where the program came with the record */
        seat->jobs--;
    narrate(sim, event, seat);
    return 0;
}

int cf_host_apply(struct cf_backend *sim, const struct cf_event *event, struct cf_error *err)
{
    if (!cf_event_infos[event->kind].labelled)
        return touch_host(sim, event, err);
    struct cf_seat *seat = cf_host_seat(sim, event->label);
    const char *why = contradiction(seat, event->kind);
    if (why)
        return cf_event_refuse(event, seat ? seat->origin.user : NULL, why, err);

    switch (event->kind) {
    case CF_EVENT_LOGON:
        if (!seat)
            seat = make_seat(sim, event->label);
        settle(seat, event->logon, sim->bare);
        return begin(sim, seat, event, err);
    case CF_EVENT_LOGOFF: end_session(sim, seat, event); return 0;
    case CF_EVENT_JOB: return run_job(sim, seat, event, err);
    case CF_EVENT_ANSWER: return answer(sim, seat, event, err);
    default: break;
    }
    if (!seat->present) /* RETURN, and curfew has ended the session */
        return begin(sim, seat, event, err);
    uint64_t fields = change(sim, seat, event->kind);
    narrate(sim, event, seat);
    seen(sim, seat, fields);
    return 0;
}
