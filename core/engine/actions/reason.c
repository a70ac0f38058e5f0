/*
 * Reasons: what the journal says of a logoff. Spans of the session that one names, as in "idle for {idle}",
 * are filled in from the reading that the action rests on, so that the row says what was so when it was
 * decided.
 */
#include "engine/actions/reason.h"

#include "base/template.h"

#include <string.h>

static int span_named(const char *name, size_t length)
{
    for (int field = 0; field < CF_FIELD_COUNT; field++)
        if (cf_fields[field].type == CF_TYPE_SINCE && strlen(cf_fields[field].name) == length &&
            strncmp(cf_fields[field].name, name, length) == 0)
            return field;
    return -1;
}

char *cf_reason_fill(const char *text, const struct cf_session *session, struct cf_mono now)
{
    struct cf_buffer out = {0};
    size_t length;
    for (const char *open; (open = cf_template_next(text, &length)); text = open + length + 2) {
        int field = span_named(open + 1, length);
        char words[CF_SPAN_TEXT];
        cf_buffer_add(&out, text, (size_t)(open - text) + (field < 0 ? length + 2 : 0));
        if (field >= 0)
            cf_buffer_puts(&out, cf_span_words(cf_session_span(session, (enum cf_field)field, now), words));
    }
    cf_buffer_puts(&out, text);
    return out.data;
}
