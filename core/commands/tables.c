#include "commands/tables.h"

#include "commands/resolve.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *cf_idle_notation(struct cf_span idle, char out[CF_IDLE_TEXT])
{
    int64_t minutes = idle.us / CF_MINUTE.us;
    if (!cf_span_known(idle))
        return strcpy(out, "none "); /* Windows' own blank */
    if (minutes < 1)
        return strcpy(out, ".");
    if (minutes < 60)
        (void)snprintf(out, CF_IDLE_TEXT, "%" PRId64, minutes);
    else if (minutes < 24 * 60)
        (void)snprintf(out, CF_IDLE_TEXT, "%" PRId64 ":%02" PRId64, minutes / 60, minutes % 60);
    else
        (void)snprintf(out, CF_IDLE_TEXT, "%" PRId64 "+%02" PRId64 ":%02" PRId64, minutes / (24 * 60),
                       minutes / 60 % 24, minutes % 60);
    return out;
}

const char *cf_logon_notation(struct cf_instant logon, const struct cf_zone *zone, char out[CF_LOGON_TEXT])
{
    out[0] = '\0';
    if (!cf_instant_known(logon))
        return out;
    struct cf_civil civil = cf_zone_civil(zone, logon.us);
    int hour = civil.hour % 12;
    (void)snprintf(out, CF_LOGON_TEXT, "%d/%d/%d %d:%02d %s", civil.date.month, civil.date.day,
                   civil.date.year, hour ? hour : 12, civil.minute, civil.hour < 12 ? "AM" : "PM");
    return out;
}

const char *cf_session_state(const struct cf_session *session)
{
    if (session->closing == CF_TRI_YES)
        return "Down";
    if (cf_text_equal(session->class_, "listener"))
        return "Listen";
    if (session->disconnected == CF_TRI_YES)
        return "Disc";
    if (!session->user)
        return "Conn";
    return cf_session_attended(session) ? "Active" : "Disc";
}

/* One column, `width` characters wide at least; `right`: flush right. Cut where `cut`. Then two blanks. */
static void add_column(struct cf_buffer *out, const char *text, size_t width, bool right, bool cut)
{
    char safe[512];
    size_t shown = cf_utf8_columns(safe, cf_text_safe(text, safe, sizeof safe));
    if (right)
        cf_buffer_printf(out, "%*s", (int)(shown < width ? width - shown : 0), "");
    cf_buffer_cell(out, safe, right ? 0 : width, cut && !right ? "~" : NULL);
    cf_buffer_puts(out, "  ");
}

static void end_line(struct cf_buffer *out, const char *last)
{
    char safe[512];
    (void)cf_text_safe(last, safe, sizeof safe);
    cf_buffer_printf(out, "%s\n", safe);
}

/* "%c%-20s  %-16s  %3s  %-6s  %9s  %s" */
void cf_table_user(struct cf_table *table, const struct cf_session *session, bool own)
{
    char idle[CF_IDLE_TEXT], logon[CF_LOGON_TEXT];
    struct cf_buffer *out = &table->text;
    bool disconnected = session && session->disconnected == CF_TRI_YES;
    struct cf_span span = {CF_UNKNOWN_US};
    if (disconnected)
        span = cf_session_span(session, CF_FIELD_DISCONNECTED_FOR, table->now);
    if (session && !cf_span_known(span))
        span = cf_session_span(session, CF_FIELD_IDLE, table->now);
    cf_buffer_puts(out, own ? ">" : " ");
    add_column(out, session ? session->user : "USERNAME", 20, false, true);
    add_column(out, session ? cf_session_shown_name(session) : "SESSIONNAME", 16, false, true);
    add_column(out, session ? session->identity.id : "ID", 3, true, false);
    add_column(out, session ? cf_session_state(session) : "STATE", 6, false, true);
    add_column(out, session ? cf_idle_notation(span, idle) : "IDLE TIME", 9, true, false);
    end_line(out, session ? cf_logon_notation(session->logon, table->zone, logon) : "LOGON TIME");
}

/* "%c%-16s  %-20s  %5s  %-6s  %-10s  %s". No device is known anywhere. */
void cf_table_session(struct cf_table *table, const struct cf_session *session, bool own)
{
    struct cf_buffer *out = &table->text;
    const char *type = "TYPE";
    if (session)
        type = !session->user || !session->type || !cf_session_attended(session) ? ""
               : strcmp(session->type, "rdp") == 0                               ? "rdpwd"
                                                                                 : session->type;
    cf_buffer_puts(out, own ? ">" : " ");
    add_column(out, session ? cf_session_shown_name(session) : "SESSIONNAME", 16, false, true);
    add_column(out, session ? (session->user ? session->user : "") : "USERNAME", 20, false, true);
    add_column(out, session ? session->identity.id : "ID", 5, true, false);
    add_column(out, session ? cf_session_state(session) : "STATE", 6, false, true);
    add_column(out, type, 10, false, true);
    end_line(out, session ? "" : "DEVICE");
}

/* "%c%-20s  %-16s  %3s  %6s  %s": as quser's, of which it is a sibling; no capture of it is at hand. */
void cf_table_process(struct cf_table *table, const struct cf_session *session, bool own, const char *pid,
                      const char *image)
{
    struct cf_buffer *out = &table->text;
    cf_buffer_puts(out, own ? ">" : " ");
    add_column(out, session ? (session->user ? session->user : "") : "USERNAME", 20, false, true);
    add_column(out, session ? cf_session_shown_name(session) : "SESSIONNAME", 16, false, true);
    add_column(out, session ? session->identity.id : "ID", 3, true, false);
    add_column(out, pid, 6, true, false);
    end_line(out, image);
}
