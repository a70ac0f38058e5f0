#include "session/json.h"

json_t *cf_session_value(const struct cf_session *session, enum cf_field field, struct cf_mono now)
{
    char at[CF_INSTANT_TEXT];
    int64_t number;
    switch (cf_fields[field].type) {
    case CF_TYPE_STRING: return cf_json_text(cf_session_string(session, field));
    case CF_TYPE_LIST: return cf_json_list(cf_session_list(session, field));
    case CF_TYPE_SINCE: return cf_json_span(cf_session_span(session, field, now));
    case CF_TYPE_INSTANT:
        return cf_json_text(cf_instant_known(session->logon) ? cf_instant_utc(session->logon, at) : NULL);
    case CF_TYPE_TRI:
        return cf_session_tri(session, field) == CF_TRI_UNKNOWN
                   ? json_null()
                   : json_boolean(cf_session_tri(session, field) == CF_TRI_YES);
    case CF_TYPE_NUMBER:
        number = cf_session_number(session, field);
        if (number == CF_NUMBER_UNKNOWN)
            return json_null();
        /* processor time is a span like others */
        return field == CF_FIELD_CPU ? cf_json_span((struct cf_span){number}) : json_integer(number);
    }
    return json_null();
}

json_t *cf_session_json(const struct cf_session *session, struct cf_mono now)
{
    json_t *told = json_object();
    (void)json_object_set_new(told, "host", cf_json_text(session->identity.host));
    (void)json_object_set_new(told, "id", cf_json_text(session->identity.id));
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++)
        (void)json_object_set_new(told, cf_fields[field].name, cf_session_value(session, field, now));
    return told;
}

json_t *cf_json_span(struct cf_span span)
{
    if (!cf_span_known(span))
        return json_null();
    return span.us % CF_SECOND.us ? json_real((double)span.us / 1e6) : json_integer(span.us / CF_SECOND.us);
}
