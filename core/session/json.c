#include "session/json.h"

#include <inttypes.h>

static void add_list(char *const *items, struct cf_buffer *out)
{
    cf_buffer_puts(out, "[");
    for (size_t i = 0; items[i]; i++) {
        cf_buffer_puts(out, i ? "," : "");
        cf_buffer_json(out, items[i]);
    }
    cf_buffer_puts(out, "]");
}

static void add_instant(struct cf_instant instant, struct cf_buffer *out)
{
    char text[CF_INSTANT_TEXT];
    cf_buffer_json(out, cf_instant_known(instant) ? cf_instant_utc(instant, text) : NULL);
}

static void add_field(const struct cf_session *session, enum cf_field field, struct cf_mono now,
                      struct cf_buffer *out)
{
    static const char *const tri[] = {
        [CF_TRI_UNKNOWN] = "null", [CF_TRI_NO] = "false", [CF_TRI_YES] = "true"};
    int64_t number;
    switch (cf_fields[field].type) {
    case CF_TYPE_STRING: cf_buffer_json(out, cf_session_string(session, field)); break;
    case CF_TYPE_TRI: cf_buffer_puts(out, tri[cf_session_tri(session, field)]); break;
    case CF_TYPE_SINCE: cf_span_json(cf_session_span(session, field, now), out); break;
    case CF_TYPE_INSTANT: add_instant(session->logon, out); break;
    case CF_TYPE_LIST:
        if (cf_session_list(session, field))
            add_list(cf_session_list(session, field), out);
        else
            cf_buffer_puts(out, "null");
        break;
    case CF_TYPE_NUMBER:
        number = cf_session_number(session, field);
        if (number == CF_NUMBER_UNKNOWN)
            cf_buffer_puts(out, "null");
        else if (field == CF_FIELD_CPU) /* processor time, a span like others */
            cf_span_json((struct cf_span){number}, out);
        else
            cf_buffer_printf(out, "%" PRId64, number);
        break;
    }
}

void cf_session_json(const struct cf_session *session, struct cf_mono now, struct cf_buffer *out)
{
    cf_buffer_puts(out, "{\"host\":");
    cf_buffer_json(out, session->identity.host);
    cf_buffer_puts(out, ",\"id\":");
    cf_buffer_json(out, session->identity.id);
    for (int field = 0; field < CF_FIELD_COUNT; field++) {
        cf_buffer_printf(out, ",\"%s\":", cf_fields[field].name);
        add_field(session, (enum cf_field)field, now, out);
    }
    cf_buffer_puts(out, "}\n");
}

json_t *cf_json_span(struct cf_span span)
{
    if (!cf_span_known(span))
        return json_null();
    return span.us % CF_SECOND.us ? json_real((double)span.us / 1e6) : json_integer(span.us / CF_SECOND.us);
}
