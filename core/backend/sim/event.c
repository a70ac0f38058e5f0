#include "sim/rules.h"

#include <inttypes.h>

void cf_scenario_destroy(struct cf_scenario *scenario)
{
    if (scenario)
        scenario->destroy(scenario);
}

static void print_list(struct cf_buffer *buffer, char *const *items)
{
    cf_buffer_puts(buffer, "[");
    for (size_t i = 0; items[i]; i++) {
        if (i)
            cf_buffer_puts(buffer, ",");
        cf_buffer_json(buffer, items[i]);
    }
    cf_buffer_puts(buffer, "]");
}

/* Writes the field's value; false where it is unknown, or a time, which is the host's to know. */
static bool print_value(struct cf_buffer *buffer, const struct cf_session *session, enum cf_field field)
{
    switch (cf_fields[field].type) {
    case CF_TYPE_STRING:
        if (!cf_session_string(session, field))
            return false;
        cf_buffer_json(buffer, cf_session_string(session, field));
        return true;
    case CF_TYPE_LIST:
        if (!cf_session_list(session, field))
            return false;
        print_list(buffer, cf_session_list(session, field));
        return true;
    case CF_TYPE_NUMBER:
        if (cf_session_number(session, field) == CF_NUMBER_UNKNOWN)
            return false;
        cf_buffer_printf(buffer, "%" PRId64, cf_session_number(session, field));
        return true;
    case CF_TYPE_TRI:
        if (cf_session_tri(session, field) == CF_TRI_UNKNOWN)
            return false;
        cf_buffer_puts(buffer, cf_session_tri(session, field) == CF_TRI_YES ? "true" : "false");
        return true;
    case CF_TYPE_INSTANT:
    case CF_TYPE_SINCE: break;
    }
    return false;
}

static void print_session(struct cf_buffer *buffer, const struct cf_session *session)
{
    const char *comma = "";
    cf_buffer_puts(buffer, ",\"session\":{");
    if (session->identity.id) {
        cf_buffer_puts(buffer, "\"id\":");
        cf_buffer_json(buffer, session->identity.id);
        comma = ",";
    }
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++) {
        size_t before = buffer->length;
        cf_buffer_printf(buffer, "%s\"%s\":", comma, cf_fields[field].name);
        if (print_value(buffer, session, field))
            comma = ",";
        else
            buffer->length = before;
    }
    cf_buffer_puts(buffer, "}");
}

static void print_event(const struct cf_event *event, struct cf_buffer *buffer)
{
    const struct cf_event_info *info = &cf_event_infos[event->kind];
    cf_buffer_printf(buffer, "{\"at_us\":%" PRId64 ",\"what\":\"%s\"", event->at_us, info->name);
    if (info->labelled)
        cf_buffer_printf(buffer, ",\"label\":%" PRIu32, event->label);
    if (info->argued)
        cf_buffer_printf(buffer, ",\"argument\":%" PRId64, event->argument);
    if (info->texted) {
        cf_buffer_puts(buffer, ",\"text\":");
        cf_buffer_json(buffer, event->text);
    }
    if (event->kind == CF_EVENT_LOGON)
        print_session(buffer, event->logon);
    cf_buffer_puts(buffer, "}");
}

int cf_scenario_print(struct cf_scenario *scenario, int (*line)(void *data, const char *text, size_t length),
                      void *data)
{
    struct cf_buffer buffer = {0};
    char start[CF_INSTANT_TEXT];
    cf_buffer_printf(&buffer, "{\"curfew-scenario\":1,\"start\":\"%s\",\"length_us\":%" PRId64,
                     cf_instant_utc(scenario->start, start), scenario->length_us);
    if (scenario->caller)
        cf_buffer_printf(&buffer, ",\"caller\":%" PRId64, scenario->caller - 1);
    cf_buffer_puts(&buffer, "}");
    int r = line(data, buffer.data, buffer.length);
    struct cf_event event;
    while (r == 0 && scenario->next(scenario, &event)) {
        cf_buffer_clear(&buffer);
        print_event(&event, &buffer);
        r = line(data, buffer.data, buffer.length);
    }
    cf_buffer_finish(&buffer);
    return r;
}
