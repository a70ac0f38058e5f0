#include "session/json.h"
#include "sim/rules.h"

void cf_scenario_destroy(struct cf_scenario *scenario)
{
    if (scenario)
        scenario->destroy(scenario);
}

/* What is known of it, but for times, which are the host's to know. */
static json_t *session_json(const struct cf_session *session)
{
    json_t *told = json_object();
    if (session->identity.id)
        (void)json_object_set_new(told, "id", cf_json_text(session->identity.id));
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++) {
        enum cf_field_type type = cf_fields[field].type;
        if (type == CF_TYPE_INSTANT || type == CF_TYPE_SINCE)
            continue;
        json_t *value = type == CF_TYPE_NUMBER && cf_session_number(session, field) != CF_NUMBER_UNKNOWN
                            ? json_integer(cf_session_number(session, field))
                            : cf_session_value(session, field, CF_MONO_UNKNOWN);
        (void)json_object_set_new(told, cf_fields[field].name, json_is_null(value) ? NULL : value);
    }
    return told;
}

static json_t *event_json(const struct cf_event *event)
{
    const struct cf_event_info *info = &cf_event_infos[event->kind];
    json_t *told = json_pack("{s:I, s:s}", "at_us", (json_int_t)event->at_us, "what", info->name);
    if (info->labelled)
        (void)json_object_set_new(told, "label", json_integer(event->label));
    if (info->argued)
        (void)json_object_set_new(told, "argument", json_integer(event->argument));
    if (info->texted)
        (void)json_object_set_new(told, "text", cf_json_text(event->text));
    if (event->kind == CF_EVENT_LOGON)
        (void)json_object_set_new(told, "session", session_json(event->logon));
    return told;
}

static int print(json_t *value, struct cf_buffer *buffer,
                 int (*line)(void *data, const char *text, size_t length), void *data)
{
    cf_buffer_clear(buffer);
    cf_json_add(buffer, value);
    json_decref(value);
    return line(data, buffer->data, buffer->length);
}

int cf_scenario_print(struct cf_scenario *scenario, int (*line)(void *data, const char *text, size_t length),
                      void *data)
{
    struct cf_buffer buffer = {0};
    char start[CF_INSTANT_TEXT];
    json_t *head =
        json_pack("{s:i, s:s, s:I}", "curfew-scenario", 1, "start", cf_instant_utc(scenario->start, start),
                  "length_us", (json_int_t)scenario->length_us);
    if (scenario->caller)
        (void)json_object_set_new(head, "caller", json_integer(scenario->caller - 1));
    int r = print(head, &buffer, line, data);
    struct cf_event event;
    while (r == 0 && scenario->next(scenario, &event))
        r = print(event_json(&event), &buffer, line, data);
    cf_buffer_finish(&buffer);
    return r;
}
