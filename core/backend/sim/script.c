#include "sim/rules.h"

#include "base/memory.h"

#include <stdlib.h>

/* A label as the events so far left it. */
struct script_place {
    struct cf_place state;
    const char *user; /* of the last logon's copy */
    char **programs;
};

struct cf_script {
    struct cf_scenario scenario; /* first, so that the finished script is its own stream */
    struct cf_event *events;
    size_t count, next;
    struct script_place *places;
    size_t place_count;
    int64_t free_from_us; /* the end of the last sleep */
};

static void free_programs(struct script_place *place)
{
    for (size_t i = 0; place->programs && place->programs[i]; i++)
        free(place->programs[i]);
    free(place->programs);
    place->programs = NULL;
}

void cf_script_destroy(struct cf_script *script)
{
    if (!script)
        return;
    for (size_t i = 0; i < script->count; i++) {
        struct cf_event *event = &script->events[i];
        free((char *)event->text);
        if (event->logon)
            cf_session_finish((struct cf_session *)event->logon);
        free((struct cf_session *)event->logon);
    }
    for (size_t i = 0; i < script->place_count; i++)
        free_programs(&script->places[i]);
    free(script->events);
    free(script->places);
    free(script);
}

static bool next(struct cf_scenario *scenario, struct cf_event *ret_event)
{
    struct cf_script *script = (struct cf_script *)scenario;
    if (script->next == script->count)
        return false;
    *ret_event = script->events[script->next++];
    return true;
}

static void destroy(struct cf_scenario *scenario)
{
    cf_script_destroy((struct cf_script *)scenario);
}

struct cf_script *cf_script_create(struct cf_instant start)
{
    struct cf_script *script = cf_alloc(sizeof *script);
    script->scenario = (struct cf_scenario){.start = start, .next = next, .destroy = destroy};
    return script;
}

static struct script_place *place_at(struct cf_script *script, uint32_t label)
{
    size_t old = script->place_count, wanted = (size_t)label + 1;
    if (wanted > old) {
        size_t count = wanted > 2 * old ? wanted : 2 * old;
        script->places = cf_resize(script->places, count * sizeof *script->places);
        for (size_t i = old; i < count; i++)
            script->places[i] = (struct script_place){0};
        script->place_count = count;
    }
    return &script->places[label];
}

static const char *contradiction(struct cf_script *script, const struct cf_event *event)
{
    int64_t last = script->count ? script->events[script->count - 1].at_us : 0;
    if (script->count == CF_SCENARIO_EVENTS)
        return "but a scenario has at most 1000000 events";
    if (event->at_us < last)
        return "earlier than the event before it";
    if (event->at_us < script->free_from_us)
        return "while the host sleeps";
    if (!cf_event_infos[event->kind].labelled)
        return NULL;
    struct script_place *place = place_at(script, event->label);
    const char *why = cf_place_contradiction(&place->state, event->kind);
    if (!why && event->kind == CF_EVENT_JOB)
        why = cf_programs_change(&place->programs, event->text, event->argument);
    return why;
}

static void sit_down(struct script_place *place, const struct cf_session *logon)
{
    place->state = (struct cf_place){.present = true,
                                     .locked = logon->locked == CF_TRI_YES,
                                     .disconnected = logon->disconnected == CF_TRI_YES,
                                     .terminal = cf_type_is_terminal(logon->type)};
    place->user = logon->user;
    for (size_t i = 0; logon->programs && logon->programs[i]; i++)
        (void)cf_programs_change(&place->programs, logon->programs[i], true);
}

/* The place as the event leaves it. */
static void apply_event(struct script_place *place, const struct cf_event *event)
{
    struct cf_place *state = &place->state;
    if (event->logon)
        sit_down(place, event->logon);
    switch (event->kind) {
    case CF_EVENT_LOCK: state->locked = true; break;
    case CF_EVENT_UNLOCK: state->locked = false; break;
    case CF_EVENT_DISCONNECT: state->disconnected = true; break;
    case CF_EVENT_RECONNECT: state->disconnected = false; break;
    case CF_EVENT_RETURN: state->locked = state->disconnected = false; break;
    case CF_EVENT_LOGOFF:
        state->present = false;
        free_programs(place);
        break;
    default: break;
    }
}

int cf_script_add(struct cf_script *script, const struct cf_event *event, struct cf_error *err)
{
    int r = cf_event_check(event, err);
    if (r < 0)
        return r;
    const char *why = contradiction(script, event);
    if (why) {
        const char *user = event->logon                           ? event->logon->user
                           : cf_event_infos[event->kind].labelled ? place_at(script, event->label)->user
                                                                  : NULL;
        return cf_event_refuse(event, user, why, err);
    }

    struct cf_event copy = *event;
    copy.text = cf_event_infos[event->kind].texted ? cf_strdup(event->text) : NULL;
    copy.logon = NULL;
    if (event->kind == CF_EVENT_LOGON) {
        struct cf_session *record = cf_alloc(sizeof *record);
        cf_session_init(record);
        cf_session_copy(record, event->logon);
        copy.logon = record;
    }
    script->events = cf_grow(script->events, script->count, sizeof *script->events);
    script->events[script->count++] = copy;
    if (copy.kind == CF_EVENT_SLEEP)
        script->free_from_us = copy.at_us + copy.argument;
    if (cf_event_infos[copy.kind].labelled)
        apply_event(place_at(script, copy.label), &copy);
    return 0;
}

struct cf_scenario *cf_script_finish(struct cf_script *script, int64_t length_us)
{
    int64_t least = script->count ? script->events[script->count - 1].at_us : 0;
    if (least < script->free_from_us)
        least = script->free_from_us;
    script->scenario.length_us = length_us < least ? least : length_us;
    return &script->scenario;
}
