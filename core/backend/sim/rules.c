#include "sim/rules.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define THERE (CF_NEED_PRESENT | CF_NEED_CONNECTED)

const struct cf_event_info cf_event_infos[CF_EVENT_KINDS] = {
    [CF_EVENT_LOGON] = {"logon", "logs on", CF_NEED_ABSENT, true, false, false},
    [CF_EVENT_INPUT] = {"input", "types", THERE, true, false, false},
    [CF_EVENT_OUTPUT] = {"output", "gets output", CF_NEED_PRESENT, true, false, false},
    [CF_EVENT_STOP_OUTPUT] = {"stop_output", "stops the output", CF_NEED_PRESENT | CF_NEED_TERMINAL, true,
                              false, false},
    [CF_EVENT_START_OUTPUT] = {"start_output", "starts the output", CF_NEED_PRESENT | CF_NEED_TERMINAL, true,
                               false, false},
    [CF_EVENT_LOCK] = {"lock", "locks", THERE | CF_NEED_UNLOCKED | CF_NEED_SCREEN, true, false, false},
    [CF_EVENT_UNLOCK] = {"unlock", "unlocks", THERE | CF_NEED_LOCKED, true, false, false},
    [CF_EVENT_DISCONNECT] = {"disconnect", "disconnects", THERE | CF_NEED_SCREEN, true, false, false},
    [CF_EVENT_RECONNECT] = {"reconnect", "reconnects", CF_NEED_PRESENT | CF_NEED_DISCONNECTED, true, false,
                            false},
    [CF_EVENT_RETURN] = {"return", "returns", CF_NEED_PRESENT, true, false, false},
    [CF_EVENT_LOGOFF] = {"logoff", "logs off", CF_NEED_PRESENT, true, false, false},
    [CF_EVENT_JOB] = {"job", "starts or ends a job", CF_NEED_PRESENT, true, true, true},
    [CF_EVENT_ANSWER] = {"answer", "answers", THERE | CF_NEED_UNLOCKED, true, true, false},
    [CF_EVENT_SLEEP] = {"sleep", "sleeps", 0, false, true, false},
    [CF_EVENT_STEP] = {"step", "steps its clock", 0, false, true, false},
    [CF_EVENT_FAULT] = {"fault", "has a fault", 0, false, true, true},
};

const char *cf_event_name(enum cf_event_kind kind)
{
    return cf_event_infos[kind].name;
}

int cf_event_by_name(const char *name)
{
    for (int kind = 0; kind < CF_EVENT_KINDS; kind++)
        if (strcmp(cf_event_infos[kind].name, name) == 0)
            return kind;
    return -1;
}

bool cf_type_is_terminal(const char *type)
{
    return cf_text_equal(type, "tty");
}

const char *cf_place_contradiction(const struct cf_place *place, enum cf_event_kind kind)
{
    unsigned needs = cf_event_infos[kind].needs;
    if ((needs & CF_NEED_ABSENT) && place->present)
        return "where a session already is";
    if ((needs & CF_NEED_PRESENT) && !place->present)
        return "where no session is";
    if ((needs & CF_NEED_SCREEN) && place->terminal)
        return "a terminal, which can be neither locked nor disconnected";
    if ((needs & CF_NEED_TERMINAL) && !place->terminal)
        return "which is no terminal";
    if ((needs & CF_NEED_CONNECTED) && place->disconnected)
        return "which is disconnected";
    if ((needs & CF_NEED_DISCONNECTED) && !place->disconnected)
        return "which is not disconnected";
    if ((needs & CF_NEED_LOCKED) && !place->locked)
        return "which is not locked";
    if ((needs & CF_NEED_UNLOCKED) && place->locked)
        return "which is locked";
    return NULL;
}

int cf_event_refuse(const struct cf_event *event, const char *user, const char *why, struct cf_error *err)
{
    const struct cf_event_info *info = &cf_event_infos[event->kind];
    if (info->labelled)
        cf_error_set(err, CF_POLICY, "%s %s at label %u, %s", user ? user : "somebody", info->does,
                     (unsigned)event->label, why);
    else
        cf_error_set(err, CF_POLICY, "the host %s, %s", info->does, why);
    if (event->line > 0)
        cf_error_prefix(err, "line %d", event->line);
    return CF_POLICY;
}

/* Longer than `limit` bytes, or no UTF-8. */
static bool unfit(const char *text, size_t limit)
{
    if (!text)
        return false;
    const char *at = text;
    for (size_t length; (length = cf_utf8_length(at)) > 0;)
        at += length;
    return *at || (size_t)(at - text) > limit;
}

static const char *record_fault(const struct cf_session *record)
{
    if (!record)
        return "but nothing says who";
    if (unfit(record->identity.id, CF_SCENARIO_ID))
        return "with an id that is longer than 60 bytes, or no UTF-8";
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++) {
        if (cf_fields[field].type == CF_TYPE_STRING &&
            unfit(cf_session_string(record, field), CF_SCENARIO_TEXT))
            return "with a text that is longer than 250 bytes, or no UTF-8";
        char *const *items = cf_fields[field].type == CF_TYPE_LIST ? cf_session_list(record, field) : NULL;
        for (size_t i = 0; items && items[i]; i++)
            if (i == CF_SCENARIO_ITEMS || unfit(items[i], CF_SCENARIO_TEXT))
                return "with more than 64 names in a list, or one longer than 250 bytes, or no UTF-8";
    }
    return NULL;
}

static const char *argument_fault(const struct cf_event *event)
{
    switch (event->kind) {
    case CF_EVENT_JOB:
        if (!event->text || !event->text[0] || unfit(event->text, CF_SCENARIO_TEXT))
            return "but the program wants a name, of at most 250 bytes in UTF-8";
        return event->argument == 0 || event->argument == 1 ? NULL
                                                            : "with an argument that is neither 0 nor 1";
    case CF_EVENT_ANSWER:
        return event->argument == 0 || event->argument == 1 ? NULL
                                                            : "with an argument that is neither 0 nor 1";
    case CF_EVENT_SLEEP:
        return event->argument > 0 && event->argument <= CF_SCENARIO_LENGTH
                   ? NULL
                   : "for no time, or longer than 101 years";
    case CF_EVENT_STEP:
        return event->argument != 0 && event->argument >= -CF_SCENARIO_LENGTH &&
                       event->argument <= CF_SCENARIO_LENGTH
                   ? NULL
                   : "by nothing, or by more than 101 years";
    default: return NULL;
    }
}

int cf_event_check(const struct cf_event *event, struct cf_error *err)
{
    const char *user = event->logon ? event->logon->user : NULL, *why = NULL;
    if (event->at_us < 0 || event->at_us > CF_SCENARIO_LENGTH)
        why = "before the start, or more than 101 years after it";
    else if (cf_event_infos[event->kind].labelled && event->label >= CF_SCENARIO_LABELS)
        why = "but labels go from 0 to 999999";
    else
        why = event->kind == CF_EVENT_LOGON ? record_fault(event->logon) : argument_fault(event);
    if (why)
        return cf_event_refuse(event, user, why, err);
    if (event->kind != CF_EVENT_FAULT)
        return 0;
    struct cf_sim_faults unused;
    int r = cf_fault_set(&unused, event->text ? event->text : "", event->argument, err);
    if (r < 0 && event->line > 0)
        cf_error_prefix(err, "line %d", event->line);
    return r;
}

const char *cf_programs_change(char ***programs, const char *name, bool runs)
{
    char **list = *programs;
    size_t count = 0, at = SIZE_MAX;
    for (; list && list[count]; count++)
        if (strcmp(list[count], name) == 0)
            at = count;
    if (!runs) {
        if (at == SIZE_MAX)
            return "where it does not run";
        free(list[at]);
        memmove(list + at, list + at + 1, (count - at) * sizeof *list);
        return NULL;
    }
    if (at != SIZE_MAX)
        return "where it runs already";
    if (count == CF_SCENARIO_ITEMS)
        return "where 64 programs run already";
    list = cf_resize(list, (count + 2) * sizeof *list);
    list[count] = cf_strdup(name);
    list[count + 1] = NULL;
    *programs = list;
    return NULL;
}

static const struct knob {
    const char *name;
    size_t offset;
} knobs[] = {
    {"slow", offsetof(struct cf_sim_faults, slow)},
    {"failing", offsetof(struct cf_sim_faults, failing)},
    {"vanishing", offsetof(struct cf_sim_faults, vanishing)},
    {"lying", offsetof(struct cf_sim_faults, lying)},
    {"refusing", offsetof(struct cf_sim_faults, refusing)},
    {"hanging", offsetof(struct cf_sim_faults, hanging)},
    {"undelivered", offsetof(struct cf_sim_faults, undelivered)},
    {"untold", offsetof(struct cf_sim_faults, untold)},
    {"silent", offsetof(struct cf_sim_faults, silent)},
    {"twice", offsetof(struct cf_sim_faults, twice)},
    {"mistaken", offsetof(struct cf_sim_faults, mistaken)},
    {"reborn", offsetof(struct cf_sim_faults, reborn)},
    {"stale", offsetof(struct cf_sim_faults, stale)},
    {"deaf", offsetof(struct cf_sim_faults, deaf)},
    {"lasting", offsetof(struct cf_sim_faults, lasting)},
};

int cf_fault_set(struct cf_sim_faults *faults, const char *name, int64_t value, struct cf_error *err)
{
    if (strcmp(name, "latency") == 0) {
        if (value < 0 || value > CF_HOUR.us)
            return cf_error_set(err, CF_POLICY, "the fault \"latency\" wants 0 to an hour of microseconds");
        faults->latency.us = value;
        return 0;
    }
    for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++) {
        if (strcmp(knobs[i].name, name) != 0)
            continue;
        if (value < 0 || value > 1000)
            return cf_error_set(err, CF_POLICY, "the fault \"%s\" wants a chance of 0 to 1000 in a thousand",
                                name);
        unsigned chance = (unsigned)value;
        memcpy((char *)faults + knobs[i].offset, &chance, sizeof chance);
        return 0;
    }
    return cf_error_set(
        err, CF_POLICY,
        "there is no fault \"%.40s\": use latency, slow, failing, vanishing, lying, refusing, hanging, "
        "undelivered, untold, silent, twice, mistaken, reborn, stale, deaf or lasting",
        name);
}
